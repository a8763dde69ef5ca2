/* restore.c - a backup opened, checked, and made an office again. Everything is put
 * together under a temporary name beside the place; the folder appears whole or not at
 * all. */
#include "store/store.h"

#include "store/disk.h"
#include "store/keep.h"
#include "store/keyring.h"
#include "store/keys.h"
#include "store/pour.h"
#include "store/rows.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define BLOCK_SIZE 65536
#define LOCK_NAME "restore.lock" /* in the folder while it is being made */
#define PART ".part"

void
lk_restore_report_clear(LkRestoreReport *report)
{
    g_free(report->office);
    g_free(report->made);
    g_clear_pointer(&report->lost, g_ptr_array_unref);
    *report = (LkRestoreReport){0};
}

/* --- The file. ---------------------------------------------------------------------
 */

struct LkBackup {
    char *path;
    int fd;       /* stands where the sealed stream begins */
    off_t stream; /* offset of it */
    LkStore *keys;
};

void
lk_backup_free(LkBackup *backup)
{
    if (backup != NULL) {
        lk_store_free(backup->keys);
        lk_fd_clear(&backup->fd);
        g_free(backup->path);
        g_free(backup);
    }
}

LkStore *
lk_backup_keys(const LkBackup *backup)
{
    return backup->keys;
}

static bool
not_a_backup(const char *path, GError **error)
{
    g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED,
                _("%s is not a backup of lakana, or it was cut short or altered; take "
                  "another one"),
                path);
    return false;
}

static bool
read_head(LkBackup *backup, GError **error)
{
    struct {
        char magic[LK_BACKUP_MAGIC_LEN];
        uint32_t size;
    } head = {0};
    size_t got = 0;
    if (!lk_disk_read(backup->fd, backup->path, &head, sizeof head, &got, error)) {
        return false;
    }
    uint32_t size = GUINT32_FROM_LE(head.size);
    if (got != sizeof head ||
        memcmp(head.magic, LK_BACKUP_MAGIC, sizeof head.magic) != 0 ||
        size > LK_BACKUP_MAX_KEYS) {
        return not_a_backup(backup->path, error);
    }
    g_autofree char *text = g_malloc(size);
    if (!lk_disk_read(backup->fd, backup->path, text, size, &got, error)) {
        return false;
    }
    if (got != size) {
        return not_a_backup(backup->path, error);
    }
    backup->stream = (off_t)(sizeof head + size);
    backup->keys = lk_keyring_load(text, size, error);
    if (backup->keys == NULL) {
        g_prefix_error(error, _("%s: "), backup->path);
    }
    return backup->keys != NULL;
}

LkBackup *
lk_backup_open(const char *path, GError **error)
{
    g_autoptr(LkBackup) backup = g_new0(LkBackup, 1);
    backup->path = g_strdup(path);
    backup->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (backup->fd < 0) {
        (void)lk_disk_fail(path, errno, error);
        return NULL;
    }
    return read_head(backup, error) ? g_steal_pointer(&backup) : NULL;
}

/* --- Where it goes. ----------------------------------------------------------------
 */

typedef struct {
    char *dir;       /* the office to be; NULL: only checks */
    char *temporary; /* dir ".part"; NULL once it has its name */
    int lock_fd;
    int memory_fd; /* the database, when only checking; else -1 */
} Target;

static void
target_clear(Target *target)
{
    if (target->temporary != NULL && target->lock_fd >= 0 &&
        !lk_remove_tree(target->temporary, LOCK_NAME, NULL)) {
        /* The next restore to the same place will. */
    }
    lk_fd_clear(&target->lock_fd);
    lk_fd_clear(&target->memory_fd);
    g_free(target->dir);
    g_free(target->temporary);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Target, target_clear)

