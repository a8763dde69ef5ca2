/* services_page.c - the map of services on paper: a table by category, dated. */
#include "form/services.h"

#include <string.h>

/* --- What is printed besides the list; paper speaks French. ------------------------
 */

#define TEXT_TITLE "Cartographie des services"
#define TEXT_PAGE "Page %u/%u"
#define TEXT_UPDATED "Mise à jour : %s"
#define TEXT_RENEWAL "À renouveler le %s au plus tard (tous les %d mois)"
#define TEXT_EXPIRED                                                                   \
    "Périmée depuis le %s : à vérifier et à refaire avant d'y orienter un enfant"
#define TEXT_BLANK_PLACE "Lieu :"
#define TEXT_BLANK_DATE "Mise à jour le :"
#define TEXT_BLANK_RENEWAL "À renouveler tous les 6 mois, 3 en zone d'urgence"
#define TEXT_NOTHING "Aucun service recensé."
#define TEXT_BY_HAND "À compléter à la main"
#define TEXT_FOOT                                                                      \
    "Services effectivement accessibles. Ne rien noter ici qui concerne un enfant."
#define TEXT_CONTINUED "(suite)"

static const char *const column_titles[] = {"Structure", "Services offerts",
                                            "Contact et couverture",
                                            "Accès : horaires, public, coût"};
#define N_COLUMNS G_N_ELEMENTS(column_titles)

static const char *const months[] = {"janvier",   "février", "mars",     "avril",
                                     "mai",       "juin",    "juillet",  "août",
                                     "septembre", "octobre", "novembre", "décembre"};

/* --- Measures, mm. -----------------------------------------------------------------
 */

#define RIGHT (CONTENT_LEFT + CONTENT_WIDTH)
#define BOTTOM                                                                         \
    280.0 /* no codes below: the table may go further down than on a form              \
           */
#define HEADING_H 6.2
#define HEAD_H 5.6
#define HEAD_FILL 0.9
#define NAME_PITCH 4.0
#define PITCH 3.5
#define CELL_TOP 1.9 /* rule to the top of the first capitals */
#define CELL_LOW 1.9
#define HAND_PITCH 6.4 /* lines to be filled in by hand */
#define HAND_LINES 5
#define SMALL_BOX 2.6
#define BLANK_ROWS 2 /* of each category of an empty map */
#define BANNER_H 7.0

const LkStyle lk_style_service_name = {LK_FACE_BOLD, 9, LK_ALIGN_LEFT, 0};
const LkStyle lk_style_service = {LK_FACE_REGULAR, 8, LK_ALIGN_LEFT, 0};
const LkStyle lk_style_service_label = {LK_FACE_BOLD, 8, LK_ALIGN_LEFT, 0};
static const LkStyle style_heading = {LK_FACE_BOLD, 10, LK_ALIGN_LEFT, 1};
static const LkStyle style_title = {LK_FACE_BOLD, 16, LK_ALIGN_LEFT, 0};
static const LkStyle style_place = {LK_FACE_BOLD, 11, LK_ALIGN_LEFT, 0};
static const LkStyle style_page = {LK_FACE_BOLD, 10, LK_ALIGN_RIGHT, 0};
static const LkStyle style_small = {LK_FACE_REGULAR, HINT_PT, LK_ALIGN_LEFT, 0};
static const LkStyle style_right = {LK_FACE_REGULAR, 8, LK_ALIGN_RIGHT, 0};
static const LkStyle style_right_bold = {LK_FACE_BOLD, 9, LK_ALIGN_RIGHT, 0};

typedef struct {
    LkPlan plan;
    const LkServiceMap *map;
    double top; /* of the table */
    double y;   /* where the next row goes */
} Sheet;

const char *
lk_service_label(LkServiceText text)
{
    static const char *const labels[LK_N_SERVICE_TEXTS] = {
        [LK_SERVICE_FOCAL] = "Point focal :",     [LK_SERVICE_CONTACT] = "Contact :",
        [LK_SERVICE_COVERAGE] = "Couverture :",   [LK_SERVICE_DURATION] = "Durée :",
        [LK_SERVICE_HOURS] = "Horaires :",        [LK_SERVICE_EMERGENCY] = "Urgences :",
        [LK_SERVICE_PUBLIC] = "Public :",         [LK_SERVICE_COST] = "Coût :",
        [LK_SERVICE_CONDITIONS] = "Conditions :",
    };
    return labels[text];
}

