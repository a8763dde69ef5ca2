/* set.c - the folder of templates as a set of forms. */
#include "form/template.h"

#include <string.h>

struct LkFormSet {
    GPtrArray *forms; /* LkForm, by code */
    GPtrArray *texts; /* LkPageTexts that the forms lean on */
    GHashTable *sets; /* name -> GPtrArray of char*, from sets.yaml */
};

/* YAML files of the templates folder that are no forms. */
static const char *const not_forms[] = {"lookups.yaml", "pages.yaml", "sets.yaml",
                                        "timetable.yaml", NULL};

#define MAX_FILE (4 << 20) /* bytes; the largest template is 20 KB */

typedef struct {
    LkFormSet *set;
    GPtrArray *problems;
} Loader;

/* What a folder lends to its forms. */
typedef struct {
    GHashTable *lookups;
    const LkPageTexts *texts;
} Shared;

static void
add_error(GPtrArray *problems, GError *error)
{
    g_ptr_array_add(problems, g_strdup(error->message));
    g_error_free(error);
}

/* Reads and parses; NULL with a problem. */
static LkNode *
load_node(Loader *loader, const char *path, const char *name)
{
    g_autofree char *bytes = NULL;
    gsize len = 0;
    GError *error = NULL;
    if (!g_file_get_contents(path, &bytes, &len, &error)) {
        g_ptr_array_add(loader->problems, g_strdup_printf(_("%s: cannot be read: %s"),
                                                          name, lk_error_text(error)));
        g_error_free(error);
        return NULL;
    }
    if (len > MAX_FILE) {
        g_ptr_array_add(loader->problems,
                        g_strdup_printf(_("%s: too large for a template"), name));
        return NULL;
    }
    LkNode *root = lk_node_parse(name, bytes, len, &error);
    if (root == NULL) {
        add_error(loader->problems, error);
    }
    return root;
}

/* How messages call the file @base of @dir: "templates/1b.yaml". */
static char *
display_name(const char *dir, bool is_own, const char *base)
{
    return is_own ? g_build_filename("templates", base, NULL)
                  : g_build_filename(dir, base, NULL);
}

/* lookups.yaml and pages.yaml of @dir, or of the program where @dir has none. */
static char *
shared_path(const char *dir, const char *base, bool *is_own)
{
    g_autofree char *path = g_build_filename(dir, base, NULL);
    if (g_file_test(path, G_FILE_TEST_EXISTS)) {
        return g_steal_pointer(&path);
    }
    g_autofree char *own = lk_data_path("templates", NULL);
    if (own == NULL) {
        return g_steal_pointer(&path);
    }
    *is_own = true;
    return g_build_filename(own, base, NULL);
}

static void
load_shared(Loader *loader, const char *dir, bool is_own, Shared *shared)
{
    bool lookups_own = is_own;
    bool pages_own = is_own;
    g_autofree char *lookups = shared_path(dir, "lookups.yaml", &lookups_own);
    g_autofree char *pages = shared_path(dir, "pages.yaml", &pages_own);
    g_autofree char *lookups_name = display_name(dir, lookups_own, "lookups.yaml");
    g_autofree char *pages_name = display_name(dir, pages_own, "pages.yaml");
    g_autoptr(LkNode) list = load_node(loader, lookups, lookups_name);
    g_autoptr(LkNode) furniture = load_node(loader, pages, pages_name);
    LkSource source = {lookups_name, loader->problems, NULL};
    shared->lookups = NULL;
    shared->texts = NULL;
    if (list != NULL) {
        shared->lookups = lk_template_lookups(&source, list);
    }
    if (furniture != NULL) {
        source.file = pages_name;
        LkPageTexts *texts = lk_template_texts(&source, furniture);
        g_ptr_array_add(loader->set->texts, texts);
        shared->texts = texts;
    }
}

static void
load_form(Loader *loader, const char *path, const char *name, const Shared *shared)
{
    g_autoptr(LkNode) root = load_node(loader, path, name);
    if (root == NULL || shared->lookups == NULL) {
        return;
    }
    LkSource source = {name, loader->problems, shared->lookups};
    LkForm *form = lk_template_form(&source, root);
    form->texts = shared->texts;
    const LkNode *code = lk_node_get(root, "code");
    const LkForm *other =
        form->code != NULL ? lk_form_set_lookup(loader->set, form->code) : NULL;
    if (other != NULL) {
        lk_problem_add(loader->problems, name, code->line, code->column,
                       _("the code '%s' is already that of %s; give one of the forms "
                         "another"),
                       form->code, other->file);
    }
    g_ptr_array_add(loader->set->forms, form);
}

/* sets.yaml names forms of the same folder; a folder need not have one. */
static void
load_sets(Loader *loader, const char *dir, bool is_own)
{
    g_autofree char *path = g_build_filename(dir, "sets.yaml", NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        return;
    }
    g_autofree char *name = display_name(dir, is_own, "sets.yaml");
    g_autoptr(LkNode) root = load_node(loader, path, name);
    if (root != NULL) {
        LkSource source = {name, loader->problems, NULL};
        g_hash_table_unref(loader->set->sets);
        loader->set->sets = lk_template_sets(&source, root, loader->set);
    }
}

