/* renew.c - new keys in the place of those that somebody who was revoked may have kept.
 *
 * The former key of a domain stays, as "NAME~1", "NAME~2", with its grants: what was
 * sealed to it opens for those who held it and still work here. What is sealed from
 * then on is sealed to the new one.
 *
 * A new key goes to whoever truly held the one before: a grant carries a proof that
 * only who holds the key can make. A grant that somebody wrote into the database
 * without having the key gets no new one. So a key is renewed by a person who holds it:
 * at once if that is who revokes, else when that person unlocks. */
#include "store/keys.h"

#include <sodium.h>
#include <string.h>

#define FORMER '~'
#define PROOF_LEN 32

void
lk_domain_plain(const char *name, char plain[LK_DOMAIN_MAX + 1])
{
    g_strlcpy(plain, name, LK_DOMAIN_MAX + 1);
    char *end = strchr(plain, FORMER);
    if (end != NULL) {
        *end = '\0';
    }
}

GPtrArray *
lk_domain_formers(LkStore *store, const char *domain, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(sqlite3_stmt) rows =
        lk_sql_prepare(store, error,
                       "SELECT name FROM domains WHERE name > ? || '~' AND name < ? ||"
                       " '~:' ORDER BY length(name) DESC, name DESC",
                       "tt", domain, domain);
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        g_ptr_array_add(names, g_strdup(lk_sql_text(rows, 0)));
    }
    return step == LK_SQL_END ? g_steal_pointer(&names) : NULL;
}

bool
lk_domain_was_public(LkStore *store, const char *domain,
                     const uint8_t public[LK_KEY_LEN], bool *was, GError **error)
{
    g_autoptr(GPtrArray) names = lk_domain_formers(store, domain, error);
    *was = false;
    if (names == NULL) {
        return false;
    }
    g_ptr_array_add(names, g_strdup(domain));
    for (guint i = 0; i < names->len && !*was; i++) {
        uint8_t other[LK_KEY_LEN];
        if (!lk_domain_public(store, g_ptr_array_index(names, i), other, error)) {
            return false;
        }
        *was = memcmp(other, public, LK_KEY_LEN) == 0;
    }
    return true;
}

GBytes *
lk_grant_proof(const char *domain, const LkSecret *private, const char *holder,
               const uint8_t public[LK_KEY_LEN])
{
    char plain_domain[LK_DOMAIN_MAX + 1];
    char plain_holder[LK_DOMAIN_MAX + 1];
    char hex[2 * LK_KEY_LEN + 1];
    lk_domain_plain(domain, plain_domain);
    lk_domain_plain(holder, plain_holder);
    sodium_bin2hex(hex, sizeof hex, public, LK_KEY_LEN);
    g_autofree char *text =
        g_strdup_printf("lakana grant 1\n%s\n%s\n%s", plain_domain, plain_holder, hex);
    uint8_t proof[PROOF_LEN];
    crypto_generichash(proof, sizeof proof, (const uint8_t *)text, strlen(text),
                       lk_secret_data(private), lk_secret_size(private));
    return g_bytes_new(proof, sizeof proof);
}

/* --- Who gets the new key. ----------------------------------------------------------
 */

typedef struct {
    LkSession *session;
    const char *domain;
    const LkSecret *private; /* of @domain, the one that goes */
} Renewal;

/* Those who hold the key, as they are called from now on. */
typedef struct {
    char name[LK_DOMAIN_MAX + 1];
    uint8_t public[LK_KEY_LEN];
} Holder;

/* The key that @holder's grants are sealed to; @known false: nobody who works here in a
 * role that may hold @domain. */
