/* queue.c - what waits for people: made of what the store says of fields, pages and
 * files; boxes judged by what was kept of the ink. */
#include "pipeline/evidence.h"
#include "pipeline/page.h"
#include "pipeline/reconcile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A layout and where its fields are, by name. */
typedef struct {
    const LkLayout *layout;
    GHashTable *fields; /* name -> index + 1 */
} Known;

struct LkQueue {
    LkStore *store;
    LkDesk *desk;
    GHashTable *known;            /* id -> Known */
    GPtrArray *items[LK_QUEUE_N]; /* LkQueueItem, in order */
    GHashTable *touched;          /* interned codes */
    bool pages_touched;           /* what waits as a whole page may be others */
    GHashTable *settled;          /* Place */
    GHashTable *facts;            /* "form field" that another form may contradict */
    LkStoreSeen seen;
    guint generation;
};

/* A field of a page; the texts are interned. */
typedef struct {
    gint64 page;
    const char *field;
    int row;
} Place;

/* --- Names. -------------------------------------------------------------------------
 */

static const char *const names[LK_QUEUE_N] = {"marks",          "choices",   "type",
                                              "required",       "conflicts", "identity",
                                              "contradictions", "missing"};

const char *
lk_queue_name(LkQueueId id)
{
    return names[id];
}

bool
lk_queue_parse(const char *name, LkQueueId *id)
{
    for (int i = 0; i < LK_QUEUE_N; i++) {
        if (strcmp(name, names[i]) == 0) {
            *id = (LkQueueId)i;
            return true;
        }
    }
    return false;
}

char *
lk_queue_item_key(const LkQueueItem *item)
{
    return item->page == 0
               ? g_strdup(item->code)
               : g_strdup_printf("%" G_GINT64_FORMAT ":%d:%s", item->page, item->row,
                                 item->field != NULL ? item->field : "");
}

/* --- Layouts. -----------------------------------------------------------------------
 */

static void
free_known(gpointer data)
{
    Known *known = data;
    g_hash_table_unref(known->fields);
    g_free(known);
}

static const Known *
know(LkQueue *queue, const char *id)
{
    Known *known = g_hash_table_lookup(queue->known, id);
    const LkLayout *layout =
        known == NULL && *id != '\0' ? lk_desk_find_layout(queue->desk, id) : NULL;
    if (layout == NULL) {
        return known;
    }
    known = g_new0(Known, 1);
    known->layout = layout;
    known->fields = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < layout->fields->len; i++) {
        const LkLayoutField *field = lk_layout_field(layout, (int)i);
        g_hash_table_insert(known->fields, field->name, GINT_TO_POINTER((int)i + 1));
    }
    g_hash_table_insert(queue->known, g_strdup(id), known);
    return known;
}

const LkLayout *
lk_queue_layout(LkQueue *queue, const char *id)
{
    const Known *known = know(queue, id);
    return known != NULL ? known->layout : NULL;
}

const LkLayoutField *
lk_queue_field(LkQueue *queue, const char *layout, const char *field, int *index)
{
    const Known *known = know(queue, layout);
    int at = known != NULL && field != NULL
                 ? GPOINTER_TO_INT(g_hash_table_lookup(known->fields, field))
                 : 0;
    if (index != NULL) {
        *index = at - 1;
    }
    return at > 0 ? lk_layout_field(known->layout, at - 1) : NULL;
}

/* --- Boxes. -------------------------------------------------------------------------
 */

/* What is being gathered; the evidence of one page is at hand at a time. */
typedef struct {
    LkQueue *queue;
    GPtrArray *fresh; /* LkQueueItem */
    gint64 page;
    GArray *boxes;           /* LkKeptBox of that page, or NULL */
    const char *code, *fact; /* of the last contradiction */
} Gathering;

static const GArray *
boxes_of(Gathering *gathering, const LkStoreTask *task, const LkLayout *layout)
{
    if (gathering->page != task->page) {
        gathering->page = task->page;
        g_clear_pointer(&gathering->boxes, g_array_unref);
        const LkLayoutPage *page = lk_layout_page(layout, task->page_number);
        g_autoptr(GBytes) evidence =
            lk_store_page_evidence(gathering->queue->store, task->page, NULL);
        if (page != NULL) {
            gathering->boxes = lk_evidence_boxes(evidence, layout, page);
        }
    }
    return gathering->boxes;
}

