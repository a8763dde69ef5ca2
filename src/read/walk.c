/* walk.c - the samples of a line, eight at once where the processor can fetch them so.
 * Both ways give the same greys to the last bit. */
#include "read/walk.h"

#include <stdlib.h>
#include <string.h>

static LkWalk
walk_on(LkWalk walk, int samples)
{
    walk.x += samples * walk.step_x;
    walk.y += samples * walk.step_y;
    return walk;
}

static void
sample_each(const LkImage *image, LkWalk walk, int n, uint8_t *greys)
{
    const uint8_t *pixels = image->pixels;
    size_t stride = image->stride;
    for (int i = 0; i < n; i++) {
        int grey = lk_walk_bilinear(pixels, stride, walk.x, walk.y);
        greys[i] = (uint8_t)(grey >> LK_WALK_BITS);
        walk = walk_on(walk, 1);
    }
}

#ifdef __x86_64__

#include <immintrin.h>

#define LANES 8
#define LOAD 16 /* bytes, enough for four samples unless they lie far apart */

/* What each eight samples of a walk have in common. */
typedef struct {
    __m256i way_x, way_y; /* from the first to each */
    int half_x;           /* from the first to the fourth */
    int all_y;            /* from the first to the eighth */
    bool is_dense;        /* LOAD bytes hold the pixels of four */
} Gait;

__attribute__((target("avx2"))) static inline Gait
gait_of(LkWalk walk)
{
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    int half_x = (LANES / 2 - 1) * walk.step_x;
    return (Gait){.way_x = _mm256_mullo_epi32(lanes, _mm256_set1_epi32(walk.step_x)),
                  .way_y = _mm256_mullo_epi32(lanes, _mm256_set1_epi32(walk.step_y)),
                  .half_x = half_x,
                  .all_y = (LANES - 1) * walk.step_y,
                  .is_dense = (abs(half_x) >> LK_WALK_BITS) + 3 <= LOAD};
}

/* Two pixels beside each other for each sample, a lane: 16 bits the left one, 16 bits
 * the right one. Four bytes are fetched a lane. */
__attribute__((target("avx2"))) static inline __m256i
fetch_pairs(const uint8_t *pixels, __m256i at)
{
    __m256i four = _mm256_i32gather_epi32((const void *)pixels, at, 1);
    __m256i left = _mm256_and_si256(four, _mm256_set1_epi32(0xff));
    __m256i right = _mm256_and_si256(four, _mm256_set1_epi32(0xff00));
    return _mm256_or_si256(left, _mm256_slli_epi32(right, 8));
}

/* The same of one row, whose bytes from @low serve four lanes, those from @high the
 * others; @order picks. */
__attribute__((target("avx2"))) static inline __m256i
load_pairs(const uint8_t *low, const uint8_t *high, __m256i order)
{
    __m128i a = _mm_loadu_si128((const void *)low);
    __m128i b = _mm_loadu_si128((const void *)high);
    return _mm256_shuffle_epi8(_mm256_set_m128i(b, a), order);
}

/* Which bytes are the pairs of @col, counted from @first (lanes 0 to 3) and @second. */
__attribute__((target("avx2"))) static inline __m256i
order_of(__m256i col, int first, int second)
{
    __m256i from = _mm256_set_m128i(_mm_set1_epi32(second), _mm_set1_epi32(first));
    __m256i left = _mm256_sub_epi32(col, from);
    __m256i both = _mm256_or_si256(left, _mm256_slli_epi32(left, 16));
    /* The right pixel is one further; 0x80 makes a byte 0. */
    return _mm256_add_epi32(both, _mm256_set1_epi32((int)0x80018000));
}

