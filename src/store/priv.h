/* priv.h - what the files of the store share: the connection and a short way to say
 * SQL. */
#ifndef LK_STORE_PRIV_H
#define LK_STORE_PRIV_H

#include "store/store.h"

#include <sqlite3.h>

G_BEGIN_DECLS

#define LK_DB_NAME "lakana.db"
#define LK_ARCHIVE_NAME "archive"
#define LK_PAGES_NAME "pages"
#define LK_APPLICATION_ID 0x4C4B4E41 /* "LKNA", told by file(1) */

/** How dear a guess at a passphrase is: Argon2id. */
typedef struct {
    gint64 passes;
    gint64 memory; /* bytes */
} LkSlotCost;

/** lk_slot_cost_default: what the slots of every office cost. */
extern const LkSlotCost lk_slot_cost_default;

struct LkStore {
    char *dir;
    char *db_path;
    sqlite3 *db;
    GHashTable *kept; /* statements by their text, see lk_sql_keep(); or NULL */
    char *region;
    char *office;
    int lock_fd;          /* intake lock, or -1 */
    int review_fd;        /* review lock, or -1 */
    char *who;            /* who acts, for the journal: a login of who has unlocked,
                           * "~LOGIN" of who only said so; or NULL */
    char *said;           /* who it seems to be else: "~LOGIN"; NULL: not asked yet */
    GHashTable *believed; /* domains whose signature was checked: see domain.c */
    GHashTable *folders;  /* of archive and pages, that are on the disk */
    GHashTable *masters;  /* what opens scans that are being filed: id to LkSecret */
    bool is_swept;        /* what an interruption left in archive/incoming is gone */
    /* Where codes and serials come from; a test puts its own here. */
    bool (*new_code)(const char *region, LkCaseCode *code, GError **error);
    bool (*new_serial)(char serial[LK_SERIAL_LEN + 1], GError **error);
    /* What a slot made here costs; a test that opens many is in a hurry. */
    LkSlotCost slot_cost;
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3_stmt, sqlite3_finalize)

/* --- office.c --------------------------------------------------------------------- */

/**
 * lk_store_connect: (transfer full): a connection to the database at @path, of an
 * office that is being copied or made; what is in it is not looked at, settings are not
 * loaded.
 */
G_GNUC_WARN_UNUSED_RESULT
LkStore *lk_store_connect(const char *dir, const char *path, GError **error);

/** lk_store_in_memory: (transfer full): our tables, empty, in memory. */
G_GNUC_WARN_UNUSED_RESULT
LkStore *lk_store_in_memory(GError **error);

/* --- schema.c --------------------------------------------------------------------- */

/** lk_schema_version: the number of migrations this program knows. */
int lk_schema_version(void);

/** lk_schema_check: LK_STORE_ERROR_NOT_OFFICE if the database is not one of ours,
 * LK_STORE_ERROR_NEWER if a newer program wrote it; the messages name no file. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_schema_check(LkStore *store, GError **error);

/**
 * lk_schema_migrate: brings the database from its version to @to, each migration in a
 * transaction of its own.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_schema_migrate(LkStore *store, int to, GError **error);

/** lk_wipe_later: the migration moved something out of clear: the file is made anew
 * when it is done, or when the office is opened next. Inside its transaction. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_wipe_later(LkStore *store, GError **error);

/* --- sql.c ------------------------------------------------------------------------ */

/**
 * lk_sql_open: connects to @path with the settings every connection has (foreign keys,
 * synchronous FULL, waiting for other writers). Does not look at what is in it.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_sql_open(LkStore *store, const char *path, bool create, GError **error);

/** lk_sql_close: the connection and the statements kept with it. */
void lk_sql_close(LkStore *store);

/** lk_sql_fail: the connection's last error as a GError; always false. */
bool lk_sql_fail(LkStore *store, GError **error);

/** lk_sql_exec: one or more statements without parameters or results. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_sql_exec(LkStore *store, const char *sql, GError **error);

/**
 * lk_sql_prepare:
 * @types: one letter a parameter: t const char* (NULL is NULL), i gint64,
 *   I gint64 (0 is NULL), r double, b GBytes* (NULL is NULL); the parameters follow
 *
 * Text is not copied: it must live until the statement has run.
 *
 * Returns: (transfer full): the statement, or NULL
 */
