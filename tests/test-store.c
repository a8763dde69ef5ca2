/* The office folder. Judges we did not write: b2sum, and plain SQL through the sqlite3
 * program, which knows nothing of ours. */
#include "store/priv.h"

#include "tests/files/office.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LAYOUT_JSON "{\"id\":\"7KQX2\"}"

typedef struct {
    char *dir;    /* temporary folder, removed at the end */
    char *office; /* in it */
    LkStore *store;
} Fixture;

static void run(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* A command that must succeed. */
static void
run(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *command = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    const char *argv[] = {"sh", "-c", command, NULL};
    g_autoptr(GError) error = NULL;
    int status = 0;
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                 &status, &error);
    g_assert_no_error(error);
    g_assert_cmpint(status, ==, 0);
}

/* Output of `sqlite3 DB SQL`, errors included, without the last newline. */
static char *
ask(const Fixture *f, const char *sql)
{
    g_autofree char *db = g_build_filename(f->office, "lakana.db", NULL);
    const char *argv[] = {"sqlite3", db, sql, NULL};
    char *out = NULL;
    g_autofree char *err = NULL;
    g_autoptr(GError) error = NULL;
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err,
                 NULL, &error);
    g_assert_no_error(error);
    g_autofree char *text = out;
    return g_strchomp(g_strconcat(text, err, NULL));
}

static void
assert_sql(const Fixture *f, const char *sql, const char *expected)
{
    g_autofree char *got = ask(f, sql);
    g_assert_cmpstr(got, ==, expected);
}

static void
set_up(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    f->dir = g_dir_make_tmp("lakana-store-XXXXXX", &error);
    g_assert_no_error(error);
    f->office = g_build_filename(f->dir, "office", NULL);
    office_init(f->office, "MOP", "DRPFEF Mopti");
    g_assert_no_error(error);
    f->store = lk_store_open(f->office, &error);
    g_assert_no_error(error);
    g_assert_nonnull(f->store);
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
    (void)unused;
    lk_store_free(f->store);
    run("rm -rf '%s'", f->dir);
    g_free(f->dir);
    g_free(f->office);
}

static const LkStoreLayout form_1b = {"7KQX2", "1.B", 2, LAYOUT_JSON};
static const LkStoreLayout form_1c = {"8MRY3", "1.C", 1, "{\"id\":\"8MRY3\"}"};

/* A case with one 1.B and one 1.C. */
static GArray *
issue_one(LkStore *store)
{
    const LkStoreLayout forms[] = {form_1b, form_1c};
    LkStoreOrder order = {.n_new = 1, .forms = forms, .n_forms = 2};
    g_autoptr(GError) error = NULL;
    GArray *copies = lk_store_issue(store, &order, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(copies->len, ==, 2);
    return copies;
}

static gint64
begin_scan(const Fixture *f, const char *content)
{
    g_autofree char *path = g_build_filename(f->dir, "scan", NULL);
    g_autoptr(GError) error = NULL;
    g_assert_true(g_file_set_contents(path, content, -1, &error));
    g_auto(LkStoreScan) scan = {0};
    g_assert_true(lk_store_scan_begin(f->store, path, &scan, &error));
    g_assert_no_error(error);
    return scan.id;
}

/* Page @number of @copy, ready to be filed; readings and items are the caller's. */
static LkStorePage
page_of(const LkStoreCopy *copy, int number, int index)
{
    LkStorePage page = {.index = index,
                        .status = LK_PAGE_READ,
                        .known_by = LK_KNOWN_BY_QR,
                        .case_code = copy->code,
                        .holds = true,
                        .reasons = "",
                        .quality = "{\"dpi\":300}"};
    page.id.case_code = copy->code;
    page.id.page = number;
    g_strlcpy(page.id.form, copy->form, sizeof page.id.form);
    g_strlcpy(page.id.layout, copy->layout, sizeof page.id.layout);
    g_strlcpy(page.id.copy, copy->copy, sizeof page.id.copy);
    return page;
}

static const LkStoreReading sex_f = {
    "sexe", 0,     "f",  "{\"f\":true,\"m\":false}", LK_VALUE_OK, 0.99, LK_SOURCE_MARK,
    false,  false, false};
static const LkStoreReading sex_m = {
    "sexe", 0,     "m",  "{\"f\":false,\"m\":true}", LK_VALUE_OK, 0.99, LK_SOURCE_MARK,
    false,  false, false};

static LkFiled
file(const Fixture *f, gint64 scan, const LkStorePage *page)
{
    g_autoptr(GError) error = NULL;
    LkFiled filed = {0};
    g_assert_true(lk_store_file_page(f->store, scan, page, &filed, &error));
    g_assert_no_error(error);
    return filed;
}

/* --- The office. -------------------------------------------------------------------
 */

static void
test_init(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_assert_cmpstr(lk_store_region(f->store), ==, "MOP");
    g_assert_cmpstr(lk_store_office(f->store), ==, "DRPFEF Mopti");
    GStatBuf info;
    g_assert_cmpint(g_stat(f->office, &info), ==, 0);
    g_assert_cmpint(info.st_mode & 0777, ==, 0700);
    assert_sql(f, "PRAGMA journal_mode; PRAGMA integrity_check", "wal\nok");
    assert_sql(f,
               "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND"
               " type = 'table' AND NOT strict AND name NOT LIKE 'sqlite_%'",
               "0");

    g_autoptr(GError) error = NULL;
    g_assert_false(lk_store_init(f->office, "MOP", "Autre", &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_EXISTS);
    assert_sql(f, "SELECT value FROM settings WHERE name = 'office'", "DRPFEF Mopti");
}

static void
test_init_refuses(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_assert_false(lk_store_init(f->dir, "MOP", "Plein", &error)); /* not empty */
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_EXISTS);
    g_clear_error(&error);
    g_autofree char *other = g_build_filename(f->dir, "other", NULL);
    g_assert_false(lk_store_init(other, "mop", "Minuscules", &error));
    g_assert_error(error, LK_BASE_ERROR, LK_BASE_ERROR_CODE);
    g_assert_false(g_file_test(other, G_FILE_TEST_EXISTS));
}

/* Killed between creating the database and giving it its name. */
static void
test_init_again(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autofree char *dir = g_build_filename(f->dir, "cut", NULL);
    run("mkdir '%s' && echo half > '%s/lakana.db.new'", dir, dir);
    g_autoptr(GError) error = NULL;
    office_init(dir, "GAO", "Gao");
    g_assert_no_error(error);
    g_autoptr(LkStore) store = lk_store_open(dir, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(lk_store_region(store), ==, "GAO");
}

static void
assert_open_fails(const char *dir, LkStoreError code)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStore) store = lk_store_open(dir, &error);
    g_assert_null(store);
    g_assert_error(error, LK_STORE_ERROR, (int)code);
}

