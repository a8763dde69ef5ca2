/* fiducial.c - finding solid squares by connected runs and their moments. */
#include "read/fiducial.h"

#include <math.h>
#include <string.h>

/* Root of det(covariance) * 12 / area: 1 for a parallelogram, 0.955 for a disc. Noise,
 * rounded print and a few white specks move it a little. */
#define SOLID_MIN 0.90
#define SOLID_MAX 1.13
/* A disc gives 0.9549, on 20 samples and more to a few thousandths; squares of photos
 * gave 0.985 and more. */
#define DISC_MIN 0.945
#define DISC_MAX 0.966
#define DISC_SIDE_MIN 20     /* samples: smaller, a blurred square may be as round */
#define TILE_CONTRAST_MIN 24 /* grey levels between print and paper */

/* --- Connected components. --------------------------------------------------------
 */

/* Moments of a component, in samples. */
typedef struct {
    int parent; /* itself, if it is the root */
    double n, x, y, xx, yy, xy;
} Blob;

typedef struct {
    int from, to; /* samples, half-open */
    int blob;
} Run;

static int
find_root(GArray *blobs, int i)
{
    while (g_array_index(blobs, Blob, i).parent != i) {
        Blob *blob = &g_array_index(blobs, Blob, i);
        blob->parent = g_array_index(blobs, Blob, blob->parent).parent;
        i = blob->parent;
    }
    return i;
}

static void
unite(GArray *blobs, int a, int b)
{
    a = find_root(blobs, a);
    b = find_root(blobs, b);
    if (a == b) {
        return;
    }
    Blob *to = &g_array_index(blobs, Blob, a), *from = &g_array_index(blobs, Blob, b);
    from->parent = a;
    to->n += from->n;
    to->x += from->x;
    to->y += from->y;
    to->xx += from->xx;
    to->yy += from->yy;
    to->xy += from->xy;
}

static void
add_run(Blob *blob, const Run *run, int y)
{
    double n = run->to - run->from, first = run->from, last = run->to - 1;
    double sum = n * (first + last) / 2;
    double squares =
        (last * (last + 1) * (2 * last + 1) - (first - 1) * first * (2 * first - 1)) /
        6;
    blob->n += n;
    blob->x += sum;
    blob->y += n * y;
    blob->xx += squares;
    blob->yy += n * y * y;
    blob->xy += sum * y;
}

/* Gives @run a blob: that of the runs above it which it touches, or a new one. */
static void
join(GArray *blobs, Run *run, const GArray *above, guint *at)
{
    run->blob = -1;
    while (*at < above->len && g_array_index(above, Run, *at).to <= run->from) {
        (*at)++;
    }
    for (guint i = *at; i < above->len; i++) {
        const Run *upper = &g_array_index(above, Run, i);
        if (upper->from >= run->to) {
            break;
        }
        if (run->blob < 0) {
            run->blob = find_root(blobs, upper->blob);
        } else {
            unite(blobs, run->blob, upper->blob);
        }
    }
    if (run->blob < 0) {
        Blob blob = {.parent = (int)blobs->len};
        run->blob = blob.parent;
        g_array_append_val(blobs, blob);
    }
}

typedef uint8_t Chunk __attribute__((vector_size(16)));

/* Whether none of the pixels of a chunk is darker than @threshold. */
static inline bool
is_light(const uint8_t *pixels, uint8_t threshold)
{
    Chunk chunk;
    memcpy(&chunk, pixels, sizeof chunk);
    Chunk darker = (Chunk)(chunk < threshold);
    guint64 halves[2];
    memcpy(halves, &darker, sizeof halves);
    return (halves[0] | halves[1]) == 0;
}

/* How many samples from @x on are plainly paper. */
static int
skip_paper(const uint8_t *row, int x, const LkSquareSearch *search)
{
    int size = (int)sizeof(Chunk), step = search->step, skipped = 0;
    uint8_t threshold = (uint8_t)CLAMP(search->threshold, 0, 255);
    while (x + size <= search->window.x1 && is_light(row + x, threshold)) {
        int n = (size + step - 1) / step;
        skipped += n;
        x += n * step;
    }
    return skipped;
}

static void
find_runs(const uint8_t *row, const LkSquareSearch *search, const uint8_t *tiles,
          GArray *runs)
{
    g_array_set_size(runs, 0);
    int start = -1, n = 0;
    for (int x = search->window.x0; x < search->window.x1; x += search->step, n++) {
        if (start < 0 && tiles == NULL) {
            int paper = skip_paper(row, x, search);
            n += paper;
            x += paper * search->step;
            if (x >= search->window.x1) {
                break;
            }
        }
        int threshold =
            tiles ? tiles[x >> search->thresholds->shift] : search->threshold;
        if (row[x] < threshold) {
            start = start < 0 ? n : start;
        } else if (start >= 0) {
            Run run = {start, n, -1};
            g_array_append_val(runs, run);
            start = -1;
        }
    }
    if (start >= 0) {
        Run run = {start, n, -1};
        g_array_append_val(runs, run);
    }
}

