/* parcel.h - what a data clerk may type: crops of the fields of one kind, sealed to the
 * clerk's own key. Part of store.h.
 *
 * A clerk holds no key of a case file. Somebody who does cuts fields of one kind out of
 * many pages and gives them, shuffled, as a parcel: so a clerk who types names sees
 * names, and no story beside them. What the clerk types is sealed to the case file, and
 * the crop is deleted. */
#ifndef LK_STORE_PARCEL_H
#define LK_STORE_PARCEL_H

#include "store/guard.h"

G_BEGIN_DECLS

/** What one parcel holds; a clerk holds parcels of one kind at a time. */
typedef enum {
    LK_PARCEL_NAMES,    /* "noms" */
    LK_PARCEL_CONTACTS, /* "contacts": telephones, addresses, places to find somebody */
    LK_PARCEL_DATES,    /* "dates" */
    LK_PARCEL_NUMBERS,  /* "nombres": numbers, codes, papers */
    LK_PARCEL_STORIES,  /* "recits": all other free text */
    LK_PARCEL_N_KINDS
} LkParcelKind;

/** lk_parcel_kind_name: "noms"…, as people write it and the database keeps it. */
const char *lk_parcel_kind_name(LkParcelKind kind);
G_GNUC_WARN_UNUSED_RESULT
bool lk_parcel_kind_parse(const char *name, LkParcelKind *kind);

/** A field with ink on a page. */
typedef struct {
    gint64 page;
    const char *field;
    int row; /* from 1; 0 outside tables */
} LkParcelPlace;

/* --- Giving. ---------------------------------------------------------------------- */

/** A parcel that is being made up, in memory. */
typedef struct LkParcelDraft LkParcelDraft;

/**
 * lk_parcel_draft_new:
 * @by: who gives; must outlive the draft
 * @to: login of a clerk
 *
 * Returns: (transfer full): an empty parcel; NULL with LK_STORE_ERROR_UNKNOWN if nobody
 * of that login works here, LK_STORE_ERROR_REFUSED if that is no clerk, or one who
 * still has crops of another kind
 */
G_GNUC_WARN_UNUSED_RESULT
LkParcelDraft *lk_parcel_draft_new(LkSession *by, const char *to, LkParcelKind kind,
                                   GError **error);
void lk_parcel_draft_free(LkParcelDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkParcelDraft, lk_parcel_draft_free)

/** lk_parcel_draft_wants: false if @place lies in some parcel already, or in this; or
 * if it was typed by the same clerk, or by two people (keying.h). */
bool lk_parcel_draft_wants(const LkParcelDraft *draft, const LkParcelPlace *place);

/** lk_parcel_draft_add: seals @png, the crop of @place, to the clerk. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_parcel_draft_add(LkParcelDraft *draft, const LkParcelPlace *place,
                         const void *png, size_t size, GError **error);

/**
 * lk_parcel_draft_give:
 * @parcel: (out): its number; 0 if there was nothing to give
 * @n: (out): crops in it: less than were added if somebody else gave some meanwhile
 *
 * Writes the crops in an order drawn by lot, in one transaction with the journal line.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_parcel_draft_give(LkParcelDraft *draft, gint64 *parcel, int *n, GError **error);

/* --- Typing. ---------------------------------------------------------------------- */

/** One field of a parcel, as its clerk gets it. Nothing of it says whose file it is. */
typedef struct {
    gint64 id; /* of the crop; 0: nothing is left */
    gint64 page;
    LkParcelKind kind;
    char layout[LK_SERIAL_LEN + 1];
    char *field;
    int row;
    bool personal;  /* the field may name somebody */
    int n_left;     /* crops that the clerk has, with this one */
    LkSecret *crop; /* PNG; only from lk_parcel_next() */
} LkParcelItem;

void lk_parcel_item_clear(LkParcelItem *item);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LkParcelItem, lk_parcel_item_clear)

/**
 * lk_parcel_next:
 * @item: (out): zeroed by the caller; the first crop of the person of @session that
 *   still waits
 *
 * The same until it is typed or handed back. Journalled before it is opened.
 *
 * Returns: true; LK_STORE_ERROR_DAMAGED if the crop was altered or moved
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_parcel_next(LkSession *session, LkParcelItem *item, GError **error);

#define LK_PARCEL_AHEAD 2 /* crops after the first that may be opened in advance */

/**
 * lk_parcel_waiting:
 *
 * Returns: (transfer full): GPtrArray of LkParcelItem without their crops: the first
 * that lk_parcel_next() would give, and LK_PARCEL_AHEAD after it
 */
G_GNUC_WARN_UNUSED_RESULT
GPtrArray *lk_parcel_waiting(LkSession *session, GError **error);

/**
 * lk_parcel_open: lk_parcel_next() of crop @id, one of lk_parcel_waiting(): a clerk who
 * types fast need not wait for each, and still sees only what comes next. Journalled
 * before each opening.
 *
 * Returns: true; LK_STORE_ERROR_UNKNOWN if it is none of those
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_parcel_open(LkSession *session, gint64 id, LkParcelItem *item, GError **error);

/** lk_parcel_find: crop @id of the person of @session, without opening it.
 * LK_STORE_ERROR_UNKNOWN if that person has no such crop (any more). */
G_GNUC_WARN_UNUSED_RESULT
bool lk_parcel_find(LkSession *session, gint64 id, LkParcelItem *item, GError **error);

/**
 * lk_parcel_settle:
 * @value: (nullable): what the clerk typed, checked by the caller; NULL: nothing stands
 *   there
 * @sealed: as lk_store_decide_sealed(), else as lk_store_decide()
 *
 * One transaction: the decision (or, where fields are typed twice, what keying.h makes
 * of it), the crop deleted, the journal lines.
 *
 * Returns: true if written; LK_STORE_ERROR_UNKNOWN as lk_parcel_find();
 * LK_STORE_ERROR_REFUSED if somebody else settled the field, or its page, meanwhile:
 * the crop is withdrawn then
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_parcel_settle(LkSession *session, gint64 id, const char *value, bool sealed,
                      GError **error);

/** lk_parcel_hand_back: the clerk cannot read crop @id: it is withdrawn, and the field
 * may be given again. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_parcel_hand_back(LkSession *session, gint64 id, GError **error);

/* --- All of them. ----------------------------------------------------------------- */

typedef struct {
    gint64 id;
    LkParcelKind kind;
    char login[LK_LOGIN_MAX + 1];
    char *given_by, *given_at; /* login, UTC */
    int n_given, n_typed, n_withdrawn;
} LkParcel;

void lk_parcel_free(LkParcel *parcel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkParcel, lk_parcel_free)

/** lk_parcel_list: (transfer full): GPtrArray of LkParcel, latest first. */
G_GNUC_WARN_UNUSED_RESULT
GPtrArray *lk_parcel_list(LkStore *store, GError **error);

/**
 * lk_parcel_withdraw:
 * @by: not a clerk
 * @n: (out): crops that were still to be typed and are deleted
 *
 * Returns: true; LK_STORE_ERROR_UNKNOWN if there is no such parcel
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_parcel_withdraw(LkSession *by, gint64 parcel, int *n, GError **error);

G_END_DECLS

#endif
