/* talk.c - messages between readers and the one who files: a head, then bytes. */
#include "pipeline/talk.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define LONGEST ((guint32)16 << 20) /* a layout is 100 KB, a reading 20 KB */

typedef struct {
    guint32 kind, len;
} Head;

static bool
send_all(int fd, const void *data, size_t len)
{
    const char *at = data;
    while (len > 0) {
        ssize_t done = send(fd, at, len, MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return false;
        }
        at += done;
        len -= (size_t)done;
    }
    return true;
}

static bool
hear_all(int fd, void *data, size_t len)
{
    char *at = data;
    while (len > 0) {
        ssize_t done = recv(fd, at, len, 0);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return false;
        }
        at += done;
        len -= (size_t)done;
    }
    return true;
}

/* --- Descriptors. -------------------------------------------------------------------
 */

typedef union {
    struct cmsghdr head;
    char room[CMSG_SPACE(sizeof(int))];
} Control;

/* @len bytes and, with the first of them, @passed unless it is -1. */
static bool
send_with(int fd, const void *data, size_t len, int passed)
{
    Control control = {0};
    struct iovec part = {.iov_len = len};
    memcpy(&part.iov_base, &data, sizeof data); /* not const, but only read */
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (passed >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(sizeof passed);
        memcpy(CMSG_DATA(rights), &passed, sizeof passed);
    }
    ssize_t done = 0;
    do {
        done = sendmsg(fd, &message, MSG_NOSIGNAL);
    } while (done < 0 && errno == EINTR);
    return done > 0 && send_all(fd, (const char *)data + done, len - (size_t)done);
}

/* What one recvmsg() gives, at most @len bytes; 0 or less at the end. */
static ssize_t
hear_with(int fd, void *data, size_t len, int *passed)
{
    Control control = {0};
    struct iovec part = {data, len};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    ssize_t got = 0;
    do {
        got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    } while (got < 0 && errno == EINTR);
    *passed = -1;
    const struct cmsghdr *rights = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (rights != NULL && rights->cmsg_type == SCM_RIGHTS &&
        rights->cmsg_len == CMSG_LEN(sizeof *passed)) {
        memcpy(passed, CMSG_DATA(rights), sizeof *passed);
    }
    return got;
}

static void
drop(int *passed)
{
    if (*passed >= 0) {
        (void)close(*passed);
    }
    *passed = -1;
}

bool
lk_task_send(int socket, const LkTask *task, int fd)
{
    return send_with(socket, task, sizeof *task, fd);
}

bool
lk_task_hear(int socket, LkTask *task, int *fd)
{
    if (hear_with(socket, task, sizeof *task, fd) == (ssize_t)sizeof *task) {
        return true;
    }
    drop(fd);
    return false;
}

/* --- Messages. ----------------------------------------------------------------------
 */

static bool
talk(int fd, LkTalk kind, const void *data, size_t len, int passed)
{
    g_assert(len <= LONGEST);
    Head head = {(guint32)kind, (guint32)len};
    return send_with(fd, &head, sizeof head, passed) && send_all(fd, data, len);
}

bool
lk_talk_send(int fd, LkTalk kind, const void *data, size_t len)
{
    return talk(fd, kind, data, len, -1);
}

GByteArray *
lk_talk_hear(int fd, LkTalk *kind, int *passed)
{
    Head head;
    ssize_t got = hear_with(fd, &head, sizeof head, passed);
    g_autoptr(GByteArray) data = g_byte_array_new();
    bool fine = got > 0 &&
                hear_all(fd, (char *)&head + got, sizeof head - (size_t)got) &&
                head.kind <= LK_TALK_REPORT && head.len <= LONGEST;
    if (fine) {
        g_byte_array_set_size(data, head.len);
        fine = hear_all(fd, data->data, head.len);
    }
    if (!fine) {
        drop(passed);
        return NULL;
    }
    *kind = (LkTalk)head.kind;
    return g_steal_pointer(&data);
}

/* --- Reports. -----------------------------------------------------------------------
 */

void
lk_report_free(LkReport *report)
{
    if (report == NULL) {
        return;
    }
    lk_reading_free(report->reading);
    g_clear_pointer(&report->pieces, g_array_unref);
    g_clear_pointer(&report->cut, g_bytes_unref);
    g_clear_error(&report->why);
    g_clear_error(&report->rest);
    g_free(report);
}

static void
put(GByteArray *to, const void *data, size_t len)
{
    g_byte_array_append(to, data, (guint)len);
}

static void
put_counted(GByteArray *to, const void *data, size_t n, size_t size)
{
    guint32 count = (guint32)n;
    put(to, &count, sizeof count);
    put(to, data, n * size);
}

static void
put_error(GByteArray *to, const GError *error)
{
    gint32 code = error != NULL ? error->code : 0;
    GQuark domain = error != NULL ? error->domain : 0;
    put(to, &domain, sizeof domain);
    put(to, &code, sizeof code);
    put_counted(to, error != NULL ? error->message : "",
                error != NULL ? strlen(error->message) : 0, 1);
}

