/* intake.c - a batch of files, page after page, each on the disk before the next.
 *
 * What a batch has done is written nowhere but in the store: the scan's row and its
 * pages. So there is nothing to repair after an interruption: the same files are taken
 * up again, pages that are there are passed over, and the rest goes on. */
#include "pipeline/crew.h"
#include "pipeline/page.h"
#include "pipeline/recover.h"
#include "pipeline/tally.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Files taken up at once: with one page each they must keep every reader busy. */
#define MOST_PILES 64

/* A file to be taken in. */
typedef struct {
    char *path;    /* as the user named it */
    bool is_found; /* in a folder: nobody said that it is a scan */
} Entry;

typedef struct {
    LkStore *store;
    LkDesk *desk;
    LkCrew *crew;
    const LkIntakeOptions *options;
    LkIntakeSummary *summary;
    GArray *entries; /* Entry */
    guint n_opened;  /* of the entries */
    GQueue piles;    /* Pile, order of the entries; the first is being filed */
    bool has_twin;   /* the next entry waits: its bytes are those of a pile */
    LkTally tally;
} Work;

/* A page that a reader has in hand. */
typedef struct {
    LkTicket *ticket;
    int page;
} Order;

/* A file on its way. What happens to it ahead of its turn is told when that comes. */
typedef struct {
    const char *path; /* as the user named it */
    LkCrewFile file;  /* opened once: read, sealed and decoded; fd -1: not opened */
    struct stat seen; /* as it was then */
    int number;
    bool is_announced;
    bool is_bystander;  /* no scan, and none was meant */
    GError *refusal;    /* it cannot be taken in; or NULL */
    GError *breakdown;  /* the office failed over it; or NULL */
    LkStoreScan scan;   /* id 0: not begun */
    GPtrArray *records; /* LkPageRecord, of pages filed before; or NULL */
    GHashTable *filed;  /* their indexes, as pointers */
    int n_pages;
    int next;      /* page to be asked for */
    bool is_asked; /* for any page */
    GQueue orders; /* Order */
    GError *rest;  /* why pages after the last are lost; or NULL */
    int left_alone, deaths;
    bool is_over; /* nothing more is filed of it */
} Pile;

static bool
is_stopped(Work *work)
{
    const LkIntakeOptions *options = work->options;
    work->summary->stopped |= options->stop != NULL && options->stop(options->data);
    return work->summary->stopped;
}

/* --- Telling. -----------------------------------------------------------------------
 */

static void
tell_page(const Work *work, const LkIntakePage *page, int n_pages)
{
    if (work->options->page != NULL) {
        work->options->page(page, n_pages, work->options->data);
    }
}

static void
tell_failed(const Work *work, const char *path, int index, const GError *error)
{
    work->summary->failed_files++;
    if (work->options->failed != NULL) {
        work->options->failed(path, index, error, work->options->data);
    }
}

static void
tell_result(const Work *work, const Pile *pile, int index, const LkPageResult *result)
{
    g_ptr_array_add(result->reasons, NULL);
    LkIntakePage page = {
        .file = pile->path,
        .index = index,
        .status = result->status,
        .id = result->has_id ? &result->id : NULL,
        .case_code = result->case_code.text[0] != '\0' ? &result->case_code
                     : result->has_id                  ? &result->id.case_code
                                                       : NULL,
        .reasons = (const char *const *)result->reasons->pdata,
        .attention = result->status == LK_PAGE_REVIEW ||
                     result->status == LK_PAGE_UNKNOWN ||
                     result->status == LK_PAGE_ERROR,
        .duration_ms = result->duration_ms,
        .quality = result->quality,
    };
    tell_page(work, &page, pile->n_pages);
}

