/* test-layout.c - where everything is: nothing overlaps, everything has its white, and
 * a layout survives its JSON. */
#include "form/form.h"

#include <math.h>
#include <string.h>

typedef struct {
    LkFonts *fonts;
    LkFormSet *set;
} Forms;

static Forms
load(const char *dir)
{
    g_autoptr(GError) error = NULL;
    Forms forms = {lk_fonts_load(&error), NULL};
    g_assert_no_error(error);
    forms.set = lk_form_set_load(dir, NULL, &error);
    g_assert_no_error(error);
    return forms;
}

static void
unload(Forms *forms)
{
    lk_fonts_free(forms->fonts);
    lk_form_set_free(forms->set);
}

static LkLayout *
lay_out(const Forms *forms, const LkForm *form)
{
    g_autoptr(GError) error = NULL;
    LkLayout *layout = lk_layout_new(form, forms->fonts, &error);
    g_assert_no_error(error);
    return layout;
}

static LkLayout *
layout_of(const Forms *forms, const char *code)
{
    const LkForm *form = lk_form_set_lookup(forms->set, code);
    g_assert_nonnull(form);
    return lay_out(forms, form);
}

/* --- What is on the pages. ---------------------------------------------------------
 */

/* Boxes a form must have, from the catalogue (forms/catalogue.md, column "Cases"). */
static void
test_counts(void)
{
    const struct {
        const char *code;
        guint boxes, max_pages;
    } cases[] = {{"1.A", 87, 2}, {"1.B", 233, 5}, {"1.C", 216, 4}, {"5.A", 87, 2}};
    Forms forms = load(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(LkLayout) layout = layout_of(&forms, cases[i].code);
        guint boxes = 0;
        for (guint p = 0; p < layout->pages->len; p++) {
            boxes += lk_layout_page(layout, (int)p + 1)->boxes->len;
        }
        g_assert_cmpuint(boxes, ==, cases[i].boxes);
        g_assert_cmpuint(layout->pages->len, <=, cases[i].max_pages);
    }
    unload(&forms);
}

/* Every option of every field and row once, every cell once, and something to write on
 * for every text. */
static void
check_complete(const LkLayout *layout)
{
    for (guint f = 0; f < layout->fields->len; f++) {
        const LkLayoutField *field = lk_layout_field(layout, (int)f);
        guint boxes = 0;
        guint cells = 0;
        guint writing = 0;
        for (guint p = 0; p < layout->pages->len; p++) {
            const LkLayoutPage *page = lk_layout_page(layout, (int)p + 1);
            for (guint i = 0; i < page->boxes->len; i++) {
                boxes += g_array_index(page->boxes, LkBox, i).field == (int)f ? 1 : 0;
            }
            for (guint i = 0; i < page->cells->len; i++) {
                cells += g_array_index(page->cells, LkCell, i).field == (int)f ? 1 : 0;
            }
            for (guint i = 0; i < page->writing->len; i++) {
                writing +=
                    g_array_index(page->writing, LkWriting, i).field == (int)f ? 1 : 0;
            }
        }
        guint rows = (guint)MAX(1, field->rows);
        g_assert_cmpuint(boxes, ==, field->options->len * rows);
        g_assert_cmpuint(cells, ==, (guint)field->length * rows);
        bool is_written = field->type == LK_FIELD_TEXT ||
                          field->type == LK_FIELD_LINES ||
                          field->type == LK_FIELD_SIGNATURE;
        g_assert_true(is_written ? writing >= rows : writing == 0);
    }
}

/* --- White. ------------------------------------------------------------------------
 */

static double
ascent_mm(const LkDraw *draw)
{
    return draw->size_pt * 0.255; /* height of Andika's capitals */
}

/* What a text covers, without accents on capitals. */
static LkRect
text_rect(const LkFonts *fonts, const LkDraw *draw)
{
    double width = lk_fonts_width(fonts, draw->face, draw->size_pt, draw->text);
    double left = draw->at.x;
    if (draw->align != LK_ALIGN_LEFT) {
        left -= draw->align == LK_ALIGN_CENTER ? width / 2 : width;
    }
    double descent = draw->size_pt * 0.085;
    return (LkRect){left, draw->at.y - ascent_mm(draw), width,
                    ascent_mm(draw) + descent};
}

static LkRect
line_rect(const LkDraw *draw)
{
    double half = draw->width_mm / 2;
    double x = MIN(draw->at.x, draw->to.x);
    double y = MIN(draw->at.y, draw->to.y);
    return (LkRect){x - half, y - half, fabs(draw->to.x - draw->at.x) + 2 * half,
                    fabs(draw->to.y - draw->at.y) + 2 * half};
}

/* Nothing is printed within @white of @area; shades do not count. */
static void
check_white(const LkFonts *fonts, const LkLayoutPage *page, LkRect area, double white,
            const char *what)
{
    LkRect kept = lk_rect_inset(area, -white + 0.011);
    for (guint i = 0; i < page->draws->len; i++) {
        const LkDraw *draw = &g_array_index(page->draws, LkDraw, i);
        LkRect ink = draw->rect;
        if (draw->kind == LK_DRAW_TEXT) {
            ink = text_rect(fonts, draw);
        } else if (draw->kind == LK_DRAW_LINE) {
            ink = line_rect(draw);
        } else if (draw->fill > 0.5) {
            continue;
        }
        if (lk_rect_overlaps(kept, ink)) {
            g_error("page %d: %s at %.2f,%.2f is too near to '%s' at %.2f,%.2f",
                    page->number, what, area.x, area.y,
                    draw->text != NULL ? draw->text : "a line", ink.x, ink.y);
        }
    }
}

