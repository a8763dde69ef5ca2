/* summary.c - the sheet in front of the packs, for the person who hands them out: how
 * many, of which forms, under which codes.
 *
 * It looks like the forms and is none: neither fiducials nor QR codes, so that a copy
 * of it that gets into the scanner cannot be taken for a page of a file. The same code
 * counts the pages and draws them: without a document nothing is drawn. */
#include "render/summary.h"

#include <string.h>

/* The measures of the forms' pages, mm. */
#define LEFT 15.0
#define WIDTH 180.0
#define RIGHT (LEFT + WIDTH)
#define BOTTOM 272.0
#define HEADING_MM 6.2
#define FRAME_MM 0.3
#define RULE_MM 0.2
#define PAD_MM 2.2
#define GAP_MM 5.0 /* between sections */

#define FACT_MM 12.0 /* a row of facts */
#define FORM_MM 5.4  /* a line of the list of forms */
#define CODE_MM 6.6  /* a line of the list of codes: room for its box */
#define BOX_MM 4.0
#define CODE_COLUMNS 3
#define FORMS_ONE_COLUMN 3 /* as many lines at most are not put side by side */
#define LEAST_ROWS 3       /* fewer do not begin a list at the foot of a page */
#define SMALLEST_PT 6.5

#define NBSP "\u00a0"
#define NARROW_NBSP "\u202f"

/* Paper speaks French, whatever the language of the screen. */
#define TEXT_AUTHORITY                                                                 \
    "République du Mali · MPFEF · Gestion de cas de protection de l’enfant"
#define TEXT_TITLE "Récapitulatif du tirage"
#define TEXT_KEEP                                                                      \
    "À garder par la personne qui remet les dossiers. Ce n’est pas un "             \
    "formulaire" NBSP ": cette feuille ne se numérise pas."
#define TEXT_NO_NAME                                                                   \
    "N’écrivez aucun nom sur cette feuille" NBSP ": les codes sont anonymes."

typedef struct {
    LkPdf *pdf; /* NULL: pages are only counted */
    const LkPrintItem *items;
    size_t n_forms, n_packs;
    bool blank;
    const LkPrintOptions *options;
    HPDF_Page page;
    HPDF_Page first;
    double y; /* where the next thing goes */
    int n_pages, total;
    int section;
} Sheet;

/* --- Text. --------------------------------------------------------------------------
 */

static const LkTextStyle style_small = {LK_FACE_REGULAR, 7.5, LK_ALIGN_LEFT, 0};
static const LkTextStyle style_text = {LK_FACE_REGULAR, 9, LK_ALIGN_LEFT, 0};
static const LkTextStyle style_bold = {LK_FACE_BOLD, 9, LK_ALIGN_LEFT, 0};
static const LkTextStyle style_fact = {LK_FACE_BOLD, 11, LK_ALIGN_LEFT, 0};

static void
put_text(const Sheet *sheet, LkPoint at, LkTextStyle style, const char *text)
{
    if (sheet->pdf != NULL) {
        lk_pdf_text(sheet->pdf, sheet->page, at, style, text);
    }
}

/* Smaller where it is too long, and cut where that does not help. */
static void
put_fitted(const Sheet *sheet, LkPoint at, LkTextStyle style, double width_mm,
           const char *text)
{
    if (sheet->pdf == NULL) {
        return;
    }
    const LkFonts *fonts = sheet->pdf->fonts;
    while (style.size_pt > SMALLEST_PT &&
           lk_fonts_width(fonts, style.face, style.size_pt, text) > width_mm) {
        style.size_pt -= 0.5;
    }
    g_autofree char *cut = g_strdup(text);
    for (glong n = g_utf8_strlen(text, -1);
         n > 0 && lk_fonts_width(fonts, style.face, style.size_pt, cut) > width_mm;) {
        g_autofree char *start = g_utf8_substring(text, 0, --n);
        g_free(cut);
        cut = g_strconcat(start, "…", NULL);
    }
    put_text(sheet, at, style, cut);
}

/* "2 400", as French writes numbers. */
static char *
count_text(size_t n)
{
    g_autofree char *digits = g_strdup_printf("%zu", n);
    GString *text = g_string_new(NULL);
    size_t length = strlen(digits);
    for (size_t i = 0; i < length; i++) {
        g_string_append(text, i > 0 && (length - i) % 3 == 0 ? NARROW_NBSP : "");
        g_string_append_c(text, digits[i]);
    }
    return g_string_free(text, FALSE);
}

