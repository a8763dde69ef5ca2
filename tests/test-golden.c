/* test-golden.c - every page of every form against a picture of it that somebody looked
 * at: what the eye would notice has not changed.
 *
 *   GOLDEN=generate build/test-golden    writes tests/golden/ anew: look at the pages
 *   GOLDEN=display build/test-golden     writes what differs as build/golden-….png
 *
 * pdftoppm draws the pages at 45 dpi. Another version of it smooths edges otherwise:
 * greys may differ by TOLERANCE in the mean of 4 x 4 pixels (2.3 mm), which a moved box
 * or a word more exceeds many times over. */
#include "render/render.h"
#include "tests/sim/office.h"

#include <glib/gstdio.h>
#include <png.h>
#include <string.h>

#define FOLDER "tests/golden"
#define DPI "45"
#define BLOCK 4
#define TOLERANCE 24 /* of 255: more than one pixel of 16 from white to black */
#define EXPECTED_WIDTH 373
#define EXPECTED_HEIGHT 527

typedef struct {
    int width, height;
    uint8_t *grey;
} Picture;

static void
picture_clear(Picture *picture)
{
    g_clear_pointer(&picture->grey, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Picture, picture_clear)

static bool
read_picture(const char *path, Picture *picture)
{
    png_image png = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_file(&png, path)) {
        return false;
    }
    png.format = PNG_FORMAT_GRAY;
    picture->width = (int)png.width;
    picture->height = (int)png.height;
    picture->grey = g_malloc(PNG_IMAGE_SIZE(png));
    return png_image_finish_read(&png, NULL, picture->grey, 0, NULL) != 0;
}

static bool
write_picture(const char *path, const Picture *picture)
{
    png_image png = {.version = PNG_IMAGE_VERSION,
                     .width = (png_uint_32)picture->width,
                     .height = (png_uint_32)picture->height,
                     .format = PNG_FORMAT_GRAY};
    return png_image_write_to_file(&png, path, 0, picture->grey, 0, NULL) != 0;
}

/* Mean grey of the block at @x, @y. */
static int
block_mean(const Picture *picture, int x, int y)
{
    int sum = 0, n = 0;
    for (int v = y; v < MIN(y + BLOCK, picture->height); v++) {
        for (int u = x; u < MIN(x + BLOCK, picture->width); u++, n++) {
            sum += picture->grey[v * picture->width + u];
        }
    }
    return sum / MAX(n, 1);
}

/* Blackens in @shown what differs. Returns: how many blocks. */
static int
compare(const Picture *golden, const Picture *now, Picture *shown)
{
    int different = 0;
    for (int y = 0; y < now->height; y += BLOCK) {
        for (int x = 0; x < now->width; x += BLOCK) {
            if (ABS(block_mean(golden, x, y) - block_mean(now, x, y)) <= TOLERANCE) {
                continue;
            }
            different++;
            for (int v = y; v < MIN(y + BLOCK, now->height); v++) {
                memset(shown->grey + v * now->width + x, 0,
                       (size_t)MIN(BLOCK, now->width - x));
            }
        }
    }
    return different;
}

/* The form as a PDF in @folder: always the same code and serial, so the same page. */
static void
print_form(SimOffice *office, const LkLayout *layout, const char *folder)
{
    GError *error = NULL;
    LkPrintItem item = {.layout = layout, .copy = "9F3TK"};
    g_assert_true(lk_case_code_parse("MOP-48219-07366-29", &item.case_code, NULL));
    LkPrintOptions options = {.title = "EXEMPLE FICTIF", .office = "EXEMPLE FICTIF"};
    g_autofree char *pdf = g_build_filename(folder, "form.pdf", NULL);
    g_autofree char *stem = g_build_filename(folder, "page", NULL);
    bool printed = lk_render_copies(&item, 1, office->fonts, &options, pdf, &error);
    g_assert_no_error(error);
    g_assert_true(printed);
    const char *const command[] = {"pdftoppm", "-r", DPI,  "-gray",
                                   "-png",     pdf,  stem, NULL};
    int status = 0;
    g_assert_true(g_spawn_sync(NULL, (char **)command, NULL,
                               G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                               NULL, NULL, NULL, &status, NULL));
    g_assert_cmpint(status, ==, 0);
    (void)g_unlink(pdf);
}

