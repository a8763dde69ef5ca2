/* office.c - lakana office show|key|trust|forget: this office to others, and others to
 * this one. */
#include "cli/session.h"
#include "store/store.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_FILE 65536 /* bytes; a key file has a few hundred */

typedef struct {
    char *output, *yes, *login;
} Asked;

static void
asked_clear(Asked *asked)
{
    g_free(asked->output);
    g_free(asked->yes);
    g_free(asked->login);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Asked, asked_clear)

/* --- show. --------------------------------------------------------------------------
 */

static void
print_office(const LkOffice *office)
{
    g_autofree char *fingerprint = lk_key_fingerprint(office->sign);
    printf("%s (%s)\n  %s\n", office->name, office->region, fingerprint);
    if (office->trusted_at != NULL) {
        printf(_("  trusted since %.10s, said by %s\n"), office->trusted_at,
               office->trusted_by);
    }
}

static LkExit
office_show(LkStore *store)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkOffice) own = lk_office_own(store, &error);
    g_autoptr(GPtrArray) others = own != NULL ? lk_office_list(store, &error) : NULL;
    if (others == NULL) {
        return lk_cli_refuse(error);
    }
    print_office(own);
    if (others->len > 0) {
        printf("\n%s\n", _("Offices that this one trusts"));
    }
    for (guint i = 0; i < others->len; i++) {
        print_office(g_ptr_array_index(others, i));
    }
    return LK_EXIT_DONE;
}

/* --- key. ---------------------------------------------------------------------------
 */

static LkExit
office_key(LkStore *store, const Asked *asked)
{
    if (asked->output == NULL) {
        return lk_cli_usage(
            _("name the file to write: lakana office key -o mopti.pub"));
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) session = lk_cli_session(store, asked->login, &error);
    g_autofree char *text = session != NULL ? lk_office_text(session, &error) : NULL;
    g_autoptr(LkOffice) own = text != NULL ? lk_office_own(store, &error) : NULL;
    if (own == NULL) {
        return lk_cli_refuse(error);
    }
    g_autoptr(GError) why = NULL;
    if (!g_file_set_contents(asked->output, text, -1, &why)) {
        return lk_cli_usage(_("%s: %s"), asked->output, lk_error_text(why));
    }
    g_autofree char *fingerprint = lk_key_fingerprint(own->sign);
    fprintf(stderr,
            _("%s: give it to the other office. By telephone, read this to them, "
              "group by group:\n  %s\n"),
            asked->output, fingerprint);
    return LK_EXIT_DONE;
}

/* --- trust, forget. -----------------------------------------------------------------
 */

/* Whether @text is the fingerprint, however it is grouped. */
static bool
is_fingerprint(const char *text, const char *fingerprint)
{
    g_autoptr(GString) a = g_string_new(NULL);
    g_autoptr(GString) b = g_string_new(NULL);
    for (const char *p = text; *p != '\0'; p++) {
        if (g_ascii_isxdigit(*p)) {
            g_string_append_c(a, g_ascii_tolower(*p));
        } else if (strchr(" -:.", *p) == NULL) {
            return false;
        }
    }
    for (const char *p = fingerprint; *p != '\0'; p++) {
        if (*p != ' ') {
            g_string_append_c(b, *p);
        }
    }
    return g_string_equal(a, b);
}

/* Nobody compares what need not be typed: the last groups are asked for. */
static bool
ask_fingerprint(const LkOffice *office)
{
    g_autofree char *fingerprint = lk_key_fingerprint(office->sign);
    size_t shown = strlen(fingerprint) / 2;
    fprintf(stderr,
            _("%s, region %s.\nCall that office at a number you know, and let "
              "it read the fingerprint to you. It begins with\n  %.*s\n"
              "Type the other half as they read it: "),
            office->name, office->region, (int)shown, fingerprint);
    fflush(stderr);
    char line[200] = "";
    if (!isatty(STDIN_FILENO) || fgets(line, sizeof line, stdin) == NULL) {
        return false;
    }
    g_autofree char *whole =
        g_strdup_printf("%.*s%s", (int)shown, fingerprint, g_strchomp(line));
    return is_fingerprint(whole, fingerprint);
}

static LkOffice *
load_office(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize size = 0;
    g_autoptr(GError) why = NULL;
    GStatBuf info;
    if (g_stat(path, &info) == 0 && info.st_size > MAX_FILE) {
        size = 0; /* no key file; said below */
    } else if (!g_file_get_contents(path, &text, &size, &why)) {
        g_set_error(error, LK_BASE_ERROR, LK_BASE_ERROR_DATA, _("%s: %s"), path,
                    lk_error_text(why));
        return NULL;
    }
    LkOffice *office = lk_office_parse(text != NULL ? text : "", size, error);
    if (office == NULL) {
        g_prefix_error(error, _("%s: "), path);
    }
    return office;
}

