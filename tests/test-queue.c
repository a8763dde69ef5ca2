/* What waits, who can open it, deciding it, taking it back; and the pictures of it. The
 * pages are those of samples/: invented people, EXEMPLE FICTIF. */
#include "pipeline/evidence.h"
#include "pipeline/pipeline.h"
#include "scan/scan.h"
#include "store/priv.h"
#include "tests/files/office.h"

#include <string.h>
#include <sys/wait.h>

static char *folder; /* of the office that every test gets a copy of */

typedef struct {
    char *dir;
    LkStore *store;
    LkSession *session;
    LkQueue *queue;
} Fixture;

static void run(const char *format, ...) G_GNUC_PRINTF(1, 2);

static void
run(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *command = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    const char *argv[] = {"sh", "-c", command, NULL};
    int status = 0;
    g_autoptr(GError) error = NULL;
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                 &status, &error);
    g_assert_no_error(error);
    g_assert_cmpint(WEXITSTATUS(status), ==, 0);
}

/* --- The office. --------------------------------------------------------------------
 */

static void
make_office(void)
{
    g_autoptr(GError) error = NULL;
    folder = g_dir_make_tmp("lakana-queue-XXXXXX", &error);
    g_autofree char *dir = g_build_filename(folder, "office", NULL);
    office_init(dir, "MOP", "EXEMPLE FICTIF");
    g_autoptr(LkStore) store = lk_store_open(dir, &error);
    store->slot_cost = (LkSlotCost){1, 8 << 20};
    const char *const paths[] = {"samples", NULL};
    const LkIntakeOptions options = {.jobs = 1};
    g_auto(LkIntakeSummary) summary = {0};
    g_assert_true(lk_intake(store, paths, &options, &summary, &error));
    g_assert_no_error(error);
    g_assert_cmpint(summary.to_decide, ==, 4);
    g_autoptr(LkSecret) passphrase =
        lk_secret_new_from(OFFICE_PASSPHRASE, strlen(OFFICE_PASSPHRASE));
    g_autoptr(LkSession) by = office_session(store);
    g_assert_true(lk_person_add(by, "awa", LK_ROLE_MANAGER, passphrase, &error) &&
                  lk_person_add(by, "issa", LK_ROLE_MANAGER, passphrase, &error) &&
                  lk_person_add(by, "sup", LK_ROLE_SUPERVISOR, passphrase, &error));
    g_assert_no_error(error);
}

static LkStore *
open_again(const Fixture *f)
{
    g_autoptr(GError) error = NULL;
    LkStore *store = lk_store_open(f->dir, &error);
    g_assert_no_error(error);
    return store;
}

static void
set_up(Fixture *f, gconstpointer unused)
{
    (void)unused;
    static int n;
    g_autoptr(GError) error = NULL;
    f->dir = g_strdup_printf("%s/%d", folder, n++);
    run("cp -r '%s/office' '%s'", folder, f->dir);
    f->store = open_again(f);
    f->session = office_unlock(f->store, "awa");
    f->queue = lk_queue_new(f->store, &error);
    g_assert_no_error(error);
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
    (void)unused;
    lk_queue_free(f->queue);
    lk_session_free(f->session);
    lk_store_free(f->store);
    run("rm -rf '%s'", f->dir);
    g_free(f->dir);
}

/* --- Looking. -----------------------------------------------------------------------
 */

static GPtrArray *
items_of(const LkQueue *queue, LkQueueId id)
{
    g_autofree char *next = NULL;
    const LkQueueView view = {id, LK_QUEUE_ANY_KIND, NULL, NULL};
    return lk_queue_list(queue, &view, NULL, G_MAXUINT, &next);
}

static guint
count(const LkQueue *queue, LkQueueId id)
{
    g_autoptr(GPtrArray) items = items_of(queue, id);
    return items->len;
}

static const LkQueueItem *
item_at(const LkQueue *queue, LkQueueId id, guint at)
{
    g_autoptr(GPtrArray) items = items_of(queue, id);
    g_assert_cmpuint(at, <, items->len);
    return g_ptr_array_index(items, at);
}