/* "1er mars 2026" of "2026-03-01T…"; another text stays as it is. */
static char *
date_text(const char *date)
{
    static const char *const months[] = {
        "janvier", "février", "mars",      "avril",   "mai",      "juin",
        "juillet", "août",    "septembre", "octobre", "novembre", "décembre"};
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(date, utc);
    if (time == NULL) {
        return g_strdup(date);
    }
    int day = g_date_time_get_day_of_month(time);
    return g_strdup_printf("%d%s" NBSP "%s" NBSP "%d", day, day == 1 ? "er" : "",
                           months[g_date_time_get_month(time) - 1],
                           g_date_time_get_year(time));
}

/* --- Pages and sections. ------------------------------------------------------------
 */

static void
put_line(const Sheet *sheet, LkPoint from, LkPoint to, double width_mm)
{
    if (sheet->pdf != NULL) {
        lk_pdf_line(sheet->pdf, sheet->page, from, to, (LkPen){.width_mm = width_mm});
    }
}

static void
put_rect(const Sheet *sheet, LkRect rect, double width_mm, double fill)
{
    if (sheet->pdf != NULL) {
        lk_pdf_rect(sheet->pdf, sheet->page, rect, (LkPen){.width_mm = width_mm}, fill);
    }
}

static void
next_page(Sheet *sheet)
{
    sheet->n_pages++;
    sheet->page = sheet->pdf != NULL ? lk_pdf_page(sheet->pdf) : NULL;
    sheet->first = sheet->n_pages == 1 ? sheet->page : sheet->first;
    LkTextStyle number = {LK_FACE_BOLD, 10, LK_ALIGN_RIGHT, 0};
    LkTextStyle title = {LK_FACE_BOLD, sheet->n_pages == 1 ? 17 : 11, LK_ALIGN_LEFT, 0};
    g_autofree char *page =
        g_strdup_printf("Page" NBSP "%d/%d", sheet->n_pages, sheet->total);
    put_text(sheet, (LkPoint){LEFT, 15.4}, style_small, TEXT_AUTHORITY);
    put_text(sheet, (LkPoint){RIGHT, 15.4}, number, page);
    put_text(sheet, (LkPoint){LEFT, sheet->n_pages == 1 ? 24.4 : 22.4}, title,
             TEXT_TITLE);
    put_line(sheet, (LkPoint){LEFT, 278}, (LkPoint){RIGHT, 278}, RULE_MM);
    put_text(sheet, (LkPoint){LEFT, 283}, style_bold, TEXT_NO_NAME);
    sheet->y = 27;
}

static void
put_heading(Sheet *sheet, const char *title, bool is_continued)
{
    sheet->section += is_continued ? 0 : 1;
    g_autofree char *text = g_strdup_printf("%d." NBSP " %s%s", sheet->section, title,
                                            is_continued ? " (suite)" : "");
    LkTextStyle style = {LK_FACE_BOLD, 10.5, LK_ALIGN_LEFT, 1};
    put_rect(sheet, (LkRect){LEFT, sheet->y, WIDTH, HEADING_MM}, FRAME_MM, 0);
    put_text(sheet, (LkPoint){LEFT + PAD_MM, sheet->y + 4.5}, style, text);
    sheet->y += HEADING_MM;
}

/* The frame of what is below a heading, and the way to the next one. */
static void
close_section(Sheet *sheet, double top)
{
    put_rect(sheet, (LkRect){LEFT, top, WIDTH, sheet->y - top}, FRAME_MM, -1);
    sheet->y += GAP_MM;
}

/* --- Lists, in columns read downwards. ----------------------------------------------
 */

typedef struct {
    const char *title;
    size_t n;
    int columns;
    double pitch_mm;
    void (*put)(const Sheet *sheet, size_t index, LkRect place);
} List;

/* Lines @first.. of @list, on this page; how many there was room for. */
static size_t
put_rows(Sheet *sheet, const List *list, size_t first, size_t rows)
{
    size_t columns = (size_t)list->columns;
    size_t n = MIN(list->n - first, rows * columns);
    rows = MAX((n + columns - 1) / columns, 1);
    put_heading(sheet, list->title, first > 0);
    double top = sheet->y;
    double width = WIDTH / list->columns;
    for (size_t i = 0; i < n; i++) {
        size_t column = i / rows;
        size_t row = i % rows;
        LkRect place = {LEFT + width * (double)column,
                        top + 1 + list->pitch_mm * (double)row, width, list->pitch_mm};
        list->put(sheet, first + i, place);
    }
    sheet->y = top + 2 + list->pitch_mm * (double)rows;
    for (int column = 1; column < list->columns; column++) {
        double x = LEFT + width * column;
        put_line(sheet, (LkPoint){x, top}, (LkPoint){x, sheet->y}, RULE_MM);
    }
    close_section(sheet, top);
    return n;
}

