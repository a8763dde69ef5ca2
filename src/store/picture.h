/* picture.h - pages as files of their own: taken along, and kept when they come. */
#ifndef LK_STORE_PICTURE_H
#define LK_STORE_PICTURE_H

#include "store/priv.h"

G_BEGIN_DECLS

/**
 * lk_picture_load:
 * @session: holds what the page's file is sealed to
 * @picture: (out) (transfer full): the page as a file of one page; NULL if this office
 *   has none of it
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_picture_load(LkSession *session, gint64 page, GBytes **picture, GError **error);

/** A picture that is kept: a scan of one page in the archive. */
typedef struct {
    char hash[LK_HASH_LEN + 1]; /* of the clear bytes, name in the archive */
    gint64 size;
} LkPicture;

/** Whose picture it is. */
typedef struct {
    const LkCaseCode *code;
    const LkPageId *id;
    GBytes *evidence; /* or NULL */
} LkPictureOf;

/**
 * lk_picture_keep:
 * @bytes: (nullable): where the sender had none, a note says so in the archive
 * @picture: (out)
 *
 * Seals @bytes for the archive. The name follows from them: what is there is left.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_picture_keep(LkStore *store, const LkPictureOf *of, GBytes *bytes,
                     LkPicture *picture, GError **error);

G_END_DECLS

#endif
