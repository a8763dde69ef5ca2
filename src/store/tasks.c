/* tasks.c - what waits, field by field.
 *
 * The views say the same of one file or of all; but a queue is made of all fields at
 * once while somebody looks on. Here each kind is asked for by the index that knows it:
 * what is in doubt and what is to be typed are few among all readings. */
#include "store/priv.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define COLUMNS                                                                        \
    " p.id, p.case_code, p.form, p.layout, p.copy, p.page, r.field, r.row_no,"         \
    " r.position, r.value, r.confidence, r.source, r.personal, coalesce(d.id, 0)"

#define FIELDS                                                                         \
    " FROM readings r JOIN pages p ON p.id = r.page"                                   \
    " LEFT JOIN decisions d ON d.id = (SELECT max(x.id) FROM decisions x"              \
    "   WHERE x.page = r.page AND x.field = r.field AND x.row_no = r.row_no)"          \
    " WHERE p.holds = 1 AND (d.id IS NULL OR d.kind <> 'value')"                       \
    " AND NOT EXISTS (SELECT 1 FROM items i WHERE i.page = p.id"                       \
    "   AND i.kind = 'identity' AND i.closed_by IS NULL)"

#define NOT_MASKED " NOT EXISTS (SELECT 1 FROM masks m WHERE m.case_code = p.case_code)"

/* What lies in a clerk's parcel is typed there. */
#define NOT_GIVEN                                                                      \
    " AND NOT EXISTS (SELECT 1 FROM crops g WHERE g.page = p.id AND g.field = r.field" \
    "   AND g.row_no = r.row_no AND g.state = 'given')"

#define IN_ORDER " ORDER BY r.page, r.position"

/* A field may stand on another page of the copy than what makes it required. */
#define REQUIRED                                                                       \
    "SELECT v.page_id, v.case_code, v.form, v.layout, v.copy, v.page, v.field,"        \
    " v.row_no, v.position, NULL, v.confidence, v.source, v.personal, coalesce("       \
    "   (SELECT max(x.id) FROM decisions x WHERE x.page = v.page_id"                   \
    "    AND x.field = v.field AND x.row_no = v.row_no), 0)"                           \
    " FROM items i JOIN pages p ON p.id = i.page"                                      \
    " JOIN current_values v ON v.case_code = p.case_code AND v.form = p.form"          \
    "   AND v.copy = p.copy AND v.field = i.field AND v.row_no = i.row_no"             \
    " WHERE i.closed_by IS NULL AND i.kind = 'required' AND p.holds = 1"               \
    " AND v.value IS NULL AND v.source <> 'person' AND v.status = 'ok'"                \
    " AND v.written = 0"

#define CONTRADICTIONS                                                                 \
    "SELECT c.page_id, c.case_code, c.form, c.layout, c.copy, c.page, c.field,"        \
    " c.row_no, 0, NULL, 1.0, 'mark', 0, coalesce((SELECT max(x.id) FROM decisions x"  \
    "   WHERE x.page = c.page_id AND x.field = c.field AND x.row_no = c.row_no), 0),"  \
    " c.fact FROM contradictions c"

/* Each of all files, and of one. */
static const struct {
    LkWaitKind kind;
    const char *all, *one;
} questions[] = {
    {LK_WAIT_MARK,
     "SELECT" COLUMNS FIELDS " AND r.status <> 'ok' AND r.status = 'review'" IN_ORDER,
     "SELECT" COLUMNS FIELDS " AND r.status = 'review' AND p.case_code = ?" IN_ORDER},
    {LK_WAIT_TYPE,
     "SELECT" COLUMNS FIELDS " AND r.status <> 'ok' AND r.status = 'type'"
     " AND r.value IS NULL AND (r.personal = 0 OR" NOT_MASKED ")" NOT_GIVEN IN_ORDER,
     "SELECT" COLUMNS FIELDS " AND r.status = 'type' AND r.value IS NULL"
     " AND (r.personal = 0 OR" NOT_MASKED ")" NOT_GIVEN
     " AND p.case_code = ?" IN_ORDER},
    {LK_WAIT_TYPE,
     "SELECT" COLUMNS FIELDS " AND r.source = 'text' AND r.written = 1"
     " AND r.value IS NULL AND" NOT_MASKED NOT_GIVEN IN_ORDER,
     "SELECT" COLUMNS FIELDS " AND r.source = 'text' AND r.written = 1"
     " AND r.value IS NULL AND" NOT_MASKED NOT_GIVEN " AND p.case_code = ?" IN_ORDER},
    {LK_WAIT_REQUIRED, REQUIRED " ORDER BY v.page_id, v.position",
     REQUIRED " AND p.case_code = ? ORDER BY v.page_id, v.position"},
    {LK_WAIT_CONTRADICTION, CONTRADICTIONS " ORDER BY c.case_code, c.fact, c.page_id",
     CONTRADICTIONS " WHERE c.case_code = ? ORDER BY c.fact, c.page_id"},
};

