/* samples.h - packed samples of any depth and colour to grey, a row at a time; shared
 * by TIFF and PDF. Private to the room. */
#ifndef LK_SCAN_SAMPLES_H
#define LK_SCAN_SAMPLES_H

#include "scan/canvas.h"

G_BEGIN_DECLS

typedef enum {
    LK_SAMPLES_TABLE, /* one channel, looked up: grey, palette */
    LK_SAMPLES_RGB,
    LK_SAMPLES_CMYK
} LkSamplesKind;

typedef enum {
    LK_ALPHA_NONE,
    LK_ALPHA_PLAIN,        /* colours as if opaque */
    LK_ALPHA_PREMULTIPLIED /* colours already weakened */
} LkAlpha;

typedef struct {
    LkSamplesKind kind;
    int bits;      /* 1, 2, 4 or 8 for a table; 8 or 16 for colours; 16 too for grey */
    int channels;  /* in the data, with those that are skipped */
    int high;      /* of a 16-bit sample, which byte is the high one: 0 or 1 */
    LkAlpha alpha; /* in the first channel after the colours */
    bool inverted; /* RGB, CMYK: samples mean the opposite */
    uint8_t table[256];
} LkSamples;

/** lk_samples_bytes: bytes in a row of @width pixels. */
size_t lk_samples_bytes(const LkSamples *samples, int width);

/** lk_samples_ramp: fills the table with grey; @inverted: 0 is white. */
void lk_samples_ramp(LkSamples *samples, bool inverted);

/** lk_samples_is_bilevel: 1 bit, black and white and nothing else. */
bool lk_samples_is_bilevel(const LkSamples *samples);

/**
 * lk_samples_to_grey:
 * @row: (out): room for @width rounded up to a multiple of 8
 */
void lk_samples_to_grey(const LkSamples *samples, const uint8_t *packed, int width,
                        uint8_t *row);

G_END_DECLS

#endif
