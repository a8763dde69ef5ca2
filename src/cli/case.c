/* case.c - lakana case list|show|decide|cover|checklist */
#include "casework/casework.h"
#include "cli/json.h"
#include "cli/session.h"
#include "pipeline/pipeline.h"

#include <stdio.h>
#include <string.h>

/* --- Text for people. ---------------------------------------------------------------
 */

/* 2026-11-23T19:09:00Z, in the time of this machine: "2026-11-23 19:09". */
static char *
time_text(const char *utc)
{
    g_autoptr(GDateTime) at = g_date_time_new_from_iso8601(utc, NULL);
    g_autoptr(GDateTime) local = at != NULL ? g_date_time_to_local(at) : NULL;
    return local != NULL ? g_date_time_format(local, "%d/%m/%Y %H:%M") : g_strdup(utc);
}

static const char *
kind_text(LkWaitKind kind)
{
    switch (kind) {
    case LK_WAIT_REQUIRED:
        return _("empty, but required");
    case LK_WAIT_IDENTITY:
        return _("is this page really of this file? to be confirmed");
    case LK_WAIT_NO_CASE:
        return _("blank copy without a case code");
    case LK_WAIT_CONFLICT:
        return _("the same page was filed before with other ink");
    case LK_WAIT_REFUSED:
        return _("the boxes could not be read");
    case LK_WAIT_MARK:
        return _("unclear marks");
    case LK_WAIT_TYPE:
        return _("to be typed");
    case LK_WAIT_CONTRADICTION:
        return _("another form of the file says otherwise");
    }
    return "";
}

/* --- JSON. --------------------------------------------------------------------------
 */

static void
add_entry(JsonBuilder *builder, const LkStoreCase *entry)
{
    g_autofree char *code = lk_case_code_format(&entry->code);
    lk_cli_json_text(builder, "case", code);
    lk_cli_json_text(builder, "origin",
                     entry->origin == LK_ORIGIN_ISSUED ? "issued" : "received");
    lk_cli_json_text(builder, "created", entry->created);
    lk_cli_json_text(builder, "activity", entry->activity);
    lk_cli_json_number(builder, "pages", entry->n_pages);
    lk_cli_json_number(builder, "review", entry->n_review);
    lk_cli_json_number(builder, "to_type", entry->n_to_type);
    lk_cli_json_number(builder, "alerts", entry->n_alerts);
}

/* --- list. --------------------------------------------------------------------------
 */

static void
list_json(const GPtrArray *cases)
{
    for (guint i = 0; i < cases->len; i++) {
        const LkStoreCase *entry = g_ptr_array_index(cases, i);
        g_autoptr(JsonBuilder) builder = json_builder_new();
        json_builder_begin_object(builder);
        add_entry(builder, entry);
        json_builder_set_member_name(builder, "forms");
        json_builder_begin_array(builder);
        g_auto(GStrv) forms = g_strsplit(entry->forms, ",", -1);
        for (char **form = forms; *form != NULL; form++) {
            json_builder_add_string_value(builder, *form);
        }
        json_builder_end_array(builder);
        json_builder_end_object(builder);
        lk_cli_json_line(builder);
    }
}

#define N_COLUMNS 7

static void
print_table(GPtrArray *rows)
{
    int widths[N_COLUMNS] = {0};
    for (guint i = 0; i < rows->len; i++) {
        char **cells = g_ptr_array_index(rows, i);
        for (int c = 0; c < N_COLUMNS; c++) {
            widths[c] = MAX(widths[c], lk_cli_width(cells[c]));
        }
    }
    for (guint i = 0; i < rows->len; i++) {
        char **cells = g_ptr_array_index(rows, i);
        for (int c = 0; c + 1 < N_COLUMNS; c++) {
            lk_cli_pad(stdout, cells[c], widths[c] + 2);
        }
        puts(cells[N_COLUMNS - 1]);
    }
}

