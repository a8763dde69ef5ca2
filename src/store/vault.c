/* vault.c - rows of the vault: adding, opening, wiping.
 *
 * A row is the lines of vault_entry.c, sealed to the case file, after two lines that
 * say of what file and when: so a row that was moved to another file, or set again with
 * another date, is noticed. Behind them stands padding, so that the length of the row
 * does not tell that of a name. */
#include "store/vault_rows.h"

#include <sodium.h>
#include <string.h>

#define PADDED_TO 512 /* bytes; a row that is full of long texts has several */

/* --- Sealing and opening. -----------------------------------------------------------
 */

static char *
head_of(const LkCaseCode *code, const char *at)
{
    return g_strdup_printf("vault 1\n%s\n%s\n", code->text, at);
}

static GBytes *
seal(LkStore *store, const LkCaseCode *code, const char *at, const LkVaultEntry *entry,
     GError **error)
{
    char domain[LK_DOMAIN_MAX + 1];
    lk_domain_of_case(code, domain);
    g_autofree char *head = head_of(code, at);
    GString *text = lk_vault_entry_write(entry);
    g_string_prepend(text, head);
    while (text->len % PADDED_TO != 0) {
        g_string_append_c(text, '\n');
    }
    GBytes *sealed = lk_seal(store, domain, text->str, text->len, error);
    sodium_memzero(text->str, text->allocated_len);
    g_string_free(text, TRUE);
    return sealed;
}

static bool
damaged(const LkCaseCode *code, gint64 row, GError **error)
{
    g_autofree char *shown = lk_case_code_format(code);
    g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED,
                _("%s: what the vault holds of this file was altered (row %lld) and is "
                  "left as it is; restore the office from the last backup (lakana "
                  "restore), or write the name again from the paper (lakana vault set "
                  "--anew)"),
                shown, (long long)row);
    return false;
}

bool
lk_vault_row_open(LkSession *session, const LkVaultRow *row, LkVaultEntry *entry,
                  GError **error)
{
    char domain[LK_DOMAIN_MAX + 1];
    lk_domain_of_case(&row->code, domain);
    g_autoptr(GError) problem = NULL;
    g_autoptr(LkSecret) clear = lk_unseal(session, domain, row->sealed, &problem);
    if (clear == NULL) {
        bool altered = g_error_matches(problem, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED);
        if (!altered) {
            g_propagate_error(error, g_steal_pointer(&problem));
        }
        return altered ? damaged(&row->code, row->seq, error) : false;
    }
    g_autofree char *head = head_of(&row->code, row->at);
    size_t len = strlen(head);
    const char *text = lk_secret_data(clear);
    size_t size = lk_secret_size(clear);
    g_auto(LkVaultEntry) read = {0};
    if (size < len || memcmp(text, head, len) != 0 ||
        !lk_vault_entry_read(text + len, size - len, &read, NULL) ||
        !lk_vault_entry_check(&read, NULL)) {
        return damaged(&row->code, row->seq, error);
    }
    lk_vault_entry_clear(entry);
    *entry = read;
    read = (LkVaultEntry){0};
    return true;
}

/* --- The last row of a file. --------------------------------------------------------
 */

void
lk_vault_row_clear(LkVaultRow *row)
{
    g_clear_pointer(&row->sealed, g_bytes_unref);
    g_clear_pointer(&row->at, g_free);
}

static bool
is_masked(LkStore *store, const LkCaseCode *code, bool *masked, GError **error)
{
    gint64 n = 0;
    bool ok = lk_sql_number(store, &n, error,
                            "SELECT count(*) FROM masks WHERE case_code = ?", "t",
                            code->text);
    *masked = n > 0;
    return ok;
}

