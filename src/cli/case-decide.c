/* case-decide.c - lakana case decide, cover, checklist */
#include "cli/case.h"

#include "casework/casework.h"
#include "cli/session.h"
#include "pipeline/pipeline.h"

#include <stdio.h>
#include <string.h>

/* --- decide. ------------------------------------------------------------------------
 */

/* The value as it stands in --from, without the end of its last line. */
static bool
take_value(LkCaseAsked *settled, GError **error)
{
    size_t size = 0;
    char *text = lk_cli_read_private(settled->from, &size, error);
    if (text == NULL) {
        return false;
    }
    while (size > 0 && (text[size - 1] == '\n' || text[size - 1] == '\r')) {
        text[--size] = '\0';
    }
    lk_wipe(settled->value);
    settled->value = text;
    return true;
}

LkExit
lk_case_decide(LkStore *store, const LkCaseCode *code, LkCaseAsked *settled)
{
    g_autoptr(GError) error = NULL;
    if (settled->from != NULL && !take_value(settled, &error)) {
        return lk_case_refuse(error);
    }
    if (settled->form == NULL || settled->field == NULL || settled->value == NULL) {
        return lk_cli_usage(_("decide needs --form, --field and --value: lakana case "
                              "decide CODE --form 1.B --field sexe --value F"));
    }
    LkAnswer answer = {.code = *code,
                       .form = settled->form,
                       .copy = settled->copy,
                       .field = settled->field,
                       .row = settled->row,
                       .value = settled->value,
                       .who = settled->who != NULL ? settled->who : g_get_user_name(),
                       .why = settled->why,
                       .private = settled->from != NULL};
    g_autoptr(LkShelf) shelf = lk_shelf_new(store);
    if (!lk_case_answer(store, shelf, &answer, &error)) {
        return lk_case_refuse(error);
    }
    fprintf(stderr, _("Noted: %s %s. What the paper said is kept beside it.\n"),
            settled->form, settled->field);
    return LK_EXIT_DONE;
}

/* --- cover, checklist. --------------------------------------------------------------
 */

static bool
print_prefilled(LkStore *store, const LkCaseCode *code, const char *form,
                const LkCaseAsked *settled, GError **error)
{
    g_autoptr(LkStationery) stationery = lk_stationery_load(error);
    const LkLayout *layout =
        stationery != NULL ? lk_stationery_layout(stationery, form, error) : NULL;
    if (layout == NULL) {
        return false;
    }
    g_autoptr(LkShelf) shelf = lk_shelf_new(store);
    GDate today;
    g_date_clear(&today, 1);
    g_date_set_time_t(&today, time(NULL));
    g_autoptr(LkPrefill) prefill =
        lk_case_prefill(store, shelf, code, lk_stationery_form(stationery, form),
                        layout, &today, error);
    if (prefill == NULL) {
        return false;
    }
    const char *const forms[] = {form, NULL};
    LkIssueOrder order = {.existing = code,
                          .n_existing = 1,
                          .forms = forms,
                          .prefill = prefill,
                          .output = settled->output,
                          .manifest = settled->manifest};
    g_auto(LkIssued) issued = {0};
    if (!lk_issue(store, stationery, &order, &issued, error)) {
        return false;
    }
    fprintf(stderr,
            ngettext_("%s, %d page: %s\n", "%s, %d pages: %s\n",
                      (unsigned long)issued.n_pages),
            layout->title, issued.n_pages, settled->output);
    return true;
}

LkExit
lk_case_print(LkStore *store, const LkCaseCode *code, const char *form,
              const LkCaseAsked *settled)
{
    if (settled->output == NULL) {
        return lk_cli_usage(_("say where to write the PDF: -o OUT.pdf"));
    }
    g_autoptr(GError) error = NULL;
    return print_prefilled(store, code, form, settled, &error) ? LK_EXIT_DONE
                                                               : lk_case_refuse(error);
}
