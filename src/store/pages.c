/* pages.c - one page of paper, one transaction. */
#include "store/priv.h"

#include <string.h>
#include <unistd.h>

static const char *const status_names[] = {"read",    "review", "duplicate",
                                           "unknown", "blank",  "error"};
static const char *const known_names[] = {"not", "qr", "print", "label", "person"};
static const char *const source_names[] = {"mark", "comb", "text", "person"};
static const char *const wait_names[] = {"required", "identity",     "no-case",
                                         "conflict", "refused",      "mark",
                                         "type",     "contradiction"};
static const char *const value_status_names[] = {"ok", "review", "type"};

const char *
lk_page_status_name(LkPageStatus status)
{
    return status_names[status];
}

const char *
lk_source_name(LkSource source)
{
    return source_names[source];
}

const char *
lk_wait_kind_name(LkWaitKind kind)
{
    return wait_names[kind];
}

/* --- Filing. -----------------------------------------------------------------------
 */

typedef struct {
    gint64 scan;
    const LkStorePage *page;
    LkFiled filed;
    char *now;
    char *former; /* file of the page, for who saw it before; or NULL */
} Filing;

static bool
has_item(const LkStorePage *page, LkWaitKind kind)
{
    for (size_t i = 0; i < page->n_items; i++) {
        if (page->items[i].kind == kind) {
            return true;
        }
    }
    return false;
}

/* Whether this (scan, index), or this place in the file, is taken. */
static bool
check_place(LkStore *store, const Filing *filing, GError **error)
{
    const LkStorePage *page = filing->page;
    gint64 filed = 0;
    gint64 holder = 0;
    if (!lk_sql_number(store, &filed, error,
                       "SELECT id FROM pages WHERE scan = ? AND idx = ?"
                       " AND known_by <> 'person'",
                       "ii", filing->scan, (gint64)page->index) ||
        !lk_sql_number(store, &holder, error,
                       "SELECT id FROM pages WHERE case_code = ? AND form = ? AND"
                       " copy = ? AND page = ? AND holds = 1",
                       "ttti", page->case_code.text, page->id.form, page->id.copy,
                       (gint64)page->id.page)) {
        return false;
    }
    if (filed != 0 && page->told == NULL) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FILED,
                    _("page %d of this scan is filed already"), page->index + 1);
        return false;
    }
    if (page->holds && holder != 0) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_TAKEN,
                    _("another page holds %s page %d of this file"), page->id.form,
                    page->id.page);
        return false;
    }
    return true;
}

/* The fields of @form that are facts: most pages have none, and are done. */
static bool
load_facts(LkStore *store, const char *form, GHashTable *facts, GError **error)
{
    g_autoptr(LkSqlKept) rows =
        lk_sql_keep(store, error, "SELECT field FROM facts WHERE form = ?", "t", form);
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        g_hash_table_add(facts, g_strdup(lk_sql_text(rows, 0)));
    }
    return step == LK_SQL_END;
}

/* Whether a value on @page disagrees with another form of its file. Same rule as the
 * view `contradictions`, asked before the page is written: its status says it. */
static bool
contradicts(LkStore *store, const LkStorePage *page, bool *found, GError **error)
{
    *found = false;
    g_autoptr(GHashTable) facts =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (!load_facts(store, page->id.form, facts, error)) {
        return false;
    }
    g_autoptr(LkSqlKept) others = lk_sql_keep(
        store, error,
        "SELECT 1 FROM facts fa JOIN facts fb ON fb.fact = fa.fact"
        " JOIN current_values b ON b.form = fb.form AND b.field = fb.field"
        " WHERE fa.form = ? AND fa.field = ? AND b.case_code = ? AND b.status = 'ok'"
        " AND b.value <> ? LIMIT 1",
        "tttt", "", "", "", "");
    if (others == NULL) {
        return false;
    }
    for (size_t i = 0; i < page->n_readings && !*found; i++) {
        const LkStoreReading *reading = &page->readings[i];
        if (reading->status != LK_VALUE_OK || reading->value == NULL ||
            !g_hash_table_contains(facts, reading->field)) {
            continue;
        }
        lk_sql_rebind(others, "tttt", page->id.form, reading->field,
                      page->case_code.text, reading->value);
        LkSqlStep step = lk_sql_step(store, others, error);
        if (step == LK_SQL_FAILED) {
            return false;
        }
        *found = step == LK_SQL_ROW;
    }
    return true;
}

