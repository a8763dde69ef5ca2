/* phone.c - a page on a desk, photographed with a tablet: perspective, paper that does
 * not lie flat, a shadow, a lens. */
#include "tests/sim/plane.h"

#include <math.h>
#include <string.h>

typedef struct {
    double m[9];
} Matrix;

static Matrix
multiply(const Matrix *a, const Matrix *b)
{
    Matrix c;
    for (int r = 0; r < 3; r++) {
        for (int k = 0; k < 3; k++) {
            c.m[3 * r + k] = a->m[3 * r] * b->m[k] + a->m[3 * r + 1] * b->m[3 + k] +
                             a->m[3 * r + 2] * b->m[6 + k];
        }
    }
    return c;
}

static Matrix
invert(const Matrix *a)
{
    const double *m = a->m;
    double c0 = m[4] * m[8] - m[5] * m[7];
    double c1 = m[5] * m[6] - m[3] * m[8];
    double c2 = m[3] * m[7] - m[4] * m[6];
    double det = m[0] * c0 + m[1] * c1 + m[2] * c2;
    Matrix i = {{c0, m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4], c1,
                 m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5], c2,
                 m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3]}};
    for (int k = 0; k < 9; k++) {
        i.m[k] /= det;
    }
    return i;
}

/* Turned about axis 0 (x), 1 (y) or 2 (z). */
static Matrix
rotation(int axis, double degrees)
{
    double c = cos(degrees * G_PI / 180);
    double s = sin(degrees * G_PI / 180);
    int i = axis == 0 ? 1 : 0;
    int j = axis == 2 ? 1 : 2;
    Matrix r = {{1, 0, 0, 0, 1, 0, 0, 0, 1}};
    r.m[4 * i] = c;
    r.m[4 * j] = c;
    r.m[3 * i + j] = -s;
    r.m[3 * j + i] = s;
    return r;
}

/* Page mm -> px about the middle of the view, by a pinhole over the page's centre. */
static Matrix
camera(const SimPhone *phone)
{
    Matrix turn = rotation(2, phone->turn + phone->roll_deg);
    Matrix pitch = rotation(0, phone->pitch_deg);
    Matrix yaw = rotation(1, phone->yaw_deg);
    Matrix tilt = multiply(&yaw, &pitch);
    Matrix r = multiply(&tilt, &turn);
    double away = phone->distance * LK_PAGE_HEIGHT_MM;
    double px_mm = phone->dpi / 25.4;
    /* The page lies in z = 0: third column of the rotation drops out. */
    Matrix pose = {{px_mm * r.m[0], px_mm * r.m[1], 0, px_mm * r.m[3], px_mm * r.m[4],
                    0, r.m[6] / away, r.m[7] / away, 1}};
    Matrix center = {
        {1, 0, -LK_PAGE_WIDTH_MM / 2, 0, 1, -LK_PAGE_HEIGHT_MM / 2, 0, 0, 1}};
    return multiply(&pose, &center);
}

/* The whole page is in view, with some desk around it: sets the size of @image and
 * returns page mm -> image px. */
static Matrix
frame(const SimPhone *phone, SimImage *image)
{
    Matrix view = camera(phone);
    double lo[2] = {INFINITY, INFINITY};
    double hi[2] = {-INFINITY, -INFINITY};
    for (int i = 0; i < 4; i++) {
        double x = i % 2 * LK_PAGE_WIDTH_MM;
        double y = i / 2 * LK_PAGE_HEIGHT_MM;
        double w = view.m[6] * x + view.m[7] * y + view.m[8];
        for (int k = 0; k < 2; k++) {
            const double *m = view.m + (ptrdiff_t)3 * k;
            double at = (m[0] * x + m[1] * y + m[2]) / w;
            lo[k] = fmin(lo[k], at);
            hi[k] = fmax(hi[k], at);
        }
    }
    double margin = phone->margin * LK_PAGE_HEIGHT_MM * phone->dpi / 25.4;
    image->width = (int)lrint(hi[0] - lo[0] + 2 * margin);
    image->height = (int)lrint(hi[1] - lo[1] + 2 * margin);
    Matrix move = {{1, 0, margin - lo[0], 0, 1, margin - lo[1], 0, 0, 1}};
    return multiply(&move, &view);
}

