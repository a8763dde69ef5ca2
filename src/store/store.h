/* store.h - the office folder: case database, archive of scans, journal; and, in
 * guard.h, who can read what.
 *
 *   lakana.db        SQLite; the schema and its picture are in docs/database.md
 *   archive/ab/cd/…  every accepted scan, byte for byte, sealed, named by the
 *                    BLAKE2b-256 of its clear bytes
 *   pages/a/…        every filed page as a sealed file of its own
 *
 * Three things are kept apart: what the paper said (readings, never changed), what a
 * person decided (decisions, only added to) and what follows from both (current
 * values, a view). A contradiction between forms of one file follows too: it is
 * computed where values are read, so it appears and goes by itself.
 *
 * One LkStore belongs to one thread. Any number of processes may read while one
 * writes; writers wait for each other up to ten seconds, then LK_STORE_ERROR_BUSY.
 * Nothing personal is ever stored: codes, values of boxes, typed dates and numbers. */
#ifndef LK_STORE_H
#define LK_STORE_H

#include "base/base.h"
#include "store/guard.h"
#include "store/vault.h"

G_BEGIN_DECLS

#define LK_STORE_ERROR (lk_store_error_quark())

typedef enum {
    LK_STORE_ERROR_NOT_OFFICE,  /* the folder is not an office: run `lakana init` */
    LK_STORE_ERROR_EXISTS,      /* init: something is there already */
    LK_STORE_ERROR_NEWER,       /* database of a newer program */
    LK_STORE_ERROR_BUSY,        /* another process writes, for too long */
    LK_STORE_ERROR_FULL,        /* disk full, or quota */
    LK_STORE_ERROR_DAMAGED,     /* not a database, or a broken one */
    LK_STORE_ERROR_FILE,        /* a file cannot be read or written: path and reason */
    LK_STORE_ERROR_UNKNOWN,     /* no such case, page, field or layout */
    LK_STORE_ERROR_FILED,       /* this page of this scan is filed already */
    LK_STORE_ERROR_TAKEN,       /* another page holds that place in the file; somebody
                                 * else decided first */
    LK_STORE_ERROR_PERSONAL,    /* a field that names people: its value is not kept */
    LK_STORE_ERROR_UNPROTECTED, /* an office without keys: run `lakana protect` */
    LK_STORE_ERROR_LOCKED,      /* wrong passphrase, or a key that is not held */
    LK_STORE_ERROR_REFUSED,     /* not for this person or role */
    LK_STORE_ERROR_PASSPHRASE,  /* too short, or one that cannot be taken */
    LK_STORE_ERROR_SQL          /* anything else SQLite says */
} LkStoreError;

GQuark lk_store_error_quark(void);

#define LK_HASH_LEN 64 /* BLAKE2b-256 in lower-case hexadecimal */

/* --- The office. ------------------------------------------------------------------ */

/**
 * lk_store_init:
 * @dir: folder to create, or an empty one; becomes readable by its owner only
 * @region: three capital letters; that the region exists is the caller's to check
 * @office: name printed on each page
 *
 * Returns: true if @dir is an office now; LK_STORE_ERROR_EXISTS if it holds anything
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_init(const char *dir, const char *region, const char *office,
                   GError **error);

/**
 * lk_store_open:
 * @dir: an office folder; an older database is brought up to date
 *
 * Returns: (transfer full): the store, or NULL with NOT_OFFICE, NEWER, DAMAGED, …
 */
G_GNUC_WARN_UNUSED_RESULT
LkStore *lk_store_open(const char *dir, GError **error);
void lk_store_free(LkStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkStore, lk_store_free)

/** lk_store_region, lk_store_office: (transfer none): settings given at init. */
const char *lk_store_region(const LkStore *store);
const char *lk_store_office(const LkStore *store);

/**
 * lk_store_lock_intake: takes the office's intake lock, without waiting, until @store
 * is freed or the process ends, however it ends. The database is safe without it; it
 * keeps two `ingest` from doing the same work twice.
 *
 * Returns: true if taken; LK_STORE_ERROR_BUSY if another process has it
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_lock_intake(LkStore *store, GError **error);

/**
 * lk_store_lock_review: the same for the review station, of which an office has one.
 *
 * Returns: true if taken; LK_STORE_ERROR_BUSY if another process has it, with its port
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_lock_review(LkStore *store, GError **error);
/** lk_store_tell_review: writes @port into the lock, for who comes later. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_tell_review(LkStore *store, int port, GError **error);

/* --- Layouts. --------------------------------------------------------------------- */

