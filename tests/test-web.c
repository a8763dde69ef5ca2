/* The review station from inside: addresses, bodies, the gate, who is let in and when
 * somebody is locked out. What goes over the wire is in test-review.sh. */
#include "store/priv.h"
#include "web/web-priv.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PASSPHRASE "fleuve au petit matin"
#define MINUTE_US (60 * (gint64)G_USEC_PER_SEC)

static LkSecret *
secret_of(const char *text)
{
    return lk_secret_new_from(text, strlen(text));
}

/* --- Addresses. ---------------------------------------------------------------------
 */

static void
test_target_good(void)
{
    static const struct {
        const char *raw, *parts, *name, *value; /* parts joined by "|" */
    } cases[] = {
        {"/", "", NULL, NULL},
        {"/api/state", "api|state", NULL, NULL},
        {"/crop/12/0/adresse.nom", "crop|12|0|adresse.nom", NULL, NULL},
        {"/crop/12/0/%C3%A9cole",
         "crop|12|0|\xC3\xA9"
         "cole",
         NULL, NULL},
        {"/a%3Fb+c", "a?b+c", NULL, NULL},
        {"/start?token=0f", "start", "token", "0f"},
        {"/q?after=3%3A0%3Anom&n=48", "q", "after", "3:0:nom"},
        {"/q?x", "q", "x", ""},
        {"/q?x=a+b%2Bc", "q", "x", "a b+c"},
        {"/q?x=a=b&", "q", "x", "a=b"},
        {"/?n=1", "", "n", "1"},
        {"/q?", "q", NULL, NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(LkTarget) target = {0};
        g_assert_true(lk_target_parse(cases[i].raw, &target));
        g_ptr_array_add(target.parts, NULL);
        g_autofree char *parts = g_strjoinv("|", (char **)target.parts->pdata);
        g_assert_cmpstr(parts, ==, cases[i].parts);
        if (cases[i].name != NULL) {
            g_assert_cmpstr(g_hash_table_lookup(target.query, cases[i].name), ==,
                            cases[i].value);
        } else {
            g_assert_cmpuint(g_hash_table_size(target.query), ==, 0);
        }
    }
}

static void
test_target_bad(void)
{
    static const char *const cases[] = {
        "",
        "x",
        "*",
        "http://127.0.0.1:1/",
        "//",
        "/a/",
        "/a//b",
        "/./a",
        "/a/..",
        "/%2e%2e/a",
        "/a%2Fb",
        "/%",
        "/%4",
        "/%zz",
        "/a%00b",
        "/a%0Ab",
        "/a\x7f",
        "/%ff",
        "/%C3",
        "/%C2%85",
        "/q?=1",
        "/q?a=1&a=2",
        "/q?a=%0d",
        "/q?a=%2f",
        "/1/2/3/4/5/6/7/8/9/10/11/12/13",
        "/q?a&b&c&d&e&f&g&h&i&j&k&l&m&n&o&p&q",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(LkTarget) target = {0};
        g_test_message("%s", cases[i]);
        g_assert_false(lk_target_parse(cases[i], &target));
    }
    char longest[4000] = "/";
    memset(longest + 1, 'a', 255);
    g_auto(LkTarget) target = {0};
    g_assert_true(lk_target_parse(longest, &target));
    longest[256] = 'a';
    g_assert_false(lk_target_parse(longest, &target));
    g_assert_false(lk_target_parse(NULL, &target));
}

static void
test_routes(void)
{
    static const struct {
        const char *raw;
        LkMethod method;
        LkHandler handler;
        unsigned allowed;
        guint n_args;
    } cases[] = {
        {"/", LK_GET, lk_handle_home, LK_GET, 0},
        {"/", LK_POST, NULL, LK_GET, 0},
        {"/page/main.js", LK_GET, lk_handle_file, LK_GET, 1},
        {"/page/icons/a.svg", LK_GET, lk_handle_file, LK_GET, 2},
        {"/page", LK_GET, NULL, 0, 0},
        {"/page/a/b/c", LK_GET, NULL, 0, 0},
        {"/api/unlock", LK_POST, lk_handle_unlock, LK_POST, 0},
        {"/api/unlock", LK_GET, NULL, LK_POST, 0},
        {"/api/unloc", LK_GET, NULL, 0, 0},
        {"/api/unlocked", LK_GET, NULL, 0, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(LkTarget) target = {0};
        g_autoptr(GPtrArray) args = g_ptr_array_new();
        unsigned allowed = 99;
        g_assert_true(lk_target_parse(cases[i].raw, &target));
        const LkRoute *route = lk_route_find(&target, cases[i].method, args, &allowed);
        g_assert_cmpuint(allowed, ==, cases[i].allowed);
        g_assert_true(route == NULL ? cases[i].handler == NULL
                                    : route->handler == cases[i].handler);
        if (route != NULL) {
            g_assert_cmpuint(args->len, ==, cases[i].n_args);
        }
    }
}

/* --- Bodies. ------------------------------------------------------------------------
 */

static bool
is_body(const char *text, size_t size)
{
    g_autoptr(LkSecret) raw = lk_secret_new_from(text, size);
    JsonNode *body = lk_body_parse(raw);
    bool is_one = body != NULL;
    lk_body_free(body);
    return is_one;
}

static void
test_body(void)
{
    static const char *const good[] = {
        "{}", " {\"a\": [1, -2.5e3, true, null, \"\\\"[[[[[[[[[[[[[[[[[[\"]}\n",
        "{\"a\":{\"b\":[[[[[[[[[[[[[[]]]]]]]]]]]]]]}}", "{\"\xC3\xA9\":\"/* ' */\"}"};
    static const char *const bad[] = {"",
                                      " ",
                                      "[]",
                                      "1",
                                      "\"a\"",
                                      "null",
                                      "{",
                                      "{\"a\":}",
                                      "{} {}x",
                                      "{'a':1}",
                                      "/* { */{}",
                                      "{\"a\":\"\xff\"}",
                                      "{\"a\":{\"b\":[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]}}",
                                      "}{",
                                      "// \"\n{}",
                                      "var x = {};"};
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        g_test_message("%s", good[i]);
        g_assert_true(is_body(good[i], strlen(good[i])));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_test_message("%s", bad[i]);
        g_assert_false(is_body(bad[i], strlen(bad[i])));
    }
    g_assert_false(is_body("{\"a\":\"\0\"}", 9));
}

/* As deep as a body can be: the stack would not hold it. */
static void
test_body_deep(void)
{
    char *text = g_malloc(LK_BODY_MAX);
    memset(text, '[', LK_BODY_MAX);
    g_assert_false(is_body(text, LK_BODY_MAX));
    memcpy(text, "/*\"*/", 5); /* a quotation mark that the parser would not see */
    g_assert_false(is_body(text, LK_BODY_MAX));
    g_free(text);
}

static void
test_secret(void)
{
    static const struct {
        const char *raw, *value; /* of "p"; NULL: refused */
    } cases[] = {
        {"{\"p\":\"abc\"}", "abc"},
        {" { \"l\" : \"x\" , \"p\" : \"\" } \n", ""},
        {"{\"\\u0070\":\"\\u00e9\\ud83d\\ude00\\n\\\"\\\\\\/\"}",
         "\xC3\xA9\xF0\x9F\x98\x80\n\"\\/"},
        {"{\"p\":\"\xC3\xA9\"}", "\xC3\xA9"},
        {"{\"q\":\"abc\"}", NULL},
        {"{\"p\":\"a\",\"p\":\"b\"}", NULL},
        {"{\"p\":1}", NULL},
        {"{\"p\":{\"p\":\"a\"}}", NULL},
        {"{\"p\":\"a\"", NULL},
        {"{\"p\":\"a\"}x", NULL},
        {"{\"p\":\"a\",}", NULL},
        {"{\"p\":\"a", NULL},
        {"{\"p\":\"a\\", NULL},
        {"{\"p\":\"\\u00", NULL},
        {"{\"p\":\"\\u0000\"}", NULL},
        {"{\"p\":\"\\ud83d\"}", NULL},
        {"{\"p\":\"\\ud83d\\u0041\"}", NULL},
        {"{\"p\":\"\\x\"}", NULL},
        {"{\"p\":\"\xff\"}", NULL},
        {"[\"p\"]", NULL},
        {"{}", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(LkSecret) raw = secret_of(cases[i].raw);
        g_autoptr(LkSecret) value = lk_body_secret(raw, "p");
        g_test_message("%s", cases[i].raw);
        g_assert_cmpstr(value != NULL ? lk_secret_data(value) : NULL, ==,
                        cases[i].value);
        if (value != NULL) {
            g_assert_cmpuint(lk_secret_size(value), ==, strlen(cases[i].value));
        }
    }
}

/* --- The gate. ----------------------------------------------------------------------
 */

static const LkKnock good_post = {
    .host = "127.0.0.1:8080",
    .origin = "http://127.0.0.1:8080",
    .fetch_site = "same-origin",
    .content_type = "application/json",
    .length = "65536",
    .lakana = "1",
};

static void
check_gate(const LkRoute *route, LkKnock knock, unsigned expected)
{
    LkWeb web = {.port = 8080};
    size_t size = 99;
    LkRefusal refusal = lk_gate_check(&web, route, &knock, &size);
    g_assert_cmpuint(refusal.status, ==, expected);
    g_assert_true(expected == 0 || (refusal.code != NULL && refusal.message != NULL));
    bool has_body = expected == 0 && route->method == LK_POST;
    g_assert_cmpuint(size, ==, has_body ? 65536 : 0);
}

#define WITH(member, value, expected)                                                  \
    do {                                                                               \
        LkKnock knock = good_post;                                                     \
        knock.member = (value);                                                        \
        check_gate(&post, knock, (expected));                                          \
    } while (0)

static void
test_gate_post(void)
{
    const LkRoute post = {.pattern = "/x", .method = LK_POST};
    check_gate(&post, good_post, 0);
    WITH(host, "LOCALHOST:8080", 403); /* another origin than the page's */
    WITH(host, "127.0.0.1", 421);
    WITH(host, "127.0.0.1:8081", 421);
    WITH(host, "evil.example:8080", 421);
    WITH(host, "", 421);
    WITH(host, NULL, 400);
    WITH(is_ambiguous, true, 400);
    WITH(origin, NULL, 403);
    WITH(origin, "null", 403);
    WITH(origin, "https://127.0.0.1:8080", 403);
    WITH(origin, "http://127.0.0.1:8081", 403);
    WITH(origin, "http://evil.example", 403);
    WITH(fetch_site, NULL, 0); /* an older browser */
    WITH(fetch_site, "none", 403);
    WITH(fetch_site, "same-site", 403);
    WITH(fetch_site, "cross-site", 403);
    WITH(lakana, NULL, 403);
    WITH(lakana, "2", 403);
    WITH(content_type, "application/json; charset=utf-8", 0);
    WITH(content_type, "Application/JSON", 0);
    WITH(content_type, "application/jsonp", 415);
    WITH(content_type, "text/plain", 415);
    WITH(content_type, NULL, 415);
    WITH(length, NULL, 411);
    WITH(length, "65537", 413);
    WITH(length, "18446744073709551615", 413);
    WITH(length, "18446744073709551616", 400);
    WITH(length, "-1", 400);
    WITH(length, " 1", 400);
    WITH(length, "", 400);
    LkKnock local = good_post;
    local.host = "localhost:8080";
    local.origin = "http://localhost:8080";
    check_gate(&post, local, 0);
}

static void
test_gate_get(void)
{
    const LkRoute get = {.pattern = "/x", .method = LK_GET};
    const LkRoute linked = {
        .pattern = "/start", .method = LK_GET, .flags = LK_ROUTE_LINKED};
    static const struct {
        const char *site;
        unsigned inside, start;
    } cases[] = {{NULL, 0, 0},
                 {"none", 0, 0},
                 {"same-origin", 0, 0},
                 {"same-site", 403, 0},
                 {"cross-site", 403, 0}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        LkKnock knock = {.host = "127.0.0.1:8080", .fetch_site = cases[i].site};
        check_gate(&get, knock, cases[i].inside);
        check_gate(&linked, knock, cases[i].start);
    }
}

/* --- Whose program. -----------------------------------------------------------------
 */

static void
test_peer(void)
{
    g_autofree char *path = NULL;
    g_autoptr(GError) error = NULL;
    int fd = g_file_open_tmp("lakana-peer-XXXXXX", &path, &error);
    g_assert_no_error(error);
    unsigned me = geteuid();
    g_autofree char *table = g_strdup_printf(
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   "
        "uid  timeout inode\n"
        "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  "
        "%u        0 10 1 0 100 0 0 10 0\n"
        "   1: 0100007F:A2F1 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  "
        "%u        0 11 1 0 100 0 0 10 0\n"
        "   2: 0100007F:A2F2 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  "
        "%u        0 12 1 0 100 0 0 10 0\n"
        "   3: broken\n",
        me, me, me + 1);
    g_assert_true(g_file_set_contents(path, table, -1, &error));
    g_assert_true(lk_peer_is_ours(path, 0xA2F1, 0x1F90));
    g_assert_false(lk_peer_is_ours(path, 0xA2F2, 0x1F90));
    g_assert_false(lk_peer_is_ours(path, 0xA2F1, 0x1F91));
    g_assert_false(lk_peer_is_ours(path, 0xA2F3, 0x1F90)); /* nobody knows it */
    (void)close(fd);
    (void)g_unlink(path);
    g_assert_true(lk_peer_is_ours(path, 0xA2F3, 0x1F90)); /* no table */
}

/* --- Visitors. ----------------------------------------------------------------------
 */

typedef struct {
    char *dir, *office;
    LkStore *store;
    LkVisitors *visitors;
} Fixture;

static void
set_up(Fixture *f, gconstpointer is_protected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSecret) recovery = lk_recovery_new();
    f->dir = g_dir_make_tmp("lakana-web-XXXXXX", &error);
    g_assert_no_error(error);
    f->office = g_build_filename(f->dir, "office", NULL);
    bool made = is_protected != NULL
                    ? lk_store_init_protected(f->office, "MOP", "EXEMPLE FICTIF",
                                              recovery, &error)
                    : lk_store_init(f->office, "MOP", "EXEMPLE FICTIF", &error);
    g_assert_true(made);
    f->store = lk_store_open(f->office, &error);
    g_assert_no_error(error);
    f->visitors = lk_visitors_new(f->store);
    if (is_protected == NULL) {
        return;
    }
    f->store->slot_cost = (LkSlotCost){1, 64 * 1024}; /* opened often */
    g_autoptr(LkSession) by = lk_session_recover(f->store, recovery, &error);
    g_autoptr(LkSecret) passphrase = secret_of(PASSPHRASE);
    g_assert_true(lk_person_add(by, "awa", LK_ROLE_MANAGER, passphrase, &error));
    g_assert_true(lk_person_add(by, "issa", LK_ROLE_MANAGER, passphrase, &error));
    g_assert_no_error(error);
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
    (void)unused;
    lk_visitors_free(f->visitors);
    lk_store_free(f->store);
    const char *argv[] = {"rm", "-rf", f->dir, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                 NULL, NULL);
    g_free(f->dir);
    g_free(f->office);
}

static bool
unlock(const Fixture *f, LkVisitor *visitor, const char *login, const char *text,
       gint64 now_us)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSecret) passphrase = text != NULL ? secret_of(text) : NULL;
    bool open =
        lk_visitor_unlock(f->visitors, visitor, login, passphrase, now_us, &error);
    g_assert_true(open == (error == NULL));
    return open;
}

