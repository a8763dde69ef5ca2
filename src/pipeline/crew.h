/* crew.h - the readers of a batch: processes that decode and read pages, each with a
 * confined decoder of its own, so that every core has work and one writer has the
 * store. */
#ifndef LK_PIPELINE_CREW_H
#define LK_PIPELINE_CREW_H

#include "pipeline/pipeline.h"
#include "read/read.h"

G_BEGIN_DECLS

/** What readers ask of the one who has the store. */
typedef struct {
    /** (transfer full) (nullable): the layout with that identity, as JSON. */
    char *(*layout)(const char *layout_id, void *data);
    /** (transfer full): LkPageId of every page issued for @code. */
    GArray *(*issued)(const LkCaseCode *code, void *data);
    void *data;
} LkCrewHost;

/** What a reader found at a page. */
typedef struct {
    LkScanResult result;
    LkReading *reading; /* of a PAGE */
    GArray *pieces; /* of a PAGE: LkPiece, what it is made of as a file of its own */
    GBytes *cut;    /* those that do not lie in the file; or NULL */
    GError *why;    /* of a BAD_PAGE, or of FAILED */
    int n_pages;    /* of the file; 0: not known */
    GError *rest;   /* why pages after the last are lost; or NULL */
    bool died;      /* the page ended its decoder, or its reader */
    gint64 took_us; /* to decode and read it */
} LkReport;

void lk_report_free(LkReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkReport, lk_report_free)

typedef struct LkCrew LkCrew;

/** A page that was asked for. */
typedef struct LkTicket LkTicket;

/**
 * lk_crew_new:
 * @n: readers, from 1
 * @host: copied
 *
 * Forks @n processes, which go on without exec: the caller's process must have no other
 * threads. They hold none of its files, and end when it ends, however that is.
 *
 * Returns: (transfer full): or NULL with LK_PIPELINE_ERROR_CREW
 */
G_GNUC_WARN_UNUSED_RESULT
LkCrew *lk_crew_new(int n, const LkCrewHost *host, GError **error);
/** lk_crew_free: ends the readers, whatever they are doing; no ticket is good after. */
void lk_crew_free(LkCrew *crew);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkCrew, lk_crew_free)

/** lk_crew_has_room: whether another page may be asked for now: the queue is bounded.
 */
bool lk_crew_has_room(const LkCrew *crew);

/** A file that readers are to open: the one that is open here, whatever has become of
 * its name. */
typedef struct {
    int fd;    /* for reading; lent until the last ticket is taken */
    guint key; /* another one for each file, from 1 */
} LkCrewFile;

/**
 * lk_crew_ask:
 * @page: from 0; of one file in rising order. At its end or beyond, the report says
 *   END, or FAILED if pages are lost there
 *
 * Needs room. The pages of a file are spread over the readers.
 *
 * Returns: (transfer none): to be taken once
 */
LkTicket *lk_crew_ask(LkCrew *crew, const LkCrewFile *file, int page);

/**
 * lk_crew_take:
 *
 * Waits for the report on @ticket. What depends on the store (copies issued) is
 * answered to a reader only while its page is the one waited for: whoever takes pages
 * in order gets the same readings from any number of readers.
 *
 * Returns: (transfer full): and the ticket is spent; or NULL: with @error set, or
 * without after a signal, and then it can be taken again
 */
G_GNUC_WARN_UNUSED_RESULT
LkReport *lk_crew_take(LkCrew *crew, LkTicket *ticket, GError **error);

G_END_DECLS

#endif
