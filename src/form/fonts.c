/* fonts.c - the pinned fonts: which files, and how wide their letters are.
 *
 * Advances are taken unscaled, in font units: hinting differs from one FreeType to the
 * next, design units do not, and the same text must break at the same place everywhere.
 */
#include "form/form.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include <string.h>

#define MM_PER_PT (25.4 / 72.0)
#define CACHED 0x2100 /* Latin, and the dashes and quotes up to U+2100 */
#define UNKNOWN INT16_MIN

typedef struct {
    char *path;
    FT_Face face;
    double units_per_em;
    int16_t advance[CACHED]; /* font units; -1 = no glyph; UNKNOWN = not asked yet */
} Face;

struct LkFonts {
    FT_Library library;
    Face faces[LK_N_FACES];
};

static const char *const face_names[LK_N_FACES] = {"regular", "bold"};

/* Reads a font and compares its digest with the pinned one. */
static bool
is_pinned(const char *path, const char *sha256, GError **error)
{
    g_autofree char *bytes = NULL;
    gsize len = 0;
    g_autoptr(GError) why = NULL;
    if (!g_file_get_contents(path, &bytes, &len, &why)) {
        g_set_error(error, LK_FORM_ERROR, LK_FORM_ERROR_FONT,
                    _("cannot read the font %s: %s; run `make` to install the fonts "
                      "again"),
                    path, lk_error_text(why));
        return false;
    }
    g_autofree char *got =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, len);
    if (strcmp(got, sha256) != 0) {
        g_set_error(error, LK_FORM_ERROR, LK_FORM_ERROR_FONT,
                    _("the font %s is not the one the forms were laid out with "
                      "(fonts/fonts.lst): another would move the boxes; run `make` to "
                      "install it again"),
                    path);
        return false;
    }
    return true;
}

static bool
open_face(LkFonts *fonts, LkFace which, const char *path, const char *sha256,
          GError **error)
{
    if (!is_pinned(path, sha256, error)) {
        return false;
    }
    Face *face = &fonts->faces[which];
    if (FT_New_Face(fonts->library, path, 0, &face->face) != 0) {
        g_set_error(error, LK_FORM_ERROR, LK_FORM_ERROR_FONT,
                    _("FreeType cannot open the font %s"), path);
        return false;
    }
    face->path = g_strdup(path);
    face->units_per_em = face->face->units_per_EM;
    for (size_t i = 0; i < CACHED; i++) {
        face->advance[i] = UNKNOWN;
    }
    return true;
}

/* One line of fonts.lst: "face file sha256 package path"; others are comments. */
static bool
open_listed(LkFonts *fonts, const char *dir, const char *line, GError **error)
{
    g_auto(GStrv) words = g_strsplit_set(line, " \t", -1);
    if (line[0] == '#' || g_strv_length(words) < 3) {
        return true;
    }
    for (int which = 0; which < LK_N_FACES; which++) {
        if (strcmp(words[0], face_names[which]) == 0) {
            g_autofree char *path = g_build_filename(dir, words[1], NULL);
            return open_face(fonts, (LkFace)which, path, words[2], error);
        }
    }
    return true;
}

LkFonts *
lk_fonts_load(GError **error)
{
    g_autofree char *dir = lk_data_path("fonts", error);
    if (dir == NULL) {
        return NULL;
    }
    g_autofree char *list = g_build_filename(dir, "fonts.lst", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) why = NULL;
    if (!g_file_get_contents(list, &text, NULL, &why)) {
        g_set_error(error, LK_FORM_ERROR, LK_FORM_ERROR_FONT,
                    _("%s: cannot be read: %s"), list, lk_error_text(why));
        return NULL;
    }
    g_autoptr(LkFonts) fonts = g_new0(LkFonts, 1);
    if (FT_Init_FreeType(&fonts->library) != 0) {
        g_set_error_literal(error, LK_FORM_ERROR, LK_FORM_ERROR_FONT,
                            _("FreeType does not start: not enough memory?"));
        return NULL;
    }
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (size_t i = 0; lines[i] != NULL; i++) {
        if (!open_listed(fonts, dir, lines[i], error)) {
            return NULL;
        }
    }
    for (int which = 0; which < LK_N_FACES; which++) {
        if (fonts->faces[which].face == NULL) {
            g_set_error(error, LK_FORM_ERROR, LK_FORM_ERROR_FONT,
                        _("%s names no font for the face '%s'"), list,
                        face_names[which]);
            return NULL;
        }
    }
    return g_steal_pointer(&fonts);
}

