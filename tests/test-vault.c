/* Names apart. Everybody here is invented: EXEMPLE FICTIF. The office's folder is
 * searched for their names with grep, which knows nothing of ours. */
#include "store/keys.h"
#include "store/vault_entry.h"

#include "tests/files/office.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    char *dir, *office;
    LkStore *store;
    GArray *codes; /* of LkCaseCode: four files without paper */
} Fixture;

static void run(const char *format, ...) G_GNUC_PRINTF(1, 2);

static void
run(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *command = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_assert_cmpint(office_shell(command), ==, 0);
}

/* Whether @text stands anywhere in the office's folder, in capitals or not. */
static const OfficePerson people[] = {{"awa", LK_ROLE_MANAGER},
                                      {"issa", LK_ROLE_MANAGER},
                                      {"sup", LK_ROLE_SUPERVISOR},
                                      {"clerk", LK_ROLE_CLERK},
                                      {"admin", LK_ROLE_ADMIN}};

static void
set_up(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    f->dir = g_dir_make_tmp("lakana-vault-XXXXXX", &error);
    f->office = g_build_filename(f->dir, "office", NULL);
    office_init(f->office, "MOP", "EXEMPLE FICTIF");
    f->store = lk_store_open(f->office, &error);
    g_assert_no_error(error);
    f->store->slot_cost = (LkSlotCost){1, 8 << 20};
    f->codes = lk_store_issue_labels(f->store, 4, NULL, 0, &error);
    g_assert_no_error(error);
    office_add_people(f->store, people, G_N_ELEMENTS(people));
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
    (void)unused;
    lk_store_free(f->store);
    g_array_unref(f->codes);
    run("rm -rf '%s'", f->dir);
    g_free(f->dir);
    g_free(f->office);
}

static const LkCaseCode *
code_at(const Fixture *f, guint i)
{
    return &g_array_index(f->codes, LkCaseCode, i);
}

/* A file whose child is called @name; @more: lines of other fields. */
static void
set_name(LkSession *session, const LkCaseCode *code, const char *name, const char *more)
{
    g_autofree char *text = g_strdup_printf("name = %s\n%s", name, more);
    g_auto(LkVaultEntry) entry = {0};
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_vault_entry_parse(text, strlen(text), &entry, &error));
    g_assert_true(lk_vault_set(session, code, &entry, &error));
    g_assert_no_error(error);
}

static void
assert_name(LkSession *session, const LkCaseCode *code, const char *name)
{
    g_auto(LkVaultEntry) entry = {0};
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_vault_load(session, code, &entry, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(entry.texts[LK_VAULT_NAME], ==, name);
}

static void
assert_refused(LkSession *session, const LkCaseCode *code, LkStoreError expected)
{
    g_auto(LkVaultEntry) entry = {0};
    g_autoptr(GError) error = NULL;
    g_assert_false(lk_vault_load(session, code, &entry, &error));
    g_assert_error(error, LK_STORE_ERROR, (int)expected);
    g_assert_null(strcasestr(error->message, "fatou"));
}

/* How many files are found. */
static guint
n_found(LkSession *session, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkVault) vault = lk_vault_open(session, &error);
    g_assert_no_error(error);
    g_autoptr(GArray) matches = lk_vault_search(vault, text, 10, NULL, &error);
    g_assert_no_error(error);
    return matches->len;
}

/* --- Entries. -----------------------------------------------------------------------
 */

