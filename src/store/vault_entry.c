/* vault_entry.c - what is known of one child, and how it is written down: lines
 * "name = value", in a file that a person wrote and in a sealed row alike. */
#include "store/vault_entry.h"

#include <json-glib/json-glib.h>
#include <string.h>

static const char *const field_names[LK_VAULT_N_FIELDS] = {
    "name",    "known_as", "guardian", "relation", "phone",
    "contact", "place",    "sex",      "birth"};

/* What a file may say instead: the words of the prompts. */
static const char *const french_names[LK_VAULT_N_FIELDS] = {
    "nom",     "surnom", "gardien", "lien",     "telephone",
    "contact", "lieu",   "sexe",    "naissance"};

const char *
lk_vault_field_name(LkVaultField field)
{
    g_return_val_if_fail(field < LK_VAULT_N_FIELDS, "");
    return field_names[field];
}

static LkVaultField
find_field(const char *name)
{
    int field = 0;
    while (field < LK_VAULT_N_FIELDS && strcmp(name, field_names[field]) != 0 &&
           strcmp(name, french_names[field]) != 0) {
        field++;
    }
    return (LkVaultField)field;
}

/* --- Texts. -------------------------------------------------------------------------
 */

void
lk_vault_entry_clear(LkVaultEntry *entry)
{
    for (int i = 0; i < LK_VAULT_N_FIELDS; i++) {
        lk_wipe(g_steal_pointer(&entry->texts[i]));
    }
}

static void
set_n(LkVaultEntry *entry, LkVaultField field, const char *text, size_t size)
{
    lk_wipe(entry->texts[field]);
    entry->texts[field] = g_strstrip(g_strndup(text, size));
}

void
lk_vault_entry_set(LkVaultEntry *entry, LkVaultField field, const char *text)
{
    g_return_if_fail(field < LK_VAULT_N_FIELDS && text != NULL);
    set_n(entry, field, text, strlen(text));
}

void
lk_vault_entry_overlay(LkVaultEntry *entry, const LkVaultEntry *over)
{
    for (int i = 0; i < LK_VAULT_N_FIELDS; i++) {
        const char *text = over->texts[i];
        if (text != NULL && *text == '\0') {
            lk_wipe(g_steal_pointer(&entry->texts[i]));
        } else if (text != NULL) {
            lk_vault_entry_set(entry, (LkVaultField)i, text);
        }
    }
}

static const char *
known(const LkVaultEntry *entry, LkVaultField field)
{
    const char *text = entry->texts[field];
    return text != NULL && *text != '\0' ? text : NULL;
}

/* --- Checking. ----------------------------------------------------------------------
 */

static bool
refuse(LkVaultField field, GError **error)
{
    static const char *const why[LK_VAULT_N_FIELDS] = {
        [LK_VAULT_NAME] = N_("the name is missing"),
        [LK_VAULT_SEX] = N_("sex: f or m"),
        [LK_VAULT_BIRTH] = N_("birth: a year, or a date: 2014 or 2014-03-09"),
    };
    g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED, _(why[field]));
    return false;
}

/* One line, of characters that a person can see. */
static bool
is_line(const char *text)
{
    if (!g_utf8_validate(text, -1, NULL) ||
        g_utf8_strlen(text, -1) > LK_VAULT_TEXT_MAX) {
        return false;
    }
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        GUnicodeType type = g_unichar_type(g_utf8_get_char(at));
        if (type == G_UNICODE_CONTROL || type == G_UNICODE_LINE_SEPARATOR ||
            type == G_UNICODE_PARAGRAPH_SEPARATOR) {
            return false;
        }
    }
    return true;
}

/* A number of @digits at @text, or -1. */
static int
number_at(const char *text, int digits)
{
    int number = 0;
    for (int i = 0; i < digits; i++) {
        if (!g_ascii_isdigit(text[i])) {
            return -1;
        }
        number = 10 * number + g_ascii_digit_value(text[i]);
    }
    return number;
}

static bool
is_birth(const char *text)
{
    size_t len = strlen(text);
    bool dated = len == strlen("2014-03-09") && text[4] == '-' && text[7] == '-';
    int year = len >= 4 ? number_at(text, 4) : -1;
    int month = dated ? number_at(text + 5, 2) : 1;
    int day = dated ? number_at(text + 8, 2) : 1;
    return (len == 4 || dated) && year >= 1900 && year <= 2099 && month >= 1 &&
           month <= 12 && day >= 1 && day <= 31 &&
           g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year);
}

