/* check.c - `lakana check`: what is wrong with the templates, one line each; and what a
 * form looks like. */
#include "cli/cli.h"

#include "pipeline/pipeline.h"

#include <stdio.h>

typedef struct {
    char *preview, *output;
    int page;
} Options;

static void
options_clear(Options *options)
{
    g_free(options->preview);
    g_free(options->output);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

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

static LkExit
say_problems(const GPtrArray *problems)
{
    print_problems(problems);
    fprintf(stderr, ngettext_("%u problem\n", "%u problems\n", problems->len),
            problems->len);
    return LK_EXIT_ATTENTION;
}

/* Everything that can be said about templates, and nothing else. */
static LkExit
check(int argc, char **argv, const LkFonts *fonts)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) problems = NULL;
    g_autoptr(LkFormSet) set = load(argc, argv, &problems, &error);
    if (set == NULL && (problems == NULL || problems->len == 0)) {
        return lk_cli_fail(error);
    }
    if (set != NULL) {
        check_layouts(set, fonts, problems);
    }
    if (problems->len > 0) {
        return say_problems(problems);
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

/* --- The picture. -------------------------------------------------------------------
 */

/* The form that @name says, a template file or the code of one of the program's forms;
 * NULL with problems or an error. @set keeps it. */
static const LkForm *
find_form(const char *name, LkFormSet **set, GPtrArray **problems, GError **error)
{
    if (g_str_has_suffix(name, ".yaml") || g_file_test(name, G_FILE_TEST_EXISTS)) {
        const char *const files[] = {name, NULL};
        *set = lk_form_set_load_files(files, problems, error);
        return *set != NULL ? g_ptr_array_index(lk_form_set_list(*set), 0) : NULL;
    }
    *set = lk_form_set_load(NULL, problems, error);
    if (*set == NULL) {
        return NULL;
    }
    g_autofree char *code = g_ascii_strup(name, -1);
    const LkForm *form = lk_form_set_lookup(*set, code);
    if (form == NULL) {
        g_set_error(error, LK_FORM_ERROR, LK_FORM_ERROR_UNKNOWN,
                    _("there is no form and no file '%s'; `lakana forms` lists the "
                      "forms"),
                    name);
    }
    return form;
}

static LkExit
draw(const Options *options, const LkLayout *layout, const LkFonts *fonts)
{
    int n_pages = (int)layout->pages->len;
    if (options->page > n_pages) {
        return lk_cli_usage(ngettext_("the form has %d page; there is no page %d",
                                      "the form has %d pages; there is no page %d",
                                      (unsigned long)n_pages),
                            n_pages, options->page);
    }
    g_autoptr(GError) error = NULL;
    LkPreviewOrder order = {options->output, options->page};
    g_autoptr(GPtrArray) files = lk_preview(layout, fonts, &order, &error);
    if (files == NULL) {
        return lk_cli_fail(error);
    }
    fprintf(stderr,
            ngettext_("form %s, layout %s, %d page", "form %s, layout %s, %d pages",
                      (unsigned long)n_pages),
            layout->form, layout->id, n_pages);
    for (guint i = 0; i < files->len; i++) {
        const char *path = g_ptr_array_index(files, i);
        fprintf(stderr, i == 0 ? _(": %s") : ", %s", path);
    }
    fputc('\n', stderr);
    return LK_EXIT_DONE;
}

static LkExit
preview(const Options *options, const LkFonts *fonts)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) problems = NULL;
    g_autoptr(LkFormSet) set = NULL;
    const LkForm *form = find_form(options->preview, &set, &problems, &error);
    if (problems != NULL && problems->len > 0) {
        return say_problems(problems);
    }
    if (form == NULL) {
        return lk_cli_fail(error);
    }
    g_assert(problems != NULL); /* with a form comes an empty list */
    if (!lk_layout_check(form, fonts, problems)) {
        return say_problems(problems);
    }
    g_autoptr(LkLayout) layout = lk_layout_new(form, fonts, &error);
    return layout != NULL ? draw(options, layout, fonts) : lk_cli_fail(error);
}

/* What the options say together; LK_EXIT_DONE if they make sense. */
static LkExit
check_options(const Options *options, int argc, char **argv, bool has_page)
{
    if (options->preview == NULL) {
        return options->output == NULL && !has_page
                   ? LK_EXIT_DONE
                   : lk_cli_usage(_("-o and --page go with --preview FORM"));
    }
    if (argc > 1) {
        return lk_cli_usage(_("--preview shows one form; '%s' is too much"), argv[1]);
    }
    if (options->output == NULL || !g_str_has_suffix(options->output, ".png")) {
        return lk_cli_usage(_("say where to write the picture: -o FORM.png"));
    }
    if (has_page && (options->page < 1 || options->page > 9)) {
        return lk_cli_usage(_("--page takes a number from 1 to 9"));
    }
    return LK_EXIT_DONE;
}

LkExit
lk_cmd_check(const LkCli *cli, int argc, char **argv)
{
    (void)cli;
    g_auto(Options) options = {.page = G_MININT};
    const GOptionEntry entries[] = {
        {"preview", 'p', 0, G_OPTION_ARG_FILENAME, &options.preview,
         N_("shows this form (a code, or a template file) as pictures"), N_("FORM")},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
         N_("the picture to write; FORM-1.png, FORM-2.png… if there are several pages"),
         N_("FORM.png")},
        {"page", 0, 0, G_OPTION_ARG_INT, &options.page,
         N_("only this page of the form"), "N"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!lk_cli_parse(
            entries, N_("[FILE…]"),
            N_("Checks templates (default: the program's own; or a folder) and "
               "prints each problem as file:line:column."),
            &argc, &argv)) {
        return LK_EXIT_USAGE;
    }
    bool has_page = options.page != G_MININT;
    LkExit wrong = check_options(&options, argc, argv, has_page);
    if (wrong != LK_EXIT_DONE) {
        return wrong;
    }
    options.page = has_page ? options.page : 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(LkFonts) fonts = lk_fonts_load(&error);
    if (fonts == NULL) {
        return lk_cli_fail(error);
    }
    return options.preview != NULL ? preview(&options, fonts)
                                   : check(argc, argv, fonts);
}
