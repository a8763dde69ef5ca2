/* anchors.c - the map that the page's own marks give. */
#include "read/anchors.h"

#include <math.h>
#include <string.h>

#include "read/homography.h"
#include "read/read.h"

#define ANCHOR_TOLERANCE 0.5 /* mm: registration of print and paper bends */
#define STIFF 10.0           /* affine in effect */
#define LOOSE 1e-4           /* perspective allowed */
#define CODE_WEIGHT 0.15     /* corners of a code: whole pixels, and four of them */

const LkRect lk_house_fiducials[4] = {
    {12.5, 12.5, 5, 5}, {192.5, 12.5, 5, 5}, {192.5, 279.5, 5, 5}, {12.5, 279.5, 5, 5}};
const LkRect lk_house_qr[2] = {{165, 12.5, LK_QR_MM, LK_QR_MM},
                               {23, 262.5, LK_QR_MM, LK_QR_MM}};

int
lk_anchors_squares(const LkAnchors *anchors)
{
    int n = 0;
    for (int i = 0; i < 4; i++) {
        n += anchors->has_fiducial[i];
    }
    return n;
}

LkPoint
lk_rect_corner(LkRect r, int k)
{
    return (LkPoint){r.x + (k == 1 || k == 2 ? r.w : 0), r.y + (k >= 2 ? r.h : 0)};
}

void
lk_anchors_collect(const LkAnchors *anchors, const LkRect fiducials[4],
                   const LkRect qr[2], int without, LkAnchorPairs *pairs)
{
    pairs->n = 0;
    for (int i = 0; i < 4; i++) {
        if (anchors->has_fiducial[i] && i != without) {
            pairs->group[pairs->n] = i;
            pairs->pair[pairs->n++] =
                (LkPair){lk_rect_center(fiducials[i]), anchors->fiducial[i], 1};
        }
    }
    for (int i = 0; i < 2; i++) {
        for (int k = 0; k < 4 && anchors->has_code[i] && i + 4 != without; k++) {
            if (anchors->code[i].sharp) {
                pairs->group[pairs->n] = i + 4;
                pairs->pair[pairs->n++] = (LkPair){
                    lk_rect_corner(qr[i], k), anchors->code[i].corner[k], CODE_WEIGHT};
            }
        }
    }
}

double
lk_anchor_pairs_worst(const LkAnchorPairs *pairs, const double h[9])
{
    double worst = 0;
    for (int i = 0; i < pairs->n; i++) {
        double j[4];
        lk_homography_jacobian(h, pairs->pair[i].page, j);
        double px_per_mm = sqrt(MAX(fabs(j[0] * j[3] - j[1] * j[2]), 1e-6));
        double error = lk_homography_error(h, &pairs->pair[i]) / px_per_mm;
        worst = MAX(worst, error);
    }
    return worst;
}

/* Enough to begin with: three corners, or a code (its own 22 mm, from which the rest is
 * reached step by step). Whether it really held is seen on the printed outlines. */
static bool
holds(const LkAnchors *anchors, int without)
{
    int squares = 0, codes = 0;
    for (int i = 0; i < 4; i++) {
        squares += anchors->has_fiducial[i] && i != without;
    }
    for (int i = 0; i < 2; i++) {
        codes += anchors->has_code[i] && anchors->code[i].sharp && i + 4 != without;
    }
    return squares >= 3 || codes > 0;
}

/* A way to explain the anchors. */
typedef struct {
    double h[9];
    double residual_mm;
    int dropped; /* group left out, or -1 */
} Explanation;

/* Fits with all anchors, or with the one left out whose absence helps most. */
static bool
explain(const LkAnchors *anchors, const LkRect fiducials[4], const LkRect qr[2],
        double stiffness, bool drop, Explanation *best)
{
    best->residual_mm = INFINITY;
    for (int group = drop ? 0 : -1; group < (drop ? 6 : 0); group++) {
        LkAnchorPairs pairs;
        double h[9];
        lk_anchors_collect(anchors, fiducials, qr, group, &pairs);
        /* What explains everything that is left explains nothing. */
        bool proves = pairs.n > (stiffness == STIFF ? 3 : 4);
        if (!holds(anchors, group) || (drop && !proves) ||
            !lk_homography_fit(pairs.pair, pairs.n, stiffness, h)) {
            continue;
        }
        double residual = lk_anchor_pairs_worst(&pairs, h);
        if (residual < best->residual_mm) {
            best->residual_mm = residual;
            best->dropped = group;
            memcpy(best->h, h, sizeof h);
        }
    }
    return isfinite(best->residual_mm);
}

