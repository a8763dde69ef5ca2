/* test-scan.c - every kind of file gives the picture back, the right way up; every
 * broken file gives a message and nothing else. */
#include "scan/scan.h"
#include "scan/worker.h"

#include "tests/files/cut.h"
#include "tests/files/files.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <leptonica/allheaders.h>
#include <tiffio.h>
#include <zlib.h>

static char *folder;

static char *
path_of(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

/** Written under a name that says nothing: content decides. */
static char *
written(const GByteArray *file)
{
    char *path = path_of("scan.dat");
    g_assert_true(g_file_set_contents(path, (const char *)file->data, file->len, NULL));
    return path;
}

static LkScan *
opened(const GByteArray *file)
{
    g_autofree char *path = written(file);
    g_autoptr(GError) error = NULL;
    LkScan *scan = lk_scan_open(path, NULL, &error);
    g_assert_no_error(error);
    g_assert_nonnull(scan);
    return scan;
}

static int
at(const LkImage *image, int x, int y)
{
    return image->pixels[image->stride * (size_t)y + (size_t)x];
}

/** Every block of the picture is in its place; @by: how much larger the image is. */
static void
assert_picture(const LkImage *image, bool bilevel, int tolerance, double by)
{
    g_assert_cmpint(image->width, ==, (int)(PICTURE_W * by + 0.5));
    g_assert_cmpint(image->height, ==, (int)(PICTURE_H * by + 0.5));
    for (int row = 0; row < PICTURE_ROWS; row++) {
        for (int column = 0; column < PICTURE_COLUMNS; column++) {
            int got = at(image, (int)((column + 0.5) * PICTURE_BLOCK * by),
                         (int)((row + 0.5) * PICTURE_BLOCK * by));
            int expected = picture_block(column, row, bilevel);
            if (ABS(got - expected) > tolerance) {
                g_test_message("block %d,%d is %d, not %d", column, row, got, expected);
                g_test_fail();
            }
        }
    }
}

/** The page just had can be had alone, as a file that begins as @magic does. */
static GByteArray *
assert_cut(LkScan *scan, const LkImage *image, const char *magic)
{
    GByteArray *cut = cut_of(scan, image);
    g_assert_cmpint(memcmp(cut->data, magic, strlen(magic)), ==, 0);
    return cut;
}

/** The file is the picture, once, and nothing else; cut out it is a file of the same
 * kind. */
static void
assert_file(const GByteArray *file, bool bilevel, int tolerance, double by)
{
    g_autoptr(LkScan) scan = opened(file);
    g_autoptr(GError) error = NULL;
    LkImage image;
    g_assert_cmpint(lk_scan_n_pages(scan), ==, 1);
    g_assert_cmpint(lk_scan_next(scan, &image, &error), ==, LK_SCAN_PAGE);
    g_assert_no_error(error);
    assert_picture(&image, bilevel, tolerance, by);
    g_assert_cmpint(image.bilevel, ==, bilevel && tolerance == 0);
    char magic[3] = {(char)file->data[0], (char)file->data[1], '\0'};
    g_autoptr(GByteArray) cut = assert_cut(scan, &image, magic);
    g_assert_cmpint(lk_scan_next(scan, &image, &error), ==, LK_SCAN_END);
}

/* --- Formats.
 * ------------------------------------------------------------------------------- */

static void
run(const char *const *argv)
{
    int status = -1;
    g_autoptr(GError) error = NULL;
    g_assert_true(g_spawn_sync(NULL, (char **)(uintptr_t)argv, NULL,
                               G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status,
                               &error));
    g_assert_no_error(error);
    g_assert_true(g_spawn_check_wait_status(status, NULL));
}

/** Largest memory a process has had, from /proc. */
static int
peak_kib(int pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/status", pid);
    g_autofree char *status = NULL;
    g_assert_true(g_file_get_contents(path, &status, NULL, NULL));
    const char *line = strstr(status, "VmHWM:");
    g_assert_nonnull(line);
    return (int)g_ascii_strtoll(line + strlen("VmHWM:"), NULL, 10);
}

static void
test_jpeg(void)
{
    g_auto(Stored) picture = picture_stored(1, false);
    for (int kind = JPEG_GREY; kind <= JPEG_PROGRESSIVE; kind++) {
        g_autoptr(GByteArray) file = file_jpeg(&picture, (JpegKind)kind, 0);
        assert_file(file, false, 3, 1);
    }
}

static void
test_exif(void)
{
    for (int orientation = 1; orientation <= 8; orientation++) {
        g_auto(Stored) picture = picture_stored(orientation, false);
        g_autoptr(GByteArray) file = file_jpeg(&picture, JPEG_COLOUR, orientation);
        assert_file(file, false, 3, 1);
    }
}

static void
test_png(void)
{
    for (int kind = 0; kind < PNG_KINDS; kind++) {
        bool bilevel = kind == PNG_BILEVEL;
        g_auto(Stored) picture = picture_stored(1, bilevel);
        g_autoptr(GByteArray) file = file_png(&picture, (PngKind)kind);
        assert_file(file, bilevel, bilevel ? 0 : 1, 1);
    }
}

static void
test_tiff(void)
{
    static const TiffKind kinds[] = {
        {.compression = COMPRESSION_NONE, .bits = 8, .photometric = 1},
        {.compression = COMPRESSION_LZW,
         .bits = 8,
         .photometric = 0,
         .rows_a_strip = 5},
        {.compression = COMPRESSION_ADOBE_DEFLATE, .bits = 16, .photometric = 1},
        {.compression = COMPRESSION_JPEG, .bits = 8, .photometric = 1},
        {.compression = COMPRESSION_JPEG, .bits = 8, .photometric = 6, .rgb = true},
        {.compression = COMPRESSION_LZW, .bits = 8, .photometric = 2, .rgb = true},
        {.compression = COMPRESSION_LZW,
         .bits = 8,
         .photometric = 2,
         .rgb = true,
         .planar = true},
        {.compression = COMPRESSION_PACKBITS, .bits = 8, .photometric = 3},
        {.compression = COMPRESSION_NONE, .bits = 8, .photometric = 1, .tiled = true},
    };
    g_auto(Stored) picture = picture_stored(1, false);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autoptr(GByteArray) file = file_tiff(&picture, 1, &kinds[i]);
        assert_file(file, false, kinds[i].compression == COMPRESSION_JPEG ? 8 : 1, 1);
    }
}

static void
test_tiff_bilevel(void)
{
    static const int compressions[] = {COMPRESSION_CCITTFAX4, COMPRESSION_CCITTFAX3,
                                       COMPRESSION_CCITTRLE, COMPRESSION_LZW,
                                       COMPRESSION_NONE};
    g_auto(Stored) picture = picture_stored(1, true);
    for (size_t i = 0; i < G_N_ELEMENTS(compressions); i++) {
        for (int photometric = 0; photometric <= 1; photometric++) {
            TiffKind kind = {.compression = compressions[i],
                             .bits = 1,
                             .photometric = photometric,
                             .rows_a_strip = photometric == 1 ? 9 : 0};
            g_autoptr(GByteArray) file = file_tiff(&picture, 1, &kind);
            assert_file(file, true, 0, 1);
        }
    }
}

static void
test_tiff_orientation(void)
{
    for (int orientation = 1; orientation <= 8; orientation++) {
        g_auto(Stored) picture = picture_stored(orientation, true);
        TiffKind kind = {.compression = COMPRESSION_CCITTFAX4,
                         .bits = 1,
                         .orientation = orientation};
        g_autoptr(GByteArray) file = file_tiff(&picture, 1, &kind);
        assert_file(file, true, 0, 1);
        g_auto(Stored) grey = picture_stored(orientation, false);
        TiffKind tiled = {.compression = COMPRESSION_NONE,
                          .bits = 8,
                          .photometric = 1,
                          .orientation = orientation,
                          .tiled = true};
        g_autoptr(GByteArray) other = file_tiff(&grey, 1, &tiled);
        assert_file(other, false, 1, 1);
    }
}

/** The last page's directory was not copied: the first ones are read, the loss told. */
static void
test_tiff_cut(void)
{
    Stored pictures[3] = {picture_stored(1, true), picture_stored(1, true),
                          picture_stored(1, true)};
    TiffKind kind = {.compression = COMPRESSION_CCITTFAX4, .bits = 1};
    g_autoptr(GByteArray) file = file_tiff(pictures, 3, &kind);
    g_byte_array_set_size(file, file->len - 20);
    g_autoptr(LkScan) scan = opened(file);
    g_autoptr(GError) error = NULL;
    LkImage image;
    for (int i = 0; i < 2; i++) {
        g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_PAGE);
        assert_picture(&image, true, 0, 1);
    }
    g_assert_cmpint(lk_scan_next(scan, &image, &error), ==, LK_SCAN_FAILED);
    g_assert_error(error, LK_SCAN_ERROR, LK_SCAN_ERROR_DAMAGED);
    g_assert_nonnull(strstr(error->message, "only 2 pages"));
    for (size_t i = 0; i < G_N_ELEMENTS(pictures); i++) {
        stored_clear(&pictures[i]);
    }
}

