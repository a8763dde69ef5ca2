/* tool-case DIR [contradiction]: an office with one case file, some of its pages filed
 * by hand, for the tests of what is shown. Prints the case code. EXEMPLE FICTIF.
 *
 * 1.A printed, not come back; 1.B all pages but the last; 1.C complete; 5.A twice, the
 * first complete, the second with its first page, whose risk level is unclear.
 * With `contradiction`, 1.C is printed with a box for the sex of its own, and says M.
 */
#include "form/form.h"
#include "store/store.h"

#include "tests/files/office.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_FORMS 5

static void
stop_on(GError *error)
{
    if (error != NULL) {
        fprintf(stderr, "tool-case: %s\n", error->message);
        exit(1);
    }
}

/* The 1.C of the program with one more field, in a folder of its own. */
static char *
write_template(const char *dir)
{
    GError *error = NULL;
    g_autofree char *templates = lk_data_path("templates", &error);
    stop_on(error);
    g_autofree char *from =
        g_build_filename(templates, "1c-evaluation-initiale.yaml", NULL);
    g_autofree char *text = NULL;
    g_file_get_contents(from, &text, NULL, &error);
    stop_on(error);
    char *fields = strstr(text, "    fields:\n");
    g_assert_nonnull(fields);
    g_autofree char *changed =
        g_strdup_printf("%.*s    fields:\n      - id: sexe\n        label: \"Sexe\"\n"
                        "        type: choice\n        lookup: sexe\n%s",
                        (int)(fields - text), text, fields + strlen("    fields:\n"));
    char *path = g_build_filename(dir, "1c.yaml", NULL);
    g_file_set_contents(path, changed, -1, &error);
    stop_on(error);
    return path;
}

static LkLayout *
layout_of(const LkFormSet *set, const LkFonts *fonts, const char *code)
{
    GError *error = NULL;
    const LkForm *form = lk_form_set_lookup(set, code);
    g_assert_nonnull(form);
    LkLayout *layout = lk_layout_new(form, fonts, &error);
    stop_on(error);
    return layout;
}

typedef struct {
    LkStore *store;
    gint64 scan;
    int index; /* of the next page in the scan */
} Desk;

static void
file_page(Desk *desk, const LkStoreCopy *copy, int number,
          const LkStoreReading *readings, size_t n, const char *required)
{
    GError *error = NULL;
    LkStoreItem item = {LK_WAIT_REQUIRED, required, 0};
    bool unsure = false;
    for (size_t i = 0; i < n; i++) {
        unsure = unsure || readings[i].status == LK_VALUE_REVIEW;
    }
    LkStorePage page = {.index = desk->index++,
                        .status = unsure ? LK_PAGE_REVIEW : LK_PAGE_READ,
                        .known_by = LK_KNOWN_BY_QR,
                        .case_code = copy->code,
                        .holds = true,
                        .reasons = unsure ? "unsure-marks" : "",
                        .readings = readings,
                        .n_readings = n,
                        .items = &item,
                        .n_items = required != NULL ? 1 : 0};
    page.id.case_code = copy->code;
    page.id.page = number;
    memcpy(page.id.form, copy->form, sizeof page.id.form);
    memcpy(page.id.layout, copy->layout, sizeof page.id.layout);
    memcpy(page.id.copy, copy->copy, sizeof page.id.copy);
    LkFiled filed;
    (void)!lk_store_file_page(desk->store, desk->scan, &page, &filed, &error);
    stop_on(error);
}

static LkStoreReading
mark(const char *field, const char *value, const char *options)
{
    return (LkStoreReading){field,          0,     value, options, LK_VALUE_OK, 0.99,
                            LK_SOURCE_MARK, false, false, false};
}

static LkStoreReading
comb(const char *field, bool written)
{
    return (LkStoreReading){.field = field,
                            .status = written ? LK_VALUE_TO_TYPE : LK_VALUE_OK,
                            .confidence = 0.9,
                            .source = LK_SOURCE_COMB,
                            .written = written};
}

static void
file_1b(Desk *desk, const LkStoreCopy *copy)
{
    const LkStoreReading first[] = {
        comb("date_enregistrement", true),
        mark("sexe", "F", "{\"F\":true,\"M\":false}"),
        comb("age", true),
        {.field = "nom",
         .confidence = 0.9,
         .source = LK_SOURCE_TEXT,
         .written = true,
         .personal = true},
        {.field = "sensible", /* a box may be personal, too */
         .value = "oui",
         .options = "{\"oui\":true}",
         .confidence = 0.9,
         .personal = true},
    };
    const LkStoreReading second[] = {
        mark("risque_percu", "faible",
             "{\"eleve\":false,\"moyen\":false,\"faible\":true}"),
    };
    file_page(desk, copy, 1, first, G_N_ELEMENTS(first), NULL);
    file_page(desk, copy, 2, second, G_N_ELEMENTS(second), NULL);
    for (int number = 3; number < copy->n_pages; number++) {
        file_page(desk, copy, number, NULL, 0, NULL);
    }
}