static LkSource
source_of(const char *name)
{
    LkSource source = LK_SOURCE_MARK;
    while (source < LK_SOURCE_PERSON && strcmp(name, lk_source_name(source)) != 0) {
        source++;
    }
    return source;
}

static void
task_from_row(sqlite3_stmt *row, LkStoreTask *task)
{
    task->page = sqlite3_column_int64(row, 0);
    lk_sql_copy(row, 1, task->code.text, sizeof task->code.text);
    lk_sql_copy(row, 2, task->form, sizeof task->form);
    lk_sql_copy(row, 3, task->layout, sizeof task->layout);
    lk_sql_copy(row, 4, task->copy, sizeof task->copy);
    task->page_number = sqlite3_column_int(row, 5);
    task->field = lk_sql_text(row, 6);
    task->row = sqlite3_column_int(row, 7);
    task->position = sqlite3_column_int(row, 8);
    task->value = lk_sql_text_or_null(row, 9);
    task->confidence = sqlite3_column_double(row, 10);
    task->source = source_of(lk_sql_text(row, 11));
    task->personal = sqlite3_column_int(row, 12) != 0;
    task->version = sqlite3_column_int64(row, 13);
    if (task->kind == LK_WAIT_CONTRADICTION) {
        task->fact = lk_sql_text(row, 14);
    }
}

/* --- What was typed once. -----------------------------------------------------------
 */

/* Who typed a field. */
typedef struct {
    gint64 page;
    char *field;
    int row;
    char *by[2];
    gint64 keying; /* the last one, if they do not agree */
} Keyed;

static void
free_keyed(gpointer data)
{
    Keyed *keyed = data;
    g_free(keyed->field);
    g_free(keyed->by[0]);
    g_free(keyed->by[1]);
    g_free(keyed);
}

static guint
hash_keyed(gconstpointer key)
{
    const Keyed *keyed = key;
    return g_int64_hash(&keyed->page) * 31u + g_str_hash(keyed->field) * 7u +
           (guint)keyed->row;
}

static gboolean
same_keyed(gconstpointer left, gconstpointer right)
{
    const Keyed *a = left;
    const Keyed *b = right;
    return a->page == b->page && a->row == b->row && strcmp(a->field, b->field) == 0;
}

static void
add_keyed(GHashTable *all, sqlite3_stmt *row)
{
    Keyed wanted = {.page = sqlite3_column_int64(row, 0),
                    .field = (char *)lk_sql_text(row, 1),
                    .row = sqlite3_column_int(row, 2)};
    Keyed *keyed = g_hash_table_lookup(all, &wanted);
    if (keyed == NULL) {
        keyed = g_new0(Keyed, 1);
        *keyed = (Keyed){.page = wanted.page,
                         .field = g_strdup(wanted.field),
                         .row = wanted.row,
                         .by = {g_strdup(lk_sql_text(row, 3))}};
        g_hash_table_add(all, keyed);
        return;
    }
    g_free(keyed->by[1]);
    keyed->by[1] = g_strdup(lk_sql_text(row, 3));
    keyed->keying =
        strcmp(lk_sql_text(row, 4), "differs") == 0 ? sqlite3_column_int64(row, 5) : 0;
}

