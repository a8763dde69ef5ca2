/* test-assign.c - pages that a person settles: real printed pages, spoiled, scanned and
 * ingested, then assigned, accepted, dismissed and undone; judged through the store. */
#include "pipeline/pipeline.h"
#include "tests/sim/sim.h"

#include "tests/files/office.h"

#include <string.h>

#define DPI 200.0
#define WHO "TEST"

typedef struct {
    char *dir, *office;
    LkStore *store;
    LkSession *session;
    LkStationery *stationery;
    LkCaseCode code;
    LkCaseCode other; /* a second file */
    SimPaper *paper;  /* 1.B and 5.A of both, then a blank 1.B */
    int next;         /* number of the next scan */
} Fixture;

static SimPaper *
print(const Fixture *f, const char *name, const LkIssueOrder *order, LkCaseCode *code,
      LkCaseCode *other)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *pdf = g_build_filename(f->dir, name, NULL);
    LkIssueOrder full = *order;
    full.output = pdf;
    g_auto(LkIssued) issued = {0};
    g_assert_true(lk_issue(f->store, f->stationery, &full, &issued, &error));
    g_assert_no_error(error);
    if (code != NULL) {
        *code = g_array_index(issued.copies, LkStoreCopy, 0).code;
        *other = g_array_index(issued.copies, LkStoreCopy, issued.copies->len - 1).code;
    }
    SimPaper *paper = sim_paper_open(g_ptr_array_index(issued.files, 0), &error);
    g_assert_no_error(error);
    return paper;
}

static void
set_up(Fixture *f, gconstpointer unused)
{
    (void)unused;
    static const char *const forms[] = {"1.B", "5.A", NULL};
    g_autoptr(GError) error = NULL;
    f->dir = g_dir_make_tmp("lakana-assign-XXXXXX", &error);
    f->office = g_build_filename(f->dir, "office", NULL);
    office_init(f->office, "MOP", "EXEMPLE FICTIF");
    f->store = lk_store_open(f->office, &error);
    g_assert_no_error(error);
    f->session = office_session(f->store);
    f->stationery = lk_stationery_load(&error);
    g_assert_no_error(error);
    LkIssueOrder order = {.n_new = 2, .forms = forms};
    f->paper = print(f, "pack.pdf", &order, &f->code, &f->other);
    f->next = 0;
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_store_journal_check(f->store, NULL, NULL, &error));
    g_assert_no_error(error);
    sim_paper_free(f->paper);
    lk_stationery_free(f->stationery);
    lk_session_free(f->session);
    lk_store_free(f->store);
    const char *argv[] = {"rm", "-rf", f->dir, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                 NULL, NULL);
    g_free(f->dir);
    g_free(f->office);
}

/* --- Paper. -------------------------------------------------------------------------
 */

static SimSheet *
sheet_of(const Fixture *f, int pdf_page)
{
    const SimPrinting as_it_is = {.scale = 1};
    SimSheet *sheet = sim_sheet_print(f->paper, pdf_page, &as_it_is, 300);
    sheet->pen = (SimPen){SIM_PEN_BALLPOINT, 0.5, 0.8, 0.02, {30, 30, 60}};
    return sheet;
}

static void
whiten(SimSheet *sheet, LkRect mm)
{
    double px = sheet->dpi / 25.4;
    for (int y = (int)(mm.y * px); y < (int)((mm.y + mm.h) * px); y++) {
        memset(sheet->print + (size_t)y * (size_t)sheet->width + (size_t)(mm.x * px),
               255, (size_t)(mm.w * px));
    }
}

/* Codes and printed code: who it is is lost; the corner squares are not. */
static void
lose_identity(SimSheet *sheet)
{
    whiten(sheet, (LkRect){22, 8, 168, 28});
    whiten(sheet, (LkRect){20, 260, 168, 30});
}

static void
lose_squares(SimSheet *sheet)
{
    whiten(sheet, (LkRect){5, 5, 200, 20});
    whiten(sheet, (LkRect){5, 272, 200, 20});
}

/* A cross in the first box of @field. */
static void
cross(const Fixture *f, SimSheet *sheet, const char *form, int number,
      const char *field, int option)
{
    const LkLayout *layout = lk_stationery_layout(f->stationery, form, NULL);
    const LkLayoutPage *page = lk_layout_page(layout, number);
    SimRandom random = sim_random(3, "cross");
    SimWriter writer = {
        .pen = sheet->pen, .style = SIM_STYLE_CROSS, .size = 1.0, .jitter_mm = 0.05};
    for (guint i = 0; i < page->boxes->len; i++) {
        const LkBox *box = &g_array_index(page->boxes, LkBox, i);
        if (strcmp(lk_layout_field(layout, box->field)->name, field) == 0 &&
            option-- == 0) {
            sim_mark(sheet, &writer, box->outline, NULL, &random);
            return;
        }
    }
    g_assert_not_reached();
}

