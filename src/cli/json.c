/* json.c - members of JSON objects, and a line of output. */
#include "cli/json.h"

#include "base/base.h"

#include <stdio.h>

void
lk_cli_json_text(JsonBuilder *builder, const char *name, const char *value)
{
    json_builder_set_member_name(builder, name);
    if (value != NULL) {
        json_builder_add_string_value(builder, value);
    } else {
        json_builder_add_null_value(builder);
    }
}

void
lk_cli_json_known(JsonBuilder *builder, const char *name, const char *value)
{
    lk_cli_json_text(builder, name, value != NULL && *value != '\0' ? value : NULL);
}

void
lk_cli_json_number(JsonBuilder *builder, const char *name, gint64 value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_int_value(builder, value);
}

void
lk_cli_json_line(JsonBuilder *builder)
{
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    char *line = json_to_string(root, FALSE);
    puts(line);
    lk_wipe(line);
}
