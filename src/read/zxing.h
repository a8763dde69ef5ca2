/* zxing.h - the C door of ZXing-C++ 1.4, which has none of its own. */
#ifndef LK_READ_ZXING_H
#define LK_READ_ZXING_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LK_ZXING_TEXT_MAX 64

typedef struct {
    size_t length; /* bytes in `text`; longer payloads are not ours: cut */
    char text[LK_ZXING_TEXT_MAX];
    int corner[4][2]; /* x, y px: top left, top right, bottom right, bottom left */
} LkZxingCode;

typedef enum {
    LK_ZXING_LOCAL,  /* threshold by neighbourhood; also tries half and third size */
    LK_ZXING_GLOBAL, /* one threshold from the histogram */
    LK_ZXING_PURE    /* a drawn code: straight, alone, with its quiet zone */
} LkZxingWay;

/**
 * lk_zxing_read: QR codes in a grey area of @width x @height px with @stride.
 * Returns: how many were written to @codes, at most @max; 0 on any trouble
 */
int lk_zxing_read(const uint8_t *pixels, int width, int height, int stride,
                  LkZxingWay way, LkZxingCode *codes, int max);

#ifdef __cplusplus
}
#endif

#endif