static bool
find_public(const Renewal *renewal, const char *holder, uint8_t public[LK_KEY_LEN],
            bool *known, GError **error)
{
    LkStore *store = lk_session_store(renewal->session);
    *known = true;
    if (holder[0] == '@') {
        return lk_domain_public(store, holder + 1, public, error);
    }
    GError *problem = NULL;
    g_auto(LkPersonRow) row = {0};
    if (lk_person_load_active(store, holder, &row, &problem)) {
        memcpy(public, row.public, LK_KEY_LEN);
        *known = lk_role_may_hold(row.role, renewal->domain);
        return true;
    }
    *known = false;
    if (g_error_matches(problem, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN) ||
        g_error_matches(problem, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED)) {
        g_clear_error(&problem);
        return true;
    }
    g_propagate_error(error, problem);
    return false;
}

/* Whether @sealed is the key indeed: seen by who can open it. */
static bool
opens(const Renewal *renewal, const char *holder, GBytes *sealed)
{
    bool is_own = strcmp(holder, lk_session_login(renewal->session)) == 0;
    const LkSecret *key = NULL;
    if (is_own) {
        key = lk_session_own(renewal->session);
    } else if (holder[0] == '@') {
        key = lk_session_private(renewal->session, holder + 1, NULL);
    }
    g_autoptr(LkSecret) private =
        key != NULL && sealed != NULL ? lk_unseal_with(key, sealed, NULL) : NULL;
    return private != NULL &&
           lk_secret_size(private) == lk_secret_size(renewal->private) &&
           sodium_memcmp(lk_secret_data(private), lk_secret_data(renewal->private),
                         lk_secret_size(private)) == 0;
}

static bool
is_holder(const Renewal *renewal, sqlite3_stmt *row, bool *is, Holder *holder,
          GError **error)
{
    const char *name = lk_sql_text(row, 0);
    uint8_t public[LK_KEY_LEN];
    if (!find_public(renewal, name, public, is, error)) {
        return false;
    }
    if (!*is) {
        return true;
    }
    g_autoptr(GBytes) sealed = lk_sql_bytes(row, 1);
    g_autoptr(GBytes) proof = lk_sql_bytes(row, 2);
    g_autoptr(GBytes) expected =
        lk_grant_proof(renewal->domain, renewal->private, name, public);
    *is = strcmp(name, "@" LK_DOMAIN_RECOVERY) == 0 ||
          (proof != NULL && g_bytes_equal(proof, expected)) ||
          opens(renewal, name, sealed);
    lk_domain_plain(name, holder->name);
    /* A domain that was renewed itself is held through its new key. */
    if (holder->name[0] == '@') {
        return lk_domain_public(lk_session_store(renewal->session), holder->name + 1,
                                holder->public, error);
    }
    memcpy(holder->public, public, LK_KEY_LEN);
    return true;
}

static GArray *
find_holders(const Renewal *renewal, GError **error)
{
    LkStore *store = lk_session_store(renewal->session);
    g_autoptr(GArray) holders = g_array_new(FALSE, TRUE, sizeof(Holder));
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error, "SELECT holder, sealed, proof FROM grants WHERE domain = ?", "t",
        renewal->domain);
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        Holder holder = {0};
        bool is = false;
        if (!is_holder(renewal, rows, &is, &holder, error)) {
            return NULL;
        }
        if (is) {
            g_array_append_val(holders, holder);
        }
    }
    return step == LK_SQL_END ? g_steal_pointer(&holders) : NULL;
}

/* --- One key. -----------------------------------------------------------------------
 */

/* The key of before, and what is held through it, under its own name. */
static bool
set_aside(LkStore *store, const char *domain, GError **error)
{
    g_autoptr(GPtrArray) formers = lk_domain_formers(store, domain, error);
    if (formers == NULL) {
        return false;
    }
    g_autofree char *name = g_strdup_printf("%s%c%u", domain, FORMER, formers->len + 1);
    g_autofree char *holder = g_strdup_printf("@%s", domain);
    g_autofree char *former = g_strdup_printf("@%s", name);
    return lk_sql_run(store, error,
                      "INSERT INTO domains (name, public, signature, created)"
                      " SELECT ?, public, signature, created FROM domains"
                      " WHERE name = ?",
                      "tt", name, domain) &&
           lk_sql_run(store, error, "UPDATE grants SET domain = ? WHERE domain = ?",
                      "tt", name, domain) &&
           lk_sql_run(store, error, "UPDATE grants SET holder = ? WHERE holder = ?",
                      "tt", former, holder);
}

