/* plan.h - a layout under construction; private to the room.
 *
 * The parts, from small to large: typeset.c breaks text into lines; shape.c gives one
 * field its shape in a frame, face.c draws its faces; table.c does tables and double
 * lists; flow.c packs shapes into rows, rows into pages; bands.c draws what stands on
 * every page; layout.c names the result. */
#ifndef LK_FORM_PLAN_H
#define LK_FORM_PLAN_H

#include "form/template.h"

#include <math.h>

G_BEGIN_DECLS

/* --- The page's measures, mm. ------------------------------------------------------
 */

#define CONTENT_LEFT 15.0
#define CONTENT_WIDTH 180.0
#define CONTENT_TOP 38.0     /* QR to 34.5, its quiet zone to 37.6 */
#define CONTENT_BOTTOM 259.0 /* quiet zone of the lower QR from 259.4 */

#define CHILD_TYPE (13.0 / TEXT_PT) /* children read 13 pt */
#define CHILD_OTHER 1.25            /* headings, hints, notes */

/* For adults; see LkPlan.type and LkPlan.other. */
#define TEXT_PT 9.0 /* labels and options */
#define HINT_PT 7.5 /* hints, words over boxes in tables */
#define TINY_PT 6.5 /* under combs */
#define LINE_MM 3.9 /* from baseline to baseline, 9 pt */
#define HINT_LINE_MM 3.1
#define CAP_MM 2.3 /* height of capitals, 9 pt */

#define WHITE_MM 2.0 /* around each box, nothing is printed */
#define PAD_MM 2.2   /* from a rule to a box: white, and the rule's own width */
#define PITCH_MM 6.0 /* from box to box */
#define WRITE_MM 8.0 /* from ruled line to ruled line */
#define CELL_W_MM 5.0
#define CELL_H_MM 7.0
#define GROUP_GAP_MM 1.5 /* between the groups of a comb */
#define RULE_MM 0.2
#define FRAME_MM 0.3

#define GRID_COLUMNS 12
#define GRID_MM (CONTENT_WIDTH / GRID_COLUMNS)

/* --- What is being built, and where things go. -------------------------------------
 */

typedef struct {
    const LkForm *form;
    const LkFonts *fonts;
    LkLayout *layout;
    GHashTable *index;   /* LkField -> index in layout->fields, plus one */
    GPtrArray *problems; /* char* */
    LkLayoutPage *page;  /* NULL while shapes are only measured */
    int row;             /* table row of what is placed, from 1; 0 outside tables */
    double type;         /* size of questions and answers: 1, or more for children */
    double other;        /* size of all other type likewise */
} LkPlan;

typedef struct {
    LkFace face;
    double size_pt;
    LkAlign align;
    double grey;
} LkStyle;

extern const LkStyle lk_style_label, lk_style_option, lk_style_hint, lk_style_tiny;

/* These do nothing while the plan is only measured; positions are rounded to the raster
 * of 0.05 mm so that a layout comes out the same everywhere. */
void lk_put_box(LkPlan *plan, const LkField *field, int option, LkPoint at);
void lk_put_cell(LkPlan *plan, const LkField *field, int index, LkPoint at);
void lk_put_writing(LkPlan *plan, const LkField *field, int line, LkRect area);
void lk_put_text(LkPlan *plan, LkPoint at, LkStyle style, const char *text);
void lk_put_line(LkPlan *plan, LkPoint from, LkPoint to, double width_mm);
void lk_put_dashes(LkPlan *plan, LkPoint from, LkPoint to, double width_mm);
void lk_put_rect(LkPlan *plan, LkRect rect, double width_mm, double fill);
void lk_put_oval(LkPlan *plan, LkRect rect, double width_mm, double fill);
/** lk_put_curve: @points: start, two control points, end. */
void lk_put_curve(LkPlan *plan, const LkPoint points[4], double width_mm, double fill);
double lk_snap(double mm);

