/* test-render.c - print, judged by programs we did not write: qpdf, poppler, zbar.
 *
 * The layout is made by hand and lopsided on purpose: no two distances are alike, so
 * that swapped axes or origins cannot pass. Pages are looked at in rasters
 * of ten pixels a millimetre. */
#include "form/form.h"
#include "render/pdf.h"
#include "tests/printed/printed.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define CASE "MOP482190736629"
#define CASE_PRINTED "MOP-48219-07366-29"
#define BLANK "BLK123456789012"

typedef struct {
    LkFonts *fonts;
    LkLayout *layout; /* two pages */
    char *dir;
    char *pdf;
} Fixture;

/* --- A layout made by hand. ----------------------------------------------------------
 */

static void
free_draw(gpointer draw)
{
    g_free(((LkDraw *)draw)->text);
}

static LkLayoutPage *
new_page(int number)
{
    LkLayoutPage *page = g_new0(LkLayoutPage, 1);
    page->number = number;
    for (int i = 0; i < 4; i++) {
        bool right = i == 1 || i == 2;
        bool bottom = i >= 2;
        page->fiducials[i] =
            (LkRect){right ? 192.5 : 12.5, bottom ? 279.5 : 12.5, 5, 5};
    }
    page->qr[0] = (LkRect){165, 12.5, LK_QR_MM, LK_QR_MM};
    page->qr[1] = (LkRect){23, 262.5, LK_QR_MM, LK_QR_MM};
    page->label_area = (LkRect){60, 263, 80, 20};
    page->boxes = g_array_new(FALSE, FALSE, sizeof(LkBox));
    page->cells = g_array_new(FALSE, FALSE, sizeof(LkCell));
    page->writing = g_array_new(FALSE, FALSE, sizeof(LkWriting));
    page->slots = g_array_new(FALSE, FALSE, sizeof(LkSlot));
    page->draws = g_array_new(FALSE, FALSE, sizeof(LkDraw));
    g_array_set_clear_func(page->draws, free_draw);
    return page;
}

static void
free_page(gpointer data)
{
    LkLayoutPage *page = data;
    g_array_unref(page->boxes);
    g_array_unref(page->cells);
    g_array_unref(page->writing);
    g_array_unref(page->slots);
    g_array_unref(page->draws);
    g_free(page);
}

static void
add_text(LkLayoutPage *page, LkPoint at, LkAlign align, const char *text)
{
    LkDraw draw = {.kind = LK_DRAW_TEXT,
                   .at = at,
                   .text = g_strdup(text),
                   .size_pt = 10,
                   .align = align};
    g_array_append_val(page->draws, draw);
}

static void
add_slot(LkLayoutPage *page, LkSlotKind kind, double y)
{
    LkSlot slot = {.kind = kind, .at = {60, y}, .size_pt = 9};
    g_array_append_val(page->slots, slot);
}

static void
fill_first(LkLayoutPage *page)
{
    LkDraw shade = {.kind = LK_DRAW_RECT, .rect = {120, 60, 50, 12}, .fill = 0.5};
    g_array_append_val(page->draws, shade);
    LkDraw line = {
        .kind = LK_DRAW_LINE, .at = {40, 100}, .to = {90, 100}, .width_mm = 0.4};
    g_array_append_val(page->draws, line);
    LkDraw dashes = line;
    dashes.at.y = dashes.to.y = 110;
    dashes.dash_mm = 2;
    g_array_append_val(page->draws, dashes);
    add_text(page, (LkPoint){40, 50}, LK_ALIGN_LEFT, "Gauche");
    add_text(page, (LkPoint){110, 130}, LK_ALIGN_CENTER, "Centre");
    add_text(page, (LkPoint){180, 55}, LK_ALIGN_RIGHT, "Droite");
    add_text(page, (LkPoint){40, 140}, LK_ALIGN_LEFT,
             "«\u00A0Ŋɛ́\u202F?\u00A0» ɔ̀ ɲ ç œ … ’ —");
    LkBox boxes[] = {{.field = 0, .option = 0, .outline = {31, 74, 4, 4}},
                     {.field = 0, .option = 1, .outline = {150, 63, 4, 4}}};
    g_array_append_vals(page->boxes, boxes, G_N_ELEMENTS(boxes));
    for (int i = 0; i < LK_CASE_CODE_LEN; i++) {
        LkCell cell = {.field = 1, .index = i, .outline = {31 + 5 * i, 85, 5.2, 7}};
        g_array_append_val(page->cells, cell);
    }
    add_slot(page, LK_SLOT_CASE, 20);
    add_slot(page, LK_SLOT_IDENTITY, 25);
    add_slot(page, LK_SLOT_OFFICE, 30);
}

