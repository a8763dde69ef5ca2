/* page.c - one page: whose is it, was it here before, what does it say.
 *
 * Nothing is believed twice: a page that holds the file's values is either the first of
 * its identity, or proven to be the same sheet again and then set aside. All else waits
 * for a person. */
#include "pipeline/page.h"

#include "pipeline/evidence.h"
#include "pipeline/reconcile.h"

#include <json-glib/json-glib.h>
#include <string.h>

struct LkDesk {
    LkStore *store;
    LkStationery *stationery; /* loaded when a layout is not in the store */
    GHashTable *layouts;      /* id -> LkLayout, parsed from the store */
    GHashTable *stored;       /* ids the store is known to have */
};

/* A page being filed. */
typedef struct {
    LkDesk *desk;
    const LkOriginPage *origin;
    const LkPageSaid *told; /* a person says what page it is; or NULL */
    bool is_unread;         /* told, but nothing could be measured */
    const LkReading *reading;
    const LkLayout *layout; /* or NULL: not identified */
    LkFields *fields;       /* or NULL: boxes not to be believed */
    GBytes *evidence;       /* or NULL */
    LkStorePage page;
    GArray *items;    /* LkStoreItem */
    GString *names;   /* stable names of the reasons */
    LkPageResult *to; /* sentences go here */
} Work;

void
lk_page_result_clear(LkPageResult *result)
{
    g_clear_pointer(&result->reasons, g_ptr_array_unref);
    g_clear_pointer(&result->quality, g_free);
}

/* --- Layouts. -----------------------------------------------------------------------
 */

static const LkLayout *
load_stored(LkDesk *desk, const char *id)
{
    g_autofree char *json = lk_store_load_layout(desk->store, id, NULL);
    if (json == NULL) {
        return NULL;
    }
    g_autoptr(GError) error = NULL;
    LkLayout *layout = lk_layout_from_json(json, &error);
    if (layout == NULL) {
        g_warning("layout %s: %s", id, error->message);
        return NULL;
    }
    g_hash_table_insert(desk->layouts, layout->id, layout);
    g_hash_table_add(desk->stored, layout->id);
    return layout;
}

/* Whether today's templates can be had; loads them when first asked. */
static bool
has_stationery(LkDesk *desk)
{
    if (desk->stationery == NULL) {
        g_autoptr(GError) error = NULL;
        desk->stationery = lk_stationery_load(&error);
        if (desk->stationery == NULL) {
            g_warning("%s", error->message);
        }
    }
    return desk->stationery != NULL;
}

/* Layouts printed here are in the store; those of another office with the same program
 * are among today's templates; older ones come through `lakana layout import`. */
static const LkLayout *
find_layout(LkDesk *desk, const char *id)
{
    const LkLayout *layout = g_hash_table_lookup(desk->layouts, id);
    if (layout == NULL) {
        layout = load_stored(desk, id);
    }
    if (layout == NULL && has_stationery(desk)) {
        layout = lk_stationery_find(desk->stationery, id);
    }
    return layout;
}

const LkLayout *
lk_desk_find_layout(LkDesk *desk, const char *id)
{
    return find_layout(desk, id);
}

const LkLayout *
lk_desk_example(LkDesk *desk)
{
    return has_stationery(desk)
               ? lk_stationery_layout(desk->stationery, LK_EXAMPLE_FORM, NULL)
               : NULL;
}

char *
lk_desk_layout(LkDesk *desk, const char *id)
{
    char *json = lk_store_load_layout(desk->store, id, NULL);
    const LkLayout *layout = json == NULL ? find_layout(desk, id) : NULL;
    return layout != NULL ? lk_layout_to_json(layout) : json;
}

static bool
ensure_stored(LkDesk *desk, const LkLayout *layout, GError **error)
{
    if (g_hash_table_contains(desk->stored, layout->id)) {
        return true;
    }
    g_autofree char *json = lk_layout_to_json(layout);
    LkStoreLayout entry = {layout->id, layout->form, (int)layout->pages->len, json};
    if (!lk_store_put_layout(desk->store, &entry, error)) {
        return false;
    }
    g_hash_table_add(desk->stored, (gpointer)layout->id);
    return true;
}

