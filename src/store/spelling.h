/* spelling.h - personal names as they are written in Mali: what may be the same name.
 *
 * One name is written in French spelling, in the national alphabet, by ear, or in a
 * short form, and rarely twice alike. Nothing here says that two people are one: a
 * likeness is a choice to show to a person, with its kind, best first. */
#ifndef LK_SPELLING_H
#define LK_SPELLING_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/** How alike two written words are; greater is nearer. */
typedef enum {
    LK_LIKENESS_NONE,
    LK_LIKENESS_ONE_EDIT, /* one letter or sound added, lost, changed, or two swapped */
    LK_LIKENESS_FAMILY,   /* forms of one given name: Fatoumata, Fatimata, Fanta */
    LK_LIKENESS_SOUND,    /* said alike: Diallo, Jallow */
    LK_LIKENESS_PLAIN,    /* the same letters without accents: Traoré, TRAORE */
    LK_LIKENESS_EXACT     /* the same letters; capitals do not count */
} LkLikeness;

/** lk_likeness_name: "exact", "plain", "sound", "family", "edit"; "" for NONE. */
const char *lk_likeness_name(LkLikeness likeness);

/** One word of a name, in the forms it is compared by. Strings are UTF-8. */
typedef struct {
    char *exact;      /* small letters, composed accents, without apostrophes */
    char *plain;      /* the same without accents */
    char *sound;      /* see spelling.c, sounds */
    guint64 families; /* a bit for each family of given names it is a form of */
    bool particle;    /* "ag", "ould", "dit": part of a name, tells nobody apart */
} LkSpelling;

/** lk_spelling_free: wipes the word before it gives the memory back. */
void lk_spelling_free(LkSpelling *spelling);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkSpelling, lk_spelling_free)

#define LK_SPELLING_MAX_WORDS 16

/**
 * lk_spelling_split:
 * @text: a name as somebody wrote it; any bytes, what is not UTF-8 separates words
 *
 * Words end at spaces, hyphens and other signs; an apostrophe is left out ("N'Diaye" is
 * one word, ndiaye). Words beyond LK_SPELLING_MAX_WORDS are not looked at.
 *
 * Returns: (transfer full): GPtrArray of LkSpelling, in the order written; may be empty
 */
G_GNUC_WARN_UNUSED_RESULT
GPtrArray *lk_spelling_split(const char *text);

/**
 * lk_spelling_compare: the nearest likeness of two words. One edit counts only where
 * both have four letters, or four sounds: shorter words are all one edit away.
 */
LkLikeness lk_spelling_compare(const LkSpelling *a, const LkSpelling *b);

/** LkWordFunc: @word lives during the call. */
typedef void (*LkWordFunc)(const char *word, void *data);

/** lk_spelling_each: calls @each for every word of @text as it is written, without
 * apostrophes; lk_spelling_new() makes of it what lk_spelling_split() holds. */
void lk_spelling_each(const char *text, LkWordFunc each, void *data);

/** lk_spelling_new: (transfer full): @word, without spaces, in the forms it is compared
 * by; NULL if it has no letter. */
LkSpelling *lk_spelling_new(const char *word);

G_END_DECLS

#endif
