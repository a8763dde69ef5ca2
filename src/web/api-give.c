/* api-give.c - what clerks are given to type, from the station: by whoever keeps the
 * files. */
#include "web/api.h"

#include <string.h>

/* Pages are opened and cut meanwhile, and nobody else is answered: a tenth of a second
 * each. */
#define GIVE_MAX 50

/* Only in an office with keys, by those who hold some. */
static bool
may_give(const LkRequest *request, LkReply *reply)
{
    if (!lk_api_may_work(request, reply)) {
        return false;
    }
    if (request->visitor->session == NULL) {
        lk_reply_error(reply, 409, "refused",
                       _("this office has no keys (lakana protect): nobody can be "
                         "given anything"));
    }
    return request->visitor->session != NULL;
}

/* --- Who has what. ------------------------------------------------------------------
 */

static void
add_parcels_of(JsonBuilder *json, const GPtrArray *parcels, const char *login)
{
    json_builder_set_member_name(json, "parcels");
    json_builder_begin_array(json);
    for (guint i = 0; i < parcels->len; i++) {
        const LkParcel *parcel = g_ptr_array_index(parcels, i);
        if (strcmp(parcel->login, login) == 0 && parcel->n_given > 0) {
            json_builder_begin_object(json);
            lk_json_number(json, "parcel", parcel->id);
            lk_json_text(json, "kind", lk_parcel_kind_name(parcel->kind));
            lk_json_number(json, "left", parcel->n_given);
            lk_json_text(json, "by", parcel->given_by);
            json_builder_end_object(json);
        }
    }
    json_builder_end_array(json);
}

void
lk_handle_clerks(const LkRequest *request, LkReply *reply)
{
    g_autoptr(GError) error = NULL;
    if (!may_give(request, reply)) {
        return;
    }
    g_autoptr(GPtrArray) people = lk_person_list(request->web->store, &error);
    g_autoptr(GPtrArray) parcels =
        people != NULL ? lk_parcel_list(request->web->store, &error) : NULL;
    if (parcels == NULL) {
        lk_reply_fail(reply, error);
        return;
    }
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    json_builder_set_member_name(json, "clerks");
    json_builder_begin_array(json);
    for (guint i = 0; i < people->len; i++) {
        const LkPerson *person = g_ptr_array_index(people, i);
        if (person->role == LK_ROLE_CLERK && person->revoked_at == NULL) {
            json_builder_begin_object(json);
            lk_json_text(json, "login", person->login);
            add_parcels_of(json, parcels, person->login);
            json_builder_end_object(json);
        }
    }
    json_builder_end_array(json);
    lk_json_number(json, "most", GIVE_MAX);
    json_builder_end_object(json);
    lk_reply_json(reply, json);
}

/* --- Giving and withdrawing. --------------------------------------------------------
 */

static void
answer(const LkRequest *request, LkReply *reply, const char *const *names,
       const gint64 *numbers)
{
    lk_queue_reset(request->web->api->queue); /* of many files */
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    for (int i = 0; names[i] != NULL; i++) {
        lk_json_number(json, names[i], numbers[i]);
    }
    lk_api_add_queues(request, json);
    json_builder_end_object(json);
    lk_reply_json(reply, json);
}

/* {"to":"sidi","kind":"dates","n":50} */
void
lk_handle_give(const LkRequest *request, LkReply *reply)
{
    static const char *const names[] = {"parcel", "given", "left_out", "not_yours",
                                        NULL};
    const char *kind = lk_request_text(request, "kind");
    gint64 n = lk_api_sent_number(request->body, "n", 0);
    LkParcelOrder order = {.to = lk_request_text(request, "to"), .limit = (int)n};
    if (order.to == NULL || kind == NULL || n < 1 || n > GIVE_MAX ||
        !lk_parcel_kind_parse(kind, &order.kind)) {
        lk_api_bad(reply);
        return;
    }
    g_autoptr(GError) error = NULL;
    LkParcelGiven given;
    if (!may_give(request, reply)) {
        return;
    }
    if (!lk_parcel_give(request->visitor->session, &order, &given, &error)) {
        lk_reply_fail(reply, error);
        return;
    }
    const gint64 numbers[] = {given.parcel, given.n, given.n_left_out, given.n_closed};
    answer(request, reply, names, numbers);
}

/* {"parcel":3} */
void
lk_handle_withdraw(const LkRequest *request, LkReply *reply)
{
    static const char *const names[] = {"withdrawn", NULL};
    gint64 parcel = lk_api_sent_number(request->body, "parcel", 0);
    if (parcel < 1) {
        lk_api_bad(reply);
        return;
    }
    g_autoptr(GError) error = NULL;
    int n = 0;
    if (!may_give(request, reply)) {
        return;
    }
    if (!lk_parcel_withdraw(request->visitor->session, parcel, &n, &error)) {
        lk_reply_fail(reply, error);
        return;
    }
    answer(request, reply, names, (gint64[]){n});
}