/* The lock of the intake lasts as long as the store is open. */
static void
reopen(Fixture *f)
{
    g_autoptr(GError) error = NULL;
    lk_session_free(f->session);
    lk_store_free(f->store);
    f->store = lk_store_open(f->office, &error);
    g_assert_no_error(error);
    f->session = office_session(f->store);
}

static void
ingest(Fixture *f, const SimSheet *sheet)
{
    SimRandom random = sim_random((uint64_t)f->next, "scan");
    SimMachine machine = sim_machine(SIM_TUNING, SIM_CLEAN_300, &random);
    machine.scanner.dpi = DPI;
    g_autoptr(SimImage) image = sim_scan(sheet, &machine.scanner, &random);
    g_autofree char *path = g_strdup_printf("%s/%d.png", f->dir, f->next++);
    g_autoptr(GError) error = NULL;
    g_assert_true(sim_write_png(image, path, &error));
    const char *paths[] = {path, NULL};
    LkIntakeOptions options = {0};
    LkIntakeSummary summary = {0};
    g_assert_true(lk_intake(f->store, paths, &options, &summary, &error));
    g_assert_no_error(error);
    g_assert_cmpint(summary.failed_files, ==, 0);
    reopen(f);
}

/* --- What the store says. -----------------------------------------------------------
 */

/* The number of pages that wait, and the last of them. */
static guint
open_pages(const Fixture *f, gint64 *last, const char **kind)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) pages = lk_store_open_pages(f->store, &error);
    g_assert_no_error(error);
    if (pages->len > 0) {
        const LkOpenPage *page = g_ptr_array_index(pages, pages->len - 1);
        *last = page->record->page;
        *kind = page->unknown ? "unknown" : lk_wait_kind_name(page->kind);
    }
    return pages->len;
}

static gint64
only_open(const Fixture *f, const char *expected)
{
    gint64 page = 0;
    const char *kind = "";
    g_assert_cmpuint(open_pages(f, &page, &kind), ==, 1);
    g_assert_cmpstr(kind, ==, expected);
    return page;
}

static void
assert_none_open(const Fixture *f)
{
    gint64 page = 0;
    const char *kind = "";
    g_assert_cmpuint(open_pages(f, &page, &kind), ==, 0);
}

typedef struct {
    const char *field;
    char *value;
    int n, waiting; /* values in all; of them to be decided or typed */
} Search;

static bool
search(const LkStoreValue *value, void *data)
{
    Search *search = data;
    search->n++;
    search->waiting += value->status != LK_VALUE_OK ? 1 : 0;
    if (strcmp(value->field, search->field) == 0) {
        g_free(search->value);
        search->value = g_strdup(value->value);
    }
    return true;
}

static Search
values(const Fixture *f, const LkCaseCode *code, const char *field)
{
    Search found = {.field = field};
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_store_each_value(f->store, code, search, &found, &error));
    return found;
}

static void
assert_value(const Fixture *f, const LkCaseCode *code, const char *field,
             const char *expected)
{
    Search found = values(f, code, field);
    g_assert_cmpstr(found.value, ==, expected);
    g_free(found.value);
}

static void
settle(const Fixture *f, gint64 page, LkPageAct act)
{
    g_autoptr(GError) error = NULL;
    LkPageSaid said = {page, WHO, NULL};
    bool done = act == LK_ACT_UNDO
                    ? lk_store_undo_page(f->store, f->session, &said, &error)
                    : lk_store_settle_page(f->store, &said, act, &error);
    g_assert_no_error(error);
    g_assert_true(done);
}

static void
assert_refused(const Fixture *f, gint64 page, LkPageAct act, int code)
{
    g_autoptr(GError) error = NULL;
    LkPageSaid said = {page, WHO, NULL};
    g_assert_false(lk_store_settle_page(f->store, &said, act, &error));
    g_assert_error(error, LK_STORE_ERROR, code);
}

static LkAssigned
assign(const Fixture *f, gint64 page, const LkCaseCode *code, const char *form,
       int number)
{
    LkAssignment assignment = {.said = {page, WHO, NULL}, .form = form, .page = number};
    assignment.case_code = *code;
    g_autoptr(GError) error = NULL;
    LkAssigned assigned = {0};
    bool done = lk_page_assign(f->store, f->session, &assignment, &assigned, &error);
    g_assert_no_error(error);
    g_assert_true(done);
    return assigned;
}

