#!/bin/sh
# lakana labels: every label is read, stands on its own label of the sheet, and says whose
# a blank copy is once it is stuck there. Judges we did not write: qpdf, poppler, zbarimg,
# SQL through sqlite3.
. "$(dirname "$0")/tap.sh"
O=$T/office
new_office "$O" --region MOP --office "EXEMPLE FICTIF"
labels() { run "$LAKANA" -C "$O" labels "$@"; }
pages() { qpdf --show-npages "$1"; }
# decoded FILE: payloads of its first page, which stays in $T/sheet.pgm, 200 dpi. Of two
# dozen codes on a page zbar misses one now and then, another one at each resolution.
decoded() {
    for dpi in 254 150 200; do
        pdftoppm -q -r $dpi -gray -l 1 -singlefile "$1" "$T/sheet"
        zbarimg -q --raw "$T/sheet.pgm" 2>/dev/null
    done | sort -u
}
# boxes FILE: "page xMin yMin xMax yMax word" in mm, a line a word
boxes() {
    pdftotext -bbox "$1" - 2>/dev/null | awk '/<page/ { page++ }
        /<word/ { split($0, q, "\""); split($0, w, "[<>]"); k = 25.4 / 72
            print page, q[2] * k, q[4] * k, q[6] * k, q[8] * k, w[3] }'
}

# --- Both sheets, full. ---
for sheet in "3x8 24 3 0 0.5 70 37 70" "2x7 14 2 4.65 15.15 99.1 38.1 101.6"; do
    # shellcheck disable=SC2086
    set -- $sheet
    labels --cases "$2" --sheet "$1" -o "$T/$1.pdf"
    is $S 0 "$1: a sheet for new files"
    says err "^$2 labels on 1 sheet" "$1: says how many"
    qpdf --check "$T/$1.pdf" >"$T/out" 2>&1
    ok $? "$1: qpdf finds nothing wrong"
    is "$(pages "$T/$1.pdf")" 1 "$1: fills one page"
    boxes "$T/$1.pdf" >"$T/boxes"
    is "$(decoded "$T/$1.pdf")" "$(sql "SELECT 'LK1LB100000' || code || '00000' FROM cases
        ORDER BY rowid DESC LIMIT $2" | sort)" "$1: every code is read, and registered"
    is "$(awk '$6 ~ /^MOP-/ { half = $6 } $6 ~ /^[0-9]+-[0-9]+$/ { print half $6 }' "$T/boxes" |
        tr -d - | sort | tr '\n' ' ')" \
        "$(sql "SELECT code FROM cases ORDER BY rowid DESC LIMIT $2" | sort | tr '\n' ' ')" \
        "$1: and printed in words"
    # Labels lie a little beside where they should: nothing within 3.5 mm of their edges.
    # Printers do not reach the edges of the paper: nothing within 5 mm of these.
    is "$(python3 - "$T/sheet.pgm" "$2" "$3" "$4" "$5" "$6" "$7" "$8" <<'END'
import sys
kind, size, depth, data = open(sys.argv[1], 'rb').read().split(b'\n', 3)
w, h = map(int, size.split())
n, columns = int(sys.argv[2]), int(sys.argv[3])
left, top, width, height, pitch = (float(v) for v in sys.argv[4:])
mm = 200 / 25.4
dark = [(x, y) for y in range(h) for x in range(w) if data[y * w + x] < 128]
xs, ys = sorted({x / mm for x, y in dark}), sorted({y / mm for x, y in dark})
x_edges = [left + c * pitch + side for c in range(columns) for side in (0, width)]
y_edges = [top + r * height for r in range(n // columns + 1)]
print(len(dark) > 100000, min(abs(x - e) for x in xs for e in x_edges) > 3.5,
      min(abs(y - e) for y in ys for e in y_edges) > 3.5,
      xs[0] > 5 and xs[-1] < 205 and ys[0] > 5 and ys[-1] < 292)
END
)" "True True True True" "$1: each label keeps to itself, and off the edges of the paper"
done
pdfinfo "$T/3x8.pdf" >"$T/out" 2>/dev/null
says out "Title: *Étiquettes de dossiers" "the PDF has a title"

# --- Where they go. ---
C=$(sql "SELECT code FROM cases LIMIT 1")
D=$(sql "SELECT code FROM cases LIMIT 1 OFFSET 1")
labels --skip 5 --copies 2 -o "$T/a.pdf" --case "$C" "$D"
is $S 0 "labels for files that exist, two each, the first five gone"
boxes "$T/a.pdf" | grep MOP- >"$T/a"
is "$(awk '{ print int($2 / 70), int(($3 - 0.5) / 37) }' "$T/a" | tr '\n' ';')" "2 1;0 2;1 2;2 2;" \
    "they follow the gone ones row by row"
labels --skip 5 --copies 2 --margin-left 1.5 --margin-top -2.25 -o "$T/b.pdf" --case "$C" "$D"
boxes "$T/b.pdf" | grep MOP- >"$T/b"
is "$(paste -d ' ' "$T/a" "$T/b" | awk '{ printf "%.1f %.2f;", $8 - $2, $9 - $3 }')" \
    "1.5 -2.25;1.5 -2.25;1.5 -2.25;1.5 -2.25;" "margins move everything, in mm"
labels --cases 20 --skip 23 -o "$T/c.pdf"
is "$(pages "$T/c.pdf")" 2 "the rest goes on a second sheet"
labels --skip 5 --copies 2 -o "$T/d.pdf" --case "$C" "$D"
cmp -s "$T/a.pdf" "$T/d.pdf"
ok $? "same input, same bytes"
is "$(sql "SELECT what || ' ' || json_extract(detail, '\$.new') || ' ' ||
    json_array_length(detail, '\$.codes') FROM journal ORDER BY seq DESC LIMIT 1")" "labels 0 2" \
    "the journal says for how many"

# --- Stuck on a blank copy. ---
"$LAKANA" -C "$O" print --blank --cases 1 --forms 5.A -o "$T/blank.pdf" 2>/dev/null
pdftoppm -q -r 300 -gray -l 1 -singlefile "$T/blank.pdf" "$T/blank"
for sheet in "3x8 0 0.5 70 37" "2x7 4.65 15.15 99.1 38.1"; do
    # shellcheck disable=SC2086
    set -- $sheet
    labels --sheet "$1" -o "$T/one.pdf" --case "$C"
    pdftoppm -q -r 300 -gray -l 1 -singlefile "$T/one.pdf" "$T/one"
    # The label, by hand, a little askew, over the place drawn for it: 50 mm from the left.
    python3 - "$T/blank.pgm" "$T/one.pgm" "$T/stuck-$1.png" "$2" "$3" "$4" "$5" <<'EOF2'
import sys, zlib, struct
def pgm(name):
    kind, size, depth, data = open(name, 'rb').read().split(b'\n', 3)
    w, h = map(int, size.split())
    return w, h, data
w, h, data = pgm(sys.argv[1])
lw, lh, label = pgm(sys.argv[2])
page = bytearray(data)
mm = 300 / 25.4
left, top, width, height = (float(v) for v in sys.argv[4:8])
for y in range(int(height * mm)):
    ty = int((297 - height) * mm) + y
    for x in range(int(width * mm)):
        tx, lean = int(50 * mm) + x, x // 40
        if 0 <= ty + lean < h:
            page[(ty + lean) * w + tx] = label[(int(top * mm) + y) * lw + int(left * mm) + x]
def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
rows = b''.join(b'\0' + bytes(page[i * w:(i + 1) * w]) for i in range(h))
open(sys.argv[3], 'wb').write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', w, h, 8, 0, 0, 0, 0))
    + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))
