/* carry-in.c - a case file that came, unpacked: every word is checked for its form
 * before anybody uses it. The bundle is signed by an office that is trusted; its
 * program may be an older one, its database one that somebody wrote into. */
#include "store/store.h"

#include "store/rows.h"

#include <sodium.h>
#include <string.h>

#define MAX_PAGES 10000
#define MAX_ROWS 5000  /* of one page */
#define MAX_TEXT 20000 /* bytes of a value */
#define MAX_WORD 200   /* of a field's name, a login… */

static void
secret_clear(void *data)
{
    LkCarriedSecret *secret = data;
    if (secret->content != NULL) {
        sodium_memzero(secret->content, strlen(secret->content));
        g_free(secret->content);
    }
}

static GArray *
secrets_new(void)
{
    GArray *secrets = g_array_new(FALSE, TRUE, sizeof(LkCarriedSecret));
    g_array_set_clear_func(secrets, secret_clear);
    return secrets;
}

static void
page_free(void *data)
{
    LkCarriedPage *page = data;
    g_clear_pointer(&page->page.evidence, g_bytes_unref);
    g_clear_pointer(&page->picture, g_bytes_unref);
    g_array_unref(page->readings);
    g_array_unref(page->items);
    g_array_unref(page->decisions);
    g_array_unref(page->secrets);
    g_free(page);
}

static void
copy_free(void *data)
{
    LkCarriedCopy *copy = data;
    g_array_unref(copy->prefilled);
    g_free(copy);
}

void
lk_carried_case_free(LkCarriedCase *carried)
{
    if (carried != NULL) {
        g_ptr_array_unref(carried->copies);
        g_ptr_array_unref(carried->pages);
        g_array_unref(carried->vault);
        g_ptr_array_unref(carried->layouts);
        g_ptr_array_unref(carried->strings);
        g_free(carried);
    }
}

static LkCarriedCase *
carried_new(void)
{
    LkCarriedCase *carried = g_new0(LkCarriedCase, 1);
    carried->copies = g_ptr_array_new_with_free_func(copy_free);
    carried->pages = g_ptr_array_new_with_free_func(page_free);
    carried->vault = secrets_new();
    carried->layouts = g_ptr_array_new_with_free_func(g_free);
    carried->strings = g_ptr_array_new_with_free_func(g_free);
    return carried;
}

/* --- One object of the JSON. -------------------------------------------------------
 */

/* Takes members out of an object; the first that has not its form makes all of it bad.
 */
typedef struct {
    JsonObject *object;
    LkCarriedCase *into; /* keeps the strings */
    bool bad;
} In;

static bool
is_absent(const In *in, const char *name)
{
    JsonNode *node = json_object_get_member(in->object, name);
    return node == NULL || JSON_NODE_HOLDS_NULL(node);
}

/* Text without control characters, of at most @max bytes; NULL if there is none. */
static const char *
text_or_null(In *in, const char *name, size_t max)
{
    if (is_absent(in, name)) {
        return NULL;
    }
    JsonNode *node = json_object_get_member(in->object, name);
    const char *text = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
    if (text == NULL || strlen(text) > max || !g_utf8_validate(text, -1, NULL)) {
        in->bad = true;
        return NULL;
    }
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        in->bad |= g_unichar_iscntrl(g_utf8_get_char(p)) && *p != '\n' && *p != '\t';
    }
    char *kept = g_strdup(text);
    g_ptr_array_add(in->into->strings, kept);
    return kept;
}

static const char *
text_in(In *in, const char *name, size_t max)
{
    const char *text = text_or_null(in, name, max);
    in->bad |= text == NULL;
    return text != NULL ? text : "";
}

static gint64
number_in(In *in, const char *name, gint64 min, gint64 max)
{
    JsonNode *node = json_object_get_member(in->object, name);
    gint64 number = node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
                            json_node_get_value_type(node) == G_TYPE_INT64
                        ? json_node_get_int(node)
                        : min - 1;
    in->bad |= number < min || number > max;
    return number;
}