/** A layout as the store keeps it: it knows the identity, not what the JSON means. */
typedef struct {
    const char *id;   /* five characters */
    const char *form; /* "1.B" */
    int n_pages;
    const char *json; /* lk_layout_to_json() */
} LkStoreLayout;

/** lk_store_put_layout: keeps @layout; one with the same identity stays as it is. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_put_layout(LkStore *store, const LkStoreLayout *layout, GError **error);

/**
 * lk_store_load_layout:
 * Returns: (transfer full): the JSON, or NULL with LK_STORE_ERROR_UNKNOWN
 */
G_GNUC_WARN_UNUSED_RESULT
char *lk_store_load_layout(LkStore *store, const char *id, GError **error);

/** lk_store_list_layouts: (transfer full): GPtrArray of char*, identities by form. */
G_GNUC_WARN_UNUSED_RESULT
GPtrArray *lk_store_list_layouts(LkStore *store, GError **error);

/* --- Cases and printed copies. ---------------------------------------------------- */

/** One printed copy of a form. */
typedef struct {
    LkCaseCode code; /* of the case, or the number of a blank copy */
    char form[4];
    char layout[LK_SERIAL_LEN + 1];
    char copy[LK_SERIAL_LEN + 1];
    int number; /* first, second … copy of this form in the file; blank copies: 1 */
    int n_pages;
} LkStoreCopy;

/** An answer printed into a copy: see LkPrefill for how values are written. */
typedef struct {
    const char *field;
    int row;
    const char *value;
} LkStorePrefilled;

/** What is to be printed. */
typedef struct {
    int n_new;                  /* case files to open */
    const LkCaseCode *existing; /* files that exist already: then n_new is 0 */
    size_t n_existing;
    int n_blank;                /* or: blank copies of each form */
    const LkStoreLayout *forms; /* printed order; a form may occur more than once */
    size_t n_forms;
    const LkStorePrefilled *prefilled; /* printed into each of the copies, or NULL */
    size_t n_prefilled;
} LkStoreOrder;

/**
 * lk_store_issue:
 * @order: n_new, existing or n_blank; and the forms
 *
 * Registers layouts, new cases (with codes nobody has) and copies in one transaction:
 * to be called before anything is printed. A code on paper is always known here.
 *
 * Returns: (transfer full): GArray of LkStoreCopy, case after case, the forms of each
 * in the order of @order; or NULL, with LK_STORE_ERROR_UNKNOWN for a code that is not
 * ours
 */
G_GNUC_WARN_UNUSED_RESULT
GArray *lk_store_issue(LkStore *store, const LkStoreOrder *order, GError **error);

/**
 * lk_store_issue_labels:
 * @n_new: case files to open, without any copy of a form
 * @existing: or: array of @n_existing files that exist already
 *
 * Registers new cases, with codes nobody has, in one transaction and notes in the
 * journal for whom labels are printed: to be called before they are.
 *
 * Returns: (transfer full): GArray of LkCaseCode, new or as given; or NULL, with
 * LK_STORE_ERROR_UNKNOWN for a code that is not ours
 */
G_GNUC_WARN_UNUSED_RESULT
GArray *lk_store_issue_labels(LkStore *store, int n_new, const LkCaseCode *existing,
                              size_t n_existing, GError **error);

/**
 * lk_store_list_copies:
 * Returns: (transfer full): GArray of LkStoreCopy known for @code (a case, or the
 * number of a blank copy), printed here or seen; empty if none
 */
G_GNUC_WARN_UNUSED_RESULT
GArray *lk_store_list_copies(LkStore *store, const LkCaseCode *code, GError **error);

/** LkStorePrefilledFunc: @answer lives during the call. */
typedef void (*LkStorePrefilledFunc)(const LkStorePrefilled *answer, void *data);

/**
 * lk_store_each_prefilled:
 * @id: printed code, form and copy; its page and layout are ignored
 *
 * Calls @each for every answer that was printed into that copy; for none if it was
 * printed empty, or by another office.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_each_prefilled(LkStore *store, const LkPageId *id,
                             LkStorePrefilledFunc each, void *data, GError **error);

/** Where a file comes from: paper printed here, or by another office and seen here. */
typedef enum { LK_ORIGIN_ISSUED, LK_ORIGIN_RECEIVED } LkOrigin;

