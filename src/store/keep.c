/* keep.c - what belongs to an office, and whether its database is whole. */
#include "store/keep.h"

#include <string.h>

const LkKeepKind lk_keep_kinds[] = {
    {LK_ARCHIVE_NAME, "SELECT hash, size FROM scans ORDER BY hash", true,
     lk_archive_path},
    {LK_PAGES_NAME, "SELECT name, NULL FROM page_files ORDER BY name", false,
     lk_page_file_path},
    {NULL, NULL, false, NULL},
};

char *
lk_keep_name(const LkKeepKind *kind, const char *row)
{
    static char here[] = ".";
    const LkStore office = {.dir = here};
    g_autofree char *path = kind->place(&office, row);
    return g_strdup(path + strlen("./"));
}

/* --- What is lost. -----------------------------------------------------------------
 */

void
lk_lost_file_free(gpointer lost)
{
    LkLostFile *file = lost;
    g_free(file->name);
    g_clear_pointer(&file->pages, g_array_unref);
    g_free(file);
}

bool
lk_keep_lose(GPtrArray *lost, LkStore *database, const LkKeepKind *kind,
             const LkLostFile *file, LkKeepLends lends, const void *data,
             GError **error)
{
    LkLostFile *added = g_new0(LkLostFile, 1);
    added->name = g_strdup(file->name);
    added->is_missing = file->is_missing;
    added->pages = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_ptr_array_add(lost, added);
    const char *row_name = strrchr(file->name, '/') + 1;
    bool is_scan = kind == lk_keep_kinds;
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        database, error,
        is_scan
            ? "SELECT p.id, f.name FROM pages p JOIN scans s ON s.id = p.scan"
              " LEFT JOIN page_files f ON f.scan = p.scan AND f.idx = p.idx"
              " WHERE s.hash = ? ORDER BY p.id"
            : "SELECT p.id, f.name FROM pages p JOIN page_files f"
              " ON f.scan = p.scan AND f.idx = p.idx WHERE f.name = ? ORDER BY p.id",
        "t", row_name);
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(database, rows, error)) == LK_SQL_ROW) {
        gint64 page = sqlite3_column_int64(rows, 0);
        const char *name = lk_sql_text_or_null(rows, 1);
        if (!is_scan || name == NULL || lends(name, data)) {
            g_array_append_val(added->pages, page);
        }
    }
    return step == LK_SQL_END;
}

/* --- Whether the database is whole. ------------------------------------------------
 */

/* A copy that is no office of ours is no fault of the person's. */
static bool
check_version(LkStore *store, GError **error)
{
    g_autoptr(GError) why = NULL;
    if (lk_schema_check(store, &why)) {
        return true;
    }
    if (g_error_matches(why, LK_STORE_ERROR, LK_STORE_ERROR_NOT_OFFICE)) {
        why->code = LK_STORE_ERROR_DAMAGED;
    }
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

static bool
check_pages(LkStore *store, GError **error)
{
    g_autoptr(sqlite3_stmt) rows =
        lk_sql_prepare(store, error, "PRAGMA integrity_check(1)", "");
    LkSqlStep step = rows != NULL ? lk_sql_step(store, rows, error) : LK_SQL_FAILED;
    if (step == LK_SQL_FAILED) {
        return false;
    }
    gint64 orphans = 0;
    if (!lk_sql_number(store, &orphans, error,
                       "SELECT count(*) FROM pragma_foreign_key_check", "")) {
        return false;
    }
    if (step != LK_SQL_ROW || strcmp(lk_sql_text(rows, 0), "ok") != 0 || orphans != 0) {
        g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED,
                            _("the database is damaged; keep the folder as it is and "
                              "go back to an earlier backup"));
        return false;
    }
    return true;
}

bool
lk_keep_check(LkStore *store, GError **error)
{
    return check_version(store, error) && check_pages(store, error) &&
           lk_store_journal_check(store, NULL, NULL, error);
}
