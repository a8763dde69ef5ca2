/* tool-mark-samples.c - boxes with ink and what the pen meant, to train the classifier.
 *
 *   tool-mark-samples --set tuning|hard --profile NAME --first CASE --cases N
 *                     [--stamps N] -o FILE
 *
 * Appends one record a box that is not clean: see Record. Never of the report set.
 * Stamps hide few boxes of a file: to learn what they look like, more are pressed on
 * its sheets. */
#include "read/locate.h"
#include "read/mark.h"
#include "read/quality.h"
#include "read/register.h"
#include "tests/sim/office.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define SHEET_DPI 400.0

static struct {
    char *set, *profile, *output, *forms;
    int first, cases, stamps;
} options = {.cases = 1};

/** All little-endian, as the machine has it. */
typedef struct {
    int32_t file;    /* number of the case: one writer */
    int32_t meaning; /* SimMeaning */
    int32_t rules;   /* LkMarkState that the rules come to */
    float habit[3];  /* marks, coverage, through */
    float score;     /* coverage */
    float overrun;   /* mm2 */
    LkMarkView view;
} Record;

typedef struct {
    SimOffice *office;
    LkDecoder *decoder;
    SimSet set;
    SimProfile profile;
    FILE *output;
    int number; /* of the file */
    long n;
} Work;

static void
write_marks(Work *work, const SimTruth *truth, const LkMarks *marks)
{
    LkMarkHabit habit = lk_mark_habit(marks->features);
    for (guint i = 0; i < marks->views->len; i++) {
        const LkMarkView *view = g_ptr_array_index(marks->views, i);
        const SimBoxTruth *meant = &g_array_index(truth->boxes, SimBoxTruth, i);
        if (view == NULL || meant->lost) {
            continue; /* nothing to see, or nobody could tell */
        }
        const LkMarkFeatures *f = &g_array_index(marks->features, LkMarkFeatures, i);
        Record record = {
            .file = work->number,
            .meaning = (int32_t)meant->meaning,
            .rules = (int32_t)lk_mark_decide(f, &habit).state,
            .habit = {(float)habit.marks, (float)habit.coverage, (float)habit.through},
            .score = (float)f->coverage,
            .overrun = (float)f->overrun,
            .view = *view};
        work->n += fwrite(&record, sizeof record, 1, work->output) == 1;
    }
}

static void
take_page(const SimPage *page, const SimMachine *machine, const SimImage *captured,
          void *data)
{
    (void)machine;
    Work *work = data;
    LkImage view = sim_image_view(captured), *image = &view;
    const LkLayoutPage *printed = lk_layout_page(page->layout, page->truth->id.page);
    LkLevels levels =
        lk_levels_measure(image, (LkWindow){0, 0, image->width, image->height}, 4);
    LkAnchors anchors;
    double h[9], residual;
    lk_locate(work->decoder, image, &levels, &anchors);
    if (!(anchors.has_code[0] || anchors.has_code[1]) ||
        !lk_anchors_fit(&anchors, printed->fiducials, printed->qr, h, &residual)) {
        return;
    }
    g_autoptr(LkRegistration) registration =
        lk_register(image, &levels, printed, &anchors, h);
    if (!registration->verified) {
        return;
    }
    LkQuality quality = {.turned = anchors.turned};
    lk_quality_measure(image, &levels, registration->h, &quality);
    LkStreaks streaks;
    lk_streaks_find(image, anchors.turned % 180 == 0, quality.dpi / 25.4,
                    levels.paper - levels.ink, &streaks);
    g_autoptr(LkMarks) marks =
        lk_marks_measure(image, &levels, &streaks, printed, registration);
    lk_streaks_clear(&streaks);
    write_marks(work, page->truth, marks);
}

static void
press_more(SimMachine *machine)
{
    machine->wear.stamps = options.stamps;
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
                      .adjust = options.stamps > 0 ? press_more : NULL,
                      .each = take_page,
                      .data = work};
    return sim_case_capture(work->office, file, &how, folder, error);
}

static bool
run(Work *work, GError **error)
{
    g_autoptr(SimOffice) office = sim_office_new(error);
    g_autofree char *folder = g_dir_make_tmp("lakana-samples-XXXXXX", error);
    if (office == NULL || folder == NULL) {
        return false;
    }
    work->office = office;
    work->decoder = lk_decoder_new();
    bool ok = true;
    for (int n = options.first; ok && n < options.first + options.cases; n++) {
        ok = take_case(work, n, folder, error);
    }
    lk_decoder_free(work->decoder);
    (void)g_rmdir(folder);
    return ok;
}

static const GOptionEntry entries[] = {
    {"set", 0, 0, G_OPTION_ARG_STRING, &options.set, "tuning or hard", "SET"},
    {"profile", 0, 0, G_OPTION_ARG_STRING, &options.profile, "as of the bench", "NAME"},
    {"forms", 0, 0, G_OPTION_ARG_STRING, &options.forms, "codes", "1.A,1.B"},
    {"first", 0, 0, G_OPTION_ARG_INT, &options.first, "number of the first file", "N"},
    {"cases", 0, 0, G_OPTION_ARG_INT, &options.cases, "files", "N"},
    {"stamps", 0, 0, G_OPTION_ARG_INT, &options.stamps, "on each sheet", "N"},
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, "appended to", "FILE"},
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
    SimProfile profile =
        sim_profile_find(options.profile == NULL ? "copier" : options.profile);
    if ((!hard && g_strcmp0(options.set, "tuning") != 0) || profile == SIM_N_PROFILES ||
        options.output == NULL) {
        g_printerr("say --set tuning or hard, a profile, and -o FILE\n");
        return 2;
    }
    options.forms = options.forms == NULL ? g_strdup("1.A,1.B,1.C,5.A") : options.forms;
    Work work = {.set = hard ? SIM_HARD : SIM_TUNING,
                 .profile = profile,
                 .output = fopen(options.output, "ab")};
    bool ok = work.output != NULL && run(&work, &error);
    ok = work.output != NULL && fclose(work.output) == 0 && ok;
    if (!ok) {
        g_printerr("%s\n", error != NULL ? error->message : "cannot write");
        return 3;
    }
    printf("%ld boxes\n", work.n);
    return 0;
}
