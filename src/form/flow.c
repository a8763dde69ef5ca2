/* flow.c - fields into rows, rows into pages.
 *
 * Everything becomes a strip as wide as the content: a section's heading, a row of up
 * to four fields, a table's head or row, a double list. Rows are chosen by dynamic
 * programming over the fields of a run in order (least height, then least clutter);
 * page breaks by dynamic programming over the strips (fewest pages, then even white,
 * then breaks where they disturb least). What stays white is given to the strips that
 * can use it. */
#include "form/plan.h"

#include <string.h>

#define HEADING_MM 6.2
#define SECTION_GAP_MM 2.6 /* before a heading */
#define GAP_COMPACT_MM 1.4
#define HEADING_COMPACT_MM 5.6
#define SECTION_GROW_MM 4.0 /* what it may grow by */
#define ROW_GROW_MM 2.4
#define WRITING_GROW_MM 4.5 /* a row of nothing but lines to write on */
#define TABLE_GROW_MM 1.6
#define HEADING_PT 10.5
#define META_PT 8.0
#define META_LINE_MM 3.5
#define NOTE_PAD_MM 1.0
#define CUT_MM 9.0      /* what a pair of scissors needs */
#define CUT_EDGE_MM 6.0 /* the line's ends from the page's edges */
#define CUT_DASH_MM 0.3
#define MAX_IN_ROW 4

typedef enum {
    STRIP_META, /* who fills the form in, and when */
    STRIP_CUT,  /* the line along which a stub is cut off */
    STRIP_HEADING,
    STRIP_NOTE, /* under a heading */
    STRIP_ROW,
    STRIP_TABLE_HEAD,
    STRIP_TABLE_ROW,
    STRIP_LIST
} StripKind;

typedef struct {
    const LkField *field;
    LkShape shape;
    int first, span; /* grid columns */
} Place;

typedef struct {
    StripKind kind;
    double height, grow;
    double gap;     /* headings: white before it */
    double repeat;  /* of the heading that is repeated if a page begins here */
    bool keep_next; /* no page break after it */
    int section;    /* index */
    int head;       /* table rows: index of the strip of their head; else -1 */
    int n;          /* row: how many fields */
    Place places[MAX_IN_ROW];
    LkTablePlan *table;
    int table_row;
    LkListPlan *list;
    GPtrArray *lines; /* meta, note */
} Strip;

static void
strip_clear(Strip *strip)
{
    if (strip->kind == STRIP_TABLE_HEAD) {
        lk_table_plan_free(strip->table);
    }
    lk_list_plan_free(strip->list);
    if (strip->lines != NULL) {
        g_ptr_array_unref(strip->lines);
    }
}

static const LkStyle style_note = {LK_FACE_REGULAR, TEXT_PT, LK_ALIGN_LEFT, 0};

static double
heading_height(const LkPlan *plan)
{
    return plan->other * (plan->form->compact ? HEADING_COMPACT_MM : HEADING_MM);
}

static Strip *
strip_at(const GArray *strips, int index)
{
    return &g_array_index(strips, Strip, index);
}

static const LkSection *
section_at(const LkPlan *plan, int index)
{
    return g_ptr_array_index(plan->form->sections, (guint)index);
}

/* --- Fields into rows. -------------------------------------------------------------
 */

/* How a row may be divided; the price, in mm of height, keeps pages calm. */
static const struct {
    int n;
    int spans[MAX_IN_ROW];
    double price;
} divisions[] = {
    {1, {12}, 0},           {2, {6, 6}, 0},      {2, {8, 4}, 0.8},
    {2, {4, 8}, 0.8},       {2, {9, 3}, 1.6},    {2, {3, 9}, 1.6},
    {3, {4, 4, 4}, 0.6},    {3, {6, 3, 3}, 1.2}, {3, {3, 3, 6}, 1.2},
    {4, {3, 3, 3, 3}, 1.5},
};

/* How dearly height is bought: what a label above its answers costs, in mm of height (a
 * label beside is easier to find), and how much a divided row or a short line for a
 * name. Calm pages are tried first; tighter ones are taken only if they save a page. */
