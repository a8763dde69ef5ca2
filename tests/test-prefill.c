/* Answers printed into a copy: where each of them stands on the page. */
#include "form/form.h"

#include <string.h>

static LkLayoutField
field_of(const char *name, LkFieldType type, int length)
{
    return (LkLayoutField){.name = (char *)name, .type = type, .length = length};
}

/* What stands in the first @n cells of field @at, '.' for none. */
static char *
cells_of(const LkPrefill *prefill, const LkLayout *layout, int at, int row, int n)
{
    GString *cells = g_string_new(NULL);
    for (int i = 0; i < n; i++) {
        LkCell cell = {.field = at, .row = row, .index = i};
        char character = lk_prefill_cell(prefill, layout, &cell);
        g_string_append_c(cells, character != '\0' ? character : '.');
    }
    return g_string_free(cells, FALSE);
}

static void
test_cells(void)
{
    static const struct {
        LkFieldType type;
        int length;
        const char *value, *cells;
    } cases[] = {
        {LK_FIELD_DATE, 8, "2026-11-23", "23112026"},
        {LK_FIELD_DIGITS, 3, "7", "..7"},  /* as people write numbers */
        {LK_FIELD_DIGITS, 2, "123", ".."}, /* too long: rather nothing */
        {LK_FIELD_CODE, 6, "AB12", "AB12.."},
        {LK_FIELD_CODE, 3, "AB12", "..."},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        LkLayoutField field = field_of("comb", cases[i].type, cases[i].length);
        LkLayout layout = {.fields = g_ptr_array_new()};
        g_ptr_array_add(layout.fields, &field);
        g_autoptr(LkPrefill) prefill = lk_prefill_new();
        lk_prefill_set(prefill, "comb", 2, cases[i].value);
        g_autofree char *got =
            cells_of(prefill, &layout, 0, 2, (int)strlen(cases[i].cells));
        g_assert_cmpstr(got, ==, cases[i].cells);
        g_autofree char *other = cells_of(prefill, &layout, 0, 1, 1);
        g_assert_cmpstr(other, ==, "."); /* another row */
        g_ptr_array_unref(layout.fields);
    }
}

static void
test_boxes(void)
{
    static const char *const values[] = {"soins", "soin", "abri", "s"};
    LkLayoutField field = field_of("besoins", LK_FIELD_MULTI, 0);
    field.options = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        LkOption *option = g_new0(LkOption, 1);
        option->value = (char *)values[i];
        g_ptr_array_add(field.options, option);
    }
    LkLayout layout = {.fields = g_ptr_array_new()};
    g_ptr_array_add(layout.fields, &field);
    g_autoptr(LkPrefill) prefill = lk_prefill_new();
    lk_prefill_set(prefill, "besoins", 0, "soins,abri");
    lk_prefill_set(prefill, "besoin", 0, "s"); /* another field */
    static const bool marked[] = {true, false, true, false};
    for (int i = 0; i < (int)G_N_ELEMENTS(values); i++) {
        LkBox box = {.option = i};
        g_assert_cmpint(lk_prefill_box(prefill, &layout, &box), ==, marked[i]);
        g_assert_false(lk_prefill_box(NULL, &layout, &box));
    }
    g_ptr_array_unref(layout.fields);
    g_ptr_array_unref(field.options);
}

static void
test_lines(void)
{
    LkLayoutField field = field_of("a_faire", LK_FIELD_LINES, 0);
    LkLayout layout = {.fields = g_ptr_array_new()};
    g_ptr_array_add(layout.fields, &field);
    g_autoptr(LkPrefill) prefill = lk_prefill_new();
    lk_prefill_set(prefill, "a_faire", 0, "un\n\ntrois");
    static const char *const lines[] = {"un", NULL, "trois", NULL};
    for (int i = 0; i < (int)G_N_ELEMENTS(lines); i++) {
        LkWriting line = {.line = i};
        g_autofree char *got = lk_prefill_line(prefill, &layout, &line);
        g_assert_cmpstr(got, ==, lines[i]);
    }
    g_ptr_array_unref(layout.fields);
}

static void
join(const char *field, int row, const char *value, void *data)
{
    g_string_append_printf(data, "%s %d %s;", field, row, value);
}

static void
test_set(void)
{
    g_autoptr(LkPrefill) prefill = lk_prefill_new();
    lk_prefill_set(prefill, "t.b", 10, "x");
    lk_prefill_set(prefill, "t.b", 9, "y");
    lk_prefill_set(prefill, "sexe", 0, "f");
    lk_prefill_set(prefill, "sexe", 0, "m"); /* the last one counts */
    g_autoptr(GString) all = g_string_new(NULL);
    lk_prefill_each(prefill, join, all);
    g_assert_cmpstr(all->str, ==, "sexe 0 m;t.b 9 y;t.b 10 x;");
    g_assert_cmpstr(lk_prefill_get(prefill, "t.b", 9), ==, "y");
    g_assert_null(lk_prefill_get(prefill, "t.b", 0));
    g_assert_null(lk_prefill_get(NULL, "t.b", 9));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/prefill/cells", test_cells);
    g_test_add_func("/prefill/boxes", test_boxes);
    g_test_add_func("/prefill/lines", test_lines);
    g_test_add_func("/prefill/set", test_set);
    return g_test_run();
}
