/* pdf.c - pages of a PDF: where the image lies, and which way to decode it. */
#include "scan/pdf.h"
#include "scan/content.h"
#include "scan/salvage.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How far an image may stick out of the page, as a share of the page's side, before
 * cutting it off matters. */
#define EDGE_TOLERANCE 0.02

/* Rendered pages: no finer than the caller asks for, and never coarser than the lower
 * limit of a scan. */
#define DPI_LEAST 150.0

/* Of a page that is looked at for its resolution: of a page in thousands of strips, any
 * will do. */
#define MOST_IMAGES 64

typedef struct {
    LkInput input;
    qpdf_data qpdf;
    LkRenderer *renderer;
    int n_pages;
    int last;      /* page decoded last; -1: none */
    bool is_drawn; /* it took the renderer */
    LkPdfKept kept;
    GArray *lost; /* of LkLostImage: the pages, if the document cannot be opened */
} Pdf;

/* --- A page's own data.
 * ---------------------------------------------------------------------- */

static double
number_at(qpdf_data q, qpdf_oh array, int i)
{
    double value = 0;
    qpdf_oh item = qpdf_oh_get_array_item(q, array, i);
    return qpdf_oh_get_value_as_number(q, item, &value) && isfinite(value) ? value : 0;
}

static bool
box_of(qpdf_data q, qpdf_oh page, const char *key, LkRect *box)
{
    qpdf_oh array = lk_pdf_inherited(q, page, key);
    if (!qpdf_oh_is_array(q, array) || qpdf_oh_get_array_n_items(q, array) != 4) {
        return false;
    }
    double x0 = number_at(q, array, 0);
    double y0 = number_at(q, array, 1);
    double x1 = number_at(q, array, 2);
    double y1 = number_at(q, array, 3);
    *box = (LkRect){MIN(x0, x1), MIN(y0, y1), fabs(x1 - x0), fabs(y1 - y0)};
    return box->w > 0 && box->h > 0;
}

static bool
visible_box(qpdf_data q, qpdf_oh page, LkRect *box)
{
    LkRect crop;
    if (!box_of(q, page, "/MediaBox", box)) {
        return false;
    }
    if (box_of(q, page, "/CropBox", &crop) && lk_rect_overlaps(crop, *box)) {
        double x1 = MIN(box->x + box->w, crop.x + crop.w);
        double y1 = MIN(box->y + box->h, crop.y + crop.h);
        box->x = MAX(box->x, crop.x);
        box->y = MAX(box->y, crop.y);
        box->w = x1 - box->x;
        box->h = y1 - box->y;
    }
    return true;
}

static int
rotation_of(qpdf_data q, qpdf_oh page)
{
    int degrees = 0;
    (void)qpdf_oh_get_value_as_int(q, lk_pdf_inherited(q, page, "/Rotate"), &degrees);
    return degrees;
}

/** Stamps and signatures lie over the image; links and notes' windows do not show. */
static bool
has_annotations(qpdf_data q, qpdf_oh page)
{
    qpdf_oh list = qpdf_oh_get_key(q, page, "/Annots");
    int n = qpdf_oh_is_array(q, list) ? qpdf_oh_get_array_n_items(q, list) : 0;
    for (int i = 0; i < n; i++) {
        qpdf_oh kind =
            qpdf_oh_get_key_if_dict(q, qpdf_oh_get_array_item(q, list, i), "/Subtype");
        if (!qpdf_oh_is_name_and_equals(q, kind, "/Link") &&
            !qpdf_oh_is_name_and_equals(q, kind, "/Popup")) {
            return true;
        }
    }
    return false;
}

/* --- Damage. A renderer draws nothing for what is missing: a page too white.
 * ---------- */

static bool
is_dangling(qpdf_data q, qpdf_oh object)
{
    return qpdf_oh_is_indirect(q, object) && qpdf_oh_is_null(q, object);
}

