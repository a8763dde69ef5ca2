/* fuzz-template.c - any bytes as a template: loaded and, if it is a form, laid out. */
#include "form/plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static LkFonts *fonts;
static GHashTable *lookups;
static LkPageTexts *texts;

static LkNode *
own_file(const char *name)
{
    g_autofree char *dir = lk_data_path("templates", NULL);
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_autofree char *bytes = NULL;
    gsize len = 0;
    g_assert_true(g_file_get_contents(path, &bytes, &len, NULL));
    return lk_node_parse(name, bytes, len, NULL);
}

static void
set_up(void)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    LkSource source = {"own", problems, NULL};
    g_autoptr(LkNode) lists = own_file("lookups.yaml");
    g_autoptr(LkNode) furniture = own_file("pages.yaml");
    fonts = lk_fonts_load(NULL);
    lookups = lk_template_lookups(&source, lists);
    texts = lk_template_texts(&source, furniture);
    g_assert_true(fonts != NULL && problems->len == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (fonts == NULL) {
        set_up();
    }
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    LkSource source = {"fuzz.yaml", problems, lookups};
    g_autoptr(LkNode) root = lk_node_parse("fuzz.yaml", (const char *)data, size, NULL);
    if (root == NULL) {
        return 0;
    }
    LkForm *form = lk_template_form(&source, root);
    form->texts = texts;
    if (problems->len == 0) {
        (void)lk_layout_check(form, fonts, problems);
    }
    lk_form_free(form);
    return 0;
}
