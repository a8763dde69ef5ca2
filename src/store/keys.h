/* keys.h - what the files about keys share. */
#ifndef LK_STORE_KEYS_H
#define LK_STORE_KEYS_H

#include "store/priv.h"

G_BEGIN_DECLS

/** A private key under a passphrase, as people's rows keep it. */
typedef struct {
    LkSlotCost cost;
    GBytes *salt;
    GBytes *box; /* nonce, then what XChaCha20-Poly1305 made */
} LkSlot;

void lk_slot_clear(LkSlot *slot);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LkSlot, lk_slot_clear)

/** Whose slot it is: bound to what is in it. */
typedef struct {
    const char *login;
    const uint8_t *public; /* the person's, LK_KEY_LEN */
} LkSlotOwner;

/**
 * lk_slot_seal: slow.
 * @content: what the passphrase shall open
 * @slot: (out)
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_slot_seal(const LkSlotCost *cost, const LkSlotOwner *owner,
                  const LkSecret *passphrase, const LkSecret *content, LkSlot *slot,
                  GError **error);

/**
 * lk_slot_open: slow; a @slot without box takes as long.
 *
 * Returns: (transfer full): the content; NULL without @error: wrong passphrase, or
 * altered; NULL with @error: no memory, or cost out of bounds
 */
G_GNUC_WARN_UNUSED_RESULT
LkSecret *lk_slot_open(const LkSlot *slot, const LkSlotOwner *owner,
                       const LkSecret *passphrase, GError **error);

/* --- domain.c --------------------------------------------------------------------- */

/** lk_damaged_key: "…was altered", and what to do; always false. */
bool lk_damaged_key(LkStore *store, const char *what, GError **error);

/** lk_office_sign_public: the public half of "sign", believed as it stands. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_office_sign_public(LkStore *store, uint8_t public[LK_KEY_LEN], GError **error);

/**
 * lk_people_public: the key that signs the rows of people.
 * @public: (out): that of "people"; of "sign" while the office has no other
 *
 * Returns: true; LK_STORE_ERROR_DAMAGED if it is not the one that the journal names
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_people_public(LkStore *store, uint8_t public[LK_KEY_LEN], GError **error);

/** lk_guard_is_split: whether "people" is a key of its own. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_guard_is_split(LkStore *store, bool *split, GError **error);

/** lk_key_hash: BLAKE2b-256 of a public key, as slots keep that of "sign". */
void lk_key_hash(const uint8_t public[LK_KEY_LEN], uint8_t hash[LK_KEY_LEN]);

/** lk_domain_is_signer: "sign" or "people": Ed25519, nothing is sealed to it. */
bool lk_domain_is_signer(const char *domain);

/** lk_key_matches: whether @private is the other half of @domain's @public. */
bool lk_key_matches(const char *domain, const LkSecret *private,
                    const uint8_t public[LK_KEY_LEN]);

/** lk_guard_check_base: the signatures of all domains that are not of case files. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_guard_check_base(LkStore *store, GError **error);

/** lk_domain_sign: (transfer full): the signature of a domain's row by @seed. */
GBytes *lk_domain_sign(const char *domain, const uint8_t public[LK_KEY_LEN],
                       const LkSecret *seed);

/* --- mint.c ----------------------------------------------------------------------- */

/** lk_grant_put: @private of @domain, sealed to @public of @holder. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_grant_put(LkStore *store, const char *domain, const LkSecret *private,
                  const char *holder, const uint8_t public[LK_KEY_LEN], GError **error);

/** lk_guard_write_keys: lk_guard_create() inside the caller's transaction. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_guard_write_keys(LkStore *store, const LkSecret *recovery, GError **error);

/**
 * lk_guard_split: gives an office of before its key "people": to the recovery key and
 * to admins, who lose "sign". Inside the caller's transaction.
 * @session: holds "sign"
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_guard_split(LkSession *session, GError **error);

/** lk_sql_bytes: (transfer full): column @column, or NULL. */
GBytes *lk_sql_bytes(sqlite3_stmt *statement, int column);
/** lk_sql_key: column @column into @key; false if it has another size than @size. */
bool lk_sql_key(sqlite3_stmt *statement, int column, uint8_t *key, size_t size);

