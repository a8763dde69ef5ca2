/* journal.c - lakana journal show|verify: who did what, when. */
#include "cli/session.h"
#include "store/store.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#define WHAT_WIDTH 34
#define WHO_WIDTH 18
#define NOTED_MIN 8 /* digits of a hash that was noted */

typedef struct {
    char *since, *code_text, *noted, *login;
    gboolean json;
    bool of_case; /* only what is about `code` */
    LkCaseCode code;
    GHashTable *pages; /* numbers of the pages of `code`, gint64* */
} Asked;

static void
asked_clear(Asked *asked)
{
    g_free(asked->since);
    g_free(asked->code_text);
    g_free(asked->noted);
    g_free(asked->login);
    g_clear_pointer(&asked->pages, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Asked, asked_clear)

/* --- In words. ----------------------------------------------------------------------
 */

static const char *const whats[][2] = {
    {"archived-anew", N_("lost scan archived again")},
    {"backup", N_("backup written")},
    {"case-give", N_("case file handed over")},
    {"case-take", N_("case file taken")},
    {"decision", N_("field decided")},
    {"distrust", N_("other office: no longer trusted")},
    {"export", N_("values exported")},
    {"filed", N_("scan read, pages filed")},
    {"init", N_("office created")},
    {"issue", N_("forms printed")},
    {"keys", N_("keys of the office made")},
    {"keys-people", N_("adding people has a key of its own now")},
    {"keys-renew", N_("keys renewed after somebody left")},
    {"labels", N_("labels printed")},
    {"layout-export", N_("layouts exported")},
    {"layout-import", N_("layouts imported")},
    {"name-alike", N_("names shown: possible doubles")},
    {"name-mask", N_("name masked for good")},
    {"name-search", N_("names shown: search")},
    {"name-set", N_("name written")},
    {"name-show", N_("name shown")},
    {"page", N_("whole page decided")},
    {"page-open", N_("picture of a page opened")},
    {"parcel-back", N_("crop handed back")},
    {"parcel-give", N_("fields given to type")},
    {"parcel-show", N_("crop shown to a clerk")},
    {"parcel-type", N_("crop typed")},
    {"parcel-withdraw", N_("parcel withdrawn")},
    {"received", N_("first page of another's file")},
    {"rejected", N_("scan refused")},
    {"restored", N_("office restored from a backup")},
    {"scan", N_("scan put away")},
    {"review-close", N_("review station: left")},
    {"review-open", N_("review station: begun")},
    {"sent", N_("case file sent")},
    {"taken-up", N_("case file received")},
    {"trust", N_("other office: trusted")},
    {"typed-show", N_("typed values shown")},
    {"undo", N_("decision taken back")},
    {"unlock", N_("unlocked")},
    {"unlock-failed", N_("wrong login or passphrase")},
    {"user-add", N_("person added")},
    {"user-admit", N_("person admitted")},
    {"user-passwd", N_("passphrase changed")},
    {"user-reset", N_("person given new keys")},
    {"user-revoke", N_("person revoked")},
};

static const char *
what_text(const char *what)
{
    for (size_t i = 0; i < G_N_ELEMENTS(whats); i++) {
        if (strcmp(whats[i][0], what) == 0) {
            return _(whats[i][1]);
        }
    }
    return what;
}

/* What of a line's detail a person wants to see, and how. */
static const struct {
    const char *member, *format; /* format of the member's text */
} details[] = {
    {"code", "%s"},
    {"case", "%s"},
    {"codes", "%s"},
    {"cases", "%s"},
    {"login", "%s"},
    {"role", "(%s)"},
    {"page", N_("page number %s")},
    {"act", "(%s)"},
    {"scan", N_("scan %s")},
    {"pages", N_("pages: %s")},
    {"copies", N_("copies: %s")},
    {"layouts", N_("layouts: %s")},
    {"reason", "(%s)"},
    {"for", "(%s)"},
    {"to", N_("to %s")},
    {"from", N_("from %s")},
    {"office", "%s"},
    {"what", "(%s)"},
};

static const char *const words[][2] = {
    {"accept", N_("it counts")},
    {"assign", N_("assigned")},
    {"dismiss", N_("it does not count")},
    {"referral", N_("referral")},
    {"transfer", N_("transfer")},
    {"undo", N_("taken back")},
    {"values", N_("values")},
};

/* (transfer full): a code the way it is read aloud, a word of ours in the user's
 * language, anything else as it is. */
static char *
readable(const char *text)
{
    LkCaseCode code;
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strcmp(words[i][0], text) == 0) {
            return g_strdup(_(words[i][1]));
        }
    }
    return lk_case_code_parse(text, &code, NULL) ? lk_case_code_format(&code)
                                                 : g_strdup(text);
}