typedef struct {
    LkCaseCode code;
    LkOrigin origin;
    char *created;  /* UTC */
    char *activity; /* latest of created, page filed, decision; UTC */
    char *forms;    /* codes of the forms present, "1.A,1.B"; "" if none */
    int n_pages;    /* pages that hold */
    int n_review;   /* what waits for a decision, see lk_store_each_wait() */
    int n_to_type;  /* combs to be typed */
    int n_alerts;   /* required fields left empty */
} LkStoreCase;

void lk_store_case_free(LkStoreCase *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkStoreCase, lk_store_case_free)

/**
 * lk_store_list_cases:
 * @only: (nullable): this one
 *
 * Returns: (transfer full): GPtrArray of LkStoreCase, latest activity first; with @only
 * and no such case NULL and LK_STORE_ERROR_UNKNOWN
 */
G_GNUC_WARN_UNUSED_RESULT
GPtrArray *lk_store_list_cases(LkStore *store, const LkCaseCode *only, GError **error);

/* --- Scans. ----------------------------------------------------------------------- */

typedef enum {
    LK_SCAN_PENDING, /* archived; not all pages filed yet */
    LK_SCAN_DONE,    /* every page filed */
    LK_SCAN_REJECTED /* nothing (more) can be had from it: see reason */
} LkScanState;

typedef struct {
    gint64 id;
    char hash[LK_HASH_LEN + 1];
    char *path; /* in the archive, sealed */
    gint64 size;
    LkScanState state;
    int n_pages;  /* of a done scan; else 0 */
    char *reason; /* of a rejected scan, stable English name; else NULL */
    bool is_lost; /* what was archived is gone or cut short, pages lend from it, and it
                   * was left as it is: see lk_store_scan_begin_anew() */
} LkStoreScan;

void lk_store_scan_clear(LkStoreScan *scan);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LkStoreScan, lk_store_scan_clear)

/**
 * lk_store_scan_begin:
 * @path: the file as the user named it; its name is not kept
 * @scan: (out): zeroed by the caller or cleared; id, archived file and state
 *
 * Seals the file into the archive while hashing it (temporary file, fsync, rename,
 * fsync of the folder), then writes its row. A file that is there already is used as
 * it is, and its row tells how far it came: call this again after any interruption.
 *
 * Returns: true if @scan was written; LK_STORE_ERROR_FILE if @path cannot be read,
 * LK_STORE_ERROR_UNPROTECTED if the office has no keys
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_scan_begin(LkStore *store, const char *path, LkStoreScan *scan,
                         GError **error);

/** lk_store_scan_begin_fd: the same of the file open as @fd, wherever that stands;
 * @path: for messages. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_scan_begin_fd(LkStore *store, int fd, const char *path, LkStoreScan *scan,
                            GError **error);

/**
 * lk_store_scan_begin_anew: the same of a scan that is_lost. Sealed again it has other
 * keys, and pages that were filed would not open any more: so give each of those that
 * lk_store_pages_that_lend() names its own file first, lk_store_renew_page_file().
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_scan_begin_anew(LkStore *store, int fd, const char *path,
                              LkStoreScan *scan, GError **error);

/** lk_store_scan_done: all @n_pages are filed. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_scan_done(LkStore *store, gint64 scan, int n_pages, GError **error);

/**
 * lk_store_scan_reject:
 * @reason: stable English name ("encrypted"), never a path
 *
 * Pages filed before stay filed. lk_store_scan_begin() of the same file gives this
 * state again; a caller that knows better may file pages and call
 * lk_store_scan_done().
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_scan_reject(LkStore *store, gint64 scan, const char *reason,
                          GError **error);

/* --- Filing a page. --------------------------------------------------------------- */

typedef enum {
    LK_PAGE_READ,      /* every mark certain */
    LK_PAGE_REVIEW,    /* filed; something waits for a person */
    LK_PAGE_DUPLICATE, /* the same page with the same ink was filed before */
    LK_PAGE_UNKNOWN,   /* not one of our pages, or identity lost */
    LK_PAGE_BLANK,     /* empty sheet or back */
    LK_PAGE_ERROR      /* could not be decoded, or its boxes cannot be believed */
} LkPageStatus;