/* Why a question waits whose boxes are all certain. What is left is one that we printed
 * as marked and that reads as empty. */
static const char *
contradiction_of(const LkLayoutField *field, const int n[LK_MARK_BLACKENED + 1])
{
    if (field->type != LK_FIELD_MULTI && n[LK_MARK_MARKED] > 1) {
        return "two_marks";
    }
    if (n[LK_MARK_BLACKENED] > 0) {
        return n[LK_MARK_MARKED] > 0 ? "correction" : "cancelled";
    }
    return "gone";
}

/* In doubt, or contradictory; how sure of the doubtful boxes, and what they seem. */
static void
judge_boxes(Gathering *gathering, const LkStoreTask *task, const Known *known,
            int field, LkQueueItem *item)
{
    const LkLayoutPage *page = lk_layout_page(known->layout, task->page_number);
    const GArray *kept = boxes_of(gathering, task, known->layout);
    int n[LK_MARK_BLACKENED + 1] = {0};
    bool known_all = kept != NULL;
    item->sureness = INFINITY;
    for (guint i = 0; kept != NULL && i < page->boxes->len; i++) {
        const LkBox *box = &g_array_index(page->boxes, LkBox, i);
        const LkKeptBox *seen = &g_array_index(kept, LkKeptBox, i);
        if (box->field != field || box->row != task->row) {
            continue;
        }
        known_all &= seen->is_known;
        n[seen->state]++;
        if (seen->is_known && seen->state == LK_MARK_UNSURE) {
            double distance = log(MAX(seen->score, 0.001) / LK_EVEN_SCORE);
            if (fabs(distance) < item->sureness) {
                item->sureness = fabs(distance);
                item->guess = distance >= 0;
            }
        }
    }
    bool doubt = !known_all || n[LK_MARK_UNSURE] > 0;
    item->sureness = isfinite(item->sureness) ? item->sureness : 0;
    item->queue = doubt ? LK_QUEUE_MARKS : LK_QUEUE_CHOICES;
    item->reason =
        doubt ? NULL : contradiction_of(lk_layout_field(known->layout, field), n);
    item->guess = doubt ? item->guess : task->value != NULL;
}

/* --- Gathering. ---------------------------------------------------------------------
 */

static LkQueueItem *
item_from_task(const LkStoreTask *task)
{
    LkQueueItem *item = g_new0(LkQueueItem, 1);
    *item = (LkQueueItem){.page = task->page,
                          .code = g_intern_string(task->code.text),
                          .field = g_intern_string(task->field),
                          .row = task->row,
                          .layout = g_intern_string(task->layout),
                          .copy = g_intern_string(task->copy),
                          .page_number = task->page_number,
                          .position = task->position,
                          .personal = task->personal,
                          .source = task->source,
                          .version = task->version,
                          .keyed_by = {g_intern_string(task->keyed_by[0]),
                                       g_intern_string(task->keyed_by[1])},
                          .keying = task->keying};
    g_strlcpy(item->form, task->form, sizeof item->form);
    return item;
}

/* Sets the queue; false: nobody can decide it here. */
static bool
place_task(Gathering *gathering, const LkStoreTask *task, LkQueueItem *item)
{
    const Known *known = know(gathering->queue, task->layout);
    int index = -1;
    const LkLayoutField *field =
        lk_queue_field(gathering->queue, task->layout, task->field, &index);
    if (field == NULL) {
        return false;
    }
    switch (task->kind) {
    case LK_WAIT_MARK:
        judge_boxes(gathering, task, known, index, item);
        return true;
    case LK_WAIT_TYPE:
        item->queue = LK_QUEUE_TYPE;
        return lk_parcel_kind(field, &item->kind);
    case LK_WAIT_REQUIRED: /* nobody signs here */
        item->queue = LK_QUEUE_REQUIRED;
        return field->type != LK_FIELD_SIGNATURE;
    default: { /* one item for all forms that disagree about one fact */
        item->queue = LK_QUEUE_CONTRADICTIONS;
        item->reason = g_intern_string(task->fact);
        bool again = item->code == gathering->code && item->reason == gathering->fact;
        gathering->code = item->code;
        gathering->fact = item->reason;
        return !again;
    }
    }
}

