/* chunks.c - sealed scans, LKS2. After the address, as in LKS1:
 *
 *   chunks, 16 KiB and 16 bytes each; the last one is shorter or as long
 *
 * The key in the address is the master key. The n-th chunk has a key that follows from
 * it and from n, is used for nothing else, and is ChaCha20-Poly1305 (RFC 8439) with a
 * nonce of zeros, bound to one byte that says whether it is the last; the first one
 * also to the address. So chunks cannot be exchanged, dropped or cut off unnoticed, and
 * who has the keys of some learns nothing of the others. */
#include "store/chunks.h"
#include "store/disk.h"

#include <sodium.h>
#include <string.h>

#define SEALED_LEN (LK_CHUNK_LEN + crypto_aead_chacha20poly1305_ietf_ABYTES)
#define AT_ONCE 16 /* chunks a write */

static const uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];

void
lk_chunk_key(const LkSecret *master, guint64 index, uint8_t key[LK_KEY_LEN])
{
    static const char purpose[crypto_kdf_CONTEXTBYTES] = {'L', 'K', 'S', '2',
                                                          'c', 'h', 'n', 'k'};
    crypto_kdf_derive_from_key(key, LK_KEY_LEN, index, purpose, lk_secret_data(master));
}

/* (transfer full): what the chunk is bound to. */
static GByteArray *
bound_to(const GByteArray *address, guint64 index, bool is_last)
{
    GByteArray *bound = g_byte_array_new();
    g_byte_array_append(bound, &(uint8_t){is_last}, 1);
    if (index == 0) {
        g_byte_array_append(bound, address->data, address->len);
    }
    return bound;
}

/* --- Writing. ----------------------------------------------------------------------
 */

struct LkChunkWriter {
    int fd;
    LkSecret *master;
    GByteArray *address;
    guint64 n;      /* chunks sealed */
    uint8_t *clear; /* of a chunk that waits */
    size_t waiting;
    uint8_t *sealed; /* AT_ONCE chunks on their way */
    size_t ready;
};

void
lk_chunks_free(LkChunkWriter *writer)
{
    if (writer != NULL) {
        lk_secret_free(writer->master);
        if (writer->clear != NULL) {
            sodium_memzero(writer->clear, LK_CHUNK_LEN);
            g_free(writer->clear);
        }
        g_clear_pointer(&writer->address, g_byte_array_unref);
        g_free(writer->sealed);
        g_free(writer);
    }
}

LkSecret *
lk_chunks_take_master(LkChunkWriter *writer)
{
    return g_steal_pointer(&writer->master);
}

LkChunkWriter *
lk_chunks_new(LkStore *store, const char *domain, int fd, GError **error)
{
    LkRecipient to = {.name = domain};
    if (!lk_domain_public(store, domain, to.public, error)) {
        return NULL;
    }
    g_autoptr(LkChunkWriter) writer = g_new0(LkChunkWriter, 1);
    writer->fd = fd;
    writer->master = lk_secret_new(crypto_kdf_KEYBYTES);
    crypto_kdf_keygen(lk_secret_data(writer->master));
    writer->address = lk_seal_address(LK_SEALED_SCAN, &to, 1, writer->master, error);
    writer->clear = g_malloc(LK_CHUNK_LEN);
    writer->sealed = g_malloc(AT_ONCE * SEALED_LEN);
    return writer->address != NULL &&
                   lk_disk_write(fd, _("a sealed file"), writer->address->data,
                                 writer->address->len, error)
               ? g_steal_pointer(&writer)
               : NULL;
}

static bool
flush(LkChunkWriter *writer, GError **error)
{
    size_t ready = writer->ready;
    writer->ready = 0;
    return lk_disk_write(writer->fd, _("a sealed file"), writer->sealed, ready, error);
}

static bool
put_chunk(LkChunkWriter *writer, const uint8_t *clear, size_t size, bool is_last,
          GError **error)
{
    uint8_t key[LK_KEY_LEN];
    unsigned long long n = 0;
    g_autoptr(GByteArray) bound = bound_to(writer->address, writer->n, is_last);
    lk_chunk_key(writer->master, writer->n++, key);
    crypto_aead_chacha20poly1305_ietf_encrypt(writer->sealed + writer->ready, &n, clear,
                                              size, bound->data, bound->len, NULL,
                                              nonce, key);
    sodium_memzero(key, sizeof key);
    writer->ready += (size_t)n;
    return (!is_last && writer->ready < AT_ONCE * SEALED_LEN) || flush(writer, error);
}

