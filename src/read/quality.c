/* quality.c - resolution, print scale, skew, what is cut off. */
#include "read/quality.h"

#include <math.h>
#include <stdlib.h>

#include "read/homography.h"

#define PRINTED_MM 12.0 /* nothing is printed nearer to the edge */

#define SAME_STREAK_MM 1.0  /* columns nearer to each other are one streak */
#define STREAK_SIDE_MM 0.45 /* as in streak.c */
#define DARKER_LEAST 6      /* grey levels */
#define RING_MM 1.1         /* on both sides of where an outline should be */
#define RINGS 15            /* boxes looked at, spread over the page */
#define RINGS_MIN 5         /* verified ones: fewer say nothing */

/* Limits of advice, from build/tool-quality on the tuning and hard sets: outside what
 * ordinary machines do, and before reading suffers.
 *
 * Resolution: in the hard set a page in three waits for a person at 150 dpi, one in
 * seven at 300; a page printed at 90 % and scanned at 200 dpi measures 180.
 * Ink of outlines (1 bit): both sets lie between 1.08 and 1.70. Under 0.8 outlines and
 * light pens begin to go, under 0.65 pages are refused; over 1.75 speckles leave
 * doubts. Grey of print: the sets stay below 120, doubts begin at 200. Print scale:
 * read without loss from 0.93 to 1.02; what lies beyond was not measured. Skew: at 3
 * degrees the corners are off by 15 mm, and cut off next. */
#define COARSE_DPI 180.0
#define FADED_INK 0.8
#define GONE_INK 0.35
#define FAT_INK 1.75
#define LIGHT_INK 150.0
#define SCALE_OFF 0.05
#define SKEW_MAX 3.0

/* The white around the print, mm from the sheet's edge: a streak goes on there, a
 * printed line does not. */
#define MARGIN_FROM_MM 2.0
#define MARGIN_TO_MM 9.0
#define MARGIN_SHARE 0.6 /* of the looks there that show the streak */
#define MARGIN_LOOKS 6

static const int usual_dpi[] = {100, 150, 200, 240, 300, 400, 600, 1200};

/* --- Measuring. ---------------------------------------------------------------------
 */

/* A feeder's image is the sheet: A4 in pixels gives the resolution it really had, and
 * what the print measures against it. Both sides must say so: a photo may be as long
 * as a scan by chance. */
static double
print_scale(const LkImage *image, double dpi)
{
    double side = MAX(image->width, image->height) / (LK_PAGE_HEIGHT_MM / 25.4);
    double other = MIN(image->width, image->height) / (LK_PAGE_WIDTH_MM / 25.4);
    for (size_t i = 0; i < G_N_ELEMENTS(usual_dpi); i++) {
        if (fabs(side / usual_dpi[i] - 1) < 0.012 &&
            fabs(other / usual_dpi[i] - 1) < 0.03) {
            return dpi / usual_dpi[i];
        }
    }
    return 0;
}

/* The side of the page that lies in direction (@x, @y) of the image. */
static LkSide
side_toward(const double jacobian[4], double x, double y)
{
    const double *j = jacobian;
    double sign = j[0] * j[3] - j[1] * j[2] > 0 ? 1 : -1;
    double right = sign * (j[3] * x - j[1] * y), down = sign * (j[0] * y - j[2] * x);
    if (fabs(right) > fabs(down)) {
        return right > 0 ? LK_SIDE_RIGHT : LK_SIDE_LEFT;
    }
    return down > 0 ? LK_SIDE_BOTTOM : LK_SIDE_TOP;
}

static void
note_cut(const double jacobian[4], double x, double y, LkQuality *quality)
{
    double px = fabs(x) + fabs(y); /* one of them is 0 */
    if (px > 0) {
        double *cut = &quality->cut_mm[side_toward(jacobian, x, y)];
        *cut = MAX(*cut, px * 25.4 / quality->dpi);
    }
}

