/* tool-bench-vault.c - the names of many files: made ready, and searched.
 *
 *   tool-bench-vault N     lines "what value", times in ms, on standard output
 *
 * Names are made of syllables and of common names, with the spellings that one finds;
 * nobody is called so (EXEMPLE FICTIF). Everything but keys and codes follows from a
 * seed. */
#include "store/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SEED 20261127
#define REPEATS 9
#define PASSPHRASE "une phrase pour mesurer"

static const char *const given[] = {
    "Fatoumata", "Aminata", "Aïssata", "Mariam",   "Awa",     "Kadiatou",
    "Djénéba",   "Oumou",   "Rokia",   "Salimata", "Bintou",  "Fanta",
    "Mamadou",   "Moussa",  "Amadou",  "Ibrahim",  "Oumar",   "Souleymane",
    "Abdoulaye", "Seydou",  "Issa",    "Boubacar", "Adama",   "Youssouf",
    "Modibo",    "Drissa",  "Lassana", "Mohamed",  "Tiémoko", "Bakary"};
static const char *const family[] = {
    "Traoré",   "Diarra",  "Coulibaly", "Keïta",   "Diallo",  "Touré",
    "Koné",     "Sidibé",  "Maïga",     "Sangaré", "Dembélé", "Cissé",
    "Konaté",   "Doumbia", "Samaké",    "Sissoko", "Diakité", "Camara",
    "Ouattara", "Dicko",   "Cissouma",  "Guindo"};
static const char *const queries[] = {
    "Fatoumata Traoré",  "Jallow",       "mamadou",   "Kadidia Coulibali",
    "Moussa ag Attaher", "Abdoul Karim", "Awa",       "Fatoumata Binta Traoré Samaké",
    "Zoulkarnaïni",      "Oumou Sy",     "Sekou Ture"};

static char *
syllables(GRand *random)
{
    static const char *const starts[] = {"b", "d", "f", "g", "k",  "l",  "m",  "n",
                                         "s", "t", "w", "y", "dj", "gn", "nd", "z"};
    static const char *const vowels[] = {"a", "é", "i", "o", "ou", "aï"};
    GString *word = g_string_new(NULL);
    for (int n = g_rand_int_range(random, 2, 5); n > 0; n--) {
        g_string_append(word,
                        starts[g_rand_int_range(random, 0, G_N_ELEMENTS(starts))]);
        g_string_append(word,
                        vowels[g_rand_int_range(random, 0, G_N_ELEMENTS(vowels))]);
    }
    return g_string_free(word, FALSE);
}

/* One word in four is nobody else's: a real list has as many rare names. */
static char *
pick(GRand *random, const char *const *common, int n)
{
    return g_rand_int_range(random, 0, 4) == 0
               ? syllables(random)
               : g_strdup(common[g_rand_int_range(random, 0, n)]);
}

static int
by_value(gconstpointer a, gconstpointer b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return left < right ? -1 : left > right;
}

static double
ms_since(gint64 start)
{
    return (double)(g_get_monotonic_time() - start) / 1000;
}

static void
must(bool done, const GError *error)
{
    if (!done) {
        fprintf(stderr, "tool-bench-vault: %s\n", error != NULL ? error->message : "");
        exit(1);
    }
}

/* --- An office. ---------------------------------------------------------------------
 */

static LkStore *
make_office(const char *dir, int n, GArray **codes)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSecret) recovery = lk_recovery_new();
    must(lk_store_init_protected(dir, "MOP", "EXEMPLE FICTIF", recovery, &error),
         error);
    LkStore *store = lk_store_open(dir, &error);
    must(store != NULL, error);
    /* Filling it is not what is measured. */
    must(lk_sql_exec(store, "PRAGMA synchronous = OFF", &error), error);
    *codes = lk_store_issue_labels(store, n, NULL, 0, &error);
    must(*codes != NULL, error);
    g_autoptr(LkSecret) passphrase = lk_secret_new_from(PASSPHRASE, strlen(PASSPHRASE));
    g_autoptr(LkSession) by = lk_session_recover(store, recovery, &error);
    must(by != NULL &&
             lk_person_add(by, "gestion", LK_ROLE_MANAGER, passphrase, &error),
         error);
    return store;
}

