/* plane.c - blurring grey planes, and noise that is quick to add. The innermost loops
 * of the simulator live here, written so that the compiler can vectorise them; most of
 * a page is white, and white is passed over. */
#pragma GCC optimize("O3") /* -O2 of gcc 12 leaves loops of unknown length scalar */

#include "tests/sim/plane.h"

#include <math.h>
#include <string.h>

/* The same loop for processors with and without AVX2, chosen when the program starts;
 * integers, so the pixels are the same. The sanitizers cannot start that way. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                 \
    !defined(__SANITIZE_ADDRESS__)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

#define MAX_RADIUS 24
#define BLOCK 64 /* px of a row that are white or not; more than MAX_RADIUS */

/* Half a Gaussian kernel, sum of the whole 256. Returns its radius. */
static int
kernel(double sigma, uint16_t half[MAX_RADIUS + 1])
{
    int radius = CLAMP((int)ceil(2.5 * sigma), 1, MAX_RADIUS);
    double weights[MAX_RADIUS + 1];
    double sum = 0;
    for (int i = 0; i <= radius; i++) {
        weights[i] = exp(-0.5 * i * i / (sigma * sigma));
        sum += i == 0 ? weights[i] : 2 * weights[i];
    }
    int rest = 256;
    for (int i = radius; i > 0; i--) {
        half[i] = (uint16_t)(256 * weights[i] / sum + 0.5);
        rest -= 2 * half[i];
    }
    half[0] = (uint16_t)rest;
    return radius;
}

WIDE static bool
is_white(const uint8_t *px)
{
    uint8_t all = 255;
    for (int x = 0; x < BLOCK; x++) {
        all &= px[x];
    }
    return all == 255;
}

/* A block of a row from the blocks @step apart, @radius before to @radius after it. */
WIDE static void
blur_block(uint8_t *restrict out, const uint8_t *restrict middle, ptrdiff_t step,
           const uint16_t *half, int radius)
{
    uint16_t sum[BLOCK];
    for (int x = 0; x < BLOCK; x++) {
        /* 128: rounds instead of cutting; 256 * 255 + 128 still fits */
        sum[x] = (uint16_t)(128 + half[0] * middle[x]);
    }
    for (int k = 1; k <= radius; k++) {
        const uint8_t *before = middle - k * step;
        const uint8_t *after = middle + k * step;
        uint16_t weight = half[k];
        for (int x = 0; x < BLOCK; x++) {
            sum[x] = (uint16_t)(sum[x] + weight * (before[x] + after[x]));
        }
    }
    for (int x = 0; x < BLOCK; x++) {
        out[x] = (uint8_t)(sum[x] >> 8);
    }
}

/* A plane whose rows are filled up to whole blocks, with a frame of MAX_RADIUS rows
 * above and below and one block left and right that repeats the edges. */
typedef struct {
    int columns, rows; /* blocks, rows; without the frame */
    ptrdiff_t stride;
    uint8_t *pixels; /* of the first row, first block */
    uint8_t *memory;
    uint8_t *white; /* per row and block, frame included: all of it is 255 */
} Framed;

static uint8_t *
white_at(const Framed *framed, int row, int column)
{
    ptrdiff_t stride = framed->columns + 2;
    return framed->white + (row + MAX_RADIUS) * stride + column + 1;
}

static void
frame_row(Framed *framed, int row, const uint8_t *from, int width)
{
    uint8_t *to = framed->pixels + row * framed->stride;
    size_t right = (size_t)(framed->columns + 1) * BLOCK - (size_t)width;
    memset(to - BLOCK, from[0], BLOCK);
    memcpy(to, from, (size_t)width);
    memset(to + width, from[width - 1], right);
    for (int c = -1; c <= framed->columns; c++) {
        *white_at(framed, row, c) = is_white(to + (ptrdiff_t)c * BLOCK);
    }
}

static Framed
frame(const uint8_t *plane, int width, int height)
{
    Framed framed = {(width + BLOCK - 1) / BLOCK, height, 0, NULL, NULL, NULL};
    framed.stride = (ptrdiff_t)(framed.columns + 2) * BLOCK;
    size_t rows = (size_t)height + 2 * (size_t)MAX_RADIUS;
    framed.memory = g_malloc(rows * (size_t)framed.stride);
    framed.pixels = framed.memory + MAX_RADIUS * framed.stride + BLOCK;
    framed.white = g_malloc(rows * ((size_t)framed.columns + 2));
    for (int y = -MAX_RADIUS; y < height + MAX_RADIUS; y++) {
        size_t from = (size_t)CLAMP(y, 0, height - 1);
        frame_row(&framed, y, plane + from * (size_t)width, width);
    }
    return framed;
}

