/* tool-copied.c - which pages the reader takes for photocopies, and which they are: the
 * figures behind src/read/toner.c.
 *
 *   tool-copied --profile copied [--set tuning|hard] [--first 1] [--cases 5]
 *               [--forms 1.A,1.B] [--dpi N] [--wider] [--dark] [--even]
 *               [--pages]
 *
 * Counts what was told of one condition, tab separated: read, measured (enough was
 * written), told. With --pages a line a page before that: black, spread, told. --wider:
 * copiers beyond what the set has. --dark: only gel and felt pens nearly as black as
 * print. --even: a black marker that covers as evenly as
 * toner, which no writer of the simulator has. The report set is not to be looked at.
 */
#include "read/read.h"
#include "tests/sim/office.h"

#include <glib/gstdio.h>
#include <stdio.h>

#define SHEET_DPI 300.0
#define WIDER 1.3 /* times as far from the middle of its range */

static struct {
    char *set, *profile, *forms;
    int first, cases;
    double dpi;
    gboolean wider, dark, even, pages;
} options = {.first = 1, .cases = 5};

typedef struct {
    SimOffice *office;
    SimSet set;
    SimProfile profile;
    LkReader *reader;
    int read, measured, told;
} Work;

static double
farther(double value, double middle)
{
    return middle + WIDER * (value - middle);
}

static void
set_machine(SimMachine *machine)
{
    machine->scanner.dpi = options.dpi > 0 ? options.dpi : machine->scanner.dpi;
    for (int i = 0; options.wider && i < SIM_MAX_COPIES; i++) {
        /* The middles of the hard set. */
        SimCopier *copier = &machine->printing.copiers[i];
        copier->middle = farther(copier->middle, 172);
        copier->steep = farther(copier->steep, 0.0575);
        copier->noise = farther(copier->noise, 9);
        copier->specks *= 2;
    }
}

static void
count(Work *work, const SimImage *captured)
{
    LkImage image = sim_image_view(captured);
    g_autoptr(LkReading) reading = lk_reader_read(work->reader, &image);
    if (reading->outcome != LK_OUTCOME_READ) {
        return;
    }
    const LkQuality *q = &reading->quality;
    bool told = (reading->reasons & 1u << LK_REASON_PHOTOCOPIED) != 0;
    work->read++;
    work->measured += q->pen_black > 0 ? 1 : 0;
    work->told += told ? 1 : 0;
    if (options.pages) {
        printf("%.3f\t%.4f\t%d\n", q->pen_black, q->pen_spread, told);
    }
}

static void
take_page(const SimPage *page, const SimMachine *machine, const SimImage *captured,
          void *data)
{
    (void)page;
    (void)machine;
    count(data, captured);
}

/* Pages of @file by a marker whose ink is the same everywhere. */
static bool
capture_even(Work *work, SimCase *file, uint64_t seed, const char *path, GError **error)
{
    file->writer.pen = (SimPen){SIM_PEN_FELT, 0.8, 1, 0, {0, 0, 0}};
    if (!sim_case_print(work->office, file, path, error)) {
        return false;
    }
    g_autoptr(SimPaper) paper = sim_paper_open(path, error);
    (void)g_unlink(path);
    for (guint i = 0; paper != NULL && i < file->pages->len; i++) {
        const SimPage *page = g_ptr_array_index(file->pages, i);
        SimRandom random = sim_random(seed + i, "even");
        SimMachine machine = sim_machine(work->set, work->profile, &random);
        set_machine(&machine);
        g_autoptr(SimSheet) sheet =
            sim_sheet_print(paper, page->pdf_page, &machine.printing, SHEET_DPI);
        sim_fill(sheet, page->layout, page->truth, &file->writer, &random);
        for (size_t k = 0; k < (size_t)sheet->width * (size_t)sheet->height; k++) {
            sheet->ink[k] = (uint8_t)MIN(2 * sheet->ink[k], 255);
        }
        g_autoptr(SimImage) captured = sim_capture(sheet, &machine, &random);
        sim_as_scanned(captured, sim_machine_quality(&machine));
        count(work, captured);
    }
    return paper != NULL;
}