static const char *
or_null(const char *text)
{
    return *text != '\0' ? text : NULL;
}

static bool
insert_page(LkStore *store, Filing *filing, GError **error)
{
    const LkStorePage *page = filing->page;
    bool known = page->known_by != LK_KNOWN_NOT;
    bool added = filing->filed.contradiction;
    g_autofree char *reasons =
        g_strconcat(page->reasons != NULL ? page->reasons : "",
                    added && page->reasons != NULL && *page->reasons != '\0' ? "," : "",
                    added ? "contradiction" : "", NULL);
    bool ok = lk_sql_run(
        store, error,
        "INSERT INTO pages (scan, idx, status, known_by, printed_code, form, copy, "
        "page,"
        " layout, case_code, holds, other, reasons, quality, evidence, duration_ms,"
        " filed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        "iitttttIttiIttbit", filing->scan, (gint64)page->index,
        status_names[filing->filed.status], known_names[page->known_by],
        known ? or_null(page->id.case_code.text) : NULL,
        known ? or_null(page->id.form) : NULL, known ? or_null(page->id.copy) : NULL,
        known ? (gint64)page->id.page : (gint64)0,
        known ? or_null(page->id.layout) : NULL, or_null(page->case_code.text),
        (gint64)page->holds, page->other, reasons, page->quality, page->evidence,
        (gint64)page->duration_ms, filing->now);
    filing->filed.page = sqlite3_last_insert_rowid(store->db);
    return ok;
}

/* Ink is never a value. */
static bool
has_value(const LkStoreReading *r)
{
    bool read =
        r->source == LK_SOURCE_MARK || (r->source == LK_SOURCE_COMB && r->printed);
    return read && (r->value != NULL || r->options != NULL);
}

/* What a personal field says is for who may see the page. */
static bool
seal_reading(LkStore *store, const Filing *filing, const LkStoreReading *r,
             GError **error)
{
    LkSealedReading reading = {.page = filing->filed.page,
                               .field = r->field,
                               .row = r->row,
                               .value = r->value,
                               .options = r->options};
    return !r->personal || !has_value(r) ||
           lk_seal_reading(store, &filing->page->case_code, &reading, error);
}

static bool
insert_readings(LkStore *store, const Filing *filing, GError **error)
{
    const LkStorePage *page = filing->page;
    static const char sql[] =
        "INSERT INTO readings (page, position, field, row_no, value, options, status,"
        " confidence, source, written, personal)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    static const char types[] = "iititttrtii";
    g_autoptr(LkSqlKept) insert =
        lk_sql_keep(store, error, sql, types, (gint64)0, (gint64)0, "", (gint64)0, NULL,
                    NULL, "", 0.0, "", (gint64)0, (gint64)0);
    if (insert == NULL) {
        return false;
    }
    for (size_t i = 0; i < page->n_readings; i++) {
        const LkStoreReading *r = &page->readings[i];
        bool shown = has_value(r) && !r->personal;
        lk_sql_rebind(insert, types, filing->filed.page, (gint64)i, r->field,
                      (gint64)r->row, shown ? r->value : NULL,
                      shown ? r->options : NULL, value_status_names[r->status],
                      r->confidence, source_names[r->source], (gint64)r->written,
                      (gint64)r->personal);
        if (lk_sql_step(store, insert, error) == LK_SQL_FAILED ||
            !seal_reading(store, filing, r, error)) {
            return false;
        }
    }
    return true;
}

