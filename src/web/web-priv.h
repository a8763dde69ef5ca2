/* web-priv.h - what the files of the review station share.
 *
 *   server.c   libmicrohttpd: connections, bytes in, bytes out
 *   target.c   the address asked for, taken apart; nothing of it is trusted
 *   body.c     what was sent, the same
 *   gate.c     who is let in: token, cookie, Host, Origin
 *   peer.c     whose program is at the other end
 *   visitor.c  browsers that were let in, each with its own person
 *   routes.c   which function answers what: the whole table
 *   reply.c    answers
 *   entry.c    start, unlock, lock: who sits there
 *   state.c    state, words
 *   static.c   the page's own files, from src/web/page/
 *   api-….c    everything else under /api, /crop, /picture
 *
 * A handler runs in the only thread there is: it must be quick. */
#ifndef LK_WEB_PRIV_H
#define LK_WEB_PRIV_H

#include "pipeline/pipeline.h"
#include "web/web.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define LK_BODY_MAX ((size_t)64 * 1024)
#define LK_KEY_HEX 64 /* a token or cookie: 256 random bits in hexadecimal */
#define LK_VISITORS_MAX 32
/* A person who does nothing for so long has to unlock again. */
#define LK_PERSON_IDLE_MINUTES 10

/* --- The server. ------------------------------------------------------------------ */

typedef struct LkVisitors LkVisitors;
typedef struct LkApi LkApi; /* api.h */

/** What all requests share. Handlers may add members of their own; they are made in
 * lk_web_new() and freed in lk_web_free() (routes.c). */
typedef struct {
    LkStore *store;    /* (not owned) */
    bool is_protected; /* the office has keys: people unlock */
    LkStationery *stationery;
    LkVisitors *visitors;
    LkApi *api;         /* what waits, and pictures of it */
    gint64 used_us;     /* lk_web_now_us(): a person last did something */
    gint64 compared_us; /* the same: what was typed twice was last looked at */
    bool was_started;   /* a browser came with the token */
    int port;
    double idle_minutes;
    const char *suggested; /* login for the field, or NULL (not owned) */
    char token[LK_KEY_HEX + 1];
} LkWeb;

/** lk_web_now_us: a clock that goes on while the computer sleeps: who closes the lid
 * and opens it an hour later has been away. */
gint64 lk_web_now_us(void);

/** lk_web_random: 256 bits from the system's random source, in hexadecimal. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_web_random(char hex[LK_KEY_HEX + 1], GError **error);

/** lk_web_same_key: whether the two are the same LK_KEY_HEX characters; takes as long
 * wherever they differ. */
bool lk_web_same_key(const char *mine, const char *given);

/** lk_web_new, lk_web_free: visitors and what handlers keep. */
G_GNUC_WARN_UNUSED_RESULT
LkWeb *lk_web_new(LkStore *store, GError **error);
void lk_web_free(LkWeb *web);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkWeb, lk_web_free)

/* --- Visitors: visitor.c. --------------------------------------------------------- */

/** A browser that came with the start token. */
typedef struct {
    char cookie[LK_KEY_HEX + 1];
    char *login;        /* NULL: locked, nobody is there */
    LkRole role;        /* in an office without keys everybody is a manager */
    LkSession *session; /* NULL: locked, or an office without keys */
    gint64 person_us;   /* monotonic: the person last did something */
    gint64 seen_us;     /* monotonic: last request */
    /* What handlers keep for this person; freed with @work_free when the visitor locks
     * (also when idle, also at the end), before the session. */
    void *work;
    GDestroyNotify work_free;
} LkVisitor;

LkVisitors *lk_visitors_new(LkStore *store);
/** lk_visitors_free: locks everybody. */
void lk_visitors_free(LkVisitors *visitors);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkVisitors, lk_visitors_free)

/**
 * lk_visitors_add: a new browser. If there are too many, the one not seen for the
 * longest time that nobody has unlocked makes room.
 *
 * Returns: (transfer none): NULL if all are in use, or without a random source
 */
LkVisitor *lk_visitors_add(LkVisitors *visitors, gint64 now_us);

/** lk_visitors_find: (transfer none) (nullable): whose cookie @value is; in a time that
 * does not depend on how much of it is right. */
LkVisitor *lk_visitors_find(LkVisitors *visitors, const char *value);

/**
 * lk_visitor_unlock:
 * @passphrase: NULL in an office without keys, then @login is only noted
 *
 * Whoever was there before is locked out first. Slow: it opens a session.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_visitor_unlock(LkVisitors *visitors, LkVisitor *visitor, const char *login,
                       const LkSecret *passphrase, gint64 now_us, GError **error);

/** lk_visitor_lock: wipes keys and @work; a line in the journal. @reason: "lock",
 * "idle", "end", "other". */
void lk_visitor_lock(LkVisitors *visitors, LkVisitor *visitor, const char *reason);

/** lk_visitor_act: from now on, journal lines carry this visitor's person. The server
 * calls it before every handler. */