static void
test_entry(void)
{
    static const struct {
        const char *text;
        bool parsed, kept;
        const char *name, *birth;
    } cases[] = {
        {"name = Fatou Exemple\nbirth=2014\n", true, true, "Fatou Exemple", "2014"},
        {"\n  nom=  Fatou = Exemple  \r\nnaissance = 2014-03-09", true, true,
         "Fatou = Exemple", "2014-03-09"},
        {" {\"name\":\"Fatou\",\"birth\":\"2014\",\"phone\":null}", true, true, "Fatou",
         "2014"},
        {"{\"nom\":\"Fatou\"}", true, true, "Fatou", NULL},
        {"name = Fatou\nsexe = f", true, true, "Fatou", NULL},
        {"name = Fatou\nsex = F", true, false, "Fatou", NULL},
        {"name = Fatou\nbirth = 14", true, false, "Fatou", "14"},
        {"name = Fatou\nbirth = 2014-02-29", true, false, "Fatou", "2014-02-29"},
        {"name = Fatou\nbirth = 2014-2-2", true, false, "Fatou", "2014-2-2"},
        {"name = ...", true, false, "...", NULL},
        {"birth = 2014", true, false, NULL, "2014"},
        {"name = Fa\ttou", true, false, "Fa\ttou", NULL},
        {"name Fatou", false, false, NULL, NULL},
        {"mother = Fatou", false, false, NULL, NULL},
        {"{\"name\":[\"Fatou\"]}", false, false, NULL, NULL},
        {"{\"name\":\"Fatou\"", false, false, NULL, NULL},
        {"{\"mother\":\"Fatou\"}", false, false, NULL, NULL},
        {"name = Fatou\xff", false, false, NULL, NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(LkVaultEntry) entry = {0};
        g_autoptr(GError) error = NULL;
        bool parsed =
            lk_vault_entry_parse(cases[i].text, strlen(cases[i].text), &entry, &error);
        g_assert_cmpint(parsed, ==, cases[i].parsed);
        if (parsed) {
            g_assert_cmpstr(entry.texts[LK_VAULT_NAME], ==, cases[i].name);
            g_assert_cmpstr(entry.texts[LK_VAULT_BIRTH], ==, cases[i].birth);
            g_assert_cmpint(lk_vault_entry_check(&entry, &error), ==, cases[i].kept);
        }
        if (error != NULL) { /* says what is wrong, not what was written */
            g_assert_null(strstr(error->message, "Fatou"));
        }
    }
}

static void
test_entry_overlay(void)
{
    g_auto(LkVaultEntry) entry = {0};
    g_auto(LkVaultEntry) over = {0};
    lk_vault_entry_set(&entry, LK_VAULT_NAME, "Fatou");
    lk_vault_entry_set(&entry, LK_VAULT_PHONE, "70 00 00 00");
    lk_vault_entry_set(&entry, LK_VAULT_PLACE, "Sévaré");
    lk_vault_entry_set(&over, LK_VAULT_PHONE, "");
    lk_vault_entry_set(&over, LK_VAULT_PLACE, "Mopti");
    lk_vault_entry_overlay(&entry, &over);
    g_assert_cmpstr(entry.texts[LK_VAULT_NAME], ==, "Fatou");
    g_assert_null(entry.texts[LK_VAULT_PHONE]);
    g_assert_cmpstr(entry.texts[LK_VAULT_PLACE], ==, "Mopti");
}

/* --- One file. ----------------------------------------------------------------------
 */

static void
test_set(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(LkSession) awa = office_unlock(f->store, "awa");
    assert_refused(awa, code_at(f, 0), LK_STORE_ERROR_UNKNOWN);
    set_name(awa, code_at(f, 0), "Fatoumata Exemplaire", "guardian = Oncle Fictif");
    set_name(awa, code_at(f, 0), "Fatimata Exemplaire", "");
    assert_name(awa, code_at(f, 0), "Fatimata Exemplaire");
    g_assert_cmpint(office_number(f->store, "SELECT count(*) FROM vault"), ==, 2);
    g_assert_cmpuint(n_found(awa, "Fatimata"), ==, 1);
    g_assert_false(office_shows(f->office, "exemplaire"));
    g_assert_false(office_shows(f->office, "oncle fictif"));
    g_assert_true(
        office_shows(f->office, code_at(f, 0)->text)); /* grep does find things */
    /* What was opened is in the journal. */
    g_assert_cmpint(
        office_number(f->store,
                      "SELECT count(*) FROM journal WHERE who = 'awa' AND what"
                      " IN ('name-set', 'name-show', 'name-search')"),
        ==, 4);
    LkCaseCode none;
    g_assert_true(lk_case_code_parse("MOP-48219-07366-29", &none, NULL));
    assert_refused(awa, &none, LK_STORE_ERROR_UNKNOWN);
    /* A short name and a long one take the same room. */
    set_name(awa, code_at(f, 1), "Ba", "");
    g_assert_cmpint(
        office_number(f->store, "SELECT count(DISTINCT length(sealed)) FROM vault"), ==,
        1);
}

/* A key that is not held opens nothing, whatever the role. */
static void
test_keys(Fixture *f, gconstpointer unused)
{
    (void)unused;
    static const char *const others[] = {"issa", "sup", "clerk", "admin"};
    g_autoptr(GError) error = NULL;
    {
        g_autoptr(LkSession) awa = office_unlock(f->store, "awa");
        set_name(awa, code_at(f, 0), "Fatou Exemple", "");
        g_assert_true(lk_case_take(awa, code_at(f, 0), &error));
        assert_name(awa, code_at(f, 0), "Fatou Exemple");
    }
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autoptr(LkSession) other = office_unlock(f->store, others[i]);
        assert_refused(other, code_at(f, 0), LK_STORE_ERROR_LOCKED);
        g_auto(LkVaultEntry) entry = {0};
        lk_vault_entry_set(&entry, LK_VAULT_NAME, "Autre Exemple");
        g_assert_false(lk_vault_set(other, code_at(f, 0), &entry, &error));
        g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED);
        g_clear_error(&error);
        g_assert_false(lk_vault_mask(other, code_at(f, 0), &error));
        g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED);
        g_clear_error(&error);
        g_autoptr(LkVault) vault = lk_vault_open(other, &error);
        if (lk_session_role(other) == LK_ROLE_MANAGER) {
            g_assert_cmpuint(lk_vault_size(vault), ==, 0);
        } else {
            g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED);
            g_clear_error(&error);
        }
    }
    g_autoptr(LkSession) recovery = office_session(f->store);
    assert_name(recovery, code_at(f, 0), "Fatou Exemple");
    g_assert_cmpuint(n_found(recovery, "Fatou"), ==, 1);
}