/* The map without perspective or stretch that two squares leave, if there is nothing
 * else: the page's outlines, found from these squares outwards, make it exact. */
static bool
fit_two_squares(const LkAnchors *anchors, const LkRect fiducials[4], double h[9])
{
    LkPoint page[2], image[2];
    int n = 0;
    for (int i = 0; i < 4; i++) {
        if (anchors->has_fiducial[i] && n < 2) {
            page[n] = lk_rect_center(fiducials[i]);
            image[n++] = anchors->fiducial[i];
        }
    }
    if (n < 2) {
        return false;
    }
    double x = page[1].x - page[0].x, y = page[1].y - page[0].y;
    double u = image[1].x - image[0].x, v = image[1].y - image[0].y;
    double squared = x * x + y * y;
    double c = (x * u + y * v) / squared, s = (x * v - y * u) / squared;
    const double map[9] = {c, -s, image[0].x - c * page[0].x + s * page[0].y,
                           s, c,  image[0].y - s * page[0].x - c * page[0].y,
                           0, 0,  1};
    memcpy(h, map, sizeof map);
    return true;
}

bool
lk_anchors_fit(LkAnchors *anchors, const LkRect fiducials[4], const LkRect qr[2],
               double h[9], double *residual_mm)
{
    /* The simplest explanation that is good enough: a flat scan; a flat scan with one
     * false mark; a photo; a photo with one false mark. A map with perspective bends
     * to a false square if there is little else. */
    static const struct {
        double stiffness;
        bool drop;
        double tolerance_mm;
    } ways[] = {{STIFF, false, 0.4},
                {STIFF, true, 0.3},
                {LOOSE, false, ANCHOR_TOLERANCE},
                {LOOSE, true, INFINITY}};
    Explanation best = {.residual_mm = INFINITY};
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        Explanation way;
        if (explain(anchors, fiducials, qr, ways[i].stiffness, ways[i].drop, &way) &&
            way.residual_mm < best.residual_mm) {
            best = way;
        }
        if (best.residual_mm <= ways[i].tolerance_mm) {
            break;
        }
    }
    if (!isfinite(best.residual_mm)) {
        *residual_mm = 0;
        return fit_two_squares(anchors, fiducials, h);
    }
    if (best.dropped >= 0 && best.dropped < 4) {
        anchors->has_fiducial[best.dropped] = false;
    } else if (best.dropped >= 4) {
        anchors->code[best.dropped - 4].sharp = false;
    }
    memcpy(h, best.h, sizeof best.h);
    *residual_mm = best.residual_mm;
    return true;
}

bool
lk_anchors_fit_photo(const LkAnchors *anchors, const LkRect fiducials[4],
                     const LkRect qr[2], double h[9])
{
    LkAnchorPairs pairs;
    lk_anchors_collect(anchors, fiducials, qr, -1, &pairs);
    return holds(anchors, -1) && pairs.n > 4 &&
           lk_homography_fit(pairs.pair, pairs.n, LOOSE, h) &&
           lk_anchor_pairs_worst(&pairs, h) <= LK_CURLED_MM;
}

void
lk_anchors_flip(LkAnchors *anchors)
{
    LkAnchors was = *anchors;
    for (int i = 0; i < 4; i++) {
        anchors->has_fiducial[i] = was.has_fiducial[(i + 2) % 4];
        anchors->fiducial[i] = was.fiducial[(i + 2) % 4];
    }
    for (int i = 0; i < 2; i++) {
        anchors->has_code[i] = was.has_code[1 - i];
        anchors->code[i] = was.code[1 - i];
    }
    anchors->turned = (was.turned + 180) % 360;
}
