/* quality.h - what the map says about print and scan. */
#ifndef LK_READ_QUALITY_H
#define LK_READ_QUALITY_H

#include "read/pixels.h"
#include "read/read.h"

/** lk_quality_measure: fills in what follows from map and levels. */
void lk_quality_measure(const LkImage *image, const LkLevels *levels, const double h[9],
                        LkQuality *quality);

/** lk_page_is_cut: whether part of what is printed lies outside the image. */
bool lk_page_is_cut(const LkImage *image, const double h[9]);

/**
 * lk_page_is_blank: nothing printed or written: no dark shape longer than 3 mm away
 * from the edges. Specks, show-through and black borders do not count.
 */
bool lk_page_is_blank(const LkImage *image, const LkLevels *levels);

#endif
