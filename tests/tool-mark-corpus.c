/* tool-mark-corpus.c - cuts hard boxes out of simulated pages, for tests/test-marks.c.
 *
 *   tool-mark-corpus FOLDER      (tests/corpus-marks)
 *
 * Same program, same pictures: of every kind below, the boxes that are hardest by what
 * the rules measure, whatever the classifier thinks of them. Never of the report set.
 */
#include "read/homography.h"
#include "read/locate.h"
#include "read/quality.h"
#include "tests/sim/crop.h"
#include "tests/sim/office.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define SHEET_DPI 400.0
#define FIRST_CASE 9000 /* neither the bench nor the training gets there */
#define SIDE_MM 15.0    /* of the crop: what a box's measuring looks at */
#define CLEAN_MM 7.0
#define NEAR_MM 16.0    /* what is further from the box does not concern it */
#define GREY_STEP 16    /* of the grey that is kept: noise would fill the disk */
#define PHOTO_STEP 8    /* the same of photos, where a pen differs less from paper */
#define MOST_PX_MM 12.2 /* finer scans are too large to be kept */
#define MAX_KINDS 6
#define ANY (-1)

/* --- What to look for. --------------------------------------------------------------
 */

/* How hard a box is; 0 or less: not of that kind. */
typedef double (*Hardness)(const LkMarkFeatures *features);

static double
inked(const LkMarkFeatures *f)
{
    return f->coverage + f->specks;
}

static double
specked(const LkMarkFeatures *f)
{
    return f->coverage < 0.01 ? f->specks : 0;
}

static double
beside(const LkMarkFeatures *f)
{
    return f->coverage <= 0.03 ? f->beside : 0;
}

static double
through(const LkMarkFeatures *f)
{
    return f->coverage > 0 ? f->through : 0;
}

static double
overrun(const LkMarkFeatures *f)
{
    return f->overrun;
}

static double
faint(const LkMarkFeatures *f)
{
    return 1 - f->coverage;
}

static double
dense(const LkMarkFeatures *f)
{
    return f->coverage;
}

/* A mark that nobody would ask about. */
static double
plain(const LkMarkFeatures *f)
{
    bool clear = f->coverage > 0.14 && f->coverage < 0.5 && f->extent > 2.2 &&
                 f->depth > 1.2 && f->through < 0.5 && f->overrun < 0.1 &&
                 f->outside < 1.5 * f->area;
    return clear ? 1 - fabs(f->coverage - 0.25) : 0;
}

/* No ink inside, a little beside it. */
static double
untouched(const LkMarkFeatures *f)
{
    return f->coverage == 0 && f->specks == 0 && f->beside < 0.6 ? f->beside : 0;
}

typedef struct {
    const char *name;
    SimMeaning meaning;
    int style, pen; /* of the writer, or ANY */
    Hardness hardness;
    bool must; /* be decided right */
    int n;
} Kind;

static void
only_stamp(SimMachine *machine)
{
    machine->wear = (SimWear){.corner = -1, .stamps = 3, .stamp_dark = 0.6};
}

static void
only_folds(SimMachine *machine)
{
    machine->wear = (SimWear){.corner = -1, .folds = 3, .fold_depth = 0.9};
}

static void
only_blots(SimMachine *machine)
{
    machine->wear = (SimWear){.corner = -1, .blots = 4};
}

static void
only_rings(SimMachine *machine)
{
    machine->wear = (SimWear){.corner = -1, .rings = 3};
}

static void
holes_and_back(SimMachine *machine)
{
    machine->wear = (SimWear){.corner = -1, .holes = 4, .show_through = 0.12};
}

static void
corner_lies_over(SimMachine *machine)
{
    machine->wear = (SimWear){.folded_over = true, .corner_mm = 45};
}

/* Pages to look through. */
typedef struct {
    SimSet set;
    SimProfile profile;
    void (*adjust)(SimMachine *machine);
    const char *forms[3];
    int cases;
    Kind kinds[MAX_KINDS];
} Run;

#define BALLPOINT SIM_PEN_BALLPOINT
#define PENCIL SIM_PEN_PENCIL
#define FELT SIM_PEN_FELT

