/* Whose page, seen before, what waits: readings made by hand are filed in a real office
 * and judged through the store. */
#include "pipeline/page.h"

#include "tests/files/office.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    char *dir, *office;
    LkStore *store;
    LkStationery *stationery;
    const LkLayout *layout; /* of 1.B */
    LkDesk *desk;
    gint64 scan;
    int next; /* index in the scan */
} Fixture;

static gint64
begin_scan(const Fixture *f, const char *content)
{
    g_autofree char *path = g_build_filename(f->dir, "scan", NULL);
    g_autoptr(GError) error = NULL;
    g_assert_true(g_file_set_contents(path, content, -1, &error));
    g_auto(LkStoreScan) scan = {0};
    g_assert_true(lk_store_scan_begin(f->store, path, &scan, &error));
    g_assert_no_error(error);
    return scan.id;
}

static void
set_up(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    f->dir = g_dir_make_tmp("lakana-page-XXXXXX", &error);
    f->office = g_build_filename(f->dir, "office", NULL);
    office_init(f->office, "MOP", "EXEMPLE FICTIF");
    f->store = lk_store_open(f->office, &error);
    g_assert_no_error(error);
    f->stationery = lk_stationery_load(&error);
    g_assert_no_error(error);
    f->layout = lk_stationery_layout(f->stationery, "1.B", &error);
    g_assert_no_error(error);
    f->desk = lk_desk_new(f->store);
    g_assert_no_error(error);
    f->scan = begin_scan(f, "EXEMPLE FICTIF");
    f->next = 0;
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
    (void)unused;
    lk_desk_free(f->desk);
    lk_stationery_free(f->stationery);
    lk_store_free(f->store);
    const char *argv[] = {"rm", "-rf", f->dir, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                 NULL, NULL);
    g_free(f->dir);
    g_free(f->office);
}

/* One copy of 1.B: for a new case, or blank. */
static LkPageId
issue(const Fixture *f, bool is_blank)
{
    g_autofree char *json = lk_layout_to_json(f->layout);
    LkStoreLayout form = {f->layout->id, f->layout->form, (int)f->layout->pages->len,
                          json};
    LkStoreOrder order = {.n_new = is_blank ? 0 : 1,
                          .n_blank = is_blank ? 1 : 0,
                          .forms = &form,
                          .n_forms = 1};
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) copies = lk_store_issue(f->store, &order, &error);
    g_assert_no_error(error);
    const LkStoreCopy *copy = &g_array_index(copies, LkStoreCopy, 0);
    LkPageId id = {.page = 1, .case_code = copy->code};
    g_strlcpy(id.form, copy->form, sizeof id.form);
    g_strlcpy(id.layout, copy->layout, sizeof id.layout);
    g_strlcpy(id.copy, copy->copy, sizeof id.copy);
    return id;
}

/* A page nobody has written on. */
static LkReading *
reading_of(const Fixture *f, const LkPageId *id)
{
    const LkLayoutPage *page = lk_layout_page(f->layout, id->page);
    LkReading *reading = g_new0(LkReading, 1);
    reading->outcome = LK_OUTCOME_READ;
    reading->source = LK_IDENTITY_QR;
    reading->id = *id;
    reading->boxes = g_array_new(FALSE, TRUE, sizeof(LkBoxReading));
    reading->cells = g_array_new(FALSE, TRUE, sizeof(LkInkReading));
    reading->writing = g_array_new(FALSE, TRUE, sizeof(LkInkReading));
    g_array_set_size(reading->boxes, page->boxes->len);
    g_array_set_size(reading->cells, page->cells->len);
    g_array_set_size(reading->writing, page->writing->len);
    for (guint i = 0; i < reading->boxes->len; i++) {
        g_array_index(reading->boxes, LkBoxReading, i).confidence = 0.99;
    }
    return reading;
}

static void
mark(const LkReading *reading, guint box)
{
    LkBoxReading *to = &g_array_index(reading->boxes, LkBoxReading, box);
    to->state = LK_MARK_MARKED;
    to->score = 0.4;
}

/* Ink in a writing area, gathered about column @at of sixteen. */
static void
write_area(const LkReading *reading, guint area, int at)
{
    LkInkReading *ink = &g_array_index(reading->writing, LkInkReading, area);
    ink->written = true;
    ink->ink = 0.05;
    for (int i = 0; i < 16; i++) {
        ink->profile[i] = (uint8_t)(ABS(i - at) < 3 ? 90 : 0);
    }
}

/* Files @reading as the next page of the scan. */
static void
file(Fixture *f, const LkReading *reading, LkPageResult *result)
{
    lk_page_result_clear(result);
    *result = (LkPageResult){0};
    LkOriginPage origin = {f->scan, f->next++, g_get_monotonic_time(), NULL};
    g_autoptr(GError) error = NULL;
    bool done = lk_desk_file(f->desk, &origin, reading, result, &error);
    g_assert_no_error(error);
    g_assert_true(done);
}