GArray *
lk_desk_issued(LkDesk *desk, const LkCaseCode *code)
{
    GArray *pages = g_array_new(FALSE, TRUE, sizeof(LkPageId));
    g_autoptr(GArray) copies = lk_store_list_copies(desk->store, code, NULL);
    for (guint i = 0; copies != NULL && i < copies->len; i++) {
        const LkStoreCopy *copy = &g_array_index(copies, LkStoreCopy, i);
        LkPageId id = {.case_code = copy->code};
        g_strlcpy(id.form, copy->form, sizeof id.form);
        g_strlcpy(id.layout, copy->layout, sizeof id.layout);
        g_strlcpy(id.copy, copy->copy, sizeof id.copy);
        for (id.page = 1; id.page <= copy->n_pages; id.page++) {
            g_array_append_val(pages, id);
        }
    }
    return pages;
}

/* --- The desk. ----------------------------------------------------------------------
 */

static void
free_layout(gpointer layout)
{
    lk_layout_free(layout);
}

LkDesk *
lk_desk_new(LkStore *store)
{
    LkDesk *desk = g_new0(LkDesk, 1);
    desk->store = store;
    desk->layouts = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_layout);
    desk->stored = g_hash_table_new(g_str_hash, g_str_equal);
    return desk;
}

void
lk_desk_free(LkDesk *desk)
{
    if (desk == NULL) {
        return;
    }
    lk_stationery_free(desk->stationery);
    g_hash_table_unref(desk->stored);
    g_hash_table_unref(desk->layouts);
    g_free(desk);
}

/* --- Reasons. -----------------------------------------------------------------------
 */

static void
add_reason(Work *work, const char *name, char *sentence)
{
    if (work->names->len > 0) {
        g_string_append_c(work->names, ',');
    }
    g_string_append(work->names, name);
    g_ptr_array_add(work->to->reasons, sentence);
}

/* What is wrong with the page, or with its scan. */
static void
add_reader_reasons(Work *work, bool advice)
{
    for (int i = 0; i < LK_REASON_N; i++) {
        if (lk_reason_is_advice((LkReason)i) != advice) {
            continue;
        }
        /* Our own sentence names the fields; a case may yet be found. */
        bool said = (i == LK_REASON_UNSURE_MARKS && work->fields != NULL) ||
                    i == LK_REASON_NO_CASE;
        if ((work->reading->reasons & 1u << i) != 0 && !said) {
            add_reason(work, lk_reason_name((LkReason)i),
                       lk_reason_say((LkReason)i, &work->reading->quality));
        }
    }
}

static void
add_field_reasons(Work *work)
{
    for (int i = 0; i < LK_CONCERN_N; i++) {
        const GPtrArray *labels = work->fields->concerns[i];
        if (labels->len > 0) {
            add_reason(work, lk_concern_name((LkConcern)i),
                       lk_concern_text((LkConcern)i, labels));
        }
    }
}

static void
add_item(Work *work, LkWaitKind kind)
{
    LkStoreItem item = {kind, NULL, 0};
    g_array_append_val(work->items, item);
}

/* --- Whose page is it? --------------------------------------------------------------
 */

/* A blank copy without a sticker, of which another page has one: most likely the same
 * file, unless the blank was photocopied. So the case is taken, and has to be
 * confirmed; with two candidates it is not even a guess. */
static bool
follow_copy(Work *work, GError **error)
{
    g_autoptr(GArray) cases =
        lk_store_blank_cases(work->desk->store, &work->page.id, error);
    if (cases == NULL) {
        return false;
    }
    if (cases->len != 1) {
        add_item(work, LK_WAIT_NO_CASE);
        add_reason(work, lk_reason_name(LK_REASON_NO_CASE),
                   g_strdup(lk_reason_text(LK_REASON_NO_CASE)));
        return true;
    }
    work->page.case_code = g_array_index(cases, LkCaseCode, 0);
    add_item(work, LK_WAIT_IDENTITY);
    add_reason(work, "case_by_copy",
               g_strdup(_("blank copy without a label; another page of the same copy "
                          "has one: have the case confirmed")));
    return true;
}