G_GNUC_WARN_UNUSED_RESULT
sqlite3_stmt *lk_sql_prepare(LkStore *store, GError **error, const char *sql,
                             const char *types, ...);

/** A statement that stays with the connection; out of scope it is put to rest. */
typedef sqlite3_stmt LkSqlKept;

/**
 * lk_sql_keep: like lk_sql_prepare(), for what every page asks: to say it in SQL takes
 * longer than to answer it. Give @sql as a constant, and do not ask for it again while
 * it runs.
 *
 * Returns: (transfer none): to be put to rest with lk_sql_rest(), or NULL
 */
G_GNUC_WARN_UNUSED_RESULT
LkSqlKept *lk_sql_keep(LkStore *store, GError **error, const char *sql,
                       const char *types, ...);

/** lk_sql_rest: ends what it holds open; texts bound are let go. */
void lk_sql_rest(LkSqlKept *statement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkSqlKept, lk_sql_rest)

/** lk_sql_rebind: the same on a statement that has run, to run it again. */
void lk_sql_rebind(sqlite3_stmt *statement, const char *types, ...);

typedef enum { LK_SQL_ROW, LK_SQL_END, LK_SQL_FAILED } LkSqlStep;

/** lk_sql_step: the next row. */
LkSqlStep lk_sql_step(LkStore *store, sqlite3_stmt *statement, GError **error);

/** lk_sql_run: binds and runs to the end a statement without results, and keeps it. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_sql_run(LkStore *store, GError **error, const char *sql, const char *types,
                ...);

/**
 * lk_sql_number: the first column of the first row; the statement is kept.
 * @number: (out): 0 if there is no row or it is NULL
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_sql_number(LkStore *store, gint64 *number, GError **error, const char *sql,
                   const char *types, ...);

/** lk_sql_text: column @column as it is, "" for NULL; lent until the next step. */
const char *lk_sql_text(sqlite3_stmt *statement, int column);
/** lk_sql_text_or_null: the same, NULL for NULL. */
const char *lk_sql_text_or_null(sqlite3_stmt *statement, int column);
/** lk_sql_copy: column @column into a fixed buffer. */
void lk_sql_copy(sqlite3_stmt *statement, int column, char *buffer, size_t size);

typedef bool (*LkSqlWork)(LkStore *store, void *data, GError **error);

/**
 * lk_sql_transaction: runs @work between BEGIN IMMEDIATE and COMMIT; when it returns
 * false everything it did is undone.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_sql_transaction(LkStore *store, LkSqlWork work, void *data, GError **error);

/* --- journal.c -------------------------------------------------------------------- */

/**
 * lk_journal_add: one line, inside the caller's transaction; in the name of who has
 * unlocked, else of $LAKANA_USER or of the system's login, marked "~".
 * @what: "init", "issue", "scan"…; without line feeds
 * @detail: JSON object; codes and numbers only
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_journal_add(LkStore *store, const char *what, const char *detail,
                    GError **error);

/* --- archive.c -------------------------------------------------------------------- */

/** lk_scan_master: (transfer none) (nullable): what opens @scan, if it was archived
 * here and is not done. */
const LkSecret *lk_scan_master(const LkStore *store, gint64 scan);

/** lk_archive_path: (transfer full): where the scan with that hash lies. */
char *lk_archive_path(const LkStore *store, const char *hex);

/**
 * lk_incoming_open: a temporary file that a sweep leaves alone as long as it is open.
 * @path: (out) (transfer full): to be renamed or unlinked
 *
 * Returns: a descriptor to close, or -1
 */
int lk_incoming_open(LkStore *store, char **path, GError **error);

/** lk_incoming_settle: gives a temporary file that is complete its place at @path,
 * durably. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_incoming_settle(int fd, const char *temporary, const char *path,
                        GError **error);

/** lk_make_folders: the folders in the office that @path lies in, durably. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_make_folders(LkStore *store, const char *path, GError **error);

/** lk_hash_hex: @hash (32 bytes) in lower-case hexadecimal. */
void lk_hash_hex(const uint8_t hash[32], char hex[LK_HASH_LEN + 1]);

