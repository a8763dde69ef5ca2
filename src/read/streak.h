/* streak.h - dirt on the scanner's glass: lines along the whole page. */
#ifndef LK_READ_STREAK_H
#define LK_READ_STREAK_H

#include "read/pixels.h"

typedef struct {
    bool any;
    bool vertical; /* columns of the image; else rows */
    int n;         /* columns or rows */
    uint8_t
        *darker; /* of each, grey levels it is darker than what is beside it; 0 none */
} LkStreaks;

/**
 * lk_streaks_find:
 * @vertical: columns; else rows (the scan was turned afterwards)
 * @px_per_mm: of the scan
 * @contrast: grey levels between paper and print
 *
 * A streak stands in one column of pixels from end to end, which nothing printed on a
 * page fed a little askew does, and is thin. It may be hidden where the page is dark.
 */
void lk_streaks_find(const LkImage *image, bool vertical, double px_per_mm,
                     double contrast, LkStreaks *streaks);
void lk_streaks_clear(LkStreaks *streaks);

#endif