/* Everything in it, in its order. */
static char *
text_of(const LkQueue *queue)
{
    GString *text = g_string_new(NULL);
    for (int id = 0; id < LK_QUEUE_N; id++) {
        g_autoptr(GPtrArray) items = items_of(queue, (LkQueueId)id);
        for (guint i = 0; i < items->len; i++) {
            const LkQueueItem *item = g_ptr_array_index(items, i);
            g_autofree char *key = lk_queue_item_key(item);
            g_string_append_printf(text, "%s %s %s %d %lld\n", lk_queue_name(id), key,
                                   item->code, item->guess, (long long)item->version);
        }
    }
    return g_string_free(text, FALSE);
}

/* What was kept up to date is what one would make anew. */
static void
assert_fresh(Fixture *f)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_queue_refresh(f->queue, &error));
    g_autoptr(LkStore) store = open_again(f);
    g_autoptr(LkQueue) anew = lk_queue_new(store, &error);
    g_assert_no_error(error);
    g_autofree char *kept = text_of(f->queue);
    g_autofree char *wanted = text_of(anew);
    g_auto(GStrv) left = g_strsplit(kept, "\n", -1);
    g_auto(GStrv) right = g_strsplit(wanted, "\n", -1);
    for (guint i = 0; left[i] != NULL || right[i] != NULL; i++) {
        g_assert_cmpstr(left[i], ==, right[i]); /* the first line that differs */
    }
}

static LkDecisionAsked
nothing_in(const LkQueueItem *item, const char *who)
{
    return (LkDecisionAsked){.decision = {.page = item->page,
                                          .field = item->field,
                                          .row = item->row,
                                          .options = "{}",
                                          .who = who},
                             .seen = item->version};
}

static void
settle(LkQueue *queue, const LkQueueItem *item)
{
    LkQueuePlace place = {
        .form = item->form, .page = item->page, .field = item->field, .row = item->row};
    g_strlcpy(place.code.text, item->code, sizeof place.code.text);
    lk_queue_settle(queue, &place);
}

/* --- What waits. --------------------------------------------------------------------
 */

static bool
count_wait(const LkStoreWait *wait, void *data)
{
    guint *n = data;
    n[wait->kind]++;
    return true;
}

static void
test_counts(Fixture *f, gconstpointer unused)
{
    (void)unused;
    guint waits[LK_WAIT_CONTRADICTION + 1] = {0};
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_store_each_wait(f->store, NULL, count_wait, waits, &error));
    g_assert_cmpuint(count(f->queue, LK_QUEUE_MARKS), ==, 1);
    g_assert_cmpuint(count(f->queue, LK_QUEUE_CHOICES), ==, 3);
    g_assert_cmpuint(waits[LK_WAIT_MARK], ==, 4);
    g_assert_cmpuint(count(f->queue, LK_QUEUE_REQUIRED), ==, waits[LK_WAIT_REQUIRED]);
    /* The view says nothing of what is sealed; the queue has that as well. */
    g_assert_cmpuint(count(f->queue, LK_QUEUE_TYPE), >, waits[LK_WAIT_TYPE]);
    static const char *const reasons[] = {"correction", "correction", "two_marks"};
    for (guint i = 0; i < G_N_ELEMENTS(reasons); i++) {
        const LkQueueItem *item = item_at(f->queue, LK_QUEUE_CHOICES, i);
        g_assert_cmpstr(item->reason, ==, reasons[i]);
    }
}

static void
test_boxes(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    const LkQueueItem *item = item_at(f->queue, LK_QUEUE_MARKS, 0);
    g_autoptr(GArray) boxes = lk_queue_boxes(f->queue, f->session, item, &error);
    const LkLayoutField *field =
        lk_queue_field(f->queue, item->layout, item->field, NULL);
    g_assert_cmpuint(boxes->len, ==, field->options->len);
    int unsure = 0;
    for (guint i = 0; i < boxes->len; i++) {
        unsure += g_array_index(boxes, LkQueueBox, i).sure ? 0 : 1;
    }
    g_assert_cmpint(unsure, >=, 1);
    g_assert_cmpint(unsure, <, (int)boxes->len);
    /* Evolution of the third line: better and the same, both plainly marked. */
    item = item_at(f->queue, LK_QUEUE_CHOICES, 2);
    g_autoptr(GArray) two = lk_queue_boxes(f->queue, f->session, item, &error);
    g_assert_cmpuint(two->len, ==, 3);
    for (guint i = 0; i < 3; i++) {
        g_assert_true(g_array_index(two, LkQueueBox, i).sure);
        g_assert_cmpint(g_array_index(two, LkQueueBox, i).guess, ==, i < 2);
    }
}

