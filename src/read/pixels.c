/* pixels.c - levels, samples and patches of the grey image. */
#include "read/pixels.h"

#include <math.h>
#include <string.h>

#include "read/homography.h"
#include "read/read.h"
#include "read/walk.h"

#define FAR_PX 1000.0 /* a patch may begin this far outside the image */
#define TURNS 4

LkWindow
lk_window_clip(const LkImage *image, LkWindow window)
{
    return (LkWindow){MAX(window.x0, 0), MAX(window.y0, 0),
                      MIN(window.x1, image->width), MIN(window.y1, image->height)};
}

bool
lk_window_is_empty(LkWindow window)
{
    return window.x1 <= window.x0 || window.y1 <= window.y0;
}

static void
count_greys(const LkImage *image, LkWindow window, int step, guint32 count[256])
{
    /* Neighbours are mostly of one grey, and one count waits for the last. */
    guint32 turns[TURNS][256] = {{0}};
    for (int y = window.y0 + step / 2; y < window.y1; y += step) {
        const uint8_t *row = image->pixels + (size_t)y * image->stride;
        int x = window.x0 + step / 2;
        for (; x < window.x1 - (TURNS - 1) * step; x += TURNS * step) {
            turns[0][row[x]]++;
            turns[1][row[x + step]]++;
            turns[2][row[x + 2 * step]]++;
            turns[3][row[x + 3 * step]]++;
        }
        for (; x < window.x1; x += step) {
            turns[0][row[x]]++;
        }
    }
    for (int grey = 0; grey < 256; grey++) {
        count[grey] = turns[0][grey] + turns[1][grey] + turns[2][grey] + turns[3][grey];
    }
}

LkLevels
lk_levels_measure(const LkImage *image, LkWindow window, int step)
{
    guint32 count[256] = {0};
    count_greys(image, lk_window_clip(image, window), step, count);
    double n = 0, sum = 0;
    for (int grey = 0; grey < 256; grey++) {
        n += count[grey];
        sum += (double)grey * count[grey];
    }
    double mean = n > 0 ? sum / n : 255;
    LkLevels best = {mean, mean, (int)mean};
    double n_dark = 0, sum_dark = 0, best_between = 0;
    for (int grey = 0; grey < 255; grey++) {
        n_dark += count[grey];
        sum_dark += (double)grey * count[grey];
        double n_light = n - n_dark;
        if (n_dark < 1 || n_light < 1) {
            continue;
        }
        double dark = sum_dark / n_dark, light = (sum - sum_dark) / n_light;
        double between = n_dark * n_light * (light - dark) * (light - dark);
        if (between > best_between) {
            best_between = between;
            /* The middle of the two means, not the histogram's split: of a page in
             * pure black and white any split is as good for Otsu. */
            best = (LkLevels){light, dark, (int)((light + dark) / 2)};
        }
    }
    return best;
}

double
lk_pixel_sample(const LkImage *image, LkPoint p)
{
    double x = CLAMP(p.x - 0.5, 0, image->width - 1.001);
    double y = CLAMP(p.y - 0.5, 0, image->height - 1.001);
    int ix = (int)x, iy = (int)y;
    double fx = x - ix, fy = y - iy;
    const uint8_t *row = image->pixels + (size_t)iy * image->stride + ix;
    const uint8_t *next = iy + 1 < image->height ? row + image->stride : row;
    int right = ix + 1 < image->width ? 1 : 0;
    return (1 - fy) * ((1 - fx) * row[0] + fx * row[right]) +
           fy * ((1 - fx) * next[0] + fx * next[right]);
}

static int
to_fixed(double px)
{
    return (int)lrint(px * (1 << LK_WALK_BITS));
}

static void
sample_inside(const LkImage *image, LkWalk walk, int n, int *sums)
{
    const uint8_t *pixels = image->pixels;
    size_t stride = image->stride;
    for (int i = 0; i < n; i++) {
        sums[i] += lk_walk_bilinear(pixels, stride, walk.x, walk.y) >> 8;
        walk.x += walk.step_x;
        walk.y += walk.step_y;
    }
}

static void
sample_clamped(const LkImage *image, LkWalk walk, int n, int *sums)
{
    int last_x = ((image->width - 1) << LK_WALK_BITS) - 1;
    int last_y = ((image->height - 1) << LK_WALK_BITS) - 1;
    for (int i = 0; i < n; i++) {
        int x = CLAMP(walk.x, 0, last_x);
        int y = CLAMP(walk.y, 0, last_y);
        sums[i] += lk_walk_bilinear(image->pixels, image->stride, x, y) >> 8;
        walk.x += walk.step_x;
        walk.y += walk.step_y;
    }
}

/* Whether a square of @half mm around @at (px) lies in the image, a pixel to spare. */
static bool
lies_inside(const LkImage *image, LkPoint at, const double j[4], double half)
{
    double reach_x = half * (fabs(j[0]) + fabs(j[1])) + 2;
    double reach_y = half * (fabs(j[2]) + fabs(j[3])) + 2;
    return at.x > reach_x && at.y > reach_y && at.x < image->width - reach_x &&
           at.y < image->height - reach_y;
}

