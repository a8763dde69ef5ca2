/* png-write.c - a page image as a PNG file: whole, or not there. */
#include "scan/decode.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <string.h>
#include <sys/stat.h>

#include <png.h>

#define METRES_PER_INCH 0.0254

/* A page that is cut out is waited for. */
#define CUT_LEVEL 1

static void
append(png_structp png, png_bytep bytes, size_t n)
{
    g_byte_array_append(png_get_io_ptr(png), bytes, (guint)n);
}

static void
flush_nothing(png_structp png)
{
    (void)png;
}

static void
fail(png_structp png, png_const_charp message)
{
    (void)message;
    png_longjmp(png, 1);
}

static void
say_nothing(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

/* Pixels on their way into a file. */
typedef struct {
    int width, height;
    int colour; /* PNG_COLOR_TYPE_… */
    size_t stride;
    const uint8_t *pixels;
    double dpi; /* 0: not told */
    int mode;   /* of the file */
    bool bilevel;
    int level; /* of compression, as zlib counts; -1: its usual */
} Picture;

/* Eight pixels a byte, 1 is white. */
static void
pack_row(const uint8_t *row, int width, uint8_t *bits)
{
    memset(bits, 0, (size_t)(width + 7) / 8);
    for (int x = 0; x < width; x++) {
        bits[x / 8] = (uint8_t)(bits[x / 8] | (row[x] >> 7) << (7 - x % 8));
    }
}

/* Where the bytes go, and room for a row. */
typedef struct {
    png_rw_ptr write;
    void *to;
    uint8_t *bits;
} Sink;

/* The part that libpng may leave by longjmp. */
static bool
encode(png_structp png, png_infop info, const Picture *picture, const Sink *sink)
{
    if (setjmp(png_jmpbuf(png)) != 0) {
        return false;
    }
    png_set_write_fn(png, sink->to, sink->write, flush_nothing);
    if (picture->level >= 0) {
        png_set_compression_level(png, picture->level);
    }
    png_set_IHDR(png, info, (png_uint_32)picture->width, (png_uint_32)picture->height,
                 picture->bilevel ? 1 : 8, picture->colour, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (picture->dpi > 0) {
        png_uint_32 per_metre = (png_uint_32)(picture->dpi / METRES_PER_INCH + 0.5);
        png_set_pHYs(png, info, per_metre, per_metre, PNG_RESOLUTION_METER);
    }
    png_write_info(png, info);
    for (int y = 0; y < picture->height; y++) {
        const uint8_t *row = picture->pixels + picture->stride * (size_t)y;
        if (picture->bilevel) {
            pack_row(row, picture->width, sink->bits);
            png_write_row(png, sink->bits);
        } else {
            png_write_row(png, row);
        }
    }
    png_write_end(png, info);
    return true;
}

static bool
write_to(const Picture *picture, png_rw_ptr write, void *to)
{
    png_structp png =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, fail, say_nothing);
    g_assert(png != NULL);
    png_infop info = png_create_info_struct(png);
    g_assert(info != NULL);
    g_autofree uint8_t *bits = g_malloc((size_t)picture->width / 8 + 1);
    Sink sink = {write, to, bits};
    bool encoded = encode(png, info, picture, &sink);
    png_destroy_write_struct(&png, &info);
    return encoded;
}

/* The rename would put a file in the place of a device or a pipe. */
static bool
is_replaceable(const char *path, GError **error)
{
    GStatBuf status;
    if (g_stat(path, &status) != 0 || S_ISREG(status.st_mode)) {
        return true;
    }
    g_set_error(error, LK_SCAN_ERROR, LK_SCAN_ERROR_WRITE,
                S_ISDIR(status.st_mode)
                    ? _("%s: is a folder; give the name of the picture to write in it")
                    : _("%s: is not a plain file; give the name of a picture to write"),
                path);
    return false;
}

static bool
write_png(const Picture *picture, const char *path, GError **error)
{
    g_return_val_if_fail(picture->width > 0 && picture->height > 0 && picture->dpi > 0,
                         false);
    if (!is_replaceable(path, error)) {
        return false;
    }
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    if (!write_to(picture, append, bytes)) {
        g_set_error(error, LK_SCAN_ERROR, LK_SCAN_ERROR_WRITE,
                    _("%s: the picture cannot be made: not enough memory"), path);
        return false;
    }
    g_autoptr(GError) reason = NULL;
    if (!g_file_set_contents_full(path, (const char *)bytes->data, (gssize)bytes->len,
                                  G_FILE_SET_CONTENTS_CONSISTENT, picture->mode,
                                  &reason)) {
        g_set_error(error, LK_SCAN_ERROR, LK_SCAN_ERROR_WRITE,
                    _("%s: cannot be written: %s"), path, lk_error_text(reason));
        return false;
    }
    return true;
}

static Picture
grey_picture(const LkImage *image, double dpi)
{
    return (Picture){.width = image->width,
                     .height = image->height,
                     .colour = PNG_COLOR_TYPE_GRAY,
                     .stride = image->stride,
                     .pixels = image->pixels,
                     .dpi = dpi,
                     .mode = 0600,
                     .level = -1};
}

bool
lk_image_write_png(const LkImage *image, double dpi, const char *path, GError **error)
{
    Picture picture = grey_picture(image, dpi);
    return write_png(&picture, path, error);
}

/* As large as it can get: it never moves, which would leave a copy behind. */
static guint
most_bytes(const LkImage *image)
{
    return (guint)image->width * (guint)image->height * 9 / 8 + 65536;
}

GByteArray *
lk_image_png(const LkImage *image, double dpi, GError **error)
{
    Picture picture = grey_picture(image, dpi);
    GByteArray *bytes = g_byte_array_sized_new(most_bytes(image));
    if (!write_to(&picture, append, bytes)) {
        explicit_bzero(bytes->data, bytes->len);
        g_byte_array_unref(bytes);
        g_set_error_literal(error, LK_SCAN_ERROR, LK_SCAN_ERROR_WRITE,
                            _("the picture cannot be made: not enough memory"));
        return NULL;
    }
    return bytes;
}

static void
put_cut(png_structp png, png_bytep bytes, size_t n)
{
    if (!lk_cut_put(png_get_io_ptr(png), bytes, n)) {
        png_error(png, "full");
    }
}

bool
lk_cut_picture(const LkImage *image, LkCut *cut)
{
    Picture picture = {.width = image->width,
                       .height = image->height,
                       .colour = PNG_COLOR_TYPE_GRAY,
                       .stride = image->stride,
                       .pixels = image->pixels,
                       .bilevel = image->bilevel,
                       .level = CUT_LEVEL};
    return write_to(&picture, put_cut, cut);
}

LkRgb *
lk_rgb_new(int width, int height)
{
    LkRgb *picture = g_new(LkRgb, 1);
    gsize size = (gsize)width * (gsize)height * 3;
    *picture = (LkRgb){width, height, g_malloc(size)};
    memset(picture->pixels, 255, size);
    return picture;
}

void
lk_rgb_free(LkRgb *picture)
{
    if (picture != NULL) {
        g_free(picture->pixels);
        g_free(picture);
    }
}

bool
lk_rgb_write_png(const LkRgb *rgb, double dpi, const char *path, GError **error)
{
    Picture picture = {.width = rgb->width,
                       .height = rgb->height,
                       .colour = PNG_COLOR_TYPE_RGB,
                       .stride = (size_t)rgb->width * 3,
                       .pixels = rgb->pixels,
                       .dpi = dpi,
                       .mode = 0600,
                       .level = -1};
    return write_png(&picture, path, error);
}
