/* node.h - a YAML document as a tree that knows where each thing stands; private to the
 * room and its tests. Anchors, aliases, tags and several documents are refused: the
 * templates do not need them, and a tree without sharing cannot explode. */
#ifndef LK_FORM_NODE_H
#define LK_FORM_NODE_H

#include "form/form.h"

G_BEGIN_DECLS

typedef enum { LK_NODE_SCALAR, LK_NODE_LIST, LK_NODE_MAP } LkNodeKind;

typedef struct LkNode LkNode;
struct LkNode {
    LkNodeKind kind;
    char *text;       /* scalar */
    bool plain;       /* scalar without quotes */
    GPtrArray *keys;  /* map: LkNode, scalars */
    GPtrArray *items; /* list: LkNode; map: the values, same order as keys */
    int line, column; /* from 1 */
};

/**
 * lk_node_parse:
 * @name: how messages call the file
 * @bytes: @len bytes, not trusted
 *
 * Returns: (transfer full): the root, or NULL with LK_FORM_ERROR_TEMPLATE,
 * "name:line:column: …"
 */
G_GNUC_WARN_UNUSED_RESULT
LkNode *lk_node_parse(const char *name, const char *bytes, size_t len, GError **error);
void lk_node_free(LkNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkNode, lk_node_free)

/** lk_node_get: (transfer none) (nullable): the value of @key in a map. */
const LkNode *lk_node_get(const LkNode *map, const char *key);

G_END_DECLS

#endif