typedef struct {
    double above, divided;
    double narrow; /* a name in less than the whole width */
} Mood;
static const Mood moods[] = {{4.0, 2.0, 6.0}, {1.5, 1.0, 1.0}, {0.3, 0.5, 0.0}};

typedef struct {
    LkPlan *plan;
    const Mood *mood;
    GHashTable *heights; /* LkField -> Heights, the same in every mood */
    GArray *strips;      /* Strip */
    int section;
} Flow;

/* Natural heights of a field by width, in grid columns, and shape; 0: not measured. */
typedef struct {
    double of[GRID_COLUMNS + 1][N_SHAPES];
} Heights;

static double
natural_height(const Flow *flow, const LkField *field, int span, LkShape shape)
{
    Heights *heights = g_hash_table_lookup(flow->heights, field);
    if (heights == NULL) {
        heights = g_new0(Heights, 1);
        g_hash_table_insert(flow->heights, (gpointer)field, heights);
    }
    double *height = &heights->of[span][shape];
    if (*height <= 0) {
        *height = lk_shape(flow->plan, field, shape, (LkRect){0, 0, span * GRID_MM, 0});
    }
    return *height;
}

/* The better shape of @field in @span grid columns. */
static double
best_shape(const Flow *flow, const LkField *field, int span, LkShape *shape)
{
    if (field->type == LK_FIELD_LINES && span < GRID_COLUMNS) {
        return INFINITY; /* sentences need the whole width */
    }
    double best = INFINITY;
    for (LkShape s = 0; s < N_SHAPES; s++) {
        double price = s == SHAPE_ABOVE ? flow->mood->above : 0;
        double height = natural_height(flow, field, span, s);
        if (height + price < best) {
            best = height + price;
            *shape = s;
        }
    }
    return best;
}

/* Shapes of the fields of a run, measured once for each width in use. */
typedef struct {
    double height;
    LkShape shape;
} Measure;

typedef struct {
    double price; /* of the best rows up to here */
    Strip row;    /* the last of them */
} Step;

/* White beside a taller neighbour; an empty line to write on looks worst. */
static double
waste(const LkField *field, double spare)
{
    return spare * (field->type == LK_FIELD_TEXT ? 0.3 : 0.08);
}

/* Whether fields with the same answers stand side by side in the same shape. */
static bool
is_parallel(const Strip *row)
{
    const Place *first = &row->places[0];
    for (int i = 1; i < row->n; i++) {
        const Place *place = &row->places[i];
        if (place->span != first->span || place->shape != first->shape ||
            !lk_same_options(place->field->options, first->field->options)) {
            return false;
        }
    }
    return row->n > 1 && first->field->options->len > 1;
}

#define PARALLEL_GAIN 3.0

/* Whether the template lets @fields, @n of them, share a row. */
static bool
may_share(LkField *const *fields, int n)
{
    for (int i = 0; i < n && n > 1; i++) {
        if (fields[i]->full_width || (i > 0 && fields[i]->new_row)) {
            return false;
        }
    }
    return true;
}

static void
try_divisions(const Flow *flow, const Measure *measures, LkField *const *fields,
              guint from, guint count, Step *steps)
{
    for (size_t d = 0; d < G_N_ELEMENTS(divisions); d++) {
        int n = divisions[d].n;
        if (from + (guint)n > count || !may_share(&fields[from], n)) {
            continue;
        }
        Strip row = {.kind = STRIP_ROW, .n = n, .head = -1, .grow = ROW_GROW_MM};
        double heights[MAX_IN_ROW];
        int column = 0;
        for (int i = 0; i < n; i++) {
            int span = divisions[d].spans[i];
            const Measure *m =
                &measures[(from + (guint)i) * (GRID_COLUMNS + 1) + (guint)span];
            row.height = MAX(row.height, m->height);
            heights[i] = m->height;
            row.places[i] = (Place){fields[from + (guint)i], m->shape, column, span};
            column += span;
        }
        double price =
            steps[from].price + row.height + divisions[d].price * flow->mood->divided;
        for (int i = 0; i < n && isfinite(row.height); i++) {
            price += waste(row.places[i].field, row.height - heights[i]);
        }
        for (int i = 0; i < n; i++) {
            const Place *place = &row.places[i];
            bool is_name = place->field->pii && place->field->type == LK_FIELD_TEXT;
            price += is_name && place->span < GRID_COLUMNS ? flow->mood->narrow : 0;
        }
        price -= is_parallel(&row) ? PARALLEL_GAIN : 0;
        if (price < steps[from + (guint)n].price) {
            steps[from + (guint)n] = (Step){price, row};
        }
    }
}

