/* cut.h - judges a page that was cut out of its file, for the tests of the scan room.
 */
#ifndef LK_TEST_CUT_H
#define LK_TEST_CUT_H

#include "scan/scan.h"

/**
 * cut_of: (transfer full): the page that @scan gave last, as a file.
 * @image: that page
 *
 * Fails the test unless the file is one page, and the very pixels of @image.
 */
GByteArray *cut_of(LkScan *scan, const LkImage *image);

#endif
