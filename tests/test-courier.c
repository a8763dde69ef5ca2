/* Two offices that send each other case files. Pages are made up here as intake would
 * file them. Judge we did not write: plain SQL through the sqlite3 program. */
#include "pipeline/pipeline.h"
#include "store/priv.h"

#include <glib/gstdio.h>
#include <string.h>

#define NAME "Zoumana Kafougouna"   /* EXEMPLE FICTIF */
#define OTHER "Tenimba Sanankoroba" /* EXEMPLE FICTIF */

typedef struct {
    char *path;
    LkStore *store;
    LkSession *session; /* a manager */
    LkSecret *recovery;
} Office;

typedef struct {
    char *dir;
    Office mopti, segou;
    LkStationery *stationery;
    LkCaseCode code; /* a case file in Mopti */
} Fixture;

static char *run(const Fixture *f, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Output of a command that must succeed, run in the temporary folder. */
static char *
run(const Fixture *f, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *command = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    const char *argv[] = {"sh", "-c", command, NULL};
    g_autoptr(GError) error = NULL;
    char *out = NULL;
    int status = 0;
    g_spawn_sync(f->dir, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out,
                 NULL, &status, &error);
    g_assert_no_error(error);
    g_assert_cmpint(status, ==, 0);
    return g_strchomp(out);
}

static void
assert_sql(const Fixture *f, const Office *office, const char *sql,
           const char *expected)
{
    g_autofree char *got = run(f, "sqlite3 '%s/lakana.db' \"%s\"", office->path, sql);
    g_assert_cmpstr(got, ==, expected);
}

static char *
in(const Fixture *f, const char *name)
{
    return g_build_filename(f->dir, name, NULL);
}

/* --- Offices. -----------------------------------------------------------------------
 */

static void
open_office(const Fixture *f, Office *office, const char *name, const char *region)
{
    g_autoptr(GError) error = NULL;
    office->recovery = lk_recovery_new();
    static const char text[] = "une phrase assez longue";
    g_autoptr(LkSecret) words = lk_secret_new_from(text, strlen(text));
    office->path = in(f, name);
    g_assert_true(lk_store_init_protected(office->path, region, "EXEMPLE FICTIF",
                                          office->recovery, &error));
    office->store = lk_store_open(office->path, &error);
    g_assert_no_error(error);
    office->store->slot_cost = (LkSlotCost){1, 8192 * 1024};
    LkSession *first = lk_session_recover(office->store, office->recovery, &error);
    g_assert_no_error(error);
    g_assert_true(lk_person_add(first, "gaoussou", LK_ROLE_MANAGER, words, &error));
    g_assert_no_error(error);
    lk_session_free(first);
    office->session = lk_session_open(office->store, "gaoussou", words, &error);
    g_assert_no_error(error);
}

static void
close_office(Office *office)
{
    lk_session_free(office->session);
    lk_secret_free(office->recovery);
    lk_store_free(office->store);
    g_free(office->path);
}

/* @one believes in @other, by way of its key file. */
static LkOffice *
introduce(const Office *one, const Office *other)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = lk_office_text(other->session, &error);
    g_assert_no_error(error);
    LkOffice *office = lk_office_parse(text, strlen(text), &error);
    g_assert_no_error(error);
    g_assert_true(lk_office_trust(one->session, office, &error));
    g_assert_no_error(error);
    return office;
}

/* --- Pages. -------------------------------------------------------------------------
 */

/* Files page @number of @form as it was read: every choice has its first option marked;
 * @ink stands for what was written. Returns the page's id. */
