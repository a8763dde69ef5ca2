/* mark.c - measuring the boxes of a page; what is decided from it, see decide.c.
 *
 * Two passes over small patches in the page's own frame. The first, just the box, gives
 * what all boxes share: the halo that blur and JPEG put inside a printed outline, and
 * the paper's noise (both from the median box, and most boxes are empty). It also shows
 * which boxes are clean, and these are done. The second looks wider around the others
 * and follows their strokes out of the box. */
#include "read/mark.h"

#include <math.h>
#include <stdlib.h>

#include "read/homography.h"

#define NEAR 48     /* samples: the box and 1 mm around */
#define WIDE 112    /* the box and 5 mm around */
#define INTERIOR 12 /* samples from the middle to where the interior ends: 1.5 mm */
#define INNER_EDGE (1.7 * LK_PATCH_PER_MM) /* of the printed outline */
#define RING_IN 13           /* samples: the outline and its blur, inside … */
#define RING_OUT 18          /* … and outside */
#define NEXT_BOX_MM 8.0      /* between centres of boxes that stand side by side */
#define CLEAN_MM2 0.015      /* ink inside: less is nothing … */
#define BESIDE_LOOK_MM2 0.15 /* … unless so much is beside: a mark that missed? … */
#define FAINT_DARKNESS 0.10 /* … or so dark, so much of it: a pencil, washed out? … */
#define FAINT_MM2 0.06
#define GREYER_MIN 0.02 /* … or all of it darker than empty boxes are */
#define GREYER_SPREADS 5
#define BLIND_NOISE                                                                    \
    0.065           /* darkness: a faint pen is lost in it; every box is looked at */
#define PRINTED 255 /* of an InkMap: an outline or rule, ink or not cannot be told */
#define CROSSING 8  /* samples of print that a stroke is followed across */
#define RULE_SHARE 0.75 /* of a row of the patch that is ink: a printed rule */
#define BOX_HALF 16     /* samples: 2 mm */
#define N_HALO 16
#define ZONE_HALO 31      /* of a sample's zone: its halo step */
#define ZONE_INSIDE 32    /* it is in the interior of the box, */
#define ZONE_BESIDE 64    /* or in the margin around */
#define INK_DARKNESS 0.20 /* less is no ink: show-through, smear, texture */
#define SPECK_EXTENT 0.65 /* mm: smaller on all sides, and … */
#define SPECK_AREA 0.22   /* mm2: … lighter is a speck */
#define STREAK_SLACK 0.25 /* darkness: a streak is not even along its way */
#define OVERRUN_FAR_MM                                                                 \
    15.0                /* from the end of a line to a box: further is another story */
#define OVERRUN_BAND 20 /* samples above and below the middle of the box: 2.5 mm */
#define OVERRUN_RULE 32 /* of these 40: more is printed */
#define OVERRUN_NEAR 28 /* samples from the middle: nearer may be the mark itself */
#define SAMPLE_MM (1.0 / LK_PATCH_PER_MM)
#define SAMPLE_MM2 (SAMPLE_MM * SAMPLE_MM)

/* What all boxes of a page share. */
typedef struct {
    double ink_ratio;    /* grey of print / grey of paper */
    double halo[N_HALO]; /* darkness of empty boxes, samples from the inner edge */
    double noise;        /* darkness */
    double grey_max;     /* mean darkness: more than empty boxes have */
    const LkImage *image;
    const double *h; /* page mm -> image px */
    const LkStreaks *streaks;
    const GArray *centers; /* LkPoint: where each box really is, page mm */
    const LkLayoutPage *page;
    const LkPatch *near;        /* of each box; sampled once, looked at twice */
    const double *paper;        /* grey around each box */
    const double *grey;         /* mean darkness in each box */
    uint8_t zones[NEAR * NEAR]; /* of its samples: halo step and zone */
} Shared;

/* --- Darkness. ----------------------------------------------------------------------
 */

/* The paper around: bright enough to be paper even if the box is black. */
static double
local_paper(const LkPatch *patch)
{
    /* Counted in turns: neighbours are mostly of one grey, and one count waits for the
     * last. A patch has an even number of samples. */
    int even[256] = {0}, odd[256] = {0};
    int total = patch->n * patch->n, seen = 0, grey = 256;
    for (int i = 0; i < total; i += 2) {
        even[patch->at[i]]++;
        odd[patch->at[i + 1]]++;
    }
    while (seen < 3 * total / 10 && grey > 0) {
        grey--;
        seen += even[grey] + odd[grey];
    }
    return grey;
}