static void
complain_width(LkPlan *plan, const LkField *field)
{
    lk_problem_add(plan->problems, plan->form->file, field->line, field->column,
                   _("the field '%s' cannot fit in the width of the page; shorten its "
                     "label or its options, or make it shorter"),
                   field->id);
}

static Measure *
measure_run(const Flow *flow, const GPtrArray *run)
{
    static const int spans[] = {3, 4, 6, 8, 9, 12};
    Measure *measures = g_new0(Measure, (gsize)run->len * (GRID_COLUMNS + 1));
    for (guint i = 0; i < run->len; i++) {
        const LkField *field = g_ptr_array_index(run, i);
        for (size_t s = 0; s < G_N_ELEMENTS(spans); s++) {
            Measure *m = &measures[i * (GRID_COLUMNS + 1) + (guint)spans[s]];
            m->height = best_shape(flow, field, spans[s], &m->shape);
        }
        if (!isfinite(measures[i * (GRID_COLUMNS + 1) + GRID_COLUMNS].height)) {
            complain_width(flow->plan, field);
        }
    }
    return measures;
}

/* A question that only follows from the one before it stays with it. */
static bool
is_follow_up(const LkField *field)
{
    return field->required_if != NULL || g_str_has_prefix(field->label, "Si ");
}

/* The heights in a row are natural; price of shapes must not stretch it. */
static void
settle_row(const Flow *flow, Strip *row)
{
    row->height = 0;
    row->grow = WRITING_GROW_MM;
    for (int i = 0; i < row->n; i++) {
        const Place *place = &row->places[i];
        LkFieldType type = place->field->type;
        if (type != LK_FIELD_TEXT && type != LK_FIELD_LINES &&
            type != LK_FIELD_SIGNATURE) {
            row->grow = ROW_GROW_MM;
        }
        double height = natural_height(flow, place->field, place->span, place->shape);
        row->height = MAX(row->height, height);
    }
}

/* Fields that share rows with their neighbours, in order. */
static void
add_run(Flow *flow, GPtrArray *run)
{
    guint count = run->len;
    g_autofree Measure *measures = measure_run(flow, run);
    g_autofree Step *steps = g_new0(Step, count + 1);
    for (guint i = 1; i <= count; i++) {
        steps[i].price = INFINITY;
    }
    for (guint from = 0; from < count; from++) {
        if (isfinite(steps[from].price)) {
            try_divisions(flow, measures, (LkField *const *)run->pdata, from, count,
                          steps);
        }
    }
    if (!isfinite(steps[count].price)) {
        return; /* a field that fits nowhere has been named */
    }
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(Strip));
    for (guint at = count; at > 0;) {
        g_array_prepend_val(rows, steps[at].row);
        at -= (guint)steps[at].row.n;
    }
    for (guint i = 0; i < rows->len; i++) {
        Strip row = g_array_index(rows, Strip, i);
        row.section = flow->section;
        row.repeat = heading_height(flow->plan);
        settle_row(flow, &row);
        if (is_follow_up(row.places[0].field) && flow->strips->len > 0) {
            strip_at(flow->strips, (int)flow->strips->len - 1)->keep_next = true;
        }
        g_array_append_val(flow->strips, row);
    }
    g_ptr_array_set_size(run, 0);
}

/* --- Strips of a section. ----------------------------------------------------------
 */