/* --- person.c --------------------------------------------------------------------- */

/** A row of people as it stands. */
typedef struct {
    char login[LK_LOGIN_MAX + 1];
    LkRole role;
    uint8_t public[LK_KEY_LEN];
    char *added_at, *revoked_at;
    uint8_t signature[LK_SIGNATURE_LEN];
    LkSlot slot;    /* salt and box NULL if revoked */
    LkSecret *mark; /* of new keys, for the person's first lk_mark_put(); else NULL */
} LkPersonRow;

void lk_person_row_clear(LkPersonRow *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LkPersonRow, lk_person_row_clear)

/** lk_person_load: @found false if there is none; the signature is not looked at. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_person_load(LkStore *store, const char *login, LkPersonRow *row, bool *found,
                    GError **error);

/** lk_person_check: whether the office's "sign" signed @row. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_person_check(LkStore *store, const LkPersonRow *row, GError **error);

/** lk_person_load_active: a person who is there, whole and not revoked; else
 * LK_STORE_ERROR_UNKNOWN or LK_STORE_ERROR_DAMAGED. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_person_load_active(LkStore *store, const char *login, LkPersonRow *row,
                           GError **error);

/** lk_person_write: signs @row and writes it, over the one with its login. Who holds
 * "sign" but not "people" can only write rows that are revoked. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_person_write(LkSession *by, LkPersonRow *row, GError **error);

/** lk_person_sign: @row's signature by @signer, a seed. */
void lk_person_sign(LkPersonRow *row, const LkSecret *signer);

/** lk_role_domains: what is given with @role, NULL at the end. */
const char *const *lk_role_domains(LkRole role);

/** lk_role_may_hold: whether people of @role may be granted @domain. */
bool lk_role_may_hold(LkRole role, const char *domain);

/* --- grant.c ---------------------------------------------------------------------- */

/** lk_grant_exists: @has: whether @holder has the key of @domain. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_grant_exists(LkStore *store, const char *domain, const char *holder, bool *has,
                     GError **error);

/* --- renew.c ---------------------------------------------------------------------- */

/** lk_domain_plain: @name without what says that it is a former key of the domain. */
void lk_domain_plain(const char *name, char plain[LK_DOMAIN_MAX + 1]);

/** lk_domain_formers: (transfer full): GPtrArray of char*, the names of @domain's
 * former keys, newest first. */
G_GNUC_WARN_UNUSED_RESULT
GPtrArray *lk_domain_formers(LkStore *store, const char *domain, GError **error);

/** lk_domain_was_public: @was: whether @public is the key of @domain, or was before. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_domain_was_public(LkStore *store, const char *domain,
                          const uint8_t public[LK_KEY_LEN], bool *was, GError **error);

/** lk_grant_proof: (transfer full): what only who holds @domain's @private can say of
 * @holder with the key @public. */
GBytes *lk_grant_proof(const char *domain, const LkSecret *private, const char *holder,
                       const uint8_t public[LK_KEY_LEN]);

/** lk_grant_prove: proves the grants of @session's person that have no proof yet.
 * Inside a transaction. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_grant_prove(LkSession *session, GError **error);

/** lk_renew_mark: the keys that @row's person holds, and of a manager those of all case
 * files, which she could open once, are due to be renewed. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_renew_mark(LkStore *store, const LkPersonRow *row, GError **error);

/** lk_renew_due: renews what is due and @session holds; with a line of the journal.
 * Inside a transaction. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_renew_due(LkSession *session, GError **error);

/* --- seal.c ----------------------------------------------------------------------- */