/* --- Cells. ------------------------------------------------------------------------
 * A cell is measured by putting it on no page; the same code places it. */

typedef struct {
    LkPlan *plan;
    double x, y; /* next line: left end, top of its capitals */
} Cell;

static const double cell_width = LK_SERVICE_COLUMN_MM - 2 * LK_SERVICE_PAD_MM;

static void
put_name(Cell *cell, const char *text)
{
    g_autoptr(GPtrArray) lines =
        lk_wrap(cell->plan, lk_style_service_name, text, cell_width);
    lk_put_lines(cell->plan, (LkPoint){cell->x, cell->y + CAP_MM},
                 lk_style_service_name, lines, NAME_PITCH);
    cell->y += lines->len * NAME_PITCH;
}

/* @text after its label, which takes a part of the first line only. */
static void
put_words(Cell *cell, const char *label, const char *text)
{
    if (text == NULL) {
        return;
    }
    double used = 0;
    if (label != NULL) {
        lk_put_text(cell->plan, (LkPoint){cell->x, cell->y + CAP_MM},
                    lk_style_service_label, label);
        used = lk_text_width(cell->plan, lk_style_service_label, label) + 1.2;
    }
    g_autofree char *typeset = lk_typeset(text);
    g_auto(GStrv) words = g_strsplit(typeset, " ", -1);
    const double space = lk_text_width(cell->plan, lk_style_service, " ");
    for (char **word = words; *word != NULL; word++) {
        double width = lk_text_width(cell->plan, lk_style_service, *word);
        if (used > 0 && used + width > cell_width) {
            cell->y += PITCH;
            used = 0;
        }
        lk_put_text(cell->plan, (LkPoint){cell->x + used, cell->y + CAP_MM},
                    lk_style_service, *word);
        used += width + space;
    }
    cell->y += PITCH;
}

static void
put_labelled(Cell *cell, const LkService *service, LkServiceText first,
             LkServiceText last)
{
    for (int i = (int)first; i <= (int)last; i++) {
        put_words(cell, lk_service_label((LkServiceText)i), service->texts[i]);
    }
}

/* What stands in @column of a provider, from @at; its height. */
static double
put_cell(Sheet *sheet, const LkService *service, size_t column, LkPoint at)
{
    Cell cell = {&sheet->plan, at.x + LK_SERVICE_PAD_MM, at.y + CELL_TOP};
    const LkOption *kind =
        lk_service_option(sheet->map->kinds, service->texts[LK_SERVICE_KIND]);
    switch (column) {
    case 0:
        put_name(&cell, service->texts[LK_SERVICE_NAME]);
        put_words(&cell, NULL, kind != NULL ? kind->label : NULL);
        put_words(&cell, NULL, service->texts[LK_SERVICE_PLACE]);
        break;
    case 1:
        put_words(&cell, NULL, service->texts[LK_SERVICE_OFFER]);
        break;
    case 2:
        put_labelled(&cell, service, LK_SERVICE_FOCAL, LK_SERVICE_DURATION);
        break;
    default:
        put_labelled(&cell, service, LK_SERVICE_HOURS, LK_SERVICE_CONDITIONS);
    }
    return cell.y - at.y - (PITCH - CAP_MM) + CELL_LOW;
}

static double
put_cells(Sheet *sheet, const LkService *service, double y)
{
    double height = 0;
    for (size_t column = 0; column < N_COLUMNS; column++) {
        LkPoint at = {CONTENT_LEFT + (double)column * LK_SERVICE_COLUMN_MM, y};
        double cell = put_cell(sheet, service, column, at);
        height = MAX(height, cell);
    }
    return lk_snap(height);
}

static double
measure(Sheet *sheet, const LkService *service)
{
    LkLayoutPage *page = g_steal_pointer(&sheet->plan.page);
    double height = put_cells(sheet, service, 0);
    sheet->plan.page = page;
    return height;
}

