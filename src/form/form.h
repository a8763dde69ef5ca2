/* form.h - forms as data: template YAML -> LkForm -> LkLayout.
 *
 * A form says what it holds; a layout says where everything is. The layout is computed
 * once, here, and used by `render` (where to draw) and `read` (where to look): nobody
 * else knows where a box is. All positions in the page frame (mm, origin top left,
 * y down). */
#ifndef LK_FORM_H
#define LK_FORM_H

#include "base/base.h"

G_BEGIN_DECLS

#define LK_FORM_ERROR (lk_form_error_quark())

typedef enum {
    LK_FORM_ERROR_TEMPLATE, /* message begins file:line:column */
    LK_FORM_ERROR_FONT,     /* font missing, or not the pinned one */
    LK_FORM_ERROR_UNKNOWN,  /* no form with that code */
    LK_FORM_ERROR_LAYOUT    /* a stored layout that cannot be parsed */
} LkFormError;

GQuark lk_form_error_quark(void);

/* --- What a form holds. ----------------------------------------------------------- */

typedef enum {
    LK_FIELD_CHECK,  /* one box */
    LK_FIELD_CHOICE, /* one box of a list */
    LK_FIELD_MULTI,  /* any boxes of a list */
    LK_FIELD_DATE,   /* comb of 8: DDMMYYYY */
    LK_FIELD_DIGITS, /* comb of `length` digits */
    LK_FIELD_CODE,   /* comb of `length` characters */
    LK_FIELD_TEXT,   /* one line of writing */
    LK_FIELD_LINES,  /* `lines` lines of writing */
    LK_FIELD_SIGNATURE,
    LK_FIELD_TABLE, /* columns x rows */
    LK_FIELD_SCALE  /* scale_min..scale_max, one box each */
} LkFieldType;

/** lk_field_type_name: "check", "choice"… as in the templates. */
const char *lk_field_type_name(LkFieldType type);

typedef enum {
    LK_ARRANGE_PLAIN,
    LK_ARRANGE_LISTE_DOUBLE, /* one printed list, two boxes a line, with paired_with */
    LK_ARRANGE_MATRICE_2COL  /* the table's rows stand in two columns */
} LkArrange;

typedef struct {
    char *value;      /* stored */
    char *label;      /* printed */
    char *number;     /* printed before the label ("05"), or NULL */
    char *cpims;      /* Primero value, or NULL */
    const char *file; /* where it stands, interned: the template or lookups.yaml */
    int line, column; /* from 1 */
} LkOption;

typedef struct {
    char *id;
    char *label;
    LkFieldType type;
    bool required;
    char *required_if;                       /* "field=value", or NULL */
    bool pii;                                /* names a person */
    bool sensitive;                          /* free text that may identify */
    char *cpims, *cpims_origin, *cpims_type; /* or NULL */
    char *lookup, *lookup_ref;               /* or NULL */
    GPtrArray *options;    /* LkOption, printed order; empty if none */
    int length;            /* digits, code: cells */
    int lines;             /* lines: ruled lines */
    int rows, row_height;  /* table: rows, lines a row */
    GPtrArray *row_labels; /* char*, empty if the rows are free */
    GPtrArray *columns;    /* LkField, empty unless a table */
    int scale_min, scale_max;
    bool dense; /* table: low rows; alone in its section, it prints its label in the
                 * section's band */
    LkArrange arrange;
    char *paired_with; /* liste_double: id of the twin field, or NULL */
    bool faces;        /* scale of five: a drawn face beside each box */
    bool heads_scale;  /* first of a run of scales with the same words: they stand over
                          it */
    char *hint;        /* small text printed with the question, or NULL */
    bool full_width;   /* stands in a row of its own */
    bool new_row;      /* begins a row */
    bool preprinted;   /* comb that we fill with the case code */
    int line, column;  /* where it stands in the template, from 1 */
} LkField;

