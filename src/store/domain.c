/* domain.c - key pairs with a name: what is believed of their rows. */
#include "store/keys.h"

#include <sodium.h>
#include <string.h>

#define CASE_PREFIX "case:"

/* Signed, made once for the office. */
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
lk_domain_is_signer(const char *domain)
{
    return strcmp(domain, LK_DOMAIN_SIGN) == 0 || strcmp(domain, LK_DOMAIN_PEOPLE) == 0;
}

bool
lk_key_matches(const char *domain, const LkSecret *private,
               const uint8_t public[LK_KEY_LEN])
{
    if (lk_secret_size(private) != LK_KEY_LEN) {
        return false;
    }
    uint8_t other[LK_KEY_LEN];
    if (lk_domain_is_signer(domain)) {
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
    char plain[LK_DOMAIN_MAX + 1];
    char hex[2 * LK_KEY_LEN + 1];
    lk_domain_plain(domain, plain);
    sodium_bin2hex(hex, sizeof hex, public, LK_KEY_LEN);
    return g_strdup_printf("lakana domain 1\n%s\n%s", plain, hex);
}

GBytes *
lk_domain_sign(const char *domain, const uint8_t public[LK_KEY_LEN],
               const LkSecret *seed)
{
    uint8_t signature[LK_SIGNATURE_LEN];
    g_autofree char *statement = statement_of(domain, public);
    lk_sign_seeded(seed, statement, strlen(statement), signature);
    return g_bytes_new(signature, sizeof signature);
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

/* @belief: (transfer full): need not be checked again by this process. */
static void
believe(LkStore *store, char *belief)
{
    if (store->believed == NULL) {
        store->believed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    }
    g_hash_table_add(store->believed, belief);
}

/* The key that signs the row of @domain: who holds "backup" anyway holds "people". */
static bool
signer_of(LkStore *store, const char *domain, uint8_t public[LK_KEY_LEN],
          GError **error)
{
    char plain[LK_DOMAIN_MAX + 1];
    lk_domain_plain(domain, plain);
    return strcmp(plain, LK_DOMAIN_BACKUP) == 0
               ? lk_people_public(store, public, error)
               : lk_office_sign_public(store, public, error);
}

static bool
check_signature(LkStore *store, const char *domain, const Row *row, GError **error)
{
    uint8_t office[LK_KEY_LEN];
    if (!signer_of(store, domain, office, error)) {
        return false;
    }
    /* Checked once a process and row: the rows and the key it was checked with. */
    g_autofree char *statement = statement_of(domain, row->public);
    char hex[2 * LK_KEY_LEN + 1];
    sodium_bin2hex(hex, sizeof hex, office, sizeof office);
    g_autofree char *belief = g_strdup_printf("%s\n%s", statement, hex);
    if (store->believed != NULL && g_hash_table_contains(store->believed, belief)) {
        return true;
    }
    if (!row->is_signed ||
        !lk_signature_is_valid(office, statement, strlen(statement), row->signature)) {
        return lk_damaged_key(store, domain, error);
    }
    believe(store, g_steal_pointer(&belief));
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
lk_guard_is_split(LkStore *store, bool *split, GError **error)
{
    Row row = {0};
    bool ok = load(store, LK_DOMAIN_PEOPLE, &row, error);
    *split = row.found;
    return ok;
}

/* Looked up once a process. A store that is only keys, in memory, has no journal but of
 * its own unlocking. */
static bool
check_named(LkStore *store, const Row *row, GError **error)
{
    uint8_t hash[LK_KEY_LEN];
    char hex[LK_HASH_LEN + 1] = "";
    char named[LK_HASH_LEN + 1];
    if (row->found) {
        lk_key_hash(row->public, hash);
        lk_hash_hex(hash, hex);
    }
    g_autofree char *belief = g_strdup_printf("people named\n%s", hex);
    if (store->believed != NULL && g_hash_table_contains(store->believed, belief)) {
        return true;
    }
    gint64 n_lines = 0;
    if (!lk_journal_people(store, named, error) ||
        !lk_sql_number(store, &n_lines, error,
                       "SELECT count(*) FROM journal WHERE what NOT LIKE 'unlock%'",
                       "")) {
        return false;
    }
    bool keys_only = *store->dir == '\0' && n_lines == 0;
    if (!keys_only && strcmp(named, hex) != 0) {
        return lk_damaged_key(store, LK_DOMAIN_PEOPLE, error);
    }
    if (row->found) {
        believe(store, g_steal_pointer(&belief));
    }
    return true;
}

bool
lk_people_public(LkStore *store, uint8_t public[LK_KEY_LEN], GError **error)
{
    Row row = {0};
    if (!load(store, LK_DOMAIN_PEOPLE, &row, error) ||
        !check_named(store, &row, error)) {
        return false;
    }
    return row.found ? lk_domain_public(store, LK_DOMAIN_PEOPLE, public, error)
                     : lk_office_sign_public(store, public, error);
}

bool
lk_guard_check_base(LkStore *store, GError **error)
{
    uint8_t people[LK_KEY_LEN];
    if (!lk_people_public(store, people, error)) {
        return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(base_domains); i++) {
        uint8_t public[LK_KEY_LEN];
        if (!lk_domain_public(store, base_domains[i], public, error)) {
            return false;
        }
    }
    return true;
}
