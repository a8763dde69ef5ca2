#!/bin/sh
# Packs as a workshop takes them off the printer: both sides of the sheet, the trainer's
# summary, many PDFs. Judges we did not write: qpdf, poppler, zbarimg, python's JSON.
. "$(dirname "$0")/tap.sh"
O=$T/office
"$LAKANA" init "$O" --region MOP --office "EXEMPLE FICTIF" 2>/dev/null
pages() { qpdf --show-npages "$1"; }
# json FILE EXPRESSION over `p`, its pages (of a manifest), or the lines of an ingest
json() { python3 -c "import json
t=open('$1').read()
p=json.loads(t)['pages'] if t.startswith('{\"pages') else [json.loads(l) for l in t.splitlines()]
print($2)"; }
ingest() { run "$LAKANA" -C "$O" ingest --jobs 1 --json "$@"; }

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
end
