/* test-form.c - templates: what they hold, and every mistake at its line and column. */
#include "form/form.h"

#include <glib/gstdio.h>
#include <string.h>

/* --- A folder for one template. ----------------------------------------------------
 */

typedef struct {
    char *dir, *path;
} Draft;

static Draft
draft_new(const char *text, gssize len)
{
    g_autoptr(GError) error = NULL;
    Draft draft = {g_dir_make_tmp("lakana-form-XXXXXX", &error), NULL};
    g_assert_no_error(error);
    draft.path = g_build_filename(draft.dir, "x.yaml", NULL);
    g_assert_true(g_file_set_contents(draft.path, text, len, NULL));
    return draft;
}

static void
draft_clear(Draft *draft)
{
    g_remove(draft->path);
    g_rmdir(draft->dir);
    g_free(draft->path);
    g_free(draft->dir);
}

/* All problems of a template: of the loader, else of the layout. */
static GPtrArray *
problems_of(const char *path)
{
    const char *files[] = {path, NULL};
    GPtrArray *problems = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(LkFormSet) set = lk_form_set_load_files(files, &problems, &error);
    g_assert_nonnull(problems);
    if (set == NULL) {
        g_assert_error(error, LK_FORM_ERROR, LK_FORM_ERROR_TEMPLATE);
        g_assert_cmpstr(error->message, ==, g_ptr_array_index(problems, 0));
        return problems;
    }
    g_autoptr(LkFonts) fonts = lk_fonts_load(&error);
    g_assert_no_error(error);
    const GPtrArray *forms = lk_form_set_list(set);
    for (guint i = 0; i < forms->len; i++) {
        (void)lk_layout_check(g_ptr_array_index(forms, i), fonts, problems);
    }
    return problems;
}

/* --- Mistakes. ---------------------------------------------------------------------
 * A field's first line is line 7 of the draft, column 9 its keys. */

#define HEAD                                                                           \
    "code: \"9.Z\"\n"                                                                  \
    "id: essai\n"                                                                      \
    "title: \"Essai\"\n"                                                               \
    "sections:\n"                                                                      \
    "  - title: \"Une\"\n"                                                             \
    "    fields:\n"
#define FIELD "      - {id: a, label: \"A\", type: text}\n"
#define LONG_WORD "Anticonstitutionnellementincroyablementinterminablementlonguement"

typedef struct {
    const char *name, *text, *at, *says;
} Mistake;

