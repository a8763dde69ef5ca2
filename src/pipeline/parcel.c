/* parcel.c - fields cut out of opened pages, for a clerk to type.
 *
 * Pages are opened one after the other: unsealed into memory, decoded in the confined
 * child. A field is cut out where its layout has it, through the map that was measured
 * when the page was filed; what comes out stands upright, at the scan's own resolution,
 * and shows nothing but that field. */
#include "pipeline/cut.h"
#include "pipeline/filed.h"
#include "pipeline/page.h"

#include <string.h>

#define COMPARE_MAX 10000 /* pairs */

/* --- Which kind. --------------------------------------------------------------------
 */

static bool
is_among(char **words, const char *const *wanted)
{
    for (char **word = words; *word != NULL; word++) {
        if (g_strv_contains(wanted, *word)) {
            return true;
        }
    }
    return false;
}

/* By the words of the field's identifier; of a table's column, by its own. What is not
 * plainly something else is a story: it never comes among names. */
static LkParcelKind
kind_of_text(const char *name)
{
    static const char *const contact[] = {"adresse", "telephone", "contact", "repere",
                                          "lieu",    "trouver",   NULL};
    static const char *const number[] = {"no",  "numero",    "piece",
                                         "ref", "reference", NULL};
    static const char *const person[] = {"nom",    "noms",   "prenom", "prenoms",
                                         "surnom", "temoin", NULL};
    const char *column = strrchr(name, '.');
    g_auto(GStrv) words = g_strsplit(column != NULL ? column + 1 : name, "_", -1);
    return is_among(words, contact)  ? LK_PARCEL_CONTACTS
           : is_among(words, number) ? LK_PARCEL_NUMBERS
           : is_among(words, person) ? LK_PARCEL_NAMES
                                     : LK_PARCEL_STORIES;
}

bool
lk_parcel_kind(const LkLayoutField *field, LkParcelKind *kind)
{
    switch (field->type) {
    case LK_FIELD_DATE:
        *kind = LK_PARCEL_DATES;
        return true;
    case LK_FIELD_DIGITS: /* digits that may name somebody are telephones */
        *kind = field->pii ? LK_PARCEL_CONTACTS : LK_PARCEL_NUMBERS;
        return true;
    case LK_FIELD_CODE:
        *kind = LK_PARCEL_NUMBERS;
        return true;
    case LK_FIELD_TEXT:
    case LK_FIELD_LINES:
        *kind = field->sensitive ? LK_PARCEL_STORIES : kind_of_text(field->name);
        return true;
    default:
        return false;
    }
}

/* --- What is to be typed. -----------------------------------------------------------
 */

typedef struct {
    LkParcelPlace place;
    LkCaseCode code;
    const LkLayout *layout;
    int page_number;
    int field; /* index in the layout */
} Wanted;

typedef struct {
    LkSession *session;
    const LkParcelOrder *order;
    LkDesk *desk;
    LkParcelDraft *draft;
    GStringChunk *strings;
    GArray *wanted; /* of Wanted, a page's together */
    LkParcelGiven *given;
    LkCaseCode code; /* of the file that was looked at last */
    bool is_open;    /* whether the giver holds it */
    bool is_masked;
    GError *problem; /* that ended the search, or NULL */
} Work;

/* Asked once a file: values come file by file. Of a masked file nothing is typed any
 * more. */
