/* fuzz-vault.c - any bytes as what somebody writes of a child: what is taken can be
 * written down and read again, the same. */
#include "store/vault_entry.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_auto(LkVaultEntry) entry = {0};
    g_autoptr(GError) error = NULL;
    if (data == NULL || size == 0) {
        return 0;
    }
    if (!lk_vault_entry_parse((const char *)data, size, &entry, &error) ||
        !lk_vault_entry_check(&entry, &error)) {
        g_assert_nonnull(error);
        return 0;
    }
    g_assert_cmpint(lk_vault_birth_year(&entry), <=, 2099);
    g_autoptr(GString) written = lk_vault_entry_write(&entry);
    g_auto(LkVaultEntry) again = {0};
    g_assert_true(lk_vault_entry_read(written->str, written->len, &again, NULL));
    for (int i = 0; i < LK_VAULT_N_FIELDS; i++) {
        const char *text_i = entry.texts[i] != NULL ? entry.texts[i] : "";
        g_assert_cmpstr(text_i, ==, again.texts[i] != NULL ? again.texts[i] : "");
    }
    return 0;
}