/** A fax has twice as many pixels across as down: made square, as the paper was. */
static void
test_tiff_fax(void)
{
    g_auto(Stored) picture = picture_large(2, true);
    for (int y = 0; y < PICTURE_H; y++) { /* keep every second row */
        memmove(picture.grey + (size_t)y * PICTURE_W * 2,
                picture.grey + (size_t)y * PICTURE_W * 4, PICTURE_W * 2);
    }
    picture.height = PICTURE_H;
    TiffKind kind = {
        .compression = COMPRESSION_CCITTFAX3, .bits = 1, .x_dpi = 196, .y_dpi = 98};
    g_autoptr(GByteArray) file = file_tiff(&picture, 1, &kind);
    assert_file(file, true, 1, 2);
}

static void
test_tiff_pages(void)
{
    Stored pictures[3] = {picture_stored(1, true), picture_stored(3, true),
                          picture_large(2, true)};
    TiffKind kind = {.compression = COMPRESSION_CCITTFAX4, .bits = 1};
    g_autoptr(GByteArray) file = file_tiff(pictures, 3, &kind);
    g_autoptr(LkScan) scan = opened(file);
    LkImage image;
    g_assert_cmpint(lk_scan_n_pages(scan), ==, 3);
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_PAGE);
    assert_picture(&image, true, 0, 1);
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_PAGE);
    g_assert_cmpint(at(&image, PICTURE_W - 24, PICTURE_H - 8), ==,
                    picture_block(1, 0, true));
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_PAGE);
    assert_picture(&image, true, 0, 2);
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_END);
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_END);

    g_autoptr(LkScan) again = opened(file);
    lk_scan_seek(again, 2);
    g_assert_cmpint(lk_scan_next(again, &image, NULL), ==, LK_SCAN_PAGE);
    assert_picture(&image, true, 0, 2);
    for (size_t i = 0; i < G_N_ELEMENTS(pictures); i++) {
        stored_clear(&pictures[i]);
    }
}

/* --- PDF.
 * -----------------------------------------------------------------------------------
 */

#define DCT_GREY "/Filter /DCTDecode /ColorSpace /DeviceGray /BitsPerComponent 8"
#define G4(columns, more)                                                              \
    "/Filter /CCITTFaxDecode /ColorSpace /DeviceGray /BitsPerComponent 1 "             \
    "/DecodeParms << /K -1 /Columns " #columns " " more " >>"

static void
assert_pdf(const GByteArray *stream, const PdfKind *kind, bool bilevel, int tolerance)
{
    g_autoptr(GByteArray) file = file_pdf(PICTURE_W, PICTURE_H, stream, kind);
    assert_file(file, bilevel, tolerance, 1);
}

static void
test_pdf_jpeg(void)
{
    g_auto(Stored) picture = picture_stored(1, false);
    g_autoptr(GByteArray) grey = file_jpeg(&picture, JPEG_GREY, 0);
    g_autoptr(GByteArray) colour = file_jpeg(&picture, JPEG_COLOUR, 0);
    g_autoptr(GByteArray) inks = file_jpeg(&picture, JPEG_INKS, 0);
    assert_pdf(grey, &(PdfKind){.image = DCT_GREY}, false, 3);
    assert_pdf(colour,
               &(PdfKind){.image = "/Filter [/DCTDecode] /ColorSpace /DeviceRGB "
                                   "/BitsPerComponent 8"},
               false, 3);
    /* Adobe's inks are upside down, and a PDF says so. */
    assert_pdf(inks,
               &(PdfKind){.image = "/Filter /DCTDecode /ColorSpace /DeviceCMYK "
                                   "/BitsPerComponent 8 /Decode [1 0 1 0 1 0 1 0]"},
               false, 3);
    g_autoptr(GByteArray) packed = deflated(grey->data, grey->len);
    assert_pdf(packed,
               &(PdfKind){.image = "/Filter [/FlateDecode /DCTDecode] /ColorSpace "
                                   "/DeviceGray /BitsPerComponent 8"},
               false, 3);
    for (guint i = 0; i < PICTURE_W * PICTURE_H; i++) {
        picture.grey[i] = (uint8_t)~picture.grey[i];
    }
    g_autoptr(GByteArray) negative = file_jpeg(&picture, JPEG_GREY, 0);
    assert_pdf(negative, &(PdfKind){.image = DCT_GREY " /Decode [1 0]"}, false, 3);
}

static void
test_pdf_fax(void)
{
    g_auto(Stored) picture = picture_stored(1, true);
    g_autoptr(GByteArray) g4 = fax_stream(&picture, -1);
    assert_pdf(g4, &(PdfKind){.image = G4(80, "/Rows 112")}, true, 0);
    assert_pdf(g4, &(PdfKind){.image = G4(80, "/BlackIs1 true") " /Decode [1 0]"}, true,
               0);
    /* A stencil: what is 1 in the fax is painted black. */
    assert_pdf(g4,
               &(PdfKind){.image = "/ImageMask true /Filter /CCITTFaxDecode "
                                   "/DecodeParms [<< /K -1 /Columns 80 >>]"},
               true, 0);
    g_autoptr(GByteArray) g3 = fax_stream(&picture, 0);
    assert_pdf(g3,
               &(PdfKind){.image = "/Filter /CCITTFaxDecode /ColorSpace /DeviceGray "
                                   "/BitsPerComponent 1 /DecodeParms << /K 0 /Columns "
                                   "80 /EndOfLine true >>"},
               true, 0);
    for (guint i = 0; i < PICTURE_W * PICTURE_H; i++) {
        picture.grey[i] = (uint8_t)~picture.grey[i];
    }
    g_autoptr(GByteArray) negative = fax_stream(&picture, -1);
    assert_pdf(negative, &(PdfKind){.image = G4(80, "/BlackIs1 true")}, true, 0);
    assert_pdf(negative, &(PdfKind){.image = G4(80, "") " /Decode [1 0]"}, true, 0);
}

/** Rows of @channels bytes a pixel, each with PNG's "none" predictor before it. */
static GByteArray *
samples_of(const Stored *picture, int channels, bool predictor)
{
    g_autoptr(GByteArray) raw = g_byte_array_new();
    for (int i = 0; i < picture->width * picture->height; i++) {
        if (predictor && i % picture->width == 0) {
            g_byte_array_append(raw, &(guint8){0}, 1);
        }
        for (int c = 0; c < channels; c++) {
            g_byte_array_append(raw, &picture->grey[i], 1);
        }
    }
    return deflated(raw->data, raw->len);
}

static void
test_pdf_flate(void)
{
    g_auto(Stored) picture = picture_stored(1, false);
    g_autoptr(GByteArray) grey = samples_of(&picture, 1, false);
    assert_pdf(grey,
               &(PdfKind){.image = "/Filter /FlateDecode /ColorSpace /DeviceGray "
                                   "/BitsPerComponent 8"},
               false, 0);
    /* A palette that runs backwards. */
    g_autoptr(GString) table = g_string_new("/Filter /FlateDecode /BitsPerComponent 8 "
                                            "/ColorSpace [/Indexed /DeviceRGB 255 <");
    for (int i = 255; i >= 0; i--) {
        g_string_append_printf(table, "%02x%02x%02x", (guint)i, (guint)i, (guint)i);
    }
    g_string_append(table, ">]");
    for (guint i = 0; i < PICTURE_W * PICTURE_H; i++) {
        picture.grey[i] = (uint8_t)~picture.grey[i];
    }
    g_autoptr(GByteArray) indexed = samples_of(&picture, 1, false);
    assert_pdf(indexed, &(PdfKind){.image = table->str}, false, 0);
    g_auto(Stored) upright = picture_stored(1, false);
    g_autoptr(GByteArray) rgb = samples_of(&upright, 3, true);
    assert_pdf(rgb,
               &(PdfKind){.image = "/Filter /FlateDecode /BitsPerComponent 8 "
                                   "/ColorSpace /DeviceRGB /DecodeParms << /Predictor "
                                   "15 /Colors 3 /Columns 80 >>"},
               false, 0);
}

static void
test_pdf_rotate(void)
{
    /* Rotated clockwise by so much, this lies upright. */
    static const struct {
        const char *page;
        int stored;
    } cases[] = {{"/Rotate 0", 1},   {"/Rotate 90", 6},  {"/Rotate 180", 3},
                 {"/Rotate 270", 8}, {"/Rotate -90", 8}, {"/Rotate 450", 6}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(Stored) picture = picture_stored(cases[i].stored, true);
        g_autoptr(GByteArray) g4 = fax_stream(&picture, -1);
        g_autofree char *image = g_strdup_printf(
            "/Filter /CCITTFaxDecode /ColorSpace /DeviceGray /BitsPerComponent 1 "
            "/DecodeParms << /K -1 /Columns %d >>",
            picture.width);
        g_autoptr(GByteArray) file =
            file_pdf(picture.width, picture.height, g4,
                     &(PdfKind){.image = image, .page = cases[i].page});
        assert_file(file, true, 0, 1);
    }
}

