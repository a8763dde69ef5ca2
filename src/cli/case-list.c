/* case-list.c - lakana case list, and what it says of a file like `case show`. */
#include "cli/case.h"

#include "casework/casework.h"
#include "cli/json.h"

#include <stdio.h>

/* --- Text for people. ---------------------------------------------------------------
 */

char *
lk_case_time_text(const char *utc)
{
    g_autoptr(GDateTime) at = g_date_time_new_from_iso8601(utc, NULL);
    g_autoptr(GDateTime) local = at != NULL ? g_date_time_to_local(at) : NULL;
    return local != NULL ? g_date_time_format(local, "%d/%m/%Y %H:%M") : g_strdup(utc);
}

const char *
lk_case_kind_text(LkWaitKind kind)
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

void
lk_case_json(JsonBuilder *builder, const LkStoreCase *entry)
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

LkExit
lk_case_refuse(const GError *error)
{
    (void)lk_cli_fail(error);
    bool refused = error->domain == LK_CASE_ERROR ||
                   g_error_matches(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN) ||
                   g_error_matches(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED) ||
                   g_error_matches(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED) ||
                   g_error_matches(error, LK_STORE_ERROR, LK_STORE_ERROR_PERSONAL);
    return refused ? LK_EXIT_ATTENTION : LK_EXIT_FAILED;
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
        lk_case_json(builder, entry);
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
        row[6] = lk_case_time_text(entry->activity);
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
    printf("  %s\n", lk_case_kind_text(wait->kind));
    return true;
}

LkExit
lk_case_list(LkStore *store, bool json)
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