static void
check_page(const char *form, int number, const char *drawn)
{
    g_auto(Picture) now = {0}, golden = {0};
    g_assert_true(read_picture(drawn, &now));
    g_assert_cmpint(now.width, ==, EXPECTED_WIDTH);
    g_assert_cmpint(now.height, ==, EXPECTED_HEIGHT);
    g_autofree char *path = g_strdup_printf(FOLDER "/%s-%d.png", form, number);
    const char *mode = g_getenv("GOLDEN");
    if (g_strcmp0(mode, "generate") == 0) {
        /* 16 greys: a third of the bytes, far below the tolerance. */
        for (int i = 0; i < now.width * now.height; i++) {
            now.grey[i] = (uint8_t)(now.grey[i] / 16 * 17);
        }
        g_assert_true(write_picture(path, &now));
        return;
    }
    g_assert_true(read_picture(path, &golden));
    g_assert_cmpint(golden.width, ==, now.width);
    g_assert_cmpint(golden.height, ==, now.height);
    g_auto(Picture) shown = {now.width, now.height,
                             g_memdup2(now.grey, (gsize)(now.width * now.height))};
    int different = compare(&golden, &now, &shown);
    if (different > 0 && g_strcmp0(mode, "display") == 0) {
        g_autofree char *to = g_strdup_printf("build/golden-%s-%d.png", form, number);
        g_assert_true(write_picture(to, &shown));
    }
    if (different > 0) {
        g_test_message("%s page %d: %d blocks differ; GOLDEN=display shows them", form,
                       number, different);
        g_test_fail();
    }
}

static void
test_form(gconstpointer data)
{
    const char *form = data;
    GError *error = NULL;
    g_autoptr(SimOffice) office = sim_office_new(&error);
    g_assert_no_error(error);
    const LkLayout *layout = sim_office_layout(office, form, &error);
    g_assert_no_error(error);
    g_autofree char *folder = g_dir_make_tmp("lakana-golden-XXXXXX", &error);
    g_assert_no_error(error);
    print_form(office, layout, folder);
    for (guint i = 1; i <= layout->pages->len; i++) {
        g_autofree char *name = g_strdup_printf("page-%u.png", i);
        g_autofree char *drawn = g_build_filename(folder, name, NULL);
        check_page(form, (int)i, drawn);
        (void)g_unlink(drawn);
    }
    (void)g_rmdir(folder);
}

/* One dot of print more or less is noise; a box moved by 2 mm is not. */
static void
test_tolerance(void)
{
    g_auto(Picture) a = {40, 40, g_malloc(1600)}, b = {40, 40, g_malloc(1600)},
                    shown = {40, 40, g_malloc(1600)};
    memset(a.grey, 255, 1600);
    memset(b.grey, 255, 1600);
    b.grey[20 * 40 + 20] = 0;
    g_assert_cmpint(compare(&a, &b, &shown), ==, 0);
    b.grey[20 * 40 + 21] = 0;
    g_assert_cmpint(compare(&a, &b, &shown), ==, 1);
    g_assert_cmpint(shown.grey[23 * 40 + 23], ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/golden/tolerance", test_tolerance);
    GError *error = NULL;
    g_autoptr(LkFormSet) forms = lk_form_set_load(NULL, NULL, &error);
    g_assert_no_error(error);
    const GPtrArray *list = lk_form_set_list(forms);
    for (guint i = 0; i < list->len; i++) {
        const LkForm *form = g_ptr_array_index(list, i);
        g_autofree char *path = g_strdup_printf("/golden/form/%s", form->code);
        g_test_add_data_func(path, form->code, test_form);
    }
    return g_test_run();
}
