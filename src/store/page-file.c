/* page-file.c - each filed page as a sealed file of its own: pages/a/NAME.
 *
 * Sealed to the case file the page went to, or to the reception while it has none. The
 * file is on the disk before the transaction that names it. NAME follows from the page
 * and the key it is sealed with: what an interrupted filing leaves is overwritten when
 * the same page is filed again, and never taken for a file of another key. */
#include "store/page-parts.h"

#include <json-glib/json-glib.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define PAGES_NAME "pages"

char *
lk_page_file_path(const LkStore *store, const char *name)
{
    char first[2] = {name[0], '\0'};
    return g_build_filename(store->dir, PAGES_NAME, first, name, NULL);
}

/* --- Writing. ----------------------------------------------------------------------
 */

/* Whose page it is, of which scan. */
typedef struct {
    gint64 scan;
    int index;
    char domain[LK_DOMAIN_MAX + 1];
    char name[LK_HASH_LEN + 1];
    LkPartsScan of;
} Place;

static void
domain_for(const LkCaseCode *code, char domain[LK_DOMAIN_MAX + 1])
{
    if (code->text[0] != '\0') {
        lk_domain_of_case(code, domain);
    } else {
        g_strlcpy(domain, LK_DOMAIN_RECEPTION, LK_DOMAIN_MAX + 1);
    }
}

static bool
name_place(LkStore *store, Place *place, GError **error)
{
    uint8_t public[LK_KEY_LEN];
    if (!lk_domain_public(store, place->domain, public, error)) {
        return false;
    }
    g_autoptr(LkSqlKept) row = lk_sql_keep(
        store, error, "SELECT hash, size FROM scans WHERE id = ?", "i", place->scan);
    LkSqlStep step = row != NULL ? lk_sql_step(store, row, error) : LK_SQL_FAILED;
    if (step == LK_SQL_FAILED) {
        return false;
    }
    if (step == LK_SQL_ROW) {
        lk_sql_copy(row, 0, place->of.hash, sizeof place->of.hash);
        place->of.size = sqlite3_column_int64(row, 1);
        place->of.master = lk_scan_master(store, place->scan);
    }
    g_autofree char *page = g_strdup_printf("%s %d", place->of.hash, place->index);
    uint8_t hash[32];
    crypto_generichash(hash, sizeof hash, (const uint8_t *)page, strlen(page), public,
                       sizeof public);
    lk_hash_hex(hash, place->name);
    return true;
}

static gint64
size_of(const LkStoreCut *cut)
{
    if (cut->pieces == NULL) {
        return (gint64)g_bytes_get_size(cut->own);
    }
    guint64 size = 0;
    for (size_t i = 0; i < cut->n_pieces; i++) {
        size += cut->pieces[i].size;
    }
    return (gint64)size;
}

static bool
write_file(LkStore *store, const Place *place, const LkStoreCut *cut, GError **error)
{
    g_autofree char *path = lk_page_file_path(store, place->name);
    g_autofree char *temporary = NULL;
    if (!lk_make_folders(store, path, error)) {
        return false;
    }
    int fd = lk_incoming_open(store, &temporary, error);
    if (fd < 0) {
        return false;
    }
    bool done = lk_page_parts_seal(store, place->domain, fd, cut, &place->of, error) &&
                lk_incoming_settle(fd, temporary, path, error);
    if (!done) {
        (void)unlink(temporary);
    }
    (void)close(fd);
    return done;
}

/* (transfer full): the name there was; "" if there was none; NULL on error. */
static char *
former_name(LkStore *store, const Place *place, GError **error)
{
    g_autoptr(LkSqlKept) row = lk_sql_keep(
        store, error, "SELECT name FROM page_files WHERE scan = ? AND idx = ?", "ii",
        place->scan, (gint64)place->index);
    LkSqlStep step = row != NULL ? lk_sql_step(store, row, error) : LK_SQL_FAILED;
    return step == LK_SQL_FAILED
               ? NULL
               : g_strdup(step == LK_SQL_ROW ? lk_sql_text(row, 0) : "");
}

