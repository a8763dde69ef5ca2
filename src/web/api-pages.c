/* api-pages.c - whole pages and files: conflicts, pages without identity, forms that
 * disagree, pages that are missing. */
#include "web/api.h"

#include <string.h>

/* --- Conflicts. ---------------------------------------------------------------------
 */

static void
add_scanned(JsonBuilder *json, const LkPageRecord *record)
{
    g_autofree char *page = g_strdup_printf("%" G_GINT64_FORMAT, record->page);
    json_builder_begin_object(json);
    lk_json_number(json, "page", record->page);
    lk_json_path(json, "picture", "picture", page, NULL);
    lk_json_text(json, "filed", record->filed_at);
    lk_json_number(json, "scan_index", record->index);
    lk_json_bool(json, "holds", record->holds);
    json_builder_end_object(json);
}

static const char *
mark_text(bool marked)
{
    return marked ? _("marked") : _("empty");
}

static void
add_difference(LkApiAnswer *answer, const LkLayout *layout, const LkBoxDifference *one)
{
    JsonBuilder *json = answer->json;
    const LkLayoutField *field = lk_layout_field(layout, one->field);
    const LkOption *option = g_ptr_array_index(field->options, (guint)one->option);
    g_autofree char *label =
        option->label != NULL && strcmp(option->label, field->label) != 0
            ? g_strdup_printf(_("%s: %s"), field->label, option->label)
            : g_strdup(field->label);
    json_builder_begin_object(json);
    lk_json_text(json, "label", label);
    lk_json_area(json, one->outline);
    lk_json_text(json, "a", mark_text(one->marked[0]));
    lk_json_text(json, "b", mark_text(one->marked[1]));
    json_builder_end_object(json);
}

static bool
add_conflict(LkApiAnswer *answer, const LkQueueItem *item)
{
    LkStore *store = answer->request->web->store;
    LkQueue *queue = answer->api->queue;
    g_autoptr(LkPageRecord) late = lk_store_load_page(store, item->page, NULL);
    g_autoptr(LkPageRecord) first =
        late != NULL ? lk_store_load_page(store, late->other, NULL) : NULL;
    g_autoptr(GArray) differs =
        first != NULL ? lk_page_differences(queue, first, late, NULL) : NULL;
    const LkLayout *layout = lk_queue_layout(queue, item->layout);
    if (differs == NULL) {
        return false;
    }
    lk_api_add_head(answer, item);
    json_builder_set_member_name(answer->json, "pages");
    json_builder_begin_array(answer->json);
    add_scanned(answer->json, first);
    add_scanned(answer->json, late);
    json_builder_end_array(answer->json);
    json_builder_set_member_name(answer->json, "differs");
    json_builder_begin_array(answer->json);
    for (guint i = 0; layout != NULL && i < differs->len; i++) {
        add_difference(answer, layout, &g_array_index(differs, LkBoxDifference, i));
    }
    json_builder_end_array(answer->json);
    return true;
}

/* --- Identity. ----------------------------------------------------------------------
 */

static const char *
why_of(const char *kind)
{
    if (strcmp(kind, "identity") == 0) {
        return _("is this page really of this file? to be confirmed");
    }
    if (strcmp(kind, "no-case") == 0) {
        return _("blank copy without a case code");
    }
    if (strcmp(kind, "refused") == 0) {
        return _("the boxes could not be read");
    }
    return _("unknown: say which page it is, or that it is none of ours");
}

static void
add_proposal(LkApiAnswer *answer, const LkProposal *proposal)
{
    JsonBuilder *json = answer->json;
    const LkLayout *layout = lk_queue_layout(answer->api->queue, proposal->layout);
    json_builder_begin_object(json);
    lk_json_case(json, "case", proposal->code.text);
    lk_json_text(json, "form", proposal->form);
    lk_json_text(json, "title", layout != NULL ? layout->title : "");
    lk_json_number(json, "page_number", proposal->page);
    lk_json_text(json, "copy", proposal->copy);
    lk_json_number(json, "number", proposal->number);
    lk_json_text(json, "why", proposal->why);
    json_builder_end_object(json);
}