/** The same turns and flips, by the image's matrix. */
static void
test_pdf_matrix(void)
{
    static const char *const matrices[9] = {
        NULL,
        "80 0 0 112 0 0",      /* upright */
        "-80 0 0 112 80 0",    /* mirrored */
        "-80 0 0 -112 80 112", /* upside down */
        "80 0 0 -112 0 112",
        "0 -112 -80 0 80 112",
        "0 -112 80 0 0 112",
        "0 112 80 0 0 0",
        "0 112 -80 0 80 0",
    };
    for (int o = 1; o <= 8; o++) {
        g_auto(Stored) picture = picture_stored(o, false);
        g_autoptr(GByteArray) jpeg = file_jpeg(&picture, JPEG_GREY, 0);
        g_autofree char *contents = g_strdup_printf(
            "/Artifact BMC q /GS0 gs 0 0 80 112 re W n 1 g 0 0 80 112 re f %s "
            "cm /Im0 Do Q EMC BT 3 Tr /F1 9 Tf (\\)unseen) Tj ET",
            matrices[o]);
        g_autoptr(GByteArray) file = file_pdf(
            picture.width, picture.height, jpeg,
            &(PdfKind){.image = DCT_GREY, .contents = contents, .box = "[0 0 80 112]"});
        assert_file(file, false, 3, 1);
    }
}

/** Two halves of a page as two images: drawn by poppler, at their resolution. */
static void
test_pdf_strips(void)
{
    g_auto(Stored) picture = picture_large(8, false);
    g_autoptr(GByteArray) jpeg = file_jpeg(&picture, JPEG_GREY, 0);
    PdfKind kind = {.image = DCT_GREY,
                    .box = "[0 0 240 336]",
                    .contents = "q 0 168 240 168 re W n 240 0 0 336 0 0 cm /Im0 Do Q "
                                "q 0 0 240 168 re W n 240 0 0 336 0 0 cm /Im0 Do Q"};
    g_autoptr(GByteArray) file = file_pdf(picture.width, picture.height, jpeg, &kind);
    assert_file(file, false, 4, 8); /* 640 px on 240 pt: 192 dpi */
}

/* --- Pages cut out of their files.
 * --------------------------------------------------------------- */

#define JBIG2 "/Filter /JBIG2Decode /ColorSpace /DeviceGray /BitsPerComponent 1"
#define JPX "/Filter /JPXDecode /ColorSpace /DeviceGray /BitsPerComponent 8"
#define FLATE "/Filter /FlateDecode /ColorSpace /DeviceGray /BitsPerComponent 8"
/* 8 x the picture on this box: 192 dpi, so that rendering is one to one. */
#define BOX "[0 0 240 336]"
#define WHOLE "q 240 0 0 336 0 0 cm /Im0 Do Q"
#define HALVES                                                                         \
    "q 0 168 240 168 re W n 240 0 0 336 0 0 cm /Im0 Do Q "                             \
    "q 0 0 240 168 re W n 240 0 0 336 0 0 cm /Im0 Do Q"

#define PNG_MAGIC "\x89PNG"

/** Page @index of @n: alone, of the file's kind, and not much more than its share. */
static void
assert_share(const GByteArray *file, int index, int n)
{
    g_autoptr(LkScan) scan = opened(file);
    LkImage image;
    lk_scan_seek(scan, index);
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_PAGE);
    char magic[3] = {(char)file->data[0], (char)file->data[1], '\0'};
    g_autoptr(GByteArray) cut = assert_cut(scan, &image, magic);
    g_assert_cmpint(cut->len, <, file->len / (guint)n + 2048);
    /* The scan goes on where it was. */
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==,
                    index + 1 < n ? LK_SCAN_PAGE : LK_SCAN_END);
}

static void
test_cut_tiff(void)
{
    static const char *const modes[] = {"wl", "wb", "wl8", "wb8"};
    static const TiffKind kinds[] = {
        {.compression = COMPRESSION_CCITTFAX4, .bits = 1, .rows_a_strip = 30},
        {.compression = COMPRESSION_NONE, .bits = 8, .photometric = 1},
        {.compression = COMPRESSION_NONE, .bits = 8, .photometric = 1, .tiled = true},
        {.compression = COMPRESSION_PACKBITS, .bits = 8, .photometric = 3},
        {.compression = COMPRESSION_ADOBE_DEFLATE, .bits = 16, .photometric = 1},
        {.compression = COMPRESSION_JPEG, .bits = 8, .photometric = 6, .rgb = true},
        {.compression = COMPRESSION_CCITTFAX3, .bits = 1, .x_dpi = 196, .y_dpi = 98},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(kinds) * G_N_ELEMENTS(modes); i++) {
        TiffKind kind = kinds[i / G_N_ELEMENTS(modes)];
        kind.mode = modes[i % G_N_ELEMENTS(modes)];
        kind.orientation = (int)(i % 8) + 1;
        Stored pictures[3] = {picture_large(4, kind.bits == 1),
                              picture_large(4, kind.bits == 1),
                              picture_large(4, kind.bits == 1)};
        g_autoptr(GByteArray) file = file_tiff(pictures, 3, &kind);
        for (int page = 0; page < 3; page++) {
            assert_share(file, page, 3);
        }
        for (size_t p = 0; p < G_N_ELEMENTS(pictures); p++) {
            stored_clear(&pictures[p]);
        }
    }
}

/** Objects named by all pages alike; each page shows one image. */
typedef enum { SHARED_RESOURCES, SHARED_IN_TREE, SHARED_FORMS } Sharing;

#define SHARED_PAGES 4

/* The page's contents, and its entry for resources. */
static void
add_shared_page(PdfFile *pdf, int parent, Sharing sharing, int i, int shared)
{
    /* A second, smaller image: so that a renderer has to draw the page. */
    g_autofree char *show = g_strdup_printf(
        sharing == SHARED_FORMS ? "q 1 0 0 1 0 0 cm /Fm%d Do Q"
                                : "q 240 0 0 336 0 0 cm /Im%d Do Q 0 0 9 9 re f",
        i);
    int contents = pdf_add(pdf, "", show, strlen(show));
    g_autofree char *resources = sharing == SHARED_IN_TREE
                                     ? g_strdup("")
                                     : g_strdup_printf("/Resources %d 0 R", shared);
    g_autofree char *page = g_strdup_printf(
        "<< /Type /Page /Parent %d 0 R %s %s /Contents %d 0 R >>", parent, resources,
        sharing == SHARED_IN_TREE ? "" : "/MediaBox [0 0 240 336]", contents);
    pdf_add(pdf, page, NULL, 0);
}

static GByteArray *
shared_pdf(const GByteArray *jpeg, int width, int height, Sharing sharing)
{
    PdfFile *pdf = pdf_new();
    g_autofree char *image = g_strdup_printf(
        "/Type /XObject /Subtype /Image /Width %d /Height %d " DCT_GREY, width, height);
    g_autoptr(GString) images = g_string_new("<< /XObject << ");
    for (int i = 0; i < SHARED_PAGES; i++) {
        g_string_append_printf(images, "/Im%d %d 0 R ", i,
                               pdf_add(pdf, image, jpeg->data, jpeg->len));
    }
    g_string_append(images, ">> >>");
    int shared = pdf_add(pdf, images->str, NULL, 0);
    if (sharing == SHARED_FORMS) {
        g_autoptr(GString) forms = g_string_new("<< /XObject << ");
        for (int i = 0; i < SHARED_PAGES; i++) {
            g_autofree char *form = g_strdup_printf(
                "/Type /XObject /Subtype /Form /BBox [0 0 240 336] /Resources %d 0 R",
                shared);
            g_autofree char *show = g_strdup_printf("240 0 0 336 0 0 cm /Im%d Do", i);
            g_string_append_printf(forms, "/Fm%d %d 0 R ", i,
                                   pdf_add(pdf, form, show, strlen(show)));
        }
        g_string_append(forms, ">> >>");
        shared = pdf_add(pdf, forms->str, NULL, 0);
    }
    int first = shared + 2;
    int parent = first + 2 * SHARED_PAGES - 1;
    g_autoptr(GString) kids = g_string_new(NULL);
    for (int i = 0; i < SHARED_PAGES; i++) {
        add_shared_page(pdf, parent, sharing, i, shared);
        g_string_append_printf(kids, "%d 0 R ", first + 2 * i);
    }
    g_autofree char *tree = g_strdup_printf(
        "<< /Type /Pages /Kids [%s] /Count %d /Resources %d 0 R /Rotate 90 "
        "/MediaBox [0 0 240 336] >>",
        kids->str, SHARED_PAGES, shared);
    g_assert_cmpint(pdf_add(pdf, tree, NULL, 0), ==, parent);
    g_autofree char *root =
        g_strdup_printf("<< /Type /Catalog /Pages %d 0 R >>", parent);
    return pdf_end(pdf, pdf_add(pdf, root, NULL, 0));
}

