/* pdf.c - the border to libharu: units, faces, errors, a file that is whole or absent.
 */
#include "render/pdf.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

G_DEFINE_QUARK(lk - render - error - quark, lk_render_error)

#define PT_PER_MM (72.0 / 25.4)
/* What is printed is French, whatever the language of the screen. */
#define LANGUAGE "fr-FR"

/* Hundredths of a point (0.004 mm) are finer than any printer and shorter to write. */
static HPDF_REAL
to_pt(double mm)
{
    return (HPDF_REAL)(round(mm * PT_PER_MM * 100) / 100);
}

static HPDF_REAL
to_pt_y(double y_mm)
{
    return to_pt(LK_PAGE_HEIGHT_MM - y_mm);
}

/* --- The document. -----------------------------------------------------------------
 */

/* Records and returns: a longjmp would skip every cleanup of ours. */
static void
note_error(HPDF_STATUS status, HPDF_STATUS detail, void *user_data)
{
    LkPdf *pdf = user_data;
    if (pdf->status == HPDF_OK) {
        pdf->status = status;
        pdf->detail = detail;
    }
}

static void
load_faces(LkPdf *pdf)
{
    HPDF_UseUTFEncodings(pdf->doc);
    HPDF_SetCurrentEncoder(pdf->doc, "UTF-8");
    pdf->utf8 = HPDF_GetEncoder(pdf->doc, "UTF-8");
    for (int face = 0; face < LK_N_FACES; face++) {
        const char *path = lk_fonts_path(pdf->fonts, (LkFace)face);
        const char *name = HPDF_LoadTTFontFromFile(pdf->doc, path, HPDF_TRUE);
        pdf->faces[face] = HPDF_GetFont(pdf->doc, name, "UTF-8");
    }
}

/* What libharu has no call for. */
static HPDF_Dict
viewer_preferences(const LkPdf *pdf)
{
    return HPDF_Dict_GetItem(pdf->doc->catalog, "ViewerPreferences", HPDF_OCLASS_DICT);
}

LkPdf *
lk_pdf_new(const LkFonts *fonts, const char *title)
{
    LkPdf *pdf = g_new0(LkPdf, 1);
    pdf->fonts = fonts;
    pdf->doc = HPDF_New(note_error, pdf);
    if (pdf->doc == NULL) {
        note_error(HPDF_FAILD_TO_ALLOC_MEM, 0, pdf);
        return pdf;
    }
    HPDF_SetCompressionMode(pdf->doc, HPDF_COMP_ALL);
    load_faces(pdf);
    HPDF_SetViewerPreference(pdf->doc, HPDF_PRINT_SCALING_NONE);
    if (title != NULL) {
        HPDF_SetInfoAttr(pdf->doc, HPDF_INFO_TITLE, title);
        HPDF_Dict_AddBoolean(viewer_preferences(pdf), "DisplayDocTitle", HPDF_TRUE);
    }
    HPDF_Dict_Add(pdf->doc->catalog, "Lang",
                  HPDF_String_New(pdf->doc->mmgr, LANGUAGE, NULL));
    return pdf;
}

void
lk_pdf_free(LkPdf *pdf)
{
    if (pdf != NULL) {
        if (pdf->doc != NULL) {
            HPDF_Free(pdf->doc);
        }
        g_free(pdf);
    }
}

void
lk_pdf_two_sided(LkPdf *pdf)
{
    if (pdf->doc != NULL && pdf->status == HPDF_OK) {
        HPDF_Dict_AddName(viewer_preferences(pdf), "Duplex", "DuplexFlipLongEdge");
        pdf->doc->pdf_version = HPDF_VER_17; /* the first that knows the word */
    }
}

HPDF_Page
lk_pdf_page(LkPdf *pdf)
{
    HPDF_Page page = HPDF_AddPage(pdf->doc);
    HPDF_Page_SetWidth(page, to_pt(LK_PAGE_WIDTH_MM));
    HPDF_Page_SetHeight(page, to_pt(LK_PAGE_HEIGHT_MM));
    return page;
}

HPDF_Outline
lk_pdf_bookmark(LkPdf *pdf, HPDF_Outline parent, const char *title, HPDF_Page page)
{
    HPDF_Outline entry = HPDF_CreateOutline(pdf->doc, parent, title, pdf->utf8);
    HPDF_Destination top = HPDF_Page_CreateDestination(page);
    HPDF_Destination_SetFit(top);
    HPDF_Outline_SetDestination(entry, top);
    HPDF_Outline_SetOpened(entry, HPDF_FALSE);
    return entry;
}

