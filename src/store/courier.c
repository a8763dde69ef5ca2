/* courier.c - a bundle on its way.
 *
 *   LKC1                  four bytes
 *   sender                32: its key "sign"
 *   receiver              32: its key "reception"
 *   signature             64: by the sender, of receiver and hash of what follows
 *   LKS1 …                sealed for the receiver's "reception": a case bundle
 *
 * The receiver stands under the signature: what was sent to one office cannot be passed
 * on as if it had been sent to another. */
#include "store/disk.h"
#include "store/keys.h"
#include "store/pour.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/mman.h>

#define MAGIC "LKC1"
#define BLOCK_SIZE 262144

typedef struct {
    char magic[4];
    uint8_t sender[LK_KEY_LEN];
    uint8_t receiver[LK_KEY_LEN];
    uint8_t signature[LK_SIGNATURE_LEN];
} Head;

/* (transfer full): what is signed. */
static char *
statement_of(const Head *head, const char *hash)
{
    char receiver[2 * LK_KEY_LEN + 1];
    sodium_bin2hex(receiver, sizeof receiver, head->receiver, LK_KEY_LEN);
    return g_strdup_printf("lakana bundle 1\n%s\n%s", receiver, hash);
}

/* --- Sending. ----------------------------------------------------------------------
 */

typedef struct {
    crypto_generichash_state hash;
    LkSealWriter *seal;
} Output;

static void
watch(const void *bytes, size_t size, void *data)
{
    crypto_generichash_update(&((Output *)data)->hash, bytes, size);
}

static bool
seal(const void *bytes, size_t size, void *data, GError **error)
{
    return lk_seal_file_write(((Output *)data)->seal, bytes, size, error);
}

static bool
write_stream(const LkCourierOrder *order, const LkNewFile *file, uint8_t hash[32],
             GError **error)
{
    LkRecipient to = {.name = LK_DOMAIN_RECEPTION};
    memcpy(to.public, order->to->reception, LK_KEY_LEN);
    Output output = {0};
    crypto_generichash_init(&output.hash, NULL, 0, 32);
    g_autoptr(LkSealWriter) sealer = lk_seal_file_new_for(&to, 1, file->fd, error);
    if (sealer == NULL) {
        return false;
    }
    lk_seal_file_watch(sealer, watch, &output);
    output.seal = sealer;
    g_autoptr(LkBundleWriter) bundle =
        lk_bundle_writer_new(LK_BUNDLE_CASE, seal, &output);
    if (!order->fill(bundle, order->data, error) || !lk_bundle_end(bundle, error) ||
        !lk_seal_file_end(sealer, error)) {
        return false;
    }
    crypto_generichash_final(&output.hash, hash, 32);
    return true;
}

static bool
sign(const LkCourierOrder *order, Head *head, const char *hash, GError **error)
{
    memcpy(head->magic, MAGIC, sizeof head->magic);
    memcpy(head->receiver, order->to->reception, LK_KEY_LEN);
    g_autofree char *statement = statement_of(head, hash);
    return lk_domain_public(lk_session_store(order->session), LK_DOMAIN_SIGN,
                            head->sender, error) &&
           lk_sign(order->session, statement, strlen(statement), head->signature,
                   error);
}

bool
lk_courier_send(const LkCourierOrder *order, GError **error)
{
    g_auto(LkNewFile) file = {NULL, NULL, -1};
    Head head = {0};
    uint8_t hash[32];
    char hex[LK_HASH_LEN + 1];
    /* The place of the head first: what stands in it is known at the end. */
    if (!lk_new_file_begin(order->path, &file, error) ||
        !lk_disk_write(file.fd, order->path, &head, sizeof head, error) ||
        !write_stream(order, &file, hash, error)) {
        return false;
    }
    lk_hash_hex(hash, hex);
    if (!sign(order, &head, hex, error)) {
        return false;
    }
    if (lseek(file.fd, 0, SEEK_SET) != 0) {
        return lk_disk_fail(order->path, errno, error);
    }
    return lk_disk_write(file.fd, order->path, &head, sizeof head, error) &&
           lk_new_file_verify(&file, sizeof head, hash, error) &&
           order->note(hex, order->data, error) && lk_new_file_keep(&file, error);
}

/* --- Receiving. --------------------------------------------------------------------
 */

struct LkArrival {
    char *path;
    int fd; /* in memory: nobody can change it any more */
    LkOffice *from;
    char hash[LK_HASH_LEN + 1];
    LkStore *store;
};

