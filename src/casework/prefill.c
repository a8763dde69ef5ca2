/* prefill.c - the file's state as answers to its cover page and checklist.
 *
 * A box is marked only if the database is certain; all else stays empty for the pen.
 * Paper speaks French, whatever the language of the screen. */
#include "casework/progress.h"

#include <string.h>

#define NBSP "\u00a0"
#define COLON NBSP ": "
#define SEMICOLON NBSP "; "

typedef struct {
    const LkProgress *progress;
    const LkForm *form;
    const LkLayout *layout;
    const GDate *today;
    LkPrefill *to;
} Work;

/* --- Answers that the form can take. -----------------------------------------------
 */

static const LkLayoutField *
find_field(const LkLayout *layout, const char *name)
{
    int index = lk_layout_field_index(layout, name);
    return index >= 0 ? lk_layout_field(layout, index) : NULL;
}

static bool
takes(const LkLayoutField *field, int row, const char *value)
{
    bool fits = row <= field->rows && (row > 0) == (field->rows > 0);
    switch (field->type) {
    case LK_FIELD_CHECK:
    case LK_FIELD_CHOICE:
    case LK_FIELD_SCALE:
        return fits && lk_layout_field_has_option(field, value);
    case LK_FIELD_DIGITS:
    case LK_FIELD_CODE:
        return fits && !field->preprinted && strlen(value) <= (size_t)field->length;
    default:
        return fits;
    }
}

/* A form may have been changed: what it does not ask any more, or may name a person, is
 * left out. */
static void
put(const Work *work, const char *name, int row, const char *value)
{
    const LkLayoutField *field = find_field(work->layout, name);
    if (field != NULL && value != NULL && !field->pii && !field->sensitive &&
        takes(field, row, value)) {
        lk_prefill_set(work->to, name, row, value);
    }
}

static void
put_date(const Work *work, const char *name, int row, const GDate *date)
{
    g_autofree char *text =
        g_strdup_printf("%04d-%02d-%02d", g_date_get_year(date), g_date_get_month(date),
                        g_date_get_day(date));
    put(work, name, row, text);
}

static void
put_form_date(const Work *work, const char *name, int row, const LkFiledCopy *copy)
{
    if (copy != NULL && copy->has_date) {
        put_date(work, name, row, &copy->date);
    }
}

static const GPtrArray *
row_labels(const Work *work, const char *table)
{
    for (guint s = 0; s < work->form->sections->len; s++) {
        const LkSection *section = g_ptr_array_index(work->form->sections, s);
        for (guint i = 0; i < section->fields->len; i++) {
            const LkField *field = g_ptr_array_index(section->fields, i);
            if (strcmp(field->id, table) == 0) {
                return field->row_labels;
            }
        }
    }
    return NULL;
}

/* --- What both have. ---------------------------------------------------------------
 */

/* The phase a form belongs to, as the lists "etape_gestion" and "sections_dossier" name
 * it: "1".."6", "a", "b"; NULL for cover page and checklist. */
static const char *
phase_of(const char *form)
{
    static const char *const phases[] = {"1", "2", "3", "4", "5", "6", "a", "b"};
    for (size_t i = 0; i < G_N_ELEMENTS(phases); i++) {
        if (g_ascii_tolower(form[0]) == phases[i][0] && form[1] == '.') {
            return phases[i];
        }
    }
    return NULL;
}

static const char *
step_of(const char *form)
{
    const char *phase = phase_of(form);
    return phase != NULL && g_ascii_isdigit(*phase) ? phase : NULL;
}

/* The furthest step with a form in the file. A file that was opened again begins
 * somewhere in the middle: the pen says where. */
static void
put_step(const Work *work)
{
    const char *furthest = NULL;
    const GPtrArray *copies = work->progress->copies;
    for (guint i = 0; i < copies->len; i++) {
        const LkFiledCopy *copy = g_ptr_array_index(copies, i);
        const char *step = step_of(copy->form);
        if (step != NULL && (furthest == NULL || strcmp(step, furthest) > 0)) {
            furthest = step;
        }
    }
    if (work->progress->file->is_child &&
        lk_progress_last(work->progress, "B.1") == NULL) {
        put(work, "etape", 0, furthest);
    }
}

/* Whose case it is: as the latest form says, unless a person noted something else on a
 * cover page or checklist: which of the two is newer, no paper tells. */
