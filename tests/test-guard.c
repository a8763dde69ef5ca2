/* Keys, people, sealing: what opens, and above all what does not. */
#include "store/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PASSPHRASE "fleuve au petit matin"
#define WORDS_SUM "ce45fe223996cca86f97dee0bece57d8fa1e3fb73eabc02aca9ddaa150942efb"

/* Unlocking is slow on purpose; here it happens dozens of times. */
static const LkSlotCost cheap = {1, 64 * 1024};

typedef struct {
    char *dir, *office;
    LkStore *store;
    LkSecret *recovery;
} Fixture;

static void
assert_bytes(const void *got, size_t n_got, const void *expected, size_t n_expected)
{
    g_assert_cmpuint(n_got, ==, n_expected);
    g_assert_true(n_got == 0 || memcmp(got, expected, n_got) == 0);
}

static LkSecret *
secret_of(const char *text)
{
    return lk_secret_new_from(text, strlen(text));
}

static void
set_up(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    f->dir = g_dir_make_tmp("lakana-guard-XXXXXX", &error);
    g_assert_no_error(error);
    f->office = g_build_filename(f->dir, "office", NULL);
    f->recovery = lk_recovery_new();
    g_assert_true(lk_store_init_protected(f->office, "MOP", "EXEMPLE FICTIF",
                                          f->recovery, &error));
    g_assert_no_error(error);
    f->store = lk_store_open(f->office, &error);
    g_assert_no_error(error);
    f->store->slot_cost = cheap;
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
    (void)unused;
    lk_store_free(f->store);
    lk_secret_free(f->recovery);
    const char *argv[] = {"rm", "-rf", f->dir, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                 NULL, NULL);
    g_free(f->dir);
    g_free(f->office);
}

static LkSession *
recover(const Fixture *f)
{
    g_autoptr(GError) error = NULL;
    LkSession *session = lk_session_recover(f->store, f->recovery, &error);
    g_assert_no_error(error);
    return session;
}

static void
add(LkSession *by, const char *login, LkRole role)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSecret) passphrase = secret_of(PASSPHRASE);
    g_assert_true(lk_person_add(by, login, role, passphrase, &error));
    g_assert_no_error(error);
}

static void
add_by_recovery(const Fixture *f, const char *login, LkRole role)
{
    g_autoptr(LkSession) session = recover(f);
    add(session, login, role);
}

static LkSession *
try_unlock(const Fixture *f, const char *login, const char *text, GError **error)
{
    g_autoptr(LkSecret) passphrase = secret_of(text);
    return lk_session_open(f->store, login, passphrase, error);
}

static LkSession *
unlock(const Fixture *f, const char *login)
{
    g_autoptr(GError) error = NULL;
    LkSession *session = try_unlock(f, login, PASSPHRASE, &error);
    g_assert_no_error(error);
    g_assert_nonnull(session);
    return session;
}

static void
assert_cannot_unlock(const Fixture *f, const char *login, const char *text, int code)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(try_unlock(f, login, text, &error));
    g_assert_error(error, LK_STORE_ERROR, code);
}

static GBytes *
seal(const Fixture *f, const char *domain, const char *text)
{
    g_autoptr(GError) error = NULL;
    GBytes *sealed = lk_seal(f->store, domain, text, strlen(text), &error);
    g_assert_no_error(error);
    return sealed;
}

static void
assert_opens(LkSession *session, const char *domain, GBytes *sealed, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSecret) got = lk_unseal(session, domain, sealed, &error);
    g_assert_no_error(error);
    assert_bytes(lk_secret_data(got), lk_secret_size(got), text, strlen(text));
}

static void
assert_closed(LkSession *session, const char *domain, GBytes *sealed, int code)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(lk_unseal(session, domain, sealed, &error));
    g_assert_error(error, LK_STORE_ERROR, code);
}

static void
sql(const Fixture *f, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_sql_exec(f->store, text, &error));
    g_assert_no_error(error);
}

static bool
put_case(LkStore *store, void *data, GError **error)
{
    const LkCaseCode *code = data;
    return lk_sql_run(store, error,
                      "INSERT INTO cases (code, origin, created)"
                      " VALUES (?, 'issued', '2026-11-23T08:00:00Z')",
                      "t", code->text) &&
           lk_domain_ensure_case(store, code, error) &&
           lk_domain_ensure_case(store, code, error); /* twice is once */
}

static LkCaseCode
new_case(const Fixture *f, char domain[LK_DOMAIN_MAX + 1])
{
    g_autoptr(GError) error = NULL;
    LkCaseCode code;
    g_assert_true(lk_case_code_new("MOP", &code, &error));
    g_assert_true(lk_sql_transaction(f->store, put_case, &code, &error));
    g_assert_no_error(error);
    lk_domain_of_case(&code, domain);
    return code;
}

static char *
holders(const Fixture *f, const char *domain)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) names = lk_grant_holders(f->store, domain, &error);
    g_assert_no_error(error);
    g_ptr_array_add(names, NULL);
    return g_strjoinv(" ", (char **)names->pdata);
}

static void
assert_holders(const Fixture *f, const char *domain, const char *expected)
{
    g_autofree char *got = holders(f, domain);
    g_assert_cmpstr(got, ==, expected);
}

/* --- Secrets and the recovery key. -------------------------------------------------
 */

static void
test_secret_forked(void)
{
    g_autoptr(LkSecret) secret = secret_of("clef");
    pid_t child = fork();
    if (child == 0) {
        const char *seen = lk_secret_data(secret);
        int status = memcmp(seen, "\0\0\0\0", 4) == 0 ? 0 : 1;
        lk_secret_free(secret); /* must not abort */
        _exit(status);
    }
    int status = -1;
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_cmpint(status, ==, 0);
    g_assert_cmpstr(lk_secret_data(secret), ==, "clef");
}

static void
test_words(void)
{
    for (int round = 0; round < 50; round++) {
        g_autoptr(LkSecret) key = lk_recovery_new();
        g_autoptr(LkSecret) words = lk_recovery_words(key);
        g_auto(GStrv) list = g_strsplit(lk_secret_data(words), " ", -1);
        g_assert_cmpuint(g_strv_length(list), ==, LK_RECOVERY_WORDS);

        /* As somebody copies them from paper: numbered, capitals, cut short. */
        g_autoptr(GString) typed = g_string_new("\n");
        for (int i = 0; i < LK_RECOVERY_WORDS; i++) {
            g_autofree char *capital = g_ascii_strup(list[i], i % 3 == 0 ? 4 : -1);
            g_string_append_printf(typed, " %d. %s,\n", i + 1, capital);
        }
        g_autoptr(LkSecret) text = secret_of(typed->str);
        g_autoptr(LkSecret) back = lk_recovery_parse(text);
        g_assert_nonnull(back);
        assert_bytes(lk_secret_data(back), lk_secret_size(back), lk_secret_data(key),
                     LK_KEY_LEN);

        /* Two words exchanged; one too many; one missing. */
        char *first = list[round % 29];
        if (strcmp(first, list[round % 29 + 1]) != 0) {
            list[round % 29] = list[round % 29 + 1];
            list[round % 29 + 1] = first;
            g_autofree char *wrong = g_strjoinv(" ", list);
            g_autoptr(LkSecret) bad = secret_of(wrong);
            g_autoptr(LkSecret) none = lk_recovery_parse(bad);
            g_assert_null(none);
        }
        g_string_append(typed, "abri");
        g_autoptr(LkSecret) longer = secret_of(typed->str);
        g_assert_null(lk_recovery_parse(longer));
        char *last = strrchr(lk_secret_data(words), ' ');
        g_autoptr(LkSecret) shorter = lk_secret_new_from(
            lk_secret_data(words), (size_t)(last - (char *)lk_secret_data(words)));
        g_assert_null(lk_recovery_parse(shorter));
    }
    g_autoptr(LkSecret) nothing = secret_of("");
    g_assert_null(lk_recovery_parse(nothing));
}

