/* filed.h - the picture of a page that was filed. Private to the room. */
#ifndef LK_PIPELINE_FILED_H
#define LK_PIPELINE_FILED_H

#include "pipeline/pipeline.h"
#include "scan/scan.h"

G_BEGIN_DECLS

/** The page, decoded, and as a file of its own. */
typedef struct {
    LkScan *scan;
    LkImage image; /* lent by scan */
    GBytes *cut;
} LkFiledPicture;

void lk_filed_picture_clear(LkFiledPicture *picture);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LkFiledPicture, lk_filed_picture_clear)

/**
 * lk_filed_picture_open:
 * @session: (nullable): who looks; NULL will do in an office without keys
 * @page: its number in the store
 * @picture: (out): zeroed by the caller
 *
 * The clear bytes are in memory only. Returns: true; LK_STORE_ERROR_LOCKED: sealed, and
 * @session holds no key for it
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_filed_picture_open(LkStore *store, LkSession *session, gint64 page,
                           LkFiledPicture *picture, GError **error);

G_END_DECLS

#endif
