/* pdf-image.c - an image out of a PDF to grey, without rendering the page. */
#include "scan/flate.h"
#include "scan/pdf.h"
#include "scan/samples.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    qpdf_data qpdf;
    qpdf_oh stream, dict;
    const LkPdfPlace *place;
    int width, height, bits;
    bool is_mask, inverted; /* by /Decode */
    int n_filters;
    char filter[24]; /* the last one */
    qpdf_oh parms;   /* of the last one; may be null */
    LkSamples samples;
} Image;

/* --- Dictionary.
 * --------------------------------------------------------------------------- */

/** Long or short spelling: inline images' names do turn up in XObjects. */
static qpdf_oh
get(const Image *im, const char *key)
{
    return qpdf_oh_get_key(im->qpdf, im->dict, key);
}

static int
get_int(qpdf_data qpdf, qpdf_oh dict, const char *key, int otherwise)
{
    qpdf_oh value = qpdf_oh_get_key_if_dict(qpdf, dict, key);
    int n = otherwise;
    return qpdf_oh_get_value_as_int(qpdf, value, &n) ? n : otherwise;
}

static bool
get_bool(qpdf_data qpdf, qpdf_oh dict, const char *key)
{
    QPDF_BOOL value = QPDF_FALSE;
    qpdf_oh object = qpdf_oh_get_key_if_dict(qpdf, dict, key);
    return qpdf_oh_get_value_as_bool(qpdf, object, &value) && value;
}

static bool
is_present(const Image *im, const char *key)
{
    return qpdf_oh_has_key(im->qpdf, im->dict, key) &&
           !qpdf_oh_is_null(im->qpdf, get(im, key));
}

static void
read_filters(Image *im)
{
    qpdf_data q = im->qpdf;
    qpdf_oh filter = get(im, "/Filter");
    qpdf_oh parms = get(im, "/DecodeParms");
    im->n_filters = qpdf_oh_is_name(q, filter) ? 1 : 0;
    if (qpdf_oh_is_array(q, filter)) {
        im->n_filters = qpdf_oh_get_array_n_items(q, filter);
        if (im->n_filters > 0) {
            filter = qpdf_oh_get_array_item(q, filter, im->n_filters - 1);
        }
        if (im->n_filters > 0 && qpdf_oh_is_array(q, parms)) {
            parms = qpdf_oh_get_array_item(q, parms, im->n_filters - 1);
        }
    } else if (qpdf_oh_is_array(q, parms) && qpdf_oh_get_array_n_items(q, parms) > 0) {
        parms = qpdf_oh_get_array_item(q, parms, 0);
    }
    im->parms = parms;
    if (im->n_filters > 0 && qpdf_oh_is_name(q, filter)) {
        g_strlcpy(im->filter, qpdf_oh_get_name(q, filter), sizeof im->filter);
    }
}

/** @return whether /Decode says "as is" or "the opposite", for all channels alike. */
static bool
read_decode(Image *im)
{
    qpdf_data q = im->qpdf;
    qpdf_oh decode = get(im, "/Decode");
    int n = qpdf_oh_is_array(q, decode) ? qpdf_oh_get_array_n_items(q, decode) : 0;
    bool indexed = im->samples.kind == LK_SAMPLES_TABLE && !im->is_mask;
    double top = 1;
    for (int i = 0; i + 1 < MIN(n, 8); i += 2) {
        double low = qpdf_oh_get_numeric_value(q, qpdf_oh_get_array_item(q, decode, i));
        double high =
            qpdf_oh_get_numeric_value(q, qpdf_oh_get_array_item(q, decode, i + 1));
        bool opposite = low > high;
        top = MAX(low, high);
        if (MIN(low, high) != 0 || (i > 0 && opposite != im->inverted)) {
            return false;
        }
        im->inverted = opposite;
    }
    /* A palette's default is 0 to the highest index. */
    return top == 1 || (indexed && !im->inverted && top == (1 << im->bits) - 1);
}

/* --- Colour space.
 * --------------------------------------------------------------------------- */

