/* page.c - lakana page list|show|assign|accept|dismiss|undo */
#include "cli/case.h"
#include "cli/json.h"
#include "cli/session.h"
#include "pipeline/pipeline.h"

#include <stdlib.h>
#include <string.h>

/* What the options say. */
typedef struct {
    gint64 page;
    char *code, *form, *copy, *layout, *output, *why, *who, *as;
    int number;
    gboolean unknown, json;
} Asked;

static void
asked_clear(Asked *asked)
{
    g_free(asked->code);
    g_free(asked->form);
    g_free(asked->copy);
    g_free(asked->layout);
    g_free(asked->output);
    lk_wipe(asked->why);
    g_free(asked->who);
    g_free(asked->as);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Asked, asked_clear)

/* Refused because of what was asked, not broken. */
static LkExit
refuse(const GError *error)
{
    LkExit exit = lk_cli_refuse(error);
    bool refused = g_error_matches(error, LK_PIPELINE_ERROR, LK_PIPELINE_ERROR_PAGE) ||
                   g_error_matches(error, LK_STORE_ERROR, LK_STORE_ERROR_FILED) ||
                   g_error_matches(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED) ||
                   g_error_matches(error, LK_STORE_ERROR, LK_STORE_ERROR_TAKEN);
    return refused ? LK_EXIT_ATTENTION : exit;
}

/* --- list. --------------------------------------------------------------------------
 */

static const char *
kind_text(const LkOpenPage *page)
{
    return page->unknown
               ? _("unknown: say which page it is, or that it is none of ours")
               : lk_case_kind_text(page->kind);
}

static void
print_json(const LkOpenPage *page)
{
    const LkPageRecord *record = page->record;
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    lk_cli_json_number(builder, "number", record->page);
    lk_cli_json_known(builder, "kind",
                      page->unknown ? "unknown" : lk_wait_kind_name(page->kind));
    lk_cli_json_known(builder, "case", record->case_code.text);
    lk_cli_json_known(builder, "form", record->id.form);
    lk_cli_json_number(builder, "page", record->id.page);
    lk_cli_json_known(builder, "copy", record->id.copy);
    lk_cli_json_number(builder, "other", record->other);
    lk_cli_json_known(builder, "reasons", record->reasons);
    lk_cli_json_known(builder, "filed", record->filed_at);
    json_builder_end_object(builder);
    lk_cli_json_line(builder);
}

static void
print_line(const LkOpenPage *page)
{
    const LkPageRecord *record = page->record;
    g_autofree char *day = g_strndup(record->filed_at, strlen("2026-11-23"));
    printf("%6lld  %s  ", (long long)record->page, day);
    if (record->id.form[0] != '\0') {
        g_autofree char *code = record->case_code.text[0] != '\0'
                                    ? lk_case_code_format(&record->case_code)
                                    : g_strdup("-");
        printf("%s  %s  %s  ", code, record->id.form, record->id.copy);
        printf(_("p. %d"), record->id.page);
        printf("  ");
    }
    printf("%s", kind_text(page));
    if (record->other != 0) {
        printf(_(" (page %lld)"), (long long)record->other);
    }
    puts("");
}

static LkExit
page_list(LkStore *store, const Asked *asked)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) pages = lk_store_open_pages(store, &error);
    if (pages == NULL) {
        return lk_cli_fail(error);
    }
    int n = 0;
    for (guint i = 0; i < pages->len; i++) {
        const LkOpenPage *page = g_ptr_array_index(pages, i);
        if (asked->unknown && !page->unknown) {
            continue;
        }
        n++;
        if (asked->json) {
            print_json(page);
        } else {
            print_line(page);
        }
    }
    if (n == 0 && !asked->json) {
        fprintf(stderr, "%s\n", _("No page waits for a person."));
    }
    return LK_EXIT_DONE;
}

/* --- show, assign, accept, dismiss, undo. -------------------------------------------
 */

static LkExit
page_show(LkStore *store, const Asked *asked)
{
    if (asked->output == NULL) {
        return lk_cli_usage(_("show needs a file to write: lakana page show %lld -o "
                              "page.png"),
                            (long long)asked->page);
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) session = NULL;
    return lk_cli_session_if_protected(store, asked->as, &session, &error) &&
                   lk_page_picture(store, session, asked->page, asked->output, &error)
               ? LK_EXIT_DONE
               : refuse(error);
}

static LkPageSaid
said_by(const Asked *asked)
{
    return (LkPageSaid){
        asked->page, asked->who != NULL ? asked->who : g_get_user_name(), asked->why};
}

static LkExit
page_assign(LkStore *store, const Asked *asked)
{
    g_autoptr(GError) error = NULL;
    LkAssignment assignment = {.said = said_by(asked),
                               .form = asked->form,
                               .page = asked->number,
                               .copy = asked->copy,
                               .layout = asked->layout};
    if (asked->code != NULL &&
        !lk_case_code_parse(asked->code, &assignment.case_code, &error)) {
        return lk_cli_usage(_("%s: %s"), asked->code, error->message);
    }
    g_auto(LkAssigned) assigned = {0};
    g_autoptr(LkSession) session = NULL;
    if (!lk_cli_session_if_protected(store, asked->as, &session, &error) ||
        !lk_page_assign(store, session, &assignment, &assigned, &error)) {
        return refuse(error);
    }
    g_autofree char *code = lk_case_code_format(&assigned.case_code);
    printf(_("page %lld: %s, %s page %d"), (long long)asked->page, code,
           assigned.id.form, assigned.id.page);
    puts("");
    for (guint i = 0; i < assigned.reasons->len; i++) {
        printf("  ");
        lk_cli_wrap(stdout, g_ptr_array_index(assigned.reasons, i), 2);
    }
    return assigned.status == LK_PAGE_READ ? LK_EXIT_DONE : LK_EXIT_ATTENTION;
}

