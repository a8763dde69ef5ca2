/* The same sheet scanned again, or another one with the same codes? Simulated sheets
 * through two machines each, and refilled by another hand; both directions must come
 * out right, by a margin that --measure shows.
 *
 *   test-same --measure     prints how far apart rescans and refills lie */
#include "pipeline/evidence.h"
#include "pipeline/pipeline.h"
#include "tests/sim/sim.h"

#include "render/render.h"

#include <stdio.h>
#include <string.h>

static const char *const forms[] = {"1.A", "1.B", "1.C", "5.A"};
#define SHEET_DPI 300.0

typedef struct {
    LkStationery *stationery;
    LkFonts *fonts;
    LkReader *reader;
    char *dir;
} House;

static const LkLayout *
find_layout(const char *id, void *data)
{
    return lk_stationery_find(((House *)data)->stationery, id);
}

static void
open_house(House *house)
{
    g_autoptr(GError) error = NULL;
    house->stationery = lk_stationery_load(&error);
    g_assert_no_error(error);
    house->fonts = lk_fonts_load(&error);
    g_assert_no_error(error);
    LkReadHost host = {find_layout, NULL, house};
    house->reader = lk_reader_new(&host, &error);
    g_assert_no_error(error);
    house->dir = g_dir_make_tmp("lakana-same-XXXXXX", &error);
    g_assert_no_error(error);
}

static void
close_house(House *house)
{
    lk_reader_free(house->reader);
    lk_fonts_free(house->fonts);
    lk_stationery_free(house->stationery);
    const char *argv[] = {"rm", "-rf", house->dir, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                 NULL, NULL);
    g_free(house->dir);
}

/* A copy of @form on paper, and its layout. */
static SimPaper *
print_copy(House *house, const char *form, LkPrintItem *item)
{
    SimRandom random = sim_random(20261123, form);
    g_autoptr(GError) error = NULL;
    item->layout = lk_stationery_layout(house->stationery, form, &error);
    g_assert_no_error(error);
    item->case_code = sim_case_code(&random, "MOP");
    sim_serial(&random, item->copy);
    LkPrintOptions options = {.title = "EXEMPLE FICTIF", .office = "EXEMPLE FICTIF"};
    g_autofree char *path = g_strdup_printf("%s/%s.pdf", house->dir, form);
    g_assert_true(lk_render_copies(item, 1, house->fonts, &options, path, &error));
    g_assert_no_error(error);
    SimPaper *paper = sim_paper_open(path, &error);
    g_assert_no_error(error);
    return paper;
}

/* One sheet with its ink, through @machine_seed's machine: its evidence, or NULL if the
 * page could not be read. */
typedef struct {
    const char *form;
    int page;
    uint64_t who;     /* what is written, and by whom */
    uint64_t machine; /* how it is scanned */
    SimProfile profile;
} Shot;

static GBytes *
take(House *house, SimPaper *paper, const LkPrintItem *item, const Shot *shot)
{
    g_autofree char *key = g_strdup_printf("%s %d", shot->form, shot->page);
    SimRandom what = sim_random(shot->who, shot->form);
    SimRandom hand = sim_random(shot->who, key);
    SimRandom printer = sim_random(shot->who + 500, key);
    SimRandom scanner = sim_random(shot->machine, key);
    SimWriter writer = sim_writer(SIM_TUNING, &what);
    SimHabits habits = sim_habits(SIM_TUNING);
    SimMachine machine = sim_machine(SIM_TUNING, shot->profile, &scanner);
    machine.printing = sim_machine(SIM_TUNING, SIM_COPIER_300, &printer).printing;
    LkPageId id = {.page = shot->page, .case_code = item->case_code};
    g_strlcpy(id.form, shot->form, sizeof id.form);
    g_strlcpy(id.layout, item->layout->id, sizeof id.layout);
    g_strlcpy(id.copy, item->copy, sizeof id.copy);
    g_autoptr(GPtrArray) truths =
        sim_content(item->layout, &id, &writer, &habits, &what);
    g_autoptr(SimSheet) sheet =
        sim_sheet_print(paper, shot->page - 1, &machine.printing, SHEET_DPI);
    sim_fill(sheet, item->layout, g_ptr_array_index(truths, shot->page - 1), &writer,
             &hand);
    g_autoptr(SimImage) image = sim_capture(sheet, &machine, &scanner);
    sim_as_scanned(image, machine.is_phone                ? machine.phone.quality
                          : machine.scanner.threshold > 0 ? 0
                                                          : machine.scanner.quality);
    LkImage view = sim_image_view(image);
    g_autoptr(LkReading) reading = lk_reader_read(house->reader, &view);
    return reading->outcome == LK_OUTCOME_READ
               ? lk_evidence_pack(reading, item->layout,
                                  lk_layout_page(item->layout, shot->page),
                                  item->prefill)
               : NULL;
}

