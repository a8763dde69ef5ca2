/* tool-decode.c - decodes files through `scan` as `lakana ingest` does, and does
 * nothing with the pages: what any reader pays before it has read anything.
 *
 *   tool-decode FILE…      prints the number of pages */
#include "scan/scan.h"

#include <stdio.h>

static int
decode(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkScan) scan = lk_scan_open(path, NULL, &error);
    int n = 0;
    LkScanResult got = scan != NULL ? LK_SCAN_PAGE : LK_SCAN_FAILED;
    while (got == LK_SCAN_PAGE) {
        LkImage image;
        got = lk_scan_next(scan, &image, &error);
        n += got == LK_SCAN_PAGE ? 1 : 0;
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
    for (int i = 1; i < argc; i++) {
        int n = decode(argv[i]);
        if (n < 0) {
            return 1;
        }
        pages += n;
    }
    printf("%d\n", pages);
    return 0;
}
