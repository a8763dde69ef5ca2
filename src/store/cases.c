/* cases.c - layouts, case files and printed copies. A code is in the database before it
 * is on paper. */
#include "store/priv.h"

#include <string.h>

#define MAX_TRIES 1000 /* of ten billion codes a region; more means a broken source */

/* --- Layouts. ----------------------------------------------------------------------
 */

static bool
keep_layout(LkStore *store, void *data, GError **error)
{
    const LkStoreLayout *layout = data;
    g_autofree char *now = lk_now();
    return lk_sql_run(store, error,
                      "INSERT INTO layouts (id, form, n_pages, json, kept_at)"
                      " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                      "ttitt", layout->id, layout->form, (gint64)layout->n_pages,
                      layout->json, now);
}

bool
lk_store_put_layout(LkStore *store, const LkStoreLayout *layout, GError **error)
{
    g_return_val_if_fail(store != NULL && lk_serial_is_valid(layout->id), false);
    gint64 known = 0;
    if (!lk_sql_number(store, &known, error,
                       "SELECT count(*) FROM layouts WHERE id = ?", "t", layout->id)) {
        return false;
    }
    return known != 0 || lk_sql_transaction(store, keep_layout, (void *)layout, error);
}

char *
lk_store_load_layout(LkStore *store, const char *id, GError **error)
{
    g_autoptr(sqlite3_stmt) row =
        lk_sql_prepare(store, error, "SELECT json FROM layouts WHERE id = ?", "t", id);
    LkSqlStep step = row != NULL ? lk_sql_step(store, row, error) : LK_SQL_FAILED;
    if (step == LK_SQL_END) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN,
                    _("the layout %s is not known here: have the office that printed "
                      "it run `lakana layout export`, then import that file"),
                    id);
    }
    return step == LK_SQL_ROW ? g_strdup(lk_sql_text(row, 0)) : NULL;
}

GPtrArray *
lk_store_list_layouts(LkStore *store, GError **error)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error, "SELECT id FROM layouts ORDER BY form, kept_at, id", "");
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        g_ptr_array_add(ids, g_strdup(lk_sql_text(rows, 0)));
    }
    return step == LK_SQL_END ? g_steal_pointer(&ids) : NULL;
}

/* --- Issuing. ----------------------------------------------------------------------
 */

typedef struct {
    const LkStoreOrder *order;
    GArray *copies;   /* LkStoreCopy */
    GString *journal; /* codes of this order, as a JSON list without brackets */
    char *now;
} Issue;

static bool
exhausted(LkStore *store, GError **error)
{
    g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_SQL,
                _("%s: no free code was found in %d tries; check the system's clock "
                  "and random source"),
                store->db_path, MAX_TRIES);
    return false;
}

static bool
open_case(LkStore *store, const Issue *issue, LkCaseCode *code, GError **error)
{
    for (int i = 0; i < MAX_TRIES; i++) {
        if (!store->new_code(store->region, code, error) ||
            !lk_sql_run(store, error,
                        "INSERT INTO cases (code, origin, created)"
                        " VALUES (?, 'issued', ?) ON CONFLICT DO NOTHING",
                        "tt", code->text, issue->now)) {
            return false;
        }
        if (sqlite3_changes(store->db) == 1) {
            return lk_domain_ensure_case(store, code, error);
        }
    }
    return exhausted(store, error);
}

static bool
is_case(LkStore *store, const LkCaseCode *code, bool *known, GError **error)
{
    gint64 n = 0;
    bool ok = lk_sql_number(
        store, &n, error, "SELECT count(*) FROM cases WHERE code = ?", "t", code->text);
    *known = n != 0;
    return ok;
}

static bool
no_such_case(const LkCaseCode *code, GError **error)
{
    g_autofree char *text = lk_case_code_format(code);
    g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN,
                _("%s: this office has no such case file; `lakana case list` shows "
                  "those it has"),
                text);
    return false;
}

bool
lk_case_require(LkStore *store, const LkCaseCode *code, GError **error)
{
    bool known = false;
    return is_case(store, code, &known, error) && (known || no_such_case(code, error));
}

static bool
new_blank(LkStore *store, LkCaseCode *code, GError **error)
{
    gint64 taken = 1;
    for (int i = 0; i < MAX_TRIES && taken != 0; i++) {
        if (!lk_case_code_new_blank(code, error) ||
            !lk_sql_number(store, &taken, error,
                           "SELECT count(*) FROM copies WHERE code = ?", "t",
                           code->text)) {
            return false;
        }
    }
    return taken == 0 || exhausted(store, error);
}

/* Writes @copy's row under a serial that this code and form have not; @printed_at NULL
 * for paper that came from elsewhere. */
