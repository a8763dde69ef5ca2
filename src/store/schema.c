/* schema.c - the tables, as a list of migrations that only grows: one that has been
 * released is never edited. docs/database.md explains them with a picture.
 *
 * Plain SQL, so that an office can move to PostgreSQL: no SQLite functions, types that
 * exist there; STRICT and the bodies of the triggers are what differs. */
#include "store/schema.h"

#include "store/priv.h"

/* Keys, people, and what is sealed. */
static const char guard_tables[] =
    "CREATE TABLE domains ("
    "  name TEXT PRIMARY KEY,"
    "  public BLOB NOT NULL CHECK (length(public) = 32),"
    "  signature BLOB CHECK (length(signature) = 64),"
    "  created TEXT NOT NULL,"
    "  CHECK ((name LIKE 'case:%') = (signature IS NULL))) STRICT;"

    "CREATE TABLE people ("
    "  login TEXT PRIMARY KEY,"
    "  role TEXT NOT NULL CHECK (role IN"
    "    ('gestionnaire', 'superviseur', 'saisie', 'admin')),"
    "  public BLOB NOT NULL CHECK (length(public) = 32),"
    "  added_at TEXT NOT NULL,"
    "  revoked_at TEXT,"
    "  signature BLOB NOT NULL CHECK (length(signature) = 64),"
    "  passes INTEGER NOT NULL,"
    "  memory INTEGER NOT NULL,"
    "  salt BLOB,"
    "  slot BLOB,"
    "  CHECK ((slot IS NULL) = (revoked_at IS NOT NULL)),"
    "  CHECK ((slot IS NULL) = (salt IS NULL))) STRICT;"
    "CREATE TRIGGER people_no_delete BEFORE DELETE ON people"
    " BEGIN SELECT RAISE(ABORT, 'people are revoked, never deleted'); END;"

    "CREATE TABLE grants ("
    "  domain TEXT NOT NULL REFERENCES domains (name),"
    "  holder TEXT NOT NULL,"
    "  sealed BLOB NOT NULL,"
    "  at TEXT NOT NULL,"
    "  PRIMARY KEY (domain, holder)) STRICT;"
    "CREATE INDEX grants_holder ON grants (holder);"

    /* What a personal field says: on paper (read), put there by us (printed), or typed
     * from the picture. The last row of a field counts. */
    "CREATE TABLE sealed_values ("
    "  id INTEGER PRIMARY KEY,"
    "  domain TEXT NOT NULL REFERENCES domains (name),"
    "  kind TEXT NOT NULL CHECK (kind IN ('read', 'printed', 'typed')),"
    "  page INTEGER REFERENCES pages (id),"
    "  code TEXT,"
    "  form TEXT,"
    "  serial TEXT,"
    "  field TEXT NOT NULL,"
    "  row_no INTEGER NOT NULL CHECK (row_no >= 0),"
    "  sealed BLOB NOT NULL,"
    "  at TEXT NOT NULL,"
    "  who TEXT,"
    "  CHECK ((kind = 'printed') = (page IS NULL)),"
    "  CHECK ((kind = 'printed') = (code IS NOT NULL AND form IS NOT NULL AND"
    "    serial IS NOT NULL)),"
    "  FOREIGN KEY (code, form, serial) REFERENCES copies (code, form, serial))"
    "  STRICT;"
    "CREATE INDEX sealed_values_page ON sealed_values (page, field, row_no)"
    "  WHERE page IS NOT NULL;"
    "CREATE INDEX sealed_values_copy ON sealed_values (code, form, serial, field)"
    "  WHERE code IS NOT NULL;"

    /* Who the file is about: the last row counts. Masked: no row is left, and none is
     * taken any more. */
    "CREATE TABLE vault ("
    "  seq INTEGER PRIMARY KEY,"
    "  case_code TEXT NOT NULL REFERENCES cases (code),"
    "  sealed BLOB NOT NULL,"
    "  at TEXT NOT NULL,"
    "  who TEXT NOT NULL) STRICT;"
    "CREATE INDEX vault_case ON vault (case_code, seq);"
    "CREATE TABLE masks ("
    "  case_code TEXT PRIMARY KEY REFERENCES cases (code),"
    "  at TEXT NOT NULL,"
    "  who TEXT NOT NULL) STRICT;"
    "CREATE TRIGGER vault_no_update BEFORE UPDATE ON vault"
    " BEGIN SELECT RAISE(ABORT, 'names are written anew, never changed'); END;"
    "CREATE TRIGGER vault_no_delete BEFORE DELETE ON vault"
    " WHEN NOT EXISTS (SELECT 1 FROM masks m WHERE m.case_code = OLD.case_code)"
    " BEGIN SELECT RAISE(ABORT, 'names are masked, never deleted'); END;"
    "CREATE TRIGGER vault_masked BEFORE INSERT ON vault"
    " WHEN EXISTS (SELECT 1 FROM masks m WHERE m.case_code = NEW.case_code)"
    " BEGIN SELECT RAISE(ABORT, 'the name is masked'); END;"
    "CREATE TRIGGER masks_no_delete BEFORE DELETE ON masks"
    " BEGIN SELECT RAISE(ABORT, 'a name is masked for good'); END;"
    /* What each person opened of it, sealed for that person alone, to be searched. */
    "CREATE TABLE vault_indexes ("
    "  login TEXT PRIMARY KEY REFERENCES people (login),"
    "  seq INTEGER NOT NULL,"
    "  sealed BLOB NOT NULL,"
    "  at TEXT NOT NULL) STRICT;"

    /* One page of a scan, cut out, in a sealed file of its own: pages/a/NAME. */
    "CREATE TABLE page_files ("
    "  scan INTEGER NOT NULL REFERENCES scans (id),"
    "  idx INTEGER NOT NULL CHECK (idx >= 0),"
    "  name TEXT NOT NULL UNIQUE,"
    "  domain TEXT NOT NULL REFERENCES domains (name),"
    "  size INTEGER NOT NULL,"
    "  at TEXT NOT NULL,"
    "  PRIMARY KEY (scan, idx)) STRICT;"
    "ALTER TABLE scans ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0"
    "  CHECK (sealed IN (0, 1));"
    "ALTER TABLE journal ADD COLUMN who TEXT;";