static const Run runs[] = {
    {SIM_HARD,
     SIM_COPIER_200,
     NULL,
     {"1.B", "5.A"},
     14,
     {{"tail-tick", SIM_EMPTY, SIM_STYLE_TICK, ANY, beside, false, 3},
      {"tail-hook", SIM_EMPTY, SIM_STYLE_HOOK, ANY, beside, false, 3},
      {"tail-left", SIM_EMPTY, SIM_STYLE_LEFT, ANY, beside, false, 2},
      {"slip", SIM_EMPTY, ANY, ANY, through, false, 4},
      {"slip-felt", SIM_EMPTY, ANY, FELT, inked, false, 3},
      {"pencil", SIM_MARKED, ANY, PENCIL, faint, false, 4}}},
    {SIM_HARD,
     SIM_COPIER_200,
     NULL,
     {"1.B", "5.A"},
     14,
     {{"dot", SIM_MARKED, SIM_STYLE_DOT, ANY, faint, false, 3},
      {"scribble", SIM_MARKED, SIM_STYLE_SCRIBBLE, ANY, dense, false, 3},
      {"long-slash", SIM_MARKED, SIM_STYLE_SLASH, ANY, through, false, 3},
      {"blackened", SIM_CANCELLED, ANY, ANY, faint, false, 3},
      {"black", SIM_CANCELLED, ANY, ANY, dense, false, 2},
      {"handwriting", SIM_EMPTY, ANY, ANY, overrun, false, 3}}},
    {SIM_TUNING,
     SIM_COPIER_200,
     NULL,
     {"1.B", "5.A"},
     10,
     {{"clear-cross", SIM_MARKED, SIM_STYLE_CROSS, ANY, plain, true, 3},
      {"clear-tick", SIM_MARKED, SIM_STYLE_TICK, ANY, plain, true, 3},
      {"clear-slash", SIM_MARKED, SIM_STYLE_SLASH, ANY, plain, true, 2},
      {"clear-felt", SIM_MARKED, ANY, FELT, plain, true, 2},
      {"clear-empty", SIM_EMPTY, ANY, ANY, untouched, true, 3}}},
    {SIM_HARD,
     SIM_WORN_300,
     only_stamp,
     {"2.A"},
     6,
     {{"stamp-empty", SIM_EMPTY, ANY, ANY, inked, false, 6},
      {"stamp-marked", SIM_MARKED, ANY, ANY, beside, false, 2}}},
    {SIM_HARD,
     SIM_WORN_300,
     only_folds,
     {"2.A"},
     3,
     {{"fold-empty", SIM_EMPTY, ANY, ANY, inked, false, 3},
      {"fold-marked", SIM_MARKED, ANY, ANY, faint, false, 2}}},
    {SIM_HARD,
     SIM_WORN_300,
     only_blots,
     {"2.A"},
     4,
     {{"blot-empty", SIM_EMPTY, ANY, ANY, inked, false, 4},
      {"blot-marked", SIM_MARKED, ANY, ANY, dense, false, 1}}},
    {SIM_HARD,
     SIM_WORN_300,
     only_rings,
     {"2.A"},
     2,
     {{"ring-empty", SIM_EMPTY, ANY, ANY, inked, false, 2}}},
    {SIM_HARD,
     SIM_WORN_300,
     holes_and_back,
     {"5.C", "6.B"},
     3,
     {{"back-empty", SIM_EMPTY, ANY, ANY, inked, false, 2},
      {"back-marked", SIM_MARKED, ANY, ANY, faint, false, 1}}},
    {SIM_HARD,
     SIM_WORN_300,
     corner_lies_over,
     {"1.B"},
     2,
     {{"corner-empty", SIM_EMPTY, ANY, ANY, inked, false, 2}}},
    {SIM_HARD,
     SIM_FAX_G4_200,
     NULL,
     {"1.B", "5.A"},
     6,
     {{"threshold-marked", SIM_MARKED, ANY, ANY, faint, false, 4},
      {"threshold-empty", SIM_EMPTY, ANY, ANY, inked, false, 3},
      {"threshold-clear", SIM_MARKED, ANY, ANY, plain, true, 2}}},
    {SIM_HARD,
     SIM_COPIED_2,
     NULL,
     {"1.B", "5.A"},
     4,
     {{"two-copies-specks", SIM_EMPTY, ANY, ANY, specked, false, 3},
      {"two-copies-faint", SIM_MARKED, ANY, ANY, faint, false, 3}}},
    {SIM_HARD,
     SIM_COPIER_150,
     NULL,
     {"1.B", "5.A"},
     4,
     {{"coarse-faint", SIM_MARKED, ANY, ANY, faint, false, 3},
      {"coarse-empty", SIM_EMPTY, ANY, ANY, inked, false, 2}}},
    {SIM_HARD,
     SIM_PHOTO_HARD,
     NULL,
     {"1.B", "4.A"},
     5,
     {{"photo-empty", SIM_EMPTY, ANY, ANY, inked, false, 4},
      {"photo-faint", SIM_MARKED, ANY, ANY, faint, false, 4},
      {"photo-pencil", SIM_MARKED, ANY, PENCIL, faint, false, 2}}},
    {SIM_TUNING,
     SIM_PHOTO,
     NULL,
     {"1.B"},
     2,
     {{"photo-clear", SIM_MARKED, ANY, ANY, plain, true, 2}}},
};

