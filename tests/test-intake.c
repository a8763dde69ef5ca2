/* test-intake.c - what is taken in is the file that was opened, and nothing else. */
#include "pipeline/pipeline.h"

#include "tests/files/office.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SAMPLE "samples/fax-g4.tif"
#define N_PAGES 13

/* What is done to the file when its first page is told. */
typedef enum { LEAVE, APPEND, REMOVE, REPLACE } Deed;

typedef struct {
    char *dir, *office, *path;
    Deed deed;
    int told;
    GString *said;
} Fixture;

static void
set_up(Fixture *f, gconstpointer unused)
{
    (void)unused;
    f->dir = g_dir_make_tmp("lakana-intake-XXXXXX", NULL);
    f->office = g_build_filename(f->dir, "office", NULL);
    f->path = g_build_filename(f->dir, "scan.tif", NULL);
    f->said = g_string_new(NULL);
    office_init(f->office, "MOP", "EXEMPLE FICTIF");
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
    (void)unused;
    const char *argv[] = {"rm", "-rf", f->dir, NULL};
    g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL,
                               NULL, NULL, NULL, NULL, NULL));
    g_free(f->dir);
    g_free(f->office);
    g_free(f->path);
    g_string_free(f->said, TRUE);
}

static void
copy_sample(const char *path)
{
    g_autofree char *bytes = NULL;
    gsize len = 0;
    g_assert_true(g_file_get_contents(SAMPLE, &bytes, &len, NULL));
    g_assert_true(g_file_set_contents(path, bytes, (gssize)len, NULL));
}

static void
on_page(const LkIntakePage *page, int n_pages, void *data)
{
    (void)page;
    (void)n_pages;
    Fixture *f = data;
    if (f->told++ != 0) {
        return;
    }
    if (f->deed == APPEND) {
        int fd = open(f->path, O_WRONLY | O_APPEND | O_CLOEXEC);
        g_assert_cmpint(write(fd, "x", 1), ==, 1);
        (void)close(fd);
    } else if (f->deed == REPLACE) {
        g_assert_true(g_file_set_contents(f->path, "something else", -1, NULL));
    } else if (f->deed == REMOVE) {
        g_assert_cmpint(g_unlink(f->path), ==, 0);
    }
}

static void
on_failed(const char *file, int index, const GError *error, void *data)
{
    (void)file;
    (void)index;
    g_string_append(((Fixture *)data)->said, error->message);
}

/* Pages there are in the office afterwards. */
static int
ingest(Fixture *f, Deed deed, int *failed)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStore) store = lk_store_open(f->office, &error);
    g_assert_no_error(error);
    const char *paths[] = {f->path, NULL};
    LkIntakeOptions options = {
        .jobs = 1, .page = on_page, .failed = on_failed, .data = f};
    g_auto(LkIntakeSummary) summary = {0};
    f->deed = deed;
    f->told = 0;
    g_string_truncate(f->said, 0);
    bool done = lk_intake(store, paths, &options, &summary, &error);
    g_assert_no_error(error);
    g_assert_true(done);
    *failed = summary.failed_files;
    g_autoptr(GPtrArray) pages = lk_store_scan_pages(store, 1, &error);
    g_assert_no_error(error);
    return (int)pages->len;
}

/* Written to while it is read: told, and no more pages of it; whole again, the same
 * command ends it. */
static void
test_changed(Fixture *f, gconstpointer unused)
{
    (void)unused;
    int failed = 0;
    copy_sample(f->path);
    g_assert_cmpint(ingest(f, APPEND, &failed), ==, 1);
    g_assert_cmpint(failed, ==, 1);
    g_assert_nonnull(strstr(f->said->str, "was changed while it was read"));
    g_assert_true(g_str_has_prefix(f->said->str, f->path));
    copy_sample(f->path);
    g_assert_cmpint(ingest(f, LEAVE, &failed), ==, N_PAGES);
    g_assert_cmpint(failed, ==, 0);
}

/* Another file under its name, or none: what was opened is read to its end, or told. */
static void
test_gone(Fixture *f, gconstpointer unused)
{
    static const Deed deeds[] = {REPLACE, REMOVE};
    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(deeds); i++) {
        int failed = 0;
        copy_sample(f->path);
        int filed = ingest(f, deeds[i], &failed);
        g_assert_true(filed == N_PAGES || failed == 1);
    }
    int failed = 0;
    copy_sample(f->path);
    g_assert_cmpint(ingest(f, LEAVE, &failed), ==, N_PAGES);
}

/* --- Scans that the disk lost. ------------------------------------------------------
 */

typedef enum { GONE, CUT_BY_ONE, CUT_IN_HALF, LONGER, OTHER_HEAD } Damage;

static char *
shell(const Fixture *f, const char *command)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *script = g_strdup_printf("cd %s && %s", f->office, command);
    const char *argv[] = {"sh", "-c", script, NULL};
    char *said = NULL;
    g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL,
                               NULL, &said, NULL, NULL, &error));
    g_assert_no_error(error);
    return g_strchomp(said);
}

static int
count(const Fixture *f, const char *command)
{
    g_autofree char *said = shell(f, command);
    return atoi(said);
}

/* Page files that say where the page lies in the scan. */
static int
lending(const Fixture *f)
{
    return count(f, "grep -rl ^LKP1 pages | wc -l");
}

static void
damage(const Fixture *f, Damage how)
{
    static const char *const commands[] = {
        [GONE] = "rm -f",
        [CUT_BY_ONE] = "truncate -s -1",
        [CUT_IN_HALF] = "truncate -s 20000",
        [LONGER] = "truncate -s +1",
        [OTHER_HEAD] = "dd if=/dev/zero bs=1 count=4 conv=notrunc status=none of=",
    };
    g_autofree char *command =
        g_strdup_printf("file=$(find archive -type f) && chmod u+w $file && %s%s$file",
                        commands[how], how == OTHER_HEAD ? "" : " ");
    g_free(shell(f, command));
}

