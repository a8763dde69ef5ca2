/* shape.c - one field in a frame: its label beside or above what is to be filled in.
 *
 * Every shape is first measured (the plan has no page), then placed; the same code does
 * both, so that the two cannot disagree. */
#include "form/plan.h"

#include <string.h>

#define LABEL_TOP 4.3 /* first baseline below the rule, label above */
#define LABEL_TOP_COMPACT 3.8
#define BELOW_LABEL 2.9 /* baseline to box: descender 0.75, then white */
#define BELOW_LABEL_COMB 1.7
#define COMB_PAD 1.6
#define COMB_PAD_COMPACT 1.1
#define COMB_HINT 2.3  /* bottom of the cells to the baseline of the hint */
#define OPTION_GAP 2.6 /* end of a label to the next box */
#define MAX_COLUMNS 6
#define MIN_LINE_MM 38.0 /* a line shorter than this is no room to write */
#define FEW_OPTIONS 4    /* as many stand in one row or one column, not in a square */
#define SIGN_MM 16.0
#define SIGN_COMPACT_MM 12.0
#define CENTRE_MAX 2.0 /* short shapes in a tall row stay at the top */

/* --- The label. --------------------------------------------------------------------
 */

static double
label_top(const LkPlan *plan)
{
    return plan->type * (plan->form->compact ? LABEL_TOP_COMPACT : LABEL_TOP);
}

typedef struct {
    GPtrArray *lines, *hints;
    double height; /* first cap line to last baseline */
} Label;

char *
lk_label_of(const LkField *field)
{
    return field->required ? g_strconcat(field->label, "\u00a0*", NULL)
                           : g_strdup(field->label);
}

/* False if a word is wider than @width. */
static bool
label_wrap(const LkPlan *plan, const LkField *field, double width, Label *label)
{
    g_autofree char *text = lk_label_of(field);
    label->lines = lk_wrap(plan, lk_style_label, text, width);
    label->hints = field->hint != NULL
                       ? lk_wrap(plan, lk_style_hint, field->hint, width)
                       : g_ptr_array_new();
    label->height = plan->type * (CAP_MM + (label->lines->len - 1) * LINE_MM) +
                    plan->other * label->hints->len * HINT_LINE_MM;
    return lk_word_width(plan, lk_style_label, text) <= width;
}

static void
label_clear(Label *label)
{
    g_ptr_array_unref(label->lines);
    g_ptr_array_unref(label->hints);
}

/* @at: first baseline. */
static void
label_put(LkPlan *plan, const Label *label, LkPoint at)
{
    const double k = plan->type;
    lk_put_lines(plan, at, lk_style_label, label->lines, k * LINE_MM);
    double below = k * (label->lines->len - 1) * LINE_MM + plan->other * HINT_LINE_MM;
    lk_put_lines(plan, (LkPoint){at.x, at.y + below}, lk_style_hint, label->hints,
                 plan->other * HINT_LINE_MM);
}

/* In a child's form the label stands on one line, if it can. */
static double
child_column(const LkPlan *plan, const LkField *field)
{
    static const double columns[] = {30, 66, 110};
    bool is_written = field->type == LK_FIELD_TEXT || field->type == LK_FIELD_LINES;
    g_autofree char *text = lk_label_of(field);
    double width = lk_text_width(plan, lk_style_label, text) + 2 * PAD_MM;
    for (size_t i = is_written ? 1 : 0; i < G_N_ELEMENTS(columns); i++) {
        if (width <= columns[i]) {
            return columns[i];
        }
    }
    return columns[1];
}

/* Where answers begin beside a label, from the frame's left; 0: no room. The same in
 * whole and half frames, so that answers stand below each other. */
static double
label_column(const LkPlan *plan, const LkField *field, double width)
{
    if (plan->form->audience == LK_AUDIENCE_CHILD && width >= 6 * GRID_MM) {
        return width >= CONTENT_WIDTH - 0.01 ? child_column(plan, field) : 30;
    }
    if (width >= 6 * GRID_MM) {
        return 42;
    }
    return width >= 4 * GRID_MM ? 27 : 0;
}

/* Baseline of text beside a box, below its top. */
static double
box_base(const LkPlan *plan)
{
    return LK_BOX_MM / 2 + plan->type * CAP_MM / 2;
}

