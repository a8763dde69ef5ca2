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

#endif
