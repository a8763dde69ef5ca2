/* explain.c - a reading, drawn on its page: the fit, the codes, each box with what was
 * decided about it; beside the page a legend and what the two judges said.
 *
 * Colours differ in lightness as well, and what matters most also in shape: a grey
 * print, or an eye that does not tell red from green, loses nothing. */
#include "read/read.h"

#include <math.h>
#include <string.h>

#include "read/picture.h"

#define PAGE_PX 1800   /* height of the page in the picture; its width follows … */
#define WIDEST_PX 1800 /* … up to here */
#define PANEL_PX 760
#define MARGIN_PX 24
#define LINE_PX 23     /* from line to line */
#define OUTSET_MM 0.5  /* of the frame around a box */
#define SQUARE_PX 25.0 /* half the side of the frame around a corner square */
#define CLASSIFIER_SURE 0.98

#define BLACK 0x111111u
#define GREY 0x6b6b6bu
#define WHITE 0xffffffu
#define EMPTY_COLOUR 0x63c4b4u     /* light */
#define MARKED_COLOUR 0x0a2a9cu    /* very dark */
#define UNSURE_COLOUR 0xef8a00u    /* between the two */
#define CANCELLED_COLOUR 0x9a0f9au /* dark; a cross through the box */
#define GOOD_COLOUR 0x00733eu
#define BAD_COLOUR 0xd8232au
#define WRITTEN_COLOUR 0x5b7de0u

/** The picture while it is drawn. */
typedef struct {
    const LkExplanation *what;
    LkRgb *picture;
    double scale;    /* picture px a px of the image */
    LkPoint upright; /* size of the page's part, picture px */
    double baseline; /* of the panel's next line */
} Work;

static const LkLetters plain = {LK_FACE_REGULAR, 16, BLACK};
static const LkLetters soft = {LK_FACE_REGULAR, 16, GREY};
static const LkLetters bold = {LK_FACE_BOLD, 16, BLACK};
static const LkLetters title = {LK_FACE_BOLD, 26, BLACK};
static const LkLetters tag = {LK_FACE_BOLD, 14, WHITE};

/* --- From the image to the picture. -------------------------------------------------
 */

/* Turns the image upright: `turned` says how the page lay, clockwise. */
static LkPoint
at_px(const Work *work, LkPoint p)
{
    const LkImage *image = work->what->image;
    switch (work->what->reading->quality.turned) {
    case 90:
        p = (LkPoint){p.y, image->width - p.x};
        break;
    case 180:
        p = (LkPoint){image->width - p.x, image->height - p.y};
        break;
    case 270:
        p = (LkPoint){image->height - p.y, p.x};
        break;
    default:
        break;
    }
    return (LkPoint){p.x * work->scale, p.y * work->scale};
}

static LkPoint
back_to_image(const Work *work, LkPoint p)
{
    const LkImage *image = work->what->image;
    p = (LkPoint){p.x / work->scale, p.y / work->scale};
    switch (work->what->reading->quality.turned) {
    case 90:
        return (LkPoint){image->width - p.y, p.x};
    case 180:
        return (LkPoint){image->width - p.x, image->height - p.y};
    case 270:
        return (LkPoint){p.y, image->height - p.x};
    default:
        return p;
    }
}

/* Place on the page (mm) in the picture. */
static LkPoint
at_mm(const Work *work, LkPoint mm)
{
    return at_px(work, lk_map_point(work->what->trace->to_image, mm));
}

static int
grey_at(const LkImage *image, LkPoint p)
{
    int x = CLAMP((int)p.x, 0, image->width - 1);
    int y = CLAMP((int)p.y, 0, image->height - 1);
    return image->pixels[(size_t)y * image->stride + (size_t)x];
}

/* Each pixel is the mean of nine looks, so that thin lines do not drop out. */
static void
draw_image(Work *work)
{
    int width = (int)work->upright.x, height = (int)work->upright.y;
    for (int y = 0; y < height; y++) {
        uint8_t *to =
            work->picture->pixels + (size_t)y * (size_t)work->picture->width * 3;
        for (int x = 0; x < width; x++) {
            int sum = 0;
            for (int k = 0; k < 9; k++) {
                int row = k / 3, col = k % 3;
                LkPoint at = {x + (col + 0.5) / 3, y + (row + 0.5) / 3};
                sum += grey_at(work->what->image, back_to_image(work, at));
            }
            memset(to + (size_t)x * 3, sum / 9, 3);
        }
    }
}

