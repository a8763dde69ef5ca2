/* jpeg.c - JPEG to grey through libjpeg-turbo; also the DCT streams of PDF files. */
#include "scan/decode.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

#define EXIF_MARKER (JPEG_APP0 + 1)

/* A corrupt last row of blocks is below the page's last line of print. */
#define TOLERATED_ROWS 16

/* More passes than any encoder writes; each costs a walk over the whole image. */
#define MAX_SCANS 100

typedef struct {
    struct jpeg_decompress_struct jpeg; /* first: libjpeg hands us its address */
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    struct jpeg_source_mgr source;
    jmp_buf escape;
    int fault_row;   /* first row that is not what was scanned, or -1 */
    bool ended;      /* the data ran out before the end marker */
    uint8_t *line;   /* four-ink samples of a row */
    GError *problem; /* ours: over the limits */
} Reader;

static void
escape(j_common_ptr jpeg)
{
    Reader *reader = (Reader *)jpeg;
    longjmp(reader->escape, 1);
}

static void
note_fault(Reader *reader)
{
    if (reader->fault_row < 0) {
        reader->fault_row = (int)reader->jpeg.output_scanline;
    }
}

/** libjpeg mends what it can and says so by a warning: half a page would pass. */
static void
judge_message(j_common_ptr jpeg, int level)
{
    if (level >= 0) {
        return;
    }
    switch (jpeg->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA: /* padding between segments */
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR:
    case JWRN_TOO_MUCH_DATA:
        return;
    default:
        note_fault((Reader *)jpeg);
    }
}

static void
say_nothing(j_common_ptr jpeg)
{
    (void)jpeg;
}

static void
limit_scans(j_common_ptr jpeg)
{
    if (jpeg->is_decompressor &&
        ((j_decompress_ptr)jpeg)->input_scan_number > MAX_SCANS) {
        escape(jpeg);
    }
}

/* --- Source: the bytes, then an end marker for ever. -------------------------------
 */

static void
source_nothing(j_decompress_ptr jpeg)
{
    (void)jpeg;
}

static boolean
source_end(j_decompress_ptr jpeg)
{
    static const JOCTET end[2] = {0xff, JPEG_EOI};
    ((Reader *)jpeg)->ended = true;
    jpeg->src->next_input_byte = end;
    jpeg->src->bytes_in_buffer = sizeof end;
    return TRUE;
}

static void
source_skip(j_decompress_ptr jpeg, long n)
{
    if (n <= 0) {
        return;
    }
    if ((size_t)n >= jpeg->src->bytes_in_buffer) {
        source_end(jpeg);
        return;
    }
    jpeg->src->next_input_byte += n;
    jpeg->src->bytes_in_buffer -= (size_t)n;
}

static void
set_up(Reader *reader, const uint8_t *data, size_t len)
{
    reader->jpeg.err = jpeg_std_error(&reader->errors);
    reader->errors.error_exit = escape;
    reader->errors.emit_message = judge_message;
    reader->errors.output_message = say_nothing;
    reader->fault_row = -1;
    jpeg_create_decompress(&reader->jpeg);
    reader->progress.progress_monitor = limit_scans;
    reader->jpeg.progress = &reader->progress;
    reader->source =
        (struct jpeg_source_mgr){.next_input_byte = data,
                                 .bytes_in_buffer = len,
                                 .init_source = source_nothing,
                                 .fill_input_buffer = source_end,
                                 .skip_input_data = source_skip,
                                 .resync_to_restart = jpeg_resync_to_restart,
                                 .term_source = source_nothing};
    reader->jpeg.src = &reader->source;
}

/* --- EXIF orientation. --------------------------------------------------------------
 */

static unsigned
number(const uint8_t *at, int bytes, bool little)
{
    unsigned value = 0;
    for (int i = 0; i < bytes; i++) {
        value = value << 8 | at[little ? bytes - 1 - i : i];
    }
    return value;
}

/** Tag 0x0112 in the first directory (EXIF 2.3, 4.6.2): 1..8, or 1 if there is none. */
static int
orientation_in(const uint8_t *exif, size_t len)
{
    if (len < 14 || memcmp(exif, "Exif\0\0", 6) != 0) {
        return 1;
    }
    const uint8_t *tiff = exif + 6;
    size_t left = len - 6;
    bool little = memcmp(tiff, "II", 2) == 0;
    size_t at = number(tiff + 4, 4, little);
    if (at > left - 2) {
        return 1;
    }
    unsigned entries = number(tiff + at, 2, little);
    at += 2;
    for (; entries > 0 && at + 12 <= left; entries--, at += 12) {
        if (number(tiff + at, 2, little) == 0x0112) {
            unsigned value = number(tiff + at + 8, 2, little);
            return value >= 1 && value <= 8 ? (int)value : 1;
        }
    }
    return 1;
}

static int
orientation_of(const struct jpeg_decompress_struct *jpeg)
{
    for (jpeg_saved_marker_ptr m = jpeg->marker_list; m != NULL; m = m->next) {
        if (m->marker == EXIF_MARKER && m->data_length >= 6 &&
            memcmp(m->data, "Exif\0\0", 6) == 0) {
            return orientation_in(m->data, m->data_length);
        }
    }
    return 1;
}

