/* pour.h - a sealed stream into the container that lies in it. */
#ifndef LK_STORE_POUR_H
#define LK_STORE_POUR_H

#include "store/store.h"

G_BEGIN_DECLS

/** Where the sealed stream is, and the key that opens it. */
typedef struct {
    int fd; /* read from where it stands to its end */
    const char *path;
    LkSession *session; /* holds a domain that the file is sealed to */
} LkPour;

/**
 * lk_pour:
 * @visit: called in the caller's thread; must not use @pour->session before this
 *   function has returned, for another thread opens the stream with it
 *
 * Returns: true if the file was whole, from the first byte to its seal, and a bundle of
 * that kind: only then may what @visit was given be believed
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_pour(const LkPour *pour, LkBundleKind kind, LkBundleVisit visit, void *data,
             GError **error);

G_END_DECLS

#endif
