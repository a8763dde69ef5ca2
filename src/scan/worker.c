/* worker.c - the decoder's process, seen from both sides. */
#include "scan/worker.h"
#include "scan/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Beyond the page: a page on its side (scratch), poppler's colour page at four
 * bytes a pixel, a PDF's unpacked stream. */
#define CHILD_MEMORY ((size_t)1 << 30)

/* Buffers of a page's packed data come from the heap, which keeps them for the next
 * page: mapped afresh each, their first touch costs more than their copying. */
#define HEAP_BUFFER (8 << 20)

/* A page larger than this (A4 at 600 dpi) is thrown out before the next: one poster
 * must not make the whole pile heavy. */
#define LARGE_PAGE ((size_t)36 << 20)

#define TEXT_MAX 480

/* --- What is said. Each message is one datagram.
 * ---------------------------------------- */

typedef struct {
    int32_t page;
    int32_t wanted;
} Request;

/* Of a page: its pixels; decoded last, a file of its own; the same, without what lies
 * in the file it was cut out of. */
enum { PIXELS, CUT, PIECES };

typedef enum { SAY_OPENED, SAY_PAGE, SAY_CUT, SAY_ERROR, SAY_UNCONFINED } Kind;

typedef struct {
    int32_t kind, page, n_pages;
    int32_t width, height, bilevel, code;
    uint64_t stride;
    uint64_t size;       /* of a cut: bytes in the memory for it */
    uint64_t n_pieces;   /* of a cut in pieces */
    char text[TEXT_MAX]; /* of the error; of what is lost, with SAY_OPENED */
} Reply;

typedef struct {
    LkPiece pieces[LK_CUT_PIECES];
    uint8_t bytes[];
} Cutting;

struct LkWorker {
    LkScanLimits limits;
    pid_t pid; /* 0: gone */
    int socket;
    uint8_t *memory; /* of one page, shared with the child */
    size_t capacity;
    int n_asked;
    size_t used;  /* bytes of the page that is there */
    Cutting *cut; /* of one page, shared with the child */
    size_t cut_capacity, cut_used;
    LkPiece pieces[LK_CUT_PIECES]; /* as they were checked */
    size_t file_size;
};

/* --- The child.
 * -------------------------------------------------------------------------- */

typedef struct {
    int socket, fd;
    size_t size;
    uint8_t *memory;
    Cutting *cut;
    const LkScanLimits *limits;
    const LkFormat *format;
} Job;

/* The file, opened. */
typedef struct {
    const LkFormat *format;
    void *state;
    int page; /* decoded last; -1: none */
    LkImage image;
    const LkInput *input;
    LkCut cut; /* of the page before */
} Open;

G_NORETURN static void
leave(void)
{
    _exit(0);
}

static void
say(const Job *job, const Reply *reply)
{
    if (write(job->socket, reply, sizeof *reply) != (ssize_t)sizeof *reply) {
        leave();
    }
}

static void
put_error(Reply *reply, const GError *error)
{
    bool ours = error != NULL && error->domain == LK_SCAN_ERROR;
    reply->code = ours ? error->code : LK_SCAN_ERROR_DAMAGED;
    g_strlcpy(reply->text, error != NULL ? error->message : "", sizeof reply->text);
}

static void
say_error(const Job *job, const Request *request, const GError *error)
{
    Reply reply = {.kind = SAY_ERROR, .page = request->page};
    put_error(&reply, error);
    say(job, &reply);
}

static void
decode(const Job *job, Open *open, const Request *request)
{
    LkCanvas canvas = {.limits = job->limits, .memory = job->memory};
    g_autoptr(GError) error = NULL;
    open->page = -1;
    if (!open->format->page(open->state, request->page, &canvas, &error)) {
        lk_canvas_drop(&canvas);
        say_error(job, request, error);
        return;
    }
    open->page = request->page;
    open->image = canvas.image;
    say(job, &(Reply){.kind = SAY_PAGE,
                      .page = request->page,
                      .width = canvas.image.width,
                      .height = canvas.image.height,
                      .stride = canvas.image.stride,
                      .bilevel = canvas.image.bilevel});
}

static void
cut(const Job *job, Open *open, const Request *request)
{
    LkCut to = {.memory = job->cut->bytes,
                .capacity = lk_cut_capacity(job->limits),
                .file = request->wanted == PIECES ? open->input : NULL,
                .pieces = job->cut->pieces,
                .from = open->cut.from,
                .misses = open->cut.misses};
    if (open->page != request->page ||
        !lk_format_cut(open->format, open->state, request->page, &open->image, &to)) {
        say_error(job, request, NULL);
        return;
    }
    open->cut = to;
    say(job, &(Reply){.kind = SAY_CUT,
                      .page = request->page,
                      .size = to.used,
                      .n_pieces = to.n_pieces});
}

