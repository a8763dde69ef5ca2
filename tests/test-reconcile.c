/* Fields from boxes, by the form's own rules; judged case by case in tables. */
#include "pipeline/reconcile.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* --- A small form made by hand: two pages. -----------------------------------------
 */

typedef struct {
    LkLayout layout;
    GPtrArray *readings; /* LkReading, one a page */
    LkPrefill *prefill;  /* what was printed into the copy, or NULL */
} Fixture;

static void
free_option(gpointer data)
{
    g_free(((LkOption *)data)->value);
    g_free(data);
}

static void
free_field(gpointer data)
{
    LkLayoutField *field = data;
    g_free(field->name);
    g_free(field->label);
    g_free(field->required_if);
    g_ptr_array_unref(field->options);
    g_free(field);
}

static void
free_page(gpointer data)
{
    LkLayoutPage *page = data;
    g_array_unref(page->boxes);
    g_array_unref(page->cells);
    g_array_unref(page->writing);
    g_free(page);
}

static void
free_reading(gpointer data)
{
    LkReading *reading = data;
    g_array_unref(reading->boxes);
    g_array_unref(reading->cells);
    g_array_unref(reading->writing);
    g_free(reading);
}

static void
add_page(Fixture *f)
{
    LkLayoutPage *page = g_new0(LkLayoutPage, 1);
    page->number = (int)f->layout.pages->len + 1;
    page->boxes = g_array_new(FALSE, TRUE, sizeof(LkBox));
    page->cells = g_array_new(FALSE, TRUE, sizeof(LkCell));
    page->writing = g_array_new(FALSE, TRUE, sizeof(LkWriting));
    g_ptr_array_add(f->layout.pages, page);
    LkReading *reading = g_new0(LkReading, 1);
    reading->boxes = g_array_new(FALSE, TRUE, sizeof(LkBoxReading));
    reading->cells = g_array_new(FALSE, TRUE, sizeof(LkInkReading));
    reading->writing = g_array_new(FALSE, TRUE, sizeof(LkInkReading));
    g_ptr_array_add(f->readings, reading);
}

static LkLayoutPage *
last_page(Fixture *f)
{
    return g_ptr_array_index(f->layout.pages, f->layout.pages->len - 1);
}

static LkReading *
last_reading(Fixture *f)
{
    return g_ptr_array_index(f->readings, f->readings->len - 1);
}

static void
add_boxes(Fixture *f, int field, int row, int n)
{
    LkBoxReading empty = {LK_MARK_EMPTY, 0, 0.99};
    for (int option = 0; option < n; option++) {
        LkBox box = {.field = field, .row = row, .option = option};
        g_array_append_val(last_page(f)->boxes, box);
        g_array_append_val(last_reading(f)->boxes, empty);
    }
}

static void
add_inks(Fixture *f, int field, LkFieldType type)
{
    LkInkReading ink = {0};
    if (type == LK_FIELD_TEXT) {
        LkWriting area = {.field = field};
        g_array_append_val(last_page(f)->writing, area);
        g_array_append_val(last_reading(f)->writing, ink);
        return;
    }
    for (int i = 0; i < 3; i++) {
        LkCell cell = {.field = field, .index = i};
        g_array_append_val(last_page(f)->cells, cell);
        g_array_append_val(last_reading(f)->cells, ink);
    }
}

typedef struct {
    const char *name;
    LkFieldType type;
    const char *options; /* joined by commas, or NULL */
    int rows;
    bool required;
    const char *required_if;
    bool pii, preprinted;
    int page;
} Spec;

