/* layout_json.c - layouts as JSON: the geometry that others may check, and the full
 * form that the store keeps and offices exchange. What comes in is not trusted. */
#include "form/plan.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define FORMAT 1
#define MAX_BYTES (8 << 20)
#define MAX_DEPTH 12 /* json-glib recurses without a limit of its own */
#define MAX_PAGES 9
#define MAX_FIELDS 2000
#define MAX_PLACES 5000 /* boxes, cells or lines of a page */

/* --- Writing. ----------------------------------------------------------------------
 */

static void
put_string(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\') {
            g_string_append_c(out, '\\');
            g_string_append_c(out, *c);
        } else if ((unsigned char)*c < 0x20) {
            g_string_append_printf(out, "\\u%04x", (unsigned)*c);
        } else {
            g_string_append_c(out, *c);
        }
    }
    g_string_append_c(out, '"');
}

/* ,"key":"text", or nothing if there is no text */
static void
put_member(GString *out, const char *key, const char *text)
{
    if (text != NULL) {
        g_string_append_printf(out, ",\"%s\":", key);
        put_string(out, text);
    }
}

static void
put_flag(GString *out, const char *key, bool is_set)
{
    if (is_set) {
        g_string_append_printf(out, ",\"%s\":true", key);
    }
}

/* Hundredths of a mm, without needless zeros. */
static void
put_mm(GString *out, double mm)
{
    long hundredths = lround(mm * 100);
    g_string_append_printf(out, "%ld", hundredths / 100);
    if (hundredths % 100 != 0) {
        g_string_append_printf(out, hundredths % 10 != 0 ? ".%02ld" : ".%ld",
                               hundredths % 10 != 0 ? hundredths % 100
                                                    : hundredths % 100 / 10);
    }
}

/* "x":…,"y":…,"w":…,"h":… */
static void
put_named_rect(GString *out, LkRect rect)
{
    const struct {
        const char *name;
        double value;
    } parts[] = {{"\"x\":", rect.x},
                 {",\"y\":", rect.y},
                 {",\"w\":", rect.w},
                 {",\"h\":", rect.h}};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_string_append(out, parts[i].name);
        put_mm(out, parts[i].value);
    }
}

static void
put_rects(GString *out, const char *key, const LkRect *rects, size_t n)
{
    g_string_append_printf(out, "\"%s\":[", key);
    for (size_t i = 0; i < n; i++) {
        g_string_append(out, i > 0 ? ",{" : "{");
        put_named_rect(out, rects[i]);
        g_string_append_c(out, '}');
    }
    g_string_append_c(out, ']');
}

static const char *
kind_of(const LkLayoutField *field)
{
    return lk_field_type_name(field->type);
}

static void
put_head(GString *out, const LkLayout *layout, const LkLayoutField **field, int index,
         int row, bool is_first)
{
    *field = lk_layout_field(layout, index);
    g_string_append(out, is_first ? "{\"field\":" : ",\n{\"field\":");
    put_string(out, (*field)->name);
    g_string_append_printf(out, ",\"row\":%d,", row);
}

static void
put_geometry_page(GString *out, const LkLayout *layout, const LkLayoutPage *page)
{
    const LkLayoutField *field = NULL;
    g_string_append_printf(out, "{\"page\":%d,\n", page->number);
    put_rects(out, "fiducials", page->fiducials, G_N_ELEMENTS(page->fiducials));
    g_string_append(out, ",\n");
    put_rects(out, "qr", page->qr, G_N_ELEMENTS(page->qr));
    g_string_append(out, ",\n\"boxes\":[\n");
    for (guint i = 0; i < page->boxes->len; i++) {
        const LkBox *box = &g_array_index(page->boxes, LkBox, i);
        put_head(out, layout, &field, box->field, box->row, i == 0);
        const LkOption *option = g_ptr_array_index(field->options, (guint)box->option);
        g_string_append(out, "\"value\":");
        put_string(out, option->value);
        g_string_append_printf(out, ",\"kind\":\"%s\",", kind_of(field));
        put_named_rect(out, box->outline);
        g_string_append_c(out, '}');
    }
    g_string_append(out, "],\n\"cells\":[\n");
    for (guint i = 0; i < page->cells->len; i++) {
        const LkCell *cell = &g_array_index(page->cells, LkCell, i);
        put_head(out, layout, &field, cell->field, cell->row, i == 0);
        g_string_append_printf(out, "\"index\":%d,", cell->index);
        put_named_rect(out, cell->outline);
        g_string_append_c(out, '}');
    }
    g_string_append(out, "],\n\"writing\":[\n");
    for (guint i = 0; i < page->writing->len; i++) {
        const LkWriting *area = &g_array_index(page->writing, LkWriting, i);
        put_head(out, layout, &field, area->field, area->row, i == 0);
        put_named_rect(out, area->area);
        g_string_append_printf(out, ",\"pii\":%s}", field->pii ? "true" : "false");
    }
    g_string_append(out, "]}");
}

