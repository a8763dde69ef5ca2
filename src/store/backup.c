/* backup.c - the whole office into one sealed file, without a secret.
 *
 *   LKB1                     four bytes
 *   n                        four bytes, little-endian: size of what follows
 *   keyring (keyring.h)      n bytes of JSON, in clear
 *   LKS1 …                   sealed for `backup` and for the recovery key: the bundle
 *
 * The database is copied at one moment (VACUUM INTO) while others go on writing. Scans
 * and page files are there before the row that names them and never change, so those
 * that the copy names can be taken afterwards. */
#include "store/store.h"

#include "store/disk.h"
#include "store/keep.h"
#include "store/keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#define SNAPSHOT_PREFIX "snapshot-"
#define START_EVERY ((gint64)8 << 20) /* bytes */
#define MAX_TOLD 1000                 /* missing files named in the manifest */

void
lk_backup_report_clear(LkBackupReport *report)
{
    g_free(report->office);
    g_free(report->made);
    g_clear_pointer(&report->lost, g_ptr_array_unref);
    *report = (LkBackupReport){0};
}

/* --- The database at one moment. ---------------------------------------------------
 */

/* Copies that a power cut left behind. One that is being made is locked. */
static void
sweep(const LkStore *store)
{
    g_autoptr(GDir) dir = g_dir_open(store->dir, 0, NULL);
    const char *name = NULL;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        if (!g_str_has_prefix(name, SNAPSHOT_PREFIX)) {
            continue;
        }
        g_autofree char *path = g_build_filename(store->dir, name, NULL);
        g_auto(LkFd) fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
            (void)unlink(path);
        }
    }
}

/* The copy, and its bytes; its name is gone already. */
typedef struct {
    LkStore *store;
    int fd;
} Snapshot;

static void
snapshot_clear(Snapshot *snapshot)
{
    lk_store_free(snapshot->store);
    lk_fd_clear(&snapshot->fd);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Snapshot, snapshot_clear)

static bool
copy_database(LkStore *store, const char *path, Snapshot *snapshot, GError **error)
{
    if (!lk_sql_run(store, error, "VACUUM INTO ?", "t", path)) {
        return false;
    }
    snapshot->store = lk_store_connect(store->dir, path, error);
    return snapshot->store != NULL && lk_keep_check(snapshot->store, error);
}

/* An empty file of our own in the office, locked: a sweep leaves it alone. The lock
 * comes after the name, so look whether a sweep was quicker. */
static char *
open_snapshot(const LkStore *store, int *fd, GError **error)
{
    for (;;) {
        g_autofree char *path =
            g_build_filename(store->dir, SNAPSHOT_PREFIX "XXXXXX", NULL);
        g_auto(LkFd) new_fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
        struct stat info;
        if (new_fd < 0 || flock(new_fd, LOCK_EX) != 0 || fstat(new_fd, &info) != 0) {
            (void)lk_disk_fail(store->dir, errno, error);
            return NULL;
        }
        if (info.st_nlink > 0) {
            *fd = lk_fd_take(&new_fd);
            return g_steal_pointer(&path);
        }
    }
}

static bool
take_snapshot(LkStore *store, Snapshot *snapshot, GError **error)
{
    sweep(store);
    g_autofree char *path = open_snapshot(store, &snapshot->fd, error);
    if (path == NULL) {
        return false;
    }
    bool ok = copy_database(store, path, snapshot, error);
    (void)unlink(path);
    return ok;
}

/* --- What is in it. ----------------------------------------------------------------
 */

typedef struct {
    LkStore *store;    /* the office */
    LkStore *database; /* its copy */
    LkBundleWriter *bundle;
    LkBackupReport *report;
    GPtrArray *missing; /* char*, names */
} Work;

/** A file that the database knows. */
typedef struct {
    const LkKeepKind *kind;
    const char *name; /* in the bundle */
    const char *row;  /* the last part of it */
    gint64 size;      /* of a scan, in clear */
} Known;

typedef bool (*EachFile)(Work *work, const Known *file, GError **error);

