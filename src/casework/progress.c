/* progress.c - what the filed pages say about a file's way through the procedure. */
#include "casework/progress.h"

#include <string.h>

/* --- Life and death. ---------------------------------------------------------------
 */

static void
copy_free(gpointer data)
{
    LkFiledCopy *copy = data;
    g_hash_table_unref(copy->answers);
    g_hash_table_unref(copy->printed);
    g_free(copy);
}

void
lk_progress_free(LkProgress *progress)
{
    if (progress != NULL) {
        lk_case_file_free(progress->file);
        g_ptr_array_unref(progress->copies);
        g_array_unref(progress->risks);
        g_free(progress);
    }
}

/* --- Copies and their answers. -----------------------------------------------------
 */

static void
add_copies(LkProgress *progress)
{
    for (guint i = 0; i < progress->file->forms->len; i++) {
        const LkFileForm *form = g_ptr_array_index(progress->file->forms, i);
        for (guint c = 0; c < form->copies->len; c++) {
            const LkFileCopy *from = &g_array_index(form->copies, LkFileCopy, c);
            if (from->present == 0) {
                continue;
            }
            LkFiledCopy *copy = g_new0(LkFiledCopy, 1);
            g_strlcpy(copy->form, form->form, sizeof copy->form);
            g_strlcpy(copy->copy, from->copy, sizeof copy->copy);
            g_strlcpy(copy->layout, from->layout, sizeof copy->layout);
            copy->number = from->number;
            copy->complete = from->present == (1u << from->n_pages) - 1;
            copy->answers =
                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
            copy->printed =
                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
            g_ptr_array_add(progress->copies, copy);
        }
    }
}

static LkFiledCopy *
copy_of(const LkProgress *progress, const LkStoreValue *value)
{
    for (guint i = 0; i < progress->copies->len; i++) {
        LkFiledCopy *copy = g_ptr_array_index(progress->copies, i);
        if (strcmp(copy->form, value->form) == 0 &&
            strcmp(copy->copy, value->copy) == 0) {
            return copy;
        }
    }
    return NULL;
}

static char *
key_of(const char *field, int row)
{
    return row > 0 ? g_strdup_printf("%s %d", field, row) : g_strdup(field);
}

typedef struct {
    LkProgress *progress;
    LkShelf *shelf;
} Gathering;

static bool
gather(const LkStoreValue *value, void *data)
{
    Gathering *gathering = data;
    LkFiledCopy *copy = copy_of(gathering->progress, value);
    if (copy == NULL || value->personal) {
        return true;
    }
    if (value->status == LK_VALUE_OK && value->value != NULL) {
        g_hash_table_insert(copy->answers, key_of(value->field, value->row),
                            g_strdup(value->value));
        if (value->printed) {
            g_hash_table_add(copy->printed, key_of(value->field, value->row));
        }
    }
    const LkLayoutField *field =
        lk_shelf_field(gathering->shelf, value->layout, value->field);
    if (field != NULL && field->type == LK_FIELD_SIGNATURE && field->required) {
        copy->n_to_sign++;
        copy->n_signed += value->written ? 1 : 0;
    }
    return true;
}

const char *
lk_filed_answer(const LkFiledCopy *copy, const char *field, int row)
{
    g_autofree char *key = key_of(field, row);
    return g_hash_table_lookup(copy->answers, key);
}

static bool
parse_date(const char *text, GDate *date)
{
    if (text == NULL || strlen(text) != 10) {
        return false;
    }
    int day = (int)g_ascii_strtoll(text + 8, NULL, 10);
    int month = (int)g_ascii_strtoll(text + 5, NULL, 10);
    int year = (int)g_ascii_strtoll(text, NULL, 10);
    if (!g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year)) {
        return false;
    }
    g_date_set_dmy(date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    return true;
}

static bool
date_of(const LkFiledCopy *copy, const char *field, GDate *date)
{
    return copy != NULL && parse_date(lk_filed_answer(copy, field, 0), date);
}

static int
by_form(gconstpointer a, gconstpointer b)
{
    const LkFiledCopy *one = *(LkFiledCopy *const *)a;
    const LkFiledCopy *two = *(LkFiledCopy *const *)b;
    int order = strcmp(one->form, two->form);
    return order != 0 ? order : one->number - two->number;
}

static int
by_place(gconstpointer a, gconstpointer b)
{
    int order = g_date_compare(&(*(LkFiledCopy *const *)a)->place,
                               &(*(LkFiledCopy *const *)b)->place);
    return order != 0 ? order : by_form(a, b);
}

/* The codes follow the procedure: a form whose date nobody has typed yet comes right
 * after the steps before it. */