static double
off_centre(double height, double natural)
{
    return CLAMP((height - natural) / 2, 0, CENTRE_MAX);
}

/* --- Options. ----------------------------------------------------------------------
 */

typedef struct {
    int rows, columns;
    double start[MAX_COLUMNS]; /* from the left of the options */
} Columns;                     /* rows, columns > 0 */

static char *
option_text(const LkOption *option)
{
    return option->number != NULL && strcmp(option->number, option->label) != 0
               ? g_strconcat(option->number, "\u00a0", option->label, NULL)
               : g_strdup(option->label);
}

/* Box, white, label, gap to what follows. */
static double *
option_widths(const LkPlan *plan, const GPtrArray *options)
{
    double *widths = g_new(double, options->len);
    for (guint i = 0; i < options->len; i++) {
        g_autofree char *text = option_text(g_ptr_array_index(options, i));
        widths[i] = LK_BOX_MM + WHITE_MM + lk_text_width(plan, lk_style_option, text) +
                    OPTION_GAP;
    }
    return widths;
}

/* @columns columns as wide as their longest option: the width they need. Options run
 * down the columns. */
static double
fit_tight(const double *widths, int count, int columns, Columns *fit)
{
    fit->rows = (count + columns - 1) / columns;
    fit->columns = (count + fit->rows - 1) / fit->rows;
    double used = 0;
    for (int c = 0; c < fit->columns; c++) {
        double widest = 0;
        for (int i = c * fit->rows; i < MIN((c + 1) * fit->rows, count); i++) {
            widest = MAX(widest, widths[i]);
        }
        fit->start[c] = used;
        used += widest;
    }
    return used;
}

/* Even columns where they need no more rows than tight ones. False if even one column
 * is too wide. */
static bool
fit_columns(const double *widths, int count, double width, Columns *fit)
{
    double widest = 0;
    for (int i = 0; i < count; i++) {
        widest = MAX(widest, widths[i]);
    }
    width += OPTION_GAP; /* the last column needs none */
    int even = widest > 0 ? (int)(width / widest) : 0;
    if (count < 1 || even < 1) {
        return false;
    }
    even = MIN(even, MAX_COLUMNS);
    for (int n = MIN(MAX_COLUMNS, count); n > even; n--) {
        double used = fit_tight(widths, count, n, fit);
        bool is_square = fit->rows > 1 && count <= FEW_OPTIONS;
        if (used <= width && !is_square && fit->rows < (count + even - 1) / even) {
            for (int c = 0; c < fit->columns; c++) {
                fit->start[c] += c * (width - used) / fit->columns;
            }
            return true;
        }
    }
    fit->rows = (count + even - 1) / even;
    if (fit->rows > 1 && count <= FEW_OPTIONS) {
        fit->rows = count;
    }
    fit->columns = (count + fit->rows - 1) / fit->rows;
    for (int c = 0; c < fit->columns; c++) {
        fit->start[c] = c * width / (fit->rows == 1 ? even : fit->columns);
    }
    return true;
}

/* From box to box, one below the other. */
static double
option_pitch(const LkPlan *plan)
{
    return MAX(PITCH_MM, plan->type * LINE_MM + 0.9);
}

static double
options_height(const LkPlan *plan, const Columns *fit)
{
    return (fit->rows - 1) * option_pitch(plan) + LK_BOX_MM;
}

static void
options_put(LkPlan *plan, const LkField *field, const Columns *fit, LkPoint at)
{
    for (guint i = 0; i < field->options->len; i++) {
        int column = (int)i / fit->rows;
        LkPoint box = {at.x + fit->start[column],
                       at.y + ((int)i % fit->rows) * option_pitch(plan)};
        g_autofree char *text = option_text(g_ptr_array_index(field->options, i));
        lk_put_box(plan, field, (int)i, box);
        lk_put_text(plan,
                    (LkPoint){box.x + LK_BOX_MM + WHITE_MM, box.y + box_base(plan)},
                    lk_style_option, text);
    }
}

