/* toner.c - photocopies of pages that were filled in, by the black of the pen. */
#include "read/toner.h"

#include <math.h>

#include "read/homography.h"

/* Looks cross the writing along rows of its areas, about so much of them at most. */
#define ROWS_MM 1500.0
#define ROW_LEAST_MM 0.9 /* from row to row */
#define PER_MM 8
#define CHUNK 128         /* samples of a row that have a paper of their own: 16 mm */
#define CHUNK_LEAST 16    /* shorter ends of rows are not looked at */
#define LINE_INSET_MM 0.7 /* writing lines are printed below */
#define STROKE_MM 0.2     /* how far the darkest of a stroke is from where it is met */
#define LEAST_DEPTH 0.2   /* of the paper's grey: fainter is what shows through */
#define LOOKS_MIN 60      /* strokes met: about a line of words */

#define SQUARE_LOOKS 5 /* x 5 in the middle of each corner square */
#define SQUARE_STEP_MM 0.5
#define BESIDE_MM 1.0   /* from print to white paper */
#define PRINT_DEPTH 0.4 /* of paper: print that is lighter says nothing */

/* Limits, from build/tool-copied on the tuning and hard sets. Originals have a median
 * black of 0.8 and a spread of 0.065, copies 1.00 and 0.03. The worst originals are by
 * gel and felt pens nearly as black as the print, a writer in six: of 1,000 pages by
 * such pens three lie within the limits, of 500 by all pens none; at a spread of 0.035
 * it would be eleven.
 *
 * Measured too, and of no use. Edges of the corner squares waver by 4.6 um in copies,
 * by 2.4 as printed, but by 4.2 on worn paper, and less than any real printer's: the
 * simulator prints them straight. Specks in the margins: 0.09 a cm2 in copies, 0.015 in
 * originals, 0.2 through a dusty scanner. Outlines: 0.36 mm wide in copies, 0.30 in
 * originals, and up to 0.37 if a printer or a gamma is dark. Widths of edges, the fit's
 * residual and mottled squares: alike. The grain of white paper differs, but that is
 * how the simulator makes copies, not how copiers do. */
#define BLACK_FROM 0.965
#define BLACK_TO 1.025
#define SPREAD_MAX 0.028

/* How dark things are against the paper around them: 0 as white .. 1 gives no light. */
#define BINS 256
typedef struct {
    int count[BINS];
    int n;
} Depths;

static void
add_depth(Depths *depths, double paper, double grey)
{
    double depth = paper > 0 ? 1 - grey / paper : 0;
    depths->count[CLAMP((int)(depth * BINS), 0, BINS - 1)]++;
    depths->n++;
}

/* The depth that @share of them do not reach. */
static double
depth_at(const Depths *depths, double share)
{
    double before = share * depths->n;
    int bin = 0;
    while (bin < BINS - 1 && before >= depths->count[bin]) {
        before -= depths->count[bin++];
    }
    double within = depths->count[bin] > 0 ? before / depths->count[bin] : 0;
    return (bin + CLAMP(within, 0, 1)) / BINS;
}

/* The darkest pixel within STROKE_MM of @at; 255 if that is not all in the image. */
static int
darkest_near(const LkImage *image, LkPoint at, double px_per_mm)
{
    int reach = MAX((int)lrint(STROKE_MM * px_per_mm), 1);
    int darkest = 255;
    if (!(at.x >= reach && at.y >= reach && at.x < image->width - reach &&
          at.y < image->height - reach)) {
        return darkest;
    }
    int x = (int)at.x, y = (int)at.y;
    for (int j = -reach; j <= reach; j++) {
        const uint8_t *p =
            image->pixels + (size_t)(y + j) * image->stride + (size_t)(x - reach);
        for (int i = 0; i <= 2 * reach; i++) {
            darkest = MIN(darkest, p[i]);
        }
    }
    return darkest;
}

/* --- The pen. -----------------------------------------------------------------------
 */

/* Mean of the lighter part. */
static double
paper_of(const uint8_t *greys, int n)
{
    int least = 255, most = 0, sum = 0, light = 0;
    for (int i = 0; i < n; i++) {
        least = MIN(least, greys[i]);
        most = MAX(most, greys[i]);
    }
    for (int i = 0; i < n; i++) {
        if (2 * greys[i] >= least + most) {
            sum += greys[i];
            light++;
        }
    }
    return (double)sum / light;
}

static bool
is_dip(const uint8_t *greys, int i)
{
    return greys[i] < greys[i - 1] && greys[i] <= greys[i + 1] &&
           greys[i] <= greys[i - 2] && greys[i] <= greys[i + 2];
}

/* Strokes that a stretch of a row crosses, @from to @to on the image. */
static void
cross_strokes(const LkImage *image, LkPoint from, LkPoint to, int n, double px_per_mm,
              Depths *depths)
{
    uint8_t greys[CHUNK];
    lk_line_sample(image, from, to, n, greys);
    double paper = paper_of(greys, n);
    int limit = (int)((1 - LEAST_DEPTH) * paper);
    for (int i = 2; i < n - 2; i++) {
        if (greys[i] < limit && is_dip(greys, i)) {
            double part = (i + 0.5) / n;
            LkPoint at = {from.x + part * (to.x - from.x),
                          from.y + part * (to.y - from.y)};
            add_depth(depths, paper, darkest_near(image, at, px_per_mm));
        }
    }
}

