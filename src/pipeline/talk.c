/* talk.c - messages between readers and the one who files: a head, then bytes. */
#include "pipeline/talk.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
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

bool
lk_talk_send(int fd, LkTalk kind, const void *data, size_t len)
{
    g_assert(len <= LONGEST);
    Head head = {(guint32)kind, (guint32)len};
    return send_all(fd, &head, sizeof head) && send_all(fd, data, len);
}

GByteArray *
lk_talk_hear(int fd, LkTalk *kind)
{
    Head head;
    if (!hear_all(fd, &head, sizeof head) || head.kind > LK_TALK_REPORT ||
        head.len > LONGEST) {
        return NULL;
    }
    g_autoptr(GByteArray) data = g_byte_array_new();
    g_byte_array_set_size(data, head.len);
    if (!hear_all(fd, data->data, head.len)) {
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

GByteArray *
lk_report_pack(const LkReport *report)
{
    GByteArray *to = g_byte_array_new();
    put(to, report, sizeof *report);
    put_error(to, report->why);
    put_error(to, report->rest);
    if (report->reading != NULL) {
        put(to, report->reading, sizeof *report->reading);
        put_array(to, report->reading->boxes, sizeof(LkBoxReading));
        put_array(to, report->reading->cells, sizeof(LkInkReading));
        put_array(to, report->reading->writing, sizeof(LkInkReading));
    }
    return to;
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
lk_report_unpack(const GByteArray *data)
{
    Rest rest = {data->data, data->len, false};
    g_autoptr(LkReport) report = g_new0(LkReport, 1);
    get_into(&rest, report, sizeof *report);
    bool has_reading = report->reading != NULL;
    report->reading = NULL;
    report->why = get_error(&rest);
    report->rest = get_error(&rest);
    if (has_reading) {
        report->reading = get_reading(&rest);
    }
    bool told = report->result == LK_SCAN_PAGE  ? report->reading != NULL
                : report->result == LK_SCAN_END ? true
                                                : report->why != NULL;
    return rest.lost || !told ? NULL : g_steal_pointer(&report);
}
