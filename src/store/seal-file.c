/* seal-file.c - sealed files, LKS1: a key used once, sealed to each recipient, then
 * libsodium's secretstream (XChaCha20-Poly1305) in chunks of 64 KiB.
 *
 *   "LKS1"                                    4 bytes
 *   number of recipients, 1..16               1
 *   each: length of its name, the name, the
 *     key sealed to it (lk_seal_to())         1 + n + 81
 *   header of the stream                      24
 *   chunks, 64 KiB and 17 bytes each; the last one is shorter, at least 17, and says
 *   that it is the last
 *
 * The first chunk is bound to all that stands before the header of the stream. Chunks
 * cannot be exchanged, repeated, dropped or cut off unnoticed. */
#include "store/chunks.h"
#include "store/page-parts.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAGIC_LEN 4
#define SEALED_KEY_LEN (1 + crypto_box_SEALBYTES + KEY_LEN)
#define KEY_LEN crypto_secretstream_xchacha20poly1305_KEYBYTES
#define STREAM_HEADER_LEN crypto_secretstream_xchacha20poly1305_HEADERBYTES
#define CHUNK_LEN ((size_t)64 * 1024)
#define CHUNK_MORE crypto_secretstream_xchacha20poly1305_ABYTES
#define TAG_LAST crypto_secretstream_xchacha20poly1305_TAG_FINAL
#define TAG_NOT_LAST crypto_secretstream_xchacha20poly1305_TAG_MESSAGE

typedef crypto_secretstream_xchacha20poly1305_state State;

static bool
fail_file(const char *path, int reason, GError **error)
{
    bool full = reason == ENOSPC || reason == EDQUOT;
    g_set_error(error, LK_STORE_ERROR, full ? LK_STORE_ERROR_FULL : LK_STORE_ERROR_FILE,
                _("%s: %s"), path, lk_errno_text(reason));
    return false;
}

/* --- Writing. ----------------------------------------------------------------------
 */

struct LkSealWriter {
    int fd;
    LkSecret *state;   /* State */
    GByteArray *bound; /* what the first chunk is bound to; then NULL */
    uint8_t *chunk;    /* clear bytes that wait: they lie in the caller's memory too */
    size_t waiting;
    uint8_t *sealed;
    uint8_t header[STREAM_HEADER_LEN];
    LkSealWatch watch; /* or NULL */
    void *watch_data;
};

void
lk_seal_file_free(LkSealWriter *writer)
{
    if (writer != NULL) {
        lk_secret_free(writer->state);
        if (writer->chunk != NULL) {
            sodium_memzero(writer->chunk, CHUNK_LEN);
            g_free(writer->chunk);
        }
        g_clear_pointer(&writer->bound, g_byte_array_unref);
        g_free(writer->sealed);
        g_free(writer);
    }
}

static bool
put(int fd, const uint8_t *bytes, size_t n, GError **error)
{
    while (n > 0) {
        ssize_t done = write(fd, bytes, n);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done < 0) {
            return fail_file(_("a sealed file"), errno, error);
        }
        bytes += done;
        n -= (size_t)done;
    }
    return true;
}

static void
show(const LkSealWriter *writer, const void *bytes, size_t n)
{
    if (writer->watch != NULL) {
        writer->watch(bytes, n, writer->watch_data);
    }
}

static bool
put_chunk(LkSealWriter *writer, const uint8_t *clear, size_t size, uint8_t tag,
          GError **error)
{
    const uint8_t *bound = writer->bound != NULL ? writer->bound->data : NULL;
    size_t n_bound = writer->bound != NULL ? writer->bound->len : 0;
    crypto_secretstream_xchacha20poly1305_push(lk_secret_data(writer->state),
                                               writer->sealed, NULL, clear, size, bound,
                                               n_bound, tag);
    g_clear_pointer(&writer->bound, g_byte_array_unref);
    show(writer, writer->sealed, size + CHUNK_MORE);
    return put(writer->fd, writer->sealed, size + CHUNK_MORE, error);
}

