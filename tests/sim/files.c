/* files.c - images as scanners and phones write them. */
#include "tests/sim/sim.h"

#include <errno.h>
#include <hpdf.h>
#include <math.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>
/* jpeglib.h wants stdio.h before it */
#include <jpeglib.h>

static void
write_exif(struct jpeg_compress_struct *jpeg, int orientation)
{
    /* One TIFF directory with one entry: tag 274, SHORT, 1 value. */
    uint8_t block[] = {'E',  'x',  'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1,
                       0x01, 0x12, 0,   3,   0, 0, 0,   1,   0, 0,  0, 0, 0, 0, 0, 0};
    block[25] = (uint8_t)orientation;
    jpeg_write_marker(jpeg, JPEG_APP0 + 1, block, sizeof block);
}

/* @small: a better code table, for a second pass over the page. */
static GBytes *
encode(const SimImage *image, int quality, bool small)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *data = NULL;
    unsigned long size = 0;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &data, &size);
    jpeg.image_width = (JDIMENSION)image->width;
    jpeg.image_height = (JDIMENSION)image->height;
    jpeg.input_components = image->channels;
    jpeg.in_color_space = image->channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, quality, TRUE);
    jpeg.optimize_coding = small;
    jpeg.density_unit = 1;
    jpeg.X_density = (UINT16)lrint(image->dpi);
    jpeg.Y_density = jpeg.X_density;
    jpeg_start_compress(&jpeg, TRUE);
    if (image->exif != 0) {
        write_exif(&jpeg, image->exif);
    }
    size_t stride = (size_t)image->width * (size_t)image->channels;
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW row = image->pixels + jpeg.next_scanline * stride;
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    return g_bytes_new_with_free_func(data, size, free, data);
}

GBytes *
sim_jpeg(const SimImage *image, int quality)
{
    return encode(image, quality, true);
}

static uint8_t *
decode_grey(GBytes *file, size_t n)
{
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&jpeg);
    gsize size = 0;
    const unsigned char *data = g_bytes_get_data(file, &size);
    jpeg_mem_src(&jpeg, data, size);
    (void)jpeg_read_header(&jpeg, TRUE);
    jpeg.out_color_space = JCS_GRAYSCALE;
    jpeg_start_decompress(&jpeg);
    g_assert((size_t)jpeg.output_width * jpeg.output_height == n);
    uint8_t *grey = g_malloc(n);
    while (jpeg.output_scanline < jpeg.output_height) {
        JSAMPROW row = grey + (size_t)jpeg.output_scanline * jpeg.output_width;
        jpeg_read_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_decompress(&jpeg);
    jpeg_destroy_decompress(&jpeg);
    return grey;
}

/* Pixels turned as EXIF @image->exif asks: 8, 3, 6 for 270, 180, 90 clockwise. */
static void
undo_exif(SimImage *image)
{
    if (image->exif <= 1) {
        image->exif = 0;
        return;
    }
    int w = image->width;
    int h = image->height;
    uint8_t *out = g_malloc((gsize)w * (gsize)h);
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
            size_t to =
                image->exif == 3 ? (size_t)(h - 1 - y) * (size_t)w + (size_t)(w - 1 - x)
                : image->exif == 6 ? (size_t)x * (size_t)h + (size_t)(h - 1 - y)
                                   : (size_t)(w - 1 - x) * (size_t)h + (size_t)y;
            out[to] = image->pixels[(size_t)y * (size_t)w + (size_t)x];
        }
    }
    g_free(image->pixels);
    image->pixels = out;
    if (image->exif != 3) {
        image->width = h;
        image->height = w;
    }
    image->exif = 0;
}

void
sim_as_scanned(SimImage *image, int quality)
{
    if (image->bilevel) {
        return; /* G4 loses nothing */
    }
    if (quality > 0) {
        g_autoptr(GBytes) file = encode(image, quality, false);
        g_free(image->pixels);
        image->pixels = decode_grey(file, (size_t)image->width * (size_t)image->height);
        image->channels = 1;
    }
    undo_exif(image);
}

