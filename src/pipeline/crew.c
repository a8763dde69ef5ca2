/* crew.c - readers seen from the one who files: who has what in hand, whose turn it is.
 *
 * A reader is given two pages at most, one to read and one to go on with while its
 * report is filed. One that dies costs the page it had in hand: another takes its place
 * and its next page. */
#include "pipeline/crew.h"
#include "pipeline/talk.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define IN_HAND 2 /* pages a reader has */
#define AHEAD 4   /* pages a reader asked for and not taken: their reports wait */

typedef struct {
    pid_t pid; /* 0: gone */
    int tasks, talk;
    GQueue held;          /* LkTicket, in the order they are read */
    GByteArray *question; /* of a page whose turn has not come; or NULL */
} Reader;

struct LkTicket {
    Reader *reader; /* NULL: reported */
    LkReport *report;
    LkTask task;
    int fd; /* of the file; lent */
};

struct LkCrew {
    LkCrewHost host;
    Reader *readers;
    int n;
    int n_open; /* tickets not taken */
};

/* --- Readers come and go. -----------------------------------------------------------
 */

/* None of the office's files stays in reach, nor the ends of the other readers. */
static bool
keep_only(int *tasks, int *talk)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    int high_tasks = fcntl(*tasks, F_DUPFD, 64), high_talk = fcntl(*talk, F_DUPFD, 64);
    bool fine = null >= 0 && high_tasks >= 0 && high_talk >= 0 &&
                dup2(null, STDIN_FILENO) >= 0 && dup2(null, STDOUT_FILENO) >= 0 &&
                dup3(high_tasks, 3, O_CLOEXEC) == 3 &&
                dup3(high_talk, 4, O_CLOEXEC) == 4;
    *tasks = 3;
    *talk = 4;
    return fine && close_range(5, ~0U, 0) == 0;
}

G_NORETURN static void
be_reader(int tasks, int talk, pid_t parent)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == parent && keep_only(&tasks, &talk)) {
        lk_read_for(tasks, talk);
    }
    _exit(0);
}

static bool
start(Reader *reader, GError **error)
{
    int tasks[2] = {-1, -1}, talk[2] = {-1, -1};
    pid_t parent = getpid();
    bool fine = socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, tasks) == 0 &&
                socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, talk) == 0 &&
                (reader->pid = fork()) >= 0;
    int reason = errno;
    if (fine && reader->pid == 0) {
        be_reader(tasks[1], talk[1], parent);
    }
    reader->pid = fine ? reader->pid : 0;
    reader->tasks = tasks[0];
    reader->talk = talk[0];
    for (int i = 0; i < 2; i++) {
        int theirs = i == 0 ? tasks[1] : talk[1];
        if (theirs >= 0) {
            (void)close(theirs);
        }
    }
    if (!fine) {
        g_set_error(error, LK_PIPELINE_ERROR, LK_PIPELINE_ERROR_CREW,
                    _("pages cannot be read (%s): close other programs, or try a "
                      "smaller number after --jobs"),
                    lk_errno_text(reason));
    }
    return fine;
}

/* A reader with nothing in hand goes by itself when no more can come, and takes its
 * decoder along; another is not waited for. */
static void
end(Reader *reader)
{
    if (reader->tasks >= 0) {
        (void)close(reader->tasks);
    }
    if (reader->pid != 0) {
        if (reader->held.length > 0) {
            (void)kill(reader->pid, SIGKILL);
        }
        while (waitpid(reader->pid, NULL, 0) < 0 && errno == EINTR) {
        }
        reader->pid = 0;
    }
    if (reader->talk >= 0) {
        (void)close(reader->talk);
    }
    reader->tasks = reader->talk = -1;
    g_clear_pointer(&reader->question, g_byte_array_unref);
}

LkCrew *
lk_crew_new(int n, const LkCrewHost *host, GError **error)
{
    g_assert(n > 0);
    g_autoptr(LkCrew) crew = g_new0(LkCrew, 1);
    crew->host = *host;
    crew->readers = g_new0(Reader, (gsize)n);
    for (; crew->n < n; crew->n++) {
        if (!start(&crew->readers[crew->n], error)) {
            end(&crew->readers[crew->n]);
            return NULL;
        }
    }
    return g_steal_pointer(&crew);
}

static void
free_ticket(LkTicket *ticket)
{
    lk_report_free(ticket->report);
    g_free(ticket);
}

static void
free_held(gpointer ticket)
{
    free_ticket(ticket);
}

void
lk_crew_free(LkCrew *crew)
{
    if (crew == NULL) {
        return;
    }
    for (int i = 0; i < crew->n; i++) {
        end(&crew->readers[i]);
        g_queue_clear_full(&crew->readers[i].held, free_held);
    }
    g_free(crew->readers);
    g_free(crew);
}

/* --- Asking. ------------------------------------------------------------------------
 */

static Reader *
least_busy(const LkCrew *crew)
{
    Reader *best = &crew->readers[0];
    for (int i = 1; i < crew->n; i++) {
        if (crew->readers[i].held.length < best->held.length) {
            best = &crew->readers[i];
        }
    }
    return best;
}