static void
gather_task(const LkStoreTask *task, void *data)
{
    Gathering *gathering = data;
    LkQueueItem *item = item_from_task(task);
    if (place_task(gathering, task, item)) {
        g_ptr_array_add(gathering->fresh, item);
    } else {
        g_free(item);
    }
}

static void
gather_gap(const LkStoreGap *gap, void *data)
{
    Gathering *gathering = data;
    const char *code = g_intern_string(gap->code.text);
    if (gathering->fresh->len > 0) { /* a file once, however many copies lack pages */
        const LkQueueItem *last =
            g_ptr_array_index(gathering->fresh, gathering->fresh->len - 1);
        if (last->queue == LK_QUEUE_MISSING && last->code == code) {
            return;
        }
    }
    LkQueueItem *item = g_new0(LkQueueItem, 1);
    item->queue = LK_QUEUE_MISSING;
    item->code = code;
    item->layout = g_intern_string(gap->layout);
    item->copy = "";
    g_ptr_array_add(gathering->fresh, item);
}

static bool
gather_pages(LkStore *store, GPtrArray *fresh, GError **error)
{
    g_autoptr(GPtrArray) open = lk_store_open_pages(store, error);
    for (guint i = 0; open != NULL && i < open->len; i++) {
        const LkOpenPage *page = g_ptr_array_index(open, i);
        const LkPageRecord *record = page->record;
        LkQueueItem *item = g_new0(LkQueueItem, 1);
        bool conflict = !page->unknown && page->kind == LK_WAIT_CONFLICT;
        *item =
            (LkQueueItem){.queue = conflict ? LK_QUEUE_CONFLICTS : LK_QUEUE_IDENTITY,
                          .page = record->page,
                          .code = g_intern_string(record->case_code.text),
                          .layout = g_intern_string(record->id.layout),
                          .copy = g_intern_string(record->id.copy),
                          .page_number = record->id.page,
                          .reason = conflict        ? NULL
                                    : page->unknown ? "unknown"
                                                    : lk_wait_kind_name(page->kind)};
        g_strlcpy(item->form, record->id.form, sizeof item->form);
        g_ptr_array_add(fresh, item);
    }
    return open != NULL;
}

/* --- Order. -------------------------------------------------------------------------
 */

static int
sign(gint64 difference)
{
    return difference < 0 ? -1 : difference > 0;
}

/* Numbers first, stories last. */
static int
rank_of(LkParcelKind kind)
{
    static const int ranks[LK_PARCEL_N_KINDS] = {
        [LK_PARCEL_DATES] = 0,    [LK_PARCEL_NUMBERS] = 1, [LK_PARCEL_NAMES] = 2,
        [LK_PARCEL_CONTACTS] = 3, [LK_PARCEL_STORIES] = 4,
    };
    return ranks[kind];
}

/* The same question across all files, as it is printed. */
static int
by_question(const LkQueueItem *a, const LkQueueItem *b)
{
    int order = strcmp(a->form, b->form);
    order = order != 0 ? order : sign(a->page_number - b->page_number);
    order = order != 0 ? order : sign(a->position - b->position);
    order = order != 0 || a->field == b->field ? order : strcmp(a->field, b->field);
    return order != 0 ? order : sign(a->row - b->row);
}

/* File by file, page by page. */
static int
by_file(const LkQueueItem *a, const LkQueueItem *b)
{
    int order = a->code == b->code ? 0 : strcmp(a->code, b->code);
    order = order != 0 ? order : strcmp(a->form, b->form);
    order = order != 0 ? order : sign(a->page_number - b->page_number);
    order = order != 0 ? order : sign(a->page - b->page);
    order = order != 0 ? order : sign(a->position - b->position);
    return order != 0 ? order : sign(a->row - b->row);
}