/* Who writes names finds them without opening their rows again, which is slow: a row
 * that does not open any more is found all the same, and no other's is. */
static void
test_kept_when_set(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) awa = office_unlock(f->store, "awa");
    set_name(awa, code_at(f, 0), "Fatou Exemple", "");
    set_name(awa, code_at(f, 0), "Fatim Exemple", "");
    office_sql(f->office, "DROP TRIGGER vault_no_update;"
                          "UPDATE vault SET sealed = zeroblob(length(sealed))");
    g_assert_cmpuint(n_found(awa, "Fatim"), ==, 1);
    g_autoptr(LkSession) issa = office_unlock(f->store, "issa");
    g_autoptr(LkVault) vault = lk_vault_open(issa, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(lk_vault_size(vault), ==, 0);
    g_assert_cmpuint(lk_vault_damaged(vault)->len, ==, 1);
    /* Nothing of it in clear, and no length that tells. */
    g_autofree char *find =
        g_strdup_printf("grep -aq Exemple '%s'/lakana.db*", f->office);
    g_assert_cmpint(office_shell(find), !=, 0);
    g_assert_cmpint(office_number(f->store, "SELECT length(sealed) FROM vault_entries"),
                    ==, 24 + 256 + 16);
}

/* Who gives a file away does not find it any more. */
static void
test_give(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    {
        g_autoptr(LkSession) awa = office_unlock(f->store, "awa");
        set_name(awa, code_at(f, 0), "Fatou Exemple", "");
        set_name(awa, code_at(f, 1), "Autre Exemple", "");
        {
            g_autoptr(LkSession) issa =
                office_unlock(f->store, "issa"); /* nobody's yet */
            g_assert_cmpuint(n_found(issa, "Exemple"), ==, 2);
        }
        static const char of_issa[] = "SELECT count(*) FROM vault_entries WHERE login ="
                                      " 'issa'";
        g_assert_cmpint(office_number(f->store, of_issa), ==, 2);
        g_assert_true(lk_case_take(awa, code_at(f, 0), &error));
        g_assert_cmpint(office_number(f->store, of_issa), ==, 1);
        g_assert_cmpuint(n_found(awa, "Fatou"), ==, 1);
        g_assert_true(lk_case_give(awa, code_at(f, 0), "issa", &error));
        g_assert_no_error(error);
        /* Nor does what was kept for searching; the rest of it stays. */
        g_assert_cmpint(office_number(f->store, "SELECT count(*) FROM vault_entries"),
                        ==, 2);
    }
    { /* the next time: what was open stays open until then */
        g_autoptr(LkSession) awa = office_unlock(f->store, "awa");
        g_assert_cmpuint(n_found(awa, "Fatou"), ==, 0);
        assert_refused(awa, code_at(f, 0), LK_STORE_ERROR_LOCKED);
    }
    g_autoptr(LkSession) issa = office_unlock(f->store, "issa");
    g_assert_cmpuint(n_found(issa, "Fatou"), ==, 1);
}

