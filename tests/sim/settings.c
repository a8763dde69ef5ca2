/* settings.c - the table of who writes and what scans. Tuning and report differ in
 * every line that matters: nothing measured on the report set was seen while tuning. */
#include "tests/sim/sim.h"

#include <math.h>
#include <string.h>

static const char *const profile_names[SIM_N_PROFILES] = {
    [SIM_COPIER_300] = "copier",     [SIM_COPIER_200] = "copier200",
    [SIM_COPIER_150] = "copier150",  [SIM_FAX_G4] = "g4",
    [SIM_COPIED_300] = "copied",     [SIM_BLANK_COPY] = "blankcopy",
    [SIM_PHOTO] = "photo",           [SIM_CLEAN_300] = "clean",
    [SIM_WORN_300] = "worn",         [SIM_COPIED_2] = "copied2",
    [SIM_COPIED_3] = "copied3",      [SIM_FAX_G4_200] = "g4-200",
    [SIM_PHOTO_HARD] = "photo-hard",
};
static const char *const style_names[SIM_N_STYLES] = {
    "cross", "tick", "slash", "scribble", "dot", "hook", "left"};
static const char *const pen_names[SIM_N_PENS] = {"ballpoint", "gel", "pencil", "felt"};

const char *
sim_profile_name(SimProfile profile)
{
    return profile_names[profile];
}

SimProfile
sim_profile_find(const char *name)
{
    SimProfile profile = 0;
    while (profile < SIM_N_PROFILES && strcmp(profile_names[profile], name) != 0) {
        profile++;
    }
    return profile;
}

const char *
sim_style_name(SimStyle style)
{
    return style_names[style];
}

const char *
sim_pen_name(SimPenKind kind)
{
    return pen_names[kind];
}

uint64_t
sim_seed(SimSet set, uint64_t n)
{
    static const char *const names[SIM_N_SETS] = {"tuning", "hard", "report"};
    SimRandom random = sim_random(n, names[set]);
    return sim_bits(&random);
}

/* --- Writers. ----------------------------------------------------------------------
 */

typedef struct {
    double share; /* of writers who use it */
    SimRange width_mm, contrast, grain;
} PenRanges;

