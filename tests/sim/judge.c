/* judge.c - a reading beside the truth. */
#include "tests/sim/judge.h"

#include <string.h>

void
sim_tally_add(SimTally *sum, const SimTally *more)
{
    sum->pages += more->pages;
    sum->set_aside += more->set_aside;
    sum->wrong_identity += more->wrong_identity;
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

static bool
contradicts_itself(const LkLayoutField *field, const LkReading *reading, guint from,
                   guint to)
{
    if (field->type != LK_FIELD_CHOICE && field->type != LK_FIELD_SCALE) {
        return false;
    }
    int inked = 0;
    for (guint i = from; i < to; i++) {
        inked += state_of(reading, i) != LK_MARK_EMPTY;
    }
    return inked > 1;
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

static bool
loses_a_box(const SimTruth *truth, guint from, guint to)
{
    for (guint i = from; i < to; i++) {
        if (g_array_index(truth->boxes, SimBoxTruth, i).lost) {
            return true;
        }
    }
    return false;
}

static void
judge_question(const LkLayoutField *field, const SimTruth *truth,
               const LkReading *reading, guint from, guint to, SimVerdict *verdicts,
               SimTally *tally)
{
    bool contradiction = contradicts_itself(field, reading, from, to);
    bool straight = !contradiction;
    bool excused = contradiction && loses_a_box(truth, from, to);
    for (guint i = from; i < to; i++) {
        const SimBoxTruth *box = &g_array_index(truth->boxes, SimBoxTruth, i);
        verdicts[i] = judge(box->meaning, state_of(reading, i), contradiction);
        if (verdicts[i] == SIM_TO_PERSON && (excused || box->lost)) {
            verdicts[i] = SIM_EXCUSED;
        }
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
