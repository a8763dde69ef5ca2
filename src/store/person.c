/* person.c - who works here, and which keys they are given. */
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
    [LK_ROLE_ADMIN] = {LK_DOMAIN_SIGN, LK_DOMAIN_BACKUP, NULL},
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

bool
lk_role_may_hold(LkRole role, const char *domain)
{
    if (g_str_has_prefix(domain, "case:")) {
        return role == LK_ROLE_MANAGER;
    }
    return role < LK_ROLE_RECOVERY && g_strv_contains(role_domains[role], domain);
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

/* What "sign" says about a person. */
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
    uint8_t office[LK_KEY_LEN];
    if (!lk_office_sign_public(store, office, error)) {
        return false;
    }
    g_autofree char *statement = statement_of(row);
    return lk_signature_is_valid(office, statement, strlen(statement),
                                 row->signature) ||
           lk_damaged_key(store, row->login, error);
}

/* Signs @row and writes it, over the one with its login. */
static bool
write_row(LkSession *by, LkPersonRow *row, GError **error)
{
    g_autofree char *statement = statement_of(row);
    if (!lk_sign(by, statement, strlen(statement), row->signature, error)) {
        return false;
    }
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

static bool
journal(LkSession *by, const char *what, const LkPersonRow *row, GError **error)
{
    g_autofree char *detail = g_strdup_printf("{\"login\":\"%s\",\"role\":\"%s\"}",
                                              row->login, lk_role_name(row->role));
    return lk_journal_add(lk_session_store(by), what, detail, error);
}

/* A person who is there, whole and not revoked. */
static bool
load_active(LkStore *store, const char *login, LkPersonRow *row, GError **error)
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

/* --- Slots. ------------------------------------------------------------------------
 */

static bool
check_passphrase(const LkSecret *passphrase, GError **error)
{
    const char *text = lk_secret_data(passphrase);
    bool is_text = g_utf8_validate(text, (gssize)lk_secret_size(passphrase), NULL);
    if (!is_text || g_utf8_strlen(text, -1) < LK_PASSPHRASE_MIN) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_PASSPHRASE,
                    _("a passphrase has at least %d characters: several words are "
                      "easier to keep in mind than signs"),
                    LK_PASSPHRASE_MIN);
        return false;
    }
    g_autoptr(LkSecret) recovery = lk_recovery_parse(passphrase);
    if (recovery != NULL) {
        g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_PASSPHRASE,
                            _("these are recovery words; they cannot be a passphrase"));
    }
    return recovery == NULL;
}

static bool
fill_slot(LkStore *store, LkPersonRow *row, const LkSecret *private,
          const LkSecret *passphrase, GError **error)
{
    uint8_t office[LK_KEY_LEN];
    if (!check_passphrase(passphrase, error) ||
        !lk_office_sign_public(store, office, error)) {
        return false;
    }
    g_autoptr(LkSecret) content = lk_secret_new((size_t)2 * LK_KEY_LEN);
    uint8_t *bytes = lk_secret_data(content);
    memcpy(bytes, lk_secret_data(private), LK_KEY_LEN);
    lk_key_hash(office, bytes + LK_KEY_LEN);
    LkSlotOwner owner = {row->login, row->public};
    return lk_slot_seal(&store->slot_cost, &owner, passphrase, content, &row->slot,
                        error);
}

/* A key pair for @row, in a slot of its own; the private half is forgotten. */
static bool
fill_keys(LkStore *store, LkPersonRow *row, const LkSecret *passphrase, GError **error)
{
    g_autoptr(LkSecret) private = lk_secret_new(LK_KEY_LEN);
    crypto_box_keypair(row->public, lk_secret_data(private));
    return fill_slot(store, row, private, passphrase, error);
}

/* --- Grants of a role. -------------------------------------------------------------
 */

static bool
has_grant(LkStore *store, const char *domain, const char *login, bool *has,
          GError **error)
{
    gint64 n = 0;
    bool ok = lk_sql_number(store, &n, error,
                            "SELECT count(*) FROM grants WHERE domain = ? AND"
                            " holder = ?",
                            "tt", domain, login);
    *has = n != 0;
    return ok;
}