static bool
insert_items(LkStore *store, const Filing *filing, GError **error)
{
    for (size_t i = 0; i < filing->page->n_items; i++) {
        const LkStoreItem *item = &filing->page->items[i];
        if (!lk_sql_run(store, error,
                        "INSERT INTO items (page, kind, field, row_no, raised_at)"
                        " VALUES (?, ?, ?, ?, ?)",
                        "ittit", filing->filed.page, wait_names[item->kind],
                        item->field, (gint64)item->row, filing->now)) {
            return false;
        }
    }
    return true;
}

/* A copy's row names its layout, so one whose layout is unknown gets none. */
static bool
knows_layout(LkStore *store, const LkStorePage *page, bool *known, GError **error)
{
    gint64 n = 0;
    bool ok =
        lk_sql_number(store, &n, error, "SELECT count(*) FROM layouts WHERE id = ?",
                      "t", page->id.layout);
    *known = n != 0 && page->known_by != LK_KNOWN_NOT;
    return ok;
}

/* Sealed and on the disk before its row; a new case file has its key by now. */
static bool
keep_cut(LkStore *store, Filing *filing, GError **error)
{
    const LkStorePage *page = filing->page;
    LkPageFilePut put = {filing->scan, page->index, &page->case_code, page->cut};
    return page->cut == NULL || lk_page_file_put(store, &put, &filing->former, error);
}

/* A page that finds its file is not the reception's any more. */
static bool
forget_received(LkStore *store, const LkStorePage *page, GError **error)
{
    return page->told == NULL ||
           lk_sql_run(store, error,
                      "DELETE FROM sealed_values WHERE page = ? AND domain = ?", "it",
                      page->told->page, LK_DOMAIN_RECEPTION);
}

static bool
write_page(LkStore *store, void *data, GError **error)
{
    Filing *filing = data;
    const LkStorePage *page = filing->page;
    bool with_copy = false;
    int held = 0;
    if (page->told != NULL && !lk_page_release(store, page->told, &held, error)) {
        return false;
    }
    if (!check_place(store, filing, error) ||
        !knows_layout(store, page, &with_copy, error)) {
        return false;
    }
    if (page->n_readings > 0 && !with_copy) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN,
                    _("the layout %s is not known here"), page->id.layout);
        return false;
    }
    if (!lk_case_receive(store, &page->case_code, &page->id, with_copy, error)) {
        return false;
    }
    if (page->holds && !has_item(page, LK_WAIT_IDENTITY) &&
        !contradicts(store, page, &filing->filed.contradiction, error)) {
        return false;
    }
    filing->filed.status = filing->filed.contradiction && page->status == LK_PAGE_READ
                               ? LK_PAGE_REVIEW
                               : page->status;
    return keep_cut(store, filing, error) && forget_received(store, page, error) &&
           insert_page(store, filing, error) && insert_readings(store, filing, error) &&
           insert_items(store, filing, error) &&
           (page->told == NULL ||
            lk_page_assigned(store, page->told, held, filing->filed.page, error));
}

bool
lk_page_write(LkStore *store, gint64 scan, const LkStorePage *page, LkFiled *filed,
              GError **error)
{
    g_autofree char *now = lk_now();
    Filing filing = {.scan = scan, .page = page, .now = now};
    bool ok = write_page(store, &filing, error);
    g_free(filing.former); /* stays until nobody can go back to it */
    *filed = filing.filed;
    return ok;
}

static bool
is_sound(const LkStorePage *page)
{
    for (size_t i = 0; i < page->n_items; i++) {
        if (page->items[i].kind >= LK_WAIT_MARK) {
            return false;
        }
    }
    bool told = page->told != NULL;
    return page->index >= 0 && told == (page->known_by == LK_KNOWN_BY_PERSON) &&
           (!page->holds ||
            (page->case_code.text[0] != '\0' && page->known_by != LK_KNOWN_NOT)) &&
           !lk_case_code_is_blank(&page->case_code);
}

bool
lk_store_file_page(LkStore *store, gint64 scan, const LkStorePage *page, LkFiled *filed,
                   GError **error)
{
    g_return_val_if_fail(store != NULL && filed != NULL && is_sound(page), false);
    g_autofree char *now = lk_now();
    Filing filing = {.scan = scan, .page = page, .now = now};
    bool done = lk_sql_transaction(store, write_page, &filing, error);
    if (done && filing.former != NULL) {
        (void)unlink(filing.former);
    }
    g_free(filing.former);
    if (!done) {
        return false;
    }
    *filed = filing.filed;
    return true;
}

