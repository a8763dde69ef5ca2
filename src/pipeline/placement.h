/* placement.h - where the layout of a page that was filed lies in its picture. Private
 * to the room. */
#ifndef LK_PIPELINE_PLACEMENT_H
#define LK_PIPELINE_PLACEMENT_H

#include "read/read.h"
#include "store/store.h"

G_BEGIN_DECLS

/** As the page was registered when it was filed. */
typedef struct {
    double to_image[9]; /* page mm -> px */
    LkBend bend;        /* flat for pages that an older program filed */
} LkPlacement;

/** lk_placement_load: false if the page was never registered, or nothing is kept of it.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_placement_load(LkStore *store, gint64 page, LkPlacement *placement);

/** lk_placement_point: where @at (page mm) lies, px. */
LkPoint lk_placement_point(const LkPlacement *placement, LkPoint at);

/** lk_placement_dots: px for a mm of paper, around @at (page mm); 0: the map folds
 * there. */
double lk_placement_dots(const LkPlacement *placement, LkPoint at);

G_END_DECLS

#endif