/* Grants what @by holds of what the role of @row should; @missing: what it does not, or
 * NULL. */
static bool
grant_role(LkSession *by, const LkPersonRow *row, const char **missing, GError **error)
{
    LkStore *store = lk_session_store(by);
    *missing = NULL;
    for (const char *const *domain = role_domains[row->role]; *domain != NULL;
         domain++) {
        bool has = false;
        bool holds = false;
        if (!has_grant(store, *domain, row->login, &has, error) ||
            (!has && !lk_session_holds(by, *domain, &holds, error))) {
            return false;
        }
        if (!has && !holds) {
            *missing = *domain;
        } else if (!has && !lk_grant(by, *domain, row->login, error)) {
            return false;
        }
    }
    return true;
}

/* --- What is done to people. -------------------------------------------------------
 */

typedef struct {
    LkSession *by;
    LkPersonRow *row;
    int n_returned, n_stranded;
} Change;

static bool
add(LkStore *store, void *data, GError **error)
{
    (void)store;
    const Change *change = data;
    const char *missing = NULL;
    return write_row(change->by, change->row, error) &&
           grant_role(change->by, change->row, &missing, error) &&
           journal(change->by, "user-add", change->row, error);
}

bool
lk_person_add(LkSession *by, const char *login, LkRole role, const LkSecret *passphrase,
              GError **error)
{
    g_return_val_if_fail(by != NULL && lk_login_is_valid(login), false);
    g_return_val_if_fail(role < LK_ROLE_RECOVERY, false);
    LkStore *store = lk_session_store(by);
    g_auto(LkPersonRow) before = {0};
    bool found = false;
    /* What would be refused is refused before it is slow. */
    if (lk_session_private(by, LK_DOMAIN_SIGN, error) == NULL ||
        !lk_person_load(store, login, &before, &found, error)) {
        return false;
    }
    if (found) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_EXISTS,
                    _("%s: this login was given before, choose another"), login);
        return false;
    }
    g_auto(LkPersonRow) row = {.role = role, .added_at = lk_now()};
    g_strlcpy(row.login, login, sizeof row.login);
    Change change = {by, &row, 0, 0};
    return fill_keys(store, &row, passphrase, error) &&
           lk_sql_transaction(store, add, &change, error);
}

static bool
admit(LkStore *store, void *data, GError **error)
{
    (void)store;
    const Change *change = data;
    const char *missing = NULL;
    if (!grant_role(change->by, change->row, &missing, error)) {
        return false;
    }
    if (missing != NULL) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED,
                    _("%s cannot admit %s: the key of %s must come from somebody who "
                      "holds it"),
                    lk_session_login(change->by), change->row->login, missing);
        return false;
    }
    return journal(change->by, "user-admit", change->row, error);
}

bool
lk_person_admit(LkSession *by, const char *login, GError **error)
{
    LkStore *store = lk_session_store(by);
    g_auto(LkPersonRow) row = {0};
    Change change = {by, &row, 0, 0};
    return load_active(store, login, &row, error) &&
           lk_sql_transaction(store, admit, &change, error);
}

static bool
replace_slot(LkStore *store, void *data, GError **error)
{
    const Change *change = data;
    const LkPersonRow *row = change->row;
    return lk_sql_run(store, error,
                      "UPDATE people SET passes = ?, memory = ?, salt = ?, slot = ?"
                      " WHERE login = ?",
                      "iibbt", row->slot.cost.passes, row->slot.cost.memory,
                      row->slot.salt, row->slot.box, row->login) &&
           journal(change->by, "user-passwd", row, error);
}

bool
lk_person_passwd(LkSession *session, const LkSecret *passphrase, GError **error)
{
    g_return_val_if_fail(session != NULL, false);
    g_return_val_if_fail(lk_session_role(session) != LK_ROLE_RECOVERY, false);
    LkStore *store = lk_session_store(session);
    g_auto(LkPersonRow) row = {0};
    Change change = {session, &row, 0, 0};
    return load_active(store, lk_session_login(session), &row, error) &&
           fill_slot(store, &row, lk_session_own(session), passphrase, error) &&
           lk_sql_transaction(store, replace_slot, &change, error);
}

/* Names of the domains that @login holds; with @alone those only that no other person
 * and not @reception holds. */
