/* blank.c - pages with nothing on them, and pages with hardly anything.
 *
 * The page is looked at small, each cell as dark as its darkest pixel, against the
 * usual cell around it, so that neither noise nor uneven light counts. What is left is
 * put together to shapes; those that scanners, punches and folds make are known by
 * their form. */
#include "read/blank.h"

#include <math.h>
#include <stdlib.h>

#define LONG_CELLS 800 /* on the longer side: 0.37 mm each */
#define CELL_MM (297.0 / LONG_CELLS)
#define LOOKS 4       /* by as many, in a cell */
#define TILE 32       /* cells: 12 mm have one grey of paper */
#define MARGIN 0.04   /* share of each side: border, shadow of the feeder */
#define SPECK_MM 1.4  /* shapes smaller than that are dust */
#define STROKE_MM 3.0 /* one alone that is dark tells; letters may be smaller */

/* Darker than the paper around, as a share of it. What shows through from the other
 * side takes 0.12 of the light in the hard set, pencil 0.29 and more; blur and thin
 * lines leave pencil less. */
#define STRONG 0.35
#define FAINT 0.18
#define PALE 0.06
#define STRONG_CELLS 3  /* of a shape */
#define SUM_MM 8.0      /* of faint shapes and of letters, all together */
#define PALE_SHARE 0.01 /* of all cells; of a printed page it is 0.03 and more */

#define BEYOND 0.12      /* darker than paper: what reaches the edge of the image */
#define BEYOND_MOST 0.28 /* of the image; 14 mm around A4 are 0.19 */
#define MIDDLE_MOST 0.03 /* of its middle, where there is paper: folds lead there */
#define LIGHTER 1.05     /* than the usual paper: none is */
#define STREAK_SHARE 0.8 /* of a whole column or row: no line of text has so much */
#define STRAIGHT_MM 0.6  /* half the thickness of a fold, or of a piece of it */
#define ALONG_SLOPE 0.09 /* folds run along the paper, which lies a little askew */
#define HOLE_MIN_MM 3.5
#define HOLE_MAX_MM 8.0
#define HOLE_ROUND_MM 1.2 /* between its width and its height */
#define HOLE_FULL 0.62    /* of its square; a disc has 0.79 */

typedef struct {
    int width, height;
    uint8_t *cells; /* grey; then darkness, 255 = all light is lost */
} Small;

static int *
looks_along(int cells, int px)
{
    int *at = g_new0(int, (gsize)cells *LOOKS);
    for (int i = 0; i < cells * LOOKS; i++) {
        at[i] = (int)((gint64)i * px / ((gint64)cells * LOOKS));
    }
    return at;
}

static void
shrink(const LkImage *image, Small *small)
{
    int longest = MAX(image->width, image->height);
    small->width = MAX((int)((gint64)image->width * LONG_CELLS / longest), 1);
    small->height = MAX((int)((gint64)image->height * LONG_CELLS / longest), 1);
    small->cells = g_malloc((gsize)small->width * (gsize)small->height);
    g_autofree int *columns = looks_along(small->width, image->width);
    g_autofree int *rows = looks_along(small->height, image->height);
    for (int y = 0; y < small->height; y++) {
        uint8_t *cells = small->cells + (size_t)y * (size_t)small->width;
        for (int x = 0; x < small->width; x++) {
            cells[x] = 255;
        }
        for (int k = 0; k < LOOKS; k++) {
            const uint8_t *row =
                image->pixels + (size_t)rows[y * LOOKS + k] * image->stride;
            for (int i = 0; i < small->width * LOOKS; i++) {
                cells[i / LOOKS] = MIN(cells[i / LOOKS], row[columns[i]]);
            }
        }
    }
}

/* Grey of paper in a square of @size at @x0, @y0: a quarter of the cells are lighter,
 * however much is printed there. */
static int
usual_grey(const Small *small, int x0, int y0, int size)
{
    int count[256] = {0}, n = 0;
    for (int y = y0; y < MIN(y0 + size, small->height); y++) {
        for (int x = x0; x < MIN(x0 + size, small->width); x++, n++) {
            count[small->cells[y * small->width + x]]++;
        }
    }
    int grey = 0;
    for (int seen = count[0]; seen < (3 * n + 3) / 4 && grey < 255;) {
        seen += count[++grey];
    }
    return grey;
}

