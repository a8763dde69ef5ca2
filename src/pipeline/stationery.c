/* stationery.c - the forms the program prints today, each laid out once. */
#include "pipeline/stationery.h"

#include <string.h>

struct LkStationery {
    LkFormSet *forms;
    LkFonts *fonts;
    GHashTable *layouts; /* form code -> LkLayout; both lent by the layout */
};

G_DEFINE_QUARK(lk - pipeline - error - quark, lk_pipeline_error)

static void
free_layout(gpointer layout)
{
    lk_layout_free(layout);
}

LkStationery *
lk_stationery_load(GError **error)
{
    g_autoptr(LkFonts) fonts = lk_fonts_load(error);
    if (fonts == NULL) {
        return NULL;
    }
    g_autoptr(LkFormSet) forms = lk_form_set_load(NULL, NULL, error);
    if (forms == NULL) {
        return NULL;
    }
    LkStationery *stationery = g_new0(LkStationery, 1);
    stationery->fonts = g_steal_pointer(&fonts);
    stationery->forms = g_steal_pointer(&forms);
    stationery->layouts =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_layout);
    return stationery;
}

void
lk_stationery_free(LkStationery *stationery)
{
    if (stationery == NULL) {
        return;
    }
    g_hash_table_unref(stationery->layouts);
    lk_form_set_free(stationery->forms);
    lk_fonts_free(stationery->fonts);
    g_free(stationery);
}

const LkFonts *
lk_stationery_fonts(const LkStationery *stationery)
{
    return stationery->fonts;
}

const LkLayout *
lk_stationery_layout(LkStationery *stationery, const char *form, GError **error)
{
    LkLayout *layout = g_hash_table_lookup(stationery->layouts, form);
    if (layout != NULL) {
        return layout;
    }
    const LkForm *found = lk_form_set_lookup(stationery->forms, form);
    if (found == NULL) {
        g_set_error(error, LK_PIPELINE_ERROR, LK_PIPELINE_ERROR_FORM,
                    _("there is no form '%s'; `lakana forms` lists them"), form);
        return NULL;
    }
    layout = lk_layout_new(found, stationery->fonts, error);
    if (layout != NULL) {
        g_hash_table_insert(stationery->layouts, layout->form, layout);
    }
    return layout;
}

const LkForm *
lk_stationery_form(const LkStationery *stationery, const char *form)
{
    return lk_form_set_lookup(stationery->forms, form);
}

const LkLayout *
lk_stationery_find(LkStationery *stationery, const char *layout_id)
{
    const GPtrArray *forms = lk_form_set_list(stationery->forms);
    for (guint i = 0; i < forms->len; i++) {
        const LkForm *form = g_ptr_array_index(forms, i);
        const LkLayout *layout = lk_stationery_layout(stationery, form->code, NULL);
        if (layout != NULL && strcmp(layout->id, layout_id) == 0) {
            return layout;
        }
    }
    return NULL;
}

static char *
join_names(const GPtrArray *names)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < names->len; i++) {
        g_string_append(text, i > 0 ? ", " : "");
        g_string_append(text, g_ptr_array_index(names, i));
    }
    return g_string_free(text, FALSE);
}

/* Whether @form is one of the first @n of @forms. */
static bool
is_among(const GPtrArray *forms, guint n, const char *form)
{
    for (guint i = 0; i < n; i++) {
        if (strcmp(g_ptr_array_index(forms, i), form) == 0) {
            return true;
        }
    }
    return false;
}

static bool
add_set(const LkStationery *stationery, const char *name, GPtrArray *forms,
        GError **error)
{
    const GPtrArray *bundle = lk_form_set_bundle(stationery->forms, name);
    if (bundle == NULL) {
        g_autoptr(GPtrArray) names = lk_form_set_bundle_names(stationery->forms);
        g_autofree char *known = join_names(names);
        g_set_error(error, LK_PIPELINE_ERROR, LK_PIPELINE_ERROR_FORM,
                    _("there is no set '%s'; templates/sets.yaml has: %s"), name,
                    known);
        return false;
    }
    /* Not compared with itself: a set may hold a form twice. */
    const guint n_before = forms->len;
    for (guint i = 0; i < bundle->len; i++) {
        const char *form = g_ptr_array_index(bundle, i);
        if (!is_among(forms, n_before, form)) {
            g_ptr_array_add(forms, g_strdup(form));
        }
    }
    return true;
}

GPtrArray *
lk_stationery_sets(const LkStationery *stationery, const char *names, GError **error)
{
    g_auto(GStrv) list = g_strsplit(names, ",", -1);
    g_autoptr(GPtrArray) forms = g_ptr_array_new_with_free_func(g_free);
    for (char **name = list; *name != NULL; name++) {
        if (!add_set(stationery, g_strstrip(*name), forms, error)) {
            return NULL;
        }
    }
    return g_steal_pointer(&forms);
}
