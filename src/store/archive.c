/* archive.c - scans, byte for byte, before anything is read from them; sealed.
 *
 * archive/ab/cd/abcd…: a file appears under the hash of its clear bytes whole or not at
 * all, so a name that is there is a scan that is there. What an interrupted copy leaves
 * in archive/incoming is removed by the next one; a copy that still runs holds a lock
 * on its file. */
#include "store/chunks.h"
#include "store/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define INCOMING_NAME "incoming"
#define BLOCK_SIZE ((size_t)256 * 1024)

void
lk_hash_hex(const uint8_t hash[32], char hex[LK_HASH_LEN + 1])
{
    sodium_bin2hex(hex, LK_HASH_LEN + 1, hash, 32);
}

static bool
fail_errno(const char *path, int reason, GError **error)
{
    if (reason == ENOSPC || reason == EDQUOT) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FULL,
                    _("%s: the disk is full; what was filed before is safe: make room, "
                      "then run the same command again"),
                    path);
    } else {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FILE, _("%s: %s"), path,
                    lk_errno_text(reason));
    }
    return false;
}

bool
lk_sync_dir(const char *path, GError **error)
{
    g_auto(LkFd) fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0) {
        return fail_errno(path, errno, error);
    }
    return true;
}

/* --- Hash and seal. ----------------------------------------------------------------
 */

typedef struct {
    int from;
    const char *path;      /* for messages */
    LkChunkWriter *sealer; /* NULL: only hash */
} Stream;

/* All of the file, from its beginning, wherever its descriptor stands. */
static bool
hash_and_seal(const Stream *stream, char hex[LK_HASH_LEN + 1], gint64 *size,
              GError **error)
{
    g_autofree uint8_t *block = g_malloc(BLOCK_SIZE);
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, 32);
    *size = 0;
    for (;;) {
        ssize_t got = pread(stream->from, block, BLOCK_SIZE, *size);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return fail_errno(stream->path, errno, error);
        }
        if (got == 0) {
            break;
        }
        crypto_generichash_update(&state, block, (size_t)got);
        if (stream->sealer != NULL &&
            !lk_chunks_write(stream->sealer, block, (size_t)got, error)) {
            return false;
        }
        *size += got;
    }
    sodium_memzero(block, BLOCK_SIZE);
    uint8_t hash[32];
    crypto_generichash_final(&state, hash, sizeof hash);
    lk_hash_hex(hash, hex);
    return stream->sealer == NULL || lk_chunks_end(stream->sealer, error);
}

/* --- Places in the archive. --------------------------------------------------------
 */

char *
lk_archive_path(const LkStore *store, const char *hex)
{
    char first[3] = {hex[0], hex[1], '\0'};
    char second[3] = {hex[2], hex[3], '\0'};
    return g_build_filename(store->dir, LK_ARCHIVE_NAME, first, second, hex, NULL);
}

static bool
make_dir(const char *path, GError **error)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST || fail_errno(path, errno, error);
}

/* A folder is synchronised once by each process, even if it was there: whoever made it
 * may not have come to that. */
bool
lk_make_folders(LkStore *store, const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    if (strlen(folder) <= strlen(store->dir) ||
        g_hash_table_contains(store->folders, folder)) {
        return true;
    }
    g_autofree char *parent = g_path_get_dirname(folder);
    if (!lk_make_folders(store, folder, error) || !make_dir(folder, error) ||
        !lk_sync_dir(parent, error)) {
        return false;
    }
    g_hash_table_add(store->folders, g_steal_pointer(&folder));
    return true;
}

bool
lk_incoming_settle(int fd, const char *temporary, const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    if (fsync(fd) != 0 || rename(temporary, path) != 0) {
        return fail_errno(path, errno, error);
    }
    return lk_sync_dir(folder, error);
}

/* Removes what interrupted copies left behind; failing to is no reason to stop. */
static void
sweep(const char *incoming)
{
    g_autoptr(GDir) dir = g_dir_open(incoming, 0, NULL);
    const char *name = NULL;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(incoming, name, NULL);
        g_auto(LkFd) fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
            (void)unlink(path);
        }
    }
}

/* A temporary file in archive/incoming, locked: a sweep leaves it alone. The lock comes
 * after the name, so look whether a sweep was quicker. */
int
lk_incoming_open(LkStore *store, char **path, GError **error)
{
    g_autofree char *archive = g_build_filename(store->dir, LK_ARCHIVE_NAME, NULL);
    g_autofree char *incoming = g_build_filename(archive, INCOMING_NAME, NULL);
    if (!store->is_swept) {
        if (!make_dir(archive, error) || !make_dir(incoming, error)) {
            return -1;
        }
        sweep(incoming);
        store->is_swept = true;
    }
    for (;;) {
        g_autofree char *name = g_build_filename(incoming, "scan-XXXXXX", NULL);
        g_auto(LkFd) fd = g_mkstemp_full(name, O_RDWR | O_CLOEXEC, 0400);
        struct stat info;
        if (fd < 0 || flock(fd, LOCK_EX) != 0 || fstat(fd, &info) != 0) {
            (void)fail_errno(name, errno, error);
            return -1;
        }
        if (info.st_nlink > 0) {
            *path = g_steal_pointer(&name);
            return lk_fd_take(&fd);
        }
    }
}

