/* copies.c - copies of forms: what is the same on every copy is drawn once a layout
 * page and shown by reference; codes and identities are drawn page by page. */
#include "render/pdf.h"
#include "render/qr.h"
#include "render/summary.h"

#include <string.h>

#define CELL_TEXT_PT 11.0
#define LABEL_TEXT_PT 8.0
#define LABEL_LINE_MM 2.4
#define LABEL_MARGIN_MM 2.0
#define LABEL_GAP_MM 1.5 /* between groups of cells */
#define LABEL_CELL_MIN_MM 4.5
#define LABEL_CELL_HEIGHT_MM 7.0
#define LABEL_OUTLINE_MM 0.2
#define LABEL_DASH_MM 1.2
#define HIDDEN_DOT_MM 0.4  /* radius */
#define CROSS_INSET_MM 0.8 /* from the box's outer edge to where the strokes turn */
#define CROSS_PEN_MM 0.5
#define WORDS_PT 9.5 /* on a line that is else written on */
#define WORDS_LEAST_PT 7.0
#define WORDS_MARGIN_MM 0.5
#define ELLIPSIS "…"
#define WHITE 1.0
#define NO_FILL (-1.0)

/* Paper speaks French, whatever the language of the screen. */
#define TEXT_LABEL "Étiquette du dossier\u202f; à défaut, son code\u00a0:"
#define TEXT_BLANKS "Exemplaires vierges"
#define TEXT_CASE "Dossier "
#define TEXT_SPECIMEN "SPÉCIMEN"

/* In place of a payload, and as long: lk_payload_parse() refuses it. */
#define SPECIMEN_PAYLOAD "SPECIMEN SPECIMEN SPECIMEN SPEC"

typedef struct {
    LkPdf *pdf;
    const LkPrintOptions *options;
    GHashTable *forms; /* LkLayoutPage -> HPDF_XObject */
    GString *qr_path;  /* kept between pages */
    char group[LK_CASE_CODE_LEN + 1];
    HPDF_Outline bookmark; /* of the current group */
} Printer;

/* --- What is the same on every copy. -------------------------------------------------
 */

void
lk_pdf_draw(LkPdf *pdf, HPDF_Page page, const LkDraw *d)
{
    LkPen pen = {d->width_mm, d->dash_mm, d->stroke};
    switch (d->kind) {
    case LK_DRAW_TEXT:
        lk_pdf_text(pdf, page, d->at,
                    (LkTextStyle){d->face, d->size_pt, d->align, d->stroke}, d->text);
        break;
    case LK_DRAW_LINE:
        lk_pdf_line(pdf, page, d->at, d->to, pen);
        break;
    case LK_DRAW_RECT:
        lk_pdf_rect(pdf, page, d->rect, pen, d->fill);
        break;
    case LK_DRAW_OVAL:
        lk_pdf_oval(pdf, page, d->rect, pen, d->fill);
        break;
    case LK_DRAW_CURVE:
        lk_pdf_curve(pdf, page, (LkPoint[]){d->at, d->via[0], d->via[1], d->to}, pen,
                     d->fill);
        break;
    }
}

/* The outline lies inside @outer. The inside is made white, so that a shade drawn below
 * does not end up in a box that is read. */
static void
outline(LkPdf *pdf, HPDF_Page page, LkRect outer, double width_mm)
{
    lk_pdf_rect(pdf, page, lk_rect_inset(outer, width_mm / 2), (LkPen){width_mm, 0, 0},
                WHITE);
}

static HPDF_XObject
draw_static(LkPdf *pdf, HPDF_Page page, const LkLayoutPage *layout)
{
    LkPdfForm form = lk_pdf_form_begin(pdf, page);
    for (guint i = 0; i < layout->draws->len; i++) {
        lk_pdf_draw(pdf, page, &g_array_index(layout->draws, LkDraw, i));
    }
    for (guint i = 0; i < layout->cells->len; i++) {
        outline(pdf, page, g_array_index(layout->cells, LkCell, i).outline,
                LK_CELL_OUTLINE_MM);
    }
    for (guint i = 0; i < layout->boxes->len; i++) {
        outline(pdf, page, g_array_index(layout->boxes, LkBox, i).outline,
                LK_OUTLINE_MM);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(layout->fiducials); i++) {
        lk_pdf_rect(pdf, page, layout->fiducials[i], (LkPen){0, 0, 0}, 0);
    }
    return lk_pdf_form_end(pdf, page, form);
}

static void
show_static(Printer *printer, HPDF_Page page, const LkLayoutPage *layout)
{
    HPDF_XObject form = g_hash_table_lookup(printer->forms, layout);
    if (form == NULL) {
        form = draw_static(printer->pdf, page, layout);
        g_hash_table_insert(printer->forms, (gpointer)layout, form);
    }
    HPDF_Page_ExecuteXObject(page, form);
}

