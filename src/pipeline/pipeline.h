/* pipeline.h - the two stories: issue (codes to paper) and intake (paper to values).
 *
 *   issue    layouts -> store: codes and copies registered -> render: PDF
 *   intake   file -> store: archived -> scan: pages -> read: reading
 *            -> reconcile: values, duplicates, conflicts -> store: filed
 *
 * Nothing printed that is not registered; nothing read that is not archived; nothing
 * told to the caller that is not on the disk. */
#ifndef LK_PIPELINE_H
#define LK_PIPELINE_H

#include "form/form.h"
#include "render/render.h"
#include "store/store.h"

G_BEGIN_DECLS

#define LK_PIPELINE_ERROR (lk_pipeline_error_quark())

typedef enum {
    LK_PIPELINE_ERROR_FORM,        /* no form, or no set, of that name */
    LK_PIPELINE_ERROR_OUTPUT,      /* a file to be written cannot be: path and reason */
    LK_PIPELINE_ERROR_NOT_PRINTED, /* codes are registered, but not all are on paper */
    LK_PIPELINE_ERROR_CREW,        /* processes that read cannot be started */
    LK_PIPELINE_ERROR_PAGE         /* a file has no such page, or a page cannot be what
                                    * a person says it is */
} LkPipelineError;

GQuark lk_pipeline_error_quark(void);

/* --- What the program prints. ----------------------------------------------------- */

/** The program's forms, fonts and their layouts. */
typedef struct LkStationery LkStationery;

/** lk_stationery_load: (transfer full): checks forms and fonts; layouts come later,
 * each when it is first asked for. */
G_GNUC_WARN_UNUSED_RESULT
LkStationery *lk_stationery_load(GError **error);
void lk_stationery_free(LkStationery *stationery);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkStationery, lk_stationery_free)

/** lk_stationery_layout: (transfer none): the layout of @form ("1.B"), with draws. */
G_GNUC_WARN_UNUSED_RESULT
const LkLayout *lk_stationery_layout(LkStationery *stationery, const char *form,
                                     GError **error);

/** lk_stationery_form: (transfer none): the template of @form, or NULL. */
const LkForm *lk_stationery_form(const LkStationery *stationery, const char *form);

/** lk_stationery_find: (transfer none): the layout with identity @layout_id, or NULL if
 * it is not one the program prints today. */
const LkLayout *lk_stationery_find(LkStationery *stationery, const char *layout_id);

/**
 * lk_stationery_sets:
 * @names: sets of templates/sets.yaml, with commas between them: "ouverture,enas"
 *
 * Returns: (transfer full): GPtrArray of char*, form codes in printed order; a form
 * that an earlier set holds is not repeated for a later one. NULL if a set does not
 * exist.
 */
G_GNUC_WARN_UNUSED_RESULT
GPtrArray *lk_stationery_sets(const LkStationery *stationery, const char *names,
                              GError **error);

/* --- Issue. ----------------------------------------------------------------------- */

typedef struct {
    int n_new;                  /* case files to open */
    const LkCaseCode *existing; /* or: more copies for these files */
    size_t n_existing;
    int n_blank;              /* or: blank packs, without a case */
    const char *const *forms; /* codes, printed order, NULL at the end */
    const LkPrefill *prefill; /* (nullable): answers printed into every copy */
    const char *output;       /* OUT.pdf; an existing file is replaced */
    const char *manifest;     /* M.json, or NULL */
    const char *set; /* name of the set the forms are from, for titles; or NULL */
    bool duplex;     /* for both sides of the sheet: forms begin on a front */
    bool summary;    /* in front of each PDF: how many, which forms, which codes */
    /** Called after each PDF with pages written so far and in all; or NULL. */
    void (*progress)(int done, int all, void *data);
    void *data;
} LkIssueOrder;

