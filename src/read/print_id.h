/* print_id.h - the printed code, when both QR codes are gone. */
#ifndef LK_READ_PRINT_ID_H
#define LK_READ_PRINT_ID_H

#include "form/form.h"
#include "read/pixels.h"
#include "read/read.h"

typedef enum { LK_PRINT_DIGITS, LK_PRINT_IDENTITY } LkPrintText;

/**
 * lk_print_read:
 * @area: clear space around the text included, page mm
 * @kind: which characters may stand there
 *
 * Hands the piece of the page, upright, to the program `tesseract`, in a process of
 * its own: its threads must be forbidden in the environment it starts with, and it is
 * ended if it hangs.
 *
 * Returns: (transfer full): what it read, one line; NULL if it cannot be had
 */
char *lk_print_read(const LkImage *image, const double h[9], LkRect area,
                    LkPrintText kind);

/** lk_print_distance: letters to change, add or leave out, look-alikes being equal and
 * spaces nothing. */
int lk_print_distance(const char *read, const char *printed);

/**
 * lk_print_case_code: the case code in @read, if its check digits agree. Letters among
 * the digits that look like digits are taken for those.
 */
bool lk_print_case_code(const char *read, LkCaseCode *code);

#endif
