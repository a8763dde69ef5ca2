/* grow.h - the slow way to the page's marks: a code, and from it the squares. */
#ifndef LK_READ_GROW_H
#define LK_READ_GROW_H

#include "read/anchors.h"

/**
 * lk_anchors_grow:
 * @codes: @n found in the image
 * @first: of these, one of ours and no label
 * @anchors: (out)
 *
 * Tries @first as the code of either place; keeps what explains more squares.
 */
void lk_anchors_grow(const LkImage *image, const LkCode *codes, int n, int first,
                     LkAnchors *anchors);

/**
 * lk_anchors_from_squares:
 * @anchors: (out): four squares, the page upright or upside down; untouched if none
 *
 * Four squares anywhere that lie as those of a page do and are of the size that goes
 * with it: for a photo so blurred that no code is seen before one knows where it is.
 *
 * Returns: whether there are four such
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_anchors_from_squares(const LkImage *image, LkAnchors *anchors);

#endif
