/* settings.c - the table of who writes and what scans. Tuning and report differ in
 * every line that matters: nothing measured on the report set was seen while tuning. */
#include "tests/sim/sim.h"

#include <math.h>
#include <string.h>

static const char *const profile_names[SIM_N_PROFILES] = {
    [SIM_COPIER_300] = "copier",    [SIM_COPIER_200] = "copier200",
    [SIM_COPIER_150] = "copier150", [SIM_FAX_G4] = "g4",
    [SIM_COPIED_300] = "copied",    [SIM_BLANK_COPY] = "blankcopy",
    [SIM_PHOTO] = "photo",          [SIM_CLEAN_300] = "clean",
};
static const char *const style_names[SIM_N_STYLES] = {"cross", "tick", "slash",
                                                      "scribble"};
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
    SimRange stray, correction;
} people[SIM_N_SETS] =
    {
        [SIM_TUNING] =
            {
                .pens = {[SIM_PEN_BALLPOINT] = {.5, {.35, .6}, {.60, .85}, {.02, .12}},
                         [SIM_PEN_GEL] = {.2, {.45, .75}, {.75, .95}, {0, .03}},
                         [SIM_PEN_PENCIL] = {.15, {.4, .75}, {.38, .65}, {.15, .40}},
                         [SIM_PEN_FELT] = {.15, {.8, 1.1}, {.85, 1.}, {0, 0}}},
                .styles = {.40, .25, .15, .20},
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
            },
        [SIM_HARD] =
            {
                .pens = {[SIM_PEN_BALLPOINT] = {.4, {.28, .6}, {.50, .95}, {.0, .2}},
                         [SIM_PEN_GEL] = {.2, {.4, .9}, {.65, 1.}, {0, .06}},
                         [SIM_PEN_PENCIL] = {.2, {.3, .85}, {.32, .7}, {.1, .45}},
                         [SIM_PEN_FELT] = {.2, {.7, 1.25}, {.75, 1.}, {0, .03}}},
                .styles = {.25, .35, .20, .20},
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
            },
        [SIM_REPORT] =
            {
                .pens = {[SIM_PEN_BALLPOINT] = {.45, {.3, .55}, {.55, .9}, {.0, .15}},
                         [SIM_PEN_GEL] = {.2, {.5, .85}, {.7, 1.}, {0, .05}},
                         [SIM_PEN_PENCIL] = {.2, {.35, .8}, {.35, .6}, {.1, .42}},
                         [SIM_PEN_FELT] = {.15, {.75, 1.2}, {.8, 1.}, {0, .02}}},
                .styles = {.35, .30, .20, .15},
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

/* --- Machines. ---------------------------------------------------------------------
 */

typedef struct {
    SimRange scale, shift_mm, toner, print_skew;
} PrinterRanges;

static const PrinterRanges printers[SIM_N_SETS] = {
    [SIM_TUNING] = {{.95, 1.005}, {-1.5, 1.5}, {0, .12}, {-.2, .2}},
    [SIM_HARD] = {{.93, 1.02}, {-2.5, 2.5}, {0, .2}, {-.4, .4}},
    [SIM_REPORT] = {{.94, 1.01}, {-2, 2}, {0, .15}, {-.3, .3}},
};

typedef struct {
    SimRange dpi, skew_deg, shift_mm, stretch, wave_mm, blur_px, noise;
    SimRange paper, black, gamma, shade, lid, threshold, quality;
    double streak, upside_down; /* probabilities */
    SimRange specks;
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

static const ScannerRanges scanners[SIM_N_SETS][SIM_N_PROFILES] =
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
                [SIM_CLEAN_300] =
                    {.dpi = {300, 300},
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
                [SIM_CLEAN_300] =
                    {.dpi = {300, 300},
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

static const struct {
    SimRange dpi, tilt_deg, roll_deg, distance, margin, bulge_mm, blur_px, noise;
    SimRange light, gradient, shadow, warmth, quality;
    double turned;
} phones[SIM_N_SETS] = {
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
    };
    return scanner;
}

static SimPhone
phone_for(SimSet set, SimRandom *random)
{
    bool turned = sim_chance(random, phones[set].turned);
    SimPhone phone = {
        .dpi = sim_in(random, phones[set].dpi),
        .turn = turned ? 90 * (1 + sim_pick(random, 3)) : 0,
        .exif = sim_chance(random, 0.5),
        .yaw_deg = sim_in(random, phones[set].tilt_deg),
        .pitch_deg = sim_in(random, phones[set].tilt_deg),
        .roll_deg = sim_in(random, phones[set].roll_deg),
        .distance = sim_in(random, phones[set].distance),
        .margin = sim_in(random, phones[set].margin),
        .bulge_mm = sim_in(random, phones[set].bulge_mm),
        .blur_px = sim_in(random, phones[set].blur_px),
        .noise = sim_in(random, phones[set].noise),
        .light = sim_in(random, phones[set].light),
        .gradient = sim_in(random, phones[set].gradient),
        .shadow = sim_in(random, phones[set].shadow),
        .warmth = sim_in(random, phones[set].warmth),
        .quality = (int)sim_in(random, phones[set].quality),
    };
    return phone;
}

SimMachine
sim_machine(SimSet set, SimProfile profile, SimRandom *random)
{
    const PrinterRanges *printer = &printers[set];
    SimMachine machine = {
        .profile = profile,
        .printing = {.scale = sim_in(random, printer->scale),
                     .shift_mm = {sim_in(random, printer->shift_mm),
                                  sim_in(random, printer->shift_mm)},
                     .toner = sim_in(random, printer->toner),
                     .skew_deg = sim_in(random, printer->print_skew),
                     .blank_copies = profile == SIM_BLANK_COPY ? 1 : 0,
                     .copies = profile == SIM_COPIED_300 ? 1 : 0},
        .is_phone = profile == SIM_PHOTO,
    };
    if (machine.is_phone) {
        machine.phone = phone_for(set, random);
    } else {
        machine.scanner = scanner_for(&scanners[set][profile], random);
    }
    return machine;
}

void
sim_machine_again(SimSet set, SimMachine *machine, SimRandom *random)
{
    SimMachine other = sim_machine(set, machine->profile, random);
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
