/* Second keying: what two people type of one field. Judged with plain SQL and grep over
 * the office's bytes. Everybody here is invented: EXEMPLE FICTIF. */
#include "store/keys.h"

#include "tests/files/office.h"

#include <string.h>

#define CROP "\x89PNG EXEMPLE FICTIF"
#define NAME "Fictikoroba"

typedef struct {
    char *dir, *office;
    LkStore *store;
    LkCaseCode code;
    gint64 page;
} Fixture;

/* One page, with a name, a date, and a date with nothing to type. */
static void
file_page(Fixture *f)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(f->dir, "scan", NULL);
    g_assert_true(g_file_set_contents(path, "EXEMPLE FICTIF", -1, &error));
    g_auto(LkStoreScan) scan = {0};
    g_assert_true(lk_store_scan_begin(f->store, path, &scan, &error));
    const LkStoreLayout layout = {"7KQX2", "1.B", 1, "{}"};
    g_assert_true(lk_store_put_layout(f->store, &layout, &error));
    const LkStoreReading readings[] = {
        {.field = "nom",
         .source = LK_SOURCE_TEXT,
         .confidence = 1,
         .written = true,
         .personal = true},
        {.field = "date",
         .source = LK_SOURCE_COMB,
         .status = LK_VALUE_TO_TYPE,
         .confidence = 1,
         .written = true},
        {.field = "vide", .source = LK_SOURCE_COMB, .confidence = 1},
    };
    g_autoptr(GBytes) cut = g_bytes_new_static("EXEMPLE FICTIF page", 19);
    LkStorePage page = {.cut = &(LkStoreCut){.own = cut},
                        .status = LK_PAGE_READ,
                        .known_by = LK_KNOWN_BY_QR,
                        .id = {.case_code = f->code,
                               .form = "1.B",
                               .layout = "7KQX2",
                               .copy = "9F3TK",
                               .page = 1},
                        .case_code = f->code,
                        .holds = true,
                        .reasons = "",
                        .readings = readings,
                        .n_readings = G_N_ELEMENTS(readings)};
    LkFiled filed;
    g_assert_true(lk_store_file_page(f->store, scan.id, &page, &filed, &error));
    g_assert_no_error(error);
    f->page = filed.page;
}

static const OfficePerson people[] = {{"awa", LK_ROLE_MANAGER},
                                      {"issa", LK_ROLE_MANAGER},
                                      {"fanta", LK_ROLE_MANAGER},
                                      {"sidi", LK_ROLE_CLERK},
                                      {"kadi", LK_ROLE_CLERK}};

static void
set_up(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    f->dir = g_dir_make_tmp("lakana-keying-XXXXXX", &error);
    f->office = g_build_filename(f->dir, "office", NULL);
    office_init(f->office, "MOP", "EXEMPLE FICTIF");
    f->store = lk_store_open(f->office, &error);
    g_assert_no_error(error);
    f->store->slot_cost = (LkSlotCost){1, 8 << 20};
    g_autoptr(GArray) codes = lk_store_issue_labels(f->store, 1, NULL, 0, &error);
    g_assert_no_error(error);
    f->code = g_array_index(codes, LkCaseCode, 0);
    office_add_people(f->store, people, G_N_ELEMENTS(people));
    file_page(f);
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
    (void)unused;
    lk_store_free(f->store);
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", f->dir);
    g_assert_cmpint(office_shell(command), ==, 0);
    g_free(f->dir);
    g_free(f->office);
}

/* --- Typing. ------------------------------------------------------------------------
 */

typedef enum { KEPT, DECIDED, TAKEN } Outcome;

typedef struct {
    const char *who, *field, *value;
    LkSession *session;
    gint64 seen, seen_keying;
    bool once; /* the kind is not typed twice */
} Try;

