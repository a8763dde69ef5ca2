/* lender.c - archived scans that pages lend from, as far as can be told without a key.
 */
#include "store/disk.h"
#include "store/keys.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The first bytes of the file, at most @n; how many. */
static size_t
read_start(int fd, uint8_t *start, size_t n)
{
    ssize_t got = pread(fd, start, n, 0);
    return got > 0 ? (size_t)got : 0;
}

bool
lk_archive_looks_whole(const LkStore *store, const char *hex, gint64 size)
{
    g_autofree char *path = lk_archive_path(store, hex);
    g_auto(LkFd) fd = open(path, O_RDONLY | O_CLOEXEC);
    uint8_t start[LK_SEALED_HEAD_MAX];
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0) {
        return false;
    }
    size_t n = read_start(fd, start, sizeof start);
    return (lk_is_sealed(start, n) ? lk_sealed_clear_size(start, n, info.st_size)
                                   : info.st_size) == size;
}

bool
lk_page_file_lends(const LkStore *store, const char *name)
{
    g_autofree char *path = lk_page_file_path(store, name);
    g_auto(LkFd) fd = open(path, O_RDONLY | O_CLOEXEC);
    uint8_t start[sizeof LK_SEALED_PAGE - 1];
    return fd < 0 || read_start(fd, start, sizeof start) < sizeof start ||
           memcmp(start, LK_SEALED_PAGE, sizeof start) == 0;
}

GArray *
lk_store_pages_that_lend(LkStore *store, gint64 scan, GError **error)
{
    g_autoptr(GArray) pages = g_array_new(FALSE, TRUE, sizeof(int));
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error, "SELECT idx, name FROM page_files WHERE scan = ? ORDER BY idx",
        "i", scan);
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        int index = sqlite3_column_int(rows, 0);
        if (lk_page_file_lends(store, lk_sql_text(rows, 1))) {
            g_array_append_val(pages, index);
        }
    }
    return step == LK_SQL_END ? g_steal_pointer(&pages) : NULL;
}

bool
lk_scan_is_lent(LkStore *store, gint64 scan, bool *lent, GError **error)
{
    g_autoptr(GArray) pages = lk_store_pages_that_lend(store, scan, error);
    *lent = pages != NULL && pages->len > 0;
    return pages != NULL;
}
