/* test-read.c - pages drawn here, pixel by pixel, and read back.
 *
 * The sheet is drawn at 254 dpi, 10 px per mm, so that places can be checked in the
 * head; a "scan" is that sheet seen through a map. The layout is made by hand, lopsided
 * on purpose: nothing that swaps x and y or turns the page the wrong way can pass. */
#include <math.h>
#include <qrencode.h>
#include <string.h>

#include "read/homography.h"
#include "read/mark.h"
#include "read/read.h"
#include "read/walk.h"

#define PX 10 /* per mm */
#define WIDTH 2100
#define HEIGHT 2970
#define LAYOUT "7KQX2"
#define PAPER 230
#define INK 40

typedef struct {
    int width, height;
    uint8_t *pixels;
} Sheet;

static Sheet *
sheet_new(int width, int height, int grey)
{
    Sheet *sheet = g_new(Sheet, 1);
    *sheet = (Sheet){width, height, g_malloc((gsize)width * (gsize)height)};
    memset(sheet->pixels, grey, (size_t)width * (size_t)height);
    return sheet;
}

static void
sheet_free(Sheet *sheet)
{
    g_free(sheet->pixels);
    g_free(sheet);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sheet, sheet_free)

static LkImage
image_of(const Sheet *sheet)
{
    return (LkImage){sheet->width, sheet->height, (size_t)sheet->width, sheet->pixels,
                     false};
}

static void
fill(Sheet *sheet, LkRect mm, int grey)
{
    for (int y = (int)lrint(mm.y * PX); y < (int)lrint((mm.y + mm.h) * PX); y++) {
        for (int x = (int)lrint(mm.x * PX); x < (int)lrint((mm.x + mm.w) * PX); x++) {
            if (x >= 0 && y >= 0 && x < sheet->width && y < sheet->height) {
                sheet->pixels[(size_t)y * (size_t)sheet->width + (size_t)x] =
                    (uint8_t)grey;
            }
        }
    }
}

static void
frame(Sheet *sheet, LkRect r, double line)
{
    fill(sheet, (LkRect){r.x, r.y, r.w, line}, INK);
    fill(sheet, (LkRect){r.x, r.y + r.h - line, r.w, line}, INK);
    fill(sheet, (LkRect){r.x, r.y, line, r.h}, INK);
    fill(sheet, (LkRect){r.x + r.w - line, r.y, line, r.h}, INK);
}

/* A pen stroke from @a to @b (page mm), @width mm wide. */
static void
stroke(Sheet *sheet, LkPoint a, LkPoint b, double width, int grey)
{
    double length = hypot(b.x - a.x, b.y - a.y);
    for (int i = 0; i <= (int)(20 * length); i++) {
        double t = i / 20.0;
        LkPoint p = {a.x + (b.x - a.x) * t / length, a.y + (b.y - a.y) * t / length};
        fill(sheet, (LkRect){p.x - width / 2, p.y - width / 2, width, width}, grey);
    }
}

static void
cross(Sheet *sheet, LkRect box)
{
    LkPoint a = {box.x + 0.3, box.y + 0.3},
            b = {box.x + box.w - 0.3, box.y + box.h - 0.3};
    stroke(sheet, a, b, 0.4, 60);
    stroke(sheet, (LkPoint){a.x, b.y}, (LkPoint){b.x, a.y}, 0.4, 60);
}

/* --- Walks. -------------------------------------------------------------------------
 */

/* Steps of a fine and a coarse scan, backwards, across rows, on a page on its side. */
static void
test_walk_every_way(void)
{
    static const LkWalk walks[] = {
        {300 << 16, 200 << 16, 96733, 0},          {300 << 16, 200 << 16, 96733, 3001},
        {(700 << 16) + 99, 250 << 16, -96733, -7}, {300 << 16, 300 << 16, -812, 96733},
        {300 << 16, 300 << 16, 31000, 2},          {60 << 16, 300 << 16, 290001, -450},
        {60 << 16, 300 << 16, 393000, 0},          {99 << 16, 99 << 16, 70000, 70000},
    };
    enum { ACROSS = 1000, DOWN = 800, MOST = 128 };
    g_autofree uint8_t *pixels = g_malloc((gsize)ACROSS * DOWN);
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    for (int i = 0; i < ACROSS * DOWN; i++) {
        pixels[i] = (uint8_t)g_rand_int_range(random, 0, 256);
    }
    LkImage image = {
        .width = ACROSS, .height = DOWN, .stride = ACROSS, .pixels = pixels};
    for (size_t k = 0; k < G_N_ELEMENTS(walks); k++) {
        LkWalk walk = walks[k];
        for (int n = 1; n <= MOST; n += 3) {
            uint8_t greys[MOST];
            lk_walk_sample(&image, walk, n, greys);
            for (int i = 0; i < n; i++) {
                int grey = lk_walk_bilinear(pixels, ACROSS, walk.x + i * walk.step_x,
                                            walk.y + i * walk.step_y);
                g_assert_cmpint(greys[i], ==, grey >> LK_WALK_BITS);
            }
        }
    }
}

/* --- The layout. --------------------------------------------------------------------
 */

#define N_BOXES 40
#define N_CELLS 11

static LkRect
box_place(int i)
{
    int row = i / 4;
    return (LkRect){31 + 23.5 * (i % 4), 45 + 19.5 * row, 4, 4};
}

static LkLayout *
layout_new(double shift_mm)
{
    LkLayout *layout = g_new0(LkLayout, 1);
    g_strlcpy(layout->id, LAYOUT, sizeof layout->id);
    layout->form = g_strdup("1.B");
    layout->pages = g_ptr_array_new();
    LkLayoutPage *page = g_new0(LkLayoutPage, 1);
    page->number = 1;
    LkRect fiducials[4] = {{12.5, 12.5, 5, 5},
                           {192.5, 12.5, 5, 5},
                           {192.5, 279.5, 5, 5},
                           {12.5, 279.5, 5, 5}};
    memcpy(page->fiducials, fiducials, sizeof fiducials);
    page->qr[0] = (LkRect){165, 12.5, 22, 22};
    page->qr[1] = (LkRect){23, 262.5, 22, 22};
    page->boxes = g_array_new(FALSE, TRUE, sizeof(LkBox));
    page->cells = g_array_new(FALSE, TRUE, sizeof(LkCell));
    page->writing = g_array_new(FALSE, TRUE, sizeof(LkWriting));
    page->slots = g_array_new(FALSE, TRUE, sizeof(LkSlot));
    page->draws = g_array_new(FALSE, TRUE, sizeof(LkDraw));
    for (int i = 0; i < N_BOXES; i++) {
        LkBox box = {.outline = box_place(i)};
        box.outline.y += shift_mm;
        g_array_append_val(page->boxes, box);
    }
    for (int i = 0; i < N_CELLS; i++) {
        LkCell cell = {.index = i, .outline = {140 + 5.0 * i, 64 + shift_mm, 5, 7}};
        g_array_append_val(page->cells, cell);
    }
    for (int i = 0; i < 2; i++) {
        LkWriting line = {.line = i, .area = {140, 90 + 9.0 * i + shift_mm, 50, 8}};
        g_array_append_val(page->writing, line);
    }
    /* Ends 5 mm left of box 0. */
    LkWriting beside = {.area = {14, 43 + shift_mm, 12, 8}};
    g_array_append_val(page->writing, beside);
    g_ptr_array_add(layout->pages, page);
    return layout;
}

static void
layout_drop(LkLayout *layout)
{
    LkLayoutPage *page = g_ptr_array_index(layout->pages, 0);
    g_array_unref(page->boxes);
    g_array_unref(page->cells);
    g_array_unref(page->writing);
    g_array_unref(page->slots);
    g_array_unref(page->draws);
    g_free(page);
    g_ptr_array_unref(layout->pages);
    g_free(layout->form);
    g_free(layout);
}

