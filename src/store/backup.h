/* backup.h - the whole office in one sealed file, and back. Part of store.h.
 *
 * A backup is taken without any secret, while others work; it is opened by whoever
 * holds the key `backup` (an admin) or has the recovery words. docs/database.md
 * describes the file. */
#ifndef LK_STORE_BACKUP_H
#define LK_STORE_BACKUP_H

#include "store/guard.h"

G_BEGIN_DECLS

/** A scan or page file that the database knows and that is not whole. */
typedef struct {
    char *name;      /* below the office's folder: "archive/ab/cd/abcd…" */
    bool is_missing; /* else it is damaged or cut short */
    GArray *pages; /* gint64: numbers of the filed pages that do not open without it */
} LkLostFile;

void lk_lost_file_free(gpointer lost);

typedef struct {
    gint64 size;     /* of the file, bytes */
    int scans;       /* in it */
    int pages;       /* page files in it */
    int missing;     /* files that the database knows and nobody finds: not in it */
    int damaged;     /* scans in it that cannot be whole: they have not their length */
    GPtrArray *lost; /* LkLostFile, those of both kinds */
    char *office;    /* name */
    char *made;      /* UTC */
} LkBackupReport;

void lk_backup_report_clear(LkBackupReport *report);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LkBackupReport, lk_backup_report_clear)

/**
 * lk_backup_write:
 * @path: the file to make; one that is there is never replaced
 * @report: (out): zeroed by the caller
 *
 * Database (as it is at one moment, whoever writes meanwhile), archive, page files, map
 * of services; under a temporary name, read again from the disk and compared before it
 * has its own. With its line in the journal. Needs room for a copy of the database in
 * the office's folder.
 *
 * Returns: true if @path is there and whole. UNPROTECTED, EXISTS, BUSY (another
 * backup to @path), FULL, FILE, DAMAGED (the database is)
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_backup_write(LkStore *store, const char *path, LkBackupReport *report,
                     GError **error);

/** A backup that was found to be one, not opened yet. */
typedef struct LkBackup LkBackup;

/**
 * lk_backup_open:
 * Returns: (transfer full): NULL with LK_STORE_ERROR_DAMAGED if @path is no backup,
 * NEWER, FILE
 */
G_GNUC_WARN_UNUSED_RESULT
LkBackup *lk_backup_open(const char *path, GError **error);
void lk_backup_free(LkBackup *backup);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkBackup, lk_backup_free)

/** lk_backup_keys: (transfer none): in memory, with the people and keys of the office
 * that can open @backup and nothing else: to open a session in. */
LkStore *lk_backup_keys(const LkBackup *backup);

typedef struct {
    char *office, *made; /* as in LkBackupReport */
    int scans, pages;
    gint64 journal;                        /* lines */
    char journal_hash[LK_KEY_LEN * 2 + 1]; /* of the last one: compare with one noted */
    int missing;        /* files the database knows that are not in the backup */
    int damaged;        /* scans that are not what their names say, or cut short */
    GPtrArray *lost;    /* LkLostFile, those of both kinds */
    bool looked_inside; /* sealed scans were opened and compared with their names: the
                         * session held that key */
} LkRestoreReport;

void lk_restore_report_clear(LkRestoreReport *report);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LkRestoreReport, lk_restore_report_clear)

/**
 * lk_backup_restore:
 * @session: opened in lk_backup_keys(@backup)
 * @dir: (nullable): the office folder to make; must not exist, or be empty. NULL: only
 *   checks, writes nothing
 * @report: (out): zeroed by the caller
 *
 * Checks the seal of the whole file, the files' names, the database, the chain of the
 * journal and the signatures of people and keys before @dir appears under its name.
 * A file that was lost or damaged in the office before the backup does not hold up the
 * rest: @report tells it.
 *
 * Returns: true; LOCKED, DAMAGED, NEWER, EXISTS (@dir holds something), BUSY, FULL,
 * FILE
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_backup_restore(LkBackup *backup, LkSession *session, const char *dir,
                       LkRestoreReport *report, GError **error);

G_END_DECLS

#endif
