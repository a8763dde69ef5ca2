/* Backups, restored and broken; and offices that send each other case files. Judges we
 * did not write: b2sum, cmp, plain SQL through the sqlite3 program. */
#include "store/keys.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define PLANTED "Zoumana Kafougouna" /* EXEMPLE FICTIF */

typedef struct {
    char *dir; /* temporary folder, removed at the end */
    char *office;
    LkStore *store;
    LkSecret *recovery;
} Fixture;

static char *run(const Fixture *f, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Output of a command that must succeed, run in the temporary folder. */
static char *
run(const Fixture *f, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *command = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    const char *argv[] = {"sh", "-c", command, NULL};
    g_autoptr(GError) error = NULL;
    char *out = NULL;
    int status = 0;
    g_spawn_sync(f->dir, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out,
                 NULL, &status, &error);
    g_assert_no_error(error);
    g_assert_cmpint(status, ==, 0);
    return g_strchomp(out);
}

/* Passphrases are not what is tested here: guesses may be cheap. */
static const LkSlotCost cheap = {1, 8192 * 1024};

static LkSecret *
passphrase(void)
{
    static const char text[] = "une phrase assez longue";
    return lk_secret_new_from(text, strlen(text));
}

static void
set_up(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    f->dir = g_dir_make_tmp("lakana-backup-XXXXXX", &error);
    g_assert_no_error(error);
    f->office = g_build_filename(f->dir, "office", NULL);
    f->recovery = lk_recovery_new();
    g_assert_true(lk_store_init_protected(f->office, "MOP", "EXEMPLE FICTIF",
                                          f->recovery, &error));
    g_assert_no_error(error);
    f->store = lk_store_open(f->office, &error);
    g_assert_no_error(error);
    f->store->slot_cost = cheap;
    g_autoptr(LkSession) first = lk_session_recover(f->store, f->recovery, &error);
    g_assert_no_error(error);
    g_autoptr(LkSecret) words = passphrase();
    g_assert_true(lk_person_add(first, "adama", LK_ROLE_ADMIN, words, &error));
    g_assert_no_error(error);
    g_assert_true(lk_person_add(first, "gaoussou", LK_ROLE_MANAGER, words, &error));
    g_assert_no_error(error);
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
    (void)unused;
    lk_store_free(f->store);
    lk_secret_free(f->recovery);
    g_free(run(f, "chmod -R u+w '%s' && rm -rf '%s'", f->dir, f->dir));
    g_free(f->dir);
    g_free(f->office);
}

static char *
in(const Fixture *f, const char *name)
{
    return g_build_filename(f->dir, name, NULL);
}

/* A scan in the archive, as intake leaves it. */
static void
add_scan(const Fixture *f, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = in(f, "scan.pdf");
    g_assert_true(g_file_set_contents(path, text, -1, &error));
    g_auto(LkStoreScan) scan = {0};
    g_assert_true(lk_store_scan_begin(f->store, path, &scan, &error));
    g_assert_no_error(error);
    g_assert_true(lk_store_scan_done(f->store, scan.id, 1, &error));
    g_assert_no_error(error);
}

static void
backup(const Fixture *f, const char *name, LkBackupReport *report)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = in(f, name);
    g_assert_true(lk_backup_write(f->store, path, report, &error));
    g_assert_no_error(error);
}

/* Opens @name as @login, or with the recovery key if NULL. */
static bool
restore(const Fixture *f, const char *name, const char *login, const char *dir,
        LkRestoreReport *report, GError **error)
{
    g_autofree char *path = in(f, name);
    g_autofree char *target = dir != NULL ? in(f, dir) : NULL;
    g_autoptr(LkBackup) opened = lk_backup_open(path, error);
    if (opened == NULL) {
        return false;
    }
    g_autoptr(LkSecret) words = passphrase();
    g_autoptr(LkSession) session =
        login != NULL ? lk_session_open(lk_backup_keys(opened), login, words, error)
                      : lk_session_recover(lk_backup_keys(opened), f->recovery, error);
    return session != NULL && lk_backup_restore(opened, session, target, report, error);
}

#define DUMP                                                                           \
    "for t in settings cases scans pages readings people domains grants; do"           \
    " sqlite3 %s/lakana.db \"SELECT * FROM $t ORDER BY 1, 2\"; done"

static void
test_round_trip(Fixture *f, gconstpointer data)
{
    const char *login = data;
    add_scan(f, "%PDF one");
    add_scan(f, "%PDF two, " PLANTED);
    g_autofree char *services = g_build_filename(f->office, "services.yaml", NULL);
    g_assert_true(g_file_set_contents(services, "place: ici\n", -1, NULL));
    g_auto(LkBackupReport) made = {0};
    backup(f, "b.lkb", &made);
    g_assert_cmpint(made.scans, ==, 2);
    g_assert_cmpint(made.missing, ==, 0);

    g_autoptr(GError) error = NULL;
    g_auto(LkRestoreReport) checked = {0};
    g_assert_true(restore(f, "b.lkb", login, NULL, &checked, &error));
    g_assert_no_error(error);
    g_assert_cmpint(checked.scans, ==, 2);
    g_auto(LkRestoreReport) report = {0};
    g_assert_true(restore(f, "b.lkb", login, "back", &report, &error));
    g_assert_no_error(error);
    g_assert_cmpint(report.scans, ==, 2);
    g_assert_cmpint(report.missing, ==, 0);
    g_assert_cmpint(report.damaged, ==, 0);
    g_assert_cmpint(report.journal, ==, checked.journal);
    g_assert_true(report.looked_inside == (login == NULL));

    g_autofree char *before = run(f, DUMP, "office");
    g_autofree char *after = run(f, DUMP, "back");
    g_assert_cmpstr(before, ==, after);
    g_free(run(f, "diff -r -x incoming office/archive back/archive"));
    g_free(run(f, "cmp office/services.yaml back/services.yaml"));
    g_autofree char *modes =
        run(f, "find back -perm /077 | wc -l; ls back; stat -c %%a back b.lkb");
    g_assert_cmpstr(modes, ==, "0\narchive\nlakana.db\nservices.yaml\n700\n600");
    g_autofree char *check = run(f, "sqlite3 back/lakana.db 'PRAGMA integrity_check'");
    g_assert_cmpstr(check, ==, "ok");
    g_autofree char *left = run(f, "ls -A . office; grep -c '" PLANTED "' b.lkb||true");
    g_assert_null(strstr(left, ".part"));
    g_assert_null(strstr(left, "snapshot"));
    g_assert_true(g_str_has_suffix(left, "\n0"));

    g_autofree char *path = in(f, "back");
    g_autoptr(LkStore) again = lk_store_open(path, &error);
    g_assert_no_error(error);
    g_assert_true(lk_store_journal_check(again, NULL, NULL, &error));
    g_assert_no_error(error);
}

