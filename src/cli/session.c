/* session.c - who sits at the keyboard: login and passphrase. */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define LONGEST 1024 /* bytes of a passphrase */

static bool
fail(GError **error, LkStoreError code, const char *message)
{
    g_set_error_literal(error, LK_STORE_ERROR, (int)code, message);
    return false;
}

/* The first line that @fd gives; nothing of it stays in other memory. */
static LkSecret *
read_line(int fd)
{
    LkSecret *line = lk_secret_new(LONGEST);
    char *at = lk_secret_data(line);
    size_t n = 0;
    while (n < LONGEST && read(fd, at + n, 1) == 1 && at[n] != '\n') {
        n++;
    }
    lk_secret_cut(line, n);
    return line;
}

static LkSecret *
from_file(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    if (fd < 0 || fstat(fd, &about) != 0) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FILE, _("%s: %s"), path,
                    lk_errno_text(errno));
        return NULL;
    }
    bool is_open = (about.st_mode & (S_IRWXG | S_IRWXO)) != 0;
    LkSecret *line = is_open ? NULL : read_line(fd);
    (void)close(fd);
    if (is_open) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED,
                    _("%s: others may read this passphrase: chmod 600"), path);
    }
    return line;
}

static LkSecret *
from_terminal(const char *login, GError **error)
{
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    struct termios before;
    if (fd < 0 || tcgetattr(fd, &before) != 0) {
        (void)fail(error, LK_STORE_ERROR_LOCKED,
                   _("there is no terminal to ask for the passphrase: put it into a "
                     "file that only you can read and name that with "
                     "LAKANA_PASSPHRASE_FILE"));
        return NULL;
    }
    struct termios silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    (void)tcsetattr(fd, TCSAFLUSH, &silent);
    dprintf(fd, _("Passphrase of %s: "), login);
    LkSecret *line = read_line(fd);
    (void)tcsetattr(fd, TCSAFLUSH, &before);
    dprintf(fd, "\n");
    (void)close(fd);
    return line;
}

bool
lk_cli_session(LkStore *store, LkSession **session, GError **error)
{
    bool ready = false;
    *session = NULL;
    if (!lk_guard_is_ready(store, &ready, error)) {
        return false;
    }
    if (!ready) {
        return true;
    }
    const char *login = g_getenv("LAKANA_USER");
    if (login == NULL || *login == '\0') {
        return fail(error, LK_STORE_ERROR_LOCKED,
                    _("what is asked for is sealed: say who you are with LAKANA_USER"));
    }
    const char *path = g_getenv("LAKANA_PASSPHRASE_FILE");
    g_autoptr(LkSecret) passphrase =
        path != NULL ? from_file(path, error) : from_terminal(login, error);
    *session =
        passphrase != NULL ? lk_session_open(store, login, passphrase, error) : NULL;
    return *session != NULL;
}