G_NORETURN static void
serve(const Job *job, const uint8_t *data)
{
    LkInput input = {data, job->size, job->limits, .is_mapped = true};
    static const Request opening = {.page = -1};
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) rest = NULL;
    int n_pages = 0;
    Open open = {.page = -1, .input = &input};
    open.format =
        job->format != NULL ? job->format : lk_format_of(data, job->size, &error);
    open.state =
        open.format != NULL ? open.format->open(&input, &n_pages, &rest, &error) : NULL;
    if (open.state == NULL) {
        say_error(job, &opening, error);
        leave();
    }
    lk_input_release(&input);
    Reply opened = {.kind = SAY_OPENED, .page = -1, .n_pages = n_pages};
    if (rest != NULL) {
        put_error(&opened, rest);
    }
    say(job, &opened);
    Request request;
    while (read(job->socket, &request, sizeof request) == (ssize_t)sizeof request) {
        (request.wanted != PIXELS ? cut : decode)(job, &open, &request);
        lk_input_release(&input);
    }
    leave();
}

G_NORETURN static void
be_child(const Job *job, pid_t parent)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        leave();
    }
    (void)mallopt(M_MMAP_THRESHOLD, HEAP_BUFFER);
    (void)mallopt(M_TRIM_THRESHOLD, HEAP_BUFFER);
    /* Loads the catalogue of messages while files can still be opened. */
    (void)_("the picture is damaged: scan the page again");
    uint8_t *data = mmap(NULL, job->size, PROT_READ, MAP_PRIVATE, job->fd, 0);
    if (data == MAP_FAILED) {
        say_error(job, &(Request){.page = -1}, NULL);
        leave();
    }
    /* A file system with large folios would map 2 MB for every object looked at. */
    (void)madvise(data, job->size, MADV_NOHUGEPAGE);
    const char *missing = lk_confine(job->socket, CHILD_MEMORY);
    if (missing != NULL) {
        Reply reply = {.kind = SAY_UNCONFINED};
        g_strlcpy(reply.text, missing, sizeof reply.text);
        say(job, &reply);
        leave();
    }
    serve(job, data);
}

/* --- The parent.
 * -------------------------------------------------------------------------- */

static void
end_child(LkWorker *worker, int *status)
{
    *status = 0;
    if (worker->pid == 0) {
        return;
    }
    (void)kill(worker->pid, SIGKILL);
    while (waitpid(worker->pid, status, 0) < 0 && errno == EINTR) {
    }
    worker->pid = 0;
}

static void
explain_death(int status, GError **error)
{
    int by = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (by == SIGBUS) {
        g_set_error_literal(error, LK_SCAN_ERROR, LK_SCAN_ERROR_OPEN,
                            _("the file could not be read to its end: is the USB key "
                              "or disk still in place? Copy the file again"));
    } else {
        g_set_error_literal(error, LK_SCAN_ERROR, LK_SCAN_ERROR_CRASH,
                            _("the file broke the program that decodes it, which was "
                              "closed: scan the pages again, as PDF or TIFF"));
    }
}

/** Reaps a child that hung up: it is dying or dead, and its status says of what. */
static void
bury(LkWorker *worker, GError **error)
{
    int status = 0;
    for (int i = 0; i < 200 && worker->pid != 0; i++) {
        pid_t got = waitpid(worker->pid, &status, WNOHANG);
        if (got == worker->pid || (got < 0 && errno != EINTR)) {
            worker->pid = 0;
        } else {
            g_usleep(1000);
        }
    }
    int killed = 0;
    end_child(worker, &killed);
    explain_death(status, error);
}

/** Waits for a message; text in it is made safe to show. */
static bool
hear(LkWorker *worker, Reply *reply, GError **error)
{
    struct pollfd wait = {.fd = worker->socket, .events = POLLIN};
    gint64 end = g_get_monotonic_time() + (gint64)worker->limits.page_timeout_ms * 1000;
    int ready = 0;
    do {
        gint64 left = (end - g_get_monotonic_time() + 999) / 1000;
        ready = poll(&wait, 1, (int)CLAMP(left, 0, G_MAXINT));
    } while (ready < 0 && errno == EINTR);
    if (ready == 0) {
        int status = 0;
        end_child(worker, &status);
        g_set_error(error, LK_SCAN_ERROR, LK_SCAN_ERROR_TIMEOUT,
                    _("decoding took more than %d s and was stopped: scan the page "
                      "again"),
                    worker->limits.page_timeout_ms / 1000);
        return false;
    }
    ssize_t got = recv(worker->socket, reply, sizeof *reply, 0);
    if (got != (ssize_t)sizeof *reply) {
        bury(worker, error);
        return false;
    }
    reply->text[TEXT_MAX - 1] = '\0';
    g_autofree char *valid = g_utf8_make_valid(reply->text, -1);
    g_strlcpy(reply->text, valid, sizeof reply->text);
    g_strdelimit(reply->text, "\033\n\r\b", ' ');
    return true;
}