char *
lk_layout_geometry(const LkLayout *layout)
{
    GString *out = g_string_new("{\"form\":");
    put_string(out, layout->form);
    g_string_append_printf(out,
                           ",\"layout\":\"%s\",\"unit\":\"mm\",\"page_width\":%.0f,"
                           "\"page_height\":%.0f,\n\"pages\":[\n",
                           layout->id, LK_PAGE_WIDTH_MM, LK_PAGE_HEIGHT_MM);
    for (guint i = 0; i < layout->pages->len; i++) {
        g_string_append(out, i > 0 ? ",\n" : "");
        put_geometry_page(out, layout, g_ptr_array_index(layout->pages, i));
    }
    g_string_append(out, "]}\n");
    return g_string_free(out, FALSE);
}

static void
put_field(GString *out, const LkLayoutField *field)
{
    g_string_append(out, "{\"name\":");
    put_string(out, field->name);
    put_member(out, "label", field->label);
    put_member(out, "section", field->section);
    put_member(out, "type", lk_field_type_name(field->type));
    put_flag(out, "required", field->required);
    put_member(out, "required_if", field->required_if);
    put_flag(out, "pii", field->pii);
    put_flag(out, "sensitive", field->sensitive);
    put_flag(out, "preprinted", field->preprinted);
    put_member(out, "cpims", field->cpims);
    g_string_append_printf(out, ",\"rows\":%d,\"length\":%d,\"options\":[", field->rows,
                           field->length);
    for (guint i = 0; i < field->options->len; i++) {
        const LkOption *option = g_ptr_array_index(field->options, i);
        g_string_append(out, i > 0 ? ",{\"value\":" : "{\"value\":");
        put_string(out, option->value);
        put_member(out, "label", option->label);
        put_member(out, "number", option->number);
        put_member(out, "cpims", option->cpims);
        g_string_append_c(out, '}');
    }
    g_string_append(out, "]}");
}

static void
put_place(GString *out, const int head[3], LkRect rect, bool is_first)
{
    g_string_append_printf(out, "%s[%d,%d,%d", is_first ? "" : ",", head[0], head[1],
                           head[2]);
    const double parts[] = {rect.x, rect.y, rect.w, rect.h};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_string_append_c(out, ',');
        put_mm(out, parts[i]);
    }
    g_string_append_c(out, ']');
}

static void
put_slot(GString *out, const LkSlot *slot, bool is_first)
{
    g_string_append_printf(
        out, "%s{\"kind\":%d,\"face\":%d,\"align\":%d,\"size\":", is_first ? "" : ",",
        (int)slot->kind, (int)slot->face, (int)slot->align);
    put_mm(out, slot->size_pt);
    g_string_append(out, ",\"at_x\":");
    put_mm(out, slot->at.x);
    g_string_append(out, ",\"at_y\":");
    put_mm(out, slot->at.y);
    g_string_append_c(out, ',');
    put_named_rect(out, slot->area);
    g_string_append_c(out, '}');
}