/* --- What differs from copy to copy.
 * -------------------------------------------------- */

static bool
is_specimen(const LkPrintItem *item)
{
    return item->case_code.text[0] == '\0';
}

static char *
slot_text(const Printer *printer, const LkPrintItem *item, const LkLayoutPage *page,
          LkSlotKind kind)
{
    switch (kind) {
    case LK_SLOT_CASE:
        if (page->hides_code) {
            return NULL;
        }
        if (is_specimen(item)) {
            return g_strdup(TEXT_SPECIMEN);
        }
        return lk_case_code_is_blank(&item->case_code)
                   ? NULL
                   : lk_case_code_format(&item->case_code);
    case LK_SLOT_IDENTITY:
        return g_strdup_printf("%s %d/%u %s %s", item->layout->form, page->number,
                               item->layout->pages->len, item->layout->id, item->copy);
    case LK_SLOT_OFFICE:
        return printer->options->office != NULL ? lk_typeset(printer->options->office)
                                                : NULL;
    case LK_N_SLOTS:
        break;
    }
    return NULL;
}

static void
print_slots(Printer *printer, HPDF_Page page, const LkPrintItem *item,
            const LkLayoutPage *layout)
{
    for (guint i = 0; i < layout->slots->len; i++) {
        const LkSlot *slot = &g_array_index(layout->slots, LkSlot, i);
        g_autofree char *text = slot_text(printer, item, layout, slot->kind);
        if (text != NULL && *text != '\0') {
            LkTextStyle style = {slot->face, slot->size_pt, slot->align, 0};
            lk_pdf_text(printer->pdf, page, slot->at, style, text);
        }
    }
}

static void
print_character(Printer *printer, HPDF_Page page, LkRect cell, char character)
{
    LkTextStyle style = {LK_FACE_REGULAR, CELL_TEXT_PT, LK_ALIGN_CENTER, 0};
    double half = lk_pdf_cap_height(printer->pdf, style.face, style.size_pt) / 2;
    LkPoint center = lk_rect_center(cell);
    char text[2] = {character, '\0'};
    lk_pdf_text(printer->pdf, page, (LkPoint){center.x, center.y + half}, style, text);
}

/* The case code in the combs that ask for it, a character a cell; where it must stand
 * in the QR codes only, dots: nobody is to write it there. */
static void
print_combs(Printer *printer, HPDF_Page page, const LkPrintItem *item,
            const LkLayoutPage *layout)
{
    const char *code = item->case_code.text;
    for (guint i = 0; i < layout->cells->len; i++) {
        const LkCell *cell = &g_array_index(layout->cells, LkCell, i);
        const LkLayoutField *field = lk_layout_field(item->layout, cell->field);
        if (!field->preprinted || cell->index < 0 || cell->index >= LK_CASE_CODE_LEN) {
            continue;
        }
        if (layout->hides_code) {
            LkPoint center = lk_rect_center(cell->outline);
            LkRect dot = {center.x, center.y, 0, 0};
            lk_pdf_oval(printer->pdf, page, lk_rect_inset(dot, -HIDDEN_DOT_MM),
                        (LkPen){0, 0, 0}, 0);
            continue;
        }
        print_character(printer, page, cell->outline, code[cell->index]);
    }
}

/* --- Answers printed into the copy.
 * --------------------------------------------------- */

/* A cross as a pen makes it, a little heavier than the outline: it survives a
 * photocopier, and leaves most of the box white, so that nobody takes it for blackened.
 */
static void
print_cross(LkPdf *pdf, HPDF_Page page, LkRect box)
{
    LkRect in = lk_rect_inset(box, CROSS_INSET_MM);
    LkPen pen = {CROSS_PEN_MM, 0, 0};
    lk_pdf_line(pdf, page, (LkPoint){in.x, in.y}, (LkPoint){in.x + in.w, in.y + in.h},
                pen);
    lk_pdf_line(pdf, page, (LkPoint){in.x + in.w, in.y}, (LkPoint){in.x, in.y + in.h},
                pen);
}

/* @text as it fits in @width: smaller, then cut. */
static char *
fit_words(const LkFonts *fonts, const char *text, double width, double *size_pt)
{
    *size_pt = WORDS_PT;
    while (*size_pt > WORDS_LEAST_PT &&
           lk_fonts_width(fonts, LK_FACE_REGULAR, *size_pt, text) > width) {
        *size_pt -= 0.5;
    }
    g_autoptr(GString) words = g_string_new(text);
    while (words->len > strlen(ELLIPSIS) &&
           lk_fonts_width(fonts, LK_FACE_REGULAR, *size_pt, words->str) > width) {
        if (g_str_has_suffix(words->str, ELLIPSIS)) {
            g_string_truncate(words, words->len - strlen(ELLIPSIS));
        }
        const char *last = g_utf8_find_prev_char(words->str, words->str + words->len);
        g_string_truncate(words, last != NULL ? (gsize)(last - words->str) : 0);
        g_string_append(words, ELLIPSIS);
    }
    return g_string_free(g_steal_pointer(&words), FALSE);
}

