/* names.c - many names, to be searched for one.
 *
 * Few words make many names, so each different word is kept once and compared once a
 * search; a name is then a row of numbers. */
#include "store/names.h"

#include "base/base.h"

#include <string.h>

typedef struct {
    gsize id;
    int kind;
    guint first; /* of its words, in LkNames.rows */
    guint n_words;
} Entry;

struct LkNames {
    GPtrArray *words;    /* of LkSpelling, one for each way of writing */
    GHashTable *written; /* a word as it was written -> its index in words + 1 */
    GArray *entries;     /* of Entry */
    GArray *rows;        /* of guint, indices in words */
};

LkNames *
lk_names_new(void)
{
    LkNames *names = g_new0(LkNames, 1);
    names->words = g_ptr_array_new_with_free_func((GDestroyNotify)lk_spelling_free);
    names->written =
        g_hash_table_new_full(g_str_hash, g_str_equal, (GDestroyNotify)lk_wipe, NULL);
    names->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    names->rows = g_array_new(FALSE, FALSE, sizeof(guint));
    return names;
}

void
lk_names_free(LkNames *names)
{
    if (names != NULL) {
        g_hash_table_unref(names->written);
        g_ptr_array_unref(names->words);
        g_array_unref(names->entries);
        g_array_unref(names->rows);
        g_free(names);
    }
}

/* Index of @word, kept if it is new; -1 if it is none. */
static gint64
keep_word(LkNames *names, const char *word)
{
    guint known = GPOINTER_TO_UINT(g_hash_table_lookup(names->written, word));
    if (known != 0) {
        return known - 1;
    }
    g_autoptr(LkSpelling) spelling = lk_spelling_new(word);
    if (spelling == NULL) {
        return -1;
    }
    g_ptr_array_add(names->words, g_steal_pointer(&spelling));
    g_hash_table_insert(names->written, g_strdup(word),
                        GUINT_TO_POINTER(names->words->len));
    return names->words->len - 1;
}

typedef struct {
    LkNames *names;
    Entry entry;
} Adding;

static void
add_word(const char *word, void *data)
{
    Adding *adding = data;
    gint64 index = adding->entry.n_words < LK_SPELLING_MAX_WORDS
                       ? keep_word(adding->names, word)
                       : -1;
    if (index >= 0) {
        guint kept = (guint)index;
        g_array_append_val(adding->names->rows, kept);
        adding->entry.n_words++;
    }
}

void
lk_names_add(LkNames *names, gsize id, int kind, const char *text)
{
    g_return_if_fail(names != NULL && text != NULL);
    Adding adding = {names, {.id = id, .kind = kind, .first = names->rows->len}};
    lk_spelling_each(text, add_word, &adding);
    if (adding.entry.n_words > 0) {
        g_array_append_val(names->entries, adding.entry);
    }
}

/* --- Searching. ---------------------------------------------------------------------
 *
 * Beside the words sought stand the pairs of neighbours written as one ("abdoul karim"
 * seeks abdoulkarim too). The other way round, each word sought is laid over two
 * neighbours of a name: the first must be its beginning, the second its end. */

/* How a word that is kept is like a unit that is sought. */
typedef struct {
    guint8 likeness;
    guint8 starts, ends; /* letters of the unit that it begins or ends with, plain */
} Grade;

typedef struct {
    const LkNames *names;
    GPtrArray *units; /* of LkSpelling: words, then pairs */
    guint n_words;
    guint32 particles; /* of the words, a bit each */
    int n_required;    /* words that are none */
    Grade *grades;     /* units->len rows of names->words->len */
    bool partly;
} Search;

static LkSpelling *
join(const LkSpelling *a, const LkSpelling *b)
{
    char *both = g_strconcat(a->exact, b->exact, NULL);
    LkSpelling *joined = lk_spelling_new(both);
    lk_wipe(both);
    return joined;
}

static const LkSpelling *
word_at(const LkNames *names, const Entry *entry, guint at)
{
    guint word = g_array_index(names->rows, guint, entry->first + at);
    return g_ptr_array_index(names->words, word);
}

