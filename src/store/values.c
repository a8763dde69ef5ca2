/* values.c - what follows from readings and decisions, and the decisions. */
#include "store/priv.h"

#include <string.h>

/* --- Values. -----------------------------------------------------------------------
 */

static char *
key_of(gint64 page, const char *field, int row)
{
    return g_strdup_printf("%" G_GINT64_FORMAT " %s %d", page, field, row);
}

/* (transfer full): the keys of all values that contradict; there are few. */
static GHashTable *
load_contradictions(LkStore *store, const LkCaseCode *only, GError **error)
{
    g_autoptr(GHashTable) keys =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(LkSqlKept) rows =
        only != NULL
            ? lk_sql_keep(store, error,
                          "SELECT page_id, field, row_no FROM contradictions"
                          " WHERE case_code = ?",
                          "t", only->text)
            : lk_sql_keep(store, error,
                          "SELECT page_id, field, row_no FROM contradictions", "");
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        g_hash_table_add(keys,
                         key_of(sqlite3_column_int64(rows, 0), lk_sql_text(rows, 1),
                                sqlite3_column_int(rows, 2)));
    }
    return step == LK_SQL_END ? g_steal_pointer(&keys) : NULL;
}

static LkValueStatus
value_status(const char *name)
{
    return strcmp(name, "ok") == 0     ? LK_VALUE_OK
           : strcmp(name, "type") == 0 ? LK_VALUE_TO_TYPE
                                       : LK_VALUE_REVIEW;
}

static LkSource
source_from_name(const char *name)
{
    for (LkSource source = LK_SOURCE_MARK; source < LK_SOURCE_PERSON; source++) {
        if (strcmp(name, lk_source_name(source)) == 0) {
            return source;
        }
    }
    return LK_SOURCE_PERSON;
}

static void
value_from_row(sqlite3_stmt *row, LkStoreValue *value)
{
    *value = (LkStoreValue){.page = sqlite3_column_int64(row, 0),
                            .page_number = sqlite3_column_int(row, 4),
                            .field = lk_sql_text(row, 6),
                            .row = sqlite3_column_int(row, 7),
                            .value = lk_sql_text_or_null(row, 8),
                            .options = lk_sql_text_or_null(row, 9),
                            .status = value_status(lk_sql_text(row, 10)),
                            .confidence = sqlite3_column_double(row, 11),
                            .source = source_from_name(lk_sql_text(row, 12)),
                            .written = sqlite3_column_int(row, 13) != 0,
                            .personal = sqlite3_column_int(row, 14) != 0,
                            .printed = sqlite3_column_int(row, 15) != 0};
    lk_sql_copy(row, 1, value->code.text, sizeof value->code.text);
    lk_sql_copy(row, 2, value->form, sizeof value->form);
    lk_sql_copy(row, 3, value->copy, sizeof value->copy);
    lk_sql_copy(row, 5, value->layout, sizeof value->layout);
}

#define VALUE_COLUMNS                                                                  \
    "SELECT page_id, case_code, form, copy, page, layout, field, row_no, value,"       \
    " options, status, confidence, source, written, personal, printed"                 \
    " FROM current_values"
#define VALUE_ORDER " ORDER BY case_code, form, copy, page, position"

static void
mark_contradiction(LkStoreValue *value, GHashTable *keys)
{
    if (g_hash_table_size(keys) > 0) {
        g_autofree char *key = key_of(value->page, value->field, value->row);
        value->contradiction = g_hash_table_contains(keys, key);
    }
    if (value->contradiction) {
        value->status = LK_VALUE_REVIEW;
    }
}

static bool
each_value(LkStore *store, const LkCaseCode *only, LkStoreValueFunc each, void *data,
           GError **error)
{
    g_autoptr(GHashTable) contradictions = load_contradictions(store, only, error);
    if (contradictions == NULL) {
        return false;
    }
    g_autoptr(LkSqlKept) rows =
        only != NULL ? lk_sql_keep(store, error,
                                   VALUE_COLUMNS " WHERE case_code = ?" VALUE_ORDER,
                                   "t", only->text)
                     : lk_sql_keep(store, error, VALUE_COLUMNS VALUE_ORDER, "");
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        LkStoreValue value;
        value_from_row(rows, &value);
        mark_contradiction(&value, contradictions);
        if (!each(&value, data)) {
            return true;
        }
    }
    return step == LK_SQL_END;
}

/* One snapshot for values and contradictions: a page that is filed meanwhile must not
 * leave a value certain that it contradicts. */
bool
lk_store_each_value(LkStore *store, const LkCaseCode *only, LkStoreValueFunc each,
                    void *data, GError **error)
{
    if (!lk_sql_exec(store, "BEGIN", error)) {
        return false;
    }
    bool ok = each_value(store, only, each, data, error);
    (void)sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL); /* nothing was written */
    return ok;
}

/* --- What waits. -------------------------------------------------------------------
 */

