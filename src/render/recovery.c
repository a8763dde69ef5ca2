/* recovery.c - the sheet for the safe: the key of last resort, for a person and for a
 * camera. Neither fiducials nor our QR codes: a scanner takes it for nothing of ours.
 */
#include "render/pdf.h"
#include "render/qr.h"

#include <string.h>
#include <sys/stat.h>

/* mm */
#define LEFT 20.0
#define WIDTH 170.0
#define COLUMNS 3
#define WORD_TOP 76.0
#define WORD_MM 10.5 /* a line of words */
#define QR_MM 52.0
#define TEXT_MM 5.4

/* Paper speaks French, whatever the language of the screen. */
#define TEXT_TITLE "Clé de secours"
static const char *const text_top[] = {
    "Ces 30 mots ouvrent tout ce que ce bureau a mis sous clé, quand les phrases de",
    "passe sont oubliées ou que plus personne ne peut ouvrir.",
    "Qui les possède peut tout lire.",
};
static const char *const text_rules[] = {
    "– Imprimez cette feuille une fois, puis supprimez le fichier.",
    "– Vérifiez qu’elle se lit, mettez-la sous enveloppe fermée et signée, dans le",
    "   coffre. Une deuxième, si vous en faites une, va dans un autre lieu.",
    "– Ne la photographiez pas, ne l’envoyez pas, ne la numérisez pas.",
    "– Pour s’en servir\u00a0: tapez les mots là où lakana demande une phrase de",
    "   passe. Les quatre premières lettres de chacun suffisent.",
};

static const LkTextStyle style_small = {LK_FACE_REGULAR, 9, LK_ALIGN_LEFT, 0};
static const LkTextStyle style_grey = {LK_FACE_REGULAR, 9, LK_ALIGN_RIGHT, 0.35};
static const LkTextStyle style_title = {LK_FACE_BOLD, 20, LK_ALIGN_LEFT, 0};
static const LkTextStyle style_office = {LK_FACE_BOLD, 11, LK_ALIGN_LEFT, 0};
static const LkTextStyle style_word = {LK_FACE_BOLD, 14, LK_ALIGN_LEFT, 0};

/* Numbered down the columns, as a list is read. */
static double
put_words(LkPdf *pdf, HPDF_Page page, char **words)
{
    int n = (int)g_strv_length(words);
    int rows = (n + COLUMNS - 1) / COLUMNS;
    for (int i = 0; i < n; i++) {
        int column = i / rows;
        int row = i % rows;
        double x = LEFT + column * WIDTH / COLUMNS;
        double y = WORD_TOP + row * WORD_MM;
        g_autofree char *number = g_strdup_printf("%d", i + 1);
        lk_pdf_text(pdf, page, (LkPoint){x + 7, y}, style_grey, number);
        lk_pdf_text(pdf, page, (LkPoint){x + 10, y}, style_word, words[i]);
    }
    return WORD_TOP + rows * WORD_MM;
}

static bool
put_code(LkPdf *pdf, HPDF_Page page, const char *words, LkPoint at, GError **error)
{
    g_autoptr(GString) path = g_string_new(NULL);
    g_autofree char *capitals = g_ascii_strup(words, -1);
    int n = 0;
    if (!lk_qr_text_path(capitals, path, &n, error)) {
        return false;
    }
    lk_pdf_fill_scaled(pdf, page, (LkRect){at.x, at.y, QR_MM, QR_MM}, n, path->str);
    return true;
}

static void
put_lines(LkPdf *pdf, HPDF_Page page, LkPoint at, const char *const *lines, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        lk_pdf_text(pdf, page, (LkPoint){at.x, at.y + (double)i * TEXT_MM}, style_small,
                    lines[i]);
    }
}

bool
lk_render_recovery(const char *words, const char *office, const char *date,
                   const LkFonts *fonts, const char *path, GError **error)
{
    if (!lk_pdf_check_text(fonts, office, error)) {
        return false;
    }
    g_autoptr(LkPdf) pdf = lk_pdf_new(fonts, TEXT_TITLE);
    HPDF_Page page = lk_pdf_page(pdf);
    g_auto(GStrv) list = g_strsplit(words, " ", -1);
    g_autofree char *day =
        g_strdup_printf("Bureau\u00a0: %s, clé faite le %.2s/%.2s/%.4s", office,
                        date + strlen("2026-11-"), date + strlen("2026-"), date);
    lk_pdf_text(pdf, page, (LkPoint){LEFT, 28}, style_title, TEXT_TITLE);
    lk_pdf_text(pdf, page, (LkPoint){LEFT, 37}, style_office, day);
    put_lines(pdf, page, (LkPoint){LEFT, 46}, text_top, G_N_ELEMENTS(text_top));
    LkPen frame = {0.3, 0, 0};
    double bottom = put_words(pdf, page, list);
    lk_pdf_rect(pdf, page,
                (LkRect){LEFT, WORD_TOP - WORD_MM, WIDTH, bottom - WORD_TOP + WORD_MM},
                frame, -1);
    double y = bottom + 12;
    put_lines(pdf, page, (LkPoint){LEFT + QR_MM + 10, y + 8}, text_rules,
              G_N_ELEMENTS(text_rules));
    if (!put_code(pdf, page, words, (LkPoint){LEFT, y}, error)) {
        return false;
    }
    mode_t before = umask(077);
    bool ok = lk_pdf_save(pdf, path, error);
    (void)umask(before);
    return ok;
}
