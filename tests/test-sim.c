/* test-sim.c - the simulator: what it says was meant is what is on the paper. */
#include "tests/sim/counts.h"

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

/* The pixels of page @seed through @profile. */
static GBytes *
picture(LkLayout *layout, SimProfile profile, uint64_t seed)
{
    SimWriter writer = neat_writer(seed);
    GPtrArray *truths = NULL;
    g_autoptr(SimSheet) sheet = fill_in(layout, &writer, seed, 100, &truths);
    g_ptr_array_unref(truths);
    SimRandom random = sim_random(seed, "scan");
    SimMachine machine = sim_machine(SIM_HARD, profile, &random);
    sim_copy_filled(sheet, &machine, &random);
    sim_wear(sheet, &machine.wear, lk_layout_page(layout, 1), &random);
    g_autoptr(SimImage) image = sim_capture(sheet, &machine, &random);
    gsize n =
        (gsize)image->width * (gsize)image->height * (gsize)MAX(1, image->channels);
    return g_bytes_new_take(g_steal_pointer(&image->pixels), n);
}

static void
test_same_seed(void)
{
    LkLayout *layout = make_layout();
    for (int profile = 0; profile < SIM_N_PROFILES; profile++) {
        g_autoptr(GBytes) first = picture(layout, (SimProfile)profile, 3);
        g_autoptr(GBytes) again = picture(layout, (SimProfile)profile, 3);
        g_autoptr(GBytes) other = picture(layout, (SimProfile)profile, 4);
        g_assert_true(g_bytes_equal(first, again));
        g_assert_false(g_bytes_equal(first, other));
    }
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
    SimCopier copier =
        sim_machine(SIM_TUNING, SIM_COPIED_2, &random).printing.copiers[1];
    sim_sheet_photocopy(sheet, &copier, &random);
    sim_sheet_photocopy(sheet, &copier, &random);
    SimImage image = {sheet->width, sheet->height, 1, sheet->print, false, 0, 254};
    LkPoint want = sim_sheet_place(sheet, (LkPoint){40, 60});
    LkPoint got = dark_center(&image, (LkPoint){want.x * 10, want.y * 10}, 120);
    g_assert_cmpfloat(hypot(want.x - 40, want.y - 60), >, 0.2);
    g_assert_cmpfloat_with_epsilon(got.x / 10, want.x, 0.3);
    g_assert_cmpfloat_with_epsilon(got.y / 10, want.y, 0.3);
}

/* A sheet in a scanner sees more than the paper. */
static void
test_bed(void)
{
    SimScanner scanner = {.dpi = 254,
                          .stretch = 1,
                          .paper = 250,
                          .black = 20,
                          .gamma = 1,
                          .lid = 255,
                          .bed_mm = 10};
    g_autoptr(SimSheet) sheet = sim_sheet_blank(254);
    print_rect(sheet, (LkRect){35, 55, 10, 10}, 6);
    SimRandom random = sim_random(1, "scan");
    g_autoptr(SimImage) image = sim_scan(sheet, &scanner, &random);
    g_assert_cmpint(image->width, ==, 2300);
    g_assert_cmpint(image->height, ==, 3170);
    LkPoint got = dark_center(image, (LkPoint){0, 0}, INFINITY);
    g_assert_cmpfloat_with_epsilon(got.x / 10, 50, 0.15);
    g_assert_cmpfloat_with_epsilon(got.y / 10, 70, 0.15);
}

/* Rollers slip between two squares: what is below moves, what is above does not. */
static void
test_slip(void)
{
    SimScanner scanner = {.dpi = 254, .stretch = 1, .paper = 250, .black = 20};
    scanner.gamma = 1;
    scanner.lid = 255;
    scanner.slip_mm = 0.8;
    g_autoptr(SimSheet) sheet = sim_sheet_blank(254);
    print_rect(sheet, (LkRect){35, 25, 10, 10}, 6);
    print_rect(sheet, (LkRect){35, 265, 10, 10}, 6);
    SimRandom random = sim_random(1, "scan");
    g_autoptr(SimImage) image = sim_scan(sheet, &scanner, &random);
    LkPoint above = dark_center(image, (LkPoint){400, 300}, 150);
    LkPoint below = dark_center(image, (LkPoint){400, 2700}, 150);
    g_assert_cmpfloat_with_epsilon(above.y / 10, 30, 0.05);
    g_assert_cmpfloat_with_epsilon(below.y / 10, 270 - 0.8, 0.1);
}

