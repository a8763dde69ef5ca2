/* register.h - from the page's marks to every single box: the map is refined on, and
 * verified against, the printed outlines all over the page. */
#ifndef LK_READ_REGISTER_H
#define LK_READ_REGISTER_H

#include "form/form.h"
#include "read/locate.h"
#include "read/pixels.h"
#include "read/read.h"

/** Where a box or cell really is. */
typedef struct {
    double dx, dy; /* page mm, to be added to its place in the layout */
    bool own;      /* from its own outline; else from its neighbours' */
} LkShift;

typedef struct {
    double h[9];        /* page mm -> image px, refined */
    LkBend bend;        /* what `h` leaves, if it is much */
    double residual_mm; /* worst outline believed, against `h` */
    int checked;        /* outlines looked for */
    int found;          /* of these, found where they should be */
    bool verified;      /* enough of them, on every part of the page */
    GArray *outlines;   /* LkOutlineSeen: those looked for */
    GArray *boxes;      /* LkShift, order of LkLayoutPage.boxes */
    GArray *cells;      /* LkShift, order of LkLayoutPage.cells */
} LkRegistration;

/**
 * lk_register:
 * @h: first map, from the page's marks
 * @anchors: the marks themselves, so that pages with few outlines keep them
 *
 * Returns: (transfer full): free with lk_registration_free()
 */
LkRegistration *lk_register(const LkImage *image, const LkLevels *levels,
                            const LkLayoutPage *page, const LkAnchors *anchors,
                            const double h[9]);
void lk_registration_free(LkRegistration *registration);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkRegistration, lk_registration_free)

#endif
