#!/bin/sh
# People of an office, from outside: the recovery key, who may add and admit whom, whose
# a file is, passphrases that are refused; judged with sqlite3, zbarimg and pdftotext.
# Unlocking is slow on purpose, so each one here has a reason.
. "$(dirname "$0")/tap.sh"
O=$T/office
umask 077
unset LAKANA_USER LAKANA_PASSPHRASE_FILE LAKANA_NEW_PASSPHRASE_FILE
# secret NAME TEXT: a file only we can read
secret() { printf '%s\n' "$2" >"$T/$1.pass"; }
# as WHO COMMAND…: unlocked with WHO's passphrase
as() {
    who=$1
    shift
    case $who in
    words) LAKANA_PASSPHRASE_FILE=$T/words.pass run "$LAKANA" -C "$O" "$@" ;;
    *) LAKANA_USER=$who LAKANA_PASSPHRASE_FILE=$T/$who.pass run "$LAKANA" -C "$O" "$@" ;;
    esac
}
# add BY LOGIN ROLE
add() {
    export LAKANA_NEW_PASSPHRASE_FILE="$T/$2.pass"
    as "$1" user add "$2" --role "$3"
    unset LAKANA_NEW_PASSPHRASE_FILE
}
# held LOGIN, holders DOMAIN: who has which keys
held() { sql "SELECT group_concat(domain) FROM (SELECT * FROM grants WHERE holder = '$1' ORDER BY domain)"; }
holders() { sql "SELECT group_concat(holder) FROM (SELECT * FROM grants WHERE domain = '$1' ORDER BY holder)"; }
# alone COMMAND…: without a terminal
alone() { run setsid "$@" </dev/null; }

secret awa.t "le fleuve au petit matin"
secret kadi "trois pirogues vertes"
secret binta "un caillou bien rond"
secret complice "une lampe sous la table"
secret wrong "le fleuve au petit soir"
secret short "neuf sign"

run "$LAKANA" init "$O" --region MOP --office "EXEMPLE FICTIF"
cp "$T/out" "$T/words.pass"
is "$S $(wc -w <"$T/out") $(wc -l <"$T/out")" "0 30 6" "init shows the recovery words"
says err "30 words are the recovery key" "after saying what they are"
is "$(stat -c %a "$O" "$O/lakana.db" | tr '\n' ' ')" "700 600 " "the office is its owner's"
is "$(sql 'SELECT group_concat(name) FROM (SELECT name FROM domains ORDER BY name)')" \
    "archive,backup,people,reception,recovery,sign" "it has its keys"
grep -aq "$(head -n 1 "$T/words.pass")" "$O/lakana.db"
is $? 1 "and not the words"

# Whoever comes first comes with the words.
alone "$LAKANA" -C "$O" user add awa.t --role gestionnaire
is $S 1 "no terminal, no passphrase, no user"
says err "LAKANA_PASSPHRASE_FILE" "and what is missing is said"
add words awa.t gestionnaire
is "$S $(held "awa.t")" \
    "0 reception,sign" "the words make a manager, whole"
add words kadi admin
is "$S $(held "kadi")" \
    "0 backup,people" "an admin holds no key of files"
add kadi binta gestionnaire
is "$S $(held "binta")" \
    "1 " "an admin alone makes no manager"
says err "lakana user admit binta" "and says who must"
run "$LAKANA" -C "$O" user list
says out "^binta +gestionnaire +waits" "the list shows it"
as awa.t user admit binta
is "$S $(held "binta")" \
    "0 reception,sign" "a manager admits"
add awa.t complice gestionnaire
is "$S $(sql "SELECT count(*) FROM people WHERE login = 'complice'")" "1 0" \
    "nor does a manager alone make another"
says err "an admin does, or the recovery sheet" "and who does is said"

# Files.
run "$LAKANA" -C "$O" labels --cases 2 -o "$T/labels.pdf"
code=$(sql "SELECT min(code) FROM cases")
other=$(sql "SELECT max(code) FROM cases")
as awa.t case take "$code"
is "$S $(holders "case:$code")" \
    "0 @recovery,awa.t" "a file is taken"
as binta case take "$code"
is $S 1 "and nobody else takes it"
as awa.t case give "$code" --to kadi
is "$S $(sql "SELECT count(*) FROM grants WHERE holder = 'kadi'")" "1 2" \
    "nor can it be given to an admin"
as awa.t case give "$code" --to binta
is "$S $(holders "case:$code")" \
    "0 @recovery,binta" "given to another manager, it is no longer the giver's"
as awa.t case take MOP-48219-07366-29
is $S 1 "a file that is not here"

# Passphrases.
LAKANA_PASSPHRASE_FILE=$T/wrong.pass run "$LAKANA" -C "$O" case take "$other" --as awa.t
is $S 1 "a wrong passphrase opens nothing"
cp "$T/err" "$T/wrong.err"
LAKANA_PASSPHRASE_FILE=$T/wrong.pass run "$LAKANA" -C "$O" case take "$other" --as nobody.x
is "$(cat "$T/err")" "$(cat "$T/wrong.err")" "and does not say that the login is right"
is "$(sql "SELECT count(*) FROM journal WHERE what = 'unlock-failed'")" 2 "the journal knows"
chmod 640 "$T/awa.t.pass"
as awa.t case take "$other"
is "$S $(sql "SELECT count(*) FROM grants WHERE domain = 'case:$other' AND holder = 'awa.t'")" \
    "1 0" "a passphrase that others can read is none"