/* --- Cutting out. -------------------------------------------------------------------
 */

/** A box with its picture, while it is not known whether there are harder ones. */
typedef struct {
    double hardness;
    SimCrop *crop;
    SimImage *picture;
} Found;

static void
found_free(void *data)
{
    Found *found = data;
    sim_crop_free(found->crop);
    sim_image_free(found->picture);
    g_free(found);
}

/** A page as the reader sees it. */
typedef struct {
    const LkImage *image;
    const LkLayoutPage *printed;
    const LkRegistration *registration;
    LkLevels levels;
    const LkMarks *marks;
    LkMarkHabit habit;
    bool is_photo;
} Sight;

typedef struct {
    SimOffice *office;
    LkDecoder *decoder;
    const Run *run;
    const SimCase *file;
    int number;
    GPtrArray *found[MAX_KINDS]; /* Found, hardest first */
} Search;

static LkPoint
center_of(const Sight *sight, guint i)
{
    const LkShift *shift = &g_array_index(sight->registration->boxes, LkShift, i);
    LkPoint c = lk_rect_center(g_array_index(sight->printed->boxes, LkBox, i).outline);
    return (LkPoint){c.x + shift->dx, c.y + shift->dy};
}

static bool
fits(const LkImage *image, LkPoint px, int half)
{
    return px.x - half >= 0 && px.y - half >= 0 && px.x + half < image->width &&
           px.y + half < image->height;
}

/* Half a side of @mm, px, wherever the page is turned to. */
static int
half_px(const Sight *sight, LkPoint center, double mm)
{
    double j[4];
    lk_homography_jacobian(sight->registration->h, center, j);
    return (int)ceil(mm / 2 * fmax(hypot(j[0], j[2]), hypot(j[1], j[3])));
}

/* An empty, clean box of the same page; its middle in px. */
static bool
find_clean(const Sight *sight, const SimTruth *truth, LkPoint *px)
{
    for (guint i = 0; i < sight->marks->views->len; i++) {
        const SimBoxTruth *meant = &g_array_index(truth->boxes, SimBoxTruth, i);
        LkPoint center = center_of(sight, i);
        *px = lk_map_point(sight->registration->h, center);
        if (meant->meaning == SIM_EMPTY && !meant->lost &&
            g_ptr_array_index(sight->marks->views, i) == NULL &&
            fits(sight->image, *px, half_px(sight, center, CLEAN_MM))) {
            return true;
        }
    }
    return false;
}

/* Copies the square about @from of @image to @picture at @x, @y; grey is made coarser.
 */
static void
copy_square(const LkImage *image, LkPoint from, int half, SimImage *picture, int x,
            int step)
{
    for (int v = 0; v < 2 * half; v++) {
        const uint8_t *row = image->pixels +
                             (size_t)((int)from.y - half + v) * image->stride +
                             (size_t)((int)from.x - half);
        uint8_t *to = picture->pixels + (size_t)v * (size_t)picture->width + (size_t)x;
        for (int u = 0; u < 2 * half; u++) {
            int grey = (row[u] + step / 2) / step * step;
            to[u] = (uint8_t)MIN(grey, 255);
        }
    }
}

static SimImage *
cut(const Sight *sight, SimCrop *crop, LkPoint px, LkPoint clean, LkPoint center)
{
    int half = half_px(sight, center, SIDE_MM);
    int small = half_px(sight, center, CLEAN_MM);
    int step = sight->is_photo ? PHOTO_STEP : GREY_STEP;
    SimImage *picture = g_new0(SimImage, 1);
    picture->width = 2 * half + 2 * small;
    picture->height = 2 * half;
    picture->channels = 1;
    picture->pixels = g_malloc((gsize)picture->width * (gsize)picture->height);
    memset(picture->pixels, (int)sight->levels.paper,
           (size_t)picture->width * (size_t)picture->height);
    copy_square(sight->image, px, half, picture, 0, step);
    copy_square(sight->image, clean, small, picture, 2 * half, step);
    crop->at = (LkPoint){px.x - (int)px.x + half, px.y - (int)px.y + half};
    crop->clean = (LkPoint){clean.x - (int)clean.x + 2 * half + small,
                            clean.y - (int)clean.y + small};
    return picture;
}

