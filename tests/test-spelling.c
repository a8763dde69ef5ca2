/* Names as they are written in Mali. Every person here is invented: EXEMPLE FICTIF.
 * The tables are to be checked by somebody who knows the names, not the code. */
#include "store/names.h"

#include <string.h>

static LkLikeness
likeness_of(const char *a, const char *b)
{
    g_autoptr(GPtrArray) left = lk_spelling_split(a);
    g_autoptr(GPtrArray) right = lk_spelling_split(b);
    g_assert_cmpuint(left->len, ==, 1);
    g_assert_cmpuint(right->len, ==, 1);
    LkLikeness likeness =
        lk_spelling_compare(g_ptr_array_index(left, 0), g_ptr_array_index(right, 0));
    g_assert_cmpint(
        likeness, ==,
        lk_spelling_compare(g_ptr_array_index(right, 0), g_ptr_array_index(left, 0)));
    return likeness;
}

static const char *
sound_of(GPtrArray *words)
{
    g_assert_cmpuint(words->len, ==, 1);
    return ((const LkSpelling *)g_ptr_array_index(words, 0))->sound;
}

/* --- Words. -------------------------------------------------------------------------
 */

static void
test_split(void)
{
    static const struct {
        const char *text, *plain; /* plain words, joined by spaces */
    } cases[] = {
        {"Fatoumata  TRAORÉ", "fatoumata traore"},
        {"Mohamed-Lamine", "mohamed lamine"},
        {"N'Diaye", "ndiaye"},
        {"N’Diaye", "ndiaye"},
        {"M\xca\xbc"
         "Bouillé",
         "mbouille"}, /* U+02BC, the letter apostrophe */
        {"Aïssata", "aissata"},
        {"Ai\xcc\x88ssata", "aissata"}, /* i and a diaeresis apart */
        {"A\xc2\xadwa", "awa"},         /* a soft hyphen is no hyphen */
        {"Cɛmɔgɔ Jara", "cemogo jara"},
        {"Ŋana Ɲaare", "ngana nyaare"},
        {"ɗemba ɓaaba", "demba baaba"},
        {"(dit Baba), né 2012", "dit baba ne 2012"},
        {"a\xff\xfe"
         "b",
         "a b"},          /* not UTF-8 */
        {"\xcc\x81", ""}, /* an accent on nothing */
        {" -'- ", ""},
        {"", ""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) words = lk_spelling_split(cases[i].text);
        g_autoptr(GString) got = g_string_new(NULL);
        for (guint j = 0; j < words->len; j++) {
            const LkSpelling *word = g_ptr_array_index(words, j);
            g_string_append_printf(got, "%s%s", j > 0 ? " " : "", word->plain);
        }
        g_assert_cmpstr(got->str, ==, cases[i].plain);
    }
}

static void
test_split_many(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < 1000; i++) {
        g_string_append(text, "Awa ");
    }
    g_autoptr(GPtrArray) words = lk_spelling_split(text->str);
    g_assert_cmpuint(words->len, ==, LK_SPELLING_MAX_WORDS);
}

/* --- Sounds. ------------------------------------------------------------------------
 */

/* Every word of a row is one name, written by several hands. */
static void
test_same_sound(void)
{
    static const char *const rows[] = {
        "Diallo Djallo Dyallo Dialo Jallow Jalloh Jalo",
        "Diarra Djarra Dyara Jara",
        "Traoré Traore TRAORE Traorè",
        "Coulibaly Coulibali Koulibaly Kulibali",
        "Ouattara Wattara Watara Ouatara",
        "Touré Toure Ture",
        "Cissé Cisse Sissé Cissey",
        "Sissoko Cissoko Sisoko",
        "Dembélé Denbele Dembelle Dembɛlɛ",
        "Sow So Sô",
        "Sy Si",
        "Ly Li",
        "Bâ Bah Ba",
        "Keïta Keita Keyta",
        "Maïga Maiga Mayga",
        "N'Diaye Ndiaye N’Diaye Ndjaye",
        "Thiam Tiam Tyam Tchiam",
        "Niaré Gnaré Nyaré Ɲaare Gniaré",
        "Niang Gnang Nyang",
        "Konaté Konate Konatè",
        "Kanouté Kanoute Kanuté",
        "Aminata Aminatou Aminnata Aminetou",
        "Aïssata Aissata Aïssatou Aysata",
        "Fatoumata Fatumata Fatoumatou Phatoumata",
        "Hawa Awa Haoua Hawwa",
        "Kadidia Kadidja Khadija Khadidja Qadija",
        "Djénéba Jeneba Dieneba Dyeneba",
        "Zeïnab Zeinab Zeynab Zainab",
        "Aïcha Aicha Aysha Aycha",
        "Moussa Mousa Musa",
        "Souleymane Souleyman Suleiman Souleimane",
        "Youssouf Yousouf Yusuf Ioussouf",
        "Cheick Cheikh Cheik Sheikh Cheïck",
        "Seydou Seidou Saïdou Saydou",
        "Mohamed Mohammed Mohamède Moamed",
        "Abdoulaye Abdoulay Abdoulahi Abdullahi",
        "Yacouba Yakouba Yakuba Iacouba",
        "Ibrahim Ibrahime Ibrahîm",
        "Tiémogo Thiémogo Cɛmɔgɔ Tyemogo",
        "Oumou Umu Oummou",
        "Guindo Guinndo",
        "Habib Abib",
        "Salif Saliph",
        "Ramata Ramatou Rahmata",
        "Ousmane Ousman Usmane",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(GStrv) forms = g_strsplit(rows[i], " ", -1);
        g_autoptr(GPtrArray) first = lk_spelling_split(forms[0]);
        for (char **form = forms + 1; *form != NULL; form++) {
            g_autoptr(GPtrArray) other = lk_spelling_split(*form);
            if (strcmp(sound_of(first), sound_of(other)) != 0) {
                g_test_message("%s [%s], %s [%s]", forms[0], sound_of(first), *form,
                               sound_of(other));
                g_test_fail();
            }
        }
    }
}

