/* tool-bench-accuracy.c - how well pages are read, on pages whose truth is known.
 *
 *   tool-bench-accuracy [--tuning|--hard] [--profile NAME,NAME…] [--all-forms]
 *                       [--boxes N] [--first CASE] [--jobs N] [--dump FOLDER]
 *                       [--counts FOLDER] [--errors]
 *
 * Prints case files of four forms, or of all in turn, fills them in, scans them in
 * memory, reads them and counts. The report set is for docs/figures.md and never looked
 * at; --tuning and --hard use other seeds and other settings, and with --dump writes a
 * picture of every box that a person would get or that is wrong.
 *
 * With --counts every file is kept as soon as it is counted, in one table a condition,
 * named after the set, the forms, the condition and this very program: a run that was
 * interrupted goes on, a longer one uses the shorter, and conditions may be measured
 * one by one, or side by side, before the tables are made of them all. --errors prints
 * errors a million boxes, beside what others have published. */
#include "read/read.h"
#include "tests/sim/counts.h"
#include "tests/sim/office.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
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
    gboolean tuning, hard, all_forms, errors;
    char *profile, *dump, *counts;
    int boxes, jobs, first;
} options = {.boxes = 5000, .jobs = 2};

/** Sums over the files of a condition, or of several. */
typedef struct {
    SimTally all;
    SimTally by_style[SIM_N_STYLES];
    SimTally by_pen[SIM_N_PENS];
    double read_seconds;
} Result;

/* A worker in one condition. */
typedef struct {
    SimOffice *office;
    LkReader *reader;
    SimProfile profile;
    SimSet set;
    int dumps;
    const SimCase *file; /* on the desk */
    SimCount count;      /* of it */
} Bench;

/* --- The reader's house. -----------------------------------------------------------
 */

static const LkLayout *
find_layout(const char *layout_id, void *data)
{
    const Bench *bench = data;
    return sim_office_by_id(bench->office, layout_id);
}

static const LkLayout *
example(void *data)
{
    const Bench *bench = data;
    return g_ptr_array_index(bench->office->layouts, 0);
}

/* The office remembers what it printed. */
static void
issued(const LkCaseCode *code, void (*each)(const LkPageId *id, void *to), void *to,
       void *data)
{
    const Bench *bench = data;
    if (!lk_case_code_equal(code, &bench->file->code)) {
        return;
    }
    for (guint i = 0; i < bench->file->pages->len; i++) {
        const SimPage *page = g_ptr_array_index(bench->file->pages, i);
        each(&page->truth->id, to);
    }
}

/* --- Pictures of what went wrong. --------------------------------------------------
 */

static const char *const meanings[] = {"empty", "marked", "cancelled"};
static const char *const states[] = {"EMPTY", "MARKED", "UNSURE", "BLACKENED"};
static const char *const verdicts_names[] = {"right", "person", "rule", "excused",
                                             "SILENT"};

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
    if (options.dump == NULL || verdict == SIM_RIGHT || verdict == SIM_BY_RULE ||
        bench->dumps >= MAX_DUMPS) {
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
    bench->count.seconds += (double)(g_get_monotonic_time() - start) / 1e6;
    SimTally tally = {.pages = 1};
    switch (sim_judge_page(page->truth, reading)) {
    case SIM_PAGE_IDENTIFIED:
        tally.to_confirm = reading->source == LK_IDENTITY_PRINT;
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
    sim_tally_add(&bench->count.tally, &tally);
}

static const char *const *
forms_of(int number)
{
    return options.all_forms ? packs[(size_t)number % G_N_ELEMENTS(packs)] : main_forms;
}

static bool
run_case(Bench *bench, int number, const char *folder, GError **error)
{
    uint64_t seed = sim_seed(bench->set, (uint64_t)number);
    g_autoptr(SimCase) file =
        sim_case_new(bench->office, bench->set, seed, forms_of(number), error);
    if (file == NULL) {
        return false;
    }
    bench->file = file;
    bench->count = (SimCount){
        .number = number, .style = file->writer.style, .pen = file->writer.pen.kind};
    SimCapture how = {.set = bench->set,
                      .profile = bench->profile,
                      .seed = seed,
                      .dpi = SHEET_DPI,
                      .each = read_page,
                      .data = bench};
    return sim_case_capture(bench->office, file, &how, folder, error);
}

static SimSet
chosen_set(void)
{
    if (options.hard) {
        return SIM_HARD;
    }
    return options.tuning ? SIM_TUNING : SIM_REPORT;
}

/** What is to be measured in one condition, and what already is. */
typedef struct {
    SimOffice *office;
    SimProfile profile;
    const char *path; /* of the counts */
    GArray *numbers;  /* int: of the files */
    GArray *counts;   /* SimCount, of these files and others */
} Measure;

/* Of the files that are not counted yet, every @options.jobs-th from @which on. */
static bool
work(const Measure *measure, int which, GError **error)
{
    Bench bench = {
        .office = measure->office, .profile = measure->profile, .set = chosen_set()};
    LkReadHost host = {find_layout, issued, &bench};
    g_autoptr(LkReader) reader = lk_reader_new(&host, error);
    g_autofree char *folder = g_dir_make_tmp("lakana-bench-XXXXXX", error);
    if (reader == NULL || folder == NULL) {
        return false;
    }
    lk_reader_set_example(reader, example);
    bench.reader = reader;
    bool ok = true;
    int todo = 0;
    for (guint i = 0; ok && i < measure->numbers->len; i++) {
        int number = g_array_index(measure->numbers, int, i);
        if (sim_counts_find(measure->counts, number) != NULL ||
            todo++ % options.jobs != which) {
            continue;
        }
        ok = run_case(&bench, number, folder, error);
        if (ok && !sim_counts_append(measure->path, &bench.count)) {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot write %s",
                        measure->path);
            ok = false;
        }
    }
    (void)g_rmdir(folder);
    return ok;
}