/* Somebody must unlock if a picture goes back to who had it before. */
static bool
undo(LkStore *store, const Asked *asked, const LkPageSaid *said, GError **error)
{
    bool is_assigned = false;
    g_autoptr(LkSession) session = NULL;
    return lk_store_page_is_assigned(store, asked->page, &is_assigned, error) &&
           (!is_assigned ||
            lk_cli_session_if_protected(store, asked->as, &session, error)) &&
           lk_store_undo_page(store, session, said, error);
}

static LkExit
page_settle(LkStore *store, const Asked *asked, LkPageAct act)
{
    static const char *const done[] = {
        [LK_ACT_ACCEPT] = N_("Noted: the page counts."),
        [LK_ACT_DISMISS] = N_("Noted: the page does not count; its picture is kept."),
        [LK_ACT_UNDO] = N_("Undone: the page waits again."),
    };
    g_autoptr(GError) error = NULL;
    LkPageSaid said = said_by(asked);
    if (act == LK_ACT_UNDO ? !undo(store, asked, &said, &error)
                           : !lk_store_settle_page(store, &said, act, &error)) {
        return refuse(error);
    }
    fprintf(stderr, "%s\n", _(done[act]));
    return LK_EXIT_DONE;
}

/* --- The command. -------------------------------------------------------------------
 */

static LkExit
run(LkStore *store, const char *what, Asked *asked)
{
    g_autoptr(GError) error = NULL;
    if (!lk_cli_reason(&asked->why, &error)) {
        return refuse(error);
    }
    if (strcmp(what, "list") == 0) {
        return page_list(store, asked);
    }
    if (strcmp(what, "show") == 0) {
        return page_show(store, asked);
    }
    if (strcmp(what, "assign") == 0) {
        return page_assign(store, asked);
    }
    return page_settle(store, asked,
                       strcmp(what, "accept") == 0    ? LK_ACT_ACCEPT
                       : strcmp(what, "dismiss") == 0 ? LK_ACT_DISMISS
                                                      : LK_ACT_UNDO);
}

static bool
take_words(int argc, char **argv, Asked *asked)
{
    static const char *const with_page[] = {"show",    "assign", "accept",
                                            "dismiss", "undo",   NULL};
    if (argc == 2) {
        return strcmp(argv[1], "list") == 0;
    }
    return argc == 3 && g_strv_contains(with_page, argv[1]) &&
           g_ascii_string_to_signed(argv[2], 10, 1, G_MAXINT64, &asked->page, NULL);
}

LkExit
lk_cmd_page(const LkCli *cli, int argc, char **argv)
{
    g_auto(Asked) asked = {0};
    const GOptionEntry entries[] = {
        {"json", 'j', 0, G_OPTION_ARG_NONE, &asked.json,
         N_("list: JSON, one object a line"), NULL},
        {"unknown", 'u', 0, G_OPTION_ARG_NONE, &asked.unknown,
         N_("list: only pages that nobody knows"), NULL},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &asked.output,
         N_("show: the picture to write"), N_("PNG")},
        {"case", 0, 0, G_OPTION_ARG_STRING, &asked.code, N_("assign: the case file"),
         N_("CODE")},
        {"form", 'f', 0, G_OPTION_ARG_STRING, &asked.form,
         N_("assign: the form, such as 1.B"), N_("FORM")},
        {"page", 'p', 0, G_OPTION_ARG_INT, &asked.number,
         N_("assign: the page of the form"), "N"},
        {"copy", 'c', 0, G_OPTION_ARG_STRING, &asked.copy,
         N_("assign: the copy, if the file has several: serial or number"), N_("COPY")},
        {"layout", 'l', 0, G_OPTION_ARG_STRING, &asked.layout,
         N_("assign: the layout, if the copy is not known here"), N_("LAYOUT")},
        {"why", 'y', 0, G_OPTION_ARG_STRING, &asked.why,
         N_("the reason, never a name; -: asked for, or from standard input, so that "
            "the "
            "shell does not keep it"),
         N_("TEXT")},
        {"who", 'w', 0, G_OPTION_ARG_STRING, &asked.who,
         N_("your staff code (default: your login)"), N_("WHO")},
        LK_CLI_AS_OPTION(&asked.as),
        G_OPTION_ENTRY_NULL,
    };
    if (!lk_cli_parse(
            entries,
            N_("list | show N -o PNG | assign N --case CODE --form FORM "
               "--page N | accept N | dismiss N | undo N"),
            N_("The pages that wait for a person as a whole: shows them, says "
               "whose they are, which of two counts, or that they are none "
               "of ours."),
            &argc, &argv)) {
        return LK_EXIT_USAGE;
    }
    if (!take_words(argc, argv, &asked)) {
        return lk_cli_usage(
            _("say what to do: lakana page list, or lakana page show, "
              "assign, accept, dismiss or undo with the number that the "
              "list gives"));
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStore) store = lk_store_open(cli->office, &error);
    return store != NULL ? run(store, argv[1], &asked) : lk_cli_fail(error);
}
