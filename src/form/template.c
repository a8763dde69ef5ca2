/* template.c - what a template may say, and what is wrong with it.
 *
 * Each kind of map has a table of its keys. bind() fills a struct from a map by such a
 * table and names every mistake; relations between fields are checked afterwards. */
#include "form/template.h"

#include <string.h>

#define MAX_TEXT 300  /* characters; a label longer than this is no label */
#define MAX_NOTE 2000 /* of what is not printed */
#define N_FACES 5     /* moods that are drawn */

void
lk_problem_add(GPtrArray *problems, const char *file, int line, int column,
               const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_ptr_array_add(problems,
                    g_strdup_printf("%s:%d:%d: %s", file, line, column, what));
}

#define complain(source, node, ...)                                                    \
    lk_problem_add((source)->problems, (source)->file, (node)->line, (node)->column,   \
                   __VA_ARGS__)

/* --- Keys and values. --------------------------------------------------------------
 */

typedef enum {
    KEY_TEXT,    /* char*: printed or stored text, one line */
    KEY_NAME,    /* char*: letters, digits, _ - . */
    KEY_INT,     /* int in min..max */
    KEY_BOOL,    /* bool */
    KEY_LATER,   /* read by the caller */
    KEY_IGNORED, /* text kept for people and exports */
} KeyKind;

typedef struct {
    const char *name;
    KeyKind kind;
    bool needed;
    size_t offset;
    int min, max;
} Key;

static const Key form_keys[] = {
    {"code", KEY_TEXT, true, offsetof(LkForm, code), 0, 0},
    {"id", KEY_NAME, true, offsetof(LkForm, id), 0, 0},
    {"title", KEY_TEXT, true, offsetof(LkForm, title), 0, 0},
    {"stage", KEY_TEXT, false, offsetof(LkForm, stage), 0, 0},
    {"kind", KEY_TEXT, false, offsetof(LkForm, kind), 0, 0},
    {"filled_by", KEY_TEXT, false, offsetof(LkForm, filled_by), 0, 0},
    {"when", KEY_TEXT, false, offsetof(LkForm, when), 0, 0},
    {"usage", KEY_TEXT, false, offsetof(LkForm, usage), 0, 0},
    {"repeatable", KEY_BOOL, false, offsetof(LkForm, repeatable), 0, 0},
    {"audience", KEY_LATER, false, 0, 0, 0},
    {"compact", KEY_BOOL, false, offsetof(LkForm, compact), 0, 0},
    {"pages_hint", KEY_INT, false, offsetof(LkForm, pages_hint), 1, 9},
    {"sections", KEY_LATER, true, 0, 0, 0},
    {NULL, KEY_LATER, false, 0, 0, 0},
};

static const Key section_keys[] = {
    {"title", KEY_TEXT, true, offsetof(LkSection, title), 0, 0},
    {"page_break", KEY_BOOL, false, offsetof(LkSection, page_break), 0, 0},
    {"separable", KEY_BOOL, false, offsetof(LkSection, separable), 0, 0},
    {"stub", KEY_BOOL, false, offsetof(LkSection, stub), 0, 0},
    {"note", KEY_TEXT, false, offsetof(LkSection, note), 0, 0},
    {"page_title", KEY_TEXT, false, offsetof(LkSection, page_title), 0, 0},
    {"fields", KEY_LATER, true, 0, 0, 0},
    {NULL, KEY_LATER, false, 0, 0, 0},
};