static void
free_field(gpointer data)
{
    LkLayoutField *field = data;
    g_free(field->name);
    g_free(field);
}

static LkLayout *
new_layout(void)
{
    LkLayout *layout = g_new0(LkLayout, 1);
    g_strlcpy(layout->id, "7KQX2", sizeof layout->id);
    layout->form = g_strdup("1.B");
    layout->title = g_strdup("Enregistrement d'essai");
    layout->fields = g_ptr_array_new_with_free_func(free_field);
    layout->pages = g_ptr_array_new_with_free_func(free_page);
    const LkLayoutField fields[] = {
        {.name = "sexe", .type = LK_FIELD_CHOICE},
        {.name = "code", .type = LK_FIELD_CODE, .preprinted = true}};
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        LkLayoutField *field = g_memdup2(&fields[i], sizeof fields[i]);
        field->name = g_strdup(field->name);
        g_ptr_array_add(layout->fields, field);
    }
    g_ptr_array_add(layout->pages, new_page(1));
    g_ptr_array_add(layout->pages, new_page(2));
    fill_first(g_ptr_array_index(layout->pages, 0));
    add_text(g_ptr_array_index(layout->pages, 1), (LkPoint){70, 90}, LK_ALIGN_LEFT,
             "Seconde page");
    return layout;
}

static void
free_layout(LkLayout *layout)
{
    g_free(layout->form);
    g_free(layout->title);
    g_ptr_array_unref(layout->fields);
    g_ptr_array_unref(layout->pages);
    g_free(layout);
}

/* --- Set-up, and asking other programs. ----------------------------------------------
 */

static void
set_up(Fixture *f, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    f->fonts = lk_fonts_load(&error);
    g_assert_no_error(error);
    f->layout = new_layout();
    f->dir = g_dir_make_tmp("lakana-render-XXXXXX", &error);
    g_assert_no_error(error);
    f->pdf = g_build_filename(f->dir, "out.pdf", NULL);
}

static int
n_files(const char *dir, bool emptied)
{
    g_autoptr(GDir) folder = g_dir_open(dir, 0, NULL);
    int n = 0;
    for (const char *name; (name = g_dir_read_name(folder)) != NULL; n++) {
        if (emptied) {
            g_autofree char *path = g_build_filename(dir, name, NULL);
            g_assert_cmpint(g_remove(path), ==, 0);
        }
    }
    return n;
}

static void
tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    n_files(f->dir, true);
    g_assert_cmpint(g_rmdir(f->dir), ==, 0);
    g_free(f->dir);
    g_free(f->pdf);
    free_layout(f->layout);
    lk_fonts_free(f->fonts);
}

static LkPrintItem
item(const Fixture *f, const char *code, const char *copy)
{
    LkPrintItem made = {.layout = f->layout};
    g_strlcpy(made.case_code.text, code, sizeof made.case_code.text);
    g_strlcpy(made.copy, copy, sizeof made.copy);
    return made;
}

static void
print_to(const Fixture *f, const char *path, const LkPrintItem *items, size_t n)
{
    g_autoptr(GError) error = NULL;
    LkPrintOptions options = {
        .title = "Dossiers d'essai", .office = "Bureau de Kɔnyɛ", .bookmarks = true};
    bool ok = lk_render_copies(items, n, f->fonts, &options, path, &error);
    g_assert_no_error(error);
    g_assert_true(ok);
}

static void
print_one(const Fixture *f, const char *code)
{
    LkPrintItem one = item(f, code, "9F3TK");
    print_to(f, f->pdf, &one, 1);
}

/* --- Outlines.
 * ------------------------------------------------------------------------
 */

/* Ink at (@x, @y) px, and none, where a shade of grey would be neither. */
#define assert_ink(raster, x, y) g_assert_cmpint(lk_raster_grey(raster, x, y), <, 60)
#define assert_paper(raster, x, y) g_assert_cmpint(lk_raster_grey(raster, x, y), >, 230)

