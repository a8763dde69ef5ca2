/* case.h - what the parts of `lakana case` share. */
#ifndef LK_CLI_CASE_H
#define LK_CLI_CASE_H

#include "casework/casework.h"
#include "cli/cli.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/** What the options say. */
typedef struct {
    char *form, *copy, *field, *value, *from, *why, *who;
    char *login;             /* of show: what is sealed as well */
    char *output, *manifest; /* of cover and checklist */
    int row;
} LkCaseAsked;

void lk_case_asked_clear(LkCaseAsked *asked);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LkCaseAsked, lk_case_asked_clear)

/** lk_case_list, lk_case_show, lk_case_decide: `case list`, `case show`, `case decide`.
 * @login: (nullable): who may see what is sealed, and wants to */
LkExit lk_case_list(LkStore *store, bool json);
LkExit lk_case_show(LkStore *store, const LkCaseCode *code, const char *login,
                    bool json);
LkExit lk_case_decide(LkStore *store, const LkCaseCode *code, LkCaseAsked *settled);
/** lk_case_print: `case cover` (@form "PC"), `case checklist` ("LV"). */
LkExit lk_case_print(LkStore *store, const LkCaseCode *code, const char *form,
                     const LkCaseAsked *settled);

/** lk_case_refuse: a code this office does not have, a value that cannot be: refused,
 * not broken. */
LkExit lk_case_refuse(const GError *error);
/** lk_case_time_text: (transfer full): 2026-11-23T19:09:00Z, in the time of this
 * machine: "23/11/2026 19:09". */
char *lk_case_time_text(const char *utc);
/** lk_case_kind_text: why something waits. */
const char *lk_case_kind_text(LkWaitKind kind);
/** lk_case_acts_print: who decided what in the file, and what the machine had said. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_case_acts_print(LkStore *store, LkShelf *shelf, const LkCaseCode *code,
                        GError **error);
/** lk_case_acts_add: the same, and what was taken back, as the member "decisions". */
G_GNUC_WARN_UNUSED_RESULT
bool lk_case_acts_add(LkStore *store, const LkCaseCode *code, JsonBuilder *json,
                      GError **error);
/** lk_case_heading: an empty line, and @title with @count if that is above 0. */
void lk_case_heading(const char *title, int count);

/** lk_case_json: members that `list` and `show` say of each file. */
void lk_case_json(JsonBuilder *builder, const LkStoreCase *entry);

G_END_DECLS

#endif
