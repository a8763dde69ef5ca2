/* typed.c - what a person typed in a field that may name somebody, or decided of a
 * personal box: sealed to the case file. That something was said is a decision like any
 * other; what it is stands in sealed_values, and only who holds the file's key reads
 * it.
 */
#include "store/vault_rows.h"

#include <sodium.h>
#include <string.h>

#define PADDED_TO 128 /* bytes: the length does not tell that of a name */

/* What the value belongs to: one that was moved to another field is noticed. */
static char *
head_of(gint64 page, const char *field, int row, const char *at)
{
    return g_strdup_printf("typed 1\n%" G_GINT64_FORMAT "\n%s\n%d\n%s\n", page, field,
                           row, at);
}

/* --- Writing. -----------------------------------------------------------------------
 */

typedef struct {
    const LkDecision *decision;
    LkCaseCode code;
} Typing;

static bool
find_case(LkStore *store, Typing *typing, GError **error)
{
    const LkDecision *decision = typing->decision;
    g_autoptr(sqlite3_stmt) row = lk_sql_prepare(
        store, error,
        "SELECT p.case_code, r.personal, r.source FROM pages p JOIN readings r ON"
        " r.page = p.id WHERE p.id = ? AND r.field = ? AND r.row_no = ?",
        "iti", decision->page, decision->field, (gint64)decision->row);
    LkSqlStep step = row != NULL ? lk_sql_step(store, row, error) : LK_SQL_FAILED;
    if (step == LK_SQL_FAILED) {
        return false;
    }
    /* Free text always; boxes and combs if the template says so. */
    bool sealed = step == LK_SQL_ROW && (strcmp(lk_sql_text(row, 2), "text") == 0 ||
                                         sqlite3_column_int(row, 1) != 0);
    if (!sealed || sqlite3_column_type(row, 0) == SQLITE_NULL) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN,
                    _("the page has no field '%s', row %d, whose value is sealed"),
                    decision->field, decision->row);
        return false;
    }
    lk_sql_copy(row, 0, typing->code.text, sizeof typing->code.text);
    return true;
}

static bool
check_not_masked(LkStore *store, const LkCaseCode *code, GError **error)
{
    gint64 masked = 0;
    if (!lk_sql_number(store, &masked, error,
                       "SELECT count(*) FROM masks WHERE case_code = ?", "t",
                       code->text)) {
        return false;
    }
    if (masked != 0) {
        g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED,
                            _("the name of this file is masked, for good: nothing that "
                              "may name somebody is kept of it any more"));
    }
    return masked == 0;
}

bool
lk_typed_check(LkStore *store, const LkDecision *decision, LkCaseCode *code,
               GError **error)
{
    Typing typing = {.decision = decision};
    bool fits = find_case(store, &typing, error) &&
                check_not_masked(store, &typing.code, error);
    *code = typing.code;
    return fits;
}

GBytes *
lk_value_seal(LkStore *store, const char *domain, const char *head, const char *value,
              GError **error)
{
    value = value != NULL ? value : "";
    /* Large enough not to move, which would leave a copy behind. */
    GString *text = g_string_sized_new(strlen(head) + strlen(value) + PADDED_TO + 1);
    g_string_append(text, head);
    g_string_append(text, value);
    do {
        g_string_append_c(text, '\n');
    } while (text->len % PADDED_TO != 0);
    GBytes *sealed = lk_seal(store, domain, text->str, text->len, error);
    sodium_memzero(text->str, text->allocated_len);
    g_string_free(text, TRUE);
    return sealed;
}

GBytes *
lk_typed_seal(LkStore *store, const char *domain, const LkDecision *decision,
              const char *at, GError **error)
{
    g_autofree char *head = head_of(decision->page, decision->field, decision->row, at);
    return lk_value_seal(store, domain, head, decision->value, error);
}

bool
lk_typed_put(LkStore *store, const LkCaseCode *code, const LkDecision *decision,
             const char *at, GError **error)
{
    char domain[LK_DOMAIN_MAX + 1] = LK_DOMAIN_RECEPTION;
    if (code->text[0] != '\0') {
        lk_domain_of_case(code, domain);
        if (!lk_domain_ensure_case(store, code, error)) {
            return false;
        }
    }
    g_autoptr(GBytes) sealed = lk_typed_seal(store, domain, decision, at, error);
    return sealed != NULL &&
           lk_sql_run(store, error,
                      "INSERT INTO sealed_values (domain, kind, page, field, row_no,"
                      " sealed, at, who) VALUES (?, 'typed', ?, ?, ?, ?, ?, ?)",
                      "titibtt", domain, decision->page, decision->field,
                      (gint64)decision->row, sealed, at, decision->who);
}