static bool
insert_copy(LkStore *store, const LkStoreCopy *copy, const char *printed_at,
            GError **error)
{
    bool blank = lk_case_code_is_blank(&copy->code);
    return lk_sql_run(store, error,
                      "INSERT INTO copies (code, form, serial, layout, case_code,"
                      " number, blank, printed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                      " ON CONFLICT DO NOTHING",
                      "tttttiit", copy->code.text, copy->form, copy->copy, copy->layout,
                      blank ? NULL : copy->code.text, (gint64)copy->number,
                      (gint64)blank, printed_at);
}

static bool
next_number(LkStore *store, LkStoreCopy *copy, GError **error)
{
    gint64 last = 0;
    bool ok =
        lk_sql_number(store, &last, error,
                      "SELECT max(number) FROM copies WHERE code = ? AND form = ?",
                      "tt", copy->code.text, copy->form);
    copy->number = (int)last + 1;
    return ok;
}

static bool
insert_prefilled(LkStore *store, const LkStoreOrder *order, const LkStoreCopy *copy,
                 GError **error)
{
    for (size_t i = 0; i < order->n_prefilled; i++) {
        const LkStorePrefilled *answer = &order->prefilled[i];
        if (!lk_sql_run(store, error,
                        "INSERT INTO prefills (code, form, serial, field, row_no,"
                        " value) VALUES (?, ?, ?, ?, ?, ?)",
                        "ttttit", copy->code.text, copy->form, copy->copy,
                        answer->field, (gint64)answer->row, answer->value)) {
            return false;
        }
    }
    return true;
}

static bool
issue_copy(LkStore *store, Issue *issue, const LkCaseCode *code,
           const LkStoreLayout *form, GError **error)
{
    LkStoreCopy copy = {.code = *code, .n_pages = form->n_pages};
    g_strlcpy(copy.form, form->form, sizeof copy.form);
    g_strlcpy(copy.layout, form->id, sizeof copy.layout);
    if (!next_number(store, &copy, error)) {
        return false;
    }
    for (int i = 0; i < MAX_TRIES; i++) {
        if (!store->new_serial(copy.copy, error) ||
            !insert_copy(store, &copy, issue->now, error)) {
            return false;
        }
        if (sqlite3_changes(store->db) == 1) {
            g_array_append_val(issue->copies, copy);
            return insert_prefilled(store, issue->order, &copy, error);
        }
    }
    return exhausted(store, error);
}

static void
note_code(Issue *issue, const LkCaseCode *code)
{
    g_string_append_printf(issue->journal, "%s\"%s\"",
                           issue->journal->len > 0 ? "," : "", code->text);
}

static bool
issue_forms(LkStore *store, Issue *issue, const LkCaseCode *code, GError **error)
{
    for (size_t i = 0; i < issue->order->n_forms; i++) {
        if (!issue_copy(store, issue, code, &issue->order->forms[i], error)) {
            return false;
        }
    }
    note_code(issue, code);
    return true;
}

static bool
issue_blanks(LkStore *store, Issue *issue, GError **error)
{
    const LkStoreOrder *order = issue->order;
    for (int n = 0; n < order->n_blank; n++) {
        for (size_t i = 0; i < order->n_forms; i++) {
            LkCaseCode code;
            if (!new_blank(store, &code, error) ||
                !issue_copy(store, issue, &code, &order->forms[i], error)) {
                return false;
            }
        }
    }
    return true;
}

static bool
write_order(LkStore *store, void *data, GError **error)
{
    Issue *issue = data;
    const LkStoreOrder *order = issue->order;
    for (size_t i = 0; i < order->n_forms; i++) {
        if (!keep_layout(store, (void *)&order->forms[i], error)) {
            return false;
        }
    }
    for (int i = 0; i < order->n_new; i++) {
        LkCaseCode code;
        if (!open_case(store, issue, &code, error) ||
            !issue_forms(store, issue, &code, error)) {
            return false;
        }
    }
    for (size_t i = 0; i < order->n_existing; i++) {
        if (!lk_case_require(store, &order->existing[i], error) ||
            !issue_forms(store, issue, &order->existing[i], error)) {
            return false;
        }
    }
    if (!issue_blanks(store, issue, error)) {
        return false;
    }
    g_autofree char *detail = g_strdup_printf(
        "{\"new\":%d,\"copies\":%u,\"blank\":%d,\"codes\":[%s]}", order->n_new,
        issue->copies->len, order->n_blank, issue->journal->str);
    return lk_journal_add(store, "issue", detail, error);
}

