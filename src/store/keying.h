/* keying.h - second keying: what one person typed counts when another has typed the
 * same without seeing it. Part of store.h.
 *
 * A typed value is kept as a keying, in clear only where a decision would be. The
 * second makes a pair: values that are equal are decided, those that differ wait for
 * somebody who typed neither. Where values are sealed and nobody who typed holds the
 * key of the file, the pair waits until somebody who does is there
 * (lk_keyings_compare()): nothing is kept by which sealed values could be compared
 * without it. */
#ifndef LK_STORE_KEYING_H
#define LK_STORE_KEYING_H

#include "store/parcel.h"
#include "store/store.h"

G_BEGIN_DECLS

/** A set of LkParcelKind, one bit each: kinds that are typed twice in this office. */
typedef guint LkKinds;

static inline bool
lk_kinds_has(LkKinds kinds, LkParcelKind kind)
{
    return (kinds >> (unsigned)kind & 1U) != 0;
}

/** lk_kinds_text: (transfer full): "dates,nombres"; "none". */
char *lk_kinds_text(LkKinds kinds);

/** lk_kinds_parse: as lk_kinds_text() says them, in any order; "all" as well. False if
 * it is something else, or names a kind that nobody types. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_kinds_parse(const char *text, LkKinds *kinds);

/** lk_second_load: what is typed twice here. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_second_load(LkStore *store, LkKinds *kinds, GError **error);

/**
 * lk_second_save:
 * @by: (nullable): a manager, or the recovery key; NULL in an office without keys
 *
 * From now on; what was typed once before is still typed a second time, or was decided.
 * Journalled.
 *
 * Returns: true; LK_STORE_ERROR_REFUSED if @by is somebody else
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_second_save(LkStore *store, LkSession *by, LkKinds kinds, GError **error);

/** A value that a person typed and that is not decided yet. */
typedef struct {
    gint64 id;
    gint64 page;
    gint64 after; /* decisions of the office when it was typed: the last one's number */
    char *field;
    int row;
    char *who, *at;
    LkCaseCode code; /* of the page */
    bool sealed;
    LkSecret *value; /* only from lk_keying_pair(); NULL: nothing stands there */
} LkKeying;

void lk_keying_free(LkKeying *keying);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkKeying, lk_keying_free)

/**
 * lk_keying_last:
 *
 * Returns: (transfer full) (nullable): what @who typed last, if it still waits; NULL
 * without an error if there is nothing
 */
G_GNUC_WARN_UNUSED_RESULT
LkKeying *lk_keying_last(LkStore *store, const char *who, GError **error);

/**
 * lk_keying_undo: @keying is taken back: the field waits as if it had not been typed.
 *
 * Returns: true; LK_STORE_ERROR_TAKEN if it was decided meanwhile
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_keying_undo(LkStore *store, const LkKeying *keying, GError **error);

/**
 * lk_keying_pair:
 * @session: (nullable): holds the key of the file; NULL in an office without keys
 *
 * What two people typed in a field, who typed first first. What was sealed is
 * journalled before it is opened.
 *
 * Returns: (transfer full): GPtrArray of LkKeying; LK_STORE_ERROR_LOCKED,
 * LK_STORE_ERROR_DAMAGED
 */
G_GNUC_WARN_UNUSED_RESULT
GPtrArray *lk_keying_pair(LkStore *store, LkSession *session,
                          const LkParcelPlace *place, GError **error);

/** LkKeyingFunc: @code: a file in which something waits otherwise now. */
typedef void (*LkKeyingFunc)(const LkCaseCode *code, void *data);

/**
 * lk_keyings_compare:
 * @session: whoever is there
 * @limit: pairs at most
 * @each: (nullable): called for each pair that was compared
 *
 * Compares sealed pairs of files that @session can open. One that was altered is taken
 * back, with a line in the journal: the field is typed again.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_keyings_compare(LkSession *session, int limit, LkKeyingFunc each, void *data,
                        GError **error);

G_END_DECLS

#endif
