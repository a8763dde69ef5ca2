/* secret.c - memory for keys and passphrases: locked, guarded, wiped, and empty in a
 * forked process, because decoders of hostile scans are forked. */
#include "store/guard.h"

#include <sodium.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct LkSecret {
    size_t size, room; /* room: as allocated, with the zero that follows */
    uint8_t *bytes;
    pid_t owner; /* a fork sees zeros there, libsodium's canary too: it must not free */
};

/* Whole pages around @bytes: libsodium gives each allocation pages of its own. */
static void
hide_from_forks(uint8_t *bytes, size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t before = (uintptr_t)bytes % page;
    size_t pages = (before + size + page - 1) / page;
    (void)madvise(bytes - before, pages * page, MADV_WIPEONFORK); /* else: as before */
}

LkSecret *
lk_secret_new(size_t size)
{
    g_assert(size < SIZE_MAX);
    LkSecret *secret = g_new0(LkSecret, 1);
    secret->size = size;
    secret->room = size + 1;
    secret->owner = getpid();
    secret->bytes = sodium_init() >= 0 ? sodium_malloc(secret->room) : NULL;
    if (secret->bytes == NULL) {
        g_error("no memory for a secret"); /* as GLib does */
    }
    hide_from_forks(secret->bytes, secret->room);
    sodium_memzero(secret->bytes, secret->room);
    return secret;
}

LkSecret *
lk_secret_new_from(const void *bytes, size_t size)
{
    LkSecret *secret = lk_secret_new(size);
    if (size > 0) {
        memcpy(secret->bytes, bytes, size);
    }
    return secret;
}

void *
lk_secret_data(const LkSecret *secret)
{
    return secret->bytes;
}

size_t
lk_secret_size(const LkSecret *secret)
{
    return secret->size;
}

void
lk_secret_cut(LkSecret *secret, size_t size)
{
    g_return_if_fail(size <= secret->size);
    sodium_memzero(secret->bytes + size, secret->size - size);
    secret->size = size;
}

void
lk_secret_free(LkSecret *secret)
{
    if (secret == NULL) {
        return;
    }
    if (secret->owner == getpid()) {
        sodium_free(secret->bytes);
    }
    g_free(secret);
}