/* All that decides what a pixel sees. */
typedef struct {
    const SimSheet *sheet;
    const SimPhone *phone;
    Matrix to_page;
    double phase[3];
    double light_x, light_y;                   /* direction the light comes from */
    double edge_x, edge_y, edge_at, edge_soft; /* of the shadow, 0..1 image */
    double grain;
} Scene;

static double
lit(const Scene *scene, double u, double v)
{
    const SimPhone *phone = scene->phone;
    double side = (u - 0.5) * scene->light_x + (v - 0.5) * scene->light_y;
    double fall = 1 + phone->gradient * side;
    double past =
        (u * scene->edge_x + v * scene->edge_y - scene->edge_at) / scene->edge_soft;
    double shade = 1 - phone->shadow / (1 + exp(-past));
    return phone->light * fall * shade;
}

/* Between the four pixels at @p, the rows @width apart; @fx, @fy of 256. */
static int
mix(const uint8_t *p, size_t width, int fx, int fy)
{
    int top = p[0] * (256 - fx) + p[1] * fx;
    int low = p[width] * (256 - fx) + p[width + 1] * fx;
    return (top * (256 - fy) + low * fy) >> 8;
}

/* Share of each colour that the paper throws back. */
static void
paper_colour(const Scene *scene, LkPoint px, double rgb[3])
{
    const SimSheet *sheet = scene->sheet;
    int x = (int)(256 * (px.x - 0.5));
    int y = (int)(256 * (px.y - 0.5));
    size_t width = (size_t)sheet->width;
    size_t at = (size_t)(y >> 8) * width + (size_t)(x >> 8);
    double print =
        0.06 + 0.94 * mix(sheet->print + at, width, x & 255, y & 255) / 65280;
    int inked = mix(sheet->ink + at, width, x & 255, y & 255);
    double ink = inked * sheet->pen.contrast / 65280;
    for (int c = 0; c < 3; c++) {
        rgb[c] =
            inked == 0 ? print : print * (1 - ink * (1 - sheet->pen.rgb[c] / 255.0));
    }
}

#define WAVE 1024 /* steps a turn, a power of two */

/* sin(@angle), near enough for wood. */
static double
wave(double angle)
{
    static float turn[WAVE];
    static gsize once = 0;
    if (g_once_init_enter(&once)) {
        for (int i = 0; i < WAVE; i++) {
            turn[i] = (float)sin(2 * G_PI * i / WAVE);
        }
        g_once_init_leave(&once, 1);
    }
    return (double)turn[(int)lrint(angle * WAVE / (2 * G_PI)) & (WAVE - 1)];
}

/* A wooden table. */
static void
desk_colour(const Scene *scene, LkPoint mm, double rgb[3])
{
    double ring = wave(mm.x * 0.11 + 2 * wave(mm.y * 0.013 + scene->phase[2]));
    double fine = wave(mm.x * 1.7 + 3 * wave(mm.y * 0.05));
    double wood = 0.42 + 0.06 * ring + 0.025 * fine;
    rgb[0] = wood;
    rgb[1] = wood * 0.74;
    rgb[2] = wood * 0.52;
}

/* What an image px sees: where on the desk, where on the paper, by how much light. */
typedef struct {
    LkPoint mm; /* as if everything were flat */
    LkPoint px; /* of the sheet */
    double light;
} Ray;

static Ray
cast(const Scene *scene, const SimImage *image, double u, double v)
{
    const double *m = scene->to_page.m;
    double w = m[6] * u + m[7] * v + m[8];
    Ray ray = {
        .mm = {(m[0] * u + m[1] * v + m[2]) / w, (m[3] * u + m[4] * v + m[5]) / w}};
    double bulge = scene->phone->bulge_mm;
    double px_mm = scene->sheet->dpi / 25.4;
    ray.px.x = px_mm * (ray.mm.x +
                        0.5 * bulge *
                            sin(G_PI * ray.mm.y / LK_PAGE_HEIGHT_MM + scene->phase[0]));
    ray.px.y =
        px_mm *
        (ray.mm.y + bulge * sin(G_PI * ray.mm.x / LK_PAGE_WIDTH_MM + scene->phase[1]));
    ray.light = 255 * lit(scene, u / image->width, v / image->height);
    return ray;
}

