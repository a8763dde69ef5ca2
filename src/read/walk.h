/* walk.h - stepping through the image along a line, in fixed point. This is where a
 * page's time goes. */
#ifndef LK_READ_WALK_H
#define LK_READ_WALK_H

#include "scan/scan.h"

/** Bits behind the point: room for LK_MAX_SIDE_PX and some way outside. */
#define LK_WALK_BITS 16

typedef struct {
    int x, y;           /* px - 0.5 of the first sample */
    int step_x, step_y; /* a sample further */
} LkWalk;

/** lk_walk_bilinear: grey << 16 at @x, @y (fixed point), between the four pixels
 * around. */
static inline int
lk_walk_bilinear(const uint8_t *pixels, size_t stride, int x, int y)
{
    const uint8_t *p =
        pixels + (size_t)(y >> LK_WALK_BITS) * stride + (x >> LK_WALK_BITS);
    const uint8_t *q = p + stride;
    int fx = (x >> (LK_WALK_BITS - 8)) & 255, fy = (y >> (LK_WALK_BITS - 8)) & 255;
    int top = 256 * p[0] + (p[1] - p[0]) * fx;
    int bottom = 256 * q[0] + (q[1] - q[0]) * fx;
    return 256 * top + (bottom - top) * fy;
}

/**
 * lk_walk_sample: @n greys along @walk, rounded down. All samples must lie in the image
 * with a pixel to spare on every side.
 */
void lk_walk_sample(const LkImage *image, LkWalk walk, int n, uint8_t *greys);

#endif
