/* bands.c - what stands on every page: fiducials, codes, title, case code, how to mark.
 *
 * The upper band lies left of the code, the lower one right of it. Copies differ in the
 * slots only. */
#include "form/plan.h"

#include <string.h>

#define FIDUCIAL_MM 5.0
#define FIDUCIAL_CENTRE_MM 15.0
#define BAND_LEFT 23.0
#define BAND_RIGHT 160.0 /* quiet zone of the upper code from 161.9 */
#define CASE_PT 12.0
#define CASE_LOW_PT 11.0
#define CASE_CAP 0.255 /* height of capitals, mm per pt */
#define SAMPLE_MM 2.8  /* boxes in the instructions: too small for a fiducial */

static const LkStyle style_band = {LK_FACE_REGULAR, HINT_PT, LK_ALIGN_LEFT, 0};
static const LkStyle style_band_right = {LK_FACE_REGULAR, HINT_PT, LK_ALIGN_RIGHT, 0};

static char *
replace(const char *text, const char *word, int number)
{
    g_autoptr(GString) out = g_string_new(text);
    g_autofree char *digits = g_strdup_printf("%d", number);
    g_string_replace(out, word, digits, 0);
    return g_strdup(out->str);
}

static void
put_marks(LkLayoutPage *page)
{
    const double near = FIDUCIAL_CENTRE_MM - FIDUCIAL_MM / 2;
    const double right = LK_PAGE_WIDTH_MM - near - FIDUCIAL_MM;
    const double low = LK_PAGE_HEIGHT_MM - near - FIDUCIAL_MM;
    const double s = FIDUCIAL_MM;
    page->fiducials[0] = (LkRect){near, near, s, s};
    page->fiducials[1] = (LkRect){right, near, s, s};
    page->fiducials[2] = (LkRect){right, low, s, s};
    page->fiducials[3] = (LkRect){near, low, s, s};
    page->qr[0] = (LkRect){165, 12.5, LK_QR_MM, LK_QR_MM};
    page->qr[1] = (LkRect){23, 262.5, LK_QR_MM, LK_QR_MM};
}

static void
put_slot(LkLayoutPage *page, LkSlotKind kind, LkPoint at, LkStyle style, LkRect area)
{
    LkSlot slot = {kind, at, style.face, style.size_pt, style.align, area};
    g_array_append_val(page->slots, slot);
}

/* The case code, with 2 mm of white around the widest one ("WWW-00000-00000-00"). */
static void
put_case(LkPlan *plan, LkPoint at, double size_pt)
{
    LkStyle style = {LK_FACE_BOLD, size_pt, LK_ALIGN_LEFT, 0};
    double width = lk_text_width(plan, style, "WWW-00000-00000-00");
    double cap = size_pt * CASE_CAP;
    LkRect area = {lk_snap(at.x - 2), lk_snap(at.y - cap - 2), lk_snap(width + 4),
                   lk_snap(cap + 4)};
    put_slot(plan->page, LK_SLOT_CASE, at, style, area);
}

/* A line of small text under 8 pt: identity, office. */
static void
put_small_slot(LkPlan *plan, LkSlotKind kind, LkPoint at, LkStyle style, double width)
{
    double left = style.align == LK_ALIGN_RIGHT ? at.x - width : at.x;
    LkRect area = {lk_snap(left - 1), lk_snap(at.y - 3), lk_snap(width + 2), 4.2};
    put_slot(plan->page, kind, at, style, area);
}

/* --- How to mark: words with drawn boxes between them. -----------------------------
 */

static void
put_sample(LkPlan *plan, LkPoint base, bool is_black)
{
    LkRect box = {base.x, base.y - SAMPLE_MM + 0.4, SAMPLE_MM, SAMPLE_MM};
    lk_put_rect(plan, box, 0.25, is_black ? 0 : -1);
    if (!is_black) {
        double right = box.x + box.w;
        double bottom = box.y + box.h;
        lk_put_line(plan, (LkPoint){box.x, box.y}, (LkPoint){right, bottom}, 0.35);
        lk_put_line(plan, (LkPoint){right, box.y}, (LkPoint){box.x, bottom}, 0.35);
    }
}

static double
put_instruction(LkPlan *plan, LkPoint at, const char *text)
{
    const char *const samples[] = {"{croix}", "{noir}"};
    g_autofree char *typeset = lk_typeset(text);
    const char *rest = typeset;
    while (*rest != '\0') {
        const char *next = NULL;
        size_t which = 0;
        for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
            const char *found = strstr(rest, samples[i]);
            if (found != NULL && (next == NULL || found < next)) {
                next = found;
                which = i;
            }
        }
        g_autofree char *words =
            next != NULL ? g_strndup(rest, (gsize)(next - rest)) : g_strdup(rest);
        lk_put_text(plan, at, style_band, words);
        at.x += lk_text_width(plan, style_band, words);
        if (next == NULL) {
            break;
        }
        put_sample(plan, at, which == 1);
        at.x += SAMPLE_MM + 0.4;
        rest = next + strlen(samples[which]);
    }
    return at.x;
}

