/* table.c - tables, and lists printed once with two boxes a line.
 *
 * Choices in a table are a matrix: the words stand over the boxes, in the head. */
#include "form/plan.h"

#include <string.h>

#define HEAD_PT 8.0
#define HEAD_LINE_MM 3.4
#define WORD_LINE_MM 3.0
#define HEAD_PAD 1.3
#define MIN_OPTION_MM 9.0
#define MIN_OF_MANY_MM 8.4 /* the same, of a long row of short words: box and white */
#define MANY_OPTIONS 5
#define MIN_TEXT_MM 30.0
#define MAX_LABEL_MM 48.0
#define MIN_LABEL_MM 26.0 /* in two columns, if they do not fit otherwise */
#define NUMBER_MM 7.0
#define TITLE_MM 6.4
#define TITLE_BASE 4.4    /* rule to the baseline of the title */
#define HINT_GAP_MM 4.0   /* between a title and the hint beside it */
#define HINT_ALONE_MM 1.9 /* white over and under a hint without a title */
#define HEAD_FILL 0.9
#define FOLD_RULE_MM 0.15 /* inside a row that is folded */
#define SIGN_MM 12.0
#define SIGN_COMPACT_MM 10.5
#define COMB_ROW_MM 9.4 /* 7 mm of cell, white, rules */
#define DENSE_ROW_MM 8.6

static const LkStyle style_head = {LK_FACE_BOLD, HEAD_PT, LK_ALIGN_CENTER, 0};
static const LkStyle style_word = {LK_FACE_REGULAR, HINT_PT, LK_ALIGN_CENTER, 0};
static const LkStyle style_title = {LK_FACE_BOLD, TEXT_PT, LK_ALIGN_LEFT, 0};
static const LkStyle style_row = {LK_FACE_REGULAR, TEXT_PT, LK_ALIGN_LEFT, 0};
static const LkStyle style_number = {LK_FACE_REGULAR, HEAD_PT, LK_ALIGN_CENTER, 0};

/* Columns that stand side by side. A table too wide for the page is folded: each of its
 * rows, and its head, is two or three lines high. */
typedef struct {
    guint first, end; /* columns */
    double words;     /* height of the options' words in the head */
    double head, row; /* heights */
} Line;
#define MAX_LINES 3

struct LkTablePlan {
    const LkField *table;
    int halves;      /* 2: the rows stand in two columns */
    double width;    /* of a half */
    double label;    /* width of the column of row labels or numbers */
    double *columns; /* widths, as many as table->columns */
    bool is_titled;  /* its name stands above its head, or in it */
    bool in_head;    /* in the head's first cell, with its hint */
    double title;    /* height of name and hint above the head */
    GPtrArray *hint; /* its lines above the head or in it; may be empty */
    double hint_at;  /* of the hint's first line, from the left of the title */
    int n_lines;
    Line lines[MAX_LINES];
};

/* --- Widths. -----------------------------------------------------------------------
 */

static bool
is_options(const LkField *column)
{
    return column->type == LK_FIELD_CHOICE || column->type == LK_FIELD_MULTI;
}

static bool
is_flexible(const LkField *column)
{
    return column->type == LK_FIELD_TEXT || column->type == LK_FIELD_LINES ||
           column->type == LK_FIELD_SIGNATURE;
}

static double
option_width(const LkPlan *plan, const LkField *column)
{
    double widest =
        column->options->len >= MANY_OPTIONS ? MIN_OF_MANY_MM : MIN_OPTION_MM;
    for (guint i = 0; i < column->options->len; i++) {
        const LkOption *option = g_ptr_array_index(column->options, i);
        widest = MAX(widest, lk_word_width(plan, style_word, option->label) + 2.6);
    }
    return widest;
}

