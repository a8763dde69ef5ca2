/* recover.h - a scan whose archived file is lost, and that was given again. */
#ifndef LK_PIPELINE_RECOVER_H
#define LK_PIPELINE_RECOVER_H

#include "store/store.h"

G_BEGIN_DECLS

/** What is to be archived anew. */
typedef struct {
    LkStore *store;
    int fd;                    /* the same bytes, open for reading */
    const char *path;          /* for messages */
    LkStoreScan *scan;         /* it, is_lost; written when it is archived */
    bool (*go_on)(void *data); /* asked before each page is written */
    void *data;
} LkRecovery;

/**
 * lk_recover_scan: cuts every page that lends from the lost file out of @recovery->fd
 * again and gives it a file that says all of it; then archives the scan. No secret is
 * needed. Interrupted anywhere, the scan still is_lost, and the next call goes on.
 *
 * Returns: true, also when it was told not to go on: then the scan is_lost as before.
 * LK_SCAN_ERROR if a page could not be cut out this time, or the file not be opened
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_recover_scan(const LkRecovery *recovery, GError **error);

G_END_DECLS

#endif
