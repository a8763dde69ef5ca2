#!/bin/sh
# lakana services: the office's list as a dated table. Judges we did not write: qpdf,
# pdftotext, pdfinfo, date. The list is an EXEMPLE FICTIF.
. "$(dirname "$0")/tap.sh"
HERE=$(cd "$(dirname "$0")/.." && pwd)
O=$T/office
new_office "$O" --region MOP --office "Bureau EXEMPLE FICTIF"
sample=$HERE/docs/exemples/services.yaml
dated() { sed "s/^date: .*/date: $1/" "$sample"; } # DAY
ago() { date -d "$1" +%Y-%m-%d; }
words() { pdftotext -layout "$1" - 2>/dev/null; }
services() { run "$LAKANA" -C "$O" services "$@"; }

# --- The office's own list. ---
services -o "$T/x.pdf"
is $S 2 "no list yet"
says err "services.yaml .*--blank" "says what to write, or to print an empty one"
dated "$(ago '-1 month')" >"$O/services.yaml"
before=$(sqlite3 "$O/lakana.db" .dump | cksum)
services -o "$T/map.pdf"
is $S 0 "a list of last month"
due=$(date -d "$(ago '-1 month') +6 months" +%d/%m/%Y)
says err "renewed by $due" "to be renewed six months after its date"
qpdf --check "$T/map.pdf" >"$T/out" 2>&1
ok $? "qpdf finds nothing wrong"
n=$(qpdf --show-npages "$T/map.pdf")
is "$n $(words "$T/map.pdf" | grep -c 'Cartographie des services')" "2 2" "two pages, each with the title"
is "$(words "$T/map.pdf" | grep -oE 'Page [0-9]/[0-9]' | sort -u | tr '\n' ' ')" "Page 1/2 Page 2/2 " "each numbered"
is "$(words "$T/map.pdf" | grep -c 'Structure *Services offerts *Contact et couverture *Accès')" 2 \
    "each with the head of the table"
is "$(words "$T/map.pdf" | grep -c 'À renouveler le .* au plus tard (tous les 6 mois)')" 2 \
    "each with the day of renewal"
words "$T/map.pdf" | grep -q "Bureau EXEMPLE FICTIF"
ok $? "and the office"
is "$(words "$T/map.pdf" | grep -oE '^ *(0[1-9]|1[01]) [A-ZÉ]' | tr -d ' A-ZÉ\n')" \
    "0102030405060708091011" "all categories, in order, once"
is "$(words "$T/map.pdf" | grep -c 'Aucun service recensé')" 2 "those without a service say so"
missing=0
pdftotext "$T/map.pdf" - 2>/dev/null | tr '\n’' " '" | tr -s ' \302\240\342\200\257' ' ' >"$T/all"
for word in "Foyer Jigi" "Association Dɛmɛ" "Tribunal pour enfants" "Mairie de Kɔnyɛ" \
    "Point focal : Greffe" "Durée : illimitée" "Coût : 100 F CFA" "Urgences : +223" "OSC / ONG"; do
    squeezed=$(printf %s "$word" | tr -d ' ')
    tr -d ' ' <"$T/all" | grep -q -- "$squeezed" || { missing=1; echo "# missing: $word"; }
done
ok $missing "what the list says is on paper"
is "$(pdfinfo "$T/map.pdf" 2>/dev/null | sed -n 's/^Title: *//p')" "Cartographie des services" "the PDF has a title"
is "$(sqlite3 "$O/lakana.db" .dump | cksum)" "$before" "the database is what it was"
services
is "$S $(wc -c <"$T/out")" "0 0" "without -o the list is only checked"
! grep -q "Jigi\|Kɔnyɛ\|+223" "$T/err"
ok $? "and nothing of it is told"

# --- Age. ---
services --emergency -o "$T/urgent.pdf"
says err "renewed by $(date -d "$(ago '-1 month') +3 months" +%d/%m/%Y)" "in an emergency, three months"
words "$T/urgent.pdf" | grep -q "tous les 3 mois"
ok $? "and the paper says so"
dated "$(ago '-4 months')" >"$T/four.yaml"
services "$T/four.yaml" -o "$T/four.pdf"
is $S 0 "four months are few"
services "$T/four.yaml" --emergency -o "$T/four.pdf"
is $S 1 "but too many in an emergency"
sed 's/^urgence: false/urgence: true/' "$T/four.yaml" >"$T/zone.yaml"
services "$T/zone.yaml" -o "$T/zone.pdf"
is $S 1 "which the list itself may say"
says err "out of date since" "out of date: message"
is "$(words "$T/zone.pdf" | grep -c 'Périmée depuis le')" "$(qpdf --show-npages "$T/zone.pdf")" \
    "and every page says so"
# Some days of margin: months differ in length.
dated "$(ago '-6 months -3 days')" >"$T/old.yaml"
services "$T/old.yaml"
is $S 1 "three days too many"
dated "$(ago '-6 months +4 days')" >"$T/young.yaml"
services "$T/young.yaml"
is $S 0 "some days left"
dated "$(ago '+2 days')" >"$T/future.yaml"
services "$T/future.yaml"
is $S 1 "a date to come"
says err "still to come" "a date to come: message"

