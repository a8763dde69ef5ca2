/* server.c - the station's door: libmicrohttpd, in this thread alone.
 *
 * It listens on the loopback address. A request is looked at when its headers are
 * there, before its body is read: what the gate refuses costs nothing. Bodies go into
 * memory that is locked and wiped, and what the library had of them is wiped as well.
 */
#include "web/web-priv.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 64u
#define SILENCE_SECONDS 60 /* a connection on which nothing moves is closed */
/* A connection must bring its first request within so many seconds, and each later one
 * within SILENCE_SECONDS: a byte now and then does not keep it. */
#define FIRST_SECONDS 10
#define WAIT_MS 500 /* at most, between two looks at the clock */

typedef struct {
    LkWeb *web;
    const LkReviewOptions *options;
    struct MHD_Daemon *daemon;
    GHashTable *lines; /* Line: connections that are open */
    bool told_started;
} Server;

typedef struct {
    int socket;
    gint64 until_us; /* a request must be complete by then */
} Line;

/* One request, from its first line to the end of the answer. */
typedef struct {
    LkTarget target;
    bool is_clean; /* the address could be taken apart */
    bool is_seen;  /* the gate has judged: what follows is the body */
    GPtrArray *args;
    const LkRoute *route;
    LkVisitor *visitor;
    LkSecret *body;
    size_t got;
} Exchange;

/* --- Connections that are too slow. -------------------------------------------------
 */

static void
on_connection(void *data, struct MHD_Connection *connection, void **line_place,
              enum MHD_ConnectionNotificationCode what)
{
    Server *server = data;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        g_hash_table_remove(server->lines, *line_place);
        return;
    }
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    Line *line = g_new0(Line, 1);
    line->socket = info != NULL ? info->connect_fd : -1;
    line->until_us = lk_web_now_us() + (gint64)FIRST_SECONDS * G_USEC_PER_SEC;
    *line_place = line;
    g_hash_table_add(server->lines, line);
}

/* The library notices by itself that the other side is gone. */
static void
close_slow(const Server *server, gint64 now_us)
{
    GHashTableIter lines;
    gpointer key = NULL;
    g_hash_table_iter_init(&lines, server->lines);
    while (g_hash_table_iter_next(&lines, &key, NULL)) {
        const Line *line = key;
        if (now_us > line->until_us && line->socket >= 0) {
            (void)shutdown(line->socket, SHUT_RDWR);
        }
    }
}

static void
was_answered(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    Line *line = info != NULL ? info->socket_context : NULL;
    if (line != NULL) {
        line->until_us = lk_web_now_us() + (gint64)SILENCE_SECONDS * G_USEC_PER_SEC;
    }
}

/* --- Answers. -----------------------------------------------------------------------
 */

static void
add_header(struct MHD_Response *response, const char *name, const char *value)
{
    if (MHD_add_response_header(response, name, value) != MHD_YES) {
        g_error("no memory for a header"); /* as GLib does */
    }
}

static void
add_headers(struct MHD_Response *response)
{
    static const char *const headers[][2] = {
        {"Content-Security-Policy",
         "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
         "connect-src 'self'; form-action 'none'; frame-ancestors 'none'; "
         "base-uri 'none'"},
        {"Cache-Control", "no-store"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(headers); i++) {
        add_header(response, headers[i][0], headers[i][1]);
    }
}

static void
unref_bytes(void *bytes)
{
    g_bytes_unref(bytes);
}

static enum MHD_Result
send_reply(struct MHD_Connection *connection, const LkReply *reply)
{
    GBytes *bytes =
        reply->bytes != NULL ? g_bytes_ref(reply->bytes) : g_bytes_new(NULL, 0);
    gsize size = 0;
    const void *data = g_bytes_get_data(bytes, &size);
    struct MHD_Response *response =
        MHD_create_response_from_buffer_with_free_callback_cls(size, (void *)data,
                                                               unref_bytes, bytes);
    if (response == NULL) {
        g_bytes_unref(bytes);
        return MHD_NO;
    }
    add_headers(response);
    if (reply->type != NULL) {
        add_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply->type);
    }
    if (reply->cookie != NULL) {
        add_header(response, MHD_HTTP_HEADER_SET_COOKIE, reply->cookie);
    }
    if (reply->allowed != 0) {
        add_header(response, MHD_HTTP_HEADER_ALLOW,
                   reply->allowed == LK_POST  ? "POST"
                   : reply->allowed == LK_GET ? "GET, HEAD"
                                              : "GET, HEAD, POST");
    }
    enum MHD_Result sent = MHD_queue_response(connection, reply->status, response);
    MHD_destroy_response(response);
    return sent;
}

