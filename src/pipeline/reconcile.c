/* reconcile.c - from boxes to fields, by the form's own rules.
 *
 * A box alone means nothing: in a choice, a second mark makes both doubtful, and a
 * blackened box is how the form itself tells people to cancel. What is certain becomes
 * a value; all else keeps its best guess and waits. */
#include "pipeline/reconcile.h"

#include "pipeline/evidence.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* All that stands on the page for one field, or for one row of a table's column. */
typedef struct {
    int field, row;
    int first;       /* place of its first mark on the page */
    GArray *boxes;   /* guint, indexes into the page's boxes; NULL if none */
    bool has_inks;   /* cells or writing areas */
    bool is_written; /* ink in any of them */
    bool is_changed; /* a cell is not as we printed it, or left it */
} Group;

typedef struct {
    const LkLayout *layout;
    const LkLayoutPage *page;
    const LkReading *reading;
    const LkPageId *id;
    const LkPrefill *prefill; /* or NULL */
    LkFields *fields;
} Work;

static void
free_group(gpointer data)
{
    Group *group = data;
    if (group->boxes != NULL) {
        g_array_unref(group->boxes);
    }
    g_free(group);
}

void
lk_fields_free(LkFields *fields)
{
    if (fields == NULL) {
        return;
    }
    g_array_unref(fields->readings);
    g_array_unref(fields->items);
    for (int i = 0; i < LK_CONCERN_N; i++) {
        g_ptr_array_unref(fields->concerns[i]);
    }
    g_string_chunk_free(fields->strings);
    g_free(fields);
}

/* --- What a clerk is told. ---------------------------------------------------------
 */

const char *
lk_concern_name(LkConcern concern)
{
    static const char *const names[LK_CONCERN_N] = {
        [LK_CONCERN_TWO_MARKS] = "two_marks", [LK_CONCERN_CORRECTION] = "correction",
        [LK_CONCERN_CANCELLED] = "cancelled", [LK_CONCERN_UNSURE] = "unsure",
        [LK_CONCERN_GONE] = "printed_gone",   [LK_CONCERN_REQUIRED] = "required",
    };
    return names[concern];
}

char *
lk_concern_text(LkConcern concern, const GPtrArray *labels)
{
    static const char *const texts[LK_CONCERN_N] = {
        [LK_CONCERN_TWO_MARKS] = N_("several boxes marked where one is asked for: %s"),
        [LK_CONCERN_CORRECTION] =
            N_("a box blackened and another marked, a correction to be confirmed: %s"),
        [LK_CONCERN_CANCELLED] =
            N_("a box blackened all over, cancelled or heavily marked: %s"),
        [LK_CONCERN_UNSURE] = N_("marks to be decided by a person: %s"),
        [LK_CONCERN_GONE] = N_("a box printed as marked looks empty: %s"),
        [LK_CONCERN_REQUIRED] = N_("required, and left empty: %s"),
    };
    g_autoptr(GString) list = g_string_new(NULL);
    for (guint i = 0; i < labels->len; i++) {
        g_string_append(list, i > 0 ? _("; ") : "");
        g_string_append(list, g_ptr_array_index(labels, i));
    }
    return g_strdup_printf(_(texts[concern]), list->str);
}

static void
note_concern(LkFields *fields, LkConcern concern, const LkLayoutField *field, int row)
{
    const char *label = *field->label != '\0' ? field->label : field->name;
    char *text =
        row > 0 ? g_strdup_printf(_("%s (line %d)"), label, row) : g_strdup(label);
    g_ptr_array_add(fields->concerns[concern], text);
}

/* --- Groups. ------------------------------------------------------------------------
 */

static Group *
group_for(GHashTable *known, GPtrArray *groups, int field, int row)
{
    gint64 key = (gint64)field << 32 | row;
    Group *group = g_hash_table_lookup(known, &key);
    if (group == NULL) {
        group = g_new0(Group, 1);
        group->field = field;
        group->row = row;
        g_ptr_array_add(groups, group);
        gint64 *kept = g_new(gint64, 1);
        *kept = key;
        g_hash_table_insert(known, kept, group);
    }
    return group;
}

static int
by_place(gconstpointer a, gconstpointer b)
{
    const Group *one = *(Group *const *)a;
    const Group *two = *(Group *const *)b;
    return one->field != two->field ? one->field - two->field : one->row - two->row;
}

