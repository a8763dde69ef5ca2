/* qr.h - QR codes as vectors; private to the room and its tests. */
#ifndef LK_RENDER_QR_H
#define LK_RENDER_QR_H

#include "render/render.h"

G_BEGIN_DECLS

/**
 * lk_qr_path:
 * @payload: LK_PAYLOAD_LEN characters of the alphanumeric mode
 * @path: (out): cleared first; PDF operators that add the dark modules to the path, as
 *   rectangles in a frame where a module is 1 x 1, origin top left, y down
 *
 * Version 3, level H (ISO/IEC 18004), whatever the payload, so that the reader knows
 * the grid before it has decoded anything. One path and one fill: no hairlines between
 * modules, at any resolution.
 *
 * Returns: true if @path was written
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_qr_path(const char *payload, GString *path, GError **error);

/**
 * lk_qr_text_path:
 * @text: capitals, digits and spaces take least room
 * @n: (out): modules a side
 *
 * The same of any text, at level M, in the smallest version that holds it.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_qr_text_path(const char *text, GString *path, int *n, GError **error);

G_END_DECLS

#endif