/** lk_sign_seeded: @data signed with the Ed25519 key of @seed, LK_KEY_LEN bytes. */
void lk_sign_seeded(const LkSecret *seed, const void *data, size_t size,
                    uint8_t signature[LK_SIGNATURE_LEN]);

/* --- session.c -------------------------------------------------------------------- */

/**
 * lk_session_private: (transfer none): the private half of @domain, until the session
 * ends or opens many others; NULL with LK_STORE_ERROR_LOCKED, DAMAGED, UNKNOWN
 */
G_GNUC_WARN_UNUSED_RESULT
const LkSecret *lk_session_private(LkSession *session, const char *domain,
                                   GError **error);

/** lk_session_forget: @domain has another key now. */
void lk_session_forget(LkSession *session, const char *domain);

/** lk_key_for: (transfer full): the key for @purpose that only who has @private can
 * make: lk_session_key(). */
LkSecret *lk_key_for(const LkSecret *private, const char *purpose);

/** lk_session_own: the person's own private key, for a new slot. */
const LkSecret *lk_session_own(const LkSession *session);

/* --- journal.c -------------------------------------------------------------------- */

/**
 * lk_journal_people: what the journal says of the key "people", the first time it does.
 * Whoever puts another key in its place must make that line and all after it anew, and
 * that is noticed by the marks.
 * @hash: (out): of the key, in hexadecimal digits; "" if it says nothing, "-" if that
 *   line does not follow from the one before
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_journal_people(LkStore *store, char hash[LK_HASH_LEN + 1], GError **error);

#define LK_MARK_PURPOSE "journal" /* of the key of a mark: lk_key_for() */

/**
 * lk_mark_put: keeps number and hash of the journal's last line for @login, inside the
 * caller's transaction.
 * @key: lk_key_for() the person's own private key
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_mark_put(LkStore *store, const char *login, const LkSecret *key,
                 GError **error);

/** lk_mark_check: @fits: whether the journal still has the line that was kept for
 * @login; false too if the mark is gone or was altered. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_mark_check(LkStore *store, const char *login, const LkSecret *key, bool *fits,
                   GError **error);

/* --- seal-file.c ------------------------------------------------------------------ */

/* How sealed files begin: of any kind; a scan (chunks.h); a page whose clear bytes say
 * where the rest of it lies (page-parts.h). */
#define LK_SEALED_FILE "LKS1"
#define LK_SEALED_SCAN "LKS2"
#define LK_SEALED_PAGE "LKP1"

/** lk_is_sealed: whether a file that begins with @bytes is one of these. */
bool lk_is_sealed(const uint8_t *bytes, size_t size);

#define LK_SEALED_HEAD_MAX 2048 /* bytes: more than any address has */

/**
 * lk_sealed_clear_size: without a key: what can be told by the look of a sealed file.
 * @start: its first LK_SEALED_HEAD_MAX bytes, or all of them
 * @file_size: bytes of all of it
 *
 * Returns: the bytes that are sealed in it; -1 if it is not sealed, or cut off where no
 * file ends
 */
gint64 lk_sealed_clear_size(const uint8_t *start, size_t n, gint64 file_size);

/** lk_seal_address: (transfer full): what sealed files begin with: their kind, and @key
 * for each recipient. */
G_GNUC_WARN_UNUSED_RESULT
GByteArray *lk_seal_address(const char *kind, const LkRecipient *to, size_t n,
                            const LkSecret *key, GError **error);

/** lk_sealed_address: appends it to @bytes, from the beginning of @fd. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_sealed_address(int fd, const char *path, GByteArray *bytes, GError **error);

/** lk_sealed_file_damaged: "…was altered or cut off", and what to do; always false. */
bool lk_sealed_file_damaged(const char *path, GError **error);

/** lk_seal_page_new: lk_seal_file_new() of a page in parts. */
G_GNUC_WARN_UNUSED_RESULT
LkSealWriter *lk_seal_page_new(LkStore *store, const char *domain, int fd,
                               GError **error);

G_END_DECLS

#endif
