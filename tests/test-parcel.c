/* What clerks may type, and by which keys. Everybody here is invented: EXEMPLE FICTIF.
 */
#include "store/keys.h"
#include "store/vault_entry.h"

#include "tests/files/office.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define CROP "\x89PNG EXEMPLE FICTIF Fictikoroba"
#define N_PAGES 18 /* of two copies */
#define N_COPY 9

typedef struct {
    char *dir, *office;
    LkStore *store;
    LkCaseCode code;
    gint64 pages[N_PAGES];
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

/* Each with a name, a telephone and a date, and a file of its own. */
static void
file_pages(Fixture *f)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(f->dir, "scan", NULL);
    g_assert_true(g_file_set_contents(path, "EXEMPLE FICTIF", -1, &error));
    g_auto(LkStoreScan) scan = {0};
    g_assert_true(lk_store_scan_begin(f->store, path, &scan, &error));
    const LkStoreLayout layout = {"7KQX2", "1.B", N_COPY, "{}"};
    g_assert_true(lk_store_put_layout(f->store, &layout, &error));
    g_autoptr(GBytes) cut = g_bytes_new_static("EXEMPLE FICTIF page", 19);
    const LkStoreReading readings[] = {
        {.field = "nom",
         .source = LK_SOURCE_TEXT,
         .confidence = 1,
         .written = true,
         .personal = true},
        {.field = "telephone",
         .source = LK_SOURCE_COMB,
         .status = LK_VALUE_TO_TYPE,
         .confidence = 1,
         .written = true,
         .personal = true},
        {.field = "date_enregistrement",
         .source = LK_SOURCE_COMB,
         .status = LK_VALUE_TO_TYPE,
         .confidence = 1,
         .written = true},
    };
    for (int i = 0; i < N_PAGES; i++) {
        LkStorePage page = {.index = i,
                            .cut = &(LkStoreCut){.own = cut},
                            .status = LK_PAGE_READ,
                            .known_by = LK_KNOWN_BY_QR,
                            .id = {.form = "1.B", .layout = "7KQX2"},
                            .case_code = f->code,
                            .holds = true,
                            .reasons = "",
                            .readings = readings,
                            .n_readings = G_N_ELEMENTS(readings)};
        page.id.case_code = f->code;
        page.id.page = i % N_COPY + 1;
        g_strlcpy(page.id.copy, i < N_COPY ? "9F3TK" : "9F3TM", sizeof page.id.copy);
        LkFiled filed;
        g_assert_true(lk_store_file_page(f->store, scan.id, &page, &filed, &error));
        g_assert_no_error(error);
        f->pages[i] = filed.page;
    }
}

static const OfficePerson people[] = {{"awa", LK_ROLE_MANAGER},
                                      {"sidi", LK_ROLE_CLERK},
                                      {"kadi", LK_ROLE_CLERK},
                                      {"sup", LK_ROLE_SUPERVISOR}};

static void
set_up(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    f->dir = g_dir_make_tmp("lakana-parcel-XXXXXX", &error);
    f->office = g_build_filename(f->dir, "office", NULL);
    office_init(f->office, "MOP", "EXEMPLE FICTIF");
    f->store = lk_store_open(f->office, &error);
    g_assert_no_error(error);
    f->store->slot_cost = (LkSlotCost){1, 8 << 20};
    g_autoptr(GArray) codes = lk_store_issue_labels(f->store, 1, NULL, 0, &error);
    g_assert_no_error(error);
    f->code = g_array_index(codes, LkCaseCode, 0);
    office_add_people(f->store, people, G_N_ELEMENTS(people));
    file_pages(f);
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

/* awa gives @field of the first @n pages. */
static gint64
give(const Fixture *f, const char *to, LkParcelKind kind, const char *field, int n)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) awa = office_unlock(f->store, "awa");
    g_autoptr(LkParcelDraft) draft = lk_parcel_draft_new(awa, to, kind, &error);
    g_assert_no_error(error);
    for (int i = 0; i < n; i++) {
        const LkParcelPlace place = {f->pages[i], field, 0};
        g_assert_true(lk_parcel_draft_wants(draft, &place));
        g_assert_true(lk_parcel_draft_add(draft, &place, CROP, strlen(CROP), &error));
        g_assert_false(lk_parcel_draft_wants(draft, &place));
    }
    gint64 parcel = 0;
    int given = 0;
    g_assert_true(lk_parcel_draft_give(draft, &parcel, &given, &error));
    g_assert_no_error(error);
    g_assert_cmpint(given, ==, n);
    return parcel;
}

