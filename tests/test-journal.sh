#!/bin/sh
# The journal, from outside: who did what, and what is noticed of a line altered, removed,
# slipped in, cut off, and of a chain rewritten as a whole; judged with sqlite3 and with
# Python's own BLAKE2b.
. "$(dirname "$0")/tap.sh"
O=$T/office
umask 077
lakana() { "$LAKANA" -C "$O" "$@"; }
as() { # LOGIN COMMAND…
    pass=$T/$1.pass LAKANA_USER=$1
    shift
    LAKANA_USER=$LAKANA_USER LAKANA_PASSPHRASE_FILE=$pass run "$LAKANA" -C "$O" "$@"
    unset LAKANA_USER
}
user() { # LOGIN ROLE
    printf 'EXEMPLE FICTIF %s\n' "$1" >"$T/$1.pass"
    LAKANA_PASSPHRASE_FILE=$T/words.pass LAKANA_NEW_PASSPHRASE_FILE=$T/$1.pass \
        "$LAKANA" -C "$O" user add "$1" --role "$2" 2>/dev/null
}

"$LAKANA" init "$O" --region MOP --office "EXEMPLE FICTIF" >"$T/words.pass" 2>/dev/null
user awa.t gestionnaire
user binta superviseur
lakana print --cases 1 --forms 1.A -o "$T/pack.pdf" 2>/dev/null
lakana labels --cases 1 -o "$T/labels.pdf" 2>/dev/null
first=$(sql "SELECT json_extract(detail, '\$.codes[0]') FROM journal WHERE what = 'issue'")
run "$LAKANA" -C "$O" export values --json
LAKANA_USER=awa.t lakana layout export "$T/layouts.json" 2>/dev/null
LAKANA_USER=fatoumata-fictive lakana layout import "$T/layouts.json" 2>/dev/null
as awa.t case take "$first"
cp "$T/awa.t.pass" "$T/nobody.here.pass"
as nobody.here case take "$first"

run "$LAKANA" -C "$O" journal show
is "$S $(wc -l <"$T/out")" "0 $(sql "SELECT count(*) FROM journal")" "a line a line"
says out "^ +1  20[0-9-]+ [0-9:]+  ~[^ ]+ +office created" "when, who, what"
says out " recovery sheet +person added +awa.t \(gestionnaire\)" "who was added by whom"
says out " ~[^ ]+ +forms printed +MOP-.* copies: 1" "codes that were printed"
says out " ~[^ ]+ +values exported" "what left the office"
says out " ~awa.t +layouts exported +layouts: 1" "somebody who had not unlocked, as said"
says out " awa.t +case file taken" "somebody who had"
says out " ~[^ ]+ +wrong login or passphrase" "who did not get in"
grep -q "fatoumata\|nobody" "$T/out"
is $? 1 "a login that is none here could be a child's name: not written"
is "$(sql "SELECT count(*) FROM journal WHERE who IS NULL")" 0 "each line has a who"
run "$LAKANA" -C "$O" journal show --case "$first"
is "$S $(grep -c . "$T/out") $(grep -c "forms printed\|case file taken" "$T/out")" "0 2 2" \
    "of one case file"
run "$LAKANA" -C "$O" journal show --since 2099-01-01
is "$S $(cat "$T/out")" "0 " "from a day on"
run "$LAKANA" -C "$O" journal show --since 27/11/2026
is $S 2 "which is a day"
run "$LAKANA" -C "$O" journal show --json
is "$(python3 - "$T/out" <<'PY'
import json, sys
lines = [json.loads(l) for l in open(sys.argv[1])]
print([l['line'] for l in lines] == list(range(1, len(lines) + 1)),
      [(l['who'], l['unlocked']) for l in lines if l['what'] == 'case-take'],
      [l['unlocked'] for l in lines if l['what'] == 'layout-export'])
PY
)" "True [('awa.t', True)] [False]" "the same as JSON"

run "$LAKANA" -C "$O" journal verify
is $S 0 "nothing was altered"
noted=$(grep -E '^[0-9]+:[0-9a-f]{64}$' "$T/out")
is "${noted#*:}" "$(sql "SELECT hash FROM journal ORDER BY seq DESC LIMIT 1")" \
    "the last line, for the register"