static void
find_blobs(const LkImage *image, const LkSquareSearch *search, GArray *blobs)
{
    g_autoptr(GArray) above = g_array_new(FALSE, FALSE, sizeof(Run));
    g_autoptr(GArray) runs = g_array_new(FALSE, FALSE, sizeof(Run));
    int line = 0;
    for (int y = search->window.y0; y < search->window.y1; y += search->step, line++) {
        const LkThresholds *local = search->thresholds;
        const uint8_t *tiles =
            local ? local->at + (size_t)(y >> local->shift) * (size_t)local->columns
                  : NULL;
        find_runs(image->pixels + (size_t)y * image->stride, search, tiles, runs);
        guint at = 0;
        for (guint i = 0; i < runs->len; i++) {
            Run *run = &g_array_index(runs, Run, i);
            join(blobs, run, above, &at);
            int root = find_root(blobs, run->blob);
            add_run(&g_array_index(blobs, Blob, root), run, line);
        }
        GArray *swap = above;
        above = runs;
        runs = swap;
    }
}

/* --- Squares. -----------------------------------------------------------------------
 */

static bool
is_square(const Blob *blob, const LkSquareSearch *search, LkSquare *square)
{
    double area = blob->n, step = search->step;
    double side = sqrt(area) * step;
    if (side < search->min_side_px || side > search->max_side_px) {
        return false;
    }
    double x = blob->x / area, y = blob->y / area;
    /* 1/12: each sample is itself a square, not a point. */
    double xx = blob->xx / area - x * x + 1.0 / 12;
    double yy = blob->yy / area - y * y + 1.0 / 12;
    double xy = blob->xy / area - x * y;
    double det = xx * yy - xy * xy, half = (xx + yy) / 2;
    double solid = 12 * sqrt(MAX(det, 0)) / area;
    double wide = half + sqrt(MAX(half * half - det, 0));
    double narrow = MAX(half - sqrt(MAX(half * half - det, 0)), 1e-9);
    if (solid < SOLID_MIN || solid > SOLID_MAX ||
        sqrt(wide / narrow) > search->max_stretch) {
        return false;
    }
    *square = (LkSquare){
        {search->window.x0 + x * step + 0.5, search->window.y0 + y * step + 0.5},
        side,
        solid > DISC_MIN && solid < DISC_MAX && sqrt(area) >= DISC_SIDE_MIN};
    return true;
}

void
lk_squares_find(const LkImage *image, const LkSquareSearch *asked, GArray *squares)
{
    LkSquareSearch search = *asked;
    search.window = lk_window_clip(image, asked->window);
    search.step = MAX(asked->step, 1);
    if (lk_window_is_empty(search.window)) {
        return;
    }
    g_autoptr(GArray) blobs = g_array_new(FALSE, FALSE, sizeof(Blob));
    find_blobs(image, &search, blobs);
    for (guint i = 0; i < blobs->len; i++) {
        const Blob *blob = &g_array_index(blobs, Blob, i);
        LkSquare square;
        if (blob->parent == (int)i && is_square(blob, &search, &square)) {
            g_array_append_val(squares, square);
        }
    }
}

/* --- Local thresholds. ---------------------------------------------------------------
 */

static int
shift_for(const LkImage *image)
{
    int shift = 3, wanted = MAX(image->width, image->height) / 28;
    while ((1 << (shift + 1)) <= wanted) {
        shift++;
    }
    return shift;
}

/* Half of the white around: the brightest tenth of the tile and its neighbours. */
static int
tile_threshold(const LkImage *image, int x, int y, int size)
{
    LkWindow window = {x - size / 2, y - size / 2, x + size + size / 2,
                       y + size + size / 2};
    window = lk_window_clip(image, window);
    int step = MAX(size / 24, 1), count[256] = {0}, n = 0;
    for (int row = window.y0; row < window.y1; row += step) {
        const uint8_t *pixels = image->pixels + (size_t)row * image->stride;
        for (int col = window.x0; col < window.x1; col += step, n++) {
            count[pixels[col]]++;
        }
    }
    int light = 255, dark = 0;
    for (int seen = count[255]; seen < n / 10 && light > 0;) {
        seen += count[--light];
    }
    for (int seen = count[0]; seen < n / 100 && dark < 255;) {
        seen += count[++dark];
    }
    return light - dark < TILE_CONTRAST_MIN ? 0 : (light + dark) / 2;
}

void
lk_thresholds_local(const LkImage *image, LkThresholds *thresholds)
{
    int shift = shift_for(image), size = 1 << shift;
    int columns = (image->width + size - 1) >> shift;
    int rows = (image->height + size - 1) >> shift;
    *thresholds =
        (LkThresholds){shift, columns, g_new(uint8_t, (gsize)columns * (gsize)rows)};
    for (int row = 0; row < rows; row++) {
        for (int col = 0; col < columns; col++) {
            thresholds->at[row * columns + col] =
                (uint8_t)tile_threshold(image, col * size, row * size, size);
        }
    }
}

void
lk_thresholds_clear(LkThresholds *thresholds)
{
    g_clear_pointer(&thresholds->at, g_free);
}
