/* recovery.c - the key of last resort as words that can be written down, read aloud
 * over a bad line and typed on any keyboard.
 *
 * 512 French words of 4 to 8 letters without accents; any two differ in at least two of
 * their first four letters, which are enough. 30 words carry 270 bits: the 256 of the
 * key and 14 of its BLAKE2b-256, so a slip is found (one in 16,000 is not). */
#include "store/guard.h"

#include <sodium.h>
#include <string.h>

#define WORD_BITS 9
#define N_WORDS (1 << WORD_BITS)
#define WORD_MAX 8
#define SIGNIFICANT 4 /* letters of a word that tell it from all others */
#define TOTAL_BITS (LK_RECOVERY_WORDS * WORD_BITS)
#define BUFFER_LEN ((TOTAL_BITS + 7) / 8)

static const char words[N_WORDS][WORD_MAX + 1] = {
    "abeille",  "absent",   "acajou",   "accord",   "achat",   "acteur",   "adieu",
    "affaire",  "agile",    "agneau",   "aigle",    "aile",    "aimant",   "ajout",
    "album",    "alerte",   "aliment",  "alpha",    "amande",  "amical",   "ample",
    "ancien",   "ange",     "apporter", "arachide", "arbre",   "archive",  "ardoise",
    "article",  "aspect",   "assiette", "atelier",  "atlas",   "aube",     "aurore",
    "autruche", "avenir",   "aviron",   "avocat",   "avril",   "axiome",   "azur",
    "bague",    "baignade", "bande",    "baobab",   "barque",  "basket",   "bateau",
    "bazar",    "beau",     "berger",   "biche",    "bidon",   "biscuit",  "blanc",
    "bloc",     "bocal",    "bois",     "bonbon",   "bord",    "bouquet",  "brave",
    "bretelle", "brique",   "brosse",   "brume",    "budget",  "buffle",   "bulle",
    "buste",    "butin",    "cabri",    "cacao",    "cahier",  "caillou",  "calme",
    "canot",    "carnet",   "castor",   "cause",    "caverne", "ceinture", "cercle",
    "chaise",   "cheval",   "chiffre",  "chose",    "chute",   "ciel",     "cigogne",
    "ciment",   "cinq",     "cirage",   "citron",   "civil",   "classe",   "clef",
    "client",   "clou",     "collier",  "comique",  "concert", "copain",   "corbeau",
    "coton",    "coupe",    "creux",    "crochet",  "culture", "curieux",  "cygne",
    "dalle",    "dame",     "danse",    "dauphin",  "debout",  "decembre", "degre",
    "demi",     "depart",   "dernier",  "dessin",   "dette",   "deux",     "diamant",
    "dictee",   "direct",   "disque",   "divan",    "doigt",   "domaine",  "donner",
    "double",   "doyen",    "dragon",   "droit",    "dune",    "durable",  "ebene",
    "ecaille",  "echelle",  "eclair",   "ecole",    "ecurie",  "edredon",  "egal",
    "eglise",   "elephant", "enclos",   "endroit",  "enfance", "ennemi",   "entier",
    "envoi",    "epaule",   "epingle",  "equipe",   "ermite",  "escalier", "espoir",
    "etable",   "etoile",   "etude",    "exact",    "excuse",  "exemple",  "exil",
    "expert",   "fable",    "facteur",  "faible",   "falaise", "fatigue",  "faux",
    "fenetre",  "ferme",    "festin",   "feuille",  "fevrier", "film",     "final",
    "flamme",   "fleur",    "flore",    "flute",    "foire",   "fontaine", "foret",
    "fosse",    "foule",    "fraise",   "frere",    "frite",   "fromage",  "fusee",
    "futur",    "gagner",   "gant",     "garage",   "gauche",  "gazon",    "genou",
    "gibier",   "givre",    "glaise",   "glisse",   "globe",   "gnou",     "gobelet",
    "golfe",    "gong",     "goudron",  "goyave",   "grappe",  "grenier",  "griffe",
    "grotte",   "grue",     "guepe",    "guide",    "habit",   "hache",    "haie",
    "hangar",   "harpe",    "hasard",   "haut",     "herbe",   "heure",    "hibou",
    "hier",     "hippo",    "histoire", "hiver",    "hopital", "horloge",  "houe",
    "huile",    "humain",   "hutte",    "hyene",    "ibis",    "iceberg",  "idee",
    "idole",    "igname",   "ilot",     "image",    "imiter",  "impair",   "infini",
    "insecte",  "ivoire",   "jade",     "jambe",    "janvier", "jarre",    "jasmin",
    "jaune",    "jean",     "jeter",    "jeudi",    "joie",    "joli",     "jour",
    "judo",     "juge",     "jungle",   "kapok",    "karite",  "kayak",    "kimono",
    "kiosque",  "koala",    "kora",     "lait",     "lance",   "lapin",    "large",
    "lavabo",   "lecteur",  "legume",   "levier",   "lezard",  "libre",    "linge",
    "lion",     "liquide",  "lisse",    "loin",     "losange", "louche",   "lueur",
    "lumiere",  "lundi",    "luxe",     "lycee",    "magasin", "mairie",   "marche",
    "masque",   "mauve",    "maxime",   "mecano",   "melon",   "menthe",   "merle",
    "mesure",   "metre",    "meuble",   "midi",     "mille",   "mine",     "miroir",
    "mobile",   "mode",     "moquette", "mortier",  "mousse",  "mulet",    "muscle",
    "nacre",    "nage",     "nappe",    "nature",   "navire",  "neige",    "nerf",
    "noble",    "noce",     "noeud",    "noix",     "nombre",  "nouveau",  "nuage",
    "nuit",     "numero",   "nuque",    "nylon",    "oasis",   "objet",    "obus",
    "ocean",    "octobre",  "odeur",    "oeil",     "oeuf",    "officier", "oignon",
    "oiseau",   "olive",    "ombre",    "omelette", "onde",    "ongle",    "opera",
    "orange",   "orbite",   "ordre",    "orteil",   "osier",   "otarie",   "ouate",
    "oublier",  "ours",     "ouvrage",  "ovale",    "oxygene", "ozone",    "paix",
    "panier",   "papaye",   "parler",   "patte",    "paume",   "pays",     "peche",
    "pelle",    "pencher",  "personne", "petit",    "peuple",  "phare",    "phoque",
    "phrase",   "pigeon",   "pioche",   "pivot",    "place",   "plein",    "plomb",
    "plus",     "pneu",     "poele",    "poivre",   "pompe",   "poste",    "premier",
    "prise",    "profond",  "prune",    "psaume",   "puce",    "pupitre",  "quai",
    "question", "quinze",   "race",     "radio",    "raisin",  "rasoir",   "recolte",
    "refrain",  "regle",    "relais",   "remede",   "requin",  "reunion",  "rhino",
    "rhume",    "rien",     "roche",    "rond",     "rosee",   "rotin",    "rouge",
    "ruban",    "rude",     "ruelle",   "rugby",    "rythme",  "sabot",    "safran",
    "salut",    "sardine",  "scene",    "scie",     "score",   "semaine",  "sept",
    "seringue", "seul",     "seve",     "siecle",   "silo",    "simple",   "sobre",
    "soif",     "soldat",   "sorgho",   "spirale",  "squale",  "stade",    "style",
    "sucre",    "sujet",    "surface",  "systeme",  "tabac",   "talon",    "tasse",
    "taureau",  "temoin",   "tendre",   "terrain",  "theatre", "thon",     "tiede",
    "tigre",    "timbre",   "toile",    "torche",   "total",   "tout",     "trefle",
    "tribu",    "trou",     "truite",   "tulipe",   "tunnel",  "turban",   "tuyau",
    "type",     "ultime",   "uniforme", "urgent",   "usage",   "usine",    "utile",
    "valise",   "vase",     "vedette",  "venir",    "vert",    "viande",   "vieux",
    "violon",   "vipere",   "visite",   "voiture",  "volcan",  "wagon",    "yaourt",
    "yoga",     "yoyo",     "zebre",    "zero",     "zigzag",  "zinnia",   "zone",
    "zoom",
};

