/* reader.c - one of the processes that read: decodes a page, reads it, reports.
 *
 * It has no store. The layouts it meets it asks for once; the copies issued for a case
 * whenever a page has lost both codes. */
#include "pipeline/page.h"
#include "pipeline/talk.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

typedef struct {
    int talk;
    LkReader *reader;
    GHashTable *layouts;      /* id -> LkLayout */
    LkStationery *stationery; /* loaded when a page has lost both codes */
    char *path;               /* the file in hand; or NULL */
    LkScan *scan;             /* or NULL: it could not be opened, see refusal */
    GError *refusal;
} Desk;

/* --- Questions. ---------------------------------------------------------------------
 */

static GByteArray *
ask(Desk *desk, LkTalk about, const void *data, size_t len)
{
    LkTalk kind;
    return lk_talk_send(desk->talk, about, data, len) ? lk_talk_hear(desk->talk, &kind)
                                                      : NULL;
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
take_up(Desk *desk, const char *path)
{
    if (g_strcmp0(desk->path, path) == 0) {
        return;
    }
    g_clear_pointer(&desk->scan, lk_scan_free);
    g_clear_error(&desk->refusal);
    g_free(desk->path);
    desk->path = g_strdup(path);
    desk->scan = lk_scan_open(path, NULL, &desk->refusal);
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
    report->died = lk_scan_deaths(desk->scan) > deaths;
    report->n_pages = lk_scan_n_pages(desk->scan);
    const GError *rest = lk_scan_rest(desk->scan);
    report->rest = rest != NULL ? g_error_copy(rest) : NULL;
    if (report->result == LK_SCAN_PAGE) {
        report->reading = lk_reader_read(desk->reader, &image);
    }
}

static bool
do_task(Desk *desk, const LkTask *task)
{
    gint64 from = g_get_monotonic_time();
    g_autoptr(LkReport) report = g_new0(LkReport, 1);
    take_up(desk, task->path);
    read_page(desk, task->page, report);
    report->took_us = g_get_monotonic_time() - from;
    g_autoptr(GByteArray) message = lk_report_pack(report);
    return lk_talk_send(desk->talk, LK_TALK_REPORT, message->data, message->len);
}

static bool
next_task(int tasks, LkTask *task)
{
    ssize_t got = 0;
    do {
        got = recv(tasks, task, sizeof *task, 0);
    } while (got < 0 && errno == EINTR);
    return got > (ssize_t)offsetof(LkTask, path);
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
        LkTask task;
        while (next_task(tasks, &task) && do_task(&desk, &task)) {
        }
    }
    lk_scan_free(desk.scan);
    lk_reader_free(desk.reader);
    lk_stationery_free(desk.stationery);
    g_hash_table_unref(desk.layouts);
    g_clear_error(&desk.refusal);
    g_free(desk.path);
}
