/* keying.c - what two people type of one field without seeing each other's.
 *
 * An open keying is one that no decision about its field came after. There are at most
 * two of a field, by different people: asked for and written in one transaction, so
 * that two who type at once are the first and the second. */
#include "store/vault_rows.h"

#include <string.h>

void
lk_keying_free(LkKeying *keying)
{
    if (keying != NULL) {
        lk_secret_free(keying->value);
        g_free(keying->field);
        g_free(keying->who);
        g_free(keying->at);
        g_free(keying);
    }
}

/* --- Rows. --------------------------------------------------------------------------
 */

/* A keying with what it holds. */
typedef struct {
    LkKeying keying; /* first: an LkKeying for the caller */
    char domain[LK_DOMAIN_MAX + 1];
    GBytes *sealed;
    char *clear;
    bool differs;
} Kept;

static void
free_kept(gpointer data)
{
    Kept *kept = data;
    g_clear_pointer(&kept->sealed, g_bytes_unref);
    g_free(kept->clear);
    lk_keying_free(&kept->keying);
}

#define KEPT                                                                           \
    "SELECT k.id, k.page, k.field, k.row_no, k.who, k.at, k.after, k.domain, k.value," \
    " k.sealed, k.state, p.case_code FROM open_keyings k JOIN pages p ON p.id = "      \
    "k.page"

static Kept *
kept_from_row(sqlite3_stmt *row)
{
    Kept *kept = g_new0(Kept, 1);
    kept->keying = (LkKeying){.id = sqlite3_column_int64(row, 0),
                              .page = sqlite3_column_int64(row, 1),
                              .field = g_strdup(lk_sql_text(row, 2)),
                              .row = sqlite3_column_int(row, 3),
                              .who = g_strdup(lk_sql_text(row, 4)),
                              .at = g_strdup(lk_sql_text(row, 5)),
                              .after = sqlite3_column_int64(row, 6),
                              .sealed = sqlite3_column_type(row, 9) != SQLITE_NULL};
    lk_sql_copy(row, 7, kept->domain, sizeof kept->domain);
    kept->clear = g_strdup(lk_sql_text_or_null(row, 8));
    kept->sealed = kept->keying.sealed ? lk_sql_bytes(row, 9) : NULL;
    kept->differs = strcmp(lk_sql_text(row, 10), "differs") == 0;
    lk_sql_copy(row, 11, kept->keying.code.text, sizeof kept->keying.code.text);
    return kept;
}

static GPtrArray *
take_rows(LkStore *store, sqlite3_stmt *rows, GError **error)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(free_kept);
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        g_ptr_array_add(found, kept_from_row(rows));
    }
    return step == LK_SQL_END ? g_steal_pointer(&found) : NULL;
}

/* (transfer full): the open ones of a field, the first first. */
static GPtrArray *
find_open(LkStore *store, const LkParcelPlace *place, GError **error)
{
    g_autoptr(LkSqlKept) rows = lk_sql_keep(
        store, error,
        KEPT " WHERE k.page = ? AND k.field = ? AND k.row_no = ? ORDER BY k.id", "iti",
        place->page, place->field, (gint64)place->row);
    return take_rows(store, rows, error);
}

/* --- Values. ------------------------------------------------------------------------
 */

/* What a sealed value belongs to: one that was moved is noticed. */
static char *
head_of(const LkParcelPlace *place, const char *who, const char *at)
{
    return g_strdup_printf("keyed 1\n%" G_GINT64_FORMAT "\n%s\n%d\n%s\n%s\n",
                           place->page, place->field, place->row, who, at);
}

static bool
open_sealed(LkSession *session, Kept *kept, GError **error)
{
    LkKeying *keying = &kept->keying;
    const LkParcelPlace place = {keying->page, keying->field, keying->row};
    g_autofree char *head = head_of(&place, keying->who, keying->at);
    g_autoptr(LkSecret) clear = lk_unseal(session, kept->domain, kept->sealed, error);
    if (clear == NULL) {
        return false;
    }
    if (!lk_value_cut(clear, head)) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED,
                    _("page %lld, field '%s': what %s typed was altered"),
                    (long long)keying->page, keying->field, keying->who);
        return false;
    }
    if (lk_secret_size(clear) > 0) {
        keying->value = g_steal_pointer(&clear);
    }
    return true;
}

