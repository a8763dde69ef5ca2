/* sql.c - SQLite, in the words of this house: errors translated, transactions that
 * cannot be forgotten. */
#include "store/priv.h"

#include <errno.h>
#include <stdarg.h>

#define BUSY_TIMEOUT_MS 10000

G_DEFINE_QUARK(lk_store_error, lk_store_error)

/* --- Errors. -----------------------------------------------------------------------
 */

static bool
is_disk_full(int code, int system_error)
{
    return code == SQLITE_FULL ||
           (code == SQLITE_IOERR && (system_error == ENOSPC || system_error == EDQUOT));
}

bool
lk_sql_fail(LkStore *store, GError **error)
{
    int code = sqlite3_extended_errcode(store->db) & 0xff;
    int system_error = sqlite3_system_errno(store->db);
    const char *path = store->db_path;
    if (is_disk_full(code, system_error)) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FULL,
                    _("%s: the disk is full; what was filed before is safe: make room, "
                      "then run the same command again"),
                    path);
    } else if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
        g_set_error(
            error, LK_STORE_ERROR, LK_STORE_ERROR_BUSY,
            _("%s: another lakana is writing there; wait until it has finished, "
              "then run the same command again"),
            path);
    } else if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED,
                    _("%s: the database is damaged; stop using it, keep the folder as "
                      "it is and go back to the last copy"),
                    path);
    } else if (code == SQLITE_CANTOPEN || code == SQLITE_READONLY ||
               code == SQLITE_PERM || code == SQLITE_AUTH || code == SQLITE_IOERR) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FILE,
                    _("%s: cannot be read or written (%s); check the rights on the "
                      "folder and the disk"),
                    path,
                    system_error != 0 ? lk_errno_text(system_error)
                                      : sqlite3_errmsg(store->db));
    } else {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_SQL,
                    _("%s: the database says: %s"), path, sqlite3_errmsg(store->db));
    }
    return false;
}

/* --- Connection. -------------------------------------------------------------------
 */

bool
lk_sql_open(LkStore *store, const char *path, bool create, GError **error)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOMUTEX |
                (create ? SQLITE_OPEN_CREATE : 0);
    g_free(store->db_path);
    store->db_path = g_strdup(path);
    if (sqlite3_open_v2(path, &store->db, flags, NULL) != SQLITE_OK) {
        return lk_sql_fail(store, error);
    }
    sqlite3_busy_timeout(store->db, BUSY_TIMEOUT_MS);
    return lk_sql_exec(store,
                       "PRAGMA foreign_keys = ON;"
                       "PRAGMA synchronous = FULL;"
                       "PRAGMA trusted_schema = OFF;",
                       error);
}

void
lk_sql_close(LkStore *store)
{
    g_clear_pointer(&store->kept, g_hash_table_unref);
    (void)sqlite3_close_v2(store->db);
    store->db = NULL;
}

bool
lk_sql_exec(LkStore *store, const char *sql, GError **error)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
           lk_sql_fail(store, error);
}

/* --- Statements. -------------------------------------------------------------------
 */

static void
bind_number(sqlite3_stmt *statement, int at, gint64 number, bool zero_is_null)
{
    if (number == 0 && zero_is_null) {
        sqlite3_bind_null(statement, at);
    } else {
        sqlite3_bind_int64(statement, at, number);
    }
}

static void
bind_bytes(sqlite3_stmt *statement, int at, GBytes *bytes)
{
    gsize size = 0;
    const void *data = bytes != NULL ? g_bytes_get_data(bytes, &size) : NULL;
    if (data == NULL) {
        sqlite3_bind_null(statement, at);
    } else {
        sqlite3_bind_blob64(statement, at, data, size, SQLITE_STATIC);
    }
}

/* Binding fails only for a wrong index or no memory: our own mistake, or GLib's. */
static void
bind_all(sqlite3_stmt *statement, const char *types, va_list *values)
{
    g_assert((int)strlen(types) == sqlite3_bind_parameter_count(statement));
    for (int at = 1; *types != '\0'; types++, at++) {
        switch (*types) {
        case 't':
            sqlite3_bind_text(statement, at, va_arg(*values, const char *), -1,
                              SQLITE_STATIC);
            break;
        case 'r':
            sqlite3_bind_double(statement, at, va_arg(*values, double));
            break;
        case 'b':
            bind_bytes(statement, at, va_arg(*values, GBytes *));
            break;
        default:
            bind_number(statement, at, va_arg(*values, gint64), *types == 'I');
            break;
        }
    }
}

