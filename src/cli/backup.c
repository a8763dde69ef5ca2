/* backup.c - lakana backup -o FILE, lakana restore FILE --to DIR, restore --check FILE
 */
#include "cli/session.h"
#include "store/store.h"

#include <stdio.h>

#define MEGABYTE 1e6
#define MOST_TOLD 20 /* files, and pages of each */

/* --- Files that are not whole. ------------------------------------------------------
 */

static void
say_pages(const GArray *pages)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < MIN(pages->len, MOST_TOLD); i++) {
        g_string_append_printf(text, i > 0 ? ", %lld" : "%lld",
                               (long long)g_array_index(pages, gint64, i));
    }
    if (pages->len > MOST_TOLD) {
        g_string_append(text, ", …");
    }
    fprintf(stderr,
            ngettext_("    %u filed page does not open without it: %s\n",
                      "    %u filed pages do not open without it: %s\n",
                      (unsigned long)pages->len),
            pages->len, text->str);
}

/* What, where, whose pages; then what to do. */
static void
say_lost(const GPtrArray *lost)
{
    for (guint i = 0; i < MIN(lost->len, MOST_TOLD); i++) {
        const LkLostFile *file = g_ptr_array_index(lost, i);
        fprintf(stderr,
                file->is_missing ? _("  missing: %s\n")
                                 : _("  damaged or cut short: %s\n"),
                file->name);
        if (file->pages->len > 0) {
            say_pages(file->pages);
        }
    }
    if (lost->len > MOST_TOLD) {
        fprintf(stderr,
                ngettext_("  and %u more\n", "  and %u more\n",
                          (unsigned long)(lost->len - MOST_TOLD)),
                lost->len - MOST_TOLD);
    }
    if (lost->len > 0) {
        fprintf(
            stderr, "%s\n",
            _("Look for them in an earlier backup and put them in their place in "
              "the office's folder. A scan also comes back, and its pages with it, "
              "when the same file is given to `lakana ingest` again: move a damaged "
              "one away before."));
    }
}

/* --- backup. ------------------------------------------------------------------------
 */

static void
say_backup(const char *path, const LkBackupReport *report)
{
    fprintf(stderr, _("%s: backup of %s, %.1f MB, written and read again.\n"), path,
            report->office, (double)report->size / MEGABYTE);
    fprintf(stderr,
            ngettext_("%d scan is in it", "%d scans are in it",
                      (unsigned long)report->scans),
            report->scans);
    if (report->pages > 0) {
        fprintf(
            stderr,
            ngettext_(", and %d page", ", and %d pages", (unsigned long)report->pages),
            report->pages);
    }
    fputs(".\n", stderr);
}

LkExit
lk_cmd_backup(const LkCli *cli, int argc, char **argv)
{
    g_autofree char *output = NULL;
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_("the file to make"),
         N_("FILE")},
        G_OPTION_ENTRY_NULL,
    };
    if (!lk_cli_parse(entries, N_("-o FILE"),
                      N_("Writes the whole office into one sealed file: database, "
                         "scans, pages. Needs no passphrase and may run while others "
                         "work; only an admin or the recovery sheet opens it again. "
                         "Never replaces a file."),
                      &argc, &argv)) {
        return LK_EXIT_USAGE;
    }
    if (argc != 1 || output == NULL) {
        return lk_cli_usage(_("name the file to make: lakana backup -o "
                              "/media/cle/bureau-2026-11-27.lkb"));
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStore) store = lk_store_open(cli->office, &error);
    g_auto(LkBackupReport) report = {0};
    if (store == NULL || !lk_backup_write(store, output, &report, &error)) {
        return lk_cli_refuse(error);
    }
    say_backup(output, &report);
    if (report.missing > 0) {
        fprintf(stderr,
                ngettext_("%d file that the database knows was not found and is not in "
                          "it.\n",
                          "%d files that the database knows were not found and are not "
                          "in it.\n",
                          (unsigned long)report.missing),
                report.missing);
    }
    say_lost(report.lost);
    if (report.lost->len > 0) {
        return LK_EXIT_ATTENTION;
    }
    return LK_EXIT_DONE;
}

/* --- restore. -----------------------------------------------------------------------
 */

static LkExit
say_restored(const char *dir, const LkRestoreReport *report)
{
    fprintf(stderr, _("Backup of %s, made on %s: whole.\n"), report->office,
            report->made);
    fprintf(stderr, _("Scans: %d. Pages: %d. Journal: %lld lines, the last one is\n"),
            report->scans, report->pages, (long long)report->journal);
    fprintf(stderr, "  %s\n", report->journal_hash);
    if (report->looked_inside && report->scans > 0) {
        fprintf(stderr, "%s\n", _("Every scan was opened and compared with its name."));
    }
    if (report->missing > 0) {
        fprintf(stderr,
                ngettext_("%d file that the database knows is not in the backup.\n",
                          "%d files that the database knows are not in the backup.\n",
                          (unsigned long)report->missing),
                report->missing);
    }
    say_lost(report->lost);
    if (dir != NULL) {
        fprintf(stderr, _("%s is the office now.\n"), dir);
    }
    return report->lost->len > 0 ? LK_EXIT_ATTENTION : LK_EXIT_DONE;
}

LkExit
lk_cmd_restore(const LkCli *cli, int argc, char **argv)
{
    (void)cli;
    g_autofree char *to = NULL;
    g_autofree char *login = NULL;
    gboolean check = FALSE;
    const GOptionEntry entries[] = {
        {"to", 't', 0, G_OPTION_ARG_FILENAME, &to,
         N_("the office folder to make; new, or empty"), N_("DIR")},
        {"check", 'c', 0, G_OPTION_ARG_NONE, &check,
         N_("only checks the backup; writes nothing"), NULL},
        LK_CLI_AS_OPTION(&login),
        G_OPTION_ENTRY_NULL,
    };
    if (!lk_cli_parse(entries, N_("FILE --to DIR | --check FILE"),
                      N_("Makes an office folder from a backup, after checking all of "
                         "it. Asks for an admin's passphrase, or for the words of the "
                         "recovery sheet."),
                      &argc, &argv)) {
        return LK_EXIT_USAGE;
    }
    if (argc != 2 || (to == NULL) == !check) {
        return lk_cli_usage(_("say which backup, and where it shall go: lakana restore "
                              "FILE --to DIR, or lakana restore --check FILE"));
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(LkBackup) backup = lk_backup_open(argv[1], &error);
    if (backup == NULL) {
        return lk_cli_refuse(error);
    }
    g_autoptr(LkSession) session =
        lk_cli_session(lk_backup_keys(backup), login, &error);
    g_auto(LkRestoreReport) report = {0};
    if (session == NULL || !lk_backup_restore(backup, session, to, &report, &error)) {
        return lk_cli_refuse(error);
    }
    return say_restored(to, &report);
}
