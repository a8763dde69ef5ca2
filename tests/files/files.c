/* files.c - see files.h. */
#include "tests/files/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jpeglib.h>
#include <png.h>
#include <tiffio.h>
#include <zlib.h>

/* --- The picture.
 * --------------------------------------------------------------------------- */

uint8_t
picture_block(int column, int row, bool bilevel)
{
    static const uint8_t grey[PICTURE_ROWS][PICTURE_COLUMNS] = {
        {255, 0, 250, 40, 200}, {10, 230, 90, 245, 60}, {180, 30, 220, 110, 240},
        {70, 205, 15, 190, 25}, {235, 50, 160, 5, 225}, {100, 215, 20, 210, 80},
        {0, 185, 45, 170, 140},
    };
    uint8_t value = grey[row][column];
    return bilevel ? (value >= 128 ? 255 : 0) : value;
}

static uint8_t
upright(int x, int y, bool bilevel)
{
    return picture_block(x / PICTURE_BLOCK, y / PICTURE_BLOCK, bilevel);
}

/** EXIF 2.3, 4.6.4 A: which side of the scene the 0th row and column are. */
static uint8_t
stored_at(int sx, int sy, int orientation, bool bilevel)
{
    int right = PICTURE_W - 1;
    int bottom = PICTURE_H - 1;
    switch (orientation) {
    case 2: /* row 0 top, column 0 right */
        return upright(right - sx, sy, bilevel);
    case 3: /* bottom, right */
        return upright(right - sx, bottom - sy, bilevel);
    case 4: /* bottom, left */
        return upright(sx, bottom - sy, bilevel);
    case 5: /* left, top */
        return upright(sy, sx, bilevel);
    case 6: /* right, top */
        return upright(right - sy, sx, bilevel);
    case 7: /* right, bottom */
        return upright(right - sy, bottom - sx, bilevel);
    case 8: /* left, bottom */
        return upright(sy, bottom - sx, bilevel);
    default:
        return upright(sx, sy, bilevel);
    }
}

Stored
picture_stored(int orientation, bool bilevel)
{
    bool turned = orientation >= 5;
    Stored s = {.width = turned ? PICTURE_H : PICTURE_W,
                .height = turned ? PICTURE_W : PICTURE_H};
    s.grey = g_malloc((size_t)s.width * (size_t)s.height);
    for (int y = 0; y < s.height; y++) {
        for (int x = 0; x < s.width; x++) {
            s.grey[(size_t)y * (size_t)s.width + (size_t)x] =
                stored_at(x, y, orientation, bilevel);
        }
    }
    return s;
}

Stored
picture_large(int times, bool bilevel)
{
    Stored s = {.width = PICTURE_W * times, .height = PICTURE_H * times};
    s.grey = g_malloc((size_t)s.width * (size_t)s.height);
    for (int y = 0; y < s.height; y++) {
        for (int x = 0; x < s.width; x++) {
            s.grey[(size_t)y * (size_t)s.width + (size_t)x] =
                upright(x / times, y / times, bilevel);
        }
    }
    return s;
}

void
stored_clear(Stored *stored)
{
    g_clear_pointer(&stored->grey, g_free);
}

static const uint8_t *
row_of(const Stored *s, int y)
{
    return s->grey + (size_t)y * (size_t)s->width;
}

/* --- JPEG.
 * ------------------------------------------------------------------------------------
 */

static void
write_exif(struct jpeg_compress_struct *jpeg, int orientation)
{
    uint8_t little[] = {'E', 'x',  'i', 'f', 0,
                        0,   'I',  'I', 42,  0,
                        8,   0,    0,   0,   1,
                        0,   0x12, 1,   3,   0,
                        1,   0,    0,   0,   (uint8_t)orientation,
                        0,   0,    0,   0,   0,
                        0,   0};
    uint8_t big[] = {
        'E', 'x', 'i', 'f', 0,    0, 'M', 'M', 0, 42, 0, 0, 0,
        8,   0,   1,   1,   0x12, 0, 3,   0,   0, 0,  1, 0, (uint8_t)orientation,
        0,   0,   0,   0,   0,    0};
    jpeg_write_marker(jpeg, JPEG_APP0 + 1, orientation % 2 == 0 ? big : little,
                      sizeof little);
}

