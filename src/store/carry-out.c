/* carry-out.c - a case file packed for another office.
 *
 *   manifest.json        {"lakana_bundle":1,"made":…,"from":…}
 *   case.json            the rows, by the names of their columns
 *   layouts/7KQX2.json   of every copy that travels
 *   pages/000001         the picture of a page: a file of one page
 */
#include "store/store.h"

#include "store/keys.h"
#include "store/picture.h"
#include "store/rows.h"

#include <stdio.h>
#include <string.h>

static const char *const purpose_names[] = {"transfer", "referral"};

const char *
lk_send_purpose_name(LkSendPurpose purpose)
{
    return purpose_names[purpose];
}

bool
lk_send_purpose_parse(const char *name, LkSendPurpose *purpose)
{
    for (size_t i = 0; i < G_N_ELEMENTS(purpose_names); i++) {
        if (strcmp(name, purpose_names[i]) == 0) {
            *purpose = (LkSendPurpose)i;
            return true;
        }
    }
    return false;
}

/* --- What goes. --------------------------------------------------------------------
 */

typedef struct {
    LkSession *session;
    LkStore *store;
    const LkSendOrder *order;
    char domain[LK_DOMAIN_MAX + 1]; /* of the case file */
    char serial[LK_SERIAL_LEN + 1]; /* REFERRAL: the copy; else "" */
    GArray *pages;                  /* gint64, ids, in the order of the bundle */
    LkSent sent;
} Work;

/* Parameters of every statement below: the case, then the copy or "" for all. Of a
 * referral only its own copy goes. */
#define OF_CASE_PAGES                                                                  \
    " FROM pages p WHERE p.case_code = ?1 AND (?2 = '' OR (p.form = 'A.1' AND"         \
    " p.copy = ?2)) AND p.status <> 'duplicate' AND p.layout IS NOT NULL AND"          \
    " (p.holds = 1 OR EXISTS (SELECT 1 FROM items i WHERE i.page = p.id AND"           \
    " i.closed_by IS NULL))"
#define OF_CASE_COPIES                                                                 \
    " FROM copies c WHERE (c.code = ?1 AND (?2 = '' OR (c.form = 'A.1' AND"            \
    " c.serial = ?2))) OR EXISTS (SELECT 1" OF_CASE_PAGES                              \
    " AND p.printed_code = c.code AND p.form = c.form AND p.copy = c.serial)"

static sqlite3_stmt *
ask(const Work *work, const char *sql, GError **error)
{
    return lk_sql_prepare(work->store, error, sql, "tt", work->order->code.text,
                          work->serial);
}

/* The copy of A.1 that is meant. */
static bool
choose_copy(Work *work, GError **error)
{
    const char *wanted = work->order->copy;
    if (work->order->purpose == LK_SEND_TRANSFER) {
        return true;
    }
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        work->store, error,
        "SELECT DISTINCT p.copy, ifnull(c.number, 0) FROM pages p LEFT JOIN copies c"
        " ON c.code = p.printed_code AND c.form = p.form AND c.serial = p.copy"
        " WHERE p.case_code = ? AND p.form = 'A.1' AND p.holds = 1 ORDER BY 2, 1",
        "t", work->order->code.text);
    int n = 0;
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL &&
           (step = lk_sql_step(work->store, rows, error)) == LK_SQL_ROW) {
        if (wanted == NULL || g_ascii_strcasecmp(wanted, lk_sql_text(rows, 0)) == 0 ||
            strcmp(wanted, lk_sql_text(rows, 1)) == 0) {
            lk_sql_copy(rows, 0, work->serial, sizeof work->serial);
            n++;
        }
    }
    if (step == LK_SQL_END && n != 1) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN, "%s",
                    n == 0
                        ? _("the file has no such form A.1 that was scanned: a "
                            "referral is made of it")
                        : _("the file has several forms A.1: say with --copy which "
                            "one the service needs (`lakana case show` lists them)"));
    }
    return step == LK_SQL_END && n == 1;
}

/* --- case.json. --------------------------------------------------------------------
 */

static bool
add_of_page(const Work *work, JsonBuilder *json, const char *name, const char *sql,
            gint64 page, GError **error)
{
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(work->store, error, sql, "i", page);
    return lk_rows_add(work->store, json, name, rows, error);
}

/* What stands sealed of a personal field, opened: it leaves under another office's
 * seal. It says which page it is of; there the page has another number. */
