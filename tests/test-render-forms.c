/* test-render-forms.c - every form of the program, printed: its words are all on paper
 * and in order, boxes and cells stand where the layout says, with white around, and
 * both codes of each page can be read. */
#include "form/form.h"
#include "render/render.h"
#include "tests/printed/printed.h"

#include <glib/gstdio.h>
#include <string.h>

#define CASE "MOP482190736629"
#define COPY "9F3TK"

static LkFonts *fonts;
static LkFormSet *forms;

/* --- Words. --------------------------------------------------------------------------
 */

/* As the typesetter prints them, but with every run of white space (line ends and page
 * ends included) as one plain space. */
static char *
collapse(const char *text)
{
    GString *out = g_string_new(NULL);
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (!g_unichar_isspace(c)) {
            g_string_append_unichar(out, c == '\'' ? 0x2019 : c);
        } else if (out->len > 0 && out->str[out->len - 1] != ' ') {
            g_string_append_c(out, ' ');
        }
    }
    return g_string_free(out, FALSE);
}

typedef struct {
    GPtrArray *wanted; /* char*, in the order of the template */
    GPtrArray *hints;  /* printed where there is room */
    GString *headings; /* of tables: printed again where a table goes on */
} Words;

static void
want(GPtrArray *wanted, const char *text)
{
    if (text != NULL && *text != '\0') {
        g_ptr_array_add(wanted, collapse(text));
    }
}

static void
want_options(GPtrArray *wanted, const LkField *field)
{
    for (guint i = 0; i < field->options->len; i++) {
        const LkOption *option = g_ptr_array_index(field->options, i);
        want(wanted, option->label);
    }
}

/* Everything printed with a field, in order; hints, which stand where there is room,
 * go to @hints. */
static void
want_field(Words *words, const LkField *field, bool is_named)
{
    guint first = words->wanted->len;
    want(words->wanted, is_named ? NULL : field->label);
    want(words->hints, field->hint);
    for (guint i = 0; i < field->columns->len; i++) {
        want_field(words, g_ptr_array_index(field->columns, i), false);
    }
    for (guint i = first; field->columns->len > 0 && i < words->wanted->len; i++) {
        const char *heading = g_ptr_array_index(words->wanted, i);
        g_string_append_printf(words->headings, "%s\n", heading);
    }
    guint rows = field->row_labels->len;
    guint halves = field->arrange == LK_ARRANGE_MATRICE_2COL ? 2 : 1;
    guint strips = (rows + halves - 1) / halves;
    for (guint i = 0; i < strips * halves; i++) {
        guint row = i % halves * strips + i / halves; /* as one reads: line by line */
        want(words->wanted,
             row < rows ? g_ptr_array_index(field->row_labels, row) : NULL);
    }
    if (field->type != LK_FIELD_SCALE || field->heads_scale) {
        want_options(words->wanted, field); /* over the first scale of several */
    }
}

/* Two fields that share one printed list: both labels, then the options once. */
static void
want_pair(GPtrArray *wanted, const LkSection *section, guint at)
{
    const LkField *field = g_ptr_array_index(section->fields, at);
    for (guint i = 0; i < section->fields->len; i++) {
        const LkField *twin = g_ptr_array_index(section->fields, i);
        if (strcmp(twin->id, field->paired_with) == 0 && i > at) {
            want(wanted, field->label);
            want(wanted, twin->label);
            want_options(wanted, field);
        }
    }
}

/* A table that its section begins with and is named after is not named again. */
static bool
is_named_by_section(const LkSection *section, const LkField *field)
{
    return field == g_ptr_array_index(section->fields, 0) &&
           field->type == LK_FIELD_TABLE && field->row_labels->len == 0 &&
           strcmp(field->label, section->title) == 0;
}

/* What the template says, in its order. */
static void
want_form(Words *words, const LkForm *form)
{
    for (guint s = 0; s < form->sections->len; s++) {
        const LkSection *section = g_ptr_array_index(form->sections, s);
        want(words->wanted, section->title);
        for (guint i = 0; i < section->fields->len; i++) {
            const LkField *field = g_ptr_array_index(section->fields, i);
            if (field->paired_with != NULL) {
                want_pair(words->wanted, section, i);
            } else {
                want_field(words, field, is_named_by_section(section, field));
            }
        }
    }
}

static int
count(const char *text, const char *words)
{
    int n = 0;
    for (const char *at = text; (at = strstr(at, words)) != NULL; at++) {
        n++;
    }
    return n;
}

/* --- The printed form. ---------------------------------------------------------------
 */

typedef struct {
    LkLayout *layout;
    char *dir, *pdf;
} Printed;