static const Grade *
grade_at(const Search *search, guint unit, const Entry *entry, guint at)
{
    guint word = g_array_index(search->names->rows, guint, entry->first + at);
    return &search->grades[(size_t)unit * search->names->words->len + word];
}

static Grade
grade(const LkSpelling *sought, const LkSpelling *word)
{
    size_t whole = strlen(sought->plain);
    size_t part = strlen(word->plain);
    bool shorter = part < whole && whole <= G_MAXUINT8;
    return (Grade){
        .likeness = (guint8)lk_spelling_compare(sought, word),
        .starts =
            shorter && memcmp(sought->plain, word->plain, part) == 0 ? (guint8)part : 0,
        .ends = shorter && memcmp(sought->plain + whole - part, word->plain, part) == 0
                    ? (guint8)part
                    : 0};
}

/* Everything sought against every word there is. */
static void
grade_all(Search *search)
{
    const GPtrArray *words = search->names->words;
    search->grades = g_new(Grade, (size_t)search->units->len * MAX(words->len, 1));
    Grade *next = search->grades;
    for (guint i = 0; i < search->units->len; i++) {
        const LkSpelling *sought = g_ptr_array_index(search->units, i);
        for (guint j = 0; j < words->len; j++) {
            *next++ = grade(sought, g_ptr_array_index(words, j));
        }
    }
}

/* What has been found of one name so far. */
typedef struct {
    guint32 sought, had; /* words covered, a bit each */
    LkLikeness worst;
    int score;
} Cover;

static void
take(Cover *cover, guint32 sought, guint32 had, LkLikeness likeness)
{
    cover->sought |= sought;
    cover->had |= had;
    cover->worst = likeness;
    cover->score += (int)likeness * (sought == had ? 3 : 2); /* in order: nearer */
}

/* Words sought and words of @entry, one for one. */
static void
cover_words(const Search *search, const Entry *entry, LkLikeness likeness, Cover *cover)
{
    for (guint i = 0; i < search->units->len; i++) {
        guint32 sought = i < search->n_words ? 1u << i : 3u << (i - search->n_words);
        for (guint j = 0; j < entry->n_words && (cover->sought & sought) == 0; j++) {
            if (grade_at(search, i, entry, j)->likeness == likeness &&
                (cover->had & (1u << j)) == 0) {
                take(cover, sought, 1u << j, likeness);
            }
        }
    }
}

/* A word sought that is two neighbours of @entry. */
static void
cover_pairs(const Search *search, const Entry *entry, Cover *cover)
{
    for (guint i = 0; i < search->n_words; i++) {
        const LkSpelling *sought = g_ptr_array_index(search->units, i);
        size_t len = strlen(sought->plain);
        for (guint j = 0; j + 1 < entry->n_words && (cover->sought & (1u << i)) == 0;
             j++) {
            guint starts = grade_at(search, i, entry, j)->starts;
            guint ends = grade_at(search, i, entry, j + 1)->ends;
            if (starts > 0 && ends > 0 && starts + ends == len &&
                (cover->had & (3u << j)) == 0) {
                take(cover, 1u << i, 3u << j, LK_LIKENESS_PLAIN);
            }
        }
    }
}

/* Whether anything of @entry is like anything sought: most names end here. */
static bool
is_touched(const Search *search, const Entry *entry)
{
    for (guint i = 0; i < search->units->len; i++) {
        for (guint j = 0; j < entry->n_words; j++) {
            const Grade *found = grade_at(search, i, entry, j);
            if (found->likeness > 0 || found->starts > 0) {
                return true;
            }
        }
    }
    return false;
}

static guint32
particles_in(const LkNames *names, const Entry *entry)
{
    guint32 bits = 0;
    for (guint i = 0; i < entry->n_words; i++) {
        bits |= word_at(names, entry, i)->particle ? 1u << i : 0;
    }
    return bits;
}

static guint32
all_words(guint n)
{
    return (1u << n) - 1;
}

