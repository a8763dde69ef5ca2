/* answer.c - a person settles a field: checked against what the field can hold, then
 * filed as a decision; what may name somebody is sealed. */
#include "casework/answer.h"

#include <string.h>

#define N_NEAR 5 /* names shown when a field is not found */
#define MAX_NAME 64
#define MAX_TEXT 4000   /* characters typed into one field */
#define FIRST_YEAR 1900 /* of dates written on a form: births of grandparents */
#define LAST_YEAR 2099

/* --- Finding the field. ------------------------------------------------------------
 */

typedef struct {
    const LkAnswer *answer;
    const char *copy;  /* wanted serial, or NULL */
    GPtrArray *copies; /* serials of copies that have the field and row */
    GPtrArray *names;  /* fields of the form, once each */
    int max_row;       /* of the field, -1 if there is none */
    bool personal;     /* the field may name somebody */
    gint64 page;
    char layout[LK_SERIAL_LEN + 1];
} Search;

static bool
holds_text(const GPtrArray *texts, const char *text)
{
    for (guint i = 0; i < texts->len; i++) {
        if (strcmp(g_ptr_array_index(texts, i), text) == 0) {
            return true;
        }
    }
    return false;
}

static void
add_once(GPtrArray *texts, const char *text)
{
    if (!holds_text(texts, text)) {
        g_ptr_array_add(texts, g_strdup(text));
    }
}

static bool
look(const LkStoreValue *value, void *data)
{
    Search *search = data;
    const LkAnswer *answer = search->answer;
    if (g_ascii_strcasecmp(value->form, answer->form) != 0 ||
        (search->copy != NULL && strcmp(value->copy, search->copy) != 0)) {
        return true;
    }
    add_once(search->names, value->field);
    if (strcmp(value->field, answer->field) != 0) {
        return true;
    }
    search->max_row = MAX(search->max_row, value->row);
    if (value->row == answer->row) {
        add_once(search->copies, value->copy);
        search->page = value->page;
        search->personal = value->personal;
        g_strlcpy(search->layout, value->layout, sizeof search->layout);
    }
    return true;
}

/* Edits (insert, delete, replace) from @a to @b: Levenshtein, one row at a time; only
 * the beginning of a very long name counts. */
static guint
distance(const char *a, const char *b)
{
    guint row[MAX_NAME + 1];
    size_t n = strnlen(b, MAX_NAME);
    for (size_t j = 0; j <= n; j++) {
        row[j] = (guint)j;
    }
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        guint diagonal = row[0];
        row[0] = (guint)i;
        for (size_t j = 1; j <= n; j++) {
            guint replace = diagonal + (a[i - 1] != b[j - 1] ? 1 : 0);
            diagonal = row[j];
            row[j] = MIN(replace, MIN(row[j], row[j - 1]) + 1);
        }
    }
    return row[n];
}

static guint
likeness(const char *name, const char *wanted)
{
    bool part = strstr(name, wanted) != NULL || strstr(wanted, name) != NULL;
    return part ? 0 : distance(name, wanted);
}

static int
by_likeness(gconstpointer a, gconstpointer b, gpointer wanted)
{
    guint left = likeness(*(char *const *)a, wanted);
    guint right = likeness(*(char *const *)b, wanted);
    return left < right ? -1 : left > right;
}

static char *
near_names(GPtrArray *names, const char *wanted)
{
    g_ptr_array_sort_with_data(names, by_likeness, (gpointer)wanted);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < names->len && i < N_NEAR; i++) {
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
                               (const char *)g_ptr_array_index(names, i));
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* (transfer full): the serial of @copy, which may be the number that `case show` gives.
 */
static char *
serial_of(LkStore *store, const LkAnswer *answer, GError **error)
{
    gint64 number = 0;
    if (!g_ascii_string_to_signed(answer->copy, 10, 1, G_MAXINT, &number, NULL)) {
        return g_ascii_strup(answer->copy, -1);
    }
    g_autoptr(GArray) copies = lk_store_list_copies(store, &answer->code, error);
    for (guint i = 0; copies != NULL && i < copies->len; i++) {
        const LkStoreCopy *copy = &g_array_index(copies, LkStoreCopy, i);
        if (copy->number == number &&
            g_ascii_strcasecmp(copy->form, answer->form) == 0) {
            return g_strdup(copy->copy);
        }
    }
    return copies != NULL ? g_strdup(answer->copy) : NULL;
}

