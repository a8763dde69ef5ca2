/* session.c - somebody who has unlocked: finds the way from the person's own key to the
 * key of a domain, through the grants. */
#include "store/keys.h"

#include <sodium.h>
#include <string.h>

#define MAX_OPEN 128 /* keys kept in locked memory at a time */
#define MAX_DEPTH 3  /* person, @reception, case */
#define OTHER_HOLDER '@'

struct LkSession {
    LkStore *store;
    char *login;
    LkRole role;
    LkSecret *private; /* the person's; or of the domain "recovery" */
    GHashTable *open;  /* name of a domain to its private half, LkSecret */
    bool journal_fits;
};

static LkSession *
session_new(LkStore *store, const char *login, LkRole role, LkSecret *private)
{
    LkSession *session = g_new0(LkSession, 1);
    session->store = store;
    session->login = g_strdup(login);
    session->role = role;
    session->private = private;
    session->open = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                          (GDestroyNotify)lk_secret_free);
    lk_session_acts(session);
    return session;
}

void
lk_session_acts(LkSession *session)
{
    g_return_if_fail(session != NULL);
    g_free(session->store->who);
    session->store->who = g_strdup(session->login);
}

void
lk_session_free(LkSession *session)
{
    if (session == NULL) {
        return;
    }
    if (g_strcmp0(session->store->who, session->login) == 0) {
        g_clear_pointer(&session->store->who, g_free);
    }
    g_hash_table_unref(session->open);
    lk_secret_free(session->private);
    g_free(session->login);
    g_free(session);
}

const char *
lk_session_login(const LkSession *session)
{
    return session->login;
}

LkRole
lk_session_role(const LkSession *session)
{
    return session->role;
}

LkStore *
lk_session_store(const LkSession *session)
{
    return session->store;
}

const LkSecret *
lk_session_own(const LkSession *session)
{
    return session->private;
}

LkSecret *
lk_key_for(const LkSecret *private, const char *purpose)
{
    g_autofree char *text = g_strdup_printf("lakana key 1\n%s", purpose);
    LkSecret *key = lk_secret_new(LK_KEY_LEN);
    crypto_generichash(lk_secret_data(key), LK_KEY_LEN, (const uint8_t *)text,
                       strlen(text), lk_secret_data(private), LK_KEY_LEN);
    return key;
}

LkSecret *
lk_session_key(const LkSession *session, const char *purpose)
{
    return lk_key_for(session->private, purpose);
}

bool
lk_session_journal_fits(const LkSession *session)
{
    return session->journal_fits;
}

/* --- Opening. ----------------------------------------------------------------------
 */

/* Only the journal learns that the login exists. */
static bool
note_failure(LkStore *store, void *data, GError **error)
{
    const char *login = data;
    g_autofree char *detail =
        login != NULL ? g_strdup_printf("{\"login\":\"%s\"}", login) : g_strdup("{}");
    return lk_journal_add(store, "unlock-failed", detail, error);
}

static bool
refuse(LkStore *store, const char *known_login, GError **error)
{
    if (lk_sql_transaction(store, note_failure, (void *)known_login, error)) {
        g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED,
                            _("the login or the passphrase is wrong; what was tried is "
                              "in the journal. Forgotten: the recovery sheet opens "
                              "(lakana user passwd)"));
    }
    return false;
}

/* The mark moves on only from a line that is still there: a journal that was rewritten
 * is told at every unlocking. A store that is only keys, in memory, has no journal. */
static bool
note_unlock(LkStore *store, void *data, GError **error)
{
    LkSession *session = data;
    gint64 n_lines = 0;
    g_autoptr(LkSecret) key = lk_session_key(session, LK_MARK_PURPOSE);
    g_autofree char *detail =
        g_strdup_printf("{\"role\":\"%s\"}", lk_role_name(session->role));
    if (!lk_sql_number(store, &n_lines, error, "SELECT count(*) FROM journal", "") ||
        !lk_mark_check(store, session->login, key, &session->journal_fits, error) ||
        !lk_journal_add(store, "unlock", detail, error)) {
        return false;
    }
    session->journal_fits |= n_lines == 0;
    return !session->journal_fits || lk_mark_put(store, session->login, key, error);
}

