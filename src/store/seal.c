/* seal.c - bytes that anybody can seal and the holder of a key can open: a version,
 * then libsodium's sealed box (X25519, XSalsa20-Poly1305, a key pair used once). */
#include "store/keys.h"

#include <sodium.h>
#include <string.h>

#define VERSION 1
#define OVERHEAD ((size_t)1 + crypto_box_SEALBYTES)

GBytes *
lk_seal_to(const uint8_t public[LK_KEY_LEN], const void *data, size_t size,
           GError **error)
{
    g_autofree uint8_t *sealed = g_try_malloc(OVERHEAD + size);
    if (sealed == NULL ||
        crypto_box_seal(sealed + 1, data != NULL ? data : (const uint8_t *)"", size,
                        public) != 0) {
        g_set_error_literal(
            error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED,
            _("this key cannot be sealed to: it is not a public key of lakana"));
        return NULL;
    }
    sealed[0] = VERSION;
    return g_bytes_new_take(g_steal_pointer(&sealed), OVERHEAD + size);
}

LkSecret *
lk_unseal_with(const LkSecret *private, GBytes *sealed, GError **error)
{
    gsize size = 0;
    const uint8_t *bytes = g_bytes_get_data(sealed, &size);
    if (size >= OVERHEAD && bytes[0] == VERSION) {
        uint8_t public[crypto_box_PUBLICKEYBYTES];
        (void)crypto_scalarmult_base(public, lk_secret_data(private));
        g_autoptr(LkSecret) content = lk_secret_new(size - OVERHEAD);
        if (crypto_box_seal_open(lk_secret_data(content), bytes + 1, size - 1, public,
                                 lk_secret_data(private)) == 0) {
            return g_steal_pointer(&content);
        }
    }
    g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED,
                        _("something sealed does not open with its key: it was "
                          "altered or cut off; keep the folder as it is and go back to "
                          "the last backup (lakana restore)"));
    return NULL;
}

GBytes *
lk_seal(LkStore *store, const char *domain, const void *data, size_t size,
        GError **error)
{
    uint8_t public[LK_KEY_LEN];
    g_return_val_if_fail(!lk_domain_is_signer(domain), NULL);
    return lk_domain_public(store, domain, public, error)
               ? lk_seal_to(public, data, size, error)
               : NULL;
}

/* With the key that the domain has by now, or one that it had before; NULL if none
 * opens it. */
static LkSecret *
unseal_former(LkSession *session, const char *domain, GBytes *sealed)
{
    g_autoptr(GPtrArray) formers =
        lk_domain_formers(lk_session_store(session), domain, NULL);
    if (formers == NULL || formers->len == 0) {
        return NULL;
    }
    lk_session_forget(session, domain); /* somebody else may have renewed it */
    g_ptr_array_add(formers, g_strdup(domain));
    for (guint i = 0; i < formers->len; i++) {
        const LkSecret *private =
            lk_session_private(session, g_ptr_array_index(formers, i), NULL);
        LkSecret *content =
            private != NULL ? lk_unseal_with(private, sealed, NULL) : NULL;
        if (content != NULL) {
            return content;
        }
    }
    return NULL;
}

LkSecret *
lk_unseal(LkSession *session, const char *domain, GBytes *sealed, GError **error)
{
    g_return_val_if_fail(!lk_domain_is_signer(domain), NULL);
    const LkSecret *private = lk_session_private(session, domain, error);
    if (private == NULL) {
        return NULL;
    }
    GError *problem = NULL;
    LkSecret *content = lk_unseal_with(private, sealed, &problem);
    if (content == NULL) {
        content = unseal_former(session, domain, sealed);
    }
    if (content == NULL) {
        g_propagate_error(error, problem);
        return NULL;
    }
    g_clear_error(&problem);
    return content;
}

/* --- Signatures. -------------------------------------------------------------------
 */

void
lk_sign_seeded(const LkSecret *seed, const void *data, size_t size,
               uint8_t signature[LK_SIGNATURE_LEN])
{
    uint8_t public[crypto_sign_PUBLICKEYBYTES];
    g_autoptr(LkSecret) private = lk_secret_new(crypto_sign_SECRETKEYBYTES);
    crypto_sign_seed_keypair(public, lk_secret_data(private), lk_secret_data(seed));
    crypto_sign_detached(signature, NULL, data, size, lk_secret_data(private));
}

bool
lk_sign(LkSession *session, const void *data, size_t size,
        uint8_t signature[LK_SIGNATURE_LEN], GError **error)
{
    const LkSecret *seed = lk_session_private(session, LK_DOMAIN_SIGN, error);
    if (seed != NULL) {
        lk_sign_seeded(seed, data, size, signature);
    }
    return seed != NULL;
}

bool
lk_signature_is_valid(const uint8_t public[LK_KEY_LEN], const void *data, size_t size,
                      const uint8_t signature[LK_SIGNATURE_LEN])
{
    return crypto_sign_verify_detached(signature, data, size, public) == 0;
}