/* A faint pencil on a scanner of 1 bit leaves ink; the same knob stays for a pen. */
static void
test_faint(void)
{
    for (int faint = 0; faint < 2; faint++) {
        SimScanner scanner = {.dpi = 200, .stretch = 1, .paper = 250, .black = 20};
        scanner.gamma = 0.8;
        scanner.lid = 255;
        scanner.threshold = 0.6;
        SimPen pen = {
            .kind = SIM_PEN_PENCIL, .width_mm = 0.6, .contrast = faint ? 0.3 : 0.9};
        g_autoptr(SimSheet) sheet = sim_sheet_blank(200);
        sheet->pen = pen;
        g_autoptr(GArray) path = g_array_new(FALSE, FALSE, sizeof(SimTouch));
        SimTouch ends[2] = {{50, 50, 0.8}, {50, 70, 0.8}};
        g_array_append_vals(path, ends, 2);
        SimRandom random = sim_random(1, "faint");
        sim_stroke(sheet, path, &random);
        sim_scanner_set_for(&scanner, &pen);
        g_autoptr(SimImage) image = sim_scan(sheet, &scanner, &random);
        int at = (int)(60 * 200 / 25.4) * image->width + (int)(50 * 200 / 25.4);
        g_assert_cmpint(image->pixels[at], ==, 0);
        g_assert_true((scanner.threshold > 0.6) == (faint == 1));
    }
}

/* --- Marks. ------------------------------------------------------------------------
 */

/* Ink in the square of 4 mm whose centre is @dx, @dy mm from that of a box. */
static double
ink_beside(const SimSheet *sheet, LkRect box, double dx, double dy)
{
    return ink_in(sheet, (LkRect){box.x + dx, box.y + dy, box.w, box.h});
}

static void
test_styles(void)
{
    const LkRect box = {100, 100, LK_BOX_MM, LK_BOX_MM};
    for (int style = 0; style < SIM_N_STYLES; style++) {
        double to_left = 0, to_right = 0;
        for (uint64_t seed = 1; seed <= 20; seed++) {
            SimRandom random = sim_random(seed, "style");
            SimWriter writer = sim_writer(SIM_HARD, &random);
            writer.style = (SimStyle)style;
            writer.offset_mm = 0;
            writer.tilt = 0;
            writer.size = 1.3;
            g_autoptr(SimSheet) sheet = sim_sheet_blank(200);
            sheet->pen = writer.pen;
            sim_mark(sheet, &writer, box, NULL, &random);
            g_assert_cmpfloat(ink_in(sheet, box), >, 0.02);
            to_left += ink_beside(sheet, box, -LK_BOX_MM, -0.8 * LK_BOX_MM);
            to_right += ink_beside(sheet, box, LK_BOX_MM, -0.8 * LK_BOX_MM);
            if (style == SIM_STYLE_DOT) {
                g_assert_cmpfloat(ink_beside(sheet, box, 0, -LK_BOX_MM), ==, 0);
                g_assert_cmpfloat(ink_beside(sheet, box, LK_BOX_MM, 0), ==, 0);
            }
        }
        if (style == SIM_STYLE_LEFT) {
            g_assert_cmpfloat(to_left, >, 4 * to_right);
        } else if (style == SIM_STYLE_HOOK || style == SIM_STYLE_TICK) {
            g_assert_cmpfloat(to_right, >, 4 * to_left);
        }
    }
}

/* A remark stands in the margin, and in no box. */
static void
test_remark(void)
{
    LkLayout *layout = make_layout();
    const LkLayoutPage *page = lk_layout_page(layout, 1);
    for (uint64_t seed = 1; seed <= 10; seed++) {
        SimWriter writer = neat_writer(seed);
        SimHabits silent = {.required_missing = 1};
        writer.correction = 0;
        writer.remark = 1;
        SimRandom random = sim_random(seed, "content");
        LkPageId id = make_id();
        GPtrArray *truths = sim_content(layout, &id, &writer, &silent, &random);
        g_autoptr(SimSheet) sheet = sim_sheet_blank(100);
        sim_fill(sheet, layout, g_ptr_array_index(truths, 0), &writer, &random);
        g_assert_cmpfloat(ink_in(sheet, (LkRect){0, 0, 210, 297}), >, 0);
        for (guint i = 0; i < page->boxes->len; i++) {
            LkRect box = g_array_index(page->boxes, LkBox, i).outline;
            g_assert_cmpfloat(ink_in(sheet, box), ==, 0);
        }
        g_ptr_array_unref(truths);
    }
    free_layout(layout);
}