static void
put_staff(const Work *work, const char *field)
{
    const char *said = lk_progress_answer(work->progress, NULL, field);
    const char *noted = lk_progress_noted(work->progress, field);
    bool disagree = said != NULL && noted != NULL && strcmp(said, noted) != 0;
    put(work, field, 0, disagree ? NULL : said != NULL ? said : noted);
}

static void
put_common(const Work *work)
{
    const LkProgress *progress = work->progress;
    put_form_date(work, "date_ouverture", 0, lk_progress_last(progress, "1.B"));
    put_staff(work, "gestionnaire");
}

/* --- The cover page. ---------------------------------------------------------------
 */

static void
put_status(const Work *work)
{
    const LkProgress *progress = work->progress;
    const char *motive = lk_progress_answer(progress, "6.A", "motif");
    if (progress->is_reopened) {
        put(work, "statut", 0, "rouvert");
    } else if (progress->is_closed) {
        bool moved = motive != NULL && strcmp(motive, "transfert") == 0;
        bool by_mistake = motive != NULL && strcmp(motive, "erreur") == 0;
        put(work, "statut", 0, by_mistake ? NULL : moved ? "transfere" : "clos");
    } else if (lk_progress_last(progress, "6.A") == NULL &&
               lk_progress_last(progress, "1.B") != NULL) {
        put(work, "statut", 0, "ouvert");
    }
}

static void
put_parts(const Work *work)
{
    const LkLayoutField *field = find_field(work->layout, "sections_dossier");
    g_autoptr(GString) parts = g_string_new(NULL);
    for (guint i = 0; field != NULL && i < field->options->len; i++) {
        const LkOption *option = g_ptr_array_index(field->options, i);
        bool there = strcmp(option->value, "lv") == 0 &&
                     lk_progress_last(work->progress, "LV") != NULL;
        for (guint c = 0; c < work->progress->copies->len && !there; c++) {
            const LkFiledCopy *copy = g_ptr_array_index(work->progress->copies, c);
            const char *phase = phase_of(copy->form);
            there = phase != NULL && strcmp(phase, option->value) == 0;
        }
        if (there) {
            g_string_append_printf(parts, "%s%s", parts->len > 0 ? "," : "",
                                   option->value);
        }
    }
    if (parts->len > 0) {
        put(work, "sections_dossier", 0, parts->str);
    }
}

/* The last changes of level, as many as there are rows. */
static void
put_history(const Work *work)
{
    const LkLayoutField *field = find_field(work->layout, "evolution.risque");
    const GArray *risks = work->progress->risks;
    int rows = field != NULL ? field->rows : 0;
    int first = MAX(0, (int)risks->len - rows);
    for (int i = first; i < (int)risks->len; i++) {
        const LkRiskChange *change = &g_array_index(risks, LkRiskChange, i);
        int row = i - first + 1;
        if (change->copy->has_date) {
            put_date(work, "evolution.date", row, &change->copy->date);
        }
        put(work, "evolution.risque", row, change->level);
        put(work, "evolution.etape", row, step_of(change->copy->form));
        put(work, "evolution.gestionnaire", row,
            lk_filed_answer(change->copy, "gestionnaire", 0));
    }
}

static void
fill_cover(const Work *work)
{
    const LkProgress *progress = work->progress;
    put_common(work);
    put_staff(work, "superviseur");
    put_status(work);
    bool hidden = lk_progress_answer(progress, "1.A", "masquer_nom") != NULL ||
                  lk_progress_answer(progress, "PC", "sensible") != NULL;
    put(work, "sensible", 0, hidden ? "oui" : NULL);
    put_parts(work);
    put_history(work);
    if (progress->is_closed || progress->is_reopened) {
        put_form_date(work, "date_cloture", 0, lk_progress_last(progress, "6.A"));
    }
    put_form_date(work, "date_reouverture", 0, lk_progress_last(progress, "B.1"));
}

/* --- The checklist: forms. ---------------------------------------------------------
 */

/* What the copies of one form come to. */
typedef struct {
    int n;
    bool complete, signed_all, asks_signature;
    const LkFiledCopy *last;
} Summary;

static Summary
sum_up(const LkProgress *progress, const char *form)
{
    Summary sum = {.complete = true, .signed_all = true};
    for (guint i = 0; i < progress->copies->len; i++) {
        const LkFiledCopy *copy = g_ptr_array_index(progress->copies, i);
        if (strcmp(copy->form, form) != 0) {
            continue;
        }
        sum.n++;
        sum.complete &= copy->complete;
        sum.signed_all &= copy->n_signed == copy->n_to_sign;
        sum.asks_signature |= copy->n_to_sign > 0;
        sum.last = copy;
    }
    return sum;
}