static void
jpeg_row(const uint8_t *grey, int width, JpegKind kind, uint8_t *row)
{
    for (int x = 0; x < width; x++) {
        if (kind == JPEG_COLOUR) {
            memset(row + (size_t)x * 3, grey[x], 3);
        } else if (kind == JPEG_INKS) {
            /* Adobe's way: 255 is no ink; all of the picture in black. */
            memset(row + (size_t)x * 4, 255, 3);
            row[(size_t)x * 4 + 3] = grey[x];
        } else {
            row[x] = grey[x];
        }
    }
}

GByteArray *
file_jpeg(const Stored *picture, JpegKind kind, int exif)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    unsigned long len = 0;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, &len);
    jpeg.image_width = (JDIMENSION)picture->width;
    jpeg.image_height = (JDIMENSION)picture->height;
    jpeg.input_components = kind == JPEG_COLOUR ? 3 : kind == JPEG_INKS ? 4 : 1;
    jpeg.in_color_space = kind == JPEG_COLOUR ? JCS_RGB
                          : kind == JPEG_INKS ? JCS_CMYK
                                              : JCS_GRAYSCALE;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, 95, TRUE);
    if (kind == JPEG_INKS) {
        jpeg_set_colorspace(&jpeg, JCS_YCCK); /* writes Adobe's marker */
    }
    if (kind == JPEG_PROGRESSIVE) {
        jpeg_simple_progression(&jpeg);
    }
    jpeg_start_compress(&jpeg, TRUE);
    if (exif != 0) {
        write_exif(&jpeg, exif);
    }
    g_autofree uint8_t *row = g_malloc((size_t)picture->width * 4);
    for (int y = 0; y < picture->height; y++) {
        jpeg_row(row_of(picture, y), picture->width, kind, row);
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    GByteArray *file = g_byte_array_new();
    g_byte_array_append(file, bytes, (guint)len);
    free(bytes);
    return file;
}

/* --- PNG.
 * ---------------------------------------------------------------------------------------
 */

static void
png_bytes(png_structp png, png_bytep data, size_t len)
{
    g_byte_array_append(png_get_io_ptr(png), data, (guint)len);
}

static void
png_row(const uint8_t *grey, int width, PngKind kind, uint8_t *row)
{
    memset(row, 0, (size_t)width * 4);
    for (int x = 0; x < width; x++) {
        uint8_t *to = row;
        switch (kind) {
        case PNG_GREY16:
            to += (size_t)x * 2;
            to[0] = to[1] = grey[x];
            break;
        case PNG_BILEVEL:
            row[x / 8] = (uint8_t)(row[x / 8] | (grey[x] >= 128) << (7 - x % 8));
            break;
        case PNG_RGB:
            memset(to + (size_t)x * 3, grey[x], 3);
            break;
        case PNG_PALETTE:
            row[x] = (uint8_t)(255 - grey[x]); /* the palette runs backwards */
            break;
        case PNG_ALPHA:
            to[(size_t)x * 4 + 3] = (uint8_t)(255 - grey[x]);
            break;
        case PNG_GREY_ALPHA:
            to[(size_t)x * 2 + 1] = (uint8_t)(255 - grey[x]);
            break;
        default:
            row[x] = grey[x];
        }
    }
}