static const Key field_keys[] = {
    {"id", KEY_NAME, true, offsetof(LkField, id), 0, 0},
    {"label", KEY_TEXT, true, offsetof(LkField, label), 0, 0},
    {"type", KEY_LATER, true, 0, 0, 0},
    {"hint", KEY_TEXT, false, offsetof(LkField, hint), 0, 0},
    {"length", KEY_INT, false, offsetof(LkField, length), 1, 30},
    {"lines", KEY_INT, false, offsetof(LkField, lines), 1, 20},
    {"rows", KEY_INT, false, offsetof(LkField, rows), 1, 40},
    {"row_height", KEY_INT, false, offsetof(LkField, row_height), 1, 6},
    {"scale_min", KEY_INT, false, offsetof(LkField, scale_min), 0, 10},
    {"scale_max", KEY_INT, false, offsetof(LkField, scale_max), 0, 10},
    {"full_width", KEY_BOOL, false, offsetof(LkField, full_width), 0, 0},
    {"new_row", KEY_BOOL, false, offsetof(LkField, new_row), 0, 0},
    {"faces", KEY_BOOL, false, offsetof(LkField, faces), 0, 0},
    {"dense", KEY_BOOL, false, offsetof(LkField, dense), 0, 0},
    {"preprinted", KEY_BOOL, false, offsetof(LkField, preprinted), 0, 0},
    {"required", KEY_BOOL, false, offsetof(LkField, required), 0, 0},
    {"required_if", KEY_TEXT, false, offsetof(LkField, required_if), 0, 0},
    {"pii", KEY_BOOL, false, offsetof(LkField, pii), 0, 0},
    {"sensitive", KEY_BOOL, false, offsetof(LkField, sensitive), 0, 0},
    {"layout", KEY_LATER, false, 0, 0, 0},
    {"paired_with", KEY_NAME, false, offsetof(LkField, paired_with), 0, 0},
    {"lookup", KEY_NAME, false, offsetof(LkField, lookup), 0, 0},
    {"lookup_ref", KEY_NAME, false, offsetof(LkField, lookup_ref), 0, 0},
    {"options", KEY_LATER, false, 0, 0, 0},
    {"row_labels", KEY_LATER, false, 0, 0, 0},
    {"columns", KEY_LATER, false, 0, 0, 0},
    {"cpims", KEY_TEXT, false, offsetof(LkField, cpims), 0, 0},
    {"cpims_origin", KEY_NAME, false, offsetof(LkField, cpims_origin), 0, 0},
    {"cpims_type", KEY_NAME, false, offsetof(LkField, cpims_type), 0, 0},
    {NULL, KEY_LATER, false, 0, 0, 0},
};

static const Key option_keys[] = {
    {"value", KEY_NAME, true, offsetof(LkOption, value), 0, 0},
    {"label", KEY_TEXT, true, offsetof(LkOption, label), 0, 0},
    {"no", KEY_TEXT, false, offsetof(LkOption, number), 0, 0},
    {"cpims", KEY_TEXT, false, offsetof(LkOption, cpims), 0, 0},
    {"abrev", KEY_IGNORED, false, 0, 0, 0},
    {"categorie", KEY_IGNORED, false, 0, 0, 0},
    {"cpims_autre", KEY_IGNORED, false, 0, 0, 0},
    {"probleme_cpims_proche", KEY_IGNORED, false, 0, 0, 0},
    {"prioritaire_de_fait", KEY_IGNORED, false, 0, 0, 0},
    {NULL, KEY_LATER, false, 0, 0, 0},
};

static const Key lookup_keys[] = {
    {"title", KEY_IGNORED, true, 0, 0, 0},
    {"primero_lookup", KEY_IGNORED, false, 0, 0, 0},
    {"note", KEY_IGNORED, false, 0, 0, 0},
    {"options", KEY_LATER, true, 0, 0, 0},
    {NULL, KEY_LATER, false, 0, 0, 0},
};

#define PAGE_TEXT(name)                                                                \
    {                                                                                  \
#name, KEY_TEXT, true, offsetof(LkPageTexts, name), 0, 0                       \
    }
static const Key page_keys[] = {
    PAGE_TEXT(authority),   PAGE_TEXT(page),        PAGE_TEXT(case_label),
    PAGE_TEXT(how_to_mark), PAGE_TEXT(required),    PAGE_TEXT(separable),
    PAGE_TEXT(code_in_qr),  PAGE_TEXT(cut),         PAGE_TEXT(filled_by),
    PAGE_TEXT(when),        PAGE_TEXT(continued),   PAGE_TEXT(day),
    PAGE_TEXT(month),       PAGE_TEXT(year),        PAGE_TEXT(principal),
    PAGE_TEXT(secondary),   PAGE_TEXT(double_list), {NULL, KEY_LATER, false, 0, 0, 0},
};