static void
tell_filed_before(const Work *work, const Pile *pile, const LkPageRecord *record,
                  int n_pages)
{
    g_autofree char *day = g_strndup(record->filed_at, strlen("2026-11-23"));
    g_autofree char *reason =
        g_strdup_printf(_("this page of this file was filed on %s"), day);
    const char *reasons[] = {reason, NULL};
    bool known = record->known_by != LK_KNOWN_NOT;
    LkIntakePage page = {
        .file = pile->path,
        .index = record->index,
        .status = LK_PAGE_DUPLICATE,
        .id = known ? &record->id : NULL,
        .case_code = record->case_code.text[0] != '\0' ? &record->case_code
                     : known                           ? &record->id.case_code
                                                       : NULL,
        .reasons = reasons,
    };
    work->summary->filed_before++;
    tell_page(work, &page, n_pages);
}

static void
count_result(Work *work, Pile *pile, const LkPageResult *result)
{
    LkIntakeSummary *summary = work->summary;
    if (result->filed_before) {
        summary->filed_before++;
        return;
    }
    if (!result->filed) {
        summary->no_layout++;
        pile->left_alone++;
    }
    summary->pages[result->status]++;
    summary->alerts += result->alerts;
    summary->to_decide += result->to_decide;
    summary->to_type += result->to_type;
    summary->to_settle += result->waits_whole ? 1 : 0;
}

/* --- Pages. -------------------------------------------------------------------------
 */

/* A page that could not be told apart from an interruption is not filed: Ctrl-C reaches
 * readers, decoders and Tesseract as well. */
static bool
take_image(Work *work, Pile *pile, const LkOriginPage *origin, const LkReading *reading,
           GError **error)
{
    if (reading->outcome != LK_OUTCOME_READ && is_stopped(work)) {
        return true;
    }
    g_auto(LkPageResult) result = {0};
    if (!lk_desk_file(work->desk, origin, reading, &result, error)) {
        return false;
    }
    count_result(work, pile, &result);
    lk_tally_add(&work->tally, reading);
    tell_result(work, pile, origin->index, &result);
    return true;
}

/* The decoder hung or died: perhaps the page's fault, perhaps the machine's. Filed, the
 * page could never be tried again, so it is told and left for the next run. */
static bool
is_worth_another_try(const GError *why)
{
    return g_error_matches(why, LK_SCAN_ERROR, LK_SCAN_ERROR_TIMEOUT) ||
           g_error_matches(why, LK_SCAN_ERROR, LK_SCAN_ERROR_CRASH);
}

static bool
take_bad_page(Work *work, Pile *pile, const LkOriginPage *origin, const GError *why,
              GError **error)
{
    g_assert(why != NULL); /* a bad page says why: lk_scan_next() */
    if (is_stopped(work)) {
        return true;
    }
    g_auto(LkPageResult) result = {.status = LK_PAGE_ERROR};
    if (is_worth_another_try(why)) {
        result.reasons = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(result.reasons, g_strdup(why->message));
        pile->left_alone++;
        work->summary->pages[LK_PAGE_ERROR]++;
    } else if (lk_desk_file_bad(work->desk, origin, why, &result, error)) {
        count_result(work, pile, &result);
    } else {
        return false;
    }
    tell_result(work, pile, origin->index, &result);
    return true;
}

static const char *
failure_name(const GError *why)
{
    static const char *const names[] = {
        [LK_SCAN_ERROR_OPEN] = "open",       [LK_SCAN_ERROR_EMPTY] = "empty",
        [LK_SCAN_ERROR_FORMAT] = "format",   [LK_SCAN_ERROR_ENCRYPTED] = "encrypted",
        [LK_SCAN_ERROR_DAMAGED] = "damaged", [LK_SCAN_ERROR_TOO_LARGE] = "too_large",
        [LK_SCAN_ERROR_TIMEOUT] = "timeout", [LK_SCAN_ERROR_CRASH] = "crash",
    };
    bool ours = why->domain == LK_SCAN_ERROR && why->code >= 0 &&
                why->code < (int)G_N_ELEMENTS(names);
    return ours ? names[why->code] : "failed";
}

