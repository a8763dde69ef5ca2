/* labels.c - case codes on labels: registered first, then printed, as in issue.c. */
#include "pipeline/issue.h"

/* Paper and its title speak French, whatever the language of the screen. */
#define TITLE "Étiquettes de dossiers"

bool
lk_issue_labels(LkStore *store, const LkLabelOrder *order, GArray **codes,
                GError **error)
{
    *codes = NULL;
    g_autoptr(LkFonts) fonts = lk_fonts_load(error);
    if (fonts == NULL || !lk_issue_check_output(order->output, error)) {
        return false;
    }
    *codes = lk_store_issue_labels(store, order->n_new, order->existing,
                                   order->n_existing, error);
    if (*codes == NULL) {
        return false;
    }
    LkLabelOptions printing = order->printing;
    printing.title = TITLE;
    printing.office = lk_store_office(store);
    g_autoptr(GError) reason = NULL;
    if (!lk_render_labels((const LkCaseCode *)(*codes)->data, (*codes)->len, fonts,
                          &printing, order->output, &reason)) {
        g_set_error(error, LK_PIPELINE_ERROR, LK_PIPELINE_ERROR_NOT_PRINTED,
                    ngettext_("%u code is registered but its label is not printed: %s",
                              "%u codes are registered but their labels are not "
                              "printed: %s",
                              (unsigned long)(*codes)->len),
                    (*codes)->len, reason->message);
        return false;
    }
    return true;
}
