/* evidence.c - is this the same sheet again, or another one with the same codes?
 *
 * A rescan moves, scales, lightens and specks the page; what stays is which boxes are
 * marked and how the ink of a line of writing is spread along it. A photocopied form
 * filled in for another child has the same codes and differs in both.
 *
 * Boxes of personal fields stay out: what they say is sealed (store/page-file.c), and
 * this is not. Of cells and writing it says how much ink lies where, never what.
 *
 * Format, bytes: version; three counts, 16 bit little endian: boxes, cells, writing;
 * then for each box state, score (0..255); for each cell and writing area written
 * (0, 1, 2: what we printed there, and in a cell nothing else), ink (tenths of mm2, 255
 * = that or more), 16 bytes of profile. */
#include "pipeline/evidence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define VERSION 1
#define HEAD_LEN 7
#define BOX_LEN 2
#define PROFILE_LEN 16
#define INK_LEN (2 + PROFILE_LEN)
#define INK_UNIT_MM2 0.1
#define PRINTED 2

/* --- What we printed. --------------------------------------------------------------
 */

#define OUTER_COLUMNS                                                                  \
    2                  /* of a cell's 16, on either side: 0.6 mm, no glyph is so wide */
#define OUTER_MAX 60   /* of 255: more is a stroke, not an outline's blur */
#define GLYPH_MAX 0.26 /* share of a cell that a printed character may cover */

bool
lk_ink_is_printed(const LkInkReading *ink, char character)
{
    if (character == '\0' || !ink->written) {
        return (character == '\0') == !ink->written;
    }
    for (int i = 0; i < OUTER_COLUMNS; i++) {
        if (ink->profile[i] > OUTER_MAX ||
            ink->profile[PROFILE_LEN - 1 - i] > OUTER_MAX) {
            return false;
        }
    }
    return ink->ink <= GLYPH_MAX;
}

/* --- Packing. ----------------------------------------------------------------------
 */

static guint8
to_byte(double share)
{
    return (guint8)lround(CLAMP(share, 0.0, 1.0) * 255.0);
}

static void
put_count(GByteArray *bytes, guint n)
{
    const guint8 two[2] = {(guint8)(n & 0xff), (guint8)(n >> 8 & 0xff)};
    g_byte_array_append(bytes, two, sizeof two);
}

static void
put_ink(GByteArray *bytes, const LkInkReading *ink, LkRect area, bool printed)
{
    double tenths = ink->ink * area.w * area.h / INK_UNIT_MM2;
    const guint8 written = printed ? PRINTED : 1;
    const guint8 head[2] = {ink->written ? written : 0, to_byte(tenths / 255)};
    g_byte_array_append(bytes, head, sizeof head);
    g_byte_array_append(bytes, ink->profile, PROFILE_LEN);
}

static bool
is_personal(const LkLayout *layout, const LkLayoutPage *page, guint box)
{
    const LkLayoutField *field =
        layout != NULL && box < page->boxes->len
            ? lk_layout_field(layout, g_array_index(page->boxes, LkBox, box).field)
            : NULL;
    return field != NULL && (field->pii || field->sensitive);
}

static guint
count_kept(const LkLayout *layout, const LkLayoutPage *page, guint n_boxes)
{
    guint n = 0;
    for (guint i = 0; i < n_boxes; i++) {
        n += is_personal(layout, page, i) ? 0 : 1;
    }
    return n;
}

GBytes *
lk_evidence_pack(const LkReading *reading, const LkLayout *layout,
                 const LkLayoutPage *page, const LkPrefill *prefill)
{
    GByteArray *bytes = g_byte_array_new();
    const guint8 version = VERSION;
    g_byte_array_append(bytes, &version, 1);
    put_count(bytes, count_kept(layout, page, reading->boxes->len));
    put_count(bytes, reading->cells->len);
    put_count(bytes, reading->writing->len);
    for (guint i = 0; i < reading->boxes->len; i++) {
        const LkBoxReading *box = &g_array_index(reading->boxes, LkBoxReading, i);
        const guint8 two[BOX_LEN] = {(guint8)box->state, to_byte(box->score)};
        if (!is_personal(layout, page, i)) {
            g_byte_array_append(bytes, two, sizeof two);
        }
    }
    for (guint i = 0; i < reading->cells->len; i++) {
        const LkCell *cell = &g_array_index(page->cells, LkCell, i);
        const LkInkReading *ink = &g_array_index(reading->cells, LkInkReading, i);
        char character = lk_prefill_cell(prefill, layout, cell);
        put_ink(bytes, ink, cell->outline,
                character != '\0' && lk_ink_is_printed(ink, character));
    }
    for (guint i = 0; i < reading->writing->len; i++) {
        const LkWriting *line = &g_array_index(page->writing, LkWriting, i);
        g_autofree char *words = lk_prefill_line(prefill, layout, line);
        put_ink(bytes, &g_array_index(reading->writing, LkInkReading, i), line->area,
                words != NULL);
    }
    return g_byte_array_free_to_bytes(bytes);
}