static bool
give_up(Work *work, Pile *pile, int index, const GError *why, GError **error)
{
    pile->is_over = true;
    if (is_stopped(work)) {
        return true;
    }
    if (!lk_store_scan_reject(work->store, pile->scan.id, failure_name(why), error)) {
        return false;
    }
    tell_failed(work, pile->path, index, why);
    return true;
}

static bool
finish_pile(Work *work, Pile *pile, GError **error)
{
    pile->is_over = true;
    if (pile->rest != NULL) {
        return give_up(work, pile, pile->n_pages, pile->rest, error);
    }
    return pile->left_alone > 0 ||
           lk_store_scan_done(work->store, pile->scan.id, pile->n_pages, error);
}

/* A file that cannot be opened was opened before, and has no name here. */
static void
name_file(const Pile *pile, LkReport *report)
{
    if (report->result == LK_SCAN_FAILED && report->n_pages == 0) {
        g_prefix_error(&report->why, _("%s: "), pile->path);
    }
}

static bool
is_same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* What is decoded must be what was sealed: nobody may have written to it meanwhile. */
static bool
is_unchanged(const Pile *pile)
{
    const struct stat *seen = &pile->seen;
    struct stat now;
    return fstat(pile->file.fd, &now) == 0 && now.st_size == seen->st_size &&
           is_same_time(&now.st_mtim, &seen->st_mtim) &&
           is_same_time(&now.st_ctim, &seen->st_ctim);
}

static GError *
changed(const Pile *pile)
{
    return g_error_new(LK_SCAN_ERROR, LK_SCAN_ERROR_OPEN,
                       _("%s: the file was changed while it was read, and nothing more "
                         "is taken from it: wait until the scanner has finished it, "
                         "then run the same command again"),
                       pile->path);
}

/* Readers count the deaths of their own decoders: together they are those of one. */
static bool
is_last_straw(Pile *pile, const LkReport *report)
{
    pile->deaths += report->died ? 1 : 0;
    return report->result == LK_SCAN_FAILED ||
           (report->died && pile->deaths >= LK_SCAN_MAX_DEATHS);
}

static bool
take_report(Work *work, Pile *pile, int index, LkReport *report, GError **error)
{
    LkStoreCut cut = {.own = report->cut, .scan_fd = pile->file.fd};
    if (report->pieces != NULL) {
        cut.pieces = (const LkPiece *)(void *)report->pieces->data;
        cut.n_pieces = report->pieces->len;
    }
    LkOriginPage origin = {pile->scan.id, index,
                           g_get_monotonic_time() - report->took_us,
                           report->pieces != NULL ? &cut : NULL};
    if (report->n_pages > 0) {
        pile->n_pages = report->n_pages;
        g_clear_error(&pile->rest);
        pile->rest = g_steal_pointer(&report->rest);
    }
    if (!is_unchanged(pile)) {
        g_autoptr(GError) why = changed(pile);
        pile->is_over = true;
        tell_failed(work, pile->path, index, why);
        return true;
    }
    if (report->why != NULL) {
        name_file(pile, report);
    }
    if (is_last_straw(pile, report)) {
        return give_up(work, pile, index, report->why, error);
    }
    switch (report->result) {
    case LK_SCAN_PAGE:
        return take_image(work, pile, &origin, report->reading, error);
    case LK_SCAN_BAD_PAGE:
        return take_bad_page(work, pile, &origin, report->why, error);
    default:
        return true; /* it ended before: another page says so, or this was to see */
    }
}

/* --- Asking ahead. ------------------------------------------------------------------
 */

static void
pass_over_filed(Pile *pile)
{
    while (g_hash_table_contains(pile->filed, GINT_TO_POINTER(pile->next))) {
        pile->next++;
    }
}

/* A pile of which every page was filed, but not its end: one look says how it ends. */
static bool
has_more(const Pile *pile)
{
    bool is_read = pile->scan.id != 0 && pile->scan.state != LK_SCAN_DONE;
    return is_read && !pile->is_over && pile->refusal == NULL &&
           (pile->next < pile->n_pages || !pile->is_asked);
}

