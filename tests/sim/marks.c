/* marks.c - crosses, ticks, slashes, scribbles and dots, as one writer makes them. */
#include "tests/sim/sim.h"

#include <math.h>

static void
touch(GArray *knots, double x, double y, double pressure)
{
    SimTouch t = {x, y, CLAMP(pressure, 0.05, 1)};
    g_array_append_val(knots, t);
}

/* Where this mark lies and how large it is. */
typedef struct {
    LkPoint center;
    double half; /* half a stroke's extent along x or y, mm */
    double tilt;
} Mark;

static Mark
aim(const SimWriter *writer, LkRect box, SimRandom *random)
{
    LkPoint c = lk_rect_center(box);
    /* A mark whose middle lies outside its box says nothing certain to anybody. */
    double most = 0.4 * box.w;
    Mark mark = {
        {c.x + CLAMP(writer->offset_mm * sim_gauss(random), -most, most),
         c.y + CLAMP(writer->offset_mm * sim_gauss(random), -most, most)},
        box.w / 2 * fmax(0.55, writer->size + writer->size_var * sim_gauss(random)),
        writer->tilt + 0.12 * sim_gauss(random),
    };
    return mark;
}

/* A point of the mark, -1..1 both ways, onto the sheet. */
static void
add(GArray *knots, const SimWriter *writer, const Mark *mark, double u, double v,
    double pressure, SimRandom *random)
{
    double x = mark->half * (u * cos(mark->tilt) - v * sin(mark->tilt));
    double y = mark->half * (u * sin(mark->tilt) + v * cos(mark->tilt));
    touch(knots, mark->center.x + x + writer->jitter_mm * sim_gauss(random),
          mark->center.y + y + writer->jitter_mm * sim_gauss(random),
          pressure + 0.1 * sim_gauss(random));
}

/* The pen is lifted: @knots become one more path. */
static void
lift(GPtrArray *paths, GArray *knots)
{
    g_ptr_array_add(paths, sim_curve(knots));
    g_array_set_size(knots, 0);
}

static void
draw(SimSheet *sheet, const GPtrArray *paths, SimRandom *random)
{
    for (guint i = 0; i < paths->len; i++) {
        sim_stroke(sheet, g_ptr_array_index(paths, i), random);
    }
}

static void
line(GPtrArray *paths, GArray *knots, const SimWriter *writer, const Mark *mark,
     const double ends[4], SimRandom *random)
{
    double bow = 0.12 * sim_gauss(random);
    double mid_u = (ends[0] + ends[2]) / 2;
    double mid_v = (ends[1] + ends[3]) / 2;
    add(knots, writer, mark, ends[0], ends[1], 0.75, random);
    add(knots, writer, mark, mid_u + bow, mid_v + bow, 0.95, random);
    add(knots, writer, mark, ends[2], ends[3], 0.6, random);
    lift(paths, knots);
}

static void
cross(GPtrArray *paths, GArray *knots, const SimWriter *writer, const Mark *mark,
      SimRandom *random)
{
    line(paths, knots, writer, mark, (double[]){-1, -1, 1, 1}, random);
    line(paths, knots, writer, mark, (double[]){1, -1, -1, 1}, random);
}

static void
slash(GPtrArray *paths, GArray *knots, const SimWriter *writer, const Mark *mark,
      SimRandom *random)
{
    line(paths, knots, writer, mark, (double[]){0.9, -1.1, -0.9, 1.1}, random);
}

/* The long arm of a tick leaves the box towards the top right. */
static void
tick(GPtrArray *paths, GArray *knots, const SimWriter *writer, const Mark *mark,
     SimRandom *random)
{
    double arm = sim_uniform(random, 0.9, 2.0);
    add(knots, writer, mark, -0.8, -0.1, 0.6, random);
    add(knots, writer, mark, -0.2, 0.8, 0.95, random);
    add(knots, writer, mark, 0.25, 0.1, 0.85, random);
    add(knots, writer, mark, 0.2 + 0.75 * arm, -1.0 * arm, 0.35, random);
    lift(paths, knots);
}

static void
scribble(GPtrArray *paths, GArray *knots, const SimWriter *writer, const Mark *mark,
         SimRandom *random)
{
    /* White is left between the turns, with any pen: who wants a box black all over
     * cancels it. */
    int turns = CLAMP((int)(1.05 / writer->pen.width_mm), 2, 4) + sim_pick(random, 2);
    double reach = sim_uniform(random, 0.7, 1.0);
    for (int i = 0; i <= turns * 2; i++) {
        double v = -0.9 + 1.8 * i / (turns * 2);
        double u = (i % 2 == 0 ? -1 : 1) * reach;
        add(knots, writer, mark, u + 0.2 * v, v * reach + (i % 2 == 0 ? 0.1 : -0.1),
            0.85, random);
    }
    lift(paths, knots);
}

/* Begins with a hook down from the left, ends in a flourish to the right. */
static void
hook(GPtrArray *paths, GArray *knots, const SimWriter *writer, const Mark *mark,
     SimRandom *random)
{
    double arm = sim_uniform(random, 0.9, 1.6);
    add(knots, writer, mark, -0.95, -0.35, 0.4, random);
    add(knots, writer, mark, -0.7, -0.5, 0.6, random);
    add(knots, writer, mark, -0.25, 0.75, 0.95, random);
    add(knots, writer, mark, 0.3, -0.2, 0.8, random);
    add(knots, writer, mark, 0.15 + 0.65 * arm, -0.95 * arm, 0.55, random);
    add(knots, writer, mark, 0.35 + 0.85 * arm, -0.9 * arm, 0.3, random);
    lift(paths, knots);
}