/** Whether the page names contents that the file does not have (any more). */
static bool
is_torn(qpdf_data q, qpdf_oh page)
{
    if (!qpdf_oh_is_dictionary(q, page)) {
        return true;
    }
    qpdf_oh contents = qpdf_oh_get_key(q, page, "/Contents");
    qpdf_oh resources = lk_pdf_inherited(q, page, "/Resources");
    qpdf_oh objects = qpdf_oh_get_key_if_dict(q, resources, "/XObject");
    if (is_dangling(q, contents) || is_dangling(q, objects) ||
        is_dangling(q, qpdf_oh_get_key(q, page, "/Resources"))) {
        return true;
    }
    bool torn = false;
    int n = qpdf_oh_is_array(q, contents) ? qpdf_oh_get_array_n_items(q, contents) : 0;
    for (int i = 0; i < n && !torn; i++) {
        torn = is_dangling(q, qpdf_oh_get_array_item(q, contents, i));
    }
    return torn;
}

static LkPdfResult
torn(GError **error)
{
    g_set_error_literal(error, LK_SCAN_ERROR, LK_SCAN_ERROR_DAMAGED,
                        _("the picture of this page is missing in the PDF: copy the "
                          "file again, or scan the page again"));
    return LK_PDF_BAD;
}

/* --- The fast way: the page is one image.
 * ------------------------------------------------------ */

/** EXIF's number for the way the image matrix lays the unit square, 0 if askew. */
static int
orientation_of(const LkMatrix *m, double *wide, double *high)
{
    bool upright = m->b == 0 && m->c == 0 && m->a != 0 && m->d != 0;
    bool turned = m->a == 0 && m->d == 0 && m->b != 0 && m->c != 0;
    if (upright) {
        *wide = fabs(m->a);
        *high = fabs(m->d);
        return m->d > 0 ? (m->a > 0 ? 1 : 2) : (m->a > 0 ? 4 : 3);
    }
    if (turned) {
        *wide = fabs(m->b);
        *high = fabs(m->c);
        return m->c > 0 ? (m->b > 0 ? 7 : 6) : (m->b > 0 ? 8 : 5);
    }
    return 0;
}

/** Copiers turn by matrices with cos 90° = 6e-17 in them. */
static void
snap(LkMatrix *m)
{
    double scale = MAX(MAX(fabs(m->a), fabs(m->b)), MAX(fabs(m->c), fabs(m->d)));
    double *parts[] = {&m->a, &m->b, &m->c, &m->d};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (fabs(*parts[i]) < scale * 1e-4) {
            *parts[i] = 0;
        }
    }
}

/** Whether all of the image shows, give or take its outermost rim. */
static bool
shows(const LkMatrix *m, LkRect within)
{
    double x0 = m->e + MIN(m->a, 0) + MIN(m->c, 0);
    double y0 = m->f + MIN(m->b, 0) + MIN(m->d, 0);
    LkRect image = {x0, y0, fabs(m->a) + fabs(m->c), fabs(m->b) + fabs(m->d)};
    double rim = EDGE_TOLERANCE * MAX(image.w, image.h);
    return lk_rect_contains(lk_rect_inset(within, -rim), image);
}

static bool
is_image(qpdf_data q, qpdf_oh object)
{
    return qpdf_oh_is_stream(q, object) &&
           qpdf_oh_is_name_and_equals(
               q, qpdf_oh_get_key(q, qpdf_oh_get_dict(q, object), "/Subtype"),
               "/Image");
}

/** Whether a graphics state changes nothing of an image: overprint and stroke
 * adjustment, opacity of 1, the normal way of blending. */
static bool
is_plain_setting(qpdf_data q, qpdf_oh state)
{
    static const char *const idle[] = {"/Type", "/SA", "/OP", "/op", "/OPM", "/AIS",
                                       "/SM",   "/TK", "/LW", "/LC", "/LJ",  "/ML",
                                       "/D",    "/RI", "/FL", NULL};
    g_autoptr(GPtrArray) keys = lk_pdf_keys(q, state);
    bool plain = qpdf_oh_is_dictionary(q, state);
    for (guint i = 0; i < keys->len && plain; i++) {
        const char *key = g_ptr_array_index(keys, i);
        qpdf_oh value = qpdf_oh_get_key(q, state, key);
        if (strcmp(key, "/BM") == 0) {
            plain = qpdf_oh_is_name_and_equals(q, value, "/Normal");
        } else if (strcmp(key, "/SMask") == 0) {
            plain = qpdf_oh_is_name_and_equals(q, value, "/None");
        } else if (g_ascii_strcasecmp(key, "/ca") == 0) {
            plain =
                qpdf_oh_is_number(q, value) && qpdf_oh_get_numeric_value(q, value) == 1;
        } else {
            plain = g_strv_contains(idle, key);
        }
    }
    return plain;
}

