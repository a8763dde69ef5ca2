/* What a file holds. The office is made by tool-case; more is filed and decided here.
 */
#include "casework/casework.h"
#include "casework/timetable.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    char *dir;
    LkStore *store;
    LkShelf *shelf;
    LkCaseCode code;
} Fixture;

static void
set_up(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    f->dir = g_dir_make_tmp("lakana-casework-XXXXXX", &error);
    g_assert_no_error(error);
    g_autofree char *tool = g_build_filename(g_getenv("BUILD"), "tool-case", NULL);
    const char *argv[] = {tool, f->dir, NULL};
    g_autofree char *out = NULL;
    int status = 0;
    g_spawn_sync(NULL, (char **)argv, NULL, 0, NULL, NULL, &out, NULL, &status, &error);
    g_assert_no_error(error);
    g_assert_cmpint(status, ==, 0);
    g_assert_true(lk_case_code_parse(out, &f->code, &error));
    g_autofree char *office = g_build_filename(f->dir, "office", NULL);
    f->store = lk_store_open(office, &error);
    g_assert_no_error(error);
    f->shelf = lk_shelf_new(f->store);
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
    (void)unused;
    lk_shelf_free(f->shelf);
    lk_store_free(f->store);
    const char *argv[] = {"rm", "-rf", f->dir, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                 NULL, NULL);
    g_free(f->dir);
}

static LkCaseFile *
load(const Fixture *f)
{
    g_autoptr(GError) error = NULL;
    LkCaseFile *file = lk_case_file_load(f->store, f->shelf, &f->code, &error);
    g_assert_no_error(error);
    g_assert_nonnull(file);
    return file;
}

static const LkMainValue *
main_value(const LkCaseFile *file, const char *name)
{
    for (guint i = 0; i < file->main_values->len; i++) {
        const LkMainValue *value = &g_array_index(file->main_values, LkMainValue, i);
        if (strcmp(value->name, name) == 0) {
            return value;
        }
    }
    g_assert_not_reached();
}

static void
answer(const Fixture *f, const char *form, const char *copy, const char *field,
       const char *text)
{
    LkAnswer given = {.code = f->code,
                      .form = form,
                      .copy = copy,
                      .field = field,
                      .value = text,
                      .who = "agent7"};
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_case_answer(f->store, f->shelf, &given, &error));
    g_assert_no_error(error);
}

static void
assert_refused(const Fixture *f, const char *form, const char *field, const char *text,
               LkCaseError code)
{
    LkAnswer given = {
        .code = f->code, .form = form, .field = field, .value = text, .who = "agent7"};
    g_autoptr(GError) error = NULL;
    g_assert_false(lk_case_answer(f->store, f->shelf, &given, &error));
    g_assert_error(error, LK_CASE_ERROR, (int)code);
}

/* What may name somebody does not come by the command line, and a message does not
 * repeat it; from a file it is taken, and sealed. */
