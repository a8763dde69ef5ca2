/* assign.c - pages whose identity is lost, or was never there: a person looks at the
 * picture and says which page it is. Then it is read as that page, and verified: a
 * person may be wrong as well. */
#include "pipeline/filed.h"
#include "pipeline/page.h"

#include <stdlib.h>
#include <string.h>

void
lk_assigned_clear(LkAssigned *assigned)
{
    g_clear_pointer(&assigned->reasons, g_ptr_array_unref);
}

static bool fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool
fail(GError **error, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    g_autofree char *message = g_strdup_vprintf(format, values);
    va_end(values);
    g_set_error_literal(error, LK_PIPELINE_ERROR, LK_PIPELINE_ERROR_PAGE, message);
    return false;
}

/* --- The picture. -------------------------------------------------------------------
 */

bool
lk_page_picture(LkStore *store, LkSession *session, gint64 page, const char *output,
                GError **error)
{
    g_auto(LkFiledPicture) picture = {0};
    if (!lk_filed_picture_open(store, session, page, &picture, error) ||
        !lk_filed_picture_cover(store, page, &picture, error)) {
        return false;
    }
    const LkImage *image = &picture.shown;
    double dpi = 25.4 * MAX(image->width, image->height) / LK_PAGE_HEIGHT_MM;
    return lk_image_write_png(image, dpi, output, error);
}

/* --- Which page a person means. -----------------------------------------------------
 */

typedef struct {
    LkStore *store;
    const LkAssignment *asked;
    const LkPageRecord *record;
    LkPageId id;
    LkCaseCode case_code;
    LkLayout *layout;
} Work;

static bool
is_copy(const LkStoreCopy *copy, const char *asked)
{
    g_autofree char *number = g_strdup_printf("%d", copy->number);
    return strcmp(asked, copy->copy) == 0 || strcmp(asked, number) == 0;
}

/* The copy of the form that is meant, of those known for the case. */
static bool
find_copy(Work *work, const char *asked, GError **error)
{
    g_autoptr(GArray) copies =
        lk_store_list_copies(work->store, &work->case_code, error);
    if (copies == NULL) {
        return false;
    }
    const LkStoreCopy *found = NULL;
    int n = 0;
    for (guint i = 0; i < copies->len; i++) {
        const LkStoreCopy *copy = &g_array_index(copies, LkStoreCopy, i);
        if (strcmp(copy->form, work->id.form) == 0 &&
            (asked == NULL || is_copy(copy, asked))) {
            found = copy;
            n++;
        }
    }
    if (n > 1) {
        return fail(error, _("the file has %d copies of %s: say which with --copy"), n,
                    work->id.form);
    }
    if (n == 1) {
        g_strlcpy(work->id.copy, found->copy, sizeof work->id.copy);
        g_strlcpy(work->id.layout, found->layout, sizeof work->id.layout);
    } else if (asked == NULL || strlen(asked) != LK_SERIAL_LEN) {
        return fail(error,
                    _("no copy of %s is known for this file: give the serial that is "
                      "printed in the page's upper right corner with --copy"),
                    work->id.form);
    } else {
        g_strlcpy(work->id.copy, asked, sizeof work->id.copy);
    }
    return true;
}

/* A page of ours that has lost nothing but its case keeps all else. */
static bool
keeps_identity(const Work *work)
{
    const LkAssignment *asked = work->asked;
    const LkPageId *id = &work->record->id;
    return work->record->known_by != LK_KNOWN_NOT &&
           (asked->form == NULL || strcmp(asked->form, id->form) == 0) &&
           (asked->page == 0 || asked->page == id->page) && asked->copy == NULL;
}

/* Several sheets with one printed identity and other ink on each: a blank was
 * photocopied. Then a page's own code says of which file the blank was, not of which
 * child the answers are. Where nothing speaks against the code, it is believed. */
static bool
is_photocopied(const Work *work, bool *photocopied, GError **error)
{
    const LkAssignment *asked = work->asked;
    const LkPageRecord *record = work->record;
    const LkPageId *id = &record->id;
    *photocopied = false;
    if (record->known_by != LK_KNOWN_BY_QR || record->status == LK_PAGE_DUPLICATE ||
        lk_case_code_is_blank(&id->case_code) ||
        lk_case_code_equal(&work->case_code, &id->case_code) ||
        (asked->form != NULL && strcmp(asked->form, id->form) != 0) ||
        (asked->page != 0 && asked->page != id->page)) {
        return true;
    }
    g_autoptr(GPtrArray) same =
        lk_store_find_same(work->store, id, &id->case_code, error);
    *photocopied = same != NULL && same->len > 1;
    return same != NULL;
}

static bool
find_identity(Work *work, GError **error)
{
    const LkAssignment *asked = work->asked;
    const LkPageRecord *record = work->record;
    work->case_code =
        asked->case_code.text[0] != '\0' ? asked->case_code : record->case_code;
    if (work->case_code.text[0] == '\0') {
        return fail(error, _("say of which file the page is, with --case"));
    }
    g_autoptr(GPtrArray) known =
        lk_store_list_cases(work->store, &work->case_code, error);
    if (known == NULL) {
        return false;
    }
    bool photocopied = false;
    if (!is_photocopied(work, &photocopied, error)) {
        return false;
    }
    if (photocopied) { /* with the serial that is printed on it */
        work->id = record->id;
        return true;
    }
    if (keeps_identity(work)) {
        work->id = record->id;
        if (!lk_case_code_is_blank(&work->id.case_code)) {
            work->id.case_code = work->case_code;
        }
        return true;
    }
    const char *form = asked->form != NULL ? asked->form : record->id.form;
    work->id.page = asked->page != 0 ? asked->page : record->id.page;
    work->id.case_code = work->case_code;
    if (*form == '\0' || work->id.page == 0) {
        return fail(error, _("say which form and page it is, with --form and --page"));
    }
    g_strlcpy(work->id.form, form, sizeof work->id.form);
    g_strlcpy(work->id.layout, asked->layout != NULL ? asked->layout : "",
              sizeof work->id.layout);
    return find_copy(work, asked->copy, error);
}