static Outcome
type(const Fixture *f, const Try *try)
{
    g_autoptr(GError) error = NULL;
    LkDecisionAsked asked = {.decision = {.page = f->page,
                                          .field = try->field,
                                          .value = try->value,
                                          .who = try->who},
                             .sealed = strcmp(try->field, "nom") == 0,
                             .twice = !try->once,
                             .session = try->session,
                             .seen = try->seen,
                             .seen_keying = try->seen_keying};
    g_assert_true(lk_store_decide_all(f->store, &asked, 1, &error));
    g_assert_no_error(error);
    if (asked.refusal != NULL) {
        g_assert_error(asked.refusal, LK_STORE_ERROR, LK_STORE_ERROR_TAKEN);
        g_assert_cmpint(asked.id + asked.keying, ==, 0);
        lk_decision_asked_clear(&asked);
        return TAKEN;
    }
    g_assert_true(asked.id != 0 || asked.keying != 0);
    return asked.id != 0 ? DECIDED : KEPT;
}

/* By somebody whose keys open nothing. */
static Outcome
type_as(const Fixture *f, const char *who, const char *field, const char *value)
{
    return type(f, &(Try){.who = who, .field = field, .value = value});
}

static Outcome
type_with_keys(const Fixture *f, const char *who, const char *field, const char *value)
{
    g_autoptr(LkSession) session = office_unlock(f->store, who);
    return type(f, &(Try){who, field, value, session, 0, 0, false});
}

static void
compare(const Fixture *f, const char *login)
{
    g_autoptr(LkSession) session = office_unlock(f->store, login);
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_keyings_compare(session, 10, NULL, NULL, &error));
    g_assert_no_error(error);
}

static void
take_typed(const LkTyped *typed, void *data)
{
    g_string_append_printf(data, "%s=%s;", typed->field, typed->value);
}