static gint64
file_page(const Fixture *f, const char *form, int number, const char *ink)
{
    g_autoptr(GError) error = NULL;
    const LkLayout *layout = lk_stationery_layout(f->stationery, form, &error);
    g_assert_no_error(error);
    g_autofree char *json = lk_layout_to_json(layout);
    LkStoreLayout kept = {layout->id, layout->form, (int)layout->pages->len, json};
    g_assert_true(lk_store_put_layout(f->mopti.store, &kept, &error));

    g_autofree char *path = in(f, "scan");
    g_assert_true(g_file_set_contents(path, ink, -1, NULL));
    g_auto(LkStoreScan) scan = {0};
    g_assert_true(lk_store_scan_begin(f->mopti.store, path, &scan, &error));
    g_assert_no_error(error);

    g_autoptr(GArray) readings = g_array_new(FALSE, TRUE, sizeof(LkStoreReading));
    for (guint i = 0; i < layout->fields->len; i++) {
        const LkLayoutField *field = g_ptr_array_index(layout->fields, i);
        bool marks = field->options->len > 0;
        bool personal = field->pii || field->sensitive;
        const LkOption *option = marks ? g_ptr_array_index(field->options, 0) : NULL;
        LkStoreReading reading = {.field = field->name,
                                  .row = field->rows > 0 ? 1 : 0,
                                  .value = marks && !personal ? option->value : NULL,
                                  .status = LK_VALUE_OK,
                                  .confidence = 0.99,
                                  .source = marks ? LK_SOURCE_MARK : LK_SOURCE_TEXT,
                                  .written = !marks,
                                  .personal = personal};
        g_array_append_val(readings, reading);
    }
    g_autoptr(GBytes) evidence = g_bytes_new(ink, strlen(ink));
    g_autofree char *drawn = g_strconcat("picture: ", ink, NULL);
    g_autoptr(GBytes) picture = g_bytes_new(drawn, strlen(drawn));
    LkStorePage page = {.status = LK_PAGE_READ,
                        .known_by = LK_KNOWN_BY_QR,
                        .case_code = f->code,
                        .holds = true,
                        .reasons = "",
                        .evidence = evidence,
                        .cut = &(LkStoreCut){.own = picture},
                        .readings = (LkStoreReading *)(void *)readings->data,
                        .n_readings = readings->len};
    page.id.case_code = f->code;
    page.id.page = number;
    g_strlcpy(page.id.form, form, sizeof page.id.form);
    g_strlcpy(page.id.layout, layout->id, sizeof page.id.layout);
    g_strlcpy(page.id.copy, "9F3TK", sizeof page.id.copy);
    LkFiled filed = {0};
    g_assert_true(lk_store_file_page(f->mopti.store, scan.id, &page, &filed, &error));
    g_assert_no_error(error);
    g_assert_true(lk_store_scan_done(f->mopti.store, scan.id, 1, &error));
    return filed.page;
}

static void
assert_typed(const LkTyped *typed, void *data)
{
    g_assert_cmpstr(typed->field, ==, "prenom_nom");
    g_assert_cmpstr(typed->value, ==, NAME);
    (*(int *)data)++;
}

/* Somebody has typed the name that stands in @field. */
static void
type_name(const Fixture *f, gint64 page, const char *field, const char *name)
{
    g_autoptr(GError) error = NULL;
    const LkDecision typed = {
        .page = page, .field = field, .value = name, .who = "gaoussou"};
    g_assert_true(lk_store_decide_sealed(f->mopti.store, &typed, &error));
    g_assert_no_error(error);
}

static void
set_up(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    f->dir = g_dir_make_tmp("lakana-courier-XXXXXX", &error);
    open_office(f, &f->mopti, "mopti", "MOP");
    open_office(f, &f->segou, "segou", "SEG");
    f->stationery = lk_stationery_load(&error);
    g_assert_no_error(error);
    g_autoptr(GArray) codes = lk_store_issue_labels(f->mopti.store, 1, NULL, 0, &error);
    g_assert_no_error(error);
    f->code = g_array_index(codes, LkCaseCode, 0);
    g_assert_true(lk_domain_ensure_case(f->mopti.store, &f->code, &error));
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
    (void)unused;
    lk_stationery_free(f->stationery);
    close_office(&f->mopti);
    close_office(&f->segou);
    g_free(run(f, "chmod -R u+w '%s' && rm -rf '%s'", f->dir, f->dir));
    g_free(f->dir);
}

/* --- Ways. --------------------------------------------------------------------------
 */

