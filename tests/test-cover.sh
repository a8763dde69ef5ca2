#!/bin/sh
# lakana case cover, case checklist: printed with what the database knows, completed by
# pen, scanned again. Judges we did not write: qpdf, poppler's tools, python, SQL.
. "$(dirname "$0")/tap.sh"
O=$T/office
new_office "$O" --region MOP --office "EXEMPLE FICTIF"
"$LAKANA" -C "$O" print --cases 1 --forms 1.A,1.B,1.C,5.A -o "$T/p.pdf" --manifest "$T/m.json" 2>/dev/null
C=$(python3 -c "import json; print(json.load(open('$T/m.json'))['pages'][0]['case'])")
lakana() { run "$LAKANA" -C "$O" "$@"; }
decide() { # form, field, value
    "$LAKANA" -C "$O" case decide "$C" --form "$1" --field "$2" --value "$3" --who T1 2>/dev/null ||
        echo "# not decided: $1 $2"
}
day() { date -d "$1" +%d/%m/%Y; }
iso() { date -d "$1" +%Y-%m-%d; }

# --- A file comes back, all but the last page of 1.B. ---
python3 - "$T" <<'PY'
import json, sys
t = sys.argv[1]
m = json.load(open(t + '/m.json'))
last = max(p['page'] for p in m['pages'] if p['form'] == '1.B')
m['pages'] = [p for p in m['pages'] if (p['form'], p['page']) != ('1.B', last)]
json.dump(m, open(t + '/back.json', 'w'))
PY
"$BUILD/tool-fill" --seed 7 --profile clean --dpi 200 -o "$T/back.pdf" "$T/p.pdf" "$T/back.json"
lakana ingest "$T/back.pdf"
decide 1.A date_accord "$(day '-31 days')"
decide 1.B date_enregistrement "$(day '-30 days')"
decide 1.B risque_percu moyen
decide 1.B gestionnaire AB12
decide 1.C date_evaluation "$(day '-29 days')"
decide 1.C niveau_risque eleve
decide 5.A date_suivi "$(day '-2 days')"
decide 5.A niveau_risque moyen
decide 1.A masquer_nom non
# Names where no name may come from: typed over every field of people or free text.
sql "INSERT INTO decisions (page, field, row_no, kind, value, who, at)
    SELECT page, field, row_no, 'value', 'NOMFICTIF ' || field, 'T1', '2026-11-23T00:00:00Z'
    FROM readings WHERE personal = 1 OR source = 'text'"
is "$(sql "SELECT count(*) > 20 FROM decisions WHERE value LIKE 'NOMFICTIF%'")" 1 "names are planted"

# --- Printed. ---
lakana case cover "$C" -o "$T/pc.pdf" --manifest "$T/pc.json"
is $S 0 "the cover page is printed"
lakana case checklist "$C" -o "$T/lv.pdf" --manifest "$T/lv.json"
is $S 0 "the checklist is printed"
says err "Liste de vérification des dossiers, 3 pages: $T/lv.pdf" "and says so"
for pdf in pc lv; do
    qpdf --check "$T/$pdf.pdf" >"$T/out" 2>&1
    ok $? "$pdf: qpdf finds nothing wrong"
    pdftotext -layout "$T/$pdf.pdf" "$T/$pdf.txt" 2>/dev/null
    sed -i 's/\xc2\xa0/ /g' "$T/$pdf.txt"
done
cat "$T/pc.txt" "$T/lv.txt" >"$T/out"
grep -qi nomfictif "$T/out"
is $? 1 "no name is on either"
is "$(sql "SELECT count(*) FROM prefills WHERE value LIKE '%NOMFICTIF%'")" 0 "nor kept as printed"
B=$(python3 -c "import json; print(max(p['page'] for p in json.load(open('$T/m.json'))['pages'] if p['form'] == '1.B'))")
says out "Au $(date +%d/%m/%Y), pages manquantes : 1.B p. $B\." "which page is missing"
says out "Risque : moyen \(1.B le $(day '-30 days')\), élevé \(1.C le $(day '-29 days')\), moyen \(5.A le $(day '-2 days')\)" \
    "how the level of risk went"
says out "À faire : 2.A Évaluation approfondie, au plus tard le $(day '-29 days') \(29 jours de retard\)" \
    "what comes next, and since when it is late"