void lk_visitor_act(LkVisitors *visitors, const LkVisitor *visitor);

/** lk_visitors_tick: locks whoever did nothing for LK_PERSON_IDLE_MINUTES. */
void lk_visitors_tick(LkVisitors *visitors, gint64 now_us);

/** LkVisitorFunc: @visitor has unlocked; it is the one who acts. */
typedef void (*LkVisitorFunc)(LkVisitor *visitor, void *data);

/** lk_visitors_each: calls @each for everybody who has unlocked with keys. */
void lk_visitors_each(LkVisitors *visitors, LkVisitorFunc each, void *data);

/**
 * lk_visitors_wait: seconds until somebody may try to unlock again, 0: now. Each wrong
 * try makes the next wait longer.
 */
int lk_visitors_wait(const LkVisitors *visitors, gint64 now_us);

/* --- Addresses: target.c. --------------------------------------------------------- */

/** What a browser asks for, taken apart. */
typedef struct {
    GPtrArray *parts;  /* char*, the path's parts, decoded; none for "/" */
    GHashTable *query; /* char* to char*, decoded */
} LkTarget;

/**
 * lk_target_parse:
 * @raw: as it came: "/crop/12/0/nom?x=1"
 *
 * Returns: false unless it begins with "/", and every part, name and value is UTF-8
 * without control characters and "/", at most 255 bytes; no part is empty, "." or ".."
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_target_parse(const char *raw, LkTarget *target);
void lk_target_clear(LkTarget *target);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LkTarget, lk_target_clear)

/* --- The gate: gate.c. ------------------------------------------------------------ */

/** Headers of a request that say where it comes from; NULL: not there. */
typedef struct {
    const char *host, *origin, *fetch_site, *content_type, *length, *lakana, *cookie;
    bool is_ambiguous; /* one of them is there twice */
} LkKnock;

typedef struct {
    unsigned status; /* 0: come in */
    const char *code, *message;
} LkRefusal;

typedef struct LkRoute LkRoute;

/**
 * lk_gate_check: everything but who asks.
 * @route: what is asked for
 * @size: (out): bytes of the body of a POST, at most LK_BODY_MAX
 */
LkRefusal lk_gate_check(const LkWeb *web, const LkRoute *route, const LkKnock *knock,
                        size_t *size);

/** lk_gate_visitor: (transfer none) (nullable): whose cookie came. */
LkVisitor *lk_gate_visitor(const LkWeb *web, const LkKnock *knock);

/**
 * lk_peer_is_ours: whether the user who runs this program owns the other end of a
 * connection on the loopback address.
 * @table: "/proc/net/tcp"
 * @peer_port: of the other end
 * @our_port: of this end
 *
 * Returns: also true where the system has no such table
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_peer_is_ours(const char *table, int peer_port, int our_port);

/* --- Bodies: body.c. -------------------------------------------------------------- */

/**
 * lk_body_parse:
 * @raw: what was sent
 *
 * Returns: (transfer full): the object it holds; NULL if it is not JSON, not an object,
 * or nested deeper than 16. Free it with lk_body_free(), which wipes its texts.
 */
JsonNode *lk_body_parse(const LkSecret *raw);
void lk_body_free(JsonNode *body);

/**
 * lk_body_secret: the text called @name out of an object of texts alone; what is read
 * is nowhere but in what is returned, unlike with a parser of JSON in general.
 *
 * Returns: (transfer full) (nullable): NULL if there is none, or if @raw is something
 * else
 */
LkSecret *lk_body_secret(const LkSecret *raw, const char *name);

/* --- Requests. -------------------------------------------------------------------- */

typedef enum { LK_GET = 1, LK_POST = 2 } LkMethod; /* HEAD is a GET */

typedef struct {
    LkWeb *web;
    LkVisitor *visitor; /* NULL only for LK_ROUTE_ANYBODY */
    LkMethod method;
    /* What stood in the place of each "@" of the route, in order, percent-decoded:
     * UTF-8 without control characters, at most 255 bytes, never empty. As many as the
     * route has. */
    const char *const *args;
    GHashTable *query; /* char* to char*, decoded in the same way; values may be "" */
    /* POST: what was sent, always an object; nested 16 deep at most. Its texts are
     * wiped after the handler: copy what is to be kept. NULL for LK_ROUTE_RAW. */
    JsonObject *body;
    const LkSecret *raw; /* POST: the same as bytes; wiped after the handler */
    gint64 now_us;       /* monotonic */
} LkRequest;

/** lk_request_query: (nullable): value of ?@name=… */
const char *lk_request_query(const LkRequest *request, const char *name);

/** lk_request_text: (nullable): the text called @name in the body; NULL if there is
 * none, or if it is something else. */
const char *lk_request_text(const LkRequest *request, const char *name);

/* --- Answers: reply.c. ------------------------------------------------------------ */

typedef struct LkReply LkReply;