GByteArray *
lk_seal_address(const char *kind, const LkRecipient *to, size_t n, const LkSecret *key,
                GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_byte_array_append(bytes, (const uint8_t *)kind, MAGIC_LEN);
    g_byte_array_append(bytes, &(uint8_t){(uint8_t)n}, 1);
    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(to[i].name);
        g_autoptr(GBytes) sealed =
            lk_seal_to(to[i].public, lk_secret_data(key), lk_secret_size(key), error);
        if (sealed == NULL) {
            return NULL;
        }
        g_byte_array_append(bytes, &(uint8_t){(uint8_t)length}, 1);
        g_byte_array_append(bytes, (const uint8_t *)to[i].name, (guint)length);
        g_byte_array_append(bytes, g_bytes_get_data(sealed, NULL), SEALED_KEY_LEN);
    }
    return g_steal_pointer(&bytes);
}

static LkSealWriter *
begin(const char *kind, const LkRecipient *to, size_t n, int fd, GError **error)
{
    g_autoptr(LkSecret) key = lk_secret_new(KEY_LEN);
    crypto_secretstream_xchacha20poly1305_keygen(lk_secret_data(key));
    g_autoptr(LkSealWriter) writer = g_new0(LkSealWriter, 1);
    writer->fd = fd;
    writer->bound = lk_seal_address(kind, to, n, key, error);
    if (writer->bound == NULL) {
        return NULL;
    }
    writer->state = lk_secret_new(sizeof(State));
    writer->chunk = g_malloc(CHUNK_LEN);
    writer->sealed = g_malloc(CHUNK_LEN + CHUNK_MORE);
    crypto_secretstream_xchacha20poly1305_init_push(
        lk_secret_data(writer->state), writer->header, lk_secret_data(key));
    return put(fd, writer->bound->data, writer->bound->len, error) &&
                   put(fd, writer->header, sizeof writer->header, error)
               ? g_steal_pointer(&writer)
               : NULL;
}

LkSealWriter *
lk_seal_file_new_for(const LkRecipient *to, size_t n, int fd, GError **error)
{
    g_return_val_if_fail(n >= 1 && n <= LK_RECIPIENTS_MAX, NULL);
    for (size_t i = 0; i < n; i++) {
        g_return_val_if_fail(strlen(to[i].name) <= LK_DOMAIN_MAX, NULL);
    }
    return begin(LK_SEALED_FILE, to, n, fd, error);
}

void
lk_seal_file_watch(LkSealWriter *writer, LkSealWatch watch, void *data)
{
    g_return_if_fail(writer->bound != NULL);
    writer->watch = watch;
    writer->watch_data = data;
    show(writer, writer->bound->data, writer->bound->len);
    show(writer, writer->header, sizeof writer->header);
}

LkSealWriter *
lk_seal_file_new(LkStore *store, const char *domain, int fd, GError **error)
{
    g_return_val_if_fail(!lk_domain_is_signer(domain), NULL);
    LkRecipient to = {.name = domain};
    return lk_domain_public(store, domain, to.public, error)
               ? lk_seal_file_new_for(&to, 1, fd, error)
               : NULL;
}

LkSealWriter *
lk_seal_page_new(LkStore *store, const char *domain, int fd, GError **error)
{
    LkRecipient to = {.name = domain};
    return lk_domain_public(store, domain, to.public, error)
               ? begin(LK_SEALED_PAGE, &to, 1, fd, error)
               : NULL;
}

bool
lk_seal_file_write(LkSealWriter *writer, const void *data, size_t size, GError **error)
{
    const uint8_t *bytes = data;
    while (size > 0) {
        /* A full chunk waits until there is more: the last one must say so. */
        if (writer->waiting == CHUNK_LEN) {
            writer->waiting = 0;
            if (!put_chunk(writer, writer->chunk, CHUNK_LEN, TAG_NOT_LAST, error)) {
                return false;
            }
        }
        size_t n = MIN(size, CHUNK_LEN - writer->waiting);
        if (n == CHUNK_LEN && size > n) {
            if (!put_chunk(writer, bytes, n, TAG_NOT_LAST, error)) {
                return false;
            }
        } else {
            memcpy(writer->chunk + writer->waiting, bytes, n);
            writer->waiting += n;
        }
        bytes += n;
        size -= n;
    }
    return true;
}

bool
lk_seal_file_end(LkSealWriter *writer, GError **error)
{
    return put_chunk(writer, writer->chunk, writer->waiting, TAG_LAST, error);
}