static void
assert_read(const Fixture *f, const char *expected)
{
    g_autoptr(LkSession) session = office_unlock(f->store, "awa");
    g_autoptr(GString) typed = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_store_each_typed(session, &f->code, take_typed, typed, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(typed->str, ==, expected);
}

static void
test_agree(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_assert_cmpint(type_as(f, "awa", "date", "2026-02-12"), ==, KEPT);
    g_assert_cmpint(office_number(f->store, "SELECT count(*) FROM decisions"), ==, 0);
    g_assert_cmpint(
        office_number(f->store, "SELECT count(*) FROM waiting WHERE field = 'date'"),
        ==, 1);
    g_assert_cmpint(type_as(f, "awa", "date", "2026-02-12"), ==, TAKEN);
    g_assert_cmpint(type_as(f, "issa", "date", "2026-02-12"), ==, DECIDED);
    g_assert_cmpint(
        office_number(f->store, "SELECT count(*) FROM decisions WHERE who = 'issa' AND"
                                " value = '2026-02-12'"),
        ==, 1);
    g_assert_cmpint(
        office_number(f->store, "SELECT count(*) FROM waiting WHERE field = 'date'"),
        ==, 0);
    g_assert_cmpint(
        office_number(f->store,
                      "SELECT count(*) FROM journal WHERE what = 'keying-agree'"
                      " AND detail LIKE '%\"first\":\"awa\"%' AND detail LIKE"
                      " '%\"second\":\"issa\"%'"),
        ==, 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(LkAct) act = lk_store_last_act(f->store, f->page, "date", 0, &error);
    g_assert_cmpstr(act->who, ==, "issa");
    g_assert_cmpstr(act->keyed[0], ==, "awa");
    g_assert_null(act->keyed[1]);
    g_assert_cmpint(
        act->keying, ==,
        office_number(f->store, "SELECT id FROM keyings WHERE who = 'issa'"));
    /* Seen before that: too late. */
    g_assert_cmpint(type_as(f, "fanta", "date", "2026-02-12"), ==, TAKEN);
}

static void
test_differ(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_assert_cmpint(type_as(f, "awa", "date", "2026-02-12"), ==, KEPT);
    g_assert_cmpint(type_as(f, "issa", "date", "2026-02-13"), ==, KEPT);
    g_assert_cmpint(
        office_number(f->store, "SELECT count(*) FROM keyings WHERE state = 'differs'"),
        ==, 2);
    gint64 last = office_number(f->store, "SELECT max(id) FROM keyings");
    Try third = {.who = "fanta", .field = "date", .value = "2026-02-13"};
    g_assert_cmpint(type(f, &third), ==, TAKEN); /* without having seen both */
    third.seen_keying = last - 1;
    g_assert_cmpint(type(f, &third), ==, TAKEN);
    third.seen_keying = last;
    third.who = "awa"; /* one of the two */
    g_assert_cmpint(type(f, &third), ==, TAKEN);
    third.who = "issa";
    g_assert_cmpint(type(f, &third), ==, TAKEN);
    third.who = "fanta";
    g_assert_cmpint(type(f, &third), ==, DECIDED);
    g_autoptr(GError) error = NULL;
    g_autoptr(LkAct) act = lk_store_last_act(f->store, f->page, "date", 0, &error);
    g_assert_cmpstr(act->keyed[0], ==, "awa");
    g_assert_cmpstr(act->keyed[1], ==, "issa");
    g_assert_cmpint(office_number(f->store,
                                  "SELECT count(*) FROM keyings WHERE decision ="
                                  " (SELECT id FROM decisions WHERE who = 'fanta')"),
                    ==, 2);
}

static void
test_nothing(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_assert_cmpint(type_as(f, "awa", "date", NULL), ==, KEPT);
    g_assert_cmpint(type_as(f, "issa", "date", NULL), ==, DECIDED);
    g_assert_cmpint(type_with_keys(f, "awa", "nom", NULL), ==, KEPT);
    g_assert_cmpint(type_with_keys(f, "issa", "nom", "EXEMPLE"), ==, KEPT);
    g_assert_cmpint(
        office_number(f->store, "SELECT count(*) FROM keyings WHERE state = 'differs'"),
        ==, 2);
}

/* Only what waits to be typed, and only kinds that are typed twice. */
static void
test_once(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_assert_cmpint(type_as(f, "awa", "vide", "2026-02-12"), ==, DECIDED);
    Try try = {.who = "awa", .field = "date", .value = "2026-02-12", .once = true};
    g_assert_cmpint(type(f, &try), ==, DECIDED);
    /* What has a value is corrected at once. */
    try = (Try){.who = "issa",
                .field = "date",
                .value = "2026-02-13",
                .seen = office_number(f->store, "SELECT max(id) FROM decisions")};
    g_assert_cmpint(type(f, &try), ==, DECIDED);
    g_assert_cmpint(office_number(f->store, "SELECT count(*) FROM keyings"), ==, 0);
}

/* What was begun goes on when the office types once again. */
static void
test_begun(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_assert_cmpint(type_as(f, "awa", "date", "2026-02-12"), ==, KEPT);
    Try try = {.who = "awa", .field = "date", .value = "2026-02-12", .once = true};
    g_assert_cmpint(type(f, &try), ==, TAKEN);
    try.who = "issa";
    g_assert_cmpint(type(f, &try), ==, DECIDED);
}

/* A decision by another way ends it. */
static void
test_decided_elsewhere(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(type_as(f, "awa", "date", "2026-02-12"), ==, KEPT);
    LkDecision decision = {
        .page = f->page, .field = "date", .value = "2026-02-14", .who = "A17"};
    g_assert_true(lk_store_decide(f->store, &decision, &error));
    g_assert_cmpint(type_as(f, "issa", "date", "2026-02-12"), ==, TAKEN);
    g_assert_cmpint(office_number(f->store, "SELECT count(*) FROM open_keyings"), ==,
                    0);
    decision =
        (LkDecision){.page = f->page, .field = "date", .undo = true, .who = "A17"};
    g_assert_true(lk_store_decide(f->store, &decision, &error));
    Try again = {.who = "awa",
                 .field = "date",
                 .value = "2026-02-12",
                 .seen = office_number(f->store, "SELECT max(id) FROM decisions")};
    g_assert_cmpint(type(f, &again), ==, KEPT); /* from the beginning */
}

/* --- Taking back. -------------------------------------------------------------------
 */

static void
undo(const Fixture *f, const char *who)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkKeying) keying = lk_keying_last(f->store, who, &error);
    g_assert_no_error(error);
    g_assert_nonnull(keying);
    g_assert_cmpstr(keying->code.text, ==, f->code.text);
    g_assert_true(lk_keying_undo(f->store, keying, &error));
    g_assert_false(lk_keying_undo(f->store, keying, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_TAKEN);
}

static void
test_undo(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(type_as(f, "awa", "date", "2026-02-12"), ==, KEPT);
    undo(f, "awa");
    g_assert_null(lk_keying_last(f->store, "awa", &error));
    g_assert_no_error(error);
    g_assert_cmpint(type_as(f, "issa", "date", "2026-02-12"), ==, KEPT);
    g_assert_cmpint(type_as(f, "awa", "date", "2026-02-13"), ==, KEPT);
    undo(f, "awa"); /* issa's stands, and waits for another second */
    g_assert_cmpint(
        office_number(f->store, "SELECT count(*) FROM keyings WHERE state = 'open' AND"
                                " who = 'issa'"),
        ==, 1);
    g_assert_cmpint(type_as(f, "awa", "date", "2026-02-12"), ==, DECIDED);
    g_assert_null(lk_keying_last(f->store, "issa", &error));
    g_assert_cmpint(
        office_number(f->store,
                      "SELECT count(*) FROM journal WHERE what = 'keying-back'"),
        ==, 2);
}

/* --- Sealed. ------------------------------------------------------------------------
 */

static void
test_sealed(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_assert_cmpint(type_with_keys(f, "sidi", "nom", NAME), ==, KEPT);
    /* Composed otherwise, and with another gap: the same. */
    g_assert_cmpint(type_with_keys(f, "awa", "nom", " " NAME "  "), ==, DECIDED);
    g_assert_cmpint(
        office_number(f->store, "SELECT count(*) FROM keyings WHERE value IS NOT NULL"),
        ==, 0);
    g_assert_cmpint(
        office_number(f->store, "SELECT count(DISTINCT length(sealed)) FROM keyings"),
        ==, 1);
    g_assert_false(office_shows(f->office, NAME));
    assert_read(f, "nom= " NAME "  ;");
}

/* Two clerks: nobody can tell until somebody is there who holds the key. */
static void
test_compared_later(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_assert_cmpint(type_with_keys(f, "sidi", "nom", NAME), ==, KEPT);
    g_assert_cmpint(type_with_keys(f, "kadi", "nom", NAME), ==, KEPT);
    g_assert_cmpint(type_as(f, "fanta", "nom", NAME), ==, TAKEN);
    compare(f, "kadi");
    g_assert_cmpint(office_number(f->store, "SELECT count(*) FROM decisions"), ==, 0);
    compare(f, "awa");
    g_assert_cmpint(
        office_number(f->store, "SELECT count(*) FROM decisions WHERE who = 'kadi'"),
        ==, 1);
    g_assert_cmpint(
        office_number(f->store,
                      "SELECT count(*) FROM journal WHERE what = 'keying-agree'"
                      " AND who = 'awa' AND detail LIKE '%sidi%kadi%'"),
        ==, 1);
    compare(f, "awa");
    g_assert_cmpint(office_number(f->store, "SELECT count(*) FROM decisions"), ==, 1);
    assert_read(f, "nom=" NAME ";");
    g_assert_false(office_shows(f->office, NAME));
}

static void
test_both_are_shown(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    const LkParcelPlace place = {f->page, "nom", 0};
    g_assert_cmpint(type_with_keys(f, "sidi", "nom", NAME), ==, KEPT);
    g_assert_cmpint(type_with_keys(f, "kadi", "nom", "Fictikorobo"), ==, KEPT);
    compare(f, "awa");
    g_assert_cmpint(
        office_number(f->store, "SELECT count(*) FROM keyings WHERE state = 'differs'"),
        ==, 2);
    g_autoptr(LkSession) awa = office_unlock(f->store, "awa");
    g_autoptr(GPtrArray) both = lk_keying_pair(f->store, awa, &place, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(both->len, ==, 2);
    const LkKeying *first = g_ptr_array_index(both, 0);
    const LkKeying *second = g_ptr_array_index(both, 1);
    g_assert_cmpstr(first->who, ==, "sidi");
    g_assert_cmpstr(lk_secret_data(first->value), ==, NAME);
    g_assert_cmpstr(second->who, ==, "kadi");
    g_assert_cmpstr(lk_secret_data(second->value), ==, "Fictikorobo");
    g_assert_cmpint(
        office_number(f->store,
                      "SELECT count(*) FROM journal WHERE what = 'typed-show' AND"
                      " who = 'awa'"),
        ==, 1);
    g_autoptr(LkSession) kadi = office_unlock(f->store, "kadi");
    g_autoptr(GPtrArray) none = lk_keying_pair(f->store, kadi, &place, &error);
    g_assert_null(none);
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED);
}

/* Values that somebody exchanged in the database belong to nobody. */
static void
test_exchanged(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_assert_cmpint(type_with_keys(f, "sidi", "nom", NAME), ==, KEPT);
    g_assert_cmpint(type_with_keys(f, "kadi", "nom", "Fictikorobo"), ==, KEPT);
    office_sql(
        f->office,
        "DROP TRIGGER keyings_no_update; UPDATE keyings SET sealed = (SELECT sealed"
        " FROM keyings WHERE who = 'kadi') WHERE who = 'sidi'");
    compare(f, "awa");
    g_assert_cmpint(office_number(f->store, "SELECT count(*) FROM decisions"), ==, 0);
    g_assert_cmpint(
        office_number(f->store,
                      "SELECT count(*) FROM journal WHERE what = 'keying-damaged'"),
        ==, 1);
    g_assert_cmpint(
        office_number(f->store, "SELECT count(*) FROM open_keyings WHERE who = 'kadi'"),
        ==, 1);
    g_assert_cmpint(type_with_keys(f, "awa", "nom", "Fictikorobo"), ==, DECIDED);
}

static void
test_masked(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(type_with_keys(f, "sidi", "nom", NAME), ==, KEPT);
    g_assert_cmpint(type_as(f, "awa", "date", "2026-02-12"), ==, KEPT);
    g_autoptr(LkSession) awa = office_unlock(f->store, "awa");
    g_assert_true(lk_vault_mask(awa, &f->code, &error));
    g_assert_no_error(error);
    g_assert_cmpint(
        office_number(f->store, "SELECT count(*) FROM keyings WHERE field = 'nom'"), ==,
        0);
    g_assert_cmpint(
        office_number(f->store, "SELECT count(*) FROM keyings WHERE field = 'date'"),
        ==, 1);
}

/* --- Parcels. -----------------------------------------------------------------------
 */

static bool
wants(const Fixture *f, const char *clerk)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkSession) awa = office_unlock(f->store, "awa");
    g_autoptr(LkParcelDraft) draft =
        lk_parcel_draft_new(awa, clerk, LK_PARCEL_NAMES, &error);
    g_assert_no_error(error);
    const LkParcelPlace place = {f->page, "nom", 0};
    return lk_parcel_draft_wants(draft, &place);
}