/* --- Comparing. --------------------------------------------------------------------
 */

typedef struct {
    guint n_boxes, n_cells, n_inks; /* inks: cells, then areas */
    const guint8 *boxes, *inks;
} Evidence;

static bool
unpack(GBytes *bytes, Evidence *evidence)
{
    gsize len = 0;
    const guint8 *data = bytes != NULL ? g_bytes_get_data(bytes, &len) : NULL;
    if (data == NULL || len < HEAD_LEN || data[0] != VERSION) {
        return false;
    }
    guint counts[3];
    for (int i = 0; i < 3; i++) {
        counts[i] = (guint)data[1 + 2 * i] | (guint)data[2 + 2 * i] << 8;
    }
    evidence->n_boxes = counts[0];
    evidence->n_cells = counts[1];
    evidence->n_inks = counts[1] + counts[2];
    evidence->boxes = data + HEAD_LEN;
    evidence->inks = evidence->boxes + (gsize)evidence->n_boxes * BOX_LEN;
    return len == HEAD_LEN + (gsize)evidence->n_boxes * BOX_LEN +
                      (gsize)evidence->n_inks * INK_LEN;
}

GBytes *
lk_evidence_spare(GBytes *evidence, const LkLayout *layout, const LkLayoutPage *page)
{
    Evidence all;
    guint n_kept = count_kept(layout, page, page->boxes->len);
    if (n_kept == page->boxes->len || !unpack(evidence, &all) ||
        all.n_boxes != page->boxes->len) {
        return NULL;
    }
    gsize len = 0;
    const guint8 *data = g_bytes_get_data(evidence, &len);
    GByteArray *bytes = g_byte_array_new();
    g_byte_array_append(bytes, data, 1);
    put_count(bytes, n_kept);
    g_byte_array_append(bytes, data + 3, HEAD_LEN - 3);
    for (guint i = 0; i < all.n_boxes; i++) {
        if (!is_personal(layout, page, i)) {
            g_byte_array_append(bytes, all.boxes + (gsize)i * BOX_LEN, BOX_LEN);
        }
    }
    g_byte_array_append(bytes, all.inks, (guint)(all.n_inks * INK_LEN));
    return g_byte_array_free_to_bytes(bytes);
}

#define BLACKENED_MIN 0.15 /* share of a box: what blackening a mark adds at least */

/* Both sure, and not of one mind. A thick mark may pass for blackened on one of two
 * scans: then the box is about as full on both; blackening a mark later fills it. */
static bool
box_differs(const guint8 *a, const guint8 *b)
{
    if (a[0] == b[0] || a[0] == LK_MARK_UNSURE || b[0] == LK_MARK_UNSURE) {
        return false;
    }
    return a[0] == LK_MARK_EMPTY || b[0] == LK_MARK_EMPTY ||
           abs(a[1] - b[1]) > BLACKENED_MIN * 255;
}

/* Half the sum of differences of two profiles brought to the same total: 0 when the
 * ink lies alike, 1 when no column has ink in both. Darkness and pen width cancel. */
static double
profile_distance(const guint8 *a, const guint8 *b)
{
    double sum_a = 0;
    double sum_b = 0;
    for (int i = 0; i < PROFILE_LEN; i++) {
        sum_a += a[i];
        sum_b += b[i];
    }
    if (sum_a <= 0 || sum_b <= 0) {
        return sum_a == sum_b ? 0 : 1;
    }
    double distance = 0;
    for (int i = 0; i < PROFILE_LEN; i++) {
        distance += fabs(a[i] / sum_a - b[i] / sum_b);
    }
    return distance / 2;
}

/* What writing adds at least: in a cell one short stroke of a thin pen, in an area a
 * letter. The tail of a neighbour's writing may pass the limit of "written" on one scan
 * only; among rescans that was 1.9 mm2 at most, while a line written is 25 or more. */
