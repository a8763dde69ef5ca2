/* ink.h - whether somebody wrote in a cell or on a line; never what. */
#ifndef LK_READ_INK_H
#define LK_READ_INK_H

#include "read/pixels.h"
#include "read/read.h"

/** Into a line the writing of the line above hangs down; a cell stands alone. */
typedef enum { LK_INK_CELL, LK_INK_LINE } LkInkKind;

/**
 * lk_ink_measure:
 * @area: page mm; free of print, the outline of a cell already left out
 */
LkInkReading lk_ink_measure(const LkImage *image, const LkLevels *levels,
                            const double h[9], LkRect area, LkInkKind kind);

#endif
