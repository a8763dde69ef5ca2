/* test-stress.c - damaged, badly scanned and lying pages: right, or refused with the
 * cause named, never wrong.
 *
 * Each line of the tables is one thing that happens to paper. It happens to three pages
 * of real forms (1.B, 5.A, and the one of them with the fewest boxes), printed, filled
 * in and scanned at 200 dpi unless the line says otherwise. */
#include "read/read.h"
#include "tests/sim/judge.h"
#include "tests/sim/office.h"
#include "tests/sim/plane.h"

#include <glib/gstdio.h>
#include <math.h>
#include <qrencode.h>
#include <string.h>

#define SHEET_DPI 300.0
#define N_PAGES 3

/* Bits of the corners, clockwise from top left; codes: 1 at the top, 2 at the foot. */
enum { TL = 1, TR = 2, BR = 4, BL = 8, ALL = 15 };
enum { TOP = 1, FOOT = 2, BOTH = 3 };

/* What the reader must come to. */
typedef enum {
    BY_CODE,         /* read, known by its codes */
    BY_PRINT,        /* read, known by the printed code, to be confirmed; unknown where
                      * the case code is printed in the QR codes only */
    REFUSED,         /* whose page it is, and why its boxes are not believed */
    UNKNOWN,         /* why not even that */
    READ_OR_REFUSED, /* the boundary; but if refused, then with that cause */
} Expected;

typedef struct {
    const char *name;
    Expected expected;
    LkReason cause; /* with REFUSED, UNKNOWN, READ_OR_REFUSED */
    double review;  /* boxes that may go to a person at most, %; 0: 5 % */

    /* On paper. */
    double scale;            /* of the print; 0: 1 */
    int copies;              /* photocopies of the filled page */
    int torn, folded, noted; /* corners: torn off; dog's ears; under a stapled note */
    int square;              /* fiducials alone rubbed out */
    int stamped, struck, scribbled, gone; /* codes */
    double covered; /* millimetres of the lower end under another sheet, white */

    /* In the machine. */
    double dpi; /* 0: 200 */
    int turn;
    double skew;
    double threshold; /* 1 bit a pixel */
    int streaks;
    double wave;   /* uneven feed, mm */
    double shade;  /* lamp brighter on one side */
    double lid;    /* grey beyond the paper; 0: as white as paper */
    double border; /* mm of black all around */
    double lost;   /* mm of the lower end outside the picture */

    /* By hand. */
    double pitch, yaw; /* a photo if one of them is not 0; degrees */
    double bulge, shadow, blur;
    bool holed; /* four punch holes down the left edge, the desk showing */
} Stress;

/* 2.2 degrees: the far edge 3 % shorter than the near one. */
#define THREE_PERCENT 2.2

