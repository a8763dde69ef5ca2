/* qr.c - QR codes: ZXing-C++ first, then ways around what it stumbles over.
 *
 * Measured on damaged codes: ZXing on the crop reads nearly all; what is left are a pen
 * stroke through a finder (ZBar finds those), noise and light 1-bit scans (a smaller or
 * smoothed copy). No decoder here ever returned a wrong payload, and the case code
 * inside has check digits besides. */
#include "read/qr.h"

#include <math.h>
#include <string.h>
#include <zbar.h>

#include "read/zxing.h"

#define MAX_CODES 4
/* ZBar 0.23 loses 240 bytes a code it reads (upstream issue 258). */
#define ZBAR_RENEW_AFTER 2000
#define ANYWHERE_PX 1800 /* long side for the first look at a whole page: 150 dpi */

struct LkDecoder {
    zbar_image_scanner_t *zbar;
    int zbar_uses;
    GByteArray *scratch; /* reduced or smoothed pixels */
    GByteArray *scratch2;
};

LkDecoder *
lk_decoder_new(void)
{
    LkDecoder *decoder = g_new0(LkDecoder, 1);
    decoder->scratch = g_byte_array_new();
    decoder->scratch2 = g_byte_array_new();
    return decoder;
}

void
lk_decoder_free(LkDecoder *decoder)
{
    if (decoder == NULL) {
        return;
    }
    g_clear_pointer(&decoder->zbar, zbar_image_scanner_destroy);
    g_byte_array_unref(decoder->scratch);
    g_byte_array_unref(decoder->scratch2);
    g_free(decoder);
}

LkPoint
lk_code_center(const LkCode *code)
{
    LkPoint sum = {0, 0};
    for (int i = 0; i < 4; i++) {
        sum.x += code->corner[i].x / 4;
        sum.y += code->corner[i].y / 4;
    }
    return sum;
}

/* --- A working copy of a window. ---------------------------------------------------
 */

/* Grey pixels with the way back: image px = x0 + scale * (px of the view). */
typedef struct {
    const uint8_t *pixels;
    int width, height, stride;
    double x0, y0, scale;
} View;

static View
view_of(const LkImage *image, LkWindow window)
{
    return (View){image->pixels + (size_t)window.y0 * image->stride + window.x0,
                  window.x1 - window.x0,
                  window.y1 - window.y0,
                  (int)image->stride,
                  window.x0,
                  window.y0,
                  1};
}

/* @view reduced @by times, each pixel the mean of by x by. */
static View
reduce(const View *view, int by, GByteArray *scratch)
{
    int width = view->width / by, height = view->height / by;
    g_byte_array_set_size(scratch, (guint)width * (guint)height);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            const uint8_t *p =
                view->pixels + (ptrdiff_t)y * by * view->stride + (ptrdiff_t)x * by;
            int sum = 0;
            for (int k = 0; k < by * by; k++) {
                sum += p[(ptrdiff_t)(k / by) * view->stride + k % by];
            }
            scratch->data[(size_t)y * (size_t)width + (size_t)x] =
                (uint8_t)(sum / (by * by));
        }
    }
    return (View){scratch->data, width,    height,          width,
                  view->x0,      view->y0, view->scale * by};
}

/* @view smoothed over 3 x 3 with weights 1 2 1: takes single-pixel noise away. */
static View
smooth(const View *view, GByteArray *scratch)
{
    int width = view->width - 2, height = view->height - 2;
    g_byte_array_set_size(scratch, (guint)width * (guint)height);
    for (int y = 0; y < height; y++) {
        const uint8_t *a = view->pixels + (ptrdiff_t)y * view->stride;
        const uint8_t *b = a + view->stride, *c = b + view->stride;
        uint8_t *to = scratch->data + (size_t)y * (size_t)width;
        for (int x = 0; x < width; x++) {
            int sum = a[x] + 2 * a[x + 1] + a[x + 2] + 2 * b[x] + 4 * b[x + 1] +
                      2 * b[x + 2] + c[x] + 2 * c[x + 1] + c[x + 2];
            to[x] = (uint8_t)(sum / 16);
        }
    }
    return (View){
        scratch->data,          width,      height, width, view->x0 + view->scale,
        view->y0 + view->scale, view->scale};
}

/* --- Decoders. ---------------------------------------------------------------------
 */

static void
take(LkCode *code, const char *text, size_t length)
{
    code->ours = lk_payload_parse(text, length, &code->id, NULL);
}

