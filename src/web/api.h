/* api.h - what the answers of the review station share. Private to the room. */
#ifndef LK_WEB_API_H
#define LK_WEB_API_H

#include "casework/casework.h"
#include "web/web-priv.h"

G_BEGIN_DECLS

/** What all visitors share of what waits. */
struct LkApi {
    LkQueue *queue;
    LkCrops *crops;
    LkShelf *shelf;
};

G_GNUC_WARN_UNUSED_RESULT
LkApi *lk_api_new(LkStore *store, GError **error);
void lk_api_free(LkApi *api);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkApi, lk_api_free)

/** lk_api_ready: what waits, brought up to date. If it cannot be, answers and returns
 * NULL. */
LkApi *lk_api_ready(const LkRequest *request, LkReply *reply);

/** lk_api_reach: (nullable): (transfer none): what the visitor can open; if it cannot
 * be told, answers and returns NULL. */
const LkReach *lk_api_reach(const LkRequest *request, LkReply *reply);

/** lk_api_may_work: whether the visitor's role looks at pages and decides: managers and
 * the recovery key. If not, answers. */
bool lk_api_may_work(const LkRequest *request, LkReply *reply);

/** lk_api_login: (transfer none): who asks; somebody has unlocked. */
const char *lk_api_login(const LkRequest *request);

/** lk_api_bad: answers 400: the page asked for something that cannot be. */
void lk_api_bad(LkReply *reply);

/** lk_api_add_queues: the member "queues"; for an answer after something changed. */
void lk_api_add_queues(const LkRequest *request, JsonBuilder *json);

/* --- Keys: "PAGE:ROW:FIELD", "c:CROP". -------------------------------------------- */

typedef struct {
    gint64 page;
    int row;
    const char *field; /* in the text that was parsed; NULL: the whole page */
    gint64 crop;       /* then the rest is 0 */
} LkApiKey;

/** lk_api_key_parse: false if @text is no key. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_api_key_parse(const char *text, LkApiKey *key);

/* --- Members. --------------------------------------------------------------------- */

/** lk_api_sent_number: the whole number called @name of what was sent; @absent if there
 * is none of that name, or it is something else. */
gint64 lk_api_sent_number(JsonObject *body, const char *name, gint64 absent);

void lk_json_text(JsonBuilder *json, const char *name, const char *text);
void lk_json_number(JsonBuilder *json, const char *name, gint64 number);
void lk_json_bool(JsonBuilder *json, const char *name, bool value);
/** lk_json_case: @code as it is read aloud; null for "". */
void lk_json_case(JsonBuilder *json, const char *name, const char *code);
/** lk_json_area: page mm. */
void lk_json_area(JsonBuilder *json, LkRect area);
/** lk_json_path: "/crop/12/0/sexe/f"; each part percent-encoded, NULL at the end. */
void lk_json_path(JsonBuilder *json, const char *name, const char *first,
                  ...) G_GNUC_NULL_TERMINATED;

/* --- Items. ----------------------------------------------------------------------- */

/** What one answer needs again and again. */
typedef struct {
    const LkRequest *request;
    LkApi *api;
    JsonBuilder *json;
} LkApiAnswer;

/** lk_api_add_head: members of every item: key to page_number. */
void lk_api_add_head(LkApiAnswer *answer, const LkQueueItem *item);
/** lk_api_add_field_item: all of an item of marks, choices, type or required. */
void lk_api_add_field_item(LkApiAnswer *answer, const LkQueueItem *item);
/** lk_api_add_page_item: of conflicts, identity, contradictions or missing. False:
 * nothing was added, there is nothing to say of it any more. */
bool lk_api_add_page_item(LkApiAnswer *answer, const LkQueueItem *item);
/** lk_api_answer_parcel: what a clerk has to type. */
void lk_api_answer_parcel(const LkRequest *request, LkReply *reply);

/** lk_api_number: of a copy in its file; 1 if it is not known there. */
int lk_api_number(LkStore *store, const char *code, const char *form, const char *copy);

G_END_DECLS

#endif
