/* decode.c - which kind of file this is, by its first bytes. */
#include "scan/decode.h"

#include <string.h>
#include <sys/mman.h>

G_DEFINE_QUARK(lk - scan - error - quark, lk_scan_error)

const LkScanLimits lk_scan_limits_default = {
    .max_side_px = 14000,
    .max_mpx = 120,
    .page_timeout_ms = 30000,
    .max_pages = 20000,
    .drawn_dpi = 300,
};

#define LARGE_FILE ((size_t)8 << 20)

void
lk_input_release(const LkInput *input)
{
    if (input->is_mapped && input->len >= LARGE_FILE) {
        void *start = NULL;
        memcpy(&start, &input->data, sizeof start); /* not const; it comes back as is */
        (void)madvise(start, input->len, MADV_DONTNEED);
    }
}

typedef struct {
    size_t offset;
    const char *bytes;
    size_t len;
    const LkFormat *format; /* NULL: not ours, but known by name */
    const char *name;
} Signature;

#define MAGIC(text) (text), sizeof(text) - 1

static const Signature signatures[] = {
    {0, MAGIC("\xff\xd8\xff"), &lk_format_jpeg, NULL},
    {0, MAGIC("\x89PNG\r\n\x1a\n"), &lk_format_png, NULL},
    {0, MAGIC("II*\0"), &lk_format_tiff, NULL},
    {0, MAGIC("MM\0*"), &lk_format_tiff, NULL},
    {0, MAGIC("II+\0"), &lk_format_tiff, NULL},
    {0, MAGIC("MM\0+"), &lk_format_tiff, NULL},
    {0, MAGIC("PK\3\4"), NULL, N_("a Word or Excel document, or a ZIP archive")},
    {0, MAGIC("\xd0\xcf\x11\xe0"), NULL, N_("a Word or Excel document")},
    {0, MAGIC("{\\rtf"), NULL, N_("a text document")},
    {4, MAGIC("ftyphe"), NULL, N_("a HEIC photo")},
    {4, MAGIC("ftypmif1"), NULL, N_("a HEIC photo")},
    {4, MAGIC("ftypmsf1"), NULL, N_("a HEIC photo")},
    {4, MAGIC("ftypavif"), NULL, N_("an AVIF photo")},
    {4, MAGIC("ftyp"), NULL, N_("a video")},
    {8, MAGIC("WEBP"), NULL, N_("a WebP picture")},
    {0, MAGIC("GIF8"), NULL, N_("a GIF picture")},
    {0, MAGIC("BM"), NULL, N_("a BMP picture")},
    {0, MAGIC("\0\0\0\x0cjP  "), NULL, N_("a JPEG 2000 picture")},
};

/* Readers of PDF look for the header in the first 1024 bytes (ISO 32000-1, annex H,
 * implementation note 13); copiers do write a mail or HTTP header before it. */
#define PDF_HEADER_WITHIN 1024

static const char *
known_as(const uint8_t *data, size_t len, const LkFormat **format)
{
    *format = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(signatures); i++) {
        const Signature *s = &signatures[i];
        if (len >= s->offset + s->len &&
            memcmp(data + s->offset, s->bytes, s->len) == 0) {
            *format = s->format;
            return s->name;
        }
    }
    if (memmem(data, MIN(len, PDF_HEADER_WITHIN), "%PDF-", 5) != NULL) {
        *format = &lk_format_pdf;
    }
    return NULL;
}

const LkFormat *
lk_format_of(const uint8_t *data, size_t len, GError **error)
{
    const LkFormat *format = NULL;
    const char *name = known_as(data, len, &format);
    if (format != NULL) {
        return format;
    }
    if (name != NULL) {
        g_set_error(error, LK_SCAN_ERROR, LK_SCAN_ERROR_FORMAT,
                    _("this is %s, which cannot be read here: save or scan it as PDF, "
                      "TIFF, PNG or JPEG"),
                    _(name));
    } else {
        g_set_error_literal(
            error, LK_SCAN_ERROR, LK_SCAN_ERROR_FORMAT,
            _("this is not a scanned page: only PDF, TIFF, PNG and JPEG "
              "files can be read; scan the page again in one of "
              "these formats"));
    }
    return NULL;
}

/** @cut: room for pages cut out, which are decoded in their turn; or NULL. */
static void
decode_all(const LkInput *input, LkCanvas *canvas, LkCut *cut)
{
    const LkFormat *format = lk_format_of(input->data, input->len, NULL);
    int n_pages = 0;
    g_autoptr(GError) rest = NULL;
    void *state = format != NULL ? format->open(input, &n_pages, &rest, NULL) : NULL;
    if (state == NULL) {
        return;
    }
    for (int i = 0; i < MIN(n_pages, input->limits->max_pages); i++) {
        bool done = format->page(state, i, canvas, NULL);
        if (done && cut != NULL &&
            lk_format_cut(format, state, i, &canvas->image, cut)) {
            decode_all(&(LkInput){.data = cut->memory,
                                  .len = cut->size,
                                  .limits = input->limits},
                       canvas, NULL);
        }
        lk_canvas_drop(canvas);
    }
    format->close(state);
}

void
lk_decode_all(const LkInput *input)
{
    LkCut cut = {.capacity = lk_cut_capacity(input->limits)};
    g_autofree uint8_t *room = g_malloc(cut.capacity);
    g_autofree uint8_t *memory = g_malloc(lk_canvas_capacity(input->limits));
    LkCanvas canvas = {.limits = input->limits, .memory = memory};
    cut.memory = room;
    decode_all(input, &canvas, &cut);
}