/* Moves the finished copy to its place, unless the same bytes are there. */
static bool
settle(LkStore *store, int fd, const char *temporary, const LkStoreScan *scan,
       bool *is_new, GError **error)
{
    g_autofree char *place = lk_archive_path(store, scan->hash);
    if (!lk_make_folders(store, place, error)) {
        return false;
    }
    char domain[LK_DOMAIN_MAX + 1] = "";
    *is_new = true;
    if (!lk_archive_looks_whole(store, scan->hash, scan->size) ||
        !lk_sealed_file_domain(place, domain, NULL) || domain[0] == '\0') {
        return lk_incoming_settle(fd, temporary, place, error);
    }
    *is_new = false;
    (void)unlink(temporary);
    g_autofree char *folder = g_path_get_dirname(place);
    return lk_sync_dir(folder, error);
}

static bool
archive_sealed(LkStore *store, int from, const char *path, LkStoreScan *scan,
               LkSecret **master, GError **error)
{
    g_autofree char *temporary = NULL;
    g_auto(LkFd) fd = lk_incoming_open(store, &temporary, error);
    if (fd < 0) {
        return false;
    }
    g_autoptr(LkChunkWriter) sealer =
        lk_chunks_new(store, LK_DOMAIN_ARCHIVE, fd, error);
    Stream stream = {from, path, sealer};
    bool is_new = false;
    if (sealer != NULL && hash_and_seal(&stream, scan->hash, &scan->size, error) &&
        settle(store, fd, temporary, scan, &is_new, error)) {
        *master = is_new ? lk_chunks_take_master(sealer) : NULL;
        return true;
    }
    (void)unlink(temporary);
    return false;
}

/* --- Scans. ------------------------------------------------------------------------
 */

static const char *const state_names[] = {"pending", "done", "rejected"};

static LkScanState
state_from_name(const char *name)
{
    for (int i = 0; i < (int)G_N_ELEMENTS(state_names); i++) {
        if (strcmp(name, state_names[i]) == 0) {
            return (LkScanState)i;
        }
    }
    return LK_SCAN_PENDING;
}

void
lk_store_scan_clear(LkStoreScan *scan)
{
    g_free(scan->path);
    g_free(scan->reason);
    *scan = (LkStoreScan){0};
}

/* Fills @scan from the row with its hash. @found: whether there is one. */
static bool
load_row(LkStore *store, LkStoreScan *scan, bool *found, GError **error)
{
    g_autoptr(sqlite3_stmt) row =
        lk_sql_prepare(store, error,
                       "SELECT id, state, n_pages, reason, size FROM scans"
                       " WHERE hash = ?",
                       "t", scan->hash);
    LkSqlStep step = row != NULL ? lk_sql_step(store, row, error) : LK_SQL_FAILED;
    *found = step == LK_SQL_ROW;
    if (*found) {
        scan->id = sqlite3_column_int64(row, 0);
        scan->state = state_from_name(lk_sql_text(row, 1));
        scan->n_pages = sqlite3_column_int(row, 2);
        g_free(scan->reason);
        scan->reason = g_strdup(lk_sql_text_or_null(row, 3));
        scan->size = sqlite3_column_int64(row, 4);
    }
    return step != LK_SQL_FAILED;
}

static bool
insert_row(LkStore *store, void *data, GError **error)
{
    LkStoreScan *scan = data;
    bool found = false;
    if (!load_row(store, scan, &found, error)) {
        return false;
    }
    if (found) {
        return true;
    }
    g_autofree char *now = lk_now();
    g_autofree char *detail = g_strdup_printf(
        "{\"hash\":\"%s\",\"size\":%" G_GINT64_FORMAT "}", scan->hash, scan->size);
    return lk_sql_run(store, error,
                      "INSERT INTO scans (hash, size, received_at, state, sealed)"
                      " VALUES (?, ?, ?, 'pending', 1)",
                      "tit", scan->hash, scan->size, now) &&
           lk_journal_add(store, "scan", detail, error) &&
           load_row(store, scan, &found, error);
}

/* A file of a size we have seen is hashed before it is sealed: running the same command
 * again should not write gigabytes. @found: it has a row, and lies there. */
