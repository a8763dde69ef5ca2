/* api-items.c - one field that waits, as the page shows it: by itself, or in a wall. */
#include "web/api.h"

#include <string.h>

/* --- What is said of every item. ----------------------------------------------------
 */

void
lk_api_add_head(LkApiAnswer *answer, const LkQueueItem *item)
{
    JsonBuilder *json = answer->json;
    LkApi *api = answer->api;
    g_autofree char *key = lk_queue_item_key(item);
    const LkLayout *layout = lk_queue_layout(api->queue, item->layout);
    bool has_form = item->form[0] != '\0';
    lk_json_text(json, "key", key);
    lk_json_text(json, "queue", lk_queue_name(item->queue));
    lk_json_number(json, "version", item->version);
    if (item->page != 0) {
        lk_json_number(json, "page", item->page);
    }
    lk_json_case(json, "case", item->code);
    lk_json_text(json, "form", has_form ? item->form : NULL);
    lk_json_text(json, "title", layout != NULL ? layout->title : NULL);
    lk_json_text(json, "copy", *item->copy != '\0' ? item->copy : NULL);
    lk_json_number(json, "number",
                   has_form && *item->code != '\0'
                       ? lk_api_number(answer->request->web->store, item->code,
                                       item->form, item->copy)
                       : 1);
    lk_json_number(json, "page_number", item->page_number);
}

/* --- Fields. ------------------------------------------------------------------------
 */

/* In a table, the words of its row stand beside it on paper, so the row's number does.
 */
static const char *
label_of(const LkLayoutField *field)
{
    return *field->label != '\0' ? field->label : field->name;
}

static const char *
format_of(const LkLayoutField *field)
{
    switch (field->type) {
    case LK_FIELD_DATE:
        return "date";
    case LK_FIELD_DIGITS:
        return "digits";
    case LK_FIELD_CODE:
        return "code";
    case LK_FIELD_LINES:
        return "lines";
    default:
        return field->options->len > 0 ? "mark" : "text";
    }
}

static void
add_crop(LkApiAnswer *answer, const LkQueueItem *item, const char *option)
{
    g_autofree char *page = g_strdup_printf("%" G_GINT64_FORMAT, item->page);
    g_autofree char *row = g_strdup_printf("%d", item->row);
    lk_json_path(answer->json, "crop", "crop", page, row, item->field, option, NULL);
}

static void
add_boxes(LkApiAnswer *answer, const LkQueueItem *item, const LkLayoutField *field)
{
    JsonBuilder *json = answer->json;
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) boxes = lk_queue_boxes(
        answer->api->queue, answer->request->visitor->session, item, &error);
    if (boxes == NULL) { /* the crop says why; decided from the whole question */
        g_warning("%s", error->message);
    }
    json_builder_set_member_name(json, "boxes");
    json_builder_begin_array(json);
    for (guint i = 0; boxes != NULL && i < boxes->len; i++) {
        const LkQueueBox *box = &g_array_index(boxes, LkQueueBox, i);
        const LkOption *option = g_ptr_array_index(field->options, (guint)box->option);
        json_builder_begin_object(json);
        lk_json_text(json, "option", option->value);
        lk_json_text(json, "label",
                     option->label != NULL ? option->label : option->value);
        lk_json_bool(json, "guess", box->guess);
        lk_json_bool(json, "sure", box->sure);
        json_builder_set_member_name(json, "score");
        json_builder_add_double_value(json, (double)(int)(box->score * 1000) / 1000);
        add_crop(answer, item, option->value);
        lk_json_area(json, box->outline);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
    lk_json_bool(json, "one", field->type != LK_FIELD_MULTI);
}

static void
add_typing(LkApiAnswer *answer, const LkLayoutField *field)
{
    LkParcelKind kind;
    lk_json_text(answer->json, "format", format_of(field));
    lk_json_number(answer->json, "length", field->length);
    if (lk_parcel_kind(field, &kind)) {
        lk_json_text(answer->json, "group", lk_parcel_kind_name(kind));
    }
}

