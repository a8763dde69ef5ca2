/* The readers of a batch: pages come back as asked, one that dies costs one page.
 * Judge: the samples, whose pages are known. */
#include "pipeline/crew.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define SAMPLE "samples/copieur.pdf"
#define N_PAGES 4

typedef struct {
    LkStationery *stationery;
    int layouts; /* asked for */
    int deadly;  /* the reader that asks for this one dies */
} Host;

/* Every reader of ours. */
static void
kill_readers(void)
{
    g_autofree char *path =
        g_strdup_printf("/proc/self/task/%d/children", (int)getpid());
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) children = g_strsplit(text, " ", -1);
    for (char **child = children; *child != NULL; child++) {
        if (**child != '\0') {
            g_assert_cmpint(kill((pid_t)atoi(*child), SIGKILL), ==, 0);
        }
    }
}

static char *
layout(const char *id, void *data)
{
    Host *host = data;
    if (++host->layouts == host->deadly) {
        kill_readers();
        return NULL;
    }
    const LkLayout *found = lk_stationery_find(host->stationery, id);
    return found != NULL ? lk_layout_to_json(found) : NULL;
}

static GArray *
issued(const LkCaseCode *code, void *data)
{
    (void)code;
    (void)data;
    return g_array_new(FALSE, TRUE, sizeof(LkPageId));
}

static LkCrew *
crew_of(int n, Host *host)
{
    g_autoptr(GError) error = NULL;
    host->stationery = lk_stationery_load(&error);
    g_assert_no_error(error);
    LkCrew *crew = lk_crew_new(n, &(LkCrewHost){layout, issued, host}, &error);
    g_assert_no_error(error);
    return crew;
}

/* The file itself, whatever its name becomes. */
static LkCrewFile
file_of(const char *path)
{
    static guint last;
    LkCrewFile file = {open(path, O_RDONLY | O_CLOEXEC), ++last};
    return file;
}

/* Reports on pages 0 … @n - 1, taken in order and asked for as far ahead as may be. */
static GPtrArray *
read_all(LkCrew *crew, const char *path, int n)
{
    LkCrewFile file = file_of(path);
    GPtrArray *reports = g_ptr_array_new_with_free_func((GDestroyNotify)lk_report_free);
    g_autoptr(GQueue) tickets = g_queue_new();
    for (int page = 0; page < n || tickets->length > 0;) {
        for (; page < n && lk_crew_has_room(crew); page++) {
            g_queue_push_tail(tickets, lk_crew_ask(crew, &file, page));
        }
        g_autoptr(GError) error = NULL;
        LkReport *report = lk_crew_take(crew, g_queue_pop_head(tickets), &error);
        g_assert_no_error(error);
        g_ptr_array_add(reports, report);
    }
    if (file.fd >= 0) {
        (void)close(file.fd);
    }
    return reports;
}

static void
assert_same_boxes(const GArray *a, const GArray *b)
{
    g_assert_cmpint(a->len, ==, b->len);
    for (guint i = 0; i < a->len; i++) {
        const LkBoxReading *x = &g_array_index(a, LkBoxReading, i);
        const LkBoxReading *y = &g_array_index(b, LkBoxReading, i);
        g_assert_cmpint(x->state, ==, y->state);
        g_assert_true(x->score == y->score && x->confidence == y->confidence);
    }
}

static void
assert_same_ink(const GArray *a, const GArray *b)
{
    g_assert_cmpint(a->len, ==, b->len);
    for (guint i = 0; i < a->len; i++) {
        const LkInkReading *x = &g_array_index(a, LkInkReading, i);
        const LkInkReading *y = &g_array_index(b, LkInkReading, i);
        g_assert_true(x->written == y->written && x->ink == y->ink);
        g_assert_true(memcmp(x->profile, y->profile, sizeof x->profile) == 0);
    }
}