/** lk_page_status_name: "read", "review"… as in `ingest --json` and the database. */
const char *lk_page_status_name(LkPageStatus status);

typedef enum {
    LK_KNOWN_NOT,      /* no identity */
    LK_KNOWN_BY_QR,    /* a code printed on the page */
    LK_KNOWN_BY_PRINT, /* printed case code; to be confirmed */
    LK_KNOWN_BY_LABEL, /* blank copy with a sticker */
    LK_KNOWN_BY_PERSON
} LkKnownBy;

typedef enum {
    LK_VALUE_OK,     /* certain; a NULL value is certainly nothing */
    LK_VALUE_REVIEW, /* marks a person must decide; value is the best guess or NULL */
    LK_VALUE_TO_TYPE /* a comb with writing in it, to be typed; value NULL */
} LkValueStatus;

typedef enum {
    LK_SOURCE_MARK, /* boxes: check, choice, multi, scale */
    LK_SOURCE_COMB, /* date, digits, code */
    LK_SOURCE_TEXT, /* text, lines, signature: only whether there is ink */
    LK_SOURCE_PERSON
} LkSource;

const char *lk_source_name(LkSource source); /* "mark", "comb", "text", "person" */

/** What the paper said in one field (of one row of a table). */
typedef struct {
    const char *field;
    int row;             /* from 1; 0 outside tables */
    const char *value;   /* choice, scale: the option; check: "oui"; multi: the marked
                          * options, printed order, joined by ","; nothing marked: NULL;
                          * combs: only if `printed`; text: NULL */
    const char *options; /* MARK: JSON object, {"f":true,"m":false}; else NULL */
    LkValueStatus status;
    double confidence; /* 0..1, of the least certain box */
    LkSource source;   /* not PERSON */
    bool written;      /* COMB, TEXT: there is ink */
    bool personal;     /* pii or sensitive in the template: never exported */
    bool printed;      /* COMB: value is what we printed there, and nobody changed */
} LkStoreReading;

/** Something about a page that waits for a person; uncertain marks and combs to type
 * need none, they follow from the readings. */
typedef enum {
    LK_WAIT_REQUIRED, /* a required field is empty: an alert, not a rejection */
    LK_WAIT_IDENTITY, /* identity to be confirmed: until then every value is REVIEW */
    LK_WAIT_NO_CASE,  /* blank copy without a case code */
    LK_WAIT_CONFLICT, /* same printed page as `other`, different ink */
    LK_WAIT_REFUSED,  /* identified, but its boxes cannot be believed */
    /* These follow, and cannot be filed: */
    LK_WAIT_MARK,         /* field with status REVIEW */
    LK_WAIT_TYPE,         /* field with status TO_TYPE */
    LK_WAIT_CONTRADICTION /* two forms of the file disagree about one fact */
} LkWaitKind;

const char *lk_wait_kind_name(LkWaitKind kind); /* "required", "identity"… */

typedef struct {
    LkWaitKind kind;
    const char *field; /* NULL: the whole page */
    int row;
} LkStoreItem;

/** Who says something about a page that was filed. */
typedef struct {
    gint64 page;
    const char *who; /* code or login of the person, not a name */
    const char *why; /* kept sealed; or NULL */
} LkPageSaid;

/** A page as a file of its own, in clear. */
typedef struct {
    GBytes *own;           /* (nullable): what does not lie in the scan */
    const LkPiece *pieces; /* in order; NULL: the page is all of own */
    size_t n_pieces;
    int scan_fd; /* the scan that pieces are of, as it was archived */
} LkStoreCut;

/** A page to be filed. */
typedef struct {
    const LkPageSaid *told; /* a person says that the page told->page, filed before, is
                             * this one; or NULL. Filed with it in one transaction */
    int index;              /* in the scan, from 0 */
    const LkStoreCut
        *cut; /* kept sealed for who may see the file it goes to; or NULL */
    LkPageStatus status;
    LkKnownBy known_by;
    LkPageId id;          /* as printed on the page; zeros if known_by is NOT */
    LkCaseCode case_code; /* the file it goes to: id.case_code, or a label's; "" none */
    bool holds;   /* its readings are the file's values. One page a (case, form, copy,
                   * page) may hold: duplicates and conflicts do not, nor pages without
                   * a case. A page whose identity waits to be confirmed may. */
    gint64 other; /* DUPLICATE, conflict: the page filed before; else 0 */
    const char *reasons; /* stable English names, joined by ","; "" none */
    const char *quality; /* JSON object, or NULL */
    GBytes *evidence;    /* boxes and inks, to be compared with later pages; opaque
                          * here; or NULL */
    int duration_ms;
    const LkStoreReading *readings;
    size_t n_readings;
    const LkStoreItem *items;
    size_t n_items;
} LkStorePage;

