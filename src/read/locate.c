/* locate.c - the page's own marks in the image.
 *
 * The marks are symmetric: turned by 180 degrees, squares and codes fall on each other.
 * Only the way a code is turned tells which way up the page lies. */
#include "read/locate.h"

#include <math.h>
#include <string.h>

#include "read/fiducial.h"
#include "read/grid.h"
#include "read/grow.h"
#include "read/homography.h"
#include "read/read.h"

#define ACROSS_MM 180.0 /* between centres of squares */
#define DOWN_MM 267.0
#define CORNER_MM 48.0    /* corner window: 15 mm + 5 degrees + 90 % print + feed */
#define MAX_SQUARES 5     /* looked at per corner */
#define CODE_REACH_MM 8.0 /* of a code from where the squares expect it */

static double
distance(LkPoint a, LkPoint b)
{
    return hypot(a.x - b.x, a.y - b.y);
}

/* --- Squares in the corners. --------------------------------------------------------
 */

typedef struct {
    LkSquare at[MAX_SQUARES];
    int n;
} Corner;

/* A choice of one square (or none, -1) a corner, clockwise from the image's top left.
 */
typedef struct {
    int index[4];
    double badness;
} Choice;

static LkWindow
corner_window(const LkImage *image, int corner, int size)
{
    int x = corner == 1 || corner == 2 ? image->width - size : 0;
    int y = corner >= 2 ? image->height - size : 0;
    return (LkWindow){x, y, x + size, y + size};
}

/* Squares of about the right size; those nearest to it if there are many. */
static void
look_in_corner(const LkImage *image, const LkLevels *levels, int corner,
               double px_per_mm, Corner *found)
{
    int size = (int)(CORNER_MM * px_per_mm);
    LkWindow window = corner_window(image, corner, size);
    LkLevels local = lk_levels_measure(image, lk_window_clip(image, window), 5);
    bool faint = local.paper - local.ink < 0.5 * (levels->paper - levels->ink);
    LkSquareSearch search = {.window = window,
                             .step = MAX((int)(px_per_mm / 5), 1),
                             .min_side_px = 0.72 * LK_FIDUCIAL_MM * px_per_mm,
                             .max_side_px = 1.25 * LK_FIDUCIAL_MM * px_per_mm,
                             .max_stretch = 1.35,
                             .threshold = faint ? levels->threshold : local.threshold};
    g_autoptr(GArray) squares = g_array_new(FALSE, FALSE, sizeof(LkSquare));
    lk_squares_find(image, &search, squares);
    double wanted = LK_FIDUCIAL_MM * px_per_mm;
    found->n = 0;
    while (found->n < MAX_SQUARES && squares->len > 0) {
        guint best = 0;
        for (guint i = 1; i < squares->len; i++) {
            if (fabs(g_array_index(squares, LkSquare, i).side - wanted) <
                fabs(g_array_index(squares, LkSquare, best).side - wanted)) {
                best = i;
            }
        }
        found->at[found->n++] = g_array_index(squares, LkSquare, best);
        g_array_remove_index_fast(squares, best);
    }
}

static double
relative(double a, double b)
{
    return fabs(a - b) / MAX(MAX(fabs(a), fabs(b)), 1e-9);
}

/* How far three or four squares are from the corners of our page: sides in proportion,
 * right angles, squares of the size that goes with them. 0 is perfect. */
static double
judge(const Corner corners[4], const int index[4])
{
    LkPoint p[4];
    double side = 0, badness = 0;
    int missing = -1, n = 0;
    for (int i = 0; i < 4; i++) {
        if (index[i] < 0) {
            missing = i;
            continue;
        }
        p[i] = corners[i].at[index[i]].center;
        side += corners[i].at[index[i]].side;
        n++;
    }
    side /= n;
    for (int i = 0; i < 4; i++) {
        if (index[i] >= 0) {
            badness = MAX(badness, relative(corners[i].at[index[i]].side, side));
        }
    }
    if (missing >= 0) {
        int a = (missing + 1) % 4, b = (missing + 2) % 4, c = (missing + 3) % 4;
        p[missing] = (LkPoint){p[a].x + p[c].x - p[b].x, p[a].y + p[c].y - p[b].y};
    }
    double top = distance(p[0], p[1]), bottom = distance(p[3], p[2]);
    double left = distance(p[0], p[3]), right = distance(p[1], p[2]);
    double wide = (top + bottom) / 2, tall = (left + right) / 2;
    double longer = MAX(wide, tall), shorter = MIN(wide, tall);
    badness += 2 * relative(shorter / ACROSS_MM, longer / DOWN_MM);
    badness += relative(top, bottom) + relative(left, right);
    badness += relative(distance(p[0], p[2]), distance(p[1], p[3]));
    badness += 0.5 * relative(side / LK_FIDUCIAL_MM, longer / DOWN_MM);
    return badness;
}

