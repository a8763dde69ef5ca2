/* main.c - the door: finds the command, hands over the rest. */
#include "cli/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    LkCommand run;
    const char *summary;
} commands[] = {
    {"backup", lk_cmd_backup, N_("writes the whole office into one sealed file")},
    {"case", lk_cmd_case,
     N_("case files: list, show, decide, take, give, send, receive")},
    {"check", lk_cmd_check, N_("checks templates")},
    {"explain", lk_cmd_explain, N_("shows on a scanned page how it was read")},
    {"export", lk_cmd_export, N_("writes the values as JSON")},
    {"forms", lk_cmd_forms, N_("lists the forms")},
    {"geometry", lk_cmd_geometry, N_("prints the layout of a form as JSON")},
    {"ingest", lk_cmd_ingest, N_("files completed paper")},
    {"init", lk_cmd_init, N_("creates an office folder")},
    {"journal", lk_cmd_journal, N_("shows and verifies who did what")},
    {"labels", lk_cmd_labels, N_("prints labels with the codes of case files")},
    {"layout", lk_cmd_layout, N_("carries layouts between offices")},
    {"office", lk_cmd_office, N_("keys of this office and of those it trusts")},
    {"page", lk_cmd_page, N_("pages that wait for a person: show, assign, settle")},
    {"parcel", lk_cmd_parcel, N_("fields of one kind, given to a clerk to type")},
    {"print", lk_cmd_print, N_("prints case files, ready to fill in")},
    {"protect", lk_cmd_protect, N_("gives keys to an office that has none")},
    {"restore", lk_cmd_restore, N_("makes an office folder from a backup")},
    {"review", lk_cmd_review, N_("opens the page where people decide what is unsure")},
    {"services", lk_cmd_services, N_("prints the map of services")},
    {"user", lk_cmd_user, N_("who works here: add, list, passwd, revoke, admit")},
    {"vault", lk_cmd_vault, N_("names, apart and sealed: show, set, search, mask")},
    {NULL, NULL, NULL},
};

static void
print_help(FILE *out)
{
    fprintf(out, "%s\n\n", _("usage: lakana [-C OFFICE] COMMAND [OPTION…]"));
    for (size_t i = 0; commands[i].name != NULL; i++) {
        fprintf(out, "  %-10s", commands[i].name);
        lk_cli_wrap(out, _(commands[i].summary), 12);
    }
    fputc('\n', out);
    lk_cli_wrap(out,
                _("`lakana COMMAND --help` tells more. OFFICE is the office's folder "
                  "(default: $LAKANA_HOME, else the current folder)."),
                0);
}

/* Takes "-C DIR" (or "-CDIR") before the command; returns the index of the command, or
 * 0 if the folder is missing. */
static int
take_office(int argc, char **argv, LkCli *cli)
{
    int i = 1;
    for (; i < argc && g_str_has_prefix(argv[i], "-C"); i++) {
        if (argv[i][2] != '\0') {
            cli->office = argv[i] + 2;
        } else if (i + 1 < argc) {
            cli->office = argv[++i];
        } else {
            return 0;
        }
    }
    return i;
}

int
main(int argc, char **argv)
{
    lk_cli_no_core_dumps();
    lk_language_init();
    const char *home = g_getenv("LAKANA_HOME");
    LkCli cli = {home != NULL && *home != '\0' ? home : "."};
    int at = take_office(argc, argv, &cli);
    if (at == 0) {
        return lk_cli_usage(_("-C needs a folder"));
    }
    if (at >= argc) {
        print_help(stderr);
        return LK_EXIT_USAGE;
    }
    const char *name = argv[at];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 ||
        strcmp(name, "help") == 0) {
        print_help(stdout);
        return LK_EXIT_DONE;
    }
    if (strcmp(name, "--version") == 0) {
        puts("lakana " LK_VERSION);
        return LK_EXIT_DONE;
    }
    for (size_t i = 0; commands[i].name != NULL; i++) {
        if (strcmp(name, commands[i].name) == 0) {
            return (int)commands[i].run(&cli, argc - at, argv + at);
        }
    }
    return lk_cli_usage(_("there is no command '%s'; `lakana --help` lists them"),
                        name);
}
