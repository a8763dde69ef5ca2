/* tiff.c - multi-page TIFF to grey through libtiff; also the fax streams of PDF files,
 * which libtiff reads once they have a TIFF header before them. */
#include "scan/tiff.h"
#include "scan/samples.h"

#include <stdio.h>
#include <string.h>

/* Larger single allocations only serve files that lie about their size. */
#define MAX_ALLOCATION ((tmsize_t)512 << 20)

/* A fault this near the bottom edge costs no print. */
#define TOLERATED_ROWS 8

/* Group 3 goes on after a line that was lost on the telephone; this share (%) of such
 * lines still leaves a page that can be read. */
#define TOLERATED_FAX_PERCENT 2

typedef struct {
    LkInput input;
    size_t at;
    TIFF *tiff;
    int n_pages, current;
    /* What libtiff complained of in this page: */
    int row, fault_row, last_fault_row, n_faults;
} File;

/* --- libtiff's view of memory. -------------------------------------------------------
 */

static tmsize_t
read_bytes(thandle_t handle, void *to, tmsize_t n)
{
    File *file = handle;
    size_t wanted = n > 0 ? (size_t)n : 0;
    size_t got =
        file->at < file->input.len ? MIN(wanted, file->input.len - file->at) : 0;
    if (got > 0) {
        memcpy(to, file->input.data + file->at, got);
    }
    file->at += got;
    return (tmsize_t)got;
}

static tmsize_t
write_bytes(thandle_t handle, void *from, tmsize_t n)
{
    (void)handle;
    (void)from;
    (void)n;
    return -1;
}

static toff_t
seek_to(thandle_t handle, toff_t offset, int whence)
{
    File *file = handle;
    size_t base = whence == SEEK_SET   ? 0
                  : whence == SEEK_CUR ? file->at
                                       : file->input.len;
    file->at = base + (size_t)offset;
    return file->at;
}

static int
close_nothing(thandle_t handle)
{
    (void)handle;
    return 0;
}

static toff_t
size_of(thandle_t handle)
{
    return ((const File *)handle)->input.len;
}

static int
map_file(thandle_t handle, void **base, toff_t *size)
{
    const File *file = handle;
    memcpy(base, &file->input.data,
           sizeof *base); /* not const, but "r" does not write */
    *size = file->input.len;
    return 1;
}

static void
unmap_file(thandle_t handle, void *base, toff_t size)
{
    (void)handle;
    (void)base;
    (void)size;
}

/* --- What it complains of.
 * ------------------------------------------------------------ */

static void
note_fault(File *file)
{
    if (file->fault_row < 0) {
        file->fault_row = file->row;
    }
    if (file->last_fault_row != file->row) {
        file->last_fault_row = file->row;
        file->n_faults++;
    }
}

/** Warnings about tags are no loss; those of the decoders are. */
static int
on_warning(TIFF *tiff, void *user, const char *module, const char *format,
           va_list arguments)
{
    (void)tiff;
    if (module == NULL || format == NULL) {
        return 1;
    }
    if (g_str_has_prefix(module, "Fax")) {
        note_fault(user);
    } else if (g_str_has_prefix(module, "JPEG")) {
        char text[256];
        (void)vsnprintf(text, sizeof text, format, arguments);
        if (strstr(text, "remature") != NULL ||
            (strstr(text, "Corrupt") != NULL && strstr(text, "extraneous") == NULL)) {
            note_fault(user);
        }
    }
    return 1;
}

static int
on_error(TIFF *tiff, void *user, const char *module, const char *format,
         va_list arguments)
{
    (void)tiff;
    (void)module;
    (void)format;
    (void)arguments;
    note_fault(user);
    return 1;
}

static TIFF *
open_memory(File *file)
{
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, MAX_ALLOCATION);
    TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, file);
    TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, file);
    TIFF *tiff =
        TIFFClientOpenExt("scan", "r", file, read_bytes, write_bytes, seek_to,
                          close_nothing, size_of, map_file, unmap_file, options);
    TIFFOpenOptionsFree(options);
    return tiff;
}