static void
assert_private(const Fixture *f, const char *field, const char *text)
{
    LkAnswer given = {
        .code = f->code, .form = "1.B", .field = field, .value = text, .who = "agent7"};
    g_autoptr(GError) error = NULL;
    g_assert_false(lk_case_answer(f->store, f->shelf, &given, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_PERSONAL);
    g_assert_null(strstr(error->message, text));
    g_clear_error(&error);
    given.private = true;
    g_assert_true(lk_case_answer(f->store, f->shelf, &given, &error));
    g_assert_no_error(error);
}

static const LkFileForm *
form_of(const LkCaseFile *file, const char *code)
{
    for (guint i = 0; i < file->forms->len; i++) {
        const LkFileForm *form = g_ptr_array_index(file->forms, i);
        if (strcmp(form->form, code) == 0) {
            return form;
        }
    }
    g_assert_not_reached();
}

static void
test_forms(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(LkCaseFile) file = load(f);
    g_assert_cmpuint(file->forms->len, ==, 4);
    const LkFileForm *form = g_ptr_array_index(file->forms, 0);
    g_assert_cmpstr(form->form, ==, "1.A");
    g_assert_cmpuint(g_array_index(form->copies, LkFileCopy, 0).present, ==, 0);
    form = form_of(file, "1.B");
    const LkFileCopy *copy = &g_array_index(form->copies, LkFileCopy, 0);
    g_assert_cmpint(copy->n_pages, ==, 5);
    g_assert_cmphex(copy->present, ==, 0xf); /* pages 1 to 4 of 5 */
    form = form_of(file, "5.A");
    g_assert_cmpuint(form->copies->len, ==, 2);
    g_assert_cmpint(g_array_index(form->copies, LkFileCopy, 1).number, ==, 2);
    g_assert_cmphex(g_array_index(form->copies, LkFileCopy, 1).present, ==, 0x1);
}

/* Files page 2 of a blank copy of 5.A with this file's label. */
static void
file_blank(const Fixture *f, const LkStoreReading *readings, size_t n_readings)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkCaseFile) before = load(f);
    const LkFileForm *form = form_of(before, "5.A");
    const LkFileCopy *known = &g_array_index(form->copies, LkFileCopy, 0);
    g_autofree char *json = lk_store_load_layout(f->store, known->layout, &error);
    LkStoreLayout layout = {known->layout, "5.A", known->n_pages, json};
    LkStoreOrder order = {.n_blank = 1, .forms = &layout, .n_forms = 1};
    g_autoptr(GArray) blanks = lk_store_issue(f->store, &order, &error);
    g_assert_no_error(error);
    const LkStoreCopy *blank = &g_array_index(blanks, LkStoreCopy, 0);

    LkStorePage page = {.index = 50,
                        .status = LK_PAGE_READ,
                        .known_by = LK_KNOWN_BY_LABEL,
                        .case_code = f->code,
                        .holds = true,
                        .reasons = "",
                        .readings = readings,
                        .n_readings = n_readings};
    page.id = (LkPageId){.page = 2, .case_code = blank->code};
    memcpy(page.id.form, blank->form, sizeof page.id.form);
    memcpy(page.id.layout, blank->layout, sizeof page.id.layout);
    memcpy(page.id.copy, blank->copy, sizeof page.id.copy);
    LkFiled filed;
    g_assert_true(lk_store_file_page(f->store, 1, &page, &filed, &error));
    g_assert_no_error(error);
}

/* A blank copy of 5.A with this file's label is its third follow-up. */
static void
test_blank_copy(Fixture *f, gconstpointer unused)
{
    (void)unused;
    file_blank(f, NULL, 0);
    g_autoptr(LkCaseFile) file = load(f);
    const LkFileForm *form = form_of(file, "5.A");
    g_assert_cmpuint(form->copies->len, ==, 3);
    const LkFileCopy *third = &g_array_index(form->copies, LkFileCopy, 2);
    g_assert_true(third->blank);
    g_assert_cmpint(third->number, ==, 3);
    g_assert_cmpint(third->n_pages, ==, 2);
    g_assert_cmphex(third->present, ==, 0x2);
}

/* 1.B faible, 1.C élevé, 5.A moyen, second 5.A unclear: the last one waits, and says so
 * instead of showing what was true before. */
static void
test_latest_waits(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(LkCaseFile) file = load(f);
    const LkMainValue *risk = main_value(file, "niveau_risque");
    g_assert_true(risk->waits);
    g_assert_null(risk->value);
    g_assert_cmpstr(risk->form, ==, "5.A");
    g_assert_cmpint(risk->number, ==, 2);
}

static void
test_latest_by_date(Fixture *f, gconstpointer unused)
{
    (void)unused;
    answer(f, "5.A", "2", "niveau_risque", "eleve");
    g_autoptr(LkCaseFile) by_number = load(f);
    g_assert_cmpstr(main_value(by_number, "niveau_risque")->value, ==, "eleve");

    /* The first copy turns out to have been filled in a day after the second. */
    answer(f, "5.A", "1", "date_suivi", "04/12/2026");
    answer(f, "5.A", "2", "date_suivi", "03/12/2026");
    g_autoptr(LkCaseFile) by_date = load(f);
    const LkMainValue *risk = main_value(by_date, "niveau_risque");
    g_assert_cmpstr(risk->value, ==, "moyen");
    g_assert_cmpstr(risk->text, ==, "Moyen");
    g_assert_cmpint(risk->number, ==, 1);
    g_assert_cmpstr(main_value(by_date, "date_suivi")->text, ==, "04/12/2026");
}

/* A later form that says nothing does not hide what an earlier one said. */
static void
test_empty_hides_nothing(Fixture *f, gconstpointer unused)
{
    (void)unused;
    answer(f, "5.A", "2", "niveau_risque", "");
    answer(f, "5.A", "1", "niveau_risque", "");
    g_autoptr(LkCaseFile) file = load(f);
    const LkMainValue *risk = main_value(file, "niveau_risque");
    g_assert_cmpstr(risk->value, ==, "eleve");
    g_assert_cmpstr(risk->form, ==, "1.C");
}