static int
ask_zxing(const View *view, LkZxingWay way, LkCode *codes, int max)
{
    LkZxingCode found[MAX_CODES];
    int n = lk_zxing_read(view->pixels, view->width, view->height, view->stride, way,
                          found, MIN(max, MAX_CODES));
    for (int i = 0; i < n; i++) {
        memset(&codes[i], 0, sizeof codes[i]);
        take(&codes[i], found[i].text, found[i].length);
        codes[i].sharp = true;
        for (int k = 0; k < 4; k++) {
            codes[i].corner[k] =
                (LkPoint){view->x0 + view->scale * found[i].corner[k][0],
                          view->y0 + view->scale * found[i].corner[k][1]};
        }
    }
    return n;
}

static zbar_image_scanner_t *
zbar_scanner(LkDecoder *decoder)
{
    if (decoder->zbar_uses++ >= ZBAR_RENEW_AFTER) {
        g_clear_pointer(&decoder->zbar, zbar_image_scanner_destroy);
        decoder->zbar_uses = 0;
    }
    if (decoder->zbar == NULL) {
        decoder->zbar = zbar_image_scanner_create();
        zbar_image_scanner_set_config(decoder->zbar, 0, ZBAR_CFG_ENABLE, 0);
        zbar_image_scanner_set_config(decoder->zbar, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
    }
    return decoder->zbar;
}

/* ZBar gives the corners in image order: top left, bottom left, bottom right, top right
 * of the symbol's finders; good enough to tell how the page lies, not to measure by. */
static int
ask_zbar(LkDecoder *decoder, const View *view, LkCode *codes, int max)
{
    g_assert(view->stride == view->width); /* scratch views only */
    zbar_image_t *image = zbar_image_create();
    zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
    zbar_image_set_size(image, (unsigned)view->width, (unsigned)view->height);
    zbar_image_set_data(image, view->pixels,
                        (unsigned long)view->width * (unsigned long)view->height, NULL);
    int n = 0;
    if (zbar_scan_image(zbar_scanner(decoder), image) > 0) {
        const zbar_symbol_t *symbol = zbar_image_first_symbol(image);
        for (; symbol != NULL && n < max; symbol = zbar_symbol_next(symbol)) {
            if (zbar_symbol_get_loc_size(symbol) != 4) {
                continue;
            }
            static const unsigned order[4] = {0, 3, 2, 1};
            memset(&codes[n], 0, sizeof codes[n]);
            take(&codes[n], zbar_symbol_get_data(symbol),
                 zbar_symbol_get_data_length(symbol));
            for (unsigned k = 0; k < 4; k++) {
                codes[n].corner[k] = (LkPoint){
                    view->x0 + view->scale * zbar_symbol_get_loc_x(symbol, order[k]),
                    view->y0 + view->scale * zbar_symbol_get_loc_y(symbol, order[k])};
            }
            n++;
        }
    }
    zbar_image_destroy(image);
    return n;
}

int
lk_codes_find(LkDecoder *decoder, const LkImage *image, LkWindow window,
              LkEffort effort, LkCode *codes, int max)
{
    window = lk_window_clip(image, window);
    if (window.x1 - window.x0 < 24 || window.y1 - window.y0 < 24) {
        return 0;
    }
    View view = view_of(image, window);
    int n = ask_zxing(&view, LK_ZXING_LOCAL, codes, max);
    if (n > 0 || effort == LK_EFFORT_QUICK) {
        return n;
    }
    View half = reduce(&view, 2, decoder->scratch);
    n = ask_zxing(&half, LK_ZXING_LOCAL, codes, max);
    if (n == 0) {
        n = ask_zxing(&view, LK_ZXING_GLOBAL, codes, max);
    }
    if (n == 0) {
        View soft = smooth(&view, decoder->scratch);
        n = ask_zxing(&soft, LK_ZXING_LOCAL, codes, max);
        n = n > 0 ? n : ask_zbar(decoder, &soft, codes, max);
        View softer = smooth(&soft, decoder->scratch2);
        n = n > 0 ? n : ask_zxing(&softer, LK_ZXING_LOCAL, codes, max);
        n = n > 0 ? n : ask_zbar(decoder, &softer, codes, max);
    }
    return n;
}

int
lk_codes_find_anywhere(LkDecoder *decoder, const LkImage *image, LkCode *codes, int max)
{
    View page = view_of(image, (LkWindow){0, 0, image->width, image->height});
    int longest = MAX(image->width, image->height);
    int by = MAX((longest + ANYWHERE_PX / 2) / ANYWHERE_PX, 1);
    int n = 0;
    for (; by >= 1 && n == 0; by /= 2) {
        if (by == 1 && longest > 3 * ANYWHERE_PX) {
            break;
        }
        View view = by > 1 ? reduce(&page, by, decoder->scratch) : page;
        n = ask_zxing(&view, LK_ZXING_LOCAL, codes, max);
    }
    return n;
}

bool
lk_code_is_label(const LkCode *code)
{
    return strcmp(code->id.form, LK_LABEL_FORM) == 0;
}
