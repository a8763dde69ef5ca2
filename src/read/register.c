/* register.c - refining the map on the printed outlines.
 *
 * The marks in the corners give the map to half a millimetre; paper bends, printers and
 * feeders stretch. Each printed outline is sought within a millimetre of where the map
 * puts it. Those found pull the map right; what then remains is smooth over the page,
 * so a box whose outline is buried in ink takes the shift of its neighbours, and an
 * outline that disagrees with them is not believed.
 *
 * Where that does not verify the page, it is looked at once more: faint outlines count
 * if they lie almost exactly where the others say, and outlines are followed from one
 * to the next, over paper that bends by more than the reach. */
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

/* The second look. */
#define FAINT_AGREE_MM 0.2 /* with those around it: by chance one in forty does */
#define FAINT_WEIGHT 0.3
#define FEW_BEND_PROBES 12 /* enough for the bend's square terms */
#define SECOND_LEAST 8     /* outlines believed: fewer prove nothing */
#define FOLLOW_ROUNDS 3    /* each with the map that the last one left */
#define SAME_PLACE_MM 0.01
#define GUIDES 5 /* outlines around that say where the next one is */

/* An outline looked for. */
typedef struct {
    LkRect outline;
    double line_mm;
    LkPoint found; /* image px */
    double dx, dy; /* page mm, against the refined map */
    double weight;
    bool looked;   /* for */
    bool seen;     /* an outline was found near the map of that moment */
    bool faint;    /* hardly seen; on the second look only */
    bool believed; /* and it fits the refined one, and the bend of the paper */
} Probe;

/* How outlines are looked for. */
typedef struct {
    const LkImage *image;
    double contrast; /* grey levels between paper and print */
    bool keen;       /* faint ones too */
} Look;

