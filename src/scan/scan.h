/* scan.h - scanned files to page images, one at a time.
 *
 * Files come from outside and are not trusted: each is decoded in a child process of
 * its own (fork, rlimits, seccomp) that hands grey pixels over in shared memory. A file
 * that crashes, hangs or explodes the decoder costs that page a message, and the file
 * only if it goes on. The child goes on from fork() without exec, so the caller's
 * process must have no other threads. A page that is there in part only is never handed
 * out.
 *
 * Messages are for a clerk: what is wrong, and what to do. Those of lk_scan_open() and
 * lk_scan_list() begin with the path (for the terminal: file names may hold names of
 * people), those of lk_scan_next() and lk_scan_cut() with the number of the page, from
 * 1, and no path. */
#ifndef LK_SCAN_H
#define LK_SCAN_H

#include "base/base.h"

G_BEGIN_DECLS

#define LK_SCAN_ERROR (lk_scan_error_quark())

typedef enum {
    LK_SCAN_ERROR_OPEN,      /* cannot be opened: path and system's reason */
    LK_SCAN_ERROR_EMPTY,     /* 0 bytes */
    LK_SCAN_ERROR_FORMAT,    /* none of PDF, TIFF, PNG, JPEG, by its content */
    LK_SCAN_ERROR_ENCRYPTED, /* PDF with a password */
    LK_SCAN_ERROR_DAMAGED,   /* truncated or corrupt */
    LK_SCAN_ERROR_TOO_LARGE, /* image over the limits */
    LK_SCAN_ERROR_TIMEOUT,   /* decoder hung */
    LK_SCAN_ERROR_CRASH,     /* decoder died or tried what it may not */
    LK_SCAN_ERROR_WRITE      /* a picture cannot be written: path and reason */
} LkScanError;

GQuark lk_scan_error_quark(void);

/** A page as the scanner saw it: grey, 0 black .. 255 white, rows top down. EXIF and
 * /Rotate are applied. The file's dpi tag is never believed, so there is none here. */
typedef struct {
    int width, height; /* px */
    size_t stride;     /* bytes from row to row */
    const uint8_t *pixels;
    bool bilevel; /* source was 1 bit a pixel: only 0 and 255 occur */
} LkImage;

typedef enum {
    LK_SCAN_PAGE,     /* an image was handed out */
    LK_SCAN_BAD_PAGE, /* this page cannot be decoded, later ones may: see error */
    LK_SCAN_END,
    LK_SCAN_FAILED /* nothing more can be had from this file: see error */
} LkScanResult;

typedef struct {
    int max_side_px;     /* default 14000: A4 at 1200 dpi */
    double max_mpx;      /* default 120 million pixels */
    int page_timeout_ms; /* default 30000 */
    int max_pages;       /* default 20000; a file with more is refused */
    double drawn_dpi;    /* default 300: of PDF pages that are more than one image */
} LkScanLimits;

extern const LkScanLimits lk_scan_limits_default;

typedef struct LkScan LkScan;

/**
 * lk_scan_open:
 * @path: a PDF, TIFF, PNG or JPEG file, recognised by content, not by name
 * @limits: (nullable): NULL for lk_scan_limits_default
 *
 * Returns: (transfer full): pages in order through lk_scan_next(), or NULL
 */
G_GNUC_WARN_UNUSED_RESULT
LkScan *lk_scan_open(const char *path, const LkScanLimits *limits, GError **error);

/**
 * lk_scan_open_fd:
 * @fd: the same file, open for reading; its offset does not matter. (transfer none):
 *   a descriptor of its own is kept
 *
 * For what has no path (memory) and for a file that must be the one that was opened.
 *
 * Returns: (transfer full): or NULL; messages say nothing of a path
 */
G_GNUC_WARN_UNUSED_RESULT
LkScan *lk_scan_open_fd(int fd, const LkScanLimits *limits, GError **error);
/** lk_scan_fd: (transfer none): the file, as it was opened. */
int lk_scan_fd(const LkScan *scan);
/** lk_scan_free: stops the decoder if it still runs. */
void lk_scan_free(LkScan *scan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkScan, lk_scan_free)

/**
 * lk_scan_n_pages: pages in the file; of a damaged one, those that can be found (after
 * them lk_scan_next() says once, with FAILED, that the rest is lost).
 */
