/* names.h - many names, to be searched for one (spelling.h says what is alike). */
#ifndef LK_NAMES_H
#define LK_NAMES_H

#include "store/spelling.h"

G_BEGIN_DECLS

#define LK_NAMES_KINDS 8

/** Names to be searched, in memory; belongs to one thread. */
typedef struct LkNames LkNames;

/** One name that is like the one sought. */
typedef struct {
    gsize id;            /* as given to lk_names_add() */
    int kind;            /* as given */
    LkLikeness likeness; /* of the words that were found, the least like */
    int n_missing;       /* words sought that the name does not have */
    int n_more;          /* words it has besides */
    int score;           /* orders what is equal otherwise; greater is nearer */
} LkNameHit;

LkNames *lk_names_new(void);
/** lk_names_free: wipes all of it. */
void lk_names_free(LkNames *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkNames, lk_names_free)

/**
 * lk_names_add:
 * @id: whose name; may come again with other names
 * @kind: what name, 0 to LK_NAMES_KINDS - 1 (the caller's: own, known as, guardian)
 * @text: as written; copied
 */
void lk_names_add(LkNames *names, gsize id, int kind, const char *text);

/**
 * lk_names_search:
 * @text: the name sought, in any order of words
 * @partly: false: every word must be found, of three or more all but one. True: it is
 *   enough that every word of the name is found in @text
 *
 * Two words written as one ("Abdoulkarim") are found as two, and one as two. Each word
 * answers for one word: "Amadou Amadou" is not found in "Amadou Diallo". Particles are
 * compared but need not be found.
 *
 * Returns: (transfer full): GArray of LkNameHit, nearest first, of each (id, kind) the
 * nearest one; empty if @text has no word
 */
G_GNUC_WARN_UNUSED_RESULT
GArray *lk_names_search(const LkNames *names, const char *text, bool partly);

G_END_DECLS

#endif