#define KEYED                                                                          \
    "SELECT k.page, k.field, k.row_no, k.who, k.state, k.id FROM open_keyings k"

/* (transfer full): a set of Keyed; empty unless fields are typed twice here. */
static GHashTable *
load_keyed(LkStore *store, const LkCaseCode *only, GError **error)
{
    g_autoptr(GHashTable) all =
        g_hash_table_new_full(hash_keyed, same_keyed, free_keyed, NULL);
    g_autoptr(LkSqlKept) rows =
        only != NULL
            ? lk_sql_keep(store, error,
                          KEYED " JOIN pages p ON p.id = k.page WHERE p.case_code = ?"
                                " ORDER BY k.id",
                          "t", only->text)
            : lk_sql_keep(store, error, KEYED " ORDER BY k.id", "");
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        add_keyed(all, rows);
    }
    return step == LK_SQL_END ? g_steal_pointer(&all) : NULL;
}

static void
mark_keyed(LkStoreTask *task, GHashTable *all)
{
    if (task->kind != LK_WAIT_TYPE || g_hash_table_size(all) == 0) {
        return;
    }
    const Keyed wanted = {
        .page = task->page, .field = (char *)task->field, .row = task->row};
    const Keyed *keyed = g_hash_table_lookup(all, &wanted);
    if (keyed != NULL) {
        task->keyed_by[0] = keyed->by[0];
        task->keyed_by[1] = keyed->by[1];
        task->keying = keyed->keying;
    }
}

/* --- All of it. ---------------------------------------------------------------------
 */

static bool
each_task(LkStore *store, const LkCaseCode *only, LkStoreTaskFunc each, void *data,
          GError **error)
{
    g_autoptr(GHashTable) keyed = load_keyed(store, only, error);
    for (size_t i = 0; keyed != NULL && i < G_N_ELEMENTS(questions); i++) {
        g_autoptr(LkSqlKept) rows =
            only != NULL ? lk_sql_keep(store, error, questions[i].one, "t", only->text)
                         : lk_sql_keep(store, error, questions[i].all, "");
        LkSqlStep step = LK_SQL_FAILED;
        while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
            LkStoreTask task = {.kind = questions[i].kind};
            task_from_row(rows, &task);
            mark_keyed(&task, keyed);
            each(&task, data);
        }
        if (step != LK_SQL_END) {
            return false;
        }
    }
    return keyed != NULL;
}

/* One snapshot: a field that is decided meanwhile must not stand in two queues. */
bool
lk_store_each_task(LkStore *store, const LkCaseCode *only, LkStoreTaskFunc each,
                   void *data, GError **error)
{
    g_return_val_if_fail(store != NULL && each != NULL, false);
    if (!lk_sql_exec(store, "BEGIN", error)) {
        return false;
    }
    bool done = each_task(store, only, each, data, error);
    (void)sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL); /* nothing was written */
    return done;
}

GHashTable *
lk_store_facts(LkStore *store, GError **error)
{
    g_autoptr(GHashTable) facts =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(sqlite3_stmt) rows =
        lk_sql_prepare(store, error, "SELECT form, field FROM facts", "");
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        g_hash_table_add(facts, g_strdup_printf("%s %s", lk_sql_text(rows, 0),
                                                lk_sql_text(rows, 1)));
    }
    return step == LK_SQL_END ? g_steal_pointer(&facts) : NULL;
}

#define GAPS(where)                                                                    \
    "SELECT p.case_code, p.form, p.copy, p.layout, l.n_pages, sum(1 << (p.page - 1))"  \
    " FROM pages p JOIN layouts l ON l.id = p.layout WHERE p.holds = 1" where          \
    " GROUP BY p.case_code, p.form, p.copy HAVING count(*) < l.n_pages"                \
    " ORDER BY p.case_code, p.form, p.copy"

