/* visitor.c - browsers that came with the start token, each with its own person. */
#include "web/web-priv.h"

#include <string.h>

#define WAIT_MAX 30 /* seconds after many wrong tries */

struct LkVisitors {
    LkStore *store;
    GPtrArray *all; /* LkVisitor */
    int n_wrong;    /* tries to unlock since the last good one */
    gint64 wrong_us;
};

static void
free_visitor(LkVisitor *visitor)
{
    explicit_bzero(visitor->cookie, sizeof visitor->cookie);
    g_free(visitor);
}

LkVisitors *
lk_visitors_new(LkStore *store)
{
    LkVisitors *visitors = g_new0(LkVisitors, 1);
    visitors->store = store;
    visitors->all = g_ptr_array_new_with_free_func((GDestroyNotify)free_visitor);
    return visitors;
}

void
lk_visitors_free(LkVisitors *visitors)
{
    if (visitors == NULL) {
        return;
    }
    for (guint i = 0; i < visitors->all->len; i++) {
        lk_visitor_lock(visitors, g_ptr_array_index(visitors->all, i), "end");
    }
    g_ptr_array_unref(visitors->all);
    g_free(visitors);
}

/* --- Coming and being found. --------------------------------------------------------
 */

static bool
make_room(LkVisitors *visitors)
{
    LkVisitor *oldest = NULL;
    for (guint i = 0; i < visitors->all->len; i++) {
        LkVisitor *visitor = g_ptr_array_index(visitors->all, i);
        if (visitor->login == NULL &&
            (oldest == NULL || visitor->seen_us < oldest->seen_us)) {
            oldest = visitor;
        }
    }
    return oldest != NULL && g_ptr_array_remove_fast(visitors->all, oldest);
}

LkVisitor *
lk_visitors_add(LkVisitors *visitors, gint64 now_us)
{
    char cookie[LK_KEY_HEX + 1];
    if ((visitors->all->len >= LK_VISITORS_MAX && !make_room(visitors)) ||
        !lk_web_random(cookie, NULL)) {
        return NULL;
    }
    LkVisitor *visitor = g_new0(LkVisitor, 1);
    memcpy(visitor->cookie, cookie, sizeof cookie);
    explicit_bzero(cookie, sizeof cookie);
    visitor->seen_us = now_us;
    g_ptr_array_add(visitors->all, visitor);
    return visitor;
}

LkVisitor *
lk_visitors_find(LkVisitors *visitors, const char *value)
{
    LkVisitor *found = NULL;
    for (guint i = 0; i < visitors->all->len; i++) {
        LkVisitor *visitor = g_ptr_array_index(visitors->all, i);
        found = lk_web_same_key(visitor->cookie, value) ? visitor : found;
    }
    return found;
}

/* --- Unlocking and locking. ---------------------------------------------------------
 */

int
lk_visitors_wait(const LkVisitors *visitors, gint64 now_us)
{
    if (visitors->n_wrong == 0) {
        return 0;
    }
    int seconds = visitors->n_wrong > 5 ? WAIT_MAX : 1 << (visitors->n_wrong - 1);
    gint64 left_us = visitors->wrong_us + (gint64)seconds * G_USEC_PER_SEC - now_us;
    return left_us > 0 ? (int)((left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC) : 0;
}

void
lk_visitor_act(LkVisitors *visitors, const LkVisitor *visitor)
{
    if (visitor != NULL && visitor->session != NULL) {
        lk_session_acts(visitor->session);
    } else {
        lk_store_acts_as(visitors->store, visitor != NULL ? visitor->login : NULL);
    }
}

static bool
open_session(LkVisitors *visitors, LkVisitor *visitor, const char *login,
             const LkSecret *passphrase, GError **error)
{
    LkSession *session = lk_session_open(visitors->store, login, passphrase, error);
    if (session == NULL) {
        return false;
    }
    visitor->session = session;
    visitor->login = g_strdup(lk_session_login(session));
    visitor->role = lk_session_role(session);
    return true;
}

static bool
note_login(LkVisitor *visitor, const char *login, GError **error)
{
    if (!lk_login_is_valid(login)) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED,
                    _("a login has 2 to %d small letters, digits, dots or dashes, and "
                      "begins with a letter"),
                    LK_LOGIN_MAX);
        return false;
    }
    visitor->login = g_strdup(login);
    visitor->role = LK_ROLE_MANAGER;
    return true;
}

static void
forget(LkVisitors *visitors, LkVisitor *visitor)
{
    if (visitor->work != NULL && visitor->work_free != NULL) {
        visitor->work_free(visitor->work);
    }
    visitor->work = NULL;
    visitor->work_free = NULL;
    g_clear_pointer(&visitor->session, lk_session_free);
    g_clear_pointer(&visitor->login, g_free);
    lk_store_acts_as(visitors->store, NULL);
}

bool
lk_visitor_unlock(LkVisitors *visitors, LkVisitor *visitor, const char *login,
                  const LkSecret *passphrase, gint64 now_us, GError **error)
{
    GError *problem = NULL;
    lk_visitor_lock(visitors, visitor, "other");
    lk_visitor_act(visitors, NULL);
    bool open = passphrase != NULL
                    ? open_session(visitors, visitor, login, passphrase, &problem)
                    : note_login(visitor, login, &problem);
    if (!open) {
        bool wrong = g_error_matches(problem, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED);
        visitors->n_wrong += wrong ? 1 : 0;
        visitors->wrong_us = wrong ? lk_web_now_us() : visitors->wrong_us;
        g_propagate_error(error, problem);
        return false;
    }
    visitors->n_wrong = 0;
    visitor->person_us = now_us;
    lk_visitor_act(visitors, visitor);
    if (!lk_store_note(visitors->store, "review-open", "{}", error)) {
        forget(visitors, visitor);
        return false;
    }
    return true;
}

void
lk_visitor_lock(LkVisitors *visitors, LkVisitor *visitor, const char *reason)
{
    if (visitor->login == NULL) {
        return;
    }
    g_autofree char *detail = g_strdup_printf("{\"reason\":\"%s\"}", reason);
    g_autoptr(GError) error = NULL;
    lk_visitor_act(visitors, visitor);
    if (!lk_store_note(visitors->store, "review-close", detail, &error)) {
        g_clear_error(&error); /* a full disk must not keep the keys here */
    }
    forget(visitors, visitor);
}

void
lk_visitors_tick(LkVisitors *visitors, gint64 now_us)
{
    gint64 limit_us = (gint64)LK_PERSON_IDLE_MINUTES * 60 * G_USEC_PER_SEC;
    for (guint i = 0; i < visitors->all->len; i++) {
        LkVisitor *visitor = g_ptr_array_index(visitors->all, i);
        if (now_us - visitor->person_us >= limit_us) {
            lk_visitor_lock(visitors, visitor, "idle");
        }
    }
}

void
lk_visitors_each(LkVisitors *visitors, LkVisitorFunc each, void *data)
{
    for (guint i = 0; i < visitors->all->len; i++) {
        LkVisitor *visitor = g_ptr_array_index(visitors->all, i);
        if (visitor->session != NULL) {
            lk_visitor_act(visitors, visitor);
            each(visitor, data);
        }
    }
}
