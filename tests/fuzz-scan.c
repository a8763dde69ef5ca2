/* fuzz-scan.c - any bytes as a scanned file, decoded in this process. */
#include "scan/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    /* Small pages and few: speed finds more than size. */
    static const LkScanLimits limits = {
        .max_side_px = 1000, .max_mpx = 0.25, .page_timeout_ms = 1000, .max_pages = 4};
    lk_decode_all(&(LkInput){data, len, &limits});
    return 0;
}
