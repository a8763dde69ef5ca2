/* guard.h - who can read what: keys, people, sealing. Part of store.h.
 *
 * Whoever writes needs no secret; whoever reads needs a key, and keys are held by
 * people. Three kinds of rows:
 *
 *   domain  an X25519 key pair with a name: "reception" (what has no owner yet),
 *           "archive" (scans as they came), "backup", "recovery", "case:CODE"; and
 *           "sign", which is Ed25519. The public half lies in clear
 *   person  a login, a role, a key pair whose private half lies in the person's slot:
 *           sealed with Argon2id(passphrase)
 *   grant   the private half of a domain, sealed to a holder: a person's login, or
 *           "@NAME", whoever can open the domain NAME. "@recovery" holds everything:
 *           its private half is nowhere but on the paper that `lakana init` made
 *
 * The rows of people and of all domains but those of case files are signed with "sign";
 * each slot remembers which "sign" that was, so an exchange of all keys is noticed by
 * the first person who unlocks. The key of a case file is made by whoever prints or
 * ingests, without a secret, and cannot be signed: an exchanged one is noticed by the
 * first person who opens something with it.
 *
 * Sealed bytes (lk_seal()) say nothing about who sealed them: anybody who can write in
 * the office can. Put into them what they belong to (page, field), and compare.
 *
 * Errors: LK_STORE_ERROR_UNPROTECTED the office has no keys yet; LK_STORE_ERROR_LOCKED
 * wrong passphrase, or this person holds no key for it; LK_STORE_ERROR_DAMAGED sealed
 * bytes, keys or signatures that were altered. */
#ifndef LK_STORE_GUARD_H
#define LK_STORE_GUARD_H

#include "base/base.h"

G_BEGIN_DECLS

typedef struct LkStore LkStore; /* store.h */
typedef struct LkSession LkSession;

#define LK_KEY_LEN 32       /* every key, and the recovery secret, in bytes */
#define LK_SIGNATURE_LEN 64 /* Ed25519 */
#define LK_LOGIN_MAX 32
#define LK_DOMAIN_MAX 32 /* of a domain's name, without the closing zero */

#define LK_DOMAIN_RECEPTION "reception"
#define LK_DOMAIN_ARCHIVE "archive"
#define LK_DOMAIN_BACKUP "backup"
#define LK_DOMAIN_SIGN "sign"
#define LK_DOMAIN_RECOVERY "recovery"

/* --- Secrets in memory. ----------------------------------------------------------- */

/** Bytes that are kept out of the swap space and of core dumps, that a forked process
 * sees as zeros, and that are wiped when freed. */
typedef struct LkSecret LkSecret;

/** lk_secret_new: (transfer full): @size bytes, zeroed. */
LkSecret *lk_secret_new(size_t size);
/** lk_secret_new_from: (transfer full): a copy of @bytes; wipe the original. */
LkSecret *lk_secret_new_from(const void *bytes, size_t size);
/** lk_secret_data: (transfer none): the bytes; a zero that is not counted follows. */
void *lk_secret_data(const LkSecret *secret);
size_t lk_secret_size(const LkSecret *secret);
/** lk_secret_cut: shortens to @size, wiping what is cut off. */
void lk_secret_cut(LkSecret *secret, size_t size);
void lk_secret_free(LkSecret *secret);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkSecret, lk_secret_free)

/* --- The recovery key. ------------------------------------------------------------ */

#define LK_RECOVERY_WORDS 30 /* 9 bits each: 256 of the key, 14 to find mistakes */

/** lk_recovery_new: (transfer full): a new random recovery key, LK_KEY_LEN bytes. */
LkSecret *lk_recovery_new(void);

/**
 * lk_recovery_words:
 * Returns: (transfer full): @recovery as LK_RECOVERY_WORDS French words in small
 * letters, without accents, joined by single spaces
 */
LkSecret *lk_recovery_words(const LkSecret *recovery);

/**
 * lk_recovery_parse:
 * @words: as somebody typed them: capitals, digits and punctuation do not matter, the
 *   first four letters of each word are enough
 *
 * Returns: (transfer full): the recovery key; NULL if they are not LK_RECOVERY_WORDS of
 * our words, or if the check fails (a word mistaken for another)
 */
