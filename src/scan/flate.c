/* flate.c - inflate and predictors, row by row. */
#include "scan/flate.h"

#include <stdlib.h>
#include <string.h>

bool
lk_flate_knows(int predictor, int bits)
{
    return predictor == 1 || (predictor == 2 && bits == 8) ||
           (predictor >= 10 && predictor <= 15);
}

bool
lk_flate_open(LkFlate *flate, const uint8_t *data, size_t len, size_t row_bytes,
              int channels, int bits, int predictor)
{
    *flate = (LkFlate){.bytes = row_bytes,
                       .pixel = (size_t)MAX(1, channels * bits / 8),
                       .predictor = predictor};
    /* zlib reads through a pointer that is not const, and does not write. */
    memcpy(&flate->zlib.next_in, &data, sizeof data);
    flate->zlib.avail_in = (uInt)MIN(len, G_MAXUINT);
    flate->row = g_try_malloc0(row_bytes + 1);
    flate->above = g_try_malloc0(row_bytes + 1);
    flate->open = inflateInit(&flate->zlib) == Z_OK;
    return flate->open && flate->row != NULL && flate->above != NULL;
}

void
lk_flate_close(LkFlate *flate)
{
    if (flate->open) {
        (void)inflateEnd(&flate->zlib);
    }
    g_free(flate->row);
    g_free(flate->above);
    *flate = (LkFlate){0};
}

static bool
unpack(LkFlate *flate, uint8_t *to, size_t len)
{
    flate->zlib.next_out = to;
    flate->zlib.avail_out = (uInt)len;
    while (flate->zlib.avail_out > 0) {
        int code = inflate(&flate->zlib, Z_NO_FLUSH);
        if (code != Z_OK) {
            return code == Z_STREAM_END && flate->zlib.avail_out == 0;
        }
    }
    return true;
}

/** PNG specification, 9.4: whichever of left, above, above left is nearest. */
static uint8_t
paeth(int left, int above, int corner)
{
    int guess = left + above - corner;
    int by_left = abs(guess - left);
    int by_above = abs(guess - above);
    int by_corner = abs(guess - corner);
    if (by_left <= by_above && by_left <= by_corner) {
        return (uint8_t)left;
    }
    return (uint8_t)(by_above <= by_corner ? above : corner);
}

static bool
undo_png(int filter, uint8_t *row, const uint8_t *above, size_t bytes, size_t pixel)
{
    for (size_t i = 0; i < bytes && filter != 0; i++) {
        int left = i >= pixel ? row[i - pixel] : 0;
        int corner = i >= pixel ? above[i - pixel] : 0;
        switch (filter) {
        case 1:
            row[i] = (uint8_t)(row[i] + left);
            break;
        case 2:
            row[i] = (uint8_t)(row[i] + above[i]);
            break;
        case 3:
            row[i] = (uint8_t)(row[i] + (left + above[i]) / 2);
            break;
        case 4:
            row[i] = (uint8_t)(row[i] + paeth(left, above[i], corner));
            break;
        default:
            return false;
        }
    }
    return true;
}

const uint8_t *
lk_flate_next(LkFlate *flate)
{
    bool png = flate->predictor >= 10;
    uint8_t *last = flate->above;
    flate->above = flate->row;
    flate->row = last;
    if (!unpack(flate, png ? flate->row : flate->row + 1, flate->bytes + png)) {
        return NULL;
    }
    if (png && !undo_png(flate->row[0], flate->row + 1, flate->above + 1, flate->bytes,
                         flate->pixel)) {
        return NULL;
    }
    if (flate->predictor == 2) {
        for (size_t i = flate->pixel; i < flate->bytes; i++) {
            flate->row[1 + i] =
                (uint8_t)(flate->row[1 + i] + flate->row[1 + i - flate->pixel]);
        }
    }
    return flate->row + 1;
}
