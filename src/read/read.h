/* read.h - one page image -> a reading: which page it is, how it lies, what is marked.
 *
 * decode QR -> find fiducials -> homography (page mm -> image px), verified against
 * printed outlines all over the page -> each box measured on the grey image, no warp.
 * "I am not sure" is always a right answer. */
#ifndef LK_READ_H
#define LK_READ_H

#include "form/form.h"
#include "scan/scan.h"

G_BEGIN_DECLS

#define LK_READ_ERROR (lk_read_error_quark())

typedef enum {
    LK_READ_ERROR_ENGINE /* a library (Tesseract) could not be started */
} LkReadError;

GQuark lk_read_error_quark(void);

typedef enum {
    LK_OUTCOME_READ,    /* identified, registered, boxes measured */
    LK_OUTCOME_UNKNOWN, /* not one of our pages, or its identity is lost */
    LK_OUTCOME_REFUSED, /* identified, but the boxes cannot be believed: see reasons */
    LK_OUTCOME_BLANK    /* nothing printed or written on it */
} LkOutcome;

typedef enum {
    LK_MARK_EMPTY,
    LK_MARK_MARKED,
    LK_MARK_UNSURE,   /* between the two thresholds: a person decides */
    LK_MARK_BLACKENED /* filled all over: a correction, or a very thick mark */
} LkMarkState;

typedef struct {
    LkMarkState state;
    double score;      /* evidence of ink inside the outline, 0 none .. 1 full */
    double confidence; /* 0..1 that `state` is right; UNSURE: near .5 */
} LkBoxReading;

/** Ink in a comb cell or a writing area, printed lines left out. */
typedef struct {
    double ink;          /* share of the area that is ink, 0..1 */
    bool written;        /* somebody wrote here */
    uint8_t profile[16]; /* ink in 16 equal columns, left to right, 0..255: to tell one
                          * handwriting from another, never to read it */
} LkInkReading;

typedef enum {
    LK_IDENTITY_NONE,
    LK_IDENTITY_QR,    /* at least one of the two codes */
    LK_IDENTITY_PRINT, /* both codes gone: printed code, check digits, issued here */
    LK_IDENTITY_PERSON /* lk_reader_read_as() */
} LkIdentitySource;

#define LK_STREAKS_MAX 4

/** Sides of the upright page, in the order of its fiducials. */
typedef enum {
    LK_SIDE_TOP,
    LK_SIDE_RIGHT,
    LK_SIDE_BOTTOM,
    LK_SIDE_LEFT,
    LK_N_SIDES
} LkSide;

/** What a clerk can act on. */
typedef struct {
    double dpi;         /* measured from the registration, across the page */
    double scale;       /* printed size / nominal, only if dpi is believable; else 0 */
    double skew_deg;    /* clockwise positive, upright page */
    int turned;         /* 0, 90, 180, 270: how the page lay, clockwise */
    double paper;       /* grey of the paper, 0..255 */
    double ink;         /* grey of the print, 0..255 */
    int fiducials;      /* 0..4 found and used */
    int codes;          /* 0..2 QR codes decoded */
    double residual_mm; /* worst distance between expected and found outline, mm */
    double outlines;    /* share of the printed outlines found in their places, 0..1 */
    double outline_ink; /* of 1-bit scans: ink of the outlines / what they should have;
                         * else 0 */
    double pen_black;   /* depth of the handwriting's black / of the print's; 1 = as
                         * black; 0 = not measured */
    double pen_spread;  /* how unevenly black it is: quartiles apart / median */
    double cut_mm[LK_N_SIDES];        /* of the print, beyond the image's edge; or 0 */
    int streaks;                      /* lines of dirt from end to end, the first … */
    double streak_mm[LK_STREAKS_MAX]; /* … few: from the left edge of the image; */
    bool streaks_across;              /* then they lie flat: from its upper edge */
} LkQuality;

