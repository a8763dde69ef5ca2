/* print_id.c - reading the printed code by Debian's tesseract. */
#include "read/print_id.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PX_PER_MM 12 /* 300 dpi, what its model was trained on */
#define TIMEOUT_US 20000000
#define TEXT_MAX 256
#define REGION_LEN 3

/* --- The piece of the page, as a PGM in memory. -------------------------------------
 */

static bool
write_all(int fd, const void *data, size_t n)
{
    const char *p = data;
    while (n > 0) {
        ssize_t done = write(fd, p, n);
        if (done <= 0) {
            return false;
        }
        p += done;
        n -= (size_t)done;
    }
    return true;
}

static GByteArray *
cut_out(const LkImage *image, const double h[9], LkRect area)
{
    int width = CLAMP((int)(area.w * PX_PER_MM), 8, 4000);
    int height = CLAMP((int)(area.h * PX_PER_MM), 8, 1000);
    GByteArray *pgm = g_byte_array_new();
    g_autofree char *header = g_strdup_printf("P5\n%d %d\n255\n", width, height);
    g_byte_array_append(pgm, (const guint8 *)header, (guint)strlen(header));
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            LkPoint p = {area.x + (x + 0.5) / PX_PER_MM,
                         area.y + (y + 0.5) / PX_PER_MM};
            guint8 grey = (guint8)lk_pixel_sample(image, lk_map_point(h, p));
            g_byte_array_append(pgm, &grey, 1);
        }
    }
    return pgm;
}

static int
memory_file(const GByteArray *data)
{
    int fd = memfd_create("lakana-crop", MFD_CLOEXEC);
    if (fd >= 0 && (!write_all(fd, data->data, data->len) || lseek(fd, 0, SEEK_SET))) {
        close(fd);
        return -1;
    }
    return fd;
}

/* --- The other program. -------------------------------------------------------------
 */

/* No GSubprocess: that starts a thread, and who reads pages also forks decoders. */
static pid_t
start(int input, int output, LkPrintText kind)
{
    char digits[] = "tessedit_char_whitelist=0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    char identity[] = "tessedit_char_whitelist=0123456789./ABCDEFGHIJKLMNOPQRSTUVWXYZ ";
    char *argv[] = {"tesseract",
                    "stdin",
                    "stdout",
                    "--psm",
                    "7",
                    "--dpi",
                    "300",
                    "-l",
                    "eng",
                    "-c",
                    kind == LK_PRINT_DIGITS ? digits : identity,
                    NULL};
    /* libgomp reads it when it is loaded: setting it here would come too late. */
    g_auto(GStrv) environment =
        g_environ_setenv(g_get_environ(), "OMP_THREAD_LIMIT", "1", TRUE);
    GPid pid = 0;
    GSpawnFlags flags =
        G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL;
    bool started = g_spawn_async_with_fds(NULL, argv, environment, flags, NULL, NULL,
                                          &pid, input, output, -1, NULL);
    return started ? pid : 0;
}

/* Reads until the other end closes, at most until the deadline. */
static bool
collect(int fd, char text[TEXT_MAX])
{
    gint64 deadline = g_get_monotonic_time() + TIMEOUT_US;
    size_t n = 0;
    for (;;) {
        gint64 left = deadline - g_get_monotonic_time();
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        if (left <= 0 || poll(&ready, 1, (int)(left / 1000) + 1) < 0) {
            return false;
        }
        if (ready.revents == 0) {
            continue;
        }
        ssize_t got = n + 1 < TEXT_MAX ? read(fd, text + n, TEXT_MAX - 1 - n) : 0;
        if (got < 0) {
            return false;
        }
        if (got == 0) {
            text[n] = '\0';
            return true;
        }
        n += (size_t)got;
    }
}

/* Waits for its end, or brings it about; true if it was content. */
static bool
end(pid_t child, bool done)
{
    int status = 0;
    if (!done) {
        (void)kill(child, SIGKILL);
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static char *
run_tesseract(const GByteArray *pgm, LkPrintText kind)
{
    int input = memory_file(pgm), ends[2];
    if (input < 0) {
        return NULL;
    }
    if (pipe2(ends, O_CLOEXEC) != 0) {
        close(input);
        return NULL;
    }
    char text[TEXT_MAX] = "";
    pid_t child = start(input, ends[1], kind);
    close(input);
    close(ends[1]);
    bool done = child != 0 && collect(ends[0], text);
    close(ends[0]);
    if (child != 0) {
        done = end(child, done) && done;
    }
    return done ? g_strstrip(g_strdup(text)) : NULL;
}

char *
lk_print_read(const LkImage *image, const double h[9], LkRect area, LkPrintText kind)
{
    g_autoptr(GByteArray) pgm = cut_out(image, h, area);
    return run_tesseract(pgm, kind);
}

/* --- Comparing. ---------------------------------------------------------------------
 */

/* Letters that a reader takes for one another. */
static char
look_alike(char c)
{
    switch (c) {
    case 'O':
    case 'Q':
    case 'D':
        return '0';
    case 'I':
    case 'L':
        return '1';
    case 'Z':
        return '2';
    case 'S':
        return '5';
    case 'B':
        return '8';
    case 'G':
        return '6';
    default:
        return c;
    }
}

static size_t
normalise(const char *text, char out[TEXT_MAX])
{
    size_t n = 0;
    for (; *text != '\0' && n + 1 < TEXT_MAX; text++) {
        if (!g_ascii_isspace(*text)) {
            out[n++] = look_alike(g_ascii_toupper(*text));
        }
    }
    out[n] = '\0';
    return n;
}

int
lk_print_distance(const char *read, const char *printed)
{
    char a[TEXT_MAX], b[TEXT_MAX];
    size_t n = normalise(read, a), m = normalise(printed, b);
    int row[TEXT_MAX + 1];
    for (size_t j = 0; j <= m; j++) {
        row[j] = (int)j;
    }
    for (size_t i = 1; i <= n; i++) {
        int diagonal = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= m; j++) {
            int change = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = MIN(change, MIN(row[j], row[j - 1]) + 1);
        }
    }
    return row[m];
}

/* A letter where a look-alike digit was read. */
static char
as_letter(char c)
{
    static const char digits[] = "012568", letters[] = "OIZSGB";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;
    return at != NULL ? letters[at - digits] : c;
}

bool
lk_print_case_code(const char *read, LkCaseCode *code)
{
    char compact[LK_CASE_CODE_LEN + 1];
    size_t n = 0;
    for (; *read != '\0'; read++) {
        if (!g_ascii_isalnum(*read)) {
            continue;
        }
        if (n >= LK_CASE_CODE_LEN) {
            return false;
        }
        compact[n] = n < REGION_LEN ? as_letter(*read) : look_alike(*read);
        n++;
    }
    compact[n] = '\0';
    return n == LK_CASE_CODE_LEN && lk_case_code_parse(compact, code, NULL) &&
           !lk_case_code_is_blank(code);
}