/* @row->seq 0 if there is none. */
static bool
last_row(LkStore *store, const LkCaseCode *code, LkVaultRow *row, GError **error)
{
    g_autoptr(sqlite3_stmt) found =
        lk_sql_prepare(store, error,
                       "SELECT seq, at, sealed FROM vault WHERE case_code = ?"
                       " ORDER BY seq DESC LIMIT 1",
                       "t", code->text);
    LkSqlStep step = found != NULL ? lk_sql_step(store, found, error) : LK_SQL_FAILED;
    row->code = *code;
    if (step == LK_SQL_ROW) {
        row->seq = sqlite3_column_int64(found, 0);
        row->at = g_strdup(lk_sql_text(found, 1));
        row->sealed = lk_sql_bytes(found, 2);
    }
    return step != LK_SQL_FAILED;
}

static bool
masked_error(const LkCaseCode *code, int error_code, GError **error)
{
    g_autofree char *shown = lk_case_code_format(code);
    g_set_error(error, LK_STORE_ERROR, error_code,
                _("%s: the name of this file is masked, for good"), shown);
    return false;
}

/* --- Journal. -----------------------------------------------------------------------
 */

typedef struct {
    const char *what;
    const GArray *codes;
} Shown;

static bool
write_shown(LkStore *store, void *data, GError **error)
{
    const Shown *shown = data;
    g_autoptr(GString) detail = g_string_new("{\"cases\":[");
    for (guint i = 0; i < shown->codes->len; i++) {
        g_string_append_printf(detail, "%s\"%s\"", i > 0 ? "," : "",
                               g_array_index(shown->codes, LkCaseCode, i).text);
    }
    g_string_append(detail, "]}");
    return lk_journal_add(store, shown->what, detail->str, error);
}

bool
lk_vault_note(LkStore *store, const char *what, const GArray *codes, GError **error)
{
    Shown shown = {what, codes};
    return codes->len == 0 ||
           lk_sql_transaction(store, write_shown, (void *)&shown, error);
}

static bool
note_one(LkStore *store, const char *what, const LkCaseCode *code, GError **error)
{
    g_autofree char *detail = g_strdup_printf("{\"case\":\"%s\"}", code->text);
    return lk_journal_add(store, what, detail, error);
}

/* --- Opening one. -------------------------------------------------------------------
 */

static bool
write_opened(LkStore *store, void *data, GError **error)
{
    return note_one(store, "name-show", data, error);
}

bool
lk_vault_load(LkSession *session, const LkCaseCode *code, LkVaultEntry *entry,
              GError **error)
{
    g_return_val_if_fail(session != NULL && code != NULL && entry != NULL, false);
    LkStore *store = lk_session_store(session);
    g_auto(LkVaultRow) row = {0};
    bool masked = false;
    if (!lk_case_require(store, code, error) ||
        !lk_session_require_case(session, code, error) ||
        !is_masked(store, code, &masked, error) ||
        !last_row(store, code, &row, error)) {
        return false;
    }
    if (masked) {
        return masked_error(code, LK_STORE_ERROR_UNKNOWN, error);
    }
    if (row.seq == 0) {
        g_autofree char *shown = lk_case_code_format(code);
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN,
                    _("%s: no name has been written down for this file (lakana vault "
                      "set)"),
                    shown);
        return false;
    }
    g_auto(LkVaultEntry) opened = {0};
    if (!lk_vault_row_open(session, &row, &opened, error) ||
        !lk_sql_transaction(store, write_opened, (void *)code, error)) {
        return false;
    }
    lk_vault_entry_clear(entry);
    *entry = opened;
    opened = (LkVaultEntry){0};
    return true;
}

/* --- Adding. ------------------------------------------------------------------------
 */

typedef struct {
    LkSession *session;
    const LkCaseCode *code;
    const LkVaultEntry *entry;
} Setting;

