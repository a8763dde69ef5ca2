/* tool-bench-names.c - searching many names.
 *
 *   tool-bench-names N     "words build-ms median-ms worst-ms cpu-ms hits" on standard
 *                          output: different words; the list made ready; a search, wall
 *                          clock, and processor time of the median one
 *
 * Names are made of syllables and of common names, with the spellings that one finds;
 * nobody is called so (EXEMPLE FICTIF). Everything follows from a seed. */
#include "store/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

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

int
main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 50000;
    g_autoptr(GRand) random = g_rand_new_with_seed(20261127);
    g_autoptr(GHashTable) words =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) people = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; i < n; i++) {
        char *first = pick(random, given, G_N_ELEMENTS(given));
        char *last = pick(random, family, G_N_ELEMENTS(family));
        g_ptr_array_add(people, g_strdup_printf("%s %s", first, last));
        g_hash_table_add(words, first);
        g_hash_table_add(words, last);
    }
    gint64 start = g_get_monotonic_time();
    g_autoptr(LkNames) names = lk_names_new();
    for (int i = 0; i < n; i++) {
        lk_names_add(names, (gsize)i, 0, g_ptr_array_index(people, (guint)i));
    }
    double build = ms_since(start);
    double times[9 * G_N_ELEMENTS(queries)];
    double cpu[G_N_ELEMENTS(times)];
    guint hits_found = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        start = g_get_monotonic_time();
        clock_t cpu_start = clock();
        g_autoptr(GArray) hits =
            lk_names_search(names, queries[i % G_N_ELEMENTS(queries)], false);
        cpu[i] = 1000.0 * (double)(clock() - cpu_start) / CLOCKS_PER_SEC;
        times[i] = ms_since(start);
        hits_found += hits->len;
    }
    qsort(times, G_N_ELEMENTS(times), sizeof(double), by_value);
    qsort(cpu, G_N_ELEMENTS(cpu), sizeof(double), by_value);
    printf("%u %.0f %.1f %.1f %.1f %u\n", g_hash_table_size(words), build,
           times[G_N_ELEMENTS(times) / 2], times[G_N_ELEMENTS(times) - 1],
           cpu[G_N_ELEMENTS(cpu) / 2], hits_found / 9);
    return 0;
}
