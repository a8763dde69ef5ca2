/* sets.c - sets.yaml: which forms are printed together. */
#include "form/template.h"

#include <string.h>

static void
free_codes(gpointer codes)
{
    g_ptr_array_unref(codes);
}

static void
complain(const LkSource *source, const LkNode *node, const char *what)
{
    lk_problem_add(source->problems, source->file, node->line, node->column, "%s",
                   what);
}

/* One code of a set, if there is such a form. */
static void
add_code(const LkSource *source, const LkNode *node, const LkFormSet *forms,
         GPtrArray *codes)
{
    if (node->kind != LK_NODE_SCALAR) {
        complain(source, node, _("a set lists codes of forms, like 1.B"));
    } else if (lk_form_set_lookup(forms, node->text) == NULL) {
        lk_problem_add(source->problems, source->file, node->line, node->column,
                       _("there is no form '%s'; `lakana forms` lists them"),
                       node->text);
    } else {
        g_ptr_array_add(codes, g_strdup(node->text));
    }
}

static void
add_set(const LkSource *source, const LkNode *key, const LkNode *list,
        const LkFormSet *forms, GHashTable *sets)
{
    if (list->kind != LK_NODE_LIST || list->items->len == 0) {
        complain(source, list, _("a set lists codes of forms: [1.A, 1.B]"));
        return;
    }
    if (g_hash_table_contains(sets, key->text)) {
        lk_problem_add(source->problems, source->file, key->line, key->column,
                       _("there are two sets '%s'; rename one"), key->text);
        return;
    }
    GPtrArray *codes = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < list->items->len; i++) {
        add_code(source, g_ptr_array_index(list->items, i), forms, codes);
    }
    g_hash_table_insert(sets, g_strdup(key->text), codes);
}

GHashTable *
lk_template_sets(const LkSource *source, const LkNode *root, const LkFormSet *forms)
{
    GHashTable *sets =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_codes);
    if (root->kind != LK_NODE_MAP) {
        complain(source, root,
                 _("a name and a list of forms are expected: "
                   "ouverture: [1.A, 1.B]"));
        return sets;
    }
    for (guint i = 0; i < root->keys->len; i++) {
        add_set(source, g_ptr_array_index(root->keys, i),
                g_ptr_array_index(root->items, i), forms, sets);
    }
    return sets;
}
