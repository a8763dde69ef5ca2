/* register.c - refining the map on the printed outlines.
 *
 * The marks in the corners give the map to half a millimetre; paper bends, printers and
 * feeders stretch. Each printed outline is sought within a millimetre of where the map
 * puts it. Those found pull the map right; what then remains is smooth over the page,
 * so a box whose outline is buried in ink takes the shift of its neighbours, and an
 * outline that disagrees with them is not believed. */
#include "read/register.h"

#include <math.h>
#include <string.h>

#include "read/homography.h"
#include "read/outline.h"
#include "read/read.h"

#define REACH_MM 1.1      /* how far from the first map an outline is sought */
#define BELIEVED_MM 0.5   /* farther from the refined map: something else */
#define NEIGHBOUR_MM 35.0 /* shifts are averaged over about this distance */
#define AGREE_MM 0.2      /* own outline against the neighbours' */
#define MAX_CELLS 120     /* cells looked at, spread over the page */
#define FOUND_SHARE 0.6   /* of all outlines: scribbles and stains cost some */
#define RING_MM 40.0      /* step of the search from known places outwards */
#define N_RINGS 9
#define RING_STIFFNESS 0.1 /* perspective grows only as far as outlines hold it */
#define ZONES_DOWN 4
#define BENT_MM 0.18       /* median left by the plane: more is no noise of outlines */
#define BENT_GAIN 0.6      /* the bend must leave less than this share of it */
#define BENT_BELIEVED 0.35 /* mm; a bend explains more, so less is left to chance */
#define BEND_MAX_MM 2.0
#define BEND_PROBES 24  /* outlines seen, at least: ten terms and a good many over */
#define BEND_RIDGE 0.01 /* a share of the outlines, against wild ends */

/* An outline looked for. */
typedef struct {
    LkRect outline;
    double line_mm;
    LkPoint found; /* image px */
    double dx, dy; /* page mm, against the refined map */
    double weight;
    bool looked;   /* for */
    bool seen;     /* an outline was found near the map of that moment */
    bool believed; /* and it fits the refined one, and the bend of the paper */
} Probe;

#define N_TERMS 10 /* of a cubic in x and y */

/* What a plane cannot explain: paper that is bent, or fed unevenly. A shift in page mm
 * that changes smoothly over the page, by terms of u, v (-1..1 over the page). */
typedef struct {
    bool is_flat;
    double x[N_TERMS], y[N_TERMS];
} Bend;

void
lk_registration_free(LkRegistration *registration)
{
    if (registration == NULL) {
        return;
    }
    g_array_unref(registration->outlines);
    g_array_unref(registration->boxes);
    g_array_unref(registration->cells);
    g_free(registration);
}

static int
patch_size(LkRect outline)
{
    double side = MAX(outline.w, outline.h) + 2 * (REACH_MM + 0.6);
    int n = 2 * (int)ceil(side * LK_PATCH_PER_MM / 2);
    return MIN(n, LK_PATCH_MAX);
}

/* @bend: where the outline is expected, from where the map has it; page mm. */
static void
look(const LkImage *image, const double h[9], LkPoint bend, double contrast,
     Probe *probe)
{
    LkPatch patch;
    LkPoint center = lk_rect_center(probe->outline);
    center.x += bend.x;
    center.y += bend.y;
    lk_patch_sample_cross(
        image, h, center, patch_size(probe->outline),
        lk_outline_arms((LkPoint){probe->outline.w, probe->outline.h}), &patch);
    LkOutlineFix fix =
        lk_outline_locate(&patch, (LkPoint){probe->outline.w, probe->outline.h},
                          probe->line_mm, contrast, REACH_MM);
    probe->looked = true;
    probe->seen = fix.found;
    probe->weight = 1;
    probe->found = lk_map_point(h, (LkPoint){center.x + fix.dx, center.y + fix.dy});
}