typedef struct {
    int pairs, same;
    int boxes, writing; /* pairs with any such difference */
    double worst, mean; /* rescans: greatest seen; refills: least seen */
} Spread;

static void
compare(GBytes *a, GBytes *b, bool is_rescan, const Shot *shot, Spread *spread,
        bool verbose)
{
    if (a == NULL || b == NULL) {
        return;
    }
    LkInkDifference d = lk_evidence_difference(a, b);
    bool same = lk_evidence_judge(&d) == LK_INK_SAME;
    spread->pairs++;
    spread->same += same ? 1 : 0;
    spread->boxes += d.boxes > 0 ? 1 : 0;
    spread->writing += d.writing > 0 ? 1 : 0;
    if (spread->pairs == 1 || (d.worst > spread->worst) == is_rescan) {
        spread->worst = d.worst;
    }
    if (spread->pairs == 1 || (d.mean > spread->mean) == is_rescan) {
        spread->mean = d.mean;
    }
    if (verbose && same != is_rescan) {
        printf("# %s %s %d who %u machine %u: boxes %d writing %d worst %.3f mean %.3f "
               "of %d\n",
               is_rescan ? "rescan" : "refill", shot->form, shot->page,
               (unsigned)shot->who, (unsigned)shot->machine, d.boxes, d.writing,
               d.worst, d.mean, d.compared);
    }
}

/* Every page of one copy of each form: scanned twice, and refilled once. */
static void
measure(House *house, SimProfile first, SimProfile second, uint64_t who,
        Spread *rescans, Spread *refills, bool verbose)
{
    for (size_t f = 0; f < G_N_ELEMENTS(forms); f++) {
        LkPrintItem item = {0};
        g_autoptr(SimPaper) paper = print_copy(house, forms[f], &item);
        for (int page = 1; page <= (int)item.layout->pages->len; page++) {
            Shot shot = {forms[f], page, who, who + 1, first};
            g_autoptr(GBytes) one = take(house, paper, &item, &shot);
            shot.machine = who + 2;
            shot.profile = second;
            g_autoptr(GBytes) two = take(house, paper, &item, &shot);
            compare(one, two, true, &shot, rescans, verbose);
            shot.who = who + 3;
            g_autoptr(GBytes) other = take(house, paper, &item, &shot);
            compare(one, other, false, &shot, refills, verbose);
        }
    }
}

static void
print_spread(const char *what, const Spread *s)
{
    printf("%-8s %4d pairs, %4d same, boxes differ %d, writing differs %d, "
           "worst %.3f, mean %.3f\n",
           what, s->pairs, s->same, s->boxes, s->writing, s->worst, s->mean);
}

static int
report(int n)
{
    static const SimProfile profiles[][2] = {
        {SIM_COPIER_300, SIM_COPIER_300}, {SIM_COPIER_300, SIM_COPIER_150},
        {SIM_FAX_G4, SIM_FAX_G4},         {SIM_COPIER_300, SIM_FAX_G4},
        {SIM_COPIER_300, SIM_PHOTO},      {SIM_COPIER_300, SIM_COPIED_300},
    };
    House house;
    open_house(&house);
    for (size_t i = 0; i < G_N_ELEMENTS(profiles); i++) {
        Spread rescans = {0};
        Spread refills = {0};
        for (int who = 0; who < n; who++) {
            measure(&house, profiles[i][0], profiles[i][1], (uint64_t)who * 10 + 100,
                    &rescans, &refills, true);
        }
        printf("%s, %s\n", sim_profile_name(profiles[i][0]),
               sim_profile_name(profiles[i][1]));
        print_spread("rescan", &rescans);
        print_spread("refill", &refills);
        fflush(stdout);
    }
    close_house(&house);
    return 0;
}

/* --- The test. ----------------------------------------------------------------------
 */

