/* scanner.c - an office copier or flatbed: optics, feed, lamp, sensor, dirt. */
#include "tests/sim/plane.h"

#include <math.h>
#include <string.h>

void
sim_image_free(SimImage *image)
{
    if (image != NULL) {
        g_free(image->pixels);
        g_free(image);
    }
}

static SimImage *
new_image(const SimScanner *scanner)
{
    double dpi = scanner->dpi;
    SimImage *image = g_new0(SimImage, 1);
    bool lies = scanner->turn == 90 || scanner->turn == 270;
    int w = (int)lrint((LK_PAGE_WIDTH_MM + 2 * scanner->bed_mm) / 25.4 * dpi);
    int h = (int)lrint((LK_PAGE_HEIGHT_MM + 2 * scanner->bed_mm) / 25.4 * dpi);
    image->width = lies ? h : w;
    image->height = lies ? w : h;
    image->channels = 1;
    image->dpi = dpi;
    image->pixels = g_malloc((gsize)w * (gsize)h);
    return image;
}

/* Image px -> sheet mm is x' = m0 u + m1 v + m2, y' = m3 u + m4 v + m5. */
static void
aim(const SimImage *image, const SimScanner *scanner, double m[6])
{
    double angle = (scanner->turn + scanner->skew_deg) * G_PI / 180;
    double px = 25.4 / scanner->dpi;
    double c = cos(angle) * px;
    double s = sin(angle) * px;
    double cu = image->width / 2.0 + scanner->shift_mm.x / px;
    double cv = image->height / 2.0 + scanner->shift_mm.y / px;
    double stretch = scanner->stretch;
    m[0] = c;
    m[1] = s / stretch;
    m[2] = LK_PAGE_WIDTH_MM / 2 - c * cu - s / stretch * cv;
    m[3] = -s;
    m[4] = c / stretch;
    m[5] = LK_PAGE_HEIGHT_MM / 2 + s * cu - c / stretch * cv;
}

/* Where there is no paper the lid is seen. */
static void
show_lid(const SimSheet *sheet, uint8_t *flat, double lid)
{
    if (sheet->loss != NULL) {
        sim_replace(flat, sheet->loss, (size_t)sheet->width * (size_t)sheet->height,
                    SIM_LOSS_GONE, (uint8_t)lid);
    }
}

/* Rollers that lose or double some of the page at one place: mm by which the feed is
 * off at @v, 0 .. 1 along the image. */
static double
slipped(double slip_mm, double at, double v)
{
    return slip_mm * CLAMP((v - at) / 0.01, 0, 1);
}

static void
look(const SimSheet *sheet, const uint8_t *flat, const SimScanner *scanner,
     SimImage *image, SimRandom *random)
{
    double m[6];
    aim(image, scanner, m);
    g_autofree uint8_t *white = sim_white_tiles(flat, sheet->width, sheet->height);
    SimView view = {sheet->width, sheet->height, flat, white};
    double px_mm = sheet->dpi / 25.4;
    double phase = sim_uniform(random, 0, 2 * G_PI);
    LkPoint step = {m[0] * px_mm, m[3] * px_mm};
    double px = scanner->dpi / 25.4;
    double slip_at = scanner->slip_mm == 0 ? 0 : sim_uniform(random, 0.2, 0.8);
    for (int v = 0; v < image->height; v++) {
        double turns = 2 * G_PI * 3 * v / image->height;
        double feed =
            v + 0.5 + scanner->wave_mm * px * sin(turns + phase) +
            px * slipped(scanner->slip_mm, slip_at, (double)v / image->height);
        LkPoint start = {(m[0] * 0.5 + m[1] * feed + m[2]) * px_mm,
                         (m[3] * 0.5 + m[4] * feed + m[5]) * px_mm};
        /* The lid is as white as paper would be at @lid: toned later with the rest. */
        sim_sample(&view, start, step, image->pixels + (size_t)v * (size_t)image->width,
                   image->width, (uint8_t)scanner->lid);
    }
}

static void
expose(SimImage *image, const SimScanner *scanner)
{
    uint8_t curve[256];
    for (int i = 0; i < 256; i++) {
        double light = pow(i / 255.0, scanner->gamma);
        double grey = scanner->black + (scanner->paper - scanner->black) * light;
        curve[i] = (uint8_t)CLAMP(lrint(grey), 0, 255);
    }
    sim_tone(image->pixels, (size_t)image->width * (size_t)image->height, curve);
}