/* --- A page.
 * ---------------------------------------------------------------------------- */

typedef struct {
    uint32_t width, height;
    uint16_t bits, channels, photometric, planar, compression, orientation, format;
    bool tiled;
} Tags;

static uint16_t
tag(TIFF *tiff, uint32_t name, uint16_t otherwise)
{
    uint16_t value = 0;
    return TIFFGetFieldDefaulted(tiff, name, &value) == 1 ? value : otherwise;
}

static Tags
tags_of(TIFF *tiff)
{
    Tags tags = {
        .bits = tag(tiff, TIFFTAG_BITSPERSAMPLE, 1),
        .channels = tag(tiff, TIFFTAG_SAMPLESPERPIXEL, 1),
        .planar = tag(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG),
        .compression = tag(tiff, TIFFTAG_COMPRESSION, COMPRESSION_NONE),
        .orientation = tag(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT),
        .format = tag(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT),
        .tiled = TIFFIsTiled(tiff) != 0,
    };
    /* Fax programs leave this out; then 0 is white. */
    tags.photometric = tag(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE);
    (void)TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &tags.width);
    (void)TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &tags.height);
    return tags;
}

static LkAlpha
alpha_of(TIFF *tiff, int channels, int colours)
{
    uint16_t n = 0;
    uint16_t *types = NULL;
    if (channels <= colours ||
        TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &n, &types) != 1 || n == 0 ||
        types == NULL) {
        return LK_ALPHA_NONE;
    }
    return types[0] == EXTRASAMPLE_ASSOCALPHA   ? LK_ALPHA_PREMULTIPLIED
           : types[0] == EXTRASAMPLE_UNASSALPHA ? LK_ALPHA_PLAIN
                                                : LK_ALPHA_NONE;
}

static bool
fill_palette(TIFF *tiff, LkSamples *samples)
{
    uint16_t *red = NULL;
    uint16_t *green = NULL;
    uint16_t *blue = NULL;
    if (samples->bits > 8 ||
        TIFFGetField(tiff, TIFFTAG_COLORMAP, &red, &green, &blue) != 1) {
        return false;
    }
    for (int i = 0; i < 1 << samples->bits; i++) {
        samples->table[i] = lk_luma(red[i] >> 8, green[i] >> 8, blue[i] >> 8);
    }
    return true;
}

/** Whether rows can be read one by one and understood; @samples says how. */
static bool
is_plain(TIFF *tiff, const Tags *tags, LkSamples *samples)
{
    bool jpeg = tags->compression == COMPRESSION_JPEG;
    bool ycbcr = tags->photometric == PHOTOMETRIC_YCBCR;
    if (tags->tiled || tags->format != SAMPLEFORMAT_UINT ||
        (tags->planar != PLANARCONFIG_CONTIG && tags->channels > 1) ||
        (ycbcr && !jpeg)) {
        return false;
    }
    *samples = (LkSamples){.bits = tags->bits,
                           .channels = tags->channels,
                           .high = G_BYTE_ORDER == G_LITTLE_ENDIAN};
    int colours = 1;
    switch (tags->photometric) {
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MINISBLACK:
        if (tags->bits <= 16) {
            lk_samples_ramp(samples, tags->photometric == PHOTOMETRIC_MINISWHITE);
        }
        break;
    case PHOTOMETRIC_PALETTE:
        if (!fill_palette(tiff, samples)) {
            return false;
        }
        break;
    case PHOTOMETRIC_RGB:
    case PHOTOMETRIC_YCBCR:
        samples->kind = LK_SAMPLES_RGB;
        colours = 3;
        break;
    case PHOTOMETRIC_SEPARATED:
        samples->kind = LK_SAMPLES_CMYK;
        colours = 4;
        break;
    default:
        return false;
    }
    samples->alpha = alpha_of(tiff, tags->channels, colours);
    bool small = tags->bits == 1 || tags->bits == 2 || tags->bits == 4;
    return tags->channels >= colours && tags->channels <= 8 &&
           (tags->bits == 8 || tags->bits == 16 || (small && tags->channels == 1));
}

