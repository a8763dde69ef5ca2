/* blank.h - whether there is anything on a page that none of our marks was found on. */
#ifndef LK_READ_BLANK_H
#define LK_READ_BLANK_H

#include "read/pixels.h"

typedef enum {
    LK_TRACES_NONE, /* dust, holes, folds, streaks, what shows through from the front */
    LK_TRACES_PALE, /* as light as what shows through, but as much as a printed page */
    LK_TRACES_INK   /* somebody wrote or printed something */
} LkTraces;

/**
 * lk_page_traces:
 * @image: taken for a whole sheet, the longer side 297 mm
 *
 * A line of faint pencil is ink; what is to be passed over must not be.
 */
LkTraces lk_page_traces(const LkImage *image);

#endif
