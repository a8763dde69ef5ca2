/* test-base.c - codes, payloads, rectangles, language: what every room leans on. */
#include "base/base.h"

#include <locale.h>
#include <string.h>

/* --- Check digits, against examples published with the standards. -------------------
 */

/* IBANs of the ISO 13616 registry, rearranged as the standard says (first four
 * characters to the end): a correct one leaves 1. */
static void
test_mod97_published(void)
{
    static const struct {
        const char *text;
        int rest;
    } cases[] = {
        {"WEST12345698765432GB82", 1},      /* GB82 WEST 1234 5698 7654 32 */
        {"370400440532013000DE89", 1},      /* DE89 3704 0044 0532 0130 00 */
        {"20041010050500013M02606FR14", 1}, /* FR14 2004 1010 0505 0001 3M02 606 */
        {"539007547034BE68", 1},            /* BE68 5390 0754 7034 */
        {"539007547043BE68", 50},           /* last two digits of the account swapped */
        {"0", 0},
        {"97", 0},
        {"A", 10},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_cmpint(lk_mod97(cases[i].text), ==, cases[i].rest);
    }
    g_assert_cmpint(lk_mod97("12-3"), ==, -1);
    g_assert_cmpint(lk_mod97("ab"), ==, -1);
}

static void
test_code_parse(void)
{
    LkCaseCode code = {""};
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_case_code_parse("MOP-48219-07366-29", &code, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(code.text, ==, "MOP482190736629");
    g_autofree char *shown = lk_case_code_format(&code);
    g_assert_cmpstr(shown, ==, "MOP-48219-07366-29");
    g_assert_true(lk_case_code_parse(" mop 48219 07366 29\n", &code, &error));

    static const char *const wrong[] = {
        "MOP-48219-07366-41",  /* other check digits */
        "MOP-48219-07363-69",  /* swapped digits */
        "MPO-48219-07366-29",  /* swapped letters */
        "MOP-48219-07366-2",   /* short */
        "MOP-48219-07366-290", /* long */
        "M0P-48219-07366-29",  /* zero for O */
        "MOP-48219-07366-2O",  /* O for zero */
        "",
        "-",
        "BLK",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        LkCaseCode untouched = {"same"};
        g_autoptr(GError) refused = NULL;
        g_assert_false(lk_case_code_parse(wrong[i], &untouched, &refused));
        g_assert_error(refused, LK_BASE_ERROR, LK_BASE_ERROR_CODE);
        g_assert_cmpstr(untouched.text, ==, "same");
    }
}

static bool
accepted(const char *text)
{
    LkCaseCode code;
    return lk_case_code_parse(text, &code, NULL);
}

/* The promise of MOD 97-10: every single wrong digit and every swap of neighbours. */
static void
test_code_every_slip(void)
{
    const char *right = "MOP482190736629";
    for (size_t i = 3; i < LK_CASE_CODE_LEN; i++) {
        char slip[LK_CASE_CODE_LEN + 1];
        for (char digit = '0'; digit <= '9'; digit++) {
            g_strlcpy(slip, right, sizeof slip);
            slip[i] = digit;
            g_assert_cmpint(accepted(slip), ==, digit == right[i]);
        }
        if (i > 3) {
            g_strlcpy(slip, right, sizeof slip);
            slip[i] = right[i - 1];
            slip[i - 1] = right[i];
            g_assert_cmpint(accepted(slip), ==, right[i] == right[i - 1]);
        }
    }
}

static void
test_code_new(void)
{
    g_autoptr(GHashTable) seen =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    int digits[10] = {0};
    for (int i = 0; i < 2000; i++) {
        LkCaseCode code;
        g_assert_true(lk_case_code_new("GAO", &code, NULL));
        g_assert_true(accepted(code.text));
        g_assert_cmpint(strncmp(code.text, "GAO", 3), ==, 0);
        g_assert_true(g_hash_table_add(seen, g_strdup(code.text)));
        for (int k = 3; k < 13; k++) {
            digits[code.text[k] - '0']++;
        }
    }
    /* 20,000 digits, 2,000 of each expected, standard deviation 42: eight of them. */
    for (int d = 0; d < 10; d++) {
        g_assert_cmpint(digits[d], >, 2000 - 340);
        g_assert_cmpint(digits[d], <, 2000 + 340);
    }
    static const char *const wrong[] = {"mop", "MO", "MOPT", "M0P", "BLK", ""};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        LkCaseCode code;
        g_autoptr(GError) error = NULL;
        g_assert_false(lk_case_code_new(wrong[i], &code, &error));
        g_assert_error(error, LK_BASE_ERROR, LK_BASE_ERROR_CODE);
    }
}