/* --- Text. --------------------------------------------------------------------------
 */

bool
lk_pdf_check_text(const LkFonts *fonts, const char *text, GError **error)
{
    if (text == NULL) {
        return true;
    }
    if (!g_utf8_validate(text, -1, NULL)) {
        g_set_error_literal(error, LK_RENDER_ERROR, LK_RENDER_ERROR_PDF,
                            _("a text to be printed is not UTF-8: type it again"));
        return false;
    }
    gunichar missing = 0;
    for (int face = 0; face < LK_N_FACES && missing == 0; face++) {
        missing = lk_fonts_missing(fonts, (LkFace)face, text);
    }
    /* libharu 2.3 prints a space for what lies beyond the first 65,536 characters. */
    for (const char *at = text; *at != '\0' && missing == 0;
         at = g_utf8_next_char(at)) {
        missing = g_utf8_get_char(at) > 0xFFFF ? g_utf8_get_char(at) : 0;
    }
    if (missing != 0) {
        g_set_error(error, LK_RENDER_ERROR, LK_RENDER_ERROR_PDF,
                    _("the font has no character U+%04X of '%s': write it otherwise"),
                    missing, text);
        return false;
    }
    return true;
}

void
lk_pdf_text(LkPdf *pdf, HPDF_Page page, LkPoint at, LkTextStyle style, const char *text)
{
    double x = at.x;
    if (style.align != LK_ALIGN_LEFT) {
        double width = lk_fonts_width(pdf->fonts, style.face, style.size_pt, text);
        x -= style.align == LK_ALIGN_CENTER ? width / 2 : width;
    }
    HPDF_Page_SetGrayFill(page, (HPDF_REAL)style.grey);
    HPDF_Page_BeginText(page);
    HPDF_Page_SetFontAndSize(page, pdf->faces[style.face], (HPDF_REAL)style.size_pt);
    HPDF_Page_TextOut(page, to_pt(x), to_pt_y(at.y), text);
    HPDF_Page_EndText(page);
}

double
lk_pdf_cap_height(const LkPdf *pdf, LkFace face, double size_pt)
{
    return HPDF_Font_GetCapHeight(pdf->faces[face]) / 1000.0 * size_pt / PT_PER_MM;
}

/* --- Lines. -------------------------------------------------------------------------
 */

/* Operators written as they are into the content of the page. */
static void
write_raw(LkPdf *pdf, HPDF_Page page, const char *operators)
{
    if (page == NULL || pdf->status != HPDF_OK) {
        return;
    }
    HPDF_PageAttr attr = page->attr;
    HPDF_Stream_WriteStr(attr->stream, operators);
}

/* libharu's own call takes whole points only. */
static void
set_dash(LkPdf *pdf, HPDF_Page page, double dash_mm)
{
    char operators[64] = "[] 0 d\n";
    if (dash_mm > 0) {
        char length[G_ASCII_DTOSTR_BUF_SIZE];
        g_ascii_formatd(length, sizeof length, "%.2f", to_pt(dash_mm));
        g_snprintf(operators, sizeof operators, "[%s] 0 d\n", length);
    }
    write_raw(pdf, page, operators);
}

static void
take_pen(LkPdf *pdf, HPDF_Page page, LkPen pen)
{
    HPDF_Page_SetLineWidth(page, to_pt(pen.width_mm));
    HPDF_Page_SetGrayStroke(page, (HPDF_REAL)pen.grey);
    set_dash(pdf, page, pen.dash_mm);
}

void
lk_pdf_line(LkPdf *pdf, HPDF_Page page, LkPoint from, LkPoint to, LkPen pen)
{
    take_pen(pdf, page, pen);
    HPDF_Page_SetLineCap(page,
                         pen.dash_mm > 0 ? HPDF_BUTT_END : HPDF_PROJECTING_SCUARE_END);
    HPDF_Page_MoveTo(page, to_pt(from.x), to_pt_y(from.y));
    HPDF_Page_LineTo(page, to_pt(to.x), to_pt_y(to.y));
    HPDF_Page_Stroke(page);
}

/* Colours for an area; false if it would not be seen. */
static bool
begin_area(LkPdf *pdf, HPDF_Page page, LkPen pen, double fill)
{
    if (pen.width_mm > 0) {
        take_pen(pdf, page, pen);
    }
    if (fill >= 0) {
        HPDF_Page_SetGrayFill(page, (HPDF_REAL)fill);
    }
    return pen.width_mm > 0 || fill >= 0;
}

