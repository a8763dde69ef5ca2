/* fuzz-bundle.c - any bytes as the content of a backup or of a case file under way. */
#include "store/store.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    LkBundleKind kind;
    const uint8_t *bytes;
    size_t left, step;
    char last[128];
} Input;

static bool
source(const void **bytes, size_t *size, void *data, GError **error)
{
    (void)error;
    Input *input = data;
    *bytes = input->bytes;
    *size = MIN(input->left, input->step);
    input->bytes += *size;
    input->left -= *size;
    return true;
}

/* What is handed on has a name that may be there, later than the one before unless the
 * shape changed, and never more bytes than it says. */
static bool
visit(LkBundleReader *reader, const char *name, gint64 size, void *data, GError **error)
{
    Input *input = data;
    g_assert_true(lk_bundle_knows(input->kind, name));
    g_assert_true(strstr(name, "..") == NULL && name[0] != '/');
    g_assert_cmpstr(name, !=, input->last);
    g_strlcpy(input->last, name, sizeof input->last);
    if (size % 3 == 0) {
        return true; /* passed over */
    }
    char block[700];
    gint64 sum = 0;
    size_t got = 1;
    while (got > 0) {
        if (!lk_bundle_next(reader, block, sizeof block, &got, error)) {
            return false;
        }
        sum += (gint64)got;
        g_assert_cmpint(sum, <=, size);
    }
    return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    LkBundleKind kind = data[0] % 2 == 0 ? LK_BUNDLE_BACKUP : LK_BUNDLE_CASE;
    Input input = {kind, data + 2, size - 2, 1 + (size_t)data[1] * 16, ""};
    g_autoptr(GError) error = NULL;
    bool ok = lk_bundle_read(kind, source, visit, &input, &error);
    g_assert_true(ok == (error == NULL));
    g_assert_true(!ok || input.left == 0);
    return 0;
}
