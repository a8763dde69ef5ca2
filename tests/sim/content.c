/* content.c - what an invented file says: a plausible answer for each field. */
#include "tests/sim/sim.h"

#include <string.h>

/* While a copy is being thought up. */
typedef struct {
    const LkLayout *layout;
    const SimWriter *writer;
    const SimHabits *habits;
    SimRandom *random;
    GPtrArray *truths; /* SimTruth, one a page */
} Mind;

/* The boxes of one question, wherever they were printed. */
typedef struct {
    GPtrArray *boxes; /* SimBoxTruth, borrowed */
} Question;

void
sim_truth_free(SimTruth *truth)
{
    if (truth == NULL) {
        return;
    }
    g_array_unref(truth->boxes);
    g_string_free(truth->cells, TRUE);
    g_array_unref(truth->writing);
    g_free(truth);
}

static SimTruth *
nothing_written(const LkLayoutPage *page, const LkPageId *id, const SimWriter *writer)
{
    SimTruth *truth = g_new0(SimTruth, 1);
    truth->id = *id;
    truth->id.page = page->number;
    truth->style = writer->style;
    truth->pen = writer->pen.kind;
    truth->boxes = g_array_new(FALSE, TRUE, sizeof(SimBoxTruth));
    g_array_set_size(truth->boxes, page->boxes->len);
    truth->cells = g_string_new(NULL);
    for (guint i = 0; i < page->cells->len; i++) {
        g_string_append_c(truth->cells, ' ');
    }
    truth->writing = g_array_new(FALSE, TRUE, sizeof(bool));
    g_array_set_size(truth->writing, page->writing->len);
    return truth;
}

static GPtrArray *
boxes_of(const Mind *mind, int field, int row)
{
    GPtrArray *found = g_ptr_array_new();
    for (guint p = 0; p < mind->truths->len; p++) {
        const LkLayoutPage *page = g_ptr_array_index(mind->layout->pages, p);
        SimTruth *truth = g_ptr_array_index(mind->truths, p);
        for (guint i = 0; i < page->boxes->len; i++) {
            const LkBox *box = &g_array_index(page->boxes, LkBox, i);
            if (box->field == field && box->row == row) {
                g_ptr_array_add(found, &g_array_index(truth->boxes, SimBoxTruth, i));
            }
        }
    }
    return found;
}

static void
mark_one(GPtrArray *boxes, int which)
{
    SimBoxTruth *box = g_ptr_array_index(boxes, (guint)which);
    box->meaning = SIM_MARKED;
}

static bool
is_allowed(const Mind *mind, const LkLayoutField *field, int option)
{
    return !mind->habits->plausible || sim_story_allows(field, option);
}

/* Any option that makes sense; -1 if none does. */
static int
pick_allowed(const Mind *mind, const LkLayoutField *field, int n)
{
    int first = sim_pick(mind->random, n);
    for (int i = 0; i < n; i++) {
        if (is_allowed(mind, field, (first + i) % n)) {
            return (first + i) % n;
        }
    }
    return -1;
}

/* --- One child, one story: what several forms ask must agree between them. ---------
 */

#define YOUNGEST 3
#define OLDEST 17

static int
age_of(const LkCaseCode *code)
{
    SimRandom random = sim_random(g_str_hash(code->text), "age");
    return YOUNGEST + sim_pick(&random, OLDEST - YOUNGEST + 1);
}