static double
column_min(const LkPlan *plan, const LkField *column)
{
    double head = lk_word_width(plan, style_head, column->label) + 2 * HEAD_PAD;
    if (is_options(column)) {
        return MAX(head, option_width(plan, column) * column->options->len);
    }
    if (lk_is_comb(column->type)) {
        return MAX(head, lk_comb_width(column) + 2 * PAD_MM);
    }
    return MAX(head, is_flexible(column) ? MIN_TEXT_MM : LK_BOX_MM + 2 * PAD_MM + 2);
}

/* Row labels that are longer than @limit are broken into lines. */
static double
label_width(const LkPlan *plan, const LkField *table, double limit)
{
    if (table->row_labels->len == 0) {
        return NUMBER_MM;
    }
    double widest = lk_word_width(plan, style_title, table->label);
    if (table->hint != NULL && table->arrange != LK_ARRANGE_MATRICE_2COL) {
        double hint = lk_text_width(plan, lk_style_hint, table->hint);
        widest = MAX(widest, MIN(hint, MAX_LABEL_MM)); /* it stands in the head */
    }
    for (guint i = 0; i < table->row_labels->len; i++) {
        const char *label = g_ptr_array_index(table->row_labels, i);
        widest = MAX(widest, lk_text_width(plan, style_row, label));
        if (widest > limit) {
            widest = MAX(limit, lk_word_width(plan, style_row, label));
        }
    }
    return widest + 2 * PAD_MM;
}

static double
line_width(const LkTablePlan *table, const Line *line)
{
    double width = table->label;
    for (guint i = line->first; i < line->end; i++) {
        width += table->columns[i];
    }
    return width;
}

/* Columns into as few lines as they need, in order; false if one alone is too wide. */
static bool
fold(LkTablePlan *table)
{
    table->n_lines = 1;
    table->lines[0] = (Line){0};
    for (guint i = 0; i < table->table->columns->len; i++) {
        Line *line = &table->lines[table->n_lines - 1];
        line->end = i + 1;
        if (line_width(table, line) <= table->width) {
            continue;
        }
        line->end = i;
        if (line->first == i || table->n_lines == MAX_LINES) {
            return false;
        }
        line++;
        table->n_lines++;
        *line = (Line){.first = i, .end = i + 1};
        if (line_width(table, line) > table->width) {
            return false;
        }
    }
    return true;
}

/* How badly one can write in the columns of @line once it has its whole width: the sum
 * of 1 / width, since what is narrow costs most. */
static double
crampedness(const LkTablePlan *table, const Line *line)
{
    double left = table->width - line_width(table, line);
    guint flexible = 0;
    for (guint i = line->first; i < line->end; i++) {
        flexible += is_flexible(g_ptr_array_index(table->table->columns, i)) ? 1 : 0;
    }
    double sum = left < 0 ? INFINITY : 0;
    for (guint i = line->first; i < line->end && flexible > 0; i++) {
        if (is_flexible(g_ptr_array_index(table->table->columns, i))) {
            sum += 1 / (table->columns[i] + left / flexible);
        }
    }
    return sum;
}

static double
cell_height(const LkPlan *plan, const LkField *table, const LkField *column)
{
    int lines = MAX(1, table->row_height);
    if (lk_is_comb(column->type)) {
        return table->dense ? DENSE_ROW_MM : COMB_ROW_MM;
    }
    if (column->type == LK_FIELD_LINES) {
        return MAX(lines, column->lines) * WRITE_MM + 1;
    }
    if (column->type == LK_FIELD_SIGNATURE) {
        return plan->form->compact ? SIGN_COMPACT_MM : SIGN_MM;
    }
    return is_flexible(column) ? lines * WRITE_MM + 0.4 : LK_BOX_MM + 2 * PAD_MM;
}

/* Height of a row, in the columns @first..@end. */
static double
row_height(const LkPlan *plan, const LkTablePlan *table, guint first, guint end)
{
    double height = LK_BOX_MM + 2 * PAD_MM;
    for (guint i = first; i < end; i++) {
        const LkField *column = g_ptr_array_index(table->table->columns, i);
        height = MAX(height, cell_height(plan, table->table, column));
    }
    return height;
}