/* --- Worn paper. -------------------------------------------------------------------
 */

static const LkRect corners[4] = {
    {10, 10, 5, 5}, {195, 10, 5, 5}, {195, 282, 5, 5}, {10, 282, 5, 5}};

/* A corner torn off or folded over takes its fiducial with it, and no other. */
static void
test_corner(void)
{
    for (int i = 0; i < 8; i++) {
        SimWear wear = sim_wear_none();
        wear.corner = i % 4;
        wear.folded_over = i >= 4;
        wear.corner_mm = 42;
        g_autoptr(SimSheet) sheet = sim_sheet_blank(100);
        for (int c = 0; c < 4; c++) {
            print_rect(sheet, corners[c], 3);
        }
        SimRandom random = sim_random((uint64_t)i, "wear");
        sim_wear(sheet, &wear, NULL, &random);
        SimScanner scanner = {.dpi = 100, .stretch = 1, .paper = 250, .lid = 255};
        scanner.gamma = 1;
        g_autoptr(SimImage) image = sim_scan(sheet, &scanner, &random);
        for (int c = 0; c < 4; c++) {
            LkPoint at = lk_rect_center(corners[c]);
            uint8_t grey = image->pixels[(int)(at.y * 100 / 25.4) * image->width +
                                         (int)(at.x * 100 / 25.4)];
            g_assert_cmpfloat(sim_sheet_lost(sheet, corners[c]), ==, c == wear.corner);
            g_assert_cmpint(grey > 200, ==, c == wear.corner);
        }
    }
}

/* The dark lid shows through the holes, the light one too. */
static void
test_holes(void)
{
    for (int holes = 2; holes <= 4; holes += 2) {
        SimWear wear = sim_wear_none();
        wear.holes = holes;
        g_autoptr(SimSheet) sheet = sim_sheet_blank(254);
        SimRandom random = sim_random(3, "wear");
        sim_wear(sheet, &wear, NULL, &random);
        SimScanner scanner = {.dpi = 254, .stretch = 1, .paper = 250, .black = 10};
        scanner.gamma = 1;
        g_autoptr(SimImage) image = sim_scan(sheet, &scanner, &random);
        g_assert_cmpfloat_with_epsilon(sim_hole(&wear, 1).y - sim_hole(&wear, 0).y, 80,
                                       1e-9);
        for (int i = 0; i < holes; i++) {
            LkPoint want = sim_hole(&wear, i);
            LkPoint near = {want.x * 10, want.y * 10};
            LkPoint got = dark_center(image, near, 70);
            g_assert_cmpfloat_with_epsilon(got.x / 10, want.x, 2);
            g_assert_cmpfloat_with_epsilon(got.y / 10, want.y, 3.5);
        }
        scanner.lid = 255;
        g_autoptr(SimImage) light = sim_scan(sheet, &scanner, &random);
        uint8_t darkest = 255;
        for (int i = 0; i < light->width * light->height; i++) {
            darkest = MIN(darkest, light->pixels[i]);
        }
        g_assert_cmpint(darkest, >, 120);
    }
}

/* Along a crease the paper is darker and the ink has flaked off. */
static void
test_fold(void)
{
    SimWear wear = sim_wear_none();
    wear.folds = 1;
    wear.fold_depth = 0.8;
    g_autoptr(SimSheet) sheet = sim_sheet_blank(254);
    size_t n = (size_t)sheet->width * (size_t)sheet->height;
    memset(sheet->ink, 200, n);
    SimRandom random = sim_random(4, "wear");
    sim_wear(sheet, &wear, NULL, &random);
    double crease = 0;
    double least = INFINITY;
    for (int y = 1440; y < 1530; y++) { /* tenths of a mm: about the middle */
        double ink = ink_in(sheet, (LkRect){95, y / 10.0, 20, 0.15});
        if (ink < least) {
            least = ink;
            crease = y / 10.0;
        }
    }
    g_assert_cmpfloat(least, <, 0.75 * 200 / 255);
    g_assert_cmpfloat_with_epsilon(ink_in(sheet, (LkRect){0, crease + 20, 210, 1}),
                                   200 / 255.0, 0.01);
    g_assert_cmpint(sheet->print[100 * sheet->width + 100], ==, 255);
}

