/* carry-take.c - a case file that came, into the database: one transaction. */
#include "store/store.h"

#include "store/keys.h"
#include "store/picture.h"
#include "store/rows.h"

#include <sodium.h>
#include <string.h>

#define VAULT_INSERT                                                                   \
    "INSERT INTO vault (case_code, sealed, at, who) VALUES (?, ?, ?, ?)"

typedef struct {
    LkArrival *arrival;
    const LkCarriedCase *carried;
    const LkStoreLayout *layouts;
    size_t n_layouts;
    const LkTakeHow *hows;
    LkPicture *pictures; /* one a page */
    char *now;
    int added, conflicts;
} Taking;

/* (transfer full): how the sender is called in journal and tables. */
static char *
sender_of(LkArrival *arrival)
{
    uint8_t hash[LK_KEY_LEN];
    char hex[LK_HASH_LEN + 1];
    lk_key_hash(lk_arrival_from(arrival)->sign, hash);
    lk_hash_hex(hash, hex);
    return g_strdup(hex);
}

bool
lk_case_was_received(LkStore *store, const LkArrival *arrival, LkCaseCode *code,
                     bool *before, GError **error)
{
    g_autoptr(sqlite3_stmt) row =
        lk_sql_prepare(store, error,
                       "SELECT code FROM bundles WHERE hash = ? AND direction ="
                       " 'received'",
                       "t", lk_arrival_hash(arrival));
    LkSqlStep step = row != NULL ? lk_sql_step(store, row, error) : LK_SQL_FAILED;
    *before = step == LK_SQL_ROW;
    if (*before) {
        lk_sql_copy(row, 0, code->text, sizeof code->text);
    }
    return step != LK_SQL_FAILED;
}

/* --- Layouts and copies. -----------------------------------------------------------
 */

static bool
write_layouts(LkStore *store, const Taking *taking, GError **error)
{
    for (size_t i = 0; i < taking->n_layouts; i++) {
        const LkStoreLayout *layout = &taking->layouts[i];
        if (!lk_sql_run(store, error,
                        "INSERT INTO layouts (id, form, n_pages, json, kept_at)"
                        " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                        "ttitt", layout->id, layout->form, (gint64)layout->n_pages,
                        layout->json, taking->now)) {
            return false;
        }
    }
    return true;
}

static bool
write_prefilled(LkStore *store, const LkCarriedCopy *copy, GError **error)
{
    for (guint i = 0; i < copy->prefilled->len; i++) {
        const LkStorePrefilled *answer =
            &g_array_index(copy->prefilled, LkStorePrefilled, i);
        if (!lk_sql_run(store, error,
                        "INSERT INTO prefills (code, form, serial, field, row_no,"
                        " value) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                        "ttttit", copy->copy.code.text, copy->copy.form,
                        copy->copy.copy, answer->field, (gint64)answer->row,
                        answer->value)) {
            return false;
        }
    }
    return true;
}

/* Keeps the number that the copy had there, unless another one has it here. */
static bool
write_copy(LkStore *store, const LkCarriedCopy *copy, GError **error)
{
    const LkStoreCopy *c = &copy->copy;
    bool blank = lk_case_code_is_blank(&c->code);
    if (!lk_sql_run(store, error,
                    "INSERT INTO copies (code, form, serial, layout, case_code, number,"
                    " blank, printed_at) SELECT ?1, ?2, ?3, ?4, ?5, CASE WHEN EXISTS"
                    " (SELECT 1 FROM copies WHERE code = ?1 AND form = ?2 AND number ="
                    " ?6) THEN (SELECT max(number) + 1 FROM copies WHERE code = ?1 AND"
                    " form = ?2) ELSE ?6 END, ?7, NULL WHERE true"
                    " ON CONFLICT DO NOTHING",
                    "tttttii", c->code.text, c->form, c->copy, c->layout,
                    blank ? NULL : c->code.text, (gint64)c->number, (gint64)blank)) {
        return false;
    }
    return sqlite3_changes(store->db) == 0 || write_prefilled(store, copy, error);
}

