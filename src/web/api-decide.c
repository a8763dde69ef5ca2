/* api-decide.c - what people decide: one call is one wall, on the disk before the
 * answer. */
#include "web/api.h"

#include <string.h>

#define AT_ONCE_MAX 200

/* One decision as it was sent. */
typedef struct {
    const char *key; /* lent by the body */
    LkApiKey place;
    JsonObject *object;
    LkPageRecord *record;
    const LkLayoutField *field;
    LkCheckedValue checked;
    int asked; /* place among those that go to the store; -1: refused, or done */
    gint64 done, version;           /* done: 0: refused */
    char *code, *message, *by, *at; /* of a refusal */
} Sent;

static void
sent_clear(gpointer data)
{
    Sent *sent = data;
    lk_page_record_free(sent->record);
    lk_checked_value_clear(&sent->checked);
    g_free(sent->code);
    g_free(sent->message);
    g_free(sent->by);
    g_free(sent->at);
}

/* --- Refusing. ----------------------------------------------------------------------
 */

static bool
refuse(Sent *sent, const char *code, const char *message)
{
    sent->asked = -1;
    sent->code = g_strdup(code);
    sent->message = g_strdup(message);
    return false;
}

static bool
refuse_for(const LkRequest *request, Sent *sent, const GError *error)
{
    if (error->domain == LK_CASE_ERROR) {
        return refuse(sent, "value", error->message);
    }
    bool taken = g_error_matches(error, LK_STORE_ERROR, LK_STORE_ERROR_TAKEN);
    bool locked = g_error_matches(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED);
    g_autoptr(LkAct) last =
        taken ? lk_store_last_act(request->web->store, sent->place.page,
                                  sent->place.field, sent->place.row, NULL)
              : NULL;
    if (last != NULL) {
        sent->by = g_strdup(last->who);
        sent->at = g_strdup(last->at);
    }
    return refuse(sent, taken ? "taken" : locked ? "locked" : "gone", error->message);
}

/* --- Taking apart what was sent. ----------------------------------------------------
 */

static bool
is_text(JsonNode *node)
{
    return node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
           json_node_get_value_type(node) == G_TYPE_STRING;
}

/* {"f":true,"m":false} as "f"; an option that the question does not have is kept, to be
 * refused. NULL: not of that shape. */
static char *
marked_of(JsonNode *node)
{
    if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node)) {
        return NULL;
    }
    g_autoptr(GString) marked = g_string_new(NULL);
    JsonObjectIter iter;
    const char *name = NULL;
    JsonNode *value = NULL;
    json_object_iter_init(&iter, json_node_get_object(node));
    while (json_object_iter_next(&iter, &name, &value)) {
        if (!JSON_NODE_HOLDS_VALUE(value) ||
            json_node_get_value_type(value) != G_TYPE_BOOLEAN ||
            strchr(name, ',') != NULL) {
            return NULL;
        }
        if (json_node_get_boolean(value)) {
            g_string_append_printf(marked, "%s%s", marked->len > 0 ? "," : "", name);
        }
    }
    return g_string_free(g_steal_pointer(&marked), FALSE);
}

/* (transfer full): what was said, as it is typed; NULL: it makes no sense. */
static char *
said_of(JsonObject *object)
{
    if (json_object_has_member(object, "options")) {
        return marked_of(json_object_get_member(object, "options"));
    }
    JsonNode *value = json_object_get_member(object, "value");
    if (value != NULL && JSON_NODE_HOLDS_NULL(value)) {
        return g_strdup("");
    }
    return is_text(value) ? g_strdup(json_node_get_string(value)) : NULL;
}

static void
wipe(char *text)
{
    if (text != NULL) {
        explicit_bzero(text, strlen(text));
    }
    g_free(text);
}

/* Who decides about a field must be able to open its file. */
static bool
find_field(const LkRequest *request, Sent *sent)
{
    g_autoptr(GError) error = NULL;
    LkSession *session = request->visitor->session;
    sent->record = lk_store_load_page(request->web->store, sent->place.page, &error);
    if (sent->record == NULL ||
        (session != NULL &&
         !lk_session_require_case(session, &sent->record->case_code, &error))) {
        return refuse_for(request, sent, error);
    }
    sent->field = lk_queue_field(request->web->api->queue, sent->record->id.layout,
                                 sent->place.field, NULL);
    return sent->field != NULL ||
           refuse(sent, "gone", _("the page has no such field: load it again"));
}