/* --- The printed sheet. -------------------------------------------------------------
 */

static void
draw_code(Sheet *sheet, LkRect place, const char *payload)
{
    QRcode *code = QRcode_encodeString(payload, 3, QR_ECLEVEL_H, QR_MODE_8, 1);
    g_assert_nonnull(code);
    g_assert_cmpint(code->width, ==, LK_QR_MODULES);
    double module = place.w / code->width;
    for (int i = 0; i < code->width * code->width; i++) {
        if (code->data[i] & 1) {
            int row = i / code->width, col = i % code->width;
            fill(sheet,
                 (LkRect){place.x + col * module, place.y + row * module, module,
                          module},
                 INK);
        }
    }
    QRcode_free(code);
}

static LkPageId
page_id(void)
{
    LkPageId id = {.form = "1.B", .page = 1, .layout = LAYOUT, .copy = "9F3TK"};
    g_assert_true(lk_case_code_parse("MOP-48219-07366-29", &id.case_code, NULL));
    return id;
}

static void
draw_page_code(Sheet *sheet, int place, const LkPageId *id)
{
    char payload[LK_PAYLOAD_LEN + 1];
    lk_payload_write(id, payload);
    LkRect at[2] = {{165, 12.5, 22, 22}, {23, 262.5, 22, 22}};
    draw_code(sheet, at[place], payload);
}

static Sheet *
print_sheet(const LkPageId *id)
{
    Sheet *sheet = sheet_new(WIDTH, HEIGHT, PAPER);
    LkLayout *layout = layout_new(0);
    const LkLayoutPage *page = g_ptr_array_index(layout->pages, 0);
    for (int i = 0; i < 4; i++) {
        fill(sheet, page->fiducials[i], INK);
    }
    draw_page_code(sheet, 0, id);
    draw_page_code(sheet, 1, id);
    for (guint i = 0; i < page->boxes->len; i++) {
        frame(sheet, g_array_index(page->boxes, LkBox, i).outline, LK_OUTLINE_MM);
    }
    for (guint i = 0; i < page->cells->len; i++) {
        frame(sheet, g_array_index(page->cells, LkCell, i).outline, LK_CELL_OUTLINE_MM);
    }
    layout_drop(layout);
    return sheet;
}

/* @sheet as seen through @h (sheet px -> scan px), bilinear, on a grey table. */
static Sheet *
scan_through(const Sheet *sheet, const double h[9], int width, int height)
{
    double back[9];
    g_assert_true(lk_homography_invert(h, back));
    Sheet *scan = sheet_new(width, height, 200);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            LkPoint p = lk_map_point(back, (LkPoint){x + 0.5, y + 0.5});
            double u = p.x - 0.5, v = p.y - 0.5;
            if (u < 0 || v < 0 || u >= sheet->width - 1 || v >= sheet->height - 1) {
                continue;
            }
            int iu = (int)u, iv = (int)v;
            const uint8_t *a =
                sheet->pixels + (size_t)iv * (size_t)sheet->width + (size_t)iu;
            const uint8_t *b = a + sheet->width;
            double fu = u - iu, fv = v - iv;
            scan->pixels[(size_t)y * (size_t)width + (size_t)x] =
                (uint8_t)lrint((1 - fv) * ((1 - fu) * a[0] + fu * a[1]) +
                               fv * ((1 - fu) * b[0] + fu * b[1]));
        }
    }
    return scan;
}

/* Turned clockwise by @deg about the middle, scaled, on a scan of @width x @height. */
static Sheet *
scan_turned(const Sheet *sheet, double deg, double scale, int width, int height)
{
    double c = scale * cos(deg * G_PI / 180), s = scale * sin(deg * G_PI / 180);
    double mx = sheet->width / 2.0, my = sheet->height / 2.0;
    double h[9] = {c, -s, width / 2.0 - c * mx + s * my,
                   s, c,  height / 2.0 - s * mx - c * my,
                   0, 0,  1};
    return scan_through(sheet, h, width, height);
}

/* --- The house. ---------------------------------------------------------------------
 */

typedef struct {
    LkLayout *layout;
    LkReader *reader;
} House;

static const LkLayout *
give_layout(const char *id, void *data)
{
    House *house = data;
    return strcmp(id, house->layout->id) == 0 ? house->layout : NULL;
}

static void
no_issued(const LkCaseCode *code, void (*each)(const LkPageId *id, void *to), void *to,
          void *data)
{
    (void)code, (void)each, (void)to, (void)data;
}

static const LkLayout *
give_example(void *data)
{
    return ((House *)data)->layout;
}

static House *
house_new(double layout_shift_mm)
{
    House *house = g_new0(House, 1);
    house->layout = layout_new(layout_shift_mm);
    GError *error = NULL;
    LkReadHost host = {.layout = give_layout, .issued = no_issued, .data = house};
    house->reader = lk_reader_new(&host, &error);
    g_assert_no_error(error);
    lk_reader_set_example(house->reader, give_example);
    return house;
}