/* The option that the child's age or sex asks for, or -1: any. */
static int
told_option(const LkLayoutField *field, const LkCaseCode *code)
{
    static const struct {
        const char *value;
        int up_to;
    } ages[] = {{"0_5", 5}, {"6_11", 11}, {"12_14", 14}, {"15_17", 17}};
    SimRandom random = sim_random(g_str_hash(code->text), field->name);
    if (strcmp(field->name, "sexe") == 0) {
        return sim_pick(&random, (int)field->options->len);
    }
    if (strcmp(field->name, "tranche_age") != 0) {
        return -1;
    }
    size_t which = 0;
    while (age_of(code) > ages[which].up_to) {
        which++;
    }
    for (guint i = 0; i < field->options->len; i++) {
        const LkOption *option = g_ptr_array_index(field->options, i);
        if (strcmp(option->value, ages[which].value) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* --- Answers. -----------------------------------------------------------------------
 */

/* One answer; now and then with a first thought blackened, or contradicting itself. */
static void
choose(const Mind *mind, const LkLayoutField *field, GPtrArray *boxes)
{
    int n = (int)boxes->len;
    const SimTruth *first = g_ptr_array_index(mind->truths, 0);
    int told = told_option(field, &first->id.case_code);
    int any = pick_allowed(mind, field, n);
    int which = told >= 0 && told < n ? told : any;
    if (which < 0) {
        return;
    }
    mark_one(boxes, which);
    if (n < 2) {
        return;
    }
    int other = (which + 1 + sim_pick(mind->random, n - 1)) % n;
    SimBoxTruth *second = g_ptr_array_index(boxes, (guint)other);
    if (sim_chance(mind->random, mind->writer->correction)) {
        second->meaning = SIM_CANCELLED;
    } else if (sim_chance(mind->random, mind->habits->two_marks)) {
        second->meaning = SIM_MARKED;
        for (int i = 0; i < n; i++) {
            ((SimBoxTruth *)g_ptr_array_index(boxes, (guint)i))->contradicted = true;
        }
    }
}

static void
tick_some(const Mind *mind, const LkLayoutField *field, GPtrArray *boxes,
          double probability)
{
    for (guint i = 0; i < boxes->len; i++) {
        SimBoxTruth *box = g_ptr_array_index(boxes, i);
        if (!is_allowed(mind, field, (int)i)) {
            continue;
        }
        if (sim_chance(mind->random, probability)) {
            box->meaning = SIM_MARKED;
        } else if (sim_chance(mind->random, mind->writer->correction * 0.1)) {
            box->meaning = SIM_CANCELLED;
        }
    }
}

static bool
is_answered(const Mind *mind, const LkLayoutField *field, double optional)
{
    if (field->required) {
        return !sim_chance(mind->random, mind->habits->required_missing);
    }
    return sim_chance(mind->random, optional);
}

static void
answer_boxes(const Mind *mind, const LkLayoutField *field, int index, int row)
{
    GPtrArray *boxes = boxes_of(mind, index, row);
    const SimHabits *habits = mind->habits;
    if (boxes->len > 0) {
        switch (field->type) {
        case LK_FIELD_CHECK:
            tick_some(mind, field, boxes, habits->check);
            break;
        case LK_FIELD_MULTI:
            tick_some(mind, field, boxes, habits->multi);
            if (field->required && is_answered(mind, field, 1)) {
                mark_one(boxes, MAX(0, pick_allowed(mind, field, (int)boxes->len)));
            }
            break;
        default:
            if (is_answered(mind, field, habits->choice)) {
                choose(mind, field, boxes);
            }
        }
    }
    g_ptr_array_unref(boxes);
}

#define LONGEST_COMB 32

/* Plausible characters for a whole comb: nobody is 72 years old or came at 13:91. */
static void
compose(const LkLayoutField *field, const LkCaseCode *code, SimRandom *random,
        char written[LONGEST_COMB + 1])
{
    int n = CLAMP(field->length, 0, LONGEST_COMB);
    int day = 1 + sim_pick(random, 28);
    int month = 1 + sim_pick(random, 12);
    bool birth = strstr(field->name, "naissance") != NULL;
    int year = birth ? 2024 - age_of(code) : 2024 + sim_pick(random, 2);
    if (field->type == LK_FIELD_DATE) {
        g_snprintf(written, LONGEST_COMB + 1, "%02d%02d%04d", day, month, year);
    } else if (strcmp(field->name, "age") == 0) {
        g_snprintf(written, LONGEST_COMB + 1, "%02d", age_of(code));
    } else if (strstr(field->name, "heure") != NULL && n == 4) {
        g_snprintf(written, LONGEST_COMB + 1, "%02d%02d", 6 + month, 2 * day);
    } else if (field->type == LK_FIELD_DIGITS && n <= 3) {
        g_snprintf(written, LONGEST_COMB + 1, "%0*d", n, month);
    } else {
        for (int i = 0; i < n; i++) {
            written[i] = (char)('0' + sim_pick(random, 10));
        }
        written[n] = '\0';
    }
}

static void
answer_cells(const Mind *mind, const LkLayoutField *field, int index, int row)
{
    bool answered = !field->preprinted && is_answered(mind, field, mind->habits->text);
    const SimTruth *first = g_ptr_array_index(mind->truths, 0);
    char written[LONGEST_COMB + 1];
    compose(field, &first->id.case_code, mind->random, written);
    int length = (int)strlen(written);
    for (guint p = 0; answered && p < mind->truths->len; p++) {
        const LkLayoutPage *page = g_ptr_array_index(mind->layout->pages, p);
        SimTruth *truth = g_ptr_array_index(mind->truths, p);
        for (guint i = 0; i < page->cells->len; i++) {
            const LkCell *cell = &g_array_index(page->cells, LkCell, i);
            if (cell->field == index && cell->row == row && cell->index < length) {
                truth->cells->str[i] = written[cell->index];
            }
        }
    }
}

/* Lines are filled from the first one on; the last ones often stay empty. */
static void
answer_writing(const Mind *mind, const LkLayoutField *field, int index, int row)
{
    bool answered = is_answered(mind, field, mind->habits->text);
    int lines = 1 + sim_pick(mind->random, 5);
    for (guint p = 0; answered && p < mind->truths->len; p++) {
        const LkLayoutPage *page = g_ptr_array_index(mind->layout->pages, p);
        SimTruth *truth = g_ptr_array_index(mind->truths, p);
        for (guint i = 0; i < page->writing->len; i++) {
            const LkWriting *area = &g_array_index(page->writing, LkWriting, i);
            if (area->field == index && area->row == row && area->line < lines) {
                g_array_index(truth->writing, bool, i) = true;
            }
        }
    }
}

static void
answer(const Mind *mind, const LkLayoutField *field, int index, int row)
{
    switch (field->type) {
    case LK_FIELD_DATE:
    case LK_FIELD_DIGITS:
    case LK_FIELD_CODE:
        answer_cells(mind, field, index, row);
        break;
    case LK_FIELD_TEXT:
    case LK_FIELD_LINES:
    case LK_FIELD_SIGNATURE:
        answer_writing(mind, field, index, row);
        break;
    case LK_FIELD_TABLE:
        break; /* its columns are fields of their own */
    default:
        answer_boxes(mind, field, index, row);
    }
}

/* The same rows in every column of a table, from the top. */
static int
rows_used(const Mind *mind, const LkLayoutField *field, const LkPageId *id)
{
    g_autofree char *table = g_strdup(field->name);
    table[strcspn(table, ".")] = '\0';
    SimRandom random = sim_random(g_str_hash(id->copy), table);
    double share = mind->habits->rows * sim_uniform(&random, 0.5, 1.5);
    return CLAMP((int)(0.5 + field->rows * share), MIN(1, field->rows), field->rows);
}

GPtrArray *
sim_content(const LkLayout *layout, const LkPageId *id, const SimWriter *writer,
            const SimHabits *habits, SimRandom *random)
{
    Mind mind = {layout, writer, habits, random, NULL};
    mind.truths = g_ptr_array_new_with_free_func((GDestroyNotify)sim_truth_free);
    for (guint p = 0; p < layout->pages->len; p++) {
        g_ptr_array_add(
            mind.truths,
            nothing_written(g_ptr_array_index(layout->pages, p), id, writer));
    }
    for (guint f = 0; f < layout->fields->len; f++) {
        const LkLayoutField *field = lk_layout_field(layout, (int)f);
        if (field->rows == 0) {
            answer(&mind, field, (int)f, 0);
        }
        int used = rows_used(&mind, field, id);
        for (int row = 1; row <= used; row++) {
            answer(&mind, field, (int)f, row);
        }
    }
    return mind.truths;
}