/** Stable names of reasons; lk_reason_text() says them to a clerk. */
typedef enum {
    LK_REASON_NO_MARKS,       /* neither codes nor fiducials: not one of our pages */
    LK_REASON_NO_IDENTITY,    /* our page, but its codes cannot be read */
    LK_REASON_FOREIGN_CODE,   /* a QR code that is not ours */
    LK_REASON_UNKNOWN_LAYOUT, /* printed from a template this office has not */
    LK_REASON_CODES_DISAGREE, /* two different codes on one page */
    LK_REASON_BAD_FIT,        /* printed boxes are not where they should be */
    LK_REASON_LOW_RESOLUTION, /* under 100 dpi */
    LK_REASON_BLANK,          /* empty sheet or back */
    LK_REASON_BY_PRINT,       /* identified by the printed code: have it confirmed */
    LK_REASON_NO_CASE,        /* blank copy without a label: write its case code */
    LK_REASON_UNSURE_MARKS,   /* n marks to be decided by a person */
    LK_REASON_LABEL_ONLY,     /* a label of ours on a page that is not */
    LK_REASON_CUT_OFF,        /* part of the page is outside the image */
    LK_REASON_STREAK,         /* dirt on the scanner's glass */
    LK_REASON_COARSE,         /* readable, but under 200 dpi */
    LK_REASON_TOO_LIGHT,      /* printed lines are fading away */
    LK_REASON_TOO_DARK,       /* paper turns grey or black */
    LK_REASON_PRINT_SCALE,    /* not printed at its true size */
    LK_REASON_SKEWED,         /* fed askew */
    LK_REASON_PHOTOCOPIED,    /* when it was filled in: the handwriting is toner */
    LK_REASON_N
} LkReason;

/** lk_reason_text: (transfer none): a sentence for a clerk, in his language. */
const char *lk_reason_text(LkReason reason);
/** lk_reason_say: (transfer full): the same with the figures of @quality, where it has
 * any: which side, how many dpi, where the streak is. */
char *lk_reason_say(LkReason reason, const LkQuality *quality);
/** lk_reason_is_advice: it is about the scan, and no reason to look at the page. */
bool lk_reason_is_advice(LkReason reason);
/** lk_reason_name: (transfer none): stable English name, for JSON and the store. */
const char *lk_reason_name(LkReason reason);

#define LK_BEND_TERMS 10

/** What a plane cannot explain: paper that is bent, or fed unevenly. A shift in page mm
 * that changes smoothly over the page, by the terms of a cubic in u, v (-1..1 over the
 * page): 1, u, v, uu, uv, vv, uuu, uuv, uvv, vvv. All zero: flat. */
typedef struct {
    bool is_bent;
    double x[LK_BEND_TERMS], y[LK_BEND_TERMS];
} LkBend;

typedef struct {
    LkOutcome outcome;
    LkIdentitySource source;
    LkPageId id;        /* valid unless source is NONE; a blank copy's own number */
    LkCaseCode label;   /* case code of a sticker on the page; "" = none */
    double to_image[9]; /* homography page mm -> image px, row major; valid if READ */
    LkBend bend;        /* before that map: lk_map_bent() */
    LkQuality quality;
    guint32 reasons; /* bit set of 1u << LkReason */
    GArray *boxes;   /* LkBoxReading, order of LkLayoutPage.boxes */
    GArray *cells;   /* LkInkReading, order of LkLayoutPage.cells */
    GArray *writing; /* LkInkReading, order of LkLayoutPage.writing */
} LkReading;

void lk_reading_free(LkReading *reading);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkReading, lk_reading_free)

/* --- How a reading came about. ------------------------------------------------------
 */

typedef enum {
    LK_ANCHOR_MISSING,
    LK_ANCHOR_DROPPED, /* found, but it contradicts the others */
    LK_ANCHOR_USED
} LkAnchorState;

/** A printed outline that was looked for. */
typedef struct {
    LkRect outline; /* page mm, by the layout */
    bool verified;  /* it was found, and the map puts it there */
} LkOutlineSeen;

/** A QR code, anywhere in the image. */
typedef struct {
    LkPoint corner[4]; /* image px, clockwise */
    bool ours;
} LkCodeSeen;

/** A box, as the two judges saw it. */
typedef struct {
    LkPoint center;     /* page mm, where it really is */
    bool own_outline;   /* found; else its place follows from its neighbours' */
    LkBoxReading rules; /* what the rules say */
    double through_mm;  /* how far a stroke runs on beyond the box on both sides */
    double beside_mm2;  /* ink in the white around the box */
    double overrun_mm2; /* ink that runs in from a line to write on */
    bool asked;         /* the classifier: only where there is ink */
    double empty, marked, cancelled; /* its probabilities, if asked */
} LkBoxSeen;