/* The table that a section begins with, if both have one name: it is printed once. */
static const LkField *
named_by_heading(const LkSection *section)
{
    const LkField *first =
        section->fields->len > 0 ? g_ptr_array_index(section->fields, 0) : NULL;
    bool is_named = first != NULL && first->type == LK_FIELD_TABLE &&
                    first->row_labels->len == 0 &&
                    strcmp(first->label, section->title) == 0;
    return is_named ? first : NULL;
}

/* The table whose name stands at the right end of the heading of @section: a dense one
 * that is all there is. */
static const LkField *
named_in_heading(const LkSection *section)
{
    const LkField *field =
        section->fields->len == 1 ? g_ptr_array_index(section->fields, 0) : NULL;
    bool stands = field != NULL && field->dense && field->row_labels->len == 0 &&
                  named_by_heading(section) == NULL;
    return stands ? field : NULL;
}

static void
add_table(Flow *flow, const LkField *field)
{
    const LkSection *section = section_at(flow->plan, flow->section);
    bool is_titled =
        named_by_heading(section) != field && named_in_heading(section) != field;
    LkTablePlan *table = lk_table_plan(flow->plan, field, is_titled);
    if (table == NULL) {
        return;
    }
    int head = (int)flow->strips->len;
    Strip strip = {.kind = STRIP_TABLE_HEAD,
                   .height = lk_table_head_height(table),
                   .repeat = heading_height(flow->plan),
                   .keep_next = true,
                   .section = flow->section,
                   .head = -1,
                   .table = table};
    g_array_append_val(flow->strips, strip);
    int rows = lk_table_strips(table);
    for (int i = 0; i < rows; i++) {
        Strip row = {.kind = STRIP_TABLE_ROW,
                     .height = lk_table_row_height(table),
                     .grow = TABLE_GROW_MM,
                     .repeat = heading_height(flow->plan),
                     .keep_next = (i == 0 && rows > 1) || (i == rows - 2),
                     .section = flow->section,
                     .head = head,
                     .table = table,
                     .table_row = i};
        g_array_append_val(flow->strips, row);
    }
}

static const LkField *
find_field(const LkForm *form, const char *id)
{
    for (guint s = 0; s < form->sections->len; s++) {
        const LkSection *section = g_ptr_array_index(form->sections, s);
        for (guint i = 0; i < section->fields->len; i++) {
            const LkField *field = g_ptr_array_index(section->fields, i);
            if (strcmp(field->id, id) == 0) {
                return field;
            }
        }
    }
    return NULL;
}

static void
add_list(Flow *flow, const LkField *field)
{
    const LkField *twin = find_field(flow->plan->form, field->paired_with);
    if (twin == NULL ||
        (twin->arrange == LK_ARRANGE_LISTE_DOUBLE && (twin->line < field->line))) {
        return; /* stands with its twin, which came first */
    }
    LkListPlan *list = lk_list_plan(flow->plan, field, twin);
    if (list == NULL) {
        return;
    }
    Strip strip = {.kind = STRIP_LIST,
                   .height = lk_list_height(list),
                   .repeat = heading_height(flow->plan),
                   .section = flow->section,
                   .head = -1,
                   .list = list};
    g_array_append_val(flow->strips, strip);
}

static Strip *
add_bare_strip(Flow *flow, StripKind kind, double height)
{
    Strip strip = {.kind = kind,
                   .height = height,
                   .keep_next = true,
                   .section = flow->section,
                   .head = -1};
    g_array_append_val(flow->strips, strip);
    return strip_at(flow->strips, (int)flow->strips->len - 1);
}

static void
add_note(Flow *flow, const char *text)
{
    GPtrArray *lines =
        lk_wrap(flow->plan, style_note, text, CONTENT_WIDTH - 2 * PAD_MM);
    double height = lines->len * LINE_MM * flow->plan->type + 2 * NOTE_PAD_MM;
    add_bare_strip(flow, STRIP_NOTE, height)->lines = lines;
}

