/* common.c - what all commands share: options, help, errors, columns.
 *
 * GOption takes options apart, but speaks from GLib's catalogue: another language than
 * ours on most machines, half of a sentence on some. Its help and its complaints are
 * therefore said here. */
#include "cli/cli.h"
#include "pipeline/pipeline.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_COLUMNS 79
#define HELP_INDENT 29 /* column where what an option does begins */

/* --- Columns. -----------------------------------------------------------------------
 */

int
lk_cli_width(const char *text)
{
    int width = 0;
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        width += g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
    }
    return width;
}

void
lk_cli_pad(FILE *out, const char *text, int width)
{
    fprintf(out, "%s%*s", text, MAX(width - lk_cli_width(text), 0), "");
}

void
lk_cli_wrap(FILE *out, const char *text, int indent)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    int column = indent;
    for (char **word = words; *word != NULL; word++) {
        int width = lk_cli_width(*word);
        if (column > indent && column + 1 + width > LINE_COLUMNS) {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            fputc(' ', out);
            column++;
        }
        fputs(*word, out);
        column += width;
    }
    fputc('\n', out);
}

/* --- Help. --------------------------------------------------------------------------
 */

static void
print_option(const GOptionEntry *entry)
{
    g_autoptr(GString) names = g_string_new("  ");
    if (entry->short_name != '\0') {
        g_string_append_printf(names, "-%c, ", entry->short_name);
    } else {
        g_string_append(names, "    ");
    }
    g_string_append_printf(names, "--%s", entry->long_name);
    if (entry->arg_description != NULL) {
        g_string_append_printf(names, "=%s", _(entry->arg_description));
    }
    if (lk_cli_width(names->str) + 2 > HELP_INDENT) {
        printf("%s\n%*s", names->str, HELP_INDENT, "");
    } else {
        lk_cli_pad(stdout, names->str, HELP_INDENT);
    }
    lk_cli_wrap(stdout, _(entry->description), HELP_INDENT);
}

static void
print_help(const char *command, const GOptionEntry *entries, const char *usage,
           const char *summary)
{
    g_autofree char *line =
        g_strdup_printf("lakana %s [OPTION…]%s%s", command, *usage != '\0' ? " " : "",
                        *usage != '\0' ? _(usage) : "");
    const char *start = _("usage: ");
    fputs(start, stdout);
    lk_cli_wrap(stdout, line, lk_cli_width(start));
    putchar('\n');
    lk_cli_wrap(stdout, _(summary), 0);
    putchar('\n');
    for (const GOptionEntry *entry = entries; entry->long_name != NULL; entry++) {
        print_option(entry);
    }
}

/* --- Mistakes. ----------------------------------------------------------------------
 */

/* GOption names the option it stumbled over in its sentence, in every language: what it
 * does not know with all that was written, what it knows after the value. */
static char *
option_in(const GError *error)
{
    bool known = error->code != G_OPTION_ERROR_UNKNOWN_OPTION;
    const char *start =
        known ? g_strrstr(error->message, " -") : strstr(error->message, " -");
    return start != NULL ? g_strndup(start + 1, strcspn(start + 1, " =")) : NULL;
}

static bool
is_number(const GOptionEntry *entries, const char *option)
{
    for (const GOptionEntry *entry = entries; entry->long_name != NULL; entry++) {
        const char short_option[] = {'-', entry->short_name, '\0'};
        bool same = strcmp(option, short_option) == 0 ||
                    (g_str_has_prefix(option, "--") &&
                     strcmp(option + 2, entry->long_name) == 0);
        if (same) {
            return entry->arg == G_OPTION_ARG_INT;
        }
    }
    return false;
}

static void
print_mistake(const GError *error, const GOptionEntry *entries)
{
    g_autofree char *option = option_in(error);
    fprintf(stderr, "lakana: ");
    if (error->domain != G_OPTION_ERROR || option == NULL) {
        fprintf(stderr, _("an option's value cannot be read; type it again"));
    } else if (g_str_has_prefix(option, "-C")) {
        fprintf(stderr, _("-C OFFICE stands before the command: lakana -C OFFICE …"));
    } else if (error->code == G_OPTION_ERROR_UNKNOWN_OPTION) {
        fprintf(stderr, _("there is no option %s"), option);
    } else if (is_number(entries, option)) {
        fprintf(stderr, _("%s must be followed by a whole number"), option);
    } else {
        fprintf(stderr, _("%s must be followed by its value"), option);
    }
    fputc('\n', stderr);
}

bool
lk_cli_parse(const GOptionEntry *entries, const char *usage, const char *summary,
             int *argc, char ***argv)
{
    gboolean wants_help = FALSE;
    const GOptionEntry help = {
        "help", 'h', 0, G_OPTION_ARG_NONE, &wants_help, N_("shows this help"), NULL};
    g_autoptr(GArray) all = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));
    for (const GOptionEntry *entry = entries; entry->long_name != NULL; entry++) {
        g_array_append_val(all, *entry);
    }
    g_array_append_val(all, help);
    const GOptionEntry *list = (const GOptionEntry *)all->data;
    g_set_prgname("lakana");
    const char *command = (*argv)[0];
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_add_main_entries(context, list, NULL);
    g_autoptr(GError) error = NULL;
    bool parsed = g_option_context_parse(context, argc, argv, &error);
    if (wants_help) {
        print_help(command, list, usage, summary);
        exit(LK_EXIT_DONE);
    }
    if (!parsed) {
        print_mistake(error, list);
        fprintf(stderr, _("`lakana %s --help` lists the options.\n"), command);
    }
    return parsed;
}

/* --- Case codes. --------------------------------------------------------------------
 */

void
lk_cli_take_codes(char ***codes, char **argv)
{
    g_autoptr(GStrvBuilder) all = g_strv_builder_new();
    if (*codes != NULL) {
        g_strv_builder_addv(all, (const char **)*codes);
    }
    g_strv_builder_addv(all, (const char **)argv + 1);
    g_strfreev(*codes);
    *codes = g_strv_builder_end(all);
}

GArray *
lk_cli_parse_codes(char **texts, GError **error)
{
    g_autoptr(GArray) codes = g_array_new(FALSE, FALSE, sizeof(LkCaseCode));
    for (; *texts != NULL; texts++) {
        LkCaseCode code;
        if (!lk_case_code_parse(*texts, &code, error)) {
            g_prefix_error(error, _("%s: "), *texts);
            return NULL;
        }
        g_array_append_val(codes, code);
    }
    return g_steal_pointer(&codes);
}

/* --- Endings. -----------------------------------------------------------------------
 */

/* A wrong word in the command, as opposed to something that went wrong. */
static bool
is_mistyped(const GError *error)
{
    return g_error_matches(error, LK_BASE_ERROR, LK_BASE_ERROR_CODE) ||
           g_error_matches(error, LK_FORM_ERROR, LK_FORM_ERROR_UNKNOWN) ||
           g_error_matches(error, LK_PIPELINE_ERROR, LK_PIPELINE_ERROR_FORM) ||
           g_error_matches(error, LK_PIPELINE_ERROR, LK_PIPELINE_ERROR_PAGE);
}

LkExit
lk_cli_fail(const GError *error)
{
    fprintf(stderr, "lakana: %s\n", error->message);
    return is_mistyped(error) ? LK_EXIT_USAGE : LK_EXIT_FAILED;
}

LkExit
lk_cli_usage(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    fprintf(stderr, "lakana: %s\n", message);
    return LK_EXIT_USAGE;
}
