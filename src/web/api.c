/* api.c - what waits, for the page. */
#include "web/web-priv.h"

void
lk_add_queues(const LkRequest *request, JsonBuilder *state)
{
    (void)request;
    json_builder_set_member_name(state, "second");
    json_builder_begin_array(state);
    json_builder_end_array(state);
    json_builder_set_member_name(state, "queues");
    json_builder_begin_array(state);
    json_builder_end_array(state);
}
