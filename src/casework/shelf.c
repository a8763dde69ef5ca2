/* shelf.c - layouts from the store, parsed once; values in the words of the paper. */
#include "casework/casework.h"

#include <string.h>

G_DEFINE_QUARK(lk_case_error, lk_case_error)

struct LkShelf {
    LkStore *store;
    GHashTable *layouts; /* id -> LkLayout */
};

static void
free_layout(gpointer layout)
{
    lk_layout_free(layout);
}

LkShelf *
lk_shelf_new(LkStore *store)
{
    LkShelf *shelf = g_new0(LkShelf, 1);
    shelf->store = store;
    shelf->layouts =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_layout);
    return shelf;
}

void
lk_shelf_free(LkShelf *shelf)
{
    if (shelf != NULL) {
        g_hash_table_unref(shelf->layouts);
        g_free(shelf);
    }
}

const LkLayout *
lk_shelf_layout(LkShelf *shelf, const char *id, GError **error)
{
    LkLayout *layout = g_hash_table_lookup(shelf->layouts, id);
    if (layout == NULL) {
        g_autofree char *json = lk_store_load_layout(shelf->store, id, error);
        layout = json != NULL ? lk_layout_from_json(json, error) : NULL;
        if (layout != NULL) {
            g_hash_table_insert(shelf->layouts, g_strdup(id), layout);
        }
    }
    return layout;
}

const LkLayoutField *
lk_shelf_field(LkShelf *shelf, const char *id, const char *name)
{
    const LkLayout *layout = lk_shelf_layout(shelf, id, NULL);
    int index = layout != NULL ? lk_layout_field_index(layout, name) : -1;
    return index >= 0 ? lk_layout_field(layout, index) : NULL;
}

static const char *
option_label(const LkLayoutField *field, const char *value)
{
    for (guint i = 0; i < field->options->len; i++) {
        const LkOption *option = g_ptr_array_index(field->options, i);
        if (strcmp(option->value, value) == 0) {
            return option->label != NULL ? option->label : value;
        }
    }
    return value;
}

static char *
multi_text(const LkLayoutField *field, const char *value)
{
    g_auto(GStrv) parts = g_strsplit(value, ",", -1);
    for (char **part = parts; *part != NULL; part++) {
        char *label = g_strdup(option_label(field, *part));
        g_free(*part);
        *part = label;
    }
    return g_strjoinv(", ", parts);
}

char *
lk_case_value_text(const LkLayoutField *field, const char *value)
{
    if (value == NULL || field == NULL) {
        return g_strdup(value);
    }
    switch (field->type) {
    case LK_FIELD_CHOICE:
    case LK_FIELD_SCALE:
        return g_strdup(option_label(field, value));
    case LK_FIELD_MULTI:
        return multi_text(field, value);
    case LK_FIELD_DATE:
        if (strlen(value) == 10) { /* 2026-11-23 */
            return g_strdup_printf("%.2s/%.2s/%.4s", value + 8, value + 5, value);
        }
        return g_strdup(value);
    default:
        return g_strdup(value);
    }
}
