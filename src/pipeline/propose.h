/* propose.h - which page may this be? Part of pipeline.h. */
#ifndef LK_PIPELINE_PROPOSE_H
#define LK_PIPELINE_PROPOSE_H

#include "store/store.h"

G_BEGIN_DECLS

#define LK_PROPOSALS_MAX 5

/** A page that fits, to be confirmed by a person who looks at the picture. */
typedef struct {
    LkCaseCode code;
    char form[4];
    char layout[LK_SERIAL_LEN + 1];
    char copy[LK_SERIAL_LEN + 1];
    int number; /* of the copy in the file */
    int page;   /* of the form, from 1 */
    char *why;  /* a sentence for a clerk */
} LkProposal;

void lk_proposal_free(LkProposal *proposal);

/**
 * lk_page_propose:
 * @page: a page without identity, or whose identity is in doubt
 *
 * By what its own printed code says, by the pages before and after it in its scan, and
 * by the files that miss just such a page. Nobody is shown anything of those files but
 * their codes.
 *
 * Returns: (transfer full): GPtrArray of LkProposal, the best first, LK_PROPOSALS_MAX
 * at most; empty if nothing is known
 */
G_GNUC_WARN_UNUSED_RESULT
GPtrArray *lk_page_propose(LkStore *store, gint64 page, GError **error);

G_END_DECLS

#endif