static const Spec specs[] = {
    {"code_dossier", LK_FIELD_CODE, NULL, 0, true, NULL, false, true, 1},
    {"sexe", LK_FIELD_CHOICE, "f,m", 0, true, NULL, false, false, 1},
    {"documents", LK_FIELD_MULTI, "acte,carte,aucun", 0, false, NULL, false, false, 1},
    {"accord", LK_FIELD_CHECK, "oui", 0, false, NULL, false, false, 1},
    {"besoins.delai", LK_FIELD_CHOICE, "24h,7j", 2, true, NULL, false, false, 1},
    {"nom", LK_FIELD_TEXT, NULL, 0, true, NULL, true, false, 1},
    {"date_visite", LK_FIELD_DATE, NULL, 0, true, NULL, false, false, 1},
    {"urgence", LK_FIELD_CHOICE, "oui,non", 0, false, NULL, false, false, 1},
    {"types_urgence", LK_FIELD_MULTI, "soins,abri", 0, false, "urgence=oui", false,
     false, 2},
    {"temoin", LK_FIELD_TEXT, NULL, 0, false, "documents=carte", true, false, 1},
};

static void
set_up(Fixture *f, gconstpointer unused)
{
    (void)unused;
    f->layout.fields = g_ptr_array_new_with_free_func(free_field);
    f->layout.pages = g_ptr_array_new_with_free_func(free_page);
    f->readings = g_ptr_array_new_with_free_func(free_reading);
    add_page(f);
    for (int page = 1; page <= 2; page++) {
        if (page == 2) {
            add_page(f);
        }
        for (int i = 0; i < (int)G_N_ELEMENTS(specs); i++) {
            const Spec *spec = &specs[i];
            if (spec->page != page) {
                continue;
            }
            for (int row = spec->rows > 0 ? 1 : 0; row <= spec->rows; row++) {
                if (spec->options != NULL) {
                    g_auto(GStrv) values = g_strsplit(spec->options, ",", -1);
                    add_boxes(f, i, row, (int)g_strv_length(values));
                } else {
                    add_inks(f, i, spec->type);
                }
            }
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(specs); i++) {
        const Spec *spec = &specs[i];
        LkLayoutField *field = g_new0(LkLayoutField, 1);
        field->name = g_strdup(spec->name);
        field->label = g_strdup_printf("Label of %s", spec->name);
        field->type = spec->type;
        field->required = spec->required;
        field->required_if = g_strdup(spec->required_if);
        field->pii = spec->pii;
        field->preprinted = spec->preprinted;
        field->rows = spec->rows;
        field->length = spec->type == LK_FIELD_DATE ? 8 : 0; /* three are on the page */
        field->options = g_ptr_array_new_with_free_func(free_option);
        g_auto(GStrv) values = g_strsplit(spec->options ? spec->options : "", ",", -1);
        for (char **value = values; *value != NULL; value++) {
            LkOption *option = g_new0(LkOption, 1);
            option->value = g_strdup(*value);
            g_ptr_array_add(field->options, option);
        }
        g_ptr_array_add(f->layout.fields, field);
    }
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_ptr_array_unref(f->readings);
    g_ptr_array_unref(f->layout.pages);
    g_ptr_array_unref(f->layout.fields);
    lk_prefill_free(f->prefill);
}

/* Sets the boxes of @name in @row, one letter a box: e empty, m marked, b blackened,
 * u unsure. */
static void
mark(Fixture *f, int page_number, const char *name, int row, const char *states)
{
    const LkLayoutPage *page = g_ptr_array_index(f->layout.pages, page_number - 1);
    LkReading *reading = g_ptr_array_index(f->readings, page_number - 1);
    for (guint i = 0; i < page->boxes->len; i++) {
        const LkBox *box = &g_array_index(page->boxes, LkBox, i);
        if (strcmp(specs[box->field].name, name) == 0 && box->row == row) {
            LkBoxReading *to = &g_array_index(reading->boxes, LkBoxReading, i);
            const char *at = strchr("emub", states[box->option]);
            g_assert_nonnull(at);
            to->state = (LkMarkState)(at - "emub");
            to->confidence = to->state == LK_MARK_UNSURE ? 0.5 : 0.97;
        }
    }
}

static void
write_comb(Fixture *f, const char *name)
{
    const LkLayoutPage *page = g_ptr_array_index(f->layout.pages, 0);
    LkReading *reading = g_ptr_array_index(f->readings, 0);
    for (guint i = 0; i < page->cells->len; i++) {
        const LkCell *cell = &g_array_index(page->cells, LkCell, i);
        if (strcmp(specs[cell->field].name, name) == 0 && cell->index == 1) {
            g_array_index(reading->cells, LkInkReading, i).written = true;
        }
    }
}

static LkFields *
fields_of(Fixture *f, int page, const char *code)
{
    LkPageId id = {.form = "1.B", .page = page};
    g_strlcpy(id.case_code.text, code, sizeof id.case_code.text);
    return lk_fields_new(&f->layout, g_ptr_array_index(f->layout.pages, page - 1),
                         g_ptr_array_index(f->readings, page - 1), &id, f->prefill);
}

static const LkStoreReading *
find(const LkFields *fields, const char *name, int row)
{
    for (guint i = 0; i < fields->readings->len; i++) {
        const LkStoreReading *r = &g_array_index(fields->readings, LkStoreReading, i);
        if (strcmp(r->field, name) == 0 && r->row == row) {
            return r;
        }
    }
    g_assert_not_reached();
}

/* --- Boxes. -------------------------------------------------------------------------
 */

static const struct {
    const char *field, *states;
    const char *value, *options;
    LkValueStatus status;
    LkConcern concern; /* LK_CONCERN_N: none */
} judgements[] = {
    {"sexe", "ee", NULL, "{\"f\":false,\"m\":false}", LK_VALUE_OK, LK_CONCERN_N},
    {"sexe", "me", "f", "{\"f\":true,\"m\":false}", LK_VALUE_OK, LK_CONCERN_N},
    {"sexe", "em", "m", "{\"f\":false,\"m\":true}", LK_VALUE_OK, LK_CONCERN_N},
    {"sexe", "mm", NULL, "{\"f\":true,\"m\":true}", LK_VALUE_REVIEW,
     LK_CONCERN_TWO_MARKS},
    {"sexe", "bm", "m", "{\"f\":false,\"m\":true}", LK_VALUE_REVIEW,
     LK_CONCERN_CORRECTION},
    {"sexe", "be", NULL, "{\"f\":false,\"m\":false}", LK_VALUE_REVIEW,
     LK_CONCERN_CANCELLED},
    {"sexe", "bb", NULL, "{\"f\":false,\"m\":false}", LK_VALUE_REVIEW,
     LK_CONCERN_CANCELLED},
    {"sexe", "mu", "f", "{\"f\":true,\"m\":true}", LK_VALUE_REVIEW, LK_CONCERN_UNSURE},
    {"sexe", "ue", "f", "{\"f\":true,\"m\":false}", LK_VALUE_REVIEW, LK_CONCERN_UNSURE},
    {"sexe", "uu", NULL, "{\"f\":true,\"m\":true}", LK_VALUE_REVIEW, LK_CONCERN_UNSURE},
    {"sexe", "bu", "m", "{\"f\":false,\"m\":true}", LK_VALUE_REVIEW, LK_CONCERN_UNSURE},
    {"documents", "mem", "acte,aucun", "{\"acte\":true,\"carte\":false,\"aucun\":true}",
     LK_VALUE_OK, LK_CONCERN_N},
    {"documents", "eee", NULL, "{\"acte\":false,\"carte\":false,\"aucun\":false}",
     LK_VALUE_OK, LK_CONCERN_N},
    {"documents", "mue", "acte", "{\"acte\":true,\"carte\":true,\"aucun\":false}",
     LK_VALUE_REVIEW, LK_CONCERN_UNSURE},
    {"documents", "mbe", "acte", "{\"acte\":true,\"carte\":false,\"aucun\":false}",
     LK_VALUE_REVIEW, LK_CONCERN_CORRECTION},
    {"accord", "m", "oui", "{\"oui\":true}", LK_VALUE_OK, LK_CONCERN_N},
    {"accord", "e", NULL, "{\"oui\":false}", LK_VALUE_OK, LK_CONCERN_N},
    {"accord", "b", NULL, "{\"oui\":false}", LK_VALUE_REVIEW, LK_CONCERN_CANCELLED},
    {"accord", "u", "oui", "{\"oui\":true}", LK_VALUE_REVIEW, LK_CONCERN_UNSURE},
};

static void
test_boxes(Fixture *f, gconstpointer unused)
{
    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(judgements); i++) {
        mark(f, 1, "sexe", 0, "me");
        mark(f, 1, "documents", 0, "eee");
        mark(f, 1, "accord", 0, "e");
        mark(f, 1, judgements[i].field, 0, judgements[i].states);
        g_autoptr(LkFields) fields = fields_of(f, 1, "MOP482190736629");
        const LkStoreReading *got = find(fields, judgements[i].field, 0);
        g_test_message("%s %s", judgements[i].field, judgements[i].states);
        g_assert_cmpstr(got->value, ==, judgements[i].value);
        g_assert_cmpstr(got->options, ==, judgements[i].options);
        g_assert_cmpint(got->status, ==, judgements[i].status);
        g_assert_cmpint(got->source, ==, LK_SOURCE_MARK);
        g_assert_cmpint(fields->review, ==, judgements[i].status == LK_VALUE_REVIEW);
        for (int c = 0; c < LK_CONCERN_N; c++) {
            g_assert_cmpuint(fields->concerns[c]->len, ==,
                             c == (int)judgements[i].concern ? 1 : 0);
        }
    }
}

