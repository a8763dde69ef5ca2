/* tiff.h - the parts of TIFF reading. Private to the room. */
#ifndef LK_SCAN_TIFF_H
#define LK_SCAN_TIFF_H

#include "scan/decode.h"

#include <tiffio.h>

G_BEGIN_DECLS

/** lk_tiff_number: @bytes of @input from @at on, as its header orders them; 0 beyond
 * its end. */
uint64_t lk_tiff_number(const LkInput *input, uint64_t at, unsigned bytes);

/** lk_tiff_cut: the page that @tiff, open on @input, is at; see LkFormat. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_tiff_cut(const LkInput *input, TIFF *tiff, LkCut *cut);

G_END_DECLS

#endif
