/* form.c - the life of forms, fields and options. */
#include "form/template.h"

#include <string.h>

G_DEFINE_QUARK(lk - form - error - quark, lk_form_error)

static const char *const type_names[] = {
    [LK_FIELD_CHECK] = "check",   [LK_FIELD_CHOICE] = "choice",
    [LK_FIELD_MULTI] = "multi",   [LK_FIELD_DATE] = "date",
    [LK_FIELD_DIGITS] = "digits", [LK_FIELD_CODE] = "code",
    [LK_FIELD_TEXT] = "text",     [LK_FIELD_LINES] = "lines",
    [LK_FIELD_TABLE] = "table",   [LK_FIELD_SIGNATURE] = "signature",
    [LK_FIELD_SCALE] = "scale",
};

const char *
lk_field_type_name(LkFieldType type)
{
    g_return_val_if_fail((size_t)type < G_N_ELEMENTS(type_names), "");
    return type_names[type];
}

bool
lk_field_type_parse(const char *name, LkFieldType *type)
{
    for (size_t i = 0; i < G_N_ELEMENTS(type_names); i++) {
        if (strcmp(type_names[i], name) == 0) {
            *type = (LkFieldType)i;
            return true;
        }
    }
    return false;
}

void
lk_option_free(LkOption *option)
{
    g_free(option->value);
    g_free(option->label);
    g_free(option->number);
    g_free(option->cpims);
    g_free(option);
}

LkOption *
lk_option_dup(const LkOption *option)
{
    LkOption *copy = g_new0(LkOption, 1);
    *copy = *option;
    copy->value = g_strdup(option->value);
    copy->label = g_strdup(option->label);
    copy->number = g_strdup(option->number);
    copy->cpims = g_strdup(option->cpims);
    return copy;
}

GPtrArray *
lk_options_dup(const GPtrArray *options)
{
    GPtrArray *copy = g_ptr_array_new_with_free_func((GDestroyNotify)lk_option_free);
    for (guint i = 0; options != NULL && i < options->len; i++) {
        g_ptr_array_add(copy, lk_option_dup(g_ptr_array_index(options, i)));
    }
    return copy;
}

bool
lk_same_options(const GPtrArray *a, const GPtrArray *b)
{
    if (a->len != b->len) {
        return false;
    }
    for (guint i = 0; i < a->len; i++) {
        const LkOption *x = g_ptr_array_index(a, i);
        const LkOption *y = g_ptr_array_index(b, i);
        if (strcmp(x->value, y->value) != 0 || strcmp(x->label, y->label) != 0) {
            return false;
        }
    }
    return true;
}

void
lk_field_free(LkField *field)
{
    char *texts[] = {field->id,         field->label,      field->required_if,
                     field->cpims,      field->cpims_type, field->cpims_origin,
                     field->lookup,     field->lookup_ref, field->hint,
                     field->paired_with};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_free(texts[i]);
    }
    g_ptr_array_unref(field->options);
    g_ptr_array_unref(field->row_labels);
    g_ptr_array_unref(field->columns);
    g_free(field);
}

LkField *
lk_field_new(void)
{
    LkField *field = g_new0(LkField, 1);
    field->options = lk_options_dup(NULL);
    field->row_labels = g_ptr_array_new_with_free_func(g_free);
    field->columns = g_ptr_array_new_with_free_func((GDestroyNotify)lk_field_free);
    return field;
}

static void
section_free(LkSection *section)
{
    g_free(section->title);
    g_free(section->note);
    g_free(section->page_title);
    g_ptr_array_unref(section->fields);
    g_free(section);
}

LkSection *
lk_section_new(void)
{
    LkSection *section = g_new0(LkSection, 1);
    section->fields = g_ptr_array_new_with_free_func((GDestroyNotify)lk_field_free);
    return section;
}

LkForm *
lk_form_new(void)
{
    LkForm *form = g_new0(LkForm, 1);
    form->sections = g_ptr_array_new_with_free_func((GDestroyNotify)section_free);
    return form;
}

void
lk_form_free(LkForm *form)
{
    if (form == NULL) {
        return;
    }
    char *texts[] = {form->file, form->code,      form->id,   form->title, form->stage,
                     form->kind, form->filled_by, form->when, form->usage};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_free(texts[i]);
    }
    g_ptr_array_unref(form->sections);
    g_free(form);
}