/* Who wrote the last line of the journal, and what: "awa review-open". */
static char *
last_line(const Fixture *f)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(sqlite3_stmt) row =
        lk_sql_prepare(f->store, &error,
                       "SELECT who || ' ' || what || ' ' || detail FROM journal"
                       " ORDER BY seq DESC LIMIT 1",
                       "");
    g_assert_cmpint(lk_sql_step(f->store, row, &error), ==, LK_SQL_ROW);
    return g_strdup(lk_sql_text(row, 0));
}

static void
assert_last(const Fixture *f, const char *expected)
{
    g_autofree char *line = last_line(f);
    g_assert_cmpstr(line, ==, expected);
}

static void
test_cookies(Fixture *f, gconstpointer unused)
{
    (void)unused;
    LkWeb web = {.port = 8080, .visitors = f->visitors};
    LkVisitor *first = lk_visitors_add(f->visitors, 1);
    LkVisitor *second = lk_visitors_add(f->visitors, 2);
    g_assert_cmpuint(strlen(first->cookie), ==, LK_KEY_HEX);
    g_assert_cmpstr(first->cookie, !=, second->cookie);
    static const struct {
        const char *format;
        bool found;
    } cases[] = {{"lakana-8080=%s", true},
                 {"a=b; lakana-8080=%s; c=d", true},
                 {"lakana-8080=0; lakana-8080=%s", true},
                 {"lakana-8081=%s", false},
                 {"xlakana-8080=%s", false},
                 {"lakana-8080=%sa", false},
                 {"lakana-8080=a%s", false},
                 {"lakana-8080=", false},
                 {"", false}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(GStrv) around = g_strsplit(cases[i].format, "%s", 2);
        g_autofree char *cookie = g_strjoinv(second->cookie, around);
        LkKnock knock = {.cookie = cookie};
        g_assert_true(lk_gate_visitor(&web, &knock) ==
                      (cases[i].found ? second : NULL));
    }
    LkKnock none = {0};
    g_assert_null(lk_gate_visitor(&web, &none));
    g_autofree char *changed = g_strdup(first->cookie);
    changed[LK_KEY_HEX - 1] = changed[LK_KEY_HEX - 1] == '0' ? '1' : '0';
    g_assert_null(lk_visitors_find(f->visitors, changed));
}