/* Names that are not one, however near: a family at most. */
static void
test_other_sound(void)
{
    static const struct {
        const char *a, *b;
        LkLikeness most;
    } cases[] = {
        {"Mohamed", "Mamadou", LK_LIKENESS_FAMILY},
        {"Mohamed", "Amadou", LK_LIKENESS_FAMILY},
        {"Mamadou", "Amadou", LK_LIKENESS_FAMILY},
        {"Mahamadou", "Mamadou", LK_LIKENESS_FAMILY},
        {"Ahmed", "Amadou", LK_LIKENESS_FAMILY},
        {"Fatoumata", "Fatimata", LK_LIKENESS_FAMILY},
        {"Fatoumata", "Fanta", LK_LIKENESS_FAMILY},
        {"Fatou", "Fanta", LK_LIKENESS_FAMILY},
        {"Fatimata", "Fadimata", LK_LIKENESS_FAMILY},
        {"Kadidia", "Kadiatou", LK_LIKENESS_FAMILY},
        {"Aïssata", "Aïcha", LK_LIKENESS_FAMILY},
        {"Djénéba", "Zeinab", LK_LIKENESS_FAMILY},
        {"Ibrahim", "Bourama", LK_LIKENESS_FAMILY},
        {"Oumar", "Omar", LK_LIKENESS_FAMILY},
        {"Cheick", "Sékou", LK_LIKENESS_FAMILY},
        {"Tiémoko", "Cɛmɔgɔ", LK_LIKENESS_FAMILY},
        {"Traoré", "Tarawele", LK_LIKENESS_FAMILY},
        {"Abdoulaye", "Abdramane", LK_LIKENESS_NONE},
        {"Moussa", "Issa", LK_LIKENESS_NONE},
        {"Aminata", "Awa", LK_LIKENESS_NONE},
        {"Fatoumata", "Aminata", LK_LIKENESS_NONE},
        {"Koné", "Konaté", LK_LIKENESS_NONE},
        {"Diarra", "Diallo", LK_LIKENESS_NONE},
        {"Diakité", "Diallo", LK_LIKENESS_NONE},
        {"Sidi", "Seydou", LK_LIKENESS_NONE},
        {"Sy", "Ly", LK_LIKENESS_NONE},
        {"Bâ", "Sow", LK_LIKENESS_NONE},
        {"Awa", "Ada", LK_LIKENESS_NONE}, /* three letters: too short for an edit */
        {"Salimata", "Salamata", LK_LIKENESS_ONE_EDIT},
        {"Traoré", "Traorés", LK_LIKENESS_ONE_EDIT},
        {"Coulibaly", "Coulibayl", LK_LIKENESS_ONE_EDIT},
        {"Dembélé", "Dombélé", LK_LIKENESS_ONE_EDIT},
        {"Sangaré", "Sangafé", LK_LIKENESS_ONE_EDIT},
        {"Sangaré", "Sanfagé", LK_LIKENESS_NONE},
        {"Diarra", "diarra", LK_LIKENESS_EXACT},
        {"Traoré", "Traore", LK_LIKENESS_PLAIN},
        {"Djarra", "Diarra", LK_LIKENESS_SOUND},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        LkLikeness got = likeness_of(cases[i].a, cases[i].b);
        if (got != cases[i].most) {
            g_test_message("%s, %s: %s", cases[i].a, cases[i].b, lk_likeness_name(got));
            g_test_fail();
        }
    }
}

