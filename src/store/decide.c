/* decide.c - decisions of people who look at many fields at once, and what people did.
 *
 * Who decides saw the field a while ago: another clerk, or a command, may have decided
 * it since. Whether that is so is asked inside the transaction that writes. */
#include "store/priv.h"

#include <string.h>

void
lk_decision_asked_clear(LkDecisionAsked *asked)
{
    g_clear_error(&asked->refusal);
}

/* --- Deciding. ----------------------------------------------------------------------
 */

static bool
check_counts(LkStore *store, gint64 page, GError **error)
{
    gint64 holds = 0;
    if (!lk_sql_number(store, &holds, error, "SELECT holds FROM pages WHERE id = ?",
                       "i", page)) {
        return false;
    }
    if (holds == 0) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FILED,
                    _("page %lld no longer counts: nothing was written"),
                    (long long)page);
    }
    return holds != 0;
}

static bool
check_unchanged(LkStore *store, const LkDecisionAsked *asked, GError **error)
{
    const LkDecision *decision = &asked->decision;
    g_autoptr(LkAct) last = NULL;
    GError *problem = NULL;
    last = lk_store_last_act(store, decision->page, decision->field, decision->row,
                             &problem);
    if (problem != NULL) {
        g_propagate_error(error, problem);
        return false;
    }
    if ((last != NULL ? last->id : 0) == asked->seen) {
        return true;
    }
    g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_TAKEN,
                _("%s decided this meanwhile: nothing was written"),
                last != NULL ? last->who : "");
    return false;
}

static bool
write_one(LkStore *store, LkDecisionAsked *asked, GError **error)
{
    const LkDecision *decision = &asked->decision;
    return check_counts(store, decision->page, error) &&
           check_unchanged(store, asked, error) &&
           (decision->undo
                ? lk_decision_put(store, decision, asked->sealed, &asked->id, error)
                : lk_keying_write(store, asked, error));
}

/* What is wrong with one field, as opposed to the office. */
static bool
is_refusal(const GError *error)
{
    static const LkStoreError of_field[] = {
        LK_STORE_ERROR_TAKEN,  LK_STORE_ERROR_FILED,   LK_STORE_ERROR_UNKNOWN,
        LK_STORE_ERROR_LOCKED, LK_STORE_ERROR_REFUSED, LK_STORE_ERROR_PERSONAL};
    for (size_t i = 0; i < G_N_ELEMENTS(of_field); i++) {
        if (g_error_matches(error, LK_STORE_ERROR, (int)of_field[i])) {
            return true;
        }
    }
    return false;
}

typedef struct {
    LkDecisionAsked *asked;
    size_t n;
} Wall;

/* A refused one leaves nothing behind, whatever it had begun to write. */
static bool
write_all(LkStore *store, void *data, GError **error)
{
    Wall *wall = data;
    for (size_t i = 0; i < wall->n; i++) {
        GError *problem = NULL;
        if (!lk_sql_exec(store, "SAVEPOINT decision", error)) {
            return false;
        }
        if (!write_one(store, &wall->asked[i], &problem)) {
            if (!is_refusal(problem)) {
                g_propagate_error(error, problem);
                return false;
            }
            wall->asked[i].id = 0;
            wall->asked[i].keying = 0;
            wall->asked[i].refusal = problem;
            if (!lk_sql_exec(store, "ROLLBACK TO decision", error)) {
                return false;
            }
        }
        if (!lk_sql_exec(store, "RELEASE decision", error)) {
            return false;
        }
    }
    return true;
}

static bool
wants_seal(const LkDecisionAsked *asked, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (asked[i].sealed) {
            return true;
        }
    }
    return false;
}

bool
lk_store_decide_all(LkStore *store, LkDecisionAsked *asked, size_t n, GError **error)
{
    g_return_val_if_fail(store != NULL && (asked != NULL || n == 0), false);
    Wall wall = {asked, n};
    if ((!wants_seal(asked, n) || lk_guard_require(store, error)) &&
        lk_sql_transaction(store, write_all, &wall, error)) {
        return true;
    }
    for (size_t i = 0; i < n; i++) {
        asked[i].id = 0;
        asked[i].keying = 0;
        g_clear_error(&asked[i].refusal);
    }
    return false;
}

/* --- What people did. ---------------------------------------------------------------
 */

void
lk_act_free(LkAct *act)
{
    if (act != NULL) {
        g_free(act->field);
        g_free(act->act);
        g_free(act->value);
        g_free(act->was);
        g_free(act->who);
        g_free(act->at);
        g_free(act->keyed[0]);
        g_free(act->keyed[1]);
        g_free(act);
    }
}

#define STANDS                                                                         \
    "(d.kind <> 'undo' AND (d.kind <> 'page' OR d.value <> 'undo') AND d.id ="         \
    " CASE d.kind WHEN 'page' THEN (SELECT max(x.id) FROM decisions x WHERE"           \
    "   x.kind = 'page' AND x.page = d.page)"                                          \
    " ELSE (SELECT max(x.id) FROM decisions x WHERE x.page = d.page AND"               \
    "   x.field = d.field AND x.row_no = d.row_no) END)"