/* --- A request. ---------------------------------------------------------------------
 */

/* Called with the address as it came; the library's own decoding is not used. */
static void *
begin(void *data, const char *raw, struct MHD_Connection *connection)
{
    (void)data;
    (void)connection;
    Exchange *exchange = g_new0(Exchange, 1);
    exchange->is_clean = lk_target_parse(raw, &exchange->target);
    exchange->args = g_ptr_array_new();
    return exchange;
}

static void
end(void *data, struct MHD_Connection *connection, void **place,
    enum MHD_RequestTerminationCode how)
{
    (void)data;
    Exchange *exchange = *place;
    if (exchange == NULL) {
        return;
    }
    if (how == MHD_REQUEST_TERMINATED_COMPLETED_OK) {
        was_answered(connection);
    }
    lk_target_clear(&exchange->target);
    g_ptr_array_unref(exchange->args);
    lk_secret_free(exchange->body);
    g_free(exchange);
    *place = NULL;
}

static size_t
leave_encoded(void *data, struct MHD_Connection *connection, char *text)
{
    (void)data;
    (void)connection;
    return strlen(text);
}

static enum MHD_Result
collect_header(void *data, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    LkKnock *knock = data;
    const struct {
        const char *name;
        const char **place;
    } known[] = {
        {"Host", &knock->host},
        {"Origin", &knock->origin},
        {"Sec-Fetch-Site", &knock->fetch_site},
        {"Content-Type", &knock->content_type},
        {"Content-Length", &knock->length},
        {"X-Lakana", &knock->lakana},
        {"Cookie", &knock->cookie},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        if (g_ascii_strcasecmp(name, known[i].name) == 0) {
            knock->is_ambiguous |= *known[i].place != NULL;
            *known[i].place = value != NULL ? value : "";
        }
    }
    knock->is_ambiguous |= g_ascii_strcasecmp(name, "Transfer-Encoding") == 0;
    return MHD_YES;
}

/* Somebody who did not come with the start token learns no more than that. */
static void
refuse_stranger(const Exchange *exchange, LkReply *reply)
{
    const char *text =
        _("Open the station's page again with the address that stands in "
          "the terminal where it was opened.");
    bool is_page = exchange->is_clean && exchange->target.parts->len == 0;
    if (is_page) {
        lk_reply_page(reply, 401, text);
    } else {
        lk_reply_error(reply, 401, "start", text);
    }
}

static void
refuse_path(unsigned allowed, LkReply *reply)
{
    if (allowed == 0) {
        lk_reply_error(reply, 404, "unknown", _("there is nothing at this address"));
    } else {
        lk_reply_error(reply, 405, "method",
                       _("that cannot be done with this address"));
        reply->allowed = allowed;
    }
}

/* Who asks. Looked at when the headers are there, and again when the body is: meanwhile
 * the person may have been locked out. */
static bool
judge_visitor(const LkWeb *web, Exchange *exchange, const LkKnock *knock,
              unsigned allowed, LkReply *reply)
{
    const LkRoute *route = exchange->route;
    unsigned flags = route != NULL ? route->flags : 0;
    exchange->visitor = lk_gate_visitor(web, knock);
    if (exchange->visitor == NULL && (flags & LK_ROUTE_ANYBODY) == 0) {
        refuse_stranger(exchange, reply);
    } else if (route == NULL) {
        refuse_path(allowed, reply);
    } else if ((flags & (LK_ROUTE_ANYBODY | LK_ROUTE_VISITOR)) == 0 &&
               (exchange->visitor == NULL || exchange->visitor->login == NULL)) {
        lk_reply_error(reply, 403, "locked", _("unlock the station first"));
    } else {
        return true;
    }
    return false;
}