int lk_scan_n_pages(const LkScan *scan);

/**
 * lk_scan_seek: what lk_scan_next() gives next; pages passed over are not decoded. At
 * any time, in rising order.
 */
void lk_scan_seek(LkScan *scan, int page);

/**
 * lk_scan_next:
 * @image: (out): lent until the next page is asked for
 *
 * Returns: what happened; @error is set for BAD_PAGE and FAILED
 */
G_GNUC_WARN_UNUSED_RESULT
LkScanResult lk_scan_next(LkScan *scan, LkImage *image, GError **error);

/** A page as a file of its own. */
typedef struct {
    const uint8_t *data;
    size_t size;           /* bytes, at least 1; in pieces it may be 0 */
    const LkPiece *pieces; /* of a cut in pieces: what it is made of, in order */
    size_t n_pieces;
} LkScanCut;

/**
 * lk_scan_cut:
 * @cut: (out): lent until the next page is asked for
 *
 * The page that lk_scan_next() gave last, cut out of its file: decoded, it gives the
 * very same pixels, and it holds nothing of the file's other pages. A page of a PDF
 * becomes a PDF, one of a TIFF a TIFF, with the picture's data as they lie in the file;
 * a PNG or JPEG file is its own page. Where a page cannot be had alone (an incomplete
 * PDF, one that draws on what belongs to the whole document) it is its pixels, as a
 * PNG. What comes out is made by the confined child: no more to be trusted than the
 * file.
 *
 * Returns: true if @cut was written. Needs a page; on error, later pages may be had
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_scan_cut(LkScan *scan, LkScanCut *cut, GError **error);

/**
 * lk_scan_cut_pieces:
 *
 * The same without the copy of what lies in the file that was opened: the pieces say
 * where that is. They are within the file, and no more than lk_scan_cut() may give.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_scan_cut_pieces(LkScan *scan, LkScanCut *cut, GError **error);

/** A decoder that dies costs one page and is started again; after so many the file is
 * given up: a thousand bad pages would each cost their time limit. */
#define LK_SCAN_MAX_DEATHS 3

/** lk_scan_deaths: how often the decoder died. */
int lk_scan_deaths(const LkScan *scan);

/** lk_scan_rest: (transfer none) (nullable): why pages after the last are lost. */
const GError *lk_scan_rest(const LkScan *scan);

/**
 * lk_image_write_png:
 * @image: rows of grey
 * @dpi: resolution told in the file
 * @path: replaced whole or not at all
 *
 * Returns: true if @path is a PNG of @image; else LK_SCAN_ERROR_WRITE, with the path
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_image_write_png(const LkImage *image, double dpi, const char *path,
                        GError **error);

/**
 * lk_image_png:
 * @dpi: resolution told in the file
 *
 * For what must not lie on the disk in clear: wipe the bytes before they are freed. No
 * copy of them is left elsewhere.
 *
 * Returns: (transfer full): a PNG of @image; NULL with LK_SCAN_ERROR_WRITE if there is
 * not enough memory
 */
G_GNUC_WARN_UNUSED_RESULT
GByteArray *lk_image_png(const LkImage *image, double dpi, GError **error);

/** A picture in colour, to be looked at: rows of R, G, B without padding. */
typedef struct {
    int width, height; /* px */
    uint8_t *pixels;
} LkRgb;

/** lk_rgb_new: (transfer full): white. */
LkRgb *lk_rgb_new(int width, int height);
void lk_rgb_free(LkRgb *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkRgb, lk_rgb_free)
/** lk_rgb_write_png: the same for @picture, but for its owner alone (mode 0600): it
 * shows what people wrote. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_rgb_write_png(const LkRgb *picture, double dpi, const char *path,
                      GError **error);

/**
 * lk_scan_list:
 * @paths: files and folders, as the user named them
 *
 * Folders are replaced by the files in them (not hidden, recursively), in the order a
 * person expects: page2 before page10.
 *
 * Returns: (transfer full): GPtrArray of char*
 */
G_GNUC_WARN_UNUSED_RESULT
GPtrArray *lk_scan_list(const char *const *paths, GError **error);

G_END_DECLS

#endif
