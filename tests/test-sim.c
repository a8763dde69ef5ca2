/* test-sim.c - the simulator: what it says was meant is what is on the paper. */
#include "tests/sim/sim.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* --- A form of our own: a choice, a multi, a comb, three lines of writing. ----------
 */

static void
add_option(LkLayoutField *field, const char *value)
{
    LkOption *option = g_new0(LkOption, 1);
    option->value = g_strdup(value);
    option->label = g_strdup(value);
    g_ptr_array_add(field->options, option);
}

static LkLayoutField *
add_field(LkLayout *layout, const char *name, LkFieldType type)
{
    LkLayoutField *field = g_new0(LkLayoutField, 1);
    field->name = g_strdup(name);
    field->label = g_strdup(name);
    field->section = g_strdup("");
    field->type = type;
    field->required = true;
    field->options = g_ptr_array_new();
    g_ptr_array_add(layout->fields, field);
    return field;
}

static void
add_boxes(LkLayout *layout, LkLayoutPage *page, LkFieldType type, int n, LkPoint at)
{
    int index = (int)layout->fields->len;
    g_autofree char *name = g_strdup_printf("f%d", index);
    LkLayoutField *field = add_field(layout, name, type);
    for (int i = 0; i < n; i++) {
        g_autofree char *value = g_strdup_printf("v%d", i);
        add_option(field, value);
        LkBox box = {index, 0, i, {at.x + 17.0 * i, at.y, LK_BOX_MM, LK_BOX_MM}};
        g_array_append_val(page->boxes, box);
    }
}

static LkLayout *
make_layout(void)
{
    LkLayout *layout = g_new0(LkLayout, 1);
    g_strlcpy(layout->id, "7KQX2", sizeof layout->id);
    layout->form = g_strdup("1.B");
    layout->title = g_strdup("test");
    layout->fields = g_ptr_array_new();
    layout->pages = g_ptr_array_new();
    LkLayoutPage *page = g_new0(LkLayoutPage, 1);
    page->number = 1;
    page->boxes = g_array_new(FALSE, TRUE, sizeof(LkBox));
    page->cells = g_array_new(FALSE, TRUE, sizeof(LkCell));
    page->writing = g_array_new(FALSE, TRUE, sizeof(LkWriting));
    g_ptr_array_add(layout->pages, page);
    for (int i = 0; i < 16; i++) {
        add_boxes(layout, page, i % 2 == 0 ? LK_FIELD_CHOICE : LK_FIELD_MULTI, 8,
                  (LkPoint){31, 50 + 9.0 * i});
    }
    int comb = (int)layout->fields->len;
    add_field(layout, "date", LK_FIELD_DATE);
    for (int i = 0; i < 8; i++) {
        LkCell cell = {comb, 0, i, {31 + 5.0 * i, 205, 5, 7}};
        g_array_append_val(page->cells, cell);
    }
    add_field(layout, "nom", LK_FIELD_TEXT)->pii = true;
    add_field(layout, "notes", LK_FIELD_LINES);
    LkWriting areas[3] = {{comb + 1, 0, 0, {90, 205, 100, 8}},
                          {comb + 2, 0, 0, {31, 220, 150, 8}},
                          {comb + 2, 0, 1, {31, 228, 150, 8}}};
    g_array_append_vals(page->writing, areas, 3);
    return layout;
}

static void
free_layout(LkLayout *layout)
{
    for (guint i = 0; i < layout->fields->len; i++) {
        LkLayoutField *field = g_ptr_array_index(layout->fields, i);
        for (guint k = 0; k < field->options->len; k++) {
            LkOption *option = g_ptr_array_index(field->options, k);
            g_free(option->value);
            g_free(option->label);
            g_free(option);
        }
        g_ptr_array_unref(field->options);
        g_free(field->name);
        g_free(field->label);
        g_free(field->section);
        g_free(field);
    }
    LkLayoutPage *page = g_ptr_array_index(layout->pages, 0);
    g_array_unref(page->boxes);
    g_array_unref(page->cells);
    g_array_unref(page->writing);
    g_free(page);
    g_ptr_array_unref(layout->fields);
    g_ptr_array_unref(layout->pages);
    g_free(layout->form);
    g_free(layout->title);
    g_free(layout);
}