/* A field is as certain as its least certain box. */
static void
test_confidence(Fixture *f, gconstpointer unused)
{
    (void)unused;
    mark(f, 1, "documents", 0, "mue");
    g_autoptr(LkFields) fields = fields_of(f, 1, "MOP482190736629");
    g_assert_cmpfloat(find(fields, "documents", 0)->confidence, ==, 0.5);
    g_assert_cmpfloat(find(fields, "sexe", 0)->confidence, ==, 0.99);
}

/* Rows are answers of their own: the doubt of one does not touch the other. */
static void
test_rows(Fixture *f, gconstpointer unused)
{
    (void)unused;
    mark(f, 1, "besoins.delai", 1, "mm");
    mark(f, 1, "besoins.delai", 2, "em");
    g_autoptr(LkFields) fields = fields_of(f, 1, "MOP482190736629");
    g_assert_cmpint(find(fields, "besoins.delai", 1)->status, ==, LK_VALUE_REVIEW);
    g_assert_cmpstr(find(fields, "besoins.delai", 2)->value, ==, "7j");
    g_assert_cmpint(find(fields, "besoins.delai", 2)->status, ==, LK_VALUE_OK);
    g_autofree char *text =
        lk_concern_text(LK_CONCERN_TWO_MARKS, fields->concerns[LK_CONCERN_TWO_MARKS]);
    g_assert_nonnull(strstr(text, "Label of besoins.delai"));
    g_assert_nonnull(strstr(text, "1"));
}

