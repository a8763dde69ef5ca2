/* fuzz-spelling.c - any bytes as names: the first line is sought among the others. What
 * must hold of every name is asserted. */
#include "store/names.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_words(GPtrArray *words)
{
    for (guint i = 0; i < words->len; i++) {
        const LkSpelling *word = g_ptr_array_index(words, i);
        g_assert_true(g_utf8_validate(word->exact, -1, NULL));
        g_assert_true(g_utf8_validate(word->plain, -1, NULL));
        g_assert_true(g_utf8_validate(word->sound, -1, NULL));
        g_assert_cmpint(lk_spelling_compare(word, word), ==, LK_LIKENESS_EXACT);
        const LkSpelling *other = g_ptr_array_index(words, 0);
        g_assert_cmpint(lk_spelling_compare(word, other), ==,
                        lk_spelling_compare(other, word));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", 64);
    g_autoptr(LkNames) names = lk_names_new();
    for (guint i = 0; lines[i] != NULL; i++) {
        g_autoptr(GPtrArray) words = lk_spelling_split(lines[i]);
        check_words(words);
        lk_names_add(names, i, 0, lines[i]);
    }
    g_autoptr(GArray) hits =
        lk_names_search(names, lines[0] != NULL ? lines[0] : "", size % 2 == 0);
    /* A name that has a word is found among names that it stands in, and exactly. */
    g_autoptr(GPtrArray) words = lk_spelling_split(lines[0] != NULL ? lines[0] : "");
    if (words->len > 0) {
        bool found = false;
        for (guint i = 0; i < hits->len; i++) {
            const LkNameHit *hit = &g_array_index(hits, LkNameHit, i);
            found = found || (hit->id == 0 && hit->likeness == LK_LIKENESS_EXACT &&
                              hit->n_missing == 0 && hit->n_more == 0);
        }
        g_assert_true(found);
    }
    return 0;
}