/* --- Damage. ------------------------------------------------------------------------
 */

/* What is kept for searching is made again from the rows. */
static void
test_index_damaged(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(LkSession) awa = office_unlock(f->store, "awa");
    set_name(awa, code_at(f, 0), "Fatou Exemple", "");
    g_assert_cmpuint(n_found(awa, "Fatou"), ==, 1);
    static const char *const damages[] = {
        "UPDATE vault_entries SET sealed = zeroblob(200)",
        "UPDATE vault_entries SET sealed = substr(sealed, 1, length(sealed) - 1)",
        "UPDATE vault_entries SET sealed = x''",
        "DELETE FROM vault_entries",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(damages); i++) {
        office_sql(f->office, damages[i]);
        g_assert_cmpuint(n_found(awa, "Fatou"), ==, 1);
        g_assert_cmpint(
            office_number(f->store, "SELECT length(sealed) > 60 FROM vault_entries"),
            ==, 1);
    }
    /* Nothing new: nothing is written. */
    office_sql(f->office, "CREATE TABLE before AS SELECT * FROM vault_entries");
    g_assert_cmpuint(n_found(awa, "Fatou"), ==, 1);
    g_assert_cmpint(
        office_number(f->store,
                      "SELECT count(*) FROM vault_entries NATURAL JOIN before"),
        ==, 1);
}

/* A row that was altered, or comes from another file, is told and left as it is. */
static void
test_row_damaged(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) awa = office_unlock(f->store, "awa");
    set_name(awa, code_at(f, 0), "Fatou Exemple", "");
    set_name(awa, code_at(f, 1), "Fatou Fictive", "");
    g_assert_cmpuint(n_found(awa, "Fatou"), ==, 2);
    g_autofree char *copy = g_strdup_printf(
        "INSERT INTO vault (case_code, sealed, at, who) SELECT case_code, sealed,"
        " '2020-01-01T00:00:00Z', who FROM vault WHERE case_code = '%s'",
        code_at(f, 0)->text);
    office_sql(f->office, copy); /* the same bytes with another date */
    office_sql(f->office,
               "DROP TRIGGER vault_no_update;"
               "UPDATE vault SET sealed = zeroblob(length(sealed)) WHERE seq = 2");
    for (guint i = 0; i < 2; i++) {
        assert_refused(awa, code_at(f, i), LK_STORE_ERROR_DAMAGED);
    }
    office_sql(f->office, "DELETE FROM vault_entries");
    g_autoptr(LkVault) vault = lk_vault_open(awa, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(lk_vault_size(vault), ==, 0);
    g_assert_cmpuint(lk_vault_damaged(vault)->len, ==, 2);
    g_assert_cmpint(office_number(f->store, "SELECT count(*) FROM vault"), ==, 3);
    /* Written anew, it is there again. */
    set_name(awa, code_at(f, 1), "Fatou Fictive", "");
    assert_name(awa, code_at(f, 1), "Fatou Fictive");
}