/* The folder may be there if nothing is in it. */
static bool
check_free(const char *dir, GError **error)
{
    struct stat info;
    if (lstat(dir, &info) != 0) {
        return true;
    }
    g_autoptr(GDir) entries = S_ISDIR(info.st_mode) ? g_dir_open(dir, 0, NULL) : NULL;
    if (entries != NULL && g_dir_read_name(entries) == NULL) {
        return true;
    }
    g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_EXISTS,
                _("%s is not empty and was left as it is; choose a new or an empty "
                  "folder"),
                dir);
    return false;
}

/* What an interrupted restore left behind: it can be told by its lock file, which
 * nobody holds. */
static bool
sweep(const Target *target, GError **error)
{
    g_autofree char *lock = g_build_filename(target->temporary, LOCK_NAME, NULL);
    g_auto(LkFd) fd = open(lock, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT) {
        /* Nothing; or a folder that did not come to its lock, which is empty. */
        return rmdir(target->temporary) == 0 || errno == ENOENT ||
               lk_disk_fail(target->temporary, errno, error);
    }
    if (fd < 0) {
        return lk_disk_fail(lock, errno, error);
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_BUSY,
                    _("%s: another `lakana restore` is making this folder"),
                    target->dir);
        return false;
    }
    return lk_remove_tree(target->temporary, LOCK_NAME, error);
}

static bool
begin(Target *target, const char *dir, GError **error)
{
    if (dir == NULL) {
        target->memory_fd = memfd_create("lakana.db", MFD_CLOEXEC);
        return target->memory_fd >= 0 || lk_disk_fail(LK_DB_NAME, errno, error);
    }
    size_t length = strlen(dir); /* "DIR/" and "DIR" are one place */
    while (length > 1 && dir[length - 1] == '/') {
        length--;
    }
    target->dir = g_strndup(dir, length);
    if (!check_free(target->dir, error)) {
        return false;
    }
    target->temporary = g_strconcat(target->dir, PART, NULL);
    if (!sweep(target, error)) {
        return false;
    }
    g_autofree char *lock = g_build_filename(target->temporary, LOCK_NAME, NULL);
    if (mkdir(target->temporary, 0700) != 0) {
        return lk_disk_fail(target->temporary, errno, error);
    }
    target->lock_fd = open(lock, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return (target->lock_fd >= 0 && flock(target->lock_fd, LOCK_EX | LOCK_NB) == 0) ||
           lk_disk_fail(lock, errno, error);
}

/* --- Entry by entry. ---------------------------------------------------------------
 */

typedef struct {
    Target *target;
    LkRestoreReport *report;
    GHashTable *seen;   /* names of scans and page files, to Seen */
    LkSession *session; /* NULL: it cannot open scans */
} Work;

/** A file as it came. */
typedef struct {
    gint64 clear_size; /* of what is sealed in it; -1: it is not whole */
    bool is_sealed;
    bool lends;    /* a page that lends from a scan */
    bool is_wrong; /* a scan that is not what its name says */
} Seen;

static bool
read_manifest(LkBundleReader *reader, gint64 size, LkRestoreReport *report,
              GError **error)
{
    g_autoptr(GBytes) bytes = lk_bundle_take(reader, size, error);
    if (bytes == NULL) {
        return false;
    }
    gsize length = 0;
    const char *text = g_bytes_get_data(bytes, &length);
    g_autoptr(JsonParser) parser = lk_json_parse(text, length);
    JsonObject *object =
        parser != NULL ? json_node_get_object(json_parser_get_root(parser)) : NULL;
    gint64 version =
        object != NULL
            ? json_object_get_int_member_with_default(object, "lakana_backup", 0)
            : 0;
    if (version > 1) {
        g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_NEWER,
                            _("written by a newer lakana: update this program"));
        return false;
    }
    if (version < 1) {
        g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED,
                            _("it does not say what it is"));
        return false;
    }
    report->office =
        g_strdup(json_object_get_string_member_with_default(object, "office", ""));
    report->made =
        g_strdup(json_object_get_string_member_with_default(object, "made", ""));
    return true;
}

/* Which of the kinds of files @name is; NULL for the others. */
static const LkKeepKind *
kind_of(const char *name)
{
    for (const LkKeepKind *kind = lk_keep_kinds; kind->sql != NULL; kind++) {
        if (g_str_has_prefix(name, kind->folder) && name[strlen(kind->folder)] == '/') {
            return kind;
        }
    }
    return NULL;
}

