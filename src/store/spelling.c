/* spelling.c - one written word of a name, and what it is like.
 *
 * Three facts lie behind the tables:
 *
 * Letters. A civil registrar writes by French rules (ou, gn, gu before e and i, di or
 * dj before a vowel). The national alphabet (decree 159 PG-RM of 19 July 1982; DNAFLA,
 * Alphabets et règles d'orthographe des langues nationales, Bamako 1991) has one letter
 * a sound: c is French tch, j is dj, g and s are always hard, ɲ is gn, ŋ is ng, x is
 * kh, w is ou. English-speaking neighbours write Jallow for Diallo. Where a word has a
 * letter that only the national alphabet has (ɛ ɔ ŋ ɲ …), all of it is read so.
 *
 * Endings. Names of the Koran came by writing, with their case endings, which have no
 * meaning in the languages of Mali and change freely: Aminata and Aminatou, Aïssata and
 * Aïssatou, Souleymane and Souleyman.
 *
 * Families. What a child is called at home, on a card of vaccination and by a
 * registrar are often three forms of one given name: the Arabic one, the one that
 * Bambara, Fulani, Songhai, Soninke or Tamasheq made of it, and a short one. They are
 * different names all the same (two sisters may be Fatoumata and Fanta), so a family is
 * a weaker likeness than a sound. The list is of our own making, from everyday use; a
 * form that is missing is found by its sound or not at all, one too many costs a look.
 */
#include "store/spelling.h"

#include "base/base.h"

#include <sodium.h>
#include <string.h>

const char *
lk_likeness_name(LkLikeness likeness)
{
    static const char *const names[] = {"",      "edit",  "family",
                                        "sound", "plain", "exact"};
    return names[likeness];
}

/* --- Letters. -----------------------------------------------------------------------
 */

/* Letters that do not come apart into one of ours and an accent. */
static const struct {
    const char *letter, *plain;
    const char *sounds; /* as a French hand would write it, if not @plain */
    bool national;
} letters[] = {
    {"ɛ", "e", NULL, true},   {"ɔ", "o", NULL, true},  {"ŋ", "ng", NULL, true},
    {"ɲ", "ny", NULL, true},  {"ɓ", "b", NULL, true},  {"ɗ", "d", NULL, true},
    {"ƴ", "y", NULL, true},   {"ɣ", "gh", NULL, true}, {"ǝ", "e", NULL, true},
    {"ə", "e", NULL, true},   {"ʔ", "", NULL, true},   {"š", "s", "sh", true},
    {"ñ", "n", "ny", false},  {"ç", "c", "ss", false}, {"œ", "oe", "e", false},
    {"æ", "ae", "e", false},  {"ø", "o", NULL, false}, {"ı", "i", NULL, false},
    {"ł", "l", NULL, false},  {"đ", "d", NULL, false}, {"ð", "d", NULL, false},
    {"þ", "th", NULL, false},
};

static int
find_letter(const char *at)
{
    for (size_t i = 0; i < G_N_ELEMENTS(letters); i++) {
        if (g_str_has_prefix(at, letters[i].letter)) {
            return (int)i;
        }
    }
    return -1;
}

static bool
is_national(const char *exact)
{
    for (const char *at = exact; *at != '\0'; at = g_utf8_next_char(at)) {
        int letter = *(const guchar *)at >= 0x80 ? find_letter(at) : -1;
        if (letter >= 0 && letters[letter].national) {
            return true;
        }
    }
    return false;
}

/* What is left of @text when every letter stands without its marks. */
static void
append_bare(GString *out, const char *text, gssize len)
{
    g_autofree char *apart = g_utf8_normalize(text, len, G_NORMALIZE_ALL);
    for (const char *at = apart; at != NULL && *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (!g_unichar_ismark(c)) {
            g_string_append_unichar(out, c);
        }
    }
}

/* @by_sound: letters with a sound of their own are written by it. */
static char *
without_accents(const char *exact, bool by_sound)
{
    GString *out = g_string_new(NULL);
    for (const char *at = exact; *at != '\0'; at = g_utf8_next_char(at)) {
        if (*(const guchar *)at < 0x80) {
            g_string_append_c(out, *at);
            continue;
        }
        int letter = find_letter(at);
        if (letter < 0) {
            append_bare(out, at, g_utf8_next_char(at) - at);
        } else if (by_sound && letters[letter].sounds != NULL) {
            g_string_append(out, letters[letter].sounds);
        } else {
            g_string_append(out, letters[letter].plain);
        }
    }
    return g_string_free(out, FALSE);
}