static const struct {
    PenRanges pens[SIM_N_PENS];
    double styles[SIM_N_STYLES]; /* shares */
    SimRange size, size_var, offset_mm, tilt, jitter_mm;
    SimRange x_height_mm, slant, letter_gap, baseline_mm, overrun_mm;
    SimRange stray, correction, spill, remark;
} people[SIM_N_SETS] =
    {
        [SIM_TUNING] =
            {
                .pens = {[SIM_PEN_BALLPOINT] = {.5, {.35, .6}, {.60, .85}, {.02, .12}},
                         [SIM_PEN_GEL] = {.2, {.45, .75}, {.75, .95}, {0, .03}},
                         [SIM_PEN_PENCIL] = {.15, {.4, .75}, {.36, .65}, {.15, .40}},
                         [SIM_PEN_FELT] = {.15, {.8, 1.1}, {.85, 1.}, {0, 0}}},
                .styles = {.32, .20, .13, .15, .08, .07, .05},
                .size = {.8, 1.35},
                .size_var = {.05, .15},
                .offset_mm = {.10, .50},
                .tilt = {-.25, .25},
                .jitter_mm = {.04, .16},
                .x_height_mm = {1.5, 2.4},
                .slant = {-.1, .45},
                .letter_gap = {.85, 1.2},
                .baseline_mm = {-.6, .8},
                .overrun_mm = {1, 5},
                .stray = {.02, .06},
                .correction = {.002, .010},
                .spill = {.02, .15},
                .remark = {.05, .3},
            },
        [SIM_HARD] =
            {
                .pens = {[SIM_PEN_BALLPOINT] = {.4, {.28, .6}, {.50, .95}, {.0, .2}},
                         [SIM_PEN_GEL] = {.2, {.4, .9}, {.65, 1.}, {0, .06}},
                         [SIM_PEN_PENCIL] = {.2, {.3, .85}, {.29, .7}, {.1, .48}},
                         [SIM_PEN_FELT] = {.2, {.7, 1.25}, {.75, 1.}, {0, .03}}},
                .styles = {.20, .20, .15, .15, .12, .10, .08},
                .size = {.65, 1.65},
                .size_var = {.05, .25},
                .offset_mm = {.10, .70},
                .tilt = {-.45, .45},
                .jitter_mm = {.02, .24},
                .x_height_mm = {1.3, 2.9},
                .slant = {-.3, .6},
                .letter_gap = {.75, 1.4},
                .baseline_mm = {-1., 1.2},
                .overrun_mm = {0, 9},
                .stray = {.05, .20},
                .correction = {.005, .02},
                .spill = {.05, .4},
                .remark = {.1, .6},
            },
        [SIM_REPORT] =
            {
                .pens = {[SIM_PEN_BALLPOINT] = {.45, {.3, .55}, {.55, .9}, {.0, .15}},
                         [SIM_PEN_GEL] = {.2, {.5, .85}, {.7, 1.}, {0, .05}},
                         [SIM_PEN_PENCIL] = {.2, {.35, .8}, {.32, .6}, {.1, .45}},
                         [SIM_PEN_FELT] = {.15, {.75, 1.2}, {.8, 1.}, {0, .02}}},
                .styles = {.28, .22, .16, .12, .09, .08, .05},
                .size = {.75, 1.5},
                .size_var = {.05, .2},
                .offset_mm = {.15, .60},
                .tilt = {-.35, .35},
                .jitter_mm = {.03, .2},
                .x_height_mm = {1.4, 2.7},
                .slant = {-.25, .55},
                .letter_gap = {.8, 1.3},
                .baseline_mm = {-.8, 1.},
                .overrun_mm = {0, 7},
                .stray = {.02, .08},
                .correction = {.002, .010},
                .spill = {.02, .25},
                .remark = {.05, .4},
            },
};

static int
pick_share(SimRandom *random, const double *shares, int n)
{
    double at = sim_uniform(random, 0, 1);
    for (int i = 0; i + 1 < n; i++) {
        at -= shares[i];
        if (at < 0) {
            return i;
        }
    }
    return n - 1;
}

static SimPen
buy_pen(SimSet set, SimRandom *random)
{
    static const uint8_t inks[][3] = {{20, 30, 130}, {25, 45, 160}, {15, 15, 25}};
    double shares[SIM_N_PENS];
    for (int i = 0; i < SIM_N_PENS; i++) {
        shares[i] = people[set].pens[i].share;
    }
    SimPen pen = {.kind = (SimPenKind)pick_share(random, shares, SIM_N_PENS)};
    const PenRanges *ranges = &people[set].pens[pen.kind];
    pen.width_mm = sim_in(random, ranges->width_mm);
    pen.contrast = sim_in(random, ranges->contrast);
    pen.grain = sim_in(random, ranges->grain);
    memcpy(pen.rgb, inks[sim_pick(random, G_N_ELEMENTS(inks))], sizeof pen.rgb);
    if (pen.kind == SIM_PEN_PENCIL) {
        memset(pen.rgb, 30, sizeof pen.rgb);
    }
    return pen;
}

SimWriter
sim_writer(SimSet set, SimRandom *random)
{
    SimWriter writer = {
        .pen = buy_pen(set, random),
        .style = (SimStyle)pick_share(random, people[set].styles, SIM_N_STYLES),
        .size = sim_in(random, people[set].size),
        .size_var = sim_in(random, people[set].size_var),
        .offset_mm = sim_in(random, people[set].offset_mm),
        .tilt = sim_in(random, people[set].tilt),
        .jitter_mm = sim_in(random, people[set].jitter_mm),
        .x_height_mm = sim_in(random, people[set].x_height_mm),
        .slant = sim_in(random, people[set].slant),
        .letter_gap = sim_in(random, people[set].letter_gap),
        .baseline_mm = sim_in(random, people[set].baseline_mm),
        .overrun_mm = sim_in(random, people[set].overrun_mm),
        .stray = sim_in(random, people[set].stray),
        .correction = sim_in(random, people[set].correction),
        .spill = sim_in(random, people[set].spill),
        .remark = sim_in(random, people[set].remark),
    };
    /* Nobody writes smaller than his pen allows. */
    writer.x_height_mm = fmax(writer.x_height_mm, 2.4 * writer.pen.width_mm);
    /* A scribble with a felt pen is a black box, which the form says is a box that was
     * cancelled: who has one crosses. */
    if (writer.style == SIM_STYLE_SCRIBBLE && writer.pen.width_mm > 0.7) {
        writer.style = SIM_STYLE_CROSS;
    }
    return writer;
}

