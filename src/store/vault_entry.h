/* vault_entry.h - what the vault's files and tests need of an entry. */
#ifndef LK_STORE_VAULT_ENTRY_H
#define LK_STORE_VAULT_ENTRY_H

#include "store/store.h"

G_BEGIN_DECLS

/** lk_vault_entry_write: (transfer full): lines "name=value", of the fields known; wipe
 * it before it is freed. */
GString *lk_vault_entry_write(const LkVaultEntry *entry);

/** lk_vault_entry_read: such lines, or a person's; fields add to those of @entry. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_vault_entry_read(const char *text, size_t size, LkVaultEntry *entry,
                         GError **error);

/** lk_vault_birth_year: 0 if it is not known. */
int lk_vault_birth_year(const LkVaultEntry *entry);

G_END_DECLS

#endif