/* Walks across the four sides of an outline: paper, then exactly @width_px of ink, then
 * paper again. */
static void
assert_outline(const LkRaster *raster, LkRect outer_mm, int width_px, int around)
{
    int x0 = (int)lround(outer_mm.x * LK_RASTER_PX_PER_MM);
    int y0 = (int)lround(outer_mm.y * LK_RASTER_PX_PER_MM);
    int x1 = (int)lround((outer_mm.x + outer_mm.w) * LK_RASTER_PX_PER_MM) - 1;
    int y1 = (int)lround((outer_mm.y + outer_mm.h) * LK_RASTER_PX_PER_MM) - 1;
    int xm = (x0 + x1) / 2;
    int ym = (y0 + y1) / 2;
    for (int i = 0; i < width_px; i++) {
        assert_ink(raster, x0 + i, ym);
        assert_ink(raster, x1 - i, ym);
        assert_ink(raster, xm, y0 + i);
        assert_ink(raster, xm, y1 - i);
    }
    g_assert_cmpint(lk_raster_grey(raster, x0 - 1, ym), >, around);
    g_assert_cmpint(lk_raster_grey(raster, x1 + 1, ym), >, around);
    g_assert_cmpint(lk_raster_grey(raster, xm, y0 - 1), >, around);
    g_assert_cmpint(lk_raster_grey(raster, xm, y1 + 1), >, around);
    assert_paper(raster, x0 + width_px, ym);
    assert_paper(raster, x1 - width_px, ym);
    assert_paper(raster, xm, y0 + width_px);
    assert_paper(raster, xm, y1 - width_px);
}

/* --- Where things are. ---------------------------------------------------------------
 */

static void
test_boxes(Fixture *f, gconstpointer data)
{
    (void)data;
    print_one(f, CASE);
    LkRaster raster = lk_raster_load(f->pdf, 1, f->dir);
    g_assert_cmpint(abs(raster.width - 2100), <=, 1);
    g_assert_cmpint(abs(raster.height - 2970), <=, 1);
    assert_outline(&raster, (LkRect){31, 74, 4, 4}, 3, 230);
    /* This one stands on a shade of grey 0.5, and is white inside all the same. */
    assert_outline(&raster, (LkRect){150, 63, 4, 4}, 3, 100);
    g_assert_cmpint(abs(lk_raster_grey(&raster, 1450, 650) - 128), <=, 2);
    lk_raster_clear(&raster);
}

static void
test_marks(Fixture *f, gconstpointer data)
{
    (void)data;
    print_one(f, CASE);
    for (int page = 1; page <= 2; page++) {
        LkRaster raster = lk_raster_load(f->pdf, page, f->dir);
        const LkLayoutPage *layout = g_ptr_array_index(f->layout->pages, page - 1);
        for (int i = 0; i < 4; i++) {
            LkRect square = layout->fiducials[i];
            LkPoint seen;
            double area = lk_raster_ink(&raster, lk_rect_inset(square, -3), &seen);
            LkPoint meant = lk_rect_center(square);
            g_assert_cmpfloat_with_epsilon(seen.x, meant.x, 0.02);
            g_assert_cmpfloat_with_epsilon(seen.y, meant.y, 0.02);
            g_assert_cmpfloat_with_epsilon(area, 25, 0.3);
        }
        lk_raster_clear(&raster);
    }
}

static void
test_lines(Fixture *f, gconstpointer data)
{
    (void)data;
    print_one(f, CASE);
    LkRaster raster = lk_raster_load(f->pdf, 1, f->dir);
    /* 50 mm of 0.4 mm and two half-square ends: 50.4 x 0.4. */
    LkPoint seen;
    double area = lk_raster_ink(&raster, (LkRect){35, 97, 60, 6}, &seen);
    g_assert_cmpfloat_with_epsilon(area, 50.4 * 0.4, 0.3);
    g_assert_cmpfloat_with_epsilon(seen.x, 65, 0.1);
    g_assert_cmpfloat_with_epsilon(seen.y, 100, 0.06);
    /* Dashes of 2 mm: 13 of them, the first from 40 to 42. */
    area = lk_raster_ink(&raster, (LkRect){35, 107, 60, 6}, NULL);
    g_assert_cmpfloat_with_epsilon(area, 13 * 2 * 0.4, 0.4);
    assert_ink(&raster, 410, 1100);
    assert_paper(&raster, 430, 1100);
    lk_raster_clear(&raster);
}

