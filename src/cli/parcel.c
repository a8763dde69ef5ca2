/* parcel.c - lakana parcel give|list|next|type|back|withdraw
 *
 * What a clerk types never stands on the command line, and a crop goes to the disk only
 * where a person asks for it, for that person alone. */
#include "casework/casework.h"
#include "cli/json.h"
#include "cli/session.h"
#include "pipeline/pipeline.h"

#include <string.h>

#define USUAL_LIMIT 200

typedef struct {
    char *as, *to, *kind, *output, *from;
    char **codes;
    int limit;
    gboolean json;
    gint64 number; /* of a crop or a parcel */
} Asked;

static void
asked_clear(Asked *asked)
{
    g_free(asked->as);
    g_free(asked->to);
    g_free(asked->kind);
    g_free(asked->output);
    g_free(asked->from);
    g_strfreev(asked->codes);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Asked, asked_clear)

/* Refused because of what was typed, not broken. */
static LkExit
refuse(const GError *error)
{
    LkExit exit = lk_cli_refuse(error);
    return g_error_matches(error, LK_CASE_ERROR, LK_CASE_ERROR_VALUE)
               ? LK_EXIT_ATTENTION
               : exit;
}

/* --- give. --------------------------------------------------------------------------
 */

static void
say_given(const LkParcelOrder *order, const LkParcelGiven *given)
{
    if (given->parcel != 0) {
        fprintf(stderr,
                ngettext_("Parcel %lld: %d field (%s) for %s.\n",
                          "Parcel %lld: %d fields (%s) for %s.\n",
                          (unsigned long)given->n),
                (long long)given->parcel, given->n, lk_parcel_kind_name(order->kind),
                order->to);
    } else {
        fprintf(stderr, "%s\n", _("There is nothing of that kind to type."));
    }
    if (given->n_left_out > 0) {
        fprintf(stderr,
                ngettext_("%d field cannot be cut out of its page; type it from the "
                          "paper (lakana case decide --from).\n",
                          "%d fields cannot be cut out of their pages; type them from "
                          "the paper (lakana case decide --from).\n",
                          (unsigned long)given->n_left_out),
                given->n_left_out);
    }
    if (given->n_closed > 0) {
        fprintf(stderr,
                ngettext_("%d field is of a file that is not yours.\n",
                          "%d fields are of files that are not yours.\n",
                          (unsigned long)given->n_closed),
                given->n_closed);
    }
}

static void
print_given(const LkParcelOrder *order, const LkParcelGiven *given)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    lk_cli_json_number(builder, "parcel", given->parcel);
    lk_cli_json_text(builder, "kind", lk_parcel_kind_name(order->kind));
    lk_cli_json_text(builder, "to", order->to);
    lk_cli_json_number(builder, "fields", given->n);
    lk_cli_json_number(builder, "left_out", given->n_left_out);
    lk_cli_json_number(builder, "not_yours", given->n_closed);
    json_builder_end_object(builder);
    lk_cli_json_line(builder);
}

static LkExit
parcel_give(LkSession *session, const Asked *asked)
{
    g_autoptr(GError) error = NULL;
    LkParcelOrder order = {.to = asked->to, .limit = asked->limit};
    if (asked->to == NULL || asked->kind == NULL ||
        !lk_parcel_kind_parse(asked->kind, &order.kind)) {
        return lk_cli_usage(_("give needs a clerk and a kind: lakana parcel give --to "
                              "LOGIN --kind noms (or contacts, dates, nombres, "
                              "recits)"));
    }
    g_autoptr(GArray) codes = NULL;
    if (asked->codes != NULL && asked->codes[0] != NULL) {
        codes = lk_cli_parse_codes(asked->codes, &error);
        if (codes == NULL) {
            return lk_cli_usage("%s", error->message);
        }
        order.codes = (const LkCaseCode *)codes->data;
        order.n_codes = codes->len;
    }
    LkParcelGiven given;
    if (!lk_parcel_give(session, &order, &given, &error)) {
        return refuse(error);
    }
    if (asked->json) {
        print_given(&order, &given);
    }
    say_given(&order, &given);
    return given.parcel != 0 && given.n_left_out == 0 ? LK_EXIT_DONE
                                                      : LK_EXIT_ATTENTION;
}

/* --- list. --------------------------------------------------------------------------
 */

static void
print_parcel(const LkParcel *parcel, bool json)
{
    if (json) {
        g_autoptr(JsonBuilder) builder = json_builder_new();
        json_builder_begin_object(builder);
        lk_cli_json_number(builder, "parcel", parcel->id);
        lk_cli_json_text(builder, "kind", lk_parcel_kind_name(parcel->kind));
        lk_cli_json_text(builder, "to", parcel->login);
        lk_cli_json_text(builder, "by", parcel->given_by);
        lk_cli_json_text(builder, "at", parcel->given_at);
        lk_cli_json_number(builder, "given", parcel->n_given);
        lk_cli_json_number(builder, "typed", parcel->n_typed);
        lk_cli_json_number(builder, "withdrawn", parcel->n_withdrawn);
        json_builder_end_object(builder);
        lk_cli_json_line(builder);
        return;
    }
    g_autofree char *day = g_strndup(parcel->given_at, strlen("2026-11-23"));
    printf("%6lld  %s  ", (long long)parcel->id, day);
    lk_cli_pad(stdout, lk_parcel_kind_name(parcel->kind), 10);
    lk_cli_pad(stdout, parcel->login, 16);
    printf(_("%d to type, %d typed, %d withdrawn"), parcel->n_given, parcel->n_typed,
           parcel->n_withdrawn);
    puts("");
}

