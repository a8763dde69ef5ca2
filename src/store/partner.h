/* partner.h - other offices: their public keys, looked at and believed by a person.
 * Part of store.h.
 *
 * An office shows itself by a small text file (`lakana office key`), signed with its
 * own key. Anybody can write such a file: what makes it worth something is that two
 * people compare its fingerprint by telephone. That it was done is a row signed by this
 * office, so nobody becomes a partner by writing in the database. */
#ifndef LK_STORE_PARTNER_H
#define LK_STORE_PARTNER_H

#include "store/guard.h"

G_BEGIN_DECLS

/** An office as others know it. */
typedef struct {
    char *name;
    char region[4];
    uint8_t sign[LK_KEY_LEN];      /* what it signs is checked with this; who it is */
    uint8_t reception[LK_KEY_LEN]; /* what is sent to it is sealed with this */
    char *trusted_at;              /* UTC; NULL: not by this office */
    char *trusted_by;              /* login */
} LkOffice;

void lk_office_free(LkOffice *office);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkOffice, lk_office_free)

/** lk_office_own: (transfer full): this office. LK_STORE_ERROR_UNPROTECTED */
G_GNUC_WARN_UNUSED_RESULT
LkOffice *lk_office_own(LkStore *store, GError **error);

/** lk_office_text: (transfer full): this office's key file. @session holds "sign". */
G_GNUC_WARN_UNUSED_RESULT
char *lk_office_text(LkSession *session, GError **error);

/**
 * lk_office_parse:
 * @text: of a key file, not trusted
 *
 * Returns: (transfer full): the office, if the file was signed with the key that it
 * names; else NULL with LK_STORE_ERROR_DAMAGED
 */
G_GNUC_WARN_UNUSED_RESULT
LkOffice *lk_office_parse(const char *text, size_t size, GError **error);

/**
 * lk_office_trust:
 * @session: holds "sign"
 * @office: whose fingerprint somebody has compared
 *
 * One that is trusted already stays as it is. With its line in the journal.
 *
 * Returns: true; LK_STORE_ERROR_REFUSED if it is this office itself
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_office_trust(LkSession *session, const LkOffice *office, GError **error);

/** lk_office_forget: the same way back: @sign is no partner any more.
 * LK_STORE_ERROR_UNKNOWN */
G_GNUC_WARN_UNUSED_RESULT
bool lk_office_forget(LkSession *session, const uint8_t sign[LK_KEY_LEN],
                      GError **error);

/**
 * lk_office_list:
 * Returns: (transfer full): GPtrArray of LkOffice by name; NULL with
 * LK_STORE_ERROR_DAMAGED if a row was not signed by this office
 */
G_GNUC_WARN_UNUSED_RESULT
GPtrArray *lk_office_list(LkStore *store, GError **error);

/**
 * lk_office_find:
 * @sign: its public key
 *
 * Returns: (transfer full): a trusted office; NULL with LK_STORE_ERROR_UNKNOWN
 */
G_GNUC_WARN_UNUSED_RESULT
LkOffice *lk_office_find(LkStore *store, const uint8_t sign[LK_KEY_LEN],
                         GError **error);

G_END_DECLS

#endif