static Printed
print_form(const LkForm *form)
{
    g_autoptr(GError) error = NULL;
    Printed printed = {.layout = lk_layout_new(form, fonts, &error)};
    g_assert_no_error(error);
    printed.dir = g_dir_make_tmp("lakana-forms-XXXXXX", &error);
    g_assert_no_error(error);
    printed.pdf = g_build_filename(printed.dir, "form.pdf", NULL);
    LkPrintItem item = {.layout = printed.layout, .case_code = {CASE}, .copy = COPY};
    LkPrintOptions options = {.title = "EXEMPLE FICTIF", .office = "ZZ"};
    bool ok = lk_render_copies(&item, 1, fonts, &options, printed.pdf, &error);
    g_assert_no_error(error);
    g_assert_true(ok);
    return printed;
}

static void
clear_printed(Printed *printed)
{
    g_assert_cmpint(g_remove(printed->pdf), ==, 0);
    g_assert_cmpint(g_rmdir(printed->dir), ==, 0);
    g_free(printed->pdf);
    g_free(printed->dir);
    lk_layout_free(printed->layout);
}

static void
assert_in_order(const LkForm *form, const char *text, const GPtrArray *wanted)
{
    const char *at = text;
    for (guint i = 0; i < wanted->len; i++) {
        const char *words = g_ptr_array_index(wanted, i);
        const char *found = strstr(at, words);
        if (found == NULL) {
            g_error("%s: '%s' is not after: %.80s", form->code, words, at);
        }
        at = found + strlen(words);
    }
}

/* What stands on the paper beside the questions and may have words in common with them:
 * under the title of the first page, and over each page. */
static void
want_furniture(GPtrArray *wanted, const LkForm *form, guint pages)
{
    want(wanted, form->filled_by);
    want(wanted, form->when);
    for (guint i = 0; i < pages; i++) {
        want(wanted, form->title);
        want(wanted, form->texts->authority);
    }
}

static char *
join(const GPtrArray *a, const GPtrArray *b)
{
    GString *all = g_string_new(NULL);
    for (guint i = 0; i < a->len + b->len; i++) {
        const char *words =
            i < a->len ? g_ptr_array_index(a, i) : g_ptr_array_index(b, i - a->len);
        g_string_append_printf(all, "%s\n", words);
    }
    return g_string_free(all, FALSE);
}

/* What is printed besides questions: on the first page, and on each. */
static char *
furniture(const LkForm *form, guint n_pages)
{
    const LkPageTexts *t = form->texts;
    GString *all = g_string_new(NULL);
    g_string_append_printf(all, "%s %s %s %s\n", t->filled_by, form->filled_by, t->when,
                           form->when);
    for (guint i = 0; i < n_pages; i++) {
        g_string_append_printf(all, "%s\n%s\n%s\n%s\n%s\n%s\n%s\n", form->title,
                               t->authority, t->page, t->case_label, t->how_to_mark,
                               t->required, t->code_in_qr);
    }
    for (guint s = 0; s < form->sections->len; s++) {
        const LkSection *section = g_ptr_array_index(form->sections, s);
        g_string_append_printf(all, "%s\n%s\n",
                               section->note != NULL ? section->note : "",
                               section->page_title != NULL ? section->page_title : "");
    }
    g_autofree char *texts = g_string_free(all, FALSE);
    return collapse(texts);
}

/* As often on paper as in the template; more often only where a section or a table goes
 * on over the page, or where the page's own words hold it. */
static void
assert_as_often(const char *text, const char *template, const char *headings,
                const char *besides, const char *words)
{
    g_autofree char *again = g_strconcat(words, " (suite)", NULL);
    int printed = count(text, words) - count(text, again);
    int meant = count(template, words);
    int most = meant + count(besides, words);
    if (printed < meant || (printed > most && strstr(headings, words) == NULL)) {
        g_error("'%s' is printed %d times, not %d", words, printed, meant);
    }
}

static void
test_words(gconstpointer data)
{
    const LkForm *form = data;
    Printed printed = print_form(form);
    g_autofree char *raw = LK_ASK("pdftotext", "-raw", printed.pdf, "-");
    g_autofree char *text = collapse(raw);
    g_autoptr(GPtrArray) wanted = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) hints = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) headings = g_string_new(NULL);
    want_form(&(Words){wanted, hints, headings}, form);
    g_assert_cmpuint(wanted->len, >, 40);
    assert_in_order(form, text, wanted);
    want_furniture(hints, form, printed.layout->pages->len);
    g_autofree char *template = join(wanted, hints);
    g_autofree char *besides = furniture(form, printed.layout->pages->len);
    for (guint i = 0; i < wanted->len; i++) {
        assert_as_often(text, template, headings->str, besides,
                        g_ptr_array_index(wanted, i));
    }
    clear_printed(&printed);
}

/* --- Places. -------------------------------------------------------------------------
 */

/* The strip of paper from the outline's outer edge inwards (@depth_mm negative:
 * outwards), at the middle third of a side, so that nothing else crosses it. */
