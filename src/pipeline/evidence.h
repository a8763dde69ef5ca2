/* evidence.h - the ink of a page, kept to be compared with later scans of it. */
#ifndef LK_PIPELINE_EVIDENCE_H
#define LK_PIPELINE_EVIDENCE_H

#include "read/read.h"

G_BEGIN_DECLS

/** lk_evidence_pack: (transfer full): boxes, cells and writing of @reading, which is of
 * @page. */
GBytes *lk_evidence_pack(const LkReading *reading, const LkLayoutPage *page);

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

/** lk_evidence_judge: DIFFERENT when in doubt: a conflict costs a look, a wrong
 * duplicate would cost the page. */
LkInkVerdict lk_evidence_judge(const LkInkDifference *difference);

G_END_DECLS

#endif
