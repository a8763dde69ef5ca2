/* crop.c - a box cut out of a page, with all that its page tells about it. */
#include "tests/sim/crop.h"

#include <string.h>

static const char *const meanings[] = {"empty", "marked", "cancelled"};

enum {
    COLUMN_NAME,
    COLUMN_MEANING,
    COLUMN_ALLOWED,
    COLUMN_LEVELS,
    COLUMN_HABIT,
    COLUMN_TO_PX,
    COLUMN_AT,
    COLUMN_CLEAN,
    COLUMN_OUTLINE,
    COLUMN_BOXES,
    COLUMN_WRITING,
    COLUMN_SOURCE,
    N_COLUMNS
};

void
sim_crop_free(SimCrop *crop)
{
    if (crop != NULL) {
        g_free(crop->name);
        g_free(crop->source);
        g_array_unref(crop->boxes);
        g_array_unref(crop->writing);
        g_free(crop);
    }
}

const char *
sim_crop_columns(void)
{
    return "name\tmeant\tallowed\tpaper,ink\thabit\tpx a mm\tbox at px\tclean box at px"
           "\toutline\tother boxes, mm\tlines and cells, mm\tfrom";
}

char *
sim_crop_say(const SimCrop *crop)
{
    GString *line = g_string_new(NULL);
    const LkMarkHabit *habit = &crop->habit;
    const double *m = crop->to_px;
    g_string_printf(line,
                    "%s\t%s\t%s\t%.1f,%.1f\t%d,%.4f,%.4f\t%.5f,%.5f,%.5f,%.5f\t"
                    "%.2f,%.2f\t%.2f,%.2f\t%s\t",
                    crop->name, meanings[crop->meaning],
                    crop->must ? "right" : "right or person", crop->paper, crop->ink,
                    habit->marks, habit->coverage, habit->through, m[0], m[1], m[2],
                    m[3], crop->at.x, crop->at.y, crop->clean.x, crop->clean.y,
                    crop->own_outline ? "own" : "neighbours'");
    for (guint i = 0; i < crop->boxes->len; i++) {
        LkPoint p = g_array_index(crop->boxes, LkPoint, i);
        g_string_append_printf(line, "%s%.2f,%.2f", i > 0 ? ";" : "", p.x, p.y);
    }
    g_string_append_c(line, '\t');
    for (guint i = 0; i < crop->writing->len; i++) {
        LkRect r = g_array_index(crop->writing, LkRect, i);
        g_string_append_printf(line, "%s%.2f,%.2f,%.2f,%.2f", i > 0 ? ";" : "", r.x,
                               r.y, r.w, r.h);
    }
    g_string_append_printf(line, "\t%s", crop->source);
    return g_string_free(line, FALSE);
}

/* @n numbers with commas between them. */
static bool
take_numbers(const char *text, double *numbers, guint n)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    bool ok = g_strv_length(parts) == n;
    for (guint i = 0; ok && i < n; i++) {
        char *end = NULL;
        numbers[i] = g_ascii_strtod(parts[i], &end);
        ok = end != parts[i] && *end == '\0';
    }
    return ok;
}

/* Groups of @n numbers, ';' between them, appended to @to as they are. */
static bool
take_groups(const char *text, GArray *to, guint n)
{
    g_auto(GStrv) groups = g_strsplit(text, ";", -1);
    bool ok = true;
    for (char **group = groups; ok && *group != NULL; group++) {
        double numbers[4];
        ok = take_numbers(*group, numbers, n);
        g_array_append_vals(to, numbers, 1);
    }
    return ok;
}

static bool
take_meaning(const char *text, SimMeaning *meaning)
{
    for (size_t i = 0; i < G_N_ELEMENTS(meanings); i++) {
        if (strcmp(text, meanings[i]) == 0) {
            *meaning = (SimMeaning)i;
            return true;
        }
    }
    return false;
}

static bool
take_columns(char **cells, SimCrop *crop)
{
    double levels[2], habit[3], at[2], clean[2];
    bool ok = take_meaning(cells[COLUMN_MEANING], &crop->meaning) &&
              take_numbers(cells[COLUMN_LEVELS], levels, 2) &&
              take_numbers(cells[COLUMN_HABIT], habit, 3) &&
              take_numbers(cells[COLUMN_TO_PX], crop->to_px, 4) &&
              take_numbers(cells[COLUMN_AT], at, 2) &&
              take_numbers(cells[COLUMN_CLEAN], clean, 2) &&
              take_groups(cells[COLUMN_BOXES], crop->boxes, 2) &&
              take_groups(cells[COLUMN_WRITING], crop->writing, 4);
    if (!ok) {
        return false;
    }
    crop->name = g_strdup(cells[COLUMN_NAME]);
    crop->source = g_strdup(cells[COLUMN_SOURCE]);
    crop->must = strcmp(cells[COLUMN_ALLOWED], "right") == 0;
    crop->own_outline = strcmp(cells[COLUMN_OUTLINE], "own") == 0;
    crop->paper = levels[0];
    crop->ink = levels[1];
    crop->habit = (LkMarkHabit){(int)habit[0], habit[1], habit[2]};
    crop->at = (LkPoint){at[0], at[1]};
    crop->clean = (LkPoint){clean[0], clean[1]};
    return true;
}

