/* view.c - a box and what surrounds it, as the classifier sees it. */
#include "read/view.h"

#include <math.h>
#include <string.h>

#define HALF_MM (LK_VIEW_N * LK_VIEW_PITCH_MM / 2)
#define OUTLINE_IN_MM 1.6 /* the outline and its blur, from the middle of the box */
#define OUTLINE_OUT_MM 2.15
#define TEXTURE 16 /* of 255: less is the paper's own; nothing is quickly judged */

/* Two by two samples of the patch are one of the view. */
static void
shrink(const LkPatch *patch, const float darkness[256], LkMarkView *view)
{
    int margin = patch->n / 2 - LK_VIEW_N;
    for (int row = 0; row < LK_VIEW_N; row++) {
        for (int col = 0; col < LK_VIEW_N; col++) {
            int at = (margin + 2 * row) * patch->n + margin + 2 * col;
            float sum = darkness[patch->at[at]] + darkness[patch->at[at + 1]] +
                        darkness[patch->at[at + patch->n]] +
                        darkness[patch->at[at + patch->n + 1]];
            int ink = (int)(CLAMP(sum / 4, 0, 1) * 255);
            view->ink[row * LK_VIEW_N + col] = (uint8_t)(ink < TEXTURE ? 0 : ink);
        }
    }
}

static int
sample_at(double mm)
{
    return (int)lrint((mm + HALF_MM) / LK_VIEW_PITCH_MM);
}

/* Marks the samples of @area (mm from the middle of the view) as @kind. */
static void
paint(LkMarkView *view, LkRect area, LkViewKind kind)
{
    int left = MAX(sample_at(area.x), 0), right = sample_at(area.x + area.w);
    int top = MAX(sample_at(area.y), 0), bottom = sample_at(area.y + area.h);
    for (int row = top; row < MIN(bottom, LK_VIEW_N); row++) {
        for (int col = left; col < MIN(right, LK_VIEW_N); col++) {
            view->kind[row * LK_VIEW_N + col] = (uint8_t)kind;
        }
    }
}

static LkRect
square(LkPoint center, double half)
{
    return (LkRect){center.x - half, center.y - half, 2 * half, 2 * half};
}

void
lk_mark_view(const LkPatch *patch, const float darkness[256], LkPoint center,
             const GArray *centers, const LkLayoutPage *page, LkMarkView *view)
{
    g_assert(patch->n >= 2 * LK_VIEW_N);
    shrink(patch, darkness, view);
    memset(view->kind, LK_VIEW_PAPER, sizeof view->kind);
    for (guint i = 0; i < page->writing->len; i++) {
        LkRect area = g_array_index(page->writing, LkWriting, i).area;
        paint(view, (LkRect){area.x - center.x, area.y - center.y, area.w, area.h},
              LK_VIEW_WRITING);
    }
    for (guint i = 0; i < page->cells->len; i++) {
        LkRect area = g_array_index(page->cells, LkCell, i).outline;
        paint(view, (LkRect){area.x - center.x, area.y - center.y, area.w, area.h},
              LK_VIEW_WRITING);
    }
    for (guint i = 0; i < centers->len; i++) {
        LkPoint other = g_array_index(centers, LkPoint, i);
        LkPoint at = {other.x - center.x, other.y - center.y};
        if (fabs(at.x) < HALF_MM + 3 && fabs(at.y) < HALF_MM + 3) {
            paint(view, square(at, OUTLINE_OUT_MM), LK_VIEW_OUTLINE);
            paint(view, square(at, OUTLINE_IN_MM), LK_VIEW_PAPER);
        }
    }
}