/* The words of the key 00 … 00: they may never change, paper in safes says so. */
static void
test_words_stay(void)
{
    g_autoptr(LkSecret) zero = lk_secret_new(LK_KEY_LEN);
    g_autoptr(LkSecret) words = lk_recovery_words(zero);
    g_autoptr(LkSecret) key = secret_of("0123456789abcdefghijklmnopqrstuv");
    g_autoptr(LkSecret) others = lk_recovery_words(key);
    g_autofree char *sum =
        g_compute_checksum_for_string(G_CHECKSUM_SHA256, lk_secret_data(others), -1);
    g_assert_true(g_str_has_prefix(lk_secret_data(words), "abeille abeille abeille "));
    g_assert_cmpstr(sum, ==, WORDS_SUM);
}

/* --- Sealing. ----------------------------------------------------------------------
 */

static void
test_bytes(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(LkSession) session = recover(f);
    g_autoptr(GBytes) sealed = seal(f, "reception", "secret");
    g_autoptr(GBytes) again = seal(f, "reception", "secret");
    g_autoptr(GBytes) empty = seal(f, "reception", "");
    g_assert_cmpuint(g_bytes_get_size(sealed), ==, 6 + 49);
    g_assert_false(g_bytes_equal(sealed, again));
    assert_opens(session, "reception", sealed, "secret");
    assert_opens(session, "reception", empty, "");
    assert_closed(session, "archive", sealed, LK_STORE_ERROR_DAMAGED);

    /* Every byte counts: version, key, tag, content; and the length. */
    gsize size = 0;
    const uint8_t *bytes = g_bytes_get_data(sealed, &size);
    for (gsize i = 0; i < size; i++) {
        g_autofree uint8_t *copy = g_memdup2(bytes, size);
        copy[i] ^= 1;
        g_autoptr(GBytes) altered = g_bytes_new(copy, size);
        assert_closed(session, "reception", altered, LK_STORE_ERROR_DAMAGED);
        g_autoptr(GBytes) cut = g_bytes_new(bytes, i);
        assert_closed(session, "reception", cut, LK_STORE_ERROR_DAMAGED);
    }
}

static char *
in(const Fixture *f, const char *name)
{
    return g_build_filename(f->dir, name, NULL);
}

static void
seal_file(const Fixture *f, const char *path, const char *domain, const char *bytes,
          size_t size, size_t piece)
{
    g_autoptr(GError) error = NULL;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    g_autoptr(LkSealWriter) writer = lk_seal_file_new(f->store, domain, fd, &error);
    g_assert_no_error(error);
    for (size_t at = 0; at < size; at += piece) {
        g_assert_true(
            lk_seal_file_write(writer, bytes + at, MIN(piece, size - at), &error));
    }
    g_assert_true(lk_seal_file_end(writer, &error));
    g_assert_no_error(error);
    g_assert_cmpint(close(fd), ==, 0);
}

static bool
append(const void *bytes, size_t size, void *data, GError **error)
{
    (void)error;
    g_byte_array_append(data, bytes, (guint)size);
    return true;
}

static void
assert_file_closed(LkSession *session, const char *path, int code)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) got = g_byte_array_new();
    g_assert_false(lk_unseal_file(session, path, append, got, &error));
    g_assert_error(error, LK_STORE_ERROR, code);
}

static void
test_files(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) session = recover(f);
    g_autofree char *path = in(f, "sealed");
    enum { KIB = 1024, CHUNK = 64 * KIB };
    static const size_t sizes[] = {0,         1,         CHUNK - 1, CHUNK,
                                   CHUNK + 1, 2 * CHUNK, 200 * KIB};
    g_autofree char *clear = g_malloc(200 * KIB);
    for (size_t i = 0; i < 200 * KIB; i++) {
        clear[i] = (char)(i * 7 + i / 251);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        for (size_t piece = 1000; piece <= 100 * KIB; piece *= 10) {
            seal_file(f, path, "archive", clear, sizes[i], piece);
            g_autoptr(GByteArray) got = g_byte_array_new();
            g_assert_true(lk_unseal_file(session, path, append, got, &error));
            g_assert_no_error(error);
            assert_bytes(got->data, got->len, clear, sizes[i]);
        }
    }
    char domain[LK_DOMAIN_MAX + 1];
    g_assert_true(lk_sealed_file_domain(path, domain, &error));
    g_assert_cmpstr(domain, ==, "archive");
    g_assert_true(g_file_set_contents(path, "%PDF-1.4", -1, &error));
    g_assert_true(lk_sealed_file_domain(path, domain, &error));
    g_assert_cmpstr(domain, ==, "");
}

static void
test_files_altered(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) session = recover(f);
    g_autofree char *path = in(f, "sealed");
    g_autofree char *clear = g_malloc0(130000); /* two chunks */
    seal_file(f, path, "archive", clear, 130000, 130000);
    g_autofree char *whole = NULL;
    gsize size = 0;
    g_assert_true(g_file_get_contents(path, &whole, &size, &error));
    size_t header = 4 + 1 + 1 + strlen("archive") + 81 + 24;
    size_t chunk = 65536 + 17;
    g_assert_cmpuint(size, ==, header + chunk + 130000 - 65536 + 17);

    /* Each byte of the header, then one of each part of the chunks. */
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(size_t));
    for (size_t at = 0; at < header + 20; at++) {
        g_array_append_val(places, at);
    }
    const size_t more[] = {header + chunk - 1, header + chunk, header + chunk + 9000,
                           size - 1};
    g_array_append_vals(places, more, G_N_ELEMENTS(more));
    for (guint i = 0; i < places->len; i++) {
        size_t at = g_array_index(places, size_t, i);
        whole[at] ^= 4;
        g_assert_true(g_file_set_contents(path, whole, (gssize)size, &error));
        g_autoptr(GByteArray) got = g_byte_array_new();
        g_autoptr(GError) refused = NULL;
        g_assert_false(lk_unseal_file(session, path, append, got, &refused));
        /* An altered name is that of no key. */
        bool name = at >= 5 && at < 6 + strlen("archive");
        int code = name ? LK_STORE_ERROR_LOCKED : LK_STORE_ERROR_DAMAGED;
        g_assert_error(refused, LK_STORE_ERROR, code);
        whole[at] ^= 4;
    }
    /* Cut off anywhere, also where a chunk ends; something behind the end. */
    const size_t cuts[] = {
        0, 3, 4, 50, header - 1, header, header + 5, header + chunk, size - 1};
    for (size_t i = 0; i < G_N_ELEMENTS(cuts); i++) {
        g_assert_true(g_file_set_contents(path, whole, (gssize)cuts[i], &error));
        assert_file_closed(session, path, LK_STORE_ERROR_DAMAGED);
    }
    g_autofree char *longer = g_malloc0(size + 1);
    memcpy(longer, whole, size);
    g_assert_true(g_file_set_contents(path, longer, (gssize)size + 1, &error));
    assert_file_closed(session, path, LK_STORE_ERROR_DAMAGED);
    /* Behind a last chunk that is full too: nothing else tells it from the chunk. */
    g_autofree char *second = in(f, "second");
    seal_file(f, second, "archive", clear, 65536, 65536);
    g_autofree char *full = NULL;
    gsize full_size = 0;
    g_assert_true(g_file_get_contents(second, &full, &full_size, &error));
    g_assert_true(g_file_set_contents(second, full, (gssize)full_size + 1, &error));
    assert_file_closed(session, second, LK_STORE_ERROR_DAMAGED);
    /* The second chunk where the first should be. */
    memmove(longer + header, whole + header + chunk, size - header - chunk);
    g_assert_true(g_file_set_contents(path, longer, (gssize)(size - chunk), &error));
    assert_file_closed(session, path, LK_STORE_ERROR_DAMAGED);
}