static void
frame(Work *work, LkRect mm, LkPen pen)
{
    LkPoint corner[4] = {{mm.x, mm.y},
                         {mm.x + mm.w, mm.y},
                         {mm.x + mm.w, mm.y + mm.h},
                         {mm.x, mm.y + mm.h}};
    for (int i = 0; i < 4; i++) {
        corner[i] = at_mm(work, corner[i]);
    }
    lk_picture_quad(work->picture, corner, pen);
}

static void
cross(Work *work, LkPoint at, double arm, LkPen pen)
{
    lk_picture_line(work->picture, (LkPoint){at.x - arm, at.y - arm},
                    (LkPoint){at.x + arm, at.y + arm}, pen);
    lk_picture_line(work->picture, (LkPoint){at.x - arm, at.y + arm},
                    (LkPoint){at.x + arm, at.y - arm}, pen);
}

/* White letters on @colour, left end of the foot at @at. */
static void
label(Work *work, LkPoint at, LkColour colour, const char *text)
{
    int width = lk_picture_width(work->what->fonts, tag, text);
    at.x = CLAMP(at.x, 0, MAX(work->upright.x - width - 6, 0));
    at.y = CLAMP(at.y, 18, work->upright.y);
    lk_picture_fill(work->picture, (LkRect){at.x, at.y - 18, width + 6.0, 18}, colour);
    lk_picture_text(work->picture, work->what->fonts, tag,
                    (LkPoint){at.x + 3, at.y - 4}, text);
}

/* --- The fit. -----------------------------------------------------------------------
 */

static const LkPen used_pen = {GOOD_COLOUR, 4, 0};
static const LkPen missing_pen = {BAD_COLOUR, 3, 8};

static void
draw_mark(Work *work, LkRect place, LkAnchorState state)
{
    bool used = state == LK_ANCHOR_USED;
    frame(work, lk_rect_inset(place, -1.2), used ? used_pen : missing_pen);
    if (!used) {
        label(work, at_mm(work, (LkPoint){place.x, place.y - 1.5}), BAD_COLOUR,
              state == LK_ANCHOR_MISSING ? _("missing") : _("not believed"));
    }
}

static void
draw_square(Work *work, LkPoint center, double half, LkPen pen)
{
    LkPoint corner[4] = {{center.x - half, center.y - half},
                         {center.x + half, center.y - half},
                         {center.x + half, center.y + half},
                         {center.x - half, center.y + half}};
    lk_picture_quad(work->picture, corner, pen);
}

/* Where no map is, the squares found are shown as they are. */
static void
draw_squares(Work *work)
{
    const LkReadTrace *trace = work->what->trace;
    for (guint i = 0; i < trace->squares->len; i++) {
        LkPoint at = at_px(work, g_array_index(trace->squares, LkPoint, i));
        draw_square(work, at, SQUARE_PX, (LkPen){UNSURE_COLOUR, 4, 0});
    }
    for (int i = 0; i < 4; i++) {
        if (trace->fiducials[i] != LK_ANCHOR_MISSING) {
            draw_square(work, at_px(work, trace->fiducial_at[i]), SQUARE_PX, used_pen);
        }
    }
}

static void
draw_codes(Work *work)
{
    const GArray *found = work->what->trace->found;
    for (guint i = 0; i < found->len; i++) {
        const LkCodeSeen *code = &g_array_index(found, LkCodeSeen, i);
        LkPoint corner[4];
        for (int k = 0; k < 4; k++) {
            corner[k] = at_px(work, code->corner[k]);
        }
        LkColour colour = code->ours ? GOOD_COLOUR : BAD_COLOUR;
        lk_picture_quad(work->picture, corner, (LkPen){colour, 4, 0});
        if (!code->ours) {
            label(work, corner[0], colour, _("not ours"));
        }
    }
}