/* The text of a scalar, if it is one line of sensible length; else a complaint. */
static const char *
limited_text(const LkSource *source, const LkNode *node, const char *key, int limit)
{
    if (node->kind != LK_NODE_SCALAR) {
        complain(source, node, _("'%s' must be a text; put it on the same line"), key);
        return NULL;
    }
    if (*node->text == '\0' || (node->plain && (strcmp(node->text, "~") == 0 ||
                                                strcmp(node->text, "null") == 0))) {
        complain(source, node, _("'%s' is empty; write its value, or remove the line"),
                 key);
        return NULL;
    }
    if (g_utf8_strlen(node->text, -1) > limit) {
        complain(source, node, _("'%s' is longer than %d characters; shorten it"), key,
                 limit);
        return NULL;
    }
    for (const char *c = node->text; *c != '\0'; c = g_utf8_next_char(c)) {
        if (g_unichar_iscntrl(g_utf8_get_char(c))) {
            complain(source, node,
                     _("'%s' contains a line break or another control character; "
                       "write it on one line"),
                     key);
            return NULL;
        }
    }
    return node->text;
}

static const char *
text_of(const LkSource *source, const LkNode *node, const char *key)
{
    return limited_text(source, node, key, MAX_TEXT);
}

static bool
is_name(const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (!g_ascii_isalnum(*c) && strchr("_-.+", *c) == NULL) {
            return false;
        }
    }
    return strlen(text) <= 60;
}

static const char *
name_of(const LkSource *source, const LkNode *node, const char *key)
{
    const char *text = text_of(source, node, key);
    if (text != NULL && !is_name(text)) {
        complain(source, node,
                 _("'%s' is not a good %s: only letters without accents, digits and "
                   "_ - . are allowed, 60 at most"),
                 text, key);
        return NULL;
    }
    return text;
}

static void
bind_int(const LkSource *source, const LkNode *node, const Key *key, int *into)
{
    gint64 value = 0;
    if (node->kind != LK_NODE_SCALAR ||
        !g_ascii_string_to_signed(node->text, 10, key->min, key->max, &value, NULL)) {
        complain(source, node, _("'%s' must be a whole number from %d to %d"),
                 key->name, key->min, key->max);
        return;
    }
    *into = (int)value;
}

static void
bind_bool(const LkSource *source, const LkNode *node, const Key *key, bool *into)
{
    bool is_true = node->kind == LK_NODE_SCALAR && strcmp(node->text, "true") == 0;
    bool is_false = node->kind == LK_NODE_SCALAR && strcmp(node->text, "false") == 0;
    if (!is_true && !is_false) {
        complain(source, node, _("'%s' must be true or false"), key->name);
    }
    *into = is_true;
}

static void
bind_value(const LkSource *source, const LkNode *node, const Key *key, char *object)
{
    void *into = object + key->offset;
    switch (key->kind) {
    case KEY_TEXT:
        *(char **)into = g_strdup(text_of(source, node, key->name));
        break;
    case KEY_NAME:
        *(char **)into = g_strdup(name_of(source, node, key->name));
        break;
    case KEY_INT:
        bind_int(source, node, key, into);
        break;
    case KEY_BOOL:
        bind_bool(source, node, key, into);
        break;
    case KEY_IGNORED:
        (void)limited_text(source, node, key->name, MAX_NOTE);
        break;
    case KEY_LATER:
        break;
    }
}

static char *
known_keys(const Key *keys)
{
    GString *list = g_string_new(NULL);
    for (const Key *key = keys; key->name != NULL; key++) {
        g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", key->name);
    }
    return g_string_free(list, FALSE);
}

/* Fills @object from @map; @what names it in messages ("the field 'sexe'"). False if
 * @map is no map at all. */
static bool
bind(const LkSource *source, const LkNode *map, const Key *keys, const char *what,
     void *object)
{
    if (map->kind != LK_NODE_MAP) {
        complain(source, map, _("%s must be written as `key: value` lines"), what);
        return false;
    }
    for (guint i = 0; i < map->keys->len; i++) {
        const LkNode *name = g_ptr_array_index(map->keys, i);
        const Key *key = keys;
        while (key->name != NULL && strcmp(key->name, name->text) != 0) {
            key++;
        }
        if (key->name == NULL) {
            g_autofree char *known = known_keys(keys);
            complain(source, name, _("unknown key '%s'; known here: %s"), name->text,
                     known);
        } else {
            bind_value(source, g_ptr_array_index(map->items, i), key, object);
        }
    }
    for (const Key *key = keys; key->name != NULL; key++) {
        if (key->needed && lk_node_get(map, key->name) == NULL) {
            complain(source, map, _("%s has no '%s'; add a line `%s: …`"), what,
                     key->name, key->name);
        }
    }
    return true;
}