static bool
check_field(const LkRequest *request, Sent *sent)
{
    g_autoptr(GError) error = NULL;
    if (!find_field(request, sent)) {
        return false;
    }
    char *said = said_of(sent->object);
    bool good =
        said != NULL && lk_case_check(sent->field, said, &sent->checked, &error);
    wipe(said);
    if (!good) {
        return error != NULL
                   ? refuse_for(request, sent, error)
                   : refuse(sent, "value", _("this is no answer to that question"));
    }
    return true;
}

/* --- A clerk's crop. ----------------------------------------------------------------
 */

/* It may wait again, for others: handed back, or to be typed a second time. */
static void
touch_crop(const LkRequest *request, gint64 page)
{
    g_autoptr(LkPageRecord) record =
        lk_store_load_page(request->web->store, page, NULL);
    if (record != NULL) {
        lk_queue_touch(request->web->api->queue, &record->case_code);
    }
}

/* {"key":"c:7","value":"…"}; {"key":"c:7","illegible":true} hands it back. */
static void
settle_crop(const LkRequest *request, Sent *sent)
{
    g_auto(LkParcelItem) item = {0};
    g_autoptr(GError) error = NULL;
    LkSession *session = request->visitor->session;
    sent->asked = -1;
    if (session == NULL) {
        (void)refuse(sent, "gone", _("nobody is given anything to type here"));
        return;
    }
    if (!lk_parcel_find(session, sent->place.crop, &item, &error)) {
        (void)refuse_for(request, sent, error);
        return;
    }
    if (json_object_get_boolean_member_with_default(sent->object, "illegible", FALSE)) {
        sent->done = lk_parcel_hand_back(session, sent->place.crop, &error) ? 1 : 0;
    } else {
        char *said = said_of(sent->object);
        sent->done = said != NULL && lk_case_type(session, request->web->api->shelf,
                                                  sent->place.crop, said, &error)
                         ? 1
                         : 0;
        wipe(said);
    }
    sent->version = sent->done;
    touch_crop(request, item.page);
    if (sent->done == 0 && error == NULL) {
        (void)refuse(sent, "value", _("this is no answer to that question"));
    } else if (sent->done == 0) {
        bool late = g_error_matches(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED);
        (void)(late ? refuse(sent, "taken", error->message)
                    : refuse_for(request, sent, error));
    }
}

/* --- A wall. ------------------------------------------------------------------------
 */

/* False: the body is not what it should be. */
static bool
take_apart(const LkRequest *request, GArray *all)
{
    JsonNode *member = json_object_get_member(request->body, "decisions");
    JsonArray *list = member != NULL && JSON_NODE_HOLDS_ARRAY(member)
                          ? json_node_get_array(member)
                          : NULL;
    guint n = list != NULL ? json_array_get_length(list) : 0;
    for (guint i = 0; i < n && n <= AT_ONCE_MAX; i++) {
        JsonNode *node = json_array_get_element(list, i);
        Sent sent = {.asked = -1};
        sent.object = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
        JsonNode *key =
            sent.object != NULL ? json_object_get_member(sent.object, "key") : NULL;
        if (!is_text(key)) {
            return false;
        }
        sent.key = json_node_get_string(key);
        if (!lk_api_key_parse(sent.key, &sent.place) ||
            (sent.place.crop == 0 && sent.place.field == NULL)) {
            return false;
        }
        g_array_append_val(all, sent);
    }
    return n >= 1 && n <= AT_ONCE_MAX;
}

#define SEEN_BY_NOBODY (-1) /* no decision has that number: refused as taken */

static bool
is_typed_twice(LkKinds twice, const LkLayoutField *field)
{
    LkParcelKind kind;
    return lk_parcel_kind(field, &kind) && lk_kinds_has(twice, kind);
}

