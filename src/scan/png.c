/* png.c - PNG to grey through libpng; what is transparent is white paper. */
#include "scan/decode.h"

#include <setjmp.h>
#include <string.h>

#include <png.h>

typedef struct {
    png_structp png;
    png_infop info;
    const uint8_t *at;
    size_t left;
    bool ended;
    uint8_t *samples; /* one row, or the whole image if interlaced */
    png_bytep *lines;
    GError *problem; /* ours */
} Reader;

static void
feed(png_structp png, png_bytep to, size_t n)
{
    Reader *reader = png_get_io_ptr(png);
    if (n > reader->left) {
        reader->ended = true;
        png_error(png, "end");
    }
    memcpy(to, reader->at, n);
    reader->at += n;
    reader->left -= n;
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

/** One row of 1 to 4 channels of 8 bits to grey. */
static void
to_grey(const uint8_t *samples, int channels, int width, uint8_t *row)
{
    for (int x = 0; x < width; x++, samples += channels) {
        unsigned grey =
            channels >= 3 ? lk_luma(samples[0], samples[1], samples[2]) : samples[0];
        bool has_alpha = channels == 2 || channels == 4;
        row[x] = has_alpha ? lk_over_white(grey, samples[channels - 1]) : (uint8_t)grey;
    }
}

static void
read_interlaced(Reader *reader, uint8_t *rows, size_t stride, const LkRaster *raster,
                int channels)
{
    size_t bytes = png_get_rowbytes(reader->png, reader->info);
    reader->samples = g_try_malloc(bytes * (size_t)raster->height);
    reader->lines = g_try_new(png_bytep, raster->height);
    if (reader->samples == NULL || reader->lines == NULL) {
        png_error(reader->png, "memory");
    }
    for (int y = 0; y < raster->height; y++) {
        reader->lines[y] = reader->samples + bytes * (size_t)y;
    }
    png_read_image(reader->png, reader->lines);
    for (int y = 0; y < raster->height; y++) {
        to_grey(reader->lines[y], channels, raster->width, rows + stride * (size_t)y);
    }
}

static void
read_rows(Reader *reader, uint8_t *rows, size_t stride, const LkRaster *raster,
          int channels)
{
    if (png_get_interlace_type(reader->png, reader->info) != PNG_INTERLACE_NONE) {
        read_interlaced(reader, rows, stride, raster, channels);
        return;
    }
    reader->samples = g_malloc(png_get_rowbytes(reader->png, reader->info));
    for (int y = 0; y < raster->height; y++) {
        uint8_t *row = rows + stride * (size_t)y;
        png_read_row(reader->png, channels == 1 ? row : reader->samples, NULL);
        if (channels > 1) {
            to_grey(reader->samples, channels, raster->width, row);
        }
    }
}

/** The part that libpng may leave by longjmp: what it holds is in @reader. */
static bool
read_page(Reader *reader, LkCanvas *canvas)
{
    png_structp png = reader->png;
    if (setjmp(png_jmpbuf(png)) != 0) {
        return false;
    }
    png_set_read_fn(png, reader, feed);
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX); /* the canvas judges */
    png_set_chunk_malloc_max(png, 4U << 20);
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_WARN_DISCARD);
    png_read_info(png, reader->info);
    LkRaster raster = {
        .width = (int)png_get_image_width(png, reader->info),
        .height = (int)png_get_image_height(png, reader->info),
        .orientation = 1,
        .bilevel = png_get_bit_depth(png, reader->info) == 1 &&
                   png_get_color_type(png, reader->info) == PNG_COLOR_TYPE_GRAY &&
                   !png_get_valid(png, reader->info, PNG_INFO_tRNS),
    };
    size_t stride = 0;
    uint8_t *rows = lk_canvas_begin(canvas, &raster, &stride, &reader->problem);
    if (rows == NULL) {
        return false;
    }
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, reader->info);
    read_rows(reader, rows, stride, &raster, png_get_channels(png, reader->info));
    return true;
}

static bool
page_png(void *state, int index, LkCanvas *canvas, GError **error)
{
    (void)index;
    const LkInput *input = state;
    Reader *reader = g_new0(Reader, 1);
    reader->at = input->data;
    reader->left = input->len;
    reader->png =
        png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, fail, say_nothing);
    g_assert(reader->png != NULL);
    reader->info = png_create_info_struct(reader->png);
    bool done = read_page(reader, canvas);
    GError *problem = g_steal_pointer(&reader->problem);
    bool ended = reader->ended;
    png_destroy_read_struct(&reader->png, &reader->info, NULL);
    g_free(reader->samples);
    g_free(reader->lines);
    g_free(reader);
    if (done) {
        return lk_canvas_end(canvas, error);
    }
    return lk_canvas_fail(problem, ended, error);
}

static void *
open_png(const LkInput *input, int *n_pages, GError **rest, GError **error)
{
    (void)rest;
    (void)error;
    *n_pages = 1;
    return g_memdup2(input, sizeof *input);
}

const LkFormat lk_format_png = {open_png, page_png, g_free, lk_input_cut};