/* One row blurred along y into @down, whose @white flags are told. */
static void
blur_down(const Framed *framed, int y, const uint16_t *half, int radius, uint8_t *down,
          uint8_t *white)
{
    for (int c = -1; c <= framed->columns; c++) {
        bool all = true;
        for (int k = -radius; all && k <= radius; k++) {
            all = *white_at(framed, y + k, c);
        }
        ptrdiff_t at = (ptrdiff_t)c * BLOCK;
        white[c] = all;
        if (all) {
            memset(down + at, 255, BLOCK);
        } else {
            blur_block(down + at, framed->pixels + y * framed->stride + at,
                       framed->stride, half, radius);
        }
    }
}

static void
blur_across(const uint8_t *down, const uint8_t *white, int columns,
            const uint16_t *half, int radius, uint8_t *out)
{
    for (int c = 0; c < columns; c++) {
        ptrdiff_t at = (ptrdiff_t)c * BLOCK;
        if (white[c - 1] && white[c] && white[c + 1]) {
            memset(out + at, 255, BLOCK);
        } else {
            blur_block(out + at, down + at, 1, half, radius);
        }
    }
}

void
sim_blur(uint8_t *plane, int width, int height, double sigma)
{
    if (sigma < 0.2) {
        return;
    }
    uint16_t half[MAX_RADIUS + 1];
    int radius = kernel(sigma, half);
    Framed framed = frame(plane, width, height);
    uint8_t *down = g_malloc((gsize)framed.stride);
    uint8_t *out = g_malloc((gsize)framed.stride);
    uint8_t *white = g_malloc((gsize)framed.columns + 2);
    for (int y = 0; y < height; y++) {
        blur_down(&framed, y, half, radius, down + BLOCK, white + 1);
        blur_across(down + BLOCK, white + 1, framed.columns, half, radius, out);
        memcpy(plane + (size_t)y * (size_t)width, out, (size_t)width);
    }
    g_free(white);
    g_free(out);
    g_free(down);
    g_free(framed.white);
    g_free(framed.memory);
}

#define NOISE_LEN 1048573 /* prime: rows never line up */

/* Normal noise, standard deviation 32. */
static const int8_t *
noise_tile(void)
{
    static int8_t *tile = NULL;
    static gsize once = 0;
    if (g_once_init_enter(&once)) {
        SimRandom random = sim_random(2, "noise");
        tile = g_malloc(2 * NOISE_LEN);
        for (int i = 0; i < NOISE_LEN; i++) {
            tile[i] = (int8_t)lrint(32 * sim_gauss(&random));
            tile[i + NOISE_LEN] = tile[i];
        }
        g_once_init_leave(&once, 1);
    }
    return tile;
}

WIDE static void
noise_row(uint8_t *restrict row, const int8_t *restrict noise, int strength, int n)
{
    for (int x = 0; x < n; x++) {
        int v = row[x] + ((noise[x] * strength + 1024) >> 11);
        row[x] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
    }
}

void
sim_noise(uint8_t *plane, int width, int height, double sigma, SimRandom *random)
{
    const int8_t *tile = noise_tile();
    int strength = (int)lrint(sigma * 64);
    for (int y = 0; y < height; y++) {
        int start = sim_pick(random, NOISE_LEN);
        noise_row(plane + (size_t)y * (size_t)width, tile + start, strength,
                  MIN(width, NOISE_LEN));
    }
}

void
sim_tone(uint8_t *plane, size_t n, const uint8_t curve[256])
{
    for (size_t i = 0; i < n; i += BLOCK) {
        size_t some = MIN(BLOCK, n - i);
        if (some == BLOCK && is_white(plane + i)) {
            memset(plane + i, curve[255], BLOCK);
            continue;
        }
        for (size_t k = i; k < i + some; k++) {
            plane[k] = curve[plane[k]];
        }
    }
}

WIDE void
sim_replace(uint8_t *restrict plane, const uint8_t *restrict which, size_t n,
            uint8_t value, uint8_t grey)
{
    for (size_t i = 0; i < n; i++) {
        plane[i] = which[i] == value ? grey : plane[i];
    }
}

