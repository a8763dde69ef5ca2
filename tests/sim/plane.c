/* plane.c - blurring grey planes, and noise that is quick to add. The innermost loops
 * of the simulator live here, written so that the compiler can vectorise them. */
#pragma GCC optimize("O3") /* -O2 of gcc 12 leaves loops of unknown length scalar */

#include "tests/sim/plane.h"

#include <math.h>
#include <string.h>

#define MAX_RADIUS 24

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

static void
add_row(uint16_t *restrict sum, const uint8_t *restrict row, uint16_t weight, int n)
{
    for (int x = 0; x < n; x++) {
        sum[x] = (uint16_t)(sum[x] + weight * row[x]);
    }
}

static void
store_row(uint8_t *restrict out, const uint16_t *restrict sum, int n)
{
    for (int x = 0; x < n; x++) {
        out[x] = (uint8_t)(sum[x] >> 8);
    }
}

/* Rows of @plane blurred along y into @out, then each row along x. */
void
sim_blur(uint8_t *plane, int width, int height, double sigma)
{
    if (sigma < 0.2) {
        return;
    }
    uint16_t half[MAX_RADIUS + 1];
    int radius = kernel(sigma, half);
    uint8_t *down = g_malloc((gsize)width * (gsize)height);
    uint16_t *sum = g_new(uint16_t, width);
    for (int y = 0; y < height; y++) {
        /* 128: rounds instead of cutting; 256 * 255 + 128 still fits */
        for (int x = 0; x < width; x++) {
            sum[x] = 128;
        }
        for (int k = -radius; k <= radius; k++) {
            int from = CLAMP(y + k, 0, height - 1);
            add_row(sum, plane + (size_t)from * (size_t)width, half[ABS(k)], width);
        }
        store_row(down + (size_t)y * (size_t)width, sum, width);
    }
    uint8_t *padded = g_malloc((gsize)width + 2 * MAX_RADIUS);
    for (int y = 0; y < height; y++) {
        const uint8_t *row = down + (size_t)y * (size_t)width;
        memset(padded, row[0], MAX_RADIUS);
        memcpy(padded + MAX_RADIUS, row, (size_t)width);
        memset(padded + MAX_RADIUS + width, row[width - 1], MAX_RADIUS);
        for (int x = 0; x < width; x++) {
            sum[x] = 128;
        }
        for (int k = -radius; k <= radius; k++) {
            add_row(sum, padded + MAX_RADIUS + k, half[ABS(k)], width);
        }
        store_row(plane + (size_t)y * (size_t)width, sum, width);
    }
    g_free(padded);
    g_free(sum);
    g_free(down);
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

static void
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
    for (size_t i = 0; i < n; i++) {
        plane[i] = curve[plane[i]];
    }
}

void
sim_absorb(uint8_t *restrict out, const uint8_t *restrict print,
           const uint8_t *restrict ink, size_t n, double depth)
{
    uint32_t share = (uint32_t)lrint(256 * depth);
    for (size_t i = 0; i < n; i++) {
        out[i] = (uint8_t)((print[i] * (65536 - share * ink[i])) >> 16);
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

void
sim_sample(const SimView *from, LkPoint start, LkPoint step, uint8_t *out, int n,
           uint8_t outside)
{
    /* 16.16 fixed point; pixel centres at .5 */
    int64_t x = llrint((start.x - 0.5) * 65536);
    int64_t y = llrint((start.y - 0.5) * 65536);
    int64_t dx = llrint(step.x * 65536);
    int64_t dy = llrint(step.y * 65536);
    for (int i = 0; i < n; i++, x += dx, y += dy) {
        int xi = (int)(x >> 16);
        int yi = (int)(y >> 16);
        if (xi < 0 || yi < 0 || xi >= from->width - 1 || yi >= from->height - 1) {
            out[i] = outside;
            continue;
        }
        const uint8_t *p = from->pixels + (size_t)yi * (size_t)from->width + xi;
        int fx = (int)(x >> 8) & 255;
        int fy = (int)(y >> 8) & 255;
        int top = p[0] * (256 - fx) + p[1] * fx;
        int low = p[from->width] * (256 - fx) + p[from->width + 1] * fx;
        out[i] = (uint8_t)((top * (256 - fy) + low * fy + 32768) >> 16);
    }
}
