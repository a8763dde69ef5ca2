/* quality.c - resolution, print scale, skew; empty pages. */
#include "read/quality.h"

#include <math.h>
#include <string.h>

#include "read/homography.h"

#define PRINTED_MM 12.0 /* nothing is printed nearer to the edge */
#define BLANK_PX 400    /* a blank page is judged at about 35 dpi */
#define MARGIN 0.04     /* share of each side that is border, feeder shadow, holes */
#define BLANK_CONTRAST                                                                 \
    0.35 /* darker than paper by this share is ink; show-through is                    \
          * lighter */

static const int usual_dpi[] = {100, 150, 200, 240, 300, 400, 600, 1200};

void
lk_quality_measure(const LkImage *image, const LkLevels *levels, const double h[9],
                   LkQuality *quality)
{
    LkPoint middle = {LK_PAGE_WIDTH_MM / 2, LK_PAGE_HEIGHT_MM / 2};
    double j[4];
    lk_homography_jacobian(h, middle, j);
    quality->dpi = 25.4 * sqrt(fabs(j[0] * j[3] - j[1] * j[2]));
    quality->paper = levels->paper;
    quality->ink = levels->ink;
    double angle = atan2(j[2], j[0]) * 180 / G_PI;
    quality->skew_deg = angle - 90 * round(angle / 90);
    /* A feeder's image is the sheet: A4 in pixels gives the resolution it really had,
     * and what the print measures against it. */
    quality->scale = 0;
    double side = MAX(image->width, image->height) / (LK_PAGE_HEIGHT_MM / 25.4);
    for (size_t i = 0; i < G_N_ELEMENTS(usual_dpi); i++) {
        if (fabs(side / usual_dpi[i] - 1) < 0.012) {
            quality->scale = quality->dpi / usual_dpi[i];
        }
    }
}

bool
lk_page_is_cut(const LkImage *image, const double h[9])
{
    for (int k = 0; k < 4; k++) {
        LkPoint corner = {k % 2 ? LK_PAGE_WIDTH_MM - PRINTED_MM : PRINTED_MM,
                          k / 2 ? LK_PAGE_HEIGHT_MM - PRINTED_MM : PRINTED_MM};
        LkPoint at = lk_map_point(h, corner);
        if (!(at.x >= 0 && at.y >= 0 && at.x <= image->width &&
              at.y <= image->height)) {
            return true;
        }
    }
    return false;
}

/* The page small: each pixel as dark as the darkest of a few looks into its square, so
 * that a thin pen is not averaged away. */
static uint8_t *
shrink(const LkImage *image, int width, int height)
{
    uint8_t *small = g_malloc((gsize)width * (gsize)height);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            int darkest = 255;
            for (int k = 0; k < 16; k++) {
                gint64 px =
                    ((gint64)x * 4 + k % 4) * image->width / ((gint64)4 * width);
                gint64 py =
                    ((gint64)y * 4 + k / 4) * image->height / ((gint64)4 * height);
                darkest = MIN(darkest,
                              image->pixels[(size_t)py * image->stride + (size_t)px]);
            }
            small[y * width + x] = (uint8_t)darkest;
        }
    }
    return small;
}

/* Extent in pixels of the dark shape at @start; takes it out. */
static int
shape_extent(uint8_t *small, int width, int height, int start, int limit, GArray *todo)
{
    int left = width, right = 0, top = height, bottom = 0;
    g_array_set_size(todo, 0);
    g_array_append_val(todo, start);
    small[start] = 255;
    while (todo->len > 0) {
        int at = g_array_index(todo, int, todo->len - 1);
        g_array_set_size(todo, todo->len - 1);
        int col = at % width, row = at / width;
        left = MIN(left, col);
        right = MAX(right, col);
        top = MIN(top, row);
        bottom = MAX(bottom, row);
        for (int k = 0; k < 9; k++) {
            int x = col + k % 3 - 1, y = row + k / 3 - 1;
            if (x >= 0 && y >= 0 && x < width && y < height &&
                small[y * width + x] < limit) {
                int next = y * width + x;
                small[next] = 255;
                g_array_append_val(todo, next);
            }
        }
    }
    return MAX(right - left, bottom - top) + 1;
}

bool
lk_page_is_blank(const LkImage *image, const LkLevels *levels)
{
    int longest = MAX(image->width, image->height);
    int width = MAX(image->width * BLANK_PX / longest, 1);
    int height = MAX(image->height * BLANK_PX / longest, 1);
    g_autofree uint8_t *small = shrink(image, width, height);
    g_autoptr(GArray) todo = g_array_new(FALSE, FALSE, sizeof(int));
    int limit = (int)((1 - BLANK_CONTRAST) * levels->paper);
    int border_x = (int)(MARGIN * width), border_y = (int)(MARGIN * height);
    /* 3 mm: longer than specks. */
    int extent_min = MAX(3 * BLANK_PX / 297, 2), shapes = 0;
    for (int y = border_y; y < height - border_y; y++) {
        for (int x = border_x; x < width - border_x; x++) {
            if (small[y * width + x] < limit &&
                shape_extent(small, width, height, y * width + x, limit, todo) >=
                    extent_min) {
                shapes++;
            }
        }
    }
    return shapes == 0;
}