static bool
add_identity(LkApiAnswer *answer, const LkQueueItem *item)
{
    JsonBuilder *json = answer->json;
    g_autofree char *page = g_strdup_printf("%" G_GINT64_FORMAT, item->page);
    g_autoptr(GPtrArray) proposals =
        lk_page_propose(answer->request->web->store, item->page, NULL);
    if (proposals == NULL) {
        return false;
    }
    lk_api_add_head(answer, item);
    lk_json_text(json, "kind", item->reason);
    json_builder_set_member_name(json, "reasons");
    json_builder_begin_array(json);
    json_builder_add_string_value(json, why_of(item->reason));
    json_builder_end_array(json);
    lk_json_path(json, "picture", "picture", page, NULL);
    json_builder_set_member_name(json, "proposals");
    json_builder_begin_array(json);
    for (guint i = 0; i < proposals->len; i++) {
        add_proposal(answer, g_ptr_array_index(proposals, i));
    }
    json_builder_end_array(json);
    return true;
}

/* --- Contradictions. ----------------------------------------------------------------
 */

typedef struct {
    LkApiAnswer *answer;
    const LkQueueItem *item;
    GHashTable *versions; /* "PAGE:ROW:FIELD" of this fact -> gint64 */
    bool shows;           /* who looks may see paper */
} Saying;

static char *
key_of(gint64 page, const char *field, int row)
{
    return g_strdup_printf("%" G_GINT64_FORMAT ":%d:%s", page, row, field);
}

static void
find_saying(const LkStoreTask *task, void *data)
{
    Saying *saying = data;
    if (task->kind == LK_WAIT_CONTRADICTION &&
        strcmp(task->fact, saying->item->reason) == 0) {
        gint64 *version = g_new(gint64, 1);
        *version = task->version;
        g_hash_table_insert(saying->versions,
                            key_of(task->page, task->field, task->row), version);
    }
}

static void
add_where(const Saying *saying, const LkStoreValue *value)
{
    JsonBuilder *json = saying->answer->json;
    LkQueue *queue = saying->answer->api->queue;
    const LkLayout *layout = lk_queue_layout(queue, value->layout);
    int index = -1;
    const LkLayoutField *field =
        lk_queue_field(queue, value->layout, value->field, &index);
    g_autofree char *text = lk_case_value_text(field, value->value);
    lk_json_text(json, "title", layout != NULL ? layout->title : "");
    lk_json_text(json, "label", field != NULL ? field->label : value->field);
    lk_json_text(json, "text", text);
    if (saying->shows && layout != NULL && field != NULL) {
        g_autofree char *page = g_strdup_printf("%" G_GINT64_FORMAT, value->page);
        g_autofree char *row = g_strdup_printf("%d", value->row);
        lk_json_area(json,
                     lk_crop_area(layout, value->page_number, index, value->row, NULL));
        lk_json_path(json, "crop", "crop", page, row, value->field, NULL);
    } else {
        lk_json_text(json, "crop", NULL);
    }
}

static bool
add_saying(const LkStoreValue *value, void *data)
{
    Saying *saying = data;
    g_autofree char *key = key_of(value->page, value->field, value->row);
    const gint64 *version = g_hash_table_lookup(saying->versions, key);
    JsonBuilder *json = saying->answer->json;
    if (version == NULL) {
        return true;
    }
    json_builder_begin_object(json);
    lk_json_text(json, "key", key);
    lk_json_number(json, "version", *version);
    lk_json_number(json, "page", value->page);
    lk_json_number(json, "page_number", value->page_number);
    lk_json_text(json, "form", value->form);
    lk_json_number(json, "number",
                   lk_api_number(saying->answer->request->web->store,
                                 saying->item->code, value->form, value->copy));
    lk_json_text(json, "value", value->value);
    lk_json_text(json, "source", lk_source_name(value->source));
    add_where(saying, value);
    json_builder_end_object(json);
    return true;
}

static bool
add_contradiction(LkApiAnswer *answer, const LkQueueItem *item)
{
    LkStore *store = answer->request->web->store;
    g_autoptr(GHashTable) versions =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    Saying saying = {answer, item, versions,
                     answer->request->visitor->role != LK_ROLE_SUPERVISOR};
    LkCaseCode code = {""};
    g_strlcpy(code.text, item->code, sizeof code.text);
    const LkLayoutField *field =
        lk_queue_field(answer->api->queue, item->layout, item->field, NULL);
    if (!lk_store_each_task(store, &code, find_saying, &saying, NULL)) {
        return false;
    }
    lk_api_add_head(answer, item);
    lk_json_text(answer->json, "label", field != NULL ? field->label : item->reason);
    json_builder_set_member_name(answer->json, "says");
    json_builder_begin_array(answer->json);
    bool whole = lk_store_each_value(store, &code, add_saying, &saying, NULL);
    json_builder_end_array(answer->json);
    return whole;
}

/* --- Files. -------------------------------------------------------------------------
 */