/* How far the corners of what is printed lie beyond the image. */
static void
measure_cut(const LkImage *image, const double h[9], const double jacobian[4],
            LkQuality *quality)
{
    for (int k = 0; k < 4; k++) {
        LkPoint corner = {k % 2 ? LK_PAGE_WIDTH_MM - PRINTED_MM : PRINTED_MM,
                          k / 2 ? LK_PAGE_HEIGHT_MM - PRINTED_MM : PRINTED_MM};
        LkPoint at = lk_map_point(h, corner);
        note_cut(jacobian, MIN(at.x, 0), 0, quality);
        note_cut(jacobian, MAX(at.x - image->width, 0), 0, quality);
        note_cut(jacobian, 0, MIN(at.y, 0), quality);
        note_cut(jacobian, 0, MAX(at.y - image->height, 0), quality);
    }
}

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
    quality->scale = print_scale(image, quality->dpi);
    measure_cut(image, h, j, quality);
}

double
lk_quality_scan_dpi(const LkQuality *quality)
{
    return quality->scale > 0 ? quality->dpi / quality->scale : quality->dpi;
}

/* Whether pixel (@x, @y) is darker than what lies @side px to both sides of it. */
static bool
is_darker(const LkImage *image, bool vertical, int x, int y, int side)
{
    int dx = vertical ? side : 0, dy = vertical ? 0 : side;
    if (x < dx || y < dy || x + dx >= image->width || y + dy >= image->height) {
        return false;
    }
    const uint8_t *p = image->pixels + (size_t)y * image->stride + (size_t)x;
    ptrdiff_t step = (ptrdiff_t)dy * (ptrdiff_t)image->stride + dx;
    return MIN(*(p - step), *(p + step)) - *p >= DARKER_LEAST;
}

/* Whether the line @at, a column or a row, is there in the white above and below the
 * print too; a table's frame is not, on a page that happened to be fed straight. */
static bool
crosses_margins(const LkImage *image, const LkStreaks *streaks, const double back[9],
                int at, int side)
{
    int n = streaks->vertical ? image->height : image->width;
    int looks = 0, seen = 0, step = MAX(side / 2, 1);
    for (int i = step; i < n; i += step) {
        int x = streaks->vertical ? at : i, y = streaks->vertical ? i : at;
        double mm = lk_map_point(back, (LkPoint){x + 0.5, y + 0.5}).y;
        double from_edge = MIN(mm, LK_PAGE_HEIGHT_MM - mm);
        if (from_edge >= MARGIN_FROM_MM && from_edge <= MARGIN_TO_MM) {
            looks++;
            seen += is_darker(image, streaks->vertical, x, y, side) ? 1 : 0;
        }
    }
    return looks >= MARGIN_LOOKS && seen >= MARGIN_SHARE * looks;
}

void
lk_quality_streaks(const LkImage *image, const LkStreaks *streaks, const double h[9],
                   LkQuality *quality)
{
    /* Millimetres of the glass, not of a page printed small. */
    double back[9], px_per_mm = lk_quality_scan_dpi(quality) / 25.4;
    quality->streaks = 0;
    quality->streaks_across = !streaks->vertical;
    if (!streaks->any || !lk_homography_invert(h, back)) {
        return;
    }
    int side = MAX((int)lrint(STREAK_SIDE_MM * px_per_mm), 2);
    int last = -streaks->n; /* line of the last streak taken */
    for (int i = 0; i < streaks->n && quality->streaks < LK_STREAKS_MAX; i++) {
        if (streaks->darker[i] > 0 && i - last >= SAME_STREAK_MM * px_per_mm &&
            crosses_margins(image, streaks, back, i, side)) {
            quality->streak_mm[quality->streaks++] = (i + 0.5) / px_per_mm;
            last = i;
        }
    }
}

/* --- Judging. -----------------------------------------------------------------------
 */

bool
lk_quality_is_faded(const LkQuality *quality)
{
    /* Where hardly an outline was found, what was looked at may be white paper beside
     * them. */
    double limit = quality->outlines < 0.1 ? GONE_INK : FADED_INK;
    return quality->outline_ink > 0 && quality->outline_ink < limit;
}

