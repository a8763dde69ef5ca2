/* user.c - lakana user add|list|passwd|revoke|admit: who works here. */
#include "cli/session.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    char *as, *role;
    gboolean json;
    const char *login; /* the word after the verb, or NULL */
} Asked;

static void
asked_clear(Asked *asked)
{
    g_free(asked->as);
    g_free(asked->role);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Asked, asked_clear)

/* --- list. --------------------------------------------------------------------------
 */

static void
print_json(const LkPerson *person)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "login");
    json_builder_add_string_value(builder, person->login);
    json_builder_set_member_name(builder, "role");
    json_builder_add_string_value(builder, lk_role_name(person->role));
    json_builder_set_member_name(builder, "added");
    json_builder_add_string_value(builder, person->added_at);
    json_builder_set_member_name(builder, "revoked");
    if (person->revoked_at != NULL) {
        json_builder_add_string_value(builder, person->revoked_at);
    } else {
        json_builder_add_null_value(builder);
    }
    json_builder_set_member_name(builder, "admitted");
    json_builder_add_boolean_value(builder, person->admitted);
    json_builder_set_member_name(builder, "cases");
    json_builder_add_int_value(builder, person->n_cases);
    json_builder_end_object(builder);
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    g_autofree char *line = json_to_string(root, FALSE);
    puts(line);
}

static void
print_line(const LkPerson *person, int width)
{
    lk_cli_pad(stdout, person->login, width + 2);
    lk_cli_pad(stdout, lk_role_name(person->role), (int)strlen("gestionnaire") + 2);
    if (person->revoked_at != NULL) {
        g_autofree char *day = g_strndup(person->revoked_at, strlen("2026-11-23"));
        printf(_("revoked on %s"), day);
    } else if (!person->admitted) {
        printf("%s", _("waits to be admitted by a manager or with the recovery sheet"));
    } else if (person->n_cases > 0) {
        printf(
            ngettext_("%d case file", "%d case files", (unsigned long)person->n_cases),
            person->n_cases);
    } else {
        printf("%s", _("no case file"));
    }
    puts("");
}

static LkExit
user_list(LkStore *store, const Asked *asked)
{
    g_autoptr(GError) error = NULL;
    if (!lk_guard_require(store, &error)) {
        return lk_cli_fail(error);
    }
    g_autoptr(GPtrArray) people = lk_person_list(store, &error);
    if (people == NULL) {
        return lk_cli_fail(error);
    }
    int width = 0;
    for (guint i = 0; i < people->len; i++) {
        const LkPerson *person = g_ptr_array_index(people, i);
        width = MAX(width, (int)strlen(person->login));
    }
    for (guint i = 0; i < people->len; i++) {
        const LkPerson *person = g_ptr_array_index(people, i);
        if (asked->json) {
            print_json(person);
        } else {
            print_line(person, width);
        }
    }
    if (people->len == 0 && !asked->json) {
        fprintf(stderr, "%s\n",
                _("Nobody works here yet: `lakana user add LOGIN --role ROLE`, with "
                  "the recovery words."));
    }
    return LK_EXIT_DONE;
}

/* --- add, passwd, revoke, admit. ----------------------------------------------------
 */

static LkExit
user_add(LkStore *store, const Asked *asked)
{
    g_autoptr(GError) error = NULL;
    LkRole role = LK_ROLE_CLERK;
    if (asked->role == NULL || !lk_role_parse(asked->role, &role)) {
        return lk_cli_usage(_("say which role with --role: gestionnaire, superviseur, "
                              "saisie or admin"));
    }
    if (!lk_login_is_valid(asked->login)) {
        return lk_cli_usage(_("'%s': a login is made of 2 to %d small letters, digits, "
                              "dots and dashes, and begins with a letter"),
                            asked->login, LK_LOGIN_MAX);
    }
    g_autoptr(LkSession) session = lk_cli_session(store, asked->as, &error);
    g_autoptr(LkSecret) passphrase =
        session != NULL ? lk_cli_new_passphrase(asked->login, &error) : NULL;
    if (passphrase == NULL ||
        !lk_person_add(session, asked->login, role, passphrase, &error)) {
        return lk_cli_refuse(error);
    }
    fprintf(stderr, _("%s works here now, as %s.\n"), asked->login, lk_role_name(role));
    bool has_all = true;
    if (role == LK_ROLE_MANAGER &&
        !lk_session_holds(session, LK_DOMAIN_RECEPTION, &has_all, &error)) {
        return lk_cli_refuse(error);
    }
    if (!has_all) {
        fprintf(stderr,
                _("To see files, %s must be admitted by a manager or with the recovery "
                  "sheet: lakana user admit %s\n"),
                asked->login, asked->login);
    }
    return has_all ? LK_EXIT_DONE : LK_EXIT_ATTENTION;
}

static LkExit
user_passwd(LkStore *store, const Asked *asked)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) session = lk_cli_session(store, asked->as, &error);
    if (session == NULL) {
        return lk_cli_refuse(error);
    }
    bool recovers = lk_session_role(session) == LK_ROLE_RECOVERY;
    const char *login = asked->login != NULL ? asked->login
                        : recovers           ? asked->as
                                             : lk_session_login(session);
    if (login == NULL) {
        return lk_cli_usage(_("say whose passphrase: lakana user passwd LOGIN"));
    }
    if (!recovers && strcmp(login, lk_session_login(session)) != 0) {
        return lk_cli_usage(_("the passphrase of somebody else is replaced with the "
                              "recovery words only"));
    }
    g_autoptr(LkSecret) passphrase = lk_cli_new_passphrase(login, &error);
    bool done = passphrase != NULL &&
                (recovers ? lk_person_reset(session, login, passphrase, &error)
                          : lk_person_passwd(session, passphrase, &error));
    if (!done) {
        return lk_cli_refuse(error);
    }
    fprintf(stderr, _("%s has a new passphrase.\n"), login);
    return LK_EXIT_DONE;
}

