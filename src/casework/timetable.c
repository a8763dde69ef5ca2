/* timetable.c - delays by level of risk. */
#include "casework/timetable.h"

#include <string.h>

typedef enum { NONE, DAYS, MONTHS } Unit;

typedef struct {
    int n;
    Unit unit;
} Delay;

static const char *const levels[] = {"eleve", "moyen", "faible", "nul"};
#define N_LEVELS G_N_ELEMENTS(levels)

/* Hours are not on the forms: "before leaving the child" is the same day, 24 hours the
 * next. Twice a week is one visit in any four days. A visit after the closure is owed
 * whatever the level. */
static const Delay delays[LK_N_STEPS][N_LEVELS] = {
    [LK_STEP_FIRST] = {{0, DAYS}, {1, DAYS}, {1, DAYS}, {1, DAYS}},
    [LK_STEP_ASSESSMENT] = {{0, DAYS}, {7, DAYS}, {1, MONTHS}, {0, NONE}},
    [LK_STEP_PLAN] = {{3, DAYS}, {7, DAYS}, {14, DAYS}, {0, NONE}},
    [LK_STEP_FOLLOW_UP] = {{4, DAYS}, {7, DAYS}, {14, DAYS}, {0, NONE}},
    [LK_STEP_REVIEW] = {{1, MONTHS}, {2, MONTHS}, {3, MONTHS}, {0, NONE}},
    [LK_STEP_VISIT] = {{3, MONTHS}, {3, MONTHS}, {3, MONTHS}, {3, MONTHS}},
};

bool
lk_step_due(LkStep step, const char *level, const GDate *from, GDate *due)
{
    size_t i = 0;
    while (level != NULL && i < N_LEVELS && strcmp(level, levels[i]) != 0) {
        i++;
    }
    if (level == NULL || i == N_LEVELS || delays[step][i].unit == NONE) {
        return false;
    }
    const Delay *delay = &delays[step][i];
    *due = *from;
    if (delay->unit == DAYS) {
        g_date_add_days(due, (guint)delay->n);
    } else {
        g_date_add_months(due, (guint)delay->n); /* the month's last day, if shorter */
    }
    return true;
}

const char *
lk_form_date_field(const char *form)
{
    static const char *const fields[][2] = {
        {"1.A", "date_accord"},        {"1.B", "date_enregistrement"},
        {"1.C", "date_evaluation"},    {"1.D", "date_enregistrement"},
        {"1.E", "date_demande"},       {"2.A", "date_fin"},
        {"3.A", "date_plan"},          {"3.B", "date_conference"},
        {"4.A", "date_debut"},         {"4.B", "date_fiche"},
        {"4.C", "date_verification"},  {"4.D", "date_verification"},
        {"4.E", "date_reunification"}, {"5.A", "date_suivi"},
        {"5.B", "date_reexamen"},      {"5.C", "date_conference"},
        {"6.A", "date_cloture"},       {"6.B", "date_feedback"},
        {"6.C", "date_feedback"},      {"A.1", "date_reference"},
        {"A.2", "date_transfert"},     {"A.3", "date"},
        {"B.1", "date_reouverture"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (strcmp(fields[i][0], form) == 0) {
            return fields[i][1];
        }
    }
    return NULL;
}