SimHabits
sim_habits(SimSet set)
{
    static const SimHabits habits[SIM_N_SETS] = {
        [SIM_TUNING] = {.choice = .7,
                        .multi = .2,
                        .check = .4,
                        .text = .6,
                        .rows = .5,
                        .two_marks = .002,
                        .required_missing = .02},
        [SIM_HARD] = {.choice = .8,
                      .multi = .3,
                      .check = .5,
                      .text = .8,
                      .rows = .7,
                      .two_marks = .004,
                      .required_missing = .05},
        [SIM_REPORT] = {.choice = .75,
                        .multi = .22,
                        .check = .35,
                        .text = .65,
                        .rows = .55,
                        .two_marks = .002,
                        .required_missing = .03},
    };
    return habits[set];
}

/* --- Paper. ------------------------------------------------------------------------
 */

static const struct {
    double fold, holes, corner, staple, ring, blot, stamp; /* probabilities */
    SimRange fold_depth, corner_mm, stamp_dark, show_through;
} papers[SIM_N_SETS] = {
    [SIM_TUNING] = {.fold = .5,
                    .holes = .5,
                    .corner = .10,
                    .staple = .3,
                    .ring = .12,
                    .blot = .08,
                    .stamp = .35,
                    .fold_depth = {.2, .7},
                    .corner_mm = {12, 34},
                    .stamp_dark = {.40, .75},
                    .show_through = {0, .06}},
    [SIM_HARD] = {.fold = .7,
                  .holes = .6,
                  .corner = .20,
                  .staple = .4,
                  .ring = .20,
                  .blot = .15,
                  .stamp = .50,
                  .fold_depth = {.15, 1},
                  .corner_mm = {10, 45},
                  .stamp_dark = {.30, .90},
                  .show_through = {0, .12}},
    [SIM_REPORT] = {.fold = .55,
                    .holes = .55,
                    .corner = .12,
                    .staple = .35,
                    .ring = .15,
                    .blot = .10,
                    .stamp = .40,
                    .fold_depth = {.15, .85},
                    .corner_mm = {12, 40},
                    .stamp_dark = {.35, .80},
                    .show_through = {0, .08}},
};

static SimWear
wear_for(SimSet set, SimRandom *random)
{
    SimWear wear = sim_wear_none();
    if (sim_chance(random, papers[set].fold)) {
        wear.folds = 1 + sim_pick(random, 3);
        wear.fold_depth = sim_in(random, papers[set].fold_depth);
    }
    if (sim_chance(random, papers[set].holes)) {
        wear.holes = sim_chance(random, 0.5) ? 2 : 4;
    }
    if (sim_chance(random, papers[set].corner)) {
        wear.corner = sim_pick(random, 4);
        wear.corner_mm = sim_in(random, papers[set].corner_mm);
        wear.folded_over = sim_chance(random, 0.5);
    }
    wear.staples = sim_chance(random, papers[set].staple) ? 1 : 0;
    wear.rings = sim_chance(random, papers[set].ring) ? 1 : 0;
    wear.blots = sim_chance(random, papers[set].blot) ? 1 : 0;
    wear.stamps = sim_chance(random, papers[set].stamp) ? 1 : 0;
    wear.stamp_dark = sim_in(random, papers[set].stamp_dark);
    /* a printed back on every other sheet */
    wear.show_through =
        sim_chance(random, 0.5) ? sim_in(random, papers[set].show_through) : 0;
    return wear;
}