#define HEIGHT_PRICE 5e-3 /* of 1 mm, in 1 / mm of room to write */
#define WIDTH_PRICE 1e-3  /* of the width of the page */

/* A table folded in two is folded where it leaves most room to write and the rows low;
 * if that is all the same, into lines of about the same width. */
static void
choose_fold(const LkPlan *plan, LkTablePlan *table)
{
    if (table->n_lines != 2) {
        return;
    }
    guint best = table->lines[0].end;
    double least = INFINITY;
    for (guint at = 1; at < table->table->columns->len; at++) {
        Line upper = {.first = 0, .end = at};
        Line lower = {.first = at, .end = table->table->columns->len};
        double wider = MAX(line_width(table, &upper), line_width(table, &lower));
        double height =
            row_height(plan, table, 0, at) + row_height(plan, table, at, lower.end);
        double price = crampedness(table, &upper) + crampedness(table, &lower) +
                       height * HEIGHT_PRICE + wider / table->width * WIDTH_PRICE;
        if (price < least) {
            least = price;
            best = at;
        }
    }
    table->lines[0].end = best;
    table->lines[1].first = best;
}

/* What is left over goes to the columns that are written in; else to the labels, or to
 * all columns of a folded table. */
static void
share_out(LkTablePlan *table, const Line *line)
{
    double left = table->width - line_width(table, line);
    guint flexible = 0;
    for (guint i = line->first; i < line->end; i++) {
        flexible += is_flexible(g_ptr_array_index(table->table->columns, i)) ? 1 : 0;
    }
    if (flexible == 0 && table->n_lines == 1) {
        table->label += left;
        return;
    }
    guint shares = flexible > 0 ? flexible : line->end - line->first;
    for (guint i = line->first; i < line->end; i++) {
        if (flexible == 0 || is_flexible(g_ptr_array_index(table->table->columns, i))) {
            table->columns[i] += left / shares;
        }
    }
}

/* --- Heights. ----------------------------------------------------------------------
 */

static double
option_pitch(const LkTablePlan *plan, guint index)
{
    const LkField *column = g_ptr_array_index(plan->table->columns, index);
    return plan->columns[index] / column->options->len;
}

static double
words_height(const LkPlan *plan, const LkTablePlan *table, guint index)
{
    const LkField *column = g_ptr_array_index(table->table->columns, index);
    double words = column->type == LK_FIELD_DATE ? WORD_LINE_MM : 0;
    for (guint k = 0; k < column->options->len && is_options(column); k++) {
        const LkOption *option = g_ptr_array_index(column->options, k);
        g_autoptr(GPtrArray) word =
            lk_wrap(plan, style_word, option->label, option_pitch(table, index) - 2);
        words = MAX(words, word->len * WORD_LINE_MM);
    }
    return words;
}

static double
table_hint_height(const LkTablePlan *table)
{
    return table->in_head ? table->hint->len * HINT_LINE_MM : 0;
}

/* The hint stands beside the name if it fits on one line there, else below it. */
static void
measure_title(const LkPlan *plan, LkTablePlan *table)
{
    const char *hint = table->table->hint;
    double width = (table->in_head ? table->label : CONTENT_WIDTH) - 2 * PAD_MM;
    table->hint =
        hint != NULL ? lk_wrap(plan, lk_style_hint, hint, width) : g_ptr_array_new();
    if (table->in_head) {
        return;
    }
    guint below = table->hint->len;
    if (table->is_titled) {
        g_autofree char *title = lk_label_of(table->table);
        double at = lk_text_width(plan, style_title, title) + HINT_GAP_MM;
        if (below == 1 && at + lk_text_width(plan, lk_style_hint, hint) <= width) {
            table->hint_at = at;
            below = 0;
        }
        table->title = TITLE_MM + below * HINT_LINE_MM;
    } else {
        table->title = below > 0 ? below * HINT_LINE_MM + HINT_ALONE_MM : 0;
    }
}

