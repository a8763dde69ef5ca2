/* grid.h - a damaged QR code, sampled module by module through the page's own map. */
#ifndef LK_READ_GRID_H
#define LK_READ_GRID_H

#include "read/pixels.h"
#include "read/zxing.h"

/**
 * lk_grid_read:
 * @h: page mm -> image px, right to about a millimetre
 * @place: of the code, page mm
 * @turned: the page may lie the other way up: read the code from its other end
 * @code: (out): text only; no corners, for they come from @h
 *
 * The version is fixed (3), so finders, timing and alignment patterns are known: the
 * grid is laid where they fit best, one value is taken per module, the known patterns
 * are put back as they should be, and a clean drawing of that goes to the decoder.
 * Mends what no decoder reads by itself: a finder that is gone or struck through.
 */
bool lk_grid_read(const LkImage *image, const double h[9], LkRect place, bool turned,
                  LkZxingCode *code);

#endif