static LkWaitKind
wait_kind(const char *name)
{
    LkWaitKind kind = LK_WAIT_REQUIRED;
    while (kind < LK_WAIT_CONTRADICTION && strcmp(name, lk_wait_kind_name(kind)) != 0) {
        kind++;
    }
    return kind;
}

#define WAIT_COLUMNS                                                                   \
    "SELECT kind, page_id, case_code, form, layout, copy, page, field, row_no"         \
    " FROM waiting"

bool
lk_store_each_wait(LkStore *store, const LkCaseCode *only, LkStoreWaitFunc each,
                   void *data, GError **error)
{
    g_autoptr(sqlite3_stmt) rows =
        only != NULL
            ? lk_sql_prepare(store, error,
                             WAIT_COLUMNS " WHERE case_code = ?"
                                          " ORDER BY form, copy, page, page_id",
                             "t", only->text)
            : lk_sql_prepare(store, error,
                             WAIT_COLUMNS
                             " ORDER BY case_code IS NULL, case_code, form,"
                             " copy, page, page_id",
                             "");
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        LkStoreWait wait = {.kind = wait_kind(lk_sql_text(rows, 0)),
                            .page = sqlite3_column_int64(rows, 1),
                            .page_number = sqlite3_column_int(rows, 6),
                            .field = lk_sql_text_or_null(rows, 7),
                            .row = sqlite3_column_int(rows, 8)};
        lk_sql_copy(rows, 2, wait.code.text, sizeof wait.code.text);
        lk_sql_copy(rows, 3, wait.form, sizeof wait.form);
        lk_sql_copy(rows, 4, wait.layout, sizeof wait.layout);
        lk_sql_copy(rows, 5, wait.copy, sizeof wait.copy);
        if (!each(&wait, data)) {
            return true;
        }
    }
    return step == LK_SQL_END;
}

/* --- Decisions. --------------------------------------------------------------------
 */

/* Marks of a personal field may be decided: a box tells no name; but it tells
 * something, so that @sealed is set. */
bool
lk_decision_check(LkStore *store, const LkDecision *decision, bool *sealed,
                  GError **error)
{
    g_autoptr(sqlite3_stmt) row = lk_sql_prepare(
        store, error,
        "SELECT personal, source FROM readings WHERE page = ? AND field = ? AND"
        " row_no = ?",
        "iti", decision->page, decision->field, (gint64)decision->row);
    LkSqlStep step = row != NULL ? lk_sql_step(store, row, error) : LK_SQL_FAILED;
    if (step == LK_SQL_END) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN,
                    _("the page has no field '%s', row %d"), decision->field,
                    decision->row);
    } else if (step == LK_SQL_ROW) {
        LkSource source = source_from_name(lk_sql_text(row, 1));
        *sealed = sqlite3_column_int(row, 0) != 0;
        if (source == LK_SOURCE_TEXT || (*sealed && source != LK_SOURCE_MARK)) {
            g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_PERSONAL,
                        _("'%s' may name a person: its value is not kept in the case "
                          "database"),
                        decision->field);
            return false;
        }
    }
    return step == LK_SQL_ROW;
}

bool
lk_decision_write(LkStore *store, const LkDecision *decision, GError **error)
{
    bool sealed = false;
    if (!lk_decision_check(store, decision, &sealed, error)) {
        return false;
    }
    if (sealed) {
        return lk_guard_require(store, error) && lk_typed_write(store, decision, error);
    }
    g_autofree char *now = lk_now();
    if (!lk_sql_run(store, error,
                    "INSERT INTO decisions (page, field, row_no, kind, value, options,"
                    " who, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    "itittttt", decision->page, decision->field, (gint64)decision->row,
                    decision->undo ? "undo" : "value",
                    decision->undo ? NULL : decision->value,
                    decision->undo ? NULL : decision->options, decision->who, now)) {
        return false;
    }
    gint64 id = (gint64)sqlite3_last_insert_rowid(store->db);
    g_autofree char *detail = g_strdup_printf("{\"decision\":%" G_GINT64_FORMAT
                                              ",\"page\":%" G_GINT64_FORMAT "}",
                                              id, decision->page);
    return lk_reason_put(store, id, decision->page, decision->why, error) &&
           lk_journal_add(store, decision->undo ? "undo" : "decision", detail, error);
}

bool
lk_decision_put(LkStore *store, const LkDecision *decision, bool sealed, gint64 *id,
                GError **error)
{
    return (sealed ? lk_typed_write(store, decision, error)
                   : lk_decision_write(store, decision, error)) &&
           lk_sql_number(store, id, error,
                         "SELECT max(id) FROM decisions WHERE page = ? AND"
                         " field = ? AND row_no = ?",
                         "iti", decision->page, decision->field, (gint64)decision->row);
}

static bool
write_decision(LkStore *store, void *data, GError **error)
{
    return lk_decision_write(store, data, error);
}

bool
lk_store_decide(LkStore *store, const LkDecision *decision, GError **error)
{
    g_return_val_if_fail(
        store != NULL && decision->field != NULL && decision->who != NULL, false);
    return lk_sql_transaction(store, write_decision, (void *)decision, error);
}