typedef struct {
    LkRect rect;
    const char *what;
    double white;
} Read;

static GArray *
all_read(const LkLayoutPage *page)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(Read));
    for (guint i = 0; i < page->boxes->len; i++) {
        Read read = {g_array_index(page->boxes, LkBox, i).outline, "a box", 2.0};
        g_array_append_val(all, read);
    }
    for (guint i = 0; i < page->cells->len; i++) {
        Read read = {g_array_index(page->cells, LkCell, i).outline, "a cell", 0.4};
        g_array_append_val(all, read);
    }
    for (guint i = 0; i < page->writing->len; i++) {
        Read read = {g_array_index(page->writing, LkWriting, i).area, "writing", 0.0};
        g_array_append_val(all, read);
    }
    for (guint i = 0; i < page->slots->len; i++) {
        const LkSlot *slot = &g_array_index(page->slots, LkSlot, i);
        Read read = {slot->area, "a slot", 0.0};
        g_array_append_val(all, read);
    }
    return all;
}

static void
check_page(const LkFonts *fonts, const LkLayoutPage *page)
{
    const LkRect readable = {12, 12, LK_PAGE_WIDTH_MM - 24, LK_PAGE_HEIGHT_MM - 24};
    g_autoptr(GArray) all = all_read(page);
    for (guint i = 0; i < all->len; i++) {
        const Read *a = &g_array_index(all, Read, i);
        g_assert_true(lk_rect_contains(readable, a->rect));
        check_white(fonts, page, a->rect, a->white, a->what);
        for (size_t q = 0; q < G_N_ELEMENTS(page->qr); q++) {
            /* four modules of white around each code */
            LkRect quiet = lk_rect_inset(page->qr[q], -4 * LK_QR_MM / LK_QR_MODULES);
            g_assert_false(lk_rect_overlaps(quiet, a->rect));
        }
        for (guint k = i + 1; k < all->len; k++) {
            const Read *b = &g_array_index(all, Read, k);
            double white = MAX(a->white, b->white) >= 2 ? 2 - 1e-6 : -1e-6;
            if (lk_rect_overlaps(lk_rect_inset(a->rect, -white), b->rect)) {
                g_error("page %d: %s at %.2f,%.2f touches %s at %.2f,%.2f",
                        page->number, a->what, a->rect.x, a->rect.y, b->what, b->rect.x,
                        b->rect.y);
            }
        }
    }
}

/* Text stays on the page and off the codes and fiducials. */
static void
check_texts(const LkFonts *fonts, const LkLayoutPage *page)
{
    for (guint i = 0; i < page->draws->len; i++) {
        const LkDraw *draw = &g_array_index(page->draws, LkDraw, i);
        if (draw->kind != LK_DRAW_TEXT) {
            continue;
        }
        LkRect text = text_rect(fonts, draw);
        g_assert_true(lk_rect_contains((LkRect){12, 12, 186, 273}, text));
        for (size_t q = 0; q < G_N_ELEMENTS(page->qr); q++) {
            LkRect quiet = lk_rect_inset(page->qr[q], -4 * LK_QR_MM / LK_QR_MODULES);
            g_assert_false(lk_rect_overlaps(quiet, text));
        }
        for (size_t f = 0; f < G_N_ELEMENTS(page->fiducials); f++) {
            g_assert_false(
                lk_rect_overlaps(lk_rect_inset(page->fiducials[f], -2), text));
        }
    }
}

static void
check_layout(const LkFonts *fonts, const LkLayout *layout)
{
    check_complete(layout);
    for (guint p = 0; p < layout->pages->len; p++) {
        const LkLayoutPage *page = lk_layout_page(layout, (int)p + 1);
        check_page(fonts, page);
        check_texts(fonts, page);
    }
}

static void
test_white(void)
{
    Forms forms = load(NULL);
    const GPtrArray *list = lk_form_set_list(forms.set);
    for (guint i = 0; i < list->len; i++) {
        g_autoptr(LkLayout) layout = lay_out(&forms, g_ptr_array_index(list, i));
        check_layout(forms.fonts, layout);
    }
    unload(&forms);
}

/* --- Identity and JSON. ------------------------------------------------------------
 */

static void
test_identity(void)
{
    Forms forms = load(NULL);
    g_autoptr(LkLayout) a = layout_of(&forms, "1.B");
    g_autoptr(LkLayout) b = layout_of(&forms, "1.B");
    g_autoptr(LkLayout) other = layout_of(&forms, "1.C");
    g_assert_true(lk_serial_is_valid(a->id));
    g_assert_cmpstr(a->id, ==, b->id);
    g_assert_cmpstr(a->id, !=, other->id);
    unload(&forms);
}

static void
test_round_trip(void)
{
    Forms forms = load(NULL);
    const GPtrArray *list = lk_form_set_list(forms.set);
    for (guint i = 0; i < list->len; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(LkLayout) layout = lay_out(&forms, g_ptr_array_index(list, i));
        g_autofree char *json = lk_layout_to_json(layout);
        g_autoptr(LkLayout) back = lk_layout_from_json(json, &error);
        g_assert_no_error(error);
        g_autofree char *again = lk_layout_to_json(back);
        g_assert_cmpstr(json, ==, again);
        g_autofree char *geometry = lk_layout_geometry(layout);
        g_autofree char *geometry_back = lk_layout_geometry(back);
        g_assert_cmpstr(geometry, ==, geometry_back);
    }
    unload(&forms);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/layout/counts", test_counts);
    g_test_add_func("/layout/white", test_white);
    g_test_add_func("/layout/identity", test_identity);
    g_test_add_func("/layout/json/round-trip", test_round_trip);
    return g_test_run();
}