static int
by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int
by_code(gconstpointer a, gconstpointer b)
{
    const LkForm *x = *(const LkForm *const *)a;
    const LkForm *y = *(const LkForm *const *)b;
    return strcmp(x->code, y->code);
}

/* Names of the templates of @dir, in order. */
static GPtrArray *
list_templates(const char *dir, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(GDir) folder = g_dir_open(dir, 0, &why);
    if (folder == NULL) {
        g_set_error(error, LK_FORM_ERROR, LK_FORM_ERROR_TEMPLATE,
                    _("%s: cannot be read: %s"), dir, lk_error_text(why));
        return NULL;
    }
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    const char *name = NULL;
    while ((name = g_dir_read_name(folder)) != NULL) {
        if (g_str_has_suffix(name, ".yaml") && name[0] != '.' &&
            !g_strv_contains(not_forms, name)) {
            g_ptr_array_add(names, g_strdup(name));
        }
    }
    g_ptr_array_sort(names, by_name);
    return names;
}

static LkFormSet *
set_new(void)
{
    LkFormSet *set = g_new0(LkFormSet, 1);
    set->forms = g_ptr_array_new_with_free_func((GDestroyNotify)lk_form_free);
    set->texts = g_ptr_array_new_with_free_func((GDestroyNotify)lk_page_texts_free);
    set->sets = g_hash_table_new(g_str_hash, g_str_equal);
    return set;
}

/* Hands the problems over; the set if there are none. */
static LkFormSet *
finish(Loader *loader, GPtrArray **problems, GError **error)
{
    g_autoptr(LkFormSet) set = loader->set;
    g_autoptr(GPtrArray) found = loader->problems;
    bool is_fine = found->len == 0;
    if (is_fine) {
        g_ptr_array_sort(set->forms, by_code);
    } else {
        g_set_error_literal(error, LK_FORM_ERROR, LK_FORM_ERROR_TEMPLATE,
                            g_ptr_array_index(found, 0));
    }
    if (problems != NULL) {
        *problems = g_steal_pointer(&found);
    }
    return is_fine ? g_steal_pointer(&set) : NULL;
}

LkFormSet *
lk_form_set_load(const char *dir, GPtrArray **problems, GError **error)
{
    Loader loader = {set_new(), g_ptr_array_new_with_free_func(g_free)};
    g_autofree char *own = dir == NULL ? lk_data_path("templates", error) : NULL;
    const char *folder = dir != NULL ? dir : own;
    g_autoptr(GPtrArray) names = folder != NULL ? list_templates(folder, error) : NULL;
    if (names == NULL) {
        lk_form_set_free(loader.set);
        if (problems != NULL) {
            *problems = g_steal_pointer(&loader.problems);
        }
        g_clear_pointer(&loader.problems, g_ptr_array_unref);
        return NULL;
    }
    Shared shared;
    load_shared(&loader, folder, dir == NULL, &shared);
    for (guint i = 0; i < names->len; i++) {
        const char *base = g_ptr_array_index(names, i);
        g_autofree char *path = g_build_filename(folder, base, NULL);
        g_autofree char *name = display_name(folder, dir == NULL, base);
        load_form(&loader, path, name, &shared);
    }
    g_clear_pointer(&shared.lookups, g_hash_table_unref);
    load_sets(&loader, folder, dir == NULL);
    return finish(&loader, problems, error);
}

LkFormSet *
lk_form_set_load_files(const char *const *files, GPtrArray **problems, GError **error)
{
    Loader loader = {set_new(), g_ptr_array_new_with_free_func(g_free)};
    for (size_t i = 0; files[i] != NULL; i++) {
        g_autofree char *dir = g_path_get_dirname(files[i]);
        Shared shared;
        load_shared(&loader, dir, false, &shared);
        load_form(&loader, files[i], files[i], &shared);
        g_clear_pointer(&shared.lookups, g_hash_table_unref);
    }
    return finish(&loader, problems, error);
}

void
lk_form_set_free(LkFormSet *set)
{
    if (set == NULL) {
        return;
    }
    g_ptr_array_unref(set->forms);
    g_ptr_array_unref(set->texts);
    g_hash_table_unref(set->sets);
    g_free(set);
}

const GPtrArray *
lk_form_set_list(const LkFormSet *set)
{
    return set->forms;
}

const LkForm *
lk_form_set_lookup(const LkFormSet *set, const char *code)
{
    for (guint i = 0; i < set->forms->len; i++) {
        const LkForm *form = g_ptr_array_index(set->forms, i);
        if (form->code != NULL && strcmp(form->code, code) == 0) {
            return form;
        }
    }
    return NULL;
}

const GPtrArray *
lk_form_set_bundle(const LkFormSet *set, const char *name)
{
    return g_hash_table_lookup(set->sets, name);
}

GPtrArray *
lk_form_set_bundle_names(const LkFormSet *set)
{
    GPtrArray *names = g_ptr_array_new();
    GHashTableIter iter;
    gpointer name = NULL;
    g_hash_table_iter_init(&iter, set->sets);
    while (g_hash_table_iter_next(&iter, &name, NULL)) {
        g_ptr_array_add(names, name);
    }
    g_ptr_array_sort(names, by_name);
    return names;
}
