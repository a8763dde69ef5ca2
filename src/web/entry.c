/* entry.c - a browser comes with the start token, a person unlocks and locks. */
#include "web/web-priv.h"

#include <string.h>

/* --- Start. -------------------------------------------------------------------------
 */

/* The script goes on to "/": a redirect would lose the cookie when the link stood on
 * another page, because it is strict. */
static void
welcome(const LkRequest *request, const LkVisitor *visitor, LkReply *reply)
{
    g_autofree char *text = g_markup_escape_text(_("Open the review station"), -1);
    char *page = g_strdup_printf(
        "<!doctype html><html><head><meta charset=\"utf-8\"><title>lakana</title>"
        "<script type=\"module\" src=\"/page/start.js\"></script></head>"
        "<body><p><a href=\"/\">%s</a></p></body></html>\n",
        text);
    g_autoptr(GBytes) bytes = g_bytes_new_take(page, strlen(page));
    lk_reply_bytes(reply, "text/html; charset=utf-8", bytes);
    reply->cookie = g_strdup_printf("lakana-%d=%s; HttpOnly; SameSite=Strict; Path=/",
                                    request->web->port, visitor->cookie);
}

void
lk_handle_start(const LkRequest *request, LkReply *reply)
{
    LkWeb *web = request->web;
    const char *token = lk_request_query(request, "token");
    if (token == NULL || !lk_web_same_key(web->token, token)) {
        lk_reply_page(reply, 401,
                      _("This address is not the one that the station has now: open "
                        "the one that stands in the terminal where it was opened."));
        return;
    }
    const LkVisitor *visitor = request->visitor != NULL
                                   ? request->visitor
                                   : lk_visitors_add(web->visitors, request->now_us);
    if (visitor == NULL) {
        lk_reply_page(reply, 503,
                      _("Too many browsers use this station: lock it in one of them "
                        "first."));
        return;
    }
    web->was_started = true;
    web->used_us = request->now_us;
    welcome(request, visitor, reply);
}

/* --- Unlock, lock. ------------------------------------------------------------------
 */

static void
refuse(const GError *error, LkReply *reply)
{
    bool wrong = g_error_matches(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED);
    bool no_login = g_error_matches(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED);
    if (wrong) {
        lk_reply_error(reply, 403, "wrong", error->message);
    } else if (no_login) {
        lk_reply_error(reply, 403, "login", error->message);
    } else {
        lk_reply_fail(reply, error);
    }
}

static bool
must_wait(const LkRequest *request, LkReply *reply)
{
    int seconds = lk_visitors_wait(request->web->visitors, request->now_us);
    if (seconds > 0) {
        g_autofree char *message = g_strdup_printf(
            ngettext_("after wrong tries the station waits: try again in %d second",
                      "after wrong tries the station waits: try again in %d seconds",
                      (unsigned long)seconds),
            seconds);
        lk_reply_error(reply, 429, "wait", message);
    }
    return seconds > 0;
}

void
lk_handle_unlock(const LkRequest *request, LkReply *reply)
{
    const LkWeb *web = request->web;
    g_autoptr(LkSecret) login = lk_body_secret(request->raw, "login");
    g_autoptr(LkSecret) passphrase =
        web->is_protected ? lk_body_secret(request->raw, "passphrase") : NULL;
    if (login == NULL || (web->is_protected && passphrase == NULL)) {
        lk_reply_error(reply, 400, "body", _("login or passphrase is missing"));
        return;
    }
    if (must_wait(request, reply)) {
        return;
    }
    g_autoptr(GError) error = NULL;
    if (!lk_visitor_unlock(web->visitors, request->visitor, lk_secret_data(login),
                           passphrase, request->now_us, &error)) {
        refuse(error, reply);
        return;
    }
    lk_handle_state(request, reply);
}

void
lk_handle_lock(const LkRequest *request, LkReply *reply)
{
    lk_visitor_lock(request->web->visitors, request->visitor, "lock");
    lk_reply_nothing(reply);
}
