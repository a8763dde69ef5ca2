/* sheet.c - paper: printed from a PDF, photocopied. */
#include "tests/sim/plane.h"

#include <cairo.h>
#include <math.h>
#include <poppler.h>
#include <string.h>

struct SimPaper {
    PopplerDocument *document;
    cairo_surface_t *surface; /* of the last page: the next one is drawn on it */
};

/* poppler remarks on the ToUnicode maps that libharu writes; no harm. */
static void
say_nothing(const char *domain, GLogLevelFlags level, const char *message, void *data)
{
    (void)domain;
    (void)level;
    (void)message;
    (void)data;
}

SimPaper *
sim_paper_open(const char *path, GError **error)
{
    g_autofree char *whole = g_canonicalize_filename(path, NULL);
    g_autofree char *uri = g_filename_to_uri(whole, NULL, error);
    if (uri == NULL) {
        return NULL;
    }
    PopplerDocument *document = poppler_document_new_from_file(uri, NULL, error);
    if (document == NULL) {
        return NULL;
    }
    g_log_set_handler("Poppler", G_LOG_LEVEL_INFO, say_nothing, NULL);
    SimPaper *paper = g_new0(SimPaper, 1);
    paper->document = document;
    return paper;
}

int
sim_paper_n_pages(const SimPaper *paper)
{
    return poppler_document_get_n_pages(paper->document);
}

void
sim_paper_free(SimPaper *paper)
{
    if (paper != NULL) {
        g_object_unref(paper->document);
        g_clear_pointer(&paper->surface, cairo_surface_destroy);
        g_free(paper);
    }
}

SimSheet *
sim_sheet_blank(double dpi)
{
    SimSheet *sheet = g_new0(SimSheet, 1);
    sheet->dpi = dpi;
    sheet->width = (int)lrint(LK_PAGE_WIDTH_MM / 25.4 * dpi);
    sheet->height = (int)lrint(LK_PAGE_HEIGHT_MM / 25.4 * dpi);
    size_t n = (size_t)sheet->width * (size_t)sheet->height;
    sheet->print = g_malloc(n);
    memset(sheet->print, 255, n);
    sheet->ink = g_malloc0(n);
    sheet->at[0] = 1;
    sheet->at[4] = 1;
    return sheet;
}

void
sim_sheet_free(SimSheet *sheet)
{
    if (sheet != NULL) {
        g_free(sheet->print);
        g_free(sheet->ink);
        g_free(sheet->loss);
        g_free(sheet);
    }
}

LkPoint
sim_sheet_place(const SimSheet *sheet, LkPoint p)
{
    const double *a = sheet->at;
    return (LkPoint){a[0] * p.x + a[1] * p.y + a[2], a[3] * p.x + a[4] * p.y + a[5]};
}

/* Page mm -> sheet mm: scaled and turned about the page's centre, then shifted. */
static void
set_place(double at[6], double scale, double skew_deg, LkPoint shift)
{
    double cx = LK_PAGE_WIDTH_MM / 2;
    double cy = LK_PAGE_HEIGHT_MM / 2;
    double c = scale * cos(skew_deg * G_PI / 180);
    double s = scale * sin(skew_deg * G_PI / 180);
    at[0] = c;
    at[1] = -s;
    at[2] = cx - c * cx + s * cy + shift.x;
    at[3] = s;
    at[4] = c;
    at[5] = cy - s * cx - c * cy + shift.y;
}

/* One colour of cairo's picture; print is black on white. */
static void
take_green(SimSheet *sheet, cairo_surface_t *surface, double toner)
{
    const uint8_t *data = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    int lift = (int)lrint(255 * toner);
    for (int y = 0; y < sheet->height; y++) {
        sim_lift(sheet->print + (size_t)y * (size_t)sheet->width,
                 data + (size_t)y * (size_t)stride, sheet->width, lift);
    }
}

static cairo_surface_t *
surface_for(SimPaper *paper, const SimSheet *sheet)
{
    if (paper->surface != NULL &&
        (cairo_image_surface_get_width(paper->surface) != sheet->width ||
         cairo_image_surface_get_height(paper->surface) != sheet->height)) {
        g_clear_pointer(&paper->surface, cairo_surface_destroy);
    }
    if (paper->surface == NULL) {
        paper->surface =
            cairo_image_surface_create(CAIRO_FORMAT_RGB24, sheet->width, sheet->height);
    }
    return paper->surface;
}

SimSheet *
sim_sheet_print(SimPaper *paper, int index, const SimPrinting *how, double dpi)
{
    PopplerPage *page = poppler_document_get_page(paper->document, index);
    g_return_val_if_fail(page != NULL, NULL);
    SimSheet *sheet = sim_sheet_blank(dpi);
    set_place(sheet->at, how->scale, how->skew_deg, how->shift_mm);
    cairo_surface_t *surface = surface_for(paper, sheet);
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    double px_mm = dpi / 25.4;
    const double *a = sheet->at;
    cairo_matrix_t to_px = {px_mm * a[0], px_mm * a[3], px_mm * a[1],
                            px_mm * a[4], px_mm * a[2], px_mm * a[5]};
    cairo_set_matrix(cairo, &to_px);
    cairo_scale(cairo, 25.4 / 72, 25.4 / 72);
    poppler_page_render_for_printing(page, cairo);
    g_object_unref(page);
    cairo_destroy(cairo);
    cairo_surface_flush(surface);
    take_green(sheet, surface, how->toner);
    return sheet;
}