static void
test_comb(Fixture *f, gconstpointer data)
{
    (void)data;
    print_one(f, CASE);
    LkRaster raster = lk_raster_load(f->pdf, 1, f->dir);
    const LkLayoutPage *page = g_ptr_array_index(f->layout->pages, 0);
    for (guint i = 0; i < page->cells->len; i++) {
        LkRect cell = g_array_index(page->cells, LkCell, i).outline;
        LkPoint seen;
        double ink = lk_raster_ink(&raster, lk_rect_inset(cell, 0.4), &seen);
        g_assert_cmpfloat(ink, >, 1.0);
        /* A character's ink is not symmetric; capitals and digits stay close. */
        LkPoint center = lk_rect_center(cell);
        g_assert_cmpfloat_with_epsilon(seen.x, center.x, 0.45);
        g_assert_cmpfloat_with_epsilon(seen.y, center.y, 0.5);
    }
    /* The first character is an M, the third a P: the code is not written backwards. */
    g_autofree char *text =
        LK_ASK("pdftotext", "-x", "80", "-y", "235", "-W", "240", "-H", "30", "-raw",
               "-f", "1", "-l", "1", f->pdf, "-");
    g_autoptr(GString) code = g_string_new(NULL);
    for (const char *c = text; *c != '\0'; c++) {
        if (g_ascii_isalnum(*c)) {
            g_string_append_c(code, *c);
        }
    }
    g_assert_cmpstr(code->str, ==, CASE);
    lk_raster_clear(&raster);
}

/* --- Text. ---------------------------------------------------------------------------
 */

/* The box of @word on the page, mm, as poppler sees it. */
static LkRect
word_at(const char *bbox, const char *word)
{
    g_autofree char *pattern =
        g_strdup_printf("xMin=\"([0-9.]+)\" yMin=\"([0-9.]+)\" xMax=\"([0-9.]+)\" "
                        "yMax=\"([0-9.]+)\">%s<",
                        word);
    g_autoptr(GRegex) regex = g_regex_new(pattern, 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    g_assert_true(g_regex_match(regex, bbox, 0, &match));
    double side[4];
    for (int i = 0; i < 4; i++) {
        g_autofree char *number = g_match_info_fetch(match, i + 1);
        side[i] = g_ascii_strtod(number, NULL) * 25.4 / 72;
    }
    return (LkRect){side[0], side[1], side[2] - side[0], side[3] - side[1]};
}

static void
test_text_places(Fixture *f, gconstpointer data)
{
    (void)data;
    print_one(f, CASE);
    g_autofree char *bbox = LK_ASK("pdftotext", "-bbox", f->pdf, "-");
    LkRect left = word_at(bbox, "Gauche");
    LkRect middle = word_at(bbox, "Centre");
    LkRect right = word_at(bbox, "Droite");
    g_assert_cmpfloat_with_epsilon(left.x, 40, 0.02);
    g_assert_cmpfloat_with_epsilon(middle.x + middle.w / 2, 110, 0.02);
    g_assert_cmpfloat_with_epsilon(right.x + right.w, 180, 0.02);
    /* The baseline lies inside the word's box: y is not counted from the bottom. */
    g_assert_cmpfloat(left.y, <, 50);
    g_assert_cmpfloat(left.y + left.h, >, 50);
    g_assert_cmpfloat(right.y, <, 55);
    g_assert_cmpfloat(right.y + right.h, >, 55);
}

static void
test_text(Fixture *f, gconstpointer data)
{
    (void)data;
    print_one(f, CASE);
    g_autofree char *text = LK_ASK("pdftotext", "-raw", f->pdf, "-");
    /* pdftotext gives back every kind of space as a plain one. */
    static const char *const expected[] = {"Gauche",          "Centre",
                                           "Droite",          "« Ŋɛ́ ? » ɔ̀ ɲ ç œ … ’ —",
                                           CASE_PRINTED,      "1.B 1/2 7KQX2 9F3TK",
                                           "Bureau de Kɔnyɛ", "Seconde page"};
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        const char *found = strstr(text, expected[i]);
        if (found == NULL) {
            g_error("'%s' is not in: %s", expected[i], text);
        }
        g_assert_null(strstr(found + 1, expected[i]));
    }
    g_assert_null(strstr(text, "tiquette"));
}

