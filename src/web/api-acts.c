/* api-acts.c - what people did lately, and taking the last of it back. */
#include "web/api.h"

#include <string.h>

#define RECENT 30
#define UNDO_TRIES 20 /* acts passed over because their page no longer counts */

/* --- Taking back. -------------------------------------------------------------------
 */

static bool
undo_page(const LkRequest *request, const LkAct *act, GError **error)
{
    const LkPageSaid said = {act->page, lk_api_login(request), NULL};
    return lk_store_undo_page(request->web->store, request->visitor->session, &said,
                              error);
}

static bool
undo_field(const LkRequest *request, const LkAct *act, GError **error)
{
    const LkLayoutField *field =
        lk_queue_field(request->web->api->queue, act->layout, act->field, NULL);
    g_auto(LkCheckedValue) nothing = {0};
    if (field == NULL || !lk_case_check(field, "", &nothing, error)) {
        return false;
    }
    LkDecisionAsked asked = {.decision = {.page = act->page,
                                          .field = act->field,
                                          .row = act->row,
                                          .undo = true,
                                          .who = lk_api_login(request)},
                             .sealed = nothing.sealed,
                             .seen = act->id};
    bool done = lk_store_decide_all(request->web->store, &asked, 1, error);
    if (asked.refusal != NULL) {
        g_propagate_error(error, asked.refusal);
    }
    return done && asked.id != 0;
}

/* What lies in no file any more, or was decided again this very moment. */
static bool
is_passed_over(const GError *error)
{
    return error == NULL ||
           g_error_matches(error, LK_STORE_ERROR, LK_STORE_ERROR_FILED) ||
           g_error_matches(error, LK_STORE_ERROR, LK_STORE_ERROR_TAKEN);
}

/* The last act that can be taken back; NULL: there is none, or @error. */
static const LkAct *
undo_last(const LkRequest *request, const GPtrArray *acts, GError **error)
{
    for (guint i = 0; i < acts->len; i++) {
        const LkAct *act = g_ptr_array_index(acts, i);
        g_autoptr(GError) problem = NULL;
        bool done = act->field == NULL ? undo_page(request, act, &problem)
                                       : undo_field(request, act, &problem);
        if (done) {
            return act;
        }
        if (!is_passed_over(problem)) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return NULL;
        }
    }
    return NULL;
}

/* A decision may have been made of what was typed long before: that counts. */
static bool
is_later(const LkKeying *keying, const LkAct *act)
{
    return act == NULL ||
           (act->keying != 0 ? keying->id > act->keying : keying->after >= act->id);
}

/* The same as an act: what @request's person typed last, if it waits for a second and
 * if that was after @act, and is taken back now. NULL: there is none, or @error. */
static LkAct *
undo_keying(const LkRequest *request, const LkAct *act, GError **error)
{
    LkStore *store = request->web->store;
    GError *problem = NULL;
    g_autoptr(LkKeying) keying = lk_keying_last(store, lk_api_login(request), &problem);
    if (keying == NULL || !is_later(keying, act) ||
        !lk_keying_undo(store, keying, &problem)) {
        if (problem != NULL && !is_passed_over(problem)) {
            g_propagate_error(error, problem);
        } else {
            g_clear_error(&problem);
        }
        return NULL;
    }
    LkAct *undone = g_new0(LkAct, 1);
    *undone = (LkAct){.page = keying->page,
                      .code = keying->code,
                      .field = g_steal_pointer(&keying->field),
                      .row = keying->row};
    return undone;
}

static const char *
queue_of(const LkAct *act)
{
    return act->field == NULL
               ? (g_strcmp0(act->act, "assign") == 0 ? "identity" : "conflicts")
           : act->is_box ? "marks"
                         : "type";
}

