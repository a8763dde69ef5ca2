/* wear.c - paper that has been carried, folded, filed, stamped and spilled on. What it
 * hides is noted on the sheet, so that the truth knows what nobody can read. */
#include "tests/sim/plane.h"

#include <math.h>
#include <string.h>

SimWear
sim_wear_none(void)
{
    return (SimWear){.corner = -1};
}

/* Darkness above which what lies beneath can no longer be told. */
#define VEIL 0.4

static LkPoint
at_mm(const SimSheet *sheet, int x, int y)
{
    return (LkPoint){(x + 0.5) * 25.4 / sheet->dpi, (y + 0.5) * 25.4 / sheet->dpi};
}

/* The px of @area that are on the sheet. */
typedef struct {
    int x0, y0, x1, y1; /* half open */
} Window;

static Window
window(const SimSheet *sheet, LkRect area)
{
    double px = sheet->dpi / 25.4;
    return (Window){MAX(0, (int)floor(area.x * px)), MAX(0, (int)floor(area.y * px)),
                    MIN(sheet->width, (int)ceil((area.x + area.w) * px)),
                    MIN(sheet->height, (int)ceil((area.y + area.h) * px))};
}

static uint8_t *
print_at(SimSheet *sheet, int x, int y)
{
    return sheet->print + (size_t)y * (size_t)sheet->width + (size_t)x;
}

/* @share 0 .. 1 of the light is lost. */
static void
darken(SimSheet *sheet, int x, int y, double share)
{
    if (share <= 0) {
        return;
    }
    uint8_t *p = print_at(sheet, x, y);
    *p = (uint8_t)(*p * (1 - MIN(share, 1)));
    if (share > VEIL) {
        sim_sheet_lose(sheet, x, y, SIM_LOSS_VEILED);
    }
}

/* Print and ink rubbed off: @share of them. */
static void
rub_off(SimSheet *sheet, int x, int y, double share)
{
    uint8_t *p = print_at(sheet, x, y);
    uint8_t *ink = sheet->ink + (size_t)y * (size_t)sheet->width + (size_t)x;
    *p = (uint8_t)(*p + (255 - *p) * share);
    *ink = (uint8_t)(*ink * (1 - share));
}

/* On a code, on boxes, or anywhere. */
static LkPoint
some_place(const SimSheet *sheet, const LkLayoutPage *page, SimRandom *random)
{
    int where = sim_pick(random, 3);
    LkPoint c = {sim_uniform(random, 30, 180), sim_uniform(random, 40, 260)};
    if (where == 0 && page != NULL) {
        c = lk_rect_center(page->qr[sim_pick(random, 2)]);
    } else if (where == 1 && page != NULL && page->boxes->len > 0) {
        guint i = (guint)sim_pick(random, (int)page->boxes->len);
        c = lk_rect_center(g_array_index(page->boxes, LkBox, i).outline);
    }
    c.x += 5 * sim_gauss(random);
    c.y += 5 * sim_gauss(random);
    return sim_sheet_place(sheet, c);
}

/* --- The other side. ---------------------------------------------------------------
 */

/* The back is printed like the front; its light comes through spread out. */
static void
show_through(SimSheet *sheet, double share, SimRandom *random)
{
    size_t width = (size_t)sheet->width;
    size_t n = width * (size_t)sheet->height;
    uint8_t *back = g_malloc(n);
    int down = (int)sim_uniform(random, 0, 3 * sheet->dpi / 25.4);
    for (int y = 0; y < sheet->height; y++) {
        const uint8_t *row = sheet->print + (size_t)MAX(0, y - down) * width;
        for (size_t x = 0; x < width; x++) {
            back[(size_t)y * width + x] = row[width - 1 - x];
        }
    }
    /* blurred while it is mostly white, which is quick */
    sim_blur(back, sheet->width, sheet->height, 0.2 * sheet->dpi / 25.4);
    uint8_t inverse[256];
    for (int i = 0; i < 256; i++) {
        inverse[i] = (uint8_t)(255 - i);
    }
    sim_tone(back, n, inverse);
    uint8_t *front = g_memdup2(sheet->print, n);
    sim_absorb(sheet->print, front, back, n, share);
    g_free(front);
    g_free(back);
}

/* --- Folds. ------------------------------------------------------------------------
 */

#define FOLD_REACH 5  /* mm to either side */
#define FOLD_STEPS 64 /* of its tables, a mm */
#define FOLD_N (2 * FOLD_REACH * FOLD_STEPS)

