/* services.c - an office's list of services, YAML to LkServiceMap. */
#include "form/services.h"

#include <string.h>

#define MAX_FILE (4 << 20) /* bytes; a region's list is some 100 KB */
#define MONTHS 6
#define MONTHS_EMERGENCY 3

static const LkStringKey list_keys[] = {
    {"lieu", true, false},    {"date", true, false}, {"urgence", false, false},
    {"services", true, true}, {NULL, false, false},
};
enum { LIST_PLACE, LIST_DATE, LIST_EMERGENCY, LIST_SERVICES, N_LIST };

/* In the order of LkServiceText. */
static const LkStringKey service_keys[] = {
    {"categorie", true, false}, {"nom", true, false},
    {"type", false, false},     {"services", true, false},
    {"lieu", false, false},     {"point_focal", false, false},
    {"contact", true, false},   {"couverture", false, false},
    {"duree", false, false},    {"horaires", false, false},
    {"urgences", false, false}, {"public", false, false},
    {"cout", false, false},     {"conditions", false, false},
    {NULL, false, false},
};
G_STATIC_ASSERT(G_N_ELEMENTS(service_keys) == LK_N_SERVICE_TEXTS + 1);

typedef struct {
    LkSource source;
    LkServiceMap *map;
    LkPlan plan; /* for measuring */
} Reading;

#define complain(reading, node, ...)                                                   \
    lk_problem_add((reading)->source.problems, (reading)->source.file, (node)->line,   \
                   (node)->column, __VA_ARGS__)

/* --- One provider. -----------------------------------------------------------------
 */

const LkOption *
lk_service_option(const GPtrArray *options, const char *value)
{
    for (guint i = 0; value != NULL && i < options->len; i++) {
        const LkOption *option = g_ptr_array_index(options, i);
        if (strcmp(option->value, value) == 0) {
            return option;
        }
    }
    return NULL;
}

static void
check_option(const Reading *reading, const LkNode *node, const char *value,
             const GPtrArray *options)
{
    if (value == NULL || lk_service_option(options, value) != NULL) {
        return;
    }
    g_autoptr(GString) known = g_string_new(NULL);
    for (guint i = 0; i < options->len; i++) {
        const LkOption *option = g_ptr_array_index(options, i);
        g_string_append_printf(known, "%s%s", i > 0 ? ", " : "", option->value);
    }
    complain(reading, node, _("'%s' is not known here; known: %s"), value, known->str);
}

/* What is written must come out on paper, in its column. */
static void
check_printable(const Reading *reading, const LkNode *node, const char *key,
                const char *text, double width_mm)
{
    if (text == NULL) {
        return;
    }
    g_autofree char *typeset = lk_typeset(text);
    for (LkFace face = 0; face < LK_N_FACES; face++) {
        gunichar missing = lk_fonts_missing(reading->plan.fonts, face, typeset);
        if (missing != 0) {
            complain(reading, node,
                     _("the font has no character U+%04X of '%s'; replace it"), missing,
                     key);
            return;
        }
    }
    if (lk_word_width(&reading->plan, lk_style_service_name, text) > width_mm) {
        complain(reading, node,
                 _("a word of '%s' is wider than its column; put a space into it"),
                 key);
    }
}

void
lk_service_free(LkService *service)
{
    for (int i = 0; i < LK_N_SERVICE_TEXTS; i++) {
        g_free(service->texts[i]);
    }
    g_free(service);
}

static void
read_service(Reading *reading, const LkNode *node)
{
    LkService *service = g_new0(LkService, 1);
    g_ptr_array_add(reading->map->services, service);
    if (!lk_template_strings(&reading->source, node, service_keys, _("this service"),
                             service->texts)) {
        return;
    }
    guint before = reading->source.problems->len;
    for (int i = 0; i < LK_N_SERVICE_TEXTS; i++) {
        const char *key = service_keys[i].name;
        const LkNode *at = lk_node_get(node, key);
        if (i == LK_SERVICE_CATEGORY || i == LK_SERVICE_KIND) {
            check_option(reading, at, service->texts[i],
                         i == LK_SERVICE_KIND ? reading->map->kinds
                                              : reading->map->categories);
        } else {
            check_printable(reading, at, key, service->texts[i],
                            LK_SERVICE_COLUMN_MM - 2 * LK_SERVICE_PAD_MM);
        }
    }
    bool is_whole = service->texts[LK_SERVICE_NAME] != NULL &&
                    reading->source.problems->len == before;
    if (is_whole && !lk_service_fits(reading->map, reading->plan.fonts, service)) {
        complain(reading, node,
                 _("there is too much text here for one page; shorten it"));
    }
}

/* --- The list. ---------------------------------------------------------------------
 */

/* 2026-11-27, and no other way: 03/04 is March here and April there. */
static bool
parse_date(const char *text, GDate *date)
{
    if (!g_regex_match_simple("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", text, 0, 0)) {
        return false;
    }
    GDateYear year = (GDateYear)g_ascii_strtoull(text, NULL, 10);
    GDateMonth month = (GDateMonth)g_ascii_strtoull(text + 5, NULL, 10);
    GDateDay day = (GDateDay)g_ascii_strtoull(text + 8, NULL, 10);
    if (!g_date_valid_dmy(day, month, year)) {
        return false;
    }
    g_date_set_dmy(date, day, month, year);
    return true;
}

static void
read_emergency(Reading *reading, const LkNode *node, const char *text)
{
    reading->map->is_emergency = g_strcmp0(text, "true") == 0;
    if (text != NULL && !reading->map->is_emergency && strcmp(text, "false") != 0) {
        complain(reading, node, _("'%s' must be true or false"),
                 list_keys[LIST_EMERGENCY].name);
    }
}

