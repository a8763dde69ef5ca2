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

#define WAVE 1024 /* steps a turn, a power of two */

/* sin(@angle) for angles above -400, near enough for wood. */
static float
wave(float angle)
{
    static float turn[WAVE];
    static gsize once = 0;
    if (g_once_init_enter(&once)) {
        for (int i = 0; i < WAVE; i++) {
            turn[i] = (float)sin(2 * G_PI * i / WAVE);
        }
        g_once_init_leave(&once, 1);
    }
    /* whole turns added, so that cutting off rounds down */
    return turn[(int)(angle * (float)(WAVE / (2 * G_PI)) + 64 * WAVE) & (WAVE - 1)];
}

/** What an image px sees. */
typedef struct {
    float x, y;       /* px of the sheet, from the middle of its first one */
    float light;      /* 0 .. 255 */
    float ring, fine; /* where in the grain of the wood, rad */
} Ray;

static Ray
cast(const Scene *scene, const SimImage *image, double u, double v)
{
    const double *m = scene->to_page.m;
    double w = m[6] * u + m[7] * v + m[8];
    LkPoint mm = {(m[0] * u + m[1] * v + m[2]) / w, (m[3] * u + m[4] * v + m[5]) / w};
    double bulge = scene->phone->bulge_mm;
    double px_mm = scene->sheet->dpi / 25.4;
    double aside = 0.5 * sin(G_PI * mm.y / LK_PAGE_HEIGHT_MM + scene->phase[0]);
    double along = sin(G_PI * mm.x / LK_PAGE_WIDTH_MM + scene->phase[1]);
    double slow = sin(mm.y * 0.013 + scene->phase[2]);
    double quick = sin(mm.y * 0.05);
    return (Ray){.x = (float)(px_mm * (mm.x + bulge * aside) - 0.5),
                 .y = (float)(px_mm * (mm.y + bulge * along) - 0.5),
                 .light =
                     (float)(255 * lit(scene, u / image->width, v / image->height)),
                 .ring = (float)(mm.x * 0.11 + 2 * slow),
                 .fine = (float)(mm.x * 1.7 + 3 * quick)};
}

static Ray
between(const Ray *a, const Ray *b, float t)
{
    return (Ray){a->x + (b->x - a->x) * t, a->y + (b->y - a->y) * t,
                 a->light + (b->light - a->light) * t,
                 a->ring + (b->ring - a->ring) * t, a->fine + (b->fine - a->fine) * t};
}

/** Colours of what lies there under the light that there is, ready to be multiplied. */
typedef struct {
    float tint[3]; /* of the light */
    float wood[3];
    float pen[3]; /* share of each colour that solid ink takes */
    float luma[3];
    float brightness;     /* of the light: luma of its tint */
    float last_x, last_y; /* of the paper */
    uint8_t *flat;        /* of a grey phone: print and ink, as bright as they look */
} Palette;

/* The blackest print throws some light back. */
static float
print_share(int print)
{
    return 0.06F + (float)print * (0.94F / 65280);
}

/* The sheet by this light; how much of each colour the pen takes is averaged, which is
 * right where no colour is overexposed. */
static uint8_t *
look_at(const SimSheet *sheet, const Palette *palette)
{
    size_t n = (size_t)sheet->width * (size_t)sheet->height;
    g_autofree uint8_t *print = g_memdup2(sheet->print, n);
    uint8_t *flat = g_malloc(n);
    uint8_t curve[256];
    for (int i = 0; i < 256; i++) {
        curve[i] = (uint8_t)lrintf(255 * print_share(256 * i));
    }
    sim_tone(print, n, curve);
    float taken = 0;
    for (int c = 0; c < 3; c++) {
        taken += palette->luma[c] * palette->tint[c] * palette->pen[c];
    }
    sim_absorb(flat, print, sheet->ink, n, (double)(taken / palette->brightness));
    return flat;
}