static GArray *
probes_of(const LkLayoutPage *page)
{
    GArray *probes = g_array_new(FALSE, TRUE, sizeof(Probe));
    for (guint i = 0; i < page->boxes->len; i++) {
        Probe probe = {.outline = g_array_index(page->boxes, LkBox, i).outline,
                       .line_mm = LK_OUTLINE_MM};
        g_array_append_val(probes, probe);
    }
    guint every = page->cells->len / MAX_CELLS + 1;
    for (guint i = 0; i < page->cells->len; i += every) {
        Probe probe = {.outline = g_array_index(page->cells, LkCell, i).outline,
                       .line_mm = LK_CELL_OUTLINE_MM};
        g_array_append_val(probes, probe);
    }
    return probes;
}

/* --- The map. -----------------------------------------------------------------------
 */

/* What is left between map and outline, in page mm. */
static void
measure_left(const double h[9], Probe *probe)
{
    double j[4];
    LkPoint center = lk_rect_center(probe->outline);
    LkPoint expected = lk_map_point(h, center);
    lk_homography_jacobian(h, center, j);
    double det = j[0] * j[3] - j[1] * j[2];
    double x = probe->found.x - expected.x, y = probe->found.y - expected.y;
    probe->dx = (j[3] * x - j[1] * y) / det;
    probe->dy = (j[0] * y - j[2] * x) / det;
}

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* --- Paper that bends. --------------------------------------------------------------
 */

static void
bend_terms(LkPoint p, double t[N_TERMS])
{
    double u = 2 * p.x / LK_PAGE_WIDTH_MM - 1, v = 2 * p.y / LK_PAGE_HEIGHT_MM - 1;
    const double all[N_TERMS] = {1,     u,         v,         u * u,     u * v,
                                 v * v, u * u * u, u * u * v, u * v * v, v * v * v};
    memcpy(t, all, sizeof all);
}

static LkPoint
bend_at(const Bend *bend, LkPoint p)
{
    LkPoint shift = {0, 0};
    if (!bend->is_flat) {
        double t[N_TERMS];
        bend_terms(p, t);
        for (int i = 0; i < N_TERMS; i++) {
            shift.x += bend->x[i] * t[i];
            shift.y += bend->y[i] * t[i];
        }
        shift.x = CLAMP(shift.x, -BEND_MAX_MM, BEND_MAX_MM);
        shift.y = CLAMP(shift.y, -BEND_MAX_MM, BEND_MAX_MM);
    }
    return shift;
}

/* What is left between outline and map with its bend, mm. */
static double
left_of(const Probe *probe, const Bend *bend)
{
    LkPoint shift = bend_at(bend, lk_rect_center(probe->outline));
    return hypot(probe->dx - shift.x, probe->dy - shift.y);
}

/* Median of what is left over all outlines seen; 0 if there are none. */
static double
median_left(const GArray *probes, const Bend *bend)
{
    g_autoptr(GArray) left = g_array_new(FALSE, FALSE, sizeof(double));
    for (guint i = 0; i < probes->len; i++) {
        const Probe *probe = &g_array_index(probes, Probe, i);
        if (probe->seen) {
            double off = left_of(probe, bend);
            g_array_append_val(left, off);
        }
    }
    if (left->len == 0) {
        return 0;
    }
    qsort(left->data, left->len, sizeof(double), compare_doubles);
    return g_array_index(left, double, left->len / 2);
}

/* Normal equations of the least squares: a row a term, both shifts on the right. */
typedef struct {
    double at[N_TERMS][N_TERMS + 2];
} Normal;

static void
add_to_normal(Normal *normal, const Probe *probe)
{
    double t[N_TERMS];
    bend_terms(lk_rect_center(probe->outline), t);
    for (int i = 0; i < N_TERMS; i++) {
        for (int k = 0; k < N_TERMS; k++) {
            normal->at[i][k] += t[i] * t[k];
        }
        normal->at[i][N_TERMS] += t[i] * probe->dx;
        normal->at[i][N_TERMS + 1] += t[i] * probe->dy;
    }
}

