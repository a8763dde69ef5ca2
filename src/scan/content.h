/* content.h - what a PDF page's content stream paints. Private to the room. */
#ifndef LK_SCAN_CONTENT_H
#define LK_SCAN_CONTENT_H

#include "base/base.h"

G_BEGIN_DECLS

/** Image or form space to page space (ISO 32000-1, 8.3.3): x' = a x + c y + e. */
typedef struct {
    double a, b, c, d, e, f;
} LkMatrix;

#define LK_PDF_SETTINGS 4

typedef struct {
    bool is_one_image;  /* nothing is painted but one XObject, seen whole */
    char name[128];     /* of that XObject, with its slash */
    LkMatrix place;     /* where the unit square goes */
    bool fill_is_black; /* the colour a stencil mask would be painted in */
    bool has_clip;
    LkRect clip; /* intersection of the rectangles clipped to; y up */
    char settings[LK_PDF_SETTINGS][64]; /* graphics states used, by name */
    int n_settings;
} LkPdfContent;

/**
 * lk_pdf_content_read:
 * @data: decoded content stream; not trusted
 *
 * Recognises what copiers write around a page image: matrices, saved states,
 * rectangular clips, marked content, a white background painted first, invisible text
 * (the result of OCR). Graphics states are named for the caller to judge. Anything else
 * makes is_one_image false, and the page is rendered instead.
 */
void lk_pdf_content_read(const uint8_t *data, size_t len, LkPdfContent *content);

G_END_DECLS

#endif