/* --- Reading. ----------------------------------------------------------------------
 */

typedef struct {
    int fd;
    const char *path;
} Source;

bool
lk_sealed_file_damaged(const char *path, GError **error)
{
    g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED,
                _("%s: this sealed file was altered or cut off: keep it as it is and "
                  "take it from the last backup (lakana restore)"),
                path);
    return false;
}

static bool
damaged(const Source *source, GError **error)
{
    return lk_sealed_file_damaged(source->path, error);
}

static bool
is_kind(const uint8_t *bytes, const char *kind)
{
    return memcmp(bytes, kind, MAGIC_LEN) == 0;
}

bool
lk_is_sealed(const uint8_t *bytes, size_t size)
{
    return size >= MAGIC_LEN &&
           (is_kind(bytes, LK_SEALED_FILE) || is_kind(bytes, LK_SEALED_SCAN) ||
            is_kind(bytes, LK_SEALED_PAGE));
}

/* Bytes before the header of the stream, or before the chunks of a scan; 0: there are
 * not so many. */
static size_t
address_len(const uint8_t *start, size_t n)
{
    size_t at = MAGIC_LEN + 1;
    if (!lk_is_sealed(start, n) || n < at) {
        return 0;
    }
    for (int left = start[MAGIC_LEN]; left > 0 && at < n; left--) {
        at += 1 + (size_t)start[at] + SEALED_KEY_LEN;
    }
    return at <= n ? at : 0;
}

gint64
lk_sealed_clear_size(const uint8_t *start, size_t n, gint64 file_size)
{
    size_t head = address_len(start, n);
    if (head == 0) {
        return -1;
    }
    bool is_scan = is_kind(start, LK_SEALED_SCAN);
    gint64 more = is_scan ? crypto_aead_chacha20poly1305_ietf_ABYTES : CHUNK_MORE;
    gint64 chunk = (gint64)(is_scan ? LK_CHUNK_LEN : CHUNK_LEN) + more;
    gint64 body = file_size - (gint64)head - (is_scan ? 0 : (gint64)STREAM_HEADER_LEN);
    gint64 rest = body % chunk;
    bool ends = body > 0 && (rest == 0 || rest >= more);
    return ends ? body - (body + chunk - 1) / chunk * more : -1;
}

/* Up to @n bytes: fewer only at the end of the file. */
static bool
get(const Source *source, uint8_t *bytes, size_t n, size_t *got, GError **error)
{
    *got = 0;
    while (*got < n) {
        ssize_t done = read(source->fd, bytes + *got, n - *got);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done < 0) {
            return fail_file(source->path, errno, error);
        }
        if (done == 0) {
            break;
        }
        *got += (size_t)done;
    }
    return true;
}

static bool
get_exactly(const Source *source, uint8_t *bytes, size_t n, GError **error)
{
    size_t got = 0;
    return get(source, bytes, n, &got, error) && (got == n || damaged(source, error));
}

typedef struct {
    char name[LK_DOMAIN_MAX + 1];
    uint8_t key[SEALED_KEY_LEN];
} Recipient;

/* Reads what stands before the header of the stream, as it was written, to @bytes too.
 */
static GArray *
get_address(const Source *source, GByteArray *bytes, GError **error)
{
    uint8_t start[MAGIC_LEN + 1];
    if (!get_exactly(source, start, sizeof start, error)) {
        return NULL;
    }
    int n = start[MAGIC_LEN];
    if (!lk_is_sealed(start, MAGIC_LEN) || n < 1 || n > LK_RECIPIENTS_MAX) {
        (void)damaged(source, error);
        return NULL;
    }
    g_byte_array_append(bytes, start, sizeof start);
    g_autoptr(GArray) recipients = g_array_new(FALSE, TRUE, sizeof(Recipient));
    for (int i = 0; i < n; i++) {
        Recipient recipient = {0};
        uint8_t length = 0;
        if (!get_exactly(source, &length, 1, error)) {
            return NULL;
        }
        if (length > LK_DOMAIN_MAX) {
            (void)damaged(source, error);
            return NULL;
        }
        if (!get_exactly(source, (uint8_t *)recipient.name, length, error) ||
            !get_exactly(source, recipient.key, SEALED_KEY_LEN, error)) {
            return NULL;
        }
        g_byte_array_append(bytes, &length, 1);
        g_byte_array_append(bytes, (const uint8_t *)recipient.name, length);
        g_byte_array_append(bytes, recipient.key, SEALED_KEY_LEN);
        g_array_append_val(recipients, recipient);
    }
    return g_steal_pointer(&recipients);
}