/* Who else typed what was decided, two people at most; by which keying of one's own. */
#define OTHER(which)                                                                   \
    "(SELECT " which "(k.who) FROM keyings k WHERE k.decision = d.id"                  \
    " AND k.who <> d.who)"
#define OWN "(SELECT k.id FROM keyings k WHERE k.decision = d.id AND k.who = d.who)"

#define ACTS                                                                           \
    "SELECT d.id, d.page, p.case_code, p.form, p.layout, p.copy, p.page, d.field,"     \
    " d.row_no, d.kind, d.value, r.value, r.status, r.personal, r.source, d.who, "     \
    "d.at,"                                                                            \
    " " STANDS "," OTHER("min") "," OTHER(                                             \
        "max") "," OWN " FROM decisions d JOIN pages p ON p.id = d.page"               \
               " LEFT JOIN readings r ON r.page = d.page AND r.field = d.field"        \
               "   AND r.row_no = d.row_no"

static LkAct *
act_from_row(sqlite3_stmt *row)
{
    LkAct *act = g_new0(LkAct, 1);
    act->id = sqlite3_column_int64(row, 0);
    act->page = sqlite3_column_int64(row, 1);
    lk_sql_copy(row, 2, act->code.text, sizeof act->code.text);
    lk_sql_copy(row, 3, act->form, sizeof act->form);
    lk_sql_copy(row, 4, act->layout, sizeof act->layout);
    lk_sql_copy(row, 5, act->copy, sizeof act->copy);
    act->page_number = sqlite3_column_int(row, 6);
    act->field = g_strdup(lk_sql_text_or_null(row, 7));
    act->row = sqlite3_column_int(row, 8);
    act->undo = strcmp(lk_sql_text(row, 9), "undo") == 0;
    act->personal = sqlite3_column_int(row, 13) != 0;
    act->is_box = strcmp(lk_sql_text(row, 14), "mark") == 0;
    if (act->field == NULL) {
        act->act = g_strdup(lk_sql_text(row, 10));
        act->undo = strcmp(act->act, "undo") == 0;
    } else if (!act->personal) {
        act->value = g_strdup(lk_sql_text_or_null(row, 10));
        act->was = g_strdup(lk_sql_text_or_null(row, 11));
    }
    act->was_sure = strcmp(lk_sql_text(row, 12), "ok") == 0;
    act->who = g_strdup(lk_sql_text(row, 15));
    act->at = g_strdup(lk_sql_text(row, 16));
    act->stands = sqlite3_column_int(row, 17) != 0;
    act->keying = sqlite3_column_int64(row, 20);
    act->keyed[0] = g_strdup(lk_sql_text_or_null(row, 18));
    if (g_strcmp0(act->keyed[0], lk_sql_text_or_null(row, 19)) != 0) {
        act->keyed[1] = g_strdup(lk_sql_text(row, 19));
    }
    return act;
}

GPtrArray *
lk_store_acts(LkStore *store, const LkActQuery *query, GError **error)
{
    g_return_val_if_fail(store != NULL && query != NULL, NULL);
    g_autoptr(GPtrArray) acts =
        g_ptr_array_new_with_free_func((GDestroyNotify)lk_act_free);
    const char *code = query->code != NULL ? query->code->text : NULL;
    g_autofree char *text = g_strdup_printf(
        ACTS " WHERE %s AND %s AND %s ORDER BY d.id DESC LIMIT ?",
        query->who != NULL ? "d.who = ?" : "? IS NULL",
        code != NULL ? "d.page IN (SELECT id FROM pages WHERE case_code = ?)"
                     : "? IS NULL",
        query->standing ? STANDS : "1");
    g_autoptr(sqlite3_stmt) rows =
        lk_sql_prepare(store, error, text, "tti", query->who, code,
                       query->limit > 0 ? (gint64)query->limit : (gint64)-1);
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        g_ptr_array_add(acts, act_from_row(rows));
    }
    return step == LK_SQL_END ? g_steal_pointer(&acts) : NULL;
}

LkAct *
lk_store_last_act(LkStore *store, gint64 page, const char *field, int row,
                  GError **error)
{
    g_autoptr(LkSqlKept) found =
        field != NULL
            ? lk_sql_keep(store, error,
                          ACTS " WHERE d.id = (SELECT max(x.id) FROM decisions x WHERE"
                               " x.page = ? AND x.field = ? AND x.row_no = ?)",
                          "iti", page, field, (gint64)row)
            : lk_sql_keep(store, error,
                          ACTS " WHERE d.id = (SELECT max(x.id) FROM decisions x WHERE"
                               " x.page = ? AND x.kind = 'page')",
                          "i", page);
    return found != NULL && lk_sql_step(store, found, error) == LK_SQL_ROW
               ? act_from_row(found)
               : NULL;
}