static bool
is_cut(const LkQuality *quality)
{
    for (int i = 0; i < LK_N_SIDES; i++) {
        if (quality->cut_mm[i] > 0) {
            return true;
        }
    }
    return false;
}

guint32
lk_quality_judge(const LkQuality *quality)
{
    bool is_sheet = quality->scale > 0; /* not a photo, which may lie as it likes */
    const struct {
        LkReason reason;
        bool is_so;
    } all[] = {
        {LK_REASON_CUT_OFF, is_cut(quality)},
        {LK_REASON_STREAK, quality->streaks > 0},
        {LK_REASON_COARSE, lk_quality_scan_dpi(quality) < COARSE_DPI},
        {LK_REASON_TOO_LIGHT, lk_quality_is_faded(quality) || quality->ink > LIGHT_INK},
        {LK_REASON_TOO_DARK,
         quality->outline_ink > FAT_INK || quality->paper < LK_DARK_PAPER},
        {LK_REASON_PRINT_SCALE, is_sheet && fabs(quality->scale - 1) > SCALE_OFF},
        {LK_REASON_SKEWED, is_sheet && fabs(quality->skew_deg) > SKEW_MAX},
    };
    guint32 reasons = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        reasons |= all[i].is_so ? 1u << all[i].reason : 0;
    }
    return reasons;
}

/* --- Faded outlines. ----------------------------------------------------------------
 */

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* mm2 of ink around where @outline is printed. */
static double
ring_ink(const LkImage *image, const LkLevels *levels, const double h[9],
         LkRect outline)
{
    LkPatch patch;
    double half = outline.w / 2 + RING_MM, hole = outline.w / 2 - RING_MM;
    lk_patch_sample(image, h, lk_rect_center(outline),
                    2 * (int)(half * LK_PATCH_PER_MM), &patch);
    int samples = 0;
    for (int i = 0; i < patch.n * patch.n; i++) {
        int row = i / patch.n, col = i % patch.n;
        double x = fabs((col + 0.5 - patch.n / 2.0) / LK_PATCH_PER_MM);
        double y = fabs((row + 0.5 - patch.n / 2.0) / LK_PATCH_PER_MM);
        samples += MAX(x, y) >= hole && patch.at[i] < levels->threshold ? 1 : 0;
    }
    return (double)samples / (LK_PATCH_PER_MM * LK_PATCH_PER_MM);
}

static bool
is_box(const LkOutlineSeen *seen)
{
    return fabs(seen->outline.w - LK_BOX_MM) < 0.01;
}

static guint
count_boxes(const GArray *outlines, bool verified)
{
    guint n = 0;
    for (guint i = 0; i < outlines->len; i++) {
        const LkOutlineSeen *seen = &g_array_index(outlines, LkOutlineSeen, i);
        n += is_box(seen) && (seen->verified || !verified) ? 1 : 0;
    }
    return n;
}

double
lk_outline_ink(const LkImage *image, const LkLevels *levels, const GArray *outlines,
               const double h[9])
{
    double shares[RINGS], printed = 4 * (LK_BOX_MM - LK_OUTLINE_MM) * LK_OUTLINE_MM;
    bool verified = count_boxes(outlines, true) >= RINGS_MIN;
    guint all = count_boxes(outlines, verified), at = 0, n = 0;
    for (guint i = 0; i < outlines->len && n < RINGS; i++) {
        const LkOutlineSeen *seen = &g_array_index(outlines, LkOutlineSeen, i);
        if (!is_box(seen) || (verified && !seen->verified)) {
            continue;
        }
        /* Spread over the page: the n-th of RINGS equal parts begins here. */
        if (at++ * RINGS >= n * all) {
            shares[n++] = ring_ink(image, levels, h, seen->outline) / printed;
        }
    }
    if (n == 0) {
        return 1;
    }
    qsort(shares, n, sizeof(double), compare_doubles);
    return shares[n / 2];
}