static bool
add_typed(Work *work, JsonBuilder *json, sqlite3_stmt *row, gint64 page, GError **error)
{
    g_autoptr(GBytes) sealed = lk_sql_bytes(row, 5);
    const LkDecision place = {
        .page = page, .field = lk_sql_text(row, 1), .row = sqlite3_column_int(row, 2)};
    g_autoptr(LkSecret) value = lk_typed_open(work->session, work->domain, &place,
                                              lk_sql_text(row, 3), sealed, error);
    if (value == NULL) {
        return false;
    }
    json_builder_begin_object(json);
    for (int column = 0; column < 5; column++) {
        lk_row_add_column(json, row, column);
    }
    json_builder_set_member_name(json, "content");
    json_builder_begin_object(json);
    json_builder_set_member_name(json, "value");
    json_builder_add_string_value(json, lk_secret_data(value));
    json_builder_end_object(json);
    json_builder_end_object(json);
    return true;
}

static bool
add_secret(Work *work, JsonBuilder *json, sqlite3_stmt *row, gint64 page,
           GError **error)
{
    if (strcmp(lk_sql_text(row, 0), "typed") == 0) {
        return add_typed(work, json, row, page, error);
    }
    g_autoptr(GBytes) sealed = lk_sql_bytes(row, 5);
    g_autoptr(LkSecret) clear =
        sealed != NULL ? lk_unseal(work->session, work->domain, sealed, error) : NULL;
    if (clear == NULL) {
        return false;
    }
    g_autoptr(JsonParser) parser =
        lk_json_parse(lk_secret_data(clear), lk_secret_size(clear));
    JsonNode *root = parser != NULL ? json_parser_get_root(parser) : NULL;
    JsonObject *content = root != NULL ? json_node_get_object(root) : NULL;
    if (content == NULL ||
        json_object_get_int_member_with_default(content, "page", 0) != page) {
        return lk_damaged_key(work->store, work->domain, error);
    }
    json_object_remove_member(content, "page");
    json_builder_begin_object(json);
    for (int column = 0; column < 5; column++) {
        lk_row_add_column(json, row, column);
    }
    json_builder_set_member_name(json, "content");
    json_builder_add_value(json, json_node_copy(root));
    json_builder_end_object(json);
    return true;
}

static bool
add_secrets(Work *work, JsonBuilder *json, gint64 page, GError **error)
{
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        work->store, error,
        "SELECT kind, field, row_no, at, who, sealed FROM sealed_values WHERE page = ?"
        " AND domain = ? ORDER BY id",
        "it", page, work->domain);
    LkSqlStep step = LK_SQL_FAILED;
    json_builder_set_member_name(json, "secrets");
    json_builder_begin_array(json);
    while (rows != NULL &&
           (step = lk_sql_step(work->store, rows, error)) == LK_SQL_ROW) {
        if (!add_secret(work, json, rows, page, error)) {
            return false;
        }
    }
    json_builder_end_array(json);
    return step == LK_SQL_END;
}

/* Who the child is: of a transfer only. A referral has the names that stand on its form
 * and no others. */
