/* export.c - lakana export values --json */
#include "cli/cli.h"
#include "store/store.h"

#include <stdio.h>
#include <string.h>

/* A line a value, a million lines a large office: written by hand rather than through
 * a tree of nodes. */
static void
add_text(GString *line, const char *name, const char *text)
{
    g_string_append_printf(line, "\"%s\":", name);
    if (text == NULL) {
        g_string_append(line, "null");
        return;
    }
    g_string_append_c(line, '"');
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\') {
            g_string_append_c(line, '\\');
            g_string_append_c(line, *p);
        } else if ((unsigned char)*p < ' ') {
            g_string_append_printf(line, "\\u%04x", (unsigned)*p);
        } else {
            g_string_append_c(line, *p);
        }
    }
    g_string_append_c(line, '"');
}

/* Ink in a text field is measured as marks are; the contract has no fourth source. */
static const char *
source_of(const LkStoreValue *value)
{
    return value->source == LK_SOURCE_TEXT ? lk_source_name(LK_SOURCE_MARK)
                                           : lk_source_name(value->source);
}

typedef struct {
    GString *line;
    LkCaseCode code; /* `grouped` is this one */
    char *grouped;
} Writer;

static bool
write_value(const LkStoreValue *value, void *data)
{
    Writer *writer = data;
    if (writer->grouped == NULL || !lk_case_code_equal(&writer->code, &value->code)) {
        g_free(writer->grouped);
        writer->grouped = lk_case_code_format(&value->code);
        writer->code = value->code;
    }
    GString *line = writer->line;
    g_string_assign(line, "{");
    add_text(line, "case", writer->grouped);
    g_string_append_c(line, ',');
    add_text(line, "form", value->form);
    g_string_append_c(line, ',');
    add_text(line, "copy", value->copy);
    g_string_append_printf(line, ",\"page\":%d,", value->page_number);
    add_text(line, "field", value->field);
    g_string_append_printf(line, ",\"row\":%d,", value->row);
    add_text(line, "value", value->personal ? NULL : value->value);
    bool options = value->options != NULL && !value->personal;
    g_string_append_printf(line, ",\"options\":%s,", options ? value->options : "null");
    add_text(line, "status", value->status == LK_VALUE_OK ? "ok" : "review");
    g_string_append_printf(line, ",\"confidence\":%.3f,", value->confidence);
    add_text(line, "source", source_of(value));
    g_string_append(line, "}\n");
    return fwrite(line->str, 1, line->len, stdout) == line->len;
}

static LkExit
export_values(const LkCli *cli)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStore) store = lk_store_open(cli->office, &error);
    g_autoptr(GString) line = g_string_new(NULL);
    Writer writer = {.line = line};
    bool ok = store != NULL &&
              lk_store_note(store, "export", "{\"what\":\"values\"}", &error) &&
              lk_store_each_value(store, NULL, write_value, &writer, &error);
    g_free(writer.grouped);
    if (!ok) {
        return lk_cli_fail(error);
    }
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        fprintf(stderr, "lakana: %s\n", _("the output could not be written"));
        return LK_EXIT_FAILED;
    }
    return LK_EXIT_DONE;
}

LkExit
lk_cmd_export(const LkCli *cli, int argc, char **argv)
{
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        {"json", 'j', 0, G_OPTION_ARG_NONE, &json, N_("one JSON object a line"), NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!lk_cli_parse(entries, "values --json",
                      N_("Writes the current value of every field of every page read: "
                         "what the paper said, with what people decided laid over it. "
                         "Fields that may name a person have no value here."),
                      &argc, &argv)) {
        return LK_EXIT_USAGE;
    }
    if (argc != 2 || strcmp(argv[1], "values") != 0 || !json) {
        return lk_cli_usage(_("say what to export, and how: lakana export values "
                              "--json"));
    }
    return export_values(cli);
}
