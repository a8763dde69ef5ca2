/* bundle.c - the container of backups and of case files under way. */
#include "store/store.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK_SIZE 65536
#define MIB ((gint64)1024 * 1024)
#define GIB (1024 * MIB)
#define MAX_NAME 100 /* longest shape and then some; ustar's own limit */

/* --- Shapes. -----------------------------------------------------------------------
 */

/* In a pattern # is a lower-case hexadecimal digit, % a decimal one, @ a letter or
 * digit of a serial; everything else stands for itself. */
#define HEX_8 "########"
#define HEX_60 HEX_8 HEX_8 HEX_8 HEX_8 HEX_8 HEX_8 HEX_8 "####"

typedef struct {
    const char *pattern;
    gint64 max_size; /* bytes */
    gint64 max_count;
} Shape;

static const Shape backup_shapes[] = {
    {LK_BUNDLE_MANIFEST, MIB, 1},
    {LK_BUNDLE_SERVICES, 4 * MIB, 1},
    {"lakana.db", 64 * GIB, 1},
    {"archive/##/##/####" HEX_60, 16 * GIB, 10000000},
    {"pages/#/####" HEX_60, GIB, 100000000},
    {NULL, 0, 0},
};

static const Shape case_shapes[] = {
    {LK_BUNDLE_MANIFEST, MIB, 1},
    {LK_BUNDLE_CONTENT, 64 * MIB, 1},
    {"layouts/@@@@@.json", 4 * MIB, 1000},
    {"pages/%%%%%%", 256 * MIB, 10000},
    {NULL, 0, 0},
};

static const Shape *
shapes_of(LkBundleKind kind)
{
    return kind == LK_BUNDLE_BACKUP ? backup_shapes : case_shapes;
}

static bool
fits_at(char want, char is)
{
    switch (want) {
    case '#':
        return g_ascii_isdigit(is) || (is >= 'a' && is <= 'f');
    case '%':
        return g_ascii_isdigit(is);
    case '@':
        return is != '\0' && strchr(lk_serial_alphabet, is) != NULL;
    default:
        return want == is;
    }
}

static bool
fits(const char *pattern, const char *name)
{
    for (; *pattern != '\0' && *name != '\0'; pattern++, name++) {
        if (!fits_at(*pattern, *name)) {
            return false;
        }
    }
    return *pattern == *name;
}

/* Where the reader or the writer stands in the list of shapes. */
typedef struct {
    const Shape *shapes;
    int shape;               /* of the last entry; -1 before the first */
    gint64 count;            /* entries of that shape so far */
    char name[MAX_NAME + 1]; /* the last entry */
} Place;

/* The shape of @name, -1 if it has none. */
static int
shape_of(const Shape *shapes, const char *name)
{
    for (int i = 0; shapes[i].pattern != NULL; i++) {
        if (fits(shapes[i].pattern, name)) {
            return i;
        }
    }
    return -1;
}

bool
lk_bundle_knows(LkBundleKind kind, const char *name)
{
    return shape_of(shapes_of(kind), name) >= 0;
}

/* Moves on to @name; false if it may not stand there. */
static bool
advance(Place *place, const char *name, gint64 size)
{
    int shape = shape_of(place->shapes, name);
    bool first = place->shape < 0;
    if (shape < 0 || shape < place->shape || (first && shape != 0) || size < 0 ||
        size > place->shapes[shape].max_size) {
        return false;
    }
    bool same = shape == place->shape;
    if (same && (strcmp(name, place->name) <= 0 ||
                 place->count >= place->shapes[shape].max_count)) {
        return false;
    }
    place->count = same ? place->count + 1 : 1;
    place->shape = shape;
    g_strlcpy(place->name, name, sizeof place->name);
    return true;
}

/* --- Writing. ----------------------------------------------------------------------
 */

struct LkBundleWriter {
    Place place;
    struct archive *archive;
    struct archive_entry *entry;
    LkBundleSink sink;
    void *data;
    GError *error; /* of the sink: libarchive hands on numbers only */
};

static la_ssize_t
give(struct archive *archive, void *data, const void *bytes, size_t size)
{
    LkBundleWriter *writer = data;
    if (writer->sink(bytes, size, writer->data, &writer->error)) {
        return (la_ssize_t)size;
    }
    archive_set_error(archive, EIO, "refused");
    return -1;
}

