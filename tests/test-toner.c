/* test-toner.c - is a page a photocopy? Said of copies of filled-in pages, never of
 * what a pen wrote on. */
#include "read/toner.h"
#include "tests/sim/office.h"

#include <glib/gstdio.h>
#include <string.h>

#define SHEET_DPI 300.0

/** What the reader said of a pile of pages. */
typedef struct {
    LkReader *reader;
    int read, measured, told;
} Pile;

static void
read_page(const SimPage *page, const SimMachine *machine, const SimImage *captured,
          void *data)
{
    (void)page;
    (void)machine;
    Pile *pile = data;
    LkImage image = sim_image_view(captured);
    g_autoptr(LkReading) reading = lk_reader_read(pile->reader, &image);
    pile->read += reading->outcome == LK_OUTCOME_READ ? 1 : 0;
    pile->measured += reading->quality.pen_black > 0 ? 1 : 0;
    pile->told += (reading->reasons & 1u << LK_REASON_PHOTOCOPIED) != 0 ? 1 : 0;
}

/* The same file by a ballpoint and by a felt pen. */
static Pile
read_pile(SimProfile profile)
{
    static const char *const forms[] = {"1.A", NULL};
    GError *error = NULL;
    g_autoptr(SimOffice) office = sim_office_new(&error);
    g_assert_no_error(error);
    LkReadHost host = sim_office_host(office);
    g_autoptr(LkReader) reader = lk_reader_new(&host, &error);
    g_assert_no_error(error);
    g_autofree char *folder = g_dir_make_tmp("lakana-toner-XXXXXX", &error);
    g_assert_no_error(error);
    Pile pile = {.reader = reader};
    for (int i = 0; i < 2; i++) {
        uint64_t seed = sim_seed(SIM_TUNING, 1);
        g_autoptr(SimCase) file = sim_case_new(office, SIM_TUNING, seed, forms, &error);
        g_assert_no_error(error);
        if (i == 1) {
            file->writer.pen = (SimPen){SIM_PEN_FELT, 0.9, 0.97, 0, {20, 20, 20}};
        }
        SimCapture how = {.set = SIM_TUNING,
                          .profile = profile,
                          .seed = seed,
                          .dpi = SHEET_DPI,
                          .each = read_page,
                          .data = &pile};
        bool ok = sim_case_capture(office, file, &how, folder, &error);
        g_assert_no_error(error);
        g_assert_true(ok);
    }
    g_rmdir(folder);
    g_test_message("%s: %d read, %d measured, %d told", sim_profile_name(profile),
                   pile.read, pile.measured, pile.told);
    return pile;
}

static void
test_originals(void)
{
    static const SimProfile profiles[] = {SIM_COPIER_300, SIM_COPIER_200, SIM_WORN_300,
                                          SIM_PHOTO};
    for (size_t i = 0; i < G_N_ELEMENTS(profiles); i++) {
        Pile pile = read_pile(profiles[i]);
        g_assert_cmpint(pile.measured, >, pile.read / 2);
        g_assert_cmpint(pile.told, ==, 0);
    }
}

/* The pen came after the copier. */
static void
test_blank_copied(void)
{
    Pile pile = read_pile(SIM_BLANK_COPY);
    g_assert_cmpint(pile.measured, >, pile.read / 2);
    g_assert_cmpint(pile.told, ==, 0);
}

static void
test_copies(void)
{
    static const SimProfile profiles[] = {SIM_COPIED_300, SIM_COPIED_2, SIM_COPIED_3};
    for (size_t i = 0; i < G_N_ELEMENTS(profiles); i++) {
        Pile pile = read_pile(profiles[i]);
        g_assert_cmpint(pile.read, >, 0); /* it is advice only: the page is read */
        /* A thin pen's copy may be as grey as its strokes are narrow. */
        int least = profiles[i] == SIM_COPIED_300 ? 1 : pile.measured / 2;
        g_assert_cmpint(pile.told, >=, least);
    }
}

static void
test_black_and_white(void)
{
    Pile pile = read_pile(SIM_FAX_G4);
    g_assert_cmpint(pile.read, >, 0);
    g_assert_cmpint(pile.measured, ==, 0);
    g_assert_cmpint(pile.told, ==, 0);
}

/* --- By hand: 10 px a mm, black squares, a line of strokes of one grey. ------------
 */

#define PX_PER_MM 10
#define WIDTH 2100
#define HEIGHT 2970

