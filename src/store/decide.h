/* decide.h - many decisions at once, each only if nobody was faster; and who decided
 * what. Part of store.h. */
#ifndef LK_STORE_DECIDE_H
#define LK_STORE_DECIDE_H

#include "store/store.h"

G_BEGIN_DECLS

/** A decision by somebody who saw the field some time ago. */
typedef struct {
    LkDecision decision;
    bool sealed;        /* as lk_store_decide_sealed(), else as lk_store_decide() */
    gint64 seen;        /* the last decision about the field then; 0: there was none */
    bool twice;         /* the field is of a kind that is typed twice here */
    gint64 seen_keying; /* of two values that differ, the last keying; 0: none seen */
    LkSession *session; /* (nullable): of who decides; may open what is sealed */
    gint64 id;          /* (out): of the decision written; 0: it was refused, or kept */
    gint64 keying;   /* (out): what was typed is kept, to be typed again by another */
    GError *refusal; /* (out) (transfer full): why; NULL: it was written */
} LkDecisionAsked;

void lk_decision_asked_clear(LkDecisionAsked *asked);

/**
 * lk_store_decide_all:
 * @asked: array of @n; id and refusal zeroed by the caller
 *
 * All that can be written, in one transaction; what cannot is refused one by one and
 * hinders nothing else: LK_STORE_ERROR_TAKEN if somebody decided about the field since
 * it was seen, or if the same person typed it already and another is to (keying.h),
 * LK_STORE_ERROR_FILED if its page no longer counts, and what lk_store_decide() and
 * lk_store_decide_sealed() say.
 *
 * Returns: true if it is on the disk; false if nothing was written, refusals are empty
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_decide_all(LkStore *store, LkDecisionAsked *asked, size_t n,
                         GError **error);

/** What a person did. */
typedef struct {
    gint64 id; /* of the decision */
    gint64 page;
    LkCaseCode code; /* of the page; "" if it has no case */
    char form[4];    /* "" if the page has no identity */
    char layout[LK_SERIAL_LEN + 1];
    char copy[LK_SERIAL_LEN + 1];
    int page_number;
    char *field; /* NULL: about the page as a whole */
    int row;
    bool undo;   /* takes back what was said before */
    char *act;   /* of a page: "assign", "accept", "dismiss", "undo"; else NULL */
    char *value; /* of a field: what was said; NULL: nothing stands there, or sealed */
    char *was;   /* what the machine had read; NULL: nothing, or not to be told */
    bool was_sure; /* the machine had no doubt */
    bool personal; /* value and was are sealed, if there are any */
    bool is_box;
    bool stands;    /* it is the last word about its field or page */
    char *who, *at; /* login or code, UTC */
    char *keyed[2]; /* others who had typed the field (keying.h); NULL: nobody */
    gint64 keying;  /* by which @who said it, perhaps long before it was compared; 0 */
} LkAct;

void lk_act_free(LkAct *act);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkAct, lk_act_free)

/** Which acts. */
typedef struct {
    const char *who;        /* (nullable): of this person only */
    const LkCaseCode *code; /* (nullable): about pages of this file only */
    bool standing;          /* those only that still stand, and can be undone */
    int limit;              /* at most; 0: all */
} LkActQuery;

/** lk_store_acts: (transfer full): GPtrArray of LkAct, the last one first. */
G_GNUC_WARN_UNUSED_RESULT
GPtrArray *lk_store_acts(LkStore *store, const LkActQuery *query, GError **error);

/**
 * lk_store_last_act:
 * @page, @field, @row: a field; @field NULL: the page as a whole
 *
 * Returns: (transfer full) (nullable): the last thing said about it, undone or not;
 * NULL without an error if nobody said anything
 */
G_GNUC_WARN_UNUSED_RESULT
LkAct *lk_store_last_act(LkStore *store, gint64 page, const char *field, int row,
                         GError **error);

G_END_DECLS

#endif