static bool
open_kept(LkSession *session, Kept *kept, GError **error)
{
    LkKeying *keying = &kept->keying;
    if (kept->sealed == NULL) {
        keying->value = kept->clear != NULL
                            ? lk_secret_new_from(kept->clear, strlen(kept->clear))
                            : NULL;
        return true;
    }
    return session != NULL ? open_sealed(session, kept, error)
                           : lk_case_locked(&keying->code, error);
}

static const char *
text_of(const LkKeying *keying)
{
    return keying->value != NULL ? lk_secret_data(keying->value) : NULL;
}

/* (transfer full): without what no reader would tell: how a letter is composed, and how
 * wide a gap is. */
static LkSecret *
plain(const char *text)
{
    char *composed = g_utf8_normalize(text, -1, G_NORMALIZE_NFC);
    const char *from = composed != NULL ? composed : text;
    LkSecret *plain = lk_secret_new(strlen(from));
    char *to = lk_secret_data(plain);
    size_t n = 0;
    for (; *from != '\0'; from++) {
        bool gap = g_ascii_isspace(*from);
        if (!gap || (n > 0 && to[n - 1] != ' ')) {
            to[n++] = gap ? ' ' : *from;
        }
    }
    n -= n > 0 && to[n - 1] == ' ' ? 1 : 0;
    lk_secret_cut(plain, n);
    if (composed != NULL) {
        explicit_bzero(composed, strlen(composed));
    }
    g_free(composed);
    return plain;
}

static bool
is_same(const char *a, const char *b)
{
    g_autoptr(LkSecret) left = plain(a != NULL ? a : "");
    g_autoptr(LkSecret) right = plain(b != NULL ? b : "");
    return lk_secret_size(left) == lk_secret_size(right) &&
           memcmp(lk_secret_data(left), lk_secret_data(right), lk_secret_size(left)) ==
               0;
}

/* --- A pair. ------------------------------------------------------------------------
 */

typedef struct {
    const LkKeying *first, *second;
} Pair;

static bool
note_pair(LkStore *store, const char *what, const Pair *pair, gint64 decision,
          GError **error)
{
    g_autofree char *detail = g_strdup_printf(
        "{\"decision\":%" G_GINT64_FORMAT ",\"page\":%" G_GINT64_FORMAT
        ",\"first\":\"%s\",\"second\":\"%s\"}",
        decision, pair->first->page, pair->first->who, pair->second->who);
    return lk_journal_add(store, what, detail, error);
}

static bool
end_pair(LkStore *store, const Pair *pair, gint64 decision, GError **error)
{
    return lk_sql_run(store, error,
                      "UPDATE keyings SET state = 'settled', decision = ?"
                      " WHERE id IN (?, ?)",
                      "iii", decision, pair->first->id, pair->second->id);
}

/* Both are open. The decision is in the name of who typed second. */
static bool
judge(LkStore *store, const Pair *pair, gint64 *id, GError **error)
{
    const LkKeying *second = pair->second;
    if (!is_same(text_of(pair->first), text_of(second))) {
        return lk_sql_run(store, error,
                          "UPDATE keyings SET state = 'differs' WHERE id IN (?, ?)",
                          "ii", pair->first->id, second->id) &&
               note_pair(store, "keying-differ", pair, 0, error);
    }
    const LkDecision decision = {.page = second->page,
                                 .field = second->field,
                                 .row = second->row,
                                 .value = text_of(second),
                                 .who = second->who};
    return lk_decision_put(store, &decision, second->sealed, id, error) &&
           end_pair(store, pair, *id, error) &&
           note_pair(store, "keying-agree", pair, *id, error);
}

/* One that was altered cannot be shown or compared: its field is typed again. */
static bool
drop_damaged(LkStore *store, const Kept *kept, GError **error)
{
    g_autofree char *detail = g_strdup_printf("{\"keying\":%" G_GINT64_FORMAT
                                              ",\"page\":%" G_GINT64_FORMAT "}",
                                              kept->keying.id, kept->keying.page);
    return lk_sql_run(store, error,
                      "UPDATE keyings SET state = 'withdrawn' WHERE id = ?", "i",
                      kept->keying.id) &&
           lk_journal_add(store, "keying-damaged", detail, error);
}