static guint
n_waits(const Fixture *f, LkWaitKind kind)
{
    g_autoptr(LkCaseFile) file = load(f);
    guint n = 0;
    for (guint i = 0; i < file->waits->len; i++) {
        n += ((const LkFileWait *)g_ptr_array_index(file->waits, i))->kind == kind;
    }
    return n;
}

static void
test_waits(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_assert_cmpuint(n_waits(f, LK_WAIT_MARK), ==, 1);
    g_assert_cmpuint(n_waits(f, LK_WAIT_TYPE), ==, 4);
    g_assert_cmpuint(n_waits(f, LK_WAIT_REQUIRED), ==, 1);
    answer(f, "5.A", "2", "niveau_risque", "moyen");
    answer(f, "1.B", NULL, "age", "9");
    answer(f, "1.C", NULL, "delai_respecte", "24h");
    g_assert_cmpuint(n_waits(f, LK_WAIT_MARK), ==, 0);
    g_assert_cmpuint(n_waits(f, LK_WAIT_TYPE), ==, 3);
    g_assert_cmpuint(n_waits(f, LK_WAIT_REQUIRED), ==, 0);
}

static void
test_dates(Fixture *f, gconstpointer unused)
{
    (void)unused;
    static const char *const good[][2] = {{"29/02/2028", "2028-02-29"},
                                          {"1/2/2026", "2026-02-01"},
                                          {"01022026", "2026-02-01"},
                                          {"2026-02-01", "2026-02-01"},
                                          {"01.02.2026", "2026-02-01"}};
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        answer(f, "1.B", NULL, "date_enregistrement", good[i][0]);
        g_autoptr(LkCaseFile) file = load(f);
        g_assert_cmpstr(main_value(file, "date_enregistrement")->value, ==, good[i][1]);
    }
    static const char *const bad[] = {"29/02/2026", "32/01/2026",  "01/13/2026",
                                      "01/01/26",   "aujourd'hui", "01/01/1026"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        assert_refused(f, "1.B", "date_enregistrement", bad[i], LK_CASE_ERROR_VALUE);
    }
}

static void
test_refused(Fixture *f, gconstpointer unused)
{
    (void)unused;
    assert_refused(f, "1.B", "sexe", "F,M", LK_CASE_ERROR_VALUE);
    assert_refused(f, "1.B", "sexe", "fille", LK_CASE_ERROR_VALUE);
    assert_private(f, "nom", "EXEMPLE FICTIF");
    assert_refused(f, "1.B", "nonsense", "1", LK_CASE_ERROR_FIELD);
    assert_refused(f, "1.A", "date_accord", "01/01/2026", LK_CASE_ERROR_FIELD);
    assert_refused(f, "5.A", "niveau_risque", "eleve", LK_CASE_ERROR_AMBIGUOUS);
}

/* --- Cover page and checklist. -----------------------------------------------------
 */

static LkPrefill *
prefill(const Fixture *f, const char *code, GDateDay day, GDateMonth month)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkFormSet) set = lk_form_set_load(NULL, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(LkFonts) fonts = lk_fonts_load(&error);
    g_assert_no_error(error);
    const LkForm *form = lk_form_set_lookup(set, code);
    g_autoptr(LkLayout) layout = lk_layout_new(form, fonts, &error);
    g_assert_no_error(error);
    GDate today;
    g_date_clear(&today, 1);
    g_date_set_dmy(&today, day, month, 2026);
    LkPrefill *made =
        lk_case_prefill(f->store, f->shelf, &f->code, form, layout, &today, &error);
    g_assert_no_error(error);
    return made;
}

#define assert_answer(made, field, row, wanted)                                        \
    g_assert_cmpstr(lk_prefill_get(made, field, row), ==, wanted)

/* 1.A not come back; 1.B lacks its last page; 1.C is complete; of two 5.A the second's
 * level of risk is unclear, and nothing is dated. */