/* lk_walk_bilinear() of eight pairs above and below. */
__attribute__((target("avx2"))) static inline void
blend(__m256i above, __m256i below, __m256i x, __m256i y, uint8_t *greys)
{
    const __m256i low = _mm256_set1_epi32(255);
    __m256i fx = _mm256_and_si256(_mm256_srli_epi32(x, LK_WALK_BITS - 8), low);
    __m256i fy = _mm256_and_si256(_mm256_srli_epi32(y, LK_WALK_BITS - 8), low);
    __m256i rest = _mm256_sub_epi32(_mm256_set1_epi32(256), fx);
    __m256i shares = _mm256_or_si256(rest, _mm256_slli_epi32(fx, 16));
    __m256i top = _mm256_madd_epi16(above, shares);
    __m256i bottom = _mm256_madd_epi16(below, shares);
    __m256i way = _mm256_mullo_epi32(_mm256_sub_epi32(bottom, top), fy);
    __m256i grey = _mm256_add_epi32(_mm256_slli_epi32(top, 8), way);
    grey = _mm256_srli_epi32(grey, LK_WALK_BITS);
    grey = _mm256_packus_epi16(_mm256_packus_epi32(grey, grey), grey);
    int halves[2] = {_mm256_extract_epi32(grey, 0), _mm256_extract_epi32(grey, 4)};
    memcpy(greys, halves, sizeof halves);
}

__attribute__((target("avx2"))) static inline void
sample_eight(const LkImage *image, LkWalk walk, const Gait *gait, uint8_t *greys)
{
    __m256i x = _mm256_add_epi32(_mm256_set1_epi32(walk.x), gait->way_x);
    __m256i y = _mm256_add_epi32(_mm256_set1_epi32(walk.y), gait->way_y);
    __m256i col = _mm256_srai_epi32(x, LK_WALK_BITS), above, below;
    int row = walk.y >> LK_WALK_BITS;
    if (gait->is_dense && row == (walk.y + gait->all_y) >> LK_WALK_BITS) {
        int middle = walk.x + LANES / 2 * walk.step_x, back = MIN(gait->half_x, 0);
        int first = (walk.x + back) >> LK_WALK_BITS;
        int second = (middle + back) >> LK_WALK_BITS;
        const uint8_t *low = image->pixels + (size_t)row * image->stride + first;
        const uint8_t *high = low + (second - first);
        __m256i order = order_of(col, first, second);
        above = load_pairs(low, high, order);
        below = load_pairs(low + image->stride, high + image->stride, order);
    } else {
        __m256i rows = _mm256_srai_epi32(y, LK_WALK_BITS);
        __m256i stride = _mm256_set1_epi32((int)image->stride);
        __m256i at = _mm256_add_epi32(_mm256_mullo_epi32(rows, stride), col);
        above = fetch_pairs(image->pixels, at);
        below = fetch_pairs(image->pixels + image->stride, at);
    }
    blend(above, below, x, y, greys);
}

/* The last eight may overlap those before. */
__attribute__((target("avx2"))) static void
sample_by_eight(const LkImage *image, LkWalk walk, int n, uint8_t *greys)
{
    Gait gait = gait_of(walk);
    for (int i = 0; i < n; i += LANES) {
        int first = MIN(i, n - LANES);
        sample_eight(image, walk_on(walk, first), &gait, greys + first);
    }
}

/* Offsets must fit in 32 bits, and what is loaded in vain lie in the next row. */
static bool
can_by_eight(const LkImage *image, int n)
{
    return n >= LANES && image->width >= LOAD &&
           image->stride * (size_t)image->height <= G_MAXINT32 &&
           __builtin_cpu_supports("avx2");
}

#else

static bool
can_by_eight(const LkImage *image, int n)
{
    (void)image;
    (void)n;
    return false;
}

#define sample_by_eight sample_each

#endif

void
lk_walk_sample(const LkImage *image, LkWalk walk, int n, uint8_t *greys)
{
    if (can_by_eight(image, n)) {
        sample_by_eight(image, walk, n, greys);
    } else {
        sample_each(image, walk, n, greys);
    }
}
