/* api-pictures.c - crops and pages, for those who hold the key. */
#include "web/api.h"

#include <string.h>

#define DOTS_MIN 3 /* a mm */
#define DOTS_MAX 12
#define DOTS_USUAL 6

static bool
read_number(const char *text, guint64 max, guint64 *number)
{
    return text != NULL && g_ascii_string_to_unsigned(text, 10, 0, max, number, NULL);
}

/* A clerk holds no key, so this is told before it is tried. */
static void
answer_picture(const LkRequest *request, LkReply *reply, const LkCropOrder *order)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) png =
        lk_api_may_work(request, reply)
            ? lk_crops_take(request->web->api->crops, request->visitor->session, order,
                            &error)
            : NULL;
    if (png != NULL) {
        lk_reply_bytes(reply, "image/png", png);
    } else if (error != NULL &&
               g_error_matches(error, LK_PIPELINE_ERROR, LK_PIPELINE_ERROR_PAGE)) {
        lk_reply_error(reply, 404, "unknown", error->message);
    } else if (error != NULL) {
        lk_reply_fail(reply, error);
    }
}

void
lk_handle_crop(const LkRequest *request, LkReply *reply)
{
    guint64 page = 0;
    guint64 row = 0;
    if (!read_number(request->args[0], G_MAXINT64, &page) || page == 0 ||
        !read_number(request->args[1], G_MAXINT, &row)) {
        lk_api_bad(reply);
        return;
    }
    const LkCropOrder order = {.page = (gint64)page,
                               .row = (int)row,
                               .field = request->args[2],
                               .option = request->args[3]};
    answer_picture(request, reply, &order);
}

void
lk_handle_picture(const LkRequest *request, LkReply *reply)
{
    guint64 page = 0;
    guint64 dots = DOTS_USUAL;
    const char *asked = lk_request_query(request, "dots");
    if (!read_number(request->args[0], G_MAXINT64, &page) || page == 0 ||
        (asked != NULL && !read_number(asked, DOTS_MAX, &dots)) || dots < DOTS_MIN) {
        lk_api_bad(reply);
        return;
    }
    const LkCropOrder order = {.page = (gint64)page, .dots = (double)dots};
    answer_picture(request, reply, &order);
}

void
lk_handle_parcel(const LkRequest *request, LkReply *reply)
{
    guint64 id = 0;
    g_autoptr(GError) error = NULL;
    g_auto(LkParcelItem) item = {0};
    if (!read_number(request->args[0], G_MAXINT64, &id) ||
        request->visitor->session == NULL) {
        lk_api_bad(reply);
        return;
    }
    if (!lk_parcel_open(request->visitor->session, (gint64)id, &item, &error)) {
        lk_reply_fail(reply, error);
        return;
    }
    LkSecret *crop = g_steal_pointer(&item.crop);
    g_autoptr(GBytes) png =
        g_bytes_new_with_free_func(lk_secret_data(crop), lk_secret_size(crop),
                                   (GDestroyNotify)lk_secret_free, crop);
    lk_reply_bytes(reply, "image/png", png);
}
