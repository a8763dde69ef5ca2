/* fuzz-payload.c - what a decoder hands over: QR payloads and lines read from print. */
#include <string.h>

#include "read/print_id.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A payload that is accepted says the same when it is written again. */
static void
check_payload(const uint8_t *data, size_t size)
{
    LkPageId id;
    if (!lk_payload_parse((const char *)data, size, &id, NULL)) {
        return;
    }
    char again[LK_PAYLOAD_LEN + 1];
    lk_payload_write(&id, again);
    g_assert_cmpuint(size, ==, LK_PAYLOAD_LEN);
    g_assert_cmpmem(again, LK_PAYLOAD_LEN, data, size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_payload(data, size);
    g_autofree char *text = g_strndup((const char *)data, size);
    LkCaseCode code;
    if (lk_print_case_code(text, &code)) {
        LkCaseCode same;
        g_assert_true(lk_case_code_parse(code.text, &same, NULL));
    }
    g_assert_cmpint(lk_print_distance(text, text), ==, 0);
    g_assert_cmpint(lk_print_distance(text, "1.B 2/4 7KQX2 9F3TK"), >=, 0);
    return 0;
}