/* The items of the list under @key, or NULL with a complaint if it is there but no
 * list, or empty. */
static const GPtrArray *
list_of(const LkSource *source, const LkNode *map, const char *key)
{
    const LkNode *list = lk_node_get(map, key);
    if (list == NULL) {
        return NULL;
    }
    if (list->kind != LK_NODE_LIST || list->items->len == 0) {
        complain(source, list,
                 _("'%s' must be a list with at least one line beginning with `- `"),
                 key);
        return NULL;
    }
    return list->items;
}

/* --- Options and lookups. ----------------------------------------------------------
 */

static void
read_options(const LkSource *source, const GPtrArray *items, GPtrArray *options)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < items->len; i++) {
        const LkNode *node = g_ptr_array_index(items, i);
        LkOption *option = g_new0(LkOption, 1);
        option->file = g_intern_string(source->file);
        option->line = node->line;
        option->column = node->column;
        if (!bind(source, node, option_keys, _("this option"), option) ||
            option->value == NULL || option->label == NULL) {
            lk_option_free(option);
            continue;
        }
        if (!g_hash_table_add(seen, option->value)) {
            complain(source, node,
                     _("two options have the value '%s'; give this one another"),
                     option->value);
        }
        g_ptr_array_add(options, option);
    }
}

GHashTable *
lk_template_lookups(const LkSource *source, const LkNode *root)
{
    GHashTable *lookups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                                (GDestroyNotify)g_ptr_array_unref);
    const LkNode *lists = lk_node_get(root, "lookups");
    if (lists == NULL || lists->kind != LK_NODE_MAP || root->keys->len != 1) {
        complain(source, root, _("this file must hold `lookups:` and the lists below"));
        return lookups;
    }
    for (guint i = 0; i < lists->keys->len; i++) {
        const LkNode *name = g_ptr_array_index(lists->keys, i);
        const LkNode *list = g_ptr_array_index(lists->items, i);
        g_autofree char *what = g_strdup_printf(_("the list '%s'"), name->text);
        GPtrArray *options = lk_options_dup(NULL);
        g_hash_table_insert(lookups, g_strdup(name->text), options);
        char nothing = 0; /* none of the keys is kept */
        if (bind(source, list, lookup_keys, what, &nothing)) {
            const GPtrArray *items = list_of(source, list, "options");
            if (items != NULL) {
                read_options(source, items, options);
            }
        }
    }
    return lookups;
}

LkPageTexts *
lk_template_texts(const LkSource *source, const LkNode *root)
{
    LkPageTexts *texts = g_new0(LkPageTexts, 1);
    (void)bind(source, root, page_keys, _("this file"), texts);
    return texts;
}

void
lk_page_texts_free(LkPageTexts *texts)
{
    if (texts == NULL) {
        return;
    }
    for (const Key *key = page_keys; key->name != NULL; key++) {
        g_free(*(char **)((char *)texts + key->offset));
    }
    g_free(texts);
}

static const GPtrArray *
find_lookup(const LkSource *source, const LkNode *node, const char *key,
            const char *name)
{
    const GPtrArray *found = g_hash_table_lookup((GHashTable *)source->lookups, name);
    if (found == NULL) {
        complain(source, lk_node_get(node, key),
                 _("there is no list '%s' in lookups.yaml; correct the name or add the "
                   "list there"),
                 name);
    }
    return found;
}

/* --- Fields. -----------------------------------------------------------------------
 */

static void
read_type(const LkSource *source, const LkNode *node, LkField *field)
{
    const LkNode *type = lk_node_get(node, "type");
    if (type != NULL && (type->kind != LK_NODE_SCALAR ||
                         !lk_field_type_parse(type->text, &field->type))) {
        complain(
            source, type,
            _("unknown type '%s'; known: check, choice, multi, date, digits, code, "
              "text, lines, signature, table, scale"),
            type->kind == LK_NODE_SCALAR ? type->text : "");
    }
}