bool
lk_store_each_gap(LkStore *store, const LkCaseCode *only, LkStoreGapFunc each,
                  void *data, GError **error)
{
    g_return_val_if_fail(store != NULL && each != NULL, false);
    g_autoptr(LkSqlKept) rows =
        only != NULL
            ? lk_sql_keep(store, error, GAPS(" AND p.case_code = ?"), "t", only->text)
            : lk_sql_keep(store, error, GAPS(""), "");
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        LkStoreGap gap = {.n_pages = sqlite3_column_int(rows, 4),
                          .present = (guint)sqlite3_column_int64(rows, 5)};
        lk_sql_copy(rows, 0, gap.code.text, sizeof gap.code.text);
        lk_sql_copy(rows, 1, gap.form, sizeof gap.form);
        lk_sql_copy(rows, 2, gap.copy, sizeof gap.copy);
        lk_sql_copy(rows, 3, gap.layout, sizeof gap.layout);
        each(&gap, data);
    }
    return step == LK_SQL_END;
}

/* --- What others have changed. ------------------------------------------------------
 */

static bool
look(LkStore *store, LkStoreSeen *seen, GError **error)
{
    return lk_sql_number(store, &seen->page, error, "SELECT max(id) FROM pages", "") &&
           lk_sql_number(store, &seen->decision, error, "SELECT max(id) FROM decisions",
                         "") &&
           lk_sql_number(store, &seen->keying, error, "SELECT max(id) FROM keyings",
                         "") &&
           lk_sql_number(store, &seen->journal, error, "SELECT max(seq) FROM journal",
                         "");
}

/* Pages and decisions come with numbers of their own; all else that matters here leaves
 * a line in the journal. */
static bool
compare(LkStore *store, const LkStoreSeen *seen, LkStoreNewsFunc each, void *data,
        bool *all, GError **error)
{
    gint64 n = 0;
    if (!lk_sql_number(store, &n, error,
                       "SELECT count(*) FROM journal WHERE seq > ? AND what NOT IN"
                       " ('page', 'scan', 'decision', 'undo', 'unlock', 'page-open',"
                       "  'unlock-failed', 'parcel-show', 'parcel-type', 'typed-show',"
                       "  'keying', 'keying-agree', 'keying-settle')",
                       "i", seen->journal)) {
        return false;
    }
    *all = n != 0;
    if (*all) {
        return true;
    }
    g_autoptr(LkSqlKept) rows =
        lk_sql_keep(store, error,
                    "SELECT case_code FROM pages WHERE id > ? UNION"
                    " SELECT p.case_code FROM decisions d JOIN pages p ON p.id = d.page"
                    " WHERE d.id > ? UNION SELECT p.case_code FROM keyings k"
                    " JOIN pages p ON p.id = k.page WHERE k.id > ?",
                    "iii", seen->page, seen->decision, seen->keying);
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        LkCaseCode code;
        lk_sql_copy(rows, 0, code.text, sizeof code.text);
        each(&code, data);
    }
    return step == LK_SQL_END;
}

bool
lk_store_news(LkStore *store, LkStoreSeen *seen, LkStoreNewsFunc each, void *data,
              bool *all, GError **error)
{
    g_return_val_if_fail(store != NULL && seen != NULL, false);
    LkStoreSeen now = *seen;
    *all = false;
    if (!lk_sql_number(store, &now.version, error, "PRAGMA data_version", "")) {
        return false;
    }
    if (now.version == seen->version) {
        return true;
    }
    bool first = seen->version == 0;
    if (!look(store, &now, error) ||
        (!first && !compare(store, seen, each, data, all, error))) {
        return false;
    }
    *all |= first;
    *seen = now;
    return true;
}

/* --- What is kept of a page. --------------------------------------------------------
 */

GBytes *
lk_store_page_evidence(LkStore *store, gint64 page, GError **error)
{
    g_autoptr(LkSqlKept) row =
        lk_sql_keep(store, error, "SELECT evidence FROM pages WHERE id = ?", "i", page);
    bool found = row != NULL && lk_sql_step(store, row, error) == LK_SQL_ROW &&
                 sqlite3_column_bytes(row, 0) > 0;
    return found ? g_bytes_new(sqlite3_column_blob(row, 0),
                               (gsize)sqlite3_column_bytes(row, 0))
                 : NULL;
}