static bool
read_rows(File *file, const LkSamples *samples, const LkRaster *raster, uint8_t *rows,
          size_t stride)
{
    size_t bytes = (size_t)TIFFScanlineSize64(file->tiff);
    if (bytes < lk_samples_bytes(samples, raster->width)) {
        return false;
    }
    g_autofree uint8_t *packed = g_try_malloc0(bytes);
    if (packed == NULL) {
        return false;
    }
    for (int y = 0; y < raster->height; y++) {
        file->row = y;
        if (TIFFReadScanline(file->tiff, packed, (uint32_t)y, 0) != 1) {
            return false;
        }
        lk_samples_to_grey(samples, packed, raster->width, rows + stride * (size_t)y);
    }
    return true;
}

/** Tiles, planes, odd colours: libtiff's own conversion, which needs 4 bytes a pixel.
 */
static bool
read_any(File *file, const LkRaster *raster, uint8_t *rows, size_t stride)
{
    size_t width = (size_t)raster->width;
    g_autofree uint32_t *pixels = g_try_malloc(width * (size_t)raster->height * 4);
    if (pixels == NULL) {
        return false;
    }
    (void)TIFFSetField(file->tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
    if (TIFFReadRGBAImageOriented(file->tiff, (uint32_t)raster->width,
                                  (uint32_t)raster->height, pixels, ORIENTATION_TOPLEFT,
                                  1) != 1) {
        return false;
    }
    for (int y = 0; y < raster->height; y++) {
        uint8_t *row = rows + stride * (size_t)y;
        const uint32_t *from = pixels + width * (size_t)y;
        for (size_t x = 0; x < width; x++) {
            /* Colours come weakened by alpha already. */
            unsigned grey =
                lk_luma(TIFFGetR(from[x]), TIFFGetG(from[x]), TIFFGetB(from[x]));
            row[x] = (uint8_t)MIN(255, grey + 255 - TIFFGetA(from[x]));
        }
    }
    return true;
}

static bool
is_whole(const File *file, uint16_t compression, int height)
{
    if (file->fault_row < 0 || file->fault_row + TOLERATED_ROWS >= height) {
        return true;
    }
    bool line_by_line = compression == COMPRESSION_CCITTFAX3 ||
                        compression == COMPRESSION_CCITTRLE ||
                        compression == COMPRESSION_CCITTRLEW;
    return line_by_line && file->n_faults * 100 <= height * TOLERATED_FAX_PERCENT;
}

static LkRaster
raster_of(TIFF *tiff, const Tags *tags)
{
    LkRaster raster = {.width = (int)tags->width,
                       .height = (int)tags->height,
                       .orientation = tags->orientation};
    float across = 0;
    float down = 0;
    if (TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &across) == 1 &&
        TIFFGetField(tiff, TIFFTAG_YRESOLUTION, &down) == 1 && across > 0 && down > 0 &&
        across / down < 4 && down / across < 4) {
        raster.extent_w = tags->width / (double)across;
        raster.extent_h = tags->height / (double)down;
    }
    return raster;
}

static bool
damaged(GError **error)
{
    g_set_error_literal(error, LK_SCAN_ERROR, LK_SCAN_ERROR_DAMAGED,
                        _("the picture is damaged or cut off: copy the file again, or "
                          "scan the page again"));
    return false;
}