void
lk_arrival_free(LkArrival *arrival)
{
    if (arrival != NULL) {
        lk_fd_clear(&arrival->fd);
        lk_office_free(arrival->from);
        g_free(arrival->path);
        g_free(arrival);
    }
}

const LkOffice *
lk_arrival_from(const LkArrival *arrival)
{
    return arrival->from;
}

const char *
lk_arrival_hash(const LkArrival *arrival)
{
    return arrival->hash;
}

static bool
altered(const char *path, GError **error)
{
    g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED,
                _("%s is not a case file sent by lakana, or it was altered or cut "
                  "short on the way: nothing of it was taken; have it sent again"),
                path);
    return false;
}

static bool
take_in(LkArrival *arrival, GError **error)
{
    g_auto(LkFd) from = open(arrival->path, O_RDONLY | O_CLOEXEC);
    arrival->fd = memfd_create("lakana", MFD_CLOEXEC);
    if (from < 0 || arrival->fd < 0) {
        return lk_disk_fail(arrival->path, errno, error);
    }
    g_autofree uint8_t *block = g_malloc(BLOCK_SIZE);
    gint64 sum = 0;
    size_t got = BLOCK_SIZE;
    while (got == BLOCK_SIZE) {
        if (!lk_disk_read(from, arrival->path, block, BLOCK_SIZE, &got, error) ||
            !lk_disk_write(arrival->fd, arrival->path, block, got, error)) {
            return false;
        }
        sum += (gint64)got;
        if (sum > LK_ARRIVAL_MAX) {
            return altered(arrival->path, error);
        }
    }
    return lseek(arrival->fd, 0, SEEK_SET) == 0 ||
           lk_disk_fail(arrival->path, errno, error);
}

static bool
check_receiver(LkArrival *arrival, const Head *head, GError **error)
{
    bool is_ours = false;
    if (!lk_domain_was_public(arrival->store, LK_DOMAIN_RECEPTION, head->receiver,
                              &is_ours, error)) {
        return false;
    }
    if (!is_ours) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED,
                    _("%s was sealed for another office: give it to that one, or have "
                      "it sent again with the key of this one (`lakana office key`)"),
                    arrival->path);
        return false;
    }
    return true;
}

static bool
check_sender(LkArrival *arrival, const Head *head, GError **error)
{
    uint8_t hash[32];
    if (!lk_disk_hash(arrival->fd, arrival->path, hash, NULL, error)) {
        return false;
    }
    lk_hash_hex(hash, arrival->hash);
    g_autofree char *statement = statement_of(head, arrival->hash);
    if (!lk_signature_is_valid(head->sender, statement, strlen(statement),
                               head->signature)) {
        return altered(arrival->path, error);
    }
    arrival->from = lk_office_find(arrival->store, head->sender, error);
    if (arrival->from == NULL) {
        g_autofree char *fingerprint = lk_key_fingerprint(head->sender);
        g_prefix_error(error, _("%s: from the office with the fingerprint %s: "),
                       arrival->path, fingerprint);
    }
    return arrival->from != NULL;
}

LkArrival *
lk_arrival_open(LkStore *store, const char *path, GError **error)
{
    g_autoptr(LkArrival) arrival = g_new0(LkArrival, 1);
    arrival->path = g_strdup(path);
    arrival->fd = -1;
    arrival->store = store;
    Head head;
    size_t got = 0;
    if (!take_in(arrival, error) ||
        !lk_disk_read(arrival->fd, path, &head, sizeof head, &got, error)) {
        return NULL;
    }
    if (got != sizeof head || memcmp(head.magic, MAGIC, sizeof head.magic) != 0) {
        (void)altered(path, error);
        return NULL;
    }
    return check_receiver(arrival, &head, error) && check_sender(arrival, &head, error)
               ? g_steal_pointer(&arrival)
               : NULL;
}

bool
lk_arrival_read(LkArrival *arrival, LkSession *session, LkBundleVisit visit, void *data,
                GError **error)
{
    g_return_val_if_fail(lk_session_store(session) == arrival->store, false);
    if (lseek(arrival->fd, sizeof(Head), SEEK_SET) < 0) {
        return lk_disk_fail(arrival->path, errno, error);
    }
    LkPour pour = {arrival->fd, arrival->path, session};
    return lk_pour(&pour, LK_BUNDLE_CASE, visit, data, error);
}
