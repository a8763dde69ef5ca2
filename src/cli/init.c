/* init.c - lakana init DIR --region MOP --office NAME */
#include "cli/session.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

/* The regions are those of templates/lookups.yaml; their line there is of a fixed shape
 * ({value: …, label: "Mopti", …, abrev: "MOP"}), so the YAML parser, which lives
 * in `form`, is not needed to list them. */
static char *
regions_text(GError **error)
{
    g_autofree char *dir = lk_data_path("templates", error);
    if (dir == NULL) {
        return NULL;
    }
    g_autofree char *path = g_build_filename(dir, "lookups.yaml", NULL);
    char *text = NULL;
    g_autoptr(GError) why = NULL;
    if (!g_file_get_contents(path, &text, NULL, &why)) {
        g_set_error(error, LK_BASE_ERROR, LK_BASE_ERROR_DATA,
                    _("%s: cannot be read: %s"), path, lk_error_text(why));
    }
    return text;
}

static bool
check_region(const char *region, GError **error)
{
    g_autofree char *text = regions_text(error);
    if (text == NULL) {
        return false;
    }
    g_autoptr(GString) known = g_string_new(NULL);
    g_autoptr(GRegex) pattern = g_regex_new(
        "label(?:_fr)?: *\"?([^\",}]+)\"?,.*\\babrev: *\"?([A-Z]{3})\\b", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    for (g_regex_match(pattern, text, 0, &match); g_match_info_matches(match);
         g_match_info_next(match, NULL)) {
        g_autofree char *label = g_match_info_fetch(match, 1);
        g_autofree char *code = g_match_info_fetch(match, 2);
        if (strcmp(code, region) == 0) {
            return true;
        }
        g_string_append_printf(known, "\n  %s  %s", code, label);
    }
    g_set_error(error, LK_BASE_ERROR, LK_BASE_ERROR_CODE,
                _("there is no region '%s'; give one of:%s"), region, known->str);
    return false;
}

/* The name is printed on each page, on one line. */
static bool
has_control(const char *text)
{
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        if (g_unichar_iscntrl(g_utf8_get_char(p))) {
            return true;
        }
    }
    return false;
}

/* The key is shown before it counts; a sheet of an office that was not made goes. */
static bool
init(const char *dir, const char *region, const char *office, const char *sheet,
     GError **error)
{
    g_autoptr(LkSecret) recovery = lk_recovery_new();
    if (sheet == NULL) {
        return lk_store_init_protected(dir, region, office, recovery, error) &&
               lk_cli_show_recovery(recovery, office, NULL, error);
    }
    if (!lk_cli_show_recovery(recovery, office, sheet, error)) {
        return false;
    }
    if (!lk_store_init_protected(dir, region, office, recovery, error)) {
        (void)g_unlink(sheet);
        return false;
    }
    return true;
}

LkExit
lk_cmd_init(const LkCli *cli, int argc, char **argv)
{
    (void)cli;
    g_autofree char *region = NULL;
    g_autofree char *office = NULL;
    g_autofree char *sheet = NULL;
    const GOptionEntry entries[] = {
        {"region", 'r', 0, G_OPTION_ARG_STRING, &region,
         N_("region of the office, three letters (MOP)"), N_("CODE")},
        {"office", 'o', 0, G_OPTION_ARG_STRING, &office,
         N_("name of the office, printed on each page"), N_("NAME")},
        {"recovery", 'R', 0, G_OPTION_ARG_FILENAME, &sheet,
         N_("writes the recovery key as a sheet to print, instead of showing it"),
         N_("SHEET.pdf")},
        G_OPTION_ENTRY_NULL,
    };
    if (!lk_cli_parse(
            entries, N_("DIR --region CODE --office NAME"),
            N_("Creates an office folder: database, archive, keys, settings. Its "
               "recovery key is shown once."),
            &argc, &argv)) {
        return LK_EXIT_USAGE;
    }
    if (argc != 2 || region == NULL || office == NULL || *office == '\0') {
        return lk_cli_usage(
            _("init needs a folder, --region and --office: "
              "lakana init DIR --region MOP --office \"DRPFEF Mopti\""));
    }
    if (has_control(office)) {
        return lk_cli_usage(
            _("'%s' contains a line break or another control character; "
              "write it on one line"),
            office);
    }
    g_autoptr(GError) error = NULL;
    if (!check_region(region, &error)) {
        return lk_cli_usage("%s", error->message);
    }
    if (!init(argv[1], region, office, sheet, &error)) {
        return lk_cli_fail(error);
    }
    fprintf(stderr, _("%s is ready: office %s, region %s.\n"), argv[1], office, region);
    return LK_EXIT_DONE;
}
