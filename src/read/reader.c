/* reader.c - one page image, from pixels to a reading. */
#include <math.h>
#include <string.h>

#include "read/blank.h"
#include "read/classifier.h"
#include "read/homography.h"
#include "read/ink.h"
#include "read/lay.h"
#include "read/locate.h"
#include "read/mark.h"
#include "read/print_id.h"
#include "read/quality.h"
#include "read/read.h"
#include "read/register.h"
#include "read/toner.h"
#include "read/trace.h"

#define SMALLEST_PX 400      /* shorter side: 50 dpi */
#define LOWEST_DPI 95.0      /* "100 dpi", printed at 95 % and more */
#define LEAST_CONTRAST 20    /* grey levels: less is nothing to be seen */
#define PRINT_DISTANCE_MAX 3 /* letters misread in the printed identity */
#define PRINT_LEAD 2         /* letters a page must be behind to be no rival */
#define LINES_A_HAND 10 /* lines to write on, one of which is written on at least */

struct LkReader {
    LkReadHost host;
    const LkLayout *(*example)(
        void *data); /* says where the code is printed; or NULL */
    LkDecoder *decoder;
    LkClassifier *classifier;
    LkReadTrace *trace; /* of the page in hand, or NULL */
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
    reader->classifier = lk_classifier_new();
    return reader;
}

void
lk_reader_free(LkReader *reader)
{
    if (reader == NULL) {
        return;
    }
    lk_decoder_free(reader->decoder);
    lk_classifier_free(reader->classifier);
    g_free(reader);
}

void
lk_reader_set_example(LkReader *reader, const LkLayout *(*example)(void *data))
{
    reader->example = example;
}

static void
give_reason(LkReading *reading, LkReason reason)
{
    reading->reasons |= 1u << reason;
}

/* --- Boxes, cells and lines. --------------------------------------------------------
 */

static void
trace_box(LkReadTrace *trace, const LkLayoutPage *page,
          const LkRegistration *registration, guint i, const LkMarkFeatures *features,
          const LkBoxReading *rules, const LkMarkOdds *odds)
{
    const LkShift *shift = &g_array_index(registration->boxes, LkShift, i);
    LkPoint center = lk_rect_center(g_array_index(page->boxes, LkBox, i).outline);
    center.x += shift->dx;
    center.y += shift->dy;
    lk_trace_box(trace, center, shift->own, features, rules, odds);
}

/* Returns: whether the pen seems to be one that copying wipes out. */
static bool
read_boxes(const LkReader *reader, const LkImage *image, const LkLevels *levels,
           const LkStreaks *streaks, const LkLayoutPage *page,
           const LkRegistration *registration, LkReading *reading)
{
    g_autoptr(LkMarks) marks =
        lk_marks_measure(image, levels, streaks, page, registration);
    LkMarkHabit habit = lk_mark_habit(marks->features);
    for (guint i = 0; i < marks->features->len; i++) {
        const LkMarkView *view = g_ptr_array_index(marks->views, i);
        const LkMarkFeatures *features =
            &g_array_index(marks->features, LkMarkFeatures, i);
        LkBoxReading rules = lk_mark_decide(features, &habit), box = rules;
        LkMarkOdds odds;
        if (view != NULL) {
            odds = lk_classifier_judge(reader->classifier, view, &habit);
            box = lk_mark_agree(features, &rules, &odds);
        }
        trace_box(reader->trace, page, registration, i, features, &rules,
                  view != NULL ? &odds : NULL);
        g_array_append_val(reading->boxes, box);
    }
    return lk_mark_fades(marks->features, reading->boxes);
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
        LkInkReading ink =
            lk_ink_measure(image, levels, registration->h, inside, LK_INK_CELL);
        g_array_append_val(reading->cells, ink);
    }
    for (guint i = 0; i < page->writing->len; i++) {
        LkRect area =
            lk_rect_inset(g_array_index(page->writing, LkWriting, i).area, 0.3);
        LkInkReading ink =
            lk_ink_measure(image, levels, registration->h, area, LK_INK_LINE);
        g_array_append_val(reading->writing, ink);
    }
}

/* Whether handwriting is to be seen, on a line at least in so many. The same pen wrote
 * it: if it stands, so do the marks. */
static bool
is_written(const LkReading *reading)
{
    guint written = 0;
    for (guint i = 0; i < reading->writing->len; i++) {
        written += g_array_index(reading->writing, LkInkReading, i).written ? 1 : 0;
    }
    return written > 0 && LINES_A_HAND * written >= reading->writing->len;
}

/* A person looks at what is not decided; where the pen @fades, at boxes without ink
 * too. */