static void
put_list(Sheet *sheet, const List *list)
{
    size_t columns = (size_t)list->columns;
    for (size_t done = 0; done < list->n;) {
        double room = BOTTOM - sheet->y - HEADING_MM - 2;
        size_t rows = room > 0 ? (size_t)(room / list->pitch_mm) : 0;
        if (rows < MIN(LEAST_ROWS, (list->n - done + columns - 1) / columns)) {
            next_page(sheet);
        } else {
            done += put_rows(sheet, list, done, rows);
        }
    }
}

static void
put_form(const Sheet *sheet, size_t index, LkRect place)
{
    if (sheet->pdf == NULL) {
        return;
    }
    const LkLayout *layout = sheet->items[index].layout;
    double base = place.y + 3.8;
    g_autofree char *pages =
        g_strdup_printf(layout->pages->len == 1 ? "%u" NBSP "page" : "%u" NBSP "pages",
                        layout->pages->len);
    LkTextStyle right = style_text;
    right.align = LK_ALIGN_RIGHT;
    put_text(sheet, (LkPoint){place.x + PAD_MM, base}, style_bold, layout->form);
    g_autofree char *title = lk_typeset(layout->title);
    put_fitted(sheet, (LkPoint){place.x + 11, base}, style_text, place.w - 29, title);
    put_text(sheet, (LkPoint){place.x + place.w - PAD_MM, base}, right, pages);
}

static void
put_code(const Sheet *sheet, size_t index, LkRect place)
{
    if (sheet->pdf == NULL) {
        return;
    }
    const LkPrintItem *item = &sheet->items[index * sheet->n_forms];
    g_autofree char *code = lk_case_code_format(&item->case_code);
    g_autofree char *number =
        g_strdup_printf("%zu", (size_t)sheet->options->summary->first_pack + index);
    double base = place.y + 4.5;
    LkTextStyle right = style_text;
    right.align = LK_ALIGN_RIGHT;
    put_text(sheet, (LkPoint){place.x + 9.5, base}, right, number);
    put_text(sheet, (LkPoint){place.x + 11.5, base},
             (LkTextStyle){LK_FACE_BOLD, 10, LK_ALIGN_LEFT, 0}, code);
    put_rect(
        sheet,
        (LkRect){place.x + place.w - PAD_MM - BOX_MM, place.y + 1.3, BOX_MM, BOX_MM},
        FRAME_MM, -1);
}

/* --- Facts. -------------------------------------------------------------------------
 */

/* A word and what it says, from column @column of three, @span of them wide. */
static void
put_fact(const Sheet *sheet, int column, int span, const char *what, const char *text)
{
    const double third = WIDTH / 3;
    double x = LEFT + column * third;
    put_text(sheet, (LkPoint){x + PAD_MM, sheet->y + 4}, style_small, what);
    put_fitted(sheet, (LkPoint){x + PAD_MM, sheet->y + 9.4}, style_fact,
               span * third - 2 * PAD_MM, text);
    if (column > 0) {
        put_line(sheet, (LkPoint){x, sheet->y}, (LkPoint){x, sheet->y + FACT_MM},
                 RULE_MM);
    }
}

static void
end_facts(Sheet *sheet, bool is_last)
{
    sheet->y += FACT_MM;
    if (!is_last) {
        put_line(sheet, (LkPoint){LEFT, sheet->y}, (LkPoint){RIGHT, sheet->y}, RULE_MM);
    }
}

/* "40", or "17 à 32, sur 40" in one PDF of several. */
static char *
packs_text(const Sheet *sheet)
{
    const LkPrintSummary *summary = sheet->options->summary;
    size_t first = (size_t)summary->first_pack;
    if (summary->n_parts <= 1) {
        return count_text(sheet->n_packs);
    }
    g_autofree char *from = count_text(first);
    g_autofree char *to = count_text(first + sheet->n_packs - 1);
    g_autofree char *all = count_text((size_t)summary->all_packs);
    return g_strdup_printf("%s à %s, sur %s", from, to, all);
}