static void
put_page(GString *out, const LkLayoutPage *page)
{
    g_string_append_printf(out, "{\"page\":%d,\"separable\":%s,", page->number,
                           page->separable ? "true" : "false");
    put_rects(out, "fiducials", page->fiducials, G_N_ELEMENTS(page->fiducials));
    g_string_append_c(out, ',');
    put_rects(out, "qr", page->qr, G_N_ELEMENTS(page->qr));
    g_string_append_c(out, ',');
    put_rects(out, "label_area", &page->label_area, 1);
    g_string_append(out, ",\n\"boxes\":[");
    for (guint i = 0; i < page->boxes->len; i++) {
        const LkBox *box = &g_array_index(page->boxes, LkBox, i);
        put_place(out, (int[]){box->field, box->row, box->option}, box->outline,
                  i == 0);
    }
    g_string_append(out, "],\n\"cells\":[");
    for (guint i = 0; i < page->cells->len; i++) {
        const LkCell *cell = &g_array_index(page->cells, LkCell, i);
        put_place(out, (int[]){cell->field, cell->row, cell->index}, cell->outline,
                  i == 0);
    }
    g_string_append(out, "],\n\"writing\":[");
    for (guint i = 0; i < page->writing->len; i++) {
        const LkWriting *area = &g_array_index(page->writing, LkWriting, i);
        put_place(out, (int[]){area->field, area->row, area->line}, area->area, i == 0);
    }
    g_string_append(out, "],\n\"slots\":[");
    for (guint i = 0; i < page->slots->len; i++) {
        put_slot(out, &g_array_index(page->slots, LkSlot, i), i == 0);
    }
    g_string_append(out, "]}");
}

char *
lk_layout_to_json(const LkLayout *layout)
{
    GString *out = g_string_new(NULL);
    g_string_append_printf(out, "{\"lakana_layout\":%d,\"id\":\"%s\",\"form\":", FORMAT,
                           layout->id);
    put_string(out, layout->form);
    put_member(out, "title", layout->title);
    put_flag(out, "repeatable", layout->repeatable);
    g_string_append(out, ",\n\"fields\":[");
    for (guint i = 0; i < layout->fields->len; i++) {
        g_string_append(out, i > 0 ? ",\n" : "\n");
        put_field(out, g_ptr_array_index(layout->fields, i));
    }
    g_string_append(out, "],\n\"pages\":[");
    for (guint i = 0; i < layout->pages->len; i++) {
        g_string_append(out, i > 0 ? ",\n" : "\n");
        put_page(out, g_ptr_array_index(layout->pages, i));
    }
    g_string_append(out, "]}\n");
    return g_string_free(out, FALSE);
}

/* --- Reading. ----------------------------------------------------------------------
 * Every getter says no instead of guessing; the first no ends it. */

typedef struct {
    bool failed;
    const char *what; /* what was wrong first */
} In;

static void
refuse(In *in, const char *what)
{
    if (!in->failed) {
        in->failed = true;
        in->what = what;
    }
}

static JsonNode *
member(In *in, JsonObject *object, const char *key)
{
    JsonNode *node = object != NULL ? json_object_get_member(object, key) : NULL;
    if (node == NULL) {
        refuse(in, key);
    }
    return node;
}

static JsonObject *
object_of(In *in, JsonNode *node, const char *what)
{
    if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node)) {
        refuse(in, what);
        return NULL;
    }
    return json_node_get_object(node);
}

/* A list of at most @max; NULL is a no. */
static JsonArray *
list_in(In *in, JsonObject *object, const char *key, guint max)
{
    JsonNode *node = member(in, object, key);
    if (node == NULL || !JSON_NODE_HOLDS_ARRAY(node) ||
        json_array_get_length(json_node_get_array(node)) > max) {
        refuse(in, key);
        return NULL;
    }
    return json_node_get_array(node);
}

static double
number_of(In *in, JsonNode *node, double min, double max, const char *what)
{
    GType type = node != NULL && JSON_NODE_HOLDS_VALUE(node)
                     ? json_node_get_value_type(node)
                     : G_TYPE_INVALID;
    double value = NAN;
    if (type == G_TYPE_DOUBLE || type == G_TYPE_INT64) {
        value = json_node_get_double(node);
    }
    if (!(value >= min && value <= max)) {
        refuse(in, what);
        return min;
    }
    return value;
}

static double
number_in(In *in, JsonObject *object, const char *key, double min, double max)
{
    return number_of(in, member(in, object, key), min, max, key);
}

static int
int_of(In *in, JsonNode *node, int min, int max, const char *what)
{
    double value = number_of(in, node, min, max, what);
    if (value != floor(value)) {
        refuse(in, what);
    }
    return (int)value;
}