static void
test_open_refuses(Fixture *f, gconstpointer unused)
{
    (void)unused;
    assert_open_fails(f->dir, LK_STORE_ERROR_NOT_OFFICE);
    assert_open_fails("/nonexistent", LK_STORE_ERROR_NOT_OFFICE);

    g_clear_pointer(&f->store, lk_store_free);
    run("sqlite3 '%s/lakana.db' 'PRAGMA user_version = 99'", f->office);
    assert_open_fails(f->office, LK_STORE_ERROR_NEWER);
    run("sqlite3 '%s/lakana.db' 'PRAGMA application_id = 1'", f->office);
    assert_open_fails(f->office, LK_STORE_ERROR_NOT_OFFICE);
    run("head -c 40000 /dev/urandom > '%s/lakana.db'", f->office);
    assert_open_fails(f->office, LK_STORE_ERROR_DAMAGED);
}

/* A page of the database overwritten in the middle: opens, fails where it is read. */
static void
test_damaged_inside(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_array_unref(issue_one(f->store));
    g_clear_pointer(&f->store, lk_store_free);
    g_autofree char *root =
        ask(f, "SELECT rootpage FROM sqlite_schema WHERE name = 'cases'");
    run("dd if=/dev/zero of='%s/lakana.db' bs=4096 seek=%d count=1 conv=notrunc"
        " 2>/dev/null",
        f->office, atoi(root) - 1);
    g_autoptr(GError) error = NULL;
    f->store = lk_store_open(f->office, &error);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) cases = lk_store_list_cases(f->store, NULL, &error);
    g_assert_null(cases);
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED);
    g_assert_nonnull(strstr(error->message, "lakana.db"));
}

/* Every prefix of the migrations, then the rest, gives the same schema as all at once.
 */
static void
test_migrations(Fixture *f, gconstpointer unused)
{
    (void)unused;
    static const char schema[] = "SELECT sql FROM sqlite_schema ORDER BY type, name";
    g_autofree char *whole = ask(f, schema);
    for (int from = 0; from < lk_schema_version(); from++) {
        g_autofree char *dir = g_strdup_printf("%s/step-%d", f->dir, from);
        g_autofree char *db = g_build_filename(dir, "lakana.db", NULL);
        g_mkdir(dir, 0700);
        Fixture at = {f->dir, dir, NULL};
        g_autoptr(LkStore) store = g_new0(LkStore, 1);
        store->dir = g_strdup(dir);
        store->lock_fd = -1;
        g_autoptr(GError) error = NULL;
        g_assert_true(lk_sql_open(store, db, true, &error));
        g_assert_true(lk_schema_migrate(store, from, &error));
        g_autofree char *version = ask(&at, "PRAGMA user_version");
        g_assert_cmpint(atoi(version), ==, from);
        g_assert_true(lk_schema_migrate(store, lk_schema_version(), &error));
        g_assert_no_error(error);
        g_autofree char *stepped = ask(&at, schema);
        g_assert_cmpstr(stepped, ==, whole);
    }
}

/* The table of pages is made anew by a later migration: what was in it, and what refers
 * to it, must be there afterwards, and its guards as well. */
static void
test_migration_keeps_pages(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autofree char *dir = g_strdup_printf("%s/first", f->dir);
    g_autofree char *db = g_build_filename(dir, "lakana.db", NULL);
    g_mkdir(dir, 0700);
    Fixture at = {f->dir, dir, NULL};
    g_autoptr(LkStore) store = g_new0(LkStore, 1);
    store->dir = g_strdup(dir);
    store->db_path = g_strdup(db);
    store->lock_fd = -1;
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_sql_open(store, db, true, &error));
    g_assert_true(lk_schema_migrate(store, 1, &error));
    run("sqlite3 '%s' \"PRAGMA foreign_keys = ON;"
        " INSERT INTO cases VALUES ('MOP482190736629', 'issued', 'T');"
        " INSERT INTO scans VALUES (1, 'h', 1, 'T', 'done', 2, NULL);"
        " INSERT INTO pages VALUES (1, 1, 0, 'read', 'qr', 'MOP482190736629', '1.B',"
        "   '9F3TK', 1, 'AAAAA', 'MOP482190736629', 1, NULL, '', NULL, NULL, 5, 'T'),"
        "   (2, 1, 1, 'duplicate', 'qr', 'MOP482190736629', '1.B', '9F3TK', 1, 'AAAAA',"
        "   'MOP482190736629', 0, 1, '', NULL, NULL, 5, 'T');"
        " INSERT INTO readings VALUES (1, 0, 'sexe', 0, 'F', NULL, 'ok', 1, 'mark', 0,"
        "   0);"
        " INSERT INTO decisions VALUES (1, 1, 'sexe', 0, 'value', 'M', NULL, 'X', NULL,"
        "   'T');\"",
        db);
    g_assert_true(lk_schema_migrate(store, lk_schema_version(), &error));
    g_assert_no_error(error);
    assert_sql(&at, "SELECT id, idx, holds, other, filed_at FROM pages",
               "1|0|1||T\n"
               "2|1|0|1|T");
    assert_sql(&at, "SELECT value, source FROM current_values", "M|person");
    assert_sql(&at, "SELECT count(*) FROM pragma_foreign_key_check", "0");
    g_assert_false(lk_sql_exec(store, "UPDATE pages SET status = 'blank'", &error));
    g_clear_error(&error);
    g_assert_false(lk_sql_exec(store, "DELETE FROM pages", &error));
    g_clear_error(&error);
    /* The connection guards what refers again. */
    g_assert_false(lk_sql_exec(store,
                               "INSERT INTO items (page, kind, row_no, raised_at)"
                               " VALUES (99, 'conflict', 0, 'T')",
                               &error));
}

/* --- Cases and copies. -------------------------------------------------------------
 */

static void
test_issue(Fixture *f, gconstpointer unused)
{
    (void)unused;
    const LkStoreLayout forms[] = {form_1b, form_1c, form_1c};
    LkStoreOrder order = {.n_new = 2, .forms = forms, .n_forms = 3};
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) copies = lk_store_issue(f->store, &order, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(copies->len, ==, 6);
    const LkStoreCopy *c = &g_array_index(copies, LkStoreCopy, 0);
    g_assert_cmpstr(c[0].form, ==, "1.B");
    g_assert_cmpint(c[0].n_pages, ==, 2);
    g_assert_cmpstr(c[2].form, ==, "1.C");
    g_assert_cmpint(c[1].number, ==, 1);
    g_assert_cmpint(c[2].number, ==, 2);
    g_assert_cmpstr(c[0].code.text, ==, c[2].code.text);
    g_assert_cmpstr(c[0].code.text, !=, c[3].code.text);
    g_assert_cmpint(lk_mod97(c[0].code.text), ==, 1);
    assert_sql(f, "SELECT count(*) FROM cases WHERE origin = 'issued'", "2");
    assert_sql(f, "SELECT count(*), sum(printed_at IS NOT NULL) FROM copies", "6|6");
    assert_sql(f, "SELECT count(*) FROM layouts", "2");

    /* The same file again: its copies count on. */
    LkStoreOrder more = {
        .existing = &c[0].code, .n_existing = 1, .forms = &form_1c, .n_forms = 1};
    g_autoptr(GArray) third = lk_store_issue(f->store, &more, &error);
    g_assert_no_error(error);
    g_assert_cmpint(g_array_index(third, LkStoreCopy, 0).number, ==, 3);
    g_autoptr(GArray) listed = lk_store_list_copies(f->store, &c[0].code, &error);
    g_assert_cmpuint(listed->len, ==, 4);
}