/* --- Rows. ---------------------------------------------------------------------------
 */

static void
read_grey(Reader *reader, uint8_t *rows, size_t stride)
{
    struct jpeg_decompress_struct *jpeg = &reader->jpeg;
    enum { BATCH = 16 };
    JSAMPROW batch[BATCH];
    while (jpeg->output_scanline < jpeg->output_height) {
        JDIMENSION n = MIN(BATCH, jpeg->output_height - jpeg->output_scanline);
        for (JDIMENSION i = 0; i < n; i++) {
            batch[i] = rows + stride * (jpeg->output_scanline + i);
        }
        jpeg_read_scanlines(jpeg, batch, n);
    }
}

/** Adobe stores ink upside down: 255 is none. */
static void
read_inks(Reader *reader, uint8_t *rows, size_t stride, bool upside_down)
{
    struct jpeg_decompress_struct *jpeg = &reader->jpeg;
    unsigned flip = upside_down ? 255 : 0;
    while (jpeg->output_scanline < jpeg->output_height) {
        uint8_t *row = rows + stride * jpeg->output_scanline;
        JSAMPROW line = reader->line;
        jpeg_read_scanlines(jpeg, &line, 1);
        for (JDIMENSION x = 0; x < jpeg->output_width; x++, line += 4) {
            row[x] = lk_luma_cmyk(line[0] ^ flip, line[1] ^ flip, line[2] ^ flip,
                                  line[3] ^ flip);
        }
    }
}

static void
invert(uint8_t *rows, size_t stride, int height)
{
    for (size_t i = 0; i < stride * (size_t)height; i++) {
        rows[i] = (uint8_t)~rows[i];
    }
}

/**
 * The part that libjpeg may leave by longjmp: everything it holds is in @reader, and
 * no variable of this function is needed afterwards.
 */
static bool
read_page(Reader *reader, const LkJpegUse *use, LkCanvas *canvas)
{
    struct jpeg_decompress_struct *jpeg = &reader->jpeg;
    if (setjmp(reader->escape) != 0) {
        return false;
    }
    jpeg_save_markers(jpeg, EXIF_MARKER, 0xffff);
    jpeg_read_header(jpeg, TRUE);
    bool inks = jpeg->num_components == 4;
    jpeg->out_color_space = inks ? JCS_CMYK : JCS_GRAYSCALE;
    LkRaster raster = use->raster;
    raster.width = (int)jpeg->image_width;
    raster.height = (int)jpeg->image_height;
    if (use->trust_exif) {
        raster.orientation = orientation_of(jpeg);
    }
    size_t stride = 0;
    uint8_t *rows = lk_canvas_begin(canvas, &raster, &stride, &reader->problem);
    if (rows == NULL) {
        return false;
    }
    jpeg_start_decompress(jpeg);
    if (inks) {
        reader->line = g_malloc((size_t)jpeg->output_width * 4);
        read_inks(reader, rows, stride,
                  use->in_pdf ? use->inverted : jpeg->saw_Adobe_marker != 0);
    } else {
        read_grey(reader, rows, stride);
        if (use->inverted) {
            invert(rows, stride, raster.height);
        }
    }
    return true;
}

static bool
is_whole(const Reader *reader)
{
    const struct jpeg_decompress_struct *jpeg = &reader->jpeg;
    if (reader->ended && jpeg->buffered_image == FALSE && jpeg->progressive_mode) {
        return false; /* refining passes are missing */
    }
    return reader->fault_row < 0 ||
           (!jpeg->progressive_mode &&
            reader->fault_row + TOLERATED_ROWS >= (int)jpeg->output_height);
}

bool
lk_jpeg_decode(const uint8_t *data, size_t len, const LkJpegUse *use, LkCanvas *canvas,
               GError **error)
{
    Reader *reader = g_new0(Reader, 1);
    set_up(reader, data, len);
    bool done = read_page(reader, use, canvas);
    bool whole = done && is_whole(reader);
    GError *problem = g_steal_pointer(&reader->problem);
    bool ended = reader->ended;
    jpeg_destroy_decompress(&reader->jpeg);
    g_free(reader->line);
    g_free(reader);
    if (whole) {
        return lk_canvas_end(canvas, error);
    }
    return lk_canvas_fail(problem, ended, error);
}

/* --- A JPEG file. --------------------------------------------------------------------
 */

static void *
open_jpeg(const LkInput *input, int *n_pages, GError **rest, GError **error)
{
    (void)rest;
    (void)error;
    *n_pages = 1;
    return g_memdup2(input, sizeof *input);
}

static bool
page_jpeg(void *state, int index, LkCanvas *canvas, GError **error)
{
    (void)index;
    const LkInput *input = state;
    static const LkJpegUse use = {.raster = {.orientation = 1}, .trust_exif = true};
    return lk_jpeg_decode(input->data, input->len, &use, canvas, error);
}

const LkFormat lk_format_jpeg = {open_jpeg, page_jpeg, g_free, lk_input_cut};
