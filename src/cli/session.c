/* session.c - who is asking: a login and a passphrase, never on the command line. */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define MAX_PASSPHRASE 1024 /* bytes; the recovery words fit */

static bool
fail(GError **error, int code, const char *message)
{
    g_set_error_literal(error, LK_STORE_ERROR, code, message);
    return false;
}

/* The first line of @fd, without its end. */
static LkSecret *
read_line(int fd)
{
    LkSecret *line = lk_secret_new(MAX_PASSPHRASE);
    char *bytes = lk_secret_data(line);
    size_t len = 0;
    while (len < MAX_PASSPHRASE && read(fd, bytes + len, 1) == 1 &&
           bytes[len] != '\n') {
        len++;
    }
    while (len > 0 && (bytes[len - 1] == '\r' || bytes[len - 1] == '\n')) {
        len--;
    }
    lk_secret_cut(line, len);
    return line;
}

/* A file that others can read is no secret. */
static LkSecret *
read_file(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FILE, "%s: %s", path,
                    lk_errno_text(errno));
        if (fd >= 0) {
            (void)close(fd);
        }
        return NULL;
    }
    bool open_to_others = (info.st_mode & (S_IRWXG | S_IRWXO)) != 0;
    LkSecret *line = open_to_others ? NULL : read_line(fd);
    (void)close(fd);
    if (open_to_others) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FILE,
                    _("%s: others can read this file: chmod 600, then change the "
                      "passphrase"),
                    path);
    }
    return line;
}

/* On the terminal itself: standard input may be something else. */
static LkSecret *
ask_terminal(const char *login, GError **error)
{
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    struct termios before;
    if (fd < 0 || tcgetattr(fd, &before) != 0) {
        if (fd >= 0) {
            (void)close(fd);
        }
        (void)fail(error, LK_STORE_ERROR_LOCKED,
                   _("a passphrase is needed, and there is no terminal to ask on: "
                     "name a file with LAKANA_PASSPHRASE_FILE"));
        return NULL;
    }
    struct termios silent = before;
    silent.c_lflag &= (tcflag_t) ~(tcflag_t)ECHO;
    (void)tcsetattr(fd, TCSAFLUSH, &silent);
    g_autofree char *question = g_strdup_printf(_("Passphrase of %s: "), login);
    (void)!write(fd, question, strlen(question));
    LkSecret *line = read_line(fd);
    (void)tcsetattr(fd, TCSAFLUSH, &before);
    (void)!write(fd, "\n", 1);
    (void)close(fd);
    return line;
}

LkSession *
lk_cli_session(LkStore *store, const char *login, GError **error)
{
    const char *who = login != NULL ? login : g_getenv("LAKANA_USER");
    if (who == NULL || *who == '\0') {
        (void)fail(error, LK_STORE_ERROR_LOCKED,
                   _("say who you are: --as LOGIN, or LAKANA_USER"));
        return NULL;
    }
    if (!lk_guard_require(store, error)) {
        return NULL;
    }
    const char *path = g_getenv("LAKANA_PASSPHRASE_FILE");
    g_autoptr(LkSecret) passphrase =
        path != NULL ? read_file(path, error) : ask_terminal(who, error);
    return passphrase != NULL ? lk_session_open(store, who, passphrase, error) : NULL;
}

/* Told at every unlocking until the office is put right: nobody looks at a journal of
 * their own accord. */
static void
warn_rewritten(const LkSession *session)
{
    if (session != NULL && !lk_session_journal_fits(session)) {
        fprintf(stderr, "lakana: %s\n",
                _("the journal was rewritten: the line that you saw when you last "
                  "unlocked is not in it; tell the head of office (lakana journal "
                  "verify)"));
    }
}

bool
lk_cli_session_if_ready(LkStore *store, LkSession **session, GError **error)
{
    bool ready = false;
    *session = NULL;
    if (!lk_guard_is_ready(store, &ready, error)) {
        return false;
    }
    *session = ready ? lk_cli_session(store, NULL, error) : NULL;
    return !ready || *session != NULL;
}