typedef struct {
    gint64 page;         /* its id */
    LkPageStatus status; /* as filed */
    bool contradiction;  /* its values disagree with another form of the same file: READ
                          * became REVIEW and "contradiction" was added to the reasons */
} LkFiled;

/**
 * lk_store_file_page:
 * @scan: LkStoreScan.id
 * @page: if it has readings, its layout is known (lk_store_put_layout())
 * @filed: (out): untouched on error
 *
 * One transaction: the page, its readings, what waits; a case or copy never seen here
 * is registered as received. When this returns true, it is on the disk.
 *
 * Returns: true if filed. LK_STORE_ERROR_FILED: (@scan, index) was filed before, go on;
 * or the page that @page.told names was settled before.
 * LK_STORE_ERROR_TAKEN: @page.holds, but another page came in between: look again with
 * lk_store_find_same() and judge.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_file_page(LkStore *store, gint64 scan, const LkStorePage *page,
                        LkFiled *filed, GError **error);

/** A page as it was filed. */
typedef struct {
    gint64 page;
    gint64 scan;
    int index;
    LkPageStatus status;
    LkKnownBy known_by;
    LkPageId id;
    LkCaseCode case_code;
    bool holds;
    gint64 other;
    char *reasons;
    char *filed_at;   /* UTC */
    GBytes *evidence; /* only from lk_store_find_same(); else NULL */
} LkPageRecord;

void lk_page_record_free(LkPageRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkPageRecord, lk_page_record_free)

/**
 * lk_store_scan_pages:
 * Returns: (transfer full): GPtrArray of LkPageRecord, pages of @scan filed so far, by
 * index; there may be gaps
 */
G_GNUC_WARN_UNUSED_RESULT
GPtrArray *lk_store_scan_pages(LkStore *store, gint64 scan, GError **error);

/**
 * lk_store_find_same:
 * @id: form, copy and page of a page about to be filed, its printed code
 * @case_code: (nullable): the file it goes to, if it has one
 *
 * Earlier pages with the same identity, duplicates left out: with a case, those filed
 * under it; without, those with the same printed code that have no case either.
 *
 * Returns: (transfer full): GPtrArray of LkPageRecord with evidence, the one that holds
 * first, then oldest first; empty if none
 */
G_GNUC_WARN_UNUSED_RESULT
GPtrArray *lk_store_find_same(LkStore *store, const LkPageId *id,
                              const LkCaseCode *case_code, GError **error);

/**
 * lk_store_blank_cases:
 * @id: printed number, form and copy of a blank copy; its page is ignored
 *
 * Returns: (transfer full): GArray of LkCaseCode, the files under which pages of that
 * copy are filed; two or more if the blank was photocopied
 */
G_GNUC_WARN_UNUSED_RESULT
GArray *lk_store_blank_cases(LkStore *store, const LkPageId *id, GError **error);

/**
 * lk_store_case_pages:
 * Returns: (transfer full): GPtrArray of LkPageRecord of @code, duplicates included, by
 * form, copy, page
 */
G_GNUC_WARN_UNUSED_RESULT
GPtrArray *lk_store_case_pages(LkStore *store, const LkCaseCode *code, GError **error);

/* --- What people decide about whole pages. ---------------------------------------- */

/** A page that waits for a person as a whole. */
typedef struct {
    LkPageRecord *record;
    bool unknown;    /* its identity is lost, or it is none of ours; else: */
    LkWaitKind kind; /* IDENTITY, NO_CASE, CONFLICT or REFUSED */
} LkOpenPage;

void lk_open_page_free(LkOpenPage *page);

/**
 * lk_store_open_pages:
 * Returns: (transfer full): GPtrArray of LkOpenPage, in the order they were filed
 */
G_GNUC_WARN_UNUSED_RESULT
GPtrArray *lk_store_open_pages(LkStore *store, GError **error);