/* Darkness of each grey: 0 paper, 1 print. */
static void
darkness_table(double paper, double ink_ratio, float table[256])
{
    double range = MAX(paper * (1 - ink_ratio), 8);
    for (int grey = 0; grey < 256; grey++) {
        table[grey] = (float)CLAMP((paper - grey) / range, -0.5, 1.2);
    }
}

/* Samples from the inner edge of the outline inwards to sample (@col, @row). */
static double
from_edge(int col, int row, int n)
{
    double x = fabs(col + 0.5 - n / 2.0), y = fabs(row + 0.5 - n / 2.0);
    return INNER_EDGE - MAX(x, y);
}

/* Halo step of a sample that far from the edge; N_HALO: it has none. */
static int
halo_step(double edge)
{
    return edge < 0 || (int)edge >= N_HALO ? N_HALO : (int)edge;
}

static double
halo_at(const Shared *shared, double edge)
{
    int i = halo_step(edge);
    return i == N_HALO ? 0 : shared->halo[i];
}

/* --- What the boxes share. ----------------------------------------------------------
 */

/* One box's darkness by distance from its edge, and its noise: what that leaves. */
typedef struct {
    double halo[N_HALO];
    double noise, mean;
} Glimpse;

static Glimpse
glimpse(const LkPatch *patch, double paper, double ink_ratio)
{
    float table[256];
    darkness_table(paper, ink_ratio, table);
    Glimpse seen = {{0}, 0, 0};
    double count[N_HALO] = {0}, squares = 0, n = 0;
    int first = patch->n / 2 - INTERIOR, last = patch->n / 2 + INTERIOR;
    for (int row = first; row < last; row++) {
        for (int col = first; col < last; col++) {
            double d = (double)table[patch->at[row * patch->n + col]];
            int edge = CLAMP((int)from_edge(col, row, patch->n), 0, N_HALO - 1);
            seen.halo[edge] += d;
            count[edge]++;
            seen.mean += d;
            squares += d * d;
            n++;
        }
    }
    double explained = 0;
    for (int i = 0; i < N_HALO; i++) {
        seen.halo[i] = count[i] > 0 ? seen.halo[i] / count[i] : 0;
        explained += count[i] * seen.halo[i] * seen.halo[i];
    }
    seen.mean /= n;
    seen.noise = sqrt(MAX(squares - explained, 0) / n);
    return seen;
}

static int
by_darkness(const void *a, const void *b)
{
    const Glimpse *x = a, *y = b;
    return (x->mean > y->mean) - (x->mean < y->mean);
}

/* From the lighter half of the boxes, which is empty even on a page where every second
 * box is marked. */
static void
share(GArray *glimpses, Shared *shared)
{
    qsort(glimpses->data, glimpses->len, sizeof(Glimpse), by_darkness);
    guint n = (glimpses->len + 1) / 2;
    for (guint i = 0; i < n; i++) {
        const Glimpse *seen = &g_array_index(glimpses, Glimpse, i);
        for (int k = 0; k < N_HALO; k++) {
            shared->halo[k] += CLAMP(seen->halo[k], 0, 0.25) / n;
        }
        shared->noise += MIN(seen->noise, 0.2) / n;
    }
    double middle = n > 0 ? g_array_index(glimpses, Glimpse, n / 2).mean : 0;
    double low = n > 0 ? g_array_index(glimpses, Glimpse, n / 8).mean : 0;
    shared->grey_max = middle + MAX(GREYER_MIN, GREYER_SPREADS * (middle - low));
}

/* --- Strokes. -----------------------------------------------------------------------
 */

/* Ink of a patch, sample by sample: 0 none, else darkness in 1/100; or PRINTED. */
typedef struct {
    int n;
    uint8_t at[WIDE * WIDE];
} InkMap; /* n <= WIDE */

static uint8_t
ink_at(double darkness, double threshold)
{
    return darkness > threshold ? (uint8_t)(100 * MIN(darkness, 1)) : 0;
}