static void
test_issue_unknown(Fixture *f, gconstpointer unused)
{
    (void)unused;
    LkCaseCode stranger;
    g_assert_true(lk_case_code_parse("MOP-48219-07366-29", &stranger, NULL));
    LkStoreOrder order = {
        .existing = &stranger, .n_existing = 1, .forms = &form_1b, .n_forms = 1};
    g_autoptr(GError) error = NULL;
    g_assert_null(lk_store_issue(f->store, &order, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN);
    g_assert_nonnull(strstr(error->message, "MOP-48219-07366-29"));
    assert_sql(f, "SELECT count(*) FROM layouts", "0"); /* nothing of it stayed */
}

static void
test_issue_blank(Fixture *f, gconstpointer unused)
{
    (void)unused;
    LkStoreOrder order = {.n_blank = 3, .forms = &form_1b, .n_forms = 1};
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) copies = lk_store_issue(f->store, &order, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(copies->len, ==, 3);
    g_assert_true(lk_case_code_is_blank(&g_array_index(copies, LkStoreCopy, 2).code));
    assert_sql(f,
               "SELECT count(DISTINCT code), sum(blank), count(case_code)"
               " FROM copies",
               "3|3|0");
    assert_sql(f, "SELECT count(*) FROM cases", "0");
}

static const char *const fixed_codes[] = {"MOP-48219-07366-29", "MOP-48219-07366-29",
                                          "MOP-48219-07366-29", "MOP-00000-00000-92"};
static int next_fixed;

static bool
fixed_code(const char *region, LkCaseCode *code, GError **error)
{
    (void)region;
    return lk_case_code_parse(fixed_codes[next_fixed++], code, error);
}

static int next_serial;

static bool
fixed_serial(char serial[LK_SERIAL_LEN + 1], GError **error)
{
    (void)error;
    g_strlcpy(serial, next_serial++ < 2 ? "AAAAA" : "BBBBB", LK_SERIAL_LEN + 1);
    return true;
}

/* The source gives the same code three times, then another: two cases, one row each. */
static void
test_code_collision(Fixture *f, gconstpointer unused)
{
    (void)unused;
    next_fixed = 0;
    next_serial = 0;
    f->store->new_code = fixed_code;
    LkStoreOrder order = {.n_new = 2, .forms = &form_1b, .n_forms = 1};
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) copies = lk_store_issue(f->store, &order, &error);
    g_assert_no_error(error);
    g_assert_cmpint(next_fixed, ==, 4);
    assert_sql(f, "SELECT group_concat(code) FROM (SELECT code FROM cases ORDER BY 1)",
               "MOP000000000092,MOP482190736629");

    f->store->new_serial = fixed_serial;
    const LkStoreLayout twice[] = {form_1c, form_1c};
    LkStoreOrder again = {.existing = &g_array_index(copies, LkStoreCopy, 0).code,
                          .n_existing = 1,
                          .forms = twice,
                          .n_forms = 2};
    g_autoptr(GArray) more = lk_store_issue(f->store, &again, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(g_array_index(more, LkStoreCopy, 0).copy, ==, "AAAAA");
    g_assert_cmpstr(g_array_index(more, LkStoreCopy, 1).copy, ==, "BBBBB");
}

/* --- The archive. ------------------------------------------------------------------
 */

static bool
append(const void *bytes, size_t size, void *data, GError **error)
{
    (void)error;
    g_byte_array_append(data, bytes, (guint)size);
    return true;
}

/* The file at @path is sealed for @domain, and holds what lies at @clear. */
static void
assert_sealed(const Fixture *f, const char *path, const char *domain, const char *clear)
{
    g_autoptr(GError) error = NULL;
    char name[LK_DOMAIN_MAX + 1];
    g_assert_true(lk_sealed_file_domain(path, name, &error));
    g_assert_cmpstr(name, ==, domain);
    g_autoptr(LkSession) session = office_session(f->store);
    g_autoptr(GByteArray) got = g_byte_array_new();
    g_assert_true(lk_unseal_file(session, path, append, got, &error));
    g_assert_no_error(error);
    g_autofree char *expected = NULL;
    gsize len = 0;
    g_assert_true(g_file_get_contents(clear, &expected, &len, NULL));
    g_assert_cmpuint(got->len, ==, len);
    g_assert_cmpint(memcmp(got->data, expected, len), ==, 0);
}

static void
test_archive(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autofree char *path = g_build_filename(f->dir, "Fatou.pdf", NULL);
    run("head -c 700001 /dev/urandom > '%s'", path);
    g_auto(LkStoreScan) scan = {0};
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_store_scan_begin(f->store, path, &scan, &error));
    g_assert_no_error(error);
    g_assert_cmpint(scan.size, ==, 700001);
    g_assert_cmpint(scan.state, ==, LK_SCAN_PENDING);
    run("test \"$(b2sum -l 256 < '%s' | cut -d' ' -f1)\" = %s", path, scan.hash);
    run("test '%s' = '%s/archive/%.2s/%.2s/%s'", scan.path, f->office, scan.hash,
        scan.hash + 2, scan.hash);
    assert_sealed(f, scan.path, LK_DOMAIN_ARCHIVE, path);
    run("test \"$(stat -c %%a '%s')\" = 400", scan.path);
    run("! find '%s' | grep -q Fatou && ! grep -aq Fatou '%s'/lakana.db*", f->office,
        f->office);

    /* Again: the same row; nothing is written, nothing left behind. */
    g_auto(LkStoreScan) again = {0};
    g_assert_true(lk_store_scan_begin(f->store, path, &again, &error));
    g_assert_cmpint(again.id, ==, scan.id);
    run("test \"$(find '%s/archive' -type f | wc -l)\" = 1", f->office);
    assert_sql(f, "SELECT count(*) FROM journal WHERE what = 'scan'", "1");
}

/* Archived by a program that did not seal, then killed before the row; and a copy that
 * was cut short. */
static void
test_archive_interrupted(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autofree char *path = g_build_filename(f->dir, "in", NULL);
    run("printf abc > '%s'", path);
    run("h=$(b2sum -l 256 < '%s' | cut -d' ' -f1); d='%s/archive'/${h%%"
        "${h#??}}; r=${h#??}; d=$d/${r%%${r#??}}; mkdir -p \"$d\" "
        "'%s/archive/incoming';"
        " cp '%s' \"$d/$h\"; printf ab > '%s/archive/incoming/scan-dead00'",
        path, f->office, f->office, path, f->office);
    g_auto(LkStoreScan) scan = {0};
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_store_scan_begin(f->store, path, &scan, &error));
    g_assert_no_error(error);
    assert_sealed(f, scan.path, LK_DOMAIN_ARCHIVE, path);
    run("test \"$(find '%s/archive' -type f | wc -l)\" = 1", f->office);
}

