#!/bin/sh
# lakana vault, and case decide --from, from outside. Everybody is invented: EXEMPLE
# FICTIF. Their names are sought with grep in everything the office leaves behind.
. "$(dirname "$0")/tap.sh"
O=$T/office
code=$("$BUILD/tool-case" "$T")
words=$("$BUILD/tool-people" "$O" "une phrase de test" awa:gestionnaire \
    issa:gestionnaire sup:superviseur saisie:saisie adm:admin)
printf 'une phrase de test\n' >"$T/pass"
chmod 600 "$T/pass"
export LAKANA_PASSPHRASE_FILE="$T/pass" LAKANA_HOME="$O" LAKANA_USER=awa
second=$("$LAKANA" labels --cases 1 -o "$T/l.pdf" 2>/dev/null
    "$LAKANA" case list --json | grep -v "$code" | sed 's/.*"case":"\([^"]*\)".*/\1/')
lakana() { run "$LAKANA" "$@"; }
vault() { wanted=$1 name=$2; shift 2; lakana vault "$@"; is "$S" "$wanted" "$name"; }
hidden() { # NAME: no name in the office
    grep -rqiaE 'fatou|fatima|fictikoro|oncle fictif' "$O"
    [ $? = 1 ]
    ok $? "$1"
}

# set, show
vault 1 "nothing is known yet" show "$code"
says err "no name has been written" "and that is said"
printf 'nom = Fatoumata Fictikoro\nsexe = f\nnaissance = 2014\nlieu = Sévaré\n' >"$T/a"
vault 0 "set from a file" set "$code" --from "$T/a"
vault 0 "set adds to what was known" set "$code" --from - <<END
{"guardian": "Oncle Fictif", "phone": "70 00 00 00"}
END
vault 0 "show" show "$code"
says out "^Name  *Fatoumata Fictikoro$" "the name"
says out "^Guardian  *Oncle Fictif$" "and what was added"
vault 0 "show as JSON" show "$code" --json
is "$(cat "$T/out")" "{\"case\":\"$code\",\"name\":\"Fatoumata Fictikoro\",\"known_as\":null,\"sex\":\"f\",\"birth\":\"2014\",\"place\":\"Sévaré\",\"contact\":null,\"guardian\":\"Oncle Fictif\",\"relation\":null,\"phone\":\"70 00 00 00\"}" \
    "one object"
hidden "no name lies in clear"
echo 'phone =' >"$T/b"
vault 0 "an empty field is taken away" set "$code" --from "$T/b"
vault 0 "show after that" show "$code"
! grep -q "70 00" "$T/out"
ok $? "it is gone"
echo 'nom = Fatou Fictikoro, mère Oumou' >"$T/c"
echo 'mere = Oumou Fictikoro' >>"$T/c"
vault 1 "a file that cannot be read" set "$code" --from "$T/c"
says err "^lakana: line 2: " "says which line"
! grep -qi "fictikoro" "$T/err"
ok $? "and does not repeat it"
vault 2 "a name on the command line" search "Fatoumata Fictikoro"
vault 2 "a name instead of a code" show "Fatoumata"
printf '\n\n\n2015\n\n\n\n\n\n' | "$LAKANA" vault set "$code" >"$T/out" 2>"$T/err"
is $? 0 "set asks, Enter keeps"
vault 0 "show after that" show "$code"
says out "^Name  *Fatoumata Fictikoro$" "kept"
says out "^Birth  *2015$" "and changed"

# search
search() { printf '%s\n' "$1" | "$LAKANA" vault search --json >"$T/out" 2>"$T/err"; S=$?; }
search "fatimata"
is "$S" 0 "search"
says out "\"case\":\"$code\",\"field\":\"name\",\"likeness\":\"family\"" "by family"
search "Oncl Fictif"
says out '"field":"guardian","likeness":"sound"' "by the guardian, by sound"
search "Personne"
is "$(cat "$T/out")" "" "nobody"
says err "No file" "and that is said"

# The same child twice
printf 'nom = Fatimata Fictikoro\nnaissance = 2014\n' |
    "$LAKANA" vault set "$second" --from - >"$T/out" 2>"$T/err"
