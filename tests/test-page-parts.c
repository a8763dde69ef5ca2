/* Sealed scans and the pages that lend from them: who opens what, and what does not
 * open. */
#include "store/chunks.h"
#include "store/page-parts.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define PASSPHRASE "fleuve au petit matin"
#define SEALED_CHUNK (LK_CHUNK_LEN + 16)

/* Unlocking is slow on purpose. */
static const LkSlotCost cheap = {1, 64 * 1024};

typedef struct {
    char *dir, *office, *file;
    LkStore *store;
    LkSecret *recovery;
    GByteArray *scan;     /* in clear */
    LkStoreScan archived; /* it */
} Fixture;

static void
set_up(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    f->dir = g_dir_make_tmp("lakana-parts-XXXXXX", &error);
    g_assert_no_error(error);
    f->office = g_build_filename(f->dir, "office", NULL);
    f->file = g_build_filename(f->dir, "scan", NULL);
    f->recovery = lk_recovery_new();
    g_assert_true(lk_store_init_protected(f->office, "MOP", "EXEMPLE FICTIF",
                                          f->recovery, &error));
    g_assert_no_error(error);
    f->store = lk_store_open(f->office, &error);
    g_assert_no_error(error);
    f->store->slot_cost = cheap;
    f->scan = g_byte_array_new();
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
    (void)unused;
    lk_store_scan_clear(&f->archived);
    g_byte_array_unref(f->scan);
    lk_store_free(f->store);
    lk_secret_free(f->recovery);
    const char *argv[] = {"rm", "-rf", f->dir, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                 NULL, NULL);
    g_free(f->dir);
    g_free(f->office);
    g_free(f->file);
}

/* A scan of @size random bytes, archived. */
static void
archive(Fixture *f, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_byte_array_set_size(f->scan, (guint)size);
    randombytes_buf(f->scan->data, size);
    g_assert_true(g_file_set_contents(f->file, (const char *)f->scan->data,
                                      (gssize)size, &error));
    g_assert_true(lk_store_scan_begin(f->store, f->file, &f->archived, &error));
    g_assert_no_error(error);
}

static LkSession *
recover(const Fixture *f)
{
    g_autoptr(GError) error = NULL;
    LkSession *session = lk_session_recover(f->store, f->recovery, &error);
    g_assert_no_error(error);
    return session;
}

static LkSession *
manager(const Fixture *f)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) by = recover(f);
    g_autoptr(LkSecret) passphrase = lk_secret_new_from(PASSPHRASE, strlen(PASSPHRASE));
    g_assert_true(lk_person_add(by, "awa", LK_ROLE_MANAGER, passphrase, &error));
    LkSession *session = lk_session_open(f->store, "awa", passphrase, &error);
    g_assert_no_error(error);
    return session;
}

static bool
append(const void *bytes, size_t size, void *data, GError **error)
{
    (void)error;
    g_byte_array_append(data, bytes, (guint)size);
    return true;
}

static void
assert_opens(LkSession *session, const char *path, const uint8_t *expected, size_t n)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) got = g_byte_array_new();
    g_assert_true(lk_unseal_file(session, path, append, got, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(got->len, ==, n);
    g_assert_true(n == 0 || memcmp(got->data, expected, n) == 0);
}

static void
assert_closed(LkSession *session, const char *path, int code)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) got = g_byte_array_new();
    g_assert_false(lk_unseal_file(session, path, append, got, &error));
    g_assert_error(error, LK_STORE_ERROR, code);
}

/* Sealed files are for reading only; a test writes in them all the same. */
static void
overwrite(const char *path, const char *bytes, gsize size)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(g_file_set_contents(path, bytes, (gssize)size, &error));
    g_assert_no_error(error);
}

/* --- Scans. ------------------------------------------------------------------------
 */