/* Whether the request may be answered; else the refusal is in @reply. */
static bool
judge(const LkWeb *web, Exchange *exchange, const char *method, const LkKnock *knock,
      LkReply *reply)
{
    bool is_get = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
    unsigned allowed = LK_GET | LK_POST;
    size_t size = 0;
    if (exchange->is_clean && (is_get || strcmp(method, "POST") == 0)) {
        exchange->route = lk_route_find(&exchange->target, is_get ? LK_GET : LK_POST,
                                        exchange->args, &allowed);
    }
    LkRefusal refusal = lk_gate_check(web, exchange->route, knock, &size);
    if (refusal.status != 0) {
        lk_reply_error(reply, refusal.status, refusal.code, refusal.message);
        return false;
    }
    if (!exchange->is_clean) {
        lk_reply_error(reply, 400, "address", _("this is no address of the station"));
        return false;
    }
    if (!judge_visitor(web, exchange, knock, allowed, reply)) {
        return false;
    }
    exchange->body = exchange->route->method == LK_POST ? lk_secret_new(size) : NULL;
    return true;
}

/* A person did something, unless the page asked on its own. */
static void
mark_use(LkWeb *web, const Exchange *exchange, gint64 now_us)
{
    LkVisitor *visitor = exchange->visitor;
    if (visitor != NULL) {
        visitor->seen_us = now_us;
    }
    if (visitor != NULL && (exchange->route->flags & LK_ROUTE_QUIET) == 0) {
        visitor->person_us = now_us;
        web->used_us = now_us;
    }
}

static void
answer(LkWeb *web, const Exchange *exchange, LkReply *reply)
{
    const LkRoute *route = exchange->route;
    bool wants_json = route->method == LK_POST && (route->flags & LK_ROUTE_RAW) == 0;
    JsonNode *body = wants_json ? lk_body_parse(exchange->body) : NULL;
    gint64 now_us = lk_web_now_us();
    g_ptr_array_add(exchange->args, NULL);
    if (wants_json && body == NULL) {
        lk_reply_error(reply, 400, "body", _("what was sent is not understood"));
        return;
    }
    mark_use(web, exchange, now_us);
    LkRequest request = {
        .web = web,
        .visitor = exchange->visitor,
        .method = route->method,
        .args = (const char *const *)exchange->args->pdata,
        .query = exchange->target.query,
        .body = body != NULL ? json_node_get_object(body) : NULL,
        .raw = exchange->body,
        .now_us = now_us,
    };
    lk_visitor_act(web->visitors, exchange->visitor);
    route->handler(&request, reply);
    if (reply->status == 0) {
        lk_reply_error(reply, 500, "failed", _("the station has no answer to this"));
    }
    lk_body_free(body);
}

/* The library's buffer is ours to read once: what was in it stays nowhere. */
static bool
take_body(Exchange *exchange, const char *data, size_t size)
{
    bool fits = exchange->body != NULL &&
                size <= lk_secret_size(exchange->body) - exchange->got;
    if (fits) {
        memcpy((char *)lk_secret_data(exchange->body) + exchange->got, data, size);
        exchange->got += size;
    }
    explicit_bzero((char *)data, size);
    return fits;
}

/* Called when the headers are there, for each piece of the body, and at its end. */
static enum MHD_Result
handle(void *data, struct MHD_Connection *connection, const char *url,
       const char *method, const char *version, const char *upload, size_t *upload_size,
       void **place)
{
    (void)url;
    (void)version;
    Server *server = data;
    Exchange *exchange = *place;
    g_auto(LkReply) reply = {0};
    if (exchange == NULL) {
        return MHD_NO;
    }
    LkKnock knock = {0};
    (void)MHD_get_connection_values(connection, MHD_HEADER_KIND, collect_header,
                                    &knock);
    if (!exchange->is_seen) {
        exchange->is_seen = true;
        return judge(server->web, exchange, method, &knock, &reply)
                   ? MHD_YES
                   : send_reply(connection, &reply);
    }
    if (*upload_size > 0) {
        bool fits = take_body(exchange, upload, *upload_size);
        *upload_size = 0;
        return fits ? MHD_YES : MHD_NO;
    }
    if (judge_visitor(server->web, exchange, &knock, 0, &reply)) {
        answer(server->web, exchange, &reply);
    }
    return send_reply(connection, &reply);
}