static void
test_code_blank(void)
{
    LkCaseCode code;
    LkCaseCode again;
    g_assert_true(lk_case_code_new_blank(&code, NULL));
    g_assert_true(lk_case_code_is_blank(&code));
    g_assert_cmpuint(strlen(code.text), ==, LK_CASE_CODE_LEN);
    g_assert_true(lk_case_code_parse(code.text, &again, NULL));
    g_assert_true(lk_case_code_equal(&code, &again));
    g_assert_true(lk_case_code_parse("MOP482190736629", &again, NULL));
    g_assert_false(lk_case_code_is_blank(&again));
    g_assert_false(lk_case_code_equal(&code, &again));
}

/* --- Payloads. -----------------------------------------------------------------------
 */

static void
test_payload_round_trip(void)
{
    static const struct {
        const char *form;
        const char *payload;
    } cases[] = {
        {"1.B", "LK11B27KQX2MOP4821907366299F3TK"},
        {"A.1", "LK1A127KQX2MOP4821907366299F3TK"},
        {"LV", "LK1LV27KQX2MOP4821907366299F3TK"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        LkPageId id = {.page = 2};
        g_strlcpy(id.form, cases[i].form, sizeof id.form);
        g_strlcpy(id.layout, "7KQX2", sizeof id.layout);
        g_strlcpy(id.case_code.text, "MOP482190736629", sizeof id.case_code.text);
        g_strlcpy(id.copy, "9F3TK", sizeof id.copy);
        char payload[LK_PAYLOAD_LEN + 1];
        lk_payload_write(&id, payload);
        g_assert_cmpstr(payload, ==, cases[i].payload);

        LkPageId back = {0};
        g_assert_true(lk_payload_parse(payload, strlen(payload), &back, NULL));
        g_assert_cmpstr(back.form, ==, cases[i].form);
        g_assert_cmpint(back.page, ==, 2);
        g_assert_cmpstr(back.layout, ==, "7KQX2");
        g_assert_cmpstr(back.case_code.text, ==, "MOP482190736629");
        g_assert_cmpstr(back.copy, ==, "9F3TK");
    }
}

static void
test_payload_refused(void)
{
    static const char *const wrong[] = {
        "LK21B27KQX2MOP4821907366299F3TK",  /* another format */
        "LK11B27KQX2MOP4821907366419F3TK",  /* check digits */
        "LK11Bx7KQX2MOP4821907366299F3TK",  /* page */
        "LK11B27KQI2MOP4821907366299F3TK",  /* I is not in the alphabet */
        "LK11B27KQX2MOP4821907366299F3T",   /* short */
        "LK11B27KQX2MOP4821907366299F3TKK", /* long */
        "LK1..27KQX2MOP4821907366299F3TK",  /* form */
        "LK11B27KQX2MOP-482190736629F3TK",  /* dash in the code */
        "https://example.org/0123456789a",  /* somebody else's code */
        "",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        LkPageId id = {.page = 7};
        g_autoptr(GError) error = NULL;
        g_assert_false(lk_payload_parse(wrong[i], strlen(wrong[i]), &id, &error));
        g_assert_nonnull(error);
        g_assert_cmpint(id.page, ==, 7);
    }
    char with_nul[LK_PAYLOAD_LEN] = "LK11B27KQX2MOP482190736629";
    LkPageId id;
    g_assert_false(lk_payload_parse(with_nul, sizeof with_nul, &id, NULL));
}

static void
test_serial(void)
{
    for (int i = 0; i < 200; i++) {
        char serial[LK_SERIAL_LEN + 1];
        g_assert_true(lk_serial_new(serial, NULL));
        g_assert_true(lk_serial_is_valid(serial));
    }
    g_assert_false(lk_serial_is_valid("9F3T"));
    g_assert_false(lk_serial_is_valid("9F3TU"));
    g_assert_false(lk_serial_is_valid("9f3tk"));
}

/* --- Rectangles: x != y and w != h, so that swapped axes cannot pass. ----------------
 */

static void
test_rect(void)
{
    LkRect a = {10, 20, 30, 5};
    LkPoint middle = lk_rect_center(a);
    g_assert_cmpfloat(middle.x, ==, 25);
    g_assert_cmpfloat(middle.y, ==, 22.5);
    LkRect in = lk_rect_inset(a, 1);
    g_assert_cmpfloat(in.x, ==, 11);
    g_assert_cmpfloat(in.y, ==, 21);
    g_assert_cmpfloat(in.w, ==, 28);
    g_assert_cmpfloat(in.h, ==, 3);
    g_assert_true(lk_rect_contains(a, in));
    g_assert_false(lk_rect_contains(in, a));
    g_assert_true(lk_rect_overlaps(a, (LkRect){39, 24, 9, 9}));
    g_assert_false(lk_rect_overlaps(a, (LkRect){40, 20, 9, 9})); /* they touch */
    g_assert_false(lk_rect_overlaps(a, (LkRect){10, 25, 9, 9}));
}

/* --- Language. -----------------------------------------------------------------------
 */

static void
say_in(const char *lang, const char *expected)
{
    g_unsetenv("LC_ALL");
    g_unsetenv("LC_MESSAGES");
    if (lang != NULL) {
        g_setenv("LANG", lang, TRUE);
    } else {
        g_unsetenv("LANG");
    }
    lk_language_init();
    LkCaseCode code;
    g_autoptr(GError) error = NULL;
    g_assert_false(lk_case_code_parse("x", &code, &error));
    g_assert_nonnull(strstr(error->message, expected));
    /* 0.5 stays 0.5: numbers in JSON must not follow the language. */
    g_assert_cmpstr(localeconv()->decimal_point, ==, ".");
}

static void
test_language(void)
{
    say_in("en", "not a case code");
    say_in("en_GB.UTF-8", "not a case code");
    say_in("fr_FR.UTF-8", "code de dossier");
    say_in("C", "code de dossier");
    say_in(NULL, "code de dossier");
}

static void
test_data_path(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *fonts = lk_data_path("fonts", &error);
    g_assert_no_error(error);
    g_assert_true(g_file_test(fonts, G_FILE_TEST_IS_DIR));
    g_autofree char *none = lk_data_path("no-such-folder", &error);
    g_assert_null(none);
    g_assert_error(error, LK_BASE_ERROR, LK_BASE_ERROR_DATA);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mod97/published", test_mod97_published);
    g_test_add_func("/code/parse", test_code_parse);
    g_test_add_func("/code/every-slip-is-found", test_code_every_slip);
    g_test_add_func("/code/new", test_code_new);
    g_test_add_func("/code/blank", test_code_blank);
    g_test_add_func("/payload/round-trip", test_payload_round_trip);
    g_test_add_func("/payload/refused", test_payload_refused);
    g_test_add_func("/serial", test_serial);
    g_test_add_func("/rect", test_rect);
    g_test_add_func("/language", test_language);
    g_test_add_func("/data-path", test_data_path);
    return g_test_run();
}
