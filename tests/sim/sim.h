/* sim.h - people, pens, copiers and phones, for the tests: fills in printed pages and
 * scans them, and knows what the pen meant.
 *
 *   PDF -> sheet (printed, perhaps photocopied) -> filled in by a writer
 *       -> perhaps photocopied -> worn -> image, by a scanner or a phone -> file
 *
 * Everything follows from a seed: same seed and settings, same pixels. Tuning and
 * report use different seeds and different settings (settings.c): what was tuned on one
 * is measured on the other.
 *
 * Frames: **page** mm as in the layout; **sheet** mm, on the paper as the printer or a
 * photocopier placed the page (A4, origin top left, y down); **image** px. */
#ifndef SIM_H
#define SIM_H

#include "form/form.h"
#include "scan/scan.h"

G_BEGIN_DECLS

/* --- Chance (random.c). ----------------------------------------------------------- */

typedef struct {
    uint64_t state;
} SimRandom;

typedef struct {
    double lo, hi;
} SimRange;

/** sim_random: a stream of its own for @what (a name) under @seed. */
SimRandom sim_random(uint64_t seed, const char *what);
uint64_t sim_bits(SimRandom *random);
double sim_uniform(SimRandom *random, double lo, double hi);
double sim_in(SimRandom *random, SimRange range);
/** sim_gauss: mean 0, standard deviation 1, within ±3. */
double sim_gauss(SimRandom *random);
bool sim_chance(SimRandom *random, double probability);
/** sim_pick: 0 .. @n - 1. */
int sim_pick(SimRandom *random, int n);

/** sim_case_code, sim_serial: as the program draws them, but from the seed. */
LkCaseCode sim_case_code(SimRandom *random, const char *region);
void sim_serial(SimRandom *random, char serial[LK_SERIAL_LEN + 1]);

/* --- Settings: who writes and what scans (settings.c). ---------------------------- */

typedef enum {
    SIM_TUNING, /* ordinary: samples, round trip */
    SIM_HARD,   /* for tuning too: wider than the report in every way, more mishaps */
    SIM_REPORT, /* measured, never looked at */
    SIM_N_SETS
} SimSet;

typedef enum {
    SIM_PEN_BALLPOINT,
    SIM_PEN_GEL,
    SIM_PEN_PENCIL,
    SIM_PEN_FELT,
    SIM_N_PENS
} SimPenKind;

typedef enum {
    SIM_STYLE_CROSS,
    SIM_STYLE_TICK,
    SIM_STYLE_SLASH,
    SIM_STYLE_SCRIBBLE,
    SIM_STYLE_DOT,  /* a heavy dot or small blob */
    SIM_STYLE_HOOK, /* a tick that begins with a hook and ends in a flourish */
    SIM_STYLE_LEFT, /* a left-handed tick: its long arm leaves to the top left */
    SIM_N_STYLES
} SimStyle;

typedef struct {
    SimPenKind kind;
    double width_mm;
    double contrast; /* 0 invisible .. 1 as black as print */
    double grain;    /* paper showing through: 0 solid .. 1 mostly paper */
    uint8_t rgb[3];  /* colour at full contrast, seen by phones */
} SimPen;

/** One person; the same over a whole case file. */
typedef struct {
    SimPen pen;
    SimStyle style;
    double size;      /* marks: length of a stroke / side of the box */
    double size_var;  /* standard deviation of the same */
    double offset_mm; /* standard deviation of where a mark lies */
    double tilt;      /* rad, of marks */
    double jitter_mm; /* unsteady hand */
    double x_height_mm;
    double slant;       /* of handwriting: tangent, right positive */
    double letter_gap;  /* 1 = normal */
    double baseline_mm; /* of handwriting below the top of the line, from its middle */
    double overrun_mm;  /* how far a word may go past the end of its area */
    double stray;       /* probability a page: a long stroke into a box nearby */
    double correction;  /* probability a choice: first mark blackened, then another */
    double spill;       /* probability a line of writing: larger, begun too early or off
                         * its line, into whatever is beside it */
    double remark;      /* probability a page: a few words in the margin */
} SimWriter;