static void
test_sizes(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(LkSession) session = recover(f);
    static const size_t sizes[] = {1,
                                   LK_CHUNK_LEN - 1,
                                   LK_CHUNK_LEN,
                                   LK_CHUNK_LEN + 1,
                                   2 * LK_CHUNK_LEN,
                                   16 * LK_CHUNK_LEN,
                                   20 * LK_CHUNK_LEN + 5,
                                   600000};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        archive(f, sizes[i]);
        assert_opens(session, f->archived.path, f->scan->data, f->scan->len);
    }
}

static void
test_altered(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) session = recover(f);
    archive(f, 3 * LK_CHUNK_LEN);
    const char *path = f->archived.path;
    g_autofree char *whole = NULL;
    gsize size = 0;
    g_assert_true(g_file_get_contents(path, &whole, &size, &error));
    size_t head = 4 + 1 + 1 + strlen(LK_DOMAIN_ARCHIVE) + 81;
    g_assert_cmpuint(size, ==, head + 3 * SEALED_CHUNK);
    /* A name that no key has, and all else. */
    for (size_t at = 0; at < size; at += at < head + 2 ? 1 : 5003) {
        whole[at] ^= 4;
        overwrite(path, whole, size);
        bool name = at >= 5 && at < 6 + strlen(LK_DOMAIN_ARCHIVE);
        assert_closed(session, path,
                      name ? LK_STORE_ERROR_LOCKED : LK_STORE_ERROR_DAMAGED);
        whole[at] ^= 4;
    }
    /* Cut off, also between chunks; something behind it; two chunks exchanged. */
    const size_t cuts[] = {
        0, 4, head, head + 10, head + SEALED_CHUNK, head + 2 * SEALED_CHUNK, size - 1};
    for (size_t i = 0; i < G_N_ELEMENTS(cuts); i++) {
        overwrite(path, whole, cuts[i]);
        assert_closed(session, path, LK_STORE_ERROR_DAMAGED);
    }
    g_autofree char *other = g_malloc0(size + 1);
    memcpy(other, whole, size);
    overwrite(path, other, size + 1);
    assert_closed(session, path, LK_STORE_ERROR_DAMAGED);
    memcpy(other + head, whole + head + SEALED_CHUNK, SEALED_CHUNK);
    memcpy(other + head + SEALED_CHUNK, whole + head, SEALED_CHUNK);
    overwrite(path, other, size);
    assert_closed(session, path, LK_STORE_ERROR_DAMAGED);
    overwrite(path, whole, size);
    assert_opens(session, path, f->scan->data, f->scan->len);
}

/* --- Pages. ------------------------------------------------------------------------
 */

static const char own[] = "before behind";

/* "before", bytes @at to @at + @size of the scan, " behind": filed as page @index.
 * Returns where its file is; @clear: what it says. */
static char *
file_page(Fixture *f, int index, guint64 at, guint64 size, GByteArray *clear)
{
    g_autoptr(GError) error = NULL;
    int fd = open(f->file, O_RDONLY | O_CLOEXEC);
    const LkPiece pieces[] = {{.size = 6}, {at, size, TRUE}, {.size = 7}};
    g_autoptr(GBytes) bytes = g_bytes_new_static(own, strlen(own));
    LkStoreCut cut = {bytes, pieces, G_N_ELEMENTS(pieces), fd};
    LkStorePage page = {
        .index = index, .cut = &cut, .status = LK_PAGE_UNKNOWN, .reasons = ""};
    LkFiled filed;
    g_assert_true(lk_store_file_page(f->store, f->archived.id, &page, &filed, &error));
    g_assert_no_error(error);
    (void)close(fd);
    g_auto(LkStorePicture) picture = {0};
    g_assert_true(lk_store_find_picture(f->store, filed.page, &picture, &error));
    g_byte_array_set_size(clear, 0);
    g_byte_array_append(clear, (const guint8 *)own, 6);
    g_byte_array_append(clear, f->scan->data + at, (guint)size);
    g_byte_array_append(clear, (const guint8 *)own + 6, 7);
    return g_strdup(picture.path);
}

static bool
is_of_kind(const char *path, const char *kind)
{
    g_autofree char *bytes = NULL;
    return g_file_get_contents(path, &bytes, NULL, NULL) && memcmp(bytes, kind, 4) == 0;
}

