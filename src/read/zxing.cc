// zxing.cc - the C door of ZXing-C++; nothing it throws comes through.
#define ZX_USE_UTF8 1
#include "read/zxing.h"

#include <ZXing/ReadBarcode.h>

#include <algorithm>
#include <cstring>

namespace
{

ZXing::DecodeHints
hints_for(LkZxingWay way, int max)
{
    ZXing::DecodeHints hints;
    hints.setFormats(ZXing::BarcodeFormat::QRCode);
    hints.setMaxNumberOfSymbols(static_cast<uint8_t>(std::min(max, 255)));
    if (way == LK_ZXING_GLOBAL) {
        hints.setBinarizer(ZXing::Binarizer::GlobalHistogram);
    }
    if (way == LK_ZXING_PURE) {
        hints.setIsPure(true).setBinarizer(ZXing::Binarizer::FixedThreshold);
        hints.setTryRotate(false).setTryDownscale(false);
    }
    return hints;
}

void
copy(const ZXing::Result &result, LkZxingCode *code)
{
    const auto &bytes = result.bytes();
    code->length = std::min(bytes.size(), sizeof code->text);
    std::memcpy(code->text, bytes.data(), code->length);
    for (size_t i = 0; i < 4; i++) {
        code->corner[i][0] = result.position()[i].x;
        code->corner[i][1] = result.position()[i].y;
    }
}

} // namespace

int
lk_zxing_read(const uint8_t *pixels, int width, int height, int stride, LkZxingWay way,
              LkZxingCode *codes, int max)
{
    try {
        ZXing::ImageView view(pixels, width, height, ZXing::ImageFormat::Lum, stride,
                              1);
        int n = 0;
        for (const auto &result : ZXing::ReadBarcodes(view, hints_for(way, max))) {
            if (n < max && result.isValid() && !result.isMirrored()) {
                copy(result, &codes[n++]);
            }
        }
        return n;
    } catch (...) {
        return 0;
    }
}