static bool
look_at_case(Work *work, const LkCaseCode *code, GError **error)
{
    if (!lk_case_code_equal(&work->code, code)) {
        char domain[LK_DOMAIN_MAX + 1];
        lk_domain_of_case(code, domain);
        g_autoptr(GError) why = NULL;
        work->is_masked =
            !lk_vault_require_unmasked(lk_session_store(work->session), code, &why);
        if (work->is_masked &&
            !g_error_matches(why, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
        if (!lk_session_holds(work->session, domain, &work->is_open, error)) {
            return false;
        }
        work->code = *code;
    }
    return true;
}

static bool
require_open(Work *work, const LkCaseCode *code, GError **error)
{
    return look_at_case(work, code, error) &&
           (work->is_open || lk_case_locked(code, error)) &&
           lk_vault_require_unmasked(lk_session_store(work->session), code, error);
}

/* Ink that nobody has typed yet, on a page that is surely of its file. */
static bool
is_to_type(const LkStoreValue *value)
{
    return value->written && value->value == NULL && !value->printed &&
           value->status != LK_VALUE_REVIEW &&
           (value->source == LK_SOURCE_COMB || value->source == LK_SOURCE_TEXT);
}

/* Keeps @wanted if the giver holds its file; false ends the search. */
static bool
keep(Work *work, const Wanted *wanted)
{
    if (!look_at_case(work, &wanted->code, &work->problem)) {
        return false;
    }
    if (work->is_masked || !work->is_open) {
        work->given->n_closed += work->is_masked ? 0 : 1;
        return true;
    }
    Wanted kept = *wanted;
    kept.place.field = g_string_chunk_insert_const(work->strings, wanted->place.field);
    g_array_append_val(work->wanted, kept);
    int limit = work->order->limit;
    return limit <= 0 || work->wanted->len < (guint)limit;
}

static bool
look(const LkStoreValue *value, void *data)
{
    Work *work = data;
    Wanted wanted = {.place = {value->page, value->field, value->row},
                     .code = value->code,
                     .page_number = value->page_number};
    if (!is_to_type(value) || !lk_parcel_draft_wants(work->draft, &wanted.place)) {
        return true;
    }
    wanted.layout = lk_desk_find_layout(work->desk, value->layout);
    wanted.field =
        wanted.layout != NULL ? lk_layout_field_index(wanted.layout, value->field) : -1;
    const LkLayoutField *field =
        wanted.field >= 0 ? lk_layout_field(wanted.layout, wanted.field) : NULL;
    LkParcelKind kind;
    /* The case code that we print on each page is nothing to type, nor for a clerk to
     * see. */
    bool is_of_kind = field != NULL && !field->preprinted &&
                      lk_parcel_kind(field, &kind) && kind == work->order->kind;
    return !is_of_kind || keep(work, &wanted);
}

static bool
collect_from(Work *work, const LkCaseCode *only, GError **error)
{
    bool done =
        lk_store_each_value(lk_session_store(work->session), only, look, work, error);
    if (done && work->problem != NULL) {
        g_propagate_error(error, g_steal_pointer(&work->problem));
        return false;
    }
    return done;
}

static bool
collect(Work *work, GError **error)
{
    const LkParcelOrder *order = work->order;
    LkStore *store = lk_session_store(work->session);
    if (order->codes == NULL) {
        return collect_from(work, NULL, error);
    }
    for (size_t i = 0; i < order->n_codes; i++) {
        const LkCaseCode *code = &order->codes[i];
        g_autoptr(GPtrArray) known = lk_store_list_cases(store, code, error);
        if (known == NULL || !require_open(work, code, error)) {
            return false;
        }
        bool is_full = order->limit > 0 && work->wanted->len >= (guint)order->limit;
        if (!is_full && !collect_from(work, code, error)) {
            return false;
        }
    }
    return true;
}

/* --- Cutting out. -------------------------------------------------------------------
 */

/* Sets *@done if the field lies on the picture and was added. */
static bool
cut_field(Work *work, const Wanted *wanted, const LkImage *page,
          const LkPlacement *placement, bool *done, GError **error)
{
    LkRect place = lk_cut_lines(wanted->layout, wanted->page_number, wanted->field,
                                wanted->place.row);
    *done = lk_cut_is_seen(page, placement, place);
    if (!*done) {
        return true;
    }
    GByteArray *png = lk_cut_png(page, placement, place, 0, error);
    if (png == NULL) {
        return false;
    }
    bool added =
        lk_parcel_draft_add(work->draft, &wanted->place, png->data, png->len, error);
    explicit_bzero(png->data, png->len);
    g_byte_array_unref(png);
    return added;
}

/* --- Page by page. ------------------------------------------------------------------
 */

/* A page that cannot be opened or decoded costs its own fields only. */
static bool
is_of_page(const GError *error)
{
    return error->domain == LK_SCAN_ERROR || error->domain == LK_PIPELINE_ERROR ||
           g_error_matches(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED) ||
           g_error_matches(error, LK_STORE_ERROR, LK_STORE_ERROR_FILE);
}

static bool
cut_page(Work *work, guint from, guint to, GError **error)
{
    LkStore *store = lk_session_store(work->session);
    const Wanted *first = &g_array_index(work->wanted, Wanted, from);
    LkPlacement placement;
    g_auto(LkFiledPicture) picture = {0};
    g_autoptr(GError) problem = NULL;
    if (!lk_placement_load(store, first->place.page, &placement)) {
        work->given->n_left_out += (int)(to - from);
        return true;
    }
    if (!lk_filed_picture_open(store, work->session, first->place.page, &picture,
                               &problem)) {
        if (!is_of_page(problem)) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return false;
        }
        work->given->n_left_out += (int)(to - from);
        return true;
    }
    for (guint i = from; i < to; i++) {
        bool done = false;
        if (!cut_field(work, &g_array_index(work->wanted, Wanted, i), &picture.image,
                       &placement, &done, error)) {
            return false;
        }
        work->given->n_left_out += done ? 0 : 1;
        work->given->n += done ? 1 : 0;
    }
    return true;
}

static bool
cut_all(Work *work, GError **error)
{
    guint n = work->wanted->len;
    guint end = 0;
    for (guint at = 0; at < n; at = end) {
        gint64 page = g_array_index(work->wanted, Wanted, at).place.page;
        while (end < n && g_array_index(work->wanted, Wanted, end).place.page == page) {
            end++;
        }
        if (!cut_page(work, at, end, error)) {
            return false;
        }
    }
    return true;
}

bool
lk_parcel_give(LkSession *session, const LkParcelOrder *order, LkParcelGiven *given,
               GError **error)
{
    g_return_val_if_fail(session != NULL && order->to != NULL, false);
    *given = (LkParcelGiven){0};
    if (!lk_keyings_compare(session, COMPARE_MAX, NULL, NULL, error)) {
        return false; /* what two agree about is not given again */
    }
    g_autoptr(LkParcelDraft) draft =
        lk_parcel_draft_new(session, order->to, order->kind, error);
    if (draft == NULL) {
        return false;
    }
    g_autoptr(LkDesk) desk = lk_desk_new(lk_session_store(session));
    g_autoptr(GStringChunk) strings = g_string_chunk_new(4096);
    g_autoptr(GArray) wanted = g_array_new(FALSE, FALSE, sizeof(Wanted));
    Work work = {.session = session,
                 .order = order,
                 .desk = desk,
                 .draft = draft,
                 .strings = strings,
                 .wanted = wanted,
                 .given = given};
    return collect(&work, error) && cut_all(&work, error) &&
           lk_parcel_draft_give(draft, &given->parcel, &given->n, error);
}
