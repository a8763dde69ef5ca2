/* picture.c - pages as files of their own. */
#include "store/picture.h"

#include "store/disk.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

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
write_sealed(LkStore *store, int fd, GBytes *bytes, GError **error)
{
    gsize size = 0;
    const void *data = g_bytes_get_data(bytes, &size);
    g_autoptr(LkSealWriter) writer =
        lk_seal_file_new(store, LK_DOMAIN_ARCHIVE, fd, error);
    return writer != NULL && lk_seal_file_write(writer, data, size, error) &&
           lk_seal_file_end(writer, error);
}

/* A file with that name is whole: it gets it last. */
static bool
keep_sealed(LkStore *store, const char *path, GBytes *bytes, GError **error)
{
    if (g_file_test(path, G_FILE_TEST_EXISTS)) {
        return true;
    }
    g_autofree char *temporary = NULL;
    if (!lk_make_folders(store, path, error)) {
        return false;
    }
    g_auto(LkFd) fd = lk_incoming_open(store, &temporary, error);
    if (fd < 0) {
        return false;
    }
    bool ok = write_sealed(store, fd, bytes, error) &&
              lk_incoming_settle(fd, temporary, path, error);
    if (!ok) {
        (void)unlink(temporary);
    }
    return ok;
}

static void
hash_of(GBytes *bytes, char hex[LK_HASH_LEN + 1])
{
    gsize size = 0;
    uint8_t hash[32];
    const void *data = g_bytes_get_data(bytes, &size);
    crypto_generichash(hash, sizeof hash, data != NULL ? data : (const uint8_t *)"",
                       size, NULL, 0);
    lk_hash_hex(hash, hex);
}

/* (transfer full): what stands in the archive for a picture that did not come. */
static GBytes *
note_of(const LkPictureOf *of)
{
    char hex[LK_HASH_LEN + 1] = "-";
    if (of->evidence != NULL) {
        hash_of(of->evidence, hex);
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
    hash_of(kept, picture->hash);
    picture->size = (gint64)g_bytes_get_size(kept);
    g_autofree char *scan = lk_archive_path(store, picture->hash);
    return keep_sealed(store, scan, kept, error);
}
