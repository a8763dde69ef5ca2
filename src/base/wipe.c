/* wipe.c - texts that must not stay in memory. */
#include "base/base.h"

#include <string.h>

void
lk_wipe(char *text)
{
    if (text != NULL) {
        explicit_bzero(text, strlen(text));
        g_free(text);
    }
}
