/* routes.c - which function answers what. */
#include "web/web-priv.h"

#include <string.h>

const LkRoute lk_routes[] = {
    {"/start", lk_handle_start, LK_GET, LK_ROUTE_ANYBODY | LK_ROUTE_LINKED},
    {"/", lk_handle_home, LK_GET, LK_ROUTE_VISITOR | LK_ROUTE_LINKED},
    {"/page/@", lk_handle_file, LK_GET, LK_ROUTE_VISITOR},
    {"/page/@/@", lk_handle_file, LK_GET, LK_ROUTE_VISITOR},
    {"/api/state", lk_handle_state, LK_GET, LK_ROUTE_VISITOR | LK_ROUTE_QUIET},
    {"/api/words", lk_handle_words, LK_GET, LK_ROUTE_VISITOR},
    {"/api/unlock", lk_handle_unlock, LK_POST, LK_ROUTE_VISITOR | LK_ROUTE_RAW},
    {"/api/lock", lk_handle_lock, LK_POST, LK_ROUTE_VISITOR},
    {"/api/queue/@", lk_handle_queue, LK_GET, LK_ROUTE_UNLOCKED},
    {"/api/decide", lk_handle_decide, LK_POST, LK_ROUTE_UNLOCKED},
    {"/api/undo", lk_handle_undo, LK_POST, LK_ROUTE_UNLOCKED},
    {"/api/recent", lk_handle_recent, LK_GET, LK_ROUTE_UNLOCKED},
    {"/api/page", lk_handle_page, LK_POST, LK_ROUTE_UNLOCKED},
    {"/api/case/@", lk_handle_case, LK_GET, LK_ROUTE_UNLOCKED},
    {"/api/clerks", lk_handle_clerks, LK_GET, LK_ROUTE_UNLOCKED},
    {"/api/give", lk_handle_give, LK_POST, LK_ROUTE_UNLOCKED},
    {"/api/withdraw", lk_handle_withdraw, LK_POST, LK_ROUTE_UNLOCKED},
    {"/crop/@/@/@", lk_handle_crop, LK_GET, LK_ROUTE_UNLOCKED},
    {"/crop/@/@/@/@", lk_handle_crop, LK_GET, LK_ROUTE_UNLOCKED},
    {"/picture/@", lk_handle_picture, LK_GET, LK_ROUTE_UNLOCKED},
    {"/parcel/@", lk_handle_parcel, LK_GET, LK_ROUTE_UNLOCKED},
    {NULL, NULL, 0, 0},
};

/* Whether the path is @pattern; what stands for each "@" is added to @args. */
static bool
fits(const char *pattern, const GPtrArray *parts, GPtrArray *args)
{
    guint n = 0;
    g_ptr_array_set_size(args, 0);
    while (pattern[0] == '/' && pattern[1] != '\0') {
        pattern++;
        size_t length = strcspn(pattern, "/");
        if (n >= parts->len) {
            return false;
        }
        char *part = g_ptr_array_index(parts, n++);
        if (length == 1 && pattern[0] == '@') {
            g_ptr_array_add(args, part);
        } else if (strlen(part) != length || strncmp(part, pattern, length) != 0) {
            return false;
        }
        pattern += length;
    }
    return n == parts->len;
}

const LkRoute *
lk_route_find(const LkTarget *target, LkMethod method, GPtrArray *args,
              unsigned *allowed)
{
    *allowed = 0;
    for (const LkRoute *route = lk_routes; route->handler != NULL; route++) {
        if (fits(route->pattern, target->parts, args)) {
            *allowed |= route->method;
            if (route->method == method) {
                return route;
            }
        }
    }
    return NULL;
}