/* --- Combs and writing. -------------------------------------------------------------
 */

static void
test_combs(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(LkFields) before = fields_of(f, 1, "MOP482190736629");
    g_assert_cmpint(find(before, "date_visite", 0)->status, ==, LK_VALUE_OK);
    g_assert_false(find(before, "date_visite", 0)->written);
    write_comb(f, "date_visite");
    g_autoptr(LkFields) after = fields_of(f, 1, "MOP482190736629");
    const LkStoreReading *got = find(after, "date_visite", 0);
    g_assert_cmpint(got->status, ==, LK_VALUE_TO_TYPE);
    g_assert_true(got->written);
    g_assert_null(got->value);
    g_assert_cmpint(got->source, ==, LK_SOURCE_COMB);
    g_assert_false(after->review); /* typing is work, not doubt */
}

static void
test_preprinted(Fixture *f, gconstpointer unused)
{
    (void)unused;
    write_comb(f, "code_dossier"); /* our own print */
    g_autoptr(LkFields) fields = fields_of(f, 1, "MOP482190736629");
    g_assert_cmpstr(find(fields, "code_dossier", 0)->value, ==, "MOP-48219-07366-29");
    g_assert_cmpint(find(fields, "code_dossier", 0)->status, ==, LK_VALUE_OK);
    g_autoptr(LkFields) blank = fields_of(f, 1, "BLK123456789012");
    g_assert_cmpint(find(blank, "code_dossier", 0)->status, ==, LK_VALUE_TO_TYPE);
    g_assert_null(find(blank, "code_dossier", 0)->value);
    /* On a page kept apart dots stand in the comb: nothing to be typed. */
    ((LkLayoutPage *)g_ptr_array_index(f->layout.pages, 0))->separable = true;
    g_autoptr(LkFields) apart = fields_of(f, 1, "BLK123456789012");
    g_assert_cmpint(find(apart, "code_dossier", 0)->status, ==, LK_VALUE_OK);
    g_assert_false(find(apart, "code_dossier", 0)->written);
    g_autoptr(LkFields) filed = fields_of(f, 1, "MOP482190736629");
    g_assert_cmpstr(find(filed, "code_dossier", 0)->value, ==, "MOP-48219-07366-29");
}