typedef struct {
    char *title;
    bool page_break;   /* starts on a new page */
    bool separable;    /* a page to be detached and filed apart */
    bool stub;         /* cut off along a line and given away; ends its page */
    char *note;        /* printed under the title, or NULL */
    char *page_title;  /* at the head of its pages instead of the form's, or NULL */
    GPtrArray *fields; /* LkField */
    int line, column;  /* of the title, from 1 */
} LkSection;

/** Page furniture, from pages.yaml; one printed text each, in the form's language.
 * Words in braces are replaced: see the comments in that file. */
typedef struct {
    char *authority, *page, *case_label, *how_to_mark, *required;
    char *separable, *code_in_qr, *cut, *filled_by, *when, *continued;
    char *day, *month, *year;
    char *principal, *secondary, *double_list;
} LkPageTexts;

/** Who fills a form in: children get larger type. */
typedef enum { LK_AUDIENCE_ADULT, LK_AUDIENCE_CHILD } LkAudience;

typedef struct {
    char *file; /* template it came from */
    char *code; /* "1.B" */
    char *id;   /* "1b-enregistrement" */
    char *title;
    char *stage, *kind, *filled_by, *when, *usage;
    bool repeatable;
    int pages_hint;
    LkAudience audience;
    bool compact;             /* less white, so that it takes no page more */
    GPtrArray *sections;      /* LkSection */
    int line, column;         /* of the title, from 1 */
    const LkPageTexts *texts; /* of the set; lives as long as it */
} LkForm;

typedef struct LkFormSet LkFormSet;

/**
 * lk_form_set_load:
 * @dir: folder with the templates, lookups.yaml and pages.yaml; NULL: the program's own
 * @problems: (out) (optional) (transfer full): GPtrArray of char*, every problem found,
 *   "file:line:column: what and what to do", in the order of the files
 *
 * Returns: (transfer full): the forms in the order of their codes, or NULL with the
 * first problem if there is any.
 */
G_GNUC_WARN_UNUSED_RESULT
LkFormSet *lk_form_set_load(const char *dir, GPtrArray **problems, GError **error);
void lk_form_set_free(LkFormSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkFormSet, lk_form_set_free)

/**
 * lk_form_set_load_files:
 * @files: templates, NULL-terminated; lookups.yaml and pages.yaml are taken from the
 *   folder of each, or else from the program's own
 *
 * As lk_form_set_load(), for a few files that somebody is working on.
 */
G_GNUC_WARN_UNUSED_RESULT
LkFormSet *lk_form_set_load_files(const char *const *files, GPtrArray **problems,
                                  GError **error);

/** lk_form_set_list: (transfer none): GPtrArray of LkForm, by code. */
const GPtrArray *lk_form_set_list(const LkFormSet *set);
/** lk_form_set_lookup: (transfer none): the form with @code ("1.B"), or NULL. */
const LkForm *lk_form_set_lookup(const LkFormSet *set, const char *code);

/** lk_form_set_bundle: (transfer none) (nullable): codes of the forms that sets.yaml
 * names @name ("ouverture"); GPtrArray of char*, printed order. */
const GPtrArray *lk_form_set_bundle(const LkFormSet *set, const char *name);
/** lk_form_set_bundle_names: (transfer container): GPtrArray of char*, sorted. */
GPtrArray *lk_form_set_bundle_names(const LkFormSet *set);

/* --- Fonts. ------------------------------------------------------------------------
 */

typedef enum { LK_FACE_REGULAR, LK_FACE_BOLD, LK_N_FACES } LkFace;

/** Widths are remembered as they are asked for: one thread at a time. */
typedef struct LkFonts LkFonts;

/** lk_fonts_load: the pinned fonts of fonts/; a file that differs is an error. */
G_GNUC_WARN_UNUSED_RESULT
LkFonts *lk_fonts_load(GError **error);
void lk_fonts_free(LkFonts *fonts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkFonts, lk_fonts_free)
/** lk_fonts_path: (transfer none): the verified TrueType file of @face. */
const char *lk_fonts_path(const LkFonts *fonts, LkFace face);
/** lk_fonts_width: advance width of @text in mm at @size_pt, without kerning. */
double lk_fonts_width(const LkFonts *fonts, LkFace face, double size_pt,
                      const char *text);
