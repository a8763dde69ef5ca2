/* What a person decided of a personal box. Judges we did not write: grep over the
 * office's bytes, and plain SQL through the sqlite3 program. Options are invented
 * words, so that nothing else in the office has them. */
#include "store/priv.h"

#include "tests/files/office.h"

#include <glib/gstdio.h>
#include <string.h>

#define BEFORE_SEALED 10 /* the last version that kept them in clear */
#define OPTION "zorgluche"

typedef struct {
    char *dir, *office;
    LkStore *store;
    LkCaseCode code;
    LkStorePage page;
    gint64 number; /* of the page that was filed */
} Fixture;

/* One file, one page, on it a personal box that is required and empty. */
static void
file_page(Fixture *f)
{
    static const LkStoreLayout form = {"7KQX2", "1.B", 4, "{\"id\":\"7KQX2\"}"};
    static const LkStoreReading reading = {.field = "secret",
                                           .options = "{\"" OPTION "\":false}",
                                           .confidence = 1,
                                           .source = LK_SOURCE_MARK,
                                           .personal = true};
    static const LkStoreItem required = {LK_WAIT_REQUIRED, "secret", 0};
    g_autoptr(GError) error = NULL;
    LkStoreOrder order = {.n_new = 1, .forms = &form, .n_forms = 1};
    g_autoptr(GArray) copies = lk_store_issue(f->store, &order, &error);
    g_assert_no_error(error);
    const LkStoreCopy *copy = &g_array_index(copies, LkStoreCopy, 0);
    f->code = copy->code;
    f->page = (LkStorePage){.status = LK_PAGE_READ,
                            .known_by = LK_KNOWN_BY_QR,
                            .id = {.case_code = copy->code, .page = 1},
                            .case_code = copy->code,
                            .holds = true,
                            .reasons = "",
                            .readings = &reading,
                            .n_readings = 1,
                            .items = &required,
                            .n_items = 1};
    g_strlcpy(f->page.id.form, "1.B", sizeof f->page.id.form);
    g_strlcpy(f->page.id.copy, copy->copy, sizeof f->page.id.copy);
    g_strlcpy(f->page.id.layout, copy->layout, sizeof f->page.id.layout);
    g_autofree char *path = g_build_filename(f->dir, "scan.pdf", NULL);
    g_file_set_contents(path, "EXEMPLE FICTIF", -1, &error);
    g_auto(LkStoreScan) scan = {0};
    g_assert_true(lk_store_scan_begin(f->store, path, &scan, &error));
    LkFiled filed;
    g_assert_true(lk_store_file_page(f->store, scan.id, &f->page, &filed, &error));
    g_assert_no_error(error);
    f->number = filed.page;
}

static void
set_up(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    f->dir = g_dir_make_tmp("lakana-decided-XXXXXX", &error);
    f->office = g_build_filename(f->dir, "office", NULL);
    office_init(f->office, "MOP", "EXEMPLE FICTIF");
    f->store = lk_store_open(f->office, &error);
    g_assert_no_error(error);
    file_page(f);
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
    (void)unused;
    lk_store_free(f->store);
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", f->dir);
    g_assert_cmpint(office_shell(command), ==, 0);
    g_free(f->office);
    g_free(f->dir);
}

static void
take_typed(const LkTyped *typed, void *data)
{
    g_string_append_printf(data, "%s %d=%s;", typed->field, typed->row, typed->value);
}

/* What the holder of the file's key reads. */
static void
assert_read(const Fixture *f, const char *expected)
{
    g_autoptr(LkSession) session = office_session(f->store);
    g_autoptr(GString) typed = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_store_each_typed(session, &f->code, take_typed, typed, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(typed->str, ==, expected);
}

static void
decide(const Fixture *f, const char *value, bool undo)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *options =
        value != NULL ? g_strdup_printf("{\"%s\":true}", value) : NULL;
    LkDecision decision = {.page = f->number,
                           .field = "secret",
                           .value = value,
                           .options = options,
                           .undo = undo,
                           .who = "agent1"};
    g_assert_true(lk_store_decide(f->store, &decision, &error));
    g_assert_no_error(error);
}

static void
test_sealed(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_assert_cmpint(office_number(f->store, "SELECT count(*) FROM waiting"), ==, 1);
    decide(f, OPTION, false);
    g_assert_false(office_shows(f->office, OPTION));
    g_assert_cmpint(office_number(f->store,
                                  "SELECT value IS NULL AND source = 'person' FROM"
                                  " current_values WHERE field = 'secret'"),
                    ==, 1);
    g_assert_cmpint(office_number(f->store, "SELECT count(*) FROM waiting"), ==, 0);
    assert_read(f, "secret 0=" OPTION ";");
    decide(f, NULL, true);
    assert_read(f, "");
    g_assert_cmpint(office_number(f->store, "SELECT count(*) FROM waiting"), ==, 1);
    decide(f, "autre", false);
    assert_read(f, "secret 0=autre;");
}