/** A crease as it is seen across: by the distance from its line, in steps. */
typedef struct {
    float line[FOLD_N];     /* of broken fibres, 0 .. 1 */
    float shade[2][FOLD_N]; /* darkness on the one side and the other */
} Crease;

static void
crease(double depth, Crease *crease)
{
    for (int i = 0; i < FOLD_N; i++) {
        double off = (i + 0.5) / FOLD_STEPS;
        double line = exp(-off * off / 0.06);
        crease->line[i] = (float)line;
        crease->shade[0][i] = (float)(depth * 0.22 * line);
        crease->shade[1][i] = (float)(depth * (0.22 * line + 0.07 * exp(-off / 1.8)));
    }
}

/** One px along a crease. */
typedef struct {
    double middle; /* mm across */
    double worn;   /* 0 .. 1 */
} CreasePoint;

/* A crease at @at mm from the top (or the left edge, if @upright): shaded on one side,
 * its fibres broken, print and ink flaked off along it. */
static void
fold(SimSheet *sheet, bool upright, double at, double depth, SimRandom *random)
{
    double lean = 0.004 * sim_gauss(random);
    bool after = sim_chance(random, 0.5);
    double phase = sim_uniform(random, 0, 2 * G_PI);
    LkRect area = upright
                      ? (LkRect){at - FOLD_REACH, 0, 2 * FOLD_REACH, LK_PAGE_HEIGHT_MM}
                      : (LkRect){0, at - FOLD_REACH, LK_PAGE_WIDTH_MM, 2 * FOLD_REACH};
    Crease table;
    crease(depth, &table);
    int n = upright ? sheet->height : sheet->width;
    g_autofree CreasePoint *points = g_new(CreasePoint, n);
    for (int i = 0; i < n; i++) {
        double along = at_mm(sheet, i, i).x;
        points[i].middle = at + lean * (along - 100) + 0.12 * sin(along * 0.9 + phase);
        points[i].worn = 0.5 + 0.5 * sin(along * 0.35 + phase);
    }
    Window w = window(sheet, area);
    for (int y = w.y0; y < w.y1; y++) {
        for (int x = w.x0; x < w.x1; x++) {
            const CreasePoint *point = &points[upright ? y : x];
            LkPoint p = at_mm(sheet, x, y);
            double off = (upright ? p.x : p.y) - point->middle;
            int step = MIN((int)(fabs(off) * FOLD_STEPS), FOLD_N - 1);
            darken(sheet, x, y, (double)table.shade[(off > 0) == after][step]);
            double line = (double)table.line[step];
            if (line > 0.3) {
                bool flaked = sim_chance(random, depth * line * point->worn);
                rub_off(sheet, x, y, flaked ? 0.85 : 0.25 * depth);
            }
        }
    }
}

static void
folds(SimSheet *sheet, const SimWear *wear, SimRandom *random)
{
    double slack = sim_uniform(random, -2, 2);
    if (wear->folds == 3) {
        fold(sheet, false, LK_PAGE_HEIGHT_MM / 3 + slack, wear->fold_depth, random);
        fold(sheet, false, LK_PAGE_HEIGHT_MM * 2 / 3 + slack, wear->fold_depth, random);
    } else if (wear->folds > 0) {
        fold(sheet, false, LK_PAGE_HEIGHT_MM / 2 + slack, wear->fold_depth, random);
    }
    if (wear->folds == 2) {
        fold(sheet, true, LK_PAGE_WIDTH_MM / 2 + slack, wear->fold_depth, random);
    }
}

/* --- Stains. -----------------------------------------------------------------------
 */

/* What a cup leaves: a thin dark edge, broken, and a breath of brown inside. */
static void
ring(SimSheet *sheet, SimRandom *random)
{
    double radius = sim_uniform(random, 32, 42);
    double wide = sim_uniform(random, 0.5, 1.3);
    double dark = sim_uniform(random, 0.10, 0.28);
    double phase = sim_uniform(random, 0, 2 * G_PI);
    LkPoint c = {sim_uniform(random, 20, 190), sim_uniform(random, 30, 270)};
    double out = radius + 4;
    Window w = window(sheet, (LkRect){c.x - out, c.y - out, 2 * out, 2 * out});
    for (int y = w.y0; y < w.y1; y++) {
        for (int x = w.x0; x < w.x1; x++) {
            LkPoint p = at_mm(sheet, x, y);
            double off = hypot(p.x - c.x, p.y - c.y) - radius;
            if (fabs(off) > 0.55 + 3 * wide) { /* nothing of the edge is left */
                darken(sheet, x, y, off < 0 ? 0.12 * dark : 0);
                continue;
            }
            double angle = atan2(p.y - c.y, p.x - c.x);
            double uneven = 0.35 * sin(3 * angle + phase) + 0.2 * sin(7 * angle);
            double far = off - uneven;
            double edge = exp(-far * far / (wide * wide)) *
                          CLAMP(0.75 + 0.6 * sin(angle + phase), 0.1, 1);
            double inside = far < 0 ? 0.12 : 0;
            darken(sheet, x, y, dark * (edge + inside));
        }
    }
}

