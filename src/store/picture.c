/* picture.c - pages as files of their own. */
#include "store/picture.h"

#include "store/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

char *
lk_page_file_path(const LkStore *store, const char *name)
{
    char first[3] = {name[0], name[1], '\0'};
    return g_build_filename(store->dir, LK_PAGES_NAME, first, name, NULL);
}

/* --- Reading. ----------------------------------------------------------------------
 */

static bool
read_all(int fd, const char *path, GBytes **bytes, GError **error)
{
    struct stat info;
    if (fstat(fd, &info) != 0) {
        return lk_disk_fail(path, errno, error);
    }
    size_t size = (size_t)info.st_size;
    size_t got = 0;
    g_autofree uint8_t *buffer = g_try_malloc(MAX(size, (size_t)1));
    if (buffer == NULL) {
        return lk_disk_fail(path, ENOMEM, error);
    }
    if (!lk_disk_read(fd, path, buffer, size, &got, error)) {
        return false;
    }
    *bytes = g_bytes_new_take(g_steal_pointer(&buffer), got);
    return true;
}

bool
lk_picture_load(LkSession *session, gint64 page, GBytes **picture, GError **error)
{
    LkStore *store = lk_session_store(session);
    g_autoptr(sqlite3_stmt) row =
        lk_sql_prepare(store, error,
                       "SELECT f.name FROM pages p JOIN page_files f ON f.scan = p.scan"
                       " AND f.idx = p.idx WHERE p.id = ?",
                       "i", page);
    LkSqlStep step = row != NULL ? lk_sql_step(store, row, error) : LK_SQL_FAILED;
    *picture = NULL;
    if (step != LK_SQL_ROW) {
        return step == LK_SQL_END;
    }
    g_autofree char *path = lk_page_file_path(store, lk_sql_text(row, 0));
    g_auto(LkFd) fd = lk_unseal_to_memory(session, path, error);
    return fd >= 0 && read_all(fd, path, picture, error);
}

/* --- Keeping. ----------------------------------------------------------------------
 */

static bool
make_dir(const char *path, GError **error)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST ||
           lk_disk_fail(path, errno, error);
}

/* Makes the folders between the office's and @path's, and synchronises them. */
static bool
make_folders(const LkStore *store, const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    if (strlen(folder) <= strlen(store->dir)) {
        return true;
    }
    return make_folders(store, folder, error) && make_dir(folder, error) &&
           lk_disk_sync_parent(folder, error);
}

/* Where scans under way lie too: what a power cut leaves there is swept away by the
 * next intake. Locked against that; the lock comes after the name, so look whether it
 * was quicker. */
static char *
open_incoming(const LkStore *store, int *fd, GError **error)
{
    for (;;) {
        g_autofree char *name = g_build_filename(store->dir, LK_ARCHIVE_NAME,
                                                 "incoming", "page-XXXXXX", NULL);
        struct stat info;
        if (!make_folders(store, name, error)) {
            return NULL;
        }
        g_auto(LkFd) new_fd = g_mkstemp_full(name, O_RDWR | O_CLOEXEC, 0400);
        if (new_fd < 0 || flock(new_fd, LOCK_EX) != 0 || fstat(new_fd, &info) != 0) {
            (void)lk_disk_fail(name, errno, error);
            return NULL;
        }
        if (info.st_nlink > 0) {
            *fd = lk_fd_take(&new_fd);
            return g_steal_pointer(&name);
        }
    }
}

static bool
write_sealed(LkStore *store, const char *domain, int fd, GBytes *bytes, GError **error)
{
    gsize size = 0;
    const void *data = g_bytes_get_data(bytes, &size);
    g_autoptr(LkSealWriter) writer = lk_seal_file_new(store, domain, fd, error);
    return writer != NULL && lk_seal_file_write(writer, data, size, error) &&
           lk_seal_file_end(writer, error);
}

/* A file with that name is whole: it gets it last. */
static bool
keep_sealed(LkStore *store, const char *domain, const char *path, GBytes *bytes,
            GError **error)
{
    if (g_file_test(path, G_FILE_TEST_EXISTS)) {
        return true;
    }
    g_auto(LkFd) fd = -1;
    g_autofree char *temporary =
        make_folders(store, path, error) ? open_incoming(store, &fd, error) : NULL;
    if (temporary == NULL) {
        return false;
    }
    bool ok = write_sealed(store, domain, fd, bytes, error);
    if (ok && (fsync(fd) != 0 || g_rename(temporary, path) != 0)) {
        ok = lk_disk_fail(path, errno, error);
    }
    if (!ok) {
        (void)unlink(temporary);
    }
    return ok && lk_disk_sync_parent(path, error);
}

static void
hash_of(GBytes *bytes, const char *key, char hex[LK_HASH_LEN + 1])
{
    gsize size = 0;
    uint8_t hash[32];
    const void *data = g_bytes_get_data(bytes, &size);
    crypto_generichash(hash, sizeof hash, data != NULL ? data : (const uint8_t *)"",
                       size, (const uint8_t *)key, key != NULL ? strlen(key) : 0);
    lk_hash_hex(hash, hex);
}

/* (transfer full): what stands in the archive for a picture that did not come. */
static GBytes *
note_of(const LkPictureOf *of)
{
    char hex[LK_HASH_LEN + 1] = "-";
    if (of->evidence != NULL) {
        hash_of(of->evidence, NULL, hex);
    }
    char *text =
        g_strdup_printf("lakana: the picture of this page did not come\n"
                        "%s %s %s %d %s\n",
                        of->code->text, of->id->form, of->id->copy, of->id->page, hex);
    return g_bytes_new_take(text, strlen(text));
}

bool
lk_picture_keep(LkStore *store, const LkPictureOf *of, GBytes *bytes,
                LkPicture *picture, GError **error)
{
    g_autoptr(GBytes) kept = bytes != NULL ? g_bytes_ref(bytes) : note_of(of);
    hash_of(kept, NULL, picture->hash);
    picture->size = (gint64)g_bytes_get_size(kept);
    g_autofree char *scan = lk_archive_path(store, picture->hash);
    if (!keep_sealed(store, LK_DOMAIN_ARCHIVE, scan, kept, error)) {
        return false;
    }
    if (bytes == NULL) {
        return true;
    }
    char domain[LK_DOMAIN_MAX + 1];
    char name[LK_HASH_LEN + 1];
    lk_domain_of_case(of->code, domain);
    hash_of(bytes, domain, name);
    g_autofree char *path = lk_page_file_path(store, name);
    picture->name = g_strdup(name);
    return keep_sealed(store, domain, path, bytes, error);
}
