/* target.c - the address that a browser asks for. */
#include "web/web-priv.h"

#include <string.h>

#define TARGET_MAX 2048
#define PARTS_MAX 12
#define PART_MAX 255
#define QUERY_MAX 16

void
lk_target_clear(LkTarget *target)
{
    g_clear_pointer(&target->parts, g_ptr_array_unref);
    g_clear_pointer(&target->query, g_hash_table_unref);
}

/* (transfer full) (nullable): @length bytes with their %HH decoded.
 * @plus: what "+" means: in a query a space */
static char *
decode(const char *text, size_t length, char plus)
{
    g_autoptr(GString) decoded = g_string_new(NULL);
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '%') {
            g_string_append_c(decoded, text[i] == '+' ? plus : text[i]);
            continue;
        }
        int high = i + 2 < length ? g_ascii_xdigit_value(text[i + 1]) : -1;
        int low = i + 2 < length ? g_ascii_xdigit_value(text[i + 2]) : -1;
        if (high < 0 || low < 0) {
            return NULL;
        }
        g_string_append_c(decoded, (char)(high * 16 + low));
        i += 2;
    }
    bool fine = decoded->len <= PART_MAX &&
                g_utf8_validate(decoded->str, (gssize)decoded->len, NULL) &&
                strchr(decoded->str, '/') == NULL;
    for (const char *p = decoded->str; fine && *p != '\0'; p = g_utf8_next_char(p)) {
        fine = !g_unichar_iscntrl(g_utf8_get_char(p));
    }
    return fine ? g_string_free(g_steal_pointer(&decoded), FALSE) : NULL;
}

static bool
parse_path(const char *path, size_t length, GPtrArray *parts)
{
    size_t at = 1; /* behind the first "/" */
    while (at < length || (at > 1 && at == length)) {
        size_t end = at;
        while (end < length && path[end] != '/') {
            end++;
        }
        char *part = decode(path + at, end - at, '+');
        if (part == NULL) {
            return false;
        }
        g_ptr_array_add(parts, part);
        if (*part == '\0' || strcmp(part, ".") == 0 || strcmp(part, "..") == 0 ||
            parts->len > PARTS_MAX) {
            return false;
        }
        at = end + 1;
    }
    return true;
}

static bool
parse_query(const char *text, GHashTable *query)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "&");
        size_t name_length = MIN(strcspn(text, "="), length);
        size_t skipped = name_length < length ? name_length + 1 : length;
        g_autofree char *name = decode(text, name_length, ' ');
        g_autofree char *value = decode(text + skipped, length - skipped, ' ');
        if (name == NULL || value == NULL || *name == '\0' ||
            g_hash_table_contains(query, name) ||
            g_hash_table_size(query) >= QUERY_MAX) {
            return false;
        }
        g_hash_table_insert(query, g_steal_pointer(&name), g_steal_pointer(&value));
        text += length;
        text += *text == '&' ? 1 : 0;
    }
    return true;
}

bool
lk_target_parse(const char *raw, LkTarget *target)
{
    lk_target_clear(target);
    target->parts = g_ptr_array_new_with_free_func(g_free);
    target->query = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (raw == NULL || raw[0] != '/' || strlen(raw) > TARGET_MAX) {
        return false;
    }
    size_t length = strcspn(raw, "?");
    return parse_path(raw, length, target->parts) &&
           parse_query(raw[length] == '?' ? raw + length + 1 : "", target->query);
}
