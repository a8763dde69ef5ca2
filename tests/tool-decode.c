/* tool-decode.c - decodes files through `scan` as `lakana ingest` does, and does
 * nothing with the pages: what any reader pays before it has read anything.
 *
 *   tool-decode [--cut] FILE…   prints the number of pages; --cut: each is also cut out
 *                               of its file */
#include "scan/scan.h"

#include <stdio.h>
#include <string.h>

static int
decode(const char *path, bool cuts)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkScan) scan = lk_scan_open(path, NULL, &error);
    int n = 0;
    LkScanResult got = scan != NULL ? LK_SCAN_PAGE : LK_SCAN_FAILED;
    while (got == LK_SCAN_PAGE) {
        LkImage image;
        got = lk_scan_next(scan, &image, &error);
        n += got == LK_SCAN_PAGE ? 1 : 0;
        LkScanCut cut;
        if (got == LK_SCAN_PAGE && cuts && !lk_scan_cut(scan, &cut, &error)) {
            got = LK_SCAN_FAILED;
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
    bool cuts = argc > 1 && strcmp(argv[1], "--cut") == 0;
    for (int i = cuts ? 2 : 1; i < argc; i++) {
        int n = decode(argv[i], cuts);
        if (n < 0) {
            return 1;
        }
        pages += n;
    }
    printf("%d\n", pages);
    return 0;
}