/* What was said stays said; but a personal value may leave for sealed_values, and
 * evidence of a page may lose boxes, so that an older office can be protected. */
static const char guards_with_seals[] =
    "DROP TRIGGER readings_no_update;"
    "CREATE TRIGGER readings_no_update BEFORE UPDATE ON readings"
    " WHEN NOT (OLD.personal = 1 AND NEW.value IS NULL AND NEW.options IS NULL"
    "   AND (NEW.page, NEW.position, NEW.field, NEW.row_no, NEW.status,"
    "     NEW.confidence, NEW.source, NEW.written, NEW.personal) IS"
    "     (OLD.page, OLD.position, OLD.field, OLD.row_no, OLD.status,"
    "     OLD.confidence, OLD.source, OLD.written, OLD.personal)"
    "   AND EXISTS (SELECT 1 FROM sealed_values s WHERE s.page = OLD.page"
    "     AND s.field = OLD.field AND s.row_no = OLD.row_no))"
    " BEGIN SELECT RAISE(ABORT, 'readings are never changed'); END;"
    "DROP TRIGGER prefills_no_delete;"
    "CREATE TRIGGER prefills_no_delete BEFORE DELETE ON prefills"
    " WHEN NOT EXISTS (SELECT 1 FROM sealed_values s WHERE s.code = OLD.code"
    "   AND s.form = OLD.form AND s.serial = OLD.serial AND s.field = OLD.field"
    "   AND s.row_no = OLD.row_no)"
    " BEGIN SELECT RAISE(ABORT, 'what was printed is never deleted'); END;"
    "DROP TRIGGER pages_no_update;"
    "CREATE TRIGGER pages_no_update BEFORE UPDATE OF id, scan, idx, status, known_by,"
    "   printed_code, form, copy, page, layout, other, reasons, quality, filed_at"
    "   ON pages"
    " BEGIN SELECT RAISE(ABORT, 'what a page was filed as is never changed'); END;"
    "CREATE TRIGGER pages_evidence BEFORE UPDATE OF evidence ON pages"
    " WHEN NEW.evidence IS NOT NULL AND (OLD.evidence IS NULL OR"
    "   length(NEW.evidence) > length(OLD.evidence))"
    " BEGIN SELECT RAISE(ABORT, 'evidence of a page is never added'); END;";
