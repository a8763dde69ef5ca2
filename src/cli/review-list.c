/* review-list.c - lakana review --list: what waits, for scripts and for a look. */
#include "cli/cli.h"
#include "cli/json.h"
#include "pipeline/pipeline.h"

#include <string.h>

static const char *
queue_text(LkQueueId id)
{
    switch (id) {
    case LK_QUEUE_MARKS:
        return _("doubtful marks");
    case LK_QUEUE_CHOICES:
        return _("marks that contradict each other");
    case LK_QUEUE_TYPE:
        return _("fields to type");
    case LK_QUEUE_REQUIRED:
        return _("required and empty");
    case LK_QUEUE_CONFLICTS:
        return _("the same page with other ink");
    case LK_QUEUE_IDENTITY:
        return _("pages without a certain identity");
    case LK_QUEUE_CONTRADICTIONS:
        return _("forms that disagree");
    default:
        return _("files with missing pages");
    }
}

static void
print_item(LkQueue *queue, const LkQueueItem *item)
{
    const LkLayoutField *field = lk_queue_field(queue, item->layout, item->field, NULL);
    g_autofree char *key = lk_queue_item_key(item);
    LkCaseCode code = {""};
    g_strlcpy(code.text, item->code, sizeof code.text);
    g_autofree char *shown = code.text[0] != '\0' ? lk_case_code_format(&code) : NULL;
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    lk_cli_json_known(json, "queue", lk_queue_name(item->queue));
    lk_cli_json_known(json, "key", key);
    lk_cli_json_known(json, "case", shown);
    lk_cli_json_known(json, "form", item->form);
    lk_cli_json_number(json, "page", item->page_number);
    lk_cli_json_known(json, "field", item->field);
    lk_cli_json_known(json, "label", field != NULL ? field->label : NULL);
    lk_cli_json_number(json, "row", item->row);
    lk_cli_json_number(json, "keyed",
                       item->keyed_by[1] != NULL   ? 2
                       : item->keyed_by[0] != NULL ? 1
                                                   : 0);
    json_builder_end_object(json);
    lk_cli_json_line(json);
}

LkExit
lk_cli_review_list(LkStore *store, bool json)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkQueue) queue = lk_queue_new(store, &error);
    if (queue == NULL) {
        return lk_cli_fail(error);
    }
    for (int id = 0; id < LK_QUEUE_N; id++) {
        const LkQueueView view = {.id = (LkQueueId)id, .kind = LK_QUEUE_ANY_KIND};
        g_autofree char *next = NULL;
        g_autoptr(GPtrArray) items =
            lk_queue_list(queue, &view, NULL, G_MAXUINT, &next);
        for (guint i = 0; json && i < items->len; i++) {
            print_item(queue, g_ptr_array_index(items, i));
        }
        if (!json) {
            printf("%7u  %s\n", items->len, queue_text((LkQueueId)id));
        }
    }
    return LK_EXIT_DONE;
}
