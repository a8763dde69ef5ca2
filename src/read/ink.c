/* ink.c - ink in cells and writing areas. */
#include "read/ink.h"

#include <math.h>
#include <string.h>

#include "read/homography.h"

#define COLUMNS 16
#define PER_MM 5.0      /* looks a mm: a thin pen, 0.3 mm, is not missed */
#define DARK 0.30       /* of the way from paper to print */
#define WRITTEN_MM2 0.6 /* ink in an area: a short dash of a thin pen */
#define MUCH_MM2 15.0   /* more than the line above lets hang down */
#define DESCENDERS 0.35 /* of a line's height: the line above may reach so far */
#define STRONG_COLUMN 2 /* columns with ink, at least: a speck has one */

typedef struct {
    double ink_mm2[COLUMNS];
    double area_mm2;
    double low_mm2; /* ink below the top of the area, where only descenders reach */
} Tally;

/* Grey of paper in the area: the brighter part of what is there. */
static double
paper_of(const int count[256], int total)
{
    int seen = 0, grey = 256;
    while (seen < total * 3 / 10 && grey > 0) {
        seen += count[--grey];
    }
    return grey;
}

static void
sample_area(const LkImage *image, const double h[9], LkRect area, int across, int down,
            uint8_t *greys)
{
    for (int row = 0; row < down; row++) {
        double y = area.y + (row + 0.5) * area.h / down;
        /* A row is short and straight: its ends give it. */
        LkPoint a = lk_map_point(h, (LkPoint){area.x, y});
        LkPoint b = lk_map_point(h, (LkPoint){area.x + area.w, y});
        lk_line_sample(image, a, b, across, greys + (size_t)row * (size_t)across);
    }
}

/* Whether a dark sample has dark ones beside it: lone samples are noise. */
static bool
is_ink(const uint8_t *greys, int across, int down, int col, int row, int limit)
{
    int around = 0;
    for (int k = 0; k < 9; k++) {
        int x = col + k % 3 - 1, y = row + k / 3 - 1;
        if (x >= 0 && y >= 0 && x < across && y < down) {
            around += greys[y * across + x] < limit;
        }
    }
    return around >= 3;
}

static Tally
tally(const uint8_t *greys, int across, int down, int limit, double sample_mm2, int top)
{
    Tally sum = {{0}, sample_mm2 * across * down, 0};
    for (int row = 0; row < down; row++) {
        for (int col = 0; col < across; col++) {
            if (greys[row * across + col] < limit &&
                is_ink(greys, across, down, col, row, limit)) {
                sum.ink_mm2[col * COLUMNS / across] += sample_mm2;
                sum.low_mm2 += row >= top ? sample_mm2 : 0;
            }
        }
    }
    return sum;
}

/* The profile is relative to the fullest column, so that neither the pen's width as
 * the scanner sees it nor its threshold changes it much. */
static LkInkReading
conclude(const Tally *sum)
{
    LkInkReading reading = {0};
    double total = 0, fullest = 0;
    int columns = 0;
    for (int i = 0; i < COLUMNS; i++) {
        total += sum->ink_mm2[i];
        fullest = MAX(fullest, sum->ink_mm2[i]);
        columns += sum->ink_mm2[i] > 0.08;
    }
    reading.ink = sum->area_mm2 > 0 ? total / sum->area_mm2 : 0;
    reading.written = (sum->low_mm2 >= WRITTEN_MM2 || total >= MUCH_MM2) &&
                      (columns >= STRONG_COLUMN || total >= 2 * WRITTEN_MM2);
    for (int i = 0; i < COLUMNS && reading.written; i++) {
        reading.profile[i] = (uint8_t)lrint(255 * sum->ink_mm2[i] / fullest);
    }
    return reading;
}

LkInkReading
lk_ink_measure(const LkImage *image, const LkLevels *levels, const double h[9],
               LkRect area, LkInkKind kind)
{
    int across = CLAMP((int)(area.w * PER_MM), COLUMNS, 2000);
    int down = CLAMP((int)(area.h * PER_MM), 4, 2000);
    g_autoptr(GByteArray) samples = g_byte_array_new();
    g_byte_array_set_size(samples, (guint)across * (guint)down);
    uint8_t *greys = samples->data;
    sample_area(image, h, area, across, down, greys);
    int count[256] = {0};
    for (guint i = 0; i < samples->len; i++) {
        count[samples->data[i]]++;
    }
    double paper = paper_of(count, across * down);
    double limit = paper - DARK * paper * (1 - levels->ink / MAX(levels->paper, 1));
    Tally sum =
        tally(greys, across, down, (int)ceil(limit), area.w * area.h / (across * down),
              kind == LK_INK_LINE ? (int)(DESCENDERS * down) : 0);
    return conclude(&sum);
}
