/* receive.c - a case file that another office sent: its layouts checked, its pages
 * compared by their ink with what is here, then taken up in one transaction. */
#include "pipeline/evidence.h"
#include "pipeline/pipeline.h"

#include <string.h>

void
lk_received_clear(LkReceived *received)
{
    g_free(received->from);
    *received = (LkReceived){0};
}

typedef struct {
    LkStore *store;
    const LkCarriedCase *carried;
    GHashTable *layouts; /* char* to LkLayout: those that came and those met here */
    GArray *kept;        /* LkStoreLayout, those that came */
    GPtrArray *texts;    /* their JSON, as this program writes it */
    GArray *hows;        /* LkTakeHow */
} Work;

/* --- Layouts. -----------------------------------------------------------------------
 */

static bool
not_fitting(GError **error)
{
    g_set_error_literal(
        error, LK_PIPELINE_ERROR, LK_PIPELINE_ERROR_PAGE,
        _("the case file and the forms that came with it do not fit "
          "together: nothing of it was taken; tell the office that sent "
          "it"));
    return false;
}

static bool
take_layouts(Work *work, GError **error)
{
    for (guint i = 0; i < work->carried->layouts->len; i++) {
        const char *json = g_ptr_array_index(work->carried->layouts, i);
        LkLayout *layout = lk_layout_from_json(json, error);
        if (layout == NULL) {
            return false;
        }
        if (g_hash_table_contains(work->layouts, layout->id)) {
            lk_layout_free(layout);
            return not_fitting(error);
        }
        g_hash_table_insert(work->layouts, layout->id, layout);
        char *clean = lk_layout_to_json(layout);
        g_ptr_array_add(work->texts, clean);
        LkStoreLayout kept = {layout->id, layout->form, (int)layout->pages->len, clean};
        g_array_append_val(work->kept, kept);
    }
    return true;
}

/* One that did not come, because every office has it. */
static const LkLayout *
find_layout(Work *work, const char *id)
{
    const LkLayout *known = g_hash_table_lookup(work->layouts, id);
    g_autofree char *json =
        known == NULL ? lk_store_load_layout(work->store, id, NULL) : NULL;
    LkLayout *layout = json != NULL ? lk_layout_from_json(json, NULL) : NULL;
    if (layout == NULL) {
        return known;
    }
    g_hash_table_insert(work->layouts, layout->id, layout);
    return layout;
}

/* --- Whether a page says what its form can say. -------------------------------------
 */

static const LkLayoutField *
find_field(const LkLayout *layout, const char *name, int row)
{
    int index = lk_layout_field_index(layout, name);
    if (index < 0) {
        return NULL;
    }
    const LkLayoutField *field = lk_layout_field(layout, index);
    bool has_row = field->rows == 0 ? row == 0 : row >= 1 && row <= field->rows;
    return has_row ? field : NULL;
}

static bool
has_option(const LkLayoutField *field, const char *value, size_t length)
{
    for (guint i = 0; i < field->options->len; i++) {
        const LkOption *option = g_ptr_array_index(field->options, i);
        if (strlen(option->value) == length &&
            strncmp(option->value, value, length) == 0) {
            return true;
        }
    }
    return false;
}

/* The value of marks is an option, or several joined by commas. */
static bool
is_value(const LkLayoutField *field, const char *value)
{
    if (value == NULL || field->options->len == 0) {
        return true;
    }
    for (const char *at = value;; at++) {
        size_t length = strcspn(at, ",");
        if (!has_option(field, at, length)) {
            return false;
        }
        at += length;
        if (*at == '\0') {
            return true;
        }
    }
}

/* What the template calls personal must have come as personal: else it would be filed
 * where anybody reads it. */
static bool
fits_reading(const LkLayout *layout, const LkStoreReading *reading)
{
    const LkLayoutField *field = find_field(layout, reading->field, reading->row);
    return field != NULL && reading->personal == (field->pii || field->sensitive) &&
           (reading->source != LK_SOURCE_MARK || is_value(field, reading->value)) &&
           (reading->source != LK_SOURCE_TEXT || reading->value == NULL);
}

static bool
fits_decision(const LkCarriedPage *page, const LkLayout *layout,
              const LkCarriedDecision *decision)
{
    const LkLayoutField *field = find_field(layout, decision->field, decision->row);
    /* Of what was typed in a field that may name somebody nothing stands here. */
    bool is_sealed = decision->value == NULL && decision->options == NULL;
    bool was_read = false;
    for (guint i = 0; i < page->readings->len && !was_read; i++) {
        const LkStoreReading *reading =
            &g_array_index(page->readings, LkStoreReading, i);
        was_read =
            strcmp(reading->field, decision->field) == 0 &&
            reading->row == decision->row &&
            (is_sealed || ((!reading->personal || reading->source == LK_SOURCE_MARK) &&
                           reading->source != LK_SOURCE_TEXT));
    }
    return field != NULL && was_read && is_value(field, decision->value);
}

static bool
fits_page(Work *work, const LkCarriedPage *page)
{
    const LkPageId *id = &page->page.id;
    const LkLayout *layout = find_layout(work, id->layout);
    if (layout == NULL || strcmp(layout->form, id->form) != 0 ||
        lk_layout_page(layout, id->page) == NULL) {
        return false;
    }
    for (guint i = 0; i < page->readings->len; i++) {
        if (!fits_reading(layout, &g_array_index(page->readings, LkStoreReading, i))) {
            return false;
        }
    }
    for (guint i = 0; i < page->decisions->len; i++) {
        if (!fits_decision(page, layout,
                           &g_array_index(page->decisions, LkCarriedDecision, i))) {
            return false;
        }
    }
    return true;
}