# --- To be filled in by hand. ---
run "$LAKANA" -C "$T/nowhere" services --blank -o "$T/blank.pdf"
is $S 0 "an empty map needs neither list nor office"
is "$(words "$T/blank.pdf" | grep -c 'Point focal :')" 22 "two rows in each of eleven categories"
sed -e '/^services:/,$d' "$O/services.yaml" >"$T/empty.yaml"
echo "services: []" >>"$T/empty.yaml"
services "$T/empty.yaml" -o "$T/empty.pdf"
is "$S $(words "$T/empty.pdf" | grep -c 'Point focal :')" "0 22" "a list without services is such a map, dated"
words "$T/empty.pdf" | grep -q "À renouveler le"
ok $? "with its place and day"

# --- Many. ---
{
    sed '/^services:/q' "$O/services.yaml"
    for i in $(seq 120); do
        printf -- '- {categorie: "%02d", nom: "Structure %d", services: "Service %d", contact: "+223 %d"}\n' \
            $((i % 3 + 1)) "$i" "$i" "$i"
    done
} >"$T/many.yaml"
services "$T/many.yaml" -o "$T/many.pdf"
is "$S $(words "$T/many.pdf" | grep -oE 'Structure [0-9]+' | sort -u | wc -l)" "0 120" "a hundred and twenty, none lost"
words "$T/many.pdf" | grep -q "(suite)"
ok $? "a category that goes on says so"

# --- Mistakes. ---
wrong() { # NAME PATTERN SED
    sed "$3" "$O/services.yaml" >"$T/wrong.yaml"
    services "$T/wrong.yaml" -o "$T/wrong.pdf"
    is $S 1 "$1: exit status"
    says out "^$T/wrong.yaml:[0-9]+:[0-9]+: .*$2" "$1: where and what"
}
wrong "unknown category" "'99' is not known here; known: 01, 02" '0,/categorie: "01"/s//categorie: "99"/'
wrong "unknown type" "known: public, osc, obc, anu" '0,/type: obc/s//type: ong/'
wrong "no name" "has no 'nom'" '0,/ nom: .*/s// couverture_: "x"/'
wrong "unknown key" "unknown key 'telephone'" '0,/ contact:/s// telephone:/'
wrong "no such day" "like 2026-11-27" 's/^date: .*/date: 2026-02-30/'
wrong "another way of dates" "like 2026-11-27" 's/^date: .*/date: 2\/11\/2026/'
wrong "neither true nor false" "true or false" 's/^urgence: .*/urgence: oui/'
wrong "no YAML" "not valid YAML" 's/^lieu: /lieu /'
wrong "a word too wide" "wider than its column" "0,/nom: \".*/s//nom: \"$(printf 'W%.0s' $(seq 40))\"/"
wrong "no glyph" "no character U\\+2610" '0,/nom: "/s//nom: "☐ /'
wrong "no list" "must be a list" 's/^services:.*/services: rien/; /^services: rien/q'
# As much as may be written, in words of all letters: still on the page, between the bands.
python3 - "$T" <<'EOP'
import sys
for name, word in (('long', 'abcdefghi'), ('wide', 'W' * 11)):
    text = (' '.join([word] * 40))[:300].strip()
    keys = ('nom services lieu point_focal contact couverture duree horaires urgences'
            ' public cout conditions').split()
    with open('%s/%s.yaml' % (sys.argv[1], name), 'w') as f:
        f.write('lieu: "EXEMPLE FICTIF"\ndate: 2026-11-02\nservices:\n  - categorie: "05"\n')
        f.writelines('    %s: "%s"\n' % (k, text) for k in keys)
EOP
services "$T/long.yaml" -o "$T/long.pdf"
low=$(pdftotext -bbox "$T/long.pdf" - 2>/dev/null | grep abcdefghi | sed 's/.*yMax="\([0-9]*\).*/\1/' | sort -n | tail -n 1)
[ "$low" -gt 400 ] && [ "$low" -lt $((280 * 72 * 10 / 254)) ]
ok $? "the longest row is whole"
services "$T/wide.yaml" -o "$T/wrong.pdf"
is $S 1 "a row higher than a page: exit status"
says out "wide.yaml:4:5: there is too much text" "a row higher than a page: message"
[ ! -e "$T/wrong.pdf" ]
ok $? "a list with mistakes is not printed"
refuse() { # NAME STATUS PATTERN ARGUMENTS…
    name=$1 status=$2 pattern=$3
    shift 3
    services "$@"
    is $S "$status" "$name: exit status"
    says err "$pattern" "$name: message"
}
refuse "two lists" 2 "one list at a time" a.yaml b.yaml
refuse "blank to nowhere" 2 "-o OUT.pdf" --blank
refuse "no folder" 3 "cannot be written" --blank -o "$T/none/x.pdf"
services "$T/absent.yaml"
is $S 1 "a list that is not there: exit status"
says out "absent.yaml: cannot be read" "a list that is not there: message"
end
