/* staff.c - adding, admitting and revoking people, and their passphrases. */
#include "store/keys.h"

#include <sodium.h>
#include <string.h>

static bool
journal(LkSession *by, const char *what, const LkPersonRow *row, GError **error)
{
    g_autofree char *detail = g_strdup_printf("{\"login\":\"%s\",\"role\":\"%s\"}",
                                              row->login, lk_role_name(row->role));
    return lk_journal_add(lk_session_store(by), what, detail, error);
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
    row->mark = lk_key_for(private, LK_MARK_PURPOSE);
    return fill_slot(store, row, private, passphrase, error);
}

/* --- Grants of a role. -------------------------------------------------------------
 */

/* Grants what @by holds of what the role of @row should; @missing: what it does not, or
 * NULL. */
static bool
grant_role(LkSession *by, const LkPersonRow *row, const char **missing, GError **error)
{
    LkStore *store = lk_session_store(by);
    *missing = NULL;
    for (const char *const *domain = lk_role_domains(row->role); *domain != NULL;
         domain++) {
        bool has = false;
        bool holds = false;
        if (!lk_grant_exists(store, *domain, row->login, &has, error) ||
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
    const Change *change = data;
    const char *missing = NULL;
    return lk_person_write(change->by, change->row, error) &&
           grant_role(change->by, change->row, &missing, error) &&
           journal(change->by, "user-add", change->row, error) &&
           lk_mark_put(store, change->row->login, change->row->mark, error);
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
    bool may = false;
    /* What would be refused is refused before it is slow. */
    if (!lk_session_holds(by, LK_DOMAIN_PEOPLE, &may, error) ||
        !lk_person_load(store, login, &before, &found, error)) {
        return false;
    }
    if (!may) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED,
                    _("%s cannot add people: an admin does, or the recovery sheet; a "
                      "new manager is then admitted by a manager (lakana user admit)"),
                    lk_session_login(by));
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
    return lk_person_load_active(store, login, &row, error) &&
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
    return lk_person_load_active(store, lk_session_login(session), &row, error) &&
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
    if (domains == NULL || !lk_person_write(change->by, change->row, error)) {
        return false;
    }
    for (guint i = 0; i < domains->len; i++) {
        if (!lk_grant(change->by, g_ptr_array_index(domains, i), change->row->login,
                      error)) {
            return false;
        }
    }
    /* What was sealed to the key before opens no more. */
    return lk_parcel_wipe_person(store, change->row->login, error) &&
           journal(change->by, "user-reset", change->row, error) &&
           lk_mark_put(store, change->row->login, change->row->mark, error);
}

bool
lk_person_reset(LkSession *by, const char *login, const LkSecret *passphrase,
                GError **error)
{
    g_return_val_if_fail(lk_session_role(by) == LK_ROLE_RECOVERY, false);
    LkStore *store = lk_session_store(by);
    g_auto(LkPersonRow) row = {0};
    Change change = {by, &row, 0, 0};
    return lk_person_load_active(store, login, &row, error) &&
           fill_keys(store, &row, passphrase, error) &&
           lk_parcel_wipe_begin(store, error) &&
           lk_sql_transaction(store, reset, &change, error) &&
           lk_parcel_wipe_end(store, error);
}

/* Files that would be left without a holder go back to the reception, if @by can. */
static bool
give_back(LkStore *store, Change *change, GError **error)
{
    g_autoptr(GPtrArray) alone = domains_of(store, change->row->login, true, error);
    for (guint i = 0; alone != NULL && i < alone->len; i++) {
        const char *domain = g_ptr_array_index(alone, i);
        bool holds = false;
        if (!g_str_has_prefix(domain, "case:") || strchr(domain, '~') != NULL) {
            continue; /* former keys go with the file */
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
           lk_person_write(change->by, change->row, error) &&
           lk_renew_mark(store, change->row, error) &&
           lk_sql_run(store, error, "DELETE FROM grants WHERE holder = ?", "t",
                      change->row->login) &&
           lk_sql_run(store, error, "DELETE FROM vault_entries WHERE login = ?", "t",
                      change->row->login) &&
           lk_parcel_wipe_person(store, change->row->login, error) &&
           journal(change->by, "user-revoke", change->row, error) &&
           lk_renew_due(change->by, error);
}

bool
lk_person_revoke(LkSession *by, const char *login, int *n_returned, int *n_stranded,
                 GError **error)
{
    LkStore *store = lk_session_store(by);
    g_auto(LkPersonRow) row = {0};
    if (!lk_person_load_active(store, login, &row, error)) {
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
    if (!lk_parcel_wipe_begin(store, error) ||
        !lk_sql_transaction(store, take_away, &change, error) ||
        !lk_parcel_wipe_end(store, error)) {
        return false;
    }
    *n_returned = change.n_returned;
    *n_stranded = change.n_stranded;
    return true;
}