/* The best choice of @n_wanted squares. */
static Choice
choose(const Corner corners[4], int n_wanted)
{
    Choice best = {{-1, -1, -1, -1}, INFINITY};
    int size[4], total = 1;
    for (int i = 0; i < 4; i++) {
        size[i] = corners[i].n + 1;
        total *= size[i];
    }
    for (int code = 0; code < total; code++) {
        int index[4], n = 0;
        for (int i = 0, rest = code; i < 4; i++) {
            index[i] = rest % size[i] - 1;
            rest /= size[i];
            n += index[i] >= 0;
        }
        if (n != n_wanted) {
            continue;
        }
        double badness = judge(corners, index);
        if (badness < best.badness) {
            memcpy(best.index, index, sizeof index);
            best.badness = badness;
        }
    }
    return best;
}

/* Fills in the squares of @choice; the page lies upright or, if the image is wider than
 * tall, turned by 90 degrees (the other two ways are found through the codes). */
static void
label_squares(const Corner corners[4], const Choice *choice, bool sideways,
              LkAnchors *anchors)
{
    int turn = sideways ? 1 : 0;
    for (int i = 0; i < 4; i++) {
        int corner = (i + turn) % 4;
        anchors->has_fiducial[i] = choice->index[corner] >= 0;
        if (anchors->has_fiducial[i]) {
            anchors->fiducial[i] = corners[corner].at[choice->index[corner]].center;
        }
    }
    anchors->turned = 90 * turn;
}

#define PAIR_SIDE_MAX                                                                  \
    0.12                    /* two squares alone must be alike, and of the right size  \
                             */
#define PAIR_ANGLE_MAX 0.12 /* rad: a scan of a whole page */

/* How far two squares are from being those at corners @a and @b of our page in an image
 * with @px_per_mm at 100 % print; INFINITY if they cannot be. */
static double
judge_pair(const LkSquare *one, const LkSquare *two, int a, int b, bool sideways,
           double px_per_mm)
{
    int turn = sideways ? 1 : 0;
    LkPoint p = lk_rect_center(lk_house_fiducials[(a + 4 - turn) % 4]);
    LkPoint q = lk_rect_center(lk_house_fiducials[(b + 4 - turn) % 4]);
    double away = distance(one->center, two->center) / distance(p, q);
    double angle = atan2(two->center.y - one->center.y, two->center.x - one->center.x) -
                   atan2(q.y - p.y, q.x - p.x) - turn * G_PI_2;
    double sides = relative(one->side, two->side);
    double size = relative((one->side + two->side) / 2, LK_FIDUCIAL_MM * away);
    bool fits = sides < PAIR_SIDE_MAX && size < PAIR_SIDE_MAX &&
                fabs(remainder(angle, 2 * G_PI)) < PAIR_ANGLE_MAX &&
                away > 0.82 * px_per_mm && away < 1.08 * px_per_mm;
    return fits ? sides + size : INFINITY;
}

/* Two squares that no third one and no code confirms. */
static void
find_two_squares(const Corner corners[4], bool sideways, double px_per_mm,
                 LkAnchors *anchors)
{
    Choice best = {{-1, -1, -1, -1}, INFINITY};
    for (int a = 0; a < 4; a++) {
        for (int b = a + 1; b < 4; b++) {
            for (int i = 0; i < corners[a].n * corners[b].n; i++) {
                int one = i / corners[b].n, two = i % corners[b].n;
                double badness = judge_pair(&corners[a].at[one], &corners[b].at[two], a,
                                            b, sideways, px_per_mm);
                if (badness < best.badness) {
                    best = (Choice){{-1, -1, -1, -1}, badness};
                    best.index[a] = one;
                    best.index[b] = two;
                }
            }
        }
    }
    if (isfinite(best.badness)) {
        label_squares(corners, &best, sideways, anchors);
    }
}

/* True if three or four were found; two are left in @anchors to whom nothing better
 * turns up. */
