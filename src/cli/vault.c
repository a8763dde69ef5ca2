/* vault.c - lakana vault show|set|search|mask
 *
 * No name stands on the command line, where other people of the machine would see it
 * and the shell would remember it: names come from the terminal, or from a file. */
#include "cli/json.h"
#include "cli/session.h"

#include <string.h>

#define SHOWN 20

typedef struct {
    char *login, *from;
    int max;
    gboolean json, yes, anew;
} Asked;

static void
asked_clear(Asked *asked)
{
    g_free(asked->login);
    g_free(asked->from);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Asked, asked_clear)

static const char *const labels[LK_VAULT_N_FIELDS] = {
    [LK_VAULT_NAME] = N_("Name"),
    [LK_VAULT_KNOWN_AS] = N_("Known as"),
    [LK_VAULT_GUARDIAN] = N_("Guardian"),
    [LK_VAULT_RELATION] = N_("Guardian's relation"),
    [LK_VAULT_PHONE] = N_("Guardian's telephone"),
    [LK_VAULT_CONTACT] = N_("How to find the child"),
    [LK_VAULT_PLACE] = N_("Place"),
    [LK_VAULT_SEX] = N_("Sex"),
    [LK_VAULT_BIRTH] = N_("Birth"),
};
/* How it is to be written, where that is not plain. */
static const char *const hints[LK_VAULT_N_FIELDS] = {
    [LK_VAULT_SEX] = N_("(f or m)"),
    [LK_VAULT_BIRTH] = N_("(2014 or 2014-03-09)"),
};

/* In the order a form asks. */
static const LkVaultField order[LK_VAULT_N_FIELDS] = {
    LK_VAULT_NAME,     LK_VAULT_KNOWN_AS, LK_VAULT_SEX,
    LK_VAULT_BIRTH,    LK_VAULT_PLACE,    LK_VAULT_CONTACT,
    LK_VAULT_GUARDIAN, LK_VAULT_RELATION, LK_VAULT_PHONE};

/* As elsewhere; a name that is masked while somebody else is at work is not wiped yet.
 */
static LkExit
refuse(const GError *error)
{
    bool busy = g_error_matches(error, LK_STORE_ERROR, LK_STORE_ERROR_BUSY);
    LkExit exit = lk_cli_refuse(error);
    return busy ? LK_EXIT_ATTENTION : exit;
}

/* --- Asking. ------------------------------------------------------------------------
 */

/* Lays what is typed over @entry: Enter keeps, "-" takes away. */
static bool
ask_entry(LkVaultEntry *entry)
{
    fprintf(stderr, "%s\n", _("Enter keeps what stands in brackets; - takes it away."));
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
        const char *before = entry->texts[order[i]];
        const char *hint = hints[order[i]];
        char *subject =
            g_strjoin("", _(labels[order[i]]), hint != NULL ? " " : "",
                      hint != NULL ? _(hint) : "", before != NULL ? " [" : "",
                      before != NULL ? before : "", before != NULL ? "]" : "", NULL);
        char *question = g_strdup_printf(_("%s: "), subject);
        lk_wipe(subject);
        char *line = lk_cli_ask(question);
        lk_wipe(question);
        if (line == NULL) {
            return false;
        }
        if (strcmp(line, "-") == 0) {
            lk_vault_entry_set(entry, order[i], "");
        } else if (*line != '\0') {
            lk_vault_entry_set(entry, order[i], line);
        }
        lk_wipe(line);
    }
    return true;
}

static bool
read_entry(const char *path, LkVaultEntry *entry, GError **error)
{
    size_t size = 0;
    char *bytes = lk_cli_read_private(path, &size, error);
    if (bytes == NULL) {
        return false;
    }
    g_auto(LkVaultEntry) said = {0};
    bool ok = lk_vault_entry_parse(bytes, size, &said, error);
    if (ok) {
        lk_vault_entry_overlay(entry, &said);
    }
    lk_wipe(bytes);
    return ok;
}

