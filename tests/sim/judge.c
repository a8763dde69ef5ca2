/* judge.c - a reading beside the truth. */
#include "tests/sim/judge.h"

#include <string.h>

void
sim_tally_add(SimTally *sum, const SimTally *more)
{
    sum->pages += more->pages;
    sum->set_aside += more->set_aside;
    sum->wrong_identity += more->wrong_identity;
    sum->to_confirm += more->to_confirm;
    for (int m = 0; m <= SIM_CANCELLED; m++) {
        for (int v = 0; v < SIM_N_VERDICTS; v++) {
            sum->boxes[m][v] += more->boxes[m][v];
        }
    }
    sum->lost += more->lost;
    sum->fields += more->fields;
    sum->fields_straight += more->fields_straight;
}

long
sim_tally_verdict(const SimTally *tally, SimVerdict verdict)
{
    long sum = 0;
    for (int m = 0; m <= SIM_CANCELLED; m++) {
        sum += tally->boxes[m][verdict];
    }
    return sum;
}

long
sim_tally_boxes(const SimTally *tally)
{
    long sum = 0;
    for (int v = 0; v < SIM_N_VERDICTS; v++) {
        sum += sim_tally_verdict(tally, (SimVerdict)v);
    }
    return sum;
}

SimIdentity
sim_judge_page(const SimTruth *truth, const LkReading *reading)
{
    if (reading->source == LK_IDENTITY_NONE) {
        return SIM_PAGE_SET_ASIDE;
    }
    bool same = strcmp(truth->id.form, reading->id.form) == 0 &&
                strcmp(truth->id.layout, reading->id.layout) == 0 &&
                strcmp(truth->id.copy, reading->id.copy) == 0 &&
                truth->id.page == reading->id.page &&
                lk_case_code_equal(&truth->id.case_code, &reading->id.case_code);
    if (!same) {
        return SIM_PAGE_WRONG;
    }
    return reading->outcome == LK_OUTCOME_READ ? SIM_PAGE_IDENTIFIED
                                               : SIM_PAGE_SET_ASIDE;
}

static LkMarkState
state_of(const LkReading *reading, guint i)
{
    return g_array_index(reading->boxes, LkBoxReading, i).state;
}

/* Boxes of the same question stand together in the layout: [from, the result). */
static guint
end_of_question(const LkLayoutPage *page, guint from)
{
    const LkBox *first = &g_array_index(page->boxes, LkBox, from);
    guint i = from + 1;
    while (i < page->boxes->len) {
        const LkBox *box = &g_array_index(page->boxes, LkBox, i);
        if (box->field != first->field || box->row != first->row) {
            break;
        }
        i++;
    }
    return i;
}

/* A choice with so many boxes that are not empty. */
static bool
contradicts_itself(const LkLayoutField *field, int inked)
{
    return inked > 1 &&
           (field->type == LK_FIELD_CHOICE || field->type == LK_FIELD_SCALE);
}

static SimVerdict
judge(SimMeaning meaning, LkMarkState state, bool contradiction)
{
    if (state == LK_MARK_UNSURE || state == LK_MARK_BLACKENED) {
        return SIM_TO_PERSON;
    }
    if (contradiction && state == LK_MARK_MARKED) {
        return SIM_TO_PERSON;
    }
    bool marked = state == LK_MARK_MARKED;
    if (marked == (meaning == SIM_MARKED)) {
        return SIM_RIGHT;
    }
    /* an empty box is wrong only if nobody looks at the question for another reason */
    return contradiction ? SIM_TO_PERSON : SIM_SILENT;
}

/* A box as a machine would read it that is never wrong. */
static LkMarkState
ideal_state(SimMeaning meaning)
{
    switch (meaning) {
    case SIM_MARKED:
        return LK_MARK_MARKED;
    case SIM_CANCELLED:
        return LK_MARK_BLACKENED;
    default:
        return LK_MARK_EMPTY;
    }
}

/* What there is to be said of the boxes of a question together. */
typedef struct {
    bool contradiction;       /* as it was read */
    bool ideal_contradiction; /* as it was meant */
    bool loses_a_box;
} Question;

static Question
ask(const LkLayoutField *field, const SimTruth *truth, const LkReading *reading,
    guint from, guint to)
{
    int inked = 0, meant = 0;
    Question question = {0};
    for (guint i = from; i < to; i++) {
        const SimBoxTruth *box = &g_array_index(truth->boxes, SimBoxTruth, i);
        inked += state_of(reading, i) != LK_MARK_EMPTY;
        meant += box->meaning != SIM_EMPTY;
        question.loses_a_box = question.loses_a_box || box->lost;
    }
    question.contradiction = contradicts_itself(field, inked);
    question.ideal_contradiction = contradicts_itself(field, meant);
    return question;
}

static SimVerdict
judge_box(const Question *question, const SimBoxTruth *box, LkMarkState state)
{
    SimVerdict verdict = judge(box->meaning, state, question->contradiction);
    if (verdict != SIM_TO_PERSON) {
        return verdict;
    }
    if (box->lost || (question->contradiction && question->loses_a_box)) {
        return SIM_EXCUSED;
    }
    return judge(box->meaning, ideal_state(box->meaning),
                 question->ideal_contradiction) == SIM_TO_PERSON
               ? SIM_BY_RULE
               : SIM_TO_PERSON;
}

static void
judge_question(const LkLayoutField *field, const SimTruth *truth,
               const LkReading *reading, guint from, guint to, SimVerdict *verdicts,
               SimTally *tally)
{
    Question question = ask(field, truth, reading, from, to);
    bool straight = !question.contradiction;
    for (guint i = from; i < to; i++) {
        const SimBoxTruth *box = &g_array_index(truth->boxes, SimBoxTruth, i);
        verdicts[i] = judge_box(&question, box, state_of(reading, i));
        tally->lost += box->lost;
        tally->boxes[box->meaning][verdicts[i]]++;
        straight = straight && verdicts[i] == SIM_RIGHT;
    }
    tally->fields++;
    tally->fields_straight += straight;
}

void
sim_judge_boxes(const LkLayout *layout, const SimTruth *truth, const LkReading *reading,
                SimVerdict *verdicts, SimTally *tally)
{
    const LkLayoutPage *page = lk_layout_page(layout, truth->id.page);
    guint from = 0;
    while (from < page->boxes->len) {
        guint to = end_of_question(page, from);
        int field = g_array_index(page->boxes, LkBox, from).field;
        judge_question(lk_layout_field(layout, field), truth, reading, from, to,
                       verdicts, tally);
        from = to;
    }
}