/* --- Sounds. ------------------------------------------------------------------------
 */

typedef enum {
    ANYWHERE,
    BEFORE_VOWEL, /* the vowel is not part of what is written */
    BEFORE_E_I,   /* e, i or y follows */
    NOT_BEFORE_VOWEL,
    BEFORE_B_P,
    AT_START,
    AT_END
} Where;

typedef struct {
    const char *written;
    Where where;
    const char *sound;
} Rule;

/* The first one that fits is taken; what none fits stands for itself. C is the sound of
 * tch, J of dj, N of gn, S of ch, u of ou and w alike, i of i and y alike. */
static const Rule national_rules[] = {
    {"c", ANYWHERE, "C"},
    {"gh", ANYWHERE, "g"},
    {"g", ANYWHERE, "g"},
    {"x", ANYWHERE, "k"},
};
static const Rule rules[] = {
    /* vowels */
    {"eau", ANYWHERE, "o"},
    {"aou", ANYWHERE, "au"},
    {"ou", ANYWHERE, "u"},
    {"ow", NOT_BEFORE_VOWEL, "o"},
    {"au", ANYWHERE, "o"},
    {"aye", AT_END, "e"},
    {"eye", AT_END, "e"},
    {"ai", NOT_BEFORE_VOWEL, "e"},
    {"ay", NOT_BEFORE_VOWEL, "e"},
    {"ei", NOT_BEFORE_VOWEL, "e"},
    {"ey", NOT_BEFORE_VOWEL, "e"},
    /* tch, dj, gn */
    {"tchi", BEFORE_VOWEL, "C"},
    {"tji", BEFORE_VOWEL, "C"},
    {"tch", ANYWHERE, "C"},
    {"tj", ANYWHERE, "C"},
    {"thi", BEFORE_VOWEL, "C"},
    {"thy", BEFORE_VOWEL, "C"},
    {"ti", BEFORE_VOWEL, "C"},
    {"ty", BEFORE_VOWEL, "C"},
    {"th", ANYWHERE, "t"},
    {"dji", BEFORE_VOWEL, "J"},
    {"dj", ANYWHERE, "J"},
    {"di", BEFORE_VOWEL, "J"},
    {"dy", BEFORE_VOWEL, "J"},
    {"j", ANYWHERE, "J"},
    {"gni", BEFORE_VOWEL, "N"},
    {"gn", ANYWHERE, "N"},
    {"ni", BEFORE_VOWEL, "N"},
    {"ny", BEFORE_VOWEL, "N"},
    /* the other consonants */
    {"gu", BEFORE_E_I, "g"},
    {"gh", ANYWHERE, "g"},
    {"g", BEFORE_E_I, "J"},
    {"chr", ANYWHERE, "kr"},
    {"sch", ANYWHERE, "S"},
    {"ch", ANYWHERE, "S"},
    {"sh", ANYWHERE, "S"},
    {"sc", BEFORE_E_I, "s"},
    {"ck", ANYWHERE, "k"},
    {"kh", ANYWHERE, "k"},
    {"qu", BEFORE_E_I, "k"},
    {"q", ANYWHERE, "k"},
    {"c", BEFORE_E_I, "s"},
    {"c", ANYWHERE, "k"},
    {"x", AT_START, "k"},
    {"x", ANYWHERE, "ks"},
    {"ph", ANYWHERE, "f"},
    {"m", BEFORE_B_P, "n"},
    {"w", ANYWHERE, "u"},
    {"y", ANYWHERE, "i"},
};

/* Endings that mean nothing, as they sound; a last e is left out besides. */
static const struct {
    const char *ending, *instead;
} endings[] = {{"ata", "at"}, {"atu", "at"}, {"etu", "at"}, {"ate", "at"}};

static bool
is_vowel(char c)
{
    return c != '\0' && strchr("aeiouy", c) != NULL;
}

static bool
fits(const Rule *rule, const char *start, const char *at)
{
    if (!g_str_has_prefix(at, rule->written)) {
        return false;
    }
    char next = at[strlen(rule->written)];
    switch (rule->where) {
    case BEFORE_VOWEL:
        return is_vowel(next) || next == 'w';
    case NOT_BEFORE_VOWEL:
        return !is_vowel(next);
    case BEFORE_E_I:
        return next == 'e' || next == 'i' || next == 'y';
    case BEFORE_B_P:
        return next == 'b' || next == 'p';
    case AT_START:
        return at == start;
    case AT_END:
        return next == '\0';
    default:
        return true;
    }
}