static void
read_services(Reading *reading, const LkNode *list)
{
    if (list->kind != LK_NODE_LIST) {
        complain(reading, list,
                 _("'%s' must be a list: lines beginning with `- `, or [] for none"),
                 list_keys[LIST_SERVICES].name);
        return;
    }
    for (guint i = 0; i < list->items->len; i++) {
        read_service(reading, g_ptr_array_index(list->items, i));
    }
}

static void
read_list(Reading *reading, const LkNode *root)
{
    char *texts[N_LIST] = {NULL};
    if (!lk_template_strings(&reading->source, root, list_keys, _("this list"),
                             texts)) {
        return;
    }
    reading->map->place = g_steal_pointer(&texts[LIST_PLACE]);
    check_printable(reading, lk_node_get(root, "lieu"), "lieu", reading->map->place,
                    CONTENT_WIDTH);
    if (texts[LIST_DATE] != NULL &&
        !parse_date(texts[LIST_DATE], &reading->map->date)) {
        complain(reading, lk_node_get(root, "date"),
                 _("'date' must be a day, written like 2026-11-27"));
    }
    read_emergency(reading, lk_node_get(root, "urgence"), texts[LIST_EMERGENCY]);
    const LkNode *list = lk_node_get(root, "services");
    if (list != NULL) {
        read_services(reading, list);
    }
    g_free(texts[LIST_DATE]);
    g_free(texts[LIST_EMERGENCY]);
}

void
lk_service_map_read(LkServiceMap *map, const LkFonts *fonts, const char *name,
                    const LkNode *root, GPtrArray *problems)
{
    Reading reading = {
        {name, problems, NULL}, map, {.fonts = fonts, .type = 1, .other = 1}};
    read_list(&reading, root);
}

/* --- Files. ------------------------------------------------------------------------
 */

static LkNode *
load_node(const char *path, const char *name, GError **error)
{
    g_autofree char *bytes = NULL;
    gsize len = 0;
    g_autoptr(GError) why = NULL;
    if (!g_file_get_contents(path, &bytes, &len, &why)) {
        g_set_error(error, LK_FORM_ERROR, LK_FORM_ERROR_TEMPLATE,
                    _("%s: cannot be read: %s"), name, lk_error_text(why));
        return NULL;
    }
    if (len > MAX_FILE) {
        g_set_error(error, LK_FORM_ERROR, LK_FORM_ERROR_TEMPLATE,
                    _("%s: too large for a list of services"), name);
        return NULL;
    }
    return lk_node_parse(name, bytes, len, error);
}

/* Categories, kinds of structure and the ministry's line, from the program's templates.
 */
static bool
load_words(LkServiceMap *map, GPtrArray *problems, GError **error)
{
    g_autofree char *dir = lk_data_path("templates", error);
    if (dir == NULL) {
        return false;
    }
    g_autofree char *lists = g_build_filename(dir, "lookups.yaml", NULL);
    g_autofree char *pages = g_build_filename(dir, "pages.yaml", NULL);
    g_autoptr(LkNode) list = load_node(lists, "templates/lookups.yaml", error);
    g_autoptr(LkNode) furniture =
        list != NULL ? load_node(pages, "templates/pages.yaml", error) : NULL;
    if (furniture == NULL) {
        return false;
    }
    LkSource source = {"templates/lookups.yaml", problems, NULL};
    g_autoptr(GHashTable) lookups = lk_template_lookups(&source, list);
    map->categories =
        lk_options_dup(g_hash_table_lookup(lookups, "categories_services"));
    map->kinds = lk_options_dup(g_hash_table_lookup(lookups, "types_structure"));
    source.file = "templates/pages.yaml";
    LkPageTexts *texts = lk_template_texts(&source, furniture);
    map->authority = g_strdup(texts->authority);
    lk_page_texts_free(texts);
    return true;
}

LkServiceMap *
lk_service_map_load(const char *path, const LkFonts *fonts, GPtrArray **problems,
                    GError **error)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
    *problems = found;
    g_autoptr(LkServiceMap) map = g_new0(LkServiceMap, 1);
    map->services = g_ptr_array_new_with_free_func((GDestroyNotify)lk_service_free);
    g_date_clear(&map->date, 1);
    if (!load_words(map, found, error)) {
        return NULL;
    }
    if (path != NULL) {
        g_autoptr(GError) why = NULL;
        g_autoptr(LkNode) root = load_node(path, path, &why);
        if (root != NULL) {
            lk_service_map_read(map, fonts, path, root, found);
        } else {
            g_ptr_array_add(found, g_strdup(why->message));
        }
    }
    if (found->len > 0) {
        g_set_error_literal(error, LK_FORM_ERROR, LK_FORM_ERROR_TEMPLATE,
                            g_ptr_array_index(found, 0));
        return NULL;
    }
    return g_steal_pointer(&map);
}

void
lk_service_map_free(LkServiceMap *map)
{
    if (map == NULL) {
        return;
    }
    g_free(map->place);
    g_ptr_array_unref(map->services);
    g_clear_pointer(&map->categories, g_ptr_array_unref);
    g_clear_pointer(&map->kinds, g_ptr_array_unref);
    g_free(map->authority);
    g_free(map);
}

GDate
lk_service_map_renewal(const LkServiceMap *map)
{
    GDate renewal = map->date;
    if (g_date_valid(&renewal)) {
        g_date_add_months(&renewal, map->is_emergency ? MONTHS_EMERGENCY : MONTHS);
    }
    return renewal;
}