LkImage
sim_image_view(const SimImage *image)
{
    return (LkImage){image->width, image->height, (size_t)image->width, image->pixels,
                     image->bilevel};
}

bool
sim_write_jpeg(const SimImage *image, int quality, const char *path, GError **error)
{
    g_autoptr(GBytes) file = sim_jpeg(image, quality);
    gsize size = 0;
    const char *data = g_bytes_get_data(file, &size);
    return g_file_set_contents(path, data, (gssize)size, error);
}

bool
sim_write_png(const SimImage *image, const char *path, GError **error)
{
    png_image png = {.version = PNG_IMAGE_VERSION,
                     .width = (png_uint_32)image->width,
                     .height = (png_uint_32)image->height,
                     .format = image->channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY};
    if (png_image_write_to_file(&png, path, 0, image->pixels, 0, NULL) == 0) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s", path,
                    png.message);
        return false;
    }
    return true;
}

static void
remember(HPDF_STATUS status, HPDF_STATUS detail, void *data)
{
    (void)detail;
    HPDF_STATUS *first = data;
    *first = *first == 0 ? status : *first;
}

static void
add_page(HPDF_Doc pdf, const SimImage *image, int quality)
{
    g_autoptr(GBytes) file = sim_jpeg(image, quality);
    gsize size = 0;
    const HPDF_BYTE *data = g_bytes_get_data(file, &size);
    HPDF_Image picture = HPDF_LoadJpegImageFromMem(pdf, data, (HPDF_UINT)size);
    float width = (float)(image->width * 72.0 / image->dpi);
    float height = (float)(image->height * 72.0 / image->dpi);
    HPDF_Page page = HPDF_AddPage(pdf);
    HPDF_Page_SetWidth(page, width);
    HPDF_Page_SetHeight(page, height);
    HPDF_Page_DrawImage(page, picture, 0, 0, width, height);
}

bool
sim_write_pdf(const GPtrArray *images, int quality, const char *path, GError **error)
{
    HPDF_STATUS first = 0;
    HPDF_Doc pdf = HPDF_New(remember, &first);
    for (guint i = 0; i < images->len; i++) {
        add_page(pdf, g_ptr_array_index(images, i), quality);
    }
    HPDF_SaveToFile(pdf, path);
    HPDF_Free(pdf);
    if (first != 0) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: libharu %lx", path,
                    (unsigned long)first);
        return false;
    }
    return true;
}

static void
write_g4(TIFF *tiff, const SimImage *image)
{
    uint32_t width = (uint32_t)image->width;
    uint32_t height = (uint32_t)image->height;
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, width);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, height);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 1);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_CCITTFAX4);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE);
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, height);
    TIFFSetField(tiff, TIFFTAG_XRESOLUTION, image->dpi);
    TIFFSetField(tiff, TIFFTAG_YRESOLUTION, image->dpi);
    TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
    uint8_t *bits = g_malloc((width + 7) / 8);
    for (uint32_t y = 0; y < height; y++) {
        memset(bits, 0, (width + 7) / 8);
        const uint8_t *row = image->pixels + (size_t)y * width;
        for (uint32_t x = 0; x < width; x++) {
            if (row[x] < 128) {
                bits[x / 8] = (uint8_t)(bits[x / 8] | (0x80u >> (x % 8)));
            }
        }
        TIFFWriteScanline(tiff, bits, y, 0);
    }
    g_free(bits);
    TIFFWriteDirectory(tiff);
}

bool
sim_write_tiff(const GPtrArray *images, const char *path, GError **error)
{
    TIFF *tiff = TIFFOpen(path, "w");
    if (tiff == NULL) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s", path,
                    g_strerror(errno));
        return false;
    }
    for (guint i = 0; i < images->len; i++) {
        write_g4(tiff, g_ptr_array_index(images, i));
    }
    TIFFClose(tiff);
    return true;
}