GByteArray *
file_png(const Stored *picture, PngKind kind)
{
    static const int types[PNG_KINDS] = {
        [PNG_RGB] = PNG_COLOR_TYPE_RGB,
        [PNG_PALETTE] = PNG_COLOR_TYPE_PALETTE,
        [PNG_ALPHA] = PNG_COLOR_TYPE_RGB_ALPHA,
        [PNG_GREY_ALPHA] = PNG_COLOR_TYPE_GRAY_ALPHA,
    };
    GByteArray *file = g_byte_array_new();
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_set_write_fn(png, file, png_bytes, NULL);
    int depth = kind == PNG_GREY16 ? 16 : kind == PNG_BILEVEL ? 1 : 8;
    png_set_IHDR(png, info, (png_uint_32)picture->width, (png_uint_32)picture->height,
                 depth, types[kind],
                 kind == PNG_INTERLACED ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_color palette[256];
    for (int i = 0; i < 256; i++) {
        png_byte grey = (png_byte)(255 - i);
        palette[i] = (png_color){grey, grey, grey};
    }
    if (kind == PNG_PALETTE) {
        png_set_PLTE(png, info, palette, 256);
    }
    png_write_info(png, info);
    size_t size = (size_t)picture->width * 4;
    g_autofree uint8_t *rows = g_malloc(size * (size_t)picture->height);
    g_autofree png_bytep *lines = g_new(png_bytep, picture->height);
    for (int y = 0; y < picture->height; y++) {
        lines[y] = rows + size * (size_t)y;
        png_row(row_of(picture, y), picture->width, kind, lines[y]);
    }
    png_write_image(png, lines);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return file;
}

/* --- TIFF.
 * ---------------------------------------------------------------------------------------
 */

/** A row as stored, @channel of three planes or all in one. */
static void
tiff_row(const uint8_t *grey, int width, const TiffKind *kind, uint8_t *row)
{
    bool white_is_0 = kind->photometric == PHOTOMETRIC_MINISWHITE;
    memset(row, 0, (size_t)width * 6 + 8);
    for (int x = 0; x < width; x++) {
        uint8_t value = white_is_0 || kind->photometric == PHOTOMETRIC_PALETTE
                            ? (uint8_t)(255 - grey[x])
                            : grey[x];
        if (kind->bits == 1) {
            row[x / 8] = (uint8_t)(row[x / 8] | (value >= 128) << (7 - x % 8));
        } else if (kind->bits == 4) {
            row[x / 2] = (uint8_t)(row[x / 2] | (value >> 4) << (x % 2 == 0 ? 4 : 0));
        } else if (kind->rgb && !kind->planar) {
            memset(row + (size_t)x * 3, value, 3);
        } else if (kind->bits == 16) {
            memset(row + (size_t)x * 2, value, 2);
        } else {
            row[x] = value;
        }
    }
}

static void
tiff_tags(TIFF *tiff, const Stored *picture, const TiffKind *kind)
{
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, picture->width);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, picture->height);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, kind->bits);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, kind->rgb ? 3 : 1);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, kind->compression);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, kind->photometric);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG,
                 kind->planar ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);
    if (kind->orientation != 0) {
        TIFFSetField(tiff, TIFFTAG_ORIENTATION, kind->orientation);
    }
    if (kind->x_dpi > 0) {
        TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
        TIFFSetField(tiff, TIFFTAG_XRESOLUTION, kind->x_dpi);
        TIFFSetField(tiff, TIFFTAG_YRESOLUTION, kind->y_dpi);
    }
    if (kind->photometric == PHOTOMETRIC_PALETTE) {
        uint16_t ramp[256];
        for (int i = 0; i < 256; i++) {
            ramp[i] = (uint16_t)((255 - i) * 257);
        }
        TIFFSetField(tiff, TIFFTAG_COLORMAP, ramp, ramp, ramp);
    }
    if (kind->photometric == PHOTOMETRIC_YCBCR) {
        TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
        TIFFSetField(tiff, TIFFTAG_JPEGQUALITY, 95);
    }
    if (kind->tiled) {
        TIFFSetField(tiff, TIFFTAG_TILEWIDTH, 32);
        TIFFSetField(tiff, TIFFTAG_TILELENGTH, 32);
    } else {
        TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP,
                     kind->rows_a_strip != 0 ? kind->rows_a_strip : picture->height);
    }
}