static void
add_section(Flow *flow, const LkSection *section)
{
    if (section->stub) {
        add_bare_strip(flow, STRIP_CUT, CUT_MM);
    }
    add_bare_strip(flow, STRIP_HEADING, heading_height(flow->plan))->gap =
        flow->plan->form->compact ? GAP_COMPACT_MM : SECTION_GAP_MM;
    if (section->note != NULL) {
        add_note(flow, section->note);
    }
    g_autoptr(GPtrArray) run = g_ptr_array_new();
    for (guint i = 0; i < section->fields->len; i++) {
        LkField *field = g_ptr_array_index(section->fields, i);
        bool is_table = field->type == LK_FIELD_TABLE;
        bool is_list = field->arrange == LK_ARRANGE_LISTE_DOUBLE;
        if (!is_table && !is_list) {
            g_ptr_array_add(run, field);
            continue;
        }
        add_run(flow, run);
        if (is_table) {
            add_table(flow, field);
        } else {
            add_list(flow, field);
        }
    }
    add_run(flow, run);
}

static void
add_meta(Flow *flow)
{
    const LkForm *form = flow->plan->form;
    g_autoptr(GString) text = g_string_new(NULL);
    if (form->filled_by != NULL) {
        g_string_append_printf(text, "%s %s. ", form->texts->filled_by,
                               form->filled_by);
    }
    if (form->when != NULL) {
        g_string_append_printf(text, "%s %s.", form->texts->when, form->when);
    }
    if (text->len == 0) {
        return;
    }
    LkStyle style = {LK_FACE_REGULAR, META_PT, LK_ALIGN_LEFT, 0};
    g_strchomp(text->str);
    Strip strip = {.kind = STRIP_META, .keep_next = true, .head = -1};
    strip.lines = lk_wrap(flow->plan, style, text->str, CONTENT_WIDTH);
    strip.height = strip.lines->len * META_LINE_MM * flow->plan->other + 1.5;
    g_array_append_val(flow->strips, strip);
}

/* --- Strips into pages. ------------------------------------------------------------
 */

static double
gap_before(const GArray *strips, int index, int first)
{
    return strip_at(strips, index)->kind == STRIP_HEADING && index > first &&
                   strip_at(strips, index - 1)->kind != STRIP_META &&
                   strip_at(strips, index - 1)->kind != STRIP_CUT
               ? strip_at(strips, index)->gap
               : 0;
}

/* What is repeated when a page begins with @index. */
static double
repeated_height(const GArray *strips, int index)
{
    const Strip *strip = strip_at(strips, index);
    return strip->repeat +
           (strip->head >= 0 ? strip_at(strips, strip->head)->height : 0);
}

/* How much a break before @index disturbs, in mm² of uneven white. */
static double
break_price(const GArray *strips, int index, int end)
{
    if (index >= end || strip_at(strips, index)->kind == STRIP_HEADING) {
        return 0;
    }
    double price = 1500;
    if (strip_at(strips, index)->head >= 0) {
        price += 2500;
    }
    if (index >= 2 && strip_at(strips, index - 2)->kind == STRIP_HEADING) {
        price += 1500; /* one row under a heading */
    }
    if (index + 1 == end || strip_at(strips, index + 1)->kind == STRIP_HEADING) {
        price += 1500; /* one row left over */
    }
    return price;
}

#define PAGE_PRICE 1e7

/* Breaks @first..@end (exclusive) into pages: indexes of their first strips are added.
 * Returns false if a strip is higher than a page. */
static bool
break_pages(const GArray *strips, int first, int end, GArray *starts)
{
    const double room = CONTENT_BOTTOM - CONTENT_TOP;
    int count = end - first;
    g_autofree double *best = g_new(double, (gsize)count + 1);
    g_autofree int *next = g_new0(int, (gsize)count + 1);
    best[count] = 0;
    for (int i = count - 1; i >= 0; i--) {
        best[i] = INFINITY;
        double used = repeated_height(strips, first + i);
        for (int j = i; j < count; j++) {
            used += strip_at(strips, first + j)->height +
                    gap_before(strips, first + j, first + i);
            if (used > room) {
                break;
            }
            if (strip_at(strips, first + j)->keep_next && j + 1 < count) {
                continue;
            }
            double price = PAGE_PRICE + (room - used) * (room - used) +
                           break_price(strips, first + j + 1, end) + best[j + 1];
            if (price < best[i]) {
                best[i] = price;
                next[i] = j + 1;
            }
        }
    }
    if (!isfinite(best[0])) {
        return false;
    }
    for (int i = 0; i < count; i = next[i]) {
        int start = first + i;
        g_array_append_val(starts, start);
    }
    return true;
}

