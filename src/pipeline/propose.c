/* propose.c - which page may this be? What a page says of itself comes first, then what
 * lies around it in the pile, then what is missing somewhere. */
#include "pipeline/pipeline.h"

#include <string.h>

typedef struct {
    LkStore *store;
    const LkPageRecord *record;
    GPtrArray *proposals;
} Work;

void
lk_proposal_free(LkProposal *proposal)
{
    if (proposal != NULL) {
        g_free(proposal->why);
        g_free(proposal);
    }
}

/* --- Adding one. --------------------------------------------------------------------
 */

static bool
is_known(const Work *work, const LkCaseCode *code, const LkPageId *id)
{
    for (guint i = 0; i < work->proposals->len; i++) {
        const LkProposal *known = g_ptr_array_index(work->proposals, i);
        if (lk_case_code_equal(&known->code, code) &&
            strcmp(known->form, id->form) == 0 && strcmp(known->copy, id->copy) == 0 &&
            known->page == id->page) {
            return true;
        }
    }
    return false;
}

/* Its number in the file; 1 if the copy is not known there: a blank one. */
static int
number_of(LkStore *store, const LkCaseCode *code, const LkPageId *id)
{
    g_autoptr(GArray) copies = lk_store_list_copies(store, code, NULL);
    for (guint i = 0; copies != NULL && i < copies->len; i++) {
        const LkStoreCopy *copy = &g_array_index(copies, LkStoreCopy, i);
        if (strcmp(copy->form, id->form) == 0 && strcmp(copy->copy, id->copy) == 0) {
            return copy->number;
        }
    }
    return 1;
}

static void
add(Work *work, const LkCaseCode *code, const LkPageId *id, const char *why)
{
    if (work->proposals->len >= LK_PROPOSALS_MAX || code->text[0] == '\0' ||
        lk_case_code_is_blank(code) || id->page < 1 || is_known(work, code, id)) {
        return;
    }
    LkProposal *proposal = g_new0(LkProposal, 1);
    proposal->code = *code;
    proposal->page = id->page;
    proposal->number = number_of(work->store, code, id);
    proposal->why = g_strdup(why);
    g_strlcpy(proposal->form, id->form, sizeof proposal->form);
    g_strlcpy(proposal->layout, id->layout, sizeof proposal->layout);
    g_strlcpy(proposal->copy, id->copy, sizeof proposal->copy);
    g_ptr_array_add(work->proposals, proposal);
}

/* --- What it says of itself. --------------------------------------------------------
 */

static void
add_own(Work *work)
{
    const LkPageRecord *record = work->record;
    if (record->known_by == LK_KNOWN_NOT) {
        return;
    }
    const char *why = record->known_by == LK_KNOWN_BY_PRINT
                          ? _("its printed code says so")
                      : record->known_by == LK_KNOWN_BY_LABEL
                          ? _("the label stuck on it says so")
                          : _("the codes on the page itself say so");
    add(work, &record->id.case_code, &record->id, why);
    bool other = !lk_case_code_equal(&record->case_code, &record->id.case_code);
    add(work, &record->case_code, &record->id,
        other ? _("the label, or another page of the same blank copy, says so") : why);
}

/* --- What lies around it. -----------------------------------------------------------
 */

/* Whether nobody holds @page of the copy that @id is of. */
static bool
is_missing(Work *work, const LkCaseCode *code, const LkPageId *id, int page)
{
    LkPageId wanted = *id;
    wanted.page = page;
    g_autoptr(GPtrArray) same = lk_store_find_same(work->store, &wanted, code, NULL);
    for (guint i = 0; same != NULL && i < same->len; i++) {
        const LkPageRecord *record = g_ptr_array_index(same, i);
        if (record->holds) {
            return false;
        }
    }
    return same != NULL;
}

static int
n_pages_of(LkStore *store, const LkCaseCode *code, const LkPageId *id)
{
    g_autoptr(GArray) copies = lk_store_list_copies(store, code, NULL);
    for (guint i = 0; copies != NULL && i < copies->len; i++) {
        const LkStoreCopy *copy = &g_array_index(copies, LkStoreCopy, i);
        if (strcmp(copy->form, id->form) == 0 && strcmp(copy->copy, id->copy) == 0) {
            return copy->n_pages;
        }
    }
    return 0;
}

/* The page beside @neighbour's own, if its copy has one there and it is missing. */
static void
add_beside(Work *work, const LkPageRecord *neighbour, int step, const char *why)
{
    LkPageId id = neighbour->id;
    const LkCaseCode *code = &neighbour->case_code;
    id.page += step;
    if (id.page >= 1 &&
        id.page <= MAX(n_pages_of(work->store, code, &id),
                       step < 0 ? neighbour->id.page : 0) &&
        is_missing(work, code, &id, id.page)) {
        add(work, code, &id, why);
    }
}

