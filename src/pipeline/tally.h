/* tally.h - what a batch says about scanner and printer: one sentence a trouble. */
#ifndef LK_PIPELINE_TALLY_H
#define LK_PIPELINE_TALLY_H

#include "read/read.h"

G_BEGIN_DECLS

#define LK_TALLY_MM 420 /* streaks are counted by the millimetre: A3's longer side */

typedef struct {
    int pages;                      /* of ours, that were laid out for reading */
    int count[LK_REASON_N];         /* pages with that advice */
    int streaks[LK_TALLY_MM];       /* pages with a streak at that millimetre */
    int cut[LK_N_SIDES];            /* pages cut off at that side */
    double least_dpi;               /* of coarse pages */
    double least_scale, most_scale; /* of pages printed at another size */
} LkTally;

/** lk_tally_add: a page that was read, or refused; others say nothing. */
void lk_tally_add(LkTally *tally, const LkReading *reading);

/** lk_tally_say: (transfer full): GPtrArray of char*, "12 of 40 pages: …, do …";
 * the commonest first, empty if all is well. */
GPtrArray *lk_tally_say(const LkTally *tally);

G_END_DECLS

#endif
