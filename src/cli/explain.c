/* explain.c - lakana explain: why a page was read as it was, drawn on the page. */
#include "cli/session.h"
#include "pipeline/pipeline.h"

#include <stdio.h>

#define NOT_SAID G_MININT /* no --page */

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
    LkExplainOrder order = {.page = NOT_SAID};
    g_autofree char *output = NULL;
    g_autofree char *as = NULL;
    const GOptionEntry entries[] = {
        {"page", 'p', 0, G_OPTION_ARG_INT, &order.page,
         N_("which page of the file, from 1 (default: 1); without a file, the number "
            "of "
            "a page that was filed"),
         "N"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
         N_("the picture to write; only you can read it, for it shows what is written "
            "on the page: delete it when you have seen it"),
         N_("OUT.png")},
        LK_CLI_AS_OPTION(&as),
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!lk_cli_parse(
            entries, N_("FILE | --page N"),
            N_("Reads one scanned page again and draws on it how it was found "
               "and what was decided about each box, and why. Files "
               "nothing, changes nothing in the office. For a page that was "
               "not recognised, shows what was found on it."),
            &argc, &argv)) {
        return LK_EXIT_USAGE;
    }
    bool is_filed = argc == 1 && order.page != NOT_SAID;
    if (argc != 2 && !is_filed) {
        return lk_cli_usage(_("name one scanned file, or with --page the number of a "
                              "page that was filed"));
    }
    if (output == NULL) {
        return lk_cli_usage(_("say where the picture goes: -o OUT.png"));
    }
    if (order.page != NOT_SAID && order.page < 1) {
        return lk_cli_usage(_("--page takes a number from 1"));
    }
    order.page = order.page == NOT_SAID ? 1 : order.page;
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStore) store = lk_store_open(cli->office, &error);
    if (store == NULL) {
        return lk_cli_fail(error);
    }
    g_autoptr(LkSession) session = NULL;
    if (is_filed && !lk_cli_session_if_protected(store, as, &session, &error)) {
        return lk_cli_refuse(error);
    }
    order.file = is_filed ? NULL : argv[1];
    order.filed = order.page;
    order.session = session;
    order.output = output;
    g_auto(LkExplained) explained = {0};
    if (!lk_explain_page(store, &order, &explained, &error)) {
        return lk_cli_refuse(error);
    }
    print_explained(&explained, output);
    return explained.is_read || explained.is_blank ? LK_EXIT_DONE : LK_EXIT_ATTENTION;
}