LkSecret *lk_recovery_parse(const LkSecret *words);

/** lk_recovery_key: (transfer full): the private half of the domain "recovery". */
LkSecret *lk_recovery_key(const LkSecret *recovery);

/* --- Keys of the office. ---------------------------------------------------------- */

/** lk_guard_is_ready: whether the office has keys. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_guard_is_ready(LkStore *store, bool *ready, GError **error);

/**
 * lk_guard_create:
 * @recovery: from lk_recovery_new(); to be shown or printed before this is called: when
 *   it returns true there is no other way in
 *
 * Gives an office that has none its keys, and a key to every case file, in one
 * transaction. There are no people yet: the first are added by a session of the
 * recovery key.
 *
 * Returns: true; LK_STORE_ERROR_EXISTS if the office has keys
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_guard_create(LkStore *store, const LkSecret *recovery, GError **error);

/**
 * lk_store_init_protected: lk_store_init() of an office that has keys from its first
 * moment: the folder is an office with them, or it is none.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_init_protected(const char *dir, const char *region, const char *office,
                             const LkSecret *recovery, GError **error);

/**
 * lk_guard_require: what writes something personal asks this first.
 *
 * Returns: true if the office has keys; else LK_STORE_ERROR_UNPROTECTED, whose message
 * names `lakana protect`
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_guard_require(LkStore *store, GError **error);

/** lk_domain_of_case: name of the domain of @code. */
void lk_domain_of_case(const LkCaseCode *code, char name[LK_DOMAIN_MAX + 1]);

/**
 * lk_domain_ensure_case:
 *
 * Makes the key of @code, held by @recovery and @reception, unless it has one or the
 * office has no keys yet. Needs no secret. Inside the caller's transaction, with what
 * opens the case file.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_domain_ensure_case(LkStore *store, const LkCaseCode *code, GError **error);

/**
 * lk_domain_public:
 * @public: (out): the public half; of "sign" an Ed25519 key
 *
 * Returns: true; LK_STORE_ERROR_UNKNOWN if there is no such domain,
 * LK_STORE_ERROR_DAMAGED if its row is not signed by this office
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_domain_public(LkStore *store, const char *domain, uint8_t public[LK_KEY_LEN],
                      GError **error);

/** lk_key_fingerprint: (transfer full): "3f1c 90aa …", the first 16 bytes of the
 * BLAKE2b-256 of a public key, to be compared by eye or telephone. */
char *lk_key_fingerprint(const uint8_t public[LK_KEY_LEN]);

/* --- People. ---------------------------------------------------------------------- */

typedef enum {
    LK_ROLE_MANAGER,    /* gestionnaire: own files, with names */
    LK_ROLE_SUPERVISOR, /* superviseur: all files, codes only; holds no domain */
    LK_ROLE_CLERK,      /* saisie: types what is given to it; holds no domain */
    LK_ROLE_ADMIN,      /* admin: people, settings, backups; no content of files */
    LK_ROLE_RECOVERY    /* nobody's role: a session opened with the recovery words */
} LkRole;

/** lk_role_name: "gestionnaire", "superviseur", "saisie", "admin", "recovery". */
const char *lk_role_name(LkRole role);
/** lk_role_parse: one of the first four, as a person writes it. */
bool lk_role_parse(const char *name, LkRole *role);

/** lk_login_is_valid: 2 to LK_LOGIN_MAX of a-z 0-9 . - with a letter first. */
bool lk_login_is_valid(const char *login);

typedef struct {
    char login[LK_LOGIN_MAX + 1];
    LkRole role;
    char *added_at;   /* UTC */
    char *revoked_at; /* UTC, or NULL */
    bool admitted;    /* holds every domain that the role should hold */
    int n_cases;      /* case files whose key the person holds */
} LkPerson;

void lk_person_free(LkPerson *person);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkPerson, lk_person_free)