static void
note_rect(GArray *to, LkRect r, LkPoint center)
{
    r.x -= center.x;
    r.y -= center.y;
    if (lk_rect_overlaps(r, (LkRect){-NEAR_MM, -NEAR_MM, 2 * NEAR_MM, 2 * NEAR_MM})) {
        g_array_append_val(to, r);
    }
}

static void
note_surroundings(const Sight *sight, guint self, LkPoint center, SimCrop *crop)
{
    const LkLayoutPage *page = sight->printed;
    for (guint i = 0; i < page->boxes->len; i++) {
        LkPoint p = center_of(sight, i);
        p = (LkPoint){p.x - center.x, p.y - center.y};
        if (i != self && fmax(fabs(p.x), fabs(p.y)) < SIDE_MM / 2 + LK_BOX_MM / 2) {
            g_array_append_val(crop->boxes, p);
        }
    }
    for (guint i = 0; i < page->writing->len; i++) {
        note_rect(crop->writing, g_array_index(page->writing, LkWriting, i).area,
                  center);
    }
    for (guint i = 0; i < page->cells->len; i++) {
        note_rect(crop->writing, g_array_index(page->cells, LkCell, i).outline, center);
    }
}

static SimCrop *
describe(const Search *search, const Sight *sight, const SimTruth *truth, guint i,
         const Kind *kind)
{
    SimCrop *crop = g_new0(SimCrop, 1);
    LkPoint center = center_of(sight, i);
    crop->meaning = kind->meaning;
    crop->must = kind->must;
    crop->paper = sight->levels.paper;
    crop->ink = sight->levels.ink;
    crop->habit = sight->habit;
    crop->own_outline = g_array_index(sight->registration->boxes, LkShift, i).own;
    crop->boxes = g_array_new(FALSE, FALSE, sizeof(LkPoint));
    crop->writing = g_array_new(FALSE, FALSE, sizeof(LkRect));
    crop->source = g_strdup_printf(
        "%s %s, file %d, %s page %d, box %u, %s, %s",
        search->run->set == SIM_HARD ? "hard" : "tuning",
        sim_profile_name(search->run->profile), search->number, truth->id.form,
        truth->id.page, i, sim_style_name(truth->style), sim_pen_name(truth->pen));
    lk_homography_jacobian(sight->registration->h, center, crop->to_px);
    note_surroundings(sight, i, center, crop);
    return crop;
}

static int
by_hardness(const void *a, const void *b)
{
    const Found *x = *(Found *const *)a, *y = *(Found *const *)b;
    return (x->hardness < y->hardness) - (x->hardness > y->hardness);
}

/* Keeps it if it is among the @kind->n hardest. */
static void
keep(GPtrArray *found, const Kind *kind, Found *one)
{
    g_ptr_array_add(found, one);
    g_ptr_array_sort(found, by_hardness);
    if (found->len > (guint)kind->n) {
        g_ptr_array_set_size(found, kind->n);
    }
}

static void
consider(Search *search, const Sight *sight, const SimTruth *truth, guint i, int k)
{
    const Kind *kind = &search->run->kinds[k];
    const SimBoxTruth *meant = &g_array_index(truth->boxes, SimBoxTruth, i);
    const LkMarkFeatures *f = &g_array_index(sight->marks->features, LkMarkFeatures, i);
    double hardness = kind->name != NULL ? kind->hardness(f) : 0;
    if (hardness <= 0 || meant->lost || meant->meaning != kind->meaning ||
        (kind->style != ANY && (int)truth->style != kind->style) ||
        (kind->pen != ANY && (int)truth->pen != kind->pen)) {
        return;
    }
    GPtrArray *found = search->found[k];
    if (found->len == (guint)kind->n &&
        ((Found *)g_ptr_array_index(found, found->len - 1))->hardness >= hardness) {
        return;
    }
    LkPoint clean, center = center_of(sight, i);
    LkPoint px = lk_map_point(sight->registration->h, center);
    if (!fits(sight->image, px, half_px(sight, center, SIDE_MM)) ||
        !find_clean(sight, truth, &clean)) {
        return;
    }
    Found *one = g_new0(Found, 1);
    one->hardness = hardness;
    one->crop = describe(search, sight, truth, i, kind);
    one->picture = cut(sight, one->crop, px, clean, center);
    keep(found, kind, one);
}

/* In the middle of the page. */
static double
px_per_mm(const double h[9])
{
    double j[4];
    LkPoint middle = {LK_PAGE_WIDTH_MM / 2, LK_PAGE_HEIGHT_MM / 2};
    lk_homography_jacobian(h, middle, j);
    return sqrt(fabs(j[0] * j[3] - j[1] * j[2]));
}

