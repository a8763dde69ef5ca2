/* issue.c - case files on paper: codes registered first, then printed.
 *
 * A page that leaves the printer with a code nobody has registered could meet, one day,
 * the same code drawn again for another child. The other way round costs nothing: a
 * registered code that was never printed is only a number unused. */
#include "pipeline/issue.h"
#include "pipeline/stationery.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

/* Everything one order needs, from the forms' names to the last file. */
typedef struct {
    LkStore *store;
    LkStationery *stationery;
    const LkIssueOrder *order;
    LkIssued *issued;
    GPtrArray *layouts; /* LkLayout, one a form of the order; lent by the stationery */
    LkPrintOptions printing; /* but for what differs from file to file */
    LkPrintSummary summary;  /* likewise */
    int pack_pages;          /* forms' pages of one pack */
    int pack_takes;          /* pages of the PDF, empty backs included */
    int packs_per_file;
} Work;

void
lk_issued_clear(LkIssued *issued)
{
    g_clear_pointer(&issued->files, g_ptr_array_unref);
    g_clear_pointer(&issued->copies, g_array_unref);
    g_clear_pointer(&issued->unprinted, g_array_unref);
}

/* --- Before anything is registered. ------------------------------------------------
 */

bool
lk_issue_check_output(const char *path, GError **error)
{
    g_autofree char *dir = g_path_get_dirname(path);
    const char *problem = NULL;
    if (!g_file_test(dir, G_FILE_TEST_IS_DIR)) {
        problem = _("its folder does not exist: create it, or choose another");
    } else if (access(dir, W_OK | X_OK) != 0) {
        problem = _("its folder is not writable: choose another");
    } else if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
        problem = _("that is a folder: give the name of a file");
    }
    if (problem != NULL) {
        g_set_error(error, LK_PIPELINE_ERROR, LK_PIPELINE_ERROR_OUTPUT,
                    _("cannot write '%s': %s"), path, problem);
    }
    return problem == NULL;
}

static bool
find_layouts(Work *work, GError **error)
{
    work->layouts = g_ptr_array_new();
    for (const char *const *form = work->order->forms; *form != NULL; form++) {
        const LkLayout *layout = lk_stationery_layout(work->stationery, *form, error);
        if (layout == NULL) {
            return false;
        }
        g_ptr_array_add(work->layouts, (gpointer)layout);
        work->pack_pages += (int)layout->pages->len;
        work->pack_takes += lk_render_copy_pages(layout, &work->printing);
    }
    return true;
}

/* --- Registering. -------------------------------------------------------------------
 */

static void
add_prefilled(const char *field, int row, const char *value, void *data)
{
    LkStorePrefilled answer = {field, row, value};
    g_array_append_val((GArray *)data, answer);
}

static bool
register_copies(Work *work, GError **error)
{
    g_autoptr(GArray) prefilled = g_array_new(FALSE, FALSE, sizeof(LkStorePrefilled));
    if (work->order->prefill != NULL) {
        lk_prefill_each(work->order->prefill, add_prefilled, prefilled);
    }
    guint n = work->layouts->len;
    g_autofree LkStoreLayout *forms = g_new0(LkStoreLayout, n);
    g_autoptr(GPtrArray) jsons = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < n; i++) {
        const LkLayout *layout = g_ptr_array_index(work->layouts, i);
        char *json = lk_layout_to_json(layout);
        g_ptr_array_add(jsons, json);
        forms[i] =
            (LkStoreLayout){layout->id, layout->form, (int)layout->pages->len, json};
    }
    LkStoreOrder order = {
        .n_new = work->order->n_new,
        .existing = work->order->existing,
        .n_existing = work->order->n_existing,
        .n_blank = work->order->n_blank,
        .forms = forms,
        .n_forms = n,
        .prefilled = (const LkStorePrefilled *)prefilled->data,
        .n_prefilled = prefilled->len,
    };
    GArray *copies = lk_store_issue(work->store, &order, error);
    if (copies == NULL) {
        return false;
    }
    work->issued->copies = copies;
    work->issued->n_packs = (int)(copies->len / MAX(1, n));
    work->issued->n_pages = work->issued->n_packs * work->pack_pages;
    return true;
}

/* --- Printing. ----------------------------------------------------------------------
 */

/* Pages in front of @n_packs packs. */
static int
summary_pages(const Work *work, int n_packs)
{
    size_t n_codes = work->order->n_blank > 0 ? 0 : (size_t)n_packs;
    return lk_render_summary_pages(work->layouts->len, n_codes, &work->printing);
}