/* Other offices, and the case files that went there and came from there. `office` of a
 * bundle is the BLAKE2b-256 of its key "sign". */
static const char partner_tables[] =
    "CREATE TABLE offices ("
    "  sign BLOB PRIMARY KEY CHECK (length(sign) = 32),"
    "  name TEXT NOT NULL,"
    "  region TEXT NOT NULL,"
    "  reception BLOB NOT NULL CHECK (length(reception) = 32),"
    "  trusted_at TEXT NOT NULL,"
    "  trusted_by TEXT NOT NULL,"
    "  signature BLOB NOT NULL CHECK (length(signature) = 64)) STRICT;"
    "CREATE TABLE bundles ("
    "  hash TEXT NOT NULL,"
    "  direction TEXT NOT NULL CHECK (direction IN ('sent', 'received')),"
    "  code TEXT NOT NULL REFERENCES cases (code),"
    "  purpose TEXT NOT NULL CHECK (purpose IN ('transfer', 'referral')),"
    "  office TEXT NOT NULL,"
    "  at TEXT NOT NULL,"
    "  PRIMARY KEY (hash, direction)) STRICT;"
    "CREATE INDEX bundles_code ON bundles (code);";

/* What each person saw last of the journal, under a key of that person alone; and why
 * somebody decided, in words that may name anybody: sealed to the case file, or to the
 * reception. A reason of an older office may leave for there. */
static const char watch_tables[] =
    "CREATE TABLE journal_marks ("
    "  login TEXT PRIMARY KEY,"
    "  sealed BLOB NOT NULL,"
    "  at TEXT NOT NULL) STRICT;"
    "CREATE TABLE reasons ("
    "  decision INTEGER PRIMARY KEY REFERENCES decisions (id),"
    "  domain TEXT NOT NULL REFERENCES domains (name),"
    "  sealed BLOB NOT NULL) STRICT;"
    "CREATE INDEX reasons_domain ON reasons (domain);"
    "DROP TRIGGER decisions_no_update;"
    "CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions"
    " WHEN NOT (NEW.why IS NULL"
    "   AND (NEW.id, NEW.page, NEW.field, NEW.row_no, NEW.kind, NEW.value,"
    "     NEW.options, NEW.who, NEW.at) IS (OLD.id, OLD.page, OLD.field, OLD.row_no,"
    "     OLD.kind, OLD.value, OLD.options, OLD.who, OLD.at)"
    "   AND EXISTS (SELECT 1 FROM reasons r WHERE r.decision = OLD.id))"
    " BEGIN SELECT RAISE(ABORT, 'decisions are never changed'); END;";

/* What clerks are given to type: crops sealed to each one's own key, which are gone
 * when they are typed or withdrawn. A field lies in one parcel at a time. */
static const char parcel_tables[] =
    "CREATE TABLE parcels ("
    "  id INTEGER PRIMARY KEY,"
    "  kind TEXT NOT NULL CHECK (kind IN"
    "    ('noms', 'contacts', 'dates', 'nombres', 'recits')),"
    "  login TEXT NOT NULL REFERENCES people (login),"
    "  given_by TEXT NOT NULL,"
    "  given_at TEXT NOT NULL) STRICT;"
    "CREATE TABLE crops ("
    "  id INTEGER PRIMARY KEY,"
    "  parcel INTEGER NOT NULL REFERENCES parcels (id),"
    "  page INTEGER NOT NULL REFERENCES pages (id),"
    "  field TEXT NOT NULL,"
    "  row_no INTEGER NOT NULL CHECK (row_no >= 0),"
    "  state TEXT NOT NULL CHECK (state IN ('given', 'typed', 'withdrawn')),"
    "  sealed BLOB,"
    "  at TEXT NOT NULL,"
    "  CHECK ((state = 'given') = (sealed IS NOT NULL))) STRICT;"
    "CREATE UNIQUE INDEX crops_given ON crops (page, field, row_no)"
    "  WHERE state = 'given';"
    "CREATE INDEX crops_parcel ON crops (parcel, state, id);"
    "CREATE INDEX parcels_login ON parcels (login);"
    "CREATE TRIGGER parcels_no_update BEFORE UPDATE ON parcels"
    " BEGIN SELECT RAISE(ABORT, 'what was given is never changed'); END;"
    "CREATE TRIGGER parcels_no_delete BEFORE DELETE ON parcels"
    " BEGIN SELECT RAISE(ABORT, 'parcels are withdrawn, never deleted'); END;"
    "CREATE TRIGGER crops_no_update BEFORE UPDATE ON crops"
    " WHEN OLD.state <> 'given' OR NEW.state = 'given' OR"
    "   (NEW.id, NEW.parcel, NEW.page, NEW.field, NEW.row_no) IS NOT"
    "   (OLD.id, OLD.parcel, OLD.page, OLD.field, OLD.row_no)"
    " BEGIN SELECT RAISE(ABORT, 'a crop is typed or withdrawn once'); END;"
    "CREATE TRIGGER crops_no_delete BEFORE DELETE ON crops"
    " BEGIN SELECT RAISE(ABORT, 'crops are withdrawn, their rows stay'); END;";