void
lk_fonts_free(LkFonts *fonts)
{
    if (fonts == NULL) {
        return;
    }
    for (int which = 0; which < LK_N_FACES; which++) {
        g_free(fonts->faces[which].path);
        if (fonts->faces[which].face != NULL) {
            FT_Done_Face(fonts->faces[which].face);
        }
    }
    if (fonts->library != NULL) {
        FT_Done_FreeType(fonts->library);
    }
    g_free(fonts);
}

const char *
lk_fonts_path(const LkFonts *fonts, LkFace face)
{
    return fonts->faces[face].path;
}

/* Advance in font units, or -1 without a glyph. The cache is no visible state: the
 * answer is the same with and without it. */
static int
advance_of(const LkFonts *fonts, LkFace which, gunichar character)
{
    Face *face = (Face *)&fonts->faces[which];
    if (character < CACHED && face->advance[character] != UNKNOWN) {
        return face->advance[character];
    }
    FT_UInt glyph = FT_Get_Char_Index(face->face, character);
    int advance = -1;
    if (glyph != 0 &&
        FT_Load_Glyph(face->face, glyph, FT_LOAD_NO_SCALE | FT_LOAD_NO_BITMAP) == 0) {
        advance = (int)face->face->glyph->advance.x;
    }
    if (character < CACHED) {
        face->advance[character] = (int16_t)advance;
    }
    return advance;
}

double
lk_fonts_width(const LkFonts *fonts, LkFace face, double size_pt, const char *text)
{
    long units = 0;
    for (const char *c = text; *c != '\0'; c = g_utf8_next_char(c)) {
        int advance = advance_of(fonts, face, g_utf8_get_char(c));
        units += MAX(advance, 0);
    }
    return (double)units * size_pt * MM_PER_PT / fonts->faces[face].units_per_em;
}

gunichar
lk_fonts_missing(const LkFonts *fonts, LkFace face, const char *text)
{
    for (const char *c = text; *c != '\0'; c = g_utf8_next_char(c)) {
        gunichar character = g_utf8_get_char(c);
        if (advance_of(fonts, face, character) < 0) {
            return character;
        }
    }
    return 0;
}

/* --- As pixels. ---------------------------------------------------------------------
 */

static void
draw_bitmap(const FT_Bitmap *bitmap, int left, int top, LkFontDot dot, void *data)
{
    for (unsigned y = 0; y < bitmap->rows; y++) {
        const uint8_t *row = bitmap->buffer + (ptrdiff_t)y * bitmap->pitch;
        for (unsigned x = 0; x < bitmap->width; x++) {
            if (row[x] > 0) {
                dot(left + (int)x, (int)y - top, row[x], data);
            }
        }
    }
}

void
lk_fonts_draw(const LkFonts *fonts, LkFace face, int size_px, const char *text,
              LkFontDot dot, void *data)
{
    FT_Face letters = fonts->faces[face].face;
    if (FT_Set_Pixel_Sizes(letters, 0, (FT_UInt)size_px) != 0) {
        return;
    }
    double per_unit = size_px / fonts->faces[face].units_per_em, x = 0;
    for (const char *c = text; *c != '\0'; c = g_utf8_next_char(c)) {
        gunichar character = g_utf8_get_char(c);
        int advance = advance_of(fonts, face, character);
        if (advance >= 0 && FT_Load_Char(letters, character, FT_LOAD_RENDER) == 0) {
            const struct FT_GlyphSlotRec_ *glyph = letters->glyph;
            draw_bitmap(&glyph->bitmap, (int)x + glyph->bitmap_left, glyph->bitmap_top,
                        dot, data);
        }
        x += MAX(advance, 0) * per_unit;
    }
}