/** A page's file must hold no other page's image, however they are kept together. */
static void
test_cut_shared(void)
{
    g_auto(Stored) grey = picture_large(8, false);
    g_autoptr(GByteArray) jpeg = file_jpeg(&grey, JPEG_GREY, 0);
    for (int sharing = SHARED_RESOURCES; sharing <= SHARED_FORMS; sharing++) {
        g_autoptr(GByteArray) file =
            shared_pdf(jpeg, grey.width, grey.height, (Sharing)sharing);
        for (int page = 0; page < SHARED_PAGES; page++) {
            assert_share(file, page, SHARED_PAGES);
        }
    }
}

static void
test_cut_inline(void)
{
    g_auto(Stored) grey = picture_stored(1, false);
    g_autoptr(GString) contents =
        g_string_new("q 80 0 0 112 0 0 cm BI /W 80 /H 112 /CS /G /BPC 8 /F /AHx ID ");
    for (int i = 0; i < PICTURE_W * PICTURE_H; i++) {
        g_string_append_printf(contents, "%02x", grey.grey[i]);
    }
    g_string_append(contents, "> EI Q");
    g_autoptr(GByteArray) empty = deflated("", 1);
    g_autoptr(GByteArray) file = file_pdf(
        1, 1, empty,
        &(PdfKind){.image = FLATE, .box = "[0 0 80 112]", .contents = contents->str});
    assert_share(file, 0, 1);
}

/** What hangs on the rest of the document is kept as it looks. */
static void
assert_picture_cut(const char *page, const char *contents, const char *catalog)
{
    g_auto(Stored) grey = picture_large(8, false);
    g_autoptr(GByteArray) jpeg = file_jpeg(&grey, JPEG_GREY, 0);
    g_autoptr(GByteArray) file = file_pdf(grey.width, grey.height, jpeg,
                                          &(PdfKind){.image = DCT_GREY,
                                                     .box = BOX,
                                                     .page = page,
                                                     .contents = contents,
                                                     .catalog = catalog});
    g_autoptr(LkScan) scan = opened(file);
    LkImage image;
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_PAGE);
    g_autoptr(GByteArray) cut = assert_cut(scan, &image, PNG_MAGIC);
}

static void
test_cut_picture(void)
{
    assert_picture_cut("/Annots [<< /Type /Annot /Subtype /Square /Rect [9 9 99 99] "
                       "/C [0 0 0] >>]",
                       WHOLE, NULL);
    assert_picture_cut("", HALVES, "/OCProperties << /OCGs [] /D << >> >>");
    assert_picture_cut("/Resources << /Pattern << /P0 << /PatternType 2 >> >> >>",
                       "/Pattern cs /P0 scn 0 0 9 9 re f", NULL);
    /* Of 1 bit a pixel, and so its picture. */
    g_auto(Stored) bilevel = picture_large(8, true);
    g_autoptr(GByteArray) g4 = fax_stream(&bilevel, -1);
    g_autoptr(GByteArray) file =
        file_pdf(bilevel.width, bilevel.height, g4,
                 &(PdfKind){.image = G4(640, ""), .copies = 2});
    g_byte_array_set_size(file, file->len - 600); /* without its table of contents */
    g_autoptr(LkScan) scan = opened(file);
    LkImage image;
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_PAGE);
    g_assert_true(image.bilevel);
    g_autoptr(GByteArray) cut = assert_cut(scan, &image, PNG_MAGIC);
}

/** What surrounds a photograph goes with it, and nothing is packed anew. */
static void
test_cut_whole(void)
{
    g_auto(Stored) picture = picture_stored(6, false);
    g_autoptr(GByteArray) file = file_jpeg(&picture, JPEG_PROGRESSIVE, 6);
    g_autoptr(LkScan) scan = opened(file);
    LkImage image;
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_PAGE);
    g_autoptr(GByteArray) cut = cut_of(scan, &image);
    g_assert_cmpuint(cut->len, ==, file->len);
    g_assert_cmpint(memcmp(cut->data, file->data, file->len), ==, 0);
    g_auto(Stored) large = picture_large(8, false);
    g_autoptr(GByteArray) jpeg = file_jpeg(&large, JPEG_COLOUR, 0);
    g_autoptr(GByteArray) pdf =
        file_pdf(large.width, large.height, jpeg, &(PdfKind){.image = DCT_GREY});
    g_autoptr(LkScan) document = opened(pdf);
    g_assert_cmpint(lk_scan_next(document, &image, NULL), ==, LK_SCAN_PAGE);
    g_autoptr(GByteArray) page = cut_of(document, &image);
    g_assert_nonnull(memmem(page->data, page->len, jpeg->data, jpeg->len));
    g_autofree char *path = written(page);
    run((const char *[]){"qpdf", "--check", path, NULL});
}

/* --- Broken files: a message each, and the page count stays true.
 * ------------------------- */

static GError *
refusal_at(const char *path)
{
    GError *error = NULL;
    g_assert_null(lk_scan_open(path, NULL, &error));
    g_assert_nonnull(error);
    g_assert_true(g_str_has_prefix(error->message, path));
    return error;
}

static void
assert_refused(const void *data, size_t len, LkScanError code, const char *says)
{
    g_autofree char *path = path_of("scan.dat");
    g_assert_true(g_file_set_contents(path, data, (gssize)len, NULL));
    g_autoptr(GError) error = refusal_at(path);
    g_assert_error(error, LK_SCAN_ERROR, (int)code);
    g_assert_nonnull(strstr(error->message, says));
}

/** Opens, and the first page is bad. */
static void
assert_bad_page(const void *data, size_t len, LkScanError code, const char *says)
{
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_byte_array_append(file, data, (guint)len);
    g_autoptr(LkScan) scan = opened(file);
    g_autoptr(GError) error = NULL;
    LkImage image;
    g_assert_cmpint(lk_scan_next(scan, &image, &error), ==, LK_SCAN_BAD_PAGE);
    g_assert_error(error, LK_SCAN_ERROR, (int)code);
    g_assert_nonnull(strstr(error->message, "page 1: "));
    g_assert_nonnull(strstr(error->message, says));
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_END);
}

static void
test_refused_format(void)
{
    assert_refused("", 0, LK_SCAN_ERROR_EMPTY, "0 bytes");
    assert_refused("Bonjour\n", 8, LK_SCAN_ERROR_FORMAT, "PDF, TIFF, PNG and JPEG");
    assert_refused("PK\3\4word/document.xml", 21, LK_SCAN_ERROR_FORMAT, "Word");
    assert_refused("\0\0\0\x18"
                   "ftypheic....",
                   16, LK_SCAN_ERROR_FORMAT, "HEIC");
    assert_refused("GIF89a..", 8, LK_SCAN_ERROR_FORMAT, "GIF");
    assert_refused("\xff", 1, LK_SCAN_ERROR_FORMAT, "PDF, TIFF, PNG and JPEG");
    assert_refused("%PDF-1.4\n", 9, LK_SCAN_ERROR_DAMAGED, "damaged");
    assert_refused("II*\0\x08\0\0\0", 8, LK_SCAN_ERROR_DAMAGED, "damaged");
    /* The directory would follow the data, which was not copied. */
    assert_refused("II*\0\xff\xff\0\0....", 12, LK_SCAN_ERROR_DAMAGED, "copy it again");
}

static void
test_refused_path(void)
{
    g_autofree char *missing = path_of("none.pdf");
    g_autoptr(GError) error = refusal_at(missing);
    g_assert_error(error, LK_SCAN_ERROR, LK_SCAN_ERROR_OPEN);
    g_assert_nonnull(strstr(error->message, "no such file"));
    g_autoptr(GError) is_folder = refusal_at(folder);
    g_assert_nonnull(strstr(is_folder->message, "a folder"));
    g_autofree char *fifo = path_of("fifo");
    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    g_autoptr(GError) is_fifo = refusal_at(fifo); /* and does not wait for a writer */
    (void)unlink(fifo);
    g_assert_nonnull(strstr(is_fifo->message, "a device or a pipe"));
    g_autoptr(GError) is_device = refusal_at("/dev/zero");
    g_assert_error(is_device, LK_SCAN_ERROR, LK_SCAN_ERROR_OPEN);
    if (geteuid() != 0) { /* root may read anything */
        g_autofree char *secret = path_of("secret");
        g_assert_true(g_file_set_contents(secret, "x", 1, NULL));
        g_assert_cmpint(chmod(secret, 0), ==, 0);
        g_autoptr(GError) denied = refusal_at(secret);
        (void)unlink(secret);
        g_assert_nonnull(strstr(denied->message, "permissions"));
    }
}