#define CELL_MIN_MM2 1.0
#define AREA_MIN_MM2 3.0
#define PRINTED_MAX 0.06 /* distance on a line we printed: more is a word added */

/* Print is alike by itself: it would hide another hand in the mean. In a cell that
 * looks as we left it there is nothing to compare; on a line, words may be added. */
static bool
is_added_to(const guint8 *a, const guint8 *b, bool is_cell)
{
    return !is_cell && profile_distance(a + 2, b + 2) > PRINTED_MAX;
}

static void
compare_inks(const guint8 *a, const guint8 *b, bool is_cell,
             LkInkDifference *difference, double *total)
{
    double added_min = is_cell ? CELL_MIN_MM2 : AREA_MIN_MM2;
    if (a[0] == PRINTED && b[0] == PRINTED) {
        difference->writing += is_added_to(a, b, is_cell) ? 1 : 0;
        return;
    }
    bool written_a = a[0] != 0;
    bool written_b = b[0] != 0;
    if (written_a && written_b) {
        double distance = profile_distance(a + 2, b + 2);
        difference->worst = MAX(difference->worst, distance);
        difference->compared++;
        *total += distance;
    } else if (written_a != written_b && abs(a[1] - b[1]) > added_min / INK_UNIT_MM2) {
        difference->writing++;
    }
}

GArray *
lk_evidence_boxes(GBytes *evidence, const LkLayout *layout, const LkLayoutPage *page)
{
    GArray *boxes = g_array_new(FALSE, TRUE, sizeof(LkKeptBox));
    g_array_set_size(boxes, page->boxes->len);
    Evidence kept;
    if (!unpack(evidence, &kept) ||
        kept.n_boxes != count_kept(layout, page, page->boxes->len)) {
        return boxes;
    }
    const guint8 *at = kept.boxes;
    for (guint i = 0; i < page->boxes->len; i++) {
        if (!is_personal(layout, page, i)) {
            LkKeptBox *box = &g_array_index(boxes, LkKeptBox, i);
            box->is_known = at[0] <= LK_MARK_BLACKENED;
            box->state = box->is_known ? (LkMarkState)at[0] : LK_MARK_UNSURE;
            box->score = at[1] / 255.0;
            at += BOX_LEN;
        }
    }
    return boxes;
}

bool
lk_evidence_box_differs(const LkKeptBox *a, const LkKeptBox *b)
{
    const guint8 one[BOX_LEN] = {(guint8)a->state, to_byte(a->score)};
    const guint8 two[BOX_LEN] = {(guint8)b->state, to_byte(b->score)};
    return a->is_known && b->is_known && box_differs(one, two);
}

LkInkDifference
lk_evidence_difference(GBytes *a, GBytes *b)
{
    LkInkDifference difference = {0};
    Evidence one;
    Evidence two;
    if (!unpack(a, &one) || !unpack(b, &two) || one.n_boxes != two.n_boxes ||
        one.n_cells != two.n_cells || one.n_inks != two.n_inks) {
        difference.incomparable = true;
        return difference;
    }
    for (guint i = 0; i < one.n_boxes; i++) {
        const guint8 *box_one = one.boxes + (gsize)i * BOX_LEN;
        const guint8 *box_two = two.boxes + (gsize)i * BOX_LEN;
        difference.boxes += box_differs(box_one, box_two) ? 1 : 0;
    }
    double total = 0;
    for (guint i = 0; i < one.n_inks; i++) {
        compare_inks(one.inks + (gsize)i * INK_LEN, two.inks + (gsize)i * INK_LEN,
                     i < one.n_cells, &difference, &total);
    }
    if (difference.compared > 0) {
        difference.mean = total / difference.compared;
    }
    return difference;
}

/* Limits on profiles, from `test-same --measure` (300 and 150 dpi, 1 bit, photographs):
 * rescans came to a worst of 0.23 and a mean of 0.06, another hand on the same lines to
 * a mean of 0.13 at least. */
#define WORST_MAX 0.26
#define MEAN_MAX 0.09

LkInkVerdict
lk_evidence_judge(const LkInkDifference *difference)
{
    bool same = !difference->incomparable && difference->boxes == 0 &&
                difference->writing == 0 && difference->worst <= WORST_MAX &&
                difference->mean <= MEAN_MAX;
    return same ? LK_INK_SAME : LK_INK_DIFFERENT;
}