/* Needs scan, index and domain of the @place. */
static bool
put_at(LkStore *store, Place place, const LkStoreCut *cut, char **former,
       GError **error)
{
    g_autofree char *now = lk_now();
    g_autofree char *old = NULL;
    if (!name_place(store, &place, error) ||
        (old = former_name(store, &place, error)) == NULL ||
        !write_file(store, &place, cut, error) ||
        !lk_sql_run(store, error,
                    "INSERT INTO page_files (scan, idx, name, domain, size, at)"
                    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (scan, idx) DO UPDATE SET"
                    " name = excluded.name, domain = excluded.domain,"
                    " size = excluded.size, at = excluded.at",
                    "iittit", place.scan, (gint64)place.index, place.name, place.domain,
                    size_of(cut), now)) {
        return false;
    }
    if (*old != '\0' && strcmp(old, place.name) != 0) {
        *former = lk_page_file_path(store, old);
    }
    return true;
}

bool
lk_page_file_put(LkStore *store, const LkPageFilePut *put, char **former,
                 GError **error)
{
    Place place = {.scan = put->scan, .index = put->index};
    domain_for(put->case_code, place.domain);
    return put_at(store, place, put->cut, former, error);
}

/* --- What personal fields say. -----------------------------------------------------
 */

static void
add_text(JsonBuilder *json, const char *name, const char *text)
{
    json_builder_set_member_name(json, name);
    if (text != NULL) {
        json_builder_add_string_value(json, text);
    } else {
        json_builder_add_null_value(json);
    }
}

static char *
reading_json(const LkSealedReading *reading)
{
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    json_builder_set_member_name(json, "page");
    json_builder_add_int_value(json, reading->page);
    add_text(json, "field", reading->field);
    json_builder_set_member_name(json, "row");
    json_builder_add_int_value(json, reading->row);
    add_text(json, "value", reading->value);
    add_text(json, "options", reading->options);
    json_builder_end_object(json);
    g_autoptr(JsonNode) root = json_builder_get_root(json);
    return json_to_string(root, FALSE);
}

bool
lk_seal_reading(LkStore *store, const LkCaseCode *code, const LkSealedReading *reading,
                GError **error)
{
    char domain[LK_DOMAIN_MAX + 1];
    domain_for(code, domain);
    g_autofree char *text = reading_json(reading);
    g_autofree char *now = lk_now();
    g_autoptr(GBytes) sealed = lk_seal(store, domain, text, strlen(text), error);
    return sealed != NULL &&
           lk_sql_run(store, error,
                      "INSERT INTO sealed_values (domain, kind, page, field, row_no,"
                      " sealed, at) VALUES (?, 'read', ?, ?, ?, ?, ?)",
                      "titibt", domain, reading->page, reading->field,
                      (gint64)reading->row, sealed, now);
}

/* --- Pages filed before there were keys. -------------------------------------------
 */

typedef struct {
    gint64 scan;
    int index;
    const LkStoreCut *cut;
    char *former;
} Adding;

/* The case of the page as it counts now: a person's word before the machine's. */
static bool
add_file(LkStore *store, void *data, GError **error)
{
    Adding *adding = data;
    LkCaseCode code = {""};
    g_autoptr(sqlite3_stmt) row =
        lk_sql_prepare(store, error,
                       "SELECT case_code FROM pages WHERE scan = ? AND idx = ?"
                       " ORDER BY holds DESC, case_code IS NULL, id DESC LIMIT 1",
                       "ii", adding->scan, (gint64)adding->index);
    LkSqlStep step = row != NULL ? lk_sql_step(store, row, error) : LK_SQL_FAILED;
    if (step == LK_SQL_FAILED) {
        return false;
    }
    if (step == LK_SQL_ROW) {
        lk_sql_copy(row, 0, code.text, sizeof code.text);
    }
    LkPageFilePut put = {adding->scan, adding->index, &code, adding->cut};
    return (code.text[0] == '\0' || lk_domain_ensure_case(store, &code, error)) &&
           lk_page_file_put(store, &put, &adding->former, error);
}

bool
lk_store_add_page_file(LkStore *store, gint64 scan, int index, const LkStoreCut *cut,
                       GError **error)
{
    g_return_val_if_fail(store != NULL && cut != NULL, false);
    Adding adding = {scan, index, cut, NULL};
    bool done = lk_sql_transaction(store, add_file, &adding, error);
    g_free(adding.former);
    return done;
}

/* --- Pages whose scan was lost, and came again. ------------------------------------
 */

/* Who may see it now is what its row says: a page that was taken back from a file is
 * not that file's, whatever was read of it there. */
