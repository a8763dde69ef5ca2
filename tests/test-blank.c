/* test-blank.c - empty backs are passed over, a line of pencil never is.
 *
 *   test-blank --measure [N]   of N sheets each, by set and machine: passed over */
#include "read/read.h"
#include "tests/sim/office.h"
#include "tests/sim/plane.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHEET_DPI 200.0
#define SHEETS 4 /* of each kind */

typedef struct {
    SimOffice *office;
    SimPaper *fronts;
    int n_fronts;
    LkReader *reader;
} House;

static void
open_house(House *house)
{
    static const char *const forms[] = {"1.B", NULL};
    g_autoptr(GError) error = NULL;
    house->office = sim_office_new(&error);
    g_assert_no_error(error);
    g_autoptr(SimCase) file = sim_case_new(house->office, SIM_TUNING,
                                           sim_seed(SIM_TUNING, 900), forms, &error);
    g_assert_no_error(error);
    g_autofree char *folder = g_dir_make_tmp("lakana-blank-XXXXXX", &error);
    g_assert_no_error(error);
    g_autofree char *path = g_build_filename(folder, "fronts.pdf", NULL);
    g_assert_true(sim_case_print(house->office, file, path, &error));
    g_assert_no_error(error);
    house->fronts = sim_paper_open(path, &error);
    g_assert_no_error(error);
    house->n_fronts = sim_paper_n_pages(house->fronts);
    (void)g_unlink(path);
    (void)g_rmdir(folder);
    LkReadHost host = sim_office_host(house->office);
    house->reader = lk_reader_new(&host, &error);
    g_assert_no_error(error);
}

static void
close_house(House *house)
{
    lk_reader_free(house->reader);
    sim_paper_free(house->fronts);
    sim_office_free(house->office);
}

/* The empty back of a printed sheet: @share of the front's ink comes through. */
static SimSheet *
back_of(House *house, int front, double share)
{
    SimPrinting plain = {.scale = 1, .toner = 0};
    SimSheet *back = sim_sheet_blank(SHEET_DPI);
    g_autoptr(SimSheet) sheet =
        sim_sheet_print(house->fronts, front % house->n_fronts, &plain, SHEET_DPI);
    size_t width = (size_t)back->width, n = width * (size_t)back->height;
    g_autofree uint8_t *ink = g_malloc(n);
    for (int y = 0; y < back->height; y++) {
        for (size_t x = 0; x < width; x++) {
            size_t row = (size_t)y * width;
            ink[row + x] = (uint8_t)(255 - sheet->print[row + width - 1 - x]);
        }
    }
    sim_blur(ink, back->width, back->height, 0.2 * SHEET_DPI / 25.4);
    g_autofree uint8_t *white = g_memdup2(back->print, n);
    sim_absorb(back->print, white, ink, n, share);
    return back;
}

/* What is put on the back. */
typedef enum { NOTHING, PENCIL, ANY_PEN } Note;

typedef struct {
    SimSet set;
    SimProfile profile;
    Note note;
    int number;
} Shot;

/* A line of words, from the middle of the sheet to the right. */
static void
write_note(SimSheet *sheet, const Shot *shot, SimRandom *random)
{
    SimWriter writer = sim_writer(shot->set, random);
    while (shot->note == PENCIL && writer.pen.kind != SIM_PEN_PENCIL) {
        writer = sim_writer(shot->set, random);
    }
    sheet->pen = writer.pen;
    sim_cursive(sheet, &writer,
                (LkPoint){sim_uniform(random, 25, 100), sim_uniform(random, 40, 250)},
                sim_uniform(random, 35, 80), random);
}

static LkReading *
read_back(House *house, const Shot *shot)
{
    g_autofree char *key =
        g_strdup_printf("%d %d %d", (int)shot->set, (int)shot->profile, shot->number);
    SimRandom random = sim_random(20261127, key);
    SimMachine machine = sim_machine(shot->set, shot->profile, &random);
    double share = machine.wear.show_through;
    machine.wear.show_through = 0; /* of this very side, in sim_wear() */
    machine.wear.rings = machine.wear.blots = machine.wear.stamps = 0; /* ink */
    machine.wear.staples = 0;         /* a wire is a stroke */
    machine.wear.folded_over = false; /* its shadow is for a person */
    g_autoptr(SimSheet) sheet = back_of(house, shot->number, share);
    if (shot->note != NOTHING) {
        write_note(sheet, shot, &random);
        sim_scanner_set_for(&machine.scanner, &sheet->pen);
    }
    sim_wear(sheet, &machine.wear, NULL, &random);
    g_autoptr(SimImage) image = sim_capture(sheet, &machine, &random);
    sim_as_scanned(image, sim_machine_quality(&machine));
    LkImage view = sim_image_view(image);
    return lk_reader_read(house->reader, &view);
}