static LkPageId
make_id(void)
{
    LkPageId id = {.form = "1.B", .page = 1, .layout = "7KQX2", .copy = "9F3TK"};
    g_strlcpy(id.case_code.text, "MOP482190736629", sizeof id.case_code.text);
    return id;
}

/* Black frames where the boxes are, as a printer would. */
static void
print_rect(SimSheet *sheet, LkRect r, double line_mm)
{
    double px = sheet->dpi / 25.4;
    LkRect inner = lk_rect_inset(r, line_mm);
    for (int y = (int)(r.y * px); y < (int)((r.y + r.h) * px); y++) {
        for (int x = (int)(r.x * px); x < (int)((r.x + r.w) * px); x++) {
            LkRect here = {(x + 0.5) / px, (y + 0.5) / px, 0, 0};
            if (!lk_rect_contains(inner, here)) {
                sheet->print[y * sheet->width + x] = 0;
            }
        }
    }
}

/* Mean of the pen's ink in @r, 0..1. */
static double
ink_in(const SimSheet *sheet, LkRect r)
{
    double px = sheet->dpi / 25.4;
    double sum = 0;
    int n = 0;
    for (int y = (int)(r.y * px); y < (int)((r.y + r.h) * px); y++) {
        for (int x = (int)(r.x * px); x < (int)((r.x + r.w) * px); x++) {
            sum += sheet->ink[(size_t)y * (size_t)sheet->width + (size_t)x];
            n++;
        }
    }
    return sum / 255 / n;
}

static SimWriter
neat_writer(uint64_t seed)
{
    SimRandom random = sim_random(seed, "writer");
    SimWriter writer = sim_writer(SIM_TUNING, &random);
    writer.stray = 0;
    return writer;
}

static SimSheet *
fill_in(LkLayout *layout, const SimWriter *writer, uint64_t seed, double dpi,
        GPtrArray **truths)
{
    SimRandom random = sim_random(seed, "content");
    SimHabits habits = sim_habits(SIM_TUNING);
    LkPageId id = make_id();
    *truths = sim_content(layout, &id, writer, &habits, &random);
    SimSheet *sheet = sim_sheet_blank(dpi);
    sim_fill(sheet, layout, g_ptr_array_index(*truths, 0), writer, &random);
    return sheet;
}

/* --- Tests. ------------------------------------------------------------------------
 */

static void
test_truth(void)
{
    LkLayout *layout = make_layout();
    const LkLayoutPage *page = lk_layout_page(layout, 1);
    int marked = 0;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        SimWriter writer = neat_writer(seed);
        GPtrArray *truths = NULL;
        g_autoptr(SimSheet) sheet = fill_in(layout, &writer, seed, 150, &truths);
        const SimTruth *truth = g_ptr_array_index(truths, 0);
        for (guint i = 0; i < page->boxes->len; i++) {
            SimMeaning meaning = g_array_index(truth->boxes, SimBoxTruth, i).meaning;
            double ink = ink_in(sheet, g_array_index(page->boxes, LkBox, i).outline);
            marked += meaning == SIM_MARKED;
            if (meaning == SIM_MARKED) {
                g_assert_cmpfloat(ink, >, 0.02);
            } else if (meaning == SIM_CANCELLED) {
                g_assert_cmpfloat(ink, >, 0.7 * (1 - writer.pen.grain));
            }
        }
        g_ptr_array_unref(truths);
    }
    /* 12 pages with 8 choices answered but for a few, 8 questions of 8 boxes */
    g_assert_cmpint(marked, >, 150);
    free_layout(layout);
}