static const Mistake mistakes[] = {
    {"yaml/bad", HEAD "      - {id: a, label: \"A, type: text}\n", "8:1", "not valid"},
    {"yaml/tab", "code: \"9.Z\"\n\tid: x\n", "2:1", "not valid"},
    {"yaml/empty", "# rien\n", "2:1", "empty"},
    {"yaml/alias", "code: &a \"9.Z\"\nid: *a\n", "1:7", "anchors"},
    {"yaml/two-documents", "code: \"9.Z\"\n---\nid: x\n", "2:1", "second document"},
    {"yaml/key-twice", "code: \"9.Z\"\nid: x\ncode: \"9.Y\"\n", "3:1", "second time"},
    {"yaml/utf8", "code: \"\xff\"\n", "1:1", "not valid"},
    {"yaml/list-at-top", "- a\n- b\n", "1:1", "key: value"},
    {"key/unknown",
     HEAD "      - id: a\n        label: \"A\"\n        typ: text\n"
          "        type: text\n",
     "9:9", "unknown key 'typ'"},
    {"key/missing", HEAD "      - id: a\n        type: text\n", "7:9", "no 'label'"},
    {"key/unknown-in-form", "codes: \"9.Z\"\n" HEAD FIELD, "1:1",
     "unknown key 'codes'"},
    {"type/unknown", HEAD "      - {id: a, label: \"A\", type: texte}\n", "7:35",
     "unknown type 'texte'"},
    {"value/not-a-number",
     HEAD "      - {id: a, label: \"A\", type: digits, length: deux}\n", "7:51",
     "whole number from 1 to 30"},
    {"value/too-large",
     HEAD "      - {id: a, label: \"A\", type: digits, length: 31}\n", "7:51",
     "whole number from 1 to 30"},
    {"value/not-a-bool", HEAD "      - {id: a, label: \"A\", type: text, pii: oui}\n",
     "7:46", "true or false"},
    {"value/list-for-text", HEAD "      - {id: a, label: [\"A\"], type: text}\n",
     "7:24", "must be a text"},
    {"value/line-break", HEAD "      - {id: a, label: \"A\\nB\", type: text}\n", "7:24",
     "line break"},
    {"value/bad-id", HEAD "      - {id: \"é\", label: \"A\", type: text}\n", "7:14",
     "letters without accents"},
    {"lookup/unknown",
     HEAD "      - {id: a, label: \"A\", type: choice, lookup: couleurs}\n", "7:51",
     "no list 'couleurs'"},
    {"lookup-ref/unknown",
     HEAD
     "      - {id: a, label: \"A\", type: digits, length: 2, lookup_ref: couleurs}\n",
     "7:66", "no list 'couleurs'"},
    {"id/twice", HEAD FIELD "      - {id: a, label: \"B\", type: text}\n", "8:14",
     "'a' is used twice"},
    {"id/column-twice",
     HEAD "      - id: t\n        label: \"T\"\n        type: table\n        rows: 1\n"
          "        columns:\n          - {id: c, label: \"C\", type: text}\n"
          "          - {id: c, label: \"D\", type: text}\n",
     "13:18", "'c' is used twice"},
    {"option/no-value",
     HEAD "      - id: a\n        label: \"A\"\n        type: choice\n"
          "        options:\n          - {label: \"Rouge\"}\n",
     "11:13", "no 'value'"},
    {"option/value-twice",
     HEAD "      - id: a\n        label: \"A\"\n        type: choice\n"
          "        options:\n          - {value: r, label: \"Rouge\"}\n"
          "          - {value: r, label: \"Rose\"}\n",
     "12:13", "value 'r'"},
    {"option/none", HEAD "      - {id: a, label: \"A\", type: choice}\n", "7:9",
     "nothing to choose from"},
    {"option/of-a-text",
     HEAD "      - {id: a, label: \"A\", type: text, lookup: sexe}\n", "7:9",
     "only choice and multi"},
    {"size/missing", HEAD "      - {id: a, label: \"A\", type: lines}\n", "7:9",
     "no 'lines'"},
    {"size/of-another-type",
     HEAD "      - {id: a, label: \"A\", type: text, rows: 3}\n", "7:47",
     "means nothing for a text"},
    {"scale/bounds",
     HEAD "      - {id: a, label: \"A\", type: scale, scale_min: 5, scale_max: 1}\n",
     "7:9", "larger `scale_max:`"},
    {"table/row-labels",
     HEAD "      - id: t\n        label: \"T\"\n        type: table\n        rows: 2\n"
          "        row_labels: [\"un\"]\n"
          "        columns:\n          - {id: c, label: \"C\", type: text}\n",
     "11:21", "2 rows and 1 row label"},
    {"table/nested",
     HEAD "      - id: t\n        label: \"T\"\n        type: table\n        rows: 2\n"
          "        columns:\n          - {id: c, label: \"C\", type: scale, "
          "scale_min: 1, scale_max: 2}\n",
     "12:39", "cannot be a scale"},
    {"condition/field",
     HEAD "      - {id: a, label: \"A\", type: text, required_if: \"b=oui\"}\n", "7:54",
     "'b=oui' is no condition"},
    {"condition/value",
     HEAD "      - {id: b, label: \"B\", type: choice, lookup: oui_non}\n"
          "      - {id: a, label: \"A\", type: text, required_if: \"b=si\"}\n",
     "8:54", "'b=si' is no condition"},
    {"pair/alone",
     HEAD "      - {id: a, label: \"A\", type: choice, lookup: oui_non, "
          "layout: liste_double, paired_with: b}\n",
     "7:95", "name each other"},
    {"layout/unknown",
     HEAD
     "      - {id: a, label: \"A\", type: choice, lookup: oui_non, layout: rond}\n",
     "7:68", "unknown layout 'rond'"},
    {"preprinted/length",
     HEAD "      - {id: a, label: \"A\", type: code, length: 6, preprinted: true}\n",
     "7:64", "code of 15 characters"},
    {"code/bad",
     "code: \"ABC\"\nid: x\ntitle: \"T\"\nsections:\n  - title: \"U\"\n"
     "    fields:\n" FIELD,
     "1:7", "not a form code"},
    {"faces/of-a-choice",
     HEAD "      - {id: a, label: \"A\", type: choice, faces: true, lookup: oui_non}\n",
     "7:50", "'faces' means nothing for a choice"},
    {"faces/four",
     HEAD "      - {id: a, label: \"A\", type: scale, scale_min: 1, scale_max: 4, "
          "faces: true}\n",
     "7:77", "there are 5 faces"},
    {"faces/not-a-bool",
     HEAD "      - {id: a, label: \"A\", type: scale, scale_min: 1, scale_max: 5, "
          "faces: oui}\n",
     "7:77", "true or false"},
    {"audience/unknown", "audience: bebe\n" HEAD FIELD, "1:11",
     "unknown audience 'bebe'; known: adulte, enfant"},
    {"audience/list", "audience: [enfant]\n" HEAD FIELD, "1:11", "unknown audience"},
    {"audience/table",
     "audience: enfant\n" HEAD
     "      - id: t\n        label: \"T\"\n        type: table\n        rows: 1\n"
     "        columns:\n          - {id: c, label: \"C\", type: text}\n",
     "8:9", "neither tables nor double lists"},
    {"compact/not-a-bool", "compact: oui\n" HEAD FIELD, "1:10", "true or false"},
    {"section/page-title",
     HEAD FIELD "  - title: \"Deux\"\n    page_title: \"Autre\"\n    fields:\n"
                "      - {id: b, label: \"B\", type: text}\n",
     "9:17", "only a section that begins a page"},
    {"section/stub-and-break",
     HEAD FIELD "  - title: \"Deux\"\n    page_break: true\n    stub: true\n"
                "    fields:\n      - {id: b, label: \"B\", type: text}\n",
     "10:11", "a stub is cut off below other sections"},
    {"section/stub-in-the-middle",
     HEAD FIELD "  - title: \"Deux\"\n    stub: true\n    fields:\n"
                "      - {id: b, label: \"B\", type: text}\n"
                "  - title: \"Trois\"\n    fields:\n"
                "      - {id: c, label: \"C\", type: text}\n",
     "9:11", "a stub must end its page"},
    {"glyph/note",
     "code: \"9.Z\"\nid: essai\ntitle: \"Essai\"\nsections:\n  - title: \"Une\"\n"
     "    note: \"\u4e2d\"\n    fields:\n" FIELD,
     "5:12", "U+4E2D"},
    {"glyph/faces",
     "audience: enfant\n" HEAD
     "      - {id: a, label: \"\u4e2d\", type: scale, scale_min: 1, scale_max: 5, "
     "faces: true}\n",
     "8:9", "U+4E2D"},
    {"glyph/missing", HEAD "      - {id: a, label: \"Prénom \u4e2d\", type: text}\n",
     "7:9", "U+4E2D"},
    {"glyph/option",
     HEAD "      - id: a\n        label: \"A\"\n        type: choice\n"
          "        options:\n          - {value: r, label: \"\u2610 Rouge\"}\n",
     "11:13", "U+2610"},
    {"fit/word",
     HEAD "      - {id: a, label: \"" LONG_WORD LONG_WORD LONG_WORD "\", type: text}\n",
     "7:9", "cannot fit"},
    {"fit/table",
     HEAD
     "      - id: t\n        label: \"T\"\n        type: table\n        rows: 1\n"
     "        row_labels: [\"Une ligne au nom vraiment assez long\"]\n"
     "        columns:\n          - {id: c, label: \"C\", type: code, length: 30}\n",
     "7:9", "even folded"},
    {"fit/title",
     "code: \"9.Z\"\nid: x\ntitle: \"" LONG_WORD " " LONG_WORD
     "\"\nsections:\n  - title: \"U\"\n    fields:\n" FIELD,
     "3:8", "title does not fit"},
};