bool
lk_service_fits(const LkServiceMap *map, const LkFonts *fonts, const LkService *service)
{
    Sheet sheet = {.plan = {.fonts = fonts, .type = 1, .other = 1}, .map = map};
    const double room = BOTTOM - CONTENT_TOP - BANNER_H - 1 - HEAD_H - HEADING_H;
    return measure(&sheet, service) <= room;
}

/* --- Rows and headings. ------------------------------------------------------------
 */

/* The sides of a row, the rule below it, and rules between @n columns. */
static void
put_frame(Sheet *sheet, double y, double height, size_t n)
{
    for (size_t i = 0; i <= n; i++) {
        double x = CONTENT_LEFT + (double)i * CONTENT_WIDTH / (double)n;
        lk_put_line(&sheet->plan, (LkPoint){x, y}, (LkPoint){x, y + height},
                    i == 0 || i == n ? FRAME_MM : RULE_MM);
    }
    lk_put_line(&sheet->plan, (LkPoint){CONTENT_LEFT, y + height},
                (LkPoint){RIGHT, y + height}, RULE_MM);
}

static void
begin_page(Sheet *sheet)
{
    GPtrArray *pages = sheet->plan.layout->pages;
    sheet->plan.page = lk_page_new((int)pages->len + 1);
    g_ptr_array_add(pages, sheet->plan.page);
    sheet->y = sheet->top;
    lk_put_rect(&sheet->plan, (LkRect){CONTENT_LEFT, sheet->y, CONTENT_WIDTH, HEAD_H},
                FRAME_MM, HEAD_FILL);
    for (size_t i = 0; i < N_COLUMNS; i++) {
        LkPoint at = {CONTENT_LEFT + (double)i * LK_SERVICE_COLUMN_MM +
                          LK_SERVICE_PAD_MM,
                      sheet->y + 3.9};
        lk_put_text(&sheet->plan, at, lk_style_service_label, column_titles[i]);
    }
    put_frame(sheet, sheet->y, HEAD_H, N_COLUMNS);
    sheet->y += HEAD_H;
}

static void
put_heading(Sheet *sheet, const char *title, bool is_continued)
{
    g_autofree char *text = is_continued
                                ? g_strdup_printf("%s %s", title, TEXT_CONTINUED)
                                : g_strdup(title);
    lk_put_rect(&sheet->plan,
                (LkRect){CONTENT_LEFT, sheet->y, CONTENT_WIDTH, HEADING_H}, FRAME_MM,
                0);
    lk_put_text(&sheet->plan,
                (LkPoint){CONTENT_LEFT + LK_SERVICE_PAD_MM, sheet->y + 4.4},
                style_heading, text);
    sheet->y += HEADING_H;
}

static bool
has_room(const Sheet *sheet, double height)
{
    return sheet->y + height <= BOTTOM;
}

/* A row is never split; what is cut by the page goes on under its heading. */
static void
make_room(Sheet *sheet, const char *title, double height)
{
    if (!has_room(sheet, height)) {
        begin_page(sheet);
        put_heading(sheet, title, true);
    }
}

static void
begin_category(Sheet *sheet, const char *title, double first_row)
{
    if (!has_room(sheet, HEADING_H + first_row)) {
        begin_page(sheet);
    }
    put_heading(sheet, title, false);
}

static void
put_row(Sheet *sheet, const LkService *service, double height)
{
    (void)put_cells(sheet, service, sheet->y);
    put_frame(sheet, sheet->y, height, N_COLUMNS);
    sheet->y += height;
}

/* --- Rows to be written in. --------------------------------------------------------
 */

static const double hand_height = HAND_LINES * HAND_PITCH + 1.6;

static void
put_hand_labels(Sheet *sheet, size_t column, LkServiceText first, LkServiceText last)
{
    double x = CONTENT_LEFT + (double)column * LK_SERVICE_COLUMN_MM + LK_SERVICE_PAD_MM;
    double y = sheet->y + 4.6;
    for (int i = (int)first; i <= (int)last; i++) {
        lk_put_text(&sheet->plan, (LkPoint){x, y}, lk_style_service,
                    lk_service_label((LkServiceText)i));
        y += HAND_PITCH;
    }
}