static bool
check_fit(Work *work, GError **error)
{
    const LkCarriedCase *carried = work->carried;
    for (guint i = 0; i < carried->pages->len; i++) {
        if (!fits_page(work, g_ptr_array_index(carried->pages, i))) {
            return not_fitting(error);
        }
    }
    for (guint i = 0; i < carried->copies->len; i++) {
        const LkCarriedCopy *copy = g_ptr_array_index(carried->copies, i);
        const LkLayout *layout = find_layout(work, copy->copy.layout);
        if (layout == NULL || strcmp(layout->form, copy->copy.form) != 0) {
            return not_fitting(error);
        }
    }
    return true;
}

/* --- What is here already. ----------------------------------------------------------
 */

static bool
is_same(const LkPageRecord *record, const LkStorePage *page)
{
    if (record->evidence == NULL || page->evidence == NULL ||
        g_bytes_get_size(record->evidence) == 0) {
        return false;
    }
    if (g_bytes_equal(record->evidence, page->evidence)) {
        return true;
    }
    LkInkDifference difference =
        lk_evidence_difference(record->evidence, page->evidence);
    return lk_evidence_judge(&difference) == LK_INK_SAME;
}

static bool
judge_page(Work *work, const LkCarriedPage *page, LkTakeHow *how, GError **error)
{
    g_autoptr(GPtrArray) earlier =
        lk_store_find_same(work->store, &page->page.id, &work->carried->code, error);
    if (earlier == NULL) {
        return false;
    }
    *how = earlier->len > 0 || !page->page.holds ? LK_TAKE_CONFLICT : LK_TAKE_NEW;
    for (guint i = 0; i < earlier->len; i++) {
        if (is_same(g_ptr_array_index(earlier, i), &page->page)) {
            *how = LK_TAKE_KNOWN;
        }
    }
    return true;
}

static bool
judge(Work *work, LkReceived *received, GError **error)
{
    received->added = 0;
    received->known = 0;
    received->conflicts = 0;
    received->decisions_left = 0;
    g_array_set_size(work->hows, 0);
    for (guint i = 0; i < work->carried->pages->len; i++) {
        const LkCarriedPage *page = g_ptr_array_index(work->carried->pages, i);
        LkTakeHow how = LK_TAKE_NEW;
        if (!judge_page(work, page, &how, error)) {
            return false;
        }
        g_array_append_val(work->hows, how);
        int *n = how == LK_TAKE_NEW     ? &received->added
                 : how == LK_TAKE_KNOWN ? &received->known
                                        : &received->conflicts;
        (*n)++;
        received->decisions_left +=
            how == LK_TAKE_KNOWN ? (int)page->decisions->len : 0;
    }
    return true;
}

/* --- All of it. ---------------------------------------------------------------------
 */

static bool
judge_and_take(Work *work, LkArrival *arrival, LkSession *session, LkReceived *received,
               GError **error)
{
    return judge(work, received, error) &&
           lk_case_take_up(arrival, session, work->carried,
                           (const LkStoreLayout *)(void *)work->kept->data,
                           work->kept->len, (const LkTakeHow *)(void *)work->hows->data,
                           error);
}

/* Somebody else took up the same bundle, or filed one of its pages, since we looked. */
static bool
is_overtaken(const GError *reason)
{
    return g_error_matches(reason, LK_STORE_ERROR, LK_STORE_ERROR_TAKEN) ||
           g_error_matches(reason, LK_STORE_ERROR, LK_STORE_ERROR_FILED);
}

/* Twice at most: the second look sees what came in between. */
static bool
take_up(Work *work, LkArrival *arrival, LkSession *session, LkReceived *received,
        GError **error)
{
    g_autoptr(GError) reason = NULL;
    if (!take_layouts(work, error) || !check_fit(work, error)) {
        return false;
    }
    if (judge_and_take(work, arrival, session, received, &reason)) {
        return true;
    }
    if (!is_overtaken(reason)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    return lk_case_was_received(work->store, arrival, &received->code,
                                &received->before, error) &&
           (received->before ||
            judge_and_take(work, arrival, session, received, error));
}

bool
lk_receive(LkArrival *arrival, LkSession *session, LkReceived *received, GError **error)
{
    received->from = g_strdup(lk_arrival_from(arrival)->name);
    if (!lk_case_was_received(lk_session_store(session), arrival, &received->code,
                              &received->before, error)) {
        return false;
    }
    if (received->before) {
        return true;
    }
    g_autoptr(LkCarriedCase) carried = lk_case_unpack(arrival, session, error);
    if (carried == NULL) {
        return false;
    }
    received->code = carried->code;
    received->purpose = carried->purpose;
    g_autoptr(GHashTable) layouts = g_hash_table_new_full(
        g_str_hash, g_str_equal, NULL, (GDestroyNotify)lk_layout_free);
    g_autoptr(GArray) kept = g_array_new(FALSE, FALSE, sizeof(LkStoreLayout));
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) hows = g_array_new(FALSE, FALSE, sizeof(LkTakeHow));
    Work work = {lk_session_store(session), carried, layouts, kept, texts, hows};
    return take_up(&work, arrival, session, received, error);
}