static void
test_choice(void)
{
    LkLayout *layout = make_layout();
    SimWriter writer = neat_writer(1);
    SimHabits habits = sim_habits(SIM_REPORT);
    writer.correction = 0;
    habits.two_marks = 0;
    habits.required_missing = 0;
    LkPageId id = make_id();
    SimRandom random = sim_random(5, "content");
    GPtrArray *truths = sim_content(layout, &id, &writer, &habits, &random);
    const SimTruth *truth = g_ptr_array_index(truths, 0);
    for (guint line = 0; line < 16; line += 2) {
        int marks = 0;
        for (guint i = 0; i < 8; i++) {
            marks += g_array_index(truth->boxes, SimBoxTruth, line * 8 + i).meaning ==
                     SIM_MARKED;
        }
        g_assert_cmpint(marks, ==, 1);
    }
    g_assert_true(g_ascii_isdigit(truth->cells->str[7]));
    g_assert_true(g_array_index(truth->writing, bool, 0));
    g_ptr_array_unref(truths);
    free_layout(layout);
}

static void
test_same_seed(void)
{
    LkLayout *layout = make_layout();
    uint8_t *first = NULL;
    size_t n = 0;
    for (int run = 0; run < 2; run++) {
        SimWriter writer = neat_writer(3);
        GPtrArray *truths = NULL;
        g_autoptr(SimSheet) sheet = fill_in(layout, &writer, 3, 100, &truths);
        SimRandom random = sim_random(3, "scan");
        SimMachine machine = sim_machine(SIM_TUNING, SIM_COPIED_300, &random);
        g_autoptr(SimImage) image = sim_capture(sheet, &machine, &random);
        n = (size_t)image->width * (size_t)image->height;
        if (run == 0) {
            first = g_steal_pointer(&image->pixels);
        } else {
            g_assert_true(memcmp(first, image->pixels, n) == 0);
        }
        g_ptr_array_unref(truths);
    }
    g_free(first);
    free_layout(layout);
}

/* Sets share neither seeds nor writers. */
static void
test_sets(void)
{
    for (uint64_t i = 0; i < 1000; i++) {
        g_assert_cmphex(sim_seed(SIM_TUNING, i), !=, sim_seed(SIM_REPORT, i));
    }
}

/* Centre of what is dark in the image within @reach of @near, px. */
static LkPoint
dark_center(const SimImage *image, LkPoint near, double reach)
{
    double sum = 0;
    LkPoint c = {0, 0};
    for (int y = 0; y < image->height; y++) {
        for (int x = 0; x < image->width; x++) {
            if (hypot(x - near.x, y - near.y) < reach &&
                image->pixels[(y * image->width + x) * image->channels] < 45) {
                c.x += x + 0.5;
                c.y += y + 0.5;
                sum++;
            }
        }
    }
    g_assert_cmpfloat(sum, >, 0);
    return (LkPoint){c.x / sum, c.y / sum};
}

/* One black square, centre at 40, 60 mm; where must it be in the scan? */
static void
test_scanner_frames(void)
{
    static const struct {
        int turn;
        LkPoint at; /* mm in the image */
    } cases[] = {
        {0, {40, 60}}, {90, {297 - 60, 40}}, {180, {170, 237}}, {270, {60, 170}}};
    SimScanner scanner = {
        .dpi = 254, .stretch = 1, .paper = 250, .black = 20, .gamma = 1, .lid = 255};
    g_autoptr(SimSheet) sheet = sim_sheet_blank(254);
    print_rect(sheet, (LkRect){35, 55, 10, 10}, 6);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        SimRandom random = sim_random(1, "scan");
        scanner.turn = cases[i].turn;
        g_autoptr(SimImage) image = sim_scan(sheet, &scanner, &random);
        LkPoint got = dark_center(image, (LkPoint){0, 0}, INFINITY);
        g_assert_cmpfloat_with_epsilon(got.x / 10, cases[i].at.x, 0.15);
        g_assert_cmpfloat_with_epsilon(got.y / 10, cases[i].at.y, 0.15);
    }
}