static bool
write_typed(LkStore *store, void *data, GError **error)
{
    Typing *typing = data;
    const LkDecision *decision = typing->decision;
    g_autofree char *now = lk_now();
    if (!lk_typed_check(store, decision, &typing->code, error) ||
        (!decision->undo &&
         !lk_typed_put(store, &typing->code, decision, now, error)) ||
        !lk_sql_run(store, error,
                    "INSERT INTO decisions (page, field, row_no, kind, value, options,"
                    " who, at) VALUES (?, ?, ?, ?, NULL, NULL, ?, ?)",
                    "itittt", decision->page, decision->field, (gint64)decision->row,
                    decision->undo ? "undo" : "value", decision->who, now)) {
        return false;
    }
    gint64 id = (gint64)sqlite3_last_insert_rowid(store->db);
    g_autofree char *detail =
        g_strdup_printf("{\"decision\":%" G_GINT64_FORMAT ",\"page\":%" G_GINT64_FORMAT
                        ",\"sealed\":true}",
                        id, decision->page);
    return lk_reason_put(store, id, decision->page, decision->why, error) &&
           lk_journal_add(store, decision->undo ? "undo" : "decision", detail, error);
}

bool
lk_typed_write(LkStore *store, const LkDecision *decision, GError **error)
{
    Typing typing = {.decision = decision};
    return write_typed(store, &typing, error);
}

bool
lk_store_decide_sealed(LkStore *store, const LkDecision *decision, GError **error)
{
    g_return_val_if_fail(
        store != NULL && decision->field != NULL && decision->who != NULL, false);
    Typing typing = {.decision = decision};
    return lk_guard_require(store, error) &&
           lk_sql_transaction(store, write_typed, &typing, error);
}

/* --- Reading. -----------------------------------------------------------------------
 */

bool
lk_value_cut(LkSecret *clear, const char *head)
{
    size_t len = strlen(head);
    size_t size = lk_secret_size(clear);
    char *text = lk_secret_data(clear);
    if (size < len || memcmp(text, head, len) != 0) {
        return false;
    }
    while (size > len && text[size - 1] == '\n') {
        size--;
    }
    memmove(text, text + len, size - len);
    lk_secret_cut(clear, size - len);
    return true;
}

LkSecret *
lk_typed_open(LkSession *session, const char *domain, const LkDecision *place,
              const char *at, GBytes *sealed, GError **error)
{
    g_autoptr(LkSecret) clear = lk_unseal(session, domain, sealed, error);
    if (clear == NULL) {
        return NULL;
    }
    g_autofree char *head = head_of(place->page, place->field, place->row, at);
    if (!lk_value_cut(clear, head)) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED,
                    _("page %lld, field '%s': the value that was typed was altered, "
                      "and is left as it is; restore the office from the last backup, "
                      "or type it again from the picture"),
                    (long long)place->page, place->field);
        return NULL;
    }
    return g_steal_pointer(&clear);
}

typedef struct {
    LkSession *session;
    LkTypedFunc each;
    void *data;
} Reading;

static bool
read_one(const Reading *reading, sqlite3_stmt *row, GError **error)
{
    LkTyped typed = {.page = sqlite3_column_int64(row, 0),
                     .page_number = sqlite3_column_int(row, 3),
                     .field = lk_sql_text(row, 4),
                     .row = sqlite3_column_int(row, 5)};
    lk_sql_copy(row, 1, typed.form, sizeof typed.form);
    lk_sql_copy(row, 2, typed.copy, sizeof typed.copy);
    g_autoptr(GBytes) sealed = lk_sql_bytes(row, 7);
    const LkDecision place = {
        .page = typed.page, .field = typed.field, .row = typed.row};
    g_autoptr(LkSecret) clear =
        lk_typed_open(reading->session, lk_sql_text(row, 6), &place,
                      lk_sql_text(row, 8), sealed, error);
    if (clear == NULL) {
        return false;
    }
    typed.value = lk_secret_data(clear);
    if (*typed.value != '\0') {
        reading->each(&typed, reading->data);
    }
    return true;
}

static bool
write_shown(LkStore *store, void *data, GError **error)
{
    const LkCaseCode *code = data;
    g_autofree char *detail = g_strdup_printf("{\"case\":\"%s\"}", code->text);
    return lk_journal_add(store, "typed-show", detail, error);
}