/* What a person marked on the checklist before stays marked. */
static bool
was_marked(const Work *work, const char *field, int row)
{
    const LkFiledCopy *before = lk_progress_last(work->progress, "LV");
    bool same_rows = before != NULL && strcmp(before->layout, work->layout->id) == 0;
    return same_rows && lk_filed_answer(before, field, row) != NULL;
}

static void
put_form(const Work *work, const char *form, int row)
{
    Summary sum = sum_up(work->progress, form);
    bool all_signed = sum.complete && sum.asks_signature && sum.signed_all;
    if (sum.n == 0) {
        bool needless = was_marked(work, "formulaires.so", row);
        put(work, "formulaires.so", row, needless ? "oui" : NULL);
        return;
    }
    g_autofree char *count = g_strdup_printf("%d", sum.n);
    put(work, "formulaires.present", row, "oui");
    put(work, "formulaires.scanne", row, sum.complete ? "oui" : NULL);
    put(work, "formulaires.signe", row,
        all_signed || was_marked(work, "formulaires.signe", row) ? "oui" : NULL);
    put(work, "formulaires.nombre", row, count);
    put_form_date(work, "formulaires.date", row, sum.last);
}

static void
put_forms(const Work *work)
{
    const GPtrArray *labels = row_labels(work, "formulaires");
    for (guint i = 0; labels != NULL && i < labels->len; i++) {
        const char *label = g_ptr_array_index(labels, i);
        if (phase_of(label) != NULL && strlen(label) > 4 && label[3] == ' ') {
            const char form[4] = {label[0], label[1], label[2], '\0'};
            put_form(work, form, (int)i + 1);
        }
    }
}

/* --- The checklist: delays. --------------------------------------------------------
 */

static const char *
judge(const LkStepState *step, const GDate *today)
{
    bool waits_for_date = step->is_filed && !step->has_done;
    if (step->is_needless && !step->is_filed) {
        return "so";
    }
    if (!step->has_due || waits_for_date) {
        return NULL;
    }
    const GDate *day = step->has_done ? &step->judged : today;
    if (g_date_compare(day, &step->due) > 0) {
        return "non";
    }
    return step->has_done ? "oui" : NULL; /* there is time yet */
}

static void
put_delays(const Work *work)
{
    static const char *const words[LK_N_STEPS] = {
        [LK_STEP_FIRST] = "Évaluation initiale",
        [LK_STEP_ASSESSMENT] = "Évaluation approfondie",
        [LK_STEP_PLAN] = "Plan",
        [LK_STEP_FOLLOW_UP] = "Suivi",
        [LK_STEP_REVIEW] = "Réexamen",
        [LK_STEP_VISIT] = "Visite après",
    };
    const GPtrArray *labels = row_labels(work, "delais");
    for (guint i = 0; labels != NULL && i < labels->len; i++) {
        for (int s = 0; s < LK_N_STEPS; s++) {
            const LkStepState *step = &work->progress->steps[s];
            bool rhythm = s == LK_STEP_FOLLOW_UP || s == LK_STEP_REVIEW;
            bool over = work->progress->is_closed && rhythm;
            if (!g_str_has_prefix(g_ptr_array_index(labels, i), words[s])) {
                continue;
            }
            put(work, "delais.tenu", (int)i + 1,
                over ? NULL : judge(step, work->today));
            if (step->has_done) {
                put_date(work, "delais.date", (int)i + 1, &step->done);
            }
        }
    }
}

/* --- The checklist: what is left to do. --------------------------------------------
 */

static char *
date_text(const GDate *date)
{
    return g_strdup_printf("%02d/%02d/%04d", g_date_get_day(date),
                           g_date_get_month(date), g_date_get_year(date));
}

static const char *
level_text(const char *level)
{
    static const char *const texts[][2] = {
        {"eleve", "élevé"}, {"moyen", "moyen"}, {"faible", "faible"}, {"nul", "nul"}};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (strcmp(texts[i][0], level) == 0) {
            return texts[i][1];
        }
    }
    return level;
}

/* "5.A", or "5.A (2)" if it is not the first. */
static char *
copy_text(const char *form, int number)
{
    return number > 1 ? g_strdup_printf("%s" NBSP "(%d)", form, number)
                      : g_strdup(form);
}

static void
append_part(GString *line, const char *first, const char *part)
{
    g_string_append_printf(line, "%s%s", line->len > 0 ? SEMICOLON : first, part);
}