static bool
set_channels(Image *im, int channels)
{
    im->samples.channels = channels;
    im->samples.kind = channels == 1   ? LK_SAMPLES_TABLE
                       : channels == 3 ? LK_SAMPLES_RGB
                                       : LK_SAMPLES_CMYK;
    if (channels == 1) {
        lk_samples_ramp(&im->samples, false);
    }
    return channels == 1 || channels == 3 || channels == 4;
}

static int
channels_of_name(const char *name)
{
    static const struct {
        const char *name;
        int channels;
    } known[] = {{"/DeviceGray", 1}, {"/CalGray", 1}, {"/G", 1},    {"/DeviceRGB", 3},
                 {"/CalRGB", 3},     {"/RGB", 3},     {"/CMYK", 4}, {"/DeviceCMYK", 4}};
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        if (strcmp(known[i].name, name) == 0) {
            return known[i].channels;
        }
    }
    return 0;
}

static bool read_space(Image *im, qpdf_oh space, int depth);

static uint8_t
grey_of_entry(const uint8_t *entry, LkSamplesKind base)
{
    return base == LK_SAMPLES_TABLE ? entry[0]
           : base == LK_SAMPLES_RGB
               ? lk_luma(entry[0], entry[1], entry[2])
               : lk_luma_cmyk(entry[0], entry[1], entry[2], entry[3]);
}

static void
fill_table(Image *im, const uint8_t *bytes, size_t len)
{
    LkSamplesKind base = im->samples.kind;
    size_t step = (size_t)im->samples.channels;
    for (size_t i = 0; i < 256; i++) {
        im->samples.table[i] =
            (i + 1) * step <= len ? grey_of_entry(bytes + i * step, base) : 0;
    }
    im->samples.kind = LK_SAMPLES_TABLE;
    im->samples.channels = 1;
}

static bool
read_indexed(Image *im, qpdf_oh space, int depth)
{
    qpdf_data q = im->qpdf;
    if (qpdf_oh_get_array_n_items(q, space) < 4 ||
        !read_space(im, qpdf_oh_get_array_item(q, space, 1), depth + 1)) {
        return false;
    }
    qpdf_oh table = qpdf_oh_get_array_item(q, space, 3);
    if (qpdf_oh_is_string(q, table)) {
        size_t len = 0;
        const char *bytes = qpdf_oh_get_binary_string_value(q, table, &len);
        fill_table(im, (const uint8_t *)bytes, len);
        return true;
    }
    unsigned char *bytes = NULL;
    size_t len = 0;
    if (!qpdf_oh_is_stream(q, table) ||
        qpdf_oh_get_stream_data(q, table, qpdf_dl_generalized, NULL, &bytes, &len) !=
            QPDF_SUCCESS) {
        return false;
    }
    fill_table(im, bytes, len);
    free(bytes);
    return true;
}

static bool
read_space(Image *im, qpdf_oh space, int depth)
{
    qpdf_data q = im->qpdf;
    if (depth > 4) {
        return false;
    }
    if (qpdf_oh_is_name(q, space)) {
        char name[64];
        g_strlcpy(name, qpdf_oh_get_name(q, space), sizeof name);
        int channels = channels_of_name(name);
        if (channels > 0) {
            return set_channels(im, channels);
        }
        qpdf_oh named = qpdf_oh_get_key_if_dict(q, im->place->resources, "/ColorSpace");
        return read_space(im, qpdf_oh_get_key_if_dict(q, named, name), depth + 1);
    }
    if (!qpdf_oh_is_array(q, space) || qpdf_oh_get_array_n_items(q, space) < 1) {
        return false;
    }
    qpdf_oh family = qpdf_oh_get_array_item(q, space, 0);
    if (qpdf_oh_is_name_and_equals(q, family, "/ICCBased")) {
        qpdf_oh profile = qpdf_oh_get_array_item(q, space, 1);
        return qpdf_oh_is_stream(q, profile) &&
               set_channels(im, get_int(q, qpdf_oh_get_dict(q, profile), "/N", 0));
    }
    if (qpdf_oh_is_name_and_equals(q, family, "/Indexed") ||
        qpdf_oh_is_name_and_equals(q, family, "/I")) {
        return depth == 0 && read_indexed(im, space, depth);
    }
    return qpdf_oh_is_name(q, family) && read_space(im, family, depth + 1);
}