bool
lk_sealed_address(int fd, const char *path, GByteArray *bytes, GError **error)
{
    Source source = {fd, path};
    g_autoptr(GArray) recipients = get_address(&source, bytes, error);
    return recipients != NULL;
}

typedef struct {
    LkUnsealFunc sink;
    void *data;
} Sink;

/* Chunk after chunk, until the one that says it is the last, with nothing behind it. */
static bool
pull(const Source *source, State *state, const GByteArray *bound, const Sink *sink,
     GError **error)
{
    g_autofree uint8_t *sealed = g_malloc(CHUNK_LEN + CHUNK_MORE);
    g_autoptr(LkSecret) clear = lk_secret_new(CHUNK_LEN);
    uint8_t tag = TAG_NOT_LAST;
    for (bool first = true; tag != TAG_LAST; first = false) {
        size_t got = 0;
        unsigned long long n = 0;
        if (!get(source, sealed, CHUNK_LEN + CHUNK_MORE, &got, error)) {
            return false;
        }
        if (got < CHUNK_MORE ||
            crypto_secretstream_xchacha20poly1305_pull(
                state, lk_secret_data(clear), &n, &tag, sealed, got,
                first ? bound->data : NULL, first ? bound->len : 0) != 0 ||
            (tag != TAG_LAST && tag != TAG_NOT_LAST)) {
            return damaged(source, error);
        }
        if (n > 0 && !sink->sink(lk_secret_data(clear), (size_t)n, sink->data, error)) {
            return false;
        }
    }
    uint8_t more = 0;
    size_t got = 0;
    return get(source, &more, 1, &got, error) && (got == 0 || damaged(source, error));
}

/* @key: of the file; NULL if it did not open */
static bool
unseal_stream(const Source *source, const LkSecret *key, const GByteArray *bound,
              const Sink *sink, GError **error)
{
    g_autoptr(LkSecret) state = lk_secret_new(sizeof(State));
    uint8_t header[STREAM_HEADER_LEN];
    if (key == NULL || lk_secret_size(key) != KEY_LEN) {
        return damaged(source, error);
    }
    if (is_kind(bound->data, LK_SEALED_SCAN)) {
        LkChunks chunks = {source->fd, source->path, bound};
        return lk_chunks_unseal(&chunks, key, sink->sink, sink->data, error);
    }
    if (!get_exactly(source, header, sizeof header, error)) {
        return false;
    }
    (void)crypto_secretstream_xchacha20poly1305_init_pull(lk_secret_data(state), header,
                                                          lk_secret_data(key));
    return pull(source, lk_secret_data(state), bound, sink, error);
}

bool
lk_unseal_fd_with(const LkSecret *private, const char *name, int fd, const char *path,
                  LkUnsealFunc sink, void *data, GError **error)
{
    Source source = {fd, path};
    Sink to = {sink, data};
    g_autoptr(GByteArray) bound = g_byte_array_new();
    g_autoptr(GArray) recipients = get_address(&source, bound, error);
    for (guint i = 0; recipients != NULL && i < recipients->len; i++) {
        const Recipient *recipient = &g_array_index(recipients, Recipient, i);
        if (strcmp(recipient->name, name) == 0) {
            g_autoptr(GBytes) sealed =
                g_bytes_new_static(recipient->key, SEALED_KEY_LEN);
            g_autoptr(LkSecret) key = lk_unseal_with(private, sealed, NULL);
            return unseal_stream(&source, key, bound, &to, error);
        }
    }
    if (recipients != NULL) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED,
                    _("%s: was not sealed for %s"), path, name);
    }
    return false;
}