/* From here on "people" signs the rows of people, as soon as somebody who holds "sign"
 * unlocks (lk_guard_split()): nothing for SQL to do, but programs of before would take
 * those rows for altered, and must not. */
static const char people_signed_apart[] = "";

/* Keys can be renewed when somebody leaves: which are due, and who truly holds them. */
static const char renewable_keys[] =
    "ALTER TABLE grants ADD COLUMN proof BLOB;"
    "ALTER TABLE domains ADD COLUMN renew_since TEXT;"
    "CREATE INDEX grants_unproven ON grants (holder) WHERE proof IS NULL;"
    "CREATE INDEX domains_due ON domains (name) WHERE renew_since IS NOT NULL;";

/* What each person opened of the vault: a row a file, not all of it in one. It is made
 * again from the vault by the first search. */
static const char vault_entry_tables[] =
    "DROP TABLE vault_indexes;"
    "CREATE TABLE vault_entries ("
    "  login TEXT NOT NULL REFERENCES people (login),"
    "  case_code TEXT NOT NULL REFERENCES cases (code),"
    "  seq INTEGER NOT NULL,"
    "  sealed BLOB NOT NULL,"
    "  PRIMARY KEY (login, case_code)) STRICT;"
    "CREATE INDEX vault_entries_case ON vault_entries (case_code);";

/* What was decided of a personal box leaves for sealed_values as well. Then the
 * database no longer tells whether it is something or nothing: a person's word about a
 * personal field settles that it was required. */
static const char sealed_decisions[] =
    "DROP TRIGGER decisions_no_update;"
    "CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions"
    " WHEN NOT ((NEW.id, NEW.page, NEW.field, NEW.row_no, NEW.kind, NEW.who, NEW.at) IS"
    "     (OLD.id, OLD.page, OLD.field, OLD.row_no, OLD.kind, OLD.who, OLD.at)"
    "   AND (NEW.why IS OLD.why OR (NEW.why IS NULL AND EXISTS ("
    "     SELECT 1 FROM reasons r WHERE r.decision = OLD.id)))"
    "   AND ((NEW.value, NEW.options) IS (OLD.value, OLD.options) OR"
    "     (NEW.value IS NULL AND NEW.options IS NULL AND EXISTS ("
    "       SELECT 1 FROM readings r WHERE r.page = OLD.page AND r.field = OLD.field"
    "         AND r.row_no = OLD.row_no AND r.personal = 1)"
    "     AND (EXISTS (SELECT 1 FROM sealed_values s WHERE s.kind = 'typed'"
    "         AND s.page = OLD.page AND s.field = OLD.field"
    "         AND s.row_no = OLD.row_no AND s.at = OLD.at)"
    "       OR EXISTS (SELECT 1 FROM pages p JOIN masks m ON"
    "         m.case_code = p.case_code WHERE p.id = OLD.page)))))"
    " BEGIN SELECT RAISE(ABORT, 'decisions are never changed'); END;"
    "DROP VIEW waiting;"
    "CREATE VIEW waiting AS"
    " SELECT p.case_code, p.form, p.copy, p.page, p.layout, p.id AS page_id,"
    "   CASE r.status WHEN 'type' THEN 'type' ELSE 'mark' END AS kind, r.field,"
    "   r.row_no"
    " FROM readings r"
    " JOIN pages p ON p.id = r.page"
    " LEFT JOIN decisions d ON d.id = (SELECT max(x.id) FROM decisions x"
    "   WHERE x.page = r.page AND x.field = r.field AND x.row_no = r.row_no)"
    " WHERE r.status <> 'ok' AND p.holds = 1 AND (d.id IS NULL OR d.kind <> 'value')"
    "   AND (r.status <> 'type' OR r.personal = 0)"
    " UNION ALL"
    " SELECT case_code, form, copy, page, layout, page_id, 'contradiction', field,"
    "   row_no FROM contradictions"
    " UNION ALL"
    " SELECT p.case_code, p.form, p.copy, p.page, p.layout, p.id, i.kind, i.field,"
    "   i.row_no"
    " FROM items i JOIN pages p ON p.id = i.page"
    " WHERE i.closed_by IS NULL AND (i.kind <> 'required' OR i.field IS NULL OR"
    "   (p.holds = 1 AND EXISTS (SELECT 1 FROM current_values v"
    "      WHERE v.case_code = p.case_code AND v.form = p.form AND v.copy = p.copy"
    "      AND v.field = i.field AND v.row_no = i.row_no AND v.value IS NULL"
    "      AND NOT (v.personal = 1 AND v.source = 'person'))));";

