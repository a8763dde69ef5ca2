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
    LkCaseCode case_code;   /* or the number of a blank copy */
    char copy[LK_SERIAL_LEN + 1];
    const LkPrefill *prefill; /* (nullable): answers printed into this copy */
} LkPrintItem;

typedef struct {
    const char *title;  /* PDF title, never a name */
    const char *office; /* printed on each page */
    bool bookmarks;     /* an outline entry a case and a form */
} LkPrintOptions;

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

G_END_DECLS

#endif
