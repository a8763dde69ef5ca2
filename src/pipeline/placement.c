/* placement.c - where a filed page's layout lies in its picture. */
#include "pipeline/placement.h"

#include <json-glib/json-glib.h>
#include <math.h>

/* Array @name of exactly @n numbers. */
static bool
get_numbers(JsonObject *object, const char *name, double *numbers, guint n)
{
    JsonNode *member = json_object_get_member(object, name);
    JsonArray *array = member != NULL && JSON_NODE_HOLDS_ARRAY(member)
                           ? json_node_get_array(member)
                           : NULL;
    if (array == NULL || json_array_get_length(array) != n) {
        return false;
    }
    for (guint i = 0; i < n; i++) {
        numbers[i] = json_array_get_double_element(array, i);
    }
    return true;
}

bool
lk_placement_load(LkStore *store, gint64 page, LkPlacement *placement)
{
    *placement = (LkPlacement){0};
    g_autofree char *text = lk_store_page_quality(store, page, NULL);
    g_autoptr(JsonNode) root = text != NULL ? json_from_string(text, NULL) : NULL;
    if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root)) {
        return false;
    }
    JsonObject *object = json_node_get_object(root);
    LkBend *bend = &placement->bend;
    bend->is_bent = get_numbers(object, "bend_x", bend->x, LK_BEND_TERMS) &&
                    get_numbers(object, "bend_y", bend->y, LK_BEND_TERMS);
    return get_numbers(object, "to_image", placement->to_image,
                       G_N_ELEMENTS(placement->to_image));
}

LkPoint
lk_placement_point(const LkPlacement *placement, LkPoint at)
{
    return lk_map_bent(placement->to_image, &placement->bend, at);
}

double
lk_placement_dots(const LkPlacement *placement, LkPoint at)
{
    LkPoint here = lk_placement_point(placement, at);
    LkPoint right = lk_placement_point(placement, (LkPoint){at.x + 1, at.y});
    LkPoint below = lk_placement_point(placement, (LkPoint){at.x, at.y + 1});
    double area = fabs((right.x - here.x) * (below.y - here.y) -
                       (right.y - here.y) * (below.x - here.x));
    return isfinite(area) ? sqrt(area) : 0;
}