/* The kinds of structure, each with a small box: nobody reads them but people. */
static void
put_hand_kinds(Sheet *sheet)
{
    const GPtrArray *kinds = sheet->map->kinds;
    double x = CONTENT_LEFT + LK_SERVICE_PAD_MM;
    double y = sheet->y + hand_height - 2.2 - (kinds->len - 1) * PITCH;
    for (guint i = 0; i < kinds->len; i++) {
        const LkOption *kind = g_ptr_array_index(kinds, i);
        lk_put_rect(&sheet->plan, (LkRect){x, y - CAP_MM, SMALL_BOX, SMALL_BOX},
                    RULE_MM, -1);
        lk_put_text(&sheet->plan, (LkPoint){x + SMALL_BOX + 1.2, y}, lk_style_service,
                    kind->label);
        y += PITCH;
    }
}

static void
put_hand_row(Sheet *sheet)
{
    put_hand_kinds(sheet);
    put_hand_labels(sheet, 2, LK_SERVICE_FOCAL, LK_SERVICE_DURATION);
    put_hand_labels(sheet, 3, LK_SERVICE_HOURS, LK_SERVICE_CONDITIONS);
    put_frame(sheet, sheet->y, hand_height, N_COLUMNS);
    sheet->y += hand_height;
}

/* --- Categories. -------------------------------------------------------------------
 */

static void
put_nothing(Sheet *sheet, const char *title)
{
    const double height = CELL_TOP + CAP_MM + CELL_LOW;
    begin_category(sheet, title, height);
    lk_put_text(
        &sheet->plan,
        (LkPoint){CONTENT_LEFT + LK_SERVICE_PAD_MM, sheet->y + CELL_TOP + CAP_MM},
        lk_style_service, TEXT_NOTHING);
    put_frame(sheet, sheet->y, height, 1);
    sheet->y += height;
}

static void
put_category(Sheet *sheet, const LkOption *category)
{
    bool is_begun = false;
    for (guint i = 0; i < sheet->map->services->len; i++) {
        const LkService *service = g_ptr_array_index(sheet->map->services, i);
        if (strcmp(service->texts[LK_SERVICE_CATEGORY], category->value) != 0) {
            continue;
        }
        double height = measure(sheet, service);
        if (is_begun) {
            make_room(sheet, category->label, height);
        } else {
            begin_category(sheet, category->label, height);
        }
        is_begun = true;
        put_row(sheet, service, height);
    }
    if (!is_begun) {
        put_nothing(sheet, category->label);
    }
}

static void
put_blank_category(Sheet *sheet, const LkOption *category)
{
    begin_category(sheet, category->label, hand_height);
    for (int i = 0; i < BLANK_ROWS; i++) {
        make_room(sheet, category->label, hand_height);
        put_hand_row(sheet);
    }
}

/* The white at the end is for what somebody learns before the next edition. */
static void
put_rest(Sheet *sheet)
{
    if (!has_room(sheet, HEADING_H + hand_height)) {
        return;
    }
    put_heading(sheet, TEXT_BY_HAND, false);
    while (has_room(sheet, hand_height)) {
        put_hand_row(sheet);
    }
}

/* --- What stands on every page. ----------------------------------------------------
 */

static char *
date_text(const GDate *date)
{
    int day = g_date_get_day(date);
    return g_strdup_printf("%d%s %s %d", day, day == 1 ? "er" : "",
                           months[g_date_get_month(date) - 1], g_date_get_year(date));
}