static void
test_scan_states(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    gint64 id = begin_scan(f, "EXEMPLE FICTIF 1");
    g_assert_true(lk_store_scan_done(f->store, id, 3, &error));
    g_assert_true(lk_store_scan_done(f->store, id, 3, &error)); /* twice is once */
    g_auto(LkStoreScan) scan = {0};
    g_autofree char *path = g_build_filename(f->dir, "scan", NULL);
    g_assert_true(lk_store_scan_begin(f->store, path, &scan, &error));
    g_assert_cmpint(scan.state, ==, LK_SCAN_DONE);
    g_assert_cmpint(scan.n_pages, ==, 3);
    assert_sql(f, "SELECT count(*) FROM journal WHERE what = 'filed'", "1");

    id = begin_scan(f, "EXEMPLE FICTIF 2");
    g_assert_true(lk_store_scan_reject(f->store, id, "encrypted", &error));
    g_assert_true(lk_store_scan_begin(f->store, path, &scan, &error));
    g_assert_cmpint(scan.state, ==, LK_SCAN_REJECTED);
    g_assert_cmpstr(scan.reason, ==, "encrypted");
}

static void
test_scan_unreadable(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_auto(LkStoreScan) scan = {0};
    g_autoptr(GError) error = NULL;
    g_assert_false(lk_store_scan_begin(f->store, f->dir, &scan, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FILE);
    g_clear_error(&error);
    g_assert_false(lk_store_scan_begin(f->store, "/nonexistent", &scan, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FILE);
    g_assert_nonnull(strstr(error->message, "/nonexistent"));
}

/* Without keys nothing is taken in, and the advice is given. */
static void
test_unprotected(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autofree char *dir = g_build_filename(f->dir, "old", NULL);
    g_autofree char *path = g_build_filename(f->dir, "in", NULL);
    g_autoptr(GError) error = NULL;
    run("printf abc > '%s'", path);
    g_assert_true(lk_store_init(dir, "MOP", "EXEMPLE FICTIF", &error));
    g_autoptr(LkStore) store = lk_store_open(dir, &error);
    g_auto(LkStoreScan) scan = {0};
    g_assert_false(lk_store_scan_begin(store, path, &scan, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNPROTECTED);
    g_assert_nonnull(strstr(error->message, "lakana protect"));
    run("test ! -e '%s/archive'", dir);
}

/* --- Pages. ------------------------------------------------------------------------
 */

/* A page's own file: for the reception, then for the case file it was assigned to. */
static void
test_page_file(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GArray) copies = issue_one(f->store);
    const LkStoreCopy *copy = &g_array_index(copies, LkStoreCopy, 0);
    g_autofree char *clear = g_build_filename(f->dir, "clear", NULL);
    g_autoptr(GError) error = NULL;
    g_assert_true(g_file_set_contents(clear, "EXEMPLE FICTIF", -1, &error));
    g_autoptr(GBytes) own = g_bytes_new("EXEMPLE FICTIF", strlen("EXEMPLE FICTIF"));
    LkStoreCut cut = {.own = own};
    gint64 scan = begin_scan(f, "a");
    LkStorePage unknown = {
        .index = 0, .cut = &cut, .status = LK_PAGE_UNKNOWN, .reasons = ""};
    LkFiled filed;
    g_assert_true(lk_store_file_page(f->store, scan, &unknown, &filed, &error));
    g_assert_no_error(error);
    g_auto(LkStorePicture) first = {0};
    g_assert_true(lk_store_find_picture(f->store, filed.page, &first, &error));
    g_assert_true(first.is_sealed);
    assert_sealed(f, first.path, LK_DOMAIN_RECEPTION, clear);
    run("test \"$(stat -c %%a '%s')\" = 400", first.path);

    /* Filed again, and refused: what there is stays. */
    g_assert_false(lk_store_file_page(f->store, scan, &unknown, &filed, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FILED);
    g_clear_error(&error);
    assert_sealed(f, first.path, LK_DOMAIN_RECEPTION, clear);

    LkPageSaid said = {filed.page, "AB", NULL};
    LkStorePage told = page_of(copy, 1, 0);
    told.cut = &cut;
    told.told = &said;
    told.known_by = LK_KNOWN_BY_PERSON;
    g_assert_true(lk_store_file_page(f->store, scan, &told, &filed, &error));
    g_assert_no_error(error);
    char domain[LK_DOMAIN_MAX + 1];
    lk_domain_of_case(&copy->code, domain);
    for (gint64 page = said.page; page <= filed.page; page++) {
        g_auto(LkStorePicture) then = {0};
        g_assert_true(lk_store_find_picture(f->store, page, &then, &error));
        assert_sealed(f, then.path, domain, clear);
    }
    run("test ! -e '%s' && test \"$(find '%s/pages' -type f | wc -l)\" = 1", first.path,
        f->office);
    assert_sql(f, "SELECT count(*) || ' ' || sum(size) FROM page_files", "1 14");
}

/* What a personal field says is in the database for its readers only. */
static void
test_personal_reading(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GArray) copies = issue_one(f->store);
    const LkStoreCopy *copy = &g_array_index(copies, LkStoreCopy, 0);
    const LkStoreReading readings[] = {{.field = "lien",
                                        .value = "oncle",
                                        .options = "{\"oncle\":true}",
                                        .confidence = 1,
                                        .personal = true}};
    LkStorePage page = page_of(copy, 1, 0);
    page.readings = readings;
    page.n_readings = 1;
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_store_put_layout(f->store, &form_1b, &error));
    LkFiled filed;
    g_assert_true(
        lk_store_file_page(f->store, begin_scan(f, "a"), &page, &filed, &error));
    g_assert_no_error(error);
    assert_sql(f, "SELECT value IS NULL AND options IS NULL FROM readings", "1");
    run("! grep -aq oncle '%s'/lakana.db*", f->office);
    g_autofree char *hex = ask(f, "SELECT hex(sealed) FROM sealed_values");
    g_autoptr(GByteArray) sealed = g_byte_array_new();
    for (const char *at = hex; at[0] != '\0' && at[1] != '\0'; at += 2) {
        guint8 byte =
            (guint8)(g_ascii_xdigit_value(at[0]) * 16 + g_ascii_xdigit_value(at[1]));
        g_byte_array_append(sealed, &byte, 1);
    }
    g_autoptr(GBytes) bytes = g_bytes_new(sealed->data, sealed->len);
    char domain[LK_DOMAIN_MAX + 1];
    lk_domain_of_case(&copy->code, domain);
    g_autoptr(LkSession) session = office_session(f->store);
    g_autoptr(LkSecret) opened = lk_unseal(session, domain, bytes, &error);
    g_assert_no_error(error);
    g_assert_nonnull(strstr(lk_secret_data(opened), "\"value\":\"oncle\""));
    g_assert_nonnull(strstr(lk_secret_data(opened), "\"field\":\"lien\""));
}

static void
test_file_page(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GArray) copies = issue_one(f->store);
    const LkStoreCopy *copy = &g_array_index(copies, LkStoreCopy, 0);
    gint64 scan = begin_scan(f, "a");
    LkStorePage page = page_of(copy, 1, 0);
    const LkStoreReading readings[] = {
        sex_f,
        {"date_naissance", 0, "x", NULL, LK_VALUE_TO_TYPE, 0.9, LK_SOURCE_COMB, true,
         false, false},
        {"besoins.delai", 2, NULL, "{\"h\":false}", LK_VALUE_REVIEW, 0.5,
         LK_SOURCE_MARK, false, false, false},
    };
    page.readings = readings;
    page.n_readings = 3;
    page.evidence = g_bytes_new_static("\1\2\3", 3);
    LkFiled filed = file(f, scan, &page);
    g_assert_cmpint(filed.status, ==, LK_PAGE_READ);
    assert_sql(f,
               "SELECT status, form, copy = (SELECT serial FROM copies WHERE form ="
               " '1.B'), page, holds FROM pages",
               "read|1.B|1|1|1");
    /* Ink in a comb is no value, whatever the caller says. */
    assert_sql(f, "SELECT field, row_no, value, status FROM current_values",
               "sexe|0|f|ok\ndate_naissance|0||type\nbesoins.delai|2||review");

    g_autoptr(GError) error = NULL;
    LkFiled again = {0};
    g_assert_false(lk_store_file_page(f->store, scan, &page, &again, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FILED);
    g_clear_error(&error);
    page.index = 1;
    g_assert_false(lk_store_file_page(f->store, scan, &page, &again, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_TAKEN);
    assert_sql(f, "SELECT count(*) FROM pages", "1");

    page.holds = false;
    page.status = LK_PAGE_DUPLICATE;
    page.other = filed.page;
    page.n_readings = 0;
    (void)file(f, scan, &page);
    g_clear_error(&error);
    g_autoptr(GPtrArray) same =
        lk_store_find_same(f->store, &page.id, &page.case_code, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(same->len, ==, 1); /* duplicates are left out */
    const LkPageRecord *record = g_ptr_array_index(same, 0);
    g_assert_cmpint(record->page, ==, filed.page);
    g_assert_true(record->holds);
    g_assert_true(g_bytes_equal(record->evidence, page.evidence));
    g_autoptr(GPtrArray) listed = lk_store_scan_pages(f->store, scan, &error);
    g_assert_cmpuint(listed->len, ==, 2);
    g_assert_cmpint(((LkPageRecord *)g_ptr_array_index(listed, 1))->status, ==,
                    LK_PAGE_DUPLICATE);
    g_bytes_unref(page.evidence);
}

/* Even a program that forgets to look cannot make two pages hold one place. */
static void
test_one_holder(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GArray) copies = issue_one(f->store);
    LkStorePage page = page_of(&g_array_index(copies, LkStoreCopy, 0), 1, 0);
    (void)file(f, begin_scan(f, "a"), &page);
    g_autofree char *got =
        ask(f, "INSERT INTO pages SELECT 99, scan, 7, status, known_by, printed_code,"
               " form, copy, page, layout, case_code, 1, NULL, '', NULL, NULL, 0,"
               " filed_at FROM pages");
    g_assert_nonnull(strstr(got, "UNIQUE constraint failed"));
}

/* A pack printed in Gao, scanned in Mopti. */
static void
test_received(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    LkStoreCopy copy = {.form = "1.B", .layout = "7KQX2", .copy = "9F3TK"};
    g_assert_true(lk_case_code_new("GAO", &copy.code, &error));
    LkStorePage page = page_of(&copy, 1, 0);
    page.readings = &sex_f;
    page.n_readings = 1;
    gint64 scan = begin_scan(f, "a");
    LkFiled filed = {0};
    g_assert_false(lk_store_file_page(f->store, scan, &page, &filed, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN); /* the layout */
    g_clear_error(&error);
    assert_sql(f, "SELECT count(*) FROM cases", "0");

    g_assert_true(lk_store_put_layout(f->store, &form_1b, &error));
    (void)file(f, scan, &page);
    assert_sql(f, "SELECT origin FROM cases", "received");
    assert_sql(f, "SELECT serial, number, printed_at IS NULL FROM copies", "9F3TK|1|1");
    page.id.page = 2; /* second page: same case, same copy */
    page.index = 1;
    (void)file(f, scan, &page);
    assert_sql(f, "SELECT count(*) FROM copies", "1");
}

/* A blank copy with a label goes to that file; without one, it waits. */
static void
test_blank_copies(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GArray) copies = issue_one(f->store);
    LkStoreOrder order = {.n_blank = 1, .forms = &form_1b, .n_forms = 1};
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) blanks = lk_store_issue(f->store, &order, &error);
    const LkStoreCopy *blank = &g_array_index(blanks, LkStoreCopy, 0);
    gint64 scan = begin_scan(f, "a");

    LkStorePage page = page_of(blank, 1, 0);
    page.case_code = g_array_index(copies, LkStoreCopy, 0).code;
    page.known_by = LK_KNOWN_BY_LABEL;
    (void)file(f, scan, &page);

    LkStoreItem item = {LK_WAIT_NO_CASE, NULL, 0};
    page = page_of(blank, 2, 1);
    page.case_code.text[0] = '\0';
    page.holds = false;
    page.status = LK_PAGE_REVIEW;
    page.items = &item;
    page.n_items = 1;
    (void)file(f, scan, &page);
    assert_sql(f, "SELECT kind, case_code IS NULL, page FROM waiting", "no-case|1|2");
    g_autoptr(GPtrArray) same = lk_store_find_same(f->store, &page.id, NULL, &error);
    g_assert_cmpuint(same->len, ==, 1);
    g_assert_false(((LkPageRecord *)g_ptr_array_index(same, 0))->holds);

    /* One file so far; a second one shows that the blank was photocopied. */
    g_autoptr(GArray) cases = lk_store_blank_cases(f->store, &page.id, &error);
    g_assert_cmpuint(cases->len, ==, 1);
    LkCaseCode first = g_array_index(copies, LkStoreCopy, 0).code;
    g_assert_true(lk_case_code_equal(&g_array_index(cases, LkCaseCode, 0), &first));
    g_autoptr(GArray) others = issue_one(f->store);
    page = page_of(blank, 1, 2);
    page.case_code = g_array_index(others, LkStoreCopy, 0).code;
    page.known_by = LK_KNOWN_BY_LABEL;
    (void)file(f, scan, &page);
    g_autoptr(GArray) both = lk_store_blank_cases(f->store, &page.id, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(both->len, ==, 2);
}

/* "urgence=oui" comes with page 2, the field it asks for stands on page 1. */
static void
test_alert_from_another_page(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GArray) copies = issue_one(f->store);
    const LkStoreCopy *copy = &g_array_index(copies, LkStoreCopy, 0);
    gint64 scan = begin_scan(f, "a");
    LkStoreReading empty = sex_f;
    empty.value = NULL;
    empty.options = "{\"f\":false,\"m\":false}";
    LkStorePage page = page_of(copy, 1, 0);
    page.readings = &empty;
    page.n_readings = 1;
    gint64 first = file(f, scan, &page).page;
    const LkStoreItem item = {LK_WAIT_REQUIRED, "sexe", 0};
    page = page_of(copy, 2, 1);
    page.items = &item;
    page.n_items = 1;
    (void)file(f, scan, &page);
    assert_sql(f, "SELECT kind, field, page FROM waiting", "required|sexe|2");

    LkDecision decision = {.page = first,
                           .field = "sexe",
                           .value = "f",
                           .options = "{\"f\":true,\"m\":false}",
                           .who = "G00042"};
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_store_decide(f->store, &decision, &error));
    g_assert_no_error(error);
    assert_sql(f, "SELECT count(*) FROM waiting", "0");
}