/* Letters of other scripts are compared as they are, one edit included. */
static void
test_other_scripts(void)
{
    g_assert_cmpint(likeness_of("فاطمة", "فاطمة"), ==, LK_LIKENESS_EXACT);
    g_assert_cmpint(likeness_of("فاطمة", "فاطمت"), ==, LK_LIKENESS_ONE_EDIT);
    g_assert_cmpint(likeness_of("فاطمة", "محمود"), ==, LK_LIKENESS_NONE);
    g_assert_cmpint(likeness_of("ߝߊߕߎ", "ߝߊߕߎ"), ==, LK_LIKENESS_EXACT);
}

/* --- Many names. --------------------------------------------------------------------
 */

enum { OWN, KNOWN_AS };

static const struct {
    gsize id;
    int kind;
    const char *text;
} people[] = {
    /* EXEMPLE FICTIF, all of them */
    {1, OWN, "Fatoumata TRAORÉ"},
    {2, OWN, "Fatimata Traore"},
    {3, OWN, "Fanta Traoré"},
    {4, OWN, "Fatoumata Diarra"},
    {5, OWN, "Abdoul Karim Maïga"},
    {6, OWN, "Amadou Diallo"},
    {7, OWN, "Traoré Fatoumata Binta"},
    {8, OWN, "Mossa ag Attaher"},
    {9, OWN, "Ag"},
    {6, KNOWN_AS, "Fatou"},
};

static char *
search(const char *text, bool partly)
{
    g_autoptr(LkNames) names = lk_names_new();
    for (size_t i = 0; i < G_N_ELEMENTS(people); i++) {
        lk_names_add(names, people[i].id, people[i].kind, people[i].text);
    }
    g_autoptr(GArray) hits = lk_names_search(names, text, partly);
    GString *got = g_string_new(NULL);
    for (guint i = 0; i < hits->len; i++) {
        const LkNameHit *hit = &g_array_index(hits, LkNameHit, i);
        g_string_append_printf(got, "%s%zu%s:%s", i > 0 ? " " : "", hit->id,
                               hit->kind == KNOWN_AS ? "k" : "",
                               lk_likeness_name(hit->likeness));
    }
    return g_string_free(got, FALSE);
}

static void
test_search(void)
{
    static const struct {
        const char *text, *expected;
        bool partly;
    } cases[] = {
        {"Fatoumata Traoré", "1:exact 7:exact 3:family 2:family", false},
        {"traore fatoumata", "7:plain 1:plain 2:family 3:family", false},
        {"Fatoumata", "1:exact 4:exact 7:exact 6k:family 2:family 3:family", false},
        {"Jara", "4:sound", false},
        {"Abdoulkarim Maiga", "5:plain", false},
        {"Karim Abdoul", "5:exact", false},
        {"Mamadou Djallo", "6:family", false},
        {"Amadou Amadou", "", false}, /* one word answers for one */
        {"Mamadou Amadou", "", false},
        {"Mossa Attaher", "8:exact", false},
        {"Moussa ag Attahir", "8:edit", false},
        {"ag", "9:exact 8:exact", false},
        {"Fatoumata Binta Diarra", "4:exact 7:exact", false}, /* two of three */
        {"Fatoumata Diarra Samaké", "4:exact", false},
        {"Fatoumata Sidibé", "", false},
        {"Fatoumata Sidibé", "6k:family", true}, /* all of "Fatou" */
        {"", "", false},
        {"--- '", "", false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = search(cases[i].text, cases[i].partly);
        if (strcmp(got, cases[i].expected) != 0) {
            g_test_message("%s: %s, not %s", cases[i].text, got, cases[i].expected);
            g_test_fail();
        }
    }
}

static void
test_search_once(void)
{
    g_autoptr(LkNames) names = lk_names_new();
    lk_names_add(names, 3, OWN, "Fanta Diarra");
    lk_names_add(names, 3, OWN, "Fatou Diarra");
    g_autoptr(GArray) hits = lk_names_search(names, "Fatou Diarra", false);
    g_assert_cmpuint(hits->len, ==, 1);
    g_assert_cmpint(g_array_index(hits, LkNameHit, 0).likeness, ==, LK_LIKENESS_EXACT);
    g_autoptr(LkNames) none = lk_names_new();
    g_autoptr(GArray) nobody = lk_names_search(none, "Fatou", false);
    g_assert_cmpuint(nobody->len, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/spelling/split", test_split);
    g_test_add_func("/spelling/split/many", test_split_many);
    g_test_add_func("/spelling/sound/same", test_same_sound);
    g_test_add_func("/spelling/sound/other", test_other_sound);
    g_test_add_func("/spelling/other-scripts", test_other_scripts);
    g_test_add_func("/spelling/search", test_search);
    g_test_add_func("/spelling/search/once", test_search_once);
    return g_test_run();
}
