/* worker.h - one confined child process that decodes pages of one file on request.
 * Private to the room and its tests. Nothing that comes from the child is believed
 * before it is checked: a hostile file may have taken it over. */
#ifndef LK_SCAN_WORKER_H
#define LK_SCAN_WORKER_H

#include "scan/decode.h"

G_BEGIN_DECLS

typedef struct LkWorker LkWorker;

typedef struct {
    int n_pages;
    GError *rest; /* why pages after the last are lost; or NULL */
} LkWorkerFile;

/**
 * lk_worker_new:
 * @fd: the file, open for reading, with its offset anywhere (not owned)
 * @size: its size in bytes, > 0
 * @format: (nullable): NULL to find out by content
 * @file: (out): what the child found; ->rest is the caller's to free
 *
 * The process must have no other threads: the child goes on from fork() without exec.
 *
 * Returns: (transfer full): a child that has opened the file, or NULL
 */
G_GNUC_WARN_UNUSED_RESULT
LkWorker *lk_worker_new(int fd, size_t size, const LkScanLimits *limits,
                        const LkFormat *format, LkWorkerFile *file, GError **error);
/** lk_worker_free: ends the child, whatever it is doing. */
void lk_worker_free(LkWorker *worker);

/**
 * lk_worker_page:
 * @image: (out): lives until the next page is asked for
 *
 * Returns: true for a page. On error, lk_worker_is_alive() says whether more can be
 * asked.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_worker_page(LkWorker *worker, int page, LkImage *image, GError **error);
bool lk_worker_is_alive(const LkWorker *worker);

/**
 * lk_worker_cut:
 * @page: the one that lk_worker_page() gave last
 * @cut: (out): lives until the next page is asked for
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_worker_cut(LkWorker *worker, int page, LkScanCut *cut, GError **error);
/** lk_worker_cut_pieces: the same in pieces. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_worker_cut_pieces(LkWorker *worker, int page, LkScanCut *cut, GError **error);

/** lk_scan_open_format: lk_scan_open() with a decoder of the test's own. */
G_GNUC_WARN_UNUSED_RESULT
LkScan *lk_scan_open_format(const char *path, const LkScanLimits *limits,
                            const LkFormat *format, GError **error);
/** lk_scan_worker_pid: the process that decodes, or 0. */
int lk_scan_worker_pid(const LkScan *scan);
/** lk_worker_pid: for the tests, which look at its memory. */
int lk_worker_pid(const LkWorker *worker);

G_END_DECLS

#endif