static bool
find_corner_squares(const LkImage *image, const LkLevels *levels, LkAnchors *anchors)
{
    bool sideways = image->width > image->height;
    double longer = MAX(image->width, image->height);
    double shorter = MIN(image->width, image->height);
    /* The image is the page, or a little more (a Legal bed). */
    double px_per_mm = MIN(longer / LK_PAGE_HEIGHT_MM, shorter / LK_PAGE_WIDTH_MM);
    Corner corners[4];
    for (int i = 0; i < 4; i++) {
        look_in_corner(image, levels, i, px_per_mm, &corners[i]);
    }
    Choice choice = choose(corners, 4);
    if (choice.badness > 0.20) {
        choice = choose(corners, 3);
        if (choice.badness > 0.12) {
            find_two_squares(corners, sideways, px_per_mm, anchors);
            return false;
        }
    }
    label_squares(corners, &choice, sideways, anchors);
    return true;
}

/* --- Codes.
 * ---------------------------------------------------------------------------
 */

/* Which way the code is turned in the page frame of @h: quarter turns clockwise. */
static int
code_turn(const double h[9], const LkCode *code)
{
    double back[9];
    if (!lk_homography_invert(h, back)) {
        return 0;
    }
    LkPoint a = lk_map_point(back, code->corner[0]);
    LkPoint b = lk_map_point(back, code->corner[1]);
    double quarters = atan2(b.y - a.y, b.x - a.x) / G_PI_2;
    return ((int)lround(quarters) + 4) % 4;
}

LkWindow
lk_window_around(const double h[9], LkRect area)
{
    LkWindow w = {G_MAXINT, G_MAXINT, G_MININT, G_MININT};
    for (int k = 0; k < 4; k++) {
        LkPoint p = lk_map_point(h, lk_rect_corner(area, k));
        double x = CLAMP(p.x, -1e6, 1e6), y = CLAMP(p.y, -1e6, 1e6);
        w.x0 = MIN(w.x0, (int)floor(x));
        w.y0 = MIN(w.y0, (int)floor(y));
        w.x1 = MAX(w.x1, (int)ceil(x));
        w.y1 = MAX(w.y1, (int)ceil(y));
    }
    return w;
}

/* Whether @code is the page's own at @place: not a sticker, not another page's corner,
 * not lying on its side. */
static bool
belongs(const double h[9], const LkCode *code, LkRect place)
{
    double j[4];
    LkPoint middle = lk_rect_center(place), expected = lk_map_point(h, middle);
    lk_homography_jacobian(h, middle, j);
    double px_per_mm = sqrt(fabs(j[0] * j[3] - j[1] * j[2]));
    return code->ours && !lk_code_is_label(code) && code_turn(h, code) % 2 == 0 &&
           distance(lk_code_center(code), expected) < CODE_REACH_MM * px_per_mm;
}

/* Looks for code @i where the squares say it is. */
static void
find_code(LkDecoder *decoder, const LkImage *image, const double h[9], int i,
          LkEffort effort, LkAnchors *anchors)
{
    LkCode codes[4];
    LkRect place = lk_house_qr[i];
    LkWindow window = lk_window_around(h, lk_rect_inset(place, -5));
    int n = lk_codes_find(decoder, image, window, effort, codes, 1);
    if (n == 1 && !belongs(h, &codes[0], place)) {
        n = lk_codes_find(decoder, image, window, effort, codes, 4);
    }
    for (int k = 0; k < n; k++) {
        anchors->foreign_code = anchors->foreign_code || !codes[k].ours;
        anchors->label =
            anchors->label || (codes[k].ours && lk_code_is_label(&codes[k]));
        if (!anchors->has_code[i] && belongs(h, &codes[k], place)) {
            anchors->has_code[i] = true;
            anchors->code[i] = codes[k];
        }
    }
}

/* A code that no decoder reads, by its grid; both ways up if that is not known. */
static void
find_code_by_grid(const LkImage *image, const double h[9], int i, LkAnchors *anchors)
{
    LkRect place = lk_house_qr[i];
    for (int turned = 0; turned < 2 && !anchors->has_code[i]; turned++) {
        LkZxingCode found;
        LkCode code = {.sharp = false};
        if (!lk_grid_read(image, h, place, turned != 0, &found) ||
            !lk_payload_parse(found.text, found.length, &code.id, NULL) ||
            lk_code_is_label(&code)) {
            continue;
        }
        code.ours = true;
        for (int k = 0; k < 4; k++) {
            code.corner[k] =
                lk_map_point(h, lk_rect_corner(place, (k + 2 * turned) % 4));
        }
        anchors->has_code[i] = true;
        anchors->code[i] = code;
    }
}

