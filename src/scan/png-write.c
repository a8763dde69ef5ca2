/* png-write.c - a page image as a PNG file: whole, or not there. */
#include "scan/scan.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <string.h>
#include <sys/stat.h>

#include <png.h>

#define METRES_PER_INCH 0.0254

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
    double dpi;
    int mode; /* of the file */
} Picture;

/* The part that libpng may leave by longjmp. */
static bool
encode(png_structp png, png_infop info, const Picture *picture, GByteArray *bytes)
{
    if (setjmp(png_jmpbuf(png)) != 0) {
        return false;
    }
    png_uint_32 per_metre = (png_uint_32)(picture->dpi / METRES_PER_INCH + 0.5);
    png_set_write_fn(png, bytes, append, flush_nothing);
    png_set_IHDR(png, info, (png_uint_32)picture->width, (png_uint_32)picture->height,
                 8, picture->colour, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_set_pHYs(png, info, per_metre, per_metre, PNG_RESOLUTION_METER);
    png_write_info(png, info);
    for (int y = 0; y < picture->height; y++) {
        png_write_row(png, picture->pixels + picture->stride * (size_t)y);
    }
    png_write_end(png, info);
    return true;
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
    png_structp png =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, fail, say_nothing);
    g_assert(png != NULL);
    png_infop info = png_create_info_struct(png);
    g_assert(info != NULL);
    bool encoded = encode(png, info, picture, bytes);
    png_destroy_write_struct(&png, &info);
    if (!encoded) {
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

bool
lk_image_write_png(const LkImage *image, double dpi, const char *path, GError **error)
{
    Picture picture = {image->width,  image->height, PNG_COLOR_TYPE_GRAY,
                       image->stride, image->pixels, dpi,
                       0666};
    return write_png(&picture, path, error);
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
    Picture picture = {rgb->width,
                       rgb->height,
                       PNG_COLOR_TYPE_RGB,
                       (size_t)rgb->width * 3,
                       rgb->pixels,
                       dpi,
                       0600};
    return write_png(&picture, path, error);
}
