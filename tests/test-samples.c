/* test-samples.c - samples/ filed by the program itself: every page arrives, and every
 * value that is not waiting for a person is what the pen meant. */
#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>

/* --- What was meant: "case form copy page field row value" -> meaning. -------------
 */

typedef struct {
    GHashTable *marks; /* char*: marked or cancelled */
    GHashTable *pages; /* "case form copy page" */
} Truth;

static const char *
text(JsonObject *object, const char *name)
{
    return json_object_get_string_member(object, name);
}

static int
number(JsonObject *object, const char *name)
{
    return (int)json_object_get_int_member(object, name);
}

static char *
page_key(JsonObject *object)
{
    return g_strdup_printf("%s %s %s %d", text(object, "case"), text(object, "form"),
                           text(object, "copy"), number(object, "page"));
}

static void
learn_page(Truth *truth, JsonObject *page)
{
    char *key = page_key(page);
    JsonArray *boxes = json_object_get_array_member(page, "boxes");
    for (guint i = 0; i < json_array_get_length(boxes); i++) {
        JsonObject *box = json_array_get_object_element(boxes, i);
        g_hash_table_insert(truth->marks,
                            g_strdup_printf("%s %s %d %s", key, text(box, "field"),
                                            number(box, "row"), text(box, "value")),
                            g_strdup(text(box, "meaning")));
    }
    g_hash_table_add(truth->pages, key);
}

static Truth
learn(void)
{
    GError *error = NULL;
    Truth truth = {g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
                   g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
    g_autoptr(JsonParser) parser = json_parser_new();
    json_parser_load_from_file(parser, "tests/samples-truth.json", &error);
    g_assert_no_error(error);
    JsonArray *pages = json_object_get_array_member(
        json_node_get_object(json_parser_get_root(parser)), "pages");
    for (guint i = 0; i < json_array_get_length(pages); i++) {
        learn_page(&truth, json_array_get_object_element(pages, i));
    }
    return truth;
}

/* --- What the program says. --------------------------------------------------------
 */

/* Runs lakana with @arguments; its exit status must be at most @worst. */
static char *
lakana(int worst, const char *const *arguments)
{
    GError *error = NULL;
    const char *program = g_getenv("LAKANA");
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_ptr_array_add(argv, (gpointer)(program == NULL ? "build/lakana" : program));
    for (size_t i = 0; arguments[i] != NULL; i++) {
        g_ptr_array_add(argv, (gpointer)arguments[i]);
    }
    g_ptr_array_add(argv, NULL);
    char *out = NULL;
    g_autofree char *messages = NULL;
    int status = 0;
    g_spawn_sync(NULL, (char **)argv->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                 &out, &messages, &status, &error);
    g_assert_no_error(error);
    g_assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) > worst) {
        g_test_message("lakana %s: %s", arguments[0], messages);
    }
    g_assert_cmpint(WEXITSTATUS(status), <=, worst);
    return out;
}

/** Counted over all values with boxes. */
typedef struct {
    int options, fields, review, wrong, cancelled_passed;
} Count;

static void
compare_options(const Truth *truth, const char *key, JsonObject *value, Count *count)
{
    JsonObject *options = json_object_get_object_member(value, "options");
    bool waits = strcmp(text(value, "status"), "review") == 0;
    count->fields++;
    count->review += waits;
    g_autoptr(GList) names = json_object_get_members(options);
    for (GList *name = names; name != NULL; name = name->next) {
        g_autofree char *box =
            g_strdup_printf("%s %s %d %s", key, text(value, "field"),
                            number(value, "row"), (const char *)name->data);
        const char *meant = g_hash_table_lookup(truth->marks, box);
        JsonNode *said = json_object_get_member(options, name->data);
        bool marked = !json_node_is_null(said) && json_node_get_boolean(said);
        count->options++;
        if (!waits && marked != (g_strcmp0(meant, "marked") == 0)) {
            g_test_message("wrong: %s, meant %s", box, meant == NULL ? "empty" : meant);
            count->wrong++;
        }
        count->cancelled_passed += !waits && g_strcmp0(meant, "cancelled") == 0;
    }
}

static Count
compare(const Truth *truth, const char *lines, GHashTable *seen)
{
    Count count = {0};
    g_auto(GStrv) each = g_strsplit(lines, "\n", -1);
    for (char **line = each; *line != NULL && **line != '\0'; line++) {
        g_autoptr(JsonParser) parser = json_parser_new();
        GError *error = NULL;
        json_parser_load_from_data(parser, *line, -1, &error);
        g_assert_no_error(error);
        JsonObject *value = json_node_get_object(json_parser_get_root(parser));
        char *key = page_key(value);
        g_assert_true(g_hash_table_contains(truth->pages, key));
        if (!json_object_get_null_member(value, "options")) {
            compare_options(truth, key, value, &count);
        }
        g_hash_table_add(seen, key);
    }
    return count;
}

static void
remove_all(const char *folder)
{
    const char *argv[] = {"rm", "-rf", folder, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                 NULL, NULL);
}

static void
test_samples(void)
{
    GError *error = NULL;
    g_autofree char *folder = g_dir_make_tmp("lakana-samples-XXXXXX", &error);
    g_assert_no_error(error);
    g_autofree char *office = g_build_filename(folder, "office", NULL);
    Truth truth = learn();
    g_free(lakana(0, (const char *[]){"init", office, "--region", "MOP", "--office",
                                      "EXEMPLE FICTIF", NULL}));
    g_free(
        lakana(1, (const char *[]){"-C", office, "ingest", "--json", "samples", NULL}));
    g_autofree char *values =
        lakana(0, (const char *[]){"-C", office, "export", "values", "--json", NULL});
    g_autoptr(GHashTable) seen =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Count count = compare(&truth, values, seen);
    g_test_message("%u pages; %d questions with %d boxes, %d questions to a person",
                   g_hash_table_size(seen), count.fields, count.options, count.review);
    g_assert_cmpuint(g_hash_table_size(seen), ==, g_hash_table_size(truth.pages));
    g_assert_cmpint(count.options, >, 1000);
    g_assert_cmpint(count.wrong, ==, 0);
    g_assert_cmpint(count.cancelled_passed, ==, 0);
    /* 1 % of boxes may go to a person: fewer than one question in twenty */
    g_assert_cmpint(count.review, <, count.fields / 20);
    g_hash_table_unref(truth.marks);
    g_hash_table_unref(truth.pages);
    remove_all(folder);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/samples/filed-as-meant", test_samples);
    return g_test_run();
}
