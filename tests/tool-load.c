/* tool-load DIR PAGES: makes an office with so many filed pages, about five fields of
 * each waiting for a person; for measuring what large offices cost. Its pages have no
 * pictures. Everybody in it is invented (EXEMPLE FICTIF), everything but codes and keys
 * follows from a seed. Prints the recovery words. */
#include "pipeline/page.h"
#include "store/priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEED 20261127

static void
must(bool done, const GError *error)
{
    if (!done) {
        fprintf(stderr, "tool-load: %s\n", error != NULL ? error->message : "usage");
        exit(1);
    }
}

static bool
chance(GRand *random, double probability)
{
    return g_rand_double(random) < probability;
}

static LkInkReading
ink(GRand *random, bool written)
{
    LkInkReading reading = {.written = written, .ink = written ? 0.2 : 0};
    for (size_t i = 0; written && i < G_N_ELEMENTS(reading.profile); i++) {
        reading.profile[i] = (uint8_t)g_rand_int_range(random, 40, 200);
    }
    return reading;
}

/* One field in so many has ink; cells of one comb together. */
static bool
is_written(GRand *random, int field, int row, GHashTable *known, double share)
{
    gpointer key = GINT_TO_POINTER(field * 256 + row + 1);
    if (!g_hash_table_contains(known, key)) {
        g_hash_table_insert(known, key, GINT_TO_POINTER(chance(random, share) ? 1 : 0));
    }
    return g_hash_table_lookup(known, key) != NULL;
}

static LkReading *
reading_of(const LkPageId *id, const LkLayoutPage *page, GRand *random)
{
    LkReading *reading = g_new0(LkReading, 1);
    reading->outcome = LK_OUTCOME_READ;
    reading->source = LK_IDENTITY_QR;
    reading->id = *id;
    reading->to_image[0] = reading->to_image[4] = 11.8;
    reading->to_image[8] = 1;
    reading->quality.dpi = 300;
    reading->boxes = g_array_new(FALSE, TRUE, sizeof(LkBoxReading));
    reading->cells = g_array_new(FALSE, TRUE, sizeof(LkInkReading));
    reading->writing = g_array_new(FALSE, TRUE, sizeof(LkInkReading));
    for (guint i = 0; i < page->boxes->len; i++) {
        bool unsure = chance(random, 0.03);
        bool marked = chance(random, 0.15);
        LkBoxReading box = {unsure   ? LK_MARK_UNSURE
                            : marked ? LK_MARK_MARKED
                                     : LK_MARK_EMPTY,
                            unsure   ? 0.4
                            : marked ? 0.9
                                     : 0.02,
                            unsure ? 0.5 : 0.99};
        g_array_append_val(reading->boxes, box);
    }
    g_autoptr(GHashTable) known = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < page->cells->len; i++) {
        const LkCell *cell = &g_array_index(page->cells, LkCell, i);
        LkInkReading one =
            ink(random, is_written(random, cell->field, cell->row, known, 0.4));
        g_array_append_val(reading->cells, one);
    }
    for (guint i = 0; i < page->writing->len; i++) {
        const LkWriting *area = &g_array_index(page->writing, LkWriting, i);
        LkInkReading one =
            ink(random, is_written(random, area->field, area->row, known, 0.12));
        g_array_append_val(reading->writing, one);
    }
    return reading;
}

typedef struct {
    LkStore *store;
    LkStationery *stationery;
    LkDesk *desk;
    GRand *random;
    gint64 scan;
    int filed, wanted;
} Work;

static void
file_copy(Work *work, const LkStoreCopy *copy)
{
    g_autoptr(GError) error = NULL;
    const LkLayout *layout = lk_stationery_layout(work->stationery, copy->form, &error);
    must(layout != NULL, error);
    for (int number = 1; number <= copy->n_pages && work->filed < work->wanted;
         number++) {
        LkPageId id = {.page = number, .case_code = copy->code};
        g_strlcpy(id.form, copy->form, sizeof id.form);
        g_strlcpy(id.layout, copy->layout, sizeof id.layout);
        g_strlcpy(id.copy, copy->copy, sizeof id.copy);
        g_autoptr(LkReading) reading =
            reading_of(&id, lk_layout_page(layout, number), work->random);
        LkOriginPage origin = {work->scan, work->filed, g_get_monotonic_time(), NULL};
        g_auto(LkPageResult) result = {0};
        must(lk_desk_file(work->desk, &origin, reading, &result, &error), error);
        work->filed++;
    }
}

static GArray *
issue_case(Work *work)
{
    static const char *const forms[] = {"1.A", "1.B", "1.C", "2.A", "3.A", "5.A"};
    LkStoreLayout layouts[G_N_ELEMENTS(forms)];
    char *texts[G_N_ELEMENTS(forms)];
    g_autoptr(GError) error = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        const LkLayout *layout =
            lk_stationery_layout(work->stationery, forms[i], &error);
        must(layout != NULL, error);
        texts[i] = lk_layout_to_json(layout);
        layouts[i] = (LkStoreLayout){layout->id, layout->form, (int)layout->pages->len,
                                     texts[i]};
    }
    const LkStoreOrder order = {
        .n_new = 1, .forms = layouts, .n_forms = G_N_ELEMENTS(forms)};
    GArray *copies = lk_store_issue(work->store, &order, &error);
    must(copies != NULL, error);
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_free(texts[i]);
    }
    return copies;
}

int
main(int argc, char **argv)
{
    must(argc == 3, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSecret) recovery = lk_recovery_new();
    must(lk_store_init_protected(argv[1], "MOP", "EXEMPLE FICTIF", recovery, &error),
         error);
    g_autoptr(LkStore) store = lk_store_open(argv[1], &error);
    must(store != NULL, error);
    /* Filling it is not what is measured. */
    must(lk_sql_exec(store, "PRAGMA synchronous = OFF", &error), error);
    g_autofree char *path = g_strconcat(argv[1], ".scan", NULL);
    must(g_file_set_contents(path, "EXEMPLE FICTIF", -1, &error), error);
    g_auto(LkStoreScan) scan = {0};
    must(lk_store_scan_begin(store, path, &scan, &error), error);
    (void)remove(path);
    g_autoptr(LkStationery) stationery = lk_stationery_load(&error);
    must(stationery != NULL, error);
    g_autoptr(LkDesk) desk = lk_desk_new(store);
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED);
    Work work = {store,
                 stationery,
                 desk,
                 random,
                 scan.id,
                 0,
                 (int)g_ascii_strtoll(argv[2], NULL, 10)};
    while (work.filed < work.wanted) {
        g_autoptr(GArray) copies = issue_case(&work);
        for (guint i = 0; i < copies->len && work.filed < work.wanted; i++) {
            file_copy(&work, &g_array_index(copies, LkStoreCopy, i));
        }
    }
    must(lk_store_scan_done(store, scan.id, work.filed, &error), error);
    g_autoptr(LkSecret) words = lk_recovery_words(recovery);
    puts((const char *)lk_secret_data(words));
    return 0;
}
