/* vault_kept.c - what one person opened of the vault, kept to be searched: a row of
 * vault_entries a file, so that a name that is set, given away or masked costs one row.
 *
 * Sealed is a nonce of 24 bytes, then XChaCha20-Poly1305 of 10 texts: when the row of
 * the vault was written, then the fields in the order of LkVaultField; 2 bytes length,
 * little end first, and as many bytes each. Behind them stand zeros, so that the length
 * does not tell that of a name. Bound to login, code and seq; the key is made from the
 * person's own (lk_session_key()): it is worth nothing without the passphrase. */
#include "store/vault_rows.h"

#include <sodium.h>
#include <string.h>

#define PURPOSE "index"
#define PADDED_TO 256
#define NONCE_LEN crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_LEN crypto_aead_xchacha20poly1305_ietf_ABYTES

void
lk_vault_known_free(LkVaultKnown *known)
{
    if (known != NULL) {
        lk_vault_entry_clear(&known->entry);
        g_free(known->at);
        g_free(known);
    }
}

LkSecret *
lk_vault_kept_key(const LkSession *session)
{
    return lk_session_key(session, PURPOSE);
}

static char *
bound_to(const char *login, const char *code, gint64 seq)
{
    return g_strdup_printf("LKI2\n%s\n%s\n%" G_GINT64_FORMAT, login, code, seq);
}

/* --- Writing. -----------------------------------------------------------------------
 */

static size_t
text_size(const char *text)
{
    return 2 + (text != NULL ? strlen(text) : 0);
}

static uint8_t *
write_text(uint8_t *to, const char *text)
{
    size_t len = text_size(text) - 2;
    to[0] = (uint8_t)(len & 0xff);
    to[1] = (uint8_t)(len >> 8);
    if (len > 0) {
        memcpy(to + 2, text, len);
    }
    return to + 2 + len;
}

static GBytes *
seal(const char *login, const LkSecret *key, const LkVaultKnown *known)
{
    size_t size = text_size(known->at);
    for (int i = 0; i < LK_VAULT_N_FIELDS; i++) {
        size += text_size(known->entry.texts[i]);
    }
    size += PADDED_TO - size % PADDED_TO;
    uint8_t *clear = g_malloc0(size);
    uint8_t *at = write_text(clear, known->at);
    for (int i = 0; i < LK_VAULT_N_FIELDS; i++) {
        at = write_text(at, known->entry.texts[i]);
    }
    g_autofree char *bound = bound_to(login, known->code.text, known->seq);
    uint8_t *sealed = g_malloc(NONCE_LEN + size + TAG_LEN);
    randombytes_buf(sealed, NONCE_LEN);
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE_LEN, NULL, clear, size,
                                               (const uint8_t *)bound, strlen(bound),
                                               NULL, sealed, lk_secret_data(key));
    sodium_memzero(clear, size);
    g_free(clear);
    return g_bytes_new_take(sealed, NONCE_LEN + size + TAG_LEN);
}

bool
lk_vault_kept_put(LkSession *session, const LkSecret *key, const LkVaultKnown *known,
                  GError **error)
{
    const char *login = lk_session_login(session);
    g_autoptr(GBytes) sealed = seal(login, key, known);
    return lk_sql_run(lk_session_store(session), error,
                      "INSERT INTO vault_entries (login, case_code, seq, sealed)"
                      " VALUES (?, ?, ?, ?) ON CONFLICT (login, case_code) DO UPDATE"
                      " SET seq = excluded.seq, sealed = excluded.sealed",
                      "ttib", login, known->code.text, known->seq, sealed);
}

bool
lk_vault_kept_drop(LkSession *session, const LkCaseCode *code, GError **error)
{
    return lk_sql_run(lk_session_store(session), error,
                      "DELETE FROM vault_entries WHERE login = ? AND case_code = ?",
                      "tt", lk_session_login(session), code->text);
}

/* --- Reading. -----------------------------------------------------------------------
 */

typedef struct {
    const uint8_t *at;
    size_t left;
} Reader;

static char *
read_text(Reader *reader)
{
    if (reader->left < 2) {
        return NULL;
    }
    size_t len = (size_t)reader->at[0] | ((size_t)reader->at[1] << 8);
    if (len > reader->left - 2) {
        return NULL;
    }
    char *text = g_strndup((const char *)reader->at + 2, len);
    reader->at += 2 + len;
    reader->left -= 2 + len;
    return text;
}

static bool
read_texts(Reader *reader, LkVaultKnown *known)
{
    known->at = read_text(reader);
    for (int i = 0; known->at != NULL && i < LK_VAULT_N_FIELDS; i++) {
        known->entry.texts[i] = read_text(reader);
        if (known->entry.texts[i] == NULL) {
            return false;
        }
    }
    return known->at != NULL;
}

/* One that was altered is none: it is made again from the row of the vault. */
static LkVaultKnown *
unseal(const char *login, const LkSecret *key, sqlite3_stmt *row)
{
    g_autoptr(LkVaultKnown) known = g_new0(LkVaultKnown, 1);
    lk_sql_copy(row, 0, known->code.text, sizeof known->code.text);
    known->seq = sqlite3_column_int64(row, 1);
    const uint8_t *sealed = sqlite3_column_blob(row, 2);
    size_t size = (size_t)sqlite3_column_bytes(row, 2);
    if (size < NONCE_LEN + TAG_LEN) {
        return NULL;
    }
    size_t clear_size = size - NONCE_LEN - TAG_LEN;
    uint8_t *clear = g_malloc(clear_size + 1);
    g_autofree char *bound = bound_to(login, known->code.text, known->seq);
    bool ok =
        crypto_aead_xchacha20poly1305_ietf_decrypt(
            clear, NULL, NULL, sealed + NONCE_LEN, size - NONCE_LEN,
            (const uint8_t *)bound, strlen(bound), sealed, lk_secret_data(key)) == 0;
    Reader reader = {clear, clear_size};
    ok = ok && read_texts(&reader, known);
    sodium_memzero(clear, clear_size);
    g_free(clear);
    return ok ? g_steal_pointer(&known) : NULL;
}

bool
lk_vault_kept_each(LkSession *session, LkVaultKeptFunc each, void *data, GError **error)
{
    LkStore *store = lk_session_store(session);
    const char *login = lk_session_login(session);
    g_autoptr(LkSecret) key = lk_vault_kept_key(session);
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error,
        "SELECT case_code, seq, sealed FROM vault_entries WHERE login = ?", "t", login);
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        LkVaultKnown *known = unseal(login, key, rows);
        if (known != NULL) {
            each(known, data);
        }
    }
    return step == LK_SQL_END;
}
