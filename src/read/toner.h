/* toner.h - whether the handwriting is of the same black as the print. */
#ifndef LK_READ_TONER_H
#define LK_READ_TONER_H

#include "read/pixels.h"
#include "read/read.h"

/**
 * lk_toner_measure:
 * @h: page mm -> image px
 * @writing: GArray of LkInkReading, order of page->writing: where somebody wrote
 * @quality: (out): its `pen_black` and `pen_spread`; `dpi` is known. 0 if there is not
 *   enough to go by: little handwriting, a scan of 1 bit, print that cannot be seen
 *
 * A pen leaves ink of its own, lighter or darker than the print, and by the hand's
 * pressure more or less of it. Out of a photocopier pen and print come as one toner:
 * strokes are as black as the print, and each as black as the next.
 */
void lk_toner_measure(const LkImage *image, const double h[9], const LkLayoutPage *page,
                      const GArray *writing, LkQuality *quality);

/** lk_toner_is_everywhere: the handwriting is toner too, as far as that was measured:
 * the page was photocopied after it was filled in, or the pen is as black and as even
 * as toner. */
bool lk_toner_is_everywhere(const LkQuality *quality);

#endif
