#!/bin/sh
# lakana check --preview: the form as it will be printed, as pictures; no office, no
# codes that anybody could take for real. Judges we did not write: file, zbarimg,
# pdftoppm, python.
. "$(dirname "$0")/tap.sh"
HERE=$(cd "$(dirname "$0")/.." && pwd)
O=$T/office
preview() { run "$LAKANA" -C "$T/no-office" check --preview "$@"; }
size() { file -b "$1" | grep -o '[0-9]* x [0-9]*, [^,]*' ; }

# --- Every page of a form. ---
preview 1.B -o "$T/b.png"
is $S 0 "a form by its code"
is "$(cd "$T" && echo b*.png)" "b-1.png b-2.png b-3.png b-4.png b-5.png" "a picture a page, numbered"
says err "b-1.png, .*b-5.png" "and they are named"
is "$(size "$T/b-3.png")" "1240 x 1754, 8-bit grayscale" "A4 at 150 dpi, grey"
is "$(zbarimg -q --raw "$T"/b-*.png 2>/dev/null | sort | uniq -c | sed 's/^ *//')" \
    "10 SPECIMEN SPECIMEN SPECIMEN SPEC" "both codes of each page say that it is a specimen"
[ ! -e "$T/no-office" ]
ok $? "no office is needed, and none made"

# --- One page. ---
preview 1.b --page 3 -o "$T/three.png"
is "$S $(cd "$T" && echo three*)" "0 three.png" "one page, under the name given"
cmp -s "$T/three.png" "$T/b-3.png"
ok $? "it is the third page"
preview 1.B --page 6 -o "$T/six.png"
is $S 2 "a page that is not there"
says err "5 pages; there is no page 6" "and how many there are"
[ ! -e "$T/six.png" ]
ok $? "and no picture"

# --- It is what the printer gets. ---
new_office "$O" --region MOP --office "EXEMPLE FICTIF"
"$LAKANA" -C "$O" print --blank --forms 5.A -o "$T/printed.pdf" 2>/dev/null
pdftoppm -r 150 -gray -f 2 -l 2 "$T/printed.pdf" "$T/printed" 2>/dev/null
preview 5.A --page 2 -o "$T/suivi.png"
cat >"$T/compare.py" <<'EOP'
# Darkness of both pages in squares of 10 px between the bands: mean and largest difference.
import sys, zlib, struct
def pgm(name):
    d = open(name, 'rb').read().split(None, 4)
    w, h = int(d[1]), int(d[2])
    return w, h, open(name, 'rb').read()[-w * h:]