/* Somebody who has unlocked is not driven out by others who come. */
static void
test_room(Fixture *f, gconstpointer unused)
{
    (void)unused;
    LkVisitor *all[LK_VISITORS_MAX];
    for (gint64 i = 0; i < LK_VISITORS_MAX; i++) {
        all[i] = lk_visitors_add(f->visitors, i + 1);
        g_assert_true(i > 1 ||
                      unlock(f, all[i], i == 0 ? "awa" : "issa", PASSPHRASE, 1));
    }
    g_autofree char *oldest = g_strdup(all[2]->cookie);
    LkVisitor *late = lk_visitors_add(f->visitors, 100);
    g_assert_nonnull(late);
    g_assert_null(lk_visitors_find(f->visitors, oldest));
    g_assert_nonnull(lk_visitors_find(f->visitors, all[0]->cookie));
    g_assert_cmpstr(all[0]->login, ==, "awa");
    for (int i = 3; i < LK_VISITORS_MAX; i++) {
        g_assert_true(unlock(f, all[i], "awa", PASSPHRASE, 1));
    }
    g_assert_true(unlock(f, late, "awa", PASSPHRASE, 1));
    g_assert_null(lk_visitors_add(f->visitors, 101));
}

static int n_freed;

static void
count_freed(gpointer work)
{
    g_assert_nonnull(((LkVisitor *)work)->session); /* before the keys go */
    n_freed++;
}