/* A child a job. */
static bool
run_jobs(const Measure *measure)
{
    for (int j = 0; j < options.jobs; j++) {
        pid_t child = fork();
        if (child == 0) {
            (void)prctl(PR_SET_PDEATHSIG, SIGTERM); /* stops when its parent does */
            g_autoptr(GError) error = NULL;
            bool ok = work(measure, j, &error);
            if (!ok) {
                g_printerr("%s\n", error->message);
            }
            _exit(ok ? 0 : 1);
        }
        if (child < 0) {
            g_error("fork: %s", g_strerror(errno));
        }
    }
    bool ok = true;
    for (int j = 0; j < options.jobs; j++) {
        int status = 1;
        ok = wait(&status) >= 0 && status == 0 && ok;
    }
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
}

/* Whether all that was to be measured is there. */
static bool
sum_up(const Measure *measure, Result *sum)
{
    guint n = 0;
    for (guint i = 0; i < measure->numbers->len; i++) {
        int number = g_array_index(measure->numbers, int, i);
        const SimCount *count = sim_counts_find(measure->counts, number);
        if (count != NULL) {
            sim_tally_add(&sum->all, &count->tally);
            sim_tally_add(&sum->by_style[count->style], &count->tally);
            sim_tally_add(&sum->by_pen[count->pen], &count->tally);
            sum->read_seconds += count->seconds;
            n++;
        }
    }
    return n == measure->numbers->len;
}

static bool
take_measure(Measure *measure, Result *result, GError **error)
{
    measure->counts = sim_counts_load(measure->path, error);
    if (measure->counts == NULL) {
        return false;
    }
    Result before = {.read_seconds = 0};
    bool ok = sum_up(measure, &before);
    if (!ok && before.all.pages > 0) {
        g_printerr("%s: goes on after %d pages\n", sim_profile_name(measure->profile),
                   before.all.pages);
    }
    if (!ok && run_jobs(measure)) {
        g_array_unref(measure->counts);
        measure->counts = sim_counts_load(measure->path, error);
    }
    ok = measure->counts != NULL && sum_up(measure, result);
    if (!ok && error != NULL && *error == NULL) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s was not finished",
                    sim_profile_name(measure->profile));
    }
    g_clear_pointer(&measure->counts, g_array_unref);
    return ok;
}

/* --- Which files, and where their counts are. ---------------------------------------
 */

static int
count_form(const LkLayout *layout)
{
    int boxes = 0;
    for (guint i = 0; i < layout->pages->len; i++) {
        const LkLayoutPage *page = g_ptr_array_index(layout->pages, i);
        boxes += (int)page->boxes->len;
    }
    return boxes;
}

/* Files from the first on until they have @options.boxes boxes. */
static GArray *
choose_files(SimOffice *office, GError **error)
{
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(int));
    int boxes = 0;
    for (int n = options.first; boxes < options.boxes; n++) {
        for (const char *const *form = forms_of(n); *form != NULL; form++) {
            const LkLayout *layout = sim_office_layout(office, *form, error);
            if (layout == NULL) {
                return NULL;
            }
            boxes += count_form(layout);
        }
        g_array_append_val(numbers, n);
    }
    return g_steal_pointer(&numbers);
}

