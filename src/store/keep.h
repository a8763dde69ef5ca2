/* keep.h - what belongs to an office besides its database, and whether a database is
 * whole: what backup and restore share. */
#ifndef LK_STORE_KEEP_H
#define LK_STORE_KEEP_H

#include "store/backup.h"
#include "store/priv.h"

G_BEGIN_DECLS

#define LK_BACKUP_MAGIC "LKB1"
#define LK_BACKUP_MAGIC_LEN 4
#define LK_BACKUP_MAX_KEYS (4 * 1024 * 1024) /* bytes of keyring */

/** Files that rows of the database name. */
typedef struct {
    const char *folder;
    const char *sql;    /* gives their names within the folder's tree, in order, and
                         * the bytes they have in clear if that can be told */
    bool named_by_hash; /* of the clear content, BLAKE2b-256 */
    char *(*place)(const LkStore *store, const char *name); /* its path */
} LkKeepKind;

/** lk_keep_kinds: scans first; sql NULL at the end. */
extern const LkKeepKind lk_keep_kinds[];

/** lk_keep_name: (transfer full): "archive/ab/cd/abcd…", below the office's folder, of
 * the name in a row. */
char *lk_keep_name(const LkKeepKind *kind, const char *row);

/** LkKeepLends: whether the page file with that name needs the archived scan to open.
 */
typedef bool (*LkKeepLends)(const char *name, const void *data);

/**
 * lk_keep_lose: adds a file to @lost, with the pages that do not open without it.
 * @database: where rows are looked up
 * @file: its name, lk_keep_name(), and what is wrong with it; copied
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_keep_lose(GPtrArray *lost, LkStore *database, const LkKeepKind *kind,
                  const LkLostFile *file, LkKeepLends lends, const void *data,
                  GError **error);

/**
 * lk_keep_check: reads the whole database: pages, indexes, references, and the chain of
 * the journal; nothing is changed or brought up to date.
 *
 * Returns: true; LK_STORE_ERROR_DAMAGED, NOT_OFFICE, NEWER
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_keep_check(LkStore *store, GError **error);

G_END_DECLS

#endif
