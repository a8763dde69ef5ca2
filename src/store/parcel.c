/* parcel.c - what clerks were given to type: shown, typed, handed back, withdrawn.
 *
 * A crop is a PNG behind lines that say to whom it was given, when, and what field it
 * is of, sealed to the clerk's own key: one that was moved to another field, so that a
 * value would be typed into the wrong place, is noticed. */
#include "store/crop.h"

#include <string.h>

static const char *const kind_names[LK_PARCEL_N_KINDS] = {
    [LK_PARCEL_NAMES] = "noms",     [LK_PARCEL_CONTACTS] = "contacts",
    [LK_PARCEL_DATES] = "dates",    [LK_PARCEL_NUMBERS] = "nombres",
    [LK_PARCEL_STORIES] = "recits",
};

const char *
lk_parcel_kind_name(LkParcelKind kind)
{
    return kind_names[kind];
}

bool
lk_parcel_kind_parse(const char *name, LkParcelKind *kind)
{
    for (int i = 0; i < LK_PARCEL_N_KINDS; i++) {
        if (strcmp(name, kind_names[i]) == 0) {
            *kind = (LkParcelKind)i;
            return true;
        }
    }
    return false;
}

/* --- Opening. -----------------------------------------------------------------------
 */

char *
lk_crop_head(const char *login, const char *at, const LkParcelPlace *place)
{
    return g_strdup_printf("parcel 1\n%s\n%s\n%" G_GINT64_FORMAT "\n%s\n%d\n", login,
                           at, place->page, place->field, place->row);
}

/* Leaves in @clear what stands behind @head; false if that is something else. */
static bool
cut_crop(LkSecret *clear, const char *head)
{
    char *text = lk_secret_data(clear);
    size_t n_head = strlen(head);
    if (lk_secret_size(clear) < n_head || memcmp(text, head, n_head) != 0) {
        return false;
    }
    char *end = NULL; /* a zero follows the bytes of a secret */
    guint64 size = g_ascii_strtoull(text + n_head, &end, 10);
    size_t left = lk_secret_size(clear) - (size_t)(end - text);
    if (left < 1 || *end != '\n' || size > left - 1) {
        return false;
    }
    memmove(text, end + 1, size);
    lk_secret_cut(clear, size);
    return true;
}

/* --- The clerk's crops. -------------------------------------------------------------
 */

void
lk_parcel_item_clear(LkParcelItem *item)
{
    g_clear_pointer(&item->field, g_free);
    lk_secret_free(item->crop);
    item->crop = NULL;
}

/* A field that nobody has settled, on a page that still counts, of a file whose name is
 * not masked; and that was not typed twice, nor once by the same clerk. */
#define WAITS                                                                          \
    " p.holds = 1 AND p.case_code IS NOT NULL"                                         \
    " AND NOT EXISTS (SELECT 1 FROM masks m WHERE m.case_code = p.case_code)"          \
    " AND coalesce((SELECT d.kind FROM decisions d WHERE d.page = c.page"              \
    "   AND d.field = c.field AND d.row_no = c.row_no ORDER BY d.id DESC LIMIT 1),"    \
    "   'undo') = 'undo'"                                                              \
    " AND (SELECT coalesce(sum(CASE WHEN o.who = k.login THEN 2 ELSE 1 END), 0)"       \
    "   FROM open_keyings o WHERE o.page = c.page AND o.field = c.field"               \
    "   AND o.row_no = c.row_no) < 2"

#define ITEM                                                                           \
    "SELECT c.id, c.page, k.kind, p.layout, c.field, c.row_no, k.given_at, c.sealed,"  \
    " r.personal FROM crops c JOIN parcels k ON k.id = c.parcel"                       \
    " JOIN pages p ON p.id = c.page JOIN readings r ON r.page = c.page"                \
    " AND r.field = c.field AND r.row_no = c.row_no"                                   \
    " WHERE k.login = ? AND c.state = 'given'"

static void
item_from_row(sqlite3_stmt *row, LkParcelItem *item)
{
    lk_parcel_item_clear(item);
    item->id = sqlite3_column_int64(row, 0);
    item->page = sqlite3_column_int64(row, 1);
    (void)!lk_parcel_kind_parse(lk_sql_text(row, 2), &item->kind);
    lk_sql_copy(row, 3, item->layout, sizeof item->layout);
    item->field = g_strdup(lk_sql_text(row, 4));
    item->row = sqlite3_column_int(row, 5);
    item->personal = sqlite3_column_int(row, 8) != 0;
}

