/* prefill.c - answers that are printed into a copy, and where each of them stands. */
#include "form/form.h"

#include <string.h>

typedef struct {
    char *field;
    int row;
    char *value;
} Answer;

/* Few answers a copy, and looked up for every box: a tree keeps them in order. */
struct LkPrefill {
    GTree *answers; /* Answer as key and value */
};

static int
by_place(gconstpointer a, gconstpointer b, gpointer data)
{
    (void)data;
    const Answer *one = a;
    const Answer *two = b;
    int order = strcmp(one->field, two->field);
    return order != 0 ? order : one->row - two->row;
}

static void
free_answer(gpointer data)
{
    Answer *answer = data;
    g_free(answer->field);
    g_free(answer->value);
    g_free(answer);
}

LkPrefill *
lk_prefill_new(void)
{
    LkPrefill *prefill = g_new0(LkPrefill, 1);
    prefill->answers = g_tree_new_full(by_place, NULL, free_answer, NULL);
    return prefill;
}

void
lk_prefill_free(LkPrefill *prefill)
{
    if (prefill != NULL) {
        g_tree_unref(prefill->answers);
        g_free(prefill);
    }
}

void
lk_prefill_set(LkPrefill *prefill, const char *field, int row, const char *value)
{
    g_return_if_fail(field != NULL && row >= 0 && value != NULL);
    Answer *answer = g_new(Answer, 1);
    *answer = (Answer){g_strdup(field), row, g_strdup(value)};
    g_tree_replace(prefill->answers, answer, answer);
}

const char *
lk_prefill_get(const LkPrefill *prefill, const char *field, int row)
{
    Answer wanted = {(char *)field, row, NULL};
    const Answer *answer =
        prefill != NULL ? g_tree_lookup(prefill->answers, &wanted) : NULL;
    return answer != NULL ? answer->value : NULL;
}

void
lk_prefill_each(const LkPrefill *prefill,
                void (*each)(const char *field, int row, const char *value, void *data),
                void *data)
{
    for (GTreeNode *node = g_tree_node_first(prefill->answers); node != NULL;
         node = g_tree_node_next(node)) {
        const Answer *answer = g_tree_node_value(node);
        each(answer->field, answer->row, answer->value, data);
    }
}

/* --- Where it stands. --------------------------------------------------------------
 */

static const char *
value_at(const LkPrefill *prefill, const LkLayoutField *field, int row)
{
    return lk_prefill_get(prefill, field->name, row);
}

/* Whether @list, joined by commas, has @word. */
static bool
lists(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = list; at != NULL; at = strchr(at, ',')) {
        at += *at == ',' ? 1 : 0;
        if (strncmp(at, word, n) == 0 && (at[n] == ',' || at[n] == '\0')) {
            return true;
        }
    }
    return false;
}

bool
lk_prefill_box(const LkPrefill *prefill, const LkLayout *layout, const LkBox *box)
{
    if (prefill == NULL) {
        return false;
    }
    const LkLayoutField *field = lk_layout_field(layout, box->field);
    const char *value = value_at(prefill, field, box->row);
    const LkOption *option = g_ptr_array_index(field->options, (guint)box->option);
    return value != NULL && lists(value, option->value);
}

/* The value as it stands in the cells: "2026-11-23" as 23112026. */
static void
write_cells(const LkLayoutField *field, const char *value, char *cells, size_t n)
{
    if (field->type == LK_FIELD_DATE && strlen(value) == 10) {
        g_snprintf(cells, n, "%.2s%.2s%.4s", value + 8, value + 5, value);
    } else if (field->type == LK_FIELD_DIGITS) {
        g_snprintf(cells, n, "%*s", field->length, value);
    } else {
        g_strlcpy(cells, value, n);
    }
}

char
lk_prefill_cell(const LkPrefill *prefill, const LkLayout *layout, const LkCell *cell)
{
    if (prefill == NULL) {
        return '\0';
    }
    const LkLayoutField *field = lk_layout_field(layout, cell->field);
    const char *value = value_at(prefill, field, cell->row);
    char cells[64] = "";
    if (value == NULL || cell->index < 0 || cell->index >= (int)sizeof cells) {
        return '\0';
    }
    write_cells(field, value, cells, sizeof cells);
    bool stands = strlen(cells) <= (size_t)field->length &&
                  (size_t)cell->index < strlen(cells) && cells[cell->index] != ' ';
    return stands ? cells[cell->index] : '\0';
}

char *
lk_prefill_line(const LkPrefill *prefill, const LkLayout *layout, const LkWriting *line)
{
    if (prefill == NULL) {
        return NULL;
    }
    const LkLayoutField *field = lk_layout_field(layout, line->field);
    const char *value = value_at(prefill, field, line->row);
    if (value == NULL) {
        return NULL;
    }
    g_auto(GStrv) lines = g_strsplit(value, "\n", -1);
    if (line->line < 0 || line->line >= (int)g_strv_length(lines) ||
        lines[line->line][0] == '\0') {
        return NULL;
    }
    return g_strdup(lines[line->line]);
}