static void
test_order(Fixture *f, gconstpointer unused)
{
    (void)unused;
    static const LkParcelKind order[] = {LK_PARCEL_DATES, LK_PARCEL_NUMBERS,
                                         LK_PARCEL_NAMES, LK_PARCEL_CONTACTS,
                                         LK_PARCEL_STORIES};
    g_autoptr(GPtrArray) items = items_of(f->queue, LK_QUEUE_TYPE);
    size_t kind = 0;
    guint jumps = 0;
    for (guint i = 0; i < items->len; i++) {
        const LkQueueItem *item = g_ptr_array_index(items, i);
        const LkQueueItem *last = i > 0 ? g_ptr_array_index(items, i - 1) : item;
        while (item->kind != order[kind]) {
            kind++; /* runs out of the table if a kind comes back */
            g_assert_cmpuint(kind, <, G_N_ELEMENTS(order));
        }
        jumps += item->field != last->field ? 1 : 0;
    }
    /* A field of many files together: fewer changes of field than items. */
    g_assert_cmpuint(jumps, <, items->len / 2);
}

static void
test_paging(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GPtrArray) all = items_of(f->queue, LK_QUEUE_TYPE);
    g_autofree char *after = NULL;
    guint seen = 0;
    const LkQueueView view = {LK_QUEUE_TYPE, LK_QUEUE_ANY_KIND, NULL, NULL};
    do {
        g_autofree char *from = g_steal_pointer(&after);
        g_autoptr(GPtrArray) some = lk_queue_list(f->queue, &view, from, 7, &after);
        for (guint i = 0; i < some->len; i++, seen++) {
            g_assert_true(some->pdata[i] == all->pdata[seen]);
        }
    } while (after != NULL);
    g_assert_cmpuint(seen, ==, all->len);
}

/* --- Who. ---------------------------------------------------------------------------
 */

static void
test_reach(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    const LkQueueItem *item = item_at(f->queue, LK_QUEUE_MARKS, 0);
    LkCaseCode code;
    g_strlcpy(code.text, item->code, sizeof code.text);
    g_assert_true(lk_case_take(f->session, &code, &error));
    g_autoptr(LkSession) issa = office_unlock(f->store, "issa");
    g_autoptr(LkSession) sup = office_unlock(f->store, "sup");
    g_autoptr(LkReach) awas = lk_reach_new(f->store, f->session, &error);
    g_autoptr(LkReach) issas = lk_reach_new(f->store, issa, &error);
    g_autoptr(LkReach) sups = lk_reach_new(f->store, sup, &error);
    g_assert_true(lk_reach_has(awas, item));
    g_assert_false(lk_reach_has(issas, item));
    int open = 0;
    int closed = 0;
    const LkQueueView view = {LK_QUEUE_TYPE, LK_QUEUE_ANY_KIND, issas, NULL};
    lk_queue_count(f->queue, &view, &open, &closed);
    g_assert_cmpint(open, >, 0);
    g_assert_cmpint(closed, >, 0);
    g_assert_cmpuint((guint)(open + closed), ==, count(f->queue, LK_QUEUE_TYPE));
    const LkQueueView none = {LK_QUEUE_TYPE, LK_QUEUE_ANY_KIND, sups, NULL};
    lk_queue_count(f->queue, &none, &open, &closed);
    g_assert_cmpint(open, ==, 0);
}

/* --- Deciding. ----------------------------------------------------------------------
 */

static void
test_decide(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    const LkQueueItem *item = item_at(f->queue, LK_QUEUE_CHOICES, 0);
    LkDecisionAsked asked = nothing_in(item, "awa");
    g_assert_true(lk_store_decide_all(f->store, &asked, 1, &error));
    g_assert_cmpint(asked.id, >, 0);
    settle(f->queue, item);
    assert_fresh(f);
    g_assert_cmpuint(count(f->queue, LK_QUEUE_CHOICES), ==, 2);
}