static int
int_in(In *in, JsonObject *object, const char *key, int min, int max)
{
    return int_of(in, member(in, object, key), min, max, key);
}

static bool
flag_in(JsonObject *object, const char *key)
{
    JsonNode *node = object != NULL ? json_object_get_member(object, key) : NULL;
    return node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
           json_node_get_value_type(node) == G_TYPE_BOOLEAN &&
           json_node_get_boolean(node);
}

/* (transfer full): NULL if absent and not needed, or refused. */
static char *
string_in(In *in, JsonObject *object, const char *key, bool is_needed)
{
    JsonNode *node = object != NULL ? json_object_get_member(object, key) : NULL;
    if (node == NULL && !is_needed) {
        return NULL;
    }
    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
        json_node_get_value_type(node) != G_TYPE_STRING) {
        refuse(in, key);
        return NULL;
    }
    const char *text = json_node_get_string(node);
    if (strlen(text) > 2000 || (is_needed && *text == '\0') ||
        !g_utf8_validate(text, -1, NULL)) {
        refuse(in, key);
        return NULL;
    }
    return g_strdup(text);
}

/* Inside the page, not empty. */
static void
check_rect(In *in, LkRect rect, const char *what)
{
    if (!(rect.w > 0 && rect.h > 0 &&
          lk_rect_contains((LkRect){0, 0, LK_PAGE_WIDTH_MM, LK_PAGE_HEIGHT_MM},
                           rect))) {
        refuse(in, what);
    }
}

static LkRect
rect_in(In *in, JsonObject *object, const char *what)
{
    LkRect rect = {
        number_in(in, object, "x", 0, 210), number_in(in, object, "y", 0, 297),
        number_in(in, object, "w", 0, 210), number_in(in, object, "h", 0, 297)};
    if (!in->failed) {
        check_rect(in, rect, what);
    }
    return rect;
}

static void
rects_in(In *in, JsonObject *page, const char *key, LkRect *rects, guint n)
{
    JsonArray *list = list_in(in, page, key, n);
    if (list == NULL || json_array_get_length(list) != n) {
        refuse(in, key);
        return;
    }
    for (guint i = 0; i < n; i++) {
        rects[i] =
            rect_in(in, object_of(in, json_array_get_element(list, i), key), key);
    }
}

/* [a, b, c, x, y, w, h] */
typedef struct {
    int head[3];
    LkRect rect;
} InPlace;

static InPlace
place_of(In *in, JsonNode *node, const char *what)
{
    InPlace place = {{0, 0, 0}, {0, 0, 0, 0}};
    if (node == NULL || !JSON_NODE_HOLDS_ARRAY(node) ||
        json_array_get_length(json_node_get_array(node)) != 7) {
        refuse(in, what);
        return place;
    }
    JsonArray *numbers = json_node_get_array(node);
    double rect[4];
    for (guint i = 0; i < 7; i++) {
        JsonNode *number = json_array_get_element(numbers, i);
        if (i < 3) {
            place.head[i] = int_of(in, number, 0, 100000, what);
        } else {
            rect[i - 3] = number_of(in, number, 0, 297, what);
        }
    }
    place.rect = (LkRect){rect[0], rect[1], rect[2], rect[3]};
    if (!in->failed) {
        check_rect(in, place.rect, what);
    }
    return place;
}

/* The field a place belongs to, if field and row exist. */
static const LkLayoutField *
owner_of(In *in, const LkLayout *layout, const InPlace *place, const char *what)
{
    if (in->failed || (guint)place->head[0] >= layout->fields->len) {
        refuse(in, what);
        return NULL;
    }
    const LkLayoutField *field = lk_layout_field(layout, place->head[0]);
    bool row_fits = field->rows == 0
                        ? place->head[1] == 0
                        : place->head[1] >= 1 && place->head[1] <= field->rows;
    if (!row_fits) {
        refuse(in, what);
        return NULL;
    }
    return field;
}