/* --- Readings, decisions, values. --------------------------------------------------
 */

static void
test_nothing_is_rewritten(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GArray) copies = issue_one(f->store);
    LkStorePage page = page_of(&g_array_index(copies, LkStoreCopy, 0), 1, 0);
    page.readings = &sex_f;
    page.n_readings = 1;
    LkFiled filed = file(f, begin_scan(f, "a"), &page);
    LkDecision decision = {.page = filed.page,
                           .field = "sexe",
                           .value = "m",
                           .options = "{\"f\":false,\"m\":true}",
                           .who = "agent1"};
    g_assert_true(lk_store_decide(f->store, &decision, NULL));
    static const char *const forbidden[] = {
        "UPDATE readings SET value = 'm'",
        "DELETE FROM readings",
        "UPDATE decisions SET value = 'f'",
        "DELETE FROM decisions",
        "UPDATE journal SET what = 'x'",
        "DELETE FROM journal",
        "UPDATE pages SET status = 'blank'",
        "DELETE FROM pages",
        "UPDATE layouts SET json = '{}'",
        "DELETE FROM layouts",
        "DELETE FROM scans",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(forbidden); i++) {
        g_autofree char *got = ask(f, forbidden[i]);
        g_assert_nonnull(strstr(got, "never"));
    }
    assert_sql(f, "SELECT value FROM readings", "f");
    assert_sql(f, "SELECT value, source FROM current_values", "m|person");
}