G_STATIC_ASSERT(TOTAL_BITS >= 8 * LK_KEY_LEN + WORD_BITS);

LkSecret *
lk_recovery_new(void)
{
    LkSecret *recovery = lk_secret_new(LK_KEY_LEN);
    randombytes_buf(lk_secret_data(recovery), LK_KEY_LEN);
    return recovery;
}

LkSecret *
lk_recovery_key(const LkSecret *recovery)
{
    g_return_val_if_fail(lk_secret_size(recovery) == LK_KEY_LEN, NULL);
    uint8_t public[crypto_box_PUBLICKEYBYTES];
    LkSecret *private = lk_secret_new(LK_KEY_LEN);
    crypto_box_seed_keypair(public, lk_secret_data(private), lk_secret_data(recovery));
    return private;
}

/* The key, then the beginning of its hash; bits that no word carries are zero. */
static LkSecret *
with_check(const uint8_t *key)
{
    LkSecret *bits = lk_secret_new(BUFFER_LEN);
    uint8_t *bytes = lk_secret_data(bits);
    uint8_t hash[32];
    crypto_generichash(hash, sizeof hash, key, LK_KEY_LEN, NULL, 0);
    memcpy(bytes, key, LK_KEY_LEN);
    memcpy(bytes + LK_KEY_LEN, hash, BUFFER_LEN - LK_KEY_LEN);
    bytes[BUFFER_LEN - 1] &= (uint8_t)(0xff << (8 * BUFFER_LEN - TOTAL_BITS));
    sodium_memzero(hash, sizeof hash);
    return bits;
}

