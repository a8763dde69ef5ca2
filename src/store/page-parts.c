/* page-parts.c - a page that lies in the sealed scan already is not written again: its
 * file has the keys of the scan's chunks that are the page's alone, and the bytes of
 * those it shares with its neighbours. In the sealed file, LKP1:
 *
 *   BLAKE2b-256 of the scan, whose sealed file it lends from     32 bytes
 *   'b', their number, bytes of the page                         1 + 8 + n
 *   'c', the first one, their number, keys of chunks             1 + 8 + 8 + 32 n
 *   …in the order in which they make the page; numbers with the lowest byte first */
#include "store/page-parts.h"
#include "store/chunks.h"
#include "store/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>

#define BLOCK_SIZE ((size_t)64 * 1024)
#define HASH_LEN 32

/* --- Writing. ----------------------------------------------------------------------
 */

typedef struct {
    LkSealWriter *sealer;
    const LkStoreCut *cut;
    const LkPartsScan *scan;
    bool lends;
} Work;

static bool
put_number(const Work *work, guint64 number, GError **error)
{
    guint64 bytes = GUINT64_TO_LE(number);
    return lk_seal_file_write(work->sealer, &bytes, sizeof bytes, error);
}

/* A row of bytes, which follow; nothing in a file that is the page itself. */
static bool
put_bytes_head(const Work *work, guint64 size, GError **error)
{
    return !work->lends || (lk_seal_file_write(work->sealer, "b", 1, error) &&
                            put_number(work, size, error));
}

static bool
put_own(const Work *work, const uint8_t *bytes, size_t size, GError **error)
{
    return put_bytes_head(work, size, error) &&
           lk_seal_file_write(work->sealer, bytes, size, error);
}

static bool
put_copied(const Work *work, guint64 at, guint64 size, GError **error)
{
    g_autofree uint8_t *block = g_malloc(BLOCK_SIZE);
    bool done = size == 0 || put_bytes_head(work, size, error);
    while (done && size > 0) {
        size_t n = (size_t)MIN(size, BLOCK_SIZE);
        done = lk_disk_read_at(work->cut->scan_fd, _("the scan"), block, n, (off_t)at,
                               error) &&
               lk_seal_file_write(work->sealer, block, n, error);
        at += n;
        size -= n;
    }
    sodium_memzero(block, BLOCK_SIZE);
    return done;
}

static bool
put_keys(const Work *work, guint64 first, guint64 n, GError **error)
{
    uint8_t key[LK_KEY_LEN];
    bool done = lk_seal_file_write(work->sealer, "c", 1, error) &&
                put_number(work, first, error) && put_number(work, n, error);
    for (guint64 i = 0; done && i < n; i++) {
        lk_chunk_key(work->scan->master, first + i, key);
        done = lk_seal_file_write(work->sealer, key, sizeof key, error);
    }
    sodium_memzero(key, sizeof key);
    return done;
}

/* The last chunk of a scan says that it is the last, and is not lent. */
static bool
put_of_scan(const Work *work, const LkPiece *piece, GError **error)
{
    guint64 end = piece->at + piece->size;
    guint64 first = (piece->at + LK_CHUNK_LEN - 1) / LK_CHUNK_LEN;
    guint64 behind = MIN(end, (guint64)work->scan->size - 1) / LK_CHUNK_LEN;
    if (!work->lends || first >= behind) {
        return put_copied(work, piece->at, piece->size, error);
    }
    guint64 from = first * LK_CHUNK_LEN, to = behind * LK_CHUNK_LEN;
    return put_copied(work, piece->at, from - piece->at, error) &&
           put_keys(work, first, behind - first, error) &&
           put_copied(work, to, end - to, error);
}

static bool
put_pieces(const Work *work, GError **error)
{
    const LkStoreCut *cut = work->cut;
    gsize n_own = 0;
    const uint8_t *own = cut->own != NULL ? g_bytes_get_data(cut->own, &n_own) : NULL;
    if (cut->pieces == NULL) {
        return put_own(work, own, n_own, error);
    }
    bool done = true;
    for (size_t i = 0; done && i < cut->n_pieces; i++) {
        const LkPiece *piece = &cut->pieces[i];
        if (piece->is_of_file) {
            done = put_of_scan(work, piece, error);
            continue;
        }
        g_return_val_if_fail(piece->size <= n_own, false);
        done = put_own(work, own, (size_t)piece->size, error);
        own += piece->size;
        n_own -= (size_t)piece->size;
    }
    return done;
}

