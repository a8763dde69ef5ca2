/* file.c - a case file as a person looks at it. */
#include "casework/progress.h"

#include <string.h>

/* --- Life and death. ---------------------------------------------------------------
 */

static void
form_free(gpointer data)
{
    LkFileForm *form = data;
    g_free(form->title);
    g_array_unref(form->copies);
    g_free(form);
}

static void
wait_free(gpointer data)
{
    LkFileWait *wait = data;
    g_free(wait->field);
    g_free(wait->label);
    g_free(wait->value);
    g_free(wait);
}

static void
main_value_clear(gpointer data)
{
    LkMainValue *main_value = data;
    g_free(main_value->value);
    g_free(main_value->text);
}

void
lk_case_file_free(LkCaseFile *file)
{
    if (file != NULL) {
        lk_store_case_free(file->entry);
        g_ptr_array_unref(file->forms);
        g_ptr_array_unref(file->waits);
        g_array_unref(file->main_values);
        g_free(file);
    }
}

static LkCaseFile *
file_new(void)
{
    LkCaseFile *file = g_new0(LkCaseFile, 1);
    file->forms = g_ptr_array_new_with_free_func(form_free);
    file->waits = g_ptr_array_new_with_free_func(wait_free);
    file->main_values = g_array_new(FALSE, TRUE, sizeof(LkMainValue));
    g_array_set_clear_func(file->main_values, main_value_clear);
    return file;
}

/* --- Forms and pages. --------------------------------------------------------------
 */

static LkFileForm *
form_of(LkCaseFile *file, LkShelf *shelf, const char *code, const char *layout_id)
{
    for (guint i = 0; i < file->forms->len; i++) {
        LkFileForm *form = g_ptr_array_index(file->forms, i);
        if (strcmp(form->form, code) == 0) {
            return form;
        }
    }
    const LkLayout *layout = lk_shelf_layout(shelf, layout_id, NULL);
    LkFileForm *form = g_new0(LkFileForm, 1);
    g_strlcpy(form->form, code, sizeof form->form);
    form->title = g_strdup(layout != NULL ? layout->title : "");
    form->copies = g_array_new(FALSE, TRUE, sizeof(LkFileCopy));
    g_ptr_array_add(file->forms, form);
    return form;
}

static LkFileCopy *
copy_of(const LkFileForm *form, const char *serial, bool blank)
{
    for (guint i = 0; i < form->copies->len; i++) {
        LkFileCopy *copy = &g_array_index(form->copies, LkFileCopy, i);
        if (strcmp(copy->copy, serial) == 0 && copy->blank == blank) {
            return copy;
        }
    }
    return NULL;
}

static bool
add_printed(LkStore *store, LkShelf *shelf, LkCaseFile *file, GError **error)
{
    g_autoptr(GArray) copies = lk_store_list_copies(store, &file->entry->code, error);
    for (guint i = 0; copies != NULL && i < copies->len; i++) {
        const LkStoreCopy *printed = &g_array_index(copies, LkStoreCopy, i);
        LkFileForm *form = form_of(file, shelf, printed->form, printed->layout);
        LkFileCopy copy = {.number = printed->number, .n_pages = printed->n_pages};
        g_strlcpy(copy.copy, printed->copy, sizeof copy.copy);
        g_strlcpy(copy.layout, printed->layout, sizeof copy.layout);
        g_array_append_val(form->copies, copy);
    }
    return copies != NULL;
}

/* Blank copies come into a file when their first page is filed: numbered after those
 * that were printed for it. */
static LkFileCopy *
add_blank(LkShelf *shelf, const LkFileForm *form, const LkPageId *id)
{
    const LkLayout *layout = lk_shelf_layout(shelf, id->layout, NULL);
    LkFileCopy copy = {.blank = true,
                       .number = (int)form->copies->len + 1,
                       .n_pages = layout != NULL ? (int)layout->pages->len : 0};
    g_strlcpy(copy.copy, id->copy, sizeof copy.copy);
    g_strlcpy(copy.layout, id->layout, sizeof copy.layout);
    g_array_append_val(form->copies, copy);
    return &g_array_index(form->copies, LkFileCopy, form->copies->len - 1);
}

static bool
add_pages(LkStore *store, LkShelf *shelf, LkCaseFile *file, GError **error)
{
    g_autoptr(GPtrArray) pages = lk_store_case_pages(store, &file->entry->code, error);
    for (guint i = 0; pages != NULL && i < pages->len; i++) {
        const LkPageRecord *page = g_ptr_array_index(pages, i);
        if (!page->holds) {
            continue;
        }
        LkFileForm *form = form_of(file, shelf, page->id.form, page->id.layout);
        bool blank = lk_case_code_is_blank(&page->id.case_code);
        LkFileCopy *copy = copy_of(form, page->id.copy, blank);
        if (copy == NULL) {
            copy = add_blank(shelf, form, &page->id);
        }
        copy->present |= 1u << (page->id.page - 1);
        copy->n_pages = MAX(copy->n_pages, page->id.page);
    }
    return pages != NULL;
}

