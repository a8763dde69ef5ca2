#!/bin/sh
# lakana ingest: every page is told, filed once, and no bad file costs more than itself.
# Judges we did not write: python's JSON, SQL through sqlite3, qpdf and libtiff's tools
# to make broken files.
. "$(dirname "$0")/tap.sh"
O=$T/office
new_office "$O" --region MOP --office "EXEMPLE FICTIF"
"$LAKANA" -C "$O" print --cases 1 --forms 1.A,1.B -o "$T/p.pdf" --manifest "$T/m.json" 2>/dev/null
PAGES=$(qpdf --show-npages "$T/p.pdf")
cp -r "$O" "$T/fresh"
fill() { "$BUILD/tool-fill" --dpi 200 "$@" "$T/p.pdf" "$T/m.json" || exit 1; }
ingest() { run "$LAKANA" -C "$O" ingest --jobs 1 --json "$@"; }
# json EXPRESSION over `p`, the lines of the last ingest
json() {
    python3 -c "import json,sys; p=[json.loads(l) for l in open('$T/out')]
m=json.load(open('$T/m.json'))['pages']; print($1)"
}
counts() { json "' '.join('%s=%d' % (s, sum(x['status']==s for x in p)) for s in sorted({x['status'] for x in p}))"; }
dump() { sqlite3 "$O/lakana.db" .dump | grep -v '^INSERT INTO journal'; }

# --- A pack comes back. ---
fill --seed 7 --machine 1 --profile clean -o "$T/first.pdf"
ingest "$T/first.pdf"
is "$(json "len(p)")" "$PAGES" "a line a page"
is "$(json "{x['status'] for x in p} <= {'read','review'}")" True "every page is recognised"
is "$(json "[(x['case'],x['form'],x['page'],x['copy']) for x in p]==[(x['case'],x['form'],x['page'],x['copy']) for x in m]")" \
    True "as what the manifest says was printed"
is "$(json "[sorted(x)==sorted(['file','index','status','case','form','page','copy','layout','reasons','quality','ms']) for x in p].count(False)")" \
    0 "with the members the contract names"
is "$(json "[x['index'] for x in p]==list(range(len(p)))")" True "index counts from 0"
is $S "$(json "1 if any(x['status']=='review' for x in p) else 0")" "exit status says whether a person is needed"
says err "pages? read" "the summary goes to standard error"
is "$(sql "SELECT count(*) FROM pages WHERE holds = 1")" "$PAGES" "every page holds its place in the file"
hash=$(b2sum -l 256 "$T/first.pdf" | cut -d' ' -f1)
clear "$O" "$(find "$O/archive" -name "$hash")" | cmp -s "$T/first.pdf" -
ok $? "the scan is in the archive, byte for byte, sealed"
grep -rlaq -e '%PDF' -e 'JFIF' "$O"
is $? 1 "and nothing of it lies in the office in clear"

# --- The same file again, the same pages again. ---
dump >"$T/before"
ingest "$T/first.pdf"
is "$S $(counts)" "0 duplicate=$PAGES" "the same file again: nothing new"
is "$(json "all('was filed on 2' in x['reasons'][0] for x in p)")" True "and each page says since when"
dump | cmp -s - "$T/before"
ok $? "the database is what it was"
fill --seed 7 --machine 2 --profile clean -o "$T/rescan.pdf"
ingest "$T/rescan.pdf"
is "$S $(counts)" "0 duplicate=$PAGES" "the same sheets scanned again are duplicates"
sql "SELECT case_code, form, copy, page, field, row_no, value, status FROM current_values" >"$T/values"

# --- A photocopy filled in by somebody else. ---
fill --seed 8 --machine 3 --profile clean -o "$T/copy.pdf"
ingest "$T/copy.pdf"
is "$S $(counts)" "1 review=$PAGES" "other ink under the same codes waits for a person"
is "$(json "all(any('other writing' in r for r in x['reasons']) for x in p)")" True "and says why"
sql "SELECT case_code, form, copy, page, field, row_no, value, status FROM current_values" | cmp -s - "$T/values"
ok $? "the values of the file have not changed"
is "$(sql "SELECT count(*) FROM waiting WHERE kind = 'conflict'")" "$PAGES" "each conflict is on the list"
fill --seed 8 --machine 4 --profile clean -o "$T/copy2.pdf"
ingest "$T/copy2.pdf"
is "$S $(counts)" "0 duplicate=$PAGES" "the photocopy scanned again is a duplicate of the photocopy"