static void
tiff_tiles(TIFF *tiff, const Stored *picture)
{
    uint8_t tile[32 * 32];
    for (int top = 0; top < picture->height; top += 32) {
        for (int left = 0; left < picture->width; left += 32) {
            for (int i = 0; i < 32 * 32; i++) {
                int x = MIN(left + i % 32, picture->width - 1);
                int y = MIN(top + i / 32, picture->height - 1);
                tile[i] = row_of(picture, y)[x];
            }
            TIFFWriteTile(tiff, tile, (uint32_t)left, (uint32_t)top, 0, 0);
        }
    }
}

GByteArray *
file_tiff(const Stored *pictures, int n, const TiffKind *kind)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("lk-XXXXXX.tif", &path, NULL);
    g_assert_cmpint(fd, >=, 0);
    TIFF *tiff = TIFFFdOpen(fd, path, kind->mode != NULL ? kind->mode : "w");
    for (int i = 0; i < n; i++) {
        tiff_tags(tiff, &pictures[i], kind);
        g_autofree uint8_t *row = g_malloc((size_t)pictures[i].width * 6 + 8);
        if (kind->tiled) {
            tiff_tiles(tiff, &pictures[i]);
        }
        for (int plane = 0; !kind->tiled && plane < (kind->planar ? 3 : 1); plane++) {
            for (int y = 0; y < pictures[i].height; y++) {
                tiff_row(row_of(&pictures[i], y), pictures[i].width, kind, row);
                g_assert_cmpint(
                    TIFFWriteScanline(tiff, row, (uint32_t)y, (uint16_t)plane), ==, 1);
            }
        }
        TIFFWriteDirectory(tiff);
    }
    TIFFClose(tiff);
    g_autofree char *bytes = NULL;
    gsize len = 0;
    g_assert_true(g_file_get_contents(path, &bytes, &len, NULL));
    (void)remove(path);
    GByteArray *file = g_byte_array_new();
    g_byte_array_append(file, (const guint8 *)bytes, (guint)len);
    return file;
}

GByteArray *
fax_stream(const Stored *picture, int k)
{
    TiffKind kind = {.compression =
                         k < 0 ? COMPRESSION_CCITTFAX4 : COMPRESSION_CCITTFAX3,
                     .bits = 1,
                     .photometric = PHOTOMETRIC_MINISWHITE};
    g_autoptr(GByteArray) file = file_tiff(picture, 1, &kind);
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("lk-XXXXXX.tif", &path, NULL);
    g_assert_cmpint(fd, >=, 0);
    g_assert_true(g_file_set_contents(path, (const char *)file->data, file->len, NULL));
    (void)close(fd);
    TIFF *tiff = TIFFOpen(path, "r");
    uint64_t *offsets = NULL;
    uint64_t *counts = NULL;
    g_assert_cmpint(TIFFGetField(tiff, TIFFTAG_STRIPOFFSETS, &offsets), ==, 1);
    g_assert_cmpint(TIFFGetField(tiff, TIFFTAG_STRIPBYTECOUNTS, &counts), ==, 1);
    GByteArray *stream = g_byte_array_new();
    g_byte_array_append(stream, file->data + offsets[0], (guint)counts[0]);
    TIFFClose(tiff);
    (void)remove(path);
    return stream;
}

/* --- PDF.
 * --------------------------------------------------------------------------------------------
 */