static void
ask_next(Work *work, Pile *pile)
{
    Order *order = g_new0(Order, 1);
    order->page = pile->next++;
    order->ticket = lk_crew_ask(work->crew, &pile->file, order->page);
    g_queue_push_tail(&pile->orders, order);
    pile->is_asked = true;
    pass_over_filed(pile);
}

/* --- Files. -------------------------------------------------------------------------
 */

static void
entry_clear(gpointer entry)
{
    g_free(((Entry *)entry)->path);
}

static bool
is_named_as_scan(const char *path)
{
    static const char *const endings[] = {".pdf", ".tif", ".tiff",
                                          ".png", ".jpg", ".jpeg"};
    g_autofree char *lower = g_ascii_strdown(path, -1);
    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
        if (g_str_has_suffix(lower, endings[i])) {
            return true;
        }
    }
    return false;
}

/* What lies about on USB keys beside the scans: neither one by its content nor by its
 * name. */
static bool
is_bystander(const Entry *entry, const GError *why)
{
    return entry->is_found && !is_named_as_scan(entry->path) &&
           (g_error_matches(why, LK_SCAN_ERROR, LK_SCAN_ERROR_FORMAT) ||
            g_error_matches(why, LK_SCAN_ERROR, LK_SCAN_ERROR_EMPTY));
}

/* Only what can be opened is kept: the archive is for scans, not for whatever else lay
 * in the folder. */
static bool
is_scan(const Entry *entry, Pile *pile)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(LkScan) scan = lk_scan_open(entry->path, NULL, &why);
    if (scan != NULL) {
        pile->n_pages = lk_scan_n_pages(scan);
        pile->file.fd = fcntl(lk_scan_fd(scan), F_DUPFD_CLOEXEC, 3);
        if (pile->file.fd >= 0 && fstat(pile->file.fd, &pile->seen) == 0) {
            return true;
        }
        g_set_error(&why, LK_SCAN_ERROR, LK_SCAN_ERROR_OPEN, _("%s: %s"), pile->path,
                    lk_errno_text(errno));
    }
    if (is_bystander(entry, why)) {
        pile->is_bystander = true;
    } else {
        pile->refusal = g_steal_pointer(&why);
    }
    return false;
}

static void
free_order(gpointer order)
{
    g_free(order);
}

static void
pile_free(Pile *pile)
{
    if (pile->file.fd >= 0) {
        (void)close(pile->file.fd);
    }
    g_clear_error(&pile->refusal);
    g_clear_error(&pile->breakdown);
    g_clear_error(&pile->rest);
    lk_store_scan_clear(&pile->scan);
    g_clear_pointer(&pile->records, g_ptr_array_unref);
    g_hash_table_unref(pile->filed);
    g_queue_clear_full(&pile->orders, free_order);
    g_free(pile);
}

static void
free_pile(gpointer pile)
{
    pile_free(pile);
}

static bool
is_on_its_way(Work *work, const LkStoreScan *scan)
{
    for (const GList *at = work->piles.head; at != NULL; at = at->next) {
        if (((const Pile *)at->data)->scan.id == scan->id) {
            return true;
        }
    }
    return false;
}

/* A pile of which pages filed before are being written anew. */
typedef struct {
    Work *work;
    const Pile *pile;
} Recovering;

static bool
may_go_on(void *data)
{
    const Recovering *recovering = data;
    return !is_stopped(recovering->work) && is_unchanged(recovering->pile);
}

/* What was archived of it before is lost. */
static void
recover(Work *work, Pile *pile)
{
    Recovering recovering = {work, pile};
    LkRecovery recovery = {work->store, pile->file.fd, pile->path,
                           &pile->scan, may_go_on,     &recovering};
    GError *why = NULL;
    if (!lk_recover_scan(&recovery, &why)) {
        bool is_of_file = why->domain == LK_SCAN_ERROR;
        *(is_of_file ? &pile->refusal : &pile->breakdown) = why;
    }
}

