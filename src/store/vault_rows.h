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