/* --- Offices of an older program. ---------------------------------------------------
 */

/* As it wrote: in clear, and enough of them that some have moved in the file. */
static void
write_clear(const Fixture *f)
{
    g_autofree char *text = g_strdup_printf(
        "INSERT INTO decisions (page, field, row_no, kind, value, options, who, at)"
        " WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 80)"
        " SELECT %" G_GINT64_FORMAT ", 'secret', 0, 'value', '" OPTION "' || i,"
        " '{\\\"" OPTION "\\\":true}', 'agent' || i, '2026-11-0' || i FROM n",
        f->number);
    office_sql(f->office, text);
}

static void
reopen(Fixture *f)
{
    g_autoptr(GError) error = NULL;
    g_clear_pointer(&f->store, lk_store_free);
    f->store = lk_store_open(f->office, &error);
    g_assert_no_error(error);
}

/* The office of the fixture, as it would be at the version before. */
static void
make_old(Fixture *f)
{
    g_autofree char *old = g_build_filename(f->dir, "old", NULL);
    g_autofree char *db = g_build_filename(old, LK_DB_NAME, NULL);
    g_mkdir(old, 0700);
    g_file_set_contents(db, "", 0, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStore) store = lk_store_connect(old, db, &error);
    g_assert_no_error(error);
    store->region = g_strdup("MOP");
    g_assert_true(lk_schema_migrate(store, BEFORE_SEALED, &error));
    g_assert_true(lk_sql_exec(store,
                              "INSERT INTO settings (name, value) VALUES"
                              " ('region', 'MOP'), ('office', 'EXEMPLE FICTIF')",
                              &error));
    g_assert_no_error(error);
    g_clear_pointer(&f->store, lk_store_free);
    g_free(f->office);
    f->office = g_steal_pointer(&old);
    f->store = g_steal_pointer(&store);
    office_protect(f->store);
    file_page(f);
}

static void
test_migration(Fixture *f, gconstpointer unused)
{
    (void)unused;
    make_old(f);
    write_clear(f);
    g_assert_true(office_shows(f->office, OPTION));
    reopen(f);
    g_assert_false(office_shows(f->office, OPTION));
    assert_read(f, "secret 0=" OPTION "80;");
    g_assert_cmpint(
        office_number(f->store, "SELECT count(*) FROM decisions WHERE who LIKE 'agent%'"
                                " AND kind = 'value' AND value IS NULL"),
        ==, 80);
    g_assert_cmpint(
        office_number(f->store,
                      "SELECT count(*) FROM sealed_values s JOIN decisions d ON"
                      " d.who = s.who AND d.at = s.at"),
        ==, 80);
    g_assert_cmpint(
        office_number(f->store, "SELECT count(*) FROM settings WHERE name = 'wipe'"),
        ==, 0);
}

/* Of a masked file nothing personal is kept. */
static void
test_migration_masked(Fixture *f, gconstpointer unused)
{
    (void)unused;
    make_old(f);
    write_clear(f);
    office_sql(f->office,
               "INSERT INTO masks SELECT code, '2026-11-27', 'awa' FROM cases");
    reopen(f);
    g_assert_false(office_shows(f->office, OPTION));
    g_assert_cmpint(
        office_number(f->store,
                      "SELECT count(*) FROM sealed_values WHERE kind = 'typed'"),
        ==, 0);
}

/* An office that had no keys when it was opened: `lakana protect` asks for this. */
static void
test_protect(Fixture *f, gconstpointer unused)
{
    (void)unused;
    write_clear(f);
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_store_seal_decisions(f->store, &error));
    g_assert_true(lk_store_wipe(f->store, &error));
    g_assert_no_error(error);
    g_assert_false(office_shows(f->office, OPTION));
    assert_read(f, "secret 0=" OPTION "80;");
}

/* A value may go only where it stands sealed, and only of a personal field. */
static void
test_guarded(Fixture *f, gconstpointer unused)
{
    (void)unused;
    write_clear(f);
    static const char *const crimes[] = {
        "UPDATE decisions SET value = NULL, options = NULL",
        "UPDATE decisions SET value = 'x'",
        "UPDATE decisions SET who = 'x'",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(crimes); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(lk_sql_exec(f->store, crimes[i], &error));
    }
}

#define ADD(path, test) g_test_add(path, Fixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/decided/sealed", test_sealed);
    ADD("/decided/migration", test_migration);
    ADD("/decided/migration-masked", test_migration_masked);
    ADD("/decided/protect", test_protect);
    ADD("/decided/guarded", test_guarded);
    return g_test_run();
}
