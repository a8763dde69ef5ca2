/* fuzz-request.c - any bytes as what a browser sends to the review station: an address,
 * headers that say where it comes from, a body. */
#include "web/web-priv.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* (transfer full): up to the next zero. */
static char *
take_text(const uint8_t **data, size_t *size)
{
    size_t length = strnlen((const char *)*data, *size);
    char *text = g_strndup((const char *)*data, length);
    size_t used = MIN(length + 1, *size);
    *data += used;
    *size -= used;
    return text;
}

static void
check_word(const char *word)
{
    g_assert_true(g_utf8_validate(word, -1, NULL) && strlen(word) <= 255);
    g_assert_true(strpbrk(word, "/\r\n") == NULL);
}

/* What is handed to handlers keeps to what web-priv.h promises. */
static void
check_target(const char *raw)
{
    g_auto(LkTarget) target = {0};
    if (!lk_target_parse(raw, &target)) {
        return;
    }
    for (guint i = 0; i < target.parts->len; i++) {
        const char *part = g_ptr_array_index(target.parts, i);
        check_word(part);
        g_assert_true(*part != '\0' && strcmp(part, "..") != 0);
    }
    GHashTableIter query;
    gpointer name = NULL;
    gpointer value = NULL;
    g_hash_table_iter_init(&query, target.query);
    while (g_hash_table_iter_next(&query, &name, &value)) {
        check_word(name);
        check_word(value);
    }
    g_autoptr(GPtrArray) args = g_ptr_array_new();
    unsigned allowed = 0;
    const LkRoute *route = lk_route_find(&target, LK_GET, args, &allowed);
    g_assert_true(route == NULL || (allowed & LK_GET) != 0);
}

static void
check_gate(const uint8_t **data, size_t *size)
{
    g_autofree char *host = take_text(data, size);
    g_autofree char *origin = take_text(data, size);
    g_autofree char *length = take_text(data, size);
    g_autofree char *cookie = take_text(data, size);
    LkWeb web = {.port = 8080, .visitors = lk_visitors_new(NULL)};
    LkKnock knock = {.host = host,
                     .origin = origin,
                     .length = length,
                     .cookie = cookie,
                     .content_type = "application/json",
                     .lakana = "1"};
    const LkRoute post = {.pattern = "/", .method = LK_POST};
    size_t body = 0;
    LkRefusal refusal = lk_gate_check(&web, &post, &knock, &body);
    g_assert_cmpuint(body, <=, LK_BODY_MAX);
    g_assert_true(refusal.status != 0 || g_str_has_suffix(origin, ":8080"));
    (void)lk_visitors_add(web.visitors, 1);
    g_assert_null(lk_gate_visitor(&web, &knock)); /* 256 bits are not guessed */
    lk_visitors_free(web.visitors);
}

static void
check_body(const uint8_t *data, size_t size)
{
    g_autoptr(LkSecret) raw = lk_secret_new_from(data, MIN(size, LK_BODY_MAX));
    g_autoptr(LkSecret) secret = lk_body_secret(raw, "passphrase");
    if (secret != NULL) {
        const char *text = lk_secret_data(secret);
        g_assert_true(g_utf8_validate(text, (gssize)lk_secret_size(secret), NULL));
    }
    JsonNode *body = lk_body_parse(raw);
    g_assert_true(body == NULL || JSON_NODE_HOLDS_OBJECT(body));
    lk_body_free(body);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *raw = take_text(&data, &size);
    check_target(raw);
    check_gate(&data, &size);
    check_body(data, size);
    return 0;
}