static int
compare(gconstpointer left, gconstpointer right)
{
    const LkQueueItem *a = *(LkQueueItem *const *)left;
    const LkQueueItem *b = *(LkQueueItem *const *)right;
    int order = 0;
    switch (a->queue) {
    case LK_QUEUE_MARKS:
    case LK_QUEUE_CHOICES:
        order = by_question(a, b);
        order = order != 0 ? order : sign((b->guess ? 1 : 0) - (a->guess ? 1 : 0));
        if (order == 0 && a->sureness != b->sureness) {
            order = a->sureness < b->sureness ? -1 : 1;
        }
        break;
    case LK_QUEUE_TYPE:
        order = sign(rank_of(a->kind) - rank_of(b->kind));
        order = order != 0 ? order : by_question(a, b);
        break;
    default:
        order = by_file(a, b);
    }
    return order != 0 ? order : sign(a->page - b->page);
}

/* --- Making and remaking. -----------------------------------------------------------
 */

/* Those that stay, in order, and @fresh among them; takes what is in @fresh. */
static void
merge(LkQueue *queue, LkQueueId id, GPtrArray *fresh)
{
    g_ptr_array_sort(fresh, compare);
    GPtrArray *old = queue->items[id];
    GPtrArray *all = g_ptr_array_new_full(old->len + fresh->len, g_free);
    guint i = 0;
    guint j = 0;
    while (i < old->len || j < fresh->len) {
        bool first = j == fresh->len ||
                     (i < old->len && compare(&old->pdata[i], &fresh->pdata[j]) <= 0);
        g_ptr_array_add(all, first ? old->pdata[i++] : fresh->pdata[j++]);
    }
    g_ptr_array_set_free_func(old, NULL);
    g_ptr_array_unref(old);
    queue->items[id] = all;
}

static guint
hash_place(gconstpointer key)
{
    const Place *place = key;
    return g_int64_hash(&place->page) * 31u + g_direct_hash(place->field) * 7u +
           (guint)place->row;
}

static gboolean
same_place(gconstpointer left, gconstpointer right)
{
    const Place *a = left;
    const Place *b = right;
    return a->page == b->page && a->field == b->field && a->row == b->row;
}

static bool
is_stale(const LkQueue *queue, const LkQueueItem *item)
{
    if (item->queue == LK_QUEUE_CONFLICTS || item->queue == LK_QUEUE_IDENTITY) {
        return queue->pages_touched;
    }
    const Place place = {item->page, item->field, item->row};
    return g_hash_table_contains(queue->touched, item->code) ||
           g_hash_table_contains(queue->settled, &place);
}

/* Lets go what has changed. */
static void
drop(LkQueue *queue, bool all)
{
    for (int id = 0; id < LK_QUEUE_N; id++) {
        GPtrArray *items = queue->items[id];
        guint kept = 0;
        for (guint i = 0; i < items->len; i++) {
            LkQueueItem *item = items->pdata[i];
            if (all || is_stale(queue, item)) {
                g_free(item);
            } else {
                items->pdata[kept++] = item;
            }
        }
        items->len = kept;
    }
}

static bool
gather(Gathering *gathering, const LkCaseCode *only, GError **error)
{
    LkStore *store = gathering->queue->store;
    return lk_store_each_task(store, only, gather_task, gathering, error) &&
           lk_store_each_gap(store, only, gather_gap, gathering, error);
}

static bool
gather_touched(Gathering *gathering, GError **error)
{
    GHashTableIter iter;
    gpointer text = NULL;
    g_hash_table_iter_init(&iter, gathering->queue->touched);
    while (g_hash_table_iter_next(&iter, &text, NULL)) {
        LkCaseCode code = {""};
        g_strlcpy(code.text, text, sizeof code.text);
        if (!gather(gathering, &code, error)) {
            return false;
        }
    }
    return true;
}

static void
spread(LkQueue *queue, GPtrArray *fresh)
{
    GPtrArray *parts[LK_QUEUE_N];
    for (int id = 0; id < LK_QUEUE_N; id++) {
        parts[id] = g_ptr_array_new();
    }
    for (guint i = 0; i < fresh->len; i++) {
        LkQueueItem *item = g_ptr_array_index(fresh, i);
        g_ptr_array_add(parts[item->queue], item);
    }
    g_ptr_array_set_free_func(fresh, NULL);
    for (int id = 0; id < LK_QUEUE_N; id++) {
        if (parts[id]->len > 0) {
            merge(queue, (LkQueueId)id, parts[id]);
        }
        g_ptr_array_unref(parts[id]);
    }
}