static void
test_checklist_unsure(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(LkPrefill) made = prefill(f, "LV", 27, G_DATE_NOVEMBER);
    assert_answer(made, "niveau_risque", 0, NULL);
    assert_answer(made, "date_ouverture", 0, NULL);
    assert_answer(made, "etape", 0, "5");
    assert_answer(made, "formulaires.present", 1, NULL);
    assert_answer(made, "formulaires.present", 2, "oui");
    assert_answer(made, "formulaires.scanne", 2, NULL);
    assert_answer(made, "formulaires.scanne", 3, "oui");
    assert_answer(made, "formulaires.nombre", 14, "2");
    assert_answer(made, "formulaires.date", 3, NULL);
    assert_answer(made, "formulaires.signe", 3, NULL);
    assert_answer(made, "delais.tenu", 1, NULL); /* from when, till when? */
    const char *left = lk_prefill_get(made, "a_faire", 0);
    g_assert_nonnull(
        strstr(left, "Au 27/11/2026, pages manquantes\u00a0: 1.B p.\u00a05\u00a0; "
                     "5.A\u00a0(2) p.\u00a02.\n"));
    g_assert_nonnull(strstr(left, "faible (1.B), élevé (1.C), moyen (5.A).\n"));
    g_assert_nonnull(strstr(left,
                            "à relire\u00a0: 5.A\u00a0(2)\u00a01\u00a0; "
                            "à saisir\u00a0: 1.B\u00a02, 1.C\u00a01, 5.A\u00a01"));
    g_assert_nonnull(strstr(left, "obligatoires et vides\u00a0: 1.C\u00a01"));
    g_assert_nonnull(strstr(left, "À faire\u00a0: 1.A Accord au partage.\n"));
    g_assert_nonnull(strstr(left, "À faire\u00a0: 2.A Évaluation approfondie."));
}

static void
test_checklist_dated(Fixture *f, gconstpointer unused)
{
    (void)unused;
    answer(f, "1.B", NULL, "date_enregistrement", "02/10/2026");
    answer(f, "1.C", NULL, "date_evaluation", "04/10/2026"); /* a day late */
    answer(f, "5.A", "1", "date_suivi", "20/11/2026");
    answer(f, "5.A", "2", "date_suivi", "18/11/2026"); /* earlier than the first */
    answer(f, "5.A", "2", "niveau_risque", "eleve");
    g_autoptr(LkPrefill) made = prefill(f, "LV", 5, G_DATE_OCTOBER);
    assert_answer(made, "niveau_risque", 0, "moyen");
    assert_answer(made, "date_ouverture", 0, "2026-10-02");
    assert_answer(made, "formulaires.date", 14, "2026-11-20");
    assert_answer(made, "delais.tenu", 1, "non");
    assert_answer(made, "delais.date", 1, "2026-10-04");
    assert_answer(made, "delais.tenu", 2, "non"); /* high risk: the same day */
    assert_answer(made, "delais.tenu", 4, NULL);  /* no plan, no rhythm */
    assert_answer(made, "delais.date", 4, "2026-11-20");
    const char *left = lk_prefill_get(made, "a_faire", 0);
    g_assert_nonnull(strstr(left, "2.A Évaluation approfondie, au plus tard le "
                                  "04/10/2026 (1 jour de retard)."));
    answer(f, "1.C", NULL, "niveau_risque", "faible");
    g_autoptr(LkPrefill) low = prefill(f, "LV", 4, G_DATE_NOVEMBER);
    assert_answer(low, "delais.tenu", 2, NULL); /* the last day of a month */
    left = lk_prefill_get(low, "a_faire", 0);
    g_assert_nonnull(strstr(left, "2.A Évaluation approfondie, au plus tard le "
                                  "04/11/2026."));
    g_autoptr(LkPrefill) next = prefill(f, "LV", 5, G_DATE_NOVEMBER);
    assert_answer(next, "delais.tenu", 2, "non");
    answer(f, "1.C", NULL, "niveau_risque", "nul");
    g_autoptr(LkPrefill) none = prefill(f, "LV", 5, G_DATE_NOVEMBER);
    assert_answer(none, "delais.tenu", 2, "so");
}

/* The last three changes of level, with the dates of the forms that state them. */
static void
test_cover(Fixture *f, gconstpointer unused)
{
    (void)unused;
    answer(f, "1.B", NULL, "date_enregistrement", "02/10/2026");
    answer(f, "1.C", NULL, "date_evaluation", "03/10/2026");
    answer(f, "5.A", "1", "date_suivi", "20/11/2026");
    answer(f, "5.A", "2", "date_suivi", "25/11/2026");
    answer(f, "5.A", "2", "niveau_risque", "faible");
    g_autoptr(LkPrefill) made = prefill(f, "PC", 27, G_DATE_NOVEMBER);
    assert_answer(made, "statut", 0, "ouvert");
    assert_answer(made, "sections_dossier", 0, "1,5");
    assert_answer(made, "date_ouverture", 0, "2026-10-02");
    static const struct {
        const char *date, *level, *step;
    } rows[] = {{"2026-10-03", "eleve", "1"},
                {"2026-11-20", "moyen", "5"},
                {"2026-11-25", "faible", "5"}};
    for (int i = 0; i < (int)G_N_ELEMENTS(rows); i++) {
        assert_answer(made, "evolution.date", i + 1, rows[i].date);
        assert_answer(made, "evolution.risque", i + 1, rows[i].level);
        assert_answer(made, "evolution.etape", i + 1, rows[i].step);
    }
    assert_answer(made, "sensible", 0, NULL);
    assert_answer(made, "date_cloture", 0, NULL);
    assert_answer(made, "archive", 0, NULL);
}