static void
draw_outlines(Work *work)
{
    const GArray *outlines = work->what->trace->outlines;
    for (guint i = 0; i < outlines->len; i++) {
        const LkOutlineSeen *seen = &g_array_index(outlines, LkOutlineSeen, i);
        LkPoint at = at_mm(work, (LkPoint){seen->outline.x, seen->outline.y});
        if (seen->verified) {
            lk_picture_fill(work->picture, (LkRect){at.x - 2, at.y - 2, 5, 5},
                            GOOD_COLOUR);
        } else {
            cross(work, at, 6, (LkPen){BAD_COLOUR, 3, 0});
        }
    }
}

static void
draw_streaks(Work *work)
{
    const LkQuality *q = &work->what->reading->quality;
    const LkImage *image = work->what->image;
    for (int i = 0; i < q->streaks; i++) {
        double px = q->streak_mm[i] * lk_quality_scan_dpi(q) / 25.4;
        LkPoint from = q->streaks_across ? (LkPoint){0, px} : (LkPoint){px, 0};
        LkPoint to = q->streaks_across ? (LkPoint){image->width, px}
                                       : (LkPoint){px, image->height};
        lk_picture_line(work->picture, at_px(work, from), at_px(work, to),
                        (LkPen){BAD_COLOUR, 2, 12});
        g_autofree char *text = g_strdup_printf(_("streak, %.0f mm"), q->streak_mm[i]);
        LkPoint middle = {(from.x + to.x) / 2, (from.y + to.y) / 2};
        label(work, at_px(work, middle), BAD_COLOUR, text);
    }
}

static const LkLayoutPage *
page_of(const Work *work)
{
    const LkLayout *layout = work->what->layout;
    return layout != NULL ? lk_layout_page(layout, work->what->reading->id.page) : NULL;
}

static void
draw_fit(Work *work)
{
    const LkReadTrace *trace = work->what->trace;
    const LkLayoutPage *page = page_of(work);
    draw_codes(work);
    if (!trace->fitted) {
        draw_squares(work);
        return;
    }
    frame(work, (LkRect){0.5, 0.5, LK_PAGE_WIDTH_MM - 1, LK_PAGE_HEIGHT_MM - 1},
          (LkPen){GOOD_COLOUR, 2, 14});
    for (int i = 0; page != NULL && i < 4; i++) {
        draw_mark(work, page->fiducials[i], trace->fiducials[i]);
    }
    for (int i = 0; page != NULL && i < 2; i++) {
        draw_mark(work, page->qr[i], trace->codes[i]);
    }
    if (page == NULL) {
        draw_squares(work);
    }
    draw_streaks(work);
    draw_outlines(work);
}

/* --- Boxes and writing. -------------------------------------------------------------
 */

typedef struct {
    LkColour colour;
    const char *name;
} Look;

static const Look looks[] = {
    [LK_MARK_EMPTY] = {EMPTY_COLOUR, N_("empty")},
    [LK_MARK_MARKED] = {MARKED_COLOUR, N_("marked")},
    [LK_MARK_UNSURE] = {UNSURE_COLOUR, N_("to be decided")},
    [LK_MARK_BLACKENED] = {CANCELLED_COLOUR, N_("blackened")},
};

/* Whether there is something to tell about a box but that it is empty. */
static bool
is_listed(const LkBoxReading *box, const LkBoxSeen *seen)
{
    return seen->asked || box->state != LK_MARK_EMPTY;
}

static void
draw_box(Work *work, const LkBoxReading *box, const LkBoxSeen *seen, int number)
{
    double half = LK_BOX_MM / 2 + OUTSET_MM;
    LkRect around = {seen->center.x - half, seen->center.y - half, 2 * half, 2 * half};
    bool listed = is_listed(box, seen);
    LkColour colour = looks[box->state].colour;
    frame(work, around,
          (LkPen){colour, box->state != LK_MARK_EMPTY ? 4 : 2,
                  box->state == LK_MARK_UNSURE ? 7 : 0});
    if (box->state == LK_MARK_BLACKENED) {
        cross(work, at_mm(work, seen->center), half * 5, (LkPen){colour, 3, 0});
    }
    if (listed) {
        g_autofree char *text = g_strdup_printf("%d", number);
        bool empty = box->state == LK_MARK_EMPTY;
        LkPoint at = at_mm(work, (LkPoint){around.x + around.w, around.y + 0.4});
        label(work, at, empty ? GREY : colour, text);
    }
}

