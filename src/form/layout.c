/* layout.c - a form laid out: its fields as readers need them, its pages, its name. */
#include "form/plan.h"

#include <string.h>

/* --- Life. -------------------------------------------------------------------------
 */

static void
draw_clear(LkDraw *draw)
{
    g_free(draw->text);
}

LkLayoutPage *
lk_page_new(int number)
{
    LkLayoutPage *page = g_new0(LkLayoutPage, 1);
    page->number = number;
    page->boxes = g_array_new(FALSE, FALSE, sizeof(LkBox));
    page->cells = g_array_new(FALSE, FALSE, sizeof(LkCell));
    page->writing = g_array_new(FALSE, FALSE, sizeof(LkWriting));
    page->slots = g_array_new(FALSE, FALSE, sizeof(LkSlot));
    page->draws = g_array_new(FALSE, FALSE, sizeof(LkDraw));
    g_array_set_clear_func(page->draws, (GDestroyNotify)draw_clear);
    return page;
}

static void
page_free(LkLayoutPage *page)
{
    g_free(page->title);
    g_array_unref(page->boxes);
    g_array_unref(page->cells);
    g_array_unref(page->writing);
    g_array_unref(page->slots);
    g_array_unref(page->draws);
    g_free(page);
}

static void
layout_field_free(LkLayoutField *field)
{
    g_free(field->name);
    g_free(field->label);
    g_free(field->section);
    g_free(field->required_if);
    g_free(field->cpims);
    g_ptr_array_unref(field->options);
    g_free(field);
}

LkLayoutField *
lk_layout_field_alloc(void)
{
    LkLayoutField *field = g_new0(LkLayoutField, 1);
    field->options = lk_options_dup(NULL);
    return field;
}

LkLayout *
lk_layout_alloc(void)
{
    LkLayout *layout = g_new0(LkLayout, 1);
    layout->fields = g_ptr_array_new_with_free_func((GDestroyNotify)layout_field_free);
    layout->pages = g_ptr_array_new_with_free_func((GDestroyNotify)page_free);
    return layout;
}

void
lk_layout_free(LkLayout *layout)
{
    if (layout == NULL) {
        return;
    }
    g_free(layout->form);
    g_free(layout->title);
    g_ptr_array_unref(layout->fields);
    g_ptr_array_unref(layout->pages);
    g_free(layout);
}

const LkLayoutField *
lk_layout_field(const LkLayout *layout, int index)
{
    g_return_val_if_fail(index >= 0 && (guint)index < layout->fields->len, NULL);
    return g_ptr_array_index(layout->fields, (guint)index);
}