static bool
settle_case(Work *work, GError **error)
{
    const LkReading *reading = work->reading;
    LkStorePage *page = &work->page;
    bool blank = lk_case_code_is_blank(&reading->id.case_code);
    bool labelled = reading->label.text[0] != '\0';
    page->known_by =
        reading->source == LK_IDENTITY_PRINT ? LK_KNOWN_BY_PRINT : LK_KNOWN_BY_QR;
    if (reading->source == LK_IDENTITY_PRINT) {
        add_item(work, LK_WAIT_IDENTITY);
    }
    if (!blank) {
        page->case_code = reading->id.case_code;
        if (labelled && !lk_case_code_equal(&reading->label, &page->case_code)) {
            add_item(work, LK_WAIT_IDENTITY);
            add_reason(work, "label_differs",
                       g_strdup(_("the label on the page names another case than the "
                                  "page's own codes: have the case confirmed")));
        }
        return true;
    }
    if (labelled) {
        page->case_code = reading->label;
        page->known_by = LK_KNOWN_BY_LABEL;
        return true;
    }
    return follow_copy(work, error);
}

/* A person said so: nothing is left to be confirmed. */
static bool
settle_told(Work *work)
{
    work->page.case_code = work->reading->label;
    work->page.known_by = LK_KNOWN_BY_PERSON;
    if (work->is_unread) {
        add_reason(work, "unread",
                   g_strdup(_("its boxes could not be read: every field waits for a "
                              "person")));
    }
    return true;
}

/* --- Was it here before? ------------------------------------------------------------
 */

/* Looks for the same sheet among earlier pages of the same identity. Sets status and
 * `other`; @held tells whether another page holds the file's values. */
static bool
compare_earlier(Work *work, bool *held, GError **error)
{
    LkStorePage *page = &work->page;
    const LkCaseCode *code = page->case_code.text[0] != '\0' ? &page->case_code : NULL;
    g_autoptr(GPtrArray) same =
        lk_store_find_same(work->desk->store, &page->id, code, error);
    if (same == NULL) {
        return false;
    }
    const LkPageRecord *rival = NULL;
    *held = false;
    for (guint i = 0; i < same->len; i++) {
        const LkPageRecord *record = g_ptr_array_index(same, i);
        *held |= record->holds;
        if (record->evidence == NULL || g_bytes_get_size(record->evidence) == 0) {
            continue; /* seen, but its boxes could not be read: it says nothing */
        }
        LkInkDifference difference =
            lk_evidence_difference(record->evidence, work->evidence);
        if (lk_evidence_judge(&difference) == LK_INK_SAME) {
            page->status = LK_PAGE_DUPLICATE;
            page->other = record->page;
            return true;
        }
        rival = rival != NULL ? rival : record;
    }
    if (rival != NULL) {
        page->other = rival->page;
        add_item(work, LK_WAIT_CONFLICT);
        add_reason(work, "conflict",
                   g_strdup(_("this printed page was filed before with other writing "
                              "on it, a photocopy perhaps: both are kept, the first "
                              "one counts until a person decides")));
    }
    return true;
}

/* --- What does it say? --------------------------------------------------------------
 */

static int
page_of(const LkLayout *layout, const char *field, gsize len)
{
    for (guint p = 0; p < layout->pages->len; p++) {
        const LkLayoutPage *page = g_ptr_array_index(layout->pages, p);
        for (guint i = 0; i < page->boxes->len; i++) {
            int at = g_array_index(page->boxes, LkBox, i).field;
            const char *name = lk_layout_field(layout, at)->name;
            if (strncmp(name, field, len) == 0 && name[len] == '\0') {
                return page->number;
            }
        }
    }
    return 0;
}

/* Whether a condition of the form has to be looked up on another page. Conditions are
 * answers in boxes; what they ask for may be anywhere, so only their own page counts.
 */