/* --- Streams.
 * ------------------------------------------------------------------------------------
 */

typedef struct {
    unsigned char *bytes; /* malloc'd by qpdf */
    size_t len;
} Data;

static bool
stream_data(qpdf_data q, qpdf_oh stream, enum qpdf_stream_decode_level_e level,
            Data *data)
{
    QPDF_BOOL filtered = QPDF_FALSE;
    QPDF_ERROR_CODE code =
        qpdf_oh_get_stream_data(q, stream, level, &filtered, &data->bytes, &data->len);
    bool fine = (code & QPDF_ERRORS) == 0 && (level == qpdf_dl_none || filtered);
    if (!fine) {
        free(data->bytes);
        data->bytes = NULL;
    }
    return fine;
}

/** The bytes before the last filter: a JPEG or fax stream. */
static bool
packed_data(const Image *im, Data *data)
{
    qpdf_data q = im->qpdf;
    if (!stream_data(q, im->stream, qpdf_dl_none, data) || im->n_filters == 1) {
        return data->bytes != NULL;
    }
    qpdf_oh filters = qpdf_oh_new_array(q);
    qpdf_oh parms = qpdf_oh_new_array(q);
    qpdf_oh old_parms = get(im, "/DecodeParms");
    for (int i = 0; i < im->n_filters - 1; i++) {
        qpdf_oh_append_item(q, filters,
                            qpdf_oh_get_array_item(q, get(im, "/Filter"), i));
        qpdf_oh_append_item(q, parms,
                            qpdf_oh_is_array(q, old_parms)
                                ? qpdf_oh_get_array_item(q, old_parms, i)
                                : qpdf_oh_new_null(q));
    }
    qpdf_oh outer = qpdf_oh_new_stream(q);
    qpdf_oh_replace_stream_data(q, outer, data->bytes, data->len, filters, parms);
    free(data->bytes);
    *data = (Data){0};
    return stream_data(q, outer, qpdf_dl_specialized, data);
}

void
lk_pdf_kept_clear(LkPdfKept *kept)
{
    free(kept->bytes);
    *kept = (LkPdfKept){0};
}

/** @data, decoded, are not needed here any more. */
static void
keep_or_free(const Image *im, Data *data)
{
    LkPdfKept *kept = im->place->kept;
    if (kept == NULL || im->n_filters != 1) {
        free(data->bytes);
        return;
    }
    lk_pdf_kept_clear(kept);
    *kept = (LkPdfKept){qpdf_oh_get_object_id(im->qpdf, im->stream),
                        qpdf_oh_get_generation(im->qpdf, im->stream), data->bytes,
                        data->len};
}

static LkPdfResult
damaged(GError **error)
{
    g_set_error_literal(error, LK_SCAN_ERROR, LK_SCAN_ERROR_DAMAGED,
                        _("the picture of this page is damaged or cut off: copy the "
                          "file again, or scan the page again"));
    return LK_PDF_BAD;
}

static LkPdfResult
decode_dct(const Image *im, LkCanvas *canvas, GError **error)
{
    if (get_int(im->qpdf, im->parms, "/ColorTransform", 1) == 0) {
        return LK_PDF_CANNOT;
    }
    Data data = {0};
    if (!packed_data(im, &data)) {
        return damaged(error);
    }
    LkJpegUse use = {
        .raster = im->place->raster, .in_pdf = true, .inverted = im->inverted};
    bool done = lk_jpeg_decode(data.bytes, data.len, &use, canvas, error);
    keep_or_free(im, &data);
    return done ? LK_PDF_DONE : LK_PDF_BAD;
}