/* --- Showing. -----------------------------------------------------------------------
 */

static void
add_entry(JsonBuilder *builder, const LkVaultEntry *entry)
{
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
        lk_cli_json_known(builder, lk_vault_field_name(order[i]),
                          entry->texts[order[i]]);
    }
}

static void
add_code(JsonBuilder *builder, const LkCaseCode *code)
{
    g_autofree char *shown = lk_case_code_format(code);
    lk_cli_json_known(builder, "case", shown);
}

static const char *
likeness_text(LkLikeness likeness)
{
    static const char *const texts[] = {
        [LK_LIKENESS_NONE] = "",
        [LK_LIKENESS_ONE_EDIT] = N_("one letter apart"),
        [LK_LIKENESS_FAMILY] = N_("form of the same given name"),
        [LK_LIKENESS_SOUND] = N_("sounds the same"),
        [LK_LIKENESS_PLAIN] = N_("the same without accents"),
        [LK_LIKENESS_EXACT] = N_("the same"),
    };
    return likeness != LK_LIKENESS_NONE ? _(texts[likeness]) : "";
}

static void
add_match(JsonBuilder *builder, const LkVaultMatch *match)
{
    add_code(builder, &match->code);
    lk_cli_json_known(builder, "field", lk_vault_field_name(match->field));
    lk_cli_json_known(builder, "likeness", lk_likeness_name(match->likeness));
    add_entry(builder, match->entry);
}

static const char *
text_of(const LkVaultEntry *entry, LkVaultField field)
{
    return entry->texts[field] != NULL ? entry->texts[field] : "";
}

static void
print_match(const LkVaultMatch *match)
{
    static const LkVaultField more[] = {LK_VAULT_BIRTH, LK_VAULT_PLACE};
    g_autofree char *code = lk_case_code_format(&match->code);
    printf("%s  %s", code, text_of(match->entry, LK_VAULT_NAME));
    if (match->field != LK_VAULT_NAME) {
        printf(" (%s: %s)", _(labels[match->field]),
               text_of(match->entry, match->field));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(more); i++) {
        if (*text_of(match->entry, more[i]) != '\0') {
            printf(", %s", text_of(match->entry, more[i]));
        }
    }
    printf("  [%s]\n", likeness_text(match->likeness));
}

static void
warn_damaged(const LkVault *vault)
{
    const GArray *damaged = lk_vault_damaged(vault);
    for (guint i = 0; i < damaged->len; i++) {
        g_autofree char *code =
            lk_case_code_format(&g_array_index(damaged, LkCaseCode, i));
        fprintf(stderr,
                _("%s: what the vault holds of this file was altered, and was not "
                  "searched; `lakana vault show %s` says what to do\n"),
                code, code);
    }
}

/* --- show. --------------------------------------------------------------------------
 */

static LkExit
vault_show(LkSession *session, const LkCaseCode *code, const Asked *asked)
{
    g_autoptr(GError) error = NULL;
    g_auto(LkVaultEntry) entry = {0};
    if (!lk_vault_load(session, code, &entry, &error)) {
        return refuse(error);
    }
    if (asked->json) {
        g_autoptr(JsonBuilder) builder = json_builder_new();
        json_builder_begin_object(builder);
        add_code(builder, code);
        add_entry(builder, &entry);
        json_builder_end_object(builder);
        lk_cli_json_line(builder);
        return LK_EXIT_DONE;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
        if (*text_of(&entry, order[i]) != '\0') {
            lk_cli_pad(stdout, _(labels[order[i]]), 24);
            puts(entry.texts[order[i]]);
        }
    }
    return LK_EXIT_DONE;
}

/* --- set. ---------------------------------------------------------------------------
 */

