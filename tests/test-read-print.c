/* test-read-print.c - real printed pages whose codes are gone: what the printed code
 * and the outlines say, and when they are not believed. Pages come from the program's
 * own templates, rasterised by poppler; the printed code is read by Debian's tesseract.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "read/read.h"
#include "tests/sim/office.h"

#define DPI 250.0

typedef struct {
    SimOffice *office;
    LkReader *reader;
    LkCaseCode code;   /* of the case printed */
    const char *copy;  /* of 1.B */
    const char *other; /* a second copy of 1.B, for the same case */
    bool issued;       /* whether the house knows the case */
    int asked;         /* how often it was asked */
    char *folder;
    SimPaper *paper;
} House;

static const LkLayout *
give_layout(const char *id, void *data)
{
    return sim_office_by_id(((House *)data)->office, id);
}

static void
give_issued(const LkCaseCode *code, void (*each)(const LkPageId *id, void *to),
            void *to, void *data)
{
    House *house = data;
    house->asked++;
    if (!house->issued || !lk_case_code_equal(code, &house->code)) {
        return;
    }
    static const char *const forms[] = {"1.A", "1.B", "1.B", "5.A"};
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        const LkLayout *layout = sim_office_layout(house->office, forms[i], NULL);
        for (guint page = 1; page <= layout->pages->len; page++) {
            LkPageId id = {.page = (int)page, .case_code = house->code};
            g_strlcpy(id.form, forms[i], sizeof id.form);
            g_strlcpy(id.layout, layout->id, sizeof id.layout);
            g_strlcpy(id.copy, i == 2 ? house->other : house->copy, sizeof id.copy);
            each(&id, to);
        }
    }
}

static const LkLayout *
give_example(void *data)
{
    return sim_office_layout(((House *)data)->office, "1.A", NULL);
}

static void
set_up(House *house, gconstpointer data)
{
    (void)data;
    GError *error = NULL;
    *house = (House){.copy = "9F3TK", .other = "4HW2M", .issued = true};
    g_assert_true(lk_case_code_parse("MOP-48219-07366-29", &house->code, NULL));
    house->office = sim_office_new(&error);
    g_assert_no_error(error);
    const LkLayout *layout = sim_office_layout(house->office, "1.B", &error);
    g_assert_no_error(error);
    sim_office_layout(house->office, "1.A", NULL);
    sim_office_layout(house->office, "5.A", NULL);
    LkReadHost host = {give_layout, give_issued, house};
    house->reader = lk_reader_new(&host, &error);
    g_assert_no_error(error);
    lk_reader_set_example(house->reader, give_example);
    house->folder = g_dir_make_tmp("lakana-read-XXXXXX", &error);
    g_assert_no_error(error);
    g_autofree char *pdf = g_build_filename(house->folder, "page.pdf", NULL);
    LkPrintItem item = {.layout = layout, .case_code = house->code};
    g_strlcpy(item.copy, house->copy, sizeof item.copy);
    LkPrintOptions options = {.title = "test", .office = "EXEMPLE FICTIF"};
    bool printed =
        lk_render_copies(&item, 1, house->office->fonts, &options, pdf, &error);
    g_assert_no_error(error);
    g_assert_true(printed);
    house->paper = sim_paper_open(pdf, &error);
    g_assert_no_error(error);
    (void)g_unlink(pdf);
}

static void
tear_down(House *house, gconstpointer data)
{
    (void)data;
    lk_reader_free(house->reader);
    sim_paper_free(house->paper);
    sim_office_free(house->office);
    (void)g_rmdir(house->folder);
    g_free(house->folder);
}

/* --- Pages. -------------------------------------------------------------------------
 */

static SimSheet *
sheet_of(const House *house, int page)
{
    SimPrinting plain = {.scale = 1, .toner = 0.05};
    return sim_sheet_print(house->paper, page - 1, &plain, DPI);
}

/* Whitens @area (page mm). */
static void
whiten(SimSheet *sheet, LkRect area)
{
    double px = sheet->dpi / 25.4;
    for (int y = (int)(area.y * px); y < (int)((area.y + area.h) * px); y++) {
        for (int x = (int)(area.x * px); x < (int)((area.x + area.w) * px); x++) {
            if (x >= 0 && y >= 0 && x < sheet->width && y < sheet->height) {
                sheet->print[(size_t)y * (size_t)sheet->width + (size_t)x] = 255;
            }
        }
    }
}

static void
whiten_codes(SimSheet *sheet)
{
    whiten(sheet, (LkRect){164, 11.5, 24, 24});
    whiten(sheet, (LkRect){22, 261.5, 24, 24});
}

static LkReading *
scan_and_read(const House *house, const SimSheet *sheet, int turn)
{
    SimRandom random = sim_random(1, "test");
    SimScanner scanner = {.dpi = DPI,
                          .turn = turn,
                          .skew_deg = 0.7,
                          .stretch = 1,
                          .blur_px = 0.6,
                          .noise = 2,
                          .paper = 240,
                          .black = 30,
                          .gamma = 1,
                          .lid = 235};
    g_autoptr(SimImage) image = sim_scan(sheet, &scanner, &random);
    LkImage view = sim_image_view(image);
    return lk_reader_read(house->reader, &view);
}

static bool
has_reason(const LkReading *reading, LkReason reason)
{
    return (reading->reasons & (1u << reason)) != 0;
}

/* --- Tests. -------------------------------------------------------------------------
 */