static LkPdfResult
decode_fax(const Image *im, LkCanvas *canvas, GError **error)
{
    qpdf_data q = im->qpdf;
    LkFaxUse use = {.raster = im->place->raster,
                    .columns = get_int(q, im->parms, "/Columns", 1728),
                    .rows = im->height,
                    .k = get_int(q, im->parms, "/K", 0)};
    /* libtiff wants Group 3 lines to end in their mark, and Group 4 without gaps. */
    bool has_marks = get_bool(q, im->parms, "/EndOfLine");
    if ((use.k >= 0 && !has_marks) || get_bool(q, im->parms, "/EncodedByteAlign") ||
        use.columns != im->width || im->bits != 1 || im->samples.channels != 1) {
        return LK_PDF_CANNOT;
    }
    /* A run of black is 0 unless BlackIs1; the table says which of 0 and 1 is dark. */
    bool black = get_bool(q, im->parms, "/BlackIs1");
    use.inverted = im->samples.table[black] > im->samples.table[!black];
    if (!lk_samples_is_bilevel(&im->samples)) {
        return LK_PDF_CANNOT;
    }
    Data data = {0};
    if (!packed_data(im, &data)) {
        return damaged(error);
    }
    bool done = lk_fax_decode(data.bytes, data.len, &use, canvas, error);
    keep_or_free(im, &data);
    return done ? LK_PDF_DONE : LK_PDF_BAD;
}

/** One Flate filter: unpacked a row at a time. */
static bool
read_flate(const Image *im, size_t bytes, uint8_t *rows, size_t stride)
{
    Data data = {0};
    if (!stream_data(im->qpdf, im->stream, qpdf_dl_none, &data)) {
        return false;
    }
    LkFlate flate;
    bool fine = lk_flate_open(&flate, data.bytes, data.len, bytes, im->samples.channels,
                              im->bits, get_int(im->qpdf, im->parms, "/Predictor", 1));
    for (int y = 0; fine && y < im->height; y++) {
        const uint8_t *row = lk_flate_next(&flate);
        fine = row != NULL;
        if (fine) {
            lk_samples_to_grey(&im->samples, row, im->width, rows + stride * (size_t)y);
        }
    }
    lk_flate_close(&flate);
    keep_or_free(im, &data);
    return fine;
}

/** Any other filters, which qpdf undoes all at once. */
static bool
read_filtered(const Image *im, size_t bytes, uint8_t *rows, size_t stride)
{
    Data data = {0};
    bool fine = stream_data(im->qpdf, im->stream, qpdf_dl_specialized, &data) &&
                data.len >= bytes * (size_t)im->height;
    for (int y = 0; fine && y < im->height; y++) {
        lk_samples_to_grey(&im->samples, data.bytes + bytes * (size_t)y, im->width,
                           rows + stride * (size_t)y);
    }
    free(data.bytes);
    return fine;
}

static bool
is_flate_alone(const Image *im)
{
    qpdf_data q = im->qpdf;
    int predictor = get_int(q, im->parms, "/Predictor", 1);
    bool flate =
        strcmp(im->filter, "/FlateDecode") == 0 || strcmp(im->filter, "/Fl") == 0;
    return im->n_filters == 1 && flate && lk_flate_knows(predictor, im->bits) &&
           (predictor == 1 ||
            (get_int(q, im->parms, "/Colors", 1) == im->samples.channels &&
             get_int(q, im->parms, "/BitsPerComponent", 8) == im->bits &&
             get_int(q, im->parms, "/Columns", 1) == im->width));
}

static LkPdfResult
decode_samples(const Image *im, LkCanvas *canvas, GError **error)
{
    LkRaster raster = im->place->raster;
    raster.width = im->width;
    raster.height = im->height;
    raster.bilevel = lk_samples_is_bilevel(&im->samples);
    size_t bytes = lk_samples_bytes(&im->samples, im->width);
    size_t stride = 0;
    uint8_t *rows = lk_canvas_begin(canvas, &raster, &stride, error);
    if (rows == NULL) {
        return LK_PDF_BAD;
    }
    bool fine = is_flate_alone(im) ? read_flate(im, bytes, rows, stride)
                                   : read_filtered(im, bytes, rows, stride);
    if (!fine) {
        lk_canvas_drop(canvas);
        return damaged(error);
    }
    return lk_canvas_end(canvas, error) ? LK_PDF_DONE : LK_PDF_BAD;
}

