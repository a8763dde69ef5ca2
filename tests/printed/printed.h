/* printed.h - what programs we did not write say about a printed PDF: poppler rasters
 * it, zbar reads its codes. For tests only; anything unexpected ends the test. */
#ifndef LK_PRINTED_H
#define LK_PRINTED_H

#include "base/base.h"

G_BEGIN_DECLS

/* Pages are looked at in 254 dpi: a millimetre is ten pixels. */
#define LK_RASTER_PX_PER_MM 10

/**
 * lk_ask:
 * @argv: a program, found in the path, and its arguments; NULL-terminated
 *
 * Returns: (transfer full): what it printed on stdout; it must have succeeded
 */
char *lk_ask(const char *const *argv);
#define LK_ASK(...) lk_ask((const char *const[]){__VA_ARGS__, NULL})

typedef struct {
    int width, height;
    guchar *grey; /* 0 black .. 255 white, no padding */
    char *file;   /* what `grey` lies in */
} LkRaster;

/** lk_raster_load: page @number (from 1) of @pdf; temporary files go to @dir. */
LkRaster lk_raster_load(const char *pdf, int number, const char *dir);
void lk_raster_clear(LkRaster *raster);
int lk_raster_grey(const LkRaster *raster, int x_px, int y_px);

/**
 * lk_raster_ink:
 * @centroid_mm: (out) (optional): of the ink in @mm
 *
 * Returns: ink in @mm, as square millimetres of black; grey counts in part
 */
double lk_raster_ink(const LkRaster *raster, LkRect mm, LkPoint *centroid_mm);

/** lk_raster_code: (transfer full): what zbarimg reads at @qr, "" if nothing. */
char *lk_raster_code(const LkRaster *raster, LkRect qr, const char *dir);

G_END_DECLS

#endif
