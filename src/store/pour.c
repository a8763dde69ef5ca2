/* pour.c - who opens a sealed file is handed its pieces; who reads a tar asks for them.
 * A second thread stands between: one piece at a time goes from hand to hand, so memory
 * does not grow with the file. */
#include "store/pour.h"

#include <string.h>

#define PIECE 65536

typedef struct {
    const LkPour *pour;
    GMutex mutex;
    GCond changed;
    uint8_t *piece; /* PIECE bytes, filled by the opener */
    size_t size;    /* > 0: the reader's turn; 0: the opener's */
    bool ended;     /* the opener has nothing more: error says how it ended */
    bool unwanted;  /* the reader does not want any more */
    uint8_t *taken; /* PIECE bytes, lent to the reader */
    GError *error;
    LkBundleVisit visit;
    void *data;
} Hands;

/* --- The opener's thread. ----------------------------------------------------------
 */

static bool
give(const void *bytes, size_t size, void *data, GError **error)
{
    Hands *hands = data;
    const uint8_t *at = bytes;
    while (size > 0) {
        size_t part = MIN(size, (size_t)PIECE);
        g_mutex_lock(&hands->mutex);
        while (hands->size > 0 && !hands->unwanted) {
            g_cond_wait(&hands->changed, &hands->mutex);
        }
        bool unwanted = hands->unwanted;
        if (!unwanted) {
            memcpy(hands->piece, at, part);
            hands->size = part;
            g_cond_signal(&hands->changed);
        }
        g_mutex_unlock(&hands->mutex);
        if (unwanted) { /* the reader has an error of its own */
            g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED, "");
            return false;
        }
        at += part;
        size -= part;
    }
    return true;
}

static void *
open_all(void *data)
{
    Hands *hands = data;
    const LkPour *pour = hands->pour;
    GError *error = NULL;
    bool whole = lk_unseal_fd(pour->session, pour->fd, pour->path, give, hands, &error);
    g_mutex_lock(&hands->mutex);
    hands->error = whole ? NULL : error;
    hands->ended = true;
    g_cond_signal(&hands->changed);
    g_mutex_unlock(&hands->mutex);
    return NULL;
}

/* --- The reader's. -----------------------------------------------------------------
 */

static bool
take(const void **bytes, size_t *size, void *data, GError **error)
{
    Hands *hands = data;
    g_mutex_lock(&hands->mutex);
    while (hands->size == 0 && !hands->ended) {
        g_cond_wait(&hands->changed, &hands->mutex);
    }
    uint8_t *full = hands->piece;
    hands->piece = hands->taken;
    hands->taken = full;
    *bytes = full;
    *size = hands->size;
    hands->size = 0;
    GError *why = *size == 0 ? g_steal_pointer(&hands->error) : NULL;
    g_cond_signal(&hands->changed);
    g_mutex_unlock(&hands->mutex);
    if (why != NULL) {
        g_propagate_error(error, why);
        return false;
    }
    return true;
}

static bool
visit_for(LkBundleReader *reader, const char *name, gint64 size, void *data,
          GError **error)
{
    Hands *hands = data;
    return hands->visit(reader, name, size, hands->data, error);
}

bool
lk_pour(const LkPour *pour, LkBundleKind kind, LkBundleVisit visit, void *data,
        GError **error)
{
    Hands hands = {.pour = pour,
                   .piece = g_malloc(PIECE),
                   .taken = g_malloc(PIECE),
                   .visit = visit,
                   .data = data};
    g_mutex_init(&hands.mutex);
    g_cond_init(&hands.changed);
    GThread *opener = g_thread_new("unseal", open_all, &hands);
    bool ok = lk_bundle_read(kind, take, visit_for, &hands, error);
    g_mutex_lock(&hands.mutex);
    hands.unwanted = true;
    g_cond_signal(&hands.changed);
    g_mutex_unlock(&hands.mutex);
    (void)g_thread_join(opener);
    g_mutex_clear(&hands.mutex);
    g_cond_clear(&hands.changed);
    g_clear_error(&hands.error);
    g_free(hands.piece);
    g_free(hands.taken);
    return ok;
}