/* Cells around @at that are darker than @limit become that, and are to be done. */
static void
visit_around(const Small *small, int at, int limit, int becomes, GArray *todo)
{
    for (int k = 0; k < 9; k++) {
        int x = at % small->width + k % 3 - 1, y = at / small->width + k / 3 - 1;
        int next = y * small->width + x;
        if (x >= 0 && y >= 0 && x < small->width && y < small->height &&
            small->cells[next] < limit) {
            small->cells[next] = (uint8_t)becomes;
            g_array_append_val(todo, next);
        }
    }
}

/* Within the middle half of both sides. */
static bool
is_middle(const Small *small, int at)
{
    int x = at % small->width, y = at / small->width;
    return 4 * x > small->width && 4 * x < 3 * small->width && 4 * y > small->height &&
           4 * y < 3 * small->height;
}

/* The lid or the desk beyond the paper, as far as it is dark: becomes paper. False if
 * that is too much of the image, or of its middle: a picture, or a photo with a shadow.
 */
static bool
hide_surroundings(Small *small, int paper)
{
    int n = small->width * small->height, limit = (int)((1 - BEYOND) * paper);
    g_autoptr(GArray) todo = g_array_new(FALSE, FALSE, sizeof(int));
    for (int at = 0; at < n; at++) {
        int x = at % small->width, y = at / small->width;
        bool is_border =
            x == 0 || y == 0 || x == small->width - 1 || y == small->height - 1;
        if (is_border && small->cells[at] < limit) {
            small->cells[at] = (uint8_t)paper;
            g_array_append_val(todo, at);
        }
    }
    guint hidden = 0;
    int middle = 0;
    for (; hidden < todo->len; hidden++) {
        int at = g_array_index(todo, int, hidden);
        middle += is_middle(small, at) ? 1 : 0;
        visit_around(small, at, limit, paper, todo);
    }
    return hidden <= BEYOND_MOST * n && middle <= MIDDLE_MOST * n / 4;
}

static void
to_darkness(Small *small, int usual)
{
    for (int y0 = 0; y0 < small->height; y0 += TILE) {
        for (int x0 = 0; x0 < small->width; x0 += TILE) {
            /* A lid may be lighter than the paper. */
            int paper = usual_grey(small, x0, y0, TILE);
            paper = MAX(MIN(paper, (int)(LIGHTER * usual)), 1);
            for (int y = y0; y < MIN(y0 + TILE, small->height); y++) {
                for (int x = x0; x < MIN(x0 + TILE, small->width); x++) {
                    uint8_t *cell = &small->cells[y * small->width + x];
                    *cell = (uint8_t)(MAX(paper - *cell, 0) * 255 / paper);
                }
            }
        }
    }
}

static bool
is_dark(const Small *small, int x, int y, double share)
{
    return small->cells[y * small->width + x] >= share * 255;
}

/* Wipes out the column, or row, @at and its neighbours. */
static void
wipe(Small *small, bool column, int at)
{
    int last = (column ? small->width : small->height) - 1;
    for (int i = MAX(at - 1, 0); i <= MIN(at + 1, last); i++) {
        for (int k = 0; k < (column ? small->height : small->width); k++) {
            int cell = column ? k * small->width + i : i * small->width + k;
            small->cells[cell] = 0;
        }
    }
}

/* Dirt on the glass of a feeder is a line along the whole image. */
static void
wipe_streaks(Small *small, bool columns)
{
    int lines = columns ? small->width : small->height;
    int length = columns ? small->height : small->width;
    g_autofree bool *is_streak = g_new0(bool, lines);
    for (int i = 0; i < lines; i++) {
        int dark = 0;
        for (int k = 0; k < length; k++) {
            dark += is_dark(small, columns ? i : k, columns ? k : i, FAINT) ? 1 : 0;
        }
        is_streak[i] = dark >= STREAK_SHARE * length;
    }
    for (int i = 0; i < lines; i++) {
        if (is_streak[i]) {
            wipe(small, columns, i);
        }
    }
}

/* --- Shapes. ------------------------------------------------------------------------
 */

typedef struct {
    int left, right, top, bottom;
    int n, strong; /* cells */
    double x, y, xx, yy, xy;
} Shape;

static void
add_cell(const Small *small, int at, Shape *shape)
{
    int x = at % small->width, y = at / small->width;
    shape->left = MIN(shape->left, x);
    shape->right = MAX(shape->right, x);
    shape->top = MIN(shape->top, y);
    shape->bottom = MAX(shape->bottom, y);
    shape->n++;
    shape->strong += is_dark(small, x, y, STRONG) ? 1 : 0;
    shape->x += x;
    shape->y += y;
    shape->xx += (double)x * x;
    shape->yy += (double)y * y;
    shape->xy += (double)x * y;
}