static bool
has_condition_elsewhere(const LkLayout *layout, int page)
{
    for (guint i = 0; layout->pages->len > 1 && i < layout->fields->len; i++) {
        const LkLayoutField *field = g_ptr_array_index(layout->fields, i);
        const char *equals =
            field->required_if != NULL ? strchr(field->required_if, '=') : NULL;
        if (equals != NULL) {
            gsize len = (gsize)(equals - field->required_if);
            if (page_of(layout, field->required_if, len) != page) {
                return true;
            }
        }
    }
    return false;
}

typedef struct {
    const LkStorePage *page;
    GArray *known; /* LkKnownField */
    GStringChunk *strings;
} Gathering;

static bool
gather_value(const LkStoreValue *value, void *data)
{
    Gathering *gathering = data;
    const LkPageId *id = &gathering->page->id;
    if (strcmp(value->form, id->form) == 0 && strcmp(value->copy, id->copy) == 0 &&
        value->page_number != id->page) {
        LkKnownField known = {
            .field = g_string_chunk_insert(gathering->strings, value->field),
            .value = value->value != NULL
                         ? g_string_chunk_insert(gathering->strings, value->value)
                         : NULL,
            .status = value->status,
            .source = value->source,
            .written = value->written,
        };
        g_array_append_val(gathering->known, known);
    }
    return true;
}

static bool
require_fields(Work *work, GError **error)
{
    g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(LkKnownField));
    Gathering gathering = {&work->page, known, work->fields->strings};
    if (has_condition_elsewhere(work->layout, work->page.id.page) &&
        !lk_store_each_value(work->desk->store, &work->page.case_code, gather_value,
                             &gathering, error)) {
        return false;
    }
    lk_fields_require(work->fields, work->layout, (const LkKnownField *)known->data,
                      known->len);
    g_array_append_vals(work->items, work->fields->items->data,
                        work->fields->items->len);
    return true;
}

static void
add_numbers(GString *json, const char *name, const char *format, const double *values,
            size_t n)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append_printf(json, ",\"%s\":[", name);
    for (size_t i = 0; i < n; i++) {
        g_ascii_formatd(number, sizeof number, format, values[i]);
        g_string_append_printf(json, "%s%s", i > 0 ? "," : "", number);
    }
    g_string_append_c(json, ']');
}

/* What was measured of the scan, without the closing brace. */
static GString *
quality_json(const LkQuality *q)
{
    const struct {
        const char *name;
        double value;
    } members[] = {
        {"dpi", q->dpi},
        {"scale", q->scale},
        {"skew_deg", q->skew_deg},
        {"turned", q->turned},
        {"paper", q->paper},
        {"ink", q->ink},
        {"fiducials", q->fiducials},
        {"codes", q->codes},
        {"residual_mm", q->residual_mm},
        {"outlines", q->outlines},
        {"outline_ink", q->outline_ink},
        {"pen_black", q->pen_black},
        {"pen_spread", q->pen_spread},
    };
    GString *json = g_string_new("{");
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
        g_ascii_formatd(number, sizeof number, "%.4g", members[i].value);
        g_string_append_printf(json, "%s\"%s\":%s", i > 0 ? "," : "", members[i].name,
                               number);
    }
    add_numbers(json, "cut_mm", "%.4g", q->cut_mm, LK_N_SIDES);
    add_numbers(json,
                q->streaks_across ? "streaks_from_top_mm" : "streaks_from_left_mm",
                "%.4g", q->streak_mm, (size_t)q->streaks);
    return json;
}

/* Page mm -> px: where to cut a field out of the archived scan again. */
static char *
stored_quality(const LkReading *reading)
{
    GString *json = quality_json(&reading->quality);
    add_numbers(json, "to_image", "%.9g", reading->to_image,
                G_N_ELEMENTS(reading->to_image));
    if (reading->bend.is_bent) {
        add_numbers(json, "bend_x", "%.6g", reading->bend.x, LK_BEND_TERMS);
        add_numbers(json, "bend_y", "%.6g", reading->bend.y, LK_BEND_TERMS);
    }
    g_string_append_c(json, '}');
    return g_string_free(json, FALSE);
}

