/* case-courier.c - lakana case send CODE, lakana case receive FILE */
#include "cli/session.h"
#include "pipeline/pipeline.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    char *to, *purpose, *copy, *output, *login;
} Asked;

static void
asked_clear(Asked *asked)
{
    g_free(asked->to);
    g_free(asked->purpose);
    g_free(asked->copy);
    g_free(asked->output);
    g_free(asked->login);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Asked, asked_clear)

/* --- send. --------------------------------------------------------------------------
 */

static LkExit
say_sent(const LkSendOrder *order, const LkSent *sent)
{
    fprintf(stderr,
            ngettext_("%s: %d page, sealed for %s; nobody else can open it.\n",
                      "%s: %d pages, sealed for %s; nobody else can open it.\n",
                      (unsigned long)sent->pages),
            order->path, sent->pages, order->to->name);
    if (sent->without_picture == 0) {
        return LK_EXIT_DONE;
    }
    fprintf(stderr,
            ngettext_("%d page goes without its picture, which this office has not.\n",
                      "%d pages go without their picture, which this office has not.\n",
                      (unsigned long)sent->without_picture),
            sent->without_picture);
    return LK_EXIT_ATTENTION;
}

static LkExit
case_send(LkStore *store, const char *text, const Asked *asked)
{
    g_autoptr(GError) error = NULL;
    LkSendOrder order = {.copy = asked->copy, .path = asked->output};
    if (!lk_case_code_parse(text, &order.code, &error)) {
        return lk_cli_usage(_("%s: %s"), text, error->message);
    }
    if (asked->to == NULL || asked->output == NULL) {
        return lk_cli_usage(_("say where it goes and the file to make: lakana case "
                              "send CODE --to OFFICE -o FILE"));
    }
    if (asked->purpose != NULL &&
        !lk_send_purpose_parse(asked->purpose, &order.purpose)) {
        return lk_cli_usage(_("--for is transfer (the whole file goes: form A.2) or "
                              "referral (a service needs form A.1)"));
    }
    g_autoptr(LkOffice) to = lk_cli_office(store, asked->to, &error);
    if (to == NULL) {
        return lk_cli_refuse(error);
    }
    order.to = to;
    g_autoptr(LkSession) session = lk_cli_session(store, asked->login, &error);
    LkSent sent = {0};
    if (session == NULL || !lk_case_send(session, &order, &sent, &error)) {
        return lk_cli_refuse(error);
    }
    return say_sent(&order, &sent);
}

/* --- receive. -----------------------------------------------------------------------
 */

static LkExit
say_received(const LkReceived *received)
{
    g_autofree char *code = lk_case_code_format(&received->code);
    if (received->before) {
        printf(_("%s, from %s: this file was taken up before; nothing was changed"),
               code, received->from);
        puts("");
        return LK_EXIT_DONE;
    }
    printf(_("%s, from %s: %d new, %d here already, %d to be settled"), code,
           received->from, received->added, received->known, received->conflicts);
    puts("");
    if (received->conflicts > 0) {
        fprintf(stderr, "%s\n",
                _("Pages that are here with other ink wait for a person: `lakana page "
                  "list`."));
    }
    if (received->decisions_left > 0) {
        fprintf(stderr,
                ngettext_("%d decision made there about a page that is here already "
                          "was not taken.\n",
                          "%d decisions made there about pages that are here already "
                          "were not taken.\n",
                          (unsigned long)received->decisions_left),
                received->decisions_left);
    }
    return received->conflicts > 0 ? LK_EXIT_ATTENTION : LK_EXIT_DONE;
}

static LkExit
case_receive(LkStore *store, const char *path, const Asked *asked)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkArrival) arrival = lk_arrival_open(store, path, &error);
    if (arrival == NULL) {
        return lk_cli_refuse(error);
    }
    g_autoptr(LkSession) session = lk_cli_session(store, asked->login, &error);
    g_auto(LkReceived) received = {0};
    if (session == NULL || !lk_receive(arrival, session, &received, &error)) {
        return lk_cli_refuse(error);
    }
    return say_received(&received);
}

LkExit
lk_cmd_case_courier(const LkCli *cli, int argc, char **argv)
{
    g_auto(Asked) asked = {0};
    const GOptionEntry entries[] = {
        {"to", 't', 0, G_OPTION_ARG_STRING, &asked.to,
         N_("send: the office, by its key file, name or fingerprint; one that this "
            "office trusts"),
         N_("OFFICE")},
        {"for", 0, 0, G_OPTION_ARG_STRING, &asked.purpose,
         N_("send: transfer (default) or referral"), N_("PURPOSE")},
        {"copy", 'c', 0, G_OPTION_ARG_STRING, &asked.copy,
         N_("send: of a referral, the copy of form A.1: serial or number"), N_("COPY")},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &asked.output,
         N_("send: the file to make"), N_("FILE")},
        LK_CLI_AS_OPTION(&asked.login),
        G_OPTION_ENTRY_NULL,
    };
    if (!lk_cli_parse(
            entries, N_("send CODE --to OFFICE [--for PURPOSE] -o FILE | receive FILE"),
            N_("Sends a case file to another office, sealed for it alone and "
               "signed by this one: all of it for a transfer, its form A.1 "
               "for a referral. Takes up one that came: what is here already "
               "stays as it is."),
            &argc, &argv)) {
        return LK_EXIT_USAGE;
    }
    if (argc != 3) {
        return lk_cli_usage(_("say what to do: lakana case send CODE --to OFFICE -o "
                              "FILE, or lakana case receive FILE"));
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStore) store = lk_store_open(cli->office, &error);
    if (store == NULL) {
        return lk_cli_fail(error);
    }
    return strcmp(argv[1], "send") == 0 ? case_send(store, argv[2], &asked)
                                        : case_receive(store, argv[2], &asked);
}
