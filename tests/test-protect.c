/* test-protect.c - an office of an older program, with its scans in clear: sealed, page
 * by page, whatever interrupts it; what it held can be had by who holds the keys. */
#include "pipeline/pipeline.h"
#include "scan/scan.h"
#include "store/store.h"

#include "tests/files/office.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define SAMPLE "samples/fax-g4.tif"
#define N_PAGES 4 /* filed of it */

typedef struct {
    char *dir, *office, *archived;
    LkStore *store;
    int n_asked, stop_after;
} Fixture;

static void run(const char *format, ...) G_GNUC_PRINTF(1, 2);

static void
run(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    g_autofree char *command = g_strdup_vprintf(format, values);
    va_end(values);
    const char *argv[] = {"sh", "-c", command, NULL};
    int status = -1;
    g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL,
                               NULL, NULL, NULL, &status, NULL));
    g_assert_cmpint(status, ==, 0);
}

/* As an older program left it: the scan in clear, pages filed, a personal mark read. */
static void
set_up(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    f->dir = g_dir_make_tmp("lakana-protect-XXXXXX", &error);
    f->office = g_build_filename(f->dir, "office", NULL);
    g_assert_true(lk_store_init(f->office, "MOP", "EXEMPLE FICTIF", &error));
    f->store = lk_store_open(f->office, &error);
    g_assert_no_error(error);
    run("h=$(b2sum -l 256 <%s | cut -d' ' -f1); d=%s/archive/$(printf %%.2s $h)/$(echo "
        "$h | cut -c3-4); mkdir -p $d; cp %s $d/$h; sqlite3 %s/lakana.db \"INSERT INTO "
        "scans (hash, size, received_at, state) VALUES ('$h', $(stat -c %%s %s), "
        "'2026-01-01T00:00:00Z', 'done')\"",
        SAMPLE, f->office, SAMPLE, f->office, SAMPLE);
    for (int i = 0; i < N_PAGES; i++) {
        LkStorePage page = {.index = i, .status = LK_PAGE_UNKNOWN, .reasons = ""};
        LkFiled filed;
        g_assert_true(lk_store_file_page(f->store, 1, &page, &filed, &error));
        g_assert_no_error(error);
    }
    run("sqlite3 %s/lakana.db \"INSERT INTO readings (page, position, field, row_no, "
        "value, options, status, confidence, source, written, personal) VALUES (1, 0, "
        "'lien', 0, 'oncle', '{}', 'ok', 1, 'mark', 0, 1)\"",
        f->office);
    f->archived = lk_store_scan_path(f->store, 1, &error);
    office_protect(f->store);
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
    (void)unused;
    lk_store_free(f->store);
    run("rm -rf %s", f->dir);
    g_free(f->dir);
    g_free(f->office);
    g_free(f->archived);
}

static bool
stop(void *data)
{
    Fixture *f = data;
    return ++f->n_asked > f->stop_after;
}

static void
protect(Fixture *f, int stop_after)
{
    LkProtectOptions options = {.stop = stop, .data = f};
    g_autoptr(GError) error = NULL;
    f->n_asked = 0;
    f->stop_after = stop_after;
    bool done = lk_protect(f->store, &options, &error);
    g_assert_no_error(error);
    g_assert_true(done);
}

static void
assert_same(const LkImage *a, const LkImage *b)
{
    g_assert_cmpint(a->width, ==, b->width);
    g_assert_cmpint(a->height, ==, b->height);
    for (int y = 0; y < a->height; y++) {
        g_assert_cmpint(memcmp(a->pixels + a->stride * (size_t)y,
                               b->pixels + b->stride * (size_t)y, (size_t)a->width),
                        ==, 0);
    }
}