static bool
renew_file(LkStore *store, void *data, GError **error)
{
    Adding *adding = data;
    Place place = {.scan = adding->scan, .index = adding->index};
    g_autoptr(sqlite3_stmt) row = lk_sql_prepare(
        store, error, "SELECT domain FROM page_files WHERE scan = ? AND idx = ?", "ii",
        adding->scan, (gint64)adding->index);
    LkSqlStep step = row != NULL ? lk_sql_step(store, row, error) : LK_SQL_FAILED;
    if (step == LK_SQL_END) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN,
                    _("there is no scan number %lld here"), (long long)adding->scan);
    }
    if (step != LK_SQL_ROW) {
        return false;
    }
    lk_sql_copy(row, 0, place.domain, sizeof place.domain);
    g_clear_pointer(&row, sqlite3_finalize);
    return put_at(store, place, adding->cut, &adding->former, error);
}

bool
lk_store_renew_page_file(LkStore *store, gint64 scan, int index, const LkStoreCut *cut,
                         GError **error)
{
    g_return_val_if_fail(store != NULL && cut != NULL && cut->pieces == NULL, false);
    Adding adding = {scan, index, cut, NULL};
    bool done = lk_sql_transaction(store, renew_file, &adding, error);
    if (done && adding.former != NULL) {
        (void)unlink(adding.former);
    }
    g_free(adding.former);
    return done;
}

/* --- Where a page is. --------------------------------------------------------------
 */

void
lk_store_picture_clear(LkStorePicture *picture)
{
    g_free(picture->path);
    *picture = (LkStorePicture){0};
}

bool
lk_store_find_picture(LkStore *store, gint64 page, LkStorePicture *picture,
                      GError **error)
{
    g_autoptr(sqlite3_stmt) row = lk_sql_prepare(
        store, error,
        "SELECT f.name, s.hash, p.idx, s.sealed FROM pages p"
        " JOIN scans s ON s.id = p.scan"
        " LEFT JOIN page_files f ON f.scan = p.scan AND f.idx = p.idx WHERE p.id = ?",
        "i", page);
    LkSqlStep step = row != NULL ? lk_sql_step(store, row, error) : LK_SQL_FAILED;
    if (step == LK_SQL_END) {
        (void)lk_no_such_page(page, error);
    }
    if (step != LK_SQL_ROW) {
        return false;
    }
    const char *name = lk_sql_text_or_null(row, 0);
    *picture = (LkStorePicture){
        .path = name != NULL ? lk_page_file_path(store, name)
                             : lk_archive_path(store, lk_sql_text(row, 1)),
        .index = name != NULL ? 0 : sqlite3_column_int(row, 2),
        .is_sealed = name != NULL || sqlite3_column_int(row, 3) != 0};
    return true;
}

char *
lk_store_page_quality(LkStore *store, gint64 page, GError **error)
{
    g_autoptr(sqlite3_stmt) row = lk_sql_prepare(
        store, error, "SELECT quality FROM pages WHERE id = ?", "i", page);
    LkSqlStep step = row != NULL ? lk_sql_step(store, row, error) : LK_SQL_FAILED;
    if (step == LK_SQL_END) {
        (void)lk_no_such_page(page, error);
    }
    return step == LK_SQL_ROW ? g_strdup(lk_sql_text_or_null(row, 0)) : NULL;
}

/* --- An older office. --------------------------------------------------------------
 */

GArray *
lk_store_unsealed_scans(LkStore *store, GError **error)
{
    g_autoptr(GArray) scans = g_array_new(FALSE, TRUE, sizeof(gint64));
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error, "SELECT id FROM scans WHERE sealed = 0 ORDER BY id", "");
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        gint64 id = sqlite3_column_int64(rows, 0);
        g_array_append_val(scans, id);
    }
    return step == LK_SQL_END ? g_steal_pointer(&scans) : NULL;
}

GArray *
lk_store_pages_without_file(LkStore *store, gint64 scan, GError **error)
{
    g_autoptr(GArray) pages = g_array_new(FALSE, TRUE, sizeof(int));
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error,
        "SELECT DISTINCT idx FROM pages p WHERE scan = ? AND NOT EXISTS (SELECT 1 FROM"
        " page_files f WHERE f.scan = p.scan AND f.idx = p.idx) ORDER BY idx",
        "i", scan);
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        int index = sqlite3_column_int(rows, 0);
        g_array_append_val(pages, index);
    }
    return step == LK_SQL_END ? g_steal_pointer(&pages) : NULL;
}

