/* grid.c - reading a QR code of known version and place by its grid. */
#include "read/grid.h"

#include <assert.h>
#include <string.h>

#include "form/form.h"
#include "read/read.h"

#define MODULES LK_QR_MODULES
#define PER_MODULE 4  /* samples */
#define MARGIN 2      /* modules around, for the search */
#define SIDE 132      /* (29 + 2 * 2) * 4 */
#define DRAW_MODULE 4 /* px of the clean drawing */
#define QUIET 4       /* modules (ISO/IEC 18004, 6.3.8) */
#define DRAW_SIDE 148 /* (29 + 2 * 4) * 4 */
#define DRAW_BYTES ((size_t)DRAW_SIDE * DRAW_SIDE)
#define NEIGHBOURHOOD 4 /* modules around, for the local threshold */

static_assert(SIDE == (MODULES + 2 * MARGIN) * PER_MODULE, "samples");
static_assert(DRAW_SIDE == (MODULES + 2 * QUIET) * DRAW_MODULE, "drawing");

/* --- What a version 3 code always shows (ISO/IEC 18004, 6.3). -----------------------
 */

typedef enum { DATA, LIGHT, DARK } Module;

static Module
finder(int x, int y)
{
    int reach = MAX(abs(x - 3), abs(y - 3));
    return reach == 2 || reach > 3 ? LIGHT : DARK;
}

/* Row 8 and column 8 beside the finders carry the format, which varies; the timing
 * patterns are row and column 6; the alignment pattern is centred on module 22, 22. */
static Module
known_module(int x, int y)
{
    if (x < 8 && y < 8) {
        return finder(x, y);
    }
    if (x >= MODULES - 8 && y < 8) {
        return finder(MODULES - 1 - x, y);
    }
    if (x < 8 && y >= MODULES - 8) {
        return finder(x, MODULES - 1 - y);
    }
    if (x == 6 || y == 6) {
        return (x + y) % 2 == 0 ? DARK : LIGHT;
    }
    if (x == 8 && y == MODULES - 8) {
        return DARK;
    }
    int reach = MAX(abs(x - 22), abs(y - 22));
    if (reach <= 2) {
        return reach == 1 ? LIGHT : DARK;
    }
    return DATA;
}

/* --- Sampling. -----------------------------------------------------------------------
 */

typedef struct {
    uint8_t at[SIDE * SIDE];
} Samples;

static void
sample(const LkImage *image, const double h[9], LkRect place, bool turned,
       Samples *samples)
{
    double module = place.w / MODULES, pitch = module / PER_MODULE;
    for (int i = 0; i < SIDE * SIDE; i++) {
        int row = i / SIDE;
        LkPoint p = {place.x - MARGIN * module + (i % SIDE + 0.5) * pitch,
                     place.y - MARGIN * module + (row + 0.5) * pitch};
        int to = turned ? SIDE * SIDE - 1 - i : i;
        samples->at[to] = (uint8_t)lk_pixel_sample(image, lk_map_point(h, p));
    }
}

/* Mean of the middle of module @x, @y, the grid shifted by @dx, @dy samples. */
static int
module_grey(const Samples *samples, int x, int y, int dx, int dy)
{
    int col = (x + MARGIN) * PER_MODULE + dx + 1;
    int row = (y + MARGIN) * PER_MODULE + dy + 1;
    const uint8_t *p = samples->at + (ptrdiff_t)row * SIDE + col;
    return (p[0] + p[1] + p[SIDE] + p[SIDE + 1]) / 4;
}

/* How well the known patterns fit with the grid shifted: light minus dark. */
static int
fit_of(const Samples *samples, int dx, int dy)
{
    int sum = 0;
    for (int y = 0; y < MODULES; y++) {
        for (int x = 0; x < MODULES; x++) {
            Module known = known_module(x, y);
            if (known != DATA) {
                int grey = module_grey(samples, x, y, dx, dy);
                sum += known == LIGHT ? grey : -grey;
            }
        }
    }
    return sum;
}

static void
best_shift(const Samples *samples, int *dx, int *dy)
{
    int reach = MARGIN * PER_MODULE - 2, best = G_MININT;
    for (int y = -reach; y <= reach; y++) {
        for (int x = -reach; x <= reach; x++) {
            int fit = fit_of(samples, x, y);
            if (fit > best) {
                best = fit;
                *dx = x;
                *dy = y;
            }
        }
    }
}

/* --- The clean drawing.
 * ---------------------------------------------------------------
 */

/* Half-way between lightest and darkest module around: ink and shade move both. */
static bool
is_dark(const uint8_t grey[MODULES * MODULES], int x, int y)
{
    int lightest = 0, darkest = 255;
    for (int v = MAX(y - NEIGHBOURHOOD, 0); v <= MIN(y + NEIGHBOURHOOD, MODULES - 1);
         v++) {
        for (int u = MAX(x - NEIGHBOURHOOD, 0);
             u <= MIN(x + NEIGHBOURHOOD, MODULES - 1); u++) {
            lightest = MAX(lightest, grey[v * MODULES + u]);
            darkest = MIN(darkest, grey[v * MODULES + u]);
        }
    }
    return grey[y * MODULES + x] < (lightest + darkest) / 2;
}

static void
draw(const uint8_t grey[MODULES * MODULES], uint8_t *drawing)
{
    memset(drawing, 255, DRAW_BYTES);
    for (int i = 0; i < MODULES * MODULES; i++) {
        int x = i % MODULES, y = i / MODULES;
        Module known = known_module(x, y);
        if (known == DARK || (known == DATA && is_dark(grey, x, y))) {
            uint8_t *p = drawing + (ptrdiff_t)(y + QUIET) * DRAW_MODULE * DRAW_SIDE +
                         (ptrdiff_t)(x + QUIET) * DRAW_MODULE;
            for (int k = 0; k < DRAW_MODULE; k++) {
                memset(p + (ptrdiff_t)k * DRAW_SIDE, 0, DRAW_MODULE);
            }
        }
    }
}

bool
lk_grid_read(const LkImage *image, const double h[9], LkRect place, bool turned,
             LkZxingCode *code)
{
    Samples samples;
    uint8_t grey[MODULES * MODULES], drawing[DRAW_BYTES];
    int dx = 0, dy = 0;
    sample(image, h, place, turned, &samples);
    best_shift(&samples, &dx, &dy);
    for (int i = 0; i < MODULES * MODULES; i++) {
        grey[i] = (uint8_t)module_grey(&samples, i % MODULES, i / MODULES, dx, dy);
    }
    draw(grey, drawing);
    return lk_zxing_read(drawing, DRAW_SIDE, DRAW_SIDE, DRAW_SIDE, LK_ZXING_PURE, code,
                         1) == 1;
}
