/* geometry.c - points and rectangles, by value. */
#include "base/base.h"

G_DEFINE_QUARK(lk - base - error - quark, lk_base_error)

LkRect
lk_rect_inset(LkRect rect, double by)
{
    return (LkRect){rect.x + by, rect.y + by, rect.w - 2 * by, rect.h - 2 * by};
}

LkPoint
lk_rect_center(LkRect rect)
{
    return (LkPoint){rect.x + rect.w / 2, rect.y + rect.h / 2};
}

bool
lk_rect_overlaps(LkRect a, LkRect b)
{
    return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

bool
lk_rect_contains(LkRect outer, LkRect inner)
{
    return inner.x >= outer.x && inner.y >= outer.y &&
           inner.x + inner.w <= outer.x + outer.w &&
           inner.y + inner.h <= outer.y + outer.h;
}