static void
put_array(GByteArray *to, const GArray *array, size_t size)
{
    put_counted(to, array->data, array->len, size);
}

static GByteArray *
pack(const LkReport *report)
{
    GByteArray *to = g_byte_array_new();
    put(to, report, sizeof *report);
    put_error(to, report->why);
    put_error(to, report->rest);
    if (report->pieces != NULL) {
        put_array(to, report->pieces, sizeof(LkPiece));
    }
    if (report->reading != NULL) {
        put(to, report->reading, sizeof *report->reading);
        put_array(to, report->reading->boxes, sizeof(LkBoxReading));
        put_array(to, report->reading->cells, sizeof(LkInkReading));
        put_array(to, report->reading->writing, sizeof(LkInkReading));
    }
    return to;
}

/* A page is as large as it is: it goes through memory of its own, so that a reader can
 * go on while its report waits to be heard. -1: not possible. */
static int
to_memory(GBytes *bytes)
{
    gsize len = 0;
    const char *at = g_bytes_get_data(bytes, &len);
    int fd = memfd_create("page", MFD_CLOEXEC);
    while (fd >= 0 && len > 0) {
        ssize_t done = write(fd, at, len);
        if (done <= 0) {
            drop(&fd);
            break;
        }
        at += done;
        len -= (gsize)done;
    }
    return fd;
}

bool
lk_report_send(int fd, const LkReport *report)
{
    int passed = report->cut != NULL ? to_memory(report->cut) : -1;
    if (report->cut != NULL && passed < 0) {
        return false;
    }
    g_autoptr(GByteArray) message = pack(report);
    bool sent = talk(fd, LK_TALK_REPORT, message->data, message->len, passed);
    drop(&passed);
    return sent;
}

static GBytes *
from_memory(int fd)
{
    struct stat about;
    if (fstat(fd, &about) != 0 || about.st_size <= 0) {
        return NULL;
    }
    gsize len = (gsize)about.st_size;
    char *data = g_try_malloc(len);
    gsize got = 0;
    while (data != NULL && got < len) {
        ssize_t n = pread(fd, data + got, len - got, (off_t)got);
        if (n <= 0) {
            g_clear_pointer(&data, g_free);
            break;
        }
        got += (gsize)n;
    }
    return data != NULL ? g_bytes_new_take(data, len) : NULL;
}

/* What is left of a message; `lost` once something was missing. */
typedef struct {
    const guint8 *at;
    size_t left;
    bool lost;
} Rest;

static const void *
get(Rest *rest, size_t len)
{
    if (rest->lost || len > rest->left) {
        rest->lost = true;
        return NULL;
    }
    const void *data = rest->at;
    rest->at += len;
    rest->left -= len;
    return data;
}

static void
get_into(Rest *rest, void *to, size_t len)
{
    const void *data = get(rest, len);
    if (data != NULL) {
        memcpy(to, data, len);
    }
}

static GError *
get_error(Rest *rest)
{
    GQuark domain = 0;
    gint32 code = 0;
    guint32 len = 0;
    get_into(rest, &domain, sizeof domain);
    get_into(rest, &code, sizeof code);
    get_into(rest, &len, sizeof len);
    const char *text = get(rest, len);
    if (text == NULL || domain == 0) {
        return NULL;
    }
    g_autofree char *message = g_strndup(text, len);
    return g_error_new_literal(domain, code, message);
}

static GArray *
get_array(Rest *rest, size_t size)
{
    GArray *array = g_array_new(FALSE, TRUE, (guint)size);
    guint32 n = 0;
    get_into(rest, &n, sizeof n);
    const void *data = get(rest, n * size);
    if (data != NULL) {
        g_array_append_vals(array, data, n);
    }
    return array;
}

static LkReading *
get_reading(Rest *rest)
{
    LkReading *reading = g_new0(LkReading, 1);
    get_into(rest, reading, sizeof *reading);
    reading->boxes = get_array(rest, sizeof(LkBoxReading));
    reading->cells = get_array(rest, sizeof(LkInkReading));
    reading->writing = get_array(rest, sizeof(LkInkReading));
    return reading;
}

LkReport *
lk_report_unpack(const GByteArray *data, int passed)
{
    Rest rest = {data->data, data->len, false};
    g_autoptr(LkReport) report = g_new0(LkReport, 1);
    get_into(&rest, report, sizeof *report);
    bool has_reading = report->reading != NULL;
    report->reading = NULL;
    bool has_pieces = report->pieces != NULL;
    report->pieces = NULL;
    report->cut = passed >= 0 ? from_memory(passed) : NULL;
    report->why = get_error(&rest);
    report->rest = get_error(&rest);
    if (has_pieces) {
        report->pieces = get_array(&rest, sizeof(LkPiece));
    }
    if (has_reading) {
        report->reading = get_reading(&rest);
    }
    bool told = report->result == LK_SCAN_PAGE
                    ? report->reading != NULL && report->pieces != NULL
                : report->result == LK_SCAN_END ? true
                                                : report->why != NULL;
    return rest.lost || !told ? NULL : g_steal_pointer(&report);
}
