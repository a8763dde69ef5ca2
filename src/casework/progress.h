/* progress.h - how far a file has come: its filed copies with their dates and certain
 * answers, its levels of risk, its steps against the timetable. */
#ifndef LK_CASEWORK_PROGRESS_H
#define LK_CASEWORK_PROGRESS_H

#include "casework/casework.h"
#include "casework/timetable.h"

G_BEGIN_DECLS

/** A copy of which at least one page is filed. */
typedef struct {
    char form[4];
    char copy[LK_SERIAL_LEN + 1];
    char layout[LK_SERIAL_LEN + 1];
    int number;
    bool complete; /* every page is there */
    bool has_date; /* its own date is known */
    GDate date;
    GDate place;         /* in time: `date`, or the latest of the steps before it */
    GHashTable *answers; /* "field" or "field row" -> value: certain, of no person */
    GHashTable *printed; /* keys of those that only repeat what we printed */
    int n_to_sign;       /* signatures it requires, of staff and services only */
    int n_signed;        /* of these, with ink */
} LkFiledCopy;

/** A level of risk, when it was first stated. */
typedef struct {
    const char *level;
    const LkFiledCopy *copy;
} LkRiskChange;

/** One step of the procedure. */
typedef struct {
    const char *form;
    bool is_filed;
    bool has_due, has_done; /* not known, or not asked for */
    bool is_needless;       /* the level asks for nothing */
    GDate due, done;
    GDate judged; /* what counts against `due`, if has_done: see progress.c */
} LkStepState;

typedef struct {
    LkCaseFile *file;
    GPtrArray *copies; /* LkFiledCopy, in the order of what happened */
    GArray *risks;     /* LkRiskChange, by date */
    const char *level; /* of today; NULL: not known, or the latest waits for a person */
    LkStepState steps[LK_N_STEPS];
    bool is_closed;   /* 6.A, agreed to by the supervisor, and not opened again */
    bool is_reopened; /* B.1 after that */
} LkProgress;

/** lk_progress_load: (transfer full): or NULL with LK_STORE_ERROR_UNKNOWN. */
G_GNUC_WARN_UNUSED_RESULT
LkProgress *lk_progress_load(LkStore *store, LkShelf *shelf, const LkCaseCode *code,
                             const GDate *today, GError **error);
void lk_progress_free(LkProgress *progress);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkProgress, lk_progress_free)

/** lk_filed_answer: (transfer none) (nullable): what @copy says in @field. */
const char *lk_filed_answer(const LkFiledCopy *copy, const char *field, int row);
/** lk_progress_last: (transfer none) (nullable): the latest copy of @form. */
const LkFiledCopy *lk_progress_last(const LkProgress *progress, const char *form);
/** lk_progress_answer: (transfer none) (nullable): the latest answer to @field on
 * @form; NULL: on any form of the procedure, not on cover page and checklist. */
const char *lk_progress_answer(const LkProgress *progress, const char *form,
                               const char *field);
/** lk_progress_noted: (transfer none) (nullable): what a person last wrote in @field of
 * a cover page or checklist. */
const char *lk_progress_noted(const LkProgress *progress, const char *field);
/** lk_is_file_tool: whether @form is the cover page or the checklist: they repeat what
 * the file says. */
bool lk_is_file_tool(const char *form);

G_END_DECLS

#endif