static bool
is_archived(LkStore *store, const Stream *stream, gint64 size, LkStoreScan *scan,
            bool *found, GError **error)
{
    gint64 seen = 0;
    *found = false;
    if (!lk_sql_number(store, &seen, error, "SELECT count(*) FROM scans WHERE size = ?",
                       "i", size)) {
        return false;
    }
    if (seen == 0) {
        return true;
    }
    if (!hash_and_seal(stream, scan->hash, &scan->size, error) ||
        !load_row(store, scan, found, error)) {
        return false;
    }
    bool has_row = *found;
    *found = has_row && lk_archive_looks_whole(store, scan->hash, scan->size);
    return !has_row || *found ||
           lk_scan_is_lent(store, scan->id, &scan->is_lost, error);
}

static void
free_master(gpointer master)
{
    lk_secret_free(master);
}

/* For the pages that are filed of it: no later run has it. */
static void
keep_master(LkStore *store, gint64 scan, LkSecret *master)
{
    if (store->masters == NULL) {
        store->masters =
            g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, free_master);
    }
    g_hash_table_replace(store->masters, g_memdup2(&scan, sizeof scan), master);
}

const LkSecret *
lk_scan_master(const LkStore *store, gint64 scan)
{
    return store->masters != NULL ? g_hash_table_lookup(store->masters, &scan) : NULL;
}

static void
forget_master(LkStore *store, gint64 scan)
{
    if (store->masters != NULL) {
        g_hash_table_remove(store->masters, &scan);
    }
}

/* @anew: pages that were filed do not matter. */
static bool
begin_scan(LkStore *store, const Stream *from, bool anew, LkStoreScan *scan,
           GError **error)
{
    int fd = from->from;
    const char *path = from->path;
    struct stat info;
    if (fstat(fd, &info) != 0) {
        return fail_errno(path, errno, error);
    }
    if (!S_ISREG(info.st_mode)) {
        return fail_errno(path, S_ISDIR(info.st_mode) ? EISDIR : EINVAL, error);
    }
    g_auto(LkStoreScan) got = {0};
    g_autoptr(LkSecret) master = NULL;
    bool found = false;
    if (!lk_guard_require(store, error) ||
        !is_archived(store, from, info.st_size, &got, &found, error)) {
        return false;
    }
    bool is_first = got.id == 0;
    got.is_lost = got.is_lost && !anew;
    if (!found && !got.is_lost &&
        (!archive_sealed(store, fd, path, &got, &master, error) ||
         !lk_sql_transaction(store, insert_row, &got, error))) {
        return false;
    }
    /* Pages lend from the first file only: an earlier copy of it still fits them. */
    if (master != NULL && is_first) {
        keep_master(store, got.id, g_steal_pointer(&master));
    } else if (master != NULL) {
        forget_master(store, got.id);
    }
    got.path = lk_archive_path(store, got.hash);
    lk_store_scan_clear(scan);
    *scan = got;
    got = (LkStoreScan){0};
    return true;
}

bool
lk_store_scan_begin_fd(LkStore *store, int fd, const char *path, LkStoreScan *scan,
                       GError **error)
{
    g_return_val_if_fail(store != NULL && path != NULL && scan != NULL, false);
    Stream stream = {fd, path, NULL};
    return begin_scan(store, &stream, false, scan, error);
}

/* That the disk lost something is worth knowing. */
static bool
note_anew(LkStore *store, void *data, GError **error)
{
    const LkStoreScan *scan = data;
    g_autofree char *detail = g_strdup_printf(
        "{\"scan\":%" G_GINT64_FORMAT ",\"hash\":\"%s\"}", scan->id, scan->hash);
    return lk_journal_add(store, "archived-anew", detail, error);
}

bool
lk_store_scan_begin_anew(LkStore *store, int fd, const char *path, LkStoreScan *scan,
                         GError **error)
{
    g_return_val_if_fail(store != NULL && path != NULL && scan != NULL, false);
    Stream stream = {fd, path, NULL};
    return begin_scan(store, &stream, true, scan, error) &&
           lk_sql_transaction(store, note_anew, scan, error);
}

bool
lk_store_scan_begin(LkStore *store, const char *path, LkStoreScan *scan, GError **error)
{
    g_return_val_if_fail(store != NULL && path != NULL && scan != NULL, false);
    g_auto(LkFd) fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? fail_errno(path, errno, error)
                  : lk_store_scan_begin_fd(store, fd, path, scan, error);
}

typedef struct {
    gint64 scan;
    LkScanState state;
    int n_pages;
    const char *reason;
} Ending;