GArray *
lk_store_issue(LkStore *store, const LkStoreOrder *order, GError **error)
{
    g_return_val_if_fail(store != NULL && order != NULL, NULL);
    g_autoptr(GArray) copies = g_array_new(FALSE, FALSE, sizeof(LkStoreCopy));
    g_autoptr(GString) journal = g_string_new(NULL);
    g_autofree char *now = lk_now();
    Issue issue = {order, copies, journal, now};
    if (!lk_sql_transaction(store, write_order, &issue, error)) {
        return NULL;
    }
    return g_steal_pointer(&copies);
}

/* --- Labels. -----------------------------------------------------------------------
 */

typedef struct {
    Issue issue; /* for its codes' journal and date; no copies */
    int n_new;
    GArray *codes; /* LkCaseCode: first those that exist */
} Labels;

static bool
write_labels(LkStore *store, void *data, GError **error)
{
    Labels *labels = data;
    for (guint i = 0; i < labels->codes->len; i++) {
        if (!lk_case_require(store, &g_array_index(labels->codes, LkCaseCode, i),
                             error)) {
            return false;
        }
    }
    for (int i = 0; i < labels->n_new; i++) {
        LkCaseCode code;
        if (!open_case(store, &labels->issue, &code, error)) {
            return false;
        }
        g_array_append_val(labels->codes, code);
    }
    for (guint i = 0; i < labels->codes->len; i++) {
        note_code(&labels->issue, &g_array_index(labels->codes, LkCaseCode, i));
    }
    g_autofree char *detail = g_strdup_printf(
        "{\"new\":%d,\"codes\":[%s]}", labels->n_new, labels->issue.journal->str);
    return lk_journal_add(store, "labels", detail, error);
}

GArray *
lk_store_issue_labels(LkStore *store, int n_new, const LkCaseCode *existing,
                      size_t n_existing, GError **error)
{
    g_return_val_if_fail(store != NULL && n_new >= 0, NULL);
    g_autoptr(GArray) codes = g_array_new(FALSE, FALSE, sizeof(LkCaseCode));
    if (n_existing > 0) {
        g_array_append_vals(codes, existing, (guint)n_existing);
    }
    g_autoptr(GString) journal = g_string_new(NULL);
    g_autofree char *now = lk_now();
    Labels labels = {{.journal = journal, .now = now}, n_new, codes};
    if (!lk_sql_transaction(store, write_labels, &labels, error)) {
        return NULL;
    }
    return g_steal_pointer(&codes);
}

/* --- Paper from elsewhere. ---------------------------------------------------------
 */

static bool
receive_case(LkStore *store, const LkCaseCode *code, GError **error)
{
    g_autofree char *now = lk_now();
    if (!lk_sql_run(store, error,
                    "INSERT INTO cases (code, origin, created)"
                    " VALUES (?, 'received', ?) ON CONFLICT DO NOTHING",
                    "tt", code->text, now)) {
        return false;
    }
    if (sqlite3_changes(store->db) == 0) {
        return true;
    }
    g_autofree char *detail = g_strdup_printf("{\"code\":\"%s\"}", code->text);
    return lk_domain_ensure_case(store, code, error) &&
           lk_journal_add(store, "received", detail, error);
}

bool
lk_case_receive(LkStore *store, const LkCaseCode *code, const LkPageId *id,
                bool with_copy, GError **error)
{
    bool has_case = code->text[0] != '\0';
    if (has_case && !receive_case(store, code, error)) {
        return false;
    }
    bool blank = lk_case_code_is_blank(&id->case_code);
    bool of_case = has_case && lk_case_code_equal(code, &id->case_code);
    if (!with_copy || (!blank && !of_case)) {
        return true;
    }
    LkStoreCopy copy = {.code = id->case_code};
    g_strlcpy(copy.form, id->form, sizeof copy.form);
    g_strlcpy(copy.layout, id->layout, sizeof copy.layout);
    g_strlcpy(copy.copy, id->copy, sizeof copy.copy);
    return next_number(store, &copy, error) && insert_copy(store, &copy, NULL, error);
}

bool
lk_store_each_prefilled(LkStore *store, const LkPageId *id, LkStorePrefilledFunc each,
                        void *data, GError **error)
{
    g_autoptr(LkSqlKept) rows =
        lk_sql_keep(store, error,
                    "SELECT field, row_no, value FROM prefills WHERE code = ? AND"
                    " form = ? AND serial = ? ORDER BY field, row_no",
                    "ttt", id->case_code.text, id->form, id->copy);
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        LkStorePrefilled answer = {lk_sql_text(rows, 0), sqlite3_column_int(rows, 1),
                                   lk_sql_text(rows, 2)};
        each(&answer, data);
    }
    return step == LK_SQL_END;
}

/* --- Lists. ------------------------------------------------------------------------
 */