static int
by_code(gconstpointer a, gconstpointer b)
{
    const LkFileForm *const *left = a;
    const LkFileForm *const *right = b;
    return strcmp((*left)->form, (*right)->form);
}

static int
number_of(const LkCaseFile *file, const char *form, const char *serial)
{
    for (guint i = 0; i < file->forms->len; i++) {
        const LkFileForm *at = g_ptr_array_index(file->forms, i);
        const LkFileCopy *copy =
            strcmp(at->form, form) == 0 ? copy_of(at, serial, false) : NULL;
        if (copy == NULL && strcmp(at->form, form) == 0) {
            copy = copy_of(at, serial, true);
        }
        if (copy != NULL) {
            return copy->number;
        }
    }
    return 1;
}

/* --- Main values. ------------------------------------------------------------------
 */

#define MAX_SOURCES 10

/* In the order in which they are shown. A source is "form field"; later sources are
 * later steps of the procedure. */
static const struct {
    const char *name, *title;
    const char *sources[MAX_SOURCES + 1];
} main_list[] = {
    {"sexe",
     N_("Sex"),
     {"A.1 sexe", "A.3 sexe", "1.E enfant_sexe", "1.C sexe", "1.B sexe"}},
    {"niveau_risque",
     N_("Risk level"),
     {"1.B risque_percu", "1.C niveau_risque", "2.A niveau_risque", "3.A niveau_risque",
      "3.B niveau_risque", "5.A niveau_risque", "5.B niveau_risque",
      "5.C niveau_risque", "6.A niveau_risque"}},
    {"probleme_principal",
     N_("Protection problem"),
     {"1.C probleme_principal", "2.A probleme_principal"}},
    {"date_accord", N_("Consent signed on"), {"1.A date_accord"}},
    {"date_enregistrement", N_("Registered on"), {"1.B date_enregistrement"}},
    {"date_evaluation", N_("First assessed on"), {"1.C date_evaluation"}},
    {"date_suivi", N_("Last follow-up on"), {"5.A date_suivi"}},
    {"date_prochaine", N_("Next follow-up on"), {"5.A date_prochaine"}},
};

/* The best candidate so far for one main value. */
typedef struct {
    bool found;
    int source;
    int number; /* of the copy */
    char *date; /* of the form, or NULL */
} Rank;

typedef struct {
    LkCaseFile *file;
    LkShelf *shelf;
    GHashTable *dates; /* "form copy" -> date of that form, if certain */
    Rank ranks[G_N_ELEMENTS(main_list)];
} Gathering;

static bool
is_source(const char *source, const LkStoreValue *value)
{
    size_t n = strlen(value->form);
    return strncmp(source, value->form, n) == 0 && source[n] == ' ' &&
           strcmp(source + n + 1, value->field) == 0;
}

static bool
gather_date(const LkStoreValue *value, void *data)
{
    Gathering *gathering = data;
    const char *date = lk_form_date_field(value->form);
    if (date != NULL && strcmp(value->field, date) == 0 &&
        value->status == LK_VALUE_OK && value->value != NULL) {
        g_hash_table_insert(gathering->dates,
                            g_strdup_printf("%s %s", value->form, value->copy),
                            g_strdup(value->value));
    }
    return true;
}

static bool
is_later(const Rank *rank, const Rank *best)
{
    int by_date =
        rank->date != NULL && best->date != NULL ? strcmp(rank->date, best->date) : 0;
    if (!best->found || by_date != 0) {
        return !best->found || by_date > 0;
    }
    return rank->source != best->source ? rank->source > best->source
                                        : rank->number > best->number;
}

static void
take(const Gathering *gathering, size_t which, const LkStoreValue *value, int number)
{
    LkMainValue *main_value =
        &g_array_index(gathering->file->main_values, LkMainValue, which);
    main_value_clear(main_value);
    bool certain = value->status == LK_VALUE_OK;
    g_strlcpy(main_value->form, value->form, sizeof main_value->form);
    main_value->number = number;
    main_value->waits = !certain;
    main_value->value = certain ? g_strdup(value->value) : NULL;
    main_value->text = lk_case_value_text(
        lk_shelf_field(gathering->shelf, value->layout, value->field),
        main_value->value);
}

/* An empty field says nothing, so it does not hide what an earlier form said. */
static void
consider(Gathering *gathering, size_t which, int source, const LkStoreValue *value)
{
    if (value->row != 0 || (value->status == LK_VALUE_OK && value->value == NULL)) {
        return;
    }
    g_autofree char *key = g_strdup_printf("%s %s", value->form, value->copy);
    Rank rank = {true, source, number_of(gathering->file, value->form, value->copy),
                 g_hash_table_lookup(gathering->dates, key)};
    if (is_later(&rank, &gathering->ranks[which])) {
        gathering->ranks[which] = rank;
        take(gathering, which, value, rank.number);
    }
}

