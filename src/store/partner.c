/* partner.c - other offices.
 *
 *   lakana office 1
 *   name: DRPFEF Mopti
 *   region: MOP
 *   sign: 64 hexadecimal digits
 *   reception: 64
 *   signature: 128, of the five lines above
 *   fingerprint: for people; not looked at */
#include "store/store.h"

#include "store/keys.h"

#include <sodium.h>
#include <string.h>

#define FIRST_LINE "lakana office 1\n"
#define MAX_TEXT 4096
#define MAX_NAME 200 /* bytes */

void
lk_office_free(LkOffice *office)
{
    if (office != NULL) {
        g_free(office->name);
        g_free(office->trusted_at);
        g_free(office->trusted_by);
        g_free(office);
    }
}

LkOffice *
lk_office_own(LkStore *store, GError **error)
{
    g_autoptr(LkOffice) office = g_new0(LkOffice, 1);
    office->name = g_strdup(lk_store_office(store));
    g_strlcpy(office->region, lk_store_region(store), sizeof office->region);
    return lk_domain_public(store, LK_DOMAIN_SIGN, office->sign, error) &&
                   lk_domain_public(store, LK_DOMAIN_RECEPTION, office->reception,
                                    error)
               ? g_steal_pointer(&office)
               : NULL;
}

/* --- The key file. -----------------------------------------------------------------
 */

/* (transfer full): the lines that are signed. */
static char *
signed_lines(const LkOffice *office)
{
    char sign[2 * LK_KEY_LEN + 1];
    char reception[2 * LK_KEY_LEN + 1];
    sodium_bin2hex(sign, sizeof sign, office->sign, LK_KEY_LEN);
    sodium_bin2hex(reception, sizeof reception, office->reception, LK_KEY_LEN);
    return g_strdup_printf(FIRST_LINE "name: %s\nregion: %s\nsign: %s\nreception: %s\n",
                           office->name, office->region, sign, reception);
}

char *
lk_office_text(LkSession *session, GError **error)
{
    g_autoptr(LkOffice) own = lk_office_own(lk_session_store(session), error);
    if (own == NULL) {
        return NULL;
    }
    g_autofree char *lines = signed_lines(own);
    uint8_t signature[LK_SIGNATURE_LEN];
    if (!lk_sign(session, lines, strlen(lines), signature, error)) {
        return NULL;
    }
    char hex[2 * LK_SIGNATURE_LEN + 1];
    sodium_bin2hex(hex, sizeof hex, signature, sizeof signature);
    g_autofree char *fingerprint = lk_key_fingerprint(own->sign);
    return g_strdup_printf("%ssignature: %s\nfingerprint: %s\n", lines, hex,
                           fingerprint);
}

static bool
not_a_key(GError **error)
{
    g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED,
                        _("this is not the key of an office, or it was altered; have "
                          "that office make it again (`lakana office key`)"));
    return false;
}

/* (transfer full): what follows "NAME: " in the line that begins so. */
static char *
value_of(char **lines, const char *name)
{
    g_autofree char *start = g_strconcat(name, ": ", NULL);
    for (char **line = lines; *line != NULL; line++) {
        if (g_str_has_prefix(*line, start)) {
            return g_strdup(*line + strlen(start));
        }
    }
    return NULL;
}

static bool
hex_of(char **lines, const char *name, uint8_t *bytes, size_t size)
{
    g_autofree char *text = value_of(lines, name);
    size_t got = 0;
    const char *end = NULL;
    return text != NULL && strlen(text) == 2 * size &&
           sodium_hex2bin(bytes, size, text, 2 * size, NULL, &got, &end) == 0 &&
           got == size;
}

/* Printable, on one line: it is shown to people. */
static bool
is_name(const char *text)
{
    if (*text == '\0' || strlen(text) > MAX_NAME || !g_utf8_validate(text, -1, NULL)) {
        return false;
    }
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        if (!g_unichar_isprint(g_utf8_get_char(p))) {
            return false;
        }
    }
    return true;
}