static const Rule *
find_rule(const char *start, const char *at, bool national)
{
    for (size_t i = 0; national && i < G_N_ELEMENTS(national_rules); i++) {
        if (fits(&national_rules[i], start, at)) {
            return &national_rules[i];
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        if (fits(&rules[i], start, at)) {
            return &rules[i];
        }
    }
    return NULL;
}

/* A silent h: not the one of ch, gh, kh, ph, sh, th, and not the one that keeps two
 * like vowels apart, which is all that tells Mahamadou from Mamadou. */
static bool
is_silent(const GString *before, const char *at)
{
    char last = before->len > 0 ? before->str[before->len - 1] : '\0';
    return *at == 'h' && (last == '\0' || strchr("cgkpst", last) == NULL) &&
           !(is_vowel(last) && last == at[1]);
}

/* A letter written twice is one; letters of other scripts stay as they are. */
static char *
thin(const char *plain)
{
    GString *out = g_string_new(NULL);
    for (const char *at = plain; *at != '\0'; at++) {
        bool twice =
            *(const guchar *)at < 0x80 && out->len > 0 && out->str[out->len - 1] == *at;
        if (!twice && !is_silent(out, at)) {
            g_string_append_c(out, *at);
        }
    }
    return g_string_free(out, FALSE);
}

static void
append_sound(GString *out, const char *sound, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bool twice = (guchar)sound[i] < 0x80 && out->len > 0 &&
                     out->str[out->len - 1] == sound[i];
        if (!twice) {
            g_string_append_c(out, sound[i]);
        }
    }
}

static void
cut_ending(GString *sound)
{
    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
        size_t len = strlen(endings[i].ending);
        if (sound->len > len && g_str_has_suffix(sound->str, endings[i].ending)) {
            g_string_truncate(sound, sound->len - len);
            g_string_append(sound, endings[i].instead);
            return;
        }
    }
    gsize last = sound->len > 0 ? sound->len - 1 : 0;
    if (sound->str[last] == 'e' && strcspn(sound->str, "aeiou") < last) {
        g_string_truncate(sound, last);
    }
}

static char *
sound_of(const char *exact)
{
    bool national = is_national(exact);
    g_autofree char *plain = without_accents(exact, true);
    g_autofree char *written = thin(plain);
    GString *sound = g_string_new(NULL);
    for (const char *at = written; *at != '\0';) {
        const Rule *rule = find_rule(written, at, national);
        append_sound(sound, rule != NULL ? rule->sound : at,
                     rule != NULL ? strlen(rule->sound) : 1);
        at += rule != NULL ? strlen(rule->written) : 1;
    }
    cut_ending(sound);
    return g_string_free(sound, FALSE);
}

/* --- Families. ----------------------------------------------------------------------
 */

