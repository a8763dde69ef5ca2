/* sheets.c - pages that are only looked at: no identity, nothing to be read again. */
#include "render/pdf.h"

bool
lk_render_sheets(const LkLayout *layout, const LkFonts *fonts,
                 const LkPrintOptions *options, const char *path, GError **error)
{
    g_return_val_if_fail(layout->pages->len > 0, false);
    if (!lk_pdf_check_text(fonts, options->office, error)) {
        return false;
    }
    g_autoptr(LkPdf) pdf = lk_pdf_new(fonts, options->title);
    for (guint i = 0; i < layout->pages->len && pdf->status == HPDF_OK; i++) {
        const LkLayoutPage *sheet = g_ptr_array_index(layout->pages, i);
        HPDF_Page page = lk_pdf_page(pdf);
        for (guint d = 0; d < sheet->draws->len; d++) {
            lk_pdf_draw(pdf, page, &g_array_index(sheet->draws, LkDraw, d));
        }
    }
    return lk_pdf_save(pdf, path, error);
}