/* The codes tell which way up the page lies. */
static void
settle_upright(const double h[9], LkAnchors *anchors)
{
    if (!anchors->has_code[0] && !anchors->has_code[1]) {
        return;
    }
    int first = anchors->has_code[0] ? 0 : 1;
    int turn = code_turn(h, &anchors->code[first]);
    if (anchors->has_code[0] && anchors->has_code[1] &&
        turn != code_turn(h, &anchors->code[1])) {
        anchors->disagree = true; /* one up, one down: not one page */
    }
    anchors->upright_known = true;
    if (turn == 2) {
        lk_anchors_flip(anchors);
    }
}

static void
find_predicted_codes(LkDecoder *decoder, const LkImage *image, const double h[9],
                     LkAnchors *anchors)
{
    for (int i = 0; i < 2; i++) {
        find_code(decoder, image, h, i, LK_EFFORT_QUICK, anchors);
    }
    for (int i = 0; i < 2 && !anchors->has_code[0]; i++) {
        if (!anchors->has_code[1]) {
            find_code(decoder, image, h, i, LK_EFFORT_THOROUGH, anchors);
        }
    }
    for (int i = 0; i < 2 && !anchors->has_code[0]; i++) {
        if (!anchors->has_code[1]) {
            find_code_by_grid(image, h, i, anchors);
        }
    }
    settle_upright(h, anchors);
}

/* --- The slow way: codes first.
 * -------------------------------------------------------
 */

static bool
same_page(const LkPageId *a, const LkPageId *b)
{
    return strcmp(a->form, b->form) == 0 && a->page == b->page &&
           strcmp(a->layout, b->layout) == 0 &&
           lk_case_code_equal(&a->case_code, &b->case_code) &&
           strcmp(a->copy, b->copy) == 0;
}

/* Whether two codes of ours name different pages (labels aside). */
static bool
codes_disagree(const LkCode *codes, int n)
{
    const LkPageId *seen = NULL;
    for (int i = 0; i < n; i++) {
        if (!codes[i].ours || lk_code_is_label(&codes[i])) {
            continue;
        }
        if (seen != NULL && !same_page(seen, &codes[i].id)) {
            return true;
        }
        seen = &codes[i].id;
    }
    return false;
}

static void
locate_by_codes(LkDecoder *decoder, const LkImage *image, LkAnchors *anchors)
{
    LkCode codes[4];
    int n = lk_codes_find_anywhere(decoder, image, codes, 4), first = -1;
    bool foreign = false, label = false;
    for (int i = 0; i < n; i++) {
        foreign = foreign || !codes[i].ours;
        label = label || (codes[i].ours && lk_code_is_label(&codes[i]));
        if (first < 0 && codes[i].ours && !lk_code_is_label(&codes[i])) {
            first = i;
        }
    }
    if (first >= 0) {
        lk_anchors_grow(image, codes, n, first, anchors);
    }
    anchors->foreign_code = foreign;
    anchors->label = label;
    anchors->disagree = codes_disagree(codes, n);
}

void
lk_locate(LkDecoder *decoder, const LkImage *image, const LkLevels *levels,
          LkAnchors *anchors)
{
    memset(anchors, 0, sizeof *anchors);
    double h[9], residual;
    if (!find_corner_squares(image, levels, anchors) ||
        !lk_anchors_fit(anchors, lk_house_fiducials, lk_house_qr, h, &residual)) {
        LkAnchors two = *anchors;
        memset(anchors, 0, sizeof *anchors);
        locate_by_codes(decoder, image, anchors);
        if (!anchors->has_code[0] && !anchors->has_code[1]) {
            two.foreign_code = anchors->foreign_code;
            two.label = anchors->label;
            two.disagree = anchors->disagree;
            *anchors = two;
        }
        return;
    }
    find_predicted_codes(decoder, image, h, anchors);
    if (anchors->has_code[0] && anchors->has_code[1]) {
        anchors->disagree = anchors->disagree || codes_disagree(anchors->code, 2);
    }
}

void
lk_locate_photo(LkDecoder *decoder, const LkImage *image, LkAnchors *anchors)
{
    LkAnchors four;
    double h[9], residual;
    if (!lk_anchors_from_squares(image, &four) ||
        !lk_anchors_fit(&four, lk_house_fiducials, lk_house_qr, h, &residual)) {
        return;
    }
    four.foreign_code = anchors->foreign_code;
    four.label = anchors->label;
    four.disagree = anchors->disagree;
    find_predicted_codes(decoder, image, h, &four);
    if (four.has_code[0] || four.has_code[1] || lk_anchors_squares(anchors) < 2) {
        *anchors = four;
    }
    if (four.has_code[0] && four.has_code[1]) {
        anchors->disagree = anchors->disagree || codes_disagree(anchors->code, 2);
    }
}
