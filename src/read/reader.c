/* reader.c - one page image, from pixels to a reading. */
#include <math.h>
#include <string.h>

#include "read/homography.h"
#include "read/ink.h"
#include "read/locate.h"
#include "read/mark.h"
#include "read/quality.h"
#include "read/read.h"
#include "read/register.h"

#define SMALLEST_PX 400   /* shorter side: 50 dpi */
#define LOWEST_DPI 95.0   /* "100 dpi", printed at 95 % and more */
#define LEAST_CONTRAST 20 /* grey levels: less is nothing to be seen */
#define LEVELS_STEP 4     /* every 4th pixel of every 4th row */

struct LkReader {
    LkReadHost host;
    LkDecoder *decoder;
};

void
lk_reading_free(LkReading *reading)
{
    if (reading == NULL) {
        return;
    }
    g_array_unref(reading->boxes);
    g_array_unref(reading->cells);
    g_array_unref(reading->writing);
    g_free(reading);
}

static LkReading *
reading_new(void)
{
    LkReading *reading = g_new0(LkReading, 1);
    reading->outcome = LK_OUTCOME_UNKNOWN;
    reading->boxes = g_array_new(FALSE, TRUE, sizeof(LkBoxReading));
    reading->cells = g_array_new(FALSE, TRUE, sizeof(LkInkReading));
    reading->writing = g_array_new(FALSE, TRUE, sizeof(LkInkReading));
    return reading;
}

LkReader *
lk_reader_new(const LkReadHost *host, GError **error)
{
    (void)error;
    LkReader *reader = g_new0(LkReader, 1);
    reader->host = *host;
    reader->decoder = lk_decoder_new();
    return reader;
}

void
lk_reader_free(LkReader *reader)
{
    if (reader == NULL) {
        return;
    }
    lk_decoder_free(reader->decoder);
    g_free(reader);
}

static void
give_reason(LkReading *reading, LkReason reason)
{
    reading->reasons |= 1u << reason;
}

/* --- Boxes, cells and lines. --------------------------------------------------------
 */

static void
read_boxes(const LkImage *image, const LkLevels *levels, const LkLayoutPage *page,
           const LkRegistration *registration, LkReading *reading)
{
    g_autoptr(GArray) features =
        lk_marks_measure(image, levels, page->boxes, registration);
    for (guint i = 0; i < features->len; i++) {
        LkBoxReading box = lk_mark_decide(&g_array_index(features, LkMarkFeatures, i));
        if (box.state == LK_MARK_UNSURE) {
            give_reason(reading, LK_REASON_UNSURE_MARKS);
        }
        g_array_append_val(reading->boxes, box);
    }
}

static void
read_ink(const LkImage *image, const LkLevels *levels, const LkLayoutPage *page,
         const LkRegistration *registration, LkReading *reading)
{
    for (guint i = 0; i < page->cells->len; i++) {
        const LkShift *shift = &g_array_index(registration->cells, LkShift, i);
        /* The outline's stroke, its blur and what registration may be off. */
        LkRect inside = lk_rect_inset(g_array_index(page->cells, LkCell, i).outline,
                                      LK_CELL_OUTLINE_MM + 0.35);
        inside.x += shift->dx;
        inside.y += shift->dy;
        LkInkReading ink = lk_ink_measure(image, levels, registration->h, inside);
        g_array_append_val(reading->cells, ink);
    }
    for (guint i = 0; i < page->writing->len; i++) {
        LkRect area =
            lk_rect_inset(g_array_index(page->writing, LkWriting, i).area, 0.3);
        LkInkReading ink = lk_ink_measure(image, levels, registration->h, area);
        g_array_append_val(reading->writing, ink);
    }
}

/* --- One page. ----------------------------------------------------------------------
 */

static void
unknown(LkReading *reading, LkReason reason)
{
    reading->outcome = LK_OUTCOME_UNKNOWN;
    give_reason(reading, reason);
}

static void
refuse(LkReading *reading, LkReason reason)
{
    reading->outcome = LK_OUTCOME_REFUSED;
    give_reason(reading, reason);
}

static void
note_anchors(const LkAnchors *anchors, LkReading *reading)
{
    reading->quality.turned = anchors->turned;
    reading->quality.fiducials = 0;
    reading->quality.codes = 0;
    for (int i = 0; i < 4; i++) {
        reading->quality.fiducials += anchors->has_fiducial[i];
    }
    for (int i = 0; i < 2; i++) {
        reading->quality.codes += anchors->has_code[i];
    }
}

