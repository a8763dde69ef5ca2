/* rows.h - rows of the database as JSON: an object a row, columns by name, a blob as
 * {"hex":"…"}. */
#ifndef LK_STORE_ROWS_H
#define LK_STORE_ROWS_H

#include "store/priv.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/** lk_row_add: the columns of @row as members of the object that @json is in. */
void lk_row_add(JsonBuilder *json, sqlite3_stmt *row);

/** lk_row_add_column: one of them. */
void lk_row_add_column(JsonBuilder *json, sqlite3_stmt *row, int column);

/** lk_rows_add: member @name, a list of all rows of @rows; NULL fails with the @error
 * that is there. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_rows_add(LkStore *store, JsonBuilder *json, const char *name,
                 sqlite3_stmt *rows, GError **error);

/** lk_json_bytes: (transfer full): the bytes of {"hex":"…"}; NULL if it is not that. */
GBytes *lk_json_bytes(JsonNode *node);

/** lk_json_add_bytes: the same as a value. */
void lk_json_add_bytes(JsonBuilder *json, const void *bytes, size_t size);

/** lk_json_list: (transfer none) (nullable): the list @name of @object, if it is one.
 */
JsonArray *lk_json_list(JsonObject *object, const char *name);

/** lk_json_parse: (transfer full) (nullable): a parser whose root is an object. */
JsonParser *lk_json_parse(const char *text, size_t size);

G_END_DECLS

#endif