static bool
add_vault(Work *work, JsonBuilder *json, GError **error)
{
    bool all = work->order->purpose == LK_SEND_TRANSFER;
    g_autoptr(sqlite3_stmt) rows =
        lk_sql_prepare(work->store, error,
                       "SELECT at, who, sealed FROM vault WHERE case_code = ? AND"
                       " ? = 1 ORDER BY rowid",
                       "ti", work->order->code.text, (gint64)all);
    LkSqlStep step = LK_SQL_FAILED;
    json_builder_set_member_name(json, "vault");
    json_builder_begin_array(json);
    while (rows != NULL &&
           (step = lk_sql_step(work->store, rows, error)) == LK_SQL_ROW) {
        g_autoptr(GBytes) sealed = lk_sql_bytes(rows, 2);
        g_autoptr(LkSecret) clear =
            sealed != NULL ? lk_unseal(work->session, work->domain, sealed, error)
                           : NULL;
        if (clear == NULL) {
            return false;
        }
        json_builder_begin_object(json);
        lk_row_add_column(json, rows, 0);
        lk_row_add_column(json, rows, 1);
        json_builder_set_member_name(json, "content");
        lk_json_add_bytes(json, lk_secret_data(clear), lk_secret_size(clear));
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
    return step == LK_SQL_END;
}

/* Decisions about the page as a whole are settled: what follows of them is in `holds`.
 */
static bool
add_page(Work *work, JsonBuilder *json, sqlite3_stmt *row, GError **error)
{
    gint64 page = sqlite3_column_int64(row, 0);
    g_array_append_val(work->pages, page);
    json_builder_begin_object(json);
    lk_row_add(json, row);
    bool ok =
        add_of_page(work, json, "readings",
                    "SELECT field, row_no, value, options, status, confidence, source,"
                    " written, personal FROM readings WHERE page = ? ORDER BY position",
                    page, error) &&
        add_of_page(work, json, "decisions",
                    "SELECT field, row_no, kind, value, options, who, why, at FROM"
                    " decisions WHERE page = ? AND kind <> 'page' ORDER BY id",
                    page, error) &&
        add_of_page(work, json, "items",
                    "SELECT kind, field, row_no FROM items WHERE page = ? AND"
                    " closed_by IS NULL ORDER BY id",
                    page, error) &&
        add_secrets(work, json, page, error);
    if (ok) {
        json_builder_end_object(json);
    }
    return ok;
}

static bool
add_pages(Work *work, JsonBuilder *json, GError **error)
{
    g_autoptr(sqlite3_stmt) rows =
        ask(work,
            "SELECT p.id AS number, p.status, p.known_by, p.printed_code, p.form,"
            " p.copy, p.page, p.layout, p.holds, p.reasons, p.quality, p.evidence,"
            " p.duration_ms" OF_CASE_PAGES " ORDER BY p.holds DESC, p.id",
            error);
    LkSqlStep step = LK_SQL_FAILED;
    json_builder_set_member_name(json, "pages");
    json_builder_begin_array(json);
    while (rows != NULL &&
           (step = lk_sql_step(work->store, rows, error)) == LK_SQL_ROW) {
        if (!add_page(work, json, rows, error)) {
            return false;
        }
    }
    json_builder_end_array(json);
    return step == LK_SQL_END;
}

static bool
add_copies(Work *work, JsonBuilder *json, GError **error)
{
    g_autoptr(sqlite3_stmt) copies =
        ask(work,
            "SELECT c.code, c.form, c.serial, c.layout, c.number, c.printed_at"
            " IS NOT NULL AS printed" OF_CASE_COPIES
            " ORDER BY c.code, c.form, c.number, c.serial",
            error);
    g_autoptr(sqlite3_stmt) prefills = ask(
        work,
        "SELECT f.code, f.form, f.serial, f.field, f.row_no, f.value FROM prefills f"
        " JOIN (SELECT c.code, c.form, c.serial" OF_CASE_COPIES
        ") c ON c.code = f.code AND c.form = f.form AND c.serial = f.serial"
        " ORDER BY 1, 2, 3, 4, 5",
        error);
    return copies != NULL && prefills != NULL &&
           lk_rows_add(work->store, json, "copies", copies, error) &&
           lk_rows_add(work->store, json, "prefills", prefills, error);
}

static char *
content_text(Work *work, GError **error)
{
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    json_builder_set_member_name(json, "code");
    json_builder_add_string_value(json, work->order->code.text);
    json_builder_set_member_name(json, "for");
    json_builder_add_string_value(json, purpose_names[work->order->purpose]);
    if (!add_copies(work, json, error) || !add_pages(work, json, error) ||
        !add_vault(work, json, error)) {
        return NULL;
    }
    json_builder_end_object(json);
    g_autoptr(JsonNode) root = json_builder_get_root(json);
    return json_to_string(root, FALSE);
}

/* --- The bundle. -------------------------------------------------------------------
 */

static bool
put_manifest(const Work *work, LkBundleWriter *bundle, GError **error)
{
    g_autofree char *now = lk_now();
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    json_builder_set_member_name(json, "lakana_bundle");
    json_builder_add_int_value(json, 1);
    json_builder_set_member_name(json, "program");
    json_builder_add_string_value(json, LK_VERSION);
    json_builder_set_member_name(json, "made");
    json_builder_add_string_value(json, now);
    json_builder_set_member_name(json, "from");
    json_builder_add_string_value(json, lk_store_office(work->store));
    json_builder_end_object(json);
    g_autoptr(JsonNode) root = json_builder_get_root(json);
    g_autofree char *text = json_to_string(root, FALSE);
    return lk_bundle_put(bundle, LK_BUNDLE_MANIFEST, text, strlen(text), error);
}

static bool
put_layouts(Work *work, LkBundleWriter *bundle, GError **error)
{
    g_autoptr(sqlite3_stmt) rows = ask(
        work,
        "SELECT l.id, l.json FROM layouts l WHERE EXISTS (SELECT 1" OF_CASE_PAGES
        " AND p.layout = l.id) OR EXISTS (SELECT 1 FROM (SELECT c.layout" OF_CASE_COPIES
        ") x WHERE x.layout = l.id) ORDER BY l.id",
        error);
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL &&
           (step = lk_sql_step(work->store, rows, error)) == LK_SQL_ROW) {
        g_autofree char *name =
            g_strdup_printf("layouts/%s.json", lk_sql_text(rows, 0));
        const char *json = lk_sql_text(rows, 1);
        if (!lk_bundle_put(bundle, name, json, strlen(json), error)) {
            return false;
        }
        work->sent.layouts++;
    }
    return step == LK_SQL_END;
}