static void
test_mistake(gconstpointer data)
{
    const Mistake *mistake = data;
    Draft draft = draft_new(mistake->text, -1);
    g_autoptr(GPtrArray) problems = problems_of(draft.path);
    g_autofree char *prefix = g_strdup_printf("%s:%s: ", draft.path, mistake->at);
    g_assert_cmpuint(problems->len, >=, 1);
    const char *first = g_ptr_array_index(problems, 0);
    if (!g_str_has_prefix(first, prefix) || strstr(first, mistake->says) == NULL) {
        g_test_message("expected '%s… %s', got '%s'", prefix, mistake->says, first);
        g_test_fail();
    }
    draft_clear(&draft);
}

/* Every option of a list so long that it is higher than a page. */
static void
test_fit_height(void)
{
    g_autoptr(GString) text = g_string_new(HEAD);
    g_string_append(text, "      - id: a\n        label: \"A\"\n        type: choice\n"
                          "        options:\n");
    for (int i = 0; i < 60; i++) {
        g_string_append_printf(text,
                               "          - {value: v%d, label: \"Une réponse assez "
                               "longue pour qu'il n'en tienne qu'une sur une ligne, en "
                               "tout cas pas deux, numéro %d\"}\n",
                               i, i);
    }
    Draft draft = draft_new(text->str, -1);
    g_autoptr(GPtrArray) problems = problems_of(draft.path);
    g_autofree char *prefix = g_strdup_printf("%s:5:12: ", draft.path);
    g_assert_cmpuint(problems->len, ==, 1);
    g_assert_true(g_str_has_prefix(g_ptr_array_index(problems, 0), prefix));
    draft_clear(&draft);
}