static bool
same_copy(const LkPageRecord *a, const LkPageRecord *b)
{
    return lk_case_code_equal(&a->case_code, &b->case_code) &&
           strcmp(a->id.form, b->id.form) == 0 && strcmp(a->id.copy, b->id.copy) == 0;
}

static void
add_neighbours(Work *work, const GPtrArray *scan)
{
    const LkPageRecord *before = NULL;
    const LkPageRecord *after = NULL;
    for (guint i = 0; i < scan->len; i++) {
        const LkPageRecord *page = g_ptr_array_index(scan, i);
        if (!page->holds) {
            continue;
        }
        if (page->index < work->record->index) {
            before = page;
        } else if (page->index > work->record->index && after == NULL) {
            after = page;
        }
    }
    if (before != NULL && after != NULL && same_copy(before, after) &&
        after->id.page - before->id.page == 2) {
        add_beside(work, before, 1,
                   _("it lay between the page before and the page after it"));
    }
    if (before != NULL) {
        add_beside(work, before, 1,
                   _("it lay behind the page before it, and this page "
                     "of that form is missing"));
    }
    if (after != NULL) {
        add_beside(work, after, -1,
                   _("it lay in front of the page after it, and this "
                     "page of that form is missing"));
    }
}

/* --- What is missing. ---------------------------------------------------------------
 */

typedef struct {
    Work *work;
    GHashTable *scanned; /* codes of files that were in the same pile */
    bool in_pile;        /* those only, or the others */
    bool is_counting;    /* adds none */
    guint n;             /* pages that fit */
} Search;

static void
add_gap(const LkStoreGap *gap, void *data)
{
    Search *search = data;
    Work *work = search->work;
    const LkPageId *own = &work->record->id;
    bool knows_form = work->record->known_by != LK_KNOWN_NOT;
    if (g_hash_table_contains(search->scanned, gap->code.text) != search->in_pile ||
        (knows_form && strcmp(gap->form, own->form) != 0)) {
        return;
    }
    LkPageId id = {.case_code = gap->code};
    g_strlcpy(id.form, gap->form, sizeof id.form);
    g_strlcpy(id.layout, gap->layout, sizeof id.layout);
    g_strlcpy(id.copy, gap->copy, sizeof id.copy);
    for (id.page = 1; id.page <= gap->n_pages; id.page++) {
        bool missing = (gap->present >> (id.page - 1) & 1u) == 0;
        bool fits = missing && (!knows_form || id.page == own->page);
        search->n += fits ? 1 : 0;
        if (fits && !search->is_counting) {
            add(work, &gap->code, &id,
                search->in_pile ? _("this page is missing in a file of the same pile")
                                : _("this page is missing in that file"));
        }
    }
}

/* Of the same pile first. Of all the others only if they are few, or if the page says
 * which one it is: a list of whatever is missing somewhere helps nobody. */
static bool
add_gaps(Work *work, const GPtrArray *scan, GError **error)
{
    g_autoptr(GHashTable) scanned =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < scan->len; i++) {
        const LkPageRecord *page = g_ptr_array_index(scan, i);
        if (page->case_code.text[0] != '\0') {
            g_hash_table_add(scanned, g_strdup(page->case_code.text));
        }
    }
    Search pile = {work, scanned, true, false, 0};
    Search rest = {work, scanned, false, true, 0};
    if (!lk_store_each_gap(work->store, NULL, add_gap, &pile, error) ||
        !lk_store_each_gap(work->store, NULL, add_gap, &rest, error)) {
        return false;
    }
    rest.is_counting = false;
    return (work->record->known_by == LK_KNOWN_NOT && rest.n > LK_PROPOSALS_MAX) ||
           lk_store_each_gap(work->store, NULL, add_gap, &rest, error);
}

GPtrArray *
lk_page_propose(LkStore *store, gint64 page, GError **error)
{
    g_return_val_if_fail(store != NULL, NULL);
    g_autoptr(LkPageRecord) record = lk_store_load_page(store, page, error);
    g_autoptr(GPtrArray) scan =
        record != NULL ? lk_store_scan_pages(store, record->scan, error) : NULL;
    if (scan == NULL) {
        return NULL;
    }
    g_autoptr(GPtrArray) proposals =
        g_ptr_array_new_with_free_func((GDestroyNotify)lk_proposal_free);
    Work work = {store, record, proposals};
    add_own(&work);
    add_neighbours(&work, scan);
    return add_gaps(&work, scan, error) ? g_steal_pointer(&proposals) : NULL;
}