static void put(PdfFile *pdf, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
put(PdfFile *pdf, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_byte_array_append(pdf->bytes, (const guint8 *)text, (guint)strlen(text));
}

PdfFile *
pdf_new(void)
{
    PdfFile *pdf = g_new0(PdfFile, 1);
    pdf->bytes = g_byte_array_new();
    pdf->offsets = g_array_new(FALSE, FALSE, sizeof(guint));
    put(pdf, "%%PDF-1.7\n%%\xe2\xe3\xcf\xd3\n");
    return pdf;
}

int
pdf_add(PdfFile *pdf, const char *dict, const void *stream, size_t len)
{
    g_array_append_val(pdf->offsets, pdf->bytes->len);
    put(pdf, "%u 0 obj\n", pdf->offsets->len);
    if (stream == NULL) {
        put(pdf, "%s\nendobj\n", dict);
        return (int)pdf->offsets->len;
    }
    put(pdf, "<< %s /Length %zu >>\nstream\n", dict, len);
    g_byte_array_append(pdf->bytes, stream, (guint)len);
    put(pdf, "\nendstream\nendobj\n");
    return (int)pdf->offsets->len;
}

GByteArray *
pdf_end(PdfFile *pdf, int root)
{
    guint at = pdf->bytes->len;
    put(pdf, "xref\n0 %u\n0000000000 65535 f \n", pdf->offsets->len + 1);
    for (guint i = 0; i < pdf->offsets->len; i++) {
        put(pdf, "%010u 00000 n \n", g_array_index(pdf->offsets, guint, i));
    }
    put(pdf, "trailer\n<< /Size %u /Root %d 0 R >>\nstartxref\n%u\n%%%%EOF\n",
        pdf->offsets->len + 1, root, at);
    GByteArray *bytes = pdf->bytes;
    g_array_unref(pdf->offsets);
    g_free(pdf);
    return bytes;
}

/* One graphics state that changes nothing, and one that does. */
#define STATES                                                                         \
    "/ExtGState << /GS0 << /Type /ExtGState /SA true /ca 1 /BM /Normal >> "            \
    "/GS1 << /ca 0.5 >> >>"

GByteArray *
file_pdf(int width, int height, const GByteArray *stream, const PdfKind *kind)
{
    PdfFile *pdf = pdf_new();
    g_autofree char *image =
        g_strdup_printf("/Type /XObject /Subtype /Image /Width %d /Height %d %s", width,
                        height, kind->image);
    g_autofree char *box = kind->box != NULL
                               ? g_strdup(kind->box)
                               : g_strdup_printf("[0 0 %d %d]", width, height);
    g_autofree char *contents =
        kind->contents != NULL
            ? g_strdup(kind->contents)
            : g_strdup_printf("q %d 0 0 %d 0 0 cm /Im0 Do Q", width, height);
    int copies = MAX(1, kind->copies);
    g_autoptr(GString) kids = g_string_new(NULL);
    int pages = 4 * copies + 1; /* image, contents, resources, page: four a page */
    for (int i = 0; i < copies; i++) {
        int im = pdf_add(pdf, image, stream->data, stream->len);
        int co = pdf_add(pdf, "", contents, strlen(contents));
        g_autofree char *resources =
            kind->objects != NULL
                ? g_strdup_printf("<< /XObject << %s >> " STATES " >>", kind->objects)
                : g_strdup_printf("<< /XObject << /Im0 %d 0 R >> " STATES " >>", im);
        int re = pdf_add(pdf, resources, NULL, 0);
        g_autofree char *page = g_strdup_printf(
            "<< /Type /Page /Parent %d 0 R /MediaBox %s /Contents %d 0 R /Resources %d "
            "0 R %s >>",
            pages, box, co, re, kind->page != NULL ? kind->page : "");
        g_string_append_printf(kids, "%d 0 R ", pdf_add(pdf, page, NULL, 0));
    }
    g_autofree char *tree =
        g_strdup_printf("<< /Type /Pages /Kids [%s] /Count %d >>", kids->str, copies);
    g_assert_cmpint(pdf_add(pdf, tree, NULL, 0), ==, pages);
    g_autofree char *catalog =
        g_strdup_printf("<< /Type /Catalog /Pages %d 0 R %s >>", pages,
                        kind->catalog != NULL ? kind->catalog : "");
    int root = pdf_add(pdf, catalog, NULL, 0);
    return pdf_end(pdf, root);
}

GByteArray *
deflated(const void *data, size_t len)
{
    uLongf room = compressBound(len);
    GByteArray *out = g_byte_array_new();
    g_byte_array_set_size(out, (guint)room);
    g_assert_cmpint(compress2(out->data, &room, data, len, 6), ==, Z_OK);
    g_byte_array_set_size(out, (guint)room);
    return out;
}