static void
test_simulated(void)
{
    House house;
    open_house(&house);
    Spread rescans = {0};
    Spread refills = {0};
    measure(&house, SIM_COPIER_300, SIM_COPIER_300, 7000, &rescans, &refills, false);
    g_test_message("rescans: %d of %d same; refills: %d of %d same", rescans.same,
                   rescans.pairs, refills.same, refills.pairs);
    g_assert_cmpint(rescans.pairs, >, 8);
    /* writing that spills into what is beside it may leave one to a person */
    g_assert_cmpint(rescans.same, >=, rescans.pairs - 1);
    g_assert_cmpint(refills.same, ==, 0);
    close_house(&house);
}

/* --- By hand: numbers a reader can check. -------------------------------------------
 */

static LkReading *
reading_with(int boxes, int areas)
{
    LkReading *reading = g_new0(LkReading, 1);
    reading->boxes = g_array_new(FALSE, TRUE, sizeof(LkBoxReading));
    reading->cells = g_array_new(FALSE, TRUE, sizeof(LkInkReading));
    reading->writing = g_array_new(FALSE, TRUE, sizeof(LkInkReading));
    g_array_set_size(reading->boxes, (guint)boxes);
    g_array_set_size(reading->writing, (guint)areas);
    return reading;
}

/* What the page must say for reading_with(): areas of 10 mm x 10 mm. */
static GBytes *
pack(const LkReading *reading)
{
    LkLayoutPage page = {.writing = g_array_new(FALSE, TRUE, sizeof(LkWriting))};
    LkWriting area = {.area = {0, 0, 10, 10}};
    for (guint i = 0; i < reading->writing->len; i++) {
        g_array_append_val(page.writing, area);
    }
    GBytes *bytes = lk_evidence_pack(reading, NULL, &page, NULL);
    g_array_unref(page.writing);
    return bytes;
}

static void
test_by_hand(void)
{
    g_autoptr(LkReading) a = reading_with(3, 2);
    g_autoptr(LkReading) b = reading_with(3, 2);
    LkInkReading *ink_a = &g_array_index(a->writing, LkInkReading, 1);
    LkInkReading *ink_b = &g_array_index(b->writing, LkInkReading, 1);
    ink_a->written = ink_b->written = true;
    ink_a->profile[0] = 40;
    ink_a->profile[1] = 40;
    ink_b->profile[0] = 10; /* four times as light: the same line of writing */
    ink_b->profile[1] = 10;
    g_autoptr(GBytes) one = pack(a);
    g_autoptr(GBytes) two = pack(b);
    LkInkDifference d = lk_evidence_difference(one, two);
    g_assert_cmpfloat(d.worst, ==, 0);
    g_assert_cmpint(d.compared, ==, 1);

    ink_b->profile[1] = 0;
    ink_b->profile[2] = 10; /* half of the ink lies elsewhere */
    g_array_index(b->boxes, LkBoxReading, 1).state = LK_MARK_MARKED;
    g_array_index(b->boxes, LkBoxReading, 2).state = LK_MARK_UNSURE;
    g_array_index(b->writing, LkInkReading, 0).written = true;
    g_array_index(b->writing, LkInkReading, 0).ink = 0.04; /* 4 mm2 of 100 */
    g_autoptr(GBytes) three = pack(b);
    d = lk_evidence_difference(one, three);
    g_assert_cmpfloat_with_epsilon(d.worst, 0.5, 1e-9);
    g_assert_cmpfloat_with_epsilon(d.mean, 0.5, 1e-9);
    g_assert_cmpint(d.boxes, ==, 1); /* doubt is no difference */
    g_assert_cmpint(d.writing, ==, 1);
    g_assert_cmpint(lk_evidence_judge(&d), ==, LK_INK_DIFFERENT);

    /* The tail of a neighbour's writing: no difference. */
    g_array_index(b->writing, LkInkReading, 0).ink = 0.02;
    g_autoptr(GBytes) four = pack(b);
    g_assert_cmpint(lk_evidence_difference(one, four).writing, ==, 0);
}

