/* vault_index.c - all the names that one person may open, in memory. What was opened
 * once is kept (vault_kept.c); what is kept and the rows do not say any more, or the
 * person may not open any more, is left out and deleted. */
#include "store/names.h"
#include "store/vault_rows.h"

#include <string.h>

struct LkVault {
    LkSession *session;
    GPtrArray *known;    /* of LkVaultKnown */
    GHashTable *by_code; /* code text -> Known, lent */
    LkNames *names;      /* ids are indices in known, kinds are fields */
    GArray *damaged;     /* of LkCaseCode */
    gint64 seq;          /* the last one there is */
    gint64 n_masks;      /* of the office, before anything was read */
    gint64 n_grants;     /* to this person and to @reception, then */
    GArray *gone;        /* of LkCaseCode: kept, and not to be */
    guint n_new;         /* opened, and not kept yet */
};

static LkVault *
vault_new(LkSession *session)
{
    LkVault *vault = g_new0(LkVault, 1);
    vault->session = session;
    vault->known = g_ptr_array_new_with_free_func((GDestroyNotify)lk_vault_known_free);
    vault->by_code = g_hash_table_new(g_str_hash, g_str_equal);
    vault->names = lk_names_new();
    vault->damaged = g_array_new(FALSE, FALSE, sizeof(LkCaseCode));
    vault->gone = g_array_new(FALSE, FALSE, sizeof(LkCaseCode));
    return vault;
}

void
lk_vault_free(LkVault *vault)
{
    if (vault != NULL) {
        g_hash_table_unref(vault->by_code);
        g_ptr_array_unref(vault->known);
        lk_names_free(vault->names);
        g_array_unref(vault->damaged);
        g_array_unref(vault->gone);
        g_free(vault);
    }
}

guint
lk_vault_size(const LkVault *vault)
{
    return vault->known->len;
}

const GArray *
lk_vault_damaged(const LkVault *vault)
{
    return vault->damaged;
}

/* --- What was kept. -----------------------------------------------------------------
 */

/* The recovery key comes and goes: it leaves nothing behind. */
static bool
is_kept(const LkSession *session)
{
    return lk_session_role(session) != LK_ROLE_RECOVERY;
}

static void
keep(LkVault *vault, LkVaultKnown *known)
{
    g_ptr_array_add(vault->known, known);
    g_hash_table_insert(vault->by_code, known->code.text, known);
}

static void
take_kept(LkVaultKnown *known, void *data)
{
    keep(data, known);
}

/* --- Keeping it. --------------------------------------------------------------------
 */

/* Numbers that change when somebody masks a name or withdraws a key. */
static bool
count_rights(const LkVault *vault, gint64 *masks, gint64 *grants, GError **error)
{
    LkStore *store = lk_session_store(vault->session);
    return lk_sql_number(store, masks, error, "SELECT count(*) FROM masks", "") &&
           lk_sql_number(store, grants, error,
                         "SELECT count(*) FROM grants WHERE holder = ? OR"
                         " holder = '@reception'",
                         "t", lk_session_login(vault->session));
}

/* A name that was masked meanwhile, or given away, must not come back: then nothing is
 * kept. */
static bool
write_kept(LkStore *store, void *data, GError **error)
{
    (void)store;
    const LkVault *vault = data;
    gint64 masks = 0;
    gint64 grants = 0;
    if (!count_rights(vault, &masks, &grants, error)) {
        return false;
    }
    if (masks != vault->n_masks || grants != vault->n_grants) {
        return true;
    }
    g_autoptr(LkSecret) key = lk_vault_kept_key(vault->session);
    for (guint i = 0; i < vault->gone->len; i++) {
        const LkCaseCode *code = &g_array_index(vault->gone, LkCaseCode, i);
        if (!lk_vault_kept_drop(vault->session, code, error)) {
            return false;
        }
    }
    for (guint i = 0; i < vault->known->len; i++) {
        const LkVaultKnown *known = g_ptr_array_index(vault->known, i);
        if (known->is_new && !lk_vault_kept_put(vault->session, key, known, error)) {
            return false;
        }
    }
    return true;
}

/* --- Up to date. --------------------------------------------------------------------
 */

static bool
open_row(LkVault *vault, const LkVaultRow *row, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(LkVaultKnown) known = g_new0(LkVaultKnown, 1);
    if (lk_vault_row_open(vault->session, row, &known->entry, &problem)) {
        known->code = row->code;
        known->seq = row->seq;
        known->at = g_strdup(row->at);
        known->current = true;
        known->is_new = true;
        vault->n_new++;
        keep(vault, g_steal_pointer(&known));
        return true;
    }
    if (g_error_matches(problem, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED)) {
        g_array_append_val(vault->damaged, row->code);
        return true;
    }
    g_propagate_error(error, g_steal_pointer(&problem));
    return false;
}

