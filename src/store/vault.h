/* vault.h - the list that ties case codes to names. Part of store.h.
 *
 * What is known of a child is a row sealed to the case file (guard.h): whoever holds
 * the file's key reads it, nobody else. A change is a new row, so what was written
 * before stays, until the name is masked: then every row of the file is wiped.
 *
 * To be searched, all of it must be open at once. An LkVault is what one person may
 * open, in memory; it is kept, sealed with a key that only this person can make, so
 * that the next time only what is new is opened. The rows are the truth: what was kept
 * and is damaged, missing or behind is made again from them.
 *
 * Whatever shows a name is journalled first, with the code, without the name. */
#ifndef LK_STORE_VAULT_H
#define LK_STORE_VAULT_H

#include "store/guard.h"
#include "store/spelling.h"

G_BEGIN_DECLS

typedef enum {
    LK_VAULT_NAME,     /* given name and family name, as they are written */
    LK_VAULT_KNOWN_AS, /* what the child is called at home */
    LK_VAULT_GUARDIAN, /* name of the person who has charge of the child */
    LK_VAULT_RELATION, /* of the guardian to the child */
    LK_VAULT_PHONE,    /* of the guardian */
    LK_VAULT_CONTACT,  /* how to find the child: telephone, address, somebody */
    LK_VAULT_PLACE,    /* village or quarter, commune */
    LK_VAULT_SEX,      /* "f" or "m" */
    LK_VAULT_BIRTH,    /* "2014" or "2014-03-09" */
    LK_VAULT_N_FIELDS
} LkVaultField;

/** lk_vault_field_name: "name", "known_as", "guardian", "relation", "phone", "contact",
 * "place", "sex", "birth": in files, JSON and sealed rows. */
const char *lk_vault_field_name(LkVaultField field);

#define LK_VAULT_TEXT_MAX 200 /* characters of one field */

/** What is known of one child. */
typedef struct {
    char
        *texts[LK_VAULT_N_FIELDS]; /* UTF-8, one line each; NULL: nothing is said of it;
                                    * "": it is not known */
} LkVaultEntry;

/** lk_vault_entry_clear: wipes and frees the texts. */
void lk_vault_entry_clear(LkVaultEntry *entry);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LkVaultEntry, lk_vault_entry_clear)

/** lk_vault_entry_set: @text is copied without spaces around it. */
void lk_vault_entry_set(LkVaultEntry *entry, LkVaultField field, const char *text);

/** lk_vault_entry_overlay: what @over says counts, what it does not stays as it is. */
void lk_vault_entry_overlay(LkVaultEntry *entry, const LkVaultEntry *over);

/**
 * lk_vault_entry_parse:
 * @text: @size bytes from outside: a JSON object of strings, or lines "name = …"
 * @entry: (out): zeroed by the caller or cleared
 *
 * Returns: true; LK_STORE_ERROR_REFUSED names the line or field that is wrong, never
 * what stands in it
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_vault_entry_parse(const char *text, size_t size, LkVaultEntry *entry,
                          GError **error);

/**
 * lk_vault_entry_check: whether it can be kept: a name with a letter in it, lines
 * without control characters, a sex and a birth as above.
 *
 * Returns: true; LK_STORE_ERROR_REFUSED names the field, not what stands in it
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_vault_entry_check(const LkVaultEntry *entry, GError **error);

/* --- One file. -------------------------------------------------------------------- */

