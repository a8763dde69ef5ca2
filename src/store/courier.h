/* courier.h - a bundle on its way from one office to another: sealed for the one that
 * shall read it, signed by the one that sends it. Part of store.h. */
#ifndef LK_STORE_COURIER_H
#define LK_STORE_COURIER_H

#include "store/bundle.h"
#include "store/partner.h"

G_BEGIN_DECLS

/** LkCourierFill: puts what shall travel into @bundle; its end is the courier's. */
typedef bool (*LkCourierFill)(LkBundleWriter *bundle, void *data, GError **error);

/** LkCourierNote: called when the file is whole and before it has its name: to note
 * that it goes. @hash: of what is sealed, as the receiver will see it. */
typedef bool (*LkCourierNote)(const char hash[LK_HASH_LEN + 1], void *data,
                              GError **error);

typedef struct {
    LkSession *session; /* holds "sign" */
    const LkOffice *to;
    const char *path; /* the file to make; one that is there is never replaced */
    LkCourierFill fill;
    LkCourierNote note;
    void *data;
} LkCourierOrder;

/**
 * lk_courier_send:
 *
 * Under a temporary name, read again from the disk and compared before it has its own.
 *
 * Returns: true if @order->path is there and whole; LOCKED, EXISTS, BUSY, FULL, FILE,
 * or the error of fill or note
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_courier_send(const LkCourierOrder *order, GError **error);

/** A bundle that came, is for this office, and was signed by one that it trusts. */
typedef struct LkArrival LkArrival;

#define LK_ARRIVAL_MAX ((gint64)1 << 30) /* bytes; kept in memory */

/**
 * lk_arrival_open:
 * @path: not trusted
 *
 * Takes the file into memory and checks for whom it is, who signed it and that not a
 * bit of it was changed, before anything of it is opened. Needs no secret.
 *
 * Returns: (transfer full): NULL with LK_STORE_ERROR_DAMAGED (no bundle, or altered),
 * LK_STORE_ERROR_REFUSED (for another office), LK_STORE_ERROR_UNKNOWN (from one that
 * is not trusted), FILE
 */
G_GNUC_WARN_UNUSED_RESULT
LkArrival *lk_arrival_open(LkStore *store, const char *path, GError **error);
void lk_arrival_free(LkArrival *arrival);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkArrival, lk_arrival_free)

/** lk_arrival_from: (transfer none): who sent it. */
const LkOffice *lk_arrival_from(const LkArrival *arrival);
/** lk_arrival_hash: (transfer none): of what is sealed; the same bundle, the same. */
const char *lk_arrival_hash(const LkArrival *arrival);

/**
 * lk_arrival_read:
 * @session: holds "reception", in the store of lk_arrival_open()
 * @visit: as of lk_bundle_read(); must not use @session or its store
 *
 * Returns: true if it was whole; LOCKED, DAMAGED, or the error of @visit
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_arrival_read(LkArrival *arrival, LkSession *session, LkBundleVisit visit,
                     void *data, GError **error);

G_END_DECLS

#endif
