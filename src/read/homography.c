/* homography.c - fitting and using the map between page and image. */
#include "read/homography.h"

#include <math.h>
#include <string.h>

#include "read/read.h"

#define N_UNKNOWN 8
#define N_ROUNDS 4 /* reweighting converges in two or three on anything sane */

LkPoint
lk_map_point(const double h[9], LkPoint p)
{
    double w = h[6] * p.x + h[7] * p.y + h[8];
    return (LkPoint){(h[0] * p.x + h[1] * p.y + h[2]) / w,
                     (h[3] * p.x + h[4] * p.y + h[5]) / w};
}

double
lk_homography_error(const double h[9], const LkPair *pair)
{
    LkPoint at = lk_map_point(h, pair->page);
    return hypot(at.x - pair->image.x, at.y - pair->image.y);
}

void
lk_homography_jacobian(const double h[9], LkPoint p, double jacobian[4])
{
    double w = h[6] * p.x + h[7] * p.y + h[8];
    LkPoint at = lk_map_point(h, p);
    jacobian[0] = (h[0] - h[6] * at.x) / w;
    jacobian[1] = (h[1] - h[7] * at.x) / w;
    jacobian[2] = (h[3] - h[6] * at.y) / w;
    jacobian[3] = (h[4] - h[7] * at.y) / w;
}

static void
multiply(const double a[9], const double b[9], double product[9])
{
    for (int i = 0; i < 9; i++) {
        const double *row = i < 3 ? a : i < 6 ? a + 3 : a + 6;
        product[i] = row[0] * b[i % 3] + row[1] * b[3 + i % 3] + row[2] * b[6 + i % 3];
    }
}

bool
lk_homography_invert(const double h[9], double inverse[9])
{
    double adjoint[9] = {
        h[4] * h[8] - h[5] * h[7], h[2] * h[7] - h[1] * h[8], h[1] * h[5] - h[2] * h[4],
        h[5] * h[6] - h[3] * h[8], h[0] * h[8] - h[2] * h[6], h[2] * h[3] - h[0] * h[5],
        h[3] * h[7] - h[4] * h[6], h[1] * h[6] - h[0] * h[7], h[0] * h[4] - h[1] * h[3],
    };
    double det = h[0] * adjoint[0] + h[1] * adjoint[3] + h[2] * adjoint[6];
    if (!(fabs(det) > 1e-12) || !(fabs(adjoint[8]) > 1e-12)) {
        return false;
    }
    for (int i = 0; i < 9; i++) {
        inverse[i] = adjoint[i] / adjoint[8];
    }
    return true;
}

/* Gaussian elimination with partial pivoting; @a is N rows of N + 1. */
static bool
solve(double a[N_UNKNOWN][N_UNKNOWN + 1], double x[N_UNKNOWN])
{
    for (int col = 0; col < N_UNKNOWN; col++) {
        int pivot = col;
        for (int row = col + 1; row < N_UNKNOWN; row++) {
            pivot = fabs(a[row][col]) > fabs(a[pivot][col]) ? row : pivot;
        }
        if (!(fabs(a[pivot][col]) > 1e-9)) {
            return false;
        }
        for (int k = 0; k <= N_UNKNOWN && pivot != col; k++) {
            double swap = a[col][k];
            a[col][k] = a[pivot][k];
            a[pivot][k] = swap;
        }
        for (int row = col + 1; row < N_UNKNOWN; row++) {
            double factor = a[row][col] / a[col][col];
            for (int k = col; k <= N_UNKNOWN; k++) {
                a[row][k] -= factor * a[col][k];
            }
        }
    }
    for (int row = N_UNKNOWN - 1; row >= 0; row--) {
        double sum = a[row][N_UNKNOWN];
        for (int k = row + 1; k < N_UNKNOWN; k++) {
            sum -= a[row][k] * x[k];
        }
        x[row] = sum / a[row][row];
    }
    return true;
}

/* Centre and scale of one side of the pairs, as a map to about [-1, 1]. */
static bool
normaliser(const LkPair *pairs, int n, bool image, double t[9])
{
    double x = 0, y = 0, spread = 0;
    for (int i = 0; i < n; i++) {
        LkPoint p = image ? pairs[i].image : pairs[i].page;
        x += p.x / n;
        y += p.y / n;
    }
    for (int i = 0; i < n; i++) {
        LkPoint p = image ? pairs[i].image : pairs[i].page;
        spread += hypot(p.x - x, p.y - y) / n;
    }
    if (!(spread > 1e-6)) {
        return false;
    }
    double s = 1 / spread;
    double map[9] = {s, 0, -s * x, 0, s, -s * y, 0, 0, 1};
    memcpy(t, map, sizeof map);
    return true;
}

static void
add_row(double a[N_UNKNOWN][N_UNKNOWN + 1], const double row[N_UNKNOWN + 1],
        double weight)
{
    for (int i = 0; i < N_UNKNOWN; i++) {
        for (int j = 0; j <= N_UNKNOWN; j++) {
            a[i][j] += weight * row[i] * row[j];
        }
    }
}

/* One round of weighted least squares in normalised coordinates. */
static bool
fit_round(const GArray *pairs, double stiffness, double h[9])
{
    double a[N_UNKNOWN][N_UNKNOWN + 1] = {{0}};
    for (guint i = 0; i < pairs->len; i++) {
        const LkPair *pair = &g_array_index(pairs, LkPair, i);
        LkPoint p = pair->page, q = pair->image;
        double w = h[6] * p.x + h[7] * p.y + 1;
        if (!(w > 0.05)) {
            return false;
        }
        double weight = pair->weight / (w * w);
        double along_x[] = {p.x, p.y, 1, 0, 0, 0, -p.x * q.x, -p.y * q.x, q.x};
        double along_y[] = {0, 0, 0, p.x, p.y, 1, -p.x * q.y, -p.y * q.y, q.y};
        add_row(a, along_x, weight);
        add_row(a, along_y, weight);
    }
    a[6][6] += stiffness;
    a[7][7] += stiffness;
    h[8] = 1;
    return solve(a, h);
}

bool
lk_homography_fit(const LkPair *pairs, int n, double stiffness, double h[9])
{
    double from[9], to[9], back[9], half[9], full[9];
    if (n < 3 || !normaliser(pairs, n, false, from) ||
        !normaliser(pairs, n, true, to) || !lk_homography_invert(to, back)) {
        return false;
    }
    g_autoptr(GArray) scaled =
        g_array_sized_new(FALSE, FALSE, sizeof(LkPair), (guint)n);
    for (int i = 0; i < n; i++) {
        LkPair pair = {lk_map_point(from, pairs[i].page),
                       lk_map_point(to, pairs[i].image), pairs[i].weight};
        g_array_append_val(scaled, pair);
    }
    double fit[9] = {0};
    for (int round = 0; round < N_ROUNDS; round++) {
        if (!fit_round(scaled, stiffness, fit)) {
            return false;
        }
    }
    multiply(fit, from, half);
    multiply(back, half, full);
    if (!(full[8] > 1e-9)) {
        return false;
    }
    for (int i = 0; i < 9; i++) {
        full[i] /= full[8];
    }
    memcpy(h, full, sizeof full);
    return true;
}