/* How many of @n sheets are passed over as empty. */
static int
count_blank(House *house, Shot shot, int n, bool verbose)
{
    int blank = 0;
    for (shot.number = 0; shot.number < n; shot.number++) {
        g_autoptr(LkReading) reading = read_back(house, &shot);
        bool is_blank = reading->outcome == LK_OUTCOME_BLANK;
        blank += is_blank ? 1 : 0;
        if (verbose && is_blank != (shot.note == NOTHING)) {
            printf("# set %d %s note %d number %d: %s\n", (int)shot.set,
                   sim_profile_name(shot.profile), (int)shot.note, shot.number,
                   is_blank ? "passed over" : "kept");
        }
    }
    return blank;
}

static int
measure(int n)
{
    static const SimSet sets[] = {SIM_HARD, SIM_TUNING};
    static const SimProfile profiles[] = {SIM_WORN_300, SIM_COPIER_150, SIM_FAX_G4_200,
                                          SIM_COPIER_300};
    House house;
    open_house(&house);
    for (size_t s = 0; s < G_N_ELEMENTS(sets); s++) {
        for (size_t p = 0; p < G_N_ELEMENTS(profiles); p++) {
            Shot shot = {.set = sets[s], .profile = profiles[p]};
            int backs = count_blank(&house, shot, n, true);
            shot.note = PENCIL;
            int pencil = count_blank(&house, shot, n, true);
            shot.note = ANY_PEN;
            int pens = count_blank(&house, shot, n, true);
            printf("%s %-10s of %d passed over: empty backs %d, pencil %d, any pen "
                   "%d\n",
                   s == 0 ? "hard" : "tuning", sim_profile_name(profiles[p]), n, backs,
                   pencil, pens);
            fflush(stdout);
        }
    }
    close_house(&house);
    return 0;
}

/* --- The test. ----------------------------------------------------------------------
 */

static void
test_backs(void)
{
    House house;
    open_house(&house);
    static const SimProfile profiles[] = {SIM_WORN_300, SIM_COPIER_150};
    for (size_t i = 0; i < G_N_ELEMENTS(profiles); i++) {
        Shot shot = {.set = SIM_HARD, .profile = profiles[i]};
        g_assert_cmpint(count_blank(&house, shot, SHEETS, false), ==, SHEETS);
        shot.note = PENCIL;
        g_assert_cmpint(count_blank(&house, shot, SHEETS, false), ==, 0);
    }
    close_house(&house);
}

/* A whole page of ours, printed with hardly any toner: told, never passed over. */
static void
test_pale_print(void)
{
    House house;
    open_house(&house);
    SimPrinting plain = {.scale = 1, .toner = 0};
    g_autoptr(SimSheet) sheet = sim_sheet_print(house.fronts, 0, &plain, SHEET_DPI);
    for (int i = 0; i < sheet->width * sheet->height; i++) {
        sheet->print[i] = (uint8_t)(202 + sheet->print[i] * 18 / 255);
    }
    LkImage image = {.width = sheet->width,
                     .height = sheet->height,
                     .stride = (size_t)sheet->width,
                     .pixels = sheet->print};
    g_autoptr(LkReading) reading = lk_reader_read(house.reader, &image);
    g_assert_cmpint(reading->outcome, ==, LK_OUTCOME_REFUSED);
    g_assert_cmpuint(reading->reasons & 1u << LK_REASON_TOO_LIGHT, !=, 0);
    g_assert_cmpstr(reading->id.form, ==, "1.B");
    close_house(&house);
}

int
main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--measure") == 0) {
        return measure(argc > 2 ? atoi(argv[2]) : 20);
    }
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/blank/backs", test_backs);
    g_test_add_func("/blank/pale-print", test_pale_print);
    return g_test_run();
}