static void
plan_files(Work *work)
{
    int n = MAX(1, LK_RENDER_MAX_PAGES / MAX(1, work->pack_takes));
    n = MIN(n, work->issued->n_packs);
    while (n > 1 &&
           summary_pages(work, n) + n * work->pack_takes > LK_RENDER_MAX_PAGES) {
        n--;
    }
    work->packs_per_file = n;
}

/* OUT.pdf, or OUT-2.pdf when there are several. */
static char *
numbered_path(const char *output, int number, int n_files)
{
    if (n_files == 1) {
        return g_strdup(output);
    }
    const char *dot = strrchr(output, '.');
    const char *slash = strrchr(output, '/');
    if (dot == NULL || (slash != NULL && dot < slash)) {
        return g_strdup_printf("%s-%d", output, number);
    }
    return g_strdup_printf("%.*s-%d%s", (int)(dot - output), output, number, dot);
}

/* The document's title; it is French, whatever the language of the screen. */
static char *
title_of(const LkIssueOrder *order, int part, int n_parts)
{
    GString *title =
        g_string_new(order->n_blank > 0 ? "Exemplaires vierges" : "Dossiers à remplir");
    if (order->set != NULL) {
        g_string_append_printf(title, ", jeu «\u00a0%s\u00a0»", order->set);
    }
    if (n_parts > 1) {
        g_string_append_printf(title, " (%d sur %d)", part, n_parts);
    }
    return g_string_free(title, FALSE);
}

/* File @part of @n_parts. */
static bool
print_file(const Work *work, int part, int n_parts, const char *path, GError **error)
{
    int first_pack = (part - 1) * work->packs_per_file;
    int n_packs = MIN(work->packs_per_file, work->issued->n_packs - first_pack);
    guint n_forms = work->layouts->len;
    guint n_items = (guint)n_packs * n_forms;
    g_autoptr(GArray) items =
        g_array_sized_new(FALSE, FALSE, sizeof(LkPrintItem), n_items);
    for (guint i = 0; i < n_items; i++) {
        guint at = (guint)first_pack * n_forms + i;
        const LkStoreCopy *copy = &g_array_index(work->issued->copies, LkStoreCopy, at);
        LkPrintItem item = {.layout = g_ptr_array_index(work->layouts, i % n_forms),
                            .case_code = copy->code,
                            .prefill = work->order->prefill};
        memcpy(item.copy, copy->copy, sizeof item.copy);
        g_array_append_val(items, item);
    }
    g_autofree char *title = title_of(work->order, part, n_parts);
    LkPrintSummary summary = work->summary;
    summary.n_forms = n_forms;
    summary.first_pack = first_pack + 1;
    summary.all_packs = work->issued->n_packs;
    summary.part = part;
    summary.n_parts = n_parts;
    LkPrintOptions printing = work->printing;
    printing.title = title;
    printing.summary = work->order->summary ? &summary : NULL;
    return lk_render_copies((const LkPrintItem *)items->data, items->len,
                            lk_stationery_fonts(work->stationery), &printing, path,
                            error);
}

static void
list_unprinted(Work *work, int first_pack)
{
    guint n_forms = work->layouts->len;
    for (int pack = first_pack; pack < work->issued->n_packs; pack++) {
        guint at = (guint)pack * n_forms;
        const LkStoreCopy *copy = &g_array_index(work->issued->copies, LkStoreCopy, at);
        g_array_append_val(work->issued->unprinted, copy->code);
    }
}

static bool
print_files(Work *work, GError **error)
{
    const LkIssueOrder *order = work->order;
    int n_packs = work->issued->n_packs;
    plan_files(work);
    int n_files = (n_packs + work->packs_per_file - 1) / work->packs_per_file;
    for (int file = 1; file <= n_files; file++) {
        int first = (file - 1) * work->packs_per_file;
        int n = MIN(work->packs_per_file, n_packs - first);
        g_autofree char *path = numbered_path(order->output, file, n_files);
        g_autoptr(GError) reason = NULL;
        if (!print_file(work, file, n_files, path, &reason)) {
            list_unprinted(work, first);
            g_set_error(error, LK_PIPELINE_ERROR, LK_PIPELINE_ERROR_NOT_PRINTED,
                        ngettext_("%d pack is registered but not printed: %s",
                                  "%d packs are registered but not printed: %s",
                                  (unsigned long)(n_packs - first)),
                        n_packs - first, reason->message);
            return false;
        }
        g_ptr_array_add(work->issued->files, g_steal_pointer(&path));
        work->issued->n_pdf_pages += summary_pages(work, n) + n * work->pack_takes;
        if (order->progress != NULL) {
            order->progress((first + n) * work->pack_pages, work->issued->n_pages,
                            order->data);
        }
    }
    return true;
}