static void
test_refuses(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_auto(LkBackupReport) made = {0};
    backup(f, "b.lkb", &made);
    g_autofree char *first = run(f, "b2sum b.lkb");

    g_autofree char *path = in(f, "b.lkb");
    g_auto(LkBackupReport) again = {0};
    g_assert_false(lk_backup_write(f->store, path, &again, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_EXISTS);
    g_clear_error(&error);
    g_autofree char *second = run(f, "b2sum b.lkb");
    g_assert_cmpstr(first, ==, second);

    g_free(run(f, "mkdir full && touch full/x"));
    g_auto(LkRestoreReport) full = {0};
    g_assert_false(restore(f, "b.lkb", "adama", "full", &full, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_EXISTS);
    g_clear_error(&error);

    /* A manager does not hold the key, and is not even in the file. */
    g_auto(LkRestoreReport) manager = {0};
    g_assert_false(restore(f, "b.lkb", "gaoussou", "other", &manager, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED);
    g_clear_error(&error);
    g_autofree char *left = run(f, "ls; ls full; grep -c gaoussou b.lkb || true");
    g_assert_cmpstr(left, ==, "b.lkb\nfull\noffice\nx\n0");

    /* An empty folder is as good as none. */
    g_free(run(f, "mkdir empty"));
    g_auto(LkRestoreReport) empty = {0};
    g_assert_true(restore(f, "b.lkb", "adama", "empty", &empty, &error));
    g_assert_no_error(error);
    g_free(run(f, "test -e empty/lakana.db"));
}

/* A changed byte anywhere, and every way of cutting it short, is refused. */
static void
test_altered(Fixture *f, gconstpointer unused)
{
    (void)unused;
    add_scan(f, "%PDF one");
    g_auto(LkBackupReport) made = {0};
    backup(f, "b.lkb", &made);
    g_autofree char *path = in(f, "b.lkb");
    g_autofree char *bytes = NULL;
    gsize size = 0;
    g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    g_autofree char *bad = in(f, "bad.lkb");
    for (int i = 0; i < 40; i++) {
        gsize at = (gsize)g_test_rand_int_range(0, (gint32)size);
        bool cut = i % 4 == 0;
        bytes[at] = (char)(bytes[at] ^ 0x10);
        g_assert_true(g_file_set_contents(bad, bytes, (gssize)(cut ? at : size), NULL));
        bytes[at] = (char)(bytes[at] ^ 0x10);
        g_autoptr(GError) error = NULL;
        g_auto(LkRestoreReport) report = {0};
        bool ok = restore(f, "bad.lkb", NULL, "back", &report, &error);
        /* What stands in clear for others (a slot, a date) may change unseen. */
        if (ok) {
            g_free(run(f, "rm -rf back"));
            g_assert_cmpint((int)at, <, 8000);
        }
        g_free(run(f, "test ! -e back && test ! -e back.part"));
    }
}

/* A scan that was damaged in the office is told, and holds nothing up. */
static void
test_damaged_scan(Fixture *f, gconstpointer unused)
{
    (void)unused;
    add_scan(f, "%PDF one");
    add_scan(f, "%PDF two");
    g_free(run(f, "find office/archive -type f | sort | sed -n 1p | xargs -I@ sh -c "
                  "'chmod u+w @; echo more >>@'"));
    g_free(run(f, "find office/archive -type f | sort | sed -n 2p | xargs rm -f"));
    g_autoptr(GError) error = NULL;
    g_auto(LkBackupReport) made = {0};
    backup(f, "b.lkb", &made);
    g_assert_cmpint(made.scans, ==, 1);
    g_assert_cmpint(made.missing, ==, 1);
    g_auto(LkRestoreReport) report = {0};
    g_assert_true(restore(f, "b.lkb", NULL, "back", &report, &error));
    g_assert_no_error(error);
    g_assert_cmpint(report.missing, ==, 1);
    g_assert_cmpint(report.damaged, ==, 1);
}

int
main(int argc, char **argv)
{
    g_setenv("LANG", "en", TRUE);
    g_test_init(&argc, &argv, NULL);
    g_test_add("/backup/round-trip/admin", Fixture, "adama", set_up, test_round_trip,
               tear_down);
    g_test_add("/backup/round-trip/recovery", Fixture, NULL, set_up, test_round_trip,
               tear_down);
    g_test_add("/backup/refuses", Fixture, NULL, set_up, test_refuses, tear_down);
    g_test_add("/backup/altered", Fixture, NULL, set_up, test_altered, tear_down);
    g_test_add("/backup/damaged-scan", Fixture, NULL, set_up, test_damaged_scan,
               tear_down);
    return g_test_run();
}