static void
test_decisions(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GArray) copies = issue_one(f->store);
    LkStorePage page = page_of(&g_array_index(copies, LkStoreCopy, 0), 1, 0);
    const LkStoreReading readings[] = {
        {"age", 0, NULL, NULL, LK_VALUE_TO_TYPE, 1, LK_SOURCE_COMB, true, false, false},
        {"telephone", 0, NULL, NULL, LK_VALUE_TO_TYPE, 1, LK_SOURCE_COMB, true, true,
         false},
        {"consentement", 0, NULL, NULL, LK_VALUE_OK, 1, LK_SOURCE_MARK, false, false,
         false},
    };
    const LkStoreItem required = {LK_WAIT_REQUIRED, "consentement", 0};
    page.readings = readings;
    page.n_readings = 3;
    page.items = &required;
    page.n_items = 1;
    LkFiled filed = file(f, begin_scan(f, "a"), &page);
    static const char waits[] = "SELECT kind, field FROM waiting ORDER BY field";
    assert_sql(f, waits, "type|age\nrequired|consentement");

    g_autoptr(GError) error = NULL;
    LkDecision d = {.page = filed.page, .field = "age", .value = "12", .who = "a1"};
    g_assert_true(lk_store_decide(f->store, &d, &error));
    d.field = "consentement";
    d.value = "oui";
    g_assert_true(lk_store_decide(f->store, &d, &error));
    assert_sql(f, waits, ""); /* a telephone is not typed here */
    d.field = "telephone";
    d.value = "70000000";
    g_assert_false(lk_store_decide(f->store, &d, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_PERSONAL);
    g_clear_error(&error);
    run("! grep -aq 70000000 '%s'/lakana.db*", f->office);
    d.field = "agee";
    g_assert_false(lk_store_decide(f->store, &d, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN);
    g_clear_error(&error);

    LkDecision undo = {.page = filed.page, .field = "age", .undo = true, .who = "a1"};
    g_assert_true(lk_store_decide(f->store, &undo, &error));
    assert_sql(f, "SELECT value, status FROM current_values WHERE field = 'age'",
               "|type");
    assert_sql(f, "SELECT group_concat(kind) FROM decisions WHERE field = 'age'",
               "value,undo");
}

static bool
collect(const LkStoreValue *value, void *data)
{
    g_string_append_printf(data, "%s %s %s%s ", value->form,
                           value->value != NULL ? value->value : "-",
                           value->status == LK_VALUE_OK ? "ok" : "review",
                           value->contradiction ? "!" : "");
    return true;
}

static char *
values_of(const Fixture *f, const LkCaseCode *only)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_store_each_value(f->store, only, collect, text, &error));
    g_assert_no_error(error);
    return g_strchomp(g_strdup(text->str));
}

/* 1.B says f, 1.C says m: the second page is told, both values wait, and a decision
 * that makes them agree settles both. Another file's sex does not matter. */
