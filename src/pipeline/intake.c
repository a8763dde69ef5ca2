/* intake.c - a batch of files, page after page, each on the disk before the next.
 *
 * What a batch has done is written nowhere but in the store: the scan's row and its
 * pages. So there is nothing to repair after an interruption: the same files are taken
 * up again, pages that are there are passed over, and the rest goes on. */
#include "pipeline/page.h"
#include "pipeline/tally.h"

#include <string.h>

typedef struct {
    LkStore *store;
    LkDesk *desk;
    const LkIntakeOptions *options;
    LkIntakeSummary *summary;
    LkTally tally;
} Work;

/* A file on its way. */
typedef struct {
    const char *path; /* as the user named it */
    LkStoreScan scan;
    LkScan *pages;
    GHashTable *filed; /* indexes filed before, as pointers */
    int next;          /* index of the page lk_scan_next() gives next */
    int left_alone;
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
    tell_page(work, &page, lk_scan_n_pages(pile->pages));
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
}

/* --- Pages. -------------------------------------------------------------------------
 */

/* A page that could not be told apart from an interruption is not filed: Ctrl-C reaches
 * the decoder and Tesseract as well. */
static bool
take_image(Work *work, Pile *pile, const LkOriginPage *origin, const LkImage *image,
           GError **error)
{
    g_autoptr(LkReading) reading = lk_desk_read(work->desk, image);
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
give_up(Work *work, Pile *pile, const GError *why, GError **error)
{
    if (is_stopped(work)) {
        return true;
    }
    if (!lk_store_scan_reject(work->store, pile->scan.id, failure_name(why), error)) {
        return false;
    }
    tell_failed(work, pile->path, pile->next, why);
    return true;
}

static bool
finish_pile(Work *work, Pile *pile, GError **error)
{
    return pile->left_alone > 0 ||
           lk_store_scan_done(work->store, pile->scan.id, pile->next, error);
}

/* Messages about the archived copy would name it by its hash: the user's name instead.
 */
static void
name_file(const Pile *pile, GError *why)
{
    gsize len = strlen(pile->scan.path);
    if (strncmp(why->message, pile->scan.path, len) == 0) {
        char *message = g_strconcat(pile->path, why->message + len, NULL);
        g_free(why->message);
        why->message = message;
    }
}

/* One step through the file; @more tells whether there is another. */
static bool
take_next(Work *work, Pile *pile, bool *more, GError **error)
{
    LkOriginPage origin = {pile->scan.id, pile->next, g_get_monotonic_time()};
    LkImage image;
    g_autoptr(GError) why = NULL;
    LkScanResult got = lk_scan_next(pile->pages, &image, &why);
    bool skip = g_hash_table_contains(pile->filed, GINT_TO_POINTER(pile->next));
    bool done = true;
    if (why != NULL) {
        name_file(pile, why);
    }
    *more = got == LK_SCAN_PAGE || got == LK_SCAN_BAD_PAGE;
    if (got == LK_SCAN_FAILED) {
        return give_up(work, pile, why, error);
    }
    if (got == LK_SCAN_END) {
        return finish_pile(work, pile, error);
    }
    if (!skip && got == LK_SCAN_PAGE) {
        done = take_image(work, pile, &origin, &image, error);
    } else if (!skip) {
        done = take_bad_page(work, pile, &origin, why, error);
    }
    pile->next++;
    return done;
}

static bool
take_pages(Work *work, Pile *pile, GError **error)
{
    LkScanLimits limits = lk_scan_limits_default;
    limits.ahead = work->options->ahead;
    g_autoptr(GError) why = NULL;
    pile->pages = lk_scan_open(pile->scan.path, &limits, &why);
    if (pile->pages == NULL) {
        name_file(pile, why);
        return give_up(work, pile, why, error);
    }
    while (g_hash_table_contains(pile->filed, GINT_TO_POINTER(pile->next))) {
        pile->next++;
    }
    lk_scan_skip(pile->pages, pile->next);
    bool more = true;
    while (more && !is_stopped(work)) {
        if (!take_next(work, pile, &more, error)) {
            return false;
        }
    }
    return true;
}

/* --- Files. -------------------------------------------------------------------------
 */

static bool
pass_over_filed(Work *work, Pile *pile, GError **error)
{
    g_autoptr(GPtrArray) records =
        lk_store_scan_pages(work->store, pile->scan.id, error);
    if (records == NULL) {
        return false;
    }
    for (guint i = 0; i < records->len; i++) {
        const LkPageRecord *record = g_ptr_array_index(records, i);
        g_hash_table_add(pile->filed, GINT_TO_POINTER(record->index));
        tell_filed_before(work, pile, record, pile->scan.n_pages);
    }
    return true;
}

/* A file to be taken in. */
typedef struct {
    char *path;
    bool is_found; /* in a folder: nobody said that it is a scan */
} Entry;

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
is_scan(Work *work, const Entry *entry)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(LkScan) scan = lk_scan_open(entry->path, NULL, &why);
    if (scan != NULL || is_stopped(work)) {
        return scan != NULL;
    }
    if (is_bystander(entry, why)) {
        work->summary->passed_over++;
        work->summary->files--;
    } else {
        tell_failed(work, entry->path, 0, why);
    }
    return false;
}

static void
pile_clear(Pile *pile)
{
    lk_scan_free(pile->pages);
    lk_store_scan_clear(&pile->scan);
    g_hash_table_unref(pile->filed);
}

static bool
take_file(Work *work, const Entry *entry, GError **error)
{
    const char *path = entry->path;
    if (!is_scan(work, entry)) {
        return true;
    }
    Pile pile = {.path = path, .filed = g_hash_table_new(NULL, NULL)};
    g_autoptr(GError) why = NULL;
    bool done = lk_store_scan_begin(work->store, path, &pile.scan, &why);
    if (!done && g_error_matches(why, LK_STORE_ERROR, LK_STORE_ERROR_FILE)) {
        tell_failed(work, path, 0, why);
        done = true;
    } else if (!done) {
        g_propagate_error(error, g_steal_pointer(&why));
    } else {
        done = pass_over_filed(work, &pile, error) &&
               (pile.scan.state == LK_SCAN_DONE || take_pages(work, &pile, error));
    }
    pile_clear(&pile);
    return done;
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

static bool
take_entries(Work *work, const GArray *entries, GError **error)
{
    const LkIntakeOptions *options = work->options;
    for (guint i = 0; i < entries->len && !is_stopped(work); i++) {
        const Entry *entry = &g_array_index(entries, Entry, i);
        if (options->file != NULL) {
            options->file(entry->path, (int)i + 1, (int)entries->len, options->data);
        }
        if (!take_file(work, entry, error)) {
            return false;
        }
    }
    return true;
}

bool
lk_intake(LkStore *store, const char *const *paths, const LkIntakeOptions *options,
          LkIntakeSummary *summary, GError **error)
{
    *summary = (LkIntakeSummary){0};
    if (!lk_store_lock_intake(store, error)) {
        return false;
    }
    g_autoptr(LkDesk) desk = lk_desk_new(store, error);
    if (desk == NULL) {
        return false;
    }
    Work work = {.store = store, .desk = desk, .options = options, .summary = summary};
    g_autoptr(GArray) entries = list_entries(&work, paths);
    bool done = take_entries(&work, entries, error);
    summary->advice = lk_tally_say(&work.tally);
    return done;
}
