/* explain.c - one page read again, for a person to see why; nothing is filed. */
#include "pipeline/filed.h"
#include "pipeline/page.h"

#define PICTURE_DPI 154 /* 1800 px for the height of A4 */

void
lk_explained_clear(LkExplained *explained)
{
    g_clear_pointer(&explained->reasons, g_ptr_array_unref);
}

/* Gets page @order->page of the file. */
static bool
get_page(LkScan *scan, const LkExplainOrder *order, LkImage *image, GError **error)
{
    lk_scan_seek(scan, order->page - 1);
    g_autoptr(GError) why = NULL;
    switch (lk_scan_next(scan, image, &why)) {
    case LK_SCAN_PAGE:
        return true;
    case LK_SCAN_END:
        g_set_error(error, LK_PIPELINE_ERROR, LK_PIPELINE_ERROR_PAGE,
                    ngettext_("%s has %d page only", "%s has %d pages only",
                              (unsigned long)lk_scan_n_pages(scan)),
                    order->file, lk_scan_n_pages(scan));
        return false;
    default:
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
}

/* --- What the reader asks; answered from the store, as in a batch. ------------------
 */

static const LkLayout *
find_layout(const char *id, void *desk)
{
    return lk_desk_find_layout(desk, id);
}

static void
each_issued(const LkCaseCode *code, void (*each)(const LkPageId *id, void *to),
            void *to, void *desk)
{
    g_autoptr(GArray) pages = lk_desk_issued(desk, code);
    for (guint i = 0; i < pages->len; i++) {
        each(&g_array_index(pages, LkPageId, i), to);
    }
}

static const LkLayout *
example_layout(void *desk)
{
    return lk_desk_example(desk);
}

/* --- The picture. -------------------------------------------------------------------
 */

static void
list_reasons(const LkReading *reading, GPtrArray *reasons)
{
    for (int i = 0; i < LK_REASON_N; i++) {
        if ((reading->reasons & 1u << i) != 0) {
            g_ptr_array_add(reasons, lk_reason_say((LkReason)i, &reading->quality));
        }
    }
    g_ptr_array_add(reasons, NULL);
}

/* @shown: what may be seen of @image. */
static bool
draw(LkDesk *desk, const LkImage *image, const LkImage *shown,
     const LkExplainOrder *order, LkExplained *explained, GError **error)
{
    g_autoptr(LkFonts) fonts = lk_fonts_load(error);
    LkReadHost host = {find_layout, each_issued, desk};
    g_autoptr(LkReader) reader = fonts != NULL ? lk_reader_new(&host, error) : NULL;
    if (reader == NULL) {
        return false;
    }
    lk_reader_set_example(reader, example_layout);
    g_autoptr(LkReadTrace) trace = lk_read_trace_new();
    g_autoptr(LkReading) reading = lk_reader_read_traced(reader, image, trace);
    list_reasons(reading, explained->reasons);
    explained->is_read = reading->outcome == LK_OUTCOME_READ;
    explained->is_blank = reading->outcome == LK_OUTCOME_BLANK;
    LkExplanation what = {shown,
                          reading,
                          trace,
                          reading->source != LK_IDENTITY_NONE
                              ? lk_desk_find_layout(desk, reading->id.layout)
                              : NULL,
                          fonts,
                          (const char *const *)explained->reasons->pdata};
    g_autoptr(LkRgb) picture = lk_explain(&what);
    return lk_rgb_write_png(picture, PICTURE_DPI, order->output, error);
}

bool
lk_explain_page(LkStore *store, const LkExplainOrder *order, LkExplained *explained,
                GError **error)
{
    explained->reasons = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(LkDesk) desk = lk_desk_new(store);
    if (order->file == NULL) {
        g_auto(LkFiledPicture) picture = {0};
        return lk_filed_picture_open(store, order->session, order->filed, &picture,
                                     error) &&
               lk_filed_picture_cover(store, order->filed, &picture, error) &&
               draw(desk, &picture.image, &picture.shown, order, explained, error);
    }
    g_autoptr(LkScan) scan = lk_scan_open(order->file, NULL, error);
    LkImage image;
    return scan != NULL && get_page(scan, order, &image, error) &&
           draw(desk, &image, &image, order, explained, error);
}