static bool
write_copies(LkStore *store, const Taking *taking, GError **error)
{
    const GPtrArray *copies = taking->carried->copies;
    for (guint i = 0; i < copies->len; i++) {
        const LkCarriedCopy *copy = g_ptr_array_index(copies, i);
        bool of_case = lk_case_code_is_blank(&copy->copy.code) ||
                       lk_case_code_equal(&copy->copy.code, &taking->carried->code);
        if (of_case && !write_copy(store, copy, error)) {
            return false;
        }
    }
    return true;
}

/* --- Pages. ------------------------------------------------------------------------
 */

/* The picture of one page is a scan of one page. A page whose picture did not come has
 * a row all the same, without a file: the page belongs to something. */
static bool
write_scan(LkStore *store, const Taking *taking, guint i, gint64 *scan, GError **error)
{
    const LkPicture *picture = &taking->pictures[i];
    g_autofree char *detail =
        g_strdup_printf("{\"hash\":\"%s\",\"size\":%" G_GINT64_FORMAT "}",
                        picture->hash, picture->size);
    if (!lk_sql_run(store, error,
                    "INSERT INTO scans (hash, size, received_at, state, n_pages,"
                    " sealed) VALUES (?, ?, ?, 'done', 1, 1) ON CONFLICT DO NOTHING",
                    "tit", picture->hash, picture->size, taking->now)) {
        return false;
    }
    bool added = sqlite3_changes(store->db) == 1;
    return (!added || lk_journal_add(store, "scan", detail, error)) &&
           lk_sql_number(store, scan, error, "SELECT id FROM scans WHERE hash = ?", "t",
                         picture->hash);
}

/* Another office's login is not one of ours. */
static char *
login_there(const Taking *taking, const char *who)
{
    return who == NULL || strchr(who, '@') != NULL
               ? g_strdup(who)
               : g_strdup_printf("%s@%s", who,
                                 lk_arrival_from(taking->arrival)->region);
}

/* (transfer full): what somebody typed there, or what the paper says, sealed for here.
 */
static GBytes *
seal_secret(LkStore *store, const char *domain, const LkCarriedSecret *secret,
            gint64 id, GError **error)
{
    if (strcmp(secret->kind, "typed") == 0) {
        g_autoptr(JsonParser) parser =
            lk_json_parse(secret->content, strlen(secret->content));
        JsonObject *content = json_node_get_object(json_parser_get_root(parser));
        LkDecision typed = {
            .page = id,
            .field = secret->field,
            .row = secret->row,
            .value = json_object_get_string_member_with_default(content, "value", "")};
        return lk_typed_seal(store, domain, &typed, secret->at, error);
    }
    const char *rest = secret->content + 1; /* after the brace that opens it */
    g_autofree char *text = g_strdup_printf("{\"page\":%" G_GINT64_FORMAT "%s%s", id,
                                            strcmp(rest, "}") == 0 ? "" : ",", rest);
    GBytes *sealed = lk_seal(store, domain, text, strlen(text), error);
    sodium_memzero(text, strlen(text));
    return sealed;
}

static bool
write_secrets(LkStore *store, const Taking *taking, const LkCarriedPage *page,
              gint64 id, GError **error)
{
    char domain[LK_DOMAIN_MAX + 1];
    lk_domain_of_case(&taking->carried->code, domain);
    for (guint i = 0; i < page->secrets->len; i++) {
        const LkCarriedSecret *secret =
            &g_array_index(page->secrets, LkCarriedSecret, i);
        g_autoptr(GBytes) sealed = seal_secret(store, domain, secret, id, error);
        g_autofree char *who = login_there(taking, secret->who);
        if (sealed == NULL ||
            !lk_sql_run(store, error,
                        "INSERT INTO sealed_values (domain, kind, page, field, row_no,"
                        " sealed, at, who) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        "ttitibtt", domain, secret->kind, id, secret->field,
                        (gint64)secret->row, sealed, secret->at, who)) {
            return false;
        }
    }
    return true;
}

/* Who the child is; what this office has written down itself, or masked, stays as it
 * is.
 */
