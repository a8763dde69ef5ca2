/* reason.c - what is wrong with a page and what to do, in the clerk's words. */
#include "read/read.h"

#include <math.h>

G_DEFINE_QUARK(lk - read - error - quark, lk_read_error)

typedef struct {
    const char *name, *text;
} Reason;

static const Reason reasons[LK_REASON_N] = {
    [LK_REASON_NO_MARKS] = {"no-marks",
                            N_("not a page printed by lakana: no corner squares and no "
                               "QR code found; if it is one, scan it again flat, whole "
                               "and in focus")},
    [LK_REASON_NO_IDENTITY] =
        {"no-identity", N_("a page of ours, but neither its QR codes nor its printed "
                           "code can be read: say which page it is, or scan it again")},
    [LK_REASON_FOREIGN_CODE] = {"foreign-code",
                                N_("its QR code is not one of ours: file the page "
                                   "elsewhere")},
    [LK_REASON_UNKNOWN_LAYOUT] =
        {"unknown-layout",
         N_("printed from a template that this office has not: import the layout from "
            "the office that printed it, then read the page again")},
    [LK_REASON_CODES_DISAGREE] =
        {"codes-disagree", N_("two different QR codes on one page: were two pages "
                              "scanned together? Scan them apart")},
    [LK_REASON_BAD_FIT] = {"bad-fit",
                           N_("the printed boxes are not where they should be: is the "
                              "page folded, bent or cut off? Scan it again, flat")},
    [LK_REASON_LOW_RESOLUTION] = {"low-resolution",
                                  N_("too few pixels to read: scan at 200 dpi or "
                                     "more")},
    [LK_REASON_BLANK] = {"blank", N_("an empty page")},
    [LK_REASON_BY_PRINT] = {"by-print", N_("both QR codes are unreadable; the page was "
                                           "known by its printed code: confirm it")},
    [LK_REASON_NO_CASE] = {"no-case", N_("a blank copy without a label: write its case "
                                         "code here")},
    [LK_REASON_UNSURE_MARKS] = {"unsure-marks", N_("some marks are not clear: look at "
                                                   "them and decide")},
    [LK_REASON_LABEL_ONLY] =
        {"label-only", N_("a page with one of our labels, but none of our forms: keep "
                          "it on paper, in the file that the label names")},
    [LK_REASON_CUT_OFF] = {"cut-off", N_("part of the page is outside the image: scan "
                                         "it again, whole")},
    [LK_REASON_STREAK] = {"streak", N_("a streak along the whole page: clean the "
                                       "scanner's glass")},
    [LK_REASON_COARSE] = {"coarse", N_("scanned with few pixels: set the scanner to "
                                       "300 dpi, 200 at least")},
    [LK_REASON_TOO_LIGHT] = {"too-light",
                             N_("the printed lines are fading away: scan darker, in "
                                "grey rather than black and white; if the paper itself "
                                "is pale, the printer or copier lacks toner")},
    [LK_REASON_TOO_DARK] = {"too-dark", N_("the paper has come out dark: scan lighter, "
                                           "in grey rather than black and white")},
    [LK_REASON_PRINT_SCALE] = {"print-scale",
                               N_("the page was not printed at its true size: print at "
                                  "100 %, without \"fit to page\"")},
    [LK_REASON_SKEWED] = {"skewed", N_("the page went through the scanner askew: push "
                                       "the feeder's guides against the paper")},
    [LK_REASON_PHOTOCOPIED] =
        {"photocopied",
         N_("a photocopy, it seems: the handwriting is as black and even as the print "
            "(a black marker can look so too). Faint marks may be gone: scan the "
            "original if there is one; never photocopy a page that carries a code to "
            "fill it in again")},
};

static const char *const sides[LK_N_SIDES] = {
    [LK_SIDE_TOP] = N_("at the top"),
    [LK_SIDE_RIGHT] = N_("on the right"),
    [LK_SIDE_BOTTOM] = N_("at the bottom"),
    [LK_SIDE_LEFT] = N_("on the left"),
};

const char *
lk_reason_text(LkReason reason)
{
    g_return_val_if_fail(reason >= 0 && reason < LK_REASON_N, "");
    return lk_text(reasons[reason].text);
}

const char *
lk_reason_name(LkReason reason)
{
    g_return_val_if_fail(reason >= 0 && reason < LK_REASON_N, "");
    return reasons[reason].name;
}

/* --- With figures. ------------------------------------------------------------------
 */

static char *
say_cut(const LkQuality *quality)
{
    int worst = 0;
    for (int i = 1; i < LK_N_SIDES; i++) {
        worst = quality->cut_mm[i] > quality->cut_mm[worst] ? i : worst;
    }
    return g_strdup_printf(_("part of the page is outside the image, %.0f mm %s: scan "
                             "it again, whole"),
                           MAX(quality->cut_mm[worst], 1), _(sides[worst]));
}

static char *
say_streaks(const LkQuality *quality)
{
    g_autoptr(GString) places = g_string_new(NULL);
    for (int i = 0; i < quality->streaks; i++) {
        g_string_append_printf(places, "%s%.0f", i > 0 ? ", " : "",
                               quality->streak_mm[i]);
    }
    return g_strdup_printf(
        quality->streaks_across
            ? _("a streak along the whole page, %s mm from the upper edge of the scan: "
                "clean the scanner's glass there")
            : _("a streak along the whole page, %s mm from the left edge of the scan: "
                "clean the scanner's glass there"),
        places->str);
}

char *
lk_reason_say(LkReason reason, const LkQuality *quality)
{
    switch (reason) {
    case LK_REASON_CUT_OFF:
        return say_cut(quality);
    case LK_REASON_STREAK:
        return say_streaks(quality);
    case LK_REASON_COARSE:
        return g_strdup_printf(_("scanned at %.0f dpi: set the scanner to 300 dpi, 200 "
                                 "at least"),
                               lk_quality_scan_dpi(quality));
    case LK_REASON_LOW_RESOLUTION:
        return quality->dpi > 0
                   ? g_strdup_printf(_("too few pixels to read, %.0f dpi: scan at 300 "
                                       "dpi, 200 at least"),
                                     lk_quality_scan_dpi(quality))
                   : g_strdup(lk_reason_text(reason));
    case LK_REASON_PRINT_SCALE:
        return g_strdup_printf(
            _("printed at %.0f %% of its true size: print at 100 %%, "
              "without \"fit to page\""),
            100 * quality->scale);
    case LK_REASON_SKEWED:
        return g_strdup_printf(
            _("the page went through the scanner askew by %.0f°: push "
              "the feeder's guides against the paper"),
            fabs(quality->skew_deg));
    default:
        return g_strdup(lk_reason_text(reason));
    }
}

bool
lk_reason_is_advice(LkReason reason)
{
    return reason >= LK_REASON_CUT_OFF && reason < LK_REASON_N;
}
