/* test-roundtrip.c - the main job, end to end, on invented files: print the forms,
 * fill them in, scan them to a file, read the file, and get back what the pen meant. */
#include "read/read.h"
#include "tests/sim/judge.h"
#include "tests/sim/office.h"

#include <glib/gstdio.h>
#include <string.h>

#define SHEET_DPI 300.0

static const char *const main_forms[] = {"1.A", "1.B", "1.C", "5.A", NULL};
/* Scales of faces and of digits, a page with a stub, a page of somebody else's. */
static const char *const late_forms[] = {"6.B", "6.C", "A.1", "A.3",
                                         "6.B", "6.B", NULL};

/** One file filled in and written to disk. */
typedef struct {
    char *folder;
    SimOffice *office;
    SimCase *file;
    GPtrArray *scans; /* char*: paths, in the order of the pages */
} Scanned;

static GPtrArray *
capture(SimPaper *paper, const SimCase *file, SimProfile profile, uint64_t seed,
        SimMachine *machine)
{
    GPtrArray *images = g_ptr_array_new_with_free_func((GDestroyNotify)sim_image_free);
    SimRandom random = sim_random(seed, "scan");
    *machine = sim_machine(SIM_TUNING, profile, &random);
    for (guint i = 0; i < file->pages->len; i++) {
        sim_machine_again(SIM_TUNING, machine, &random);
        g_ptr_array_add(images,
                        sim_page_capture(paper, g_ptr_array_index(file->pages, i),
                                         &file->writer, machine, SHEET_DPI, &random));
    }
    return images;
}

static void
write_scans(Scanned *scanned, const GPtrArray *images, const SimMachine *machine)
{
    GError *error = NULL;
    int quality = sim_machine_quality(machine);
    if (machine->is_phone) {
        for (guint i = 0; i < images->len; i++) {
            char *path = g_strdup_printf("%s/%u.jpg", scanned->folder, i);
            sim_write_jpeg(g_ptr_array_index(images, i), quality, path, &error);
            g_ptr_array_add(scanned->scans, path);
        }
    } else if (quality == 0) {
        g_ptr_array_add(scanned->scans,
                        g_build_filename(scanned->folder, "scan.tif", NULL));
        sim_write_tiff(images, g_ptr_array_index(scanned->scans, 0), &error);
    } else {
        g_ptr_array_add(scanned->scans,
                        g_build_filename(scanned->folder, "scan.pdf", NULL));
        sim_write_pdf(images, quality, g_ptr_array_index(scanned->scans, 0), &error);
    }
    g_assert_no_error(error);
}

static Scanned
make(const char *const *forms, SimProfile profile, uint64_t number)
{
    GError *error = NULL;
    Scanned scanned = {.scans = g_ptr_array_new_with_free_func(g_free)};
    uint64_t seed = sim_seed(SIM_TUNING, number);
    scanned.folder = g_dir_make_tmp("lakana-roundtrip-XXXXXX", &error);
    g_assert_no_error(error);
    scanned.office = sim_office_new(&error);
    g_assert_no_error(error);
    scanned.file = sim_case_new(scanned.office, SIM_TUNING, seed, forms, &error);
    g_assert_no_error(error);
    g_autofree char *pdf = g_build_filename(scanned.folder, "printed.pdf", NULL);
    bool printed = sim_case_print(scanned.office, scanned.file, pdf, &error);
    g_assert_no_error(error);
    g_assert_true(printed);
    g_autoptr(SimPaper) paper = sim_paper_open(pdf, &error);
    g_assert_no_error(error);
    g_assert_cmpint(sim_paper_n_pages(paper), ==, (int)scanned.file->pages->len);
    SimMachine machine;
    g_autoptr(GPtrArray) images = capture(paper, scanned.file, profile, seed, &machine);
    write_scans(&scanned, images, &machine);
    (void)g_unlink(pdf);
    return scanned;
}

static void
release(Scanned *scanned)
{
    for (guint i = 0; i < scanned->scans->len; i++) {
        (void)g_unlink(g_ptr_array_index(scanned->scans, i));
    }
    (void)g_rmdir(scanned->folder);
    g_free(scanned->folder);
    g_ptr_array_unref(scanned->scans);
    sim_case_free(scanned->file);
    sim_office_free(scanned->office);
}

/** What is counted besides boxes. */
typedef struct {
    int written, missed; /* cells and areas with writing; of them said to be empty */
    int clean, imagined; /* the other way round */
} Ink;

static void
count_ink(Ink *ink, bool meant, const LkInkReading *got)
{
    if (meant) {
        ink->written++;
        ink->missed += !got->written;
    } else {
        ink->clean++;
        ink->imagined += got->written;
    }
}

static void
judge_writing(const SimPage *page, const LkReading *reading, Ink *ink)
{
    const SimTruth *truth = page->truth;
    const LkLayoutPage *printed = lk_layout_page(page->layout, truth->id.page);
    for (guint i = 0; i < printed->cells->len; i++) {
        const LkCell *cell = &g_array_index(printed->cells, LkCell, i);
        if (!lk_layout_field(page->layout, cell->field)->preprinted) {
            count_ink(ink, truth->cells->str[i] != ' ',
                      &g_array_index(reading->cells, LkInkReading, i));
        }
    }
    for (guint i = 0; i < printed->writing->len; i++) {
        count_ink(ink, g_array_index(truth->writing, bool, i),
                  &g_array_index(reading->writing, LkInkReading, i));
    }
}