void
sim_sheet_lose(SimSheet *sheet, int x, int y, SimLoss how)
{
    if (sheet->loss == NULL) {
        sheet->loss = g_malloc0((gsize)sheet->width * (gsize)sheet->height);
    }
    uint8_t *loss = sheet->loss + (size_t)y * (size_t)sheet->width + (size_t)x;
    *loss = MAX(*loss, (uint8_t)how);
}

double
sim_sheet_lost(const SimSheet *sheet, LkRect area)
{
    double px_mm = sheet->dpi / 25.4;
    int n = 0;
    int lost = 0;
    for (int y = (int)floor(area.y * px_mm); y < (area.y + area.h) * px_mm; y++) {
        for (int x = (int)floor(area.x * px_mm); x < (area.x + area.w) * px_mm; x++) {
            bool off = x < 0 || y < 0 || x >= sheet->width || y >= sheet->height;
            size_t at = (size_t)y * (size_t)sheet->width + (size_t)x;
            lost += off || (sheet->loss != NULL && sheet->loss[at] != SIM_LOSS_NONE);
            n++;
        }
    }
    return n == 0 ? 0 : (double)lost / n;
}

uint8_t *
sim_sheet_flat(const SimSheet *sheet)
{
    size_t n = (size_t)sheet->width * (size_t)sheet->height;
    uint8_t *flat = g_malloc(n);
    sim_absorb(flat, sheet->print, sheet->ink, n, sheet->pen.contrast);
    return flat;
}

/* Toner is there or it is not: grey turns steep about two thirds of white. */
static void
toner_curve(uint8_t curve[256], double middle, double steep)
{
    for (int i = 0; i < 256; i++) {
        curve[i] = (uint8_t)lrint(255 / (1 + exp((middle - i) * steep)));
    }
}

/* @to after @from: page -> sheet of the copy. */
static void
compose(double at[6], const double move[6])
{
    double old[6];
    memcpy(old, at, sizeof old);
    for (int r = 0; r < 2; r++) {
        const double *m = move + (ptrdiff_t)3 * r;
        at[3 * r] = m[0] * old[0] + m[1] * old[3];
        at[3 * r + 1] = m[0] * old[1] + m[1] * old[4];
        at[3 * r + 2] = m[0] * old[2] + m[1] * old[5] + m[2];
    }
}

/* Rows of the copy, sampled from @flat through the inverse of @move. */
static void
resample(SimSheet *sheet, const uint8_t *flat, const double move[6])
{
    g_autofree uint8_t *white = sim_white_tiles(flat, sheet->width, sheet->height);
    SimView view = {sheet->width, sheet->height, flat, white};
    double det = move[0] * move[4] - move[1] * move[3];
    double px_mm = 25.4 / sheet->dpi;
    LkPoint step = {move[4] / det, -move[3] / det}; /* px a px */
    for (int y = 0; y < sheet->height; y++) {
        double u = 0.5 * px_mm - move[2];
        double v = (y + 0.5) * px_mm - move[5];
        LkPoint start = {(move[4] * u - move[1] * v) / det / px_mm,
                         (move[0] * v - move[3] * u) / det / px_mm};
        sim_sample(&view, start, step, sheet->print + (size_t)y * (size_t)sheet->width,
                   sheet->width, 255);
    }
}

/* The copier sees its own dark inside beyond the paper when the lid stays open: a band
 * of black, never quite straight, on two sides. */
static void
blacken_edges(SimSheet *sheet, double edge_mm, SimRandom *random)
{
    double px_mm = sheet->dpi / 25.4;
    double across = edge_mm * sim_uniform(random, 0.3, 1);
    double along = edge_mm * sim_uniform(random, 0, 0.7);
    double lean = edge_mm * sim_uniform(random, -0.5, 0.5);
    bool right = sim_chance(random, 0.5);
    bool bottom = sim_chance(random, 0.5);
    for (int y = 0; y < sheet->height; y++) {
        double v = (double)y / sheet->height;
        int from = MAX(0, (int)((across + lean * v) * px_mm));
        uint8_t *row = sheet->print + (size_t)y * (size_t)sheet->width;
        from = MIN(from, sheet->width);
        memset(right ? row + sheet->width - from : row, 12, (size_t)from);
        int edge = bottom ? sheet->height - 1 - y : y;
        if (edge < along * px_mm) {
            memset(row, 12, (size_t)sheet->width);
        }
    }
}

void
sim_sheet_photocopy(SimSheet *sheet, const SimCopier *copier, SimRandom *random)
{
    g_return_if_fail(sheet->loss == NULL);
    double px_mm = sheet->dpi / 25.4;
    uint8_t *flat = sim_sheet_flat(sheet);
    sim_blur(flat, sheet->width, sheet->height, 0.05 * px_mm);
    double move[6];
    set_place(move, copier->scale, copier->skew_deg, copier->shift_mm);
    resample(sheet, flat, move);
    g_free(flat);
    compose(sheet->at, move);
    size_t n = (size_t)sheet->width * (size_t)sheet->height;
    memset(sheet->ink, 0, n);
    if (copier->edge_mm > 0) {
        blacken_edges(sheet, copier->edge_mm, random);
    }
    sim_noise(sheet->print, sheet->width, sheet->height, copier->noise, random);
    uint8_t curve[256];
    toner_curve(curve, copier->middle, copier->steep);
    sim_tone(sheet->print, n, curve);
    for (int i = 0; i < copier->specks; i++) {
        LkPoint at = {sim_uniform(random, 0, sheet->width),
                      sim_uniform(random, 0, sheet->height)};
        sim_disc(sheet->print, sheet->width, sheet->height, at,
                 sim_uniform(random, 0.03, 0.16) * px_mm, sim_pick(random, 120));
    }
    sim_blur(sheet->print, sheet->width, sheet->height, 0.03 * px_mm);
}
