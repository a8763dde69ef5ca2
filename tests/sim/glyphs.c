/* glyphs.c - handwriting: capitals and digits that can be read, joined-up words that
 * look written and say nothing, signatures. */
#include "tests/sim/sim.h"

#include <math.h>
#include <string.h>

/* --- Capitals and digits: strokes through points of a grid 4 wide, 6 high, "xy" with
 * y = 0 on the baseline; '/' lifts the pen; '~' first: a curve, else straight lines. -
 */

static const struct {
    char sign;
    const char *strokes;
} signs[] = {
    {'0', "~26 05 02 10 30 42 45 36 26"},
    {'1', "04 26 20"},
    {'2', "~05 26 44 22 00/00 40"},
    {'3', "~05 26 44 23 42 20 01"},
    {'4', "36 02 42/33 30"},
    {'5', "46 06 03/~03 34 42 20 01"},
    {'6', "~45 26 03 01 20 42 23 02"},
    {'7', "06 46 20/13 33"},
    {'8', "~23 05 26 45 23 01 20 41 23"},
    {'9', "~43 24 05 26 44 43 30 10"},
    {'A', "00 26 40/12 32"},
    {'B', "00 06/~06 46 03/~03 43 40 00"},
    {'C', "~45 26 04 02 20 41"},
    {'D', "00 06/~06 36 43 30 00"},
    {'E', "46 06 00 40/03 33"},
    {'F', "46 06 00/03 33"},
    {'G', "~45 26 04 02 20 41 43/43 23"},
    {'H', "06 00/46 40/03 43"},
    {'I', "26 20"},
    {'J', "~46 42 20 01"},
    {'K', "06 00/46 03 40"},
    {'L', "06 00 40"},
    {'M', "00 06 23 46 40"},
    {'N', "00 06 40 46"},
    {'O', "~26 04 02 20 42 44 26"},
    {'P', "00 06/~06 46 44 03"},
    {'Q', "~26 04 02 20 42 44 26/31 50"},
    {'R', "00 06/~06 46 44 03/13 40"},
    {'S', "~45 26 04 23 42 20 01"},
    {'T', "06 46/26 20"},
    {'U', "~06 02 20 42 46"},
    {'V', "06 20 46"},
    {'W', "06 10 24 30 46"},
    {'X', "06 40/46 00"},
    {'Y', "06 23 46/23 20"},
    {'Z', "06 46 00 40"},
    {'-', "03 33"},
    {'.', "20 21"},
};

/* A pen of handwriting: where it is and whose. */
typedef struct {
    SimSheet *sheet;
    const SimWriter *writer;
    SimRandom *random;
    GArray *knots;
} Hand;

static Hand
take_pen(SimSheet *sheet, const SimWriter *writer, SimRandom *random)
{
    return (Hand){sheet, writer, random, g_array_new(FALSE, FALSE, sizeof(SimTouch))};
}

/* @u right, @v up from the baseline point @at, mm; slanted and unsteady. */
static void
put(Hand *hand, LkPoint at, double u, double v, double pressure)
{
    double wobble = hand->writer->jitter_mm * 0.6;
    SimTouch t = {
        at.x + u + hand->writer->slant * v + wobble * sim_gauss(hand->random),
        at.y - v + wobble * sim_gauss(hand->random),
        CLAMP(pressure + 0.08 * sim_gauss(hand->random), 0.1, 1),
    };
    g_array_append_val(hand->knots, t);
}

static void
lift(Hand *hand, bool curved)
{
    GArray *path = curved ? sim_curve(hand->knots) : g_array_ref(hand->knots);
    sim_stroke(hand->sheet, path, hand->random);
    g_array_unref(path);
    g_array_set_size(hand->knots, 0);
}

static const char *
strokes_of(char sign)
{
    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++) {
        if (signs[i].sign == g_ascii_toupper(sign)) {
            return signs[i].strokes;
        }
    }
    return "";
}

static void
print_sign(Hand *hand, LkPoint at, double grid_mm, const char *strokes)
{
    bool curved = false;
    for (const char *s = strokes; *s != '\0'; s++) {
        if (*s == '~') {
            curved = true;
        } else if (*s == '/') {
            lift(hand, curved);
            curved = false;
        } else if (g_ascii_isdigit(s[0]) && g_ascii_isdigit(s[1])) {
            put(hand, at, (s[0] - '0') * grid_mm, (s[1] - '0') * grid_mm, 0.8);
            s++;
        }
    }
    lift(hand, curved);
}

double
sim_print_text(SimSheet *sheet, const SimWriter *writer, LkPoint at, double height_mm,
               const char *text, SimRandom *random)
{
    Hand hand = take_pen(sheet, writer, random);
    double grid = height_mm / 6;
    double x = 0;
    for (const char *c = text; *c != '\0'; c++) {
        double size = grid * (1 + 0.05 * sim_gauss(random));
        LkPoint here = {at.x + x, at.y + 0.06 * height_mm * sim_gauss(random)};
        print_sign(&hand, here, size, strokes_of(*c));
        x += grid * (*c == ' ' ? 3.5 : 5.3) * writer->letter_gap;
    }
    g_array_unref(hand.knots);
    return x;
}

/* --- Joined-up writing: one knot list a letter, u in letter widths, v in x-heights. -
 */

