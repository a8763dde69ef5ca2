/* tool-bench-accuracy.c - how well pages are read, on pages whose truth is known.
 *
 *   tool-bench-accuracy [--tuning|--hard] [--profile NAME,NAME…] [--all-forms]
 *                       [--boxes N] [--first CASE] [--jobs N] [--dump FOLDER]
 *
 * Prints case files of four forms, or of all in turn, fills them in, scans them in
 * memory, reads them and counts. The report set is for docs/figures.md and never looked
 * at; --tuning and
 * --hard use other seeds and other settings, and with --dump writes a picture of every
 * box that a person would get or that is wrong. */
#include "read/read.h"
#include "tests/sim/judge.h"
#include "tests/sim/office.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHEET_DPI 400.0
#define MAX_DUMPS 600

#define MOST_FORMS 5

/* What a file holds: with --all-forms, its number says which of these. */
static const char *const main_forms[MOST_FORMS + 1] = {"1.A", "1.B", "1.C", "5.A"};
static const char *const packs[][MOST_FORMS + 1] = {
    {"1.B", "5.A"},        {"1.C", "4.A"},        {"2.A", "4.D"},
    {"3.A", "4.C", "6.C"}, {"5.C", "6.B", "A.1"}, {"1.A", "3.B", "LV"},
    {"1.D", "B.1", "PC"},  {"1.E", "4.B", "4.E"}, {"5.B", "6.A"},
    {"A.2", "A.3", "1.B"},
};

static struct {
    gboolean tuning, hard, all_forms;
    char *profile, *dump;
    int boxes, jobs, first;
} options = {.boxes = 5000, .jobs = 2};

/** What one run found out; sent from worker to parent through a pipe. */
typedef struct {
    SimTally all;
    SimTally by_style[SIM_N_STYLES];
    SimTally by_pen[SIM_N_PENS];
    double read_seconds;
    bool done;
} Result;

typedef struct {
    SimOffice *office;
    LkReader *reader;
    SimProfile profile;
    SimSet set;
    int dumps;
    Result result;
} Bench;

/* --- The reader's house. -----------------------------------------------------------
 */

static const LkLayout *
find_layout(const char *layout_id, void *data)
{
    return sim_office_by_id(data, layout_id);
}

static void
none_issued(const LkCaseCode *code, void (*each)(const LkPageId *id, void *to),
            void *to, void *data)
{
    (void)code;
    (void)each;
    (void)to;
    (void)data;
}

/* --- Pictures of what went wrong. --------------------------------------------------
 */

static const char *const meanings[] = {"empty", "marked", "cancelled"};
static const char *const states[] = {"EMPTY", "MARKED", "UNSURE", "BLACKENED"};
static const char *const verdicts_names[] = {"right", "person", "excused", "SILENT"};

/* 24 mm of the page around @box, upright, 12 px a mm. */
static SimImage *
cut_out(const LkImage *image, const LkReading *reading, LkRect box)
{
    enum { SIDE = 288 };
    LkPoint c = lk_rect_center(box);
    SimImage *crop = g_new0(SimImage, 1);
    crop->width = SIDE;
    crop->height = SIDE;
    crop->channels = 1;
    crop->pixels = g_malloc(SIDE * SIDE);
    for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
            LkPoint mm = {c.x + (x - SIDE / 2) / 12.0, c.y + (y - SIDE / 2) / 12.0};
            LkPoint px = lk_map_point(reading->to_image, mm);
            int u = CLAMP((int)px.x, 0, image->width - 1);
            int v = CLAMP((int)px.y, 0, image->height - 1);
            crop->pixels[y * SIDE + x] =
                image->pixels[(size_t)v * image->stride + (size_t)u];
        }
    }
    return crop;
}

static void
dump_box(Bench *bench, const SimPage *page, const LkImage *image,
         const LkReading *reading, guint i, SimVerdict verdict)
{
    if (options.dump == NULL || verdict == SIM_RIGHT || bench->dumps >= MAX_DUMPS) {
        return;
    }
    bench->dumps++;
    const SimTruth *truth = page->truth;
    const LkBoxReading *got = &g_array_index(reading->boxes, LkBoxReading, i);
    const LkLayoutPage *layout_page = lk_layout_page(page->layout, truth->id.page);
    LkRect box = g_array_index(layout_page->boxes, LkBox, i).outline;
    SimMeaning meaning = g_array_index(truth->boxes, SimBoxTruth, i).meaning;
    g_autofree char *name = g_strdup_printf(
        "%s/%s-%s-%s-%s-%s-s%.2f-%s-%s-%d-box%u.png", options.dump,
        verdicts_names[verdict], meanings[meaning], states[got->state],
        sim_style_name(truth->style), sim_pen_name(truth->pen), got->score,
        sim_profile_name(bench->profile), truth->id.case_code.text, page->pdf_page, i);
    g_autoptr(SimImage) crop = cut_out(image, reading, box);
    if (!sim_write_png(crop, name, NULL)) {
        g_printerr("cannot write %s\n", name);
    }
}