static bool
has_plain_settings(qpdf_data q, qpdf_oh resources, const LkPdfContent *content)
{
    qpdf_oh states = qpdf_oh_get_key_if_dict(q, resources, "/ExtGState");
    for (int i = 0; i < content->n_settings; i++) {
        qpdf_oh state = qpdf_oh_get_key_if_dict(q, states, content->settings[i]);
        if (!is_plain_setting(q, state)) {
            return false;
        }
    }
    return true;
}

static LkPdfResult
decode_image(Pdf *pdf, qpdf_oh page, LkCanvas *canvas, GError **error)
{
    qpdf_data q = pdf->qpdf;
    LkRect box;
    unsigned char *stream = NULL;
    size_t len = 0;
    if (has_annotations(q, page) || !visible_box(q, page, &box) ||
        (qpdf_oh_get_page_content_data(q, page, &stream, &len) & QPDF_ERRORS) != 0) {
        return LK_PDF_CANNOT;
    }
    LkPdfContent content;
    lk_pdf_content_read(stream, len, &content);
    free(stream);
    if (!content.is_one_image) {
        return LK_PDF_CANNOT;
    }
    snap(&content.place);
    LkPdfPlace place = {.resources = lk_pdf_inherited(q, page, "/Resources"),
                        .fill_is_black = content.fill_is_black,
                        .kept = &pdf->kept};
    int orientation =
        orientation_of(&content.place, &place.raster.extent_w, &place.raster.extent_h);
    if (orientation == 0 || !has_plain_settings(q, place.resources, &content) ||
        !shows(&content.place, box) ||
        (content.has_clip && !shows(&content.place, content.clip))) {
        return LK_PDF_CANNOT;
    }
    place.raster.orientation = lk_orientation_turn(orientation, rotation_of(q, page));
    qpdf_oh objects = qpdf_oh_get_key_if_dict(q, place.resources, "/XObject");
    qpdf_oh image = qpdf_oh_get_key_if_dict(q, objects, content.name);
    if (qpdf_oh_is_null(q, image)) {
        return torn(error);
    }
    if (!is_image(q, image) || qpdf_oh_has_key(q, qpdf_oh_get_dict(q, image), "/OC")) {
        return LK_PDF_CANNOT;
    }
    return lk_pdf_image_decode(q, image, &place, canvas, error);
}

/* --- The general way.
 * ----------------------------------------------------------------------------- */

/** The finest image of the page, as if it lay across all of it: strips and layers do.
 * @names: in the contents: what else the resources have is other pages'. */
static double
finest(qpdf_data q, qpdf_oh resources, GHashTable *names, LkRect box, int depth)
{
    qpdf_oh objects = qpdf_oh_get_key_if_dict(q, resources, "/XObject");
    double dpi = 0;
    if (depth > 2 || names == NULL || !qpdf_oh_is_dictionary(q, objects)) {
        return 0;
    }
    g_autoptr(GPtrArray) keys = lk_pdf_keys(q, objects);
    int n = 0;
    for (guint i = 0; i < keys->len && n < MOST_IMAGES; i++) {
        const char *key = g_ptr_array_index(keys, i);
        qpdf_oh object = qpdf_oh_get_key(q, objects, key);
        if (!g_hash_table_contains(names, key) || !qpdf_oh_is_stream(q, object)) {
            continue;
        }
        n++;
        qpdf_oh dict = qpdf_oh_get_dict(q, object);
        int width = 0;
        int height = 0;
        (void)qpdf_oh_get_value_as_int(q, qpdf_oh_get_key(q, dict, "/Width"), &width);
        (void)qpdf_oh_get_value_as_int(q, qpdf_oh_get_key(q, dict, "/Height"), &height);
        dpi = MAX(dpi, MAX(width / box.w, height / box.h) * 72);
        qpdf_oh inner = qpdf_oh_get_key(q, dict, "/Resources");
        if (qpdf_oh_is_dictionary(q, inner)) {
            g_autoptr(GHashTable) within = lk_pdf_form_names(q, object);
            dpi = MAX(dpi, finest(q, inner, within, box, depth + 1));
        }
    }
    return dpi;
}

