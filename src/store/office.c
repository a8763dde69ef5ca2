/* office.c - the folder: created once, opened often. */
#include "store/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEW_DB_NAME LK_DB_NAME ".new"
#define LOCK_NAME "intake.lock"
#define REVIEW_LOCK_NAME "review.lock"

static LkStore *
store_new(const char *dir)
{
    if (sodium_init() < 0) {
        g_error("libsodium cannot start"); /* no random source: nothing can go on */
    }
    LkStore *store = g_new0(LkStore, 1);
    store->dir = g_strdup(dir);
    store->lock_fd = -1;
    store->review_fd = -1;
    store->slot_cost = lk_slot_cost_default;
    store->folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    store->new_code = lk_case_code_new;
    store->new_serial = lk_serial_new;
    return store;
}

void
lk_store_free(LkStore *store)
{
    if (store == NULL) {
        return;
    }
    lk_sql_close(store);
    if (store->lock_fd >= 0) {
        (void)close(store->lock_fd);
    }
    if (store->review_fd >= 0) {
        (void)close(store->review_fd);
    }
    if (store->believed != NULL) {
        g_hash_table_unref(store->believed);
    }
    g_free(store->who);
    g_free(store->said);
    g_clear_pointer(&store->folders, g_hash_table_unref);
    g_free(store->dir);
    g_free(store->db_path);
    g_free(store->region);
    g_free(store->office);
    g_free(store);
}

/* --- Creating. ---------------------------------------------------------------------
 */

static bool
cannot(const char *path, GError **error)
{
    g_set_error(error, LK_STORE_ERROR,
                errno == ENOSPC ? LK_STORE_ERROR_FULL : LK_STORE_ERROR_FILE,
                _("%s: %s"), path, lk_errno_text(errno));
    return false;
}

/* An init that was cut short leaves a database under its temporary name. */
static void
remove_leftovers(const char *dir)
{
    static const char *const suffixes[] = {"", "-journal", "-wal", "-shm"};
    for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        g_autofree char *name = g_strconcat(NEW_DB_NAME, suffixes[i], NULL);
        g_autofree char *path = g_build_filename(dir, name, NULL);
        (void)g_unlink(path);
    }
}

static bool
claim_folder(const char *dir, GError **error)
{
    if (g_mkdir_with_parents(dir, 0700) != 0) {
        return cannot(dir, error);
    }
    remove_leftovers(dir);
    g_autoptr(GDir) entries = g_dir_open(dir, 0, NULL);
    if (entries == NULL) {
        return cannot(dir, error);
    }
    if (g_dir_read_name(entries) != NULL) {
        g_autofree char *db = g_build_filename(dir, LK_DB_NAME, NULL);
        bool office = g_file_test(db, G_FILE_TEST_EXISTS);
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_EXISTS,
                    office ? _("%s is an office already; nothing was changed")
                           : _("%s is not empty; choose a new or an empty folder"),
                    dir);
        return false;
    }
    return g_chmod(dir, 0700) == 0 || cannot(dir, error);
}

typedef struct {
    const char *region, *office;
    const LkSecret *recovery; /* NULL: an office without keys */
} Settings;

static bool
write_settings(LkStore *store, void *data, GError **error)
{
    const Settings *settings = data;
    g_autofree char *now = lk_now();
    g_autofree char *detail = g_strdup_printf("{\"region\":\"%s\",\"program\":\"%s\"}",
                                              settings->region, LK_VERSION);
    return lk_sql_run(store, error,
                      "INSERT INTO settings (name, value) VALUES"
                      " ('region', ?), ('office', ?), ('created', ?)",
                      "ttt", settings->region, settings->office, now) &&
           lk_journal_add(store, "init", detail, error) &&
           (settings->recovery == NULL ||
            lk_guard_write_keys(store, settings->recovery, error));
}

static bool
create_database(const char *dir, const Settings *settings, const char *path,
                GError **error)
{
    g_autoptr(LkStore) store = store_new(dir);
    return lk_sql_open(store, path, true, error) &&
           lk_schema_migrate(store, lk_schema_version(), error) &&
           lk_sql_transaction(store, write_settings, (void *)settings, error) &&
           lk_sql_exec(store, "PRAGMA journal_mode = WAL", error);
}

static bool
init(const char *dir, const Settings *settings, GError **error)
{
    LkCaseCode probe; /* base knows what a region looks like */
    if (!lk_case_code_new(settings->region, &probe, error) ||
        !claim_folder(dir, error)) {
        return false;
    }
    g_autofree char *temporary = g_build_filename(dir, NEW_DB_NAME, NULL);
    g_autofree char *path = g_build_filename(dir, LK_DB_NAME, NULL);
    if (!create_database(dir, settings, temporary, error)) {
        remove_leftovers(dir);
        return false;
    }
    if (g_chmod(temporary, 0600) != 0 || g_rename(temporary, path) != 0) {
        return cannot(path, error);
    }
    return lk_sync_dir(dir, error);
}

bool
lk_store_init(const char *dir, const char *region, const char *office, GError **error)
{
    g_return_val_if_fail(dir != NULL && region != NULL && office != NULL, false);
    Settings settings = {region, office, NULL};
    return init(dir, &settings, error);
}

