/* png-write.c - a page image as a PNG file: whole, or not there. */
#include "scan/scan.h"

#include <glib/gstdio.h>
#include <setjmp.h>
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

/* The part that libpng may leave by longjmp. */
static bool
encode(png_structp png, png_infop info, const LkImage *image, double dpi,
       GByteArray *bytes)
{
    if (setjmp(png_jmpbuf(png)) != 0) {
        return false;
    }
    png_uint_32 per_metre = (png_uint_32)(dpi / METRES_PER_INCH + 0.5);
    png_set_write_fn(png, bytes, append, flush_nothing);
    png_set_IHDR(png, info, (png_uint_32)image->width, (png_uint_32)image->height, 8,
                 PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_set_pHYs(png, info, per_metre, per_metre, PNG_RESOLUTION_METER);
    png_write_info(png, info);
    for (int y = 0; y < image->height; y++) {
        png_write_row(png, image->pixels + image->stride * (size_t)y);
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

bool
lk_image_write_png(const LkImage *image, double dpi, const char *path, GError **error)
{
    g_return_val_if_fail(image->width > 0 && image->height > 0 && dpi > 0, false);
    if (!is_replaceable(path, error)) {
        return false;
    }
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    png_structp png =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, fail, say_nothing);
    g_assert(png != NULL);
    png_infop info = png_create_info_struct(png);
    g_assert(info != NULL);
    bool encoded = encode(png, info, image, dpi, bytes);
    png_destroy_write_struct(&png, &info);
    if (!encoded) {
        g_set_error(error, LK_SCAN_ERROR, LK_SCAN_ERROR_WRITE,
                    _("%s: the picture cannot be made: not enough memory"), path);
        return false;
    }
    g_autoptr(GError) reason = NULL;
    if (!g_file_set_contents_full(path, (const char *)bytes->data, (gssize)bytes->len,
                                  G_FILE_SET_CONTENTS_CONSISTENT, 0666, &reason)) {
        g_set_error(error, LK_SCAN_ERROR, LK_SCAN_ERROR_WRITE,
                    _("%s: cannot be written: %s"), path, lk_error_text(reason));
        return false;
    }
    return true;
}