/** poppler draws half a JPEG without a word: the images that the page's own contents
 * name are decoded first, to see whether they are whole. */
static bool
is_whole(Pdf *pdf, qpdf_oh page, LkCanvas *canvas, GError **error)
{
    qpdf_data q = pdf->qpdf;
    LkPdfPlace place = {.raster = {.orientation = 1},
                        .resources = lk_pdf_inherited(q, page, "/Resources"),
                        .to_check = true};
    qpdf_oh objects = qpdf_oh_get_key_if_dict(q, place.resources, "/XObject");
    g_autoptr(GHashTable) names = lk_pdf_page_names(q, page);
    g_autoptr(GPtrArray) keys = lk_pdf_keys(q, objects);
    LkPdfResult result = LK_PDF_DONE;
    for (guint i = 0; i < keys->len && result != LK_PDF_BAD; i++) {
        const char *key = g_ptr_array_index(keys, i);
        qpdf_oh object = qpdf_oh_get_key(q, objects, key);
        if (names != NULL && g_hash_table_contains(names, key) && is_image(q, object)) {
            result = lk_pdf_image_decode(q, object, &place, canvas, error);
            lk_canvas_drop(canvas);
        }
    }
    return result != LK_PDF_BAD;
}

static bool
render(Pdf *pdf, qpdf_oh page, int index, LkCanvas *canvas, GError **error)
{
    if (!is_whole(pdf, page, canvas, error)) {
        return false;
    }
    qpdf_data q = pdf->qpdf;
    double unit = 1;
    (void)qpdf_oh_get_value_as_number(q, qpdf_oh_get_key(q, page, "/UserUnit"), &unit);
    unit = isfinite(unit) && unit > 0 && unit < 1000 ? unit : 1;
    LkRect box;
    const double usual = pdf->input.limits->drawn_dpi;
    double dpi = usual;
    if (visible_box(q, page, &box)) {
        g_autoptr(GHashTable) names = lk_pdf_page_names(q, page);
        double own =
            finest(q, lk_pdf_inherited(q, page, "/Resources"), names, box, 0) / unit;
        dpi = own >= DPI_LEAST ? MIN(own, usual) : usual;
    }
    if (pdf->renderer == NULL) {
        pdf->renderer = lk_renderer_new(&pdf->input);
    }
    return lk_renderer_page(pdf->renderer, index, dpi, unit, canvas, error);
}

/* --- A document without its end.
 * ------------------------------------------------------ */

static LkPdfResult
decode_lost(Pdf *pdf, const LkLostImage *lost, LkCanvas *canvas, GError **error)
{
    qpdf_data q = pdf->qpdf;
    g_autofree char *text = lk_salvage_dict(pdf->input.data, lost);
    qpdf_oh dict = qpdf_oh_parse(q, text);
    if (!qpdf_oh_is_dictionary(q, dict)) {
        return torn(error);
    }
    qpdf_oh stream = qpdf_oh_new_stream(q);
    qpdf_oh own = qpdf_oh_get_dict(q, stream);
    g_autoptr(GPtrArray) keys = lk_pdf_keys(q, dict);
    for (guint i = 0; i < keys->len; i++) {
        const char *key = g_ptr_array_index(keys, i);
        qpdf_oh_replace_key(q, own, key, qpdf_oh_get_key(q, dict, key));
    }
    qpdf_oh_replace_stream_data(q, stream, pdf->input.data + lost->data, lost->data_len,
                                qpdf_oh_get_key(q, dict, "/Filter"),
                                qpdf_oh_get_key(q, dict, "/DecodeParms"));
    LkPdfPlace place = {.raster = {.orientation = 1},
                        .resources = qpdf_oh_new_null(q),
                        .fill_is_black = true,
                        .is_lost = true};
    LkPdfResult result = lk_pdf_image_decode(q, stream, &place, canvas, error);
    return result == LK_PDF_CANNOT ? torn(error) : result;
}