/* --- The manifest. ------------------------------------------------------------------
 */

/* The pages of a copy whose first one is page @pdf_page + 1 of the PDF; moved on to its
 * last, or to the empty back of that. */
static void
add_copy_lines(const Work *work, guint at, const char *pdf, int *pdf_page,
               JsonArray *pages)
{
    const LkLayout *layout = g_ptr_array_index(work->layouts, at % work->layouts->len);
    const LkStoreCopy *copy = &g_array_index(work->issued->copies, LkStoreCopy, at);
    g_autofree char *code = lk_case_code_format(&copy->code);
    for (int page = 1; page <= copy->n_pages; page++) {
        JsonObject *line = json_object_new();
        if (pdf != NULL) {
            json_object_set_string_member(line, "pdf", pdf);
        }
        json_object_set_int_member(line, "pdf_page", *pdf_page + page);
        json_object_set_string_member(line, "case", code);
        json_object_set_string_member(line, "form", copy->form);
        json_object_set_int_member(line, "page", page);
        json_object_set_string_member(line, "copy", copy->copy);
        json_array_add_object_element(pages, line);
    }
    *pdf_page += lk_render_copy_pages(layout, &work->printing);
}

static bool
write_manifest(const Work *work, GError **error)
{
    const GPtrArray *files = work->issued->files;
    guint per_file = (guint)work->packs_per_file * work->layouts->len;
    g_autoptr(JsonNode) root = json_node_new(JSON_NODE_OBJECT);
    JsonArray *pages = json_array_new();
    JsonObject *object = json_object_new();
    json_object_set_array_member(object, "pages", pages);
    json_node_take_object(root, object);
    int pdf_page = 0;
    for (guint i = 0; i < work->issued->copies->len; i++) {
        if (i % per_file == 0) {
            guint left = work->issued->copies->len - i;
            pdf_page =
                summary_pages(work, (int)(MIN(left, per_file) / work->layouts->len));
        }
        const char *pdf =
            files->len > 1 ? g_ptr_array_index(files, i / per_file) : NULL;
        add_copy_lines(work, i, pdf, &pdf_page, pages);
    }
    g_autofree char *json = json_to_string(root, FALSE);
    g_autofree char *text = g_strconcat(json, "\n", NULL);
    g_autoptr(GError) reason = NULL;
    if (!g_file_set_contents_full(work->order->manifest, text, -1,
                                  G_FILE_SET_CONTENTS_CONSISTENT, 0666, &reason)) {
        g_set_error(error, LK_PIPELINE_ERROR, LK_PIPELINE_ERROR_OUTPUT,
                    _("everything is printed, but the list of pages is not written: "
                      "%s"),
                    lk_error_text(reason));
        return false;
    }
    return true;
}

bool
lk_issue(LkStore *store, LkStationery *stationery, const LkIssueOrder *order,
         LkIssued *issued, GError **error)
{
    g_return_val_if_fail(order->forms != NULL && order->forms[0] != NULL, false);
    issued->files = g_ptr_array_new_with_free_func(g_free);
    issued->unprinted = g_array_new(FALSE, FALSE, sizeof(LkCaseCode));
    g_autofree char *now = lk_now();
    Work work = {
        .store = store,
        .stationery = stationery,
        .order = order,
        .issued = issued,
        .printing = {.office = lk_store_office(store),
                     .bookmarks = true,
                     .duplex = order->duplex},
        .summary = {.date = now, .set = order->set},
    };
    work.printing.summary = order->summary ? &work.summary : NULL;
    bool done =
        lk_issue_check_output(order->output, error) &&
        (order->manifest == NULL || lk_issue_check_output(order->manifest, error)) &&
        find_layouts(&work, error) && register_copies(&work, error) &&
        print_files(&work, error) &&
        (order->manifest == NULL || write_manifest(&work, error));
    if (work.layouts != NULL) {
        g_ptr_array_unref(work.layouts);
    }
    return done;
}
