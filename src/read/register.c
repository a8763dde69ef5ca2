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

/* An outline looked for. */
typedef struct {
    LkRect outline;
    double line_mm;
    LkPoint found; /* image px */
    double dx, dy; /* page mm, against the refined map */
    double weight;
    bool looked;   /* for */
    bool seen;     /* an outline was found near the map of that moment */
    bool believed; /* and it fits the refined one */
} Probe;

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

static void
look(const LkImage *image, const double h[9], double contrast, Probe *probe)
{
    LkPatch patch;
    LkPoint center = lk_rect_center(probe->outline);
    lk_patch_sample(image, h, center, patch_size(probe->outline), &patch);
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

/* Median of what is left over all outlines seen. */
static double
median_left(const GArray *probes)
{
    g_autoptr(GArray) left = g_array_new(FALSE, FALSE, sizeof(double));
    for (guint i = 0; i < probes->len; i++) {
        const Probe *probe = &g_array_index(probes, Probe, i);
        if (probe->seen) {
            double off = hypot(probe->dx, probe->dy);
            g_array_append_val(left, off);
        }
    }
    if (left->len == 0) {
        return 0;
    }
    qsort(left->data, left->len, sizeof(double), compare_doubles);
    return g_array_index(left, double, left->len / 2);
}

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
    for (int round = 0; round < 3; round++) {
        for (guint i = 0; i < probes->len; i++) {
            measure_left(h, &g_array_index(probes, Probe, i));
        }
        double limit = MAX(3 * median_left(probes), 0.12);
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
                look(image, h, contrast, probe);
                any = true;
            }
        }
        if (any) {
            refine(probes, anchors, page, RING_STIFFNESS, h);
        }
    }
    for (guint i = 0; i < probes->len; i++) {
        look(image, h, contrast, &g_array_index(probes, Probe, i));
    }
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
verify(GArray *probes, LkRegistration *registration)
{
    int all[ZONES_DOWN] = {0}, good[ZONES_DOWN] = {0};
    for (guint i = 0; i < probes->len; i++) {
        Probe *probe = &g_array_index(probes, Probe, i);
        measure_left(registration->h, probe);
        double off = hypot(probe->dx, probe->dy);
        probe->believed = probe->seen && off <= BELIEVED_MM;
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
 * map holds where none is near. */
static void
neighbours(const GArray *probes, LkPoint at, int self, double *dx, double *dy)
{
    double sum = 1e-3;
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
        sum += weight;
        *dx += weight * probe->dx;
        *dy += weight * probe->dy;
    }
    *dx /= sum;
    *dy /= sum;
}

static LkShift
shift_of(const GArray *probes, LkRect outline, int self)
{
    LkShift shift = {0, 0, false};
    neighbours(probes, lk_rect_center(outline), self, &shift.dx, &shift.dy);
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
            look(image, h, contrast, &g_array_index(probes, Probe, i));
        }
    } else {
        spread_out(image, contrast, anchors, page, probes, registration->h);
    }
    refine(probes, anchors, page, 1e-4, registration->h);
    verify(probes, registration);
    for (guint i = 0; i < page->boxes->len; i++) {
        LkRect outline = g_array_index(page->boxes, LkBox, i).outline;
        LkShift shift = shift_of(probes, outline, (int)i);
        g_array_append_val(registration->boxes, shift);
    }
    for (guint i = 0; i < page->cells->len; i++) {
        LkRect outline = g_array_index(page->cells, LkCell, i).outline;
        LkShift shift = shift_of(probes, outline, -1);
        g_array_append_val(registration->cells, shift);
    }
    return registration;
}
