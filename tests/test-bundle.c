/* The container of backups and case files. Judge: GNU tar, which wrote or reads the
 * other side. */
#include "store/store.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    char *dir; /* temporary folder, removed at the end */
} Fixture;

static char *run(const Fixture *f, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Output of a command that must succeed, run in the temporary folder. */
static char *
run(const Fixture *f, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *command = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    const char *argv[] = {"sh", "-c", command, NULL};
    g_autoptr(GError) error = NULL;
    char *out = NULL;
    int status = 0;
    g_spawn_sync(f->dir, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out,
                 NULL, &status, &error);
    g_assert_no_error(error);
    g_assert_cmpint(status, ==, 0);
    return out;
}

static void
set_up(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    f->dir = g_dir_make_tmp("lakana-bundle-XXXXXX", &error);
    g_assert_no_error(error);
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_free(run(f, "rm -rf '%s'", f->dir));
    g_free(f->dir);
}

/* --- A stream in memory. ------------------------------------------------------------
 */

typedef struct {
    GByteArray *bytes;
    size_t at;     /* read so far */
    size_t step;   /* lent at once */
    GString *seen; /* "name size first-byte" of each entry visited, one a line */
    bool (*stop)(const char *name); /* the visitor refuses this one; or NULL */
} Stream;

static void
stream_clear(Stream *stream)
{
    if (stream->bytes != NULL) {
        g_byte_array_unref(stream->bytes);
    }
    if (stream->seen != NULL) {
        g_string_free(stream->seen, TRUE);
    }
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Stream, stream_clear)

static Stream
stream_new(size_t step)
{
    return (Stream){g_byte_array_new(), 0, step, g_string_new(NULL), NULL};
}

static bool
sink(const void *bytes, size_t size, void *data, GError **error)
{
    (void)error;
    g_byte_array_append(((Stream *)data)->bytes, bytes, (guint)size);
    return true;
}

static bool
full_sink(const void *bytes, size_t size, void *data, GError **error)
{
    (void)bytes;
    (void)size;
    (void)data;
    g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FULL, "full");
    return false;
}

static bool
source(const void **bytes, size_t *size, void *data, GError **error)
{
    (void)error;
    Stream *stream = data;
    *bytes = stream->bytes->data + stream->at;
    *size = MIN(stream->step, stream->bytes->len - stream->at);
    stream->at += *size;
    return true;
}

/* Says that the stream is broken when it comes to its end, as a wrong seal does. */
static bool
broken_source(const void **bytes, size_t *size, void *data, GError **error)
{
    if (!source(bytes, size, data, error)) {
        return false;
    }
    if (*size == 0) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FILE, "no seal");
    }
    return *size > 0;
}

static bool
visit(LkBundleReader *reader, const char *name, gint64 size, void *data, GError **error)
{
    Stream *stream = data;
    if (stream->stop != NULL && stream->stop(name)) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN, "no");
        return false;
    }
    g_autoptr(GBytes) content = lk_bundle_take(reader, size, error);
    if (content == NULL) {
        return false;
    }
    const char *bytes = g_bytes_get_data(content, NULL);
    g_string_append_printf(stream->seen, "%s %d %.1s\n", name, (int)size,
                           size > 0 ? bytes : "-");
    return true;
}

#define HASH_A "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HASH_B "ff23456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define SCAN_A "archive/01/23/" HASH_A
#define SCAN_B "archive/ff/23/" HASH_B

static void
write_backup(const Fixture *f, LkBundleWriter *writer, GError **error)
{
    g_autofree char *path = g_build_filename(f->dir, "big", NULL);
    g_autofree char *big = g_strnfill(300000, 'b');
    g_assert_true(g_file_set_contents(path, big, 300000, NULL));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    g_assert_cmpint(fd, >=, 0);
    g_assert_true(lk_bundle_put(writer, "manifest.json", "{}", 2, error));
    g_assert_true(lk_bundle_put(writer, "lakana.db", "d", 1, error));
    g_assert_true(lk_bundle_put(writer, SCAN_A, "", 0, error));
    g_assert_true(lk_bundle_put_file(writer, SCAN_B, fd, path, error));
    (void)close(fd);
}

#define EXPECTED                                                                       \
    "manifest.json 2 {\nlakana.db 1 d\n" SCAN_A " 0 -\n" SCAN_B " 300000 b\n"