static double
shape_options(LkPlan *plan, const LkField *field, LkShape shape, LkRect frame)
{
    bool beside = shape == SHAPE_BESIDE;
    double column = beside ? label_column(plan, field, frame.w) : PAD_MM;
    double label_width = beside ? column - 2 * PAD_MM : frame.w - 2 * PAD_MM;
    if (column <= 0) {
        return INFINITY;
    }
    g_autofree double *widths = option_widths(plan, field->options);
    Columns fit = {1, 1, {0}};
    Label label;
    bool fits =
        label_wrap(plan, field, label_width, &label) &&
        fit_columns(widths, (int)field->options->len, frame.w - column - PAD_MM, &fit);
    double natural = INFINITY;
    if (fits) {
        double above = beside ? PAD_MM
                              : label_top(plan) - plan->type * CAP_MM + label.height +
                                    plan->type * BELOW_LABEL;
        natural = above + options_height(plan, &fit) + PAD_MM;
        if (beside) {
            natural = MAX(natural, PAD_MM + box_base(plan) - plan->type * CAP_MM +
                                       label.height + PAD_MM);
        }
        double y = frame.y + off_centre(frame.h, natural);
        double base = beside ? PAD_MM + box_base(plan) : label_top(plan);
        label_put(plan, &label, (LkPoint){frame.x + PAD_MM, y + base});
        options_put(plan, field, &fit, (LkPoint){frame.x + column, y + above});
    }
    label_clear(&label);
    return natural;
}

static double
shape_check(LkPlan *plan, const LkField *field, LkRect frame)
{
    double text_x = PAD_MM + LK_BOX_MM + WHITE_MM;
    Label label;
    bool fits = label_wrap(plan, field, frame.w - text_x - 1, &label);
    double natural =
        MAX(2 * PAD_MM + LK_BOX_MM,
            PAD_MM + box_base(plan) - plan->type * CAP_MM + label.height + PAD_MM);
    if (fits) {
        double y = frame.y + off_centre(frame.h, natural) + PAD_MM;
        lk_put_box(plan, field, 0, (LkPoint){frame.x + PAD_MM, y});
        label_put(plan, &label, (LkPoint){frame.x + text_x, y + box_base(plan)});
    }
    label_clear(&label);
    return fits ? natural : INFINITY;
}

/* --- Scales. -----------------------------------------------------------------------
 * Scales with the same words stand below each other as a grid: each has its question at
 * the left and its notes at the right, and the first one carries the words. */

#define SCALE_LABEL_MM 66.0
#define SCALE_LABEL_CHILD_MM 84.0
#define FACE_MM 7.8    /* across */
#define FACE_WHITE 2.8 /* face to box: a mark may run over its box a little */
#define FACE_PAD 0.4   /* face to rule */
#define ABOVE_FACE 1.9 /* last word's baseline to a face */
#define ABOVE_BOX 2.8  /* the same to a box: descender, then white */

/* The notes of a scale in their places. */
typedef struct {
    double pitch; /* from note to note */
    double item;  /* width of a note: box and face, or box and digit */
    double words; /* height of the words above; 0: none */
    double white; /* last word's baseline to the notes */
    double row;   /* height of the notes themselves */
} ScaleFit;

static bool
has_words(const LkField *field)
{
    const LkOption *first = g_ptr_array_index(field->options, 0);
    return field->heads_scale && strcmp(first->label, first->value) != 0;
}

/* False if the notes do not fit in @width. */
static bool
fit_scale(const LkPlan *plan, const LkField *field, double width, ScaleFit *fit)
{
    *fit = (ScaleFit){.pitch = width / field->options->len};
    double word = 0;
    for (guint i = 0; i < field->options->len; i++) {
        const LkOption *option = g_ptr_array_index(field->options, i);
        double beside = FACE_WHITE + FACE_MM;
        if (!field->faces) {
            beside = WHITE_MM + lk_text_width(plan, lk_style_option, option->value);
        }
        fit->item = MAX(fit->item, LK_BOX_MM + beside);
        if (has_words(field)) {
            g_autoptr(GPtrArray) lines =
                lk_wrap(plan, lk_style_hint, option->label, fit->pitch - 1);
            fit->words = MAX(fit->words, lines->len * plan->other * HINT_LINE_MM);
            word = MAX(word, lk_word_width(plan, lk_style_hint, option->label));
        }
    }
    fit->row = field->faces ? FACE_MM : LK_BOX_MM;
    fit->white = field->faces ? ABOVE_FACE : ABOVE_BOX;
    return fit->item + 2 * PAD_MM <= fit->pitch && word + 1 <= fit->pitch;
}