static void
map_ink(const LkPatch *patch, const Shared *shared, const float table[256], InkMap *map)
{
    double threshold = MAX(INK_DARKNESS, 3.5 * shared->noise);
    uint8_t ink_of[256]; /* where there is no halo: nearly everywhere */
    for (int grey = 0; grey < 256; grey++) {
        ink_of[grey] = ink_at((double)table[grey], threshold);
    }
    map->n = patch->n;
    for (int i = 0; i < map->n * map->n; i++) {
        map->at[i] = ink_of[patch->at[i]];
    }
    int reach = (int)INNER_EDGE + 1, first = map->n / 2 - reach;
    for (int row = first; row < first + 2 * reach; row++) {
        for (int col = first; col < first + 2 * reach; col++) {
            int i = row * map->n + col;
            double halo = halo_at(shared, from_edge(col, row, map->n));
            map->at[i] = ink_at((double)table[patch->at[i]] - halo, threshold);
        }
    }
}

/* Takes the ink out of @map that is no darker than the streak it lies on. @center: of
 * the patch, page mm. */
static void
drop_streaks(const Shared *shared, LkPoint center, double contrast, InkMap *map)
{
    const LkStreaks *streaks = shared->streaks;
    double j[4];
    LkPoint at = lk_map_point(shared->h, center);
    lk_homography_jacobian(shared->h, center, j);
    for (int i = 0; i < map->n * map->n; i++) {
        if (map->at[i] == 0) {
            continue;
        }
        int row = i / map->n;
        double u = SAMPLE_MM * (i % map->n + 0.5 - map->n / 2.0);
        double v = SAMPLE_MM * (row + 0.5 - map->n / 2.0);
        double px =
            streaks->vertical ? at.x + j[0] * u + j[1] * v : at.y + j[2] * u + j[3] * v;
        int line = CLAMP((int)px, 1, streaks->n - 2);
        int darker = MAX(streaks->darker[line],
                         MAX(streaks->darker[line - 1], streaks->darker[line + 1]));
        if (darker > 0 && map->at[i] < 100 * (darker / contrast + STREAK_SLACK)) {
            map->at[i] = 0;
        }
    }
}

/* --- What is printed around. ---------------------------------------------------------
 */

/* Masks the outline of a box whose centre is @x, @y samples from the patch's. */
static void
mask_outline(InkMap *map, int x, int y)
{
    int n = map->n, left = n / 2 + x - RING_OUT, top = n / 2 + y - RING_OUT;
    for (int row = MAX(top, 0); row < MIN(top + 2 * RING_OUT, n); row++) {
        for (int col = MAX(left, 0); col < MIN(left + 2 * RING_OUT, n); col++) {
            int u = abs(2 * (col - left - RING_OUT) + 1) / 2;
            int v = abs(2 * (row - top - RING_OUT) + 1) / 2;
            if (MAX(u, v) >= RING_IN) {
                map->at[row * n + col] = PRINTED;
            }
        }
    }
}

/* The box's own outline, and those of its neighbours. */
static void
mask_outlines(const Shared *shared, guint self, InkMap *map)
{
    LkPoint center = g_array_index(shared->centers, LkPoint, self);
    double reach = map->n / 2.0 + RING_OUT;
    for (guint i = 0; i < shared->centers->len; i++) {
        LkPoint other = g_array_index(shared->centers, LkPoint, i);
        double x = (other.x - center.x) * LK_PATCH_PER_MM;
        double y = (other.y - center.y) * LK_PATCH_PER_MM;
        if (fabs(x) < reach && fabs(y) < reach) {
            mask_outline(map, (int)lrint(x), (int)lrint(y));
        }
    }
}

/* Masks rows (@step_along 1) or columns that are ink nearly from side to side: rules of
 * the printed frame. */
static void
mask_rules(InkMap *map, int step_along, int step_across)
{
    int n = map->n, box = BOX_HALF + 2;
    for (int line = 0; line < n; line++) {
        if (abs(2 * line + 1 - n) < 2 * box) {
            continue;
        }
        int ink = 0;
        for (int i = 0; i < n; i++) {
            ink += map->at[line * step_across + i * step_along] != 0;
        }
        for (int i = 0; i < n && ink >= RULE_SHARE * n; i++) {
            map->at[line * step_across + i * step_along] = PRINTED;
        }
    }
}