/* Everything sealed, and every page still what it was. */
static void
assert_protected(Fixture *f)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) session = office_session(f->store);
    g_autoptr(LkScan) sample = lk_scan_open(SAMPLE, NULL, &error);
    for (int i = 0; i < N_PAGES; i++) {
        g_auto(LkStorePicture) picture = {0};
        g_assert_true(lk_store_find_picture(f->store, i + 1, &picture, &error));
        g_assert_true(picture.is_sealed);
        int fd = lk_unseal_to_memory(session, picture.path, &error);
        g_assert_no_error(error);
        g_autoptr(LkScan) page = lk_scan_open_fd(fd, NULL, &error);
        (void)close(fd);
        LkImage expected;
        LkImage got;
        g_assert_cmpint(lk_scan_next(sample, &expected, NULL), ==, LK_SCAN_PAGE);
        g_assert_cmpint(lk_scan_n_pages(page), ==, 1);
        g_assert_cmpint(lk_scan_next(page, &got, NULL), ==, LK_SCAN_PAGE);
        assert_same(&got, &expected);
    }
    int whole = lk_unseal_to_memory(session, f->archived, &error);
    g_assert_no_error(error);
    run("cmp /proc/%d/fd/%d %s", (int)getpid(), whole, SAMPLE);
    (void)close(whole);
    run("! grep -q oncle %s/lakana.db*", f->office);
    run("test \"$(sqlite3 %s/lakana.db 'SELECT count(*) FROM sealed_values')\" = 1",
        f->office);
    run("! find %s/archive %s/pages -type f | xargs head -qc 4 | grep -v LKS | grep "
        "-q .",
        f->office, f->office);
}

static void
test_once(Fixture *f, gconstpointer unused)
{
    (void)unused;
    protect(f, 1000);
    assert_protected(f);
    protect(f, 1000); /* nothing left to do */
    assert_protected(f);
}

/* Ended before any page, again and again, it comes to its end; the scan lies in clear
 * until its pages are cut out. */
static void
test_bit_by_bit(Fixture *f, gconstpointer unused)
{
    (void)unused;
    char domain[LK_DOMAIN_MAX + 1];
    protect(f, 0);
    g_assert_true(lk_sealed_file_domain(f->archived, domain, NULL));
    g_assert_cmpstr(domain, ==, "");
    for (int i = 0; i < N_PAGES; i++) {
        protect(f, 2); /* asked once a scan, once a page */
    }
    protect(f, 1000);
    assert_protected(f);
}

/* Sealed, then killed before the row said so; and an archived file without a row. */
static void
test_killed(Fixture *f, gconstpointer unused)
{
    (void)unused;
    protect(f, 1000);
    run("sqlite3 %s/lakana.db 'UPDATE scans SET sealed = 0'", f->office);
    run("h=$(printf stray | b2sum -l 256 | cut -d' ' -f1); d=%s/archive/$(printf %%.2s "
        "$h)/$(echo $h | cut -c3-4); mkdir -p $d; printf stray >$d/$h",
        f->office);
    protect(f, 1000);
    assert_protected(f);
    run("test \"$(sqlite3 %s/lakana.db 'SELECT sealed FROM scans')\" = 1", f->office);
}

/* A scan that is not what its name says stays, and is told. */
static void
test_damaged(Fixture *f, gconstpointer unused)
{
    (void)unused;
    run("chmod u+w %s; printf x >>%s", f->archived, f->archived);
    LkProtectOptions options = {0};
    g_autoptr(GError) error = NULL;
    g_assert_false(lk_protect(f->store, &options, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED);
    char domain[LK_DOMAIN_MAX + 1];
    g_assert_true(lk_sealed_file_domain(f->archived, domain, NULL));
    g_assert_cmpstr(domain, ==, "");
}

#define ADD(path, test) g_test_add(path, Fixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/protect/once", test_once);
    ADD("/protect/bit-by-bit", test_bit_by_bit);
    ADD("/protect/killed", test_killed);
    ADD("/protect/damaged", test_damaged);
    return g_test_run();
}
