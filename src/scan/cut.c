/* cut.c - a page as a file of its own, where its format needs no more than bytes. */
#include "scan/decode.h"

#include <string.h>

/* Beyond the pixels: PNG's blocks, and the objects around an image. */
#define CUT_SLACK ((size_t)1 << 20)

size_t
lk_cut_capacity(const LkScanLimits *limits)
{
    size_t pixels = lk_canvas_capacity(limits);
    return pixels + pixels / 64 + CUT_SLACK;
}

bool
lk_cut_put(LkCut *cut, const void *data, size_t size)
{
    if (size > cut->capacity - cut->size) {
        return false;
    }
    if (size > 0) {
        memcpy(cut->memory + cut->size, data, size);
    }
    cut->size += size;
    return true;
}

bool
lk_input_cut(void *input, int index, LkCut *cut)
{
    (void)index;
    const LkInput *file = input;
    return lk_cut_put(cut, file->data, file->len);
}

bool
lk_format_cut(const LkFormat *format, void *state, int index, const LkImage *image,
              LkCut *cut)
{
    cut->size = 0;
    if (format->cut != NULL && format->cut(state, index, cut) && cut->size > 0) {
        return true;
    }
    cut->size = 0;
    return lk_cut_picture(image, cut);
}