/** lk_sync_dir: what was renamed or created in @path survives a power cut. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_sync_dir(const char *path, GError **error);

/* --- lender.c --------------------------------------------------------------------- */

/**
 * lk_archive_looks_whole: whether the scan with that hash, @size bytes in clear, is in
 * the archive, as it came or sealed, and as long as it must be. Bytes that were altered
 * in it are seen by who can open it.
 */
bool lk_archive_looks_whole(const LkStore *store, const char *hex, gint64 size);

/** lk_page_file_lends: whether the page file with that name does not stand alone, or is
 * gone. */
bool lk_page_file_lends(const LkStore *store, const char *name);

/** lk_scan_is_lent: @lent: whether lk_store_pages_that_lend() gives any. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_scan_is_lent(LkStore *store, gint64 scan, bool *lent, GError **error);

/* --- page-file.c ------------------------------------------------------------------ */

/** lk_page_file_path: (transfer full): where the page file with that name lies. */
char *lk_page_file_path(const LkStore *store, const char *name);

/** A page's file to be kept. */
typedef struct {
    gint64 scan;
    int index;
    const LkCaseCode *case_code; /* "" = none: for the reception */
    const LkStoreCut *cut;
} LkPageFilePut;

/**
 * lk_page_file_put: seals and writes the file, then its row; inside the caller's
 * transaction, in which the key of the case may have been made.
 * @former: (out) (transfer full): a file that is to be removed when the transaction is
 *   on the disk; untouched if there is none
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_page_file_put(LkStore *store, const LkPageFilePut *put, char **former,
                      GError **error);

/** What the paper says in a personal field. */
typedef struct {
    gint64 page;
    const char *field;
    int row;
    const char *value, *options; /* as LkStoreReading */
} LkSealedReading;

/** lk_seal_reading: keeps @reading sealed for who may see files of @code ("": the
 * reception), as {"page":…,"field":…,"row":…,"value":…,"options":…}; inside the
 * caller's transaction. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_seal_reading(LkStore *store, const LkCaseCode *code,
                     const LkSealedReading *reading, GError **error);

/* --- cases.c ---------------------------------------------------------------------- */

/**
 * lk_case_receive: makes sure that @code is a case and @id a copy we know; both may
 * come from another office. Inside the caller's transaction.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_case_receive(LkStore *store, const LkCaseCode *code, const LkPageId *id,
                     bool with_copy, GError **error);

/** lk_case_require: LK_STORE_ERROR_UNKNOWN unless @code is a case file here. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_case_require(LkStore *store, const LkCaseCode *code, GError **error);

/* --- pages.c ---------------------------------------------------------------------- */

/** lk_no_such_page: LK_STORE_ERROR_UNKNOWN with the number; always false. */
bool lk_no_such_page(gint64 page, GError **error);

/** lk_page_write: lk_store_file_page() inside the caller's transaction; a page that
 * came from another office may be known by a person there. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_page_write(LkStore *store, gint64 scan, const LkStorePage *page, LkFiled *filed,
                   GError **error);

/* --- reason.c --------------------------------------------------------------------- */

/**
 * lk_reason_put: keeps, sealed, why @decision about @page was made; inside the caller's
 * transaction. Needs no secret.
 * @why: (nullable): NULL or "": nothing is kept
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_reason_put(LkStore *store, gint64 decision, gint64 page, const char *why,
                   GError **error);

/* --- values.c, typed.c: inside the caller's transaction. -------------------------- */

/** lk_decision_write, lk_typed_write: lk_store_decide(), lk_store_decide_sealed(). */
G_GNUC_WARN_UNUSED_RESULT
bool lk_decision_write(LkStore *store, const LkDecision *decision, GError **error);
G_GNUC_WARN_UNUSED_RESULT
bool lk_typed_write(LkStore *store, const LkDecision *decision, GError **error);
/** lk_decision_put: the one or, if @sealed, the other. @id: (out): of the decision. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_decision_put(LkStore *store, const LkDecision *decision, bool sealed,
                     gint64 *id, GError **error);

/** lk_decision_check: LK_STORE_ERROR_UNKNOWN if the page has no such field,
 * LK_STORE_ERROR_PERSONAL if what is typed in it is not kept in clear.
 * @sealed: (out): a box of a personal field */