static Palette
mix_palette(const Scene *scene)
{
    const SimSheet *sheet = scene->sheet;
    float warmth = (float)scene->phone->warmth;
    Palette palette = {.tint = {1 + warmth, 1, 1 - warmth},
                       .wood = {1, 0.74F, 0.52F},
                       .luma = {0.299F, 0.587F, 0.114F}, /* JFIF 1.02 */
                       .last_x = (float)sheet->width - 2.5F,
                       .last_y = (float)sheet->height - 2.5F};
    for (int c = 0; c < 3; c++) {
        palette.pen[c] = (float)(sheet->pen.contrast * (1 - sheet->pen.rgb[c] / 255.0));
        palette.brightness += palette.luma[c] * palette.tint[c];
    }
    if (scene->phone->grey) {
        palette.flat = look_at(sheet, &palette);
    }
    return palette;
}

static bool
is_on_paper(const Scene *scene, const Palette *palette, const Ray *ray)
{
    return ray->x > 0.5F && ray->y > 0.5F && ray->x < palette->last_x &&
           ray->y < palette->last_y &&
           !sim_sheet_is_gone(scene->sheet, (int)(ray->x + 0.5F), (int)(ray->y + 0.5F));
}

/* @plane of the sheet at @ray, 0 .. 65280. */
static int
sample(const SimSheet *sheet, const uint8_t *plane, const Ray *ray)
{
    int x = (int)(256 * ray->x);
    int y = (int)(256 * ray->y);
    size_t width = (size_t)sheet->width;
    return mix(plane + (size_t)(y >> 8) * width + (size_t)(x >> 8), width, x & 255,
               y & 255);
}

static float
wood_at(const Ray *ray)
{
    return 0.42F + 0.06F * wave(ray->ring) + 0.025F * wave(ray->fine);
}

/* Share of each colour that is thrown back by what @ray meets. */
static void
meet(const Scene *scene, const Palette *palette, const Ray *ray, float rgb[3])
{
    const SimSheet *sheet = scene->sheet;
    if (!is_on_paper(scene, palette, ray)) {
        float wood = wood_at(ray);
        for (int c = 0; c < 3; c++) {
            rgb[c] = wood * palette->wood[c];
        }
        return;
    }
    float print = print_share(sample(sheet, sheet->print, ray));
    float ink = (float)sample(sheet, sheet->ink, ray) / 65280;
    for (int c = 0; c < 3; c++) {
        rgb[c] = print * (1 - ink * palette->pen[c]);
    }
}

/* Rays are cast every few px, across and down: between them nothing bends. */
#define RAYS_APART 8

/* Luma of one grey under the light. */
static float
grey_luma(const Palette *palette, float grey)
{
    float luma = 0;
    for (int c = 0; c < 3; c++) {
        float colour = grey * palette->tint[c];
        luma += palette->luma[c] * MIN(colour, 255);
    }
    return luma;
}

/* @n px from @row on, between two rays. */
static void
expose_grey(const Scene *scene, const Palette *palette, const Ray ends[2], int n,
            uint8_t *row)
{
    float wood = 0;
    for (int c = 0; c < 3; c++) {
        wood += palette->luma[c] * palette->tint[c] * palette->wood[c];
    }
    for (int i = 0; i < n; i++) {
        Ray ray = between(&ends[0], &ends[1], (float)i / RAYS_APART);
        float luma = ray.light * wood;
        if (is_on_paper(scene, palette, &ray)) {
            float share = (float)sample(scene->sheet, palette->flat, &ray) / 65280;
            luma = grey_luma(palette, ray.light * share);
        } else {
            luma *= wood_at(&ray);
        }
        row[i] = (uint8_t)MIN(luma, 255);
    }
}