/* Where the entry is written if nothing shall be: the database in memory, and a scan,
 * as long as it is looked into; else nowhere. */
static bool
open_in_passing(const Work *work, const char *name, int *fd, GError **error)
{
    const LkKeepKind *kind = kind_of(name);
    bool database = strcmp(name, LK_DB_NAME) == 0;
    bool scan = kind != NULL && kind->named_by_hash && work->session != NULL;
    *fd = database ? dup(work->target->memory_fd)
          : scan   ? memfd_create("scan", MFD_CLOEXEC)
                   : -1;
    return (!database && !scan) || *fd >= 0 || lk_disk_fail(name, errno, error);
}

/* A new file in the folder. */
static bool
open_entry(const Target *target, const char *name, int *fd, GError **error)
{
    g_autofree char *path = g_build_filename(target->temporary, name, NULL);
    g_autofree char *folder = g_path_get_dirname(path);
    if (g_mkdir_with_parents(folder, 0700) != 0) {
        return lk_disk_fail(folder, errno, error);
    }
    *fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
               kind_of(name) != NULL ? 0400 : 0600);
    return *fd >= 0 || lk_disk_fail(path, errno, error);
}

/* Whether the file @name, in clear, has the hash that it is named by. */
static bool
is_named_so(const char *name, crypto_generichash_state *state)
{
    uint8_t hash[32];
    char hex[LK_HASH_LEN + 1];
    crypto_generichash_final(state, hash, sizeof hash);
    lk_hash_hex(hash, hex);
    return g_str_has_suffix(name, hex);
}

static bool
hash_piece(const void *bytes, size_t size, void *data, GError **error)
{
    (void)error;
    crypto_generichash_update(data, bytes, size);
    return true;
}

/* What can be told of the file by its first @n bytes. */
static void
look_at(Seen *seen, const uint8_t *start, size_t n, gint64 size)
{
    seen->is_sealed = lk_is_sealed(start, n);
    seen->clear_size = seen->is_sealed ? lk_sealed_clear_size(start, n, size) : size;
    seen->lends = n >= strlen(LK_SEALED_PAGE) &&
                  memcmp(start, LK_SEALED_PAGE, strlen(LK_SEALED_PAGE)) == 0;
}

/* Opens the sealed scan @fd and compares it with its name. */
static bool
is_right_inside(const Work *work, int fd, const char *name)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, 32);
    return lseek(fd, 0, SEEK_SET) == 0 &&
           lk_unseal_fd(work->session, fd, name, hash_piece, &state, NULL) &&
           is_named_so(name, &state);
}

/* @size: of the entry; @seen: (out): of a scan or page file */
static bool
copy_entry(const Work *work, LkBundleReader *reader, const char *name, gint64 size,
           Seen *seen, GError **error)
{
    const LkKeepKind *kind = kind_of(name);
    bool is_scan = kind != NULL && kind->named_by_hash;
    g_auto(LkFd) fd = -1;
    if (!(work->target->dir == NULL ? open_in_passing(work, name, &fd, error)
                                    : open_entry(work->target, name, &fd, error))) {
        return false;
    }
    g_autofree uint8_t *block = g_malloc(BLOCK_SIZE);
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, 32);
    size_t got = 1;
    for (bool first = true; got > 0; first = false) {
        if (!lk_bundle_next(reader, block, BLOCK_SIZE, &got, error) ||
            (fd >= 0 && !lk_disk_write(fd, name, block, got, error))) {
            return false;
        }
        if (first) {
            look_at(seen, block, got, size);
        }
        if (is_scan && !seen->is_sealed) {
            crypto_generichash_update(&state, block, got);
        }
    }
    if (is_scan && !seen->is_sealed) {
        seen->is_wrong = !is_named_so(name, &state);
    } else if (is_scan && work->session != NULL) {
        seen->is_wrong = !is_right_inside(work, fd, name);
    }
    return true;
}