static bool
collect_kind(const LkStoreWait *wait, void *data)
{
    ((int *)data)[wait->kind]++;
    return true;
}

/* How many things of @kind wait in the office. */
static int
waiting(const Fixture *f, LkWaitKind kind)
{
    int counts[LK_WAIT_CONTRADICTION + 1] = {0};
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_store_each_wait(f->store, NULL, collect_kind, counts, &error));
    g_assert_no_error(error);
    return counts[kind];
}

static LkPageRecord *
record(const Fixture *f, int index)
{
    g_autoptr(GPtrArray) pages = lk_store_scan_pages(f->store, f->scan, NULL);
    for (guint i = 0; i < pages->len; i++) {
        LkPageRecord *page = g_ptr_array_index(pages, i);
        if (page->index == index) {
            return g_ptr_array_steal_index(pages, i);
        }
    }
    return NULL;
}

static void
assert_reason(const LkPageResult *result, const char *part)
{
    for (guint i = 0; i < result->reasons->len; i++) {
        const char *reason = g_ptr_array_index(result->reasons, i);
        if (reason != NULL && strstr(reason, part) != NULL) {
            return;
        }
    }
    g_test_message("no reason says: %s", part);
    g_assert_not_reached();
}

/* --- Same page again. ---------------------------------------------------------------
 */

static void
test_same_ink(Fixture *f, gconstpointer unused)
{
    (void)unused;
    LkPageId id = issue(f, false);
    g_autoptr(LkReading) first = reading_of(f, &id);
    mark(first, 2);
    write_area(first, 0, 5);
    g_auto(LkPageResult) result = {0};
    file(f, first, &result);
    g_assert_cmpint(result.status, ==, LK_PAGE_READ);
    g_assert_cmpint(result.alerts, >, 0); /* required fields, left empty */
    g_assert_true(lk_case_code_equal(&result.case_code, &id.case_code));

    g_autoptr(LkReading) again = reading_of(f, &id);
    mark(again, 2);
    write_area(again, 0, 5);
    g_array_index(again->boxes, LkBoxReading, 7).state = LK_MARK_UNSURE; /* dust */
    file(f, again, &result);
    g_assert_cmpint(result.status, ==, LK_PAGE_DUPLICATE);
    g_autoptr(LkPageRecord) one = record(f, 0);
    g_autoptr(LkPageRecord) two = record(f, 1);
    g_assert_true(one->holds);
    g_assert_false(two->holds);
    g_assert_cmpint(two->other, ==, one->page);
    g_assert_cmpint(waiting(f, LK_WAIT_CONFLICT), ==, 0);
}

typedef void (*Change)(LkReading *reading);

static void
change_mark(LkReading *reading)
{
    mark(reading, 3);
}

static void
change_blackened(LkReading *reading)
{
    LkBoxReading *box = &g_array_index(reading->boxes, LkBoxReading, 2);
    box->state = LK_MARK_BLACKENED;
    box->score = 0.95;
}

static void
change_line_added(LkReading *reading)
{
    write_area(reading, 1, 5);
}

static void
change_writing(LkReading *reading)
{
    write_area(reading, 0, 12);
}

/* Each alone makes it other ink: kept beside the first, which goes on to count. */
static void
test_other_ink(Fixture *f, gconstpointer unused)
{
    (void)unused;
    static const Change changes[] = {change_mark, change_blackened, change_line_added,
                                     change_writing};
    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        LkPageId id = issue(f, false);
        g_autoptr(LkReading) first = reading_of(f, &id);
        mark(first, 2);
        write_area(first, 0, 5);
        g_auto(LkPageResult) result = {0};
        file(f, first, &result);
        changes[i](first);
        file(f, first, &result);
        g_test_message("change %zu", i);
        g_assert_cmpint(result.status, ==, LK_PAGE_REVIEW);
        assert_reason(&result, "other writing");
        g_assert_cmpint(waiting(f, LK_WAIT_CONFLICT), ==, (int)i + 1);
        g_autoptr(LkPageRecord) rival = record(f, f->next - 1);
        g_assert_false(rival->holds);
        /* The rival's own rescan is its duplicate, not a third contender. */
        file(f, first, &result);
        g_assert_cmpint(result.status, ==, LK_PAGE_DUPLICATE);
        g_autoptr(LkPageRecord) third = record(f, f->next - 1);
        g_assert_cmpint(third->other, ==, rival->page);
    }
}