/* A stroke: samples of ink that touch. Ink darkness-weighted, in mm2. */
typedef struct {
    double inside, outside; /* mm2 */
    int left, right, top, bottom;
    int in_left, in_right, in_top, in_bottom; /* of what is inside */
    double x, y;                              /* sums, samples */
    int n;
    double darkness; /* sum over `inside` samples */
    int n_inside;
} Stroke;

static bool
is_interior(int col, int row, int n)
{
    return abs(2 * col + 1 - n) < 2 * INTERIOR && abs(2 * row + 1 - n) < 2 * INTERIOR;
}

static void
add_sample(Stroke *stroke, int col, int row, int n, int ink)
{
    double mm2 = SAMPLE_MM2 * MAX(ink, 50) / 100.0;
    stroke->x += col;
    stroke->y += row;
    stroke->n++;
    stroke->left = MIN(stroke->left, col);
    stroke->right = MAX(stroke->right, col);
    stroke->top = MIN(stroke->top, row);
    stroke->bottom = MAX(stroke->bottom, row);
    if (!is_interior(col, row, n)) {
        stroke->outside += mm2;
        return;
    }
    stroke->inside += SAMPLE_MM2 * ink / 100.0;
    stroke->darkness += ink / 100.0;
    stroke->n_inside++;
    stroke->in_left = MIN(stroke->in_left, col);
    stroke->in_right = MAX(stroke->in_right, col);
    stroke->in_top = MIN(stroke->in_top, row);
    stroke->in_bottom = MAX(stroke->in_bottom, row);
}

/* Where the map goes on from @at (col, row) in direction @dx, @dy: the next sample, or
 * the first one behind print if there is ink within a sample or two of it. -1: nowhere.
 */
static int
next_ink(const InkMap *map, int at, int dx, int dy)
{
    int n = map->n, x = at % n + dx, y = at / n + dy;
    int crossed = 0;
    while (x >= 0 && y >= 0 && x < n && y < n && map->at[y * n + x] == PRINTED) {
        if (++crossed > CROSSING) {
            return -1;
        }
        x += dx;
        y += dy;
    }
    for (int k = 0; k <= (crossed > 0 ? 4 : 0); k++) {
        /* 0, 1, -1, 2, -2 to the side */
        int aside = k % 2 == 1 ? (k + 1) / 2 : -(k / 2);
        int u = x + aside * dy, v = y + aside * dx;
        if (u >= 0 && v >= 0 && u < n && v < n && map->at[v * n + u] != 0 &&
            map->at[v * n + u] != PRINTED) {
            return v * n + u;
        }
    }
    return -1;
}

/* Follows the ink from sample @start, taking it out of @map. */
static Stroke
follow(InkMap *map, int start, GArray *todo)
{
    int n = map->n;
    Stroke stroke = {.left = n,
                     .right = -1,
                     .top = n,
                     .bottom = -1,
                     .in_left = n,
                     .in_right = -1,
                     .in_top = n,
                     .in_bottom = -1};
    g_array_set_size(todo, 0);
    g_array_append_val(todo, start);
    add_sample(&stroke, start % n, start / n, n, map->at[start]);
    map->at[start] = 0;
    while (todo->len > 0) {
        int at = g_array_index(todo, int, todo->len - 1);
        g_array_set_size(todo, todo->len - 1);
        for (int k = 0; k < 9; k++) {
            int next = k == 4 ? -1 : next_ink(map, at, k % 3 - 1, k / 3 - 1);
            if (next >= 0) {
                add_sample(&stroke, next % n, next / n, n, map->at[next]);
                map->at[next] = 0;
                g_array_append_val(todo, next);
            }
        }
    }
    return stroke;
}

static double
stroke_extent(const Stroke *stroke)
{
    return SAMPLE_MM * hypot(stroke->in_right - stroke->in_left + 1,
                             stroke->in_bottom - stroke->in_top + 1);
}

static bool
is_speck(const Stroke *stroke)
{
    double wide = SAMPLE_MM * (stroke->in_right - stroke->in_left + 1);
    double tall = SAMPLE_MM * (stroke->in_bottom - stroke->in_top + 1);
    return MAX(wide, tall) < SPECK_EXTENT && stroke->inside < SPECK_AREA;
}