static void
add_missing_pages(JsonBuilder *json, const LkFileCopy *copy)
{
    json_builder_set_member_name(json, "missing");
    json_builder_begin_array(json);
    for (int page = 1; page <= copy->n_pages; page++) {
        if ((copy->present >> (page - 1) & 1u) == 0) {
            json_builder_add_int_value(json, page);
        }
    }
    json_builder_end_array(json);
}

static bool
is_gap(const LkFileCopy *copy)
{
    return copy->present != 0 && __builtin_popcount(copy->present) < copy->n_pages;
}

/* @gaps: copies of which some pages came back and some did not; else all. */
static void
add_forms(JsonBuilder *json, const LkCaseFile *file, bool gaps)
{
    json_builder_set_member_name(json, "forms");
    json_builder_begin_array(json);
    for (guint i = 0; i < file->forms->len; i++) {
        const LkFileForm *form = g_ptr_array_index(file->forms, i);
        int n = 0;
        for (guint c = 0; c < form->copies->len; c++) {
            const LkFileCopy *copy = &g_array_index(form->copies, LkFileCopy, c);
            if (gaps && !is_gap(copy)) {
                continue;
            }
            if (n++ == 0) {
                json_builder_begin_object(json);
                lk_json_text(json, "form", form->form);
                lk_json_text(json, "title", form->title);
                json_builder_set_member_name(json, "copies");
                json_builder_begin_array(json);
            }
            json_builder_begin_object(json);
            lk_json_text(json, "copy", copy->copy);
            lk_json_number(json, "number", copy->number);
            add_missing_pages(json, copy);
            lk_json_number(json, "of", copy->n_pages);
            json_builder_end_object(json);
        }
        if (n > 0) {
            json_builder_end_array(json);
            json_builder_end_object(json);
        }
    }
    json_builder_end_array(json);
}

static bool
add_missing(LkApiAnswer *answer, const LkQueueItem *item)
{
    LkCaseCode code = {""};
    g_strlcpy(code.text, item->code, sizeof code.text);
    g_autoptr(LkCaseFile) file =
        lk_case_file_load(answer->request->web->store, answer->api->shelf, &code, NULL);
    if (file == NULL) {
        return false;
    }
    lk_json_text(answer->json, "key", item->code);
    lk_json_text(answer->json, "queue", lk_queue_name(item->queue));
    lk_json_case(answer->json, "case", item->code);
    add_forms(answer->json, file, true);
    return true;
}

/* An item that is no more in the middle of an answer: what was begun is thrown away. */
bool
lk_api_add_page_item(LkApiAnswer *answer, const LkQueueItem *item)
{
    g_autoptr(JsonBuilder) part = json_builder_new();
    LkApiAnswer one = {answer->request, answer->api, part};
    json_builder_begin_object(part);
    bool whole = item->queue == LK_QUEUE_CONFLICTS  ? add_conflict(&one, item)
                 : item->queue == LK_QUEUE_IDENTITY ? add_identity(&one, item)
                 : item->queue == LK_QUEUE_CONTRADICTIONS
                     ? add_contradiction(&one, item)
                     : add_missing(&one, item);
    if (whole) {
        json_builder_end_object(part);
        json_builder_add_value(answer->json, json_builder_get_root(part));
    }
    return whole;
}

/* GET /api/case/CODE: what a person typed or scanned. */
void
lk_handle_case(const LkRequest *request, LkReply *reply)
{
    LkCaseCode code = {""};
    bool valid = lk_case_code_parse(request->args[0], &code, NULL) &&
                 !lk_case_code_is_blank(&code);
    if (!lk_api_may_work(request, reply)) {
        return;
    }
    g_autoptr(LkCaseFile) file =
        valid ? lk_case_file_load(request->web->store, request->web->api->shelf, &code,
                                  NULL)
              : NULL;
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    lk_json_bool(json, "valid", valid);
    lk_json_bool(json, "known", file != NULL);
    lk_json_case(json, "case", code.text);
    if (file != NULL) {
        add_forms(json, file, false);
    } else {
        json_builder_set_member_name(json, "forms");
        json_builder_begin_array(json);
        json_builder_end_array(json);
    }
    json_builder_end_object(json);
    lk_reply_json(reply, json);
}

/* --- POST /api/page. ----------------------------------------------------------------
 */

/* What was done about the page. */
typedef struct {
    LkPageSaid said;
    LkPageRecord *record; /* as it was before */
    LkPageStatus status;
    GPtrArray *reasons; /* char*, or NULL */
    LkCaseCode code;    /* of the file it goes to */
} PageAct;

