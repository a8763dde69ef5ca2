/* office.h - offices with keys, for the tests. */
#ifndef LK_TEST_OFFICE_H
#define LK_TEST_OFFICE_H

#include "store/store.h"

/** office_init: lk_store_init_protected() with a recovery key that is kept for
 * office_session(); fails the test if it cannot be. */
void office_init(const char *dir, const char *region, const char *office);

/** office_protect: keys for an office that has none; kept likewise. */
void office_protect(LkStore *store);

/** office_session: (transfer full): of the recovery key of the last office. */
LkSession *office_session(LkStore *store);

/** office_write_words: the recovery words of the last office, into a file for its
 * owner.
 */
void office_write_words(const char *path);

#define OFFICE_PASSPHRASE "une phrase pour les tests"

typedef struct {
    const char *login;
    LkRole role;
} OfficePerson;

/** office_add_people: by the recovery key of the last office, each with
 * OFFICE_PASSPHRASE. */
void office_add_people(LkStore *store, const OfficePerson *people, size_t n);

/** office_unlock: (transfer full): one of them. */
LkSession *office_unlock(LkStore *store, const char *login);

/** office_number: what the query says; fails the test if it cannot be asked. */
gint64 office_number(LkStore *store, const char *query);

/** office_sql: the same by sqlite3, another program. */
void office_sql(const char *dir, const char *statement);

/** office_shows: whether some file of the office says @text in clear; by grep. */
bool office_shows(const char *dir, const char *text);

/** office_shell: exit status of a shell command. */
int office_shell(const char *command);

#endif