static bool
fail_writing(LkBundleWriter *writer, GError **error)
{
    if (writer->error != NULL) {
        g_propagate_error(error, g_steal_pointer(&writer->error));
    } else {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FILE,
                    _("the bundle cannot be written: %s"),
                    lk_errno_text(archive_errno(writer->archive)));
    }
    return false;
}

LkBundleWriter *
lk_bundle_writer_new(LkBundleKind kind, LkBundleSink sink, void *data)
{
    g_return_val_if_fail(sink != NULL, NULL);
    LkBundleWriter *writer = g_new0(LkBundleWriter, 1);
    writer->place = (Place){.shapes = shapes_of(kind), .shape = -1};
    writer->sink = sink;
    writer->data = data;
    writer->archive = archive_write_new();
    writer->entry = archive_entry_new();
    if (writer->archive == NULL || writer->entry == NULL ||
        archive_write_set_format_pax_restricted(writer->archive) != ARCHIVE_OK ||
        archive_write_set_bytes_per_block(writer->archive, BLOCK_SIZE) != ARCHIVE_OK ||
        archive_write_set_bytes_in_last_block(writer->archive, 1) != ARCHIVE_OK ||
        archive_write_open(writer->archive, writer, NULL, give, NULL) != ARCHIVE_OK) {
        g_error("libarchive cannot start"); /* no memory */
    }
    return writer;
}

void
lk_bundle_writer_free(LkBundleWriter *writer)
{
    if (writer != NULL) {
        /* Freeing closes, and closing would write the end of a bundle that has none. */
        (void)archive_write_fail(writer->archive);
        (void)archive_write_free(writer->archive);
        archive_entry_free(writer->entry);
        g_clear_error(&writer->error);
        g_free(writer);
    }
}

/* Nothing of the file but name and size: no owner, no time. */
static bool
begin_entry(LkBundleWriter *writer, const char *name, gint64 size, GError **error)
{
    if (!advance(&writer->place, name, size)) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED,
                    _("%s: has no place in a bundle, or is too large"), name);
        return false;
    }
    archive_entry_clear(writer->entry);
    archive_entry_set_pathname(writer->entry, name);
    archive_entry_set_filetype(writer->entry, AE_IFREG);
    archive_entry_set_perm(writer->entry, 0600);
    archive_entry_set_size(writer->entry, size);
    return archive_write_header(writer->archive, writer->entry) == ARCHIVE_OK ||
           fail_writing(writer, error);
}

static bool
write_bytes(LkBundleWriter *writer, const void *bytes, size_t size, GError **error)
{
    return archive_write_data(writer->archive, bytes, size) == (la_ssize_t)size ||
           fail_writing(writer, error);
}

bool
lk_bundle_put(LkBundleWriter *writer, const char *name, const void *bytes, size_t size,
              GError **error)
{
    return begin_entry(writer, name, (gint64)size, error) &&
           (size == 0 || write_bytes(writer, bytes, size, error));
}

static bool
fail_reading(const char *path, int reason, GError **error)
{
    g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FILE, _("%s: %s"), path,
                lk_errno_text(reason));
    return false;
}

bool
lk_bundle_put_file(LkBundleWriter *writer, const char *name, int fd, const char *path,
                   GError **error)
{
    struct stat info;
    off_t at = lseek(fd, 0, SEEK_CUR);
    if (at < 0 || fstat(fd, &info) != 0) {
        return fail_reading(path, errno, error);
    }
    gint64 left = info.st_size - at;
    if (!begin_entry(writer, name, left, error)) {
        return false;
    }
    g_autofree uint8_t *block = g_malloc(BLOCK_SIZE);
    while (left > 0) {
        ssize_t got = read(fd, block, (size_t)MIN(left, (gint64)BLOCK_SIZE));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return fail_reading(path, got < 0 ? errno : EIO, error);
        }
        if (!write_bytes(writer, block, (size_t)got, error)) {
            return false;
        }
        left -= got;
    }
    return true;
}

bool
lk_bundle_end(LkBundleWriter *writer, GError **error)
{
    return archive_write_close(writer->archive) == ARCHIVE_OK ||
           fail_writing(writer, error);
}

/* --- Reading. ----------------------------------------------------------------------
 */

struct LkBundleReader {
    Place place;
    struct archive *archive;
    LkBundleSource source;
    void *data;
    bool at_end;   /* of the stream */
    GError *error; /* of the source */
};