is $? 1 "set proposes a file of the same child"
says out "^$code  Fatoumata Fictikoro, 2015, Sévaré" "which"
hidden "no name lies in clear"

# Who may not
sql "SELECT count(*) FROM grants WHERE holder = 'awa'" >/dev/null
for who in sup saisie adm; do
    vault 1 "$who does not see a name" show "$code" --as $who
    says err "key" "for lack of a key"
    vault 1 "$who finds none" search --as $who </dev/null
    vault 1 "$who masks none" mask "$code" --yes --as $who
done
printf 'une autre phrase\n' >"$T/wrong"
chmod 600 "$T/wrong"
LAKANA_PASSPHRASE_FILE="$T/wrong" vault 1 "a wrong passphrase" show "$code"
chmod 644 "$T/wrong"
LAKANA_PASSPHRASE_FILE="$T/wrong" vault 1 "one that others can read" show "$code"
says err "others can read" "and that is said"
printf '%s\n' "$words" >"$T/words"
chmod 600 "$T/words"
LAKANA_PASSPHRASE_FILE="$T/words" vault 0 "the recovery words open" show "$code"

# What is typed
decide() { printf "$2" | run "$LAKANA" case decide "$code" --form 1.B --field "$1" --from -; }
decide nom 'Fatoumata\nFictikoro\n'
is "$S" 0 "a name is typed from standard input"
is "$(sql "SELECT value IS NULL, source, personal FROM current_values WHERE field = 'nom'
    AND form = '1.B'")" "1|person|1" "the database knows that, and not what"
hidden "no name lies in clear"
lakana export values --json
! grep -qi fictikoro "$T/out"
ok $? "it is not exported"
lakana case show "$code" --as awa
is "$S" 0 "case show --as"
says out "1.B .*nom = Fatoumata" "shows it"
lakana case show "$code" --as sup
is "$S" 1 "not to a supervisor"
! grep -qi fatou "$T/out"
ok $? "at all"

# A row that was altered
cp -r "$O" "$T/copy"
sqlite3 "$T/copy/lakana.db" "DROP TRIGGER vault_no_update;
    UPDATE vault SET sealed = zeroblob(length(sealed)) WHERE case_code = '$(echo "$code" | tr -d -)'"
before=$(sqlite3 "$T/copy/lakana.db" "SELECT count(*) FROM vault")
run "$LAKANA" -C "$T/copy" vault show "$code"
is "$S" 3 "an altered row is refused"
says err "lakana restore" "with the way to restore"
run "$LAKANA" -C "$T/copy" vault set "$code" --from "$T/a"
is "$S" 3 "and nothing is built on it"
is "$(sqlite3 "$T/copy/lakana.db" "SELECT count(*) FROM vault")" "$before" "it stays as it is"
run "$LAKANA" -C "$T/copy" vault set "$code" --from "$T/a" --anew
run "$LAKANA" -C "$T/copy" vault show "$code"
is "$S" 0 "written anew from the paper"

# mask
echo "$second" | "$LAKANA" vault mask "$code" >"$T/out" 2>"$T/err"
is $? 1 "mask wants the code again"
vault 0 "nothing was masked" show "$code"
echo "$code" | "$LAKANA" vault mask "$code" --json >"$T/out" 2>"$T/err"
is $? 0 "masked"
is "$(cat "$T/out")" "{\"case\":\"$code\",\"masked\":true}" "one object"
vault 1 "no name any more" show "$code"
says err "masked, for good" "and that is said"
vault 1 "none is taken" set "$code" --from "$T/a"
decide nom 'Fatoumata Fictikoro\n'
is "$S" 1 "nor typed"
search "Fatoumata Fictikoro"
! grep -q "$code" "$T/out"
ok $? "a search does not find it"
is "$(sql "SELECT count(*) FROM sealed_values WHERE kind = 'typed'")" 0 "what was typed is gone"
lakana case show "$code" --as awa
! grep -qi fatou "$T/out"
ok $? "case show --as shows none"

# The journal
is "$(sql "SELECT count(*) FROM journal WHERE what LIKE 'name-%' AND who IS NULL")" 0 \
    "each opening says who"
is "$(sql "SELECT count(*) FROM journal WHERE what = 'name-mask' AND who = 'awa'")" 1 "masking too"
hidden "no name lies in clear"
end