/* The page lies sealed in one file, for @domain. */
static void
assert_sealed_for(const Fixture *f, gint64 page, const char *domain)
{
    g_auto(LkStorePicture) picture = {0};
    g_autoptr(GError) error = NULL;
    g_assert_true(lk_store_find_picture(f->store, page, &picture, &error));
    g_assert_true(picture.is_sealed);
    g_assert_cmpint(picture.index, ==, 0);
    char name[LK_DOMAIN_MAX + 1];
    g_assert_true(lk_sealed_file_domain(picture.path, name, &error));
    g_assert_cmpstr(name, ==, domain);
    g_autofree char *folder = g_build_filename(f->office, "pages", NULL);
    g_autofree char *count = NULL;
    const char *argv[] = {"find", folder, "-type", "f", NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &count,
                 NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(strchr(count, '\n') == strrchr(count, '\n'));
}

static void
assert_case_holds(const Fixture *f, gint64 page, const LkCaseCode *code)
{
    char domain[LK_DOMAIN_MAX + 1];
    lk_domain_of_case(code, domain);
    assert_sealed_for(f, page, domain);
}

/* The last scan, again; what was archived of it is gone. */
static void
ingest_lost(Fixture *f)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_strdup_printf("%s/%d.png", f->dir, f->next - 1);
    g_autofree char *archive = g_build_filename(f->office, "archive", NULL);
    const char *argv[] = {"find", archive, "-type", "f", "-delete", NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                 NULL, &error);
    g_assert_no_error(error);
    const char *paths[] = {path, NULL};
    LkIntakeOptions options = {0};
    LkIntakeSummary summary = {0};
    g_assert_true(lk_intake(f->store, paths, &options, &summary, &error));
    g_assert_no_error(error);
    g_assert_cmpint(summary.filed_before, >, 0);
    reopen(f);
}

static void
remove_page_files(const Fixture *f)
{
    g_autofree char *folder = g_build_filename(f->office, "pages", NULL);
    const char *argv[] = {"find", folder, "-type", "f", "-delete", NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                 NULL, NULL);
}

static void
assert_shown(const Fixture *f, gint64 page)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *png = g_build_filename(f->dir, "shown-again.png", NULL);
    g_assert_true(lk_page_picture(f->store, f->session, page, png, &error));
    g_assert_no_error(error);
}

/* --- Tests. -------------------------------------------------------------------------
 */

/* Found, shown, assigned, read; undone; assigned as what it is not, and not believed.
 */
static void
test_unknown(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(SimSheet) sheet = sheet_of(f, 0);
    cross(f, sheet, "1.B", 1, "sexe", 1);
    lose_identity(sheet);
    ingest(f, sheet);
    gint64 page = only_open(f, "unknown");
    assert_value(f, &f->code, "sexe", NULL);
    assert_sealed_for(f, page, LK_DOMAIN_RECEPTION);
    g_autofree char *png = g_build_filename(f->dir, "shown.png", NULL);
    g_autoptr(GError) error = NULL;
    g_assert_false(lk_page_picture(f->store, NULL, page, png, &error));
    g_assert_error(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED);
    g_clear_error(&error);
    g_assert_true(lk_page_picture(f->store, f->session, page, png, &error));
    g_autoptr(LkScan) shown = lk_scan_open(png, NULL, &error);
    g_assert_no_error(error);

    g_auto(LkAssigned) right = assign(f, page, &f->code, "1.B", 1);
    g_assert_true(right.is_read);
    assert_none_open(f);
    assert_value(f, &f->code, "sexe", "M");
    assert_case_holds(f, page, &f->code);

    /* Taken back by who can open it: the file that it was given to cannot any more. */
    assert_refused(f, page, LK_ACT_UNDO, LK_STORE_ERROR_LOCKED);
    assert_value(f, &f->code, "sexe", "M");
    assert_case_holds(f, page, &f->code);
    settle(f, page, LK_ACT_UNDO);
    assert_sealed_for(f, page, LK_DOMAIN_RECEPTION);
    g_assert_true(lk_page_picture(f->store, f->session, page, png, &error));
    g_assert_no_error(error);
    g_assert_cmpint(only_open(f, "unknown"), ==, page);
    assert_value(f, &f->code, "sexe", NULL);
    Search nothing = values(f, &f->code, "sexe");
    g_assert_cmpint(nothing.n, ==, 0);
    assert_refused(f, page, LK_ACT_UNDO, LK_STORE_ERROR_UNKNOWN);

    g_auto(LkAssigned) wrong = assign(f, page, &f->code, "5.A", 1);
    g_assert_false(wrong.is_read);
    g_assert_cmpint(wrong.status, ==, LK_PAGE_REVIEW);
    settle(f, page, LK_ACT_UNDO);

    g_auto(LkAssigned) again = assign(f, page, &f->other, "1.B", 1);
    g_assert_true(again.is_read);
    assert_value(f, &f->other, "sexe", "M");
    assert_case_holds(f, page, &f->other);
    assert_refused(f, page, LK_ACT_DISMISS, LK_STORE_ERROR_FILED);
}

