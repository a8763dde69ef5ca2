/* keyring.h - the keys that lie beside a backup in clear. */
#ifndef LK_STORE_KEYRING_H
#define LK_STORE_KEYRING_H

#include "store/priv.h"

G_BEGIN_DECLS

/**
 * lk_keyring_text:
 * Returns: (transfer full): JSON: public halves of the office's keys, and what of the
 * private ones opens a backup: the grants of `backup` and of the recovery key, the
 * slots of the people who hold `backup`. Nobody's name, no key of a case file.
 */
G_GNUC_WARN_UNUSED_RESULT
char *lk_keyring_text(LkStore *store, GError **error);

/**
 * lk_keyring_load:
 * @text: not trusted
 *
 * Returns: (transfer full): a store in memory that holds those rows and nothing else;
 * NULL with LK_STORE_ERROR_DAMAGED. Signatures are checked by who opens a session in
 * it.
 */
G_GNUC_WARN_UNUSED_RESULT
LkStore *lk_keyring_load(const char *text, size_t size, GError **error);

G_END_DECLS

#endif
