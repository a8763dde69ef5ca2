/* reader.c - one of the processes that read: decodes a page, reads it, reports.
 *
 * It has no store. The layouts it meets it asks for once; the copies issued for a case
 * whenever a page has lost both codes. */
#include "pipeline/page.h"
#include "pipeline/talk.h"

#include <string.h>
#include <unistd.h>

typedef struct {
    int talk;
    LkReader *reader;
    GHashTable *layouts;      /* id -> LkLayout */
    LkStationery *stationery; /* loaded when a page has lost both codes */
    guint key;                /* of the file in hand; 0: none */
    LkScan *scan;             /* or NULL: it could not be opened, see refusal */
    GError *refusal;
} Desk;

/* --- Questions. ---------------------------------------------------------------------
 */

static GByteArray *
ask(Desk *desk, LkTalk about, const void *data, size_t len)
{
    LkTalk kind;
    int passed = -1;
    GByteArray *answer = lk_talk_send(desk->talk, about, data, len)
                             ? lk_talk_hear(desk->talk, &kind, &passed)
                             : NULL;
    if (passed >= 0) {
        (void)close(passed);
    }
    return answer;
}

static const LkLayout *
find_layout(const char *id, void *data)
{
    Desk *desk = data;
    LkLayout *layout = g_hash_table_lookup(desk->layouts, id);
    if (layout != NULL) {
        return layout;
    }
    g_autoptr(GByteArray) answer = ask(desk, LK_TALK_LAYOUT, id, strlen(id));
    if (answer == NULL || answer->len == 0) {
        return NULL;
    }
    g_autofree char *json = g_strndup((const char *)answer->data, answer->len);
    g_autoptr(GError) error = NULL;
    layout = lk_layout_from_json(json, &error);
    if (layout == NULL) {
        g_warning("layout %s: %s", id, error->message);
        return NULL;
    }
    g_hash_table_insert(desk->layouts, layout->id, layout);
    return layout;
}

static void
each_issued(const LkCaseCode *code, void (*each)(const LkPageId *id, void *to),
            void *to, void *data)
{
    g_autoptr(GByteArray) answer = ask(data, LK_TALK_ISSUED, code, sizeof *code);
    for (size_t at = 0; answer != NULL && at + sizeof(LkPageId) <= answer->len;
         at += sizeof(LkPageId)) {
        LkPageId id;
        memcpy(&id, answer->data + at, sizeof id);
        each(&id, to);
    }
}

/* Any layout: they all print the case code at the same places. */
static const LkLayout *
example_layout(void *data)
{
    Desk *desk = data;
    g_autoptr(GError) error = NULL;
    if (desk->stationery == NULL) {
        desk->stationery = lk_stationery_load(&error);
    }
    if (desk->stationery == NULL) {
        g_warning("%s", error->message);
        return NULL;
    }
    return lk_stationery_layout(desk->stationery, LK_EXAMPLE_FORM, NULL);
}

/* --- Pages. -------------------------------------------------------------------------
 */

static void
take_up(Desk *desk, guint key, int fd)
{
    if (desk->key == key) {
        return;
    }
    g_clear_pointer(&desk->scan, lk_scan_free);
    g_clear_error(&desk->refusal);
    desk->key = key;
    desk->scan = lk_scan_open_fd(fd, NULL, &desk->refusal);
}

/* Cut out before it is read: a page that cannot be kept is not filed. */
static void
cut_and_read(Desk *desk, const LkImage *image, LkReport *report)
{
    LkScanCut cut;
    if (lk_scan_cut_pieces(desk->scan, &cut, &report->why)) {
        report->pieces = g_array_new(FALSE, FALSE, sizeof(LkPiece));
        g_array_append_vals(report->pieces, cut.pieces, (guint)cut.n_pieces);
        /* Lent until the next page is asked for: the report is sent by then. */
        report->cut = cut.size > 0 ? g_bytes_new_static(cut.data, cut.size) : NULL;
        report->reading = lk_reader_read(desk->reader, image);
    } else {
        report->result = LK_SCAN_BAD_PAGE;
    }
}

static void
read_page(Desk *desk, int page, LkReport *report)
{
    if (desk->scan == NULL) {
        report->result = LK_SCAN_FAILED;
        report->why = g_error_copy(desk->refusal);
        return;
    }
    int deaths = lk_scan_deaths(desk->scan);
    LkImage image;
    lk_scan_seek(desk->scan, page);
    report->result = lk_scan_next(desk->scan, &image, &report->why);
    if (report->result == LK_SCAN_PAGE) {
        cut_and_read(desk, &image, report);
    }
    report->died = lk_scan_deaths(desk->scan) > deaths;
    report->n_pages = lk_scan_n_pages(desk->scan);
    const GError *rest = lk_scan_rest(desk->scan);
    report->rest = rest != NULL ? g_error_copy(rest) : NULL;
}

static bool
do_task(Desk *desk, const LkTask *task, int fd)
{
    gint64 from = g_get_monotonic_time();
    g_autoptr(LkReport) report = g_new0(LkReport, 1);
    take_up(desk, task->key, fd);
    read_page(desk, task->page, report);
    report->took_us = g_get_monotonic_time() - from;
    return lk_report_send(desk->talk, report);
}

static bool
next_task(Desk *desk, int tasks)
{
    LkTask task;
    int fd = -1;
    bool done = lk_task_hear(tasks, &task, &fd) && do_task(desk, &task, fd);
    if (fd >= 0) {
        (void)close(fd);
    }
    return done;
}

static void
free_layout(gpointer layout)
{
    lk_layout_free(layout);
}

void
lk_read_for(int tasks, int talk)
{
    Desk desk = {.talk = talk};
    desk.layouts = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_layout);
    LkReadHost host = {find_layout, each_issued, &desk};
    desk.reader = lk_reader_new(&host, NULL);
    if (desk.reader != NULL) {
        lk_reader_set_example(desk.reader, example_layout);
        while (next_task(&desk, tasks)) {
        }
    }
    lk_scan_free(desk.scan);
    lk_reader_free(desk.reader);
    lk_stationery_free(desk.stationery);
    g_hash_table_unref(desk.layouts);
    g_clear_error(&desk.refusal);
}