static void
put_dates(Sheet *sheet, bool is_expired)
{
    LkPlan *plan = &sheet->plan;
    GDate due = lk_service_map_renewal(sheet->map);
    g_autofree char *updated = date_text(&sheet->map->date);
    g_autofree char *renewal = date_text(&due);
    g_autofree char *first = g_strdup_printf(TEXT_UPDATED, updated);
    g_autofree char *second =
        g_strdup_printf(TEXT_RENEWAL, renewal, sheet->map->is_emergency ? 3 : 6);
    lk_put_text(plan, (LkPoint){RIGHT, 28.4}, style_right, first);
    lk_put_text(plan, (LkPoint){RIGHT, 33.4}, style_right_bold, second);
    if (is_expired) {
        g_autofree char *text = g_strdup_printf(TEXT_EXPIRED, renewal);
        lk_put_rect(plan,
                    (LkRect){CONTENT_LEFT, sheet->top - BANNER_H - 1.4, CONTENT_WIDTH,
                             BANNER_H},
                    0.8, -1);
        lk_put_text(plan, (LkPoint){LK_PAGE_WIDTH_MM / 2, sheet->top - 3.6},
                    (LkStyle){LK_FACE_BOLD, 10, LK_ALIGN_CENTER, 0}, text);
    }
}

/* Lines for what an empty map does not know. */
static void
put_blank_dates(Sheet *sheet)
{
    LkPlan *plan = &sheet->plan;
    lk_put_text(plan, (LkPoint){CONTENT_LEFT, 29.0}, style_place, TEXT_BLANK_PLACE);
    lk_put_line(plan, (LkPoint){CONTENT_LEFT + 14, 29.6}, (LkPoint){108, 29.6},
                RULE_MM);
    lk_put_text(plan, (LkPoint){112, 29.0}, lk_style_service, TEXT_BLANK_DATE);
    lk_put_line(plan, (LkPoint){137, 29.6}, (LkPoint){RIGHT, 29.6}, RULE_MM);
    lk_put_text(plan, (LkPoint){RIGHT, 34.2}, style_right, TEXT_BLANK_RENEWAL);
}

static void
put_band(Sheet *sheet, const char *office, bool is_expired)
{
    LkPlan *plan = &sheet->plan;
    g_autofree char *page =
        g_strdup_printf(TEXT_PAGE, (guint)plan->page->number, plan->layout->pages->len);
    lk_put_text(plan, (LkPoint){CONTENT_LEFT, 15.0}, style_small,
                sheet->map->authority);
    lk_put_text(plan, (LkPoint){RIGHT, 15.0}, style_page, page);
    lk_put_text(plan, (LkPoint){CONTENT_LEFT, 22.4}, style_title, TEXT_TITLE);
    if (g_date_valid(&sheet->map->date)) {
        lk_put_text(plan, (LkPoint){CONTENT_LEFT, 28.4}, style_place,
                    sheet->map->place);
        put_dates(sheet, is_expired);
    } else {
        put_blank_dates(sheet);
    }
    lk_put_text(plan, (LkPoint){CONTENT_LEFT, 33.4}, lk_style_service, office);
    lk_put_text(plan, (LkPoint){CONTENT_LEFT, 285.0}, style_small, TEXT_FOOT);
    lk_put_text(plan, (LkPoint){RIGHT, 285.0},
                (LkStyle){LK_FACE_REGULAR, HINT_PT, LK_ALIGN_RIGHT, 0}, page);
}

LkLayout *
lk_service_map_layout(const LkServiceMap *map, const LkFonts *fonts, const char *office,
                      bool is_expired)
{
    LkLayout *layout = lk_layout_alloc();
    layout->title = g_strdup(TEXT_TITLE);
    Sheet sheet = {.plan = {.fonts = fonts, .layout = layout, .type = 1, .other = 1},
                   .map = map,
                   .top = CONTENT_TOP + (is_expired ? BANNER_H + 1 : 0)};
    begin_page(&sheet);
    for (guint i = 0; i < map->categories->len; i++) {
        const LkOption *category = g_ptr_array_index(map->categories, i);
        if (map->services->len > 0) {
            put_category(&sheet, category);
        } else {
            put_blank_category(&sheet, category);
        }
    }
    if (map->services->len > 0) {
        put_rest(&sheet);
    }
    for (guint i = 0; i < layout->pages->len; i++) {
        sheet.plan.page = g_ptr_array_index(layout->pages, i);
        put_band(&sheet, office, is_expired);
    }
    return layout;
}