static void
find_doubts(LkReading *reading, bool fades)
{
    bool doubt = fades && !is_written(reading);
    for (guint i = 0; i < reading->boxes->len; i++) {
        LkBoxReading *box = &g_array_index(reading->boxes, LkBoxReading, i);
        if (doubt && box->state == LK_MARK_EMPTY) {
            *box = (LkBoxReading){LK_MARK_UNSURE, box->score, 0.5};
        }
        if (box->state == LK_MARK_UNSURE) {
            give_reason(reading, LK_REASON_UNSURE_MARKS);
        }
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

/* What is to be said about the scan. @streaks: to be cleared. */
static void
measure_quality(const LkImage *image, const LkLevels *levels,
                const LkRegistration *registration, LkStreaks *streaks,
                LkReading *reading)
{
    LkQuality *quality = &reading->quality;
    memcpy(reading->to_image, registration->h, sizeof reading->to_image);
    reading->bend = registration->bend;
    quality->residual_mm = registration->residual_mm;
    quality->outlines = registration->checked > 0
                            ? (double)registration->found / registration->checked
                            : 1;
    lk_quality_measure(image, levels, registration->h, quality);
    if (image->bilevel) {
        double ink =
            lk_outline_ink(image, levels, registration->outlines, registration->h);
        quality->outline_ink = MAX(ink, 0.01); /* 0 is for "not measured" */
    }
    lk_streaks_find(image, quality->turned % 180 == 0, quality->dpi / 25.4,
                    levels->paper - levels->ink, streaks);
    lk_quality_streaks(image, streaks, registration->h, quality);
    reading->reasons |= lk_quality_judge(quality);
}

/* Whether the pen is toner too: what is written must have been found. */
static void
note_toner(const LkImage *image, const LkLayoutPage *page,
           const LkRegistration *registration, LkReading *reading)
{
    lk_toner_measure(image, registration->h, page, reading->writing, &reading->quality);
    if (lk_toner_is_everywhere(&reading->quality)) {
        give_reason(reading, LK_REASON_PHOTOCOPIED);
    }
}

/* Nothing much is dark in the image: an empty page, a line of pencil, a faded print. */
static bool
is_pale(const LkLevels *levels)
{
    return levels->paper - levels->ink < LEAST_CONTRAST;
}

/* Fits the page of @layout to the marks found and reads it, if the printed outlines
 * are where that says. */
static void
read_page(const LkReader *reader, const LkImage *image, const LkLevels *of_image,
          const LkLayoutPage *page, LkAnchors *anchors, LkReading *reading)
{
    double h[9], residual;
    LkAnchors all = *anchors;
    if (is_pale(of_image)) {
        refuse(reading, LK_REASON_TOO_LIGHT);
        return;
    }
    if (!lk_anchors_fit(anchors, page->fiducials, page->qr, h, &residual)) {
        refuse(reading, LK_REASON_BAD_FIT);
        return;
    }
    LkLevels own = lk_page_levels(image, of_image, h), *levels = &own;
    g_autoptr(LkRegistration) registration =
        lk_page_lay(image, levels, page, &all, anchors, h);
    note_anchors(anchors, reading);
    lk_trace_fit(reader->trace, anchors, registration->h);
    lk_trace_registration(reader->trace, registration);
    LkStreaks streaks;
    measure_quality(image, levels, registration, &streaks, reading);
    if (!registration->verified) {
        refuse(reading, lk_quality_is_faded(&reading->quality) ? LK_REASON_TOO_LIGHT
                                                               : LK_REASON_BAD_FIT);
    } else if (reading->quality.dpi < LOWEST_DPI) {
        refuse(reading, LK_REASON_LOW_RESOLUTION);
    } else {
        reading->outcome = LK_OUTCOME_READ;
        bool fades =
            read_boxes(reader, image, levels, &streaks, page, registration, reading);
        read_ink(image, levels, page, registration, reading);
        find_doubts(reading, fades);
        note_toner(image, page, registration, reading);
    }
    lk_streaks_clear(&streaks);
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

/* --- Labels on blank copies. --------------------------------------------------------
 */

/* Takes over the case code of the labels in @area; false if there is none. Two that
 * differ are as good as none. */
static bool
take_label(LkReader *reader, const LkImage *image, LkRect area, LkReading *reading)
{
    LkCode codes[4];
    int n =
        lk_codes_find(reader->decoder, image, lk_window_around(reading->to_image, area),
                      LK_EFFORT_THOROUGH, codes, 4);
    bool found = false;
    for (int i = 0; i < n; i++) {
        const LkPageId *id = &codes[i].id;
        if (!codes[i].ours || strcmp(id->form, LK_LABEL_FORM) != 0 ||
            lk_case_code_is_blank(&id->case_code)) {
            continue;
        }
        if (found && !lk_case_code_equal(&reading->label, &id->case_code)) {
            reading->label.text[0] = '\0';
            return false;
        }
        reading->label = id->case_code;
        found = true;
    }
    return found;
}

/* In its own area, or wherever else in the foot of the page it was stuck. */
static void
find_label(LkReader *reader, const LkImage *image, const LkLayoutPage *page,
           LkReading *reading)
{
    if (reading->outcome != LK_OUTCOME_READ) {
        return;
    }
    double foot = page->qr[1].y - 10;
    LkRect band = {8, foot, LK_PAGE_WIDTH_MM - 16, LK_PAGE_HEIGHT_MM - foot - 3};
    bool has_area = page->label_area.w > 0 && page->label_area.h > 0;
    if ((!has_area ||
         !take_label(reader, image, lk_rect_inset(page->label_area, -4), reading)) &&
        !take_label(reader, image, band, reading)) {
        give_reason(reading, LK_REASON_NO_CASE);
    }
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
    read_page(reader, image, levels, page, anchors, reading);
    if (lk_case_code_is_blank(&reading->id.case_code)) {
        find_label(reader, image, page, reading);
    }
}

/* --- Identity by print. -------------------------------------------------------------
 */

/* A page issued here for the case code read, and how far its printed identity is from
 * what was read. */
typedef struct {
    LkPageId id;
    int distance;
} Candidate;

static void
add_candidate(const LkPageId *id, void *to)
{
    Candidate candidate = {*id, G_MAXINT};
    g_array_append_val((GArray *)to, candidate);
}

/* Reads slots of @kind with @use until that is content: they are printed at head and
 * foot. */
static bool
try_slots(const LkImage *image, const double h[9], const LkLayoutPage *page,
          LkSlotKind kind, bool (*use)(const char *text, void *to), void *to)
{
    for (guint i = 0; i < page->slots->len; i++) {
        const LkSlot *slot = &g_array_index(page->slots, LkSlot, i);
        if (slot->kind != kind) {
            continue;
        }
        g_autofree char *text =
            lk_print_read(image, h, slot->area,
                          kind == LK_SLOT_CASE ? LK_PRINT_DIGITS : LK_PRINT_IDENTITY);
        if (text != NULL && use(text, to)) {
            return true;
        }
    }
    return false;
}

static bool
use_case_code(const char *text, void *to)
{
    return lk_print_case_code(text, to);
}

/* Reads the printed case code, this way up or the other; leaves @anchors that way up.
 * The marks are where every layout has them. */
static bool
read_case_code(const LkImage *image, const LkLayoutPage *any, LkAnchors *anchors,
               double h[9], LkCaseCode *code)
{
    for (int turn = 0; turn < 2; turn++) {
        double residual;
        if (!lk_anchors_fit(anchors, any->fiducials, any->qr, h, &residual)) {
            return false;
        }
        if (try_slots(image, h, any, LK_SLOT_CASE, use_case_code, code)) {
            return true;
        }
        lk_anchors_flip(anchors);
    }
    return false;
}

/* The candidates, and who can tell their layouts. */
typedef struct {
    LkReader *reader;
    GArray *all; /* Candidate */
} Ranking;

/* How far each candidate is from @text; true if one is near enough. */
static bool
use_identity(const char *text, void *to)
{
    const Ranking *ranking = to;
    const LkReadHost *host = &ranking->reader->host;
    int best = G_MAXINT;
    for (guint i = 0; i < ranking->all->len; i++) {
        Candidate *candidate = &g_array_index(ranking->all, Candidate, i);
        const LkLayout *layout = host->layout(candidate->id.layout, host->data);
        if (page_of(layout, &candidate->id) == NULL) {
            continue;
        }
        g_autofree char *printed = g_strdup_printf(
            "%s %d/%u %s %s", candidate->id.form, candidate->id.page,
            layout->pages->len, candidate->id.layout, candidate->id.copy);
        candidate->distance = lk_print_distance(text, printed);
        best = MIN(best, candidate->distance);
    }
    return best <= PRINT_DISTANCE_MAX;
}

/* Whether the printed outlines are those of @id's page. */
static bool
looks_like(LkReader *reader, const LkImage *image, const LkLevels *levels,
           const LkAnchors *anchors, const LkPageId *id)
{
    const LkLayoutPage *page =
        page_of(reader->host.layout(id->layout, reader->host.data), id);
    LkAnchors own = *anchors;
    LkLevels grey = *levels;
    double h[9], residual;
    if (page == NULL ||
        !lk_anchors_fit(&own, page->fiducials, page->qr, h, &residual)) {
        return false;
    }
    g_autoptr(LkRegistration) registration =
        lk_page_lay(image, &grey, page, anchors, &own, h);
    return registration->verified && registration->checked > 0;
}

/* The one page that its print and its boxes both name. Pages of one copy differ in one
 * printed digit, so every page nearly as close must be ruled out by its boxes. */
static const LkPageId *
identify(LkReader *reader, const LkImage *image, const LkLevels *levels,
         const LkAnchors *anchors, const GArray *candidates)
{
    int best = G_MAXINT;
    for (guint i = 0; i < candidates->len; i++) {
        best = MIN(best, g_array_index(candidates, Candidate, i).distance);
    }
    const LkPageId *found = NULL;
    for (guint i = 0; i < candidates->len && best <= PRINT_DISTANCE_MAX; i++) {
        const Candidate *candidate = &g_array_index(candidates, Candidate, i);
        if (candidate->distance > best + PRINT_LEAD ||
            !looks_like(reader, image, levels, anchors, &candidate->id)) {
            continue;
        }
        if (found != NULL) {
            return NULL;
        }
        found = candidate->distance == best ? &candidate->id : NULL;
        if (found == NULL) {
            return NULL; /* the boxes are those of a page that the print does not name
                          */
        }
    }
    return found;
}

/* Both codes gone: the printed code, accepted only if its check digits agree, it was
 * issued here, and the rest of the page says the same. */
static bool
read_by_print(LkReader *reader, const LkImage *image, const LkLevels *levels,
              LkAnchors *anchors, LkReading *reading)
{
    const LkLayout *any = reader->example ? reader->example(reader->host.data) : NULL;
    if (any == NULL || any->pages->len == 0) {
        return false;
    }
    const LkLayoutPage *first = g_ptr_array_index(any->pages, 0);
    LkCaseCode code;
    double h[9];
    if (!read_case_code(image, first, anchors, h, &code)) {
        return false;
    }
    g_autoptr(GArray) candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));
    if (reader->host.issued != NULL) {
        reader->host.issued(&code, add_candidate, candidates, reader->host.data);
    }
    Ranking ranking = {reader, candidates};
    if (candidates->len == 0 ||
        !try_slots(image, h, first, LK_SLOT_IDENTITY, use_identity, &ranking)) {
        return false;
    }
    const LkPageId *id = identify(reader, image, levels, anchors, candidates);
    if (id == NULL) {
        return false;
    }
    reading->source = LK_IDENTITY_PRINT;
    reading->id = *id;
    give_reason(reading, LK_REASON_BY_PRINT);
    read_page(reader, image, levels,
              page_of(reader->host.layout(id->layout, reader->host.data), id), anchors,
              reading);
    return true;
}

/* --- A page, from its marks. --------------------------------------------------------
 */

/* A page of ours, whichever: its marks at least are where they are on every one. */
static void
trace_house(LkReadTrace *trace, LkAnchors *anchors)
{
    double h[9], residual;
    if (trace != NULL &&
        lk_anchors_fit(anchors, lk_house_fiducials, lk_house_qr, h, &residual)) {
        lk_trace_fit(trace, anchors, h);
    }
}

static bool
has_code(const LkAnchors *anchors)
{
    return anchors->has_code[0] || anchors->has_code[1];
}

/* The page's own marks. Returns: false if without a code nothing is on the page. */
static bool
find_marks(LkReader *reader, const LkImage *image, const LkLevels *levels,
           LkAnchors *anchors)
{
    lk_locate(reader->decoder, image, levels, anchors);
    if (has_code(anchors)) {
        return true;
    }
    if (lk_page_traces(image) != LK_TRACES_INK) {
        return false;
    }
    lk_locate_photo(reader->decoder, image, anchors);
    return true;
}

static void
read_anchored(LkReader *reader, const LkImage *image, const LkLevels *levels,
              LkReading *reading)
{
    LkAnchors anchors;
    bool traces = find_marks(reader, image, levels, &anchors);
    lk_trace_anchors(reader->trace, reader->decoder, image, &anchors);
    note_anchors(&anchors, reading);
    if (has_code(&anchors)) {
        read_with_codes(reader, image, levels, &anchors, reading);
    } else if (!traces) {
        reading->outcome = LK_OUTCOME_BLANK;
        give_reason(reading, LK_REASON_BLANK);
    } else if (anchors.foreign_code) {
        unknown(reading, LK_REASON_FOREIGN_CODE);
    } else if (lk_anchors_squares(&anchors) >= 2 &&
               read_by_print(reader, image, levels, &anchors, reading)) {
        return;
    } else if (anchors.label) {
        unknown(reading, LK_REASON_LABEL_ONLY);
    } else if (lk_anchors_squares(&anchors) >= 2) {
        trace_house(reader->trace, &anchors);
        unknown(reading, LK_REASON_NO_IDENTITY);
    } else {
        unknown(reading, LK_REASON_NO_MARKS);
    }
}

/* What comes before any page is sought; false if @reading says already what there is.
 */
static bool
begin_reading(const LkImage *image, LkLevels *levels, LkReading *reading)
{
    if (MIN(image->width, image->height) < SMALLEST_PX ||
        MAX(image->width, image->height) > LK_MAX_SIDE_PX) {
        unknown(reading, LK_REASON_LOW_RESOLUTION);
        return false;
    }
    *levels = lk_levels_measure(image, (LkWindow){0, 0, image->width, image->height},
                                LK_LEVELS_STEP);
    reading->quality.paper = levels->paper;
    reading->quality.ink = levels->ink;
    if (is_pale(levels) && levels->paper < LK_DARK_PAPER) {
        unknown(reading, LK_REASON_TOO_DARK); /* there may be a page in that night */
        return false;
    }
    if (is_pale(levels) && lk_page_traces(image) == LK_TRACES_NONE) {
        reading->outcome = LK_OUTCOME_BLANK;
        give_reason(reading, LK_REASON_BLANK);
        return false;
    }
    return true;
}

LkReading *
lk_reader_read_traced(LkReader *reader, const LkImage *image, LkReadTrace *trace)
{
    reader->trace = trace;
    LkReading *reading = lk_reader_read(reader, image);
    reader->trace = NULL;
    return reading;
}

LkReading *
lk_reader_read(LkReader *reader, const LkImage *image)
{
    LkReading *reading = reading_new();
    LkLevels levels;
    if (begin_reading(image, &levels, reading)) {
        read_anchored(reader, image, &levels, reading);
    }
    return reading;
}

/* --- A page that a person names. ----------------------------------------------------
 */

/* A code of the page, if it has one left, may be of a blank copy and name no case. */
static bool
code_says(const LkAnchors *anchors, const LkPageId *id)
{
    for (int i = 0; i < 2; i++) {
        const LkPageId *code = &anchors->code[i].id;
        if (anchors->has_code[i] &&
            (strcmp(code->form, id->form) != 0 || code->page != id->page ||
             strcmp(code->layout, id->layout) != 0 ||
             strcmp(code->copy, id->copy) != 0 ||
             !lk_case_code_equal(&code->case_code, &id->case_code))) {
            return false;
        }
    }
    return !anchors->disagree;
}

/* Both ways up, unless a code tells; only one of them can have the outlines right. */
static void
read_told(LkReader *reader, const LkImage *image, const LkLevels *levels,
          LkAnchors *anchors, LkReading *reading)
{
    const LkPageId *id = &reading->id;
    const LkLayoutPage *page =
        page_of(reader->host.layout(id->layout, reader->host.data), id);
    if (page == NULL) {
        refuse(reading, LK_REASON_UNKNOWN_LAYOUT);
        return;
    }
    bool upright = looks_like(reader, image, levels, anchors, id);
    if (!anchors->upright_known) {
        LkAnchors flipped = *anchors;
        lk_anchors_flip(&flipped);
        bool turned = looks_like(reader, image, levels, &flipped, id);
        if (upright && turned) {
            refuse(reading, LK_REASON_BAD_FIT);
            return;
        }
        *anchors = turned ? flipped : *anchors;
        upright = upright || turned;
    }
    if (!upright) {
        refuse(reading, LK_REASON_BAD_FIT);
        return;
    }
    read_page(reader, image, levels, page, anchors, reading);
}

LkReading *
lk_reader_read_as(LkReader *reader, const LkImage *image, const LkPageId *id)
{
    LkReading *reading = reading_new();
    LkLevels levels;
    if (!begin_reading(image, &levels, reading)) {
        return reading;
    }
    LkAnchors anchors;
    (void)find_marks(reader, image, &levels, &anchors);
    note_anchors(&anchors, reading);
    reading->source = LK_IDENTITY_PERSON;
    reading->id = *id;
    if (!code_says(&anchors, id)) {
        refuse(reading, LK_REASON_CODES_DISAGREE);
    } else if (!has_code(&anchors) && lk_anchors_squares(&anchors) < 2) {
        refuse(reading, LK_REASON_NO_MARKS);
    } else {
        read_told(reader, image, &levels, &anchors, reading);
    }
    return reading;
}
