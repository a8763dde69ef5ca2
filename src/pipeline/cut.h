/* cut.h - an upright part of a page's picture. Private to the room. */
#ifndef LK_PIPELINE_CUT_H
#define LK_PIPELINE_CUT_H

#include "form/form.h"
#include "pipeline/placement.h"
#include "scan/scan.h"

G_BEGIN_DECLS

#define LK_CUT_MARGIN_MM 1.2 /* letters hang out of their line */

/** lk_cut_lines: everything on page @page that was printed for @field to be written in,
 * page mm, with a margin; width 0 if there is nothing. */
LkRect lk_cut_lines(const LkLayout *layout, int page, int field, int row);

/** lk_cut_boxes: its boxes, without a margin; @option: of one option's only, or -1. */
LkRect lk_cut_boxes(const LkLayout *layout, int page, int field, int row, int option);

/** lk_cut_is_seen: whether the middle of @place lies on the picture. */
bool lk_cut_is_seen(const LkImage *image, const LkPlacement *placement, LkRect place);

/**
 * lk_cut_png:
 * @place: page mm
 * @dots: px a mm; 0: as the picture has them, 100 to 300 dpi
 *
 * Returns: (transfer full): a PNG, to be wiped; NULL with LK_SCAN_ERROR_WRITE
 */
G_GNUC_WARN_UNUSED_RESULT
GByteArray *lk_cut_png(const LkImage *image, const LkPlacement *placement, LkRect place,
                       double dots, GError **error);

G_END_DECLS

#endif