static bool
is_region(const char *text)
{
    return strlen(text) == 3 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

LkOffice *
lk_office_parse(const char *text, size_t size, GError **error)
{
    g_autoptr(LkOffice) office = g_new0(LkOffice, 1);
    g_autofree char *copy = g_strndup(text, MIN(size, (size_t)MAX_TEXT));
    g_autoptr(GString) unix_text = g_string_new(copy);
    g_string_replace(unix_text, "\r\n", "\n", 0); /* it has been through a mailer */
    g_auto(GStrv) lines = g_strsplit(unix_text->str, "\n", -1);
    uint8_t signature[LK_SIGNATURE_LEN];
    g_autofree char *region = value_of(lines, "region");
    office->name = value_of(lines, "name");
    if (size > MAX_TEXT || office->name == NULL || region == NULL ||
        !is_name(office->name) || !is_region(region) ||
        !hex_of(lines, "sign", office->sign, LK_KEY_LEN) ||
        !hex_of(lines, "reception", office->reception, LK_KEY_LEN) ||
        !hex_of(lines, "signature", signature, sizeof signature)) {
        (void)not_a_key(error);
        return NULL;
    }
    g_strlcpy(office->region, region, sizeof office->region);
    g_autofree char *claimed = signed_lines(office);
    if (!g_str_has_prefix(unix_text->str, claimed) ||
        !lk_signature_is_valid(office->sign, claimed, strlen(claimed), signature)) {
        (void)not_a_key(error);
        return NULL;
    }
    return g_steal_pointer(&office);
}

/* --- Believed. ---------------------------------------------------------------------
 */

/* (transfer full): what this office signs about @office. */
static char *
statement_of(const LkOffice *office)
{
    g_autofree char *lines = signed_lines(office);
    return g_strdup_printf("lakana partner 1\n%s\n%s\n%s", office->trusted_at,
                           office->trusted_by, lines);
}

typedef struct {
    const LkOffice *office;
    GBytes *sign, *reception, *signature;
} Row;

static bool
write_row(LkStore *store, void *data, GError **error)
{
    const Row *row = data;
    if (!lk_sql_run(store, error,
                    "INSERT INTO offices (sign, name, region, reception, trusted_at,"
                    " trusted_by, signature) VALUES (?, ?, ?, ?, ?, ?, ?)"
                    " ON CONFLICT (sign) DO UPDATE SET name = excluded.name,"
                    " region = excluded.region, reception = excluded.reception,"
                    " trusted_at = excluded.trusted_at,"
                    " trusted_by = excluded.trusted_by, signature = excluded.signature"
                    " WHERE reception <> excluded.reception OR name <> excluded.name"
                    " OR region <> excluded.region",
                    "bttbttb", row->sign, row->office->name, row->office->region,
                    row->reception, row->office->trusted_at, row->office->trusted_by,
                    row->signature)) {
        return false;
    }
    if (sqlite3_changes(store->db) == 0) {
        return true;
    }
    char hex[2 * LK_KEY_LEN + 1];
    sodium_bin2hex(hex, sizeof hex, row->office->sign, LK_KEY_LEN);
    g_autofree char *detail = g_strdup_printf("{\"office\":\"%s\",\"region\":\"%s\"}",
                                              hex, row->office->region);
    return lk_journal_add(store, "trust", detail, error);
}

bool
lk_office_trust(LkSession *session, const LkOffice *office, GError **error)
{
    LkStore *store = lk_session_store(session);
    g_autoptr(LkOffice) own = lk_office_own(store, error);
    if (own == NULL) {
        return false;
    }
    if (memcmp(own->sign, office->sign, LK_KEY_LEN) == 0) {
        g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED,
                            _("this is the key of your own office"));
        return false;
    }
    g_autofree char *now = lk_now();
    LkOffice said = *office;
    said.trusted_at = now;
    said.trusted_by = (char *)lk_session_login(session);
    g_autofree char *statement = statement_of(&said);
    uint8_t signature[LK_SIGNATURE_LEN];
    if (!lk_sign(session, statement, strlen(statement), signature, error)) {
        return false;
    }
    g_autoptr(GBytes) sign = g_bytes_new(office->sign, LK_KEY_LEN);
    g_autoptr(GBytes) reception = g_bytes_new(office->reception, LK_KEY_LEN);
    g_autoptr(GBytes) signed_by = g_bytes_new(signature, sizeof signature);
    Row row = {&said, sign, reception, signed_by};
    return lk_sql_transaction(store, write_row, &row, error);
}