static void
add_node(GString *text, JsonNode *node)
{
    if (JSON_NODE_HOLDS_ARRAY(node)) {
        JsonArray *list = json_node_get_array(node);
        for (guint i = 0; i < json_array_get_length(list); i++) {
            g_string_append(text, i > 0 ? " " : "");
            add_node(text, json_array_get_element(list, i));
        }
    } else if (JSON_NODE_HOLDS_VALUE(node) &&
               json_node_get_value_type(node) == G_TYPE_STRING) {
        g_autofree char *shown = readable(json_node_get_string(node));
        g_string_append(text, shown);
    } else if (JSON_NODE_HOLDS_VALUE(node)) {
        g_string_append_printf(text, "%" G_GINT64_FORMAT, json_node_get_int(node));
    }
}

static char *
detail_text(JsonObject *detail)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(details); i++) {
        JsonNode *node = json_object_get_member(detail, details[i].member);
        g_autoptr(GString) value = g_string_new(NULL);
        if (node != NULL) {
            add_node(value, node);
        }
        if (value->len > 0) {
            g_auto(GStrv) around = g_strsplit(_(details[i].format), "%s", 2);
            g_string_append_printf(text, "%s%s%s%s", text->len > 0 ? " " : "",
                                   around[0], value->str,
                                   around[1] != NULL ? around[1] : "");
        }
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* --- show. --------------------------------------------------------------------------
 */

static bool
names_case(JsonNode *node, const LkCaseCode *code)
{
    if (node == NULL) {
        return false;
    }
    if (JSON_NODE_HOLDS_ARRAY(node)) {
        JsonArray *list = json_node_get_array(node);
        for (guint i = 0; i < json_array_get_length(list); i++) {
            if (names_case(json_array_get_element(list, i), code)) {
                return true;
            }
        }
        return false;
    }
    return JSON_NODE_HOLDS_VALUE(node) &&
           json_node_get_value_type(node) == G_TYPE_STRING &&
           strcmp(json_node_get_string(node), code->text) == 0;
}

/* A line that names the case file, or one of its pages. */
static bool
is_about(JsonObject *detail, const Asked *asked)
{
    static const char *const members[] = {"code", "case", "codes", "cases"};
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
        if (names_case(json_object_get_member(detail, members[i]), &asked->code)) {
            return true;
        }
    }
    gint64 page = json_object_get_int_member_with_default(detail, "page", 0);
    return page != 0 && g_hash_table_contains(asked->pages, &page);
}

static void
print_json(const LkJournalLine *line, JsonNode *detail)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "line");
    json_builder_add_int_value(builder, line->seq);
    json_builder_set_member_name(builder, "at");
    json_builder_add_string_value(builder, line->at);
    bool unlocked = line->who != NULL && line->who[0] != '~';
    json_builder_set_member_name(builder, "who");
    if (line->who != NULL) {
        json_builder_add_string_value(builder, line->who + (unlocked ? 0 : 1));
    } else {
        json_builder_add_null_value(builder);
    }
    json_builder_set_member_name(builder, "unlocked");
    json_builder_add_boolean_value(builder, unlocked);
    json_builder_set_member_name(builder, "what");
    json_builder_add_string_value(builder, line->what);
    json_builder_set_member_name(builder, "detail");
    json_builder_add_value(builder, json_node_copy(detail));
    json_builder_set_member_name(builder, "hash");
    json_builder_add_string_value(builder, line->hash);
    json_builder_end_object(builder);
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    g_autofree char *text = json_to_string(root, FALSE);
    puts(text);
}

static void
print_line(const LkJournalLine *line, JsonObject *detail)
{
    const char *who = line->who != NULL ? line->who : "-";
    g_autofree char *day = g_strndup(line->at, strlen("2026-11-23"));
    g_autofree char *clock = g_strndup(
        line->at + MIN(strlen(line->at), strlen("2026-11-23T")), strlen("19:09"));
    g_autofree char *more = detail_text(detail);
    printf("%6lld  %s %s  ", (long long)line->seq, day, clock);
    lk_cli_pad(stdout, strcmp(who, "@recovery") == 0 ? _("recovery sheet") : who,
               WHO_WIDTH);
    printf("  ");
    if (*more != '\0') {
        lk_cli_pad(stdout, what_text(line->what), WHAT_WIDTH);
        printf("  %s\n", more);
    } else {
        puts(what_text(line->what));
    }
}