static void
test_contradiction(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GArray) copies = issue_one(f->store);
    g_autoptr(GArray) others = issue_one(f->store);
    const LkStoreCopy *copy = &g_array_index(copies, LkStoreCopy, 0);
    gint64 scan = begin_scan(f, "a");
    LkStorePage page = page_of(copy, 1, 0);
    page.readings = &sex_f;
    page.n_readings = 1;
    g_assert_false(file(f, scan, &page).contradiction);
    page = page_of(&g_array_index(others, LkStoreCopy, 1), 1, 1);
    page.readings = &sex_m;
    page.n_readings = 1;
    g_assert_false(file(f, scan, &page).contradiction);
    page = page_of(copy + 1, 1, 2);
    page.reasons = "cut-off";
    page.readings = &sex_m;
    page.n_readings = 1;
    LkFiled filed = file(f, scan, &page);
    g_assert_true(filed.contradiction);
    g_assert_cmpint(filed.status, ==, LK_PAGE_REVIEW);
    assert_sql(f, "SELECT status, reasons FROM pages WHERE idx = 2",
               "review|cut-off,contradiction");
    g_autofree char *before = values_of(f, &copy->code);
    g_assert_cmpstr(before, ==, "1.B f review! 1.C m review!");
    assert_sql(f, "SELECT form, kind FROM waiting ORDER BY form",
               "1.B|contradiction\n1.C|contradiction");

    LkDecision decision = {.page = filed.page,
                           .field = "sexe",
                           .value = "f",
                           .options = "{\"f\":true,\"m\":false}",
                           .who = "a1",
                           .why = "vu avec le gestionnaire"};
    g_assert_true(lk_store_decide(f->store, &decision, NULL));
    g_autofree char *after = values_of(f, &copy->code);
    g_assert_cmpstr(after, ==, "1.B f ok 1.C f ok");
    assert_sql(f, "SELECT count(*) FROM waiting", "0");

    /* Why, in words that may name somebody: who holds the file's key reads it. */
    assert_sql(f,
               "SELECT why IS NULL, (SELECT domain FROM reasons) LIKE 'case:%' FROM"
               " decisions",
               "1|1");
    g_autoptr(LkSession) session = office_session(f->store);
    g_autoptr(LkSecret) why = lk_store_reason(session, 1, NULL);
    g_assert_cmpstr(lk_secret_data(why), ==, "vu avec le gestionnaire");
    g_autoptr(LkSecret) none = lk_store_reason(session, 77, NULL);
    g_assert_cmpuint(lk_secret_size(none), ==, 0);

    /* A reason that was moved to another decision is noticed. */
    decision.why = "EXEMPLE FICTIF";
    g_assert_true(lk_store_decide(f->store, &decision, NULL));
    run("sqlite3 '%s/lakana.db' 'UPDATE reasons SET decision = decision + 10; UPDATE"
        " reasons SET decision = 13 - decision'",
        f->office);
    g_autoptr(GError) error = NULL;
    g_assert_null(lk_store_reason(session, 1, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED);
}

/* Identity still to be confirmed: in the file, but nothing of it is believed, and it
 * contradicts nobody. */
static void
test_identity_waits(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GArray) copies = issue_one(f->store);
    const LkStoreCopy *copy = &g_array_index(copies, LkStoreCopy, 0);
    gint64 scan = begin_scan(f, "a");
    const LkStoreItem item = {LK_WAIT_IDENTITY, NULL, 0};
    LkStorePage page = page_of(copy, 1, 0);
    page.known_by = LK_KNOWN_BY_PRINT;
    page.status = LK_PAGE_REVIEW;
    page.readings = &sex_f;
    page.n_readings = 1;
    page.items = &item;
    page.n_items = 1;
    (void)file(f, scan, &page);
    page = page_of(copy + 1, 1, 1);
    page.readings = &sex_m;
    page.n_readings = 1;
    g_assert_false(file(f, scan, &page).contradiction);
    g_autofree char *values = values_of(f, NULL);
    g_assert_cmpstr(values, ==, "1.B f review 1.C m ok");
    assert_sql(f, "SELECT kind FROM waiting", "identity");
}

static void
test_case_list(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GArray) copies = issue_one(f->store);
    const LkStoreCopy *copy = &g_array_index(copies, LkStoreCopy, 0);
    LkStorePage page = page_of(copy, 2, 0);
    LkStoreReading unsure = sex_f;
    unsure.status = LK_VALUE_REVIEW;
    page.readings = &unsure;
    page.n_readings = 1;
    gint64 scan = begin_scan(f, "a");
    (void)file(f, scan, &page);
    page = page_of(copy + 1, 1, 1);
    (void)file(f, scan, &page);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) cases = lk_store_list_cases(f->store, &copy->code, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(cases->len, ==, 1);
    const LkStoreCase *entry = g_ptr_array_index(cases, 0);
    g_assert_cmpstr(entry->forms, ==, "1.B,1.C");
    g_assert_cmpint(entry->n_pages, ==, 2);
    g_assert_cmpint(entry->n_review, ==, 1);
}

/* --- Journal. ----------------------------------------------------------------------
 */

static void
assert_journal_broken_at(Fixture *f, const char *change, const char *line)
{
    g_autofree char *got = ask(f, change);
    g_assert_cmpstr(got, ==, "");
    g_autoptr(GError) error = NULL;
    g_assert_false(lk_store_journal_check(f->store, NULL, NULL, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED);
    g_assert_nonnull(strstr(error->message, line));
}

static void
test_journal(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_array_unref(issue_one(f->store));
    g_array_unref(issue_one(f->store));
    (void)begin_scan(f, "a");
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_store_journal_check(f->store, NULL, NULL, &error));
    g_assert_no_error(error);
    assert_sql(f,
               "SELECT group_concat(what) FROM (SELECT what FROM journal ORDER BY"
               " seq)",
               "init,keys,issue,issue,scan");
    /* The first line, by a judge of ours no more than b2sum is. */
    run("h=$(sqlite3 '%s/lakana.db' \"SELECT 'who' || char(10) || printf('%%064d', 0) "
        "||"
        " char(10) || seq || char(10) || at || char(10) || who || char(10) || what ||"
        " char(10) || detail FROM journal WHERE seq = 1\" | head -c -1 | b2sum -l 256 "
        "| cut -d' ' -f1);"
        " test \"$h\" = \"$(sqlite3 '%s/lakana.db' 'SELECT hash FROM journal WHERE"
        " seq = 1')\"",
        f->office, f->office);
    assert_journal_broken_at(f,
                             "DROP TRIGGER journal_no_update; UPDATE journal SET"
                             " at = '2020-01-01T00:00:00Z' WHERE seq = 2",
                             "line 2");
}

static void
test_journal_removed(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_array_unref(issue_one(f->store));
    g_array_unref(issue_one(f->store));
    assert_journal_broken_at(
        f, "DROP TRIGGER journal_no_delete; DELETE FROM journal WHERE seq = 2",
        "line 2");
}

/* --- Several processes. ------------------------------------------------------------
 */

/* What @work returns in a child process. */
static int
in_child(int (*work)(const char *office), const char *office)
{
    pid_t child = fork();
    if (child == 0) {
        _exit(work(office));
    }
    int status = -1;
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int
try_lock(const char *office)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStore) store = lk_store_open(office, &error);
    if (store == NULL) {
        return 2;
    }
    bool got = lk_store_lock_intake(store, &error);
    return got                                                           ? 0
           : g_error_matches(error, LK_STORE_ERROR, LK_STORE_ERROR_BUSY) ? 1
                                                                         : 3;
}

static void
test_intake_lock(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_store_lock_intake(f->store, &error));
    g_assert_cmpint(in_child(try_lock, f->office), ==, 1);
    g_clear_pointer(&f->store, lk_store_free);
    g_assert_cmpint(in_child(try_lock, f->office), ==, 0);
}

static int
issue_many(const char *office)
{
    g_autoptr(LkStore) store = lk_store_open(office, NULL);
    LkStoreOrder order = {.n_new = 1, .forms = &form_1b, .n_forms = 1};
    for (int i = 0; store != NULL && i < 20; i++) {
        g_autoptr(GArray) copies = lk_store_issue(store, &order, NULL);
        if (copies == NULL) {
            return 1;
        }
    }
    return store != NULL ? 0 : 1;
}