static void
house_free(House *house)
{
    lk_reader_free(house->reader);
    layout_drop(house->layout);
    g_free(house);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(House, house_free)

static LkReading *
read_sheet(House *house, const Sheet *sheet)
{
    LkImage image = image_of(sheet);
    return lk_reader_read(house->reader, &image);
}

/* Boxes 5, 18 and 31 are crossed: no symmetry of the page maps them on each other. */
static void
mark_sheet(Sheet *sheet)
{
    cross(sheet, box_place(5));
    cross(sheet, box_place(18));
    cross(sheet, box_place(31));
}

static void
assert_marked_page(const LkReading *reading)
{
    g_assert_cmpint(reading->outcome, ==, LK_OUTCOME_READ);
    g_assert_cmpint(reading->source, ==, LK_IDENTITY_QR);
    g_assert_cmpstr(reading->id.case_code.text, ==, "MOP482190736629");
    g_assert_cmpstr(reading->id.form, ==, "1.B");
    g_assert_cmpint((int)reading->boxes->len, ==, N_BOXES);
    for (int i = 0; i < N_BOXES; i++) {
        LkMarkState expected =
            i == 5 || i == 18 || i == 31 ? LK_MARK_MARKED : LK_MARK_EMPTY;
        LkBoxReading box = g_array_index(reading->boxes, LkBoxReading, i);
        if (box.state != expected) {
            g_test_message("box %d: state %d, score %.3f", i, (int)box.state,
                           box.score);
        }
        g_assert_cmpint(box.state, ==, expected);
    }
}

static Sheet *
marked_sheet(void)
{
    LkPageId id = page_id();
    Sheet *sheet = print_sheet(&id);
    mark_sheet(sheet);
    return sheet;
}

/* --- Homography. --------------------------------------------------------------------
 */

static void
test_homography_recovers(void)
{
    /* x' = (2x + 10) / (0.001y + 1), y' = (3y + 20) / (0.001y + 1) */
    const double truth[9] = {2, 0, 10, 0, 3, 20, 0, 0.001, 1};
    LkPair pairs[5];
    LkPoint page[5] = {{10, 20}, {190, 15}, {200, 280}, {5, 270}, {90, 130}};
    for (int i = 0; i < 5; i++) {
        pairs[i] = (LkPair){page[i], lk_map_point(truth, page[i]), 1};
    }
    double h[9];
    g_assert_true(lk_homography_fit(pairs, 5, 0, h));
    LkPoint at = lk_map_point(h, (LkPoint){100, 200});
    g_assert_cmpfloat_with_epsilon(at.x, 210 / 1.2, 1e-6);
    g_assert_cmpfloat_with_epsilon(at.y, 620 / 1.2, 1e-6);
    double back[9];
    g_assert_true(lk_homography_invert(h, back));
    LkPoint again = lk_map_point(back, at);
    g_assert_cmpfloat_with_epsilon(again.x, 100, 1e-6);
    g_assert_cmpfloat_with_epsilon(again.y, 200, 1e-6);
}

static void
test_homography_jacobian(void)
{
    const double h[9] = {2, 0.5, 10, -0.25, 3, 20, 1e-4, 2e-4, 1};
    double j[4], e = 1e-4;
    LkPoint p = {70, 110}, at = lk_map_point(h, p);
    lk_homography_jacobian(h, p, j);
    LkPoint right = lk_map_point(h, (LkPoint){p.x + e, p.y});
    LkPoint below = lk_map_point(h, (LkPoint){p.x, p.y + e});
    g_assert_cmpfloat_with_epsilon(j[0], (right.x - at.x) / e, 1e-4);
    g_assert_cmpfloat_with_epsilon(j[1], (below.x - at.x) / e, 1e-4);
    g_assert_cmpfloat_with_epsilon(j[2], (right.y - at.y) / e, 1e-4);
    g_assert_cmpfloat_with_epsilon(j[3], (below.y - at.y) / e, 1e-4);
}

static void
test_homography_refuses_a_line(void)
{
    LkPair pairs[4];
    for (int i = 0; i < 4; i++) {
        pairs[i] = (LkPair){{10.0 * i, 20.0 * i}, {5.0 * i, 7.0 * i}, 1};
    }
    double h[9];
    g_assert_false(lk_homography_fit(pairs, 4, 0, h));
    g_assert_false(lk_homography_fit(pairs, 2, 1, h));
}

/* --- Pages. -------------------------------------------------------------------------
 */

static void
test_page_upright(void)
{
    g_autoptr(House) house = house_new(0);
    g_autoptr(Sheet) sheet = marked_sheet();
    g_autoptr(LkReading) reading = read_sheet(house, sheet);
    assert_marked_page(reading);
    g_assert_cmpint(reading->quality.turned, ==, 0);
    g_assert_cmpint(reading->quality.fiducials, ==, 4);
    g_assert_cmpint(reading->quality.codes, ==, 2);
    g_assert_cmpfloat_with_epsilon(reading->quality.dpi, 254, 1);
    g_assert_cmpfloat(reading->quality.residual_mm, <, 0.15);
    /* Box 5 is at (54.5, 64.5) mm, 10 px per mm. */
    LkPoint at = lk_map_point(reading->to_image, (LkPoint){54.5, 64.5});
    g_assert_cmpfloat_with_epsilon(at.x, 545, 1.0);
    g_assert_cmpfloat_with_epsilon(at.y, 645, 1.0);
}

static void
test_page_turned(void)
{
    static const struct {
        double deg, scale;
        int width, height, turned;
    } cases[] = {
        {1.5, 1, WIDTH, HEIGHT, 0},   {-1.5, 0.94, WIDTH, HEIGHT, 0},
        {180, 1, WIDTH, HEIGHT, 180}, {178.5, 1.01, WIDTH, HEIGHT, 180},
        {90, 1, HEIGHT, WIDTH, 90},   {271, 1, HEIGHT, WIDTH, 270},
        {1, 0.79, 1654, 2339, 0},     {-1, 0.6, 1260, 1782, 0},
        {0.5, 1.4, 2940, 4158, 0},
    };
    g_autoptr(House) house = house_new(0);
    g_autoptr(Sheet) sheet = marked_sheet();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Sheet) scan = scan_turned(sheet, cases[i].deg, cases[i].scale,
                                            cases[i].width, cases[i].height);
        g_autoptr(LkReading) reading = read_sheet(house, scan);
        g_test_message("turned %.1f, scale %.2f", cases[i].deg, cases[i].scale);
        assert_marked_page(reading);
        g_assert_cmpint(reading->quality.turned, ==, cases[i].turned);
        g_assert_cmpfloat_with_epsilon(reading->quality.dpi, 254 * cases[i].scale,
                                       254 * 0.005);
    }
}

static void
test_page_photo(void)
{
    /* A photo: the far edge smaller by 6 %, the page inside a larger picture. */
    const double h[9] = {0.95, 0.03, 180, -0.02, 0.97, 150, 0, 2.0e-5, 1};
    g_autoptr(House) house = house_new(0);
    g_autoptr(Sheet) sheet = marked_sheet();
    g_autoptr(Sheet) scan = scan_through(sheet, h, 2400, 3200);
    g_autoptr(LkReading) reading = read_sheet(house, scan);
    assert_marked_page(reading);
}

static void
test_page_fiducial_gone(void)
{
    g_autoptr(House) house = house_new(0);
    for (int gone = 0; gone < 4; gone++) {
        g_autoptr(Sheet) sheet = marked_sheet();
        LkRect squares[4] = {{12.5, 12.5, 5, 5},
                             {192.5, 12.5, 5, 5},
                             {192.5, 279.5, 5, 5},
                             {12.5, 279.5, 5, 5}};
        fill(sheet, lk_rect_inset(squares[gone], -1), PAPER);
        g_autoptr(Sheet) scan = scan_turned(sheet, 1, 0.97, WIDTH, HEIGHT);
        g_autoptr(LkReading) reading = read_sheet(house, scan);
        assert_marked_page(reading);
        g_assert_cmpint(reading->quality.fiducials, ==, 3);
    }
}

/* Two whole corners off: squares and, in two of the six cases, a code with them. The
 * opposite corners with the codes cost both codes and are told by print only. */
static void
test_page_two_corners_gone(void)
{
    static const int pairs[][2] = {{0, 1}, {0, 2}, {0, 3}, {1, 2}, {2, 3}};
    static const LkRect corners[4] = {
        {0, 0, 40, 40}, {162, 0, 48, 40}, {170, 257, 40, 40}, {0, 257, 48, 40}};
    g_autoptr(House) house = house_new(0);
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_autoptr(Sheet) sheet = marked_sheet();
        fill(sheet, corners[pairs[i][0]], PAPER);
        fill(sheet, corners[pairs[i][1]], PAPER);
        g_autoptr(Sheet) scan = scan_turned(sheet, -1.2, 0.98, WIDTH, HEIGHT);
        g_test_message("corners %d and %d", pairs[i][0], pairs[i][1]);
        g_autoptr(LkReading) reading = read_sheet(house, scan);
        assert_marked_page(reading);
    }
}

static void
test_page_false_fiducial(void)
{
    /* A corner gone and a square of the right size 6 mm beside its place. */
    g_autoptr(House) house = house_new(0);
    g_autoptr(Sheet) sheet = marked_sheet();
    fill(sheet, (LkRect){192, 279, 6, 6}, PAPER);
    fill(sheet, (LkRect){186, 281, 5, 5}, INK);
    g_autoptr(LkReading) reading = read_sheet(house, sheet);
    assert_marked_page(reading);
    g_assert_cmpint(reading->quality.fiducials, ==, 3);
}

static void
test_page_code_gone(void)
{
    g_autoptr(House) house = house_new(0);
    LkRect codes[2] = {{165, 12.5, 22, 22}, {23, 262.5, 22, 22}};
    for (int gone = 0; gone < 2; gone++) {
        for (int turn = 0; turn <= 180; turn += 180) {
            g_autoptr(Sheet) sheet = marked_sheet();
            fill(sheet, codes[gone], PAPER);
            g_autoptr(Sheet) scan = scan_turned(sheet, turn, 1, WIDTH, HEIGHT);
            g_autoptr(LkReading) reading = read_sheet(house, scan);
            assert_marked_page(reading);
            g_assert_cmpint(reading->quality.codes, ==, 1);
            g_assert_cmpint(reading->quality.turned, ==, turn);
        }
    }
}

