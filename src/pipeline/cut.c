/* cut.c - an upright part of a page's picture, through the map that was measured when
 * the page was filed; what comes out shows nothing but that part. */
#include "pipeline/cut.h"

#include <math.h>
#include <string.h>

#define DOTS_MIN 4.0  /* a mm: 100 dpi */
#define DOTS_MAX 12.0 /* a mm: 300 dpi is enough to read */

/* --- Where. -------------------------------------------------------------------------
 */

static void
unite(LkRect *all, LkRect one)
{
    if (all->w <= 0) {
        *all = one;
        return;
    }
    double right = MAX(all->x + all->w, one.x + one.w);
    double bottom = MAX(all->y + all->h, one.y + one.h);
    all->x = MIN(all->x, one.x);
    all->y = MIN(all->y, one.y);
    all->w = right - all->x;
    all->h = bottom - all->y;
}

LkRect
lk_cut_lines(const LkLayout *layout, int number, int field, int row)
{
    const LkLayoutPage *page = lk_layout_page(layout, number);
    LkRect all = {0, 0, 0, 0};
    for (guint i = 0; page != NULL && i < page->writing->len; i++) {
        const LkWriting *line = &g_array_index(page->writing, LkWriting, i);
        if (line->field == field && line->row == row) {
            unite(&all, line->area);
        }
    }
    for (guint i = 0; page != NULL && i < page->cells->len; i++) {
        const LkCell *cell = &g_array_index(page->cells, LkCell, i);
        if (cell->field == field && cell->row == row) {
            unite(&all, cell->outline);
        }
    }
    return all.w > 0 ? lk_rect_inset(all, -LK_CUT_MARGIN_MM) : all;
}

LkRect
lk_cut_boxes(const LkLayout *layout, int number, int field, int row, int option)
{
    const LkLayoutPage *page = lk_layout_page(layout, number);
    LkRect all = {0, 0, 0, 0};
    for (guint i = 0; page != NULL && i < page->boxes->len; i++) {
        const LkBox *box = &g_array_index(page->boxes, LkBox, i);
        if (box->field == field && box->row == row &&
            (option < 0 || box->option == option)) {
            unite(&all, box->outline);
        }
    }
    return all;
}

bool
lk_cut_is_seen(const LkImage *image, const LkPlacement *placement, LkRect place)
{
    LkPoint middle = lk_placement_point(placement, lk_rect_center(place));
    return place.w > 0 && lk_placement_dots(placement, lk_rect_center(place)) > 0 &&
           middle.x > 0 && middle.y > 0 && middle.x < image->width &&
           middle.y < image->height;
}

/* --- Drawing. -----------------------------------------------------------------------
 */

static double
grey_at(const LkImage *image, int x, int y)
{
    return x >= 0 && y >= 0 && x < image->width && y < image->height
               ? image->pixels[image->stride * (size_t)y + (size_t)x]
               : 255; /* paper that the scanner did not see */
}

/* Between the four nearest pixel centres. */
static uint8_t
sample(const LkImage *image, LkPoint at)
{
    double x = at.x - 0.5;
    double y = at.y - 0.5;
    if (!(x > -1 && y > -1 && x < image->width && y < image->height)) {
        return 255;
    }
    int left = (int)floor(x);
    int top = (int)floor(y);
    double right = x - left;
    double low = y - top;
    double above =
        grey_at(image, left, top) * (1 - right) + grey_at(image, left + 1, top) * right;
    double below = grey_at(image, left, top + 1) * (1 - right) +
                   grey_at(image, left + 1, top + 1) * right;
    return (uint8_t)(above * (1 - low) + below * low + 0.5);
}

#define STEP_PX                                                                        \
    16 /* the map is asked so often: at 12 dots a mm, paper is flat between */

/* A row of @width px from (@x, @y) page mm on. */
static void
draw_row(const LkImage *page, const LkPlacement *placement, LkPoint from, double dots,
         int width, uint8_t *row)
{
    LkPoint start = lk_placement_point(placement, from);
    for (int x = 0; x < width; x += STEP_PX) {
        LkPoint end = lk_placement_point(
            placement, (LkPoint){from.x + (x + STEP_PX) / dots, from.y});
        int n = MIN(STEP_PX, width - x);
        for (int i = 0; i < n; i++) {
            double share = (double)i / STEP_PX;
            row[x + i] = sample(page, (LkPoint){start.x + (end.x - start.x) * share,
                                                start.y + (end.y - start.y) * share});
        }
        start = end;
    }
}

GByteArray *
lk_cut_png(const LkImage *image, const LkPlacement *placement, LkRect place,
           double dots, GError **error)
{
    if (dots <= 0) {
        dots = lk_placement_dots(placement, lk_rect_center(place));
    }
    dots = CLAMP(dots, DOTS_MIN, DOTS_MAX);
    LkImage cut = {.width = (int)ceil(place.w * dots),
                   .height = (int)ceil(place.h * dots)};
    cut.stride = (size_t)cut.width;
    gsize size = cut.stride * (gsize)cut.height;
    uint8_t *pixels = g_malloc(size);
    cut.pixels = pixels;
    for (int y = 0; y < cut.height; y++) {
        LkPoint from = {place.x + 0.5 / dots, place.y + (y + 0.5) / dots};
        draw_row(image, placement, from, dots, cut.width,
                 pixels + cut.stride * (size_t)y);
    }
    GByteArray *png = lk_image_png(&cut, dots * 25.4, error);
    explicit_bzero(pixels, size);
    g_free(pixels);
    return png;
}
