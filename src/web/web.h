/* web.h - the review station: a page that the browser of the same computer shows, where
 * people decide what the machine would not. */
#ifndef LK_WEB_H
#define LK_WEB_H

#include "store/store.h"

G_BEGIN_DECLS

#define LK_WEB_ERROR (lk_web_error_quark())

typedef enum {
    LK_WEB_ERROR_LISTEN, /* the port cannot be had */
    LK_WEB_ERROR_RANDOM  /* the system has no random source */
} LkWebError;

GQuark lk_web_error_quark(void);

/** Why the station closed. */
typedef enum {
    LK_REVIEW_ASKED, /* by `should_stop` */
    LK_REVIEW_IDLE   /* nobody used it for so long */
} LkReviewEnd;

typedef struct {
    int port;            /* 0: any that is free */
    double idle_minutes; /* closes after so long without use; above 0 */
    const char *login;   /* (nullable): written into the login's field beforehand */
    /** Called once, when the page can be opened at @url, which holds the start token:
     * whoever reads it can open the page, and then has to unlock. */
    void (*ready)(const char *url, void *data);
    /** Called once, when a browser came with the start token; or NULL. */
    void (*started)(void *data);
    /** Asked at least once a second. */
    bool (*should_stop)(void *data);
    void *data;
} LkReviewOptions;

/**
 * lk_review_run:
 * @store: an office; nobody else may use it meanwhile
 * @end: (out): why it closed; untouched on error
 *
 * Takes the office's review lock and serves the page on 127.0.0.1 until
 * @options->should_stop or until nobody has used it for a while. All in this thread:
 * decoders of scans are forked.
 *
 * Returns: true if it served and closed; LK_STORE_ERROR_BUSY if the station of this
 * office is open already, LK_WEB_ERROR_LISTEN
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_review_run(LkStore *store, const LkReviewOptions *options, LkReviewEnd *end,
                   GError **error);

G_END_DECLS

#endif
