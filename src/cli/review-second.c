/* review-second.c - lakana review --second: what is typed twice in this office. */
#include "cli/cli.h"
#include "cli/session.h"

LkExit
lk_cli_review_second(LkStore *store, const char *as, const char *text)
{
    LkKinds kinds = 0;
    if (!lk_kinds_parse(text, &kinds)) {
        return lk_cli_usage(_("--second takes kinds of fields, with commas between "
                              "them: noms, contacts, dates, nombres, recits; or all, "
                              "or none"));
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) session = NULL;
    if (!lk_cli_session_if_protected(store, as, &session, &error) ||
        !lk_second_save(store, session, kinds, &error)) {
        return lk_cli_refuse(error);
    }
    g_autofree char *said = lk_kinds_text(kinds);
    if (kinds == 0) {
        fprintf(stderr, "%s\n",
                _("From now on one person types each field. What was typed once "
                  "before still waits for a second."));
    } else {
        fprintf(stderr, _("From now on two people type: %s.\n"), said);
    }
    return LK_EXIT_DONE;
}