/* All mistakes of a file are named, not only the first. */
static void
test_all_named(void)
{
    Draft draft = draft_new(HEAD "      - {id: a, label: \"A\", type: texte}\n"
                                 "      - {id: a, label: \"B\", type: lines}\n"
                                 "      - {id: c, label: \"C\", typ: text}\n",
                            -1);
    g_autoptr(GPtrArray) problems = problems_of(draft.path);
    const char *const at[] = {":7:35: ", ":8:14: ", ":8:9: ", ":9:29: ", ":9:9: "};
    g_assert_cmpuint(problems->len, ==, G_N_ELEMENTS(at));
    for (size_t i = 0; i < G_N_ELEMENTS(at); i++) {
        g_assert_nonnull(strstr(g_ptr_array_index(problems, i), at[i]));
    }
    draft_clear(&draft);
}

static void
test_same_code(void)
{
    Draft a = draft_new(HEAD FIELD, -1);
    Draft b = draft_new(HEAD FIELD, -1);
    const char *files[] = {a.path, b.path, NULL};
    g_autoptr(GPtrArray) problems = NULL;
    g_autoptr(GError) error = NULL;
    g_assert_null(lk_form_set_load_files(files, &problems, &error));
    g_autofree char *prefix = g_strdup_printf("%s:1:7: ", b.path);
    g_assert_cmpuint(problems->len, ==, 1);
    g_assert_true(g_str_has_prefix(g_ptr_array_index(problems, 0), prefix));
    g_assert_nonnull(strstr(g_ptr_array_index(problems, 0), a.path));
    draft_clear(&a);
    draft_clear(&b);
}