#define HISTORY_MAX 3 /* changes of level that fit on a line */

static void
add_risk(const Work *work, GPtrArray *lines)
{
    const GArray *risks = work->progress->risks;
    g_autoptr(GString) history = g_string_new(NULL);
    for (guint i = risks->len > HISTORY_MAX ? risks->len - HISTORY_MAX : 0;
         i < risks->len; i++) {
        const LkRiskChange *change = &g_array_index(risks, LkRiskChange, i);
        const LkFiledCopy *copy = change->copy;
        g_autofree char *form = copy_text(copy->form, copy->number);
        g_autofree char *date = copy->has_date ? date_text(&copy->date) : NULL;
        g_string_append_printf(history, "%s%s (%s%s%s)", history->len > 0 ? ", " : "",
                               level_text(change->level), form,
                               date != NULL ? " le " : "", date != NULL ? date : "");
    }
    g_ptr_array_add(lines,
                    g_strdup_printf("Risque" COLON "%s.",
                                    history->len > 0 ? history->str : "non connu"));
}

static void
append_missing(GString *line, const char *form, const LkFileCopy *copy)
{
    g_autoptr(GString) pages = g_string_new(NULL);
    for (int page = 1; page <= copy->n_pages; page++) {
        if ((copy->present >> (page - 1) & 1u) == 0) {
            g_string_append_printf(pages, "%s%d", pages->len > 0 ? ", " : "", page);
        }
    }
    if (copy->present != 0 && pages->len > 0) {
        g_autofree char *which = copy_text(form, copy->number);
        g_autofree char *part = g_strdup_printf("%s p." NBSP "%s", which, pages->str);
        append_part(line, "pages manquantes" COLON, part);
    }
}

static void
add_missing(const Work *work, GPtrArray *lines)
{
    g_autoptr(GString) line = g_string_new(NULL);
    const GPtrArray *forms = work->progress->file->forms;
    for (guint i = 0; i < forms->len; i++) {
        const LkFileForm *form = g_ptr_array_index(forms, i);
        for (guint c = 0; !lk_is_file_tool(form->form) && c < form->copies->len; c++) {
            append_missing(line, form->form,
                           &g_array_index(form->copies, LkFileCopy, c));
        }
    }
    g_autofree char *today = date_text(work->today);
    g_ptr_array_add(lines, g_strdup_printf("Au %s, %s.", today,
                                           line->len > 0 ? line->str
                                                         : "aucune page ne manque aux "
                                                           "formulaires reçus"));
}

typedef enum { TO_REVIEW, TO_TYPE, EMPTY, N_WAITS } Wait;

static Wait
kind_of(const LkFileWait *wait)
{
    return wait->kind == LK_WAIT_REQUIRED ? EMPTY
           : wait->kind == LK_WAIT_TYPE   ? TO_TYPE
                                          : TO_REVIEW;
}

