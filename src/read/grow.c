/* grow.c - from a code outwards to the squares: a page that lies anyhow. */
#include "read/grow.h"

#include <math.h>
#include <string.h>

#include "read/fiducial.h"
#include "read/homography.h"
#include "read/read.h"

#define ANCHOR_TOLERANCE 0.5 /* mm: registration of print and paper bends */
#define STIFF 10.0           /* affine in effect */
#define LOOSE 1e-4           /* perspective allowed */
#define FLAT_SLACK 0.015     /* of its distance a square may be off: a scan */
#define PHOTO_SLACK 0.12     /* a photo taken at a slant */

static double
distance(LkPoint a, LkPoint b)
{
    return hypot(a.x - b.x, a.y - b.y);
}

static double
relative(double a, double b)
{
    return fabs(a - b) / MAX(MAX(fabs(a), fabs(b)), 1e-9);
}

/* Affine if that explains everything, else with perspective. */
static bool
fit(const LkAnchorPairs *pairs, double h[9], double *residual_mm)
{
    bool stiff = lk_homography_fit(pairs->pair, pairs->n, STIFF, h);
    double stiff_residual = stiff ? lk_anchor_pairs_worst(pairs, h) : INFINITY;
    double loose_h[9];
    *residual_mm = stiff_residual;
    if (stiff && (pairs->n < 4 || stiff_residual < ANCHOR_TOLERANCE / 2)) {
        return true;
    }
    if (lk_homography_fit(pairs->pair, pairs->n, LOOSE, loose_h)) {
        double residual = lk_anchor_pairs_worst(pairs, loose_h);
        if (residual < stiff_residual) {
            memcpy(h, loose_h, sizeof loose_h);
            *residual_mm = residual;
        }
    }
    return isfinite(*residual_mm);
}

/* Adds the square nearest to where @h expects fiducial @i, if one is near enough. */
static void
match_square(const GArray *squares, const double h[9], int i, double reach_mm,
             LkAnchors *anchors)
{
    LkPoint page = lk_rect_center(lk_house_fiducials[i]);
    LkPoint expected = lk_map_point(h, page);
    double j[4];
    lk_homography_jacobian(h, page, j);
    double px_per_mm = sqrt(fabs(j[0] * j[3] - j[1] * j[2]));
    double best = reach_mm * px_per_mm;
    for (guint k = 0; k < squares->len; k++) {
        const LkSquare *square = &g_array_index(squares, LkSquare, k);
        double off = distance(square->center, expected);
        if (off < best && relative(square->side, LK_FIDUCIAL_MM * px_per_mm) <
                              0.15 + reach_mm / 100) {
            best = off;
            anchors->has_fiducial[i] = true;
            anchors->fiducial[i] = square->center;
        }
    }
}

/* The fiducial not yet tried that is nearest to something found; -1 if all are. */
static int
nearest_untried(const LkAnchorPairs *pairs, const bool tried[4], double *distance_mm)
{
    int nearest = -1;
    *distance_mm = INFINITY;
    for (int i = 0; i < 4; i++) {
        for (int k = 0; k < pairs->n && !tried[i]; k++) {
            double d =
                distance(pairs->pair[k].page, lk_rect_center(lk_house_fiducials[i]));
            if (d < *distance_mm) {
                *distance_mm = d;
                nearest = i;
            }
        }
    }
    return nearest;
}

/* From the codes outwards: the nearest square first, each one found makes the map
 * better for the next. @slack: how far off a square may be, of its distance. */
static void
grow(const GArray *squares, double slack, LkAnchors *anchors)
{
    bool tried[4];
    memcpy(tried, anchors->has_fiducial, sizeof tried);
    for (int round = 0; round < 4; round++) {
        LkAnchorPairs pairs;
        double h[9], residual, away;
        lk_anchors_collect(anchors, lk_house_fiducials, lk_house_qr, -1, &pairs);
        int next = nearest_untried(&pairs, tried, &away);
        if (next < 0 || !fit(&pairs, h, &residual)) {
            return;
        }
        tried[next] = true;
        match_square(squares, h, next, 1.5 + slack * away, anchors);
    }
}

GArray *
lk_squares_anywhere(const LkImage *image, const LkCode *code)
{
    double side = (distance(code->corner[0], code->corner[1]) +
                   distance(code->corner[1], code->corner[2])) /
                  2;
    double px_per_mm = side / LK_QR_MM;
    LkThresholds local;
    lk_thresholds_local(image, &local);
    LkSquareSearch search = {.window = {0, 0, image->width, image->height},
                             .step = MAX((int)(px_per_mm / 5), 1),
                             .min_side_px = 0.6 * LK_FIDUCIAL_MM * px_per_mm,
                             .max_side_px = 1.6 * LK_FIDUCIAL_MM * px_per_mm,
                             .max_stretch = 2,
                             .thresholds = &local};
    GArray *squares = g_array_new(FALSE, FALSE, sizeof(LkSquare));
    lk_squares_find(image, &search, squares);
    lk_thresholds_clear(&local);
    return squares;
}

static int
count_squares(const LkAnchors *anchors)
{
    int n = 0;
    for (int i = 0; i < 4; i++) {
        n += anchors->has_fiducial[i];
    }
    return n;
}

static int
turned_of(const LkCode *code)
{
    LkPoint a = code->corner[0], b = code->corner[1];
    int quarters = (int)lround(atan2(b.y - a.y, b.x - a.x) / G_PI_2);
    return 90 * ((quarters + 4) % 4);
}

/* Adds the second code, if it was seen, at the place the first one leaves. */
static void
add_second_code(const LkCode *codes, int n, int first, LkAnchors *anchors)
{
    int place = anchors->has_code[0] ? 1 : 0;
    for (int i = 0; i < n; i++) {
        if (i == first || !codes[i].ours || lk_code_is_label(&codes[i])) {
            continue;
        }
        LkAnchors with = *anchors;
        with.has_code[place] = true;
        with.code[place] = codes[i];
        LkAnchorPairs pairs;
        double h[9], residual;
        lk_anchors_collect(&with, lk_house_fiducials, lk_house_qr, -1, &pairs);
        if (fit(&pairs, h, &residual) && residual < 4 * ANCHOR_TOLERANCE) {
            *anchors = with;
        }
    }
}

void
lk_anchors_grow(const GArray *squares, const LkCode *codes, int n, int first,
                LkAnchors *anchors)
{
    int best = -1;
    for (int place = 0; place < 2; place++) {
        LkAnchors grown = {.upright_known = true};
        grown.has_code[place] = true;
        grown.code[place] = codes[first];
        add_second_code(codes, n, first, &grown);
        grow(squares, FLAT_SLACK, &grown);
        if (count_squares(&grown) < 3) {
            grow(squares, PHOTO_SLACK, &grown);
        }
        int score = 2 * count_squares(&grown) + (grown.has_code[1 - place] ? 3 : 0);
        if (score > best) {
            best = score;
            *anchors = grown;
        }
    }
    anchors->turned = turned_of(&codes[first]);
}
