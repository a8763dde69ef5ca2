/* compare.c - what two people typed and what is sealed, compared as soon as somebody is
 * there who holds the key; between requests, a little at a time. */
#include "web/api.h"

#define PAIRS_AT_ONCE 50 /* some 0.1 ms each to open, and one transaction */

static void
touch(const LkCaseCode *code, void *data)
{
    lk_queue_touch(data, code);
}

static void
compare_for(LkVisitor *visitor, void *data)
{
    const LkWeb *web = data;
    g_autoptr(GError) error = NULL;
    if (!lk_keyings_compare(visitor->session, PAIRS_AT_ONCE, touch, web->api->queue,
                            &error)) {
        g_warning("%s", error->message); /* they wait on */
    }
}

void
lk_web_compare(LkWeb *web, gint64 now_us)
{
    if (web->is_protected && now_us - web->compared_us >= G_USEC_PER_SEC) {
        web->compared_us = now_us;
        lk_visitors_each(web->visitors, compare_for, web);
    }
}