/* Ink, grease or mud: ragged, dark in the middle, darker still at its dried edge. */
static void
blot(SimSheet *sheet, LkPoint c, SimRandom *random)
{
    double radius = sim_uniform(random, 2, 9);
    double dark = sim_uniform(random, 0.45, 0.9);
    double phase = sim_uniform(random, 0, 2 * G_PI);
    double out = 1.6 * radius + 1;
    Window w = window(sheet, (LkRect){c.x - out, c.y - out, 2 * out, 2 * out});
    for (int y = w.y0; y < w.y1; y++) {
        for (int x = w.x0; x < w.x1; x++) {
            LkPoint p = at_mm(sheet, x, y);
            double far = hypot(p.x - c.x, p.y - c.y);
            if (far > 1.4 * radius + 0.4) {
                continue;
            }
            double angle = atan2(p.y - c.y, p.x - c.x);
            double bound =
                radius * (1 + 0.22 * sin(2 * angle + phase) +
                          0.12 * sin(5 * angle + 2 * phase) + 0.05 * sin(11 * angle));
            double depth = bound - far; /* mm inside */
            if (depth > -0.4) {
                double body = CLAMP((depth + 0.4) / 0.6, 0, 1);
                double rim = exp(-(depth - 0.4) * (depth - 0.4) / 0.15);
                darken(sheet, x, y, dark * body * (0.85 + 0.15 * rim));
            }
        }
    }
}

/* --- Stamps. -----------------------------------------------------------------------
 */

#define STRIP_MM 12.0 /* where in the stamp maker's scratch the words stand, y */
#define MIDDLE_MM 40.0
#define STAMP_DPI 200.0

/* The words of a stamp, cut straight: bent around when it is pressed. */
static SimSheet *
cut_stamp(double radius, SimRandom *random)
{
    SimWriter cutter = {.letter_gap = 1};
    SimSheet *words = sim_sheet_blank(STAMP_DPI);
    words->pen = (SimPen){.kind = SIM_PEN_GEL, .width_mm = 0.45, .contrast = 1};
    const double tall = 2.4;
    double turn = 2 * G_PI * (radius - 3.4);
    cutter.letter_gap = turn / 30 / (tall / 6 * 5.3);
    sim_print_text(words, &cutter, (LkPoint){2, STRIP_MM}, tall,
                   "EXEMPLE FICTIF - BUREAU - ", random);
    cutter.letter_gap = 1;
    sim_print_text(words, &cutter, (LkPoint){2, MIDDLE_MM}, 3, "EXEMPLE", random);
    sim_print_text(words, &cutter, (LkPoint){3.3, MIDDLE_MM + 5}, 3, "FICTIF", random);
    return words;
}

static double
word_at(const SimSheet *words, double x_mm, double y_mm)
{
    int x = (int)(x_mm * STAMP_DPI / 25.4);
    int y = (int)(y_mm * STAMP_DPI / 25.4);
    if (x < 0 || y < 0 || x >= words->width || y >= words->height) {
        return 0;
    }
    return words->ink[(size_t)y * (size_t)words->width + (size_t)x] / 255.0;
}

/* Rubber at @far mm from the middle, @angle from the top, @x, @y upright: 0..1. */
static double
rubber(const SimSheet *words, double radius, LkPoint p)
{
    double far = hypot(p.x, p.y);
    double outer = CLAMP((0.5 - fabs(far - radius)) / 0.1, 0, 1);
    double inner = CLAMP((0.28 - fabs(far - radius + 5.2)) / 0.1, 0, 1);
    double bent = 0;
    if (far > radius - 4.8 && far < radius - 0.8) {
        double angle = atan2(p.x, -p.y) + G_PI;
        bent =
            word_at(words, 2 + angle * (radius - 3.4), STRIP_MM - (far - radius + 4));
    }
    double middle = 0;
    if (fabs(p.x) < 9.5 && fabs(p.y) < 6.5) {
        middle = word_at(words, 2 + p.x + 9, MIDDLE_MM + p.y + 0.5);
    }
    return fmax(fmax(outer, inner), fmax(bent, middle));
}