static GPtrArray *
domains_of(LkStore *store, const char *login, bool alone, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error,
        "SELECT g.domain FROM grants g WHERE g.holder = ? AND (? = 0 OR NOT EXISTS ("
        " SELECT 1 FROM grants o WHERE o.domain = g.domain AND o.holder <> g.holder"
        " AND o.holder <> '@" LK_DOMAIN_RECOVERY "')) ORDER BY g.domain",
        "ti", login, (gint64)alone);
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        g_ptr_array_add(names, g_strdup(lk_sql_text(rows, 0)));
    }
    return step == LK_SQL_END ? g_steal_pointer(&names) : NULL;
}

static bool
reset(LkStore *store, void *data, GError **error)
{
    const Change *change = data;
    g_autoptr(GPtrArray) domains = domains_of(store, change->row->login, false, error);
    if (domains == NULL || !write_row(change->by, change->row, error)) {
        return false;
    }
    for (guint i = 0; i < domains->len; i++) {
        if (!lk_grant(change->by, g_ptr_array_index(domains, i), change->row->login,
                      error)) {
            return false;
        }
    }
    return journal(change->by, "user-reset", change->row, error);
}

bool
lk_person_reset(LkSession *by, const char *login, const LkSecret *passphrase,
                GError **error)
{
    g_return_val_if_fail(lk_session_role(by) == LK_ROLE_RECOVERY, false);
    LkStore *store = lk_session_store(by);
    g_auto(LkPersonRow) row = {0};
    Change change = {by, &row, 0, 0};
    return load_active(store, login, &row, error) &&
           fill_keys(store, &row, passphrase, error) &&
           lk_sql_transaction(store, reset, &change, error);
}

/* Files that would be left without a holder go back to the reception, if @by can. */
static bool
give_back(LkStore *store, Change *change, GError **error)
{
    g_autoptr(GPtrArray) alone = domains_of(store, change->row->login, true, error);
    for (guint i = 0; alone != NULL && i < alone->len; i++) {
        const char *domain = g_ptr_array_index(alone, i);
        bool holds = false;
        if (!g_str_has_prefix(domain, "case:")) {
            continue;
        }
        if (!lk_session_holds(change->by, domain, &holds, error) ||
            (holds && !lk_grant(change->by, domain, "@" LK_DOMAIN_RECEPTION, error))) {
            return false;
        }
        (*(holds ? &change->n_returned : &change->n_stranded))++;
    }
    return alone != NULL;
}

static bool
take_away(LkStore *store, void *data, GError **error)
{
    Change *change = data;
    return give_back(store, change, error) &&
           write_row(change->by, change->row, error) &&
           lk_sql_run(store, error, "DELETE FROM grants WHERE holder = ?", "t",
                      change->row->login) &&
           lk_sql_run(store, error, "DELETE FROM vault_indexes WHERE login = ?", "t",
                      change->row->login) &&
           journal(change->by, "user-revoke", change->row, error);
}

bool
lk_person_revoke(LkSession *by, const char *login, int *n_returned, int *n_stranded,
                 GError **error)
{
    LkStore *store = lk_session_store(by);
    g_auto(LkPersonRow) row = {0};
    if (!load_active(store, login, &row, error)) {
        return false;
    }
    if (strcmp(login, lk_session_login(by)) == 0) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED,
                    _("%s: nobody revokes themselves; somebody else must"), login);
        return false;
    }
    row.revoked_at = lk_now();
    lk_slot_clear(&row.slot);
    Change change = {by, &row, 0, 0};
    if (!lk_sql_transaction(store, take_away, &change, error)) {
        return false;
    }
    *n_returned = change.n_returned;
    *n_stranded = change.n_stranded;
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
    person->admitted = true;
    for (const char *const *domain = role_domains[person->role]; *domain != NULL;
         domain++) {
        bool has = false;
        if (!has_grant(store, *domain, person->login, &has, error)) {
            return false;
        }
        person->admitted = person->admitted && has;
    }
    bool ok = lk_sql_number(store, &n, error,
                            "SELECT count(*) FROM grants WHERE holder = ? AND"
                            " domain LIKE 'case:%'",
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
