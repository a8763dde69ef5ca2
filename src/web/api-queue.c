/* api-queue.c - the queues with their counts, and what waits in one of them. */
#include "web/api.h"

#include <string.h>

#define A_TIME_MAX 200

/* --- Counts. ------------------------------------------------------------------------
 */

/* What somebody without a key of any file sees as well: codes, values of boxes. */
static bool
is_for_supervisors(LkQueueId id)
{
    return id == LK_QUEUE_MISSING || id == LK_QUEUE_CONTRADICTIONS;
}

static LkQueueView
view_of(const LkRequest *request, LkQueueId id, int kind, const LkReach *reach)
{
    bool all = request->visitor->role == LK_ROLE_SUPERVISOR && is_for_supervisors(id);
    return (LkQueueView){id, kind, all ? NULL : reach, lk_api_login(request)};
}

static const char *
kind_title(LkParcelKind kind)
{
    switch (kind) {
    case LK_PARCEL_DATES:
        return _("Dates");
    case LK_PARCEL_NUMBERS:
        return _("Numbers and codes");
    case LK_PARCEL_NAMES:
        return _("Names");
    case LK_PARCEL_CONTACTS:
        return _("Addresses and telephones");
    default:
        return _("Accounts and free text");
    }
}

static void
add_group(JsonBuilder *json, LkParcelKind kind, int count, int closed)
{
    json_builder_begin_object(json);
    lk_json_text(json, "id", lk_parcel_kind_name(kind));
    lk_json_text(json, "label", kind_title(kind));
    lk_json_number(json, "count", count);
    lk_json_number(json, "closed", closed);
    json_builder_end_object(json);
}

/* Numbers first, stories last: as they are typed. */
static void
add_groups(const LkRequest *request, JsonBuilder *json, const LkReach *reach)
{
    static const LkParcelKind order[] = {LK_PARCEL_DATES, LK_PARCEL_NUMBERS,
                                         LK_PARCEL_NAMES, LK_PARCEL_CONTACTS,
                                         LK_PARCEL_STORIES};
    json_builder_set_member_name(json, "groups");
    json_builder_begin_array(json);
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
        int open = 0;
        int closed = 0;
        LkQueueView view = view_of(request, LK_QUEUE_TYPE, (int)order[i], reach);
        lk_queue_count(request->web->api->queue, &view, &open, &closed);
        if (open + closed > 0) {
            add_group(json, order[i], open, closed);
        }
    }
    json_builder_end_array(json);
}

static void
add_queue(const LkRequest *request, JsonBuilder *json, LkQueueId id,
          const LkReach *reach)
{
    int open = 0;
    int closed = 0;
    LkQueueView view = view_of(request, id, LK_QUEUE_ANY_KIND, reach);
    lk_queue_count(request->web->api->queue, &view, &open, &closed);
    json_builder_begin_object(json);
    lk_json_text(json, "id", lk_queue_name(id));
    lk_json_number(json, "count", open);
    lk_json_number(json, "closed", closed);
    if (id == LK_QUEUE_TYPE) {
        add_groups(request, json, reach);
    }
    json_builder_end_object(json);
}

static void
add_parcels(JsonBuilder *json, const GPtrArray *waiting)
{
    const LkParcelItem *first = waiting->len > 0 ? g_ptr_array_index(waiting, 0) : NULL;
    json_builder_begin_object(json);
    lk_json_text(json, "id", lk_queue_name(LK_QUEUE_TYPE));
    lk_json_number(json, "count", first != NULL ? first->n_left : 0);
    lk_json_number(json, "closed", 0);
    json_builder_set_member_name(json, "groups");
    json_builder_begin_array(json);
    if (first != NULL) {
        add_group(json, first->kind, first->n_left, 0);
    }
    json_builder_end_array(json);
    json_builder_end_object(json);
}

