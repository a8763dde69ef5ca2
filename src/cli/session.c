/* session.c - who sits there. */
#include "cli/session.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define PASSPHRASE_FILE "LAKANA_PASSPHRASE_FILE"
#define NEW_PASSPHRASE_FILE "LAKANA_NEW_PASSPHRASE_FILE"
#define SECRET_MAX 4096

/* Keys as a terminal hands them over that does nothing by itself. */
#define KEY_INTERRUPT 3 /* Ctrl-C */
#define KEY_END 4       /* Ctrl-D */
#define KEY_BACKSPACE 8
#define KEY_KILL 21 /* Ctrl-U */
#define KEY_QUIT 28 /* Ctrl-\ */
#define KEY_DELETE 127

void
lk_cli_no_core_dumps(void)
{
    struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__         /* its search for leaks attaches to the process */
    (void)prctl(PR_SET_DUMPABLE, 0); /* also where dumps go to a program */
#endif
}

LkExit
lk_cli_refuse(const GError *error)
{
    static const LkStoreError refusals[] = {
        LK_STORE_ERROR_LOCKED, LK_STORE_ERROR_REFUSED, LK_STORE_ERROR_PASSPHRASE,
        LK_STORE_ERROR_UNKNOWN, LK_STORE_ERROR_EXISTS};
    LkExit exit = lk_cli_fail(error);
    for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++) {
        if (g_error_matches(error, LK_STORE_ERROR, (int)refusals[i])) {
            return LK_EXIT_ATTENTION;
        }
    }
    return exit;
}

/* --- From a file. -------------------------------------------------------------------
 */

static bool
fail_file(const char *path, GError **error)
{
    g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FILE, _("%s: %s"), path,
                lk_errno_text(errno));
    return false;
}

static bool
is_private(int fd, const char *path, GError **error)
{
    struct stat info;
    if (fstat(fd, &info) != 0) {
        return fail_file(path, error);
    }
    if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_PASSPHRASE,
                    _("%s: others can read this file, so what is in it is no secret: "
                      "choose a new passphrase and write it to a file made with "
                      "`umask 077`"),
                    path);
        return false;
    }
    return true;
}

/* One line end at the end is not part of a passphrase. */
static void
cut_line_end(LkSecret *secret, size_t size)
{
    const char *bytes = lk_secret_data(secret);
    if (size > 0 && bytes[size - 1] == '\n') {
        size--;
    }
    if (size > 0 && bytes[size - 1] == '\r') {
        size--;
    }
    lk_secret_cut(secret, size);
}

static LkSecret *
read_file(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        (void)fail_file(path, error);
        return NULL;
    }
    g_autoptr(LkSecret) secret = lk_secret_new(SECRET_MAX);
    bool ok = is_private(fd, path, error);
    size_t size = 0;
    while (ok && size < SECRET_MAX) {
        ssize_t got =
            read(fd, (char *)lk_secret_data(secret) + size, SECRET_MAX - size);
        if (got < 0 && errno != EINTR) {
            ok = fail_file(path, error);
        }
        if (got == 0) {
            break;
        }
        size += got > 0 ? (size_t)got : 0;
    }
    (void)close(fd);
    if (!ok) {
        return NULL;
    }
    cut_line_end(secret, size);
    return g_steal_pointer(&secret);
}

/* --- From the terminal. -------------------------------------------------------------
 */

static bool
stopped(GError **error)
{
    g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_PASSPHRASE,
                        _("no passphrase was given; nothing was done"));
    return false;
}

/* Takes back the last character: in UTF-8 all of its bytes. */
static size_t
without_last(const char *bytes, size_t size)
{
    while (size > 0 && ((unsigned char)bytes[size - 1] & 0xc0) == 0x80) {
        size--;
    }
    return size > 0 ? size - 1 : 0;
}

/* Up to the end of the line. A key at a time, so that nothing is left in a buffer; the
 * terminal hands over the keys as they are. */
