/* classifier.c - the network, layer by layer. Keep in step with
 * tests/train/classifier.py, which trains it. */
#include "read/classifier.h"

#include <math.h>
#include <string.h>

#include "read/classifier_weights.inc"

#define SCALE 512.0f /* of the weights */
#define N_CLASSES 3
#define N_HIDDEN 24
#define LARGEST 24   /* channels out of a layer */
#define MARKS_MAX 12 /* more tell nothing new of a writer */
#define THROUGH_MAX_MM 4

/* A convolution of 3 x 3, every second row and column, the border taken as paper. */
typedef struct {
    size_t n_in, n_out;  /* channels */
    int side;            /* of what comes in; half of it goes out */
    const float *weight; /* row, column, channel in, channel out */
    const float *bias;
} Layer;

struct LkClassifier {
    float conv1[G_N_ELEMENTS(conv1_weights)], bias1[G_N_ELEMENTS(conv1_bias)];
    float conv2[G_N_ELEMENTS(conv2_weights)], bias2[G_N_ELEMENTS(conv2_bias)];
    float conv3[G_N_ELEMENTS(conv3_weights)], bias3[G_N_ELEMENTS(conv3_bias)];
    float conv4[G_N_ELEMENTS(conv4_weights)], bias4[G_N_ELEMENTS(conv4_bias)];
    float dense[G_N_ELEMENTS(dense_weights)], bias5[G_N_ELEMENTS(dense_bias)];
    float out[G_N_ELEMENTS(out_weights)], bias6[G_N_ELEMENTS(out_bias)];
};

static void
unpack(const int16_t *packed, size_t n, float *weights)
{
    for (size_t i = 0; i < n; i++) {
        weights[i] = (float)packed[i] / SCALE;
    }
}

#define UNPACK(table, to) unpack(table, G_N_ELEMENTS(table), to)

LkClassifier *
lk_classifier_new(void)
{
    LkClassifier *c = g_new(LkClassifier, 1);
    UNPACK(conv1_weights, c->conv1);
    UNPACK(conv1_bias, c->bias1);
    UNPACK(conv2_weights, c->conv2);
    UNPACK(conv2_bias, c->bias2);
    UNPACK(conv3_weights, c->conv3);
    UNPACK(conv3_bias, c->bias3);
    UNPACK(conv4_weights, c->conv4);
    UNPACK(conv4_bias, c->bias4);
    UNPACK(dense_weights, c->dense);
    UNPACK(dense_bias, c->bias5);
    UNPACK(out_weights, c->out);
    UNPACK(out_bias, c->bias6);
    return c;
}

void
lk_classifier_free(LkClassifier *classifier)
{
    g_free(classifier);
}

/* Eight sums at once, in one register or two: each is added up in the same order, so
 * every processor comes to the same. */
typedef float Eight __attribute__((vector_size(8 * sizeof(float))));

#ifdef __x86_64__
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

/* Adds @x times a row of weights to @sums, @n a multiple of eight. Inline, with @n
 * known to the compiler, so that the sums stay in registers. */
__attribute__((always_inline)) static inline void
add_scaled(float x, const float *weights, size_t n, Eight *sums)
{
    for (size_t i = 0; i < n / 8; i++) {
        Eight eight;
        memcpy(&eight, weights + 8 * i, sizeof eight);
        sums[i] += x * eight;
    }
}

__attribute__((always_inline)) static inline void
rectify(const Eight *sums, size_t n, float *values)
{
    memcpy(values, sums, sizeof(float) * n);
    for (size_t i = 0; i < n; i++) {
        values[i] = values[i] > 0 ? values[i] : 0;
    }
}

