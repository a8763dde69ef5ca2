/* grant.c - who holds which key, and handing it on. */
#include "store/keys.h"

#include <string.h>

/* The public key of @holder, if @holder may hold @domain. */
static bool
find_holder(LkStore *store, const char *domain, const char *holder,
            uint8_t public[LK_KEY_LEN], GError **error)
{
    if (holder[0] == '@') {
        return lk_domain_public(store, holder + 1, public, error);
    }
    g_auto(LkPersonRow) row = {0};
    if (!lk_person_load_active(store, holder, &row, error)) {
        return false;
    }
    if (!lk_role_may_hold(row.role, domain)) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED,
                    _("%s has the role %s, which holds no key of %s"), holder,
                    lk_role_name(row.role), domain);
        return false;
    }
    memcpy(public, row.public, LK_KEY_LEN);
    return true;
}

bool
lk_grant(LkSession *session, const char *domain, const char *holder, GError **error)
{
    LkStore *store = lk_session_store(session);
    uint8_t public[LK_KEY_LEN];
    if (!find_holder(store, domain, holder, public, error)) {
        return false;
    }
    const LkSecret *private = lk_session_private(session, domain, error);
    return private != NULL &&
           lk_grant_put(store, domain, private, holder, public, error);
}

/* What was kept to search names by may have one that @holder may not see any more; it
 * is made again from the rows. */
static bool
forget_names(LkSession *session, const char *holder, GError **error)
{
    return lk_sql_run(lk_session_store(session), error,
                      "DELETE FROM vault_indexes WHERE login = ? OR"
                      " (? = '@reception' AND login <> ?)",
                      "ttt", holder, holder, lk_session_login(session));
}

bool
lk_grant_withdraw(LkSession *session, const char *domain, const char *holder,
                  GError **error)
{
    g_return_val_if_fail(strcmp(holder, "@" LK_DOMAIN_RECOVERY) != 0, false);
    return lk_session_private(session, domain, error) != NULL &&
           lk_sql_run(lk_session_store(session), error,
                      "DELETE FROM grants WHERE domain = ? AND holder = ?", "tt",
                      domain, holder) &&
           forget_names(session, holder, error);
}

bool
lk_grant_exists(LkStore *store, const char *domain, const char *login, bool *has,
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

GPtrArray *
lk_grant_holders(LkStore *store, const char *domain, GError **error)
{
    g_autoptr(GPtrArray) holders = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error, "SELECT holder FROM grants WHERE domain = ? ORDER BY holder", "t",
        domain);
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        g_ptr_array_add(holders, g_strdup(lk_sql_text(rows, 0)));
    }
    return step == LK_SQL_END ? g_steal_pointer(&holders) : NULL;
}

bool
lk_session_each_case(LkSession *session, LkCaseFunc each, void *data, GError **error)
{
    g_return_val_if_fail(session != NULL && each != NULL, false);
    LkStore *store = lk_session_store(session);
    bool reception = false;
    if (!lk_session_holds(session, LK_DOMAIN_RECEPTION, &reception, error)) {
        return false;
    }
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error,
        "SELECT DISTINCT substr(domain, 6) FROM grants"
        " WHERE holder IN (?, ?) AND domain LIKE 'case:%'",
        "tt", lk_session_login(session), reception ? "@" LK_DOMAIN_RECEPTION : NULL);
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        LkCaseCode code;
        lk_sql_copy(rows, 0, code.text, sizeof code.text);
        each(&code, data);
    }
    return step == LK_SQL_END;
}

/* --- Case files. -------------------------------------------------------------------
 */

typedef struct {
    LkSession *session;
    const LkCaseCode *code;
    const char *to;
    const char *what; /* in the journal */
} Handing;

static bool
hand_over(LkStore *store, void *data, GError **error)
{
    const Handing *handing = data;
    const char *giver = lk_session_login(handing->session);
    char domain[LK_DOMAIN_MAX + 1];
    lk_domain_of_case(handing->code, domain);
    bool leaves = strcmp(giver, handing->to) != 0 && giver[0] != '@';
    g_autofree char *detail = g_strdup_printf("{\"code\":\"%s\",\"to\":\"%s\"}",
                                              handing->code->text, handing->to);
    return lk_case_require(store, handing->code, error) &&
           lk_grant(handing->session, domain, handing->to, error) &&
           lk_grant_withdraw(handing->session, domain, "@" LK_DOMAIN_RECEPTION,
                             error) &&
           (!leaves || lk_grant_withdraw(handing->session, domain, giver, error)) &&
           lk_journal_add(store, handing->what, detail, error);
}

bool
lk_case_take(LkSession *session, const LkCaseCode *code, GError **error)
{
    if (lk_session_role(session) == LK_ROLE_RECOVERY) {
        g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED,
                            _("the recovery sheet is nobody: give the file to "
                              "somebody (lakana case give)"));
        return false;
    }
    Handing handing = {session, code, lk_session_login(session), "case-take"};
    return lk_sql_transaction(lk_session_store(session), hand_over, &handing, error);
}

bool
lk_case_give(LkSession *session, const LkCaseCode *code, const char *login,
             GError **error)
{
    Handing handing = {session, code, login, "case-give"};
    return lk_sql_transaction(lk_session_store(session), hand_over, &handing, error);
}