static double
fraction_in(In *in, const char *name)
{
    JsonNode *node = json_object_get_member(in->object, name);
    bool is_number = node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
                     (json_node_get_value_type(node) == G_TYPE_DOUBLE ||
                      json_node_get_value_type(node) == G_TYPE_INT64);
    double number = is_number ? json_node_get_double(node) : -1;
    in->bad |= !(number >= 0 && number <= 1);
    return number;
}

static int
word_in(In *in, const char *name, const char *const *words, int n)
{
    const char *word = text_in(in, name, MAX_WORD);
    for (int i = 0; i < n; i++) {
        if (strcmp(word, words[i]) == 0) {
            return i;
        }
    }
    in->bad = true;
    return 0;
}

/* A case code, or the number of a blank copy. */
static void
code_in(In *in, const char *name, LkCaseCode *code)
{
    const char *text = text_in(in, name, LK_CASE_CODE_LEN);
    in->bad |=
        strlen(text) != LK_CASE_CODE_LEN || !lk_case_code_parse(text, code, NULL);
}

static void
serial_in(In *in, const char *name, char serial[LK_SERIAL_LEN + 1])
{
    const char *text = text_in(in, name, LK_SERIAL_LEN);
    in->bad |= !lk_serial_is_valid(text);
    g_strlcpy(serial, text, LK_SERIAL_LEN + 1);
}

static void
form_in(In *in, const char *name, char form[4])
{
    const char *text = text_in(in, name, 3);
    in->bad |= strlen(text) < 2;
    for (const char *p = text; *p != '\0'; p++) {
        in->bad |= !g_ascii_isupper(*p) && !g_ascii_isdigit(*p) && *p != '.';
    }
    g_strlcpy(form, text, 4);
}

/* A JSON object as text: what options and quality are. */
static const char *
object_text_or_null(In *in, const char *name)
{
    const char *text = text_or_null(in, name, MAX_TEXT);
    g_autoptr(JsonParser) parser =
        text != NULL ? lk_json_parse(text, strlen(text)) : NULL;
    in->bad |= text != NULL && parser == NULL;
    return text;
}

typedef void (*EachObject)(In *in, void *data);

/* Calls @each for every object in the list @name of @in. */
static void
each_in(In *in, const char *name, guint max, EachObject each, void *data)
{
    JsonArray *list = lk_json_list(in->object, name);
    guint n = list != NULL ? json_array_get_length(list) : 0;
    in->bad |= list == NULL || n > max;
    for (guint i = 0; i < n && !in->bad; i++) {
        JsonNode *node = json_array_get_element(list, i);
        if (!JSON_NODE_HOLDS_OBJECT(node)) {
            in->bad = true;
            return;
        }
        In one = {json_node_get_object(node), in->into, false};
        each(&one, data);
        in->bad |= one.bad;
    }
}

/* --- Copies. -----------------------------------------------------------------------
 */

static void
take_copy(In *in, void *data)
{
    LkCarriedCase *carried = data;
    LkCarriedCopy *copy = g_new0(LkCarriedCopy, 1);
    copy->prefilled = g_array_new(FALSE, FALSE, sizeof(LkStorePrefilled));
    g_ptr_array_add(carried->copies, copy);
    code_in(in, "code", &copy->copy.code);
    form_in(in, "form", copy->copy.form);
    serial_in(in, "serial", copy->copy.copy);
    serial_in(in, "layout", copy->copy.layout);
    copy->copy.number = (int)number_in(in, "number", 1, 9999);
    copy->was_printed_there = number_in(in, "printed", 0, 1) != 0;
}

static LkCarriedCopy *
find_copy(const LkCarriedCase *carried, const LkStoreCopy *wanted)
{
    for (guint i = 0; i < carried->copies->len; i++) {
        LkCarriedCopy *copy = g_ptr_array_index(carried->copies, i);
        if (lk_case_code_equal(&copy->copy.code, &wanted->code) &&
            strcmp(copy->copy.form, wanted->form) == 0 &&
            strcmp(copy->copy.copy, wanted->copy) == 0) {
            return copy;
        }
    }
    return NULL;
}

