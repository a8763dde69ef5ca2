/* qr.h - QR codes in the page image. */
#ifndef LK_READ_QR_H
#define LK_READ_QR_H

#include "read/pixels.h"

typedef struct {
    bool ours;   /* the payload is one of ours, or a label's */
    bool sharp;  /* `corner` is good enough to register the page by */
    LkPageId id; /* if ours */
    /* Image px: the symbol's own top left, top right, bottom right, bottom left. */
    LkPoint corner[4];
} LkCode;

typedef enum {
    LK_EFFORT_QUICK,   /* one look */
    LK_EFFORT_THOROUGH /* smaller, smoothed, other thresholds, second decoder */
} LkEffort;

typedef struct LkDecoder LkDecoder;

/** lk_decoder_new: keeps a second decoder (ZBar) at hand; one a thread. */
LkDecoder *lk_decoder_new(void);
void lk_decoder_free(LkDecoder *decoder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkDecoder, lk_decoder_free)

/**
 * lk_codes_find:
 * @window: where to look
 * @codes: (out): at most @max
 *
 * Returns: how many were found
 */
int lk_codes_find(LkDecoder *decoder, const LkImage *image, LkWindow window,
                  LkEffort effort, LkCode *codes, int max);

/** lk_codes_find_anywhere: the whole page, at about 150 dpi, then at 300. */
int lk_codes_find_anywhere(LkDecoder *decoder, const LkImage *image, LkCode *codes,
                           int max);

/** lk_code_is_label: a sticker with a case code, not a page's own. */
bool lk_code_is_label(const LkCode *code);

/** lk_code_center: image px. */
LkPoint lk_code_center(const LkCode *code);

#endif
