/* settle.c - what people decide about whole pages: whose it is, which of two counts,
 * that it is none of ours. The page's row stays as it was filed; what is said is a
 * decision, and `holds` and what waits follow from it. */
#include "store/picture.h"

#include <string.h>
#include <unistd.h>

static const char *const act_names[] = {"assign", "accept", "dismiss", "undo"};

/* What an act changed besides, to be undone by: kept with the decision. */
typedef struct {
    gint64 page;     /* ASSIGN: filed anew as this one */
    gint64 replaced; /* ACCEPT: this page held the place before */
    int held;        /* the page itself held before */
} Trace;

#define TRACE_FORMAT                                                                   \
    "{\"page\":%" G_GINT64_FORMAT ",\"replaced\":%" G_GINT64_FORMAT ",\"held\":%d}"

/* --- Reading. ----------------------------------------------------------------------
 */

/* In a line of TRACE_FORMAT, which is ours. */
static gint64
number_in(const char *trace, const char *name)
{
    const char *at = strstr(trace, name);
    return at != NULL ? g_ascii_strtoll(at + strlen(name), NULL, 10) : 0;
}

/* The last decision about @page as a whole; 0 if there is none, or it was undone. */
static bool
last_act(LkStore *store, gint64 page, gint64 *decision, LkPageAct *act, Trace *trace,
         GError **error)
{
    *decision = 0;
    *trace = (Trace){0};
    g_autoptr(sqlite3_stmt) row =
        lk_sql_prepare(store, error,
                       "SELECT id, value, options FROM decisions WHERE kind = 'page'"
                       " AND page = ? ORDER BY id DESC LIMIT 1",
                       "i", page);
    LkSqlStep step = row != NULL ? lk_sql_step(store, row, error) : LK_SQL_FAILED;
    if (step != LK_SQL_ROW) {
        return step == LK_SQL_END;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(act_names); i++) {
        if (strcmp(lk_sql_text(row, 1), act_names[i]) == 0 && i != LK_ACT_UNDO) {
            *act = (LkPageAct)i;
            *decision = sqlite3_column_int64(row, 0);
        }
    }
    if (*decision != 0) {
        const char *options = lk_sql_text(row, 2);
        *trace = (Trace){number_in(options, "\"page\":"),
                         number_in(options, "\"replaced\":"),
                         number_in(options, "\"held\":") != 0};
    }
    return true;
}

/* Checks that @page is there, and open: nobody has said anything about it yet. */
static bool
check_open(LkStore *store, gint64 page, int *held, GError **error)
{
    gint64 found = 0;
    gint64 holds = 0;
    gint64 decision = 0;
    LkPageAct act = LK_ACT_UNDO;
    Trace trace;
    if (!lk_sql_number(store, &found, error, "SELECT id FROM pages WHERE id = ?", "i",
                       page) ||
        !lk_sql_number(store, &holds, error, "SELECT holds FROM pages WHERE id = ?",
                       "i", page) ||
        !last_act(store, page, &decision, &act, &trace, error)) {
        return false;
    }
    *held = holds != 0;
    if (found == 0) {
        return lk_no_such_page(page, error);
    }
    if (decision != 0) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FILED,
                    _("page %lld was settled before: undo that first"),
                    (long long)page);
        return false;
    }
    return true;
}

/* --- Writing. ----------------------------------------------------------------------
 */

static bool
set_holds(LkStore *store, gint64 page, bool holds, GError **error)
{
    return lk_sql_run(store, error, "UPDATE pages SET holds = ? WHERE id = ?", "ii",
                      (gint64)holds, page);
}

static bool
write_act(LkStore *store, const LkPageSaid *said, LkPageAct act, const Trace *trace,
          gint64 *decision, GError **error)
{
    g_autofree char *now = lk_now();
    g_autofree char *options =
        g_strdup_printf(TRACE_FORMAT, trace->page, trace->replaced, trace->held);
    if (!lk_sql_run(store, error,
                    "INSERT INTO decisions (page, field, row_no, kind, value, options,"
                    " who, at) VALUES (?, NULL, 0, 'page', ?, ?, ?, ?)",
                    "itttt", said->page, act_names[act], options, said->who, now)) {
        return false;
    }
    *decision = (gint64)sqlite3_last_insert_rowid(store->db);
    g_autofree char *detail = g_strdup_printf(
        "{\"decision\":%" G_GINT64_FORMAT ",\"page\":%" G_GINT64_FORMAT ",\"act\":\"%s"
        "\"}",
        *decision, said->page, act_names[act]);
    return lk_reason_put(store, *decision, said->page, said->why, error) &&
           lk_journal_add(store, "page", detail, error);
}