static void
test_blank(Fixture *f, gconstpointer data)
{
    (void)data;
    print_one(f, BLANK);
    g_autofree char *text = LK_ASK("pdftotext", "-raw", f->pdf, "-");
    g_assert_nonnull(strstr(text, "Étiquette du dossier ; à défaut, son code :"));
    g_assert_null(strstr(text, "BLK"));
    g_assert_null(strstr(text, "12345"));
    LkRaster raster = lk_raster_load(f->pdf, 1, f->dir);
    const LkLayoutPage *page = g_ptr_array_index(f->layout->pages, 0);
    for (guint i = 0; i < page->cells->len; i++) {
        LkRect cell = g_array_index(page->cells, LkCell, i).outline;
        g_assert_cmpfloat(lk_raster_ink(&raster, lk_rect_inset(cell, 0.3), NULL), <,
                          0.001);
    }
    /* The dashed outline of the place for the label: half of its 200 mm. */
    LkRect area = page->label_area;
    double dashes = lk_raster_ink(&raster, lk_rect_inset(area, -1), NULL) -
                    lk_raster_ink(&raster, lk_rect_inset(area, 1), NULL);
    g_assert_cmpfloat_with_epsilon(dashes, 100 * 0.2, 2);
    /* In it 15 cells, (76 - 3 x 1.5) / 15 = 4.77 mm wide, 7 mm high, 2 mm from below:
     * the fourth begins a group, 62 + 3 x 4.77 + 1.5 = 77.8. */
    assert_ink(&raster, 621, 2775);
    assert_paper(&raster, 640, 2775);
    assert_paper(&raster, 772, 2775);
    assert_ink(&raster, 779, 2775);
    assert_ink(&raster, 800, 2741);
    assert_ink(&raster, 800, 2808);
    lk_raster_clear(&raster);
}

/* --- Codes. --------------------------------------------------------------------------
 */

/* The format information beside the top left finder pattern, first copy (ISO/IEC 18004,
 * 7.9): along row 8 to the right, then up column 8. zbar also reads mirrored codes;
 * this tells them apart. */
static char *
format_bits(const LkRaster *raster, LkRect qr)
{
    GString *bits = g_string_new(NULL);
    for (int i = 0; i < 15; i++) {
        int column = i < 6 ? i : MIN(i + 1, 8);
        int row = i < 8 ? 8 : (i == 8 ? 7 : 14 - i);
        double module = qr.w / LK_QR_MODULES;
        int x = (int)((qr.x + (column + 0.5) * module) * LK_RASTER_PX_PER_MM);
        int y = (int)((qr.y + (row + 0.5) * module) * LK_RASTER_PX_PER_MM);
        g_string_append_c(bits, lk_raster_grey(raster, x, y) < 128 ? '1' : '0');
    }
    return g_string_free(bits, FALSE);
}

/* Level H with each of the eight masks, from table C.1 of the standard. */
static const char *const level_h[] = {
    "001011010001001", "001001110111110", "001110011100111",
    "001100111010000", "000011101100010", "000001001010101",
    "000110100001100", "000100000111011", NULL};