/* What names a person is only ever "written" or not. */
static void
test_personal(Fixture *f, gconstpointer unused)
{
    (void)unused;
    LkReading *reading = g_ptr_array_index(f->readings, 0);
    g_array_index(reading->writing, LkInkReading, 0).written = true;
    g_autoptr(LkFields) fields = fields_of(f, 1, "MOP482190736629");
    const LkStoreReading *got = find(fields, "nom", 0);
    g_assert_true(got->personal);
    g_assert_true(got->written);
    g_assert_null(got->value);
    g_assert_null(got->options);
    g_assert_cmpint(got->status, ==, LK_VALUE_OK);
    g_assert_false(find(fields, "sexe", 0)->personal);
}

/* --- What the form requires. --------------------------------------------------------
 */

static char *
required_names(const LkFields *fields)
{
    GString *names = g_string_new(NULL);
    for (guint i = 0; i < fields->items->len; i++) {
        const LkStoreItem *item = &g_array_index(fields->items, LkStoreItem, i);
        g_assert_cmpint(item->kind, ==, LK_WAIT_REQUIRED);
        g_string_append_printf(names, "%s%s", names->len > 0 ? " " : "", item->field);
    }
    return g_string_free(names, FALSE);
}

static void
assert_required(Fixture *f, int page, const LkKnownField *others, size_t n,
                const char *expected)
{
    g_autoptr(LkFields) fields = fields_of(f, page, "MOP482190736629");
    lk_fields_require(fields, &f->layout, others, n);
    g_autofree char *names = required_names(fields);
    g_assert_cmpstr(names, ==, expected);
}

static void
test_required(Fixture *f, gconstpointer unused)
{
    (void)unused;
    /* The code is our own print: never required of anybody. */
    assert_required(f, 1, NULL, 0, "sexe besoins.delai nom date_visite");
    mark(f, 1, "besoins.delai", 2, "me"); /* one row is enough */
    write_comb(f, "date_visite");
    mark(f, 1, "sexe", 0, "mm"); /* in doubt is not empty */
    assert_required(f, 1, NULL, 0, "nom");
}

static void
test_condition_same_page(Fixture *f, gconstpointer unused)
{
    (void)unused;
    mark(f, 1, "sexe", 0, "me");
    mark(f, 1, "besoins.delai", 1, "me");
    write_comb(f, "date_visite");
    mark(f, 1, "documents", 0, "mme"); /* acte and carte: a witness is asked for */
    assert_required(f, 1, NULL, 0, "nom temoin");
    mark(f, 1, "documents", 0, "mue"); /* carte in doubt: nothing asked yet */
    assert_required(f, 1, NULL, 0, "nom");
}

/* Condition on page 1, field on page 2: asked for when the second page arrives, and
 * only then, whichever that is. */
