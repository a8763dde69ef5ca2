/* domain.c - key pairs with a name. Making one needs no secret: its private half is
 * sealed to whoever shall hold it and forgotten. */
#include "store/keys.h"

#include <sodium.h>
#include <string.h>

#define CASE_PREFIX "case:"

/* Signed by "sign", made once for the office. */
static const char *const base_domains[] = {LK_DOMAIN_SIGN, LK_DOMAIN_RECOVERY,
                                           LK_DOMAIN_RECEPTION, LK_DOMAIN_ARCHIVE,
                                           LK_DOMAIN_BACKUP};

bool
lk_damaged_key(LkStore *store, const char *what, GError **error)
{
    g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED,
                _("%s: the key of %s was altered or exchanged: open nothing and seal "
                  "nothing here; keep the folder as it is and go back to the last "
                  "backup (lakana restore)"),
                store->db_path, what);
    return false;
}

GBytes *
lk_sql_bytes(sqlite3_stmt *statement, int column)
{
    const void *bytes = sqlite3_column_blob(statement, column);
    int size = sqlite3_column_bytes(statement, column);
    return bytes != NULL ? g_bytes_new(bytes, (gsize)size) : NULL;
}

bool
lk_sql_key(sqlite3_stmt *statement, int column, uint8_t *key, size_t size)
{
    const void *bytes = sqlite3_column_blob(statement, column);
    if (bytes == NULL || (size_t)sqlite3_column_bytes(statement, column) != size) {
        return false;
    }
    memcpy(key, bytes, size);
    return true;
}

void
lk_key_hash(const uint8_t public[LK_KEY_LEN], uint8_t hash[LK_KEY_LEN])
{
    crypto_generichash(hash, LK_KEY_LEN, public, LK_KEY_LEN, NULL, 0);
}

char *
lk_key_fingerprint(const uint8_t public[LK_KEY_LEN])
{
    uint8_t hash[LK_KEY_LEN];
    lk_key_hash(public, hash);
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < 16; i++) {
        g_string_append_printf(text, "%s%02x", i > 0 && i % 2 == 0 ? " " : "", hash[i]);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static bool
is_of_case(const char *domain)
{
    return g_str_has_prefix(domain, CASE_PREFIX);
}

void
lk_domain_of_case(const LkCaseCode *code, char name[LK_DOMAIN_MAX + 1])
{
    g_snprintf(name, LK_DOMAIN_MAX + 1, CASE_PREFIX "%s", code->text);
}

bool
lk_key_matches(const char *domain, const LkSecret *private,
               const uint8_t public[LK_KEY_LEN])
{
    if (lk_secret_size(private) != LK_KEY_LEN) {
        return false;
    }
    uint8_t other[LK_KEY_LEN];
    if (strcmp(domain, LK_DOMAIN_SIGN) == 0) {
        g_autoptr(LkSecret) long_form = lk_secret_new(crypto_sign_SECRETKEYBYTES);
        crypto_sign_seed_keypair(other, lk_secret_data(long_form),
                                 lk_secret_data(private));
    } else {
        (void)crypto_scalarmult_base(other, lk_secret_data(private));
    }
    return sodium_memcmp(other, public, LK_KEY_LEN) == 0;
}

/* --- Reading. ----------------------------------------------------------------------
 */

static char *
statement_of(const char *domain, const uint8_t public[LK_KEY_LEN])
{
    char hex[2 * LK_KEY_LEN + 1];
    sodium_bin2hex(hex, sizeof hex, public, LK_KEY_LEN);
    return g_strdup_printf("lakana domain 1\n%s\n%s", domain, hex);
}

typedef struct {
    uint8_t public[LK_KEY_LEN];
    uint8_t signature[LK_SIGNATURE_LEN];
    bool found, is_signed;
} Row;

static bool
load(LkStore *store, const char *domain, Row *row, GError **error)
{
    g_autoptr(LkSqlKept) rows = lk_sql_keep(
        store, error, "SELECT public, signature FROM domains WHERE name = ?", "t",
        domain);
    LkSqlStep step = rows != NULL ? lk_sql_step(store, rows, error) : LK_SQL_FAILED;
    row->found = step == LK_SQL_ROW;
    if (row->found && !lk_sql_key(rows, 0, row->public, sizeof row->public)) {
        return lk_damaged_key(store, domain, error);
    }
    row->is_signed =
        row->found && lk_sql_key(rows, 1, row->signature, sizeof row->signature);
    return step != LK_SQL_FAILED;
}

bool
lk_guard_is_ready(LkStore *store, bool *ready, GError **error)
{
    gint64 n = 0;
    if (!lk_sql_number(store, &n, error, "SELECT count(*) FROM domains WHERE name = ?",
                       "t", LK_DOMAIN_SIGN)) {
        return false;
    }
    *ready = n != 0;
    return true;
}

bool
lk_guard_require(LkStore *store, GError **error)
{
    bool ready = false;
    if (!lk_guard_is_ready(store, &ready, error)) {
        return false;
    }
    if (!ready) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNPROTECTED,
                    _("%s: this office is not protected yet; run `lakana protect` "
                      "once, with a sheet of paper at hand"),
                    store->dir);
    }
    return ready;
}