static void
test_pages(Fixture *f, gconstpointer unused)
{
    (void)unused;
    static const struct {
        guint64 at, size;
    } pages[] = {{0, 100000},
                 {20000, 130000},
                 {LK_CHUNK_LEN, 2 * LK_CHUNK_LEN},
                 {LK_CHUNK_LEN - 1, 2 * LK_CHUNK_LEN},
                 {LK_CHUNK_LEN + 1, LK_CHUNK_LEN},
                 {5, 10},
                 {0, 12 * LK_CHUNK_LEN},
                 {11 * LK_CHUNK_LEN, LK_CHUNK_LEN}};
    archive(f, 12 * LK_CHUNK_LEN);
    g_autoptr(LkSession) session = manager(f);
    assert_closed(session, f->archived.path, LK_STORE_ERROR_LOCKED);
    g_autoptr(GByteArray) clear = g_byte_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
        g_autofree char *path = file_page(f, (int)i, pages[i].at, pages[i].size, clear);
        g_assert_true(is_of_kind(path, LK_SEALED_PAGE));
        assert_opens(session, path, clear->data, clear->len);
        GStatBuf info;
        g_assert_cmpint(g_stat(path, &info), ==, 0);
        g_assert_cmpint(info.st_size, <, 3 * (int)LK_CHUNK_LEN);
    }
}

/* What the page's keys open is the page's, and nothing of its neighbours. */
static void
test_neighbours(Fixture *f, gconstpointer unused)
{
    (void)unused;
    enum { FIRST = 2, BEHIND = 9 };
    const guint64 at = 20000, size = 130000;
    g_autoptr(GError) error = NULL;
    archive(f, 200000);
    g_autoptr(LkSession) session = recover(f);
    g_autoptr(GByteArray) clear = g_byte_array_new();
    g_autofree char *path = file_page(f, 0, at, size, clear);

    const LkSecret *private = lk_session_private(session, LK_DOMAIN_RECEPTION, &error);
    g_autoptr(GByteArray) recipe = g_byte_array_new();
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    g_assert_true(lk_unseal_fd_with(private, LK_DOMAIN_RECEPTION, fd, path, append,
                                    recipe, &error));
    (void)close(fd);
    g_assert_null(memmem(recipe->data, recipe->len, f->scan->data + at - 16, 16));
    g_assert_null(memmem(recipe->data, recipe->len, f->scan->data + at + size, 16));

    g_autoptr(GByteArray) address = g_byte_array_new();
    fd = open(f->archived.path, O_RDONLY | O_CLOEXEC);
    g_assert_true(lk_sealed_address(fd, f->archived.path, address, &error));
    LkChunks chunks = {fd, f->archived.path, address};
    uint8_t got[LK_CHUNK_LEN];
    int opened = 0;
    for (guint from = 0; from + LK_KEY_LEN <= recipe->len; from++) {
        for (guint64 i = FIRST - 1; i <= BEHIND; i++) {
            if (lk_chunk_open(&chunks, i, recipe->data + from, got, NULL)) {
                g_assert_true(i >= FIRST && i < BEHIND);
                g_assert_true(
                    memcmp(got, f->scan->data + i * LK_CHUNK_LEN, sizeof got) == 0);
                opened++;
            }
        }
        /* Where the keys stand is known; elsewhere a few places will do. */
        from += from > 20000 || from < 12000 ? 60 : 0;
    }
    g_assert_cmpint(opened, ==, BEHIND - FIRST);
    (void)close(fd);
}

/* Nobody who comes later has the scan's master key: its pages are whole files then. */
static void
test_later(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    archive(f, 200000);
    lk_store_free(f->store);
    f->store = lk_store_open(f->office, &error);
    g_assert_no_error(error);
    f->store->slot_cost = cheap;
    g_assert_true(lk_store_scan_begin(f->store, f->file, &f->archived, &error));
    g_autoptr(LkSession) session = recover(f);
    g_autoptr(GByteArray) clear = g_byte_array_new();
    g_autofree char *path = file_page(f, 0, 20000, 130000, clear);
    g_assert_true(is_of_kind(path, LK_SEALED_FILE));
    assert_opens(session, path, clear->data, clear->len);
}

