/* picture.h - drawing on a colour picture: lines, boxes, words. Places are picture px,
 * origin at the outer corner of the top left pixel; what lies outside is left out. */
#ifndef LK_READ_PICTURE_H
#define LK_READ_PICTURE_H

#include "form/form.h"
#include "scan/scan.h"

/** 0xRRGGBB */
typedef guint32 LkColour;

typedef struct {
    LkColour colour;
    int width;   /* px */
    double dash; /* px, length of dashes and of gaps; 0 = solid */
} LkPen;

typedef struct {
    LkFace face;
    int size; /* px of the em */
    LkColour colour;
} LkLetters;

/** lk_picture_enlarge: white below, until it is @height px high. */
void lk_picture_enlarge(LkRgb *picture, int height);

void lk_picture_line(LkRgb *picture, LkPoint from, LkPoint to, LkPen pen);
/** lk_picture_quad: the outline of four corners, in their order. */
void lk_picture_quad(LkRgb *picture, const LkPoint corner[4], LkPen pen);
void lk_picture_fill(LkRgb *picture, LkRect area, LkColour colour);

/** lk_picture_width: px that one line of @text takes. */
int lk_picture_width(const LkFonts *fonts, LkLetters letters, const char *text);
/** lk_picture_text: one line; @at is the start of its baseline. */
void lk_picture_text(LkRgb *picture, const LkFonts *fonts, LkLetters letters,
                     LkPoint at, const char *text);

#endif
