/* state.c - what the page knows before anything is decided: who, how much, and words.
 */
#include "web/web-priv.h"

static void
add_text(JsonBuilder *builder, const char *name, const char *text)
{
    json_builder_set_member_name(builder, name);
    if (text != NULL) {
        json_builder_add_string_value(builder, text);
    } else {
        json_builder_add_null_value(builder);
    }
}

static void
add_person(JsonBuilder *builder, const LkVisitor *visitor)
{
    json_builder_set_member_name(builder, "person");
    if (visitor->login == NULL) {
        json_builder_add_null_value(builder);
        return;
    }
    json_builder_begin_object(builder);
    add_text(builder, "login", visitor->login);
    add_text(builder, "role", lk_role_name(visitor->role));
    json_builder_end_object(builder);
}

/* Told at every unlocking: nobody looks at a journal of their own accord. */
static void
add_warnings(JsonBuilder *builder, const LkVisitor *visitor)
{
    json_builder_set_member_name(builder, "warnings");
    json_builder_begin_array(builder);
    if (visitor->session != NULL && !lk_session_journal_fits(visitor->session)) {
        json_builder_add_string_value(
            builder, _("the journal was rewritten: the line that you saw when you last "
                       "unlocked is not in it; tell the head of office (lakana journal "
                       "verify)"));
    }
    json_builder_end_array(builder);
}

void
lk_handle_state(const LkRequest *request, LkReply *reply)
{
    const LkWeb *web = request->web;
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    add_text(builder, "office", lk_store_office(web->store));
    add_text(builder, "region", lk_store_region(web->store));
    json_builder_set_member_name(builder, "protected");
    json_builder_add_boolean_value(builder, web->is_protected);
    add_person(builder, request->visitor);
    add_text(builder, "suggested", web->suggested);
    json_builder_set_member_name(builder, "idle_minutes");
    json_builder_add_double_value(builder, web->idle_minutes);
    json_builder_set_member_name(builder, "lock_minutes");
    json_builder_add_int_value(builder, LK_PERSON_IDLE_MINUTES);
    add_warnings(builder, request->visitor);
    lk_add_queues(request, builder);
    json_builder_end_object(builder);
    lk_reply_json(reply, builder);
}

void
lk_handle_words(const LkRequest *request, LkReply *reply)
{
    (void)request;
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    add_text(builder, "lang", lk_language());
    json_builder_set_member_name(builder, "words");
    json_builder_begin_object(builder);
    for (const LkWord *word = lk_words; word->key != NULL; word++) {
        add_text(builder, word->key, lk_text(word->text));
    }
    json_builder_end_object(builder);
    json_builder_end_object(builder);
    lk_reply_json(reply, builder);
}
