/* queue.h - what waits for people, in the order in which they work it off. Part of
 * pipeline.h.
 *
 * All of it is in memory, some 140 bytes an item: it is made once, brought up to date
 * with what this process writes (lk_queue_touch()) and with what others do meanwhile,
 * an `ingest` above all. Nothing personal is in it: codes, names of fields, guesses at
 * boxes that name nobody. */
#ifndef LK_PIPELINE_QUEUE_H
#define LK_PIPELINE_QUEUE_H

#include "form/form.h"
#include "store/store.h"

G_BEGIN_DECLS

typedef enum {
    LK_QUEUE_MARKS,          /* boxes in doubt */
    LK_QUEUE_CHOICES,        /* boxes that are certain, and contradict each other */
    LK_QUEUE_TYPE,           /* combs and text with ink, to be typed */
    LK_QUEUE_REQUIRED,       /* required, and empty on paper */
    LK_QUEUE_CONFLICTS,      /* the same printed page with other ink */
    LK_QUEUE_IDENTITY,       /* whose page is it? */
    LK_QUEUE_CONTRADICTIONS, /* forms of one file that disagree */
    LK_QUEUE_MISSING,        /* files of which pages are missing: nothing to decide */
    LK_QUEUE_N
} LkQueueId;

/** lk_queue_name: "marks", "choices"… */
const char *lk_queue_name(LkQueueId id);
G_GNUC_WARN_UNUSED_RESULT
bool lk_queue_parse(const char *name, LkQueueId *id);

/** Something that waits. Texts live as long as the program. */
typedef struct {
    LkQueueId queue;
    gint64 page;       /* 0 in MISSING */
    const char *code;  /* of the case file; "" if the page has none */
    const char *field; /* NULL: the whole page, or the whole file */
    int row;
    char form[4]; /* "" if the page has no identity */
    const char *layout, *copy;
    int page_number;
    int position;       /* of the field, among those of its page */
    LkParcelKind kind;  /* of TYPE */
    const char *reason; /* CHOICES: two_marks, correction, cancelled, gone; IDENTITY:
                         * unknown, identity, no-case, refused; CONTRADICTIONS: the
                         * fact; else NULL */
    bool guess;         /* MARKS, CHOICES: the machine sees a mark in doubt as one */
    double sureness;    /* MARKS: 0 and up, of the least sure box */
    bool personal;
    LkSource source;
    gint64 version;          /* last decision about the field; 0: none */
    const char *keyed_by[2]; /* TYPE: who typed it already; NULL: nobody */
    gint64 keying; /* TYPE: two typed it and do not agree: the last keying; else 0 */
} LkQueueItem;

/** lk_queue_item_key: (transfer full): "PAGE:ROW:FIELD"; in MISSING the case code. */
char *lk_queue_item_key(const LkQueueItem *item);

/** What somebody can open. */
typedef struct LkReach LkReach;

/**
 * lk_reach_new:
 * @session: (nullable): NULL in an office without keys: everything
 *
 * By the rows that say who holds which key: for counting. Whether a key opens anything
 * is seen when it is used.
 */
G_GNUC_WARN_UNUSED_RESULT
LkReach *lk_reach_new(LkStore *store, LkSession *session, GError **error);
void lk_reach_free(LkReach *reach);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkReach, lk_reach_free)
bool lk_reach_has(const LkReach *reach, const LkQueueItem *item);

typedef struct LkQueue LkQueue;

/** lk_queue_new: (transfer full): of @store, which must outlive it. */
G_GNUC_WARN_UNUSED_RESULT
LkQueue *lk_queue_new(LkStore *store, GError **error);
void lk_queue_free(LkQueue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkQueue, lk_queue_free)

/** lk_queue_touch: this process has written about pages of the file @code; NULL: about
 * pages that have none. */
void lk_queue_touch(LkQueue *queue, const LkCaseCode *code);

/** lk_queue_reset: this process may have written about anything. */
void lk_queue_reset(LkQueue *queue);

/** A field that this process has decided. */
typedef struct {
    LkCaseCode code;
    const char *form;
    gint64 page;
    const char *field;
    int row;
} LkQueuePlace;

/** lk_queue_settle: the field at @place waits no more; costs less than
 * lk_queue_touch(). */
void lk_queue_settle(LkQueue *queue, const LkQueuePlace *place);

/** lk_queue_refresh: takes up what was touched, and what other processes wrote. Items
 * lent before are gone. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_queue_refresh(LkQueue *queue, GError **error);

/** lk_queue_store: (transfer none): the office. */
LkStore *lk_queue_store(const LkQueue *queue);

/** lk_queue_generation: another number whenever keys may have changed hands. */
guint lk_queue_generation(const LkQueue *queue);

#define LK_QUEUE_ANY_KIND (-1)

typedef struct {
    LkQueueId id;
    int kind;             /* of TYPE: an LkParcelKind; or LK_QUEUE_ANY_KIND */
    const LkReach *reach; /* (nullable): NULL: everything */
    const char *who; /* (nullable): who looks: not what this person typed already, and
                      * not what two typed until it is compared */
} LkQueueView;

/** lk_queue_count: items of @view, and those that others must decide: of files that
 * cannot be opened, or typed by who looks. */
void lk_queue_count(const LkQueue *queue, const LkQueueView *view, int *open,
                    int *closed);

/**
 * lk_queue_list:
 * @after: (nullable): key of an item; one that is gone, or NULL: from the beginning
 * @next: (out) (transfer full) (nullable): key of the last one, if more follow
 *
 * Returns: (transfer container): GPtrArray of LkQueueItem, lent until the next
 * lk_queue_refresh(); at most @n, those that can be opened
 */
GPtrArray *lk_queue_list(const LkQueue *queue, const LkQueueView *view,
                         const char *after, guint n, char **next);

/** lk_queue_layout, lk_queue_field: (transfer none) (nullable): of an item; they live
 * as long as the queue. */
const LkLayout *lk_queue_layout(LkQueue *queue, const char *id);
const LkLayoutField *lk_queue_field(LkQueue *queue, const char *layout,
                                    const char *field, int *index);

/** A box of a question, as it was seen when its page was filed. */
typedef struct {
    int option;   /* index into the field's options */
    bool guess;   /* it seems marked; one that is blackened does not */
    bool sure;    /* there is no doubt about it */
    double score; /* how likely a mark is by the ink in it, 0..1; 0.5: not known */
    LkRect outline;
} LkQueueBox;

/**
 * lk_queue_boxes:
 * @session: (nullable): of who looks: what a personal box says is sealed
 *
 * Returns: (transfer full): GArray of LkQueueBox, those of the question @item is about,
 * as they stand on the page; empty if it has none. NULL with LK_STORE_ERROR_LOCKED,
 * LK_STORE_ERROR_DAMAGED
 */
G_GNUC_WARN_UNUSED_RESULT
GArray *lk_queue_boxes(LkQueue *queue, LkSession *session, const LkQueueItem *item,
                       GError **error);

/** A box about which two scans of a page are not of one mind. */
typedef struct {
    int field, row, option; /* indexes into layout, rows and options */
    LkRect outline;
    bool marked[2]; /* on the one, on the other */
} LkBoxDifference;

/**
 * lk_page_differences:
 * @a, @b: two pages of one identity
 *
 * Returns: (transfer full): GArray of LkBoxDifference, boxes of personal fields left
 * out; empty if the two cannot be compared so
 */
G_GNUC_WARN_UNUSED_RESULT
GArray *lk_page_differences(LkQueue *queue, const LkPageRecord *a,
                            const LkPageRecord *b, GError **error);

G_END_DECLS

#endif