static LkExit
parcel_list(LkStore *store, const Asked *asked)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) parcels = lk_parcel_list(store, &error);
    if (parcels == NULL) {
        return lk_cli_fail(error);
    }
    for (guint i = 0; i < parcels->len; i++) {
        print_parcel(g_ptr_array_index(parcels, i), asked->json);
    }
    if (parcels->len == 0 && !asked->json) {
        fprintf(stderr, "%s\n", _("Nothing was given to type."));
    }
    return LK_EXIT_DONE;
}

/* --- next. --------------------------------------------------------------------------
 */

static const char *
how_to_type(const LkLayoutField *field)
{
    switch (field->type) {
    case LK_FIELD_DATE:
        return _("date, 23/11/2026");
    case LK_FIELD_DIGITS:
        return _("digits");
    case LK_FIELD_CODE:
        return _("letters and digits");
    default:
        return _("text");
    }
}

/* Nothing here says whose file it is. */
static void
print_item(const LkParcelItem *item, const LkLayoutField *field)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    lk_cli_json_number(builder, "crop", item->id);
    lk_cli_json_text(builder, "kind", lk_parcel_kind_name(item->kind));
    lk_cli_json_text(builder, "field", item->field);
    lk_cli_json_text(builder, "label", field->label);
    lk_cli_json_text(builder, "type", lk_field_type_name(field->type));
    lk_cli_json_number(builder, "length", field->length);
    lk_cli_json_number(builder, "left", item->n_left);
    char *png = g_base64_encode(lk_secret_data(item->crop), lk_secret_size(item->crop));
    lk_cli_json_text(builder, "png", png);
    lk_wipe(png);
    json_builder_end_object(builder);
    lk_cli_json_line(builder);
}

static bool
write_crop(const LkParcelItem *item, const char *path, GError **error)
{
    g_autoptr(GError) problem = NULL;
    if (g_file_set_contents_full(path, lk_secret_data(item->crop),
                                 (gssize)lk_secret_size(item->crop),
                                 G_FILE_SET_CONTENTS_CONSISTENT, 0600, &problem)) {
        return true;
    }
    g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FILE,
                _("%s: cannot be written: %s"), path, lk_error_text(problem));
    return false;
}

static LkExit
parcel_next(LkSession *session, const Asked *asked)
{
    if (asked->output == NULL && !asked->json) {
        return lk_cli_usage(_("next needs a file to write: lakana parcel next -o "
                              "crop.png (or --json)"));
    }
    g_autoptr(GError) error = NULL;
    g_auto(LkParcelItem) item = {0};
    if (!lk_parcel_next(session, &item, &error)) {
        return refuse(error);
    }
    if (item.id == 0) {
        fprintf(stderr, "%s\n", _("Nothing is left to type."));
        return LK_EXIT_DONE;
    }
    g_autoptr(LkShelf) shelf = lk_shelf_new(lk_session_store(session));
    if (lk_shelf_layout(shelf, item.layout, &error) == NULL) {
        return refuse(error);
    }
    const LkLayoutField *field = lk_shelf_field(shelf, item.layout, item.field);
    if (field == NULL) {
        return lk_cli_usage(_("crop %lld is of a field that its form does not have"),
                            (long long)item.id);
    }
    if (asked->output != NULL && !write_crop(&item, asked->output, &error)) {
        return refuse(error);
    }
    if (asked->json) {
        print_item(&item, field);
    } else {
        printf(_("crop %lld: %s (%s); %d left"), (long long)item.id, field->label,
               how_to_type(field), item.n_left);
        puts("");
    }
    return LK_EXIT_DONE;
}

/* --- type, back, withdraw. ----------------------------------------------------------
 */

static LkExit
parcel_type(LkSession *session, const Asked *asked)
{
    if (asked->from == NULL) {
        return lk_cli_usage(
            _("type reads the value from a file, or from standard input: "
              "lakana parcel type N --from -"));
    }
    g_autoptr(GError) error = NULL;
    size_t size = 0;
    char *text = lk_cli_read_private(asked->from, &size, &error);
    if (text == NULL) {
        return refuse(error);
    }
    while (size > 0 && (text[size - 1] == '\n' || text[size - 1] == '\r')) {
        text[--size] = '\0';
    }
    g_autoptr(LkShelf) shelf = lk_shelf_new(lk_session_store(session));
    bool done = lk_case_type(session, shelf, asked->number, text, &error);
    lk_wipe(text);
    if (!done) {
        return refuse(error);
    }
    fprintf(stderr, _("Noted: crop %lld.\n"), (long long)asked->number);
    return LK_EXIT_DONE;
}