bool
lk_store_each_typed(LkSession *session, const LkCaseCode *code, LkTypedFunc each,
                    void *data, GError **error)
{
    g_return_val_if_fail(session != NULL && code != NULL && each != NULL, false);
    LkStore *store = lk_session_store(session);
    Reading reading = {session, each, data};
    /* The last value that was typed, unless it was taken back. */
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error,
        "SELECT p.id, p.form, p.copy, p.page, s.field, s.row_no, s.domain, s.sealed,"
        " s.at FROM sealed_values s JOIN pages p ON p.id = s.page"
        " JOIN readings r ON r.page = s.page AND r.field = s.field"
        "   AND r.row_no = s.row_no"
        " JOIN decisions d ON d.id = (SELECT max(x.id) FROM decisions x WHERE"
        "   x.page = s.page AND x.field = s.field AND x.row_no = s.row_no)"
        " WHERE s.kind = 'typed' AND p.case_code = ? AND p.holds = 1"
        "   AND d.kind = 'value'"
        "   AND s.id = (SELECT max(y.id) FROM sealed_values y WHERE y.page = s.page"
        "     AND y.field = s.field AND y.row_no = s.row_no AND y.kind = 'typed')"
        " ORDER BY p.form, p.copy, p.page, r.position",
        "t", code->text);
    if (rows == NULL || !lk_case_require(store, code, error) ||
        !lk_sql_transaction(store, write_shown, (void *)code, error)) {
        return false;
    }
    LkSqlStep step = LK_SQL_FAILED;
    while ((step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        if (!read_one(&reading, rows, error)) {
            return false;
        }
    }
    return step == LK_SQL_END;
}

bool
lk_sealed_values_wipe(LkStore *store, const LkCaseCode *code, GError **error)
{
    char domain[LK_DOMAIN_MAX + 1];
    lk_domain_of_case(code, domain);
    return lk_sql_run(store, error,
                      "DELETE FROM sealed_values WHERE domain = ? AND kind = 'typed'",
                      "t", domain) &&
           lk_sql_run(store, error, "DELETE FROM keyings WHERE domain = ?", "t",
                      domain) &&
           lk_sql_run(store, error, "DELETE FROM reasons WHERE domain = ?", "t",
                      domain);
}

/* --- Boxes that an older program decided in clear. ----------------------------------
 */

typedef struct {
    gint64 id;
    LkDecision decision; /* strings of its own */
    LkCaseCode code;
    char *at;
    bool masked;
} Clear;

static void
clear_clear(void *data)
{
    Clear *clear = data;
    g_free((char *)clear->decision.field);
    g_free((char *)clear->decision.value);
    g_free((char *)clear->decision.who);
    g_free(clear->at);
}

static GArray *
find_clear(LkStore *store, GError **error)
{
    g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(Clear));
    g_array_set_clear_func(found, clear_clear);
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error,
        "SELECT d.id, d.page, d.field, d.row_no, d.value, d.who, d.at, p.case_code,"
        " EXISTS (SELECT 1 FROM masks m WHERE m.case_code = p.case_code)"
        " FROM decisions d JOIN pages p ON p.id = d.page JOIN readings r ON"
        " r.page = d.page AND r.field = d.field AND r.row_no = d.row_no"
        " WHERE r.personal = 1 AND (d.value IS NOT NULL OR d.options IS NOT NULL)"
        " ORDER BY d.id",
        "");
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        Clear clear = {.id = sqlite3_column_int64(rows, 0),
                       .decision = {.page = sqlite3_column_int64(rows, 1),
                                    .field = g_strdup(lk_sql_text(rows, 2)),
                                    .row = sqlite3_column_int(rows, 3),
                                    .value = g_strdup(lk_sql_text(rows, 4)),
                                    .who = g_strdup(lk_sql_text(rows, 5))},
                       .at = g_strdup(lk_sql_text(rows, 6)),
                       .masked = sqlite3_column_int(rows, 8) != 0};
        lk_sql_copy(rows, 7, clear.code.text, sizeof clear.code.text);
        g_array_append_val(found, clear);
    }
    return step == LK_SQL_END ? g_steal_pointer(&found) : NULL;
}

static bool
seal_clear(LkStore *store, bool *any, GError **error)
{
    g_autoptr(GArray) found = find_clear(store, error);
    *any = found != NULL && found->len > 0;
    for (guint i = 0; found != NULL && i < found->len; i++) {
        const Clear *clear = &g_array_index(found, Clear, i);
        /* Of a masked file nothing personal is kept, sealed or not. */
        if ((!clear->masked &&
             !lk_typed_put(store, &clear->code, &clear->decision, clear->at, error)) ||
            !lk_sql_run(store, error,
                        "UPDATE decisions SET value = NULL, options = NULL"
                        " WHERE id = ?",
                        "i", clear->id)) {
            return false;
        }
    }
    return found != NULL;
}

bool
lk_typed_migrate(LkStore *store, GError **error)
{
    bool ready = false;
    bool any = false;
    return lk_guard_is_ready(store, &ready, error) &&
           (!ready || seal_clear(store, &any, error)) &&
           (!any || lk_wipe_later(store, error));
}

static bool
seal_decisions(LkStore *store, void *unused, GError **error)
{
    (void)unused;
    bool any = false;
    return seal_clear(store, &any, error);
}

bool
lk_store_seal_decisions(LkStore *store, GError **error)
{
    g_return_val_if_fail(store != NULL, false);
    return lk_sql_transaction(store, seal_decisions, NULL, error);
}
