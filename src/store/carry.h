/* carry.h - a case file as it travels, and how it is taken up. Part of store.h.
 *
 * What travels is what the paper said (pages with their readings), what people decided
 * about fields, the copies that were printed and what was printed into them, and the
 * pages' pictures. What does not: other pages of the scans they came from, settled
 * questions, duplicates, the journal. */
#ifndef LK_STORE_CARRY_H
#define LK_STORE_CARRY_H

#include "store/courier.h"

G_BEGIN_DECLS

typedef enum {
    LK_SEND_TRANSFER, /* form A.2: the file goes to another office, all of it */
    LK_SEND_REFERRAL  /* form A.1: a service needs that form, nothing else */
} LkSendPurpose;

#define LK_REFERRAL_FORM "A.1"

/** lk_send_purpose_name: "transfer", "referral". */
const char *lk_send_purpose_name(LkSendPurpose purpose);
/** lk_send_purpose_parse: as a person writes it. */
bool lk_send_purpose_parse(const char *name, LkSendPurpose *purpose);

/* --- Sending. --------------------------------------------------------------------- */

typedef struct {
    LkCaseCode code;
    LkSendPurpose purpose;
    const char *copy; /* REFERRAL: serial, or number in the file; NULL: the only one */
    const LkOffice *to;
    const char *path;
} LkSendOrder;

typedef struct {
    int pages, layouts;
    int without_picture; /* pages whose picture this office has not */
} LkSent;

/**
 * lk_case_send:
 * @session: holds the case file, and "sign"
 * @sent: (out): untouched on error
 *
 * With its line in the journal: code, to whom, how many pages.
 *
 * Returns: true if the file is there; LK_STORE_ERROR_UNKNOWN if there is no such case
 * or nothing in it to send; LK_STORE_ERROR_LOCKED; as lk_courier_send()
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_case_send(LkSession *session, const LkSendOrder *order, LkSent *sent,
                  GError **error);

/* --- Receiving. ------------------------------------------------------------------- */

/** A decision as another office made it. */
typedef struct {
    const char *field, *value, *options, *who, *why, *at;
    int row;
    bool undo;
} LkCarriedDecision;

/** What stood sealed there, and shall again here. */
typedef struct {
    const char *kind, *field, *at, *who; /* of the child: kind and field NULL */
    int row;
    char *content; /* as it was sealed; of a page: a JSON object without its number */
} LkCarriedSecret;

typedef struct {
    LkStorePage page;  /* told NULL, index 0, other 0, duration as measured there */
    GArray *readings;  /* LkStoreReading; page.readings points there */
    GArray *items;     /* LkStoreItem; page.items points there */
    GArray *decisions; /* LkCarriedDecision, oldest first */
    GArray *secrets;   /* LkCarriedSecret: what personal fields say */
    GBytes *picture;   /* the page as a file of its own, or NULL */
} LkCarriedPage;

typedef struct {
    LkStoreCopy copy;
    bool was_printed_there;
    GArray *prefilled; /* LkStorePrefilled */
} LkCarriedCopy;

/** A case file that came. Strings live as long as it. */
typedef struct {
    LkCaseCode code;
    LkSendPurpose purpose;
    GPtrArray *copies;  /* LkCarriedCopy */
    GPtrArray *pages;   /* LkCarriedPage; those that held there first */
    GArray *vault;      /* LkCarriedSecret: who the child is, oldest first */
    GPtrArray *layouts; /* char*, JSON: not trusted */
    GPtrArray *strings;
} LkCarriedCase;

void lk_carried_case_free(LkCarriedCase *carried);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkCarriedCase, lk_carried_case_free)

/**
 * lk_carried_case_parse: case.json alone, without layouts and pictures.
 * Returns: (transfer full): NULL with LK_STORE_ERROR_DAMAGED
 */
G_GNUC_WARN_UNUSED_RESULT
LkCarriedCase *lk_carried_case_parse(const char *text, size_t size, GError **error);

/**
 * lk_case_unpack:
 * @session: holds "reception"
 *
 * Opens what came and checks that every word of it has its form: codes, serials, names
 * of states, numbers. That fields and layouts belong together is the caller's to check.
 *
 * Returns: (transfer full): NULL with LOCKED, DAMAGED, NEWER
 */
G_GNUC_WARN_UNUSED_RESULT
LkCarriedCase *lk_case_unpack(LkArrival *arrival, LkSession *session, GError **error);

typedef enum {
    LK_TAKE_KNOWN,   /* this office has the page: nothing is done */
    LK_TAKE_NEW,     /* filed as it was there */
    LK_TAKE_CONFLICT /* the same printed page as one here, other ink: for a person */
} LkTakeHow;

/**
 * lk_case_was_received:
 * @code: (out): of the case in it; untouched if it was not
 * @before: (out): whether this very bundle was taken up before
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_case_was_received(LkStore *store, const LkArrival *arrival, LkCaseCode *code,
                          bool *before, GError **error);

/**
 * lk_case_take_up:
 * @layouts: those of @carried that were checked, as this program writes them
 * @hows: array, one for each page of @carried
 *
 * One transaction with its journal line; what it needs of files is there before. Killed
 * at any moment it has done nothing, and can be done again.
 *
 * Returns: true if written; LK_STORE_ERROR_TAKEN, LK_STORE_ERROR_FILED: the same bundle
 * or one of its pages came in between, look again
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_case_take_up(LkArrival *arrival, LkSession *session,
                     const LkCarriedCase *carried, const LkStoreLayout *layouts,
                     size_t n_layouts, const LkTakeHow *hows, GError **error);

G_END_DECLS

#endif