/** Filled in on demand, for a person who wants to see why. */
typedef struct {
    LkAnchorState fiducials[4]; /* as LkLayoutPage; the page upright */
    LkPoint fiducial_at[4];     /* image px, unless MISSING */
    LkAnchorState codes[2];
    bool fitted;        /* the page was laid over the image: */
    double to_image[9]; /* page mm -> image px */
    GArray *found;      /* LkCodeSeen */
    GArray *squares;    /* LkPoint, image px: black squares, if nothing was fitted */
    GArray *outlines;   /* LkOutlineSeen; empty if none was looked for */
    GArray *boxes;      /* LkBoxSeen, order of LkReading.boxes */
} LkReadTrace;

/** lk_read_trace_new: (transfer full): empty. */
LkReadTrace *lk_read_trace_new(void);
void lk_read_trace_free(LkReadTrace *trace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkReadTrace, lk_read_trace_free)

/** What the reader asks of the house; answered by `pipeline` from the store. */
typedef struct {
    /** (transfer none): the layout with that identity, or NULL; lives as long as the
     * reader. */
    const LkLayout *(*layout)(const char *layout_id, void *data);
    /** Copies issued here for @code: calls @each with a page identity for every page.
     * NULL: none are known. */
    void (*issued)(const LkCaseCode *code, void (*each)(const LkPageId *id, void *to),
                   void *to, void *data);
    void *data;
} LkReadHost;

typedef struct LkReader LkReader;

/** lk_reader_new: one a worker; not for two threads at once. @host is copied. */
G_GNUC_WARN_UNUSED_RESULT
LkReader *lk_reader_new(const LkReadHost *host, GError **error);
void lk_reader_free(LkReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkReader, lk_reader_free)

/**
 * lk_reader_set_example:
 * @example: gets the `data` of the host; returns (transfer none) (nullable) any layout
 *   of this house, which lives as long as the reader. Asked only when both codes of a
 *   page are gone.
 *
 * All layouts print case code and identity at the same places: this one says where.
 * Without it pages whose codes are both gone stay unknown.
 */
void lk_reader_set_example(LkReader *reader, const LkLayout *(*example)(void *data));

/**
 * lk_reader_read:
 * @image: any orientation, 100 to 1200 dpi
 *
 * Never fails on content: what cannot be read says so in its outcome and reasons.
 *
 * Returns: (transfer full): the reading
 */
LkReading *lk_reader_read(LkReader *reader, const LkImage *image);

/**
 * lk_reader_read_as:
 * @id: the page that a person says this is; the host has its layout
 *
 * As lk_reader_read(), for a page whose identity is lost. The printed outlines must
 * agree with what the person says, and so must a code of the page itself, if one can be
 * read: if not, the outcome is REFUSED (BAD_FIT, CODES_DISAGREE, or NO_MARKS if nothing
 * tells how the page lies). READ has the source PERSON.
 *
 * Returns: (transfer full): the reading
 */
LkReading *lk_reader_read_as(LkReader *reader, const LkImage *image,
                             const LkPageId *id);

/** lk_reader_read_traced: the same reading; @trace (new) says how it came about. */
LkReading *lk_reader_read_traced(LkReader *reader, const LkImage *image,
                                 LkReadTrace *trace);

/** A reading to be shown. Lent during the call. */
typedef struct {
    const LkImage *image;
    const LkReading *reading;
    const LkReadTrace *trace;
    const LkLayout *layout; /* of the reading, or NULL */
    const LkFonts *fonts;
    const char *const *reasons; /* sentences, NULL at the end */
} LkExplanation;

/**
 * lk_explain:
 *
 * Draws what @explanation says on the page itself, upright, with a legend and a table
 * of the boxes with ink beside it. As personal as the page.
 *
 * Returns: (transfer full)
 */
LkRgb *lk_explain(const LkExplanation *explanation);

/** lk_quality_scan_dpi: what the scanner was set to, as far as it can be told: a page
 * printed small measures fewer dpi. 0 if nothing was measured. */
double lk_quality_scan_dpi(const LkQuality *quality);

/** lk_map_point: @p (page mm) through the homography @h to image px. */
LkPoint lk_map_point(const double h[9], LkPoint p);

/** lk_bend_at: what @bend adds to @p (page mm), mm. */
LkPoint lk_bend_at(const LkBend *bend, LkPoint p);
/** lk_map_bent: @p (page mm) to image px: first the bend, then the plane. */
LkPoint lk_map_bent(const double h[9], const LkBend *bend, LkPoint p);

G_END_DECLS

#endif