/* What the two typed, for the third. */
static void
add_pair(LkApiAnswer *answer, const LkQueueItem *item, const LkLayoutField *field)
{
    JsonBuilder *json = answer->json;
    g_autoptr(GError) error = NULL;
    const LkParcelPlace place = {item->page, item->field, item->row};
    g_autoptr(GPtrArray) both = lk_keying_pair(
        answer->request->web->store, answer->request->visitor->session, &place, &error);
    if (both == NULL) { /* decided from the crop alone */
        g_warning("%s", error->message);
    }
    lk_json_number(json, "keying", item->keying);
    json_builder_set_member_name(json, "values");
    json_builder_begin_array(json);
    for (guint i = 0; both != NULL && i < both->len; i++) {
        const LkKeying *keying = g_ptr_array_index(both, i);
        char *text = keying->value != NULL
                         ? lk_case_value_text(field, lk_secret_data(keying->value))
                         : NULL;
        json_builder_begin_object(json);
        lk_json_text(json, "who", keying->who);
        lk_json_text(json, "text", text); /* null: nothing stands there */
        json_builder_end_object(json);
        if (text != NULL) {
            explicit_bzero(text, strlen(text));
        }
        g_free(text);
    }
    json_builder_end_array(json);
}

void
lk_api_add_field_item(LkApiAnswer *answer, const LkQueueItem *item)
{
    JsonBuilder *json = answer->json;
    int index = -1;
    const LkLayoutField *field =
        lk_queue_field(answer->api->queue, item->layout, item->field, &index);
    const LkLayout *layout = lk_queue_layout(answer->api->queue, item->layout);
    g_return_if_fail(field != NULL && layout != NULL); /* as the queue was made */
    json_builder_begin_object(json);
    lk_api_add_head(answer, item);
    lk_json_text(json, "field", item->field);
    lk_json_text(json, "label", label_of(field));
    lk_json_text(json, "section", field->section);
    lk_json_number(json, "row", item->row);
    lk_json_text(json, "type", lk_field_type_name(field->type));
    lk_json_bool(json, "personal", item->personal);
    lk_json_area(json, lk_crop_area(layout, item->page_number, index, item->row, NULL));
    add_crop(answer, item, NULL);
    if (item->reason != NULL) {
        lk_json_text(json, "reason", item->reason);
    }
    if (item->queue == LK_QUEUE_TYPE || item->queue == LK_QUEUE_REQUIRED) {
        add_typing(answer, field);
        lk_json_bool(json, "keyed", item->keyed_by[0] != NULL && item->keying == 0);
    }
    if (item->keying != 0) {
        add_pair(answer, item, field);
    }
    if (field->options->len > 0) {
        add_boxes(answer, item, field);
    }
    json_builder_end_object(json);
}

/* --- A clerk's crops. ---------------------------------------------------------------
 */

/* Nothing but the crop and what its field asks for. */
static void
add_parcel_item(const LkRequest *request, JsonBuilder *json, const LkParcelItem *item)
{
    const LkLayoutField *field =
        lk_queue_field(request->web->api->queue, item->layout, item->field, NULL);
    g_autofree char *key = g_strdup_printf("c:%" G_GINT64_FORMAT, item->id);
    json_builder_begin_object(json);
    lk_json_text(json, "key", key);
    lk_json_text(json, "queue", lk_queue_name(LK_QUEUE_TYPE));
    lk_json_number(json, "version", 0);
    lk_json_text(json, "label", field != NULL ? label_of(field) : item->field);
    lk_json_text(json, "type",
                 field != NULL ? lk_field_type_name(field->type) : "text");
    lk_json_text(json, "format", field != NULL ? format_of(field) : "text");
    lk_json_number(json, "length", field != NULL ? field->length : 0);
    lk_json_text(json, "group", lk_parcel_kind_name(item->kind));
    lk_json_path(json, "crop", "parcel", key + 2, NULL);
    json_builder_end_object(json);
}

static int
left_of(const GPtrArray *waiting)
{
    if (waiting->len == 0) {
        return 0;
    }
    const LkParcelItem *first = g_ptr_array_index(waiting, 0);
    return first->n_left;
}

/* A clerk gets the next ones only: what comes after is asked for again. */
void
lk_api_answer_parcel(const LkRequest *request, LkReply *reply)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) waiting = lk_parcel_waiting(request->visitor->session, &error);
    if (waiting == NULL) {
        lk_reply_fail(reply, error);
        return;
    }
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    lk_json_number(json, "count", left_of(waiting));
    lk_json_number(json, "closed", 0);
    json_builder_set_member_name(json, "items");
    json_builder_begin_array(json);
    for (guint i = 0; i < waiting->len; i++) {
        add_parcel_item(request, json, g_ptr_array_index(waiting, i));
    }
    json_builder_end_array(json);
    lk_json_text(json, "next", NULL);
    json_builder_end_object(json);
    lk_reply_json(reply, json);
}