static LkExit
parcel_back(LkSession *session, const Asked *asked)
{
    g_autoptr(GError) error = NULL;
    if (!lk_parcel_hand_back(session, asked->number, &error)) {
        return refuse(error);
    }
    fprintf(stderr, _("Handed back: crop %lld.\n"), (long long)asked->number);
    return LK_EXIT_DONE;
}

static LkExit
parcel_withdraw(LkSession *session, const Asked *asked)
{
    g_autoptr(GError) error = NULL;
    int n = 0;
    if (!lk_parcel_withdraw(session, asked->number, &n, &error)) {
        return refuse(error);
    }
    fprintf(stderr,
            ngettext_("Withdrawn: %d field that was not typed yet.\n",
                      "Withdrawn: %d fields that were not typed yet.\n",
                      (unsigned long)n),
            n);
    return LK_EXIT_DONE;
}

/* --- The command. -------------------------------------------------------------------
 */

typedef LkExit (*Verb)(LkSession *session, const Asked *asked);

static const struct {
    const char *name;
    Verb run;
    bool with_number;
} verbs[] = {
    {"give", parcel_give, false},        {"next", parcel_next, false},
    {"type", parcel_type, true},         {"back", parcel_back, true},
    {"withdraw", parcel_withdraw, true},
};

static Verb
find_verb(int argc, char **argv, Asked *asked)
{
    for (size_t i = 0; argc > 1 && i < G_N_ELEMENTS(verbs); i++) {
        if (strcmp(argv[1], verbs[i].name) == 0) {
            bool fits =
                verbs[i].with_number
                    ? argc == 3 && g_ascii_string_to_signed(argv[2], 10, 1, G_MAXINT64,
                                                            &asked->number, NULL)
                    : argc == 2;
            return fits ? verbs[i].run : NULL;
        }
    }
    return NULL;
}

/* `--case A B C`: codes that follow the verb are of --case. */
static void
take_codes(int *argc, char **argv, Asked *asked)
{
    if (*argc > 2 && strcmp(argv[1], "give") == 0 && asked->codes != NULL) {
        lk_cli_take_codes(&asked->codes, argv + 1);
        *argc = 2;
    }
}

LkExit
lk_cmd_parcel(const LkCli *cli, int argc, char **argv)
{
    g_auto(Asked) asked = {.limit = USUAL_LIMIT};
    const GOptionEntry entries[] = {
        {"to", 't', 0, G_OPTION_ARG_STRING, &asked.to,
         N_("give: login of the clerk who types"), N_("LOGIN")},
        {"kind", 'k', 0, G_OPTION_ARG_STRING, &asked.kind,
         N_("give: noms, contacts, dates, nombres or recits"), N_("KIND")},
        {"case", 'c', 0, G_OPTION_ARG_STRING_ARRAY, &asked.codes,
         N_("give: of these files only (default: of all that you can open)"),
         N_("CODE…")},
        {"limit", 'n', 0, G_OPTION_ARG_INT, &asked.limit,
         N_("give: fields at most (default: 200; 0: all)"), "N"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &asked.output,
         N_("next: the picture to write, for you alone"), N_("PNG")},
        {"from", 'f', 0, G_OPTION_ARG_FILENAME, &asked.from,
         N_("type: the value, in this file; - for standard input"), N_("FILE")},
        {"json", 'j', 0, G_OPTION_ARG_NONE, &asked.json,
         N_("JSON, one object a line; next: with the picture"), NULL},
        LK_CLI_AS_OPTION(&asked.as),
        G_OPTION_ENTRY_NULL,
    };
    if (!lk_cli_parse(
            entries,
            N_("give --to LOGIN --kind KIND [--case CODE…] | list | next -o PNG | type "
               "N "
               "--from FILE | back N | withdraw N"),
            N_("What a data clerk may type: pictures of fields of one kind, cut out of "
               "many pages, shuffled and sealed for that person. next shows one, type "
               "says what stands there, back hands back what cannot be read."),
            &argc, &argv)) {
        return LK_EXIT_USAGE;
    }
    take_codes(&argc, argv, &asked);
    bool lists = argc == 2 && strcmp(argv[1], "list") == 0;
    Verb verb = find_verb(argc, argv, &asked);
    if (!lists && verb == NULL) {
        return lk_cli_usage(_("say what to do: lakana parcel give, list or next, or "
                              "lakana parcel type, back or withdraw with a number"));
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStore) store = lk_store_open(cli->office, &error);
    if (store == NULL) {
        return lk_cli_fail(error);
    }
    if (lists) {
        return parcel_list(store, &asked);
    }
    g_autoptr(LkSession) session = lk_cli_session(store, asked.as, &error);
    return session != NULL ? verb(session, &asked) : refuse(error);
}
