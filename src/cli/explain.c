/* explain.c - lakana explain: why a page was read as it was, drawn on the page. */
#include "cli/cli.h"
#include "pipeline/pipeline.h"

#include <stdio.h>

static void
print_explained(const LkExplained *explained, const char *output)
{
    if (explained->is_read) {
        puts(_("The page is read."));
    } else if (explained->is_blank) {
        puts(_("The page is blank."));
    } else {
        puts(_("The page is not read:"));
    }
    for (guint i = 0; i < explained->reasons->len; i++) {
        const char *reason = g_ptr_array_index(explained->reasons, i);
        if (reason != NULL) {
            fputs("- ", stdout);
            lk_cli_wrap(stdout, reason, 2);
        }
    }
    g_autofree char *shown = g_filename_display_name(output);
    g_autofree char *line = g_strdup_printf(_("%s shows the page: keep it as you keep "
                                              "the paper, and delete it afterwards."),
                                            shown);
    lk_cli_wrap(stdout, line, 0);
}

LkExit
lk_cmd_explain(const LkCli *cli, int argc, char **argv)
{
    LkExplainOrder order = {.page = 1};
    g_autofree char *output = NULL;
    const GOptionEntry entries[] = {
        {"page", 'p', 0, G_OPTION_ARG_INT, &order.page,
         N_("which page of the file, from 1 (default: 1)"), "N"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
         N_("the picture to write; only you can read it, for it shows what is written "
            "on the page: delete it when you have seen it"),
         N_("OUT.png")},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!lk_cli_parse(
            entries, N_("FILE"),
            N_("Reads one scanned page again and draws on it how it was found "
               "and what was decided about each box, and why. Files "
               "nothing, changes nothing in the office. For a page that was "
               "not recognised, shows what was found on it."),
            &argc, &argv)) {
        return LK_EXIT_USAGE;
    }
    if (argc != 2) {
        return lk_cli_usage(_("name one scanned file"));
    }
    if (output == NULL) {
        return lk_cli_usage(_("say where the picture goes: -o OUT.png"));
    }
    if (order.page < 1) {
        return lk_cli_usage(_("--page takes a number from 1"));
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStore) store = lk_store_open(cli->office, &error);
    if (store == NULL) {
        return lk_cli_fail(error);
    }
    order.file = argv[1];
    order.output = output;
    g_auto(LkExplained) explained = {0};
    if (!lk_explain_page(store, &order, &explained, &error)) {
        return lk_cli_fail(error);
    }
    print_explained(&explained, output);
    return explained.is_read || explained.is_blank ? LK_EXIT_DONE : LK_EXIT_ATTENTION;
}
