/* pixels.h - looking at the grey image: levels, sums, patches in the page's own frame.
 * Nothing here copies the page. */
#ifndef LK_READ_PIXELS_H
#define LK_READ_PIXELS_H

#include "scan/scan.h"

/** Images beyond this are not looked at: 1200 dpi A3 is 19 843 px. */
#define LK_MAX_SIDE_PX 30000

/** Half-open area of the image, px. */
typedef struct {
    int x0, y0, x1, y1;
} LkWindow;

/** Grey of paper and of print, and the grey between them. */
typedef struct {
    double paper, ink;
    int threshold;
} LkLevels;

/** lk_window_clip: @window without what lies outside @image; may come out empty. */
LkWindow lk_window_clip(const LkImage *image, LkWindow window);
bool lk_window_is_empty(LkWindow window);

/**
 * lk_levels_measure: Otsu's threshold and the means on both sides of it
 * (doi:10.1109/TSMC.1979.4310076), from every @step-th pixel of every @step-th row.
 * A page of one grey gets paper == ink.
 */
LkLevels lk_levels_measure(const LkImage *image, LkWindow window, int step);

/** lk_pixel_sample: grey at @p by bilinear interpolation, the border continued. */
double lk_pixel_sample(const LkImage *image, LkPoint p);
/** lk_line_sample: @n samples in the middles of @n equal parts of the way from @a to @b
 * (px), at most 2000: beyond, rounding of the step would be felt. */
void lk_line_sample(const LkImage *image, LkPoint a, LkPoint b, int n, uint8_t *greys);

/** Samples a mm of every patch: 0.125 mm, about the pixel of a 200-dpi scan. */
#define LK_PATCH_PER_MM 8
/** Largest patch: 16 mm. */
#define LK_PATCH_MAX 128

/** A piece of the page in its own upright frame, whatever the scan's resolution. */
typedef struct {
    int n;      /* n x n samples */
    bool whole; /* false: part of it lies outside the image (grey continued) */
    uint8_t at[LK_PATCH_MAX * LK_PATCH_MAX]; /* rows of n */
} LkPatch;

/**
 * lk_patch_sample:
 * @h: page mm -> image px; taken as affine over the patch
 * @center: page mm, middle of the patch
 * @n: samples a side, even, up to LK_PATCH_MAX
 *
 * Each sample is the mean of as many bilinear samples as keep them within 1.6 px of
 * each other, so that a finer scan gives the same patch with less noise.
 */
void lk_patch_sample(const LkImage *image, const double h[9], LkPoint center, int n,
                     LkPatch *patch);

/** Half the width, in samples, of the two arms of a cross in the middle of a patch. */
typedef struct {
    int down, across;
} LkArms;

/** lk_patch_sample_cross: the same, but only in the arms; the corners stay as they
 * were.
 */
void lk_patch_sample_cross(const LkImage *image, const double h[9], LkPoint center,
                           int n, LkArms arms, LkPatch *patch);

#endif
