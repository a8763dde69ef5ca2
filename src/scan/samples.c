/* samples.c - packed samples to grey. */
#include "scan/samples.h"

#include <string.h>

size_t
lk_samples_bytes(const LkSamples *samples, int width)
{
    return ((size_t)width * (size_t)samples->channels * (size_t)samples->bits + 7) / 8;
}

void
lk_samples_ramp(LkSamples *samples, bool inverted)
{
    int top = (1 << MIN(samples->bits, 8)) - 1;
    for (int i = 0; i <= top; i++) {
        int grey = (i * 255 + top / 2) / top;
        samples->table[i] = (uint8_t)(inverted ? 255 - grey : grey);
    }
}

bool
lk_samples_is_bilevel(const LkSamples *samples)
{
    return samples->kind == LK_SAMPLES_TABLE && samples->bits == 1 &&
           samples->channels == 1 && samples->table[0] + samples->table[1] == 255 &&
           samples->table[0] * samples->table[1] == 0;
}

/** Eight pixels at a time: bit 7 to byte 0, … each to 0x00 or 0xff. */
static void
from_bits(const LkSamples *samples, const uint8_t *bits, int width, uint8_t *row)
{
    const uint64_t every = G_GUINT64_CONSTANT(0x0101010101010101);
    uint64_t zero = every * samples->table[0];
    uint64_t change = zero ^ (every * samples->table[1]);
    for (int x = 0; x < width; x += 8) {
        uint64_t own = (every * *bits++) & G_GUINT64_CONSTANT(0x0102040810204080);
        uint64_t ones = ((own + every * 0x7f) >> 7 & every) * 0xff;
        uint64_t grey = GUINT64_TO_LE(zero ^ (change & ones));
        memcpy(row + x, &grey, sizeof grey);
    }
}

static void
from_small(const LkSamples *samples, const uint8_t *packed, int width, uint8_t *row)
{
    int bits = samples->bits;
    unsigned mask = (1U << bits) - 1;
    size_t at = 0;
    size_t step = (size_t)bits * (size_t)samples->channels;
    for (int x = 0; x < width; x++, at += step) {
        unsigned shift = 8 - (unsigned)bits - (unsigned)(at % 8);
        row[x] = samples->table[((unsigned)packed[at / 8] >> shift) & mask];
    }
}

static uint8_t
blend(LkAlpha alpha, uint8_t grey, uint8_t opacity)
{
    if (alpha == LK_ALPHA_PREMULTIPLIED) {
        return (uint8_t)MIN(255, grey + 255 - opacity);
    }
    return lk_over_white(grey, opacity);
}

/** Whole bytes: 8 bits, or the high halves of 16. */
static void
from_bytes(const LkSamples *samples, const uint8_t *packed, int width, uint8_t *row)
{
    size_t size = (size_t)samples->bits / 8;
    size_t step = size * (size_t)samples->channels;
    unsigned flip = samples->inverted ? 255 : 0;
    size_t colours = samples->kind == LK_SAMPLES_TABLE ? 1
                     : samples->kind == LK_SAMPLES_RGB ? 3
                                                       : 4;
    const uint8_t *at = packed + (size == 2 ? samples->high : 0);
    for (int x = 0; x < width; x++, at += step) {
        uint8_t grey = 0;
        if (colours == 1) {
            grey = samples->table[*at];
        } else if (colours == 3) {
            grey = lk_luma(at[0] ^ flip, at[size] ^ flip, at[2 * size] ^ flip);
        } else {
            grey = lk_luma_cmyk(at[0] ^ flip, at[size] ^ flip, at[2 * size] ^ flip,
                                at[3 * size] ^ flip);
        }
        row[x] = samples->alpha == LK_ALPHA_NONE
                     ? grey
                     : blend(samples->alpha, grey, at[colours * size]);
    }
}

void
lk_samples_to_grey(const LkSamples *samples, const uint8_t *packed, int width,
                   uint8_t *row)
{
    if (samples->bits == 1 && samples->channels == 1) {
        from_bits(samples, packed, width, row);
    } else if (samples->bits < 8) {
        from_small(samples, packed, width, row);
    } else {
        from_bytes(samples, packed, width, row);
    }
}