static void
take_prefill(In *in, void *data)
{
    LkStoreCopy wanted = {.number = 1};
    code_in(in, "code", &wanted.code);
    form_in(in, "form", wanted.form);
    serial_in(in, "serial", wanted.copy);
    LkStorePrefilled answer = {text_in(in, "field", MAX_WORD),
                               (int)number_in(in, "row_no", 0, 999),
                               text_in(in, "value", MAX_TEXT)};
    LkCarriedCopy *copy = in->bad ? NULL : find_copy(data, &wanted);
    in->bad |= copy == NULL;
    if (copy != NULL) {
        g_array_append_val(copy->prefilled, answer);
    }
}

/* --- Pages. ------------------------------------------------------------------------
 */

static const char *const status_words[] = {"read",    "review", "duplicate",
                                           "unknown", "blank",  "error"};
static const char *const known_words[] = {"not", "qr", "print", "label", "person"};
static const char *const value_words[] = {"ok", "review", "type"};
static const char *const source_words[] = {"mark", "comb", "text"};
static const char *const item_words[] = {"required", "identity", "no-case", "conflict",
                                         "refused"};

static void
take_reading(In *in, void *data)
{
    LkCarriedPage *page = data;
    LkStoreReading reading = {
        .field = text_in(in, "field", MAX_WORD),
        .row = (int)number_in(in, "row_no", 0, 999),
        .value = text_or_null(in, "value", MAX_TEXT),
        .options = object_text_or_null(in, "options"),
        .status = (LkValueStatus)word_in(in, "status", value_words,
                                         G_N_ELEMENTS(value_words)),
        .confidence = fraction_in(in, "confidence"),
        .source =
            (LkSource)word_in(in, "source", source_words, G_N_ELEMENTS(source_words)),
        .written = number_in(in, "written", 0, 1) != 0,
        .personal = number_in(in, "personal", 0, 1) != 0,
    };
    /* A comb has a value only where it repeats what was printed there. */
    reading.printed = reading.source == LK_SOURCE_COMB && reading.value != NULL;
    g_array_append_val(page->readings, reading);
}

static void
take_decision(In *in, void *data)
{
    static const char *const kinds[] = {"value", "undo"};
    LkCarriedPage *page = data;
    LkCarriedDecision decision = {
        .field = text_in(in, "field", MAX_WORD),
        .row = (int)number_in(in, "row_no", 0, 999),
        .undo = word_in(in, "kind", kinds, G_N_ELEMENTS(kinds)) == 1,
        .value = text_or_null(in, "value", MAX_TEXT),
        .options = object_text_or_null(in, "options"),
        .who = text_in(in, "who", MAX_WORD),
        .why = text_or_null(in, "why", MAX_TEXT),
        .at = text_in(in, "at", MAX_WORD),
    };
    g_array_append_val(page->decisions, decision);
}

static void
take_item(In *in, void *data)
{
    LkCarriedPage *page = data;
    LkStoreItem item = {
        .kind = (LkWaitKind)word_in(in, "kind", item_words, G_N_ELEMENTS(item_words)),
        .field = text_or_null(in, "field", MAX_WORD),
        .row = (int)number_in(in, "row_no", 0, 999)};
    g_array_append_val(page->items, item);
}

