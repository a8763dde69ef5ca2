/* fuzz-read.c - page images that nobody scanned.
 *
 * Bytes alone never look like a page, so they are taken as orders: how large the image
 * is, how the page lies in it, and what is painted over it. Every reading must keep its
 * promises, whatever the image shows. */
#include <math.h>
#include <qrencode.h>
#include <string.h>

#include "read/homography.h"
#include "read/read.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PX 5        /* per mm of the master sheet */
#define WIDTH 1050  /* 210 * PX */
#define HEIGHT 1485 /* 297 * PX */
#define SHEET_BYTES ((size_t)WIDTH * (size_t)HEIGHT)
#define MAX_SIDE 1600
#define CASE "MOP482190736629"

static LkLayout *layout;
static LkReader *reader;
static uint8_t *sheet; /* the printed page: marks, codes, outlines */

/* The bytes still to be used; zeros when they are gone. */
typedef struct {
    const uint8_t *data;
    size_t left;
} Orders;

static int
next(Orders *orders)
{
    if (orders->left == 0) {
        return 0;
    }
    orders->left--;
    return *orders->data++;
}

/* A number in [@low, @high). */
static double
next_in(Orders *orders, double low, double high)
{
    return low + (high - low) * next(orders) / 256;
}

static void
fill(uint8_t *pixels, int width, int height, LkRect r, int grey)
{
    int x0 = CLAMP((int)r.x, 0, width), x1 = CLAMP((int)(r.x + r.w), 0, width);
    int y0 = CLAMP((int)r.y, 0, height), y1 = CLAMP((int)(r.y + r.h), 0, height);
    for (int y = y0; y < y1; y++) {
        memset(pixels + (size_t)y * (size_t)width + (size_t)x0, grey,
               (size_t)MAX(x1 - x0, 0));
    }
}

static void
draw(LkRect mm, int grey)
{
    fill(sheet, WIDTH, HEIGHT, (LkRect){mm.x * PX, mm.y * PX, mm.w * PX, mm.h * PX},
         grey);
}

static LkPageId
page_id(void)
{
    LkPageId id = {.page = 1, .copy = "9F3TK"};
    g_strlcpy(id.form, layout->form, sizeof id.form);
    g_strlcpy(id.layout, layout->id, sizeof id.layout);
    g_strlcpy(id.case_code.text, CASE, sizeof id.case_code.text);
    return id;
}

static void
draw_code(LkRect place)
{
    LkPageId id = page_id();
    char payload[LK_PAYLOAD_LEN + 1];
    lk_payload_write(&id, payload);
    QRcode *code = QRcode_encodeString(payload, 3, QR_ECLEVEL_H, QR_MODE_8, 1);
    double module = place.w / code->width;
    for (int i = 0; i < code->width * code->width; i++) {
        if (code->data[i] & 1) {
            int row = i / code->width;
            draw((LkRect){place.x + i % code->width * module, place.y + row * module,
                          module + 0.2, module + 0.2},
                 20);
        }
    }
    QRcode_free(code);
}

static void
draw_sheet(const LkLayoutPage *page)
{
    sheet = g_malloc(SHEET_BYTES);
    memset(sheet, 235, SHEET_BYTES);
    for (int i = 0; i < 4; i++) {
        draw(page->fiducials[i], 20);
    }
    draw_code(page->qr[0]);
    draw_code(page->qr[1]);
    for (guint i = 0; i < page->boxes->len; i++) {
        LkRect outline = g_array_index(page->boxes, LkBox, i).outline;
        draw(outline, 20);
        draw(lk_rect_inset(outline, 0.3), 235);
    }
    for (guint i = 0; i < page->cells->len; i++) {
        LkRect outline = g_array_index(page->cells, LkCell, i).outline;
        draw(outline, 20);
        draw(lk_rect_inset(outline, 0.3), 235);
    }
}

static const LkLayout *
give_layout(const char *id, void *data)
{
    (void)data;
    return strcmp(id, layout->id) == 0 ? layout : NULL;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    LkFormSet *set = lk_form_set_load(NULL, NULL, NULL);
    LkFonts *fonts = lk_fonts_load(NULL);
    g_assert_nonnull(set);
    g_assert_nonnull(fonts);
    layout = lk_layout_new(lk_form_set_lookup(set, "1.B"), fonts, NULL);
    g_assert_nonnull(layout);
    lk_fonts_free(fonts);
    lk_form_set_free(set);
    draw_sheet(lk_layout_page(layout, 1));
    LkReadHost host = {give_layout, NULL, NULL};
    reader = lk_reader_new(&host, NULL);
    return 0;
}

