/* summary.h - the sheet in front of the packs; private to the room and its tests. */
#ifndef LK_RENDER_SUMMARY_H
#define LK_RENDER_SUMMARY_H

#include "render/pdf.h"

G_BEGIN_DECLS

/**
 * lk_summary_print:
 * @items: as of lk_render_copies(), @options->summary is there
 *
 * Adds the pages that lk_render_summary_pages() counts, and their bookmark.
 */
void lk_summary_print(LkPdf *pdf, const LkPrintItem *items, size_t n_items,
                      const LkPrintOptions *options);

G_END_DECLS

#endif