static sqlite3_stmt *
compile(LkStore *store, GError **error, const char *sql, unsigned flags)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v3(store->db, sql, -1, flags, &statement, NULL) != SQLITE_OK) {
        (void)lk_sql_fail(store, error);
    }
    return statement;
}

static void
finalize(gpointer statement)
{
    (void)sqlite3_finalize(statement);
}

/* The statement kept for @sql, made if there is none. */
static sqlite3_stmt *
look_up(LkStore *store, GError **error, const char *sql)
{
    if (store->kept == NULL) {
        store->kept = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, finalize);
    }
    sqlite3_stmt *statement = g_hash_table_lookup(store->kept, sql);
    if (statement == NULL) {
        statement = compile(store, error, sql, SQLITE_PREPARE_PERSISTENT);
        if (statement != NULL) {
            /* The text that lives as long as the statement. */
            char *key = (char *)sqlite3_sql(statement);
            g_hash_table_insert(store->kept, key, statement);
        }
    }
    g_assert(statement == NULL || !sqlite3_stmt_busy(statement));
    return statement;
}

void
lk_sql_rest(sqlite3_stmt *statement)
{
    (void)sqlite3_reset(statement);
    (void)sqlite3_clear_bindings(statement);
}

sqlite3_stmt *
lk_sql_prepare(LkStore *store, GError **error, const char *sql, const char *types, ...)
{
    va_list values;
    va_start(values, types);
    sqlite3_stmt *statement = compile(store, error, sql, 0);
    if (statement != NULL) {
        bind_all(statement, types, &values);
    }
    va_end(values);
    return statement;
}

sqlite3_stmt *
lk_sql_keep(LkStore *store, GError **error, const char *sql, const char *types, ...)
{
    va_list values;
    va_start(values, types);
    sqlite3_stmt *statement = look_up(store, error, sql);
    if (statement != NULL) {
        bind_all(statement, types, &values);
    }
    va_end(values);
    return statement;
}

void
lk_sql_rebind(sqlite3_stmt *statement, const char *types, ...)
{
    va_list values;
    va_start(values, types);
    sqlite3_reset(statement);
    bind_all(statement, types, &values);
    va_end(values);
}

LkSqlStep
lk_sql_step(LkStore *store, sqlite3_stmt *statement, GError **error)
{
    switch (sqlite3_step(statement)) {
    case SQLITE_ROW:
        return LK_SQL_ROW;
    case SQLITE_DONE:
        return LK_SQL_END;
    default:
        (void)lk_sql_fail(store, error);
        return LK_SQL_FAILED;
    }
}

bool
lk_sql_run(LkStore *store, GError **error, const char *sql, const char *types, ...)
{
    va_list values;
    va_start(values, types);
    g_autoptr(LkSqlKept) statement = look_up(store, error, sql);
    if (statement != NULL) {
        bind_all(statement, types, &values);
    }
    va_end(values);
    return statement != NULL && lk_sql_step(store, statement, error) != LK_SQL_FAILED;
}

bool
lk_sql_number(LkStore *store, gint64 *number, GError **error, const char *sql,
              const char *types, ...)
{
    va_list values;
    va_start(values, types);
    g_autoptr(LkSqlKept) statement = look_up(store, error, sql);
    if (statement != NULL) {
        bind_all(statement, types, &values);
    }
    va_end(values);
    LkSqlStep step =
        statement != NULL ? lk_sql_step(store, statement, error) : LK_SQL_FAILED;
    if (step == LK_SQL_FAILED) {
        return false;
    }
    *number = step == LK_SQL_ROW ? sqlite3_column_int64(statement, 0) : 0;
    return true;
}

const char *
lk_sql_text_or_null(sqlite3_stmt *statement, int column)
{
    return (const char *)sqlite3_column_text(statement, column);
}

const char *
lk_sql_text(sqlite3_stmt *statement, int column)
{
    const char *text = lk_sql_text_or_null(statement, column);
    return text != NULL ? text : "";
}

void
lk_sql_copy(sqlite3_stmt *statement, int column, char *buffer, size_t size)
{
    g_strlcpy(buffer, lk_sql_text(statement, column), size);
}

/* --- Transactions. -----------------------------------------------------------------
 */

bool
lk_sql_transaction(LkStore *store, LkSqlWork work, void *data, GError **error)
{
    if (!lk_sql_exec(store, "BEGIN IMMEDIATE", error)) {
        return false;
    }
    if (work(store, data, error) && lk_sql_exec(store, "COMMIT", error)) {
        return true;
    }
    /* Some failures (disk full) have rolled back already. */
    if (!sqlite3_get_autocommit(store->db)) {
        (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    }
    return false;
}
