/* web.c - what all requests share. */
#include "web/api.h"

#include <string.h>

LkWeb *
lk_web_new(LkStore *store, GError **error)
{
    g_autoptr(LkWeb) web = g_new0(LkWeb, 1);
    web->store = store;
    web->visitors = lk_visitors_new(store);
    web->stationery = lk_stationery_load(error);
    bool ok = web->stationery != NULL &&
              lk_guard_is_ready(store, &web->is_protected, error) &&
              lk_web_random(web->token, error) &&
              (web->api = lk_api_new(store, error)) != NULL;
    return ok ? g_steal_pointer(&web) : NULL;
}

void
lk_web_free(LkWeb *web)
{
    if (web == NULL) {
        return;
    }
    lk_visitors_free(web->visitors); /* locks: what is kept for each is in the api */
    lk_api_free(web->api);
    lk_stationery_free(web->stationery);
    explicit_bzero(web->token, sizeof web->token);
    g_free(web);
}

const char *
lk_request_query(const LkRequest *request, const char *name)
{
    return g_hash_table_lookup(request->query, name);
}

const char *
lk_request_text(const LkRequest *request, const char *name)
{
    JsonNode *node =
        request->body != NULL ? json_object_get_member(request->body, name) : NULL;
    return node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
                   json_node_get_value_type(node) == G_TYPE_STRING
               ? json_node_get_string(node)
               : NULL;
}
