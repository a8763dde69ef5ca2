/* lay.h - a page laid over its image, and how dark it is there. Private to the room. */
#ifndef LK_READ_LAY_H
#define LK_READ_LAY_H

#include "read/locate.h"
#include "read/register.h"

G_BEGIN_DECLS

#define LK_LEVELS_STEP 4 /* every 4th pixel of every 4th row */

/**
 * lk_page_levels: grey of the page alone, if much else is in the image: a desk is no
 * ink.
 * @of_image: of all of it
 * @h: page mm to image px
 */
LkLevels lk_page_levels(const LkImage *image, const LkLevels *of_image,
                        const double h[9]);

/**
 * lk_page_lay:
 * @levels: (inout): of the page
 * @all: marks that were found
 * @anchors: (inout): those of them that were used
 * @h: from lk_anchors_fit(): page mm to image px
 *
 * Lays @page over the image, by @h. If many outlines are not found there, the page may
 * be a photo: @all marks are tried as that.
 *
 * Returns: (transfer full): where the page is; it may be unverified
 */
LkRegistration *lk_page_lay(const LkImage *image, LkLevels *levels,
                            const LkLayoutPage *page, const LkAnchors *all,
                            LkAnchors *anchors, const double h[9]);

G_END_DECLS

#endif