/* Archives the file and finds out how far it came before. */
static void
begin(Work *work, Pile *pile)
{
    g_autoptr(GError) why = NULL;
    if (!lk_store_scan_begin_fd(work->store, pile->file.fd, pile->path, &pile->scan,
                                &why)) {
        bool is_file = g_error_matches(why, LK_STORE_ERROR, LK_STORE_ERROR_FILE);
        *(is_file ? &pile->refusal : &pile->breakdown) = g_steal_pointer(&why);
        return;
    }
    if (pile->scan.is_lost) {
        recover(work, pile);
    }
    if (pile->refusal == NULL && pile->breakdown == NULL && !is_unchanged(pile)) {
        pile->refusal = changed(pile);
    }
    if (pile->refusal != NULL || pile->breakdown != NULL || pile->scan.is_lost) {
        return;
    }
    pile->records = lk_store_scan_pages(work->store, pile->scan.id, &pile->breakdown);
    for (guint i = 0; pile->records != NULL && i < pile->records->len; i++) {
        const LkPageRecord *record = g_ptr_array_index(pile->records, i);
        g_hash_table_add(pile->filed, GINT_TO_POINTER(record->index));
    }
    pass_over_filed(pile);
}

/* The same bytes twice in one batch: the second is looked at when the first is filed.
 */
static void
open_entry(Work *work)
{
    const Entry *entry = &g_array_index(work->entries, Entry, work->n_opened);
    Pile *pile = g_new0(Pile, 1);
    pile->path = entry->path;
    pile->number = (int)work->n_opened + 1;
    pile->file = (LkCrewFile){.fd = -1, .key = work->n_opened + 1};
    pile->filed = g_hash_table_new(NULL, NULL);
    if (is_scan(entry, pile)) {
        begin(work, pile);
    }
    work->has_twin = pile->scan.id != 0 && is_on_its_way(work, &pile->scan);
    if (work->has_twin) {
        pile_free(pile);
        return;
    }
    work->n_opened++;
    g_queue_push_tail(&work->piles, pile);
}

static Pile *
first_with_more(Work *work)
{
    for (const GList *at = work->piles.head; at != NULL; at = at->next) {
        if (has_more(at->data)) {
            return at->data;
        }
    }
    return NULL;
}

/* Whether the next file may be opened: not after one over which the office failed. */
static bool
may_open(Work *work)
{
    const Pile *last = g_queue_peek_tail(&work->piles);
    return work->n_opened < work->entries->len &&
           (last == NULL || (!work->has_twin && last->breakdown == NULL &&
                             work->piles.length < MOST_PILES));
}

/* Gives readers work, of the files in their order. */
static void
ask_ahead(Work *work)
{
    while (lk_crew_has_room(work->crew) && !is_stopped(work)) {
        Pile *pile = first_with_more(work);
        if (pile != NULL) {
            ask_next(work, pile);
        } else if (may_open(work)) {
            open_entry(work);
        } else {
            return;
        }
    }
}

/* --- Filing, file after file. -------------------------------------------------------
 */

/* Says what was found when the pile was opened; false if the office failed then. */
static bool
announce(Work *work, Pile *pile, GError **error)
{
    pile->is_announced = true;
    if (work->options->file != NULL) {
        work->options->file(pile->path, pile->number, (int)work->entries->len,
                            work->options->data);
    }
    if (pile->breakdown != NULL) {
        g_propagate_error(error, g_steal_pointer(&pile->breakdown));
        return false;
    }
    if (pile->is_bystander) {
        work->summary->passed_over++;
        work->summary->files--;
    } else if (pile->refusal != NULL) {
        tell_failed(work, pile->path, 0, pile->refusal);
    }
    for (guint i = 0; pile->records != NULL && i < pile->records->len; i++) {
        tell_filed_before(work, pile, g_ptr_array_index(pile->records, i),
                          pile->scan.n_pages);
    }
    return true;
}