bool
lk_chunks_write(LkChunkWriter *writer, const void *data, size_t size, GError **error)
{
    const uint8_t *bytes = data;
    while (size > 0) {
        /* A full chunk waits until there is more: the last one must say so. */
        if (writer->waiting == LK_CHUNK_LEN) {
            writer->waiting = 0;
            if (!put_chunk(writer, writer->clear, LK_CHUNK_LEN, false, error)) {
                return false;
            }
        }
        size_t n = MIN(size, LK_CHUNK_LEN - writer->waiting);
        if (n == LK_CHUNK_LEN && size > n) {
            if (!put_chunk(writer, bytes, n, false, error)) {
                return false;
            }
        } else {
            memcpy(writer->clear + writer->waiting, bytes, n);
            writer->waiting += n;
        }
        bytes += n;
        size -= n;
    }
    return true;
}

bool
lk_chunks_end(LkChunkWriter *writer, GError **error)
{
    return put_chunk(writer, writer->clear, writer->waiting, true, error);
}

/* --- Reading. ----------------------------------------------------------------------
 */

/* Clear bytes of the sealed chunk; false if it is not authentic. */
static bool
open_chunk(const LkChunks *chunks, guint64 index, bool is_last,
           const uint8_t key[LK_KEY_LEN], const uint8_t *sealed, size_t size,
           uint8_t *clear, size_t *n, GError **error)
{
    unsigned long long got = 0;
    g_autoptr(GByteArray) bound = bound_to(chunks->bound, index, is_last);
    if (size < crypto_aead_chacha20poly1305_ietf_ABYTES ||
        crypto_aead_chacha20poly1305_ietf_decrypt(clear, &got, NULL, sealed, size,
                                                  bound->data, bound->len, nonce,
                                                  key) != 0) {
        return lk_sealed_file_damaged(chunks->path, error);
    }
    *n = (size_t)got;
    return true;
}

/* Two buffers: a chunk is the last if none follows it. */
bool
lk_chunks_unseal(const LkChunks *chunks, const LkSecret *master, LkUnsealFunc sink,
                 void *data, GError **error)
{
    g_autofree uint8_t *room = g_malloc(2 * SEALED_LEN);
    g_autoptr(LkSecret) clear = lk_secret_new(LK_CHUNK_LEN);
    g_autoptr(LkSecret) key = lk_secret_new(LK_KEY_LEN);
    uint8_t *now = room, *next = room + SEALED_LEN;
    size_t size = 0, more = 0, n = 0;
    bool done = lk_disk_read(chunks->fd, chunks->path, now, SEALED_LEN, &size, error);
    for (guint64 i = 0; done; i++) {
        done = lk_disk_read(chunks->fd, chunks->path, next, SEALED_LEN, &more, error);
        bool is_last = more == 0;
        lk_chunk_key(master, i, lk_secret_data(key));
        done = done &&
               open_chunk(chunks, i, is_last, lk_secret_data(key), now, size,
                          lk_secret_data(clear), &n, error) &&
               (n == 0 || sink(lk_secret_data(clear), n, data, error));
        if (is_last) {
            break;
        }
        uint8_t *spare = now;
        now = next;
        next = spare;
        size = more;
    }
    return done;
}

bool
lk_chunk_open(const LkChunks *chunks, guint64 index, const uint8_t key[LK_KEY_LEN],
              uint8_t clear[LK_CHUNK_LEN], GError **error)
{
    g_autofree uint8_t *sealed = g_malloc(SEALED_LEN);
    size_t n = 0;
    if (index > (guint64)(G_MAXINT64 - chunks->bound->len) / SEALED_LEN - 1) {
        return lk_sealed_file_damaged(chunks->path, error);
    }
    off_t at = (off_t)(chunks->bound->len + index * SEALED_LEN);
    return lk_disk_read_at(chunks->fd, chunks->path, sealed, SEALED_LEN, at, error) &&
           open_chunk(chunks, index, false, key, sealed, SEALED_LEN, clear, &n, error);
}
