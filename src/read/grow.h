/* grow.h - the slow way to the page's marks: a code, and from it the squares. */
#ifndef LK_READ_GROW_H
#define LK_READ_GROW_H

#include "read/anchors.h"

/**
 * lk_squares_anywhere:
 * @code: on the same page; says how large squares are
 *
 * Returns: (transfer full): GArray of LkSquare, in the whole image
 */
GArray *lk_squares_anywhere(const LkImage *image, const LkCode *code);

/**
 * lk_anchors_grow:
 * @squares: GArray of LkSquare
 * @codes: @n found in the image
 * @first: of these, one of ours and no label
 * @anchors: (out)
 *
 * Tries @first as the code of either place; keeps what explains more squares.
 */
void lk_anchors_grow(const GArray *squares, const LkCode *codes, int n, int first,
                     LkAnchors *anchors);

#endif