static bool
read_page(File *file, const LkRaster *forced, LkCanvas *canvas, GError **error)
{
    file->row = 0;
    file->n_faults = 0;
    file->fault_row = file->last_fault_row = -1;
    if (tag(file->tiff, TIFFTAG_COMPRESSION, 0) == COMPRESSION_JPEG) {
        (void)TIFFSetField(file->tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    }
    Tags tags = tags_of(file->tiff);
    if (!lk_canvas_fits(canvas, tags.width, tags.height, error)) {
        return false;
    }
    LkSamples samples;
    bool plain = is_plain(file->tiff, &tags, &samples);
    LkRaster raster = raster_of(file->tiff, &tags);
    if (forced != NULL) {
        raster.orientation = forced->orientation;
        raster.extent_w = forced->extent_w;
        raster.extent_h = forced->extent_h;
    }
    raster.bilevel = plain && lk_samples_is_bilevel(&samples);
    size_t stride = 0;
    uint8_t *rows = lk_canvas_begin(canvas, &raster, &stride, error);
    if (rows == NULL) {
        return false;
    }
    bool done = plain ? read_rows(file, &samples, &raster, rows, stride)
                      : read_any(file, &raster, rows, stride);
    if (!done || !is_whole(file, tags.compression, raster.height)) {
        lk_canvas_drop(canvas);
        return damaged(error);
    }
    return lk_canvas_end(canvas, error);
}

/* --- A TIFF file.
 * ------------------------------------------------------------------------ */

static void
close_tiff(void *state)
{
    File *file = state;
    if (file->tiff != NULL) {
        TIFFClose(file->tiff);
    }
    g_free(file);
}

uint64_t
lk_tiff_number(const LkInput *input, uint64_t at, unsigned bytes)
{
    if (at > input->len || input->len - at < bytes) {
        return 0;
    }
    bool little = input->data[0] == 'I';
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++) {
        value = value << 8 | input->data[at + (little ? bytes - 1 - i : i)];
    }
    return value;
}

/**
 * Length of the chain of directories (TIFF 6.0, section 2; BigTIFF has wider numbers).
 * libtiff counts them too, but reads a file of thousands of pages in one go, and does
 * not tell a chain that ends from one that breaks off: @broken.
 */
static int
count_directories(const LkInput *input, int most, bool *broken)
{
    bool big = lk_tiff_number(input, 2, 2) == 43;
    unsigned word = big ? 8 : 4;
    unsigned count = big ? 8 : 2;
    unsigned entry = big ? 20 : 12;
    uint64_t at = lk_tiff_number(input, big ? 8 : 4, word);
    int n = 0;
    while (at != 0 && n < most) {
        uint64_t entries = lk_tiff_number(input, at, count);
        *broken = entries == 0 || entries > input->len / entry ||
                  at + count + entries * entry + word > input->len;
        if (*broken) {
            break;
        }
        n++;
        at = lk_tiff_number(input, at + count + entries * entry, word);
        if (n % LK_INPUT_BATCH == 0) {
            lk_input_release(input);
        }
    }
    return n;
}

static void *
open_tiff(const LkInput *input, int *n_pages, GError **rest, GError **error)
{
    bool broken = false;
    File *file = g_new0(File, 1);
    file->input = *input;
    file->tiff = open_memory(file);
    file->n_pages =
        file->tiff != NULL
            ? count_directories(input, input->limits->max_pages + 1, &broken)
            : 0;
    if (file->n_pages <= 0) {
        close_tiff(file);
        g_set_error_literal(error, LK_SCAN_ERROR, LK_SCAN_ERROR_DAMAGED,
                            _("the TIFF file is damaged or was not copied to its end: "
                              "copy it again, or scan the pages again"));
        return NULL;
    }
    if (broken) {
        g_set_error(
            rest, LK_SCAN_ERROR, LK_SCAN_ERROR_DAMAGED,
            ngettext_("the TIFF file was not copied to its end: only %d page was "
                      "found in it; copy it again, or scan the missing pages "
                      "again",
                      "the TIFF file was not copied to its end: only %d pages "
                      "were found in it; copy it again, or scan the missing "
                      "pages again",
                      (unsigned long)file->n_pages),
            file->n_pages);
    }
    *n_pages = file->n_pages;
    return file;
}