/** Half a page looks like a page with an empty lower half: never handed out. */
static void
test_truncated(void)
{
    g_auto(Stored) grey = picture_large(8, false);
    for (int kind = JPEG_GREY; kind <= JPEG_PROGRESSIVE; kind++) {
        g_autoptr(GByteArray) jpeg = file_jpeg(&grey, (JpegKind)kind, 0);
        assert_bad_page(jpeg->data, jpeg->len * 2 / 3, LK_SCAN_ERROR_DAMAGED, "again");
        assert_bad_page(jpeg->data, jpeg->len / 50, LK_SCAN_ERROR_DAMAGED, "again");
    }
    for (int kind = 0; kind < PNG_KINDS; kind++) {
        g_autoptr(GByteArray) png = file_png(&grey, (PngKind)kind);
        assert_bad_page(png->data, png->len * 2 / 3, LK_SCAN_ERROR_DAMAGED, "again");
    }
    g_auto(Stored) bilevel = picture_large(8, true);
    g_autoptr(GByteArray) g4 = fax_stream(&bilevel, -1);
    g_byte_array_set_size(g4, g4->len * 2 / 3);
    g_autoptr(GByteArray) pdf =
        file_pdf(bilevel.width, bilevel.height, g4, &(PdfKind){.image = G4(640, "")});
    assert_bad_page(pdf->data, pdf->len, LK_SCAN_ERROR_DAMAGED, "again");
}

/** A JPEG whose end marker alone is lost is whole. */
static void
test_end_marker(void)
{
    g_auto(Stored) grey = picture_stored(1, false);
    g_autoptr(GByteArray) jpeg = file_jpeg(&grey, JPEG_COLOUR, 0);
    g_byte_array_set_size(jpeg, jpeg->len - 2);
    assert_file(jpeg, false, 3, 1);
}

static void
test_damaged_middle(void)
{
    g_auto(Stored) grey = picture_large(8, false);
    g_autoptr(GByteArray) jpeg = file_jpeg(&grey, JPEG_GREY, 0);
    memset(jpeg->data + jpeg->len / 2, 0xff, 40);
    memset(jpeg->data + jpeg->len / 2 + 40, 0xd9, 2); /* an end in the middle */
    assert_bad_page(jpeg->data, jpeg->len, LK_SCAN_ERROR_DAMAGED, "again");
}

/** 30,000 x 30,000 pixels, said in a header of a few bytes. */
static void
test_huge(void)
{
    static const char size[] = "\0\0\x75\x30\0\0\x75\x30";
    g_auto(Stored) grey = picture_stored(1, false);
    g_autoptr(GByteArray) png = file_png(&grey, PNG_GREY);
    memcpy(png->data + 16, size, 8); /* IHDR, and its check value */
    guint32 check = GUINT32_TO_BE((guint32)crc32(0, png->data + 12, 17));
    memcpy(png->data + 29, &check, 4);
    assert_bad_page(png->data, png->len, LK_SCAN_ERROR_TOO_LARGE, "30000 × 30000");
    g_autoptr(GByteArray) jpeg = file_jpeg(&grey, JPEG_GREY, 0);
    for (guint i = 0; i + 9 < jpeg->len; i++) {
        if (jpeg->data[i] == 0xff && jpeg->data[i + 1] == 0xc0) {
            memcpy(jpeg->data + i + 5, "\x75\x30\x75\x30", 4);
        }
    }
    assert_bad_page(jpeg->data, jpeg->len, LK_SCAN_ERROR_TOO_LARGE, "30000 × 30000");
    g_autoptr(GByteArray) stream = deflated("", 1);
    g_autoptr(GByteArray) pdf =
        file_pdf(30000, 30000, stream,
                 &(PdfKind){.image = "/Filter /FlateDecode /ColorSpace /DeviceGray "
                                     "/BitsPerComponent 8"});
    assert_bad_page(pdf->data, pdf->len, LK_SCAN_ERROR_TOO_LARGE, "30000 × 30000");
    TiffKind kind = {.compression = COMPRESSION_CCITTFAX4, .bits = 1};
    g_autoptr(GByteArray) tiff = file_tiff(&grey, 1, &kind);
    for (guint i = 8; i + 12 < tiff->len; i++) {
        if (memcmp(tiff->data + i, "\0\1\3\0\1\0\0\0", 8) == 0 ||
            memcmp(tiff->data + i, "\1\1\3\0\1\0\0\0", 8) == 0) {
            memcpy(tiff->data + i + 8, "\x30\x75", 2);
        }
    }
    assert_bad_page(tiff->data, tiff->len, LK_SCAN_ERROR_TOO_LARGE, "30000 × 30000");
}

#ifdef __SANITIZE_ADDRESS__ /* it keeps what was freed for a while */
#define BOMB_MOST_KIB (200 * 1024)
#else
#define BOMB_MOST_KIB (100 * 1024)
#endif

/** 500 MB of zeros in half a megabyte. */
static void
test_bomb(void)
{
    gsize len = (gsize)500 << 20;
    g_autofree uint8_t *zeros = g_malloc0(len);
    g_autoptr(GByteArray) stream = deflated(zeros, len);
    g_autoptr(GByteArray) pdf =
        file_pdf(400, 400, stream,
                 &(PdfKind){.image = "/Filter /FlateDecode /ColorSpace /DeviceGray "
                                     "/BitsPerComponent 8"});
    g_autoptr(LkScan) scan = opened(pdf);
    LkImage image;
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_PAGE);
    g_assert_cmpint(at(&image, 399, 399), ==, 0); /* what is beyond the page is left */
    g_assert_cmpint(peak_kib(lk_scan_worker_pid(scan)), <, BOMB_MOST_KIB);
}

/* --- A decoder that was taken over.
 * ---------------------------------------------------------- */

enum {
    DO_PAGE,
    DO_CRASH,
    DO_HANG,
    DO_LIE,
    DO_OPEN,
    DO_SOCKET,
    DO_EXEC,
    DO_FORK,
    DO_KILL,
    DO_READ,
    DO_MEMORY,
    DO_CUT_CRASH,
    DO_CUT_LIE,
    DO_CUT_NOTHING,
    DO_CUT_PIECES,
    DO_CUT_TOO_MUCH,
    N_DEEDS
};

/* Open in the parent, below and above the decoder's own. */
static int inherited[2] = {-1, -1};

static void *
hostile_open(const LkInput *input, int *n_pages, GError **rest, GError **error)
{
    (void)rest;
    (void)error;
    *n_pages = N_DEEDS;
    return g_memdup2(input->data, input->len);
}

static bool
small_page(LkCanvas *canvas, uint8_t value, GError **error)
{
    LkRaster raster = {.width = 3, .height = 2, .orientation = 1};
    size_t stride = 0;
    uint8_t *rows = lk_canvas_begin(canvas, &raster, &stride, error);
    memset(rows, value, stride * 2);
    return lk_canvas_end(canvas, error);
}

/** What it managed to do is told by the page's grey: 1 nothing, 2 something. */
static bool
hostile_page(void *state, int index, LkCanvas *canvas, GError **error)
{
    const uint8_t *deeds = state;
    bool done = false;
    char c = 0;
    switch (deeds[index]) {
    case DO_CRASH:
        *(volatile int *)NULL = 1; /* NOLINT */
        break;
    case DO_HANG:
        for (volatile unsigned i = 0;; i++) {
        }
    case DO_LIE:
        canvas->image = (LkImage){.width = 9000, .height = 12000, .stride = 1 << 20};
        return true;
    case DO_OPEN:
        done = open("/etc/passwd", O_RDONLY) >= 0 || open("/tmp/x", O_CREAT, 0600) >= 0;
        break;
    case DO_SOCKET:
        done = socket(AF_INET, SOCK_STREAM, 0) >= 0;
        break;
    case DO_EXEC:
        (void)execl("/bin/true", "true", NULL);
        done = true;
        break;
    case DO_FORK:
        done = fork() >= 0;
        break;
    case DO_KILL:
        done = kill(getppid(), 0) == 0;
        break;
    case DO_READ:
        done = pread(inherited[0], &c, 1, 0) == 1 || pread(inherited[1], &c, 1, 0) == 1;
        break;
    case DO_MEMORY:
        done = g_try_malloc((gsize)3 << 30) != NULL;
        break;
    default:
        break;
    }
    return small_page(canvas, done ? 2 : 1, error);
}

/* What a child that was taken over says a page is made of. */
static struct {
    LkPiece pieces[2];
    size_t n, own;
} lie;

static bool
hostile_cut(void *state, int index, LkCut *cut)
{
    const uint8_t *deeds = state;
    switch (deeds[index]) {
    case DO_CUT_CRASH:
        *(volatile int *)NULL = 1; /* NOLINT */
        break;
    case DO_CUT_LIE:
        cut->size = cut->used = cut->capacity + 1;
        return true;
    case DO_CUT_PIECES:
        cut->size = 1;
        cut->used = lie.own;
        cut->n_pieces = lie.n;
        memcpy(cut->pieces, lie.pieces, sizeof lie.pieces);
        return true;
    case DO_CUT_TOO_MUCH:
        while (lk_cut_put(cut, deeds, N_DEEDS)) {
        }
        return lk_cut_put(cut, deeds, N_DEEDS);
    default:
        break;
    }
    return true; /* without a byte */
}