/* The sheet as @orders lay it in the image: turned, stretched, in perspective. */
static void
lay_sheet(Orders *orders, uint8_t *pixels, int width, int height)
{
    double scale = next_in(orders, 0.3, 1.5), turn = next(orders) % 4;
    double lean = next_in(orders, -0.12, 0.12) + turn * G_PI_2;
    double c = scale * cos(lean), s = scale * sin(lean);
    double x = next_in(orders, -100, 100), y = next_in(orders, -100, 100);
    double h[9] = {c,
                   -s,
                   width / 2.0 + x - c * WIDTH / 2 + s * HEIGHT / 2,
                   s,
                   c,
                   height / 2.0 + y - s * WIDTH / 2 - c * HEIGHT / 2,
                   next_in(orders, -1e-4, 1e-4),
                   next_in(orders, -1e-4, 1e-4),
                   1};
    double back[9];
    if (!lk_homography_invert(h, back)) {
        return;
    }
    for (int i = 0; i < width * height; i++) {
        int row = i / width;
        LkPoint p = lk_map_point(back, (LkPoint){i % width + 0.5, row + 0.5});
        if (p.x >= 0 && p.y >= 0 && p.x < WIDTH && p.y < HEIGHT) {
            pixels[i] = sheet[(size_t)p.y * WIDTH + (size_t)p.x];
        }
    }
}

static void
paint_over(Orders *orders, uint8_t *pixels, int width, int height)
{
    while (orders->left > 0) {
        LkRect r = {next_in(orders, -0.1, 1.1) * width,
                    next_in(orders, -0.1, 1.1) * height,
                    next_in(orders, 0, 0.4) * next(orders) / 256 * width,
                    next_in(orders, 0, 0.4) * next(orders) / 256 * height};
        fill(pixels, width, height, r, next(orders));
    }
}

static void
check_boxes(const LkReading *reading)
{
    const LkLayoutPage *page = lk_layout_page(layout, 1);
    guint boxes = reading->outcome == LK_OUTCOME_READ ? page->boxes->len : 0;
    g_assert_cmpuint(reading->boxes->len, ==, boxes);
    for (guint i = 0; i < boxes; i++) {
        const LkBoxReading *box = &g_array_index(reading->boxes, LkBoxReading, i);
        g_assert_true(box->score >= 0 && box->score <= 1);
        g_assert_true(box->confidence >= 0 && box->confidence <= 1);
    }
    for (guint i = 0; i < reading->writing->len; i++) {
        double ink = g_array_index(reading->writing, LkInkReading, i).ink;
        g_assert_true(ink >= 0 && ink <= 1.0001);
    }
}

static void
check(const LkReading *reading)
{
    check_boxes(reading);
    /* There is one code in all these pictures. */
    if (reading->source != LK_IDENTITY_NONE) {
        g_assert_cmpstr(reading->id.case_code.text, ==, CASE);
    }
    g_assert_true(reading->outcome != LK_OUTCOME_READ ||
                  reading->source == LK_IDENTITY_QR);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Orders orders = {data, size};
    int width = 380 + (int)next_in(&orders, 0, MAX_SIDE - 380);
    int height = 380 + (int)next_in(&orders, 0, MAX_SIDE - 380);
    /* Exactly as large as it must be, so that a look outside is seen. */
    g_autofree uint8_t *pixels = g_malloc((gsize)width * (gsize)height);
    memset(pixels, next(&orders), (size_t)width * (size_t)height);
    lay_sheet(&orders, pixels, width, height);
    paint_over(&orders, pixels, width, height);
    LkImage image = {width, height, (size_t)width, pixels, false};
    LkReading *reading = lk_reader_read(reader, &image);
    check(reading);
    lk_reading_free(reading);
    /* The same picture as a person names it: its code agrees, or it has none left. */
    LkPageId id = page_id();
    LkReading *told = lk_reader_read_as(reader, &image, &id);
    check_boxes(told);
    g_assert_true(told->outcome != LK_OUTCOME_READ ||
                  told->source == LK_IDENTITY_PERSON);
    lk_reading_free(told);
    return 0;
}