/** What a form's fields are given. */
typedef struct {
    double choice;           /* probability that an optional choice is answered */
    double multi, check;     /* probability of each box */
    double text;             /* probability that an optional text is written */
    double rows;             /* share of table rows that are used */
    double two_marks;        /* probability a choice: two plain marks */
    double required_missing; /* probability a required field: left empty */
    bool plausible;          /* only answers that story.c allows */
} SimHabits;

typedef enum {
    SIM_COPIER_300, /* grey JPEG, the office's multifunction copier */
    SIM_COPIER_200,
    SIM_COPIER_150,
    SIM_FAX_G4,     /* 1 bit a pixel */
    SIM_COPIED_300, /* photocopied once when filled in, then SIM_COPIER_300 */
    SIM_BLANK_COPY, /* the blank was a photocopy, then SIM_COPIER_300 */
    SIM_PHOTO,      /* a tablet's camera */
    SIM_CLEAN_300,  /* a new machine, for tests of the rest */
    SIM_WORN_300,   /* paper that has been folded, punched, stamped; a tired feeder */
    SIM_COPIED_2,   /* photocopied twice when filled in */
    SIM_COPIED_3,
    SIM_FAX_G4_200, /* 1 bit, 200 dpi, any threshold */
    SIM_PHOTO_HARD, /* held askew over worn paper that does not lie flat */
    SIM_N_PROFILES
} SimProfile;

/** sim_profile_name: "copier", "copier200"… as on the command line. */
const char *sim_profile_name(SimProfile profile);
/** sim_profile_find: SIM_N_PROFILES if there is none. */
SimProfile sim_profile_find(const char *name);
const char *sim_style_name(SimStyle style);
const char *sim_pen_name(SimPenKind kind);

/** A photocopier. */
typedef struct {
    double scale; /* of the copy */
    double skew_deg;
    LkPoint shift_mm;
    double middle; /* grey that turns to black or white: strokes grow as it rises */
    double steep;  /* contrast */
    double noise;  /* grey levels */
    int specks;
    double edge_mm; /* black beyond the paper's edge, as with an open lid; 0 = none */
} SimCopier;

#define SIM_MAX_COPIES 3

/** What has happened to the paper by the time it is scanned. */
typedef struct {
    int folds;         /* 0; 1 across; 2 also down; 3 in three, as for an envelope */
    double fold_depth; /* 0 .. 1: shade, and ink lost along the crease */
    int holes;         /* 0, 2 or 4 punched at the left edge */
    int corner;        /* 0 .. 3 clockwise from top left; -1: all are there */
    bool folded_over;  /* the corner lies over the page; else it is torn off */
    double corner_mm;  /* along the edges */
    int staples;
    int rings, blots; /* of coffee, of something dark */
    int stamps;
    double stamp_dark;   /* contrast of the stamp's ink */
    double show_through; /* of a printed back, 0 .. 1 */
} SimWear;

/** How the page was printed, before anybody wrote on it. */
typedef struct {
    double scale;                      /* 0.88 .. 1.03 */
    LkPoint shift_mm;                  /* of the page's centre on the sheet */
    double toner;                      /* grey of solid black, 0 .. 1 */
    double skew_deg;                   /* paper drawn in askew */
    int blank_copies;                  /* photocopies of the blank */
    int copies;                        /* photocopies of the filled page */
    SimCopier copiers[SIM_MAX_COPIES]; /* of each of either */
} SimPrinting;

typedef struct {
    double dpi;
    int turn;         /* 0, 90, 180, 270 clockwise */
    double skew_deg;  /* clockwise */
    LkPoint shift_mm; /* of the sheet on the glass */
    double stretch;   /* feed: height / width, about 1 */
    double wave_mm;   /* uneven feed: amplitude along the page */
    double slip_mm;   /* uneven feed: lost or doubled at one place */
    double bed_mm;    /* image beyond the paper, on each side */
    double blur_px;   /* standard deviation, image px */
    double noise;     /* standard deviation, grey levels */
    double paper;     /* grey of paper, 0 .. 255 */
    double black;     /* grey of black print */
    double gamma;
    double shade;     /* uneven light across the page: ± share */
    double lid;       /* grey beyond the paper's edge */
    double threshold; /* 0: grey; else 1 bit, share of the way black -> paper */
    int quality;      /* JPEG; 0 = none */
    int streaks;      /* dirt on the glass: lines along the feed */
    int specks;       /* dust */
} SimScanner;