/* Nothing worn, nothing changed. */
static void
test_unworn(void)
{
    g_autoptr(SimSheet) sheet = sim_sheet_blank(50);
    print_rect(sheet, (LkRect){35, 55, 10, 10}, 6);
    size_t n = (size_t)sheet->width * (size_t)sheet->height;
    g_autofree uint8_t *before = g_memdup2(sheet->print, n);
    SimWear none = sim_wear_none();
    SimRandom random = sim_random(4, "wear");
    sim_wear(sheet, &none, NULL, &random);
    g_assert_true(memcmp(before, sheet->print, n) == 0);
    g_assert_null(sheet->loss);
}

/* A stamp's ink and a blot darken boxes; what is hidden by them is known. */
static void
test_stamp_and_blot(void)
{
    LkLayout *layout = make_layout();
    const LkLayoutPage *page = lk_layout_page(layout, 1);
    int hidden = 0;
    bool stamped = false;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        SimWriter writer = neat_writer(seed);
        GPtrArray *truths = NULL;
        g_autoptr(SimSheet) sheet = fill_in(layout, &writer, seed, 100, &truths);
        SimTruth *truth = g_ptr_array_index(truths, 0);
        SimWear wear = sim_wear_none();
        wear.stamps = seed % 2 == 0;
        wear.blots = seed % 2 == 1;
        wear.stamp_dark = 0.6;
        SimRandom random = sim_random(seed, "wear");
        sim_wear(sheet, &wear, page, &random);
        sim_truth_lose(truth, page, sheet);
        for (guint i = 0; i < page->boxes->len; i++) {
            LkRect box = g_array_index(page->boxes, LkBox, i).outline;
            bool lost = g_array_index(truth->boxes, SimBoxTruth, i).lost;
            g_assert_cmpint(lost, ==, sim_sheet_lost(sheet, box) >= 0.3);
            hidden += lost;
        }
        for (int i = 0; wear.stamps > 0 && i < sheet->width * sheet->height; i++) {
            stamped = stamped || sheet->print[i] < 150;
        }
        g_ptr_array_unref(truths);
    }
    g_assert_true(stamped);
    g_assert_cmpint(hidden, >, 0);
    free_layout(layout);
}

/* --- The judge. --------------------------------------------------------------------
 */

/* First line of the form: a choice of eight. @states: of its boxes, 'e', 'm', 'u' or
 * 'b'; @meant: 'e', 'm' or 'c', a capital if the box is lost; @want: see SimVerdict. */
static void
judge(const char *meant, const char *states, const char *want)
{
    LkLayout *layout = make_layout();
    const LkLayoutPage *page = lk_layout_page(layout, 1);
    SimWriter writer = neat_writer(1);
    SimHabits silent = {.required_missing = 1};
    SimRandom random = sim_random(1, "content");
    LkPageId id = make_id();
    GPtrArray *truths = sim_content(layout, &id, &writer, &silent, &random);
    SimTruth *truth = g_ptr_array_index(truths, 0);
    LkReading reading = {.boxes = g_array_new(FALSE, TRUE, sizeof(LkBoxReading))};
    g_array_set_size(reading.boxes, page->boxes->len);
    for (guint i = 0; i < 4; i++) {
        SimBoxTruth *box = &g_array_index(truth->boxes, SimBoxTruth, i);
        box->meaning = g_ascii_tolower(meant[i]) == 'm'   ? SIM_MARKED
                       : g_ascii_tolower(meant[i]) == 'c' ? SIM_CANCELLED
                                                          : SIM_EMPTY;
        box->lost = g_ascii_isupper(meant[i]);
        g_array_index(reading.boxes, LkBoxReading, i).state =
            states[i] == 'm'   ? LK_MARK_MARKED
            : states[i] == 'u' ? LK_MARK_UNSURE
            : states[i] == 'b' ? LK_MARK_BLACKENED
                               : LK_MARK_EMPTY;
    }
    g_autofree SimVerdict *verdicts = g_new0(SimVerdict, page->boxes->len);
    SimTally tally = {0};
    sim_judge_boxes(layout, truth, &reading, verdicts, &tally);
    for (int i = 0; i < 4; i++) {
        g_assert_cmpint("RPBXS"[verdicts[i]], ==, want[i]);
    }
    g_assert_cmpint(sim_tally_boxes(&tally), ==, page->boxes->len);
    g_array_unref(reading.boxes);
    g_ptr_array_unref(truths);
    free_layout(layout);
}

