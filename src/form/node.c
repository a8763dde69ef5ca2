/* node.c - YAML text to a tree with lines and columns. */
#include "form/node.h"

#include <string.h>
#include <yaml.h>

/* A template nests 8 deep and the largest has a few thousand nodes. */
#define MAX_DEPTH 24
#define MAX_NODES 200000
#define MAX_KEYS 1000 /* of one map: they are compared with each other */

typedef struct {
    yaml_parser_t parser;
    const char *name;
    int nodes;
} Reader;

/* Columns count characters (libyaml does too), from 1. */
static void
fail_at(const Reader *reader, yaml_mark_t mark, GError **error, const char *what)
{
    g_set_error(error, LK_FORM_ERROR, LK_FORM_ERROR_TEMPLATE, "%s:%zu:%zu: %s",
                reader->name, mark.line + 1, mark.column + 1, what);
}

/* What libyaml says, so that it can be said in the user's language; its other problems
 * are met only with YAML that no form has. */
static const char *const yaml_problems[] = {
    N_("did not find expected key"),
    N_("did not find expected ',' or ']'"),
    N_("did not find expected ',' or '}'"),
    N_("did not find expected '-' indicator"),
    N_("did not find expected node content"),
    N_("did not find expected <document start>"),
    N_("did not find expected comment or line break"),
    N_("could not find expected ':'"),
    N_("mapping values are not allowed in this context"),
    N_("mapping keys are not allowed in this context"),
    N_("block sequence entries are not allowed in this context"),
    N_("found character that cannot start any token"),
    N_("found a tab character where an indentation space is expected"),
    N_("found a tab character that violates indentation"),
    N_("found unexpected end of stream"),
    N_("found unexpected document indicator"),
    N_("found unknown escape character"),
    N_("found undefined tag handle"),
    N_("control characters are not allowed"),
    N_("invalid leading UTF-8 octet"),
    N_("invalid trailing UTF-8 octet"),
    N_("invalid Unicode character"),
};

static const char *
problem_of(const yaml_parser_t *parser)
{
    for (size_t i = 0; parser->problem != NULL && i < G_N_ELEMENTS(yaml_problems);
         i++) {
        if (strcmp(parser->problem, yaml_problems[i]) == 0) {
            return _(yaml_problems[i]);
        }
    }
    return parser->problem != NULL ? parser->problem : "YAML";
}

static bool
next_event(Reader *reader, yaml_event_t *event, GError **error)
{
    if (yaml_parser_parse(&reader->parser, event) != 0) {
        return true;
    }
    const yaml_parser_t *parser = &reader->parser;
    g_autofree char *what = g_strdup_printf(
        _("this is not valid YAML (%s): look at the spaces at the beginning of the "
          "line, the colons and the quotes here and on the line above"),
        problem_of(parser));
    yaml_mark_t mark = parser->problem_mark;
    if (parser->error == YAML_READER_ERROR) {
        /* The reader knows an offset only, and it is nowhere near a line. */
        mark = parser->mark;
    }
    fail_at(reader, mark, error, what);
    return false;
}

void
lk_node_free(LkNode *node)
{
    if (node == NULL) {
        return;
    }
    g_free(node->text);
    g_clear_pointer(&node->keys, g_ptr_array_unref);
    g_clear_pointer(&node->items, g_ptr_array_unref);
    g_free(node);
}

static LkNode *
node_new(LkNodeKind kind, yaml_mark_t mark)
{
    LkNode *node = g_new0(LkNode, 1);
    node->kind = kind;
    node->line = (int)mark.line + 1;
    node->column = (int)mark.column + 1;
    if (kind != LK_NODE_SCALAR) {
        node->items = g_ptr_array_new_with_free_func((GDestroyNotify)lk_node_free);
    }
    if (kind == LK_NODE_MAP) {
        node->keys = g_ptr_array_new_with_free_func((GDestroyNotify)lk_node_free);
    }
    return node;
}

static bool
has_anchor(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor != NULL;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor != NULL;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor != NULL;
    case YAML_ALIAS_EVENT:
        return true;
    default:
        return false;
    }
}

static LkNode *read_node(Reader *reader, yaml_event_t *event, int depth,
                         GError **error);

static LkNode *
read_scalar(Reader *reader, const yaml_event_t *event, GError **error)
{
    const char *value = (const char *)event->data.scalar.value;
    if (strlen(value) != event->data.scalar.length) {
        fail_at(reader, event->start_mark, error,
                _("this text contains a NUL character; remove it"));
        return NULL;
    }
    LkNode *node = node_new(LK_NODE_SCALAR, event->start_mark);
    node->text = g_strdup(value);
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return node;
}

