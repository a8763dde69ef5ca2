/* forms.c - `lakana forms`: the forms the program can print and read. */
#include "cli/cli.h"

#include "form/form.h"

#include <stdio.h>

static guint
count_boxes(const LkLayout *layout)
{
    guint boxes = 0;
    for (guint i = 0; i < layout->pages->len; i++) {
        const LkLayoutPage *page = g_ptr_array_index(layout->pages, i);
        boxes += page->boxes->len;
    }
    return boxes;
}

static void
print_row(const char *const cells[5])
{
    static const int widths[] = {6, 50, 7, 7};
    for (size_t c = 0; c < G_N_ELEMENTS(widths); c++) {
        lk_cli_pad(stdout, cells[c], widths[c]);
    }
    puts(cells[4]);
}

static void
print_head(void)
{
    const char *cells[] = {_("Form"), _("Title"), _("Pages"), _("Boxes"), _("Layout")};
    print_row(cells);
}

static void
print_form(const LkForm *form, const LkLayout *layout, bool as_json)
{
    guint boxes = count_boxes(layout);
    if (!as_json) {
        g_autofree char *n_pages = g_strdup_printf("%u", layout->pages->len);
        g_autofree char *n_boxes = g_strdup_printf("%u", boxes);
        const char *cells[] = {form->code, form->title, n_pages, n_boxes, layout->id};
        print_row(cells);
        return;
    }
    g_autoptr(GString) escaped = g_string_new(form->title);
    g_string_replace(escaped, "\\", "\\\\", 0);
    g_string_replace(escaped, "\"", "\\\"", 0);
    printf("{\"form\":\"%s\",\"title\":\"%s\",\"pages\":%u,\"boxes\":%u,"
           "\"layout\":\"%s\",\"repeatable\":%s}\n",
           form->code, escaped->str, layout->pages->len, boxes, layout->id,
           form->repeatable ? "true" : "false");
}

LkExit
lk_cmd_forms(const LkCli *cli, int argc, char **argv)
{
    (void)cli;
    gboolean as_json = FALSE;
    const GOptionEntry entries[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("one JSON object a line"), NULL},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL}};
    if (!lk_cli_parse(entries, "",
                      N_("Lists the forms: code, title, pages, boxes, "
                         "identity of the layout."),
                      &argc, &argv)) {
        return LK_EXIT_USAGE;
    }
    if (argc > 1) {
        return lk_cli_usage(_("forms takes no arguments"));
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(LkFonts) fonts = lk_fonts_load(&error);
    g_autoptr(LkFormSet) set =
        fonts != NULL ? lk_form_set_load(NULL, NULL, &error) : NULL;
    if (set == NULL) {
        return lk_cli_fail(error);
    }
    const GPtrArray *forms = lk_form_set_list(set);
    if (!as_json) {
        print_head();
    }
    for (guint i = 0; i < forms->len; i++) {
        const LkForm *form = g_ptr_array_index(forms, i);
        g_autoptr(LkLayout) layout = lk_layout_new(form, fonts, &error);
        if (layout == NULL) {
            return lk_cli_fail(error);
        }
        print_form(form, layout, as_json);
    }
    return LK_EXIT_DONE;
}