/* --- The station. -------------------------------------------------------------------
 */

static enum MHD_Result
let_in(void *data, const struct sockaddr *address, socklen_t length)
{
    const Server *server = data;
    struct sockaddr_in peer = {0};
    if (length < (socklen_t)sizeof peer || address->sa_family != AF_INET) {
        return MHD_NO;
    }
    memcpy(&peer, address, sizeof peer);
    return lk_peer_is_ours("/proc/net/tcp", ntohs(peer.sin_port), server->web->port)
               ? MHD_YES
               : MHD_NO;
}

static bool
listen_at(Server *server, GError **error)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_port = htons((uint16_t)server->options->port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    errno = 0;
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL, 0, let_in, server, handle, server, MHD_OPTION_SOCK_ADDR,
        &address, MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX,
        MHD_OPTION_CONNECTION_TIMEOUT, SILENCE_SECONDS, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_URI_LOG_CALLBACK, begin, server, MHD_OPTION_UNESCAPE_CALLBACK,
        leave_encoded, NULL, MHD_OPTION_NOTIFY_COMPLETED, end, server,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_END);
    const union MHD_DaemonInfo *info =
        server->daemon != NULL
            ? MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT)
            : NULL;
    if (info == NULL) {
        g_set_error(error, LK_WEB_ERROR, LK_WEB_ERROR_LISTEN,
                    _("port %d of this computer cannot be had (%s): choose another "
                      "with --port, or leave it out"),
                    server->options->port, lk_errno_text(errno));
        return false;
    }
    server->web->port = info->port;
    return true;
}

static bool
is_idle(const LkWeb *web, gint64 now_us)
{
    return (double)(now_us - web->used_us) >=
           web->idle_minutes * 60 * (double)G_USEC_PER_SEC;
}

static bool
serve(Server *server, LkReviewEnd *how, GError **error)
{
    LkWeb *web = server->web;
    const LkReviewOptions *options = server->options;
    web->used_us = lk_web_now_us();
    for (;;) {
        if (MHD_run_wait(server->daemon, WAIT_MS) != MHD_YES) {
            g_set_error_literal(error, LK_WEB_ERROR, LK_WEB_ERROR_LISTEN,
                                _("the station cannot listen any more; open it again"));
            return false;
        }
        gint64 now_us = lk_web_now_us();
        lk_visitors_tick(web->visitors, now_us);
        lk_web_compare(web, now_us);
        close_slow(server, now_us);
        if (web->was_started && !server->told_started && options->started != NULL) {
            server->told_started = true;
            options->started(options->data);
        }
        if (options->should_stop(options->data) || is_idle(web, now_us)) {
            *how = is_idle(web, now_us) ? LK_REVIEW_IDLE : LK_REVIEW_ASKED;
            return true;
        }
    }
}

static bool
open_and_serve(Server *server, LkStore *store, LkReviewEnd *how, GError **error)
{
    LkWeb *web = server->web;
    web->idle_minutes = server->options->idle_minutes;
    web->suggested = server->options->login;
    if (!listen_at(server, error) || !lk_store_tell_review(store, web->port, error)) {
        return false;
    }
    char *url =
        g_strdup_printf("http://127.0.0.1:%d/start?token=%s", web->port, web->token);
    server->options->ready(url, server->options->data);
    explicit_bzero(url, strlen(url));
    g_free(url);
    return serve(server, how, error);
}

bool
lk_review_run(LkStore *store, const LkReviewOptions *options, LkReviewEnd *how,
              GError **error)
{
    g_return_val_if_fail(store != NULL && options != NULL && options->ready != NULL &&
                             options->should_stop != NULL && options->idle_minutes > 0,
                         false);
    if (!lk_store_lock_review(store, error)) {
        return false;
    }
    g_autoptr(LkWeb) web = lk_web_new(store, error);
    if (web == NULL) {
        return false;
    }
    g_autoptr(GHashTable) lines = g_hash_table_new_full(NULL, NULL, g_free, NULL);
    Server server = {.web = web, .options = options, .lines = lines};
    bool served = open_and_serve(&server, store, how, error);
    if (server.daemon != NULL) {
        MHD_stop_daemon(server.daemon);
    }
    return served;
}