/* Of @forms, NULL at the end. */
static bool
digest_layouts(SimOffice *office, const char *const *forms, GChecksum *sum,
               GError **error)
{
    for (; *forms != NULL; forms++) {
        const LkLayout *layout = sim_office_layout(office, *forms, error);
        if (layout == NULL) {
            return false;
        }
        g_checksum_update(sum, (const guchar *)layout->id, -1);
    }
    return true;
}

/* This program, down to the last weight, and the forms it prints. */
static char *
own_digest(SimOffice *office, GError **error)
{
    g_autoptr(GMappedFile) self = g_mapped_file_new("/proc/self/exe", FALSE, error);
    if (self == NULL) {
        return NULL;
    }
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sum, (const guchar *)g_mapped_file_get_contents(self),
                      (gssize)g_mapped_file_get_length(self));
    bool ok = digest_layouts(office, main_forms, sum, error);
    for (size_t i = 0; ok && i < G_N_ELEMENTS(packs); i++) {
        ok = digest_layouts(office, packs[i], sum, error);
    }
    return ok ? g_strndup(g_checksum_get_string(sum), 12) : NULL;
}

/* What all conditions share. */
typedef struct {
    SimOffice *office;
    GArray *numbers;
    char *folder, *digest;
} Plan;

static bool
make_plan(Plan *plan, GError **error)
{
    plan->office = sim_office_new(error);
    if (plan->office == NULL) {
        return false;
    }
    plan->numbers = choose_files(plan->office, error);
    plan->digest = plan->numbers == NULL ? NULL : own_digest(plan->office, error);
    if (plan->digest == NULL) {
        return false;
    }
    if (options.counts == NULL) {
        plan->folder = g_dir_make_tmp("lakana-counts-XXXXXX", error);
        return plan->folder != NULL;
    }
    plan->folder = g_strdup(options.counts);
    (void)g_mkdir_with_parents(plan->folder, 0755);
    return true;
}

static void
clear_plan(Plan *plan)
{
    if (plan->folder != NULL && options.counts == NULL) {
        (void)g_rmdir(plan->folder);
    }
    g_clear_pointer(&plan->numbers, g_array_unref);
    g_clear_pointer(&plan->office, sim_office_free);
    g_free(plan->folder);
    g_free(plan->digest);
}