SimCrop *
sim_crop_parse(const char *line)
{
    g_auto(GStrv) cells = g_strsplit(line, "\t", -1);
    if (g_strv_length(cells) != N_COLUMNS) {
        return NULL;
    }
    g_autoptr(SimCrop) crop = g_new0(SimCrop, 1);
    crop->boxes = g_array_new(FALSE, FALSE, sizeof(LkPoint));
    crop->writing = g_array_new(FALSE, FALSE, sizeof(LkRect));
    return take_columns(cells, crop) ? g_steal_pointer(&crop) : NULL;
}

/* --- Reading. ----------------------------------------------------------------------
 */

#define MIDDLE_MM 100.0 /* where the box stands on a page of its own */

/* Adds a box whose middle is @x, @y mm from the box's. */
static void
add_box(LkLayoutPage *page, LkRegistration *registration, LkPoint p, bool own)
{
    LkBox box = {.outline = {MIDDLE_MM + p.x - LK_BOX_MM / 2,
                             MIDDLE_MM + p.y - LK_BOX_MM / 2, LK_BOX_MM, LK_BOX_MM}};
    LkShift shift = {0, 0, own};
    g_array_append_val(page->boxes, box);
    g_array_append_val(registration->boxes, shift);
}

/* Image px -> mm from the box. */
static LkPoint
from_px(const SimCrop *crop, LkPoint px)
{
    const double *m = crop->to_px;
    double det = m[0] * m[3] - m[1] * m[2];
    double x = px.x - crop->at.x;
    double y = px.y - crop->at.y;
    return (LkPoint){(m[3] * x - m[1] * y) / det, (m[0] * y - m[2] * x) / det};
}

/* The box, its neighbours, and as many times the clean one that half of all are. */
static void
lay_boxes(const SimCrop *crop, LkLayoutPage *page, LkRegistration *registration)
{
    add_box(page, registration, (LkPoint){0, 0}, crop->own_outline);
    for (guint i = 0; i < crop->boxes->len; i++) {
        add_box(page, registration, g_array_index(crop->boxes, LkPoint, i), true);
    }
    LkPoint clean = from_px(crop, crop->clean);
    for (guint i = 0; i <= crop->boxes->len; i++) {
        add_box(page, registration, clean, true);
    }
    for (guint i = 0; i < crop->writing->len; i++) {
        LkWriting writing = {.area = g_array_index(crop->writing, LkRect, i)};
        writing.area.x += MIDDLE_MM;
        writing.area.y += MIDDLE_MM;
        g_array_append_val(page->writing, writing);
    }
}

LkMarkFeatures
sim_crop_measure(const SimCrop *crop, const LkImage *image, LkMarkView **view)
{
    const double *m = crop->to_px;
    LkLayoutPage page = {.number = 1,
                         .boxes = g_array_new(FALSE, TRUE, sizeof(LkBox)),
                         .cells = g_array_new(FALSE, TRUE, sizeof(LkCell)),
                         .writing = g_array_new(FALSE, TRUE, sizeof(LkWriting))};
    LkRegistration registration = {
        .h = {m[0], m[1], crop->at.x - MIDDLE_MM * (m[0] + m[1]), m[2], m[3],
              crop->at.y - MIDDLE_MM * (m[2] + m[3]), 0, 0, 1},
        .boxes = g_array_new(FALSE, TRUE, sizeof(LkShift))};
    lay_boxes(crop, &page, &registration);
    LkLevels levels = {.paper = crop->paper, .ink = crop->ink};
    LkStreaks none = {.any = false};
    g_autoptr(LkMarks) marks =
        lk_marks_measure(image, &levels, &none, &page, &registration);
    LkMarkFeatures features = g_array_index(marks->features, LkMarkFeatures, 0);
    const LkMarkView *seen = g_ptr_array_index(marks->views, 0);
    *view = seen == NULL ? NULL : g_memdup2(seen, sizeof *seen);
    g_array_unref(page.boxes);
    g_array_unref(page.cells);
    g_array_unref(page.writing);
    g_array_unref(registration.boxes);
    return features;
}