/** lk_fonts_missing: first character of @text without a glyph, or 0. */
gunichar lk_fonts_missing(const LkFonts *fonts, LkFace face, const char *text);

/** lk_typeset: (transfer full): @text with no-break spaces and apostrophes as French
 * prints them; what is already typeset stays as it is. */
char *lk_typeset(const char *text);

/** LkFontDot: a pixel that a letter touches, from the start of its baseline, y down;
 * @cover: 1 hardly .. 255 fully. */
typedef void (*LkFontDot)(int x, int y, uint8_t cover, void *data);

/** lk_fonts_draw: @text as pixels, @size_px the em; for the screen, never for print.
 * Characters without a glyph are left out. */
void lk_fonts_draw(const LkFonts *fonts, LkFace face, int size_px, const char *text,
                   LkFontDot dot, void *data);

/* --- Where everything is. ----------------------------------------------------------
 */

#define LK_PAGE_WIDTH_MM 210.0
#define LK_PAGE_HEIGHT_MM 297.0
#define LK_BOX_MM 4.0          /* outer size of a box */
#define LK_OUTLINE_MM 0.3      /* outline of boxes, drawn inside the outer size */
#define LK_CELL_OUTLINE_MM 0.2 /* outline of comb cells, drawn inside likewise */
#define LK_QR_MM 22.0
#define LK_QR_MODULES 29 /* version 3 */

/** A field as reader and store need it, without the template. Columns of a table are
 * fields of their own, named "table.column". */
typedef struct {
    char *name; /* "sexe", "besoins.delai" */
    char *label;
    char *section;
    LkFieldType type; /* never LK_FIELD_TABLE */
    bool required; /* in a table: in one row at least; its first column stands for it */
    char *required_if; /* or NULL */
    bool pii, sensitive, preprinted;
    char *cpims;        /* or NULL */
    GPtrArray *options; /* LkOption; check: one, value "oui"; scale: "1".."5" */
    int rows;           /* 0 outside tables */
    int length;         /* comb cells */
} LkLayoutField;

typedef struct {
    int field;      /* index into LkLayout.fields */
    int row;        /* from 1; 0 outside tables */
    int option;     /* index into the field's options */
    LkRect outline; /* outer edge of the printed outline */
} LkBox;

typedef struct {
    int field, row;
    int index; /* from 0 */
    LkRect outline;
} LkCell;

typedef struct {
    int field, row;
    int line;    /* from 0: a field of n lines has n areas */
    LkRect area; /* free of print */
} LkWriting;

typedef enum { LK_ALIGN_LEFT, LK_ALIGN_CENTER, LK_ALIGN_RIGHT } LkAlign;
typedef enum {
    LK_DRAW_TEXT,
    LK_DRAW_LINE,
    LK_DRAW_RECT,
    LK_DRAW_OVAL, /* inscribed in `rect` */
    LK_DRAW_CURVE /* cubic Bezier curve from `at` to `to`; filled: closed by a line */
} LkDrawKind;

/** Something drawn and never read. */
typedef struct {
    LkDrawKind kind;
    LkPoint at;     /* text: baseline at the alignment point; line, curve: start */
    LkPoint to;     /* line, curve: end */
    LkPoint via[2]; /* curve: control points */
    LkRect rect;    /* rect, oval; curve: holds all of it */
    char *text;
    LkFace face;
    double size_pt;
    LkAlign align;
    double width_mm; /* stroke of what is no text; 0 = no stroke */
    double dash_mm;  /* line: length of dashes and gaps; 0 = solid */
    double stroke;   /* grey of text and stroke: 0 black .. 1 white */
    double fill;     /* rect, oval, curve: grey; negative = none */
} LkDraw;

/** Text that differs from copy to copy, at a place that does not. */
typedef enum {
    LK_SLOT_CASE,     /* case code, grouped; on blank copies nothing */
    LK_SLOT_IDENTITY, /* "1.B 2/4 7KQX2 9F3TK": form, page, layout, copy */
    LK_SLOT_OFFICE,   /* name of the office */
    LK_N_SLOTS
} LkSlotKind;

