/* mint.c - keys are made. That needs no secret: the private half is sealed to whoever
 * shall hold it and forgotten. */
#include "store/keys.h"

#include <sodium.h>
#include <string.h>

bool
lk_grant_put(LkStore *store, const char *domain, const LkSecret *private,
             const char *holder, const uint8_t public[LK_KEY_LEN], GError **error)
{
    g_autoptr(GBytes) sealed =
        lk_seal_to(public, lk_secret_data(private), lk_secret_size(private), error);
    g_autoptr(GBytes) proof = lk_grant_proof(domain, private, holder, public);
    g_autofree char *now = lk_now();
    return sealed != NULL &&
           lk_sql_run(store, error,
                      "INSERT INTO grants (domain, holder, sealed, at, proof)"
                      " VALUES (?, ?, ?, ?, ?) ON CONFLICT (domain, holder)"
                      " DO UPDATE SET sealed = excluded.sealed, at = excluded.at,"
                      " proof = excluded.proof",
                      "ttbtb", domain, holder, sealed, now, proof);
}

/* @signer: a seed; NULL: not signed. */
static bool
insert(LkStore *store, const char *domain, const uint8_t public[LK_KEY_LEN],
       const LkSecret *signer, GError **error)
{
    g_autoptr(GBytes) key = g_bytes_new(public, LK_KEY_LEN);
    g_autoptr(GBytes) signature =
        signer != NULL ? lk_domain_sign(domain, public, signer) : NULL;
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

/* (transfer full): the seed of a new Ed25519 key. */
static LkSecret *
new_signer(uint8_t public[LK_KEY_LEN])
{
    LkSecret *seed = lk_secret_new(LK_KEY_LEN);
    g_autoptr(LkSecret) private = lk_secret_new(crypto_sign_SECRETKEYBYTES);
    randombytes_buf(lk_secret_data(seed), LK_KEY_LEN);
    crypto_sign_seed_keypair(public, lk_secret_data(private), lk_secret_data(seed));
    return seed;
}

static void
hash_hex(const uint8_t public[LK_KEY_LEN], char hex[LK_HASH_LEN + 1])
{
    uint8_t hash[LK_KEY_LEN];
    lk_key_hash(public, hash);
    lk_hash_hex(hash, hex);
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

    g_autoptr(LkSecret) sign = NULL;
    g_autoptr(LkSecret) people = NULL;
    uint8_t sign_public[LK_KEY_LEN];
    uint8_t people_public[LK_KEY_LEN];
    sign = new_signer(sign_public);
    people = new_signer(people_public);
    char sign_hash[LK_HASH_LEN + 1];
    char people_hash[LK_HASH_LEN + 1];
    hash_hex(sign_public, sign_hash);
    hash_hex(people_public, people_hash);
    g_autofree char *detail =
        g_strdup_printf("{\"sign\":\"%s\",\"people\":\"%s\"}", sign_hash, people_hash);
    g_autoptr(LkSecret) mark = lk_key_for(recovery_private, LK_MARK_PURPOSE);
    return insert(store, LK_DOMAIN_SIGN, sign_public, sign, error) &&
           insert(store, LK_DOMAIN_PEOPLE, people_public, sign, error) &&
           insert(store, LK_DOMAIN_RECOVERY, recovery_public, sign, error) &&
           lk_grant_put(store, LK_DOMAIN_SIGN, sign, "@" LK_DOMAIN_RECOVERY,
                        recovery_public, error) &&
           lk_grant_put(store, LK_DOMAIN_PEOPLE, people, "@" LK_DOMAIN_RECOVERY,
                        recovery_public, error) &&
           make(store, LK_DOMAIN_RECEPTION, sign, recovery_public, error) &&
           make(store, LK_DOMAIN_ARCHIVE, sign, recovery_public, error) &&
           make(store, LK_DOMAIN_BACKUP, people, recovery_public, error) &&
           lk_journal_add(store, "keys", detail, error) &&
           ensure_all_cases(store, error) &&
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
    gint64 n = 0;
    if (!ready ||
        !lk_sql_number(store, &n, error, "SELECT count(*) FROM domains WHERE name = ?",
                       "t", domain)) {
        return !ready;
    }
    if (n != 0) {
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

/* --- An office of before. ----------------------------------------------------------
 */

/* (transfer full): GPtrArray of char*, the logins of who works here. */
static GPtrArray *
active_logins(LkStore *store, GError **error)
{
    g_autoptr(GPtrArray) logins = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error,
        "SELECT login FROM people WHERE revoked_at IS NULL ORDER BY login", "");
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        g_ptr_array_add(logins, g_strdup(lk_sql_text(rows, 0)));
    }
    return step == LK_SQL_END ? g_steal_pointer(&logins) : NULL;
}

/* What "sign" said of @row, "people" says from now on. */
static bool
sign_anew(LkStore *store, LkPersonRow *row, const LkSecret *people, GError **error)
{
    lk_person_sign(row, people);
    g_autoptr(GBytes) signature = g_bytes_new(row->signature, sizeof row->signature);
    return lk_sql_run(store, error, "UPDATE people SET signature = ? WHERE login = ?",
                      "bt", signature, row->login) &&
           (row->role != LK_ROLE_ADMIN ||
            (lk_grant_put(store, LK_DOMAIN_PEOPLE, people, row->login, row->public,
                          error) &&
             lk_sql_run(store, error,
                        "DELETE FROM grants WHERE domain = ? AND holder = ?", "tt",
                        LK_DOMAIN_SIGN, row->login)));
}

static void
free_row(LkPersonRow *row)
{
    lk_person_row_clear(row);
    g_free(row);
}

/* All rows are read while "sign" is still what signs them. */
static GPtrArray *
active_people(LkStore *store, GError **error)
{
    g_autoptr(GPtrArray) logins = active_logins(store, error);
    g_autoptr(GPtrArray) people =
        g_ptr_array_new_with_free_func((GDestroyNotify)free_row);
    for (guint i = 0; logins != NULL && i < logins->len; i++) {
        LkPersonRow *row = g_new0(LkPersonRow, 1);
        g_ptr_array_add(people, row);
        if (!lk_person_load_active(store, g_ptr_array_index(logins, i), row, error)) {
            return NULL;
        }
    }
    return logins != NULL ? g_steal_pointer(&people) : NULL;
}

static bool
sign_backup(LkStore *store, const LkSecret *people, GError **error)
{
    uint8_t backup[LK_KEY_LEN];
    if (!lk_domain_public(store, LK_DOMAIN_BACKUP, backup, error)) {
        return false;
    }
    g_autoptr(GBytes) signature = lk_domain_sign(LK_DOMAIN_BACKUP, backup, people);
    return lk_sql_run(store, error, "UPDATE domains SET signature = ? WHERE name = ?",
                      "bt", signature, LK_DOMAIN_BACKUP);
}

bool
lk_guard_split(LkSession *session, GError **error)
{
    LkStore *store = lk_session_store(session);
    uint8_t public[LK_KEY_LEN];
    uint8_t recovery[LK_KEY_LEN];
    char hash[LK_HASH_LEN + 1];
    g_autoptr(LkSecret) people = new_signer(public);
    g_autoptr(GPtrArray) rows = active_people(store, error);
    const LkSecret *sign =
        rows != NULL ? lk_session_private(session, LK_DOMAIN_SIGN, error) : NULL;
    if (sign == NULL || !lk_domain_public(store, LK_DOMAIN_RECOVERY, recovery, error) ||
        !sign_backup(store, people, error) ||
        !insert(store, LK_DOMAIN_PEOPLE, public, sign, error) ||
        !lk_grant_put(store, LK_DOMAIN_PEOPLE, people, "@" LK_DOMAIN_RECOVERY, recovery,
                      error)) {
        return false;
    }
    for (guint i = 0; i < rows->len; i++) {
        if (!sign_anew(store, g_ptr_array_index(rows, i), people, error)) {
            return false;
        }
    }
    hash_hex(public, hash);
    g_autofree char *detail = g_strdup_printf("{\"people\":\"%s\"}", hash);
    return lk_journal_add(store, "keys-people", detail, error);
}