static bool
gather_value(const LkStoreValue *value, void *data)
{
    for (size_t i = 0; i < G_N_ELEMENTS(main_list); i++) {
        for (int s = 0; main_list[i].sources[s] != NULL; s++) {
            if (is_source(main_list[i].sources[s], value)) {
                consider(data, i, s, value);
            }
        }
    }
    return true;
}

static bool
add_main_values(LkStore *store, LkShelf *shelf, LkCaseFile *file, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(main_list); i++) {
        LkMainValue main_value = {.name = main_list[i].name,
                                  .title = main_list[i].title};
        g_array_append_val(file->main_values, main_value);
    }
    g_autoptr(GHashTable) dates =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    Gathering gathering = {.file = file, .shelf = shelf, .dates = dates};
    const LkCaseCode *code = &file->entry->code;
    return lk_store_each_value(store, code, gather_date, &gathering, error) &&
           lk_store_each_value(store, code, gather_value, &gathering, error);
}

/* --- What waits. -------------------------------------------------------------------
 */

static bool
gather_wait(const LkStoreWait *item, void *data)
{
    Gathering *gathering = data;
    LkFileWait *wait = g_new0(LkFileWait, 1);
    wait->kind = item->kind;
    wait->page = item->page_number;
    wait->row = item->row;
    wait->number = number_of(gathering->file, item->form, item->copy);
    g_strlcpy(wait->form, item->form, sizeof wait->form);
    g_strlcpy(wait->copy, item->copy, sizeof wait->copy);
    if (item->field != NULL) {
        const LkLayoutField *field =
            lk_shelf_field(gathering->shelf, item->layout, item->field);
        wait->field = g_strdup(item->field);
        wait->label = g_strdup(field != NULL ? field->label : item->field);
    }
    g_ptr_array_add(gathering->file->waits, wait);
    return true;
}

static bool
gather_contradiction(const LkStoreValue *value, void *data)
{
    Gathering *gathering = data;
    for (guint i = 0; value->contradiction && i < gathering->file->waits->len; i++) {
        LkFileWait *wait = g_ptr_array_index(gathering->file->waits, i);
        if (wait->kind == LK_WAIT_CONTRADICTION && wait->value == NULL &&
            strcmp(wait->form, value->form) == 0 &&
            strcmp(wait->copy, value->copy) == 0 && wait->page == value->page_number &&
            strcmp(wait->field, value->field) == 0) {
            wait->value = lk_case_value_text(
                lk_shelf_field(gathering->shelf, value->layout, value->field),
                value->value);
        }
    }
    return true;
}

static bool
add_waits(LkStore *store, LkShelf *shelf, LkCaseFile *file, GError **error)
{
    Gathering gathering = {.file = file, .shelf = shelf};
    const LkCaseCode *code = &file->entry->code;
    return lk_store_each_wait(store, code, gather_wait, &gathering, error) &&
           lk_store_each_value(store, code, gather_contradiction, &gathering, error);
}

/* --- Whose file it is. -------------------------------------------------------------
 */

/* Nobody has opened a child's file by these: 1.E is about a child who is not found yet,
 * QA about a structure. */
static bool
is_of_others(const char *form)
{
    return strcmp(form, "1.E") == 0 || strcmp(form, "QA") == 0;
}

/* A file without a form is one that a label has opened for a child. */
static bool
is_child(const LkCaseFile *file)
{
    bool others = false;
    for (guint i = 0; i < file->forms->len; i++) {
        const LkFileForm *form = g_ptr_array_index(file->forms, i);
        if (!is_of_others(form->form) && !lk_is_file_tool(form->form)) {
            return true;
        }
        others |= is_of_others(form->form);
    }
    return !others;
}

static bool
fill(LkStore *store, LkShelf *shelf, LkCaseFile *file, GError **error)
{
    if (!add_printed(store, shelf, file, error) ||
        !add_pages(store, shelf, file, error)) {
        return false;
    }
    g_ptr_array_sort(file->forms, by_code);
    file->is_child = is_child(file);
    return add_main_values(store, shelf, file, error) &&
           add_waits(store, shelf, file, error);
}

LkCaseFile *
lk_case_file_load(LkStore *store, LkShelf *shelf, const LkCaseCode *code,
                  GError **error)
{
    g_autoptr(GPtrArray) entries = lk_store_list_cases(store, code, error);
    if (entries == NULL) {
        return NULL;
    }
    LkCaseFile *file = file_new();
    file->entry = g_ptr_array_steal_index(entries, 0);
    if (!fill(store, shelf, file, error)) {
        g_clear_pointer(&file, lk_case_file_free);
    }
    return file;
}
