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

/* The forms of a set as one text: "PC LV 1.A". */
static char *
forms_of(const LkFormSet *set, const char *name)
{
    const GPtrArray *codes = lk_form_set_bundle(set, name);
    GString *text = g_string_new(NULL);
    for (guint i = 0; codes != NULL && i < codes->len; i++) {
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "",
                               (char *)g_ptr_array_index(codes, i));
    }
    return g_string_free(text, FALSE);
}

/* The program's own sets, in printed order: those that open a file begin with its cover
 * page and checklist, and all 25 forms of a file are in one. */
static void
test_own(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkFormSet) set = lk_form_set_load(NULL, NULL, &error);
    g_assert_no_error(error);
    g_autofree char *opening = forms_of(set, "ouverture");
    g_assert_cmpstr(opening, ==, "PC LV 1.A 1.B 1.C");
    g_autofree char *complete = forms_of(set, "complet");
    g_assert_cmpstr(complete, ==,
                    "PC LV 1.A 1.B 1.C 1.D 1.E 2.A 3.A 3.B 4.A 4.B 4.C 4.D 4.E "
                    "5.A 5.B 5.C 6.A 6.B 6.C A.1 A.2 A.3 B.1");
    static const char *const opened[] = {"ouverture", "principal", "formation",
                                         "complet"};
    for (size_t i = 0; i < G_N_ELEMENTS(opened); i++) {
        g_autofree char *forms = forms_of(set, opened[i]);
        g_assert_true(g_str_has_prefix(forms, "PC LV 1.A 1.B 1.C"));
    }
    g_assert_null(lk_form_set_bundle(set, "lune"));
    g_autoptr(GPtrArray) names = lk_form_set_bundle_names(set);
    g_ptr_array_add(names, NULL);
    g_autofree char *all = g_strjoinv(" ", (char **)names->pdata);
    g_assert_cmpstr(all, ==,
                    "cloture complet enas formation ouverture principal reference");
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