static const LkFormat hostile = {hostile_open, hostile_page, g_free, hostile_cut};

static LkScan *
hostile_scan(const uint8_t *deeds)
{
    static const LkScanLimits limits = {.max_side_px = 14000,
                                        .max_mpx = 120,
                                        .page_timeout_ms = 1000,
                                        .max_pages = 100};
    g_autofree char *path = path_of("scan.dat");
    g_assert_true(g_file_set_contents(path, (const char *)deeds, N_DEEDS, NULL));
    g_autoptr(GError) error = NULL;
    LkScan *scan = lk_scan_open_format(path, &limits, &hostile, &error);
    g_assert_no_error(error);
    return scan;
}

/** One bad page costs one page. */
static void
assert_stopped(uint8_t deed, LkScanError code)
{
    uint8_t deeds[N_DEEDS] = {DO_PAGE, deed, DO_PAGE};
    g_autoptr(LkScan) scan = hostile_scan(deeds);
    g_autoptr(GError) error = NULL;
    LkImage image;
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_PAGE);
    g_assert_cmpint(lk_scan_next(scan, &image, &error), ==, LK_SCAN_BAD_PAGE);
    g_assert_error(error, LK_SCAN_ERROR, (int)code);
    for (int i = 2; i < N_DEEDS; i++) {
        g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_PAGE);
        g_assert_cmpint(at(&image, 2, 1), ==, 1);
    }
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_END);
}

static void
test_stopped(void)
{
    assert_stopped(DO_CRASH, LK_SCAN_ERROR_CRASH);
    assert_stopped(DO_HANG, LK_SCAN_ERROR_TIMEOUT);
    assert_stopped(DO_LIE, LK_SCAN_ERROR_CRASH);
    assert_stopped(DO_SOCKET, LK_SCAN_ERROR_CRASH);
    assert_stopped(DO_EXEC, LK_SCAN_ERROR_CRASH);
    assert_stopped(DO_FORK, LK_SCAN_ERROR_CRASH);
    assert_stopped(DO_KILL, LK_SCAN_ERROR_CRASH);
}

/** A page that cannot be cut out costs itself; what is no file is its picture. */
static void
assert_cut_stopped(uint8_t deed, bool stopped)
{
    uint8_t deeds[N_DEEDS] = {DO_PAGE, deed, DO_PAGE};
    g_autoptr(LkScan) scan = hostile_scan(deeds);
    g_autoptr(GError) error = NULL;
    LkImage image;
    LkScanCut cut;
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_PAGE);
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_PAGE);
    g_assert_cmpint(lk_scan_cut(scan, &cut, &error), ==, !stopped);
    if (stopped) {
        g_assert_error(error, LK_SCAN_ERROR, LK_SCAN_ERROR_CRASH);
        g_assert_nonnull(strstr(error->message, "page 2: "));
    } else {
        g_assert_cmpint(memcmp(cut.data, PNG_MAGIC, 4), ==, 0);
    }
    g_assert_cmpint(lk_scan_deaths(scan), ==, stopped);
    for (int i = 2; i < N_DEEDS; i++) {
        g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_PAGE);
    }
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_END);
}

/* Places beyond the file, sums that wrap around, more than any page has. */
static void
test_cut_pieces_stopped(void)
{
    const guint64 size = N_DEEDS, most = lk_cut_capacity(&lk_scan_limits_default);
    const struct {
        LkPiece pieces[2];
        size_t n, own;
        bool stopped;
    } lies[] = {
        {{{0, size, TRUE}, {.size = 5}}, 2, 5, false},
        {{{0, size + 1, TRUE}}, 1, 0, true},
        {{{1, size, TRUE}}, 1, 0, true},
        {{{G_MAXUINT64, 1, TRUE}}, 1, 0, true},
        {{{G_MAXUINT64 - 1, 2, TRUE}}, 1, 0, true},
        {{{2, G_MAXUINT64, TRUE}}, 1, 0, true},
        {{{0, 0, TRUE}}, 1, 0, true},
        {{{.size = 5}}, 1, 4, true},
        {{{.size = 4}}, 1, 5, true},
        {{{.size = most}, {0, 1, TRUE}}, 2, (size_t)most, true},
        {{{.size = most + 1}}, 1, (size_t)most + 1, true},
        {{{.size = 1}}, 0, 1, true},
        {{{.size = 1}}, LK_CUT_PIECES + 1, 1, true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(lies); i++) {
        memcpy(lie.pieces, lies[i].pieces, sizeof lie.pieces);
        lie.n = lies[i].n;
        lie.own = lies[i].own;
        const uint8_t deeds[N_DEEDS] = {DO_PAGE, DO_CUT_PIECES, DO_PAGE};
        g_autoptr(LkScan) scan = hostile_scan(deeds);
        LkImage image;
        LkScanCut cut;
        g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_PAGE);
        g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_PAGE);
        g_assert_cmpint(lk_scan_cut_pieces(scan, &cut, NULL), ==, !lies[i].stopped);
        g_assert_cmpint(lk_scan_deaths(scan), ==, lies[i].stopped);
    }
}

static void
test_cut_stopped(void)
{
    assert_cut_stopped(DO_CUT_CRASH, true);
    assert_cut_stopped(DO_CUT_LIE, true);
    assert_cut_stopped(DO_CUT_NOTHING, false);
    assert_cut_stopped(DO_CUT_TOO_MUCH, false);
}

/** These fail softly, since libraries try them in good faith. */
static void
test_denied(void)
{
    static const uint8_t denied[] = {DO_OPEN, DO_READ, DO_MEMORY};
    g_autofree char *path = path_of("database");
    inherited[0] = open(path, O_CREAT | O_RDWR, 0600);
    g_assert_cmpint(write(inherited[0], "x", 1), ==, 1);
    inherited[1] = fcntl(inherited[0], F_DUPFD, 100);
    for (size_t i = 0; i < G_N_ELEMENTS(denied); i++) {
#if defined(__SANITIZE_ADDRESS__)
        if (denied[i] == DO_MEMORY) {
            continue; /* the sanitizer needs the address space */
        }
#endif
        uint8_t deeds[N_DEEDS] = {denied[i]};
        g_autoptr(LkScan) scan = hostile_scan(deeds);
        LkImage image;
        g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_PAGE);
        g_assert_cmpint(at(&image, 0, 0), ==, 1);
    }
    (void)close(inherited[0]);
    (void)close(inherited[1]);
    (void)unlink(path);
}

/** A file in which every page kills the decoder is given up, not gone through. */
static void
test_given_up(void)
{
    uint8_t deeds[N_DEEDS];
    memset(deeds, DO_CRASH, sizeof deeds);
    g_autoptr(LkScan) scan = hostile_scan(deeds);
    LkImage image;
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_BAD_PAGE);
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_BAD_PAGE);
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(lk_scan_next(scan, &image, &error), ==, LK_SCAN_FAILED);
    g_assert_error(error, LK_SCAN_ERROR, LK_SCAN_ERROR_CRASH);
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_END);
}

/* --- PDF: what only a renderer can do.
 * ------------------------------------------------------ */

/** Segments of one page with one generic region, which may be coded as Group 4 is
 * (ISO/IEC 14492, 7.4.6): no encoder needed. */
static GByteArray *
jbig2_stream(const Stored *picture)
{
    g_autoptr(GByteArray) g4 = fax_stream(picture, -1);
    guint32 w = GUINT32_TO_BE((guint32)picture->width);
    guint32 h = GUINT32_TO_BE((guint32)picture->height);
    guint32 size = GUINT32_TO_BE(18 + g4->len);
    GByteArray *out = g_byte_array_new();
    g_byte_array_append(out, (const guint8 *)"\0\0\0\0\x30\0\1\0\0\0\x13", 11);
    g_byte_array_append(out, (guint8 *)&w, 4);
    g_byte_array_append(out, (guint8 *)&h, 4);
    g_byte_array_append(out, (const guint8 *)"\0\0\0\0\0\0\0\0\0\0\0", 11);
    g_byte_array_append(out, (const guint8 *)"\0\0\0\1\x26\0\1", 7);
    g_byte_array_append(out, (guint8 *)&size, 4);
    g_byte_array_append(out, (guint8 *)&w, 4);
    g_byte_array_append(out, (guint8 *)&h, 4);
    g_byte_array_append(out, (const guint8 *)"\0\0\0\0\0\0\0\0\0\1", 10);
    g_byte_array_append(out, g4->data, g4->len);
    return out;
}

static GByteArray *
jpx_stream(const Stored *picture)
{
    PIX *pix = pixCreate(picture->width, picture->height, 8);
    for (int y = 0; y < picture->height; y++) {
        for (int x = 0; x < picture->width; x++) {
            pixSetPixel(pix, x, y, picture->grey[y * picture->width + x]);
        }
    }
    l_uint8 *bytes = NULL;
    size_t len = 0;
    g_assert_cmpint(pixWriteMemJp2k(&bytes, &len, pix, 40, 4, 0, 0), ==, 0);
    GByteArray *out = g_byte_array_new();
    g_byte_array_append(out, bytes, (guint)len);
    lept_free(bytes);
    pixDestroy(&pix);
    return out;
}