/* The very same page of the same scan: told, not filed. */
static void
test_filed_before(Fixture *f, gconstpointer unused)
{
    (void)unused;
    LkPageId id = issue(f, false);
    g_autoptr(LkReading) reading = reading_of(f, &id);
    g_auto(LkPageResult) result = {0};
    file(f, reading, &result);
    f->next--;
    file(f, reading, &result);
    g_assert_true(result.filed_before);
    g_assert_cmpint(result.status, ==, LK_PAGE_DUPLICATE);
}

/* A page whose boxes could not be believed keeps no place from its better rescan. */
static void
test_refused_then_read(Fixture *f, gconstpointer unused)
{
    (void)unused;
    LkPageId id = issue(f, false);
    g_autoptr(LkReading) bad = reading_of(f, &id);
    bad->outcome = LK_OUTCOME_REFUSED;
    bad->reasons = 1u << LK_REASON_BAD_FIT;
    g_auto(LkPageResult) result = {0};
    file(f, bad, &result);
    g_assert_cmpint(result.status, ==, LK_PAGE_ERROR);
    g_assert_cmpint(waiting(f, LK_WAIT_REFUSED), ==, 1);
    g_autoptr(LkReading) good = reading_of(f, &id);
    file(f, good, &result);
    g_assert_cmpint(result.status, ==, LK_PAGE_READ);
    g_autoptr(LkPageRecord) page = record(f, 1);
    g_assert_true(page->holds);
}

/* --- Whose page. --------------------------------------------------------------------
 */

static void
test_by_print(Fixture *f, gconstpointer unused)
{
    (void)unused;
    LkPageId id = issue(f, false);
    g_autoptr(LkReading) reading = reading_of(f, &id);
    reading->source = LK_IDENTITY_PRINT;
    g_auto(LkPageResult) result = {0};
    file(f, reading, &result);
    g_assert_cmpint(result.status, ==, LK_PAGE_REVIEW);
    g_assert_cmpint(waiting(f, LK_WAIT_IDENTITY), ==, 1);
}

static void
test_label_on_a_case_page(Fixture *f, gconstpointer unused)
{
    (void)unused;
    LkPageId id = issue(f, false);
    LkPageId other = issue(f, false);
    g_autoptr(LkReading) reading = reading_of(f, &id);
    g_auto(LkPageResult) result = {0};
    reading->label = id.case_code; /* its own: nothing to say */
    file(f, reading, &result);
    g_assert_cmpint(result.status, ==, LK_PAGE_READ);
    LkPageId second = issue(f, false);
    reading->id = second;
    reading->label = other.case_code;
    file(f, reading, &result);
    g_assert_cmpint(result.status, ==, LK_PAGE_REVIEW);
    g_assert_true(lk_case_code_equal(&result.case_code, &second.case_code));
    assert_reason(&result, "label");
}

static void
test_blank_without_label(Fixture *f, gconstpointer unused)
{
    (void)unused;
    LkPageId id = issue(f, true);
    g_autoptr(LkReading) reading = reading_of(f, &id);
    g_auto(LkPageResult) result = {0};
    file(f, reading, &result);
    g_assert_cmpint(result.status, ==, LK_PAGE_REVIEW);
    g_assert_cmpstr(result.case_code.text, ==, "");
    g_assert_cmpint(waiting(f, LK_WAIT_NO_CASE), ==, 1);
    file(f, reading, &result); /* again, the same ink */
    g_assert_cmpint(result.status, ==, LK_PAGE_DUPLICATE);
    mark(reading, 4);
    file(f, reading, &result); /* a photocopy of the blank */
    g_assert_cmpint(result.status, ==, LK_PAGE_REVIEW);
    assert_reason(&result, "other writing");
}

/* A label on page 1 proposes its case for page 2, to be confirmed; once the same blank
 * has carried two labels, it proposes nothing any more. */
static void
test_blank_follows_its_label(Fixture *f, gconstpointer unused)
{
    (void)unused;
    LkPageId one = issue(f, false);
    LkPageId two = issue(f, false);
    LkPageId id = issue(f, true);
    g_autoptr(LkReading) page1 = reading_of(f, &id);
    page1->label = one.case_code;
    g_auto(LkPageResult) result = {0};
    file(f, page1, &result);
    g_assert_cmpint(result.status, ==, LK_PAGE_READ);
    g_assert_true(lk_case_code_equal(&result.case_code, &one.case_code));

    id.page = 2;
    g_autoptr(LkReading) page2 = reading_of(f, &id);
    file(f, page2, &result);
    g_assert_cmpint(result.status, ==, LK_PAGE_REVIEW);
    g_assert_true(lk_case_code_equal(&result.case_code, &one.case_code));
    g_assert_cmpint(waiting(f, LK_WAIT_IDENTITY), ==, 1);

    page1->label = two.case_code; /* another child's label on a photocopy */
    file(f, page1, &result);
    g_assert_true(lk_case_code_equal(&result.case_code, &two.case_code));
    mark(page2, 1);
    file(f, page2, &result);
    g_assert_cmpint(result.status, ==, LK_PAGE_REVIEW);
    g_assert_cmpstr(result.case_code.text, ==, "");
    g_assert_cmpint(waiting(f, LK_WAIT_NO_CASE), ==, 1);
}