/* --- Placing. ----------------------------------------------------------------------
 */

static void
frame_sides(LkPlan *plan, double y, double h)
{
    lk_put_line(plan, (LkPoint){CONTENT_LEFT, y}, (LkPoint){CONTENT_LEFT, y + h},
                FRAME_MM);
    lk_put_line(plan, (LkPoint){CONTENT_LEFT + CONTENT_WIDTH, y},
                (LkPoint){CONTENT_LEFT + CONTENT_WIDTH, y + h}, FRAME_MM);
}

static void
put_rule(LkPlan *plan, double y, double width)
{
    lk_put_line(plan, (LkPoint){CONTENT_LEFT, y},
                (LkPoint){CONTENT_LEFT + CONTENT_WIDTH, y}, width);
}

static void
put_heading(LkPlan *plan, int index, bool is_continued, double y)
{
    const LkSection *section = section_at(plan, index);
    const LkField *table = named_by_heading(section);
    g_autofree char *title = g_strdup_printf(
        "%d.\u00a0 %s%s%s%s", index + 1, section->title, is_continued ? " " : "",
        is_continued ? plan->form->texts->continued : "",
        table != NULL && table->required ? "\u00a0*" : "");
    lk_put_rect(plan, (LkRect){CONTENT_LEFT, y, CONTENT_WIDTH, heading_height(plan)},
                FRAME_MM, 0);
    double base = y + heading_height(plan) / 2 + plan->other * 1.4;
    lk_put_text(plan, (LkPoint){CONTENT_LEFT + PAD_MM, base},
                (LkStyle){LK_FACE_BOLD, HEADING_PT, LK_ALIGN_LEFT, 1}, title);
    const LkField *beside = named_in_heading(section);
    if (beside != NULL) {
        g_autofree char *label = lk_label_of(beside);
        lk_put_text(plan, (LkPoint){CONTENT_LEFT + CONTENT_WIDTH - PAD_MM, base},
                    (LkStyle){LK_FACE_REGULAR, TEXT_PT, LK_ALIGN_RIGHT, 1}, label);
    }
}

/* From edge to edge, so that scissors find it. */
static void
put_cut(LkPlan *plan, double y)
{
    double line = y + CUT_MM - 1.6;
    lk_put_dashes(plan, (LkPoint){CUT_EDGE_MM, line},
                  (LkPoint){LK_PAGE_WIDTH_MM - CUT_EDGE_MM, line}, CUT_DASH_MM);
    lk_put_text(plan, (LkPoint){LK_PAGE_WIDTH_MM / 2, line - 1.4},
                (LkStyle){LK_FACE_REGULAR, META_PT, LK_ALIGN_CENTER, 0},
                plan->form->texts->cut);
}

static void
put_row(LkPlan *plan, const Strip *strip, double y, double h)
{
    for (int i = 0; i < strip->n; i++) {
        const Place *place = &strip->places[i];
        LkRect frame = {CONTENT_LEFT + place->first * GRID_MM, y, place->span * GRID_MM,
                        h};
        if (i > 0) {
            lk_put_line(plan, (LkPoint){frame.x, y}, (LkPoint){frame.x, y + h},
                        RULE_MM);
        }
        (void)lk_shape(plan, place->field, place->shape, frame);
    }
}