static LkSession *
note(LkSession *session, GError **error)
{
    if (session != NULL &&
        !lk_sql_transaction(session->store, note_unlock, session, error)) {
        lk_session_free(session);
        return NULL;
    }
    return session;
}

/* The slot's content: the private key, then the hash of the office's "sign" key. */
static bool
check_content(LkStore *store, const LkPersonRow *row, const LkSecret *content,
              GError **error)
{
    uint8_t office[LK_KEY_LEN];
    uint8_t hash[LK_KEY_LEN];
    if (!lk_office_sign_public(store, office, error)) {
        return false;
    }
    lk_key_hash(office, hash);
    uint8_t public[LK_KEY_LEN] = {0};
    const uint8_t *bytes = lk_secret_data(content);
    bool whole = lk_secret_size(content) == (size_t)2 * LK_KEY_LEN &&
                 crypto_scalarmult_base(public, bytes) == 0 &&
                 sodium_memcmp(public, row->public, LK_KEY_LEN) == 0;
    if (!whole) {
        return lk_damaged_key(store, row->login, error);
    }
    if (sodium_memcmp(hash, bytes + LK_KEY_LEN, LK_KEY_LEN) != 0) {
        return lk_damaged_key(store, LK_DOMAIN_SIGN, error);
    }
    return lk_guard_check_base(store, error) && lk_person_check(store, row, error);
}

static LkSession *
open_person(LkStore *store, const char *login, const LkSecret *passphrase,
            GError **error)
{
    g_auto(LkPersonRow) row = {0};
    bool found = false;
    if (!lk_person_load(store, login, &row, &found, error)) {
        return NULL;
    }
    bool known = found && row.slot.box != NULL && row.slot.salt != NULL;
    LkSlot nobody = {store->slot_cost, NULL, NULL};
    LkSlotOwner owner = {login, row.public};
    GError *problem = NULL;
    g_autoptr(LkSecret) content =
        lk_slot_open(known ? &row.slot : &nobody, &owner, passphrase, &problem);
    if (problem != NULL) {
        g_propagate_error(error, problem);
        return NULL;
    }
    if (content == NULL) {
        (void)refuse(store, found ? row.login : NULL, error);
        return NULL;
    }
    if (!check_content(store, &row, content, error)) {
        return NULL;
    }
    if (row.revoked_at != NULL) { /* somebody has put the slot back */
        (void)refuse(store, row.login, error);
        return NULL;
    }
    lk_secret_cut(content, LK_KEY_LEN);
    return session_new(store, row.login, row.role, g_steal_pointer(&content));
}

LkSession *
lk_session_open(LkStore *store, const char *login, const LkSecret *passphrase,
                GError **error)
{
    g_return_val_if_fail(store != NULL && login != NULL && passphrase != NULL, NULL);
    if (!lk_guard_require(store, error)) {
        return NULL;
    }
    g_autoptr(LkSecret) recovery = lk_recovery_parse(passphrase);
    return recovery != NULL ? lk_session_recover(store, recovery, error)
                            : note(open_person(store, login, passphrase, error), error);
}

LkSession *
lk_session_recover(LkStore *store, const LkSecret *recovery, GError **error)
{
    uint8_t public[LK_KEY_LEN];
    if (!lk_guard_require(store, error) || !lk_guard_check_base(store, error) ||
        !lk_domain_public(store, LK_DOMAIN_RECOVERY, public, error)) {
        return NULL;
    }
    g_autoptr(LkSecret) private = lk_recovery_key(recovery);
    if (!lk_key_matches(LK_DOMAIN_RECOVERY, private, public)) {
        (void)refuse(store, "@" LK_DOMAIN_RECOVERY, error);
        return NULL;
    }
    return note(session_new(store, "@" LK_DOMAIN_RECOVERY, LK_ROLE_RECOVERY,
                            g_steal_pointer(&private)),
                error);
}

/* --- From key to key. --------------------------------------------------------------
 */

static const LkSecret *find_private(LkSession *session, const char *domain, int depth,
                                    GError **error);