static void
test_lock(Fixture *f, gconstpointer unused)
{
    (void)unused;
    LkVisitor *visitor = lk_visitors_add(f->visitors, 1);
    g_assert_null(visitor->login);
    g_assert_true(unlock(f, visitor, "awa", PASSPHRASE, 1));
    assert_last(f, "awa review-open {}");
    g_assert_cmpstr(visitor->login, ==, "awa");
    g_assert_cmpint(visitor->role, ==, LK_ROLE_MANAGER);
    g_assert_nonnull(visitor->session);
    visitor->work = visitor;
    visitor->work_free = count_freed;
    n_freed = 0;
    lk_visitor_lock(f->visitors, visitor, "lock");
    assert_last(f, "awa review-close {\"reason\":\"lock\"}");
    g_assert_cmpint(n_freed, ==, 1);
    g_assert_null(visitor->login);
    g_assert_null(visitor->session);
    g_assert_null(visitor->work);
    lk_visitor_lock(f->visitors, visitor, "lock"); /* nobody is there: nothing */
    g_assert_cmpint(n_freed, ==, 1);
}

/* The journal says who did it, whoever unlocked last. */
static void
test_two_people(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    LkVisitor *first = lk_visitors_add(f->visitors, 1);
    LkVisitor *second = lk_visitors_add(f->visitors, 1);
    g_assert_true(unlock(f, first, "awa", PASSPHRASE, 1));
    g_assert_true(unlock(f, second, "issa", PASSPHRASE, 1));
    lk_visitor_act(f->visitors, first);
    g_assert_true(lk_store_note(f->store, "export", "{}", &error));
    assert_last(f, "awa export {}");
    lk_visitor_act(f->visitors, second);
    g_assert_true(lk_store_note(f->store, "export", "{}", &error));
    assert_last(f, "issa export {}");
    lk_visitor_lock(f->visitors, first, "lock");
    assert_last(f, "awa review-close {\"reason\":\"lock\"}");
    g_assert_nonnull(second->session);
    g_assert_true(unlock(f, second, "awa", PASSPHRASE, 1));
    assert_last(f, "awa review-open {}");
}