static void
put_strip(LkPlan *plan, const Strip *strip, double y, double h)
{
    switch (strip->kind) {
    case STRIP_META:
        lk_put_lines(plan, (LkPoint){CONTENT_LEFT, y + plan->other * 2.6},
                     (LkStyle){LK_FACE_REGULAR, META_PT, LK_ALIGN_LEFT, 0},
                     strip->lines, plan->other * META_LINE_MM);
        return;
    case STRIP_CUT:
        put_cut(plan, y);
        return;
    case STRIP_HEADING:
        put_heading(plan, strip->section, false, y);
        return;
    case STRIP_NOTE:
        lk_put_lines(plan,
                     (LkPoint){CONTENT_LEFT + PAD_MM,
                               y + NOTE_PAD_MM + plan->type * (LINE_MM + CAP_MM) / 2},
                     style_note, strip->lines, plan->type * LINE_MM);
        break;
    case STRIP_ROW:
        put_row(plan, strip, y, h);
        break;
    case STRIP_TABLE_HEAD:
        lk_table_put_head(plan, strip->table, y, h);
        break;
    case STRIP_TABLE_ROW:
        lk_table_put_row(plan, strip->table, strip->table_row, y, h);
        break;
    case STRIP_LIST:
        lk_list_put(plan, strip->list, y);
        break;
    }
    frame_sides(plan, y, h);
}

static bool
ends_section(const GArray *strips, int index)
{
    return index + 1 >= (int)strips->len ||
           strip_at(strips, index + 1)->kind == STRIP_HEADING ||
           strip_at(strips, index + 1)->kind == STRIP_CUT;
}

/* White of a page, and what its strips may take of it: a share, 0..1. */
static double
growth(const GArray *strips, int first, int end)
{
    double used = repeated_height(strips, first);
    double wanted = 0;
    for (int i = first; i < end; i++) {
        double gap = gap_before(strips, i, first);
        used += strip_at(strips, i)->height + gap;
        wanted += strip_at(strips, i)->grow + (gap > 0 ? SECTION_GROW_MM : 0);
    }
    double white = CONTENT_BOTTOM - CONTENT_TOP - used;
    return wanted > 0 ? CLAMP(white / wanted, 0, 1) : 0;
}

static double
put_repeated(LkPlan *plan, const GArray *strips, int first, double y)
{
    const Strip *strip = strip_at(strips, first);
    if (repeated_height(strips, first) <= 0) {
        return y;
    }
    put_heading(plan, strip->section, true, y);
    y += heading_height(plan);
    if (strip->head >= 0) {
        const Strip *head = strip_at(strips, strip->head);
        put_strip(plan, head, y, head->height);
        y += head->height;
        put_rule(plan, y, RULE_MM);
    }
    return y;
}

static void
put_page(LkPlan *plan, const GArray *strips, int first, int end)
{
    double share = growth(strips, first, end);
    double y = put_repeated(plan, strips, first, CONTENT_TOP);
    for (int i = first; i < end; i++) {
        const Strip *strip = strip_at(strips, i);
        double gap = gap_before(strips, i, first);
        if (gap > 0) {
            y += lk_snap(gap + share * SECTION_GROW_MM);
        }
        double h = lk_snap(strip->height + share * strip->grow - 0.02);
        put_strip(plan, strip, y, h);
        y += h;
        bool is_plain = strip->kind != STRIP_META && strip->kind != STRIP_HEADING &&
                        strip->kind != STRIP_CUT;
        if (is_plain) {
            put_rule(plan, y,
                     i + 1 == end || ends_section(strips, i) ? FRAME_MM : RULE_MM);
        }
    }
}

static void
complain_height(LkPlan *plan, const GArray *strips, int first, int end)
{
    for (int i = first; i < end; i++) {
        const Strip *strip = strip_at(strips, i);
        if (strip->height + heading_height(plan) > CONTENT_BOTTOM - CONTENT_TOP) {
            const LkSection *section = section_at(plan, strip->section);
            lk_problem_add(plan->problems, plan->form->file, section->line,
                           section->column,
                           _("a field of the section '%s' is higher than a page; give "
                             "it fewer lines or options"),
                           section->title);
        }
    }
}

/* What is said of a page of @chapter by the sections on it, strips @from..@to. */
static void
name_page(LkPlan *plan, const GArray *strips, int chapter, int from, int to)
{
    LkLayoutPage *page = plan->page;
    page->separable = section_at(plan, strip_at(strips, from)->section)->separable;
    page->hides_code = page->separable;
    for (int i = from; i < to; i++) {
        page->hides_code =
            page->hides_code || section_at(plan, strip_at(strips, i)->section)->stub;
    }
    page->title =
        g_strdup(section_at(plan, strip_at(strips, chapter)->section)->page_title);
}