G_GNUC_WARN_UNUSED_RESULT
bool lk_decision_check(LkStore *store, const LkDecision *decision, bool *sealed,
                       GError **error);

/* --- keying.c: inside the caller's transaction. ----------------------------------- */

/**
 * lk_keying_write: what @asked says is decided; or kept, if the field is typed twice
 * and this was the first time, or cannot be compared yet, or is not the same.
 *
 * Returns: true with asked->id or asked->keying; LK_STORE_ERROR_TAKEN
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_keying_write(LkStore *store, LkDecisionAsked *asked, GError **error);

/* --- parcel.c: inside the caller's transaction. ----------------------------------- */

/** lk_parcel_wipe_person, lk_parcel_wipe_case: withdraws what @login still has to type;
 * what anybody has of @code. lk_parcel_wipe_begin() comes before the transaction,
 * lk_parcel_wipe_end() after it: what was deleted is overwritten, on the disk as well
 * unless another process is reading. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_parcel_wipe_begin(LkStore *store, GError **error);
G_GNUC_WARN_UNUSED_RESULT
bool lk_parcel_wipe_person(LkStore *store, const char *login, GError **error);
G_GNUC_WARN_UNUSED_RESULT
bool lk_parcel_wipe_case(LkStore *store, const LkCaseCode *code, GError **error);
G_GNUC_WARN_UNUSED_RESULT
bool lk_parcel_wipe_end(LkStore *store, GError **error);

/* --- typed.c ---------------------------------------------------------------------- */

/**
 * lk_typed_check: whether what is said of the field is sealed, and may still be.
 * @code: (out): the file that its page lies in
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_typed_check(LkStore *store, const LkDecision *decision, LkCaseCode *code,
                    GError **error);

/** lk_value_seal: (transfer full): @value ("": NULL) behind @head, which says what it
 * belongs to; padded, so that the length does not tell that of a name. */
G_GNUC_WARN_UNUSED_RESULT
GBytes *lk_value_seal(LkStore *store, const char *domain, const char *head,
                      const char *value, GError **error);

/** lk_value_cut: leaves in @clear the value alone; false if another head is in front
 * of it. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_value_cut(LkSecret *clear, const char *head);

/**
 * lk_typed_seal: the value of @decision as sealed_values keeps what was typed.
 * @at: of its row
 */
G_GNUC_WARN_UNUSED_RESULT
GBytes *lk_typed_seal(LkStore *store, const char *domain, const LkDecision *decision,
                      const char *at, GError **error);

/**
 * lk_typed_put: keeps the value of @decision sealed to the case file @code ("": to the
 * reception); needs no secret; inside the caller's transaction.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_typed_put(LkStore *store, const LkCaseCode *code, const LkDecision *decision,
                  const char *at, GError **error);

/** lk_typed_migrate: lk_store_seal_decisions() inside the migration's transaction; an
 * office without keys keeps them until `lakana protect`. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_typed_migrate(LkStore *store, GError **error);

/**
 * lk_typed_open:
 * @place: page, field and row; the rest is not looked at
 *
 * Returns: (transfer full): the value; LK_STORE_ERROR_LOCKED, LK_STORE_ERROR_DAMAGED
 */
G_GNUC_WARN_UNUSED_RESULT
LkSecret *lk_typed_open(LkSession *session, const char *domain, const LkDecision *place,
                        const char *at, GBytes *sealed, GError **error);

/* --- settle.c --------------------------------------------------------------------- */

/**
 * lk_page_release, lk_page_assigned: before and after a page is filed that a person
 * says is @said->page; inside the caller's transaction. @held: whether that one held.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_page_release(LkStore *store, const LkPageSaid *said, int *held, GError **error);
G_GNUC_WARN_UNUSED_RESULT
bool lk_page_assigned(LkStore *store, const LkPageSaid *said, int held, gint64 as,
                      GError **error);

G_END_DECLS

#endif