/* Fits the page of @layout to the marks found and reads it, if the printed outlines
 * are where that says. */
static void
read_page(const LkImage *image, const LkLevels *levels, const LkLayoutPage *page,
          LkAnchors *anchors, LkReading *reading)
{
    double h[9], residual;
    if (!lk_anchors_fit(anchors, page->fiducials, page->qr, h, &residual)) {
        refuse(reading, LK_REASON_BAD_FIT);
        return;
    }
    note_anchors(anchors, reading);
    g_autoptr(LkRegistration) registration =
        lk_register(image, levels, page, anchors, h);
    memcpy(reading->to_image, registration->h, sizeof reading->to_image);
    reading->quality.residual_mm = registration->residual_mm;
    lk_quality_measure(image, levels, registration->h, &reading->quality);
    if (lk_page_is_cut(image, registration->h)) {
        give_reason(reading, LK_REASON_CUT_OFF);
    }
    if (!registration->verified) {
        refuse(reading, LK_REASON_BAD_FIT);
        return;
    }
    if (reading->quality.dpi < LOWEST_DPI) {
        refuse(reading, LK_REASON_LOW_RESOLUTION);
        return;
    }
    reading->outcome = LK_OUTCOME_READ;
    read_boxes(image, levels, page, registration, reading);
    read_ink(image, levels, page, registration, reading);
}

/* The page of @layout that @id names, or NULL. */
static const LkLayoutPage *
page_of(const LkLayout *layout, const LkPageId *id)
{
    if (layout == NULL || strcmp(layout->form, id->form) != 0 || id->page < 1 ||
        (guint)id->page > layout->pages->len) {
        return NULL;
    }
    return g_ptr_array_index(layout->pages, (guint)id->page - 1);
}

static void
read_with_codes(LkReader *reader, const LkImage *image, const LkLevels *levels,
                LkAnchors *anchors, LkReading *reading)
{
    reading->source = LK_IDENTITY_QR;
    reading->id = anchors->code[anchors->has_code[0] ? 0 : 1].id;
    if (anchors->disagree) {
        refuse(reading, LK_REASON_CODES_DISAGREE);
        return;
    }
    const LkLayout *layout = reader->host.layout(reading->id.layout, reader->host.data);
    const LkLayoutPage *page = page_of(layout, &reading->id);
    if (page == NULL) {
        refuse(reading, LK_REASON_UNKNOWN_LAYOUT);
        return;
    }
    if (lk_case_code_is_blank(&reading->id.case_code)) {
        give_reason(reading, LK_REASON_NO_CASE);
    }
    read_page(image, levels, page, anchors, reading);
}

static int
count_fiducials(const LkAnchors *anchors)
{
    int n = 0;
    for (int i = 0; i < 4; i++) {
        n += anchors->has_fiducial[i];
    }
    return n;
}

static void
read_anchored(LkReader *reader, const LkImage *image, const LkLevels *levels,
              LkReading *reading)
{
    LkAnchors anchors;
    lk_locate(reader->decoder, image, levels, &anchors);
    note_anchors(&anchors, reading);
    if (anchors.has_code[0] || anchors.has_code[1]) {
        read_with_codes(reader, image, levels, &anchors, reading);
    } else if (lk_page_is_blank(image, levels)) {
        reading->outcome = LK_OUTCOME_BLANK;
        give_reason(reading, LK_REASON_BLANK);
    } else if (anchors.foreign_code) {
        unknown(reading, LK_REASON_FOREIGN_CODE);
    } else if (count_fiducials(&anchors) >= 3) {
        unknown(reading, LK_REASON_NO_IDENTITY);
    } else {
        unknown(reading, LK_REASON_NO_MARKS);
    }
}

LkReading *
lk_reader_read(LkReader *reader, const LkImage *image)
{
    LkReading *reading = reading_new();
    if (MIN(image->width, image->height) < SMALLEST_PX ||
        MAX(image->width, image->height) > LK_MAX_SIDE_PX) {
        unknown(reading, LK_REASON_LOW_RESOLUTION);
        return reading;
    }
    LkLevels levels = lk_levels_measure(
        image, (LkWindow){0, 0, image->width, image->height}, LEVELS_STEP);
    reading->quality.paper = levels.paper;
    reading->quality.ink = levels.ink;
    if (levels.paper - levels.ink < LEAST_CONTRAST) {
        reading->outcome = LK_OUTCOME_BLANK;
        give_reason(reading, LK_REASON_BLANK);
        return reading;
    }
    read_anchored(reader, image, &levels, reading);
    return reading;
}
