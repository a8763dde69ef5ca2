/* evidence.h - the ink of a page, kept to be compared with later scans of it. */
#ifndef LK_PIPELINE_EVIDENCE_H
#define LK_PIPELINE_EVIDENCE_H

#include "read/read.h"

G_BEGIN_DECLS

/**
 * lk_evidence_pack:
 * @reading: of @page, which is of @layout
 * @prefill: (nullable): what was printed into that copy. It lies alike on every scan of
 *   it, so it must not count when two hands are compared.
 *
 * Returns: (transfer full): cells, writing, and boxes but those of personal fields
 */
GBytes *lk_evidence_pack(const LkReading *reading, const LkLayout *layout,
                         const LkLayoutPage *page, const LkPrefill *prefill);

/**
 * lk_evidence_spare:
 * @evidence: of an older program, of @page of @layout; not trusted
 *
 * Returns: (transfer full): without the boxes of personal fields; NULL if there are
 * none in it
 */
GBytes *lk_evidence_spare(GBytes *evidence, const LkLayout *layout,
                          const LkLayoutPage *page);

/**
 * lk_ink_is_printed:
 * @ink: of a comb cell
 * @character: what we printed there; '\0': nothing
 *
 * Returns: true if the cell looks as we left it. A line through it or a figure over it
 * reaches the sides, or is more ink than print.
 */
bool lk_ink_is_printed(const LkInkReading *ink, char character);

typedef enum {
    LK_INK_SAME,     /* the same sheet, scanned again */
    LK_INK_DIFFERENT /* other ink, or too little certainty to say */
} LkInkVerdict;

/** How two scans of one identity differ; for tests and for setting the limits. */
typedef struct {
    int boxes;         /* both sure, and not of one mind */
    int writing;       /* written on one, clearly not on the other */
    double worst;      /* greatest distance of two profiles, 0 same .. 1 disjoint */
    double mean;       /* over the areas written on in both */
    int compared;      /* areas written on in both */
    bool incomparable; /* not the same layout, or not evidence at all */
} LkInkDifference;

/** lk_evidence_difference: @a and @b as lk_evidence_pack() made them; not trusted. */
LkInkDifference lk_evidence_difference(GBytes *a, GBytes *b);

/** Ink in a box, share of it, where a mark is as likely as none: read/decide.c. */
#define LK_EVEN_SCORE 0.045

/** A box as evidence keeps it. */
typedef struct {
    bool is_known; /* false: it is personal, or there is no evidence; the rest is 0 */
    LkMarkState state;
    double score; /* as LkBoxReading, to a 255th */
} LkKeptBox;

/**
 * lk_evidence_boxes:
 * @evidence: (nullable): of @page of @layout; not trusted
 *
 * Returns: (transfer full): GArray of LkKeptBox, order of LkLayoutPage.boxes; none of
 * them known if @evidence does not fit
 */
GArray *lk_evidence_boxes(GBytes *evidence, const LkLayout *layout,
                          const LkLayoutPage *page);

/** lk_evidence_box_differs: whether two scans are not of one mind about a box. */
bool lk_evidence_box_differs(const LkKeptBox *a, const LkKeptBox *b);

/** lk_evidence_judge: DIFFERENT when in doubt: a conflict costs a look, a wrong
 * duplicate would cost the page. */
LkInkVerdict lk_evidence_judge(const LkInkDifference *difference);

G_END_DECLS

#endif