/* The lamp is brighter on one side. */
static void
shade(SimImage *image, double share, SimRandom *random)
{
    double across = share * sim_uniform(random, -1, 1);
    double bend = share * sim_uniform(random, -1, 1);
    uint16_t *gain = g_new(uint16_t, image->width);
    for (int x = 0; x < image->width; x++) {
        double u = 2.0 * x / image->width - 1;
        gain[x] = (uint16_t)lrint(256 * (1 + across * u + bend * (u * u - 0.4)));
    }
    for (int y = 0; y < image->height; y++) {
        sim_gain(image->pixels + (size_t)y * (size_t)image->width, gain, image->width);
    }
    g_free(gain);
}

/* Dirt on the glass of a feeder is a line along the whole page. */
static void
streak(SimImage *image, SimRandom *random)
{
    int width = 1 + sim_pick(random, MAX(1, (int)(image->dpi / 100)));
    int at = sim_pick(random, image->width - width);
    int dark = 15 + sim_pick(random, 75);
    for (int y = 0; y < image->height; y++) {
        uint8_t *row = image->pixels + (size_t)y * (size_t)image->width + at;
        for (int x = 0; x < width; x++) {
            row[x] = (uint8_t)MAX(0, row[x] - dark);
        }
    }
}

static void
dust(SimImage *image, const SimScanner *scanner, SimRandom *random)
{
    for (int i = 0; i < scanner->specks; i++) {
        LkPoint at = {sim_uniform(random, 0, image->width),
                      sim_uniform(random, 0, image->height)};
        double radius = sim_uniform(random, 0.05, 0.22) * image->dpi / 25.4;
        sim_disc(image->pixels, image->width, image->height, at, radius,
                 (int)scanner->black + sim_pick(random, 110));
    }
}

static void
make_bilevel(SimImage *image, double level)
{
    uint8_t curve[256];
    for (int i = 0; i < 256; i++) {
        curve[i] = i < level ? 0 : 255;
    }
    sim_tone(image->pixels, (size_t)image->width * (size_t)image->height, curve);
    image->bilevel = true;
}

SimImage *
sim_scan(const SimSheet *sheet, const SimScanner *scanner, SimRandom *random)
{
    SimImage *image = new_image(scanner);
    uint8_t *flat = sim_sheet_flat(sheet);
    show_lid(sheet, flat, scanner->lid);
    /* Sampling below the sheet's own resolution needs the blur of a pixel's area. */
    double ratio = sheet->dpi / scanner->dpi;
    double area = 0.3 * ratio;
    sim_blur(flat, sheet->width, sheet->height,
             hypot(scanner->blur_px * ratio, ratio > 1 ? area : 0));
    look(sheet, flat, scanner, image, random);
    g_free(flat);
    expose(image, scanner);
    shade(image, scanner->shade, random);
    for (int i = 0; i < scanner->streaks; i++) {
        streak(image, random);
    }
    dust(image, scanner, random);
    sim_noise(image->pixels, image->width, image->height, scanner->noise, random);
    if (scanner->threshold > 0) {
        make_bilevel(image, scanner->black +
                                scanner->threshold * (scanner->paper - scanner->black));
    }
    return image;
}

void
sim_scanner_set_for(SimScanner *scanner, const SimPen *pen)
{
    if (scanner->threshold <= 0) {
        return;
    }
    /* three quarters: of a pen that is not pressed hard */
    double ink = pow(1 - 0.75 * pen->contrast, scanner->gamma);
    scanner->threshold = fmax(scanner->threshold, fmin(ink + 0.03, 0.93));
}

void
sim_copy_filled(SimSheet *sheet, const SimMachine *machine, SimRandom *random)
{
    for (int i = 0; i < machine->printing.copies; i++) {
        sim_sheet_photocopy(sheet, &machine->printing.copiers[i], random);
    }
}

SimImage *
sim_capture(const SimSheet *sheet, const SimMachine *machine, SimRandom *random)
{
    return machine->is_phone ? sim_photo(sheet, &machine->phone, random)
                             : sim_scan(sheet, &machine->scanner, random);
}
