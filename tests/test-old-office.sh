#!/bin/sh
# An office that an earlier program made (tests/offices) goes on: people unlock, see what
# they saw, and one key becomes two. Judged with sqlite3.
. "$(dirname "$0")/tap.sh"
O=$T/office
A=MOP-11935-38164-47 B=MOP-61307-80974-24 C=MOP-94899-30578-37
umask 077
# old_office: as it was
old_office() {
    rm -rf "$O"
    mkdir "$O"
    sqlite3 "$O/lakana.db" <"$(dirname "$0")/offices/version-7.sql"
}
echo "une phrase assez longue" >"$T/pass"
cat >"$T/words.pass" <<END
demi fenetre article epingle prune cirage ennemi prune chaise fosse fatigue zigzag faible
affaire buffle talon hutte escalier imiter corbeau azur ozone avenir surface score culture
ilot kapok dictee sorgho
END
export LAKANA_PASSPHRASE_FILE="$T/pass" LAKANA_NEW_PASSPHRASE_FILE="$T/pass"
unset LAKANA_USER
lk() { run "$LAKANA" -C "$O" "$@"; }
words() { LAKANA_PASSPHRASE_FILE=$T/words.pass run "$LAKANA" -C "$O" "$@"; }
held() { sql "SELECT group_concat(domain) FROM (SELECT * FROM grants WHERE holder = '$1'
    AND domain NOT LIKE 'case:%' ORDER BY domain)"; }
named() { sql "SELECT count(*) FROM journal WHERE what = 'keys-people'"; }
# The one name that a test may look for; the shell holds none.
sees() { lk vault show "$1" --as "$2" && grep -q "$3 EXEMPLE FICTIF" "$T/out"; }

old_office
lk user list
is "$S $(grep -c waits "$T/out") $(named)" "0 0 0" "before anybody unlocks: everybody is there, admitted"
lk vault show "$A" --as issa
is "$S $(named)" "1 0" "a clerk changes nothing"
sees "$A" awa.t Premier
ok $? "a manager sees her file"
is "$(named) $(held awa.t) $(held kadi)" "1 reception,sign backup,people" \
    "and the keys are two from then on"
sees "$C" awa.t Troisieme
ok $? "she sees the file that nobody took"
sees "$B" binta Deuxieme
ok $? "another sees hers"
lk vault show "$A" --as binta
is $S 1 "and only hers"
lk user add nouveau --role gestionnaire --as awa.t
is $S 1 "a manager alone makes no other any more"
lk user add nouveau --role gestionnaire --as kadi
lk user admit nouveau --as binta
is "$S $(held nouveau)" "0 reception,sign" "an admin and a manager do"
sees "$C" nouveau Troisieme
ok $? "who sees what is nobody's"
lk user revoke nouveau --as awa.t
is "$S $(held nouveau)" "0 " "a manager may revoke"
says err "^1 key that may have left" "one key waits for who holds it"
sees "$A" awa.t Premier && sees "$C" awa.t Troisieme && sees "$B" binta Deuxieme
ok $? "what was sealed before opens for those who stay"
is "$(sql "SELECT count(*) FROM domains WHERE renew_since IS NOT NULL") $(
    sql "SELECT count(*) FROM domains WHERE name LIKE '%~1'")" "0 4" "and all keys are new now"
lk vault show "$C" --as parti
is $S 1 "who was revoked before stays out"
lk user list
is "$S $(grep -c revoked "$T/out") $(named)" "0 2 1" "the list is whole"
lk journal verify
is $S 0 "and the journal"
lk backup -o "$T/b.lkb"
run "$LAKANA" restore "$T/b.lkb" --to "$T/back" --as kadi
is $S 0 "a backup comes back"

# Everybody leaves before everybody has been here with the new program.
old_office
lk user revoke binta --as awa.t
lk vault show "$C" --as awa.t
lk user revoke awa.t --as kadi
words user add nouveau --role gestionnaire
sees "$C" nouveau Troisieme
ok $? "after everybody has left, the words and a new manager go on"

for who in kadi words; do
    old_office
    case $who in words) words user passwd binta ;; *) lk user passwd --as kadi ;; esac
    is "$S $(named) $(held awa.t) $(held binta) $(held kadi)" \
        "0 1 reception,sign reception,sign backup,people" "unlocked first by $who: the same"
done
sees "$A" awa.t Premier
ok $? "and her file is hers"
sql "DELETE FROM grants WHERE domain = 'people'; DELETE FROM domains WHERE name = 'people'"
lk vault show "$A" --as awa.t
is $S 3 "who takes the second key away is noticed"
says err "people was altered" "by its name"

end
