/* crop.h - a box cut out of a page, with all that its page tells about it: small enough
 * to be kept by the dozen, and read by the same code as a page. */
#ifndef SIM_CROP_H
#define SIM_CROP_H

#include "read/mark.h"
#include "tests/sim/sim.h"

G_BEGIN_DECLS

/** What lies around the box, and what the rest of the page said. The picture shows the
 * box and beside it another one of the page that is empty and clean: the measure of its
 * paper and print. */
typedef struct {
    char *name;         /* of the PNG, without its folder and ".png" */
    SimMeaning meaning; /* of the pen */
    bool must; /* so clear that it must be decided; else a person may be asked */
    double paper, ink; /* grey, of the whole page */
    LkMarkHabit habit; /* of the page */
    double to_px[4];   /* px a mm: x by x, x by y, y by x, y by y */
    LkPoint at, clean; /* px: middle of the box, and of the clean one */
    bool own_outline;  /* the box's own was found on the page */
    GArray *boxes;     /* LkPoint, mm from the box: its neighbours */
    GArray *writing;   /* LkRect, mm from the box: lines, cells */
    char *source;      /* set, condition, file, page, box: to be found again */
} SimCrop;

void sim_crop_free(SimCrop *crop);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimCrop, sim_crop_free)

/** sim_crop_columns: (transfer none): the first line of an index. */
const char *sim_crop_columns(void);
/** sim_crop_say: (transfer full): its line of the index, without an end of line. */
char *sim_crop_say(const SimCrop *crop);
/** sim_crop_parse: (transfer full): from such a line; NULL if it is none. */
SimCrop *sim_crop_parse(const char *line);

/**
 * sim_crop_measure:
 * @image: the picture
 * @view: (out): what the classifier is to see; NULL: a clean box
 *
 * Measures the box as the reader does on a whole page.
 */
LkMarkFeatures sim_crop_measure(const SimCrop *crop, const LkImage *image,
                                LkMarkView **view);

G_END_DECLS

#endif