/* "1.B 3, 5.A (2) 1": how many fields on which form; waits stand form by form. */
static char *
count_waits(const GPtrArray *waits, Wait kind)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const LkFileWait *before = NULL;
    int n = 0;
    for (guint i = 0; i <= waits->len; i++) {
        const LkFileWait *wait = i < waits->len ? g_ptr_array_index(waits, i) : NULL;
        if (wait != NULL && (kind_of(wait) != kind || lk_is_file_tool(wait->form))) {
            continue; /* the checklist before this one is not to be repaired */
        }
        bool same = wait != NULL && before != NULL &&
                    strcmp(wait->copy, before->copy) == 0 &&
                    strcmp(wait->form, before->form) == 0;
        if (!same && before != NULL) {
            g_autofree char *form = copy_text(before->form, before->number);
            g_string_append_printf(text, "%s%s" NBSP "%d", text->len > 0 ? ", " : "",
                                   form, n);
        }
        n = same ? n + 1 : 1;
        before = wait;
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void
add_waits(const Work *work, GPtrArray *lines)
{
    static const char *const heads[N_WAITS] = {"à relire", "à saisir",
                                               "obligatoires et vides"};
    g_autoptr(GString) line = g_string_new(NULL);
    for (int kind = 0; kind < N_WAITS; kind++) {
        g_autofree char *counts = count_waits(work->progress->file->waits, kind);
        if (*counts != '\0') {
            g_autofree char *part =
                g_strdup_printf("%s" COLON "%s", heads[kind], counts);
            append_part(line, "Champs ", part);
        }
    }
    g_ptr_array_add(lines, g_strdup(line->len > 0 ? line->str
                                                  : "Rien n’attend d’être relu ni "
                                                    "saisi."));
}

/* What comes next, in the order of the procedure. */
static const struct {
    LkStep step;
    const char *words;
} steps_text[] = {
    {LK_STEP_FIRST, "1.C Évaluation initiale"},
    {LK_STEP_ASSESSMENT, "2.A Évaluation approfondie"},
    {LK_STEP_PLAN, "3.A Plan d’action individuel"},
    {LK_STEP_FOLLOW_UP, "5.A Suivi"},
    {LK_STEP_REVIEW, "5.B Réexamen"},
    {LK_STEP_VISIT, "5.A Visite après clôture"},
};

static char *
step_line(const Work *work, const LkStepState *step, const char *words)
{
    if (!step->has_due) {
        return g_strdup_printf("À faire" COLON "%s.", words);
    }
    g_autofree char *due = date_text(&step->due);
    int late = g_date_days_between(&step->due, work->today);
    g_autofree char *delay =
        late > 0 ? g_strdup_printf(" (%d jour%s de retard)", late, late > 1 ? "s" : "")
                 : g_strdup("");
    return g_strdup_printf("À faire" COLON "%s, au plus tard le %s%s.", words, due,
                           delay);
}

static bool
is_open_step(const LkProgress *progress, LkStep which)
{
    const LkStepState *step = &progress->steps[which];
    if (which == LK_STEP_VISIT) {
        return progress->is_closed && !step->has_done;
    }
    if (progress->is_closed || step->is_needless) {
        return false;
    }
    bool rhythm = which == LK_STEP_FOLLOW_UP || which == LK_STEP_REVIEW;
    return rhythm ? step->has_due : !step->is_filed;
}

static void
add_next(const Work *work, GPtrArray *lines)
{
    const LkProgress *progress = work->progress;
    bool consent = lk_progress_last(progress, "1.A") != NULL;
    bool opened = lk_progress_last(progress, "1.B") != NULL;
    if (!consent || !opened) {
        g_ptr_array_add(lines, g_strdup_printf("À faire" COLON "%s%s%s.",
                                               consent ? "" : "1.A Accord au partage",
                                               consent || opened ? "" : ", ",
                                               opened ? "" : "1.B Enregistrement"));
    }
    bool none = progress->level != NULL && strcmp(progress->level, "nul") == 0;
    if (none && !progress->is_closed) {
        g_ptr_array_add(lines, g_strdup("Risque nul" COLON
                                        "aucune mesure requise, clôture (6.A) "
                                        "recommandée ou suivi communautaire."));
    }
    bool later = false; /* what rests on a step that is not done can wait */
    for (size_t i = 0; i < G_N_ELEMENTS(steps_text) && !later; i++) {
        LkStep which = steps_text[i].step;
        const LkStepState *step = &progress->steps[which];
        if (is_open_step(progress, which)) {
            g_ptr_array_add(lines, step_line(work, step, steps_text[i].words));
            later = which < LK_STEP_FOLLOW_UP;
        }
    }
}

static void
put_to_do(const Work *work)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    bool is_child = work->progress->file->is_child;
    add_missing(work, lines);
    if (is_child) {
        add_risk(work, lines);
    }
    add_waits(work, lines);
    if (is_child) {
        add_next(work, lines);
    }
    g_ptr_array_add(lines, NULL);
    g_autofree char *text = g_strjoinv("\n", (char **)lines->pdata);
    put(work, "a_faire", 0, text);
}

static void
fill_checklist(const Work *work)
{
    put_common(work);
    put(work, "niveau_risque", 0, work->progress->level);
    put_step(work);
    put_forms(work);
    put_delays(work);
    put_to_do(work);
}

LkPrefill *
lk_case_prefill(LkStore *store, LkShelf *shelf, const LkCaseCode *code,
                const LkForm *form, const LkLayout *layout, const GDate *today,
                GError **error)
{
    g_return_val_if_fail(form != NULL && layout != NULL && today != NULL, NULL);
    g_autoptr(LkProgress) progress = lk_progress_load(store, shelf, code, today, error);
    if (progress == NULL) {
        return NULL;
    }
    Work work = {progress, form, layout, today, lk_prefill_new()};
    if (strcmp(form->code, "PC") == 0) {
        fill_cover(&work);
    } else {
        fill_checklist(&work);
    }
    return work.to;
}
