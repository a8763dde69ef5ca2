/* case-show.c - lakana case show */
#include "cli/case.h"

#include "casework/casework.h"
#include "cli/json.h"
#include "cli/session.h"

#include <stdio.h>

/* --- JSON. --------------------------------------------------------------------------
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

void
lk_case_heading(const char *title, int count)
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
show_json(LkStore *store, const LkCaseFile *file, LkSession *session, GError **error)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    lk_case_json(builder, file->entry);
    add_forms(builder, file);
    add_main_values(builder, file);
    add_waits(builder, file);
    if (!lk_case_acts_add(store, &file->entry->code, builder, error)) {
        return false;
    }
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
        lk_case_heading(_("Typed, sealed"), 0);
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
    g_autofree char *created = lk_case_time_text(entry->created);
    g_autofree char *activity = lk_case_time_text(entry->activity);
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
    lk_case_heading(_("Forms"), 0);
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
        lk_case_heading(_("Main values"), 0);
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
        printf(wait->label != NULL ? _(": %s") : "%s", lk_case_kind_text(wait->kind));
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
        lk_case_heading(_(titles[group]), n);
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

LkExit
lk_case_show(LkStore *store, const LkCaseCode *code, const char *login, bool json)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) session =
        login != NULL ? lk_cli_session(store, login, &error) : NULL;
    if (error != NULL) {
        return lk_case_refuse(error);
    }
    g_autoptr(LkShelf) shelf = lk_shelf_new(store);
    g_autoptr(LkCaseFile) file = lk_case_file_load(store, shelf, code, &error);
    if (file == NULL) {
        return lk_case_refuse(error);
    }
    if (json) {
        return show_json(store, file, session, &error) ? LK_EXIT_DONE
                                                       : lk_case_refuse(error);
    }
    show_head(file->entry);
    show_forms(file);
    show_main_values(file);
    show_waits(file);
    bool first = true;
    return lk_case_acts_print(store, shelf, code, &error) &&
                   (session == NULL ||
                    lk_store_each_typed(session, code, show_one_typed, &first, &error))
               ? LK_EXIT_DONE
               : lk_case_refuse(error);
}