/* Pages of the strips @first..@end, which begin on a new page. */
static bool
put_chapter(LkPlan *plan, const GArray *strips, int first, int end, void *data)
{
    (void)data;
    g_autoptr(GArray) starts = g_array_new(FALSE, FALSE, sizeof(int));
    if (!break_pages(strips, first, end, starts)) {
        return false;
    }
    for (guint i = 0; i < starts->len; i++) {
        int from = g_array_index(starts, int, i);
        int to = i + 1 < starts->len ? g_array_index(starts, int, i + 1) : end;
        plan->page = lk_page_new((int)plan->layout->pages->len + 1);
        name_page(plan, strips, first, from, to);
        g_ptr_array_add(plan->layout->pages, plan->page);
        put_page(plan, strips, from, to);
        plan->page = NULL;
    }
    return true;
}

static bool
begins_chapter(const LkPlan *plan, const GArray *strips, int index)
{
    const Strip *strip = strip_at(strips, index);
    if (strip->kind != STRIP_HEADING) {
        return false;
    }
    const LkSection *section = section_at(plan, strip->section);
    bool follows_separable =
        strip->section > 0 && section_at(plan, strip->section - 1)->separable;
    return section->page_break || section->separable || follows_separable;
}

/* Chapters: runs of strips that begin on a new page; calls @each for them in order. */
static bool
for_each_chapter(LkPlan *plan, const GArray *strips,
                 bool (*each)(LkPlan *, const GArray *, int, int, void *), void *data)
{
    int first = 0;
    for (int i = 1; i <= (int)strips->len; i++) {
        bool is_end =
            i == (int)strips->len || (begins_chapter(plan, strips, i) &&
                                      strip_at(strips, i - 1)->kind != STRIP_META);
        if (is_end && !each(plan, strips, first, i, data)) {
            return false;
        }
        if (is_end) {
            first = i;
        }
    }
    return true;
}

static bool
count_pages(LkPlan *plan, const GArray *strips, int first, int end, void *data)
{
    g_autoptr(GArray) starts = g_array_new(FALSE, FALSE, sizeof(int));
    if (!break_pages(strips, first, end, starts)) {
        complain_height(plan, strips, first, end);
        return false;
    }
    *(guint *)data += starts->len;
    return true;
}

/* All strips of the form; NULL with a problem. */
static GArray *
make_strips(LkPlan *plan, const Mood *mood, GHashTable *heights)
{
    guint problems = plan->problems->len;
    Flow flow = {plan, mood, heights, g_array_new(FALSE, FALSE, sizeof(Strip)), 0};
    g_array_set_clear_func(flow.strips, (GDestroyNotify)strip_clear);
    add_meta(&flow);
    for (guint s = 0; s < plan->form->sections->len; s++) {
        flow.section = (int)s;
        add_section(&flow, section_at(plan, (int)s));
    }
    if (plan->problems->len > problems) {
        g_clear_pointer(&flow.strips, g_array_unref);
    }
    return flow.strips;
}

bool
lk_flow(LkPlan *plan)
{
    g_autoptr(GHashTable) heights = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    g_autoptr(GArray) best = NULL;
    guint fewest = G_MAXUINT;
    for (size_t m = 0; m < G_N_ELEMENTS(moods); m++) {
        g_autoptr(GArray) strips = make_strips(plan, &moods[m], heights);
        guint pages = 0;
        if (strips == NULL || !for_each_chapter(plan, strips, count_pages, &pages)) {
            return false;
        }
        if (pages < fewest) {
            fewest = pages;
            g_clear_pointer(&best, g_array_unref);
            best = g_steal_pointer(&strips);
        }
    }
    if (fewest > 9) {
        lk_problem_add(plan->problems, plan->form->file, plan->form->line,
                       plan->form->column,
                       _("the form needs %u pages, and a page number has one digit; "
                         "divide the form"),
                       fewest);
        return false;
    }
    return for_each_chapter(plan, best, put_chapter, NULL);
}