/* Whether @entry is worth showing. The nearest pairs are taken first. */
static bool
judge(const Search *search, const Entry *entry, LkNameHit *hit)
{
    Cover cover = {0};
    cover_words(search, entry, LK_LIKENESS_EXACT, &cover);
    cover_words(search, entry, LK_LIKENESS_PLAIN, &cover);
    cover_pairs(search, entry, &cover);
    cover_words(search, entry, LK_LIKENESS_SOUND, &cover);
    cover_words(search, entry, LK_LIKENESS_FAMILY, &cover);
    cover_words(search, entry, LK_LIKENESS_ONE_EDIT, &cover);
    guint32 free = search->particles;
    guint32 missing = all_words(search->n_words) & ~cover.sought & ~free;
    guint32 more =
        all_words(entry->n_words) & ~cover.had & ~particles_in(search->names, entry);
    *hit = (LkNameHit){.id = entry->id,
                       .kind = entry->kind,
                       .likeness = cover.worst,
                       .n_missing = __builtin_popcount(missing),
                       .n_more = __builtin_popcount(more),
                       .score = cover.score};
    bool something =
        search->n_required > 0 ? (cover.sought & ~free) != 0 : cover.sought != 0;
    return something &&
           (hit->n_missing == 0 || (hit->n_missing == 1 && search->n_required >= 3) ||
            (search->partly && hit->n_more == 0));
}

/* Nearest first; then in the order of ids. */
static gint
by_nearness(gconstpointer a, gconstpointer b)
{
    const LkNameHit *left = a;
    const LkNameHit *right = b;
    if (left->n_missing != right->n_missing) {
        return left->n_missing - right->n_missing;
    }
    if (left->likeness != right->likeness) {
        return (int)right->likeness - (int)left->likeness;
    }
    if (left->score != right->score) {
        return right->score - left->score;
    }
    if (left->n_more != right->n_more) {
        return left->n_more - right->n_more;
    }
    if (left->id != right->id) {
        return left->id < right->id ? -1 : 1;
    }
    return left->kind - right->kind;
}

/* Somebody may have several names of one kind. */
static void
keep_nearest(GArray *hits)
{
    g_autoptr(GHashTable) seen =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    guint kept = 0;
    for (guint i = 0; i < hits->len; i++) {
        LkNameHit hit = g_array_index(hits, LkNameHit, i);
        gint64 *key = g_new(gint64, 1);
        *key = (gint64)hit.id * LK_NAMES_KINDS + hit.kind;
        if (g_hash_table_add(seen, key)) {
            g_array_index(hits, LkNameHit, kept++) = hit;
        }
    }
    g_array_set_size(hits, kept);
}

/* The words of @text, then the pairs of neighbours. */
static void
seek(Search *search, const char *text)
{
    search->units = lk_spelling_split(text);
    search->n_words = search->units->len;
    for (guint i = 0; i < search->n_words; i++) {
        const LkSpelling *word = g_ptr_array_index(search->units, i);
        search->particles |= word->particle ? 1u << i : 0;
        if (i > 0) {
            g_ptr_array_add(search->units,
                            join(g_ptr_array_index(search->units, i - 1), word));
        }
    }
    search->n_required = (int)search->n_words - __builtin_popcount(search->particles);
}

GArray *
lk_names_search(const LkNames *names, const char *text, bool partly)
{
    g_return_val_if_fail(names != NULL && text != NULL, NULL);
    GArray *hits = g_array_new(FALSE, FALSE, sizeof(LkNameHit));
    Search search = {.names = names, .partly = partly};
    seek(&search, text);
    grade_all(&search);
    for (guint i = 0; i < names->entries->len; i++) {
        const Entry *entry = &g_array_index(names->entries, Entry, i);
        LkNameHit hit;
        if (is_touched(&search, entry) && judge(&search, entry, &hit)) {
            g_array_append_val(hits, hit);
        }
    }
    g_array_sort(hits, by_nearness);
    keep_nearest(hits);
    g_free(search.grades);
    g_ptr_array_unref(search.units);
    return hits;
}