/* What was asked for is complete before anything is let go. */
static bool
remake(LkQueue *queue, bool all, GError **error)
{
    g_autoptr(GPtrArray) fresh = g_ptr_array_new_with_free_func(g_free);
    Gathering gathering = {.queue = queue, .fresh = fresh};
    bool done =
        all ? gather(&gathering, NULL, error) : gather_touched(&gathering, error);
    /* Only if drop() lets those go that are there, or they stand twice. */
    if (done && (all || queue->pages_touched)) {
        done = gather_pages(queue->store, fresh, error);
    }
    g_clear_pointer(&gathering.boxes, g_array_unref);
    if (done) {
        /* A file that is new has a key that is new. */
        bool other =
            all || queue->pages_touched || g_hash_table_size(queue->touched) > 0;
        queue->generation += other ? 1 : 0;
        drop(queue, all);
        spread(queue, fresh);
        g_hash_table_remove_all(queue->touched);
        g_hash_table_remove_all(queue->settled);
        queue->pages_touched = false;
    }
    return done;
}

LkQueue *
lk_queue_new(LkStore *store, GError **error)
{
    g_return_val_if_fail(store != NULL, NULL);
    g_autoptr(LkQueue) queue = g_new0(LkQueue, 1);
    queue->store = store;
    queue->desk = lk_desk_new(store);
    queue->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_known);
    queue->touched = g_hash_table_new(g_direct_hash, g_direct_equal);
    queue->settled = g_hash_table_new_full(hash_place, same_place, g_free, NULL);
    queue->facts = lk_store_facts(store, error);
    for (int id = 0; id < LK_QUEUE_N; id++) {
        queue->items[id] = g_ptr_array_new_with_free_func(g_free);
    }
    return queue->facts != NULL && lk_queue_refresh(queue, error)
               ? g_steal_pointer(&queue)
               : NULL;
}

void
lk_queue_free(LkQueue *queue)
{
    if (queue == NULL) {
        return;
    }
    for (int id = 0; id < LK_QUEUE_N; id++) {
        g_ptr_array_unref(queue->items[id]);
    }
    g_clear_pointer(&queue->facts, g_hash_table_unref);
    g_hash_table_unref(queue->settled);
    g_hash_table_unref(queue->touched);
    g_hash_table_unref(queue->known);
    lk_desk_free(queue->desk);
    g_free(queue);
}

void
lk_queue_touch(LkQueue *queue, const LkCaseCode *code)
{
    queue->pages_touched = true;
    if (code != NULL && code->text[0] != '\0') {
        g_hash_table_add(queue->touched, (gpointer)g_intern_string(code->text));
    }
}

void
lk_queue_reset(LkQueue *queue)
{
    queue->seen = (LkStoreSeen){0};
}

void
lk_queue_settle(LkQueue *queue, const LkQueuePlace *place)
{
    g_autofree char *name = g_strdup_printf("%s %s", place->form, place->field);
    if (g_hash_table_contains(queue->facts, name)) {
        g_hash_table_add(queue->touched, (gpointer)g_intern_string(place->code.text));
        return;
    }
    Place *settled = g_new(Place, 1);
    *settled = (Place){place->page, g_intern_string(place->field), place->row};
    g_hash_table_add(queue->settled, settled);
}

static void
touch(const LkCaseCode *code, void *data)
{
    lk_queue_touch(data, code);
}

bool
lk_queue_refresh(LkQueue *queue, GError **error)
{
    bool all = false;
    LkStoreSeen seen = queue->seen;
    if (!lk_store_news(queue->store, &seen, touch, queue, &all, error)) {
        return false;
    }
    bool changed = all || queue->pages_touched ||
                   g_hash_table_size(queue->touched) > 0 ||
                   g_hash_table_size(queue->settled) > 0;
    if (changed && !remake(queue, all, error)) {
        return false; /* the same news next time */
    }
    queue->seen = seen;
    return true;
}

