/* tool-fill.c - a printed pack, filled in and scanned: what the tests of the whole
 * program feed to `lakana ingest`.
 *
 *   tool-fill [--seed N] [--machine N] [--profile NAME] [--dpi D] [--pages 1-4]
 *             [--min-boxes N] [--answer FIELD[/ROW]=VALUE…]
 *             -o OUT.pdf|OUT.tif PACK.pdf MANIFEST.json
 *
 * --seed says what is written and by whom, --machine how it is scanned: the same seed
 * with another machine is the same sheet scanned again; another seed with the same
 * manifest is another person's writing on a photocopy of the form. --seed 0 leaves the
 * pages as they were printed. With --answer only that is written, in the hand of the
 * seed: an option to be marked, or blackened (=-OPTION), characters for a comb, or a
 * line through the comb (=~). */
#include "pipeline/pipeline.h"
#include "tests/sim/sim.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

static gint64 seed = 1;
static gint64 machine_seed = 1;
static double dpi = 0;
static char *profile_name = NULL;
static char *pages = NULL;
static int min_boxes = 0;
static char **answers = NULL;
static char *output = NULL;

static const GOptionEntry entries[] = {
    {"seed", 0, 0, G_OPTION_ARG_INT64, &seed, "what is written", "N"},
    {"machine", 0, 0, G_OPTION_ARG_INT64, &machine_seed, "how it is scanned", "N"},
    {"profile", 0, 0, G_OPTION_ARG_STRING, &profile_name, "copier, g4, …", "NAME"},
    {"dpi", 0, 0, G_OPTION_ARG_DOUBLE, &dpi, "instead of the profile's", "D"},
    {"pages", 0, 0, G_OPTION_ARG_STRING, &pages, "of the pack, from 1", "A-B"},
    {"min-boxes", 0, 0, G_OPTION_ARG_INT, &min_boxes, "only pages with as many", "N"},
    {"answer", 0, 0, G_OPTION_ARG_STRING_ARRAY, &answers, "what is written",
     "FIELD[/ROW]=VALUE"},
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output, "the scan", "FILE"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

typedef struct {
    LkStationery *stationery;
    SimPaper *paper;
    SimProfile profile;
    int quality;
} Desk;

/* A page of the pack, from the manifest. */
typedef struct {
    int pdf_page;
    const LkLayout *layout;
    LkPageId id;
} Page;

static bool
parse_page(Desk *desk, JsonObject *line, Page *page, GError **error)
{
    const char *form = json_object_get_string_member(line, "form");
    page->pdf_page = (int)json_object_get_int_member(line, "pdf_page");
    page->layout = lk_stationery_layout(desk->stationery, form, error);
    if (page->layout == NULL ||
        !lk_case_code_parse(json_object_get_string_member(line, "case"),
                            &page->id.case_code, error)) {
        return false;
    }
    page->id.page = (int)json_object_get_int_member(line, "page");
    g_strlcpy(page->id.form, form, sizeof page->id.form);
    g_strlcpy(page->id.layout, page->layout->id, sizeof page->id.layout);
    g_strlcpy(page->id.copy, json_object_get_string_member(line, "copy"),
              sizeof page->id.copy);
    return true;
}

/* --- Single answers. ---------------------------------------------------------------
 */

typedef struct {
    char *field, *value;
    int row;
} Answer;

static void
answer_clear(Answer *answer)
{
    g_free(answer->field);
    g_free(answer->value);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Answer, answer_clear)

static void
parse_answer(const char *text, Answer *answer)
{
    g_auto(GStrv) sides = g_strsplit(text, "=", 2);
    g_auto(GStrv) place = g_strsplit(sides[0], "/", 2);
    answer->field = g_strdup(place[0]);
    answer->row = place[1] != NULL ? (int)g_ascii_strtoll(place[1], NULL, 10) : 0;
    answer->value = g_strdup(sides[1] != NULL ? sides[1] : "");
}

static bool
is_place(const LkLayout *layout, const Answer *answer, int field, int row)
{
    return row == answer->row &&
           strcmp(lk_layout_field(layout, field)->name, answer->field) == 0;
}

static void
answer_boxes(const LkLayout *layout, const LkLayoutPage *page, const Answer *answer,
             SimTruth *truth)
{
    bool cancels = answer->value[0] == '-';
    for (guint i = 0; i < page->boxes->len; i++) {
        const LkBox *box = &g_array_index(page->boxes, LkBox, i);
        const GPtrArray *options = lk_layout_field(layout, box->field)->options;
        const LkOption *option = g_ptr_array_index(options, (guint)box->option);
        if (is_place(layout, answer, box->field, box->row) &&
            strcmp(option->value, answer->value + (cancels ? 1 : 0)) == 0) {
            g_array_index(truth->boxes, SimBoxTruth, i).meaning =
                cancels ? SIM_CANCELLED : SIM_MARKED;
        }
    }
}

static void
answer_cells(const LkLayout *layout, const LkLayoutPage *page, const Answer *answer,
             SimTruth *truth)
{
    for (guint i = 0; i < page->cells->len; i++) {
        const LkCell *cell = &g_array_index(page->cells, LkCell, i);
        if (is_place(layout, answer, cell->field, cell->row) &&
            answer->value[0] != '~' && cell->index < (int)strlen(answer->value)) {
            truth->cells->str[i] = answer->value[cell->index];
        }
    }
}

static void
strike(SimSheet *sheet, const LkLayout *layout, const LkLayoutPage *page,
       const Answer *answer, SimRandom *random)
{
    LkRect all = {0};
    for (guint i = 0; i < page->cells->len && answer->value[0] == '~'; i++) {
        const LkCell *cell = &g_array_index(page->cells, LkCell, i);
        if (is_place(layout, answer, cell->field, cell->row)) {
            all = all.w > 0 ? all : cell->outline; /* cells stand in a row */
            all.w = cell->outline.x + cell->outline.w - all.x;
        }
    }
    if (all.w <= 0) {
        return;
    }
    LkPoint from = sim_sheet_place(sheet, (LkPoint){all.x + 1, all.y + all.h * 0.6});
    LkPoint to =
        sim_sheet_place(sheet, (LkPoint){all.x + all.w - 1, all.y + all.h * 0.4});
    g_autoptr(GArray) path = g_array_new(FALSE, FALSE, sizeof(SimTouch));
    for (int i = 0; i <= 40; i++) {
        SimTouch touch = {from.x + (to.x - from.x) * i / 40,
                          from.y + (to.y - from.y) * i / 40, 0.8};
        g_array_append_val(path, touch);
    }
    sim_stroke(sheet, path, random);
}

static void
fill_answers(SimSheet *sheet, const Page *page)
{
    SimRandom who = sim_random((uint64_t)seed, "writer");
    SimRandom hand = sim_random((uint64_t)seed, page->id.form);
    SimWriter writer = sim_writer(SIM_TUNING, &who);
    writer.stray = 0;
    const LkLayoutPage *printed = lk_layout_page(page->layout, page->id.page);
    SimTruth truth = {.id = page->id,
                      .boxes = g_array_new(FALSE, TRUE, sizeof(SimBoxTruth)),
                      .cells = g_string_new(NULL),
                      .writing = g_array_new(FALSE, TRUE, sizeof(bool))};
    g_array_set_size(truth.boxes, printed->boxes->len);
    g_array_set_size(truth.writing, printed->writing->len);
    for (guint i = 0; i < printed->cells->len; i++) {
        g_string_append_c(truth.cells, ' ');
    }
    sheet->pen = writer.pen;
    for (char **text = answers; *text != NULL; text++) {
        g_auto(Answer) answer = {0};
        parse_answer(*text, &answer);
        answer_boxes(page->layout, printed, &answer, &truth);
        answer_cells(page->layout, printed, &answer, &truth);
        strike(sheet, page->layout, printed, &answer, &hand);
    }
    sim_fill(sheet, page->layout, &truth, &writer, &hand);
    g_array_unref(truth.boxes);
    g_array_unref(truth.writing);
    g_string_free(truth.cells, TRUE);
}

/* --- Whole pages. -------------------------------------------------------------------
 */

static void
fill(SimSheet *sheet, const Page *page, SimSet set)
{
    if (seed == 0) {
        return;
    }
    if (answers != NULL) {
        fill_answers(sheet, page);
        return;
    }
    /* Not from the code: the program draws another one each time. */
    SimRandom who = sim_random((uint64_t)seed, "writer");
    SimRandom what = sim_random((uint64_t)seed, page->id.form);
    SimWriter writer = sim_writer(set, &who);
    SimHabits habits = sim_habits(set);
    g_autoptr(GPtrArray) truths =
        sim_content(page->layout, &page->id, &writer, &habits, &what);
    for (guint i = 0; i < truths->len; i++) {
        const SimTruth *truth = g_ptr_array_index(truths, i);
        SimRandom hand = sim_random((uint64_t)seed + i, page->id.form);
        if (truth->id.page == page->id.page) {
            sim_fill(sheet, page->layout, truth, &writer, &hand);
        }
    }
}

/* Paper and printer follow the seed of what is written, the scanner its own. */
static SimImage *
scan(Desk *desk, const Page *page)
{
    g_autofree char *key = g_strdup_printf("%s %d", page->id.form, page->pdf_page);
    SimRandom printer = sim_random((uint64_t)seed, key);
    SimRandom scanner = sim_random((uint64_t)machine_seed + 1000000, key);
    SimMachine machine = sim_machine(SIM_TUNING, desk->profile, &scanner);
    machine.printing = sim_machine(SIM_TUNING, desk->profile, &printer).printing;
    if (dpi > 0 && !machine.is_phone) {
        machine.scanner.dpi = dpi;
    }
    bool is_bilevel = !machine.is_phone && machine.scanner.threshold > 0;
    desk->quality = is_bilevel         ? 0
                    : machine.is_phone ? machine.phone.quality
                                       : machine.scanner.quality;
    double sheet_dpi = dpi > 0 ? 1.4 * dpi : 400;
    g_autoptr(SimSheet) sheet =
        sim_sheet_print(desk->paper, page->pdf_page - 1, &machine.printing, sheet_dpi);
    fill(sheet, page, SIM_TUNING);
    sim_copy_filled(sheet, &machine, &scanner);
    return sim_capture(sheet, &machine, &scanner);
}

static bool
is_wanted(const Page *page)
{
    const LkLayoutPage *printed = lk_layout_page(page->layout, page->id.page);
    if ((int)printed->boxes->len < min_boxes) {
        return false;
    }
    if (pages == NULL) {
        return true;
    }
    g_auto(GStrv) ends = g_strsplit(pages, "-", 2);
    gint64 first = g_ascii_strtoll(ends[0], NULL, 10);
    gint64 last = ends[1] != NULL ? g_ascii_strtoll(ends[1], NULL, 10) : first;
    return page->pdf_page >= first && page->pdf_page <= last;
}

static GPtrArray *
scan_all(Desk *desk, const char *manifest, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    if (!json_parser_load_from_file(parser, manifest, error)) {
        return NULL;
    }
    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    JsonArray *lines = json_object_get_array_member(root, "pages");
    g_autoptr(GPtrArray) images =
        g_ptr_array_new_with_free_func((GDestroyNotify)sim_image_free);
    for (guint i = 0; i < json_array_get_length(lines); i++) {
        Page page = {0};
        if (!parse_page(desk, json_array_get_object_element(lines, i), &page, error)) {
            return NULL;
        }
        if (is_wanted(&page)) {
            g_ptr_array_add(images, scan(desk, &page));
        }
    }
    return g_steal_pointer(&images);
}

static bool
run(char **argv, GError **error)
{
    g_autoptr(LkStationery) stationery = lk_stationery_load(error);
    if (stationery == NULL) {
        return false;
    }
    g_autoptr(SimPaper) paper = sim_paper_open(argv[1], error);
    if (paper == NULL) {
        return false;
    }
    Desk desk = {stationery, paper, SIM_COPIER_300, 0};
    if (profile_name != NULL) {
        desk.profile = sim_profile_find(profile_name);
    }
    if (desk.profile == SIM_N_PROFILES) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "no profile '%s'",
                    profile_name);
        return false;
    }
    g_autoptr(GPtrArray) images = scan_all(&desk, argv[2], error);
    if (images == NULL) {
        return false;
    }
    return g_str_has_suffix(output, ".tif")
               ? sim_write_tiff(images, output, error)
               : sim_write_pdf(images, MAX(desk.quality, 1), output, error);
}

int
main(int argc, char **argv)
{
    g_autoptr(GOptionContext) context = g_option_context_new("PACK.pdf MANIFEST.json");
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 3 ||
        output == NULL) {
        fprintf(stderr, "tool-fill: %s\n",
                error != NULL ? error->message : "-o OUT PACK.pdf MANIFEST.json");
        return 2;
    }
    if (!run(argv, &error)) {
        fprintf(stderr, "tool-fill: %s\n", error->message);
        return 1;
    }
    return 0;
}