static void
read_page(LkReader *reader, const SimPage *page, const LkImage *image, SimTally *tally,
          Ink *ink)
{
    g_autoptr(LkReading) reading = lk_reader_read(reader, image);
    tally->pages++;
    switch (sim_judge_page(page->truth, reading)) {
    case SIM_PAGE_WRONG:
        tally->wrong_identity++;
        break;
    case SIM_PAGE_SET_ASIDE:
        tally->set_aside++;
        g_test_message("form %s page %d set aside, outcome %d, reasons %x",
                       page->truth->id.form, page->truth->id.page,
                       (int)reading->outcome, reading->reasons);
        break;
    case SIM_PAGE_IDENTIFIED: {
        g_autofree SimVerdict *verdicts =
            g_new0(SimVerdict, page->truth->boxes->len + 1);
        sim_judge_boxes(page->layout, page->truth, reading, verdicts, tally);
        judge_writing(page, reading, ink);
    }
    }
}

static void
read_scans(const Scanned *scanned, SimTally *tally, Ink *ink)
{
    GError *error = NULL;
    LkReadHost host = sim_office_host(scanned->office);
    g_autoptr(LkReader) reader = lk_reader_new(&host, &error);
    g_assert_no_error(error);
    guint next = 0;
    for (guint i = 0; i < scanned->scans->len; i++) {
        const char *path = g_ptr_array_index(scanned->scans, i);
        g_autoptr(LkScan) scan = lk_scan_open(path, NULL, &error);
        g_assert_no_error(error);
        LkImage image;
        LkScanResult result = lk_scan_next(scan, &image, &error);
        while (result == LK_SCAN_PAGE) {
            g_assert_cmpuint(next, <, scanned->file->pages->len);
            read_page(reader, g_ptr_array_index(scanned->file->pages, next), &image,
                      tally, ink);
            next++;
            result = lk_scan_next(scan, &image, &error);
        }
        g_assert_no_error(error);
        g_assert_cmpint(result, ==, LK_SCAN_END);
    }
    g_assert_cmpuint(next, ==, scanned->file->pages->len);
}

/** A condition, and what may at most go to a person there, % of boxes. */
typedef struct {
    SimProfile profile;
    uint64_t first;
    int n;
    double review;
    const char *const *forms;
} Trip;

/* Nothing is read wrongly, and no more than @review % of the boxes go to a person. */
static void
assert_read(const SimTally *tally, const Ink *ink, double review)
{
    long boxes = sim_tally_boxes(tally);
    double asked =
        100.0 * (double)sim_tally_verdict(tally, SIM_TO_PERSON) / (double)boxes;
    g_test_message("%d pages, %d set aside; %ld boxes, %.2f %% to a person; %d of %d "
                   "places with writing missed, %d of %d imagined",
                   tally->pages, tally->set_aside, boxes, asked, ink->missed,
                   ink->written, ink->imagined, ink->clean);
    g_assert_cmpint(tally->wrong_identity, ==, 0);
    g_assert_cmpint(tally->set_aside, ==, 0);
    g_assert_cmpint(sim_tally_verdict(tally, SIM_SILENT), ==, 0);
    g_assert_cmpfloat(asked, <=, review);
    /* A place with writing that is taken for empty is never typed in by anybody. */
    g_assert_cmpint(ink->missed, ==, 0);
}

static void
test_trip(gconstpointer data)
{
    const Trip *trip = data;
    SimTally tally = {0};
    Ink ink = {0};
    for (int i = 0; i < trip->n; i++) {
        Scanned scanned = make(trip->forms, trip->profile, trip->first + (uint64_t)i);
        read_scans(&scanned, &tally, &ink);
        release(&scanned);
    }
    g_assert_cmpint((int)sim_tally_boxes(&tally), >, 300 * trip->n);
    assert_read(&tally, &ink, trip->review);
}

/* Every form the program has, a file each, from an office copier. */
static void
test_every_form(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkFormSet) set = lk_form_set_load(NULL, NULL, &error);
    g_assert_no_error(error);
    const GPtrArray *list = lk_form_set_list(set);
    SimTally tally = {0};
    Ink ink = {0};
    for (guint i = 0; i < list->len; i++) {
        const LkForm *form = g_ptr_array_index(list, i);
        const char *const one[] = {form->code, NULL};
        Scanned scanned = make(one, SIM_COPIER_300, 9100 + i);
        read_scans(&scanned, &tally, &ink);
        release(&scanned);
    }
    assert_read(&tally, &ink, 2.0); /* each form has a copier of its own */
}

int
main(int argc, char **argv)
{
    static const Trip trips[] = {{SIM_COPIER_300, 9001, 2, 1.0, main_forms},
                                 {SIM_FAX_G4, 9003, 1, 1.5, main_forms},
                                 {SIM_PHOTO, 9006, 1, 1.5, main_forms},
                                 {SIM_COPIER_300, 9011, 1, 1.0, late_forms},
                                 {SIM_FAX_G4, 9013, 1, 1.5, late_forms}};
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(trips); i++) {
        g_autofree char *name =
            g_strdup_printf("/roundtrip/%s/%s", sim_profile_name(trips[i].profile),
                            trips[i].forms == main_forms ? "main" : "late");
        g_test_add_data_func(name, &trips[i], test_trip);
    }
    g_test_add_func("/roundtrip/every-form", test_every_form);
    return g_test_run();
}