/* (transfer none): the first recipient whose key the session holds. */
static const Recipient *
find_recipient(LkSession *session, const GArray *recipients, GError **error)
{
    for (guint i = 0; i < recipients->len; i++) {
        const Recipient *recipient = &g_array_index(recipients, Recipient, i);
        GError *problem = NULL;
        const LkSecret *private =
            lk_session_private(session, recipient->name, &problem);
        bool other = g_error_matches(problem, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED) ||
                     g_error_matches(problem, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN);
        if (private != NULL) {
            return recipient;
        }
        if (!other || i + 1 == recipients->len) {
            g_propagate_error(error, problem);
            return NULL;
        }
        g_clear_error(&problem);
    }
    return NULL;
}

static bool
to_recipe(const void *bytes, size_t size, void *data, GError **error)
{
    (void)error;
    g_byte_array_append(data, bytes, (guint)size);
    return true;
}

/* A page of which most lies in the scan. */
static bool
unseal_page(LkSession *session, const Source *source, const LkSecret *key,
            const GByteArray *bound, const Sink *sink, GError **error)
{
    g_autoptr(GByteArray) recipe = g_byte_array_new();
    Sink to = {to_recipe, recipe};
    bool done = unseal_stream(source, key, bound, &to, error) &&
                lk_page_parts_unseal(lk_session_store(session), recipe, source->path,
                                     sink->sink, sink->data, error);
    sodium_memzero(recipe->data, recipe->len);
    return done;
}

bool
lk_unseal_fd(LkSession *session, int fd, const char *path, LkUnsealFunc sink,
             void *data, GError **error)
{
    Source source = {fd, path};
    Sink to = {sink, data};
    g_autoptr(GByteArray) bound = g_byte_array_new();
    g_autoptr(GArray) recipients = get_address(&source, bound, error);
    if (recipients == NULL) {
        return false;
    }
    const Recipient *mine = find_recipient(session, recipients, error);
    if (mine == NULL) {
        return false;
    }
    if (lk_domain_is_signer(mine->name)) { /* nothing is sealed to those */
        return damaged(&source, error);
    }
    g_autoptr(GBytes) sealed = g_bytes_new_static(mine->key, SEALED_KEY_LEN);
    g_autoptr(LkSecret) key = lk_unseal(session, mine->name, sealed, NULL);
    return is_kind(bound->data, LK_SEALED_PAGE)
               ? unseal_page(session, &source, key, bound, &to, error)
               : unseal_stream(&source, key, bound, &to, error);
}

static int
open_source(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        (void)fail_file(path, errno, error);
    }
    return fd;
}

bool
lk_unseal_file(LkSession *session, const char *path, LkUnsealFunc sink, void *data,
               GError **error)
{
    int fd = open_source(path, error);
    if (fd < 0) {
        return false;
    }
    bool ok = lk_unseal_fd(session, fd, path, sink, data, error);
    (void)close(fd);
    return ok;
}

bool
lk_sealed_file_domain(const char *path, char domain[LK_DOMAIN_MAX + 1], GError **error)
{
    int fd = open_source(path, error);
    if (fd < 0) {
        return false;
    }
    Source source = {fd, path};
    uint8_t magic[MAGIC_LEN] = {0};
    domain[0] = '\0';
    bool is_sealed =
        pread(fd, magic, MAGIC_LEN, 0) == MAGIC_LEN && lk_is_sealed(magic, MAGIC_LEN);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autoptr(GArray) recipients =
        is_sealed ? get_address(&source, bytes, error) : NULL;
    if (recipients != NULL) {
        g_strlcpy(domain, g_array_index(recipients, Recipient, 0).name,
                  LK_DOMAIN_MAX + 1);
    }
    (void)close(fd);
    return !is_sealed || recipients != NULL;
}

/* --- Into memory. ------------------------------------------------------------------
 */

static bool
to_memory(const void *bytes, size_t size, void *data, GError **error)
{
    return put(*(const int *)data, bytes, size, error);
}

int
lk_unseal_to_memory(LkSession *session, const char *path, GError **error)
{
    int fd = memfd_create("lakana", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0) {
        (void)fail_file(path, errno, error);
        return -1;
    }
    bool ok = lk_unseal_file(session, path, to_memory, &fd, error);
    if (ok && (fcntl(fd, F_ADD_SEALS,
                     F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0 ||
               lseek(fd, 0, SEEK_SET) != 0)) {
        ok = fail_file(path, errno, error);
    }
    if (!ok) {
        (void)close(fd);
    }
    return ok ? fd : -1;
}