bool
lk_store_page_domain(LkStore *store, gint64 page, char domain[LK_DOMAIN_MAX + 1],
                     GError **error)
{
    g_autoptr(LkSqlKept) row = lk_sql_keep(
        store, error,
        "SELECT coalesce(f.domain, CASE WHEN s.sealed = 1 THEN '" LK_DOMAIN_ARCHIVE
        "' ELSE '' END) FROM pages p JOIN scans s ON s.id = p.scan"
        " LEFT JOIN page_files f ON f.scan = p.scan AND f.idx = p.idx WHERE p.id = ?",
        "i", page);
    LkSqlStep step = row != NULL ? lk_sql_step(store, row, error) : LK_SQL_FAILED;
    if (step == LK_SQL_END) {
        (void)lk_no_such_page(page, error);
    }
    if (step != LK_SQL_ROW) {
        return false;
    }
    lk_sql_copy(row, 0, domain, LK_DOMAIN_MAX + 1);
    return true;
}

/* {"page":…,"field":…,"row":…,"value":…,"options":…}: the options, if it is of @page.
 */
static LkSecret *
take_options(const LkSecret *clear, gint64 page, const char *field, int row,
             GError **error)
{
    g_autoptr(JsonNode) root = json_from_string(lk_secret_data(clear), NULL);
    JsonObject *object = root != NULL && JSON_NODE_HOLDS_OBJECT(root)
                             ? json_node_get_object(root)
                             : NULL;
    bool fits =
        object != NULL &&
        json_object_get_int_member_with_default(object, "page", 0) == page &&
        json_object_get_int_member_with_default(object, "row", -1) == row &&
        g_strcmp0(json_object_get_string_member_with_default(object, "field", NULL),
                  field) == 0;
    if (!fits) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED,
                    _("page %lld, field '%s': what was read was altered, and is left "
                      "as it is; restore the office from the last backup"),
                    (long long)page, field);
        return NULL;
    }
    const char *options =
        json_object_get_string_member_with_default(object, "options", NULL);
    return options != NULL ? lk_secret_new_from(options, strlen(options)) : NULL;
}

static LkSecret *
open_options(LkSession *session, gint64 page, const char *field, int row,
             GError **error)
{
    LkStore *store = lk_session_store(session);
    g_autoptr(sqlite3_stmt) found = lk_sql_prepare(
        store, error,
        "SELECT domain, sealed FROM sealed_values WHERE page = ? AND field = ?"
        " AND row_no = ? AND kind = 'read' ORDER BY id DESC LIMIT 1",
        "iti", page, field, (gint64)row);
    if (found == NULL || lk_sql_step(store, found, error) != LK_SQL_ROW) {
        return NULL;
    }
    g_autoptr(GBytes) sealed = g_bytes_new(sqlite3_column_blob(found, 1),
                                           (gsize)sqlite3_column_bytes(found, 1));
    g_autoptr(LkSecret) clear =
        lk_unseal(session, lk_sql_text(found, 0), sealed, error);
    return clear != NULL ? take_options(clear, page, field, row, error) : NULL;
}

LkSecret *
lk_store_read_options(LkStore *store, LkSession *session, gint64 page,
                      const char *field, int row, GError **error)
{
    g_return_val_if_fail(store != NULL && field != NULL, NULL);
    g_autoptr(LkSqlKept) found =
        lk_sql_keep(store, error,
                    "SELECT options FROM readings WHERE page = ? AND field = ?"
                    " AND row_no = ?",
                    "iti", page, field, (gint64)row);
    LkSqlStep step = found != NULL ? lk_sql_step(store, found, error) : LK_SQL_FAILED;
    if (step != LK_SQL_ROW) {
        return NULL;
    }
    const char *options = lk_sql_text_or_null(found, 0);
    if (options != NULL) {
        return lk_secret_new_from(options, strlen(options));
    }
    return session != NULL ? open_options(session, page, field, row, error) : NULL;
}
