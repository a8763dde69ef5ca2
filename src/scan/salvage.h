/* salvage.h - page images in a PDF whose table of contents is lost. Private to the
 * room. */
#ifndef LK_SCAN_SALVAGE_H
#define LK_SCAN_SALVAGE_H

#include "base/base.h"

G_BEGIN_DECLS

/** An image whose stream is there to its end. Offsets into the file. */
typedef struct {
    size_t dict, dict_len; /* "<< … >>" */
    size_t data, data_len;
} LkLostImage;

/**
 * lk_salvage_find: (transfer full): GArray of LkLostImage in the order of the file,
 * which is the order of the pages in what copiers write. JPEG and fax images of a
 * page's size only: the others need objects that are lost too.
 */
GArray *lk_salvage_find(const uint8_t *data, size_t len);

/** lk_salvage_dict: (transfer full): the dictionary with references to other objects,
 * which cannot be followed, replaced by null. */
char *lk_salvage_dict(const uint8_t *data, const LkLostImage *image);

G_END_DECLS

#endif