/* A tick as left-handed people often make it. */
static void
left_tick(GPtrArray *paths, GArray *knots, const SimWriter *writer, const Mark *mark,
          SimRandom *random)
{
    double arm = sim_uniform(random, 0.9, 1.7);
    add(knots, writer, mark, 0.8, -0.15, 0.6, random);
    add(knots, writer, mark, 0.2, 0.8, 0.95, random);
    add(knots, writer, mark, -0.25, 0.05, 0.85, random);
    add(knots, writer, mark, -0.2 - 0.7 * arm, -1.0 * arm, 0.4, random);
    lift(paths, knots);
}

/* Round and round on one spot, the pen pressed down: 1 to 2 mm of solid ink. A felt pen
 * needs only to be put down. */
static void
dot(GPtrArray *paths, GArray *knots, const SimWriter *writer, const Mark *mark,
    SimRandom *random)
{
    Mark spot = *mark;
    spot.half = fmin(mark->half, LK_BOX_MM / 2);
    double most = sim_uniform(random, 0.30, 0.55) - writer->pen.width_mm / 4;
    double reach = fmax(most, 0.12);
    int steps =
        6 * CLAMP((int)ceil(reach * spot.half / (0.8 * writer->pen.width_mm)), 1, 6);
    double from = sim_uniform(random, 0, 2 * G_PI);
    for (int i = 0; i <= steps; i++) {
        double out = reach * i / steps;
        double angle = from + 2 * G_PI * i / 6;
        add(knots, writer, &spot, out * cos(angle), 0.9 * out * sin(angle), 1, random);
    }
    lift(paths, knots);
}

/* Steps of the pen inside @box. */
static int
steps_inside(const GPtrArray *paths, LkRect box)
{
    int n = 0;
    for (guint i = 0; i < paths->len; i++) {
        const GArray *path = g_ptr_array_index(paths, i);
        for (guint k = 0; k < path->len; k++) {
            const SimTouch *t = &g_array_index(path, SimTouch, k);
            n += lk_rect_contains(box, (LkRect){t->x, t->y, 0, 0});
        }
    }
    return n;
}

/* A mark that lies more in a neighbour's box than in its own means the neighbour, and
 * one of which less than 0.75 mm is in its box (three steps of a curve) means nothing,
 * to anybody. */
static bool
is_misplaced(const GPtrArray *paths, LkRect box, const GArray *boxes)
{
    int own = steps_inside(paths, box);
    if (own < 3) {
        return true;
    }
    for (guint i = 0; boxes != NULL && i < boxes->len; i++) {
        LkRect other = g_array_index(boxes, LkRect, i);
        bool is_own = fabs(other.x - box.x) < 1e-6 && fabs(other.y - box.y) < 1e-6;
        if (!is_own && steps_inside(paths, other) >= own) {
            return true;
        }
    }
    return false;
}

void
sim_mark(SimSheet *sheet, const SimWriter *writer, LkRect box, const GArray *boxes,
         SimRandom *random)
{
    static void (*const draws[SIM_N_STYLES])(GPtrArray *, GArray *, const SimWriter *,
                                             const Mark *, SimRandom *) = {
        [SIM_STYLE_CROSS] = cross,    [SIM_STYLE_TICK] = tick,
        [SIM_STYLE_SLASH] = slash,    [SIM_STYLE_SCRIBBLE] = scribble,
        [SIM_STYLE_DOT] = dot,        [SIM_STYLE_HOOK] = hook,
        [SIM_STYLE_LEFT] = left_tick,
    };
    GArray *knots = g_array_new(FALSE, FALSE, sizeof(SimTouch));
    GPtrArray *paths = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    int attempts = 0;
    do {
        g_ptr_array_set_size(paths, 0);
        Mark mark = aim(writer, box, random);
        draws[writer->style](paths, knots, writer, &mark, random);
    } while (++attempts < 20 && is_misplaced(paths, box, boxes));
    draw(sheet, paths, random);
    g_ptr_array_unref(paths);
    g_array_unref(knots);
}

void
sim_blacken(SimSheet *sheet, const SimWriter *writer, LkRect box, SimRandom *random)
{
    GArray *knots = g_array_new(FALSE, FALSE, sizeof(SimTouch));
    GPtrArray *paths = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    LkPoint c = lk_rect_center(box);
    Mark mark = {c, box.w / 2, 0.1 * sim_gauss(random)};
    /* Back and forth, nearer than the pen is wide, once down and once across. */
    int turns = (int)ceil(box.h / (0.75 * writer->pen.width_mm));
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i <= turns; i++) {
            double along = -1.0 + 2.0 * i / turns;
            double side = i % 2 == 0 ? -1.05 : 1.05;
            add(knots, writer, &mark, pass == 0 ? side : along,
                pass == 0 ? along : side, 1, random);
        }
        lift(paths, knots);
    }
    draw(sheet, paths, random);
    g_ptr_array_unref(paths);
    g_array_unref(knots);
}
