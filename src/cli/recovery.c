/* recovery.c - the recovery key is shown once: on the terminal, or as a sheet to be
 * printed and put into the safe. */
#include "cli/session.h"
#include "form/form.h"
#include "render/render.h"

#include <stdio.h>
#include <string.h>

#define WORDS_A_LINE 5

/* A terminal is read by a person: few words a line. What reads them back takes any
 * spaces. */
static void
print_words(const LkSecret *words)
{
    const char *text = lk_secret_data(words);
    size_t size = lk_secret_size(words);
    int n = 0;
    for (size_t i = 0; i < size; i++) {
        bool is_end = text[i] == ' ';
        n += is_end;
        putchar(is_end && n % WORDS_A_LINE == 0 ? '\n' : text[i]);
    }
    putchar('\n');
    (void)fflush(stdout);
}

static bool
write_sheet(const LkSecret *words, const char *office, const char *sheet,
            GError **error)
{
    if (g_file_test(sheet, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK)) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_EXISTS,
                    _("%s exists already; a recovery sheet replaces nothing"), sheet);
        return false;
    }
    g_autoptr(LkFonts) fonts = lk_fonts_load(error);
    g_autofree char *now = lk_now();
    return fonts != NULL &&
           lk_render_recovery(lk_secret_data(words), office, now, fonts, sheet, error);
}

bool
lk_cli_show_recovery(const LkSecret *recovery, const char *office, const char *sheet,
                     GError **error)
{
    g_autoptr(LkSecret) words = lk_recovery_words(recovery);
    if (sheet != NULL) {
        if (!write_sheet(words, office, sheet, error)) {
            return false;
        }
        fprintf(
            stderr,
            _("%s: the recovery sheet. Print it, put it into the safe, then delete "
              "the file: whoever has it can read everything, and nothing else opens "
              "the office when passphrases are forgotten.\n"),
            sheet);
        return true;
    }
    fprintf(stderr,
            _("These %d words are the recovery key. They are shown this once: write "
              "them down, put them into the safe. Whoever has them can read "
              "everything, and nothing else opens the office when passphrases are "
              "forgotten.\n"),
            LK_RECOVERY_WORDS);
    print_words(words);
    return true;
}
