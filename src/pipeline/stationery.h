/* stationery.h - what issue needs of the stationery, and nobody else. */
#ifndef LK_PIPELINE_STATIONERY_H
#define LK_PIPELINE_STATIONERY_H

#include "pipeline/pipeline.h"

G_BEGIN_DECLS

/** lk_stationery_fonts: (transfer none). */
const LkFonts *lk_stationery_fonts(const LkStationery *stationery);

G_END_DECLS

#endif
