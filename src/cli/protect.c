/* protect.c - lakana protect [--recovery SHEET.pdf]: an office that was made before
 * there were keys gets them. */
#include "cli/session.h"
#include "pipeline/pipeline.h"

#include <stdio.h>
#include <unistd.h>

static bool
make_keys(LkStore *store, const char *sheet, GError **error)
{
    g_autoptr(LkSecret) recovery = lk_recovery_new();
    /* Nobody is at work without a key while the office gets them. */
    return lk_store_lock_review(store, error) &&
           lk_cli_show_recovery(recovery, lk_store_office(store), sheet, error) &&
           lk_guard_create(store, recovery, error);
}

static void
show_progress(int done, int all, void *data)
{
    (void)data;
    if (isatty(STDERR_FILENO)) {
        fprintf(stderr, "\r%d/%d%s", done, all, done == all ? "\n" : "");
    }
}

LkExit
lk_cmd_protect(const LkCli *cli, int argc, char **argv)
{
    g_autofree char *sheet = NULL;
    const GOptionEntry entries[] = {
        {"recovery", 'R', 0, G_OPTION_ARG_FILENAME, &sheet,
         N_("writes the recovery key as a sheet to print, instead of showing it"),
         N_("SHEET.pdf")},
        G_OPTION_ENTRY_NULL,
    };
    if (!lk_cli_parse(entries, N_("[--recovery SHEET.pdf]"),
                      N_("Gives keys to an office that has none: from then on what is "
                         "personal can be read by whom it concerns only. Can be run "
                         "again after an interruption."),
                      &argc, &argv)) {
        return LK_EXIT_USAGE;
    }
    if (argc != 1) {
        return lk_cli_usage(_("protect takes no words; name the office with -C"));
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStore) store = lk_store_open(cli->office, &error);
    bool ready = false;
    if (store == NULL || !lk_guard_is_ready(store, &ready, &error)) {
        return lk_cli_fail(error);
    }
    if (!ready && !make_keys(store, sheet, &error)) {
        return lk_cli_refuse(error);
    }
    fprintf(stderr, ready ? _("%s has keys.\n") : _("%s has keys now.\n"), cli->office);
    const LkProtectOptions options = {.progress = show_progress};
    if (!lk_protect(store, &options, &error)) {
        return lk_cli_refuse(error);
    }
    fprintf(stderr, "%s\n", _("Nothing personal lies in clear in it any more."));
    return LK_EXIT_DONE;
}