typedef struct {
    int n_packs;       /* case files, or blank packs */
    int n_pages;       /* of forms */
    int n_pdf_pages;   /* of the PDFs: with summaries and empty backs */
    GPtrArray *files;  /* char*, the PDFs written, in order */
    GArray *copies;    /* LkStoreCopy, printed order */
    GArray *unprinted; /* LkCaseCode registered but in no PDF: empty unless it failed */
} LkIssued;

void lk_issued_clear(LkIssued *issued);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LkIssued, lk_issued_clear)

/**
 * lk_issue:
 * @issued: (out): zeroed by the caller; also written with NOT_PRINTED
 *
 * Checks that @order's files can be written, registers codes, copies and layouts in one
 * transaction, then prints. Beyond LK_RENDER_MAX_PAGES the packs are spread over
 * OUT-1.pdf, OUT-2.pdf…; a pack is never split.
 *
 * Returns: true if everything is on paper
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_issue(LkStore *store, LkStationery *stationery, const LkIssueOrder *order,
              LkIssued *issued, GError **error);

/* --- Labels. ---------------------------------------------------------------------- */

typedef struct {
    int n_new;                  /* case files to open */
    const LkCaseCode *existing; /* or: labels for these files */
    size_t n_existing;
    LkLabelOptions printing; /* title and office are the store's to fill in */
    const char *output;      /* OUT.pdf; an existing file is replaced */
} LkLabelOrder;

/**
 * lk_issue_labels:
 * @codes: (out) (transfer full) (nullable): GArray of LkCaseCode, printed order; also
 *   written with NOT_PRINTED: these are registered; else NULL on error
 *
 * Checks that @order's file can be written, registers new codes, then prints.
 *
 * Returns: true if everything is on paper
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_issue_labels(LkStore *store, const LkLabelOrder *order, GArray **codes,
                     GError **error);

/* --- Preview. --------------------------------------------------------------------- */

#define LK_PREVIEW_DPI 150.0

typedef struct {
    const char *output; /* FORM.png; FORM-1.png, FORM-2.png… if there are several */
    int page;           /* from 1: this one; 0: every page */
} LkPreviewOrder;

/**
 * lk_preview:
 * @layout: with draws; pages that @order asks for must be there
 *
 * Pictures of a blank copy as it would be printed, marked as a specimen: its QR codes
 * say nothing that intake would take. Needs no office and registers nothing. The
 * process must have no other threads, as for lk_scan_open().
 *
 * Returns: (transfer full): GPtrArray of char*, the pictures written, in order; NULL
 * with an error if one could not be
 */
G_GNUC_WARN_UNUSED_RESULT
GPtrArray *lk_preview(const LkLayout *layout, const LkFonts *fonts,
                      const LkPreviewOrder *order, GError **error);

/* --- Intake. ---------------------------------------------------------------------- */

/** What became of one page. Lent during the call. */
typedef struct {
    const char *file; /* as the user named it */
    int index;        /* page in the file, from 0 */
    LkPageStatus status;
    const LkPageId *id;          /* as printed on the page, or NULL */
    const LkCaseCode *case_code; /* the file it was filed under, else the number of the
                                  * blank copy, or NULL */
    const char *const *reasons;  /* sentences for a clerk, NULL at the end */
    bool attention;              /* a person should look at it, or at the paper */
    int duration_ms;
    const char *quality; /* of the scan, a JSON object; or NULL: nothing was measured */
} LkIntakePage;

typedef struct {
    int jobs; /* pages decoded and read at once, each by processes of its own; from 1 */
    /** A file is taken up; @n_files in all. Or NULL. */
    void (*file)(const char *file, int number, int n_files, void *data);
    /** After the page's transaction is on the disk. @n_pages of its file, 0 = not
     * known.
     */
    void (*page)(const LkIntakePage *page, int n_pages, void *data);
    /** A file is given up: @error says why. Its earlier pages stay filed. */
    void (*failed)(const char *file, int index, const GError *error, void *data);
    /** Asked before each page; true ends the intake after the last whole page. */
    bool (*stop)(void *data);
    void *data;
} LkIntakeOptions;

