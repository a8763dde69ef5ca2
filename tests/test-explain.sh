#!/bin/sh
# lakana explain: the reading drawn on its page, and nothing changed; what ingest says
# about scanner and printer. Judges we did not write: zbarimg, python's zlib, SQL.
. "$(dirname "$0")/tap.sh"
O=$T/office
new_office "$O" --region MOP --office "EXEMPLE FICTIF"
"$LAKANA" -C "$O" print --cases 1 --forms 1.A -o "$T/p.pdf" --manifest "$T/m.json" 2>/dev/null
"$BUILD/tool-fill" --profile copier150 --seed 3 --machine 2 -o "$T/scan.pdf" "$T/p.pdf" "$T/m.json" || exit 1
explain() { run "$LAKANA" -C "$O" explain "$@"; }
office() {
    sqlite3 "$O/lakana.db" .dump
    find "$O" -type f ! -name '*-wal' ! -name '*-shm' | sort
}
# picture FILE: its sizes, and how many pixels have each colour of the legend
picture() {
    python3 - "$1" <<'END'
import struct, sys, zlib
d = open(sys.argv[1], 'rb').read()
assert d[:8] == b'\x89PNG\r\n\x1a\n'
at, idat = 8, b''
while at < len(d):
    n, kind = struct.unpack('>I4s', d[at:at + 8])
    body = d[at + 8:at + 8 + n]
    if kind == b'IHDR': w, h, depth, colour = struct.unpack('>IIBB', body[:10])
    if kind == b'IDAT': idat += body
    at += 12 + n
assert (depth, colour) == (8, 2)
raw = bytearray(zlib.decompress(idat))
stride, rows, before = 3 * w, [], bytearray(3 * w)
for y in range(h):
    kind, row = raw[y * (stride + 1)], raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)]
    for i in range(stride):
        a = row[i - 3] if i >= 3 else 0
        b = before[i]
        c = before[i - 3] if i >= 3 else 0
        if kind == 1: row[i] = (row[i] + a) & 255
        elif kind == 2: row[i] = (row[i] + b) & 255
        elif kind == 3: row[i] = (row[i] + (a + b) // 2) & 255
        elif kind == 4:
            p = a + b - c
            pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
            row[i] = (row[i] + (a if pa <= pb and pa <= pc else b if pb <= pc else c)) & 255
    rows.append(bytes(row)); before = row
page = int(sys.argv[2]) if len(sys.argv) > 2 else w - 760
names = {'empty': 0x63c4b4, 'marked': 0x0a2a9c, 'good': 0x00733e, 'bad': 0xd8232a}
seen = {name: 0 for name in names}
for row in rows:
    for x in range(page):
        v = row[3 * x] << 16 | row[3 * x + 1] << 8 | row[3 * x + 2]
        for name, colour in names.items(): seen[name] += v == colour
print(w, h, *('%s=%d' % (n, c > 100) for n, c in sorted(seen.items())))
END
}

# --- A page that is read. ---
office >"$T/before"
explain "$T/scan.pdf" --page 2 -o "$T/out.png"
is "$S" 0 "a page that is read"
says out "^The page is read" "says so"
is "$(stat -c %a "$T/out.png")" 600 "the picture is its owner's alone"
office | cmp -s - "$T/before"
ok $? "nothing in the office has changed, the journal neither"
zbarimg -q --raw "$T/out.png" >"$T/codes" 2>/dev/null
grep -q . "$T/codes"
ok $? "the page can be seen on it: another decoder reads its code"
explain "$T/scan.pdf" -o "$T/out.png"
is "$S" 0 "without --page it is the first; the picture is replaced"
is "$(picture "$T/out.png" | cut -d' ' -f2-)" "1800 bad=0 empty=1 good=1 marked=1" \
    "it shows fit, empty and marked boxes, and nothing missing"
LANG=fr explain "$T/scan.pdf" --page 2 -o "$T/fr.png"
says out "^La page est lue" "in French"
LANG=en explain "$T/scan.pdf" --page 2 -o "$T/en.png"
! cmp -s "$T/fr.png" "$T/en.png"
ok $? "and the picture too"

# --- A page that is not. ---
pdftoppm -r 150 -gray -f 2 -l 2 "$T/scan.pdf" "$T/page"
python3 - "$T" <<'END'
import glob, struct, sys, zlib
t = sys.argv[1]
d = open(glob.glob(t + '/page-*.pgm')[0], 'rb').read()
_, size, _, px = d.split(b'\n', 3)
w, h = map(int, size.split())
def write(name, px):
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    rows = b''.join(b'\0' + bytes(px[y * w:(y + 1) * w]) for y in range(h))
    open(t + '/' + name, 'wb').write(b'\x89PNG\r\n\x1a\n'
        + chunk(b'IHDR', struct.pack('>IIBBBBB', w, h, 8, 0, 0, 0, 0))
        + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))