typedef struct {
    double dpi; /* in the middle of the page */
    int turn;   /* how the camera was held */
    int exif;   /* orientation left to EXIF: true turns the pixels back */
    double yaw_deg, pitch_deg, roll_deg; /* perspective */
    double distance;                     /* camera above the page / page height */
    double margin;                       /* desk in view / page height */
    double bulge_mm;                     /* how far the paper bends */
    double blur_px, noise;
    double light;    /* 0 .. 1: exposure of the paper */
    double gradient; /* light falling off across the page: share */
    double shadow;   /* depth of a soft shadow, 0 .. 1 */
    double warmth;   /* colour cast: share of red over blue */
    int quality;
    bool grey; /* one channel: as bright as a decoder makes the colours */
} SimPhone;

typedef struct {
    SimProfile profile;
    SimPrinting printing;
    SimWear wear;
    bool is_phone;
    SimScanner scanner; /* unless is_phone */
    SimPhone phone;
} SimMachine;

SimWriter sim_writer(SimSet set, SimRandom *random);
SimHabits sim_habits(SimSet set);
/** sim_machine: one sheet's way through printer and @profile. */
SimMachine sim_machine(SimSet set, SimProfile profile, SimRandom *random);
/** sim_machine_again: the next sheet through the same machine: only how it lies is
 * drawn anew. */
void sim_machine_again(SimSet set, SimMachine *machine, SimRandom *random);
/** sim_seed: the seed number @n of @set; the sets never share one. */
uint64_t sim_seed(SimSet set, uint64_t n);

/* --- Sheets (sheet.c). ------------------------------------------------------------ */

/** An A4 sheet of paper. Planes of width x height bytes. */
typedef struct {
    double dpi;
    int width, height;
    uint8_t *print; /* grey, 0 black .. 255 white */
    uint8_t *ink;   /* of the pen: 0 none .. 255 solid */
    SimPen pen;     /* whose ink it is */
    double at[6];   /* page mm -> sheet mm: x' = a0 x + a1 y + a2, y' = a3 x + … */
    uint8_t *loss;  /* SimLoss of each px, or NULL: nothing is lost */
} SimSheet;

/** What nobody can see on the sheet any more. */
typedef enum {
    SIM_LOSS_NONE,
    SIM_LOSS_VEILED, /* under a flap, a blot, a stamp's ink */
    SIM_LOSS_GONE    /* there is no paper: the lid or the desk shows */
} SimLoss;

/** SimPaper: an open PDF of printed pages. */
typedef struct SimPaper SimPaper;

G_GNUC_WARN_UNUSED_RESULT
SimPaper *sim_paper_open(const char *path, GError **error);
int sim_paper_n_pages(const SimPaper *paper);
void sim_paper_free(SimPaper *paper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimPaper, sim_paper_free)

/** sim_sheet_print: page @index (from 0) of @paper, rasterised by poppler at @dpi. */
SimSheet *sim_sheet_print(SimPaper *paper, int index, const SimPrinting *how,
                          double dpi);
/** sim_sheet_blank: white paper, page and sheet frames the same. */
SimSheet *sim_sheet_blank(double dpi);
void sim_sheet_free(SimSheet *sheet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimSheet, sim_sheet_free)
/** sim_sheet_place: page mm -> sheet mm. */
LkPoint sim_sheet_place(const SimSheet *sheet, LkPoint page);
/** sim_sheet_lose: notes that nothing can be seen at that px any more. */
void sim_sheet_lose(SimSheet *sheet, int x, int y, SimLoss how);
/** sim_sheet_lost: share of @area (sheet mm) that is lost, 0 .. 1; what is off the
 * paper counts. */