/* Gauss-Jordan; the ridge makes the matrix positive definite, so no pivot is 0. */
static void
solve_normal(Normal *normal, Bend *bend)
{
    for (int i = 0; i < N_TERMS; i++) {
        for (int row = 0; row < N_TERMS; row++) {
            double factor = normal->at[row][i] / normal->at[i][i];
            for (int k = i; k < N_TERMS + 2 && row != i; k++) {
                normal->at[row][k] -= factor * normal->at[i][k];
            }
        }
    }
    for (int i = 0; i < N_TERMS; i++) {
        bend->x[i] = normal->at[i][N_TERMS] / normal->at[i][i];
        bend->y[i] = normal->at[i][N_TERMS + 1] / normal->at[i][i];
    }
}

/* Fits the bend to the outlines seen, each round without those far from the last. */
static void
fit_bend(const GArray *probes, Bend *bend)
{
    *bend = (Bend){.is_flat = true};
    for (int round = 0; round < 4; round++) {
        double limit = MAX(3 * median_left(probes, bend), 0.12);
        Normal normal = {0};
        int n = 0;
        for (guint i = 0; i < probes->len; i++) {
            const Probe *probe = &g_array_index(probes, Probe, i);
            if (probe->seen && left_of(probe, bend) <= limit) {
                add_to_normal(&normal, probe);
                n++;
            }
        }
        if (n < BEND_PROBES) {
            *bend = (Bend){.is_flat = true};
            return;
        }
        for (int i = 0; i < N_TERMS; i++) {
            normal.at[i][i] += BEND_RIDGE * n;
        }
        bend->is_flat = false;
        solve_normal(&normal, bend);
    }
}

/* --- The map, refined. --------------------------------------------------------------
 */

static void
add_anchors(GArray *pairs, const LkAnchors *anchors, const LkLayoutPage *page,
            double weight)
{
    for (int i = 0; i < 4; i++) {
        if (anchors->has_fiducial[i]) {
            LkPair pair = {lk_rect_center(page->fiducials[i]), anchors->fiducial[i],
                           weight};
            g_array_append_val(pairs, pair);
        }
    }
    for (int i = 0; i < 2; i++) {
        if (anchors->has_code[i] && anchors->code[i].sharp) {
            LkPair pair = {lk_rect_center(page->qr[i]),
                           lk_code_center(&anchors->code[i]), weight / 2};
            g_array_append_val(pairs, pair);
        }
    }
}

/* Fits the map to marks and outlines, each round without what lies beyond three times
 * the median: a text line taken for a box, an outline run over by ink. */
static void
refine(GArray *probes, const LkAnchors *anchors, const LkLayoutPage *page,
       double stiffness, double h[9])
{
    const Bend flat = {.is_flat = true};
    for (int round = 0; round < 3; round++) {
        for (guint i = 0; i < probes->len; i++) {
            measure_left(h, &g_array_index(probes, Probe, i));
        }
        double limit = MAX(3 * median_left(probes, &flat), 0.12);
        g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(LkPair));
        for (guint i = 0; i < probes->len; i++) {
            const Probe *probe = &g_array_index(probes, Probe, i);
            if (probe->seen && hypot(probe->dx, probe->dy) <= limit) {
                LkPair pair = {lk_rect_center(probe->outline), probe->found,
                               probe->weight};
                g_array_append_val(pairs, pair);
            }
        }
        /* The marks together weigh as much as a fifth of the outlines: they alone hold
         * the empty parts of the page. */
        double weight = MAX(1, pairs->len / 20.0);
        add_anchors(pairs, anchors, page, weight);
        double refined[9];
        if (!lk_homography_fit((const LkPair *)(const void *)pairs->data,
                               (int)pairs->len, stiffness, refined)) {
            return;
        }
        memcpy(h, refined, sizeof refined);
    }
}

/* Whether a mark is found at each corner; if not, the map is a guess there. */
static bool
is_held(const LkAnchors *anchors)
{
    bool code[4] = {false, anchors->has_code[0] && anchors->code[0].sharp, false,
                    anchors->has_code[1] && anchors->code[1].sharp};
    int corners = 0;
    for (int i = 0; i < 4; i++) {
        corners += anchors->has_fiducial[i] || code[i];
    }
    return corners >= 3;
}