/* How far in from the interior's border the stroke comes, mm. */
static double
stroke_depth(const Stroke *stroke, int n)
{
    int first = n / 2 - INTERIOR, last = n / 2 + INTERIOR - 1;
    int from_left = stroke->in_right - first, from_right = last - stroke->in_left;
    int from_top = stroke->in_bottom - first, from_bottom = last - stroke->in_top;
    int least = MIN(MIN(from_left, from_right), MIN(from_top, from_bottom));
    return SAMPLE_MM * (least + 1);
}

/* How far the stroke goes beyond the box on two opposite sides, mm. */
static double
stroke_through(const Stroke *stroke, int n)
{
    int first = n / 2 - BOX_HALF, last = n / 2 + BOX_HALF - 1;
    int across = MIN(first - stroke->left, stroke->right - last);
    int down = MIN(first - stroke->top, stroke->bottom - last);
    return SAMPLE_MM * MAX(MAX(across, down), 0);
}

static void
count_middle(const InkMap *map, LkMarkFeatures *features)
{
    int n = map->n, half = (int)(0.8 * LK_PATCH_PER_MM), ink = 0;
    for (int row = n / 2 - INTERIOR; row < n / 2 + INTERIOR; row++) {
        for (int col = n / 2 - INTERIOR; col < n / 2 + INTERIOR; col++) {
            ink += map->at[row * n + col] != 0 && abs(2 * col + 1 - n) < 2 * half &&
                   abs(2 * row + 1 - n) < 2 * half;
        }
    }
    features->middle = ink / (4.0 * half * half);
}

static void
add_stroke(const Stroke *stroke, int n, LkMarkFeatures *features)
{
    double x = stroke->x / stroke->n - (n - 1) / 2.0;
    double y = stroke->y / stroke->n - (n - 1) / 2.0;
    double total = features->area + stroke->inside;
    features->off_center = (features->off_center * features->area +
                            SAMPLE_MM * hypot(x, y) * stroke->inside) /
                           total;
    features->area = total;
    features->outside += stroke->outside;
    features->extent = MAX(features->extent, stroke_extent(stroke));
    features->depth = MAX(features->depth, stroke_depth(stroke, n));
    features->through = MAX(features->through, stroke_through(stroke, n));
    features->coverage += stroke->n_inside / (4.0 * INTERIOR * INTERIOR);
}

static void
measure_strokes(InkMap *map, LkMarkFeatures *features)
{
    int n = map->n, samples = 0;
    double darkness = 0;
    count_middle(map, features);
    g_autoptr(GArray) todo = g_array_new(FALSE, FALSE, sizeof(int));
    for (int row = n / 2 - INTERIOR; row < n / 2 + INTERIOR; row++) {
        for (int col = n / 2 - INTERIOR; col < n / 2 + INTERIOR; col++) {
            if (map->at[row * n + col] == 0) {
                continue;
            }
            Stroke stroke = follow(map, row * n + col, todo);
            if (is_speck(&stroke)) {
                features->specks += stroke.n_inside / (4.0 * INTERIOR * INTERIOR);
            } else {
                add_stroke(&stroke, n, features);
                darkness += stroke.darkness;
                samples += stroke.n_inside;
            }
        }
    }
    features->darkness = samples > 0 ? darkness / samples : 0;
}

/* --- Handwriting that runs on. ------------------------------------------------------
 */

/* Where the line to write on ends that stands left of the box, in mm from its centre;
 * 0 if there is none near. */
static double
end_of_writing(const LkLayoutPage *page, LkPoint center)
{
    double nearest = -OVERRUN_FAR_MM;
    for (guint i = 0; i < page->writing->len + page->cells->len; i++) {
        LkRect area =
            i < page->writing->len
                ? g_array_index(page->writing, LkWriting, i).area
                : g_array_index(page->cells, LkCell, i - page->writing->len).outline;
        double end = area.x + area.w - center.x;
        bool beside = center.y > area.y - 1 && center.y < area.y + area.h + 1;
        if (beside && end < -LK_BOX_MM / 2 && end > nearest) {
            nearest = end;
        }
    }
    return nearest > -OVERRUN_FAR_MM ? nearest : 0;
}

