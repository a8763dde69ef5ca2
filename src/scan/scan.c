/* scan.c - pages of a file in order, whatever happens to the process that decodes. */
#include "scan/scan.h"
#include "scan/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct LkScan {
    LkScanLimits limits;
    const LkFormat *format; /* NULL: by content */
    int fd;
    size_t size;
    LkWorker *worker;
    int n_pages;
    GError *rest;
    int next; /* page the caller gets next */
    int last; /* page the caller has; -1: none */
    int deaths;
    bool over; /* the end was told */
};

/** Whether scan->fd, just opened, is a file with something in it. */
static bool
look_at_file(LkScan *scan, GError **error)
{
    struct stat about;
    if (scan->fd < 0 || fstat(scan->fd, &about) != 0) {
        int reason = errno;
        g_set_error(error, LK_SCAN_ERROR, LK_SCAN_ERROR_OPEN,
                    reason == EACCES ? _("the file may not be read (%s): change its "
                                         "permissions, or copy it into your own folder")
                                     : _("the file cannot be opened: %s"),
                    lk_errno_text(reason));
        return false;
    }
    if (!S_ISREG(about.st_mode)) {
        g_set_error_literal(error, LK_SCAN_ERROR, LK_SCAN_ERROR_OPEN,
                            S_ISDIR(about.st_mode)
                                ? _("this is a folder, not a file")
                                : _("this is a device or a pipe, not a file: name the "
                                    "scanned file itself"));
        return false;
    }
    if (about.st_size == 0) {
        g_set_error_literal(error, LK_SCAN_ERROR, LK_SCAN_ERROR_EMPTY,
                            _("the file is empty (0 bytes): copy it again from the "
                              "scanner, or scan the pages again"));
        return false;
    }
    scan->size = (size_t)about.st_size;
    return true;
}

static bool
start_worker(LkScan *scan, GError **error)
{
    g_clear_pointer(&scan->worker, lk_worker_free);
    LkWorkerFile file = {0};
    scan->worker =
        lk_worker_new(scan->fd, scan->size, &scan->limits, scan->format, &file, error);
    if (scan->worker == NULL) {
        return false;
    }
    g_clear_error(&scan->rest);
    scan->rest = file.rest;
    scan->n_pages = file.n_pages;
    return true;
}

/** @fd becomes the scan's; of -1, errno tells. */
static LkScan *
open_scan(int fd, const LkScanLimits *limits, const LkFormat *format, GError **error)
{
    g_autoptr(LkScan) scan = g_new0(LkScan, 1);
    scan->limits = limits != NULL ? *limits : lk_scan_limits_default;
    scan->format = format;
    scan->fd = fd;
    scan->last = -1;
    if (!look_at_file(scan, error) || !start_worker(scan, error)) {
        return NULL;
    }
    if (scan->n_pages > scan->limits.max_pages) {
        g_set_error(error, LK_SCAN_ERROR, LK_SCAN_ERROR_TOO_LARGE,
                    ngettext_("the file has %d page, more than the %d that are taken "
                              "at once: scan smaller piles",
                              "the file has %d pages, more than the %d that are taken "
                              "at once: scan smaller piles",
                              (unsigned long)scan->n_pages),
                    scan->n_pages, scan->limits.max_pages);
        return NULL;
    }
    return g_steal_pointer(&scan);
}