static void
press(SimSheet *sheet, LkPoint c, double dark, SimRandom *random)
{
    double radius = sim_uniform(random, 15, 19);
    double turn = 0.35 * sim_gauss(random);
    double phase = sim_uniform(random, 0, 2 * G_PI);
    g_autoptr(SimSheet) words = cut_stamp(radius, random);
    double cosine = cos(turn);
    double sine = sin(turn);
    Window w = window(sheet, (LkRect){c.x - 20, c.y - 20, 40, 40});
    for (int y = w.y0; y < w.y1; y++) {
        for (int x = w.x0; x < w.x1; x++) {
            LkPoint p = at_mm(sheet, x, y);
            LkPoint q = {(p.x - c.x) * cosine + (p.y - c.y) * sine,
                         (p.y - c.y) * cosine - (p.x - c.x) * sine};
            double inked = rubber(words, radius, q);
            if (inked > 0) {
                /* pressed harder on one side, the pad never evenly wet */
                double wet = 0.78 + 0.2 * sin(q.x * 0.09 + phase) +
                             0.12 * sin(q.y * 0.7 + phase) * sin(q.x * 0.6) +
                             0.1 * sim_uniform(random, -1, 1);
                darken(sheet, x, y, dark * inked * CLAMP(wet, 0, 1));
            }
        }
    }
}

/* --- Metal and missing paper. ------------------------------------------------------
 */

/* A wire of 12 mm across the corner, or the two holes of one that was pulled out. */
static void
staple(SimSheet *sheet, SimRandom *random)
{
    LkPoint c = {sim_uniform(random, 8, 15), sim_uniform(random, 7, 13)};
    double angle = -G_PI / 4 + 0.3 * sim_gauss(random);
    bool pulled = sim_chance(random, 0.4);
    Window w = window(sheet, (LkRect){c.x - 8, c.y - 8, 16, 16});
    for (int y = w.y0; y < w.y1; y++) {
        for (int x = w.x0; x < w.x1; x++) {
            LkPoint p = at_mm(sheet, x, y);
            double along = (p.x - c.x) * cos(angle) + (p.y - c.y) * sin(angle);
            double off = (p.y - c.y) * cos(angle) - (p.x - c.x) * sin(angle);
            double end = hypot(fabs(along) - 5.5, off);
            double dark = 0.9 * CLAMP((0.4 - end) / 0.15, 0, 1);
            if (!pulled && fabs(along) < 5.5) {
                double wire = CLAMP((0.32 - fabs(off)) / 0.1, 0, 1);
                double glint = exp(-(off + 0.1) * (off + 0.1) / 0.01);
                double shadow = 0.3 * exp(-(off - 0.45) * (off - 0.45) / 0.08);
                dark = fmax(dark, fmax(wire * (0.8 - 0.45 * glint), shadow));
            }
            darken(sheet, x, y, dark);
        }
    }
}

LkPoint
sim_hole(const SimWear *wear, int i)
{
    /* ISO 838: 80 mm apart, 12 mm from the edge, about the middle */
    double first = LK_PAGE_HEIGHT_MM / 2 - 40 * (wear->holes - 1);
    return (LkPoint){12, first + 80 * i};
}

static void
punch(SimSheet *sheet, const SimWear *wear, SimRandom *random)
{
    LkPoint slip = {0.6 * sim_gauss(random), sim_gauss(random)};
    for (int i = 0; i < wear->holes; i++) {
        LkPoint c = sim_hole(wear, i);
        c.x += slip.x;
        c.y += slip.y;
        Window w = window(sheet, (LkRect){c.x - 4, c.y - 4, 8, 8});
        for (int y = w.y0; y < w.y1; y++) {
            for (int x = w.x0; x < w.x1; x++) {
                LkPoint p = at_mm(sheet, x, y);
                double far = hypot(p.x - c.x, p.y - c.y) - SIM_HOLE_MM / 2;
                if (far < 0) {
                    sim_sheet_lose(sheet, x, y, SIM_LOSS_GONE);
                } else {
                    darken(sheet, x, y, 0.25 * exp(-far / 0.15));
                }
            }
        }
    }
}

