/* test-intake.c - what is taken in is the file that was opened, and nothing else. */
#include "pipeline/pipeline.h"

#include "tests/files/office.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
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

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/intake/changed", Fixture, NULL, set_up, test_changed, tear_down);
    g_test_add("/intake/gone", Fixture, NULL, set_up, test_gone, tear_down);
    return g_test_run();
}