/* --- Machines. ---------------------------------------------------------------------
 */

typedef struct {
    SimRange scale, shift_mm, toner, print_skew;
    SimRange worn_scale; /* of pages that end up worn: any office's printer */
} PrinterRanges;

static const PrinterRanges printers[SIM_N_SETS] = {
    [SIM_TUNING] = {{.95, 1.005}, {-1.5, 1.5}, {0, .12}, {-.2, .2}, {.91, 1.02}},
    [SIM_HARD] = {{.93, 1.02}, {-2.5, 2.5}, {0, .2}, {-.4, .4}, {.88, 1.03}},
    [SIM_REPORT] = {{.94, 1.01}, {-2, 2}, {0, .15}, {-.3, .3}, {.89, 1.025}},
};

static const struct {
    SimRange scale, skew, middle, steep, noise, specks; /* skew: 1 = 0.4 degrees */
    double edge;                                        /* probability */
    SimRange edge_mm;
} copiers[SIM_N_SETS] = {
    [SIM_TUNING] = {{.985, 1.01},
                    {.8, 1},
                    {150, 195},
                    {.03, .07},
                    {8, 10},
                    {20, 140},
                    .05,
                    {2, 6}},
    [SIM_HARD] = {{.975, 1.015},
                  {.5, 2},
                  {138, 206},
                  {.025, .09},
                  {4, 14},
                  {5, 260},
                  .15,
                  {2, 12}},
    [SIM_REPORT] = {{.98, 1.012},
                    {.6, 1.5},
                    {145, 200},
                    {.028, .08},
                    {5, 12},
                    {10, 180},
                    .08,
                    {2, 9}},
};

typedef struct {
    SimRange dpi, skew_deg, shift_mm, stretch, wave_mm, blur_px, noise;
    SimRange paper, black, gamma, shade, lid, threshold, quality;
    double streak, upside_down; /* probabilities */
    SimRange specks;
    SimRange slip_mm, bed_mm;
    double any_turn, dark_lid; /* probabilities */
} ScannerRanges;

#define COPIER_TUNING                                                                  \
    .skew_deg = {-1.2, 1.2}, .shift_mm = {-1.5, 1.5}, .stretch = {.995, 1.005},        \
    .wave_mm = {0, .12}, .blur_px = {.35, .9}, .noise = {1, 5}, .paper = {215, 252},   \
    .black = {15, 65}, .gamma = {.8, 1.3}, .shade = {0, .04}, .lid = {180, 255},       \
    .quality = {60, 92}, .streak = .10, .upside_down = .08, .specks = {0, 25}

#define COPIER_HARD                                                                    \
    .skew_deg = {-1.8, 1.8}, .shift_mm = {-2.5, 2.5}, .stretch = {.991, 1.009},        \
    .wave_mm = {0, .2}, .blur_px = {.25, 1.2}, .noise = {.2, 7}, .paper = {195, 254},  \
    .black = {5, 85}, .gamma = {.7, 1.5}, .shade = {0, .06}, .lid = {100, 255},        \
    .quality = {48, 95}, .streak = .20, .upside_down = .15, .specks = {0, 60}

#define COPIER_REPORT                                                                  \
    .skew_deg = {-1.5, 1.5}, .shift_mm = {-2, 2}, .stretch = {.993, 1.007},            \
    .wave_mm = {0, .15}, .blur_px = {.3, 1.05}, .noise = {.5, 6}, .paper = {205, 254}, \
    .black = {10, 75}, .gamma = {.75, 1.4}, .shade = {0, .05}, .lid = {120, 255},      \
    .quality = {55, 93}, .streak = .12, .upside_down = .10, .specks = {0, 40}