/* The scan that a page lends from is altered, or gone. */
static void
test_lender(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    archive(f, 200000);
    g_autoptr(LkSession) session = recover(f);
    g_autoptr(GByteArray) clear = g_byte_array_new();
    g_autofree char *path = file_page(f, 0, 20000, 130000, clear);
    g_autofree char *whole = NULL;
    gsize size = 0;
    g_assert_true(g_file_get_contents(f->archived.path, &whole, &size, &error));
    size_t head = size - 200000 - 13 * 16;
    whole[head + 10 * SEALED_CHUNK] ^= 1;
    overwrite(f->archived.path, whole, size);
    assert_opens(session, path, clear->data, clear->len);
    whole[head + 5 * SEALED_CHUNK] ^= 1;
    overwrite(f->archived.path, whole, size);
    assert_closed(session, path, LK_STORE_ERROR_DAMAGED);
    g_assert_cmpint(g_unlink(f->archived.path), ==, 0);
    assert_closed(session, path, LK_STORE_ERROR_FILE);
}

/* A scan whose file is gone is not sealed anew as long as pages lend from it; then it
 * is, and no page lends from that: a copy of the first file always fits. */
static void
test_again(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    archive(f, 200000);
    g_autoptr(LkSession) session = recover(f);
    g_autoptr(GByteArray) clear = g_byte_array_new();
    g_autofree char *first = file_page(f, 0, 20000, 130000, clear);
    g_assert_cmpint(g_unlink(f->archived.path), ==, 0);
    g_assert_true(lk_store_scan_begin(f->store, f->file, &f->archived, &error));
    g_assert_true(f->archived.is_lost);
    g_assert_false(g_file_test(f->archived.path, G_FILE_TEST_EXISTS));

    g_autoptr(GBytes) page = g_bytes_new(clear->data, clear->len);
    const LkStoreCut alone = {.own = page};
    g_assert_true(
        lk_store_renew_page_file(f->store, f->archived.id, 0, &alone, &error));
    g_assert_true(lk_store_scan_begin(f->store, f->file, &f->archived, &error));
    g_assert_no_error(error);
    g_assert_false(f->archived.is_lost);
    assert_opens(session, f->archived.path, f->scan->data, f->scan->len);
    assert_opens(session, first, clear->data, clear->len);
    g_autofree char *second = file_page(f, 1, 20000, 130000, clear);
    g_assert_true(is_of_kind(second, LK_SEALED_FILE));
    assert_opens(session, second, clear->data, clear->len);
}

/* What backing up the office says, and checking the backup, as @session's person. */
static void
back_up(const Fixture *f, bool as_recovery, LkBackupReport *made, LkRestoreReport *got)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *file = g_build_filename(f->dir, "b.lkb", NULL);
    (void)g_unlink(file);
    g_assert_true(lk_backup_write(f->store, file, made, &error));
    g_assert_no_error(error);
    g_autoptr(LkBackup) backup = lk_backup_open(file, &error);
    g_autoptr(LkSecret) passphrase = lk_secret_new_from(PASSPHRASE, strlen(PASSPHRASE));
    g_autoptr(LkSession) session =
        as_recovery
            ? lk_session_recover(lk_backup_keys(backup), f->recovery, &error)
            : lk_session_open(lk_backup_keys(backup), "adama", passphrase, &error);
    g_assert_no_error(error);
    g_assert_true(lk_backup_restore(backup, session, NULL, got, &error));
    g_assert_no_error(error);
    g_assert_true(got->looked_inside == as_recovery);
}