GArray *
lk_store_list_copies(LkStore *store, const LkCaseCode *code, GError **error)
{
    g_autoptr(GArray) copies = g_array_new(FALSE, TRUE, sizeof(LkStoreCopy));
    g_autoptr(sqlite3_stmt) rows =
        lk_sql_prepare(store, error,
                       "SELECT c.form, c.layout, c.serial, c.number, l.n_pages"
                       " FROM copies c JOIN layouts l ON l.id = c.layout"
                       " WHERE c.code = ? ORDER BY c.form, c.number, c.serial",
                       "t", code->text);
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        LkStoreCopy copy = {.code = *code,
                            .number = sqlite3_column_int(rows, 3),
                            .n_pages = sqlite3_column_int(rows, 4)};
        lk_sql_copy(rows, 0, copy.form, sizeof copy.form);
        lk_sql_copy(rows, 1, copy.layout, sizeof copy.layout);
        lk_sql_copy(rows, 2, copy.copy, sizeof copy.copy);
        g_array_append_val(copies, copy);
    }
    return step == LK_SQL_END ? g_steal_pointer(&copies) : NULL;
}

void
lk_store_case_free(LkStoreCase *entry)
{
    if (entry != NULL) {
        g_free(entry->created);
        g_free(entry->activity);
        g_free(entry->forms);
        g_free(entry);
    }
}

static LkStoreCase *
case_from_row(sqlite3_stmt *row)
{
    LkStoreCase *entry = g_new0(LkStoreCase, 1);
    lk_sql_copy(row, 0, entry->code.text, sizeof entry->code.text);
    entry->origin = strcmp(lk_sql_text(row, 1), "issued") == 0 ? LK_ORIGIN_ISSUED
                                                               : LK_ORIGIN_RECEIVED;
    entry->created = g_strdup(lk_sql_text(row, 2));
    entry->activity = g_strdup(lk_sql_text(row, 3));
    entry->forms = g_strdup("");
    return entry;
}

static bool
add_forms(LkStore *store, const LkCaseCode *only, GHashTable *by_code, GError **error)
{
    const char *text = only != NULL ? only->text : NULL;
    g_autoptr(sqlite3_stmt) rows =
        lk_sql_prepare(store, error,
                       "SELECT case_code, form, count(*) FROM pages"
                       " WHERE holds = 1 AND (? IS NULL OR case_code = ?)"
                       " GROUP BY case_code, form ORDER BY case_code, form",
                       "tt", text, text);
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        LkStoreCase *entry = g_hash_table_lookup(by_code, lk_sql_text(rows, 0));
        if (entry != NULL) {
            g_autofree char *before = entry->forms;
            entry->forms = g_strconcat(before, *before != '\0' ? "," : "",
                                       lk_sql_text(rows, 1), NULL);
            entry->n_pages += sqlite3_column_int(rows, 2);
        }
    }
    return step == LK_SQL_END;
}

static bool
count_wait(const LkStoreWait *wait, void *data)
{
    LkStoreCase *entry = g_hash_table_lookup(data, wait->code.text);
    if (entry != NULL) {
        int *count = wait->kind == LK_WAIT_TYPE       ? &entry->n_to_type
                     : wait->kind == LK_WAIT_REQUIRED ? &entry->n_alerts
                                                      : &entry->n_review;
        (*count)++;
    }
    return true;
}

GPtrArray *
lk_store_list_cases(LkStore *store, const LkCaseCode *only, GError **error)
{
    g_autoptr(GPtrArray) cases =
        g_ptr_array_new_with_free_func((GDestroyNotify)lk_store_case_free);
    g_autoptr(GHashTable) by_code = g_hash_table_new(g_str_hash, g_str_equal);
    const char *text = only != NULL ? only->text : NULL;
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error,
        "SELECT c.code, c.origin, c.created, max(a.at) AS activity FROM cases c"
        " JOIN (SELECT code, created AS at FROM cases"
        "   UNION ALL SELECT case_code, filed_at FROM pages"
        "   UNION ALL SELECT p.case_code, d.at FROM decisions d"
        "     JOIN pages p ON p.id = d.page) a ON a.code = c.code"
        " WHERE ? IS NULL OR c.code = ?"
        " GROUP BY c.code, c.origin, c.created ORDER BY activity DESC, c.code",
        "tt", text, text);
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        LkStoreCase *entry = case_from_row(rows);
        g_ptr_array_add(cases, entry);
        g_hash_table_insert(by_code, entry->code.text, entry);
    }
    if (step != LK_SQL_END || !add_forms(store, only, by_code, error) ||
        !lk_store_each_wait(store, only, count_wait, by_code, error)) {
        return NULL;
    }
    if (only != NULL && cases->len == 0) {
        (void)no_such_case(only, error);
        return NULL;
    }
    return g_steal_pointer(&cases);
}