LkStore *
lk_queue_store(const LkQueue *queue)
{
    return queue->store;
}

guint
lk_queue_generation(const LkQueue *queue)
{
    return queue->generation;
}

/* --- Who can open what. -------------------------------------------------------------
 */

struct LkReach {
    bool all;
    bool reception;
    GHashTable *codes; /* interned */
};

static void
add_code(const LkCaseCode *code, void *data)
{
    g_hash_table_add(data, (gpointer)g_intern_string(code->text));
}

LkReach *
lk_reach_new(LkStore *store, LkSession *session, GError **error)
{
    g_return_val_if_fail(store != NULL, NULL);
    g_autoptr(LkReach) reach = g_new0(LkReach, 1);
    reach->codes = g_hash_table_new(g_direct_hash, g_direct_equal);
    reach->all = session == NULL || lk_session_role(session) == LK_ROLE_RECOVERY;
    if (!reach->all &&
        (!lk_session_holds(session, LK_DOMAIN_RECEPTION, &reach->reception, error) ||
         !lk_session_each_case(session, add_code, reach->codes, error))) {
        return NULL;
    }
    return g_steal_pointer(&reach);
}

void
lk_reach_free(LkReach *reach)
{
    if (reach != NULL) {
        g_hash_table_unref(reach->codes);
        g_free(reach);
    }
}

bool
lk_reach_has(const LkReach *reach, const LkQueueItem *item)
{
    return reach == NULL || reach->all ||
           (*item->code == '\0' ? reach->reception
                                : g_hash_table_contains(reach->codes, item->code));
}

/* --- Looking. -----------------------------------------------------------------------
 */

static bool
is_of(const LkQueueView *view, const LkQueueItem *item)
{
    return view->id != LK_QUEUE_TYPE || view->kind == LK_QUEUE_ANY_KIND ||
           (int)item->kind == view->kind;
}

/* Whether the one who looks may type it, or settle it. */
static bool
is_for(const LkQueueView *view, const LkQueueItem *item)
{
    if (view->who == NULL || item->keyed_by[0] == NULL) {
        return true;
    }
    bool compared = item->keyed_by[1] == NULL || item->keying != 0;
    return compared && strcmp(item->keyed_by[0], view->who) != 0 &&
           g_strcmp0(item->keyed_by[1], view->who) != 0;
}

void
lk_queue_count(const LkQueue *queue, const LkQueueView *view, int *open, int *closed)
{
    const GPtrArray *items = queue->items[view->id];
    *open = 0;
    *closed = 0;
    for (guint i = 0; i < items->len; i++) {
        const LkQueueItem *item = g_ptr_array_index(items, i);
        if (is_of(view, item)) {
            bool mine = lk_reach_has(view->reach, item) && is_for(view, item);
            int *n = mine ? open : closed;
            (*n)++;
        }
    }
}

static bool
has_key(const LkQueueItem *item, const char *wanted)
{
    g_autofree char *key = lk_queue_item_key(item);
    return strcmp(key, wanted) == 0;
}

static guint
start_after(const GPtrArray *items, const char *after)
{
    if (after == NULL) {
        return 0;
    }
    gint64 page = g_ascii_strtoll(after, NULL, 10);
    for (guint i = 0; i < items->len; i++) {
        const LkQueueItem *item = g_ptr_array_index(items, i);
        if (item->page == page && has_key(item, after)) {
            return i + 1;
        }
    }
    return 0;
}

GPtrArray *
lk_queue_list(const LkQueue *queue, const LkQueueView *view, const char *after, guint n,
              char **next)
{
    GPtrArray *found = g_ptr_array_new();
    const GPtrArray *items = queue->items[view->id];
    *next = NULL;
    for (guint i = start_after(items, after); i < items->len; i++) {
        LkQueueItem *item = g_ptr_array_index(items, i);
        if (!is_of(view, item) || !lk_reach_has(view->reach, item) ||
            !is_for(view, item)) {
            continue;
        }
        if (found->len == n) {
            *next = n > 0 ? lk_queue_item_key(g_ptr_array_index(found, n - 1)) : NULL;
            break;
        }
        g_ptr_array_add(found, item);
    }
    return found;
}