px = bytearray(px)
streak = bytearray(px)
at = w * 143 // 210
for y in range(h):
    for x in (at, at + 1): streak[y * w + x] = min(streak[y * w + x], 90)
write('streak.png', streak)
no_code = bytearray(px)
for y in list(range(h // 8)) + list(range(h * 7 // 8, h)):
    for x in range(w): no_code[y * w + x] = 224
write('lost.png', no_code)
END
explain "$T/lost.png" -o "$T/lost-out.png"
is "$S" 1 "a page without codes and corners needs a person"
says out "^The page is not read" "says so"
says out "no corner squares" "and why"
[ -s "$T/lost-out.png" ]
ok $? "and is drawn all the same"
explain "$T/p.pdf" --page 9 -o "$T/none.png"
is "$S $(test -e "$T/none.png"; echo $?)" "2 1" "no such page: no picture"
says err "has 2 pages only" "and says how many there are"
explain "$T/scan.pdf"
is "$S" 2 "no place for the picture"
explain "$T/scan.pdf" -o "$T"
is "$S" 3 "a folder is no picture"
explain "$T/m.json" -o "$T/none.png"
is "$S" 3 "a file that is no scan"
explain --help
tr -s ' \n' ' ' <"$T/out" | grep -q "only you can read it"
ok $? "the help says that the picture is personal"

# --- What ingest says about the scans. ---
mkdir "$T/batch"
cp "$T/scan.pdf" "$T/streak.png" "$T/batch"
run "$LAKANA" -C "$O" ingest --jobs 1 "$T/batch"
tr -s ' \n' ' ' <"$T/out" >"$T/line"
says line "3 pages of 3: scanned at 150 dpi: set the scanner to 300 dpi" "resolution, once for the batch"
says line "1 page of 3: streak at 14[234] mm from the edge" "the streak, and where"
is "$(sql "SELECT count(*) FROM pages WHERE reasons LIKE '%coarse%'")" 3 "each page's row says so by name"
is "$(sql "SELECT count(*) FROM pages WHERE json_extract(quality, '\$.streaks_from_left_mm[0]') BETWEEN 142 AND 144")" \
    1 "and keeps where the streak is"
new_office "$T/office2" --region MOP --office "EXEMPLE FICTIF"
LANG=fr run "$LAKANA" -C "$T/office2" ingest --jobs 1 --json "$T/batch"
says err "1 page sur 3.+: trait à 14[234] mm" "the same in French"
is "$(python3 -c "import json
p=[json.loads(l) for l in open('$T/out')]
print([round(x['quality']['dpi'] / x['quality']['scale']) for x in p], sum('points par pouce' in ' '.join(x['reasons']) for x in p))")" \
    "[150, 150, 150] 3" "a line's JSON has figures and sentences"

# --- The same pages as the pen left them, and photocopied three times. ---
for kind in copier copied3; do
    "$BUILD/tool-fill" --profile $kind --seed 3 --machine 1 -o "$T/$kind.pdf" "$T/p.pdf" "$T/m.json" || exit 1
    new_office "$T/office-$kind" --region MOP --office "EXEMPLE FICTIF"
    LANG=fr run "$LAKANA" -C "$T/office-$kind" ingest --jobs 1 --json "$T/$kind.pdf"
    python3 -c "import json
p=[json.loads(l) for l in open('$T/out')]
print(sum('photocopie' in ' '.join(x['reasons']) for x in p),
      sum(0.96 <= x['quality']['pen_black'] <= 1.03 for x in p),
      *sorted(set(x['status'] for x in p) - {'read', 'review'}))" >"$T/$kind.told"
    tr -s ' \n' ' ' <"$T/err" >"$T/$kind.advice"
done
is "$(cat "$T/copier.told")" "0 0" "no original is called a photocopy"
is "$(cat "$T/copied3.told")" "2 2" "both copies are, and are read all the same"
says copied3.advice "2 pages sur 2.+: .*numérisez l'original" "the batch says what to do about it"
is "$(grep -c photocopie "$T/copier.advice")" 0 "and says nothing of the kind of originals"
"$LAKANA" -C "$T/office-copied3" explain "$T/copied3.pdf" -o "$T/copied.png" >"$T/out" 2>&1
says out "as black and even as the print" "explain gives the reason"
end
