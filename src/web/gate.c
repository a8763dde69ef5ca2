/* gate.c - who is let in.
 *
 * The start token and the cookie say that a request comes from a browser to which this
 * computer's user gave the address. Host says that the browser did not come by another
 * name that leads here. Origin, Sec-Fetch-Site and a header that no form can send say
 * that the page which asks is ours and not another one open in the same browser, even
 * one served from another port of this computer: to cookies that is the same site. */
#include "web/web-priv.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define KEY_BYTES (LK_KEY_HEX / 2)

G_DEFINE_QUARK(lk - web - error - quark, lk_web_error)

gint64
lk_web_now_us(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_BOOTTIME, &now);
    return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* --- Keys. --------------------------------------------------------------------------
 */

bool
lk_web_random(char hex[LK_KEY_HEX + 1], GError **error)
{
    uint8_t bytes[KEY_BYTES];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) {
        g_set_error(error, LK_WEB_ERROR, LK_WEB_ERROR_RANDOM,
                    _("the system gives no random numbers: %s"), lk_errno_text(errno));
        return false;
    }
    for (size_t i = 0; i < sizeof bytes; i++) {
        g_snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    }
    explicit_bzero(bytes, sizeof bytes);
    return true;
}

bool
lk_web_same_key(const char *mine, const char *given)
{
    if (strlen(given) != LK_KEY_HEX) {
        return false;
    }
    volatile unsigned difference = 0;
    for (size_t i = 0; i < LK_KEY_HEX; i++) {
        difference |= (unsigned)((unsigned char)mine[i] ^ (unsigned char)given[i]);
    }
    return difference == 0;
}

/* --- Where it comes from. -----------------------------------------------------------
 */

static bool
is_our_host(const LkWeb *web, const char *host)
{
    static const char *const names[] = {"127.0.0.1", "localhost"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *ours = g_strdup_printf("%s:%d", names[i], web->port);
        if (g_ascii_strcasecmp(host, ours) == 0) {
            return true;
        }
    }
    return false;
}

/* Of the very page that asks: its address is the one it was got from. */
static bool
is_our_origin(const LkKnock *knock)
{
    return knock->origin != NULL && g_str_has_prefix(knock->origin, "http://") &&
           g_ascii_strcasecmp(knock->origin + strlen("http://"), knock->host) == 0;
}

static bool
is_one_of(const char *text, const char *first, const char *second)
{
    return text == NULL || strcmp(text, first) == 0 ||
           (second != NULL && strcmp(text, second) == 0);
}

static bool
is_json(const char *type)
{
    static const char json[] = "application/json";
    size_t length = strlen(json);
    return type != NULL && g_ascii_strncasecmp(type, json, length) == 0 &&
           (type[length] == '\0' || type[length] == ';');
}

static LkRefusal
refuse_foreign(void)
{
    return (LkRefusal){403, "foreign", _("this was not asked by the page itself")};
}

static LkRefusal
check_post(const LkKnock *knock, size_t *size)
{
    guint64 length = 0;
    if (!is_our_origin(knock) || !is_one_of(knock->fetch_site, "same-origin", NULL) ||
        g_strcmp0(knock->lakana, "1") != 0) {
        return refuse_foreign();
    }
    if (!is_json(knock->content_type)) {
        return (LkRefusal){415, "type", _("what is sent must be JSON")};
    }
    if (knock->length == NULL) {
        return (LkRefusal){411, "length", _("the length of what is sent is missing")};
    }
    if (!g_ascii_string_to_unsigned(knock->length, 10, 0, G_MAXUINT64, &length, NULL)) {
        return (LkRefusal){400, "length", _("the length of what is sent is no number")};
    }
    if (length > LK_BODY_MAX) {
        return (LkRefusal){413, "size", _("what is sent is too long")};
    }
    *size = (size_t)length;
    return (LkRefusal){0};
}

LkRefusal
lk_gate_check(const LkWeb *web, const LkRoute *route, const LkKnock *knock,
              size_t *size)
{
    *size = 0;
    if (knock->is_ambiguous || knock->host == NULL) {
        return (LkRefusal){400, "headers", _("the request is not plain HTTP/1.1")};
    }
    if (!is_our_host(web, knock->host)) {
        return (LkRefusal){421, "host",
                           _("the station answers at its own address only")};
    }
    bool is_linked = route != NULL && (route->flags & LK_ROUTE_LINKED) != 0;
    if (!is_linked && !is_one_of(knock->fetch_site, "same-origin", "none")) {
        return refuse_foreign();
    }
    return route != NULL && route->method == LK_POST ? check_post(knock, size)
                                                     : (LkRefusal){0};
}

/* --- Who it is. ---------------------------------------------------------------------
 */

/* Cookies of other programs on this computer come along: ports do not part them. */
LkVisitor *
lk_gate_visitor(const LkWeb *web, const LkKnock *knock)
{
    g_autofree char *name = g_strdup_printf("lakana-%d=", web->port);
    const char *at = knock->cookie;
    while (at != NULL && *at != '\0') {
        at += strspn(at, " ;");
        size_t length = strcspn(at, ";");
        if (g_str_has_prefix(at, name)) {
            g_autofree char *value =
                g_strndup(at + strlen(name), length - strlen(name));
            LkVisitor *visitor = lk_visitors_find(web->visitors, g_strchomp(value));
            if (visitor != NULL) {
                return visitor;
            }
        }
        at += length;
    }
    return NULL;
}