bool
lk_vault_entry_check(const LkVaultEntry *entry, GError **error)
{
    for (int i = 0; i < LK_VAULT_N_FIELDS; i++) {
        if (entry->texts[i] != NULL && !is_line(entry->texts[i])) {
            g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED,
                        _("%s: one line of text, %d characters at most"),
                        field_names[i], LK_VAULT_TEXT_MAX);
            return false;
        }
    }
    const char *name = known(entry, LK_VAULT_NAME);
    g_autoptr(GPtrArray) words = lk_spelling_split(name != NULL ? name : "");
    const char *sex = known(entry, LK_VAULT_SEX);
    const char *birth = known(entry, LK_VAULT_BIRTH);
    if (words->len == 0) {
        return refuse(LK_VAULT_NAME, error);
    }
    if (sex != NULL && strcmp(sex, "f") != 0 && strcmp(sex, "m") != 0) {
        return refuse(LK_VAULT_SEX, error);
    }
    return birth == NULL || is_birth(birth) || refuse(LK_VAULT_BIRTH, error);
}

int
lk_vault_birth_year(const LkVaultEntry *entry)
{
    const char *birth = known(entry, LK_VAULT_BIRTH);
    return birth != NULL && strlen(birth) >= 4 ? MAX(number_at(birth, 4), 0) : 0;
}

/* --- Written down. ------------------------------------------------------------------
 */

GString *
lk_vault_entry_write(const LkVaultEntry *entry)
{
    /* Large enough not to move, which would leave a copy behind. */
    GString *text =
        g_string_sized_new((size_t)LK_VAULT_N_FIELDS * (4 * LK_VAULT_TEXT_MAX + 16));
    for (int i = 0; i < LK_VAULT_N_FIELDS; i++) {
        if (known(entry, (LkVaultField)i) != NULL) {
            g_string_append_printf(text, "%s=%s\n", field_names[i], entry->texts[i]);
        }
    }
    return text;
}

/* "name = value" of @size bytes. */
static bool
take_line(LkVaultEntry *entry, const char *line, size_t size)
{
    const char *equals = memchr(line, '=', size);
    if (equals == NULL) {
        return false;
    }
    g_autofree char *name = g_strndup(line, (size_t)(equals - line));
    LkVaultField field = find_field(g_strstrip(name));
    if (field == LK_VAULT_N_FIELDS) {
        return false;
    }
    set_n(entry, field, equals + 1, size - (size_t)(equals + 1 - line));
    return true;
}

static bool
is_empty(const char *line, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!g_ascii_isspace(line[i])) {
            return false;
        }
    }
    return true;
}

bool
lk_vault_entry_read(const char *text, size_t size, LkVaultEntry *entry, GError **error)
{
    int number = 1;
    for (const char *at = text; at < text + size; number++) {
        const char *end = memchr(at, '\n', (size_t)(text + size - at));
        size_t len = (size_t)((end != NULL ? end : text + size) - at);
        if (!is_empty(at, len) && !take_line(entry, at, len)) {
            g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED,
                        _("line %d: a field and its value are written: name = …; "
                          "the fields are name, known_as, guardian, relation, phone, "
                          "contact, place, sex, birth"),
                        number);
            return false;
        }
        at += len + 1;
    }
    return true;
}

/* --- JSON. --------------------------------------------------------------------------
 */

static bool
refuse_json(GError **error)
{
    g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED,
                        _("a JSON object is expected, each field a text: "
                          "{\"name\": \"…\", \"birth\": \"2014\"}"));
    return false;
}

/* json-glib's own message would quote what it stumbled over. */
static bool
read_json(const char *text, size_t size, LkVaultEntry *entry, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    if (!json_parser_load_from_data(parser, text, (gssize)size, NULL) ||
        !JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser))) {
        return refuse_json(error);
    }
    JsonObjectIter members;
    const char *name = NULL;
    JsonNode *node = NULL;
    json_object_iter_init(&members, json_node_get_object(json_parser_get_root(parser)));
    while (json_object_iter_next(&members, &name, &node)) {
        LkVaultField field = find_field(name);
        bool is_text = JSON_NODE_HOLDS_VALUE(node) &&
                       json_node_get_value_type(node) == G_TYPE_STRING;
        if (field == LK_VAULT_N_FIELDS || (!is_text && !JSON_NODE_HOLDS_NULL(node))) {
            return refuse_json(error);
        }
        lk_vault_entry_set(entry, field, is_text ? json_node_get_string(node) : "");
    }
    return true;
}

bool
lk_vault_entry_parse(const char *text, size_t size, LkVaultEntry *entry, GError **error)
{
    g_return_val_if_fail(text != NULL && entry != NULL, false);
    size_t start = 0;
    while (start < size && g_ascii_isspace(text[start])) {
        start++;
    }
    if (!g_utf8_validate(text, (gssize)size, NULL)) {
        g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED,
                            _("the text is not UTF-8"));
        return false;
    }
    return start < size && text[start] == '{'
               ? read_json(text, size, entry, error)
               : lk_vault_entry_read(text, size, entry, error);
}
