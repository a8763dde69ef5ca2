#!/bin/sh
# lakana page, from outside: a page that has lost codes and printed code is listed,
# shown, assigned, undone and dismissed; judged with sqlite3 and the bytes of the picture.
. "$(dirname "$0")/tap.sh"
O=$T/office
sql() { sqlite3 "$O/lakana.db" "$1"; }
page() { run "$LAKANA" -C "$O" page "$@"; }

new_office "$O" --region MOP --office "EXEMPLE FICTIF"
"$LAKANA" -C "$O" print --cases 1 --forms 1.B -o "$T/pack.pdf" --manifest "$T/pack.json" 2>/dev/null
pdftoppm -q -r 200 -gray -f 1 -l 1 -singlefile "$T/pack.pdf" "$T/page" 2>/dev/null
python3 - "$T" <<'PY'
import sys, zlib, struct
t = sys.argv[1]
kind, size, depth, data = open(t + '/page.pgm', 'rb').read().split(b'\n', 3)
w, h = map(int, size.split())
page = bytearray(data)
mm = 200 / 25.4
for x, y, wide, high in ((22, 8, 168, 28), (20, 260, 168, 30)):  # codes and printed code
    for row in range(int(y * mm), int((y + high) * mm)):
        a, b = int(x * mm), int((x + wide) * mm)
        page[row * w + a:row * w + b] = b'\xff' * (b - a)
def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
rows = b''.join(b'\0' + bytes(page[i * w:(i + 1) * w]) for i in range(h))
open(t + '/lost.png', 'wb').write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', w, h, 8, 0, 0, 0, 0))
    + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))
PY
code=$(python3 -c "import json; print(json.load(open('$T/pack.json'))['pages'][0]['case'])")

page list
is "$S $(cat "$T/out")" "0 " "nothing waits in a new office"
says err "No page waits" "and that is said"
run "$LAKANA" -C "$O" ingest "$T/lost.png"
is "$S $(sql 'SELECT status FROM pages')" "1 unknown" "the page is filed, unknown"
says out "1 page of which a person must say what it is" "the summary counts it"
says out "lakana page list" "and says where to go on"
page list --unknown
is "$S" 0 "list"
says out "^ +1  .*unknown" "the page with its number"
page list --json
is "$(python3 -c "import json; x = json.loads(open('$T/out').read()); print(x['number'], x['kind'], x['reasons'])")" \
    "1 unknown no-identity" "the same as JSON, with the reason"
page show 1 -o "$T/shown.png"
is "$S $(python3 -c "
import struct; b = open('$T/shown.png', 'rb').read(); print(*struct.unpack('>II', b[16:24]))")" \
    "0 1654 2339" "its picture, whole"
page show 1
is "$S" 2 "show without a file is a mistake"
page show 7 -o "$T/none.png"
is "$S" 1 "a number that is none is refused"
page assign 1 --case "$code"
is "$S" 1 "the case alone does not say which page it is"
says err "--form" "and that is said"
page assign 1 --case "$code" --form 1.B --page 9
is "$S $(sql 'SELECT count(*) FROM pages')" "1 1" "a page that the form has not is refused"
page assign 1 --case MOP-48219-07366-29 --form 1.B --page 1
is "$S $(sql 'SELECT count(*) FROM pages')" "1 1" "so is a file that is not here"
page assign 1 --case "$code" --form 1.B --page 1 --who A17 --why "lu sur le papier"
says out "$code, 1.B page 1" "assigned"
is "$(sql "SELECT known_by, holds, page FROM pages WHERE id = 2")" "person|1|1" "it holds its place in the file"
is "$(sql "SELECT status, known_by FROM pages WHERE id = 1")" "unknown|not" \
    "what it was filed as stays"
is "$(sql "SELECT kind, value, who, why, (SELECT count(*) FROM reasons) FROM decisions")" "page|assign|A17||1" "who said so; why is sealed"
is "$(sql "SELECT what FROM journal ORDER BY seq DESC LIMIT 1")" page "in the journal"
is "$(sql "SELECT count(*) > 10 FROM current_values")" 1 "its fields are the file's"
run "$LAKANA" -C "$O" ingest "$T/lost.png"
is "$S $(sql 'SELECT count(*) FROM pages')" "0 2" "the same file again changes nothing"
file() { sql "SELECT domain FROM page_files"; }
echo "une lampe sous la table" >"$T/clerk"
chmod 600 "$T/clerk"
LAKANA_NEW_PASSPHRASE_FILE=$T/clerk run "$LAKANA" -C "$O" user add issa --role saisie
clerk() { LAKANA_USER=issa LAKANA_PASSPHRASE_FILE=$T/clerk run "$LAKANA" -C "$O" "$@"; }
clerk page undo 1
is "$S $(file) $(sql 'SELECT max(id) FROM decisions')" "1 case:$(echo "$code" | tr -d -) 1" \
    "an assignment is not undone by who cannot open the page"
says err "who holds that file" "and who can is said"
page undo 1
is "$S $(sql 'SELECT count(*) FROM current_values')" "0 0" "undone: nobody's any more"
is "$(file) $(find "$O/pages" -type f | wc -l) $(sql 'SELECT count(*) FROM sealed_values WHERE page = 2')" \
    "reception 1 0" "and sealed as it was before"
clerk page show 1 -o "$T/none.png"
is "$S $(ls "$T/none.png" 2>/dev/null)" "1 " "who has no key sees no page"
clerk explain --page 1 -o "$T/none.png"
is "$S $(ls "$T/none.png" 2>/dev/null)" "1 " "nor its explanation"
clerk page assign 1 --case "$code" --form 1.B --page 1
is $S 1 "nor assigns it"
printf '\377\n' >"$T/why"
page dismiss 1 --why - <"$T/why"
is "$S $(sql 'SELECT count(*) FROM reasons')" "1 1" "a reason that is no text is refused"
echo 'vu avec Kadiatou Fictikoro' >"$T/why"
page dismiss 1 --why - <"$T/why"
is "$S $(sql 'SELECT count(*) FROM reasons')" "0 2" "a reason from standard input is kept"
sql "SELECT quote(sealed) FROM reasons; SELECT detail FROM journal; SELECT why FROM decisions" | grep -q Fictikoro
is $? 1 "sealed"
page list
is "$S $(cat "$T/out")" "0 " "dismissed: it waits no longer"
page accept 1
is "$S" 1 "what was settled is not settled again"
page frobnicate 1
is "$S" 2 "a word that names nothing is a mistake of usage"
end
