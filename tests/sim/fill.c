/* fill.c - puts on paper what content.c thought up, as hurried people do. */
#include "tests/sim/sim.h"

#include <math.h>
#include <string.h>

static LkRect
place_rect(const SimSheet *sheet, LkRect r)
{
    LkPoint a = sim_sheet_place(sheet, (LkPoint){r.x, r.y});
    LkPoint b = sim_sheet_place(sheet, (LkPoint){r.x + r.w, r.y + r.h});
    return (LkRect){a.x, a.y, b.x - a.x, b.y - a.y};
}

static GArray *
place_boxes(const SimSheet *sheet, const LkLayoutPage *page)
{
    GArray *rects = g_array_new(FALSE, FALSE, sizeof(LkRect));
    for (guint i = 0; i < page->boxes->len; i++) {
        LkRect r = place_rect(sheet, g_array_index(page->boxes, LkBox, i).outline);
        g_array_append_val(rects, r);
    }
    return rects;
}

static void
fill_boxes(SimSheet *sheet, const LkLayoutPage *page, const SimTruth *truth,
           const SimWriter *writer, SimRandom *random)
{
    g_autoptr(GArray) boxes = place_boxes(sheet, page);
    for (guint i = 0; i < boxes->len; i++) {
        SimMeaning meaning = g_array_index(truth->boxes, SimBoxTruth, i).meaning;
        LkRect at = g_array_index(boxes, LkRect, i);
        if (meaning != SIM_EMPTY) {
            sim_mark(sheet, writer, at, boxes, random);
        }
        if (meaning == SIM_CANCELLED) {
            sim_blacken(sheet, writer, at, random);
        }
    }
}

static void
fill_cells(SimSheet *sheet, const LkLayoutPage *page, const SimTruth *truth,
           const SimWriter *writer, SimRandom *random)
{
    for (guint i = 0; i < page->cells->len; i++) {
        char text[2] = {truth->cells->str[i], '\0'};
        if (text[0] == ' ') {
            continue;
        }
        LkRect at = place_rect(sheet, g_array_index(page->cells, LkCell, i).outline);
        double height = at.h * sim_uniform(random, 0.6, 0.8);
        LkPoint start = {at.x + at.w / 2 - height / 3 + 0.3 * sim_gauss(random),
                         at.y + at.h * 0.86 + 0.35 * sim_gauss(random)};
        sim_print_text(sheet, writer, start, height, text, random);
    }
}

/* Names say that nobody is meant; written smaller where there is little room. */
static void
fill_name(SimSheet *sheet, LkRect at, const SimWriter *writer, SimRandom *random)
{
    static const char *const texts[] = {"EXEMPLE FICTIF", "EX. FICTIF", "FICTIF", "EX"};
    const double least = 2.1;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        double width_per_mm = 5.3 / 6 * writer->letter_gap * (double)strlen(texts[i]);
        double fits = (at.w - 2) / width_per_mm;
        if (fits >= least || i + 1 == G_N_ELEMENTS(texts)) {
            double height = CLAMP(fits, least, CLAMP(at.h * 0.5, least, 4.2));
            LkPoint start = {at.x + 1, at.y + at.h * 0.8};
            sim_print_text(sheet, writer, start, height, texts[i], random);
            return;
        }
    }
}

static void
fill_line(SimSheet *sheet, LkRect at, const SimWriter *writer, SimRandom *random)
{
    bool runs_over = sim_chance(random, 0.25);
    bool spills = sim_chance(random, writer->spill);
    SimWriter hand = *writer;
    double width = at.w * sim_uniform(random, 0.3, 0.95);
    if (runs_over) {
        width = at.w + sim_uniform(random, 0, writer->overrun_mm);
    }
    LkPoint start = {at.x + sim_uniform(random, 0.5, 3), at.y + at.h * 0.75 +
                                                             writer->baseline_mm +
                                                             0.4 * sim_gauss(random)};
    if (spills) {
        hand.x_height_mm *= sim_uniform(random, 1.1, 1.4);
        start.x -= sim_uniform(random, 0, 3);
        start.y += 0.8 * sim_gauss(random);
        width += sim_uniform(random, 0, 4);
    }
    sim_cursive(sheet, &hand, start, width - 2, random);
}

static void
fill_writing(SimSheet *sheet, const LkLayout *layout, const LkLayoutPage *page,
             const SimTruth *truth, const SimWriter *writer, SimRandom *random)
{
    for (guint i = 0; i < page->writing->len; i++) {
        if (!g_array_index(truth->writing, bool, i)) {
            continue;
        }
        const LkWriting *writing = &g_array_index(page->writing, LkWriting, i);
        const LkLayoutField *field = lk_layout_field(layout, writing->field);
        LkRect at = place_rect(sheet, writing->area);
        if (field->type == LK_FIELD_SIGNATURE) {
            sim_signature(sheet, writer, at, random);
        } else if (field->pii) {
            fill_name(sheet, at, writer, random);
        } else {
            fill_line(sheet, at, writer, random);
        }
    }
}

/** A slip of the pen: from, to, sheet mm. */
typedef struct {
    LkPoint from, to;
} Slip;

