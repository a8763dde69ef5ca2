/* In which kind of parcel each field goes. */
#include "pipeline/pipeline.h"

static LkParcelKind
kind_of(const char *name, LkFieldType type, bool pii, bool sensitive)
{
    LkLayoutField field = {
        .name = (char *)name, .type = type, .pii = pii, .sensitive = sensitive};
    LkParcelKind kind = LK_PARCEL_N_KINDS;
    return lk_parcel_kind(&field, &kind) ? kind : LK_PARCEL_N_KINDS;
}

static void
test_kinds(void)
{
    static const struct {
        const char *name;
        LkFieldType type;
        bool pii, sensitive;
        LkParcelKind expected;
    } cases[] = {
        {"nom", LK_FIELD_TEXT, true, false, LK_PARCEL_NAMES},
        {"enfant_autre_nom", LK_FIELD_TEXT, true, false, LK_PARCEL_NAMES},
        {"membres_famille.nom", LK_FIELD_TEXT, true, false, LK_PARCEL_NAMES},
        {"membres_famille.adresse", LK_FIELD_TEXT, true, false, LK_PARCEL_CONTACTS},
        {"noms.remarque", LK_FIELD_TEXT, true, false, LK_PARCEL_STORIES},
        {"adresse_avant", LK_FIELD_LINES, true, false, LK_PARCEL_CONTACTS},
        {"telephone", LK_FIELD_DIGITS, true, false, LK_PARCEL_CONTACTS},
        {"age", LK_FIELD_DIGITS, false, false, LK_PARCEL_NUMBERS},
        {"nina", LK_FIELD_CODE, true, false, LK_PARCEL_NUMBERS},
        {"no_hcr", LK_FIELD_TEXT, true, false, LK_PARCEL_NUMBERS},
        {"date_naissance", LK_FIELD_DATE, true, false, LK_PARCEL_DATES},
        {"recit_separation", LK_FIELD_LINES, true, false, LK_PARCEL_STORIES},
        {"nom", LK_FIELD_LINES, false, true, LK_PARCEL_STORIES},
        {"nombre", LK_FIELD_TEXT, true, false, LK_PARCEL_STORIES},
        {"sexe", LK_FIELD_CHOICE, false, false, LK_PARCEL_N_KINDS},
        {"signature", LK_FIELD_SIGNATURE, true, false, LK_PARCEL_N_KINDS},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_cmpint(
            kind_of(cases[i].name, cases[i].type, cases[i].pii, cases[i].sensitive), ==,
            cases[i].expected);
    }
    for (LkParcelKind kind = 0; kind < LK_PARCEL_N_KINDS; kind++) {
        LkParcelKind again = LK_PARCEL_N_KINDS;
        g_assert_true(lk_parcel_kind_parse(lk_parcel_kind_name(kind), &again));
        g_assert_cmpint(again, ==, kind);
    }
}

/* A story never comes among names, whatever the program's own forms ask. */
static void
test_forms(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkFormSet) set = lk_form_set_load(NULL, NULL, &error);
    g_autoptr(LkFonts) fonts = lk_fonts_load(&error);
    g_assert_no_error(error);
    int n[LK_PARCEL_N_KINDS] = {0};
    const GPtrArray *forms = lk_form_set_list(set);
    for (guint i = 0; i < forms->len; i++) {
        g_autoptr(LkLayout) layout =
            lk_layout_new(g_ptr_array_index(forms, i), fonts, &error);
        g_assert_no_error(error);
        for (guint k = 0; k < layout->fields->len; k++) {
            const LkLayoutField *field = lk_layout_field(layout, (int)k);
            LkParcelKind kind;
            if (lk_parcel_kind(field, &kind)) {
                n[kind]++;
                g_assert_false(kind == LK_PARCEL_NAMES &&
                               (field->type != LK_FIELD_TEXT || field->sensitive));
            }
        }
    }
    for (int kind = 0; kind < LK_PARCEL_N_KINDS; kind++) {
        g_assert_cmpint(n[kind], >, 5);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/parcel-kinds/rules", test_kinds);
    g_test_add_func("/parcel-kinds/forms", test_forms);
    return g_test_run();
}
