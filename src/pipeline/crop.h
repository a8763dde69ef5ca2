/* crop.h - pictures of filed pages, upright, for who looks at them. Part of pipeline.h.
 */
#ifndef LK_PIPELINE_CROP_H
#define LK_PIPELINE_CROP_H

#include "form/form.h"
#include "store/store.h"

G_BEGIN_DECLS

/** What is shown: the whole page, a question or line to write on, or one box. */
typedef struct {
    gint64 page;
    const char *field;  /* NULL: the whole page */
    int row;            /* from 1; 0 outside tables */
    const char *option; /* a box of the field; NULL: all of it */
    double dots;        /* of the whole page: px a mm; else as the scan has them */
} LkCropOrder;

/** Pages opened of late, and what was cut out of them: decoding one takes longer than
 * all else. In memory only, for each person apart, and wiped. */
typedef struct LkCrops LkCrops;

/**
 * lk_crops_new:
 * @store: must outlive it
 * @max_bytes: what is kept at most; a page at 300 dpi is 9 MB
 */
LkCrops *lk_crops_new(LkStore *store, size_t max_bytes);
void lk_crops_free(LkCrops *crops);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkCrops, lk_crops_free)

/** lk_crops_forget: wipes what is kept for @login; NULL: in an office without keys. */
void lk_crops_forget(LkCrops *crops, const char *login);

/** lk_crops_size: bytes that are kept now. */
size_t lk_crops_size(const LkCrops *crops);

/**
 * lk_crops_take:
 * @session: (nullable): who looks; NULL in an office without keys
 *
 * The page is opened with its key, and that is written in the journal, once for each
 * person as long as it is kept; who has no key gets nothing, kept or not. A page that
 * was never registered can be had as a whole only, as it was scanned. Of a file whose
 * name is masked what may name somebody is painted over. Forks, the first
 * time: the caller's process must have no other threads.
 *
 * Returns: (transfer full): a PNG, wiped when it is freed; NULL with
 * LK_STORE_ERROR_LOCKED, LK_STORE_ERROR_UNKNOWN (no such page, field, row or box),
 * LK_PIPELINE_ERROR_PAGE if it does not lie on the picture
 */
G_GNUC_WARN_UNUSED_RESULT
GBytes *lk_crops_take(LkCrops *crops, LkSession *session, const LkCropOrder *order,
                      GError **error);

/**
 * lk_crop_area:
 * @option: (nullable): a box of the field
 *
 * Returns: what lk_crops_take() shows of @field, page mm; width 0 if the page has no
 * such field, row or box
 */
LkRect lk_crop_area(const LkLayout *layout, int page, int field, int row,
                    const char *option);

G_END_DECLS

#endif
