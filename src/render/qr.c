/* qr.c - page identities as QR codes: libqrencode's modules, joined into rectangles. */
#include "render/qr.h"

#include <errno.h>
#include <qrencode.h>
#include <string.h>

#define VERSION 3
#define N LK_QR_MODULES

G_DEFINE_AUTOPTR_CLEANUP_FUNC(QRcode, QRcode_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(QRinput, QRinput_free)

static QRcode *
encode(const char *payload)
{
    g_autoptr(QRinput) input = QRinput_new2(VERSION, QR_ECLEVEL_H);
    if (input == NULL || QRinput_append(input, QR_MODE_AN, (int)strlen(payload),
                                        (const unsigned char *)payload) != 0) {
        return NULL;
    }
    g_autoptr(QRcode) code = QRcode_encodeInput(input);
    /* libqrencode moves to a larger version when the text is too long. */
    return code != NULL && code->width == N ? g_steal_pointer(&code) : NULL;
}

/* The end of the run of dark modules that starts at @x. */
static int
run_end(const bool *row, int x)
{
    while (x < N && row[x]) {
        x++;
    }
    return x;
}

static bool
is_run(const bool *row, int from, int to)
{
    return (from == 0 || !row[from - 1]) && row[from] && run_end(row, from) == to;
}

/* A run repeated in the rows below becomes one taller rectangle: fewer bytes.
 * Rectangles taken are cleared from @dark. */
static void
append_run(bool dark[N][N], int y, int from, int to, GString *path)
{
    int below = y + 1;
    while (below < N && is_run(dark[below], from, to)) {
        for (int x = from; x < to; x++) {
            dark[below][x] = false;
        }
        below++;
    }
    g_string_append_printf(path, "%d %d %d %d re\n", from, y, to - from, below - y);
}

bool
lk_qr_path(const char *payload, GString *path, GError **error)
{
    g_autoptr(QRcode) code = encode(payload);
    if (code == NULL) {
        g_set_error(error, LK_RENDER_ERROR, LK_RENDER_ERROR_QR,
                    _("a page identity of %zu characters cannot be made a QR code: %s"),
                    strlen(payload), lk_errno_text(errno));
        return false;
    }
    bool dark[N][N];
    for (int i = 0; i < N * N; i++) {
        dark[i / N][i % N] = (code->data[i] & 1) != 0;
    }
    g_string_truncate(path, 0);
    for (int y = 0; y < N; y++) {
        for (int x = 0; x < N; x++) {
            if (dark[y][x]) {
                int end = run_end(dark[y], x);
                append_run(dark, y, x, end, path);
                x = end;
            }
        }
    }
    return true;
}