static void
add_undone(const LkRequest *request, JsonBuilder *json, const LkAct *act)
{
    bool clerk = request->visitor->role == LK_ROLE_CLERK;
    json_builder_set_member_name(json, "undone");
    if (act == NULL) {
        json_builder_add_null_value(json);
        return;
    }
    g_autofree char *key =
        g_strdup_printf("%" G_GINT64_FORMAT ":%d:%s", act->page, act->row,
                        act->field != NULL ? act->field : "");
    json_builder_begin_object(json);
    lk_json_text(json, "key", clerk ? NULL : key);
    lk_json_text(json, "queue", queue_of(act));
    if (clerk) { /* the crop is gone: nobody can show it again but who gave it */
        lk_json_text(json, "note",
                     _("what you typed is taken back; the field waits until it is "
                       "given to somebody again"));
    }
    json_builder_end_object(json);
}

void
lk_handle_undo(const LkRequest *request, LkReply *reply)
{
    g_autoptr(GError) error = NULL;
    const LkActQuery query = {
        .who = lk_api_login(request), .standing = true, .limit = UNDO_TRIES};
    g_autoptr(GPtrArray) acts = lk_store_acts(request->web->store, &query, &error);
    const LkAct *latest =
        acts != NULL && acts->len > 0 ? g_ptr_array_index(acts, 0) : NULL;
    g_autoptr(LkAct) keyed = acts != NULL ? undo_keying(request, latest, &error) : NULL;
    const LkAct *act = keyed;
    if (acts != NULL && act == NULL && error == NULL) {
        act = undo_last(request, acts, &error);
    }
    if (error != NULL) {
        lk_reply_fail(reply, error);
        return;
    }
    if (act != NULL && act->act != NULL && strcmp(act->act, "assign") == 0) {
        lk_queue_reset(request->web->api->queue); /* it leaves another file as well */
    } else if (act != NULL) {
        lk_queue_touch(request->web->api->queue, &act->code);
    }
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    add_undone(request, json, act);
    lk_api_add_queues(request, json);
    json_builder_end_object(json);
    lk_reply_json(reply, json);
}

/* --- What was done lately. ----------------------------------------------------------
 */

static void
add_act(const LkRequest *request, JsonBuilder *json, const LkAct *act)
{
    bool clerk = request->visitor->role == LK_ROLE_CLERK;
    const LkLayoutField *field =
        act->field != NULL
            ? lk_queue_field(request->web->api->queue, act->layout, act->field, NULL)
            : NULL;
    g_autofree char *key =
        g_strdup_printf("%" G_GINT64_FORMAT ":%d:%s", act->page, act->row,
                        act->field != NULL ? act->field : "");
    json_builder_begin_object(json);
    if (!clerk && act->field != NULL) {
        lk_json_text(json, "key", key);
    } else if (!clerk) {
        lk_json_number(json, "page", act->page);
        lk_json_text(json, "act", act->act);
    }
    lk_json_text(json, "queue", queue_of(act));
    lk_json_text(json, "label", field != NULL ? field->label : act->field);
    lk_json_text(json, "form", !clerk && act->form[0] != '\0' ? act->form : NULL);
    lk_json_text(json, "at", act->at);
    lk_json_text(json, "who", act->who);
    lk_json_bool(json, "undone", !act->stands);
    json_builder_end_object(json);
}

/* Everybody's, for those who keep files; a clerk's own. */
void
lk_handle_recent(const LkRequest *request, LkReply *reply)
{
    bool own = request->visitor->role == LK_ROLE_CLERK;
    g_autoptr(GError) error = NULL;
    if (!own && !lk_api_may_work(request, reply)) {
        return;
    }
    const LkActQuery query = {.who = own ? lk_api_login(request) : NULL,
                              .limit = RECENT};
    g_autoptr(GPtrArray) acts = lk_store_acts(request->web->store, &query, &error);
    if (acts == NULL) {
        lk_reply_fail(reply, error);
        return;
    }
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    json_builder_set_member_name(json, "acts");
    json_builder_begin_array(json);
    for (guint i = 0; i < acts->len; i++) {
        const LkAct *act = g_ptr_array_index(acts, i);
        if (!act->undo) {
            add_act(request, json, act);
        }
    }
    json_builder_end_array(json);
    json_builder_end_object(json);
    lk_reply_json(reply, json);
}