/* A family a line, 64 at most. Forms that sound alike need standing here once only. */
static const char families[] =
    /* Given names of girls. */
    "fatoumata fatimata fatmata fatima fatma fatoum fatim fatou faty fanta fadimata "
    "fadima fady\n"
    "khadija kadidiatou kadiatou kadia kady dija kadijatou\n"
    "aïcha aïssata aïssa assata assetou astou asta assa assitan aïchatou\n"
    "aminata amina ami minata mina\n"
    "mariam mariama marie maria maryama\n"
    "zeinab zeinabou djénéba djénébou djénabou djénaba zénab zénabou\n"
    "rokia rokiatou roukia roukiatou roukayatou rouguiatou rougui\n"
    "safia safiatou safi\n"
    "salimata salima sali\n"
    "salamata salama salam\n"
    "habiba habibatou bibata biba\n"
    "halima halimatou halimata\n"
    "rahma ramata ramatoulaye rama aramata rahamatou\n"
    "koultoum oumoukoultoum kalsoum oumoukalsoum koulsoum oumou oumoul\n"
    "binta bintou\n"
    "hafsa hafsatou hapsa hapsatou hafsata\n"
    "maïmouna maïmounatou mouna\n"
    "nafissa nafissatou nafi\n"
    "ténin ténindié téné\n"
    /* Given names of boys. */
    "mohamed muhammad mouhamed mahamad mahamadou mamadou mohamadou mamady madou "
    "modou mahamane amadou ahmed ahmadou hamadou hama hamadi hamed mahmoud mamoudou "
    "mahamoudou mahamoud\n"
    "oumar omar oumarou omarou amar\n"
    "ibrahim ibrahima brahim brahima bourama bréhima birama ibourahima bourahima ibra "
    "ibou iba\n"
    "souleymane soulémane solomani souleymana\n"
    "abdallah abdoulaye abdoulahi abdoulahe abdoul abdou ablaye boulaye laye\n"
    "abdramane abdrahamane abderrahmane abdourahmane abdouramane abdouramani dramane "
    "drahamane\n"
    "ousmane osman othman ousmana\n"
    "aboubacar aboubacrine boubacar boubakar bakary bakar bocar boubou bouba "
    "abdoubakar\n"
    "issiaka issaka isaac ishaq siaka\n"
    "yacouba yacoub jacob yacou\n"
    "youssouf youssoufou joseph issoufou issouf\n"
    "moussa moïse\n"
    "ismaïla ismaël soumaïla samaïla soumeïla\n"
    "harouna haroun aaron\n"
    "daouda daoud david\n"
    "idrissa idriss driss drissa idrissou\n"
    "younoussa younouss yonous inoussa\n"
    "yaya yahaya yéhia\n"
    "zakaria zakari zacharie diakaridia karidia\n"
    "seydou saïd seïdi sadou\n"
    "cheick cheickna cheickné cheickou sékou séko\n"
    "adama adam\n"
    "hadj elhadj elhadji alhadj alhadji ladji hadji aladji\n"
    "alassane hassane hassan lassana lassane lassina lassine assane alhassane lansana\n"
    "ousseini housseini houssein alousseini alhousseini fousseini ousseynou "
    "fousseynou\n"
    "ali aliou alioune alou\n"
    "moctar mouctar mokhtarou\n"
    "lamine amine alamine\n"
    "tidiane tidiani\n"
    "moustapha moustaph tapha\n"
    "sidiki sédiki seddik\n"
    "salif salifou salihou saliou\n"
    "khalil kalilou ibrahimkhalil halilou\n"
    "tiémoko tiémogo tiémokoba\n"
    /* Family names whose spelling in the national alphabet is far from the French. */
    "traoré tarawele tarawélé tarawaly trawally\n"
    "coulibaly kouloubaly kulubali\n"
    "konaté kounaté\n";

static const char *const particles[] = {
    "ag",  "walet", "wallet", "ould", "mint",  "ben", "bin", "bint", "ibn", "el", "al",
    "dit", "dite",  "alias",  "fils", "fille", "de",  "du",  "la",   "le",  "et", NULL};

/* @form is a form of family @number too. */
static void
add_form(GHashTable *table, const char *form, guint number)
{
    char *sound = sound_of(form);
    const guint64 *before = g_hash_table_lookup(table, sound);
    guint64 *bits = g_new(guint64, 1);
    *bits = (before != NULL ? *before : 0) | (G_GUINT64_CONSTANT(1) << number);
    g_hash_table_replace(table, sound, bits);
}

/* Sound -> guint64*, made at the first call. */
static GHashTable *
family_table(void)
{
    static GHashTable *table = NULL;
    static gsize made = 0;
    if (g_once_init_enter(&made)) {
        table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        g_auto(GStrv) lines = g_strsplit(families, "\n", -1);
        for (guint i = 0; lines[i] != NULL; i++) {
            g_assert(i < 64 || *lines[i] == '\0');
            g_auto(GStrv) forms = g_strsplit(lines[i], " ", -1);
            for (char **form = forms; *form != NULL; form++) {
                add_form(table, *form, i);
            }
        }
        g_once_init_leave(&made, 1);
    }
    return table;
}

/* --- Words. -------------------------------------------------------------------------
 */

void
lk_spelling_free(LkSpelling *spelling)
{
    if (spelling != NULL) {
        lk_wipe(spelling->exact);
        lk_wipe(spelling->plain);
        lk_wipe(spelling->sound);
        g_free(spelling);
    }
}

static bool
is_apostrophe(gunichar c)
{
    return c == '\'' || c == '`' || c == 0x00b4 || (c >= 0x02b9 && c <= 0x02bf) ||
           (c >= 0x2018 && c <= 0x201b) || c == 0x2032;
}

LkSpelling *
lk_spelling_new(const char *word)
{
    g_autofree char *small = g_utf8_casefold(word, -1);
    LkSpelling *spelling = g_new0(LkSpelling, 1);
    spelling->exact = g_utf8_normalize(small, -1, G_NORMALIZE_ALL_COMPOSE);
    spelling->plain = without_accents(spelling->exact, false);
    spelling->sound = sound_of(spelling->exact);
    const guint64 *bits = g_hash_table_lookup(family_table(), spelling->sound);
    spelling->families = bits != NULL ? *bits : 0;
    spelling->particle = g_strv_contains(particles, spelling->plain);
    sodium_memzero(small, strlen(small));
    if (*spelling->plain == '\0') { /* a mark alone is no word */
        lk_spelling_free(spelling);
        return NULL;
    }
    return spelling;
}

