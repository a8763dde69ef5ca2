#include "form/form.h"
#include <ft2build.h>
#include FT_FREETYPE_H
struct LkFonts {
    FT_Library lib;
    FT_Face f[2];
    char *path[2];
};
LkFonts *
lk_fonts_load(GError **error)
{
    (void)error;
    LkFonts *x = g_new0(LkFonts, 1);
    FT_Init_FreeType(&x->lib);
    char *d = lk_data_path("fonts", NULL);
    x->path[0] = g_build_filename(d, "Andika-Regular.ttf", NULL);
    x->path[1] = g_build_filename(d, "Andika-Bold.ttf", NULL);
    g_free(d);
    for (int i = 0; i < 2; i++)
        if (FT_New_Face(x->lib, x->path[i], 0, &x->f[i]))
            g_error("font");
    return x;
}
void
lk_fonts_free(LkFonts *x)
{
    if (!x)
        return;
    for (int i = 0; i < 2; i++) {
        FT_Done_Face(x->f[i]);
        g_free(x->path[i]);
    }
    FT_Done_FreeType(x->lib);
    g_free(x);
}
const char *
lk_fonts_path(const LkFonts *x, LkFace f)
{
    return x->path[f];
}
double
lk_fonts_width(const LkFonts *x, LkFace f, double pt, const char *t)
{
    double w = 0;
    for (; *t; t = g_utf8_next_char(t)) {
        FT_Load_Glyph(x->f[f], FT_Get_Char_Index(x->f[f], g_utf8_get_char(t)),
                      FT_LOAD_NO_SCALE);
        w += (double)x->f[f]->glyph->metrics.horiAdvance / x->f[f]->units_per_EM * pt *
             25.4 / 72;
    }
    return w;
}
gunichar
lk_fonts_missing(const LkFonts *x, LkFace f, const char *t)
{
    for (; *t; t = g_utf8_next_char(t))
        if (!FT_Get_Char_Index(x->f[f], g_utf8_get_char(t)))
            return g_utf8_get_char(t);
    return 0;
}
const LkLayoutField *
lk_layout_field(const LkLayout *l, int i)
{
    return g_ptr_array_index(l->fields, (guint)i);
}
GQuark
lk_form_error_quark(void)
{
    return g_quark_from_static_string("lk-form-error");
}
