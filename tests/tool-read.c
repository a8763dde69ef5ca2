/* tool-read.c - what the reader sees: tool-read [-p N] [-o OUT.png] FILE
 *
 * Prints one JSON object a page; with -o draws page N (from 0) with the places where
 * boxes and cells were found: green empty, red marked, orange unsure, violet blackened.
 * Layouts are those of the program's own templates. */
#include <stdio.h>
#include <string.h>

#include "read/read.h"
#include "scan/scan.h"
#include "tests/sim/sim.h"

typedef struct {
    GPtrArray *layouts; /* LkLayout */
} House;

static const LkLayout *
give_layout(const char *id, void *data)
{
    House *house = data;
    for (guint i = 0; i < house->layouts->len; i++) {
        const LkLayout *layout = g_ptr_array_index(house->layouts, i);
        if (strcmp(layout->id, id) == 0) {
            return layout;
        }
    }
    return NULL;
}

static void
none_issued(const LkCaseCode *code, void (*each)(const LkPageId *id, void *to),
            void *to, void *data)
{
    (void)code;
    (void)each;
    (void)to;
    (void)data;
}

static bool
load_layouts(House *house, GError **error)
{
    g_autoptr(LkFormSet) set = lk_form_set_load(NULL, NULL, error);
    g_autoptr(LkFonts) fonts = set ? lk_fonts_load(error) : NULL;
    house->layouts = g_ptr_array_new_with_free_func((GDestroyNotify)lk_layout_free);
    if (fonts == NULL) {
        return false;
    }
    const GPtrArray *forms = lk_form_set_list(set);
    for (guint i = 0; i < forms->len; i++) {
        LkLayout *layout = lk_layout_new(g_ptr_array_index(forms, i), fonts, error);
        if (layout == NULL) {
            return false;
        }
        g_ptr_array_add(house->layouts, layout);
    }
    return true;
}

/* --- JSON.
 * ----------------------------------------------------------------------------
 */

static const char *const outcomes[] = {"read", "unknown", "refused", "blank"};
static const char *const states[] = {"empty", "marked", "unsure", "blackened"};

static void
print_reading(int index, const LkReading *reading, gint64 us)
{
    const LkQuality *q = &reading->quality;
    printf("{\"index\":%d,\"outcome\":\"%s\",\"ms\":%.1f", index,
           outcomes[reading->outcome], (double)us / 1000);
    if (reading->source != LK_IDENTITY_NONE) {
        printf(",\"form\":\"%s\",\"page\":%d,\"layout\":\"%s\",\"case\":\"%s\","
               "\"copy\":\"%s\"",
               reading->id.form, reading->id.page, reading->id.layout,
               reading->id.case_code.text, reading->id.copy);
    }
    printf(
        ",\"turned\":%d,\"dpi\":%.1f,\"scale\":%.3f,\"skew\":%.2f,\"fiducials\":%d,"
        "\"codes\":%d,\"residual_mm\":%.2f,\"paper\":%.0f,\"ink\":%.0f,\"reasons\":[",
        q->turned, q->dpi, q->scale, q->skew_deg, q->fiducials, q->codes,
        q->residual_mm, q->paper, q->ink);
    const char *comma = "";
    for (int i = 0; i < LK_REASON_N; i++) {
        if (reading->reasons & (1u << i)) {
            printf("%s\"%s\"", comma, lk_reason_name((LkReason)i));
            comma = ",";
        }
    }
    printf("],\"boxes\":[");
    comma = "";
    for (guint i = 0; i < reading->boxes->len; i++) {
        const LkBoxReading *box = &g_array_index(reading->boxes, LkBoxReading, i);
        if (box->state != LK_MARK_EMPTY) {
            printf("%s{\"box\":%u,\"state\":\"%s\",\"score\":%.3f,\"confidence\":%.3f}",
                   comma, i, states[box->state], box->score, box->confidence);
            comma = ",";
        }
    }
    printf("]}\n");
}

/* --- Picture.
 * -------------------------------------------------------------------------
 */

static void
draw_line(SimImage *image, LkPoint a, LkPoint b, const uint8_t rgb[3])
{
    int n = (int)MAX(ABS(b.x - a.x), ABS(b.y - a.y)) + 1;
    for (int i = 0; i <= n; i++) {
        int x = (int)(a.x + (b.x - a.x) * i / n), y = (int)(a.y + (b.y - a.y) * i / n);
        if (x >= 0 && y >= 0 && x < image->width && y < image->height) {
            memcpy(image->pixels + ((size_t)y * (size_t)image->width + (size_t)x) * 3,
                   rgb, 3);
        }
    }
}