static void
take_page(const SimPage *page, const SimMachine *machine, const SimImage *captured,
          void *data)
{
    Search *search = data;
    LkImage image = sim_image_view(captured);
    Sight sight = {.image = &image,
                   .is_photo = machine->is_phone,
                   .printed = lk_layout_page(page->layout, page->truth->id.page),
                   .levels = lk_levels_measure(
                       &image, (LkWindow){0, 0, image.width, image.height}, 4)};
    LkAnchors anchors;
    double h[9], residual;
    lk_locate(search->decoder, &image, &sight.levels, &anchors);
    if (!(anchors.has_code[0] || anchors.has_code[1]) ||
        !lk_anchors_fit(&anchors, sight.printed->fiducials, sight.printed->qr, h,
                        &residual)) {
        return;
    }
    g_autoptr(LkRegistration) registration =
        lk_register(&image, &sight.levels, sight.printed, &anchors, h);
    if (!registration->verified || px_per_mm(registration->h) > MOST_PX_MM) {
        return;
    }
    LkStreaks streaks = {.any = false};
    g_autoptr(LkMarks) marks =
        lk_marks_measure(&image, &sight.levels, &streaks, sight.printed, registration);
    sight.registration = registration;
    sight.marks = marks;
    sight.habit = lk_mark_habit(marks->features);
    for (guint i = 0; i < marks->views->len; i++) {
        for (int k = 0; k < MAX_KINDS && g_ptr_array_index(marks->views, i); k++) {
            consider(search, &sight, page->truth, i, k);
        }
    }
}

/* --- All of them. -------------------------------------------------------------------
 */

static bool
look_through(Search *search, const char *folder, GError **error)
{
    const Run *run = search->run;
    for (int n = 0; n < run->cases; n++) {
        search->number = FIRST_CASE + n;
        uint64_t seed = sim_seed(run->set, (uint64_t)search->number);
        g_autoptr(SimCase) file =
            sim_case_new(search->office, run->set, seed, run->forms, error);
        if (file == NULL) {
            return false;
        }
        SimCapture how = {.set = run->set,
                          .profile = run->profile,
                          .seed = seed,
                          .dpi = SHEET_DPI,
                          .adjust = run->adjust,
                          .each = take_page,
                          .data = search};
        if (!sim_case_capture(search->office, file, &how, folder, error)) {
            return false;
        }
    }
    return true;
}

static bool
write_found(const Search *search, const char *folder, GString *index, GError **error)
{
    for (int k = 0; k < MAX_KINDS; k++) {
        for (guint i = 0; i < search->found[k]->len; i++) {
            Found *found = g_ptr_array_index(search->found[k], i);
            found->crop->name =
                g_strdup_printf("%s-%u", search->run->kinds[k].name, i + 1);
            g_autofree char *line = sim_crop_say(found->crop);
            g_string_append_printf(index, "%s\n", line);
            g_autofree char *path =
                g_strdup_printf("%s/%s.png", folder, found->crop->name);
            if (!sim_write_png(found->picture, path, error)) {
                return false;
            }
        }
    }
    return true;
}

static bool
search_run(Search *search, const Run *run, const char *folder, GString *index,
           GError **error)
{
    search->run = run;
    for (int k = 0; k < MAX_KINDS; k++) {
        search->found[k] = g_ptr_array_new_with_free_func(found_free);
    }
    bool ok = look_through(search, folder, error) &&
              write_found(search, folder, index, error);
    for (int k = 0; k < MAX_KINDS; k++) {
        g_ptr_array_unref(search->found[k]);
    }
    return ok;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    if (argc != 2) {
        g_printerr("tool-mark-corpus FOLDER\n");
        return 2;
    }
    g_autoptr(SimOffice) office = sim_office_new(&error);
    g_autoptr(GString) index = g_string_new(sim_crop_columns());
    g_string_append_c(index, '\n');
    (void)g_mkdir_with_parents(argv[1], 0755);
    Search search = {.office = office, .decoder = lk_decoder_new()};
    bool ok = office != NULL;
    for (size_t i = 0; ok && i < G_N_ELEMENTS(runs); i++) {
        ok = search_run(&search, &runs[i], argv[1], index, &error);
    }
    lk_decoder_free(search.decoder);
    g_autofree char *path = g_build_filename(argv[1], "index.tsv", NULL);
    ok = ok && g_file_set_contents(path, index->str, (gssize)index->len, &error);
    if (!ok) {
        g_printerr("%s\n", error->message);
        return 3;
    }
    return 0;
}