/* Distance of @p to the nearest mark found, mm. */
static double
from_anchors(const LkAnchors *anchors, const LkLayoutPage *page, LkPoint p)
{
    double nearest = INFINITY;
    for (int i = 0; i < 4; i++) {
        LkPoint mark = lk_rect_center(page->fiducials[i]);
        if (anchors->has_fiducial[i]) {
            nearest = MIN(nearest, hypot(mark.x - p.x, mark.y - p.y));
        }
    }
    for (int i = 0; i < 2; i++) {
        LkPoint mark = lk_rect_center(page->qr[i]);
        if (anchors->has_code[i]) {
            nearest = MIN(nearest, hypot(mark.x - p.x, mark.y - p.y));
        }
    }
    return nearest;
}

/* Looks for the outlines from the marks outwards, a ring at a time, the map refined
 * between: where two or three corners are gone it would be off by more than the reach,
 * and a reach much larger would find the next line of boxes. */
static void
spread_out(const LkImage *image, double contrast, const LkAnchors *anchors,
           const LkLayoutPage *page, GArray *probes, double h[9])
{
    for (int ring = 1; ring <= N_RINGS; ring++) {
        double reach = ring * RING_MM;
        bool any = false;
        for (guint i = 0; i < probes->len; i++) {
            Probe *probe = &g_array_index(probes, Probe, i);
            LkPoint center = lk_rect_center(probe->outline);
            if (!probe->looked && from_anchors(anchors, page, center) <= reach) {
                look(image, h, (LkPoint){0, 0}, contrast, probe);
                any = true;
            }
        }
        if (any) {
            refine(probes, anchors, page, RING_STIFFNESS, h);
        }
    }
    for (guint i = 0; i < probes->len; i++) {
        look(image, h, (LkPoint){0, 0}, contrast, &g_array_index(probes, Probe, i));
    }
}

/* The bend of the paper, if it explains much that the plane does not. Outlines are
 * looked for again where it says: some were beyond reach. */
static Bend
find_bend(const LkImage *image, double contrast, const double h[9], GArray *probes)
{
    const Bend flat = {.is_flat = true};
    for (guint i = 0; i < probes->len; i++) {
        measure_left(h, &g_array_index(probes, Probe, i));
    }
    double left = median_left(probes, &flat);
    Bend bend;
    if (left <= BENT_MM) {
        return flat;
    }
    fit_bend(probes, &bend);
    if (bend.is_flat || median_left(probes, &bend) > BENT_GAIN * left) {
        return flat;
    }
    for (guint i = 0; i < probes->len; i++) {
        Probe *probe = &g_array_index(probes, Probe, i);
        look(image, h, bend_at(&bend, lk_rect_center(probe->outline)), contrast, probe);
        measure_left(h, probe);
    }
    fit_bend(probes, &bend);
    return bend;
}

/* --- Belief. ------------------------------------------------------------------------
 */

/* Zone of the page, for the spread: four bands from top to bottom. */
static int
zone_of(const Probe *probe)
{
    double y = lk_rect_center(probe->outline).y / LK_PAGE_HEIGHT_MM;
    return CLAMP((int)(y * ZONES_DOWN), 0, ZONES_DOWN - 1);
}

static void
verify(GArray *probes, const Bend *bend, LkRegistration *registration)
{
    double believed = bend->is_flat ? BELIEVED_MM : BENT_BELIEVED;
    int all[ZONES_DOWN] = {0}, good[ZONES_DOWN] = {0};
    for (guint i = 0; i < probes->len; i++) {
        Probe *probe = &g_array_index(probes, Probe, i);
        measure_left(registration->h, probe);
        double off = left_of(probe, bend);
        probe->believed = probe->seen && off <= believed;
        all[zone_of(probe)]++;
        if (probe->believed) {
            good[zone_of(probe)]++;
            registration->found++;
            registration->residual_mm = MAX(registration->residual_mm, off);
        }
        registration->checked++;
        LkOutlineSeen seen = {probe->outline, probe->believed};
        g_array_append_val(registration->outlines, seen);
    }
    registration->verified = registration->found >= FOUND_SHARE * registration->checked;
    for (int zone = 0; zone < ZONES_DOWN; zone++) {
        if (all[zone] >= 6 && good[zone] < 0.4 * all[zone]) {
            registration->verified = false;
        }
    }
}