/**
 * lk_store_load_page:
 * Returns: (transfer full): the page, or NULL with LK_STORE_ERROR_UNKNOWN
 */
G_GNUC_WARN_UNUSED_RESULT
LkPageRecord *lk_store_load_page(LkStore *store, gint64 page, GError **error);

/** Where the picture of a filed page is to be had. */
typedef struct {
    char *path;
    int index;      /* in the file at @path, from 0 */
    bool is_sealed; /* lk_unseal_to_memory() */
} LkStorePicture;

void lk_store_picture_clear(LkStorePicture *picture);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LkStorePicture, lk_store_picture_clear)

/**
 * lk_store_find_picture:
 * @picture: (out): the page's own file; or the scan it is a page of, if it has none:
 *   it could not be decoded, or the office is not protected (wholly) yet
 *
 * Returns: true; LK_STORE_ERROR_UNKNOWN if there is no such page
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_find_picture(LkStore *store, gint64 page, LkStorePicture *picture,
                           GError **error);

/**
 * lk_store_page_quality:
 * Returns: (transfer full) (nullable): what was measured of the page when it was filed,
 * LkStorePage.quality; NULL with LK_STORE_ERROR_UNKNOWN, or without an error if nothing
 * was
 */
char *lk_store_page_quality(LkStore *store, gint64 page, GError **error);

/**
 * lk_store_add_page_file:
 * @index: page of @scan, from 0, filed before without a file of its own
 * @cut: as LkStorePage.cut
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_add_page_file(LkStore *store, gint64 scan, int index,
                            const LkStoreCut *cut, GError **error);

/**
 * lk_store_pages_that_lend:
 * Returns: (transfer full): GArray of int, indexes of pages of @scan whose files do not
 * say all that the page is, but where it lies in the archived scan; or that have lost
 * their file
 */
G_GNUC_WARN_UNUSED_RESULT
GArray *lk_store_pages_that_lend(LkStore *store, gint64 scan, GError **error);

/**
 * lk_store_renew_page_file: writes the file of a page anew, for who it is sealed to
 * now.
 * @index: page of @scan that has a file, or had one
 * @cut: as LkStorePage.cut; all of it is written: own
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_renew_page_file(LkStore *store, gint64 scan, int index,
                              const LkStoreCut *cut, GError **error);

/* --- An office that was not protected: see lk_protect() of the pipeline. -----------
 */

/** lk_store_unsealed_scans: (transfer full): GArray of gint64, ids of scans that lie in
 * clear, oldest first. */
G_GNUC_WARN_UNUSED_RESULT
GArray *lk_store_unsealed_scans(LkStore *store, GError **error);

/** lk_store_pages_without_file: (transfer full): GArray of int, indexes of filed pages
 * of @scan that have no file of their own. */
G_GNUC_WARN_UNUSED_RESULT
GArray *lk_store_pages_without_file(LkStore *store, gint64 scan, GError **error);

/** lk_store_scan_path: (transfer full): where @scan lies in the archive; or NULL. */
G_GNUC_WARN_UNUSED_RESULT
char *lk_store_scan_path(LkStore *store, gint64 scan, GError **error);

/**
 * lk_store_seal_scan:
 * Puts a sealed file in the place of the clear one, as lk_store_scan_begin() writes it;
 * again after an interruption.
 *
 * Returns: true; LK_STORE_ERROR_DAMAGED if the file is not what its name says, and then
 * it stays as it is
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_seal_scan(LkStore *store, gint64 scan, GError **error);

/** lk_store_seal_strays: archived files that no row names: an `ingest` was cut short.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_seal_strays(LkStore *store, GError **error);

/** lk_store_seal_readings: what personal fields say and stands in clear. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_seal_readings(LkStore *store, GError **error);

/** LkStoreEvidenceFunc: (transfer full): what to keep instead of @evidence of @page of
 * the layout; NULL: it stays. */
typedef GBytes *(*LkStoreEvidenceFunc)(const char *layout, int page, GBytes *evidence,
                                       void *data);

