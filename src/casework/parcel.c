/* parcel.c - a clerk types what stands on a crop: checked against what the field can
 * hold, then filed as a decision. */
#include "casework/answer.h"

#include <string.h>

bool
lk_case_type(LkSession *session, LkShelf *shelf, gint64 crop, const char *text,
             GError **error)
{
    g_return_val_if_fail(session != NULL && shelf != NULL && text != NULL, false);
    g_auto(LkParcelItem) item = {0};
    if (!lk_parcel_find(session, crop, &item, error) ||
        lk_shelf_layout(shelf, item.layout, error) == NULL) {
        return false;
    }
    const LkLayoutField *field = lk_shelf_field(shelf, item.layout, item.field);
    if (field == NULL) {
        g_set_error(error, LK_CASE_ERROR, LK_CASE_ERROR_FIELD,
                    _("crop %lld is of a field that its form does not have"),
                    (long long)crop);
        return false;
    }
    char *value = NULL;
    bool sealed = lk_answer_is_sealed(field, item.personal);
    bool filed = lk_answer_check(field, text, &value, error) &&
                 lk_parcel_settle(session, crop, value, sealed, error);
    if (value != NULL) {
        explicit_bzero(value, strlen(value));
    }
    g_free(value);
    return filed;
}