static GPtrArray *
group_page(const Work *work)
{
    g_autoptr(GHashTable) known =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    GPtrArray *groups = g_ptr_array_new_with_free_func(free_group);
    for (guint i = 0; i < work->page->boxes->len; i++) {
        const LkBox *box = &g_array_index(work->page->boxes, LkBox, i);
        Group *group = group_for(known, groups, box->field, box->row);
        if (group->boxes == NULL) {
            group->boxes = g_array_new(FALSE, FALSE, sizeof(guint));
        }
        g_array_append_val(group->boxes, i);
    }
    for (guint i = 0; i < work->page->cells->len; i++) {
        const LkCell *cell = &g_array_index(work->page->cells, LkCell, i);
        Group *group = group_for(known, groups, cell->field, cell->row);
        const LkInkReading *ink = &g_array_index(work->reading->cells, LkInkReading, i);
        group->has_inks = true;
        group->is_written |= ink->written;
        group->is_changed |=
            !lk_ink_is_printed(ink, lk_prefill_cell(work->prefill, work->layout, cell));
    }
    for (guint i = 0; i < work->page->writing->len; i++) {
        const LkWriting *area = &g_array_index(work->page->writing, LkWriting, i);
        Group *group = group_for(known, groups, area->field, area->row);
        group->has_inks = true;
        group->is_written |=
            g_array_index(work->reading->writing, LkInkReading, i).written;
    }
    g_ptr_array_sort(groups, by_place);
    return groups;
}

/* --- Boxes. -------------------------------------------------------------------------
 */

typedef struct {
    int n[LK_MARK_BLACKENED + 1]; /* by LkMarkState; a cancelled print is empty */
    int n_gone;                   /* printed as marked, and empty */
    int n_new;                    /* plain marks that we did not print */
    const LkOption *marked;       /* first plain mark; one by pen before one of ours */
    const LkOption *unsure;       /* first doubtful one */
    double confidence;            /* of the least certain */
} Tally;

static const LkBoxReading *
box_reading(const Work *work, const Group *group, guint i)
{
    guint at = g_array_index(group->boxes, guint, i);
    return &g_array_index(work->reading->boxes, LkBoxReading, at);
}

static const LkOption *
box_option(const Work *work, const Group *group, guint i)
{
    guint at = g_array_index(group->boxes, guint, i);
    const LkBox *box = &g_array_index(work->page->boxes, LkBox, at);
    const LkLayoutField *field = lk_layout_field(work->layout, box->field);
    return g_ptr_array_index(field->options, (guint)box->option);
}

static bool
is_printed(const Work *work, const Group *group, guint i)
{
    guint at = g_array_index(group->boxes, guint, i);
    return lk_prefill_box(work->prefill, work->layout,
                          &g_array_index(work->page->boxes, LkBox, at));
}

/* What the box says, knowing what we printed: our cross blackened by hand is cancelled,
 * and that is no doubt, as nobody marks a box that is marked. */
static LkMarkState
box_state(const Work *work, const Group *group, guint i)
{
    LkMarkState state = box_reading(work, group, i)->state;
    bool cancelled = state == LK_MARK_BLACKENED && is_printed(work, group, i);
    return cancelled ? LK_MARK_EMPTY : state;
}

static void
tally_mark(const Work *work, const Group *group, guint i, Tally *tally)
{
    bool is_new = !is_printed(work, group, i);
    if (tally->marked == NULL || (is_new && tally->n_new == 0)) {
        tally->marked = box_option(work, group, i);
    }
    tally->n_new += is_new ? 1 : 0;
}

static Tally
tally_boxes(const Work *work, const Group *group)
{
    Tally tally = {.confidence = 1};
    for (guint i = 0; i < group->boxes->len; i++) {
        const LkBoxReading *box = box_reading(work, group, i);
        tally.n[box_state(work, group, i)]++;
        tally.confidence = MIN(tally.confidence, box->confidence);
        if (box->state == LK_MARK_MARKED) {
            tally_mark(work, group, i, &tally);
        }
        if (box->state == LK_MARK_EMPTY && is_printed(work, group, i)) {
            tally.n_gone++;
        }
        if (box->state == LK_MARK_UNSURE && tally.unsure == NULL) {
            tally.unsure = box_option(work, group, i);
        }
    }
    return tally;
}

/* {"f":true,"m":false}: marked, or perhaps marked; the status says which. */
static const char *
options_json(const Work *work, const Group *group)
{
    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
    JsonObject *object = json_object_new();
    json_node_take_object(node, object);
    for (guint i = 0; i < group->boxes->len; i++) {
        LkMarkState state = box_state(work, group, i);
        json_object_set_boolean_member(object, box_option(work, group, i)->value,
                                       state == LK_MARK_MARKED ||
                                           state == LK_MARK_UNSURE);
    }
    g_autofree char *json = json_to_string(node, FALSE);
    return g_string_chunk_insert(work->fields->strings, json);
}