/* The key that opens what is sealed to @holder; NULL without @error: not held. */
static const LkSecret *
key_of_holder(LkSession *session, const char *holder, int depth, GError **error)
{
    if (strcmp(holder, session->login) == 0) {
        return session->private;
    }
    if (holder[0] != OTHER_HOLDER || depth >= MAX_DEPTH) {
        return NULL;
    }
    GError *problem = NULL;
    const LkSecret *key = find_private(session, holder + 1, depth + 1, &problem);
    if (g_error_matches(problem, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED)) {
        g_clear_error(&problem);
    }
    if (problem != NULL) {
        g_propagate_error(error, problem);
    }
    return key;
}

static const LkSecret *
keep_open(LkSession *session, const char *domain, LkSecret *private)
{
    if (g_hash_table_size(session->open) >= MAX_OPEN) {
        g_hash_table_remove_all(session->open);
    }
    g_hash_table_replace(session->open, g_strdup(domain), private);
    return private;
}

static const LkSecret *
open_grant(LkSession *session, const char *domain, const LkSecret *key, GBytes *sealed,
           GError **error)
{
    uint8_t public[LK_KEY_LEN];
    if (!lk_domain_public(session->store, domain, public, error)) {
        return NULL;
    }
    g_autoptr(LkSecret) private =
        sealed != NULL ? lk_unseal_with(key, sealed, NULL) : NULL;
    if (private == NULL || !lk_key_matches(domain, private, public)) {
        (void)lk_damaged_key(session->store, domain, error);
        return NULL;
    }
    return keep_open(session, domain, g_steal_pointer(&private));
}

/* Rows are read before any is opened: opening one may read others. */
static const LkSecret *
find_private(LkSession *session, const char *domain, int depth, GError **error)
{
    const LkSecret *open = g_hash_table_lookup(session->open, domain);
    if (open != NULL) {
        return open;
    }
    if (session->role == LK_ROLE_RECOVERY && strcmp(domain, LK_DOMAIN_RECOVERY) == 0) {
        return session->private;
    }
    g_autoptr(sqlite3_stmt) rows =
        lk_sql_prepare(session->store, error,
                       "SELECT holder, sealed FROM grants WHERE domain = ? AND"
                       " (holder = ? OR holder LIKE '@%') ORDER BY holder = ? DESC",
                       "ttt", domain, session->login, session->login);
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL &&
           (step = lk_sql_step(session->store, rows, error)) == LK_SQL_ROW) {
        GError *problem = NULL;
        const LkSecret *key =
            key_of_holder(session, lk_sql_text(rows, 0), depth, &problem);
        if (problem != NULL) {
            g_propagate_error(error, problem);
            return NULL;
        }
        if (key != NULL) {
            g_autoptr(GBytes) sealed = lk_sql_bytes(rows, 1);
            return open_grant(session, domain, key, sealed, error);
        }
    }
    if (step == LK_SQL_END) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED,
                    _("%s does not hold the key of %s: ask whoever holds it, or open "
                      "with the recovery sheet"),
                    session->login, domain);
    }
    return NULL;
}

const LkSecret *
lk_session_private(LkSession *session, const char *domain, GError **error)
{
    g_return_val_if_fail(session != NULL && domain != NULL, NULL);
    return find_private(session, domain, 0, error);
}

bool
lk_session_holds(LkSession *session, const char *domain, bool *holds, GError **error)
{
    GError *problem = NULL;
    *holds = lk_session_private(session, domain, &problem) != NULL;
    if (*holds || g_error_matches(problem, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED)) {
        g_clear_error(&problem);
        return true;
    }
    g_propagate_error(error, problem);
    return false;
}

bool
lk_case_locked(const LkCaseCode *code, GError **error)
{
    g_autofree char *shown = lk_case_code_format(code);
    g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED,
                _("%s: you do not hold the key of this file; ask the person who "
                  "does to give it to you (lakana case give)"),
                shown);
    return false;
}

bool
lk_session_require_case(LkSession *session, const LkCaseCode *code, GError **error)
{
    char domain[LK_DOMAIN_MAX + 1];
    lk_domain_of_case(code, domain);
    bool holds = false;
    return lk_session_holds(session, domain, &holds, error) &&
           (holds || lk_case_locked(code, error));
}
