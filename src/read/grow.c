/* grow.c - from a code outwards to the squares: a page that lies anyhow.
 *
 * On a scan the code's map reaches the squares within a few millimetres and the nearest
 * one is right. On a photo taken at a slant it is centimetres off at the far end, and
 * there are other dark spots of that size: punch holes, filled boxes. So every likely
 * choice is followed up, and the one is taken that leaves most squares in one plane. */
#include "read/grow.h"

#include <math.h>
#include <string.h>

#include "read/fiducial.h"
#include "read/homography.h"
#include "read/read.h"

#define ANCHOR_TOLERANCE 0.5 /* mm: registration of print and paper bends */
#define STIFF 10.0           /* affine in effect */
#define LOOSE 1e-4           /* perspective allowed */
#define NEAR_MM 1.5          /* so far a square may be off, and … */
#define FLAT_SLACK 0.015     /* … so much of its distance: a scan */
#define PHOTO_SLACK 0.15     /* a photo taken at a slant */
#define SQUARE_MM 1.5        /* what a square more may leave more */
#define MAX_CHOICES 3        /* squares followed up for one corner */
#define STEEPEST 1.9         /* depth of the farthest corner / of the nearest */
#define PHOTO_FILLED 0.78    /* by a page, of the longer side; more or less */
#define MAX_A_QUARTER 6      /* squares looked at in each quarter of the image */
#define SIZE_SLACK 0.12      /* blur and exposure make squares larger or smaller */

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

/* --- Maps. --------------------------------------------------------------------------
 */

/* Whether a camera can have seen a page so: all of it before the lens, and not much
 * farther at one end than at the other. */
static bool
is_plausible(const double h[9])
{
    double least = INFINITY, most = -INFINITY;
    for (int k = 0; k < 4; k++) {
        LkRect page = {0, 0, LK_PAGE_WIDTH_MM, LK_PAGE_HEIGHT_MM};
        LkPoint p = lk_rect_corner(page, k);
        double depth = h[6] * p.x + h[7] * p.y + h[8];
        least = MIN(least, depth);
        most = MAX(most, depth);
    }
    return least > 0 && most < STEEPEST * least;
}

/* What a plane seen in perspective leaves at the worst of the marks, mm; INFINITY if it
 * cannot be a page. */
static double
left_by_plane(const LkAnchors *anchors)
{
    LkAnchorPairs pairs;
    double h[9];
    lk_anchors_collect(anchors, lk_house_fiducials, lk_house_qr, -1, &pairs);
    if (!lk_homography_fit(pairs.pair, pairs.n, LOOSE, h) || !is_plausible(h)) {
        return INFINITY;
    }
    return lk_anchor_pairs_worst(&pairs, h);
}

/* --- Squares. -----------------------------------------------------------------------
 */

static GArray *
squares_anywhere(const LkImage *image, double px_per_mm)
{
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
    if (g_getenv("DBG"))
        for (guint q = 0; q < squares->len; q++) {
            LkSquare S = g_array_index(squares, LkSquare, q);
            g_printerr("   SQ %.0f,%.0f side %.1f\n", S.center.x, S.center.y, S.side);
        }
    lk_thresholds_clear(&local);
    return squares;
}

/* Squares that may be one fiducial, the nearest to where it is expected first. */
typedef struct {
    LkPoint center[MAX_CHOICES];
    double off[MAX_CHOICES]; /* mm */
    int n;
} Choices;

static void
add_choice(Choices *choices, LkPoint center, double off)
{
    int k = 0, end = choices->n;
    for (int i = 0; i < choices->n; i++) {
        k += choices->off[i] <= off;
        end = distance(choices->center[i], center) < 1 ? i : end;
    }
    if (end < k || k == MAX_CHOICES) {
        return; /* it is there already, or others are nearer */
    }
    end = MIN(end, MAX_CHOICES - 1);
    choices->n = MAX(choices->n, end + 1);
    for (int i = end; i > k; i--) {
        choices->center[i] = choices->center[i - 1];
        choices->off[i] = choices->off[i - 1];
    }
    choices->center[k] = center;
    choices->off[k] = off;
}