/** lk_store_each_evidence: for every page that has some. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_each_evidence(LkStore *store, LkStoreEvidenceFunc each, void *data,
                            GError **error);

/** lk_store_wipe: overwrites what the database has deleted, and its log. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_wipe(LkStore *store, GError **error);

typedef enum {
    LK_ACT_ASSIGN,  /* only by filing a page: LkStorePage.told */
    LK_ACT_ACCEPT,  /* it is what it was filed as, and counts: a page that holds its
                     * place makes way. Confirms an identity, decides a conflict */
    LK_ACT_DISMISS, /* it does not count: none of ours, or the wrong one of two */
    LK_ACT_UNDO     /* takes back the last of these */
} LkPageAct;

/**
 * lk_store_settle_page:
 * @act: not ASSIGN; UNDO of an assignment is lk_store_undo_page()
 *
 * One transaction with its journal line. The page's row stays as it was filed.
 *
 * Returns: true if written; LK_STORE_ERROR_UNKNOWN: no such page, nothing to accept or
 * to undo; LK_STORE_ERROR_FILED: it was settled before, undo that first;
 * LK_STORE_ERROR_TAKEN: undo, but another page has come into the place;
 * LK_STORE_ERROR_LOCKED: undo of an assignment, which needs a session
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_settle_page(LkStore *store, const LkPageSaid *said, LkPageAct act,
                          GError **error);

/**
 * lk_store_undo_page: lk_store_settle_page() with LK_ACT_UNDO, for an assignment too:
 * the page's file is sealed again as it was before, for its former file or the
 * reception, and what was sealed of it for the file that it had been given to is
 * deleted.
 * @session: holds the key of the file that the page was given to; may be NULL where
 *   nothing was assigned (lk_store_page_is_assigned()), or before there are keys
 *
 * Returns: true if written; LK_STORE_ERROR_LOCKED: @session cannot open the page
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_undo_page(LkStore *store, LkSession *session, const LkPageSaid *said,
                        GError **error);

/** lk_store_page_is_assigned: @is: whether the last that somebody said of @page, and
 * did not undo, is whose it is. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_page_is_assigned(LkStore *store, gint64 page, bool *is, GError **error);

/* --- Values: readings with what people decided laid over them. -------------------- */

typedef struct {
    gint64 page; /* id of the page it stands on */
    LkCaseCode code;
    char form[4];
    char layout[LK_SERIAL_LEN + 1];
    char copy[LK_SERIAL_LEN + 1];
    int page_number;
    const char *field;
    int row;
    const char *value;   /* or NULL */
    const char *options; /* JSON object or NULL */
    LkValueStatus status;
    double confidence;
    LkSource source; /* PERSON if decided */
    bool written, personal;
    bool printed;       /* it only repeats what we printed on that copy */
    bool contradiction; /* another form of the file says otherwise; status is REVIEW */
} LkStoreValue;

/** LkStoreValueFunc: @value lives during the call; false stops. */
typedef bool (*LkStoreValueFunc)(const LkStoreValue *value, void *data);

/**
 * lk_store_each_value:
 * @only: (nullable): this case only
 *
 * Calls @each for every value of every page that holds, by case, form, copy, page and
 * order on paper; memory does not grow with the number of files.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_each_value(LkStore *store, const LkCaseCode *only, LkStoreValueFunc each,
                         void *data, GError **error);

/** What waits for a person. */
typedef struct {
    LkWaitKind kind;
    gint64 page;
    LkCaseCode code; /* "" if the page has no case */
    char form[4];
    char layout[LK_SERIAL_LEN + 1];
    char copy[LK_SERIAL_LEN + 1];
    int page_number;
    const char *field; /* NULL: the whole page */
    int row;
} LkStoreWait;

typedef bool (*LkStoreWaitFunc)(const LkStoreWait *wait, void *data);

/**
 * lk_store_each_wait:
 * @only: (nullable): this case only; NULL: all, pages without a case last
 *
 * Calls @each for everything that waits, by case, form, copy, page.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_each_wait(LkStore *store, const LkCaseCode *only, LkStoreWaitFunc each,
                        void *data, GError **error);

/* --- Decisions. ------------------------------------------------------------------- */

typedef struct {
    gint64 page; /* LkStoreValue.page */
    const char *field;
    int row;
    const char *value;   /* NULL: certainly nothing. Checked by the caller */
    const char *options; /* MARK: JSON object that agrees with @value; else NULL */
    bool undo;           /* back to what the paper said; value and options NULL */
    const char *who;     /* code or login of the person, not a name */
    const char *why;     /* kept sealed; or NULL */
} LkDecision;

