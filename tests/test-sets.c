/* sets.yaml: forms that are printed together; a name that is no form is told where. */
#include "form/form.h"

#include <glib/gstdio.h>
#include <string.h>

/* Problems of a folder that holds nothing but this sets.yaml: no form exists in it. */
static GPtrArray *
problems_of(const char *yaml)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = g_dir_make_tmp("lakana-sets-XXXXXX", &error);
    g_assert_no_error(error);
    g_autofree char *path = g_build_filename(dir, "sets.yaml", NULL);
    g_assert_true(g_file_set_contents(path, yaml, -1, &error));
    GPtrArray *problems = NULL;
    g_autoptr(LkFormSet) set = lk_form_set_load(dir, &problems, &error);
    g_assert_cmpint(set == NULL, ==, problems->len > 0);
    g_unlink(path);
    g_rmdir(dir);
    return problems;
}

static void
test_problems(void)
{
    static const struct {
        const char *yaml;
        const char *place, *what; /* NULL: no problem */
    } cases[] = {
        {"# nothing but a comment\nouverture: [9.Z]\n", "sets.yaml:2:13: ", "'9.Z'"},
        {"a: [\n  [1.B]]\n", "sets.yaml:2:3: ", "codes of forms"},
        {"a: 1.B\n", "sets.yaml:1:4: ", "codes of forms"},
        {"a: []\n", "sets.yaml:1:4: ", "codes of forms"},
        {"- a\n", "sets.yaml:1:1: ", "ouverture"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) problems = problems_of(cases[i].yaml);
        g_test_message("%s", cases[i].yaml);
        g_assert_cmpuint(problems->len, ==, 1);
        const char *told = g_ptr_array_index(problems, 0);
        g_assert_nonnull(strstr(told, cases[i].place));
        g_assert_nonnull(strstr(told, cases[i].what));
    }
}

/* The program's own sets, in printed order. */
static void
test_own(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkFormSet) set = lk_form_set_load(NULL, NULL, &error);
    g_assert_no_error(error);
    const GPtrArray *opening = lk_form_set_bundle(set, "ouverture");
    g_assert_cmpuint(opening->len, ==, 3);
    g_assert_cmpstr(g_ptr_array_index(opening, 0), ==, "1.A");
    g_assert_cmpstr(g_ptr_array_index(opening, 2), ==, "1.C");
    g_assert_null(lk_form_set_bundle(set, "lune"));
    g_autoptr(GPtrArray) names = lk_form_set_bundle_names(set);
    g_assert_cmpstr(g_ptr_array_index(names, 0), ==, "complet");
}

int
main(int argc, char **argv)
{
    g_setenv("LC_ALL", "en_US.UTF-8", TRUE);
    lk_language_init();
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sets/problems", test_problems);
    g_test_add_func("/sets/own", test_own);
    return g_test_run();
}