static void
draw_ink(Work *work, LkRect area, const LkInkReading *ink)
{
    if (ink->written) {
        LkPen pen = {WRITTEN_COLOUR, 3, 0};
        lk_picture_line(work->picture, at_mm(work, (LkPoint){area.x, area.y + area.h}),
                        at_mm(work, (LkPoint){area.x + area.w, area.y + area.h}), pen);
    }
}

static void
draw_answers(Work *work)
{
    const LkReading *reading = work->what->reading;
    const LkLayoutPage *page = page_of(work);
    if (page == NULL || reading->outcome != LK_OUTCOME_READ) {
        return;
    }
    for (guint i = 0; i < reading->cells->len; i++) {
        draw_ink(work, g_array_index(page->cells, LkCell, i).outline,
                 &g_array_index(reading->cells, LkInkReading, i));
    }
    for (guint i = 0; i < reading->writing->len; i++) {
        draw_ink(work, g_array_index(page->writing, LkWriting, i).area,
                 &g_array_index(reading->writing, LkInkReading, i));
    }
    int number = 0;
    for (guint i = 0; i < reading->boxes->len; i++) {
        const LkBoxReading *box = &g_array_index(reading->boxes, LkBoxReading, i);
        const LkBoxSeen *seen = &g_array_index(work->what->trace->boxes, LkBoxSeen, i);
        number += is_listed(box, seen) ? 1 : 0;
        draw_box(work, box, seen, number);
    }
}

/* --- The panel. ---------------------------------------------------------------------
 */

static double
panel_x(const Work *work)
{
    return work->upright.x + MARGIN_PX;
}

/* Room for one more line. */
static void
next_line(Work *work, double by)
{
    work->baseline += by;
    lk_picture_enlarge(work->picture, (int)work->baseline + MARGIN_PX);
}

static void
say_at(Work *work, double indent, LkLetters letters, const char *text)
{
    lk_picture_text(work->picture, work->what->fonts, letters,
                    (LkPoint){panel_x(work) + indent, work->baseline}, text);
}

/* Broken at spaces; leaves the baseline on the last line. */
static void
say_wrapped(Work *work, double indent, LkLetters letters, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    g_autoptr(GString) line = g_string_new(NULL);
    double room = PANEL_PX - 2 * MARGIN_PX - indent;
    for (char **word = words; *word != NULL; word++) {
        gsize before = line->len;
        g_string_append_printf(line, "%s%s", before > 0 ? " " : "", *word);
        if (before > 0 &&
            lk_picture_width(work->what->fonts, letters, line->str) > room) {
            g_string_truncate(line, before);
            say_at(work, indent, letters, line->str);
            next_line(work, LINE_PX);
            g_string_assign(line, *word);
        }
    }
    say_at(work, indent, letters, line->str);
}

static void
say_line(Work *work, LkLetters letters, const char *text)
{
    say_wrapped(work, 0, letters, text);
    next_line(work, LINE_PX);
}

static void
say_heading(Work *work, const char *text)
{
    next_line(work, 12);
    say_at(work, 0, bold, text);
    lk_picture_fill(
        work->picture,
        (LkRect){panel_x(work), work->baseline + 6, PANEL_PX - 2 * MARGIN_PX, 1}, GREY);
    next_line(work, LINE_PX + 4);
}

