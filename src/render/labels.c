/* labels.c - sheets of self-adhesive labels, a QR code and a case code each. */
#include "render/pdf.h"
#include "render/qr.h"

#include <string.h>

/* A4 sheets as they are sold. No printer reaches the edge of the paper: what is printed
 * keeps away from the edges of a label. */
typedef struct {
    const char *name;
    int columns, rows;
    double left, top;     /* of the first label, mm */
    double width, height; /* of a label */
    double pitch_x;       /* from label to label; rows follow without a gap */
    double qr_mm;
    double code_pt; /* of the case code, where it fits */
} Sheet;

static const Sheet sheets[LK_N_LABEL_SHEETS] = {
    [LK_LABELS_3X8] = {"3x8", 3, 8, 0, 0.5, 70, 37, 70, 22, 18},
    [LK_LABELS_2X7] = {"2x7", 2, 7, 4.65, 15.15, 99.1, 38.1, 101.6, 26, 24},
};

#define SIDE_MM 7.0    /* from the edge of a label to its QR code */
#define BETWEEN_MM 4.5 /* quiet zone of four modules, and a little */
#define RIGHT_MM 4.5
#define SMALL_PT 8.0
#define SMALLEST_PT 6.0
#define LEADING 1.28 /* from baseline to baseline, in heights of the letter */
#define MM_PER_PT (25.4 / 72)

/* Paper speaks French, whatever the language of the screen. */
#define TEXT_CASE "Dossier"
#define NO_SERIAL "00000" /* a label belongs to no layout and no copy */

const char *
lk_label_sheet_name(LkLabelSheet sheet)
{
    return sheets[sheet].name;
}

bool
lk_label_sheet_find(const char *name, LkLabelSheet *sheet)
{
    for (int i = 0; i < LK_N_LABEL_SHEETS; i++) {
        if (g_ascii_strcasecmp(sheets[i].name, name) == 0) {
            *sheet = (LkLabelSheet)i;
            return true;
        }
    }
    return false;
}

int
lk_label_sheet_size(LkLabelSheet sheet)
{
    return sheets[sheet].columns * sheets[sheet].rows;
}

int
lk_render_label_sheets(size_t n_codes, const LkLabelOptions *options)
{
    size_t size = (size_t)lk_label_sheet_size(options->sheet);
    size_t n = (size_t)options->skip + n_codes * (size_t)options->copies;
    return (int)((n + size - 1) / size);
}

/* --- One label. ---------------------------------------------------------------------
 */

typedef struct {
    LkPdf *pdf;
    const LkLabelOptions *options;
    GString *qr_path; /* of the code being printed */
    HPDF_Page page;
} Printer;

/* The largest size up to @style's at which @text fits, in half points. */
static LkTextStyle
fitting(const Printer *printer, LkTextStyle style, const char *text, double width_mm)
{
    while (style.size_pt > SMALLEST_PT &&
           lk_fonts_width(printer->pdf->fonts, style.face, style.size_pt, text) >
               width_mm) {
        style.size_pt -= 0.5;
    }
    return style;
}

static void
put_text(const Printer *printer, double x, double y, LkTextStyle style,
         const char *text)
{
    lk_pdf_text(printer->pdf, printer->page, (LkPoint){x, y}, style, text);
}

/* The code on two lines, as it is read aloud: the first ends in its dash. Above it what
 * it is, below it whose. */
static void
put_words(const Printer *printer, const LkCaseCode *code, LkRect place, double size_pt)
{
    g_autofree char *text = lk_case_code_format(code);
    char *half = strchr(strchr(text, '-') + 1, '-') + 1;
    g_autofree char *upper = g_strndup(text, (gsize)(half - text));
    LkTextStyle large = {LK_FACE_BOLD, size_pt, LK_ALIGN_LEFT, 0};
    large = fitting(printer, large, upper, place.w);
    double cap = lk_pdf_cap_height(printer->pdf, large.face, large.size_pt);
    double pitch = LEADING * large.size_pt * MM_PER_PT;
    double base = place.y + place.h / 2 - (pitch - cap) / 2;
    LkTextStyle small = {LK_FACE_REGULAR, SMALL_PT, LK_ALIGN_LEFT, 0};
    put_text(printer, place.x, base - cap - 2.4, small, TEXT_CASE);
    put_text(printer, place.x, base, large, upper);
    put_text(printer, place.x, base + pitch, large, half);
    const char *office = printer->options->office;
    if (office != NULL) {
        small = fitting(printer, small, office, place.w);
        double width =
            lk_fonts_width(printer->pdf->fonts, small.face, small.size_pt, office);
        /* A long name is left out rather than cut: the code says the region. */
        if (width <= place.w) {
            put_text(printer, place.x, base + pitch + 5, small, office);
        }
    }
}

static void
put_label(const Printer *printer, const LkCaseCode *code, int place)
{
    const Sheet *sheet = &sheets[printer->options->sheet];
    int column = place % sheet->columns;
    int row = place / sheet->columns;
    LkPoint shift = printer->options->shift;
    LkRect label = {sheet->left + column * sheet->pitch_x + shift.x,
                    sheet->top + row * sheet->height + shift.y, sheet->width,
                    sheet->height};
    LkRect qr = {label.x + SIDE_MM, label.y + (label.h - sheet->qr_mm) / 2,
                 sheet->qr_mm, sheet->qr_mm};
    double x = qr.x + qr.w + BETWEEN_MM;
    HPDF_Page_SetGrayFill(printer->page, 0);
    lk_pdf_fill_scaled(printer->pdf, printer->page, qr, LK_QR_MODULES,
                       printer->qr_path->str);
    put_words(printer, code,
              (LkRect){x, label.y, label.x + label.w - RIGHT_MM - x, label.h},
              sheet->code_pt);
}

/* --- All of them. -------------------------------------------------------------------
 */

static bool
encode(Printer *printer, const LkCaseCode *code, GError **error)
{
    LkPageId id = {.form = LK_LABEL_FORM,
                   .page = 1,
                   .layout = NO_SERIAL,
                   .case_code = *code,
                   .copy = NO_SERIAL};
    char payload[LK_PAYLOAD_LEN + 1];
    lk_payload_write(&id, payload);
    return lk_qr_path(payload, printer->qr_path, error);
}

bool
lk_render_labels(const LkCaseCode *codes, size_t n_codes, const LkFonts *fonts,
                 const LkLabelOptions *options, const char *path, GError **error)
{
    g_return_val_if_fail(codes != NULL && n_codes > 0 && options->copies > 0, false);
    int size = lk_label_sheet_size(options->sheet);
    g_return_val_if_fail(options->skip >= 0 && options->skip < size, false);

    if (!lk_pdf_check_text(fonts, options->office, error) ||
        !lk_pdf_check_text(fonts, options->title, error)) {
        return false;
    }
    g_autoptr(LkPdf) pdf = lk_pdf_new(fonts, options->title);
    g_autoptr(GString) qr_path = g_string_new(NULL);
    Printer printer = {.pdf = pdf, .options = options, .qr_path = qr_path};
    int place = options->skip;
    for (size_t i = 0; i < n_codes; i++) {
        if (!encode(&printer, &codes[i], error)) {
            return false;
        }
        for (int copy = 0; copy < options->copies; copy++, place++) {
            if (printer.page == NULL || place == size) {
                printer.page = lk_pdf_page(pdf);
                place %= size;
            }
            put_label(&printer, &codes[i], place);
        }
    }
    return lk_pdf_save(pdf, path, error);
}
