#!/bin/sh
# A form is changed while copies of it are out: paper of both versions comes back in one
# pile, and each page is read by the layout it was printed with. Judges we did not write:
# sqlite3, qpdf, python.
. "$(dirname "$0")/tap.sh"
HERE=$(cd "$(dirname "$0")/.." && pwd)
O=$T/office
new_office "$O" --region MOP --office "EXEMPLE FICTIF"
for v in v1 v2; do
    mkdir "$T/$v"
    cp -r "$HERE/templates" "$T/$v/templates"
    ln -s "$HERE/fonts" "$T/$v/fonts"
done
# The second version: a question more at the beginning, an option more, one question gone.
python3 - "$T"/v2/templates/5a-*.yaml <<'EOP'
import re, sys
s = open(sys.argv[1]).read()
new = '''      - id: saison
        label: "Saison"
        type: choice
        options:
          - {value: "seche", label: "Sèche"}
          - {value: "pluies", label: "Pluies"}
'''
s, a = re.subn(r'(      - id: type_suivi\n)', new + r'\1', s)
s, b = re.subn(r'(          - \{value: "communaute", label: "Communauté"\}\n)',
               r'\1          - {value: "autre", label: "Autre"}\n', s)
s, c = re.subn(r'      - id: probleme_suivi\n(        .*\n)+', '', s)
assert (a, b, c) == (1, 1, 1), (a, b, c)
open(sys.argv[1], 'w').write(s)
EOP
LAKANA_DATA=$T/v2 run "$LAKANA" check
is $S 0 "the changed form is a good one"
layout() { LAKANA_DATA=$T/$1 "$LAKANA" forms --json | sed -n 's/.*"form":"5.A".*"layout":"\([^"]*\)".*/\1/p'; }
one=$(layout v1) two=$(layout v2)
[ -n "$one" ] && [ -n "$two" ] && [ "$one" != "$two" ]
ok $? "and another layout"
place() { LAKANA_DATA=$T/$1 "$LAKANA" geometry 5.A | python3 -c "
import json,sys
print([(p['page'],b['y']) for p in json.load(sys.stdin)['pages'] for b in p['boxes']
       if (b['field'],b['value'])==('niveau_risque','eleve')][0])"; }
[ "$(place v1)" != "$(place v2)" ]
ok $? "whose boxes stand elsewhere"

# --- Printed with each, filled in, one pile. ---
for v in v1 v2; do
    LAKANA_DATA=$T/$v "$LAKANA" -C "$O" print --cases 2 --forms 5.A -o "$T/$v.pdf" \
        --manifest "$T/$v.json" 2>/dev/null
    LAKANA_DATA=$T/$v "$BUILD/tool-simulate" --seed 21 --profile copier200 --pdf "$T/$v.pdf" \
        --manifest "$T/$v.json" --truth "$T/$v-truth.json" -o "$T/$v-scan.pdf"
done
qpdf --empty --pages "$T/v2-scan.pdf" 2 "$T/v1-scan.pdf" 1 "$T/v2-scan.pdf" 1 \
    "$T/v1-scan.pdf" 4,2,3 "$T/v2-scan.pdf" 3,4 -- "$T/pile.pdf"
LAKANA_DATA=$T/v2 run "$LAKANA" -C "$O" ingest --json "$T/pile.pdf"
is "$(grep -cE '"status": ?"(read|review)"' "$T/out")" 8 "all eight pages are recognised"
is "$(sql "SELECT count(*) FROM pages WHERE holds = 1 AND layout = '$one'")" 4 "four by the first layout"
is "$(sql "SELECT count(*) FROM pages WHERE holds = 1 AND layout = '$two'")" 4 "four by the second"
is "$(sql "SELECT group_concat(DISTINCT layout) FROM current_values WHERE field = 'saison'")" "$two" \
    "the new question stands on new paper only"
is "$(sql "SELECT group_concat(DISTINCT layout) FROM current_values WHERE field = 'probleme_suivi'")" "$one" \
    "the one that is gone on old paper only"

# --- What was meant is what is stored. ---
sql "SELECT case_code, copy, field, row_no, options, status FROM current_values
     WHERE options IS NOT NULL" >"$T/values"
cat >"$T/judge.py" <<'EOP'
import json, sys
t, v = sys.argv[1:]
truth = json.load(open('%s/%s-truth.json' % (t, v)))['pages']
mine = {(p['case'].replace('-', ''), p['copy']) for p in truth}
meant = {(p['case'].replace('-', ''), b['field'], b['row'], b['value'])
         for p in truth for b in p['boxes'] if b['meaning'] == 'marked'}
boxes = sure = wrong = marked = 0
for line in open(t + '/values'):
    case, copy, field, row, options, status = line.rstrip('\n').split('|')
    if (case, copy) not in mine: continue
    for option, is_marked in json.loads(options).items():
        boxes += 1
        if status != 'ok': continue
        sure += 1
        marked += is_marked is True
        wrong += is_marked != ((case, field, int(row), option) in meant)
print('%d boxes, %s, %d wrong' % (boxes, 'most sure' if sure > 0.9 * boxes and marked > 20 else 'few sure', wrong))
EOP
boxes() { LAKANA_DATA=$T/$1 "$LAKANA" geometry 5.A | grep -o '"kind"' | wc -l; }
for v in v1 v2; do
    is "$(python3 "$T/judge.py" "$T" $v)" "$(($(boxes $v) * 2)) boxes, most sure, 0 wrong" \
        "$v: every box, and right"
done

# --- Old paper printed again comes with the new layout; the old file keeps the old. ---
C=$(python3 -c "import json; print(json.load(open('$T/v1.json'))['pages'][0]['case'])")
LAKANA_DATA=$T/v2 run "$LAKANA" -C "$O" print --case "$C" --forms 5.A -o "$T/more.pdf"
is "$(sql "SELECT group_concat(layout) FROM (SELECT layout FROM copies WHERE case_code = '$(echo "$C" | tr -d -)' ORDER BY number)")" \
    "$one,$two" "one file holds both"
end