static void
print_words(Printer *printer, HPDF_Page page, LkRect area, const char *text)
{
    double size = WORDS_PT;
    g_autofree char *words =
        fit_words(printer->pdf->fonts, text, area.w - 2 * WORDS_MARGIN_MM, &size);
    double half = lk_pdf_cap_height(printer->pdf, LK_FACE_REGULAR, size) / 2;
    LkPoint at = {area.x + WORDS_MARGIN_MM, area.y + area.h / 2 + half};
    lk_pdf_text(printer->pdf, page, at,
                (LkTextStyle){LK_FACE_REGULAR, size, LK_ALIGN_LEFT, 0}, words);
}

static void
print_prefill(Printer *printer, HPDF_Page page, const LkPrintItem *item,
              const LkLayoutPage *layout)
{
    for (guint i = 0; i < layout->boxes->len; i++) {
        const LkBox *box = &g_array_index(layout->boxes, LkBox, i);
        if (lk_prefill_box(item->prefill, item->layout, box)) {
            print_cross(printer->pdf, page, box->outline);
        }
    }
    for (guint i = 0; i < layout->cells->len; i++) {
        const LkCell *cell = &g_array_index(layout->cells, LkCell, i);
        char character = lk_prefill_cell(item->prefill, item->layout, cell);
        if (character != '\0') {
            print_character(printer, page, cell->outline, character);
        }
    }
    for (guint i = 0; i < layout->writing->len; i++) {
        const LkWriting *line = &g_array_index(layout->writing, LkWriting, i);
        g_autofree char *text = lk_prefill_line(item->prefill, item->layout, line);
        if (text != NULL) {
            print_words(printer, page, line->area, text);
        }
    }
}

/* --- Blank copies.
 * -------------------------------------------------------------------- */

/* Cells for a case code by hand, grouped as it is read aloud: MOP 48219 07366 29. */
static void
print_label_comb(Printer *printer, HPDF_Page page, LkRect area)
{
    static const int group_ends[] = {3, 8, 13};
    const double n_gaps = G_N_ELEMENTS(group_ends);
    double width = (area.w - n_gaps * LABEL_GAP_MM) / LK_CASE_CODE_LEN;
    if (width < LABEL_CELL_MIN_MM) {
        return;
    }
    double x = area.x;
    for (int i = 0; i < LK_CASE_CODE_LEN; i++) {
        for (size_t g = 0; g < G_N_ELEMENTS(group_ends); g++) {
            x += i == group_ends[g] ? LABEL_GAP_MM : 0;
        }
        outline(printer->pdf, page, (LkRect){x, area.y, width, area.h},
                LK_CELL_OUTLINE_MM);
        x += width;
    }
}

/* Where the sticker with the case code goes on a blank copy; without one, the code is
 * written into the cells. */
static void
print_label_area(Printer *printer, HPDF_Page page, const LkLayoutPage *layout)
{
    LkRect area = layout->label_area;
    if (area.w <= 0 || area.h <= 0) {
        return;
    }
    lk_pdf_rect(printer->pdf, page, lk_rect_inset(area, LABEL_OUTLINE_MM / 2),
                (LkPen){LABEL_OUTLINE_MM, LABEL_DASH_MM, 0}, NO_FILL);
    LkTextStyle style = {LK_FACE_REGULAR, LABEL_TEXT_PT, LK_ALIGN_LEFT, 0};
    LkRect inner = lk_rect_inset(area, LABEL_MARGIN_MM);
    lk_pdf_text(printer->pdf, page, (LkPoint){inner.x, inner.y + LABEL_LINE_MM}, style,
                TEXT_LABEL);
    inner.y += inner.h - LABEL_CELL_HEIGHT_MM;
    inner.h = LABEL_CELL_HEIGHT_MM;
    print_label_comb(printer, page, inner);
}