/* A pen stroke through two finders of each code: no decoder reads that, the grid does.
 */
static void
test_page_codes_struck(void)
{
    g_autoptr(House) house = house_new(0);
    g_autoptr(Sheet) sheet = marked_sheet();
    stroke(sheet, (LkPoint){162, 15}, (LkPoint){190, 17}, 0.8, INK);
    stroke(sheet, (LkPoint){20, 265}, (LkPoint){48, 266}, 0.8, INK);
    for (int turn = 0; turn <= 180; turn += 180) {
        g_autoptr(Sheet) scan = scan_turned(sheet, turn + 1, 0.96, WIDTH, HEIGHT);
        g_autoptr(LkReading) reading = read_sheet(house, scan);
        assert_marked_page(reading);
        g_assert_cmpint(reading->quality.turned, ==, turn);
    }
}

/* The copy keeps its own number; the sticker in the foot says whose it is. */
static void
test_page_blank_copy_label(void)
{
    g_autoptr(House) house = house_new(0);
    LkPageId id = page_id(), label = page_id();
    g_strlcpy(id.case_code.text, "BLK123456789012", sizeof id.case_code.text);
    g_strlcpy(label.form, LK_LABEL_FORM, sizeof label.form);
    g_autoptr(Sheet) sheet = print_sheet(&id);
    mark_sheet(sheet);
    g_autoptr(LkReading) bare = read_sheet(house, sheet);
    g_assert_cmpint(bare->outcome, ==, LK_OUTCOME_READ);
    g_assert_cmpstr(bare->id.case_code.text, ==, "BLK123456789012");
    g_assert_cmpstr(bare->label.text, ==, "");
    g_assert_true(bare->reasons & 1u << LK_REASON_NO_CASE);
    char payload[LK_PAYLOAD_LEN + 1];
    lk_payload_write(&label, payload);
    draw_code(sheet, (LkRect){90, 262, 22, 22}, payload);
    g_autoptr(LkReading) labelled = read_sheet(house, sheet);
    g_assert_cmpint(labelled->outcome, ==, LK_OUTCOME_READ);
    g_assert_cmpstr(labelled->id.case_code.text, ==, "BLK123456789012");
    g_assert_cmpstr(labelled->label.text, ==, "MOP482190736629");
    g_assert_false(labelled->reasons & 1u << LK_REASON_NO_CASE);
}

static void
test_page_codes_gone(void)
{
    g_autoptr(House) house = house_new(0);
    g_autoptr(Sheet) sheet = marked_sheet();
    fill(sheet, (LkRect){165, 12.5, 22, 22}, PAPER);
    fill(sheet, (LkRect){23, 262.5, 22, 22}, PAPER);
    g_autoptr(LkReading) reading = read_sheet(house, sheet);
    g_assert_cmpint(reading->outcome, ==, LK_OUTCOME_UNKNOWN);
    g_assert_cmpint(reading->source, ==, LK_IDENTITY_NONE);
    g_assert_true(reading->reasons & 1u << LK_REASON_NO_IDENTITY);
}

static void
test_page_codes_disagree(void)
{
    g_autoptr(House) house = house_new(0);
    LkPageId id = page_id();
    g_autoptr(Sheet) sheet = print_sheet(&id);
    fill(sheet, (LkRect){23, 262.5, 22, 22}, PAPER);
    g_strlcpy(id.copy, "AAAAA", sizeof id.copy);
    draw_page_code(sheet, 1, &id);
    g_autoptr(LkReading) reading = read_sheet(house, sheet);
    g_assert_cmpint(reading->outcome, ==, LK_OUTCOME_REFUSED);
    g_assert_true(reading->reasons & 1u << LK_REASON_CODES_DISAGREE);
}

static void
test_page_wrong_layout(void)
{
    /* The layout asked for has its boxes 3 mm lower than those on paper. */
    g_autoptr(House) house = house_new(3);
    g_autoptr(Sheet) sheet = marked_sheet();
    g_autoptr(LkReading) reading = read_sheet(house, sheet);
    g_assert_cmpint(reading->outcome, ==, LK_OUTCOME_REFUSED);
    g_assert_true(reading->reasons & 1u << LK_REASON_BAD_FIT);
    g_assert_cmpint((int)reading->boxes->len, ==, 0);
}

static void
make_bilevel(Sheet *sheet)
{
    for (int i = 0; i < sheet->width * sheet->height; i++) {
        sheet->pixels[i] = sheet->pixels[i] < 128 ? 0 : 255;
    }
}

/* The paper rolled: what is half way down lies @bent_mm to the right, while the marks
 * at the corners are where they were. */
static Sheet *
bent_sheet(double bent_mm)
{
    g_autoptr(Sheet) flat = marked_sheet();
    Sheet *sheet = sheet_new(WIDTH, HEIGHT, PAPER);
    for (int y = 0; y < HEIGHT; y++) {
        double mm = (double)y * LK_PAGE_HEIGHT_MM / HEIGHT;
        double along = CLAMP((mm - 35) / (LK_PAGE_HEIGHT_MM - 70), 0, 1);
        int shift = (int)lrint(bent_mm * sin(G_PI * along) * WIDTH / LK_PAGE_WIDTH_MM);
        memcpy(sheet->pixels + (size_t)y * WIDTH + shift,
               flat->pixels + (size_t)y * WIDTH, (size_t)(WIDTH - shift));
    }
    return sheet;
}

/* Farther than an outline is sought, so that each must be found from the last. */
static void
test_page_bent(void)
{
    g_autoptr(House) house = house_new(0);
    g_autoptr(House) other = house_new(3);
    g_autoptr(Sheet) sheet = bent_sheet(1.9);
    g_autoptr(LkReading) reading = read_sheet(house, sheet);
    assert_marked_page(reading);
    g_autoptr(LkReading) elsewhere = read_sheet(other, sheet);
    g_assert_cmpint(elsewhere->outcome, ==, LK_OUTCOME_REFUSED);
    g_assert_true(elsewhere->reasons & 1u << LK_REASON_BAD_FIT);
}

/* A page with three rows of cells whose thin lines are gone while those of the boxes
 * stand: in 1 bit that is no reason to doubt the page; in grey, it is. */
static void
test_page_without_cells(void)
{
    House *houses[2] = {house_new(0), house_new(3)};
    for (int h = 0; h < 2; h++) {
        LkLayoutPage *page = g_ptr_array_index(houses[h]->layout->pages, 0);
        for (int i = 0; i < 60; i++) {
            LkCell cell = {.outline = {20 + 5.0 * (i % 20), 110 + 0.6 * i, 5, 7}};
            g_array_append_val(page->cells, cell);
        }
    }
    g_autoptr(Sheet) sheet = marked_sheet();
    g_autoptr(LkReading) grey = read_sheet(houses[0], sheet);
    g_assert_cmpint(grey->outcome, ==, LK_OUTCOME_REFUSED);
    make_bilevel(sheet);
    LkImage image = image_of(sheet);
    image.bilevel = true;
    g_autoptr(LkReading) reading = lk_reader_read(houses[0]->reader, &image);
    assert_marked_page(reading);
    g_autoptr(LkReading) elsewhere = lk_reader_read(houses[1]->reader, &image);
    g_assert_cmpint(elsewhere->outcome, ==, LK_OUTCOME_REFUSED);
    house_free(houses[0]);
    house_free(houses[1]);
}

