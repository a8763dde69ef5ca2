/* office.c - see office.h */
#include "tests/files/office.h"

#include <stdlib.h>

static LkSecret *recovery;

static void
forget(void)
{
    g_clear_pointer(&recovery, lk_secret_free);
}

static void
renew(void)
{
    static bool is_asked;
    if (!is_asked) {
        is_asked = true;
        (void)atexit(forget);
    }
    forget();
    recovery = lk_recovery_new();
}

void
office_init(const char *dir, const char *region, const char *office)
{
    g_autoptr(GError) error = NULL;
    renew();
    bool done = lk_store_init_protected(dir, region, office, recovery, &error);
    g_assert_no_error(error);
    g_assert_true(done);
}

void
office_protect(LkStore *store)
{
    g_autoptr(GError) error = NULL;
    renew();
    bool done = lk_guard_create(store, recovery, &error);
    g_assert_no_error(error);
    g_assert_true(done);
}

LkSession *
office_session(LkStore *store)
{
    g_autoptr(GError) error = NULL;
    LkSession *session = lk_session_recover(store, recovery, &error);
    g_assert_no_error(error);
    return session;
}

void
office_write_words(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSecret) words = lk_recovery_words(recovery);
    g_file_set_contents_full(path, lk_secret_data(words), -1, G_FILE_SET_CONTENTS_NONE,
                             0600, &error);
    g_assert_no_error(error);
}