/* Mean shift of the believed outlines around @at, @self not counted; the page's own
 * map, with its bend, holds where none is near. */
static void
neighbours(const GArray *probes, const Bend *bend, LkPoint at, int self, double *dx,
           double *dy)
{
    double sum = 1e-3;
    LkPoint here = bend_at(bend, at);
    *dx = *dy = 0;
    for (guint i = 0; i < probes->len; i++) {
        const Probe *probe = &g_array_index(probes, Probe, i);
        if (!probe->believed || (int)i == self) {
            continue;
        }
        LkPoint center = lk_rect_center(probe->outline);
        double x = (center.x - at.x) / NEIGHBOUR_MM,
               y = (center.y - at.y) / NEIGHBOUR_MM;
        double squared = x * x + y * y;
        if (squared > 9) {
            continue;
        }
        double weight = 1 / (0.05 + squared) / (1 + 20 * squared * squared);
        LkPoint there = bend_at(bend, center);
        sum += weight;
        *dx += weight * (probe->dx - there.x);
        *dy += weight * (probe->dy - there.y);
    }
    *dx = here.x + *dx / sum;
    *dy = here.y + *dy / sum;
}

static LkShift
shift_of(const GArray *probes, const Bend *bend, LkRect outline, int self)
{
    LkShift shift = {0, 0, false};
    neighbours(probes, bend, lk_rect_center(outline), self, &shift.dx, &shift.dy);
    if (self >= 0) {
        const Probe *probe = &g_array_index(probes, Probe, self);
        if (probe->believed &&
            hypot(probe->dx - shift.dx, probe->dy - shift.dy) <= AGREE_MM) {
            return (LkShift){probe->dx, probe->dy, true};
        }
    }
    return shift;
}

LkRegistration *
lk_register(const LkImage *image, const LkLevels *levels, const LkLayoutPage *page,
            const LkAnchors *anchors, const double h[9])
{
    LkRegistration *registration = g_new0(LkRegistration, 1);
    registration->outlines = g_array_new(FALSE, TRUE, sizeof(LkOutlineSeen));
    registration->boxes =
        g_array_sized_new(FALSE, TRUE, sizeof(LkShift), page->boxes->len);
    registration->cells =
        g_array_sized_new(FALSE, TRUE, sizeof(LkShift), page->cells->len);
    memcpy(registration->h, h, sizeof registration->h);

    g_autoptr(GArray) probes = probes_of(page);
    double contrast = levels->paper - levels->ink;
    if (is_held(anchors)) {
        for (guint i = 0; i < probes->len; i++) {
            look(image, h, (LkPoint){0, 0}, contrast, &g_array_index(probes, Probe, i));
        }
    } else {
        spread_out(image, contrast, anchors, page, probes, registration->h);
    }
    refine(probes, anchors, page, 1e-4, registration->h);
    Bend bend = find_bend(image, contrast, registration->h, probes);
    verify(probes, &bend, registration);
    for (guint i = 0; i < page->boxes->len; i++) {
        LkRect outline = g_array_index(page->boxes, LkBox, i).outline;
        LkShift shift = shift_of(probes, &bend, outline, (int)i);
        g_array_append_val(registration->boxes, shift);
    }
    for (guint i = 0; i < page->cells->len; i++) {
        LkRect outline = g_array_index(page->cells, LkCell, i).outline;
        LkShift shift = shift_of(probes, &bend, outline, -1);
        g_array_append_val(registration->cells, shift);
    }
    return registration;
}