static void
test_judge(void)
{
    /* right, to a person, excused, silent error */
    judge("meee", "meee", "RRRR");
    judge("meee", "ueee", "PRRR");
    judge("meee", "emee", "SSRR");
    /* refusing a lost box costs nothing; deciding it wrong is as bad as ever */
    judge("Meee", "ueee", "XRRR");
    judge("Meee", "eeee", "SRRR");
    judge("eEee", "emee", "RSRR");
    judge("Meee", "meee", "RRRR");
    /* the choice that a lost box is in goes to a person because of it */
    judge("mEee", "muee", "XXRR");
    judge("meee", "muee", "PPRR");
    /* two marks, a cancelled one: to a person however well they are read */
    judge("mmee", "mmee", "BBRR");
    judge("cmee", "bmee", "BBRR");
    judge("cmee", "umee", "BBRR");
    judge("ceee", "beee", "BRRR");
    judge("ceee", "meee", "SRRR");
    judge("mmee", "mmue", "BBPR");
    judge("meee", "beee", "PRRR");
}

/* --- Counting. ---------------------------------------------------------------------
 */

/* From tables of chi-square: half its 95 % point for 2 and 50 degrees of freedom. */
static void
test_rate_bound(void)
{
    g_assert_cmpfloat_with_epsilon(sim_rate_bound(0), 2.995732, 1e-5);
    g_assert_cmpfloat_with_epsilon(sim_rate_bound(1), 4.743865, 1e-5);
    g_assert_cmpfloat_with_epsilon(sim_rate_bound(24), 67.504807 / 2, 1e-5);
}

