/* locate.h - finding the page in the image by its own marks, before its layout is
 * known: four corner squares and two QR codes, whose places all layouts share. */
#ifndef LK_READ_LOCATE_H
#define LK_READ_LOCATE_H

#include "read/anchors.h"
#include "read/pixels.h"
#include "read/qr.h"

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
 * lk_locate_photo:
 * @anchors: (inout): from lk_locate(), without a code
 *
 * The last way, where something is on the page: four squares anywhere, codes where
 * these say they are. @anchors stays as it is if that finds no code, unless it had not
 * even two squares.
 */
void lk_locate_photo(LkDecoder *decoder, const LkImage *image, LkAnchors *anchors);

/** lk_window_around: the upright window of the image that holds @area (page mm). */
LkWindow lk_window_around(const double h[9], LkRect area);

#endif