/**
 * lk_person_list:
 * Returns: (transfer full): GPtrArray of LkPerson by login, revoked ones included; NULL
 * with LK_STORE_ERROR_DAMAGED if a row was not signed by this office
 */
G_GNUC_WARN_UNUSED_RESULT
GPtrArray *lk_person_list(LkStore *store, GError **error);

#define LK_PASSPHRASE_MIN 10 /* characters, not bytes */

/**
 * lk_person_add:
 * @by: holds "sign": a manager, an admin, the recovery key
 * @passphrase: UTF-8, at least LK_PASSPHRASE_MIN characters; slow
 *
 * Adds a person and grants what the role should hold as far as @by holds it; the rest
 * is given by lk_person_admit(). So a manager is made by two people, or by the recovery
 * key.
 *
 * Returns: true; LK_STORE_ERROR_EXISTS if the login was ever used,
 * LK_STORE_ERROR_LOCKED if @by may not add people, LK_STORE_ERROR_PASSPHRASE
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_person_add(LkSession *by, const char *login, LkRole role,
                   const LkSecret *passphrase, GError **error);

/**
 * lk_person_admit: grants @login what its role should hold, as far as @by holds it.
 *
 * Returns: true if @login has it all now; LK_STORE_ERROR_LOCKED if something is missing
 * that @by does not hold
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_person_admit(LkSession *by, const char *login, GError **error);

/** lk_person_passwd: a new passphrase for the person of @session; slow. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_person_passwd(LkSession *session, const LkSecret *passphrase, GError **error);

/**
 * lk_person_reset:
 * @by: a session of the recovery key
 *
 * For a passphrase that was forgotten: @login gets a new key pair in a new slot, and
 * every grant anew. What was sealed with lk_session_key() is lost.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_person_reset(LkSession *by, const char *login, const LkSecret *passphrase,
                     GError **error);

/**
 * lk_person_revoke:
 * @by: holds "sign", and is not @login
 * @n_returned: (out): case files that nobody else held and that @by could give back to
 *   "@reception"
 * @n_stranded: (out): those that only the recovery key opens now
 *
 * Removes the person's slot and grants; the row stays, signed as revoked. Whoever
 * copied the folder before can still open that copy.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_person_revoke(LkSession *by, const char *login, int *n_returned,
                      int *n_stranded, GError **error);

/* --- Sessions: a person who has unlocked. ----------------------------------------- */

/**
 * lk_session_open:
 * @login: as typed
 * @passphrase: the person's; or the recovery words, then this is lk_session_recover()
 *
 * Slow on purpose (Argon2id, 256 MiB), whether @login exists or not. Success and
 * failure are journalled; while the session lives, journal lines carry its login.
 *
 * Returns: (transfer full): a session that must end before @store; NULL with
 * LK_STORE_ERROR_LOCKED (login, or passphrase, or revoked: not said which),
 * LK_STORE_ERROR_DAMAGED (keys or row of the person were exchanged)
 */
G_GNUC_WARN_UNUSED_RESULT
LkSession *lk_session_open(LkStore *store, const char *login,
                           const LkSecret *passphrase, GError **error);

/**
 * lk_session_recover:
 * @recovery: the recovery key, from lk_recovery_parse()
 *
 * Returns: (transfer full): a session that can open everything; its login is
 * "@recovery"
 */
G_GNUC_WARN_UNUSED_RESULT
LkSession *lk_session_recover(LkStore *store, const LkSecret *recovery, GError **error);

/** lk_session_free: wipes its keys. */
void lk_session_free(LkSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkSession, lk_session_free)

/**
 * lk_session_acts: of several sessions in one store the one that acts from now on:
 * lines of the journal carry its login. A session that was just opened acts.
 */
void lk_session_acts(LkSession *session);

const char *lk_session_login(const LkSession *session);
LkRole lk_session_role(const LkSession *session);
/** lk_session_store: (transfer none): the office it was opened in. */
LkStore *lk_session_store(const LkSession *session);

/**
 * lk_session_journal_fits: false if the journal no longer has the line that this person
 * saw last: it was rewritten, or cut off, by somebody who wrote in the database.
 */