/* Who decides about a page must be able to open it. */
static bool
check_key(const LkRequest *request, gint64 page, GError **error)
{
    char domain[LK_DOMAIN_MAX + 1];
    LkSession *session = request->visitor->session;
    bool holds = session == NULL;
    if (!lk_store_page_domain(request->web->store, page, domain, error) ||
        (!holds && *domain != '\0' &&
         !lk_session_holds(session, domain, &holds, error))) {
        return false;
    }
    holds |= *domain == '\0';
    if (!holds) {
        g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED,
                            _("you do not hold the key of this page's file; ask the "
                              "person who does to give it to you (lakana case give)"));
    }
    return holds;
}

static bool
assign(const LkRequest *request, PageAct *act, GError **error)
{
    const char *form = lk_request_text(request, "form");
    const char *copy = lk_request_text(request, "copy");
    gint64 number = lk_api_sent_number(request->body, "page_number", 0);
    LkAssignment assignment = {.said = act->said,
                               .case_code = act->code,
                               .form = form,
                               .page = number >= 1 && number <= 9 ? (int)number : 0,
                               .copy = copy};
    g_auto(LkAssigned) assigned = {0};
    if (!lk_page_assign(request->web->store, request->visitor->session, &assignment,
                        &assigned, error)) {
        return false;
    }
    act->status = assigned.status;
    act->code = assigned.case_code;
    act->reasons = g_steal_pointer(&assigned.reasons);
    return true;
}

static bool
perform(const LkRequest *request, const char *name, PageAct *act, GError **error)
{
    if (strcmp(name, "assign") == 0) {
        return assign(request, act, error);
    }
    if (strcmp(name, "undo") == 0) {
        return lk_store_undo_page(request->web->store, request->visitor->session,
                                  &act->said, error);
    }
    LkPageAct what = strcmp(name, "accept") == 0 ? LK_ACT_ACCEPT : LK_ACT_DISMISS;
    return lk_store_settle_page(request->web->store, &act->said, what, error);
}

/* A page that has no case code yet: nothing is asked of it. */
static bool
read_act(const LkRequest *request, const char **name, PageAct *act)
{
    static const char *const names[] = {"accept", "dismiss", "assign", "undo", NULL};
    const char *code = lk_request_text(request, "case");
    *name = lk_request_text(request, "act");
    act->said.page = lk_api_sent_number(request->body, "page", 0);
    return *name != NULL && g_strv_contains(names, *name) && act->said.page > 0 &&
           (code == NULL || *code == '\0' ||
            lk_case_code_parse(code, &act->code, NULL));
}

static void
answer_act(const LkRequest *request, LkReply *reply, const PageAct *act)
{
    lk_queue_touch(request->web->api->queue, &act->record->case_code);
    lk_queue_touch(request->web->api->queue, &act->code);
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    lk_json_text(json, "status", lk_page_status_name(act->status));
    json_builder_set_member_name(json, "reasons");
    json_builder_begin_array(json);
    for (guint i = 0; act->reasons != NULL && i < act->reasons->len; i++) {
        const char *reason = g_ptr_array_index(act->reasons, i);
        if (reason != NULL) {
            json_builder_add_string_value(json, reason);
        }
    }
    json_builder_end_array(json);
    lk_api_add_queues(request, json);
    json_builder_end_object(json);
    lk_reply_json(reply, json);
}

void
lk_handle_page(const LkRequest *request, LkReply *reply)
{
    const LkVisitor *visitor = request->visitor;
    g_autoptr(GError) error = NULL;
    const char *name = NULL;
    PageAct act = {.said = {.who = visitor->session != NULL
                                       ? lk_session_login(visitor->session)
                                       : visitor->login}};
    if (!read_act(request, &name, &act)) {
        lk_api_bad(reply);
        return;
    }
    if (!lk_api_may_work(request, reply)) {
        return;
    }
    act.record = lk_store_load_page(request->web->store, act.said.page, &error);
    bool done = act.record != NULL && check_key(request, act.said.page, &error);
    act.status = done ? act.record->status : LK_PAGE_UNKNOWN;
    done = done && perform(request, name, &act, &error);
    if (done) {
        answer_act(request, reply, &act);
    } else if (g_error_matches(error, LK_PIPELINE_ERROR, LK_PIPELINE_ERROR_PAGE)) {
        lk_reply_error(reply, 409, "refused", error->message);
    } else {
        lk_reply_fail(reply, error);
    }
    g_clear_pointer(&act.reasons, g_ptr_array_unref);
    lk_page_record_free(act.record);
}