static bool
take_entry(LkBundleReader *reader, const char *name, gint64 size, void *data,
           GError **error)
{
    Work *work = data;
    if (strcmp(name, LK_BUNDLE_MANIFEST) == 0) {
        return read_manifest(reader, size, work->report, error);
    }
    Seen *seen = g_new0(Seen, 1);
    g_hash_table_replace(work->seen, g_strdup(name), seen);
    return copy_entry(work, reader, name, size, seen, error);
}

/* --- What was made of it. ----------------------------------------------------------
 */

static bool
not_whole(GError **error)
{
    g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED,
                        _("there is no database in it"));
    return false;
}

/* A database in memory, read where the entry was written. */
static LkStore *
open_in_memory(const Target *target, GError **error)
{
    struct stat info;
    if (fstat(target->memory_fd, &info) != 0 || info.st_size == 0) {
        (void)not_whole(error);
        return NULL;
    }
    g_autoptr(LkStore) store = lk_store_connect("", ":memory:", error);
    if (store == NULL) {
        return NULL;
    }
    size_t size = (size_t)info.st_size;
    void *bytes =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, target->memory_fd, 0);
    if (bytes == MAP_FAILED) {
        (void)lk_disk_fail(LK_DB_NAME, errno, error);
        return NULL;
    }
    /* Stays mapped until the process ends: SQLite reads it as long as it is open. */
    if (sqlite3_deserialize(store->db, "main", bytes, info.st_size, info.st_size,
                            SQLITE_DESERIALIZE_READONLY) != SQLITE_OK) {
        (void)lk_sql_fail(store, error);
        return NULL;
    }
    return g_steal_pointer(&store);
}

static LkStore *
open_database(const Target *target, GError **error)
{
    if (target->dir == NULL) {
        return open_in_memory(target, error);
    }
    g_autofree char *path = g_build_filename(target->temporary, LK_DB_NAME, NULL);
    struct stat info;
    if (stat(path, &info) != 0 || info.st_size == 0) {
        (void)not_whole(error);
        return NULL;
    }
    return lk_store_connect(target->temporary, path, error);
}

/* The keys that opened the backup and those that lie in it are of one office. */
static bool
check_people(LkStore *store, LkStore *keys, GError **error)
{
    uint8_t outside[LK_KEY_LEN];
    uint8_t inside[LK_KEY_LEN];
    g_autoptr(GPtrArray) people = NULL;
    if (!lk_guard_check_base(store, error) ||
        !lk_office_sign_public(keys, outside, error) ||
        !lk_office_sign_public(store, inside, error)) {
        return false;
    }
    if (memcmp(outside, inside, sizeof inside) != 0) {
        return lk_damaged_key(store, LK_DOMAIN_SIGN, error);
    }
    people = lk_person_list(store, error);
    return people != NULL;
}

static bool
lends(const char *name, const void *data)
{
    const Work *work = data;
    g_autofree char *entry = lk_keep_name(&lk_keep_kinds[1], name);
    const Seen *seen = g_hash_table_lookup(work->seen, entry);
    return seen == NULL || seen->lends;
}

/* A file that the database knows; @size in clear, of a scan. */
static bool
count_file(LkStore *store, const Work *work, const LkKeepKind *kind, char *name,
           gint64 size, GError **error)
{
    LkRestoreReport *report = work->report;
    bool is_scan = kind == lk_keep_kinds;
    const Seen *seen = g_hash_table_lookup(work->seen, name);
    LkLostFile lost = {.name = name, .is_missing = seen == NULL};
    if (seen != NULL) {
        *(is_scan ? &report->scans : &report->pages) += 1;
        if (!is_scan || (!seen->is_wrong && seen->clear_size == size)) {
            return true;
        }
    }
    *(seen == NULL ? &report->missing : &report->damaged) += 1;
    return lk_keep_lose(report->lost, store, kind, &lost, lends, work, error);
}