/* @n is at most BLOCK. */
WIDE static void
absorb_block(uint8_t *restrict out, const uint8_t *restrict print,
             const uint8_t *restrict ink, size_t n, uint32_t share)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = (uint8_t)((print[i] * (65536 - share * ink[i])) >> 16);
    }
}

static bool
has_ink(const uint8_t *ink)
{
    uint64_t any[BLOCK / 8];
    memcpy(any, ink, BLOCK);
    uint64_t all = 0;
    for (int i = 0; i < BLOCK / 8; i++) {
        all |= any[i];
    }
    return all != 0;
}

void
sim_absorb(uint8_t *restrict out, const uint8_t *restrict print,
           const uint8_t *restrict ink, size_t n, double depth)
{
    uint32_t share = (uint32_t)lrint(256 * depth);
    for (size_t i = 0; i < n; i += BLOCK) {
        size_t some = MIN(BLOCK, n - i);
        if (some == BLOCK && !has_ink(ink + i)) {
            /* (p * 65536) >> 16 is p */
            memcpy(out + i, print + i, BLOCK);
        } else {
            absorb_block(out + i, print + i, ink + i, some, share);
        }
    }
}

WIDE void
sim_lift(uint8_t *restrict out, const uint8_t *restrict argb, int n, int lift)
{
    uint32_t span = (uint32_t)(255 - lift);
    for (int x = 0; x < n; x++) {
        /* * 32897 >> 23 divides 16 bits by 255 */
        uint32_t part = (argb[4 * x + 1] * span * 32897u) >> 23;
        out[x] = (uint8_t)((uint32_t)lift + part);
    }
}

WIDE void
sim_gain(uint8_t *restrict row, const uint16_t *restrict gain, int n)
{
    for (int x = 0; x < n; x++) {
        uint32_t v = ((uint32_t)row[x] * gain[x]) >> 8;
        row[x] = (uint8_t)(v > 255 ? 255 : v);
    }
}

void
sim_disc(uint8_t *plane, int width, int height, LkPoint at, double radius, int grey)
{
    int x0 = MAX(0, (int)floor(at.x - radius - 1));
    int x1 = MIN(width - 1, (int)ceil(at.x + radius + 1));
    int y0 = MAX(0, (int)floor(at.y - radius - 1));
    int y1 = MIN(height - 1, (int)ceil(at.y + radius + 1));
    for (int y = y0; y <= y1; y++) {
        for (int x = x0; x <= x1; x++) {
            double far = hypot(x + 0.5 - at.x, y + 0.5 - at.y);
            double cover = CLAMP(radius - far + 0.5, 0, 1);
            uint8_t *p = plane + (size_t)y * (size_t)width + x;
            *p = (uint8_t)(*p + cover * (grey - *p));
        }
    }
}

/* First and last + 1 of the @n places @from, @from + @step… that lie in 0 .. @limit. */
static void
clip(int64_t from, int64_t step, int64_t limit, int *first, int *last)
{
    if (step == 0) {
        if (from < 0 || from >= limit) {
            *last = *first;
        }
        return;
    }
    if (step < 0) {
        /* the same from the other side */
        from = limit - 1 - from;
        step = -step;
    }
    int64_t enter = from >= 0 ? 0 : (-from + step - 1) / step;
    int64_t leave = from >= limit ? 0 : (limit - 1 - from) / step + 1;
    *first = (int)MAX(*first, MIN(enter, *last));
    *last = (int)CLAMP(leave, *first, *last);
}

/** Where samples lie: 16.16 fixed point, step apart. */
typedef struct {
    uint32_t x, y, dx, dy;
} Track;

/* Samples of @track, of @n, before it leaves its row. */
static int
stay_in_row(const Track *track, int n)
{
    int32_t dy = (int32_t)track->dy;
    int32_t left = dy > 0   ? (int32_t)(65536 - (track->y & 65535) + track->dy - 1) / dy
                   : dy < 0 ? (int32_t)(track->y & 65535) / -dy + 1
                            : n;
    return MIN(left, n);
}

/* Both pixels of each sample's rows, left in the lower byte. Nothing to do many at a
 * time here: gcc would try, and be slower. */
__attribute__((optimize("no-tree-vectorize"))) static void
fetch(const SimView *from, Track track, uint16_t *restrict top, uint16_t *restrict low,
      int n)
{
    size_t width = (size_t)from->width;
    for (int i = 0; i < n;) {
        const uint8_t *row = from->pixels + (track.y >> 16) * width;
        int end = i + stay_in_row(&track, n - i);
        track.y += track.dy * (uint32_t)(end - i);
        for (; i < end; i++) {
            const uint8_t *p = row + (track.x >> 16);
            memcpy(top + i, p, 2);
            memcpy(low + i, p + width, 2);
            track.x += track.dx;
        }
    }
}

