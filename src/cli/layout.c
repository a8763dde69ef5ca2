/* layout.c - lakana layout export|import FILE: layouts from office to office, so that
 * forms printed in Bamako can be read in Mopti. */
#include "casework/casework.h"
#include "cli/cli.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#define FILE_MARK "lakana_layouts" /* version of this file format */
#define FILE_VERSION 1

/* --- Export. ------------------------------------------------------------------------
 */

/* {"lakana_layouts":1,"layouts":[…]}, one layout a line. */
static char *
layouts_text(LkStore *store, char **wanted, guint *n, GError **error)
{
    g_autoptr(GPtrArray) all = lk_store_list_layouts(store, error);
    if (all == NULL) {
        return NULL;
    }
    g_ptr_array_add(all, NULL);
    char **ids = *wanted != NULL ? wanted : (char **)all->pdata;
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "{\"" FILE_MARK "\":%d,\"layouts\":[", FILE_VERSION);
    for (char **id = ids; *id != NULL; id++) {
        g_autofree char *json = lk_store_load_layout(store, *id, error);
        if (json == NULL) {
            return NULL;
        }
        g_string_append_printf(text, "%s\n%s", id > ids ? "," : "", g_strstrip(json));
    }
    g_string_append(text, "\n]}\n");
    *n = g_strv_length(ids);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static LkExit
export_layouts(LkStore *store, const char *path, char **ids)
{
    g_autoptr(GError) error = NULL;
    guint n = 0;
    g_autofree char *text = layouts_text(store, ids, &n, &error);
    g_autofree char *detail = g_strdup_printf("{\"layouts\":%u}", n);
    if (text == NULL || !lk_store_note(store, "layout-export", detail, &error)) {
        return lk_cli_fail(error);
    }
    if (strcmp(path, "-") == 0) {
        return fputs(text, stdout) >= 0 && fflush(stdout) == 0 ? LK_EXIT_DONE
                                                               : LK_EXIT_FAILED;
    }
    if (!g_file_set_contents(path, text, -1, &error)) {
        g_autoptr(GError) why = g_error_new(LK_BASE_ERROR, LK_BASE_ERROR_DATA,
                                            _("%s: %s"), path, lk_error_text(error));
        return lk_cli_fail(why);
    }
    fprintf(stderr, ngettext_("%u layout: %s\n", "%u layouts: %s\n", n), n, path);
    return LK_EXIT_DONE;
}

/* --- Import. ------------------------------------------------------------------------
 */

static void
fail_layouts(const char *path, GError **error)
{
    g_set_error(error, LK_FORM_ERROR, LK_FORM_ERROR_LAYOUT,
                _("%s: not a file of layouts; make one with `lakana layout export` "
                  "in the office that printed the forms"),
                path);
}

static JsonParser *
load(const char *path, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GError) why = NULL;
    if (json_parser_load_from_file(parser, path, &why)) {
        return g_steal_pointer(&parser);
    }
    if (why->domain == G_FILE_ERROR) {
        g_set_error(error, LK_FORM_ERROR, LK_FORM_ERROR_LAYOUT,
                    _("%s: cannot be read: %s"), path, lk_error_text(why));
    } else {
        fail_layouts(path, error);
    }
    return NULL;
}

static JsonArray *
layouts_of(JsonParser *parser, const char *path, GError **error)
{
    JsonNode *root = json_parser_get_root(parser);
    JsonObject *object = root != NULL && JSON_NODE_HOLDS_OBJECT(root)
                             ? json_node_get_object(root)
                             : NULL;
    JsonNode *list = object != NULL && json_object_has_member(object, FILE_MARK)
                         ? json_object_get_member(object, "layouts")
                         : NULL;
    if (list == NULL || !JSON_NODE_HOLDS_ARRAY(list)) {
        fail_layouts(path, error);
        return NULL;
    }
    return json_node_get_array(list);
}

static bool
import_one(LkStore *store, JsonNode *node, GError **error)
{
    g_autofree char *json = json_to_string(node, FALSE);
    g_autoptr(LkLayout) layout = lk_layout_from_json(json, error);
    if (layout == NULL) {
        return false;
    }
    /* As this program writes it, not as the file had it. */
    g_autofree char *clean = lk_layout_to_json(layout);
    LkStoreLayout kept = {layout->id, layout->form, (int)layout->pages->len, clean};
    return lk_store_put_layout(store, &kept, error);
}

static LkExit
import_layouts(LkStore *store, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonParser) parser = load(path, &error);
    if (parser == NULL) {
        return lk_cli_fail(error);
    }
    JsonArray *layouts = layouts_of(parser, path, &error);
    guint n = layouts != NULL ? json_array_get_length(layouts) : 0;
    for (guint i = 0; i < n && error == NULL; i++) {
        if (!import_one(store, json_array_get_element(layouts, i), &error)) {
            g_prefix_error(&error, _("%s: "), path);
        }
    }
    g_autofree char *detail = g_strdup_printf("{\"layouts\":%u}", n);
    if (error != NULL || !lk_store_note(store, "layout-import", detail, &error)) {
        return lk_cli_fail(error);
    }
    fprintf(stderr,
            ngettext_("%u layout is known now.\n", "%u layouts are known now.\n", n),
            n);
    return LK_EXIT_DONE;
}

LkExit
lk_cmd_layout(const LkCli *cli, int argc, char **argv)
{
    const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
    if (!lk_cli_parse(entries, N_("export FILE [LAYOUT…] | import FILE"),
                      N_("Carries layouts from the office that prints forms to the one "
                         "that scans them. FILE '-' is the standard output."),
                      &argc, &argv)) {
        return LK_EXIT_USAGE;
    }
    bool exporting = argc >= 3 && strcmp(argv[1], "export") == 0;
    bool importing = argc == 3 && strcmp(argv[1], "import") == 0;
    if (!exporting && !importing) {
        return lk_cli_usage(_("say what to do: lakana layout export FILE, or lakana "
                              "layout import FILE"));
    }
    if (exporting && argc == 3 && lk_serial_is_valid(argv[2])) {
        return lk_cli_usage(_("%s looks like a layout: name the file to write first, "
                              "then the layouts"),
                            argv[2]);
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStore) store = lk_store_open(cli->office, &error);
    if (store == NULL) {
        return lk_cli_fail(error);
    }
    return exporting ? export_layouts(store, argv[2], argv + 3)
                     : import_layouts(store, argv[2]);
}
