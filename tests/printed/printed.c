/* printed.c - asks other programs, measures ink. */
#include "tests/printed/printed.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

char *
lk_ask(const char *const *argv)
{
    char *out = NULL;
    g_autofree char *err = NULL;
    g_autoptr(GError) error = NULL;
    int status = 0;
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err,
                 &status, &error);
    g_assert_no_error(error);
    if (!g_spawn_check_wait_status(status, &error)) {
        g_error("%s: %s %s", argv[0], out, err);
    }
    return out;
}

/* --- Rasters. ------------------------------------------------------------------------
 */

static LkRaster
parse_pgm(const char *path)
{
    LkRaster raster = {.file = NULL};
    gsize length = 0;
    g_assert_true(g_file_get_contents(path, &raster.file, &length, NULL));
    g_assert_true(g_str_has_prefix(raster.file, "P5\n"));
    char *at = raster.file + 3;
    raster.width = (int)g_ascii_strtoull(at, &at, 10);
    raster.height = (int)g_ascii_strtoull(at, &at, 10);
    g_assert_cmpuint(g_ascii_strtoull(at, &at, 10), ==, 255);
    raster.grey = (guchar *)at + 1;
    gsize header = (gsize)(at + 1 - raster.file);
    g_assert_cmpuint(length, ==, header + (gsize)raster.width * (gsize)raster.height);
    return raster;
}

LkRaster
lk_raster_load(const char *pdf, int number, const char *dir)
{
    g_autofree char *stem = g_build_filename(dir, "page", NULL);
    g_autofree char *pgm = g_strconcat(stem, ".pgm", NULL);
    g_autofree char *page = g_strdup_printf("%d", number);
    g_free(
        LK_ASK("pdftoppm", "-r", "254", "-gray", "-singlefile", "-f", page, pdf, stem));
    LkRaster raster = parse_pgm(pgm);
    g_assert_cmpint(g_remove(pgm), ==, 0);
    return raster;
}

void
lk_raster_clear(LkRaster *raster)
{
    g_clear_pointer(&raster->file, g_free);
    raster->grey = NULL;
}

int
lk_raster_grey(const LkRaster *raster, int x_px, int y_px)
{
    g_assert_true(x_px >= 0 && x_px < raster->width);
    g_assert_true(y_px >= 0 && y_px < raster->height);
    return raster->grey[(size_t)y_px * (size_t)raster->width + (size_t)x_px];
}

static int
to_px(double mm)
{
    return (int)lround(mm * LK_RASTER_PX_PER_MM);
}

double
lk_raster_ink(const LkRaster *raster, LkRect mm, LkPoint *centroid_mm)
{
    const double px = LK_RASTER_PX_PER_MM;
    double sum = 0;
    LkPoint moment = {0, 0};
    for (int y = to_px(mm.y); y < to_px(mm.y + mm.h); y++) {
        for (int x = to_px(mm.x); x < to_px(mm.x + mm.w); x++) {
            double ink = (255 - lk_raster_grey(raster, x, y)) / 255.0;
            sum += ink;
            moment.x += ink * (x + 0.5);
            moment.y += ink * (y + 0.5);
        }
    }
    if (centroid_mm != NULL) {
        *centroid_mm = (LkPoint){moment.x / sum / px, moment.y / sum / px};
    }
    return sum / (px * px);
}

/* --- Codes. --------------------------------------------------------------------------
 */

char *
lk_raster_code(const LkRaster *raster, LkRect qr, const char *dir)
{
    LkRect with_margin = lk_rect_inset(qr, -1.5);
    int x = to_px(with_margin.x);
    int y = to_px(with_margin.y);
    int side = to_px(with_margin.w);
    g_autoptr(GString) pgm = g_string_new(NULL);
    g_string_printf(pgm, "P5\n%d %d\n255\n", side, side);
    for (int row = 0; row < side; row++) {
        const guchar *from = raster->grey + (ptrdiff_t)(y + row) * raster->width + x;
        g_string_append_len(pgm, (const char *)from, side);
    }
    g_autofree char *path = g_build_filename(dir, "code.pgm", NULL);
    g_assert_true(g_file_set_contents(path, pgm->str, (gssize)pgm->len, NULL));
    char *payload = g_strchomp(LK_ASK("zbarimg", "--raw", "-q", path));
    g_assert_cmpint(g_remove(path), ==, 0);
    return payload;
}