/* A felt pen's cross, once taken for blackened; and a cross blackened later. */
static void
test_blackened(void)
{
    static const struct {
        double before, after;
        int boxes;
    } cases[] = {{0.80, 0.84, 0}, {0.40, 0.95, 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(LkReading) a = reading_with(2, 0);
        g_autoptr(LkReading) b = reading_with(2, 0);
        g_array_index(a->boxes, LkBoxReading, 1) =
            (LkBoxReading){LK_MARK_MARKED, cases[i].before, 0.9};
        g_array_index(b->boxes, LkBoxReading, 1) =
            (LkBoxReading){LK_MARK_BLACKENED, cases[i].after, 0.9};
        g_autoptr(GBytes) one = pack(a);
        g_autoptr(GBytes) two = pack(b);
        LkInkDifference d = lk_evidence_difference(one, two);
        g_assert_cmpint(d.boxes, ==, cases[i].boxes);
    }
}

/* A line we printed is alike on every sheet: it must not hide that another hand wrote
 * on the line below; and a word added to it is seen. */
static void
test_printed(void)
{
    LkLayoutField field = {.name = (char *)"a_faire", .type = LK_FIELD_LINES};
    LkLayout layout = {.fields = g_ptr_array_new()};
    g_ptr_array_add(layout.fields, &field);
    LkLayoutPage page = {.writing = g_array_new(FALSE, TRUE, sizeof(LkWriting))};
    g_autoptr(LkReading) a = reading_with(0, 2);
    g_autoptr(LkReading) b = reading_with(0, 2);
    for (int i = 0; i < 2; i++) {
        LkWriting line = {.line = i, .area = {0, 10.0 * i, 10, 10}};
        g_array_append_val(page.writing, line);
        LkInkReading *ink_a = &g_array_index(a->writing, LkInkReading, i);
        LkInkReading *ink_b = &g_array_index(b->writing, LkInkReading, i);
        *ink_a = *ink_b = (LkInkReading){.ink = 0.1, .written = true};
        ink_a->profile[0] = ink_a->profile[1] = 100;
        ink_b->profile[0] = 100;
        ink_b->profile[i == 0 ? 1 : 9] = 100;
    }
    g_autoptr(LkPrefill) prefill = lk_prefill_new();
    lk_prefill_set(prefill, "a_faire", 0, "Suivi");
    g_autoptr(GBytes) one = lk_evidence_pack(a, &layout, &page, prefill);
    g_autoptr(GBytes) two = lk_evidence_pack(b, &layout, &page, prefill);
    LkInkDifference d = lk_evidence_difference(one, two);
    g_assert_cmpint(d.compared, ==, 1);
    g_assert_cmpfloat_with_epsilon(d.mean, 0.5, 1e-9);
    g_assert_cmpint(d.writing, ==, 0);

    /* One column in four more. */
    g_array_index(a->writing, LkInkReading, 0).profile[2] = 50;
    g_autoptr(GBytes) three = lk_evidence_pack(a, &layout, &page, prefill);
    g_assert_cmpint(lk_evidence_difference(three, two).writing, ==, 1);
    g_array_unref(page.writing);
    g_ptr_array_unref(layout.fields);
}

/* Another layout, half a blob, no blob: never "the same". */
static void
test_not_evidence(void)
{
    g_autoptr(LkReading) a = reading_with(3, 2);
    g_autoptr(LkReading) b = reading_with(4, 2);
    g_autoptr(GBytes) one = pack(a);
    g_autoptr(GBytes) other = pack(b);
    g_autoptr(GBytes) half = g_bytes_new_from_bytes(one, 0, g_bytes_get_size(one) - 1);
    g_autoptr(GBytes) none = g_bytes_new(NULL, 0);
    GBytes *const bad[] = {other, half, none, NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        LkInkDifference d = lk_evidence_difference(one, bad[i]);
        g_assert_true(d.incomparable);
        g_assert_cmpint(lk_evidence_judge(&d), ==, LK_INK_DIFFERENT);
    }
    LkInkDifference d = lk_evidence_difference(one, one);
    g_assert_false(d.incomparable);
    g_assert_cmpint(lk_evidence_judge(&d), ==, LK_INK_SAME);
}

int
main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--measure") == 0) {
        return report(argc > 2 ? atoi(argv[2]) : 3);
    }
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/same/by-hand", test_by_hand);
    g_test_add_func("/same/blackened", test_blackened);
    g_test_add_func("/same/printed", test_printed);
    g_test_add_func("/same/not-evidence", test_not_evidence);
    g_test_add_func("/same/simulated-rescans-and-refills", test_simulated);
    return g_test_run();
}
