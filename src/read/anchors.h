/* anchors.h - the page's own marks: four corner squares and two codes, and the map that
 * they give. */
#ifndef LK_READ_ANCHORS_H
#define LK_READ_ANCHORS_H

#include "read/homography.h"
#include "read/qr.h"

#define LK_FIDUCIAL_MM 5.0 /* side of a square */
#define LK_CURLED_MM 2.5   /* so far curled paper takes a mark out of the plane */

/** What was found, in the order of LkLayoutPage: the page upright. */
typedef struct {
    bool has_fiducial[4];
    LkPoint fiducial[4]; /* centres, image px */
    bool has_code[2];
    LkCode code[2];
    bool upright_known; /* false: without a code the page may be upside down */
    bool foreign_code;  /* a QR code that is not ours was seen */
    bool label;         /* a label of ours was seen */
    bool disagree;      /* two codes of ours name different pages */
    int turned;         /* 0, 90, 180, 270 clockwise */
} LkAnchors;

/** lk_anchors_squares: how many were found. */
int lk_anchors_squares(const LkAnchors *anchors);

/**
 * lk_anchors_flip: the same marks, the page the other way up (the marks are symmetric).
 */
void lk_anchors_flip(LkAnchors *anchors);

/**
 * lk_anchors_fit:
 * @fiducials: four squares of the layout, clockwise from top left, page mm
 * @qr: its two codes
 * @h: (out): page mm -> image px
 * @residual_mm: (out): worst anchor
 *
 * Robust: if the anchors do not agree within half a millimetre, the one whose removal
 * mends it is dropped, and taken out of @anchors.
 *
 * Returns: false if too few are left to hold the page
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_anchors_fit(LkAnchors *anchors, const LkRect fiducials[4], const LkRect qr[2],
                    double h[9], double *residual_mm);

/**
 * lk_anchors_fit_photo:
 * @h: (out): page mm -> image px
 *
 * The other way to see them: a photo taken at a slant, of paper that may be curled, and
 * all marks true. What lk_anchors_fit() takes for the simplest explanation is not
 * always the right one: an affine map fits three corners of any photo. The outlines
 * must tell.
 *
 * Returns: false if the marks cannot be so
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_anchors_fit_photo(const LkAnchors *anchors, const LkRect fiducials[4],
                          const LkRect qr[2], double h[9]);

/** Places of marks, on the page and in the image. */
typedef struct {
    LkPair pair[12];
    int group[12]; /* 0..3 fiducial, 4, 5 code */
    int n;
} LkAnchorPairs;

/** lk_anchors_collect: the centres of the squares and the corners of the codes of
 * @anchors, those of group @without left out (-1: none). */
void lk_anchors_collect(const LkAnchors *anchors, const LkRect fiducials[4],
                        const LkRect qr[2], int without, LkAnchorPairs *pairs);

/** lk_anchor_pairs_worst: how far @h is off at the worst of @pairs, mm. */
double lk_anchor_pairs_worst(const LkAnchorPairs *pairs, const double h[9]);

/** lk_rect_corner: corner @k, clockwise from top left. */
LkPoint lk_rect_corner(LkRect r, int k);

/** Where the marks are in every layout of this house (design: the page's own marks). */
extern const LkRect lk_house_fiducials[4];
extern const LkRect lk_house_qr[2];

#endif