/* Of many widths and blacks, one a file. */
static SimPen
dark_pen(int number)
{
    bool felt = number % 2 == 0;
    return (SimPen){.kind = felt ? SIM_PEN_FELT : SIM_PEN_GEL,
                    .width_mm =
                        felt ? 0.7 + 0.08 * (number % 5) : 0.45 + 0.1 * (number % 5),
                    .contrast = 0.88 + 0.02 * (number % 7),
                    .grain = 0.01 * (number % 3)};
}

static bool
take_case(Work *work, int number, const char *folder, GError **error)
{
    g_auto(GStrv) forms = g_strsplit(options.forms, ",", -1);
    uint64_t seed = sim_seed(work->set, (uint64_t)number);
    g_autoptr(SimCase) file =
        sim_case_new(work->office, work->set, seed, (const char *const *)forms, error);
    if (file == NULL) {
        return false;
    }
    if (options.dark) {
        file->writer.pen = dark_pen(number);
    }
    if (options.even) {
        g_autofree char *path = g_build_filename(folder, "case.pdf", NULL);
        return capture_even(work, file, seed, path, error);
    }
    SimCapture how = {.set = work->set,
                      .profile = work->profile,
                      .seed = seed,
                      .dpi = SHEET_DPI,
                      .adjust = set_machine,
                      .each = take_page,
                      .data = work};
    return sim_case_capture(work->office, file, &how, folder, error);
}

static bool
run(Work *work, GError **error)
{
    g_autoptr(SimOffice) office = sim_office_new(error);
    g_autofree char *folder =
        office != NULL ? g_dir_make_tmp("lakana-copied-XXXXXX", error) : NULL;
    LkReadHost host = sim_office_host(office);
    g_autoptr(LkReader) reader = folder != NULL ? lk_reader_new(&host, error) : NULL;
    if (reader == NULL) {
        return false;
    }
    work->office = office;
    work->reader = reader;
    bool ok = true;
    for (int n = options.first; ok && n < options.first + options.cases; n++) {
        ok = take_case(work, n, folder, error);
    }
    (void)g_rmdir(folder);
    return ok;
}

static const GOptionEntry entries[] = {
    {"set", 0, 0, G_OPTION_ARG_STRING, &options.set, "tuning or hard", "SET"},
    {"profile", 0, 0, G_OPTION_ARG_STRING, &options.profile, "as of the bench", "NAME"},
    {"forms", 0, 0, G_OPTION_ARG_STRING, &options.forms, "codes", "1.A,1.B"},
    {"first", 0, 0, G_OPTION_ARG_INT, &options.first, "number of the first file", "N"},
    {"cases", 0, 0, G_OPTION_ARG_INT, &options.cases, "files", "N"},
    {"dpi", 0, 0, G_OPTION_ARG_DOUBLE, &options.dpi, "of the scanner", "N"},
    {"wider", 0, 0, G_OPTION_ARG_NONE, &options.wider, "copiers beyond the set", NULL},
    {"dark", 0, 0, G_OPTION_ARG_NONE, &options.dark, "pens as black as print", NULL},
    {"even", 0, 0, G_OPTION_ARG_NONE, &options.even, "a marker as even as toner", NULL},
    {"pages", 0, 0, G_OPTION_ARG_NONE, &options.pages, "a line a page", NULL},
    {0}};

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        g_printerr("%s\n", error->message);
        return 2;
    }
    bool tuning = g_strcmp0(options.set, "tuning") == 0;
    Work work = {.set = tuning ? SIM_TUNING : SIM_HARD,
                 .profile = sim_profile_find(
                     options.profile == NULL ? "copier" : options.profile)};
    if ((!tuning && options.set != NULL && g_strcmp0(options.set, "hard") != 0) ||
        work.profile == SIM_N_PROFILES) {
        g_printerr("say --set tuning or hard, and a profile\n");
        return 2;
    }
    options.forms = options.forms == NULL ? g_strdup("1.A,1.B") : options.forms;
    if (!run(&work, &error)) {
        g_printerr("%s\n", error->message);
        return 3;
    }
    printf("%d\t%d\t%d\n", work.read, work.measured, work.told);
    return 0;
}
