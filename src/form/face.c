/* face.c - the faces of a scale for children, very sad to very happy.
 *
 * Told apart by more than the mouth, so that a bad photocopy still shows which is
 * which: the saddest has brows and a tear, the happiest laughs with its eyes closed. */
#include "form/plan.h"

#define OUTLINE_MM 0.35
#define STROKE_MM 0.45
#define BLACK 0.0
#define HOLLOW (-1.0)

typedef struct {
    LkPlan *plan;
    LkPoint middle;
    double radius;
} Face;

/* Points of a face in radii from its middle, y down. */
static LkPoint
at(const Face *face, double x, double y)
{
    return (LkPoint){face->middle.x + x * face->radius,
                     face->middle.y + y * face->radius};
}

static void
put_dot(const Face *face, double x, double y, double rx, double ry)
{
    LkPoint corner = at(face, x - rx, y - ry);
    lk_put_oval(
        face->plan,
        (LkRect){corner.x, corner.y, 2 * rx * face->radius, 2 * ry * face->radius}, 0,
        BLACK);
}

/* A bow from @from to @to, symmetrical; its ends at @y, its middle pulled to @pull. */
static void
put_bow(const Face *face, double from, double to, double y, double pull, double fill)
{
    double quarter = (to - from) / 4;
    const LkPoint points[4] = {at(face, from, y), at(face, from + quarter, pull),
                               at(face, to - quarter, pull), at(face, to, y)};
    lk_put_curve(face->plan, points, STROKE_MM, fill);
}

static void
put_eyes(const Face *face)
{
    put_dot(face, -0.36, -0.22, 0.12, 0.15);
    put_dot(face, 0.36, -0.22, 0.12, 0.15);
}

void
lk_put_face(LkPlan *plan, LkRect rect, int mood)
{
    double radius = rect.h / 2;
    const Face face = {plan, {rect.x + rect.w / 2, rect.y + radius}, radius};
    LkRect round = {face.middle.x - radius, rect.y, rect.h, rect.h};
    lk_put_oval(plan, lk_rect_inset(round, OUTLINE_MM / 2), OUTLINE_MM, HOLLOW);
    switch (mood) {
    case 1: /* brows up in the middle, a tear, mouth far down */
        put_eyes(&face);
        lk_put_line(plan, at(&face, -0.62, -0.42), at(&face, -0.22, -0.62), STROKE_MM);
        lk_put_line(plan, at(&face, 0.62, -0.42), at(&face, 0.22, -0.62), STROKE_MM);
        put_dot(&face, -0.5, 0.16, 0.1, 0.18);
        put_bow(&face, -0.42, 0.42, 0.66, 0.12, HOLLOW);
        break;
    case 2:
        put_eyes(&face);
        put_bow(&face, -0.42, 0.42, 0.52, 0.3, HOLLOW);
        break;
    case 3:
        put_eyes(&face);
        lk_put_line(plan, at(&face, -0.4, 0.42), at(&face, 0.4, 0.42), STROKE_MM);
        break;
    case 4:
        put_eyes(&face);
        put_bow(&face, -0.46, 0.46, 0.28, 0.66, HOLLOW);
        break;
    default: /* laughs: eyes closed, mouth open */
        put_bow(&face, -0.56, -0.16, -0.16, -0.5, HOLLOW);
        put_bow(&face, 0.16, 0.56, -0.16, -0.5, HOLLOW);
        put_bow(&face, -0.56, 0.56, 0.16, 0.96, BLACK);
        break;
    }
}
