/* tool-people DIR PASSPHRASE LOGIN:ROLE…: gives an office its keys, unless tool-case
 * left its recovery words in DIR.words, and people with one passphrase in slots that
 * open quickly, for the tests of commands. Prints the recovery words. */
#include "store/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
must(bool done, const GError *error)
{
    if (!done) {
        fprintf(stderr, "tool-people: %s\n", error != NULL ? error->message : "usage");
        exit(1);
    }
}

static void
add_person(LkSession *by, const char *text, const LkSecret *passphrase)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) parts = g_strsplit(text, ":", 2);
    LkRole role = LK_ROLE_MANAGER;
    must(g_strv_length(parts) == 2 && lk_role_parse(parts[1], &role), NULL);
    must(lk_person_add(by, parts[0], role, passphrase, &error), error);
}

/* (transfer full): of the office that tool-case made; NULL: it has none yet. */
static LkSecret *
find_recovery(const char *dir)
{
    g_autofree char *path = g_strconcat(dir, ".words", NULL);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL)) {
        return NULL;
    }
    g_autoptr(LkSecret) words = lk_secret_new_from(text, strlen(text));
    return lk_recovery_parse(words);
}

int
main(int argc, char **argv)
{
    must(argc > 3, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStore) store = lk_store_open(argv[1], &error);
    must(store != NULL, error);
    store->slot_cost = (LkSlotCost){1, 8 << 20};
    g_autoptr(LkSecret) recovery = find_recovery(argv[1]);
    if (recovery == NULL) {
        recovery = lk_recovery_new();
        must(lk_guard_create(store, recovery, &error), error);
    }
    g_autoptr(LkSecret) passphrase = lk_secret_new_from(argv[2], strlen(argv[2]));
    g_autoptr(LkSession) by = lk_session_recover(store, recovery, &error);
    must(by != NULL, error);
    for (int i = 3; i < argc; i++) {
        add_person(by, argv[i], passphrase);
    }
    g_autoptr(LkSecret) words = lk_recovery_words(recovery);
    printf("%s\n", (const char *)lk_secret_data(words));
    return 0;
}