static void
dump_page(const Bench *bench, const SimPage *page, const SimImage *image,
          const char *why)
{
    if (options.dump == NULL) {
        return;
    }
    g_autofree char *name = g_strdup_printf(
        "%s/page-%s-%s-%s-%d.png", options.dump, why, sim_profile_name(bench->profile),
        page->truth->id.case_code.text, page->pdf_page);
    if (!sim_write_png(image, name, NULL)) {
        g_printerr("cannot write %s\n", name);
    }
}

/* --- One page, one file, one worker. -----------------------------------------------
 */

static void
count_boxes(Bench *bench, const SimPage *page, const LkImage *image,
            const LkReading *reading, SimTally *tally)
{
    const LkLayoutPage *printed = lk_layout_page(page->layout, page->truth->id.page);
    g_autofree SimVerdict *verdicts = g_new0(SimVerdict, printed->boxes->len + 1);
    sim_judge_boxes(page->layout, page->truth, reading, verdicts, tally);
    for (guint i = 0; i < printed->boxes->len; i++) {
        dump_box(bench, page, image, reading, i, verdicts[i]);
    }
}

/* All that a person has to do with a page that was set aside. */
static void
count_set_aside(const SimPage *page, SimTally *tally)
{
    tally->set_aside++;
    for (guint i = 0; i < page->truth->boxes->len; i++) {
        SimMeaning meaning = g_array_index(page->truth->boxes, SimBoxTruth, i).meaning;
        tally->boxes[meaning][SIM_TO_PERSON]++;
    }
}

static void
list_reasons(const LkReading *reading)
{
    for (int i = 0; i < LK_REASON_N; i++) {
        if (reading->reasons & (1u << i)) {
            fprintf(stderr, " %s", lk_reason_name((LkReason)i));
        }
    }
}

static void
say_page(const Bench *bench, const SimPage *page, const LkReading *reading,
         const char *what)
{
    if (bench->set != SIM_REPORT) {
        fprintf(stderr, "%s: %s %s page %d, outcome %d, %d fiducials, %d codes:", what,
                page->truth->id.case_code.text, page->truth->id.form,
                page->truth->id.page, (int)reading->outcome, reading->quality.fiducials,
                reading->quality.codes);
        list_reasons(reading);
        fputc('\n', stderr);
    }
}

static void
read_page(const SimPage *page, const SimMachine *machine, const SimImage *captured,
          void *data)
{
    (void)machine;
    Bench *bench = data;
    LkImage image = sim_image_view(captured);
    gint64 start = g_get_monotonic_time();
    g_autoptr(LkReading) reading = lk_reader_read(bench->reader, &image);
    bench->result.read_seconds += (double)(g_get_monotonic_time() - start) / 1e6;
    SimTally tally = {.pages = 1};
    switch (sim_judge_page(page->truth, reading)) {
    case SIM_PAGE_IDENTIFIED:
        count_boxes(bench, page, &image, reading, &tally);
        break;
    case SIM_PAGE_SET_ASIDE:
        count_set_aside(page, &tally);
        say_page(bench, page, reading, "set aside");
        dump_page(bench, page, captured, "aside");
        break;
    case SIM_PAGE_WRONG:
        tally.wrong_identity++;
        say_page(bench, page, reading, "WRONG IDENTITY");
        dump_page(bench, page, captured, "WRONG");
        break;
    }
    sim_tally_add(&bench->result.all, &tally);
    sim_tally_add(&bench->result.by_style[page->truth->style], &tally);
    sim_tally_add(&bench->result.by_pen[page->truth->pen], &tally);
}

