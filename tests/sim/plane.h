/* plane.h - work on whole planes of pixels; for the simulator's own files. */
#ifndef SIM_PLANE_H
#define SIM_PLANE_H

#include "tests/sim/sim.h"

/** A plane to take samples from; rows without padding. */
typedef struct {
    int width, height;
    const uint8_t *pixels;
    const uint8_t *white; /* nullable: from sim_white_tiles(), to be passed over */
} SimView;

/** sim_white_tiles: (transfer full): which tiles of the plane are white. For SimView.
 */
uint8_t *sim_white_tiles(const uint8_t *plane, int width, int height);

/** sim_blur: Gaussian, @sigma px, in place. */
void sim_blur(uint8_t *plane, int width, int height, double sigma);
/** sim_noise: adds normal noise of @sigma grey levels. */
void sim_noise(uint8_t *plane, int width, int height, double sigma, SimRandom *random);
void sim_tone(uint8_t *plane, size_t n, const uint8_t curve[256]);
/** sim_absorb: @out = @print where @ink lets it through; solid ink takes @depth of it.
 */
void sim_absorb(uint8_t *out, const uint8_t *print, const uint8_t *ink, size_t n,
                double depth);
/** sim_replace: @grey where @which is @value. */
void sim_replace(uint8_t *plane, const uint8_t *which, size_t n, uint8_t value,
                 uint8_t grey);
/** sim_lift: @out = green of @n pixels of cairo's @argb, 0 lifted to @lift. */
void sim_lift(uint8_t *out, const uint8_t *argb, int n, int lift);
/** sim_gain: @n pixels times @gain, 256 = 1. */
void sim_gain(uint8_t *row, const uint16_t *gain, int n);
/** sim_disc: a soft round spot of @grey. */
void sim_disc(uint8_t *plane, int width, int height, LkPoint at, double radius,
              int grey);
/** sim_sample: @n bilinear samples from @start (px of @from) on, @step apart. */
void sim_sample(const SimView *from, LkPoint start, LkPoint step, uint8_t *out, int n,
                uint8_t outside);

#endif