/* Whether fixed point can hold the way from @at to the image. */
static bool
is_near(const LkImage *image, LkPoint at)
{
    return image->width >= 2 && image->height >= 2 && at.x > -FAR_PX &&
           at.y > -FAR_PX && at.x < image->width + FAR_PX &&
           at.y < image->height + FAR_PX;
}

/* A patch being sampled. */
typedef struct {
    const LkImage *image;
    LkPoint at; /* px, its middle */
    double j[4];
    int sub; /* by sub samples are one of the patch */
    LkPatch *patch;
} Sampling;

/* From sample @u, @v (mm from the middle) along a row. */
static LkWalk
walk_from(const Sampling *s, double u, double v)
{
    double pitch = 1.0 / LK_PATCH_PER_MM;
    return (LkWalk){to_fixed(s->at.x - 0.5 + s->j[0] * u + s->j[1] * v),
                    to_fixed(s->at.y - 0.5 + s->j[2] * u + s->j[3] * v),
                    to_fixed(s->j[0] * pitch), to_fixed(s->j[2] * pitch)};
}

/* Samples @from … @to - 1 of row @row: inside, and one look is enough, as in most
 * patches of a 300-dpi scan. */
static void
sample_row_once(const Sampling *s, int row, int from, int to)
{
    double pitch = 1.0 / LK_PATCH_PER_MM, middle = s->patch->n / 2.0;
    LkWalk walk = walk_from(s, pitch * (0.5 - middle), pitch * (row + 0.5 - middle));
    walk.x += from * walk.step_x;
    walk.y += from * walk.step_y;
    lk_walk_sample(s->image, walk, to - from,
                   s->patch->at + (ptrdiff_t)row * s->patch->n + from);
}

/* The same, each the mean of sub by sub looks. */
static void
sample_row(const Sampling *s, int row, int from, int to)
{
    double pitch = 1.0 / LK_PATCH_PER_MM, middle = s->patch->n / 2.0;
    int sub = s->sub, n = to - from, sums[LK_PATCH_MAX] = {0};
    int share = (1 << 12) / (sub * sub); /* sums are below 2^16 times sub squared */
    uint8_t *greys = s->patch->at + (ptrdiff_t)row * s->patch->n + from;
    for (int k = 0; k < sub * sub; k++) {
        double u = pitch * ((k % sub + 0.5) / sub - middle);
        int line = k / sub;
        double v = pitch * (row + (line + 0.5) / sub - middle);
        LkWalk walk = walk_from(s, u, v);
        walk.x += from * walk.step_x;
        walk.y += from * walk.step_y;
        (s->patch->whole ? sample_inside : sample_clamped)(s->image, walk, n, sums);
    }
    for (int i = 0; i < n; i++) {
        greys[i] = (uint8_t)((sums[i] * share) >> 20);
    }
}

void
lk_patch_sample_cross(const LkImage *image, const double h[9], LkPoint center, int n,
                      LkArms arms, LkPatch *patch)
{
    g_assert(n > 0 && n <= LK_PATCH_MAX);
    double pitch = 1.0 / LK_PATCH_PER_MM;
    Sampling s = {.image = image, .at = lk_map_point(h, center), .patch = patch};
    lk_homography_jacobian(h, center, s.j);
    double px = pitch * MAX(hypot(s.j[0], s.j[2]), hypot(s.j[1], s.j[3]));
    patch->n = n;
    patch->whole = false;
    if (!is_near(image, s.at) || !(px < FAR_PX / LK_PATCH_MAX)) {
        memset(patch->at, 255, (size_t)n * (size_t)n);
        return;
    }
    s.sub = CLAMP((int)ceil(px / 1.6), 1, 4);
    patch->whole = lies_inside(image, s.at, s.j, n * pitch / 2);
    int left = MAX(n / 2 - arms.down, 0), top = MAX(n / 2 - arms.across, 0);
    for (int row = 0; row < n; row++) {
        bool is_wide = row >= top && row < n - top;
        (patch->whole && s.sub == 1 ? sample_row_once : sample_row)(
            &s, row, is_wide ? 0 : left, is_wide ? n : n - left);
    }
}

void
lk_patch_sample(const LkImage *image, const double h[9], LkPoint center, int n,
                LkPatch *patch)
{
    lk_patch_sample_cross(image, h, center, n, (LkArms){n, n}, patch);
}

/* Whether @p lies in the image with all pixels that a walk there looks at. */
static bool
is_inside(const LkImage *image, LkPoint p)
{
    return p.x >= 1 && p.y >= 1 && p.x < image->width - 1 && p.y < image->height - 2;
}

void
lk_line_sample(const LkImage *image, LkPoint a, LkPoint b, int n, uint8_t *greys)
{
    LkPoint step = {(b.x - a.x) / n, (b.y - a.y) / n};
    LkPoint first = {a.x + step.x / 2, a.y + step.y / 2};
    if (!is_inside(image, a) || !is_inside(image, b)) {
        for (int i = 0; i < n; i++) {
            LkPoint p = {first.x + i * step.x, first.y + i * step.y};
            greys[i] = (uint8_t)lk_pixel_sample(image, p);
        }
        return;
    }
    LkWalk walk = {to_fixed(first.x - 0.5), to_fixed(first.y - 0.5), to_fixed(step.x),
                   to_fixed(step.y)};
    lk_walk_sample(image, walk, n, greys);
}