/* What is typed twice: a value counts when another person has typed the same. A keying
 * is open until somebody decides about its field: `after` is the last decision of the
 * office when it was typed. */
static const char keying_tables[] =
    "CREATE TABLE keyings ("
    "  id INTEGER PRIMARY KEY,"
    "  page INTEGER NOT NULL REFERENCES pages (id),"
    "  field TEXT NOT NULL,"
    "  row_no INTEGER NOT NULL CHECK (row_no >= 0),"
    "  who TEXT NOT NULL,"
    "  at TEXT NOT NULL,"
    "  after INTEGER NOT NULL,"
    "  domain TEXT REFERENCES domains (name),"
    "  value TEXT,"
    "  sealed BLOB,"
    "  state TEXT NOT NULL CHECK (state IN"
    "    ('open', 'differs', 'settled', 'withdrawn')),"
    "  decision INTEGER REFERENCES decisions (id),"
    "  CHECK ((domain IS NULL) = (sealed IS NULL)),"
    "  CHECK (sealed IS NULL OR value IS NULL),"
    "  CHECK ((state = 'settled') = (decision IS NOT NULL))) STRICT;"
    "CREATE INDEX keyings_field ON keyings (page, field, row_no);"
    "CREATE INDEX keyings_who ON keyings (who, id);"
    "CREATE INDEX keyings_open ON keyings (page, field, row_no, id)"
    "  WHERE state = 'open';"
    "CREATE INDEX keyings_decision ON keyings (decision) WHERE decision IS NOT NULL;"
    "CREATE TRIGGER keyings_no_update BEFORE UPDATE ON keyings"
    " WHEN OLD.state IN ('settled', 'withdrawn') OR"
    "   (NEW.id, NEW.page, NEW.field, NEW.row_no, NEW.who, NEW.at, NEW.after,"
    "   NEW.domain, NEW.value, NEW.sealed) IS NOT"
    "   (OLD.id, OLD.page, OLD.field, OLD.row_no, OLD.who, OLD.at, OLD.after,"
    "   OLD.domain, OLD.value, OLD.sealed)"
    " BEGIN SELECT RAISE(ABORT, 'what was typed is never changed'); END;"
    "CREATE TRIGGER keyings_no_delete BEFORE DELETE ON keyings"
    " WHEN OLD.sealed IS NULL"
    " BEGIN SELECT RAISE(ABORT, 'what was typed is never deleted'); END;"
    "CREATE VIEW open_keyings AS SELECT k.* FROM keyings k"
    " WHERE k.state IN ('open', 'differs') AND NOT EXISTS ("
    "   SELECT 1 FROM decisions d WHERE d.page = k.page AND d.field = k.field"
    "   AND d.row_no = k.row_no AND d.id > k.after);";

/* Migration n (from 1) leads from version n - 1 to version n. */
static const char *const migrations[][6] = {
    {lk_schema_office_tables, lk_schema_page_tables, lk_schema_views, lk_schema_waiting,
     lk_schema_guards, NULL},
    {lk_schema_prefills, lk_schema_printed_values, lk_schema_waiting, NULL},
    {lk_schema_pages_again, NULL},
    {guard_tables, guards_with_seals, NULL},
    {partner_tables, NULL},
    {watch_tables, NULL},
    {parcel_tables, NULL},
    {people_signed_apart, NULL},
    {renewable_keys, NULL},
    {vault_entry_tables, NULL},
    {sealed_decisions, NULL},
    {keying_tables, NULL},
};