/* Ink between there and the box, where a mark hardly comes. What stands in a column
 * from end to end is a printed rule. */
static double
find_overrun(const Shared *shared, const InkMap *map, LkPoint center)
{
    double end = end_of_writing(shared->page, center);
    int n = map->n, ink = 0;
    int left = end < 0 ? MAX(n / 2 + (int)(end * LK_PATCH_PER_MM), 0) : n;
    for (int col = left; col < n / 2 - OVERRUN_NEAR; col++) {
        int in_column = 0;
        for (int row = n / 2 - OVERRUN_BAND; row < n / 2 + OVERRUN_BAND; row++) {
            int at = map->at[row * n + col];
            in_column += at != 0 && at != PRINTED;
        }
        ink += in_column < OVERRUN_RULE ? in_column : 0;
    }
    return ink * SAMPLE_MM2;
}

/* --- The boxes of a page. -----------------------------------------------------------
 */

/* Ink of the first patch, mm2: inside, and in the margin around the box that the form
 * leaves white. */
typedef struct {
    double inside, beside;
    double faint; /* inside, ink or nearly */
} FirstLook;

static void
lay_zones(uint8_t zones[NEAR * NEAR])
{
    for (int i = 0; i < NEAR * NEAR; i++) {
        int row = i / NEAR, col = i % NEAR;
        double edge = from_edge(col, row, NEAR);
        if (is_interior(col, row, NEAR)) {
            zones[i] = (uint8_t)(ZONE_INSIDE | halo_step(edge));
        } else {
            zones[i] = edge < INNER_EDGE - RING_OUT ? ZONE_BESIDE | N_HALO : N_HALO;
        }
    }
}

/* Grey from which on a sample with that halo is no ink: darkness falls with grey. */
static int
first_paper(const float table[256], double halo, double threshold)
{
    int ink = 0, paper = 256;
    while (ink < paper) {
        int middle = (ink + paper) / 2;
        if ((double)table[middle] - halo > threshold) {
            ink = middle + 1;
        } else {
            paper = middle;
        }
    }
    return paper;
}

static FirstLook
look_first(const LkPatch *patch, const Shared *shared, const float table[256])
{
    int paper_from[N_HALO + 1], white_from[N_HALO + 1];
    double threshold = MAX(INK_DARKNESS, 3.5 * shared->noise);
    double faint_threshold = MAX(FAINT_DARKNESS, 3.5 * shared->noise);
    for (int i = 0; i <= N_HALO; i++) {
        double halo = i < N_HALO ? shared->halo[i] : 0;
        paper_from[i] = first_paper(table, halo, threshold);
        white_from[i] = first_paper(table, halo, faint_threshold);
    }
    int inside = 0, beside = 0, faint = 0;
    for (int i = 0; i < NEAR * NEAR; i++) {
        int zone = shared->zones[i];
        int ink = patch->at[i] < paper_from[zone & ZONE_HALO] ? ~0 : 0;
        int nearly = patch->at[i] < white_from[zone & ZONE_HALO] ? ~0 : 0;
        inside += (zone & ink & ZONE_INSIDE) / ZONE_INSIDE;
        beside += (zone & ink & ZONE_BESIDE) / ZONE_BESIDE;
        faint += (zone & nearly & ZONE_INSIDE) / ZONE_INSIDE;
    }
    return (FirstLook){inside * SAMPLE_MM2, beside * SAMPLE_MM2, faint * SAMPLE_MM2};
}

