/* person.c - who works here: roles, rows and the signatures on them. */
#include "store/keys.h"

#include <sodium.h>
#include <string.h>

static const char *const role_names[] = {
    [LK_ROLE_MANAGER] = "gestionnaire", [LK_ROLE_SUPERVISOR] = "superviseur",
    [LK_ROLE_CLERK] = "saisie",         [LK_ROLE_ADMIN] = "admin",
    [LK_ROLE_RECOVERY] = "recovery",
};

/* Given with the role; the keys of case files come one by one. */
static const char *const role_domains[][3] = {
    [LK_ROLE_MANAGER] = {LK_DOMAIN_RECEPTION, LK_DOMAIN_SIGN, NULL},
    [LK_ROLE_SUPERVISOR] = {NULL},
    [LK_ROLE_CLERK] = {NULL},
    [LK_ROLE_ADMIN] = {LK_DOMAIN_PEOPLE, LK_DOMAIN_BACKUP, NULL},
};

const char *
lk_role_name(LkRole role)
{
    return role_names[role];
}

bool
lk_role_parse(const char *name, LkRole *role)
{
    for (int i = 0; i < LK_ROLE_RECOVERY; i++) {
        if (strcmp(name, role_names[i]) == 0) {
            *role = (LkRole)i;
            return true;
        }
    }
    return false;
}

const char *const *
lk_role_domains(LkRole role)
{
    return role_domains[role];
}

bool
lk_role_may_hold(LkRole role, const char *domain)
{
    char plain[LK_DOMAIN_MAX + 1];
    lk_domain_plain(domain, plain);
    if (g_str_has_prefix(plain, "case:")) {
        return role == LK_ROLE_MANAGER;
    }
    return role < LK_ROLE_RECOVERY && g_strv_contains(role_domains[role], plain);
}

bool
lk_login_is_valid(const char *login)
{
    size_t length = strlen(login);
    return length >= 2 && length <= LK_LOGIN_MAX && g_ascii_islower(login[0]) &&
           strspn(login, "abcdefghijklmnopqrstuvwxyz0123456789.-") == length;
}

/* --- Rows. -------------------------------------------------------------------------
 */

void
lk_person_row_clear(LkPersonRow *row)
{
    g_clear_pointer(&row->added_at, g_free);
    g_clear_pointer(&row->revoked_at, g_free);
    lk_slot_clear(&row->slot);
    g_clear_pointer(&row->mark, lk_secret_free);
}

#define ROW_COLUMNS                                                                    \
    "login, role, public, added_at, revoked_at, signature, passes, memory, salt, slot"

static bool
read_row(LkStore *store, sqlite3_stmt *rows, LkPersonRow *row, GError **error)
{
    lk_person_row_clear(row);
    lk_sql_copy(rows, 0, row->login, sizeof row->login);
    bool whole = lk_role_parse(lk_sql_text(rows, 1), &row->role) &&
                 lk_sql_key(rows, 2, row->public, sizeof row->public) &&
                 lk_sql_key(rows, 5, row->signature, sizeof row->signature);
    row->added_at = g_strdup(lk_sql_text(rows, 3));
    row->revoked_at = g_strdup(lk_sql_text_or_null(rows, 4));
    row->slot.cost =
        (LkSlotCost){sqlite3_column_int64(rows, 6), sqlite3_column_int64(rows, 7)};
    row->slot.salt = lk_sql_bytes(rows, 8);
    row->slot.box = lk_sql_bytes(rows, 9);
    return whole || lk_damaged_key(store, row->login, error);
}

bool
lk_person_load(LkStore *store, const char *login, LkPersonRow *row, bool *found,
               GError **error)
{
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error, "SELECT " ROW_COLUMNS " FROM people WHERE login = ?", "t", login);
    LkSqlStep step = rows != NULL ? lk_sql_step(store, rows, error) : LK_SQL_FAILED;
    *found = step == LK_SQL_ROW;
    return step != LK_SQL_FAILED && (!*found || read_row(store, rows, row, error));
}

/* What is signed about a person. */
static char *
statement_of(const LkPersonRow *row)
{
    char hex[2 * LK_KEY_LEN + 1];
    sodium_bin2hex(hex, sizeof hex, row->public, LK_KEY_LEN);
    return g_strdup_printf("lakana person 1\n%s\n%s\n%s\n%s\n%s", row->login,
                           lk_role_name(row->role), hex, row->added_at,
                           row->revoked_at != NULL ? row->revoked_at : "");
}

