/* render.h - layouts and identities on paper: PDF through libharu, QR codes as vectors.
 * PDF frame (pt, origin bottom left) exists only in this room. */
#ifndef LK_RENDER_H
#define LK_RENDER_H

#include "form/form.h"

G_BEGIN_DECLS

#define LK_RENDER_ERROR (lk_render_error_quark())

typedef enum {
    LK_RENDER_ERROR_PDF,  /* libharu refused; message says what */
    LK_RENDER_ERROR_FILE, /* cannot write: path and system's reason */
    LK_RENDER_ERROR_QR
} LkRenderError;

GQuark lk_render_error_quark(void);

/** One copy of a form to print: all pages of @layout, in order. */
typedef struct {
    const LkLayout *layout; /* with draws */
    LkCaseCode case_code;   /* or the number of a blank copy; none: a specimen, to be
                             * looked at, with no code that a reader would believe */
    char copy[LK_SERIAL_LEN + 1];
    const LkPrefill *prefill; /* (nullable): answers printed into this copy */
} LkPrintItem;

/** A sheet in front of the packs for the person who hands them out: how many, of which
 * forms, under which codes. It is no form: it carries neither fiducials nor QR codes.
 */
typedef struct {
    const char *date;  /* ISO 8601, of printing: what is the input is in the bytes */
    const char *set;   /* name of the set of forms, or NULL */
    size_t n_forms;    /* items a pack; every pack has the same forms */
    int first_pack;    /* number of the first pack of this document, from 1 */
    int all_packs;     /* of the whole order */
    int part, n_parts; /* this document, from 1, of so many */
} LkPrintSummary;

typedef struct {
    const char *title;  /* PDF title, never a name */
    const char *office; /* printed on each page */
    bool bookmarks;     /* an outline entry a case and a form */
    bool duplex;        /* each copy begins on a front: see lk_render_copy_pages() */
    const LkPrintSummary *summary; /* or NULL: none is printed */
} LkPrintOptions;

/**
 * lk_render_copy_pages: pages of the PDF that a copy of @layout takes. Printed on both
 * sides, one with an odd number of pages ends with an empty back: really empty, so that
 * a scanner that takes both sides finds a blank page there and nothing to ask about.
 */
int lk_render_copy_pages(const LkLayout *layout, const LkPrintOptions *options);
/**
 * lk_render_summary_pages: pages that the summary takes in front of packs of @n_forms
 * forms; @n_codes: case files, 0 for blank copies. 0 if none is printed. As many or
 * more for more codes.
 */
int lk_render_summary_pages(size_t n_forms, size_t n_codes,
                            const LkPrintOptions *options);

/**
 * lk_render_copies:
 * @items: array of @n_items copies, printed order
 * @path: the PDF; written under a temporary name, fsync, rename: whole or not at all
 *
 * Same input, same bytes. Memory grows with the number of pages (libharu keeps the
 * document): callers cut at LK_RENDER_MAX_PAGES.
 *
 * Returns: true if @path was written
 */
#define LK_RENDER_MAX_PAGES 1000
G_GNUC_WARN_UNUSED_RESULT
bool lk_render_copies(const LkPrintItem *items, size_t n_items, const LkFonts *fonts,
                      const LkPrintOptions *options, const char *path, GError **error);

/* --- Labels. ---------------------------------------------------------------------- */

/** Sheets of self-adhesive labels, A4, by columns and rows. */
typedef enum {
    LK_LABELS_3X8, /* 70 x 37 mm */
    LK_LABELS_2X7, /* 99.1 x 38.1 mm */
    LK_N_LABEL_SHEETS
} LkLabelSheet;

/** lk_label_sheet_name: "3x8"; lk_label_sheet_find: the sheet of that name. */
const char *lk_label_sheet_name(LkLabelSheet sheet);
G_GNUC_WARN_UNUSED_RESULT
bool lk_label_sheet_find(const char *name, LkLabelSheet *sheet);
/** lk_label_sheet_size: labels on one sheet. */
int lk_label_sheet_size(LkLabelSheet sheet);

typedef struct {
    const char *title;  /* PDF title, never a name */
    const char *office; /* printed on each label; or NULL */
    LkLabelSheet sheet;
    LkPoint shift; /* mm to the right and down, for a printer that prints beside */
    int skip;      /* labels gone from the first sheet, row by row from top left */
    int copies;    /* labels of each case, side by side; at least 1 */
} LkLabelOptions;

/**
 * lk_render_labels:
 * @codes: array of @n_codes case codes; none of a blank copy
 * @path: as of lk_render_copies()
 *
 * A label holds the case code, in large groups, and a QR code with the payload of
 * LK_LABEL_FORM: stuck on a blank copy it says whose the copy is. Same input, same
 * bytes.
 *
 * Returns: true if @path was written
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_render_labels(const LkCaseCode *codes, size_t n_codes, const LkFonts *fonts,
                      const LkLabelOptions *options, const char *path, GError **error);
/** lk_render_label_sheets: sheets that lk_render_labels() takes. */
int lk_render_label_sheets(size_t n_codes, const LkLabelOptions *options);

/**
 * lk_render_sheets:
 * @layout: its draws are printed, and nothing else: no fiducials, no codes
 * @options: title; office: already among the draws, only checked here
 * @path: as of lk_render_copies()
 *
 * Returns: true if @path was written
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_render_sheets(const LkLayout *layout, const LkFonts *fonts,
                      const LkPrintOptions *options, const char *path, GError **error);

/**
 * lk_render_recovery:
 * @words: the recovery key, words in small letters joined by single spaces
 * @office: its name
 * @date: ISO 8601, of making
 * @path: as of lk_render_copies(), but nobody else may read it (mode 0600)
 *
 * One sheet for the safe: the words, numbered, a QR code of the same words in capitals,
 * and what to do with it.
 *
 * Returns: true if @path was written
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_render_recovery(const char *words, const char *office, const char *date,
                        const LkFonts *fonts, const char *path, GError **error);

G_END_DECLS

#endif