/* The same, in three colours. */
static void
expose_colours(const Scene *scene, const Palette *palette, const Ray ends[2], int n,
               uint8_t *const rows[3])
{
    for (int i = 0; i < n; i++) {
        Ray ray = between(&ends[0], &ends[1], (float)i / RAYS_APART);
        float rgb[3];
        meet(scene, palette, &ray, rgb);
        for (int c = 0; c < 3; c++) {
            float colour = rgb[c] * ray.light * palette->tint[c];
            rows[c][i] = (uint8_t)MIN(colour, 255);
        }
    }
}

static void
cast_row(const Scene *scene, const SimImage *image, int v, Ray *rays, int n)
{
    for (int i = 0; i < n; i++) {
        rays[i] = cast(scene, image, i * RAYS_APART + 0.5, v + 0.5);
    }
}

static void
expose(const Scene *scene, const SimImage *image, uint8_t *const planes[3])
{
    int n = image->width / RAYS_APART + 2;
    Palette palette = mix_palette(scene);
    Ray *above = g_new(Ray, n), *below = g_new(Ray, n);
    cast_row(scene, image, 0, below, n);
    for (int v = 0; v < image->height; v++) {
        if (v % RAYS_APART == 0) {
            Ray *done = above;
            above = below;
            below = done;
            cast_row(scene, image, v + RAYS_APART, below, n);
        }
        float down = (float)(v % RAYS_APART) / RAYS_APART;
        Ray ends[2] = {{0}, between(&above[0], &below[0], down)};
        for (int i = 0; i + 1 < n; i++) {
            int u = i * RAYS_APART;
            size_t at = (size_t)v * (size_t)image->width + (size_t)u;
            int some = MIN(RAYS_APART, image->width - u);
            ends[0] = ends[1];
            ends[1] = between(&above[i + 1], &below[i + 1], down);
            if (scene->phone->grey) {
                expose_grey(scene, &palette, ends, some, planes[0] + at);
            } else {
                uint8_t *rows[3] = {planes[0] + at, planes[1] + at, planes[2] + at};
                expose_colours(scene, &palette, ends, some, rows);
            }
        }
    }
    g_free(above);
    g_free(below);
    g_free(palette.flat);
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
interleave(SimImage *image, uint8_t *const planes[3])
{
    size_t n = (size_t)image->width * (size_t)image->height;
    image->pixels = g_malloc(3 * n);
    for (size_t i = 0; i < n; i++) {
        for (size_t c = 0; c < 3; c++) {
            image->pixels[3 * i + c] = planes[c][i];
        }
    }
}

/* Of the brightness, if the same noise is in each colour, but not the same in all. */
static double
grey_noise(double noise)
{
    return noise * sqrt(0.299 * 0.299 + 0.587 * 0.587 + 0.114 * 0.114);
}

SimImage *
sim_photo(const SimSheet *sheet, const SimPhone *phone, SimRandom *random)
{
    /* EXIF orientation that turns the pixels back (TIFF 6.0, tag 274). */
    static const int back[4] = {1, 8, 3, 6};
    SimImage *image = g_new0(SimImage, 1);
    Matrix to_image = frame(phone, image);
    image->channels = phone->grey ? 1 : 3;
    image->dpi = phone->dpi;
    image->exif = phone->exif ? back[phone->turn / 90] : 0;
    Scene scene = set_scene(sheet, phone, &to_image, random);
    uint8_t *planes[3] = {NULL};
    for (int c = 0; c < image->channels; c++) {
        planes[c] = g_malloc((gsize)image->width * (gsize)image->height);
    }
    expose(&scene, image, planes);
    double noise = phone->grey ? grey_noise(phone->noise) : phone->noise;
    for (int c = 0; c < image->channels; c++) {
        sim_blur(planes[c], image->width, image->height, phone->blur_px);
        sim_noise(planes[c], image->width, image->height, noise, random);
    }
    if (phone->grey) {
        image->pixels = planes[0];
        return image;
    }
    interleave(image, planes);
    for (int c = 0; c < 3; c++) {
        g_free(planes[c]);
    }
    return image;
}
