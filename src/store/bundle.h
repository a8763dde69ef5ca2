/* bundle.h - several files as one stream: what a backup, and a case file on its way to
 * another office, are made of before they are sealed.
 *
 * A tar as POSIX has it (pax), uncompressed, so that what is read can never be larger
 * than what was given. Each kind of bundle has a fixed list of shapes that names may
 * have; entries stand in the order of that list, and by name within a shape. Whatever
 * is not so (a path that leads out, a link, a name twice, a size beyond its shape's
 * limit) is refused before a byte of it is handed on. */
#ifndef LK_STORE_BUNDLE_H
#define LK_STORE_BUNDLE_H

#include "base/base.h"

G_BEGIN_DECLS

typedef enum {
    LK_BUNDLE_BACKUP, /* manifest.json, services.yaml, lakana.db, archive/…, pages/… */
    LK_BUNDLE_CASE    /* manifest.json, case.json, layouts/7KQX2.json, pages/000001 */
} LkBundleKind;

#define LK_BUNDLE_MANIFEST "manifest.json" /* comes first in every kind */
#define LK_BUNDLE_SERVICES "services.yaml"
#define LK_BUNDLE_CONTENT "case.json"

/** lk_bundle_knows: whether an entry of that kind may have that name. */
bool lk_bundle_knows(LkBundleKind kind, const char *name);

/* --- Writing. --------------------------------------------------------------------- */

/** LkBundleSink: takes @size bytes of the stream; false with an error ends it. */
typedef bool (*LkBundleSink)(const void *bytes, size_t size, void *data,
                             GError **error);

typedef struct LkBundleWriter LkBundleWriter;

/** lk_bundle_writer_new: (transfer full): @sink is called with blocks of 64 KiB. */
LkBundleWriter *lk_bundle_writer_new(LkBundleKind kind, LkBundleSink sink, void *data);
void lk_bundle_writer_free(LkBundleWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkBundleWriter, lk_bundle_writer_free)

/** lk_bundle_put: an entry from memory. Names in the order of the kind's list. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_bundle_put(LkBundleWriter *writer, const char *name, const void *bytes,
                   size_t size, GError **error);

/**
 * lk_bundle_put_file:
 * @fd: read from its position to its end; must not change meanwhile
 * @path: for messages
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_bundle_put_file(LkBundleWriter *writer, const char *name, int fd,
                        const char *path, GError **error);

/** lk_bundle_end: writes what is left; without it the bundle is cut short. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_bundle_end(LkBundleWriter *writer, GError **error);

/* --- Reading. --------------------------------------------------------------------- */

/**
 * LkBundleSource: lends the next bytes of the stream until the next call.
 * @size: (out): 0 at the end
 */
typedef bool (*LkBundleSource)(const void **bytes, size_t *size, void *data,
                               GError **error);

typedef struct LkBundleReader LkBundleReader;

/** LkBundleVisit: an entry whose name has been checked. What it does not read of it is
 * passed over. */
typedef bool (*LkBundleVisit)(LkBundleReader *reader, const char *name, gint64 size,
                              void *data, GError **error);

/**
 * lk_bundle_read:
 * @source: called until its end, also when the bundle ends before: whoever seals the
 *   stream proves its end that way
 * @visit: called for every entry in order; @data is passed to both
 *
 * Returns: true if the stream was a whole bundle of that kind; LK_STORE_ERROR_DAMAGED
 * if not, or the error of @source or @visit
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_bundle_read(LkBundleKind kind, LkBundleSource source, LkBundleVisit visit,
                    void *data, GError **error);

/** lk_bundle_next: the next bytes of the entry being visited; *@got is 0 at its end. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_bundle_next(LkBundleReader *reader, void *buffer, size_t size, size_t *got,
                    GError **error);

/** lk_bundle_take: (transfer full): the whole entry being visited, in memory; NULL with
 * an error. For entries with a small limit. */
G_GNUC_WARN_UNUSED_RESULT
GBytes *lk_bundle_take(LkBundleReader *reader, gint64 size, GError **error);

G_END_DECLS

#endif
