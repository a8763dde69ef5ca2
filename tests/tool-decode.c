/* tool-decode.c - decodes files through `scan` as `lakana ingest` does, and does
 * nothing with the pages: what any reader pays before it has read anything.
 *
 *   tool-decode FILE…                prints the number of pages
 *   tool-decode --cut FILE…          each is also cut out of its file
 *   tool-decode --seal OFFICE FILE…  and sealed into the office, as the file is: what
 *                                    sealing adds to an ingest, and a transaction more
 */
#include "scan/scan.h"
#include "store/store.h"

#include <stdio.h>
#include <string.h>

/* What is done with each page. */
typedef struct {
    bool cuts;
    LkStore *store; /* or NULL */
    gint64 scan;
} Work;

static bool
keep(const Work *work, LkScan *scan, int index, GError **error)
{
    LkScanCut cut;
    if (!work->cuts) {
        return true;
    }
    if (!lk_scan_cut_pieces(scan, &cut, error)) {
        return false;
    }
    g_autoptr(GBytes) own = g_bytes_new(cut.data, cut.size);
    LkStoreCut page = {own, cut.pieces, cut.n_pieces, lk_scan_fd(scan)};
    return work->store == NULL ||
           lk_store_add_page_file(work->store, work->scan, index, &page, error);
}

static int
decode(const char *path, Work *work)
{
    g_autoptr(GError) error = NULL;
    g_auto(LkStoreScan) sealed = {0};
    if (work->store != NULL &&
        !lk_store_scan_begin(work->store, path, &sealed, &error)) {
        fprintf(stderr, "tool-decode: %s\n", error->message);
        return -1;
    }
    work->scan = sealed.id;
    g_autoptr(LkScan) scan = lk_scan_open(path, NULL, &error);
    int n = 0;
    LkScanResult got = scan != NULL ? LK_SCAN_PAGE : LK_SCAN_FAILED;
    while (got == LK_SCAN_PAGE) {
        LkImage image;
        got = lk_scan_next(scan, &image, &error);
        if (got == LK_SCAN_PAGE) {
            got = keep(work, scan, n, &error) ? LK_SCAN_PAGE : LK_SCAN_FAILED;
            n++;
        }
    }
    if (got != LK_SCAN_END) {
        fprintf(stderr, "tool-decode: %s\n", error->message);
        return -1;
    }
    return n;
}

int
main(int argc, char **argv)
{
    int pages = 0;
    int first = 1;
    g_autoptr(LkStore) store = NULL;
    Work work = {0};
    if (argc > 2 && strcmp(argv[1], "--seal") == 0) {
        g_autoptr(GError) error = NULL;
        store = lk_store_open(argv[2], &error);
        if (store == NULL) {
            fprintf(stderr, "tool-decode: %s\n", error->message);
            return 1;
        }
        work = (Work){.cuts = true, .store = store};
        first = 3;
    } else if (argc > 1 && strcmp(argv[1], "--cut") == 0) {
        work.cuts = true;
        first = 2;
    }
    for (int i = first; i < argc; i++) {
        int n = decode(argv[i], &work);
        if (n < 0) {
            return 1;
        }
        pages += n;
    }
    printf("%d\n", pages);
    return 0;
}