def png(name):
    d = open(name, 'rb').read(); at = 8; idat = b''
    while at < len(d):
        n, kind = struct.unpack('>I4s', d[at:at + 8])
        body = d[at + 8:at + 8 + n]; at += 12 + n
        if kind == b'IHDR': w, h = struct.unpack('>II', body[:8])
        if kind == b'IDAT': idat += body
    raw = zlib.decompress(idat); out = bytearray(); last = bytearray(w)
    for y in range(h):
        f = raw[y * (w + 1)]; row = bytearray(raw[y * (w + 1) + 1:(y + 1) * (w + 1)])
        for x in range(w):
            a = row[x - 1] if x else 0; b = last[x]; c = last[x - 1] if x else 0
            p = a + b - c
            paeth = a if abs(p - a) <= abs(p - b) and abs(p - a) <= abs(p - c) else b if abs(p - b) <= abs(p - c) else c
            row[x] = (row[x] + (0, a, b, (a + b) // 2, paeth)[f]) & 255
        out += row; last = row
    return w, h, out
w, h, one = pgm(sys.argv[1]); w2, h2, two = png(sys.argv[2])
assert abs(w - w2) <= 1 and abs(h - h2) <= 1, (w, h, w2, h2)
top, low = 38 * 150 // 25, 259 * 150 // 26  # mm to px, between the bands
worst = 0
for y in range(top, low - 10, 10):
    for x in range(60, w - 70, 10):
        m = [sum(sum(p[(y + j) * v + x:(y + j) * v + x + 10]) for j in range(10)) / 100 for p, v in ((one, w), (two, w2))]
        worst = max(worst, abs(m[0] - m[1]))
print('same' if worst < 60 else 'differs by %d' % worst)
EOP
is "$(python3 "$T/compare.py" "$T"/printed-2.pgm "$T/suivi.png")" same "the page looks as the printed one does"
is "$(python3 "$T/compare.py" "$T"/printed-2.pgm "$T/b-2.png" | cut -c1-7)" differs "(and another page does not)"

# --- A draft. ---
sed -e 's/title: "Formulaire de suivi du cas"/title: "Suivi, essai"/' -e '0,/lines: 1/s//lines: 4/' \
    "$HERE"/templates/5a-*.yaml >"$T/draft.yaml"
preview "$T/draft.yaml" -o "$T/draft.png"
is $S 0 "a file that is being edited"
id=$(sed -n 's/.*layout \([0-9A-Z]\{5\}\),.*/\1/p' "$T/err")
[ -n "$id" ] && ! "$LAKANA" forms | grep -q "$id"
ok $? "with a layout identity of its own"
cp "$T/draft-1.png" "$T/before.png"
sed -i -e 's/^    fields:/    fields :: [/' "$T/draft.yaml"
preview "$T/draft.yaml" -o "$T/draft.png"
is $S 1 "a draft that is wrong"
says out "^$T/draft.yaml:[0-9]+:[0-9]+: " "says where"
cmp -s "$T/draft-1.png" "$T/before.png"
ok $? "and leaves the pictures that were there"
sed -e 's/length: 3$/length: 30/' "$HERE"/templates/5a-*.yaml |
    sed -e 's/title: "Formulaire de suivi du cas"/title: "Formulaire ☐ de suivi"/' >"$T/glyph.yaml"
preview "$T/glyph.yaml" -o "$T/glyph.png"
is $S 1 "a draft that cannot be laid out"
says out "glyph.yaml:[0-9]+:[0-9]+: .*U\+2610" "says why"

# --- A specimen on the glass. ---
run "$LAKANA" -C "$O" ingest --json "$T/b-1.png"
says out '"status": *"unknown"' "a scanned specimen is filed nowhere"
is "$(sql "SELECT count(*) FROM pages WHERE holds = 1")" 0 "and holds no place"

# --- Refused. ---
refuse() { # NAME STATUS PATTERN ARGUMENTS…
    name=$1 status=$2 pattern=$3
    shift 3
    run "$LAKANA" check "$@"
    is $S "$status" "$name: exit status"
    says err "$pattern" "$name: message"
}
refuse "no such form" 2 "no form and no file '7.Z'" --preview 7.Z -o "$T/x.png"
refuse "nowhere to write" 2 "-o FORM.png" --preview 1.B
refuse "not a picture" 2 "-o FORM.png" --preview 1.B -o "$T/x.pdf"
refuse "two forms" 2 "shows one form" --preview 1.B -o "$T/x.png" 1.C
refuse "page 0" 2 "number from 1 to 9" --preview 1.B --page 0 -o "$T/x.png"
refuse "a page of nothing" 2 "go with --preview" --page 2
refuse "no folder" 3 "none/x-1.png: cannot be written" --preview 1.B -o "$T/none/x.png"
mkdir "$T/dir.png"
refuse "a folder in its place" 3 "is a folder" --preview 1.B --page 1 -o "$T/dir.png"
mkfifo "$T/pipe.png"
refuse "a pipe in its place" 3 "not a plain file" --preview 1.B --page 1 -o "$T/pipe.png"
[ -p "$T/pipe.png" ] && [ ! -e "$T/x.png" ]
ok $? "what is refused writes nothing"
mkdir "$T/tmp"
TMPDIR=$T/tmp run "$LAKANA" check --preview 1.B --page 1 -o "$T/y.png"
is "$S $(ls "$T/tmp")" "0 " "nothing is left among the temporary files"
TMPDIR=$T/none run "$LAKANA" check --preview 1.B -o "$T/x.png"
is $S 3 "no place for temporary files: exit status"
says err "none' .*TMPDIR" "no place for temporary files: message"
end
