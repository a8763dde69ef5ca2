/* page.h - one page image on its way into the store. */
#ifndef LK_PIPELINE_PAGE_H
#define LK_PIPELINE_PAGE_H

#include "pipeline/pipeline.h"
#include "read/read.h"

G_BEGIN_DECLS

/** The form that opens every file. */
#define LK_EXAMPLE_FORM "1.B"

/** What filing pages needs all along: the office, layouts met so far. */
typedef struct LkDesk LkDesk;

G_GNUC_WARN_UNUSED_RESULT
LkDesk *lk_desk_new(LkStore *store);
void lk_desk_free(LkDesk *desk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkDesk, lk_desk_free)

/** Where a page came from. */
typedef struct {
    gint64 scan;
    int index;
    gint64 started_us; /* g_get_monotonic_time(), less what it took to read the page */
    const LkStoreCut *cut; /* the page as a file of its own; NULL: none was to be had */
} LkOriginPage;

/** What became of it; everything a caller may want to tell. */
typedef struct {
    LkPageStatus status;
    bool filed;        /* false: left alone until its layout is imported */
    bool filed_before; /* this very page of this scan was filed already */
    LkPageId id;
    bool has_id;
    LkCaseCode case_code; /* "" = none */
    GPtrArray *reasons;   /* char*, sentences */
    int alerts, to_decide, to_type;
    bool waits_whole; /* as in lk_store_open_pages() */
    int duration_ms;
    char *quality; /* JSON object of what was measured, or NULL */
} LkPageResult;

void lk_page_result_clear(LkPageResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LkPageResult, lk_page_result_clear)

/** lk_desk_layout: (transfer full) (nullable): the layout @id as JSON, for a reader. */
char *lk_desk_layout(LkDesk *desk, const char *id);

/** lk_desk_issued: (transfer full): LkPageId of every page known for @code. */
GArray *lk_desk_issued(LkDesk *desk, const LkCaseCode *code);

/** lk_desk_find_layout: (transfer none) (nullable): the same layout; lives as long as
 * @desk. */
const LkLayout *lk_desk_find_layout(LkDesk *desk, const char *id);

/** lk_desk_example: (transfer none) (nullable): any layout of today's: they all print
 * the case code at the same places. */
const LkLayout *lk_desk_example(LkDesk *desk);

/**
 * lk_desk_file:
 * @result: (out): zeroed by the caller
 *
 * Reconciles @reading and files the page in one transaction.
 *
 * Returns: true if @result was written; false only when the office itself fails
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_desk_file(LkDesk *desk, const LkOriginPage *origin, const LkReading *reading,
                  LkPageResult *result, GError **error);

/**
 * lk_desk_file_told: the same for a page filed before, of which a person says what it
 * is.
 * @reading: source PERSON, outcome READ
 * @is_unread: its boxes could not be read: its ink proves nothing
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_desk_file_told(LkDesk *desk, const LkOriginPage *origin,
                       const LkReading *reading, const LkPageSaid *told, bool is_unread,
                       LkPageResult *result, GError **error);

/** lk_desk_file_bad: files a page that could not be decoded; @why says the reason. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_desk_file_bad(LkDesk *desk, const LkOriginPage *origin, const GError *why,
                      LkPageResult *result, GError **error);

G_END_DECLS

#endif