static char *
count_text(int n)
{
    return n != 0 ? g_strdup_printf("%d", n) : g_strdup("-");
}

static void
list_table(const GPtrArray *cases)
{
    g_autoptr(GPtrArray) rows =
        g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    char **head = g_new0(char *, N_COLUMNS + 1);
    static const char *const titles[N_COLUMNS] = {
        N_("Case file"), N_("Pages"), N_("To review"),    N_("To type"),
        N_("Alerts"),    N_("Forms"), N_("Last activity")};
    for (int c = 0; c < N_COLUMNS; c++) {
        head[c] = g_strdup(_(titles[c]));
    }
    g_ptr_array_add(rows, head);
    for (guint i = 0; i < cases->len; i++) {
        const LkStoreCase *entry = g_ptr_array_index(cases, i);
        char **row = g_new0(char *, N_COLUMNS + 1);
        row[0] = lk_case_code_format(&entry->code);
        row[1] = count_text(entry->n_pages);
        row[2] = count_text(entry->n_review);
        row[3] = count_text(entry->n_to_type);
        row[4] = count_text(entry->n_alerts);
        g_auto(GStrv) forms = g_strsplit(entry->forms, ",", -1);
        row[5] = *forms != NULL ? g_strjoinv(" ", forms) : g_strdup("-");
        row[6] = time_text(entry->activity);
        g_ptr_array_add(rows, row);
    }
    print_table(rows);
}

/* Pages that no file has: they must not be forgotten because no file shows them. */
static bool
list_homeless(const LkStoreWait *wait, void *data)
{
    int *n = data;
    if (wait->code.text[0] != '\0' || wait->form[0] == '\0') {
        return true;
    }
    if ((*n)++ == 0) {
        printf("\n%s\n", _("Pages without a case file"));
    }
    printf("  %-3s  %s  ", wait->form, wait->copy);
    printf(_("p. %d"), wait->page_number);
    printf("  %s\n", kind_text(wait->kind));
    return true;
}

static LkExit
case_list(LkStore *store, bool json)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) cases = lk_store_list_cases(store, NULL, &error);
    if (cases == NULL) {
        return lk_cli_fail(error);
    }
    if (json) {
        list_json(cases);
    } else if (cases->len == 0) {
        fprintf(stderr, "%s\n",
                _("There is no case file yet: `lakana print --cases N` opens some."));
    } else {
        list_table(cases);
    }
    int homeless = 0;
    if (!json && !lk_store_each_wait(store, NULL, list_homeless, &homeless, &error)) {
        return lk_cli_fail(error);
    }
    return LK_EXIT_DONE;
}

/* --- show. --------------------------------------------------------------------------
 */

static void
add_pages(JsonBuilder *builder, const char *name, const LkFileCopy *copy, bool present)
{
    json_builder_set_member_name(builder, name);
    json_builder_begin_array(builder);
    for (int page = 1; page <= copy->n_pages; page++) {
        if (((copy->present >> (page - 1)) & 1u) == present) {
            json_builder_add_int_value(builder, page);
        }
    }
    json_builder_end_array(builder);
}

static void
add_forms(JsonBuilder *builder, const LkCaseFile *file)
{
    json_builder_set_member_name(builder, "forms");
    json_builder_begin_array(builder);
    for (guint i = 0; i < file->forms->len; i++) {
        const LkFileForm *form = g_ptr_array_index(file->forms, i);
        for (guint c = 0; c < form->copies->len; c++) {
            const LkFileCopy *copy = &g_array_index(form->copies, LkFileCopy, c);
            json_builder_begin_object(builder);
            lk_cli_json_text(builder, "form", form->form);
            lk_cli_json_text(builder, "title", form->title);
            lk_cli_json_text(builder, "copy", copy->copy);
            lk_cli_json_number(builder, "number", copy->number);
            lk_cli_json_text(builder, "layout", copy->layout);
            add_pages(builder, "present", copy, true);
            add_pages(builder, "missing", copy, false);
            json_builder_end_object(builder);
        }
    }
    json_builder_end_array(builder);
}