static void
file_1c(Desk *desk, const LkStoreCopy *copy, bool contradiction)
{
    const LkStoreReading first[] = {
        comb("date_evaluation", true),
        mark("delai_respecte", NULL,
             "{\"immediat\":false,\"24h\":false,\"retard\":false}"),
        mark("probleme_principal", "mendicite", "{\"mendicite\":true}"),
        mark("niveau_risque", "eleve",
             "{\"eleve\":true,\"moyen\":false,\"faible\":false}"),
        mark("sexe", "M", "{\"F\":false,\"M\":true}"), /* last: left out or not */
    };
    file_page(desk, copy, 1, first, G_N_ELEMENTS(first) - (contradiction ? 0 : 1),
              "delai_respecte");
    for (int number = 2; number <= copy->n_pages; number++) {
        file_page(desk, copy, number, NULL, 0, NULL);
    }
}

static void
file_5a(Desk *desk, const LkStoreCopy *copies)
{
    const LkStoreReading first[] = {
        comb("date_suivi", true),
        mark("niveau_risque", "moyen",
             "{\"eleve\":false,\"moyen\":true,\"faible\":false}"),
    };
    LkStoreReading second[] = {
        comb("date_suivi", false),
        mark("niveau_risque", NULL, "{\"eleve\":true,\"moyen\":true,\"faible\":false}"),
    };
    second[1].status = LK_VALUE_REVIEW;
    second[1].confidence = 0.5;
    for (int number = 1; number <= copies[0].n_pages; number++) {
        file_page(desk, &copies[0], number, first,
                  number == 1 ? G_N_ELEMENTS(first) : 0, NULL);
    }
    file_page(desk, &copies[1], 1, second, G_N_ELEMENTS(second), NULL);
}

static GArray *
issue(LkStore *store, const char *dir, bool contradiction)
{
    GError *error = NULL;
    g_autoptr(LkFormSet) set = lk_form_set_load(NULL, NULL, &error);
    stop_on(error);
    g_autoptr(LkFonts) fonts = lk_fonts_load(&error);
    stop_on(error);
    g_autofree char *path = contradiction ? write_template(dir) : NULL;
    const char *const files[] = {path, NULL};
    g_autoptr(LkFormSet) other =
        contradiction ? lk_form_set_load_files(files, NULL, &error) : NULL;
    stop_on(error);
    static const char *const codes[N_FORMS] = {"1.A", "1.B", "1.C", "5.A", "5.A"};
    LkStoreLayout forms[N_FORMS];
    LkLayout *layouts[N_FORMS];
    char *json[N_FORMS];
    for (int i = 0; i < N_FORMS; i++) {
        bool changed = contradiction && strcmp(codes[i], "1.C") == 0;
        layouts[i] = layout_of(changed ? other : set, fonts, codes[i]);
        json[i] = lk_layout_to_json(layouts[i]);
        forms[i] = (LkStoreLayout){layouts[i]->id, layouts[i]->form,
                                   (int)layouts[i]->pages->len, json[i]};
    }
    LkStoreOrder order = {.n_new = 1, .forms = forms, .n_forms = N_FORMS};
    GArray *copies = lk_store_issue(store, &order, &error);
    stop_on(error);
    for (int i = 0; i < N_FORMS; i++) {
        lk_layout_free(layouts[i]);
        g_free(json[i]);
    }
    return copies;
}

int
main(int argc, char **argv)
{
    GError *error = NULL;
    if (argc < 2) {
        return 2;
    }
    bool contradiction = argc > 2;
    g_autofree char *office = g_build_filename(argv[1], "office", NULL);
    office_init(office, "MOP", "DRPFEF Mopti (EXEMPLE FICTIF)");
    g_autofree char *words = g_strconcat(office, ".words", NULL);
    office_write_words(words);
    stop_on(error);
    g_autoptr(LkStore) store = lk_store_open(office, &error);
    stop_on(error);
    g_autoptr(GArray) copies = issue(store, argv[1], contradiction);
    g_autofree char *path = g_build_filename(argv[1], "scan", NULL);
    g_file_set_contents(path, "EXEMPLE FICTIF", -1, &error);
    stop_on(error);
    g_auto(LkStoreScan) scan = {0};
    (void)!lk_store_scan_begin(store, path, &scan, &error);
    stop_on(error);
    Desk desk = {store, scan.id, 0};
    const LkStoreCopy *copy = &g_array_index(copies, LkStoreCopy, 0);
    file_1b(&desk, copy + 1);
    file_1c(&desk, copy + 2, contradiction);
    file_5a(&desk, copy + 3);
    (void)!lk_store_scan_done(store, scan.id, desk.index, &error);
    stop_on(error);
    g_autofree char *code = lk_case_code_format(&copy->code);
    puts(code);
    return 0;
}