/* Upright again through EXIF, however the tablet was held. */
static void
test_phone_exif(void)
{
    SimPhone phone = {
        .dpi = 100, .exif = true, .distance = 1.5, .margin = 0.05, .light = 0.9};
    g_autoptr(SimSheet) sheet = sim_sheet_blank(200);
    print_rect(sheet, (LkRect){35, 55, 10, 10}, 6);
    for (phone.turn = 0; phone.turn < 360; phone.turn += 90) {
        SimRandom random = sim_random(1, "photo");
        g_autoptr(SimImage) image = sim_photo(sheet, &phone, &random);
        sim_as_scanned(image, 90);
        LkPoint got = dark_center(image, (LkPoint){0, 0}, INFINITY);
        double mm = 100 / 25.4;
        double margin = 0.05 * 297;
        g_assert_cmpint(image->height, >, image->width);
        g_assert_cmpfloat_with_epsilon(got.x / mm - margin, 40, 0.6);
        g_assert_cmpfloat_with_epsilon(got.y / mm - margin, 60, 0.6);
    }
}

/* A photocopy moves the page; the sheet says where to. */
static void
test_photocopy(void)
{
    g_autoptr(SimSheet) sheet = sim_sheet_blank(254);
    print_rect(sheet, (LkRect){35, 55, 10, 10}, 6);
    SimRandom random = sim_random(8, "copy");
    sim_sheet_photocopy(sheet, &random);
    sim_sheet_photocopy(sheet, &random);
    SimImage image = {sheet->width, sheet->height, 1, sheet->print, false, 0, 254};
    LkPoint want = sim_sheet_place(sheet, (LkPoint){40, 60});
    LkPoint got = dark_center(&image, (LkPoint){want.x * 10, want.y * 10}, 120);
    g_assert_cmpfloat(hypot(want.x - 40, want.y - 60), >, 0.2);
    g_assert_cmpfloat_with_epsilon(got.x / 10, want.x, 0.3);
    g_assert_cmpfloat_with_epsilon(got.y / 10, want.y, 0.3);
}

/* Pictures for a person: LK_SIM_SHOW=folder build/test-sim -p /sim/show */
static void
test_show(void)
{
    const char *folder = g_getenv("LK_SIM_SHOW");
    if (folder == NULL) {
        g_test_skip("LK_SIM_SHOW names no folder");
        return;
    }
    LkLayout *layout = make_layout();
    const LkLayoutPage *page = lk_layout_page(layout, 1);
    for (int profile = 0; profile < SIM_N_PROFILES; profile++) {
        SimRandom random = sim_random((uint64_t)profile + 40, "show");
        SimWriter writer = sim_writer(SIM_REPORT, &random);
        GPtrArray *truths = NULL;
        g_autoptr(SimSheet) sheet =
            fill_in(layout, &writer, (uint64_t)profile, 300, &truths);
        for (guint i = 0; i < page->boxes->len; i++) {
            print_rect(sheet, g_array_index(page->boxes, LkBox, i).outline,
                       LK_OUTLINE_MM);
        }
        SimMachine machine = sim_machine(SIM_REPORT, (SimProfile)profile, &random);
        g_autoptr(SimImage) image = sim_capture(sheet, &machine, &random);
        g_autofree char *path = g_strdup_printf("%s/%d-%s.png", folder, profile,
                                                sim_profile_name((SimProfile)profile));
        g_assert_true(sim_write_png(image, path, NULL));
        g_ptr_array_unref(truths);
    }
    free_layout(layout);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sim/truth", test_truth);
    g_test_add_func("/sim/choice-has-one-mark", test_choice);
    g_test_add_func("/sim/same-seed-same-pixels", test_same_seed);
    g_test_add_func("/sim/sets-differ", test_sets);
    g_test_add_func("/sim/scanner-frames", test_scanner_frames);
    g_test_add_func("/sim/phone-exif", test_phone_exif);
    g_test_add_func("/sim/photocopy-frames", test_photocopy);
    g_test_add_func("/sim/show", test_show);
    return g_test_run();
}