static void
not_found(Search *search, GError **error)
{
    const LkAnswer *answer = search->answer;
    if (search->names->len == 0) {
        g_set_error(error, LK_CASE_ERROR, LK_CASE_ERROR_FIELD,
                    answer->copy != NULL
                        ? _("the file has no page of form %s that could be read, with "
                            "that copy number; `lakana case show` lists what it has")
                        : _("the file has no page of form %s that could be read; "
                            "`lakana case show` lists what it has"),
                    answer->form);
    } else if (search->max_row < 0) {
        g_autofree char *near = near_names(search->names, answer->field);
        g_set_error(
            error, LK_CASE_ERROR, LK_CASE_ERROR_FIELD,
            _("form %s has no field '%s' on the pages of this file; near names: "
              "%s"),
            answer->form, answer->field, near);
    } else if (search->max_row == 0) {
        g_set_error(error, LK_CASE_ERROR, LK_CASE_ERROR_FIELD,
                    _("'%s' is not in a table: leave out the row"), answer->field);
    } else {
        g_set_error(error, LK_CASE_ERROR, LK_CASE_ERROR_FIELD,
                    _("'%s' is in a table: give a row from 1 to %d"), answer->field,
                    search->max_row);
    }
}

static bool
find_field(LkStore *store, Search *search, GError **error)
{
    const LkAnswer *answer = search->answer;
    if (!lk_store_each_value(store, &answer->code, look, search, error)) {
        return false;
    }
    if (search->copies->len > 1) {
        g_ptr_array_add(search->copies, NULL);
        g_autofree char *serials = g_strjoinv(", ", (char **)search->copies->pdata);
        g_set_error(error, LK_CASE_ERROR, LK_CASE_ERROR_AMBIGUOUS,
                    _("the file has several copies of form %s: name one of %s"),
                    answer->form, serials);
        return false;
    }
    if (search->copies->len == 0) {
        not_found(search, error);
        return false;
    }
    return true;
}

/* --- Checking the value. -----------------------------------------------------------
 */