/* "pages/000007" is the picture of the seventh page of case.json. */
static bool
put_pictures(Work *work, LkBundleWriter *bundle, GError **error)
{
    for (guint i = 0; i < work->pages->len; i++) {
        g_autoptr(GBytes) picture = NULL;
        if (!lk_picture_load(work->session, g_array_index(work->pages, gint64, i),
                             &picture, error)) {
            return false;
        }
        if (picture == NULL) {
            work->sent.without_picture++;
            continue;
        }
        gsize size = 0;
        const void *bytes = g_bytes_get_data(picture, &size);
        g_autofree char *name = g_strdup_printf("pages/%06u", i + 1);
        if (!lk_bundle_put(bundle, name, bytes, size, error)) {
            return false;
        }
    }
    return true;
}

static bool
put_all(Work *work, LkBundleWriter *bundle, GError **error)
{
    g_autofree char *content = content_text(work, error);
    if (content == NULL) {
        return false;
    }
    if (work->pages->len == 0) {
        g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN,
                            _("no page of this file was scanned yet: there is nothing "
                              "to send"));
        return false;
    }
    work->sent.pages = (int)work->pages->len;
    return put_manifest(work, bundle, error) &&
           lk_bundle_put(bundle, LK_BUNDLE_CONTENT, content, strlen(content), error) &&
           put_layouts(work, bundle, error) && put_pictures(work, bundle, error);
}

/* One snapshot for all that is read: pages may be filed meanwhile. */
static bool
fill(LkBundleWriter *bundle, void *data, GError **error)
{
    Work *work = data;
    if (!lk_sql_exec(work->store, "BEGIN", error)) {
        return false;
    }
    bool ok = put_all(work, bundle, error);
    (void)sqlite3_exec(work->store->db, "COMMIT", NULL, NULL, NULL); /* only read */
    return ok;
}

/* --- All of it. --------------------------------------------------------------------
 */

typedef struct {
    const Work *work;
    const char *hash;
} Line;

static bool
write_line(LkStore *store, void *data, GError **error)
{
    const Line *line = data;
    const LkSendOrder *order = line->work->order;
    uint8_t key[LK_KEY_LEN];
    char office[LK_HASH_LEN + 1];
    lk_key_hash(order->to->sign, key);
    lk_hash_hex(key, office);
    g_autofree char *now = lk_now();
    g_autofree char *detail = g_strdup_printf(
        "{\"code\":\"%s\",\"for\":\"%s\",\"to\":\"%s\",\"pages\":%d,\"bundle\":\"%s\"}",
        order->code.text, purpose_names[order->purpose], office, line->work->sent.pages,
        line->hash);
    return lk_sql_run(store, error,
                      "INSERT INTO bundles (hash, direction, code, purpose, office, at)"
                      " VALUES (?, 'sent', ?, ?, ?, ?)",
                      "ttttt", line->hash, order->code.text,
                      purpose_names[order->purpose], office, now) &&
           lk_journal_add(store, "sent", detail, error);
}

static bool
note(const char hash[LK_HASH_LEN + 1], void *data, GError **error)
{
    Work *work = data;
    Line line = {work, hash};
    return lk_sql_transaction(work->store, write_line, &line, error);
}

bool
lk_case_send(LkSession *session, const LkSendOrder *order, LkSent *sent, GError **error)
{
    LkStore *store = lk_session_store(session);
    g_autoptr(GArray) pages = g_array_new(FALSE, FALSE, sizeof(gint64));
    Work work = {.session = session, .store = store, .order = order, .pages = pages};
    lk_domain_of_case(&order->code, work.domain);
    if (!lk_case_require(store, &order->code, error) ||
        lk_session_private(session, work.domain, error) == NULL) {
        return false;
    }
    LkCourierOrder courier = {.session = session,
                              .to = order->to,
                              .path = order->path,
                              .fill = fill,
                              .note = note,
                              .data = &work};
    if (!choose_copy(&work, error) || !lk_courier_send(&courier, error)) {
        return false;
    }
    *sent = work.sent;
    return true;
}
