/* picture.c - drawing on a colour picture. */
#include "read/picture.h"

#include <math.h>
#include <string.h>

#define PT_PER_MM (72 / 25.4)

void
lk_picture_enlarge(LkRgb *picture, int height)
{
    gsize row = (gsize)picture->width * 3;
    if (height > picture->height) {
        picture->pixels = g_realloc(picture->pixels, row * (gsize)height);
        memset(picture->pixels + row * (gsize)picture->height, 255,
               row * (gsize)(height - picture->height));
        picture->height = height;
    }
}

/* @cover: 0 leaves what is there, 255 covers it. */
static void
put(LkRgb *picture, int x, int y, LkColour colour, int cover)
{
    if (x < 0 || y < 0 || x >= picture->width || y >= picture->height) {
        return;
    }
    uint8_t *p = picture->pixels + ((gsize)y * (gsize)picture->width + (gsize)x) * 3;
    for (int i = 0; i < 3; i++) {
        int part = (int)(colour >> (16 - 8 * i) & 255);
        p[i] = (uint8_t)((part * cover + p[i] * (255 - cover)) / 255);
    }
}

void
lk_picture_line(LkRgb *picture, LkPoint from, LkPoint to, LkPen pen)
{
    double length = hypot(to.x - from.x, to.y - from.y);
    int n = (int)ceil(CLAMP(length, 1, 1e5));
    for (int i = 0; i <= n; i++) {
        if (pen.dash > 0 && fmod(i, 2 * pen.dash) >= pen.dash) {
            continue;
        }
        int x = (int)floor(from.x + (to.x - from.x) * i / n) - pen.width / 2;
        int y = (int)floor(from.y + (to.y - from.y) * i / n) - pen.width / 2;
        for (int k = 0; k < pen.width * pen.width; k++) {
            put(picture, x + k % pen.width, y + k / pen.width, pen.colour, 255);
        }
    }
}

void
lk_picture_quad(LkRgb *picture, const LkPoint corner[4], LkPen pen)
{
    for (int i = 0; i < 4; i++) {
        lk_picture_line(picture, corner[i], corner[(i + 1) % 4], pen);
    }
}

void
lk_picture_fill(LkRgb *picture, LkRect area, LkColour colour)
{
    for (int y = (int)area.y; y < (int)(area.y + area.h); y++) {
        for (int x = (int)area.x; x < (int)(area.x + area.w); x++) {
            put(picture, x, y, colour, 255);
        }
    }
}

/* --- Words. -------------------------------------------------------------------------
 */

typedef struct {
    LkRgb *picture;
    LkPoint at;
    LkColour colour;
} Ink;

static void
put_dot(int x, int y, uint8_t cover, void *data)
{
    const Ink *ink = data;
    put(ink->picture, (int)ink->at.x + x, (int)ink->at.y + y, ink->colour, cover);
}

int
lk_picture_width(const LkFonts *fonts, LkLetters letters, const char *text)
{
    /* A letter of 1 pt taken for 1 px. */
    return (int)ceil(lk_fonts_width(fonts, letters.face, letters.size, text) *
                     PT_PER_MM);
}

void
lk_picture_text(LkRgb *picture, const LkFonts *fonts, LkLetters letters, LkPoint at,
                const char *text)
{
    Ink ink = {picture, at, letters.colour};
    lk_fonts_draw(fonts, letters.face, letters.size, text, put_dot, &ink);
}
