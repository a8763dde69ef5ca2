/* decode.h - bytes of a file to grey pages, in the process that calls. This is the
 * confined child's work (worker.h); private to the room, its tests and its fuzzer. */
#ifndef LK_SCAN_DECODE_H
#define LK_SCAN_DECODE_H

#include "scan/canvas.h"

G_BEGIN_DECLS

typedef struct {
    const uint8_t *data;
    size_t len;
    const LkScanLimits *limits;
    bool is_mapped; /* data are a private mapping of the file, and page-aligned */
} LkInput;

/** lk_input_release: what was read of a large file needs no memory of ours any more. */
void lk_input_release(const LkInput *input);

/* Objects of a large file looked at between two releases. The kernel maps 64 KB around
 * each of them, with large folios 512 KB: the dictionaries of 2,000 pages would count
 * as a gigabyte. */
#define LK_INPUT_BATCH 16

/** Where a page that is cut out of its file is put. */
typedef struct {
    uint8_t *memory;       /* (not owned): @capacity bytes */
    size_t capacity, size; /* size: of the page's file so far */
    size_t used;           /* of memory: all of it, but what lies in @file */
    const LkInput *file;   /* what lies there is told in @pieces; NULL: it is copied */
    LkPiece *pieces;       /* (not owned): room for LK_CUT_PIECES */
    size_t n_pieces;
    size_t from; /* in @file: the page's data are expected from here on */
    int misses;  /* pages in a row whose data were not found there */
} LkCut;

#define LK_CUT_PIECES 1024

/** lk_cut_capacity: bytes that hold the picture of any page within @limits, and so what
 * a page may have at most. */
size_t lk_cut_capacity(const LkScanLimits *limits);

/** lk_cut_clear: nothing is put yet. */
void lk_cut_clear(LkCut *cut);

/** lk_cut_put: appends @data, in @cut->file or elsewhere; false, and nothing is, if
 * there is no room. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_cut_put(LkCut *cut, const void *data, size_t size);

/**
 * lk_cut_find: where a library's copy of the page's data was copied from
 *
 * Returns: (transfer none) (nullable): the same bytes in @cut->file; NULL if they are
 * not where they are sought, or not worth it
 */
const uint8_t *lk_cut_find(LkCut *cut, const uint8_t *data, size_t size);

/** lk_cut_picture: @image as a PNG, with 1 bit a pixel where that is all of it. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_cut_picture(const LkImage *image, LkCut *cut);

/** A kind of file. Pages are asked for in rising order, with gaps. */
typedef struct {
    /**
     * open:
     * @rest: (out): why pages after the last one are lost, or NULL if none are
     *
     * Returns: (transfer full): whatever page() and close() need, or NULL
     */
    void *(*open)(const LkInput *input, int *n_pages, GError **rest, GError **error);
    /** page: @index from 0. Errors say what is wrong, not which page or file. */
    bool (*page)(void *state, int index, LkCanvas *canvas, GError **error);
    void (*close)(void *state);
    /**
     * cut: (nullable): page @index, just decoded, as a file of its own.
     * Returns: false if the page cannot be had alone, or not in so many bytes
     */
    bool (*cut)(void *state, int index, LkCut *cut);
} LkFormat;

/** lk_format_cut: a page just decoded to @image, by its format or as its picture. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_format_cut(const LkFormat *format, void *state, int index, const LkImage *image,
                   LkCut *cut);

/** lk_input_cut: the whole file, for formats of one page. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_input_cut(void *input, int index, LkCut *cut);

extern const LkFormat lk_format_pdf, lk_format_tiff, lk_format_png, lk_format_jpeg;

/** lk_format_of: by content; NULL with LK_SCAN_ERROR_FORMAT if it is none of ours. */
G_GNUC_WARN_UNUSED_RESULT
const LkFormat *lk_format_of(const uint8_t *data, size_t len, GError **error);

/** lk_decode_all: every page of @input, and each again out of its cut; results thrown
 * away: the fuzzer's door. */
void lk_decode_all(const LkInput *input);

/**
 * lk_jpeg_decode:
 * @raster: orientation and extent to use, unless @trust_exif; size is the file's
 * @inverted: samples mean the opposite (a PDF's /Decode)
 * @in_pdf: four-ink samples are not Adobe's upside-down ones
 */
typedef struct {
    LkRaster raster;
    bool trust_exif, in_pdf, inverted;
} LkJpegUse;

G_GNUC_WARN_UNUSED_RESULT
bool lk_jpeg_decode(const uint8_t *data, size_t len, const LkJpegUse *use,
                    LkCanvas *canvas, GError **error);

/** A CCITT stream out of a PDF. */
typedef struct {
    LkRaster raster;
    int columns, rows; /* as the stream's parameters say */
    int k;             /* <0 Group 4, 0 Group 3, >0 Group 3 two-dimensional */
    bool inverted;     /* a 1 bit is white */
} LkFaxUse;

G_GNUC_WARN_UNUSED_RESULT
bool lk_fax_decode(const uint8_t *data, size_t len, const LkFaxUse *use,
                   LkCanvas *canvas, GError **error);

G_END_DECLS

#endif