/* Two people saw the same wall; the second is told, and the rest of hers is kept. */
static void
test_taken(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStore) other = open_again(f);
    LkDecisionAsked first = nothing_in(item_at(f->queue, LK_QUEUE_CHOICES, 1), "issa");
    LkDecisionAsked wall[3];
    for (guint i = 0; i < 3; i++) {
        wall[i] = nothing_in(item_at(f->queue, LK_QUEUE_CHOICES, i), "awa");
    }
    g_assert_true(lk_store_decide_all(other, &first, 1, &error));
    g_assert_true(lk_store_decide_all(f->store, wall, 3, &error));
    g_assert_cmpint(wall[0].id, >, 0);
    g_assert_cmpint(wall[1].id, ==, 0);
    g_assert_error(wall[1].refusal, LK_STORE_ERROR, LK_STORE_ERROR_TAKEN);
    g_assert_cmpint(wall[2].id, >, 0);
    lk_decision_asked_clear(&wall[1]);
    gint64 n = 0;
    g_assert_true(
        lk_sql_number(f->store, &n, &error, "SELECT count(*) FROM decisions", ""));
    g_assert_cmpint(n, ==, 3);
    /* Who knows of the other's decision may decide again. */
    wall[1].seen = first.id;
    g_assert_true(lk_store_decide_all(f->store, &wall[1], 1, &error));
    g_assert_cmpint(wall[1].id, >, first.id);
}

static void
test_other_process(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStore) other = open_again(f);
    g_autoptr(LkSession) issa = office_unlock(other, "issa");
    LkDecisionAsked one = nothing_in(item_at(f->queue, LK_QUEUE_MARKS, 0), "issa");
    g_assert_true(lk_store_decide_all(other, &one, 1, &error));
    assert_fresh(f);
    g_assert_cmpuint(count(f->queue, LK_QUEUE_MARKS), ==, 0);
    /* A page that is dismissed takes its fields with it. */
    guint before = count(f->queue, LK_QUEUE_TYPE);
    guint generation = lk_queue_generation(f->queue);
    const LkPageSaid said = {item_at(f->queue, LK_QUEUE_TYPE, 0)->page, "issa", NULL};
    g_assert_true(lk_store_settle_page(other, &said, LK_ACT_DISMISS, &error));
    assert_fresh(f);
    g_assert_cmpuint(count(f->queue, LK_QUEUE_TYPE), <, before);
    g_assert_cmpuint(count(f->queue, LK_QUEUE_MISSING), ==, 1);
    g_assert_cmpuint(lk_queue_generation(f->queue), !=, generation);
    g_assert_true(lk_store_settle_page(other, &said, LK_ACT_UNDO, &error));
    assert_fresh(f);
    g_assert_cmpuint(count(f->queue, LK_QUEUE_TYPE), ==, before);
    /* What is given to a clerk is typed there. */
    g_autoptr(LkSecret) passphrase =
        lk_secret_new_from(OFFICE_PASSPHRASE, strlen(OFFICE_PASSPHRASE));
    other->slot_cost = (LkSlotCost){1, 8 << 20};
    g_autoptr(LkSession) sheet = office_session(other);
    g_assert_true(lk_person_add(sheet, "sidi", LK_ROLE_CLERK, passphrase, &error));
    const LkParcelOrder order = {.to = "sidi", .kind = LK_PARCEL_DATES, .limit = 5};
    LkParcelGiven given;
    g_assert_true(lk_parcel_give(issa, &order, &given, &error));
    g_assert_no_error(error);
    assert_fresh(f);
    g_assert_cmpuint(count(f->queue, LK_QUEUE_TYPE), ==, before - 5);
}

/* Forms of one file that disagree come and go with what is decided. In samples/ none
 * do, so two questions that never agree are said to be one. */
static void
test_contradiction(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_sql_exec(f->store,
                              "INSERT INTO facts (fact, form, field) VALUES"
                              " ('sexe', '5.A', 'enfant_vu')",
                              &error));
    lk_queue_free(f->queue);
    f->queue = lk_queue_new(f->store, &error);
    guint before = count(f->queue, LK_QUEUE_CONTRADICTIONS);
    g_assert_cmpuint(before, >, 0);
    const LkQueueItem *item = item_at(f->queue, LK_QUEUE_CONTRADICTIONS, 0);
    g_assert_cmpstr(item->form, ==, "1.B");
    g_assert_cmpstr(item->reason, ==, "sexe");
    LkDecisionAsked asked = nothing_in(item, "awa");
    LkCaseCode code;
    g_strlcpy(code.text, item->code, sizeof code.text);
    g_assert_true(lk_store_decide_all(f->store, &asked, 1, &error));
    settle(f->queue, item);
    assert_fresh(f);
    g_assert_cmpuint(count(f->queue, LK_QUEUE_CONTRADICTIONS), ==, before - 1);
    asked.decision.undo = true;
    asked.decision.options = NULL;
    asked.seen = asked.id;
    g_assert_true(lk_store_decide_all(f->store, &asked, 1, &error));
    lk_queue_touch(f->queue, &code);
    assert_fresh(f);
    g_assert_cmpuint(count(f->queue, LK_QUEUE_CONTRADICTIONS), ==, before);
}