/* Keys and values alternate in a map; a key must be a scalar and stand once. */
static bool
add_item(Reader *reader, LkNode *parent, LkNode *item, GError **error)
{
    bool is_key = parent->keys != NULL && parent->keys->len == parent->items->len;
    if (!is_key) {
        g_ptr_array_add(parent->items, item);
        return true;
    }
    yaml_mark_t mark = {0, (size_t)item->line - 1, (size_t)item->column - 1};
    if (item->kind != LK_NODE_SCALAR) {
        fail_at(reader, mark, error, _("a key must be a single word"));
        lk_node_free(item);
        return false;
    }
    if (parent->keys->len >= MAX_KEYS) {
        fail_at(reader, mark, error, _("too many keys in one place; divide the file"));
        lk_node_free(item);
        return false;
    }
    for (guint i = 0; i < parent->keys->len; i++) {
        const LkNode *other = g_ptr_array_index(parent->keys, i);
        if (strcmp(other->text, item->text) == 0) {
            g_autofree char *what = g_strdup_printf(
                _("the key '%s' stands here for the second time (first on line %d); "
                  "keep one of them"),
                item->text, other->line);
            fail_at(reader, mark, error, what);
            lk_node_free(item);
            return false;
        }
    }
    g_ptr_array_add(parent->keys, item);
    return true;
}

static LkNode *
read_children(Reader *reader, LkNode *parent, int depth, GError **error)
{
    g_autoptr(LkNode) node = parent;
    for (;;) {
        yaml_event_t event;
        if (!next_event(reader, &event, error)) {
            return NULL;
        }
        if (event.type == YAML_SEQUENCE_END_EVENT ||
            event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            return g_steal_pointer(&node);
        }
        LkNode *item = read_node(reader, &event, depth + 1, error);
        yaml_event_delete(&event);
        if (item == NULL || !add_item(reader, node, item, error)) {
            return NULL;
        }
    }
}

static LkNode *
read_node(Reader *reader, yaml_event_t *event, int depth, GError **error)
{
    if (depth > MAX_DEPTH || ++reader->nodes > MAX_NODES) {
        fail_at(reader, event->start_mark, error,
                _("too deep or too long for a template; simplify it"));
        return NULL;
    }
    if (has_anchor(event)) {
        fail_at(reader, event->start_mark, error,
                _("anchors (&) and aliases (*) are not used in templates; write the "
                  "value out, or quote it"));
        return NULL;
    }
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return read_scalar(reader, event, error);
    case YAML_SEQUENCE_START_EVENT:
        return read_children(reader, node_new(LK_NODE_LIST, event->start_mark), depth,
                             error);
    case YAML_MAPPING_START_EVENT:
        return read_children(reader, node_new(LK_NODE_MAP, event->start_mark), depth,
                             error);
    default:
        fail_at(reader, event->start_mark, error, _("a value is expected here"));
        return NULL;
    }
}

/* Skips to the first node of the first document; NULL on an empty stream. */
static LkNode *
read_document(Reader *reader, GError **error)
{
    g_autoptr(LkNode) root = NULL;
    for (;;) {
        yaml_event_t event;
        if (!next_event(reader, &event, error)) {
            return NULL;
        }
        yaml_event_type_t type = event.type;
        bool is_frame = type == YAML_STREAM_START_EVENT ||
                        type == YAML_DOCUMENT_START_EVENT ||
                        type == YAML_DOCUMENT_END_EVENT;
        if (type == YAML_STREAM_END_EVENT && root == NULL) {
            fail_at(reader, event.start_mark, error,
                    _("the file is empty; write the form, or remove the file"));
        } else if (type == YAML_DOCUMENT_START_EVENT && root != NULL) {
            fail_at(reader, event.start_mark, error,
                    _("a second document begins here (---); a file holds one"));
            yaml_event_delete(&event);
            return NULL;
        } else if (!is_frame && type != YAML_STREAM_END_EVENT) {
            root = read_node(reader, &event, 0, error);
        }
        yaml_event_delete(&event);
        if (type == YAML_STREAM_END_EVENT || (!is_frame && root == NULL)) {
            return g_steal_pointer(&root);
        }
    }
}

LkNode *
lk_node_parse(const char *name, const char *bytes, size_t len, GError **error)
{
    Reader reader = {.name = name};
    if (yaml_parser_initialize(&reader.parser) == 0) {
        g_set_error(error, LK_FORM_ERROR, LK_FORM_ERROR_TEMPLATE,
                    _("%s: not enough memory"), name);
        return NULL;
    }
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)bytes, len);
    LkNode *root = read_document(&reader, error);
    yaml_parser_delete(&reader.parser);
    return root;
}

const LkNode *
lk_node_get(const LkNode *map, const char *key)
{
    if (map == NULL || map->kind != LK_NODE_MAP) {
        return NULL;
    }
    for (guint i = 0; i < map->keys->len; i++) {
        const LkNode *candidate = g_ptr_array_index(map->keys, i);
        if (strcmp(candidate->text, key) == 0) {
            return g_ptr_array_index(map->items, i);
        }
    }
    return NULL;
}