static void
test_condition_two_pages(Fixture *f, gconstpointer unused)
{
    (void)unused;
    const LkKnownField yes = {"urgence", "oui", LK_VALUE_OK, LK_SOURCE_MARK, false};
    const LkKnownField no = {"urgence", "non", LK_VALUE_OK, LK_SOURCE_MARK, false};
    const LkKnownField doubt = {"urgence", "oui", LK_VALUE_REVIEW, LK_SOURCE_MARK,
                                false};
    assert_required(f, 2, NULL, 0, "");
    assert_required(f, 2, &yes, 1, "types_urgence");
    assert_required(f, 2, &no, 1, "");
    assert_required(f, 2, &doubt, 1, "");
    mark(f, 2, "types_urgence", 0, "em");
    assert_required(f, 2, &yes, 1, "");

    const LkKnownField empty = {"types_urgence", NULL, LK_VALUE_OK, LK_SOURCE_MARK,
                                false};
    const LkKnownField given = {"types_urgence", "abri", LK_VALUE_OK, LK_SOURCE_MARK,
                                false};
    mark(f, 1, "urgence", 0, "me");
    const char *always = "sexe besoins.delai nom date_visite";
    g_autofree char *more = g_strconcat(always, " types_urgence", NULL);
    assert_required(f, 1, NULL, 0, always);
    assert_required(f, 1, &empty, 1, more);
    assert_required(f, 1, &given, 1, always);
}

/* --- What we printed. ---------------------------------------------------------------
 */

/* A mark of ours is known, and no news: it can be confirmed, cancelled, or gone. */
static const struct {
    const char *field, *printed, *states;
    const char *value, *options;
    LkValueStatus status;
    LkConcern concern;
} printed_boxes[] = {
    {"sexe", "f", "me", "f", "{\"f\":true,\"m\":false}", LK_VALUE_OK, LK_CONCERN_N},
    {"sexe", "f", "be", NULL, "{\"f\":false,\"m\":false}", LK_VALUE_OK, LK_CONCERN_N},
    {"sexe", "f", "bm", "m", "{\"f\":false,\"m\":true}", LK_VALUE_OK, LK_CONCERN_N},
    {"sexe", "f", "ee", NULL, "{\"f\":false,\"m\":false}", LK_VALUE_REVIEW,
     LK_CONCERN_GONE},
    {"sexe", "f", "em", "m", "{\"f\":false,\"m\":true}", LK_VALUE_REVIEW,
     LK_CONCERN_GONE},
    {"sexe", "f", "ue", "f", "{\"f\":true,\"m\":false}", LK_VALUE_REVIEW,
     LK_CONCERN_UNSURE},
    /* Marked beside our mark: what the pen said is the better guess, not more. */
    {"sexe", "f", "mm", "m", "{\"f\":true,\"m\":true}", LK_VALUE_REVIEW,
     LK_CONCERN_TWO_MARKS},
    {"sexe", "m", "mm", "f", "{\"f\":true,\"m\":true}", LK_VALUE_REVIEW,
     LK_CONCERN_TWO_MARKS},
    {"sexe", "m", "bm", "m", "{\"f\":false,\"m\":true}", LK_VALUE_REVIEW,
     LK_CONCERN_CORRECTION},
    {"documents", "acte,carte", "mbm", "acte,aucun",
     "{\"acte\":true,\"carte\":false,\"aucun\":true}", LK_VALUE_OK, LK_CONCERN_N},
    {"documents", "carte", "eme", "carte",
     "{\"acte\":false,\"carte\":true,\"aucun\":false}", LK_VALUE_OK, LK_CONCERN_N},
    {"accord", "oui", "e", NULL, "{\"oui\":false}", LK_VALUE_REVIEW, LK_CONCERN_GONE},
};