/* Sets *@ready if both are open now; neither is if @session lacks the key. */
static bool
open_pair(LkSession *session, GPtrArray *pair, bool *ready, GError **error)
{
    *ready = true;
    for (guint i = 0; i < pair->len; i++) {
        Kept *kept = g_ptr_array_index(pair, i);
        g_autoptr(GError) problem = NULL;
        if (open_kept(session, kept, &problem)) {
            continue;
        }
        *ready = false;
        if (g_error_matches(problem, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED)) {
            if (!drop_damaged(lk_session_store(session), kept, error)) {
                return false;
            }
        } else if (!g_error_matches(problem, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED)) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return false;
        }
    }
    return true;
}

static Pair
pair_of(const GPtrArray *kept)
{
    return (Pair){g_ptr_array_index(kept, 0), g_ptr_array_index(kept, 1)};
}

/* --- Typing. ------------------------------------------------------------------------
 */

static bool
waits_to_be_typed(LkStore *store, const LkDecision *decision, bool *waits,
                  GError **error)
{
    gint64 n = 0;
    bool ok = lk_sql_number(
        store, &n, error,
        "SELECT count(*) FROM readings r WHERE r.page = ? AND r.field = ?"
        " AND r.row_no = ? AND r.value IS NULL"
        " AND (r.status = 'type' OR (r.source = 'text' AND r.written = 1))"
        " AND coalesce((SELECT d.kind FROM decisions d WHERE d.page = r.page"
        "   AND d.field = r.field AND d.row_no = r.row_no ORDER BY d.id DESC LIMIT 1),"
        "   'undo') = 'undo'",
        "iti", decision->page, decision->field, (gint64)decision->row);
    *waits = n > 0;
    return ok;
}

/* In clear only where a decision would be. */
static bool
check_typed(LkStore *store, const LkDecisionAsked *asked,
            char domain[LK_DOMAIN_MAX + 1], GError **error)
{
    LkCaseCode code = {""};
    bool sealed = false;
    domain[0] = '\0';
    if (!asked->sealed) {
        return lk_decision_check(store, &asked->decision, &sealed, error);
    }
    if (!lk_guard_require(store, error) ||
        !lk_typed_check(store, &asked->decision, &code, error) ||
        !lk_domain_ensure_case(store, &code, error)) {
        return false;
    }
    lk_domain_of_case(&code, domain);
    return true;
}

static bool
keep(LkStore *store, LkDecisionAsked *asked, GError **error)
{
    const LkDecision *decision = &asked->decision;
    const LkParcelPlace place = {decision->page, decision->field, decision->row};
    char domain[LK_DOMAIN_MAX + 1];
    g_autofree char *now = lk_now();
    g_autofree char *head = head_of(&place, decision->who, now);
    g_autoptr(GBytes) sealed = NULL;
    if (!check_typed(store, asked, domain, error)) {
        return false;
    }
    if (asked->sealed) {
        sealed = lk_value_seal(store, domain, head, decision->value, error);
        if (sealed == NULL) {
            return false;
        }
    }
    if (!lk_sql_run(store, error,
                    "INSERT INTO keyings (page, field, row_no, who, at, after, domain,"
                    " value, sealed, state) VALUES (?, ?, ?, ?, ?,"
                    " (SELECT coalesce(max(id), 0) FROM decisions), ?, ?, ?, 'open')",
                    "itittttb", decision->page, decision->field, (gint64)decision->row,
                    decision->who, now, asked->sealed ? domain : NULL,
                    asked->sealed ? NULL : decision->value, sealed)) {
        return false;
    }
    asked->keying = (gint64)sqlite3_last_insert_rowid(store->db);
    g_autofree char *detail = g_strdup_printf(
        "{\"keying\":%" G_GINT64_FORMAT ",\"page\":%" G_GINT64_FORMAT ",\"sealed\":%s}",
        asked->keying, decision->page, asked->sealed ? "true" : "false");
    return lk_journal_add(store, "keying", detail, error);
}