/* --- Text. -------------------------------------------------------------------------
 */

/**
 * lk_wrap: (transfer full): char*; the lines of @text in @width_mm, at least one; lines
 * are broken at spaces only, so that one may be too wide.
 */
GPtrArray *lk_wrap(const LkPlan *plan, LkStyle style, const char *text,
                   double width_mm);
double lk_text_width(const LkPlan *plan, LkStyle style, const char *text);
/** lk_word_width: width of the longest word of @text. */
double lk_word_width(const LkPlan *plan, LkStyle style, const char *text);
/** lk_put_lines: @lines below each other, the first baseline at @at. */
void lk_put_lines(LkPlan *plan, LkPoint at, LkStyle style, const GPtrArray *lines,
                  double pitch_mm);

/* --- Shapes. -----------------------------------------------------------------------
 */

typedef enum { SHAPE_BESIDE, SHAPE_ABOVE, N_SHAPES } LkShape; /* where the label is */

/**
 * lk_shape:
 * @frame: where; h less than the natural height is raised to it
 *
 * Places @field, label and all. What is above the natural height becomes room to write,
 * or white.
 *
 * Returns: the natural height; INFINITY if the field does not fit in the width
 */
double lk_shape(LkPlan *plan, const LkField *field, LkShape shape, LkRect frame);
/** lk_put_face: a drawn face as high as @rect; @mood from 1, very sad, to 5. */
void lk_put_face(LkPlan *plan, LkRect rect, int mood);

/** lk_comb_width: the cells of @field, gaps between groups included. */
double lk_comb_width(const LkField *field);
/** lk_comb_place: the cells of @field from @at (top left of the first). */
void lk_comb_place(LkPlan *plan, const LkField *field, LkPoint at);
bool lk_is_comb(LkFieldType type);
/** lk_date_hints_put: day, month, year over or under their cells; @at: left end of the
 * comb, baseline. */
void lk_date_hints_put(LkPlan *plan, const LkField *field, LkPoint at);
/** lk_label_of: (transfer full): the label, typeset, with a star if required. */
char *lk_label_of(const LkField *field);

/* --- Tables and double lists. ------------------------------------------------------
 */

typedef struct LkTablePlan LkTablePlan;

/** lk_table_plan: (transfer full): columns in the content's width; NULL with a problem.
 * @is_titled: false if a heading right above it already says its name. */
LkTablePlan *lk_table_plan(LkPlan *plan, const LkField *table, bool is_titled);
void lk_table_plan_free(LkTablePlan *table);
double lk_table_head_height(const LkTablePlan *table);
double lk_table_row_height(const LkTablePlan *table);
/** lk_table_strips: how many rows it has on paper (half of them in two columns). */
int lk_table_strips(const LkTablePlan *table);
void lk_table_put_head(LkPlan *plan, const LkTablePlan *table, double y, double h);
void lk_table_put_row(LkPlan *plan, const LkTablePlan *table, int strip, double y,
                      double h);

typedef struct LkListPlan LkListPlan;

LkListPlan *lk_list_plan(LkPlan *plan, const LkField *first, const LkField *second);
void lk_list_plan_free(LkListPlan *list);
double lk_list_height(const LkListPlan *list);
void lk_list_put(LkPlan *plan, const LkListPlan *list, double y);

/* --- Pages. ------------------------------------------------------------------------
 */

/** lk_flow: fills the pages of the layout; false with a problem. */
bool lk_flow(LkPlan *plan);
/** lk_bands: what stands on every page, after all pages are there. */
void lk_bands(LkPlan *plan);
LkLayoutPage *lk_page_new(int number);
void lk_layout_name(LkLayout *layout);
/** lk_layout_fields: one for each field and column, in printed order. */
void lk_layout_fields(LkPlan *plan);
LkLayout *lk_layout_alloc(void);
LkLayoutField *lk_layout_field_alloc(void);

G_END_DECLS

#endif