/* The dark shape at @start; takes it out. */
static Shape
take_shape(Small *small, int start, GArray *todo)
{
    Shape shape = {small->width, 0, small->height, 0, 0, 0, 0, 0, 0, 0, 0};
    g_array_set_size(todo, 0);
    g_array_append_val(todo, start);
    add_cell(small, start, &shape);
    small->cells[start] = 0;
    while (todo->len > 0) {
        int at = g_array_index(todo, int, todo->len - 1);
        g_array_set_size(todo, todo->len - 1);
        for (int k = 0; k < 9; k++) {
            int x = at % small->width + k % 3 - 1, y = at / small->width + k / 3 - 1;
            if (x >= 0 && y >= 0 && x < small->width && y < small->height &&
                is_dark(small, x, y, FAINT)) {
                int next = y * small->width + x;
                add_cell(small, next, &shape);
                small->cells[next] = 0;
                g_array_append_val(todo, next);
            }
        }
    }
    return shape;
}

static double
extent_mm(const Shape *shape)
{
    return CELL_MM * (MAX(shape->right - shape->left, shape->bottom - shape->top) + 1);
}

/* The lid or the desk beyond the paper, a torn corner, a shadow of the edge. */
static bool
is_edge(const Small *small, const Shape *shape)
{
    return shape->left == 0 || shape->top == 0 || shape->right == small->width - 1 ||
           shape->bottom == small->height - 1;
}

static bool
is_hole(const Shape *shape)
{
    double wide = CELL_MM * (shape->right - shape->left + 1);
    double tall = CELL_MM * (shape->bottom - shape->top + 1);
    return MIN(wide, tall) >= HOLE_MIN_MM && MAX(wide, tall) <= HOLE_MAX_MM &&
           fabs(wide - tall) <= HOLE_ROUND_MM &&
           shape->n * CELL_MM * CELL_MM >= HOLE_FULL * wide * tall;
}

/* Straight, and along the paper: a fold, or a piece of one. */
static bool
is_fold(const Shape *shape)
{
    double n = shape->n, x = shape->x / n, y = shape->y / n;
    double xx = shape->xx / n - x * x, yy = shape->yy / n - y * y;
    double xy = shape->xy / n - x * y;
    double half = (xx + yy) / 2, root = hypot((xx - yy) / 2, xy);
    double thick = CELL_MM * sqrt(MAX(half - root, 0));
    double angle = atan2(2 * xy, xx - yy) / 2; /* of its length */
    double off = MIN(fabs(sin(angle)), fabs(cos(angle)));
    return thick <= STRAIGHT_MM && off <= ALONG_SLOPE;
}

LkTraces
lk_page_traces(const LkImage *image)
{
    Small small;
    shrink(image, &small);
    g_autofree uint8_t *cells = small.cells;
    int paper = usual_grey(&small, 0, 0, LONG_CELLS);
    if (!hide_surroundings(&small, paper)) {
        return LK_TRACES_INK;
    }
    to_darkness(&small, paper);
    wipe_streaks(&small, true);
    wipe_streaks(&small, false);
    g_autoptr(GArray) todo = g_array_new(FALSE, FALSE, sizeof(int));
    int border_x = (int)(MARGIN * small.width), border_y = (int)(MARGIN * small.height);
    int pale = 0;
    double sum_mm = 0;
    for (int y = border_y; y < small.height - border_y; y++) {
        for (int x = border_x; x < small.width - border_x; x++) {
            pale += is_dark(&small, x, y, PALE) ? 1 : 0;
            if (!is_dark(&small, x, y, FAINT)) {
                continue;
            }
            Shape shape = take_shape(&small, y * small.width + x, todo);
            bool is_strong = shape.strong >= STRONG_CELLS;
            if (extent_mm(&shape) < SPECK_MM || is_edge(&small, &shape) ||
                is_hole(&shape) || (!is_strong && is_fold(&shape))) {
                continue;
            }
            sum_mm += extent_mm(&shape);
            if ((is_strong && extent_mm(&shape) >= STROKE_MM) || sum_mm >= SUM_MM) {
                return LK_TRACES_INK;
            }
        }
    }
    return pale >= PALE_SHARE * small.width * small.height ? LK_TRACES_PALE
                                                           : LK_TRACES_NONE;
}