static void
order_copies(LkProgress *progress)
{
    GDate latest;
    g_date_clear(&latest, 1);
    g_date_set_dmy(&latest, 1, G_DATE_JANUARY, 1);
    g_ptr_array_sort(progress->copies, by_form);
    for (guint i = 0; i < progress->copies->len; i++) {
        LkFiledCopy *copy = g_ptr_array_index(progress->copies, i);
        const char *field = lk_form_date_field(copy->form);
        copy->has_date = field != NULL && date_of(copy, field, &copy->date);
        copy->place = copy->has_date ? copy->date : latest;
        if (g_date_compare(&copy->place, &latest) > 0) {
            latest = copy->place;
        }
    }
    g_ptr_array_sort(progress->copies, by_place);
}

const LkFiledCopy *
lk_progress_last(const LkProgress *progress, const char *form)
{
    const LkFiledCopy *last = NULL;
    for (guint i = 0; i < progress->copies->len; i++) {
        const LkFiledCopy *copy = g_ptr_array_index(progress->copies, i);
        last = strcmp(copy->form, form) == 0 ? copy : last;
    }
    return last;
}

bool
lk_is_file_tool(const char *form)
{
    return strcmp(form, "LV") == 0 || strcmp(form, "PC") == 0;
}

const char *
lk_progress_answer(const LkProgress *progress, const char *form, const char *field)
{
    const char *answer = NULL;
    for (guint i = 0; i < progress->copies->len; i++) {
        const LkFiledCopy *copy = g_ptr_array_index(progress->copies, i);
        bool counts =
            form != NULL ? strcmp(copy->form, form) == 0 : !lk_is_file_tool(copy->form);
        const char *here = counts ? lk_filed_answer(copy, field, 0) : NULL;
        answer = here != NULL ? here : answer;
    }
    return answer;
}

const char *
lk_progress_noted(const LkProgress *progress, const char *field)
{
    const char *answer = NULL;
    for (guint i = 0; i < progress->copies->len; i++) {
        const LkFiledCopy *copy = g_ptr_array_index(progress->copies, i);
        bool counts =
            lk_is_file_tool(copy->form) && !g_hash_table_contains(copy->printed, field);
        const char *here = counts ? lk_filed_answer(copy, field, 0) : NULL;
        answer = here != NULL ? here : answer;
    }
    return answer;
}

/* --- Risk. -------------------------------------------------------------------------
 */

/* The checklist repeats a level, it does not state one. */
static const char *
level_of(const LkFiledCopy *copy)
{
    bool repeats = lk_is_file_tool(copy->form);
    const char *field =
        strcmp(copy->form, "1.B") == 0 ? "risque_percu" : "niveau_risque";
    return repeats ? NULL : lk_filed_answer(copy, field, 0);
}

static void
add_risks(LkProgress *progress)
{
    const char *before = NULL;
    for (guint i = 0; i < progress->copies->len; i++) {
        const LkFiledCopy *copy = g_ptr_array_index(progress->copies, i);
        LkRiskChange change = {level_of(copy), copy};
        if (change.level != NULL &&
            (before == NULL || strcmp(before, change.level) != 0)) {
            g_array_append_val(progress->risks, change);
            before = change.level;
        }
    }
    const GArray *values = progress->file->main_values;
    bool waits = false;
    for (guint i = 0; i < values->len; i++) {
        const LkMainValue *value = &g_array_index(values, LkMainValue, i);
        waits |= value->waits && strcmp(value->name, "niveau_risque") == 0;
    }
    progress->level = waits ? NULL : before;
}

/* --- Closed, open again. -----------------------------------------------------------
 */

static void
judge_closure(LkProgress *progress)
{
    const LkFiledCopy *closure = lk_progress_last(progress, "6.A");
    const LkFiledCopy *again = lk_progress_last(progress, "B.1");
    const char *decision =
        closure != NULL ? lk_filed_answer(closure, "decision_superviseur", 0) : NULL;
    bool closed = decision != NULL && strcmp(decision, "refus") != 0;
    bool dated = closed && again != NULL && again->has_date && closure->has_date;
    bool later = dated && g_date_compare(&again->date, &closure->date) >= 0;
    progress->is_reopened = later;
    progress->is_closed = closed && (again == NULL || (dated && !later));
}

/* --- Steps. ------------------------------------------------------------------------
 */

/* A step done once: what counts against the delay is the day in @judged_field, the
 * beginning of an assessment that must begin at once. */
static void
judge_once(const LkProgress *progress, LkStepState *step, const char *judged_field)
{
    const LkFiledCopy *copy = lk_progress_last(progress, step->form);
    step->is_filed = copy != NULL;
    step->has_done = copy != NULL && copy->has_date;
    if (step->has_done) {
        step->done = copy->date;
        step->judged = copy->date;
        (void)date_of(copy, judged_field, &step->judged);
    }
}