/* A row that is known already is not opened again. */
static bool
take_row(LkVault *vault, sqlite3_stmt *rows, GError **error)
{
    g_auto(LkVaultRow) row = {.seq = sqlite3_column_int64(rows, 0)};
    lk_sql_copy(rows, 1, row.code.text, sizeof row.code.text);
    row.at = g_strdup(lk_sql_text(rows, 2));
    vault->seq = MAX(vault->seq, row.seq);
    LkVaultKnown *known = g_hash_table_lookup(vault->by_code, row.code.text);
    if (known != NULL && known->seq == row.seq && strcmp(known->at, row.at) == 0) {
        known->current = true;
        return true;
    }
    row.sealed = lk_sql_bytes(rows, 3);
    return open_row(vault, &row, error);
}

static void
drop_old(LkVault *vault)
{
    for (guint i = vault->known->len; i > 0; i--) {
        const LkVaultKnown *known = g_ptr_array_index(vault->known, i - 1);
        if (!known->current) {
            if (g_hash_table_lookup(vault->by_code, known->code.text) == known) {
                g_hash_table_remove(vault->by_code, known->code.text);
                g_array_append_val(vault->gone, known->code);
            }
            g_ptr_array_remove_index_fast(vault->known, i - 1);
        }
    }
}

static bool
may_open_any(LkVault *vault, bool *reception, GError **error)
{
    gint64 n = 0;
    if (!lk_session_holds(vault->session, LK_DOMAIN_RECEPTION, reception, error) ||
        !lk_sql_number(lk_session_store(vault->session), &n, error,
                       "SELECT count(*) FROM grants WHERE holder = ? AND domain LIKE"
                       " 'case:%'",
                       "t", lk_session_login(vault->session))) {
        return false;
    }
    if (!*reception && n == 0) {
        g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED,
                            _("you hold the key of no file: names are seen by the case "
                              "managers of their files only"));
        return false;
    }
    return true;
}

static bool
bring_up_to_date(LkVault *vault, GError **error)
{
    LkStore *store = lk_session_store(vault->session);
    bool reception = false;
    if (!may_open_any(vault, &reception, error)) {
        return false;
    }
    g_autoptr(sqlite3_stmt) rows = lk_sql_prepare(
        store, error,
        "SELECT v.seq, v.case_code, v.at, v.sealed FROM vault v"
        " JOIN (SELECT max(seq) AS seq FROM vault GROUP BY case_code) last"
        "   ON last.seq = v.seq"
        " WHERE EXISTS (SELECT 1 FROM grants g WHERE g.domain = 'case:' || v.case_code"
        "   AND (g.holder = ? OR (g.holder = '@reception' AND ? = 1)))"
        " ORDER BY v.seq",
        "ti", lk_session_login(vault->session), (gint64)reception);
    LkSqlStep step = LK_SQL_FAILED;
    while (rows != NULL && (step = lk_sql_step(store, rows, error)) == LK_SQL_ROW) {
        if (!take_row(vault, rows, error)) {
            return false;
        }
    }
    return step == LK_SQL_END;
}

static void
add_names(LkVault *vault)
{
    static const LkVaultField fields[] = {LK_VAULT_NAME, LK_VAULT_KNOWN_AS,
                                          LK_VAULT_GUARDIAN};
    for (guint i = 0; i < vault->known->len; i++) {
        const LkVaultKnown *known = g_ptr_array_index(vault->known, i);
        for (size_t j = 0; j < G_N_ELEMENTS(fields); j++) {
            const char *text = known->entry.texts[fields[j]];
            if (text != NULL) {
                lk_names_add(vault->names, i, (int)fields[j], text);
            }
        }
    }
}

LkVault *
lk_vault_open(LkSession *session, GError **error)
{
    g_return_val_if_fail(session != NULL, NULL);
    g_autoptr(LkVault) vault = vault_new(session);
    if (!count_rights(vault, &vault->n_masks, &vault->n_grants, error) ||
        (is_kept(session) && !lk_vault_kept_each(session, take_kept, vault, error)) ||
        !bring_up_to_date(vault, error)) {
        return NULL;
    }
    drop_old(vault);
    if (vault->n_new + vault->gone->len > 0 && is_kept(session) &&
        !lk_sql_transaction(lk_session_store(session), write_kept, vault, error)) {
        return NULL;
    }
    add_names(vault);
    return g_steal_pointer(&vault);
}

/* --- Searching. ---------------------------------------------------------------------
 */

static bool
note_matches(LkVault *vault, const char *what, const GArray *matches, GError **error)
{
    g_autoptr(GArray) codes = g_array_new(FALSE, FALSE, sizeof(LkCaseCode));
    for (guint i = 0; i < matches->len; i++) {
        g_array_append_val(codes, g_array_index(matches, LkVaultMatch, i).code);
    }
    return lk_vault_note(lk_session_store(vault->session), what, codes, error);
}

static LkVaultMatch
match_of(const LkVault *vault, const LkNameHit *hit)
{
    const LkVaultKnown *known = g_ptr_array_index(vault->known, (guint)hit->id);
    return (LkVaultMatch){.code = known->code,
                          .entry = &known->entry,
                          .field = (LkVaultField)hit->kind,
                          .likeness = hit->likeness};
}