int
lk_layout_field_index(const LkLayout *layout, const char *name)
{
    for (guint i = 0; i < layout->fields->len; i++) {
        if (strcmp(lk_layout_field(layout, (int)i)->name, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

bool
lk_layout_field_has_option(const LkLayoutField *field, const char *value)
{
    for (guint i = 0; i < field->options->len; i++) {
        const LkOption *option = g_ptr_array_index(field->options, i);
        if (strcmp(option->value, value) == 0) {
            return true;
        }
    }
    return false;
}

const LkLayoutPage *
lk_layout_page(const LkLayout *layout, int number)
{
    return number >= 1 && (guint)number <= layout->pages->len
               ? g_ptr_array_index(layout->pages, (guint)number - 1)
               : NULL;
}

/* --- Fields. -----------------------------------------------------------------------
 */

static GPtrArray *
options_of(const LkField *field)
{
    GPtrArray *options = lk_options_dup(field->options);
    if (field->type == LK_FIELD_CHECK) {
        LkOption *yes = g_new0(LkOption, 1);
        yes->value = g_strdup("oui");
        yes->label = g_strdup(field->label);
        g_ptr_array_add(options, yes);
    }
    return options;
}

static void
add_field(LkPlan *plan, const LkSection *section, const LkField *table,
          const LkField *field)
{
    LkLayoutField *added = g_new0(LkLayoutField, 1);
    added->name = table != NULL ? g_strconcat(table->id, ".", field->id, NULL)
                                : g_strdup(field->id);
    added->label = g_strdup(field->label);
    added->section = g_strdup(section->title);
    added->type = field->type;
    added->required = field->required || (table != NULL && table->required &&
                                          field == table->columns->pdata[0]);
    added->required_if = g_strdup(field->required_if);
    added->pii = field->pii || (table != NULL && table->pii);
    added->sensitive = field->sensitive || (table != NULL && table->sensitive);
    added->preprinted = field->preprinted;
    added->cpims = g_strdup(field->cpims);
    added->options = options_of(field);
    added->rows = table != NULL ? table->rows : 0;
    added->length = field->length;
    g_ptr_array_add(plan->layout->fields, added);
    g_hash_table_insert(plan->index, (gpointer)field,
                        GINT_TO_POINTER((int)plan->layout->fields->len));
}

void
lk_layout_fields(LkPlan *plan)
{
    for (guint s = 0; s < plan->form->sections->len; s++) {
        const LkSection *section = g_ptr_array_index(plan->form->sections, s);
        for (guint i = 0; i < section->fields->len; i++) {
            const LkField *field = g_ptr_array_index(section->fields, i);
            if (field->type != LK_FIELD_TABLE) {
                add_field(plan, section, NULL, field);
            }
            for (guint c = 0; c < field->columns->len; c++) {
                add_field(plan, section, field, g_ptr_array_index(field->columns, c));
            }
        }
    }
}

/* --- Identity. ---------------------------------------------------------------------
 * Everything that a reader needs to find and name a value, in hundredths of a mm. Words
 * on the paper do not count: correcting a spelling that moves nothing changes nothing.
 */

static void
name_rect(GString *text, LkRect rect)
{
    g_string_append_printf(text, " %ld %ld %ld %ld", lround(rect.x * 100),
                           lround(rect.y * 100), lround(rect.w * 100),
                           lround(rect.h * 100));
}

static void
name_fields(GString *text, const LkLayout *layout)
{
    for (guint i = 0; i < layout->fields->len; i++) {
        const LkLayoutField *field = g_ptr_array_index(layout->fields, i);
        g_string_append_printf(text, "f %s %s %d %d", field->name,
                               lk_field_type_name(field->type), field->rows,
                               field->length);
        for (guint k = 0; k < field->options->len; k++) {
            const LkOption *option = g_ptr_array_index(field->options, k);
            g_string_append_printf(text, " %s", option->value);
        }
        g_string_append_c(text, '\n');
    }
}

static void
name_page(GString *text, const LkLayoutPage *page)
{
    g_string_append_printf(text, "p %d\n", page->number);
    for (size_t i = 0; i < G_N_ELEMENTS(page->fiducials); i++) {
        name_rect(text, page->fiducials[i]);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(page->qr); i++) {
        name_rect(text, page->qr[i]);
    }
    name_rect(text, page->label_area);
    for (guint i = 0; i < page->boxes->len; i++) {
        const LkBox *box = &g_array_index(page->boxes, LkBox, i);
        g_string_append_printf(text, "\nb %d %d %d", box->field, box->row, box->option);
        name_rect(text, box->outline);
    }
    for (guint i = 0; i < page->cells->len; i++) {
        const LkCell *cell = &g_array_index(page->cells, LkCell, i);
        g_string_append_printf(text, "\nc %d %d %d", cell->field, cell->row,
                               cell->index);
        name_rect(text, cell->outline);
    }
    for (guint i = 0; i < page->writing->len; i++) {
        const LkWriting *area = &g_array_index(page->writing, LkWriting, i);
        g_string_append_printf(text, "\nw %d %d %d", area->field, area->row,
                               area->line);
        name_rect(text, area->area);
    }
    for (guint i = 0; i < page->slots->len; i++) {
        const LkSlot *slot = &g_array_index(page->slots, LkSlot, i);
        g_string_append_printf(text, "\ns %d", (int)slot->kind);
        name_rect(text, slot->area);
    }
    g_string_append_c(text, '\n');
}

void
lk_layout_name(LkLayout *layout)
{
    g_autoptr(GString) text = g_string_new("lakana layout 1\n");
    g_string_append_printf(text, "%s\n", layout->form);
    name_fields(text, layout);
    for (guint i = 0; i < layout->pages->len; i++) {
        name_page(text, g_ptr_array_index(layout->pages, i));
    }
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sum, (const guchar *)text->str, (gssize)text->len);
    guint8 digest[32];
    gsize len = sizeof digest;
    g_checksum_get_digest(sum, digest, &len);
    uint32_t bits = (uint32_t)digest[0] << 24 | (uint32_t)digest[1] << 16 |
                    (uint32_t)digest[2] << 8 | digest[3];
    for (int i = 0; i < LK_SERIAL_LEN; i++) {
        layout->id[i] = lk_serial_alphabet[(bits >> (27 - 5 * i)) & 31];
    }
    layout->id[LK_SERIAL_LEN] = '\0';
}

/* --- Glyphs. -----------------------------------------------------------------------
 */

typedef struct {
    const char *file;
    int line, column;
} Where;

static void
check_text(const LkPlan *plan, Where where, const char *text)
{
    if (text == NULL) {
        return;
    }
    g_autofree char *typeset = lk_typeset(text);
    for (LkFace face = 0; face < LK_N_FACES; face++) {
        gunichar missing = lk_fonts_missing(plan->fonts, face, typeset);
        if (missing != 0) {
            char character[7] = {0};
            g_unichar_to_utf8(missing, character);
            lk_problem_add(plan->problems, where.file, where.line, where.column,
                           _("the font has no character '%s' (U+%04X); replace it in "
                             "\"%s\""),
                           character, missing, text);
            return;
        }
    }
}

static void
check_field(const LkPlan *plan, const LkField *field)
{
    Where where = {plan->form->file, field->line, field->column};
    check_text(plan, where, field->label);
    check_text(plan, where, field->hint);
    for (guint i = 0; i < field->options->len; i++) {
        const LkOption *option = g_ptr_array_index(field->options, i);
        Where there = {option->file, option->line, option->column};
        check_text(plan, there, option->label);
        check_text(plan, there, option->number);
    }
    for (guint i = 0; i < field->row_labels->len; i++) {
        check_text(plan, where, g_ptr_array_index(field->row_labels, i));
    }
    for (guint i = 0; i < field->columns->len; i++) {
        check_field(plan, g_ptr_array_index(field->columns, i));
    }
}

static void
check_glyphs(const LkPlan *plan)
{
    const LkForm *form = plan->form;
    Where where = {form->file, form->line, form->column};
    check_text(plan, where, form->title);
    check_text(plan, where, form->filled_by);
    check_text(plan, where, form->when);
    const LkPageTexts *t = form->texts;
    const char *const texts[] = {
        t->authority,  t->page,      t->case_label, t->how_to_mark, t->required,
        t->separable,  t->filled_by, t->when,       t->continued,   t->day,
        t->month,      t->year,      t->principal,  t->secondary,   t->double_list,
        t->code_in_qr, t->cut};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        check_text(plan, (Where){"templates/pages.yaml", 1, 1}, texts[i]);
    }
    for (guint s = 0; s < form->sections->len; s++) {
        const LkSection *section = g_ptr_array_index(form->sections, s);
        where.line = section->line;
        where.column = section->column;
        check_text(plan, where, section->title);
        check_text(plan, where, section->note);
        check_text(plan, where, section->page_title);
        for (guint i = 0; i < section->fields->len; i++) {
            check_field(plan, g_ptr_array_index(section->fields, i));
        }
    }
}

/* --- The public doors. -------------------------------------------------------------
 */

/* NULL if a problem was added. */
static LkLayout *
lay_out(const LkForm *form, const LkFonts *fonts, GPtrArray *problems)
{
    guint before = problems->len;
    g_autoptr(LkLayout) layout = lk_layout_alloc();
    g_autoptr(GHashTable) index = g_hash_table_new(NULL, NULL);
    bool is_child = form->audience == LK_AUDIENCE_CHILD;
    LkPlan plan = {.form = form,
                   .fonts = fonts,
                   .layout = layout,
                   .index = index,
                   .type = is_child ? CHILD_TYPE : 1,
                   .other = is_child ? CHILD_OTHER : 1,
                   .problems = problems};
    layout->form = g_strdup(form->code);
    layout->title = g_strdup(form->title);
    layout->repeatable = form->repeatable;
    check_glyphs(&plan);
    lk_layout_fields(&plan);
    if (lk_flow(&plan)) {
        lk_bands(&plan);
        lk_layout_name(layout);
    }
    return problems->len == before ? g_steal_pointer(&layout) : NULL;
}

LkLayout *
lk_layout_new(const LkForm *form, const LkFonts *fonts, GError **error)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    LkLayout *layout = lay_out(form, fonts, problems);
    if (layout == NULL) {
        g_set_error_literal(error, LK_FORM_ERROR, LK_FORM_ERROR_TEMPLATE,
                            g_ptr_array_index(problems, 0));
    }
    return layout;
}

bool
lk_layout_check(const LkForm *form, const LkFonts *fonts, GPtrArray *problems)
{
    g_autoptr(LkLayout) layout = lay_out(form, fonts, problems);
    return layout != NULL;
}
