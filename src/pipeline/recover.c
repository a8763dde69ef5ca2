/* recover.c - what was archived of a scan is gone or cut short, and pages that were
 * filed of it lend from there. The paper's file came again: first each of those pages
 * gets a file that stands alone, then the scan is archived anew, under other keys.
 * Until the last step the archive shows that something is left to do. */
#include "pipeline/recover.h"

#include "scan/scan.h"

/* A decoder that hung or died may do better the next time; nothing is given up for
 * that. A page that cannot be decoded for another reason stays in the whole scan. */
static bool
may_pass_over(GError *why, GError **error)
{
    if (g_error_matches(why, LK_SCAN_ERROR, LK_SCAN_ERROR_TIMEOUT) ||
        g_error_matches(why, LK_SCAN_ERROR, LK_SCAN_ERROR_CRASH)) {
        g_propagate_error(error, why);
        return false;
    }
    g_error_free(why);
    return true;
}

static bool
renew_page(const LkRecovery *recovery, LkScan *pages, int index, bool *goes_on,
           GError **error)
{
    LkImage image;
    LkScanCut cut;
    GError *why = NULL;
    lk_scan_seek(pages, index);
    LkScanResult result = lk_scan_next(pages, &image, &why);
    if (result == LK_SCAN_END) {
        return true;
    }
    if (result != LK_SCAN_PAGE || !lk_scan_cut(pages, &cut, &why)) {
        return may_pass_over(why, error);
    }
    *goes_on = recovery->go_on(recovery->data);
    if (!*goes_on) {
        return true;
    }
    g_autoptr(GBytes) bytes = g_bytes_new_static(cut.data, cut.size);
    return lk_store_renew_page_file(recovery->store, recovery->scan->id, index,
                                    &(LkStoreCut){.own = bytes}, error);
}

bool
lk_recover_scan(const LkRecovery *recovery, GError **error)
{
    g_autoptr(LkScan) pages = lk_scan_open_fd(recovery->fd, NULL, error);
    if (pages == NULL) {
        g_prefix_error(error, _("%s: "), recovery->path);
        return false;
    }
    g_autoptr(GArray) lend =
        lk_store_pages_that_lend(recovery->store, recovery->scan->id, error);
    bool goes_on = true;
    for (guint i = 0; lend != NULL && goes_on && i < lend->len; i++) {
        int index = g_array_index(lend, int, i);
        if (!renew_page(recovery, pages, index, &goes_on, error)) {
            return false;
        }
    }
    return lend != NULL && (!goes_on || lk_store_scan_begin_anew(
                                            recovery->store, recovery->fd,
                                            recovery->path, recovery->scan, error));
}