/* Nothing tells how it lies: it is in the file, and every answer waits. */
static void
test_unread(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(SimSheet) sheet = sheet_of(f, 0);
    cross(f, sheet, "1.B", 1, "sexe", 1);
    lose_identity(sheet);
    lose_squares(sheet);
    ingest(f, sheet);
    gint64 page = only_open(f, "unknown");
    g_auto(LkAssigned) assigned = assign(f, page, &f->code, "1.B", 1);
    g_assert_false(assigned.is_read);
    g_assert_cmpint(assigned.to_decide, >, 5);
    Search found = values(f, &f->code, "sexe");
    g_assert_null(found.value);
    g_assert_cmpint(found.waiting, >, 5);
    assert_none_open(f);
}

/* None of ours: out of the list, and back. */
static void
test_dismiss(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(SimSheet) sheet = sheet_of(f, 0);
    lose_identity(sheet);
    lose_squares(sheet);
    ingest(f, sheet);
    gint64 page = only_open(f, "unknown");
    assert_refused(f, page, LK_ACT_ACCEPT, LK_STORE_ERROR_UNKNOWN);
    settle(f, page, LK_ACT_DISMISS);
    assert_none_open(f);
    settle(f, page, LK_ACT_UNDO);
    g_assert_cmpint(only_open(f, "unknown"), ==, page);
    assert_refused(f, 9999, LK_ACT_DISMISS, LK_STORE_ERROR_UNKNOWN);
}

/* Another sheet with the identity of one that is there is never merged with it. */
static void
test_conflict(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(SimSheet) first = sheet_of(f, 0);
    cross(f, first, "1.B", 1, "sexe", 0);
    ingest(f, first);
    assert_none_open(f);
    g_autoptr(SimSheet) second = sheet_of(f, 0);
    cross(f, second, "1.B", 1, "sexe", 1);
    lose_identity(second);
    ingest(f, second);
    gint64 unknown = only_open(f, "unknown");
    g_auto(LkAssigned) assigned = assign(f, unknown, &f->code, "1.B", 1);
    g_assert_true(assigned.is_read);
    gint64 rival = only_open(f, "conflict");
    assert_value(f, &f->code, "sexe", "F");
    settle(f, rival, LK_ACT_ACCEPT);
    assert_none_open(f);
    assert_value(f, &f->code, "sexe", "M");
    assert_refused(f, unknown, LK_ACT_UNDO, LK_STORE_ERROR_FILED);
    settle(f, rival, LK_ACT_UNDO);
    assert_value(f, &f->code, "sexe", "F");
    g_assert_cmpint(only_open(f, "conflict"), ==, rival);
    settle(f, rival, LK_ACT_DISMISS);
    assert_none_open(f);
    assert_value(f, &f->code, "sexe", "F");
}

/* A blank was photocopied and filled in for another child: once both sheets are here,
 * the one goes to the file that a person names, whatever its code says. */
static void
test_photocopied(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(SimSheet) first = sheet_of(f, 0);
    cross(f, first, "1.B", 1, "sexe", 0);
    ingest(f, first);
    g_autoptr(SimSheet) second = sheet_of(f, 0);
    cross(f, second, "1.B", 1, "sexe", 1);
    ingest(f, second);
    gint64 rival = only_open(f, "conflict");
    g_auto(LkAssigned) assigned = assign(f, rival, &f->other, "1.B", 1);
    g_assert_true(assigned.is_read);
    assert_none_open(f);
    assert_value(f, &f->code, "sexe", "F");
    assert_value(f, &f->other, "sexe", "M");
    settle(f, rival, LK_ACT_UNDO);
    g_assert_cmpint(only_open(f, "conflict"), ==, rival);
    assert_value(f, &f->other, "sexe", NULL);
}