static char *
option_values(const LkLayoutField *field)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < field->options->len; i++) {
        const LkOption *option = g_ptr_array_index(field->options, i);
        g_string_append_printf(text, "\n  %-12s %s", option->value,
                               option->label != NULL ? option->label : "");
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static bool
bad_option(const LkLayoutField *field, const char *value, GError **error)
{
    g_autofree char *values = option_values(field);
    g_set_error(error, LK_CASE_ERROR, LK_CASE_ERROR_VALUE,
                _("'%s' is not a value of '%s'; give one of:%s"), value, field->name,
                values);
    return false;
}

/* @chosen in printed order: "a,b"; and as {"a":true,"b":true,"c":false}. Values of
 * options are plain identifiers, checked in the templates. */
static void
write_options(const LkLayoutField *field, char **chosen, char **value, char **json)
{
    g_autoptr(GString) list = g_string_new(NULL);
    g_autoptr(GString) object = g_string_new("{");
    for (guint i = 0; i < field->options->len; i++) {
        const LkOption *option = g_ptr_array_index(field->options, i);
        bool on = g_strv_contains((const char *const *)chosen, option->value);
        if (on) {
            g_string_append_printf(list, "%s%s", list->len > 0 ? "," : "",
                                   option->value);
        }
        g_string_append_printf(object, "%s\"%s\":%s", i > 0 ? "," : "", option->value,
                               on ? "true" : "false");
    }
    g_string_append_c(object, '}');
    *value = list->len > 0 ? g_strdup(list->str) : NULL;
    *json = g_string_free(g_steal_pointer(&object), FALSE);
}

static bool
check_marks(const LkLayoutField *field, const char *text, char **value, char **json,
            GError **error)
{
    bool none =
        *text == '\0' || (field->type == LK_FIELD_CHECK && strcmp(text, "non") == 0);
    g_auto(GStrv) chosen = g_strsplit(none ? "" : text, ",", -1);
    for (char **one = chosen; *one != NULL; one++) {
        g_strstrip(*one);
        if (!lk_layout_field_has_option(field, *one)) {
            return bad_option(field, *one, error);
        }
    }
    if (field->type != LK_FIELD_MULTI && g_strv_length(chosen) > 1) {
        return bad_option(field, text, error);
    }
    write_options(field, chosen, value, json);
    return true;
}

static bool
check_date(const LkLayoutField *field, const char *text, char **value, GError **error)
{
    g_autoptr(GRegex) form = g_regex_new("^(?:(\\d{1,2})[/.-](\\d{1,2})[/.-](\\d{4})|"
                                         "(\\d{4})-(\\d{2})-(\\d{2})|"
                                         "(\\d{2})(\\d{2})(\\d{4}))$",
                                         0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    int parts[10] = {0};
    if (g_regex_match(form, text, 0, &match)) {
        for (int i = 1; i < 10; i++) {
            g_autofree char *part = g_match_info_fetch(match, i);
            parts[i] = part != NULL ? (int)g_ascii_strtoll(part, NULL, 10) : 0;
        }
    }
    int day = parts[1] + parts[6] + parts[7];
    int month = parts[2] + parts[5] + parts[8];
    int year = parts[3] + parts[4] + parts[9];
    if (year < FIRST_YEAR || year > LAST_YEAR ||
        !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year)) {
        g_set_error(error, LK_CASE_ERROR, LK_CASE_ERROR_VALUE,
                    _("'%s' is not a date for '%s': write it as 23/11/2026"), text,
                    field->name);
        return false;
    }
    *value = g_strdup_printf("%04d-%02d-%02d", year, month, day);
    return true;
}

static bool
check_comb(const LkLayoutField *field, const char *text, char **value, GError **error)
{
    bool digits = field->type == LK_FIELD_DIGITS;
    g_autoptr(GString) kept = g_string_new(NULL);
    bool fits = true;
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == ' ' || *p == '-') {
            continue; /* grouping */
        }
        fits = fits && (digits ? g_ascii_isdigit(*p) : g_ascii_isalnum(*p));
        g_string_append_c(kept, g_ascii_toupper(*p));
    }
    if (!fits || kept->len == 0 ||
        (field->length > 0 && kept->len > (gsize)field->length)) {
        g_set_error(error, LK_CASE_ERROR, LK_CASE_ERROR_VALUE,
                    digits ? _("'%s' does not fit in '%s': digits only, at most %d")
                           : _("'%s' does not fit in '%s': letters and digits only, at "
                               "most %d"),
                    text, field->name, field->length);
        return false;
    }
    *value = g_strdup(kept->str);
    return true;
}

static bool
check_text(const LkLayoutField *field, const char *text, char **value, GError **error)
{
    if (!g_utf8_validate(text, -1, NULL) || g_utf8_strlen(text, -1) > MAX_TEXT) {
        g_set_error(error, LK_CASE_ERROR, LK_CASE_ERROR_VALUE,
                    _("'%s' is at most %d characters long"), field->name, MAX_TEXT);
        return false;
    }
    *value = *text != '\0' ? g_strdup(text) : NULL;
    return true;
}

static bool
check_value(const LkLayoutField *field, const char *text, char **value, char **json,
            GError **error)
{
    switch (field->type) {
    case LK_FIELD_CHECK:
    case LK_FIELD_CHOICE:
    case LK_FIELD_MULTI:
    case LK_FIELD_SCALE:
        return check_marks(field, text, value, json, error);
    case LK_FIELD_DATE:
        return *text == '\0' || check_date(field, text, value, error);
    case LK_FIELD_DIGITS:
    case LK_FIELD_CODE:
        return *text == '\0' || check_comb(field, text, value, error);
    case LK_FIELD_TEXT:
    case LK_FIELD_LINES:
        return check_text(field, text, value, error);
    default:
        g_set_error(error, LK_CASE_ERROR, LK_CASE_ERROR_VALUE,
                    _("'%s' is a signature: there is nothing to type"), field->name);
        return false;
    }
}

bool
lk_answer_check(const LkLayoutField *field, const char *text, char **value,
                GError **error)
{
    g_autofree char *json = NULL;
    g_autoptr(GError) problem = NULL;
    if (check_value(field, text, value, &json, &problem)) {
        return true;
    }
    bool is_date = field->type == LK_FIELD_DATE;
    if (is_date || field->type == LK_FIELD_DIGITS) {
        g_set_error(
            error, LK_CASE_ERROR, LK_CASE_ERROR_VALUE,
            is_date ? _("what was typed is no date for '%s': write it as 23/11/2026")
                    : _("what was typed does not fit in '%s': digits only, at most %d"),
            field->name, field->length);
        return false;
    }
    g_set_error(error, LK_CASE_ERROR, LK_CASE_ERROR_VALUE,
                _("what was typed does not fit in '%s'"), field->name);
    return false;
}

