/* tool-unseal.c - a sealed file of an office, in clear: for scripts that look whether
 * it is what it should be.
 *
 *   tool-unseal OFFICE WORDS FILE    the clear bytes of FILE to standard output; WORDS
 *                                    is a file with the recovery words
 */
#include "store/store.h"

#include <stdio.h>
#include <string.h>

static bool
put(const void *bytes, size_t size, void *data, GError **error)
{
    (void)data;
    (void)error;
    return fwrite(bytes, 1, size, stdout) == size;
}

static LkSession *
unlock(LkStore *store, const char *path, GError **error)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, error)) {
        return NULL;
    }
    g_autoptr(LkSecret) words = lk_secret_new_from(text, strlen(text));
    g_autoptr(LkSecret) recovery = lk_recovery_parse(words);
    return recovery != NULL ? lk_session_recover(store, recovery, error) : NULL;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStore) store = argc == 4 ? lk_store_open(argv[1], &error) : NULL;
    g_autoptr(LkSession) session =
        store != NULL ? unlock(store, argv[2], &error) : NULL;
    bool done = session != NULL && lk_unseal_file(session, argv[3], put, NULL, &error);
    if (!done) {
        fprintf(stderr, "tool-unseal: %s\n",
                error != NULL ? error->message : "OFFICE WORDS FILE");
    }
    return done ? 0 : 1;
}
