/* tasks.h - what waits for a person, field by field, as a queue is made of it. Part of
 * store.h. */
#ifndef LK_STORE_TASKS_H
#define LK_STORE_TASKS_H

#include "store/store.h"

G_BEGIN_DECLS

/** A field that waits. LkStoreWait says so too; this says what decides its place among
 * the others, and leaves out what a person has settled: that a required field is empty
 * indeed. */
typedef struct {
    LkWaitKind kind; /* MARK, TYPE (a comb or free text with ink), REQUIRED or
                      * CONTRADICTION */
    gint64 page;
    LkCaseCode code;
    char form[4];
    char layout[LK_SERIAL_LEN + 1];
    char copy[LK_SERIAL_LEN + 1];
    int page_number;
    const char *field;
    int row;
    int position;      /* among the fields of its page, in printed order */
    const char *value; /* best guess of a box; NULL: none, or it is personal */
    double confidence;
    int source; /* LkSource of the reading */
    bool personal;
    gint64 version;   /* the last decision about the field; 0: there is none */
    const char *fact; /* CONTRADICTION: what the forms disagree about; else NULL */
    const char *keyed_by[2]; /* TYPE: who typed it already, to be typed by another */
    gint64 keying; /* TYPE: two typed it and do not agree: the last keying; else 0 */
} LkStoreTask;

/** LkStoreTaskFunc: @task lives during the call. */
typedef void (*LkStoreTaskFunc)(const LkStoreTask *task, void *data);

/**
 * lk_store_each_task:
 * @only: (nullable): fields of this file only
 *
 * Calls @each for every field that waits on a page that counts, kind after kind, those
 * of a page together. A page whose identity is still to be confirmed is left out with
 * all its fields, and so is what may name somebody in a file that is masked.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_each_task(LkStore *store, const LkCaseCode *only, LkStoreTaskFunc each,
                        void *data, GError **error);

/** lk_store_facts: (transfer full): GHashTable, a set of char* "1.B sexe": form and
 * field of what other forms may contradict. */
G_GNUC_WARN_UNUSED_RESULT
GHashTable *lk_store_facts(LkStore *store, GError **error);

/** A copy of which some pages came back, and not all. */
typedef struct {
    LkCaseCode code;
    char form[4];
    char copy[LK_SERIAL_LEN + 1];
    char layout[LK_SERIAL_LEN + 1];
    int n_pages;
    guint present; /* bit n - 1: page n is filed */
} LkStoreGap;

/** LkStoreGapFunc: @gap lives during the call. */
typedef void (*LkStoreGapFunc)(const LkStoreGap *gap, void *data);

/** lk_store_each_gap: by case, form, copy. @only: (nullable): of this file only. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_each_gap(LkStore *store, const LkCaseCode *only, LkStoreGapFunc each,
                       void *data, GError **error);

/** What was seen of an office, to be compared with later. Zeroed: nothing. */
typedef struct {
    gint64 version; /* of the database, as other connections write it */
    gint64 page, decision, keying, journal;
} LkStoreSeen;

/** LkStoreNewsFunc: something waits otherwise in the file @code ("": a page that has
 * none). May be called several times for one. */
typedef void (*LkStoreNewsFunc)(const LkCaseCode *code, void *data);

/**
 * lk_store_news:
 * @seen: (inout): what was seen last
 * @all: (out): anything may wait otherwise: everything is to be asked for again
 *
 * Calls @each for what other processes have changed since @seen; costs as much as they
 * did, and next to nothing if they did nothing.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_news(LkStore *store, LkStoreSeen *seen, LkStoreNewsFunc each, void *data,
                   bool *all, GError **error);

/** lk_store_page_evidence: (transfer full) (nullable): LkStorePage.evidence of @page;
 * NULL with an error, or without one if there is none. */
G_GNUC_WARN_UNUSED_RESULT
GBytes *lk_store_page_evidence(LkStore *store, gint64 page, GError **error);

/**
 * lk_store_page_domain:
 * @domain: (out): whose key opens the picture of @page; "" if it lies in clear
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_page_domain(LkStore *store, gint64 page, char domain[LK_DOMAIN_MAX + 1],
                          GError **error);

/**
 * lk_store_read_options:
 * @session: (nullable): of who looks; for what is sealed
 *
 * What the paper said in a question of boxes, LkStoreReading.options.
 *
 * Returns: (transfer full) (nullable): JSON; NULL with an error (LK_STORE_ERROR_LOCKED,
 * LK_STORE_ERROR_DAMAGED), or without one if nothing is kept
 */
G_GNUC_WARN_UNUSED_RESULT
LkSecret *lk_store_read_options(LkStore *store, LkSession *session, gint64 page,
                                const char *field, int row, GError **error);

G_END_DECLS

#endif
