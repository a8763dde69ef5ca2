#!/bin/sh
# Form QA, the improvement grid: eight components, three levels each, and a file of its
# own for the structure it is about. Judges we did not write: pdftotext, sqlite3, python.
. "$(dirname "$0")/tap.sh"
O=$T/office
new_office "$O" --region MOP --office "EXEMPLE FICTIF"

# --- What it holds. ---
"$LAKANA" geometry QA >"$T/qa.json"
python3 - "$T/qa.json" >"$T/out" <<'EOP'
import json, re, sys
boxes = [b for p in json.load(open(sys.argv[1]))['pages'] for b in p['boxes']]
fields = []
for b in boxes:
    if b['field'] not in fields: fields.append(b['field'])
parts = []
for f in fields:
    part, level = re.fullmatch(r'(v[1-8][a-f]?)_([123])', f).groups()
    parts.append((part, level))
print(len(boxes))
print(' '.join(dict.fromkeys(p for p, _ in parts)))
print(parts == [(p, l) for p in dict.fromkeys(p for p, _ in parts) for l in '123'])
EOP
is "$(sed -n 1p "$T/out")" 135 "135 boxes, as many as the grid has"
is "$(sed -n 2p "$T/out")" "v1 v2 v2a v2b v2c v2d v2e v2f v3 v4 v5a v5b v5c v5d v6 v7 v8" \
    "eight components, the second and the fifth in parts"
is "$(sed -n 3p "$T/out")" True "three levels of boxes in each part, in order"
"$LAKANA" -C "$O" print --cases 1 --forms QA -o "$T/p.pdf" --manifest "$T/m.json" 2>/dev/null
pdftotext -layout "$T/p.pdf" "$T/p.txt" 2>/dev/null
cat >"$T/titles" <<'EOP'
1. Intervention en gestion de cas
2. Processus de gestion de cas
3. Amélioration du système de protection de l’enfance
4. Collaboration et coordination
5. Personnel et renforcement des capacités
6. Ressources financières, matérielles et logistiques
7. Gestion de l’information
8. Suivi, évaluation, redevabilité et apprentissage
9. Évaluation
EOP
tr -s ' ' <"$T/p.txt" | sed 's/^ *//' | grep -xFf "$T/titles" | cmp -s - "$T/titles"
ok $? "numbered as the grid numbers them, then the evaluation itself"
! grep -Eqi "nom de l.enfant|prénom|date de naissance|pii: true" "$T/p.txt" \
    "$(dirname "$0")"/../templates/qa-*.yaml
ok $? "nothing in it asks about a child"

# --- The structure's own file: filled in, scanned, read, and again next year. ---
C=$(python3 -c "import json; print(json.load(open('$T/m.json'))['pages'][0]['case'])")
"$BUILD/tool-simulate" --seed 11 --profile clean --pdf "$T/p.pdf" --manifest "$T/m.json" \
    --truth "$T/truth.json" -o "$T/scan.pdf"
run "$LAKANA" -C "$O" ingest "$T/scan.pdf"
is "$(sql "SELECT count(*) FROM pages WHERE holds = 1 AND form = 'QA'")" 6 "six pages come back"
"$LAKANA" -C "$O" export values --json >"$T/values.jsonl"
python3 - "$T" >"$T/out" <<'EOP'
import json, sys
t = sys.argv[1]
meant = {(b['field'], b['value']) for p in json.load(open(t + '/truth.json'))['pages']
         for b in p['boxes'] if b['meaning'] == 'marked'}
sure = wrong = 0
for line in open(t + '/values.jsonl'):
    v = json.loads(line)
    if v['options'] is None or v['status'] != 'ok': continue
    for option, marked in v['options'].items():
        sure += 1
        wrong += marked != ((v['field'], option) in meant)
print('wrong', wrong); print(sure > 100)
EOP
is "$(tr '\n' ' ' <"$T/out")" "wrong 0 True " "every box that is sure says what was marked"
run "$LAKANA" -C "$O" print --case "$C" --forms QA -o "$T/again.pdf"
is "$S $(sql "SELECT count(*) FROM copies WHERE form = 'QA'")" "0 2" "the next evaluation goes into the same file"
run "$LAKANA" -C "$O" print --blank --forms QA -o "$T/blank.pdf"
is $S 0 "or on blank copies, for a workshop"
end