static bool
fail_bundle(LkBundleReader *reader, const char *why, GError **error)
{
    if (reader->error != NULL) {
        g_propagate_error(error, g_steal_pointer(&reader->error));
    } else {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED, "%s", why);
    }
    return false;
}

static bool
fail_cut(LkBundleReader *reader, GError **error)
{
    return fail_bundle(reader, _("the content is damaged or cut short"), error);
}

static la_ssize_t
fetch(struct archive *archive, void *data, const void **bytes)
{
    LkBundleReader *reader = data;
    size_t size = 0;
    *bytes = NULL;
    if (reader->at_end) {
        return 0;
    }
    if (!reader->source(bytes, &size, reader->data, &reader->error)) {
        reader->at_end = true;
        archive_set_error(archive, EIO, "refused");
        return -1;
    }
    reader->at_end = size == 0;
    return (la_ssize_t)size;
}

static bool
check_entry(LkBundleReader *reader, struct archive_entry *entry, GError **error)
{
    const char *name = archive_entry_pathname(entry);
    bool plain =
        archive_entry_filetype(entry) == AE_IFREG &&
        archive_entry_hardlink(entry) == NULL && archive_entry_symlink(entry) == NULL &&
        archive_entry_sparse_count(entry) == 0 && archive_entry_size_is_set(entry);
    if (name == NULL || !plain ||
        !advance(&reader->place, name, archive_entry_size(entry))) {
        return fail_bundle(reader, _("it holds something that lakana never puts there"),
                           error);
    }
    return true;
}

static bool
read_entries(LkBundleReader *reader, LkBundleVisit visit, GError **error)
{
    for (;;) {
        struct archive_entry *entry = NULL; /* lent */
        int status = archive_read_next_header(reader->archive, &entry);
        if (status == ARCHIVE_EOF) {
            return reader->place.shape >= 0 || fail_cut(reader, error);
        }
        if (status != ARCHIVE_OK) {
            return fail_cut(reader, error);
        }
        if (!check_entry(reader, entry, error) ||
            !visit(reader, reader->place.name, archive_entry_size(entry), reader->data,
                   error)) {
            return false;
        }
    }
}

static bool
read_to_end(LkBundleReader *reader, GError **error)
{
    while (!reader->at_end) {
        const void *bytes = NULL;
        if (fetch(reader->archive, reader, &bytes) < 0) {
            return fail_cut(reader, error);
        }
    }
    return true;
}

bool
lk_bundle_read(LkBundleKind kind, LkBundleSource source, LkBundleVisit visit,
               void *data, GError **error)
{
    g_return_val_if_fail(source != NULL && visit != NULL, false);
    LkBundleReader reader = {.place = {.shapes = shapes_of(kind), .shape = -1},
                             .archive = archive_read_new(),
                             .source = source,
                             .data = data};
    if (reader.archive == NULL ||
        archive_read_support_format_tar(reader.archive) != ARCHIVE_OK) {
        g_error("libarchive cannot start"); /* no memory */
    }
    bool ok =
        archive_read_open(reader.archive, &reader, NULL, fetch, NULL) == ARCHIVE_OK
            ? read_entries(&reader, visit, error) && read_to_end(&reader, error)
            : fail_cut(&reader, error);
    (void)archive_read_free(reader.archive);
    g_clear_error(&reader.error);
    return ok;
}

bool
lk_bundle_next(LkBundleReader *reader, void *buffer, size_t size, size_t *got,
               GError **error)
{
    la_ssize_t n = archive_read_data(reader->archive, buffer, size);
    *got = n > 0 ? (size_t)n : 0;
    return n >= 0 || fail_cut(reader, error);
}

GBytes *
lk_bundle_take(LkBundleReader *reader, gint64 size, GError **error)
{
    g_return_val_if_fail(size >= 0 && size <= 256 * MIB, NULL);
    uint8_t *bytes = g_try_malloc((gsize)MAX(size, 1));
    if (bytes == NULL) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FILE, "%s",
                    lk_errno_text(ENOMEM));
        return NULL;
    }
    g_autoptr(GBytes) all = g_bytes_new_take(bytes, (gsize)size);
    size_t filled = 0;
    while (filled < (size_t)size) {
        size_t got = 0;
        if (!lk_bundle_next(reader, bytes + filled, (size_t)size - filled, &got,
                            error)) {
            return NULL;
        }
        if (got == 0) {
            (void)fail_cut(reader, error);
            return NULL;
        }
        filled += got;
    }
    return g_steal_pointer(&all);
}
