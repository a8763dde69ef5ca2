/* reason.c - why somebody decided. It is said in free words, which may name anybody: it
 * is sealed to the case file of the page, or to the reception while it has none, and
 * nothing of it stands beside the decision. */
#include "store/keys.h"

#include <string.h>

#define PADDED_TO 128 /* bytes: the length does not tell that of a name */

/* What the words belong to: a reason that was moved to another decision is noticed. */
static char *
head_of(gint64 decision)
{
    return g_strdup_printf("reason 1\n%" G_GINT64_FORMAT "\n", decision);
}

static bool
find_domain(LkStore *store, gint64 page, char domain[LK_DOMAIN_MAX + 1], GError **error)
{
    g_autoptr(sqlite3_stmt) row = lk_sql_prepare(
        store, error, "SELECT case_code FROM pages WHERE id = ?", "i", page);
    LkSqlStep step = row != NULL ? lk_sql_step(store, row, error) : LK_SQL_FAILED;
    g_strlcpy(domain, LK_DOMAIN_RECEPTION, LK_DOMAIN_MAX + 1);
    if (step == LK_SQL_ROW && sqlite3_column_type(row, 0) != SQLITE_NULL) {
        LkCaseCode code;
        lk_sql_copy(row, 0, code.text, sizeof code.text);
        lk_domain_of_case(&code, domain);
        return lk_domain_ensure_case(store, &code, error);
    }
    return step != LK_SQL_FAILED;
}

bool
lk_reason_put(LkStore *store, gint64 decision, gint64 page, const char *why,
              GError **error)
{
    char domain[LK_DOMAIN_MAX + 1];
    if (why == NULL || *why == '\0') {
        return true;
    }
    if (!lk_guard_require(store, error) || !find_domain(store, page, domain, error)) {
        return false;
    }
    g_autofree char *head = head_of(decision);
    size_t size = strlen(head) + strlen(why);
    size += PADDED_TO - size % PADDED_TO;
    g_autoptr(LkSecret) clear = lk_secret_new(size);
    uint8_t *bytes = lk_secret_data(clear);
    memset(bytes, '\n', size);
    size_t at = 0;
    for (const char *c = head; *c != '\0'; c++) {
        bytes[at++] = (uint8_t)*c;
    }
    for (const char *c = why; *c != '\0'; c++) {
        bytes[at++] = (uint8_t)*c;
    }
    g_autoptr(GBytes) sealed = lk_seal(store, domain, bytes, size, error);
    return sealed != NULL &&
           lk_sql_run(store, error,
                      "INSERT INTO reasons (decision, domain, sealed) VALUES (?, ?, ?)",
                      "itb", decision, domain, sealed);
}

/* --- Reading. -----------------------------------------------------------------------
 */

static LkSecret *
cut_reason(gint64 decision, LkSecret *clear)
{
    g_autofree char *head = head_of(decision);
    size_t len = strlen(head);
    size_t size = lk_secret_size(clear);
    const char *text = lk_secret_data(clear);
    if (size < len || memcmp(text, head, len) != 0) {
        return NULL;
    }
    while (size > len && text[size - 1] == '\n') {
        size--;
    }
    return lk_secret_new_from(text + len, size - len);
}

LkSecret *
lk_store_reason(LkSession *session, gint64 decision, GError **error)
{
    LkStore *store = lk_session_store(session);
    g_autoptr(sqlite3_stmt) row = lk_sql_prepare(
        store, error, "SELECT domain, sealed FROM reasons WHERE decision = ?", "i",
        decision);
    LkSqlStep step = row != NULL ? lk_sql_step(store, row, error) : LK_SQL_FAILED;
    if (step == LK_SQL_END) {
        return lk_secret_new(0);
    }
    if (step == LK_SQL_FAILED) {
        return NULL;
    }
    g_autoptr(GBytes) sealed = lk_sql_bytes(row, 1);
    g_autoptr(LkSecret) clear = lk_unseal(session, lk_sql_text(row, 0), sealed, error);
    if (clear == NULL) {
        return NULL;
    }
    LkSecret *why = cut_reason(decision, clear);
    if (why == NULL) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED,
                    _("decision %lld: its reason was altered; take the office from the "
                      "last backup (lakana restore)"),
                    (long long)decision);
    }
    return why;
}

/* --- Older offices. -----------------------------------------------------------------
 */

typedef struct {
    gint64 decision, page;
    char *why;
} Clear;

static void
clear_clear(void *data)
{
    g_free(((Clear *)data)->why);
}

static GArray *
find_clear(LkStore *store, GError **error)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Clear));
    g_array_set_clear_func(found, clear_clear);
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error, "SELECT id, page, why FROM decisions WHERE why IS NOT NULL", "");
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        Clear clear = {sqlite3_column_int64(rows, 0), sqlite3_column_int64(rows, 1),
                       g_strdup(lk_sql_text(rows, 2))};
        g_array_append_val(found, clear);
    }
    return step == LK_SQL_END ? g_steal_pointer(&found) : NULL;
}

static bool
seal_all(LkStore *store, void *data, GError **error)
{
    const GArray *found = data;
    for (guint i = 0; i < found->len; i++) {
        const Clear *clear = &g_array_index(found, Clear, i);
        const char *why = *clear->why != '\0' ? clear->why : " ";
        if (!lk_reason_put(store, clear->decision, clear->page, why, error) ||
            !lk_sql_run(store, error, "UPDATE decisions SET why = NULL WHERE id = ?",
                        "i", clear->decision)) {
            return false;
        }
    }
    return true;
}

bool
lk_store_seal_reasons(LkStore *store, GError **error)
{
    g_autoptr(GArray) found = find_clear(store, error);
    return found != NULL && lk_sql_transaction(store, seal_all, found, error);
}