static void
measure_head(const LkPlan *plan, const LkTablePlan *table, Line *line)
{
    double names = HEAD_LINE_MM;
    for (guint i = line->first; i < line->end; i++) {
        const LkField *column = g_ptr_array_index(table->table->columns, i);
        g_autoptr(GPtrArray) lines =
            lk_wrap(plan, style_head, column->label, table->columns[i] - 2 * HEAD_PAD);
        names = MAX(names, lines->len * HEAD_LINE_MM);
        line->words = MAX(line->words, words_height(plan, table, i));
    }
    line->head = names + line->words + 2 * HEAD_PAD + (line->words > 0 ? 0.6 : 0);
    if (table->table->row_labels->len > 0) {
        g_autofree char *title = lk_label_of(table->table);
        g_autoptr(GPtrArray) lines =
            lk_wrap(plan, style_title, title, table->label - 2 * PAD_MM);
        line->head = MAX(line->head, lines->len * LINE_MM + table_hint_height(table) +
                                         2 * HEAD_PAD);
    }
}

static void
measure_row(const LkPlan *plan, const LkTablePlan *table, Line *line)
{
    line->row = row_height(plan, table, line->first, line->end);
    for (guint i = 0; i < table->table->row_labels->len; i++) {
        g_autoptr(GPtrArray) label =
            lk_wrap(plan, style_row, g_ptr_array_index(table->table->row_labels, i),
                    table->label - 2 * PAD_MM);
        line->row = MAX(line->row, label->len * LINE_MM + 1.6);
    }
}

/* Widths and lines with rows in @halves columns; false if that does not fit. */
static bool
try_halves(LkPlan *plan, LkTablePlan *table, int halves, double label_limit)
{
    table->halves = halves;
    table->width = CONTENT_WIDTH / halves;
    table->label = label_width(plan, table->table, label_limit);
    for (guint i = 0; i < table->table->columns->len; i++) {
        table->columns[i] =
            column_min(plan, g_ptr_array_index(table->table->columns, i));
    }
    return fold(table) && (halves == 1 || table->n_lines == 1);
}

LkTablePlan *
lk_table_plan(LkPlan *plan, const LkField *field, bool is_titled)
{
    LkTablePlan *table = g_new0(LkTablePlan, 1);
    table->table = field;
    table->columns = g_new0(double, field->columns->len);
    bool in_two =
        field->arrange == LK_ARRANGE_MATRICE_2COL && field->row_labels->len > 1;
    bool fits = (in_two && (try_halves(plan, table, 2, MAX_LABEL_MM) ||
                            try_halves(plan, table, 2, MIN_LABEL_MM))) ||
                try_halves(plan, table, 1, MAX_LABEL_MM);
    if (!fits) {
        lk_problem_add(plan->problems, plan->form->file, field->line, field->column,
                       _("the table '%s' does not fit in the width of the page, even "
                         "folded in %d lines; shorten words in its head or its row "
                         "labels, or remove a column"),
                       field->id, MAX_LINES);
        lk_table_plan_free(table);
        return NULL;
    }
    choose_fold(plan, table);
    for (int i = 0; i < table->n_lines; i++) {
        share_out(table, &table->lines[i]);
    }
    table->is_titled = is_titled;
    table->in_head = field->row_labels->len > 0 && table->halves == 1;
    measure_title(plan, table);
    for (int i = 0; i < table->n_lines; i++) {
        measure_head(plan, table, &table->lines[i]);
        measure_row(plan, table, &table->lines[i]);
    }
    return table;
}

void
lk_table_plan_free(LkTablePlan *table)
{
    if (table != NULL) {
        if (table->hint != NULL) {
            g_ptr_array_unref(table->hint);
        }
        g_free(table->columns);
        g_free(table);
    }
}