static void
test_identified(House *house, gconstpointer data)
{
    (void)data;
    for (int page = 1; page <= 2; page++) {
        g_autoptr(SimSheet) sheet = sheet_of(house, page);
        whiten_codes(sheet);
        for (int turn = 0; turn <= 180; turn += 180) {
            g_autoptr(LkReading) reading = scan_and_read(house, sheet, turn);
            g_assert_cmpint(reading->outcome, ==, LK_OUTCOME_READ);
            g_assert_cmpint(reading->source, ==, LK_IDENTITY_PRINT);
            g_assert_cmpstr(reading->id.case_code.text, ==, "MOP482190736629");
            g_assert_cmpstr(reading->id.form, ==, "1.B");
            g_assert_cmpint(reading->id.page, ==, page);
            g_assert_cmpstr(reading->id.copy, ==, "9F3TK");
            g_assert_cmpint(reading->quality.turned, ==, turn);
            g_assert_cmpint(reading->quality.codes, ==, 0);
            g_assert_true(has_reason(reading, LK_REASON_BY_PRINT));
        }
    }
}

static void
assert_unknown(const LkReading *reading)
{
    g_assert_cmpint(reading->outcome, ==, LK_OUTCOME_UNKNOWN);
    g_assert_cmpint(reading->source, ==, LK_IDENTITY_NONE);
    g_assert_true(has_reason(reading, LK_REASON_NO_IDENTITY));
    g_assert_cmpint((int)reading->boxes->len, ==, 0);
}

static void
test_not_issued_here(House *house, gconstpointer data)
{
    (void)data;
    g_autoptr(SimSheet) sheet = sheet_of(house, 1);
    whiten_codes(sheet);
    house->issued = false;
    g_autoptr(LkReading) reading = scan_and_read(house, sheet, 0);
    g_assert_cmpint(house->asked, ==, 1);
    assert_unknown(reading);
}

/* The head's and the foot's identity gone: the case is known, the page is not. */
static void
test_identity_line_gone(House *house, gconstpointer data)
{
    (void)data;
    g_autoptr(SimSheet) sheet = sheet_of(house, 1);
    const LkLayoutPage *page =
        lk_layout_page(sim_office_layout(house->office, "1.B", NULL), 1);
    whiten_codes(sheet);
    for (guint i = 0; i < page->slots->len; i++) {
        const LkSlot *slot = &g_array_index(page->slots, LkSlot, i);
        if (slot->kind == LK_SLOT_IDENTITY) {
            whiten(sheet, slot->area);
        }
    }
    g_autoptr(LkReading) reading = scan_and_read(house, sheet, 0);
    assert_unknown(reading);
}

/* The print says page 1, the boxes are those of page 2 pasted over: nobody is believed.
 */
static void
test_print_against_boxes(House *house, gconstpointer data)
{
    (void)data;
    g_autoptr(SimSheet) sheet = sheet_of(house, 1);
    g_autoptr(SimSheet) second = sheet_of(house, 2);
    whiten_codes(sheet);
    int from = (int)(38 * DPI / 25.4), to = (int)(259 * DPI / 25.4);
    memcpy(sheet->print + (size_t)from * (size_t)sheet->width,
           second->print + (size_t)from * (size_t)sheet->width,
           (size_t)(to - from) * (size_t)sheet->width);
    g_autoptr(LkReading) reading = scan_and_read(house, sheet, 0);
    assert_unknown(reading);
}

/* The same with codes: the page that they name is not the one on paper. */
static void
test_code_against_boxes(House *house, gconstpointer data)
{
    (void)data;
    g_autoptr(SimSheet) sheet = sheet_of(house, 1);
    g_autoptr(SimSheet) second = sheet_of(house, 2);
    int from = (int)(38 * DPI / 25.4), to = (int)(259 * DPI / 25.4);
    memcpy(sheet->print + (size_t)from * (size_t)sheet->width,
           second->print + (size_t)from * (size_t)sheet->width,
           (size_t)(to - from) * (size_t)sheet->width);
    g_autoptr(LkReading) reading = scan_and_read(house, sheet, 0);
    g_assert_cmpint(reading->outcome, ==, LK_OUTCOME_REFUSED);
    g_assert_true(has_reason(reading, LK_REASON_BAD_FIT));
    g_assert_cmpint((int)reading->boxes->len, ==, 0);
}

/* Without tesseract such a page is unknown; all others are read. */
static void
test_no_tesseract(House *house, gconstpointer data)
{
    (void)data;
    g_autoptr(SimSheet) sheet = sheet_of(house, 1);
    g_autofree char *path = g_strdup(g_getenv("PATH"));
    g_setenv("PATH", house->folder, TRUE);
    g_autoptr(LkReading) whole = scan_and_read(house, sheet, 0);
    whiten_codes(sheet);
    g_autoptr(LkReading) bare = scan_and_read(house, sheet, 0);
    g_setenv("PATH", path, TRUE);
    g_assert_cmpint(whole->outcome, ==, LK_OUTCOME_READ);
    assert_unknown(bare);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    static const struct {
        const char *path;
        void (*run)(House *house, gconstpointer data);
    } tests[] = {
        /* First: it changes the environment, which threads of later tests read. */
        {"/print/no-tesseract", test_no_tesseract},
        {"/print/identified", test_identified},
        {"/print/not-issued-here", test_not_issued_here},
        {"/print/identity-line-gone", test_identity_line_gone},
        {"/print/against-boxes", test_print_against_boxes},
        {"/print/code-against-boxes", test_code_against_boxes},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_test_add(tests[i].path, House, NULL, set_up, tests[i].run, tear_down);
    }
    return g_test_run();
}