static bool
write_vault(LkStore *store, const Taking *taking, GError **error)
{
    const GArray *vault = taking->carried->vault;
    const char *code = taking->carried->code.text;
    gint64 known = 0;
    char domain[LK_DOMAIN_MAX + 1];
    lk_domain_of_case(&taking->carried->code, domain);
    if (!lk_sql_number(store, &known, error,
                       "SELECT (SELECT count(*) FROM vault WHERE case_code = ?) +"
                       " (SELECT count(*) FROM masks WHERE case_code = ?)",
                       "tt", code, code)) {
        return false;
    }
    for (guint i = 0; known == 0 && i < vault->len; i++) {
        const LkCarriedSecret *secret = &g_array_index(vault, LkCarriedSecret, i);
        g_autofree char *who = login_there(taking, secret->who);
        g_autoptr(GBytes) sealed =
            lk_seal(store, domain, secret->content, strlen(secret->content), error);
        if (sealed == NULL || !lk_sql_run(store, error, VAULT_INSERT, "tbtt", code,
                                          sealed, secret->at, who)) {
            return false;
        }
    }
    return true;
}

/* A box that the template calls personal: an office with an older program sends what
 * was decided in clear. */
static bool
is_personal(const LkCarriedPage *page, const LkCarriedDecision *decision)
{
    for (guint i = 0; i < page->readings->len; i++) {
        const LkStoreReading *reading =
            &g_array_index(page->readings, LkStoreReading, i);
        if (strcmp(reading->field, decision->field) == 0 &&
            reading->row == decision->row) {
            return reading->personal;
        }
    }
    return false;
}

static bool
seal_decision(LkStore *store, const Taking *taking, const LkCarriedDecision *d,
              gint64 id, GError **error)
{
    g_autofree char *who = login_there(taking, d->who);
    const LkDecision decision = {
        .page = id, .field = d->field, .row = d->row, .value = d->value, .who = who};
    return lk_typed_put(store, &taking->carried->code, &decision, d->at, error);
}

static bool
write_decisions(LkStore *store, const Taking *taking, const LkCarriedPage *page,
                gint64 id, GError **error)
{
    for (guint i = 0; i < page->decisions->len; i++) {
        const LkCarriedDecision *d =
            &g_array_index(page->decisions, LkCarriedDecision, i);
        g_autofree char *who = login_there(taking, d->who);
        bool clear = !is_personal(page, d);
        if ((!clear && d->value != NULL &&
             !seal_decision(store, taking, d, id, error)) ||
            !lk_sql_run(store, error,
                        "INSERT INTO decisions (page, field, row_no, kind, value,"
                        " options, who, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        "itittttt", id, d->field, (gint64)d->row,
                        d->undo ? "undo" : "value", clear ? d->value : NULL,
                        clear ? d->options : NULL, who, d->at) ||
            !lk_reason_put(store, (gint64)sqlite3_last_insert_rowid(store->db), id,
                           d->why, error)) {
            return false;
        }
    }
    return true;
}

/* What waits about a page here: what waited there, and the conflict. */
static GArray *
items_of(const LkCarriedPage *page, gint64 other)
{
    GArray *items = g_array_new(FALSE, FALSE, sizeof(LkStoreItem));
    bool conflict = other == 0;
    for (guint i = 0; i < page->items->len; i++) {
        LkStoreItem item = g_array_index(page->items, LkStoreItem, i);
        conflict |= item.kind == LK_WAIT_CONFLICT;
        g_array_append_val(items, item);
    }
    if (!conflict) {
        LkStoreItem item = {.kind = LK_WAIT_CONFLICT};
        g_array_append_val(items, item);
    }
    return items;
}

static bool
write_conflict(LkStore *store, LkStorePage *page, const LkCarriedPage *carried,
               gint64 scan, LkFiled *filed, GError **error)
{
    page->holds = false;
    if (!lk_sql_number(store, &page->other, error,
                       "SELECT id FROM pages WHERE case_code = ? AND form = ? AND"
                       " copy = ? AND page = ? AND status <> 'duplicate'"
                       " ORDER BY holds DESC, id LIMIT 1",
                       "ttti", page->case_code.text, page->id.form, page->id.copy,
                       (gint64)page->id.page)) {
        return false;
    }
    g_autoptr(GArray) items = items_of(carried, page->other);
    page->items = (const LkStoreItem *)(void *)items->data;
    page->n_items = items->len;
    page->status = page->status == LK_PAGE_READ ? LK_PAGE_REVIEW : page->status;
    return lk_page_write(store, scan, page, filed, error);
}