static void
say_page(Work *work)
{
    static const char *const outcomes[] = {
        [LK_OUTCOME_READ] = N_("Read"),
        [LK_OUTCOME_UNKNOWN] = N_("Unknown page"),
        [LK_OUTCOME_REFUSED] = N_("Not read"),
        [LK_OUTCOME_BLANK] = N_("Blank page"),
    };
    const LkReading *reading = work->what->reading;
    say_at(work, 0, title, _(outcomes[reading->outcome]));
    next_line(work, 32);
    if (reading->source == LK_IDENTITY_NONE) {
        say_line(work, plain, _("Nothing tells which page this is."));
        return;
    }
    g_autofree char *code = lk_case_code_format(&reading->id.case_code);
    g_autofree char *id = g_strdup_printf(_("%s, form %s, page %d"), code,
                                          reading->id.form, reading->id.page);
    g_autofree char *paper = g_strdup_printf(
        _("layout %s, copy %s; known by %s"), reading->id.layout, reading->id.copy,
        reading->source == LK_IDENTITY_QR ? _("its QR codes") : _("its printed code"));
    say_line(work, bold, id);
    say_line(work, plain, paper);
}

static void
say_reasons(Work *work)
{
    for (const char *const *reason = work->what->reasons; *reason != NULL; reason++) {
        say_at(work, 0, bold, "–");
        say_wrapped(work, 18, plain, *reason);
        next_line(work, LINE_PX);
    }
}

static int
count_used(const LkAnchorState *states, int n)
{
    int used = 0;
    for (int i = 0; i < n; i++) {
        used += states[i] == LK_ANCHOR_USED ? 1 : 0;
    }
    return used;
}

static void
say_fit(Work *work)
{
    const LkReadTrace *trace = work->what->trace;
    const LkQuality *q = &work->what->reading->quality;
    say_heading(work, _("How the page was found"));
    g_autofree char *marks =
        g_strdup_printf(_("%d of 4 corner squares, %d of 2 QR codes"),
                        count_used(trace->fiducials, 4), count_used(trace->codes, 2));
    say_line(work, plain, marks);
    if (trace->outlines->len > 0) {
        guint verified = 0;
        for (guint i = 0; i < trace->outlines->len; i++) {
            verified += g_array_index(trace->outlines, LkOutlineSeen, i).verified;
        }
        g_autofree char *outlines = g_strdup_printf(
            _("%u of %u printed outlines are in their places, within %.2f mm"),
            verified, trace->outlines->len, q->residual_mm);
        say_line(work, plain, outlines);
    }
    if (q->dpi > 0) {
        g_autofree char *scan = g_strdup_printf(
            _("%.0f dpi, askew by %.1f°, lay turned by %d°; grey of paper %.0f, of "
              "print %.0f"),
            q->dpi, q->skew_deg, q->turned, q->paper, q->ink);
        say_line(work, plain, scan);
    }
    if (q->pen_black > 0) {
        g_autofree char *pen = g_strdup_printf(
            _("handwriting: %.0f %% of the print's black, %.1f %% apart"),
            100 * q->pen_black, 100 * q->pen_spread);
        say_line(work, plain, pen);
    }
}

static void
legend(Work *work, LkPen pen, bool crossed, const char *text)
{
    double x = panel_x(work) + 2, y = work->baseline - 15;
    LkPoint corner[4] = {{x, y}, {x + 18, y}, {x + 18, y + 18}, {x, y + 18}};
    lk_picture_quad(work->picture, corner, pen);
    if (crossed) {
        cross(work, (LkPoint){x + 9, y + 9}, 9, (LkPen){pen.colour, 2, 0});
    }
    say_wrapped(work, 34, plain, text);
    next_line(work, LINE_PX + 3);
}