/* Packs printed in Bamako are scanned in Mopti. */
static void
test_case_from_elsewhere(Fixture *f, gconstpointer unused)
{
    (void)unused;
    LkPageId id = {.form = "1.B", .page = 1, .copy = "9F3TK"};
    g_strlcpy(id.layout, f->layout->id, sizeof id.layout);
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_case_code_parse("MOP-48219-07366-29", &id.case_code, &error));
    g_autoptr(LkReading) reading = reading_of(f, &id);
    g_auto(LkPageResult) result = {0};
    file(f, reading, &result);
    g_assert_cmpint(result.status, ==, LK_PAGE_READ);
    g_autoptr(GPtrArray) cases = lk_store_list_cases(f->store, &id.case_code, &error);
    g_assert_no_error(error);
    const LkStoreCase *file_case = g_ptr_array_index(cases, 0);
    g_assert_cmpint(file_case->origin, ==, LK_ORIGIN_RECEIVED);
}

/* Left alone, so that it can be read once the layout is here. */
static void
test_unknown_layout(Fixture *f, gconstpointer unused)
{
    (void)unused;
    LkPageId id = issue(f, false);
    g_autoptr(LkReading) reading = reading_of(f, &id);
    g_strlcpy(reading->id.layout, "ZZZZZ", sizeof reading->id.layout);
    reading->outcome = LK_OUTCOME_REFUSED;
    reading->reasons = 1u << LK_REASON_UNKNOWN_LAYOUT;
    g_auto(LkPageResult) result = {0};
    file(f, reading, &result);
    g_assert_false(result.filed);
    g_assert_cmpint(result.status, ==, LK_PAGE_UNKNOWN);
    assert_reason(&result, "lakana layout import");
    g_assert_null(record(f, 0));
}

static void
test_not_ours(Fixture *f, gconstpointer unused)
{
    (void)unused;
    LkPageId id = issue(f, false);
    g_autoptr(LkReading) reading = reading_of(f, &id);
    reading->source = LK_IDENTITY_NONE;
    reading->outcome = LK_OUTCOME_UNKNOWN;
    reading->reasons = 1u << LK_REASON_NO_MARKS;
    g_auto(LkPageResult) result = {0};
    file(f, reading, &result);
    g_assert_cmpint(result.status, ==, LK_PAGE_UNKNOWN);
    g_assert_true(result.filed);
    g_assert_false(result.has_id);
    assert_reason(&result, lk_reason_text(LK_REASON_NO_MARKS));
    reading->outcome = LK_OUTCOME_BLANK;
    file(f, reading, &result);
    g_assert_cmpint(result.status, ==, LK_PAGE_BLANK);
}

static void
test_bad_page(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) why =
        g_error_new_literal(LK_SCAN_ERROR, LK_SCAN_ERROR_DAMAGED, "page 1 is damaged");
    LkOriginPage origin = {f->scan, 0, g_get_monotonic_time(), NULL};
    g_auto(LkPageResult) result = {0};
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_desk_file_bad(f->desk, &origin, why, &result, &error));
    g_assert_cmpint(result.status, ==, LK_PAGE_ERROR);
    assert_reason(&result, "page 1 is damaged");
    g_autoptr(LkPageRecord) page = record(f, 0);
    g_assert_cmpint(page->status, ==, LK_PAGE_ERROR);
}

int
main(int argc, char **argv)
{
    g_setenv("LC_ALL", "en_US.UTF-8", TRUE);
    lk_language_init();
    g_test_init(&argc, &argv, NULL);
    static const struct {
        const char *path;
        void (*test)(Fixture *f, gconstpointer unused);
    } tests[] = {
        {"/page/same-ink-is-a-duplicate", test_same_ink},
        {"/page/other-ink-is-a-conflict", test_other_ink},
        {"/page/filed-before", test_filed_before},
        {"/page/refused-then-read", test_refused_then_read},
        {"/page/known-by-print-waits", test_by_print},
        {"/page/label-of-another-case", test_label_on_a_case_page},
        {"/page/blank-without-label", test_blank_without_label},
        {"/page/blank-follows-its-label", test_blank_follows_its_label},
        {"/page/case-from-elsewhere", test_case_from_elsewhere},
        {"/page/unknown-layout-is-left-alone", test_unknown_layout},
        {"/page/not-ours", test_not_ours},
        {"/page/bad-page", test_bad_page},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
    }
    return g_test_run();
}
