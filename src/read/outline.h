/* outline.h - locating the printed outline of a box or cell in its patch. */
#ifndef LK_READ_OUTLINE_H
#define LK_READ_OUTLINE_H

#include "read/pixels.h"

typedef struct {
    bool found;      /* all four sides, at their distance from each other */
    bool faint;      /* they may be: to be believed only where others say the same */
    double dx, dy;   /* page mm: found - expected */
    double strength; /* darkness of the weakest side against its flanks, grey levels */
} LkOutlineFix;

/** lk_outline_arms: the part of a patch that an outline of @size is located by. */
LkArms lk_outline_arms(LkPoint size);

/**
 * lk_outline_locate:
 * @patch: centred where the outline's centre is expected; of the whole or of the arms
 * @size: width and height of the outline's outer edge, mm (x, y)
 * @line_mm: its stroke
 * @contrast: grey levels between paper and print
 * @reach_mm: how far off it may be
 *
 * One-dimensional profiles: a printed side is dark along its whole length, ink that
 * crosses it is not. Opposite sides are sought together, a fixed distance apart.
 */
LkOutlineFix lk_outline_locate(const LkPatch *patch, LkPoint size, double line_mm,
                               double contrast, double reach_mm);

#endif