/**
 * lk_vault_set:
 * @session: holds the file's key, so that what was written can be read again
 * @entry: all that is known now; checked
 *
 * Adds a row. Earlier ones stay.
 *
 * Returns: true if written; LK_STORE_ERROR_LOCKED, LK_STORE_ERROR_UNKNOWN no such file,
 * LK_STORE_ERROR_REFUSED wrong entry, or the name is masked
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_vault_set(LkSession *session, const LkCaseCode *code, const LkVaultEntry *entry,
                  GError **error);

/**
 * lk_vault_load:
 * @entry: (out): zeroed by the caller or cleared; what is known now
 *
 * Returns: true if there is something, journalled before; LK_STORE_ERROR_UNKNOWN
 * nothing is known, or it is masked; LK_STORE_ERROR_LOCKED; LK_STORE_ERROR_DAMAGED the
 * row was altered, and is left as it is
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_vault_load(LkSession *session, const LkCaseCode *code, LkVaultEntry *entry,
                   GError **error);

/**
 * lk_vault_mask:
 * @session: holds the file's key
 *
 * Wipes what is known of the child: every row of the file here, the values that people
 * typed in its fields that name somebody, and what is kept for everybody's searches.
 * For good: only copies of the office made before still have it.
 *
 * Returns: true if wiped, with its journal line; LK_STORE_ERROR_LOCKED,
 * LK_STORE_ERROR_UNKNOWN no such file; LK_STORE_ERROR_BUSY it is masked, but another
 * process keeps the database from being wiped on the disk: call it again
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_vault_mask(LkSession *session, const LkCaseCode *code, GError **error);

/** lk_vault_require_unmasked: LK_STORE_ERROR_REFUSED if the name of @code is masked. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_vault_require_unmasked(LkStore *store, const LkCaseCode *code, GError **error);

/**
 * lk_vault_masked_pages:
 * Returns: (transfer full): GArray of gint64: numbers of pages that are in files whose
 * name is masked and have the same picture as @page, itself or as what a person
 * assigned it to; empty if it may be seen
 */
G_GNUC_WARN_UNUSED_RESULT
GArray *lk_vault_masked_pages(LkStore *store, gint64 page, GError **error);

/* --- All that a person may open. -------------------------------------------------- */

typedef struct LkVault LkVault;

/** A file that may be the one sought. */
typedef struct {
    LkCaseCode code;
    const LkVaultEntry *entry; /* lent by the vault */
    LkVaultField field;        /* what is alike: NAME, KNOWN_AS or GUARDIAN */
    LkLikeness likeness;
    bool same_birth, same_place; /* of lk_vault_alike(): birth year ± 1; same place */
} LkVaultMatch;

/**
 * lk_vault_open:
 * @session: must outlive the vault
 *
 * Opens what @session holds and brings what is kept for this person up to date.
 *
 * Returns: (transfer full): NULL if the database cannot be read
 */
G_GNUC_WARN_UNUSED_RESULT
LkVault *lk_vault_open(LkSession *session, GError **error);
/** lk_vault_free: wipes it. */
void lk_vault_free(LkVault *vault);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkVault, lk_vault_free)

/** lk_vault_size: files whose names are open. */
guint lk_vault_size(const LkVault *vault);

/** lk_vault_damaged: (transfer none): GArray of LkCaseCode, files held whose row was
 * altered: left as they are, and not found by a search. */
const GArray *lk_vault_damaged(const LkVault *vault);

/**
 * lk_vault_search:
 * @text: a name, or part of one, in any spelling
 * @max: how many to return
 * @n_all: (out) (optional): how many there are
 *
 * Journalled: the codes returned.
 *
 * Returns: (transfer full): GArray of LkVaultMatch, a file once, nearest first
 */
G_GNUC_WARN_UNUSED_RESULT
GArray *lk_vault_search(LkVault *vault, const char *text, guint max, guint *n_all,
                        GError **error);

/**
 * lk_vault_alike:
 * @code: the file that @entry is for; never among those returned
 *
 * Files that may be of the same child: a name that sounds like it or is of its family,
 * and a birth year that does not differ by more than one; where one of the years is not
 * known, or the names are only one letter apart, the same place. Choices to show.
 * Journalled: the codes returned.
 *
 * Returns: (transfer full): GArray of LkVaultMatch, likeliest first, LK_ALIKE_MAX at
 * most
 */
G_GNUC_WARN_UNUSED_RESULT
GArray *lk_vault_alike(LkVault *vault, const LkCaseCode *code,
                       const LkVaultEntry *entry, GError **error);

#define LK_ALIKE_MAX 5

G_END_DECLS

#endif
