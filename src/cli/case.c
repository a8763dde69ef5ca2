/* case.c - lakana case list|show|decide|cover|checklist|take|give|send|receive */
#include "cli/case.h"

#include "cli/session.h"

#include <string.h>

void
lk_case_asked_clear(LkCaseAsked *asked)
{
    g_free(asked->form);
    g_free(asked->copy);
    g_free(asked->field);
    lk_wipe(asked->value);
    g_free(asked->from);
    g_free(asked->login);
    g_free(asked->why);
    g_free(asked->who);
    g_free(asked->output);
    g_free(asked->manifest);
}

static LkExit
with_code(LkStore *store, char **argv, LkCaseAsked *settled, bool json)
{
    g_autoptr(GError) error = NULL;
    LkCaseCode code;
    if (!lk_case_code_parse(argv[2], &code, &error)) {
        return lk_cli_usage(_("%s: %s"), argv[2], error->message);
    }
    if (strcmp(argv[1], "cover") == 0) {
        return lk_case_print(store, &code, "PC", settled);
    }
    if (strcmp(argv[1], "checklist") == 0) {
        return lk_case_print(store, &code, "LV", settled);
    }
    return strcmp(argv[1], "show") == 0
               ? lk_case_show(store, &code, settled->login, json)
               : lk_case_decide(store, &code, settled);
}

static bool
is_command(int argc, char **argv)
{
    if (argc == 2) {
        return strcmp(argv[1], "list") == 0;
    }
    static const char *const with_codes[] = {"show", "decide", "cover", "checklist",
                                             NULL};
    return argc == 3 && g_strv_contains(with_codes, argv[1]);
}

LkExit
lk_cmd_case(const LkCli *cli, int argc, char **argv)
{
    if (argc > 1 && (strcmp(argv[1], "take") == 0 || strcmp(argv[1], "give") == 0)) {
        return lk_cmd_case_hand(cli, argc, argv);
    }
    if (argc > 1 && (strcmp(argv[1], "send") == 0 || strcmp(argv[1], "receive") == 0)) {
        return lk_cmd_case_courier(cli, argc, argv);
    }
    gboolean json = FALSE;
    g_auto(LkCaseAsked) settled = {0};
    const GOptionEntry entries[] = {
        {"json", 'j', 0, G_OPTION_ARG_NONE, &json, N_("JSON, one object a line"), NULL},
        {"as", 'a', 0, G_OPTION_ARG_STRING, &settled.login,
         N_("show: also what was typed and sealed, as LOGIN"), N_("LOGIN")},
        {"form", 'f', 0, G_OPTION_ARG_STRING, &settled.form,
         N_("decide: the form, such as 1.B"), N_("FORM")},
        {"copy", 'c', 0, G_OPTION_ARG_STRING, &settled.copy,
         N_("decide: the copy, if the file has several: serial or number"), N_("COPY")},
        {"field", 'F', 0, G_OPTION_ARG_STRING, &settled.field,
         N_("decide: the field, by its name in brackets in `case show`"), N_("FIELD")},
        {"row", 'r', 0, G_OPTION_ARG_INT, &settled.row,
         N_("decide: the row of the table, from 1"), "N"},
        {"value", 'v', 0, G_OPTION_ARG_STRING, &settled.value,
         N_("decide: the value; empty if there is nothing"), N_("VALUE")},
        {"from", 0, 0, G_OPTION_ARG_FILENAME, &settled.from,
         N_("decide: the value stands in this file, - for standard input: for what may "
            "name somebody, which is sealed"),
         N_("FILE")},
        {"why", 'y', 0, G_OPTION_ARG_STRING, &settled.why,
         N_("decide: the reason; never write a name"), N_("TEXT")},
        {"who", 'w', 0, G_OPTION_ARG_STRING, &settled.who,
         N_("decide: your staff code (default: your login)"), N_("WHO")},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &settled.output,
         N_("cover, checklist: the PDF to write; an existing one is replaced"),
         N_("OUT.pdf")},
        {"manifest", 'm', 0, G_OPTION_ARG_FILENAME, &settled.manifest,
         N_("cover, checklist: also lists every page in a JSON file"), N_("LIST.json")},
        G_OPTION_ENTRY_NULL,
    };
    if (!lk_cli_parse(
            entries,
            N_("list | show CODE | cover CODE -o OUT.pdf | checklist CODE -o OUT.pdf | "
               "decide CODE --form … --field … --value … | take CODE | give CODE --to "
               "LOGIN | send CODE … | receive FILE"),
            N_("The case files of this office, what one holds, what waits for "
               "a person; settles a field. cover and checklist print the file's forms "
               "PC and LV, marked with what the database knows: complete them by pen "
               "and scan them again. No name is ever printed."),
            &argc, &argv)) {
        return LK_EXIT_USAGE;
    }
    if (!is_command(argc, argv)) {
        return lk_cli_usage(
            _("say what to do: lakana case list, lakana case show CODE, "
              "lakana case cover CODE -o OUT.pdf, lakana case "
              "checklist CODE -o OUT.pdf or lakana case decide CODE "
              "…"));
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStore) store = lk_store_open(cli->office, &error);
    if (store == NULL) {
        return lk_cli_fail(error);
    }
    return argc == 2 ? lk_case_list(store, json)
                     : with_code(store, argv, &settled, json);
}
