/* cut.c - see cut.h */
#include "tests/files/cut.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static LkScan *
opened(const GByteArray *file)
{
    int fd = memfd_create("cut", MFD_CLOEXEC);
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(write(fd, file->data, file->len), ==, (gssize)file->len);
    g_autoptr(GError) error = NULL;
    LkScan *scan = lk_scan_open_fd(fd, NULL, &error);
    (void)close(fd);
    g_assert_no_error(error);
    return scan;
}

static void
assert_same(const LkImage *got, const LkImage *expected)
{
    g_assert_cmpint(got->width, ==, expected->width);
    g_assert_cmpint(got->height, ==, expected->height);
    g_assert_cmpint(got->bilevel, ==, expected->bilevel);
    for (int y = 0; y < got->height; y++) {
        g_assert_cmpint(memcmp(got->pixels + got->stride * (size_t)y,
                               expected->pixels + expected->stride * (size_t)y,
                               (size_t)got->width),
                        ==, 0);
    }
}

/* In pieces it is the same file, byte for byte. */
static void
assert_made_of_pieces(LkScan *scan, const GByteArray *file)
{
    LkScanCut cut;
    g_autoptr(GError) error = NULL;
    bool done = lk_scan_cut_pieces(scan, &cut, &error);
    g_assert_no_error(error);
    g_assert_true(done);
    g_autoptr(GByteArray) made = g_byte_array_new();
    size_t own = 0;
    for (size_t i = 0; i < cut.n_pieces; i++) {
        const LkPiece *piece = &cut.pieces[i];
        guint from = made->len;
        g_byte_array_set_size(made, from + (guint)piece->size);
        if (piece->is_of_file) {
            ssize_t got = pread(lk_scan_fd(scan), made->data + from, piece->size,
                                (off_t)piece->at);
            g_assert_cmpuint((size_t)got, ==, piece->size);
        } else {
            g_assert_cmpuint(own + piece->size, <=, cut.size);
            memcpy(made->data + from, cut.data + own, piece->size);
            own += piece->size;
        }
    }
    g_assert_cmpuint(own, ==, cut.size);
    g_assert_cmpuint(made->len, ==, file->len);
    g_assert_true(memcmp(made->data, file->data, file->len) == 0);
}

GByteArray *
cut_of(LkScan *scan, const LkImage *image)
{
    LkScanCut cut;
    g_autoptr(GError) error = NULL;
    bool done = lk_scan_cut(scan, &cut, &error);
    g_assert_no_error(error);
    g_assert_true(done);
    GByteArray *file = g_byte_array_new();
    g_byte_array_append(file, cut.data, (guint)cut.size);
    assert_made_of_pieces(scan, file);
    g_autoptr(LkScan) again = opened(file);
    g_assert_cmpint(lk_scan_n_pages(again), ==, 1);
    LkImage got;
    g_assert_cmpint(lk_scan_next(again, &got, &error), ==, LK_SCAN_PAGE);
    assert_same(&got, image);
    g_assert_cmpint(lk_scan_next(again, &got, &error), ==, LK_SCAN_END);
    return file;
}