static char *
told_quality(const LkReading *reading)
{
    if (reading->quality.dpi <= 0) {
        return NULL;
    }
    GString *json = quality_json(&reading->quality);
    g_string_append_c(json, '}');
    return g_string_free(json, FALSE);
}

/* --- Filing. ------------------------------------------------------------------------
 */

static bool
is_status_item(const LkStoreItem *item)
{
    return item->kind != LK_WAIT_REQUIRED;
}

/* Status of a page that was read and is no duplicate. */
static LkPageStatus
judge_status(const Work *work)
{
    bool review = work->fields->review;
    for (guint i = 0; i < work->items->len; i++) {
        review |= is_status_item(&g_array_index(work->items, LkStoreItem, i));
    }
    return review ? LK_PAGE_REVIEW : LK_PAGE_READ;
}

/* Identity, earlier pages, fields: fills work->page. Called again if another page took
 * the place in between. */
static bool
prepare_read(Work *work, GError **error)
{
    LkStorePage *page = &work->page;
    bool is_told = work->told != NULL;
    if (!(is_told ? settle_told(work) : settle_case(work, error))) {
        return false;
    }
    bool held = false;
    if (!compare_earlier(work, &held, error)) {
        return false;
    }
    bool has_case = page->case_code.text[0] != '\0';
    page->holds = has_case && page->other == 0 && !held;
    if (page->status == LK_PAGE_DUPLICATE) {
        g_array_set_size(work->items, 0);
        add_reason(work, "same_page",
                   g_strdup(_("this page was filed before: nothing new on it")));
        return true;
    }
    if (!require_fields(work, error)) {
        return false;
    }
    add_field_reasons(work);
    page->status = judge_status(work);
    return true;
}

static void
prepare_refused(Work *work)
{
    work->page.status = LK_PAGE_ERROR;
    work->page.known_by =
        work->reading->source == LK_IDENTITY_PRINT ? LK_KNOWN_BY_PRINT : LK_KNOWN_BY_QR;
    if (!lk_case_code_is_blank(&work->page.id.case_code)) {
        work->page.case_code = work->page.id.case_code;
    }
    add_item(work, LK_WAIT_REFUSED);
}

static bool
prepare_page(Work *work, GError **error)
{
    const LkReading *reading = work->reading;
    if (reading->outcome == LK_OUTCOME_BLANK) {
        work->page.status = LK_PAGE_BLANK;
        return true;
    }
    if (reading->outcome == LK_OUTCOME_UNKNOWN || work->layout == NULL) {
        work->page.status = LK_PAGE_UNKNOWN;
        return true;
    }
    work->page.id = reading->id;
    if (!ensure_stored(work->desk, work->layout, error)) {
        return false;
    }
    if (work->fields == NULL) {
        prepare_refused(work);
        return true;
    }
    return prepare_read(work, error);
}

/* Advice about the scan comes last: it is seldom why a page waits. */
static bool
prepare(Work *work, GError **error)
{
    add_reader_reasons(work, false);
    if (!prepare_page(work, error)) {
        return false;
    }
    add_reader_reasons(work, true);
    return true;
}

static void
add_prefilled(const LkStorePrefilled *answer, void *data)
{
    lk_prefill_set(data, answer->field, answer->row, answer->value);
}

/* Fields and evidence of a page whose boxes were measured. */
static bool
read_fields(Work *work, GError **error)
{
    const LkReading *reading = work->reading;
    const LkLayoutPage *page = lk_layout_page(work->layout, reading->id.page);
    g_autoptr(LkPrefill) prefill = lk_prefill_new();
    if (!work->is_unread && !lk_store_each_prefilled(work->desk->store, &reading->id,
                                                     add_prefilled, prefill, error)) {
        return false;
    }
    work->fields = lk_fields_new(work->layout, page, reading, &reading->id, prefill);
    work->evidence =
        work->is_unread ? NULL : lk_evidence_pack(reading, work->layout, page, prefill);
    return true;
}

