/* api.c - what the answers share: what waits, what a visitor can open, members of JSON.
 */
#include "web/api.h"

#include <stdlib.h>
#include <string.h>

#define KEPT_BYTES ((size_t)64 << 20) /* of pages and crops: seven pages at 300 dpi */

LkApi *
lk_api_new(LkStore *store, GError **error)
{
    g_autoptr(LkApi) api = g_new0(LkApi, 1);
    api->queue = lk_queue_new(store, error);
    api->crops = lk_crops_new(store, KEPT_BYTES);
    api->shelf = lk_shelf_new(store);
    return api->queue != NULL ? g_steal_pointer(&api) : NULL;
}

void
lk_api_free(LkApi *api)
{
    if (api != NULL) {
        lk_queue_free(api->queue);
        lk_crops_free(api->crops);
        lk_shelf_free(api->shelf);
        g_free(api);
    }
}

LkApi *
lk_api_ready(const LkRequest *request, LkReply *reply)
{
    g_autoptr(GError) error = NULL;
    if (!lk_queue_refresh(request->web->api->queue, &error)) {
        lk_reply_fail(reply, error);
        return NULL;
    }
    return request->web->api;
}

/* --- Who. ---------------------------------------------------------------------------
 */

/* What is kept for one visitor until it locks. */
typedef struct {
    LkApi *api;
    LkReach *reach;
    guint generation; /* of the queue, when that was asked */
    char *login;      /* whose pictures are forgotten then */
} Work;

static void
free_work(gpointer data)
{
    Work *work = data;
    lk_crops_forget(work->api->crops, work->login);
    lk_reach_free(work->reach);
    g_free(work->login);
    g_free(work);
}

static Work *
work_of(const LkRequest *request)
{
    LkVisitor *visitor = request->visitor;
    if (visitor->work == NULL) {
        Work *work = g_new0(Work, 1);
        work->api = request->web->api;
        work->login = visitor->session != NULL
                          ? g_strdup(lk_session_login(visitor->session))
                          : NULL;
        visitor->work = work;
        visitor->work_free = free_work;
    }
    return visitor->work;
}

const LkReach *
lk_api_reach(const LkRequest *request, LkReply *reply)
{
    Work *work = work_of(request);
    guint now = lk_queue_generation(request->web->api->queue);
    if (work->reach == NULL || work->generation != now) {
        g_autoptr(GError) error = NULL;
        g_clear_pointer(&work->reach, lk_reach_free);
        work->reach =
            lk_reach_new(request->web->store, request->visitor->session, &error);
        work->generation = now;
        if (work->reach == NULL) {
            lk_reply_fail(reply, error);
        }
    }
    return work->reach;
}

bool
lk_api_may_work(const LkRequest *request, LkReply *reply)
{
    LkRole role = request->visitor->role;
    if (role == LK_ROLE_MANAGER || role == LK_ROLE_RECOVERY) {
        return true;
    }
    lk_reply_error(reply, 403, "role",
                   _("this is for those who keep case files (gestionnaire)"));
    return false;
}

const char *
lk_api_login(const LkRequest *request)
{
    const LkVisitor *visitor = request->visitor;
    return visitor->session != NULL ? lk_session_login(visitor->session)
                                    : visitor->login;
}

void
lk_api_bad(LkReply *reply)
{
    lk_reply_error(reply, 400, "bad",
                   _("the page asked for something that is not there: load it again"));
}

/* --- Keys. --------------------------------------------------------------------------
 */

bool
lk_api_key_parse(const char *text, LkApiKey *key)
{
    *key = (LkApiKey){0};
    char *end = NULL;
    if (text[0] == 'c' && text[1] == ':') {
        key->crop = g_ascii_strtoll(text + 2, &end, 10);
        return key->crop > 0 && *end == '\0';
    }
    key->page = g_ascii_strtoll(text, &end, 10);
    if (key->page <= 0 || *end != ':') {
        return false;
    }
    gint64 row = g_ascii_strtoll(end + 1, &end, 10);
    if (row < 0 || row > G_MAXINT || *end != ':') {
        return false;
    }
    key->row = (int)row;
    key->field = end[1] != '\0' ? end + 1 : NULL;
    return true;
}

/* --- Members. -----------------------------------------------------------------------
 */

void
lk_json_text(JsonBuilder *json, const char *name, const char *text)
{
    json_builder_set_member_name(json, name);
    if (text != NULL) {
        json_builder_add_string_value(json, text);
    } else {
        json_builder_add_null_value(json);
    }
}

void
lk_json_number(JsonBuilder *json, const char *name, gint64 number)
{
    json_builder_set_member_name(json, name);
    json_builder_add_int_value(json, number);
}

gint64
lk_api_sent_number(JsonObject *body, const char *name, gint64 absent)
{
    JsonNode *node = json_object_get_member(body, name);
    return node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
                   json_node_get_value_type(node) == G_TYPE_INT64
               ? json_node_get_int(node)
               : absent;
}

void
lk_json_bool(JsonBuilder *json, const char *name, bool value)
{
    json_builder_set_member_name(json, name);
    json_builder_add_boolean_value(json, value);
}

void
lk_json_case(JsonBuilder *json, const char *name, const char *code)
{
    LkCaseCode parsed = {""};
    g_strlcpy(parsed.text, code, sizeof parsed.text);
    g_autofree char *shown = *code != '\0' ? lk_case_code_format(&parsed) : NULL;
    lk_json_text(json, name, shown);
}

static void
add_mm(JsonBuilder *json, const char *name, double mm)
{
    json_builder_set_member_name(json, name);
    json_builder_add_double_value(json, mm);
}

void
lk_json_area(JsonBuilder *json, LkRect area)
{
    json_builder_set_member_name(json, "area");
    if (area.w <= 0) {
        json_builder_add_null_value(json);
        return;
    }
    json_builder_begin_object(json);
    add_mm(json, "x", area.x);
    add_mm(json, "y", area.y);
    add_mm(json, "w", area.w);
    add_mm(json, "h", area.h);
    json_builder_end_object(json);
}

void
lk_json_path(JsonBuilder *json, const char *name, const char *first, ...)
{
    g_autoptr(GString) path = g_string_new(NULL);
    va_list parts;
    va_start(parts, first);
    for (const char *part = first; part != NULL; part = va_arg(parts, const char *)) {
        g_string_append_c(path, '/');
        g_string_append_uri_escaped(path, part, NULL, FALSE);
    }
    va_end(parts);
    lk_json_text(json, name, path->str);
}

int
lk_api_number(LkStore *store, const char *code, const char *form, const char *copy)
{
    LkCaseCode of = {""};
    g_strlcpy(of.text, code, sizeof of.text);
    g_autoptr(GArray) copies = lk_store_list_copies(store, &of, NULL);
    for (guint i = 0; copies != NULL && i < copies->len; i++) {
        const LkStoreCopy *known = &g_array_index(copies, LkStoreCopy, i);
        if (strcmp(known->form, form) == 0 && strcmp(known->copy, copy) == 0) {
            return known->number;
        }
    }
    return 1;
}
