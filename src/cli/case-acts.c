/* case-acts.c - what people decided in a case file: who, when, and that the machine had
 * said otherwise. */
#include "cli/case.h"
#include "cli/json.h"

#include <string.h>

static GPtrArray *
load_acts(LkStore *store, const LkCaseCode *code, GError **error)
{
    const LkActQuery query = {.code = code};
    return lk_store_acts(store, &query, error);
}

/* --- For people. --------------------------------------------------------------------
 */

static const char *
act_text(const char *act)
{
    return strcmp(act, "accept") == 0    ? _("page accepted")
           : strcmp(act, "dismiss") == 0 ? _("page dismissed")
                                         : _("page assigned to another place");
}

static void
print_value(const LkAct *act, const LkLayoutField *field)
{
    g_autofree char *text = lk_case_value_text(field, act->value);
    bool sealed = act->personal || (!act->is_box && act->value == NULL);
    printf(" = %s", sealed ? _("(sealed)") : text == NULL ? _("nothing") : text);
}

/* What the paper said to the machine, if that was anything. */
static void
print_was(const LkAct *act, const LkLayoutField *field)
{
    if (act->personal || !act->is_box) {
        return;
    }
    g_autofree char *was = lk_case_value_text(field, act->was);
    const char *said = was != NULL ? was : _("nothing");
    if (!act->was_sure) {
        printf(was != NULL ? _("; the machine was not sure, its guess: %s")
                           : _("; the machine was not sure"),
               said);
    } else if (g_strcmp0(act->was, act->value) != 0) {
        printf(_("; the machine had read: %s"), said);
    }
}

static void
print_act(LkShelf *shelf, const LkAct *act)
{
    const LkLayoutField *field =
        act->field != NULL ? lk_shelf_field(shelf, act->layout, act->field) : NULL;
    g_autofree char *at = lk_case_time_text(act->at);
    printf("  ");
    lk_cli_pad(stdout, act->form, 8);
    printf(_("p. %d"), act->page_number);
    printf("  ");
    if (act->field == NULL) {
        printf("%s", act_text(act->act));
    } else {
        printf("%s", field != NULL ? field->label : act->field);
        if (act->row > 0) {
            printf(_(", row %d"), act->row);
        }
        printf(" [%s]", act->field);
        print_value(act, field);
    }
    printf("\n%10s%s, %s", "", act->who, at);
    if (act->keyed[0] != NULL) { /* the same, or two that did not agree */
        printf(act->keyed[1] == NULL ? _("; typed by %s as well")
                                     : _("; %s and %s had typed it otherwise"),
               act->keyed[0], act->keyed[1]);
    }
    if (act->field != NULL) {
        print_was(act, field);
    }
    puts("");
}

bool
lk_case_acts_print(LkStore *store, LkShelf *shelf, const LkCaseCode *code,
                   GError **error)
{
    g_autoptr(GPtrArray) acts = load_acts(store, code, error);
    int n = 0;
    for (guint i = 0; acts != NULL && i < acts->len; i++) {
        const LkAct *act = g_ptr_array_index(acts, i);
        n += act->stands ? 1 : 0;
    }
    if (n > 0) {
        lk_case_heading(_("Decided by people"), n);
    }
    for (guint i = 0; acts != NULL && i < acts->len; i++) {
        const LkAct *act = g_ptr_array_index(acts, i);
        if (act->stands) {
            print_act(shelf, act);
        }
    }
    return acts != NULL;
}

/* --- For programs. ------------------------------------------------------------------
 */

static void
add_bool(JsonBuilder *json, const char *name, bool value)
{
    json_builder_set_member_name(json, name);
    json_builder_add_boolean_value(json, value);
}

bool
lk_case_acts_add(LkStore *store, const LkCaseCode *code, JsonBuilder *json,
                 GError **error)
{
    g_autoptr(GPtrArray) acts = load_acts(store, code, error);
    json_builder_set_member_name(json, "decisions");
    json_builder_begin_array(json);
    for (guint i = 0; acts != NULL && i < acts->len; i++) {
        const LkAct *act = g_ptr_array_index(acts, i);
        json_builder_begin_object(json);
        lk_cli_json_known(json, "form", act->form);
        lk_cli_json_known(json, "copy", act->copy);
        lk_cli_json_number(json, "page", act->page_number);
        lk_cli_json_known(json, "field", act->field);
        lk_cli_json_number(json, "row", act->row);
        lk_cli_json_known(json, "act",
                          act->act != NULL ? act->act
                          : act->undo      ? "undo"
                                           : "value");
        lk_cli_json_known(json, "value", act->value);
        lk_cli_json_known(json, "was", act->was);
        add_bool(json, "was_sure", act->was_sure);
        add_bool(json, "stands", act->stands);
        lk_cli_json_known(json, "who", act->who);
        lk_cli_json_known(json, "at", act->at);
        json_builder_set_member_name(json, "keyed");
        json_builder_begin_array(json);
        for (int n = 0; n < 2 && act->keyed[n] != NULL; n++) {
            json_builder_add_string_value(json, act->keyed[n]);
        }
        json_builder_end_array(json);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
    return acts != NULL;
}
