/* canvas.c - stored rows to an upright page with square pixels. */
#include "scan/canvas.h"

#include <math.h>
#include <string.h>

/* Densities of both directions closer than this are left alone: the reader's
 * homography takes them up, and resampling would blur a bilevel page. */
#define SQUARE_TOLERANCE 0.03

static size_t
stride_of(int width)
{
    return ((size_t)width + 63) & ~(size_t)63;
}

size_t
lk_canvas_capacity(const LkScanLimits *limits)
{
    size_t pixels = (size_t)(limits->max_mpx * 1e6);
    return pixels + (size_t)limits->max_side_px * 64; /* stride_of() */
}

bool
lk_canvas_fits(const LkCanvas *canvas, double width, double height, GError **error)
{
    const LkScanLimits *limits = canvas->limits;
    if (width >= 1 && height >= 1 && width <= limits->max_side_px &&
        height <= limits->max_side_px && width * height <= limits->max_mpx * 1e6) {
        return true;
    }
    if (!(width >= 1 && height >= 1)) {
        g_set_error_literal(error, LK_SCAN_ERROR, LK_SCAN_ERROR_DAMAGED,
                            _("the image has no size: scan the page again"));
        return false;
    }
    g_set_error(error, LK_SCAN_ERROR, LK_SCAN_ERROR_TOO_LARGE,
                _("the image says it is %.0f × %.0f pixels, more than a scanned page "
                  "has (%d on a side): scan the page again at 300 dpi"),
                width, height, limits->max_side_px);
    return false;
}

static bool
is_turned(int orientation)
{
    return orientation >= 5 && orientation <= 8;
}

int
lk_orientation_turn(int orientation, int degrees)
{
    static const int quarter[9] = {0, 6, 7, 8, 5, 2, 3, 4, 1};
    int turned = orientation >= 1 && orientation <= 8 ? orientation : 1;
    for (int left = ((degrees % 360) + 360) % 360; left >= 90; left -= 90) {
        turned = quarter[turned];
    }
    return turned;
}

/** Size of the stored picture once its pixels are square; never fewer than stored. */
static void
square_size(const LkRaster *raster, double *width, double *height)
{
    *width = raster->width;
    *height = raster->height;
    if (!(raster->extent_w > 0 && raster->extent_h > 0)) {
        return;
    }
    double across = raster->width / raster->extent_w;
    double down = raster->height / raster->extent_h;
    if (fabs(across / down - 1) <= SQUARE_TOLERANCE) {
        return;
    }
    double density = MAX(across, down);
    *width = round(raster->extent_w * density);
    *height = round(raster->extent_h * density);
}

static bool
needs_work(const LkRaster *raster)
{
    double width = 0;
    double height = 0;
    square_size(raster, &width, &height);
    return raster->orientation != 1 || (int)width != raster->width ||
           (int)height != raster->height;
}

static uint8_t *
new_rows(int width, int height, GError **error)
{
    uint8_t *rows = g_try_malloc(stride_of(width) * (size_t)height);
    if (rows == NULL) {
        g_set_error_literal(error, LK_SCAN_ERROR, LK_SCAN_ERROR_TOO_LARGE,
                            _("not enough memory for this page: scan it again at 300 "
                              "dpi, or close other programs"));
    }
    return rows;
}

uint8_t *
lk_canvas_begin(LkCanvas *canvas, const LkRaster *raster, size_t *stride,
                GError **error)
{
    lk_canvas_drop(canvas);
    if (!lk_canvas_fits(canvas, raster->width, raster->height, error)) {
        return NULL;
    }
    canvas->raster = *raster;
    if (raster->orientation < 1 || raster->orientation > 8) {
        canvas->raster.orientation = 1;
    }
    double width = 0;
    double height = 0;
    square_size(&canvas->raster, &width, &height);
    if (!lk_canvas_fits(canvas, width, height, error)) {
        return NULL;
    }
    *stride = stride_of(raster->width);
    if (!needs_work(&canvas->raster)) {
        return canvas->memory;
    }
    canvas->scratch = new_rows(raster->width, raster->height, error);
    return canvas->scratch;
}

void
lk_canvas_drop(LkCanvas *canvas)
{
    g_clear_pointer(&canvas->scratch, g_free);
}

/* --- Stretching: linear, per axis; only ever upwards. ----------------------------- */

typedef struct {
    int near, far; /* the two neighbours */
    int weight;    /* of far, 0..256 */
} Blend;

static Blend
blend_at(int i, int from, int to)
{
    double at = (i + 0.5) * from / to - 0.5;
    double base = floor(at);
    int near = (int)base;
    return (Blend){.near = CLAMP(near, 0, from - 1),
                   .far = CLAMP(near + 1, 0, from - 1),
                   .weight = (int)((at - base) * 256 + 0.5)};
}

