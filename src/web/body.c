/* body.c - what a page sends: JSON, not trusted.
 *
 * A passphrase is taken out by hand, straight into memory that is locked and wiped: a
 * parser of JSON in general leaves copies of it behind. */
#include "web/web-priv.h"

#include <string.h>

#define DEPTH_MAX 16

/* --- JSON in general. ---------------------------------------------------------------
 */

/* The parser calls itself for each bracket, and 64 KB of them are more than a stack
 * has; it also takes comments and other quotation marks, in which brackets could hide
 * from this count: what is not plain JSON goes no further. */
static bool
is_shallow(const char *text, size_t size)
{
    static const char plain[] = " \t\r\n:,+-.0123456789Eabcdefghijklmnopqrstuvwxyz";
    int depth = 0;
    bool in_text = false;
    for (size_t i = 0; i < size; i++) {
        if (in_text) {
            in_text = text[i] != '"';
            i += text[i] == '\\' ? 1 : 0;
        } else if (text[i] == '[' || text[i] == '{') {
            depth++;
        } else if (text[i] == ']' || text[i] == '}') {
            depth--;
        } else {
            in_text = text[i] == '"';
            if (!in_text && strchr(plain, text[i]) == NULL) {
                return false;
            }
        }
        if (depth < 0 || depth > DEPTH_MAX) {
            return false;
        }
    }
    return true;
}

JsonNode *
lk_body_parse(const LkSecret *raw)
{
    const char *text = lk_secret_data(raw);
    size_t size = lk_secret_size(raw);
    if (size == 0 || !g_utf8_validate(text, (gssize)size, NULL) ||
        !is_shallow(text, size)) {
        return NULL;
    }
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonNode *root = json_parser_load_from_data(parser, text, (gssize)size, NULL)
                         ? json_parser_steal_root(parser)
                         : NULL;
    if (root != NULL && !JSON_NODE_HOLDS_OBJECT(root)) {
        lk_body_free(root);
        return NULL;
    }
    return root;
}

static void wipe(JsonNode *node);

static void
wipe_member(JsonObject *object, const char *name, JsonNode *node, void *data)
{
    (void)object;
    (void)name;
    (void)data;
    wipe(node);
}

static void
wipe_element(JsonArray *array, guint index, JsonNode *node, void *data)
{
    (void)array;
    (void)index;
    (void)data;
    wipe(node);
}

/* What was typed may be a name. */
static void
wipe(JsonNode *node)
{
    if (JSON_NODE_HOLDS_OBJECT(node)) {
        json_object_foreach_member(json_node_get_object(node), wipe_member, NULL);
    } else if (JSON_NODE_HOLDS_ARRAY(node)) {
        json_array_foreach_element(json_node_get_array(node), wipe_element, NULL);
    } else if (JSON_NODE_HOLDS_VALUE(node) &&
               json_node_get_value_type(node) == G_TYPE_STRING) {
        char *text = (char *)json_node_get_string(node);
        explicit_bzero(text, strlen(text));
    }
}

void
lk_body_free(JsonNode *body)
{
    if (body != NULL) {
        wipe(body);
        json_node_unref(body);
    }
}

/* --- An object of texts. ------------------------------------------------------------
 */

typedef struct {
    const char *at, *end;
} Cursor;

static void
skip_space(Cursor *cursor)
{
    while (cursor->at < cursor->end && strchr(" \t\r\n", *cursor->at) != NULL &&
           *cursor->at != '\0') {
        cursor->at++;
    }
}

static bool
take(Cursor *cursor, char wanted)
{
    skip_space(cursor);
    if (cursor->at < cursor->end && *cursor->at == wanted) {
        cursor->at++;
        return true;
    }
    return false;
}

static bool
take_hex(Cursor *cursor, gunichar *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        int digit = cursor->at < cursor->end ? g_ascii_xdigit_value(*cursor->at) : -1;
        if (digit < 0) {
            return false;
        }
        *unit = *unit * 16 + (gunichar)digit;
        cursor->at++;
    }
    return true;
}

/* Behind "\u": a character, or the two halves of one. */
static bool
take_unicode(Cursor *cursor, gunichar *character)
{
    gunichar low = 0;
    if (!take_hex(cursor, character)) {
        return false;
    }
    if (*character >= 0xD800 && *character < 0xDC00) {
        bool is_pair = cursor->end - cursor->at > 2 && cursor->at[0] == '\\' &&
                       cursor->at[1] == 'u';
        cursor->at += is_pair ? 2 : 0;
        if (!is_pair || !take_hex(cursor, &low) || low < 0xDC00 || low > 0xDFFF) {
            return false;
        }
        *character = 0x10000 + ((*character - 0xD800) << 10) + (low - 0xDC00);
    }
    return *character != 0 && g_unichar_validate(*character);
}

/* Behind a backslash. */
static bool
take_escape(Cursor *cursor, gunichar *character)
{
    static const char names[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    if (cursor->at == cursor->end) {
        return false;
    }
    char name = *cursor->at++;
    if (name == 'u') {
        return take_unicode(cursor, character);
    }
    const char *found = name != '\0' ? strchr(names, name) : NULL;
    *character = found != NULL ? (gunichar)meanings[found - names] : 0;
    return found != NULL;
}

/* (transfer full) (nullable): never longer than what it was written with. */
static LkSecret *
take_text(Cursor *cursor)
{
    if (!take(cursor, '"')) {
        return NULL;
    }
    g_autoptr(LkSecret) text = lk_secret_new((size_t)(cursor->end - cursor->at));
    char *bytes = lk_secret_data(text);
    size_t size = 0;
    while (cursor->at < cursor->end && *cursor->at != '"') {
        gunichar character = 0;
        if (*cursor->at != '\\') {
            bytes[size++] = *cursor->at++;
            continue;
        }
        cursor->at++;
        if (!take_escape(cursor, &character)) {
            return NULL;
        }
        size += (size_t)g_unichar_to_utf8(character, bytes + size);
    }
    if (!take(cursor, '"')) {
        return NULL;
    }
    lk_secret_cut(text, size);
    return g_steal_pointer(&text);
}

LkSecret *
lk_body_secret(const LkSecret *raw, const char *name)
{
    const char *bytes = lk_secret_data(raw);
    Cursor cursor = {bytes, bytes + lk_secret_size(raw)};
    g_autoptr(LkSecret) found = NULL;
    if (!g_utf8_validate(bytes, (gssize)lk_secret_size(raw), NULL) ||
        !take(&cursor, '{')) {
        return NULL;
    }
    do {
        g_autoptr(LkSecret) member = take_text(&cursor);
        g_autoptr(LkSecret) value =
            member != NULL && take(&cursor, ':') ? take_text(&cursor) : NULL;
        if (value == NULL) {
            return NULL;
        }
        if (strcmp(lk_secret_data(member), name) == 0) {
            if (found != NULL) {
                return NULL; /* twice: which one? */
            }
            found = g_steal_pointer(&value);
        }
    } while (take(&cursor, ','));
    bool whole = take(&cursor, '}');
    skip_space(&cursor);
    return whole && cursor.at == cursor.end ? g_steal_pointer(&found) : NULL;
}
