/* marks.c - crosses, ticks, slashes and scribbles, as one writer makes them. */
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

static void
draw(SimSheet *sheet, GArray *knots, SimRandom *random)
{
    GArray *path = sim_curve(knots);
    sim_stroke(sheet, path, random);
    g_array_unref(path);
    g_array_set_size(knots, 0);
}

static void
line(SimSheet *sheet, GArray *knots, const SimWriter *writer, const Mark *mark,
     const double ends[4], SimRandom *random)
{
    double bow = 0.12 * sim_gauss(random);
    double mid_u = (ends[0] + ends[2]) / 2;
    double mid_v = (ends[1] + ends[3]) / 2;
    add(knots, writer, mark, ends[0], ends[1], 0.75, random);
    add(knots, writer, mark, mid_u + bow, mid_v + bow, 0.95, random);
    add(knots, writer, mark, ends[2], ends[3], 0.6, random);
    draw(sheet, knots, random);
}

static void
cross(SimSheet *sheet, GArray *knots, const SimWriter *writer, const Mark *mark,
      SimRandom *random)
{
    line(sheet, knots, writer, mark, (double[]){-1, -1, 1, 1}, random);
    line(sheet, knots, writer, mark, (double[]){1, -1, -1, 1}, random);
}

static void
slash(SimSheet *sheet, GArray *knots, const SimWriter *writer, const Mark *mark,
      SimRandom *random)
{
    line(sheet, knots, writer, mark, (double[]){0.9, -1.1, -0.9, 1.1}, random);
}

/* The long arm of a tick leaves the box towards the top right. */
static void
tick(SimSheet *sheet, GArray *knots, const SimWriter *writer, const Mark *mark,
     SimRandom *random)
{
    double arm = sim_uniform(random, 0.9, 2.0);
    add(knots, writer, mark, -0.8, -0.1, 0.6, random);
    add(knots, writer, mark, -0.2, 0.8, 0.95, random);
    add(knots, writer, mark, 0.25, 0.1, 0.85, random);
    add(knots, writer, mark, 0.2 + 0.75 * arm, -1.0 * arm, 0.35, random);
    draw(sheet, knots, random);
}

static void
scribble(SimSheet *sheet, GArray *knots, const SimWriter *writer, const Mark *mark,
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
    draw(sheet, knots, random);
}

void
sim_mark(SimSheet *sheet, const SimWriter *writer, LkRect box, SimRandom *random)
{
    static void (*const draws[SIM_N_STYLES])(SimSheet *, GArray *, const SimWriter *,
                                             const Mark *, SimRandom *) = {
        [SIM_STYLE_CROSS] = cross,
        [SIM_STYLE_TICK] = tick,
        [SIM_STYLE_SLASH] = slash,
        [SIM_STYLE_SCRIBBLE] = scribble,
    };
    GArray *knots = g_array_new(FALSE, FALSE, sizeof(SimTouch));
    Mark mark = aim(writer, box, random);
    draws[writer->style](sheet, knots, writer, &mark, random);
    g_array_unref(knots);
}

void
sim_blacken(SimSheet *sheet, const SimWriter *writer, LkRect box, SimRandom *random)
{
    GArray *knots = g_array_new(FALSE, FALSE, sizeof(SimTouch));
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
        draw(sheet, knots, random);
    }
    g_array_unref(knots);
}