static void
assert_draft_refused(const Fixture *f, const char *to, LkParcelKind kind,
                     LkStoreError expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) awa = office_unlock(f->store, "awa");
    g_autoptr(LkParcelDraft) draft = lk_parcel_draft_new(awa, to, kind, &error);
    g_assert_error(error, LK_STORE_ERROR, (int)expected);
    g_assert_null(draft);
}

/* --- The way of a crop. ------------------------------------------------------------
 */

static void
test_typed(Fixture *f, gconstpointer unused)
{
    (void)unused;
    give(f, "sidi", LK_PARCEL_NAMES, "nom", 2);
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) sidi = office_unlock(f->store, "sidi");
    gint64 first = 0;
    for (int left = 2; left > 0; left--) {
        g_auto(LkParcelItem) item = {0};
        g_assert_true(lk_parcel_next(sidi, &item, &error));
        g_assert_no_error(error);
        g_assert_cmpint(item.n_left, ==, left);
        g_assert_cmpint(item.kind, ==, LK_PARCEL_NAMES);
        g_assert_cmpstr(item.field, ==, "nom");
        g_assert_cmpuint(lk_secret_size(item.crop), ==, strlen(CROP));
        g_assert_cmpint(memcmp(lk_secret_data(item.crop), CROP, strlen(CROP)), ==, 0);
        first = first != 0 ? first : item.id;
        g_assert_true(lk_parcel_settle(sidi, item.id, "Fictikoroba", true, &error));
        g_assert_no_error(error);
    }
    g_auto(LkParcelItem) none = {0};
    g_assert_true(lk_parcel_next(sidi, &none, &error));
    g_assert_cmpint(none.id, ==, 0);
    g_assert_false(lk_parcel_settle(sidi, first, "Encore", true, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN);
    g_assert_cmpint(office_number(f->store,
                                  "SELECT count(*) FROM crops WHERE state = 'typed' AND"
                                  " sealed IS NULL"),
                    ==, 2);
    g_assert_cmpint(
        office_number(f->store, "SELECT count(*) FROM decisions WHERE who = 'sidi' AND"
                                " value IS NULL"),
        ==, 2);
    g_assert_cmpint(office_number(f->store,
                                  "SELECT count(*) FROM journal WHERE who = 'sidi' AND"
                                  " what = 'parcel-type'"),
                    ==, 2);
}

