/* office.c - see office.h */
#include "tests/files/office.h"

#include "store/priv.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

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

void
office_add_people(LkStore *store, const OfficePerson *people, size_t n)
{
    g_autoptr(LkSecret) passphrase =
        lk_secret_new_from(OFFICE_PASSPHRASE, strlen(OFFICE_PASSPHRASE));
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) by = office_session(store);
    for (size_t i = 0; i < n; i++) {
        bool done =
            lk_person_add(by, people[i].login, people[i].role, passphrase, &error);
        g_assert_no_error(error);
        g_assert_true(done);
    }
}

LkSession *
office_unlock(LkStore *store, const char *login)
{
    g_autoptr(LkSecret) passphrase =
        lk_secret_new_from(OFFICE_PASSPHRASE, strlen(OFFICE_PASSPHRASE));
    g_autoptr(GError) error = NULL;
    LkSession *session = lk_session_open(store, login, passphrase, &error);
    g_assert_no_error(error);
    return session;
}

gint64
office_number(LkStore *store, const char *query)
{
    gint64 n = 0;
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_sql_number(store, &n, &error, query, ""));
    g_assert_no_error(error);
    return n;
}

int
office_shell(const char *command)
{
    const char *argv[] = {"sh", "-c", command, NULL};
    int status = 0;
    g_autoptr(GError) error = NULL;
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                 &status, &error);
    g_assert_no_error(error);
    return WEXITSTATUS(status);
}

void
office_sql(const char *dir, const char *statement)
{
    g_autofree char *command =
        g_strdup_printf("sqlite3 '%s/lakana.db' \"%s\"", dir, statement);
    g_assert_cmpint(office_shell(command), ==, 0);
}

bool
office_shows(const char *dir, const char *text)
{
    g_autofree char *command = g_strdup_printf("grep -rqia -e '%s' '%s'", text, dir);
    return office_shell(command) == 0;
}