static void
note_put(LkPlan *plan, const LkField *field, const ScaleFit *fit, int index, LkRect at)
{
    const LkOption *option = g_ptr_array_index(field->options, (guint)index);
    LkPoint middle = {at.x + at.w / 2, at.y + fit->words};
    if (fit->words > 0) {
        LkStyle style = lk_style_hint;
        style.align = LK_ALIGN_CENTER;
        const double line = plan->other * HINT_LINE_MM;
        g_autoptr(GPtrArray) lines = lk_wrap(plan, style, option->label, at.w - 1);
        /* The last line of every word stands on the same baseline. */
        double base = middle.y - (lines->len - 1) * line;
        lk_put_lines(plan, (LkPoint){middle.x, base}, style, lines, line);
        middle.y += fit->white;
    }
    middle.y += fit->row / 2;
    if (field->faces) {
        /* The box at the right of its face: marks run out to the right and upwards. */
        double left = middle.x - (FACE_MM + FACE_WHITE + LK_BOX_MM) / 2;
        lk_put_face(plan, (LkRect){left, middle.y - FACE_MM / 2, FACE_MM, FACE_MM},
                    index + 1);
        lk_put_box(plan, field, index,
                   (LkPoint){left + FACE_MM + FACE_WHITE, middle.y - LK_BOX_MM / 2});
        return;
    }
    LkPoint box = {middle.x - LK_BOX_MM / 2, middle.y - LK_BOX_MM / 2};
    lk_put_box(plan, field, index, box);
    lk_put_text(plan, (LkPoint){box.x + LK_BOX_MM + WHITE_MM, box.y + box_base(plan)},
                lk_style_option, option->value);
}

static double
shape_scale(LkPlan *plan, const LkField *field, LkShape shape, LkRect frame)
{
    bool beside = shape == SHAPE_BESIDE;
    double column = plan->type > 1 ? SCALE_LABEL_CHILD_MM : SCALE_LABEL_MM;
    column = beside ? column : 0;
    double pad = field->faces ? FACE_PAD : PAD_MM;
    ScaleFit fit;
    if (frame.w < CONTENT_WIDTH - 0.01 ||
        !fit_scale(plan, field, frame.w - column, &fit)) {
        return INFINITY;
    }
    Label label;
    bool fits =
        label_wrap(plan, field, (beside ? column : frame.w) - 2 * PAD_MM, &label);
    double head = fit.words > 0 ? fit.words + fit.white : 0;
    double above = pad;
    if (!beside) {
        above = label_top(plan) + plan->type * (BELOW_LABEL - CAP_MM) + label.height;
    }
    double natural = above + head + fit.row + pad;
    if (beside) {
        natural = MAX(natural, head + label.height + 2 * PAD_MM);
    }
    if (fits) {
        double y = frame.y + MAX(frame.h - natural, 0) / 2;
        double notes = beside ? y + (natural - head - fit.row) / 2 : y + above;
        double base = label_top(plan);
        if (beside) {
            base =
                notes - y + head + fit.row / 2 - label.height / 2 + plan->type * CAP_MM;
        }
        label_put(plan, &label, (LkPoint){frame.x + PAD_MM, y + base});
        for (int i = 0; i < (int)field->options->len; i++) {
            LkRect at = {frame.x + column + i * fit.pitch, notes, fit.pitch, 0};
            note_put(plan, field, &fit, i, at);
        }
    }
    label_clear(&label);
    return fits ? natural : INFINITY;
}

/* --- Combs. ------------------------------------------------------------------------
 */

bool
lk_is_comb(LkFieldType type)
{
    return type == LK_FIELD_DATE || type == LK_FIELD_DIGITS || type == LK_FIELD_CODE;
}

/* Whether a gap stands before cell @index: dates as JJ MM AAAA, case codes as they are
 * read aloud, telephone numbers in pairs. */
static bool
is_group_start(const LkField *field, int index)
{
    if (field->type == LK_FIELD_DATE) {
        return index == 2 || index == 4;
    }
    if (field->type == LK_FIELD_CODE && field->length == LK_CASE_CODE_LEN) {
        return index == 3 || index == 8 || index == 13;
    }
    return field->type == LK_FIELD_DIGITS && field->length == 8 && index > 0 &&
           index % 2 == 0;
}

