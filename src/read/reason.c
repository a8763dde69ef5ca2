/* reason.c - what is wrong with a page and what to do, in the clerk's words. */
#include "read/read.h"

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
    [LK_REASON_CUT_OFF] = {"cut-off", N_("part of the page is outside the image: scan "
                                         "it again, whole")},
    [LK_REASON_LABEL_ONLY] =
        {"label-only", N_("a page with one of our labels, but none of our forms: keep "
                          "it on paper, in the file that the label names")},
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
