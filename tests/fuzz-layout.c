/* fuzz-layout.c - any bytes as the JSON of a layout; what is accepted must survive
 * being written again. */
#include "form/form.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *json = g_strndup((const char *)data, size);
    g_autoptr(LkLayout) layout = lk_layout_from_json(json, NULL);
    if (layout != NULL) {
        g_autofree char *again = lk_layout_to_json(layout);
        g_autofree char *geometry = lk_layout_geometry(layout);
        g_autoptr(LkLayout) back = lk_layout_from_json(again, NULL);
        g_assert_true(back != NULL && strcmp(back->id, layout->id) == 0);
        g_assert_true(strlen(geometry) > 0);
    }
    return 0;
}