/* A tired feeder that sees more than the paper, in front of a light or dark lid. */
#define WORN_TUNING                                                                    \
    .skew_deg = {-3, 3}, .shift_mm = {-2, 2}, .stretch = {.992, 1.008},                \
    .wave_mm = {0, .18}, .blur_px = {.35, 1.0}, .noise = {1, 6}, .paper = {200, 252},  \
    .black = {15, 75}, .gamma = {.75, 1.35}, .shade = {0, .06}, .lid = {150, 255},     \
    .quality = {45, 90}, .streak = .25, .upside_down = .10, .specks = {0, 60},         \
    .slip_mm = {-.15, .15}, .bed_mm = {7, 12}, .any_turn = .2, .dark_lid = .35

#define WORN_HARD                                                                      \
    .skew_deg = {-5, 5}, .shift_mm = {-3.5, 3.5}, .stretch = {.988, 1.012},            \
    .wave_mm = {0, .3}, .blur_px = {.25, 1.3}, .noise = {.2, 8}, .paper = {180, 254},  \
    .black = {5, 95}, .gamma = {.65, 1.6}, .shade = {0, .09}, .lid = {90, 255},        \
    .quality = {32, 95}, .streak = .45, .upside_down = .10, .specks = {0, 120},        \
    .slip_mm = {-.35, .35}, .bed_mm = {6, 16}, .any_turn = .4, .dark_lid = .5

#define WORN_REPORT                                                                    \
    .skew_deg = {-4.5, 4.5}, .shift_mm = {-3, 3}, .stretch = {.99, 1.01},              \
    .wave_mm = {0, .22}, .blur_px = {.3, 1.15}, .noise = {.5, 7}, .paper = {190, 254}, \
    .black = {10, 85}, .gamma = {.7, 1.45}, .shade = {0, .07}, .lid = {110, 255},      \
    .quality = {40, 93}, .streak = .30, .upside_down = .10, .specks = {0, 80},         \
    .slip_mm = {-.25, .25}, .bed_mm = {6, 14}, .any_turn = .3, .dark_lid = .4

