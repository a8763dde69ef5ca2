/* parcel-draft.c - a parcel that is made up and given: its crops are sealed one by one
 * as pages are opened, and written in an order drawn by lot. */
#include "store/crop.h"

#include <sodium.h>
#include <string.h>

#define PADDED_TO 2048 /* bytes: the length tells little of how much is written */

static GBytes *
seal_crop(const uint8_t public[LK_KEY_LEN], const char *head, const void *png,
          size_t size, GError **error)
{
    g_autofree char *length = g_strdup_printf("%zu\n", size);
    size_t whole = strlen(head) + strlen(length) + size;
    g_autoptr(LkSecret) clear =
        lk_secret_new((whole + PADDED_TO - 1) / PADDED_TO * PADDED_TO);
    char *to = lk_secret_data(clear);
    memcpy(stpcpy(stpcpy(to, head), length), png, size);
    return lk_seal_to(public, to, lk_secret_size(clear), error);
}

typedef struct {
    gint64 page;
    char *field;
    int row;
    GBytes *sealed;
} Crop;

static void
free_crop(gpointer data)
{
    Crop *crop = data;
    g_free(crop->field);
    g_bytes_unref(crop->sealed);
    g_free(crop);
}

struct LkParcelDraft {
    LkSession *by;
    LkParcelKind kind;
    LkPersonRow clerk;
    char *at;
    GHashTable *given; /* keys of fields that are not to be given */
    GPtrArray *crops;
    gint64 parcel;
    int n_given;
};

void
lk_parcel_draft_free(LkParcelDraft *draft)
{
    if (draft != NULL) {
        lk_person_row_clear(&draft->clerk);
        g_hash_table_unref(draft->given);
        g_ptr_array_unref(draft->crops);
        g_free(draft->at);
        g_free(draft);
    }
}

static char *
key_of(gint64 page, const char *field, int row)
{
    return g_strdup_printf("%" G_GINT64_FORMAT " %s %d", page, field, row);
}

static bool
take_keys(LkStore *store, sqlite3_stmt *rows, GHashTable *given, GError **error)
{
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        g_hash_table_add(given,
                         key_of(sqlite3_column_int64(rows, 0), lk_sql_text(rows, 1),
                                sqlite3_column_int(rows, 2)));
    }
    return step == LK_SQL_END;
}

/* What lies in a parcel; what @login typed, or two others. */
static bool
load_given(LkStore *store, const char *login, GHashTable *given, GError **error)
{
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error, "SELECT page, field, row_no FROM crops WHERE state = 'given'",
        "");
    g_autoptr(sqlite3_stmt) keyed = lk_sql_prepare(
        store, error,
        "SELECT page, field, row_no FROM open_keyings GROUP BY page, field, row_no"
        " HAVING sum(CASE WHEN who = ? THEN 2 ELSE 1 END) > 1",
        "t", login);
    return take_keys(store, rows, given, error) &&
           take_keys(store, keyed, given, error);
}

static bool
check_clerk(LkStore *store, const LkParcelDraft *draft, GError **error)
{
    const LkPersonRow *clerk = &draft->clerk;
    if (clerk->role != LK_ROLE_CLERK) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED,
                    _("%s is %s: fields are given to type to people of the role "
                      "saisie only"),
                    clerk->login, lk_role_name(clerk->role));
        return false;
    }
    g_autoptr(sqlite3_stmt) row = lk_sql_prepare(
        store, error,
        "SELECT p.id, p.kind FROM parcels p WHERE p.login = ? AND p.kind <> ? AND"
        " EXISTS (SELECT 1 FROM crops c WHERE c.parcel = p.id AND c.state = 'given')",
        "tt", clerk->login, lk_parcel_kind_name(draft->kind));
    LkSqlStep step = row != NULL ? lk_sql_step(store, row, error) : LK_SQL_FAILED;
    if (step == LK_SQL_ROW) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED,
                    _("%s still has %s to type (parcel %lld), and types one kind at a "
                      "time: wait, or withdraw that parcel"),
                    clerk->login, lk_sql_text(row, 1),
                    (long long)sqlite3_column_int64(row, 0));
    }
    return step == LK_SQL_END;
}

