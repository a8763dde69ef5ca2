/* decide.c - two judges of a box: rules about what was measured, and the classifier. */
#include "read/mark.h"

#include <math.h>
#include <stdlib.h>

/* --- The rules. ---------------------------------------------------------------------
 *
 * Limits set on the simulator's tuning set: of 973 marks in six pens the lightest
 * covers 0.116, of 4400 empty boxes none more than 0.012 but for strokes that pass.
 */

#define EMPTY_MAX 0.02     /* coverage: at or below is empty */
#define MARKED_MIN 0.085   /* coverage: at or above is a mark, if its shape is one */
#define EXTENT_MIN 1.2     /* mm: shorter is a blot */
#define DEPTH_MIN 0.5      /* mm: what stays nearer the outline may be the outline's */
#define BLACK_ALWAYS 0.965 /* coverage: nobody scribbles so densely */
#define BLACK_SCRIBBLER 0.985 /* coverage: but a dense scribbler */
#define HABIT_MIN 4           /* marks that make a habit */
#define BESIDE_MAX 1.2        /* mm2 in the white around an empty box: 3 mm of a pen */
#define CROWDED_MAX 2.4       /* mm2: the same, where a neighbour's mark reaches over */
#define MANY_SPECKS 0.06      /* coverage: more than dust */
#define BLACK_MAYBE 0.80      /* coverage: cancelled, or a scribbler's mark */
#define SCRIBBLER 0.55        /* median coverage of a scribbler's marks */

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double
median(GArray *values)
{
    if (values->len == 0) {
        return 0;
    }
    qsort(values->data, values->len, sizeof(double), compare_doubles);
    return g_array_index(values, double, values->len / 2);
}

LkMarkHabit
lk_mark_habit(const GArray *features)
{
    g_autoptr(GArray) coverage = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(GArray) through = g_array_new(FALSE, FALSE, sizeof(double));
    for (guint i = 0; i < features->len; i++) {
        const LkMarkFeatures *f = &g_array_index(features, LkMarkFeatures, i);
        if (f->coverage >= LK_PLAIN_MARK_MIN && f->coverage < BLACK_ALWAYS) {
            g_array_append_val(coverage, f->coverage);
            g_array_append_val(through, f->through);
        }
    }
    return (LkMarkHabit){(int)coverage->len, median(coverage), median(through)};
}

/* Share of its strokes that lies inside. */
static double
inside_share(const LkMarkFeatures *f)
{
    return f->area / MAX(f->area + f->outside, 1e-9);
}

/* The end of a neighbour's tail in a corner: its bulk is elsewhere. */
static bool
only_clips(const LkMarkFeatures *f)
{
    return f->depth <= 0.65 && f->middle == 0 && f->off_center > 2.5 &&
           inside_share(f) < 0.15;
}

/* Whether the writer's other marks are of another kind. */
static bool
is_unlike(const LkMarkFeatures *f, const LkMarkHabit *habit)
{
    if (habit->marks < HABIT_MIN) {
        return f->through >= 1.75;
    }
    return f->coverage < 0.5 * habit->coverage || f->through > habit->through + 1;
}

/* A line that comes from afar and goes on: somebody's slip, or a very large mark. */
static bool
passes(const LkMarkFeatures *f, const LkMarkHabit *habit)
{
    double share = inside_share(f);
    if (f->coverage < 0.5 && f->through >= 2.5 && share < 0.4) {
        return true;
    }
    if (f->coverage < 0.4 && f->through >= 1 && share < 0.5 && is_unlike(f, habit)) {
        return true;
    }
    /* Most marks have a third of their ink inside, slips of the pen a quarter at most.
     */
    if (f->coverage < 0.5 && f->through >= 0.75 && share < 0.27) {
        return true;
    }
    /* The tail of a neighbour's mark: most of it, and its middle, are elsewhere. */
    return (share < 0.12 && f->off_center > 1.5 && f->coverage < 0.12) ||
           (share < 0.35 && f->off_center > 2.8 && f->coverage < 0.25);
}

static LkMarkState
judge_dense(const LkMarkFeatures *f, const LkMarkHabit *habit)
{
    bool scribbler = habit->marks >= HABIT_MIN && habit->coverage >= BLACK_MAYBE;
    if (f->coverage >= (scribbler ? BLACK_SCRIBBLER : BLACK_ALWAYS)) {
        return LK_MARK_BLACKENED;
    }
    if (habit->marks < HABIT_MIN) {
        return LK_MARK_UNSURE;
    }
    return habit->coverage >= SCRIBBLER ? LK_MARK_MARKED : LK_MARK_BLACKENED;
}