static void
send_file(const Fixture *f, const LkOffice *to, LkSendPurpose purpose, const char *name,
          LkSent *sent)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = in(f, name);
    LkSendOrder order = {f->code, purpose, NULL, to, path};
    g_assert_true(lk_case_send(f->mopti.session, &order, sent, &error));
    g_assert_no_error(error);
}

static bool
receive(const Fixture *f, const Office *office, const char *name, LkReceived *received,
        GError **error)
{
    g_autofree char *path = in(f, name);
    g_autoptr(LkArrival) arrival = lk_arrival_open(office->store, path, error);
    return arrival != NULL && lk_receive(arrival, office->session, received, error);
}

static bool
append(const void *bytes, size_t size, void *data, GError **error)
{
    (void)error;
    g_string_append_len(data, bytes, (gssize)size);
    return true;
}

/* The picture of page @page in Segou opens there, and is that. */
static void
assert_picture(const Fixture *f, gint64 page, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_auto(LkStorePicture) picture = {0};
    g_assert_true(lk_store_find_picture(f->segou.store, page, &picture, &error));
    g_assert_no_error(error);
    g_autoptr(GString) found = g_string_new(NULL);
    g_assert_true(
        lk_unseal_file(f->segou.session, picture.path, append, found, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(found->str, ==, expected);
}

#define VALUES                                                                         \
    "SELECT form, copy, page, field, row_no, value, status, source, personal FROM"     \
    " current_values ORDER BY 1, 2, 3, 4, 5"

/* Everything of a transfer is there, and what was personal is sealed on both sides and
 * on the way. */
static void
test_transfer(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    gint64 page = file_page(f, "1.A", 1, "ink of 1.A");
    gint64 reference = file_page(f, "A.1", 1, "ink of A.1");
    type_name(f, reference, "prenom_nom", NAME);
    LkDecision decision = {
        .page = page, .field = "type_accord", .who = "gaoussou", .why = "vu"};
    const LkLayout *layout = lk_stationery_layout(f->stationery, "1.A", NULL);
    for (guint i = 0; i < layout->fields->len; i++) {
        const LkLayoutField *field = g_ptr_array_index(layout->fields, i);
        if (field->type == LK_FIELD_CHOICE && field->rows == 0 && !field->pii &&
            !field->sensitive) {
            decision.field = field->name;
            decision.value =
                ((const LkOption *)g_ptr_array_index(field->options, 1))->value;
        }
    }
    g_assert_nonnull(decision.value);
    g_assert_true(lk_store_decide(f->mopti.store, &decision, &error));
    g_assert_no_error(error);

    g_autoptr(LkOffice) segou = introduce(&f->mopti, &f->segou);
    g_autoptr(LkOffice) mopti = introduce(&f->segou, &f->mopti);
    LkSent sent = {0};
    send_file(f, segou, LK_SEND_TRANSFER, "case.lkc", &sent);
    g_assert_cmpint(sent.pages, ==, 2);
    g_assert_cmpint(sent.layouts, ==, 2);
    g_assert_cmpint(sent.without_picture, ==, 0);

    g_auto(LkReceived) received = {0};
    g_assert_true(receive(f, &f->segou, "case.lkc", &received, &error));
    g_assert_no_error(error);
    assert_picture(f, 1, "picture: ink of 1.A");
    assert_picture(f, 2, "picture: ink of A.1");
    g_assert_false(received.before);
    g_assert_cmpint(received.added, ==, 2);
    g_assert_cmpint(received.conflicts, ==, 0);
    g_autofree char *before = run(f, "sqlite3 mopti/lakana.db \"" VALUES "\"");
    g_autofree char *after = run(f, "sqlite3 segou/lakana.db \"" VALUES "\"");
    g_assert_cmpstr(before, ==, after);
    g_assert_nonnull(strstr(after, "person"));
    assert_sql(f, &f->segou, "SELECT origin FROM cases", "received");
    assert_sql(f, &f->segou, "SELECT DISTINCT who FROM decisions", "gaoussou@MOP");
    assert_sql(f, &f->segou, "SELECT kind, who FROM sealed_values",
               "typed|gaoussou@MOP");
    assert_sql(f, &f->segou,
               "SELECT holder FROM grants WHERE domain LIKE 'case:%'"
               " ORDER BY 1",
               "@reception\n@recovery");
    assert_sql(f, &f->mopti,
               "SELECT what FROM journal WHERE seq = (SELECT max(seq)"
               " FROM journal)",
               "sent");
    assert_sql(f, &f->segou,
               "SELECT what FROM journal WHERE seq = (SELECT max(seq)"
               " FROM journal)",
               "taken-up");

    /* What was typed opens there, and says which page it is of there. */
    int n_typed = 0;
    g_assert_true(lk_store_each_typed(f->segou.session, &f->code, assert_typed,
                                      &n_typed, &error));
    g_assert_no_error(error);
    g_assert_cmpint(n_typed, ==, 1);

    g_autofree char *leaks =
        run(f, "grep -rlae Kafougouna -e picture: . | sort; ls case.lkc");
    g_assert_cmpstr(leaks, ==, "case.lkc");
}

/* The same bundle, and the same pages in another bundle, change nothing. */
static void
test_twice(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    (void)file_page(f, "1.A", 1, "first ink");
    g_autoptr(LkOffice) segou = introduce(&f->mopti, &f->segou);
    g_autoptr(LkOffice) mopti = introduce(&f->segou, &f->mopti);
    LkSent sent = {0};
    send_file(f, segou, LK_SEND_TRANSFER, "one.lkc", &sent);
    g_auto(LkReceived) first = {0};
    g_assert_true(receive(f, &f->segou, "one.lkc", &first, &error));
    g_assert_no_error(error);
    g_autofree char *before =
        run(f, "sqlite3 segou/lakana.db \"SELECT * FROM pages; SELECT * FROM scans\"");
    g_auto(LkReceived) again = {0};
    g_assert_true(receive(f, &f->segou, "one.lkc", &again, &error));
    g_assert_no_error(error);
    g_assert_true(again.before);

    (void)file_page(f, "1.A", 2, "second ink");
    send_file(f, segou, LK_SEND_TRANSFER, "two.lkc", &sent);
    g_assert_cmpint(sent.pages, ==, 2);
    g_autofree char *middle =
        run(f, "sqlite3 segou/lakana.db \"SELECT * FROM pages; SELECT * FROM scans\"");
    g_assert_cmpstr(before, ==, middle);
    g_auto(LkReceived) more = {0};
    g_assert_true(receive(f, &f->segou, "two.lkc", &more, &error));
    g_assert_no_error(error);
    g_assert_cmpint(more.added, ==, 1);
    g_assert_cmpint(more.known, ==, 1);
    assert_sql(f, &f->segou, "SELECT page, holds FROM pages ORDER BY id", "1|1\n2|1");
}

/* The same printed page with other ink there: both are kept, a person decides. */
static void
test_conflict(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    (void)file_page(f, "1.A", 1, "first ink");
    g_autoptr(LkOffice) segou = introduce(&f->mopti, &f->segou);
    g_autoptr(LkOffice) mopti = introduce(&f->segou, &f->mopti);
    LkSent sent = {0};
    send_file(f, segou, LK_SEND_TRANSFER, "one.lkc", &sent);
    g_auto(LkReceived) first = {0};
    g_assert_true(receive(f, &f->segou, "one.lkc", &first, &error));
    g_free(run(f, "sqlite3 mopti/lakana.db 'UPDATE pages SET holds = 0'"));
    (void)file_page(f, "1.A", 1, "other ink");
    send_file(f, segou, LK_SEND_TRANSFER, "two.lkc", &sent);
    g_auto(LkReceived) other = {0};
    g_assert_true(receive(f, &f->segou, "two.lkc", &other, &error));
    g_assert_no_error(error);
    g_assert_cmpint(other.conflicts, ==, 1);
    assert_sql(f, &f->segou, "SELECT holds, status, other FROM pages ORDER BY id",
               "1|read|\n0|review|1");
    assert_sql(f, &f->segou, "SELECT kind FROM items WHERE closed_by IS NULL",
               "conflict");
}

/* Of a referral goes one form, and the names on it. */
static void
test_referral(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    gint64 file = file_page(f, "1.B", 1, "ink of 1.B");
    type_name(f, file, "prenoms", OTHER);
    gint64 page = file_page(f, "A.1", 1, "ink of A.1");
    type_name(f, page, "prenom_nom", NAME);
    g_autoptr(LkOffice) segou = introduce(&f->mopti, &f->segou);
    g_autoptr(LkOffice) mopti = introduce(&f->segou, &f->mopti);
    LkSent sent = {0};
    send_file(f, segou, LK_SEND_REFERRAL, "case.lkc", &sent);
    g_assert_cmpint(sent.pages, ==, 1);
    g_assert_cmpint(sent.layouts, ==, 1);
    g_auto(LkReceived) received = {0};
    g_assert_true(receive(f, &f->segou, "case.lkc", &received, &error));
    g_assert_no_error(error);
    g_assert_cmpint(received.added, ==, 1);
    assert_sql(f, &f->segou, "SELECT DISTINCT form FROM pages", "A.1");
    assert_sql(f, &f->segou, "SELECT DISTINCT form FROM copies", "A.1");
    assert_sql(f, &f->segou, "SELECT DISTINCT form FROM layouts", "A.1");
    assert_sql(f, &f->segou, "SELECT field FROM sealed_values", "prenom_nom");
    assert_sql(f, &f->segou, "SELECT count(*) FROM vault", "0");
}

/* Unknown senders, other receivers, changed bytes, cut files: nothing is taken. */
static void
test_refused(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    (void)file_page(f, "1.A", 1, "first ink");
    g_autoptr(LkOffice) segou = introduce(&f->mopti, &f->segou);
    LkSent sent = {0};
    send_file(f, segou, LK_SEND_TRANSFER, "case.lkc", &sent);
    g_auto(LkReceived) unknown = {0};
    g_assert_false(receive(f, &f->segou, "case.lkc", &unknown, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN);
    g_clear_error(&error);

    g_autoptr(LkOffice) mopti = introduce(&f->segou, &f->mopti);
    Office third = {0};
    open_office(f, &third, "gao", "GAO");
    g_autoptr(LkOffice) known = introduce(&third, &f->mopti);
    g_auto(LkReceived) wrong = {0};
    g_assert_false(receive(f, &third, "case.lkc", &wrong, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED);
    g_clear_error(&error);
    close_office(&third);

    g_autofree char *path = in(f, "case.lkc");
    g_autofree char *bad = in(f, "bad.lkc");
    g_autofree char *bytes = NULL;
    gsize size = 0;
    g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    for (int i = 0; i < 60; i++) {
        gsize at =
            i < 10 ? (gsize)i * 13 : (gsize)g_test_rand_int_range(0, (gint32)size);
        bool cut = i % 5 == 4;
        bytes[at] = (char)(bytes[at] ^ 0x04);
        g_assert_true(g_file_set_contents(bad, bytes, (gssize)(cut ? at : size), NULL));
        bytes[at] = (char)(bytes[at] ^ 0x04);
        g_autoptr(GError) why = NULL;
        g_auto(LkReceived) received = {0};
        g_assert_false(receive(f, &f->segou, "bad.lkc", &received, &why));
        g_assert_nonnull(why);
    }
    assert_sql(f, &f->segou, "SELECT count(*) FROM cases", "0");
    g_auto(LkReceived) whole = {0};
    g_assert_true(receive(f, &f->segou, "case.lkc", &whole, &error));
    g_assert_no_error(error);
}

/* A partner that somebody wrote into the database is not one. */
static void
test_partner_row(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_autoptr(LkOffice) segou = introduce(&f->mopti, &f->segou);
    g_autoptr(GPtrArray) before = lk_office_list(f->mopti.store, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(before->len, ==, 1);
    g_free(run(f, "sqlite3 mopti/lakana.db 'UPDATE offices SET reception = zeroblob(32)"
                  "'"));
    g_autoptr(GPtrArray) after = lk_office_list(f->mopti.store, &error);
    g_assert_null(after);
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED);
}

static void
test_key_file(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = lk_office_text(f->segou.session, &error);
    g_assert_no_error(error);
    size_t signed_part = (size_t)(strstr(text, "fingerprint") - text);
    for (size_t i = 0; i < signed_part; i++) {
        if (text[i] == '\n') {
            continue;
        }
        text[i] ^= 0x01;
        g_autoptr(LkOffice) office = lk_office_parse(text, strlen(text), NULL);
        g_assert_null(office);
        text[i] ^= 0x01;
    }
    g_autoptr(GString) mailed = g_string_new(text);
    g_string_replace(mailed, "\n", "\r\n", 0);
    g_autoptr(LkOffice) office = lk_office_parse(mailed->str, mailed->len, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(office->region, ==, "SEG");
    g_assert_false(lk_office_trust(f->segou.session, office, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED);
}

/* Somebody leaves Ségou, which has a new key from then on: what is under way arrives;
 * what is sent with the new key file is sealed to the new key. */
static void
test_new_key(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    (void)file_page(f, "1.A", 1, "ink of 1.A");
    g_autoptr(LkOffice) segou = introduce(&f->mopti, &f->segou);
    g_autoptr(LkOffice) mopti = introduce(&f->segou, &f->mopti);
    LkSent sent = {0};
    send_file(f, segou, LK_SEND_TRANSFER, "before.lkc", &sent);

    static const char text[] = "une phrase assez longue";
    g_autoptr(LkSecret) words = lk_secret_new_from(text, strlen(text));
    g_clear_pointer(&f->segou.session, lk_session_free);
    LkSession *recovered =
        lk_session_recover(f->segou.store, f->segou.recovery, &error);
    g_assert_true(lk_person_add(recovered, "parti", LK_ROLE_MANAGER, words, &error));
    int n = 0;
    g_assert_true(lk_person_revoke(recovered, "parti", &n, &n, &error));
    g_assert_no_error(error);
    lk_session_free(recovered);
    f->segou.session = lk_session_open(f->segou.store, "gaoussou", words, &error);
    g_assert_no_error(error);

    g_auto(LkReceived) received = {0};
    g_assert_true(receive(f, &f->segou, "before.lkc", &received, &error));
    g_assert_no_error(error);
    g_assert_cmpint(received.added, ==, 1);
    g_autoptr(LkOffice) again = introduce(&f->mopti, &f->segou);
    g_assert_true(memcmp(again->reception, segou->reception, LK_KEY_LEN) != 0);
    g_autoptr(LkOffice) known = lk_office_find(f->mopti.store, segou->sign, &error);
    g_assert_no_error(error);
    g_assert_true(memcmp(again->reception, known->reception, LK_KEY_LEN) == 0);
    send_file(f, known, LK_SEND_TRANSFER, "after.lkc", &sent);
    g_auto(LkReceived) second = {0};
    g_assert_true(receive(f, &f->segou, "after.lkc", &second, &error));
    g_assert_no_error(error);
    assert_picture(f, 1, "picture: ink of 1.A");
}

int
main(int argc, char **argv)
{
    g_setenv("LANG", "en", TRUE);
    g_test_init(&argc, &argv, NULL);
    static const struct {
        const char *name;
        void (*test)(Fixture *, gconstpointer);
    } tests[] = {
        {"/courier/transfer", test_transfer},
        {"/courier/twice", test_twice},
        {"/courier/conflict", test_conflict},
        {"/courier/referral", test_referral},
        {"/courier/refused", test_refused},
        {"/courier/partner-row", test_partner_row},
        {"/courier/key-file", test_key_file},
        {"/courier/new-key", test_new_key},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_test_add(tests[i].name, Fixture, NULL, set_up, tests[i].test, tear_down);
    }
    return g_test_run();
}