/* What waits about the page as a whole; an empty required field goes on waiting. */
static bool
close_items(LkStore *store, gint64 page, gint64 decision, GError **error)
{
    return lk_sql_run(store, error,
                      "UPDATE items SET closed_by = ? WHERE page = ?"
                      " AND closed_by IS NULL AND kind <> 'required'",
                      "ii", decision, page);
}

/* --- Assigning. --------------------------------------------------------------------
 */

bool
lk_page_release(LkStore *store, const LkPageSaid *said, int *held, GError **error)
{
    return check_open(store, said->page, held, error) &&
           set_holds(store, said->page, false, error);
}

bool
lk_page_assigned(LkStore *store, const LkPageSaid *said, int held, gint64 as,
                 GError **error)
{
    Trace trace = {.page = as, .held = held};
    gint64 decision = 0;
    return write_act(store, said, LK_ACT_ASSIGN, &trace, &decision, error) &&
           close_items(store, said->page, decision, error);
}

/* --- Accepting, dismissing, undoing. -----------------------------------------------
 */

/* Gives @page its place in the file; whoever had it makes way. */
static bool
take_place(LkStore *store, gint64 page, Trace *trace, GError **error)
{
    gint64 with_case = 0;
    if (!lk_sql_number(store, &with_case, error,
                       "SELECT count(*) FROM pages WHERE id = ? AND case_code IS NOT"
                       " NULL AND status IN ('read', 'review')",
                       "i", page)) {
        return false;
    }
    if (with_case == 0) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN,
                    _("page %lld has no file or no boxes that were read: assign it"),
                    (long long)page);
        return false;
    }
    return lk_sql_number(store, &trace->replaced, error,
                         "SELECT b.id FROM pages a JOIN pages b ON b.case_code ="
                         " a.case_code AND b.form = a.form AND b.copy = a.copy AND"
                         " b.page = a.page AND b.holds = 1 AND b.id <> a.id"
                         " WHERE a.id = ?",
                         "i", page) &&
           set_holds(store, trace->replaced, false, error) &&
           set_holds(store, page, true, error);
}

/* Page @as, filed when a person assigned another one, is nobody's any more. */
static bool
withdraw(LkStore *store, gint64 as, gint64 decision, GError **error)
{
    gint64 later = 0;
    LkPageAct act = LK_ACT_UNDO;
    Trace trace;
    if (!last_act(store, as, &later, &act, &trace, error)) {
        return false;
    }
    if (later != 0) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FILED,
                    _("page %lld was settled before: undo that first"), (long long)as);
        return false;
    }
    return lk_sql_run(store, error,
                      "UPDATE pages SET holds = 0, case_code = NULL WHERE id = ?", "i",
                      as) &&
           lk_sql_run(store, error,
                      "UPDATE items SET closed_by = ? WHERE page = ? AND closed_by IS"
                      " NULL",
                      "ii", decision, as);
}

/* Back into the place it had, unless another page has come into it. */
static bool
restore_hold(LkStore *store, gint64 page, GError **error)
{
    gint64 taken = 0;
    if (!lk_sql_number(store, &taken, error,
                       "SELECT b.id FROM pages a JOIN pages b ON b.case_code ="
                       " a.case_code AND b.form = a.form AND b.copy = a.copy AND"
                       " b.page = a.page AND b.holds = 1 AND b.id <> a.id"
                       " WHERE a.id = ?",
                       "i", page)) {
        return false;
    }
    if (taken != 0) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_TAKEN,
                    _("page %lld has taken its place in the file meanwhile"),
                    (long long)taken);
        return false;
    }
    return set_holds(store, page, true, error);
}

typedef struct {
    LkSession *session; /* or NULL */
    const LkPageSaid *said;
    LkPageAct act;
    char *former; /* a file to be removed when this is on the disk; or NULL */
} Settling;

static bool
cannot_open(const Settling *settling, GError **error)
{
    g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED,
                _("page %lld lies in the file that it was given to: who holds that "
                  "file, or the recovery sheet, takes it back"),
                (long long)settling->said->page);
    return false;
}