/* --- What was done. -----------------------------------------------------------------
 */

static void
test_acts(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    LkDecisionAsked one = nothing_in(item_at(f->queue, LK_QUEUE_CHOICES, 0), "awa");
    LkDecisionAsked two = nothing_in(item_at(f->queue, LK_QUEUE_CHOICES, 1), "awa");
    LkDecisionAsked hers = nothing_in(item_at(f->queue, LK_QUEUE_CHOICES, 2), "issa");
    g_assert_true(lk_store_decide_all(f->store, &one, 1, &error) &&
                  lk_store_decide_all(f->store, &two, 1, &error) &&
                  lk_store_decide_all(f->store, &hers, 1, &error));
    const LkActQuery query = {.who = "awa", .standing = true};
    g_autoptr(GPtrArray) acts = lk_store_acts(f->store, &query, &error);
    g_assert_cmpuint(acts->len, ==, 2);
    const LkAct *last = g_ptr_array_index(acts, 0);
    g_assert_cmpint(last->id, ==, two.id);
    g_assert_false(last->was_sure);
    /* Taken back, the one before it is the last that stands. */
    two.decision.undo = true;
    two.decision.options = NULL;
    two.seen = two.id;
    g_assert_true(lk_store_decide_all(f->store, &two, 1, &error));
    g_autoptr(GPtrArray) rest = lk_store_acts(f->store, &query, &error);
    g_assert_cmpuint(rest->len, ==, 1);
    g_assert_cmpint(((const LkAct *)g_ptr_array_index(rest, 0))->id, ==, one.id);
    lk_queue_reset(f->queue);
    assert_fresh(f);
    g_assert_cmpuint(count(f->queue, LK_QUEUE_CHOICES), ==, 1);
    /* Nothing is forgotten: three decisions and one that takes back. */
    const LkActQuery all = {0};
    g_autoptr(GPtrArray) every = lk_store_acts(f->store, &all, &error);
    g_assert_cmpuint(every->len, ==, 4);
}

/* --- Evidence. ----------------------------------------------------------------------
 */

static LkReading *
reading_of(const LkLayoutPage *page)
{
    LkReading *reading = g_new0(LkReading, 1);
    reading->boxes = g_array_new(FALSE, TRUE, sizeof(LkBoxReading));
    reading->cells = g_array_new(FALSE, TRUE, sizeof(LkInkReading));
    reading->writing = g_array_new(FALSE, TRUE, sizeof(LkInkReading));
    g_array_set_size(reading->boxes, page->boxes->len);
    g_array_set_size(reading->cells, page->cells->len);
    g_array_set_size(reading->writing, page->writing->len);
    return reading;
}

