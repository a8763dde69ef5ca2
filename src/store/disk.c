/* disk.c - files that shall be whole or not there. */
#include "store/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#define BLOCK_SIZE 262144
#define PART ".part"

bool
lk_disk_fail(const char *path, int reason, GError **error)
{
    if (reason == ENOSPC || reason == EDQUOT) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FULL,
                    _("%s: the disk is full; make room, then run the same command "
                      "again"),
                    path);
    } else {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FILE, _("%s: %s"), path,
                    lk_errno_text(reason));
    }
    return false;
}

/* --- Bytes. ------------------------------------------------------------------------
 */

bool
lk_disk_write(int fd, const char *path, const void *bytes, size_t size, GError **error)
{
    const uint8_t *at = bytes;
    while (size > 0) {
        ssize_t put = write(fd, at, size);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return lk_disk_fail(path, errno, error);
        }
        at += put;
        size -= (size_t)put;
    }
    return true;
}

bool
lk_disk_read(int fd, const char *path, void *bytes, size_t size, size_t *got,
             GError **error)
{
    *got = 0;
    while (*got < size) {
        ssize_t n = read(fd, (uint8_t *)bytes + *got, size - *got);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return lk_disk_fail(path, errno, error);
        }
        if (n == 0) {
            break;
        }
        *got += (size_t)n;
    }
    return true;
}

bool
lk_disk_read_at(int fd, const char *path, void *bytes, size_t size, off_t offset,
                GError **error)
{
    uint8_t *at = bytes;
    while (size > 0) {
        ssize_t n = pread(fd, at, size, offset);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return lk_disk_fail(path, n < 0 ? errno : EIO, error);
        }
        at += n;
        offset += n;
        size -= (size_t)n;
    }
    return true;
}

bool
lk_disk_hash(int fd, const char *path, uint8_t hash[32], gint64 *size, GError **error)
{
    g_autofree uint8_t *block = g_malloc(BLOCK_SIZE);
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, 32);
    size_t got = BLOCK_SIZE;
    gint64 sum = 0;
    while (got == BLOCK_SIZE) {
        if (!lk_disk_read(fd, path, block, BLOCK_SIZE, &got, error)) {
            return false;
        }
        crypto_generichash_update(&state, block, got);
        sum += (gint64)got;
    }
    crypto_generichash_final(&state, hash, 32);
    if (size != NULL) {
        *size = sum;
    }
    return true;
}

/* --- A new file. -------------------------------------------------------------------
 */

static bool
is_there(const char *path, GError **error)
{
    g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_EXISTS,
                _("%s is there already and was left as it is; choose another name"),
                path);
    return false;
}

static bool
check_free(const char *path, GError **error)
{
    struct stat info;
    return lstat(path, &info) != 0 || is_there(path, error);
}

/* Opens and locks @file->temporary; false with errno 0 if it must be tried again. */
static bool
try_open(LkNewFile *file)
{
    struct stat info;
    g_auto(LkFd) fd =
        open(file->temporary, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0 || fstat(fd, &info) != 0) {
        return false;
    }
    errno = 0;
    if (info.st_nlink != 1 || !S_ISREG(info.st_mode)) {
        errno = S_ISREG(info.st_mode) && info.st_nlink == 0 ? 0 : EEXIST;
        return false; /* whoever had it has just removed it, or it is no file of ours */
    }
    if (fchmod(fd, 0600) != 0 || ftruncate(fd, 0) != 0) {
        return false;
    }
    file->fd = lk_fd_take(&fd);
    return true;
}

bool
lk_new_file_begin(const char *path, LkNewFile *file, GError **error)
{
    *file = (LkNewFile){g_strdup(path), g_strconcat(path, PART, NULL), -1};
    if (!check_free(path, error)) {
        return false;
    }
    while (!try_open(file)) {
        if (errno == EWOULDBLOCK) {
            g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_BUSY,
                        _("%s: another lakana is writing this file"), path);
            return false;
        }
        if (errno != 0) {
            return lk_disk_fail(file->temporary, errno, error);
        }
    }
    return true;
}

bool
lk_new_file_verify(LkNewFile *file, off_t offset, const uint8_t hash[32],
                   GError **error)
{
    if (fsync(file->fd) != 0 || lseek(file->fd, offset, SEEK_SET) < 0) {
        return lk_disk_fail(file->path, errno, error);
    }
    (void)posix_fadvise(file->fd, 0, 0, POSIX_FADV_DONTNEED);
    uint8_t found[32];
    if (!lk_disk_hash(file->fd, file->path, found, NULL, error)) {
        return false;
    }
    if (memcmp(found, hash, sizeof found) != 0) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FILE,
                    _("%s: the disk gives back something else than was written: use "
                      "another disk or key"),
                    file->path);
        return false;
    }
    return true;
}

bool
lk_rename_new(const char *from, const char *to, GError **error)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) {
        return true;
    }
    struct stat info;
    bool there = lstat(to, &info) == 0;
    if (there && !S_ISDIR(info.st_mode)) {
        return is_there(to, error);
    }
    /* An empty folder in the way; or a file system (FAT on old systems) that does not
     * know the flag. */
    if ((there || errno == EINVAL || errno == ENOSYS) && rename(from, to) == 0) {
        return true;
    }
    return errno == ENOTEMPTY || errno == EEXIST || errno == EISDIR
               ? is_there(to, error)
               : lk_disk_fail(to, errno, error);
}

bool
lk_disk_sync_parent(const char *path, GError **error)
{
    g_autofree char *parent = g_path_get_dirname(path);
    g_auto(LkFd) fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* FAT refuses to synchronise a folder; the file itself was. */
    if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL)) {
        return lk_disk_fail(parent, errno, error);
    }
    return true;
}

bool
lk_new_file_keep(LkNewFile *file, GError **error)
{
    if (!lk_rename_new(file->temporary, file->path, error)) {
        return false;
    }
    g_clear_pointer(&file->temporary, g_free);
    return lk_disk_sync_parent(file->path, error);
}

void
lk_new_file_clear(LkNewFile *file)
{
    if (file->fd >= 0) {
        if (file->temporary != NULL) {
            (void)unlink(file->temporary);
        }
        (void)close(file->fd);
    }
    g_free(file->path);
    g_free(file->temporary);
    *file = (LkNewFile){NULL, NULL, -1};
}

/* --- Folders. ----------------------------------------------------------------------
 */

static int
remove_one(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    (void)info;
    (void)kind;
    (void)at;
    return remove(path);
}

static bool
remove_tree(const char *path, GError **error)
{
    return nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) == 0 ||
           lk_disk_fail(path, errno, error);
}

bool
lk_remove_tree(const char *path, const char *last, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name = NULL;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *entry = g_build_filename(path, name, NULL);
        if (strcmp(name, last) != 0 && !remove_tree(entry, error)) {
            return false;
        }
    }
    return remove_tree(path, error);
}