/* Deep or very long input is refused, not followed. */
static void
test_hostile(void)
{
    g_autoptr(GString) deep = g_string_new("code: ");
    for (int i = 0; i < 100000; i++) {
        g_string_append_c(deep, '[');
    }
    Draft draft = draft_new(deep->str, -1);
    g_autoptr(GPtrArray) problems = problems_of(draft.path);
    g_assert_cmpuint(problems->len, ==, 1);
    draft_clear(&draft);
    Draft zero = draft_new("code: \"a\0b\"\n", 12);
    g_autoptr(GPtrArray) refused = problems_of(zero.path);
    g_assert_cmpuint(refused->len, >=, 1);
    draft_clear(&zero);
}

static void
test_missing_file(void)
{
    const char *files[] = {"/nowhere/at-all.yaml", NULL};
    g_autoptr(GPtrArray) problems = NULL;
    g_autoptr(GError) error = NULL;
    g_assert_null(lk_form_set_load_files(files, &problems, &error));
    g_assert_cmpuint(problems->len, ==, 1);
    g_assert_true(
        g_str_has_prefix(g_ptr_array_index(problems, 0), "/nowhere/at-all.yaml: "));
}

/* --- Nothing of the catalogue is dropped. ------------------------------------------
 * tests/forms-reference/ was made from the catalogue by another program: a file a form,
 * forms.tsv for their heads, and changed.tsv where a template knows better. */

static const char *
or_dash(const char *text)
{
    return text != NULL && *text != '\0' ? text : "-";
}

static char *
sizes_of(const LkField *field)
{
    GString *sizes = g_string_new(NULL);
    const struct {
        const char *name;
        int value;
        bool is_given;
    } parts[] = {
        {"length", field->length, field->length > 0 && field->type != LK_FIELD_DATE},
        {"lines", field->lines, field->lines > 0},
        {"rows", field->rows, field->rows > 0},
        {"row_height", field->row_height, field->row_height > 0},
        {"scale_min", field->scale_min, field->type == LK_FIELD_SCALE},
        {"scale_max", field->scale_max, field->type == LK_FIELD_SCALE},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (parts[i].is_given) {
            g_string_append_printf(sizes, "%s%s=%d", sizes->len > 0 ? "," : "",
                                   parts[i].name, parts[i].value);
        }
    }
    for (guint i = 0; i < field->row_labels->len; i++) {
        const char *before = i > 0            ? "/"
                             : sizes->len > 0 ? ",row_labels="
                                              : "row_labels=";
        g_string_append_printf(sizes, "%s%s", before,
                               (char *)g_ptr_array_index(field->row_labels, i));
    }
    return g_string_free(sizes, FALSE);
}

static char *
options_of(const LkField *field)
{
    GString *options = g_string_new(NULL);
    for (guint i = 0; i < field->options->len; i++) {
        const LkOption *option = g_ptr_array_index(field->options, i);
        g_string_append_printf(options, "%s%s=%s=%s=%s", i > 0 ? "|" : "",
                               option->value, option->label,
                               option->number != NULL ? option->number : "",
                               option->cpims != NULL ? option->cpims : "");
    }
    return g_string_free(options, FALSE);
}

/* "code, section, field, label…" of @field and its columns, as the listing has them. */
static void
add_field(GPtrArray *out, const char *head, const char *table, const LkField *field)
{
    static const char *const arranges[] = {"", "liste_double", "matrice_2col"};
    g_autofree char *sizes = sizes_of(field);
    g_autofree char *options = options_of(field);
    g_autofree char *arrange =
        g_strconcat(arranges[field->arrange], field->paired_with != NULL ? ">" : "",
                    field->paired_with != NULL ? field->paired_with : "", NULL);
    g_ptr_array_add(
        out, g_strdup_printf("%s\t%s%s%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s", head,
                             table != NULL ? table : "", table != NULL ? "." : "",
                             field->id, field->label, lk_field_type_name(field->type),
                             field->required ? "yes" : "-", or_dash(field->required_if),
                             field->pii ? "yes" : "-", field->sensitive ? "yes" : "-",
                             or_dash(field->cpims), or_dash(sizes), or_dash(arrange),
                             or_dash(options)));
    for (guint i = 0; i < field->columns->len; i++) {
        add_field(out, head, field->id, g_ptr_array_index(field->columns, i));
    }
}