/**
 * lk_store_decide:
 *
 * Adds a decision about one field, in one transaction with its journal line. Earlier
 * decisions stay; the last one counts. Of a personal box the value is sealed, as by
 * lk_store_decide_sealed().
 *
 * Returns: true if written; LK_STORE_ERROR_UNKNOWN if the page has no such field,
 * LK_STORE_ERROR_PERSONAL if the field names people
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_decide(LkStore *store, const LkDecision *decision, GError **error);

/**
 * lk_store_reason:
 *
 * Returns: (transfer full): why @decision was made, empty if nobody said;
 * LK_STORE_ERROR_LOCKED if @session does not hold the file's key,
 * LK_STORE_ERROR_DAMAGED
 */
G_GNUC_WARN_UNUSED_RESULT
LkSecret *lk_store_reason(LkSession *session, gint64 decision, GError **error);

/** lk_store_seal_decisions: what an older program keeps in clear of decisions about
 * personal boxes. Opening an office that has keys does it once. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_seal_decisions(LkStore *store, GError **error);

/** lk_store_seal_reasons: the reasons that an older office keeps in clear. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_seal_reasons(LkStore *store, GError **error);

/**
 * lk_store_decide_sealed: the same for free text, and for a comb or box that is
 * personal.
 *
 * The value is sealed to the case file; needs no secret. The decision itself says only
 * that something was typed: the field's current value is NULL, its source a person.
 *
 * Returns: true if written; LK_STORE_ERROR_UNPROTECTED, LK_STORE_ERROR_UNKNOWN if the
 * page has no such field or no case, LK_STORE_ERROR_REFUSED if the file is masked
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_decide_sealed(LkStore *store, const LkDecision *decision, GError **error);

/** A value that a person typed in a field that may name somebody. */
typedef struct {
    gint64 page;
    char form[4];
    char copy[LK_SERIAL_LEN + 1];
    int page_number;
    const char *field;
    int row;
    const char *value;
} LkTyped;

/** LkTypedFunc: @typed lives during the call, its value in locked memory. */
typedef void (*LkTypedFunc)(const LkTyped *typed, void *data);

/**
 * lk_store_each_typed:
 *
 * Calls @each for what was typed on the pages of @code that hold, by form, copy, page
 * and order on paper. Journalled before.
 *
 * Returns: true; LK_STORE_ERROR_LOCKED, LK_STORE_ERROR_DAMAGED
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_each_typed(LkSession *session, const LkCaseCode *code, LkTypedFunc each,
                         void *data, GError **error);

/* --- Journal. --------------------------------------------------------------------- */

typedef struct {
    gint64 seq; /* from 1 */
    const char *at, *what, *detail;
    /* Login of who had unlocked; "~LOGIN": nobody had, $LAKANA_USER or the system says
     * so; NULL: not known, in lines of older programs. */
    const char *who;
    const char *hash;
} LkJournalLine;

/**
 * lk_store_note: one line of the journal about what is not written otherwise: something
 * is shown or leaves the office. To be called before that happens.
 * @what: "export"…; without line feeds
 * @detail: JSON object; codes and numbers only
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_note(LkStore *store, const char *what, const char *detail,
                   GError **error);

/**
 * lk_store_acts_as: who says to be @login, and has not unlocked, acts from now on:
 * lines of the journal carry "~" and @login.
 * @login: (nullable): lk_login_is_valid(); NULL: $LAKANA_USER or the system says who
 */
void lk_store_acts_as(LkStore *store, const char *login);

typedef bool (*LkJournalFunc)(const LkJournalLine *line, void *data);

/**
 * lk_store_journal_check:
 * @each: (nullable): called for every line that is whole, oldest first
 *
 * Follows the chain: each line's hash is the BLAKE2b-256 of the previous hash and of
 * the line itself, who included.
 *
 * Returns: true if no line was altered, removed or slipped in; else
 * LK_STORE_ERROR_DAMAGED, with the number of the first line that does not fit
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_store_journal_check(LkStore *store, LkJournalFunc each, void *data,
                            GError **error);

G_END_DECLS

#include "store/backup.h"
#include "store/carry.h" /* and bundle.h, partner.h, courier.h */
#include "store/decide.h"
#include "store/keying.h"
#include "store/parcel.h"
#include "store/tasks.h"

#endif