static void
draw_rect(SimImage *image, const double h[9], LkRect r, const uint8_t rgb[3])
{
    LkPoint corner[4] = {
        {r.x, r.y}, {r.x + r.w, r.y}, {r.x + r.w, r.y + r.h}, {r.x, r.y + r.h}};
    for (int k = 0; k < 4; k++) {
        draw_line(image, lk_map_point(h, corner[k]),
                  lk_map_point(h, corner[(k + 1) % 4]), rgb);
    }
}

static SimImage *
in_colour(const LkImage *image)
{
    SimImage *copy = g_new0(SimImage, 1);
    *copy = (SimImage){.width = image->width, .height = image->height, .channels = 3};
    copy->pixels = g_malloc((gsize)image->width * (gsize)image->height * 3);
    for (int y = 0; y < image->height; y++) {
        const uint8_t *from = image->pixels + (size_t)y * image->stride;
        uint8_t *to = copy->pixels + (size_t)y * (size_t)image->width * 3;
        for (int x = 0; x < image->width; x++) {
            memset(to + (size_t)x * 3, from[x], 3);
        }
    }
    return copy;
}

static bool
draw_reading(const House *house, const LkImage *image, const LkReading *reading,
             const char *path, GError **error)
{
    static const uint8_t colours[][3] = {
        {0, 170, 0}, {230, 0, 0}, {255, 140, 0}, {170, 0, 200}, {0, 90, 255}};
    g_autoptr(SimImage) picture = in_colour(image);
    const LkLayout *layout = give_layout(reading->id.layout, (void *)house);
    const LkLayoutPage *page = layout ? lk_layout_page(layout, reading->id.page) : NULL;
    const double *h = reading->to_image;
    for (int i = 0; page != NULL && i < 4 && h[8] > 0; i++) {
        draw_rect(picture, h, page->fiducials[i], colours[4]);
        draw_rect(picture, h, page->qr[i % 2], colours[4]);
    }
    for (guint i = 0; page != NULL && i < reading->boxes->len; i++) {
        LkMarkState state = g_array_index(reading->boxes, LkBoxReading, i).state;
        draw_rect(picture, h,
                  lk_rect_inset(g_array_index(page->boxes, LkBox, i).outline, -0.4),
                  colours[state]);
    }
    for (guint i = 0; page != NULL && i < reading->cells->len; i++) {
        bool written = g_array_index(reading->cells, LkInkReading, i).written;
        draw_rect(picture, h,
                  lk_rect_inset(g_array_index(page->cells, LkCell, i).outline, 0.5),
                  colours[written]);
    }
    for (guint i = 0; page != NULL && i < reading->writing->len; i++) {
        bool written = g_array_index(reading->writing, LkInkReading, i).written;
        draw_rect(picture, h, g_array_index(page->writing, LkWriting, i).area,
                  colours[written]);
    }
    return sim_write_png(picture, path, error);
}

/* --- Main.
 * ----------------------------------------------------------------------------
 */

static bool
read_file(const House *house, const char *file, int wanted, const char *out,
          GError **error)
{
    LkReadHost host = {give_layout, none_issued, (void *)house};
    g_autoptr(LkReader) reader = lk_reader_new(&host, error);
    g_autoptr(LkScan) scan = reader ? lk_scan_open(file, NULL, error) : NULL;
    if (scan == NULL) {
        return false;
    }
    LkImage image;
    for (int index = 0;; index++) {
        LkScanResult result = lk_scan_next(scan, &image, error);
        if (result == LK_SCAN_END) {
            return true;
        }
        if (result != LK_SCAN_PAGE) {
            return false;
        }
        if (wanted >= 0 && index != wanted) {
            continue;
        }
        gint64 start = g_get_monotonic_time();
        g_autoptr(LkReading) reading = lk_reader_read(reader, &image);
        print_reading(index, reading, g_get_monotonic_time() - start);
        if (out != NULL && !draw_reading(house, &image, reading, out, error)) {
            return false;
        }
    }
}

int
main(int argc, char **argv)
{
    int page = -1;
    g_autofree char *out = NULL;
    const GOptionEntry entries[] = {
        {"page", 'p', 0, G_OPTION_ARG_INT, &page, "only this page, from 0", "N"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &out, "draw it", "PNG"},
        G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new("FILE");
    g_autoptr(GError) error = NULL;
    g_option_context_add_main_entries(context, entries, NULL);
    House house;
    if (!g_option_context_parse(context, &argc, &argv, &error) ||
        !load_layouts(&house, &error)) {
        g_printerr("%s\n", error->message);
        return 1;
    }
    bool ok = argc == 2 && read_file(&house, argv[1], page, out, &error);
    if (!ok) {
        g_printerr("%s\n", error ? error->message : "one FILE");
    }
    g_ptr_array_unref(house.layouts);
    return ok ? 0 : 1;
}