#define N_TERMS LK_BEND_TERMS /* of a cubic in x and y */
#define SQUARE_TERMS 6        /* the first of them: without the third powers */

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
look(const Look *how, const double h[9], LkPoint bend, Probe *probe)
{
    LkPatch patch;
    LkPoint center = lk_rect_center(probe->outline);
    center.x += bend.x;
    center.y += bend.y;
    lk_patch_sample_cross(
        how->image, h, center, patch_size(probe->outline),
        lk_outline_arms((LkPoint){probe->outline.w, probe->outline.h}), &patch);
    LkOutlineFix fix =
        lk_outline_locate(&patch, (LkPoint){probe->outline.w, probe->outline.h},
                          probe->line_mm, how->contrast, REACH_MM);
    probe->looked = true;
    probe->faint = !fix.found && how->keen && fix.faint;
    probe->seen = fix.found || probe->faint;
    probe->weight = probe->faint ? FAINT_WEIGHT : 1;
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

LkPoint
lk_bend_at(const LkBend *bend, LkPoint p)
{
    LkPoint shift = {0, 0};
    if (bend->is_bent) {
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

LkPoint
lk_map_bent(const double h[9], const LkBend *bend, LkPoint p)
{
    LkPoint shift = lk_bend_at(bend, p);
    return lk_map_point(h, (LkPoint){p.x + shift.x, p.y + shift.y});
}

/* What is left between outline and map with its bend, mm. */
static double
left_of(const Probe *probe, const LkBend *bend)
{
    LkPoint shift = lk_bend_at(bend, lk_rect_center(probe->outline));
    return hypot(probe->dx - shift.x, probe->dy - shift.y);
}

/* Median of what is left over all outlines seen; 0 if there are none. */
static double
median_left(const GArray *probes, const LkBend *bend)
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
solve_normal(Normal *normal, int n_terms, LkBend *bend)
{
    for (int i = 0; i < n_terms; i++) {
        for (int row = 0; row < n_terms; row++) {
            double factor = normal->at[row][i] / normal->at[i][i];
            for (int k = i; k < N_TERMS + 2 && row != i; k++) {
                normal->at[row][k] -= factor * normal->at[i][k];
            }
        }
    }
    for (int i = 0; i < n_terms; i++) {
        bend->x[i] = normal->at[i][N_TERMS] / normal->at[i][i];
        bend->y[i] = normal->at[i][N_TERMS + 1] / normal->at[i][i];
    }
}

/* Fits the bend to the outlines seen, each round without those far from the last.
 * @least: outlines, for all terms or for the square ones alone. */
static void
fit_bend(const GArray *probes, int least, LkBend *bend)
{
    *bend = (LkBend){0};
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
        if (n < least) {
            *bend = (LkBend){0};
            return;
        }
        for (int i = 0; i < N_TERMS; i++) {
            normal.at[i][i] += BEND_RIDGE * n;
        }
        *bend = (LkBend){.is_bent = true};
        solve_normal(&normal, n < BEND_PROBES ? SQUARE_TERMS : N_TERMS, bend);
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
    const LkBend flat = {0};
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
spread_out(const Look *how, const LkAnchors *anchors, const LkLayoutPage *page,
           GArray *probes, double h[9])
{
    for (int ring = 1; ring <= N_RINGS; ring++) {
        double reach = ring * RING_MM;
        bool any = false;
        for (guint i = 0; i < probes->len; i++) {
            Probe *probe = &g_array_index(probes, Probe, i);
            LkPoint center = lk_rect_center(probe->outline);
            if (!probe->looked && from_anchors(anchors, page, center) <= reach) {
                look(how, h, (LkPoint){0, 0}, probe);
                any = true;
            }
        }
        if (any) {
            refine(probes, anchors, page, RING_STIFFNESS, h);
        }
    }
    for (guint i = 0; i < probes->len; i++) {
        look(how, h, (LkPoint){0, 0}, &g_array_index(probes, Probe, i));
    }
}

/* The bend of the paper, if it explains much that the plane does not. Outlines are
 * looked for again where it says: some were beyond reach. */
static LkBend
find_bend(const Look *how, const double h[9], GArray *probes)
{
    int least = how->keen ? FEW_BEND_PROBES : BEND_PROBES;
    const LkBend flat = {0};
    for (guint i = 0; i < probes->len; i++) {
        measure_left(h, &g_array_index(probes, Probe, i));
    }
    double left = median_left(probes, &flat);
    LkBend bend;
    if (left <= BENT_MM) {
        return flat;
    }
    fit_bend(probes, least, &bend);
    if (!bend.is_bent || median_left(probes, &bend) > BENT_GAIN * left) {
        return flat;
    }
    for (guint i = 0; i < probes->len; i++) {
        Probe *probe = &g_array_index(probes, Probe, i);
        look(how, h, lk_bend_at(&bend, lk_rect_center(probe->outline)), probe);
        measure_left(h, probe);
    }
    fit_bend(probes, least, &bend);
    return bend;
}

/* --- From one outline to the next. --------------------------------------------------
 */

/* Where the map was found to be off, and by how much. */
typedef struct {
    LkPoint at, shift; /* page mm */
} Guide;

static GArray *
anchor_guides(const LkAnchors *anchors, const LkLayoutPage *page, const double h[9])
{
    GArray *guides = g_array_new(FALSE, FALSE, sizeof(Guide));
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(LkPair));
    add_anchors(pairs, anchors, page, 1);
    for (guint i = 0; i < pairs->len; i++) {
        const LkPair *pair = &g_array_index(pairs, LkPair, i);
        Probe mark = {.outline = {pair->page.x, pair->page.y, 0, 0},
                      .found = pair->image};
        measure_left(h, &mark);
        Guide guide = {pair->page, {mark.dx, mark.dy}};
        g_array_append_val(guides, guide);
    }
    return guides;
}

/* The median shift of the guides nearest to @at, one there not counted: one that is
 * wrong does not matter. */
static LkPoint
guided(const GArray *guides, LkPoint at)
{
    double far[GUIDES], dx[GUIDES], dy[GUIDES];
    int n = 0;
    for (guint i = 0; i < guides->len; i++) {
        const Guide *guide = &g_array_index(guides, Guide, i);
        double away = hypot(guide->at.x - at.x, guide->at.y - at.y);
        if (away < SAME_PLACE_MM || (n == GUIDES && away >= far[n - 1])) {
            continue;
        }
        int k = n < GUIDES ? n++ : n - 1;
        for (; k > 0 && far[k - 1] > away; k--) {
            far[k] = far[k - 1];
            dx[k] = dx[k - 1];
            dy[k] = dy[k - 1];
        }
        far[k] = away;
        dx[k] = guide->shift.x;
        dy[k] = guide->shift.y;
    }
    if (n == 0) {
        return (LkPoint){0, 0};
    }
    qsort(dx, (size_t)n, sizeof(double), compare_doubles);
    qsort(dy, (size_t)n, sizeof(double), compare_doubles);
    return (LkPoint){dx[n / 2], dy[n / 2]};
}

/* The probe not yet looked for that is nearest to a guide, or NULL. @nearest: distance
 * of each. */
static Probe *
next_probe(GArray *probes, const double *nearest)
{
    Probe *next = NULL;
    double best = INFINITY;
    for (guint i = 0; i < probes->len; i++) {
        Probe *probe = &g_array_index(probes, Probe, i);
        if (!probe->looked && nearest[i] < best) {
            best = nearest[i];
            next = probe;
        }
    }
    return next;
}

static void
come_nearer(const GArray *probes, const Guide *guide, double *nearest)
{
    for (guint i = 0; i < probes->len; i++) {
        LkPoint p = lk_rect_center(g_array_index(probes, Probe, i).outline);
        nearest[i] = MIN(nearest[i], hypot(guide->at.x - p.x, guide->at.y - p.y));
    }
}

/* Looks for every outline where those found next to it say it is, from the marks
 * inwards. */
static void
follow(const Look *how, const LkAnchors *anchors, const LkLayoutPage *page,
       const double h[9], GArray *probes)
{
    g_autoptr(GArray) guides = anchor_guides(anchors, page, h);
    g_autofree double *nearest = g_new0(double, probes->len + 1);
    for (guint i = 0; i < probes->len; i++) {
        nearest[i] = G_MAXDOUBLE;
        g_array_index(probes, Probe, i).looked = false;
    }
    for (guint i = 0; i < guides->len; i++) {
        come_nearer(probes, &g_array_index(guides, Guide, i), nearest);
    }
    for (Probe *probe; (probe = next_probe(probes, nearest)) != NULL;) {
        LkPoint at = lk_rect_center(probe->outline);
        look(how, h, guided(guides, at), probe);
        if (probe->seen) {
            measure_left(h, probe);
            Guide guide = {at, {probe->dx, probe->dy}};
            g_array_append_val(guides, guide);
            come_nearer(probes, &guide, nearest);
        }
    }
    /* The first were led by the marks alone. */
    for (guint i = 0; i < probes->len; i++) {
        Probe *probe = &g_array_index(probes, Probe, i);
        look(how, h, guided(guides, lk_rect_center(probe->outline)), probe);
    }
}

/* --- Belief. ------------------------------------------------------------------------
 */

/* The page laid over the image. */
typedef struct {
    double h[9];
    LkBend bend;
    GArray *probes;
    double residual_mm; /* worst outline believed */
    int found;
    bool without_cells; /* that cannot be seen */
    bool verified;
} Fit;

/* Zone of the page, for the spread: four bands from top to bottom. */
static int
zone_of(const Probe *probe)
{
    double y = lk_rect_center(probe->outline).y / LK_PAGE_HEIGHT_MM;
    return CLAMP((int)(y * ZONES_DOWN), 0, ZONES_DOWN - 1);
}

/* What map and bend leave at each outline seen. */
static GArray *
leftovers(const Fit *fit)
{
    GArray *left = g_array_new(FALSE, FALSE, sizeof(Guide));
    for (guint i = 0; i < fit->probes->len; i++) {
        const Probe *probe = &g_array_index(fit->probes, Probe, i);
        LkPoint at = lk_rect_center(probe->outline), bend = lk_bend_at(&fit->bend, at);
        Guide guide = {at, {probe->dx - bend.x, probe->dy - bend.y}};
        if (probe->seen) {
            g_array_append_val(left, guide);
        }
    }
    return left;
}

/* Whether the outline is where the page has it. A faint one must also say the same as
 * those around it. */
static bool
is_in_place(const Fit *fit, const Probe *probe, const GArray *left)
{
    double off = left_of(probe, &fit->bend);
    if (!probe->faint) {
        return probe->seen && off <= (fit->bend.is_bent ? BENT_BELIEVED : BELIEVED_MM);
    }
    LkPoint at = lk_rect_center(probe->outline), bend = lk_bend_at(&fit->bend, at);
    LkPoint around = guided(left, at);
    return off <= BENT_BELIEVED &&
           hypot(probe->dx - bend.x - around.x, probe->dy - bend.y - around.y) <=
               FAINT_AGREE_MM;
}

/* Whether an outline that is not in place speaks against the page. In 1 bit the thin
 * line of cells may be gone while that of boxes stands: no line says nothing. */
static bool
speaks(const Fit *fit, const Probe *probe)
{
    bool is_box = probe->line_mm >= LK_OUTLINE_MM;
    return !fit->without_cells || is_box || probe->believed ||
           (probe->seen && !probe->faint);
}

/* Enough outlines in place on the whole page, and in each zone. */
static void
judge(Fit *fit)
{
    int all[ZONES_DOWN] = {0}, good[ZONES_DOWN] = {0}, n = 0;
    for (guint i = 0; i < fit->probes->len; i++) {
        const Probe *probe = &g_array_index(fit->probes, Probe, i);
        if (speaks(fit, probe)) {
            n++;
            all[zone_of(probe)]++;
            good[zone_of(probe)] += probe->believed ? 1 : 0;
        }
    }
    fit->verified = fit->found >= FOUND_SHARE * n;
    for (int zone = 0; zone < ZONES_DOWN; zone++) {
        if (all[zone] >= 6 && good[zone] < 0.4 * all[zone]) {
            fit->verified = false;
        }
    }
}

static void
verify(Fit *fit)
{
    for (guint i = 0; i < fit->probes->len; i++) {
        measure_left(fit->h, &g_array_index(fit->probes, Probe, i));
    }
    g_autoptr(GArray) left = leftovers(fit);
    fit->found = 0;
    fit->residual_mm = 0;
    for (guint i = 0; i < fit->probes->len; i++) {
        Probe *probe = &g_array_index(fit->probes, Probe, i);
        probe->believed = is_in_place(fit, probe, left);
        if (probe->believed) {
            fit->found++;
            fit->residual_mm = MAX(fit->residual_mm, left_of(probe, &fit->bend));
        }
    }
    judge(fit);
}

/* Of boxes. */
static int
count_believed_boxes(const GArray *probes)
{
    int n = 0;
    for (guint i = 0; i < probes->len; i++) {
        const Probe *probe = &g_array_index(probes, Probe, i);
        n += probe->line_mm >= LK_OUTLINE_MM && probe->believed ? 1 : 0;
    }
    return n;
}

/* Faint outlines too, and one from the next. */
static void
look_again(const Look *first, const LkAnchors *anchors, const LkLayoutPage *page,
           const double h[9], Fit *fit)
{
    Look how = *first;
    how.keen = true;
    memcpy(fit->h, h, sizeof fit->h);
    for (int round = 0; round < FOLLOW_ROUNDS; round++) {
        follow(&how, anchors, page, fit->h, fit->probes);
        refine(fit->probes, anchors, page, 1e-4, fit->h);
    }
    fit->bend = find_bend(&how, fit->h, fit->probes);
    verify(fit);
    if (!fit->verified && how.image->bilevel &&
        count_believed_boxes(fit->probes) >= SECOND_LEAST) {
        fit->without_cells = true;
        judge(fit);
    }
    fit->verified = fit->verified && fit->found >= SECOND_LEAST;
}

/* Mean shift of the believed outlines around @at, @self not counted; the page's own
 * map, with its bend, holds where none is near. */
static void
neighbours(const GArray *probes, const LkBend *bend, LkPoint at, int self, double *dx,
           double *dy)
{
    double sum = 1e-3;
    LkPoint here = lk_bend_at(bend, at);
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
        LkPoint there = lk_bend_at(bend, center);
        sum += weight;
        *dx += weight * (probe->dx - there.x);
        *dy += weight * (probe->dy - there.y);
    }
    *dx = here.x + *dx / sum;
    *dy = here.y + *dy / sum;
}

static LkShift
shift_of(const GArray *probes, const LkBend *bend, LkRect outline, int self)
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

static void
look_first(const Look *how, const LkAnchors *anchors, const LkLayoutPage *page,
           Fit *fit)
{
    if (is_held(anchors)) {
        for (guint i = 0; i < fit->probes->len; i++) {
            look(how, fit->h, (LkPoint){0, 0}, &g_array_index(fit->probes, Probe, i));
        }
    } else {
        spread_out(how, anchors, page, fit->probes, fit->h);
    }
    refine(fit->probes, anchors, page, 1e-4, fit->h);
    fit->bend = find_bend(how, fit->h, fit->probes);
    verify(fit);
}

static LkRegistration *
registration_of(const Fit *fit, const LkLayoutPage *page)
{
    LkRegistration *registration = g_new0(LkRegistration, 1);
    registration->outlines = g_array_new(FALSE, TRUE, sizeof(LkOutlineSeen));
    registration->boxes =
        g_array_sized_new(FALSE, TRUE, sizeof(LkShift), page->boxes->len);
    registration->cells =
        g_array_sized_new(FALSE, TRUE, sizeof(LkShift), page->cells->len);
    memcpy(registration->h, fit->h, sizeof registration->h);
    registration->bend = fit->bend;
    registration->residual_mm = fit->residual_mm;
    registration->checked = (int)fit->probes->len;
    registration->found = fit->found;
    registration->verified = fit->verified;
    for (guint i = 0; i < fit->probes->len; i++) {
        const Probe *probe = &g_array_index(fit->probes, Probe, i);
        LkOutlineSeen seen = {probe->outline, probe->believed};
        g_array_append_val(registration->outlines, seen);
    }
    for (guint i = 0; i < page->boxes->len; i++) {
        LkRect outline = g_array_index(page->boxes, LkBox, i).outline;
        LkShift shift = shift_of(fit->probes, &fit->bend, outline, (int)i);
        g_array_append_val(registration->boxes, shift);
    }
    for (guint i = 0; i < page->cells->len; i++) {
        LkRect outline = g_array_index(page->cells, LkCell, i).outline;
        LkShift shift = shift_of(fit->probes, &fit->bend, outline, -1);
        g_array_append_val(registration->cells, shift);
    }
    return registration;
}

LkRegistration *
lk_register(const LkImage *image, const LkLevels *levels, const LkLayoutPage *page,
            const LkAnchors *anchors, const double h[9])
{
    const Look how = {image, levels->paper - levels->ink, false};
    g_autoptr(GArray) probes = probes_of(page);
    Fit fit = {.probes = probes};
    memcpy(fit.h, h, sizeof fit.h);
    look_first(&how, anchors, page, &fit);
    if (!fit.verified) {
        g_autoptr(GArray) again = probes_of(page);
        Fit second = {.probes = again};
        look_again(&how, anchors, page, h, &second);
        if (second.verified) {
            return registration_of(&second, page);
        }
    }
    return registration_of(&fit, page);
}