/* --- The bands. --------------------------------------------------------------------
 */

static void
complain_title(LkPlan *plan)
{
    lk_problem_add(plan->problems, plan->form->file, plan->form->line,
                   plan->form->column,
                   _("the title does not fit beside the code; shorten it"));
}

static void
put_title(LkPlan *plan, double base)
{
    const char *text =
        plan->page->title != NULL ? plan->page->title : plan->form->title;
    LkStyle code = {LK_FACE_BOLD, 17, LK_ALIGN_LEFT, 0};
    LkStyle title = {LK_FACE_BOLD, 14, LK_ALIGN_LEFT, 0};
    lk_put_text(plan, (LkPoint){BAND_LEFT, base}, code, plan->form->code);
    double x = BAND_LEFT + lk_text_width(plan, code, plan->form->code) + 4;
    while (title.size_pt > 10 && x + lk_text_width(plan, title, text) > BAND_RIGHT) {
        title.size_pt -= 1;
    }
    if ((plan->page->number == 1 || plan->page->title != NULL) &&
        x + lk_text_width(plan, title, text) > BAND_RIGHT) {
        complain_title(plan);
    }
    lk_put_text(plan, (LkPoint){x, base}, title, text);
}

static void
put_upper_band(LkPlan *plan, const char *page_text)
{
    const LkPageTexts *texts = plan->form->texts;
    LkLayoutPage *page = plan->page;
    LkStyle separable = {LK_FACE_BOLD, TEXT_PT, LK_ALIGN_LEFT, 0};
    LkStyle number = {LK_FACE_BOLD, 10, LK_ALIGN_RIGHT, 0};
    LkStyle identity = {LK_FACE_REGULAR, 8, LK_ALIGN_RIGHT, 0};
    lk_put_text(plan, (LkPoint){BAND_LEFT, 15.4},
                page->separable ? separable : style_band,
                page->separable ? texts->separable : texts->authority);
    lk_put_text(plan, (LkPoint){BAND_RIGHT, 15.4}, number, page_text);
    put_title(plan, 22.2);
    lk_put_text(plan, (LkPoint){BAND_LEFT, 29.0}, style_band, texts->case_label);
    double x = BAND_LEFT + lk_text_width(plan, style_band, texts->case_label) + 2.4;
    put_case(plan, (LkPoint){lk_snap(x), 29.0}, CASE_PT);
    if (page->hides_code) {
        lk_put_text(plan, (LkPoint){x, 29.0}, style_band, texts->code_in_qr);
    }
    put_small_slot(plan, LK_SLOT_IDENTITY, (LkPoint){BAND_RIGHT, 29.0}, identity, 40);
    (void)put_instruction(plan, (LkPoint){BAND_LEFT, 34.4}, texts->how_to_mark);
    lk_put_text(plan, (LkPoint){BAND_RIGHT, 34.4}, style_band_right, texts->required);
}

static void
put_lower_band(LkPlan *plan, const char *page_text)
{
    LkStyle small = {LK_FACE_REGULAR, 8, LK_ALIGN_LEFT, 0};
    const double x = 139;
    /* Free place: a sticker goes there on a blank copy; render draws its outline. */
    plan->page->label_area = (LkRect){50, 262, 84, 22.5};
    put_case(plan, (LkPoint){x, 267.2}, CASE_LOW_PT);
    put_small_slot(plan, LK_SLOT_IDENTITY, (LkPoint){x, 274.0}, small, 40);
    put_small_slot(plan, LK_SLOT_OFFICE, (LkPoint){x, 278.4}, small, 48);
    g_autofree char *form =
        g_strdup_printf("%s \u00b7 %s", plan->form->code, page_text);
    lk_put_text(plan, (LkPoint){x, 282.8}, small, form);
}

void
lk_bands(LkPlan *plan)
{
    int total = (int)plan->layout->pages->len;
    plan->type = plan->other = 1;
    g_autofree char *of_total = replace(plan->form->texts->page, "{total}", total);
    for (int i = 0; i < total; i++) {
        plan->page = g_ptr_array_index(plan->layout->pages, (guint)i);
        g_autofree char *text = replace(of_total, "{n}", i + 1);
        put_marks(plan->page);
        put_upper_band(plan, text);
        put_lower_band(plan, text);
    }
    plan->page = NULL;
}