static const Stress list[] = {
    {"as it is", BY_CODE, .dpi = 200},

    /* How it lies. */
    {"upside down", BY_CODE, .turn = 180},
    {"turned by 90", BY_CODE, .turn = 90},
    {"turned by 270", BY_CODE, .turn = 270},
    {"askew by 5", BY_CODE, .skew = 5},
    {"askew by -5, upside down", BY_CODE, .skew = -5, .turn = 180},
    {"askew by 3, turned by 90", BY_CODE, .skew = 3, .turn = 90},

    /* Corners. */
    {"top left torn", BY_CODE, .torn = TL},
    {"top right torn", BY_CODE, .torn = TR},
    {"bottom right torn", BY_CODE, .torn = BR},
    {"bottom left torn", BY_CODE, .torn = BL},
    {"top left torn, dark lid", BY_CODE, .torn = TL, .lid = 20},
    {"bottom left torn, dark lid", BY_CODE, .torn = BL, .lid = 20},
    {"top left folded", BY_CODE, .folded = TL},
    {"top right folded", BY_CODE, .folded = TR},
    {"bottom right folded", BY_CODE, .folded = BR},
    {"bottom left folded", BY_CODE, .folded = BL},
    {"note on top left", BY_CODE, .noted = TL, .review = 40},
    {"note on top right", BY_CODE, .noted = TR, .review = 40},
    {"note on bottom right", BY_CODE, .noted = BR, .review = 40},
    {"note on bottom left", BY_CODE, .noted = BL, .review = 40},
    {"left corners torn", BY_CODE, .torn = TL | BL},
    {"right corners torn", BY_CODE, .torn = TR | BR},
    {"top corners torn", BY_CODE, .torn = TL | TR},
    {"bottom corners torn", BY_CODE, .torn = BL | BR},
    {"opposite corners without codes torn", BY_CODE, .torn = TL | BR},
    {"opposite corners with the codes torn", BY_PRINT, .torn = TR | BL},
    {"top left square gone", BY_CODE, .square = TL},
    {"top right square gone, upside down", BY_CODE, .square = TR, .turn = 180},
    {"three squares gone", BY_CODE, .square = TL | TR | BR},
    {"all squares gone", BY_CODE, .square = ALL},

    /* Codes. */
    {"top code gone", BY_CODE, .gone = TOP},
    {"foot code gone", BY_CODE, .gone = FOOT},
    {"foot code gone, upside down", BY_CODE, .gone = FOOT, .turn = 180},
    {"top code gone, top left torn", BY_CODE, .gone = TOP, .torn = TL},
    {"both codes gone", BY_PRINT, .gone = BOTH},
    {"both codes gone, upside down", BY_PRINT, .gone = BOTH, .turn = 180},
    {"both codes and a square gone", BY_PRINT, .gone = BOTH, .square = BR},
    {"both codes and two squares gone", BY_PRINT, .gone = BOTH, .square = TL | TR},
    {"both codes and two squares gone, turned", BY_PRINT, .gone = BOTH,
     .square = TL | BL, .turn = 270},
    {"both codes and three squares gone", UNKNOWN, LK_REASON_NO_MARKS, .gone = BOTH,
     .square = TL | TR | BR},
    {"both codes stamped", BY_CODE, .stamped = BOTH},
    {"both codes struck through", BY_CODE, .struck = BOTH},
    {"both codes scribbled over", BY_PRINT, .scribbled = BOTH},
    {"top code scribbled over", BY_CODE, .scribbled = TOP},

    /* Print and copies. */
    {"printed at 88 %", BY_CODE, .scale = .88},
    {"printed at 90 %", BY_CODE, .scale = .90},
    {"printed at 94 %, upside down", BY_CODE, .scale = .94, .turn = 180},
    {"printed at 103 %", BY_CODE, .scale = 1.03},
    {"printed at 90 %, askew by 4", BY_CODE, .scale = .90, .skew = 4},
    {"two photocopies", BY_CODE, .copies = 2},
    {"two photocopies, top code gone", BY_CODE, .copies = 2, .gone = TOP},

    /* Scanners. */
    {"100 dpi", READ_OR_REFUSED, LK_REASON_LOW_RESOLUTION, .dpi = 100, .review = 15},
    {"75 dpi", REFUSED, LK_REASON_LOW_RESOLUTION, .dpi = 75},
    {"150 dpi", BY_CODE, .dpi = 150},
    {"300 dpi", BY_CODE, .dpi = 300},
    {"600 dpi", BY_CODE, .dpi = 600},
    {"200 dpi, 1 bit", BY_CODE, .threshold = .6, .review = 8},
    {"300 dpi, 1 bit, torn", BY_CODE, .dpi = 300, .threshold = .6, .torn = BR},
    {"three streaks", BY_CODE, .streaks = 3, .review = 12},
    {"uneven feed", BY_CODE, .wave = .5, .review = 15},
    {"uneven light", BY_CODE, .shade = .2},
    {"dark lid, askew", BY_CODE, .lid = 20, .skew = 2},
    {"black edges", BY_CODE, .border = 8},
    {"black edges, askew by 4", BY_CODE, .border = 12, .lid = 1, .skew = 4},
    {"black edges, bottom right torn", BY_CODE, .border = 8, .lid = 1, .torn = BR},
    {"lower end outside", READ_OR_REFUSED, LK_REASON_CUT_OFF, .lost = 25},
    {"lower half outside", REFUSED, LK_REASON_CUT_OFF, .lost = 150},
    {"lower half under another sheet", REFUSED, LK_REASON_BAD_FIT, .covered = 150},

    /* Photos. */
    {"photo, 3 % perspective", BY_CODE, .pitch = THREE_PERCENT},
    {"photo, 3 % sideways", BY_CODE, .yaw = THREE_PERCENT},
    {"photo, 6 % both ways", BY_CODE, .pitch = 2 * THREE_PERCENT,
     .yaw = -2 * THREE_PERCENT},
    {"photo, 12 %", BY_CODE, .pitch = 4 * THREE_PERCENT},
    {"photo, shadow", BY_CODE, .pitch = 1, .shadow = .4},
    {"photo, page bent by 2 mm", BY_CODE, .pitch = 1, .bulge = 2, .review = 10},
    {"photo, page bent by 8 mm", READ_OR_REFUSED, LK_REASON_BAD_FIT, .pitch = 1,
     .bulge = 8, .review = 40},
    {"photo, page bent by -4 mm", READ_OR_REFUSED, LK_REASON_BAD_FIT, .pitch = 2,
     .bulge = -4, .review = 20},
    {"photo, corner folded", BY_CODE, .pitch = 3, .yaw = 2, .folded = TL},
    {"photo, upside down", BY_CODE, .pitch = -3, .turn = 180},
    {"photo, steep, one code left", BY_CODE, .pitch = 13, .yaw = -12, .gone = TOP},
    {"photo, steep, one code and three squares", BY_CODE, .pitch = 12, .yaw = 12,
     .scribbled = TOP, .square = BR},
    {"photo, steep, a hole beside a lost square", BY_CODE, .pitch = -12, .yaw = 13,
     .gone = TOP, .square = TL, .holed = true},
    {"photo, steep, bent by 2.5 mm", BY_CODE, .pitch = 12, .yaw = 10, .bulge = 2.5,
     .review = 10},
    {"photo, steep, bent by -2.5 mm, one code", BY_CODE, .pitch = 12, .yaw = 10,
     .bulge = -2.5, .gone = FOOT, .review = 15},
    {"photo, so blurred that no code is seen at once", BY_CODE, .pitch = 8, .yaw = -9,
     .blur = 2.6, .review = 10},
};

/* --- The pages. ---------------------------------------------------------------------
 */

typedef struct {
    char *folder;
    SimOffice *office;
    SimCase *file;
    SimPaper *paper;
    const SimPage *pages[N_PAGES];
    LkReader *reader;
    const LkLayout *stand_in; /* given for the layout of the same identity, or NULL */
} House;