static GPtrArray *
held(const LkForm *form)
{
    GPtrArray *out = g_ptr_array_new_with_free_func(g_free);
    for (guint s = 0; s < form->sections->len; s++) {
        const LkSection *section = g_ptr_array_index(form->sections, s);
        g_autofree char *head = g_strconcat(form->code, "\t", section->title, NULL);
        for (guint i = 0; i < section->fields->len; i++) {
            add_field(out, head, NULL, g_ptr_array_index(section->fields, i));
        }
    }
    return out;
}

/* Lines of a listing, without its comments. */
static GPtrArray *
listing(const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_strconcat("tests/forms-reference/", name, ".tsv", NULL);
    g_autofree char *text = NULL;
    (void)g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GPtrArray *kept = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; lines[i] != NULL; i++) {
        if (lines[i][0] != '#' && lines[i][0] != '\0') {
            g_ptr_array_add(kept, g_strdup(lines[i]));
        }
    }
    return kept;
}

/* Columns of a line of a form's listing. */
enum {
    COLUMN_FORM,
    COLUMN_SECTION,
    COLUMN_FIELD,
    COLUMN_LABEL,
    COLUMN_LAYOUT = 11,
    N_COLUMNS = 13
};

/* Kinds of change: which lines it is for, and what it sets there. */
static const struct {
    const char *what;
    int by, column;
} kinds[] = {
    {"title", COLUMN_SECTION, COLUMN_SECTION},
    {"section", COLUMN_FIELD, COLUMN_SECTION},
    {"label", COLUMN_FIELD, COLUMN_LABEL},
    {"layout", COLUMN_FIELD, COLUMN_LAYOUT},
};

/* Lines that @change is for are changed; returns how many. */
static guint
apply_change(GPtrArray *lines, const GStrv change)
{
    size_t kind = 0;
    while (strcmp(kinds[kind].what, change[2]) != 0) {
        g_assert_cmpuint(++kind, <, G_N_ELEMENTS(kinds));
    }
    guint count = 0;
    for (guint i = 0; i < lines->len; i++) {
        g_auto(GStrv) parts = g_strsplit(g_ptr_array_index(lines, i), "\t", -1);
        if (strcmp(parts[COLUMN_FORM], change[0]) != 0 ||
            strcmp(parts[kinds[kind].by], change[1]) != 0) {
            continue;
        }
        char **changed = &parts[kinds[kind].column];
        g_assert_cmpstr(*changed, !=, change[3]);
        g_free(*changed);
        *changed = g_strdup(change[3]);
        g_free(lines->pdata[i]);
        lines->pdata[i] = g_strjoinv("\t", parts);
        count++;
    }
    return count;
}

/* The field that @change says a template has beyond the catalogue leaves @lines. */
static void
take_added(GPtrArray *lines, const GStrv change)
{
    for (guint i = 0; i < lines->len; i++) {
        g_auto(GStrv) parts = g_strsplit(g_ptr_array_index(lines, i), "\t", -1);
        if (strcmp(parts[COLUMN_FORM], change[0]) == 0 &&
            strcmp(parts[COLUMN_FIELD], change[1]) == 0) {
            g_assert_cmpstr(parts[COLUMN_LABEL], ==, change[3]);
            g_ptr_array_remove_index(lines, i);
            return;
        }
    }
    g_error("%s has no field %s", change[0], change[1]);
}

/* What the paper says instead of the catalogue, and what it asks besides; each change
 * must change something. */
static void
apply_changes(GPtrArray *expected, GPtrArray *got)
{
    g_autoptr(GPtrArray) changes = listing("changed");
    for (guint i = 0; i < changes->len; i++) {
        g_auto(GStrv) change = g_strsplit(g_ptr_array_index(changes, i), "\t", -1);
        g_assert_cmpuint(g_strv_length(change), ==, 4);
        if (strcmp(change[2], "added") == 0) {
            take_added(got, change);
        } else {
            g_assert_cmpuint(apply_change(expected, change), >, 0);
        }
    }
}