static void
test_codes(Fixture *f, gconstpointer data)
{
    (void)data;
    LkPrintItem items[] = {item(f, CASE, "9F3TK"), item(f, BLANK, "00000")};
    print_to(f, f->pdf, items, 2);
    static const char *const expected[] = {
        "LK11B17KQX2" CASE "9F3TK", "LK11B27KQX2" CASE "9F3TK",
        "LK11B17KQX2" BLANK "00000", "LK11B27KQX2" BLANK "00000"};
    for (int page = 0; page < 4; page++) {
        LkRaster raster = lk_raster_load(f->pdf, page + 1, f->dir);
        const LkLayoutPage *layout = g_ptr_array_index(f->layout->pages, page % 2);
        for (int i = 0; i < 2; i++) {
            g_autofree char *payload = lk_raster_code(&raster, layout->qr[i], f->dir);
            g_assert_cmpstr(payload, ==, expected[page]);
            g_autofree char *bits = format_bits(&raster, layout->qr[i]);
            g_assert_true(g_strv_contains(level_h, bits));
            /* The corner is the finder pattern's: 7 modules of 0.76 mm, solid. */
            LkRect qr = layout->qr[i];
            LkRect finder = {qr.x, qr.y, 5.3, 0.7};
            g_assert_cmpfloat_with_epsilon(lk_raster_ink(&raster, finder, NULL),
                                           5.3 * 0.7, 0.02);
            /* poppler paints a quarter of each pixel that an edge touches. */
            LkRect above = {qr.x, qr.y - 1, LK_QR_MM, 1};
            g_assert_cmpfloat(lk_raster_ink(&raster, above, NULL), <, 0.025 * LK_QR_MM);
        }
        lk_raster_clear(&raster);
    }
}

/* --- The summary. --------------------------------------------------------------------
 */

/* 150 codes of one form: more than a page of them, numbered from 17. */
static void
test_summary(Fixture *f, gconstpointer data)
{
    (void)data;
    LkPrintSummary summary = {.date = "2026-03-01T08:00:00Z",
                              .set = "essai",
                              .n_forms = 1,
                              .first_pack = 17,
                              .all_packs = 1500,
                              .part = 2,
                              .n_parts = 3};
    LkPrintOptions options = {
        .title = "Essai", .office = "Bureau de Kɔnyɛ", .summary = &summary};
    const size_t n = 150;
    g_autofree LkPrintItem *items = g_new0(LkPrintItem, n);
    for (size_t i = 0; i < n; i++) {
        items[i] = item(f, CASE, "9F3TK");
        g_snprintf(items[i].case_code.text, sizeof items[i].case_code.text,
                   "MOP%010zu29", i);
    }
    g_assert_cmpint(lk_render_summary_pages(1, n, &options), ==, 2);
    g_autofree char *other = g_build_filename(f->dir, "other.pdf", NULL);
    g_autoptr(GError) error = NULL;
    for (int i = 0; i < 2; i++) {
        g_assert_true(lk_render_copies(items, n, f->fonts, &options,
                                       i == 0 ? f->pdf : other, &error));
        g_assert_no_error(error);
    }
    g_autofree char *pages = LK_ASK("qpdf", "--show-npages", f->pdf);
    g_assert_cmpint(atoi(pages), ==, 2 + 2 * (int)n);
    g_autofree char *differences =
        LK_ASK("sh", "-c", "cmp \"$0\" \"$1\" && echo same", f->pdf, other);
    g_assert_cmpstr(differences, ==, "same\n");
    g_autofree char *text = LK_ASK("pdftotext", "-l", "2", "-layout", f->pdf, "-");
    static const char *const words[] = {"1er mars 2026", "17 à 166, sur 1 500",
                                        "2 sur 3",       "Bureau de Kɔnyɛ",
                                        "essai",         "Page 1/2",
                                        "Page 2/2",      "(suite)"};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strstr(text, words[i]) == NULL) {
            g_error("'%s' is not in: %s", words[i], text);
        }
    }
    for (size_t i = 0; i < n; i++) {
        g_autofree char *code = lk_case_code_format(&items[i].case_code);
        const char *found = strstr(text, code);
        g_assert_nonnull(found);
        g_assert_null(strstr(found + 1, code));
    }
    options.duplex = true;
    options.summary = NULL;
    g_assert_cmpint(lk_render_summary_pages(1, n, &options), ==, 0);
}

/* --- The document. -------------------------------------------------------------------
 */

static gsize
size_of(const char *path)
{
    GStatBuf status;
    g_assert_cmpint(g_stat(path, &status), ==, 0);
    return (gsize)status.st_size;
}

