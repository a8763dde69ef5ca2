/* pdf.h - the parts of PDF reading. Private to the room. */
#ifndef LK_SCAN_PDF_H
#define LK_SCAN_PDF_H

#include "scan/decode.h"

#include <qpdf/qpdf-c.h>

G_BEGIN_DECLS

/** Nodes above a page, or within one, that are followed. */
#define LK_PDF_MAX_PARENTS 32

typedef enum {
    LK_PDF_DONE,
    LK_PDF_BAD,   /* @error is set */
    LK_PDF_CANNOT /* not for this way: render the page */
} LkPdfResult;

/** The packed data of the image decoded last: who cuts the page out needs them again.
 */
typedef struct {
    int id, generation;   /* of the image's object; id 0: none are kept */
    unsigned char *bytes; /* malloc'd */
    size_t len;
} LkPdfKept;

/** lk_pdf_kept_clear: none are kept. */
void lk_pdf_kept_clear(LkPdfKept *kept);

typedef struct {
    LkRaster raster;    /* orientation and extent */
    qpdf_oh resources;  /* where colour spaces are named */
    bool fill_is_black; /* what a stencil mask is painted in */
    bool is_lost;       /* salvaged: the colour space may be gone, and is guessed */
    bool to_check;      /* only whether the data are whole: masks do not matter */
    LkPdfKept *kept;    /* (nullable): is cleared, and takes what can be kept */
} LkPdfPlace;

/**
 * lk_pdf_image_decode:
 * @image: an image XObject
 *
 * DCT, CCITT and unpacked samples, whichever filters lie around them.
 */
G_GNUC_WARN_UNUSED_RESULT
LkPdfResult lk_pdf_image_decode(qpdf_data qpdf, qpdf_oh image, const LkPdfPlace *place,
                                LkCanvas *canvas, GError **error);

/** lk_pdf_forget: what qpdf keeps of errors and warnings, which adds up. */
void lk_pdf_forget(qpdf_data qpdf);

/**
 * lk_pdf_inherited: what @page says of @key, or a node above it (ISO 32000-1, 7.7.3.4);
 * null if none does.
 */
qpdf_oh lk_pdf_inherited(qpdf_data qpdf, qpdf_oh page, const char *key);

/** lk_pdf_keys: (transfer full): GPtrArray of char*; empty if @dict is none. */
GPtrArray *lk_pdf_keys(qpdf_data qpdf, qpdf_oh dict);

/** lk_pdf_names: (transfer full): set of the names, with their slash, in a content
 * stream; chance finds in an inline image's data too. */
GHashTable *lk_pdf_names(const uint8_t *content, size_t len);

/** lk_pdf_page_names, lk_pdf_form_names: (transfer full): the same of a page, of a form
 * XObject; NULL if its contents cannot be unpacked. */
GHashTable *lk_pdf_page_names(qpdf_data qpdf, qpdf_oh page);
GHashTable *lk_pdf_form_names(qpdf_data qpdf, qpdf_oh form);

/**
 * lk_pdf_cut:
 * @is_drawn: it took a renderer to decode the page
 * @kept: of its decoding
 *
 * @page alone in a document of its own: see LkFormat. Streams are copied as they are.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_pdf_cut(qpdf_data qpdf, qpdf_oh page, bool is_drawn, const LkPdfKept *kept,
                LkCut *cut);

/** A document open for rendering. */
typedef struct LkRenderer LkRenderer;

G_GNUC_WARN_UNUSED_RESULT
LkRenderer *lk_renderer_new(const LkInput *input);
void lk_renderer_free(LkRenderer *renderer);

/**
 * lk_renderer_page:
 * @dpi: resolution wished for; lowered if the page is larger than any paper
 * @unit: the page's /UserUnit, 1 if it has none
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_renderer_page(LkRenderer *renderer, int index, double dpi, double unit,
                      LkCanvas *canvas, GError **error);

G_END_DECLS

#endif
