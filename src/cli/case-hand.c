/* case-hand.c - lakana case take CODE | give CODE --to LOGIN: whose file it is. */
#include "cli/session.h"

#include <stdio.h>
#include <string.h>

static LkExit
hand(LkStore *store, const LkCaseCode *code, const char *to, const char *as)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) session = lk_cli_session(store, as, &error);
    bool done = session != NULL && (to != NULL ? lk_case_give(session, code, to, &error)
                                               : lk_case_take(session, code, &error));
    if (!done) {
        return lk_cli_refuse(error);
    }
    g_autofree char *text = lk_case_code_format(code);
    fprintf(stderr, _("%s: the file of %s.\n"), text,
            to != NULL ? to : lk_session_login(session));
    return LK_EXIT_DONE;
}

LkExit
lk_cmd_case_hand(const LkCli *cli, int argc, char **argv)
{
    g_autofree char *to = NULL;
    g_autofree char *as = NULL;
    const GOptionEntry entries[] = {
        {"to", 't', 0, G_OPTION_ARG_STRING, &to,
         N_("give: login of the manager who gets the file"), N_("LOGIN")},
        LK_CLI_AS_OPTION(&as),
        G_OPTION_ENTRY_NULL,
    };
    if (!lk_cli_parse(entries, N_("take CODE | give CODE --to LOGIN"),
                      N_("Says whose file it is: take makes one that is nobody's "
                         "yours, give hands yours to another manager. Only that "
                         "person, and the recovery sheet, opens it from then on."),
                      &argc, &argv)) {
        return LK_EXIT_USAGE;
    }
    bool gives = argc > 1 && strcmp(argv[1], "give") == 0;
    if (argc != 3 || gives != (to != NULL)) {
        return lk_cli_usage(_("say which file: lakana case take CODE, or lakana case "
                              "give CODE --to LOGIN"));
    }
    g_autoptr(GError) error = NULL;
    LkCaseCode code;
    if (!lk_case_code_parse(argv[2], &code, &error)) {
        return lk_cli_usage(_("%s: %s"), argv[2], error->message);
    }
    g_autoptr(LkStore) store = lk_store_open(cli->office, &error);
    return store != NULL ? hand(store, &code, to, as) : lk_cli_fail(error);
}
