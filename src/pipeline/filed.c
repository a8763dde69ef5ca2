/* filed.c - pages that were filed: unsealed into memory, decoded in the confined child.
 */
#include "pipeline/filed.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void
lk_filed_picture_clear(LkFiledPicture *picture)
{
    g_clear_pointer(&picture->scan, lk_scan_free);
    g_clear_pointer(&picture->cut, g_bytes_unref);
    if (picture->covered != NULL) {
        explicit_bzero(picture->covered->data, picture->covered->len);
        g_clear_pointer(&picture->covered, g_byte_array_unref);
    }
}

static LkScan *
open_sealed(LkSession *session, const char *path, GError **error)
{
    if (session == NULL) {
        g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED,
                            _("the pages of this office are sealed: say who you are "
                              "with --as LOGIN"));
        return NULL;
    }
    int fd = lk_unseal_to_memory(session, path, error);
    if (fd < 0) {
        return NULL;
    }
    LkScan *scan = lk_scan_open_fd(fd, NULL, error);
    (void)close(fd);
    return scan;
}

static bool
decode(LkFiledPicture *picture, int index, GError **error)
{
    lk_scan_seek(picture->scan, index);
    LkScanResult result = lk_scan_next(picture->scan, &picture->image, error);
    if (result == LK_SCAN_END) {
        g_set_error(error, LK_PIPELINE_ERROR, LK_PIPELINE_ERROR_PAGE,
                    _("the scan has no page %d"), index + 1);
    }
    LkScanCut cut;
    if (result != LK_SCAN_PAGE || !lk_scan_cut(picture->scan, &cut, error)) {
        return false;
    }
    picture->cut = g_bytes_new(cut.data, cut.size);
    return true;
}

bool
lk_filed_picture_open(LkStore *store, LkSession *session, gint64 page,
                      LkFiledPicture *picture, GError **error)
{
    g_auto(LkStorePicture) place = {0};
    g_autofree char *detail = g_strdup_printf("{\"page\":%" G_GINT64_FORMAT "}", page);
    if (!lk_store_find_picture(store, page, &place, error)) {
        return false;
    }
    picture->scan = place.is_sealed ? open_sealed(session, place.path, error)
                                    : lk_scan_open(place.path, NULL, error);
    /* Who had no key saw nothing; who has one sees nothing before it is written down.
     */
    return picture->scan != NULL && lk_store_note(store, "page-open", detail, error) &&
           decode(picture, place.index, error);
}