says out "Champs .*à saisir : .*1\.B [0-9]" "what waits for a person"
is "$(sql "SELECT group_concat(field || row_no || '=' || value, ' ') FROM (SELECT * FROM prefills
    WHERE form = 'PC' AND field LIKE 'evolution%' ORDER BY row_no, field)")" \
    "evolution.date1=$(iso '-30 days') evolution.etape1=1 evolution.gestionnaire1=AB12 evolution.risque1=moyen evolution.date2=$(iso '-29 days') evolution.etape2=1 evolution.risque2=eleve evolution.date3=$(iso '-2 days') evolution.etape3=5 evolution.risque3=moyen" \
    "the cover page has a row a level"
is "$(sql "SELECT group_concat(field || '=' || value, ' ') FROM (SELECT * FROM prefills
    WHERE form = 'PC' AND field IN ('statut', 'sections_dossier', 'gestionnaire') ORDER BY field)")" \
    "gestionnaire=AB12 sections_dossier=1,5 statut=ouvert" "its status and its parts"

# Every box: a cross where the store says so, and white elsewhere.
pdftoppm -q -r 254 -gray "$T/lv.pdf" "$T/lv" 2>/dev/null
"$LAKANA" geometry LV >"$T/geometry.json"
sqlite3 -json "$O/lakana.db" "SELECT field, row_no, value FROM prefills WHERE form = 'LV'" >"$T/prefills.json"
python3 - "$T" >"$T/ink" <<'PY'
import json, sys
t = sys.argv[1]
known = {(p['field'], p['row_no']): p['value'].split(',') for p in json.load(open(t + '/prefills.json'))}
crosses = wrong = 0
for page in json.load(open(t + '/geometry.json'))['pages']:
    kind, size, depth, grey = open('%s/lv-%d.pgm' % (t, page['page']), 'rb').read().split(b'\n', 3)
    w = int(size.split()[0])
    for b in page['boxes']:
        x, y = round(b['x'] * 10) + 5, round(b['y'] * 10) + 5
        dark = sum(grey[(y + j) * w + x + i] < 128 for j in range(30) for i in range(30)) / 900
        printed = b['value'] in known.get((b['field'], b['row']), [])
        crosses += printed
        wrong += not (0.15 < dark < 0.6) if printed else dark > 0
print('%s %d' % ('some' if crosses > 8 else crosses, wrong))
PY
is "$(cat "$T/ink")" "some 0" "a cross in each box that is known, and no ink in the others"

# --- Completed by pen, scanned. ---
fill() { # scan, machine
    "$BUILD/tool-fill" --seed 6 --machine "$2" --profile copier200 --answer formulaires.so/4=oui \
        --answer formulaires.present/10=oui --answer formulaires.present/1=-oui --answer etape=-5 --answer etape=2 \
        --answer formulaires.date/3=~ --answer points=accord --answer points=base \
        --answer controles.conforme/1=oui -o "$1" "$T/lv.pdf" "$T/lv.json"
}
fill "$T/lv-scan.pdf" 1
values="SELECT group_concat(field || row_no || '=' || coalesce(value, '') || CASE status WHEN 'ok' THEN '' ELSE '!' || status END, ' ')
    FROM (SELECT * FROM current_values v WHERE form = 'LV' AND printed = 0 AND (value IS NOT NULL OR status <> 'ok'
    OR EXISTS (SELECT 1 FROM prefills f WHERE f.serial = v.copy AND f.field = v.field AND f.row_no = v.row_no
    AND v.source <> 'text')) ORDER BY page, position)"
before=$(sql "SELECT count(*) FROM waiting WHERE form <> 'LV'")
lakana ingest --json "$T/lv-scan.pdf"
is "$(sql "SELECT count(*) FROM pages WHERE form = 'LV' AND holds = 1")" 3 "three pages are filed"
is "$(sql "$values")" \
    "etape0=2 formulaires.present1= formulaires.present10=oui formulaires.so4=oui formulaires.date3=!type points0=accord,base controles.conforme1=oui" \
    "what is new, cancelled or changed by hand, and nothing else"
is "$(sql "SELECT count(*) FROM prefills f WHERE form = 'LV' AND field <> 'a_faire' AND NOT EXISTS (SELECT 1 FROM
    current_values v WHERE v.copy = f.serial AND v.field = f.field AND v.row_no = f.row_no AND v.value = f.value
    AND v.status = 'ok' AND v.printed = 1)")" 3 "all else is known as it was printed"
is "$(sql "SELECT count(*) FROM waiting WHERE form <> 'LV'")" "$before" "the other forms are left as they were"
"$LAKANA" -C "$O" export values --json | grep '"form":"LV"' >"$T/out"
says out '"field":"formulaires.nombre","row":2,"value":"1","options":null,"status":"ok".*"source":"comb"' \
    "a printed number is exported as the comb says"
