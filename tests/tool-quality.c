/* tool-quality.c - what the reader measures of a scan, beside what the machine did: the
 * figures behind the limits of src/read/quality.c.
 *
 *   tool-quality --set tuning|hard [--profile copier] [--cases 5] [--forms 1.A,1.B]
 *                [--paper GREY] [--black GREY] [--threshold SHARE] [--dpi N]
 *
 * One line a page, tab separated: profile, case, outcome; then each figure as it was
 * set and as it was measured. The report set is not to be looked at. */
#include "read/read.h"
#include "tests/sim/office.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define SHEET_DPI 300.0

static struct {
    char *set, *profile, *forms;
    int first, cases;
    double paper, black, threshold, dpi;
} options = {.first = 1, .cases = 5, .paper = -1, .black = -1, .threshold = -1};

typedef struct {
    SimOffice *office;
    SimSet set;
    SimProfile profile;
    LkReader *reader;
    int number; /* of the file */
} Work;

static void
set_machine(SimMachine *machine)
{
    SimScanner *scanner = &machine->scanner;
    scanner->paper = options.paper >= 0 ? options.paper : scanner->paper;
    scanner->black = options.black >= 0 ? options.black : scanner->black;
    scanner->threshold =
        options.threshold >= 0 ? options.threshold : scanner->threshold;
    scanner->dpi = options.dpi > 0 ? options.dpi : scanner->dpi;
}

static void
print_page(const Work *work, const SimMachine *machine, const LkReading *reading)
{
    static const char *const outcomes[] = {"read", "unknown", "refused", "blank"};
    const LkQuality *q = &reading->quality;
    const SimScanner *scanner = &machine->scanner;
    int unsure = 0;
    for (guint i = 0; i < reading->boxes->len; i++) {
        unsure +=
            g_array_index(reading->boxes, LkBoxReading, i).state == LK_MARK_UNSURE;
    }
    printf("%s\t%d\t%s\tunsure %d/%u\tdpi %.0f %.1f\tscale %.3f %.3f\tskew %.1f %.1f\t"
           "paper %.0f %.0f\tblack %.0f %.0f\tthreshold %.2f\toutlines %.2f "
           "%.2f\t"
           "streaks %d %d\tcut %.0f %.0f %.0f %.0f\t",
           sim_profile_name(work->profile), work->number, outcomes[reading->outcome],
           unsure, reading->boxes->len, scanner->dpi, q->dpi, machine->printing.scale,
           q->scale, scanner->skew_deg, q->skew_deg, scanner->paper, q->paper,
           scanner->black, q->ink, scanner->threshold, q->outlines, q->outline_ink,
           scanner->streaks, q->streaks, q->cut_mm[0], q->cut_mm[1], q->cut_mm[2],
           q->cut_mm[3]);
    for (int i = 0; i < LK_REASON_N; i++) {
        if ((reading->reasons & 1u << i) != 0) {
            printf(" %s", lk_reason_name((LkReason)i));
        }
    }
    putchar('\n');
}

static void
read_page(const SimPage *page, const SimMachine *machine, const SimImage *captured,
          void *data)
{
    (void)page;
    const Work *work = data;
    LkImage image = sim_image_view(captured);
    g_autoptr(LkReading) reading = lk_reader_read(work->reader, &image);
    print_page(work, machine, reading);
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
    work->number = number;
    SimCapture how = {.set = work->set,
                      .profile = work->profile,
                      .seed = seed,
                      .dpi = SHEET_DPI,
                      .adjust = set_machine,
                      .each = read_page,
                      .data = work};
    return sim_case_capture(work->office, file, &how, folder, error);
}

static bool
run(Work *work, GError **error)
{
    g_autoptr(SimOffice) office = sim_office_new(error);
    g_autofree char *folder =
        office != NULL ? g_dir_make_tmp("lakana-quality-XXXXXX", error) : NULL;
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
    {"paper", 0, 0, G_OPTION_ARG_DOUBLE, &options.paper, "its grey", "GREY"},
    {"black", 0, 0, G_OPTION_ARG_DOUBLE, &options.black, "of the print", "GREY"},
    {"threshold", 0, 0, G_OPTION_ARG_DOUBLE, &options.threshold, "of 1 bit", "SHARE"},
    {"dpi", 0, 0, G_OPTION_ARG_DOUBLE, &options.dpi, "of the scanner", "N"},
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
    bool hard = g_strcmp0(options.set, "hard") == 0;
    Work work = {.set = hard ? SIM_HARD : SIM_TUNING,
                 .profile = sim_profile_find(
                     options.profile == NULL ? "copier" : options.profile)};
    if ((!hard && g_strcmp0(options.set, "tuning") != 0) ||
        work.profile == SIM_N_PROFILES) {
        g_printerr("say --set tuning or hard, and a profile\n");
        return 2;
    }
    options.forms = options.forms == NULL ? g_strdup("1.A,1.B") : options.forms;
    if (!run(&work, &error)) {
        g_printerr("%s\n", error->message);
        return 3;
    }
    return 0;
}