double
lk_table_head_height(const LkTablePlan *table)
{
    double height = table->title;
    for (int i = 0; i < table->n_lines; i++) {
        height += table->lines[i].head;
    }
    return height;
}

double
lk_table_row_height(const LkTablePlan *table)
{
    double height = 0;
    for (int i = 0; i < table->n_lines; i++) {
        height += table->lines[i].row;
    }
    return height;
}

int
lk_table_strips(const LkTablePlan *table)
{
    return (table->table->rows + table->halves - 1) / table->halves;
}

/* --- Placing. ----------------------------------------------------------------------
 */

static void
vertical(LkPlan *plan, double x, double y, double h)
{
    lk_put_line(plan, (LkPoint){x, y}, (LkPoint){x, y + h}, RULE_MM);
}

/* Lines centred at @x; the block's middle at @middle. */
static void
put_centred(LkPlan *plan, LkStyle style, const GPtrArray *lines, LkPoint middle,
            double pitch)
{
    double cap = style.size_pt / TEXT_PT * CAP_MM;
    double base = middle.y - ((lines->len - 1) * pitch + cap) / 2 + cap;
    lk_put_lines(plan, (LkPoint){middle.x, base}, style, lines, pitch);
}

static void
put_words(LkPlan *plan, const LkTablePlan *table, guint index, LkPoint at)
{
    const LkField *column = g_ptr_array_index(table->table->columns, index);
    double pitch = option_pitch(table, index);
    for (guint k = 0; k < column->options->len; k++) {
        const LkOption *option = g_ptr_array_index(column->options, k);
        g_autoptr(GPtrArray) lines =
            lk_wrap(plan, style_word, option->label, pitch - 2);
        /* The last line of every word stands on the same baseline. */
        double base = at.y - 1.3 - (lines->len - 1) * WORD_LINE_MM;
        lk_put_lines(plan, (LkPoint){at.x + (k + 0.5) * pitch, base}, style_word, lines,
                     WORD_LINE_MM);
    }
}

/* Words over the boxes of a choice, or over the groups of a date. */
static bool
has_words(const LkField *column)
{
    return is_options(column) || column->type == LK_FIELD_DATE;
}

static void
put_line_head(LkPlan *plan, const LkTablePlan *table, const Line *line, LkRect head)
{
    double x = head.x + table->label;
    for (guint i = line->first; i < line->end; i++) {
        const LkField *column = g_ptr_array_index(table->table->columns, i);
        double width = table->columns[i];
        double words = has_words(column) ? line->words : 0;
        g_autoptr(GPtrArray) lines =
            lk_wrap(plan, style_head, column->label, width - 2 * HEAD_PAD);
        put_centred(plan, style_head, lines,
                    (LkPoint){x + width / 2, head.y + (head.h - words) / 2},
                    HEAD_LINE_MM);
        if (is_options(column)) {
            put_words(plan, table, i, (LkPoint){x, head.y + head.h});
        } else if (column->type == LK_FIELD_DATE) {
            double left = x + (width - lk_comb_width(column)) / 2;
            lk_date_hints_put(plan, column, (LkPoint){left, head.y + head.h - 1.3});
        }
        vertical(plan, x, head.y, head.h);
        x += width;
    }
}

/* The rule between two lines of a folded row: not under the row's label. */
static void
put_fold(LkPlan *plan, const LkTablePlan *table, LkPoint at)
{
    lk_put_dashes(plan, (LkPoint){at.x + table->label, at.y},
                  (LkPoint){at.x + table->width - 0.6, at.y}, FOLD_RULE_MM);
}