/* The picture goes back to who could open it before. */
static bool
seal_back(LkStore *store, Settling *settling, GError **error)
{
    gint64 page = settling->said->page;
    g_autoptr(LkPageRecord) record = lk_store_load_page(store, page, error);
    g_auto(LkStorePicture) picture = {0};
    if (record == NULL || !lk_store_find_picture(store, page, &picture, error)) {
        return false;
    }
    if (!picture.is_sealed) {
        return true;
    }
    GError *problem = NULL;
    g_autoptr(GBytes) cut = NULL;
    if (settling->session == NULL) {
        return cannot_open(settling, error);
    }
    if (!lk_picture_load(settling->session, page, &cut, &problem)) {
        if (g_error_matches(problem, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED)) {
            g_clear_error(&problem);
            return cannot_open(settling, error);
        }
        g_propagate_error(error, problem);
        return false;
    }
    const LkStoreCut whole = {.own = cut};
    LkPageFilePut put = {record->scan, record->index, &record->case_code, &whole};
    return cut == NULL || lk_page_file_put(store, &put, &settling->former, error);
}

/* What was read and typed of it for that file is not of that file. */
static bool
take_back(LkStore *store, Settling *settling, gint64 as, GError **error)
{
    return seal_back(store, settling, error) &&
           lk_sql_run(store, error, "DELETE FROM sealed_values WHERE page = ?", "i",
                      as) &&
           lk_sql_run(store, error,
                      "DELETE FROM keyings WHERE page = ? AND sealed IS NOT NULL", "i",
                      as);
}

static bool
undo(LkStore *store, Settling *settling, GError **error)
{
    const LkPageSaid *said = settling->said;
    gint64 undone = 0;
    gint64 decision = 0;
    LkPageAct act = LK_ACT_UNDO;
    Trace trace;
    const Trace none = {0};
    if (!last_act(store, said->page, &undone, &act, &trace, error)) {
        return false;
    }
    if (undone == 0) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN,
                    _("nobody has settled page %lld"), (long long)said->page);
        return false;
    }
    return write_act(store, said, LK_ACT_UNDO, &none, &decision, error) &&
           (act != LK_ACT_ASSIGN || (withdraw(store, trace.page, decision, error) &&
                                     take_back(store, settling, trace.page, error))) &&
           set_holds(store, said->page, false, error) &&
           (trace.replaced == 0 || restore_hold(store, trace.replaced, error)) &&
           (trace.held == 0 || restore_hold(store, said->page, error)) &&
           lk_sql_run(store, error,
                      "UPDATE items SET closed_by = NULL WHERE page = ? AND"
                      " closed_by = ?",
                      "ii", said->page, undone);
}

static bool
settle(LkStore *store, void *data, GError **error)
{
    Settling *settling = data;
    const LkPageSaid *said = settling->said;
    if (settling->act == LK_ACT_UNDO) {
        return undo(store, settling, error);
    }
    Trace trace = {0};
    gint64 decision = 0;
    return check_open(store, said->page, &trace.held, error) &&
           (settling->act == LK_ACT_ACCEPT
                ? take_place(store, said->page, &trace, error)
                : set_holds(store, said->page, false, error)) &&
           write_act(store, said, settling->act, &trace, &decision, error) &&
           close_items(store, said->page, decision, error);
}

bool
lk_store_settle_page(LkStore *store, const LkPageSaid *said, LkPageAct act,
                     GError **error)
{
    g_return_val_if_fail(store != NULL && said->who != NULL && act != LK_ACT_ASSIGN,
                         false);
    Settling settling = {NULL, said, act, NULL};
    return lk_sql_transaction(store, settle, &settling, error);
}

bool
lk_store_undo_page(LkStore *store, LkSession *session, const LkPageSaid *said,
                   GError **error)
{
    g_return_val_if_fail(store != NULL && said->who != NULL, false);
    Settling settling = {session, said, LK_ACT_UNDO, NULL};
    bool done = lk_sql_transaction(store, settle, &settling, error);
    if (done && settling.former != NULL) {
        (void)unlink(settling.former);
    }
    g_free(settling.former);
    return done;
}

bool
lk_store_page_is_assigned(LkStore *store, gint64 page, bool *is, GError **error)
{
    gint64 decision = 0;
    LkPageAct act = LK_ACT_UNDO;
    Trace trace;
    bool ok = last_act(store, page, &decision, &act, &trace, error);
    *is = decision != 0 && act == LK_ACT_ASSIGN;
    return ok;
}