static const LkLayout *
find_layout(const char *layout_id, void *data)
{
    const House *house = data;
    if (house->stand_in != NULL && strcmp(house->stand_in->id, layout_id) == 0) {
        return house->stand_in;
    }
    return sim_office_by_id(house->office, layout_id);
}

static void
all_issued(const LkCaseCode *code, void (*each)(const LkPageId *id, void *to), void *to,
           void *data)
{
    const House *house = data;
    for (guint i = 0; i < house->file->pages->len; i++) {
        const SimPage *page = g_ptr_array_index(house->file->pages, i);
        if (lk_case_code_equal(code, &house->file->code)) {
            each(&page->truth->id, to);
        }
    }
}

static const LkLayout *
example(void *data)
{
    return sim_office_layout(((House *)data)->office, "1.B", NULL);
}

static const SimPage *
find_page(const House *house, const char *form, int number)
{
    for (guint i = 0; i < house->file->pages->len; i++) {
        const SimPage *page = g_ptr_array_index(house->file->pages, i);
        if (strcmp(page->truth->id.form, form) == 0 && page->truth->id.page == number) {
            return page;
        }
    }
    g_assert_not_reached();
}

static const SimPage *
fewest_boxes(const House *house)
{
    const SimPage *fewest = NULL;
    for (guint i = 0; i < house->file->pages->len; i++) {
        const SimPage *page = g_ptr_array_index(house->file->pages, i);
        guint n = page->truth->boxes->len;
        if (n > 0 && (fewest == NULL || n < fewest->truth->boxes->len)) {
            fewest = page;
        }
    }
    return fewest;
}

static House *
house_new(void)
{
    static const char *const forms[] = {"1.A", "1.B", "5.A", NULL};
    g_autoptr(GError) error = NULL;
    House *house = g_new0(House, 1);
    house->folder = g_dir_make_tmp("lakana-stress-XXXXXX", &error);
    house->office = sim_office_new(&error);
    g_assert_no_error(error);
    house->file = sim_case_new(house->office, SIM_TUNING, sim_seed(SIM_TUNING, 7001),
                               forms, &error);
    g_assert_no_error(error);
    g_autofree char *pdf = g_build_filename(house->folder, "printed.pdf", NULL);
    bool printed = sim_case_print(house->office, house->file, pdf, &error);
    g_assert_no_error(error);
    g_assert_true(printed);
    house->paper = sim_paper_open(pdf, &error);
    g_assert_no_error(error);
    house->pages[0] = find_page(house, "1.B", 1);
    house->pages[1] = find_page(house, "5.A", 1);
    house->pages[2] = fewest_boxes(house);
    LkReadHost host = {find_layout, all_issued, house};
    house->reader = lk_reader_new(&host, &error);
    g_assert_no_error(error);
    lk_reader_set_example(house->reader, example);
    return house;
}