static const ScannerRanges
    scanners[SIM_N_SETS]
            [SIM_N_PROFILES] =
                {
                    [SIM_TUNING] =
                        {
                            [SIM_COPIER_300] = {.dpi = {300, 300}, COPIER_TUNING},
                            [SIM_COPIER_200] = {.dpi = {200, 200}, COPIER_TUNING},
                            [SIM_COPIER_150] = {.dpi = {150, 150}, COPIER_TUNING},
                            [SIM_FAX_G4] = {.dpi = {300, 300},
                                            .threshold = {.68, .82},
                                            COPIER_TUNING},
                            [SIM_COPIED_300] = {.dpi = {300, 300}, COPIER_TUNING},
                            [SIM_BLANK_COPY] = {.dpi = {300, 300}, COPIER_TUNING},
                            [SIM_COPIED_2] = {.dpi = {300, 300}, COPIER_TUNING},
                            [SIM_COPIED_3] = {.dpi = {300, 300}, COPIER_TUNING},
                            [SIM_FAX_G4_200] = {.dpi = {200, 200},
                                                .threshold = {.64, .84},
                                                COPIER_TUNING},
                            [SIM_WORN_300] = {.dpi = {200, 300}, WORN_TUNING},
                            [SIM_CLEAN_300] = {.dpi = {300, 300},
                                               .skew_deg = {-.5, .5},
                                               .stretch = {1, 1},
                                               .blur_px = {.4, .5},
                                               .noise = {1, 2},
                                               .paper = {245, 250},
                                               .black = {20, 30},
                                               .gamma = {1, 1},
                                               .lid = {250, 255},
                                               .quality = {85, 90}},
                        },
                    [SIM_HARD] =
                        {
                            [SIM_COPIER_300] = {.dpi = {300, 300}, COPIER_HARD},
                            [SIM_COPIER_200] = {.dpi = {200, 200}, COPIER_HARD},
                            [SIM_COPIER_150] = {.dpi = {150, 150}, COPIER_HARD},
                            [SIM_FAX_G4] = {.dpi = {300, 300},
                                            .threshold = {.64, .86},
                                            COPIER_HARD},
                            [SIM_COPIED_300] = {.dpi = {300, 300}, COPIER_HARD},
                            [SIM_BLANK_COPY] = {.dpi = {300, 300}, COPIER_HARD},
                            [SIM_COPIED_2] = {.dpi = {300, 300}, COPIER_HARD},
                            [SIM_COPIED_3] = {.dpi = {300, 300}, COPIER_HARD},
                            [SIM_FAX_G4_200] = {.dpi = {200, 200},
                                                .threshold = {.56, .90},
                                                COPIER_HARD},
                            [SIM_WORN_300] = {.dpi = {200, 400}, WORN_HARD},
                            [SIM_CLEAN_300] = {.dpi = {300, 300},
                                               .skew_deg = {-.5, .5},
                                               .stretch = {1, 1},
                                               .blur_px = {.4, .5},
                                               .noise = {1, 2},
                                               .paper = {245, 250},
                                               .black = {20, 30},
                                               .gamma = {1, 1},
                                               .lid = {250, 255},
                                               .quality = {85, 90}},
                        },
                    [SIM_REPORT] =
                        {
                            [SIM_COPIER_300] = {.dpi = {300, 300}, COPIER_REPORT},
                            [SIM_COPIER_200] = {.dpi = {200, 200}, COPIER_REPORT},
                            [SIM_COPIER_150] = {.dpi = {150, 150}, COPIER_REPORT},
                            [SIM_FAX_G4] = {.dpi = {300, 300},
                                            .threshold = {.66, .84},
                                            COPIER_REPORT},
                            [SIM_COPIED_300] = {.dpi = {300, 300}, COPIER_REPORT},
                            [SIM_BLANK_COPY] = {.dpi = {300, 300}, COPIER_REPORT},
                            [SIM_COPIED_2] = {.dpi = {300, 300}, COPIER_REPORT},
                            [SIM_COPIED_3] = {.dpi = {300, 300}, COPIER_REPORT},
                            [SIM_FAX_G4_200] = {.dpi = {200, 200},
                                                .threshold = {.60, .87},
                                                COPIER_REPORT},
                            [SIM_WORN_300] = {.dpi = {200, 340}, WORN_REPORT},
                            [SIM_CLEAN_300] = {.dpi = {300, 300},
                                               .skew_deg = {-.8, .8},
                                               .stretch = {1, 1},
                                               .blur_px = {.4, .6},
                                               .noise = {1, 2},
                                               .paper = {240, 250},
                                               .black = {20, 30},
                                               .gamma = {1, 1},
                                               .lid = {250, 255},
                                               .quality = {80, 90}},
                        },
};

typedef struct {
    SimRange dpi, tilt_deg, roll_deg, distance, margin, bulge_mm, blur_px, noise;
    SimRange light, gradient, shadow, warmth, quality;
    double turned;
} PhoneRanges;

static const PhoneRanges phones[SIM_N_SETS] = {
    [SIM_TUNING] = {.dpi = {200, 260},
                    .tilt_deg = {-5, 5},
                    .roll_deg = {-3, 3},
                    .distance = {1.3, 1.8},
                    .margin = {.03, .08},
                    .bulge_mm = {-.6, .6},
                    .blur_px = {.5, 1.0},
                    .noise = {2, 5},
                    .light = {.7, .95},
                    .gradient = {0, .4},
                    .shadow = {0, .35},
                    .warmth = {-.03, .12},
                    .quality = {75, 90},
                    .turned = .3},
    [SIM_HARD] = {.dpi = {180, 300},
                  .tilt_deg = {-7, 7},
                  .roll_deg = {-5, 5},
                  .distance = {1.2, 2.2},
                  .margin = {.02, .12},
                  .bulge_mm = {-1, 1},
                  .blur_px = {.4, 1.4},
                  .noise = {1, 7},
                  .light = {.58, .98},
                  .gradient = {0, .55},
                  .shadow = {0, .5},
                  .warmth = {-.06, .18},
                  .quality = {65, 93},
                  .turned = .4},
    [SIM_REPORT] = {.dpi = {190, 280},
                    .tilt_deg = {-6, 6},
                    .roll_deg = {-4, 4},
                    .distance = {1.25, 2.0},
                    .margin = {.02, .10},
                    .bulge_mm = {-.8, .8},
                    .blur_px = {.45, 1.2},
                    .noise = {1, 6},
                    .light = {.62, .97},
                    .gradient = {0, .5},
                    .shadow = {0, .45},
                    .warmth = {-.05, .15},
                    .quality = {70, 92},
                    .turned = .4},
};

