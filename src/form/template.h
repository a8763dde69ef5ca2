/* template.h - from a YAML tree to a form, with every mistake named; private to the
 * room and its tests. */
#ifndef LK_FORM_TEMPLATE_H
#define LK_FORM_TEMPLATE_H

#include "form/node.h"

G_BEGIN_DECLS

/** What reading one file needs. */
typedef struct {
    const char *file;          /* how messages call it */
    GPtrArray *problems;       /* char* */
    const GHashTable *lookups; /* name -> GPtrArray of LkOption; NULL in lookups.yaml */
} LkSource;

/** lk_problem_add: "file:line:column: …" */
void lk_problem_add(GPtrArray *problems, const char *file, int line, int column,
                    const char *format, ...) G_GNUC_PRINTF(5, 6);

/**
 * lk_template_form, lk_template_lookups, lk_template_texts:
 *
 * Mistakes go to the problems, and whatever could be understood is returned.
 * Returns: (transfer full): never NULL
 */
LkForm *lk_template_form(const LkSource *reading, const LkNode *root);
GHashTable *lk_template_lookups(const LkSource *reading, const LkNode *root);
LkPageTexts *lk_template_texts(const LkSource *reading, const LkNode *root);

/** lk_template_sets: (transfer full): name -> GPtrArray of char*, codes of @forms; a
 * code that is none of them is a problem. */
GHashTable *lk_template_sets(const LkSource *source, const LkNode *root,
                             const LkFormSet *forms);

/**
 * lk_template_strings: the texts of a map that holds nothing else, or is read further
 * by the caller
 * @keys: what it may hold; name NULL at the end
 * @what: names it in messages ("this list")
 * @texts: (out): as many as @keys, one line each, owned by the caller; NULL where there
 *   is none, or it is no good, or it is read later
 *
 * Returns: false if @map is no map
 */
typedef struct {
    const char *name;
    bool needed;
    bool later; /* read by the caller: anything is allowed */
} LkStringKey;
bool lk_template_strings(const LkSource *source, const LkNode *map,
                         const LkStringKey *keys, const char *what, char **texts);

LkForm *lk_form_new(void);
LkSection *lk_section_new(void);
LkField *lk_field_new(void);
void lk_field_free(LkField *field);
G_GNUC_WARN_UNUSED_RESULT
bool lk_field_type_parse(const char *name, LkFieldType *type);
void lk_form_free(LkForm *form);
void lk_page_texts_free(LkPageTexts *texts);
void lk_option_free(LkOption *option);
LkOption *lk_option_dup(const LkOption *option);
/** lk_same_options: whether values and labels agree, in order. */
bool lk_same_options(const GPtrArray *a, const GPtrArray *b);
GPtrArray *lk_options_dup(const GPtrArray *options);

G_END_DECLS

#endif