static bool
each_file(Work *work, EachFile each, GError **error)
{
    for (const LkKeepKind *kind = lk_keep_kinds; kind->sql != NULL; kind++) {
        g_autoptr(sqlite3_stmt) rows =
            lk_sql_prepare(work->database, error, kind->sql, "");
        LkSqlStep step = LK_SQL_FAILED;
        while (rows != NULL &&
               (step = lk_sql_step(work->database, rows, error)) == LK_SQL_ROW) {
            g_autofree char *name = lk_keep_name(kind, lk_sql_text(rows, 0));
            Known file = {kind, name, strrchr(name, '/') + 1,
                          sqlite3_column_int64(rows, 1)};
            if (!each(work, &file, error)) {
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
lends(const char *name, const void *data)
{
    const Work *work = data;
    return lk_page_file_lends(work->store, name);
}

static bool
lose(Work *work, const Known *file, bool is_missing, GError **error)
{
    char *name = g_strdup(file->name);
    LkLostFile lost = {.name = name, .is_missing = is_missing};
    bool done = lk_keep_lose(work->report->lost, work->database, file->kind, &lost,
                             lends, work, error);
    g_free(name);
    return done;
}

static bool
look_for(Work *work, const Known *file, GError **error)
{
    g_autofree char *path = g_build_filename(work->store->dir, file->name, NULL);
    bool is_scan = file->kind == lk_keep_kinds;
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode)) {
        work->report->missing++;
        if (work->missing->len < MAX_TOLD) {
            g_ptr_array_add(work->missing, g_strdup(file->name));
        }
        return lose(work, file, true, error);
    }
    *(is_scan ? &work->report->scans : &work->report->pages) += 1;
    if (is_scan && !lk_archive_looks_whole(work->store, file->row, file->size)) {
        work->report->damaged++;
        return lose(work, file, false, error);
    }
    return true;
}

static void
add_text(JsonBuilder *json, const char *name, const char *text)
{
    json_builder_set_member_name(json, name);
    json_builder_add_string_value(json, text);
}

static void
add_number(JsonBuilder *json, const char *name, gint64 number)
{
    json_builder_set_member_name(json, name);
    json_builder_add_int_value(json, number);
}

static bool
put_manifest(Work *work, GError **error)
{
    const LkBackupReport *report = work->report;
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    add_number(json, "lakana_backup", 1);
    add_text(json, "program", LK_VERSION);
    add_text(json, "region", work->store->region);
    add_text(json, "office", report->office);
    add_text(json, "made", report->made);
    add_number(json, "scans", report->scans);
    add_number(json, "pages", report->pages);
    add_number(json, "missing", report->missing);
    json_builder_set_member_name(json, "missing_files");
    json_builder_begin_array(json);
    for (guint i = 0; i < work->missing->len; i++) {
        json_builder_add_string_value(json, g_ptr_array_index(work->missing, i));
    }
    json_builder_end_array(json);
    json_builder_end_object(json);
    g_autoptr(JsonNode) root = json_builder_get_root(json);
    g_autofree char *text = json_to_string(root, FALSE);
    return lk_bundle_put(work->bundle, LK_BUNDLE_MANIFEST, text, strlen(text), error);
}

static bool
is_missing(const Work *work, const char *name)
{
    return work->report->missing > 0 &&
           (work->report->missing > MAX_TOLD ||
            g_ptr_array_find_with_equal_func(work->missing, name, g_str_equal, NULL));
}

static bool
put_file(Work *work, const Known *file, GError **error)
{
    const char *name = file->name;
    g_autofree char *path = g_build_filename(work->store->dir, name, NULL);
    g_auto(LkFd) fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        return (errno == ENOENT && is_missing(work, name)) ||
               lk_disk_fail(path, errno, error);
    }
    return lk_bundle_put_file(work->bundle, name, fd, path, error);
}

/* The map of services is a file that the office may have. */
static bool
put_services(Work *work, GError **error)
{
    g_autofree char *path =
        g_build_filename(work->store->dir, LK_BUNDLE_SERVICES, NULL);
    g_auto(LkFd) fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return errno == ENOENT || lk_disk_fail(path, errno, error);
    }
    return lk_bundle_put_file(work->bundle, LK_BUNDLE_SERVICES, fd, path, error);
}

static bool
put_all(Work *work, int database_fd, GError **error)
{
    if (lseek(database_fd, 0, SEEK_SET) != 0) {
        return lk_disk_fail(work->store->dir, errno, error);
    }
    return put_manifest(work, error) && put_services(work, error) &&
           lk_bundle_put_file(work->bundle, LK_DB_NAME, database_fd,
                              work->store->db_path, error) &&
           each_file(work, put_file, error) && lk_bundle_end(work->bundle, error);
}

/* --- Sealing. ----------------------------------------------------------------------
 */

typedef struct {
    crypto_generichash_state hash; /* of everything written so far */
    LkSealWriter *seal;
    gint64 size;
    gint64 started; /* of it, what the disk was told to begin with */
    int fd;
} Output;