static void
put_half_head(LkPlan *plan, const LkTablePlan *table, LkRect head)
{
    double y = head.y;
    for (int i = 0; i < table->n_lines; i++) {
        const Line *line = &table->lines[i];
        if (i > 0) {
            put_fold(plan, table, (LkPoint){head.x, y});
        }
        double h = table->n_lines == 1 ? head.h : line->head;
        put_line_head(plan, table, line, (LkRect){head.x, y, head.w, h});
        y += h;
    }
}

/* Name and hint: above the head, or in its first cell. */
static void
put_title(LkPlan *plan, const LkTablePlan *table, double y, LkRect head)
{
    g_autofree char *title = lk_label_of(table->table);
    if (table->in_head) {
        g_autoptr(GPtrArray) lines =
            lk_wrap(plan, style_title, title, table->label - 2 * PAD_MM);
        double hint = table_hint_height(table);
        double middle = head.y + (head.h - hint) / 2;
        put_centred(plan, style_title, lines, (LkPoint){head.x + PAD_MM, middle},
                    LINE_MM);
        double base = middle + (lines->len * LINE_MM) / 2 + HINT_LINE_MM - 0.8;
        lk_put_lines(plan, (LkPoint){head.x + PAD_MM, base}, lk_style_hint, table->hint,
                     HINT_LINE_MM);
        return;
    }
    LkPoint at = {CONTENT_LEFT + PAD_MM, y + TITLE_BASE};
    if (table->is_titled) {
        lk_put_text(plan, at, style_title, title);
    }
    at.x += table->hint_at;
    if (table->is_titled && table->hint_at <= 0) {
        at.y += HINT_LINE_MM + 0.4;
    } else if (!table->is_titled) {
        at.y = y + HINT_LINE_MM + 0.2;
    }
    lk_put_lines(plan, at, lk_style_hint, table->hint, HINT_LINE_MM);
}

void
lk_table_put_head(LkPlan *plan, const LkTablePlan *table, double y, double h)
{
    LkRect head = {CONTENT_LEFT, y + table->title, table->width, h - table->title};
    lk_put_rect(plan, (LkRect){CONTENT_LEFT, head.y, CONTENT_WIDTH, head.h}, 0,
                HEAD_FILL);
    lk_put_line(plan, (LkPoint){CONTENT_LEFT, head.y},
                (LkPoint){CONTENT_LEFT + CONTENT_WIDTH, head.y}, RULE_MM);
    put_title(plan, table, y, head);
    for (int half = 0; half < table->halves; half++) {
        head.x = CONTENT_LEFT + half * table->width;
        if (half > 0) {
            vertical(plan, head.x, head.y, head.h);
        }
        put_half_head(plan, table, head);
    }
}

static void
put_written(LkPlan *plan, const LkField *column, int lines, LkRect cell)
{
    double pitch = cell.h / lines;
    for (int i = 0; i < lines; i++) {
        double top = cell.y + i * pitch;
        lk_put_writing(plan, column, i,
                       (LkRect){cell.x + 1, top + 0.6, cell.w - 2, pitch - 1.2});
        if (i < lines - 1) {
            lk_put_line(plan, (LkPoint){cell.x + 1, top + pitch},
                        (LkPoint){cell.x + cell.w - 1, top + pitch}, RULE_MM);
        }
    }
}

static void
put_cell(LkPlan *plan, const LkTablePlan *table, guint index, LkRect cell)
{
    const LkField *column = g_ptr_array_index(table->table->columns, index);
    double box_y = cell.y + (cell.h - LK_BOX_MM) / 2;
    if (is_options(column)) {
        double pitch = option_pitch(table, index);
        for (guint k = 0; k < column->options->len; k++) {
            double middle = cell.x + (k + 0.5) * pitch;
            lk_put_box(plan, column, (int)k, (LkPoint){middle - LK_BOX_MM / 2, box_y});
        }
    } else if (column->type == LK_FIELD_CHECK) {
        lk_put_box(plan, column, 0,
                   (LkPoint){cell.x + (cell.w - LK_BOX_MM) / 2, box_y});
    } else if (lk_is_comb(column->type)) {
        lk_comb_place(plan, column,
                      (LkPoint){cell.x + (cell.w - lk_comb_width(column)) / 2,
                                cell.y + (cell.h - CELL_H_MM) / 2});
    } else {
        int lines = column->type == LK_FIELD_SIGNATURE
                        ? 1
                        : MAX(MAX(1, table->table->row_height), column->lines);
        put_written(plan, column, lines, cell);
    }
}

