/* casework.h - what a case file holds, in the words of the forms: forms present, pages
 * missing, what waits for a person, main values; and a person's answers. */
#ifndef LK_CASEWORK_H
#define LK_CASEWORK_H

#include "form/form.h"
#include "store/store.h"

G_BEGIN_DECLS

#define LK_CASE_ERROR (lk_case_error_quark())

typedef enum {
    LK_CASE_ERROR_FIELD, /* the file has no such form, copy, field or row */
    LK_CASE_ERROR_AMBIGUOUS /* several copies of that form: name one */,
    LK_CASE_ERROR_VALUE /* not a value that the field can take */
} LkCaseError;

GQuark lk_case_error_quark(void);

/* --- Layouts kept in the store, parsed once. -------------------------------------- */

typedef struct LkShelf LkShelf;

/** lk_shelf_new: @store must outlive the shelf. */
LkShelf *lk_shelf_new(LkStore *store);
void lk_shelf_free(LkShelf *shelf);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkShelf, lk_shelf_free)

/** lk_shelf_layout: (transfer none): the layout @id, or NULL with the store's error. */
G_GNUC_WARN_UNUSED_RESULT
const LkLayout *lk_shelf_layout(LkShelf *shelf, const char *id, GError **error);

/** lk_shelf_field: (transfer none): field @name of layout @id, or NULL if there is none
 * or the layout cannot be had. */
const LkLayoutField *lk_shelf_field(LkShelf *shelf, const char *id, const char *name);

/* --- A case file. ----------------------------------------------------------------- */

/** A copy of a form in the file. */
typedef struct {
    char copy[LK_SERIAL_LEN + 1];
    char layout[LK_SERIAL_LEN + 1];
    int number; /* first, second … copy of this form in the file */
    int n_pages;
    guint present; /* bit n - 1: page n is filed */
    bool blank;    /* a blank copy that got this case's label */
} LkFileCopy;

typedef struct {
    char form[4];
    char *title;
    GArray *copies; /* LkFileCopy, by number */
} LkFileForm;

/** Something that waits for a person. */
typedef struct {
    LkWaitKind kind;
    char form[4];
    char copy[LK_SERIAL_LEN + 1];
    int number; /* of the copy */
    int page;
    char *field; /* NULL: the whole page */
    char *label; /* as printed; NULL if `field` is */
    int row;
    char *value; /* CONTRADICTION: what this form says; else NULL */
} LkFileWait;

/** One of the few values that tell what a file is about. */
typedef struct {
    const char *name;  /* stable: "sexe", "niveau_risque"… */
    const char *title; /* English msgid */
    char form[4];      /* where it was found; "" if nowhere */
    int number;        /* of the copy */
    char *value;       /* as stored; NULL: not known */
    char *text;        /* as printed: label of the option, date 23/11/2026 */
    bool waits;        /* a person must decide or type it; value is NULL */
} LkMainValue;

typedef struct {
    LkStoreCase *entry;
    GPtrArray *forms;    /* LkFileForm, by code; printed but not come back included */
    GPtrArray *waits;    /* LkFileWait, by form, copy, page */
    GArray *main_values; /* LkMainValue, always the same list */
    bool is_child;       /* false: all its forms are of another kind: a family's request
                          * (1.E), the evaluation of a structure (QA) */
} LkCaseFile;

void lk_case_file_free(LkCaseFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkCaseFile, lk_case_file_free)

/**
 * lk_case_file_load:
 *
 * Main values: of several forms that say the same thing, the latest one counts: by the
 * form's own date where both dates are known, else by the order of the forms.
 *
 * Returns: (transfer full): the file, or NULL with LK_STORE_ERROR_UNKNOWN
 */
G_GNUC_WARN_UNUSED_RESULT
LkCaseFile *lk_case_file_load(LkStore *store, LkShelf *shelf, const LkCaseCode *code,
                              GError **error);

/* --- Cover page and checklist. ------------------------------------------------------
 */

/**
 * lk_case_prefill:
 * @form: PC or LV, whose table rows are known by their labels
 * @layout: of @form
 * @today: what is late, and the date of the state
 *
 * What the database knows of the file, as answers to @form: forms present and their
 * dates, steps done in time, risk levels, status; and, where the form has lines for it,
 * pages missing, fields waiting and what comes next. Only what is certain; nothing from
 * or for a field that may name a person.
 *
 * Returns: (transfer full): the answers, or NULL with LK_STORE_ERROR_UNKNOWN
 */
G_GNUC_WARN_UNUSED_RESULT
LkPrefill *lk_case_prefill(LkStore *store, LkShelf *shelf, const LkCaseCode *code,
                           const LkForm *form, const LkLayout *layout,
                           const GDate *today, GError **error);

/* --- Answers. --------------------------------------------------------------------- */

/** What a person says about one field. */
typedef struct {
    LkCaseCode code;
    const char *form;
    const char *copy; /* serial or number; NULL if the file has one copy of the form */
    const char *field;
    int row;
    const char *value; /* as written by the person; "" or NULL: nothing there */
    const char *who;
    const char *why; /* or NULL */
    bool private;    /* @value did not come by the command line, where others see it */
} LkAnswer;

/**
 * lk_case_answer:
 *
 * Checks @answer against what the field can hold and files it as a decision. choice,
 * scale: an option's value; multi: values joined by commas; check: oui, non; date:
 * 23/11/2026 or 2026-11-23, stored as the latter; digits, code: as long as the comb, at
 * most. Free text, and a date or a number that may name somebody, are sealed to the
 * file (lk_store_decide_sealed()).
 *
 * Returns: true if filed; LK_STORE_ERROR_PERSONAL if it is to be sealed, but not
 * private
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_case_answer(LkStore *store, LkShelf *shelf, const LkAnswer *answer,
                    GError **error);

/** What a person says about a field, as it is stored. */
typedef struct {
    char *value;   /* NULL: nothing stands there. May name somebody: wiped */
    char *options; /* of boxes: JSON object; else NULL */
    bool sealed;   /* for lk_store_decide_sealed(), else for lk_store_decide() */
} LkCheckedValue;

void lk_checked_value_clear(LkCheckedValue *checked);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LkCheckedValue, lk_checked_value_clear)

/**
 * lk_case_check:
 * @text: as lk_case_answer() takes it; "": nothing stands there
 * @checked: (out): zeroed by the caller
 *
 * Returns: true if @field can hold it; LK_CASE_ERROR_VALUE, whose message does not
 * repeat @text
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_case_check(const LkLayoutField *field, const char *text,
                   LkCheckedValue *checked, GError **error);

/**
 * lk_case_type:
 * @session: of the clerk who has @crop (lk_parcel_next())
 * @text: as typed, whole lines; "": nothing stands there
 *
 * Checks @text as lk_case_answer() does and files it with lk_parcel_settle().
 *
 * Returns: true if filed; LK_CASE_ERROR_VALUE, whose message does not repeat @text;
 * LK_STORE_ERROR_UNKNOWN, LK_STORE_ERROR_REFUSED
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_case_type(LkSession *session, LkShelf *shelf, gint64 crop, const char *text,
                  GError **error);

/**
 * lk_case_value_text: (transfer full): @value as a person reads it: labels of options,
 * dates day first. @field may be NULL.
 */
char *lk_case_value_text(const LkLayoutField *field, const char *value);

G_END_DECLS

#endif