static bool
count_files(LkStore *store, const Work *work, GError **error)
{
    for (const LkKeepKind *kind = lk_keep_kinds; kind->sql != NULL; kind++) {
        g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(store, error, kind->sql, "");
        LkSqlStep step = LK_SQL_FAILED;
        while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
            g_autofree char *name = lk_keep_name(kind, lk_sql_text(rows, 0));
            if (!count_file(store, work, kind, name, sqlite3_column_int64(rows, 1),
                            error)) {
                return false;
            }
        }
        if (step != LK_SQL_END) {
            return false;
        }
    }
    return true;
}

static bool
read_journal(LkStore *store, LkRestoreReport *report, GError **error)
{
    g_autoptr(sqlite3_stmt) row = lk_sql_prepare(
        store, error, "SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1", "");
    if (row == NULL || lk_sql_step(store, row, error) == LK_SQL_FAILED) {
        return false;
    }
    report->journal = sqlite3_column_int64(row, 0);
    lk_sql_copy(row, 1, report->journal_hash, sizeof report->journal_hash);
    return true;
}

static bool
write_line(LkStore *store, void *data, GError **error)
{
    const LkRestoreReport *report = data;
    g_autofree char *detail = g_strdup_printf(
        "{\"journal\":%" G_GINT64_FORMAT ",\"missing\":%d,\"damaged\":%d}",
        report->journal, report->missing, report->damaged);
    return lk_journal_add(store, "restored", detail, error);
}

/* The last words in the database; closing it leaves one file. */
static bool
finish_database(LkStore *store, LkRestoreReport *report, GError **error)
{
    return lk_sql_transaction(store, write_line, report, error) &&
           lk_sql_exec(store, "PRAGMA journal_mode = WAL", error);
}

/* The folder gets its name when all of it is on the disk. */
static bool
settle(Target *target, GError **error)
{
    g_autofree char *lock = g_build_filename(target->temporary, LOCK_NAME, NULL);
    g_auto(LkFd) fd = open(target->temporary, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || syncfs(fd) != 0) {
        return lk_disk_fail(target->temporary, errno, error);
    }
    if (!lk_rename_new(target->temporary, target->dir, error)) {
        return false;
    }
    g_clear_pointer(&target->temporary, g_free);
    g_autofree char *moved = g_build_filename(target->dir, LOCK_NAME, NULL);
    (void)unlink(moved);
    return lk_disk_sync_parent(target->dir, error);
}

static bool
check_all(const Work *work, LkStore *store, LkBackup *backup, GError **error)
{
    return lk_keep_check(store, error) && check_people(store, backup->keys, error) &&
           count_files(store, work, error) && read_journal(store, work->report, error);
}

bool
lk_backup_restore(LkBackup *backup, LkSession *session, const char *dir,
                  LkRestoreReport *report, GError **error)
{
    g_return_val_if_fail(lk_session_store(session) == backup->keys, false);
    report->lost = g_ptr_array_new_with_free_func(lk_lost_file_free);
    g_auto(Target) target = {NULL, NULL, -1, -1};
    if (!begin(&target, dir, error)) {
        return false;
    }
    if (lseek(backup->fd, backup->stream, SEEK_SET) < 0) {
        return lk_disk_fail(backup->path, errno, error);
    }
    g_autoptr(GHashTable) seen =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (!lk_session_holds(session, LK_DOMAIN_ARCHIVE, &report->looked_inside, error)) {
        return false;
    }
    Work work = {&target, report, seen, report->looked_inside ? session : NULL};
    LkPour pour = {backup->fd, backup->path, session};
    if (!lk_pour(&pour, LK_BUNDLE_BACKUP, take_entry, &work, error)) {
        return false;
    }
    g_autoptr(LkStore) store = open_database(&target, error);
    if (store == NULL || !check_all(&work, store, backup, error)) {
        return false;
    }
    if (dir == NULL) {
        return true;
    }
    store->who = g_strdup(lk_session_login(session));
    bool finished = finish_database(store, report, error);
    g_clear_pointer(&store, lk_store_free);
    return finished && settle(&target, error);
}