static bool
is_in_a_box(const SimSheet *sheet, const LkLayoutPage *page, LkPoint p)
{
    for (guint i = 0; i < page->boxes->len; i++) {
        LkRect box = place_rect(sheet, g_array_index(page->boxes, LkBox, i).outline);
        if (lk_rect_contains(lk_rect_inset(box, -0.7), (LkRect){p.x, p.y, 0, 0})) {
            return true;
        }
    }
    return false;
}

/* Through or along some box, both ends well outside of all: anybody looking at the
 * whole stroke sees that no box is meant. */
static bool
find_slip(const SimSheet *sheet, const LkLayoutPage *page, SimRandom *random,
          Slip *slip)
{
    for (int attempt = 0; attempt < 40; attempt++) {
        guint which = (guint)sim_pick(random, (int)page->boxes->len);
        LkRect box =
            place_rect(sheet, g_array_index(page->boxes, LkBox, which).outline);
        LkPoint c = lk_rect_center(box);
        c.x += sim_uniform(random, -0.45, 0.45) * box.w;
        double lean = sim_uniform(random, -0.6, 0.6);
        double up = sim_uniform(random, 5, 12);
        double down = sim_uniform(random, 4, 8);
        slip->from = (LkPoint){c.x - lean * up, c.y - up};
        slip->to = (LkPoint){c.x + lean * down, c.y + down};
        if (!is_in_a_box(sheet, page, slip->from) &&
            !is_in_a_box(sheet, page, slip->to)) {
            return true;
        }
    }
    return false;
}

/* A long tail from handwriting through boxes nearby. */
static void
stray(SimSheet *sheet, const LkLayoutPage *page, const SimWriter *writer,
      SimRandom *random)
{
    Slip slip;
    if (page->boxes->len == 0 || !sim_chance(random, writer->stray) ||
        !find_slip(sheet, page, random, &slip)) {
        return;
    }
    GArray *knots = g_array_new(FALSE, FALSE, sizeof(SimTouch));
    for (int i = 0; i <= 4; i++) {
        double wobble = i == 0 || i == 4 ? 0 : 0.3 * sim_gauss(random);
        SimTouch t = {slip.from.x + (slip.to.x - slip.from.x) * i / 4 + wobble,
                      slip.from.y + (slip.to.y - slip.from.y) * i / 4, 0.85 - 0.12 * i};
        g_array_append_val(knots, t);
    }
    GArray *path = sim_curve(knots);
    sim_stroke(sheet, path, random);
    g_array_unref(path);
    g_array_unref(knots);
}

static bool
is_free(const SimSheet *sheet, const LkLayoutPage *page, LkRect place)
{
    for (guint i = 0; i < page->boxes->len; i++) {
        LkRect box = place_rect(sheet, g_array_index(page->boxes, LkBox, i).outline);
        if (lk_rect_overlaps(lk_rect_inset(box, -1), place)) {
            return false;
        }
    }
    return true;
}

/* A few words beside, above or below what is printed: near the boxes, not in them. */
static void
remark(SimSheet *sheet, const LkLayoutPage *page, const SimWriter *writer,
       SimRandom *random)
{
    if (!sim_chance(random, writer->remark)) {
        return;
    }
    for (int attempt = 0; attempt < 30; attempt++) {
        bool beside = sim_chance(random, 0.7);
        bool left = sim_chance(random, 0.5);
        double width =
            beside ? sim_uniform(random, 9, 22) : sim_uniform(random, 20, 60);
        LkPoint at = {left ? 4 : LK_PAGE_WIDTH_MM - 3 - width,
                      sim_uniform(random, 40, 260)};
        if (!beside) {
            at.x = sim_uniform(random, 20, 120);
            at.y = left ? sim_uniform(random, 6, 9) : sim_uniform(random, 287, 293);
        }
        double tall = 2.2 * writer->x_height_mm;
        if (is_free(sheet, page, (LkRect){at.x, at.y - tall, width, 1.6 * tall})) {
            sim_cursive(sheet, writer, at, width, random);
            return;
        }
    }
}

void
sim_truth_lose(SimTruth *truth, const LkLayoutPage *page, const SimSheet *sheet)
{
    /* a third of a box hidden can hide a small mark, or be taken for one */
    const double much = 0.3;
    for (guint i = 0; i < page->boxes->len; i++) {
        LkRect box = place_rect(sheet, g_array_index(page->boxes, LkBox, i).outline);
        g_array_index(truth->boxes, SimBoxTruth, i).lost =
            sim_sheet_lost(sheet, box) >= much;
    }
}

void
sim_fill(SimSheet *sheet, const LkLayout *layout, const SimTruth *truth,
         const SimWriter *writer, SimRandom *random)
{
    const LkLayoutPage *page = lk_layout_page(layout, truth->id.page);
    g_return_if_fail(page != NULL);
    sheet->pen = writer->pen;
    fill_writing(sheet, layout, page, truth, writer, random);
    fill_cells(sheet, page, truth, writer, random);
    fill_boxes(sheet, page, truth, writer, random);
    stray(sheet, page, writer, random);
    remark(sheet, page, writer, random);
}
