/* labels.c - lakana labels: case codes on self-adhesive sheets, for folders and blank
 * copies. */
#include "cli/cli.h"
#include "pipeline/pipeline.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SHIFT_MAX_MM 10.0 /* beyond, part of the first labels is off the paper */

typedef struct {
    int n_cases, skip, copies;
    char **codes;
    char *sheet, *output;
    double margin_top, margin_left;
} Options;

static void
options_clear(Options *options)
{
    g_strfreev(options->codes);
    g_free(options->sheet);
    g_free(options->output);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static bool
parse(Options *options, int argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"cases", 'n', 0, G_OPTION_ARG_INT, &options->n_cases,
         N_("opens N new case files, each with its own code"), "N"},
        {"case", 'c', 0, G_OPTION_ARG_STRING_ARRAY, &options->codes,
         N_("labels for an existing case file; more codes may follow"), N_("CODE")},
        {"sheet", 's', 0, G_OPTION_ARG_STRING, &options->sheet,
         N_("labels of the sheet: 3x8, of 70 by 37 mm (default), or 2x7, of 99.1 by "
            "38.1 mm"),
         "3x8|2x7"},
        {"copies", 0, 0, G_OPTION_ARG_INT, &options->copies,
         N_("labels for each case file (default: 1)"), "N"},
        {"skip", 'k', 0, G_OPTION_ARG_INT, &options->skip,
         N_("labels already gone from the first sheet, counted row by row"), "K"},
        {"margin-top", 0, 0, G_OPTION_ARG_DOUBLE, &options->margin_top,
         N_("prints everything MM lower, or higher if negative, for a printer that "
            "misses the labels"),
         "MM"},
        {"margin-left", 0, 0, G_OPTION_ARG_DOUBLE, &options->margin_left,
         N_("prints everything MM further to the right, or left if negative"), "MM"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output,
         N_("the PDF to write; an existing one is replaced"), N_("OUT.pdf")},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!lk_cli_parse(entries, "",
                      N_("Prints labels with the code of a case file, for its folder "
                         "and for blank copies. New codes are registered before they "
                         "are printed."),
                      &argc, &argv)) {
        return false;
    }
    lk_cli_take_codes(&options->codes, argv);
    return true;
}

static bool
is_shift(double mm)
{
    return isfinite(mm) && fabs(mm) <= SHIFT_MAX_MM;
}

/* LK_EXIT_DONE if the numbers make sense; @printing is written then. */
static LkExit
check_sheet(const Options *options, LkLabelOptions *printing)
{
    const char *name = options->sheet != NULL ? options->sheet : "3x8";
    if (!lk_label_sheet_find(name, &printing->sheet)) {
        return lk_cli_usage(_("--sheet takes 3x8 or 2x7"));
    }
    int size = lk_label_sheet_size(printing->sheet);
    if (options->skip < 0 || options->skip >= size) {
        return lk_cli_usage(_("--skip takes a number from 0 to %d on this sheet"),
                            size - 1);
    }
    if (options->copies < 1 || options->copies > size) {
        return lk_cli_usage(_("--copies takes a number from 1 to %d on this sheet"),
                            size);
    }
    if (!is_shift(options->margin_top) || !is_shift(options->margin_left)) {
        return lk_cli_usage(_("--margin-top and --margin-left take from -10 to 10 mm"));
    }
    printing->skip = options->skip;
    printing->copies = options->copies;
    printing->shift = (LkPoint){options->margin_left, options->margin_top};
    return LK_EXIT_DONE;
}

static LkExit
check_options(const Options *options, LkLabelOptions *printing)
{
    guint n_codes = g_strv_length(options->codes);
    if (options->output == NULL) {
        return lk_cli_usage(_("say where to write the PDF: -o OUT.pdf"));
    }
    if (n_codes > 0 && options->n_cases != 0) {
        return lk_cli_usage(_("--case and --cases exclude each other"));
    }
    if (n_codes == 0 && options->n_cases == 0) {
        return lk_cli_usage(_("say for whom: --cases N for new files, --case CODE for "
                              "an existing one"));
    }
    LkExit wrong = check_sheet(options, printing);
    if (wrong != LK_EXIT_DONE) {
        return wrong;
    }
    int most =
        LK_RENDER_MAX_PAGES * lk_label_sheet_size(printing->sheet) / printing->copies -
        1;
    if (options->n_cases < 0 || MAX((guint)options->n_cases, n_codes) > (guint)most) {
        return lk_cli_usage(_("labels for 1 to %d case files at a time"), most);
    }
    return LK_EXIT_DONE;
}

static void
say_unprinted(const GArray *codes)
{
    fprintf(stderr, _("Print them with:\n  lakana labels -o OUT.pdf --case"));
    for (guint i = 0; i < codes->len; i++) {
        g_autofree char *code =
            lk_case_code_format(&g_array_index(codes, LkCaseCode, i));
        fprintf(stderr, " %s", code);
    }
    fputc('\n', stderr);
}

static void
say_done(const GArray *codes, const LkLabelOrder *order)
{
    int n_labels = (int)codes->len * order->printing.copies;
    int n_sheets = lk_render_label_sheets(codes->len, &order->printing);
    fprintf(stderr, ngettext_("%d label", "%d labels", (unsigned long)n_labels),
            n_labels);
    fprintf(stderr, ngettext_(" on %d sheet", " on %d sheets", (unsigned long)n_sheets),
            n_sheets);
    fprintf(stderr, _(": %s"), order->output);
    fputc('\n', stderr);
}

LkExit
lk_cmd_labels(const LkCli *cli, int argc, char **argv)
{
    g_auto(Options) options = {.copies = 1};
    LkLabelOrder order = {0};
    if (!parse(&options, argc, argv)) {
        return LK_EXIT_USAGE;
    }
    LkExit wrong = check_options(&options, &order.printing);
    if (wrong != LK_EXIT_DONE) {
        return wrong;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) existing = lk_cli_parse_codes(options.codes, &error);
    if (existing == NULL) {
        return lk_cli_fail(error);
    }
    g_autoptr(LkStore) store = lk_store_open(cli->office, &error);
    if (store == NULL) {
        return lk_cli_fail(error);
    }
    order.n_new = options.n_cases;
    order.existing = (const LkCaseCode *)existing->data;
    order.n_existing = existing->len;
    order.output = options.output;
    g_autoptr(GArray) codes = NULL;
    if (!lk_issue_labels(store, &order, &codes, &error)) {
        LkExit failed = lk_cli_fail(error);
        if (codes != NULL) {
            say_unprinted(codes);
        }
        return failed;
    }
    say_done(codes, &order);
    return LK_EXIT_DONE;
}
