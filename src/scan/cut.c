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

void
lk_cut_clear(LkCut *cut)
{
    cut->size = cut->used = cut->n_pieces = 0;
}

/* --- In pieces. --------------------------------------------------------------------
 */

/* Shorter pieces are not worth their row. */
#define PIECE_MIN ((size_t)4096)

/* How far from where they are expected a page's data are sought: the pages of some
 * readers more lie between. */
#define SOUGHT_WITHIN ((size_t)32 << 20)
#define NEEDLE_LEN ((size_t)64)
#define MOST_MISSES 3

/* After one of the file there is always room for one of own bytes. */
static bool
is_piece_of_file(const LkCut *cut, const uint8_t *data, size_t size)
{
    return cut->file != NULL && size >= PIECE_MIN &&
           cut->n_pieces + 2 <= LK_CUT_PIECES && data >= cut->file->data &&
           data <= cut->file->data + cut->file->len &&
           size <= (size_t)(cut->file->data + cut->file->len - data);
}

static void
add_piece(LkCut *cut, const LkPiece *piece)
{
    g_assert(cut->pieces != NULL);
    LkPiece *last = cut->n_pieces > 0 ? &cut->pieces[cut->n_pieces - 1] : NULL;
    bool goes_on = last != NULL && last->is_of_file == piece->is_of_file &&
                   (!piece->is_of_file || last->at + last->size == piece->at);
    if (goes_on) {
        last->size += piece->size;
    } else {
        cut->pieces[cut->n_pieces++] = *piece;
    }
}

bool
lk_cut_put(LkCut *cut, const void *data, size_t size)
{
    if (size > cut->capacity - cut->size) {
        return false;
    }
    LkPiece piece = {.size = size};
    if (is_piece_of_file(cut, data, size)) {
        piece.at = (guint64)((const uint8_t *)data - cut->file->data);
        piece.is_of_file = TRUE;
    } else if (size > 0) {
        memcpy(cut->memory + cut->used, data, size);
        cut->used += size;
    }
    if (cut->file != NULL && size > 0) {
        add_piece(cut, &piece);
    }
    cut->size += size;
    return true;
}

/* By a few bytes of the middle: at their beginning, the pictures of a scanner are all
 * alike. */
static const uint8_t *
find_within(const LkInput *file, size_t from, const uint8_t *data, size_t size)
{
    size_t middle = size / 2;
    if (file->len < size || from > file->len - size) {
        return NULL;
    }
    const uint8_t *at = file->data + from + middle;
    size_t left = MIN(file->len - from - middle, middle + SOUGHT_WITHIN);
    while ((at = memmem(at, left, data + middle, NEEDLE_LEN)) != NULL) {
        const uint8_t *start = at - middle;
        size_t behind = (size_t)(file->data + file->len - start);
        if (behind >= size && memcmp(start, data, size) == 0) {
            return start;
        }
        left = MIN(behind - middle - 1, SOUGHT_WITHIN);
        at++;
    }
    return NULL;
}

const uint8_t *
lk_cut_find(LkCut *cut, const uint8_t *data, size_t size)
{
    if (cut->file == NULL || size < PIECE_MIN || cut->misses >= MOST_MISSES) {
        return NULL;
    }
    const uint8_t *found = find_within(cut->file, cut->from, data, size);
    if (found == NULL && cut->from > 0) {
        found = find_within(cut->file, 0, data, size);
    }
    cut->misses = found != NULL ? 0 : cut->misses + 1;
    if (found != NULL) {
        cut->from = (size_t)(found - cut->file->data) + size;
    }
    return found;
}

/* --- By format. --------------------------------------------------------------------
 */

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
    lk_cut_clear(cut);
    if (format->cut != NULL && format->cut(state, index, cut) && cut->size > 0) {
        return true;
    }
    lk_cut_clear(cut);
    return lk_cut_picture(image, cut);
}