EOF2
    cp -r "$O" "$T/office-$1"
    run "$LAKANA" -C "$T/office-$1" ingest --jobs 1 --json "$T/stuck-$1.png"
    is "$(python3 -c "import json; x=json.load(open('$T/out')); print(x['case'].replace('-',''), x['form'], x['status'])")" \
        "$C 5.A read" "$1: the blank copy is filed under the code of its label"
done

# --- What is refused, and that nothing is registered then. ---
before=$(sql "SELECT count(*) FROM cases")
refuse() { # NAME STATUS PATTERN ARGUMENTS…
    name=$1 status=$2 pattern=$3
    shift 3
    labels "$@"
    is $S "$status" "$name: exit status"
    says err "$pattern" "$name: message"
}
refuse "folder missing" 3 "folder does not exist" --cases 1 -o "$T/none/l.pdf"
refuse "no output" 2 "-o OUT.pdf" --cases 1
refuse "nobody named" 2 "say for whom" -o "$T/y.pdf"
refuse "both kinds" 2 "exclude" --case "$C" --cases 1 -o "$T/y.pdf"
refuse "unknown sheet" 2 "3x8 or 2x7" --cases 1 --sheet 4x9 -o "$T/y.pdf"
refuse "skip a whole sheet" 2 "0 to 13" --cases 1 --sheet 2x7 --skip 14 -o "$T/y.pdf"
refuse "no copies" 2 "1 to 24" --cases 1 --copies 0 -o "$T/y.pdf"
refuse "off the paper" 2 "-10 to 10" --cases 1 --margin-top 30 -o "$T/y.pdf"
refuse "too many" 2 "1 to 23999" --cases 24000 -o "$T/y.pdf"
refuse "negative" 2 "1 to 23999" --cases -1 -o "$T/y.pdf"
refuse "wrong check digits" 2 "check digits" --case MOP-48219-07366-41 -o "$T/y.pdf"
refuse "code of nobody" 3 "no such case" -o "$T/y.pdf" --case "$C" MOP-48219-07366-29
is "$(sql "SELECT count(*) FROM cases")" "$before" "refused orders register nothing"
[ ! -e "$T/y.pdf" ]
ok $? "and write nothing"

# --- Registered, but the disk is full. ---
mkdir "$T/small"
if mount -t tmpfs -o size=16k tmpfs "$T/small" 2>/dev/null; then
    labels --cases 2 -o "$T/small/l.pdf"
    is $S 3 "disk full: exit status"
    says err "2 codes are registered but their labels are not printed" "disk full: says what is registered"
    again=$(sed -n 's/^ *lakana labels -o OUT.pdf//p' "$T/err")
    is "$(ls "$T/small")" "" "disk full: no half PDF is left"
    umount "$T/small"
    # shellcheck disable=SC2086
    labels -o "$T/again.pdf" $again
    is "$S $(decoded "$T/again.pdf" | wc -l)" "0 2" "the command it names prints them"
else
    skip "no right to mount a small disk"
fi
end