static bool
show_line(const LkJournalLine *line, void *data)
{
    const Asked *asked = data;
    g_autoptr(JsonNode) node = json_from_string(line->detail, NULL);
    g_autoptr(JsonObject) none = json_object_new();
    bool whole = node != NULL && JSON_NODE_HOLDS_OBJECT(node);
    JsonObject *detail = whole ? json_node_get_object(node) : none;
    bool wanted = (asked->since == NULL || strcmp(line->at, asked->since) >= 0) &&
                  (!asked->of_case || is_about(detail, asked));
    if (wanted && asked->json && whole) {
        print_json(line, node);
    } else if (wanted) {
        print_line(line, detail);
    }
    return true;
}

static bool
find_pages(LkStore *store, Asked *asked, GError **error)
{
    g_autoptr(GPtrArray) pages = lk_store_case_pages(store, &asked->code, error);
    asked->pages = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    for (guint i = 0; pages != NULL && i < pages->len; i++) {
        const LkPageRecord *page = g_ptr_array_index(pages, i);
        g_hash_table_add(asked->pages, g_memdup2(&page->page, sizeof page->page));
    }
    return pages != NULL;
}

/* What to do, after what was found. */
static LkExit
say_altered(const GError *error)
{
    if (!g_error_matches(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED)) {
        return lk_cli_fail(error);
    }
    (void)lk_cli_fail(error);
    lk_cli_wrap(stderr,
                _("Lines before it are as they were written. Stop working here, tell "
                  "the head of office, copy the whole folder aside, and compare with "
                  "the last backup (lakana restore --check)."),
                0);
    return LK_EXIT_ATTENTION;
}

static LkExit
journal_show(LkStore *store, Asked *asked)
{
    g_autoptr(GError) error = NULL;
    if (asked->of_case && !find_pages(store, asked, &error)) {
        return lk_cli_fail(error);
    }
    return lk_store_journal_check(store, show_line, asked, &error) ? LK_EXIT_DONE
                                                                   : say_altered(error);
}

/* --- verify. ------------------------------------------------------------------------
 */

typedef struct {
    gint64 noted_seq; /* 0: none was given */
    const char *noted_hash;
    bool noted_fits;
    gint64 seq;
    char *at, *hash;
} Seen;

static void
seen_clear(Seen *seen)
{
    g_free(seen->at);
    g_free(seen->hash);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Seen, seen_clear)

static bool
see_line(const LkJournalLine *line, void *data)
{
    Seen *seen = data;
    seen->seq = line->seq;
    g_free(seen->at);
    g_free(seen->hash);
    seen->at = g_strdup(line->at);
    seen->hash = g_strdup(line->hash);
    seen->noted_fits |= line->seq == seen->noted_seq &&
                        g_ascii_strncasecmp(line->hash, seen->noted_hash,
                                            strlen(seen->noted_hash)) == 0;
    return true;
}

/* "LINE:HASH", the hash whole or its beginning. */
static bool
parse_noted(const Asked *asked, Seen *seen)
{
    const char *colon = asked->noted != NULL ? strchr(asked->noted, ':') : NULL;
    if (asked->noted == NULL) {
        return true;
    }
    g_autofree char *number =
        g_strndup(asked->noted, colon != NULL ? (gsize)(colon - asked->noted) : 0);
    seen->noted_hash = colon != NULL ? colon + 1 : "";
    return g_ascii_string_to_signed(number, 10, 1, G_MAXINT64, &seen->noted_seq,
                                    NULL) &&
           strlen(seen->noted_hash) >= NOTED_MIN;
}

static LkExit
say_rewritten(const char *what)
{
    fprintf(stderr, "lakana: %s\n", what);
    lk_cli_wrap(stderr,
                _("Somebody wrote in the database without this program, or the folder "
                  "was replaced by an older copy. Stop working here, tell the head of "
                  "office, copy the whole folder aside, and compare with the last "
                  "backup (lakana restore --check)."),
                0);
    return LK_EXIT_ATTENTION;
}

static LkExit
say_whole(const Seen *seen, bool json)
{
    if (json) {
        printf("{\"lines\":%lld,\"at\":\"%s\",\"hash\":\"%s\"}\n", (long long)seen->seq,
               seen->at, seen->hash);
        return LK_EXIT_DONE;
    }
    printf(_("Journal: %lld lines, each follows from the one before. The last one, of "
             "%s:"),
           (long long)seen->seq, seen->at);
    printf("\n%lld:%s\n", (long long)seen->seq, seen->hash);
    lk_cli_wrap(stderr,
                _("Write this into the office's register: later, `lakana journal "
                  "verify --noted` with what was written shows that nothing before it "
                  "was rewritten."),
                0);
    return LK_EXIT_DONE;
}