/* --- Masking. -----------------------------------------------------------------------
 */

static void
test_mask(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    {
        g_autoptr(LkSession) issa = office_unlock(f->store, "issa");
        set_name(issa, code_at(f, 0), "Fatou Exemple", "");
        set_name(issa, code_at(f, 1), "Fatou Fictive", "");
        g_assert_cmpuint(n_found(issa, "Fatou"), ==, 2);
    }
    g_autofree char *sealed = NULL;
    {
        g_autoptr(sqlite3_stmt) row =
            lk_sql_prepare(f->store, &error,
                           "SELECT hex(substr(sealed, 1, 24)) FROM vault"
                           " WHERE case_code = ?",
                           "t", code_at(f, 0)->text);
        g_assert_cmpint(lk_sql_step(f->store, row, &error), ==, LK_SQL_ROW);
        sealed = g_strdup(lk_sql_text(row, 0));
    }
    g_autofree char *find = g_strdup_printf(
        "cat '%s'/lakana.db* | od -An -v -tx1 | tr -d ' \\n' | grep -qi '%s'",
        f->office, sealed);
    g_assert_cmpint(office_shell(find), ==, 0);
    g_autoptr(LkSession) awa = office_unlock(f->store, "awa");
    g_assert_cmpuint(n_found(awa, "Fatou"), ==, 2);
    g_assert_true(lk_vault_mask(awa, code_at(f, 0), &error));
    g_assert_no_error(error);
    assert_refused(awa, code_at(f, 0), LK_STORE_ERROR_UNKNOWN);
    g_autofree char *kept =
        g_strdup_printf("SELECT count(*) FROM vault_entries WHERE case_code = '%s'",
                        code_at(f, 0)->text);
    g_assert_cmpint(office_number(f->store, kept), ==, 0);
    g_assert_cmpint(office_number(f->store, "SELECT count(*) FROM vault_entries"), ==,
                    2);
    g_assert_cmpint(office_number(f->store, "SELECT count(*) FROM vault"), ==, 1);
    g_assert_cmpint(office_shell(find), !=, 0); /* not even its sealed bytes */
    g_assert_cmpuint(n_found(awa, "Fatou"), ==, 1);
    g_auto(LkVaultEntry) entry = {0};
    lk_vault_entry_set(&entry, LK_VAULT_NAME, "Fatou Exemple");
    g_assert_false(lk_vault_set(awa, code_at(f, 0), &entry, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED);
    /* The database itself refuses: what is not masked stays, what is masked is gone. */
    g_autofree char *again = g_strdup_printf(
        "sqlite3 '%s/lakana.db' 'DELETE FROM vault' 2>/dev/null || sqlite3 "
        "'%s/lakana.db' 'DELETE FROM masks' 2>/dev/null",
        f->office, f->office);
    g_assert_cmpint(office_shell(again), !=, 0);
    /* Once more is no mistake: it may have been interrupted. */
    g_clear_error(&error);
    g_assert_true(lk_vault_mask(awa, code_at(f, 0), &error));
    g_autoptr(LkVault) vault = lk_vault_open(awa, &error);
    g_assert_cmpuint(lk_vault_size(vault), ==, 1);
}

/* --- The same child twice? ----------------------------------------------------------
 */

static void
test_alike(Fixture *f, gconstpointer unused)
{
    (void)unused;
    static const struct {
        const char *name, *more;
        const char *found; /* indices of files, likeliest first */
    } cases[] = {
        {"Fatimata Djallo", "birth = 2015", "0"},
        {"Fatimata Djallo", "birth = 2017", ""}, /* three years apart */
        {"Fatimata Djallo", "", ""},             /* nothing else is known */
        {"Fatimata Djallo", "place = Sevaré", "0"},
        {"Jallow Fanta", "birth = 2013\nplace = Sévaré", "0"},
        {"Fatoumata Diarra", "birth = 2014\nplace = Sévaré", ""},
        {"Moussa Keita", "birth = 2012", "1"},
        {"Musa Keyta", "birth = 2012", "1"},
        {"Moussi Keita", "birth = 2012", ""}, /* one letter, and no place */
        {"Moussi Keita", "birth = 2012\nplace = Djenné", "1"},
        {"Autre Nom", "birth = 2012\nknown_as = Petit Baba", "1"},
        {"Tonton Fictif", "birth = 2014", ""}, /* a guardian is not the child */
    };
    g_autoptr(LkSession) awa = office_unlock(f->store, "awa");
    set_name(awa, code_at(f, 0), "Fatoumata Diallo",
             "birth = 2014\nplace = Sévaré, Mopti\nguardian = Tonton Fictif");
    set_name(awa, code_at(f, 1), "Moussa Keïta",
             "birth = 2012-05-01\nplace = Djenné\nknown_as = Petit Baba");
    g_autoptr(GError) error = NULL;
    g_autoptr(LkVault) vault = lk_vault_open(awa, &error);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            g_strdup_printf("name = %s\n%s", cases[i].name, cases[i].more);
        g_auto(LkVaultEntry) entry = {0};
        g_assert_true(lk_vault_entry_parse(text, strlen(text), &entry, &error));
        g_autoptr(GArray) alike = lk_vault_alike(vault, code_at(f, 2), &entry, &error);
        g_assert_no_error(error);
        g_autoptr(GString) found = g_string_new(NULL);
        for (guint j = 0; j < alike->len; j++) {
            const LkVaultMatch *match = &g_array_index(alike, LkVaultMatch, j);
            g_string_append_c(
                found, lk_case_code_equal(&match->code, code_at(f, 0)) ? '0' : '1');
        }
        if (strcmp(found->str, cases[i].found) != 0) {
            g_test_message("%s %s: %s", cases[i].name, cases[i].more, found->str);
            g_test_fail();
        }
    }
    /* Never the file itself. */
    g_auto(LkVaultEntry) same = {0};
    lk_vault_entry_set(&same, LK_VAULT_NAME, "Fatoumata Diallo");
    lk_vault_entry_set(&same, LK_VAULT_BIRTH, "2014");
    g_autoptr(GArray) none = lk_vault_alike(vault, code_at(f, 0), &same, &error);
    g_assert_cmpuint(none->len, ==, 0);
}

