#!/bin/sh
# lakana init, case, export, layout, from outside; judged with sqlite3 and grep.
set -u
LC_ALL=en_US.UTF-8
export LC_ALL
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
n=0
report() { # status, name
    n=$((n + 1))
    if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}
lakana() { "$LAKANA" "$@" >"$here/out" 2>"$here/err"; }
exits() { # status, name, arguments
    wanted=$1
    name=$2
    shift 2
    lakana "$@"
    got=$?
    [ "$got" = "$wanted" ]
    report $? "$name"
    [ "$got" = "$wanted" ] || sed "s/^/# /" "$here/out" "$here/err"
}
says() { # file, pattern, name
    grep -q -- "$2" "$here/$1"
    report $? "$3"
}
equals() { # got, wanted, name
    [ "$1" = "$2" ]
    report $? "$3"
    [ "$1" = "$2" ] || printf '# got: %s\n# wanted: %s\n' "$1" "$2"
}
sql() { sqlite3 "$here/office/lakana.db" "$1"; }

# init
exits 0 "init makes an office" init "$here/a" --region GAO --office "DRPFEF Gao"
equals "$(stat -c %a "$here/a")" 700 "only its owner may look in"
exits 3 "init refuses to overwrite" init "$here/a" --region GAO --office "Autre"
says err "already" "and says why"
exits 2 "init refuses an unknown region" init "$here/b" --region XYZ --office "X"
says err "MOP  Mopti" "and lists those there are"
exits 3 "a folder that is no office" -C "$here" case list
says err "lakana init" "and says what to do"

# case list, show
code=$("$BUILD/tool-case" "$here")
compact=$(echo "$code" | tr -d -)
office=$here/office
exits 0 "case list" -C "$office" case list
says out "^$code  11  *1  *4  *1  *1\.B 1\.C 5\.A" "pages, review, to type, alerts, forms"
exits 0 "case show" -C "$office" case show "$code"
says out "1\.A .*0/2  printed, not come back yet" "a form that has not come back"
says out "1\.B .*4/5  page 5 is missing" "a page that is missing"
says out "1\.C .*4/4  complete" "a form that is complete"
says out "5\.A (2) p\. 1 .*\[niveau_risque\]: unclear marks" "what to review, and where"
says out "^  Sex  *Fille  *1\.B" "the sex, in the words of the form"
says out "^  Protection problem  *Mendicité" "the protection problem"
says out "^  Risk level  *waits for a person" "a value that waits is not shown as known"
says out "1\.C  *p\. 1  Délai \[delai_respecte\]" "a required field that is empty"
exits 0 "the code without dashes, in small letters" -C "$office" case show \
    "$(echo "$compact" | tr 'A-Z' 'a-z')"
exits 0 "case show --json" -C "$office" case show "$code" --json
equals "$(sqlite3 :memory: "SELECT json_extract(readfile('$here/out'),
    '\$.forms[1].missing[0]', '\$.values[0].value', '\$.values[0].form')")" \
    '[5,"F","1.B"]' "as JSON"
exits 0 "case list --json" -C "$office" case list --json
equals "$(sqlite3 :memory: "SELECT json_extract(readfile('$here/out'), '\$.to_type')")" \
    4 "as JSON too"
LC_ALL=fr_FR.UTF-8 "$LAKANA" -C "$office" case show "$code" >"$here/out" 2>"$here/err"
says out "$code" "in French as well"

# wrong and unknown codes
exits 2 "a wrong code" -C "$office" case show MOP-48219-07366-28
says err "check digits" "is told from an unknown one"
exits 1 "an unknown code" -C "$office" case show MOP-48219-07366-29
says err "no such case file" "is told"

# decide
decide() {
    status=$1
    name=$2
    shift 2
    exits "$status" "$name" -C "$office" case decide "$code" "$@" --who agent7
}
second=$(sql "SELECT serial FROM copies WHERE form = '5.A' AND number = 2")
decide 1 "two copies of 5.A: which?" --form 5.A --field niveau_risque --value eleve
says err "$second" "names them"
decide 0 "a mark is settled" --form 5.A --copy "$second" --field niveau_risque \
    --value eleve --why "vu avec le gestionnaire"
equals "$(sql "SELECT value, options, who, why, (SELECT count(*) FROM reasons) FROM decisions")" \
    'eleve|{"eleve":true,"moyen":false,"faible":false,"nul":false}|agent7||1' \
    "with who; why is sealed"
equals "$(sql "SELECT count(*) FROM readings WHERE field = 'niveau_risque' AND value IS NULL")" \
    1 "what the paper said is still there"
decide 0 "a date is typed" --form 5.A --copy "$second" --field date_suivi \
    --value 3/12/2026
equals "$(sql "SELECT value FROM current_values WHERE copy = '$second' AND
    field = 'date_suivi'")" 2026-12-03 "as ISO 8601"