static const char *
marked_values(const Work *work, const Group *group)
{
    g_autoptr(GString) values = g_string_new(NULL);
    for (guint i = 0; i < group->boxes->len; i++) {
        if (box_reading(work, group, i)->state == LK_MARK_MARKED) {
            g_string_append(values, values->len > 0 ? "," : "");
            g_string_append(values, box_option(work, group, i)->value);
        }
    }
    return values->len > 0 ? g_string_chunk_insert(work->fields->strings, values->str)
                           : NULL;
}

/* What a person has to look at in a field, or LK_CONCERN_N if all is clear. Doubt about
 * a single box comes first: until it is settled, the rest may be wrong too. */
static LkConcern
judge_boxes(const Tally *tally, bool one_answer)
{
    if (tally->n[LK_MARK_UNSURE] > 0) {
        return LK_CONCERN_UNSURE;
    }
    if (tally->n_gone > 0) {
        return LK_CONCERN_GONE;
    }
    if (one_answer && tally->n[LK_MARK_MARKED] > 1) {
        return LK_CONCERN_TWO_MARKS;
    }
    if (tally->n[LK_MARK_BLACKENED] > 0) {
        return tally->n[LK_MARK_MARKED] > 0 ? LK_CONCERN_CORRECTION
                                            : LK_CONCERN_CANCELLED;
    }
    return LK_CONCERN_N;
}

/* The answer, or the best guess at it: never one of two plain marks, unless all but one
 * are print. */
static const char *
guess_answer(const Tally *tally)
{
    if (tally->marked != NULL && (tally->n[LK_MARK_MARKED] == 1 || tally->n_new == 1)) {
        return tally->marked->value;
    }
    if (tally->marked == NULL && tally->unsure != NULL &&
        tally->n[LK_MARK_UNSURE] == 1) {
        return tally->unsure->value;
    }
    return NULL;
}

static void
read_boxes(const Work *work, const Group *group, const LkLayoutField *field,
           LkStoreReading *result)
{
    Tally tally = tally_boxes(work, group);
    bool one_answer = field->type != LK_FIELD_MULTI;
    LkConcern concern = judge_boxes(&tally, one_answer);
    result->source = LK_SOURCE_MARK;
    result->value = one_answer ? guess_answer(&tally) : marked_values(work, group);
    result->options = options_json(work, group);
    result->confidence = tally.confidence;
    result->status = concern == LK_CONCERN_N ? LK_VALUE_OK : LK_VALUE_REVIEW;
    if (concern != LK_CONCERN_N) {
        note_concern(work->fields, concern, field, group->row);
        work->fields->review = true;
    }
}

/* --- Combs and writing. -------------------------------------------------------------
 */

static bool
is_comb(LkFieldType type)
{
    return type == LK_FIELD_DATE || type == LK_FIELD_DIGITS || type == LK_FIELD_CODE;
}

static void
read_inks(const Work *work, const Group *group, const LkLayoutField *field,
          LkStoreReading *result)
{
    result->confidence = 1;
    result->written = group->is_written;
    result->source = is_comb(field->type) ? LK_SOURCE_COMB : LK_SOURCE_TEXT;
    if (field->preprinted && !lk_case_code_is_blank(&work->id->case_code)) {
        /* We printed it: it says what the page's own code says. */
        g_autofree char *code = lk_case_code_format(&work->id->case_code);
        result->value = g_string_chunk_insert(work->fields->strings, code);
        return;
    }
    if (field->preprinted && work->page->separable) {
        /* Dots: on a page kept apart the code stands in the QR codes only. */
        result->written = false;
        return;
    }
    const char *printed = lk_prefill_get(work->prefill, field->name, group->row);
    if (is_comb(field->type) && printed != NULL && !group->is_changed) {
        result->value = g_string_chunk_insert(work->fields->strings, printed);
        result->printed = true;
    } else if (is_comb(field->type) && (group->is_written || printed != NULL)) {
        result->status = LK_VALUE_TO_TYPE;
    }
}

/* --- A page. ------------------------------------------------------------------------
 */

static void
read_group(const Work *work, const Group *group)
{
    const LkLayoutField *field = lk_layout_field(work->layout, group->field);
    LkStoreReading result = {
        .field = field->name,
        .row = group->row,
        .status = LK_VALUE_OK,
        .personal = field->pii || field->sensitive,
    };
    if (group->boxes != NULL) {
        read_boxes(work, group, field, &result);
    } else {
        read_inks(work, group, field, &result);
    }
    g_array_append_val(work->fields->readings, result);
}