typedef struct {
    int files, failed_files; /* passed_over not counted */
    int passed_over; /* files found in a folder that neither are scans nor look so */
    int pages[LK_PAGE_ERROR + 1]; /* by LkPageStatus; pages filed before not counted */
    int filed_before;             /* pages of this batch that were filed already */
    int alerts;                   /* required fields found empty */
    int to_decide;                /* fields with marks a person must decide */
    int to_type;                  /* combs to be typed */
    int to_settle;                /* pages that wait as a whole: `lakana page` */
    int no_layout;                /* pages left alone until their layout is imported */
    bool stopped;                 /* by options.stop */
    GPtrArray *advice; /* char*, "12 of 40 pages: …": what to do about scanner and
                        * printer; empty if all is well */
} LkIntakeSummary;

void lk_intake_summary_clear(LkIntakeSummary *summary);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LkIntakeSummary, lk_intake_summary_clear)

/**
 * lk_intake:
 * @paths: files and folders, NULL at the end
 * @summary: (out): also written on error: what was done before it; to be cleared
 *
 * A broken file costs that file; only the office itself (disk full, database damaged,
 * another intake at work) ends the batch with an error. The same call after any
 * interruption goes on where the last one ended. Pages are filed and told in the order
 * of the files, whatever @options->jobs is, and with the same outcome. Forks: the
 * caller's process must have no other threads.
 *
 * Returns: true if the batch came to its end, or was stopped
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_intake(LkStore *store, const char *const *paths, const LkIntakeOptions *options,
               LkIntakeSummary *summary, GError **error);

/* --- Pages that a person settles. ------------------------------------------------- */

/** Which page a person says it is. What is left out is taken from what the page was
 * filed as: a blank copy without a case needs the case only. */
typedef struct {
    LkPageSaid said;
    LkCaseCode case_code; /* "" = as filed */
    const char *form;     /* "1.B", or NULL */
    int page;             /* of the form, from 1; or 0 */
    const char *copy;     /* serial, or number in the file; NULL: the only one */
    const char *layout;   /* of a copy not known here; NULL: today's */
} LkAssignment;

typedef struct {
    LkPageStatus status;
    bool is_read; /* false: every field waits for a person */
    LkPageId id;
    LkCaseCode case_code;
    GPtrArray *reasons; /* char*, sentences for a clerk */
    int to_decide, to_type;
} LkAssigned;

void lk_assigned_clear(LkAssigned *assigned);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LkAssigned, lk_assigned_clear)

/**
 * lk_page_assign:
 * @session: holds the key of the page as it lies now
 * @assigned: (out): zeroed by the caller
 *
 * Reads the page again as the page that @assignment names and files it beside the row
 * of what the machine made of it; its picture is sealed anew, for who may see that case
 * file. If the printed outlines are not found where
 * that page has them, nothing is read: every field waits for a person. Undone by
 * lk_store_settle_page().
 *
 * Returns: true if it is on the disk; LK_PIPELINE_ERROR_PAGE if it cannot be that page:
 * its own code says otherwise, there is no such copy, or more than one;
 * LK_STORE_ERROR_FILED if it was settled before
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_page_assign(LkStore *store, LkSession *session, const LkAssignment *assignment,
                    LkAssigned *assigned, GError **error);

/** lk_page_picture: writes the image of the page with number @page as PNG to @output.
 * @session: (nullable): holds its key; NULL in an office without keys. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_page_picture(LkStore *store, LkSession *session, gint64 page,
                     const char *output, GError **error);

/* --- An office that was not protected. -------------------------------------------- */

typedef struct {
    /** @done of @all scans are sealed. Or NULL. */
    void (*progress)(int done, int all, void *data);
    /** Asked before each page; true ends it there. Or NULL. */
    bool (*stop)(void *data);
    void *data;
} LkProtectOptions;