static void
set_due(LkStepState *step, LkStep which, const char *level, const LkFiledCopy *from)
{
    step->is_needless = level != NULL && strcmp(level, "nul") == 0;
    step->has_due = from != NULL && from->has_date &&
                    lk_step_due(which, level, &from->date, &step->due);
}

/* A step done again and again: the next one is due after the last, or after the plan;
 * it is in time until that day has passed. */
static void
judge_rhythm(const LkProgress *progress, LkStepState *step, LkStep which,
             const GDate *today)
{
    const LkFiledCopy *last = lk_progress_last(progress, step->form);
    const LkFiledCopy *plan = lk_progress_last(progress, "3.A");
    judge_once(progress, step, "");
    if (plan == NULL || (last != NULL && !last->has_date)) {
        return; /* the rhythm begins with the plan */
    }
    bool after =
        last != NULL && plan->has_date && g_date_compare(&last->date, &plan->date) >= 0;
    set_due(step, which, progress->level, after ? last : plan);
    step->judged = *today;
}

static bool
is_visit(const LkFiledCopy *copy, const LkFiledCopy *closure)
{
    const char *kind = lk_filed_answer(copy, "type_suivi", 0);
    return strcmp(copy->form, "5.A") == 0 && copy->has_date && closure->has_date &&
           kind != NULL && strcmp(kind, "post_cloture") == 0 &&
           g_date_compare(&copy->date, &closure->date) >= 0;
}

static void
judge_visit(const LkProgress *progress, LkStepState *step)
{
    const LkFiledCopy *closure = lk_progress_last(progress, "6.A");
    if (closure == NULL || !progress->is_closed) {
        return;
    }
    set_due(step, LK_STEP_VISIT, "moyen", closure); /* the same for every level */
    for (guint i = 0; i < progress->copies->len && !step->has_done; i++) {
        const LkFiledCopy *copy = g_ptr_array_index(progress->copies, i);
        if (is_visit(copy, closure)) {
            step->is_filed = true;
            step->has_done = true;
            step->done = copy->date;
            step->judged = copy->date;
        }
    }
}

static void
judge_steps(LkProgress *progress, const GDate *today)
{
    static const char *const forms[LK_N_STEPS] = {"1.C", "2.A", "3.A",
                                                  "5.A", "5.B", "5.A"};
    LkStepState *steps = progress->steps;
    for (int i = 0; i < LK_N_STEPS; i++) {
        steps[i].form = forms[i];
    }
    const LkFiledCopy *opened = lk_progress_last(progress, "1.B");
    const LkFiledCopy *first = lk_progress_last(progress, "1.C");
    const LkFiledCopy *deep = lk_progress_last(progress, "2.A");
    const char *seen = opened != NULL ? level_of(opened) : NULL;
    const char *confirmed = first != NULL ? level_of(first) : NULL;
    const char *found = deep != NULL ? level_of(deep) : NULL;
    bool at_once = confirmed != NULL && strcmp(confirmed, "eleve") == 0;
    judge_once(progress, &steps[LK_STEP_FIRST], "");
    set_due(&steps[LK_STEP_FIRST], LK_STEP_FIRST, seen, opened);
    steps[LK_STEP_FIRST].is_needless = false; /* it is what confirms the level */
    judge_once(progress, &steps[LK_STEP_ASSESSMENT], at_once ? "date_debut" : "");
    set_due(&steps[LK_STEP_ASSESSMENT], LK_STEP_ASSESSMENT, confirmed, first);
    judge_once(progress, &steps[LK_STEP_PLAN], "");
    set_due(&steps[LK_STEP_PLAN], LK_STEP_PLAN, found, deep);
    judge_rhythm(progress, &steps[LK_STEP_FOLLOW_UP], LK_STEP_FOLLOW_UP, today);
    judge_rhythm(progress, &steps[LK_STEP_REVIEW], LK_STEP_REVIEW, today);
    judge_visit(progress, &steps[LK_STEP_VISIT]);
}

/* --- The whole. --------------------------------------------------------------------
 */

LkProgress *
lk_progress_load(LkStore *store, LkShelf *shelf, const LkCaseCode *code,
                 const GDate *today, GError **error)
{
    g_autoptr(LkProgress) progress = g_new0(LkProgress, 1);
    progress->copies = g_ptr_array_new_with_free_func(copy_free);
    progress->risks = g_array_new(FALSE, TRUE, sizeof(LkRiskChange));
    progress->file = lk_case_file_load(store, shelf, code, error);
    if (progress->file == NULL) {
        return NULL;
    }
    add_copies(progress);
    Gathering gathering = {progress, shelf};
    if (!lk_store_each_value(store, code, gather, &gathering, error)) {
        return NULL;
    }
    order_copies(progress);
    add_risks(progress);
    judge_closure(progress);
    judge_steps(progress, today);
    return g_steal_pointer(&progress);
}