static void
assert_rendered(const Stored *picture, GByteArray *stream, const char *image,
                const char *contents)
{
    PdfKind kind = {.image = image, .box = BOX, .contents = contents};
    g_autoptr(GByteArray) file =
        file_pdf(picture->width, picture->height, stream, &kind);
    assert_file(file, strstr(image, "JBIG2") != NULL, 5, 8);
    /* Cut off, it would be drawn as far as it goes. */
    g_byte_array_set_size(stream, stream->len / 2);
    g_autoptr(GByteArray) cut =
        file_pdf(picture->width, picture->height, stream, &kind);
    assert_bad_page(cut->data, cut->len, LK_SCAN_ERROR_DAMAGED, "page 1: ");
}

static void
test_pdf_rendered(void)
{
    g_auto(Stored) bilevel = picture_large(8, true);
    g_auto(Stored) grey = picture_large(8, false);
    g_autoptr(GByteArray) jbig2 = jbig2_stream(&bilevel);
    assert_rendered(&bilevel, jbig2, JBIG2, WHOLE);
    g_autoptr(GByteArray) jpx = jpx_stream(&grey);
    assert_rendered(&grey, jpx, JPX, WHOLE);
    g_autoptr(GByteArray) jpeg = file_jpeg(&grey, JPEG_GREY, 0);
    assert_rendered(&grey, jpeg, DCT_GREY, HALVES);
    g_autoptr(GByteArray) flate = samples_of(&grey, 1, false);
    assert_rendered(&grey, flate, FLATE, HALVES);
}

/** An image painted half transparent is not what its samples say. */
static void
test_pdf_settings(void)
{
    g_auto(Stored) grey = picture_large(8, false);
    g_autoptr(GByteArray) jpeg = file_jpeg(&grey, JPEG_GREY, 0);
    g_autoptr(GByteArray) file = file_pdf(
        grey.width, grey.height, jpeg,
        &(PdfKind){.image = DCT_GREY, .box = BOX, .contents = "/GS1 gs " WHOLE});
    g_autoptr(LkScan) scan = opened(file);
    LkImage image;
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_PAGE);
    g_assert_cmpint(picture_block(1, 0, false), ==, 0);
    g_assert_cmpint(ABS(at(&image, 3 * 64, 64) - 128), <=, 3);
}

/** A page without any image: a form filled in on a screen, say. */
static void
test_pdf_vector(void)
{
    g_autoptr(GByteArray) empty = deflated("", 1);
    g_autoptr(GByteArray) file = file_pdf(1, 1, empty,
                                          &(PdfKind){.image = FLATE,
                                                     .objects = "",
                                                     .box = "[0 0 72 144]",
                                                     .page = "/UserUnit 2 /Rotate 90",
                                                     .contents = "0 g 9 9 18 36 re f"});
    g_autoptr(LkScan) scan = opened(file);
    LkImage image;
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_PAGE);
    /* 2 x 4 inches lying on its side, 300 dpi; the bar stood at the bottom left. */
    g_assert_cmpint(image.width, ==, 1200);
    g_assert_cmpint(image.height, ==, 600);
    g_assert_cmpint(at(&image, 80, 80), ==, 0);
    g_assert_cmpint(at(&image, 370, 220), ==, 0);
    g_assert_cmpint(at(&image, 380, 220), ==, 255);
    g_assert_cmpint(at(&image, 370, 230), ==, 255);
}

/** pdftoppm, which we did not write, sees every page the same way round. */
static void
test_pdf_judge(void)
{
    static const char *const matrices[] = {"80 0 0 112 5 3",      "-80 0 0 112 85 3",
                                           "-80 0 0 -112 85 115", "80 0 0 -112 5 115",
                                           "0 -80 -112 0 117 83", "0 -80 112 0 5 83",
                                           "0 80 112 0 5 3",      "0 80 -112 0 117 3"};
    g_autofree char *pdf = path_of("scan.dat");
    g_autofree char *prefix = path_of("judge");
    g_autofree char *pgm = path_of("judge.pgm");
    g_auto(Stored) picture = picture_stored(1, false);
    g_autoptr(GByteArray) jpeg = file_jpeg(&picture, JPEG_GREY, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(matrices) * 4; i++) {
        g_autofree char *contents =
            g_strdup_printf("q %s cm /Im0 Do Q", matrices[i / 4]);
        g_autofree char *page =
            g_strdup_printf("/CropBox [5 3 %s] /Rotate %d",
                            i / 4 < 4 ? "85 115" : "117 83", (int)(i % 4) * 90);
        g_autoptr(GByteArray) file = file_pdf(PICTURE_W, PICTURE_H, jpeg,
                                              &(PdfKind){.image = DCT_GREY,
                                                         .contents = contents,
                                                         .page = page,
                                                         .box = "[0 0 120 120]"});
        g_autoptr(LkScan) scan = opened(file);
        LkImage image;
        g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_PAGE);
        run((const char *[]){"pdftoppm", "-cropbox", "-singlefile", "-gray", "-r", "72",
                             pdf, prefix, NULL});
        g_autofree char *drawn = NULL;
        gsize len = 0;
        g_assert_true(g_file_get_contents(pgm, &drawn, &len, NULL));
        size_t n = (size_t)image.width * (size_t)image.height;
        g_autofree char *header =
            g_strdup_printf("P5\n%d %d\n255\n", image.width, image.height);
        g_assert_true(len == strlen(header) + n && g_str_has_prefix(drawn, header));
        const uint8_t *judge = (const uint8_t *)drawn + strlen(header);
        for (int y = 8; y < image.height; y += PICTURE_BLOCK) {
            for (int x = 8; x < image.width; x += PICTURE_BLOCK) {
                g_assert_cmpint(ABS(at(&image, x, y) - judge[y * image.width + x]), <=,
                                6);
            }
        }
    }
    (void)unlink(pgm);
}

static void
test_pdf_encrypted(void)
{
    g_auto(Stored) picture = picture_stored(1, false);
    g_autoptr(GByteArray) jpeg = file_jpeg(&picture, JPEG_GREY, 0);
    g_autoptr(GByteArray) plain =
        file_pdf(PICTURE_W, PICTURE_H, jpeg, &(PdfKind){.image = DCT_GREY});
    g_autofree char *from = written(plain);
    g_autofree char *to = path_of("locked.pdf");
    run((const char *[]){"qpdf", "--encrypt", "secret", "owner", "256", "--", from, to,
                         NULL});
    g_autoptr(GError) error = refusal_at(to);
    g_assert_error(error, LK_SCAN_ERROR, LK_SCAN_ERROR_ENCRYPTED);
    g_assert_nonnull(strstr(error->message, "password"));
    /* No password to read, only one to change: opens like any other. */
    run((const char *[]){"qpdf", "--encrypt", "", "owner", "256", "--", from, to,
                         NULL});
    g_autofree char *bytes = NULL;
    gsize len = 0;
    g_assert_true(g_file_get_contents(to, &bytes, &len, NULL));
    GByteArray view = {(guint8 *)bytes, (guint)len};
    assert_file(&view, false, 3, 1);
    (void)unlink(to);
}

/* --- PDF: the table of contents is at the end, and copies break off.
 * ------------------------- */

static GByteArray *
pile(int n, int times)
{
    g_auto(Stored) picture = picture_large(times, false);
    g_autoptr(GByteArray) jpeg = file_jpeg(&picture, JPEG_GREY, 0);
    return file_pdf(picture.width, picture.height, jpeg,
                    &(PdfKind){.image = DCT_GREY, .copies = n});
}

static void
test_pdf_cut(void)
{
    g_autoptr(GByteArray) file = pile(5, 6);
    g_byte_array_set_size(file, file->len * 2 / 3); /* in the fourth page */
    g_autoptr(LkScan) scan = opened(file);
    LkImage image;
    g_autoptr(GError) error = NULL;
    for (int i = 0; i < 3; i++) {
        LkScanResult result = lk_scan_next(scan, &image, &error);
        g_assert_no_error(error);
        g_assert_cmpint(result, ==, LK_SCAN_PAGE);
        assert_picture(&image, false, 3, 6);
    }
    g_assert_cmpint(lk_scan_next(scan, &image, &error), ==, LK_SCAN_FAILED);
    g_assert_error(error, LK_SCAN_ERROR, LK_SCAN_ERROR_DAMAGED);
    g_assert_nonnull(strstr(error->message, "only 3 whole pages"));
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_END);
}

