/* typeset.c - text as French prints it, broken into lines, and things put on the page.
 */
#include "form/plan.h"

#include <string.h>

#define NBSP "\u00a0"
#define NARROW_NBSP "\u202f"

const LkStyle lk_style_label = {LK_FACE_BOLD, TEXT_PT, LK_ALIGN_LEFT, 0};
const LkStyle lk_style_option = {LK_FACE_REGULAR, TEXT_PT, LK_ALIGN_LEFT, 0};
const LkStyle lk_style_hint = {LK_FACE_REGULAR, HINT_PT, LK_ALIGN_LEFT, 0};
const LkStyle lk_style_tiny = {LK_FACE_REGULAR, TINY_PT, LK_ALIGN_CENTER, 0};

double
lk_snap(double mm)
{
    return round(mm * 20) / 20;
}

/* --- Typography. -------------------------------------------------------------------
 */

/* Text is walked byte by byte, for it is walked often; these are UTF-8. */
#define OPENING "\xc2\xab"
#define CLOSING "\xc2\xbb"
#define DEGREE "\xc2\xb0"

static bool
starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* The space that stands before @next in French, if one does: NULL if not. */
static const char *
space_of(const char *next)
{
    if (*next == ':' || *next == '%' || starts(next, CLOSING)) {
        return NBSP;
    }
    return *next == ';' || *next == '?' || *next == '!' ? NARROW_NBSP : NULL;
}

/* Whether @word is what a number counts: "72 h", "15 ans". */
static bool
is_unit(const char *word)
{
    static const char *const units[] = {
        "h",  "min", "jour",  "jours",  "semaine", "semaines", "mois",
        "an", "ans", "heure", "heures", "fois",    "mm",       "cm",
        "m",  "km",  "g",     "kg",     "FCFA",    "pages",    "page"};
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        size_t length = strlen(units[i]);
        if (strncmp(word, units[i], length) == 0 &&
            strchr(" ,.;:)/", word[length]) != NULL) {
            return true; /* strchr() finds the end of the text, too */
        }
    }
    return false;
}

/* What a space between @before (from where one may look back to @text) and @next
 * becomes: one that breaks no line where French allows none. */
static const char *
space_between(const char *text, const char *at)
{
    const char *required = space_of(at + 1);
    if (required != NULL) {
        return required;
    }
    bool opened = at - text >= 2 && starts(at - 2, OPENING);
    bool numbers = at - text >= 3 && starts(at - 2, DEGREE) &&
                   (at[-3] == 'n' || at[-3] == 'N') && g_ascii_isalnum(at[1]);
    bool counts = at > text && g_ascii_isdigit(at[-1]) && is_unit(at + 1);
    return opened || numbers || counts ? NBSP : " ";
}

/* Whether a space is missing before @at: "Pourquoi?", but neither "10:30" nor "?!". */
static bool
lacks_space(const char *text, const char *at)
{
    if (at == text || space_of(at) == NULL) {
        return false;
    }
    bool ends_word = g_ascii_isalnum(at[-1]) || at[-1] == ')' || (at[-1] & 0x80) != 0;
    bool spaced = at - text >= 2 && (starts(at - 2, NBSP) || starts(at - 2, OPENING));
    spaced = spaced || (at - text >= 3 && starts(at - 3, NARROW_NBSP));
    bool ends = *at == CLOSING[0] || at[1] == ' ' || at[1] == '\0' || at[1] == ')';
    return ends_word && !spaced && ends;
}

char *
lk_typeset(const char *text)
{
    GString *out = g_string_sized_new(strlen(text) + 16);
    for (const char *c = text; *c != '\0'; c++) {
        if (lacks_space(text, c)) {
            g_string_append(out, space_of(c));
        }
        bool is_opening = c - text >= 2 && starts(c - 2, OPENING);
        if (is_opening && *c != ' ' && !starts(c, NBSP)) {
            g_string_append(out, NBSP);
        }
        if (*c == '\'') {
            g_string_append(out, "’");
        } else if (*c == ' ') {
            g_string_append(out, space_between(text, c));
        } else if (starts(c, "...")) {
            g_string_append(out, "…");
            c += 2;
        } else {
            g_string_append_c(out, *c);
        }
    }
    return g_string_free(out, FALSE);
}

/* Size of type on this form's pages. */
static double
size_on(const LkPlan *plan, LkStyle style)
{
    return style.size_pt * (style.size_pt == TEXT_PT ? plan->type : plan->other);
}

double
lk_text_width(const LkPlan *plan, LkStyle style, const char *text)
{
    g_autofree char *typeset = lk_typeset(text);
    return lk_fonts_width(plan->fonts, style.face, size_on(plan, style), typeset);
}

double
lk_word_width(const LkPlan *plan, LkStyle style, const char *text)
{
    g_autoptr(GPtrArray) words = lk_wrap(plan, style, text, 0);
    double widest = 0;
    for (guint i = 0; i < words->len; i++) {
        widest = MAX(widest, lk_text_width(plan, style, g_ptr_array_index(words, i)));
    }
    return widest;
}