static bool
taken(const char *who, GError **error)
{
    g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_TAKEN,
                _("%s typed this before: nothing was written"), who);
    return false;
}

/* Another has typed it, and is kept beside this; compared at once if that can be. */
static bool
type_second(LkStore *store, LkDecisionAsked *asked, GError **error)
{
    const LkDecision *decision = &asked->decision;
    const LkParcelPlace place = {decision->page, decision->field, decision->row};
    if (!keep(store, asked, error)) {
        return false;
    }
    g_autoptr(GPtrArray) both = find_open(store, &place, error);
    bool ready = false;
    if (both == NULL || both->len != 2 ||
        !open_pair(asked->session, both, &ready, error)) {
        return false;
    }
    const Pair pair = pair_of(both);
    return !ready || judge(store, &pair, &asked->id, error);
}

/* Two differ, and a third who saw both says what stands there. */
static bool
settle(LkStore *store, LkDecisionAsked *asked, const GPtrArray *open, GError **error)
{
    const Kept *last = g_ptr_array_index(open, 1);
    const Pair pair = pair_of(open);
    const char *who = asked->decision.who;
    if (!last->differs || asked->seen_keying != pair.second->id ||
        strcmp(who, pair.first->who) == 0 || strcmp(who, pair.second->who) == 0) {
        return taken(pair.second->who, error);
    }
    return lk_decision_put(store, &asked->decision, asked->sealed, &asked->id, error) &&
           end_pair(store, &pair, asked->id, error) &&
           note_pair(store, "keying-settle", &pair, asked->id, error);
}

bool
lk_keying_write(LkStore *store, LkDecisionAsked *asked, GError **error)
{
    const LkDecision *decision = &asked->decision;
    const LkParcelPlace place = {decision->page, decision->field, decision->row};
    g_autoptr(GPtrArray) open = find_open(store, &place, error);
    bool waits = false;
    if (open == NULL || !waits_to_be_typed(store, decision, &waits, error)) {
        return false;
    }
    if (open->len == 0) {
        return asked->twice && waits
                   ? keep(store, asked, error)
                   : lk_decision_put(store, decision, asked->sealed, &asked->id, error);
    }
    if (open->len > 1) {
        return settle(store, asked, open, error);
    }
    const LkKeying *first = g_ptr_array_index(open, 0);
    return strcmp(first->who, decision->who) == 0 ? taken(first->who, error)
                                                  : type_second(store, asked, error);
}

/* --- Taking back. -------------------------------------------------------------------
 */

LkKeying *
lk_keying_last(LkStore *store, const char *who, GError **error)
{
    g_return_val_if_fail(store != NULL && who != NULL, NULL);
    g_autoptr(LkSqlKept) row = lk_sql_keep(
        store, error, KEPT " WHERE k.who = ? ORDER BY k.id DESC LIMIT 1", "t", who);
    g_autoptr(GPtrArray) found = take_rows(store, row, error);
    if (found == NULL || found->len == 0) {
        return NULL;
    }
    Kept *kept = g_ptr_array_index(found, 0);
    LkKeying *keying = g_new(LkKeying, 1);
    *keying = kept->keying;
    kept->keying.field = kept->keying.who = kept->keying.at = NULL;
    return keying;
}

static bool
undo(LkStore *store, void *data, GError **error)
{
    const LkKeying *keying = data;
    g_autofree char *detail = g_strdup_printf("{\"keying\":%" G_GINT64_FORMAT
                                              ",\"page\":%" G_GINT64_FORMAT "}",
                                              keying->id, keying->page);
    if (!lk_sql_run(store, error,
                    "UPDATE keyings SET state = 'withdrawn' WHERE id ="
                    " (SELECT id FROM open_keyings WHERE id = ?)",
                    "i", keying->id)) {
        return false;
    }
    if (sqlite3_changes(store->db) == 0) {
        g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_TAKEN,
                            _("this was decided meanwhile"));
        return false;
    }
    /* Who typed the other waits for another second. */
    return lk_sql_run(store, error,
                      "UPDATE keyings SET state = 'open' WHERE state = 'differs' AND"
                      " page = ? AND field = ? AND row_no = ?",
                      "iti", keying->page, keying->field, (gint64)keying->row) &&
           lk_journal_add(store, "keying-back", detail, error);
}

