/* reply.c - answers. */
#include "web/web-priv.h"

#include <string.h>

#define JSON_TYPE "application/json; charset=utf-8"
#define HTML_TYPE "text/html; charset=utf-8"

void
lk_reply_clear(LkReply *reply)
{
    g_clear_pointer(&reply->bytes, g_bytes_unref);
    g_clear_pointer(&reply->cookie, g_free);
    reply->status = 0;
}

static void
set(LkReply *reply, unsigned status, const char *type, GBytes *bytes)
{
    lk_reply_clear(reply); /* the last one counts */
    reply->status = status;
    reply->type = type;
    reply->bytes = bytes;
}

static void
set_json(LkReply *reply, unsigned status, JsonBuilder *builder)
{
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    char *text = json_to_string(root, FALSE);
    set(reply, status, JSON_TYPE, g_bytes_new_take(text, strlen(text)));
}

void
lk_reply_json(LkReply *reply, JsonBuilder *builder)
{
    set_json(reply, 200, builder);
}

void
lk_reply_bytes(LkReply *reply, const char *type, GBytes *bytes)
{
    set(reply, 200, type, g_bytes_ref(bytes));
}

void
lk_reply_nothing(LkReply *reply)
{
    set(reply, 204, NULL, NULL);
}

void
lk_reply_page(LkReply *reply, unsigned status, const char *text)
{
    g_autofree char *shown = g_markup_escape_text(text, -1);
    char *page = g_strdup_printf("<!doctype html><html><head><meta charset=\"utf-8\">"
                                 "<title>lakana</title></head><body><p>%s</p></body>"
                                 "</html>\n",
                                 shown);
    set(reply, status, HTML_TYPE, g_bytes_new_take(page, strlen(page)));
}

void
lk_reply_error(LkReply *reply, unsigned status, const char *code, const char *message)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "error");
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "code");
    json_builder_add_string_value(builder, code);
    json_builder_set_member_name(builder, "message");
    json_builder_add_string_value(builder, message);
    json_builder_end_object(builder);
    json_builder_end_object(builder);
    set_json(reply, status, builder);
}

void
lk_reply_fail(LkReply *reply, const GError *error)
{
    static const struct {
        LkStoreError error;
        unsigned status;
        const char *code;
    } table[] = {
        {LK_STORE_ERROR_LOCKED, 403, "key"},
        {LK_STORE_ERROR_UNKNOWN, 404, "unknown"},
        {LK_STORE_ERROR_TAKEN, 409, "taken"},
        {LK_STORE_ERROR_FILED, 409, "taken"},
        {LK_STORE_ERROR_REFUSED, 409, "refused"},
        {LK_STORE_ERROR_PERSONAL, 409, "refused"},
        {LK_STORE_ERROR_UNPROTECTED, 409, "refused"},
        {LK_STORE_ERROR_BUSY, 503, "busy"},
        {LK_STORE_ERROR_FULL, 507, "full"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        if (g_error_matches(error, LK_STORE_ERROR, (int)table[i].error)) {
            lk_reply_error(reply, table[i].status, table[i].code, error->message);
            return;
        }
    }
    lk_reply_error(reply, 500, "failed", error->message);
}