/* (transfer full) (nullable): the signature of the new row; NULL without @error: the
 * row of a case file is not signed. */
static GBytes *
sign(LkSession *session, const char *domain, const uint8_t public[LK_KEY_LEN],
     GError **error)
{
    if (g_str_has_prefix(domain, "case:")) {
        return NULL;
    }
    bool is_backup = strcmp(domain, LK_DOMAIN_BACKUP) == 0;
    const LkSecret *seed = lk_session_private(
        session, is_backup ? LK_DOMAIN_PEOPLE : LK_DOMAIN_SIGN, error);
    return seed != NULL ? lk_domain_sign(domain, public, seed) : NULL;
}

static bool
renew(LkSession *session, const char *domain, GError **error)
{
    LkStore *store = lk_session_store(session);
    const LkSecret *held = lk_session_private(session, domain, error);
    if (held == NULL) {
        return false;
    }
    g_autoptr(LkSecret) old =
        lk_secret_new_from(lk_secret_data(held), lk_secret_size(held));
    Renewal renewal = {session, domain, old};
    g_autoptr(GArray) holders = find_holders(&renewal, error);
    uint8_t public[LK_KEY_LEN];
    g_autoptr(LkSecret) private = lk_secret_new(LK_KEY_LEN);
    crypto_box_keypair(public, lk_secret_data(private));
    g_autoptr(GBytes) key = g_bytes_new(public, sizeof public);
    GError *problem = NULL;
    g_autoptr(GBytes) signature =
        holders != NULL ? sign(session, domain, public, &problem) : NULL;
    if (problem != NULL) {
        g_propagate_error(error, problem);
        return false;
    }
    g_autofree char *now = lk_now();
    if (holders == NULL || !set_aside(store, domain, error) ||
        !lk_sql_run(store, error,
                    "UPDATE domains SET public = ?, signature = ?, created = ?,"
                    " renew_since = NULL WHERE name = ?",
                    "bbtt", key, signature, now, domain)) {
        return false;
    }
    lk_session_forget(session, domain);
    for (guint i = 0; i < holders->len; i++) {
        const Holder *holder = &g_array_index(holders, Holder, i);
        if (!lk_grant_put(store, domain, private, holder->name, holder->public,
                          error)) {
            return false;
        }
    }
    return true;
}

/* --- All that are due. --------------------------------------------------------------
 */

bool
lk_renew_mark(LkStore *store, const LkPersonRow *row, GError **error)
{
    g_autofree char *now = lk_now();
    bool is_manager = row->role == LK_ROLE_MANAGER;
    return lk_sql_run(store, error,
                      "UPDATE domains SET renew_since = coalesce(renew_since, ?)"
                      " WHERE name IN (SELECT g.domain FROM grants g WHERE g.holder = ?"
                      " AND g.domain IN ('" LK_DOMAIN_RECEPTION "', '" LK_DOMAIN_BACKUP
                      "'))"
                      " OR (? = 1 AND name LIKE 'case:%' AND name NOT LIKE '%~%')",
                      "tti", now, row->login, (gint64)is_manager);
}