/** Opens an empty document, to hold the images that are left of this one. */
static bool
salvage(Pdf *pdf, GError **rest)
{
    g_autoptr(GArray) lost = lk_salvage_find(pdf->input.data, pdf->input.len);
    if (lost->len == 0) {
        return false;
    }
    qpdf_cleanup(&pdf->qpdf);
    pdf->qpdf = qpdf_init();
    qpdf_silence_errors(pdf->qpdf);
    qpdf_set_suppress_warnings(pdf->qpdf, QPDF_TRUE);
    (void)qpdf_empty_pdf(pdf->qpdf);
    pdf->n_pages = (int)lost->len;
    pdf->lost = g_steal_pointer(&lost);
    g_set_error(rest, LK_SCAN_ERROR, LK_SCAN_ERROR_DAMAGED,
                ngettext_("the PDF was not copied to its end: only %d whole page was "
                          "found in it; copy the file again, or scan the pages again",
                          "the PDF was not copied to its end: only %d whole pages were "
                          "found in it; copy the file again, or scan the missing pages "
                          "again",
                          (unsigned long)pdf->n_pages),
                pdf->n_pages);
    return true;
}

static bool
page_pdf(void *state, int index, LkCanvas *canvas, GError **error)
{
    Pdf *pdf = state;
    LkPdfResult result = LK_PDF_CANNOT;
    pdf->last = index;
    pdf->is_drawn = false;
    lk_pdf_kept_clear(&pdf->kept);
    if (pdf->lost != NULL) {
        result = decode_lost(pdf, &g_array_index(pdf->lost, LkLostImage, (guint)index),
                             canvas, error);
    } else {
        qpdf_oh page = qpdf_get_page_n(pdf->qpdf, (size_t)index);
        result = is_torn(pdf->qpdf, page) ? torn(error)
                                          : decode_image(pdf, page, canvas, error);
        if (result == LK_PDF_CANNOT) {
            lk_canvas_drop(canvas);
            pdf->is_drawn = true;
            result = render(pdf, page, index, canvas, error) ? LK_PDF_DONE : LK_PDF_BAD;
        }
    }
    lk_pdf_forget(pdf->qpdf);
    qpdf_oh_release_all(pdf->qpdf);
    return result == LK_PDF_DONE;
}

/** Images that are left of a document are known by their pixels only. */
static bool
cut_pdf(void *state, int index, LkCut *cut)
{
    Pdf *pdf = state;
    if (pdf->lost != NULL || index != pdf->last) {
        return false;
    }
    qpdf_oh page = qpdf_get_page_n(pdf->qpdf, (size_t)index);
    bool done = lk_pdf_cut(pdf->qpdf, page, pdf->is_drawn, &pdf->kept, cut);
    lk_pdf_forget(pdf->qpdf);
    qpdf_oh_release_all(pdf->qpdf);
    return done;
}

/* --- The document.
 * --------------------------------------------------------------------------------- */

static void
close_pdf(void *state)
{
    Pdf *pdf = state;
    lk_renderer_free(pdf->renderer);
    lk_pdf_kept_clear(&pdf->kept);
    lk_pdf_forget(pdf->qpdf); /* else it is printed */
    qpdf_cleanup(&pdf->qpdf);
    if (pdf->lost != NULL) {
        g_array_unref(pdf->lost);
    }
    g_free(pdf);
}

/** Pages that the document counts and does not have were in the part that is lost. */
static int
missing_pages(const Pdf *pdf)
{
    qpdf_data q = pdf->qpdf;
    qpdf_oh pages = qpdf_oh_get_key_if_dict(q, qpdf_get_root(q), "/Pages");
    int count = 0;
    (void)qpdf_oh_get_value_as_int(q, qpdf_oh_get_key_if_dict(q, pages, "/Count"),
                                   &count);
    return MAX(0, count - pdf->n_pages);
}