static bool
print_codes(Printer *printer, HPDF_Page page, const LkPrintItem *item,
            const LkLayoutPage *layout, GError **error)
{
    LkPageId id = {.page = layout->number, .case_code = item->case_code};
    g_strlcpy(id.form, item->layout->form, sizeof id.form);
    g_strlcpy(id.layout, item->layout->id, sizeof id.layout);
    g_strlcpy(id.copy, item->copy, sizeof id.copy);
    char payload[LK_PAYLOAD_LEN + 1];
    lk_payload_write(&id, payload);
    const char *printed = is_specimen(item) ? SPECIMEN_PAYLOAD : payload;
    if (!lk_qr_path(printed, printer->qr_path, error)) {
        return false;
    }
    HPDF_Page_SetGrayFill(page, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(layout->qr); i++) {
        lk_pdf_fill_scaled(printer->pdf, page, layout->qr[i], LK_QR_MODULES,
                           printer->qr_path->str);
    }
    return true;
}

/* --- Copies and bookmarks.
 * ------------------------------------------------------------ */

static void
bookmark(Printer *printer, HPDF_Page page, const LkPrintItem *item)
{
    bool blank = lk_case_code_is_blank(&item->case_code);
    const char *group = blank ? TEXT_BLANKS : item->case_code.text;
    if (strncmp(group, printer->group, sizeof printer->group - 1) != 0 ||
        printer->bookmark == NULL) {
        g_strlcpy(printer->group, group, sizeof printer->group);
        g_autofree char *code = blank ? NULL : lk_case_code_format(&item->case_code);
        g_autofree char *title =
            blank ? g_strdup(TEXT_BLANKS) : g_strconcat(TEXT_CASE, code, NULL);
        printer->bookmark = lk_pdf_bookmark(printer->pdf, NULL, title, page);
    }
    g_autofree char *title =
        g_strdup_printf("%s %s", item->layout->form, item->layout->title);
    (void)lk_pdf_bookmark(printer->pdf, printer->bookmark, title, page);
}

static bool
print_page(Printer *printer, const LkPrintItem *item, const LkLayoutPage *layout,
           GError **error)
{
    HPDF_Page page = lk_pdf_page(printer->pdf);
    if (printer->options->bookmarks && layout->number == 1) {
        bookmark(printer, page, item);
    }
    show_static(printer, page, layout);
    print_slots(printer, page, item, layout);
    bool unnamed = lk_case_code_is_blank(&item->case_code) || is_specimen(item);
    if (unnamed && !layout->hides_code) {
        print_label_area(printer, page, layout);
    }
    if (!unnamed || layout->hides_code) {
        print_combs(printer, page, item, layout);
    }
    if (item->prefill != NULL) {
        print_prefill(printer, page, item, layout);
    }
    return print_codes(printer, page, item, layout, error);
}

static bool
print_items(Printer *printer, const LkPrintItem *items, size_t n_items, GError **error)
{
    for (size_t i = 0; i < n_items && printer->pdf->status == HPDF_OK; i++) {
        const GPtrArray *pages = items[i].layout->pages;
        for (guint p = 0; p < pages->len; p++) {
            if (!print_page(printer, &items[i], g_ptr_array_index(pages, p), error)) {
                return false;
            }
        }
        for (int p = (int)pages->len;
             p < lk_render_copy_pages(items[i].layout, printer->options); p++) {
            (void)lk_pdf_page(printer->pdf);
        }
    }
    return true;
}

int
lk_render_copy_pages(const LkLayout *layout, const LkPrintOptions *options)
{
    int n = (int)layout->pages->len;
    return options->duplex ? n + n % 2 : n;
}

bool
lk_render_copies(const LkPrintItem *items, size_t n_items, const LkFonts *fonts,
                 const LkPrintOptions *options, const char *path, GError **error)
{
    g_return_val_if_fail(items != NULL && n_items > 0, false);
    g_return_val_if_fail(fonts != NULL && options != NULL && path != NULL, false);

    const LkPrintSummary *summary = options->summary;
    if (!lk_pdf_check_text(fonts, options->office, error) ||
        !lk_pdf_check_text(fonts, options->title, error) ||
        !lk_pdf_check_text(fonts, summary != NULL ? summary->set : NULL, error)) {
        return false;
    }
    g_autoptr(LkPdf) pdf = lk_pdf_new(fonts, options->title);
    g_autoptr(GHashTable) forms = g_hash_table_new(NULL, NULL);
    g_autoptr(GString) qr_path = g_string_new(NULL);
    Printer printer = {
        .pdf = pdf, .options = options, .forms = forms, .qr_path = qr_path};
    if (options->bookmarks && pdf->doc != NULL) {
        HPDF_SetPageMode(pdf->doc, HPDF_PAGE_MODE_USE_OUTLINE);
    }
    if (options->duplex) {
        lk_pdf_two_sided(pdf);
    }
    if (summary != NULL) {
        lk_summary_print(pdf, items, n_items, options);
    }
    return print_items(&printer, items, n_items, error) &&
           lk_pdf_save(pdf, path, error);
}