/**
 * lk_protect:
 * @store: has keys since now: lk_guard_create()
 *
 * Seals what an older program left in clear: cuts filed pages out of their scans, then
 * seals the scans, what personal fields say, and makes the database forget it. Killed
 * at any moment, it goes on when called again; nothing is removed before its sealed
 * copy is on the disk. Forks: the caller's process must have no other threads.
 *
 * Returns: true if nothing is left in clear, or @options->stop ended it
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_protect(LkStore *store, const LkProtectOptions *options, GError **error);

/* --- Case files from other offices. ----------------------------------------------- */

typedef struct {
    LkCaseCode code;
    LkSendPurpose purpose;
    char *from;         /* name of the office that sent it */
    bool before;        /* this very bundle was taken up before: nothing was done */
    int added;          /* pages filed */
    int known;          /* pages that are here already */
    int conflicts;      /* pages that are here with other ink: they wait for a person */
    int decisions_left; /* decisions made there on pages that are here: not taken */
} LkReceived;

void lk_received_clear(LkReceived *received);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LkReceived, lk_received_clear)

/**
 * lk_receive:
 * @session: holds "reception"
 * @received: (out): zeroed by the caller
 *
 * Checks that pages and forms fit together, compares each page by its ink with what is
 * here and takes up what is new, in one transaction.
 *
 * Returns: true if it is on the disk, or was before; LK_PIPELINE_ERROR_PAGE,
 * LK_FORM_ERROR_LAYOUT, LK_STORE_ERROR_LOCKED, LK_STORE_ERROR_DAMAGED
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_receive(LkArrival *arrival, LkSession *session, LkReceived *received,
                GError **error);

/* --- What a clerk is given to type. ----------------------------------------------- */

typedef struct {
    const char *to; /* login of a clerk */
    LkParcelKind kind;
    const LkCaseCode *codes; /* of these files; NULL: of all that can be opened */
    size_t n_codes;
    int limit; /* crops at most; 0: all */
} LkParcelOrder;

typedef struct {
    gint64 parcel;  /* its number; 0: there was nothing to give */
    int n;          /* crops in it */
    int n_left_out; /* fields that cannot be cut out of their page: it was never
                     * measured, or its picture cannot be had */
    int n_closed;   /* fields passed over: of files that the giver cannot open */
} LkParcelGiven;

/** lk_parcel_kind: in which kind of parcel @field goes; false for boxes and
 * signatures, which nobody types. */
bool lk_parcel_kind(const LkLayoutField *field, LkParcelKind *kind);

/**
 * lk_parcel_give:
 * @session: holds the keys of the files
 * @given: (out)
 *
 * Opens pages, cuts out the fields of one kind that have ink, no value yet, and lie in
 * no parcel, and seals each to the clerk. The clear crops are in memory only.
 *
 * Returns: true; LK_STORE_ERROR_LOCKED if @session does not hold a file of @order, and
 * as lk_parcel_draft_new()
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_parcel_give(LkSession *session, const LkParcelOrder *order,
                    LkParcelGiven *given, GError **error);

/* --- Why a page was read as it was. ----------------------------------------------- */

typedef struct {
    const char *file;   /* or NULL: a page that was filed */
    int page;           /* of the file, from 1 */
    gint64 filed;       /* else: its number in the store */
    LkSession *session; /* who looks at it: holds its key; NULL in an office without */
    const char *output; /* a PNG; an existing file is replaced */
} LkExplainOrder;

typedef struct {
    bool is_read, is_blank; /* neither: refused or unknown */
    GPtrArray *reasons;     /* char*, sentences for a clerk; NULL at the end */
} LkExplained;

void lk_explained_clear(LkExplained *explained);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LkExplained, lk_explained_clear)

/**
 * lk_explain_page:
 * @store: its layouts are read; nothing is written to it
 * @explained: (out): zeroed by the caller
 *
 * Reads one page as lk_intake() would and draws on it what was found and decided.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_explain_page(LkStore *store, const LkExplainOrder *order,
                     LkExplained *explained, GError **error);

G_END_DECLS

#include "pipeline/crop.h"
#include "pipeline/propose.h"
#include "pipeline/queue.h"

#endif