static void
test_idle(Fixture *f, gconstpointer unused)
{
    (void)unused;
    LkVisitor *away = lk_visitors_add(f->visitors, 1);
    LkVisitor *here = lk_visitors_add(f->visitors, 1);
    g_assert_true(unlock(f, away, "awa", PASSPHRASE, MINUTE_US));
    g_assert_true(unlock(f, here, "issa", PASSPHRASE, MINUTE_US));
    here->person_us = 5 * MINUTE_US;
    lk_visitors_tick(f->visitors, 11 * MINUTE_US - 1);
    g_assert_cmpstr(away->login, ==, "awa");
    lk_visitors_tick(f->visitors, 11 * MINUTE_US);
    g_assert_null(away->login);
    g_assert_null(away->session);
    g_assert_cmpstr(here->login, ==, "issa");
    assert_last(f, "awa review-close {\"reason\":\"idle\"}");
}

static void
test_wrong(Fixture *f, gconstpointer unused)
{
    (void)unused;
    LkVisitor *visitor = lk_visitors_add(f->visitors, 1);
    static const int waits[] = {1, 2, 4, 8, 16, 30, 30};
    g_assert_cmpint(lk_visitors_wait(f->visitors, lk_web_now_us()), ==, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(waits); i++) {
        g_assert_false(unlock(f, visitor, i % 2 == 0 ? "awa" : "nobody", "wrong", 1));
        gint64 now_us = lk_web_now_us();
        g_assert_cmpint(lk_visitors_wait(f->visitors, now_us), ==, waits[i]);
        g_assert_cmpint(
            lk_visitors_wait(f->visitors, now_us + waits[i] * (gint64)G_USEC_PER_SEC),
            ==, 0);
    }
    g_assert_null(visitor->login);
    g_assert_true(unlock(f, visitor, "awa", PASSPHRASE, 1));
    g_assert_cmpint(lk_visitors_wait(f->visitors, lk_web_now_us()), ==, 0);
    /* A wrong try locks out who was there. */
    g_assert_false(unlock(f, visitor, "awa", "wrong", 1));
    g_assert_null(visitor->login);
    g_assert_null(visitor->session);
}