bool
lk_store_init_protected(const char *dir, const char *region, const char *office,
                        const LkSecret *recovery, GError **error)
{
    g_return_val_if_fail(dir != NULL && region != NULL && office != NULL, false);
    g_return_val_if_fail(lk_secret_size(recovery) == LK_KEY_LEN, false);
    Settings settings = {region, office, recovery};
    return init(dir, &settings, error);
}

/* --- Opening. ----------------------------------------------------------------------
 */

static bool
not_an_office(const char *dir, GError **error)
{
    g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_NOT_OFFICE,
                _("%s is not an office folder: name one with -C or LAKANA_HOME, or "
                  "create one with `lakana init`"),
                dir);
    return false;
}

static bool
check_version(LkStore *store, GError **error)
{
    g_autoptr(GError) why = NULL;
    if (lk_schema_check(store, &why)) {
        return lk_schema_migrate(store, lk_schema_version(), error);
    }
    if (g_error_matches(why, LK_STORE_ERROR, LK_STORE_ERROR_NOT_OFFICE)) {
        return not_an_office(store->dir, error);
    }
    if (g_error_matches(why, LK_STORE_ERROR, LK_STORE_ERROR_NEWER)) {
        g_prefix_error(&why, _("%s: "), store->db_path);
    }
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

static bool
load_settings(LkStore *store, GError **error)
{
    g_autoptr(sqlite3_stmt) rows =
        lk_sql_prepare(store, error, "SELECT name, value FROM settings", "");
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        const char *name = lk_sql_text(rows, 0);
        char **place = strcmp(name, "region") == 0   ? &store->region
                       : strcmp(name, "office") == 0 ? &store->office
                                                     : NULL;
        if (place != NULL) {
            g_free(*place);
            *place = g_strdup(lk_sql_text(rows, 1));
        }
    }
    if (step == LK_SQL_END && (store->region == NULL || store->office == NULL)) {
        return not_an_office(store->dir, error);
    }
    return step == LK_SQL_END;
}

LkStore *
lk_store_open(const char *dir, GError **error)
{
    g_return_val_if_fail(dir != NULL, NULL);
    g_autofree char *path = g_build_filename(dir, LK_DB_NAME, NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        (void)not_an_office(dir, error);
        return NULL;
    }
    g_autoptr(LkStore) store = store_new(dir);
    if (!lk_sql_open(store, path, false, error) || !check_version(store, error) ||
        !load_settings(store, error)) {
        return NULL;
    }
    return g_steal_pointer(&store);
}

LkStore *
lk_store_connect(const char *dir, const char *path, GError **error)
{
    g_autoptr(LkStore) store = store_new(dir);
    return lk_sql_open(store, path, false, error) ? g_steal_pointer(&store) : NULL;
}

LkStore *
lk_store_in_memory(GError **error)
{
    g_autoptr(LkStore) store = store_new("");
    return lk_sql_open(store, ":memory:", true, error) &&
                   lk_schema_migrate(store, lk_schema_version(), error)
               ? g_steal_pointer(&store)
               : NULL;
}

const char *
lk_store_region(const LkStore *store)
{
    return store->region;
}

const char *
lk_store_office(const LkStore *store)
{
    return store->office;
}

/* A record lock and not flock(): it is not inherited by the decoders that are forked,
 * so it ends with this process even if they live a moment longer.
 * @fd: (out): the descriptor that holds it, or -1: another process does */
static bool
take_lock(const LkStore *store, const char *name, int *fd, GError **error)
{
    g_autofree char *path = g_build_filename(store->dir, name, NULL);
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (*fd < 0) {
        return cannot(path, error);
    }
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(*fd, F_SETLK, &whole) != 0) {
        (void)close(*fd);
        *fd = -1;
    }
    return true;
}

bool
lk_store_lock_intake(LkStore *store, GError **error)
{
    if (store->lock_fd >= 0) {
        return true;
    }
    if (!take_lock(store, LOCK_NAME, &store->lock_fd, error)) {
        return false;
    }
    if (store->lock_fd < 0) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_BUSY,
                    _("%s: another `lakana ingest` is at work in this office; wait "
                      "until it has finished"),
                    store->dir);
    }
    return store->lock_fd >= 0;
}

bool
lk_store_lock_review(LkStore *store, GError **error)
{
    g_return_val_if_fail(store->review_fd < 0, false);
    if (!take_lock(store, REVIEW_LOCK_NAME, &store->review_fd, error)) {
        return false;
    }
    if (store->review_fd < 0) {
        g_autofree char *path = g_build_filename(store->dir, REVIEW_LOCK_NAME, NULL);
        g_autofree char *port = NULL;
        bool told = g_file_get_contents(path, &port, NULL, NULL) && *port != '\0';
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_BUSY,
                    _("%s: the review station of this office is open already, on port "
                      "%s: use its address (it stands in the terminal where it was "
                      "opened), or end it there with Ctrl-C"),
                    store->dir, told ? g_strchomp(port) : "?");
    }
    return store->review_fd >= 0;
}

bool
lk_store_tell_review(LkStore *store, int port, GError **error)
{
    g_return_val_if_fail(store->review_fd >= 0, false);
    g_autofree char *text = g_strdup_printf("%d\n", port);
    ssize_t length = (ssize_t)strlen(text);
    return (ftruncate(store->review_fd, 0) == 0 &&
            pwrite(store->review_fd, text, (size_t)length, 0) == length) ||
           cannot(REVIEW_LOCK_NAME, error);
}