/* In a hurry: askew, too dark or too bright, the paper curled, the tablet moved. */
static const PhoneRanges hard_phones[SIM_N_SETS] = {
    [SIM_TUNING] = {.dpi = {160, 240},
                    .tilt_deg = {-10, 10},
                    .roll_deg = {-6, 6},
                    .distance = {1.1, 1.7},
                    .margin = {.01, .12},
                    .bulge_mm = {-1.5, 1.5},
                    .blur_px = {.7, 1.5},
                    .noise = {3, 8},
                    .light = {.5, .98},
                    .gradient = {0, .6},
                    .shadow = {.1, .5},
                    .warmth = {0, .2},
                    .quality = {55, 88},
                    .turned = .5},
    [SIM_HARD] = {.dpi = {140, 260},
                  .tilt_deg = {-15, 15},
                  .roll_deg = {-10, 10},
                  .distance = {.95, 1.9},
                  .margin = {.005, .2},
                  .bulge_mm = {-3, 3},
                  .blur_px = {.6, 2.0},
                  .noise = {2, 12},
                  .light = {.38, 1.1},
                  .gradient = {0, .8},
                  .shadow = {.1, .65},
                  .warmth = {-.08, .28},
                  .quality = {40, 92},
                  .turned = .6},
    [SIM_REPORT] = {.dpi = {150, 250},
                    .tilt_deg = {-12, 12},
                    .roll_deg = {-8, 8},
                    .distance = {1.0, 1.8},
                    .margin = {.01, .15},
                    .bulge_mm = {-2.2, 2.2},
                    .blur_px = {.65, 1.7},
                    .noise = {2, 10},
                    .light = {.44, 1.04},
                    .gradient = {0, .7},
                    .shadow = {.1, .57},
                    .warmth = {-.05, .24},
                    .quality = {48, 90},
                    .turned = .5},
};

static SimScanner
scanner_for(const ScannerRanges *r, SimRandom *random)
{
    SimScanner scanner = {
        .dpi = sim_in(random, r->dpi),
        .turn = sim_chance(random, r->upside_down) ? 180 : 0,
        .skew_deg = sim_in(random, r->skew_deg),
        .shift_mm = {sim_in(random, r->shift_mm), sim_in(random, r->shift_mm)},
        .stretch = sim_in(random, r->stretch),
        .wave_mm = sim_in(random, r->wave_mm),
        .blur_px = sim_in(random, r->blur_px),
        .noise = sim_in(random, r->noise),
        .paper = sim_in(random, r->paper),
        .black = sim_in(random, r->black),
        .gamma = sim_in(random, r->gamma),
        .shade = sim_in(random, r->shade),
        .lid = sim_in(random, r->lid),
        .threshold = sim_in(random, r->threshold),
        .quality = (int)sim_in(random, r->quality),
        .streaks = sim_chance(random, r->streak) ? 1 : 0,
        .specks = (int)sim_in(random, r->specks),
        .bed_mm = sim_in(random, r->bed_mm),
    };
    if (sim_chance(random, 0.5)) {
        scanner.slip_mm = sim_in(random, r->slip_mm);
    }
    if (sim_chance(random, r->any_turn)) {
        scanner.turn = 90 * sim_pick(random, 4);
    }
    if (sim_chance(random, r->dark_lid)) {
        scanner.lid = sim_uniform(random, 0, 60);
    }
    while (scanner.streaks > 0 && scanner.streaks < 3 &&
           sim_chance(random, r->streak)) {
        scanner.streaks++;
    }
    return scanner;
}