static LkMarkState
judge(const LkMarkFeatures *f, const LkMarkHabit *habit)
{
    if (!f->whole) {
        return LK_MARK_UNSURE;
    }
    if (f->coverage + f->specks >= MANY_SPECKS && f->coverage <= EMPTY_MAX) {
        return LK_MARK_UNSURE; /* a broken stroke of a faint pen? */
    }
    double beside_max = f->crowded ? CROWDED_MAX : BESIDE_MAX;
    if (f->beside >= beside_max && (f->coverage <= EMPTY_MAX || only_clips(f))) {
        return LK_MARK_UNSURE; /* a mark that missed its box? */
    }
    if (f->coverage <= EMPTY_MAX) {
        return f->outline || f->coverage == 0 ? LK_MARK_EMPTY : LK_MARK_UNSURE;
    }
    if (only_clips(f)) {
        return LK_MARK_EMPTY;
    }
    if (f->coverage >= BLACK_MAYBE) {
        return judge_dense(f, habit);
    }
    bool shaped = f->extent >= EXTENT_MIN && f->depth >= DEPTH_MIN;
    if (f->coverage >= MARKED_MIN && shaped && !passes(f, habit)) {
        return LK_MARK_MARKED;
    }
    return LK_MARK_UNSURE;
}

/* Logistic in the logarithm of the coverage, half-way at 0.045: between the thickest
 * speck and the thinnest mark of the tuning set, on the scale on which both spread. */
static double
mark_probability(double coverage)
{
    double distance = log(MAX(coverage, 1e-4) / 0.045);
    return 1 / (1 + exp(-5 * distance));
}

LkBoxReading
lk_mark_decide(const LkMarkFeatures *f, const LkMarkHabit *habit)
{
    LkBoxReading reading = {judge(f, habit), MIN(f->coverage, 1), 0.5};
    double marked = mark_probability(f->coverage);
    switch (reading.state) {
    case LK_MARK_EMPTY:
        reading.confidence = only_clips(f) ? 0.95 : 1 - marked;
        break;
    case LK_MARK_MARKED:
        reading.confidence = f->coverage >= BLACK_MAYBE ? 0.95 : marked;
        break;
    case LK_MARK_BLACKENED:
        reading.confidence = f->coverage >= BLACK_ALWAYS ? 0.98 : 0.9;
        break;
    case LK_MARK_UNSURE:
        break;
    }
    return reading;
}

/* --- Both together. -----------------------------------------------------------------
 */

#define AGREED_MIN 0.998        /* probability of what the rules say too */
#define ALONE_MARKED_MIN 0.9995 /* of what the rules do not dare to say … */
#define ALONE_EMPTY_MIN 0.99993 /* … with ink in the box that means nothing */
#define OVERRUN_MIN 0.4         /* mm2: 1 mm of a pen */
#define CANCELLED_MIN 0.5

/* The classifier's first choice. */
static LkMarkState
likeliest(const LkMarkOdds *odds, double *probability)
{
    *probability = MAX(odds->empty, MAX(odds->marked, odds->cancelled));
    if (odds->cancelled >= *probability) {
        return LK_MARK_BLACKENED;
    }
    return odds->marked >= *probability ? LK_MARK_MARKED : LK_MARK_EMPTY;
}

LkBoxReading
lk_mark_agree(const LkMarkFeatures *features, const LkBoxReading *rules,
              const LkMarkOdds *odds)
{
    double probability;
    LkMarkState state = likeliest(odds, &probability);
    double alone = state == LK_MARK_MARKED ? ALONE_MARKED_MIN : ALONE_EMPTY_MIN;
    double wanted = rules->state == state ? AGREED_MIN : alone;
    if (state == LK_MARK_BLACKENED || rules->state == LK_MARK_BLACKENED) {
        /* Either way a person confirms it: nothing is decided in silence. */
        bool believed = odds->cancelled >= CANCELLED_MIN;
        state = believed ? LK_MARK_BLACKENED : LK_MARK_UNSURE;
        return (LkBoxReading){state, rules->score, believed ? odds->cancelled : 0.5};
    }
    bool opposed = rules->state != LK_MARK_UNSURE && rules->state != state;
    bool overrun = state == LK_MARK_MARKED && features->overrun >= OVERRUN_MIN;
    if (opposed || overrun || probability < wanted) {
        return (LkBoxReading){LK_MARK_UNSURE, rules->score, 0.5};
    }
    return (LkBoxReading){state, rules->score, probability};
}

/* --- What the page as a whole shows. ------------------------------------------------
 *
 * A pen too faint for the copier is wiped out here and left there. Of eight writers of
 * faint dots (hard set) two or three photocopies took 104 marks without a trace. 77
 * were on pages with a remnant that somebody had to look at, and hardly a plain mark;
 * on the other pages nothing at all was left, of marks or handwriting.
 */

#define REMNANTS_A_MARK 2 /* remnants to a plain mark, from which on the pen fades */

/* Ink that may be what is left of a mark, too little for either judge. */
static bool
is_remnant(const LkMarkFeatures *f, const LkBoxReading *box)
{
    double ink = f->coverage + f->specks;
    return box->state == LK_MARK_UNSURE && ink > 0 && ink < LK_PLAIN_MARK_MIN;
}

bool
lk_mark_fades(const GArray *features, const GArray *boxes)
{
    int plain = 0, remnants = 0;
    for (guint i = 0; i < boxes->len; i++) {
        const LkMarkFeatures *f = &g_array_index(features, LkMarkFeatures, i);
        const LkBoxReading *box = &g_array_index(boxes, LkBoxReading, i);
        plain += box->state == LK_MARK_MARKED && f->coverage >= LK_PLAIN_MARK_MIN;
        remnants += is_remnant(f, box);
    }
    return remnants > 0 && remnants >= REMNANTS_A_MARK * plain;
}
