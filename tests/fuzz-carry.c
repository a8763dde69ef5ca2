/* fuzz-carry.c - any bytes as the content of a case file that another office sent. */
#include "store/store.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkCarriedCase) carried =
        lk_carried_case_parse((const char *)data, size, &error);
    g_assert_true((carried != NULL) == (error == NULL));
    LkCaseCode same;
    for (guint i = 0; carried != NULL && i < carried->pages->len; i++) {
        const LkCarriedPage *page = g_ptr_array_index(carried->pages, i);
        g_assert_true(lk_case_code_parse(page->page.id.case_code.text, &same, NULL));
        g_assert_true(lk_serial_is_valid(page->page.id.layout));
        g_assert_cmpuint(page->page.n_readings, ==, page->readings->len);
    }
    return 0;
}