static void
test_page_unknown_layout(void)
{
    g_autoptr(House) house = house_new(0);
    LkPageId id = page_id();
    g_strlcpy(id.layout, "ZZZZZ", sizeof id.layout);
    g_autoptr(Sheet) sheet = print_sheet(&id);
    g_autoptr(LkReading) reading = read_sheet(house, sheet);
    g_assert_cmpint(reading->outcome, ==, LK_OUTCOME_REFUSED);
    g_assert_true(reading->reasons & 1u << LK_REASON_UNKNOWN_LAYOUT);
    g_assert_cmpstr(reading->id.layout, ==, "ZZZZZ");
}

static void
test_page_blank(void)
{
    g_autoptr(House) house = house_new(0);
    g_autoptr(Sheet) sheet = sheet_new(WIDTH, HEIGHT, PAPER);
    g_autoptr(LkReading) white = read_sheet(house, sheet);
    g_assert_cmpint(white->outcome, ==, LK_OUTCOME_BLANK);
    for (int i = 0; i < 60; i++) {
        /* Specks of 0.4 mm and lines that show through from the other side. */
        fill(sheet, (LkRect){11.0 + 3 * i, 20 + 4.0 * i, 0.4, 0.4}, INK);
        fill(sheet, (LkRect){20, 22 + 4.0 * i, 150, 0.4}, PAPER - 40);
    }
    g_autoptr(LkReading) back = read_sheet(house, sheet);
    g_assert_cmpint(back->outcome, ==, LK_OUTCOME_BLANK);
    stroke(sheet, (LkPoint){60, 70}, (LkPoint){75, 74}, 0.4, INK);
    g_autoptr(LkReading) note = read_sheet(house, sheet);
    g_assert_cmpint(note->outcome, ==, LK_OUTCOME_UNKNOWN);
    g_assert_true(note->reasons & 1u << LK_REASON_NO_MARKS);
}

static void
test_page_foreign(void)
{
    g_autoptr(House) house = house_new(0);
    g_autoptr(Sheet) sheet = sheet_new(WIDTH, HEIGHT, PAPER);
    draw_code(sheet, (LkRect){60, 80, 29, 29}, "https://example.org/");
    g_autoptr(LkReading) reading = read_sheet(house, sheet);
    g_assert_cmpint(reading->outcome, ==, LK_OUTCOME_UNKNOWN);
    g_assert_true(reading->reasons & 1u << LK_REASON_FOREIGN_CODE);
}

static void
test_page_written(void)
{
    g_autoptr(House) house = house_new(0);
    g_autoptr(Sheet) sheet = marked_sheet();
    /* Cell 3 is at x 155..160, y 64..71; the second line at y 99..107. */
    stroke(sheet, (LkPoint){157.5, 65.5}, (LkPoint){157.5, 69.5}, 0.4, 60);
    stroke(sheet, (LkPoint){142, 101}, (LkPoint){160, 105}, 0.4, 60);
    /* Two tails hang 2 mm down into the first line, y 90..98. */
    stroke(sheet, (LkPoint){150, 86}, (LkPoint){150, 92}, 0.5, 60);
    stroke(sheet, (LkPoint){170, 86}, (LkPoint){169, 92}, 0.5, 60);
    g_autoptr(LkReading) reading = read_sheet(house, sheet);
    assert_marked_page(reading);
    for (guint i = 0; i < N_CELLS; i++) {
        g_assert_cmpint(g_array_index(reading->cells, LkInkReading, i).written, ==,
                        i == 3);
    }
    g_assert_false(g_array_index(reading->writing, LkInkReading, 0).written);
    const LkInkReading *line = &g_array_index(reading->writing, LkInkReading, 1);
    g_assert_true(line->written);
    /* The stroke goes from 2 to 20 mm of 50: columns 0..6 of 16. */
    g_assert_cmpint(line->profile[3], >, 150);
    g_assert_cmpint(line->profile[10], ==, 0);
}

static LkMarkState
state_of(const LkReading *reading, int box)
{
    return g_array_index(reading->boxes, LkBoxReading, (guint)box).state;
}

/* Three crosses as ever, and all kinds of other ink. */
static void
test_page_marks(void)
{
    g_autoptr(House) house = house_new(0);
    g_autoptr(Sheet) sheet = marked_sheet();
    LkRect ticked = box_place(9), slashed = box_place(11), struck = box_place(14);
    stroke(sheet, (LkPoint){ticked.x + 0.5, ticked.y + 1.8},
           (LkPoint){ticked.x + 1.7, ticked.y + 3.4}, 0.5, 60);
    stroke(sheet, (LkPoint){ticked.x + 1.7, ticked.y + 3.4},
           (LkPoint){ticked.x + 5.5, ticked.y - 2}, 0.5, 60);
    stroke(sheet, (LkPoint){slashed.x + 0.2, slashed.y + 3.8},
           (LkPoint){slashed.x + 3.8, slashed.y + 0.2}, 0.5, 60);
    fill(sheet, lk_rect_inset(box_place(22), -0.2), 60);
    /* A slip of the pen, 6 mm and more beyond the box on both sides. */
    stroke(sheet, (LkPoint){struck.x + 5, struck.y - 7},
           (LkPoint){struck.x - 1, struck.y + 11}, 0.5, 60);
    /* A comma between two boxes belongs to none. */
    stroke(sheet, (LkPoint){ticked.x - 9, ticked.y + 1},
           (LkPoint){ticked.x - 10, ticked.y + 3}, 0.5, 60);
    g_autoptr(LkReading) reading = read_sheet(house, sheet);
    g_assert_cmpint(reading->outcome, ==, LK_OUTCOME_READ);
    for (int i = 0; i < N_BOXES; i++) {
        bool marked = i == 5 || i == 18 || i == 31 || i == 9 || i == 11;
        if (i != 14 && i != 22) {
            g_assert_cmpint(state_of(reading, i), ==,
                            marked ? LK_MARK_MARKED : LK_MARK_EMPTY);
        }
    }
    g_assert_cmpint(state_of(reading, 22), ==, LK_MARK_BLACKENED);
    g_assert_cmpint(state_of(reading, 14), !=, LK_MARK_MARKED);
}

/* Handwriting that begins on the line left of box 0 and runs on through it. */
static void
test_page_overrun(void)
{
    g_autoptr(House) house = house_new(0);
    g_autoptr(Sheet) sheet = marked_sheet();
    for (int i = 0; i < 11; i++) {
        double x = 15 + 2 * i;
        stroke(sheet, (LkPoint){x, 48.5}, (LkPoint){x + 1, 45.5}, 0.5, 60);
        stroke(sheet, (LkPoint){x + 1, 45.5}, (LkPoint){x + 2, 48.5}, 0.5, 60);
    }
    g_autoptr(LkReading) reading = read_sheet(house, sheet);
    g_assert_cmpint(reading->outcome, ==, LK_OUTCOME_READ);
    g_assert_cmpint(state_of(reading, 1), ==, LK_MARK_EMPTY);
    g_assert_cmpint(state_of(reading, 5), ==, LK_MARK_MARKED);
    g_assert_cmpint(state_of(reading, 0), ==, LK_MARK_UNSURE);
    g_assert_true(g_array_index(reading->writing, LkInkReading, 2).written);
}

/* --- Marks at their limits. ---------------------------------------------------------
 */

static LkMarkFeatures
plain_mark(double coverage)
{
    return (LkMarkFeatures){.coverage = coverage,
                            .area = 9 * coverage,
                            .extent = 2.5,
                            .middle = 0.3,
                            .depth = 1.4,
                            .darkness = 0.8,
                            .whole = true,
                            .outline = true};
}

static LkMarkState
decide(LkMarkFeatures features, LkMarkHabit habit)
{
    LkBoxReading reading = lk_mark_decide(&features, &habit);
    g_assert_cmpfloat(reading.confidence, >=, 0.5);
    g_assert_cmpfloat(reading.confidence, <=, 1);
    return reading.state;
}