static void
count_fields(const Work *work)
{
    LkPageResult *to = work->to;
    for (guint i = 0; work->page.holds && i < work->fields->readings->len; i++) {
        const LkStoreReading *reading =
            &g_array_index(work->fields->readings, LkStoreReading, i);
        to->to_decide += reading->status == LK_VALUE_REVIEW ? 1 : 0;
        to->to_type +=
            reading->status == LK_VALUE_TO_TYPE && !reading->personal ? 1 : 0;
    }
    for (guint i = 0; work->page.holds && i < work->items->len; i++) {
        const LkStoreItem *item = &g_array_index(work->items, LkStoreItem, i);
        to->alerts += item->kind == LK_WAIT_REQUIRED ? 1 : 0;
    }
}

/* A person must say something about the page itself, not about its fields. */
static bool
waits_whole(const Work *work, const LkFiled *filed)
{
    bool waits = filed->status == LK_PAGE_UNKNOWN;
    for (guint i = 0; i < work->items->len; i++) {
        waits |= is_status_item(&g_array_index(work->items, LkStoreItem, i));
    }
    return waits;
}

static void
finish_result(Work *work, const LkFiled *filed)
{
    LkPageResult *to = work->to;
    to->status = filed->status;
    to->filed = true;
    to->has_id = work->page.known_by != LK_KNOWN_NOT;
    to->id = work->page.id;
    to->case_code = work->page.case_code;
    to->duration_ms = work->page.duration_ms;
    to->waits_whole = waits_whole(work, filed);
    count_fields(work);
    if (filed->contradiction) {
        g_ptr_array_add(to->reasons,
                        g_strdup(_("another form of this file says otherwise about the "
                                   "same fact: have it decided")));
    }
}

static int
elapsed_ms(const LkOriginPage *origin)
{
    return (int)((g_get_monotonic_time() - origin->started_us) / 1000);
}

static bool
store_page(Work *work, LkFiled *filed, GError **error)
{
    LkStorePage *page = &work->page;
    g_autofree char *quality =
        work->reading != NULL ? stored_quality(work->reading) : NULL;
    page->told = work->told;
    page->index = work->origin->index;
    page->cut = work->origin->cut;
    page->reasons = work->names->str;
    page->quality = quality;
    page->evidence = work->evidence;
    page->duration_ms = elapsed_ms(work->origin);
    if (work->fields != NULL) {
        page->readings = (const LkStoreReading *)work->fields->readings->data;
        page->n_readings = work->fields->readings->len;
    }
    page->items = (const LkStoreItem *)work->items->data;
    page->n_items = work->items->len;
    return lk_store_file_page(work->desk->store, work->origin->scan, page, filed,
                              error);
}

static void
start_over(Work *work, LkPageResult *result)
{
    work->page = (LkStorePage){0};
    g_array_set_size(work->items, 0);
    g_string_truncate(work->names, 0);
    g_ptr_array_set_size(result->reasons, 0);
    if (work->fields != NULL) {
        g_array_set_size(work->fields->items, 0);
        g_ptr_array_set_size(work->fields->concerns[LK_CONCERN_REQUIRED], 0);
    }
}

