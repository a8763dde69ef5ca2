/* tool-bench-review DIR: what the review station does, timed on the office that
 * tool-load made; its recovery words on standard input. Lines "what value", ms.
 * Everything is decided for real: for use once. */
#include "pipeline/pipeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define REPEATS 41
#define WALL 60

static void
must(bool done, const GError *error)
{
    if (!done) {
        fprintf(stderr, "tool-bench-review: %s\n",
                error != NULL ? error->message : "usage");
        exit(1);
    }
}

static double
ms_since(gint64 start)
{
    return (double)(g_get_monotonic_time() - start) / 1000;
}

static int
by_value(gconstpointer a, gconstpointer b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return left < right ? -1 : left > right;
}

/* The median and the worst. */
static void
print_times(const char *what, GArray *times)
{
    g_array_sort(times, by_value);
    printf("%s %.2f\n%s-worst %.2f\n", what,
           g_array_index(times, double, times->len / 2), what,
           g_array_index(times, double, times->len - 1));
    g_array_set_size(times, 0);
}

static LkSession *
open_session(LkStore *store)
{
    char line[4096] = "";
    g_autoptr(GError) error = NULL;
    must(fgets(line, sizeof line, stdin) != NULL, NULL);
    g_autoptr(LkSecret) words = lk_secret_new_from(line, strlen(line));
    g_autoptr(LkSecret) recovery = lk_recovery_parse(words);
    must(recovery != NULL, NULL);
    LkSession *session = lk_session_recover(store, recovery, &error);
    must(session != NULL, error);
    return session;
}

static int
count_all(const LkQueue *queue, const LkReach *reach)
{
    int all = 0;
    for (int id = 0; id < LK_QUEUE_N; id++) {
        int open = 0;
        int closed = 0;
        const LkQueueView view = {(LkQueueId)id, LK_QUEUE_ANY_KIND, reach, NULL};
        lk_queue_count(queue, &view, &open, &closed);
        all += open + closed;
    }
    return all;
}

/* Decides the first @n of the marks, as a wall does: nothing is marked. */
static void
decide(LkStore *store, LkQueue *queue, const LkReach *reach, guint n, GArray *writing,
       GArray *taking)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *next = NULL;
    const LkQueueView view = {LK_QUEUE_MARKS, LK_QUEUE_ANY_KIND, reach, NULL};
    g_autoptr(GPtrArray) items = lk_queue_list(queue, &view, NULL, n, &next);
    g_autofree LkDecisionAsked *asked = g_new0(LkDecisionAsked, n);
    for (guint i = 0; i < items->len; i++) {
        const LkQueueItem *item = g_ptr_array_index(items, i);
        asked[i].seen = item->version;
        asked[i].decision = (LkDecision){
            .page = item->page, .field = item->field, .row = item->row, .who = "awa"};
    }
    gint64 start = g_get_monotonic_time();
    must(lk_store_decide_all(store, asked, items->len, &error), error);
    double writing_ms = ms_since(start);
    start = g_get_monotonic_time();
    for (guint i = 0; i < items->len; i++) {
        const LkQueueItem *item = g_ptr_array_index(items, i);
        LkQueuePlace place = {.form = item->form,
                              .page = item->page,
                              .field = item->field,
                              .row = item->row};
        g_strlcpy(place.code.text, item->code, sizeof place.code.text);
        must(asked[i].id != 0, asked[i].refusal);
        lk_queue_settle(queue, &place);
    }
    must(lk_queue_refresh(queue, &error), error);
    double taking_ms = ms_since(start);
    g_array_append_val(writing, writing_ms);
    g_array_append_val(taking, taking_ms);
}

int
main(int argc, char **argv)
{
    must(argc == 2, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStore) store = lk_store_open(argv[1], &error);
    must(store != NULL, error);
    g_autoptr(LkSession) session = open_session(store);
    gint64 start = g_get_monotonic_time();
    clock_t cpu = clock();
    g_autoptr(LkQueue) queue = lk_queue_new(store, &error);
    must(queue != NULL, error);
    printf("build %.0f\nbuild-cpu %.0f\n", ms_since(start),
           1000.0 * (double)(clock() - cpu) / CLOCKS_PER_SEC);
    g_autoptr(LkReach) reach = lk_reach_new(store, session, &error);
    must(reach != NULL, error);
    printf("items %d\n", count_all(queue, reach));
    g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(GArray) taking = g_array_new(FALSE, FALSE, sizeof(double));
    for (int i = 0; i < REPEATS; i++) {
        start = g_get_monotonic_time();
        must(lk_queue_refresh(queue, &error), error);
        (void)count_all(queue, reach);
        double ms = ms_since(start);
        g_array_append_val(times, ms);
    }
    print_times("counts", times);
    for (int i = 0; i < REPEATS; i++) {
        decide(store, queue, reach, 1, times, taking);
    }
    print_times("decide-one", times);
    print_times("take-up-one", taking);
    for (int i = 0; i < REPEATS; i++) {
        decide(store, queue, reach, WALL, times, taking);
    }
    print_times("decide-wall", times);
    print_times("take-up-wall", taking);
    return 0;
}