static bool
end_scan(LkStore *store, void *data, GError **error)
{
    const Ending *ending = data;
    gint64 same = 0;
    if (!lk_sql_number(store, &same, error,
                       "SELECT count(*) FROM scans WHERE id = ? AND state = ?", "it",
                       ending->scan, state_names[ending->state])) {
        return false;
    }
    if (same != 0) {
        return true;
    }
    g_autofree char *detail =
        ending->reason != NULL
            ? g_strdup_printf("{\"scan\":%" G_GINT64_FORMAT ",\"reason\":\"%s\"}",
                              ending->scan, ending->reason)
            : g_strdup_printf("{\"scan\":%" G_GINT64_FORMAT ",\"pages\":%d}",
                              ending->scan, ending->n_pages);
    return lk_sql_run(store, error,
                      "UPDATE scans SET state = ?, n_pages = ?, reason = ?"
                      " WHERE id = ?",
                      "tIti", state_names[ending->state], (gint64)ending->n_pages,
                      ending->reason, ending->scan) &&
           lk_journal_add(store, ending->state == LK_SCAN_DONE ? "filed" : "rejected",
                          detail, error);
}

bool
lk_store_scan_done(LkStore *store, gint64 scan, int n_pages, GError **error)
{
    Ending ending = {scan, LK_SCAN_DONE, n_pages, NULL};
    forget_master(store, scan);
    return lk_sql_transaction(store, end_scan, &ending, error);
}

bool
lk_store_scan_reject(LkStore *store, gint64 scan, const char *reason, GError **error)
{
    g_return_val_if_fail(strpbrk(reason, "\"\\/") == NULL, false);
    Ending ending = {scan, LK_SCAN_REJECTED, 0, reason};
    forget_master(store, scan);
    return lk_sql_transaction(store, end_scan, &ending, error);
}

/* --- Scans of an older office. ------------------------------------------------------
 */

char *
lk_store_scan_path(LkStore *store, gint64 scan, GError **error)
{
    g_autoptr(sqlite3_stmt) row =
        lk_sql_prepare(store, error, "SELECT hash FROM scans WHERE id = ?", "i", scan);
    LkSqlStep step = row != NULL ? lk_sql_step(store, row, error) : LK_SQL_FAILED;
    if (step == LK_SQL_END) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN,
                    _("there is no scan number %lld here"), (long long)scan);
    }
    return step == LK_SQL_ROW ? lk_archive_path(store, lk_sql_text(row, 0)) : NULL;
}

static bool
replace_by_sealed(LkStore *store, const char *path, GError **error)
{
    g_autofree char *temporary = NULL;
    g_auto(LkFd) from = open(path, O_RDONLY | O_CLOEXEC);
    if (from < 0) {
        return fail_errno(path, errno, error);
    }
    g_auto(LkFd) fd = lk_incoming_open(store, &temporary, error);
    if (fd < 0) {
        return false;
    }
    g_autofree char *name = g_path_get_basename(path);
    char hex[LK_HASH_LEN + 1];
    gint64 size = 0;
    g_autoptr(LkChunkWriter) sealer =
        lk_chunks_new(store, LK_DOMAIN_ARCHIVE, fd, error);
    Stream stream = {from, path, sealer};
    bool done = sealer != NULL && hash_and_seal(&stream, hex, &size, error);
    if (done && strcmp(hex, name) != 0) {
        g_set_error(
            error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED,
            _("%s: this scan was altered or cut off: put the file of an earlier "
              "copy of the office in its place, then run the same command "
              "again"),
            path);
        done = false;
    }
    if (!done || !lk_incoming_settle(fd, temporary, path, error)) {
        (void)unlink(temporary);
        return false;
    }
    return true;
}

bool
lk_store_seal_scan(LkStore *store, gint64 scan, GError **error)
{
    g_autofree char *path = lk_store_scan_path(store, scan, error);
    char domain[LK_DOMAIN_MAX + 1];
    return path != NULL && lk_sealed_file_domain(path, domain, error) &&
           (domain[0] != '\0' || replace_by_sealed(store, path, error)) &&
           lk_sql_run(store, error, "UPDATE scans SET sealed = 1 WHERE id = ?", "i",
                      scan);
}

/* Only what is named by its hash is ours. */
static bool
is_hash(const char *name)
{
    return strlen(name) == LK_HASH_LEN &&
           strspn(name, "0123456789abcdef") == LK_HASH_LEN;
}

static bool
seal_below(LkStore *store, const char *path, int depth, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name = NULL;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        char domain[LK_DOMAIN_MAX + 1];
        bool done = true;
        if (depth > 0 && strlen(name) == 2) {
            done = seal_below(store, child, depth - 1, error);
        } else if (depth == 0 && is_hash(name)) {
            done = lk_sealed_file_domain(child, domain, error) &&
                   (domain[0] != '\0' || replace_by_sealed(store, child, error));
        }
        if (!done) {
            return false;
        }
    }
    return true;
}

bool
lk_store_seal_strays(LkStore *store, GError **error)
{
    g_autofree char *archive = g_build_filename(store->dir, LK_ARCHIVE_NAME, NULL);
    return seal_below(store, archive, 2, error);
}