/* Twice at most: the second look sees the page that took the place. */
static bool
prepare_and_store(Work *work, LkFiled *filed, GError **error)
{
    g_autoptr(GError) reason = NULL;
    if (!prepare(work, error)) {
        return false;
    }
    if (store_page(work, filed, &reason)) {
        return true;
    }
    if (!g_error_matches(reason, LK_STORE_ERROR, LK_STORE_ERROR_TAKEN)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    start_over(work, work->to);
    return prepare(work, error) && store_page(work, filed, error);
}

/* True, with result->filed_before set, if @reason only says that the page is there. */
static bool
is_filed_already(const Work *work, GError *reason, LkPageResult *result)
{
    if (work->told != NULL ||
        !g_error_matches(reason, LK_STORE_ERROR, LK_STORE_ERROR_FILED)) {
        return false;
    }
    result->filed_before = true;
    result->status = LK_PAGE_DUPLICATE;
    return true;
}

static void
clear_work(Work *work)
{
    lk_fields_free(work->fields);
    if (work->evidence != NULL) {
        g_bytes_unref(work->evidence);
    }
    g_array_unref(work->items);
    g_string_free(work->names, TRUE);
}

static bool
file_work(Work *work, LkPageResult *result, GError **error)
{
    LkFiled filed;
    g_autoptr(GError) reason = NULL;
    bool done = prepare_and_store(work, &filed, &reason);
    if (done) {
        finish_result(work, &filed);
    } else if (is_filed_already(work, reason, result)) {
        done = true;
    } else {
        g_propagate_error(error, g_steal_pointer(&reason));
    }
    return done;
}

/* A page of ours whose layout nobody here has: filed as unknown it could never be read
 * again, so it is left for the same command after the layout was imported. */
static void
leave_alone(Work *work, LkPageResult *result)
{
    add_reader_reasons(work, false);
    g_ptr_array_add(
        result->reasons,
        g_strdup_printf(_("form %s, layout %s: ask the office that printed it for "
                          "`lakana layout export %s`, run `lakana layout import` here, "
                          "then the same ingest again"),
                        work->reading->id.form, work->reading->id.layout,
                        work->reading->id.layout));
    result->status = LK_PAGE_UNKNOWN;
    result->has_id = true;
    result->id = work->reading->id;
    if (!lk_case_code_is_blank(&result->id.case_code)) {
        result->case_code = result->id.case_code;
    }
    result->duration_ms = elapsed_ms(work->origin);
}

bool
lk_desk_file(LkDesk *desk, const LkOriginPage *origin, const LkReading *reading,
             LkPageResult *result, GError **error)
{
    return lk_desk_file_told(desk, origin, reading, NULL, false, result, error);
}

bool
lk_desk_file_told(LkDesk *desk, const LkOriginPage *origin, const LkReading *reading,
                  const LkPageSaid *told, bool is_unread, LkPageResult *result,
                  GError **error)
{
    Work work = {.desk = desk,
                 .origin = origin,
                 .told = told,
                 .is_unread = is_unread,
                 .reading = reading,
                 .to = result};
    work.items = g_array_new(FALSE, FALSE, sizeof(LkStoreItem));
    work.names = g_string_new(NULL);
    result->reasons = g_ptr_array_new_with_free_func(g_free);
    result->quality = told_quality(reading);
    bool identified =
        reading->source != LK_IDENTITY_NONE && reading->outcome != LK_OUTCOME_BLANK;
    bool done = true;
    if (identified) {
        work.layout = find_layout(desk, reading->id.layout);
    }
    if (identified && work.layout == NULL) {
        leave_alone(&work, result);
    } else {
        if (work.layout != NULL && reading->outcome == LK_OUTCOME_READ) {
            done = read_fields(&work, error);
        }
        done = done && file_work(&work, result, error);
    }
    clear_work(&work);
    return done;
}

/* The decoder's message names the page; whoever shows the reason does so too. */
static const char *
without_page(const char *message, int index)
{
    g_autofree char *page = g_strdup_printf(_("page %d: "), index + 1);
    return g_str_has_prefix(message, page) ? message + strlen(page) : message;
}

bool
lk_desk_file_bad(LkDesk *desk, const LkOriginPage *origin, const GError *why,
                 LkPageResult *result, GError **error)
{
    Work work = {.desk = desk, .origin = origin, .to = result};
    work.items = g_array_new(FALSE, FALSE, sizeof(LkStoreItem));
    work.names = g_string_new(NULL);
    result->reasons = g_ptr_array_new_with_free_func(g_free);
    work.page.status = LK_PAGE_ERROR;
    add_reason(&work, "damaged", g_strdup(without_page(why->message, origin->index)));
    LkFiled filed;
    g_autoptr(GError) reason = NULL;
    bool done = store_page(&work, &filed, &reason);
    if (done) {
        finish_result(&work, &filed);
    } else if (is_filed_already(&work, reason, result)) {
        done = true;
    } else {
        g_propagate_error(error, g_steal_pointer(&reason));
    }
    clear_work(&work);
    return done;
}