static LkExit
show_alike(LkSession *session, const LkCaseCode *code, const LkVaultEntry *entry,
           bool json)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkVault) vault = lk_vault_open(session, &error);
    g_autoptr(GArray) alike =
        vault != NULL ? lk_vault_alike(vault, code, entry, &error) : NULL;
    if (alike == NULL) {
        return refuse(error);
    }
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    add_code(builder, code);
    json_builder_set_member_name(builder, "alike");
    json_builder_begin_array(builder);
    if (alike->len > 0 && !json) {
        fprintf(stderr, "%s\n",
                _("Perhaps the same child has a file already; look before you go on:"));
    }
    for (guint i = 0; i < alike->len; i++) {
        const LkVaultMatch *match = &g_array_index(alike, LkVaultMatch, i);
        json_builder_begin_object(builder);
        add_match(builder, match);
        json_builder_end_object(builder);
        if (!json) {
            print_match(match);
        }
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    if (json) {
        lk_cli_json_line(builder);
    }
    return alike->len > 0 ? LK_EXIT_ATTENTION : LK_EXIT_DONE;
}

static LkExit
vault_set(LkSession *session, const LkCaseCode *code, const Asked *asked)
{
    g_autoptr(GError) error = NULL;
    g_auto(LkVaultEntry) entry = {0};
    if (!asked->anew && !lk_vault_load(session, code, &entry, &error) &&
        !g_error_matches(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN)) {
        return refuse(error);
    }
    g_clear_error(&error); /* nothing known yet; a code that is none is told below */
    bool read = asked->from != NULL ? read_entry(asked->from, &entry, &error)
                                    : ask_entry(&entry);
    if (!read && error == NULL) {
        return lk_cli_usage(_("the input ended before the last question: nothing was "
                              "written"));
    }
    if (!read || !lk_vault_set(session, code, &entry, &error)) {
        return refuse(error);
    }
    fprintf(stderr, "%s\n", _("Written into the vault."));
    return show_alike(session, code, &entry, asked->json);
}

/* --- search. ------------------------------------------------------------------------
 */

static LkExit
search_for(LkVault *vault, const char *text, const Asked *asked)
{
    g_autoptr(GError) error = NULL;
    guint n_all = 0;
    g_autoptr(GArray) matches = lk_vault_search(
        vault, text, asked->max > 0 ? (guint)asked->max : SHOWN, &n_all, &error);
    if (matches == NULL) {
        return refuse(error);
    }
    for (guint i = 0; i < matches->len; i++) {
        const LkVaultMatch *match = &g_array_index(matches, LkVaultMatch, i);
        if (asked->json) {
            g_autoptr(JsonBuilder) builder = json_builder_new();
            json_builder_begin_object(builder);
            add_match(builder, match);
            json_builder_end_object(builder);
            lk_cli_json_line(builder);
        } else {
            print_match(match);
        }
    }
    if (n_all == 0) {
        fprintf(stderr, "%s\n", _("No file that you may open has such a name."));
    } else if (n_all > matches->len) {
        fprintf(stderr, _("%u more: add a word, or --max\n"), n_all - matches->len);
    }
    return LK_EXIT_DONE;
}

static LkExit
vault_search(LkSession *session, const Asked *asked)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkVault) vault = lk_vault_open(session, &error);
    if (vault == NULL) {
        return refuse(error);
    }
    warn_damaged(vault);
    char *text = lk_cli_ask(_("Name to look for: "));
    if (text == NULL) {
        return lk_cli_usage(_("write the name that is sought on the terminal, or on "
                              "standard input"));
    }
    LkExit exit = search_for(vault, text, asked);
    lk_wipe(text);
    return exit == LK_EXIT_DONE && lk_vault_damaged(vault)->len > 0 ? LK_EXIT_ATTENTION
                                                                    : exit;
}

/* --- mask. --------------------------------------------------------------------------
 */

static bool
is_confirmed(const LkCaseCode *code, const Asked *asked)
{
    if (asked->yes) {
        return true;
    }
    lk_cli_wrap(
        stderr,
        _("The name, contact and guardian of this file, and what was typed in its "
          "fields that may name somebody, are wiped for everybody and for good."),
        0);
    char *line = lk_cli_ask(_("Write the code of the file again to confirm: "));
    LkCaseCode again;
    bool same = line != NULL && lk_case_code_parse(line, &again, NULL) &&
                lk_case_code_equal(code, &again);
    lk_wipe(line);
    return same;
}