static void
house_free(House *house)
{
    g_autofree char *pdf = g_build_filename(house->folder, "printed.pdf", NULL);
    (void)g_unlink(pdf);
    (void)g_rmdir(house->folder);
    lk_reader_free(house->reader);
    sim_paper_free(house->paper);
    sim_case_free(house->file);
    sim_office_free(house->office);
    g_free(house->folder);
    g_free(house);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(House, house_free)

/* --- What happens to paper. ---------------------------------------------------------
 */

static void
put(SimSheet *sheet, int x, int y, int grey)
{
    if (x >= 0 && y >= 0 && x < sheet->width && y < sheet->height) {
        size_t at = (size_t)y * (size_t)sheet->width + (size_t)x;
        sheet->print[at] = (uint8_t)grey;
        sheet->ink[at] = 0;
    }
}

/* @area: sheet mm. */
static void
cover(SimSheet *sheet, LkRect area, int grey)
{
    double px = sheet->dpi / 25.4;
    for (int y = (int)(area.y * px); y < (int)((area.y + area.h) * px); y++) {
        for (int x = (int)(area.x * px); x < (int)((area.x + area.w) * px); x++) {
            put(sheet, x, y, grey);
        }
    }
}

/* @area: page mm; the pages here are printed upright. */
static void
cover_page(SimSheet *sheet, LkRect area, int grey)
{
    LkPoint from = sim_sheet_place(sheet, (LkPoint){area.x, area.y});
    LkPoint to = sim_sheet_place(sheet, (LkPoint){area.x + area.w, area.y + area.h});
    cover(sheet, (LkRect){from.x, from.y, to.x - from.x, to.y - from.y}, grey);
}

/* A straight line of the pen, page mm. */
static void
line(SimSheet *sheet, LkPoint a, LkPoint b, double width, int grey)
{
    int n = (int)(hypot(b.x - a.x, b.y - a.y) * 10) + 1;
    for (int i = 0; i <= n; i++) {
        LkPoint p = {a.x + (b.x - a.x) * i / n, a.y + (b.y - a.y) * i / n};
        cover_page(sheet, (LkRect){p.x - width / 2, p.y - width / 2, width, width},
                   grey);
    }
}

/* Where on the sheet (mm) the point @along, @down from corner @corner lies. */
static LkPoint
from_corner(int corner, double along, double down)
{
    bool right = corner == 1 || corner == 2;
    bool low = corner >= 2;
    return (LkPoint){right ? LK_PAGE_WIDTH_MM - along : along,
                     low ? LK_PAGE_HEIGHT_MM - down : down};
}

#define TORN_MM 62.0 /* from the corner along both edges: square and code */
#define EAR_MM 36.0  /* the square, and part of the code */
#define NOTE_MM 50.0

/* A corner that is not there, or (@fold) lies on the page with its back. */
static void
take_corner(SimSheet *sheet, int corner, double side, int beyond, bool fold)
{
    double px = sheet->dpi / 25.4;
    for (int i = 0; i < (int)(side * px); i++) {
        for (int k = 0; k < (int)(side * px); k++) {
            /* A torn edge is not straight. */
            double edge = fold ? 0 : 2 * sin(i / px / 3) + sin(i / px * 1.7);
            double over = (i + k) / px - side - edge;
            LkPoint p = from_corner(corner, i / px, k / px);
            int x = (int)(p.x * px);
            int y = (int)(p.y * px);
            if (over < 0) {
                put(sheet, x, y, beyond);
            } else if (fold) {
                put(sheet, x, y, over < 0.4 ? 120 : 245); /* its edge, its back */
            }
        }
    }
}

static void
take_corners(SimSheet *sheet, const Stress *stress)
{
    int beyond = stress->lid > 0 ? 0 : 255;
    for (int i = 0; i < 4; i++) {
        if (stress->torn & 1 << i) {
            take_corner(sheet, i, TORN_MM, beyond, false);
        }
        if (stress->folded & 1 << i) {
            take_corner(sheet, i, EAR_MM, beyond, true);
        }
        if (stress->noted & 1 << i) {
            LkPoint p = from_corner(i, NOTE_MM / 2, NOTE_MM / 2);
            LkRect note = {p.x - NOTE_MM / 2, p.y - NOTE_MM / 2, NOTE_MM, NOTE_MM};
            cover(sheet, lk_rect_inset(note, -0.3), 150);
            cover(sheet, note, 235);
        }
        if (stress->square & 1 << i) {
            LkRect square = {i == 1 || i == 2 ? 192.5 : 12.5, i >= 2 ? 279.5 : 12.5, 5,
                             5};
            cover_page(sheet, lk_rect_inset(square, -0.7), 255);
        }
    }
}

static void
stamp(SimSheet *sheet, LkPoint centre)
{
    /* A round stamp: two rings and bars for letters. */
    for (int i = 0; i < 720; i++) {
        double angle = i * G_PI / 360;
        for (int ring = 0; ring < 2; ring++) {
            double radius = ring == 0 ? 14 : 9.5;
            LkPoint p = {centre.x + radius * cos(angle),
                         centre.y + radius * sin(angle)};
            cover_page(sheet, (LkRect){p.x, p.y, 0.5, 0.5}, 90);
        }
    }
    for (int i = 0; i < 5; i++) {
        double x = centre.x - 6 + 3 * i;
        line(sheet, (LkPoint){x, centre.y - 2}, (LkPoint){x, centre.y + 2}, 0.6, 90);
    }
}

static void
scribble(SimSheet *sheet, LkRect code)
{
    for (int i = 0; i < 11; i++) {
        double y = code.y + 2 * i;
        line(sheet, (LkPoint){code.x, y}, (LkPoint){code.x + code.w, y + 1.5}, 0.9, 40);
        line(sheet, (LkPoint){code.x + code.w, y + 1.5}, (LkPoint){code.x, y + 2}, 0.9,
             40);
    }
}

static void
spoil_codes(SimSheet *sheet, const Stress *stress)
{
    static const LkRect codes[2] = {{165, 12.5, 22, 22}, {23, 262.5, 22, 22}};
    for (int i = 0; i < 2; i++) {
        LkRect code = codes[i];
        if (stress->stamped & 1 << i) {
            stamp(sheet, (LkPoint){code.x + 16, code.y + 16});
        }
        if (stress->struck & 1 << i) {
            line(sheet, (LkPoint){code.x - 3, code.y + 2.5},
                 (LkPoint){code.x + code.w + 3, code.y + 4.5}, 0.8, 40);
        }
        if (stress->scribbled & 1 << i) {
            scribble(sheet, code);
        }
        if (stress->gone & 1 << i) {
            cover_page(sheet, lk_rect_inset(code, -1), 255);
        }
    }
}

static void
punch(SimSheet *sheet)
{
    double px = sheet->dpi / 25.4, radius = SIM_HOLE_MM / 2;
    for (int hole = 0; hole < 4; hole++) {
        LkPoint c = {12, 32 + 80 * hole - (hole > 2 ? 20 : 0)};
        for (int y = (int)((c.y - radius) * px); y < (int)((c.y + radius) * px); y++) {
            for (int x = (int)((c.x - radius) * px); x < (int)((c.x + radius) * px);
                 x++) {
                if (hypot((x + 0.5) / px - c.x, (y + 0.5) / px - c.y) < radius) {
                    put(sheet, x, y, 20);
                }
            }
        }
    }
}

/* --- In the machine. ----------------------------------------------------------------
 */

static SimMachine
machine_for(const Stress *stress)
{
    SimRandom random = sim_random(11, "machine");
    bool photo = stress->pitch != 0 || stress->yaw != 0;
    SimMachine machine =
        sim_machine(SIM_TUNING, photo ? SIM_PHOTO : SIM_COPIER_200, &random);
    machine.printing = (SimPrinting){.scale = stress->scale > 0 ? stress->scale : 1,
                                     .copies = stress->copies};
    SimScanner *scanner = &machine.scanner;
    scanner->dpi = stress->dpi > 0 ? stress->dpi : 200;
    scanner->turn = stress->turn;
    scanner->skew_deg = stress->skew;
    scanner->shift_mm = (LkPoint){0.8, -0.6};
    scanner->wave_mm = stress->wave;
    scanner->shade = stress->shade;
    scanner->lid = stress->lid > 0 ? stress->lid : 255;
    scanner->threshold = stress->threshold;
    scanner->streaks = stress->streaks;
    SimPhone *phone = &machine.phone;
    phone->turn = stress->turn;
    phone->exif = 1;
    phone->pitch_deg = stress->pitch;
    phone->yaw_deg = stress->yaw;
    phone->bulge_mm = stress->bulge;
    phone->shadow = stress->shadow;
    phone->blur_px = stress->blur > 0 ? stress->blur : phone->blur_px;
    return machine;
}

/* Black edges around the picture, or (@mm negative) a strip lost at its lower end. */
static void
reframe(SimImage *image, double mm)
{
    double px = image->dpi / 25.4;
    int edge = mm > 0 ? (int)(mm * px) : 0;
    int lost = mm < 0 ? (int)(-mm * px) : 0;
    int width = image->width + 2 * edge;
    int height = image->height + 2 * edge - lost;
    uint8_t *pixels = g_malloc((gsize)width * (gsize)height);
    memset(pixels, 12, (size_t)width * (size_t)height);
    for (int y = 0; y < image->height - lost; y++) {
        memcpy(pixels + (size_t)(y + edge) * (size_t)width + edge,
               image->pixels + (size_t)y * (size_t)image->width, (size_t)image->width);
    }
    g_free(image->pixels);
    image->pixels = pixels;
    image->width = width;
    image->height = height;
}

static SimSheet *
fill_in(const House *house, const SimPage *page, const SimPrinting *printing)
{
    SimRandom random = sim_random(5, page->truth->id.form);
    SimSheet *sheet =
        sim_sheet_print(house->paper, page->pdf_page, printing, SHEET_DPI);
    sim_fill(sheet, page->layout, page->truth, &house->file->writer, &random);
    return sheet;
}

static SimImage *
capture(SimSheet *sheet, const Stress *stress, const SimMachine *machine)
{
    SimRandom random = sim_random(13, stress->name);
    SimImage *image = sim_capture(sheet, machine, &random);
    sim_as_scanned(image, sim_machine_quality(machine));
    if (stress->border > 0 || stress->lost > 0) {
        reframe(image, stress->border > 0 ? stress->border : -stress->lost);
    }
    return image;
}

static LkReading *
read_image(const House *house, const SimImage *image)
{
    LkImage view = sim_image_view(image);
    return lk_reader_read(house->reader, &view);
}

static LkReading *
read_stressed(const House *house, const SimPage *page, const Stress *stress)
{
    SimMachine machine = machine_for(stress);
    g_autoptr(SimSheet) sheet = fill_in(house, page, &machine.printing);
    take_corners(sheet, stress);
    spoil_codes(sheet, stress);
    if (stress->holed) {
        punch(sheet);
    }
    if (stress->covered > 0) {
        LkRect other = {0, LK_PAGE_HEIGHT_MM - stress->covered, LK_PAGE_WIDTH_MM,
                        stress->covered};
        cover(sheet, other, 255);
    }
    g_autoptr(SimImage) image = capture(sheet, stress, &machine);
    const char *keep = g_getenv("STRESS_KEEP"); /* a folder: to look at the pictures */
    if (keep != NULL) {
        g_autofree char *path =
            g_strdup_printf("%s/%s %s-%d.png", keep, stress->name, page->truth->id.form,
                            page->truth->id.page);
        (void)sim_write_png(image, path, NULL);
    }
    return read_image(house, image);
}

/* --- Judging. -----------------------------------------------------------------------
 */

static char *
reasons_of(const LkReading *reading)
{
    GString *names = g_string_new(NULL);
    for (int i = 0; i < LK_REASON_N; i++) {
        if (reading->reasons & 1u << i) {
            g_string_append_printf(names, " %s", lk_reason_name((LkReason)i));
        }
    }
    return g_string_free(names, FALSE);
}

static bool
has_reason(const LkReading *reading, LkReason reason)
{
    return (reading->reasons & 1u << reason) != 0;
}

/* No box decided wrongly, and not too many left to a person. */
static bool
judge_boxes(const SimPage *page, const LkReading *reading, double review)
{
    SimTally tally = {0};
    g_autofree SimVerdict *verdicts = g_new0(SimVerdict, page->truth->boxes->len + 1);
    sim_judge_boxes(page->layout, page->truth, reading, verdicts, &tally);
    long silent = sim_tally_verdict(&tally, SIM_SILENT);
    double share = 100.0 * (double)sim_tally_verdict(&tally, SIM_TO_PERSON) /
                   (double)sim_tally_boxes(&tally);
    if (silent > 0 || share > review) {
        g_test_message("%ld silent errors, %.1f %% of %ld boxes to a person", silent,
                       share, sim_tally_boxes(&tally));
    }
    for (guint i = 0; i < page->truth->boxes->len; i++) {
        const LkBoxReading *box = &g_array_index(reading->boxes, LkBoxReading, i);
        if (verdicts[i] == SIM_SILENT) {
            g_test_message("box %u: state %d, score %.2f, confidence %.3f", i,
                           (int)box->state, box->score, box->confidence);
        }
    }
    return silent == 0 && share <= review;
}

static bool
hides_code(const SimPage *page)
{
    return lk_layout_page(page->layout, page->truth->id.page)->hides_code;
}

static bool
is_expected(const Stress *stress, const SimPage *page, const LkReading *reading)
{
    SimIdentity identity = sim_judge_page(page->truth, reading);
    bool read = identity == SIM_PAGE_IDENTIFIED;
    bool refused =
        reading->outcome == LK_OUTCOME_REFUSED && has_reason(reading, stress->cause);
    if (identity == SIM_PAGE_WRONG ||
        (read &&
         !judge_boxes(page, reading, stress->review > 0 ? stress->review : 5))) {
        return false;
    }
    switch (stress->expected) {
    case BY_CODE:
        return read && reading->source == LK_IDENTITY_QR;
    case BY_PRINT:
        return hides_code(page) ? reading->outcome == LK_OUTCOME_UNKNOWN &&
                                      has_reason(reading, LK_REASON_NO_IDENTITY)
                                : read && reading->source == LK_IDENTITY_PRINT;
    case REFUSED:
        return refused;
    case READ_OR_REFUSED:
        return read || refused;
    case UNKNOWN:
        return reading->outcome == LK_OUTCOME_UNKNOWN &&
               has_reason(reading, stress->cause);
    }
    return false;
}

static bool
stress_page(const House *house, const SimPage *page, const Stress *stress)
{
    static const char *const outcomes[] = {"read", "unknown", "refused", "blank"};
    g_autoptr(LkReading) reading = read_stressed(house, page, stress);
    bool ok = is_expected(stress, page, reading);
    g_autofree char *reasons = reasons_of(reading);
    g_test_message("%s: %s, form %s page %d: %s%s, %d squares, %d codes",
                   ok ? "as expected" : "NOT EXPECTED", stress->name,
                   page->truth->id.form, page->truth->id.page,
                   outcomes[reading->outcome], reasons, reading->quality.fiducials,
                   reading->quality.codes);
    return ok;
}

static void
test_list(void)
{
    g_autoptr(House) house = house_new();
    const char *only = g_getenv("STRESS_ONLY"); /* part of a name */
    int wrong = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(list); i++) {
        for (int p = 0; p < N_PAGES; p++) {
            if (only == NULL || strstr(list[i].name, only) != NULL) {
                wrong += stress_page(house, house->pages[p], &list[i]) ? 0 : 1;
            }
        }
    }
    g_assert_cmpint(wrong, ==, 0);
}

