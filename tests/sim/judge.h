/* judge.h - a reading beside the truth: what was right, what a person must see, and
 * what nobody would have noticed. */
#ifndef SIM_JUDGE_H
#define SIM_JUDGE_H

#include "read/read.h"
#include "tests/sim/sim.h"

G_BEGIN_DECLS

typedef enum {
    SIM_RIGHT,     /* decided, and so it was meant */
    SIM_TO_PERSON, /* not decided by the machine: it is in doubt */
    SIM_BY_RULE,   /* not decided, nor by a machine that reads everything right: a
                    * cancelled mark, two marks in a choice */
    SIM_EXCUSED,   /* not decided, and nobody could have: torn off, blotted, stamped */
    SIM_SILENT,    /* decided, and wrong: the fault there must never be */
    SIM_N_VERDICTS
} SimVerdict;

typedef enum { SIM_PAGE_IDENTIFIED, SIM_PAGE_SET_ASIDE, SIM_PAGE_WRONG } SimIdentity;

/** Sums over pages. Plain numbers: may be added and sent through a pipe as it is. */
typedef struct {
    int pages, set_aside, wrong_identity;
    int to_confirm; /* pages known by their print alone: a person says yes or no */
    long boxes[SIM_CANCELLED + 1][SIM_N_VERDICTS]; /* by meaning */
    long lost;                                     /* boxes that nobody can tell */
    long fields, fields_straight; /* questions with boxes; nobody had to look */
} SimTally;

void sim_tally_add(SimTally *sum, const SimTally *more);
long sim_tally_boxes(const SimTally *tally);
long sim_tally_verdict(const SimTally *tally, SimVerdict verdict);

/** sim_judge_page: whether @reading says which page this is; set aside = it says that
 * it does not know. */
SimIdentity sim_judge_page(const SimTruth *truth, const LkReading *reading);

/**
 * sim_judge_boxes:
 * @verdicts: array of as many as the page has boxes, written
 * @tally: (inout)
 *
 * The form's own rule is part of the judgment, because it is part of the program: a
 * choice with more than one box that is not empty goes to a person. What would go there
 * if every box were read as it was meant is BY_RULE, the rest is in doubt. A box that
 * is lost (SimBoxTruth) must not be decided wrong any more than others: a stamp's ink
 * is no mark; only leaving it undecided costs nothing, nor leaving the choice it is in.
 */
void sim_judge_boxes(const LkLayout *layout, const SimTruth *truth,
                     const LkReading *reading, SimVerdict *verdicts, SimTally *tally);

G_END_DECLS

#endif