static bool
write_page(LkStore *store, Taking *taking, guint i, GError **error)
{
    const LkCarriedPage *carried = g_ptr_array_index(taking->carried->pages, i);
    LkStorePage page = carried->page;
    page.cut = carried->picture;
    LkFiled filed = {0};
    gint64 scan = 0;
    if (!write_scan(store, taking, i, &scan, error)) {
        return false;
    }
    bool conflict = taking->hows[i] == LK_TAKE_CONFLICT;
    bool ok = conflict ? write_conflict(store, &page, carried, scan, &filed, error)
                       : lk_page_write(store, scan, &page, &filed, error);
    *(conflict ? &taking->conflicts : &taking->added) += 1;
    return ok && write_decisions(store, taking, carried, filed.page, error) &&
           write_secrets(store, taking, carried, filed.page, error);
}

/* --- All of it. --------------------------------------------------------------------
 */

static bool
write_line(LkStore *store, const Taking *taking, GError **error)
{
    const LkCarriedCase *carried = taking->carried;
    const char *purpose = lk_send_purpose_name(carried->purpose);
    const char *hash = lk_arrival_hash(taking->arrival);
    g_autofree char *office = sender_of(taking->arrival);
    g_autofree char *detail = g_strdup_printf(
        "{\"code\":\"%s\",\"for\":\"%s\",\"from\":\"%s\",\"pages\":%d,\"conflicts\":%d,"
        "\"bundle\":\"%s\"}",
        carried->code.text, purpose, office, taking->added, taking->conflicts, hash);
    return lk_sql_run(store, error,
                      "INSERT INTO bundles (hash, direction, code, purpose, office, at)"
                      " VALUES (?, 'received', ?, ?, ?, ?)",
                      "ttttt", hash, carried->code.text, purpose, office,
                      taking->now) &&
           lk_journal_add(store, "taken-up", detail, error);
}

static bool
write_all(LkStore *store, void *data, GError **error)
{
    Taking *taking = data;
    const LkPageId nothing = {0};
    LkCaseCode code;
    bool before = false;
    if (!lk_case_was_received(store, taking->arrival, &code, &before, error)) {
        return false;
    }
    if (before) {
        g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_FILED,
                            _("this file was taken up meanwhile"));
        return false;
    }
    if (!lk_case_receive(store, &taking->carried->code, &nothing, false, error) ||
        !lk_domain_ensure_case(store, &taking->carried->code, error) ||
        !write_layouts(store, taking, error) || !write_copies(store, taking, error)) {
        return false;
    }
    for (guint i = 0; i < taking->carried->pages->len; i++) {
        if (taking->hows[i] != LK_TAKE_KNOWN && !write_page(store, taking, i, error)) {
            return false;
        }
    }
    return write_vault(store, taking, error) && write_line(store, taking, error);
}

/* Files are there before the rows that name them. Those of a run that was killed are
 * found again by the next one: their names follow from what is in them. */
static bool
keep_pictures(LkStore *store, Taking *taking, GError **error)
{
    for (guint i = 0; i < taking->carried->pages->len; i++) {
        const LkCarriedPage *page = g_ptr_array_index(taking->carried->pages, i);
        LkPictureOf of = {&taking->carried->code, &page->page.id, page->page.evidence};
        if (taking->hows[i] != LK_TAKE_KNOWN &&
            !lk_picture_keep(store, &of, page->picture, &taking->pictures[i], error)) {
            return false;
        }
    }
    return true;
}

bool
lk_case_take_up(LkArrival *arrival, LkSession *session, const LkCarriedCase *carried,
                const LkStoreLayout *layouts, size_t n_layouts, const LkTakeHow *hows,
                GError **error)
{
    LkStore *store = lk_session_store(session);
    g_autofree char *now = lk_now();
    g_autofree LkPicture *pictures = g_new0(LkPicture, carried->pages->len + 1);
    Taking taking = {.arrival = arrival,
                     .carried = carried,
                     .layouts = layouts,
                     .n_layouts = n_layouts,
                     .hows = hows,
                     .pictures = pictures,
                     .now = now};
    return keep_pictures(store, &taking, error) &&
           lk_sql_transaction(store, write_all, &taking, error);
}
