/* review.c - lakana review: opens the review station, a page in the browser of this
 * computer. */
#include "cli/session.h"
#include "web/web.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PORT_MAX 65535
#define IDLE_MINUTES 30.0
#define IDLE_MINUTES_MAX (24 * 60.0)

typedef struct {
    int port;
    double idle_minutes;
    char *login;
    gboolean json, no_open;
    const char *office;
    char *launcher; /* file that leads the browser to the page, while it is needed */
} Station;

static void
station_clear(Station *station)
{
    g_free(station->login);
    g_free(station->launcher);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Station, station_clear)

static volatile sig_atomic_t is_asked_to_stop = 0;

static void
on_signal(int number)
{
    (void)number;
    is_asked_to_stop = 1;
}

/* A terminal that is closed ends the station too: keys are wiped on the way. */
static void
catch_signals(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {0};
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < G_N_ELEMENTS(signals); i++) {
        (void)sigaction(signals[i], &action, NULL);
    }
    (void)signal(SIGPIPE, SIG_IGN);
}

static bool
should_stop(void *data)
{
    (void)data;
    return is_asked_to_stop != 0;
}

/* --- The browser. -------------------------------------------------------------------
 */

/* The words of a command can be read by everybody on this computer, so the address with
 * the token is not among them: the browser is given a file that leads there, which only
 * its owner can read. */
static bool
write_launcher(Station *station, const char *url)
{
    g_autofree char *path = g_build_filename(station->office, "review.html", NULL);
    g_autofree char *text =
        g_strdup_printf("<!doctype html><html><head><meta charset=\"utf-8\">"
                        "<meta name=\"referrer\" content=\"no-referrer\">"
                        "<meta http-equiv=\"refresh\" content=\"0; url=%s\">"
                        "<title>lakana</title></head></html>\n",
                        url);
    (void)unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    size_t length = strlen(text);
    bool written = fd >= 0 && write(fd, text, length) == (ssize_t)length;
    written = fd >= 0 && close(fd) == 0 && written;
    station->launcher = g_canonicalize_filename(path, NULL);
    return written;
}

static void
remove_launcher(Station *station)
{
    if (station->launcher != NULL) {
        (void)unlink(station->launcher);
        g_clear_pointer(&station->launcher, g_free);
    }
}

static bool
has_display(void)
{
    static const char *const variables[] = {"WAYLAND_DISPLAY", "DISPLAY"};
    for (size_t i = 0; i < G_N_ELEMENTS(variables); i++) {
        const char *value = g_getenv(variables[i]);
        if (value != NULL && *value != '\0') {
            return true;
        }
    }
    return false;
}

static void
open_browser(Station *station, const char *url)
{
    if (station->no_open || station->json || !has_display()) {
        return;
    }
    if (write_launcher(station, url)) {
        char *words[] = {"xdg-open", station->launcher, NULL};
        /* Without a browser the address is on the terminal. */
        (void)g_spawn_async(NULL, words, NULL,
                            G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL |
                                G_SPAWN_STDERR_TO_DEV_NULL,
                            NULL, NULL, NULL, NULL);
    } else {
        remove_launcher(station);
    }
}

static void
on_ready(const char *url, void *data)
{
    Station *station = data;
    if (station->json) {
        printf("{\"url\":\"%s\"}\n", url);
    } else {
        printf("%s\n", url);
        fprintf(stderr, "%s\n",
                _("The review station is open at this address, for this computer only. "
                  "Ctrl-C closes it."));
    }
    (void)fflush(stdout);
    open_browser(station, url);
}

static void
on_started(void *data)
{
    remove_launcher(data);
}

/* --- The command. -------------------------------------------------------------------
 */

static LkExit
run(LkStore *store, Station *station)
{
    LkReviewOptions options = {
        .port = station->port,
        .idle_minutes = station->idle_minutes,
        .login = station->login,
        .ready = on_ready,
        .started = on_started,
        .should_stop = should_stop,
        .data = station,
    };
    LkReviewEnd end = LK_REVIEW_ASKED;
    g_autoptr(GError) error = NULL;
    catch_signals();
    bool served = lk_review_run(store, &options, &end, &error);
    remove_launcher(station);
    if (!served) {
        return lk_cli_fail(error);
    }
    fprintf(stderr, "%s\n",
            end == LK_REVIEW_IDLE
                ? _("Nobody used the review station: it is closed. `lakana review` "
                    "opens it again.")
                : _("The review station is closed."));
    return LK_EXIT_DONE;
}

LkExit
lk_cmd_review(const LkCli *cli, int argc, char **argv)
{
    g_auto(Station) station = {.idle_minutes = IDLE_MINUTES, .office = cli->office};
    gboolean list = FALSE;
    g_autofree char *second = NULL;
    const GOptionEntry entries[] = {
        {"port", 'p', 0, G_OPTION_ARG_INT, &station.port,
         N_("port of this computer (default: any that is free)"), "P"},
        {"idle", 0, 0, G_OPTION_ARG_DOUBLE, &station.idle_minutes,
         N_("closes after so many minutes without use (default: 30)"), "MIN"},
        {"no-open", 0, 0, G_OPTION_ARG_NONE, &station.no_open,
         N_("only prints the address, opens no browser"), NULL},
        {"list", 'l', 0, G_OPTION_ARG_NONE, &list,
         N_("only tells what waits; with --json one item a line"), NULL},
        {"second", 0, 0, G_OPTION_ARG_STRING, &second,
         N_("only says which kinds two people type, each without seeing the other's: "
            "dates,nombres… (also noms, contacts, recits; all; none)"),
         N_("KINDS")},
        {"json", 0, 0, G_OPTION_ARG_NONE, &station.json,
         N_("prints the address as JSON, opens no browser"), NULL},
        LK_CLI_AS_OPTION(&station.login),
        G_OPTION_ENTRY_NULL,
    };
    if (!lk_cli_parse(entries, "",
                      N_("Opens the review station: a page in the browser of this "
                         "computer, where people decide what the machine would not. "
                         "Whoever has the address still has to unlock."),
                      &argc, &argv)) {
        return LK_EXIT_USAGE;
    }
    if (argc > 1) {
        return lk_cli_usage(_("review takes options only"));
    }
    if (station.port < 0 || station.port > PORT_MAX) {
        return lk_cli_usage(_("--port takes a number from 1 to %d"), PORT_MAX);
    }
    if (!(station.idle_minutes > 0 && station.idle_minutes <= IDLE_MINUTES_MAX)) {
        return lk_cli_usage(_("--idle takes minutes, more than 0 and at most %.0f"),
                            IDLE_MINUTES_MAX);
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStore) store = lk_store_open(cli->office, &error);
    if (store == NULL) {
        return lk_cli_fail(error);
    }
    if (second != NULL) {
        return lk_cli_review_second(store, station.login, second);
    }
    return list ? lk_cli_review_list(store, station.json) : run(store, &station);
}