/** Directories form a chain: one step is cheap, a jump walks from the first. */
static bool
go_to(File *file, int index)
{
    bool there =
        index == file->current ||
        (index == file->current + 1 ? TIFFReadDirectory(file->tiff)
                                    : TIFFSetDirectory(file->tiff, (tdir_t)index)) == 1;
    file->current = there ? index : -2;
    return there;
}

static bool
page_tiff(void *state, int index, LkCanvas *canvas, GError **error)
{
    File *file = state;
    if (!go_to(file, index)) {
        return damaged(error);
    }
    return read_page(file, NULL, canvas, error);
}

static bool
cut_tiff(void *state, int index, LkCut *cut)
{
    File *file = state;
    return index == file->current && lk_tiff_cut(&file->input, file->tiff, cut);
}

const LkFormat lk_format_tiff = {open_tiff, page_tiff, close_tiff, cut_tiff};

/* --- A fax stream.
 * ------------------------------------------------------------------------- */

typedef struct {
    uint16_t tag, type; /* 3 SHORT, 4 LONG (TIFF 6.0, section 2) */
    uint32_t value;
} Entry;

static void
put(GByteArray *to, uint32_t value, guint bytes)
{
    for (guint i = 0; i < bytes; i++) {
        g_byte_array_append(to, &(guint8){(guint8)(value >> (8 * i))}, 1);
    }
}

/** One strip, little-endian, the directory before the data. */
static GByteArray *
wrap_fax(const uint8_t *data, size_t len, const LkFaxUse *use)
{
    enum { N = 10, HEADER = 8 + 2 + N * 12 + 4 };
    const Entry entries[N] = {
        {TIFFTAG_IMAGEWIDTH, 4, (uint32_t)use->columns},
        {TIFFTAG_IMAGELENGTH, 4, (uint32_t)use->rows},
        {TIFFTAG_BITSPERSAMPLE, 3, 1},
        {TIFFTAG_COMPRESSION, 3,
         use->k < 0 ? COMPRESSION_CCITTFAX4 : COMPRESSION_CCITTFAX3},
        {TIFFTAG_PHOTOMETRIC, 3,
         use->inverted ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_MINISWHITE},
        {TIFFTAG_STRIPOFFSETS, 4, HEADER},
        {TIFFTAG_SAMPLESPERPIXEL, 3, 1},
        {TIFFTAG_ROWSPERSTRIP, 4, (uint32_t)use->rows},
        {TIFFTAG_STRIPBYTECOUNTS, 4, (uint32_t)len},
        {TIFFTAG_GROUP3OPTIONS, 4, use->k > 0 ? GROUP3OPT_2DENCODING : 0},
    };
    GByteArray *file = g_byte_array_sized_new((guint)len + HEADER);
    g_byte_array_append(file, (const guint8 *)"II*\0\10\0\0\0", 8);
    put(file, use->k < 0 ? N - 1 : N, 2); /* Group 4 has no Group 3 options */
    for (size_t i = 0; i < N; i++) {
        put(file, entries[i].tag, 2);
        put(file, entries[i].type, 2);
        put(file, 1, 4);
        put(file, entries[i].value, 4);
    }
    put(file, 0, 4);
    g_byte_array_append(file, data, (guint)len);
    return file;
}

bool
lk_fax_decode(const uint8_t *data, size_t len, const LkFaxUse *use, LkCanvas *canvas,
              GError **error)
{
    if (len == 0 || len > INT32_MAX / 2 || use->columns <= 0 || use->rows <= 0) {
        return damaged(error);
    }
    if (!lk_canvas_fits(canvas, use->columns, use->rows, error)) {
        return false;
    }
    g_autoptr(GByteArray) wrapped = wrap_fax(data, len, use);
    File file = {.input = {.data = wrapped->data, .len = wrapped->len}};
    file.tiff = open_memory(&file);
    if (file.tiff == NULL) {
        return damaged(error);
    }
    bool done = read_page(&file, &use->raster, canvas, error);
    TIFFClose(file.tiff);
    return done;
}
