/* journal.c - who did what, in lines that only grow.
 *
 * hash(n) = BLAKE2b-256(hash(n-1) LF n LF at LF what LF detail), the first line after
 * 64 zeros; with somebody who is named: BLAKE2b-256("who" LF hash(n-1) LF n LF at LF
 * who LF what LF detail). The two cannot be taken for each other: only the second
 * begins with "who". Altering, removing or slipping in a line breaks every hash after
 * it.
 *
 * Somebody who rewrites the whole chain is met twice: each person keeps, sealed under a
 * key that only this person can make, number and hash of the line that the person's
 * last unlocking wrote (a mark; there is one from the day the person was added, so that
 * a missing one says as much as a wrong one); and `lakana journal verify` tells the
 * last hash, to be written on paper. */
#include "store/keys.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define NONCE_LEN crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_LEN crypto_aead_xchacha20poly1305_ietf_ABYTES
#define MARK_MAX 128

static const char no_hash[] =
    "0000000000000000000000000000000000000000000000000000000000000000";

static void
hash_line(const char *previous, const LkJournalLine *line, char hex[LK_HASH_LEN + 1])
{
    g_autofree char *text =
        line->who == NULL
            ? g_strdup_printf("%s\n%" G_GINT64_FORMAT "\n%s\n%s\n%s", previous,
                              line->seq, line->at, line->what, line->detail)
            : g_strdup_printf("who\n%s\n%" G_GINT64_FORMAT "\n%s\n%s\n%s\n%s", previous,
                              line->seq, line->at, line->who, line->what, line->detail);
    uint8_t hash[32];
    crypto_generichash(hash, sizeof hash, (const uint8_t *)text, strlen(text), NULL, 0);
    lk_hash_hex(hash, hex);
}

/* --- Writing. -----------------------------------------------------------------------
 */

/* What somebody typed is kept only if it is a login here: it could be anything else. */
static bool
said_login(LkStore *store, const char **login, GError **error)
{
    const char *said = g_getenv("LAKANA_USER");
    gint64 known = 0;
    *login = NULL;
    if (said == NULL || !lk_login_is_valid(said)) {
        return true;
    }
    if (!lk_sql_number(store, &known, error,
                       "SELECT count(*) FROM people WHERE login = ?", "t", said)) {
        return false;
    }
    *login = known != 0 ? said : NULL;
    return true;
}

/* Who works, as far as it can be told of somebody who has not unlocked. */
static bool
find_said(LkStore *store, GError **error)
{
    const char *login = NULL;
    if (store->said != NULL) {
        return true;
    }
    if (!said_login(store, &login, error)) {
        return false;
    }
    const char *system = g_get_user_name();
    if (login != NULL || lk_login_is_valid(system)) {
        store->said = g_strconcat("~", login != NULL ? login : system, NULL);
    } else {
        store->said = g_strdup_printf("~uid-%u", (unsigned)getuid());
    }
    return true;
}

void
lk_store_acts_as(LkStore *store, const char *login)
{
    g_return_if_fail(store != NULL && (login == NULL || lk_login_is_valid(login)));
    g_free(store->who);
    store->who = login != NULL ? g_strconcat("~", login, NULL) : NULL;
}

bool
lk_journal_add(LkStore *store, const char *what, const char *detail, GError **error)
{
    g_autoptr(LkSqlKept) last = lk_sql_keep(
        store, error, "SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1", "");
    LkSqlStep step = last != NULL ? lk_sql_step(store, last, error) : LK_SQL_FAILED;
    if (step == LK_SQL_FAILED || (store->who == NULL && !find_said(store, error))) {
        return false;
    }
    bool first = step == LK_SQL_END;
    g_autofree char *now = lk_now();
    LkJournalLine line = {
        first ? 1 : sqlite3_column_int64(last, 0) + 1, now, what, detail,
        store->who != NULL ? store->who : store->said, NULL};
    char hex[LK_HASH_LEN + 1];
    hash_line(first ? no_hash : lk_sql_text(last, 1), &line, hex);
    return lk_sql_run(store, error,
                      "INSERT INTO journal (seq, at, what, detail, who, hash)"
                      " VALUES (?, ?, ?, ?, ?, ?)",
                      "ittttt", line.seq, line.at, line.what, line.detail, line.who,
                      hex);
}

typedef struct {
    const char *what, *detail;
} Note;

static bool
write_note(LkStore *store, void *data, GError **error)
{
    const Note *note = data;
    return lk_journal_add(store, note->what, note->detail, error);
}

bool
lk_store_note(LkStore *store, const char *what, const char *detail, GError **error)
{
    g_return_val_if_fail(store != NULL && what != NULL && detail != NULL, false);
    Note note = {what, detail};
    return lk_sql_transaction(store, write_note, &note, error);
}