static bool
put_scan(const Work *work, GError **error)
{
    uint8_t hash[HASH_LEN];
    size_t n = 0;
    bool is_hash = sodium_hex2bin(hash, sizeof hash, work->scan->hash, LK_HASH_LEN,
                                  NULL, &n, NULL) == 0;
    g_return_val_if_fail(is_hash && n == sizeof hash, false);
    return lk_seal_file_write(work->sealer, hash, sizeof hash, error);
}

static bool
lies_in_scan(const LkStoreCut *cut)
{
    for (size_t i = 0; i < cut->n_pieces; i++) {
        if (cut->pieces[i].is_of_file) {
            return true;
        }
    }
    return false;
}

bool
lk_page_parts_seal(LkStore *store, const char *domain, int fd, const LkStoreCut *cut,
                   const LkPartsScan *scan, GError **error)
{
    bool lends = scan->master != NULL && lies_in_scan(cut);
    g_autoptr(LkSealWriter) sealer = lends ? lk_seal_page_new(store, domain, fd, error)
                                           : lk_seal_file_new(store, domain, fd, error);
    Work work = {sealer, cut, scan, lends};
    return sealer != NULL && (!lends || put_scan(&work, error)) &&
           put_pieces(&work, error) && lk_seal_file_end(sealer, error);
}

/* --- Reading. ----------------------------------------------------------------------
 */

typedef struct {
    const uint8_t *at;
    size_t left;
    const char *path; /* of the page's file */
    LkChunks scan;
    LkUnsealFunc sink;
    void *data;
} Reading;

/* The next @n bytes; NULL, and @error says damaged, if there are fewer. */
static const uint8_t *
get(Reading *reading, guint64 n, GError **error)
{
    if (n > reading->left) {
        (void)lk_sealed_file_damaged(reading->path, error);
        return NULL;
    }
    const uint8_t *bytes = reading->at;
    reading->at += n;
    reading->left -= (size_t)n;
    return bytes;
}

static bool
get_number(Reading *reading, guint64 *number, GError **error)
{
    const uint8_t *bytes = get(reading, sizeof *number, error);
    if (bytes != NULL) {
        memcpy(number, bytes, sizeof *number);
        *number = GUINT64_FROM_LE(*number);
    }
    return bytes != NULL;
}

static bool
give_bytes(Reading *reading, GError **error)
{
    guint64 size = 0;
    const uint8_t *bytes =
        get_number(reading, &size, error) ? get(reading, size, error) : NULL;
    bool done = bytes != NULL;
    while (done && size > 0) {
        size_t n = (size_t)MIN(size, BLOCK_SIZE);
        done = reading->sink(bytes, n, reading->data, error);
        bytes += n;
        size -= n;
    }
    return done;
}

static bool
give_chunks(Reading *reading, GError **error)
{
    guint64 first = 0, n = 0;
    if (!get_number(reading, &first, error) || !get_number(reading, &n, error)) {
        return false;
    }
    g_autoptr(LkSecret) clear = lk_secret_new(LK_CHUNK_LEN);
    for (guint64 i = 0; i < n; i++) {
        const uint8_t *key = get(reading, LK_KEY_LEN, error);
        if (key == NULL ||
            !lk_chunk_open(&reading->scan, first + i, key, lk_secret_data(clear),
                           error) ||
            !reading->sink(lk_secret_data(clear), LK_CHUNK_LEN, reading->data, error)) {
            return false;
        }
    }
    return true;
}

static bool
give_rows(Reading *reading, GError **error)
{
    bool done = true;
    while (done && reading->left > 0) {
        const uint8_t *kind = get(reading, 1, error);
        done = *kind == 'b'   ? give_bytes(reading, error)
               : *kind == 'c' ? give_chunks(reading, error)
                              : lk_sealed_file_damaged(reading->path, error);
    }
    return done;
}

bool
lk_page_parts_unseal(const LkStore *store, const GByteArray *recipe, const char *path,
                     LkUnsealFunc sink, void *data, GError **error)
{
    Reading reading = {.at = recipe->data,
                       .left = recipe->len,
                       .path = path,
                       .sink = sink,
                       .data = data};
    const uint8_t *hash = get(&reading, HASH_LEN, error);
    if (hash == NULL) {
        return false;
    }
    char hex[LK_HASH_LEN + 1];
    lk_hash_hex(hash, hex);
    g_autofree char *place = lk_archive_path(store, hex);
    g_autoptr(GByteArray) address = g_byte_array_new();
    g_auto(LkFd) fd = open(place, O_RDONLY | O_CLOEXEC);
    reading.scan = (LkChunks){fd, place, address};
    return fd < 0 ? lk_disk_fail(place, errno, error)
                  : lk_sealed_address(fd, place, address, error) &&
                        give_rows(&reading, error);
}