/* Paints the path of an area. */
static void
end_area(HPDF_Page page, LkPen pen, double fill)
{
    if (pen.width_mm > 0 && fill >= 0) {
        HPDF_Page_FillStroke(page);
    } else if (pen.width_mm > 0) {
        HPDF_Page_Stroke(page);
    } else {
        HPDF_Page_Fill(page);
    }
}

void
lk_pdf_rect(LkPdf *pdf, HPDF_Page page, LkRect rect, LkPen pen, double fill)
{
    if (!begin_area(pdf, page, pen, fill)) {
        return;
    }
    HPDF_Page_Rectangle(page, to_pt(rect.x), to_pt_y(rect.y + rect.h), to_pt(rect.w),
                        to_pt(rect.h));
    end_area(page, pen, fill);
}

void
lk_pdf_oval(LkPdf *pdf, HPDF_Page page, LkRect rect, LkPen pen, double fill)
{
    if (!begin_area(pdf, page, pen, fill)) {
        return;
    }
    LkPoint center = lk_rect_center(rect);
    HPDF_Page_Ellipse(page, to_pt(center.x), to_pt_y(center.y), to_pt(rect.w / 2),
                      to_pt(rect.h / 2));
    end_area(page, pen, fill);
}

void
lk_pdf_curve(LkPdf *pdf, HPDF_Page page, const LkPoint points[4], LkPen pen,
             double fill)
{
    if (!begin_area(pdf, page, pen, fill)) {
        return;
    }
    HPDF_Page_SetLineCap(page, HPDF_ROUND_END);
    HPDF_Page_MoveTo(page, to_pt(points[0].x), to_pt_y(points[0].y));
    HPDF_Page_CurveTo(page, to_pt(points[1].x), to_pt_y(points[1].y),
                      to_pt(points[2].x), to_pt_y(points[2].y), to_pt(points[3].x),
                      to_pt_y(points[3].y));
    if (fill >= 0) {
        HPDF_Page_ClosePath(page);
    }
    end_area(page, pen, fill);
}

void
lk_pdf_fill_scaled(LkPdf *pdf, HPDF_Page page, LkRect rect, int n, const char *path)
{
    HPDF_Page_GSave(page);
    HPDF_Page_Concat(page, (HPDF_REAL)(rect.w * PT_PER_MM / n), 0, 0,
                     (HPDF_REAL)(-rect.h * PT_PER_MM / n), to_pt(rect.x),
                     to_pt_y(rect.y));
    write_raw(pdf, page, path);
    write_raw(pdf, page, "f\n");
    HPDF_Page_GRestore(page);
}

/* --- Form XObjects, made with the object layer that libharu exports: its public API
 * has none. While one is drawn, the page's content stream is swapped for the form's.
 * -------- */

LkPdfForm
lk_pdf_form_begin(LkPdf *pdf, HPDF_Page page)
{
    LkPdfForm begun = {NULL, NULL};
    if (page == NULL || pdf->status != HPDF_OK) {
        return begun;
    }
    begun.form = HPDF_DictStream_New(pdf->doc->mmgr, pdf->doc->xref);
    if (begun.form == NULL) {
        return begun;
    }
    HPDF_Dict_AddName(begun.form, "Type", "XObject");
    HPDF_Dict_AddName(begun.form, "Subtype", "Form");
    HPDF_Box whole = {0, 0, to_pt(LK_PAGE_WIDTH_MM), to_pt(LK_PAGE_HEIGHT_MM)};
    HPDF_Dict_Add(begun.form, "BBox", HPDF_Box_Array_New(pdf->doc->mmgr, whole));
    begun.form->filter = HPDF_STREAM_FILTER_FLATE_DECODE;
    begun.form->header.obj_class |= HPDF_OSUBCLASS_XOBJECT;
    HPDF_PageAttr attr = page->attr;
    begun.page_stream = attr->stream;
    attr->stream = begun.form->stream;
    return begun;
}

HPDF_XObject
lk_pdf_form_end(LkPdf *pdf, HPDF_Page page, LkPdfForm begun)
{
    if (begun.form == NULL) {
        return NULL;
    }
    HPDF_PageAttr attr = page->attr;
    attr->stream = begun.page_stream;
    HPDF_Dict resources = HPDF_Dict_New(pdf->doc->mmgr);
    HPDF_Dict fonts = HPDF_Dict_New(pdf->doc->mmgr);
    HPDF_Dict_Add(begun.form, "Resources", resources);
    HPDF_Dict_Add(resources, "Font", fonts);
    for (int face = 0; face < LK_N_FACES; face++) {
        const char *name = HPDF_Page_GetLocalFontName(page, pdf->faces[face]);
        HPDF_Dict_Add(fonts, name, pdf->faces[face]);
    }
    return begun.form;
}

