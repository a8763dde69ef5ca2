/* counts.h - what a measurement has counted so far, on disk: a line a case file, added
 * as soon as it is read, so that an interrupted run goes on where it stopped. */
#ifndef SIM_COUNTS_H
#define SIM_COUNTS_H

#include "tests/sim/judge.h"

G_BEGIN_DECLS

/** One case file in one condition: one writer, so one style and one pen. */
typedef struct {
    int number; /* of the file */
    SimStyle style;
    SimPenKind pen;
    double seconds; /* of reading */
    SimTally tally;
} SimCount;

/**
 * sim_counts_load:
 * @path: need not exist
 *
 * Reads what sim_counts_append() wrote. A line that was cut short is dropped, from the
 * file too.
 *
 * Returns: (transfer full): GArray of SimCount, or NULL with @error
 */
G_GNUC_WARN_UNUSED_RESULT
GArray *sim_counts_load(const char *path, GError **error);
/** sim_counts_append: adds a line to @path; several processes may do so at a time. */
G_GNUC_WARN_UNUSED_RESULT
bool sim_counts_append(const char *path, const SimCount *count);
/** sim_counts_find: (transfer none) (nullable): the one of file @number. */
const SimCount *sim_counts_find(const GArray *counts, int number);

/**
 * sim_rate_bound:
 * @errors: seen
 *
 * The number of errors that as long a run would have to be expected to make at most, at
 * 95 % confidence: the largest mean of a Poisson distribution of which @errors or fewer
 * are still seen once in 20 times (Garwood 1936, doi:10.1093/biomet/28.3-4.437). For no
 * error it is -ln 0.05, just under 3: the rule of three (Hanley, Lippman-Hand 1983,
 * doi:10.1001/jama.1983.03330370053031).
 */
double sim_rate_bound(long errors);

G_END_DECLS

#endif