static void
say_legend(Work *work)
{
    say_heading(work, _("Legend"));
    legend(work, used_pen, false,
           _("corner square or QR code found; dashed: the edge of the page"));
    legend(work, missing_pen, false, _("missing or not believed; a streak"));
    if (work->what->trace->squares->len > 0) {
        legend(work, (LkPen){UNSURE_COLOUR, 4, 0}, false,
               _("a black square: alone it does not say how the page lies"));
    }
    lk_picture_fill(work->picture,
                    (LkRect){panel_x(work) + 9, work->baseline - 8, 5, 5}, GOOD_COLOUR);
    say_wrapped(work, 34, plain, _("printed outline found where it should be"));
    next_line(work, LINE_PX);
    cross(work, (LkPoint){panel_x(work) + 11, work->baseline - 6}, 6,
          (LkPen){BAD_COLOUR, 3, 0});
    say_wrapped(work, 34, plain, _("printed outline not found"));
    next_line(work, LINE_PX + 3);
    if (work->what->reading->outcome != LK_OUTCOME_READ) {
        return;
    }
    legend(work, (LkPen){EMPTY_COLOUR, 2, 0}, false,
           _("empty; with a number: there is ink, but no mark"));
    legend(work, (LkPen){MARKED_COLOUR, 4, 0}, false, _("marked"));
    legend(work, (LkPen){UNSURE_COLOUR, 4, 7}, false, _("not sure: a person decides"));
    legend(work, (LkPen){CANCELLED_COLOUR, 4, 0}, true,
           _("blackened: a correction? A person confirms"));
    lk_picture_fill(work->picture,
                    (LkRect){panel_x(work) + 2, work->baseline - 5, 18, 3},
                    WRITTEN_COLOUR);
    say_wrapped(work, 34, plain,
                _("something is written on this line or in this cell"));
    next_line(work, LINE_PX);
}

/* --- The table. ---------------------------------------------------------------------
 */

/* Left edges of the columns, px in the panel. */
enum {
    NUMBER_PX = 0,
    NAME_PX = 32,
    DECISION_PX = 290,
    SCORE_PX = 388,
    SURE_PX = 444,
    RULES_PX = 498,
    ODDS_PX = 590
};

/* As much of @text as fits before @end, and dots. */
static void
say_cell(Work *work, double from, double end, LkLetters letters, const char *text)
{
    g_autoptr(GString) cut = g_string_new(text);
    while (cut->len > 0 &&
           lk_picture_width(work->what->fonts, letters, cut->str) > end - from - 8) {
        const char *last = g_utf8_find_prev_char(cut->str, cut->str + cut->len);
        g_string_truncate(cut, (gsize)(last - cut->str));
        if (lk_picture_width(work->what->fonts, letters, cut->str) <=
            end - from - 8 - letters.size) {
            g_string_append(cut, "…");
            break;
        }
    }
    say_at(work, from, letters, cut->str);
}

static char *
box_name(const LkLayout *layout, const LkBox *box)
{
    const LkLayoutField *field = lk_layout_field(layout, box->field);
    const LkOption *option = (guint)box->option < field->options->len
                                 ? g_ptr_array_index(field->options, (guint)box->option)
                                 : NULL;
    g_autofree char *row =
        box->row > 0 ? g_strdup_printf(" %d", box->row) : g_strdup("");
    return g_strdup_printf("%s%s = %s", field->name, row,
                           option != NULL ? option->value : "?");
}

/* What each judge's word was worth, where they left it to a person. */
static const char *
why_unsure(const LkBoxSeen *seen)
{
    LkMarkState first = seen->cancelled >= MAX(seen->empty, seen->marked)
                            ? LK_MARK_BLACKENED
                        : seen->marked >= seen->empty ? LK_MARK_MARKED
                                                      : LK_MARK_EMPTY;
    double sure = MAX(seen->cancelled, MAX(seen->marked, seen->empty));
    if (!seen->asked) {
        return _("the rules cannot tell");
    }
    if (seen->rules.state != LK_MARK_UNSURE && seen->rules.state != first) {
        return _("rules and classifier contradict each other");
    }
    if (seen->rules.state == first && sure >= CLASSIFIER_SURE &&
        seen->overrun_mm2 > 0) {
        return _("handwriting beside the box seems to run into it");
    }
    return seen->rules.state == LK_MARK_UNSURE
               ? _("the rules cannot tell, and the classifier is not sure enough alone")
               : _("the classifier is not sure enough");
}

/* 0.9996 is not certainty. */
static double
cut_thousandths(double probability)
{
    return floor(1000 * probability) / 1000;
}