static void
test_without_keys(Fixture *f, gconstpointer unused)
{
    (void)unused;
    LkVisitor *visitor = lk_visitors_add(f->visitors, 1);
    g_assert_false(unlock(f, visitor, "Awa Exemple", NULL, 1));
    g_assert_null(visitor->login);
    g_assert_cmpint(lk_visitors_wait(f->visitors, lk_web_now_us()), ==, 0);
    g_assert_true(unlock(f, visitor, "awa", NULL, 1));
    assert_last(f, "~awa review-open {}");
    g_assert_null(visitor->session);
    lk_visitor_lock(f->visitors, visitor, "lock");
    assert_last(f, "~awa review-close {\"reason\":\"lock\"}");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/web/target/good", test_target_good);
    g_test_add_func("/web/target/bad", test_target_bad);
    g_test_add_func("/web/routes", test_routes);
    g_test_add_func("/web/body/json", test_body);
    g_test_add_func("/web/body/deep", test_body_deep);
    g_test_add_func("/web/body/secret", test_secret);
    g_test_add_func("/web/gate/post", test_gate_post);
    g_test_add_func("/web/gate/get", test_gate_get);
    g_test_add_func("/web/gate/peer", test_peer);
#define ADD(path, test) g_test_add(path, Fixture, "keys", set_up, test, tear_down)
    ADD("/web/visitor/cookies", test_cookies);
    ADD("/web/visitor/room", test_room);
    ADD("/web/visitor/lock", test_lock);
    ADD("/web/visitor/two-people", test_two_people);
    ADD("/web/visitor/idle", test_idle);
    ADD("/web/visitor/wrong", test_wrong);
    g_test_add("/web/visitor/without-keys", Fixture, NULL, set_up, test_without_keys,
               tear_down);
    return g_test_run();
}
