/* answer.h - what a person typed, checked. Private to the room. */
#ifndef LK_CASEWORK_ANSWER_H
#define LK_CASEWORK_ANSWER_H

#include "casework/casework.h"

G_BEGIN_DECLS

/**
 * lk_answer_check:
 * @value: (out) (transfer full): as it is stored; NULL if there is nothing
 *
 * Returns: true; LK_CASE_ERROR_VALUE, whose message does not repeat @text
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_answer_check(const LkLayoutField *field, const char *text, char **value,
                     GError **error);

/** lk_answer_is_sealed: whether what is typed in @field is sealed. @personal: the
 * field may name somebody. */
bool lk_answer_is_sealed(const LkLayoutField *field, bool personal);

G_END_DECLS

#endif