/* --- The file. ----------------------------------------------------------------------
 */

/* What a person can do about a file that cannot be written. */
static const char *
advice(int reason)
{
    switch (reason) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return _("free some space, or choose another disk");
    case EACCES:
    case EPERM:
    case EROFS:
        return _("choose a folder you may write to");
    case ENOENT:
    case ENOTDIR:
        return _("create the folder first, or correct its name");
    default:
        return _("choose another folder or disk");
    }
}

static bool
fail_file(const char *path, int reason, GError **error)
{
    g_set_error(error, LK_RENDER_ERROR, LK_RENDER_ERROR_FILE,
                _("%s: cannot be written: %s; %s"), path, lk_errno_text(reason),
                advice(reason));
    return false;
}

static bool
fail_pdf(const LkPdf *pdf, GError **error)
{
    if (pdf->status == HPDF_FAILD_TO_ALLOC_MEM) {
        g_set_error_literal(error, LK_RENDER_ERROR, LK_RENDER_ERROR_PDF,
                            _("not enough memory to make the PDF: print fewer case "
                              "files at a time"));
    } else {
        g_set_error(error, LK_RENDER_ERROR, LK_RENDER_ERROR_PDF,
                    _("the PDF could not be made: libharu error 0x%04lX, detail %lu; "
                      "please report it"),
                    (unsigned long)pdf->status, (unsigned long)pdf->detail);
    }
    return false;
}

static bool
write_all(int fd, const HPDF_BYTE *data, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, data, length);
        if (written < 0 && errno != EINTR) {
            return false;
        }
        if (written > 0) {
            data += written;
            length -= (size_t)written;
        }
    }
    return true;
}

/* libharu's own writer forgets errors of fclose(): a disk that fills up in the last
 * buffer would go unnoticed. So it saves to memory, and we write that. */
static bool
write_document(const LkPdf *pdf, int fd)
{
    HPDF_Stream stream = pdf->doc->stream;
    HPDF_UINT n = HPDF_MemStream_GetBufCount(stream);
    for (HPDF_UINT i = 0; i < n; i++) {
        HPDF_UINT length = 0;
        const HPDF_BYTE *data = HPDF_MemStream_GetBufPtr(stream, i, &length);
        if (!write_all(fd, data, length)) {
            return false;
        }
    }
    return fsync(fd) == 0;
}

/* A rename is on disk once its folder is. Filesystems that cannot sync a folder say
 * EINVAL; there is nothing more to be done on them. */
static bool
sync_folder(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    int fd = g_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (fd < 0) {
        return false;
    }
    bool ok = fsync(fd) == 0 || errno == EINVAL;
    int reason = errno;
    close(fd);
    errno = reason;
    return ok;
}

/* The rename would put a file in the place of a device or a pipe. */
static bool
is_replaceable(const char *path, GError **error)
{
    GStatBuf status;
    if (g_stat(path, &status) != 0 || S_ISREG(status.st_mode)) {
        return true;
    }
    g_set_error(error, LK_RENDER_ERROR, LK_RENDER_ERROR_FILE,
                S_ISDIR(status.st_mode)
                    ? _("%s: is a folder; give the name of the PDF to write in it")
                    : _("%s: is not a plain file; give the name of a PDF to write"),
                path);
    return false;
}

bool
lk_pdf_save(LkPdf *pdf, const char *path, GError **error)
{
    if (!is_replaceable(path, error)) {
        return false;
    }
    if (pdf->status != HPDF_OK || HPDF_SaveToStream(pdf->doc) != HPDF_OK) {
        return fail_pdf(pdf, error);
    }
    g_autofree char *temporary = g_strconcat(path, ".XXXXXX", NULL);
    int fd = g_mkstemp_full(temporary, O_RDWR | O_CLOEXEC, 0666);
    if (fd < 0) {
        return fail_file(path, errno, error);
    }
    bool ok = write_document(pdf, fd);
    int reason = errno;
    if (close(fd) != 0 && ok) {
        ok = false;
        reason = errno;
    }
    if (ok && g_rename(temporary, path) != 0) {
        ok = false;
        reason = errno;
    }
    if (!ok) {
        g_unlink(temporary);
        return fail_file(path, reason, error);
    }
    return sync_folder(path) ? true : fail_file(path, errno, error);
}
