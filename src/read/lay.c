/* lay.c - a page laid over its image: by the marks that fit, or as a photo of it. */
#include "read/lay.h"

#include <math.h>

#include "read/homography.h"

#define PAGE_SHARE 0.7   /* of the image; the printed part of a whole sheet is 0.81 */
#define ENOUGH_FOUND 0.9 /* outlines; fewer: the map may be wrong */
#define MAPS_DIFFER_MM 0.5

LkLevels
lk_page_levels(const LkImage *image, const LkLevels *of_image, const double h[9])
{
    const LkRect printed = {12, 12, LK_PAGE_WIDTH_MM - 24, LK_PAGE_HEIGHT_MM - 24};
    LkWindow window = lk_window_clip(image, lk_window_around(h, printed));
    double area = (double)(window.x1 - window.x0) * (window.y1 - window.y0);
    if (lk_window_is_empty(window) ||
        area > PAGE_SHARE * (double)image->width * image->height) {
        return *of_image;
    }
    return lk_levels_measure(image, window, LK_LEVELS_STEP);
}

/* How much of the page is where @registration says. */
static double
share_found(const LkRegistration *registration)
{
    return (double)registration->found / MAX(registration->checked, 1);
}

static bool
is_better(const LkRegistration *one, const LkRegistration *other)
{
    return one->verified != other->verified ? one->verified : one->found > other->found;
}

/* Whether two maps put some corner of the printed page half a millimetre apart. */
static bool
maps_differ(const double h[9], const double other[9])
{
    for (int i = 0; i < 4; i++) {
        LkPoint corner = lk_rect_center(lk_house_fiducials[i]);
        LkPoint a = lk_map_point(h, corner), b = lk_map_point(other, corner);
        double j[4];
        lk_homography_jacobian(h, corner, j);
        double px_per_mm = sqrt(fabs(j[0] * j[3] - j[1] * j[2]));
        if (hypot(a.x - b.x, a.y - b.y) > MAPS_DIFFER_MM * px_per_mm) {
            return true;
        }
    }
    return false;
}

LkRegistration *
lk_page_lay(const LkImage *image, LkLevels *levels, const LkLayoutPage *page,
            const LkAnchors *all, LkAnchors *anchors, const double h[9])
{
    LkRegistration *registration = lk_register(image, levels, page, anchors, h);
    double photo[9];
    if (registration->checked == 0 || share_found(registration) >= ENOUGH_FOUND ||
        !lk_anchors_fit_photo(all, page->fiducials, page->qr, photo) ||
        !maps_differ(h, photo)) {
        return registration;
    }
    LkLevels other_levels = lk_page_levels(image, levels, photo);
    LkRegistration *other = lk_register(image, &other_levels, page, all, photo);
    if (!is_better(other, registration)) {
        lk_registration_free(other);
        return registration;
    }
    lk_registration_free(registration);
    *anchors = *all;
    *levels = other_levels;
    return other;
}
