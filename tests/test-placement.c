/* Where a layout lies on a photo of paper that bends. The judge is a second photo by
 * the same camera of the same sheet, on which nothing but the writing areas is black.
 */
#include "read/read.h"
#include "tests/sim/office.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define SHEET_DPI 300.0
#define BULGE_MM 4.0
#define MARGIN_MM 0.4 /* a parcel cuts 1.2 beyond a line: the rest is for letters */
#define STEP_MM 0.05  /* under a pixel */

typedef struct {
    char *folder;
    SimOffice *office;
    SimCase *file;
    SimPaper *paper;
    const SimPage *page;
    SimMachine machine;
} Fixture;

static void
set_up(Fixture *f, gconstpointer unused)
{
    (void)unused;
    static const char *const forms[] = {"1.B", NULL};
    g_autoptr(GError) error = NULL;
    f->folder = g_dir_make_tmp("lakana-placement-XXXXXX", &error);
    f->office = sim_office_new(&error);
    g_assert_no_error(error);
    f->file =
        sim_case_new(f->office, SIM_TUNING, sim_seed(SIM_TUNING, 7101), forms, &error);
    g_autofree char *pdf = g_build_filename(f->folder, "printed.pdf", NULL);
    g_assert_true(sim_case_print(f->office, f->file, pdf, &error));
    f->paper = sim_paper_open(pdf, &error);
    g_assert_no_error(error);
    f->page = g_ptr_array_index(f->file->pages, 0);
    (void)g_unlink(pdf);
    SimRandom random = sim_random(11, "machine");
    f->machine = sim_machine(SIM_TUNING, SIM_PHOTO, &random);
    f->machine.printing = (SimPrinting){.scale = 1};
    SimPhone *phone = &f->machine.phone;
    phone->turn = 0;
    phone->exif = 1;
    phone->pitch_deg = 1;
    phone->yaw_deg = 0;
    phone->bulge_mm = BULGE_MM;
    phone->shadow = 0;
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
    (void)unused;
    (void)g_rmdir(f->folder);
    sim_paper_free(f->paper);
    sim_case_free(f->file);
    sim_office_free(f->office);
    g_free(f->folder);
}

/* Both photos are taken from the same place: everything drawn by lot is the same. */
static SimImage *
photograph(const Fixture *f, const SimSheet *sheet)
{
    SimRandom random = sim_random(13, "photo");
    SimImage *image = sim_capture(sheet, &f->machine, &random);
    sim_as_scanned(image, sim_machine_quality(&f->machine));
    return image;
}

static const LkLayoutPage *
layout_of(const Fixture *f)
{
    return lk_layout_page(f->page->layout, f->page->truth->id.page);
}

static LkReading *
read_page(Fixture *f)
{
    SimRandom random = sim_random(5, "pen");
    g_autoptr(SimSheet) sheet =
        sim_sheet_print(f->paper, f->page->pdf_page, &f->machine.printing, SHEET_DPI);
    sim_fill(sheet, f->page->layout, f->page->truth, &f->file->writer, &random);
    g_autoptr(SimImage) image = photograph(f, sheet);
    LkReadHost host = sim_office_host(f->office);
    g_autoptr(GError) error = NULL;
    g_autoptr(LkReader) reader = lk_reader_new(&host, &error);
    g_assert_no_error(error);
    LkImage view = sim_image_view(image);
    return lk_reader_read(reader, &view);
}

static SimImage *
photograph_areas(const Fixture *f)
{
    g_autoptr(SimSheet) sheet = sim_sheet_blank(SHEET_DPI);
    double px = SHEET_DPI / 25.4;
    const GArray *writing = layout_of(f)->writing;
    for (guint i = 0; i < writing->len; i++) {
        LkRect area = g_array_index(writing, LkWriting, i).area;
        for (int y = (int)(area.y * px); y < (int)((area.y + area.h) * px); y++) {
            memset(sheet->print + (size_t)y * (size_t)sheet->width +
                       (size_t)(area.x * px),
                   0, (size_t)(area.w * px));
        }
    }
    return photograph(f, sheet);
}

/* Takes away what lies in a writing area, by the map. */
static void
wipe_areas(const Fixture *f, const LkReading *reading, const LkBend *bend,
           SimImage *image)
{
    const GArray *writing = layout_of(f)->writing;
    for (guint i = 0; i < writing->len; i++) {
        LkRect area =
            lk_rect_inset(g_array_index(writing, LkWriting, i).area, -MARGIN_MM);
        for (double y = area.y; y < area.y + area.h; y += STEP_MM) {
            for (double x = area.x; x < area.x + area.w; x += STEP_MM) {
                LkPoint at = lk_map_bent(reading->to_image, bend, (LkPoint){x, y});
                int column = (int)floor(at.x), row = (int)floor(at.y);
                if (column >= 0 && row >= 0 && column < image->width &&
                    row < image->height) {
                    image->pixels[(size_t)row * (size_t)image->width + (size_t)column] =
                        255;
                }
            }
        }
    }
}

static double
dark_share(const Fixture *f, const LkReading *reading, const LkBend *bend)
{
    g_autoptr(SimImage) image = photograph_areas(f);
    int n[2] = {0, 0};
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < image->width * image->height; i++) {
            n[round] += image->pixels[i] < 40 ? 1 : 0;
        }
        wipe_areas(f, reading, bend, image);
    }
    g_assert_cmpint(n[0], >, 10000);
    return (double)n[1] / n[0];
}

static void
test_bent(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(LkReading) reading = read_page(f);
    g_assert_cmpint(reading->outcome, ==, LK_OUTCOME_READ);
    g_assert_true(reading->bend.is_bent);
    const LkBend flat = {0};
    double with = dark_share(f, reading, &reading->bend);
    double without = dark_share(f, reading, &flat);
    g_test_message("outside: %.3f %% with the bend, %.3f %% without", 100 * with,
                   100 * without);
    g_assert_cmpfloat(with, <, 0.0001);
    g_assert_cmpfloat(without, >, 0.0005); /* or the test shows nothing */
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/placement/bent", Fixture, NULL, set_up, test_bent, tear_down);
    return g_test_run();
}
