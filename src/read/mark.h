/* mark.h - optical mark recognition (OMR): has somebody filled in this box?
 *
 * A box is judged by the ink inside its printed outline that the empty form does not
 * explain: how much, in how long a stroke, how near the middle, and how much of the
 * same stroke lies outside (a neighbour's long tail, descending handwriting). */
#ifndef LK_READ_MARK_H
#define LK_READ_MARK_H

#include "read/pixels.h"
#include "read/read.h"
#include "read/register.h"
#include "read/streak.h"
#include "read/view.h"

/** What the grey patch of a box shows. Areas in mm2, lengths in mm. */
typedef struct {
    double coverage;   /* share of the interior that is ink, specks left out, 0..1 */
    double specks;     /* the same of the specks left out */
    double area;       /* mm2 of `coverage`, darkness counted */
    double extent;     /* longest stroke inside: diagonal of its bounding box */
    double middle;     /* share of the central 1.6 mm square that is ink */
    double depth;      /* how far the ink reaches in from the nearest side, 0..3 */
    double darkness;   /* mean darkness of the ink, 1 = the printer's */
    double noise;      /* darkness that is no ink: standard deviation */
    double outside;    /* ink of the same strokes outside the box */
    double through;    /* how far a stroke goes beyond the box on two opposite sides:
                        * a line that only passes is long on both */
    double off_center; /* from the middle of the box to that of its strokes */
    double beside;     /* mm2 of ink in the 0.8 mm around the box, of whatever stroke */
    double overrun;    /* mm2 of ink between the box and the line to write on that ends
                        * left of it: handwriting that runs on */
    bool crowded;      /* the next box is marked: its mark may reach over here */
    bool whole;        /* the patch lies in the image */
    bool outline;      /* the box's own outline was located */
} LkMarkFeatures;

/** Coverage from which ink counts as a mark for the writer's habit and for the boxes
 * beside it. */
#define LK_PLAIN_MARK_MIN 0.1

/** What the other marks of the page tell about the writer. */
typedef struct {
    int marks;       /* boxes with a plain mark */
    double coverage; /* their median: a scribbler fills boxes without cancelling them */
    double through;  /* likewise: who slashes goes beyond the box on both sides */
} LkMarkHabit;

/** lk_mark_habit: of the writer of these features (GArray of LkMarkFeatures). */
LkMarkHabit lk_mark_habit(const GArray *features);

/**
 * lk_mark_decide: the two thresholds, and the doubts in between.
 * @habit: of the same page
 */
LkBoxReading lk_mark_decide(const LkMarkFeatures *features, const LkMarkHabit *habit);

/** What the classifier says: probabilities; their sum is 1. */
typedef struct {
    double empty, marked, cancelled;
} LkMarkOdds;

/**
 * lk_mark_agree: what the rules and the classifier come to together.
 * @rules: from lk_mark_decide()
 *
 * Both must say the same, or the rules be in doubt and the classifier very sure; else a
 * person decides. A mark on which handwriting seems to run is always for a person.
 */
LkBoxReading lk_mark_agree(const LkMarkFeatures *features, const LkBoxReading *rules,
                           const LkMarkOdds *odds);

/**
 * lk_mark_fades:
 * @features: of all boxes of a page, LkMarkFeatures
 * @boxes: what was made of them, LkBoxReading
 *
 * Whether the pen on this page is one that copying wipes out: what ink there is in
 * boxes is mostly remnants. Then a box without ink says nothing.
 */
bool lk_mark_fades(const GArray *features, const GArray *boxes);

/** The boxes of a page, measured. */
typedef struct {
    GArray *features; /* LkMarkFeatures, order of the layout's boxes */
    GPtrArray *views; /* LkMarkView, same order; NULL: a clean box, nothing to see */
} LkMarks;

/**
 * lk_marks_measure:
 * @levels: grey of the page
 * @streaks: lines of dirt, no ink
 * @page: whose boxes
 * @registration: where they are
 *
 * Returns: (transfer full): free with lk_marks_free()
 */
LkMarks *lk_marks_measure(const LkImage *image, const LkLevels *levels,
                          const LkStreaks *streaks, const LkLayoutPage *page,
                          const LkRegistration *registration);
void lk_marks_free(LkMarks *marks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkMarks, lk_marks_free)

#endif