static void
watch(const void *bytes, size_t size, void *data)
{
    Output *output = data;
    crypto_generichash_update(&output->hash, bytes, size);
    output->size += (gint64)size;
    /* The disk works meanwhile: the wait at the end is short. */
    if (output->size - output->started >= START_EVERY) {
        (void)sync_file_range(output->fd, output->started,
                              output->size - output->started, SYNC_FILE_RANGE_WRITE);
        output->started = output->size;
    }
}

static bool
seal(const void *bytes, size_t size, void *data, GError **error)
{
    return lk_seal_file_write(((Output *)data)->seal, bytes, size, error);
}

static bool
write_head(LkStore *store, const LkNewFile *file, Output *output, GError **error)
{
    g_autofree char *keys = lk_keyring_text(store, error);
    if (keys == NULL) {
        return false;
    }
    uint32_t size = GUINT32_TO_LE((uint32_t)strlen(keys));
    g_autoptr(GByteArray) head = g_byte_array_new();
    g_byte_array_append(head, (const guint8 *)LK_BACKUP_MAGIC, LK_BACKUP_MAGIC_LEN);
    g_byte_array_append(head, (const guint8 *)&size, sizeof size);
    g_byte_array_append(head, (const guint8 *)keys, (guint)strlen(keys));
    watch(head->data, head->len, output);
    return lk_disk_write(file->fd, file->path, head->data, head->len, error);
}

static bool
recipient(LkStore *store, const char *name, LkRecipient *to, GError **error)
{
    to->name = name;
    return lk_domain_public(store, name, to->public, error);
}

static bool
write_file(Work *work, const Snapshot *snapshot, LkNewFile *file, Output *output,
           GError **error)
{
    LkRecipient to[2];
    if (!recipient(work->database, LK_DOMAIN_BACKUP, &to[0], error) ||
        !recipient(work->database, LK_DOMAIN_RECOVERY, &to[1], error) ||
        !write_head(work->database, file, output, error)) {
        return false;
    }
    g_autoptr(LkSealWriter) sealer =
        lk_seal_file_new_for(to, G_N_ELEMENTS(to), file->fd, error);
    if (sealer == NULL) {
        return false;
    }
    lk_seal_file_watch(sealer, watch, output);
    output->seal = sealer;
    g_autoptr(LkBundleWriter) bundle =
        lk_bundle_writer_new(LK_BUNDLE_BACKUP, seal, output);
    work->bundle = bundle;
    return put_all(work, snapshot->fd, error) && lk_seal_file_end(sealer, error);
}

/* --- All of it. --------------------------------------------------------------------
 */

typedef struct {
    const LkBackupReport *report;
    const char *hash;
} Line;

/* Written before the file has its name: an export without its line would be worse than
 * a line for one that failed in the last moment. */
static bool
write_line(LkStore *store, void *data, GError **error)
{
    const Line *line = data;
    g_autofree char *detail = g_strdup_printf(
        "{\"hash\":\"%s\",\"size\":%" G_GINT64_FORMAT ",\"scans\":%d,\"pages\":%d,"
        "\"missing\":%d}",
        line->hash, line->report->size, line->report->scans, line->report->pages,
        line->report->missing);
    return lk_journal_add(store, "backup", detail, error);
}

static bool
finish(LkStore *store, LkNewFile *file, Output *output, LkBackupReport *report,
       GError **error)
{
    uint8_t hash[32];
    char hex[LK_HASH_LEN + 1];
    crypto_generichash_final(&output->hash, hash, sizeof hash);
    lk_hash_hex(hash, hex);
    report->size = output->size;
    Line line = {report, hex};
    return lk_new_file_verify(file, 0, hash, error) &&
           lk_sql_transaction(store, write_line, &line, error) &&
           lk_new_file_keep(file, error);
}

bool
lk_backup_write(LkStore *store, const char *path, LkBackupReport *report,
                GError **error)
{
    g_return_val_if_fail(store != NULL && path != NULL && report != NULL, false);
    g_auto(LkNewFile) file = {NULL, NULL, -1};
    g_auto(Snapshot) snapshot = {NULL, -1};
    if (!lk_guard_require(store, error) || !lk_new_file_begin(path, &file, error) ||
        !take_snapshot(store, &snapshot, error)) {
        return false;
    }
    report->office = g_strdup(store->office);
    report->made = lk_now();
    report->lost = g_ptr_array_new_with_free_func(lk_lost_file_free);
    g_autoptr(GPtrArray) missing = g_ptr_array_new_with_free_func(g_free);
    Work work = {store, snapshot.store, NULL, report, missing};
    Output output = {.fd = file.fd};
    crypto_generichash_init(&output.hash, NULL, 0, 32);
    return each_file(&work, look_for, error) &&
           write_file(&work, &snapshot, &file, &output, error) &&
           finish(store, &file, &output, report, error);
}
