/* outline.c - the printed outline, by profiles of its four sides. */
#include "read/outline.h"

#include <math.h>

#define FLANK 4             /* samples from the line's middle to the white beside it */
#define INSET_MM 0.5        /* at the ends of a side: its neighbours */
#define SIDE_DARKNESS 0.25  /* of full contrast, at least, for a side to be believed */
#define FAINT_DARKNESS 0.08 /* blurred, or dotted in 1 bit: hardly there */

/* Mean darkness of each column of rows from..to, or of each row of columns. */
static void
profile(const LkPatch *patch, bool of_columns, int from, int to, double *darkness)
{
    int n = patch->n;
    from = CLAMP(from, 0, n - 1);
    to = CLAMP(to, from + 1, n);
    int sums[LK_PATCH_MAX] = {0};
    if (of_columns) {
        for (int row = from; row < to; row++) {
            const uint8_t *p = patch->at + (ptrdiff_t)row * n;
            for (int i = 0; i < n; i++) {
                sums[i] += p[i];
            }
        }
    } else {
        for (int row = 0; row < n; row++) {
            const uint8_t *p = patch->at + (ptrdiff_t)row * n;
            for (int i = from; i < to; i++) {
                sums[row] += p[i];
            }
        }
    }
    for (int i = 0; i < n; i++) {
        darkness[i] = 255 - (double)sums[i] / (to - from);
    }
}

/* How much darker than its flanks the line through each sample is. */
static void
respond(const double *darkness, int n, double *response)
{
    for (int i = 0; i < n; i++) {
        if (i < FLANK || i >= n - FLANK) {
            response[i] = 0;
            continue;
        }
        double line = (darkness[i - 1] + 2 * darkness[i] + darkness[i + 1]) / 4;
        double before = darkness[i - FLANK], after = darkness[i + FLANK];
        response[i] = line - (before + after) / 2;
    }
}

static double
interpolate(const double *values, int n, double at)
{
    if (at < 0 || at > n - 1.001) {
        return 0;
    }
    int i = (int)at;
    double f = at - i;
    return (1 - f) * values[i] + f * values[i + 1];
}

typedef struct {
    double shift; /* samples */
    double weaker, both;
} Match;

static Match
match_at(const double *response, int n, double low, double high, double shift)
{
    double a = interpolate(response, n, low + shift);
    double b = interpolate(response, n, high + shift);
    return (Match){shift, MIN(a, b), a + b};
}

/* The shift in half samples at which both sides answer best, then its parabola. */
static Match
best_match(const double *response, int n, double length, double reach)
{
    double low = (n - 1) / 2.0 - length / 2, high = low + length;
    Match best = {0, -INFINITY, -INFINITY};
    int steps = (int)(2 * reach);
    for (int s = -steps; s <= steps; s++) {
        Match here = match_at(response, n, low, high, s / 2.0);
        /* A pair is as good as its weaker side. */
        if (here.both + 2 * here.weaker > best.both + 2 * best.weaker) {
            best = here;
        }
    }
    double before = match_at(response, n, low, high, best.shift - 1).both;
    double after = match_at(response, n, low, high, best.shift + 1).both;
    double bend = before - 2 * best.both + after;
    if (bend < -1e-6) {
        best.shift += CLAMP((before - after) / (2 * bend), -1, 1);
    }
    return best;
}

static int
arm(double length_mm)
{
    /* One more for rounding, one for an outline too short to have an inside. */
    return MAX((int)ceil((length_mm / 2 - INSET_MM) * LK_PATCH_PER_MM), 0) + 2;
}

LkArms
lk_outline_arms(LkPoint size)
{
    return (LkArms){arm(size.x), arm(size.y)};
}

LkOutlineFix
lk_outline_locate(const LkPatch *patch, LkPoint size, double line_mm, double contrast,
                  double reach_mm)
{
    int n = patch->n;
    double darkness[LK_PATCH_MAX], response[LK_PATCH_MAX];
    double reach = reach_mm * LK_PATCH_PER_MM;
    double half_w = size.x / 2 * LK_PATCH_PER_MM, half_h = size.y / 2 * LK_PATCH_PER_MM;
    double line = line_mm * LK_PATCH_PER_MM, inset = INSET_MM * LK_PATCH_PER_MM;

    profile(patch, true, (int)(n / 2.0 - half_h + inset),
            (int)(n / 2.0 + half_h - inset), darkness);
    respond(darkness, n, response);
    Match x = best_match(response, n, 2 * half_w - line, reach);

    profile(patch, false, (int)(n / 2.0 - half_w + inset),
            (int)(n / 2.0 + half_w - inset), darkness);
    respond(darkness, n, response);
    Match y = best_match(response, n, 2 * half_h - line, reach);

    double strength = MIN(x.weaker, y.weaker);
    return (LkOutlineFix){.found = patch->whole && strength >= SIDE_DARKNESS * contrast,
                          .faint =
                              patch->whole && strength >= FAINT_DARKNESS * contrast,
                          .dx = x.shift / LK_PATCH_PER_MM,
                          .dy = y.shift / LK_PATCH_PER_MM,
                          .strength = strength};
}