static LkRect
strip(LkRect outer, int side, double depth_mm)
{
    bool is_upright = side % 2 == 0; /* 0 left, 1 top, 2 right, 3 bottom */
    double depth = ABS(depth_mm);
    double out = depth_mm < 0 ? depth : 0;
    if (is_upright) {
        double x = side == 0 ? outer.x - out : outer.x + outer.w - depth + out;
        return (LkRect){x, outer.y + outer.h / 3, depth, outer.h / 3};
    }
    double y = side == 1 ? outer.y - out : outer.y + outer.h - depth + out;
    return (LkRect){outer.x + outer.w / 3, y, outer.w / 3, depth};
}

/* Ink in the outermost @width_mm and none in the 0.5 mm behind it, on all four sides,
 * to 0.1 mm and a bit: poppler moves thin lines to the next whole pixel, and paints a
 * quarter of each pixel that is touched. */
#define SLACK_MM 0.125

static void
assert_outline(const LkRaster *raster, LkRect outer, double width_mm)
{
    for (int side = 0; side < 4; side++) {
        LkRect thin = strip(outer, side, width_mm);
        LkRect deep = strip(outer, side, width_mm + 0.5);
        double area = thin.w * thin.h;
        double in_outline = lk_raster_ink(raster, thin, NULL);
        double behind = lk_raster_ink(raster, deep, NULL) - in_outline;
        g_assert_cmpfloat(in_outline / area, >, 1 - SLACK_MM / width_mm);
        g_assert_cmpfloat(behind / area, <, SLACK_MM / width_mm);
    }
}

static double
ink_around(const LkRaster *raster, LkRect outer)
{
    double ink = 0;
    for (int side = 0; side < 4; side++) {
        LkRect clear = lk_rect_inset(outer, -0.2); /* a pixel of the outline itself */
        ink += lk_raster_ink(raster, strip(clear, side, -1.6), NULL);
    }
    return ink;
}

/* Less ink than a dot of a pen; what poppler smears over the edges of lines. */
#define NO_INK_MM2 0.1

static void
assert_boxes(const LkRaster *raster, const LkLayoutPage *page)
{
    for (guint i = 0; i < page->boxes->len; i++) {
        LkRect box = g_array_index(page->boxes, LkBox, i).outline;
        LkRect inside = lk_rect_inset(box, LK_OUTLINE_MM + 0.2);
        assert_outline(raster, box, LK_OUTLINE_MM);
        g_assert_cmpfloat(lk_raster_ink(raster, inside, NULL), <, 0.001);
        g_assert_cmpfloat(ink_around(raster, box), <, NO_INK_MM2);
    }
}

static void
assert_page(const LkRaster *raster, const LkLayout *layout, const LkLayoutPage *page)
{
    assert_boxes(raster, page);
    for (guint i = 0; i < page->cells->len; i++) {
        const LkCell *cell = &g_array_index(page->cells, LkCell, i);
        if (!lk_layout_field(layout, cell->field)->preprinted) {
            assert_outline(raster, cell->outline, LK_CELL_OUTLINE_MM);
        }
    }
    for (guint i = 0; i < page->writing->len; i++) {
        LkRect area = g_array_index(page->writing, LkWriting, i).area;
        g_assert_cmpfloat(lk_raster_ink(raster, area, NULL), <, NO_INK_MM2);
    }
    g_assert_cmpfloat(lk_raster_ink(raster, page->label_area, NULL), <, NO_INK_MM2);
}

static void
test_places(gconstpointer data)
{
    Printed printed = print_form(data);
    for (guint i = 0; i < printed.layout->pages->len; i++) {
        const LkLayoutPage *page = g_ptr_array_index(printed.layout->pages, i);
        LkRaster raster = lk_raster_load(printed.pdf, page->number, printed.dir);
        assert_page(&raster, printed.layout, page);
        LkPageId id = {.page = page->number, .case_code = {CASE}, .copy = COPY};
        g_strlcpy(id.form, printed.layout->form, sizeof id.form);
        g_strlcpy(id.layout, printed.layout->id, sizeof id.layout);
        char payload[LK_PAYLOAD_LEN + 1];
        lk_payload_write(&id, payload);
        for (int code = 0; code < 2; code++) {
            g_autofree char *read =
                lk_raster_code(&raster, page->qr[code], printed.dir);
            g_assert_cmpstr(read, ==, payload);
        }
        lk_raster_clear(&raster);
    }
    clear_printed(&printed);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_autoptr(GError) error = NULL;
    fonts = lk_fonts_load(&error);
    g_assert_no_error(error);
    forms = lk_form_set_load(NULL, NULL, &error);
    g_assert_no_error(error);
    const GPtrArray *list = lk_form_set_list(forms);
    for (guint i = 0; i < list->len; i++) {
        const LkForm *form = g_ptr_array_index(list, i);
        g_autofree char *words =
            g_strdup_printf("/printed/%s/words-in-order", form->code);
        g_autofree char *places = g_strdup_printf("/printed/%s/places", form->code);
        g_test_add_data_func(words, form, test_words);
        g_test_add_data_func(places, form, test_places);
    }
    int status = g_test_run();
    lk_form_set_free(forms);
    lk_fonts_free(fonts);
    return status;
}
