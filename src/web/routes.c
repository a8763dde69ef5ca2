/* routes.c - which function answers what. */
#include "web/web-priv.h"

#include <string.h>

const LkRoute lk_routes[] = {
    {LK_GET, "/start", lk_handle_start, LK_ROUTE_ANYBODY | LK_ROUTE_LINKED},
    {LK_GET, "/", lk_handle_home, LK_ROUTE_VISITOR | LK_ROUTE_LINKED},
    {LK_GET, "/page/@", lk_handle_file, LK_ROUTE_VISITOR},
    {LK_GET, "/page/@/@", lk_handle_file, LK_ROUTE_VISITOR},
    {LK_GET, "/api/state", lk_handle_state, LK_ROUTE_VISITOR | LK_ROUTE_QUIET},
    {LK_GET, "/api/words", lk_handle_words, LK_ROUTE_VISITOR},
    {LK_POST, "/api/unlock", lk_handle_unlock, LK_ROUTE_VISITOR | LK_ROUTE_RAW},
    {LK_POST, "/api/lock", lk_handle_lock, LK_ROUTE_VISITOR},
    {LK_GET, "/api/queue/@", lk_handle_queue, LK_ROUTE_UNLOCKED},
    {LK_POST, "/api/decide", lk_handle_decide, LK_ROUTE_UNLOCKED},
    {LK_POST, "/api/undo", lk_handle_undo, LK_ROUTE_UNLOCKED},
    {LK_GET, "/api/recent", lk_handle_recent, LK_ROUTE_UNLOCKED},
    {LK_POST, "/api/page", lk_handle_page, LK_ROUTE_UNLOCKED},
    {LK_GET, "/api/case/@", lk_handle_case, LK_ROUTE_UNLOCKED},
    {LK_GET, "/crop/@/@/@", lk_handle_crop, LK_ROUTE_UNLOCKED},
    {LK_GET, "/crop/@/@/@/@", lk_handle_crop, LK_ROUTE_UNLOCKED},
    {LK_GET, "/picture/@", lk_handle_picture, LK_ROUTE_UNLOCKED},
    {LK_GET, "/parcel/@", lk_handle_parcel, LK_ROUTE_UNLOCKED},
    {0, NULL, NULL, 0},
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