static GError *
error_in(const Reply *reply)
{
    int code = CLAMP(reply->code, 0, LK_SCAN_ERROR_CRASH);
    const char *text = *reply->text != '\0'
                           ? reply->text
                           : _("the picture is damaged: scan the page again");
    return g_error_new_literal(LK_SCAN_ERROR, code, text);
}

/** An answer that no honest child gives. */
static bool
distrust(LkWorker *worker, GError **error)
{
    int status = 0;
    end_child(worker, &status);
    explain_death(0, error);
    return false;
}

static bool
hear_opening(LkWorker *worker, LkWorkerFile *file, GError **error)
{
    Reply reply;
    if (!hear(worker, &reply, error)) {
        return false;
    }
    if (reply.kind == SAY_ERROR) {
        g_propagate_error(error, error_in(&reply));
        return false;
    }
    if (reply.kind == SAY_UNCONFINED) {
        g_set_error(error, LK_SCAN_ERROR, LK_SCAN_ERROR_CRASH,
                    _("this system does not let the decoder be locked in (%s is "
                      "refused), and files from outside are not read without: run "
                      "lakana on a normal Debian, not in a restricted container"),
                    reply.text);
        return false;
    }
    if (reply.kind != SAY_OPENED || reply.n_pages < 0) {
        return distrust(worker, error);
    }
    file->n_pages = reply.n_pages;
    file->rest = *reply.text != '\0' ? error_in(&reply) : NULL;
    return true;
}

static void *
new_shared(size_t bytes, GError **error)
{
    /* Touched pages only are real: a blank limit of 120 MB costs what an A4 needs. */
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        g_set_error(error, LK_SCAN_ERROR, LK_SCAN_ERROR_OPEN,
                    _("not enough memory to decode files (%s): close other programs"),
                    lk_errno_text(errno));
        return NULL;
    }
    return memory;
}

static bool
start(LkWorker *worker, const Job *job, GError **error)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        g_set_error(error, LK_SCAN_ERROR, LK_SCAN_ERROR_OPEN,
                    _("the decoder cannot be started (%s): close other programs"),
                    lk_errno_text(errno));
        return false;
    }
    worker->socket = ends[0];
    pid_t parent = getpid();
    worker->pid = fork();
    if (worker->pid == 0) {
        Job own = *job;
        own.socket = fcntl(ends[1], F_DUPFD, 3); /* 0 to 2 become /dev/null */
        be_child(&own, parent);
    }
    int reason = errno;
    (void)close(ends[1]);
    if (worker->pid < 0) {
        worker->pid = 0;
        g_set_error(error, LK_SCAN_ERROR, LK_SCAN_ERROR_OPEN,
                    _("the decoder cannot be started (%s): close other programs"),
                    lk_errno_text(reason));
        return false;
    }
    return true;
}

LkWorker *
lk_worker_new(int fd, size_t size, const LkScanLimits *limits, const LkFormat *format,
              LkWorkerFile *file, GError **error)
{
    LkWorker *worker = g_new0(LkWorker, 1);
    worker->limits = *limits;
    worker->socket = -1;
    worker->capacity = lk_canvas_capacity(limits);
    worker->cut_capacity = lk_cut_capacity(limits);
    worker->memory = new_shared(worker->capacity, error);
    worker->file_size = size;
    worker->cut = worker->memory != NULL
                      ? new_shared(sizeof(Cutting) + worker->cut_capacity, error)
                      : NULL;
    Job job = {.fd = fd,
               .size = size,
               .memory = worker->memory,
               .cut = worker->cut,
               .limits = &worker->limits,
               .format = format};
    if (worker->cut == NULL || !start(worker, &job, error) ||
        !hear_opening(worker, file, error)) {
        lk_worker_free(worker);
        return NULL;
    }
    return worker;
}

void
lk_worker_free(LkWorker *worker)
{
    if (worker == NULL) {
        return;
    }
    int status = 0;
    end_child(worker, &status);
    if (worker->socket >= 0) {
        (void)close(worker->socket);
    }
    if (worker->memory != NULL) {
        (void)munmap(worker->memory, worker->capacity);
    }
    if (worker->cut != NULL) {
        (void)munmap(worker->cut, sizeof(Cutting) + worker->cut_capacity);
    }
    g_free(worker);
}

/** A child that was taken over may spin between pages: it gets no more time than the
 * pages it was asked for. */