fill "$T/again.pdf" 2
lakana ingest --json "$T/again.pdf"
is "$(grep -c '"status":"duplicate"' "$T/out")" 3 "the same sheets scanned again are duplicates"
"$BUILD/tool-fill" --seed 6 --machine 1 --profile copier200 --answer formulaires.so/5=oui -o "$T/other.pdf" "$T/lv.pdf" "$T/lv.json"
lakana ingest --json "$T/other.pdf"
is "$S $(grep -c '"conflict\|other writing' "$T/out")" "1 2" "a photocopy completed otherwise is a conflict where it differs"

# --- Printed again. ---
lakana case checklist "$C" -o "$T/lv2.pdf" --manifest "$T/lv2.json"
is "$(sql "SELECT count(DISTINCT serial) FROM prefills WHERE form = 'LV'")" 2 "printed again, it has a serial of its own"
is "$(sql "SELECT value FROM prefills WHERE form = 'LV' AND field = 'formulaires.so' AND row_no = 4")" oui \
    "what a person marked as needless stays marked"
is "$(sql "SELECT value FROM prefills WHERE form = 'LV' AND field = 'niveau_risque' GROUP BY value")" moyen \
    "and the level of risk is still what the forms say"

is "$(sql "SELECT count(*) > 0 FROM waiting WHERE form = 'LV'") $(sql "SELECT instr(value, 'LV') FROM prefills
    WHERE form = 'LV' AND field = 'a_faire' ORDER BY rowid DESC LIMIT 1")" "1 0" "what waits on the checklist before is not on the new one"

# Whose case it is: the checklist we printed does not speak against a later form.
decide 5.A gestionnaire CD34
lakana case checklist "$C" -o "$T/lv3.pdf"
is "$(sql "SELECT value FROM prefills WHERE form = 'LV' AND field = 'gestionnaire' ORDER BY rowid DESC LIMIT 1")" CD34 \
    "a later form counts more than what was printed on a checklist"
serial=$(python3 -c "import json; print(json.load(open('$T/lv.json'))['pages'][0]['copy'])")
"$LAKANA" -C "$O" case decide "$C" --form LV --copy "$serial" --field gestionnaire --value EF56 --who T1 2>/dev/null
lakana case checklist "$C" -o "$T/lv4.pdf"
is "$(sql "SELECT count(*) FROM prefills WHERE form = 'LV' AND field = 'gestionnaire'")" 3 \
    "but what a person noted there leaves it open"

# --- Not a child's file: a family's request, the evaluation of a structure. ---
first() { python3 -c "import json; print(json.load(open('$1'))['pages'][0]['case'])"; }
for form in 1.E QA; do
    lakana print --cases 1 --forms $form -o "$T/other.pdf" --manifest "$T/other.json"
    other=$(first "$T/other.json")
    python3 - "$T/other.json" <<'PY'
import json, sys
m = json.load(open(sys.argv[1]))
m['pages'] = m['pages'][:1]
json.dump(m, open(sys.argv[1], 'w'))
PY
    "$BUILD/tool-fill" --seed 3 --profile clean --dpi 200 -o "$T/first.pdf" "$T/other.pdf" "$T/other.json"
    lakana ingest "$T/first.pdf"
    lakana case show "$other"
    is "$(grep -c 'Consent\|Registered\|Risk level\|1\.[ABC]' "$T/out")" 0 "$form: nothing of a child's file is asked"
    says out "$form .* 1/. *pages? 2" "$form: but its own missing pages are told"
    lakana case checklist "$other" -o "$T/other.pdf"
    todo=$(sql "SELECT value FROM prefills WHERE code = replace('$other', '-', '') AND field = 'a_faire'")
    is "$(printf %s "$todo" | grep -c 'À faire\|Risque')" 0 "$form: the checklist asks for no step of a child's"
    printf '%s\n' "$todo" >"$T/out"
    says out "pages manquantes.*$form p\..*2" "$form: and tells its missing pages"
done
lakana print --case "$other" --forms 1.B -o "$T/other.pdf"
lakana case show "$other"
says out "Consent signed on" "with a child's form it is a child's file"

# --- Refused. ---
lakana case cover MOP-48219-07366-29 -o "$T/none.pdf"
is "$S $(test -e "$T/none.pdf" && echo there)" "1 " "a file that is not here is refused"
lakana case cover "$C"
is $S 2 "without -o it is a mistake of usage"
lakana case checklist "$C" -o "$T/no/folder.pdf"
is "$S $(sql "SELECT count(DISTINCT serial) FROM prefills WHERE form = 'LV' AND code = replace('$C', '-', '')")" "3 4" \
    "where nothing can be written, nothing is registered"
end
