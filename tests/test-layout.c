/* test-layout.c - where everything is: nothing overlaps, everything has its white, and
 * a layout survives its JSON. */
#include "form/form.h"

#include <glib/gstdio.h>
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
static const struct {
    const char *code;
    guint boxes;
} catalogue[] = {
    {"1.A", 87},  {"1.B", 233}, {"1.C", 216}, {"1.D", 154}, {"1.E", 108},
    {"2.A", 361}, {"3.A", 153}, {"3.B", 39},  {"4.A", 178}, {"4.B", 112},
    {"4.C", 86},  {"4.D", 73},  {"4.E", 63},  {"5.A", 87},  {"5.B", 63},
    {"5.C", 48},  {"6.A", 121}, {"6.B", 58},  {"6.C", 59},  {"A.1", 45},
    {"A.2", 85},  {"A.3", 66},  {"B.1", 68},  {"LV", 138},  {"PC", 50},
};

/* Forms that need more pages than the catalogue's hint: with fewer, rows would be lower
 * than 8 mm or names narrower than a hand writes. */
static const struct {
    const char *code;
    int pages;
} longer[] = {{"1.B", 5}, {"1.C", 4}, {"2.A", 7}, {"4.A", 3}, {"LV", 3}};

static int
most_pages(const LkForm *form)
{
    for (size_t i = 0; i < G_N_ELEMENTS(longer); i++) {
        if (strcmp(longer[i].code, form->code) == 0) {
            return longer[i].pages;
        }
    }
    return form->pages_hint;
}

static void
test_counts(void)
{
    Forms forms = load(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(catalogue); i++) {
        const LkForm *form = lk_form_set_lookup(forms.set, catalogue[i].code);
        g_assert_nonnull(form);
        g_autoptr(LkLayout) layout = lay_out(&forms, form);
        guint boxes = 0;
        for (guint p = 0; p < layout->pages->len; p++) {
            boxes += lk_layout_page(layout, (int)p + 1)->boxes->len;
        }
        g_assert_cmpuint(boxes, ==, catalogue[i].boxes);
        g_assert_cmpint((int)layout->pages->len, <=, most_pages(form));
    }
    unload(&forms);
}

/* Everything that is read, whatever it is. */
typedef struct {
    int field, row;
    LkRect rect;
    const char *what;
    double white;
} Read;

static GArray *
all_read(const LkLayoutPage *page)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(Read));
    for (guint i = 0; i < page->boxes->len; i++) {
        const LkBox *box = &g_array_index(page->boxes, LkBox, i);
        Read read = {box->field, box->row, box->outline, "a box", 2.0};
        g_array_append_val(all, read);
    }
    for (guint i = 0; i < page->cells->len; i++) {
        const LkCell *cell = &g_array_index(page->cells, LkCell, i);
        Read read = {cell->field, cell->row, cell->outline, "a cell", 0.4};
        g_array_append_val(all, read);
    }
    for (guint i = 0; i < page->writing->len; i++) {
        const LkWriting *area = &g_array_index(page->writing, LkWriting, i);
        Read read = {area->field, area->row, area->area, "writing", 0.0};
        g_array_append_val(all, read);
    }
    for (guint i = 0; i < page->slots->len; i++) {
        if (page->hides_code &&
            g_array_index(page->slots, LkSlot, i).kind == LK_SLOT_CASE) {
            continue; /* nothing is printed there */
        }
        Read read = {-1, 0, g_array_index(page->slots, LkSlot, i).area, "a slot", 0.0};
        g_array_append_val(all, read);
    }
    return all;
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

static bool
is_of(const Read *read, int field)
{
    return read->field == field && read->row == 0;
}