/* --- Pages that lie. ----------------------------------------------------------------
 */

static const LkRect qr_places[2] = {{165, 12.5, 22, 22}, {23, 262.5, 22, 22}};

/* Scanned as the list's first line is. */
static LkReading *
scan_and_read(const House *house, SimSheet *sheet, const char *name)
{
    const Stress plain = {.name = name, .dpi = 200};
    SimMachine machine = machine_for(&plain);
    g_autoptr(SimImage) image = capture(sheet, &plain, &machine);
    return read_image(house, image);
}

static SimSheet *
plain_sheet(const House *house, const SimPage *page)
{
    const SimPrinting as_it_is = {.scale = 1};
    return fill_in(house, page, &as_it_is);
}

/* Neither read, nor without a cause among @causes (bits). */
static void
assert_not_read(const LkReading *reading, guint32 causes, const char *name)
{
    g_autofree char *reasons = reasons_of(reading);
    g_test_message("%s: outcome %d,%s", name, (int)reading->outcome, reasons);
    g_assert_cmpint(reading->outcome, !=, LK_OUTCOME_READ);
    g_assert_cmpuint(reading->boxes->len, ==, 0);
    g_assert_cmpuint(reading->reasons & causes, !=, 0);
}

/* A layout that says the same identity, its boxes elsewhere from @from mm down. */
static LkLayout *
shifted_layout(const LkLayout *layout, double from, double dx, double dy)
{
    g_autofree char *json = lk_layout_to_json(layout);
    g_autoptr(GError) error = NULL;
    LkLayout *copy = lk_layout_from_json(json, &error);
    g_assert_no_error(error);
    for (guint p = 0; p < copy->pages->len; p++) {
        LkLayoutPage *page = g_ptr_array_index(copy->pages, p);
        for (guint i = 0; i < page->boxes->len; i++) {
            LkRect *box = &g_array_index(page->boxes, LkBox, i).outline;
            box->x += box->y >= from ? dx : 0;
            box->y += box->y >= from ? dy : 0;
        }
        for (guint i = 0; i < page->cells->len; i++) {
            LkRect *cell = &g_array_index(page->cells, LkCell, i).outline;
            cell->x += cell->y >= from ? dx : 0;
            cell->y += cell->y >= from ? dy : 0;
        }
    }
    return copy;
}