static bool
no_domain(LkStore *store, const char *domain, GError **error)
{
    if (lk_guard_require(store, error)) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN,
                    _("there is no key called %s in this office"), domain);
    }
    return false;
}

bool
lk_office_sign_public(LkStore *store, uint8_t public[LK_KEY_LEN], GError **error)
{
    Row row = {0};
    if (!load(store, LK_DOMAIN_SIGN, &row, error)) {
        return false;
    }
    if (!row.found) {
        return no_domain(store, LK_DOMAIN_SIGN, error);
    }
    memcpy(public, row.public, LK_KEY_LEN);
    return true;
}

static bool
check_signature(LkStore *store, const char *domain, const Row *row, GError **error)
{
    uint8_t office[LK_KEY_LEN];
    if (!lk_office_sign_public(store, office, error)) {
        return false;
    }
    /* Checked once a process and row: the rows and the key it was checked with. */
    g_autofree char *statement = statement_of(domain, row->public);
    char hex[2 * LK_KEY_LEN + 1];
    sodium_bin2hex(hex, sizeof hex, office, sizeof office);
    g_autofree char *belief = g_strdup_printf("%s\n%s", statement, hex);
    if (store->believed == NULL) {
        store->believed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    }
    if (g_hash_table_contains(store->believed, belief)) {
        return true;
    }
    if (!row->is_signed ||
        !lk_signature_is_valid(office, statement, strlen(statement), row->signature)) {
        return lk_damaged_key(store, domain, error);
    }
    g_hash_table_add(store->believed, g_steal_pointer(&belief));
    return true;
}

bool
lk_domain_public(LkStore *store, const char *domain, uint8_t public[LK_KEY_LEN],
                 GError **error)
{
    Row row = {0};
    if (!load(store, domain, &row, error)) {
        return false;
    }
    if (!row.found) {
        return no_domain(store, domain, error);
    }
    if (!is_of_case(domain) && !check_signature(store, domain, &row, error)) {
        return false;
    }
    memcpy(public, row.public, LK_KEY_LEN);
    return true;
}

bool
lk_guard_check_base(LkStore *store, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(base_domains); i++) {
        uint8_t public[LK_KEY_LEN];
        if (!lk_domain_public(store, base_domains[i], public, error)) {
            return false;
        }
    }
    return true;
}

/* --- Making. -----------------------------------------------------------------------
 */

bool
lk_grant_put(LkStore *store, const char *domain, const LkSecret *private,
             const char *holder, const uint8_t public[LK_KEY_LEN], GError **error)
{
    g_autoptr(GBytes) sealed =
        lk_seal_to(public, lk_secret_data(private), lk_secret_size(private), error);
    g_autofree char *now = lk_now();
    return sealed != NULL &&
           lk_sql_run(store, error,
                      "INSERT INTO grants (domain, holder, sealed, at)"
                      " VALUES (?, ?, ?, ?) ON CONFLICT (domain, holder)"
                      " DO UPDATE SET sealed = excluded.sealed, at = excluded.at",
                      "ttbt", domain, holder, sealed, now);
}

static bool
insert(LkStore *store, const char *domain, const uint8_t public[LK_KEY_LEN],
       const LkSecret *signer, GError **error)
{
    g_autoptr(GBytes) key = g_bytes_new(public, LK_KEY_LEN);
    g_autoptr(GBytes) signature = NULL;
    if (signer != NULL) {
        uint8_t bytes[LK_SIGNATURE_LEN];
        g_autofree char *statement = statement_of(domain, public);
        crypto_sign_detached(bytes, NULL, (const uint8_t *)statement, strlen(statement),
                             lk_secret_data(signer));
        signature = g_bytes_new(bytes, sizeof bytes);
    }
    g_autofree char *now = lk_now();
    return lk_sql_run(store, error,
                      "INSERT INTO domains (name, public, signature, created)"
                      " VALUES (?, ?, ?, ?)",
                      "tbbt", domain, key, signature, now);
}