static void
read_arrange(const LkSource *source, const LkNode *node, LkField *field)
{
    const LkNode *layout = lk_node_get(node, "layout");
    if (layout == NULL) {
        return;
    }
    const char *name = layout->kind == LK_NODE_SCALAR ? layout->text : "";
    if (strcmp(name, "liste_double") == 0) {
        field->arrange = LK_ARRANGE_LISTE_DOUBLE;
    } else if (strcmp(name, "matrice_2col") == 0) {
        field->arrange = LK_ARRANGE_MATRICE_2COL;
    } else {
        complain(source, layout,
                 _("unknown layout '%s'; known: liste_double, matrice_2col"), name);
    }
    bool fits = field->arrange == LK_ARRANGE_LISTE_DOUBLE
                    ? field->type == LK_FIELD_CHOICE || field->type == LK_FIELD_MULTI
                    : field->type == LK_FIELD_TABLE;
    if (!fits) {
        complain(source, layout, _("a %s cannot be laid out as '%s'"),
                 lk_field_type_name(field->type), name);
    }
}

/* A scale's options are its numbers; a list with the same values lends the words. */
static void
number_scale(LkField *field, const GPtrArray *words)
{
    for (int n = field->scale_min; n <= field->scale_max; n++) {
        LkOption *option = g_new0(LkOption, 1);
        option->value = g_strdup_printf("%d", n);
        option->file = g_intern_static_string("");
        for (guint i = 0; words != NULL && i < words->len; i++) {
            const LkOption *word = g_ptr_array_index(words, i);
            if (strcmp(word->value, option->value) == 0) {
                lk_option_free(option);
                option = lk_option_dup(word);
                break;
            }
        }
        if (option->label == NULL) {
            option->label = g_strdup(option->value);
        }
        g_ptr_array_add(field->options, option);
    }
}

static void
fill_options(const LkSource *source, const LkNode *node, LkField *field)
{
    const GPtrArray *shared = field->lookup != NULL
                                  ? find_lookup(source, node, "lookup", field->lookup)
                                  : NULL;
    if (field->lookup_ref != NULL) {
        (void)find_lookup(source, node, "lookup_ref", field->lookup_ref);
    }
    const GPtrArray *items = list_of(source, node, "options");
    bool is_list = field->type == LK_FIELD_CHOICE || field->type == LK_FIELD_MULTI;
    if (field->type == LK_FIELD_SCALE) {
        if (field->scale_min >= field->scale_max) {
            complain(source, node,
                     _("the scale '%s' needs `scale_min:` and a larger `scale_max:`"),
                     field->id);
        }
        number_scale(field, shared);
        if (field->faces && field->options->len != N_FACES) {
            complain(source, lk_node_get(node, "faces"),
                     _("there are %d faces, and the scale '%s' has %u notes; write "
                       "`scale_min: 1` and `scale_max: 5`, or remove `faces:`"),
                     N_FACES, field->id, field->options->len);
        }
        return;
    }
    if (field->faces) {
        complain(source, lk_node_get(node, "faces"),
                 _("'%s' means nothing for a %s; remove it"), "faces",
                 lk_field_type_name(field->type));
    }
    if (!is_list) {
        if (lk_node_get(node, "options") != NULL || field->lookup != NULL) {
            complain(source, node,
                     _("only choice and multi have options, '%s' is a %s; change its "
                       "type or remove them"),
                     field->id, lk_field_type_name(field->type));
        }
        return;
    }
    if (items != NULL) {
        read_options(source, items, field->options);
    } else if (shared != NULL) {
        g_ptr_array_unref(field->options);
        field->options = lk_options_dup(shared);
    } else if (lk_node_get(node, "options") == NULL && field->lookup == NULL) {
        complain(source, node,
                 _("the %s '%s' has nothing to choose from; add `options:` or "
                   "`lookup:`"),
                 lk_field_type_name(field->type), field->id);
    }
}

