/* words.c - what the page says. The page asks for all of them at its start; %1 and %2
 * are put in there. */
#include "web/web-priv.h"

const LkWord lk_words[] = {
    {NULL, NULL},
};