static bool
no_such_crop(gint64 id, GError **error)
{
    g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN,
                _("you have no crop number %lld to type (any more); `lakana parcel "
                  "next` shows the next one"),
                (long long)id);
    return false;
}

bool
lk_parcel_find(LkSession *session, gint64 id, LkParcelItem *item, GError **error)
{
    LkStore *store = lk_session_store(session);
    g_autoptr(sqlite3_stmt) row = lk_sql_prepare(store, error, ITEM " AND c.id = ?",
                                                 "ti", lk_session_login(session), id);
    LkSqlStep step = row != NULL ? lk_sql_step(store, row, error) : LK_SQL_FAILED;
    if (step == LK_SQL_ROW) {
        item_from_row(row, item);
    }
    return step == LK_SQL_ROW || (step == LK_SQL_END && no_such_crop(id, error));
}

/* The first crops that wait, with sealed bytes and the times in their heads. */
typedef struct {
    LkParcelItem item; /* first: an LkParcelItem for the caller */
    GBytes *sealed;
    char *at;
} Waiting;

static void
free_waiting(gpointer data)
{
    Waiting *waiting = data;
    lk_parcel_item_clear(&waiting->item);
    g_clear_pointer(&waiting->sealed, g_bytes_unref);
    g_free(waiting->at);
    g_free(waiting);
}

static GPtrArray *
find_waiting(LkSession *session, int n, GError **error)
{
    LkStore *store = lk_session_store(session);
    const char *login = lk_session_login(session);
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(free_waiting);
    gint64 left = 0;
    g_autoptr(sqlite3_stmt) row =
        lk_sql_prepare(store, error, ITEM " AND" WAITS " ORDER BY c.id LIMIT ?", "ti",
                       login, (gint64)n);
    if (row == NULL ||
        !lk_sql_number(store, &left, error,
                       "SELECT count(*) FROM (" ITEM " AND" WAITS ")", "t", login)) {
        return NULL;
    }
    LkSqlStep step = LK_SQL_FAILED;
    while ((step = lk_sql_step(store, row, error)) == LK_SQL_ROW) {
        Waiting *waiting = g_new0(Waiting, 1);
        g_ptr_array_add(found, waiting);
        item_from_row(row, &waiting->item);
        waiting->item.n_left = (int)left - (int)found->len + 1;
        waiting->at = g_strdup(lk_sql_text(row, 6));
        waiting->sealed = lk_sql_bytes(row, 7);
    }
    return step == LK_SQL_END ? g_steal_pointer(&found) : NULL;
}

GPtrArray *
lk_parcel_waiting(LkSession *session, GError **error)
{
    g_return_val_if_fail(session != NULL, NULL);
    return find_waiting(session, 1 + LK_PARCEL_AHEAD, error);
}

static char *
detail_of(const LkParcelItem *item)
{
    return g_strdup_printf("{\"crop\":%" G_GINT64_FORMAT
                           ",\"kind\":\"%s\",\"page\":%" G_GINT64_FORMAT "}",
                           item->id, kind_names[item->kind], item->page);
}

static bool
open_waiting(LkSession *session, Waiting *waiting, LkParcelItem *item, GError **error)
{
    *item = waiting->item;
    waiting->item = (LkParcelItem){0};
    g_autofree char *detail = detail_of(item);
    const LkParcelPlace place = {item->page, item->field, item->row};
    g_autofree char *head =
        lk_crop_head(lk_session_login(session), waiting->at, &place);
    if (!lk_store_note(lk_session_store(session), "parcel-show", detail, error)) {
        return false;
    }
    item->crop = lk_unseal_with(lk_session_own(session), waiting->sealed, NULL);
    if (item->crop == NULL || !cut_crop(item->crop, head)) {
        lk_secret_free(item->crop);
        item->crop = NULL;
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED,
                    _("crop %lld was altered, and is left as it is; hand it back "
                      "(lakana parcel back %lld), and have it given again"),
                    (long long)item->id, (long long)item->id);
        return false;
    }
    return true;
}

bool
lk_parcel_next(LkSession *session, LkParcelItem *item, GError **error)
{
    g_return_val_if_fail(session != NULL && item != NULL, false);
    g_autoptr(GPtrArray) first = find_waiting(session, 1, error);
    return first != NULL &&
           (first->len == 0 ||
            open_waiting(session, g_ptr_array_index(first, 0), item, error));
}