static void
test_same(void)
{
    Host one = {0}, three = {0};
    g_autoptr(LkCrew) alone = crew_of(1, &one);
    g_autoptr(LkCrew) many = crew_of(3, &three);
    g_autoptr(GPtrArray) expected = read_all(alone, SAMPLE, N_PAGES);
    g_autoptr(GPtrArray) got = read_all(many, SAMPLE, N_PAGES);
    for (guint i = 0; i < N_PAGES; i++) {
        const LkReport *a = g_ptr_array_index(expected, i);
        const LkReport *b = g_ptr_array_index(got, i);
        g_assert_cmpint(a->result, ==, LK_SCAN_PAGE);
        g_assert_cmpint(b->result, ==, LK_SCAN_PAGE);
        g_assert_cmpint(a->reading->outcome, ==, LK_OUTCOME_READ);
        g_assert_cmpint(a->reading->id.page, ==, b->reading->id.page);
        g_assert_cmpint(a->n_pages, ==, b->n_pages);
        g_assert_true(memcmp(a->reading->to_image, b->reading->to_image,
                             sizeof a->reading->to_image) == 0);
        g_assert_true(g_bytes_equal(a->cut, b->cut));
        g_assert_cmpuint(a->pieces->len, ==, b->pieces->len);
        g_assert_true(memcmp(a->pieces->data, b->pieces->data,
                             a->pieces->len * sizeof(LkPiece)) == 0);
        assert_same_boxes(a->reading->boxes, b->reading->boxes);
        assert_same_ink(a->reading->cells, b->reading->cells);
        assert_same_ink(a->reading->writing, b->reading->writing);
    }
    g_assert_cmpint(one.layouts, >, 0);
    lk_stationery_free(one.stationery);
    lk_stationery_free(three.stationery);
}

/* A reader that dies over the first page: that page is lost, and no other. */
static void
test_death(void)
{
    Host host = {.deadly = 1};
    g_autoptr(LkCrew) crew = crew_of(1, &host);
    g_autoptr(GPtrArray) reports = read_all(crew, SAMPLE, N_PAGES);
    const LkReport *first = g_ptr_array_index(reports, 0);
    g_assert_cmpint(first->result, ==, LK_SCAN_BAD_PAGE);
    g_assert_true(first->died);
    g_assert_error(first->why, LK_SCAN_ERROR, LK_SCAN_ERROR_CRASH);
    g_assert_nonnull(strstr(first->why->message, "page 1: "));
    for (guint i = 1; i < N_PAGES; i++) {
        const LkReport *report = g_ptr_array_index(reports, i);
        g_assert_cmpint(report->result, ==, LK_SCAN_PAGE);
        g_assert_cmpint(report->reading->outcome, ==, LK_OUTCOME_READ);
        g_assert_false(report->died);
    }
    lk_stationery_free(host.stationery);
}

static void
test_ends(void)
{
    Host host = {0};
    g_autoptr(LkCrew) crew = crew_of(2, &host);
    g_autoptr(GPtrArray) none = read_all(crew, "samples", 1);
    const LkReport *refused = g_ptr_array_index(none, 0);
    g_assert_cmpint(refused->result, ==, LK_SCAN_FAILED);
    g_assert_error(refused->why, LK_SCAN_ERROR, LK_SCAN_ERROR_OPEN);

    g_autoptr(GError) error = NULL;
    LkCrewFile sample = file_of(SAMPLE);
    g_autoptr(LkReport) past =
        lk_crew_take(crew, lk_crew_ask(crew, &sample, 10000), &error);
    g_assert_no_error(error);
    g_assert_cmpint(past->result, ==, LK_SCAN_END);
    g_assert_cmpint(past->n_pages, >=, N_PAGES);

    /* The queue is bounded, and readers with pages in hand are not waited for. */
    int asked = 0;
    for (; lk_crew_has_room(crew); asked++) {
        (void)lk_crew_ask(crew, &sample, asked);
        g_assert_cmpint(asked, <, 100);
    }
    g_assert_cmpint(asked, >=, 2);
    (void)close(sample.fd);
    lk_stationery_free(host.stationery);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/crew/any-number-reads-the-same", test_same);
    g_test_add_func("/crew/a-death-costs-a-page", test_death);
    g_test_add_func("/crew/ends", test_ends);
    return g_test_run();
}
