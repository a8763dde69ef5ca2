/* quality.h - what the map says about print and scan. */
#ifndef LK_READ_QUALITY_H
#define LK_READ_QUALITY_H

#include "read/pixels.h"
#include "read/read.h"
#include "read/streak.h"

/** Grey of paper below which a scan is too dark: the sets' darkest photo has 150, and
 * under 60 print and paper are no longer told apart. */
#define LK_DARK_PAPER 110.0

/** lk_quality_measure: fills in what follows from map and levels. */
void lk_quality_measure(const LkImage *image, const LkLevels *levels, const double h[9],
                        LkQuality *quality);

/** lk_quality_judge: LkReason bits of all that is to be said about the scan, of a page
 * that was registered. */
guint32 lk_quality_judge(const LkQuality *quality);

/** lk_quality_streaks: takes over those that run through the margins of the page too,
 * where nothing is printed. */
void lk_quality_streaks(const LkImage *image, const LkStreaks *streaks,
                        const double h[9], LkQuality *quality);

/**
 * lk_outline_ink:
 * @outlines: GArray of LkOutlineSeen
 * @h: page mm -> image px
 *
 * How much ink there is around printed boxes, against what their outlines should have:
 * the median over the page, of verified outlines if there are some. More than 1 on a
 * good scan (blur, and print beside the boxes); a thin line fades away first when a
 * scan in black and white is too light.
 */
double lk_outline_ink(const LkImage *image, const LkLevels *levels,
                      const GArray *outlines, const double h[9]);

/** lk_quality_is_faded: printed lines are too thin for what they are, or gone. */
bool lk_quality_is_faded(const LkQuality *quality);

#endif