bool lk_session_journal_fits(const LkSession *session);

/**
 * lk_session_key:
 * @purpose: what it is for, "index"; another purpose is another key
 *
 * Returns: (transfer full): a key of LK_KEY_LEN bytes that only this person can make,
 * the same each time until lk_person_reset()
 */
LkSecret *lk_session_key(const LkSession *session, const char *purpose);

/**
 * lk_session_holds:
 * @holds: (out): whether lk_unseal() for @domain would find a key
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_session_holds(LkSession *session, const char *domain, bool *holds,
                      GError **error);

/**
 * lk_session_require_case: whether @session can open the file @code.
 *
 * Returns: true if it holds the key; else LK_STORE_ERROR_LOCKED, with the way to get it
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_session_require_case(LkSession *session, const LkCaseCode *code,
                             GError **error);

/** LkCaseFunc: @code lives during the call. */
typedef void (*LkCaseFunc)(const LkCaseCode *code, void *data);

/** lk_session_each_case: calls @each for every file whose key the person holds, or
 * @reception if the person holds that: as the rows say, no key is used. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_session_each_case(LkSession *session, LkCaseFunc each, void *data,
                          GError **error);

/** lk_case_locked: that error, for who knows already; always false. */
bool lk_case_locked(const LkCaseCode *code, GError **error);

/* --- Grants. ---------------------------------------------------------------------- */

/**
 * lk_grant:
 * @session: holds @domain
 * @holder: a login, or "@reception"
 *
 * Inside a transaction or not; no journal line.
 *
 * Returns: true if @holder has the key (now or before); LK_STORE_ERROR_LOCKED if
 * @session holds no key, LK_STORE_ERROR_UNKNOWN if there is no such person,
 * LK_STORE_ERROR_REFUSED if the person's role may not hold that domain
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_grant(LkSession *session, const char *domain, const char *holder,
              GError **error);

/** lk_grant_withdraw: the same way back. "@recovery" keeps what it has. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_grant_withdraw(LkSession *session, const char *domain, const char *holder,
                       GError **error);

/** lk_grant_holders: (transfer full): GPtrArray of char*, who holds @domain, in order.
 */
G_GNUC_WARN_UNUSED_RESULT
GPtrArray *lk_grant_holders(LkStore *store, const char *domain, GError **error);

/**
 * lk_case_take: @session's person becomes the holder of @code; "@reception" no longer
 * is. With its journal line.
 *
 * Returns: true; LK_STORE_ERROR_LOCKED: somebody else's file, to be given by its holder
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_case_take(LkSession *session, const LkCaseCode *code, GError **error);

/**
 * lk_case_give: @login becomes a holder of @code, "@reception" and the person of
 * @session no longer are. With its journal line.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_case_give(LkSession *session, const LkCaseCode *code, const char *login,
                  GError **error);

/* --- Sealed bytes. ---------------------------------------------------------------- */

/**
 * lk_seal: needs no secret.
 * Returns: (transfer full): 49 bytes more than @size; only holders of @domain can open
 */
G_GNUC_WARN_UNUSED_RESULT
GBytes *lk_seal(LkStore *store, const char *domain, const void *data, size_t size,
                GError **error);

/**
 * lk_unseal:
 * Returns: (transfer full): what was sealed; LK_STORE_ERROR_LOCKED,
 * LK_STORE_ERROR_DAMAGED
 */
G_GNUC_WARN_UNUSED_RESULT
LkSecret *lk_unseal(LkSession *session, const char *domain, GBytes *sealed,
                    GError **error);

/** lk_seal_to, lk_unseal_with: the same for a key that is not a domain of this office:
 * another office's, or one at hand. LK_STORE_ERROR_DAMAGED also if the key is the wrong
 * one. */
G_GNUC_WARN_UNUSED_RESULT
GBytes *lk_seal_to(const uint8_t public[LK_KEY_LEN], const void *data, size_t size,
                   GError **error);
G_GNUC_WARN_UNUSED_RESULT
LkSecret *lk_unseal_with(const LkSecret *private, GBytes *sealed, GError **error);

