/* fuzz-services.c - any bytes as an office's list of services: read and, if it is one,
 * laid out. */
#include "form/services.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static LkFonts *fonts;
static LkServiceMap *words; /* lends the program's lists */

static void
set_up(void)
{
    GPtrArray *problems = NULL;
    fonts = lk_fonts_load(NULL);
    g_assert_nonnull(fonts);
    words = lk_service_map_load(NULL, fonts, &problems, NULL);
    g_assert_nonnull(words);
    g_ptr_array_unref(problems);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (fonts == NULL) {
        set_up();
    }
    g_autoptr(LkNode) root = lk_node_parse("fuzz.yaml", (const char *)data, size, NULL);
    if (root == NULL) {
        return 0;
    }
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    LkServiceMap *map = g_new0(LkServiceMap, 1);
    map->services = g_ptr_array_new_with_free_func((GDestroyNotify)lk_service_free);
    map->categories = g_ptr_array_ref(words->categories);
    map->kinds = g_ptr_array_ref(words->kinds);
    map->authority = g_strdup(words->authority);
    lk_service_map_read(map, fonts, "fuzz.yaml", root, problems);
    if (problems->len == 0) {
        lk_layout_free(lk_service_map_layout(map, fonts, "EXEMPLE FICTIF", true));
    }
    lk_service_map_free(map);
    return 0;
}