static void
test_mark_limits(void)
{
    const LkMarkHabit ticks = {9, 0.2, 0}, scribbles = {9, 0.82, 0},
                      alone = {1, 0.9, 0};
    static const struct {
        double coverage;
        LkMarkState state;
    } cases[] = {{0, LK_MARK_EMPTY},        {0.02, LK_MARK_EMPTY},
                 {0.021, LK_MARK_UNSURE},   {0.084, LK_MARK_UNSURE},
                 {0.085, LK_MARK_MARKED},   {0.79, LK_MARK_MARKED},
                 {0.81, LK_MARK_BLACKENED}, {0.965, LK_MARK_BLACKENED}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_cmpint(decide(plain_mark(cases[i].coverage), ticks), ==,
                        cases[i].state);
    }
    g_assert_cmpint(decide(plain_mark(0.85), scribbles), ==, LK_MARK_MARKED);
    g_assert_cmpint(decide(plain_mark(0.97), scribbles), ==, LK_MARK_MARKED);
    g_assert_cmpint(decide(plain_mark(0.985), scribbles), ==, LK_MARK_BLACKENED);
    g_assert_cmpint(decide(plain_mark(0.85), alone), ==, LK_MARK_UNSURE);
}

static void
test_mark_shapes(void)
{
    const LkMarkHabit ticks = {9, 0.2, 0}, slashes = {9, 0.2, 1},
                      scribbles = {9, 0.82, 0};
    LkMarkFeatures cut = plain_mark(0.2);
    cut.whole = false;
    g_assert_cmpint(decide(cut, ticks), ==, LK_MARK_UNSURE);
    LkMarkFeatures blot = plain_mark(0.1);
    blot.extent = 1;
    g_assert_cmpint(decide(blot, ticks), ==, LK_MARK_UNSURE);
    /* A stroke that goes 3 mm beyond the box on both sides, most of it outside. */
    LkMarkFeatures slip = plain_mark(0.2);
    slip.through = 3;
    slip.outside = 12;
    g_assert_cmpint(decide(slip, ticks), ==, LK_MARK_UNSURE);
    /* A shorter one: a slash, if the writer slashes; not if he scribbles. */
    slip.through = 1.5;
    slip.outside = 2;
    g_assert_cmpint(decide(slip, slashes), ==, LK_MARK_MARKED);
    g_assert_cmpint(decide(slip, scribbles), ==, LK_MARK_UNSURE);
    /* Dust is no mark, but so much of it may be one. */
    LkMarkFeatures dust = plain_mark(0.01);
    dust.specks = 0.04;
    g_assert_cmpint(decide(dust, ticks), ==, LK_MARK_EMPTY);
    dust.specks = 0.06;
    g_assert_cmpint(decide(dust, ticks), ==, LK_MARK_UNSURE);
    /* The end of a neighbour's tail, in a corner. */
    LkMarkFeatures tail = plain_mark(0.06);
    tail.middle = 0;
    tail.depth = 0.5;
    tail.off_center = 4;
    tail.outside = 8;
    g_assert_cmpint(decide(tail, ticks), ==, LK_MARK_EMPTY);
    /* A mark drawn around the corner of its box: nothing inside. */
    LkMarkFeatures missed = plain_mark(0);
    missed.beside = 1.19;
    g_assert_cmpint(decide(missed, ticks), ==, LK_MARK_EMPTY);
    missed.beside = 1.2;
    g_assert_cmpint(decide(missed, ticks), ==, LK_MARK_UNSURE);
    missed.crowded = true;
    g_assert_cmpint(decide(missed, ticks), ==, LK_MARK_EMPTY);
    /* Faint remains in a box whose outline was not found. */
    LkMarkFeatures lost = plain_mark(0.015);
    lost.outline = false;
    g_assert_cmpint(decide(lost, ticks), ==, LK_MARK_UNSURE);
}

static void
test_mark_two_judges(void)
{
    static const struct {
        LkMarkState rules;
        LkMarkOdds odds;
        double overrun;
        LkMarkState state;
    } cases[] = {
        {LK_MARK_MARKED, {0.0005, 0.999, 0.0005}, 0, LK_MARK_MARKED},
        {LK_MARK_MARKED, {0.003, 0.997, 0}, 0, LK_MARK_UNSURE},
        {LK_MARK_MARKED, {0.0005, 0.999, 0.0005}, 0.4, LK_MARK_UNSURE},
        {LK_MARK_MARKED, {0.999, 0.001, 0}, 0, LK_MARK_UNSURE},
        {LK_MARK_EMPTY, {0.999, 0.001, 0}, 0, LK_MARK_EMPTY},
        {LK_MARK_EMPTY, {0.999, 0.001, 0}, 0.4, LK_MARK_EMPTY},
        {LK_MARK_EMPTY, {0.001, 0.999, 0}, 0, LK_MARK_UNSURE},
        {LK_MARK_UNSURE, {0.0003, 0.9997, 0}, 0, LK_MARK_MARKED},
        {LK_MARK_UNSURE, {0.001, 0.999, 0}, 0, LK_MARK_UNSURE},
        {LK_MARK_UNSURE, {0.99998, 0.00002, 0}, 0, LK_MARK_EMPTY},
        {LK_MARK_UNSURE, {0.9999, 0.0001, 0}, 0, LK_MARK_UNSURE},
        {LK_MARK_BLACKENED, {0, 0.3, 0.7}, 0, LK_MARK_BLACKENED},
        {LK_MARK_BLACKENED, {0, 0.999, 0.001}, 0, LK_MARK_UNSURE},
        {LK_MARK_MARKED, {0, 0.3, 0.7}, 0, LK_MARK_BLACKENED},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        LkMarkFeatures features = plain_mark(0.3);
        features.overrun = cases[i].overrun;
        LkBoxReading rules = {cases[i].rules, 0.3, 0.9};
        LkBoxReading both = lk_mark_agree(&features, &rules, &cases[i].odds);
        g_assert_cmpint(both.state, ==, cases[i].state);
        g_assert_cmpfloat(both.score, ==, 0.3);
        if (both.state == LK_MARK_MARKED) {
            g_assert_cmpfloat(both.confidence, ==, cases[i].odds.marked);
        }
    }
}

/* Boxes without ink are believed only beside marks that were not wiped out. */
static void
test_mark_fading_pen(void)
{
    static const struct {
        int plain, remnants;
        bool fades;
    } cases[] = {{0, 0, false}, {0, 1, true}, {1, 1, false}, {1, 2, true},
                 {4, 7, false}, {4, 8, true}, {9, 0, false}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GArray) features = g_array_new(FALSE, TRUE, sizeof(LkMarkFeatures));
        g_autoptr(GArray) boxes = g_array_new(FALSE, TRUE, sizeof(LkBoxReading));
        for (int k = 0; k < 30 + cases[i].plain + cases[i].remnants; k++) {
            LkMarkFeatures ink = {.coverage = 0};
            LkBoxReading box = {LK_MARK_EMPTY, 0, 0.99};
            if (k < cases[i].plain) {
                ink = plain_mark(0.1);
                box.state = LK_MARK_MARKED;
            } else if (k < cases[i].plain + cases[i].remnants) {
                ink = (LkMarkFeatures){.coverage = k % 2 ? 0.03 : 0, .specks = 0.01};
                box.state = LK_MARK_UNSURE;
            }
            g_array_append_val(features, ink);
            g_array_append_val(boxes, box);
        }
        g_assert_cmpint(lk_mark_fades(features, boxes), ==, cases[i].fades);
    }
    /* In doubt for other reasons: a stamp's letter, ink beside, a clean box off the
     * image. None of these is what is left of a mark. */
    g_autoptr(GArray) features = g_array_new(FALSE, TRUE, sizeof(LkMarkFeatures));
    g_autoptr(GArray) boxes = g_array_new(FALSE, TRUE, sizeof(LkBoxReading));
    const LkMarkFeatures others[] = {plain_mark(0.1), {.beside = 3}, {.whole = false}};
    const LkBoxReading unsure = {LK_MARK_UNSURE, 0, 0.5};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        g_array_append_val(features, others[i]);
        g_array_append_val(boxes, unsure);
    }
    g_assert_false(lk_mark_fades(features, boxes));
}

