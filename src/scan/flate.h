/* flate.h - rows out of a Flate stream, one at a time, so that a stream that unpacks to
 * gigabytes costs no more than the page it claims to be. Private to the room. */
#ifndef LK_SCAN_FLATE_H
#define LK_SCAN_FLATE_H

#include "base/base.h"

#include <zlib.h>

G_BEGIN_DECLS

typedef struct {
    z_stream zlib;
    size_t bytes; /* in a row */
    size_t pixel; /* bytes from a sample to the same one of the pixel before */
    int predictor;
    uint8_t *row, *above; /* each bytes + 1: PNG's filter type comes first */
    bool open;
} LkFlate;

/** lk_flate_knows: whether lk_flate_next() can undo that predictor. */
bool lk_flate_knows(int predictor, int bits);

/**
 * lk_flate_open:
 * @data: the packed stream; stays where it is until lk_flate_close()
 * @predictor: 1 none, 2 TIFF's, 10 to 15 PNG's (ISO 32000-1, table 10)
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_flate_open(LkFlate *flate, const uint8_t *data, size_t len, size_t row_bytes,
                   int channels, int bits, int predictor);

/** lk_flate_next: (transfer none): the next row, or NULL if there is none. */
const uint8_t *lk_flate_next(LkFlate *flate);
void lk_flate_close(LkFlate *flate);

G_END_DECLS

#endif
