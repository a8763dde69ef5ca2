/* mark.c - measuring the boxes of a page and deciding about each.
 *
 * Two passes over small patches in the page's own frame. The first, just the box, gives
 * what all boxes share: the halo that blur and JPEG put inside a printed outline, and
 * the paper's noise (both from the median box, and most boxes are empty). It also shows
 * which boxes are clean, and these are done. The second looks wider around the others
 * and follows their strokes out of the box. */
#include "read/mark.h"

#include <math.h>
#include <string.h>

#define NEAR 48     /* samples: the box and 1 mm around */
#define WIDE 112    /* the box and 5 mm around */
#define INTERIOR 12 /* samples from the middle to where the interior ends: 1.5 mm */
#define INNER_EDGE (1.7 * LK_PATCH_PER_MM) /* of the printed outline */
#define RING_IN 13  /* samples: the outline and its blur, inside … */
#define RING_OUT 18 /* … and outside */
#define N_HALO 16
#define INK_DARKNESS 0.20 /* less is no ink: show-through, smear, texture */
#define SPECK_EXTENT 0.5  /* mm: smaller on all sides, and … */
#define SPECK_AREA 0.12   /* mm2: … lighter is a speck */
#define SAMPLE_MM (1.0 / LK_PATCH_PER_MM)
#define SAMPLE_MM2 (SAMPLE_MM * SAMPLE_MM)

/* What all boxes of a page share. */
typedef struct {
    double ink_ratio;    /* grey of print / grey of paper */
    double halo[N_HALO]; /* darkness of empty boxes, samples from the inner edge */
    double noise;        /* darkness */
} Shared;

/* --- Darkness. ----------------------------------------------------------------------
 */