static double
cell_offset(const LkField *field, int index)
{
    double x = 0;
    for (int i = 1; i <= index; i++) {
        x += CELL_W_MM +
             (i < field->length && is_group_start(field, i) ? GROUP_GAP_MM : 0);
    }
    return x;
}

double
lk_comb_width(const LkField *field)
{
    return cell_offset(field, field->length);
}

void
lk_comb_place(LkPlan *plan, const LkField *field, LkPoint at)
{
    for (int i = 0; i < field->length; i++) {
        lk_put_cell(plan, field, i, (LkPoint){at.x + cell_offset(field, i), at.y});
    }
}

void
lk_date_hints_put(LkPlan *plan, const LkField *field, LkPoint at)
{
    const LkPageTexts *texts = plan->form->texts;
    const struct {
        const char *text;
        int first, last;
    } groups[] = {{texts->day, 0, 1}, {texts->month, 2, 3}, {texts->year, 4, 7}};
    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++) {
        double left = cell_offset(field, groups[i].first);
        double right = cell_offset(field, groups[i].last) + CELL_W_MM;
        lk_put_text(plan, (LkPoint){at.x + (left + right) / 2, at.y}, lk_style_tiny,
                    groups[i].text);
    }
}

/* In a row of its own a comb leaves room for its hint at its right. */
static void
hint_put_right(LkPlan *plan, const LkField *field, LkPoint middle, double width)
{
    g_autoptr(GPtrArray) lines = lk_wrap(plan, lk_style_hint, field->hint, width);
    const double pitch = plan->other * HINT_LINE_MM;
    double base = middle.y - ((lines->len - 1) * pitch) / 2 + plan->other * 0.95;
    lk_put_lines(plan, (LkPoint){middle.x, base}, lk_style_hint, lines, pitch);
}

static double
shape_comb(LkPlan *plan, const LkField *field, LkShape shape, LkRect frame)
{
    bool beside = shape == SHAPE_BESIDE;
    const double pad = plan->form->compact ? COMB_PAD_COMPACT : COMB_PAD;
    double column = beside ? label_column(plan, field, frame.w) : PAD_MM;
    double label_width = beside ? column - 2 * PAD_MM : frame.w - 2 * PAD_MM;
    if (column <= 0 || column + lk_comb_width(field) > frame.w - 1) {
        return INFINITY;
    }
    double right = column + lk_comb_width(field) + 5;
    bool hint_right = beside && field->hint != NULL && frame.w - right > 60;
    Label label;
    LkField bare = *field;
    bare.hint = hint_right ? NULL : field->hint;
    bool fits = label_wrap(plan, &bare, label_width, &label);
    bool is_date = field->type == LK_FIELD_DATE;
    double below = is_date ? plan->other * COMB_HINT + 1.0 : pad;
    double above = beside ? pad
                          : label_top(plan) - plan->type * CAP_MM + label.height +
                                plan->type * BELOW_LABEL_COMB;
    double natural = above + CELL_H_MM + below;
    if (beside) {
        /* The label's middle beside the cells' middle. */
        double spare = MAX(0, (label.height - CELL_H_MM) / 2 - pad + 1.6);
        above += spare;
        natural = MAX(above + CELL_H_MM + below,
                      above + CELL_H_MM / 2 + label.height / 2 + 1.6);
    }
    if (fits) {
        double y = frame.y + off_centre(frame.h, natural);
        double base =
            beside ? above + CELL_H_MM / 2 - label.height / 2 + plan->type * CAP_MM
                   : label_top(plan);
        LkPoint cells = {frame.x + column, y + above};
        label_put(plan, &label, (LkPoint){frame.x + PAD_MM, y + base});
        lk_comb_place(plan, field, cells);
        if (hint_right) {
            LkPoint middle = {frame.x + right, cells.y + CELL_H_MM / 2};
            hint_put_right(plan, field, middle, frame.w - right - PAD_MM);
        }
        if (is_date) {
            lk_date_hints_put(
                plan, field,
                (LkPoint){cells.x, cells.y + CELL_H_MM + plan->other * COMB_HINT});
        }
    }
    label_clear(&label);
    return fits ? natural : INFINITY;
}