/* --- What is said about the scan. ---------------------------------------------------
 */

static bool
has_reason(const LkReading *reading, LkReason reason)
{
    return (reading->reasons & 1u << reason) != 0;
}

static void
assert_says(const LkReading *reading, LkReason reason, const char *words)
{
    g_autofree char *said = lk_reason_say(reason, &reading->quality);
    g_assert_true(has_reason(reading, reason));
    if (strstr(said, words) == NULL) {
        g_test_message("\"%s\" without \"%s\"", said, words);
    }
    g_assert_nonnull(strstr(said, words));
}

static void
test_quality_streak(void)
{
    g_autoptr(House) house = house_new(0);
    g_autoptr(Sheet) sheet = marked_sheet();
    /* A frame's side, of three quarters of the page: printed, no dirt. */
    fill(sheet, (LkRect){120, 30, 0.3, 225}, INK);
    g_autoptr(LkReading) framed = read_sheet(house, sheet);
    assert_marked_page(framed);
    g_assert_cmpint(framed->quality.streaks, ==, 0);
    g_assert_false(has_reason(framed, LK_REASON_STREAK));
    fill(sheet, (LkRect){143, 0, 0.3, 297}, 120);
    g_autoptr(LkReading) dirty = read_sheet(house, sheet);
    assert_marked_page(dirty);
    g_assert_cmpint(dirty->quality.streaks, ==, 1);
    g_assert_cmpfloat_with_epsilon(dirty->quality.streak_mm[0], 143.1, 0.3);
    assert_says(dirty, LK_REASON_STREAK, "143 mm");
    /* Turned by the scanner's program afterwards: from the upper edge now. */
    g_autoptr(Sheet) lying = scan_turned(sheet, 90, 1, HEIGHT, WIDTH);
    g_autoptr(LkReading) turned = read_sheet(house, lying);
    g_assert_cmpint(turned->quality.streaks, ==, 1);
    g_assert_true(turned->quality.streaks_across);
    g_assert_cmpfloat_with_epsilon(turned->quality.streak_mm[0], 143.1, 0.3);
}

static void
test_quality_size(void)
{
    static const struct {
        double dpi, printed;
        bool coarse, odd;
        const char *said;
    } cases[] = {
        {150, 1, true, false, "150"},
        {200, 0.94, false, true, "94 %"},
        {150, 0.97, true, false, "150"}, /* the scanner's, not the page's 145 */
        {200, 0.97, false, false, NULL},
        {200, 1.06, false, true, "106 %"}};
    g_autoptr(House) house = house_new(0);
    g_autoptr(Sheet) sheet = marked_sheet();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        double per_mm = cases[i].dpi / 25.4;
        g_autoptr(Sheet) scan =
            scan_turned(sheet, 0.4, per_mm / PX * cases[i].printed,
                        (int)lrint(210 * per_mm), (int)lrint(297 * per_mm));
        g_autoptr(LkReading) reading = read_sheet(house, scan);
        assert_marked_page(reading);
        g_assert_cmpfloat_with_epsilon(reading->quality.scale, cases[i].printed, 0.004);
        g_assert_cmpint(has_reason(reading, LK_REASON_COARSE), ==, cases[i].coarse);
        g_assert_cmpint(has_reason(reading, LK_REASON_PRINT_SCALE), ==, cases[i].odd);
        if (cases[i].said != NULL) {
            assert_says(reading,
                        cases[i].odd ? LK_REASON_PRINT_SCALE : LK_REASON_COARSE,
                        cases[i].said);
        }
    }
}

static void
test_quality_cut(void)
{
    g_autoptr(House) house = house_new(0);
    g_autoptr(Sheet) sheet = marked_sheet();
    /* Print ends 12 mm from the edge: 198 mm, of which the image has 194. */
    LkImage right = image_of(sheet);
    right.width = 1940;
    g_autoptr(LkReading) cut = lk_reader_read(house->reader, &right);
    g_assert_cmpfloat_with_epsilon(cut->quality.cut_mm[LK_SIDE_RIGHT], 4, 0.3);
    g_assert_cmpfloat(cut->quality.cut_mm[LK_SIDE_LEFT], <=, 0);
    g_assert_cmpfloat(cut->quality.cut_mm[LK_SIDE_TOP], <=, 0);
    g_assert_cmpfloat(cut->quality.cut_mm[LK_SIDE_BOTTOM], <=, 0);
    assert_says(cut, LK_REASON_CUT_OFF, "4 mm on the right");
    /* Upside down, the image's top is the page's bottom: 285 mm, of which 281. */
    g_autoptr(Sheet) head_down = scan_turned(sheet, 180, 1, WIDTH, HEIGHT);
    LkImage top = image_of(head_down);
    top.pixels += (size_t)160 * top.stride;
    top.height -= 160;
    g_autoptr(LkReading) beheaded = lk_reader_read(house->reader, &top);
    assert_says(beheaded, LK_REASON_CUT_OFF, "4 mm at the bottom");
}

/* Every outline as the threshold leaves it: @line_mm of ink, perhaps none. */
static Sheet *
faded_sheet(double line_mm)
{
    LkPageId id = page_id();
    Sheet *sheet = print_sheet(&id);
    LkLayout *layout = layout_new(0);
    const LkLayoutPage *page = g_ptr_array_index(layout->pages, 0);
    for (guint i = 0; i < page->boxes->len; i++) {
        LkRect outline = g_array_index(page->boxes, LkBox, i).outline;
        fill(sheet, lk_rect_inset(outline, -0.2), PAPER);
        frame(sheet, outline, line_mm);
        fill(sheet, (LkRect){outline.x - 0.1, outline.y - 0.1, 1.2, 1.2}, PAPER);
    }
    for (guint i = 0; i < page->cells->len; i++) {
        fill(sheet, lk_rect_inset(g_array_index(page->cells, LkCell, i).outline, -0.2),
             PAPER);
    }
    layout_drop(layout);
    return sheet;
}

static void
test_quality_light(void)
{
    g_autoptr(House) house = house_new(0);
    g_autoptr(House) other = house_new(3);
    g_autoptr(Sheet) gone = faded_sheet(0);
    g_autoptr(LkReading) grey = read_sheet(house, gone);
    g_assert_cmpint(grey->outcome, ==, LK_OUTCOME_REFUSED);
    g_assert_true(has_reason(grey, LK_REASON_BAD_FIT));
    make_bilevel(gone);
    LkImage image = image_of(gone);
    image.bilevel = true;
    g_autoptr(LkReading) light = lk_reader_read(house->reader, &image);
    g_assert_cmpint(light->outcome, ==, LK_OUTCOME_REFUSED);
    g_assert_true(has_reason(light, LK_REASON_TOO_LIGHT));
    g_assert_false(has_reason(light, LK_REASON_BAD_FIT));
    /* Boxes that are there, but elsewhere, are not faded. */
    g_autoptr(Sheet) solid = marked_sheet();
    make_bilevel(solid);
    image = image_of(solid);
    image.bilevel = true;
    g_autoptr(LkReading) moved = lk_reader_read(other->reader, &image);
    g_assert_true(has_reason(moved, LK_REASON_BAD_FIT));
    g_assert_false(has_reason(moved, LK_REASON_TOO_LIGHT));
    g_autoptr(LkReading) good = lk_reader_read(house->reader, &image);
    assert_marked_page(good);
    g_assert_cmpuint(good->reasons, ==, 0);
    g_assert_cmpfloat_with_epsilon(good->quality.outline_ink, 1, 0.15);
    g_autoptr(Sheet) thin = faded_sheet(0.2);
    make_bilevel(thin);
    image = image_of(thin);
    image.bilevel = true;
    g_autoptr(LkReading) pale = lk_reader_read(house->reader, &image);
    g_assert_true(has_reason(pale, LK_REASON_TOO_LIGHT));
}