static void
test_round_trip(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_auto(Stream) stream = stream_new(1000);
    g_autoptr(LkBundleWriter) writer =
        lk_bundle_writer_new(LK_BUNDLE_BACKUP, sink, &stream);
    write_backup(f, writer, &error);
    g_assert_true(lk_bundle_end(writer, &error));
    g_assert_no_error(error);

    g_assert_true(lk_bundle_read(LK_BUNDLE_BACKUP, source, visit, &stream, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(stream.seen->str, ==, EXPECTED);
    g_assert_cmpuint(stream.at, ==, stream.bytes->len);

    g_autofree char *path = g_build_filename(f->dir, "b.tar", NULL);
    g_assert_true(g_file_set_contents(path, (char *)stream.bytes->data,
                                      (gssize)stream.bytes->len, NULL));
    g_autofree char *listed = run(f, "tar tf b.tar");
    g_assert_cmpstr(listed, ==, "manifest.json\nlakana.db\n" SCAN_A "\n" SCAN_B "\n");
    g_autofree char *same = run(f, "tar xOf b.tar " SCAN_B " | cmp - big && echo same");
    g_assert_cmpstr(same, ==, "same\n");
}

/* Cut short within an entry or its header, it is damaged whoever sealed it. */
static void
test_cut(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_auto(Stream) whole = stream_new(4096);
    g_autoptr(LkBundleWriter) writer =
        lk_bundle_writer_new(LK_BUNDLE_BACKUP, sink, &whole);
    write_backup(f, writer, &error);
    g_assert_true(lk_bundle_end(writer, &error));
    g_assert_no_error(error);
    guint content = whole.bytes->len - 1024; /* two blocks of zeros end a tar */
    for (guint length = 0; length < content; length += 509) {
        if (length > 0 && length % 512 == 0) {
            continue; /* may lie between two entries */
        }
        g_auto(Stream) cut = stream_new(4096);
        g_byte_array_append(cut.bytes, whole.bytes->data, length);
        g_autoptr(GError) why = NULL;
        g_assert_false(lk_bundle_read(LK_BUNDLE_BACKUP, source, visit, &cut, &why));
        g_assert_error(why, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED);
    }
}

static void
test_errors_pass(Fixture *f, gconstpointer unused)
{
    (void)f;
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_autoptr(LkBundleWriter) writer =
        lk_bundle_writer_new(LK_BUNDLE_CASE, full_sink, NULL);
    g_autofree char *big = g_strnfill(300000, 'b');
    g_assert_true(lk_bundle_put(writer, "manifest.json", "{}", 2, &error));
    g_assert_false(lk_bundle_put(writer, "case.json", big, 300000, &error) &&
                   lk_bundle_end(writer, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FULL);
}

/* The stream's own error comes through, even where the tar was at its end. */
static void
test_seal_is_asked(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_auto(Stream) stream = stream_new(1000);
    g_autoptr(LkBundleWriter) writer =
        lk_bundle_writer_new(LK_BUNDLE_BACKUP, sink, &stream);
    write_backup(f, writer, &error);
    g_assert_true(lk_bundle_end(writer, &error));
    g_assert_no_error(error);
    g_assert_false(
        lk_bundle_read(LK_BUNDLE_BACKUP, broken_source, visit, &stream, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FILE);
    g_assert_cmpstr(stream.seen->str, ==, EXPECTED);
}

static bool
is_database(const char *name)
{
    return strcmp(name, "lakana.db") == 0;
}

static void
test_visitor_refuses(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_auto(Stream) stream = stream_new(1000);
    g_autoptr(LkBundleWriter) writer =
        lk_bundle_writer_new(LK_BUNDLE_BACKUP, sink, &stream);
    write_backup(f, writer, &error);
    g_assert_true(lk_bundle_end(writer, &error));
    stream.stop = is_database;
    g_assert_false(lk_bundle_read(LK_BUNDLE_BACKUP, source, visit, &stream, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN);
}

static void
test_writer_refuses(Fixture *f, gconstpointer unused)
{
    (void)f;
    (void)unused;
    static const char *const cases[][2] = {
        {"lakana.db", NULL}, /* the manifest comes first */
        {"manifest.json", "../x"},
        {"manifest.json", "manifest.json"},
        {"manifest.json", "/lakana.db"},
        {"manifest.json", "lakana.db/"},
        {"manifest.json", "archive/01/23/" HASH_A "0"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(Stream) stream = stream_new(1000);
        g_autoptr(LkBundleWriter) writer =
            lk_bundle_writer_new(LK_BUNDLE_BACKUP, sink, &stream);
        g_autoptr(GError) error = NULL;
        bool ok = lk_bundle_put(writer, cases[i][0], "", 0, &error) &&
                  lk_bundle_put(writer, cases[i][1], "", 0, &error);
        g_assert_false(ok);
        g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED);
    }
}

/* --- What others may have put in. ---------------------------------------------------
 */

/* A tar made by @command (writes x.tar) is refused, and the entry @not_seen is never
 * handed on. */
typedef struct {
    const char *name, *command, *not_seen;
} Hostile;

#define TAR "tar --format=pax --no-recursion -cf x.tar "

static const Hostile hostiles[] = {
    {"/bundle/hostile/link",
     "echo '{}' >manifest.json; ln -s /etc/passwd lakana.db; " TAR
     "manifest.json lakana.db",
     "lakana.db"},
    {"/bundle/hostile/hard-link",
     "echo '{}' >manifest.json; ln manifest.json lakana.db; " TAR
     "manifest.json lakana.db",
     "lakana.db"},
    {"/bundle/hostile/folder",
     "echo '{}' >manifest.json; mkdir lakana.db; " TAR "manifest.json lakana.db",
     "lakana.db"},
    {"/bundle/hostile/pipe",
     "echo '{}' >manifest.json; mkfifo lakana.db; " TAR "manifest.json lakana.db",
     "lakana.db"},
    {"/bundle/hostile/out",
     "echo '{}' >manifest.json; echo x >../evil-$$; " TAR
     "-P manifest.json ../evil-$$; rm ../evil-$$",
     "evil"},
    {"/bundle/hostile/absolute",
     "echo '{}' >manifest.json; " TAR "-P manifest.json \"$PWD\"/manifest.json", "tmp"},
    {"/bundle/hostile/dot", "echo '{}' >manifest.json; " TAR "./manifest.json", "."},
    {"/bundle/hostile/twice",
     "echo '{}' >manifest.json; echo d >lakana.db; " TAR
     "--hard-dereference manifest.json lakana.db lakana.db",
     "lakana.db 2 d\nlakana.db"},
    {"/bundle/hostile/order",
     "echo '{}' >manifest.json; echo d >lakana.db; " TAR "lakana.db manifest.json",
     "lakana.db"},
    {"/bundle/hostile/sparse",
     "echo '{}' >manifest.json; truncate -s 100M lakana.db; echo d >>lakana.db; "
     "tar --format=gnu -S -cf x.tar manifest.json lakana.db",
     "lakana.db"},
    {"/bundle/hostile/sparse-pax",
     "echo '{}' >manifest.json; truncate -s 100M lakana.db; echo d >>lakana.db; "
     "tar --format=pax -S -cf x.tar manifest.json lakana.db",
     "lakana.db"},
    {"/bundle/hostile/large", "truncate -s 1048577 manifest.json; " TAR "manifest.json",
     "manifest"},
    {"/bundle/hostile/upper-case",
     "echo '{}' >manifest.json; echo d >LAKANA.DB; " TAR "manifest.json LAKANA.DB",
     "LAKANA"},
    {"/bundle/hostile/packed",
     "echo '{}' >manifest.json; " TAR "manifest.json; gzip x.tar; mv x.tar.gz x.tar",
     "manifest"},
    {"/bundle/hostile/empty", "tar -cf x.tar -T /dev/null", "manifest"},
    {"/bundle/hostile/zip", "head -c 3000 /dev/zero | tr '\\0' P >x.tar", "P"},
};

static void
test_hostile(Fixture *f, gconstpointer data)
{
    const Hostile *hostile = data;
    g_free(run(f, "%s", hostile->command));
    g_autofree char *path = g_build_filename(f->dir, "x.tar", NULL);
    g_autofree char *tar = NULL;
    gsize size = 0;
    g_assert_true(g_file_get_contents(path, &tar, &size, NULL));
    g_auto(Stream) stream = stream_new(777);
    g_byte_array_append(stream.bytes, (guint8 *)tar, (guint)size);
    g_autoptr(GError) error = NULL;
    g_assert_false(lk_bundle_read(LK_BUNDLE_BACKUP, source, visit, &stream, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED);
    g_assert_null(strstr(stream.seen->str, hostile->not_seen));
}

int
main(int argc, char **argv)
{
    g_setenv("LANG", "en", TRUE);
    g_test_init(&argc, &argv, NULL);
    static const struct {
        const char *name;
        void (*test)(Fixture *, gconstpointer);
    } tests[] = {
        {"/bundle/round-trip", test_round_trip},
        {"/bundle/cut", test_cut},
        {"/bundle/errors-pass", test_errors_pass},
        {"/bundle/seal-is-asked", test_seal_is_asked},
        {"/bundle/visitor-refuses", test_visitor_refuses},
        {"/bundle/writer-refuses", test_writer_refuses},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_test_add(tests[i].name, Fixture, NULL, set_up, tests[i].test, tear_down);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(hostiles); i++) {
        g_test_add(hostiles[i].name, Fixture, &hostiles[i], set_up, test_hostile,
                   tear_down);
    }
    return g_test_run();
}