typedef struct {
    LkSlotKind kind;
    LkPoint at;
    LkFace face;
    double size_pt;
    LkAlign align;
    LkRect area; /* where to look for it again: clear space around included */
} LkSlot;

typedef struct {
    int number;          /* from 1 */
    bool separable;      /* filed apart: carries names */
    bool hides_code;     /* separable, or given away: the case code stands in the QR
                          * codes only; false in a stored layout */
    char *title;         /* printed instead of the form's, or NULL */
    LkRect fiducials[4]; /* solid squares, clockwise from top left */
    LkRect qr[2];        /* top right, bottom left; without the quiet zone */
    LkRect label_area;   /* where a sticker with a QR code goes on a blank copy */
    GArray *boxes;       /* LkBox */
    GArray *cells;       /* LkCell */
    GArray *writing;     /* LkWriting */
    GArray *slots;       /* LkSlot */
    GArray *draws;       /* LkDraw, back to front; empty in a stored layout */
} LkLayoutPage;

typedef struct {
    char id[LK_SERIAL_LEN + 1]; /* identity: hash of the geometry */
    char *form;                 /* code */
    char *title;
    bool repeatable;
    GPtrArray *fields; /* LkLayoutField, printed order */
    GPtrArray *pages;  /* LkLayoutPage */
} LkLayout;

/**
 * lk_layout_new:
 * @form: a checked form
 *
 * Same form and fonts, same layout, on any machine.
 *
 * Returns: (transfer full): the layout, or NULL with LK_FORM_ERROR_TEMPLATE
 * (file:line:column) if something cannot fit or a glyph is missing
 */
G_GNUC_WARN_UNUSED_RESULT
LkLayout *lk_layout_new(const LkForm *form, const LkFonts *fonts, GError **error);
/**
 * lk_layout_check:
 * @problems: char*, as of lk_form_set_load(); what hinders a layout of @form is added
 *
 * Returns: true if nothing was added
 */
bool lk_layout_check(const LkForm *form, const LkFonts *fonts, GPtrArray *problems);
void lk_layout_free(LkLayout *layout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkLayout, lk_layout_free)

/** lk_layout_geometry: (transfer full): the JSON of `lakana geometry`. */
char *lk_layout_geometry(const LkLayout *layout);

/**
 * lk_layout_to_json, lk_layout_from_json: everything but `draws`, for the store and for
 * other offices: a form printed years ago is read by the boxes it was printed with.
 * The JSON is not trusted: identity, indexes and rectangles are checked.
 */
char *lk_layout_to_json(const LkLayout *layout);
G_GNUC_WARN_UNUSED_RESULT
LkLayout *lk_layout_from_json(const char *json, GError **error);

/* --- What is printed into a copy besides the form. ----------------------------------
 */

/** Answers printed into one copy: boxes as if marked by pen, characters in cells, text
 * on lines. By field name and table row, so that it says the same in any layout. */
typedef struct LkPrefill LkPrefill;

LkPrefill *lk_prefill_new(void);
void lk_prefill_free(LkPrefill *prefill);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkPrefill, lk_prefill_free)

/**
 * lk_prefill_set:
 * @row: from 1; 0 outside tables
 * @value: as values are stored: check "oui"; choice, scale an option; multi options
 *   joined by ","; date 2026-11-23; digits, code the characters; text, lines the words,
 *   a line each
 */
void lk_prefill_set(LkPrefill *prefill, const char *field, int row, const char *value);
/** lk_prefill_get: (transfer none) (nullable): what lk_prefill_set() was given. */
const char *lk_prefill_get(const LkPrefill *prefill, const char *field, int row);

/** lk_prefill_each: calls @each for every answer, by field and row. */
void lk_prefill_each(const LkPrefill *prefill,
                     void (*each)(const char *field, int row, const char *value,
                                  void *data),
                     void *data);

