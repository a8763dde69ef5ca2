/* fiducial.h - solid dark squares: the page's corner marks, wherever they are. */
#ifndef LK_READ_FIDUCIAL_H
#define LK_READ_FIDUCIAL_H

#include "read/pixels.h"

typedef struct {
    LkPoint center; /* image px */
    double side;    /* px: square root of the area */
    bool is_round;  /* as a punch hole is, on a dark desk; seen at that size */
} LkSquare;

/** Where dark begins, tile by tile: a photo's shadow moves it. */
typedef struct {
    int shift;   /* a tile is 2^shift px wide and high */
    int columns; /* tiles a row */
    uint8_t *at; /* tiles, rows of `columns` */
} LkThresholds;

/**
 * lk_thresholds_local: half-way between paper and print of each neighbourhood; tiles
 * without print get what keeps them empty.
 */
void lk_thresholds_local(const LkImage *image, LkThresholds *thresholds);
void lk_thresholds_clear(LkThresholds *thresholds);

typedef struct {
    LkWindow window;
    int step;           /* px between looks, both ways */
    double min_side_px; /* squares */
    double max_side_px; /* squares */
    double max_stretch; /* longest side / shortest: 1.2 for scans, more for photos */
    int threshold;      /* darker is ink; unless `thresholds` */
    const LkThresholds *thresholds; /* or NULL */
} LkSquareSearch;

/**
 * lk_squares_find:
 * @squares: GArray of LkSquare, added to
 *
 * Connected dark areas (by runs, united where they touch) that are as solid as a
 * square: for a parallelogram of area A the determinant of the covariance is (A/12)^2,
 * however it is turned. A disc gives 0.91 of its root, a ring or a letter much more
 * than 1.
 */
void lk_squares_find(const LkImage *image, const LkSquareSearch *search,
                     GArray *squares);

#endif