static SimPhone
phone_for(const PhoneRanges *r, SimRandom *random)
{
    bool turned = sim_chance(random, r->turned);
    SimPhone phone = {
        .dpi = sim_in(random, r->dpi),
        .turn = turned ? 90 * (1 + sim_pick(random, 3)) : 0,
        .exif = sim_chance(random, 0.5),
        .yaw_deg = sim_in(random, r->tilt_deg),
        .pitch_deg = sim_in(random, r->tilt_deg),
        .roll_deg = sim_in(random, r->roll_deg),
        .distance = sim_in(random, r->distance),
        .margin = sim_in(random, r->margin),
        .bulge_mm = sim_in(random, r->bulge_mm),
        .blur_px = sim_in(random, r->blur_px),
        .noise = sim_in(random, r->noise),
        .light = sim_in(random, r->light),
        .gradient = sim_in(random, r->gradient),
        .shadow = sim_in(random, r->shadow),
        .warmth = sim_in(random, r->warmth),
        .quality = (int)sim_in(random, r->quality),
    };
    return phone;
}

static SimCopier
copier_for(SimSet set, SimRandom *random)
{
    SimCopier copier = {
        .scale = sim_in(random, copiers[set].scale),
        .skew_deg = 0.4 * sim_in(random, copiers[set].skew) * sim_gauss(random),
        .shift_mm = {sim_gauss(random), sim_gauss(random)},
        .middle = sim_in(random, copiers[set].middle),
        .steep = sim_in(random, copiers[set].steep),
        .noise = sim_in(random, copiers[set].noise),
        .specks = (int)sim_in(random, copiers[set].specks),
    };
    if (sim_chance(random, copiers[set].edge)) {
        copier.edge_mm = sim_in(random, copiers[set].edge_mm);
    }
    return copier;
}

/* Photocopies of the filled page. */
static int
copies_for(SimProfile profile)
{
    switch (profile) {
    case SIM_COPIED_300:
        return 1;
    case SIM_COPIED_2:
        return 2;
    case SIM_COPIED_3:
        return SIM_MAX_COPIES;
    default:
        return 0;
    }
}

SimMachine
sim_machine(SimSet set, SimProfile profile, SimRandom *random)
{
    const PrinterRanges *printer = &printers[set];
    bool worn = profile == SIM_WORN_300 || profile == SIM_PHOTO_HARD;
    SimMachine machine = {
        .profile = profile,
        .printing = {.scale =
                         sim_in(random, worn ? printer->worn_scale : printer->scale),
                     .shift_mm = {sim_in(random, printer->shift_mm),
                                  sim_in(random, printer->shift_mm)},
                     .toner = sim_in(random, printer->toner),
                     .skew_deg = sim_in(random, printer->print_skew),
                     .blank_copies = profile == SIM_BLANK_COPY ? 1 : 0,
                     .copies = copies_for(profile)},
        .wear = sim_wear_none(),
        .is_phone = profile == SIM_PHOTO || profile == SIM_PHOTO_HARD,
    };
    if (machine.is_phone) {
        const PhoneRanges *ranges = worn ? hard_phones : phones;
        machine.phone = phone_for(&ranges[set], random);
    } else {
        machine.scanner = scanner_for(&scanners[set][profile], random);
    }
    for (int i = 0; i < SIM_MAX_COPIES; i++) {
        machine.printing.copiers[i] = copier_for(set, random);
    }
    if (worn) {
        machine.wear = wear_for(set, random);
    }
    return machine;
}

void
sim_machine_again(SimSet set, SimMachine *machine, SimRandom *random)
{
    SimMachine other = sim_machine(set, machine->profile, random);
    machine->wear = other.wear;
    if (machine->is_phone) {
        SimPhone same = machine->phone;
        machine->phone = other.phone;
        machine->phone.light = same.light;
        machine->phone.warmth = same.warmth;
        machine->phone.noise = same.noise;
        machine->phone.exif = same.exif;
        machine->phone.quality = same.quality;
        return;
    }
    machine->scanner.skew_deg = other.scanner.skew_deg;
    machine->scanner.shift_mm = other.scanner.shift_mm;
    machine->scanner.turn = other.scanner.turn;
}