/* A question's answers stand on one page, whatever they are. */
static void
check_together(const LkLayout *layout)
{
    for (guint f = 0; f < layout->fields->len; f++) {
        int pages = 0;
        for (guint p = 0; p < layout->pages->len; p++) {
            g_autoptr(GArray) all = all_read(lk_layout_page(layout, (int)p + 1));
            bool is_here = false;
            for (guint i = 0; i < all->len && !is_here; i++) {
                is_here = is_of(&g_array_index(all, Read, i), (int)f);
            }
            pages += is_here ? 1 : 0;
        }
        g_assert_cmpint(pages, ==, lk_layout_field(layout, (int)f)->rows == 0 ? 1 : 0);
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

/* What people fill in lies between the bands with the page's own marks. */
static void
check_content(const LkLayoutPage *page, const Read *read)
{
    const LkRect content = {15, 38, 180, 221};
    if (read->field < 0) {
        return; /* a slot of the bands */
    }
    g_assert_true(lk_rect_contains(lk_rect_inset(content, -1e-6), read->rect));
    for (size_t f = 0; f < G_N_ELEMENTS(page->fiducials); f++) {
        LkRect clear = lk_rect_inset(page->fiducials[f], -2);
        g_assert_false(lk_rect_overlaps(clear, read->rect));
    }
}

static void
check_page(const LkFonts *fonts, const LkLayoutPage *page)
{
    const LkRect readable = {12, 12, LK_PAGE_WIDTH_MM - 24, LK_PAGE_HEIGHT_MM - 24};
    g_autoptr(GArray) all = all_read(page);
    for (guint i = 0; i < all->len; i++) {
        const Read *a = &g_array_index(all, Read, i);
        g_assert_true(lk_rect_contains(readable, a->rect));
        check_content(page, a);
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

/* Boxes of 4 mm; cells of 5 x 7; lines at least 8 mm apart, less what keeps them clear
 * of their rules; columns of a double list exist. */
static void
check_sizes(const LkLayout *layout)
{
    for (guint p = 0; p < layout->pages->len; p++) {
        const LkLayoutPage *page = lk_layout_page(layout, (int)p + 1);
        for (guint i = 0; i < page->boxes->len; i++) {
            LkRect box = g_array_index(page->boxes, LkBox, i).outline;
            g_assert_cmpfloat(box.w, ==, LK_BOX_MM);
            g_assert_cmpfloat(box.h, ==, LK_BOX_MM);
        }
        for (guint i = 0; i < page->cells->len; i++) {
            LkRect cell = g_array_index(page->cells, LkCell, i).outline;
            g_assert_cmpfloat(cell.w, >=, 5);
            g_assert_cmpfloat(cell.h, >=, 7);
        }
        for (guint i = 0; i < page->writing->len; i++) {
            LkRect area = g_array_index(page->writing, LkWriting, i).area;
            g_assert_cmpfloat(area.w, >=, 25);
            g_assert_cmpfloat(area.h, >=, 8 - 1.21);
        }
    }
}

static void
check_layout(const LkFonts *fonts, const LkLayout *layout)
{
    check_complete(layout);
    check_together(layout);
    check_sizes(layout);
    for (guint p = 0; p < layout->pages->len; p++) {
        const LkLayoutPage *page = lk_layout_page(layout, (int)p + 1);
        check_page(fonts, page);
        check_texts(fonts, page);
    }
}

static void
test_white(gconstpointer dir)
{
    Forms forms = load(dir);
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

/* A form of its own for tests: one of each type, and sections that are filed apart. */
static void
test_all_types(void)
{
    Forms forms = load("tests/templates");
    g_autoptr(LkLayout) layout = layout_of(&forms, "9.T");
    g_assert_true(layout->repeatable);
    const LkLayoutField *column = NULL;
    for (guint f = 0; f < layout->fields->len; f++) {
        const LkLayoutField *field = lk_layout_field(layout, (int)f);
        if (strcmp(field->name, "libre.quoi") == 0) {
            column = field;
        }
        g_assert_cmpint(field->type, !=, LK_FIELD_TABLE);
    }
    g_assert_nonnull(column);
    g_assert_cmpint(column->rows, ==, 28);
    g_assert_true(column->pii);
    guint n = layout->pages->len;
    g_assert_false(lk_layout_page(layout, (int)n)->separable);
    g_assert_true(lk_layout_page(layout, (int)n - 1)->separable);
    g_assert_false(lk_layout_page(layout, (int)n - 2)->separable);
    unload(&forms);
}

/* How often @text stands on @page. */
static int
count_text(const LkLayoutPage *page, const char *text)
{
    int count = 0;
    for (guint i = 0; i < page->draws->len; i++) {
        const LkDraw *draw = &g_array_index(page->draws, LkDraw, i);
        count += draw->kind == LK_DRAW_TEXT && strcmp(draw->text, text) == 0 ? 1 : 0;
    }
    return count;
}

/* Where @text stands first on @page. */
static const LkDraw *
find_text(const LkLayoutPage *page, const char *text)
{
    for (guint i = 0; i < page->draws->len; i++) {
        const LkDraw *draw = &g_array_index(page->draws, LkDraw, i);
        if (draw->kind == LK_DRAW_TEXT && strcmp(draw->text, text) == 0) {
            return draw;
        }
    }
    g_error("'%s' is not on the page", text);
}

/* The table of 28 rows does not fit on a page: its head stands over every part, and no
 * row is on two pages. */
static void
test_table_continues(void)
{
    Forms forms = load("tests/templates");
    g_autoptr(LkLayout) layout = layout_of(&forms, "9.T");
    int parts = 0;
    int last_row = 0;
    for (guint p = 0; p < layout->pages->len; p++) {
        const LkLayoutPage *page = lk_layout_page(layout, (int)p + 1);
        int first = 0;
        for (guint i = 0; i < page->writing->len; i++) {
            const LkWriting *area = &g_array_index(page->writing, LkWriting, i);
            const LkLayoutField *field = lk_layout_field(layout, area->field);
            if (strcmp(field->name, "libre.quoi") == 0) {
                first = first == 0 ? area->row : first;
                g_assert_cmpint(area->row, ==, last_row + 1);
                last_row = area->row;
            }
        }
        parts += first > 0 ? 1 : 0;
        g_assert_cmpint(count_text(page, "Quoi"), ==, first > 0 ? 1 : 0);
        g_assert_cmpint(count_text(page, "Tableau libre"), ==, first > 0 ? 1 : 0);
    }
    g_assert_cmpint(parts, >=, 2);
    g_assert_cmpint(last_row, ==, 28);
    unload(&forms);
}

/* --- What a template may ask of a page. --------------------------------------------
 */

/* Questions and answers of a child's form: 13 pt; all else at least 8. */
static void
test_child_type(void)
{
    Forms forms = load(NULL);
    const LkForm *form = lk_form_set_lookup(forms.set, "6.B");
    g_autoptr(LkLayout) layout = lay_out(&forms, form);
    g_assert_cmpuint(layout->pages->len, ==, 1);
    const LkLayoutPage *page = lk_layout_page(layout, 1);
    int questions = 0;
    for (guint f = 0; f < layout->fields->len; f++) {
        const LkLayoutField *field = lk_layout_field(layout, (int)f);
        g_autofree char *label = lk_typeset(field->label);
        for (guint i = 0; i < page->draws->len; i++) {
            const LkDraw *draw = &g_array_index(page->draws, LkDraw, i);
            if (draw->kind == LK_DRAW_TEXT && g_str_has_prefix(draw->text, label)) {
                g_assert_cmpfloat(draw->size_pt, >=, 13);
                questions++;
            }
        }
    }
    g_assert_cmpint(questions, ==, 19); /* each on one line */
    for (guint i = 0; i < page->draws->len; i++) {
        const LkDraw *draw = &g_array_index(page->draws, LkDraw, i);
        bool is_content = draw->at.y > 38 && draw->at.y < 259;
        if (draw->kind == LK_DRAW_TEXT && is_content) {
            g_assert_cmpfloat(draw->size_pt, >=, 8);
        }
    }
    unload(&forms);
}

/* A face at the left of each box, at its height, 2 mm of white between; five different
 * ones, in the same order everywhere. */
static void
test_faces(void)
{
    Forms forms = load(NULL);
    g_autoptr(LkLayout) layout = layout_of(&forms, "6.B");
    const LkLayoutPage *page = lk_layout_page(layout, 1);
    int faces = 0;
    int parts[6] = {0}; /* of what a face of each mood is drawn */
    for (guint i = 0; i < page->boxes->len; i++) {
        const LkBox *box = &g_array_index(page->boxes, LkBox, i);
        if (lk_layout_field(layout, box->field)->type != LK_FIELD_SCALE) {
            continue;
        }
        LkRect beside = {box->outline.x - 12, box->outline.y - 3, 12, 10};
        int here = 0, round = 0;
        for (guint k = 0; k < page->draws->len; k++) {
            const LkDraw *draw = &g_array_index(page->draws, LkDraw, k);
            if ((draw->kind == LK_DRAW_OVAL || draw->kind == LK_DRAW_CURVE) &&
                lk_rect_contains(beside, draw->rect)) {
                g_assert_cmpfloat(draw->rect.x + draw->rect.w + 2, <=, box->outline.x);
                bool is_outline = draw->kind == LK_DRAW_OVAL && draw->fill < 0;
                round += is_outline ? 1 : 0;
                double middle = draw->rect.y + draw->rect.h / 2;
                g_assert_true(!is_outline ||
                              fabs(middle - box->outline.y - LK_BOX_MM / 2) < 0.06);
                here += draw->kind == LK_DRAW_OVAL ? 10 : 1;
            }
        }
        g_assert_cmpint(round, ==, 1);
        g_assert_true(parts[box->option + 1] == 0 || parts[box->option + 1] == here);
        parts[box->option + 1] = here;
        faces++;
    }
    g_assert_cmpint(faces, ==, 8 * 5);
    g_assert_cmpint(parts[1], ==, 41); /* outline, eyes, a tear; a mouth */
    g_assert_cmpint(parts[2], ==, 31);
    g_assert_cmpint(parts[3], ==, 30); /* the mouth is a line */
    g_assert_cmpint(parts[4], ==, 31);
    g_assert_cmpint(parts[5], ==, 13); /* eyes closed */
    unload(&forms);
}

/* The words of a scale stand once, over the first of several. */
static void
test_scale_words(void)
{
    Forms forms = load(NULL);
    g_autoptr(LkLayout) layout = layout_of(&forms, "6.C");
    g_assert_cmpint(count_text(lk_layout_page(layout, 1), "Moyennement"), ==, 1);
    g_assert_cmpint(count_text(lk_layout_page(layout, 1), "3"), ==, 8);
    unload(&forms);
}

/* Pages that are kept apart or given away say so and show no case code. */
static void
test_hidden_code(void)
{
    Forms forms = load(NULL);
    const struct {
        const char *code;
        int page; /* the only one without the code */
        const char *says;
    } cases[] = {{"1.B", 5, "À détacher et à classer à part"},
                 {"A.3", 2, "Scanner la page, puis découper ici et remettre le talon"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(LkLayout) layout = layout_of(&forms, cases[i].code);
        for (guint p = 0; p < layout->pages->len; p++) {
            const LkLayoutPage *page = lk_layout_page(layout, (int)p + 1);
            bool hides = page->number == cases[i].page;
            g_assert_cmpint(page->hides_code, ==, hides);
            g_assert_cmpint(count_text(page, cases[i].says), ==, hides ? 1 : 0);
            g_assert_cmpint(count_text(page, "code dans les codes QR seulement"), ==,
                            hides ? 1 : 0);
        }
    }
    unload(&forms);
}

static void
test_page_title(void)
{
    Forms forms = load(NULL);
    g_autoptr(LkLayout) layout = layout_of(&forms, "A.1");
    const char *answer = "Contre-référence\u00a0: réponse du prestataire";
    g_assert_cmpint(count_text(lk_layout_page(layout, 1), answer), ==, 0);
    g_assert_cmpint(count_text(lk_layout_page(layout, 2), answer), ==, 1);
    g_assert_cmpint(count_text(lk_layout_page(layout, 2),
                               lk_form_set_lookup(forms.set, "A.1")->title),
                    ==, 0);
    unload(&forms);
}

/* A stub is cut off above what belongs to it, and nothing else lies below the line. */
static void
test_stub(void)
{
    Forms forms = load(NULL);
    g_autoptr(LkLayout) layout = layout_of(&forms, "A.3");
    const LkLayoutPage *page = lk_layout_page(layout, 2);
    double cut = 0;
    for (guint i = 0; i < page->draws->len; i++) {
        const LkDraw *draw = &g_array_index(page->draws, LkDraw, i);
        if (draw->kind == LK_DRAW_LINE && draw->dash_mm > 0 &&
            draw->to.x - draw->at.x > LK_PAGE_WIDTH_MM - 14) {
            cut = draw->at.y;
        }
    }
    g_assert_cmpfloat(cut, >, 0);
    for (guint i = 0; i < page->cells->len; i++) {
        const LkCell *cell = &g_array_index(page->cells, LkCell, i);
        const char *section = lk_layout_field(layout, cell->field)->section;
        bool below = cell->outline.y > cut;
        g_assert_cmpint(below, ==, g_str_has_prefix(section, "Talon"));
    }
    unload(&forms);
}

/* What is typed, and what French prints. */
static void
test_typeset(void)
{
    const struct {
        const char *typed, *printed;
    } cases[] = {
        {"L'école ?", "L’école\u202f?"},
        {"Âge : 15 ans", "Âge\u00a0: 15\u00a0ans"},
        {"« oui »", "«\u00a0oui\u00a0»"},
        {"«oui»", "«\u00a0oui\u00a0»"},
        {"Pourquoi?", "Pourquoi\u202f?"},
        {"accueilli?", "accueilli\u202f?"},
        {"à 10:30", "à 10:30"},
        {"sous 24 h ; 3 mois, 90 %", "sous 24\u00a0h\u202f; 3\u00a0mois, 90\u00a0%"},
        {"3 hommes", "3 hommes"},
        {"Action n° 3", "Action n°\u00a03"},
        {"etc...", "etc…"},
        {"Quoi ?!", "Quoi\u202f?!"},
        {"?", "?"},
        {"", ""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *once = lk_typeset(cases[i].typed);
        g_autofree char *twice = lk_typeset(once);
        g_assert_cmpstr(once, ==, cases[i].printed);
        g_assert_cmpstr(twice, ==, once);
    }
}

/* French spaces and apostrophes are the program's business, not the clerk's. */
static void
test_typography(void)
{
    Forms forms = load(NULL);
    g_autoptr(LkLayout) layout = layout_of(&forms, "1.C");
    int found = 0;
    for (guint p = 0; p < layout->pages->len; p++) {
        const LkLayoutPage *page = lk_layout_page(layout, (int)p + 1);
        found += count_text(page, "Non\u00a0: risque pour l’enfant");
    }
    g_assert_cmpint(found, ==, 2);
    unload(&forms);
}

/* --- Small forms of one section. ---------------------------------------------------
 */

#define SMALL                                                                          \
    "code: \"9.Z\"\nid: essai\ntitle: \"Essai\"\n"                                     \
    "sections:\n  - title: \"Une\"\n    fields:\n"

static LkLayout *
small_layout(const char *fields)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = g_dir_make_tmp("lakana-layout-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "x.yaml", NULL);
    g_autofree char *text = g_strconcat(SMALL, fields, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    const char *files[] = {path, NULL};
    g_autoptr(LkFormSet) set = lk_form_set_load_files(files, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(LkFonts) fonts = lk_fonts_load(&error);
    g_assert_no_error(error);
    LkLayout *layout = lk_layout_new(lk_form_set_lookup(set, "9.Z"), fonts, &error);
    g_assert_no_error(error);
    g_remove(path);
    g_rmdir(dir);
    return layout;
}

/* The first writing area of @name in @row. */
static LkRect
writing_of(const LkLayout *layout, const char *name, int row)
{
    const LkLayoutPage *page = lk_layout_page(layout, 1);
    for (guint i = 0; i < page->writing->len; i++) {
        const LkWriting *area = &g_array_index(page->writing, LkWriting, i);
        if (area->row == row &&
            strcmp(lk_layout_field(layout, area->field)->name, name) == 0) {
            return area->area;
        }
    }
    g_error("no writing area of %s in row %d", name, row);
}

/* The first box of @name in @row. */
static LkRect
box_of(const LkLayout *layout, const char *name, int row)
{
    const LkLayoutPage *page = lk_layout_page(layout, 1);
    for (guint i = 0; i < page->boxes->len; i++) {
        const LkBox *box = &g_array_index(page->boxes, LkBox, i);
        if (box->row == row &&
            strcmp(lk_layout_field(layout, box->field)->name, name) == 0) {
            return box->outline;
        }
    }
    g_error("no box of %s in row %d", name, row);
}

#define COLUMN(id, rest) "          - {id: " id ", label: \"" id "\", " rest "}\n"

/* A name that stands in the heading is not printed again; hints are printed with every
 * table, beside its name or alone. */
static void
test_table_hint(void)
{
    g_autoptr(LkLayout) named =
        small_layout("      - id: t\n        label: \"Une\"\n        type: table\n"
                     "        hint: \"V : vivant\"\n        rows: 40\n"
                     "        required: true\n        columns:\n" //
                     COLUMN("Quoi", "type: text"));
    g_assert_cmpuint(named->pages->len, ==, 2);
    for (int p = 1; p <= 2; p++) {
        const LkLayoutPage *page = lk_layout_page(named, p);
        g_assert_cmpint(count_text(page, "Une\u00a0*"), ==, 0);
        g_assert_cmpint(count_text(page, "V\u00a0: vivant"), ==, 1);
    }
    g_assert_cmpint(count_text(lk_layout_page(named, 1), "1.\u00a0 Une\u00a0*"), ==, 1);
    g_autoptr(LkLayout) other =
        small_layout("      - id: t\n        label: \"Autre\"\n        type: table\n"
                     "        hint: \"V : vivant\"\n        rows: 2\n"
                     "        row_labels: [\"Père\", \"Mère\"]\n        columns:\n" //
                     COLUMN("Quoi", "type: text"));
    g_assert_cmpint(count_text(lk_layout_page(other, 1), "Autre"), ==, 1);
    g_assert_cmpint(count_text(lk_layout_page(other, 1), "V\u00a0: vivant"), ==, 1);
}

/* A table of two dates, called @label, and @more fields. */
static LkLayout *
dated_layout(const char *label, const char *dense, const char *more)
{
    g_autofree char *fields =
        g_strdup_printf("      - id: t\n        label: \"%s\"\n        type: table\n"
                        "        rows: 2\n        dense: %s\n        columns:\n" //
                        COLUMN("Jour", "type: date") "%s",
                        label, dense, more);
    return small_layout(fields);
}

static double
row_pitch(const LkLayout *layout)
{
    const LkLayoutPage *page = lk_layout_page(layout, 1);
    return find_text(page, "2")->at.y - find_text(page, "1")->at.y;
}

/* Low rows; the name of a dense table that is alone stands in the heading, at the right
 * end, unless the heading says it already. */
static void
test_table_dense(void)
{
    g_autoptr(LkLayout) alone = dated_layout("Autre", "true", "");
    const LkLayoutPage *page = lk_layout_page(alone, 1);
    const LkDraw *heading = find_text(page, "1.\u00a0 Une");
    const LkDraw *name = find_text(page, "Autre");
    g_assert_cmpint(count_text(page, "Autre"), ==, 1);
    g_assert_cmpfloat(name->at.y, ==, heading->at.y);
    g_assert_cmpfloat(name->at.x, >, 150);
    g_assert_cmpint(name->align, ==, LK_ALIGN_RIGHT);

    g_autoptr(LkLayout) named = dated_layout("Une", "true", "");
    page = lk_layout_page(named, 1);
    g_assert_cmpint(count_text(page, "Une"), ==, 0);
    g_assert_cmpint(count_text(page, "1.\u00a0 Une"), ==, 1);

    g_autoptr(LkLayout) followed =
        dated_layout("Autre", "true", "      - {id: a, label: \"A\", type: text}\n");
    page = lk_layout_page(followed, 1);
    g_assert_cmpfloat(find_text(page, "Autre")->at.y, >,
                      find_text(page, "1.\u00a0 Une")->at.y + 4);

    g_autoptr(LkLayout) high = dated_layout("Autre", "false", "");
    g_assert_cmpfloat_with_epsilon(row_pitch(high) - row_pitch(alone), 0.8, 0.11);
}

/* Two columns for sentences, a date, eight boxes and a name: the sentences share one
 * line of the row, instead of four columns of about the same width. */
static void
test_table_fold(void)
{
    g_autoptr(LkLayout) layout = small_layout(
        "      - id: t\n        label: \"T\"\n        type: table\n"
        "        rows: 2\n        columns:\n" //
        COLUMN("But", "type: text") COLUMN("Acte", "type: text")
            COLUMN("Jour", "type: date")
                COLUMN("Qui", "type: choice, options: [{value: a, label: A}, "
                              "{value: b, label: B}, {value: c, label: C}, "
                              "{value: d, label: D}, {value: e, label: E}, "
                              "{value: f, label: F}, {value: g, label: G}]")
                    COLUMN("Nom", "type: text"));
    LkRect goal = writing_of(layout, "t.But", 1);
    LkRect act = writing_of(layout, "t.Acte", 1);
    g_assert_cmpfloat(goal.w, >, 80);
    g_assert_cmpfloat_with_epsilon(act.w, goal.w, 0.11);
    g_assert_cmpfloat(act.y, ==, goal.y);
    g_assert_cmpfloat(writing_of(layout, "t.Nom", 1).y, >, goal.y + 8);
    g_assert_cmpfloat(box_of(layout, "t.Qui", 1).y, >, goal.y + 8);
}

/* Rows in two columns even where a row's name must be broken into two lines. */
static void
test_table_two_columns(void)
{
    g_autoptr(LkLayout) layout = small_layout(
        "      - id: t\n        label: \"T\"\n        type: table\n"
        "        layout: matrice_2col\n        rows: 4\n"
        "        row_labels: [\"Voir\", \"Entendre\", \"Apprendre, se souvenir\", "
        "\"Marcher\"]\n        columns:\n" //
        COLUMN("Degre", "type: choice, options: [{value: a, label: Aucune}, "
                        "{value: b, label: Un peu}, {value: c, label: Beaucoup}, "
                        "{value: d, label: Ne peut pas}]"));
    LkRect first = box_of(layout, "t.Degre", 1);
    LkRect third = box_of(layout, "t.Degre", 3);
    g_assert_cmpfloat(third.y, ==, first.y);
    g_assert_cmpfloat_with_epsilon(third.x - first.x, 90, 0.11);
}

/* What the template says of rows holds: alone, and at the beginning. */
static void
test_rows_asked_for(void)
{
    const char *const together =
        "      - {id: a, label: \"A\", type: choice, lookup: oui_non}\n"
        "      - {id: b, label: \"B\", type: choice, lookup: oui_non%s}\n"
        "      - {id: c, label: \"C\", type: choice, lookup: oui_non}\n";
    const char *const keys[] = {"", ", full_width: true", ", new_row: true"};
    const bool with_a[] = {true, false, false};
    const bool with_c[] = {true, false, true};
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_auto(GStrv) parts = g_strsplit(together, "%s", 2);
        g_autofree char *fields = g_strconcat(parts[0], keys[i], parts[1], NULL);
        g_autoptr(LkLayout) layout = small_layout(fields);
        double y = box_of(layout, "b", 0).y;
        g_assert_true((box_of(layout, "a", 0).y == y) == with_a[i]);
        g_assert_true((box_of(layout, "c", 0).y == y) == with_c[i]);
    }
}

/* --- A template edited: what changes the identity and what does not. ---------------
 */

static char *
identity_with(const char *from, const char *to)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    g_autofree char *dir = g_dir_make_tmp("lakana-layout-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "x.yaml", NULL);
    g_assert_true(g_file_get_contents("templates/5a-suivi.yaml", &text, NULL, NULL));
    g_autoptr(GString) edited = g_string_new(text);
    g_assert_cmpuint(g_string_replace(edited, from, to, 1), ==, 1);
    g_assert_true(g_file_set_contents(path, edited->str, -1, NULL));
    const char *files[] = {path, NULL};
    g_autoptr(LkFormSet) set = lk_form_set_load_files(files, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(LkFonts) fonts = lk_fonts_load(&error);
    g_assert_no_error(error);
    g_autoptr(LkLayout) layout =
        lk_layout_new(lk_form_set_lookup(set, "5.A"), fonts, &error);
    g_assert_no_error(error);
    g_remove(path);
    g_rmdir(dir);
    return g_strdup(layout->id);
}

static void
test_identity_edited(void)
{
    Forms forms = load(NULL);
    g_autoptr(LkLayout) own = layout_of(&forms, "5.A");
    g_autofree char *same = identity_with("Commentaires", "Commentaires");
    g_autofree char *respelt = identity_with("Commentaires", "Commentairez");
    g_autofree char *value = identity_with("{value: \"enfant\"", "{value: \"enfants\"");
    g_autofree char *row = identity_with("rows: 5", "rows: 6");
    g_autofree char *name = identity_with("id: commentaires", "id: remarques");
    g_assert_cmpstr(same, ==, own->id);
    g_assert_cmpstr(respelt, ==, own->id); /* nothing moves */
    g_assert_cmpstr(value, !=, own->id);
    g_assert_cmpstr(row, !=, own->id);
    g_assert_cmpstr(name, !=, own->id);
    unload(&forms);
}

/* --- JSON that is not what it says. ------------------------------------------------
 */

static void
test_json_refused(void)
{
    Forms forms = load(NULL);
    g_autoptr(LkLayout) layout = layout_of(&forms, "5.A");
    g_autofree char *json = lk_layout_to_json(layout);
    const struct {
        const char *from, *to;
    } edits[] = {
        {layout->id, "00000"},
        {"\"lakana_layout\":1", "\"lakana_layout\":2"},
        {"\"boxes\":[[", "\"boxes\":[[9"},     /* no such field */
        {"\"boxes\":[[", "\"boxes\":[[-1,0,"}, /* eight numbers, one negative */
        {"\"cells\":[[0,0,0,", "\"cells\":[[0,0,99,"},
        {"\"cells\":[[0,0,0,", "\"cells\":[[0,1,0,"},     /* a row outside tables */
        {"\"cells\":[[0,0,0,17", "\"cells\":[[0,0,0,18"}, /* moved by 1 mm */
        {"\"w\":5,", "\"w\":1e999,"},
        {"\"w\":5,", "\"w\":-5,"},
        {"\"w\":5,", "\"w\":\"5\","},
        {"\"type\":\"code\"", "\"type\":\"table\""},
        {"\"name\":\"date_suivi\"", "\"name\":\"code_dossier\""},
        {"\"page\":2", "\"page\":3"},
        {"\"fields\":[", "\"fields\":{"},
        {"{", ""},
        {"{", "[[[[[[[[[[[[[[[[[[[[{"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(edits); i++) {
        g_autoptr(GString) edited = g_string_new(json);
        g_autoptr(GError) error = NULL;
        g_assert_cmpuint(g_string_replace(edited, edits[i].from, edits[i].to, 1), ==,
                         1);
        g_assert_null(lk_layout_from_json(edited->str, &error));
        g_assert_error(error, LK_FORM_ERROR, LK_FORM_ERROR_LAYOUT);
    }
    g_autoptr(GError) error = NULL;
    g_assert_null(lk_layout_from_json("", &error));
    g_assert_error(error, LK_FORM_ERROR, LK_FORM_ERROR_LAYOUT);
    unload(&forms);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/layout/counts", test_counts);
    g_test_add_data_func("/layout/white/forms", NULL, test_white);
    g_test_add_data_func("/layout/white/all-types", "tests/templates", test_white);
    g_test_add_func("/layout/all-types", test_all_types);
    g_test_add_func("/layout/table/continues", test_table_continues);
    g_test_add_func("/layout/table/hint", test_table_hint);
    g_test_add_func("/layout/table/dense", test_table_dense);
    g_test_add_func("/layout/table/fold", test_table_fold);
    g_test_add_func("/layout/table/two-columns", test_table_two_columns);
    g_test_add_func("/layout/rows-asked-for", test_rows_asked_for);
    g_test_add_func("/layout/child/type", test_child_type);
    g_test_add_func("/layout/child/faces", test_faces);
    g_test_add_func("/layout/scale-words", test_scale_words);
    g_test_add_func("/layout/hidden-code", test_hidden_code);
    g_test_add_func("/layout/page-title", test_page_title);
    g_test_add_func("/layout/stub", test_stub);
    g_test_add_func("/layout/typeset", test_typeset);
    g_test_add_func("/layout/typography", test_typography);
    g_test_add_func("/layout/identity/same", test_identity);
    g_test_add_func("/layout/identity/edited", test_identity_edited);
    g_test_add_func("/layout/json/refused", test_json_refused);
    g_test_add_func("/layout/json/round-trip", test_round_trip);
    return g_test_run();
}