static void
stretch_row(const uint8_t *above, const uint8_t *below, int weight, const Blend *across,
            int width, uint8_t *row)
{
    for (int x = 0; x < width; x++) {
        const Blend *b = &across[x];
        int top = above[b->near] * (256 - b->weight) + above[b->far] * b->weight;
        int low = below[b->near] * (256 - b->weight) + below[b->far] * b->weight;
        row[x] = (uint8_t)((top * (256 - weight) + low * weight + 32768) >> 16);
    }
}

static bool
stretch(LkCanvas *canvas, int width, int height, GError **error)
{
    LkRaster *raster = &canvas->raster;
    uint8_t *rows = new_rows(width, height, error);
    if (rows == NULL) {
        return false;
    }
    g_autofree Blend *across = g_new(Blend, width);
    for (int x = 0; x < width; x++) {
        across[x] = blend_at(x, raster->width, width);
    }
    size_t from = stride_of(raster->width);
    for (int y = 0; y < height; y++) {
        Blend down = blend_at(y, raster->height, height);
        stretch_row(canvas->scratch + from * (size_t)down.near,
                    canvas->scratch + from * (size_t)down.far, down.weight, across,
                    width, rows + stride_of(width) * (size_t)y);
    }
    g_free(canvas->scratch);
    canvas->scratch = rows;
    raster->width = width;
    raster->height = height;
    raster->bilevel = false;
    return true;
}

/* --- Turning. ----------------------------------------------------------------------
 */

/** Where a step along a stored row, and one down a column, leads in the page. */
typedef struct {
    ptrdiff_t start, along, down;
} Walk;

static Walk
walk_of(int orientation, int width, int height, size_t stride)
{
    /* Page size is width x height; stored (0,0) goes to the named corner. */
    ptrdiff_t row = (ptrdiff_t)stride;
    ptrdiff_t right = width - 1;
    ptrdiff_t bottom = (ptrdiff_t)(height - 1) * row;
    switch (orientation) {
    case 2:
        return (Walk){right, -1, row};
    case 3:
        return (Walk){right + bottom, -1, -row};
    case 4:
        return (Walk){bottom, 1, -row};
    case 5:
        return (Walk){0, row, 1};
    case 6:
        return (Walk){right, row, -1};
    case 7:
        return (Walk){right + bottom, -row, -1};
    case 8:
        return (Walk){bottom, -row, 1};
    default:
        return (Walk){0, 1, row};
    }
}

/** Copies in tiles, so that a quarter turn does not miss the cache at every pixel. */
static void
turn(const uint8_t *from, int width, int height, uint8_t *to, Walk walk)
{
    enum { TILE = 32 };
    size_t stride = stride_of(width);
    for (int top = 0; top < height; top += TILE) {
        for (int left = 0; left < width; left += TILE) {
            int low = MIN(top + TILE, height);
            int right = MIN(left + TILE, width);
            for (int y = top; y < low; y++) {
                const uint8_t *source = from + stride * (size_t)y + left;
                uint8_t *target = to + walk.start + walk.down * y + walk.along * left;
                for (int x = left; x < right; x++, target += walk.along) {
                    *target = *source++;
                }
            }
        }
    }
}

bool
lk_canvas_end(LkCanvas *canvas, GError **error)
{
    LkRaster *raster = &canvas->raster;
    double wide = 0;
    double high = 0;
    square_size(raster, &wide, &high);
    bool stretched = (int)wide != raster->width || (int)high != raster->height;
    if (stretched && !stretch(canvas, (int)wide, (int)high, error)) {
        lk_canvas_drop(canvas);
        return false;
    }
    bool turned = is_turned(raster->orientation);
    LkImage *image = &canvas->image;
    image->width = turned ? raster->height : raster->width;
    image->height = turned ? raster->width : raster->height;
    image->stride = stride_of(image->width);
    image->pixels = canvas->memory;
    image->bilevel = raster->bilevel;
    if (canvas->scratch != NULL) {
        turn(canvas->scratch, raster->width, raster->height, canvas->memory,
             walk_of(raster->orientation, image->width, image->height, image->stride));
    }
    lk_canvas_drop(canvas);
    return true;
}

bool
lk_canvas_fail(GError *problem, bool ended, GError **error)
{
    if (problem != NULL) {
        g_propagate_error(error, problem);
    } else if (ended) {
        g_set_error_literal(error, LK_SCAN_ERROR, LK_SCAN_ERROR_DAMAGED,
                            _("the picture stops before the bottom of the page: copy "
                              "the file again, or scan the page again"));
    } else {
        g_set_error_literal(error, LK_SCAN_ERROR, LK_SCAN_ERROR_DAMAGED,
                            _("the picture is damaged: scan the page again"));
    }
    return false;
}
