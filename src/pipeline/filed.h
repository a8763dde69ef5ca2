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
    LkImage shown;       /* what people may see of it: lk_filed_picture_cover() */
    GByteArray *covered; /* pixels of `shown`, if they are not those of `image` */
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

/**
 * lk_filed_picture_cover: makes picture->shown, before a person sees the page: if the
 * name of its file is masked, all that is written in lines and in cells that may name
 * somebody is painted over, 2 mm around. The sealed file stays as it is.
 *
 * Returns: true; LK_STORE_ERROR_REFUSED if the name is masked and where it may stand is
 * not known
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_filed_picture_cover(LkStore *store, gint64 page, LkFiledPicture *picture,
                            GError **error);

G_END_DECLS

#endif