static void
renew_cpu(const LkWorker *worker)
{
    rlim_t seconds = (rlim_t)(worker->limits.page_timeout_ms / 1000 + 1) *
                     (rlim_t)(worker->n_asked + 1);
    (void)prlimit(worker->pid, RLIMIT_CPU, &(struct rlimit){seconds, RLIM_INFINITY},
                  NULL);
}

/** What the last page left. */
static void
clear(LkWorker *worker)
{
    if (worker->used > LARGE_PAGE) {
        (void)madvise(worker->memory, worker->capacity, MADV_REMOVE);
    }
    if (worker->cut_used > LARGE_PAGE) {
        (void)madvise(worker->cut, sizeof(Cutting) + worker->cut_capacity, MADV_REMOVE);
    }
    worker->used = worker->cut_used = 0;
}

/** The answer to @request: of @kind or an error. */
static bool
ask(LkWorker *worker, const Request *request, Kind kind, Reply *reply, GError **error)
{
    if (worker->pid == 0) {
        explain_death(0, error);
        return false;
    }
    worker->n_asked++;
    renew_cpu(worker);
    /* A dead child is noticed when its answer does not come. */
    (void)send(worker->socket, request, sizeof *request, MSG_NOSIGNAL);
    if (!hear(worker, reply, error)) {
        return false;
    }
    if (reply->kind == SAY_ERROR && reply->page == request->page) {
        g_propagate_error(error, error_in(reply));
        return false;
    }
    return (reply->kind == (int32_t)kind && reply->page == request->page) ||
           distrust(worker, error);
}

static bool
is_possible(const LkWorker *worker, const Reply *reply)
{
    const LkScanLimits *limits = &worker->limits;
    return reply->width >= 1 && reply->height >= 1 &&
           reply->width <= limits->max_side_px &&
           reply->height <= limits->max_side_px &&
           reply->stride >= (uint64_t)reply->width &&
           reply->stride <= worker->capacity / (uint64_t)reply->height;
}

bool
lk_worker_page(LkWorker *worker, int page, LkImage *image, GError **error)
{
    Reply reply;
    clear(worker);
    if (!ask(worker, &(Request){.page = page}, SAY_PAGE, &reply, error)) {
        return false;
    }
    if (!is_possible(worker, &reply)) {
        return distrust(worker, error);
    }
    worker->used = (size_t)reply.stride * (size_t)reply.height;
    *image = (LkImage){.width = reply.width,
                       .height = reply.height,
                       .stride = (size_t)reply.stride,
                       .pixels = worker->memory,
                       .bilevel = reply.bilevel != 0};
    return true;
}

/** Whether the @n pieces, which the child can no longer change, make a page: out of
 * @own bytes and those of the file, and not out of more than any page may have. */
static bool
are_possible(const LkWorker *worker, size_t n, uint64_t own)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        const LkPiece *piece = &worker->pieces[i];
        uint64_t room = piece->is_of_file ? worker->file_size : own;
        if (piece->size == 0 || piece->size > room ||
            (piece->is_of_file && piece->at > room - piece->size) ||
            piece->size > worker->cut_capacity - sum) {
            return false;
        }
        own -= piece->is_of_file ? 0 : piece->size;
        sum += piece->size;
    }
    return n > 0 && own == 0;
}

bool
lk_worker_cut(LkWorker *worker, int page, LkScanCut *cut, GError **error)
{
    Reply reply;
    if (!ask(worker, &(Request){page, CUT}, SAY_CUT, &reply, error)) {
        return false;
    }
    if (reply.size == 0 || reply.size > worker->cut_capacity) {
        return distrust(worker, error);
    }
    worker->cut_used = (size_t)reply.size;
    *cut = (LkScanCut){.data = worker->cut->bytes, .size = worker->cut_used};
    return true;
}

bool
lk_worker_cut_pieces(LkWorker *worker, int page, LkScanCut *cut, GError **error)
{
    Reply reply;
    if (!ask(worker, &(Request){page, PIECES}, SAY_CUT, &reply, error)) {
        return false;
    }
    if (reply.size > worker->cut_capacity || reply.n_pieces > LK_CUT_PIECES) {
        return distrust(worker, error);
    }
    size_t n = (size_t)reply.n_pieces;
    memcpy(worker->pieces, worker->cut->pieces, n * sizeof(LkPiece));
    if (!are_possible(worker, n, reply.size)) {
        return distrust(worker, error);
    }
    worker->cut_used = (size_t)reply.size;
    *cut = (LkScanCut){worker->cut->bytes, worker->cut_used, worker->pieces, n};
    return true;
}

bool
lk_worker_is_alive(const LkWorker *worker)
{
    return worker->pid != 0;
}

int
lk_worker_pid(const LkWorker *worker)
{
    return worker->pid;
}