/* The paper around: bright enough to be paper even if the box is black. */
static double
local_paper(const LkPatch *patch)
{
    int count[256] = {0}, total = patch->n * patch->n, seen = 0, grey = 256;
    for (int i = 0; i < total; i++) {
        count[patch->at[i]]++;
    }
    while (seen < 3 * total / 10 && grey > 0) {
        seen += count[--grey];
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

static double
halo_at(const Shared *shared, double edge)
{
    int i = (int)edge;
    return edge < 0 || i >= N_HALO ? 0 : shared->halo[i];
}

/* --- What the boxes share. ----------------------------------------------------------
 */

/* One box's darkness by distance from its edge, and its noise. */
typedef struct {
    double halo[N_HALO];
    double noise, mean;
} Glimpse;

static Glimpse
glimpse(const LkPatch *patch, double ink_ratio)
{
    float table[256];
    darkness_table(local_paper(patch), ink_ratio, table);
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
    for (int i = 0; i < N_HALO; i++) {
        seen.halo[i] = count[i] > 0 ? seen.halo[i] / count[i] : 0;
    }
    seen.mean /= n;
    seen.noise = sqrt(MAX(squares / n - seen.mean * seen.mean, 0));
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
}

/* --- Strokes. -----------------------------------------------------------------------
 */

/* Ink of a patch, sample by sample; 0 none. Darkness in 1/100. */
typedef struct {
    int n;
    uint8_t at[WIDE * WIDE];
} InkMap; /* n <= WIDE */

static bool
in_ring(int col, int row, int n)
{
    int x = 2 * col + 1 - n, y = 2 * row + 1 - n;
    int reach = MAX(abs(x), abs(y)) / 2;
    return reach >= RING_IN && reach < RING_OUT;
}

static void
map_ink(const LkPatch *patch, const Shared *shared, double paper, InkMap *map)
{
    float table[256];
    darkness_table(paper, shared->ink_ratio, table);
    double threshold = MAX(INK_DARKNESS, 3.5 * shared->noise);
    map->n = patch->n;
    for (int row = 0; row < patch->n; row++) {
        for (int col = 0; col < patch->n; col++) {
            double d = (double)table[patch->at[row * patch->n + col]];
            d -= halo_at(shared, from_edge(col, row, patch->n));
            bool ink = d > threshold && !in_ring(col, row, patch->n);
            map->at[row * patch->n + col] = ink ? (uint8_t)(100 * MIN(d, 1)) : 0;
        }
    }
}

/* A place on one side of the outline: how to step along the side and across it. */
typedef struct {
    int at;              /* innermost sample of the ring, there */
    int along, outwards; /* steps */
} RingPlace;

/* Ink near @at, two samples to either side of it. */
static bool
has_ink_near(const InkMap *map, int at, int along)
{
    for (int k = -2; k <= 2; k++) {
        if (map->at[at + k * along] != 0) {
            return true;
        }
    }
    return false;
}

static void
bridge_at(InkMap *map, RingPlace place)
{
    int inner = place.at - place.outwards;
    int outer = place.at + (RING_OUT - RING_IN) * place.outwards;
    if (!has_ink_near(map, inner, place.along) ||
        !has_ink_near(map, outer, place.along)) {
        return;
    }
    for (int at = place.at; at != outer; at += place.outwards) {
        map->at[at] = map->at[at] == 0 ? 1 : map->at[at];
    }
}

/* Carries ink over the outline where it stands on both sides: a stroke that crosses. */
static void
bridge_ring(InkMap *map)
{
    int n = map->n, middle = n / 2;
    for (int i = middle - RING_OUT; i < middle + RING_OUT; i++) {
        bridge_at(map, (RingPlace){(middle - RING_IN - 1) * n + i, 1, -n});
        bridge_at(map, (RingPlace){(middle + RING_IN) * n + i, 1, n});
        bridge_at(map, (RingPlace){i * n + middle - RING_IN - 1, n, -1});
        bridge_at(map, (RingPlace){i * n + middle + RING_IN, n, 1});
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
    if (!is_interior(col, row, n)) {
        stroke->outside += in_ring(col, row, n) ? 0 : mm2;
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

/* Follows the ink from sample @start, taking it out of @map. */
static Stroke
follow(InkMap *map, int start, GArray *todo)
{
    int n = map->n;
    Stroke stroke = {.in_left = n, .in_right = -1, .in_top = n, .in_bottom = -1};
    g_array_set_size(todo, 0);
    g_array_append_val(todo, start);
    add_sample(&stroke, start % n, start / n, n, map->at[start]);
    map->at[start] = 0;
    while (todo->len > 0) {
        int at = g_array_index(todo, int, todo->len - 1);
        g_array_set_size(todo, todo->len - 1);
        int col = at % n, row = at / n;
        for (int k = 0; k < 9; k++) {
            int x = col + k % 3 - 1, y = row + k / 3 - 1;
            if (x < 0 || y < 0 || x >= n || y >= n || map->at[y * n + x] == 0) {
                continue;
            }
            int next = y * n + x;
            add_sample(&stroke, x, y, n, map->at[next]);
            map->at[next] = 0;
            g_array_append_val(todo, next);
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

static void
count_middle(const InkMap *map, LkMarkFeatures *features)
{
    int n = map->n, half = (int)(0.8 * LK_PATCH_PER_MM), ink = 0, covered = 0;
    for (int row = n / 2 - INTERIOR; row < n / 2 + INTERIOR; row++) {
        for (int col = n / 2 - INTERIOR; col < n / 2 + INTERIOR; col++) {
            bool is_ink = map->at[row * n + col] != 0;
            covered += is_ink;
            ink += is_ink && abs(2 * col + 1 - n) < 2 * half &&
                   abs(2 * row + 1 - n) < 2 * half;
        }
    }
    features->middle = ink / (4.0 * half * half);
    features->coverage = covered / (4.0 * INTERIOR * INTERIOR);
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
}

static void
measure_strokes(InkMap *map, LkMarkFeatures *features)
{
    int n = map->n, samples = 0;
    double darkness = 0;
    count_middle(map, features);
    bridge_ring(map);
    g_autoptr(GArray) todo = g_array_new(FALSE, FALSE, sizeof(int));
    for (int row = n / 2 - INTERIOR; row < n / 2 + INTERIOR; row++) {
        for (int col = n / 2 - INTERIOR; col < n / 2 + INTERIOR; col++) {
            if (map->at[row * n + col] == 0) {
                continue;
            }
            Stroke stroke = follow(map, row * n + col, todo);
            if (!is_speck(&stroke)) {
                add_stroke(&stroke, n, features);
                darkness += stroke.darkness;
                samples += stroke.n_inside;
            }
        }
    }
    features->darkness = samples > 0 ? darkness / samples : 0;
}

/* --- The boxes of a page. -----------------------------------------------------------
 */

/* Whether the first patch shows nothing that could be ink. */
static bool
is_clean(const LkPatch *patch, const Shared *shared)
{
    float table[256];
    darkness_table(local_paper(patch), shared->ink_ratio, table);
    double threshold = MAX(INK_DARKNESS, 3.5 * shared->noise);
    int first = patch->n / 2 - INTERIOR, last = patch->n / 2 + INTERIOR, ink = 0;
    for (int row = first; row < last; row++) {
        for (int col = first; col < last; col++) {
            double d = (double)table[patch->at[row * patch->n + col]];
            ink += d - halo_at(shared, from_edge(col, row, patch->n)) > threshold;
        }
    }
    return ink * SAMPLE_MM2 < 0.04;
}

static LkPoint
center_of(const LkBox *box, const LkShift *shift)
{
    LkPoint center = lk_rect_center(box->outline);
    return (LkPoint){center.x + shift->dx, center.y + shift->dy};
}

static void
measure(const LkImage *image, const double h[9], LkPoint center, const Shared *shared,
        LkMarkFeatures *features)
{
    LkPatch near, wide;
    lk_patch_sample(image, h, center, NEAR, &near);
    features->whole = near.whole;
    features->noise = shared->noise;
    if (is_clean(&near, shared)) {
        return;
    }
    InkMap map = {0};
    lk_patch_sample(image, h, center, WIDE, &wide);
    map_ink(&wide, shared, local_paper(&near), &map);
    measure_strokes(&map, features);
}

GArray *
lk_marks_measure(const LkImage *image, const LkLevels *levels, const GArray *boxes,
                 const LkRegistration *registration)
{
    Shared shared = {.ink_ratio = levels->ink / MAX(levels->paper, 1)};
    g_autoptr(GArray) glimpses = g_array_new(FALSE, FALSE, sizeof(Glimpse));
    for (guint i = 0; i < boxes->len; i++) {
        LkPatch near;
        LkPoint center = center_of(&g_array_index(boxes, LkBox, i),
                                   &g_array_index(registration->boxes, LkShift, i));
        lk_patch_sample(image, registration->h, center, NEAR, &near);
        Glimpse seen = glimpse(&near, shared.ink_ratio);
        g_array_append_val(glimpses, seen);
    }
    share(glimpses, &shared);
    GArray *all = g_array_sized_new(FALSE, TRUE, sizeof(LkMarkFeatures), boxes->len);
    for (guint i = 0; i < boxes->len; i++) {
        const LkShift *shift = &g_array_index(registration->boxes, LkShift, i);
        LkMarkFeatures features = {.outline = shift->own};
        measure(image, registration->h,
                center_of(&g_array_index(boxes, LkBox, i), shift), &shared, &features);
        g_array_append_val(all, features);
    }
    return all;
}

/* --- Deciding. ----------------------------------------------------------------------
 */

#define EMPTY_MAX 0.10  /* mm2 of ink: at or below is empty */
#define MARKED_MIN 0.40 /* mm2: at or above is a mark, if its shape is one */
#define BLACKENED 0.82  /* coverage */

static double
confidence_of(double evidence, double low, double high)
{
    return CLAMP((evidence - low) / MAX(high - low, 1e-9), 0, 1);
}

LkBoxReading
lk_mark_decide(const LkMarkFeatures *f)
{
    LkBoxReading reading = {LK_MARK_UNSURE, f->coverage, 0.5};
    if (!f->whole) {
        return reading;
    }
    if (f->area <= EMPTY_MAX) {
        if (f->outline || f->area == 0) {
            reading.state = LK_MARK_EMPTY;
            reading.confidence = 1 - 0.2 * f->area / EMPTY_MAX;
        }
        return reading;
    }
    if (f->coverage >= BLACKENED) {
        reading.state = LK_MARK_BLACKENED;
        reading.confidence = 0.9;
        return reading;
    }
    bool passing = f->outside > 2 * f->area && f->off_center > 2.0 && f->middle < 0.1;
    bool shaped = f->extent >= 1.2 && f->depth >= 0.6;
    if (f->area >= MARKED_MIN && shaped && !passing) {
        reading.state = LK_MARK_MARKED;
        reading.confidence = 0.9 + 0.1 * confidence_of(f->area, MARKED_MIN, 1.0);
    }
    return reading;
}