static void
test_quality_dark(void)
{
    g_autoptr(House) house = house_new(0);
    g_autoptr(Sheet) sheet = marked_sheet();
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        sheet->pixels[i] = sheet->pixels[i] > 128 ? 90 : 20;
    }
    g_autoptr(LkReading) dim = read_sheet(house, sheet);
    assert_marked_page(dim);
    g_assert_true(has_reason(dim, LK_REASON_TOO_DARK));
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        sheet->pixels[i] = sheet->pixels[i] > 50 ? 30 : 20;
    }
    g_autoptr(LkReading) night = read_sheet(house, sheet);
    g_assert_cmpint(night->outcome, ==, LK_OUTCOME_UNKNOWN); /* and never blank */
    g_assert_true(has_reason(night, LK_REASON_TOO_DARK));
}

/* --- How it came about. -------------------------------------------------------------
 */

static void
test_trace_read(void)
{
    g_autoptr(House) house = house_new(0);
    g_autoptr(Sheet) sheet = marked_sheet();
    fill(sheet, (LkRect){10, 277, 10, 10}, PAPER); /* the bottom left square */
    LkImage image = image_of(sheet);
    g_autoptr(LkReadTrace) trace = lk_read_trace_new();
    g_autoptr(LkReading) reading = lk_reader_read_traced(house->reader, &image, trace);
    assert_marked_page(reading);
    LkAnchorState squares[4] = {LK_ANCHOR_USED, LK_ANCHOR_USED, LK_ANCHOR_USED,
                                LK_ANCHOR_MISSING};
    for (int i = 0; i < 4; i++) {
        g_assert_cmpint(trace->fiducials[i], ==, squares[i]);
    }
    g_assert_cmpint(trace->codes[0], ==, LK_ANCHOR_USED);
    g_assert_cmpint(trace->codes[1], ==, LK_ANCHOR_USED);
    g_assert_true(trace->fitted);
    g_assert_cmpint((int)trace->outlines->len, ==, N_BOXES + N_CELLS);
    for (guint i = 0; i < trace->outlines->len; i++) {
        g_assert_true(g_array_index(trace->outlines, LkOutlineSeen, i).verified);
    }
    g_assert_cmpint((int)trace->boxes->len, ==, N_BOXES);
    const LkBoxSeen *marked = &g_array_index(trace->boxes, LkBoxSeen, 18);
    LkPoint center = lk_rect_center(box_place(18));
    g_assert_cmpfloat_with_epsilon(marked->center.x, center.x, 0.1);
    g_assert_cmpfloat_with_epsilon(marked->center.y, center.y, 0.1);
    g_assert_true(marked->asked);
    g_assert_cmpint(marked->rules.state, ==, LK_MARK_MARKED);
    g_assert_cmpfloat(marked->marked, >, 0.98);
    g_assert_cmpfloat_with_epsilon(marked->empty + marked->marked + marked->cancelled,
                                   1, 1e-6);
    g_assert_false(g_array_index(trace->boxes, LkBoxSeen, 17).asked);
}

static void
test_trace_unknown(void)
{
    g_autoptr(House) house = house_new(0);
    g_autoptr(Sheet) sheet = sheet_new(WIDTH, HEIGHT, PAPER);
    draw_code(sheet, (LkRect){60, 80, 30, 30}, "https://example.org/");
    fill(sheet, (LkRect){12.5, 12.5, 5, 5}, INK);
    LkImage image = image_of(sheet);
    g_autoptr(LkReadTrace) trace = lk_read_trace_new();
    g_autoptr(LkReading) reading = lk_reader_read_traced(house->reader, &image, trace);
    g_assert_cmpint(reading->outcome, ==, LK_OUTCOME_UNKNOWN);
    g_assert_false(trace->fitted);
    g_assert_cmpint((int)trace->found->len, ==, 1);
    const LkCodeSeen *code = &g_array_index(trace->found, LkCodeSeen, 0);
    g_assert_false(code->ours);
    g_assert_cmpfloat_with_epsilon(code->corner[0].x, 600, 15);
    g_assert_cmpfloat_with_epsilon(code->corner[0].y, 800, 15);
    g_assert_cmpint((int)trace->squares->len, ==, 1);
    LkPoint square = g_array_index(trace->squares, LkPoint, 0);
    g_assert_cmpfloat_with_epsilon(square.x, 150, 2);
    g_assert_cmpfloat_with_epsilon(square.y, 150, 2);
    /* And the reader goes on without it. */
    g_autoptr(LkReading) again = read_sheet(house, sheet);
    g_assert_cmpint(again->outcome, ==, LK_OUTCOME_UNKNOWN);
    g_assert_cmpint((int)trace->found->len, ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/homography/recovers", test_homography_recovers);
    g_test_add_func("/homography/jacobian", test_homography_jacobian);
    g_test_add_func("/homography/refuses-a-line", test_homography_refuses_a_line);
    g_test_add_func("/walk/every-way", test_walk_every_way);
    g_test_add_func("/page/upright", test_page_upright);
    g_test_add_func("/page/turned", test_page_turned);
    g_test_add_func("/page/photo", test_page_photo);
    g_test_add_func("/page/fiducial-gone", test_page_fiducial_gone);
    g_test_add_func("/page/two-corners-gone", test_page_two_corners_gone);
    g_test_add_func("/page/false-fiducial", test_page_false_fiducial);
    g_test_add_func("/page/code-gone", test_page_code_gone);
    g_test_add_func("/page/codes-struck", test_page_codes_struck);
    g_test_add_func("/page/blank-copy-label", test_page_blank_copy_label);
    g_test_add_func("/page/codes-gone", test_page_codes_gone);
    g_test_add_func("/page/codes-disagree", test_page_codes_disagree);
    g_test_add_func("/page/wrong-layout", test_page_wrong_layout);
    g_test_add_func("/page/bent", test_page_bent);
    g_test_add_func("/page/without-cells", test_page_without_cells);
    g_test_add_func("/page/unknown-layout", test_page_unknown_layout);
    g_test_add_func("/page/blank", test_page_blank);
    g_test_add_func("/page/foreign", test_page_foreign);
    g_test_add_func("/page/written", test_page_written);
    g_test_add_func("/page/marks", test_page_marks);
    g_test_add_func("/page/overrun", test_page_overrun);
    g_test_add_func("/quality/streak", test_quality_streak);
    g_test_add_func("/quality/size", test_quality_size);
    g_test_add_func("/quality/cut", test_quality_cut);
    g_test_add_func("/quality/light", test_quality_light);
    g_test_add_func("/quality/dark", test_quality_dark);
    g_test_add_func("/trace/read", test_trace_read);
    g_test_add_func("/trace/unknown", test_trace_unknown);
    g_test_add_func("/mark/limits", test_mark_limits);
    g_test_add_func("/mark/shapes", test_mark_shapes);
    g_test_add_func("/mark/two-judges", test_mark_two_judges);
    g_test_add_func("/mark/fading-pen", test_mark_fading_pen);
    return g_test_run();
}