/** lk_reply_json: 200 and what @builder holds (an object that is closed). */
void lk_reply_json(LkReply *reply, JsonBuilder *builder);
/** lk_reply_bytes: 200; @type: "image/png"… */
void lk_reply_bytes(LkReply *reply, const char *type, GBytes *bytes);
/** lk_reply_nothing: 204. */
void lk_reply_nothing(LkReply *reply);

/**
 * lk_reply_error: {"error":{"code":…,"message":…}}
 * @status: 400…
 * @code: stable English name
 * @message: a sentence for a clerk, in the user's language
 */
void lk_reply_error(LkReply *reply, unsigned status, const char *code,
                    const char *message);

/** lk_reply_fail: the same of an error of the store or of the pipeline: 403 "key" for a
 * key that is not held, 404 "unknown", 409 "taken", 409 "refused", 503 "busy", else 500
 * "failed". */
void lk_reply_fail(LkReply *reply, const GError *error);

/** lk_reply_page: a small page of its own, without script. @text: a sentence. */
void lk_reply_page(LkReply *reply, unsigned status, const char *text);

struct LkReply {
    unsigned status; /* 0 before the first answer */
    const char *type;
    GBytes *bytes;
    char *cookie;     /* Set-Cookie; or NULL */
    unsigned allowed; /* LkMethod bits of a 405 */
};

void lk_reply_clear(LkReply *reply);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LkReply, lk_reply_clear)

/* --- Routes: routes.c. ------------------------------------------------------------ */

/** LkHandler: answers @request with exactly one lk_reply_…(); reading what a visitor
 * may not open fails for lack of a key, and lk_reply_fail() says so. */
typedef void (*LkHandler)(const LkRequest *request, LkReply *reply);

typedef enum {
    LK_ROUTE_UNLOCKED = 0, /* cookie, and a person who has unlocked */
    LK_ROUTE_VISITOR = 1,  /* cookie; nobody need have unlocked */
    LK_ROUTE_ANYBODY = 2,  /* start */
    LK_ROUTE_LINKED = 16,  /* a page from elsewhere may lead here */
    LK_ROUTE_QUIET = 4,    /* asked by the page on its own: is no sign of a person */
    LK_ROUTE_RAW = 8       /* POST whose body is not parsed: a passphrase is in it */
} LkRouteFlags;

struct LkRoute {
    const char *pattern; /* "/crop/@/@/@": each @ is one part of the path */
    LkHandler handler;
    LkMethod method;
    unsigned flags; /* LkRouteFlags */
};

/** lk_routes: all of them; handler NULL at the end. */
extern const LkRoute lk_routes[];

/**
 * lk_route_find:
 * @args: (out): GPtrArray of char*, what stands for each "@" (not owned)
 * @allowed: (out): methods that this path knows, LkMethod bits; 0: no such path
 *
 * Returns: (nullable): the route, if it knows @method
 */
const LkRoute *lk_route_find(const LkTarget *target, LkMethod method, GPtrArray *args,
                             unsigned *allowed);

void lk_handle_start(const LkRequest *request, LkReply *reply);
void lk_handle_state(const LkRequest *request, LkReply *reply);
void lk_handle_words(const LkRequest *request, LkReply *reply);
void lk_handle_unlock(const LkRequest *request, LkReply *reply);
void lk_handle_lock(const LkRequest *request, LkReply *reply);
void lk_handle_home(const LkRequest *request, LkReply *reply);
void lk_handle_file(const LkRequest *request, LkReply *reply);

void lk_handle_queue(const LkRequest *request, LkReply *reply);
void lk_handle_decide(const LkRequest *request, LkReply *reply);
void lk_handle_undo(const LkRequest *request, LkReply *reply);
void lk_handle_recent(const LkRequest *request, LkReply *reply);
void lk_handle_page(const LkRequest *request, LkReply *reply);
void lk_handle_case(const LkRequest *request, LkReply *reply);
void lk_handle_crop(const LkRequest *request, LkReply *reply);
void lk_handle_picture(const LkRequest *request, LkReply *reply);
void lk_handle_clerks(const LkRequest *request, LkReply *reply);
void lk_handle_give(const LkRequest *request, LkReply *reply);
void lk_handle_withdraw(const LkRequest *request, LkReply *reply);
void lk_handle_parcel(const LkRequest *request, LkReply *reply);

/** lk_web_compare: once a second, compares some of what two people typed, with the keys
 * of whoever is there. */
void lk_web_compare(LkWeb *web, gint64 now_us);

/** lk_add_queues: the members "second" and "queues" of a state. */
void lk_add_queues(const LkRequest *request, JsonBuilder *state);

/* --- Words: words.c. -------------------------------------------------------------- */

/** What the page says: a key for the page, English here, French in po/fr.po. */
typedef struct {
    const char *key, *text;
} LkWord;

/** lk_words: all of them; key NULL at the end. */
extern const LkWord lk_words[];

G_END_DECLS

#endif