static bool
append(const void *bytes, size_t size, void *data, GError **error)
{
    (void)error;
    g_byte_array_append(data, bytes, (guint)size);
    return true;
}

/* (transfer full): GPtrArray of GBytes, what the files of the pages say. All of them
 * open, and so does the scan, which is the sample. */
static GPtrArray *
open_all(const Fixture *f)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStore) store = lk_store_open(f->office, &error);
    g_autoptr(LkSession) session = office_session(store);
    g_autoptr(GPtrArray) records = lk_store_scan_pages(store, 1, &error);
    g_assert_cmpuint(records->len, ==, N_PAGES);
    GPtrArray *pages = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    for (guint i = 0; i < records->len; i++) {
        const LkPageRecord *record = g_ptr_array_index(records, i);
        g_auto(LkStorePicture) picture = {0};
        GByteArray *bytes = g_byte_array_new();
        g_assert_true(lk_store_find_picture(store, record->page, &picture, &error));
        g_assert_true(lk_unseal_file(session, picture.path, append, bytes, &error));
        g_assert_no_error(error);
        g_ptr_array_add(pages, g_byte_array_free_to_bytes(bytes));
    }
    g_autoptr(GByteArray) scan = g_byte_array_new();
    g_autofree char *path = lk_store_scan_path(store, 1, &error);
    g_assert_true(lk_unseal_file(session, path, append, scan, &error));
    g_autofree char *sample = NULL;
    gsize size = 0;
    g_assert_true(g_file_get_contents(SAMPLE, &sample, &size, NULL));
    g_assert_cmpuint(scan->len, ==, size);
    g_assert_true(memcmp(scan->data, sample, size) == 0);
    return pages;
}

static void
assert_same(const GPtrArray *pages, const GPtrArray *before)
{
    for (guint i = 0; i < before->len; i++) {
        g_assert_true(
            g_bytes_equal(g_ptr_array_index(pages, i), g_ptr_array_index(before, i)));
    }
}

/* Ingested again, a scan that was lost is archived again, and pages that were filed of
 * it before open as before. */
static void
test_lost(Fixture *f, gconstpointer how)
{
    int failed = 0;
    copy_sample(f->path);
    g_assert_cmpint(ingest(f, LEAVE, &failed), ==, N_PAGES);
    g_autoptr(GPtrArray) before = open_all(f);
    g_assert_cmpint(lending(f), >, 0);
    damage(f, (Damage)GPOINTER_TO_INT(how));
    g_assert_cmpint(ingest(f, LEAVE, &failed), ==, N_PAGES);
    g_assert_cmpint(failed, ==, 0);
    g_autoptr(GPtrArray) after = open_all(f);
    assert_same(after, before);
    g_assert_cmpint(count(f, "find archive -type f | wc -l"), ==, 1);
    g_assert_cmpint(
        count(f, "sqlite3 lakana.db \"SELECT count(*) FROM journal WHERE what ="
                 " 'archived-anew'\""),
        ==, 1);
}

/* What is left to do is seen by what is not there yet. */
static bool
die_in_time(void *data)
{
    int *left = data;
    if ((*left)-- == 0) {
        (void)kill(getpid(), SIGKILL);
    }
    return false;
}

/* A run that is killed when it asks for the @moment-th time whether to stop; whether it
 * was. */
static bool
ingest_and_die(const Fixture *f, int moment)
{
    pid_t child = fork();
    if (child == 0) {
        g_autoptr(LkStore) store = lk_store_open(f->office, NULL);
        const char *paths[] = {f->path, NULL};
        int left = moment;
        LkIntakeOptions options = {.jobs = 1, .stop = die_in_time, .data = &left};
        g_auto(LkIntakeSummary) summary = {0};
        _exit(lk_intake(store, paths, &options, &summary, NULL) ? 0 : 1);
    }
    int status = 0;
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return WIFSIGNALED(status);
}

static void
test_lost_and_killed(Fixture *f, gconstpointer unused)
{
    (void)unused;
    int failed = 0, kills = 0, halfway = 0;
    copy_sample(f->path);
    g_assert_cmpint(ingest(f, LEAVE, &failed), ==, N_PAGES);
    g_autoptr(GPtrArray) before = open_all(f);
    int lent = lending(f);
    damage(f, GONE);
    while (ingest_and_die(f, kills)) {
        kills++;
        int now = lending(f);
        halfway += now > 0 && now < lent ? 1 : 0;
        g_assert_true(now == 0 || count(f, "find archive -type f | wc -l") == 0);
        g_assert_cmpint(kills, <, 100);
    }
    g_assert_cmpint(halfway, >, 2);
    g_autoptr(GPtrArray) after = open_all(f);
    assert_same(after, before);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/intake/changed", Fixture, NULL, set_up, test_changed, tear_down);
    g_test_add("/intake/gone", Fixture, NULL, set_up, test_gone, tear_down);
#define LOST(name, how)                                                                \
    g_test_add("/intake/lost/" name, Fixture, GINT_TO_POINTER(how), set_up, test_lost, \
               tear_down)
    LOST("gone", GONE);
    LOST("cut-by-one", CUT_BY_ONE);
    LOST("cut-in-half", CUT_IN_HALF);
    LOST("longer", LONGER);
    LOST("other-head", OTHER_HEAD);
    g_test_add("/intake/lost/killed", Fixture, NULL, set_up, test_lost_and_killed,
               tear_down);
    return g_test_run();
}