static void
add_main_values(JsonBuilder *builder, const LkCaseFile *file)
{
    json_builder_set_member_name(builder, "values");
    json_builder_begin_array(builder);
    for (guint i = 0; i < file->main_values->len; i++) {
        const LkMainValue *value = &g_array_index(file->main_values, LkMainValue, i);
        json_builder_begin_object(builder);
        lk_cli_json_text(builder, "name", value->name);
        lk_cli_json_text(builder, "value", value->value);
        lk_cli_json_text(builder, "text", value->text);
        lk_cli_json_text(builder, "form", value->form[0] != '\0' ? value->form : NULL);
        lk_cli_json_text(builder, "status", value->waits ? "review" : "ok");
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void
add_waits(JsonBuilder *builder, const LkCaseFile *file)
{
    json_builder_set_member_name(builder, "waiting");
    json_builder_begin_array(builder);
    for (guint i = 0; i < file->waits->len; i++) {
        const LkFileWait *wait = g_ptr_array_index(file->waits, i);
        json_builder_begin_object(builder);
        lk_cli_json_text(builder, "kind", lk_wait_kind_name(wait->kind));
        lk_cli_json_text(builder, "form", wait->form);
        lk_cli_json_text(builder, "copy", wait->copy);
        lk_cli_json_number(builder, "page", wait->page);
        lk_cli_json_text(builder, "field", wait->field);
        lk_cli_json_number(builder, "row", wait->row);
        lk_cli_json_text(builder, "label", wait->label);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void
print_heading(const char *title, int count)
{
    printf(count > 0 ? "\n%s (%d)\n" : "\n%s\n", title, count);
}

static void
add_one_typed(const LkTyped *typed, void *data)
{
    JsonBuilder *builder = data;
    json_builder_begin_object(builder);
    lk_cli_json_text(builder, "form", typed->form);
    lk_cli_json_text(builder, "copy", typed->copy);
    lk_cli_json_number(builder, "page", typed->page_number);
    lk_cli_json_text(builder, "field", typed->field);
    lk_cli_json_number(builder, "row", typed->row);
    lk_cli_json_text(builder, "value", typed->value);
    json_builder_end_object(builder);
}

/* @session: (nullable): of who may see what is sealed. */
static bool
show_json(const LkCaseFile *file, LkSession *session, GError **error)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    add_entry(builder, file->entry);
    add_forms(builder, file);
    add_main_values(builder, file);
    add_waits(builder, file);
    if (session != NULL) {
        json_builder_set_member_name(builder, "typed");
        json_builder_begin_array(builder);
        if (!lk_store_each_typed(session, &file->entry->code, add_one_typed, builder,
                                 error)) {
            return false;
        }
        json_builder_end_array(builder);
    }
    json_builder_end_object(builder);
    lk_cli_json_line(builder);
    return true;
}

static void
show_one_typed(const LkTyped *typed, void *data)
{
    bool *first = data;
    if (*first) {
        print_heading(_("Typed, sealed"), 0);
        *first = false;
    }
    printf("  ");
    lk_cli_pad(stdout, typed->form, 8);
    printf(_("p. %d"), typed->page_number);
    printf("  ");
    if (typed->row > 0) {
        printf(_("%s, row %d"), typed->field, typed->row);
    } else {
        printf("%s", typed->field);
    }
    printf(" = %s\n", typed->value);
}

static void
show_head(const LkStoreCase *entry)
{
    g_autofree char *code = lk_case_code_format(&entry->code);
    g_autofree char *created = time_text(entry->created);
    g_autofree char *activity = time_text(entry->activity);
    printf(_("Case file %s"), code);
    printf("\n  ");
    printf(entry->origin == LK_ORIGIN_ISSUED
               ? _("opened here on %s")
               : _("from another office, first seen on %s"),
           created);
    printf("\n  ");
    printf(_("last activity on %s"), activity);
    puts("");
}

/* "pages 1-4", "page 2 missing", "not come back yet". */
static char *
pages_text(const LkFileCopy *copy)
{
    g_autoptr(GString) missing = g_string_new(NULL);
    unsigned long n = 0;
    for (int page = 1; page <= copy->n_pages; page++) {
        if ((copy->present >> (page - 1) & 1u) == 0) {
            g_string_append_printf(missing, n > 0 ? ", %d" : "%d", page);
            n++;
        }
    }
    if (copy->present == 0) {
        return g_strdup(_("printed, not come back yet"));
    }
    if (n == 0) {
        return g_strdup(_("complete"));
    }
    return g_strdup_printf(ngettext_("page %s is missing", "pages %s are missing", n),
                           missing->str);
}

static void
show_forms(const LkCaseFile *file)
{
    print_heading(_("Forms"), 0);
    int widest = 0;
    for (guint i = 0; i < file->forms->len; i++) {
        const LkFileForm *form = g_ptr_array_index(file->forms, i);
        widest = MAX(widest, lk_cli_width(form->title));
    }
    for (guint i = 0; i < file->forms->len; i++) {
        const LkFileForm *form = g_ptr_array_index(file->forms, i);
        for (guint c = 0; c < form->copies->len; c++) {
            const LkFileCopy *copy = &g_array_index(form->copies, LkFileCopy, c);
            g_autofree char *pages = pages_text(copy);
            printf("  %-3s  ", form->form);
            lk_cli_pad(stdout, form->title, widest);
            printf("  %d  %s  %d/%d  %s\n", copy->number, copy->copy,
                   __builtin_popcount(copy->present), copy->n_pages, pages);
        }
    }
    if (file->forms->len == 0) {
        printf("  %s\n", _("none yet"));
    }
}

/* "5.A (2)": form and, where it repeats, which copy. */
static char *
origin_text(const char *form, int number)
{
    return number > 1 ? g_strdup_printf("%s (%d)", form, number) : g_strdup(form);
}

/* What a child's file does not say yet is told; a file of another kind is not asked. */
static bool
is_shown(const LkCaseFile *file, const LkMainValue *value)
{
    return file->is_child || value->form[0] != '\0';
}

static void
show_main_values(const LkCaseFile *file)
{
    int n = 0;
    int titles = 0;
    int texts = 0;
    for (guint i = 0; i < file->main_values->len; i++) {
        const LkMainValue *value = &g_array_index(file->main_values, LkMainValue, i);
        const char *text = value->waits          ? _("waits for a person")
                           : value->text != NULL ? value->text
                                                 : "-";
        if (!is_shown(file, value)) {
            continue;
        }
        n++;
        titles = MAX(titles, lk_cli_width(_(value->title)));
        texts = MAX(texts, lk_cli_width(text));
    }
    if (n > 0) {
        print_heading(_("Main values"), 0);
    }
    for (guint i = 0; i < file->main_values->len; i++) {
        const LkMainValue *value = &g_array_index(file->main_values, LkMainValue, i);
        if (!is_shown(file, value)) {
            continue;
        }
        printf("  ");
        lk_cli_pad(stdout, _(value->title), titles + 2);
        if (value->form[0] == '\0') {
            puts("-");
            continue;
        }
        g_autofree char *origin = origin_text(value->form, value->number);
        lk_cli_pad(stdout,
                   value->waits          ? _("waits for a person")
                   : value->text != NULL ? value->text
                                         : "-",
                   texts + 2);
        puts(origin);
    }
}

static bool
is_group(const LkFileWait *wait, int group)
{
    int of = wait->kind == LK_WAIT_TYPE ? 1 : wait->kind == LK_WAIT_REQUIRED ? 2 : 0;
    return of == group;
}

static void
show_wait(const LkFileWait *wait)
{
    g_autofree char *origin = origin_text(wait->form, wait->number);
    printf("  ");
    lk_cli_pad(stdout, origin, 8);
    printf(_("p. %d"), wait->page);
    printf("  ");
    if (wait->label != NULL) {
        printf("%s", wait->label);
        if (wait->row > 0) {
            printf(_(", row %d"), wait->row);
        }
        printf(" [%s]", wait->field);
    }
    if (wait->value != NULL) {
        printf(" = %s", wait->value);
    }
    if (wait->kind != LK_WAIT_TYPE && wait->kind != LK_WAIT_REQUIRED) {
        printf(wait->label != NULL ? _(": %s") : "%s", kind_text(wait->kind));
    }
    puts("");
}

static void
show_waits(const LkCaseFile *file)
{
    static const char *const titles[] = {N_("To review"), N_("To type"),
                                         N_("Alerts: required and empty")};
    for (int group = 0; group < (int)G_N_ELEMENTS(titles); group++) {
        int n = 0;
        for (guint i = 0; i < file->waits->len; i++) {
            n += is_group(g_ptr_array_index(file->waits, i), group) ? 1 : 0;
        }
        if (n == 0) {
            continue;
        }
        print_heading(_(titles[group]), n);
        for (guint i = 0; i < file->waits->len; i++) {
            const LkFileWait *wait = g_ptr_array_index(file->waits, i);
            if (is_group(wait, group)) {
                show_wait(wait);
            }
        }
    }
    if (file->waits->len == 0) {
        printf("\n%s\n", _("Nothing waits for a person."));
    }
}

/* A code this office does not have, a value that cannot be: refused, not broken. */
static LkExit
refuse(const GError *error)
{
    (void)lk_cli_fail(error);
    bool refused = error->domain == LK_CASE_ERROR ||
                   g_error_matches(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN) ||
                   g_error_matches(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED) ||
                   g_error_matches(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED) ||
                   g_error_matches(error, LK_STORE_ERROR, LK_STORE_ERROR_PERSONAL);
    return refused ? LK_EXIT_ATTENTION : LK_EXIT_FAILED;
}

/* @login: (nullable): who may see what is sealed, and wants to. */
static LkExit
case_show(LkStore *store, const LkCaseCode *code, const char *login, bool json)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) session =
        login != NULL ? lk_cli_session(store, login, &error) : NULL;
    if (error != NULL) {
        return refuse(error);
    }
    g_autoptr(LkShelf) shelf = lk_shelf_new(store);
    g_autoptr(LkCaseFile) file = lk_case_file_load(store, shelf, code, &error);
    if (file == NULL) {
        return refuse(error);
    }
    if (json) {
        return show_json(file, session, &error) ? LK_EXIT_DONE : refuse(error);
    }
    show_head(file->entry);
    show_forms(file);
    show_main_values(file);
    show_waits(file);
    bool first = true;
    return session == NULL ||
                   lk_store_each_typed(session, code, show_one_typed, &first, &error)
               ? LK_EXIT_DONE
               : refuse(error);
}

/* --- decide. ------------------------------------------------------------------------
 */

typedef struct {
    char *form, *copy, *field, *value, *from, *why, *who;
    char *login;             /* of show: what is sealed as well */
    char *output, *manifest; /* of cover and checklist */
    int row;
} Settled;

static void
settled_clear(Settled *settled)
{
    g_free(settled->form);
    g_free(settled->copy);
    g_free(settled->field);
    lk_wipe(settled->value);
    g_free(settled->from);
    g_free(settled->login);
    g_free(settled->why);
    g_free(settled->who);
    g_free(settled->output);
    g_free(settled->manifest);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Settled, settled_clear)

/* The value as it stands in --from, without the end of its last line. */
static bool
take_value(Settled *settled, GError **error)
{
    size_t size = 0;
    char *text = lk_cli_read_private(settled->from, &size, error);
    if (text == NULL) {
        return false;
    }
    while (size > 0 && (text[size - 1] == '\n' || text[size - 1] == '\r')) {
        text[--size] = '\0';
    }
    lk_wipe(settled->value);
    settled->value = text;
    return true;
}

static LkExit
case_decide(LkStore *store, const LkCaseCode *code, Settled *settled)
{
    g_autoptr(GError) error = NULL;
    if (settled->from != NULL && !take_value(settled, &error)) {
        return refuse(error);
    }
    if (settled->form == NULL || settled->field == NULL || settled->value == NULL) {
        return lk_cli_usage(_("decide needs --form, --field and --value: lakana case "
                              "decide CODE --form 1.B --field sexe --value F"));
    }
    LkAnswer answer = {.code = *code,
                       .form = settled->form,
                       .copy = settled->copy,
                       .field = settled->field,
                       .row = settled->row,
                       .value = settled->value,
                       .who = settled->who != NULL ? settled->who : g_get_user_name(),
                       .why = settled->why,
                       .private = settled->from != NULL};
    g_autoptr(LkShelf) shelf = lk_shelf_new(store);
    if (!lk_case_answer(store, shelf, &answer, &error)) {
        return refuse(error);
    }
    fprintf(stderr, _("Noted: %s %s. What the paper said is kept beside it.\n"),
            settled->form, settled->field);
    return LK_EXIT_DONE;
}

/* --- cover, checklist. --------------------------------------------------------------
 */

static bool
print_prefilled(LkStore *store, const LkCaseCode *code, const char *form,
                const Settled *settled, GError **error)
{
    g_autoptr(LkStationery) stationery = lk_stationery_load(error);
    const LkLayout *layout =
        stationery != NULL ? lk_stationery_layout(stationery, form, error) : NULL;
    if (layout == NULL) {
        return false;
    }
    g_autoptr(LkShelf) shelf = lk_shelf_new(store);
    GDate today;
    g_date_clear(&today, 1);
    g_date_set_time_t(&today, time(NULL));
    g_autoptr(LkPrefill) prefill =
        lk_case_prefill(store, shelf, code, lk_stationery_form(stationery, form),
                        layout, &today, error);
    if (prefill == NULL) {
        return false;
    }
    const char *const forms[] = {form, NULL};
    LkIssueOrder order = {.existing = code,
                          .n_existing = 1,
                          .forms = forms,
                          .prefill = prefill,
                          .output = settled->output,
                          .manifest = settled->manifest};
    g_auto(LkIssued) issued = {0};
    if (!lk_issue(store, stationery, &order, &issued, error)) {
        return false;
    }
    fprintf(stderr,
            ngettext_("%s, %d page: %s\n", "%s, %d pages: %s\n",
                      (unsigned long)issued.n_pages),
            layout->title, issued.n_pages, settled->output);
    return true;
}

static LkExit
case_print(LkStore *store, const LkCaseCode *code, const char *form,
           const Settled *settled)
{
    if (settled->output == NULL) {
        return lk_cli_usage(_("say where to write the PDF: -o OUT.pdf"));
    }
    g_autoptr(GError) error = NULL;
    return print_prefilled(store, code, form, settled, &error) ? LK_EXIT_DONE
                                                               : refuse(error);
}

/* --- The command. -------------------------------------------------------------------
 */

static LkExit
with_code(LkStore *store, char **argv, Settled *settled, bool json)
{
    g_autoptr(GError) error = NULL;
    LkCaseCode code;
    if (!lk_case_code_parse(argv[2], &code, &error)) {
        return lk_cli_usage(_("%s: %s"), argv[2], error->message);
    }
    if (strcmp(argv[1], "cover") == 0) {
        return case_print(store, &code, "PC", settled);
    }
    if (strcmp(argv[1], "checklist") == 0) {
        return case_print(store, &code, "LV", settled);
    }
    return strcmp(argv[1], "show") == 0 ? case_show(store, &code, settled->login, json)
                                        : case_decide(store, &code, settled);
}

static bool
is_command(int argc, char **argv)
{
    if (argc == 2) {
        return strcmp(argv[1], "list") == 0;
    }
    static const char *const with_codes[] = {"show", "decide", "cover", "checklist",
                                             NULL};
    return argc == 3 && g_strv_contains(with_codes, argv[1]);
}

LkExit
lk_cmd_case(const LkCli *cli, int argc, char **argv)
{
    if (argc > 1 && (strcmp(argv[1], "take") == 0 || strcmp(argv[1], "give") == 0)) {
        return lk_cmd_case_hand(cli, argc, argv);
    }
    if (argc > 1 && (strcmp(argv[1], "send") == 0 || strcmp(argv[1], "receive") == 0)) {
        return lk_cmd_case_courier(cli, argc, argv);
    }
    gboolean json = FALSE;
    g_auto(Settled) settled = {0};
    const GOptionEntry entries[] = {
        {"json", 'j', 0, G_OPTION_ARG_NONE, &json, N_("JSON, one object a line"), NULL},
        {"as", 'a', 0, G_OPTION_ARG_STRING, &settled.login,
         N_("show: also what was typed and sealed, as LOGIN"), N_("LOGIN")},
        {"form", 'f', 0, G_OPTION_ARG_STRING, &settled.form,
         N_("decide: the form, such as 1.B"), N_("FORM")},
        {"copy", 'c', 0, G_OPTION_ARG_STRING, &settled.copy,
         N_("decide: the copy, if the file has several: serial or number"), N_("COPY")},
        {"field", 'F', 0, G_OPTION_ARG_STRING, &settled.field,
         N_("decide: the field, by its name in brackets in `case show`"), N_("FIELD")},
        {"row", 'r', 0, G_OPTION_ARG_INT, &settled.row,
         N_("decide: the row of the table, from 1"), "N"},
        {"value", 'v', 0, G_OPTION_ARG_STRING, &settled.value,
         N_("decide: the value; empty if there is nothing"), N_("VALUE")},
        {"from", 0, 0, G_OPTION_ARG_FILENAME, &settled.from,
         N_("decide: the value stands in this file, - for standard input: for what may "
            "name somebody, which is sealed"),
         N_("FILE")},
        {"why", 'y', 0, G_OPTION_ARG_STRING, &settled.why,
         N_("decide: the reason; never write a name"), N_("TEXT")},
        {"who", 'w', 0, G_OPTION_ARG_STRING, &settled.who,
         N_("decide: your staff code (default: your login)"), N_("WHO")},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &settled.output,
         N_("cover, checklist: the PDF to write; an existing one is replaced"),
         N_("OUT.pdf")},
        {"manifest", 'm', 0, G_OPTION_ARG_FILENAME, &settled.manifest,
         N_("cover, checklist: also lists every page in a JSON file"), N_("LIST.json")},
        G_OPTION_ENTRY_NULL,
    };
    if (!lk_cli_parse(
            entries,
            N_("list | show CODE | cover CODE -o OUT.pdf | checklist CODE -o OUT.pdf | "
               "decide CODE --form … --field … --value … | take CODE | give CODE --to "
               "LOGIN | send CODE … | receive FILE"),
            N_("The case files of this office, what one holds, what waits for "
               "a person; settles a field. cover and checklist print the file's forms "
               "PC and LV, marked with what the database knows: complete them by pen "
               "and scan them again. No name is ever printed."),
            &argc, &argv)) {
        return LK_EXIT_USAGE;
    }
    if (!is_command(argc, argv)) {
        return lk_cli_usage(
            _("say what to do: lakana case list, lakana case show CODE, "
              "lakana case cover CODE -o OUT.pdf, lakana case "
              "checklist CODE -o OUT.pdf or lakana case decide CODE "
              "…"));
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStore) store = lk_store_open(cli->office, &error);
    if (store == NULL) {
        return lk_cli_fail(error);
    }
    return argc == 2 ? case_list(store, json) : with_code(store, argv, &settled, json);
}