typedef struct {
    uint8_t *pixels;
    LkLayoutPage page;
    GArray *written;
} Sheet;

static void
blacken(Sheet *sheet, LkRect area, int grey)
{
    for (int y = (int)(area.y * PX_PER_MM); y < (area.y + area.h) * PX_PER_MM; y++) {
        for (int x = (int)(area.x * PX_PER_MM); x < (area.x + area.w) * PX_PER_MM;
             x++) {
            sheet->pixels[y * WIDTH + x] = (uint8_t)grey;
        }
    }
}

/* @n strokes, half a millimetre wide, as dark as @even or, every other one, as @odd. */
static Sheet
write_sheet(int print, int even, int odd, int n)
{
    Sheet sheet = {.pixels = g_malloc(WIDTH * HEIGHT),
                   .page = {.fiducials = {{12.5, 12.5, 5, 5},
                                          {192.5, 12.5, 5, 5},
                                          {192.5, 279.5, 5, 5},
                                          {12.5, 279.5, 5, 5}}},
                   .written = g_array_new(FALSE, TRUE, sizeof(LkInkReading))};
    memset(sheet.pixels, 240, WIDTH * HEIGHT);
    for (int i = 0; i < 4; i++) {
        blacken(&sheet, sheet.page.fiducials[i], print);
    }
    LkWriting line = {.area = {30, 100, 150, 8}};
    LkInkReading ink = {.written = true};
    sheet.page.writing = g_array_new(FALSE, FALSE, sizeof line);
    g_array_append_val(sheet.page.writing, line);
    g_array_append_val(sheet.written, ink);
    for (int i = 0; i < n; i++) {
        blacken(&sheet, (LkRect){32 + 3.0 * i, 101, 0.5, 6}, i % 2 ? odd : even);
    }
    return sheet;
}

static LkQuality
measure(int print, int even, int odd, int n)
{
    static const double h[9] = {PX_PER_MM, 0, 0, 0, PX_PER_MM, 0, 0, 0, 1};
    Sheet sheet = write_sheet(print, even, odd, n);
    LkImage image = {WIDTH, HEIGHT, WIDTH, sheet.pixels, false};
    LkQuality quality = {.dpi = 25.4 * PX_PER_MM};
    lk_toner_measure(&image, h, &sheet.page, sheet.written, &quality);
    g_array_unref(sheet.page.writing);
    g_array_unref(sheet.written);
    g_free(sheet.pixels);
    return quality;
}

static void
test_measures(void)
{
    LkQuality toner = measure(48, 48, 48, 40);
    g_assert_cmpfloat_with_epsilon(toner.pen_black, 1, 0.005);
    g_assert_cmpfloat_with_epsilon(toner.pen_spread, 0, 0.005);
    g_assert_true(lk_toner_is_everywhere(&toner));

    /* 240 -> 48 is a depth of 0.8, 240 -> 96 one of 0.6 */
    LkQuality pen = measure(48, 96, 96, 40);
    g_assert_cmpfloat_with_epsilon(pen.pen_black, 0.75, 0.01);
    g_assert_false(lk_toner_is_everywhere(&pen));

    LkQuality blacker = measure(72, 24, 24, 40);
    g_assert_cmpfloat_with_epsilon(blacker.pen_black, 0.9 / 0.7, 0.01);
    g_assert_false(lk_toner_is_everywhere(&blacker));

    /* depths 0.8 and 0.75, half of each: quartiles 0.05 apart */
    LkQuality uneven = measure(48, 48, 60, 40);
    g_assert_cmpfloat_with_epsilon(uneven.pen_spread, 0.05 / 0.8, 0.01);
    g_assert_false(lk_toner_is_everywhere(&uneven));
}

static void
test_too_little(void)
{
    LkQuality few = measure(48, 48, 48, 4);
    g_assert_cmpfloat(few.pen_black, ==, 0);
    g_assert_false(lk_toner_is_everywhere(&few));
    LkQuality pale = measure(200, 200, 200, 40);
    g_assert_cmpfloat(pale.pen_black, ==, 0);
    g_assert_false(lk_toner_is_everywhere(&pale));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/toner/measures", test_measures);
    g_test_add_func("/toner/too-little", test_too_little);
    g_test_add_func("/toner/copies", test_copies);
    g_test_add_func("/toner/originals", test_originals);
    g_test_add_func("/toner/blank-copied", test_blank_copied);
    g_test_add_func("/toner/black-and-white", test_black_and_white);
    return g_test_run();
}