LkScan *
lk_scan_open_format(const char *path, const LkScanLimits *limits,
                    const LkFormat *format, GError **error)
{
    /* A fifo would block in open, a terminal become ours. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    LkScan *scan = open_scan(fd, limits, format, error);
    if (scan == NULL) {
        g_prefix_error(error, _("%s: "), path);
    }
    return scan;
}

LkScan *
lk_scan_open(const char *path, const LkScanLimits *limits, GError **error)
{
    g_return_val_if_fail(path != NULL, NULL);
    return lk_scan_open_format(path, limits, NULL, error);
}

LkScan *
lk_scan_open_fd(int fd, const LkScanLimits *limits, GError **error)
{
    return open_scan(fcntl(fd, F_DUPFD_CLOEXEC, 3), limits, NULL, error);
}

void
lk_scan_free(LkScan *scan)
{
    if (scan == NULL) {
        return;
    }
    lk_worker_free(scan->worker);
    g_clear_error(&scan->rest);
    if (scan->fd >= 0) {
        (void)close(scan->fd);
    }
    g_free(scan);
}

int
lk_scan_fd(const LkScan *scan)
{
    return scan->fd;
}

int
lk_scan_n_pages(const LkScan *scan)
{
    return scan->n_pages;
}

int
lk_scan_worker_pid(const LkScan *scan)
{
    return scan->worker != NULL ? lk_worker_pid(scan->worker) : 0;
}

int
lk_scan_deaths(const LkScan *scan)
{
    return scan->deaths;
}

const GError *
lk_scan_rest(const LkScan *scan)
{
    return scan->rest;
}

void
lk_scan_seek(LkScan *scan, int page)
{
    g_return_if_fail(page >= 0);
    scan->next = MIN(page, scan->n_pages);
}

static LkScanResult
finish(LkScan *scan, GError **error)
{
    bool told = scan->over;
    scan->over = true;
    if (!told && scan->rest != NULL) {
        g_propagate_error(error, g_error_copy(scan->rest));
        return LK_SCAN_FAILED;
    }
    return LK_SCAN_END;
}

/** After a page that ended the decoder: whether the pages behind it can be had. */
static bool
revive(LkScan *scan, GError **error)
{
    if (++scan->deaths >= LK_SCAN_MAX_DEATHS) {
        return false;
    }
    int known = scan->n_pages;
    if (scan->next >= known) {
        return true;
    }
    g_autoptr(GError) second = NULL;
    if (!start_worker(scan, &second) || scan->n_pages != known) {
        g_clear_error(error);
        g_propagate_error(error, g_steal_pointer(&second));
        return false;
    }
    return true;
}

LkScanResult
lk_scan_next(LkScan *scan, LkImage *image, GError **error)
{
    g_return_val_if_fail(scan != NULL && image != NULL, LK_SCAN_END);
    scan->last = -1;
    if (scan->over || scan->next >= scan->n_pages) {
        return finish(scan, error);
    }
    int page = scan->next++;
    GError *problem = NULL;
    if (lk_worker_page(scan->worker, page, image, &problem)) {
        scan->last = page;
        return LK_SCAN_PAGE;
    }
    LkScanResult result = LK_SCAN_BAD_PAGE;
    if (!lk_worker_is_alive(scan->worker) && !revive(scan, &problem)) {
        scan->over = true;
        result = LK_SCAN_FAILED;
    }
    g_propagate_prefixed_error(error, problem, _("page %d: "), page + 1);
    return result;
}

typedef bool (*CutFunc)(LkWorker *, int, LkScanCut *, GError **);

static bool
cut_with(LkScan *scan, CutFunc cut_page, LkScanCut *cut, GError **error)
{
    GError *problem = NULL;
    if (cut_page(scan->worker, scan->last, cut, &problem)) {
        return true;
    }
    if (!lk_worker_is_alive(scan->worker) && !revive(scan, &problem)) {
        scan->over = true;
    }
    g_propagate_prefixed_error(error, problem, _("page %d: "), scan->last + 1);
    scan->last = -1;
    return false;
}

bool
lk_scan_cut(LkScan *scan, LkScanCut *cut, GError **error)
{
    g_return_val_if_fail(scan != NULL && scan->last >= 0, false);
    return cut_with(scan, lk_worker_cut, cut, error);
}

bool
lk_scan_cut_pieces(LkScan *scan, LkScanCut *cut, GError **error)
{
    g_return_val_if_fail(scan != NULL && scan->last >= 0, false);
    return cut_with(scan, lk_worker_cut_pieces, cut, error);
}
