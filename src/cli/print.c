/* print.c - lakana print: case files on paper, codes registered first. */
#include "cli/cli.h"
#include "pipeline/pipeline.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    int n_cases;
    char **codes;
    char *set, *forms, *output, *manifest;
    gboolean is_blank, duplex, summary;
} Options;

static void
options_clear(Options *options)
{
    g_strfreev(options->codes);
    g_free(options->set);
    g_free(options->forms);
    g_free(options->output);
    g_free(options->manifest);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static bool
parse(Options *options, int argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"cases", 'n', 0, G_OPTION_ARG_INT, &options->n_cases,
         N_("opens N new case files, each with its own code"), "N"},
        {"case", 'c', 0, G_OPTION_ARG_STRING_ARRAY, &options->codes,
         N_("prints more copies for an existing case file; more codes may follow"),
         N_("CODE")},
        {"blank", 'b', 0, G_OPTION_ARG_NONE, &options->is_blank,
         N_("blank copies, for files opened in the field; --cases says how many"),
         NULL},
        {"set", 's', 0, G_OPTION_ARG_STRING, &options->set,
         N_("the forms of a set, or of several: ouverture,enas (default: ouverture)"),
         N_("SET")},
        {"forms", 'f', 0, G_OPTION_ARG_STRING, &options->forms,
         N_("these forms, in this order: 1.A,1.B"), N_("CODES")},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output,
         N_("the PDF to write; an existing one is replaced"), N_("OUT.pdf")},
        {"duplex", 'd', 0, G_OPTION_ARG_NONE, &options->duplex,
         N_("for both sides of the sheet: each form begins on a front, its last back "
            "stays empty if need be"),
         NULL},
        {"summary", 0, 0, G_OPTION_ARG_NONE, &options->summary,
         N_("a sheet in front for who hands the files out: how many, which forms, "
            "which "
            "codes"),
         NULL},
        {"manifest", 'm', 0, G_OPTION_ARG_FILENAME, &options->manifest,
         N_("also lists every page in a JSON file"), N_("LIST.json")},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!lk_cli_parse(entries, "",
                      N_("Prints case files ready to fill in, on A4. Each copy is "
                         "registered before it is printed."),
                      &argc, &argv)) {
        return false;
    }
    lk_cli_take_codes(&options->codes, argv);
    return true;
}

/* What the options say together; LK_EXIT_DONE if they make sense. */
static LkExit
check_options(const Options *options)
{
    bool has_codes = options->codes[0] != NULL;
    if (options->output == NULL) {
        return lk_cli_usage(_("say where to write the PDF: -o OUT.pdf"));
    }
    if (options->set != NULL && options->forms != NULL) {
        return lk_cli_usage(_("--set and --forms exclude each other"));
    }
    if (has_codes && (options->n_cases != 0 || options->is_blank)) {
        return lk_cli_usage(_("--case excludes --cases and --blank"));
    }
    if (!has_codes && !options->is_blank && options->n_cases == 0) {
        return lk_cli_usage(_("say for whom: --cases N for new files, --case CODE for "
                              "an existing one, or --blank"));
    }
    if (options->n_cases < 0 || options->n_cases > 100000) {
        return lk_cli_usage(_("--cases takes a number from 1 to 100000"));
    }
    return LK_EXIT_DONE;
}

static const char *
set_of(const Options *options)
{
    return options->set != NULL ? options->set : "ouverture";
}

static GPtrArray *
choose_forms(const Options *options, const LkStationery *stationery, GError **error)
{
    if (options->forms == NULL) {
        return lk_stationery_sets(stationery, set_of(options), error);
    }
    g_auto(GStrv) names = g_strsplit(options->forms, ",", -1);
    GPtrArray *forms = g_ptr_array_new_with_free_func(g_free);
    for (char **name = names; *name != NULL; name++) {
        if (*g_strstrip(*name) != '\0') {
            g_ptr_array_add(forms, g_strdup(*name));
        }
    }
    return forms;
}