/** The corner as a frame of its own: origin in it, both axes along the paper. */
typedef struct {
    bool right, bottom;
    double a, b; /* where the line cuts the two edges, mm */
    double phase;
} Corner;

static LkPoint
in_corner(const Corner *corner, LkPoint p)
{
    return (LkPoint){corner->right ? LK_PAGE_WIDTH_MM - p.x : p.x,
                     corner->bottom ? LK_PAGE_HEIGHT_MM - p.y : p.y};
}

/* mm inside the line a-b: positive on the side of the page. */
static double
past_line(const Corner *corner, LkPoint q)
{
    double length = hypot(corner->a, corner->b);
    return (q.x * corner->b + q.y * corner->a - corner->a * corner->b) / length;
}

/* A ragged edge with a fringe of bare fibres. */
static void
tear(SimSheet *sheet, const Corner *corner, int x, int y)
{
    LkPoint q = in_corner(corner, at_mm(sheet, x, y));
    double past = past_line(corner, q);
    if (past > 2) {
        return;
    }
    double t = q.x - q.y;
    double ragged = 0.5 * sin(t * 0.6 + corner->phase) + 0.25 * sin(t * 2.3) +
                    0.12 * sin(t * 7.1 + corner->phase);
    double in = past + ragged;
    if (in < 0) {
        sim_sheet_lose(sheet, x, y, SIM_LOSS_GONE);
    } else if (in < 0.5 + 0.3 * sin(t * 1.7)) {
        rub_off(sheet, x, y, 1);
        darken(sheet, x, y, 0.06);
    }
}

/* The corner is gone, and lies mirrored on the page: its back is white, with a shadow
 * where it stands off. */
static void
fold_over(SimSheet *sheet, const Corner *corner, int x, int y)
{
    LkPoint q = in_corner(corner, at_mm(sheet, x, y));
    double in = past_line(corner, q);
    if (in < 0) {
        sim_sheet_lose(sheet, x, y, SIM_LOSS_GONE);
        return;
    }
    double length = hypot(corner->a, corner->b);
    LkPoint mirrored = {q.x - 2 * in * corner->b / length,
                        q.y - 2 * in * corner->a / length};
    double outside = -fmin(mirrored.x, mirrored.y);
    if (outside <= 0) {
        rub_off(sheet, x, y, 1);
        darken(sheet, x, y, 0.03 + 0.2 * exp(-in / 0.4));
        sim_sheet_lose(sheet, x, y, SIM_LOSS_VEILED);
    } else if (outside < 4) {
        darken(sheet, x, y, 0.38 * exp(-outside / 0.7));
    }
}

static void
lose_corner(SimSheet *sheet, const SimWear *wear, SimRandom *random)
{
    Corner corner = {
        .right = wear->corner == 1 || wear->corner == 2,
        .bottom = wear->corner >= 2,
        .a = wear->corner_mm * sim_uniform(random, 0.8, 1.2),
        .b = wear->corner_mm * sim_uniform(random, 0.8, 1.2),
        .phase = sim_uniform(random, 0, 2 * G_PI),
    };
    double side = 1.2 * wear->corner_mm + 6;
    LkRect area = {corner.right ? LK_PAGE_WIDTH_MM - side : 0,
                   corner.bottom ? LK_PAGE_HEIGHT_MM - side : 0, side, side};
    Window w = window(sheet, area);
    for (int y = w.y0; y < w.y1; y++) {
        for (int x = w.x0; x < w.x1; x++) {
            (wear->folded_over ? fold_over : tear)(sheet, &corner, x, y);
        }
    }
}

void
sim_wear(SimSheet *sheet, const SimWear *wear, const LkLayoutPage *page,
         SimRandom *random)
{
    if (wear->show_through > 0) {
        show_through(sheet, wear->show_through, random);
    }
    folds(sheet, wear, random);
    for (int i = 0; i < wear->rings; i++) {
        ring(sheet, random);
    }
    for (int i = 0; i < wear->blots; i++) {
        blot(sheet, some_place(sheet, page, random), random);
    }
    for (int i = 0; i < wear->stamps; i++) {
        press(sheet, some_place(sheet, page, random), wear->stamp_dark, random);
    }
    for (int i = 0; i < wear->staples; i++) {
        staple(sheet, random);
    }
    punch(sheet, wear, random);
    if (wear->corner >= 0) {
        lose_corner(sheet, wear, random);
    }
}