LkFields *
lk_fields_new(const LkLayout *layout, const LkLayoutPage *page,
              const LkReading *reading, const LkPageId *id, const LkPrefill *prefill)
{
    g_return_val_if_fail(reading->boxes->len == page->boxes->len &&
                             reading->cells->len == page->cells->len &&
                             reading->writing->len == page->writing->len,
                         NULL);
    LkFields *fields = g_new0(LkFields, 1);
    fields->readings = g_array_new(FALSE, FALSE, sizeof(LkStoreReading));
    fields->items = g_array_new(FALSE, FALSE, sizeof(LkStoreItem));
    fields->strings = g_string_chunk_new(1024);
    for (int i = 0; i < LK_CONCERN_N; i++) {
        fields->concerns[i] = g_ptr_array_new_with_free_func(g_free);
    }
    Work work = {layout, page, reading, id, prefill, fields};
    g_autoptr(GPtrArray) groups = group_page(&work);
    for (guint i = 0; i < groups->len; i++) {
        read_group(&work, g_ptr_array_index(groups, i));
    }
    return fields;
}

/* --- What the form requires. --------------------------------------------------------
 */

/* A field over all its rows, here or on a page filed before. */
typedef struct {
    bool here, elsewhere;
    int row;           /* its first row here */
    bool is_empty;     /* certainly nothing in any row */
    bool is_settled;   /* no row waits for a person */
    const char *value; /* of the last row that has one */
} Answer;

static void
add_answer(Answer *answer, const LkKnownField *known)
{
    bool empty = known->source == LK_SOURCE_MARK || known->source == LK_SOURCE_PERSON
                     ? known->status == LK_VALUE_OK && known->value == NULL
                     : !known->written && known->value == NULL;
    if (!answer->here && !answer->elsewhere) {
        answer->is_empty = true;
        answer->is_settled = true;
    }
    answer->is_empty &= empty;
    answer->is_settled &= known->status == LK_VALUE_OK;
    if (known->value != NULL) {
        answer->value = known->value;
    }
}

static Answer
find_answer(const LkFields *fields, const LkKnownField *others, size_t n_others,
            const char *name)
{
    Answer answer = {0};
    for (size_t i = 0; i < n_others; i++) {
        if (strcmp(others[i].field, name) == 0) {
            add_answer(&answer, &others[i]);
            answer.elsewhere = true;
        }
    }
    for (guint i = 0; i < fields->readings->len; i++) {
        const LkStoreReading *r = &g_array_index(fields->readings, LkStoreReading, i);
        if (strcmp(r->field, name) == 0) {
            LkKnownField known = {r->field, r->value, r->status, r->source, r->written};
            add_answer(&answer, &known);
            answer.row = answer.here ? answer.row : r->row;
            answer.here = true;
        }
    }
    return answer;
}

/* "urgence=oui"; a multi's value lists its marks, joined by commas. */
static bool
condition_holds(const char *condition, const LkFields *fields,
                const LkKnownField *others, size_t n_others, Answer *answer)
{
    const char *equals = strchr(condition, '=');
    if (equals == NULL) {
        return false;
    }
    g_autofree char *name = g_strndup(condition, (gsize)(equals - condition));
    *answer = find_answer(fields, others, n_others, name);
    if (answer->value == NULL || !answer->is_settled) {
        return false;
    }
    g_auto(GStrv) values = g_strsplit(answer->value, ",", -1);
    return g_strv_contains((const char *const *)values, equals + 1);
}

/* Whether @field is required, and to be judged now: with this page, not before it. */
static bool
is_required(const LkFields *fields, const LkLayoutField *field, const Answer *target,
            const LkKnownField *others, size_t n_others)
{
    if (field->preprinted) {
        return false;
    }
    if (field->required && target->here) {
        return true;
    }
    Answer condition = {0};
    return field->required_if != NULL && (target->here || target->elsewhere) &&
           condition_holds(field->required_if, fields, others, n_others, &condition) &&
           (target->here || condition.here);
}

void
lk_fields_require(LkFields *fields, const LkLayout *layout, const LkKnownField *others,
                  size_t n_others)
{
    for (guint i = 0; i < layout->fields->len; i++) {
        const LkLayoutField *field = g_ptr_array_index(layout->fields, i);
        if (!field->required && field->required_if == NULL) {
            continue;
        }
        Answer target = find_answer(fields, others, n_others, field->name);
        if (target.is_empty && is_required(fields, field, &target, others, n_others)) {
            LkStoreItem item = {LK_WAIT_REQUIRED, field->name, target.row};
            g_array_append_val(fields->items, item);
            note_concern(fields, LK_CONCERN_REQUIRED, field, 0);
        }
    }
}