static LkExit
office_trust(LkStore *store, const Asked *asked, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkOffice) office = load_office(path, &error);
    if (office == NULL) {
        return lk_cli_refuse(error);
    }
    g_autofree char *fingerprint = lk_key_fingerprint(office->sign);
    bool same = asked->yes != NULL ? is_fingerprint(asked->yes, fingerprint)
                                   : ask_fingerprint(office);
    if (!same) {
        fprintf(stderr, "lakana: ");
        fprintf(stderr,
                _("the fingerprints are not the same: this key is NOT that office's; "
                  "nothing was noted. Its fingerprint is %s"),
                fingerprint);
        fputc('\n', stderr);
        return LK_EXIT_ATTENTION;
    }
    g_autoptr(LkSession) session = lk_cli_session(store, asked->login, &error);
    if (session == NULL || !lk_office_trust(session, office, &error)) {
        return lk_cli_refuse(error);
    }
    fprintf(stderr,
            _("%s is trusted now: case files can go there and come from there.\n"),
            office->name);
    return LK_EXIT_DONE;
}

static LkExit
office_forget(LkStore *store, const Asked *asked, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkOffice) office = lk_cli_office(store, name, &error);
    if (office == NULL) {
        return lk_cli_refuse(error);
    }
    g_autoptr(LkSession) session = lk_cli_session(store, asked->login, &error);
    if (session == NULL || !lk_office_forget(session, office->sign, &error)) {
        return lk_cli_refuse(error);
    }
    fprintf(stderr, _("%s is not trusted any more.\n"), office->name);
    return LK_EXIT_DONE;
}

LkOffice *
lk_cli_office(LkStore *store, const char *name, GError **error)
{
    g_autoptr(GPtrArray) offices = lk_office_list(store, error);
    if (offices == NULL) {
        return NULL;
    }
    g_autoptr(LkOffice) named =
        g_file_test(name, G_FILE_TEST_IS_REGULAR) ? load_office(name, error) : NULL;
    if (named != NULL) {
        return lk_office_find(store, named->sign, error);
    }
    if (*error != NULL) {
        return NULL;
    }
    const LkOffice *found = NULL;
    int n = 0;
    for (guint i = 0; i < offices->len; i++) {
        const LkOffice *office = g_ptr_array_index(offices, i);
        g_autofree char *fingerprint = lk_key_fingerprint(office->sign);
        if (strcmp(office->name, name) == 0 || is_fingerprint(name, fingerprint)) {
            found = office;
            n++;
        }
    }
    if (n == 1) {
        return lk_office_find(store, found->sign, error);
    }
    g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN,
                n == 0 ? _("you trust no office called '%s': `lakana office show` "
                           "lists them, `lakana office trust` adds one")
                       : _("several offices that you trust are called '%s': give the "
                           "fingerprint instead"),
                name);
    return NULL;
}

/* --- The command. -------------------------------------------------------------------
 */

LkExit
lk_cmd_office(const LkCli *cli, int argc, char **argv)
{
    g_auto(Asked) asked = {0};
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &asked.output,
         N_("key: the file to write"), N_("FILE.pub")},
        {"yes", 'y', 0, G_OPTION_ARG_STRING, &asked.yes,
         N_("trust: the fingerprint as the other office said it"), N_("FINGERPRINT")},
        LK_CLI_AS_OPTION(&asked.login),
        G_OPTION_ENTRY_NULL,
    };
    if (!lk_cli_parse(entries,
                      N_("show | key -o FILE.pub | trust FILE.pub | forget OFFICE"),
                      N_("The keys by which offices send each other case files: shows "
                         "this office's and those that it trusts, writes this "
                         "office's, takes up another one's."),
                      &argc, &argv)) {
        return LK_EXIT_USAGE;
    }
    const char *what = argc >= 2 ? argv[1] : "";
    bool with_name = strcmp(what, "trust") == 0 || strcmp(what, "forget") == 0;
    bool alone = strcmp(what, "show") == 0 || strcmp(what, "key") == 0;
    if (!(with_name && argc == 3) && !(alone && argc == 2)) {
        return lk_cli_usage(_("say what to do: lakana office show, office key -o "
                              "FILE.pub, office trust FILE.pub, or office forget "
                              "OFFICE"));
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStore) store = lk_store_open(cli->office, &error);
    if (store == NULL) {
        return lk_cli_refuse(error);
    }
    if (strcmp(what, "show") == 0) {
        return office_show(store);
    }
    if (strcmp(what, "key") == 0) {
        return office_key(store, &asked);
    }
    return strcmp(what, "trust") == 0 ? office_trust(store, &asked, argv[2])
                                      : office_forget(store, &asked, argv[2]);
}