void
lk_api_add_queues(const LkRequest *request, JsonBuilder *json)
{
    const LkVisitor *visitor = request->visitor;
    g_autoptr(GError) error = NULL;
    g_auto(LkReply) trouble = {0};
    json_builder_set_member_name(json, "queues");
    json_builder_begin_array(json);
    bool clerk = visitor->login != NULL && visitor->role == LK_ROLE_CLERK;
    if (clerk) {
        g_autoptr(GPtrArray) waiting = lk_parcel_waiting(visitor->session, &error);
        if (waiting != NULL) {
            add_parcels(json, waiting);
        }
    } else if (visitor->login != NULL &&
               lk_queue_refresh(request->web->api->queue, &error)) {
        const LkReach *reach = lk_api_reach(request, &trouble);
        for (int id = 0; reach != NULL && id < LK_QUEUE_N; id++) {
            add_queue(request, json, (LkQueueId)id, reach);
        }
    }
    if (error != NULL) { /* the next request says so */
        g_warning("%s", error->message);
    }
    json_builder_end_array(json);
}

void
lk_add_queues(const LkRequest *request, JsonBuilder *state)
{
    LkKinds twice = 0;
    g_autoptr(GError) error = NULL;
    if (!lk_second_load(request->web->store, &twice, &error)) {
        g_warning("%s", error->message); /* the next request says so */
    }
    json_builder_set_member_name(state, "second");
    json_builder_begin_array(state);
    for (int i = 0; i < LK_PARCEL_N_KINDS; i++) {
        if (lk_kinds_has(twice, (LkParcelKind)i)) {
            json_builder_add_string_value(state, lk_parcel_kind_name((LkParcelKind)i));
        }
    }
    json_builder_end_array(state);
    lk_api_add_queues(request, state);
}

/* --- One queue. ---------------------------------------------------------------------
 */

/* ?n=48&group=dates; false if they are nonsense. */
static bool
read_view(const LkRequest *request, LkQueueView *view, guint *n)
{
    const char *count = lk_request_query(request, "n");
    const char *group = lk_request_query(request, "group");
    guint64 wanted = 1;
    LkParcelKind kind;
    if (!lk_queue_parse(request->args[0], &view->id) ||
        (count != NULL &&
         !g_ascii_string_to_unsigned(count, 10, 1, A_TIME_MAX, &wanted, NULL))) {
        return false;
    }
    *n = (guint)wanted;
    view->kind = LK_QUEUE_ANY_KIND;
    if (group != NULL && *group != '\0') {
        if (!lk_parcel_kind_parse(group, &kind)) {
            return false;
        }
        view->kind = (int)kind;
    }
    return true;
}

static void
add_items(LkApiAnswer *answer, const GPtrArray *items)
{
    json_builder_set_member_name(answer->json, "items");
    json_builder_begin_array(answer->json);
    for (guint i = 0; i < items->len; i++) {
        const LkQueueItem *item = g_ptr_array_index(items, i);
        if (item->queue <= LK_QUEUE_REQUIRED) {
            lk_api_add_field_item(answer, item);
        } else {
            (void)lk_api_add_page_item(answer, item);
        }
    }
    json_builder_end_array(answer->json);
}

static bool
may_look(const LkRequest *request, LkQueueId id, LkReply *reply)
{
    bool supervisor =
        request->visitor->role == LK_ROLE_SUPERVISOR && is_for_supervisors(id);
    return supervisor || lk_api_may_work(request, reply);
}

void
lk_handle_queue(const LkRequest *request, LkReply *reply)
{
    LkQueueView view = {0};
    guint n = 0;
    if (!read_view(request, &view, &n)) {
        lk_api_bad(reply);
        return;
    }
    if (request->visitor->role == LK_ROLE_CLERK && view.id == LK_QUEUE_TYPE) {
        lk_api_answer_parcel(request, reply);
        return;
    }
    LkApi *api =
        may_look(request, view.id, reply) ? lk_api_ready(request, reply) : NULL;
    const LkReach *reach = api != NULL ? lk_api_reach(request, reply) : NULL;
    if (reach == NULL) {
        return;
    }
    view = view_of(request, view.id, view.kind, reach);
    int open = 0;
    int closed = 0;
    g_autofree char *next = NULL;
    lk_queue_count(api->queue, &view, &open, &closed);
    g_autoptr(GPtrArray) items =
        lk_queue_list(api->queue, &view, lk_request_query(request, "after"), n, &next);
    g_autoptr(JsonBuilder) json = json_builder_new();
    LkApiAnswer answer = {.request = request, .api = api, .json = json};
    json_builder_begin_object(json);
    lk_json_number(json, "count", open);
    lk_json_number(json, "closed", closed);
    add_items(&answer, items);
    lk_json_text(json, "next", next);
    json_builder_end_object(json);
    lk_reply_json(reply, json);
}
