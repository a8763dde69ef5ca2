/* timetable.h - what the procedures ask for, and by when (national procedures, 4.3, 5.5
 * and 5.6). Days are calendar days. */
#ifndef LK_CASEWORK_TIMETABLE_H
#define LK_CASEWORK_TIMETABLE_H

#include "base/base.h"

G_BEGIN_DECLS

typedef enum {
    LK_STEP_FIRST,      /* 1.C, from the registration */
    LK_STEP_ASSESSMENT, /* 2.A, from 1.C */
    LK_STEP_PLAN,       /* 3.A, from 2.A */
    LK_STEP_FOLLOW_UP,  /* 5.A, from the plan, then from the last one */
    LK_STEP_REVIEW,     /* 5.B, likewise */
    LK_STEP_VISIT,      /* 5.A after the closure, from 6.A */
    LK_N_STEPS
} LkStep;

/**
 * lk_step_due:
 * @level: stored value of a risk level: "eleve", "moyen", "faible", "nul"
 * @from: the day the delay runs from
 * @due: (out): the last day in time; untouched if there is none
 *
 * Returns: false if the level asks for nothing, or is not one
 */
bool lk_step_due(LkStep step, const char *level, const GDate *from, GDate *due);

/** lk_form_date_field: (transfer none) (nullable): the field in which @form ("5.A")
 * says when it was filled in. */
const char *lk_form_date_field(const char *form);

G_END_DECLS

#endif