static void
take_secret(In *in, void *data)
{
    static const char *const kinds[] = {"read", "typed"};
    LkCarriedPage *page = data;
    LkCarriedSecret secret = {
        .kind = kinds[word_in(in, "kind", kinds, G_N_ELEMENTS(kinds))],
        .field = text_in(in, "field", MAX_WORD),
        .row = (int)number_in(in, "row_no", 0, 999),
        .at = text_in(in, "at", MAX_WORD),
        .who = text_or_null(in, "who", MAX_WORD),
    };
    JsonNode *content = json_object_get_member(in->object, "content");
    in->bad |= content == NULL || !JSON_NODE_HOLDS_OBJECT(content);
    secret.content = in->bad ? NULL : json_to_string(content, FALSE);
    in->bad |= secret.content != NULL && strlen(secret.content) > MAX_TEXT;
    g_array_append_val(page->secrets, secret);
}

static void
take_vault(In *in, void *data)
{
    LkCarriedCase *carried = data;
    LkCarriedSecret secret = {.at = text_in(in, "at", MAX_WORD),
                              .who = text_or_null(in, "who", MAX_WORD)};
    g_autoptr(GBytes) content =
        lk_json_bytes(json_object_get_member(in->object, "content"));
    gsize size = 0;
    const char *text = content != NULL ? g_bytes_get_data(content, &size) : NULL;
    in->bad |= text == NULL || size > MAX_TEXT;
    secret.content = in->bad ? NULL : g_strndup(text, size);
    g_array_append_val(carried->vault, secret);
}

static void
take_identity(In *in, LkPageId *id)
{
    code_in(in, "printed_code", &id->case_code);
    form_in(in, "form", id->form);
    serial_in(in, "copy", id->copy);
    serial_in(in, "layout", id->layout);
    id->page = (int)number_in(in, "page", 1, 9);
}

static void
take_page(In *in, void *data)
{
    LkCarriedCase *carried = data;
    LkCarriedPage *carried_page = g_new0(LkCarriedPage, 1);
    carried_page->readings = g_array_new(FALSE, FALSE, sizeof(LkStoreReading));
    carried_page->items = g_array_new(FALSE, FALSE, sizeof(LkStoreItem));
    carried_page->secrets = secrets_new();
    carried_page->decisions = g_array_new(FALSE, FALSE, sizeof(LkCarriedDecision));
    g_ptr_array_add(carried->pages, carried_page);
    LkStorePage *page = &carried_page->page;
    take_identity(in, &page->id);
    page->status =
        (LkPageStatus)word_in(in, "status", status_words, G_N_ELEMENTS(status_words));
    page->known_by =
        (LkKnownBy)word_in(in, "known_by", known_words, G_N_ELEMENTS(known_words));
    page->case_code = carried->code;
    page->holds = number_in(in, "holds", 0, 1) != 0;
    page->reasons = text_in(in, "reasons", MAX_TEXT);
    page->quality = object_text_or_null(in, "quality");
    page->duration_ms = (int)number_in(in, "duration_ms", 0, G_MAXINT);
    if (!is_absent(in, "evidence")) {
        page->evidence = lk_json_bytes(json_object_get_member(in->object, "evidence"));
        in->bad |= page->evidence == NULL;
    }
    each_in(in, "readings", MAX_ROWS, take_reading, carried_page);
    each_in(in, "decisions", MAX_ROWS, take_decision, carried_page);
    each_in(in, "items", MAX_ROWS, take_item, carried_page);
    each_in(in, "secrets", MAX_ROWS, take_secret, carried_page);
    page->readings = (const LkStoreReading *)(void *)carried_page->readings->data;
    page->n_readings = carried_page->readings->len;
    page->items = (const LkStoreItem *)(void *)carried_page->items->data;
    page->n_items = carried_page->items->len;
    in->bad |= page->status == LK_PAGE_DUPLICATE || page->status == LK_PAGE_UNKNOWN ||
               page->status == LK_PAGE_BLANK || page->known_by == LK_KNOWN_NOT;
}

/* --- All of it. --------------------------------------------------------------------
 */

typedef struct {
    LkCarriedCase *carried;
    bool has_content;
} Unpacking;

static bool
not_a_case(GError **error)
{
    g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED,
                        _("the case file in it is not as lakana writes one: nothing of "
                          "it was taken; tell the office that sent it"));
    return false;
}