/* Personal boxes are not in it, and those after one are still the right ones. */
static void
test_evidence(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStationery) stationery = lk_stationery_load(&error);
    g_assert_no_error(error);
    const LkLayout *printed = lk_stationery_layout(stationery, "1.B", &error);
    g_autofree char *json = lk_layout_to_json(printed);
    g_autoptr(LkLayout) layout = lk_layout_from_json(json, &error);
    const LkLayoutPage *page = lk_layout_page(layout, 1);
    guint last = page->boxes->len - 1;
    LkLayoutField *first_field = g_ptr_array_index(
        layout->fields, (guint)g_array_index(page->boxes, LkBox, 0).field);
    g_autoptr(LkReading) reading = reading_of(page);
    const LkBoxReading unsure = {LK_MARK_UNSURE, 0.2, 0.5};
    g_array_index(reading->boxes, LkBoxReading, last) = unsure;
    for (int personal = 0; personal < 2; personal++) {
        first_field->sensitive = personal != 0;
        g_autoptr(GBytes) evidence = lk_evidence_pack(reading, layout, page, NULL);
        g_autoptr(GArray) boxes = lk_evidence_boxes(evidence, layout, page);
        g_assert_cmpuint(boxes->len, ==, page->boxes->len);
        g_assert_cmpint(g_array_index(boxes, LkKeptBox, 0).is_known, ==, !personal);
        g_assert_true(g_array_index(boxes, LkKeptBox, last).is_known);
        g_assert_cmpint(g_array_index(boxes, LkKeptBox, last).state, ==,
                        LK_MARK_UNSURE);
        g_assert_cmpfloat_with_epsilon(g_array_index(boxes, LkKeptBox, last).score, 0.2,
                                       0.01);
        g_assert_cmpint(g_array_index(boxes, LkKeptBox, last - 1).state, ==,
                        LK_MARK_EMPTY);
        /* Cut short, or of another page: nothing is known. */
        g_autoptr(GBytes) cut =
            g_bytes_new_from_bytes(evidence, 0, g_bytes_get_size(evidence) - 1);
        g_autoptr(GArray) none = lk_evidence_boxes(cut, layout, page);
        g_assert_false(g_array_index(none, LkKeptBox, last).is_known);
    }
    const LkKeptBox marked = {true, LK_MARK_MARKED, 0.3};
    const LkKeptBox empty = {true, LK_MARK_EMPTY, 0};
    const LkKeptBox doubt = {true, LK_MARK_UNSURE, 0.3};
    const LkKeptBox hidden = {false, LK_MARK_MARKED, 0.3};
    g_assert_true(lk_evidence_box_differs(&marked, &empty));
    g_assert_false(lk_evidence_box_differs(&marked, &marked));
    g_assert_false(lk_evidence_box_differs(&marked, &doubt));
    g_assert_false(lk_evidence_box_differs(&hidden, &empty));
}

/* --- Proposals. ---------------------------------------------------------------------
 */

/* As if nothing could be read on @page. */
static void
lose(Fixture *f, gint64 page)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *lose = g_strdup_printf(
        "UPDATE pages SET known_by = 'not', printed_code = NULL, case_code = NULL, form"
        " = NULL, copy = NULL, page = NULL, layout = NULL, holds = 0, status ="
        " 'unknown' WHERE id = %lld",
        (long long)page);
    g_assert_true(lk_sql_exec(f->store, "DROP TRIGGER pages_no_update", &error));
    g_assert_true(lk_sql_exec(f->store, lose, &error));
    g_assert_no_error(error);
}

/* A page that waits stands there once, also after a field was decided. */
static void
test_pages(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    lose(f, item_at(f->queue, LK_QUEUE_MARKS, 0)->page);
    lk_queue_reset(f->queue);
    assert_fresh(f);
    g_assert_cmpuint(count(f->queue, LK_QUEUE_IDENTITY), ==, 1);
    const LkQueueItem *item = item_at(f->queue, LK_QUEUE_CHOICES, 0);
    LkDecisionAsked asked = nothing_in(item, "awa");
    g_assert_true(lk_store_decide_all(f->store, &asked, 1, &error));
    settle(f->queue, item);
    assert_fresh(f);
    g_assert_cmpuint(count(f->queue, LK_QUEUE_IDENTITY), ==, 1);
}

