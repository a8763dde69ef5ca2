/* geometry.c - `lakana geometry`: where everything is on the pages of a form. */
#include "cli/cli.h"

#include "form/form.h"

#include <stdio.h>

static char *
known_codes(const LkFormSet *set)
{
    GString *codes = g_string_new(NULL);
    const GPtrArray *forms = lk_form_set_list(set);
    for (guint i = 0; i < forms->len; i++) {
        const LkForm *form = g_ptr_array_index(forms, i);
        g_string_append_printf(codes, "%s%s", i > 0 ? ", " : "", form->code);
    }
    return g_string_free(codes, FALSE);
}

LkExit
lk_cmd_geometry(const LkCli *cli, int argc, char **argv)
{
    (void)cli;
    const GOptionEntry entries[] = {{NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL}};
    if (!lk_cli_parse(entries, N_("FORM"),
                      N_("Prints the layout of a form as JSON, in mm."), &argc,
                      &argv)) {
        return LK_EXIT_USAGE;
    }
    if (argc != 2) {
        return lk_cli_usage(_("geometry needs the code of one form, such as 1.B"));
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(LkFonts) fonts = lk_fonts_load(&error);
    g_autoptr(LkFormSet) set =
        fonts != NULL ? lk_form_set_load(NULL, NULL, &error) : NULL;
    if (set == NULL) {
        return lk_cli_fail(error);
    }
    g_autofree char *code = g_ascii_strup(argv[1], -1);
    const LkForm *form = lk_form_set_lookup(set, code);
    if (form == NULL) {
        g_autofree char *known = known_codes(set);
        return lk_cli_usage(_("there is no form '%s'; there are: %s"), argv[1], known);
    }
    g_autoptr(LkLayout) layout = lk_layout_new(form, fonts, &error);
    if (layout == NULL) {
        return lk_cli_fail(error);
    }
    g_autofree char *json = lk_layout_geometry(layout);
    fputs(json, stdout);
    return LK_EXIT_DONE;
}