static void
put_row_label(LkPlan *plan, const LkTablePlan *table, int row, LkRect cell)
{
    const GPtrArray *labels = table->table->row_labels;
    if (labels->len == 0) {
        g_autofree char *number = g_strdup_printf("%d", row);
        lk_put_text(plan, (LkPoint){cell.x + cell.w / 2, cell.y + cell.h / 2 + 1},
                    style_number, number);
        return;
    }
    g_autoptr(GPtrArray) lines =
        lk_wrap(plan, style_row, g_ptr_array_index(labels, (guint)row - 1),
                cell.w - 2 * PAD_MM);
    put_centred(plan, style_row, lines, (LkPoint){cell.x + PAD_MM, cell.y + cell.h / 2},
                LINE_MM);
}

static void
put_half_row(LkPlan *plan, const LkTablePlan *table, LkRect row)
{
    double share = row.h / lk_table_row_height(table);
    double y = row.y;
    for (int i = 0; i < table->n_lines; i++) {
        const Line *line = &table->lines[i];
        double h = table->n_lines == 1 ? row.h : lk_snap(line->row * share);
        double x = row.x + table->label;
        if (i > 0) {
            put_fold(plan, table, (LkPoint){row.x, y});
        }
        if (i == table->n_lines - 1) {
            h = row.y + row.h - y;
        }
        for (guint c = line->first; c < line->end; c++) {
            vertical(plan, x, y, h);
            put_cell(plan, table, c, (LkRect){x, y, table->columns[c], h});
            x += table->columns[c];
        }
        y += h;
    }
}

void
lk_table_put_row(LkPlan *plan, const LkTablePlan *table, int strip, double y, double h)
{
    for (int half = 0; half < table->halves; half++) {
        int row = half * lk_table_strips(table) + strip + 1;
        double x = CONTENT_LEFT + half * table->width;
        if (half > 0) {
            vertical(plan, x, y, h);
        }
        if (row > table->table->rows) {
            continue;
        }
        plan->row = row;
        put_row_label(plan, table, row, (LkRect){x, y, table->label, h});
        put_half_row(plan, table, (LkRect){x, y, table->width, h});
    }
    plan->row = 0;
}

/* --- Double lists. -----------------------------------------------------------------
 * One printed list, two boxes a line: P for the field of one choice, S for the other.
 */

#define SECOND_MM 7.0 /* left edge of the first box to that of the second */
#define LIST_TEXT_MM (SECOND_MM + LK_BOX_MM + WHITE_MM)

struct LkListPlan {
    const LkField *first, *second;
    int rows, columns;
    double number; /* width of the numbers before the labels */
    char *title;
};

static double
list_item_width(const LkPlan *plan, LkListPlan *list)
{
    double widest = 0;
    for (guint i = 0; i < list->first->options->len; i++) {
        const LkOption *option = g_ptr_array_index(list->first->options, i);
        if (option->number != NULL) {
            list->number =
                MAX(list->number,
                    lk_text_width(plan, lk_style_option, option->number) + 1.5);
        }
        widest = MAX(widest, lk_text_width(plan, lk_style_option, option->label));
    }
    return PAD_MM + LIST_TEXT_MM + list->number + widest + 1;
}

static char *
list_title(const LkPlan *plan, const LkListPlan *list)
{
    g_autofree char *first = lk_label_of(list->first);
    g_autofree char *second = lk_label_of(list->second);
    g_autoptr(GString) title = g_string_new(plan->form->texts->double_list);
    g_string_replace(title, "{principal}", first, 0);
    g_string_replace(title, "{secondaire}", second, 0);
    return g_strdup(title->str);
}