static bool
read_line(int fd, LkSecret *secret, GError **error)
{
    char *bytes = lk_secret_data(secret);
    size_t size = 0;
    for (;;) {
        char key = '\0';
        ssize_t got = read(fd, &key, 1);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0 || key == KEY_INTERRUPT || key == KEY_QUIT || key == KEY_END ||
            size == SECRET_MAX) {
            return stopped(error);
        }
        if (key == '\n' || key == '\r') {
            lk_secret_cut(secret, size);
            return true;
        }
        if (key == KEY_BACKSPACE || key == KEY_DELETE) {
            size = without_last(bytes, size);
        } else if (key == KEY_KILL) {
            size = 0;
        } else {
            bytes[size++] = key;
        }
    }
}

static LkSecret *
ask(const char *prompt, const char *variable, GError **error)
{
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    struct termios before;
    if (fd < 0 || tcgetattr(fd, &before) != 0) {
        if (fd >= 0) {
            (void)close(fd);
        }
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_PASSPHRASE,
                    _("a passphrase is needed and there is no terminal to ask on: name "
                      "a file that only you can read in %s"),
                    variable);
        return NULL;
    }
    /* Ctrl-C arrives as a key: it must not end the program while nothing is shown. */
    struct termios silent = before;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ISIG | ICANON);
    silent.c_cc[VMIN] = 1;
    silent.c_cc[VTIME] = 0;
    (void)tcsetattr(fd, TCSAFLUSH, &silent);
    (void)!write(fd, prompt, strlen(prompt));
    g_autoptr(LkSecret) secret = lk_secret_new(SECRET_MAX);
    bool ok = read_line(fd, secret, error);
    (void)!write(fd, "\n", 1);
    (void)tcsetattr(fd, TCSAFLUSH, &before);
    (void)close(fd);
    return ok ? g_steal_pointer(&secret) : NULL;
}

/* --- Sessions and passphrases. ------------------------------------------------------
 */

static LkSecret *
get_secret(const char *variable, const char *prompt, GError **error)
{
    const char *path = g_getenv(variable);
    return path != NULL && *path != '\0' ? read_file(path, error)
                                         : ask(prompt, variable, error);
}

/* Nobody said who: only the recovery words need no login. */
static LkSession *
recover(LkStore *store, GError **error)
{
    g_autoptr(LkSecret) words =
        get_secret(PASSPHRASE_FILE, _("Recovery words: "), error);
    if (words == NULL) {
        return NULL;
    }
    g_autoptr(LkSecret) recovery = lk_recovery_parse(words);
    if (recovery == NULL) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_PASSPHRASE,
                    _("these are not the %d recovery words: compare each with the "
                      "sheet; or say who you are with --as LOGIN or LAKANA_USER"),
                    LK_RECOVERY_WORDS);
        return NULL;
    }
    return lk_session_recover(store, recovery, error);
}

LkSession *
lk_cli_session(LkStore *store, const char *as, GError **error)
{
    const char *login = as != NULL ? as : g_getenv("LAKANA_USER");
    if (!lk_guard_require(store, error)) {
        return NULL;
    }
    if (login == NULL || *login == '\0') {
        return recover(store, error);
    }
    g_autofree char *prompt = g_strdup_printf(_("Passphrase of %s: "), login);
    g_autoptr(LkSecret) passphrase = get_secret(PASSPHRASE_FILE, prompt, error);
    return passphrase != NULL ? lk_session_open(store, login, passphrase, error) : NULL;
}

LkSecret *
lk_cli_new_passphrase(const char *login, GError **error)
{
    const char *path = g_getenv(NEW_PASSPHRASE_FILE);
    if (path != NULL && *path != '\0') {
        return read_file(path, error);
    }
    g_autofree char *prompt = g_strdup_printf(
        _("New passphrase of %s (at least %d characters): "), login, LK_PASSPHRASE_MIN);
    g_autoptr(LkSecret) first = ask(prompt, NEW_PASSPHRASE_FILE, error);
    g_autoptr(LkSecret) second =
        first != NULL ? ask(_("The same again: "), NEW_PASSPHRASE_FILE, error) : NULL;
    if (second == NULL) {
        return NULL;
    }
    bool same = lk_secret_size(first) == lk_secret_size(second) &&
                memcmp(lk_secret_data(first), lk_secret_data(second),
                       lk_secret_size(first)) == 0;
    if (!same) {
        g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_PASSPHRASE,
                            _("the two are not the same; nothing was changed"));
        return NULL;
    }
    return g_steal_pointer(&first);
}