/** Some bytes of the middle are overwritten, as by a bad disk: the others are read. */
static void
test_pdf_scratched(void)
{
    g_autoptr(GByteArray) file = pile(5, 6);
    memset(file->data + file->len * 45 / 100, 'x', 300); /* in the third page */
    g_autoptr(LkScan) scan = opened(file);
    LkImage image;
    g_assert_cmpint(lk_scan_n_pages(scan), ==, 5);
    for (int i = 0; i < 5; i++) {
        g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==,
                        i == 2 ? LK_SCAN_BAD_PAGE : LK_SCAN_PAGE);
    }
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_END);
}

/** A page whose image is not in the file would be drawn white. */
static void
test_pdf_torn(void)
{
    g_auto(Stored) picture = picture_stored(1, false);
    g_autoptr(GByteArray) jpeg = file_jpeg(&picture, JPEG_GREY, 0);
    g_autoptr(GByteArray) file =
        file_pdf(PICTURE_W, PICTURE_H, jpeg,
                 &(PdfKind){.image = DCT_GREY, .objects = "/Im0 99 0 R"});
    assert_bad_page(file->data, file->len, LK_SCAN_ERROR_DAMAGED, "missing");
    g_autoptr(GByteArray) halves = file_pdf(
        PICTURE_W, PICTURE_H, jpeg,
        &(PdfKind){.image = DCT_GREY, .objects = "/Im0 99 0 R", .contents = HALVES});
    assert_bad_page(halves->data, halves->len, LK_SCAN_ERROR_DAMAGED, "page 1: ");
    g_autoptr(GByteArray) contents =
        file_pdf(PICTURE_W, PICTURE_H, jpeg,
                 &(PdfKind){.image = DCT_GREY, .page = "/Contents 99 0 R"});
    assert_bad_page(contents->data, contents->len, LK_SCAN_ERROR_DAMAGED, "missing");
}

/* --- Piles.
 * ------------------------------------------------------------------------------------
 */

static void
test_many(void)
{
    g_auto(Stored) picture = picture_stored(1, true);
    g_autoptr(GByteArray) g4 = fax_stream(&picture, -1);
    g_autoptr(GByteArray) file = file_pdf(
        PICTURE_W, PICTURE_H, g4, &(PdfKind){.image = G4(80, ""), .copies = 5000});
    g_autoptr(LkScan) scan = opened(file);
    LkImage image;
    g_assert_cmpint(lk_scan_n_pages(scan), ==, 5000);
    lk_scan_seek(scan, 4998);
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_PAGE);
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_PAGE);
    assert_picture(&image, true, 0, 1);
    g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_END);

    LkScanLimits few = lk_scan_limits_default;
    few.max_pages = 4999;
    g_autofree char *path = path_of("scan.dat");
    g_autoptr(GError) error = NULL;
    g_assert_null(lk_scan_open(path, &few, &error));
    g_assert_error(error, LK_SCAN_ERROR, LK_SCAN_ERROR_TOO_LARGE);
    g_assert_nonnull(strstr(error->message, "5000 pages"));
}

/** Peak memory of both processes after @until pages. */
static int
peak_after(LkScan *scan, int from, int until)
{
    LkImage image;
    LkScanCut cut;
    for (int i = from; i < until; i++) {
        g_assert_cmpint(lk_scan_next(scan, &image, NULL), ==, LK_SCAN_PAGE);
        g_assert_cmpint(at(&image, 8, 8), >=, 252);
        g_assert_true(lk_scan_cut(scan, &cut, NULL));
    }
    return peak_kib(lk_scan_worker_pid(scan)) + peak_kib(getpid());
}

static void
test_flat(void)
{
#if defined(__SANITIZE_ADDRESS__)
    g_test_skip("the address sanitizer keeps what was freed");
    return;
#endif
    g_autoptr(GByteArray) file = pile(300, 12); /* a megapixel a page */
    g_autofree char *path = written(file);
    g_autoptr(LkScan) scan = lk_scan_open(path, NULL, NULL);
    int early = peak_after(scan, 0, 20);
    int late = peak_after(scan, 20, 300);
    g_test_message("peak %d KiB after 20 pages, %d after 300", early, late);
    g_assert_cmpint(late, <=, early + 3 * 1024);
}

static void
touch(const char *name, const char *text)
{
    g_autofree char *path = path_of(name);
    g_autofree char *parent = g_path_get_dirname(path);
    g_assert_cmpint(g_mkdir_with_parents(parent, 0700), ==, 0);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void
test_list(void)
{
    static const char *const names[] = {
        "pile/page10.jpg",  "pile/page2.jpg",   "pile/.hidden.jpg", "pile/Page1.jpg",
        "pile/page2/x.png", "pile/page02b.jpg", "pile/.git/y.png",  NULL};
    for (size_t i = 0; names[i] != NULL; i++) {
        touch(names[i], "x");
    }
    g_autofree char *dir = path_of("pile");
    g_autofree char *named = path_of("pile/.hidden.jpg");
    g_autofree char *loop = path_of("pile/loop");
    g_assert_cmpint(symlink(".", loop), ==, 0);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) files =
        lk_scan_list((const char *const[]){named, dir, NULL}, &error);
    g_assert_no_error(error);
    g_autoptr(GString) got = g_string_new(NULL);
    for (guint i = 0; i < files->len; i++) {
        const char *path = g_ptr_array_index(files, i);
        g_string_append_printf(got, "%s ", path + strlen(dir) + 1);
    }
    g_assert_cmpstr(got->str, ==,
                    ".hidden.jpg Page1.jpg page2/x.png page2.jpg page02b.jpg "
                    "page10.jpg ");
    g_autofree char *missing = path_of("pile/none");
    g_assert_null(lk_scan_list((const char *const[]){missing, NULL}, &error));
    g_assert_error(error, LK_SCAN_ERROR, LK_SCAN_ERROR_OPEN);
    run((const char *[]){"rm", "-r", dir, NULL});
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    folder = g_dir_make_tmp("lk-scan-XXXXXX", NULL);
    g_test_add_func("/scan/jpeg", test_jpeg);
    g_test_add_func("/scan/jpeg/exif", test_exif);
    g_test_add_func("/scan/png", test_png);
    g_test_add_func("/scan/tiff/grey", test_tiff);
    g_test_add_func("/scan/tiff/bilevel", test_tiff_bilevel);
    g_test_add_func("/scan/tiff/orientation", test_tiff_orientation);
    g_test_add_func("/scan/tiff/fax", test_tiff_fax);
    g_test_add_func("/scan/tiff/pages", test_tiff_pages);
    g_test_add_func("/scan/tiff/cut", test_tiff_cut);
    g_test_add_func("/scan/pdf/jpeg", test_pdf_jpeg);
    g_test_add_func("/scan/pdf/fax", test_pdf_fax);
    g_test_add_func("/scan/pdf/flate", test_pdf_flate);
    g_test_add_func("/scan/pdf/rotate", test_pdf_rotate);
    g_test_add_func("/scan/pdf/matrix", test_pdf_matrix);
    g_test_add_func("/scan/pdf/strips", test_pdf_strips);
    g_test_add_func("/scan/cut/tiff", test_cut_tiff);
    g_test_add_func("/scan/cut/shared", test_cut_shared);
    g_test_add_func("/scan/cut/inline", test_cut_inline);
    g_test_add_func("/scan/cut/picture", test_cut_picture);
    g_test_add_func("/scan/cut/whole", test_cut_whole);
    g_test_add_func("/scan/cut/stopped", test_cut_stopped);
    g_test_add_func("/scan/cut/pieces/stopped", test_cut_pieces_stopped);
    g_test_add_func("/scan/refused/format", test_refused_format);
    g_test_add_func("/scan/refused/path", test_refused_path);
    g_test_add_func("/scan/bad/truncated", test_truncated);
    g_test_add_func("/scan/bad/end-marker", test_end_marker);
    g_test_add_func("/scan/bad/middle", test_damaged_middle);
    g_test_add_func("/scan/bad/huge", test_huge);
    g_test_add_func("/scan/bad/bomb", test_bomb);
    g_test_add_func("/scan/confined/stopped", test_stopped);
    g_test_add_func("/scan/confined/denied", test_denied);
    g_test_add_func("/scan/confined/given-up", test_given_up);
    g_test_add_func("/scan/pdf/rendered", test_pdf_rendered);
    g_test_add_func("/scan/pdf/settings", test_pdf_settings);
    g_test_add_func("/scan/pdf/vector", test_pdf_vector);
    g_test_add_func("/scan/pdf/judge", test_pdf_judge);
    g_test_add_func("/scan/pdf/encrypted", test_pdf_encrypted);
    g_test_add_func("/scan/pdf/cut", test_pdf_cut);
    g_test_add_func("/scan/pdf/scratched", test_pdf_scratched);
    g_test_add_func("/scan/pdf/torn", test_pdf_torn);
    g_test_add_func("/scan/pile/many", test_many);
    g_test_add_func("/scan/pile/flat", test_flat);
    g_test_add_func("/scan/list", test_list);
    int status = g_test_run();
    g_autofree char *path = path_of("scan.dat");
    (void)unlink(path);
    (void)rmdir(folder);
    g_free(folder);
    return status;
}