# --- Paper that is not ours. ---
python3 - "$T" <<'EOF'
import sys, zlib, struct
t = sys.argv[1]
def png(name, w, h, row, claim=None):
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    cw, ch = claim or (w, h)
    data = b''.join(b'\0' + row(y) for y in range(h))
    open(name, 'wb').write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', cw, ch, 8, 0, 0, 0, 0))
        + chunk(b'IDAT', zlib.compress(data)) + chunk(b'IEND', b''))
png(t + '/white.png', 1240, 1754, lambda y: b'\xf8' * 1240)
png(t + '/foreign.png', 1240, 1754, lambda y: bytes((0 if (x // 40 + y // 60) % 3 == 0 else 250) for x in range(1240)))
png(t + '/bomb.png', 100, 1, lambda y: b'\0' * 100, (30000, 30000))
EOF
ingest "$T/white.png"
is "$S $(counts)" "0 blank=1" "an empty sheet is blank, and needs nobody"
ingest "$T/foreign.png"
is "$S $(counts)" "1 unknown=1" "a foreign page is unknown"

# --- Both codes gone: the printed case code, to be confirmed. ---
O=$T/bare
new_office "$O" --region MOP --office "EXEMPLE FICTIF"
"$LAKANA" -C "$O" print --cases 1 --forms 1.B -o "$T/bare.pdf" --manifest "$T/bare.json" 2>/dev/null
pdftoppm -q -r 300 -gray -f 1 -l 1 -singlefile "$T/bare.pdf" "$T/bare" 2>/dev/null
python3 - "$T" <<'EOF'
import sys, zlib, struct
t = sys.argv[1]
kind, size, depth, data = open(t + '/bare.pgm', 'rb').read().split(b'\n', 3)
w, h = map(int, size.split())
page = bytearray(data)
mm = 300 / 25.4
for x, y in ((165, 12.5), (23, 262.5)):  # the two codes, 22 mm, with their outer modules
    for row in range(int((y - 1) * mm), int((y + 23) * mm)):
        a, b = int((x - 1) * mm), int((x + 23) * mm)
        page[row * w + a:row * w + b] = b'\xff' * (b - a)
def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
rows = b''.join(b'\0' + bytes(page[i * w:(i + 1) * w]) for i in range(h))
open(t + '/bare.png', 'wb').write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', w, h, 8, 0, 0, 0, 0))
    + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))
EOF
ingest "$T/bare.png"
code=$(python3 -c "import json; print(json.load(open('$T/bare.json'))['pages'][0]['case'])")
is "$S $(json "[(x['status'],x['case']) for x in p]")" "1 [('review', '$code')]" \
    "both codes gone: the printed code is taken, and waits"
is "$(sql "SELECT kind FROM waiting WHERE kind = 'identity'")" identity "to be confirmed by a person"
O=$T/other
new_office "$O" --region MOP --office "EXEMPLE FICTIF"
ingest "$T/bare.png"
is "$S $(json "[(x['status'],x['case']) for x in p]")" "1 [('unknown', None)]" \
    "a printed code that was not issued here is not believed"
O=$T/office

# --- Broken files: each its message, the rest of the batch is filed. ---
O=$T/office2
cp -r "$T/office" "$O"
mkdir "$T/in"
fill --seed 0 --profile g4 --pages 1-1 -o "$T/in/1-good.tif"
head -c 3000 "$T/first.pdf" >"$T/in/2-cut.pdf"
: >"$T/in/3-empty.pdf"
echo "not a scan at all" >"$T/in/4-text.pdf"
qpdf --encrypt secret secret 256 -- "$T/first.pdf" "$T/in/5-locked.pdf"
cp "$T/bomb.png" "$T/in/6-bomb.png"
"$BUILD/tool-fill" --seed 0 --dpi 150 --profile g4 --pages 2-2 -o "$T/2.tif" "$T/p.pdf" "$T/m.json"
cp "$T/2.tif" "$T/in/7-tiff-called.pdf"
head -c $(($(wc -c <"$T/2.tif") / 2)) "$T/2.tif" >"$T/in/8-half.tif"
ingest "$T/in"
is $S 1 "a batch with broken files: exit status"
line() { json "[' '.join(x['reasons']) for x in p if '/$1' in x['file'] and x['status']=='error']"; }
told() { # FILE PATTERN NAME
    line "$1" | grep -Eqi -- "$2"
    ok $? "$3"
    line "$1" | sed 's/^/# /'
}
told 2-cut "damaged|truncated|cut|broken" "truncated PDF"
told 3-empty "empty" "0 bytes"
told 4-text "PDF, TIFF|neither|not a" "text called .pdf"
told 5-locked "password" "encrypted PDF"
told 6-bomb "30000|large" "30,000 x 30,000 header"
told 8-half "damaged|truncated|cut|broken" "half a TIFF"
is "$(json "[x['status'] for x in p if '1-good' in x['file'] or '7-tiff' in x['file']].count('error')")" 0 \
    "good files of the batch are read, whatever their names end in"
is "$(json "len({x['file'] for x in p})")" 8 "no file is passed over in silence"
is "$(find "$O/archive" -type f | xargs -n1 b2sum -l 256 | grep -c "$(b2sum -l 256 "$T/in/4-text.pdf" | cut -d' ' -f1)")" 0 \
    "what is no scan is not kept"
ingest "$T/in/3-empty.pdf" "$T/in/4-text.pdf"
is $S 3 "nothing could be done: exit status"
ingest "$T/nowhere.pdf" "$T/2.tif"
is "$S $(json "[x['status'] for x in p]==['error','duplicate']")" "1 True" "a name that leads nowhere costs that name"

# What else lies on a USB key.
mkdir "$T/key"
cp "$T/2.tif" "$T/key/scan.tif"
echo "read me" >"$T/key/README.md"
: >"$T/key/Thumbs.db"
ingest "$T/key"
is "$S $(counts)" "0 duplicate=1" "other files in a folder are passed over"
says err "2 other files .* passed over" "and counted"
ingest "$T/key/README.md"
is $S 3 "named on the command line, they are an error"

if [ "$(id -u)" = 0 ]; then
    chmod 755 "$T"
    cp -r "$T/office" "$T/theirs"
    cp "$T/2.tif" "$T/secret.tif"
    chmod 600 "$T/secret.tif"
    chown -R nobody "$T/theirs"
    run setpriv --reuid=nobody --clear-groups "$LAKANA" -C "$T/theirs" ingest "$T/secret.tif"
    is $S 3 "permission denied: exit status"
    says out "secret.tif.*(permission|may not be read)|(P|p)ermission" "permission denied: message"
else
    skip "only root can make a file unreadable to this user"
    skip "the same"
fi

# --- A long file. ---
python3 - "$T/5000.pdf" <<'EOF'
import sys
n = 5000
kids = ' '.join('%d 0 R' % (3 + i) for i in range(n))
objects = ['<</Type/Catalog/Pages 2 0 R>>', '<</Type/Pages/Kids[%s]/Count %d>>' % (kids, n)]
objects += ['<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>'] * n
out, at = b'%PDF-1.4\n', []
for i, o in enumerate(objects):
    at.append(len(out)); out += b'%d 0 obj%s endobj\n' % (i + 1, o.encode())
x = len(out)
out += b'xref\n0 %d\n0000000000 65535 f \n' % (len(at) + 1) + b''.join(b'%010d 00000 n \n' % a for a in at)
out += b'trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n' % (len(at) + 1, x)
open(sys.argv[1], 'wb').write(out)
EOF
ingest "$T/5000.pdf" "$T/white.png"
is "$(json "len(p)")" 5001 "5,000 pages: each is told, and the next file is taken"

# --- The office itself. ---
run "$LAKANA" -C "$T/in" ingest "$T/2.tif"
is $S 3 "no office: exit status"
says err "lakana init" "no office: message"
python3 - "$O" "$LAKANA" "$T/2.tif" >"$T/out" 2>"$T/err" <<'EOF'
import fcntl, subprocess, sys
lock = open(sys.argv[1] + '/intake.lock', 'a')
fcntl.lockf(lock, fcntl.LOCK_EX)
r = subprocess.run([sys.argv[2], '-C', sys.argv[1], 'ingest', sys.argv[3]])
print('status', r.returncode)
EOF
says out "status 3" "office locked by another intake: exit status"
says err "another" "office locked: message"
run "$LAKANA" -C "$O" ingest
is $S 2 "no file named is a mistake in the command"

# --- Any number of readers: the same lines, the same office, times apart. ---
# Two copies of one file and a rescan in the batch: who is first must not depend on it.
office() {
    sqlite3 "$1/lakana.db" "SELECT id, scan, idx, status, form, copy, page, case_code, holds,
        other, reasons, quality, hex(evidence) FROM pages ORDER BY id;
        SELECT * FROM readings ORDER BY 1, 2, 3, 4; SELECT id, hash, state FROM scans"
}
mkdir "$T/many"
fill --seed 21 --profile g4 -o "$T/many/a.tif"
cp "$T/many/a.tif" "$T/many/b.tif"
fill --seed 22 --profile copier --pages 1-2 -o "$T/many/c.pdf"
head -c 3000 "$T/many/c.pdf" >"$T/many/d.pdf"
fill --seed 21 --profile clean --pages 2-2 -o "$T/many/e.pdf"
for jobs in 1 2 5; do
    cp -r "$T/fresh" "$T/jobs$jobs"
    "$LAKANA" -C "$T/jobs$jobs" ingest --jobs $jobs --json "$T/many" 2>/dev/null |
        sed 's/"ms":[0-9]*//' >"$T/lines$jobs"
    office "$T/jobs$jobs" >"$T/filed$jobs"
done
[ "$(wc -l <"$T/lines1")" = $((2 * PAGES + 2 + 1 + 1)) ]
ok $? "a line a page"
for jobs in 2 5; do
    is "$(diff "$T/lines1" "$T/lines$jobs")" "" "$jobs readers: the same lines in the same order"
    is "$(diff "$T/filed1" "$T/filed$jobs")" "" "$jobs readers: the same office"
done

# --- Ctrl-C: what was told is filed, the same command goes on. ---
cp -r "$T/office" "$T/stopped"
O=$T/stopped
mkdir "$T/two"
fill --seed 0 --profile clean -o "$T/two/a.pdf"
mkfifo "$T/lines"
"$LAKANA" -C "$O" ingest --jobs 1 --json "$T/two" "$T/rescan.pdf" >"$T/lines" 2>"$T/err" &
pid=$!
{
    head -n 1 >"$T/out"
    kill -INT $pid
    cat >>"$T/out"
} <"$T/lines"
wait $pid
S=$?
told=$(wc -l <"$T/out")
is $S 1 "interrupted: exit status"
says err "the same command goes on" "interrupted: message"
is "$(sql "SELECT count(*) FROM pages WHERE scan = (SELECT max(id) FROM scans)")" "$told" \
    "interrupted: what was told is filed"
ingest "$T/two"
is "$(sql "SELECT count(*) FROM pages WHERE scan = (SELECT max(id) FROM scans)")" "$PAGES" \
    "and the same command goes on"

# --- Disk full: stops, nothing half filed, goes on when there is room. ---
mkdir "$T/small"
if mount -t tmpfs -o size=950k tmpfs "$T/small" 2>/dev/null; then
    O=$T/small/office
    new_office "$O" --region MOP --office "EXEMPLE FICTIF"
    mkdir "$T/pile"
    i=0
    while [ $i -lt "$PAGES" ]; do
        i=$((i + 1))
        fill --seed 7 --profile g4 --pages $i-$i -o "$T/pile/$i.tif"
    done
    ingest "$T/pile"
    while [ $S != 3 ] && [ -n "$(find "$T/pile" -type f)" ]; do
        # Still room: take up some of it, then file the rest again.
        head -c 60k /dev/zero >>"$T/small/ballast" 2>/dev/null || break
        rm -f "$O/lakana.db-journal"
        break
    done
    is $S 3 "disk full: exit status"
    says err "full" "disk full: message"
    is "$(sql "PRAGMA integrity_check")" ok "disk full: the database is whole"
    told=$(json "len([x for x in p if x['status'] in ('read','review')])")
    is "$(sql "SELECT count(*) FROM pages")" "$told" "disk full: filed is what was told"
    mount -o remount,size=20m "$T/small"
    ingest "$T/pile"
    is "$(sql "SELECT count(*) FROM pages WHERE holds = 1")" "$PAGES" "with room again the same command goes on"
    umount "$T/small"
else
    skip "no right to mount a small disk"
fi
end
