/* truth.c - what was meant, as JSON. */
#include "tests/sim/sim.h"

#include <json-glib/json-glib.h>
#include <string.h>

static void
text(JsonBuilder *json, const char *name, const char *value)
{
    json_builder_set_member_name(json, name);
    json_builder_add_string_value(json, value);
}

static void
number(JsonBuilder *json, const char *name, int value)
{
    json_builder_set_member_name(json, name);
    json_builder_add_int_value(json, value);
}

static void
list(JsonBuilder *json, const char *name)
{
    json_builder_set_member_name(json, name);
    json_builder_begin_array(json);
}

static void
place(JsonBuilder *json, const LkLayoutField *field, int row)
{
    json_builder_begin_object(json);
    text(json, "field", field->name);
    number(json, "row", row);
}

static void
add_boxes(JsonBuilder *json, const LkLayout *layout, const LkLayoutPage *page,
          const SimTruth *truth)
{
    list(json, "boxes");
    for (guint i = 0; i < page->boxes->len; i++) {
        const LkBox *box = &g_array_index(page->boxes, LkBox, i);
        const LkLayoutField *field = lk_layout_field(layout, box->field);
        const LkOption *option = g_ptr_array_index(field->options, (guint)box->option);
        SimMeaning meaning = g_array_index(truth->boxes, SimBoxTruth, i).meaning;
        if (meaning != SIM_EMPTY) {
            place(json, field, box->row);
            text(json, "value", option->value);
            text(json, "meaning", meaning == SIM_MARKED ? "marked" : "cancelled");
            json_builder_end_object(json);
        }
    }
    json_builder_end_array(json);
}

/* Boxes that nobody can tell, if there are any. */
static void
add_lost(JsonBuilder *json, const LkLayout *layout, const LkLayoutPage *page,
         const SimTruth *truth)
{
    bool any = false;
    for (guint i = 0; i < page->boxes->len; i++) {
        const LkBox *box = &g_array_index(page->boxes, LkBox, i);
        const LkLayoutField *field = lk_layout_field(layout, box->field);
        const LkOption *option = g_ptr_array_index(field->options, (guint)box->option);
        if (!g_array_index(truth->boxes, SimBoxTruth, i).lost) {
            continue;
        }
        if (!any) {
            list(json, "lost");
            any = true;
        }
        place(json, field, box->row);
        text(json, "value", option->value);
        json_builder_end_object(json);
    }
    if (any) {
        json_builder_end_array(json);
    }
}

/* One entry a comb: its characters together, '_' for an empty cell. */
static void
add_combs(JsonBuilder *json, const LkLayout *layout, const LkLayoutPage *page,
          const SimTruth *truth)
{
    list(json, "combs");
    for (guint i = 0; i < page->cells->len;) {
        const LkCell *first = &g_array_index(page->cells, LkCell, i);
        g_autoptr(GString) written = g_string_new(NULL);
        for (; i < page->cells->len; i++) {
            const LkCell *cell = &g_array_index(page->cells, LkCell, i);
            if (cell->field != first->field || cell->row != first->row) {
                break;
            }
            char c = truth->cells->str[i];
            g_string_append_c(written, c == ' ' ? '_' : c);
        }
        if (strspn(written->str, "_") < written->len) {
            place(json, lk_layout_field(layout, first->field), first->row);
            text(json, "value", written->str);
            json_builder_end_object(json);
        }
    }
    json_builder_end_array(json);
}

static void
add_writing(JsonBuilder *json, const LkLayout *layout, const LkLayoutPage *page,
            const SimTruth *truth)
{
    list(json, "writing");
    for (guint i = 0; i < page->writing->len; i++) {
        const LkWriting *writing = &g_array_index(page->writing, LkWriting, i);
        if (g_array_index(truth->writing, bool, i)) {
            place(json, lk_layout_field(layout, writing->field), writing->row);
            number(json, "line", writing->line);
            json_builder_end_object(json);
        }
    }
    json_builder_end_array(json);
}

char *
sim_truth_json(const GPtrArray *truths, const GPtrArray *layouts,
               const char *const *files, const int *indexes)
{
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    list(json, "pages");
    for (guint i = 0; i < truths->len; i++) {
        const SimTruth *truth = g_ptr_array_index(truths, i);
        const LkLayout *layout = g_ptr_array_index(layouts, i);
        const LkLayoutPage *page = lk_layout_page(layout, truth->id.page);
        g_autofree char *code = lk_case_code_format(&truth->id.case_code);
        json_builder_begin_object(json);
        text(json, "file", files[i]);
        number(json, "index", indexes[i]);
        text(json, "case", code);
        text(json, "form", truth->id.form);
        number(json, "page", truth->id.page);
        text(json, "copy", truth->id.copy);
        text(json, "layout", truth->id.layout);
        text(json, "style", sim_style_name(truth->style));
        text(json, "pen", sim_pen_name(truth->pen));
        add_boxes(json, layout, page, truth);
        add_lost(json, layout, page, truth);
        add_combs(json, layout, page, truth);
        add_writing(json, layout, page, truth);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
    json_builder_end_object(json);
    g_autoptr(JsonGenerator) generator = json_generator_new();
    g_autoptr(JsonNode) root = json_builder_get_root(json);
    json_generator_set_root(generator, root);
    return json_generator_to_data(generator, NULL);
}