LkParcelDraft *
lk_parcel_draft_new(LkSession *by, const char *to, LkParcelKind kind, GError **error)
{
    g_return_val_if_fail(by != NULL && to != NULL, NULL);
    LkStore *store = lk_session_store(by);
    LkParcelDraft *draft = g_new0(LkParcelDraft, 1);
    draft->by = by;
    draft->kind = kind;
    draft->at = lk_now();
    draft->given = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    draft->crops = g_ptr_array_new_with_free_func(free_crop);
    if (!lk_person_load_active(store, to, &draft->clerk, error) ||
        !check_clerk(store, draft, error) ||
        !load_given(store, draft->clerk.login, draft->given, error)) {
        lk_parcel_draft_free(draft);
        return NULL;
    }
    return draft;
}

bool
lk_parcel_draft_wants(const LkParcelDraft *draft, const LkParcelPlace *place)
{
    g_autofree char *key = key_of(place->page, place->field, place->row);
    return !g_hash_table_contains(draft->given, key);
}

bool
lk_parcel_draft_add(LkParcelDraft *draft, const LkParcelPlace *place, const void *png,
                    size_t size, GError **error)
{
    g_autofree char *head = lk_crop_head(draft->clerk.login, draft->at, place);
    GBytes *sealed = seal_crop(draft->clerk.public, head, png, size, error);
    if (sealed == NULL) {
        return false;
    }
    Crop *crop = g_new0(Crop, 1);
    *crop = (Crop){place->page, g_strdup(place->field), place->row, sealed};
    g_ptr_array_add(draft->crops, crop);
    g_hash_table_add(draft->given, key_of(place->page, place->field, place->row));
    return true;
}

/* Fisher and Yates: what stood on one page stands together no more. */
static void
shuffle(GPtrArray *crops)
{
    for (guint i = crops->len; i > 1; i--) {
        guint other = randombytes_uniform(i);
        gpointer kept = crops->pdata[i - 1];
        crops->pdata[i - 1] = crops->pdata[other];
        crops->pdata[other] = kept;
    }
}

static bool
write_crops(LkStore *store, LkParcelDraft *draft, GError **error)
{
    for (guint i = 0; i < draft->crops->len; i++) {
        const Crop *crop = g_ptr_array_index(draft->crops, i);
        if (!lk_sql_run(store, error,
                        "INSERT INTO crops (parcel, page, field, row_no, state, sealed,"
                        " at) VALUES (?, ?, ?, ?, 'given', ?, ?)"
                        " ON CONFLICT DO NOTHING",
                        "iitibt", draft->parcel, crop->page, crop->field,
                        (gint64)crop->row, crop->sealed, draft->at)) {
            return false;
        }
        draft->n_given += sqlite3_changes(store->db);
    }
    return true;
}

/* The clerk may have gone meanwhile, or got something else from somebody else. */
static bool
write_parcel(LkStore *store, void *data, GError **error)
{
    LkParcelDraft *draft = data;
    g_auto(LkPersonRow) now = {0};
    if (!lk_person_load_active(store, draft->clerk.login, &now, error) ||
        !check_clerk(store, draft, error) ||
        !lk_sql_run(store, error,
                    "INSERT INTO parcels (kind, login, given_by, given_at)"
                    " VALUES (?, ?, ?, ?)",
                    "tttt", lk_parcel_kind_name(draft->kind), draft->clerk.login,
                    lk_session_login(draft->by), draft->at)) {
        return false;
    }
    draft->parcel = (gint64)sqlite3_last_insert_rowid(store->db);
    draft->n_given = 0;
    if (!write_crops(store, draft, error)) {
        return false;
    }
    g_autofree char *detail = g_strdup_printf(
        "{\"parcel\":%" G_GINT64_FORMAT ",\"kind\":\"%s\",\"to\":\"%s\",\"n\":%d}",
        draft->parcel, lk_parcel_kind_name(draft->kind), draft->clerk.login,
        draft->n_given);
    return lk_journal_add(store, "parcel-give", detail, error);
}

bool
lk_parcel_draft_give(LkParcelDraft *draft, gint64 *parcel, int *n, GError **error)
{
    if (draft->crops->len > 0) {
        shuffle(draft->crops);
        if (!lk_sql_transaction(lk_session_store(draft->by), write_parcel, draft,
                                error)) {
            return false;
        }
    }
    *parcel = draft->parcel;
    *n = draft->n_given;
    return true;
}