static bool
take_manifest(GBytes *bytes, GError **error)
{
    gsize size = 0;
    const char *text = g_bytes_get_data(bytes, &size);
    g_autoptr(JsonParser) parser = lk_json_parse(text, size);
    if (parser == NULL) {
        return not_a_case(error);
    }
    gint64 version = json_object_get_int_member_with_default(
        json_node_get_object(json_parser_get_root(parser)), "lakana_bundle", 0);
    if (version > 1) {
        g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_NEWER,
                            _("written by a newer lakana: update this program"));
        return false;
    }
    return version == 1 || not_a_case(error);
}

static bool
parse(LkCarriedCase *carried, const char *text, size_t size, GError **error)
{
    static const char *const purposes[] = {"transfer", "referral"};
    g_autoptr(JsonParser) parser = lk_json_parse(text, size);
    if (parser == NULL) {
        return not_a_case(error);
    }
    In in = {json_node_get_object(json_parser_get_root(parser)), carried, false};
    code_in(&in, "code", &carried->code);
    in.bad |= lk_case_code_is_blank(&carried->code);
    carried->purpose =
        (LkSendPurpose)word_in(&in, "for", purposes, G_N_ELEMENTS(purposes));
    each_in(&in, "copies", MAX_PAGES, take_copy, carried);
    each_in(&in, "prefills", MAX_PAGES, take_prefill, carried);
    each_in(&in, "pages", MAX_PAGES, take_page, carried);
    each_in(&in, "vault", MAX_ROWS, take_vault, carried);
    return !in.bad || not_a_case(error);
}

static bool
take_content(LkCarriedCase *carried, GBytes *bytes, GError **error)
{
    gsize size = 0;
    const char *text = g_bytes_get_data(bytes, &size);
    return parse(carried, text, size, error);
}

LkCarriedCase *
lk_carried_case_parse(const char *text, size_t size, GError **error)
{
    g_autoptr(LkCarriedCase) carried = carried_new();
    return parse(carried, text, size, error) ? g_steal_pointer(&carried) : NULL;
}

/* "pages/000007" is the picture of the seventh page. */
static bool
take_picture(LkCarriedCase *carried, const char *name, GBytes *bytes, GError **error)
{
    guint64 number = g_ascii_strtoull(name + strlen("pages/"), NULL, 10);
    if (number < 1 || number > carried->pages->len) {
        return not_a_case(error);
    }
    LkCarriedPage *page = g_ptr_array_index(carried->pages, (guint)number - 1);
    page->picture = g_bytes_ref(bytes);
    return true;
}

static bool
take_entry(LkBundleReader *reader, const char *name, gint64 size, void *data,
           GError **error)
{
    Unpacking *unpacking = data;
    g_autoptr(GBytes) bytes = lk_bundle_take(reader, size, error);
    if (bytes == NULL) {
        return false;
    }
    if (strcmp(name, LK_BUNDLE_MANIFEST) == 0) {
        return take_manifest(bytes, error);
    }
    if (strcmp(name, LK_BUNDLE_CONTENT) == 0) {
        unpacking->has_content = true;
        return take_content(unpacking->carried, bytes, error);
    }
    if (g_str_has_prefix(name, "pages/")) {
        return take_picture(unpacking->carried, name, bytes, error);
    }
    gsize length = 0;
    const char *text = g_bytes_get_data(bytes, &length);
    g_ptr_array_add(unpacking->carried->layouts, g_strndup(text, length));
    return true;
}

LkCarriedCase *
lk_case_unpack(LkArrival *arrival, LkSession *session, GError **error)
{
    g_autoptr(LkCarriedCase) carried = carried_new();
    Unpacking unpacking = {carried, false};
    if (!lk_arrival_read(arrival, session, take_entry, &unpacking, error)) {
        return NULL;
    }
    if (!unpacking.has_content) {
        (void)not_a_case(error);
        return NULL;
    }
    return g_steal_pointer(&carried);
}