/* Personal readings that stand in clear, of one page. */
static bool
seal_page(LkStore *store, void *data, GError **error)
{
    gint64 page = *(const gint64 *)data;
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error,
        "SELECT r.field, r.row_no, r.value, r.options, p.case_code FROM readings r"
        " JOIN pages p ON p.id = r.page WHERE r.page = ? AND r.personal = 1"
        " AND (r.value IS NOT NULL OR r.options IS NOT NULL)",
        "i", page);
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        LkCaseCode code = {""};
        lk_sql_copy(rows, 4, code.text, sizeof code.text);
        LkSealedReading reading = {.page = page,
                                   .field = lk_sql_text(rows, 0),
                                   .row = sqlite3_column_int(rows, 1),
                                   .value = lk_sql_text_or_null(rows, 2),
                                   .options = lk_sql_text_or_null(rows, 3)};
        if ((code.text[0] != '\0' && !lk_domain_ensure_case(store, &code, error)) ||
            !lk_seal_reading(store, &code, &reading, error)) {
            return false;
        }
    }
    return step == LK_SQL_END &&
           lk_sql_run(store, error,
                      "UPDATE readings SET value = NULL, options = NULL WHERE page = ?"
                      " AND personal = 1"
                      " AND (value IS NOT NULL OR options IS NOT NULL)",
                      "i", page);
}

bool
lk_store_seal_readings(LkStore *store, GError **error)
{
    g_autoptr(GArray) pages = g_array_new(FALSE, TRUE, sizeof(gint64));
    g_autoptr(sqlite3_stmt) rows =
        lk_sql_prepare(store, error,
                       "SELECT DISTINCT page FROM readings WHERE personal = 1"
                       " AND (value IS NOT NULL OR options IS NOT NULL)",
                       "");
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        gint64 page = sqlite3_column_int64(rows, 0);
        g_array_append_val(pages, page);
    }
    g_clear_pointer(&rows, sqlite3_finalize);
    bool done = step == LK_SQL_END;
    for (guint i = 0; done && i < pages->len; i++) {
        done = lk_sql_transaction(store, seal_page, &g_array_index(pages, gint64, i),
                                  error);
    }
    return done;
}

bool
lk_store_each_evidence(LkStore *store, LkStoreEvidenceFunc each, void *data,
                       GError **error)
{
    g_autoptr(GArray) pages = g_array_new(FALSE, TRUE, sizeof(gint64));
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error,
        "SELECT id FROM pages WHERE evidence IS NOT NULL AND layout IS NOT NULL", "");
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        gint64 page = sqlite3_column_int64(rows, 0);
        g_array_append_val(pages, page);
    }
    bool done = step == LK_SQL_END;
    for (guint i = 0; done && i < pages->len; i++) {
        gint64 page = g_array_index(pages, gint64, i);
        g_autoptr(sqlite3_stmt) row = lk_sql_prepare(
            store, error, "SELECT layout, page, evidence FROM pages WHERE id = ?", "i",
            page);
        if (row == NULL || lk_sql_step(store, row, error) != LK_SQL_ROW) {
            return false;
        }
        g_autoptr(GBytes) evidence = g_bytes_new(sqlite3_column_blob(row, 2),
                                                 (gsize)sqlite3_column_bytes(row, 2));
        g_autoptr(GBytes) instead =
            each(lk_sql_text(row, 0), sqlite3_column_int(row, 1), evidence, data);
        g_clear_pointer(&row, sqlite3_finalize);
        done = instead == NULL ||
               lk_sql_run(store, error, "UPDATE pages SET evidence = ? WHERE id = ?",
                          "bi", instead, page);
    }
    return done;
}

bool
lk_store_wipe(LkStore *store, GError **error)
{
    gint64 busy = 0;
    if (!lk_sql_exec(store, "PRAGMA secure_delete = ON; VACUUM;", error) ||
        !lk_sql_number(store, &busy, error, "PRAGMA wal_checkpoint(TRUNCATE)", "")) {
        return false;
    }
    if (busy != 0) {
        g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_BUSY,
                            _("all is sealed, but another lakana is at work and keeps "
                              "traces of what was not: when it has finished, run the "
                              "same command again"));
    }
    return busy == 0;
}