static LkSession *
unlock(LkStore *store)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSecret) passphrase = lk_secret_new_from(PASSPHRASE, strlen(PASSPHRASE));
    gint64 start = g_get_monotonic_time();
    LkSession *session = lk_session_open(store, "gestion", passphrase, &error);
    must(session != NULL, error);
    printf("unlock %.0f\n", ms_since(start));
    return session;
}

static void
fill(LkSession *session, const GArray *codes)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED);
    g_autoptr(GError) error = NULL;
    for (guint i = 0; i < codes->len; i++) {
        g_autofree char *first = pick(random, given, G_N_ELEMENTS(given));
        g_autofree char *last = pick(random, family, G_N_ELEMENTS(family));
        g_autofree char *name = g_strdup_printf("%s %s", first, last);
        g_auto(LkVaultEntry) entry = {0};
        lk_vault_entry_set(&entry, LK_VAULT_NAME, name);
        lk_vault_entry_set(&entry, LK_VAULT_PLACE, "EXEMPLE FICTIF");
        must(
            lk_vault_set(session, &g_array_index(codes, LkCaseCode, i), &entry, &error),
            error);
    }
}

/* --- Measured. ----------------------------------------------------------------------
 */

static LkVault *
open_vault(LkSession *session, const char *what)
{
    g_autoptr(GError) error = NULL;
    gint64 start = g_get_monotonic_time();
    LkVault *vault = lk_vault_open(session, &error);
    must(vault != NULL, error);
    printf("%s %.0f\n", what, ms_since(start));
    return vault;
}

static void
search(LkVault *vault)
{
    double times[REPEATS * G_N_ELEMENTS(queries)];
    double cpu[G_N_ELEMENTS(times)];
    g_autoptr(GError) error = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        gint64 start = g_get_monotonic_time();
        clock_t cpu_start = clock();
        g_autoptr(GArray) matches = lk_vault_search(
            vault, queries[i % G_N_ELEMENTS(queries)], 20, NULL, &error);
        must(matches != NULL, error);
        cpu[i] = 1000.0 * (double)(clock() - cpu_start) / CLOCKS_PER_SEC;
        times[i] = ms_since(start);
    }
    qsort(times, G_N_ELEMENTS(times), sizeof(double), by_value);
    qsort(cpu, G_N_ELEMENTS(cpu), sizeof(double), by_value);
    size_t middle = G_N_ELEMENTS(times) / 2;
    printf("search-median %.1f\nsearch-worst %.1f\n", times[middle],
           times[G_N_ELEMENTS(times) - 1]);
    printf("search-cpu-median %.1f\nsearch-cpu-worst %.1f\n", cpu[middle],
           cpu[G_N_ELEMENTS(cpu) - 1]);
}

int
main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 50000;
    g_autoptr(GError) error = NULL;
    g_autofree char *top = g_dir_make_tmp("lakana-bench-XXXXXX", &error);
    must(top != NULL, error);
    g_autofree char *dir = g_build_filename(top, "bureau", NULL);
    g_autoptr(GArray) codes = NULL;
    g_autoptr(LkStore) store = make_office(dir, n, &codes);
    g_autoptr(LkSession) session = unlock(store);
    fill(session, codes);
    must(lk_sql_exec(store, "PRAGMA synchronous = FULL", &error), error);
    lk_vault_free(open_vault(session, "open-first"));
    /* As if somebody else had written them all and given the files. */
    must(lk_sql_exec(store, "DELETE FROM vault_entries", &error), error);
    lk_vault_free(open_vault(session, "open-given"));
    g_autoptr(LkVault) vault = open_vault(session, "open-again");
    search(vault);
    g_autofree char *remove = g_strdup_printf("rm -rf '%s'", top);
    return system(remove) == 0 ? 0 : 1; /* NOLINT(cert-env33-c): our own folder */
}
