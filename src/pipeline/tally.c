/* tally.c - what a batch says about scanner and printer.
 *
 * One page's streak may be a hair that is gone by now; the same on twelve pages is dirt
 * that waits for the next batch. So troubles are counted, and each is told once. */
#include "pipeline/tally.h"

#include <stdlib.h>

#define NEAR_MM 2    /* the same streak, on pages that lay a little differently */
#define PLACES_MAX 3 /* streaks told of one batch */

static void
add_streaks(LkTally *tally, const LkQuality *quality)
{
    for (int i = 0; i < quality->streaks; i++) {
        int mm = (int)(quality->streak_mm[i] + 0.5);
        tally->streaks[CLAMP(mm, 0, LK_TALLY_MM - 1)]++;
    }
}

static void
add_figures(LkTally *tally, const LkQuality *quality, guint32 reasons)
{
    double dpi = lk_quality_scan_dpi(quality), scale = quality->scale;
    if ((reasons & (1u << LK_REASON_COARSE | 1u << LK_REASON_LOW_RESOLUTION)) != 0) {
        tally->least_dpi = tally->least_dpi > 0 ? MIN(tally->least_dpi, dpi) : dpi;
    }
    if ((reasons & 1u << LK_REASON_PRINT_SCALE) != 0) {
        tally->least_scale =
            tally->least_scale > 0 ? MIN(tally->least_scale, scale) : scale;
        tally->most_scale = MAX(tally->most_scale, scale);
    }
    for (int i = 0; i < LK_N_SIDES; i++) {
        tally->cut[i] += quality->cut_mm[i] > 0 ? 1 : 0;
    }
}

void
lk_tally_add(LkTally *tally, const LkReading *reading)
{
    if (reading->outcome != LK_OUTCOME_READ && reading->outcome != LK_OUTCOME_REFUSED) {
        return;
    }
    tally->pages++;
    for (int i = 0; i < LK_REASON_N; i++) {
        tally->count[i] += (reading->reasons & 1u << i) != 0 ? 1 : 0;
    }
    /* Too few pixels to be read is the same trouble, only worse. */
    tally->count[LK_REASON_COARSE] +=
        (reading->reasons & 1u << LK_REASON_LOW_RESOLUTION) != 0 &&
                (reading->reasons & 1u << LK_REASON_COARSE) == 0
            ? 1
            : 0;
    add_streaks(tally, &reading->quality);
    add_figures(tally, &reading->quality, reading->reasons);
}

/* --- Saying it. ---------------------------------------------------------------------
 */

/* The millimetre around which most streaks are; takes them out. -1: no more. */
static int
commonest_place(int streaks[LK_TALLY_MM])
{
    int best = -1, most = 0;
    for (int mm = 0; mm < LK_TALLY_MM; mm++) {
        int sum = 0;
        for (int k = MAX(mm - NEAR_MM, 0); k <= MIN(mm + NEAR_MM, LK_TALLY_MM - 1);
             k++) {
            /* The middle counts a little more: the place itself, not its neighbour. */
            sum += streaks[k] * (k == mm ? 3 : 2);
        }
        if (sum > most) {
            most = sum;
            best = mm;
        }
    }
    for (int k = MAX(best - NEAR_MM, 0);
         best >= 0 && k <= MIN(best + NEAR_MM, LK_TALLY_MM - 1); k++) {
        streaks[k] = 0;
    }
    return best;
}

static char *
say_streaks(const LkTally *tally)
{
    int left[LK_TALLY_MM];
    for (int i = 0; i < LK_TALLY_MM; i++) {
        left[i] = tally->streaks[i];
    }
    g_autoptr(GString) places = g_string_new(NULL);
    for (int i = 0; i < PLACES_MAX; i++) {
        int mm = commonest_place(left);
        if (mm >= 0) {
            g_string_append_printf(places, "%s%d", i > 0 ? ", " : "", mm);
        }
    }
    return g_strdup_printf(_("streak at %s mm from the edge of the scan: clean the "
                             "scanner's glass there"),
                           places->str);
}

static char *
say_cut(const LkTally *tally)
{
    static const char *const sentences[LK_N_SIDES] = {
        [LK_SIDE_TOP] =
            N_("cut off, mostly at the top: set the scanner to A4 and scan them again"),
        [LK_SIDE_RIGHT] = N_(
            "cut off, mostly on the right: set the scanner to A4 and scan them again"),
        [LK_SIDE_BOTTOM] = N_(
            "cut off, mostly at the bottom: set the scanner to A4 and scan them again"),
        [LK_SIDE_LEFT] = N_(
            "cut off, mostly on the left: set the scanner to A4 and scan them again"),
    };
    int worst = 0;
    for (int i = 1; i < LK_N_SIDES; i++) {
        worst = tally->cut[i] > tally->cut[worst] ? i : worst;
    }
    return g_strdup(_(sentences[worst]));
}

static char *
say_scale(const LkTally *tally)
{
    int least = (int)(100 * tally->least_scale + 0.5);
    int most = (int)(100 * tally->most_scale + 0.5);
    if (least == most) {
        return g_strdup_printf(
            _("printed at %d %% of their true size: print at 100 %%, "
              "without \"fit to page\""),
            least);
    }
    return g_strdup_printf(_("printed at %d to %d %% of their true size: print at "
                             "100 %%, without \"fit to page\""),
                           least, most);
}

static char *
say_one(const LkTally *tally, LkReason reason)
{
    switch (reason) {
    case LK_REASON_STREAK:
        return say_streaks(tally);
    case LK_REASON_CUT_OFF:
        return say_cut(tally);
    case LK_REASON_COARSE:
        return g_strdup_printf(_("scanned at %.0f dpi: set the scanner to 300 dpi, 200 "
                                 "at least"),
                               tally->least_dpi);
    case LK_REASON_PRINT_SCALE:
        return say_scale(tally);
    default:
        return g_strdup(lk_reason_text(reason));
    }
}

GPtrArray *
lk_tally_say(const LkTally *tally)
{
    GPtrArray *sentences = g_ptr_array_new_with_free_func(g_free);
    int left[LK_REASON_N];
    for (int i = 0; i < LK_REASON_N; i++) {
        left[i] = lk_reason_is_advice((LkReason)i) ? tally->count[i] : 0;
    }
    for (;;) {
        int most = 0;
        for (int i = 1; i < LK_REASON_N; i++) {
            most = left[i] > left[most] ? i : most;
        }
        if (left[most] == 0) {
            return sentences;
        }
        g_autofree char *what = say_one(tally, (LkReason)most);
        g_ptr_array_add(sentences, g_strdup_printf(ngettext_("%d page of %d: %s",
                                                             "%d pages of %d: %s",
                                                             (unsigned long)left[most]),
                                                   left[most], tally->pages, what));
        left[most] = 0;
    }
}