static void
test_printed_boxes(Fixture *f, gconstpointer unused)
{
    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(printed_boxes); i++) {
        mark(f, 1, "sexe", 0, "me");
        mark(f, 1, "documents", 0, "eee");
        mark(f, 1, "accord", 0, "e");
        mark(f, 1, printed_boxes[i].field, 0, printed_boxes[i].states);
        lk_prefill_free(f->prefill);
        f->prefill = lk_prefill_new();
        lk_prefill_set(f->prefill, printed_boxes[i].field, 0, printed_boxes[i].printed);
        g_autoptr(LkFields) fields = fields_of(f, 1, "MOP482190736629");
        const LkStoreReading *got = find(fields, printed_boxes[i].field, 0);
        g_test_message("%s %s %s", printed_boxes[i].field, printed_boxes[i].printed,
                       printed_boxes[i].states);
        g_assert_cmpstr(got->value, ==, printed_boxes[i].value);
        g_assert_cmpstr(got->options, ==, printed_boxes[i].options);
        g_assert_cmpint(got->status, ==, printed_boxes[i].status);
        for (int c = 0; c < LK_CONCERN_N; c++) {
            g_assert_cmpuint(fields->concerns[c]->len, ==,
                             c == (int)printed_boxes[i].concern ? 1 : 0);
        }
    }
}

/* @ink in cell @index of the date, its middle columns full; @side that of the outermost
 * ones. */
static void
set_cell(Fixture *f, int index, double ink, uint8_t side)
{
    const LkLayoutPage *page = g_ptr_array_index(f->layout.pages, 0);
    LkReading *reading = g_ptr_array_index(f->readings, 0);
    for (guint i = 0; i < page->cells->len; i++) {
        const LkCell *cell = &g_array_index(page->cells, LkCell, i);
        if (strcmp(specs[cell->field].name, "date_visite") == 0 &&
            cell->index == index) {
            LkInkReading *to = &g_array_index(reading->cells, LkInkReading, i);
            *to = (LkInkReading){.ink = ink, .written = ink > 0};
            to->profile[7] = to->profile[8] = ink > 0 ? 255 : 0;
            to->profile[0] = to->profile[15] = side;
        }
    }
}

static void
test_printed_combs(Fixture *f, gconstpointer unused)
{
    (void)unused;
    static const struct {
        const char *name;
        double last; /* ink of the third cell */
        uint8_t side;
        bool known;
    } cases[] = {{"as printed", 0.1, 20, true},
                 {"a line through it", 0.12, 120, false},
                 {"another figure over it", 0.35, 20, false},
                 {"gone", 0, 0, false}};
    f->prefill = lk_prefill_new();
    lk_prefill_set(f->prefill, "date_visite", 0, "2026-11-23");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        set_cell(f, 0, 0.1, 20);
        set_cell(f, 1, 0.1, 20);
        set_cell(f, 2, cases[i].last, cases[i].side);
        g_autoptr(LkFields) fields = fields_of(f, 1, "MOP482190736629");
        const LkStoreReading *got = find(fields, "date_visite", 0);
        g_test_message("%s", cases[i].name);
        g_assert_cmpint(got->printed, ==, cases[i].known);
        g_assert_cmpstr(got->value, ==, cases[i].known ? "2026-11-23" : NULL);
        g_assert_cmpint(got->status, ==,
                        cases[i].known ? LK_VALUE_OK : LK_VALUE_TO_TYPE);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    static const struct {
        const char *path;
        void (*test)(Fixture *f, gconstpointer unused);
    } tests[] = {
        {"/reconcile/boxes", test_boxes},
        {"/reconcile/confidence-of-the-least-certain-box", test_confidence},
        {"/reconcile/rows-are-answers-of-their-own", test_rows},
        {"/reconcile/combs-wait-to-be-typed", test_combs},
        {"/reconcile/preprinted-code", test_preprinted},
        {"/reconcile/personal-writing-is-presence-only", test_personal},
        {"/reconcile/required", test_required},
        {"/reconcile/condition-on-the-same-page", test_condition_same_page},
        {"/reconcile/condition-on-another-page", test_condition_two_pages},
        {"/reconcile/printed/boxes", test_printed_boxes},
        {"/reconcile/printed/combs", test_printed_combs},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
    }
    return g_test_run();
}