LkSecret *
lk_recovery_words(const LkSecret *recovery)
{
    g_return_val_if_fail(lk_secret_size(recovery) == LK_KEY_LEN, NULL);
    g_autoptr(LkSecret) bits = with_check(lk_secret_data(recovery));
    const uint8_t *bytes = lk_secret_data(bits);
    LkSecret *text = lk_secret_new((size_t)LK_RECOVERY_WORDS * (WORD_MAX + 1));
    char *end = lk_secret_data(text);
    for (int i = 0; i < LK_RECOVERY_WORDS; i++) {
        unsigned word = 0;
        for (int bit = i * WORD_BITS; bit < (i + 1) * WORD_BITS; bit++) {
            word = word << 1 | ((unsigned)bytes[bit / 8] >> (7 - bit % 8) & 1U);
        }
        if (i > 0) {
            *end++ = ' ';
        }
        end = g_stpcpy(end, words[word]);
    }
    lk_secret_cut(text, (size_t)(end - (char *)lk_secret_data(text)));
    return text;
}

/* The word that begins with the SIGNIFICANT letters of @typed; -1 if none does. */
static int
find_word(const char typed[SIGNIFICANT])
{
    for (int i = 0; i < N_WORDS; i++) {
        if (memcmp(words[i], typed, SIGNIFICANT) == 0) {
            return i;
        }
    }
    return -1;
}

/* The next word in @text from @at, in small letters, cut to SIGNIFICANT. */
static bool
next_word(const LkSecret *text, size_t *at, char typed[SIGNIFICANT])
{
    const char *bytes = lk_secret_data(text);
    size_t size = lk_secret_size(text);
    while (*at < size && !g_ascii_isalpha(bytes[*at])) {
        (*at)++;
    }
    int n = 0;
    for (; *at < size && g_ascii_isalpha(bytes[*at]); (*at)++, n++) {
        if (n < SIGNIFICANT) {
            typed[n] = g_ascii_tolower(bytes[*at]);
        }
    }
    return n >= SIGNIFICANT;
}

LkSecret *
lk_recovery_parse(const LkSecret *text)
{
    g_autoptr(LkSecret) bits = lk_secret_new(BUFFER_LEN);
    uint8_t *bytes = lk_secret_data(bits);
    char typed[SIGNIFICANT];
    size_t at = 0;
    for (int i = 0; i < LK_RECOVERY_WORDS; i++) {
        int word = next_word(text, &at, typed) ? find_word(typed) : -1;
        if (word < 0) {
            return NULL;
        }
        for (int k = 0; k < WORD_BITS; k++) {
            int bit = i * WORD_BITS + k;
            unsigned one = (unsigned)word >> (WORD_BITS - 1 - k) & 1U;
            bytes[bit / 8] |= (uint8_t)(one << (7 - bit % 8));
        }
    }
    sodium_memzero(typed, sizeof typed);
    g_autoptr(LkSecret) expected = with_check(bytes);
    if (next_word(text, &at, typed) ||
        sodium_memcmp(bytes, lk_secret_data(expected), BUFFER_LEN) != 0) {
        return NULL;
    }
    return lk_secret_new_from(bytes, LK_KEY_LEN);
}