/* The next page of the pile, when its reading is there. */
static bool
take_next(Work *work, Pile *pile, GError **error)
{
    Order *order = g_queue_peek_head(&pile->orders);
    g_autoptr(GError) why = NULL;
    g_autoptr(LkReport) report = lk_crew_take(work->crew, order->ticket, &why);
    if (report == NULL) {
        bool is_interrupted = why == NULL;
        g_propagate_error(error, g_steal_pointer(&why));
        return is_interrupted;
    }
    g_queue_pop_head(&pile->orders);
    int page = order->page;
    g_free(order);
    ask_ahead(work);
    if (pile->is_over) {
        return true;
    }
    if (!take_report(work, pile, page, report, error)) {
        return false;
    }
    if (!pile->is_over && pile->orders.length == 0 && !has_more(pile)) {
        return finish_pile(work, pile, error);
    }
    return true;
}

/* Files pile after pile; what is asked ahead is read meanwhile. */
static bool
file_piles(Work *work, GError **error)
{
    for (ask_ahead(work); !is_stopped(work); ask_ahead(work)) {
        Pile *pile = g_queue_peek_head(&work->piles);
        if (pile == NULL) {
            return true;
        }
        if (!pile->is_announced && !announce(work, pile, error)) {
            return false;
        }
        if (pile->orders.length > 0) {
            if (!take_next(work, pile, error)) {
                return false;
            }
        } else if (!has_more(pile)) {
            pile_free(g_queue_pop_head(&work->piles));
        }
    }
    return true;
}

/* A name that leads nowhere costs that name. */
static void
list_path(Work *work, const char *path, GArray *entries)
{
    const char *one[] = {path, NULL};
    g_autoptr(GError) why = NULL;
    g_autoptr(GPtrArray) found = lk_scan_list(one, &why);
    if (found == NULL) {
        work->summary->files++;
        tell_failed(work, path, 0, why);
        return;
    }
    bool is_folder = g_file_test(path, G_FILE_TEST_IS_DIR);
    for (guint i = 0; i < found->len; i++) {
        Entry entry = {g_strdup(g_ptr_array_index(found, i)), is_folder};
        g_array_append_val(entries, entry);
    }
    work->summary->files += (int)found->len;
}

static GArray *
list_entries(Work *work, const char *const *paths)
{
    GArray *entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    g_array_set_clear_func(entries, entry_clear);
    for (; *paths != NULL; paths++) {
        list_path(work, *paths, entries);
    }
    return entries;
}

void
lk_intake_summary_clear(LkIntakeSummary *summary)
{
    g_clear_pointer(&summary->advice, g_ptr_array_unref);
}

static char *
answer_layout(const char *id, void *desk)
{
    return lk_desk_layout(desk, id);
}

static GArray *
answer_issued(const LkCaseCode *code, void *desk)
{
    return lk_desk_issued(desk, code);
}

bool
lk_intake(LkStore *store, const char *const *paths, const LkIntakeOptions *options,
          LkIntakeSummary *summary, GError **error)
{
    *summary = (LkIntakeSummary){0};
    if (!lk_guard_require(store, error) || !lk_store_lock_intake(store, error)) {
        return false;
    }
    g_autoptr(LkDesk) desk = lk_desk_new(store);
    LkCrewHost host = {answer_layout, answer_issued, desk};
    g_autoptr(LkCrew) crew = lk_crew_new(MAX(options->jobs, 1), &host, error);
    if (crew == NULL) {
        return false;
    }
    Work work = {store, desk, crew, options, summary, .piles = G_QUEUE_INIT};
    work.entries = list_entries(&work, paths);
    bool done = file_piles(&work, error);
    g_queue_clear_full(&work.piles, free_pile);
    g_array_unref(work.entries);
    summary->advice = lk_tally_say(&work.tally);
    return done;
}