static LkExit
vault_mask(LkSession *session, const LkCaseCode *code, const Asked *asked)
{
    g_autoptr(GError) error = NULL;
    if (!is_confirmed(code, asked)) {
        fprintf(stderr, "%s\n", _("This is another code: nothing was masked."));
        return LK_EXIT_ATTENTION;
    }
    if (!lk_vault_mask(session, code, &error)) {
        return refuse(error);
    }
    if (asked->json) {
        g_autoptr(JsonBuilder) builder = json_builder_new();
        json_builder_begin_object(builder);
        add_code(builder, code);
        json_builder_set_member_name(builder, "masked");
        json_builder_add_boolean_value(builder, TRUE);
        json_builder_end_object(builder);
        lk_cli_json_line(builder);
    }
    lk_cli_wrap(
        stderr,
        _("Masked. Older backups still hold the name: destroy them, or keep them "
          "as safe as the paper."),
        0);
    return LK_EXIT_DONE;
}

/* --- The command. -------------------------------------------------------------------
 */

static LkExit
run(LkSession *session, char **argv, const LkCaseCode *code, const Asked *asked)
{
    if (strcmp(argv[1], "search") == 0) {
        return vault_search(session, asked);
    }
    if (strcmp(argv[1], "show") == 0) {
        return vault_show(session, code, asked);
    }
    return strcmp(argv[1], "set") == 0 ? vault_set(session, code, asked)
                                       : vault_mask(session, code, asked);
}

static bool
is_command(int argc, char **argv)
{
    static const char *const with_code[] = {"show", "set", "mask", NULL};
    return (argc == 2 && strcmp(argv[1], "search") == 0) ||
           (argc == 3 && g_strv_contains(with_code, argv[1]));
}

LkExit
lk_cmd_vault(const LkCli *cli, int argc, char **argv)
{
    g_auto(Asked) asked = {0};
    const GOptionEntry entries[] = {
        LK_CLI_AS_OPTION(&asked.login),
        {"from", 0, 0, G_OPTION_ARG_FILENAME, &asked.from,
         N_("set: lines \"name = …\" or a JSON object in this file, - for standard "
            "input; else it asks"),
         N_("FILE")},
        {"anew", 0, 0, G_OPTION_ARG_NONE, &asked.anew,
         N_("set: does not begin with what was written before"), NULL},
        {"max", 0, 0, G_OPTION_ARG_INT, &asked.max,
         N_("search: files to show (default: 20)"), "N"},
        {"yes", 'y', 0, G_OPTION_ARG_NONE, &asked.yes,
         N_("mask: does not ask for the code again"), NULL},
        {"json", 'j', 0, G_OPTION_ARG_NONE, &asked.json, N_("JSON, one object a line"),
         NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!lk_cli_parse(
            entries, N_("show CODE | set CODE | search | mask CODE"),
            N_("The names, apart from the files and sealed: writes them down, shows "
               "them, looks for one in any spelling, wipes one for good. Names are "
               "never written on the command line."),
            &argc, &argv)) {
        return LK_EXIT_USAGE;
    }
    if (!is_command(argc, argv)) {
        return lk_cli_usage(_("say what to do: lakana vault show, set or mask with the "
                              "code of a file, or lakana vault search; a name is not "
                              "written on the command line"));
    }
    g_autoptr(GError) error = NULL;
    LkCaseCode code = {""};
    if (argc == 3 && !lk_case_code_parse(argv[2], &code, &error)) {
        return lk_cli_usage("%s", error->message);
    }
    g_autoptr(LkStore) store = lk_store_open(cli->office, &error);
    g_autoptr(LkSession) session =
        store != NULL ? lk_cli_session(store, asked.login, &error) : NULL;
    if (session == NULL) {
        return refuse(error);
    }
    return run(session, argv, &code, &asked);
}
