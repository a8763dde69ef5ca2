/* reconcile.h - what the boxes, cells and areas of one page say about its fields. */
#ifndef LK_PIPELINE_RECONCILE_H
#define LK_PIPELINE_RECONCILE_H

#include "read/read.h"
#include "store/store.h"

G_BEGIN_DECLS

/** Why a field waits, or is pointed out. Stable names go to the store, sentences to the
 * clerk. */
typedef enum {
    LK_CONCERN_TWO_MARKS,  /* choice: several plain marks */
    LK_CONCERN_CORRECTION, /* choice: one mark, others blackened */
    LK_CONCERN_CANCELLED,  /* a blackened box and no other mark */
    LK_CONCERN_UNSURE,     /* a box between the two limits */
    LK_CONCERN_GONE,       /* a box we printed as marked reads as empty */
    LK_CONCERN_REQUIRED,   /* required, and empty */
    LK_CONCERN_N
} LkConcern;

/** A page's fields. Strings of readings are owned by @strings. */
typedef struct {
    GArray *readings;                  /* LkStoreReading, order on paper */
    GArray *items;                     /* LkStoreItem: required fields found empty */
    GPtrArray *concerns[LK_CONCERN_N]; /* char*: labels of the fields concerned */
    bool review;                       /* a reading waits for a decision */
    GStringChunk *strings;
} LkFields;

void lk_fields_free(LkFields *fields);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkFields, lk_fields_free)

/**
 * lk_fields_new:
 * @layout: lives longer than the result
 * @page: page of @layout that @reading is of
 * @reading: outcome READ
 * @id: identity of the page; blank copies leave the pre-printed code to be typed
 * @prefill: (nullable): answers we printed into this copy
 *
 * A box printed as marked is marked if it still reads so, and no news; blackened, it
 * was cancelled by hand; empty, it is in doubt. A comb we printed has its value if its
 * cells look as we left them; else a person types it.
 *
 * Returns: (transfer full): one reading for every field that stands on the page and
 * every row of a table
 */
LkFields *lk_fields_new(const LkLayout *layout, const LkLayoutPage *page,
                        const LkReading *reading, const LkPageId *id,
                        const LkPrefill *prefill);

/** A field of another page of the same copy, filed before. */
typedef struct {
    const char *field;
    const char *value; /* or NULL */
    LkValueStatus status;
    LkSource source;
    bool written;
} LkKnownField;

/**
 * lk_fields_require:
 * @others: array of @n_others values on pages of this copy filed before
 *
 * Adds an item for every required field of this page that is empty, and for every field
 * that is required under a condition ("urgence=oui"): where field and condition stand
 * on two pages, when the second of them arrives. A condition that waits for a person
 * asks for nothing yet.
 */
void lk_fields_require(LkFields *fields, const LkLayout *layout,
                       const LkKnownField *others, size_t n_others);

/** lk_concern_name: (transfer none): "two_marks"… */
const char *lk_concern_name(LkConcern concern);
/** lk_concern_text: (transfer full): a sentence for a clerk that names the fields. */
char *lk_concern_text(LkConcern concern, const GPtrArray *labels);

G_END_DECLS

#endif
