#!/bin/sh
# lakana print: what is on paper is registered, and what is registered can be printed.
# Judges we did not write: qpdf, zbarimg, python's JSON, SQL through sqlite3.
. "$(dirname "$0")/tap.sh"
O=$T/office
new_office "$O" --region MOP --office "EXEMPLE FICTIF"
pages() { qpdf --show-npages "$1"; }
json() { python3 -c "import json,sys; m=json.load(open('$1')); p=m['pages']; print($2)"; }

# --- New files. ---
run "$LAKANA" -C "$O" print --cases 2 --forms 1.A,1.B -o "$T/p.pdf" --manifest "$T/m.json"
is $S 0 "two new files are printed"
qpdf --check "$T/p.pdf" >"$T/out" 2>&1
ok $? "qpdf finds nothing wrong"
is "$(json "$T/m.json" "len(p)")" "$(pages "$T/p.pdf")" "a line a page in the manifest"
is "$(json "$T/m.json" "[x['pdf_page'] for x in p]==list(range(1,len(p)+1))")" True \
    "pages are numbered from 1"
is "$(json "$T/m.json" "len({x['case'] for x in p}), len({x['copy'] for x in p})")" "2 4" \
    "two codes, four copies"
is "$(sql "SELECT group_concat(code) FROM (SELECT code FROM cases ORDER BY 1)")" \
    "$(json "$T/m.json" "','.join(sorted({x['case'].replace('-','') for x in p}))")" \
    "the codes on paper are the codes in the database"
is "$(sql "SELECT count(*) FROM copies WHERE layout IN (SELECT id FROM layouts)")" 4 \
    "copies and their layouts are kept"
pdftoppm -r 150 -gray -f 3 -l 3 "$T/p.pdf" "$T/page"
zbarimg -q --raw "$T"/page*.pgm 2>/dev/null | sort -u >"$T/codes"
is "$(wc -l <"$T/codes")" 1 "both QR codes of a page say the same"
is "$(cut -c1-6,12-31 "$T/codes")" \
    "$(json "$T/m.json" "'LK1'+p[2]['form'].replace('.','')+str(p[2]['page'])+p[2]['case'].replace('-','')+p[2]['copy']")" \
    "and they say what the manifest says"
C=$(json "$T/m.json" "p[0]['case']")

# --- More copies for a file that exists. ---
run "$LAKANA" -C "$O" print --case "$C" --forms 1.A -o "$T/more.pdf" --manifest "$T/more.json"
is $S 0 "an existing file gets another copy"
is "$(json "$T/more.json" "{x['case'] for x in p}=={'$C'}")" True "under its own code"
is "$(json "$T/more.json" "p[0]['copy']=='$(json "$T/m.json" "p[0]['copy']")'")" False \
    "with a serial of its own"
is "$(sql "SELECT count(*) FROM cases")" 2 "no new file was opened"
lower=$(echo "$C" | tr 'A-Z-' 'a-z ')
run "$LAKANA" -C "$O" print --forms 1.A -o "$T/x.pdf" --case "$lower" "$C"
is $S 0 "codes as people write them, several after --case"

# --- Blank copies. ---
run "$LAKANA" -C "$O" print --cases 3 --blank --forms 1.B -o "$T/b.pdf" --manifest "$T/b.json"
is $S 0 "blank copies are printed"
is "$(json "$T/b.json" "len({x['case'] for x in p}), all(x['case'].startswith('BLK') for x in p)")" \
    "3 True" "each with a number of its own"
is "$(sql "SELECT count(*) FROM cases")" 2 "blank copies open no file"

# --- Several files. ---
run "$LAKANA" -C "$O" print --cases 340 --forms 1.B -o "$T/many.pdf" --manifest "$T/many.json"
is $S 0 "more than 1,000 pages"
says err "Several files" "says that there are several files"
all=0
for f in "$T"/many-*.pdf; do
    n=$(pages "$f")
    [ "$n" -le 1000 ] || all=-100000
    all=$((all + n))
done
is "$all" "$(json "$T/many.json" "len(p)")" "all pages, at most 1,000 a file"
is "$(json "$T/many.json" "max(len({x['pdf'] for x in p if x['case']==c}) for c in {x['case'] for x in p})")" \
    1 "no case file is split between PDFs"

# --- What is refused, and that nothing is registered then. ---
before=$(sql "SELECT count(*) FROM copies")
refuse() { # NAME STATUS PATTERN ARGUMENTS…
    name=$1 status=$2 pattern=$3
    shift 3
    run "$LAKANA" -C "$O" print "$@"
    is $S "$status" "$name: exit status"
    says err "$pattern" "$name: message"
}
refuse "folder missing" 3 "folder does not exist" --cases 1 --forms 1.A -o "$T/none/p.pdf"
refuse "output is a folder" 3 "that is a folder" --cases 1 --forms 1.A -o "$T"
refuse "manifest cannot be written" 3 "folder does not exist" --cases 1 --forms 1.A \
    -o "$T/y.pdf" --manifest "$T/none/m.json"
refuse "wrong check digits" 2 "check digits" --case MOP-48219-07366-41 --forms 1.A -o "$T/y.pdf"
refuse "code of nobody" 3 "no such case" --case MOP-48219-07366-29 --forms 1.A -o "$T/y.pdf"
refuse "unknown form" 2 "no form '9.Z'" --cases 1 --forms 1.A,9.Z -o "$T/y.pdf"
refuse "unknown set" 2 "no set 'lune'" --cases 1 --set lune -o "$T/y.pdf"
refuse "nobody named" 2 "--cases N" --forms 1.A -o "$T/y.pdf"
refuse "no output" 2 "-o OUT.pdf" --cases 1
refuse "both kinds" 2 "excludes" --case "$C" --cases 1 -o "$T/y.pdf"
refuse "negative" 2 "--cases takes" --cases -3 -o "$T/y.pdf"
is "$(sql "SELECT count(*) FROM copies")" "$before" "refused orders register nothing"
[ ! -e "$T/y.pdf" ]
ok $? "and write nothing"
run "$LAKANA" -C "$T" print --cases 1 -o "$T/y.pdf"
is $S 3 "not an office: exit status"
says err "lakana init" "not an office: message"

# --- Registered, but the disk is full. ---
mkdir "$T/small"
if mount -t tmpfs -o size=64k tmpfs "$T/small" 2>/dev/null; then
    run "$LAKANA" -C "$O" print --cases 2 --forms 1.A -o "$T/small/p.pdf"
    is $S 3 "disk full: exit status"
    says err "2 packs are registered but not printed" "disk full: says what is registered"
    again=$(sed -n 's/^ *lakana print -o OUT.pdf//p' "$T/err")
    is "$(ls "$T/small")" "" "disk full: no half PDF is left"
    umount "$T/small"
    # shellcheck disable=SC2086
    run "$LAKANA" -C "$O" print -o "$T/again.pdf" --forms 1.A $again
    is $S 0 "the command it names prints them"
else
    skip "no right to mount a small disk"
fi
end