/* A new key pair for @domain, held by @recovery. */
static bool
make(LkStore *store, const char *domain, const LkSecret *signer,
     const uint8_t recovery[LK_KEY_LEN], GError **error)
{
    uint8_t public[LK_KEY_LEN];
    g_autoptr(LkSecret) private = lk_secret_new(LK_KEY_LEN);
    crypto_box_keypair(public, lk_secret_data(private));
    return insert(store, domain, public, signer, error) &&
           lk_grant_put(store, domain, private, "@" LK_DOMAIN_RECOVERY, recovery,
                        error);
}

static bool
ensure_all_cases(LkStore *store, GError **error)
{
    g_autoptr(sqlite3_stmt) rows =
        lk_sql_prepare(store, error, "SELECT code FROM cases ORDER BY code", "");
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        LkCaseCode code;
        lk_sql_copy(rows, 0, code.text, sizeof code.text);
        if (!lk_domain_ensure_case(store, &code, error)) {
            return false;
        }
    }
    return step == LK_SQL_END;
}

bool
lk_guard_write_keys(LkStore *store, const LkSecret *recovery, GError **error)
{
    bool ready = false;
    if (!lk_guard_is_ready(store, &ready, error)) {
        return false;
    }
    if (ready) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_EXISTS,
                    _("%s: this office has keys already; nothing was changed"),
                    store->dir);
        return false;
    }
    uint8_t recovery_public[LK_KEY_LEN];
    g_autoptr(LkSecret) recovery_private = lk_recovery_key(recovery);
    (void)crypto_scalarmult_base(recovery_public, lk_secret_data(recovery_private));

    uint8_t sign_public[LK_KEY_LEN];
    g_autoptr(LkSecret) seed = lk_secret_new(LK_KEY_LEN);
    g_autoptr(LkSecret) signer = lk_secret_new(crypto_sign_SECRETKEYBYTES);
    randombytes_buf(lk_secret_data(seed), LK_KEY_LEN);
    crypto_sign_seed_keypair(sign_public, lk_secret_data(signer), lk_secret_data(seed));

    uint8_t hash[LK_KEY_LEN];
    char hex[LK_HASH_LEN + 1];
    lk_key_hash(sign_public, hash);
    lk_hash_hex(hash, hex);
    g_autofree char *detail = g_strdup_printf("{\"sign\":\"%s\"}", hex);
    g_autoptr(LkSecret) mark = lk_key_for(recovery_private, LK_MARK_PURPOSE);
    return insert(store, LK_DOMAIN_SIGN, sign_public, signer, error) &&
           insert(store, LK_DOMAIN_RECOVERY, recovery_public, signer, error) &&
           lk_grant_put(store, LK_DOMAIN_SIGN, seed, "@" LK_DOMAIN_RECOVERY,
                        recovery_public, error) &&
           make(store, LK_DOMAIN_RECEPTION, signer, recovery_public, error) &&
           make(store, LK_DOMAIN_ARCHIVE, signer, recovery_public, error) &&
           make(store, LK_DOMAIN_BACKUP, signer, recovery_public, error) &&
           ensure_all_cases(store, error) &&
           lk_journal_add(store, "keys", detail, error) &&
           lk_mark_put(store, "@" LK_DOMAIN_RECOVERY, mark, error);
}

static bool
write_keys(LkStore *store, void *data, GError **error)
{
    return lk_guard_write_keys(store, data, error);
}

bool
lk_guard_create(LkStore *store, const LkSecret *recovery, GError **error)
{
    g_return_val_if_fail(lk_secret_size(recovery) == LK_KEY_LEN, false);
    return lk_sql_transaction(store, write_keys, (void *)recovery, error);
}

bool
lk_domain_ensure_case(LkStore *store, const LkCaseCode *code, GError **error)
{
    bool ready = false;
    if (!lk_guard_is_ready(store, &ready, error)) {
        return false;
    }
    char domain[LK_DOMAIN_MAX + 1];
    lk_domain_of_case(code, domain);
    Row row = {0};
    if (!ready || !load(store, domain, &row, error)) {
        return !ready;
    }
    if (row.found) {
        return true;
    }
    uint8_t recovery[LK_KEY_LEN];
    uint8_t reception[LK_KEY_LEN];
    uint8_t public[LK_KEY_LEN];
    g_autoptr(LkSecret) private = lk_secret_new(LK_KEY_LEN);
    crypto_box_keypair(public, lk_secret_data(private));
    return lk_domain_public(store, LK_DOMAIN_RECOVERY, recovery, error) &&
           lk_domain_public(store, LK_DOMAIN_RECEPTION, reception, error) &&
           insert(store, domain, public, NULL, error) &&
           lk_grant_put(store, domain, private, "@" LK_DOMAIN_RECOVERY, recovery,
                        error) &&
           lk_grant_put(store, domain, private, "@" LK_DOMAIN_RECEPTION, reception,
                        error);
}
