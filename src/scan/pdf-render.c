/* pdf-render.c - pages that are more than one image, drawn by poppler. */
#include "scan/pdf.h"

#include <math.h>
#include <string.h>

#include <cairo.h>
#include <poppler.h>

/* A4 at 600 dpi; cairo needs four bytes for each. */
#define MAX_PIXELS 35e6
#define MAX_SIDE 14000.0

/* poppler 22.12 defines none for its types. */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PopplerPage, g_object_unref)

struct LkRenderer {
    LkInput input;
    PopplerDocument *document;
    guint log;
    bool lost; /* something of the page could not be drawn */
};

/* --- What poppler complains of: it draws what it can and says so only in its log.
 * ------ */

/** Complaints that matter to a scan: anything about fonts does not. */
static const char *const grave[] = {"Syntax error", "Internal error", "Premature",
                                    "Corrupt", NULL};
static const char *const harmless[] = {"font", "Font", "CMap", "glyph", NULL};

static bool
has_any(const char *line, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strstr(line, *words) != NULL) {
            return true;
        }
    }
    return false;
}

static void
judge(LkRenderer *renderer, const char *line)
{
    renderer->lost =
        renderer->lost || (has_any(line, grave) && !has_any(line, harmless));
}

static void
on_log(const char *domain, GLogLevelFlags level, const char *message, gpointer user)
{
    (void)domain;
    (void)level;
    judge(user, message);
}

/* --- Documents.
 * ----------------------------------------------------------------------- */

LkRenderer *
lk_renderer_new(const LkInput *input)
{
    LkRenderer *renderer = g_new0(LkRenderer, 1);
    renderer->input = *input;
    renderer->log = g_log_set_handler("Poppler", G_LOG_LEVEL_MASK, on_log, renderer);
    return renderer;
}

void
lk_renderer_free(LkRenderer *renderer)
{
    if (renderer != NULL) {
        g_log_remove_handler("Poppler", renderer->log);
        g_clear_object(&renderer->document);
        g_free(renderer);
    }
}

static PopplerDocument *
document_of(LkRenderer *renderer)
{
    if (renderer->document == NULL) {
        g_autoptr(GBytes) bytes =
            g_bytes_new_static(renderer->input.data, renderer->input.len);
        renderer->document = poppler_document_new_from_bytes(bytes, NULL, NULL);
    }
    return renderer->document;
}

/* --- Drawing.
 * ------------------------------------------------------------------------- */

static void
copy_grey(cairo_surface_t *surface, int width, int height, uint8_t *rows, size_t stride)
{
    const uint8_t *from = cairo_image_surface_get_data(surface);
    size_t step = (size_t)cairo_image_surface_get_stride(surface);
    for (int y = 0; y < height; y++) {
        const uint32_t *pixels =
            (const uint32_t *)(const void *)(from + step * (size_t)y);
        uint8_t *row = rows + stride * (size_t)y;
        for (int x = 0; x < width; x++) {
            row[x] =
                lk_luma(pixels[x] >> 16 & 255, pixels[x] >> 8 & 255, pixels[x] & 255);
        }
    }
}

static bool
draw(PopplerPage *page, double scale, int width, int height, uint8_t *rows,
     size_t stride)
{
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_scale(cairo, scale, scale);
    poppler_page_render(page, cairo);
    bool fine = cairo_status(cairo) == CAIRO_STATUS_SUCCESS;
    cairo_destroy(cairo);
    cairo_surface_flush(surface);
    fine = fine && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS &&
           cairo_image_surface_get_data(surface) != NULL;
    if (fine) {
        copy_grey(surface, width, height, rows, stride);
    }
    cairo_surface_destroy(surface);
    return fine;
}

bool
lk_renderer_page(LkRenderer *renderer, int index, double dpi, double unit,
                 LkCanvas *canvas, GError **error)
{
    PopplerDocument *document = document_of(renderer);
    g_autoptr(PopplerPage) page =
        document != NULL ? poppler_document_get_page(document, index) : NULL;
    lk_input_release(&renderer->input); /* looked at every page before this one */
    double wide = 0;
    double high = 0;
    if (page != NULL) {
        poppler_page_get_size(page, &wide, &high);
    }
    bool drawn = false;
    if (wide > 0 && high > 0) {
        double scale = dpi / 72 * unit;
        scale = MIN(scale, sqrt(MAX_PIXELS / (wide * high)));
        scale = MIN(scale, MAX_SIDE / MAX(wide, high));
        LkRaster raster = {.width = (int)MAX(1, round(wide * scale)),
                           .height = (int)MAX(1, round(high * scale)),
                           .orientation = 1};
        size_t stride = 0;
        uint8_t *rows = lk_canvas_begin(canvas, &raster, &stride, error);
        if (rows == NULL) {
            return false;
        }
        renderer->lost = false;
        drawn = draw(page, scale, raster.width, raster.height, rows, stride);
        drawn = drawn && !renderer->lost;
    }
    if (!drawn) {
        lk_canvas_drop(canvas);
        g_set_error_literal(error, LK_SCAN_ERROR, LK_SCAN_ERROR_DAMAGED,
                            _("this page of the PDF cannot be drawn: scan it again, or "
                              "save the PDF again from the program that made it"));
        return false;
    }
    return lk_canvas_end(canvas, error);
}