/* From the store, or today's of that form. */
static bool
find_layout(Work *work, GError **error)
{
    if (work->id.layout[0] != '\0') {
        g_autofree char *json =
            lk_store_load_layout(work->store, work->id.layout, NULL);
        work->layout = json != NULL ? lk_layout_from_json(json, error) : NULL;
        if (json != NULL && work->layout == NULL) {
            return false;
        }
    }
    if (work->layout == NULL) {
        g_autoptr(LkStationery) today = lk_stationery_load(error);
        const LkLayout *layout =
            today == NULL ? NULL
            : work->id.layout[0] != '\0'
                ? lk_stationery_find(today, work->id.layout)
                : lk_stationery_layout(today, work->id.form, error);
        g_autofree char *json = layout != NULL ? lk_layout_to_json(layout) : NULL;
        work->layout = json != NULL ? lk_layout_from_json(json, error) : NULL;
    }
    if (work->layout == NULL) {
        return (error != NULL && *error != NULL)
                   ? false
                   : fail(error, _("the layout %s is not known here"), work->id.layout);
    }
    g_strlcpy(work->id.layout, work->layout->id, sizeof work->id.layout);
    if (strcmp(work->layout->form, work->id.form) != 0 ||
        work->id.page > (int)work->layout->pages->len || work->id.page < 1) {
        return fail(error, _("form %s has no page %d"), work->id.form, work->id.page);
    }
    return true;
}

/* --- Reading it as that page. -------------------------------------------------------
 */

static const LkLayout *
give_layout(const char *id, void *data)
{
    const Work *work = data;
    return strcmp(id, work->layout->id) == 0 ? work->layout : NULL;
}

/* Nothing is known of any box, cell or line. */
static void
leave_unread(LkReading *reading, const LkLayoutPage *page)
{
    g_array_set_size(reading->boxes, 0);
    g_array_set_size(reading->cells, 0);
    g_array_set_size(reading->writing, 0);
    const LkBoxReading unsure = {LK_MARK_UNSURE, 0, 0.5};
    const LkInkReading written = {.written = true};
    for (guint i = 0; i < page->boxes->len; i++) {
        g_array_append_val(reading->boxes, unsure);
    }
    for (guint i = 0; i < page->cells->len; i++) {
        g_array_append_val(reading->cells, written);
    }
    for (guint i = 0; i < page->writing->len; i++) {
        g_array_append_val(reading->writing, written);
    }
    reading->outcome = LK_OUTCOME_READ;
}

static LkReading *
read_as(Work *work, const LkImage *image, GError **error)
{
    LkReadHost host = {give_layout, NULL, work};
    g_autoptr(LkReader) reader = lk_reader_new(&host, error);
    if (reader == NULL) {
        return NULL;
    }
    g_autoptr(LkReading) reading = lk_reader_read_as(reader, image, &work->id);
    if ((reading->reasons & 1u << LK_REASON_CODES_DISAGREE) != 0) {
        (void)fail(error, _("a code on the page itself says that it is another page"));
        return NULL;
    }
    reading->source = LK_IDENTITY_PERSON;
    reading->id = work->id;
    reading->label = work->case_code;
    return g_steal_pointer(&reading);
}

static bool
file_as(Work *work, const LkFiledPicture *picture, LkAssigned *assigned, GError **error)
{
    LkStoreCut cut = {.own = picture->cut};
    LkOriginPage origin = {work->record->scan, work->record->index,
                           g_get_monotonic_time(), &cut};
    g_autoptr(LkReading) reading = read_as(work, &picture->image, error);
    if (reading == NULL) {
        return false;
    }
    g_autoptr(LkDesk) desk = lk_desk_new(work->store);
    bool is_unread = reading->outcome != LK_OUTCOME_READ;
    if (is_unread) {
        leave_unread(reading, lk_layout_page(work->layout, work->id.page));
    }
    g_auto(LkPageResult) result = {0};
    if (!lk_desk_file_told(desk, &origin, reading, &work->asked->said, is_unread,
                           &result, error)) {
        return false;
    }
    *assigned = (LkAssigned){.status = result.status,
                             .is_read = !is_unread,
                             .id = work->id,
                             .case_code = work->case_code,
                             .reasons = g_steal_pointer(&result.reasons),
                             .to_decide = result.to_decide,
                             .to_type = result.to_type};
    return true;
}

bool
lk_page_assign(LkStore *store, LkSession *session, const LkAssignment *assignment,
               LkAssigned *assigned, GError **error)
{
    g_autoptr(LkPageRecord) record =
        lk_store_load_page(store, assignment->said.page, error);
    if (record == NULL) {
        return false;
    }
    Work work = {.store = store, .asked = assignment, .record = record};
    g_auto(LkFiledPicture) picture = {0};
    bool done = lk_guard_require(store, error) && find_identity(&work, error) &&
                find_layout(&work, error) &&
                lk_filed_picture_open(store, session, record->page, &picture, error) &&
                file_as(&work, &picture, assigned, error);
    lk_layout_free(work.layout);
    return done;
}
