/* journal.c - who did what, in lines that only grow.
 *
 * hash(n) = BLAKE2b-256(hash(n-1) LF n LF at LF what LF detail), the first line after
 * 64 zeros. Altering, removing or slipping in a line breaks every hash after it. It
 * does not stop somebody who rewrites the whole chain: compare the last hash with one
 * that was noted elsewhere. */
#include "store/priv.h"

#include <sodium.h>
#include <string.h>

static const char no_hash[] =
    "0000000000000000000000000000000000000000000000000000000000000000";

static void
hash_line(const char *previous, const LkJournalLine *line, char hex[LK_HASH_LEN + 1])
{
    g_autofree char *text =
        g_strdup_printf("%s\n%" G_GINT64_FORMAT "\n%s\n%s\n%s", previous, line->seq,
                        line->at, line->what, line->detail);
    uint8_t hash[32];
    crypto_generichash(hash, sizeof hash, (const uint8_t *)text, strlen(text), NULL, 0);
    lk_hash_hex(hash, hex);
}

bool
lk_journal_add(LkStore *store, const char *what, const char *detail, GError **error)
{
    g_autoptr(LkSqlKept) last = lk_sql_keep(
        store, error, "SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1", "");
    LkSqlStep step = last != NULL ? lk_sql_step(store, last, error) : LK_SQL_FAILED;
    if (step == LK_SQL_FAILED) {
        return false;
    }
    bool first = step == LK_SQL_END;
    g_autofree char *now = lk_now();
    LkJournalLine line = {first ? 1 : sqlite3_column_int64(last, 0) + 1, now, what,
                          detail};
    char hex[LK_HASH_LEN + 1];
    hash_line(first ? no_hash : lk_sql_text(last, 1), &line, hex);
    return lk_sql_run(store, error,
                      "INSERT INTO journal (seq, at, what, detail, hash)"
                      " VALUES (?, ?, ?, ?, ?)",
                      "itttt", line.seq, line.at, line.what, line.detail, hex);
}

static bool
broken(LkStore *store, gint64 seq, GError **error)
{
    g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED,
                _("%s: the journal was altered: line %lld does not follow from the "
                  "one before; keep the folder as it is and compare with an earlier "
                  "copy"),
                store->db_path, (long long)seq);
    return false;
}

bool
lk_store_journal_check(LkStore *store, LkJournalFunc each, void *data, GError **error)
{
    g_autoptr(sqlite3_stmt) lines = lk_sql_prepare(
        store, error, "SELECT seq, at, what, detail, hash FROM journal ORDER BY seq",
        "");
    char previous[LK_HASH_LEN + 1];
    g_strlcpy(previous, no_hash, sizeof previous);
    LkSqlStep step = LK_SQL_FAILED;
    gint64 expected = 1;
    while (lines != NULL && (step = lk_sql_step(store, lines, error)) == LK_SQL_ROW) {
        LkJournalLine line = {sqlite3_column_int64(lines, 0), lk_sql_text(lines, 1),
                              lk_sql_text(lines, 2), lk_sql_text(lines, 3)};
        hash_line(previous, &line, previous);
        if (line.seq != expected || strcmp(previous, lk_sql_text(lines, 4)) != 0) {
            return broken(store, expected, error);
        }
        if (each != NULL && !each(&line, data)) {
            return true;
        }
        expected++;
    }
    if (step == LK_SQL_END && expected == 1) {
        return broken(store, 1, error); /* init wrote a line */
    }
    return step == LK_SQL_END;
}
