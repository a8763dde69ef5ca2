/* chunks.h - sealed scans, LKS2: each 16 KiB under a key of their own, so that a page
 * can be given to who may see it without a second copy of what it is made of. Private
 * to the files about keys. */
#ifndef LK_STORE_CHUNKS_H
#define LK_STORE_CHUNKS_H

#include "store/keys.h"

G_BEGIN_DECLS

#define LK_CHUNK_LEN ((size_t)16 * 1024)

/** lk_chunk_key: of the @index-th 16 KiB of the scan with that master key. */
void lk_chunk_key(const LkSecret *master, guint64 index, uint8_t key[LK_KEY_LEN]);

typedef struct LkChunkWriter LkChunkWriter;

/**
 * lk_chunks_new: as lk_seal_file_new(): a sealed scan that holders of @domain can open.
 * Returns: (transfer full): free it with lk_chunks_free()
 */
G_GNUC_WARN_UNUSED_RESULT
LkChunkWriter *lk_chunks_new(LkStore *store, const char *domain, int fd,
                             GError **error);
G_GNUC_WARN_UNUSED_RESULT
bool lk_chunks_write(LkChunkWriter *writer, const void *data, size_t size,
                     GError **error);
/** lk_chunks_end: writes what is left and the end; without it the file is cut off. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_chunks_end(LkChunkWriter *writer, GError **error);
/** lk_chunks_take_master: (transfer full): what opens the whole file; once. */
LkSecret *lk_chunks_take_master(LkChunkWriter *writer);
void lk_chunks_free(LkChunkWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkChunkWriter, lk_chunks_free)

/** A sealed scan, open behind its address. */
typedef struct {
    int fd;
    const char *path;        /* for messages */
    const GByteArray *bound; /* the address, which is the file's beginning */
} LkChunks;

/** lk_chunks_unseal: all of it, to @sink. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_chunks_unseal(const LkChunks *chunks, const LkSecret *master, LkUnsealFunc sink,
                      void *data, GError **error);

/** lk_chunk_open: one, which is not the last. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_chunk_open(const LkChunks *chunks, guint64 index, const uint8_t key[LK_KEY_LEN],
                   uint8_t clear[LK_CHUNK_LEN], GError **error);

G_END_DECLS

#endif