static void
test_memory(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) session = recover(f);
    g_autofree char *path = in(f, "sealed");
    seal_file(f, path, "reception", "page", 4, 4);
    int fd = lk_unseal_to_memory(session, path, &error);
    g_assert_no_error(error);
    char got[8] = {0};
    g_assert_cmpint(read(fd, got, sizeof got), ==, 4);
    g_assert_cmpstr(got, ==, "page");
    g_assert_cmpint(write(fd, "x", 1), ==, -1);
    g_assert_cmpint(ftruncate(fd, 0), ==, -1);
    g_assert_cmpint(close(fd), ==, 0);
    g_assert_cmpint(g_chmod(path, 0600), ==, 0);
    g_assert_true(g_file_set_contents(path, "LKS1", 4, &error));
    g_assert_cmpint(lk_unseal_to_memory(session, path, &error), ==, -1);
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED);
}

/* A file for a key that is not of this office, opened with that key at hand. */
static void
test_recipients(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    LkRecipient to[2] = {{.name = "elsewhere"}, {.name = "reception"}};
    g_autoptr(LkSecret) private = lk_secret_new(LK_KEY_LEN);
    crypto_box_keypair(to[0].public, lk_secret_data(private));
    g_assert_true(lk_domain_public(f->store, "reception", to[1].public, &error));
    g_autofree char *path = in(f, "sealed");
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    g_autoptr(LkSealWriter) writer = lk_seal_file_new_for(to, 2, fd, &error);
    g_assert_no_error(error);
    g_assert_true(lk_seal_file_write(writer, "bonjour", 7, &error));
    g_assert_true(lk_seal_file_end(writer, &error));

    g_autoptr(GByteArray) theirs = g_byte_array_new();
    g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
    g_assert_true(
        lk_unseal_fd_with(private, "elsewhere", fd, path, append, theirs, &error));
    assert_bytes(theirs->data, theirs->len, "bonjour", 7);
    g_autoptr(GByteArray) ours = g_byte_array_new();
    g_autoptr(LkSession) session = recover(f);
    g_assert_true(lk_unseal_file(session, path, append, ours, &error));
    assert_bytes(ours->data, ours->len, "bonjour", 7);

    g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
    g_assert_false(
        lk_unseal_fd_with(private, "reception", fd, path, append, theirs, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED);
    g_assert_cmpint(close(fd), ==, 0);
}

/* --- Unlocking. --------------------------------------------------------------------
 */

static void
test_unlock(Fixture *f, gconstpointer unused)
{
    (void)unused;
    add_by_recovery(f, "awa.t", LK_ROLE_MANAGER);
    g_autoptr(LkSession) session = unlock(f, "awa.t");
    g_assert_cmpstr(lk_session_login(session), ==, "awa.t");
    g_assert_cmpint(lk_session_role(session), ==, LK_ROLE_MANAGER);
    g_autoptr(LkSecret) index = lk_session_key(session, "index");
    g_autoptr(LkSecret) other = lk_session_key(session, "other");
    g_assert_true(memcmp(lk_secret_data(index), lk_secret_data(other), 32) != 0);
    g_clear_pointer(&session, lk_session_free);

    assert_cannot_unlock(f, "awa.t", "fleuve au petit matim", LK_STORE_ERROR_LOCKED);
    assert_cannot_unlock(f, "awa.t", "", LK_STORE_ERROR_LOCKED);
    assert_cannot_unlock(f, "moussa", PASSPHRASE, LK_STORE_ERROR_LOCKED);

    /* The recovery words wherever a passphrase is asked. */
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSecret) words = lk_recovery_words(f->recovery);
    g_autoptr(LkSession) recovered = lk_session_open(f->store, "awa.t", words, &error);
    g_assert_no_error(error);
    g_assert_cmpint(lk_session_role(recovered), ==, LK_ROLE_RECOVERY);
    g_autoptr(LkSecret) another = lk_recovery_new();
    g_assert_null(lk_session_recover(f->store, another, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED);
    g_clear_pointer(&recovered, lk_session_free);

    /* A new passphrase; the same key. */
    session = unlock(f, "awa.t");
    g_autoptr(LkSecret) fresh = secret_of("caillou bien rond");
    g_autoptr(LkSecret) tiny = secret_of("ééééééééé"); /* 9 characters, 18 bytes */
    g_clear_error(&error);
    g_assert_false(lk_person_passwd(session, tiny, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_PASSPHRASE);
    g_clear_error(&error);
    g_assert_true(lk_person_passwd(session, fresh, &error));
    g_clear_pointer(&session, lk_session_free);
    assert_cannot_unlock(f, "awa.t", PASSPHRASE, LK_STORE_ERROR_LOCKED);
    session = try_unlock(f, "awa.t", "caillou bien rond", &error);
    g_assert_no_error(error);
    g_autoptr(LkSecret) same = lk_session_key(session, "index");
    assert_bytes(lk_secret_data(same), 32, lk_secret_data(index), 32);
}

typedef struct {
    const char *path, *sql;
    int code; /* of unlocking as awa.t */
} Tampering;

static void
test_slot_tampered(Fixture *f, gconstpointer data)
{
    const Tampering *tampering = data;
    add_by_recovery(f, "awa.t", LK_ROLE_MANAGER);
    add_by_recovery(f, "issa", LK_ROLE_CLERK);
    sql(f, tampering->sql);
    assert_cannot_unlock(f, "awa.t", PASSPHRASE, tampering->code);
}

static const Tampering tamperings[] = {
    {"slot",
     "UPDATE people SET slot = CAST(slot || x'00' AS BLOB) WHERE login = 'awa.t'",
     LK_STORE_ERROR_LOCKED},
    {"slot-of-another",
     "UPDATE people SET (salt, slot) = (SELECT salt, slot FROM people"
     " WHERE login = 'issa') WHERE login = 'awa.t'",
     LK_STORE_ERROR_LOCKED},
    {"salt", "UPDATE people SET salt = zeroblob(16) WHERE login = 'awa.t'",
     LK_STORE_ERROR_LOCKED},
    {"salt-length", "UPDATE people SET salt = zeroblob(3) WHERE login = 'awa.t'",
     LK_STORE_ERROR_DAMAGED},
    {"memory", "UPDATE people SET memory = 1 << 40 WHERE login = 'awa.t'",
     LK_STORE_ERROR_DAMAGED},
    {"passes", "UPDATE people SET passes = 1000000 WHERE login = 'awa.t'",
     LK_STORE_ERROR_DAMAGED},
    {"public", "UPDATE people SET public = zeroblob(32) WHERE login = 'awa.t'",
     LK_STORE_ERROR_LOCKED},
    {"role", "UPDATE people SET role = 'admin' WHERE login = 'awa.t'",
     LK_STORE_ERROR_DAMAGED},
    {"signature", "UPDATE people SET signature = zeroblob(64) WHERE login = 'awa.t'",
     LK_STORE_ERROR_DAMAGED},
    {"added", "UPDATE people SET added_at = '2020' WHERE login = 'awa.t'",
     LK_STORE_ERROR_DAMAGED},
    {"office", "UPDATE domains SET public = zeroblob(32) WHERE name = 'sign'",
     LK_STORE_ERROR_DAMAGED},
    {"people",
     "DELETE FROM grants WHERE domain = 'people';"
     "DELETE FROM domains WHERE name = 'people'",
     LK_STORE_ERROR_DAMAGED},
    {"domain",
     "UPDATE domains SET public = (SELECT public FROM people WHERE login = 'issa')"
     " WHERE name = 'reception'",
     LK_STORE_ERROR_DAMAGED},
    {"domain-of-another",
     "UPDATE domains SET (public, signature) = (SELECT public, signature FROM domains"
     " WHERE name = 'backup') WHERE name = 'reception'",
     LK_STORE_ERROR_DAMAGED},
};

/* All keys and all signatures of the office exchanged for new ones, consistently: the
 * slot knows the old ones. */
static void
test_office_exchanged(Fixture *f, gconstpointer unused)
{
    (void)unused;
    add_by_recovery(f, "awa.t", LK_ROLE_MANAGER);
    g_autoptr(GError) error = NULL;
    g_autofree char *other = in(f, "other");
    g_autoptr(LkSecret) recovery = lk_recovery_new();
    g_assert_true(lk_store_init_protected(other, "MOP", "X", recovery, &error));
    g_autofree char *text = g_strdup_printf(
        "ATTACH '%s/lakana.db' AS o;"
        "UPDATE domains SET (public, signature) = (SELECT d.public, d.signature FROM"
        " o.domains d WHERE d.name = domains.name);"
        "DROP TRIGGER journal_no_delete;"
        "DELETE FROM journal; INSERT INTO journal SELECT * FROM o.journal",
        other);
    sql(f, text);

    /* Her row, signed with the new key. */
    g_autoptr(LkStore) store = lk_store_open(other, &error);
    g_autoptr(LkSession) session = lk_session_recover(store, recovery, &error);
    g_auto(LkPersonRow) row = {0};
    g_assert_no_error(error);
    bool found = false;
    g_assert_true(lk_person_load(f->store, "awa.t", &row, &found, &error));
    g_assert_true(found && lk_person_write(session, &row, &error));
    sql(f, "UPDATE people SET signature = (SELECT p.signature FROM o.people p)");
    assert_cannot_unlock(f, "awa.t", PASSPHRASE, LK_STORE_ERROR_DAMAGED);
    g_assert_true(lk_person_check(f->store, &row, &error)); /* all else fits */
    g_clear_pointer(&session, lk_session_free);
}

/* --- Who holds what. ---------------------------------------------------------------
 */

static void
test_cases(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    add_by_recovery(f, "awa.t", LK_ROLE_MANAGER);
    add_by_recovery(f, "binta", LK_ROLE_MANAGER);
    add_by_recovery(f, "oumar", LK_ROLE_SUPERVISOR);
    add_by_recovery(f, "issa", LK_ROLE_CLERK);
    add_by_recovery(f, "kadi", LK_ROLE_ADMIN);
    char domain[LK_DOMAIN_MAX + 1];
    LkCaseCode code = new_case(f, domain);
    assert_holders(f, domain, "@reception @recovery");
    g_autoptr(GBytes) sealed = seal(f, domain, "nom inventé");

    /* Nobody's file: every manager, and no other role. */
    g_autoptr(LkSession) awa = unlock(f, "awa.t");
    g_autoptr(LkSession) binta = unlock(f, "binta");
    g_autoptr(LkSession) admin = unlock(f, "kadi");
    assert_opens(awa, domain, sealed, "nom inventé");
    assert_opens(binta, domain, sealed, "nom inventé");
    assert_closed(admin, domain, sealed, LK_STORE_ERROR_LOCKED);
    static const char *const others[] = {"oumar", "issa"};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autoptr(LkSession) session = unlock(f, others[i]);
        assert_closed(session, domain, sealed, LK_STORE_ERROR_LOCKED);
        g_assert_false(lk_case_take(session, &code, &error));
        g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED);
        g_clear_error(&error);
    }

    /* Taken: hers alone. binta had opened it; a session that begins now cannot. */
    g_assert_true(lk_case_take(awa, &code, &error));
    g_assert_no_error(error);
    assert_holders(f, domain, "@recovery awa.t");
    g_clear_pointer(&binta, lk_session_free);
    binta = unlock(f, "binta");
    assert_closed(binta, domain, sealed, LK_STORE_ERROR_LOCKED);
    g_assert_false(lk_case_take(binta, &code, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED);
    g_clear_error(&error);
    g_assert_false(lk_case_give(awa, &code, "oumar", &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED);
    g_clear_error(&error);
    g_assert_false(lk_case_give(awa, &code, "personne", &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN);
    g_clear_error(&error);
    assert_holders(f, domain, "@recovery awa.t"); /* nothing half done */

    g_assert_true(lk_case_give(awa, &code, "binta", &error));
    assert_holders(f, domain, "@recovery binta");
    assert_opens(binta, domain, sealed, "nom inventé");
    g_clear_pointer(&awa, lk_session_free);
    awa = unlock(f, "awa.t");
    assert_closed(awa, domain, sealed, LK_STORE_ERROR_LOCKED);
    g_autoptr(LkSession) recovered = recover(f);
    assert_opens(recovered, domain, sealed, "nom inventé");

    /* A key that somebody slipped in is noticed by who opens. */
    sql(f, "UPDATE domains SET public = (SELECT public FROM people WHERE login ="
           " 'issa') WHERE name LIKE 'case:%'");
    g_clear_pointer(&binta, lk_session_free);
    binta = unlock(f, "binta");
    assert_closed(binta, domain, sealed, LK_STORE_ERROR_DAMAGED);
}

/* Whoever opens a file gives it its key: print, labels, paper from elsewhere. */
static void
test_new_cases(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    const LkStoreLayout form = {"7KQX2", "1.B", 2, "{\"id\":\"7KQX2\"}"};
    LkStoreOrder order = {.n_new = 3, .forms = &form, .n_forms = 1};
    g_autoptr(GArray) copies = lk_store_issue(f->store, &order, &error);
    g_assert_no_error(error);
    g_autoptr(GArray) codes = lk_store_issue_labels(f->store, 2, NULL, 0, &error);
    g_assert_no_error(error);
    LkPageId id = {.form = "1.B", .page = 1, .layout = "7KQX2", .copy = "AAAAA"};
    g_assert_true(lk_case_code_new("GAO", &id.case_code, &error));
    g_assert_true(lk_case_receive(f->store, &id.case_code, &id, false, &error));
    g_assert_no_error(error);
    gint64 n = 0;
    g_assert_true(lk_sql_number(
        f->store, &n, &error,
        "SELECT count(*) FROM cases c JOIN domains d ON d.name = 'case:' || c.code"
        " WHERE 2 = (SELECT count(*) FROM grants g WHERE g.domain = d.name)",
        ""));
    g_assert_cmpint(n, ==, 6);
}

static void
test_revoked(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    add_by_recovery(f, "awa.t", LK_ROLE_MANAGER);
    add_by_recovery(f, "kadi", LK_ROLE_ADMIN);
    char domain[LK_DOMAIN_MAX + 1];
    LkCaseCode code = new_case(f, domain);
    g_autoptr(LkSession) awa = unlock(f, "awa.t");
    g_assert_true(lk_case_take(awa, &code, &error));
    int returned = 0;
    int stranded = 0;
    g_assert_false(lk_person_revoke(awa, "awa.t", &returned, &stranded, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED);
    g_clear_error(&error);
    g_clear_pointer(&awa, lk_session_free);

    sql(f, "CREATE TEMP TABLE before AS SELECT * FROM people");
    g_autoptr(LkSession) admin = unlock(f, "kadi");
    g_assert_true(lk_person_revoke(admin, "awa.t", &returned, &stranded, &error));
    g_assert_no_error(error);
    g_assert_cmpint(returned, ==, 0);
    g_assert_cmpint(stranded, ==, 1); /* an admin cannot open it */
    assert_holders(f, domain, "@recovery");
    assert_cannot_unlock(f, "awa.t", PASSPHRASE, LK_STORE_ERROR_LOCKED);
    g_autoptr(LkSecret) passphrase = secret_of(PASSPHRASE);
    g_assert_false(lk_person_add(admin, "awa.t", LK_ROLE_MANAGER, passphrase, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_EXISTS);
    g_clear_error(&error);

    /* The slot put back by hand: the row is signed as revoked. Without the date the
     * signature is wrong. */
    sql(f, "PRAGMA ignore_check_constraints = ON;"
           "UPDATE people SET (salt, slot) = (SELECT salt, slot FROM before b WHERE"
           " b.login = people.login) WHERE login = 'awa.t'");
    assert_cannot_unlock(f, "awa.t", PASSPHRASE, LK_STORE_ERROR_LOCKED);
    sql(f, "UPDATE people SET revoked_at = NULL WHERE login = 'awa.t'");
    assert_cannot_unlock(f, "awa.t", PASSPHRASE, LK_STORE_ERROR_DAMAGED);
    g_assert_null(lk_person_list(f->store, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED);
}

/* --- What was stolen, and what comes later. ----------------------------------------
 */

/* The office as it was, with somebody who can unlock it. */
typedef struct {
    LkStore *store;
    LkSession *session;
} Stolen;

static void
stolen_clear(Stolen *stolen)
{
    lk_session_free(stolen->session);
    lk_store_free(stolen->store);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Stolen, stolen_clear)

static Stolen
steal(const Fixture *f, const char *login)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *copy = in(f, "stolen");
    g_autofree char *text = g_strdup_printf("VACUUM INTO '%s/lakana.db'", copy);
    g_assert_cmpint(g_mkdir(copy, 0700), ==, 0);
    sql(f, text);
    g_autofree char *db = g_build_filename(copy, "lakana.db", NULL);
    g_assert_cmpint(g_chmod(db, 0600), ==, 0);
    Stolen stolen = {.store = lk_store_open(copy, &error)};
    g_assert_no_error(error);
    g_autoptr(LkSecret) passphrase = secret_of(PASSPHRASE);
    stolen.session = lk_session_open(stolen.store, login, passphrase, &error);
    g_assert_no_error(error);
    return stolen;
}

/* With any key that the copy holds. */
static bool
thief_opens(const Stolen *stolen, const char *domain, GBytes *sealed)
{
    g_autoptr(LkSecret) got = lk_unseal(stolen->session, domain, sealed, NULL);
    return got != NULL;
}

static int
owed(const Fixture *f)
{
    g_autoptr(GError) error = NULL;
    int n = -1;
    g_assert_true(lk_guard_owed(f->store, &n, &error));
    g_assert_no_error(error);
    return n;
}

static void
dismiss(LkSession *by, const char *login)
{
    g_autoptr(GError) error = NULL;
    int n = 0;
    g_assert_true(lk_person_revoke(by, login, &n, &n, &error));
    g_assert_no_error(error);
}

enum { RECEPTION, HERS, OTHERS, NOBODYS, GIVEN, N_PLACES };

typedef struct {
    char domain[LK_DOMAIN_MAX + 1];
    GBytes *sealed;
} Place;

static void
place_clear(Place places[N_PLACES])
{
    for (int i = 0; i < N_PLACES; i++) {
        g_bytes_unref(places[i].sealed);
    }
}

/* The reception, a file of awa.t's, one of binta's, one of nobody's, and one that awa.t
 * had and gave away; something is sealed in each. */
static void
set_up_places(const Fixture *f, Place places[N_PLACES])
{
    g_autoptr(GError) error = NULL;
    add_by_recovery(f, "awa.t", LK_ROLE_MANAGER);
    add_by_recovery(f, "binta", LK_ROLE_MANAGER);
    add_by_recovery(f, "kadi", LK_ROLE_ADMIN);
    g_autoptr(LkSession) awa = unlock(f, "awa.t");
    g_autoptr(LkSession) binta = unlock(f, "binta");
    g_strlcpy(places[RECEPTION].domain, LK_DOMAIN_RECEPTION, LK_DOMAIN_MAX + 1);
    LkCaseCode codes[N_PLACES];
    for (int i = HERS; i < N_PLACES; i++) {
        codes[i] = new_case(f, places[i].domain);
    }
    g_assert_true(lk_case_take(awa, &codes[HERS], &error));
    g_assert_true(lk_case_take(binta, &codes[OTHERS], &error));
    g_assert_true(lk_case_take(awa, &codes[GIVEN], &error));
    g_assert_true(lk_case_give(awa, &codes[GIVEN], "binta", &error));
    g_assert_no_error(error);
    for (int i = 0; i < N_PLACES; i++) {
        places[i].sealed = seal(f, places[i].domain, "avant");
    }
}

static void
assert_holds_old_and_new(const Fixture *f, LkSession *session, const Place *place)
{
    g_autoptr(GBytes) now = seal(f, place->domain, "après");
    assert_opens(session, place->domain, place->sealed, "avant");
    assert_opens(session, place->domain, now, "après");
}

static void
test_renewed(Fixture *f, gconstpointer data)
{
    const char *by = data;
    g_autoptr(GError) error = NULL;
    Place places[N_PLACES] = {0};
    set_up_places(f, places);
    g_autofree char *path = in(f, "page");
    seal_file(f, path, places[OTHERS].domain, "page", 4, 4);
    g_auto(Stolen) stolen = steal(f, "awa.t");
    /* The copy is worth something. */
    for (int i = 0; i < N_PLACES; i++) {
        g_assert_cmpint(thief_opens(&stolen, places[i].domain, places[i].sealed), ==,
                        i != OTHERS && i != GIVEN);
    }
    {
        g_autoptr(LkSession) revoker =
            strcmp(by, "@recovery") == 0 ? recover(f) : unlock(f, by);
        dismiss(revoker, "awa.t");
        /* An admin holds none of these keys; a manager does not hold hers. */
        int n_left = by[0] == '@' ? 0 : strcmp(by, "kadi") == 0 ? N_PLACES : 1;
        g_assert_cmpint(owed(f), ==, n_left);
    }
    g_autoptr(LkSession) binta = unlock(f, "binta");
    static const int hers_now[] = {RECEPTION, OTHERS, NOBODYS, GIVEN};
    for (size_t i = 0; i < G_N_ELEMENTS(hers_now); i++) {
        const Place *place = &places[hers_now[i]];
        g_autoptr(GBytes) later = seal(f, place->domain, "plus tard");
        g_assert_false(thief_opens(&stolen, place->domain, later));
        assert_holds_old_and_new(f, binta, place);
    }
    g_autoptr(GByteArray) page = g_byte_array_new();
    g_assert_true(lk_unseal_file(binta, path, append, page, &error));
    g_assert_no_error(error);
    assert_bytes(page->data, page->len, "page", 4);

    /* Her own file: the recovery key gives it on, old and new. */
    g_autoptr(LkSession) recovered = recover(f);
    g_assert_cmpint(owed(f), ==, 0);
    g_autoptr(GBytes) later = seal(f, places[HERS].domain, "plus tard");
    g_assert_false(thief_opens(&stolen, places[HERS].domain, later));
    g_assert_true(lk_grant(recovered, places[HERS].domain, "binta", &error));
    g_assert_no_error(error);
    assert_holds_old_and_new(f, binta, &places[HERS]);
    for (int i = 0; i < N_PLACES; i++) {
        assert_holds_old_and_new(f, recovered, &places[i]);
    }
    place_clear(places);
}

/* Twice, and somebody who is admitted in between and after. */
static void
test_renewed_twice(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    Place places[N_PLACES] = {0};
    set_up_places(f, places);
    g_autoptr(LkSession) admin = unlock(f, "kadi");
    g_autoptr(LkSession) binta = unlock(f, "binta");
    dismiss(binta, "awa.t");
    g_autoptr(GBytes) between = seal(f, places[NOBODYS].domain, "entre");
    add(admin, "coumba", LK_ROLE_MANAGER);
    g_assert_true(lk_person_admit(binta, "coumba", &error));
    g_assert_no_error(error);
    add(admin, "djeneba", LK_ROLE_MANAGER);
    g_assert_true(lk_person_admit(binta, "djeneba", &error));
    dismiss(binta, "coumba");
    g_assert_cmpint(owed(f), ==, 1); /* what was only awa.t's */
    g_autoptr(LkSession) djeneba = unlock(f, "djeneba");
    assert_opens(djeneba, places[NOBODYS].domain, between, "entre");
    assert_holds_old_and_new(f, djeneba, &places[RECEPTION]);
    assert_holds_old_and_new(f, djeneba, &places[NOBODYS]);

    /* Given on with all that lies in it; and no longer the giver's. */
    LkCaseCode code;
    g_strlcpy(code.text, places[GIVEN].domain + strlen("case:"), sizeof code.text);
    g_assert_true(lk_case_give(binta, &code, "djeneba", &error));
    g_assert_no_error(error);
    assert_holds_old_and_new(f, djeneba, &places[GIVEN]);
    g_clear_pointer(&binta, lk_session_free);
    binta = unlock(f, "binta");
    assert_closed(binta, places[GIVEN].domain, places[GIVEN].sealed,
                  LK_STORE_ERROR_LOCKED);
    g_autoptr(GPtrArray) people = lk_person_list(f->store, &error);
    g_assert_no_error(error);
    const LkPerson *last = g_ptr_array_index(people, 3);
    g_assert_cmpstr(last->login, ==, "djeneba");
    g_assert_cmpint(last->n_cases, ==, 1);
    place_clear(places);
}

/* Rows of grants that somebody wrote who has not the key: for a manager whom nobody
 * admitted, and for a file of another. */
static void
test_renewed_for_holders_only(Fixture *f, gconstpointer unused)
{
    (void)unused;
    Place places[N_PLACES] = {0};
    set_up_places(f, places);
    {
        g_autoptr(LkSession) admin = unlock(f, "kadi");
        add(admin, "complice", LK_ROLE_MANAGER);
    }
    g_autofree char *text = g_strdup_printf(
        "INSERT INTO grants (domain, holder, sealed, at, proof) VALUES"
        " ('reception', 'complice', zeroblob(81), 'T', zeroblob(32));"
        "INSERT INTO grants (domain, holder, sealed, at, proof) SELECT domain,"
        " 'complice', sealed, at, proof FROM grants WHERE domain = '%s' AND holder ="
        " 'binta';"
        "INSERT INTO grants (domain, holder, sealed, at) VALUES"
        " ('%s', '@reception', zeroblob(81), 'T')",
        places[OTHERS].domain, places[OTHERS].domain);
    sql(f, text);
    g_autoptr(LkSession) binta = unlock(f, "binta");
    dismiss(binta, "awa.t");
    assert_holders(f, "reception", "@recovery binta");
    assert_holders(f, places[OTHERS].domain, "@recovery binta");
    assert_holders(f, places[NOBODYS].domain, "@reception @recovery");
    place_clear(places);
}

static void
test_backup_renewed(Fixture *f, gconstpointer unused)
{
    (void)unused;
    add_by_recovery(f, "kadi", LK_ROLE_ADMIN);
    add_by_recovery(f, "moussa", LK_ROLE_ADMIN);
    add_by_recovery(f, "awa.t", LK_ROLE_MANAGER);
    g_autoptr(GBytes) before = seal(f, "backup", "avant");
    g_auto(Stolen) stolen = steal(f, "kadi");
    {
        g_autoptr(LkSession) awa = unlock(f, "awa.t");
        dismiss(awa, "kadi");
        g_assert_cmpint(owed(f), ==, 1);
    }
    g_autoptr(LkSession) admin = unlock(f, "moussa");
    g_assert_cmpint(owed(f), ==, 0);
    g_autoptr(GBytes) later = seal(f, "backup", "après");
    g_assert_true(thief_opens(&stolen, "backup", before));
    g_assert_false(thief_opens(&stolen, "backup", later));
    assert_opens(admin, "backup", later, "après");
    assert_opens(admin, "backup", before, "avant");
    g_autoptr(LkSession) awa = unlock(f, "awa.t"); /* the row is signed as it must be */
    assert_closed(awa, "backup", later, LK_STORE_ERROR_LOCKED);
}

static void
test_two_people_make_a_manager(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    add_by_recovery(f, "kadi", LK_ROLE_ADMIN);
    add_by_recovery(f, "awa.t", LK_ROLE_MANAGER);
    g_autoptr(GBytes) sealed = seal(f, "reception", "page");
    g_autoptr(LkSession) admin = unlock(f, "kadi");
    add(admin, "binta", LK_ROLE_MANAGER);
    g_autoptr(LkSession) binta = unlock(f, "binta");
    assert_closed(binta, "reception", sealed, LK_STORE_ERROR_LOCKED);
    g_assert_false(lk_person_admit(admin, "binta", &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED);
    g_clear_error(&error);
    g_autoptr(GPtrArray) people = lk_person_list(f->store, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(people->len, ==, 3);
    const LkPerson *second = g_ptr_array_index(people, 1);
    g_assert_cmpstr(second->login, ==, "binta");
    g_assert_false(second->admitted);

    g_autoptr(LkSession) awa = unlock(f, "awa.t");
    g_assert_true(lk_person_admit(awa, "binta", &error));
    g_assert_no_error(error);
    assert_opens(binta, "reception", sealed, "page");

    /* Nor does a manager alone. */
    g_autoptr(LkSecret) passphrase = secret_of(PASSPHRASE);
    g_assert_false(lk_person_add(awa, "complice", LK_ROLE_MANAGER, passphrase, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED);
}

/* What a manager can sign, with the database under her hands: rows of people are not of
 * it, but their revocation. */
static void
test_manager_signs(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    add_by_recovery(f, "awa.t", LK_ROLE_MANAGER);
    add_by_recovery(f, "issa", LK_ROLE_CLERK);
    g_autoptr(LkSession) awa = unlock(f, "awa.t");
    const LkSecret *sign = lk_session_private(awa, LK_DOMAIN_SIGN, &error);
    g_assert_no_error(error);
    bool found = false;
    g_auto(LkPersonRow) row = {0};
    g_assert_true(lk_person_load(f->store, "issa", &row, &found, &error) && found);

    /* A clerk made a manager. */
    row.role = LK_ROLE_MANAGER;
    lk_person_sign(&row, sign);
    g_assert_false(lk_person_check(f->store, &row, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED);
    g_clear_error(&error);
    g_assert_false(lk_person_write(awa, &row, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED);
    g_clear_error(&error);

    /* Revoked; and back. */
    int n = 0;
    g_assert_true(lk_person_revoke(awa, "issa", &n, &n, &error));
    g_assert_no_error(error);
    assert_cannot_unlock(f, "issa", PASSPHRASE, LK_STORE_ERROR_LOCKED);
    g_autoptr(GPtrArray) people = lk_person_list(f->store, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(people->len, ==, 2);
    g_auto(LkPersonRow) gone = {0};
    g_assert_true(lk_person_load(f->store, "issa", &gone, &found, &error) && found);
    g_clear_pointer(&gone.revoked_at, g_free);
    lk_person_sign(&gone, sign);
    g_assert_false(lk_person_check(f->store, &gone, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED);
}

/* A key "people" of her own, signed as the office signs it, and all that goes with it:
 * the journal names the other one. */
static void
test_people_exchanged(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    add_by_recovery(f, "awa.t", LK_ROLE_MANAGER);
    g_autoptr(LkSession) awa = unlock(f, "awa.t");
    const LkSecret *sign = lk_session_private(awa, LK_DOMAIN_SIGN, &error);
    uint8_t public[crypto_sign_PUBLICKEYBYTES];
    uint8_t private[crypto_sign_SECRETKEYBYTES];
    crypto_sign_keypair(public, private);
    g_autoptr(LkSecret) own = lk_secret_new_from(private, LK_KEY_LEN);
    g_autoptr(GBytes) key = g_bytes_new(public, sizeof public);
    g_autoptr(GBytes) signature = lk_domain_sign(LK_DOMAIN_PEOPLE, public, sign);
    g_auto(LkPersonRow) row = {0};
    bool found = false;
    g_assert_true(lk_person_load(f->store, "awa.t", &row, &found, &error) && found);
    lk_person_sign(&row, own);
    g_autoptr(GBytes) signed_row = g_bytes_new(row.signature, sizeof row.signature);
    g_assert_true(lk_sql_run(f->store, &error,
                             "UPDATE domains SET public = ?, signature = ? WHERE"
                             " name = 'people'",
                             "bb", key, signature));
    g_assert_true(lk_sql_run(f->store, &error, "UPDATE people SET signature = ?", "b",
                             signed_row));
    uint8_t backup[LK_KEY_LEN];
    g_autoptr(sqlite3_stmt) of_backup = lk_sql_prepare(
        f->store, &error, "SELECT public FROM domains WHERE name = 'backup'", "");
    g_assert_cmpint(lk_sql_step(f->store, of_backup, &error), ==, LK_SQL_ROW);
    g_assert_true(lk_sql_key(of_backup, 0, backup, sizeof backup));
    g_autoptr(GBytes) signed_backup = lk_domain_sign(LK_DOMAIN_BACKUP, backup, own);
    g_assert_true(lk_sql_run(f->store, &error,
                             "UPDATE domains SET signature = ? WHERE name = 'backup'",
                             "b", signed_backup));
    assert_cannot_unlock(f, "awa.t", PASSPHRASE, LK_STORE_ERROR_DAMAGED);

    /* Without that line, with another one in its place, or without a journal. */
    char hash[LK_HASH_LEN + 1];
    uint8_t bytes[LK_KEY_LEN];
    lk_key_hash(public, bytes);
    lk_hash_hex(bytes, hash);
    g_autofree char *text = g_strdup_printf(
        "DROP TRIGGER journal_no_update; DROP TRIGGER journal_no_delete;"
        "UPDATE journal SET detail = '{\"people\":\"%s\"}' WHERE what = 'keys'",
        hash);
    sql(f, text);
    assert_cannot_unlock(f, "awa.t", PASSPHRASE, LK_STORE_ERROR_DAMAGED);
    sql(f, "DELETE FROM journal WHERE what = 'keys'");
    assert_cannot_unlock(f, "awa.t", PASSPHRASE, LK_STORE_ERROR_DAMAGED);
    sql(f, "DELETE FROM journal");
    assert_cannot_unlock(f, "awa.t", PASSPHRASE, LK_STORE_ERROR_DAMAGED);
    /* All else fits: only who has seen the journal before can tell. */
    g_autofree char *detail = g_strdup_printf("{\"people\":\"%s\"}", hash);
    g_assert_true(lk_store_note(f->store, "keys", detail, &error));
    g_clear_pointer(&awa, lk_session_free);
    awa = unlock(f, "awa.t");
    g_assert_false(lk_session_journal_fits(awa));
}

/* Whoever does not hold "sign" cannot add, admit or revoke; nor can a row be made by
 * hand. */
static void
test_without_sign(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    add_by_recovery(f, "oumar", LK_ROLE_SUPERVISOR);
    add_by_recovery(f, "issa", LK_ROLE_CLERK);
    g_autoptr(LkSession) session = unlock(f, "oumar");
    g_autoptr(LkSecret) passphrase = secret_of(PASSPHRASE);
    g_assert_false(
        lk_person_add(session, "complice", LK_ROLE_MANAGER, passphrase, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED);
    g_clear_error(&error);
    int n = 0;
    g_assert_false(lk_person_revoke(session, "issa", &n, &n, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED);
    g_clear_error(&error);
    uint8_t signature[LK_SIGNATURE_LEN];
    g_assert_false(lk_sign(session, "x", 1, signature, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED);
    g_clear_error(&error);

    /* A manager by hand: signed, but not by this office. */
    uint8_t public[crypto_sign_PUBLICKEYBYTES];
    uint8_t private[crypto_sign_SECRETKEYBYTES];
    crypto_sign_keypair(public, private);
    crypto_sign_detached(signature, NULL, (const uint8_t *)"x", 1, private);
    char hex[2 * LK_SIGNATURE_LEN + 1];
    sodium_bin2hex(hex, sizeof hex, signature, sizeof signature);
    g_autofree char *text = g_strdup_printf(
        "UPDATE people SET role = 'gestionnaire', signature = x'%s' WHERE login ="
        " 'issa'",
        hex);
    sql(f, text);
    g_autoptr(LkSession) recovered = recover(f);
    g_assert_false(lk_grant(recovered, "reception", "issa", &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED);
}

static void
test_signature(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) session = recover(f);
    uint8_t signature[LK_SIGNATURE_LEN];
    uint8_t public[LK_KEY_LEN];
    g_assert_true(lk_sign(session, "lot 1", 5, signature, &error));
    g_assert_true(lk_domain_public(f->store, "sign", public, &error));
    g_assert_true(lk_signature_is_valid(public, "lot 1", 5, signature));
    g_assert_false(lk_signature_is_valid(public, "lot 2", 5, signature));
    signature[63] ^= 1;
    g_assert_false(lk_signature_is_valid(public, "lot 1", 5, signature));
}

/* A forgotten passphrase: new keys, the same files. */
static void
test_reset(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    add_by_recovery(f, "awa.t", LK_ROLE_MANAGER);
    char domain[LK_DOMAIN_MAX + 1];
    LkCaseCode code = new_case(f, domain);
    g_autoptr(GBytes) sealed = seal(f, domain, "x");
    g_autoptr(LkSession) awa = unlock(f, "awa.t");
    g_assert_true(lk_case_take(awa, &code, &error));
    g_clear_pointer(&awa, lk_session_free);
    g_autoptr(LkSession) recovered = recover(f);
    g_autoptr(LkSecret) passphrase = secret_of("une autre phrase");
    g_assert_true(lk_person_reset(recovered, "awa.t", passphrase, &error));
    g_assert_no_error(error);
    assert_cannot_unlock(f, "awa.t", PASSPHRASE, LK_STORE_ERROR_LOCKED);
    awa = try_unlock(f, "awa.t", "une autre phrase", &error);
    g_assert_no_error(error);
    assert_opens(awa, domain, sealed, "x");
    assert_holders(f, domain, "@recovery awa.t");
}

/* --- Journal; an office without keys. ----------------------------------------------
 */

typedef struct {
    GString *text;
} Lines;

static bool
add_line(const LkJournalLine *line, void *data)
{
    Lines *lines = data;
    g_string_append_printf(lines->text, "%s:%s ", line->what,
                           line->who[0] != '~' ? line->who : "~");
    return true;
}

static void
test_journal(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    add_by_recovery(f, "awa.t", LK_ROLE_MANAGER);
    assert_cannot_unlock(f, "awa.t", "autre chose", LK_STORE_ERROR_LOCKED);
    assert_cannot_unlock(f, "inconnu", "autre chose", LK_STORE_ERROR_LOCKED);
    lk_session_free(unlock(f, "awa.t"));
    Lines lines = {g_string_new(NULL)};
    g_assert_true(lk_store_journal_check(f->store, add_line, &lines, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(lines.text->str, ==,
                    "init:~ keys:~ unlock:@recovery user-add:@recovery"
                    " unlock-failed:~ unlock-failed:~ unlock:awa.t ");
    g_string_free(lines.text, TRUE);

    /* Who did it cannot be changed, nor moved into the detail. */
    sql(f, "DROP TRIGGER journal_no_update");
    sql(f, "UPDATE journal SET who = 'issa' WHERE what = 'user-add'");
    g_assert_false(lk_store_journal_check(f->store, NULL, NULL, &error));
    g_clear_error(&error);
    sql(f, "UPDATE journal SET who = NULL WHERE what = 'user-add'");
    g_assert_false(lk_store_journal_check(f->store, NULL, NULL, &error));
    g_assert_nonnull(strstr(error->message, "4"));
    g_clear_error(&error);
    sql(f, "UPDATE journal SET who = '@recovery' WHERE what = 'user-add'");
    g_assert_true(lk_store_journal_check(f->store, NULL, NULL, &error));
}

static void
test_not_protected(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_assert_false(lk_guard_create(f->store, f->recovery, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_EXISTS);
    g_clear_error(&error);

    g_autofree char *dir = in(f, "old");
    g_assert_true(lk_store_init(dir, "MOP", "EXEMPLE FICTIF", &error));
    g_autoptr(LkStore) old = lk_store_open(dir, &error);
    bool ready = true;
    g_assert_true(lk_guard_is_ready(old, &ready, &error));
    g_assert_false(ready);
    g_assert_null(lk_seal(old, "archive", "x", 1, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNPROTECTED);
    g_clear_error(&error);
    g_assert_null(lk_session_recover(old, f->recovery, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNPROTECTED);
    g_clear_error(&error);
    LkCaseCode code;
    g_assert_true(lk_case_code_new("MOP", &code, &error));
    g_assert_true(lk_sql_transaction(old, put_case, &code, &error));

    /* Protected later: its files get keys too. */
    g_assert_true(lk_guard_create(old, f->recovery, &error));
    g_assert_no_error(error);
    char domain[LK_DOMAIN_MAX + 1];
    lk_domain_of_case(&code, domain);
    g_autoptr(GBytes) sealed = lk_seal(old, domain, "x", 1, &error);
    g_assert_no_error(error);
    g_autoptr(LkSession) session = lk_session_recover(old, f->recovery, &error);
    assert_opens(session, domain, sealed, "x");
    g_clear_pointer(&session, lk_session_free);
}

static void
test_logins(void)
{
    static const char *const good[] = {"aw", "awa.t", "a-1", "gestionnaire.mopti-2"};
    static const char *const bad[] = {"",
                                      "a",
                                      "Awa",
                                      "1a",
                                      "@x",
                                      "a b",
                                      "a\nb",
                                      "été",
                                      ".ab",
                                      "a_very",
                                      "a234567890123456789012345678901234"};
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        g_assert_true(lk_login_is_valid(good[i]));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_false(lk_login_is_valid(bad[i]));
    }
}

static void
in_office(const char *path, void (*test)(Fixture *, gconstpointer), const void *data)
{
    g_test_add(path, Fixture, data, set_up, test, tear_down);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/guard/secret/forked", test_secret_forked);
    g_test_add_func("/guard/words/round-trip", test_words);
    g_test_add_func("/guard/words/never-change", test_words_stay);
    g_test_add_func("/guard/logins", test_logins);
    in_office("/guard/bytes", test_bytes, NULL);
    in_office("/guard/files/round-trip", test_files, NULL);
    in_office("/guard/files/altered", test_files_altered, NULL);
    in_office("/guard/files/recipients", test_recipients, NULL);
    in_office("/guard/memory", test_memory, NULL);
    in_office("/guard/unlock", test_unlock, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tamperings); i++) {
        g_autofree char *path =
            g_strconcat("/guard/tampered/", tamperings[i].path, NULL);
        in_office(path, test_slot_tampered, &tamperings[i]);
    }
    in_office("/guard/tampered/all-keys", test_office_exchanged, NULL);
    in_office("/guard/cases/held", test_cases, NULL);
    in_office("/guard/cases/new", test_new_cases, NULL);
    in_office("/guard/people/revoked", test_revoked, NULL);
    in_office("/guard/people/two-make-a-manager", test_two_people_make_a_manager, NULL);
    in_office("/guard/renewed/by-manager", test_renewed, "binta");
    in_office("/guard/renewed/by-admin", test_renewed, "kadi");
    in_office("/guard/renewed/by-recovery", test_renewed, "@recovery");
    in_office("/guard/renewed/twice", test_renewed_twice, NULL);
    in_office("/guard/renewed/for-holders-only", test_renewed_for_holders_only, NULL);
    in_office("/guard/renewed/backup", test_backup_renewed, NULL);
    in_office("/guard/people/manager-signs", test_manager_signs, NULL);
    in_office("/guard/people/exchanged", test_people_exchanged, NULL);
    in_office("/guard/people/without-sign", test_without_sign, NULL);
    in_office("/guard/people/reset", test_reset, NULL);
    in_office("/guard/signature", test_signature, NULL);
    in_office("/guard/journal", test_journal, NULL);
    in_office("/guard/not-protected", test_not_protected, NULL);
    return g_test_run();
}