/* --- Signatures of the office. ---------------------------------------------------- */

/** lk_sign: @session holds "sign". Begin @data with what it is for. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_sign(LkSession *session, const void *data, size_t size,
             uint8_t signature[LK_SIGNATURE_LEN], GError **error);

/** lk_signature_is_valid: @public: an office's "sign". */
bool lk_signature_is_valid(const uint8_t public[LK_KEY_LEN], const void *data,
                           size_t size, const uint8_t signature[LK_SIGNATURE_LEN]);

/* --- Sealed files, LKS1: docs/database.md. ---------------------------------------- */

typedef struct LkSealWriter LkSealWriter;

/** Who shall be able to open a file. */
typedef struct {
    const char *name; /* at most LK_DOMAIN_MAX bytes; stands in clear in the file */
    uint8_t public[LK_KEY_LEN];
} LkRecipient;

#define LK_RECIPIENTS_MAX 16

/**
 * lk_seal_file_new:
 * @fd: written from where it stands; stays the caller's, to be synchronised and closed
 *
 * Begins a sealed file that holders of @domain can open. Needs no secret.
 *
 * Returns: (transfer full): free it with lk_seal_file_free()
 */
G_GNUC_WARN_UNUSED_RESULT
LkSealWriter *lk_seal_file_new(LkStore *store, const char *domain, int fd,
                               GError **error);

/** lk_seal_file_new_for: the same for any of 1 to LK_RECIPIENTS_MAX keys. */
G_GNUC_WARN_UNUSED_RESULT
LkSealWriter *lk_seal_file_new_for(const LkRecipient *to, size_t n, int fd,
                                   GError **error);

/** LkSealWatch: sees the bytes of a sealed file as they go to the disk. */
typedef void (*LkSealWatch)(const void *bytes, size_t size, void *data);

/** lk_seal_file_watch: @watch is shown every byte of the file; to be called before the
 * first lk_seal_file_write(). */
void lk_seal_file_watch(LkSealWriter *writer, LkSealWatch watch, void *data);

G_GNUC_WARN_UNUSED_RESULT
bool lk_seal_file_write(LkSealWriter *writer, const void *data, size_t size,
                        GError **error);
/** lk_seal_file_end: writes what is left and the end; without it the file is cut off.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_seal_file_end(LkSealWriter *writer, GError **error);
void lk_seal_file_free(LkSealWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkSealWriter, lk_seal_file_free)

/** LkUnsealFunc: @size bytes that are authentic; false with @error stops. */
typedef bool (*LkUnsealFunc)(const void *bytes, size_t size, void *data,
                             GError **error);

/**
 * lk_unseal_file:
 * @sink: gets the clear bytes in order, at most 64 KiB at a time. Each piece is
 *   authentic, but whether the file is whole is known only when this returns true
 *
 * Returns: true if the file was whole; LK_STORE_ERROR_LOCKED, LK_STORE_ERROR_DAMAGED,
 * LK_STORE_ERROR_FILE
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_unseal_file(LkSession *session, const char *path, LkUnsealFunc sink, void *data,
                    GError **error);

/** lk_unseal_fd: the same from where @fd stands; @path for messages. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_unseal_fd(LkSession *session, int fd, const char *path, LkUnsealFunc sink,
                  void *data, GError **error);

/** lk_unseal_fd_with: the same with the private half of the recipient called @name. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_unseal_fd_with(const LkSecret *private, const char *name, int fd,
                       const char *path, LkUnsealFunc sink, void *data, GError **error);

/**
 * lk_unseal_to_memory:
 * Returns: a descriptor to close, of a file that is in memory only, cannot be changed
 * any more and stands at its beginning; -1 on error
 */
G_GNUC_WARN_UNUSED_RESULT
int lk_unseal_to_memory(LkSession *session, const char *path, GError **error);

/**
 * lk_sealed_file_domain:
 * @domain: (out): name of the first recipient; "" if @path is not a sealed file
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_sealed_file_domain(const char *path, char domain[LK_DOMAIN_MAX + 1],
                           GError **error);

G_END_DECLS

#endif
