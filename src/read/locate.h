/* locate.h - finding the page in the image by its own marks, before its layout is
 * known: four corner squares and two QR codes, whose places all layouts share. */
#ifndef LK_READ_LOCATE_H
#define LK_READ_LOCATE_H

#include "read/pixels.h"
#include "read/qr.h"

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

/**
 * lk_locate:
 * @levels: grey of the whole image
 * @anchors: (out)
 *
 * Fast way: squares in the four corners of the image, codes where these say they are.
 * Slow way: codes anywhere, squares where these say they are.
 */
void lk_locate(LkDecoder *decoder, const LkImage *image, const LkLevels *levels,
               LkAnchors *anchors);

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

/** lk_window_around: the upright window of the image that holds @area (page mm). */
LkWindow lk_window_around(const double h[9], LkRect area);

/** Where the marks are in every layout of this house (design: the page's own marks). */
extern const LkRect lk_house_fiducials[4];
extern const LkRect lk_house_qr[2];

#endif