static void
give_and_type(const Fixture *f, const char *clerk)
{
    g_autoptr(GError) error = NULL;
    gint64 parcel = 0;
    int n = 0;
    {
        g_autoptr(LkSession) awa = office_unlock(f->store, "awa");
        g_autoptr(LkParcelDraft) draft =
            lk_parcel_draft_new(awa, clerk, LK_PARCEL_NAMES, &error);
        const LkParcelPlace place = {f->page, "nom", 0};
        g_assert_true(lk_parcel_draft_add(draft, &place, CROP, strlen(CROP), &error));
        g_assert_true(lk_parcel_draft_give(draft, &parcel, &n, &error));
        g_assert_no_error(error);
    }
    g_autoptr(LkSession) session = office_unlock(f->store, clerk);
    g_auto(LkParcelItem) item = {0};
    g_assert_true(lk_parcel_next(session, &item, &error));
    g_assert_cmpint(item.id, !=, 0);
    g_assert_true(lk_parcel_settle(session, item.id, NAME, true, &error));
    g_assert_no_error(error);
}

static void
test_parcels(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    LkKinds kinds = 0;
    {
        g_autoptr(LkSession) sidi = office_unlock(f->store, "sidi");
        g_assert_false(lk_second_save(f->store, sidi, 1, &error));
        g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED);
        g_clear_error(&error);
        g_assert_false(lk_second_save(f->store, NULL, 1, &error));
        g_clear_error(&error);
        g_autoptr(LkSession) awa = office_unlock(f->store, "awa");
        g_assert_true(lk_kinds_parse("noms,dates", &kinds));
        g_assert_true(lk_second_save(f->store, awa, kinds, &error));
        g_assert_no_error(error);
    }
    kinds = 0;
    g_assert_true(lk_second_load(f->store, &kinds, &error));
    g_autofree char *text = lk_kinds_text(kinds);
    g_assert_cmpstr(text, ==, "noms,dates");
    give_and_type(f, "sidi");
    g_assert_cmpint(office_number(f->store, "SELECT count(*) FROM decisions"), ==, 0);
    g_assert_false(wants(f, "sidi"));
    g_assert_true(wants(f, "kadi"));
    give_and_type(f, "kadi");
    g_assert_false(wants(f, "kadi"));
    compare(f, "awa");
    g_assert_cmpint(
        office_number(f->store, "SELECT count(*) FROM decisions WHERE who = 'kadi'"),
        ==, 1);
}