static int
by_field(gconstpointer a, gconstpointer b)
{
    g_auto(GStrv) x = g_strsplit(*(const char *const *)a, "\t", -1);
    g_auto(GStrv) y = g_strsplit(*(const char *const *)b, "\t", -1);
    int order = strcmp(x[COLUMN_FORM], y[COLUMN_FORM]);
    return order != 0 ? order : strcmp(x[COLUMN_FIELD], y[COLUMN_FIELD]);
}

/* Every template of the catalogue holds what the catalogue says: the same fields and
 * columns with the same types, options, sizes and names; their order is free. */
static void
test_reference(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkFormSet) set = lk_form_set_load(NULL, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) heads = listing("forms");
    g_autoptr(GPtrArray) expected = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) got = g_ptr_array_new_with_free_func(g_free);
    g_assert_cmpuint(heads->len, ==, 25);
    for (guint i = 0; i < heads->len; i++) {
        g_auto(GStrv) head = g_strsplit(g_ptr_array_index(heads, i), "\t", -1);
        const LkForm *form = lk_form_set_lookup(set, head[0]);
        g_ptr_array_extend_and_steal(expected, listing(head[0]));
        g_assert_nonnull(form);
        g_ptr_array_extend_and_steal(got, held(form));
    }
    g_assert_cmpuint(expected->len, ==, 980); /* 840 fields and 140 columns */
    for (guint i = 0; i < expected->len; i++) {
        g_auto(GStrv) parts = g_strsplit(g_ptr_array_index(expected, i), "\t", -1);
        g_assert_cmpuint(g_strv_length(parts), ==, N_COLUMNS);
    }
    apply_changes(expected, got);
    g_ptr_array_sort(expected, by_field);
    g_ptr_array_sort(got, by_field);
    for (guint i = 0; i < MIN(expected->len, got->len); i++) {
        g_assert_cmpstr(g_ptr_array_index(got, i), ==, g_ptr_array_index(expected, i));
    }
    g_assert_cmpuint(got->len, ==, expected->len);
}

/* What stands over a form is the catalogue's too. */
static void
test_reference_heads(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkFormSet) set = lk_form_set_load(NULL, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) heads = listing("forms");
    for (guint i = 0; i < heads->len; i++) {
        g_auto(GStrv) head = g_strsplit(g_ptr_array_index(heads, i), "\t", -1);
        const LkForm *form = lk_form_set_lookup(set, head[0]);
        g_assert_nonnull(form);
        g_autofree char *got = g_strdup_printf(
            "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d", form->code, form->title,
            or_dash(form->stage), or_dash(form->kind), or_dash(form->filled_by),
            or_dash(form->when), or_dash(form->usage), form->repeatable ? "yes" : "-",
            form->pages_hint);
        g_assert_cmpstr(got, ==, g_ptr_array_index(heads, i));
    }
}

/* Printed before their conditions were: what is not said beside these questions follows
 * from the question before. A form of this list that changes leaves it. */
static const char *const silent[] = {"1.A", "1.B", "1.C", "5.A"};

static bool
says_when(const LkField *field)
{
    return g_str_has_prefix(field->label, "Si ") ||
           (field->hint != NULL && g_str_has_prefix(field->hint, "Si "));
}

/* A question that is asked under a condition says so on paper. */
static void
test_conditions(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkFormSet) set = lk_form_set_load(NULL, NULL, &error);
    g_assert_no_error(error);
    const GPtrArray *list = lk_form_set_list(set);
    for (guint i = 0; i < list->len; i++) {
        const LkForm *form = g_ptr_array_index(list, i);
        bool is_silent = false;
        for (size_t k = 0; k < G_N_ELEMENTS(silent); k++) {
            is_silent |= strcmp(form->code, silent[k]) == 0;
        }
        for (guint s = 0; s < form->sections->len && !is_silent; s++) {
            const LkSection *section = g_ptr_array_index(form->sections, s);
            for (guint k = 0; k < section->fields->len; k++) {
                const LkField *field = g_ptr_array_index(section->fields, k);
                if (field->required_if != NULL && !says_when(field)) {
                    g_test_message("%s: %s does not say when", form->code, field->id);
                    g_test_fail();
                }
            }
        }
    }
}