/* A field that a template calls personal is not looked at, whatever its name. */
static void
test_personal(Fixture *f, gconstpointer unused)
{
    (void)unused;
    LkStoreReading staff = {.field = "gestionnaire",
                            .value = "AB99",
                            .status = LK_VALUE_OK,
                            .confidence = 1,
                            .source = LK_SOURCE_COMB,
                            .written = true,
                            .printed = true};
    LkStoreReading named = staff;
    named.field = "superviseur";
    named.personal = true;
    const LkStoreReading readings[] = {staff, named};
    file_blank(f, readings, G_N_ELEMENTS(readings));
    g_autoptr(LkPrefill) made = prefill(f, "PC", 27, G_DATE_NOVEMBER);
    assert_answer(made, "gestionnaire", 0, "AB99");
    assert_answer(made, "superviseur", 0, NULL);
}

static void
test_prefill_unknown(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_autoptr(LkFormSet) set = lk_form_set_load(NULL, NULL, &error);
    const LkForm *form = lk_form_set_lookup(set, "PC");
    g_autoptr(LkFonts) fonts = lk_fonts_load(&error);
    g_autoptr(LkLayout) layout = lk_layout_new(form, fonts, &error);
    g_assert_no_error(error);
    GDate today;
    g_date_clear(&today, 1);
    g_date_set_dmy(&today, 27, G_DATE_NOVEMBER, 2026);
    LkCaseCode other;
    g_assert_true(lk_case_code_new("GAO", &other, &error));
    g_assert_null(
        lk_case_prefill(f->store, f->shelf, &other, form, layout, &today, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN);
}

/* Every delay of the timetable, from a day whose month is followed by a shorter one. */
static void
test_timetable(void)
{
    static const struct {
        LkStep step;
        const char *level, *due;
    } cases[] = {
        {LK_STEP_FIRST, "eleve", "2027-01-31"},
        {LK_STEP_FIRST, "faible", "2027-02-01"},
        {LK_STEP_ASSESSMENT, "eleve", "2027-01-31"},
        {LK_STEP_ASSESSMENT, "moyen", "2027-02-07"},
        {LK_STEP_ASSESSMENT, "faible", "2027-02-28"},
        {LK_STEP_ASSESSMENT, "nul", NULL},
        {LK_STEP_PLAN, "eleve", "2027-02-03"},
        {LK_STEP_PLAN, "faible", "2027-02-14"},
        {LK_STEP_FOLLOW_UP, "eleve", "2027-02-04"},
        {LK_STEP_FOLLOW_UP, "moyen", "2027-02-07"},
        {LK_STEP_REVIEW, "moyen", "2027-03-31"},
        {LK_STEP_VISIT, "nul", "2027-04-30"},
        {LK_STEP_PLAN, "grave", NULL},
        {LK_STEP_PLAN, NULL, NULL},
    };
    GDate from;
    g_date_clear(&from, 1);
    g_date_set_dmy(&from, 31, G_DATE_JANUARY, 2027);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GDate due;
        char text[16] = "";
        bool has = lk_step_due(cases[i].step, cases[i].level, &from, &due);
        g_assert_cmpint(has, ==, cases[i].due != NULL);
        if (has) {
            g_date_strftime(text, sizeof text, "%Y-%m-%d", &due);
            g_assert_cmpstr(text, ==, cases[i].due);
        }
    }
}

#define ADD(path, test) g_test_add(path, Fixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/casework/checklist/unsure", test_checklist_unsure);
    ADD("/casework/checklist/dated", test_checklist_dated);
    ADD("/casework/cover", test_cover);
    ADD("/casework/prefill-personal", test_personal);
    ADD("/casework/prefill-unknown-case", test_prefill_unknown);
    g_test_add_func("/casework/timetable", test_timetable);
    ADD("/casework/forms", test_forms);
    ADD("/casework/blank-copy", test_blank_copy);
    ADD("/casework/latest/waits", test_latest_waits);
    ADD("/casework/latest/by-date", test_latest_by_date);
    ADD("/casework/latest/empty-hides-nothing", test_empty_hides_nothing);
    ADD("/casework/waits", test_waits);
    ADD("/casework/answer/dates", test_dates);
    ADD("/casework/answer/refused", test_refused);
    return g_test_run();
}