/* A crop that was given before the field was typed twice is of no use any more. */
static void
test_parcel_too_late(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    gint64 parcel = 0;
    int n = 0;
    g_assert_cmpint(type_with_keys(f, "awa", "nom", NAME), ==, KEPT);
    g_autoptr(LkSession) awa = office_unlock(f->store, "awa");
    g_autoptr(LkParcelDraft) draft =
        lk_parcel_draft_new(awa, "sidi", LK_PARCEL_NAMES, &error);
    const LkParcelPlace place = {f->page, "nom", 0};
    g_assert_true(lk_parcel_draft_add(draft, &place, CROP, strlen(CROP), &error));
    g_assert_true(lk_parcel_draft_give(draft, &parcel, &n, &error));
    gint64 crop = office_number(f->store, "SELECT id FROM crops");
    g_assert_cmpint(type_with_keys(f, "issa", "nom", "Fictikorobo"), ==, KEPT);
    g_autoptr(LkSession) sidi = office_unlock(f->store, "sidi");
    g_auto(LkParcelItem) item = {0};
    g_assert_true(lk_parcel_next(sidi, &item, &error));
    g_assert_cmpint(item.id, ==, 0);
    g_assert_false(lk_parcel_settle(sidi, crop, NAME, true, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED);
    g_assert_cmpint(office_number(f->store, "SELECT count(*) FROM keyings"), ==, 2);
}

#define ADD(path, function)                                                            \
    g_test_add("/keying/" path, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("agree", test_agree);
    ADD("differ", test_differ);
    ADD("nothing-stands-there", test_nothing);
    ADD("once", test_once);
    ADD("begun", test_begun);
    ADD("decided-elsewhere", test_decided_elsewhere);
    ADD("undo", test_undo);
    ADD("sealed", test_sealed);
    ADD("compared-later", test_compared_later);
    ADD("both-are-shown", test_both_are_shown);
    ADD("exchanged", test_exchanged);
    ADD("masked", test_masked);
    ADD("parcels", test_parcels);
    ADD("parcel-too-late", test_parcel_too_late);
    return g_test_run();
}
