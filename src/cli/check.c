/* check.c - `lakana check`: what is wrong with the templates, one line each. */
#include "cli/cli.h"

#include "form/form.h"

#include <stdio.h>

static void
print_problems(const GPtrArray *problems)
{
    for (guint i = 0; i < problems->len; i++) {
        puts(g_ptr_array_index(problems, i));
    }
}

/* Lays every form out: glyphs and room show there only. */
static void
check_layouts(const LkFormSet *set, const LkFonts *fonts, GPtrArray *problems)
{
    const GPtrArray *forms = lk_form_set_list(set);
    for (guint i = 0; i < forms->len; i++) {
        (void)lk_layout_check(g_ptr_array_index(forms, i), fonts, problems);
    }
}

/* A folder, files, or the program's own templates. NULL with problems or an error. */
static LkFormSet *
load(int argc, char **argv, GPtrArray **problems, GError **error)
{
    if (argc <= 1) {
        return lk_form_set_load(NULL, problems, error);
    }
    if (argc == 2 && g_file_test(argv[1], G_FILE_TEST_IS_DIR)) {
        return lk_form_set_load(argv[1], problems, error);
    }
    return lk_form_set_load_files((const char *const *)argv + 1, problems, error);
}

LkExit
lk_cmd_check(const LkCli *cli, int argc, char **argv)
{
    (void)cli;
    const GOptionEntry entries[] = {{NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL}};
    if (!lk_cli_parse(
            entries, N_("[FILE…]"),
            N_("Checks templates (default: the program's own; or a folder) and "
               "prints each problem as file:line:column."),
            &argc, &argv)) {
        return LK_EXIT_USAGE;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(LkFonts) fonts = lk_fonts_load(&error);
    if (fonts == NULL) {
        return lk_cli_fail(error);
    }
    g_autoptr(GPtrArray) problems = NULL;
    g_autoptr(LkFormSet) set = load(argc, argv, &problems, &error);
    if (set == NULL && (problems == NULL || problems->len == 0)) {
        return lk_cli_fail(error);
    }
    if (set != NULL) {
        check_layouts(set, fonts, problems);
    }
    print_problems(problems);
    if (problems->len > 0) {
        fprintf(stderr, ngettext_("%u problem\n", "%u problems\n", problems->len),
                problems->len);
        return LK_EXIT_ATTENTION;
    }
    guint n = lk_form_set_list(set)->len;
    if (n == 0) {
        fprintf(stderr, "lakana: ");
        fprintf(stderr, _("there is no template (.yaml) here"));
        fputc('\n', stderr);
        return LK_EXIT_ATTENTION;
    }
    fprintf(stderr, ngettext_("%u form, no problem\n", "%u forms, no problem\n", n), n);
    return LK_EXIT_DONE;
}
