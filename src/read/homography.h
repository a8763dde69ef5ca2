/* homography.h - the map between two planes: page mm -> image px.
 *
 * x' = (h0 x + h1 y + h2) / (h6 x + h7 y + h8), y' likewise; h8 is 1. */
#ifndef LK_READ_HOMOGRAPHY_H
#define LK_READ_HOMOGRAPHY_H

#include "base/base.h"

/** A place known in both frames. */
typedef struct {
    LkPoint page;  /* mm */
    LkPoint image; /* px */
    double weight; /* 1 for a fiducial's centre; less for what is found less sharply */
} LkPair;

/**
 * lk_homography_fit:
 * @pairs: @n known places, at least 3 not on one line
 * @stiffness: how strongly perspective is doubted: 0 not at all (4 pairs needed), 1e-3
 *   when the page may be a photo, 1 and more to get an affine map
 * @h: (out): the map; untouched on failure
 *
 * Least squares of the distances in the image (the algebraic solution, reweighted by
 * the denominators), on coordinates centred and scaled (Hartley, "In defense of the
 * eight-point algorithm", doi:10.1109/34.601246).
 *
 * Returns: false if the places do not determine a map, or it folds the page over
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_homography_fit(const LkPair *pairs, int n, double stiffness, double h[9]);

/** lk_homography_invert: image px -> page mm; false if @h cannot be inverted. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_homography_invert(const double h[9], double inverse[9]);

/**
 * lk_homography_error: distance in px between where @h puts @pair's page point and
 * where it was found.
 */
double lk_homography_error(const double h[9], const LkPair *pair);

/**
 * lk_homography_jacobian: px per mm around @p: [dx/dX, dx/dY, dy/dX, dy/dY].
 */
void lk_homography_jacobian(const double h[9], LkPoint p, double jacobian[4]);

#endif