void
lk_spelling_each(const char *text, LkWordFunc each, void *data)
{
    char *valid = g_utf8_make_valid(text, -1);
    GString *word = g_string_sized_new(strlen(valid) + 1);
    for (const char *at = valid;; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (g_unichar_isalnum(c) || g_unichar_ismark(c)) {
            if (!is_apostrophe(c)) { /* some of them count as letters */
                g_string_append_unichar(word, c);
            }
        } else if (!is_apostrophe(c) && g_unichar_type(c) != G_UNICODE_FORMAT) {
            if (word->len > 0) {
                each(word->str, data);
            }
            g_string_truncate(word, 0);
        }
        if (*at == '\0') {
            break;
        }
    }
    sodium_memzero(word->str, word->allocated_len);
    g_string_free(word, TRUE);
    lk_wipe(valid);
}

static void
take_word(const char *word, void *data)
{
    GPtrArray *words = data;
    LkSpelling *spelling =
        words->len < LK_SPELLING_MAX_WORDS ? lk_spelling_new(word) : NULL;
    if (spelling != NULL) {
        g_ptr_array_add(words, spelling);
    }
}

GPtrArray *
lk_spelling_split(const char *text)
{
    g_return_val_if_fail(text != NULL, NULL);
    GPtrArray *words = g_ptr_array_new_with_free_func((GDestroyNotify)lk_spelling_free);
    lk_spelling_each(text, take_word, words);
    return words;
}

/* --- Likeness. ----------------------------------------------------------------------
 */

#define MIN_EDITED 4 /* letters; of both words */

/* Bytes at the beginning of @a and @b that are whole and equal characters. */
static size_t
common_start(const char *a, const char *b)
{
    size_t n = 0;
    while (a[n] != '\0' && a[n] == b[n]) {
        n++;
    }
    while (n > 0 && ((guchar)a[n] & 0xc0) == 0x80) {
        n--;
    }
    return n;
}

static size_t
common_end(const char *a, size_t len_a, const char *b, size_t len_b)
{
    size_t n = 0;
    while (n < len_a && n < len_b && a[len_a - n - 1] == b[len_b - n - 1]) {
        n++;
    }
    while (n > 0 && ((guchar)a[len_a - n] & 0xc0) == 0x80) {
        n--;
    }
    return n;
}

static bool
are_swapped(const char *a, const char *b)
{
    return g_utf8_get_char(a) == g_utf8_get_char(g_utf8_next_char(b)) &&
           g_utf8_get_char(b) == g_utf8_get_char(g_utf8_next_char(a));
}

/* What stands between the common start and the common end decides. */
static bool
is_one_edit(const char *a, const char *b)
{
    size_t start = common_start(a, b);
    const char *rest_a = a + start;
    const char *rest_b = b + start;
    size_t len_a = strlen(rest_a);
    size_t len_b = strlen(rest_b);
    size_t end = common_end(rest_a, len_a, rest_b, len_b);
    /* Characters have four bytes at most, and no more than two may differ. */
    if (len_a - end > 8 || len_b - end > 8) {
        return false;
    }
    glong n_a = g_utf8_strlen(rest_a, (gssize)(len_a - end));
    glong n_b = g_utf8_strlen(rest_b, (gssize)(len_b - end));
    bool near =
        (n_a <= 1 && n_b <= 1) || (n_a == 2 && n_b == 2 && are_swapped(rest_a, rest_b));
    return near && g_utf8_strlen(a, -1) >= MIN_EDITED &&
           g_utf8_strlen(b, -1) >= MIN_EDITED;
}

LkLikeness
lk_spelling_compare(const LkSpelling *a, const LkSpelling *b)
{
    if (strcmp(a->plain, b->plain) == 0) {
        return strcmp(a->exact, b->exact) == 0 ? LK_LIKENESS_EXACT : LK_LIKENESS_PLAIN;
    }
    if (strcmp(a->sound, b->sound) == 0) {
        return LK_LIKENESS_SOUND;
    }
    if ((a->families & b->families) != 0) {
        return LK_LIKENESS_FAMILY;
    }
    return is_one_edit(a->plain, b->plain) || is_one_edit(a->sound, b->sound)
               ? LK_LIKENESS_ONE_EDIT
               : LK_LIKENESS_NONE;
}
