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

/* --- Used again. -------------------------------------------------------------------
 *
 * Filing a page makes keys of a few sizes and forgets them at once; to map, lock and
 * guard memory for each takes longer than what is done with it. A few that were wiped
 * wait for the next of their size: behind another size would be no guard. */

#define N_IDLE 4

typedef struct {
    uint8_t *bytes; /* NULL: none */
    size_t room;
} Idle;

static GMutex idle_lock; /* streams are unsealed in a thread: pour.c */
static Idle idle[N_IDLE];
static pid_t idle_owner; /* a fork has neither the bytes nor the canaries */

/* With idle_lock held. */
static void
forget_those_of_parent(void)
{
    if (idle_owner != getpid()) {
        memset(idle, 0, sizeof idle);
        idle_owner = getpid();
    }
}

static uint8_t *
take_idle(size_t room)
{
    uint8_t *bytes = NULL;
    g_mutex_lock(&idle_lock);
    forget_those_of_parent();
    for (int i = 0; i < N_IDLE && bytes == NULL; i++) {
        if (idle[i].bytes != NULL && idle[i].room == room) {
            bytes = g_steal_pointer(&idle[i].bytes);
        }
    }
    g_mutex_unlock(&idle_lock);
    return bytes;
}

/* @bytes are wiped; false if enough wait already. */
static bool
keep_idle(uint8_t *bytes, size_t room)
{
    bool kept = false;
    g_mutex_lock(&idle_lock);
    forget_those_of_parent();
    for (int i = 0; i < N_IDLE && !kept; i++) {
        if (idle[i].bytes == NULL) {
            idle[i] = (Idle){bytes, room};
            kept = true;
        }
    }
    g_mutex_unlock(&idle_lock);
    return kept;
}

/* --- Secrets. ----------------------------------------------------------------------
 */

static uint8_t *
fresh(size_t room)
{
    uint8_t *bytes = sodium_init() >= 0 ? sodium_malloc(room) : NULL;
    if (bytes == NULL) {
        g_error("no memory for a secret"); /* as GLib does */
    }
    hide_from_forks(bytes, room);
    return bytes;
}

LkSecret *
lk_secret_new(size_t size)
{
    g_assert(size < SIZE_MAX);
    LkSecret *secret = g_new0(LkSecret, 1);
    secret->size = size;
    secret->room = size + 1;
    secret->owner = getpid();
    secret->bytes = take_idle(secret->room);
    if (secret->bytes == NULL) {
        secret->bytes = fresh(secret->room);
    }
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
        sodium_memzero(secret->bytes, secret->room);
        if (!keep_idle(secret->bytes, secret->room)) {
            sodium_free(secret->bytes);
        }
    }
    g_free(secret);
}