/* --- Writing and signatures. -------------------------------------------------------
 */

#define BELOW_WRITING 0.5 /* stop short of the rule */

/* Lines of writing in @area; the rule below the last one is the row's own. */
static void
lines_put(LkPlan *plan, const LkField *field, int lines, LkRect area)
{
    double pitch = area.h / lines;
    for (int i = 0; i < lines; i++) {
        double top = area.y + i * pitch;
        double bottom = top + pitch;
        lk_put_writing(
            plan, field, i,
            (LkRect){area.x, top + 0.5, area.w, pitch - 0.5 - BELOW_WRITING});
        if (i < lines - 1) {
            lk_put_line(plan, (LkPoint){area.x, bottom},
                        (LkPoint){area.x + area.w, bottom}, RULE_MM);
        }
    }
}

static double
shape_writing(LkPlan *plan, const LkField *field, LkShape shape, LkRect frame)
{
    bool beside = shape == SHAPE_BESIDE;
    int lines = field->type == LK_FIELD_LINES ? field->lines : 1;
    double column = beside ? label_column(plan, field, frame.w) : PAD_MM;
    double label_width = beside ? column - 2 * PAD_MM : frame.w - 2 * PAD_MM;
    double line_width = frame.w - column - 1.5;
    if (column <= 0 || line_width < MIN_LINE_MM) {
        return INFINITY;
    }
    Label label;
    bool fits = label_wrap(plan, field, label_width, &label);
    double above =
        beside ? 0.8 : label_top(plan) - plan->type * CAP_MM + label.height + 0.9;
    double natural = above + lines * WRITE_MM + 0.2;
    if (beside) {
        natural = MAX(natural, label.height + 3.2);
    }
    if (fits) {
        double h = MAX(frame.h, natural);
        double base = label_top(plan);
        if (beside && lines == 1) {
            base = (h - label.height) / 2 + plan->type * CAP_MM;
        } else if (beside) {
            base = label_top(plan) + 1.2;
        }
        label_put(plan, &label, (LkPoint){frame.x + PAD_MM, frame.y + base});
        lines_put(plan, field, lines,
                  (LkRect){frame.x + column, frame.y + above, line_width, h - above});
    }
    label_clear(&label);
    return fits ? natural : INFINITY;
}

static double
shape_signature(LkPlan *plan, const LkField *field, LkRect frame)
{
    if (frame.w < 3 * GRID_MM) {
        return INFINITY;
    }
    Label label;
    bool fits = label_wrap(plan, field, frame.w - 2 * PAD_MM, &label);
    double above = label_top(plan) - plan->type * CAP_MM + label.height + 1.2;
    double natural = above + (plan->form->compact ? SIGN_COMPACT_MM : SIGN_MM);
    if (fits) {
        double h = MAX(frame.h, natural);
        label_put(plan, &label, (LkPoint){frame.x + PAD_MM, frame.y + label_top(plan)});
        lk_put_writing(plan, field, 0,
                       (LkRect){frame.x + PAD_MM, frame.y + above, frame.w - 2 * PAD_MM,
                                h - above - 0.8});
    }
    label_clear(&label);
    return fits ? natural : INFINITY;
}

double
lk_shape(LkPlan *plan, const LkField *field, LkShape shape, LkRect frame)
{
    switch (field->type) {
    case LK_FIELD_CHECK:
        return shape == SHAPE_BESIDE ? shape_check(plan, field, frame) : INFINITY;
    case LK_FIELD_CHOICE:
    case LK_FIELD_MULTI:
        return shape_options(plan, field, shape, frame);
    case LK_FIELD_SCALE:
        return shape_scale(plan, field, shape, frame);
    case LK_FIELD_DATE:
    case LK_FIELD_DIGITS:
    case LK_FIELD_CODE:
        return shape_comb(plan, field, shape, frame);
    case LK_FIELD_TEXT:
    case LK_FIELD_LINES:
        return shape_writing(plan, field, shape, frame);
    case LK_FIELD_SIGNATURE:
        return shape == SHAPE_ABOVE ? shape_signature(plan, field, frame) : INFINITY;
    case LK_FIELD_TABLE:
        break;
    }
    g_assert_not_reached();
}