static bool
run_case(Bench *bench, int number, const char *folder, GError **error)
{
    uint64_t seed = sim_seed(bench->set, (uint64_t)number);
    const char *const *forms =
        options.all_forms ? packs[(size_t)number % G_N_ELEMENTS(packs)] : main_forms;
    g_autoptr(SimCase) file =
        sim_case_new(bench->office, bench->set, seed, forms, error);
    if (file == NULL) {
        return false;
    }
    SimCapture how = {.set = bench->set,
                      .profile = bench->profile,
                      .seed = seed,
                      .dpi = SHEET_DPI,
                      .each = read_page,
                      .data = bench};
    return sim_case_capture(bench->office, file, &how, folder, error);
}

/* Every @options.jobs-th file from number @which on. */
static bool
run(Bench *bench, int which, GError **error)
{
    LkReadHost host = {find_layout, none_issued, NULL};
    g_autoptr(SimOffice) office = sim_office_new(error);
    if (office == NULL) {
        return false;
    }
    host.data = office;
    g_autoptr(LkReader) reader = lk_reader_new(&host, error);
    g_autofree char *folder = g_dir_make_tmp("lakana-bench-XXXXXX", error);
    if (reader == NULL || folder == NULL) {
        return false;
    }
    bench->office = office;
    bench->reader = reader;
    long share = options.boxes / options.jobs;
    bool ok = true;
    for (int n = options.first + which;
         ok && sim_tally_boxes(&bench->result.all) < share; n += options.jobs) {
        ok = run_case(bench, n, folder, error);
    }
    (void)g_rmdir(folder);
    bench->result.done = ok;
    return ok;
}

static void
add_result(Result *sum, const Result *more)
{
    sim_tally_add(&sum->all, &more->all);
    for (int i = 0; i < SIM_N_STYLES; i++) {
        sim_tally_add(&sum->by_style[i], &more->by_style[i]);
    }
    for (int i = 0; i < SIM_N_PENS; i++) {
        sim_tally_add(&sum->by_pen[i], &more->by_pen[i]);
    }
    sum->read_seconds += more->read_seconds;
    sum->done = sum->done && more->done;
}

static SimSet
chosen_set(void)
{
    if (options.hard) {
        return SIM_HARD;
    }
    return options.tuning ? SIM_TUNING : SIM_REPORT;
}

/* A child a job; each writes its Result when it is done. */
static Result
run_jobs(SimProfile profile)
{
    Result sum = {.done = true};
    g_autofree int *pipes = g_new(int, options.jobs);
    for (int j = 0; j < options.jobs; j++) {
        int ends[2];
        if (pipe(ends) != 0) {
            g_error("pipe: %s", g_strerror(errno));
        }
        if (fork() == 0) {
            Bench bench = {.profile = profile, .set = chosen_set()};
            g_autoptr(GError) error = NULL;
            if (!run(&bench, j, &error)) {
                g_printerr("%s\n", error->message);
            }
            bool written =
                write(ends[1], &bench.result, sizeof(Result)) == sizeof(Result);
            _exit(written ? 0 : 1);
        }
        close(ends[1]);
        pipes[j] = ends[0];
    }
    for (int j = 0; j < options.jobs; j++) {
        Result one = {.done = false};
        if (read(pipes[j], &one, sizeof one) != (ssize_t)sizeof one) {
            one = (Result){.done = false};
        }
        add_result(&sum, &one);
        close(pipes[j]);
        wait(NULL);
    }
    return sum;
}

/* --- Words and numbers. ------------------------------------------------------------
 */

static double
percent(long part, long whole)
{
    return whole > 0 ? 100.0 * (double)part / (double)whole : 0;
}

static void
print_head(const char *what)
{
    printf("| %s | pages | identified | wrong identity | boxes | silent errors | to a "
           "person | precision | recall | questions straight through |\n"
           "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
           what);
}

/* Precision: of what was taken for a mark, how much is one. Recall: of the marks, how
 * many were taken for one without asking. */
static void
print_row(const char *name, const SimTally *t)
{
    long boxes = sim_tally_boxes(t);
    long marked_right = t->boxes[SIM_MARKED][SIM_RIGHT];
    long marked = 0;
    for (int v = 0; v < SIM_N_VERDICTS; v++) {
        marked += t->boxes[SIM_MARKED][v];
    }
    long false_marks =
        t->boxes[SIM_EMPTY][SIM_SILENT] + t->boxes[SIM_CANCELLED][SIM_SILENT];
    printf(
        "| %s | %d | %.2f %% | %d | %ld | %ld | %.2f %% | %.3f %% | %.2f %% | %.2f %% "
        "|\n",
        name, t->pages, percent(t->pages - t->set_aside - t->wrong_identity, t->pages),
        t->wrong_identity, boxes, sim_tally_verdict(t, SIM_SILENT),
        percent(sim_tally_verdict(t, SIM_TO_PERSON), boxes),
        percent(marked_right, marked_right + false_marks),
        percent(marked_right, marked), percent(t->fields_straight, t->fields));
}