/* --- What people typed. -------------------------------------------------------------
 */

/* A page of a new file with a name, a number that may name somebody, and a box. */
static gint64
file_page(const Fixture *f, LkCaseCode *code)
{
    const LkStoreLayout layout = {"7KQX2", "1.B", 1, "{\"id\":\"7KQX2\"}"};
    LkStoreOrder order = {.n_new = 1, .forms = &layout, .n_forms = 1};
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) copies = lk_store_issue(f->store, &order, &error);
    g_assert_no_error(error);
    const LkStoreCopy *copy = &g_array_index(copies, LkStoreCopy, 0);
    g_autofree char *path = g_build_filename(f->dir, "scan", NULL);
    g_assert_true(g_file_set_contents(path, "pages", -1, &error));
    g_auto(LkStoreScan) scan = {0};
    g_assert_true(lk_store_scan_begin(f->store, path, &scan, &error));
    const LkStoreReading readings[] = {
        {"nom", 0, NULL, NULL, LK_VALUE_OK, 1, LK_SOURCE_TEXT, true, true, false},
        {"tel", 0, NULL, NULL, LK_VALUE_TO_TYPE, 1, LK_SOURCE_COMB, true, true, false},
        {"age", 0, NULL, NULL, LK_VALUE_TO_TYPE, 1, LK_SOURCE_COMB, true, false, false},
    };
    LkStorePage page = {.status = LK_PAGE_READ,
                        .known_by = LK_KNOWN_BY_QR,
                        .case_code = copy->code,
                        .holds = true,
                        .reasons = "",
                        .id = {.page = 1, .case_code = copy->code},
                        .readings = readings,
                        .n_readings = G_N_ELEMENTS(readings)};
    g_strlcpy(page.id.form, copy->form, sizeof page.id.form);
    g_strlcpy(page.id.layout, copy->layout, sizeof page.id.layout);
    g_strlcpy(page.id.copy, copy->copy, sizeof page.id.copy);
    LkFiled filed = {0};
    g_assert_true(lk_store_file_page(f->store, scan.id, &page, &filed, &error));
    g_assert_no_error(error);
    *code = copy->code;
    return filed.page;
}