static bool
no_such_office(GError **error)
{
    g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN,
                        _("this office is not one of those you trust: have it send its "
                          "key, then `lakana office trust`"));
    return false;
}

static bool
delete_row(LkStore *store, void *data, GError **error)
{
    const uint8_t *key = data;
    g_autoptr(GBytes) sign = g_bytes_new(key, LK_KEY_LEN);
    if (!lk_sql_run(store, error, "DELETE FROM offices WHERE sign = ?", "b", sign)) {
        return false;
    }
    if (sqlite3_changes(store->db) == 0) {
        return no_such_office(error);
    }
    char hex[2 * LK_KEY_LEN + 1];
    sodium_bin2hex(hex, sizeof hex, key, LK_KEY_LEN);
    g_autofree char *detail = g_strdup_printf("{\"office\":\"%s\"}", hex);
    return lk_journal_add(store, "distrust", detail, error);
}

bool
lk_office_forget(LkSession *session, const uint8_t sign[LK_KEY_LEN], GError **error)
{
    bool holds = false;
    if (!lk_session_holds(session, LK_DOMAIN_SIGN, &holds, error)) {
        return false;
    }
    if (!holds) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED,
                    _("%s may not say which offices are trusted"),
                    lk_session_login(session));
        return false;
    }
    return lk_sql_transaction(lk_session_store(session), delete_row, (void *)sign,
                              error);
}

static LkOffice *
office_of(LkStore *store, sqlite3_stmt *row, GError **error)
{
    g_autoptr(LkOffice) office = g_new0(LkOffice, 1);
    uint8_t signature[LK_SIGNATURE_LEN];
    uint8_t own[LK_KEY_LEN];
    office->name = g_strdup(lk_sql_text(row, 1));
    lk_sql_copy(row, 2, office->region, sizeof office->region);
    office->trusted_at = g_strdup(lk_sql_text(row, 4));
    office->trusted_by = g_strdup(lk_sql_text(row, 5));
    bool whole = lk_sql_key(row, 0, office->sign, LK_KEY_LEN) &&
                 lk_sql_key(row, 3, office->reception, LK_KEY_LEN) &&
                 lk_sql_key(row, 6, signature, sizeof signature);
    if (!lk_domain_public(store, LK_DOMAIN_SIGN, own, error)) {
        return NULL;
    }
    g_autofree char *statement = statement_of(office);
    if (!whole ||
        !lk_signature_is_valid(own, statement, strlen(statement), signature)) {
        (void)lk_damaged_key(store, office->name, error);
        return NULL;
    }
    return g_steal_pointer(&office);
}

#define OFFICE_COLUMNS                                                                 \
    "SELECT sign, name, region, reception, trusted_at, trusted_by, signature"          \
    " FROM offices"

GPtrArray *
lk_office_list(LkStore *store, GError **error)
{
    g_autoptr(GPtrArray) offices =
        g_ptr_array_new_with_free_func((GDestroyNotify)lk_office_free);
    g_autoptr(sqlite3_stmt) rows =
        lk_sql_prepare(store, error, OFFICE_COLUMNS " ORDER BY name, trusted_at", "");
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        LkOffice *office = office_of(store, rows, error);
        if (office == NULL) {
            return NULL;
        }
        g_ptr_array_add(offices, office);
    }
    return step == LK_SQL_END ? g_steal_pointer(&offices) : NULL;
}

LkOffice *
lk_office_find(LkStore *store, const uint8_t sign[LK_KEY_LEN], GError **error)
{
    g_autoptr(GBytes) key = g_bytes_new(sign, LK_KEY_LEN);
    g_autoptr(sqlite3_stmt) row =
        lk_sql_prepare(store, error, OFFICE_COLUMNS " WHERE sign = ?", "b", key);
    LkSqlStep step = row != NULL ? lk_sql_step(store, row, error) : LK_SQL_FAILED;
    if (step == LK_SQL_END) {
        (void)no_such_office(error);
    }
    return step == LK_SQL_ROW ? office_of(store, row, error) : NULL;
}
