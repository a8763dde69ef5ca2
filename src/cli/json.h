/* json.h - members of JSON objects, one object a line, as --json prints them. */
#ifndef LK_CLI_JSON_H
#define LK_CLI_JSON_H

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/** lk_cli_json_text: member @name; NULL is null, an empty text stays one. */
void lk_cli_json_text(JsonBuilder *builder, const char *name, const char *value);
/** lk_cli_json_known: the same for what is never an empty text: that is null, too. */
void lk_cli_json_known(JsonBuilder *builder, const char *name, const char *value);
void lk_cli_json_number(JsonBuilder *builder, const char *name, gint64 value);
/** lk_cli_json_line: prints what was built, complete, as a line, and wipes that. */
void lk_cli_json_line(JsonBuilder *builder);

G_END_DECLS

#endif
