/* second.c - which kinds of fields are typed twice in this office. */
#include "store/priv.h"

#include <string.h>

#define ALL ((1U << LK_PARCEL_N_KINDS) - 1)

char *
lk_kinds_text(LkKinds kinds)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < LK_PARCEL_N_KINDS; i++) {
        if (lk_kinds_has(kinds, (LkParcelKind)i)) {
            g_string_append_printf(text, "%s%s", text->len > 0 ? "," : "",
                                   lk_parcel_kind_name((LkParcelKind)i));
        }
    }
    return g_strdup(text->len > 0 ? text->str : "none");
}

bool
lk_kinds_parse(const char *text, LkKinds *kinds)
{
    *kinds = strcmp(text, "all") == 0 ? ALL : 0;
    if (*kinds != 0 || strcmp(text, "none") == 0) {
        return true;
    }
    g_auto(GStrv) names = g_strsplit(text, ",", -1);
    for (char **name = names; *name != NULL; name++) {
        LkParcelKind kind;
        if (!lk_parcel_kind_parse(g_strstrip(*name), &kind)) {
            return false;
        }
        *kinds |= 1U << (unsigned)kind;
    }
    return names[0] != NULL;
}

bool
lk_second_load(LkStore *store, LkKinds *kinds, GError **error)
{
    g_return_val_if_fail(store != NULL, false);
    *kinds = 0;
    g_autoptr(LkSqlKept) row = lk_sql_keep(
        store, error, "SELECT value FROM settings WHERE name = 'second'", "");
    LkSqlStep step = row != NULL ? lk_sql_step(store, row, error) : LK_SQL_FAILED;
    if (step == LK_SQL_ROW && !lk_kinds_parse(lk_sql_text(row, 0), kinds)) {
        *kinds = ALL; /* somebody else's hand: rather twice than once */
    }
    return step != LK_SQL_FAILED;
}

static bool
write_second(LkStore *store, void *data, GError **error)
{
    g_autofree char *text = lk_kinds_text(*(const LkKinds *)data);
    g_autofree char *detail = g_strdup_printf("{\"kinds\":\"%s\"}", text);
    return lk_sql_run(store, error,
                      "INSERT INTO settings (name, value) VALUES ('second', ?)"
                      " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                      "t", text) &&
           lk_journal_add(store, "second", detail, error);
}

bool
lk_second_save(LkStore *store, LkSession *by, LkKinds kinds, GError **error)
{
    g_return_val_if_fail(store != NULL, false);
    bool is_protected = false;
    if (!lk_guard_is_ready(store, &is_protected, error)) {
        return false;
    }
    LkRole role = by != NULL ? lk_session_role(by) : LK_ROLE_CLERK;
    if (is_protected && role != LK_ROLE_MANAGER && role != LK_ROLE_RECOVERY) {
        g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED,
                            _("what is typed twice is for those who keep case files "
                              "(gestionnaire) to say"));
        return false;
    }
    return lk_sql_transaction(store, write_second, &kinds, error);
}