#define TILE_WIDTH BLOCK
#define TILE_HEIGHT 16

uint8_t *
sim_white_tiles(const uint8_t *plane, int width, int height)
{
    int columns = width / TILE_WIDTH;
    int rows = height / TILE_HEIGHT;
    uint8_t *white = g_malloc((gsize)columns * (gsize)rows);
    for (int i = 0; i < columns * rows; i++) {
        size_t row = (size_t)(i / columns) * TILE_HEIGHT;
        const uint8_t *at =
            plane + row * (size_t)width + (size_t)(i % columns) * TILE_WIDTH;
        int y = 0;
        while (y < TILE_HEIGHT && is_white(at + (size_t)y * (size_t)width)) {
            y++;
        }
        white[i] = y == TILE_HEIGHT;
    }
    return white;
}

/* Whether all samples of @track, @n of them, and the pixels right of and below them lie
 * in white tiles. */
static bool
sees_only_white(const SimView *from, const Track *track, int n)
{
    uint32_t steps = (uint32_t)(n - 1);
    int x[2] = {(int)(track->x >> 16), (int)((track->x + steps * track->dx) >> 16)};
    int y[2] = {(int)(track->y >> 16), (int)((track->y + steps * track->dy) >> 16)};
    int columns = from->width / TILE_WIDTH;
    int rows = from->height / TILE_HEIGHT;
    int last_column = (MAX(x[0], x[1]) + 1) / TILE_WIDTH;
    int last_row = (MAX(y[0], y[1]) + 1) / TILE_HEIGHT;
    if (last_column >= columns || last_row >= rows) {
        return false; /* a tile that is not whole */
    }
    bool white = true;
    for (int r = MIN(y[0], y[1]) / TILE_HEIGHT; white && r <= last_row; r++) {
        for (int c = MIN(x[0], x[1]) / TILE_WIDTH; white && c <= last_column; c++) {
            white = from->white[(size_t)r * (size_t)columns + (size_t)c];
        }
    }
    return white;
}

/* @n, at most BLOCK, samples inside the plane. */
WIDE static void
blend(Track track, const uint16_t *restrict top, const uint16_t *restrict low,
      uint8_t *restrict out, int n)
{
    for (int i = 0; i < n; i++) {
        int fx = (int)((track.x + (uint32_t)i * track.dx) >> 8 & 255);
        int fy = (int)((track.y + (uint32_t)i * track.dy) >> 8 & 255);
        int above = (top[i] & 255) * (256 - fx) + (top[i] >> 8) * fx;
        int below = (low[i] & 255) * (256 - fx) + (low[i] >> 8) * fx;
        out[i] = (uint8_t)((above * (256 - fy) + below * fy + 32768) >> 16);
    }
}

void
sim_sample(const SimView *from, LkPoint start, LkPoint step, uint8_t *out, int n,
           uint8_t outside)
{
    /* 16.16 fixed point; pixel centres at .5 */
    int64_t x0 = llrint((start.x - 0.5) * 65536);
    int64_t y0 = llrint((start.y - 0.5) * 65536);
    int64_t dx = llrint(step.x * 65536);
    int64_t dy = llrint(step.y * 65536);
    int first = 0;
    int last = n;
    clip(x0, dx, (int64_t)(from->width - 1) << 16, &first, &last);
    clip(y0, dy, (int64_t)(from->height - 1) << 16, &first, &last);
    memset(out, outside, (size_t)first);
    memset(out + last, outside, (size_t)(n - last));
    Track track = {(uint32_t)(x0 + first * dx), (uint32_t)(y0 + first * dy),
                   (uint32_t)dx, (uint32_t)dy};
    uint16_t top[BLOCK], low[BLOCK];
    for (int i = first; i < last; i += BLOCK) {
        int some = MIN(BLOCK, last - i);
        if (from->white != NULL && sees_only_white(from, &track, some)) {
            memset(out + i, 255, (size_t)some);
        } else {
            fetch(from, track, top, low, some);
            blend(track, top, low, out + i, some);
        }
        track.x += track.dx * BLOCK;
        track.y += track.dy * BLOCK;
    }
}
