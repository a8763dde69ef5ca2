/* rows.c - rows of the database as JSON. */
#include "store/rows.h"

#include <sodium.h>
#include <string.h>

void
lk_json_add_bytes(JsonBuilder *json, const void *bytes, size_t size)
{
    g_autofree char *hex = g_malloc(2 * size + 1);
    sodium_bin2hex(hex, 2 * size + 1, bytes, size);
    json_builder_begin_object(json);
    json_builder_set_member_name(json, "hex");
    json_builder_add_string_value(json, hex);
    json_builder_end_object(json);
}

void
lk_row_add_column(JsonBuilder *json, sqlite3_stmt *row, int column)
{
    json_builder_set_member_name(json, sqlite3_column_name(row, column));
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_INTEGER:
        json_builder_add_int_value(json, sqlite3_column_int64(row, column));
        break;
    case SQLITE_FLOAT:
        json_builder_add_double_value(json, sqlite3_column_double(row, column));
        break;
    case SQLITE_TEXT:
        json_builder_add_string_value(json, lk_sql_text(row, column));
        break;
    case SQLITE_BLOB:
        lk_json_add_bytes(json, sqlite3_column_blob(row, column),
                          (size_t)sqlite3_column_bytes(row, column));
        break;
    default:
        json_builder_add_null_value(json);
        break;
    }
}

void
lk_row_add(JsonBuilder *json, sqlite3_stmt *row)
{
    for (int column = 0; column < sqlite3_column_count(row); column++) {
        lk_row_add_column(json, row, column);
    }
}

bool
lk_rows_add(LkStore *store, JsonBuilder *json, const char *name, sqlite3_stmt *rows,
            GError **error)
{
    LkSqlStep step = LK_SQL_FAILED;
    json_builder_set_member_name(json, name);
    json_builder_begin_array(json);
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        json_builder_begin_object(json);
        lk_row_add(json, rows);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
    return step == LK_SQL_END;
}

GBytes *
lk_json_bytes(JsonNode *node)
{
    if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node)) {
        return NULL;
    }
    const char *hex = json_object_get_string_member_with_default(
        json_node_get_object(node), "hex", NULL);
    size_t length = hex != NULL ? strlen(hex) : 0;
    g_autofree uint8_t *bytes = g_malloc(length / 2 + 1);
    size_t size = 0;
    if (hex == NULL ||
        sodium_hex2bin(bytes, length / 2 + 1, hex, length, NULL, &size, NULL) != 0) {
        return NULL;
    }
    return g_bytes_new_take(g_steal_pointer(&bytes), size);
}

JsonArray *
lk_json_list(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    return node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node)
                                                       : NULL;
}

JsonParser *
lk_json_parse(const char *text, size_t size)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    if (size > G_MAXSSIZE || !g_utf8_validate(text, (gssize)size, NULL) ||
        !json_parser_load_from_data(parser, text, (gssize)size, NULL)) {
        return NULL;
    }
    JsonNode *root = json_parser_get_root(parser);
    return root != NULL && JSON_NODE_HOLDS_OBJECT(root) ? g_steal_pointer(&parser)
                                                        : NULL;
}