/* Marks tell no name; what is written may. */
bool
lk_answer_is_sealed(const LkLayoutField *field, bool personal)
{
    bool comb = field->type == LK_FIELD_DATE || field->type == LK_FIELD_DIGITS ||
                field->type == LK_FIELD_CODE;
    return field->type == LK_FIELD_TEXT || field->type == LK_FIELD_LINES ||
           (comb && personal);
}

void
lk_checked_value_clear(LkCheckedValue *checked)
{
    if (checked->value != NULL) {
        explicit_bzero(checked->value, strlen(checked->value));
    }
    g_clear_pointer(&checked->value, g_free);
    g_clear_pointer(&checked->options, g_free);
}

bool
lk_case_check(const LkLayoutField *field, const char *text, LkCheckedValue *checked,
              GError **error)
{
    g_return_val_if_fail(field != NULL && text != NULL, false);
    checked->sealed = lk_answer_is_sealed(field, field->pii || field->sensitive);
    if (*text == '\0' && field->type == LK_FIELD_SIGNATURE) {
        checked->sealed = true; /* as all that is written by hand */
        return true;
    }
    bool boxes = field->options->len > 0;
    g_autoptr(GError) problem = NULL;
    if (boxes &&
        check_marks(field, text, &checked->value, &checked->options, &problem)) {
        return true;
    }
    if (boxes) { /* its message names what was chosen */
        g_set_error(error, LK_CASE_ERROR, LK_CASE_ERROR_VALUE,
                    _("'%s' cannot be answered so: one answer, of those printed"),
                    field->name);
        return false;
    }
    return lk_answer_check(field, text, &checked->value, error);
}

static bool
file_sealed(LkStore *store, const LkLayoutField *field, const LkAnswer *answer,
            gint64 page, GError **error)
{
    const char *text = answer->value != NULL ? answer->value : "";
    if (!answer->private && *text != '\0') {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_PERSONAL,
                    _("'%s' may name a person: its value is not written on the command "
                      "line, where others can read it, but given with --from"),
                    field->name);
        return false;
    }
    g_autofree char *value = NULL;
    if (!lk_answer_check(field, text, &value, error)) {
        return false;
    }
    LkDecision decision = {.page = page,
                           .field = answer->field,
                           .row = answer->row,
                           .value = value,
                           .who = answer->who,
                           .why = answer->why};
    bool filed = lk_store_decide_sealed(store, &decision, error);
    if (value != NULL) {
        explicit_bzero(value, strlen(value));
    }
    return filed;
}

bool
lk_case_answer(LkStore *store, LkShelf *shelf, const LkAnswer *answer, GError **error)
{
    g_return_val_if_fail(
        answer->form != NULL && answer->field != NULL && answer->who != NULL, false);
    g_autoptr(GPtrArray) known = lk_store_list_cases(store, &answer->code, error);
    if (known == NULL) {
        return false;
    }
    g_autofree char *serial = NULL;
    if (answer->copy != NULL && (serial = serial_of(store, answer, error)) == NULL) {
        return false;
    }
    g_autoptr(GPtrArray) copies = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    Search search = {.answer = answer,
                     .copy = serial,
                     .copies = copies,
                     .names = names,
                     .max_row = -1};
    if (!find_field(store, &search, error) ||
        lk_shelf_layout(shelf, search.layout, error) == NULL) {
        return false;
    }
    const LkLayoutField *field = lk_shelf_field(shelf, search.layout, answer->field);
    if (field == NULL) {
        not_found(&search, error);
        return false;
    }
    if (lk_answer_is_sealed(field, search.personal)) {
        return file_sealed(store, field, answer, search.page, error);
    }
    g_autofree char *value = NULL;
    g_autofree char *json = NULL;
    const char *text = answer->value != NULL ? answer->value : "";
    if (!check_value(field, text, &value, &json, error)) {
        return false;
    }
    LkDecision decision = {.page = search.page,
                           .field = answer->field,
                           .row = answer->row,
                           .value = value,
                           .options = json,
                           .who = answer->who,
                           .why = answer->why};
    return lk_store_decide(store, &decision, error);
}