static bool
write_row(LkStore *store, void *data, GError **error)
{
    const Setting *setting = data;
    bool masked = false;
    if (!lk_case_require(store, setting->code, error) ||
        !lk_domain_ensure_case(store, setting->code, error) ||
        !lk_session_require_case(setting->session, setting->code, error) ||
        !is_masked(store, setting->code, &masked, error)) {
        return false;
    }
    if (masked) {
        return masked_error(setting->code, LK_STORE_ERROR_REFUSED, error);
    }
    g_autofree char *now = lk_now();
    g_autoptr(GBytes) sealed = seal(store, setting->code, now, setting->entry, error);
    return sealed != NULL &&
           lk_sql_run(store, error,
                      "INSERT INTO vault (case_code, sealed, who, at)"
                      " VALUES (?, ?, ?, ?)",
                      "tbtt", setting->code->text, sealed,
                      lk_session_login(setting->session), now) &&
           note_one(store, "name-set", setting->code, error);
}

bool
lk_vault_set(LkSession *session, const LkCaseCode *code, const LkVaultEntry *entry,
             GError **error)
{
    g_return_val_if_fail(session != NULL && code != NULL && entry != NULL, false);
    Setting setting = {session, code, entry};
    return lk_vault_entry_check(entry, error) &&
           lk_sql_transaction(lk_session_store(session), write_row, &setting, error);
}

/* --- Masking. -----------------------------------------------------------------------
 */

static bool
write_mask(LkStore *store, void *data, GError **error)
{
    const Setting *setting = data;
    g_autofree char *now = lk_now();
    return lk_case_require(store, setting->code, error) &&
           lk_session_require_case(setting->session, setting->code, error) &&
           lk_sql_run(store, error,
                      "INSERT INTO masks (case_code, who, at) VALUES (?, ?, ?)"
                      " ON CONFLICT DO NOTHING",
                      "ttt", setting->code->text, lk_session_login(setting->session),
                      now) &&
           lk_sql_run(store, error, "DELETE FROM vault WHERE case_code = ?", "t",
                      setting->code->text) &&
           lk_sql_exec(store, "DELETE FROM vault_indexes", error) &&
           lk_sealed_values_wipe(store, setting->code, error) &&
           lk_parcel_wipe_case(store, setting->code, error) &&
           note_one(store, "name-mask", setting->code, error);
}

/* Moves the log into the database, where what was deleted is overwritten with zeros,
 * and cuts the log. */
static bool
wipe_log(LkStore *store, GError **error)
{
    gint64 busy = 0;
    if (!lk_sql_number(store, &busy, error, "PRAGMA wal_checkpoint(TRUNCATE)", "")) {
        return false;
    }
    if (busy != 0) {
        g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_BUSY,
                            _("the name is masked, but another lakana is at work and "
                              "keeps its traces on the disk: when it has finished, run "
                              "the same command again"));
    }
    return busy == 0;
}

bool
lk_vault_mask(LkSession *session, const LkCaseCode *code, GError **error)
{
    g_return_val_if_fail(session != NULL && code != NULL, false);
    LkStore *store = lk_session_store(session);
    Setting setting = {session, code, NULL};
    return lk_sql_exec(store, "PRAGMA secure_delete = ON", error) &&
           lk_sql_transaction(store, write_mask, &setting, error) &&
           wipe_log(store, error);
}

bool
lk_vault_require_unmasked(LkStore *store, const LkCaseCode *code, GError **error)
{
    bool masked = false;
    if (!is_masked(store, code, &masked, error)) {
        return false;
    }
    return !masked || masked_error(code, LK_STORE_ERROR_REFUSED, error);
}

GArray *
lk_vault_masked_pages(LkStore *store, gint64 page, GError **error)
{
    g_autoptr(GArray) pages = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error,
        "SELECT b.id FROM pages a JOIN pages b ON b.scan = a.scan AND b.idx = a.idx"
        " JOIN masks m ON m.case_code = b.case_code WHERE a.id = ? ORDER BY b.id",
        "i", page);
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        gint64 found = sqlite3_column_int64(rows, 0);
        g_array_append_val(pages, found);
    }
    return step == LK_SQL_END ? g_steal_pointer(&pages) : NULL;
}