GPtrArray *
lk_wrap(const LkPlan *plan, LkStyle style, const char *text, double width_mm)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *typeset = lk_typeset(text);
    g_auto(GStrv) words = g_strsplit(typeset, " ", -1);
    const double size_pt = size_on(plan, style);
    const double space = lk_fonts_width(plan->fonts, style.face, size_pt, " ");
    g_autoptr(GString) line = g_string_new(NULL);
    double used = 0;
    for (size_t i = 0; words[i] != NULL; i++) {
        double width = lk_fonts_width(plan->fonts, style.face, size_pt, words[i]);
        if (line->len > 0 && used + space + width > width_mm) {
            g_ptr_array_add(lines, g_strdup(line->str));
            g_string_truncate(line, 0);
            used = 0;
        }
        if (line->len > 0) {
            g_string_append_c(line, ' ');
            used += space;
        }
        g_string_append(line, words[i]);
        used += width;
    }
    g_ptr_array_add(lines, g_strdup(line->str));
    return lines;
}

/* --- Putting things on the page. ---------------------------------------------------
 */

static LkPoint
snap_point(LkPoint point)
{
    return (LkPoint){lk_snap(point.x), lk_snap(point.y)};
}

static LkRect
snap_rect(LkRect rect)
{
    return (LkRect){lk_snap(rect.x), lk_snap(rect.y), lk_snap(rect.w), lk_snap(rect.h)};
}

static int
index_of(const LkPlan *plan, const LkField *field)
{
    return GPOINTER_TO_INT(g_hash_table_lookup(plan->index, field)) - 1;
}

void
lk_put_box(LkPlan *plan, const LkField *field, int option, LkPoint at)
{
    if (plan->page == NULL) {
        return;
    }
    at = snap_point(at);
    LkBox box = {
        index_of(plan, field), plan->row, option, {at.x, at.y, LK_BOX_MM, LK_BOX_MM}};
    g_array_append_val(plan->page->boxes, box);
}

void
lk_put_cell(LkPlan *plan, const LkField *field, int index, LkPoint at)
{
    if (plan->page == NULL) {
        return;
    }
    at = snap_point(at);
    LkCell cell = {
        index_of(plan, field), plan->row, index, {at.x, at.y, CELL_W_MM, CELL_H_MM}};
    g_array_append_val(plan->page->cells, cell);
}

void
lk_put_writing(LkPlan *plan, const LkField *field, int line, LkRect area)
{
    if (plan->page == NULL) {
        return;
    }
    LkWriting writing = {index_of(plan, field), plan->row, line, snap_rect(area)};
    g_array_append_val(plan->page->writing, writing);
}

void
lk_put_text(LkPlan *plan, LkPoint at, LkStyle style, const char *text)
{
    if (plan->page == NULL) {
        return;
    }
    LkDraw draw = {.kind = LK_DRAW_TEXT,
                   .at = snap_point(at),
                   .text = lk_typeset(text),
                   .face = style.face,
                   .size_pt = size_on(plan, style),
                   .align = style.align,
                   .stroke = style.grey,
                   .fill = -1};
    g_array_append_val(plan->page->draws, draw);
}

void
lk_put_lines(LkPlan *plan, LkPoint at, LkStyle style, const GPtrArray *lines,
             double pitch_mm)
{
    for (guint i = 0; i < lines->len; i++) {
        lk_put_text(plan, (LkPoint){at.x, at.y + i * pitch_mm}, style,
                    g_ptr_array_index(lines, i));
    }
}

static void
put_stroke(LkPlan *plan, LkPoint from, LkPoint to, double width_mm, double dash_mm)
{
    if (plan->page == NULL) {
        return;
    }
    LkDraw draw = {.kind = LK_DRAW_LINE,
                   .at = snap_point(from),
                   .to = snap_point(to),
                   .width_mm = width_mm,
                   .dash_mm = dash_mm,
                   .fill = -1};
    g_array_append_val(plan->page->draws, draw);
}

void
lk_put_line(LkPlan *plan, LkPoint from, LkPoint to, double width_mm)
{
    put_stroke(plan, from, to, width_mm, 0);
}

void
lk_put_dashes(LkPlan *plan, LkPoint from, LkPoint to, double width_mm)
{
    put_stroke(plan, from, to, width_mm, 0.8);
}

static void
put_area(LkPlan *plan, LkDrawKind kind, LkRect rect, double width_mm, double fill)
{
    if (plan->page == NULL) {
        return;
    }
    LkDraw draw = {
        .kind = kind, .rect = snap_rect(rect), .width_mm = width_mm, .fill = fill};
    g_array_append_val(plan->page->draws, draw);
}

void
lk_put_rect(LkPlan *plan, LkRect rect, double width_mm, double fill)
{
    put_area(plan, LK_DRAW_RECT, rect, width_mm, fill);
}

void
lk_put_oval(LkPlan *plan, LkRect rect, double width_mm, double fill)
{
    put_area(plan, LK_DRAW_OVAL, rect, width_mm, fill);
}

void
lk_put_curve(LkPlan *plan, const LkPoint points[4], double width_mm, double fill)
{
    if (plan->page == NULL) {
        return;
    }
    LkPoint low = points[0], high = points[0];
    for (int i = 1; i < 4; i++) {
        low = (LkPoint){MIN(low.x, points[i].x), MIN(low.y, points[i].y)};
        high = (LkPoint){MAX(high.x, points[i].x), MAX(high.y, points[i].y)};
    }
    /* A curve lies within its control points. */
    LkRect hull = {low.x, low.y, high.x - low.x, high.y - low.y};
    LkDraw draw = {.kind = LK_DRAW_CURVE,
                   .at = points[0],
                   .via = {points[1], points[2]},
                   .to = points[3],
                   .rect = lk_rect_inset(hull, -width_mm / 2),
                   .width_mm = width_mm,
                   .fill = fill};
    g_array_append_val(plan->page->draws, draw);
}
