/* stroke.c - a pen on paper: capsules between the places it touches, darkened by
 * pressure, broken by the paper's grain. */
#include "tests/sim/sim.h"

#include <math.h>

#define TILE 256 /* px of the grain tile, a power of two */
#define TILE_MM 18.0

/* Paper's tooth: smooth noise of about 0.15 mm, 0..1, the same sheet everywhere. */
static const float *
grain_tile(void)
{
    static float *tile = NULL;
    static gsize once = 0;
    if (g_once_init_enter(&once)) {
        SimRandom random = sim_random(1, "grain");
        float *raw = g_new(float, TILE *TILE);
        tile = g_new(float, TILE *TILE);
        for (int i = 0; i < TILE * TILE; i++) {
            raw[i] = (float)sim_uniform(&random, 0, 1);
        }
        for (int y = 0; y < TILE; y++) {
            for (int x = 0; x < TILE; x++) {
                float sum = 0;
                for (int k = 0; k < 9; k++) {
                    int yy = (y + k / 3) % TILE;
                    int xx = (x + k % 3) % TILE;
                    sum += raw[yy * TILE + xx];
                }
                /* the mean of nine is narrow: spread it over 0..1 again */
                tile[y * TILE + x] = CLAMP((sum / 9 - 0.5F) * 3 + 0.5F, 0, 1);
            }
        }
        g_free(raw);
        g_once_init_leave(&once, 1);
    }
    return tile;
}

static float
grain_at(const float *tile, float x_mm, float y_mm)
{
    const float scale = (float)(TILE / TILE_MM);
    int x = (int)(x_mm * scale) & (TILE - 1);
    int y = (int)(y_mm * scale) & (TILE - 1);
    return tile[y * TILE + x];
}

/** A stretch of the pen: where it begins, and how it goes on from there; mm. */
typedef struct {
    float x, y, pressure;
    float dx, dy, dpressure;
    float per_length2; /* 1 / length², 0 for a dot */
    float half_width, grain;
    float px_mm, px_per_mm;
    const float *tile;
} Stretch;

static float
within_1(float v)
{
    return v < 0 ? 0 : v > 1 ? 1 : v;
}

/* A light hand leaves the paper's hollows white; the ink that is left is nearly as
 * dark as the rest. */
static float
through_grain(const Stretch *s, float pressure, float grain)
{
    float cover = 1 - s->grain * (1.3F - pressure);
    return within_1((cover - grain) * 6 + 0.5F);
}

/* How dark the pen leaves the paper at @x, @y mm, 0..1. */
static float
darkness(const Stretch *s, float x, float y)
{
    float from_x = x - s->x;
    float from_y = y - s->y;
    float along = within_1((from_x * s->dx + from_y * s->dy) * s->per_length2);
    float pressure = s->pressure + along * s->dpressure;
    float radius = s->half_width * (0.7F + 0.3F * pressure);
    float far_x = from_x - along * s->dx;
    float far_y = from_y - along * s->dy;
    float far2 = far_x * far_x + far_y * far_y;
    float reach = radius + s->px_mm / 2;
    if (far2 >= reach * reach) {
        return 0;
    }
    float cover = (radius - sqrtf(far2)) * s->px_per_mm + 0.5F;
    float dark = 0.6F + 0.4F * pressure;
    float ink = through_grain(s, pressure, grain_at(s->tile, x, y));
    return MIN(MIN(cover, 1) * dark * ink, 1); /* a hand may press harder than 1 */
}

static void
segment(SimSheet *sheet, const SimTouch *a, const SimTouch *b)
{
    const SimPen *pen = &sheet->pen;
    double px_mm = 25.4 / sheet->dpi;
    double dx = b->x - a->x, dy = b->y - a->y, length2 = dx * dx + dy * dy;
    Stretch s = {.x = (float)a->x,
                 .y = (float)a->y,
                 .pressure = (float)a->pressure,
                 .dx = (float)dx,
                 .dy = (float)dy,
                 .dpressure = (float)(b->pressure - a->pressure),
                 .per_length2 = length2 > 0 ? (float)(1 / length2) : 0,
                 .half_width = (float)pen->width_mm / 2,
                 .grain = (float)pen->grain,
                 .px_mm = (float)px_mm,
                 .px_per_mm = (float)(1 / px_mm),
                 .tile = grain_tile()};
    double reach = pen->width_mm * 0.5 + px_mm;
    int x0 = MAX(0, (int)floor((fmin(a->x, b->x) - reach) / px_mm));
    int x1 = MIN(sheet->width - 1, (int)ceil((fmax(a->x, b->x) + reach) / px_mm));
    int y0 = MAX(0, (int)floor((fmin(a->y, b->y) - reach) / px_mm));
    int y1 = MIN(sheet->height - 1, (int)ceil((fmax(a->y, b->y) + reach) / px_mm));
    /* Where the stretch before was as dark, this one adds nothing. */
    int darkest = (int)(255 * (0.6 + 0.4 * fmax(a->pressure, b->pressure)));
    for (int y = y0; y <= y1; y++) {
        uint8_t *row = sheet->ink + (size_t)y * (size_t)sheet->width;
        float y_mm = ((float)y + 0.5F) * s.px_mm;
        for (int x = x0; x <= x1; x++) {
            if (row[x] < darkest) {
                float dark = 255 * darkness(&s, ((float)x + 0.5F) * s.px_mm, y_mm);
                row[x] = dark > row[x] ? (uint8_t)dark : row[x];
            }
        }
    }
}

void
sim_stroke(SimSheet *sheet, const GArray *path, SimRandom *random)
{
    if (path->len == 0) {
        return;
    }
    const SimTouch *touches = (const SimTouch *)path->data;
    SimTouch last = touches[0];
    double skip = 0; /* mm left of a place where the ball does not give ink */
    bool skips = sheet->pen.kind == SIM_PEN_BALLPOINT;
    for (guint i = 0; i < path->len; i++) {
        SimTouch now = touches[i];
        double step = hypot(now.x - last.x, now.y - last.y);
        if (skips && skip <= 0 && sim_chance(random, step * 0.004)) {
            skip = sim_uniform(random, 0.1, 0.6);
        }
        if (skip <= 0) {
            segment(sheet, &last, &now);
        }
        skip -= step;
        last = now;
    }
}

static double
spline(double a, double b, double c, double d, double t)
{
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t +
                  (3 * b - a - 3 * c + d) * t * t * t);
}

GArray *
sim_curve(const GArray *knots)
{
    GArray *path = g_array_new(FALSE, FALSE, sizeof(SimTouch));
    const SimTouch *k = (const SimTouch *)knots->data;
    int n = (int)knots->len;
    for (int i = 0; i + 1 < n; i++) {
        const SimTouch *p[4] = {&k[MAX(i - 1, 0)], &k[i], &k[i + 1],
                                &k[MIN(i + 2, n - 1)]};
        double length = hypot(p[2]->x - p[1]->x, p[2]->y - p[1]->y);
        int steps = CLAMP((int)(length / 0.25), 2, 40);
        for (int s = 0; s < steps; s++) {
            double t = (double)s / steps;
            SimTouch touch = {
                spline(p[0]->x, p[1]->x, p[2]->x, p[3]->x, t),
                spline(p[0]->y, p[1]->y, p[2]->y, p[3]->y, t),
                CLAMP(spline(p[0]->pressure, p[1]->pressure, p[2]->pressure,
                             p[3]->pressure, t),
                      0, 1),
            };
            g_array_append_val(path, touch);
        }
    }
    if (n > 0) {
        g_array_append_val(path, k[n - 1]);
    }
    return path;
}