static void
put_amounts(const Sheet *sheet)
{
    size_t pages = 0, takes = 0;
    for (size_t i = 0; i < sheet->n_forms && sheet->pdf != NULL; i++) {
        const LkLayout *layout = sheet->items[i].layout;
        pages += layout->pages->len;
        takes += (size_t)lk_render_copy_pages(layout, sheet->options);
    }
    bool duplex = sheet->options->duplex;
    size_t sheets = duplex ? takes / 2 : takes;
    g_autofree char *each_pages = count_text(pages);
    g_autofree char *each = count_text(sheets);
    g_autofree char *each_sheets =
        g_strdup_printf("%s, %s", each, duplex ? "recto verso" : "recto seul");
    g_autofree char *all = count_text(sheets * sheet->n_packs);
    put_fact(sheet, 0, 1, sheet->blank ? "Pages par jeu" : "Pages par dossier",
             each_pages);
    put_fact(sheet, 1, 1, sheet->blank ? "Feuilles par jeu" : "Feuilles par dossier",
             each_sheets);
    put_fact(sheet, 2, 1, "Feuilles à imprimer, sans celle-ci", all);
}

static void
put_facts(Sheet *sheet)
{
    const LkPrintSummary *summary = sheet->options->summary;
    g_autofree char *date = date_text(summary->date);
    g_autofree char *packs = packs_text(sheet);
    g_autofree char *part =
        g_strdup_printf("%d sur %d", MAX(summary->part, 1), MAX(summary->n_parts, 1));
    put_text(sheet, (LkPoint){LEFT, 30.6}, style_text, TEXT_KEEP);
    sheet->y = 34.5;
    put_heading(sheet, "Le tirage", false);
    double top = sheet->y;
    put_fact(sheet, 0, 2, "Bureau",
             sheet->options->office != NULL ? sheet->options->office : "");
    put_fact(sheet, 2, 1, "Imprimé le", date);
    end_facts(sheet, false);
    put_fact(sheet, 0, 1, sheet->blank ? "Jeux d’exemplaires vierges" : "Dossiers",
             packs);
    put_fact(sheet, 1, 1, "Jeu de formulaires",
             summary->set != NULL ? summary->set : "au choix");
    put_fact(sheet, 2, 1, "Fichier PDF", part);
    end_facts(sheet, false);
    put_amounts(sheet);
    end_facts(sheet, true);
    close_section(sheet, top);
}

/* --- The whole. ---------------------------------------------------------------------
 */

static void
put_sheet(Sheet *sheet)
{
    next_page(sheet);
    put_facts(sheet);
    const List forms = {sheet->blank ? "Les formulaires de chaque jeu"
                                     : "Les formulaires de chaque dossier",
                        sheet->n_forms, sheet->n_forms > FORMS_ONE_COLUMN ? 2 : 1,
                        FORM_MM, put_form};
    put_list(sheet, &forms);
    /* A blank copy has its own number, which is nobody's. */
    const List codes = {"Les codes des dossiers : cochez ce qui est remis",
                        sheet->blank ? 0 : sheet->n_packs, CODE_COLUMNS, CODE_MM,
                        put_code};
    put_list(sheet, &codes);
}

static int
to_whole_sheets(int n_pages, const LkPrintOptions *options)
{
    return options->duplex ? n_pages + n_pages % 2 : n_pages;
}

int
lk_render_summary_pages(size_t n_forms, size_t n_codes, const LkPrintOptions *options)
{
    if (options->summary == NULL) {
        return 0;
    }
    Sheet sheet = {.n_forms = n_forms,
                   .n_packs = n_codes,
                   .blank = n_codes == 0,
                   .options = options};
    put_sheet(&sheet);
    return to_whole_sheets(sheet.n_pages, options);
}

void
lk_summary_print(LkPdf *pdf, const LkPrintItem *items, size_t n_items,
                 const LkPrintOptions *options)
{
    size_t n_forms = MAX(options->summary->n_forms, 1);
    Sheet sheet = {.items = items,
                   .n_forms = n_forms,
                   .n_packs = n_items / n_forms,
                   .blank = lk_case_code_is_blank(&items[0].case_code),
                   .options = options};
    Sheet counted = sheet;
    put_sheet(&counted);
    sheet.pdf = pdf;
    sheet.total = counted.n_pages;
    put_sheet(&sheet);
    if (options->bookmarks) {
        (void)lk_pdf_bookmark(pdf, NULL, TEXT_TITLE, sheet.first);
    }
    for (int i = sheet.n_pages; i < to_whole_sheets(sheet.n_pages, options); i++) {
        (void)lk_pdf_page(pdf);
    }
}