/* The template was changed and the identity was not: never to be read. */
static void
test_other_layout(void)
{
    static const struct {
        double from, dx, dy;
    } shifts[] = {{0, 0, 2}, {0, 0, -3},  {0, 2.5, 0},
                  {0, 4, 4}, {150, 0, 3}, {0, 0, 6}};
    g_autoptr(House) house = house_new();
    for (int p = 0; p < N_PAGES; p++) {
        const SimPage *page = house->pages[p];
        g_autoptr(SimSheet) sheet = plain_sheet(house, page);
        for (size_t i = 0; i < G_N_ELEMENTS(shifts); i++) {
            g_autoptr(LkLayout) other = shifted_layout(page->layout, shifts[i].from,
                                                       shifts[i].dx, shifts[i].dy);
            house->stand_in = other;
            g_autoptr(LkReading) reading = scan_and_read(house, sheet, "other layout");
            house->stand_in = NULL;
            assert_not_read(reading, 1u << LK_REASON_BAD_FIT, page->truth->id.form);
        }
    }
}

/* @area (sheet mm) of @from, pasted on @to, moved by @by. */
static void
paste(SimSheet *to, const SimSheet *from, LkRect area, LkPoint by)
{
    double px = to->dpi / 25.4;
    for (int y = (int)(area.y * px); y < (int)((area.y + area.h) * px); y++) {
        for (int x = (int)(area.x * px); x < (int)((area.x + area.w) * px); x++) {
            int u = x - (int)(by.x * px), v = y - (int)(by.y * px);
            bool inside = u >= 0 && v >= 0 && u < from->width && v < from->height &&
                          x >= 0 && y >= 0 && x < to->width && y < to->height;
            if (inside) {
                size_t at = (size_t)y * (size_t)to->width + (size_t)x;
                size_t source = (size_t)v * (size_t)from->width + (size_t)u;
                to->print[at] = from->print[source];
                to->ink[at] = from->ink[source];
            }
        }
    }
}