/* Sizes that a type cannot do without. */
static void
check_sizes(const LkSource *source, const LkNode *node, LkField *field)
{
    const struct {
        bool applies;
        int value;
        const char *key;
    } sizes[] = {
        {field->type == LK_FIELD_DIGITS || field->type == LK_FIELD_CODE, field->length,
         "length"},
        {field->type == LK_FIELD_LINES, field->lines, "lines"},
        {field->type == LK_FIELD_TABLE, field->rows, "rows"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        bool is_given = lk_node_get(node, sizes[i].key) != NULL;
        if (sizes[i].applies && !is_given) {
            complain(source, node, _("the %s '%s' has no '%s'; add a line `%s: …`"),
                     lk_field_type_name(field->type), field->id, sizes[i].key,
                     sizes[i].key);
        } else if (!sizes[i].applies && is_given) {
            complain(source, lk_node_get(node, sizes[i].key),
                     _("'%s' means nothing for a %s; remove it"), sizes[i].key,
                     lk_field_type_name(field->type));
        }
    }
    if (field->type == LK_FIELD_DATE) {
        field->length = 8;
    }
    if (field->dense && field->type != LK_FIELD_TABLE) {
        complain(source, lk_node_get(node, "dense"),
                 _("'%s' means nothing for a %s; remove it"), "dense",
                 lk_field_type_name(field->type));
    }
    if (field->preprinted &&
        (field->type != LK_FIELD_CODE ||
         (field->length != 0 && field->length != LK_CASE_CODE_LEN))) {
        complain(source, lk_node_get(node, "preprinted"),
                 _("only a code of %d characters can be preprinted with the case code"),
                 LK_CASE_CODE_LEN);
    }
}

static LkField *read_field(const LkSource *source, const LkNode *node, bool is_column,
                           GHashTable *seen);

static void
read_table(const LkSource *source, const LkNode *node, LkField *field)
{
    const GPtrArray *labels = list_of(source, node, "row_labels");
    for (guint i = 0; labels != NULL && i < labels->len; i++) {
        const char *label = text_of(source, g_ptr_array_index(labels, i), "row_labels");
        g_ptr_array_add(field->row_labels, g_strdup(label != NULL ? label : "?"));
    }
    if (labels != NULL && (int)labels->len != field->rows) {
        complain(source, lk_node_get(node, "row_labels"),
                 _("the table '%s' has %d rows and %u row labels; make them agree"),
                 field->id, field->rows, labels->len);
    }
    const GPtrArray *columns = list_of(source, node, "columns");
    if (columns == NULL && lk_node_get(node, "columns") == NULL) {
        complain(source, node, _("the table '%s' has no 'columns'; add them"),
                 field->id);
    }
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; columns != NULL && i < columns->len; i++) {
        LkField *column = read_field(source, g_ptr_array_index(columns, i), true, seen);
        if (column != NULL) {
            g_ptr_array_add(field->columns, column);
        }
    }
}

static LkField *
read_field(const LkSource *source, const LkNode *node, bool is_column, GHashTable *seen)
{
    LkField *field = lk_field_new();
    field->line = node->line;
    field->column = node->column;
    const LkNode *id = lk_node_get(node, "id");
    g_autofree char *what =
        g_strdup_printf(is_column ? _("the column '%s'") : _("the field '%s'"),
                        id != NULL && id->kind == LK_NODE_SCALAR ? id->text : "?");
    if (!bind(source, node, field_keys, what, field) || field->id == NULL ||
        field->label == NULL) {
        lk_field_free(field);
        return NULL;
    }
    if (!g_hash_table_add(seen, field->id) && id != NULL) {
        complain(source, id, _("the id '%s' is used twice; give this one another"),
                 field->id);
    }
    read_type(source, node, field);
    if (is_column && (field->type == LK_FIELD_TABLE || field->type == LK_FIELD_SCALE)) {
        complain(source, lk_node_get(node, "type"),
                 _("a column cannot be a %s; choose a simpler type"),
                 lk_field_type_name(field->type));
        field->type = LK_FIELD_TEXT;
    }
    read_arrange(source, node, field);
    check_sizes(source, node, field);
    fill_options(source, node, field);
    if (field->type == LK_FIELD_TABLE) {
        read_table(source, node, field);
    }
    return field;
}

/* --- Relations between fields. -----------------------------------------------------
 */

typedef struct {
    LkField *field;
    const LkNode *node;
} Known;