static void
type(const Fixture *f, gint64 page, const char *field, const char *value, bool undo)
{
    g_autoptr(GError) error = NULL;
    LkDecision decision = {
        .page = page, .field = field, .value = value, .undo = undo, .who = "clerk"};
    g_assert_true(lk_store_decide_sealed(f->store, &decision, &error));
    g_assert_no_error(error);
}

static void
add_typed(const LkTyped *typed, void *data)
{
    g_string_append_printf(data, "%s=%s;", typed->field, typed->value);
}

static void
assert_typed(LkSession *session, const LkCaseCode *code, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) got = g_string_new(NULL);
    g_assert_true(lk_store_each_typed(session, code, add_typed, got, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(got->str, ==, expected);
}

static void
test_typed(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    LkCaseCode code;
    gint64 page = file_page(f, &code);
    type(f, page, "nom", "Fatou\nExemplaire", false); /* nobody has unlocked */
    type(f, page, "tel", "70000000", false);
    g_assert_false(office_shows(f->office, "exemplaire"));
    g_assert_cmpint(office_number(f->store,
                                  "SELECT count(*) FROM current_values WHERE source ="
                                  " 'person' AND value IS NULL AND written = 1"),
                    ==, 2);
    LkDecision open = {.page = page, .field = "age", .value = "12", .who = "clerk"};
    g_assert_false(lk_store_decide_sealed(f->store, &open, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN);
    g_clear_error(&error);
    g_autoptr(LkSession) awa = office_unlock(f->store, "awa");
    assert_typed(awa, &code, "nom=Fatou\nExemplaire;tel=70000000;");
    type(f, page, "nom", "Awa Exemplaire", false);
    type(f, page, "tel", NULL, false);
    assert_typed(awa, &code, "nom=Awa Exemplaire;");
    type(f, page, "nom", NULL, true);
    assert_typed(awa, &code, "");
    type(f, page, "nom", "Fanta Exemplaire", false);
    assert_typed(awa, &code, "nom=Fanta Exemplaire;");
    /* Moved to the other field. */
    office_sql(
        f->office,
        "UPDATE sealed_values SET sealed = (SELECT sealed FROM sealed_values WHERE"
        " field = 'tel' ORDER BY id LIMIT 1) WHERE id = (SELECT max(id) FROM"
        " sealed_values WHERE field = 'nom')");
    g_autoptr(GString) got = g_string_new(NULL);
    g_assert_false(lk_store_each_typed(awa, &code, add_typed, got, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED);
    g_assert_cmpstr(got->str, ==, "");
    g_clear_error(&error);
    g_assert_true(lk_vault_mask(awa, &code, &error));
    g_assert_no_error(error);
    assert_typed(awa, &code, "");
    LkDecision late = {.page = page, .field = "nom", .value = "Fatou", .who = "clerk"};
    g_assert_false(lk_store_decide_sealed(f->store, &late, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED);
}

#define ADD(path, function) g_test_add(path, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vault/entry", test_entry);
    g_test_add_func("/vault/entry/overlay", test_entry_overlay);
    ADD("/vault/set", test_set);
    ADD("/vault/keys", test_keys);
    ADD("/vault/give", test_give);
    ADD("/vault/kept-when-set", test_kept_when_set);
    ADD("/vault/index/damaged", test_index_damaged);
    ADD("/vault/row/damaged", test_row_damaged);
    ADD("/vault/mask", test_mask);
    ADD("/vault/alike", test_alike);
    ADD("/vault/typed", test_typed);
    return g_test_run();
}