/* --- Pages as they were filed. -----------------------------------------------------
 */

static int
index_of(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(names[i], name) == 0) {
            return (int)i;
        }
    }
    return 0;
}

void
lk_page_record_free(LkPageRecord *record)
{
    if (record != NULL) {
        g_free(record->reasons);
        g_free(record->filed_at);
        g_clear_pointer(&record->evidence, g_bytes_unref);
        g_free(record);
    }
}

#define RECORD_COLUMNS                                                                 \
    "id, scan, idx, status, known_by, printed_code, form, copy, page, layout,"         \
    " case_code, holds, other, reasons, filed_at"
#define N_RECORD_COLUMNS 15 /* evidence, if asked for, follows */

static LkPageRecord *
record_from_row(sqlite3_stmt *row)
{
    LkPageRecord *record = g_new0(LkPageRecord, 1);
    record->page = sqlite3_column_int64(row, 0);
    record->scan = sqlite3_column_int64(row, 1);
    record->index = sqlite3_column_int(row, 2);
    record->status = (LkPageStatus)index_of(status_names, G_N_ELEMENTS(status_names),
                                            lk_sql_text(row, 3));
    record->known_by = (LkKnownBy)index_of(known_names, G_N_ELEMENTS(known_names),
                                           lk_sql_text(row, 4));
    lk_sql_copy(row, 5, record->id.case_code.text, sizeof record->id.case_code.text);
    lk_sql_copy(row, 6, record->id.form, sizeof record->id.form);
    lk_sql_copy(row, 7, record->id.copy, sizeof record->id.copy);
    record->id.page = sqlite3_column_int(row, 8);
    lk_sql_copy(row, 9, record->id.layout, sizeof record->id.layout);
    lk_sql_copy(row, 10, record->case_code.text, sizeof record->case_code.text);
    record->holds = sqlite3_column_int(row, 11) != 0;
    record->other = sqlite3_column_int64(row, 12);
    record->reasons = g_strdup(lk_sql_text(row, 13));
    record->filed_at = g_strdup(lk_sql_text(row, 14));
    if (sqlite3_column_count(row) > N_RECORD_COLUMNS) {
        record->evidence =
            g_bytes_new(sqlite3_column_blob(row, N_RECORD_COLUMNS),
                        (gsize)sqlite3_column_bytes(row, N_RECORD_COLUMNS));
    }
    return record;
}

static GPtrArray *
records_of(LkStore *store, sqlite3_stmt *rows, GError **error)
{
    g_autoptr(GPtrArray) records =
        g_ptr_array_new_with_free_func((GDestroyNotify)lk_page_record_free);
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        g_ptr_array_add(records, record_from_row(rows));
    }
    return step == LK_SQL_END ? g_steal_pointer(&records) : NULL;
}

GPtrArray *
lk_store_scan_pages(LkStore *store, gint64 scan, GError **error)
{
    g_autoptr(sqlite3_stmt) rows =
        lk_sql_prepare(store, error,
                       "SELECT " RECORD_COLUMNS " FROM pages WHERE scan = ?"
                       " AND known_by <> 'person' ORDER BY idx",
                       "i", scan);
    return records_of(store, rows, error);
}

GPtrArray *
lk_store_find_same(LkStore *store, const LkPageId *id, const LkCaseCode *case_code,
                   GError **error)
{
    bool in_file = case_code != NULL && case_code->text[0] != '\0';
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error,
        in_file ? "SELECT " RECORD_COLUMNS ", evidence FROM pages WHERE case_code = ?"
                  " AND form = ? AND copy = ? AND page = ? AND status <> 'duplicate'"
                  " ORDER BY holds DESC, id"
                : "SELECT " RECORD_COLUMNS
                  ", evidence FROM pages WHERE printed_code = ?"
                  " AND form = ? AND copy = ? AND page = ? AND status <> 'duplicate'"
                  " AND case_code IS NULL AND known_by <> 'person' ORDER BY id",
        "ttti", in_file ? case_code->text : id->case_code.text, id->form, id->copy,
        (gint64)id->page);
    return records_of(store, rows, error);
}

