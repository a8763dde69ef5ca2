/* vault_rows.h - what the files of the vault share. */
#ifndef LK_STORE_VAULT_ROWS_H
#define LK_STORE_VAULT_ROWS_H

#include "store/keys.h"
#include "store/vault_entry.h"

G_BEGIN_DECLS

/** A row as it lies in the database. */
typedef struct {
    gint64 seq; /* 0: there is none */
    LkCaseCode code;
    char *at;
    GBytes *sealed;
} LkVaultRow;

void lk_vault_row_clear(LkVaultRow *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LkVaultRow, lk_vault_row_clear)

/** lk_vault_row_open: LK_STORE_ERROR_LOCKED, LK_STORE_ERROR_DAMAGED. Not journalled. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_vault_row_open(LkSession *session, const LkVaultRow *row, LkVaultEntry *entry,
                       GError **error);

/* --- vault_kept.c ----------------------------------------------------------------- */

/** What a person opened of one row. */
typedef struct {
    LkCaseCode code;
    gint64 seq; /* of the row */
    char *at;   /* of the row: an office that was restored counts its rows anew */
    LkVaultEntry entry;
    bool current; /* the last row of a file that the person may open */
    bool is_new;  /* not kept yet */
} LkVaultKnown;

void lk_vault_known_free(LkVaultKnown *known);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkVaultKnown, lk_vault_known_free)

/** lk_vault_kept_key: (transfer full): what is kept for @session's person is sealed
 * with it. */
LkSecret *lk_vault_kept_key(const LkSession *session);

/** lk_vault_kept_put: keeps @known for @session's person, in the place of what was kept
 * of that file. Inside the caller's transaction. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_vault_kept_put(LkSession *session, const LkSecret *key,
                       const LkVaultKnown *known, GError **error);

/** lk_vault_kept_drop: keeps nothing of @code for @session's person. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_vault_kept_drop(LkSession *session, const LkCaseCode *code, GError **error);

/** LkVaultKeptFunc: @known: (transfer full) */
typedef void (*LkVaultKeptFunc)(LkVaultKnown *known, void *data);

/** lk_vault_kept_each: what is kept for @session's person, and was not altered. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_vault_kept_each(LkSession *session, LkVaultKeptFunc each, void *data,
                        GError **error);

/* --- vault.c ---------------------------------------------------------------------- */

/** lk_vault_note: a journal line @what about @codes (LkCaseCode), none if there are
 * none. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_vault_note(LkStore *store, const char *what, const GArray *codes,
                   GError **error);

/** lk_sealed_values_wipe: values that people typed in fields of @code that name
 * somebody. Inside the caller's transaction. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_sealed_values_wipe(LkStore *store, const LkCaseCode *code, GError **error);

G_END_DECLS

#endif
