#!/bin/sh
# lakana parcel, from outside: printed pages with ink in personal fields (EXEMPLE FICTIF)
# are read, fields of one kind given to a clerk, shown and typed. Judged with sqlite3, the
# bytes of the pictures, zbarimg and grep.
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/office.inc"
O=$T/office
export TMPDIR="$T/tmp" LAKANA_HOME="$O"
mkdir "$T/tmp"
new_office "$O" MOP
for who in sidi:saisie kadi:saisie sory:superviseur fanta:gestionnaire; do
    with_words "$O.words" "$LAKANA" user add "${who%:*}" --role "${who#*:}" 2>/dev/null
done
"$LAKANA" print --cases 2 --forms 1.B -o "$T/pack.pdf" --manifest "$T/pack.json" 2>/dev/null
"$BUILD/tool-fill" --seed 3 --dpi 200 --profile copier -o "$T/scan.pdf" "$T/pack.pdf" "$T/pack.json"
"$LAKANA" ingest "$T/scan.pdf" >/dev/null 2>&1
codes=$(python3 -c "import json; print(*sorted({p['case'] for p in json.load(open('$T/pack.json'))['pages']}))")
first=${codes%% *} second=${codes##* }
parcel() { # STATUS NAME WHO WORD…
    wanted=$1 name=$2 who=$3
    shift 3
    run "$LAKANA" parcel "$@" --as "$who"
    is "$S" "$wanted" "$name"
}
given() { sql "SELECT count(*) FROM crops c JOIN parcels k ON k.id = c.parcel WHERE login = '$1' AND state = 'given'"; }
ink() { # PNG: width, height, whether there is ink; by python's zlib
    python3 - "$1" <<'PY'
import struct, sys, zlib
data, at, body = open(sys.argv[1], 'rb').read(), 8, b''
while at < len(data):
    n, kind = struct.unpack('>I4s', data[at:at + 8])
    if kind == b'IHDR':
        w, h = struct.unpack('>II', data[at + 8:at + 16])
    if kind == b'IDAT':
        body += data[at + 8:at + 8 + n]
    at += n + 12
rows, before, dark = zlib.decompress(body), bytes(w), 0
for y in range(h):
    how, row = rows[y * (w + 1)], bytearray(rows[y * (w + 1) + 1:(y + 1) * (w + 1)])
    for x in range(w):
        a, b, c = row[x - 1] if x else 0, before[x], before[x - 1] if x else 0
        p = a + b - c
        near = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
        row[x] = (row[x] + (0, a, b, (a + b) // 2, near)[how]) % 256
    before = bytes(row)
    dark += sum(v < 128 for v in row[w // 50:w // 2]) if h // 8 < y < h * 3 // 4 else 0
print(w > 500, 60 < h < 120, dark > 100)
PY
}

parcel 2 "give without a kind" gaoussou give --to sidi
parcel 2 "a kind that is none" gaoussou give --to sidi --kind enfants
parcel 1 "not to a manager" gaoussou give --to fanta --kind noms
parcel 1 "nobody of that login" gaoussou give --to inconnu --kind noms
parcel 1 "a clerk cannot give" sidi give --to sidi --kind noms
parcel 1 "nor a supervisor" sory give --to sidi --kind noms
is "$(sql "SELECT count(*) FROM crops")" 0 "nothing was given"

# Whose files they are
run "$LAKANA" case take "$second" --as fanta
parcel 1 "a file of somebody else" gaoussou give --to sidi --kind noms --case "$second"
says err "case give" "and what to do"
parcel 0 "all that can be opened" gaoussou give --to sidi --kind noms --json
says out '"parcel":1,"kind":"noms","to":"sidi"' "as JSON"
says err "not yours" "the others are counted"
is "$(sql "SELECT count(DISTINCT case_code) FROM crops c JOIN pages p ON p.id = c.page")" 1 \
    "of the own file only"
is "$(sql "SELECT count(*) FROM crops WHERE field NOT LIKE '%nom%'")" 0 "names only"
parcel 1 "one kind at a time" gaoussou give --to sidi --kind recits
parcel 1 "no field twice" gaoussou give --to kadi --kind noms
parcel 0 "another clerk, another kind" gaoussou give --to kadi --kind dates --case "$first"
run "$LAKANA" parcel list
says out "^ +1  .*noms +sidi +[0-9]+ to type, 0 typed" "list"
run "$LAKANA" parcel list --json
says out '"parcel":2,"kind":"dates","to":"kadi","by":"gaoussou"' "as JSON"

# next
n=$(given sidi)
parcel 2 "next without a place for the picture" sidi next
parcel 0 "next" sidi next -o "$T/crop.png"
says out "^crop 1: .* \(text\); $n left" "what it is of"
is "$(stat -c %a "$T/crop.png")" 600 "the picture is the clerk's alone"
is "$(ink "$T/crop.png")" "True True True" "one line with ink"
zbarimg -q "$T/crop.png" >"$T/codes" 2>/dev/null
is "$(cat "$T/codes")" "" "no code on it"
parcel 0 "next as JSON" sidi next --json
python3 -c "
import base64, json
line = json.load(open('$T/out'))
print(sorted(line), base64.b64decode(line['png']) == open('$T/crop.png', 'rb').read())" >"$T/keys"
is "$(cat "$T/keys")" "['crop', 'field', 'kind', 'label', 'left', 'length', 'png', 'type'] True" \
    "the same picture, and nothing that says whose it is"
! grep -q "$(echo "$first" | tr -d -)\|$first" "$T/out"
ok $? "no case code"
parcel 1 "nobody else shows or opens it" kadi back 1
parcel 0 "somebody without a parcel" sory next --json
is "$(cat "$T/out")" "" "gets nothing"

# type
echo "Fatou Fictikoroba" >"$T/value"
parcel 2 "type without a file" sidi type 1
parcel 1 "somebody else's crop" kadi type 1 --from "$T/value"
parcel 0 "type" sidi type 1 --from "$T/value"
parcel 1 "once" sidi type 1 --from "$T/value"
is "$(sql "SELECT state, sealed IS NULL FROM crops WHERE id = 1")" "typed|1" "the crop is gone"
is "$(given sidi)" "$((n - 1))" "one less"
parcel 0 "next" sidi next --json
says out '"crop":2,' "the next one"
parcel 0 "hand back what cannot be read" sidi back 2
run "$LAKANA" case show "$first" --as gaoussou
says out "Fatou Fictikoroba" "the manager reads what was typed"
run "$LAKANA" case show "$first" --as sidi
is "$S" 1 "the clerk does not"
crop=$(sql "SELECT min(c.id) FROM crops c WHERE parcel = 2")
write() { printf '%s\n' "$1" | "$LAKANA" parcel type "$crop" --from - --as kadi >"$T/out" 2>"$T/err"; S=$?; }
write 31/02/2026
is "$S" 1 "no such date"
says err "no date" "and that is said"
! grep -q "31/02" "$T/err"
ok $? "without repeating it"
is "$(sql "SELECT state FROM crops WHERE id = $crop")" given "the crop waits"
write 28/02/2025
is "$S" 0 "a date"
is "$(sql "SELECT d.value FROM decisions d JOIN crops c ON c.page = d.page AND c.field = d.field
    AND c.row_no = d.row_no JOIN readings r ON r.page = d.page AND r.field = d.field
    WHERE c.id = $crop AND r.personal = 0 AND d.who = 'kadi' UNION ALL SELECT 'sealed' FROM
    sealed_values s JOIN crops c ON c.page = s.page AND c.field = s.field
    AND c.row_no = s.row_no WHERE c.id = $crop" |
    sed 's/^2025-02-28$/fine/; s/^sealed$/fine/')" fine "stored as such, or sealed"

# Nothing else
parcel 1 "the clerk withdraws nothing" sidi withdraw 1
run "$LAKANA" page show 1 -o "$T/page.png" --as sidi
is "$S $(ls "$T/page.png" 2>/dev/null)" "1 " "opens no page"
run "$LAKANA" vault show "$first" --as sidi
is "$S" 1 "nor a name"
grep -rqia fictikoroba "$O"
is $? 1 "no name lies in clear"
is "$(sql "SELECT count(*) FROM journal WHERE detail LIKE '%ictikoroba%' OR detail LIKE '%2025%'")" 0 \
    "nor in the journal"
is "$(sql "SELECT group_concat(DISTINCT what || ':' || who) FROM (SELECT what, who FROM journal
    WHERE what LIKE 'parcel-%' ORDER BY what, who)")" \
    "parcel-back:sidi,parcel-give:gaoussou,parcel-show:sidi,parcel-type:kadi,parcel-type:sidi" \
    "which says who"
is "$(sql "SELECT DISTINCT json_extract(detail, '$.kind') FROM journal WHERE what = 'parcel-type'
    AND who = 'sidi' AND json_extract(detail, '$.page') > 0")" noms "kind and page"
is "$(find "$T/tmp" -type f)" "" "no crop was left in the folder for temporary files"

# withdraw, revoke
parcel 0 "withdraw" gaoussou withdraw 2
is "$(given kadi)" 0 "nothing is left of it"
parcel 1 "a parcel that is none" gaoussou withdraw 9
run "$LAKANA" user revoke sidi --as adama
is "$S $(given sidi)" "0 0" "who is revoked has nothing more"
is "$(sql "SELECT count(*) FROM crops WHERE sealed IS NOT NULL")" 0 "no crop is left"
parcel 1 "and opens nothing" sidi next --json
parcel 0 "the fields are given to another" gaoussou give --to kadi --kind noms --limit 2
is "$(given kadi)" 2 "as many as asked"
export LANG=fr
parcel 0 "in French" kadi next -o "$T/crop.png"
says out "^image [0-9]+.*: .*\(texte\).*; reste 2" "the words"
end