bool
lk_parcel_open(LkSession *session, gint64 id, LkParcelItem *item, GError **error)
{
    g_return_val_if_fail(session != NULL && item != NULL, false);
    g_autoptr(GPtrArray) first = find_waiting(session, 1 + LK_PARCEL_AHEAD, error);
    for (guint i = 0; first != NULL && i < first->len; i++) {
        Waiting *waiting = g_ptr_array_index(first, i);
        if (waiting->item.id == id) {
            return open_waiting(session, waiting, item, error);
        }
    }
    return first != NULL && no_such_crop(id, error);
}

/* --- Settling one. ------------------------------------------------------------------
 */

typedef struct {
    LkSession *session;
    gint64 id;
    const char *value;
    bool sealed;
    bool is_late; /* somebody else was first */
} Settling;

static bool
end_crop(LkStore *store, const LkParcelItem *item, const char *state, GError **error)
{
    g_autofree char *now = lk_now();
    g_autofree char *detail = detail_of(item);
    return lk_sql_run(store, error,
                      "UPDATE crops SET state = ?, sealed = NULL, at = ? WHERE id = ?",
                      "tti", state, now, item->id) &&
           lk_journal_add(store,
                          strcmp(state, "typed") == 0 ? "parcel-type" : "parcel-back",
                          detail, error);
}

static bool
still_waits(LkStore *store, gint64 id, bool *waits, GError **error)
{
    gint64 n = 0;
    bool ok = lk_sql_number(store, &n, error,
                            "SELECT count(*) FROM crops c JOIN pages p ON p.id = c.page"
                            " JOIN parcels k ON k.id = c.parcel"
                            " WHERE c.id = ? AND" WAITS,
                            "i", id);
    *waits = n > 0;
    return ok;
}

static bool
settle(LkStore *store, void *data, GError **error)
{
    Settling *settling = data;
    g_auto(LkParcelItem) item = {0};
    bool waits = false;
    if (!lk_parcel_find(settling->session, settling->id, &item, error) ||
        !still_waits(store, settling->id, &waits, error)) {
        return false;
    }
    settling->is_late = !waits;
    if (!waits) {
        return end_crop(store, &item, "withdrawn", error);
    }
    LkKinds twice = 0;
    if (!lk_second_load(store, &twice, error)) {
        return false;
    }
    LkDecisionAsked asked = {.decision = {.page = item.page,
                                          .field = item.field,
                                          .row = item.row,
                                          .value = settling->value,
                                          .who = lk_session_login(settling->session)},
                             .sealed = settling->sealed,
                             .twice = lk_kinds_has(twice, item.kind),
                             .session = settling->session};
    return lk_keying_write(store, &asked, error) &&
           end_crop(store, &item, "typed", error);
}

bool
lk_parcel_settle(LkSession *session, gint64 id, const char *value, bool sealed,
                 GError **error)
{
    g_return_val_if_fail(session != NULL, false);
    LkStore *store = lk_session_store(session);
    Settling settling = {session, id, value, sealed, false};
    if (!lk_parcel_wipe_begin(store, error) ||
        !lk_sql_transaction(store, settle, &settling, error)) {
        return false;
    }
    if (settling.is_late) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED,
                    _("somebody else settled this field, or its page, meanwhile: what "
                      "you typed was not written"));
    }
    return !settling.is_late;
}

static bool
hand_back(LkStore *store, void *data, GError **error)
{
    const Settling *settling = data;
    g_auto(LkParcelItem) item = {0};
    return lk_parcel_find(settling->session, settling->id, &item, error) &&
           end_crop(store, &item, "withdrawn", error);
}

bool
lk_parcel_hand_back(LkSession *session, gint64 id, GError **error)
{
    g_return_val_if_fail(session != NULL, false);
    LkStore *store = lk_session_store(session);
    Settling settling = {.session = session, .id = id};
    return lk_parcel_wipe_begin(store, error) &&
           lk_sql_transaction(store, hand_back, &settling, error);
}

/* --- All of them. -------------------------------------------------------------------
 */

void
lk_parcel_free(LkParcel *parcel)
{
    if (parcel != NULL) {
        g_free(parcel->given_by);
        g_free(parcel->given_at);
        g_free(parcel);
    }
}