static void
read_boxes(In *in, const LkLayout *layout, JsonObject *object, LkLayoutPage *page)
{
    JsonArray *list = list_in(in, object, "boxes", MAX_PLACES);
    for (guint i = 0; list != NULL && !in->failed && i < json_array_get_length(list);
         i++) {
        InPlace place = place_of(in, json_array_get_element(list, i), "boxes");
        const LkLayoutField *field = owner_of(in, layout, &place, "boxes");
        if (field == NULL || (guint)place.head[2] >= field->options->len) {
            refuse(in, "boxes");
            return;
        }
        LkBox box = {place.head[0], place.head[1], place.head[2], place.rect};
        g_array_append_val(page->boxes, box);
    }
}

static void
read_cells(In *in, const LkLayout *layout, JsonObject *object, LkLayoutPage *page)
{
    JsonArray *list = list_in(in, object, "cells", MAX_PLACES);
    for (guint i = 0; list != NULL && !in->failed && i < json_array_get_length(list);
         i++) {
        InPlace place = place_of(in, json_array_get_element(list, i), "cells");
        const LkLayoutField *field = owner_of(in, layout, &place, "cells");
        if (field == NULL || place.head[2] >= field->length) {
            refuse(in, "cells");
            return;
        }
        LkCell cell = {place.head[0], place.head[1], place.head[2], place.rect};
        g_array_append_val(page->cells, cell);
    }
}

static void
read_writing(In *in, const LkLayout *layout, JsonObject *object, LkLayoutPage *page)
{
    JsonArray *list = list_in(in, object, "writing", MAX_PLACES);
    for (guint i = 0; list != NULL && !in->failed && i < json_array_get_length(list);
         i++) {
        InPlace place = place_of(in, json_array_get_element(list, i), "writing");
        if (owner_of(in, layout, &place, "writing") == NULL || place.head[2] > 100) {
            refuse(in, "writing");
            return;
        }
        LkWriting area = {place.head[0], place.head[1], place.head[2], place.rect};
        g_array_append_val(page->writing, area);
    }
}

static void
read_slots(In *in, JsonObject *object, LkLayoutPage *page)
{
    JsonArray *list = list_in(in, object, "slots", 20);
    for (guint i = 0; list != NULL && !in->failed && i < json_array_get_length(list);
         i++) {
        JsonObject *entry = object_of(in, json_array_get_element(list, i), "slots");
        LkSlot slot = {
            .kind = (LkSlotKind)int_in(in, entry, "kind", 0, LK_N_SLOTS - 1),
            .face = (LkFace)int_in(in, entry, "face", 0, LK_N_FACES - 1),
            .align = (LkAlign)int_in(in, entry, "align", 0, LK_ALIGN_RIGHT),
            .size_pt = number_in(in, entry, "size", 4, 72),
            .at = {number_in(in, entry, "at_x", 0, 210),
                   number_in(in, entry, "at_y", 0, 297)},
            .area = rect_in(in, entry, "slots"),
        };
        g_array_append_val(page->slots, slot);
    }
}

static void
read_page(In *in, LkLayout *layout, JsonObject *object, int number)
{
    LkLayoutPage *page = lk_page_new(number);
    g_ptr_array_add(layout->pages, page);
    if (int_in(in, object, "page", 1, MAX_PAGES) != number) {
        refuse(in, "page");
    }
    page->separable = flag_in(object, "separable");
    rects_in(in, object, "fiducials", page->fiducials, G_N_ELEMENTS(page->fiducials));
    rects_in(in, object, "qr", page->qr, G_N_ELEMENTS(page->qr));
    rects_in(in, object, "label_area", &page->label_area, 1);
    read_boxes(in, layout, object, page);
    read_cells(in, layout, object, page);
    read_writing(in, layout, object, page);
    read_slots(in, object, page);
}

static void
read_options(In *in, JsonObject *object, LkLayoutField *field)
{
    JsonArray *list = list_in(in, object, "options", 500);
    for (guint i = 0; list != NULL && !in->failed && i < json_array_get_length(list);
         i++) {
        JsonObject *entry = object_of(in, json_array_get_element(list, i), "options");
        LkOption *option = g_new0(LkOption, 1);
        g_ptr_array_add(field->options, option);
        option->value = string_in(in, entry, "value", true);
        option->label = string_in(in, entry, "label", true);
        option->number = string_in(in, entry, "number", false);
        option->cpims = string_in(in, entry, "cpims", false);
        option->file = g_intern_static_string("");
    }
}

