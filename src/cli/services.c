/* services.c - `lakana services`: the office's list of services as a table to print.
 * What the list says goes to paper only: messages name keys and lines, never a
 * provider. */
#include "cli/cli.h"

#include "form/form.h"
#include "render/render.h"
#include "store/store.h"

#include <stdio.h>

#define LIST_NAME "services.yaml"

typedef struct {
    char *output;
    gboolean is_emergency, is_blank;
} Options;

static void
options_clear(Options *options)
{
    g_free(options->output);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static char *
date_text(GDate date)
{
    return g_strdup_printf("%02d/%02d/%d", g_date_get_day(&date),
                           g_date_get_month(&date), g_date_get_year(&date));
}

static GDate
today(void)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    GDate date;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)g_date_time_get_day_of_month(now),
                   (GDateMonth)g_date_time_get_month(now),
                   (GDateYear)g_date_time_get_year(now));
    return date;
}

/* A list too old sends a child to a door that is closed. */
static LkExit
judge_age(const LkServiceMap *map, bool *is_expired)
{
    GDate renewal = lk_service_map_renewal(map);
    if (!g_date_valid(&renewal)) {
        return LK_EXIT_DONE;
    }
    GDate now = today();
    *is_expired = g_date_compare(&now, &renewal) > 0;
    g_autofree char *due = date_text(renewal);
    if (*is_expired) {
        fprintf(stderr,
                _("The list is out of date since %s: have every service confirmed, "
                  "then write the new 'date' into it.\n"),
                due);
        return LK_EXIT_ATTENTION;
    }
    if (g_date_compare(&map->date, &now) > 0) {
        fprintf(stderr, _("The list's 'date' is still to come: correct it, or the "
                          "computer's clock.\n"));
        return LK_EXIT_ATTENTION;
    }
    fprintf(stderr, _("To be renewed by %s.\n"), due);
    return LK_EXIT_DONE;
}

static LkExit
say_problems(const GPtrArray *problems)
{
    for (guint i = 0; i < problems->len; i++) {
        puts(g_ptr_array_index(problems, i));
    }
    fprintf(stderr, ngettext_("%u problem\n", "%u problems\n", problems->len),
            problems->len);
    return LK_EXIT_ATTENTION;
}

static LkExit
print_map(const LkServiceMap *map, const LkFonts *fonts, const char *office,
          const char *output)
{
    bool is_expired = false;
    LkExit age = judge_age(map, &is_expired);
    if (output == NULL) {
        return age;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(LkLayout) layout = lk_service_map_layout(map, fonts, office, is_expired);
    LkPrintOptions options = {.title = layout->title, .office = office};
    if (!lk_render_sheets(layout, fonts, &options, output, &error)) {
        return lk_cli_fail(error);
    }
    fprintf(stderr,
            ngettext_("%u service, %u pages: %s\n", "%u services, %u pages: %s\n",
                      map->services->len),
            map->services->len, layout->pages->len, output);
    return age;
}

/* The office's own list, unless another is named. NULL with a message. */
static char *
find_list(const LkCli *cli, int argc, char **argv)
{
    if (argc > 1) {
        return g_strdup(argv[1]);
    }
    g_autofree char *path = g_build_filename(cli->office, LIST_NAME, NULL);
    if (g_file_test(path, G_FILE_TEST_EXISTS)) {
        return g_steal_pointer(&path);
    }
    (void)lk_cli_usage(_("there is no list of services yet: write %s (the guide shows "
                         "how), name another file, or print an empty map with --blank"),
                       path);
    return NULL;
}

static LkExit
run(const LkCli *cli, const Options *options, const char *list)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkFonts) fonts = lk_fonts_load(&error);
    if (fonts == NULL) {
        return lk_cli_fail(error);
    }
    g_autoptr(GPtrArray) problems = NULL;
    g_autoptr(LkServiceMap) map = lk_service_map_load(list, fonts, &problems, &error);
    if (map == NULL) {
        return problems->len > 0 ? say_problems(problems) : lk_cli_fail(error);
    }
    map->is_emergency = map->is_emergency || options->is_emergency;
    /* Its name is on the page if there is an office here; a map needs none. */
    g_autoptr(LkStore) store = lk_store_open(cli->office, NULL);
    const char *office = store != NULL ? lk_store_office(store) : "";
    return print_map(map, fonts, office, options->output);
}

LkExit
lk_cmd_services(const LkCli *cli, int argc, char **argv)
{
    g_auto(Options) options = {0};
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
         N_("the PDF to write; without it the list is only checked"), N_("OUT.pdf")},
        {"emergency", 'e', 0, G_OPTION_ARG_NONE, &options.is_emergency,
         N_("a zone in emergency: to be renewed after 3 months, not 6"), NULL},
        {"blank", 'b', 0, G_OPTION_ARG_NONE, &options.is_blank,
         N_("an empty map, to be filled in by hand"), NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!lk_cli_parse(entries, N_("[LIST.yaml]"),
                      N_("Prints the map of services of the office's list "
                         "(services.yaml in its folder), with the day by which it must "
                         "be renewed."),
                      &argc, &argv)) {
        return LK_EXIT_USAGE;
    }
    if (argc > 2 || (options.is_blank && argc > 1)) {
        return lk_cli_usage(_("one list at a time; --blank takes none"));
    }
    if (options.is_blank && options.output == NULL) {
        return lk_cli_usage(_("say where to write the PDF: -o OUT.pdf"));
    }
    g_autofree char *list = options.is_blank ? NULL : find_list(cli, argc, argv);
    if (list == NULL && !options.is_blank) {
        return LK_EXIT_USAGE;
    }
    return run(cli, &options, list);
}