GArray *
lk_vault_search(LkVault *vault, const char *text, guint max, guint *n_all,
                GError **error)
{
    g_return_val_if_fail(vault != NULL && text != NULL, NULL);
    g_autoptr(GArray) hits = lk_names_search(vault->names, text, false);
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    g_autoptr(GArray) matches = g_array_new(FALSE, FALSE, sizeof(LkVaultMatch));
    for (guint i = 0; i < hits->len; i++) {
        const LkNameHit *hit = &g_array_index(hits, LkNameHit, i);
        if (g_hash_table_add(seen, GSIZE_TO_POINTER(hit->id)) && matches->len < max) {
            LkVaultMatch match = match_of(vault, hit);
            g_array_append_val(matches, match);
        }
    }
    if (n_all != NULL) {
        *n_all = g_hash_table_size(seen);
    }
    return note_matches(vault, "name-search", matches, error)
               ? g_steal_pointer(&matches)
               : NULL;
}

/* --- The same child twice? ----------------------------------------------------------
 */

/* A word of one that sounds like a word of the other. */
static bool
is_same_place(const char *a, const char *b)
{
    g_autoptr(GPtrArray) left = lk_spelling_split(a != NULL ? a : "");
    g_autoptr(GPtrArray) right = lk_spelling_split(b != NULL ? b : "");
    for (guint i = 0; i < left->len; i++) {
        const LkSpelling *word = g_ptr_array_index(left, i);
        for (guint j = 0; j < right->len && !word->particle; j++) {
            if (lk_spelling_compare(word, g_ptr_array_index(right, j)) >=
                LK_LIKENESS_SOUND) {
                return true;
            }
        }
    }
    return false;
}

typedef struct {
    LkVaultMatch match;
    int weight;
} Candidate;

/* Whether @hit may be the child of @entry; the greater the weight, the likelier. */
static bool
weigh(const LkVault *vault, const LkVaultEntry *entry, const LkNameHit *hit,
      Candidate *candidate)
{
    LkVaultMatch match = match_of(vault, hit);
    const LkVaultEntry *other = match.entry;
    int year = lk_vault_birth_year(entry);
    int other_year = lk_vault_birth_year(other);
    bool dated = year != 0 && other_year != 0;
    match.same_birth = dated && ABS(year - other_year) <= 1;
    match.same_place =
        is_same_place(entry->texts[LK_VAULT_PLACE], other->texts[LK_VAULT_PLACE]);
    bool weak = hit->n_missing > 0 || hit->likeness < LK_LIKENESS_FAMILY;
    bool other_sex =
        !weak && g_strcmp0(entry->texts[LK_VAULT_SEX], other->texts[LK_VAULT_SEX]) != 0;
    candidate->match = match;
    candidate->weight = 2 * (int)hit->likeness - hit->n_missing +
                        (match.same_birth ? 3 : 0) + (match.same_place ? 3 : 0) -
                        (other_sex ? 1 : 0);
    if (hit->kind == LK_VAULT_GUARDIAN || (dated && !match.same_birth)) {
        return false;
    }
    return weak ? match.same_birth && match.same_place
                : match.same_birth || match.same_place;
}

static gint
by_weight(gconstpointer a, gconstpointer b)
{
    const Candidate *left = a;
    const Candidate *right = b;
    return left->weight != right->weight
               ? right->weight - left->weight
               : strcmp(left->match.code.text, right->match.code.text);
}

static GArray *
find_candidates(LkVault *vault, const LkCaseCode *code, const LkVaultEntry *entry)
{
    static const LkVaultField fields[] = {LK_VAULT_NAME, LK_VAULT_KNOWN_AS};
    GArray *candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        const char *text = entry->texts[fields[i]];
        g_autoptr(GArray) hits =
            lk_names_search(vault->names, text != NULL ? text : "", true);
        for (guint j = 0; j < hits->len; j++) {
            Candidate candidate;
            if (weigh(vault, entry, &g_array_index(hits, LkNameHit, j), &candidate) &&
                !lk_case_code_equal(&candidate.match.code, code)) {
                g_array_append_val(candidates, candidate);
            }
        }
    }
    g_array_sort(candidates, by_weight);
    return candidates;
}

GArray *
lk_vault_alike(LkVault *vault, const LkCaseCode *code, const LkVaultEntry *entry,
               GError **error)
{
    g_return_val_if_fail(vault != NULL && code != NULL && entry != NULL, NULL);
    g_autoptr(GArray) candidates = find_candidates(vault, code, entry);
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    g_autoptr(GArray) matches = g_array_new(FALSE, FALSE, sizeof(LkVaultMatch));
    for (guint i = 0; i < candidates->len && matches->len < LK_ALIKE_MAX; i++) {
        const LkVaultMatch *match = &g_array_index(candidates, Candidate, i).match;
        if (g_hash_table_add(seen, (gpointer)match->entry)) {
            g_array_append_val(matches, *match);
        }
    }
    return note_matches(vault, "name-alike", matches, error) ? g_steal_pointer(&matches)
                                                             : NULL;
}