static LkPoint
between(LkPoint a, LkPoint b, double t)
{
    return (LkPoint){a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t};
}

static bool
is_on_paper(const SimSheet *sheet, LkPoint px)
{
    return px.x > 1 && px.y > 1 && px.x < sheet->width - 2 &&
           px.y < sheet->height - 2 && !sim_sheet_is_gone(sheet, (int)px.x, (int)px.y);
}

/* Rays are cast every few px: between them nothing bends. */
#define RAYS_APART 8

static void
expose_row(const Scene *scene, const SimImage *image, int v, uint8_t *rows[3])
{
    double warmth = scene->phone->warmth;
    double tint[3] = {1 + warmth, 1, 1 - warmth};
    Ray a = cast(scene, image, 0.5, v + 0.5);
    Ray b = a;
    for (int u = 0; u < image->width; u++) {
        int step = u % RAYS_APART;
        if (step == 0) {
            a = u == 0 ? a : b;
            b = cast(scene, image, u + 0.5 + RAYS_APART, v + 0.5);
        }
        double t = (double)step / RAYS_APART;
        LkPoint px = between(a.px, b.px, t);
        double light = a.light + (b.light - a.light) * t;
        double rgb[3];
        if (is_on_paper(scene->sheet, px)) {
            paper_colour(scene, px, rgb);
        } else {
            desk_colour(scene, between(a.mm, b.mm, t), rgb);
        }
        for (int c = 0; c < 3; c++) {
            rows[c][u] = (uint8_t)CLAMP(rgb[c] * light * tint[c], 0, 255);
        }
    }
}

static void
expose(const Scene *scene, SimImage *image, uint8_t *planes[3])
{
    for (int v = 0; v < image->height; v++) {
        size_t at = (size_t)v * (size_t)image->width;
        uint8_t *rows[3] = {planes[0] + at, planes[1] + at, planes[2] + at};
        expose_row(scene, image, v, rows);
    }
}

static Scene
set_scene(const SimSheet *sheet, const SimPhone *phone, const Matrix *to_image,
          SimRandom *random)
{
    Scene scene = {.sheet = sheet, .phone = phone, .to_page = invert(to_image)};
    for (int i = 0; i < 3; i++) {
        scene.phase[i] = sim_uniform(random, 0, G_PI);
    }
    double from = sim_uniform(random, 0, 2 * G_PI);
    scene.light_x = cos(from);
    scene.light_y = sin(from);
    double edge = sim_uniform(random, -0.7, 0.7); /* the shadow of whoever holds it */
    scene.edge_x = sin(edge);
    scene.edge_y = cos(edge);
    scene.edge_at = sim_uniform(random, 0.5, 0.9);
    scene.edge_soft = sim_uniform(random, 0.01, 0.08);
    return scene;
}

static void
interleave(SimImage *image, uint8_t *planes[3])
{
    size_t n = (size_t)image->width * (size_t)image->height;
    image->pixels = g_malloc(3 * n);
    for (size_t i = 0; i < n; i++) {
        for (size_t c = 0; c < 3; c++) {
            image->pixels[3 * i + c] = planes[c][i];
        }
    }
}

SimImage *
sim_photo(const SimSheet *sheet, const SimPhone *phone, SimRandom *random)
{
    /* EXIF orientation that turns the pixels back (TIFF 6.0, tag 274). */
    static const int back[4] = {1, 8, 3, 6};
    SimImage *image = g_new0(SimImage, 1);
    Matrix to_image = frame(phone, image);
    image->channels = 3;
    image->dpi = phone->dpi;
    image->exif = phone->exif ? back[phone->turn / 90] : 0;
    Scene scene = set_scene(sheet, phone, &to_image, random);
    uint8_t *planes[3];
    for (int c = 0; c < 3; c++) {
        planes[c] = g_malloc((gsize)image->width * (gsize)image->height);
    }
    expose(&scene, image, planes);
    for (int c = 0; c < 3; c++) {
        sim_blur(planes[c], image->width, image->height, phone->blur_px);
        sim_noise(planes[c], image->width, image->height, phone->noise, random);
    }
    interleave(image, planes);
    for (int c = 0; c < 3; c++) {
        g_free(planes[c]);
    }
    return image;
}