as awa.t journal verify --as awa.t
is $S 0 "what awa.t saw is there"
run "$LAKANA" -C "$O" journal verify --noted "$noted"
is $S 0 "what was noted is there"
run "$LAKANA" -C "$O" journal verify --noted 12
is $S 2 "a number alone is no note"

# What somebody does who writes in the database.
cp -r "$O" "$T/kept"
spoil() { # SQL: on a fresh copy
    rm -rf "$O"
    cp -r "$T/kept" "$O"
    sql "DROP TRIGGER journal_no_update; DROP TRIGGER journal_no_delete; $1"
}
found() { # LINE NAME
    run "$LAKANA" -C "$O" journal verify
    is "$S $(grep -c "line $1 " "$T/err")" "1 1" "$2"
}
spoil "UPDATE journal SET at = '2020-01-01T00:00:00Z' WHERE seq = 5"
found 5 "a line altered"
says err "copy the whole folder aside" "and what to do"
run "$LAKANA" -C "$O" journal show
is "$S $(wc -l <"$T/out")" "1 4" "show stops before it"
spoil "UPDATE journal SET who = 'binta' WHERE what = 'case-take'"
found "$(sql "SELECT seq FROM journal WHERE what = 'case-take'")" "a who altered"
spoil "DELETE FROM journal WHERE seq = 3"
found 3 "a line removed"
spoil "UPDATE journal SET seq = seq + 1000 WHERE seq > 6;
    UPDATE journal SET seq = seq - 999 WHERE seq > 1000;
    INSERT INTO journal (seq, at, what, detail, who, hash) SELECT 7, at, 'export', detail,
    who, 'x' FROM journal WHERE seq = 6"
found 7 "a line slipped in"
spoil "DELETE FROM journal"
found 1 "all lines removed"

# Cut off at the end, or rewritten from line 5 on: the chain is whole.
last=$(sql "SELECT max(seq) FROM journal")
unnoticed() { # NAME
    run "$LAKANA" -C "$O" journal verify
    is "$S" 0 "$1: the chain alone does not tell"
    run "$LAKANA" -C "$O" journal verify --noted "$noted"
    is $S 1 "the register does"
    as awa.t journal verify --as awa.t
    is $S 1 "and what a person saw"
    says err "you last unlocked" "which is said"
    as awa.t case take "$first"
    says err "the journal was rewritten" "at every unlocking"
}
last=$(sqlite3 "$T/kept/lakana.db" "SELECT seq FROM journal WHERE what = 'case-take'")
spoil "DELETE FROM journal WHERE seq >= $last - 1"
unnoticed "cut off"
spoil ""
python3 - "$O/lakana.db" <<'PY'
import hashlib, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("UPDATE journal SET detail = '{\"what\":\"nothing\"}' WHERE seq = 5")
h = '0' * 64
for seq, at, who, what, detail in db.execute(
        'SELECT seq, at, who, what, detail FROM journal ORDER BY seq').fetchall():
    text = '\n'.join(['who', h, str(seq), at, who, what, detail])
    h = hashlib.blake2b(text.encode(), digest_size=32).hexdigest()
    db.execute('UPDATE journal SET hash = ? WHERE seq = ?', (h, seq))
db.commit()
PY
unnoticed "rewritten"
spoil "DELETE FROM journal_marks WHERE login = 'awa.t'"
as awa.t journal verify --as awa.t
is $S 1 "a mark that is gone says as much"
spoil "UPDATE journal_marks SET sealed = (SELECT sealed FROM journal_marks WHERE login =
    'binta') WHERE login = 'awa.t'"
as awa.t journal verify --as awa.t
is $S 1 "so does another's"
spoil ""
LAKANA_PASSPHRASE_FILE=$T/words.pass LAKANA_NEW_PASSPHRASE_FILE=$T/awa.t.pass \
    run "$LAKANA" -C "$O" user passwd awa.t
as awa.t journal verify --as awa.t
is $S 0 "new keys bring a new mark"
as binta journal verify --as binta
is $S 0 "who never unlocked has one from the first day"
end
