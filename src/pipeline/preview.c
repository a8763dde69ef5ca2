/* preview.c - a form as a picture, before anything is printed: the printer's own pages,
 * drawn by the decoder of scans. No office is needed, and nothing is registered. */
#include "pipeline/pipeline.h"
#include "render/render.h"
#include "scan/scan.h"

#include <glib/gstdio.h>
#include <string.h>

#define SPECIMEN_COPY "00000"

/* OUT.png, or OUT-2.png when there are several. */
static char *
numbered_path(const char *output, int number, bool is_alone)
{
    const char *dot = strrchr(output, '.');
    if (is_alone || dot == NULL) {
        return g_strdup(output);
    }
    return g_strdup_printf("%.*s-%d%s", (int)(dot - output), output, number, dot);
}

static bool
print_specimen(const LkLayout *layout, const LkFonts *fonts, const char *pdf,
               GError **error)
{
    LkPrintItem item = {.layout = layout, .copy = SPECIMEN_COPY};
    LkPrintOptions options = {.title = layout->title};
    return lk_render_copies(&item, 1, fonts, &options, pdf, error);
}

/* Page after page of @pdf as pictures; names of those written are added to @files. */
static bool
draw_pages(const char *pdf, const LkPreviewOrder *order, GPtrArray *files,
           GError **error)
{
    LkScanLimits limits = lk_scan_limits_default;
    limits.drawn_dpi = LK_PREVIEW_DPI;
    g_autoptr(LkScan) scan = lk_scan_open(pdf, &limits, error);
    if (scan == NULL) {
        return false;
    }
    int n_pages = lk_scan_n_pages(scan);
    bool is_alone = order->page > 0 || n_pages == 1;
    int first = order->page > 0 ? order->page : 1;
    int last = order->page > 0 ? order->page : n_pages;
    lk_scan_seek(scan, first - 1);
    for (int page = first; page <= last; page++) {
        LkImage image;
        if (lk_scan_next(scan, &image, error) != LK_SCAN_PAGE) {
            return false;
        }
        g_autofree char *path = numbered_path(order->output, page, is_alone);
        if (!lk_image_write_png(&image, LK_PREVIEW_DPI, path, error)) {
            return false;
        }
        g_ptr_array_add(files, g_steal_pointer(&path));
    }
    return true;
}

GPtrArray *
lk_preview(const LkLayout *layout, const LkFonts *fonts, const LkPreviewOrder *order,
           GError **error)
{
    g_return_val_if_fail(order->page >= 0 && order->page <= (int)layout->pages->len,
                         NULL);
    g_autoptr(GError) reason = NULL;
    g_autofree char *folder = g_dir_make_tmp("lakana-XXXXXX", &reason);
    if (folder == NULL) {
        g_set_error(
            error, LK_PIPELINE_ERROR, LK_PIPELINE_ERROR_OUTPUT,
            _("nothing can be put aside in '%s' (%s): free some space there, or "
              "set TMPDIR to another folder"),
            g_get_tmp_dir(), lk_error_text(reason));
        return NULL;
    }
    g_autofree char *pdf = g_build_filename(folder, "specimen.pdf", NULL);
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
    bool done = print_specimen(layout, fonts, pdf, error) &&
                draw_pages(pdf, order, files, error);
    (void)g_unlink(pdf);
    (void)g_rmdir(folder);
    return done ? g_steal_pointer(&files) : NULL;
}