static void
say_box(Work *work, int number, const LkBox *box, const LkBoxReading *got,
        const LkBoxSeen *seen)
{
    g_autofree char *name = box_name(work->what->layout, box);
    g_autofree char *numeral = g_strdup_printf("%d", number);
    g_autofree char *score = g_strdup_printf("%.2f", got->score);
    g_autofree char *sure = g_strdup_printf("%.3f", cut_thousandths(got->confidence));
    g_autofree char *odds =
        seen->asked ? g_strdup_printf("%.1f · %.1f · %.1f", 100 * seen->empty,
                                      100 * seen->marked, 100 * seen->cancelled)
                    : g_strdup("–");
    LkLetters decided = {LK_FACE_BOLD, 15, looks[got->state].colour};
    LkLetters small = {LK_FACE_REGULAR, 15, BLACK};
    if (got->state == LK_MARK_EMPTY || got->state == LK_MARK_UNSURE) {
        decided.colour = BLACK; /* light colours are for frames, not for letters */
    }
    say_at(work, NUMBER_PX, bold, numeral);
    say_cell(work, NAME_PX, DECISION_PX, small, name);
    say_cell(work, DECISION_PX, SCORE_PX, decided, _(looks[got->state].name));
    say_at(work, SCORE_PX, small, score);
    say_at(work, SURE_PX, small, sure);
    say_cell(work, RULES_PX, ODDS_PX, small, _(looks[seen->rules.state].name));
    say_at(work, ODDS_PX, small, odds);
    next_line(work, LINE_PX - 1);
    if (got->state == LK_MARK_UNSURE) {
        say_wrapped(work, NAME_PX, soft, why_unsure(seen));
        next_line(work, LINE_PX);
    }
}

static void
say_columns(Work *work)
{
    say_cell(work, NAME_PX, DECISION_PX, soft, _("box"));
    say_cell(work, DECISION_PX, SCORE_PX, soft, _("decision"));
    say_cell(work, SCORE_PX, SURE_PX, soft, _("ink"));
    say_cell(work, SURE_PX, RULES_PX, soft, _("sure"));
    say_cell(work, RULES_PX, ODDS_PX, soft, _("rules"));
    say_cell(work, ODDS_PX, PANEL_PX - MARGIN_PX, soft, _("classifier, %"));
    next_line(work, LINE_PX);
}

static void
say_boxes(Work *work)
{
    const LkReading *reading = work->what->reading;
    const LkLayoutPage *page = page_of(work);
    if (page == NULL || reading->outcome != LK_OUTCOME_READ) {
        return;
    }
    say_heading(work, _("Boxes with ink"));
    say_columns(work);
    int number = 0;
    double least = 1, most = 0;
    for (guint i = 0; i < reading->boxes->len; i++) {
        const LkBoxReading *got = &g_array_index(reading->boxes, LkBoxReading, i);
        const LkBoxSeen *seen = &g_array_index(work->what->trace->boxes, LkBoxSeen, i);
        if (is_listed(got, seen)) {
            say_box(work, ++number, &g_array_index(page->boxes, LkBox, i), got, seen);
        } else {
            least = MIN(least, got->confidence);
            most = MAX(most, got->score);
        }
    }
    g_autofree char *others = g_strdup_printf(
        _("The other %d boxes are empty: ink up to %.2f, sure to %.3f and more."),
        (int)reading->boxes->len - number, most, cut_thousandths(least));
    next_line(work, 6);
    say_line(work, plain, others);
    say_line(work, soft,
             _("ink: share of the box, 0 to 1; sure: probability of the decision; "
               "classifier: empty · marked · blackened. Rules and classifier must "
               "agree."));
}

LkRgb *
lk_explain(const LkExplanation *what)
{
    const LkImage *image = what->image;
    bool lies = what->reading->quality.turned % 180 != 0;
    double width = lies ? image->height : image->width;
    double height = lies ? image->width : image->height;
    Work work = {.what = what, .scale = MIN(PAGE_PX / height, WIDEST_PX / width)};
    work.upright = (LkPoint){floor(width * work.scale), floor(height * work.scale)};
    work.picture = lk_rgb_new((int)work.upright.x + PANEL_PX, (int)work.upright.y);
    draw_image(&work);
    draw_fit(&work);
    draw_answers(&work);
    next_line(&work, 44);
    say_page(&work);
    say_reasons(&work);
    say_fit(&work);
    say_legend(&work);
    say_boxes(&work);
    next_line(&work, 8);
    say_line(&work, bold,
             _("This picture shows the page: keep it as you keep the paper."));
    return work.picture;
}