LkListPlan *
lk_list_plan(LkPlan *plan, const LkField *first, const LkField *second)
{
    LkListPlan *list = g_new0(LkListPlan, 1);
    list->first = first;
    list->second = second;
    int count = (int)first->options->len;
    double width = list_item_width(plan, list);
    list->columns = MIN((int)(CONTENT_WIDTH / width), count);
    list->title = list_title(plan, list);
    bool title_fits =
        lk_text_width(plan, style_title, list->title) <= CONTENT_WIDTH - 2 * PAD_MM;
    if (list->columns < 1 || !title_fits) {
        lk_problem_add(plan->problems, plan->form->file, first->line, first->column,
                       _("the list '%s' is too wide for the page; shorten its labels"),
                       first->id);
        lk_list_plan_free(list);
        return NULL;
    }
    list->rows = (count + list->columns - 1) / list->columns;
    list->columns = (count + list->rows - 1) / list->rows;
    return list;
}

void
lk_list_plan_free(LkListPlan *list)
{
    if (list != NULL) {
        g_free(list->title);
        g_free(list);
    }
}

#define LIST_LETTERS_MM 4.6 /* rule to baseline of the P and S over the boxes */

double
lk_list_height(const LkListPlan *list)
{
    return TITLE_MM + LIST_LETTERS_MM + 2.4 + (list->rows - 1) * PITCH_MM + LK_BOX_MM +
           PAD_MM;
}

static void
list_put_item(LkPlan *plan, const LkListPlan *list, int index, LkPoint at)
{
    const LkOption *option = g_ptr_array_index(list->first->options, (guint)index);
    double base = at.y + LK_BOX_MM / 2 + CAP_MM / 2;
    lk_put_box(plan, list->first, index, at);
    lk_put_box(plan, list->second, index, (LkPoint){at.x + SECOND_MM, at.y});
    if (option->number != NULL) {
        lk_put_text(plan, (LkPoint){at.x + LIST_TEXT_MM, base}, lk_style_option,
                    option->number);
    }
    lk_put_text(plan, (LkPoint){at.x + LIST_TEXT_MM + list->number, base},
                lk_style_option, option->label);
}

void
lk_list_put(LkPlan *plan, const LkListPlan *list, double y)
{
    const LkPageTexts *texts = plan->form->texts;
    double pitch = CONTENT_WIDTH / list->columns;
    double top = y + TITLE_MM + LIST_LETTERS_MM + 2.4;
    double bottom = y + lk_list_height(list);
    lk_put_text(plan, (LkPoint){CONTENT_LEFT + PAD_MM, y + 4.4}, style_title,
                list->title);
    for (int c = 0; c < list->columns; c++) {
        double x = CONTENT_LEFT + c * pitch + PAD_MM;
        LkPoint letters = {x + LK_BOX_MM / 2, y + TITLE_MM + LIST_LETTERS_MM - 0.4};
        lk_put_text(plan, letters, style_head, texts->principal);
        letters.x += SECOND_MM;
        lk_put_text(plan, letters, style_head, texts->secondary);
        if (c > 0) {
            vertical(plan, x - PAD_MM, y + TITLE_MM, bottom - y - TITLE_MM);
        }
        for (int r = 0; r < list->rows; r++) {
            int index = c * list->rows + r;
            if (index < (int)list->first->options->len) {
                list_put_item(plan, list, index, (LkPoint){x, top + r * PITCH_MM});
            }
        }
    }
    lk_put_line(plan, (LkPoint){CONTENT_LEFT, y + TITLE_MM},
                (LkPoint){CONTENT_LEFT + CONTENT_WIDTH, y + TITLE_MM}, RULE_MM);
}