/* Adds those near enough to where @h expects fiducial @i, and of its size. */
static void
add_choices(const GArray *squares, const double h[9], int i, double reach_mm,
            Choices *choices)
{
    LkPoint page = lk_rect_center(lk_house_fiducials[i]);
    LkPoint expected = lk_map_point(h, page);
    double j[4];
    lk_homography_jacobian(h, page, j);
    double px_per_mm = sqrt(fabs(j[0] * j[3] - j[1] * j[2]));
    double slack = 0.15 + reach_mm / 100;
    for (guint k = 0; k < squares->len; k++) {
        const LkSquare *square = &g_array_index(squares, LkSquare, k);
        double off = distance(square->center, expected);
        if (!square->is_round && off < reach_mm * px_per_mm &&
            relative(square->side, LK_FIDUCIAL_MM * px_per_mm) < slack) {
            add_choice(choices, square->center, off / px_per_mm);
        }
    }
}

/* How much perspective marks near each other prove is not known: paper curls, and
 * codes are read to a pixel. So all degrees are tried. */
static Choices
find_choices(const GArray *squares, const LkAnchorPairs *pairs, int i, double reach_mm)
{
    static const double degrees[] = {STIFF, 0.05, 0.005, LOOSE};
    Choices choices = {.n = 0};
    for (size_t k = 0; k < G_N_ELEMENTS(degrees); k++) {
        double h[9];
        if (lk_homography_fit(pairs->pair, pairs->n, degrees[k], h)) {
            add_choices(squares, h, i, reach_mm, &choices);
        }
    }
    return choices;
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

/* --- The search. --------------------------------------------------------------------
 */

typedef struct {
    const GArray *squares;
    double slack; /* how far off a square may be, of its distance */
    bool nearest; /* only the nearest choice each time */
    LkAnchors best;
    double score; /* of it */
} Search;

/* Squares found, less what they leave. */
static void
conclude(Search *search, const LkAnchors *anchors)
{
    if (g_getenv("DBG")) {
        LkAnchorPairs P;
        double H[9];
        lk_anchors_collect(anchors, lk_house_fiducials, lk_house_qr, -1, &P);
        bool k = lk_homography_fit(P.pair, P.n, LOOSE, H);
        g_printerr("   END %d%d%d%d codes %d%d left %.2f fit %d plaus %d worst %.2f\n",
                   anchors->has_fiducial[0], anchors->has_fiducial[1],
                   anchors->has_fiducial[2], anchors->has_fiducial[3],
                   anchors->has_code[0], anchors->has_code[1], left_by_plane(anchors),
                   k, k ? is_plausible(H) : 0, k ? lk_anchor_pairs_worst(&P, H) : 0);
    }
    double score = lk_anchors_squares(anchors) - left_by_plane(anchors) / SQUARE_MM;
    if (score > search->score) {
        search->score = score;
        search->best = *anchors;
    }
}

/* From the marks found outwards: the nearest fiducial first, for each one found makes
 * the map better for the next. It may also be gone. */
static void
follow(Search *search, const LkAnchors *anchors, const bool tried[4])
{
    LkAnchorPairs pairs;
    double away;
    lk_anchors_collect(anchors, lk_house_fiducials, lk_house_qr, -1, &pairs);
    int next = nearest_untried(&pairs, tried, &away);
    if (next < 0) {
        conclude(search, anchors);
        return;
    }
    bool then[4];
    memcpy(then, tried, sizeof then);
    then[next] = true;
    Choices choices =
        find_choices(search->squares, &pairs, next, NEAR_MM + search->slack * away);
    choices.n = search->nearest ? MIN(choices.n, 1) : choices.n;
    for (int i = 0; i < choices.n; i++) {
        LkAnchors with = *anchors;
        with.has_fiducial[next] = true;
        with.fiducial[next] = choices.center[i];
        if (left_by_plane(&with) <= LK_CURLED_MM) {
            follow(search, &with, then);
        }
    }
    if (choices.n == 0 || !search->nearest) {
        follow(search, anchors, then);
    }
}

/* Finds the squares that go with the codes in @anchors. Returns: how well they do. */
static double
find_squares(const GArray *squares, LkAnchors *anchors)
{
    static const bool untried[4] = {false};
    Search search = {squares, FLAT_SLACK, true, *anchors, -INFINITY};
    follow(&search, anchors, untried);
    if (lk_anchors_squares(&search.best) < 3 || search.score < 2.5) {
        search.slack = PHOTO_SLACK;
        search.nearest = false;
        follow(&search, anchors, untried);
    }
    *anchors = search.best;
    return search.score;
}

/* --- Without a code. ----------------------------------------------------------------
 */

/* How much the squares differ in size from what the map makes of them, at the worst;
 * INFINITY if no camera sees a page so. */
static double
judge_four(const LkSquare *const four[4], LkPair pairs[4])
{
    double h[9], worst = 0;
    for (int i = 0; i < 4; i++) {
        pairs[i] = (LkPair){lk_rect_center(lk_house_fiducials[i]), four[i]->center, 1};
    }
    if (!lk_homography_fit(pairs, 4, LOOSE, h) || !is_plausible(h)) {
        return INFINITY;
    }
    for (int i = 0; i < 4; i++) {
        double j[4];
        lk_homography_jacobian(h, pairs[i].page, j);
        double det = j[0] * j[3] - j[1] * j[2];
        if (!(det > 0) || lk_homography_error(h, &pairs[i]) > four[i]->side / 2) {
            return INFINITY; /* seen from behind, or no plane */
        }
        worst = MAX(worst, relative(four[i]->side, LK_FIDUCIAL_MM * sqrt(det)));
    }
    return worst;
}

/* Squares by the quarter of the image that they are in, clockwise from top left. */
typedef struct {
    const LkSquare *at[4][MAX_A_QUARTER];
    int n[4];
} Quarters;

static void
divide(const LkImage *image, const GArray *squares, Quarters *quarters)
{
    memset(quarters, 0, sizeof *quarters);
    for (guint i = 0; i < squares->len; i++) {
        const LkSquare *square = &g_array_index(squares, LkSquare, i);
        bool right = square->center.x > image->width / 2.0;
        bool low = square->center.y > image->height / 2.0;
        int quarter = low ? (right ? 2 : 3) : (right ? 1 : 0);
        if (!square->is_round && quarters->n[quarter] < MAX_A_QUARTER) {
            quarters->at[quarter][quarters->n[quarter]++] = square;
        }
    }
}

bool
lk_anchors_from_squares(const LkImage *image, LkAnchors *anchors)
{
    double px_per_mm =
        PHOTO_FILLED * MAX(image->width, image->height) / LK_PAGE_HEIGHT_MM;
    g_autoptr(GArray) squares = squares_anywhere(image, px_per_mm);
    Quarters quarters;
    divide(image, squares, &quarters);
    double best = SIZE_SLACK;
    int ways = 2 * quarters.n[0] * quarters.n[1] * quarters.n[2] * quarters.n[3];
    for (int way = 0; way < ways; way++) {
        const LkSquare *four[4];
        LkPair pairs[4];
        int turn = way % 2, rest = way / 2;
        for (int i = 0; i < 4; i++) {
            four[(i + 4 - turn) % 4] = quarters.at[i][rest % quarters.n[i]];
            rest /= quarters.n[i];
        }
        double off = judge_four(four, pairs);
        if (off < best) {
            best = off;
            *anchors = (LkAnchors){.turned = 90 * turn};
            for (int i = 0; i < 4; i++) {
                anchors->has_fiducial[i] = true;
                anchors->fiducial[i] = four[i]->center;
            }
        }
    }
    return best < SIZE_SLACK;
}

/* --- From a code. -------------------------------------------------------------------
 */

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
        if (left_by_plane(&with) < 4 * ANCHOR_TOLERANCE) {
            *anchors = with;
        }
    }
}

void
lk_anchors_grow(const LkImage *image, const LkCode *codes, int n, int first,
                LkAnchors *anchors)
{
    const LkPoint *corner = codes[first].corner;
    double side = (distance(corner[0], corner[1]) + distance(corner[1], corner[2])) / 2;
    g_autoptr(GArray) squares = squares_anywhere(image, side / LK_QR_MM);
    double best = -INFINITY;
    for (int place = 0; place < 2; place++) {
        LkAnchors grown = {.upright_known = true};
        grown.has_code[place] = true;
        grown.code[place] = codes[first];
        add_second_code(codes, n, first, &grown);
        double score = find_squares(squares, &grown);
        score += grown.has_code[1 - place] ? 1.5 : 0;
        if (score > best || place == 0) {
            best = score;
            *anchors = grown;
        }
    }
    anchors->turned = turned_of(&codes[first]);
}
