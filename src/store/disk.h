/* disk.h - files that shall be whole or not there: a temporary name beside the place,
 * locked while somebody writes, then fsync and a rename that never replaces. */
#ifndef LK_STORE_DISK_H
#define LK_STORE_DISK_H

#include "store/priv.h"

#include <unistd.h>

G_BEGIN_DECLS

typedef int LkFd; /* closed at the end of its scope; -1 is none */

static inline void
lk_fd_clear(LkFd *fd)
{
    if (*fd >= 0) {
        (void)close(*fd);
        *fd = -1;
    }
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LkFd, lk_fd_clear)

/** lk_fd_take: what is in @fd, which is none from now on. */
static inline int
lk_fd_take(LkFd *fd)
{
    int taken = *fd;
    *fd = -1;
    return taken;
}

/** lk_disk_fail: errno @reason about @path: FULL or FILE; always false. */
bool lk_disk_fail(const char *path, int reason, GError **error);

/** lk_disk_write: all of @bytes. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_disk_write(int fd, const char *path, const void *bytes, size_t size,
                   GError **error);

/** lk_disk_read: up to @size bytes; *@got less only at the end of the file. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_disk_read(int fd, const char *path, void *bytes, size_t size, size_t *got,
                  GError **error);

/** lk_disk_read_at: all @size bytes at @offset; a file that ends before was changed:
 * LK_STORE_ERROR_FILE. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_disk_read_at(int fd, const char *path, void *bytes, size_t size, off_t offset,
                     GError **error);

/** lk_disk_hash: BLAKE2b-256 from where @fd stands to its end. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_disk_hash(int fd, const char *path, uint8_t hash[32], gint64 *size,
                  GError **error);

/** A file being made. */
typedef struct {
    char *path;      /* where it shall be */
    char *temporary; /* path ".part" */
    int fd;          /* of the temporary, open for reading and writing; -1 none */
} LkNewFile;

/**
 * lk_new_file_begin:
 * @file: (out): to be cleared; that removes the temporary unless it was kept
 *
 * Opens the temporary beside @path, mode 0600, empty, locked against a second writer.
 * One left behind by a power cut is used again.
 *
 * Returns: true; LK_STORE_ERROR_EXISTS if @path is there, LK_STORE_ERROR_BUSY if
 * somebody is writing it
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_new_file_begin(const char *path, LkNewFile *file, GError **error);

/**
 * lk_new_file_verify: fsync, then reads the file again from @offset on, from the disk
 * where the system allows it.
 *
 * Returns: true if the BLAKE2b-256 of that is @hash; LK_STORE_ERROR_FILE: the disk did
 * not keep what was written
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_new_file_verify(LkNewFile *file, off_t offset, const uint8_t hash[32],
                        GError **error);

/** lk_new_file_keep: gives it its name, if nothing has it meanwhile. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_new_file_keep(LkNewFile *file, GError **error);

void lk_new_file_clear(LkNewFile *file);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LkNewFile, lk_new_file_clear)

/** lk_rename_new: rename(2) that refuses to replace a file; an empty folder may be
 * replaced by a folder. LK_STORE_ERROR_EXISTS */
G_GNUC_WARN_UNUSED_RESULT
bool lk_rename_new(const char *from, const char *to, GError **error);

/** lk_disk_sync_parent: what was renamed beside @path survives a power cut. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_disk_sync_parent(const char *path, GError **error);

/**
 * lk_remove_tree: a folder and all that is in it; links are not followed.
 * @last: the entry by which the folder is known for ours; goes when all others have
 *   gone, so that what is interrupted can be taken up again
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_remove_tree(const char *path, const char *last, GError **error);

G_END_DECLS

#endif