/* The page between two of one copy, scanned between them, and lost. */
static void
test_propose(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    gint64 page = 0;
    g_assert_true(lk_sql_number(
        f->store, &page, &error,
        "SELECT b.id FROM pages a JOIN pages b ON b.scan = a.scan AND b.idx = a.idx + 1"
        " JOIN pages c ON c.scan = a.scan AND c.idx = a.idx + 2 WHERE a.copy = b.copy"
        " AND b.copy = c.copy AND a.holds AND b.holds AND c.holds AND a.form = '1.C'"
        " AND b.page = a.page + 1 AND c.page = b.page + 1 LIMIT 1",
        ""));
    g_assert_cmpint(page, >, 0);
    g_autoptr(LkPageRecord) record = lk_store_load_page(f->store, page, &error);
    /* By its own code it is what it was filed as. */
    g_autoptr(GPtrArray) own = lk_page_propose(f->store, page, &error);
    const LkProposal *first = g_ptr_array_index(own, 0);
    g_assert_true(lk_case_code_equal(&first->code, &record->case_code));
    g_assert_cmpint(first->page, ==, record->id.page);
    lose(f, page);
    g_autoptr(GPtrArray) proposals = lk_page_propose(f->store, page, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(proposals->len, >=, 1);
    g_assert_cmpuint(proposals->len, <=, LK_PROPOSALS_MAX);
    first = g_ptr_array_index(proposals, 0);
    g_assert_cmpstr(first->form, ==, "1.C");
    g_assert_cmpstr(first->copy, ==, record->id.copy);
    g_assert_cmpint(first->page, ==, record->id.page);
    g_assert_true(lk_case_code_equal(&first->code, &record->case_code));
    for (guint i = 1; i < proposals->len; i++) { /* once each */
        const LkProposal *other = g_ptr_array_index(proposals, i);
        g_assert_true(other->page != first->page ||
                      strcmp(other->copy, first->copy) != 0);
    }
}

/* --- Pictures. ----------------------------------------------------------------------
 */

/* Width and height of a PNG, from its first chunk. */
static void
png_size(GBytes *png, int *width, int *height)
{
    gsize size = 0;
    const uint8_t *bytes = g_bytes_get_data(png, &size);
    g_assert_cmpuint(size, >, 24);
    g_assert_cmpint(memcmp(bytes, "\x89PNG", 4), ==, 0);
    *width = bytes[16] << 24 | bytes[17] << 16 | bytes[18] << 8 | bytes[19];
    *height = bytes[20] << 24 | bytes[21] << 16 | bytes[22] << 8 | bytes[23];
}

static void
test_crop(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_autoptr(LkCrops) crops = lk_crops_new(f->store, 24 << 20);
    const LkQueueItem *item = item_at(f->queue, LK_QUEUE_CHOICES, 2);
    LkCropOrder order = {.page = item->page, .field = item->field, .row = item->row};
    g_autoptr(GBytes) whole = lk_crops_take(crops, f->session, &order, &error);
    g_assert_no_error(error);
    order.option = "mieux";
    g_autoptr(GBytes) box = lk_crops_take(crops, f->session, &order, &error);
    g_assert_no_error(error);
    int width = 0;
    int height = 0;
    png_size(box, &width, &height);
    g_assert_cmpint(width, ==, height); /* 4 mm and 2.5 mm around */
    g_assert_cmpint(width, >=, 9 * 4);
    g_assert_cmpint(width, <=, 9 * 12);
    order = (LkCropOrder){.page = item->page, .dots = 6};
    g_autoptr(GBytes) page = lk_crops_take(crops, f->session, &order, &error);
    png_size(page, &width, &height);
    g_assert_cmpint(width, ==, 210 * 6);
    g_assert_cmpint(height, ==, 297 * 6);
    /* The same again without opening the page: one line in the journal. */
    gint64 n = 0;
    g_assert_true(lk_sql_number(f->store, &n, &error,
                                "SELECT count(*) FROM journal WHERE what = 'page-open'",
                                ""));
    g_assert_cmpint(n, ==, 1);
    /* No such box, no such field. */
    order = (LkCropOrder){.page = item->page, .field = "personne"};
    g_assert_null(lk_crops_take(crops, f->session, &order, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN);
}

/* A marked box is darker than an empty one beside it: the crop is of that box. */
static void
test_crop_place(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_autoptr(LkCrops) crops = lk_crops_new(f->store, 24 << 20);
    const LkQueueItem *item = item_at(f->queue, LK_QUEUE_CHOICES, 2);
    const LkLayoutField *field =
        lk_queue_field(f->queue, item->layout, item->field, NULL);
    gsize sizes[3];
    for (guint i = 0; i < 3; i++) {
        const LkOption *option = g_ptr_array_index(field->options, i);
        const LkCropOrder order = {.page = item->page,
                                   .field = item->field,
                                   .row = item->row,
                                   .option = option->value};
        g_autoptr(GBytes) png = lk_crops_take(crops, f->session, &order, &error);
        g_assert_no_error(error);
        sizes[i] = g_bytes_get_size(png);
    }
    g_assert_cmpuint(sizes[0], >, sizes[2] * 5 / 4); /* a cross packs worse */
    g_assert_cmpuint(sizes[1], >, sizes[2] * 5 / 4);
}

static void
test_crop_keys(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_autoptr(LkCrops) crops = lk_crops_new(f->store, 24 << 20);
    const LkQueueItem *item = item_at(f->queue, LK_QUEUE_CHOICES, 0);
    const LkCropOrder order = {.page = item->page, .dots = 3};
    g_autoptr(GBytes) seen = lk_crops_take(crops, f->session, &order, &error);
    g_assert_no_error(error);
    /* Kept for one person, it is nobody else's. */
    g_autoptr(LkSession) sup = office_unlock(f->store, "sup");
    g_assert_null(lk_crops_take(crops, sup, &order, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED);
    g_clear_error(&error);
    g_assert_null(lk_crops_take(crops, NULL, &order, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED);
    g_clear_error(&error);
    /* Nor her own, when the file is given away meanwhile. */
    LkCaseCode code;
    g_strlcpy(code.text, item->code, sizeof code.text);
    g_autoptr(LkStore) other = open_again(f);
    {
        g_autoptr(LkSession) issa = office_unlock(other, "issa");
        g_assert_true(lk_case_take(issa, &code, &error));
    }
    lk_session_free(f->session);
    f->session = office_unlock(f->store, "awa");
    g_assert_null(lk_crops_take(crops, f->session, &order, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED);
}

/* When the name of a file is masked, what was kept of it is not shown any more. */
static void
test_crop_masked(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_autoptr(LkCrops) crops = lk_crops_new(f->store, 64 << 20);
    const LkQueueView names = {LK_QUEUE_TYPE, LK_PARCEL_NAMES, NULL, NULL};
    g_autofree char *next = NULL;
    g_autoptr(GPtrArray) items = lk_queue_list(f->queue, &names, NULL, 10, &next);
    const LkQueueItem *item = g_ptr_array_index(items, 0);
    for (guint i = 0; strcmp(item->field, "nom") != 0; i++) {
        item = g_ptr_array_index(items, i);
    }
    const LkCropOrder order = {
        .page = item->page, .field = item->field, .row = item->row};
    g_autoptr(GBytes) before = lk_crops_take(crops, f->session, &order, &error);
    g_assert_no_error(error);
    LkCaseCode code;
    g_strlcpy(code.text, item->code, sizeof code.text);
    g_assert_true(lk_vault_mask(f->session, &code, &error));
    g_assert_no_error(error);
    g_autoptr(GBytes) after = lk_crops_take(crops, f->session, &order, &error);
    g_assert_no_error(error);
    /* One grey packs into next to nothing. */
    g_assert_cmpuint(g_bytes_get_size(after), <, g_bytes_get_size(before) / 4);
    g_assert_true(lk_queue_refresh(f->queue, &error));
}

static void
test_crop_bounds(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    const size_t max = 12 << 20;
    g_autoptr(LkCrops) crops = lk_crops_new(f->store, max);
    size_t most = 0;
    for (gint64 page = 1; page <= 6; page++) {
        const LkCropOrder order = {.page = page, .dots = 3};
        g_autoptr(GBytes) png = lk_crops_take(crops, f->session, &order, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(lk_crops_size(crops), <=, max + (12 << 20));
        most = MAX(most, lk_crops_size(crops));
    }
    g_assert_cmpuint(most, >, 0);
    lk_crops_forget(crops, "issa");
    g_assert_cmpuint(lk_crops_size(crops), >, 0);
    lk_crops_forget(crops, "awa");
    g_assert_cmpuint(lk_crops_size(crops), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    make_office();
#define ADD(path, test) g_test_add(path, Fixture, NULL, set_up, test, tear_down)
    ADD("/queue/counts", test_counts);
    ADD("/queue/boxes", test_boxes);
    ADD("/queue/order", test_order);
    ADD("/queue/paging", test_paging);
    ADD("/queue/reach", test_reach);
    ADD("/queue/decide", test_decide);
    ADD("/queue/taken", test_taken);
    ADD("/queue/other-process", test_other_process);
    ADD("/queue/contradiction", test_contradiction);
    ADD("/queue/acts", test_acts);
    g_test_add_func("/queue/evidence", test_evidence);
    ADD("/queue/pages", test_pages);
    ADD("/queue/propose", test_propose);
    ADD("/crop/sizes", test_crop);
    ADD("/crop/place", test_crop_place);
    ADD("/crop/keys", test_crop_keys);
    ADD("/crop/masked", test_crop_masked);
    ADD("/crop/bounds", test_crop_bounds);
    int status = g_test_run();
    run("rm -rf '%s'", folder);
    g_free(folder);
    return status;
}
