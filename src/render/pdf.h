/* pdf.h - one PDF document under construction; private to the room and its tests.
 *
 * Callers speak mm in the page frame (origin top left, y down); the PDF frame begins
 * behind these functions. libharu's errors are sticky: the first one is recorded, later
 * calls do nothing, and lk_pdf_save() reports it. */
#ifndef LK_RENDER_PDF_H
#define LK_RENDER_PDF_H

#include "render/render.h"

#include <hpdf.h>

G_BEGIN_DECLS

typedef struct {
    HPDF_Doc doc;
    HPDF_Font faces[LK_N_FACES];
    HPDF_Encoder utf8;
    const LkFonts *fonts; /* the caller's; measures text */
    HPDF_STATUS status;   /* first error of libharu, 0 = none */
    HPDF_STATUS detail;
} LkPdf;

/**
 * lk_pdf_new:
 * @title: (nullable): of the document, in French; never a name
 *
 * An empty document in French with both faces embedded as subsets, everything
 * compressed, no dates, and a request to viewers to show the title and not to scale
 * pages when printing.
 *
 * Returns: (transfer full): never NULL; errors wait for lk_pdf_save()
 */
LkPdf *lk_pdf_new(const LkFonts *fonts, const char *title);
void lk_pdf_free(LkPdf *pdf);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkPdf, lk_pdf_free)

/** lk_pdf_two_sided: a request to viewers to print on both sides, turned over the long
 * edge. */
void lk_pdf_two_sided(LkPdf *pdf);

/** lk_pdf_page: (transfer none): a new A4 page. */
HPDF_Page lk_pdf_page(LkPdf *pdf);

/**
 * lk_pdf_check_text:
 * @text: (nullable): text that comes from outside the templates
 *
 * Returns: true if both faces can print all of it; libharu would print a hollow box,
 * and say nothing
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_pdf_check_text(const LkFonts *fonts, const char *text, GError **error);

/** lk_pdf_text: one line of @text; @at is the baseline at the alignment point. */
typedef struct {
    LkFace face;
    double size_pt;
    LkAlign align;
    double grey; /* 0 black .. 1 white */
} LkTextStyle;
void lk_pdf_text(LkPdf *pdf, HPDF_Page page, LkPoint at, LkTextStyle style,
                 const char *text);

/** lk_pdf_cap_height: height of capitals and digits, mm. */
double lk_pdf_cap_height(const LkPdf *pdf, LkFace face, double size_pt);

/** A pen: @dash_mm is the length of dashes and of gaps, 0 = solid. */
typedef struct {
    double width_mm, dash_mm, grey;
} LkPen;
/** lk_pdf_line: solid lines end in half a square, so that corners close. */
void lk_pdf_line(LkPdf *pdf, HPDF_Page page, LkPoint from, LkPoint to, LkPen pen);
/**
 * lk_pdf_rect:
 * @pen: width 0: not outlined; the outline's middle runs along @rect
 * @fill: grey, negative: not filled
 */
void lk_pdf_rect(LkPdf *pdf, HPDF_Page page, LkRect rect, LkPen pen, double fill);
/** lk_pdf_oval: as lk_pdf_rect(), inscribed in @rect. */
void lk_pdf_oval(LkPdf *pdf, HPDF_Page page, LkRect rect, LkPen pen, double fill);
/** lk_pdf_curve: @points: start, two control points, end; if filled, closed by a line.
 */
void lk_pdf_curve(LkPdf *pdf, HPDF_Page page, const LkPoint points[4], LkPen pen,
                  double fill);

/** lk_pdf_draw: @d as a layout has it. */
void lk_pdf_draw(LkPdf *pdf, HPDF_Page page, const LkDraw *d);

/**
 * lk_pdf_form_begin, lk_pdf_form_end:
 * @page: the first page that shows the form; what is drawn on it between the two calls
 *   goes into the form and not onto the page
 *
 * A form XObject: drawn once, shown on many pages by HPDF_Page_ExecuteXObject().
 */
typedef struct {
    HPDF_Dict form;
    HPDF_Stream page_stream;
} LkPdfForm;
LkPdfForm lk_pdf_form_begin(LkPdf *pdf, HPDF_Page page);
HPDF_XObject lk_pdf_form_end(LkPdf *pdf, HPDF_Page page, LkPdfForm begun);

/**
 * lk_pdf_fill_scaled:
 * @path: PDF path operators in a frame of @n x @n units, origin top left, y down
 *
 * Fills @path, stretched over @rect, with the current colour.
 */
void lk_pdf_fill_scaled(LkPdf *pdf, HPDF_Page page, LkRect rect, int n,
                        const char *path);

/** lk_pdf_bookmark: (transfer none): an entry under @parent (NULL: top) to @page. */
HPDF_Outline lk_pdf_bookmark(LkPdf *pdf, HPDF_Outline parent, const char *title,
                             HPDF_Page page);

/**
 * lk_pdf_save:
 * @path: replaced whole or not at all: temporary file in the same folder, fsync, rename
 *
 * Returns: true if @path holds the document and will after a power cut
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_pdf_save(LkPdf *pdf, const char *path, GError **error);

G_END_DECLS

#endif