static LkExit
journal_verify(LkStore *store, const Asked *asked)
{
    g_autoptr(GError) error = NULL;
    g_auto(Seen) seen = {0};
    if (!parse_noted(asked, &seen)) {
        return lk_cli_usage(_("--noted takes the number of a line and its hash, as "
                              "verify wrote them: 120:3f1c90aa…"));
    }
    g_autoptr(LkSession) session =
        asked->login != NULL ? lk_cli_session(store, asked->login, &error) : NULL;
    if (asked->login != NULL && session == NULL) {
        return lk_cli_refuse(error);
    }
    if (!lk_store_journal_check(store, see_line, &seen, &error)) {
        return say_altered(error);
    }
    if (seen.noted_seq != 0 && !seen.noted_fits) {
        return say_rewritten(_("the journal was rewritten: the line that was noted is "
                               "not in it"));
    }
    if (session != NULL && !lk_session_journal_fits(session)) {
        return say_rewritten(_("the journal was rewritten: the line that you saw when "
                               "you last unlocked is not in it"));
    }
    return say_whole(&seen, asked->json);
}

/* --- The command. -------------------------------------------------------------------
 */

static bool
is_day(const char *text)
{
    static const char shape[] = "0000-00-00";
    int numbers[3] = {0}; /* year, month, day */
    int at = 0;
    if (strlen(text) != strlen(shape)) {
        return false;
    }
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (shape[i] == '-') {
            at++;
        }
        if (shape[i] == '-' ? text[i] != '-' : !g_ascii_isdigit(text[i])) {
            return false;
        }
        numbers[at] =
            shape[i] == '-' ? 0 : numbers[at] * 10 + g_ascii_digit_value(text[i]);
    }
    return g_date_valid_dmy((GDateDay)numbers[2], (GDateMonth)numbers[1],
                            (GDateYear)numbers[0]);
}

static LkExit
run(const LkCli *cli, const char *what, Asked *asked)
{
    g_autoptr(GError) error = NULL;
    if (asked->since != NULL && !is_day(asked->since)) {
        return lk_cli_usage(_("--since takes a day, written like 2026-11-27"));
    }
    if (asked->code_text != NULL) {
        if (!lk_case_code_parse(asked->code_text, &asked->code, &error)) {
            return lk_cli_usage(_("%s: %s"), asked->code_text, error->message);
        }
        asked->of_case = true;
    }
    g_autoptr(LkStore) store = lk_store_open(cli->office, &error);
    if (store == NULL) {
        return lk_cli_fail(error);
    }
    return strcmp(what, "show") == 0 ? journal_show(store, asked)
                                     : journal_verify(store, asked);
}

LkExit
lk_cmd_journal(const LkCli *cli, int argc, char **argv)
{
    g_auto(Asked) asked = {0};
    const GOptionEntry entries[] = {
        {"since", 's', 0, G_OPTION_ARG_STRING, &asked.since,
         N_("show: only from this day on, 2026-11-27"), N_("DATE")},
        {"case", 'c', 0, G_OPTION_ARG_STRING, &asked.code_text,
         N_("show: only what is about this case file"), N_("CODE")},
        {"noted", 'n', 0, G_OPTION_ARG_STRING, &asked.noted,
         N_("verify: a line that was written down before must still be there"),
         N_("LINE:HASH")},
        {"as", 'a', 0, G_OPTION_ARG_STRING, &asked.login,
         N_("verify: unlocks, and compares with what you saw when you last unlocked"),
         N_("LOGIN")},
        {"json", 'j', 0, G_OPTION_ARG_NONE, &asked.json, N_("JSON, one object a line"),
         NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!lk_cli_parse(entries, N_("show | verify"),
                      N_("Who did what and when, codes and numbers only. A login after "
                         "~ is what the computer says: nobody had unlocked. verify "
                         "tells whether a line was altered, removed or slipped in, and "
                         "which."),
                      &argc, &argv)) {
        return LK_EXIT_USAGE;
    }
    if (argc != 2 || (strcmp(argv[1], "show") != 0 && strcmp(argv[1], "verify") != 0)) {
        return lk_cli_usage(_("say what to do: lakana journal show, or lakana journal "
                              "verify"));
    }
    return run(cli, argv[1], &asked);
}
