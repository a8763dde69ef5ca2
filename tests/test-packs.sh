#!/bin/sh
# Packs as a workshop takes them off the printer: both sides of the sheet, the trainer's
# summary, many PDFs. Judges we did not write: qpdf, poppler, zbarimg, python's JSON.
. "$(dirname "$0")/tap.sh"
O=$T/office
new_office "$O" --region MOP --office "EXEMPLE FICTIF"
pages() { qpdf --show-npages "$1"; }
# json FILE EXPRESSION over `p`, its pages (of a manifest), or the lines of an ingest
json() { python3 -c "import json
t=open('$1').read()
p=json.loads(t)['pages'] if t.startswith('{\"pages') else [json.loads(l) for l in t.splitlines()]
print($2)"; }
ingest() { run "$LAKANA" -C "$O" ingest --jobs 1 --json "$@"; }

# --- Sets: a workshop's files, each begun by cover page and checklist. ---
mkdir -p "$T/data/templates"
ln -s "$PWD/fonts" "$T/data/fonts"
cp templates/lookups.yaml templates/pages.yaml templates/1a-*.yaml templates/5a-*.yaml "$T/data/templates"
small() { # CODE ROWS: a form that is short, or as long as ROWS lines of a table
    cat <<END >"$T/data/templates/$1.yaml"
code: "$1"
id: essai-$1
title: "EXEMPLE FICTIF"
sections:
  - title: "Essai"
    fields:
      - {id: code_dossier, label: "Code du dossier", type: code, length: 15, preprinted: true}
      - id: t
        label: "Tableau"
        type: table
        rows: $2
        columns:
          - {id: fait, label: "Fait", type: check}
          - {id: note, label: "Note", type: text}
END
}
small PC 3
small LV 28
cat <<END >"$T/data/templates/sets.yaml"
complet: [PC, LV, 1.A, 5.A]
suivi: [5.A, PC, 5.A]
END
export LAKANA_DATA="$T/data"
run "$LAKANA" -C "$O" print --cases 40 --set complet -o "$T/c.pdf" -m "$T/c.json"
is $S 0 "forty files of a set"
is "$(json "$T/c.json" "len({x['case'] for x in p}), len(p)")" "40 280" "each with its own code"
is "$(json "$T/c.json" "{tuple((x['form'], x['page']) for x in p if x['case']==c) for c in {x['case'] for x in p}}")" \
    "{(('PC', 1), ('LV', 1), ('LV', 2), ('1.A', 1), ('1.A', 2), ('5.A', 1), ('5.A', 2))}" \
    "each begun by its cover page and checklist"
is "$(json "$T/c.json" "[x['pdf_page'] for x in p if x['form']=='PC']==list(range(1,280,7))")" True \
    "file after file"
pdftoppm -q -r 100 -gray -f 274 -l 274 -singlefile "$T/c.pdf" "$T/page"
is "$(zbarimg -q --raw "$T/page.pgm" 2>/dev/null | cut -c1-6,12-26 | sort -u)" \
    "$(json "$T/c.json" "'LK1PC1'+p[273]['case'].replace('-','')")" "the last cover page carries its own code"
pdfinfo "$T/c.pdf" >"$T/out" 2>/dev/null
says out "Title: *Dossiers à remplir, jeu «.*complet.*»" "the PDF's title names the set"
qpdf --json --json-key=outlines "$T/c.pdf" >"$T/outlines"
is "$(python3 -c "import json
o=json.load(open('$T/outlines'))['outlines']
print(len(o), {tuple(k['title'].split()[0] for k in x['kids']) for x in o}, [x['destpageposfrom1'] for x in o]==list(range(1,280,7)))")" \
    "40 {('PC', 'LV', '1.A', '5.A')} True" "a bookmark a file, and one for each of its forms"
run "$LAKANA" -C "$O" print --cases 1 --set suivi,complet -o "$T/c.pdf" -m "$T/c.json"
is "$(json "$T/c.json" "[x['form'] for x in p if x['page']==1]")" "['5.A', 'PC', '5.A', 'LV', '1.A']" \
    "two sets together: what the first one holds is not repeated for the second"
run "$LAKANA" -C "$O" print --cases 1 --set suivi,lune -o "$T/y.pdf"
is $S 2 "a set that does not exist"
says err "no set 'lune'.*complet, suivi" "and which ones do"
unset LAKANA_DATA

# --- Both sides of the sheet. ---
# 1.B has five pages, so that its last back stays empty.
run "$LAKANA" -C "$O" print --cases 2 --forms 1.A,1.B,5.A --duplex -o "$T/d.pdf" -m "$T/d.json"
is $S 0 "a pack for both sides of the sheet"
says err "2 packs, 18 pages on 10 sheets" "says how many sheets"
qpdf --check "$T/d.pdf" >"$T/out" 2>&1
ok $? "qpdf finds nothing wrong"
is "$(pages "$T/d.pdf")" 20 "ten sheets, two pages each"
is "$(json "$T/d.json" "sorted({x['pdf_page'] % 2 for x in p if x['page']==1})")" "[1]" \
    "every form begins on a front"
is "$(json "$T/d.json" "[x['pdf_page'] for x in p]==[n for n in range(1,21) if n not in (8,18)]")" \
    True "the list of pages passes over the empty backs"
wrong=0
for n in $(seq 20); do
    pdftoppm -q -r 100 -gray -f "$n" -l "$n" -singlefile "$T/d.pdf" "$T/page"
    code=$(zbarimg -q --raw "$T/page.pgm" 2>/dev/null | sort -u)
    expected=$(json "$T/d.json" "''.join('LK1'+x['form'].replace('.','')+str(x['page']) for x in p if x['pdf_page']==$n)")
    [ "$(printf %s "$code" | cut -c1-6)" = "$expected" ] || wrong=$((wrong + 1))
    # An empty back is white to the last pixel.
    if [ -z "$expected" ]; then
        [ "$(tail -n +4 "$T/page.pgm" | tr -d '\377' | wc -c)" = 0 ] || wrong=$((wrong + 1))
    fi
done
is $wrong 0 "each page of the PDF is what the list says, empty backs are white"
qpdf --qdf --object-streams=disable "$T/d.pdf" - >"$T/out"
says out "/Duplex /DuplexFlipLongEdge" "viewers are asked to print on both sides"
# The whole pack as a copier would send it: empty backs need nobody.
ingest "$T/d.pdf"
is "$(json "$T/out" "[x['index']+1 for x in p if x['status']=='blank']")" "[8, 18]" \
    "ingest takes the empty backs for blank pages"
is "$(json "$T/out" "sum(x['status'] in ('unknown','error') for x in p)")" 0 "and nothing for unknown"

run "$LAKANA" -C "$O" print --cases 170 --forms 1.B --duplex -o "$T/m.pdf" -m "$T/m.json"
is "$(pages "$T/m-1.pdf") $(pages "$T/m-2.pdf")" "996 24" \
    "files are cut at 1,000 pages, empty backs counted"
is "$(json "$T/m.json" "[x['pdf_page'] for x in p if x['pdf'].endswith('-2.pdf')][:7]")" \
    "[1, 2, 3, 4, 5, 7, 8]" "the second file is counted from 1"
run "$LAKANA" -C "$O" print --cases 1 --forms 1.B -o "$T/s.pdf"
is "$(pages "$T/s.pdf")" 5 "without --duplex no page is added"

# --- The sheet for the person who hands the files out. ---
run "$LAKANA" -C "$O" print --cases 3 --forms 1.A,5.A --summary -o "$T/t.pdf" -m "$T/t.json"
is $S 0 "three files with a summary in front"
qpdf --check "$T/t.pdf" >"$T/out" 2>&1
ok $? "qpdf finds nothing wrong"
is "$(pages "$T/t.pdf") $(json "$T/t.json" "[x['pdf_page'] for x in p]==list(range(2,14))")" "13 True" \
    "the forms begin on page 2"
pdftotext -l 1 -layout "$T/t.pdf" "$T/text" 2>/dev/null
missing=0
for code in $(json "$T/t.json" "' '.join({x['case'] for x in p})"); do
    [ "$(grep -o "$code" "$T/text" | wc -l)" = 1 ] || missing=$((missing + 1))
done
is $missing 0 "every code once"
for word in "EXEMPLE FICTIF" "Accord au partage de l’information" "Formulaire de suivi du cas" \
    "$(date -u +%Y)" "N’écrivez aucun nom" "Page 1/1"; do
    grep -q "$word" "$T/text"
    ok $? "the summary says: $word"
done
pdftoppm -q -r 200 -gray -l 1 -singlefile "$T/t.pdf" "$T/summary"
is "$(zbarimg -q --raw "$T/summary.pgm" 2>/dev/null)" "" "and carries no code that is read"
ingest "$T/t.pdf"
is "$S $(json "$T/out" "[(x['index'],x['case'],x['form']) for x in p if x['status'] not in ('read','review')]")" \
    "1 [(0, None, None)]" "ingest takes it for no form"
is "$(json "$T/out" "[x['status'] for x in p][0]")" unknown "and for no failure either"
qpdf --json --json-key=outlines "$T/t.pdf" >"$T/outlines"
is "$(python3 -c "import json
o=json.load(open('$T/outlines'))['outlines']
print([(x['destpageposfrom1'], [k['destpageposfrom1'] for k in x['kids']]) for x in o])")" \
    "[(1, []), (2, [2, 4]), (6, [6, 8]), (10, [10, 12])]" "bookmarks lead to it, to each file and form"
run "$LAKANA" -C "$O" print --cases 2 --forms 1.B --summary --duplex -o "$T/u.pdf" -m "$T/u.json"
is "$(pages "$T/u.pdf") $(json "$T/u.json" "[x['pdf_page'] for x in p if x['page']==1]")" "14 [3, 9]" \
    "on both sides: its back stays empty too"
run "$LAKANA" -C "$O" print --cases 333 --forms 5.A --blank --summary -o "$T/b.pdf" -m "$T/b.json"
is "$(pages "$T/b.pdf")" 667 "blank copies: one page in front"
pdftotext -l 1 "$T/b.pdf" - 2>/dev/null >"$T/text"
! grep -q BLK "$T/text" && grep -q 333 "$T/text"
ok $? "their numbers are nobody's business, only how many they are"

run "$LAKANA" -C "$O" print --cases 340 --forms 1.B --summary -o "$T/v.pdf" -m "$T/v.json"
is $S 0 "more than 1,000 pages, each PDF with its summary"
long=0
for f in "$T"/v-*.pdf; do
    [ "$(pages "$f")" -le 1000 ] || long=$((long + 1))
done
is $long 0 "at most 1,000 pages a file, summaries counted"
pdftotext -layout -l 3 "$T/v-2.pdf" "$T/text" 2>/dev/null
is "$(json "$T/v.json" "sum(open('$T/text').read().count(c)>0 for c in {x['case'] for x in p if x['pdf'].endswith('v-2.pdf')})")" \
    "$(json "$T/v.json" "len({x['case'] for x in p if x['pdf'].endswith('v-2.pdf')})")" \
    "the second summary lists the codes of its own PDF"
first=$(json "$T/v.json" "[x['pdf_page'] for x in p if x['pdf'].endswith('v-2.pdf')][0]")
pdftoppm -q -r 100 -gray -f "$first" -l "$first" -singlefile "$T/v-2.pdf" "$T/page"
is "$(zbarimg -q --raw "$T/page.pgm" 2>/dev/null | cut -c1-6 | sort -u)" LK11B1 \
    "the list of pages knows where its forms begin"
end