/* The reception first: files are held through it. */
static GPtrArray *
find_due(LkSession *session, GError **error)
{
    LkStore *store = lk_session_store(session);
    g_autoptr(GPtrArray) due = g_ptr_array_new_with_free_func(g_free);
    bool reception = false;
    if (!lk_session_holds(session, LK_DOMAIN_RECEPTION, &reception, error)) {
        return NULL;
    }
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error,
        "SELECT d.name FROM domains d WHERE d.renew_since IS NOT NULL AND EXISTS ("
        " SELECT 1 FROM grants g WHERE g.domain = d.name AND (g.holder = ? OR"
        "  (? = 1 AND g.holder LIKE '@" LK_DOMAIN_RECEPTION "%')))"
        " ORDER BY d.name = '" LK_DOMAIN_RECEPTION "' DESC, d.name",
        "ti", lk_session_login(session), (gint64)reception);
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        g_ptr_array_add(due, g_strdup(lk_sql_text(rows, 0)));
    }
    return step == LK_SQL_END ? g_steal_pointer(&due) : NULL;
}

/* A key that was altered stays as it is, to be told when somebody opens with it. */
static bool
can_renew(LkSession *session, const char *domain)
{
    return lk_session_private(session, domain, NULL) != NULL &&
           (strcmp(domain, LK_DOMAIN_BACKUP) != 0 ||
            lk_session_private(session, LK_DOMAIN_PEOPLE, NULL) != NULL) &&
           (strcmp(domain, LK_DOMAIN_RECEPTION) != 0 ||
            lk_session_private(session, LK_DOMAIN_SIGN, NULL) != NULL);
}

bool
lk_renew_due(LkSession *session, GError **error)
{
    LkStore *store = lk_session_store(session);
    int n_due = 0;
    if (!lk_guard_owed(store, &n_due, error)) {
        return false;
    }
    if (n_due == 0) {
        return true;
    }
    g_autoptr(GPtrArray) due = find_due(session, error);
    int n = 0;
    for (guint i = 0; due != NULL && i < due->len; i++) {
        const char *domain = g_ptr_array_index(due, i);
        if (!can_renew(session, domain)) {
            continue;
        }
        if (!renew(session, domain, error)) {
            return false;
        }
        n++;
    }
    g_autofree char *detail = g_strdup_printf("{\"n\":%d}", n);
    return due != NULL &&
           (n == 0 || lk_journal_add(store, "keys-renew", detail, error));
}

bool
lk_guard_owed(LkStore *store, int *n, GError **error)
{
    gint64 owed = 0;
    bool ok =
        lk_sql_number(store, &owed, error,
                      "SELECT count(*) FROM domains WHERE renew_since IS NOT NULL", "");
    *n = (int)owed;
    return ok;
}

/* --- Grants of before there were proofs. --------------------------------------------
 */

static bool
prove(LkSession *session, sqlite3_stmt *row, const uint8_t own[LK_KEY_LEN],
      GError **error)
{
    LkStore *store = lk_session_store(session);
    const char *domain = lk_sql_text(row, 0);
    g_autoptr(GBytes) sealed = lk_sql_bytes(row, 1);
    uint8_t public[LK_KEY_LEN];
    g_autoptr(LkSecret) private = lk_unseal_with(lk_session_own(session), sealed, NULL);
    if (private == NULL || !lk_domain_public(store, domain, public, NULL) ||
        !lk_key_matches(domain, private, public)) {
        return true; /* to be told when somebody opens with it */
    }
    const char *login = lk_session_login(session);
    g_autoptr(GBytes) proof = lk_grant_proof(domain, private, login, own);
    return lk_sql_run(store, error,
                      "UPDATE grants SET proof = ? WHERE domain = ? AND holder = ?",
                      "btt", proof, domain, login);
}

bool
lk_grant_prove(LkSession *session, GError **error)
{
    LkStore *store = lk_session_store(session);
    uint8_t own[LK_KEY_LEN];
    (void)crypto_scalarmult_base(own, lk_secret_data(lk_session_own(session)));
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error,
        "SELECT domain, sealed FROM grants WHERE proof IS NULL AND holder = ?", "t",
        lk_session_login(session));
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        if (!prove(session, rows, own, error)) {
            return false;
        }
    }
    return step == LK_SQL_END;
}