static void
show_progress(int done, int all, void *data)
{
    (void)data;
    if (isatty(STDERR_FILENO)) {
        fprintf(stderr, "\r\033[K");
        fprintf(stderr, _("%d of %d pages written"), done, all);
        fprintf(stderr, done == all ? "\r\033[K" : "");
    }
}

static void
say_done(const LkIssued *issued, bool duplex)
{
    fprintf(stderr,
            ngettext_("%d pack, %d pages", "%d packs, %d pages",
                      (unsigned long)issued->n_packs),
            issued->n_packs, issued->n_pages);
    if (duplex) {
        int n_sheets = issued->n_pdf_pages / 2;
        fprintf(stderr,
                ngettext_(" on %d sheet printed on both sides",
                          " on %d sheets printed on both sides",
                          (unsigned long)n_sheets),
                n_sheets);
    }
    for (guint i = 0; i < issued->files->len; i++) {
        const char *path = g_ptr_array_index(issued->files, i);
        fprintf(stderr, i == 0 ? _(": %s") : ", %s", path);
    }
    fputc('\n', stderr);
    if (issued->files->len > 1) {
        fprintf(stderr,
                _("Several files, of at most 1,000 pages each; no pack is split.\n"));
    }
}

/* Codes that exist but are on no paper: they are not lost, and not to be drawn again.
 */
static void
say_unprinted(const LkIssued *issued)
{
    if (issued->unprinted->len == 0) {
        return;
    }
    if (lk_case_code_is_blank(&g_array_index(issued->unprinted, LkCaseCode, 0))) {
        fprintf(stderr, _("Blank copies need no repair: print again.\n"));
        return;
    }
    fprintf(stderr, _("Print them with:\n  lakana print -o OUT.pdf --case"));
    for (guint i = 0; i < issued->unprinted->len; i++) {
        g_autofree char *code =
            lk_case_code_format(&g_array_index(issued->unprinted, LkCaseCode, i));
        fprintf(stderr, " %s", code);
    }
    fputc('\n', stderr);
}

static bool
print_order(LkStore *store, LkStationery *stationery, const Options *options,
            GError **error)
{
    g_autoptr(GArray) codes = lk_cli_parse_codes(options->codes, error);
    if (codes == NULL) {
        return false;
    }
    g_autoptr(GPtrArray) forms = choose_forms(options, stationery, error);
    if (forms == NULL) {
        return false;
    }
    if (forms->len == 0) {
        g_set_error_literal(error, LK_PIPELINE_ERROR, LK_PIPELINE_ERROR_FORM,
                            _("no form to print: name some, as in --forms 1.A,1.B"));
        return false;
    }
    g_ptr_array_add(forms, NULL);
    LkIssueOrder order = {
        .n_new = options->is_blank ? 0 : options->n_cases,
        .existing = (const LkCaseCode *)codes->data,
        .n_existing = codes->len,
        .n_blank = options->is_blank ? MAX(1, options->n_cases) : 0,
        .forms = (const char *const *)forms->pdata,
        .output = options->output,
        .manifest = options->manifest,
        .set = options->forms == NULL ? set_of(options) : NULL,
        .duplex = options->duplex,
        .summary = options->summary,
        .progress = show_progress,
    };
    g_auto(LkIssued) issued = {0};
    bool done = lk_issue(store, stationery, &order, &issued, error);
    if (done) {
        say_done(&issued, options->duplex);
    } else if (issued.unprinted != NULL) {
        say_unprinted(&issued);
    }
    return done;
}

LkExit
lk_cmd_print(const LkCli *cli, int argc, char **argv)
{
    g_auto(Options) options = {0};
    if (!parse(&options, argc, argv)) {
        return LK_EXIT_USAGE;
    }
    LkExit wrong = check_options(&options);
    if (wrong != LK_EXIT_DONE) {
        return wrong;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStore) store = lk_store_open(cli->office, &error);
    if (store == NULL) {
        return lk_cli_fail(error);
    }
    g_autoptr(LkStationery) stationery = lk_stationery_load(&error);
    if (stationery == NULL || !print_order(store, stationery, &options, &error)) {
        return lk_cli_fail(error);
    }
    return LK_EXIT_DONE;
}
