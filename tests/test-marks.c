/* test-marks.c - hard boxes, cut out of damaged pages: never decided wrong, and the
 * clear ones decided. The pictures are in tests/corpus-marks, made by tool-mark-corpus;
 * they judge whatever classifier there is. */
#include <png.h>
#include <stdio.h>
#include <string.h>

#include "read/classifier.h"
#include "tests/sim/crop.h"

#define FOLDER "tests/corpus-marks"

/** What was decided, for each crop of the index. */
typedef struct {
    GPtrArray *crops; /* SimCrop */
    GArray *states;   /* LkMarkState */
} Read;

static char *
path_of(const char *name, const char *ending)
{
    const char *root = g_getenv("LAKANA_DATA");
    return g_strdup_printf("%s/" FOLDER "/%s%s", root == NULL ? "." : root, name,
                           ending);
}

static GPtrArray *
load_index(void)
{
    g_autofree char *path = path_of("index", ".tsv");
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    (void)g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    GPtrArray *crops = g_ptr_array_new_with_free_func((GDestroyNotify)sim_crop_free);
    g_auto(GStrv) lines = g_strsplit(g_strchomp(text), "\n", -1);
    g_assert_cmpstr(lines[0], ==, sim_crop_columns());
    for (int i = 1; lines[i] != NULL; i++) {
        SimCrop *crop = sim_crop_parse(lines[i]);
        g_assert_nonnull(crop);
        g_ptr_array_add(crops, crop);
    }
    return crops;
}

static LkMarkState
read_crop(const LkClassifier *classifier, const SimCrop *crop)
{
    g_autofree char *path = path_of(crop->name, ".png");
    png_image png = {.version = PNG_IMAGE_VERSION};
    g_assert_true(png_image_begin_read_from_file(&png, path));
    png.format = PNG_FORMAT_GRAY;
    g_autofree uint8_t *pixels = g_malloc(PNG_IMAGE_SIZE(png));
    g_assert_true(png_image_finish_read(&png, NULL, pixels, 0, NULL));
    LkImage image = {(int)png.width, (int)png.height, png.width, pixels, false};
    g_autofree LkMarkView *view = NULL;
    LkMarkFeatures features = sim_crop_measure(crop, &image, &view);
    LkBoxReading box = lk_mark_decide(&features, &crop->habit);
    if (view != NULL) {
        LkMarkOdds odds = lk_classifier_judge(classifier, view, &crop->habit);
        box = lk_mark_agree(&features, &box, &odds);
        if (g_getenv("LK_MARKS_SHOW") != NULL) {
            printf("# %-20s state %d, empty %.4f marked %.4f cancelled %.4f\n",
                   crop->name, (int)box.state, odds.empty, odds.marked, odds.cancelled);
        }
    }
    return box.state;
}

static Read *
read_all(void)
{
    Read *read = g_new0(Read, 1);
    read->crops = load_index();
    read->states = g_array_new(FALSE, FALSE, sizeof(LkMarkState));
    g_autoptr(LkClassifier) classifier = lk_classifier_new();
    for (guint i = 0; i < read->crops->len; i++) {
        LkMarkState state = read_crop(classifier, g_ptr_array_index(read->crops, i));
        g_array_append_val(read->states, state);
    }
    return read;
}

static void
read_free(Read *read)
{
    g_ptr_array_unref(read->crops);
    g_array_unref(read->states);
    g_free(read);
}

/* A cancelled box read as empty is what was meant; as a mark it is not. */
static bool
is_wrong(const SimCrop *crop, LkMarkState state)
{
    return (state == LK_MARK_MARKED && crop->meaning != SIM_MARKED) ||
           (state == LK_MARK_EMPTY && crop->meaning == SIM_MARKED);
}

/* Names of the crops that are known to be decided wrong, one a line. */
static char **
load_known(void)
{
    g_autofree char *path = path_of("known-wrong", ".lst");
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL)) {
        return g_new0(char *, 1);
    }
    g_strchomp(text);
    return *text == '\0' ? g_new0(char *, 1) : g_strsplit(text, "\n", -1);
}

/* Exactly those that are known are wrong: no more, and whoever mends one strikes it off
 * the list. */
static void
test_never_wrong(void)
{
    Read *read = read_all();
    g_auto(GStrv) known = load_known();
    guint wrong = 0, unexpected = 0;
    for (guint i = 0; i < read->crops->len; i++) {
        const SimCrop *crop = g_ptr_array_index(read->crops, i);
        LkMarkState state = g_array_index(read->states, LkMarkState, i);
        if (!is_wrong(crop, state)) {
            continue;
        }
        bool is_known = g_strv_contains((const char *const *)known, crop->name);
        wrong++;
        unexpected += !is_known;
        g_test_message("%s: %s (%s)", crop->name,
                       is_known ? "wrong, as is known" : "decided wrong", crop->source);
    }
    g_assert_cmpuint(unexpected, ==, 0);
    g_assert_cmpuint(wrong, ==, g_strv_length(known));
    read_free(read);
}

static void
test_clear(void)
{
    Read *read = read_all();
    guint clear = 0, asked = 0;
    for (guint i = 0; i < read->crops->len; i++) {
        const SimCrop *crop = g_ptr_array_index(read->crops, i);
        LkMarkState state = g_array_index(read->states, LkMarkState, i);
        if (!crop->must) {
            continue;
        }
        LkMarkState want = crop->meaning == SIM_MARKED ? LK_MARK_MARKED : LK_MARK_EMPTY;
        clear++;
        if (state != want) {
            asked++;
            g_test_message("%s: not decided (%s)", crop->name, crop->source);
        }
    }
    g_assert_cmpuint(clear, >=, 12);
    g_assert_cmpuint(asked, ==, 0);
    read_free(read);
}

/* The corpus is hard: rules alone, or a person for everything, would not do. */
static void
test_corpus(void)
{
    g_autoptr(GPtrArray) crops = load_index();
    int meant[SIM_CANCELLED + 1] = {0};
    for (guint i = 0; i < crops->len; i++) {
        meant[((const SimCrop *)g_ptr_array_index(crops, i))->meaning]++;
    }
    g_assert_cmpuint(crops->len, >=, 60);
    g_assert_cmpint(meant[SIM_EMPTY], >=, 20);
    g_assert_cmpint(meant[SIM_MARKED], >=, 20);
    g_assert_cmpint(meant[SIM_CANCELLED], >=, 2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/marks/corpus", test_corpus);
    g_test_add_func("/marks/never-wrong", test_never_wrong);
    g_test_add_func("/marks/clear-ones-are-decided", test_clear);
    return g_test_run();
}
