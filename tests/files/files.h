/* files.h - writes the files that scanners, copiers and tablets write, for the tests of
 * the scan room: one small picture that looks different from every side. */
#ifndef LK_TEST_FILES_H
#define LK_TEST_FILES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Upright: 5 blocks wide, 7 high, 16 px each, every block its own grey. */
#define PICTURE_BLOCK 16
#define PICTURE_COLUMNS 5
#define PICTURE_ROWS 7
#define PICTURE_W (PICTURE_COLUMNS * PICTURE_BLOCK)
#define PICTURE_H (PICTURE_ROWS * PICTURE_BLOCK)

/** picture_block: grey of a block, or 0 and 255 only if @bilevel. */
uint8_t picture_block(int column, int row, bool bilevel);

/** Pixels to be stored. */
typedef struct {
    int width, height;
    uint8_t *grey; /* width x height */
} Stored;

/**
 * picture_stored:
 * @orientation: 1..8 as EXIF counts: stored so that a viewer who honours it sees the
 * picture upright
 */
Stored picture_stored(int orientation, bool bilevel);
/** picture_large: the picture @times as large, for pages that weigh something. */
Stored picture_large(int times, bool bilevel);
void stored_clear(Stored *stored);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Stored, stored_clear)

typedef enum { JPEG_GREY, JPEG_COLOUR, JPEG_INKS, JPEG_PROGRESSIVE } JpegKind;

/** file_jpeg: @exif 1..8 writes the tag (big-endian for even numbers), 0 none. */
GByteArray *file_jpeg(const Stored *picture, JpegKind kind, int exif);

typedef enum {
    PNG_GREY,
    PNG_GREY16,
    PNG_BILEVEL,
    PNG_RGB,
    PNG_PALETTE,
    PNG_ALPHA, /* black ink of varying opacity: over white it is the picture */
    PNG_GREY_ALPHA,
    PNG_INTERLACED,
    PNG_KINDS
} PngKind;

GByteArray *file_png(const Stored *picture, PngKind kind);

typedef struct {
    int compression, bits, photometric;
    int orientation;
    double x_dpi, y_dpi;
    int rows_a_strip; /* 0: one strip */
    bool rgb, planar, tiled;
    const char *mode; /* of TIFFOpen(): "wb" big-endian, "w8" BigTIFF; NULL: "w" */
} TiffKind;

/** file_tiff: one page a picture. */
GByteArray *file_tiff(const Stored *pictures, int n, const TiffKind *kind);

/** fax_stream: the picture as a bare Group 4 (@k < 0) or Group 3 stream. */
GByteArray *fax_stream(const Stored *picture, int k);

/* --- PDF, object by object.
 * -------------------------------------------------------------- */

typedef struct {
    GByteArray *bytes;
    GArray *offsets; /* of object 1, 2, … */
} PdfFile;

PdfFile *pdf_new(void);
/** pdf_add: an object; @stream may be NULL. Returns its number, from 1. */
int pdf_add(PdfFile *pdf, const char *dict, const void *stream, size_t len);
/** pdf_end: cross-reference table and trailer; frees @pdf. */
GByteArray *pdf_end(PdfFile *pdf, int root);

typedef struct {
    const char *image;    /* entries of the image's dictionary besides the size */
    const char *page;     /* further entries of the page */
    const char *contents; /* or NULL for one image across the page */
    const char *objects;  /* or NULL: "/Im0 N 0 R" */
    const char *box;      /* or NULL: the picture's proportions */
    const char *catalog;  /* further entries of the catalogue, or NULL */
    int copies;           /* pages; 0 is 1 */
} PdfKind;

/** file_pdf: pages that show @stream, an image of @width x @height. */
GByteArray *file_pdf(int width, int height, const GByteArray *stream,
                     const PdfKind *kind);
GByteArray *deflated(const void *data, size_t len);

#endif