GArray *
lk_store_blank_cases(LkStore *store, const LkPageId *id, GError **error)
{
    g_autoptr(GArray) cases = g_array_new(FALSE, FALSE, sizeof(LkCaseCode));
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error,
        "SELECT DISTINCT case_code FROM pages WHERE printed_code = ? AND form = ?"
        " AND copy = ? AND case_code IS NOT NULL ORDER BY case_code",
        "ttt", id->case_code.text, id->form, id->copy);
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        LkCaseCode code;
        g_strlcpy(code.text, lk_sql_text(rows, 0), sizeof code.text);
        g_array_append_val(cases, code);
    }
    return step == LK_SQL_END ? g_steal_pointer(&cases) : NULL;
}

GPtrArray *
lk_store_case_pages(LkStore *store, const LkCaseCode *code, GError **error)
{
    g_autoptr(sqlite3_stmt) rows =
        lk_sql_prepare(store, error,
                       "SELECT " RECORD_COLUMNS " FROM pages WHERE case_code = ?"
                       " ORDER BY form, copy, page, holds DESC, id",
                       "t", code->text);
    return records_of(store, rows, error);
}

/* --- Pages that wait. --------------------------------------------------------------
 */

void
lk_open_page_free(LkOpenPage *page)
{
    if (page != NULL) {
        lk_page_record_free(page->record);
        g_free(page);
    }
}

/* The first thing that waits about a page as a whole. */
#define OPEN_ITEM                                                                      \
    "(SELECT i.kind FROM items i WHERE i.page = pages.id AND i.closed_by IS NULL"      \
    " AND i.kind <> 'required' ORDER BY i.id LIMIT 1)"

GPtrArray *
lk_store_open_pages(LkStore *store, GError **error)
{
    g_autoptr(GPtrArray) open =
        g_ptr_array_new_with_free_func((GDestroyNotify)lk_open_page_free);
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error,
        "SELECT " RECORD_COLUMNS ", evidence, " OPEN_ITEM " FROM pages"
        " WHERE id IN (SELECT page FROM items WHERE closed_by IS NULL"
        "   AND kind <> 'required')"
        " OR (status = 'unknown' AND NOT EXISTS (SELECT 1 FROM decisions d"
        "   WHERE d.kind = 'page' AND d.page = pages.id AND d.value <> 'undo'"
        "   AND d.id = (SELECT max(x.id) FROM decisions x"
        "     WHERE x.kind = 'page' AND x.page = pages.id)))"
        " ORDER BY id",
        "");
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        LkOpenPage *page = g_new0(LkOpenPage, 1);
        const char *kind = lk_sql_text(rows, N_RECORD_COLUMNS + 1);
        page->record = record_from_row(rows);
        page->unknown = *kind == '\0';
        page->kind = (LkWaitKind)index_of(wait_names, G_N_ELEMENTS(wait_names), kind);
        g_ptr_array_add(open, page);
    }
    return step == LK_SQL_END ? g_steal_pointer(&open) : NULL;
}

bool
lk_no_such_page(gint64 page, GError **error)
{
    g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN,
                _("there is no page number %lld here"), (long long)page);
    return false;
}

LkPageRecord *
lk_store_load_page(LkStore *store, gint64 page, GError **error)
{
    g_autoptr(sqlite3_stmt) row = lk_sql_prepare(
        store, error, "SELECT " RECORD_COLUMNS ", evidence FROM pages WHERE id = ?",
        "i", page);
    LkSqlStep step = row != NULL ? lk_sql_step(store, row, error) : LK_SQL_FAILED;
    if (step == LK_SQL_END) {
        (void)lk_no_such_page(page, error);
    }
    return step == LK_SQL_ROW ? record_from_row(row) : NULL;
}