/** Has qpdf read the tree of pages, a few nodes at a time: it would read them all at
 * once when asked for their number. */
static void
read_tree(Pdf *pdf, qpdf_oh node, int depth, int *n_read)
{
    qpdf_data q = pdf->qpdf;
    qpdf_oh kids = qpdf_oh_get_key_if_dict(q, node, "/Kids");
    int n = qpdf_oh_is_array(q, kids) ? qpdf_oh_get_array_n_items(q, kids) : 0;
    for (int i = 0; i < n && *n_read < pdf->input.limits->max_pages * 2; i++) {
        qpdf_oh kid = qpdf_oh_get_array_item(q, kids, i);
        if (++*n_read % LK_INPUT_BATCH == 0) {
            lk_input_release(&pdf->input);
        }
        if (qpdf_oh_is_dictionary(q, kid) && depth < LK_PDF_MAX_PARENTS) {
            read_tree(pdf, kid, depth + 1, n_read);
        }
        qpdf_oh_release(q, kid);
    }
    qpdf_oh_release(q, kids);
}

static bool
read_document(Pdf *pdf, GError **error)
{
    qpdf_data q = pdf->qpdf;
    qpdf_silence_errors(q);
    qpdf_set_suppress_warnings(q, QPDF_TRUE);
    QPDF_ERROR_CODE code = qpdf_read_memory(q, "scan", (const char *)pdf->input.data,
                                            pdf->input.len, NULL);
    if ((code & QPDF_ERRORS) != 0) {
        enum qpdf_error_code_e why = qpdf_has_error(q)
                                         ? qpdf_get_error_code(q, qpdf_get_error(q))
                                         : qpdf_e_system;
        /* Unsupported is what locks other than passwords are, certificates say. */
        bool password = why == qpdf_e_password || why == qpdf_e_unsupported;
        g_set_error_literal(
            error, LK_SCAN_ERROR,
            password ? LK_SCAN_ERROR_ENCRYPTED : LK_SCAN_ERROR_DAMAGED,
            password ? _("the PDF is locked with a password: switch off encryption on "
                         "the copier and scan again, or save the PDF without password")
                     : _("the PDF is damaged or was not copied to its end: copy it "
                         "again, or scan the pages again"));
        return false;
    }
    int n_read = 0;
    read_tree(pdf, qpdf_oh_get_key_if_dict(q, qpdf_get_root(q), "/Pages"), 0, &n_read);
    pdf->n_pages = qpdf_get_num_pages(q);
    if (pdf->n_pages <= 0) {
        g_set_error_literal(error, LK_SCAN_ERROR, LK_SCAN_ERROR_DAMAGED,
                            _("the PDF is damaged: no page can be found in it; scan "
                              "the pages again"));
        return false;
    }
    return true;
}

static void *
open_pdf(const LkInput *input, int *n_pages, GError **rest, GError **error)
{
    Pdf *pdf = g_new0(Pdf, 1);
    pdf->input = *input;
    pdf->last = -1;
    pdf->qpdf = qpdf_init();
    g_autoptr(GError) problem = NULL;
    if (!read_document(pdf, &problem)) {
        bool locked = g_error_matches(problem, LK_SCAN_ERROR, LK_SCAN_ERROR_ENCRYPTED);
        if (locked || !salvage(pdf, rest)) {
            close_pdf(pdf);
            g_propagate_error(error, g_steal_pointer(&problem));
            return NULL;
        }
    }
    int missing = pdf->lost == NULL ? missing_pages(pdf) : 0;
    if (missing > 0) {
        g_set_error(
            rest, LK_SCAN_ERROR, LK_SCAN_ERROR_DAMAGED,
            ngettext_("the PDF is damaged: %d page of it is lost; scan it again",
                      "the PDF is damaged: %d pages of it are lost; scan them "
                      "again",
                      (unsigned long)missing),
            missing);
    }
    lk_pdf_forget(pdf->qpdf);
    qpdf_oh_release_all(pdf->qpdf);
    *n_pages = pdf->n_pages;
    return pdf;
}

const LkFormat lk_format_pdf = {open_pdf, page_pdf, close_pdf, cut_pdf};
