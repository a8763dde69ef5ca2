/* canvas.h - where a decoder puts a page: stored rows in, an upright page with square
 * pixels out, in memory that the parent shares. Private to the room and its tests. */
#ifndef LK_SCAN_CANVAS_H
#define LK_SCAN_CANVAS_H

#include "scan/scan.h"

G_BEGIN_DECLS

/** How a file stores its pixels. */
typedef struct {
    int width, height; /* px, as stored */
    int orientation; /* where stored row 0 and column 0 lie, as EXIF tag 0x0112: 1..8 */
    double extent_w, extent_h; /* size of the stored picture in one unit, whichever;
                                * 0 = pixels are square */
    bool bilevel;
} LkRaster;

typedef struct {
    const LkScanLimits *limits;
    uint8_t *memory; /* (not owned): lk_canvas_capacity() bytes */
    LkImage image;   /* the finished page, in memory */
    /* Between begin and end: */
    LkRaster raster;
    uint8_t *scratch; /* rows as stored, if they are not yet as wanted; or NULL */
} LkCanvas;

/** lk_canvas_capacity: bytes that hold any page within @limits. */
size_t lk_canvas_capacity(const LkScanLimits *limits);

/** lk_canvas_fits: whether a page of that size is within the limits, else TOO_LARGE. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_canvas_fits(const LkCanvas *canvas, double width, double height,
                    GError **error);

/**
 * lk_canvas_begin:
 * @stride: (out): bytes from row to row
 *
 * Returns: (transfer none): room for @raster->height rows as stored, not cleared, or
 * NULL if the page is over the limits
 */
G_GNUC_WARN_UNUSED_RESULT
uint8_t *lk_canvas_begin(LkCanvas *canvas, const LkRaster *raster, size_t *stride,
                         GError **error);

/** lk_canvas_end: turns and stretches what was written; canvas->image is the page. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_canvas_end(LkCanvas *canvas, GError **error);

/** lk_canvas_drop: forgets an unfinished page; harmless after lk_canvas_end(). */
void lk_canvas_drop(LkCanvas *canvas);

/**
 * lk_canvas_fail: says why a picture did not become a page
 * @problem: (transfer full) (nullable): what is known already
 * @ended: the data stopped early; else they are damaged
 *
 * Returns: false
 */
bool lk_canvas_fail(GError *problem, bool ended, GError **error);

/** lk_orientation_turn: @orientation after another @degrees clockwise (0, 90, …). */
int lk_orientation_turn(int orientation, int degrees);

/** lk_luma: what libjpeg calls Y (ITU-R BT.601), so that all formats agree. */
static inline uint8_t
lk_luma(unsigned red, unsigned green, unsigned blue)
{
    return (uint8_t)((77 * red + 150 * green + 29 * blue + 128) >> 8);
}

/** lk_luma_cmyk: the same for inks, 0 none .. 255 full. */
static inline uint8_t
lk_luma_cmyk(unsigned cyan, unsigned magenta, unsigned yellow, unsigned black)
{
    unsigned light = lk_luma(255 - cyan, 255 - magenta, 255 - yellow);
    return (uint8_t)((light * (255 - black) + 127) / 255);
}

/** lk_over_white: a grey sample with opacity @alpha, on white paper. */
static inline uint8_t
lk_over_white(unsigned grey, unsigned alpha)
{
    return (uint8_t)((grey * alpha + 255 * (255 - alpha) + 127) / 255);
}

G_END_DECLS

#endif