says err "umask 077" "and how to write one is said"
chmod 600 "$T/awa.t.pass"
LAKANA_NEW_PASSPHRASE_FILE=$T/short.pass as awa.t user passwd
is $S 1 "nine characters are too few"
LAKANA_NEW_PASSPHRASE_FILE=$T/wrong.pass as awa.t user passwd
is $S 0 "a new passphrase"
cp "$T/wrong.pass" "$T/awa.t.pass"
as awa.t case take "$other"
is $S 0 "opens"

# On a terminal: nothing is shown, nothing dumped, Ctrl-C ends it.
cat >"$T/talk.py" <<'PY'
import os, pty, sys
answers = [a.encode().decode('unicode_escape').encode('latin1') for a in sys.argv[1].split('|')]
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
shown, limits = b'', ''
while True:
    try:
        got = os.read(fd, 4096)
    except OSError:
        break
    if not got:
        break
    shown += got
    if shown.endswith(b': ') and answers:
        limits = open('/proc/%d/limits' % pid).read()
        os.write(fd, answers.pop(0))
print(shown.decode())
print(' '.join([l for l in limits.splitlines() if 'core' in l][0].split()[-3:-1]))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PY
run python3 "$T/talk.py" 'le fleuve au petit soit\x7fr\n|encore un matin\n|encore un matin\n' \
    "$LAKANA" -C "$O" user passwd --as awa.t
is "$S $(tail -n 1 "$T/out")" "0 0 0" "asked on the terminal; no core is ever dumped"
grep -Eq "fleuve|encore" "$T/out"
is $? 1 "nothing that is typed is shown"
run python3 "$T/talk.py" 'le fleuve\x03' "$LAKANA" -C "$O" user passwd --as awa.t
says out "nothing was done" "Ctrl-C stops"
run python3 "$T/talk.py" 'encore un matin\n|premier mot ici\n|premier mot las\n' \
    "$LAKANA" -C "$O" user passwd --as awa.t
says out "not the same" "a new one is asked twice"
secret awa.t "encore un matin"

# Revoked.
as kadi user revoke binta
is "$S $(sql "SELECT count(*) FROM grants WHERE holder = 'binta'")" "1 0" \
    "revoked: an admin leaves the file to the recovery key"
says err "1 case file opens with the recovery sheet only" "and says so"
as binta case take "$other"
is $S 1 "who is revoked opens nothing"
as words case give "$code" --to awa.t
is $S 0 "the words give the file to another"
run "$LAKANA" -C "$O" user list --json
is "$(python3 -c "
import json
for line in open('$T/out'):
    p = json.loads(line)
    print(p['login'], p['role'], p['revoked'] is not None, p['admitted'], p['cases'], end=';')")" \
    "awa.t gestionnaire False True 2;binta gestionnaire True False 0;kadi admin False True 0;" \
    "the list as JSON"

# Written into the database by hand.
sql "UPDATE people SET role = 'gestionnaire' WHERE login = 'kadi'"
run "$LAKANA" -C "$O" user list
is $S 3 "a role written by hand is noticed"
says err "kadi was altered" "and whose"

# The sheet.
run "$LAKANA" init "$T/second" --region MOP --office "EXEMPLE FICTIF" --recovery "$T/sheet.pdf"
is "$S $(stat -c %a "$T/sheet.pdf") $(wc -c <"$T/out")" "0 600 0" "a sheet instead of words"
pdftoppm -q -r 200 -png -singlefile "$T/sheet.pdf" "$T/sheet"
zbarimg -q --raw "$T/sheet.png" >"$T/words2.pass" 2>/dev/null
is "$(wc -w <"$T/words2.pass")" 30 "its QR code has the words"
is "$(pdftotext "$T/sheet.pdf" - | grep -ciwxF "$(tr ' ' '\n' <"$T/words2.pass")")" 30 \
    "the same that are printed"
O=$T/second
LAKANA_PASSPHRASE_FILE=$T/words2.pass LAKANA_NEW_PASSPHRASE_FILE=$T/kadi.pass \
    run "$LAKANA" -C "$O" user add kadi --role admin
is $S 0 "and they open"
run "$LAKANA" init "$T/third" --region MOP --office "EXEMPLE FICTIF" --recovery "$T/sheet.pdf"
is "$S $(ls -d "$T/third" 2>/dev/null)" "3 " "a sheet is never replaced, no office is made"
run "$LAKANA" init "$T/second" --region MOP --office "EXEMPLE FICTIF" --recovery "$T/none.pdf"
is "$S $(ls "$T/none.pdf" 2>/dev/null)" "3 " "no office, no sheet"

# An office from before there were keys.
O=$T/old
run "$LAKANA" init "$O" --region MOP --office "EXEMPLE FICTIF"
run "$LAKANA" -C "$O" labels --cases 2 -o "$T/labels.pdf"
sql "DELETE FROM grants; DELETE FROM domains;
    DROP TRIGGER journal_no_delete; DELETE FROM journal WHERE what = 'keys'"
run "$LAKANA" -C "$O" user list
is $S 3 "without keys nobody works there"
says err "lakana protect" "and what to do is said"
run "$LAKANA" -C "$O" case list
is "$S $(grep -c MOP- "$T/out")" "0 2" "its files are listed as before"
run "$LAKANA" -C "$O" protect
cp "$T/out" "$T/words.pass"
is "$S $(wc -w <"$T/out") $(sql "SELECT count(*) FROM domains WHERE name LIKE 'case:%'")" "0 30 2" \
    "protect gives keys, to its files too"
run "$LAKANA" -C "$O" protect
is "$S $(wc -w <"$T/out")" "0 0" "once"
add words kadi admin
is $S 0 "its recovery words open"
end