decide 0 "a number is typed" --form 1.B --field age --value 12
decide 1 "a date that is none" --form 1.B --field date_enregistrement --value 31/02/2026
decide 1 "a number that is none" --form 1.B --field age --value 1x
decide 1 "a number that is too long" --form 1.B --field age --value 1234567
decide 1 "a value that is no option" --form 1.B --field sexe --value x
says err "F  *Fille" "lists the options"
decide 1 "a field that is none" --form 1.B --field sex --value F
says err "near names: sexe" "gives near names"
decide 1 "a form that is not in the file" --form 5.B --field sexe --value F
decide 1 "a row outside a table" --form 1.B --field sexe --row 2 --value F
decide 1 "what may name a person" --form 1.B --field nom --value "EXEMPLE FICTIF"
equals "$(cat "$office"/lakana.db* | grep -ac 'value.*EXEMPLE FICTIF$')" 0 "is not kept"
exits 2 "decide without a value" -C "$office" case decide "$code" --form 1.B
exits 0 "case show after that" -C "$office" case show "$code"
says out "^  Risk level  *Élevé  *5\.A (2)" "the latest risk level counts"
says out "^  Last follow-up on  *03/12/2026  *5\.A (2)" "dates day first"

# export
exits 0 "export values" -C "$office" export values --json
equals "$(wc -l <"$here/out")" "$(sql 'SELECT count(*) FROM current_values')" \
    "a line a value"
equals "$(grep '"field":"sexe"' "$here/out")" \
    "{\"case\":\"$code\",\"form\":\"1.B\",\"copy\":\"$(sql "SELECT serial FROM copies WHERE
        form = '1.B'")\",\"page\":1,\"field\":\"sexe\",\"row\":0,\"value\":\"F\",\"options\":{\"F\":true,\"M\":false},\"status\":\"ok\",\"confidence\":0.990,\"source\":\"mark\"}" \
    "as the contract says"
says out '"field":"date_enregistrement","row":0,"value":null,"options":null,"status":"review".*"source":"comb"' \
    "a comb that waits"
says out '"field":"age","row":0,"value":"12",.*"status":"ok",.*"source":"person"' \
    "a decision"
says out '"field":"nom","row":0,"value":null,"options":null' "no name"
says out '"field":"sensible","row":0,"value":null,"options":null' "nor a personal box"
exits 2 "export without saying what" -C "$office" export

# a page that no file has
sql "INSERT INTO pages (scan, idx, status, known_by, printed_code, form, copy, page, layout,
    holds, reasons, duration_ms, filed_at) VALUES (1, 99, 'review', 'qr', 'BLK123456789012',
    '5.A', 'AAAAA', 2, '7KQX2', 0, '', 1, '2026-11-23');
    INSERT INTO items (page, kind, row_no, raised_at)
    SELECT max(id), 'no-case', 0, '2026-11-23' FROM pages"
exits 0 "case list" -C "$office" case list
says out "5\.A  AAAAA  p\. 2  blank copy without a case code" "shows pages without a file"

# the schema in docs/ is the schema of the database
undocumented=$(sqlite3 "$here/office/lakana.db" "SELECT m.name, p.name FROM sqlite_schema m,
    pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'" |
    while IFS="|" read -r table column; do
        sed -n "/^ *$table  *{/,/}/p" docs/database.md | grep -qw "$column" ||
            echo "$table.$column"
    done)
equals "$undocumented" "" "every column is in docs/database.md"

# contradiction
mkdir "$here/two"
other=$("$BUILD/tool-case" "$here/two" contradiction)
exits 0 "1.B says F, 1.C says M" -C "$here/two/office" case show "$other"
says out "1\.B .*Sexe \[sexe\] = Fille: another form of the file says otherwise" "both wait"
says out "1\.C .*Sexe \[sexe\] = Garçon: another form" "with what they say"
equals "$(sqlite3 "$here/two/office/lakana.db" "SELECT status, reasons FROM pages
    WHERE form = '1.C' AND page = 1")" "review|contradiction" "and the page says so"
lakana -C "$here/two/office" case decide "$other" --form 1.C --field sexe --value F
exits 0 "settled" -C "$here/two/office" case show "$other"
says out "^  Sex  *Fille" "by making them agree"

# layout
exits 0 "layout export" -C "$office" layout export "$here/layouts.json"
exits 2 "layout export: a layout where the file should be" -C "$office" layout export 7KQX2
exits 0 "layout import" -C "$here/a" layout import "$here/layouts.json"
says err "4 layouts" "says how many"
equals "$(sqlite3 "$here/a/lakana.db" "SELECT group_concat(id) FROM (SELECT id FROM
    layouts ORDER BY id)")" "$(sql "SELECT group_concat(id) FROM (SELECT id FROM layouts
    ORDER BY id)")" "with the same identities"
equals "$(sqlite3 "$here/a/lakana.db" "SELECT json FROM layouts ORDER BY id" | b2sum)" \
    "$(sql "SELECT json FROM layouts ORDER BY id" | b2sum)" "and the same content"
sed 's/"x":[0-9.]*/"x":1/' "$here/layouts.json" >"$here/moved.json"
exits 0 "a second office" init "$here/c" --region KAY --office "DRPFEF Kayes"
exits 3 "a layout whose boxes were moved" -C "$here/c" layout import "$here/moved.json"
echo '{"a":1}' >"$here/wrong.json"
exits 3 "a file of something else" -C "$here/c" layout import "$here/wrong.json"
says err "not a file of layouts" "says so"
equals "$(sqlite3 "$here/c/lakana.db" "SELECT count(*) FROM layouts")" 0 "and keeps none"

echo "1..$n"