static bool
run_condition(const Plan *plan, SimProfile profile, Result *result, GError **error)
{
    static const char *const sets[SIM_N_SETS] = {"tuning", "hard", "report"};
    g_autofree char *path = g_strdup_printf(
        "%s/%s-%s-%s-%s.tsv", plan->folder, sets[chosen_set()],
        options.all_forms ? "all" : "four", sim_profile_name(profile), plan->digest);
    Measure measure = {plan->office, profile, path, plan->numbers, NULL};
    bool ok = take_measure(&measure, result, error);
    if (options.counts == NULL) {
        (void)g_unlink(path);
    }
    return ok;
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
    printf("| %s | pages | identified | to confirm | wrong identity | boxes | silent "
           "errors | in doubt | by rule | precision | recall | questions straight "
           "through |\n"
           "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
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
    printf("| %s | %d | %.2f %% | %d | %d | %ld | %ld | %.2f %% | %.2f %% | %.3f %% | "
           "%.2f %% | %.2f %% |\n",
           name, t->pages,
           percent(t->pages - t->set_aside - t->wrong_identity, t->pages),
           t->to_confirm, t->wrong_identity, boxes, sim_tally_verdict(t, SIM_SILENT),
           percent(sim_tally_verdict(t, SIM_TO_PERSON), boxes),
           percent(sim_tally_verdict(t, SIM_BY_RULE), boxes),
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
    printf(
        "\n| %s | right | in doubt | by rule | hidden, not decided | silent error |\n"
        "|---|--:|--:|--:|--:|--:|\n",
        name);
    for (int m = 0; m <= SIM_CANCELLED; m++) {
        const long *n = r->all.boxes[m];
        printf("| %s | %ld | %ld | %ld | %ld | %ld |\n", what[m], n[SIM_RIGHT],
               n[SIM_TO_PERSON], n[SIM_BY_RULE], n[SIM_EXCUSED], n[SIM_SILENT]);
    }
    printf("\nHidden under a blot, a flap or a stamp, or torn off: %ld boxes.\n\n",
           r->all.lost);
}

/* --- Errors a million, beside others. -----------------------------------------------
 */

/** The published figures: counts, or only a rate. */
static const struct {
    const char *who;
    long boxes, errors; /* 0: not said */
    double per_million;
} others[] = {
    {"keying once, published (fields)", 0, 0, 370},
    {"keying twice and compared, published (fields)", 0, 0, 46},
    {"SDAPS, published field study", 1600000, 20, 0},
    {"AMC, published, hard boxes only", 8815, 24, 0},
    {"US voting standard, demanded of ballot scanners", 0, 0, 0.1},
};

static void
print_errors_head(const char *what)
{
    printf("| %s | boxes | silent errors | a million boxes | at most, 95 %% sure |\n"
           "|---|--:|--:|--:|--:|\n",
           what);
}

static void
print_errors(const char *name, long boxes, long errors)
{
    if (boxes == 0) {
        printf("| %s | 0 | 0 | | |\n", name);
        return;
    }
    double million = 1e6 / (double)boxes;
    printf("| %s | %ld | %ld | %.1f | %.1f |\n", name, boxes, errors,
           (double)errors * million, sim_rate_bound(errors) * million);
}

static void
print_tally_errors(const char *name, const SimTally *tally)
{
    print_errors(name, sim_tally_boxes(tally), sim_tally_verdict(tally, SIM_SILENT));
}

static void
print_others(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        if (others[i].boxes > 0) {
            print_errors(others[i].who, others[i].boxes, others[i].errors);
        } else {
            printf("| %s | | | %.1f | |\n", others[i].who, others[i].per_million);
        }
    }
}

/* --- All conditions. ----------------------------------------------------------------
 */

typedef struct {
    char **names;
    Result *each; /* as many */
    Result feeder, harder, all;
} Conditions;

/* What may cost more looking at than a feeder's scan of 200 dpi. */
static bool
is_harder(SimProfile profile)
{
    return profile == SIM_COPIED_2 || profile == SIM_COPIED_3 ||
           profile == SIM_COPIER_150 || profile == SIM_PHOTO ||
           profile == SIM_PHOTO_HARD;
}

/* A row for each, and for what belongs together. */
static void
print_rows(const Conditions *c, void (*print)(const char *name, const SimTally *tally))
{
    for (int i = 0; c->names[i] != NULL; i++) {
        print(c->names[i], &c->each[i].all);
    }
    if (c->feeder.all.pages > 0 && c->harder.all.pages > 0) {
        print("all feeder scans", &c->feeder.all);
        print("all harder ones", &c->harder.all);
    }
    if (c->names[1] != NULL) {
        print("all", &c->all.all);
    }
}

static void
print_tables(const Conditions *c)
{
    print_head("condition");
    print_rows(c, print_row);
    printf("\n");
    print_detail(c->names[1] != NULL ? "all conditions" : c->names[0], &c->all);
    printf("Reading took %.1f ms a page.\n",
           1000 * c->all.read_seconds / MAX(1, c->all.all.pages));
}

static void
print_error_tables(const Conditions *c)
{
    print_errors_head("condition");
    print_rows(c, print_tally_errors);
    print_others();
    printf("\n");
    print_errors_head("mark, all conditions");
    for (int i = 0; i < SIM_N_STYLES; i++) {
        print_tally_errors(sim_style_name((SimStyle)i), &c->all.by_style[i]);
    }
    print_tally_errors("all", &c->all.all);
    print_others();
}

static bool
run_conditions(const Plan *plan, Conditions *c, GError **error)
{
    for (int i = 0; c->names[i] != NULL; i++) {
        SimProfile profile = sim_profile_find(c->names[i]);
        if (!run_condition(plan, profile, &c->each[i], error)) {
            return false;
        }
        add_result(&c->all, &c->each[i]);
        add_result(is_harder(profile) ? &c->harder : &c->feeder, &c->each[i]);
    }
    return true;
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
    {"counts", 0, 0, G_OPTION_ARG_FILENAME, &options.counts,
     "where counts are kept, to go on with", "FOLDER"},
    {"errors", 0, 0, G_OPTION_ARG_NONE, &options.errors,
     "errors a million, beside others", NULL},
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
    Plan plan = {0};
    g_autofree Result *each = g_new0(Result, g_strv_length(names));
    Conditions conditions = {.names = names, .each = each};
    bool ok = make_plan(&plan, &error) && run_conditions(&plan, &conditions, &error);
    clear_plan(&plan);
    if (!ok) {
        g_printerr("%s\n", error->message);
        return 3;
    }
    (options.errors ? print_error_tables : print_tables)(&conditions);
    const SimTally *all = &conditions.all.all;
    bool bad = sim_tally_verdict(all, SIM_SILENT) > 0 || all->wrong_identity > 0;
    return bad ? 1 : 0;
}