static void
cross_row(const LkImage *image, const double h[9], LkPoint start, double length_mm,
          double px_per_mm, Depths *depths)
{
    int n = (int)(length_mm * PER_MM);
    for (int i = 0; n - i >= CHUNK_LEAST; i += CHUNK) {
        int some = MIN(n - i, CHUNK);
        LkPoint from = {start.x + (double)i / PER_MM, start.y};
        LkPoint to = {from.x + (double)some / PER_MM, start.y};
        cross_strokes(image, lk_map_point(h, from), lk_map_point(h, to), some,
                      px_per_mm, depths);
    }
}

/* The i-th line to write on; empty if nobody wrote there. */
static LkRect
written_area(const LkLayoutPage *page, const GArray *writing, guint i)
{
    LkRect area = g_array_index(page->writing, LkWriting, i).area;
    bool written = g_array_index(writing, LkInkReading, i).written &&
                   MIN(area.w, area.h) > 2 * LINE_INSET_MM;
    return written ? lk_rect_inset(area, LINE_INSET_MM) : (LkRect){0};
}

static void
look_at_pen(const LkImage *image, const double h[9], const LkLayoutPage *page,
            const GArray *writing, double px_per_mm, Depths *depths)
{
    double area_mm2 = 0;
    for (guint i = 0; i < page->writing->len; i++) {
        LkRect area = written_area(page, writing, i);
        area_mm2 += area.w * area.h;
    }
    double apart = MAX(area_mm2 / ROWS_MM, ROW_LEAST_MM);
    for (guint i = 0; i < page->writing->len; i++) {
        LkRect area = written_area(page, writing, i);
        int rows = (int)(area.h / apart + 0.5);
        for (int row = 0; row < rows; row++) {
            LkPoint start = {area.x, area.y + (row + 0.5) * apart};
            cross_row(image, h, start, area.w, px_per_mm, depths);
        }
    }
}

/* --- The print. ---------------------------------------------------------------------
 */

/* Grey of the paper beside the middles of @rect's four sides. */
static double
paper_around(const LkImage *image, const double h[9], LkRect rect)
{
    LkRect out = lk_rect_inset(rect, -BESIDE_MM);
    LkPoint c = lk_rect_center(out);
    double sum = 0;
    for (int k = 0; k < 4; k++) {
        LkPoint p = {k % 2 ? c.x : out.x + (k / 2 ? out.w : 0),
                     k % 2 ? out.y + (k / 2 ? out.h : 0) : c.y};
        sum += lk_pixel_sample(image, lk_map_point(h, p));
    }
    return sum / 4;
}

/* Solid print: the corner squares, looked at as strokes are, so that noise makes both
 * darker alike. 0: none is to be seen. */
static double
print_depth(const LkImage *image, const double h[9], const LkRect fiducials[4],
            double px_per_mm)
{
    Depths depths = {{0}, 0};
    for (int i = 0; i < 4; i++) {
        LkPoint c = lk_rect_center(fiducials[i]);
        double paper = paper_around(image, h, fiducials[i]);
        for (int k = 0; k < SQUARE_LOOKS * SQUARE_LOOKS; k++) {
            int across = k % SQUARE_LOOKS - SQUARE_LOOKS / 2;
            int down = k / SQUARE_LOOKS - SQUARE_LOOKS / 2;
            LkPoint p = {c.x + across * SQUARE_STEP_MM, c.y + down * SQUARE_STEP_MM};
            int grey = darkest_near(image, lk_map_point(h, p), px_per_mm);
            if (grey < (1 - PRINT_DEPTH) * paper) {
                add_depth(&depths, paper, grey);
            }
        }
    }
    return depths.n >= SQUARE_LOOKS * SQUARE_LOOKS ? depth_at(&depths, 0.5) : 0;
}

/* --- Together. ----------------------------------------------------------------------
 */

void
lk_toner_measure(const LkImage *image, const double h[9], const LkLayoutPage *page,
                 const GArray *writing, LkQuality *quality)
{
    double px_per_mm = quality->dpi / 25.4;
    quality->pen_black = 0;
    quality->pen_spread = 0;
    double print = image->bilevel ? 0 /* all ink is of one black */
                                  : print_depth(image, h, page->fiducials, px_per_mm);
    if (print <= 0) {
        return;
    }
    Depths pen = {{0}, 0};
    look_at_pen(image, h, page, writing, px_per_mm, &pen);
    if (pen.n >= LOOKS_MIN) {
        double middle = depth_at(&pen, 0.5);
        quality->pen_black = middle / print;
        quality->pen_spread = (depth_at(&pen, 0.75) - depth_at(&pen, 0.25)) / middle;
    }
}

bool
lk_toner_is_everywhere(const LkQuality *quality)
{
    return quality->pen_black >= BLACK_FROM && quality->pen_black <= BLACK_TO &&
           quality->pen_spread <= SPREAD_MAX;
}