static void
print_detail(const char *name, const Result *r)
{
    static const char *const what[] = {"empty boxes", "marks", "cancelled marks"};
    print_head("mark");
    for (int i = 0; i < SIM_N_STYLES; i++) {
        print_row(sim_style_name((SimStyle)i), &r->by_style[i]);
    }
    printf("\n");
    print_head("pen");
    for (int i = 0; i < SIM_N_PENS; i++) {
        print_row(sim_pen_name((SimPenKind)i), &r->by_pen[i]);
    }
    printf("\n| %s | right | to a person | hidden, not decided | silent error |\n"
           "|---|--:|--:|--:|--:|\n",
           name);
    for (int m = 0; m <= SIM_CANCELLED; m++) {
        printf("| %s | %ld | %ld | %ld | %ld |\n", what[m], r->all.boxes[m][SIM_RIGHT],
               r->all.boxes[m][SIM_TO_PERSON], r->all.boxes[m][SIM_EXCUSED],
               r->all.boxes[m][SIM_SILENT]);
    }
    printf("\nHidden under a blot, a flap or a stamp, or torn off: %ld boxes.\n\n",
           r->all.lost);
}

static const GOptionEntry entries[] = {
    {"tuning", 0, 0, G_OPTION_ARG_NONE, &options.tuning, "the tuning set", NULL},
    {"hard", 0, 0, G_OPTION_ARG_NONE, &options.hard, "the hard tuning set", NULL},
    {"all-forms", 0, 0, G_OPTION_ARG_NONE, &options.all_forms, "not only four", NULL},
    {"profile", 0, 0, G_OPTION_ARG_STRING, &options.profile,
     "copier, copier200, copier150, g4, copied, blankcopy, photo, clean, worn, "
     "copied2, copied3, g4-200, photo-hard",
     "NAME"},
    {"boxes", 0, 0, G_OPTION_ARG_INT, &options.boxes, "at least so many", "N"},
    {"first", 0, 0, G_OPTION_ARG_INT, &options.first, "number of the first file", "N"},
    {"jobs", 0, 0, G_OPTION_ARG_INT, &options.jobs, "processes", "N"},
    {"dump", 0, 0, G_OPTION_ARG_FILENAME, &options.dump,
     "pictures of what was not right (tuning set only)", "FOLDER"},
    {0}};

static bool
are_profiles(char **names)
{
    for (int i = 0; names[i] != NULL; i++) {
        if (sim_profile_find(names[i]) == SIM_N_PROFILES) {
            return false;
        }
    }
    return names[0] != NULL;
}

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
    g_auto(GStrv) names =
        g_strsplit(options.profile == NULL ? "copier" : options.profile, ",", -1);
    if (!are_profiles(names) || (options.dump != NULL && chosen_set() == SIM_REPORT)) {
        g_printerr("unknown profile, or pictures of the report set\n");
        return 2;
    }
    options.jobs = CLAMP(options.jobs, 1, 64);
    if (options.dump != NULL) {
        (void)g_mkdir_with_parents(options.dump, 0755);
    }
    Result all = {.done = true};
    print_head("condition");
    for (int i = 0; names[i] != NULL && all.done; i++) {
        Result one = run_jobs(sim_profile_find(names[i]));
        print_row(names[i], &one.all);
        fflush(stdout);
        add_result(&all, &one);
    }
    if (!all.done) {
        return 3;
    }
    bool several = names[0] != NULL && names[1] != NULL;
    if (several) {
        print_row("all", &all.all);
    }
    printf("\n");
    print_detail(several ? "all conditions" : names[0], &all);
    printf("Reading took %.1f ms a page.\n",
           1000 * all.read_seconds / MAX(1, all.all.pages));
    bool bad =
        sim_tally_verdict(&all.all, SIM_SILENT) > 0 || all.all.wrong_identity > 0;
    return bad ? 1 : 0;
}