__attribute__((always_inline)) static inline void
convolve_as(const Layer *layer, size_t n_out, const float *in, float *out)
{
    int side = layer->side / 2;
    for (int i = 0; i < side * side; i++) {
        int row = 2 * (i / side) - 1, col = 2 * (i % side) - 1;
        Eight sums[LARGEST / 8];
        memcpy(sums, layer->bias, sizeof(float) * n_out);
        for (int k = 0; k < 9; k++) {
            int y = row + k / 3, x = col + k % 3;
            if (y < 0 || x < 0 || y >= layer->side || x >= layer->side) {
                continue;
            }
            const float *from = in + (size_t)(y * layer->side + x) * layer->n_in;
            const float *weights = layer->weight + (size_t)k * layer->n_in * n_out;
            for (size_t c = 0; c < layer->n_in; c++) {
                if (from[c] != 0) {
                    add_scaled(from[c], weights + c * n_out, n_out, sums);
                }
            }
        }
        rectify(sums, n_out, out + (size_t)i * n_out);
    }
}

FOR_EACH_PROCESSOR static void
convolve(const Layer *layer, const float *in, float *out)
{
    switch (layer->n_out) {
    case 8:
        convolve_as(layer, 8, in, out);
        break;
    case 16:
        convolve_as(layer, 16, in, out);
        break;
    default:
        g_assert(layer->n_out == LARGEST);
        convolve_as(layer, LARGEST, in, out);
    }
}

static void
classify(const LkClassifier *c, const float *hidden, float logits[N_CLASSES])
{
    for (int k = 0; k < N_CLASSES; k++) {
        logits[k] = c->bias6[k];
        for (int i = 0; i < N_HIDDEN; i++) {
            logits[k] += hidden[i] * c->out[i * N_CLASSES + k];
        }
    }
}

/* Ink, printed outline, place to write: three channels. */
static void
spread(const LkMarkView *view, float *in)
{
    for (size_t i = 0; i < (size_t)LK_VIEW_N * LK_VIEW_N; i++) {
        in[3 * i] = (float)view->ink[i] / 255;
        in[3 * i + 1] = view->kind[i] == LK_VIEW_OUTLINE ? 1 : 0;
        in[3 * i + 2] = view->kind[i] == LK_VIEW_WRITING ? 1 : 0;
    }
}

static LkMarkOdds
softmax(const float logits[N_CLASSES])
{
    double most = MAX(MAX((double)logits[0], (double)logits[1]), (double)logits[2]);
    double p[N_CLASSES], sum = 0;
    for (int i = 0; i < N_CLASSES; i++) {
        p[i] = exp((double)logits[i] - most);
        sum += p[i];
    }
    return (LkMarkOdds){p[0] / sum, p[1] / sum, p[2] / sum};
}

LkMarkOdds
lk_classifier_judge(const LkClassifier *c, const LkMarkView *view,
                    const LkMarkHabit *habit)
{
    enum { N = LK_VIEW_N, LAST = 24 * (N / 16) * (N / 16) };
    const Layer layers[] = {{3, 8, N, c->conv1, c->bias1},
                            {8, 16, N / 2, c->conv2, c->bias2},
                            {16, 24, N / 4, c->conv3, c->bias3},
                            {24, 24, N / 8, c->conv4, c->bias4}};
    float first[N * N * 3], a[N / 2 * N / 2 * 8], b[N / 4 * N / 4 * 16];
    float d[N / 8 * N / 8 * 24], last[LAST + 3];
    spread(view, first);
    convolve(&layers[0], first, a);
    convolve(&layers[1], a, b);
    convolve(&layers[2], b, d);
    convolve(&layers[3], d, last);
    last[LAST] = (float)MIN(habit->marks, MARKS_MAX) / MARKS_MAX;
    last[LAST + 1] = (float)habit->coverage;
    last[LAST + 2] = (float)(MIN(habit->through, THROUGH_MAX_MM) / THROUGH_MAX_MM);
    float hidden[N_HIDDEN], logits[N_CLASSES];
    Eight sums[N_HIDDEN / 8];
    memcpy(sums, c->bias5, sizeof sums);
    for (int i = 0; i < LAST + 3; i++) {
        add_scaled(last[i], c->dense + (size_t)i * N_HIDDEN, N_HIDDEN, sums);
    }
    rectify(sums, N_HIDDEN, hidden);
    classify(c, hidden, logits);
    return softmax(logits);
}