static void
test_document(Fixture *f, gconstpointer data)
{
    (void)data;
    LkPrintItem items[] = {item(f, CASE, "9F3TK"), item(f, CASE, "9F3TM"),
                           item(f, BLANK, "00000")};
    print_to(f, f->pdf, items, 3);
    g_autofree char *check = LK_ASK("qpdf", "--check", f->pdf);
    g_assert_nonnull(strstr(check, "No syntax or stream encoding errors found"));
    g_autofree char *info = LK_ASK("pdfinfo", f->pdf);
    g_assert_nonnull(strstr(info, "Dossiers d'essai"));
    g_assert_nonnull(strstr(info, "595.28 x 841.89 pts (A4)"));
    g_assert_null(strstr(info, "Date"));
    g_autofree char *plain =
        LK_ASK("qpdf", "--qdf", "--object-streams=disable", f->pdf, "-");
    g_assert_nonnull(strstr(plain, "/Lang (fr-FR)"));
    g_autofree char *fonts = LK_ASK("pdffonts", f->pdf);
    g_autoptr(GRegex) embedded =
        g_regex_new("[A-Z]{6}\\+Andika.* yes yes yes", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    g_assert_true(g_regex_match(embedded, fonts, 0, &match));
    g_assert_true(g_match_info_next(match, NULL));
    g_autofree char *outline = LK_ASK("qpdf", "--json", "--json-key=outlines", f->pdf);
    const char *at = outline;
    static const char *const titles[] = {
        "Dossier " CASE_PRINTED, "1.B Enregistrement d'essai", "Exemplaires vierges"};
    for (size_t i = 0; i < G_N_ELEMENTS(titles); i++) {
        g_assert_nonnull(strstr(at, titles[i]));
    }
}

static void
test_same_bytes(Fixture *f, gconstpointer data)
{
    (void)data;
    g_autofree char *other = g_build_filename(f->dir, "other.pdf", NULL);
    LkPrintItem items[] = {item(f, CASE, "9F3TK"), item(f, BLANK, "00000")};
    print_to(f, f->pdf, items, 2);
    print_to(f, other, items, 2);
    g_autofree char *a = NULL;
    g_autofree char *b = NULL;
    gsize a_length = 0;
    gsize b_length = 0;
    g_assert_true(g_file_get_contents(f->pdf, &a, &a_length, NULL));
    g_assert_true(g_file_get_contents(other, &b, &b_length, NULL));
    g_assert_cmpuint(a_length, ==, b_length);
    g_assert_true(memcmp(a, b, a_length) == 0);
    g_assert_cmpint(n_files(f->dir, false), ==, 2);
}

/* What is the same on every copy is in the file once. */
static void
test_small(Fixture *f, gconstpointer data)
{
    (void)data;
    enum { N = 50 };
    LkPrintItem items[N];
    for (int i = 0; i < N; i++) {
        g_autofree char *copy = g_strdup_printf("%05d", i);
        items[i] = item(f, CASE, copy);
    }
    print_to(f, f->pdf, items, 1);
    gsize one = size_of(f->pdf);
    print_to(f, f->pdf, items, N);
    gsize more = size_of(f->pdf) - one;
    g_assert_cmpuint(more / (gsize)((N - 1) * 2), <, 4096);
    g_autofree char *plain = LK_ASK("qpdf", "--qdf", f->pdf, "-");
    int forms = 0;
    for (const char *at = plain; (at = strstr(at, "/Subtype /Form")) != NULL; at++) {
        forms++;
    }
    g_assert_cmpint(forms, ==, 2);
}

/* --- What goes wrong. ----------------------------------------------------------------
 */

static void
assert_refused(const Fixture *f, const char *path, LkPrintOptions options, int code,
               const char *what)
{
    g_autoptr(GError) error = NULL;
    LkPrintItem one = item(f, CASE, "9F3TK");
    bool ok = lk_render_copies(&one, 1, f->fonts, &options, path, &error);
    g_assert_false(ok);
    g_assert_error(error, LK_RENDER_ERROR, code);
    if (strstr(error->message, what) == NULL) {
        g_error("'%s' is not in: %s", what, error->message);
    }
}

static void
test_nowhere(Fixture *f, gconstpointer data)
{
    (void)data;
    LkPrintOptions options = {.title = "Essai", .office = "Essai"};
    g_autofree char *missing = g_build_filename(f->dir, "absent", "out.pdf", NULL);
    assert_refused(f, missing, options, LK_RENDER_ERROR_FILE, missing);
    assert_refused(f, missing, options, LK_RENDER_ERROR_FILE, lk_errno_text(ENOENT));
    assert_refused(f, f->dir, options, LK_RENDER_ERROR_FILE, f->dir);
    assert_refused(f, "/dev/full", options, LK_RENDER_ERROR_FILE, "/dev/full");
    assert_refused(f, "/proc/lakana.pdf", options, LK_RENDER_ERROR_FILE,
                   "/proc/lakana.pdf");
    g_assert_cmpint(n_files(f->dir, false), ==, 0);
}

/* A file may not grow beyond 20,000 bytes: like a disk that fills up on the way. */
static void
test_full(Fixture *f, gconstpointer data)
{
    (void)data;
    g_assert_true(g_file_set_contents(f->pdf, "before", -1, NULL));
    struct rlimit before;
    g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &before), ==, 0);
    struct rlimit tight = {20000, before.rlim_max};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &tight), ==, 0);
    LkPrintOptions options = {.title = "Essai", .office = "Essai"};
    g_autoptr(GError) error = NULL;
    LkPrintItem one = item(f, CASE, "9F3TK");
    bool ok = lk_render_copies(&one, 1, f->fonts, &options, f->pdf, &error);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &before), ==, 0);
    (void)signal(SIGXFSZ, handler);

    g_assert_false(ok);
    g_assert_error(error, LK_RENDER_ERROR, LK_RENDER_ERROR_FILE);
    g_assert_nonnull(strstr(error->message, f->pdf));
    g_assert_nonnull(strstr(error->message, lk_errno_text(EFBIG)));
    g_autofree char *kept = NULL;
    g_assert_true(g_file_get_contents(f->pdf, &kept, NULL, NULL));
    g_assert_cmpstr(kept, ==, "before");
    g_assert_cmpint(n_files(f->dir, false), ==, 1);
}