/* What must still be done so that nothing new is sealed to a key that left. */
static bool
tell_keys(LkStore *store, const LkOffice *before, GError **error)
{
    int n_owed = 0;
    g_autoptr(LkOffice) own = lk_office_own(store, error);
    g_autoptr(GPtrArray) others = own != NULL ? lk_office_list(store, error) : NULL;
    if (others == NULL || !lk_guard_owed(store, &n_owed, error)) {
        return false;
    }
    if (n_owed > 0) {
        fprintf(stderr,
                ngettext_("%d key that may have left is renewed when somebody who "
                          "holds it unlocks: have the others do so, or open with the "
                          "recovery sheet, today\n",
                          "%d keys that may have left are renewed when somebody who "
                          "holds them unlocks: have the others do so, or open with "
                          "the recovery sheet, today\n",
                          (unsigned long)n_owed),
                n_owed);
    }
    if (others->len > 0 &&
        memcmp(own->reception, before->reception, sizeof own->reception) != 0) {
        fprintf(stderr, "%s\n",
                _("The office has a new key: send it to the offices that send you "
                  "files (lakana office key)."));
    }
    return true;
}

static LkExit
user_revoke(LkStore *store, const Asked *asked)
{
    g_autoptr(GError) error = NULL;
    int n_returned = 0;
    int n_stranded = 0;
    g_autoptr(LkOffice) before = lk_office_own(store, &error);
    if (before == NULL) {
        return lk_cli_refuse(error);
    }
    g_autoptr(LkSession) session = lk_cli_session(store, asked->as, &error);
    if (session == NULL ||
        !lk_person_revoke(session, asked->login, &n_returned, &n_stranded, &error)) {
        return lk_cli_refuse(error);
    }
    fprintf(stderr, _("%s no longer works here and opens nothing any more.\n"),
            asked->login);
    if (n_returned > 0) {
        fprintf(stderr,
                ngettext_("%d case file waits for a manager: lakana case take CODE\n",
                          "%d case files wait for a manager: lakana case take CODE\n",
                          (unsigned long)n_returned),
                n_returned);
    }
    if (n_stranded > 0) {
        fprintf(stderr,
                ngettext_("%d case file opens with the recovery sheet only: lakana "
                          "case give CODE --to LOGIN\n",
                          "%d case files open with the recovery sheet only: lakana "
                          "case give CODE --to LOGIN\n",
                          (unsigned long)n_stranded),
                n_stranded);
    }
    if (!tell_keys(store, before, &error)) {
        return lk_cli_refuse(error);
    }
    return n_stranded > 0 ? LK_EXIT_ATTENTION : LK_EXIT_DONE;
}

static LkExit
user_admit(LkStore *store, const Asked *asked)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) session = lk_cli_session(store, asked->as, &error);
    if (session == NULL || !lk_person_admit(session, asked->login, &error)) {
        return lk_cli_refuse(error);
    }
    fprintf(stderr, _("%s is admitted.\n"), asked->login);
    return LK_EXIT_DONE;
}

/* --- The command. -------------------------------------------------------------------
 */

static const struct {
    const char *name;
    LkExit (*run)(LkStore *store, const Asked *asked);
    int least, most; /* words after it */
} verbs[] = {
    {"add", user_add, 1, 1},       {"list", user_list, 0, 0},
    {"passwd", user_passwd, 0, 1}, {"revoke", user_revoke, 1, 1},
    {"admit", user_admit, 1, 1},
};

LkExit
lk_cmd_user(const LkCli *cli, int argc, char **argv)
{
    g_auto(Asked) asked = {0};
    const GOptionEntry entries[] = {
        {"role", 'r', 0, G_OPTION_ARG_STRING, &asked.role,
         N_("add: gestionnaire, superviseur, saisie or admin"), N_("ROLE")},
        LK_CLI_AS_OPTION(&asked.as),
        {"json", 'j', 0, G_OPTION_ARG_NONE, &asked.json,
         N_("list: JSON, one object a line"), NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!lk_cli_parse(
            entries,
            N_("add LOGIN --role ROLE | list | passwd [LOGIN] | revoke LOGIN | "
               "admit LOGIN"),
            N_("The people of this office and what they may see. gestionnaire: own "
               "files, with names; superviseur: all files, codes only; saisie: types "
               "what is given; admin: people and backups, no file. Passphrases are "
               "asked, or read from the file that LAKANA_PASSPHRASE_FILE names (a "
               "new one: LAKANA_NEW_PASSPHRASE_FILE)."),
            &argc, &argv)) {
        return LK_EXIT_USAGE;
    }
    for (size_t i = 0; argc >= 2 && i < G_N_ELEMENTS(verbs); i++) {
        if (strcmp(argv[1], verbs[i].name) != 0 || argc - 2 < verbs[i].least ||
            argc - 2 > verbs[i].most) {
            continue;
        }
        asked.login = argc > 2 ? argv[2] : NULL;
        g_autoptr(GError) error = NULL;
        g_autoptr(LkStore) store = lk_store_open(cli->office, &error);
        return store != NULL ? verbs[i].run(store, &asked) : lk_cli_fail(error);
    }
    return lk_cli_usage(_("say what to do: lakana user list, lakana user add LOGIN "
                          "--role ROLE, lakana user passwd, or lakana user revoke or "
                          "admit with a login"));
}
