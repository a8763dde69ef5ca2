/* Answers printed into a copy, as poppler sees them: crosses, characters, and words
 * that never leave their line. */
#include "render/render.h"
#include "tests/printed/printed.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    LkFormSet *set;
    LkFonts *fonts;
    LkLayout *layout;
    LkPrefill *prefill;
    char *dir, *pdf;
} Fixture;

static void
set_up(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    f->set = lk_form_set_load(NULL, NULL, &error);
    g_assert_no_error(error);
    f->fonts = lk_fonts_load(&error);
    g_assert_no_error(error);
    f->layout = lk_layout_new(lk_form_set_lookup(f->set, "LV"), f->fonts, &error);
    g_assert_no_error(error);
    f->dir = g_dir_make_tmp("lakana-prefill-XXXXXX", &error);
    g_assert_no_error(error);
    f->pdf = g_build_filename(f->dir, "lv.pdf", NULL);
    f->prefill = lk_prefill_new();
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
    (void)unused;
    (void)g_remove(f->pdf);
    g_assert_cmpint(g_rmdir(f->dir), ==, 0);
    g_free(f->pdf);
    g_free(f->dir);
    lk_prefill_free(f->prefill);
    lk_layout_free(f->layout);
    lk_fonts_free(f->fonts);
    lk_form_set_free(f->set);
}

static void
print(const Fixture *f, const LkPrefill *prefill)
{
    LkPrintItem item = {.layout = f->layout,
                        .case_code = {"MOP482190736629"},
                        .copy = "9F3TK",
                        .prefill = prefill};
    LkPrintOptions options = {.title = "EXEMPLE FICTIF", .office = "EXEMPLE FICTIF"};
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_render_copies(&item, 1, f->fonts, &options, f->pdf, &error));
    g_assert_no_error(error);
}

/* Ink in the middle of each box of @field: what a cross leaves there, or nothing. */
static void
test_crosses(Fixture *f, gconstpointer unused)
{
    (void)unused;
    lk_prefill_set(f->prefill, "etape", 0, "3");
    lk_prefill_set(f->prefill, "formulaires.present", 2, "oui");
    print(f, f->prefill);
    LkRaster raster = lk_raster_load(f->pdf, 1, f->dir);
    const LkLayoutPage *page = lk_layout_page(f->layout, 1);
    int crosses = 0;
    for (guint i = 0; i < page->boxes->len; i++) {
        const LkBox *box = &g_array_index(page->boxes, LkBox, i);
        LkRect inside = lk_rect_inset(box->outline, 0.5);
        double ink = lk_raster_ink(&raster, inside, NULL);
        bool printed = lk_prefill_box(f->prefill, f->layout, box);
        crosses += printed ? 1 : 0;
        if (printed) { /* two strokes of 0.5 mm over 2.4 mm, of 9 mm2 */
            g_assert_cmpfloat(ink, >, 2.2);
            g_assert_cmpfloat(ink, <, 4.0);
        } else {
            g_assert_cmpfloat(ink, <, 0.01);
        }
    }
    g_assert_cmpint(crosses, ==, 2);
    lk_raster_clear(&raster);
}

/* A word, a sentence that has to be set smaller, and one that has to be cut. */
static void
test_words(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GString) longer = g_string_new("Troisième");
    for (int i = 0; i < 30; i++) {
        g_string_append(longer, " éléments");
    }
    g_autofree char *value =
        g_strdup_printf("Première\nDeuxième ligne, assez longue pour ne tenir qu’en "
                        "caractères plus petits que ceux des autres.\n%s fin",
                        longer->str);
    lk_prefill_set(f->prefill, "a_faire", 0, value);
    print(f, f->prefill);
    g_autofree char *text = LK_ASK("pdftotext", "-q", "-layout", f->pdf, "-");
    g_assert_nonnull(strstr(text, "Première\n"));
    g_assert_nonnull(strstr(text, "que ceux des autres.\n"));
    g_assert_nonnull(strstr(text, "Troisième éléments éléments"));
    g_assert_nonnull(strstr(text, "…\n"));
    g_assert_null(strstr(text, " fin\n"));

    const LkLayoutPage *page = lk_layout_page(f->layout, 2);
    LkRaster raster = lk_raster_load(f->pdf, 2, f->dir);
    int lines = 0;
    for (guint i = 0; i < page->writing->len; i++) {
        const LkWriting *line = &g_array_index(page->writing, LkWriting, i);
        if (strcmp(lk_layout_field(f->layout, line->field)->name, "a_faire") != 0) {
            continue;
        }
        LkRect area = line->area;
        LkRect right = {area.x + area.w - 0.4, area.y, 0.4, area.h};
        g_assert_cmpfloat(lk_raster_ink(&raster, right, NULL), <, 0.01);
        double ink = lk_raster_ink(&raster, area, NULL);
        g_assert_cmpint(ink > 1, ==, line->line < 3);
        lines++;
    }
    g_assert_cmpint(lines, ==, 6);
    lk_raster_clear(&raster);
}

/* Nothing known, nothing printed: the same bytes as without. */
static void
test_nothing(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autofree char *with = NULL;
    g_autofree char *without = NULL;
    gsize n_with = 0;
    gsize n_without = 0;
    print(f, f->prefill);
    g_assert_true(g_file_get_contents(f->pdf, &with, &n_with, NULL));
    print(f, NULL);
    g_assert_true(g_file_get_contents(f->pdf, &without, &n_without, NULL));
    g_assert_cmpuint(n_with, ==, n_without);
    g_assert_true(memcmp(with, without, n_with) == 0);
}

#define ADD(path, test) g_test_add(path, Fixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/print-prefill/crosses", test_crosses);
    ADD("/print-prefill/words", test_words);
    ADD("/print-prefill/nothing", test_nothing);
    return g_test_run();
}