/* Returns: what there is to be seen, or NULL: the box is clean. */
static LkMarkView *
measure(const Shared *shared, guint i, LkMarkFeatures *features)
{
    LkPatch wide;
    const LkPatch *near = &shared->near[i];
    LkPoint center = g_array_index(shared->centers, LkPoint, i);
    features->whole = near->whole;
    features->noise = shared->noise;
    float table[256];
    double paper = shared->paper[i];
    darkness_table(paper, shared->ink_ratio, table);
    FirstLook first = look_first(near, shared, table);
    features->beside = first.beside;
    if (first.inside < CLEAN_MM2 && first.beside < BESIDE_LOOK_MM2 &&
        first.faint < FAINT_MM2 && shared->grey[i] <= shared->grey_max &&
        shared->noise < BLIND_NOISE) {
        return NULL;
    }
    InkMap map;
    lk_patch_sample(shared->image, shared->h, center, WIDE, &wide);
    map_ink(&wide, shared, table, &map);
    if (shared->streaks->any) {
        drop_streaks(shared, center, MAX(paper * (1 - shared->ink_ratio), 8), &map);
    }
    mask_rules(&map, 1, map.n);
    mask_rules(&map, map.n, 1);
    mask_outlines(shared, i, &map);
    features->overrun = find_overrun(shared, &map, center);
    measure_strokes(&map, features);
    LkMarkView *view = g_new(LkMarkView, 1);
    lk_mark_view(&wide, table, center, shared->centers, shared->page, view);
    return view;
}

/* Which boxes stand next to a marked one. */
static void
find_crowded(const GArray *centers, GArray *all)
{
    for (guint i = 0; i < all->len; i++) {
        LkMarkFeatures *features = &g_array_index(all, LkMarkFeatures, i);
        LkPoint here = g_array_index(centers, LkPoint, i);
        for (guint k = 0; k < all->len && features->beside > 0; k++) {
            LkPoint there = g_array_index(centers, LkPoint, k);
            features->crowded =
                features->crowded ||
                (k != i && hypot(here.x - there.x, here.y - there.y) < NEXT_BOX_MM &&
                 g_array_index(all, LkMarkFeatures, k).coverage >= LK_PLAIN_MARK_MIN);
        }
    }
}

static GArray *
centers_of(const GArray *boxes, const LkRegistration *registration)
{
    GArray *centers = g_array_sized_new(FALSE, FALSE, sizeof(LkPoint), boxes->len);
    for (guint i = 0; i < boxes->len; i++) {
        const LkShift *shift = &g_array_index(registration->boxes, LkShift, i);
        LkPoint center = lk_rect_center(g_array_index(boxes, LkBox, i).outline);
        center.x += shift->dx;
        center.y += shift->dy;
        g_array_append_val(centers, center);
    }
    return centers;
}

LkMarks *
lk_marks_measure(const LkImage *image, const LkLevels *levels, const LkStreaks *streaks,
                 const LkLayoutPage *page, const LkRegistration *registration)
{
    const GArray *boxes = page->boxes;
    g_autoptr(GArray) centers = centers_of(boxes, registration);
    Shared shared = {.ink_ratio = levels->ink / MAX(levels->paper, 1),
                     .image = image,
                     .h = registration->h,
                     .streaks = streaks,
                     .centers = centers,
                     .page = page};
    g_autoptr(GArray) glimpses = g_array_new(FALSE, FALSE, sizeof(Glimpse));
    g_autofree LkPatch *near = g_new(LkPatch, MAX(boxes->len, 1));
    g_autofree double *paper = g_new(double, MAX(boxes->len, 1));
    g_autofree double *grey = g_new(double, MAX(boxes->len, 1));
    shared.near = near;
    shared.paper = paper;
    shared.grey = grey;
    for (guint i = 0; i < boxes->len; i++) {
        lk_patch_sample(image, registration->h, g_array_index(centers, LkPoint, i),
                        NEAR, &near[i]);
        paper[i] = local_paper(&near[i]);
        Glimpse seen = glimpse(&near[i], paper[i], shared.ink_ratio);
        grey[i] = seen.mean;
        g_array_append_val(glimpses, seen);
    }
    share(glimpses, &shared);
    lay_zones(shared.zones);
    LkMarks *marks = g_new0(LkMarks, 1);
    marks->features =
        g_array_sized_new(FALSE, TRUE, sizeof(LkMarkFeatures), boxes->len);
    marks->views = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < boxes->len; i++) {
        LkMarkFeatures features = {
            .outline = g_array_index(registration->boxes, LkShift, i).own};
        g_ptr_array_add(marks->views, measure(&shared, i, &features));
        g_array_append_val(marks->features, features);
    }
    find_crowded(centers, marks->features);
    return marks;
}

void
lk_marks_free(LkMarks *marks)
{
    if (marks != NULL) {
        g_array_unref(marks->features);
        g_ptr_array_unref(marks->views);
        g_free(marks);
    }
}