bool
lk_person_check(LkStore *store, const LkPersonRow *row, GError **error)
{
    uint8_t people[LK_KEY_LEN];
    uint8_t office[LK_KEY_LEN];
    if (!lk_people_public(store, people, error) ||
        !lk_office_sign_public(store, office, error)) {
        return false;
    }
    g_autofree char *statement = statement_of(row);
    size_t size = strlen(statement);
    /* A manager may take somebody's keys away, not give any. */
    return lk_signature_is_valid(people, statement, size, row->signature) ||
           (row->revoked_at != NULL &&
            lk_signature_is_valid(office, statement, size, row->signature)) ||
           lk_damaged_key(store, row->login, error);
}

void
lk_person_sign(LkPersonRow *row, const LkSecret *signer)
{
    g_autofree char *statement = statement_of(row);
    lk_sign_seeded(signer, statement, strlen(statement), row->signature);
}

/* (transfer none): what @by may sign @row with. */
static const LkSecret *
signer_for(LkSession *by, const LkPersonRow *row, GError **error)
{
    bool holds = false;
    if (row->revoked_at != NULL &&
        !lk_session_holds(by, LK_DOMAIN_PEOPLE, &holds, error)) {
        return NULL;
    }
    bool revokes_only = row->revoked_at != NULL && !holds;
    return lk_session_private(by, revokes_only ? LK_DOMAIN_SIGN : LK_DOMAIN_PEOPLE,
                              error);
}

bool
lk_person_write(LkSession *by, LkPersonRow *row, GError **error)
{
    const LkSecret *signer = signer_for(by, row, error);
    if (signer == NULL) {
        return false;
    }
    lk_person_sign(row, signer);
    g_autoptr(GBytes) public = g_bytes_new(row->public, sizeof row->public);
    g_autoptr(GBytes) signature = g_bytes_new(row->signature, sizeof row->signature);
    return lk_sql_run(
        lk_session_store(by), error,
        "INSERT INTO people (" ROW_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (login) DO UPDATE SET public = excluded.public,"
        " revoked_at = excluded.revoked_at, signature = excluded.signature,"
        " passes = excluded.passes, memory = excluded.memory, salt = excluded.salt,"
        " slot = excluded.slot",
        "ttbttbiibb", row->login, lk_role_name(row->role), public, row->added_at,
        row->revoked_at, signature, row->slot.cost.passes, row->slot.cost.memory,
        row->slot.salt, row->slot.box);
}

bool
lk_person_load_active(LkStore *store, const char *login, LkPersonRow *row,
                      GError **error)
{
    bool found = false;
    if (!lk_person_load(store, login, row, &found, error) ||
        (found && !lk_person_check(store, row, error))) {
        return false;
    }
    if (!found || row->revoked_at != NULL) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN,
                    _("%s: nobody of that login works here; `lakana user list` shows "
                      "who does"),
                    login);
        return false;
    }
    return true;
}

/* --- The list. ---------------------------------------------------------------------
 */

void
lk_person_free(LkPerson *person)
{
    if (person != NULL) {
        g_free(person->added_at);
        g_free(person->revoked_at);
        g_free(person);
    }
}

static bool
count_grants(LkStore *store, LkPerson *person, GError **error)
{
    gint64 n = 0;
    bool split = false;
    if (!lk_guard_is_split(store, &split, error)) {
        return false;
    }
    person->admitted = true;
    for (const char *const *domain = role_domains[person->role]; *domain != NULL;
         domain++) {
        bool is_people = strcmp(*domain, LK_DOMAIN_PEOPLE) == 0;
        const char *held = is_people && !split ? LK_DOMAIN_SIGN : *domain;
        bool has = false;
        if (!lk_grant_exists(store, held, person->login, &has, error)) {
            return false;
        }
        person->admitted = person->admitted && has;
    }
    bool ok = lk_sql_number(store, &n, error,
                            "SELECT count(*) FROM grants WHERE holder = ? AND"
                            " domain LIKE 'case:%' AND domain NOT LIKE '%~%'",
                            "t", person->login);
    person->n_cases = (int)n;
    return ok;
}

GPtrArray *
lk_person_list(LkStore *store, GError **error)
{
    g_autoptr(GPtrArray) people =
        g_ptr_array_new_with_free_func((GDestroyNotify)lk_person_free);
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error, "SELECT " ROW_COLUMNS " FROM people ORDER BY login", "");
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        g_auto(LkPersonRow) row = {0};
        if (!read_row(store, rows, &row, error) ||
            !lk_person_check(store, &row, error)) {
            return NULL;
        }
        LkPerson *person = g_new0(LkPerson, 1);
        g_ptr_array_add(people, person);
        g_strlcpy(person->login, row.login, sizeof person->login);
        person->role = row.role;
        person->added_at = g_steal_pointer(&row.added_at);
        person->revoked_at = g_steal_pointer(&row.revoked_at);
        if (!count_grants(store, person, error)) {
            return NULL;
        }
    }
    return step == LK_SQL_END ? g_steal_pointer(&people) : NULL;
}