/* Its own code names another page than the person does. */
static void
test_code_says_otherwise(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(SimSheet) sheet = sheet_of(f, 0);
    ingest(f, sheet);
    LkAssignment assignment = {
        .said = {1, WHO, NULL}, .case_code = f->other, .form = "1.B", .page = 1};
    g_autoptr(GError) error = NULL;
    g_auto(LkAssigned) assigned = {0};
    g_assert_false(
        lk_page_assign(f->store, f->session, &assignment, &assigned, &error));
    g_assert_error(error, LK_PIPELINE_ERROR, LK_PIPELINE_ERROR_PAGE);
    assignment.form = "9.Z";
    g_clear_error(&error);
    g_assert_false(
        lk_page_assign(f->store, f->session, &assignment, &assigned, &error));
    g_assert_nonnull(error);
}

/* A blank copy without a label needs its case, and nothing else. */
static void
test_blank_copy(Fixture *f, gconstpointer unused)
{
    (void)unused;
    static const char *const forms[] = {"1.B", NULL};
    LkIssueOrder order = {.n_blank = 1, .forms = forms};
    sim_paper_free(f->paper);
    f->paper = print(f, "blank.pdf", &order, NULL, NULL);
    g_autoptr(SimSheet) sheet = sheet_of(f, 0);
    cross(f, sheet, "1.B", 1, "sexe", 0);
    ingest(f, sheet);
    gint64 page = only_open(f, "no-case");
    g_auto(LkAssigned) assigned = assign(f, page, &f->code, NULL, 0);
    g_assert_true(assigned.is_read);
    assert_none_open(f);
    assert_value(f, &f->code, "sexe", "F");
}

/* Known by its printed code: confirmed, its values count at once. */
static void
test_identity(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autofree char *tesseract = g_find_program_in_path("tesseract");
    if (tesseract == NULL) {
        g_test_skip("no tesseract");
        return;
    }
    g_autoptr(SimSheet) sheet = sheet_of(f, 0);
    cross(f, sheet, "1.B", 1, "sexe", 1);
    whiten(sheet, (LkRect){164, 11.5, 24, 24});
    whiten(sheet, (LkRect){22, 261.5, 24, 24});
    ingest(f, sheet);
    gint64 page = only_open(f, "identity");
    Search before = values(f, &f->code, "sexe");
    g_assert_cmpint(before.waiting, ==, before.n);
    g_free(before.value);
    settle(f, page, LK_ACT_ACCEPT);
    Search after = values(f, &f->code, "sexe");
    g_assert_cmpint(after.waiting, <, after.n);
    g_assert_cmpstr(after.value, ==, "M");
    g_free(after.value);
    assert_none_open(f);
    settle(f, page, LK_ACT_UNDO);
    g_assert_cmpint(only_open(f, "identity"), ==, page);
    settle(f, page, LK_ACT_DISMISS);
    Search gone = values(f, &f->code, "sexe");
    g_assert_cmpint(gone.n, ==, 0);
}

/* The disk loses the scan, and it is ingested again: who may see a page of it is who
 * could before, whether it was assigned meanwhile or taken back. */
static void
test_lost_scan(Fixture *f, gconstpointer unused)
{
    (void)unused;
    g_autoptr(SimSheet) sheet = sheet_of(f, 0);
    lose_identity(sheet);
    ingest(f, sheet);
    gint64 page = only_open(f, "unknown");
    ingest_lost(f);
    assert_sealed_for(f, page, LK_DOMAIN_RECEPTION);
    assert_shown(f, page);

    g_auto(LkAssigned) assigned = assign(f, page, &f->code, "1.B", 1);
    assert_case_holds(f, page, &f->code);
    ingest_lost(f);
    assert_case_holds(f, page, &f->code);
    assert_shown(f, page);
    remove_page_files(f);
    ingest_lost(f);
    assert_case_holds(f, page, &f->code);
    assert_shown(f, page);

    settle(f, page, LK_ACT_UNDO);
    assert_sealed_for(f, page, LK_DOMAIN_RECEPTION);
    remove_page_files(f);
    ingest_lost(f);
    assert_sealed_for(f, page, LK_DOMAIN_RECEPTION);
    assert_shown(f, page);
}

int
main(int argc, char **argv)
{
    g_setenv("LC_ALL", "en_US.UTF-8", TRUE);
    lk_language_init();
    g_test_init(&argc, &argv, NULL);
    static const struct {
        const char *path;
        void (*test)(Fixture *f, gconstpointer unused);
    } tests[] = {
        {"/assign/unknown", test_unknown},
        {"/assign/unread", test_unread},
        {"/assign/dismiss", test_dismiss},
        {"/assign/never-merged", test_conflict},
        {"/assign/photocopied", test_photocopied},
        {"/assign/code-says-otherwise", test_code_says_otherwise},
        {"/assign/blank-copy", test_blank_copy},
        {"/assign/identity", test_identity},
        {"/assign/lost-scan", test_lost_scan},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
    }
    return g_test_run();
}