/* What is printed in one box, cell or line of @layout. @prefill may be NULL: nothing.
 */

/** lk_prefill_box: whether @box is printed as marked. */
bool lk_prefill_box(const LkPrefill *prefill, const LkLayout *layout, const LkBox *box);
/** lk_prefill_cell: the character in @cell, or '\0'. Digits stand to the right. */
char lk_prefill_cell(const LkPrefill *prefill, const LkLayout *layout,
                     const LkCell *cell);
/** lk_prefill_line: (transfer full) (nullable): the words on @line. */
char *lk_prefill_line(const LkPrefill *prefill, const LkLayout *layout,
                      const LkWriting *line);

/* --- The map of services: a list that an office keeps, as a table. -------------------
 */

/** What is said of one provider, all of it text, as it is printed. */
typedef enum {
    LK_SERVICE_CATEGORY, /* value in the list categories_services */
    LK_SERVICE_NAME,
    LK_SERVICE_KIND, /* value in the list types_structure, or none */
    LK_SERVICE_OFFER,
    LK_SERVICE_PLACE,
    LK_SERVICE_FOCAL, /* focal point */
    LK_SERVICE_CONTACT,
    LK_SERVICE_COVERAGE,
    LK_SERVICE_DURATION,
    LK_SERVICE_HOURS,
    LK_SERVICE_EMERGENCY, /* whom to call outside the hours */
    LK_SERVICE_PUBLIC,    /* whom it is for */
    LK_SERVICE_COST,
    LK_SERVICE_CONDITIONS,
    LK_N_SERVICE_TEXTS
} LkServiceText;

typedef struct {
    char *texts[LK_N_SERVICE_TEXTS]; /* or NULL */
} LkService;

typedef struct {
    char *place;         /* region, circle or commune, or NULL */
    GDate date;          /* last brought up to date; not valid: a blank map */
    bool is_emergency;   /* a zone in emergency: to be renewed every 3 months, not 6 */
    GPtrArray *services; /* LkService, in the order of the file */
    GPtrArray *categories; /* LkOption of categories_services */
    GPtrArray *kinds;      /* LkOption of types_structure */
    char *authority;       /* printed on top, from pages.yaml */
} LkServiceMap;

/**
 * lk_service_map_load:
 * @path: the YAML list; NULL: an empty one, to be filled in by hand
 * @problems: (out) (transfer full): GPtrArray of char*, "file:line:column: …". They
 * name keys, not what is written there
 *
 * Everything that could hinder printing is found here: characters without a glyph,
 * words wider than their column.
 *
 * Returns: (transfer full): the map, or NULL with an error, the first problem if there
 * is any
 */
G_GNUC_WARN_UNUSED_RESULT
LkServiceMap *lk_service_map_load(const char *path, const LkFonts *fonts,
                                  GPtrArray **problems, GError **error);
void lk_service_map_free(LkServiceMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkServiceMap, lk_service_map_free)

/** lk_service_map_renewal: the last day on which @map may still be used. */
GDate lk_service_map_renewal(const LkServiceMap *map);

/**
 * lk_service_map_layout:
 * @office: printed on each page; "": not printed
 * @is_expired: says so on every page
 *
 * Returns: (transfer full): pages with draws only: nothing on them is read again
 */
LkLayout *lk_service_map_layout(const LkServiceMap *map, const LkFonts *fonts,
                                const char *office, bool is_expired);

/** lk_layout_field: (transfer none): the field at @index. */
const LkLayoutField *lk_layout_field(const LkLayout *layout, int index);
/** lk_layout_field_index: of the field called @name, for lk_layout_field(); -1: none.
 */
int lk_layout_field_index(const LkLayout *layout, const char *name);
/** lk_layout_field_has_option: whether @value is one of its options'. */
bool lk_layout_field_has_option(const LkLayoutField *field, const char *value);
/** lk_layout_page: (transfer none): page @number (from 1), or NULL. */
const LkLayoutPage *lk_layout_page(const LkLayout *layout, int number);

G_END_DECLS

#endif
