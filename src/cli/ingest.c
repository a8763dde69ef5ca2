/* ingest.c - lakana ingest: completed paper into the case database. */
#include "cli/cli.h"
#include "cli/json.h"
#include "pipeline/pipeline.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* More processes than any desk has processors would only eat memory. */
#define JOBS_MAX 64

typedef struct {
    gboolean json;
    bool is_terminal; /* of the messages: progress is shown */
    gint64 started_us;
    int pages; /* seen in this batch */
    int number, n_files;
    gint64 file_started_us;
    int file_pages; /* seen in this file */
} Show;

static volatile sig_atomic_t is_asked_to_stop = 0;

static void
on_signal(int number)
{
    (void)number;
    is_asked_to_stop = 1;
}

/* Ctrl-C once: what is told is filed, the rest waits. Twice: the program ends at once,
 * which the store survives as well. */
static void
catch_signals(void)
{
    struct sigaction action = {0};
    action.sa_handler = on_signal;
    action.sa_flags = (int)(SA_RESTART | SA_RESETHAND);
    sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

static bool
ask_stop(void *data)
{
    (void)data;
    return is_asked_to_stop != 0;
}

/* --- Progress. ----------------------------------------------------------------------
 */

static void
hide_progress(const Show *show)
{
    if (show->is_terminal) {
        fprintf(stderr, "\r\033[K");
    }
}

static void
show_progress(const Show *show, int n_pages)
{
    if (!show->is_terminal) {
        return;
    }
    double seconds = (double)(g_get_monotonic_time() - show->file_started_us) / 1e6;
    double rate = seconds > 0 ? show->file_pages / seconds : 0;
    fprintf(stderr, "\r\033[K");
    fprintf(stderr, _("file %d of %d: page %d of %d, %.1f pages/s"), show->number,
            show->n_files, show->file_pages, n_pages, rate);
    if (rate > 0 && n_pages > show->file_pages) {
        fprintf(stderr, _(", %.0f s left"), (n_pages - show->file_pages) / rate);
    }
}

/* --- A line a page. -----------------------------------------------------------------
 */

static void
add_identity(JsonBuilder *builder, const LkPageId *id, const LkCaseCode *code)
{
    g_autofree char *text = code != NULL ? lk_case_code_format(code) : NULL;
    lk_cli_json_text(builder, "case", text);
    lk_cli_json_text(builder, "form", id != NULL ? id->form : NULL);
    json_builder_set_member_name(builder, "page");
    if (id != NULL) {
        json_builder_add_int_value(builder, id->page);
    } else {
        json_builder_add_null_value(builder);
    }
    lk_cli_json_text(builder, "copy", id != NULL ? id->copy : NULL);
    lk_cli_json_text(builder, "layout", id != NULL ? id->layout : NULL);
}

/* A file's name need not be UTF-8; JSON is. */
static void
print_json(const LkIntakePage *page)
{
    g_autofree char *file = g_filename_display_name(page->file);
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    lk_cli_json_text(builder, "file", file);
    lk_cli_json_number(builder, "index", page->index);
    lk_cli_json_text(builder, "status", lk_page_status_name(page->status));
    add_identity(builder, page->id, page->case_code);
    json_builder_set_member_name(builder, "reasons");
    json_builder_begin_array(builder);
    for (const char *const *reason = page->reasons; *reason != NULL; reason++) {
        json_builder_add_string_value(builder, *reason);
    }
    json_builder_end_array(builder);
    lk_cli_json_number(builder, "ms", page->duration_ms);
    json_builder_end_object(builder);
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    g_autofree char *line = json_to_string(root, FALSE);
    /* The figures as they were rounded; JSON-GLib would write 17 digits of each. */
    line[strlen(line) - 1] = '\0';
    printf("%s,\"quality\":%s}\n", line,
           page->quality != NULL ? page->quality : "null");
    fflush(stdout);
}

static void
print_text(const LkIntakePage *page)
{
    g_autofree char *file = g_filename_display_basename(page->file);
    printf(_("%s, page %d: "), file, page->index + 1);
    if (page->id != NULL) {
        g_autofree char *code = lk_case_code_format(page->case_code);
        printf(_("%s %s page %d: "), code, page->id->form, page->id->page);
    }
    for (const char *const *reason = page->reasons; *reason != NULL; reason++) {
        printf("%s%s", reason == page->reasons ? "" : _("; "), *reason);
    }
    putchar('\n');
    fflush(stdout);
}

static void
on_file(const char *file, int number, int n_files, void *data)
{
    (void)file;
    Show *show = data;
    show->number = number;
    show->n_files = n_files;
    show->file_pages = 0;
    show->file_started_us = g_get_monotonic_time();
}

static void
on_page(const LkIntakePage *page, int n_pages, void *data)
{
    Show *show = data;
    show->pages++;
    show->file_pages++;
    if (show->json) {
        print_json(page);
    } else if (page->attention) {
        hide_progress(show);
        print_text(page);
    }
    show_progress(show, n_pages);
}

static void
on_failed(const char *file, int index, const GError *error, void *data)
{
    Show *show = data;
    if (show->json) {
        const char *reasons[] = {error->message, NULL};
        LkIntakePage page = {.file = file,
                             .index = index,
                             .status = LK_PAGE_ERROR,
                             .reasons = reasons,
                             .attention = true};
        print_json(&page);
    } else {
        hide_progress(show);
        printf("%s\n", error->message);
        fflush(stdout);
    }
}

/* --- The summary. -------------------------------------------------------------------
 */

static void
print_count(FILE *out, const char *one, const char *many, int n)
{
    if (n > 0) {
        fprintf(out, "  ");
        fprintf(out, lk_ntext(one, many, (unsigned long)n), n);
        fputc('\n', out);
    }
}

static void
print_pages(FILE *out, const LkIntakeSummary *summary)
{
    const int *pages = summary->pages;
    print_count(out, "%d page read", "%d pages read", pages[LK_PAGE_READ]);
    print_count(out, "%d page read, with something for a person to decide",
                "%d pages read, with something for a person to decide",
                pages[LK_PAGE_REVIEW]);
    print_count(out, "%d page that was here before, set aside",
                "%d pages that were here before, set aside", pages[LK_PAGE_DUPLICATE]);
    print_count(out, "%d page of files taken in earlier, passed over",
                "%d pages of files taken in earlier, passed over",
                summary->filed_before);
    print_count(out, "%d blank page", "%d blank pages", pages[LK_PAGE_BLANK]);
    print_count(out, "%d page not recognised: look at the paper",
                "%d pages not recognised: look at the paper", pages[LK_PAGE_UNKNOWN]);
    print_count(out, "%d page that could not be read: scan it again",
                "%d pages that could not be read: scan them again",
                pages[LK_PAGE_ERROR]);
    print_count(out, "%d other file in the folders is no scan, passed over",
                "%d other files in the folders are no scans, passed over",
                summary->passed_over);
    print_count(out, "%d file could not be taken in, see above",
                "%d files could not be taken in, see above", summary->failed_files);
}

/* Where to go on: the page, or a command a thing. */
static void
print_next(FILE *out, int n_items)
{
    if (n_items == 0) {
        return;
    }
    fprintf(out, "%s\n",
            _("In the terminal: `lakana page list` and `lakana page show` for pages, "
              "`lakana case list` and `lakana case show CODE` for what each file waits "
              "for."));
    fprintf(out,
            ngettext_("%d item waits: `lakana review` opens the page where it is "
                      "decided.\n",
                      "%d items wait: `lakana review` opens the page where they are "
                      "decided.\n",
                      (unsigned long)n_items),
            n_items);
}

static void
print_waiting(FILE *out, const LkIntakeSummary *summary)
{
    int fields = summary->to_decide + summary->to_type + summary->alerts;
    if (fields + summary->to_settle > 0) {
        fprintf(out, "%s\n", _("Waiting for a person:"));
    }
    print_count(
        out, "%d page of which a person must say what it is, or whether it counts",
        "%d pages of which a person must say what they are, or whether they count",
        summary->to_settle);
    print_count(out, "%d field with marks to decide", "%d fields with marks to decide",
                summary->to_decide);
    print_count(out, "%d date or number to type", "%d dates or numbers to type",
                summary->to_type);
    print_count(out, "%d required field left empty", "%d required fields left empty",
                summary->alerts);
    if (summary->stopped) {
        fprintf(out, "%s\n",
                _("Stopped. What is listed here is filed; the same command goes on "
                  "where this one ended."));
    } else {
        print_next(out, fields + summary->to_settle);
    }
}

static void
print_advice(FILE *out, const LkIntakeSummary *summary)
{
    if (summary->advice == NULL || summary->advice->len == 0) {
        return;
    }
    fprintf(out, "%s\n", _("To do about the scans:"));
    for (guint i = 0; i < summary->advice->len; i++) {
        fprintf(out, "  ");
        lk_cli_wrap(out, g_ptr_array_index(summary->advice, i), 4);
    }
}

static void
print_summary(const Show *show, const LkIntakeSummary *summary)
{
    FILE *out = show->json ? stderr : stdout;
    double seconds = (double)(g_get_monotonic_time() - show->started_us) / 1e6;
    fprintf(out, ngettext_("%d page", "%d pages", (unsigned long)show->pages),
            show->pages);
    fprintf(out,
            ngettext_(" in %d file", " in %d files", (unsigned long)summary->files),
            summary->files);
    fprintf(out, ", %.1f s\n", seconds);
    print_pages(out, summary);
    print_advice(out, summary);
    print_waiting(out, summary);
    fflush(out);
}

static LkExit
judge(const Show *show, const LkIntakeSummary *summary)
{
    if (show->pages == 0 && summary->failed_files > 0 && !summary->stopped) {
        return LK_EXIT_FAILED;
    }
    bool attention = summary->failed_files > 0 || summary->stopped ||
                     summary->pages[LK_PAGE_REVIEW] > 0 ||
                     summary->pages[LK_PAGE_UNKNOWN] > 0 ||
                     summary->pages[LK_PAGE_ERROR] > 0;
    return attention ? LK_EXIT_ATTENTION : LK_EXIT_DONE;
}

LkExit
lk_cmd_ingest(const LkCli *cli, int argc, char **argv)
{
    Show show = {.is_terminal = isatty(STDERR_FILENO) != 0};
    int jobs = (int)g_get_num_processors();
    const GOptionEntry entries[] = {
        {"jobs", 'j', 0, G_OPTION_ARG_INT, &jobs,
         N_("pages read at once, by as many processes (default: the processors of this "
            "machine)"),
         "N"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &show.json,
         N_("one JSON object a page on standard output"), NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!lk_cli_parse(
            entries, N_("FILE|FOLDER…"),
            N_("Files completed paper: PDF, TIFF, PNG or JPEG as scanners and "
               "tablets make them. Run again on the same files, it goes on "
               "where it ended and files nothing twice."),
            &argc, &argv)) {
        return LK_EXIT_USAGE;
    }
    if (argc < 2) {
        return lk_cli_usage(_("name the scanned files, or a folder of them"));
    }
    if (jobs < 1) {
        return lk_cli_usage(_("--jobs takes a number from 1"));
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStore) store = lk_store_open(cli->office, &error);
    if (store == NULL) {
        return lk_cli_fail(error);
    }
    catch_signals();
    show.started_us = g_get_monotonic_time();
    LkIntakeOptions options = {MIN(jobs, JOBS_MAX), on_file,  on_page,
                               on_failed,           ask_stop, &show};
    g_auto(LkIntakeSummary) summary = {0};
    bool done =
        lk_intake(store, (const char *const *)argv + 1, &options, &summary, &error);
    hide_progress(&show);
    if (done && summary.files + summary.passed_over == 0 && !summary.stopped) {
        fprintf(stderr, "lakana: %s\n",
                _("there is no file here: is it the right folder?"));
        return LK_EXIT_ATTENTION;
    }
    if (done || show.pages > 0) {
        print_summary(&show, &summary);
    }
    return done ? judge(&show, &summary) : lk_cli_fail(error);
}
