/* slot.c - a private key under a passphrase. Argon2id makes each guess dear; what it
 * gives opens an XChaCha20-Poly1305 box that is bound to the login and to the public
 * key, so that boxes cannot be exchanged between rows. */
#include "store/keys.h"

#include <sodium.h>
#include <string.h>

/* Argon2id "moderate": 256 MiB, about 0.7 s on the machines we know. */
const LkSlotCost lk_slot_cost_default = {crypto_pwhash_argon2id_OPSLIMIT_MODERATE,
                                         crypto_pwhash_argon2id_MEMLIMIT_MODERATE};

/* What we are willing to spend on a row that somebody may have written there. */
#define MAX_PASSES 16
#define MAX_MEMORY ((gint64)1 << 30)

#define NONCE_LEN crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_LEN crypto_aead_xchacha20poly1305_ietf_ABYTES

void
lk_slot_clear(LkSlot *slot)
{
    g_bytes_unref(slot->salt);
    g_bytes_unref(slot->box);
    slot->salt = NULL;
    slot->box = NULL;
}

static bool
derive(const LkSlotCost *cost, GBytes *salt, const LkSecret *passphrase, LkSecret *key,
       GError **error)
{
    bool bounded = cost->passes >= crypto_pwhash_argon2id_OPSLIMIT_MIN &&
                   cost->passes <= MAX_PASSES &&
                   cost->memory >= (gint64)crypto_pwhash_argon2id_MEMLIMIT_MIN &&
                   cost->memory <= MAX_MEMORY &&
                   g_bytes_get_size(salt) == crypto_pwhash_argon2id_SALTBYTES;
    if (!bounded) {
        g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED,
                            _("the row of this person was altered: its cost of "
                              "unlocking is not one of ours; go back to the last "
                              "backup"));
        return false;
    }
    if (crypto_pwhash(lk_secret_data(key), lk_secret_size(key),
                      lk_secret_data(passphrase), lk_secret_size(passphrase),
                      g_bytes_get_data(salt, NULL), (unsigned long long)cost->passes,
                      (size_t)cost->memory, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FULL,
                    _("unlocking needs %lld MiB of memory that are not there: close "
                      "other programs, then try again"),
                    (long long)(cost->memory >> 20));
        return false;
    }
    return true;
}

/* What the box is bound to. */
static char *
binding(const LkSlotOwner *owner)
{
    char hex[2 * LK_KEY_LEN + 1];
    sodium_bin2hex(hex, sizeof hex, owner->public, LK_KEY_LEN);
    return g_strdup_printf("lakana slot 1\n%s\n%s", owner->login, hex);
}

bool
lk_slot_seal(const LkSlotCost *cost, const LkSlotOwner *owner,
             const LkSecret *passphrase, const LkSecret *content, LkSlot *slot,
             GError **error)
{
    uint8_t salt[crypto_pwhash_argon2id_SALTBYTES];
    randombytes_buf(salt, sizeof salt);
    g_autoptr(GBytes) kept = g_bytes_new(salt, sizeof salt);
    g_autoptr(LkSecret) key =
        lk_secret_new(crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
    if (!derive(cost, kept, passphrase, key, error)) {
        return false;
    }
    size_t size = NONCE_LEN + lk_secret_size(content) + TAG_LEN;
    uint8_t *box = g_malloc(size);
    randombytes_buf(box, NONCE_LEN);
    g_autofree char *bound = binding(owner);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        box + NONCE_LEN, NULL, lk_secret_data(content), lk_secret_size(content),
        (const uint8_t *)bound, strlen(bound), NULL, box, lk_secret_data(key));
    lk_slot_clear(slot);
    slot->cost = *cost;
    slot->salt = g_steal_pointer(&kept);
    slot->box = g_bytes_new_take(box, size);
    return true;
}

LkSecret *
lk_slot_open(const LkSlot *slot, const LkSlotOwner *owner, const LkSecret *passphrase,
             GError **error)
{
    static const uint8_t no_salt[crypto_pwhash_argon2id_SALTBYTES] = {0};
    g_autoptr(GBytes) salt = slot->salt != NULL
                                 ? g_bytes_ref(slot->salt)
                                 : g_bytes_new_static(no_salt, sizeof no_salt);
    g_autoptr(LkSecret) key =
        lk_secret_new(crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
    if (!derive(&slot->cost, salt, passphrase, key, error) || slot->box == NULL) {
        return NULL;
    }
    gsize size = 0;
    const uint8_t *box = g_bytes_get_data(slot->box, &size);
    if (size < NONCE_LEN + TAG_LEN) {
        return NULL;
    }
    g_autofree char *bound = binding(owner);
    g_autoptr(LkSecret) content = lk_secret_new(size - NONCE_LEN - TAG_LEN);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            lk_secret_data(content), NULL, NULL, box + NONCE_LEN, size - NONCE_LEN,
            (const uint8_t *)bound, strlen(bound), box, lk_secret_data(key)) != 0) {
        return NULL;
    }
    return g_steal_pointer(&content);
}
