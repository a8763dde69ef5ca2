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

/* Dark modules of one code, row by row. */
typedef struct {
    bool *dark;
    int n; /* modules a side */
} Modules;

/* The end of the run of dark modules that starts at @x. */
static int
run_end(const Modules *modules, int y, int x)
{
    while (x < modules->n && modules->dark[y * modules->n + x]) {
        x++;
    }
    return x;
}

static bool
is_run(const Modules *modules, int y, int from, int to)
{
    const bool *row = &modules->dark[(size_t)y * (size_t)modules->n];
    return (from == 0 || !row[from - 1]) && row[from] &&
           run_end(modules, y, from) == to;
}

/* A run repeated in the rows below becomes one taller rectangle: fewer bytes.
 * Rectangles taken are cleared. */
static void
append_run(const Modules *modules, int y, int from, int to, GString *path)
{
    int below = y + 1;
    while (below < modules->n && is_run(modules, below, from, to)) {
        for (int x = from; x < to; x++) {
            modules->dark[below * modules->n + x] = false;
        }
        below++;
    }
    g_string_append_printf(path, "%d %d %d %d re\n", from, y, to - from, below - y);
}

static void
write_path(const QRcode *code, GString *path)
{
    int n = code->width;
    g_autofree bool *dark = g_new0(bool, (size_t)n *(size_t)n);
    Modules modules = {dark, n};
    for (int i = 0; i < n * n; i++) {
        dark[i] = (code->data[i] & 1) != 0;
    }
    g_string_truncate(path, 0);
    for (int y = 0; y < n; y++) {
        for (int x = 0; x < n; x++) {
            if (dark[y * n + x]) {
                int end = run_end(&modules, y, x);
                append_run(&modules, y, x, end, path);
                x = end;
            }
        }
    }
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
    write_path(code, path);
    return true;
}

bool
lk_qr_text_path(const char *text, GString *path, int *n, GError **error)
{
    g_autoptr(QRcode) code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (code == NULL) {
        g_set_error(error, LK_RENDER_ERROR, LK_RENDER_ERROR_QR,
                    _("a text of %zu characters cannot be made a QR code: %s"),
                    strlen(text), lk_errno_text(errno));
        return false;
    }
    write_path(code, path);
    *n = code->width;
    return true;
}