/* What SQL cannot do, after the part it belongs to. */
static const struct {
    const char *part;
    bool (*work)(LkStore *store, GError **error);
} works[] = {
    {sealed_decisions, lk_typed_migrate},
};

int
lk_schema_version(void)
{
    return (int)G_N_ELEMENTS(migrations);
}

bool
lk_schema_check(LkStore *store, GError **error)
{
    gint64 application = 0;
    gint64 version = 0;
    if (!lk_sql_number(store, &application, error, "PRAGMA application_id", "") ||
        !lk_sql_number(store, &version, error, "PRAGMA user_version", "")) {
        return false;
    }
    if (application != LK_APPLICATION_ID || version < 1) {
        g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_NOT_OFFICE,
                            _("the database is not one of lakana"));
        return false;
    }
    if (version > lk_schema_version()) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_NEWER,
                    _("written by a newer lakana (database version %d, this program "
                      "knows %d): update this program"),
                    (int)version, lk_schema_version());
        return false;
    }
    return true;
}

static bool
run_part(LkStore *store, const char *part, GError **error)
{
    bool done = lk_sql_exec(store, part, error);
    for (size_t i = 0; done && i < G_N_ELEMENTS(works); i++) {
        done = works[i].part != part || works[i].work(store, error);
    }
    return done;
}

static bool
migrate_one(LkStore *store, void *data, GError **error)
{
    int to = *(const int *)data;
    gint64 version = 0; /* another process may have been here first */
    if (!lk_sql_number(store, &version, error, "PRAGMA user_version", "")) {
        return false;
    }
    if (version >= to) {
        return true;
    }
    for (const char *const *part = migrations[to - 1]; *part != NULL; part++) {
        if (!run_part(store, *part, error)) {
            return false;
        }
    }
    gint64 orphans = 0;
    if (!lk_sql_number(store, &orphans, error,
                       "SELECT count(*) FROM pragma_foreign_key_check", "")) {
        return false;
    }
    if (orphans != 0) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_DAMAGED,
                    _("%s: rows that refer to nothing; keep the folder as it is"),
                    store->db_path);
        return false;
    }
    g_autofree char *stamp = g_strdup_printf(
        "PRAGMA application_id = %d; PRAGMA user_version = %d;", LK_APPLICATION_ID, to);
    return lk_sql_exec(store, stamp, error);
}

bool
lk_wipe_later(LkStore *store, GError **error)
{
    return lk_sql_exec(store,
                       "INSERT INTO settings (name, value) VALUES ('wipe', 'due')"
                       " ON CONFLICT DO NOTHING",
                       error);
}

/* What was overwritten may lie in free places of the file and in the log. */
static bool
wipe_if_due(LkStore *store, GError **error)
{
    gint64 due = 0;
    return lk_sql_number(store, &due, error,
                         "SELECT count(*) FROM settings WHERE name = 'wipe'", "") &&
           (due == 0 ||
            (lk_store_wipe(store, error) &&
             lk_sql_exec(store, "DELETE FROM settings WHERE name = 'wipe'", error)));
}

/* A table that others refer to may be made anew: this cannot be said inside a
 * transaction. What refers to nothing afterwards undoes the migration. */
static bool
migrate_all(LkStore *store, int from, int to, GError **error)
{
    bool done = lk_sql_exec(store, "PRAGMA foreign_keys = OFF", error);
    for (int next = from + 1; done && next <= to; next++) {
        done = lk_sql_transaction(store, migrate_one, &next, error);
    }
    return lk_sql_exec(store, "PRAGMA foreign_keys = ON", done ? error : NULL) && done;
}

bool
lk_schema_migrate(LkStore *store, int to, GError **error)
{
    gint64 version = 0;
    return lk_sql_number(store, &version, error, "PRAGMA user_version", "") &&
           (version >= to || migrate_all(store, (int)version, to, error)) &&
           (to < lk_schema_version() || wipe_if_due(store, error));
}