/* --- Following the chain. -----------------------------------------------------------
 */

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
        store, error,
        "SELECT seq, at, what, detail, who, hash FROM journal ORDER BY seq", "");
    char previous[LK_HASH_LEN + 1];
    g_strlcpy(previous, no_hash, sizeof previous);
    LkSqlStep step = LK_SQL_FAILED;
    gint64 expected = 1;
    while (lines != NULL && (step = lk_sql_step(store, lines, error)) == LK_SQL_ROW) {
        LkJournalLine line = {sqlite3_column_int64(lines, 0), lk_sql_text(lines, 1),
                              lk_sql_text(lines, 2),          lk_sql_text(lines, 3),
                              lk_sql_text_or_null(lines, 4),  previous};
        hash_line(previous, &line, previous);
        if (line.seq != expected || strcmp(previous, lk_sql_text(lines, 5)) != 0) {
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

/* --- Marks. -------------------------------------------------------------------------
 */

static char *
mark_binding(const char *login)
{
    return g_strdup_printf("lakana mark 1\n%s", login);
}

static bool
last_line(LkStore *store, gint64 *seq, char hash[LK_HASH_LEN + 1], GError **error)
{
    g_autoptr(sqlite3_stmt) row = lk_sql_prepare(
        store, error, "SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1", "");
    LkSqlStep step = row != NULL ? lk_sql_step(store, row, error) : LK_SQL_FAILED;
    *seq = 0;
    hash[0] = '\0';
    if (step == LK_SQL_ROW) {
        *seq = sqlite3_column_int64(row, 0);
        lk_sql_copy(row, 1, hash, LK_HASH_LEN + 1);
    }
    return step != LK_SQL_FAILED;
}

bool
lk_mark_put(LkStore *store, const char *login, const LkSecret *key, GError **error)
{
    gint64 seq = 0;
    char hash[LK_HASH_LEN + 1];
    if (!last_line(store, &seq, hash, error)) {
        return false;
    }
    g_autofree char *binding = mark_binding(login);
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT "\n%s", seq, hash);
    uint8_t box[NONCE_LEN + MARK_MAX + TAG_LEN];
    unsigned long long size = 0;
    randombytes_buf(box, NONCE_LEN);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(
        box + NONCE_LEN, &size, (const uint8_t *)text, strlen(text),
        (const uint8_t *)binding, strlen(binding), NULL, box, lk_secret_data(key));
    g_autoptr(GBytes) sealed = g_bytes_new(box, NONCE_LEN + (gsize)size);
    g_autofree char *now = lk_now();
    return lk_sql_run(store, error,
                      "INSERT INTO journal_marks (login, sealed, at) VALUES (?, ?, ?)"
                      " ON CONFLICT (login) DO UPDATE SET sealed = excluded.sealed,"
                      " at = excluded.at",
                      "tbt", login, sealed, now);
}

/* "SEQ LF HASH" out of @box; false if @key does not open it. */
static bool
open_mark(const char *login, const LkSecret *key, GBytes *box, gint64 *seq,
          char hash[LK_HASH_LEN + 1])
{
    gsize size = 0;
    const uint8_t *bytes = g_bytes_get_data(box, &size);
    char text[MARK_MAX + 1];
    unsigned long long length = 0;
    g_autofree char *binding = mark_binding(login);
    if (size < NONCE_LEN + TAG_LEN || size > NONCE_LEN + MARK_MAX + TAG_LEN ||
        crypto_aead_xchacha20poly1305_ietf_decrypt(
            (uint8_t *)text, &length, NULL, bytes + NONCE_LEN, size - NONCE_LEN,
            (const uint8_t *)binding, strlen(binding), bytes,
            lk_secret_data(key)) != 0) {
        return false;
    }
    text[length] = '\0';
    char *end = text;
    *seq = g_ascii_strtoll(text, &end, 10);
    g_strlcpy(hash, *end == '\n' ? end + 1 : "", LK_HASH_LEN + 1);
    return true;
}

bool
lk_mark_check(LkStore *store, const char *login, const LkSecret *key, bool *fits,
              GError **error)
{
    g_autoptr(sqlite3_stmt) row = lk_sql_prepare(
        store, error, "SELECT sealed FROM journal_marks WHERE login = ?", "t", login);
    LkSqlStep step = row != NULL ? lk_sql_step(store, row, error) : LK_SQL_FAILED;
    *fits = false;
    if (step != LK_SQL_ROW) {
        return step == LK_SQL_END;
    }
    g_autoptr(GBytes) box = lk_sql_bytes(row, 0);
    gint64 seq = 0;
    char hash[LK_HASH_LEN + 1];
    if (box == NULL || !open_mark(login, key, box, &seq, hash)) {
        return true;
    }
    gint64 found = 0;
    bool ok = lk_sql_number(store, &found, error,
                            "SELECT count(*) FROM journal WHERE seq = ? AND hash = ?",
                            "it", seq, hash);
    *fits = found != 0;
    return ok;
}
