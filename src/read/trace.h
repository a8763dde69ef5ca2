/* trace.h - notes on how a reading came about. Every function does nothing without a
 * trace, so that the reader can be told in one line. */
#ifndef LK_READ_TRACE_H
#define LK_READ_TRACE_H

#include "read/locate.h"
#include "read/mark.h"
#include "read/read.h"
#include "read/register.h"

/** lk_trace_anchors: what was found in the image, before anything is doubted; looks for
 * codes all over it, which nobody else needs. */
void lk_trace_anchors(LkReadTrace *trace, LkDecoder *decoder, const LkImage *image,
                      const LkAnchors *anchors);
/** lk_trace_fit: @h was fitted to what is left in @anchors. */
void lk_trace_fit(LkReadTrace *trace, const LkAnchors *anchors, const double h[9]);
void lk_trace_registration(LkReadTrace *trace, const LkRegistration *registration);
/** lk_trace_box: the next one. @odds: NULL if the classifier was not asked. */
void lk_trace_box(LkReadTrace *trace, LkPoint center, bool own_outline,
                  const LkMarkFeatures *features, const LkBoxReading *rules,
                  const LkMarkOdds *odds);

#endif