/* What was counted is found again; a line that was cut off is measured once more. */
static void
test_counts(void)
{
    g_autofree char *folder = g_dir_make_tmp("lakana-counts-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "counts.tsv", NULL);
    SimCount count = {.number = 7,
                      .style = SIM_STYLE_HOOK,
                      .pen = SIM_PEN_FELT,
                      .seconds = 0.25,
                      .tally = {.pages = 3,
                                .set_aside = 1,
                                .wrong_identity = 2,
                                .to_confirm = 4,
                                .lost = 5,
                                .fields = 9,
                                .fields_straight = 8}};
    count.tally.boxes[SIM_MARKED][SIM_SILENT] = 11;
    count.tally.boxes[SIM_CANCELLED][SIM_BY_RULE] = 12;
    g_autoptr(GArray) none = sim_counts_load(path, NULL);
    g_assert_cmpuint(none->len, ==, 0);
    g_assert_true(sim_counts_append(path, &count));
    count.number = 8;
    g_assert_true(sim_counts_append(path, &count));
    g_autofree char *text = NULL;
    gsize size = 0;
    g_assert_true(g_file_get_contents(path, &text, &size, NULL));
    g_assert_true(g_file_set_contents(path, text, (gssize)size - 3, NULL));
    g_autoptr(GArray) cut = sim_counts_load(path, NULL);
    g_assert_cmpuint(cut->len, ==, 1);
    g_assert_null(sim_counts_find(cut, 8));
    g_assert_true(sim_counts_append(path, &count));
    g_autoptr(GArray) again = sim_counts_load(path, NULL);
    g_assert_cmpuint(again->len, ==, 2);
    const SimCount *got = sim_counts_find(again, 7);
    g_assert_cmpint(got->style, ==, SIM_STYLE_HOOK);
    g_assert_cmpint(got->pen, ==, SIM_PEN_FELT);
    g_assert_cmpfloat_with_epsilon(got->seconds, 0.25, 1e-6);
    g_assert_cmpint(memcmp(&got->tally, &count.tally, sizeof count.tally), ==, 0);
    (void)g_unlink(path);
    (void)g_rmdir(folder);
}

/* --- Settings. ---------------------------------------------------------------------
 */

/** What a few hundred machines of one set and profile are like. */
typedef struct {
    double skew, scale_lo, scale_hi;
    bool turns[4];
    int corners, stamps, holes, copies, dark_lids;
} Fleet;

static Fleet
draw(SimSet set, SimProfile profile)
{
    Fleet fleet = {.scale_lo = 9};
    SimRandom random = sim_random(7, "fleet");
    for (int i = 0; i < 400; i++) {
        SimMachine machine = sim_machine(set, profile, &random);
        fleet.skew = fmax(fleet.skew, fabs(machine.scanner.skew_deg));
        fleet.scale_lo = fmin(fleet.scale_lo, machine.printing.scale);
        fleet.scale_hi = fmax(fleet.scale_hi, machine.printing.scale);
        fleet.turns[machine.scanner.turn / 90] = true;
        fleet.corners += machine.wear.corner >= 0;
        fleet.stamps += machine.wear.stamps;
        fleet.holes += machine.wear.holes;
        fleet.copies += machine.printing.copies;
        fleet.dark_lids += !machine.is_phone && machine.scanner.lid < 60;
    }
    return fleet;
}

static void
test_machines(void)
{
    Fleet hard = draw(SIM_HARD, SIM_WORN_300);
    Fleet report = draw(SIM_REPORT, SIM_WORN_300);
    Fleet tuning = draw(SIM_TUNING, SIM_WORN_300);
    for (int i = 0; i < 4; i++) {
        g_assert_true(hard.turns[i] && report.turns[i] && tuning.turns[i]);
    }
    g_assert_cmpfloat(hard.skew, >, 4.7);
    g_assert_cmpfloat(hard.skew, <=, 5);
    g_assert_cmpfloat(hard.scale_lo, <, 0.89);
    g_assert_cmpfloat(hard.scale_hi, >, 1.02);
    g_assert_cmpfloat(report.skew, <, hard.skew);
    g_assert_cmpfloat(tuning.skew, <, report.skew);
    g_assert_cmpfloat(report.scale_lo, >, hard.scale_lo);
    g_assert_cmpint(report.corners, <, hard.corners);
    g_assert_cmpint(report.corners, >, 0);
    g_assert_cmpint(report.stamps, >, 0);
    g_assert_cmpint(report.holes, >, 0);
    g_assert_cmpint(report.dark_lids, >, 0);
    g_assert_cmpint(draw(SIM_HARD, SIM_PHOTO_HARD).corners, >, 0);
    /* the office's own copier has clean paper */
    Fleet office = draw(SIM_HARD, SIM_COPIER_300);
    g_assert_cmpint(office.corners + office.stamps + office.holes, ==, 0);
    g_assert_cmpint(draw(SIM_HARD, SIM_COPIED_300).copies, ==, 400);
    g_assert_cmpint(draw(SIM_HARD, SIM_COPIED_2).copies, ==, 800);
    g_assert_cmpint(draw(SIM_HARD, SIM_COPIED_3).copies, ==, 1200);
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
        sim_copy_filled(sheet, &machine, &random);
        sim_wear(sheet, &machine.wear, NULL, &random);
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
    g_test_add_func("/sim/scanner-bed", test_bed);
    g_test_add_func("/sim/feed-slips", test_slip);
    g_test_add_func("/sim/faint-pencil-shows-in-1-bit", test_faint);
    g_test_add_func("/sim/styles", test_styles);
    g_test_add_func("/sim/remark-is-in-no-box", test_remark);
    g_test_add_func("/sim/wear/none", test_unworn);
    g_test_add_func("/sim/wear/corner-takes-its-fiducial", test_corner);
    g_test_add_func("/sim/wear/holes", test_holes);
    g_test_add_func("/sim/wear/fold", test_fold);
    g_test_add_func("/sim/wear/stamp-and-blot-hide", test_stamp_and_blot);
    g_test_add_func("/sim/judge", test_judge);
    g_test_add_func("/sim/counts/bound", test_rate_bound);
    g_test_add_func("/sim/counts/kept", test_counts);
    g_test_add_func("/sim/machines", test_machines);
    g_test_add_func("/sim/show", test_show);
    return g_test_run();
}