GPtrArray *
lk_parcel_list(LkStore *store, GError **error)
{
    g_autoptr(GPtrArray) parcels =
        g_ptr_array_new_with_free_func((GDestroyNotify)lk_parcel_free);
    g_autoptr(sqlite3_stmt) rows =
        lk_sql_prepare(store, error,
                       "SELECT k.id, k.kind, k.login, k.given_by, k.given_at,"
                       " count(*) FILTER (WHERE c.state = 'given'),"
                       " count(*) FILTER (WHERE c.state = 'typed'),"
                       " count(*) FILTER (WHERE c.state = 'withdrawn')"
                       " FROM parcels k LEFT JOIN crops c ON c.parcel = k.id"
                       " GROUP BY k.id ORDER BY k.id DESC",
                       "");
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        LkParcel *parcel = g_new0(LkParcel, 1);
        g_ptr_array_add(parcels, parcel);
        parcel->id = sqlite3_column_int64(rows, 0);
        (void)!lk_parcel_kind_parse(lk_sql_text(rows, 1), &parcel->kind);
        lk_sql_copy(rows, 2, parcel->login, sizeof parcel->login);
        parcel->given_by = g_strdup(lk_sql_text(rows, 3));
        parcel->given_at = g_strdup(lk_sql_text(rows, 4));
        parcel->n_given = sqlite3_column_int(rows, 5);
        parcel->n_typed = sqlite3_column_int(rows, 6);
        parcel->n_withdrawn = sqlite3_column_int(rows, 7);
    }
    return step == LK_SQL_END ? g_steal_pointer(&parcels) : NULL;
}

/* --- Withdrawing. -------------------------------------------------------------------
 */

bool
lk_parcel_wipe_begin(LkStore *store, GError **error)
{
    return lk_sql_exec(store, "PRAGMA secure_delete = ON", error);
}

bool
lk_parcel_wipe_end(LkStore *store, GError **error)
{
    gint64 busy = 0; /* another process reads: its end cuts the log */
    return lk_sql_number(store, &busy, error, "PRAGMA wal_checkpoint(TRUNCATE)", "");
}

#define WITHDRAW                                                                       \
    "UPDATE crops SET state = 'withdrawn', sealed = NULL, at = ?"                      \
    " WHERE state = 'given' AND "

bool
lk_parcel_wipe_person(LkStore *store, const char *login, GError **error)
{
    g_autofree char *now = lk_now();
    return lk_sql_run(store, error,
                      WITHDRAW "parcel IN (SELECT id FROM parcels WHERE login = ?)",
                      "tt", now, login);
}

bool
lk_parcel_wipe_case(LkStore *store, const LkCaseCode *code, GError **error)
{
    g_autofree char *now = lk_now();
    return lk_sql_run(store, error,
                      WITHDRAW "page IN (SELECT id FROM pages WHERE case_code = ?)",
                      "tt", now, code->text);
}

typedef struct {
    gint64 parcel;
    int n;
} Withdrawal;

static bool
withdraw(LkStore *store, void *data, GError **error)
{
    Withdrawal *withdrawal = data;
    gint64 known = 0;
    if (!lk_sql_number(store, &known, error,
                       "SELECT count(*) FROM parcels WHERE id = ?", "i",
                       withdrawal->parcel)) {
        return false;
    }
    if (known == 0) {
        g_set_error(
            error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN,
            _("there is no parcel number %lld; `lakana parcel list` shows them"),
            (long long)withdrawal->parcel);
        return false;
    }
    g_autofree char *now = lk_now();
    if (!lk_sql_run(store, error, WITHDRAW "parcel = ?", "ti", now,
                    withdrawal->parcel)) {
        return false;
    }
    withdrawal->n = sqlite3_changes(store->db);
    g_autofree char *detail =
        g_strdup_printf("{\"parcel\":%" G_GINT64_FORMAT ",\"n\":%d}",
                        withdrawal->parcel, withdrawal->n);
    return lk_journal_add(store, "parcel-withdraw", detail, error);
}

bool
lk_parcel_withdraw(LkSession *by, gint64 parcel, int *n, GError **error)
{
    g_return_val_if_fail(by != NULL, false);
    LkStore *store = lk_session_store(by);
    if (lk_session_role(by) == LK_ROLE_CLERK) {
        g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED,
                            _("a parcel is withdrawn by somebody who may give one; a "
                              "crop that you cannot read is handed back with `lakana "
                              "parcel back`"));
        return false;
    }
    Withdrawal withdrawal = {parcel, 0};
    if (!lk_parcel_wipe_begin(store, error) ||
        !lk_sql_transaction(store, withdraw, &withdrawal, error) ||
        !lk_parcel_wipe_end(store, error)) {
        return false;
    }
    *n = withdrawal.n;
    return true;
}