double sim_sheet_lost(const SimSheet *sheet, LkRect area);
static inline bool
sim_sheet_is_gone(const SimSheet *sheet, int x, int y)
{
    return sheet->loss != NULL &&
           sheet->loss[(size_t)y * (size_t)sheet->width + (size_t)x] == SIM_LOSS_GONE;
}
/** sim_sheet_flat: (transfer full): grey of print and ink together. */
uint8_t *sim_sheet_flat(const SimSheet *sheet);
/** sim_sheet_photocopy: what @sheet is now comes out of @copier again. Before wear:
 * what is lost is noted for the last sheet only. */
void sim_sheet_photocopy(SimSheet *sheet, const SimCopier *copier, SimRandom *random);

/* --- Wear (wear.c). --------------------------------------------------------------- */

/** sim_wear: what @wear says happens to the paper; what it hides is lost. @page: the
 * stamp goes where its boxes or codes are. */
void sim_wear(SimSheet *sheet, const SimWear *wear, const LkLayoutPage *page,
              SimRandom *random);
/** sim_wear_none: new paper. */
SimWear sim_wear_none(void);
/** sim_hole: centre of punch hole @i of @wear, sheet mm; 5.5 mm wide. */
LkPoint sim_hole(const SimWear *wear, int i);
#define SIM_HOLE_MM 5.5

/* --- Ink (stroke.c, glyphs.c, marks.c). ------------------------------------------- */

/** A place of the pen: sheet mm, pressure 0 .. 1. */
typedef struct {
    double x, y, pressure;
} SimTouch;

/** sim_stroke: the pen along @path, GArray of SimTouch. */
void sim_stroke(SimSheet *sheet, const GArray *path, SimRandom *random);
/** sim_curve: (transfer full): a smooth path through @knots (Catmull-Rom). */
GArray *sim_curve(const GArray *knots);
/** sim_print_text: capitals, digits and some signs, @height_mm tall, written one by
 * one from @at (sheet mm, left end of the baseline). Returns the width. */
double sim_print_text(SimSheet *sheet, const SimWriter *writer, LkPoint at,
                      double height_mm, const char *text, SimRandom *random);
/** sim_cursive: invented words from @at for about @width mm; nothing to be read. */
void sim_cursive(SimSheet *sheet, const SimWriter *writer, LkPoint at, double width_mm,
                 SimRandom *random);
/** sim_signature: a scrawl about @area (sheet mm). */
void sim_signature(SimSheet *sheet, const SimWriter *writer, LkRect area,
                   SimRandom *random);
/** sim_mark: the writer's mark in a box. @box, @boxes (nullable; GArray of LkRect, all
 * boxes of the page): sheet mm. A mark that lies more in another box, or
 * hardly touches its own, is made again. */
void sim_mark(SimSheet *sheet, const SimWriter *writer, LkRect box, const GArray *boxes,
              SimRandom *random);
/** sim_blacken: the writer cancels a box. */
void sim_blacken(SimSheet *sheet, const SimWriter *writer, LkRect box,
                 SimRandom *random);

/* --- What the pen means, and its way onto paper (content.c, fill.c). ---------------
 */

typedef enum {
    SIM_EMPTY,
    SIM_MARKED,
    SIM_CANCELLED /* marked, then blackened: meant empty */
} SimMeaning;

typedef struct {
    SimMeaning meaning;
    bool contradicted; /* choice with two plain marks: a person must see it */
    bool lost;         /* torn away, under a blot or a stamp: nobody can tell */
} SimBoxTruth;

/** What was meant on one page, in the order of the layout's arrays. */
typedef struct {
    LkPageId id;
    SimStyle style;
    SimPenKind pen;
    GArray *boxes;   /* SimBoxTruth */
    GString *cells;  /* character of each cell, ' ' = empty */
    GArray *writing; /* bool: something was written here */
} SimTruth;

void sim_truth_free(SimTruth *truth);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimTruth, sim_truth_free)