/* One file is told: the scan, with @n of its pages, the first @first. */
static void
assert_told(const GPtrArray *lost, const Fixture *f, bool is_missing, guint n,
            gint64 first)
{
    g_assert_cmpuint(lost->len, ==, 1);
    const LkLostFile *file = g_ptr_array_index(lost, 0);
    g_assert_true(g_str_has_suffix(f->archived.path, file->name));
    g_assert_true(g_str_has_prefix(file->name, "archive/"));
    g_assert_true(file->is_missing == is_missing);
    g_assert_cmpuint(file->pages->len, ==, n);
    g_assert_cmpint(g_array_index(file->pages, gint64, 0), ==, first);
}

/* Pages that lend from a scan that is lost are told with it; a page that stands alone
 * is not, nor those of other scans. */
static void
test_told(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) by = recover(f);
    g_autoptr(LkSecret) passphrase = lk_secret_new_from(PASSPHRASE, strlen(PASSPHRASE));
    g_assert_true(lk_person_add(by, "adama", LK_ROLE_ADMIN, passphrase, &error));
    g_autoptr(GByteArray) clear = g_byte_array_new();
    archive(f, 100000);
    g_free(file_page(f, 0, 0, 90000, clear));
    archive(f, 200000);
    g_free(file_page(f, 0, 0, 90000, clear));
    g_free(file_page(f, 1, 5, 10, clear));
    g_free(file_page(f, 2, 90000, 90000, clear));
    const LkStoreCut alone = {.own = g_bytes_new_static(own, strlen(own))};
    g_assert_true(
        lk_store_renew_page_file(f->store, f->archived.id, 1, &alone, &error));
    g_bytes_unref(alone.own);
    g_autofree char *whole = NULL;
    gsize size = 0;
    g_assert_true(g_file_get_contents(f->archived.path, &whole, &size, &error));
    for (int as_recovery = 0; as_recovery < 2; as_recovery++) {
        g_auto(LkBackupReport) made = {0};
        g_auto(LkRestoreReport) got = {0};
        back_up(f, as_recovery, &made, &got);
        g_assert_cmpuint(made.lost->len + got.lost->len, ==, 0);

        overwrite(f->archived.path, whole, size - 1);
        g_auto(LkBackupReport) made_cut = {0};
        g_auto(LkRestoreReport) got_cut = {0};
        back_up(f, as_recovery, &made_cut, &got_cut);
        assert_told(made_cut.lost, f, false, 2, 2);
        assert_told(got_cut.lost, f, false, 2, 2);
        g_assert_cmpint(made_cut.damaged + got_cut.damaged, ==, 2);

        g_assert_cmpint(g_unlink(f->archived.path), ==, 0);
        g_auto(LkBackupReport) made_gone = {0};
        g_auto(LkRestoreReport) got_gone = {0};
        back_up(f, as_recovery, &made_gone, &got_gone);
        assert_told(made_gone.lost, f, true, 2, 2);
        assert_told(got_gone.lost, f, true, 2, 2);

        whole[size / 2] ^= 1; /* only who opens it can see that */
        overwrite(f->archived.path, whole, size);
        whole[size / 2] ^= 1;
        g_auto(LkBackupReport) made_altered = {0};
        g_auto(LkRestoreReport) got_altered = {0};
        back_up(f, as_recovery, &made_altered, &got_altered);
        g_assert_cmpuint(made_altered.lost->len, ==, 0);
        if (as_recovery) {
            assert_told(got_altered.lost, f, false, 2, 2);
        } else {
            g_assert_cmpuint(got_altered.lost->len, ==, 0);
        }
        overwrite(f->archived.path, whole, size);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    lk_language_init();
    if (sodium_init() < 0) {
        return 1;
    }
#define ADD(path, test) g_test_add(path, Fixture, NULL, set_up, test, tear_down)
    ADD("/parts/scan/sizes", test_sizes);
    ADD("/parts/scan/altered", test_altered);
    ADD("/parts/pages", test_pages);
    ADD("/parts/neighbours", test_neighbours);
    ADD("/parts/later", test_later);
    ADD("/parts/lender", test_lender);
    ADD("/parts/again", test_again);
    ADD("/parts/told", test_told);
    return g_test_run();
}