/* A clerk may open the next ones, and nothing of what comes after them. */
static void
test_ahead(Fixture *f, gconstpointer unused)
{
    (void)unused;
    const int all = 1 + LK_PARCEL_AHEAD + 2;
    give(f, "sidi", LK_PARCEL_NAMES, "nom", all);
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) sidi = office_unlock(f->store, "sidi");
    g_autoptr(GPtrArray) waiting = lk_parcel_waiting(sidi, &error);
    g_assert_cmpuint(waiting->len, ==, 1 + LK_PARCEL_AHEAD);
    for (guint i = 0; i < waiting->len; i++) {
        const LkParcelItem *next = g_ptr_array_index(waiting, i);
        g_assert_null(next->crop);
        g_assert_cmpint(next->n_left, ==, all - (int)i);
        g_auto(LkParcelItem) item = {0};
        g_assert_true(lk_parcel_open(sidi, next->id, &item, &error));
        g_assert_no_error(error);
        g_assert_cmpint(memcmp(lk_secret_data(item.crop), CROP, strlen(CROP)), ==, 0);
    }
    g_assert_cmpint(office_number(f->store,
                                  "SELECT count(*) FROM journal WHERE who = 'sidi' AND"
                                  " what = 'parcel-show'"),
                    ==, 1 + LK_PARCEL_AHEAD);
    gint64 later = office_number(f->store, "SELECT max(id) FROM crops");
    g_auto(LkParcelItem) item = {0};
    g_assert_false(lk_parcel_open(sidi, later, &item, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN);
    g_clear_error(&error);
    /* Nor one of another clerk. */
    g_autoptr(LkSession) kadi = office_unlock(f->store, "kadi");
    const LkParcelItem *first = g_ptr_array_index(waiting, 0);
    g_assert_false(lk_parcel_open(kadi, first->id, &item, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN);
}

/* A value that cannot be written leaves the crop where it is. */
static void
test_all_or_nothing(Fixture *f, gconstpointer unused)
{
    (void)unused;
    give(f, "sidi", LK_PARCEL_NAMES, "nom", 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) sidi = office_unlock(f->store, "sidi");
    g_auto(LkParcelItem) item = {0};
    g_assert_true(lk_parcel_next(sidi, &item, &error));
    g_assert_false(lk_parcel_settle(sidi, item.id, "Fictikoroba", false, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_PERSONAL);
    g_assert_cmpint(office_number(f->store, "SELECT count(*) FROM decisions"), ==, 0);
    g_assert_cmpint(
        office_number(f->store, "SELECT count(*) FROM crops WHERE state = 'given'"), ==,
        1);
}

static void
test_settled_elsewhere(Fixture *f, gconstpointer unused)
{
    (void)unused;
    give(f, "sidi", LK_PARCEL_DATES, "date_enregistrement", 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) sidi = office_unlock(f->store, "sidi");
    g_auto(LkParcelItem) item = {0};
    g_assert_true(lk_parcel_next(sidi, &item, &error));
    LkDecision decision = {.page = f->pages[0],
                           .field = "date_enregistrement",
                           .value = "2026-01-02",
                           .who = "A17"};
    g_assert_true(lk_store_decide(f->store, &decision, &error));
    g_auto(LkParcelItem) none = {0};
    g_assert_true(lk_parcel_next(sidi, &none, &error));
    g_assert_cmpint(none.id, ==, 0);
    g_assert_false(lk_parcel_settle(sidi, item.id, "2026-03-04", false, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED);
    g_assert_cmpint(office_number(f->store, "SELECT count(*) FROM current_values WHERE"
                                            " value = '2026-01-02'"),
                    ==, 1);
    g_assert_cmpint(
        office_number(f->store, "SELECT count(*) FROM crops WHERE state = 'withdrawn'"),
        ==, 1);
}

static void
test_handed_back(Fixture *f, gconstpointer unused)
{
    (void)unused;
    give(f, "sidi", LK_PARCEL_NAMES, "nom", 1);
    g_autoptr(GError) error = NULL;
    gint64 crop = office_number(f->store, "SELECT id FROM crops");
    g_autoptr(LkSession) kadi = office_unlock(f->store, "kadi");
    g_assert_false(lk_parcel_hand_back(kadi, crop, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN);
    g_clear_error(&error);
    g_autoptr(LkSession) sidi = office_unlock(f->store, "sidi");
    g_assert_true(lk_parcel_hand_back(sidi, crop, &error));
    g_assert_no_error(error);
    give(f, "kadi", LK_PARCEL_NAMES, "nom", 1); /* the field may be given again */
}

static void
test_shuffled(Fixture *f, gconstpointer unused)
{
    (void)unused;
    give(f, "sidi", LK_PARCEL_NAMES, "nom", N_PAGES);
    /* In the order of the pages once in 18! times. */
    g_assert_cmpint(office_number(f->store,
                                  "SELECT count(*) FROM crops a JOIN crops b ON"
                                  " b.id = a.id + 1 WHERE b.page < a.page"),
                    >, 0);
}

/* --- To whom. ----------------------------------------------------------------------
 */

static void
test_one_kind(Fixture *f, gconstpointer unused)
{
    (void)unused;
    gint64 parcel = give(f, "sidi", LK_PARCEL_NAMES, "nom", 1);
    assert_draft_refused(f, "sidi", LK_PARCEL_STORIES, LK_STORE_ERROR_REFUSED);
    give(f, "kadi", LK_PARCEL_CONTACTS, "telephone", 1);
    assert_draft_refused(f, "sup", LK_PARCEL_NAMES, LK_STORE_ERROR_REFUSED);
    assert_draft_refused(f, "awa", LK_PARCEL_NAMES, LK_STORE_ERROR_REFUSED);
    assert_draft_refused(f, "personne", LK_PARCEL_NAMES, LK_STORE_ERROR_UNKNOWN);
    g_autoptr(GError) error = NULL;
    int n = 0;
    g_autoptr(LkSession) sidi = office_unlock(f->store, "sidi");
    g_assert_false(lk_parcel_withdraw(sidi, parcel, &n, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED);
    g_clear_error(&error);
    g_autoptr(LkSession) awa = office_unlock(f->store, "awa");
    g_assert_true(lk_parcel_withdraw(awa, parcel, &n, &error));
    g_assert_cmpint(n, ==, 1);
    g_assert_false(lk_parcel_withdraw(awa, 77, &n, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN);
    give(f, "sidi", LK_PARCEL_DATES, "date_enregistrement", 1);
}

/* Somebody who writes in the database puts a key of their own in the place of a
 * clerk's: nothing is sealed to it. */
static void
test_exchanged_key(Fixture *f, gconstpointer unused)
{
    (void)unused;
    run("sqlite3 '%s/lakana.db' \"UPDATE people SET public = (SELECT public FROM people"
        " WHERE login = 'kadi') WHERE login = 'sidi'\"",
        f->office);
    assert_draft_refused(f, "sidi", LK_PARCEL_NAMES, LK_STORE_ERROR_DAMAGED);
}

/* --- By keys. ----------------------------------------------------------------------
 */

/* Names of all domains, tables with something sealed: nothing is left out. */
static GPtrArray *
texts(const Fixture *f, const char *sql)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(f->store, &error, sql, "");
    g_assert_no_error(error);
    while (lk_sql_step(f->store, rows, &error) == LK_SQL_ROW) {
        g_ptr_array_add(all, g_strdup(lk_sql_text(rows, 0)));
    }
    return all;
}

static int
n_opened(const Fixture *f, LkSession *session, const char *sql)
{
    int n = 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(f->store, &error, sql, "");
    g_assert_no_error(error);
    while (lk_sql_step(f->store, rows, &error) == LK_SQL_ROW) {
        g_autoptr(GBytes) sealed = lk_sql_bytes(rows, 0);
        g_autoptr(LkSecret) clear =
            lk_unseal_with(lk_session_own(session), sealed, NULL);
        n += clear != NULL ? 1 : 0;
    }
    return n;
}

static int
n_pages_opened(const Fixture *f, LkSession *session)
{
    int n = 0;
    for (int i = 0; i < N_PAGES; i++) {
        g_auto(LkStorePicture) picture = {0};
        g_autoptr(GError) error = NULL;
        g_assert_true(lk_store_find_picture(f->store, f->pages[i], &picture, &error));
        g_assert_true(picture.is_sealed);
        int fd = lk_unseal_to_memory(session, picture.path, &error);
        if (fd < 0) {
            g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED);
        }
        if (fd >= 0) {
            n++;
            g_assert_true(g_close(fd, &error));
        }
    }
    return n;
}

static void
set_name(const Fixture *f, LkSession *session)
{
    g_autoptr(GError) error = NULL;
    g_auto(LkVaultEntry) entry = {0};
    lk_vault_entry_set(&entry, LK_VAULT_NAME, "Fatou Fictikoroba");
    g_assert_true(lk_vault_set(session, &f->code, &entry, &error));
    g_assert_no_error(error);
}

/* One own key, and what was sealed to it: of everything sealed in the office a clerk
 * opens the own crops and nothing else. */
static void
test_keys(Fixture *f, gconstpointer unused)
{
    (void)unused;
    give(f, "sidi", LK_PARCEL_NAMES, "nom", 3);
    give(f, "kadi", LK_PARCEL_CONTACTS, "telephone", 4);
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) awa = office_unlock(f->store, "awa");
    set_name(f, awa);
    g_assert_cmpint(n_pages_opened(f, awa), ==, N_PAGES); /* there is something */

    g_autoptr(LkSession) sidi = office_unlock(f->store, "sidi");
    g_auto(LkParcelItem) item = {0};
    g_assert_true(lk_parcel_next(sidi, &item, &error));
    g_assert_true(lk_parcel_settle(sidi, item.id, "Fictikoroba", true, &error));
    g_assert_no_error(error);

    g_autoptr(GPtrArray) domains = texts(f, "SELECT name FROM domains");
    g_assert_cmpint((int)domains->len, >=, 6);
    for (guint i = 0; i < domains->len; i++) {
        bool holds = true;
        g_assert_true(
            lk_session_holds(sidi, g_ptr_array_index(domains, i), &holds, &error));
        g_assert_false(holds);
    }
    g_assert_cmpint(n_pages_opened(f, sidi), ==, 0);
    g_auto(LkVaultEntry) entry = {0};
    g_assert_false(lk_vault_load(sidi, &f->code, &entry, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED);
    /* not even what was typed by the same person */
    g_assert_cmpint(office_number(f->store, "SELECT count(*) FROM sealed_values"), >,
                    0);
    g_assert_cmpint(n_opened(f, sidi, "SELECT sealed FROM sealed_values"), ==, 0);
    g_assert_cmpint(n_opened(f, sidi, "SELECT sealed FROM vault"), ==, 0);
    g_assert_cmpint(n_opened(f, sidi, "SELECT sealed FROM grants"), ==, 0);
    g_assert_cmpint(n_opened(f, sidi, "SELECT sealed FROM crops WHERE state = 'given'"),
                    ==, 2);
    g_assert_cmpint(n_opened(f, sidi,
                             "SELECT c.sealed FROM crops c JOIN parcels p ON"
                             " p.id = c.parcel WHERE p.login = 'kadi'"),
                    ==, 0);
    g_assert_cmpint(n_opened(f, awa, "SELECT sealed FROM crops WHERE sealed NOT NULL"),
                    ==, 0); /* who gave it neither */
}

/* A crop in the place of another would make a value land in the wrong field. */
static void
test_moved(Fixture *f, gconstpointer unused)
{
    (void)unused;
    give(f, "sidi", LK_PARCEL_NAMES, "nom", 2);
    run("sqlite3 '%s/lakana.db' \"DROP TRIGGER crops_no_update; UPDATE crops SET"
        " sealed = (SELECT o.sealed FROM crops o WHERE o.id = 2) WHERE id = 1\"",
        f->office);
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) sidi = office_unlock(f->store, "sidi");
    g_auto(LkParcelItem) item = {0};
    g_assert_false(lk_parcel_next(sidi, &item, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED);
    g_assert_null(item.crop);
}

/* --- Gone. -------------------------------------------------------------------------
 */

/* (transfer full): 32 bytes out of the middle of the first crop, in hexadecimal. */
static char *
middle_of_crop(const Fixture *f)
{
    g_autoptr(GPtrArray) hex =
        texts(f, "SELECT lower(hex(substr(sealed, 500, 32))) FROM crops WHERE id = 1");
    g_assert_cmpint((int)hex->len, ==, 1);
    return g_strdup(g_ptr_array_index(hex, 0));
}

static bool
lies_on_disk(const Fixture *f, const char *hex)
{
    g_autofree char *command = g_strdup_printf(
        "cat '%s'/lakana.db* | od -An -v -tx1 | tr -d ' \\n' | grep -qF %s", f->office,
        hex);
    return office_shell(command) == 0;
}

static void
test_revoked(Fixture *f, gconstpointer unused)
{
    (void)unused;
    give(f, "sidi", LK_PARCEL_NAMES, "nom", 3);
    give(f, "kadi", LK_PARCEL_CONTACTS, "telephone", 1);
    g_autofree char *hex = middle_of_crop(f);
    g_assert_true(lies_on_disk(f, hex));
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) awa = office_unlock(f->store, "awa");
    int returned = 0;
    int stranded = 0;
    g_assert_true(lk_person_revoke(awa, "sidi", &returned, &stranded, &error));
    g_assert_no_error(error);
    g_assert_false(lies_on_disk(f, hex));
    g_assert_cmpint(office_number(f->store,
                                  "SELECT count(*) FROM crops WHERE sealed IS NULL AND"
                                  " state = 'withdrawn'"),
                    ==, 3);
    g_assert_cmpint(
        office_number(f->store, "SELECT count(*) FROM crops WHERE state = 'given'"), ==,
        1);
    give(f, "kadi", LK_PARCEL_CONTACTS, "nom", 3); /* may be given to another */
}

static void
test_new_keys(Fixture *f, gconstpointer unused)
{
    (void)unused;
    give(f, "sidi", LK_PARCEL_NAMES, "nom", 2);
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSecret) passphrase =
        lk_secret_new_from(OFFICE_PASSPHRASE, strlen(OFFICE_PASSPHRASE));
    g_autoptr(LkSession) by = office_session(f->store);
    g_assert_true(lk_person_reset(by, "sidi", passphrase, &error));
    g_assert_no_error(error);
    g_assert_cmpint(
        office_number(f->store, "SELECT count(*) FROM crops WHERE state = 'given'"), ==,
        0);
}

static void
test_masked(Fixture *f, gconstpointer unused)
{
    (void)unused;
    give(f, "sidi", LK_PARCEL_NAMES, "nom", 2);
    g_autofree char *hex = middle_of_crop(f);
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) awa = office_unlock(f->store, "awa");
    g_assert_true(lk_vault_mask(awa, &f->code, &error));
    g_assert_no_error(error);
    g_assert_cmpint(
        office_number(f->store, "SELECT count(*) FROM crops WHERE state = 'given'"), ==,
        0);
    g_assert_false(lies_on_disk(f, hex));
}

#define CASE(path, function)                                                           \
    g_test_add("/parcel/" path, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    CASE("typed", test_typed);
    CASE("ahead", test_ahead);
    CASE("all-or-nothing", test_all_or_nothing);
    CASE("settled-elsewhere", test_settled_elsewhere);
    CASE("handed-back", test_handed_back);
    CASE("shuffled", test_shuffled);
    CASE("one-kind", test_one_kind);
    CASE("exchanged-key", test_exchanged_key);
    CASE("keys", test_keys);
    CASE("moved", test_moved);
    CASE("revoked", test_revoked);
    CASE("new-keys", test_new_keys);
    CASE("masked", test_masked);
    return g_test_run();
}
