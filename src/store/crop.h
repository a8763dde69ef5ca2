/* crop.h - what the files about parcels share. */
#ifndef LK_STORE_CROP_H
#define LK_STORE_CROP_H

#include "store/keys.h"

G_BEGIN_DECLS

/** lk_crop_head: (transfer full): the lines in front of a crop: to whom it was given,
 * when, and what field it is of. */
char *lk_crop_head(const char *login, const char *at, const LkParcelPlace *place);

G_END_DECLS

#endif
