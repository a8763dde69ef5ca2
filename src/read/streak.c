/* streak.c - lines along the whole page, by counting in each column of pixels. */
#include "read/streak.h"

#include <math.h>
#include <string.h>

#define LOOKS 240          /* rows looked at, spread over the page */
#define CHUNK 16           /* pixels */
#define SIDE_MM 0.45       /* a streak is thinner than twice this */
#define DARKER_SHARE 0.07  /* of full contrast */
#define PRESENT_SHARE 0.55 /* of the looks; print hides it in the others */

typedef struct {
    const uint8_t *line; /* pixels of one look, `step` bytes apart */
    size_t step;
    int n;
} Look;

/* Of each column: how often it was darker, and by how much in all. */
typedef struct {
    guint16 *count;
    guint32 *sum;
} Tally;

static Look
look_at(const LkImage *image, bool vertical, int which)
{
    int lines = vertical ? image->height : image->width;
    size_t at = (size_t)((gint64)(2 * which + 1) * lines / ((gint64)2 * LOOKS));
    return vertical ? (Look){image->pixels + at * image->stride, 1, image->width}
                    : (Look){image->pixels + at, image->stride, image->height};
}

typedef uint8_t Chunk __attribute__((vector_size(CHUNK)));

static inline Chunk
chunk_at(const uint8_t *pixels)
{
    Chunk chunk;
    memcpy(&chunk, pixels, sizeof chunk);
    return chunk;
}

/* Whether one of CHUNK pixels is @least darker than those @side before and after: few
 * are, and this is quickly told. */
static inline bool
any_darker(const uint8_t *pixels, int side, Chunk least)
{
    Chunk here = chunk_at(pixels);
    Chunk before = chunk_at(pixels - side), after = chunk_at(pixels + side);
    Chunk darker = (Chunk)((before > here) & (after > here) & (before - here >= least) &
                           (after - here >= least));
    guint64 halves[CHUNK / 8];
    memcpy(halves, &darker, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

/* Counts, and adds up by how much, where one of pixels @from … @to - 1 is darker than
 * both sides. */
static void
count_each(const Look *look, int from, int to, int side, int least, Tally tally)
{
    for (int i = from; i < to; i++) {
        const uint8_t *p = look->line + (size_t)i * look->step;
        int before = *(p - (size_t)side * look->step);
        int after = *(p + (size_t)side * look->step);
        int darker = MIN(before, after) - *p;
        if (darker >= least) {
            tally.count[i]++;
            tally.sum[i] += (guint32)darker;
        }
    }
}

static void
count_darker(const Look *look, int side, int least, Tally tally)
{
    Chunk all_least;
    memset(&all_least, least, sizeof all_least);
    int i = side, end = look->n - side;
    for (; look->step == 1 && i + CHUNK <= end; i += CHUNK) {
        if (any_darker(look->line + i, side, all_least)) {
            count_each(look, i, i + CHUNK, side, least, tally);
        }
    }
    count_each(look, i, end, side, least, tally);
}

void
lk_streaks_find(const LkImage *image, bool vertical, double px_per_mm, double contrast,
                LkStreaks *streaks)
{
    int n = vertical ? image->width : image->height;
    int side = MAX((int)lrint(SIDE_MM * px_per_mm), 2);
    int least = MAX((int)(DARKER_SHARE * contrast), 6);
    *streaks = (LkStreaks){.vertical = vertical, .n = n};
    g_autoptr(GArray) counts = g_array_new(FALSE, TRUE, sizeof(guint16));
    g_autoptr(GArray) sums = g_array_new(FALSE, TRUE, sizeof(guint32));
    g_array_set_size(counts, (guint)n);
    g_array_set_size(sums, (guint)n);
    guint16 *count = (guint16 *)(void *)counts->data;
    guint32 *sum = (guint32 *)(void *)sums->data;
    for (int i = 0; i < LOOKS; i++) {
        Look look = look_at(image, vertical, i);
        count_darker(&look, side, least, (Tally){count, sum});
    }
    streaks->darker = g_new0(uint8_t, (gsize)n);
    for (int i = 0; i < n; i++) {
        if (count[i] >= PRESENT_SHARE * LOOKS) {
            streaks->any = true;
            streaks->darker[i] = (uint8_t)(sum[i] / count[i]);
        }
    }
}

void
lk_streaks_clear(LkStreaks *streaks)
{
    g_clear_pointer(&streaks->darker, g_free);
    streaks->any = false;
}
