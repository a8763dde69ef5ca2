/* keyring.c - rows of people, domains and grants as JSON, and back into tables of the
 * same shape. The columns read are those of our own tables; whatever else the text may
 * hold is not looked at. */
#include "store/keyring.h"

#include "store/rows.h"

#define MAX_ROWS 1000 /* of one table */

static const struct {
    const char *table, *sql;
} tables[] = {
    {"domains", "SELECT * FROM domains WHERE name NOT LIKE 'case:%' ORDER BY name"},
    {"people", "SELECT * FROM people WHERE login IN"
               " (SELECT holder FROM grants WHERE domain = 'backup') ORDER BY login"},
    {"grants", "SELECT * FROM grants WHERE domain = 'backup' OR (holder = '@recovery'"
               " AND domain NOT LIKE 'case:%') ORDER BY domain, holder"},
};

/* --- Writing. ----------------------------------------------------------------------
 */

char *
lk_keyring_text(LkStore *store, GError **error)
{
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(store, error, tables[i].sql, "");
        if (!lk_rows_add(store, json, tables[i].table, rows, error)) {
            return NULL;
        }
    }
    json_builder_end_object(json);
    g_autoptr(JsonNode) root = json_builder_get_root(json);
    return json_to_string(root, FALSE);
}

/* --- Reading. ----------------------------------------------------------------------
 */

static bool
not_keys(GError **error)
{
    g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED,
                        _("the keys at its beginning are damaged"));
    return false;
}

static bool
bind_node(sqlite3_stmt *insert, int at, JsonNode *node)
{
    if (node == NULL || JSON_NODE_HOLDS_NULL(node)) {
        return sqlite3_bind_null(insert, at) == SQLITE_OK;
    }
    if (JSON_NODE_HOLDS_VALUE(node) &&
        json_node_get_value_type(node) == G_TYPE_STRING) {
        return sqlite3_bind_text(insert, at, json_node_get_string(node), -1,
                                 SQLITE_TRANSIENT) == SQLITE_OK;
    }
    if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_INT64) {
        return sqlite3_bind_int64(insert, at, json_node_get_int(node)) == SQLITE_OK;
    }
    g_autoptr(GBytes) blob = lk_json_bytes(node);
    gsize size = 0;
    const void *bytes = blob != NULL ? g_bytes_get_data(blob, &size) : NULL;
    return bytes != NULL &&
           sqlite3_bind_blob64(insert, at, bytes, size, SQLITE_TRANSIENT) == SQLITE_OK;
}

/* (transfer full): GPtrArray of char*, the columns of our @table. */
static GPtrArray *
columns_of(LkStore *store, const char *table, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error, "SELECT name FROM pragma_table_info(?)", "t", table);
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        g_ptr_array_add(names, g_strdup(lk_sql_text(rows, 0)));
    }
    return step == LK_SQL_END ? g_steal_pointer(&names) : NULL;
}

static bool
insert_row(LkStore *store, const char *table, GPtrArray *columns, JsonObject *row,
           GError **error)
{
    g_autoptr(GString) sql = g_string_new("INSERT INTO ");
    g_autoptr(GString) marks = g_string_new(NULL);
    g_string_append_printf(sql, "%s (", table);
    for (guint i = 0; i < columns->len; i++) {
        const char *comma = i > 0 ? ", " : "";
        g_string_append_printf(sql, "%s%s", comma,
                               (const char *)g_ptr_array_index(columns, i));
        g_string_append_printf(marks, "%s?", comma);
    }
    g_string_append_printf(sql, ") VALUES (%s)", marks->str);
    sqlite3_stmt *prepared = NULL;
    if (sqlite3_prepare_v2(store->db, sql->str, -1, &prepared, NULL) != SQLITE_OK) {
        return lk_sql_fail(store, error);
    }
    g_autoptr(sqlite3_stmt) insert = prepared;
    for (guint i = 0; i < columns->len; i++) {
        JsonNode *node = json_object_get_member(row, g_ptr_array_index(columns, i));
        if (!bind_node(insert, (int)i + 1, node)) {
            return not_keys(error);
        }
    }
    return sqlite3_step(insert) == SQLITE_DONE || not_keys(error);
}

static bool
load_table(LkStore *store, JsonObject *root, const char *table, GError **error)
{
    g_autoptr(GPtrArray) columns = columns_of(store, table, error);
    if (columns == NULL) {
        return false;
    }
    JsonArray *rows = lk_json_list(root, table);
    if (rows == NULL || json_array_get_length(rows) > MAX_ROWS) {
        return not_keys(error);
    }
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonNode *row = json_array_get_element(rows, i);
        if (!JSON_NODE_HOLDS_OBJECT(row)) {
            return not_keys(error);
        }
        if (!insert_row(store, table, columns, json_node_get_object(row), error)) {
            return false;
        }
    }
    return true;
}

LkStore *
lk_keyring_load(const char *text, size_t size, GError **error)
{
    g_autoptr(JsonParser) parser = lk_json_parse(text, size);
    if (parser == NULL) {
        (void)not_keys(error);
        return NULL;
    }
    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    g_autoptr(LkStore) store = lk_store_in_memory(error);
    if (store == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        if (!load_table(store, root, tables[i].table, error)) {
            return NULL;
        }
    }
    return g_steal_pointer(&store);
}
