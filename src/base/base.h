/* base.h - what every room may lean on: geometry, codes, page identities, places
 * of data files, time and language. Depends on GLib only. */
#ifndef LK_BASE_H
#define LK_BASE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

#define LK_BASE_ERROR (lk_base_error_quark())

typedef enum {
    LK_BASE_ERROR_CODE,    /* a case code that is malformed or fails its check digits */
    LK_BASE_ERROR_PAYLOAD, /* a QR payload that is not one of ours */
    LK_BASE_ERROR_DATA,    /* a data file of the program (template, font) is missing */
    LK_BASE_ERROR_RANDOM   /* the system's random source failed */
} LkBaseError;

GQuark lk_base_error_quark(void);

/* --- Geometry. Page frame: mm, origin top left, y down. Image frame: px, origin at
 * the outer corner of the top left pixel (pixel centres at .5), y down. ----------- */

typedef struct {
    double x, y;
} LkPoint;

typedef struct {
    double x, y, w, h; /* top left corner and size */
} LkRect;

/** lk_rect_inset: @rect pulled in by @by on each side (pushed out if negative). */
LkRect lk_rect_inset(LkRect rect, double by);
LkPoint lk_rect_center(LkRect rect);
/** lk_rect_overlaps: whether the open interiors of @a and @b meet. */
bool lk_rect_overlaps(LkRect a, LkRect b);
/** lk_rect_contains: whether @inner lies in @outer, borders included. */
bool lk_rect_contains(LkRect outer, LkRect inner);

/* --- Case codes. MOP-48219-07366-29: region, ten random digits, two check digits,
 * ISO/IEC 7064 MOD 97-10 over the fifteen characters in order, letters as 10..35 as
 * in IBAN (ISO 13616). ------------------------------------------------------------ */

#define LK_CASE_CODE_LEN 15

typedef struct {
    char text[LK_CASE_CODE_LEN + 1]; /* compact, without dashes; "" = none */
} LkCaseCode;

/**
 * lk_case_code_new:
 * @region: three capital letters (forms/lookups.yaml, regions_mali, abrev)
 * @code: (out): a new code; its digits come from the system's random source
 *
 * Uniqueness is the database's business.
 *
 * Returns: true if @code was written
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_case_code_new(const char *region, LkCaseCode *code, GError **error);

/**
 * lk_case_code_new_blank:
 * @code: (out): the number of a blank copy, "BLK" and twelve random digits
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_case_code_new_blank(LkCaseCode *code, GError **error);

/**
 * lk_case_code_parse:
 * @text: as written by a person: dashes, spaces and lower case are accepted
 * @code: (out): the compact form; untouched on error
 *
 * Returns: true if the check digits agree. Numbers of blank copies ("BLK…") carry no
 * check digits and are accepted as they are.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_case_code_parse(const char *text, LkCaseCode *code, GError **error);

/** lk_case_code_format: (transfer full): "MOP-48219-07366-29", for reading aloud. */
char *lk_case_code_format(const LkCaseCode *code);
bool lk_case_code_is_blank(const LkCaseCode *code);
bool lk_case_code_equal(const LkCaseCode *a, const LkCaseCode *b);

/**
 * lk_mod97: remainder modulo 97 of @text read as a number, letters as 10..35
 * (ISO/IEC 7064; any length). -1 if a character is neither a digit nor A-Z.
 */
int lk_mod97(const char *text);

/* --- Identity of a printed page, and its QR payload. ------------------------------ */

#define LK_SERIAL_LEN 5
#define LK_PAYLOAD_LEN 31

/** The 32 characters of serials and layout ids: no I, L, O or U. */
extern const char lk_serial_alphabet[33];

typedef struct {
    char form[4];                   /* "1.B", "LV" */
    int page;                       /* 1..9 */
    char layout[LK_SERIAL_LEN + 1]; /* layout identity */
    LkCaseCode case_code;           /* or the number of a blank copy */
    char copy[LK_SERIAL_LEN + 1];   /* serial of the copy */
} LkPageId;

/** lk_serial_new: five random characters of lk_serial_alphabet. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_serial_new(char serial[LK_SERIAL_LEN + 1], GError **error);
bool lk_serial_is_valid(const char *serial);

/**
 * lk_payload_write:
 * @id: every member set
 * @payload: (out): LK1, form (2), page (1), layout (5), case code (15), copy (5)
 */
void lk_payload_write(const LkPageId *id, char payload[LK_PAYLOAD_LEN + 1]);

/**
 * lk_payload_parse:
 * @payload: @len bytes from a decoder, not trusted, not terminated
 * @id: (out): untouched on error
 *
 * Returns: true if it is ours, of a format we know, and its case code is valid.
 */
G_GNUC_WARN_UNUSED_RESULT
bool lk_payload_parse(const char *payload, size_t len, LkPageId *id, GError **error);

/** The form code carried by a QR label (a sticker with a case code, no page). */
#define LK_LABEL_FORM "LB"

/* --- Surroundings. ---------------------------------------------------------------- */

/**
 * lk_data_path:
 * @name: "templates", "fonts", "locale"…
 *
 * Where the program's own files are: $LAKANA_DATA, else beside the executable (the
 * source tree when run from build/), else ../share/lakana from it.
 *
 * Returns: (transfer full): a path that exists, or NULL with LK_BASE_ERROR_DATA
 */
G_GNUC_WARN_UNUSED_RESULT
char *lk_data_path(const char *name, GError **error);

/**
 * lk_language_init: chooses French, or English if LC_ALL, LC_MESSAGES or LANG (first
 * one set) begins with "en", whatever locales the machine has; numbers stay in C form.
 */
void lk_language_init(void);

/** lk_language: "fr" or "en", as chosen. */
const char *lk_language(void);

/** Translation of a message: English in the source, French in po/fr.po. */
const char *lk_text(const char *msgid) G_GNUC_FORMAT(1);
const char *lk_ntext(const char *one, const char *many, unsigned long n)
    G_GNUC_FORMAT(1) G_GNUC_FORMAT(2);
#define _(msgid) lk_text(msgid)
#define N_(msgid) (msgid)
#define ngettext_(one, many, n) lk_ntext((one), (many), (n))

/**
 * lk_errno_text: what @number (an errno) means, in the user's language. The C library's
 * own words are translated on machines that have its catalogues only.
 */
const char *lk_errno_text(int number);

/** lk_error_text: (transfer none): the same of a G_FILE_ERROR; else @error's message.
 */
const char *lk_error_text(const GError *error);

/** lk_now: (transfer full): UTC, ISO 8601 with seconds: "2026-11-23T19:09:00Z". */
char *lk_now(void);

/* --- Texts that must not stay. ---------------------------------------------------- */

/** lk_wipe: overwrites @text, then frees it; NULL is nothing. */
void lk_wipe(char *text);

G_END_DECLS

#endif