bool
lk_keying_undo(LkStore *store, const LkKeying *keying, GError **error)
{
    g_return_val_if_fail(store != NULL && keying != NULL, false);
    return lk_sql_transaction(store, undo, (void *)keying, error);
}

/* --- Looking at both. ---------------------------------------------------------------
 */

GPtrArray *
lk_keying_pair(LkStore *store, LkSession *session, const LkParcelPlace *place,
               GError **error)
{
    g_return_val_if_fail(store != NULL && place != NULL, NULL);
    g_autoptr(GPtrArray) open = find_open(store, place, error);
    bool noted = false;
    for (guint i = 0; open != NULL && i < open->len; i++) {
        Kept *kept = g_ptr_array_index(open, i);
        if (kept->sealed != NULL && !noted) {
            g_autofree char *detail =
                g_strdup_printf("{\"case\":\"%s\"}", kept->keying.code.text);
            noted = lk_store_note(store, "typed-show", detail, error);
            if (!noted) {
                return NULL;
            }
        }
        if (!open_kept(session, kept, error)) {
            return NULL;
        }
    }
    return g_steal_pointer(&open);
}

/* --- Comparing. ---------------------------------------------------------------------
 */

typedef struct {
    LkSession *session;
    int limit;
    GPtrArray *compared; /* Kept: one of each pair */
} Comparing;

/* (transfer full): one of each pair that @session may hold the key of. */
static GPtrArray *
find_pairs(LkStore *store, const Comparing *comparing, GError **error)
{
    const char *login = lk_session_login(comparing->session);
    g_autoptr(LkSqlKept) rows = lk_sql_keep(
        store, error,
        KEPT " WHERE k.state = 'open' AND EXISTS (SELECT 1 FROM open_keyings o WHERE"
             "   o.page = k.page AND o.field = k.field AND o.row_no = k.row_no"
             "   AND o.id < k.id)"
             " AND EXISTS (SELECT 1 FROM grants g WHERE g.domain = k.domain"
             "   AND g.holder IN (?, '@reception')) ORDER BY k.id LIMIT ?",
        "ti", login, (gint64)comparing->limit);
    return take_rows(store, rows, error);
}

static bool
compare_one(LkStore *store, Comparing *comparing, const LkKeying *of, GError **error)
{
    const LkParcelPlace place = {of->page, of->field, of->row};
    g_autoptr(GPtrArray) both = find_open(store, &place, error);
    bool ready = false;
    gint64 id = 0;
    if (both == NULL ||
        (both->len == 2 && !open_pair(comparing->session, both, &ready, error))) {
        return false;
    }
    if (!ready) {
        return true;
    }
    const Pair pair = pair_of(both);
    return judge(store, &pair, &id, error);
}

static bool
compare(LkStore *store, void *data, GError **error)
{
    Comparing *comparing = data;
    for (guint i = 0; i < comparing->compared->len; i++) {
        if (!compare_one(store, comparing, g_ptr_array_index(comparing->compared, i),
                         error)) {
            return false;
        }
    }
    return true;
}

/* Asked again and again: nothing is locked if there is nothing to do. */
bool
lk_keyings_compare(LkSession *session, int limit, LkKeyingFunc each, void *data,
                   GError **error)
{
    g_return_val_if_fail(session != NULL, false);
    LkStore *store = lk_session_store(session);
    LkRole role = lk_session_role(session);
    if (role != LK_ROLE_MANAGER && role != LK_ROLE_RECOVERY) {
        return true;
    }
    Comparing comparing = {session, limit, NULL};
    g_autoptr(GPtrArray) compared = find_pairs(store, &comparing, error);
    comparing.compared = compared;
    if (compared == NULL ||
        (compared->len > 0 && !lk_sql_transaction(store, compare, &comparing, error))) {
        return false;
    }
    for (guint i = 0; each != NULL && i < compared->len; i++) {
        const LkKeying *keying = g_ptr_array_index(compared, i);
        each(&keying->code, data);
    }
    return true;
}
