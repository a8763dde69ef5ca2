/* boxes.c - boxes as they were seen when their page was filed, for people to look at.
 */
#include "pipeline/evidence.h"
#include "pipeline/pipeline.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

/* By the ink in it alone: as read/decide.c reckons it for boxes without a doubt. */
static double
likelihood(double score)
{
    double distance = log(MAX(score, 1e-4) / LK_EVEN_SCORE);
    return 1 / (1 + exp(-5 * distance));
}

static bool
says(JsonObject *options, const char *value)
{
    return options != NULL &&
           json_object_get_boolean_member_with_default(options, value, FALSE);
}

/* Without evidence: what was taken for marked, or perhaps marked, and nothing sure. */
static LkQueueBox
box_of(const LkBox *box, const LkKeptBox *kept, const LkLayoutField *field,
       JsonObject *options)
{
    const LkOption *option = g_ptr_array_index(field->options, (guint)box->option);
    LkQueueBox seen = {.option = box->option, .outline = box->outline};
    if (!kept->is_known) {
        seen.guess = says(options, option->value);
        seen.score = 0.5;
        return seen;
    }
    seen.score = likelihood(kept->score);
    seen.sure = kept->state != LK_MARK_UNSURE;
    seen.guess = kept->state == LK_MARK_MARKED ||
                 (kept->state == LK_MARK_UNSURE && kept->score >= LK_EVEN_SCORE);
    return seen;
}

/* What is asked for only if evidence does not say it: to open it takes a key. */
static bool
load_options(LkQueue *queue, LkSession *session, const LkQueueItem *item,
             JsonNode **options, GError **error)
{
    GError *problem = NULL;
    g_autoptr(LkSecret) text = lk_store_read_options(
        lk_queue_store(queue), session, item->page, item->field, item->row, &problem);
    if (problem != NULL) {
        g_propagate_error(error, problem);
        return false;
    }
    JsonNode *root = text != NULL ? json_from_string(lk_secret_data(text), NULL) : NULL;
    if (root != NULL && !JSON_NODE_HOLDS_OBJECT(root)) {
        g_clear_pointer(&root, json_node_unref);
    }
    *options = root;
    return true;
}

GArray *
lk_queue_boxes(LkQueue *queue, LkSession *session, const LkQueueItem *item,
               GError **error)
{
    g_autoptr(GArray) boxes = g_array_new(FALSE, FALSE, sizeof(LkQueueBox));
    const LkLayout *layout = lk_queue_layout(queue, item->layout);
    const LkLayoutPage *page =
        layout != NULL ? lk_layout_page(layout, item->page_number) : NULL;
    int index = -1;
    const LkLayoutField *field =
        lk_queue_field(queue, item->layout, item->field, &index);
    if (page == NULL || field == NULL) {
        return g_steal_pointer(&boxes);
    }
    g_autoptr(GBytes) evidence =
        lk_store_page_evidence(lk_queue_store(queue), item->page, NULL);
    g_autoptr(GArray) kept = lk_evidence_boxes(evidence, layout, page);
    g_autoptr(JsonNode) options = NULL;
    bool asked = false;
    for (guint i = 0; i < page->boxes->len; i++) {
        const LkBox *box = &g_array_index(page->boxes, LkBox, i);
        const LkKeptBox *known = &g_array_index(kept, LkKeptBox, i);
        if (box->field != index || box->row != item->row) {
            continue;
        }
        if (!known->is_known && !asked &&
            !load_options(queue, session, item, &options, error)) {
            return NULL;
        }
        asked |= !known->is_known;
        LkQueueBox seen = box_of(
            box, known, field, options != NULL ? json_node_get_object(options) : NULL);
        g_array_append_val(boxes, seen);
    }
    return g_steal_pointer(&boxes);
}

/* --- Two scans of a page. -----------------------------------------------------------
 */

GArray *
lk_page_differences(LkQueue *queue, const LkPageRecord *a, const LkPageRecord *b,
                    GError **error)
{
    g_autoptr(GArray) differences = g_array_new(FALSE, FALSE, sizeof(LkBoxDifference));
    const LkLayout *layout = lk_queue_layout(queue, a->id.layout);
    const LkLayoutPage *page = layout != NULL && strcmp(a->id.layout, b->id.layout) == 0
                                   ? lk_layout_page(layout, a->id.page)
                                   : NULL;
    if (page == NULL) {
        return g_steal_pointer(&differences);
    }
    GArray *kept[2];
    const gint64 pages[2] = {a->page, b->page};
    GError *problem = NULL;
    for (int i = 0; i < 2; i++) {
        g_autoptr(GBytes) evidence = lk_store_page_evidence(
            lk_queue_store(queue), pages[i], problem == NULL ? &problem : NULL);
        kept[i] = lk_evidence_boxes(evidence, layout, page);
    }
    for (guint i = 0; i < page->boxes->len; i++) {
        const LkBox *box = &g_array_index(page->boxes, LkBox, i);
        const LkKeptBox *one = &g_array_index(kept[0], LkKeptBox, i);
        const LkKeptBox *two = &g_array_index(kept[1], LkKeptBox, i);
        if (lk_evidence_box_differs(one, two)) {
            const LkBoxDifference found = {
                box->field,
                box->row,
                box->option,
                box->outline,
                {one->state == LK_MARK_MARKED, two->state == LK_MARK_MARKED}};
            g_array_append_val(differences, found);
        }
    }
    g_array_unref(kept[0]);
    g_array_unref(kept[1]);
    if (problem != NULL) {
        g_propagate_error(error, problem);
        return NULL;
    }
    return g_steal_pointer(&differences);
}