/* Two writers at once: both finish, and the journal is one chain. */
static void
test_two_writers(Fixture *f, gconstpointer unused)
{
    (void)unused;
    pid_t first = fork();
    if (first == 0) {
        _exit(issue_many(f->office));
    }
    g_assert_cmpint(in_child(issue_many, f->office), ==, 0);
    int status = -1;
    g_assert_cmpint(waitpid(first, &status, 0), ==, first);
    g_assert_cmpint(status, ==, 0);
    assert_sql(f, "SELECT count(*) FROM cases", "40");
    g_assert_true(lk_store_journal_check(f->store, NULL, NULL, NULL));
}

/* A writer that does not come to an end; the wait is cut to nothing here. */
static void
test_busy(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStore) other = lk_store_open(f->office, &error);
    g_assert_no_error(error);
    sqlite3_busy_timeout(f->store->db, 0);
    g_assert_true(lk_sql_exec(other, "BEGIN IMMEDIATE", &error));
    LkStoreOrder order = {.n_new = 1, .forms = &form_1b, .n_forms = 1};
    g_assert_null(lk_store_issue(f->store, &order, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_BUSY);
    g_clear_error(&error);
    g_autoptr(GPtrArray) cases = lk_store_list_cases(f->store, NULL, &error);
    g_assert_no_error(error); /* reading goes on */
    g_assert_nonnull(cases);
    g_assert_true(lk_sql_exec(other, "ROLLBACK", &error));
}

static void
test_disk_full(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_sql_exec(f->store, "PRAGMA max_page_count = 1", &error));
    LkStoreOrder order = {.n_new = 500, .forms = &form_1b, .n_forms = 1};
    g_assert_null(lk_store_issue(f->store, &order, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FULL);
    assert_sql(f, "SELECT count(*) FROM cases", "0");
}

/* --- What was printed into a copy. -------------------------------------------------
 */

static void
join_prefilled(const LkStorePrefilled *answer, void *data)
{
    g_string_append_printf(data, "%s %d %s;", answer->field, answer->row,
                           answer->value);
}

static void
test_prefilled(Fixture *f, gconstpointer unused)
{
    (void)unused;
    static const LkStorePrefilled printed[] = {{"sexe", 0, "m"},
                                               {"besoins.delai", 2, "2026-11-23"}};
    g_autoptr(GArray) copies = issue_one(f->store);
    const LkStoreCopy *plain = &g_array_index(copies, LkStoreCopy, 0);
    LkStoreLayout layout = {"PR1NT", "1.C", 1, "{}"};
    LkStoreOrder order = {.existing = &plain->code,
                          .n_existing = 1,
                          .forms = &layout,
                          .n_forms = 1,
                          .prefilled = printed,
                          .n_prefilled = G_N_ELEMENTS(printed)};
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) more = lk_store_issue(f->store, &order, &error);
    g_assert_no_error(error);
    const LkStoreCopy *copy = &g_array_index(more, LkStoreCopy, 0);

    LkStorePage first = page_of(plain, 1, 0);
    LkStorePage page = page_of(copy, 1, 1);
    g_autoptr(GString) known = g_string_new(NULL);
    g_assert_true(
        lk_store_each_prefilled(f->store, &page.id, join_prefilled, known, &error));
    g_assert_cmpstr(known->str, ==, "besoins.delai 2 2026-11-23;sexe 0 m;");
    g_assert_true(
        lk_store_each_prefilled(f->store, &first.id, join_prefilled, known, &error));
    g_assert_cmpstr(known->str, ==, "besoins.delai 2 2026-11-23;sexe 0 m;");

    /* 1.B says F, by pen; the sheet we printed says M, and nobody touched it. */
    gint64 scan = begin_scan(f, "printed");
    first.readings = &sex_f;
    first.n_readings = 1;
    (void)file(f, scan, &first);
    const LkStoreReading readings[] = {
        sex_m,
        {"besoins.delai", 2, "2026-11-23", NULL, LK_VALUE_OK, 1, LK_SOURCE_COMB, true,
         false, true},
        {"besoins.delai", 1, "2026-11-24", NULL, LK_VALUE_OK, 1, LK_SOURCE_COMB, true,
         false, false},
    };
    page.readings = readings;
    page.n_readings = G_N_ELEMENTS(readings);
    (void)file(f, scan, &page);
    assert_sql(f,
               "SELECT field, row_no, value, printed FROM current_values"
               " WHERE form = '1.C' ORDER BY position",
               "sexe|0|m|1\nbesoins.delai|2|2026-11-23|1\nbesoins.delai|1||0");
    assert_sql(f, "SELECT count(*) FROM contradictions", "0");
    static const char *const crimes[] = {"UPDATE prefills SET value = 'f'",
                                         "DELETE FROM prefills"};
    for (size_t i = 0; i < G_N_ELEMENTS(crimes); i++) {
        g_autofree char *said = ask(f, crimes[i]);
        g_assert_nonnull(strstr(said, "what was printed is never"));
    }
}

#define ADD(path, test) g_test_add(path, Fixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/store/prefilled", test_prefilled);
    ADD("/store/init", test_init);
    ADD("/store/init/refuses", test_init_refuses);
    ADD("/store/init/after-interruption", test_init_again);
    ADD("/store/open/refuses", test_open_refuses);
    ADD("/store/open/damaged-inside", test_damaged_inside);
    ADD("/store/migrations", test_migrations);
    ADD("/store/migration-keeps-pages", test_migration_keeps_pages);
    ADD("/store/issue", test_issue);
    ADD("/store/issue/unknown-case", test_issue_unknown);
    ADD("/store/issue/blank", test_issue_blank);
    ADD("/store/issue/code-collision", test_code_collision);
    ADD("/store/issue/disk-full", test_disk_full);
    ADD("/store/archive", test_archive);
    ADD("/store/archive/interrupted", test_archive_interrupted);
    ADD("/store/scan/states", test_scan_states);
    ADD("/store/scan/unreadable", test_scan_unreadable);
    ADD("/store/scan/unprotected", test_unprotected);
    ADD("/store/page", test_file_page);
    ADD("/store/page/file", test_page_file);
    ADD("/store/page/personal", test_personal_reading);
    ADD("/store/page/one-holder", test_one_holder);
    ADD("/store/page/received", test_received);
    ADD("/store/page/blank-copies", test_blank_copies);
    ADD("/store/page/alert-from-another-page", test_alert_from_another_page);
    ADD("/store/values/nothing-is-rewritten", test_nothing_is_rewritten);
    ADD("/store/values/decisions", test_decisions);
    ADD("/store/values/contradiction", test_contradiction);
    ADD("/store/values/identity-waits", test_identity_waits);
    ADD("/store/cases", test_case_list);
    ADD("/store/journal", test_journal);
    ADD("/store/journal/line-removed", test_journal_removed);
    ADD("/store/lock", test_intake_lock);
    ADD("/store/busy", test_busy);
    ADD("/store/two-writers", test_two_writers);
    return g_test_run();
}