static void
test_unprintable(Fixture *f, gconstpointer data)
{
    (void)data;
    LkPrintOptions emoji = {.title = "Essai", .office = "Bureau \U0001F3E0"};
    assert_refused(f, f->pdf, emoji, LK_RENDER_ERROR_PDF, "U+1F3E0");
    LkPrintOptions broken = {.title = "Essai", .office = "Bureau \xff"};
    assert_refused(f, f->pdf, broken, LK_RENDER_ERROR_PDF, "UTF-8");
    g_assert_cmpint(n_files(f->dir, false), ==, 0);
}

/* libharu's errors: the first one is told, and nothing is written. */
static void
test_library_error(Fixture *f, gconstpointer data)
{
    (void)data;
    g_autoptr(LkPdf) pdf = lk_pdf_new(f->fonts, "Essai");
    HPDF_Page page = lk_pdf_page(pdf);
    HPDF_Page_ShowText(page, "outside BeginText");
    HPDF_Page_SetWidth(page, -1);
    g_autoptr(GError) error = NULL;
    g_assert_false(lk_pdf_save(pdf, f->pdf, &error));
    g_assert_error(error, LK_RENDER_ERROR, LK_RENDER_ERROR_PDF);
    g_assert_nonnull(strstr(error->message, "0x1051")); /* HPDF_PAGE_INVALID_GMODE */
    g_assert_cmpint(n_files(f->dir, false), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    static const struct {
        const char *path;
        void (*run)(Fixture *, gconstpointer);
    } tests[] = {
        {"/render/boxes/outline-inside-the-outer-size", test_boxes},
        {"/render/marks/fiducials-where-the-layout-says", test_marks},
        {"/render/lines/solid-and-dashed", test_lines},
        {"/render/comb/case-code-a-character-a-cell", test_comb},
        {"/render/text/alignment-and-baseline", test_text_places},
        {"/render/text/each-once", test_text},
        {"/render/blank/label-area-and-no-code", test_blank},
        {"/render/codes/decoded-by-zbar-at-both-places", test_codes},
        {"/render/summary/each-code-once-same-bytes", test_summary},
        {"/render/document/sound-titled-dateless-bookmarked", test_document},
        {"/render/document/same-input-same-bytes", test_same_bytes},
        {"/render/document/static-part-once", test_small},
        {"/render/errors/path-that-cannot-be-written", test_nowhere},
        {"/render/errors/disk-full-leaves-nothing", test_full},
        {"/render/errors/text-without-glyph", test_unprintable},
        {"/render/errors/first-one-of-the-library", test_library_error},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
    }
    return g_test_run();
}
