/* common.c - what all commands share: options, errors. */
#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>

bool
lk_cli_parse(const GOptionEntry *entries, const char *usage, const char *summary,
             int *argc, char ***argv)
{
    g_autofree char *name = g_strdup_printf("%s %s", (*argv)[0], usage);
    g_autofree char *program = g_strdup_printf("lakana %s", (*argv)[0]);
    g_set_prgname(program);
    g_autoptr(GOptionContext) context = g_option_context_new(usage);
    g_option_context_set_summary(context, _(summary));
    g_option_context_add_main_entries(context, entries, NULL);
    /* The options are in a group of their own, which translates for itself. */
    GTranslateFunc translate = (GTranslateFunc)(void (*)(void))lk_text;
    g_option_context_set_translate_func(context, translate, NULL, NULL);
    g_option_group_set_translate_func(g_option_context_get_main_group(context),
                                      translate, NULL, NULL);
    g_autoptr(GError) error = NULL;
    if (g_option_context_parse(context, argc, argv, &error)) {
        return true;
    }
    fprintf(stderr, "lakana: %s\n", error->message);
    fprintf(stderr, _("`lakana %s --help` lists the options.\n"), (*argv)[0]);
    return false;
}

LkExit
lk_cli_fail(const GError *error)
{
    fprintf(stderr, "lakana: %s\n", error->message);
    return LK_EXIT_FAILED;
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
