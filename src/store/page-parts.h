/* page-parts.h - a page as a file of its own: its bytes, or where they lie. Private to
 * the files about pages and keys. */
#ifndef LK_STORE_PAGE_PARTS_H
#define LK_STORE_PAGE_PARTS_H

#include "store/keys.h"

G_BEGIN_DECLS

/** A scan as its pages know it. */
typedef struct {
    char hash[LK_HASH_LEN + 1];
    gint64 size;
    const LkSecret *master; /* NULL: its sealed file cannot be lent from */
} LkPartsScan;

/**
 * lk_page_parts_seal: writes the page @cut, of @scan, to @fd as a file sealed for
 * @domain. What lies in whole chunks of the sealed scan is told by their keys, the rest
 * copied; without the scan's master key all of it.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_page_parts_seal(LkStore *store, const char *domain, int fd,
                        const LkStoreCut *cut, const LkPartsScan *scan, GError **error);

/**
 * lk_page_parts_unseal:
 * @recipe: what is sealed in a page's file of the kind LKP1
 * @path: for messages
 *
 * Gives @sink the page, as lk_unseal_file() does.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_page_parts_unseal(const LkStore *store, const GByteArray *recipe,
                          const char *path, LkUnsealFunc sink, void *data,
                          GError **error);

G_END_DECLS

#endif