/* The codes of one page on the paper of another. */
static void
test_codes_of_another_page(void)
{
    g_autoptr(House) house = house_new();
    for (int i = 0; i < N_PAGES; i++) {
        for (int k = 0; k < N_PAGES; k++) {
            if (i == k) {
                continue;
            }
            g_autoptr(SimSheet) sheet = plain_sheet(house, house->pages[i]);
            g_autoptr(SimSheet) other = plain_sheet(house, house->pages[k]);
            for (int code = 0; code < 2; code++) {
                paste(sheet, other, lk_rect_inset(qr_places[code], -1),
                      (LkPoint){0, 0});
            }
            g_autoptr(LkReading) reading = scan_and_read(house, sheet, "codes");
            assert_not_read(reading, 1u << LK_REASON_BAD_FIT, "codes of another page");
        }
    }
}

/* A second sheet lies over the lower half, not quite straight above the first. */
static void
test_two_sheets(void)
{
    static const LkPoint offsets[] = {{0, 0}, {4, 3}, {-2, 9}};
    const guint32 causes = 1u << LK_REASON_BAD_FIT | 1u << LK_REASON_CODES_DISAGREE;
    const LkRect lower = {0, 150, LK_PAGE_WIDTH_MM, LK_PAGE_HEIGHT_MM - 150};
    g_autoptr(House) house = house_new();
    for (int k = 0; k < N_PAGES; k++) {
        for (size_t i = 0; i < G_N_ELEMENTS(offsets); i++) {
            for (int hidden = 0; hidden < 2; hidden++) {
                g_autoptr(SimSheet) sheet = plain_sheet(house, house->pages[k]);
                g_autoptr(SimSheet) other =
                    plain_sheet(house, house->pages[(k + 1) % N_PAGES]);
                paste(sheet, other, lower, offsets[i]);
                if (hidden == 1) {
                    cover(sheet, (LkRect){10, 250, 60, 47}, 255);
                }
                g_autoptr(LkReading) reading = scan_and_read(house, sheet, "sheets");
                assert_not_read(reading, causes, "two sheets in one scan");
            }
        }
    }
}

/* A tablet shows the upper part of a page, and somebody photographs the tablet. */
static void
test_screen(void)
{
    g_autoptr(House) house = house_new();
    const Stress plain = {.name = "screen", .dpi = 200};
    const guint32 causes = 1u << LK_REASON_BAD_FIT | 1u << LK_REASON_CUT_OFF;
    for (int p = 0; p < N_PAGES; p++) {
        SimMachine machine = machine_for(&plain);
        g_autoptr(SimSheet) sheet = plain_sheet(house, house->pages[p]);
        g_autoptr(SimImage) image = capture(sheet, &plain, &machine);
        for (int share = 3; share <= 7; share += 2) {
            g_autoptr(SimImage) shown = g_memdup2(image, sizeof *image);
            shown->height = image->height * share / 10;
            gsize n = (gsize)image->width * (gsize)shown->height;
            shown->pixels = g_memdup2(image->pixels, n);
            for (gsize i = 0; i < n; i++) {
                double u = (double)(i % (gsize)image->width);
                double v = (double)(i / (gsize)image->width);
                double moire = 10 * sin(u / 3.1 + v / 40) * sin(v / 2.7);
                shown->pixels[i] =
                    (uint8_t)CLAMP(shown->pixels[i] - 12 + moire, 0, 255);
            }
            reframe(shown, 15);
            g_autoptr(LkReading) reading = read_image(house, shown);
            assert_not_read(reading, causes, "part of a page on a screen");
        }
    }
}

/* --- Pages that are not ours. -------------------------------------------------------
 */

static void
draw_code(SimSheet *sheet, LkRect place, const char *payload)
{
    QRcode *code = QRcode_encodeString(payload, 3, QR_ECLEVEL_H, QR_MODE_8, 1);
    g_assert_nonnull(code);
    double module = place.w / code->width;
    for (int i = 0; i < code->width * code->width; i++) {
        double x = place.x + module * (i % code->width);
        double y = place.y + module * (int)(i / code->width);
        cover(sheet, (LkRect){x, y, module, module}, (code->data[i] & 1) ? 0 : 255);
    }
    QRcode_free(code);
}