static void
prepare(const LkRequest *request, LkKinds twice, GArray *all, GArray *asked)
{
    for (guint i = 0; i < all->len; i++) {
        Sent *sent = &g_array_index(all, Sent, i);
        if (sent->place.crop != 0) {
            settle_crop(request, sent);
        } else if (check_field(request, sent)) {
            LkDecisionAsked one = {
                .decision = {.page = sent->place.page,
                             .field = sent->field->name,
                             .row = sent->place.row,
                             .value = sent->checked.value,
                             .options = sent->checked.options,
                             .who = lk_api_login(request)},
                .sealed = sent->checked.sealed,
                .seen = lk_api_sent_number(sent->object, "version", SEEN_BY_NOBODY),
                .twice = is_typed_twice(twice, sent->field),
                .seen_keying =
                    lk_api_sent_number(sent->object, "keying", SEEN_BY_NOBODY),
                .session = request->visitor->session};
            sent->asked = (int)asked->len;
            g_array_append_val(asked, one);
        }
    }
}

/* What was written, and what was refused after all. */
static void
take_up(const LkRequest *request, GArray *all, GArray *asked)
{
    for (guint i = 0; i < all->len; i++) {
        Sent *sent = &g_array_index(all, Sent, i);
        if (sent->asked < 0) {
            continue;
        }
        LkDecisionAsked *one =
            &g_array_index(asked, LkDecisionAsked, (guint)sent->asked);
        if (one->refusal != NULL) {
            (void)refuse_for(request, sent, one->refusal);
            continue;
        }
        sent->done = one->id != 0 ? one->id : one->keying;
        sent->version = one->id != 0 ? one->id : one->seen;
        if (one->id == 0) { /* it waits for somebody else */
            lk_queue_touch(request->web->api->queue, &sent->record->case_code);
            continue;
        }
        const LkQueuePlace place = {sent->record->case_code, sent->record->id.form,
                                    sent->place.page, sent->field->name,
                                    sent->place.row};
        lk_queue_settle(request->web->api->queue, &place);
    }
}

static void
add_outcome(JsonBuilder *json, const GArray *all)
{
    json_builder_set_member_name(json, "done");
    json_builder_begin_array(json);
    for (guint i = 0; i < all->len; i++) {
        const Sent *sent = &g_array_index(all, Sent, i);
        if (sent->done != 0) {
            json_builder_begin_object(json);
            lk_json_text(json, "key", sent->key);
            lk_json_number(json, "version", sent->version);
            json_builder_end_object(json);
        }
    }
    json_builder_end_array(json);
    json_builder_set_member_name(json, "refused");
    json_builder_begin_array(json);
    for (guint i = 0; i < all->len; i++) {
        const Sent *sent = &g_array_index(all, Sent, i);
        if (sent->done == 0) {
            json_builder_begin_object(json);
            lk_json_text(json, "key", sent->key);
            lk_json_text(json, "code", sent->code);
            lk_json_text(json, "message", sent->message);
            lk_json_text(json, "by", sent->by);
            lk_json_text(json, "at", sent->at);
            json_builder_end_object(json);
        }
    }
    json_builder_end_array(json);
}

static bool
may_decide(const LkRequest *request, const GArray *all, LkReply *reply)
{
    for (guint i = 0; i < all->len; i++) {
        if (g_array_index(all, Sent, i).place.crop == 0) {
            return lk_api_may_work(request, reply);
        }
    }
    return true;
}

void
lk_handle_decide(const LkRequest *request, LkReply *reply)
{
    g_autoptr(GArray) all = g_array_new(FALSE, TRUE, sizeof(Sent));
    g_array_set_clear_func(all, sent_clear);
    if (!take_apart(request, all)) {
        lk_api_bad(reply);
        return;
    }
    if (!may_decide(request, all, reply)) {
        return;
    }
    g_autoptr(GArray) asked = g_array_new(FALSE, TRUE, sizeof(LkDecisionAsked));
    g_array_set_clear_func(asked, (GDestroyNotify)lk_decision_asked_clear);
    g_autoptr(GError) error = NULL;
    LkKinds twice = 0;
    if (!lk_second_load(request->web->store, &twice, &error)) {
        lk_reply_fail(reply, error);
        return;
    }
    prepare(request, twice, all, asked);
    if (asked->len > 0 && !lk_store_decide_all(request->web->store,
                                               (LkDecisionAsked *)(void *)asked->data,
                                               asked->len, &error)) {
        lk_reply_fail(reply, error);
        return;
    }
    take_up(request, all, asked);
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    add_outcome(json, all);
    lk_api_add_queues(request, json);
    json_builder_end_object(json);
    lk_reply_json(reply, json);
}