bool
lk_crew_has_room(const LkCrew *crew)
{
    return crew->n_open < AHEAD * crew->n && least_busy(crew)->held.length < IN_HAND;
}

static void
hand_over(const Reader *reader, const LkTicket *ticket)
{
    /* A dead reader is noticed when its report does not come. */
    (void)lk_task_send(reader->tasks, &ticket->task, ticket->fd);
}

LkTicket *
lk_crew_ask(LkCrew *crew, const LkCrewFile *file, int page)
{
    LkTicket *ticket = g_new0(LkTicket, 1);
    ticket->task = (LkTask){page, file->key};
    ticket->fd = file->fd;
    ticket->reader = least_busy(crew);
    g_queue_push_tail(&ticket->reader->held, ticket);
    hand_over(ticket->reader, ticket);
    crew->n_open++;
    return ticket;
}

/* --- Hearing. -----------------------------------------------------------------------
 */

static bool
report(Reader *reader, LkReport *report)
{
    LkTicket *ticket = g_queue_pop_head(&reader->held);
    if (ticket == NULL) {
        lk_report_free(report);
        return false;
    }
    ticket->reader = NULL;
    ticket->report = report;
    return true;
}

/* The page in hand is lost, the next one goes to the successor. */
static bool
replace(Reader *reader, GError **error)
{
    end(reader);
    if (reader->held.length > 0) {
        const LkTicket *ticket = g_queue_peek_head(&reader->held);
        LkReport *lost = g_new0(LkReport, 1);
        lost->result = LK_SCAN_BAD_PAGE;
        lost->died = true;
        g_set_error_literal(&lost->why, LK_SCAN_ERROR, LK_SCAN_ERROR_CRASH,
                            _("this page broke the program that reads it, which was "
                              "closed: scan the page again"));
        g_prefix_error(&lost->why, _("page %d: "), ticket->task.page + 1);
        (void)report(reader, lost);
    }
    if (!start(reader, error)) {
        return false;
    }
    for (const GList *at = reader->held.head; at != NULL; at = at->next) {
        hand_over(reader, at->data);
    }
    return true;
}

static bool
answer_layout(const LkCrew *crew, const Reader *reader, const GByteArray *asked)
{
    g_autofree char *id = g_strndup((const char *)asked->data, asked->len);
    g_autofree char *json = crew->host.layout(id, crew->host.data);
    return lk_talk_send(reader->talk, LK_TALK_LAYOUT, json,
                        json != NULL ? strlen(json) : 0);
}

static bool
answer_issued(const LkCrew *crew, Reader *reader)
{
    LkCaseCode code;
    memcpy(&code, reader->question->data, sizeof code);
    g_clear_pointer(&reader->question, g_byte_array_unref);
    g_autoptr(GArray) pages = crew->host.issued(&code, crew->host.data);
    return lk_talk_send(reader->talk, LK_TALK_ISSUED, pages->data,
                        pages->len * sizeof(LkPageId));
}

/* One message; false if it is none: the reader is dead or dying. */
static bool
hear(const LkCrew *crew, Reader *reader)
{
    LkTalk kind;
    int passed = -1;
    g_autoptr(GByteArray) message = lk_talk_hear(reader->talk, &kind, &passed);
    LkReport *unpacked = message != NULL && kind == LK_TALK_REPORT
                             ? lk_report_unpack(message, passed)
                             : NULL;
    if (passed >= 0) {
        (void)close(passed);
    }
    if (message == NULL) {
        return false;
    }
    if (kind == LK_TALK_LAYOUT) {
        return answer_layout(crew, reader, message);
    }
    if (kind == LK_TALK_ISSUED) {
        g_clear_pointer(&reader->question, g_byte_array_unref);
        reader->question = g_steal_pointer(&message);
        return reader->question->len == sizeof(LkCaseCode);
    }
    return unpacked != NULL && report(reader, unpacked);
}

/* Waits for some reader; false with @error, or without after a signal. */
static bool
wait_for_any(LkCrew *crew, GError **error)
{
    g_autofree struct pollfd *ends = g_new0(struct pollfd, (gsize)crew->n);
    for (int i = 0; i < crew->n; i++) {
        ends[i] = (struct pollfd){.fd = crew->readers[i].talk, .events = POLLIN};
    }
    if (poll(ends, (nfds_t)crew->n, -1) < 0) {
        return false;
    }
    for (int i = 0; i < crew->n; i++) {
        Reader *reader = &crew->readers[i];
        if (ends[i].revents != 0 && !hear(crew, reader) && !replace(reader, error)) {
            return false;
        }
    }
    return true;
}

LkReport *
lk_crew_take(LkCrew *crew, LkTicket *ticket, GError **error)
{
    while (ticket->report == NULL) {
        Reader *reader = ticket->reader;
        if (reader->question != NULL) {
            if (!answer_issued(crew, reader) && !replace(reader, error)) {
                return NULL;
            }
        } else if (!wait_for_any(crew, error)) {
            return NULL;
        }
    }
    LkReport *found = g_steal_pointer(&ticket->report);
    crew->n_open--;
    free_ticket(ticket);
    return found;
}