typedef struct {
    double width;
    const double knots[20]; /* u, v pairs; ends at -9 */
} Letter;

static const Letter letters[] = {
    {0.8, {.05, .9, .08, .3, .3, .02, .52, .3, .6, .95, .62, .2, .8, .02, -9}}, /* u */
    {0.9, {.06, .85, .1, .02, .3, .9, .45, .8, .5, .05, .8, .15, -9}},          /* n */
    {0.7, {.1, .3, .42, .6, .32, 1, .1, .65, .15, .12, .42, .02, .7, .25, -9}}, /* e */
    {0.9, {.5, .9, .2, 1, .02, .5, .2, .02, .46, .3, .56, .95, .55, .1, .9, .1, -9}},
    {0.6, {.1, .3, .36, 1.3, .33, 2.1, .16, 1.7, .13, .4, .3, .02, .6, .2, -9}}, /* l */
    {0.9,
     {.5, .9, .15, 1, .02, .5, .2, .1, .5, .4, .5, -.9, .25, -1.3, .1, -.8, .9, .2,
      -9}},                                                               /* g */
    {0.6, {.15, .5, .3, 1.15, .34, .8, .5, .85, .46, .1, .6, .05, -9}},   /* r */
    {0.7, {.25, .4, .42, 1.05, .48, .5, .4, .05, .12, .02, .7, .15, -9}}, /* s */
    {1.3, {.06, .9, .1, .02, .3, .95, .42, .02, .62, .95, .78, .02, 1.3, .1, -9}},
    {0.8, {.1, .7, .2, -1.2, .15, .3, .4, 1, .6, .5, .35, .02, .8, .15, -9}}, /* p */
    {0.5, {.1, .4, .2, .95, .22, .2, .35, .02, .5, .15, -9}},                 /* i */
    {0.6, {.1, .4, .25, 1.7, .24, .3, .38, .02, .6, .15, -9}},                /* t */
};

/* Rarely tall or deep in a row: as in any language. */
static const Letter *
next_letter(SimRandom *random)
{
    return &letters[sim_pick(random, G_N_ELEMENTS(letters))];
}

static double
cursive_word(Hand *hand, LkPoint at, int n_letters)
{
    double h = hand->writer->x_height_mm;
    double x = 0;
    double dot = -1; /* u of a dot or bar to add once the word is done */
    for (int i = 0; i < n_letters; i++) {
        const Letter *letter = next_letter(hand->random);
        double size = h * (1 + 0.1 * sim_gauss(hand->random)) * (i == 0 ? 1.3 : 1);
        for (const double *k = letter->knots; k[0] > -5; k += 2) {
            put(hand, at, x + k[0] * h * 1.05, k[1] * size, k[1] > 1 ? 0.55 : 0.75);
        }
        if (letter == &letters[G_N_ELEMENTS(letters) - 2]) {
            dot = x + 0.2 * h;
        }
        x += letter->width * h * hand->writer->letter_gap;
    }
    lift(hand, true);
    if (dot >= 0) {
        put(hand, at, dot, 1.5 * h, 0.8);
        put(hand, at, dot + 0.15, 1.5 * h, 0.7);
        lift(hand, false);
    }
    return x;
}

void
sim_cursive(SimSheet *sheet, const SimWriter *writer, LkPoint at, double width_mm,
            SimRandom *random)
{
    Hand hand = take_pen(sheet, writer, random);
    double letter_mm = 0.85 * writer->x_height_mm * writer->letter_gap;
    double climb = 0.012 * sim_gauss(random); /* lines of writing are not level */
    double x = 0;
    while (width_mm - x > letter_mm) {
        int room = (int)((width_mm - x) / letter_mm);
        int n = MIN(1 + sim_pick(random, 9), room);
        x += cursive_word(&hand, (LkPoint){at.x + x, at.y - climb * x}, n);
        x += writer->x_height_mm * sim_uniform(random, 0.7, 1.2);
    }
    g_array_unref(hand.knots);
}

void
sim_signature(SimSheet *sheet, const SimWriter *writer, LkRect area, SimRandom *random)
{
    Hand hand = take_pen(sheet, writer, random);
    double width = fmin(area.w * 0.8, sim_uniform(random, 28, 45));
    double height = fmin(area.h, 16) * sim_uniform(random, 0.6, 1.0);
    LkPoint base = {area.x + sim_uniform(random, 0.05, 0.2) * area.w,
                    area.y + area.h * 0.6};
    int loops = 5 + sim_pick(random, 5);
    for (int i = 0; i <= loops * 2; i++) {
        double u = width * (i + 0.8 * sim_gauss(random)) / (loops * 2 + 1);
        double tall = i == 0 || i == 4 ? 0.6 : 0.3;
        double v =
            (i % 2 == 0 ? 1 : -0.7) * height * tall * sim_uniform(random, 0.5, 1.1);
        put(&hand, base, u, v, 0.8);
    }
    /* and the flourish back under it */
    put(&hand, base, width * 1.05, -0.1 * height, 0.6);
    put(&hand, base, width * 0.5, -0.45 * height, 0.5);
    put(&hand, base, width * 0.1, -0.4 * height, 0.4);
    lift(&hand, true);
    g_array_unref(hand.knots);
}