static void
read_field(In *in, LkLayout *layout, JsonObject *object, GHashTable *names)
{
    LkLayoutField *field = lk_layout_field_alloc();
    g_ptr_array_add(layout->fields, field);
    field->name = string_in(in, object, "name", true);
    field->label = string_in(in, object, "label", true);
    field->section = string_in(in, object, "section", true);
    g_autofree char *type = string_in(in, object, "type", true);
    if (type == NULL || !lk_field_type_parse(type, &field->type) ||
        field->type == LK_FIELD_TABLE) {
        refuse(in, "type");
    }
    if (field->name != NULL && !g_hash_table_add(names, field->name)) {
        refuse(in, "name");
    }
    field->required = flag_in(object, "required");
    field->required_if = string_in(in, object, "required_if", false);
    field->pii = flag_in(object, "pii");
    field->sensitive = flag_in(object, "sensitive");
    field->preprinted = flag_in(object, "preprinted");
    field->cpims = string_in(in, object, "cpims", false);
    field->rows = int_in(in, object, "rows", 0, 100);
    field->length = int_in(in, object, "length", 0, 100);
    read_options(in, object, field);
}

static LkLayout *
read_layout(In *in, JsonNode *root)
{
    JsonObject *object = object_of(in, root, "{");
    g_autoptr(LkLayout) layout = lk_layout_alloc();
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    (void)int_in(in, object, "lakana_layout", FORMAT, FORMAT);
    layout->form = string_in(in, object, "form", true);
    layout->title = string_in(in, object, "title", true);
    layout->repeatable = flag_in(object, "repeatable");
    JsonArray *fields = list_in(in, object, "fields", MAX_FIELDS);
    for (guint i = 0;
         fields != NULL && !in->failed && i < json_array_get_length(fields); i++) {
        read_field(in, layout,
                   object_of(in, json_array_get_element(fields, i), "fields"), names);
    }
    JsonArray *pages = list_in(in, object, "pages", MAX_PAGES);
    for (guint i = 0; pages != NULL && !in->failed && i < json_array_get_length(pages);
         i++) {
        read_page(in, layout, object_of(in, json_array_get_element(pages, i), "pages"),
                  (int)i + 1);
    }
    if (in->failed || layout->pages->len == 0) {
        refuse(in, "pages");
        return NULL;
    }
    g_autofree char *id = string_in(in, object, "id", true);
    lk_layout_name(layout);
    if (id == NULL || strcmp(id, layout->id) != 0) {
        refuse(in, "id");
    }
    return in->failed ? NULL : g_steal_pointer(&layout);
}

/* Whether brackets nest no deeper than MAX_DEPTH. */
static bool
is_shallow(const char *json)
{
    int depth = 0;
    bool quoted = false;
    for (const char *c = json; *c != '\0'; c++) {
        if (quoted) {
            if (*c == '\\' && c[1] != '\0') {
                c++;
            } else if (*c == '"') {
                quoted = false;
            }
        } else if (*c == '"') {
            quoted = true;
        } else if (*c == '[' || *c == '{') {
            depth++;
        } else if (*c == ']' || *c == '}') {
            depth--;
        }
        if (depth > MAX_DEPTH) {
            return false;
        }
    }
    return true;
}

LkLayout *
lk_layout_from_json(const char *json, GError **error)
{
    In in = {false, NULL};
    size_t len = strnlen(json, MAX_BYTES + 1);
    LkLayout *layout = NULL;
    if (len > MAX_BYTES || !is_shallow(json) || !g_utf8_validate(json, -1, NULL)) {
        refuse(&in, "JSON");
    } else {
        g_autoptr(JsonParser) parser = json_parser_new_immutable();
        if (json_parser_load_from_data(parser, json, (gssize)len, NULL)) {
            layout = read_layout(&in, json_parser_get_root(parser));
        } else {
            refuse(&in, "JSON");
        }
    }
    if (layout == NULL) {
        g_set_error(error, LK_FORM_ERROR, LK_FORM_ERROR_LAYOUT,
                    _("this is not a layout of lakana, or it was damaged or changed "
                      "(at '%s'); ask the other office to export it again"),
                    in.what != NULL ? in.what : "JSON");
    }
    return layout;
}
