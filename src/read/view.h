/* view.h - a box and what surrounds it, as the classifier sees it. */
#ifndef LK_READ_VIEW_H
#define LK_READ_VIEW_H

#include "form/form.h"
#include "read/pixels.h"

#define LK_VIEW_N 48         /* samples a side */
#define LK_VIEW_PITCH_MM .25 /* between samples: 12 mm around the middle of the box */

/** What the layout says of a sample. */
typedef enum {
    LK_VIEW_PAPER,
    LK_VIEW_OUTLINE, /* of this box or another: printed ink, whatever is on it */
    LK_VIEW_WRITING, /* a line to write on, a comb cell */
} LkViewKind;

typedef struct {
    uint8_t ink[LK_VIEW_N * LK_VIEW_N]; /* darkness: 0 paper .. 255 as black as print */
    uint8_t kind[LK_VIEW_N * LK_VIEW_N]; /* LkViewKind */
} LkMarkView;

/**
 * lk_mark_view:
 * @patch: around @center, of LK_VIEW_N * 2 samples a side or more
 * @darkness: of each grey, 0 paper, 1 print
 * @center: of the box, page mm, as registered
 * @centers: GArray of LkPoint: all boxes of the page, as registered
 * @page: its writing areas and comb cells
 * @view: (out)
 */
void lk_mark_view(const LkPatch *patch, const float darkness[256], LkPoint center,
                  const GArray *centers, const LkLayoutPage *page, LkMarkView *view);

#endif