/* --- Fonts. ------------------------------------------------------------------------
 */

/* Andika's own numbers: 2048 units an em; "0" is 1190 units wide in Regular. */
static void
test_fonts(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkFonts) fonts = lk_fonts_load(&error);
    g_assert_no_error(error);
    double one = lk_fonts_width(fonts, LK_FACE_REGULAR, 72, "0");
    double four = lk_fonts_width(fonts, LK_FACE_REGULAR, 72, "0000");
    g_assert_cmpfloat_with_epsilon(four, 4 * one, 1e-9);
    g_assert_cmpfloat_with_epsilon(lk_fonts_width(fonts, LK_FACE_REGULAR, 36, "0000"),
                                   four / 2, 1e-9);
    g_assert_cmpfloat(lk_fonts_width(fonts, LK_FACE_BOLD, 72, "0000"), >, four);
    const char *const bambara = "ɛ ɔ ɲ ŋ Ɛ Ɔ Ɲ Ŋ é à ç œ « » … ’ — \u00a0 \u202f";
    g_assert_cmpuint(lk_fonts_missing(fonts, LK_FACE_REGULAR, bambara), ==, 0);
    g_assert_cmpuint(lk_fonts_missing(fonts, LK_FACE_BOLD, bambara), ==, 0);
    g_assert_cmpuint(lk_fonts_missing(fonts, LK_FACE_REGULAR, "a☒b"), ==, 0x2612);
}

/* A font file with one byte changed is refused. */
static void
test_font_pinned(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = g_dir_make_tmp("lakana-fonts-XXXXXX", NULL);
    g_autofree char *fonts = g_build_filename(dir, "fonts", NULL);
    g_autofree char *list = g_build_filename(fonts, "fonts.lst", NULL);
    g_autofree char *regular = g_build_filename(fonts, "Andika-Regular.ttf", NULL);
    g_autofree char *own_list = NULL;
    g_autofree char *bytes = NULL;
    gsize len = 0;
    g_assert_cmpint(g_mkdir(fonts, 0700), ==, 0);
    g_assert_true(g_file_get_contents("fonts/fonts.lst", &own_list, NULL, NULL));
    g_assert_true(g_file_get_contents("fonts/Andika-Regular.ttf", &bytes, &len, NULL));
    bytes[len / 2] ^= 1;
    g_assert_true(g_file_set_contents(list, own_list, -1, NULL));
    g_assert_true(g_file_set_contents(regular, bytes, (gssize)len, NULL));
    g_setenv("LAKANA_DATA", dir, TRUE);
    g_assert_null(lk_fonts_load(&error));
    g_unsetenv("LAKANA_DATA");
    g_assert_error(error, LK_FORM_ERROR, LK_FORM_ERROR_FONT);
    g_assert_nonnull(strstr(error->message, "Andika-Regular.ttf"));
    g_remove(list);
    g_remove(regular);
    g_rmdir(fonts);
    g_rmdir(dir);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(mistakes); i++) {
        g_autofree char *path = g_strconcat("/form/mistake/", mistakes[i].name, NULL);
        g_test_add_data_func(path, &mistakes[i], test_mistake);
    }
    g_test_add_func("/form/mistake/fit/height", test_fit_height);
    g_test_add_func("/form/mistake/all-named", test_all_named);
    g_test_add_func("/form/mistake/same-code", test_same_code);
    g_test_add_func("/form/mistake/missing-file", test_missing_file);
    g_test_add_func("/form/hostile", test_hostile);
    g_test_add_func("/form/reference/fields", test_reference);
    g_test_add_func("/form/reference/heads", test_reference_heads);
    g_test_add_func("/form/conditions", test_conditions);
    g_test_add_func("/form/fonts/metrics", test_fonts);
    g_test_add_func("/form/fonts/pinned", test_font_pinned);
    return g_test_run();
}
