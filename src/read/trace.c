/* trace.c - notes on how a reading came about. */
#include "read/trace.h"

#include "read/fiducial.h"

#include <string.h>

#define CODES_MAX 8

LkReadTrace *
lk_read_trace_new(void)
{
    LkReadTrace *trace = g_new0(LkReadTrace, 1);
    trace->found = g_array_new(FALSE, TRUE, sizeof(LkCodeSeen));
    trace->squares = g_array_new(FALSE, TRUE, sizeof(LkPoint));
    trace->outlines = g_array_new(FALSE, TRUE, sizeof(LkOutlineSeen));
    trace->boxes = g_array_new(FALSE, TRUE, sizeof(LkBoxSeen));
    return trace;
}

void
lk_read_trace_free(LkReadTrace *trace)
{
    if (trace == NULL) {
        return;
    }
    g_array_unref(trace->found);
    g_array_unref(trace->squares);
    g_array_unref(trace->outlines);
    g_array_unref(trace->boxes);
    g_free(trace);
}

static void
note_code(LkReadTrace *trace, const LkCode *code)
{
    LkCodeSeen seen = {.ours = code->ours};
    memcpy(seen.corner, code->corner, sizeof seen.corner);
    g_array_append_val(trace->found, seen);
}

/* Squares that may be a page's, when they were too few to say so: of a page that fills
 * most of the image's width. */
static void
note_squares(LkReadTrace *trace, const LkImage *image)
{
    double px_per_mm = MIN(image->width, image->height) / LK_PAGE_WIDTH_MM;
    double side = lk_house_fiducials[0].w * px_per_mm;
    LkThresholds local;
    lk_thresholds_local(image, &local);
    LkSquareSearch search = {.window = {0, 0, image->width, image->height},
                             .step = MAX((int)(px_per_mm / 5), 1),
                             .min_side_px = 0.75 * side,
                             .max_side_px = 1.2 * side,
                             .max_stretch = 1.3,
                             .thresholds = &local};
    g_autoptr(GArray) squares = g_array_new(FALSE, FALSE, sizeof(LkSquare));
    lk_squares_find(image, &search, squares);
    lk_thresholds_clear(&local);
    for (guint i = 0; i < squares->len; i++) {
        g_array_append_val(trace->squares, g_array_index(squares, LkSquare, i).center);
    }
}

void
lk_trace_anchors(LkReadTrace *trace, LkDecoder *decoder, const LkImage *image,
                 const LkAnchors *anchors)
{
    if (trace == NULL) {
        return;
    }
    for (int i = 0; i < 4; i++) {
        trace->fiducials[i] =
            anchors->has_fiducial[i] ? LK_ANCHOR_USED : LK_ANCHOR_MISSING;
        trace->fiducial_at[i] = anchors->fiducial[i];
    }
    for (int i = 0; i < 2; i++) {
        trace->codes[i] = anchors->has_code[i] ? LK_ANCHOR_USED : LK_ANCHOR_MISSING;
        if (anchors->has_code[i]) {
            note_code(trace, &anchors->code[i]);
        }
    }
    LkCode codes[CODES_MAX];
    int n = lk_codes_find_anywhere(decoder, image, codes, CODES_MAX);
    for (int i = 0; i < n; i++) {
        note_code(trace, &codes[i]);
    }
    bool any = false;
    for (int i = 0; i < 4; i++) {
        any = any || anchors->has_fiducial[i];
    }
    if (!any) {
        note_squares(trace, image);
    }
}

static void
note_dropped(LkAnchorState *state, bool kept)
{
    if (*state != LK_ANCHOR_MISSING) {
        *state = kept ? LK_ANCHOR_USED : LK_ANCHOR_DROPPED;
    }
}

void
lk_trace_fit(LkReadTrace *trace, const LkAnchors *anchors, const double h[9])
{
    if (trace == NULL) {
        return;
    }
    for (int i = 0; i < 4; i++) {
        note_dropped(&trace->fiducials[i], anchors->has_fiducial[i]);
    }
    for (int i = 0; i < 2; i++) {
        note_dropped(&trace->codes[i], anchors->has_code[i]);
    }
    trace->fitted = true;
    memcpy(trace->to_image, h, sizeof trace->to_image);
}

void
lk_trace_registration(LkReadTrace *trace, const LkRegistration *registration)
{
    if (trace == NULL) {
        return;
    }
    memcpy(trace->to_image, registration->h, sizeof trace->to_image);
    g_array_set_size(trace->outlines, 0);
    g_array_append_vals(trace->outlines, registration->outlines->data,
                        registration->outlines->len);
}

void
lk_trace_box(LkReadTrace *trace, LkPoint center, bool own_outline,
             const LkMarkFeatures *features, const LkBoxReading *rules,
             const LkMarkOdds *odds)
{
    if (trace == NULL) {
        return;
    }
    LkBoxSeen seen = {.center = center,
                      .own_outline = own_outline,
                      .rules = *rules,
                      .through_mm = features->through,
                      .beside_mm2 = features->beside,
                      .overrun_mm2 = features->overrun,
                      .asked = odds != NULL};
    if (odds != NULL) {
        seen.empty = odds->empty;
        seen.marked = odds->marked;
        seen.cancelled = odds->cancelled;
    }
    g_array_append_val(trace->boxes, seen);
}