/**
 * sim_content:
 * @layout: of the form
 * @id: of a page of the copy; `page` is ignored
 *
 * Thinks up what to fill in on every page of one copy.
 *
 * Returns: (transfer full): GPtrArray of SimTruth, one a page
 */
GPtrArray *sim_content(const LkLayout *layout, const LkPageId *id,
                       const SimWriter *writer, const SimHabits *habits,
                       SimRandom *random);
/** sim_story_allows: whether a plausible file may have that option marked. */
bool sim_story_allows(const LkLayoutField *field, int option);
/** sim_truth_lose: notes which boxes of @page are lost on @sheet. */
void sim_truth_lose(SimTruth *truth, const LkLayoutPage *page, const SimSheet *sheet);
/** sim_fill: writes @truth on @sheet, which is that page of @layout. */
void sim_fill(SimSheet *sheet, const LkLayout *layout, const SimTruth *truth,
              const SimWriter *writer, SimRandom *random);

/* --- Machines (scanner.c, phone.c). ------------------------------------------------
 */

typedef struct {
    int width, height;
    int channels;    /* 1 grey, 3 RGB */
    uint8_t *pixels; /* rows without padding */
    bool bilevel;
    int exif; /* EXIF orientation to write, 0 = none */
    double dpi;
} SimImage;

void sim_image_free(SimImage *image);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimImage, sim_image_free)

SimImage *sim_scan(const SimSheet *sheet, const SimScanner *scanner, SimRandom *random);
/** sim_photo: three channels, or one if the phone is `grey`. */
SimImage *sim_photo(const SimSheet *sheet, const SimPhone *phone, SimRandom *random);
/** sim_scanner_set_for: whoever scans to 1 bit turns the knob until @pen shows: of a
 * mark that left no ink in the file there is nothing to be read, nor to be judged. */
void sim_scanner_set_for(SimScanner *scanner, const SimPen *pen);
/** sim_copy_filled: the photocopies that @machine asks for once the page is filled in.
 */
void sim_copy_filled(SimSheet *sheet, const SimMachine *machine, SimRandom *random);
/** sim_capture: what lies there now, by whichever machine @machine is. */
SimImage *sim_capture(const SimSheet *sheet, const SimMachine *machine,
                      SimRandom *random);

/* --- Files (files.c). --------------------------------------------------------------
 */

/** sim_jpeg: (transfer full): @image as a JPEG file in memory. */
GBytes *sim_jpeg(const SimImage *image, int quality);
/** sim_as_scanned: @image as the program's own decoder would hand it over: grey,
 * through JPEG if @quality is not 0, EXIF undone. Replaces @image's pixels. */
void sim_as_scanned(SimImage *image, int quality);
/** sim_image_view: the pixels of a grey image as the reader wants them. */
LkImage sim_image_view(const SimImage *image);
bool sim_write_jpeg(const SimImage *image, int quality, const char *path,
                    GError **error);
bool sim_write_png(const SimImage *image, const char *path, GError **error);
/** sim_write_pdf: one JPEG a page, as copiers write them. @images: SimImage. */
bool sim_write_pdf(const GPtrArray *images, int quality, const char *path,
                   GError **error);
/** sim_write_tiff: G4, one directory a page; images must be bilevel. */
bool sim_write_tiff(const GPtrArray *images, const char *path, GError **error);

/* --- Truth as JSON (truth.c). ------------------------------------------------------
 */

/**
 * sim_truth_json:
 * @layouts: LkLayout of each page, same order as @truths
 *
 * Returns: (transfer full): {"pages":[{"file","index","case","form","page","copy",
 * "layout","style","pen","boxes":[{"field","row","value","meaning"}],
 * "lost":[{"field","row","value"}],"combs":[{"field","row","value"}],"writing":[{"field","row","line"}]}]};
 * what is empty is left out
 */
char *sim_truth_json(const GPtrArray *truths, const GPtrArray *layouts,
                     const char *const *files, const int *indexes);

G_END_DECLS

#endif