/* --- Which way.
 * -----------------------------------------------------------------------------------
 */

static bool
is_known_depth(const Image *im)
{
    bool small = im->bits == 1 || im->bits == 2 || im->bits == 4;
    return im->bits == 8 || im->bits == 16 || (small && im->samples.channels == 1);
}

/** Colours and their meaning; false: a renderer's business. */
static bool
read_meaning(Image *im)
{
    bool masked = is_present(im, "/SMask") || is_present(im, "/Mask");
    if (masked && !im->place->to_check) {
        return false;
    }
    im->is_mask = get_bool(im->qpdf, im->dict, "/ImageMask");
    im->bits = im->is_mask ? 1 : get_int(im->qpdf, im->dict, "/BitsPerComponent", 8);
    if (strcmp(im->filter, "/CCITTFaxDecode") == 0 || strcmp(im->filter, "/CCF") == 0) {
        im->bits = 1;
    }
    im->samples.bits = im->bits;
    bool known = im->is_mask ? (im->place->fill_is_black || im->place->to_check) &&
                                   set_channels(im, 1)
                             : read_space(im, get(im, "/ColorSpace"), 0) ||
                                   (im->place->is_lost && set_channels(im, 1));
    if (!known) {
        return false;
    }
    if (!is_known_depth(im) || !read_decode(im)) {
        return false;
    }
    if (im->inverted && im->samples.kind == LK_SAMPLES_TABLE) {
        int top = (1 << MIN(im->bits, 8)) - 1;
        for (int i = 0; i <= top / 2; i++) {
            uint8_t other = im->samples.table[top - i];
            im->samples.table[top - i] = im->samples.table[i];
            im->samples.table[i] = other;
        }
    }
    im->samples.inverted = im->inverted;
    return true;
}

static bool
is_one_of(const char *name, const char *const *list)
{
    return g_strv_contains(list, name);
}

LkPdfResult
lk_pdf_image_decode(qpdf_data qpdf, qpdf_oh image, const LkPdfPlace *place,
                    LkCanvas *canvas, GError **error)
{
    static const char *const dct[] = {"/DCTDecode", "/DCT", NULL};
    static const char *const fax[] = {"/CCITTFaxDecode", "/CCF", NULL};
    static const char *const plain[] = {"",
                                        "/FlateDecode",
                                        "/Fl",
                                        "/LZWDecode",
                                        "/LZW",
                                        "/ASCII85Decode",
                                        "/A85",
                                        "/AHx",
                                        "/RL",
                                        "/ASCIIHexDecode",
                                        "/RunLengthDecode",
                                        NULL};
    Image im = {.qpdf = qpdf,
                .stream = image,
                .dict = qpdf_oh_get_dict(qpdf, image),
                .place = place};
    im.width = get_int(qpdf, im.dict, "/Width", 0);
    im.height = get_int(qpdf, im.dict, "/Height", 0);
    if (!lk_canvas_fits(canvas, im.width, im.height, error)) {
        return LK_PDF_BAD;
    }
    read_filters(&im);
    if (!read_meaning(&im)) {
        return LK_PDF_CANNOT;
    }
    if (is_one_of(im.filter, dct)) {
        return decode_dct(&im, canvas, error);
    }
    if (is_one_of(im.filter, fax)) {
        return decode_fax(&im, canvas, error);
    }
    return is_one_of(im.filter, plain) ? decode_samples(&im, canvas, error)
                                       : LK_PDF_CANNOT;
}

void
lk_pdf_forget(qpdf_data qpdf)
{
    if (qpdf_has_error(qpdf)) {
        (void)qpdf_get_error(qpdf);
    }
    while (qpdf_more_warnings(qpdf)) {
        (void)qpdf_next_warning(qpdf);
    }
}