/* Lines of words as bars: a letter. */
static SimSheet *
letter(void)
{
    SimSheet *sheet = sim_sheet_blank(SHEET_DPI);
    SimRandom random = sim_random(3, "letter");
    for (double y = 60; y < 240; y += 6) {
        for (double x = 25; x < 180;) {
            double word = sim_uniform(&random, 4, 18);
            cover(sheet, (LkRect){x, y, word, 2}, 30);
            x += word + 2;
        }
    }
    return sheet;
}

/* A label of ours, on a letter: it tells a file, and no page. */
static void
test_label_on_a_letter(void)
{
    g_autoptr(House) house = house_new();
    LkPageId id = {.page = 1, .case_code = house->file->code, .copy = "9F3TK"};
    g_strlcpy(id.form, LK_LABEL_FORM, sizeof id.form);
    g_strlcpy(id.layout, house->pages[0]->layout->id, sizeof id.layout);
    char payload[LK_PAYLOAD_LEN + 1];
    lk_payload_write(&id, payload);
    g_autoptr(SimSheet) sheet = letter();
    draw_code(sheet, (LkRect){150, 20, 22, 22}, payload);
    g_autoptr(LkReading) reading = scan_and_read(house, sheet, "label");
    g_assert_cmpint(reading->outcome, ==, LK_OUTCOME_UNKNOWN);
    g_assert_cmpint(reading->source, ==, LK_IDENTITY_NONE);
    assert_not_read(reading, 1u << LK_REASON_LABEL_ONLY, "label on a letter");
}

static void
test_letter(void)
{
    g_autoptr(House) house = house_new();
    g_autoptr(SimSheet) sheet = letter();
    g_autoptr(LkReading) bare = scan_and_read(house, sheet, "letter");
    assert_not_read(bare, 1u << LK_REASON_NO_MARKS, "letter");
    draw_code(sheet, (LkRect){150, 20, 22, 22}, "HTTPS://EXAMPLE.ORG/FICTIF");
    g_autoptr(LkReading) coded = scan_and_read(house, sheet, "letter");
    assert_not_read(coded, 1u << LK_REASON_FOREIGN_CODE, "letter with a code");
}

/* --- Empty sheets. ------------------------------------------------------------------
 */

/* The back of a page: its print shines through, mirrored. */
static SimSheet *
back_of(const House *house, const SimPage *page)
{
    g_autoptr(SimSheet) front = plain_sheet(house, page);
    g_autofree uint8_t *flat = sim_sheet_flat(front);
    SimSheet *sheet = sim_sheet_blank(SHEET_DPI);
    for (int y = 0; y < sheet->height; y++) {
        for (int x = 0; x < sheet->width; x++) {
            size_t at = (size_t)y * (size_t)sheet->width + (size_t)x;
            size_t from = (size_t)(y + 1) * (size_t)sheet->width - 1 - (size_t)x;
            sheet->print[at] = (uint8_t)(255 - (255 - flat[from]) / 12);
        }
    }
    sim_blur(sheet->print, sheet->width, sheet->height, 3);
    return sheet;
}

static void
test_blank(void)
{
    static const Stress ways[] = {
        {.name = "blank", .dpi = 200},
        {.name = "blank, 1 bit", .threshold = .6, .dpi = 200},
        {.name = "blank, streaks", .streaks = 2, .dpi = 200},
        {.name = "blank, askew under a dark lid", .lid = 20, .skew = 2, .dpi = 200},
        {.name = "blank, black edges", .border = 6, .dpi = 200},
    };
    g_autoptr(House) house = house_new();
    for (size_t i = 0; i < 2 * G_N_ELEMENTS(ways); i++) {
        const Stress *way = &ways[i / 2];
        SimMachine machine = machine_for(way);
        g_autoptr(SimSheet) sheet =
            i % 2 == 0 ? sim_sheet_blank(SHEET_DPI) : back_of(house, house->pages[0]);
        g_autoptr(SimImage) image = capture(sheet, way, &machine);
        g_autoptr(LkReading) reading = read_image(house, image);
        g_autofree char *reasons = reasons_of(reading);
        g_test_message("%s %zu: outcome %d,%s", way->name, i % 2, (int)reading->outcome,
                       reasons);
        g_assert_cmpint(reading->outcome, ==, LK_OUTCOME_BLANK);
    }
    g_autoptr(SimSheet) sheet = sim_sheet_blank(SHEET_DPI);
    SimRandom random = sim_random(17, "note");
    sheet->pen = (SimPen){SIM_PEN_BALLPOINT, 0.4, 0.7, 0.1, {30, 40, 120}};
    sim_cursive(sheet, &house->file->writer, (LkPoint){40, 60}, 90, &random);
    g_autoptr(LkReading) written = scan_and_read(house, sheet, "a line by hand");
    assert_not_read(written, 1u << LK_REASON_NO_MARKS, "a line by hand");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stress/list", test_list);
    g_test_add_func("/stress/other-layout", test_other_layout);
    g_test_add_func("/stress/codes-of-another-page", test_codes_of_another_page);
    g_test_add_func("/stress/two-sheets", test_two_sheets);
    g_test_add_func("/stress/screen", test_screen);
    g_test_add_func("/stress/label-on-a-letter", test_label_on_a_letter);
    g_test_add_func("/stress/letter", test_letter);
    g_test_add_func("/stress/blank", test_blank);
    return g_test_run();
}