static bool
has_value(const LkField *field, const char *value)
{
    for (guint i = 0; i < field->options->len; i++) {
        const LkOption *option = g_ptr_array_index(field->options, i);
        if (strcmp(option->value, value) == 0) {
            return true;
        }
    }
    return field->type == LK_FIELD_CHECK && strcmp(value, "oui") == 0;
}

static void
check_condition(const LkSource *source, const Known *known, GHashTable *fields)
{
    const char *condition = known->field->required_if;
    g_auto(GStrv) sides = g_strsplit(condition, "=", 2);
    const Known *other =
        sides[0] != NULL ? g_hash_table_lookup(fields, sides[0]) : NULL;
    if (sides[1] == NULL || other == NULL || !has_value(other->field, sides[1])) {
        complain(
            source, lk_node_get(known->node, "required_if"),
            _("'%s' is no condition: write `field=value` with a field of this form "
              "and one of its values"),
            condition);
    }
}

static void
check_pair(const LkSource *source, const Known *known, GHashTable *fields)
{
    const char *name = known->field->paired_with;
    const Known *twin = name != NULL ? g_hash_table_lookup(fields, name) : NULL;
    const LkNode *at =
        lk_node_get(known->node, name != NULL ? "paired_with" : "layout");
    if (twin == NULL || twin->field->paired_with == NULL ||
        strcmp(twin->field->paired_with, known->field->id) != 0) {
        complain(
            source, at,
            _("a liste_double needs two fields of the section that name each other "
              "in `paired_with:`"));
    } else if (!lk_same_options(twin->field->options, known->field->options)) {
        complain(
            source, at,
            _("the fields '%s' and '%s' share one printed list: their options must "
              "be the same"),
            known->field->id, name);
    }
}

static void
check_relations(const LkSource *source, GPtrArray *known, GHashTable *fields)
{
    for (guint i = 0; i < known->len; i++) {
        const Known *one = g_ptr_array_index(known, i);
        if (one->field->required_if != NULL) {
            check_condition(source, one, fields);
        }
        if (one->field->arrange == LK_ARRANGE_LISTE_DOUBLE ||
            one->field->paired_with != NULL) {
            check_pair(source, one, fields);
        }
    }
}

/* --- Sections and the form. --------------------------------------------------------
 */

typedef struct {
    GPtrArray *known;   /* Known, owned */
    GHashTable *by_id;  /* id -> Known */
    GHashTable *id_set; /* ids */
} Register;

/* The words of scales that follow each other are printed over the first one. */
static void
head_scales(const LkSection *section)
{
    const LkField *before = NULL;
    for (guint i = 0; i < section->fields->len; i++) {
        LkField *field = g_ptr_array_index(section->fields, i);
        bool is_scale = field->type == LK_FIELD_SCALE;
        field->heads_scale =
            is_scale && (before == NULL || before->faces != field->faces ||
                         !lk_same_options(before->options, field->options));
        before = is_scale ? field : NULL;
    }
}

/* A title for pages that the section does not begin would be nobody's; a stub is what
 * lies below its line. */
static void
check_section(const LkSource *source, const LkNode *node, const LkSection *section)
{
    if (section->page_title != NULL && !section->page_break && !section->separable) {
        complain(source, lk_node_get(node, "page_title"),
                 _("only a section that begins a page can have a 'page_title'; add "
                   "`page_break: true`"));
    }
    if (section->stub && (section->page_break || section->separable)) {
        complain(source, lk_node_get(node, "stub"),
                 _("a stub is cut off below other sections; remove 'stub', or the "
                   "page break"));
    }
}

static void
read_section(const LkSource *source, const LkNode *node, LkForm *form, Register *all)
{
    LkSection *section = lk_section_new();
    g_ptr_array_add(form->sections, section);
    (void)bind(source, node, section_keys, _("this section"), section);
    const LkNode *title = lk_node_get(node, "title");
    section->line = title != NULL ? title->line : node->line;
    section->column = title != NULL ? title->column : node->column;
    const GPtrArray *items = list_of(source, node, "fields");
    for (guint i = 0; items != NULL && i < items->len; i++) {
        const LkNode *item = g_ptr_array_index(items, i);
        LkField *field = read_field(source, item, false, all->id_set);
        if (field == NULL) {
            continue;
        }
        g_ptr_array_add(section->fields, field);
        Known *known = g_new(Known, 1);
        *known = (Known){field, item};
        g_ptr_array_add(all->known, known);
        g_hash_table_insert(all->by_id, field->id, known);
    }
    head_scales(section);
    check_section(source, node, section);
}

/* What follows a stub would be cut off with it. */
static void
check_stubs(const LkSource *source, const GPtrArray *items, const LkForm *form)
{
    for (guint i = 0; i + 1 < form->sections->len; i++) {
        const LkSection *section = g_ptr_array_index(form->sections, i);
        const LkSection *next = g_ptr_array_index(form->sections, i + 1);
        if (section->stub && !next->page_break && !next->separable) {
            complain(source, lk_node_get(g_ptr_array_index(items, i), "stub"),
                     _("a stub must end its page; put it last, or give the next "
                       "section `page_break: true`"));
        }
    }
}

/* Children read large type, and no tables. */
static void
read_audience(const LkSource *source, const LkNode *root, LkForm *form)
{
    const LkNode *audience = lk_node_get(root, "audience");
    if (audience == NULL) {
        return;
    }
    const char *name = audience->kind == LK_NODE_SCALAR ? audience->text : "";
    if (strcmp(name, "enfant") == 0) {
        form->audience = LK_AUDIENCE_CHILD;
    } else if (strcmp(name, "adulte") != 0) {
        complain(source, audience, _("unknown audience '%s'; known: adulte, enfant"),
                 name);
    }
}

static void
check_child(const LkSource *source, const GPtrArray *known)
{
    for (guint i = 0; i < known->len; i++) {
        const Known *one = g_ptr_array_index(known, i);
        if (one->field->type == LK_FIELD_TABLE ||
            one->field->arrange == LK_ARRANGE_LISTE_DOUBLE) {
            complain(source, one->node,
                     _("a form for children has neither tables nor double lists; ask "
                       "'%s' otherwise, or remove `audience:`"),
                     one->field->id);
        }
    }
}

static void
check_code(const LkSource *source, const LkNode *root, const LkForm *form)
{
    if (form->code != NULL &&
        !g_regex_match_simple("^([0-9A-Z]\\.[0-9A-Z]|[A-Z][A-Z])$", form->code, 0, 0)) {
        complain(source, lk_node_get(root, "code"),
                 _("'%s' is not a form code; write it like \"1.B\" or \"LV\""),
                 form->code);
    }
}

LkForm *
lk_template_form(const LkSource *source, const LkNode *root)
{
    LkForm *form = lk_form_new();
    form->file = g_strdup(source->file);
    form->line = root->line;
    form->column = root->column;
    if (!bind(source, root, form_keys, _("the form"), form)) {
        return form;
    }
    const LkNode *title = lk_node_get(root, "title");
    if (title != NULL) {
        form->line = title->line;
        form->column = title->column;
    }
    check_code(source, root, form);
    g_autoptr(GPtrArray) known = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) by_id = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) id_set = g_hash_table_new(g_str_hash, g_str_equal);
    Register all = {known, by_id, id_set};
    const GPtrArray *sections = list_of(source, root, "sections");
    for (guint i = 0; sections != NULL && i < sections->len; i++) {
        read_section(source, g_ptr_array_index(sections, i), form, &all);
    }
    if (sections != NULL) {
        check_stubs(source, sections, form);
    }
    read_audience(source, root, form);
    if (form->audience == LK_AUDIENCE_CHILD) {
        check_child(source, known);
    }
    check_relations(source, known, by_id);
    return form;
}

/* --- Maps of texts, of which others know what they mean. -----------------------------
 */

bool
lk_template_strings(const LkSource *source, const LkNode *map, const LkStringKey *keys,
                    const char *what, char **texts)
{
    g_autoptr(GArray) known = g_array_new(TRUE, TRUE, sizeof(Key));
    for (size_t i = 0; keys[i].name != NULL; i++) {
        Key key = {keys[i].name,
                   keys[i].later ? KEY_LATER : KEY_TEXT,
                   keys[i].needed,
                   i * sizeof *texts,
                   0,
                   0};
        g_array_append_val(known, key);
    }
    return bind(source, map, (const Key *)known->data, what, texts);
}
