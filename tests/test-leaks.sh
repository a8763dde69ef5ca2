#!/bin/sh
# Leaks looked for. Invented names (EXEMPLE FICTIF) are planted wherever a name may stand:
# names, comments, metadata, text layers and pixels of scans, typed values, the vault,
# reasons, logins that are none. Then everybody does everything, and every byte that is
# left anywhere is searched (leaks.py): of outputs that somebody without the right saw, of
# the office, of the folder for temporary files, of what leaves the office. Judges: qpdf,
# pdftotext, zbarimg, strace, python's zlib.
. "$(dirname "$0")/tap.sh"
HERE=$(cd "$(dirname "$0")" && pwd)
umask 022 # modes are the program's own care
O=$T/office
export TMPDIR="$T/tmp" HOME="$T/home"
mkdir -p "$T/tmp" "$T/home" "$T/secrets" "$T/scans" "$T/seen" "$T/right" "$T/out.d"
unset LAKANA_USER
secret() { printf '%s' "$2" >"$T/secrets/$1"; }
pass() { # LOGIN: a passphrase of one's own, in a file
    printf 'fictikorophrase de %s\n' "$1" >"$T/pass.$1"
    chmod 600 "$T/pass.$1"
}
LOG=0
# as WHO COMMAND…: what WHO saw is kept; WHO may be "nobody"
as() {
    who=$1
    shift
    LOG=$((LOG + 1))
    into=$T/seen
    [ "$who" = awa ] && into=$T/right
    if [ "$who" = nobody ]; then
        "$LAKANA" -C "$O" "$@" >"$into/$LOG.out" 2>"$into/$LOG.err" </dev/null
    else
        LAKANA_USER=$who LAKANA_PASSPHRASE_FILE=$T/pass.$who \
            "$LAKANA" -C "$O" "$@" >"$into/$LOG.out" 2>"$into/$LOG.err"
    fi
    S=$?
    cp "$into/$LOG.out" "$T/out"
    cp "$into/$LOG.err" "$T/err"
}
leaks() { python3 "$HERE/leaks.py" "$T/secrets" "$@"; }
none() { # NAME PATH…
    name=$1
    shift
    leaks "$@" >"$T/found" 2>&1
    is "$(cat "$T/found")" "" "$name"
}

# --- An office, and what must not be seen. ---
secret name fictikoroba
secret contact fictikorocontact
secret guardian fictikorotuteur
secret phone 665447788
secret place fictikoroplace
secret typed fictikorosaisi
secret reason fictikororaison
secret file-name fictikorofichier
secret metadata fictikorometa
secret text-layer fictikorocalque
secret login fictikorologin
secret passphrase fictikorophrase
secret query fictikorocherche
printf 'EXEMPLE FICTIF, Tenin Fictikoroba 665 44 77 88\n' >"$T/control"
is "$(leaks "$T/control" | wc -l)" 2 "the search finds what is there"
python3 - "$T/control.zip" <<'PY'
import sys, zlib, base64
open(sys.argv[1], 'wb').write(zlib.compress(b'x' * 50 + 'Ténin FICTIKOROBA'.encode('utf-16-le'))
    + base64.b64encode(b'un fictikorotuteur fictif'))
PY
is "$(leaks "$T/control.zip" | sed 's/.*: //' | sort -u | tr '\n' ,)" guardian,name, "packed, as UTF-16 and base64 too"

"$LAKANA" init "$O" --region MOP --office "EXEMPLE FICTIF" >"$T/pass.words" 2>/dev/null
chmod 600 "$T/pass.words"
cut -d' ' -f1-3 "$T/pass.words" | tr -d '\n' >"$T/secrets/recovery-words"
add() { # LOGIN ROLE
    pass "$1"
    LAKANA_PASSPHRASE_FILE=$T/pass.words LAKANA_NEW_PASSPHRASE_FILE=$T/pass.$1 \
        "$LAKANA" -C "$O" user add "$1" --role "$2" 2>/dev/null
}
add awa gestionnaire && add issa gestionnaire && add sup superviseur &&
    add saisie saisie && add adm admin
ok $? "people"
as nobody print --cases 1 --forms 1.B -o "$T/out.d/pack.pdf" --manifest "$T/out.d/pack.json"
as nobody labels --cases 1 -o "$T/out.d/labels.pdf"
CODE=$(python3 -c "import json; print(json.load(open('$T/out.d/pack.json'))['pages'][0]['case'])")
as awa case take "$CODE"
is "$S" 0 "a file of awa's"

# --- Scans with names wherever a scan can have one. ---
"$BUILD/tool-fill" --seed 3 --dpi 200 --profile copier --pages 1-5 -o "$T/scans/plain.pdf" \
    "$T/out.d/pack.pdf" "$T/out.d/pack.json" || exit 1
pdftoppm -q -r 200 -jpeg "$T/scans/plain.pdf" "$T/scans/p" && pdftoppm -q -r 200 -gray \
    "$T/scans/plain.pdf" "$T/scans/p"
python3 - "$T/scans" <<'PY'
import glob, struct, sys, zlib
t = sys.argv[1]
page = lambda n, kind: sorted(glob.glob(f'{t}/p-*{n}.{kind}'))[0]
META = 'EXEMPLE FICTIF Ténin FICTIKOROMETA'.encode()
# JPEG: comment and EXIF (image description)
data = open(page(1, 'jpg'), 'rb').read()
tiff = b'II*\0' + struct.pack('<IHHHII', 8, 1, 0x010e, 2, len(META) + 1, 26) + struct.pack('<I', 0) + META + b'\0'
segment = lambda mark, body: b'\xff' + bytes([mark]) + struct.pack('>H', len(body) + 2) + body
open(f'{t}/fictikorofichier 1.jpg', 'wb').write(
    data[:2] + segment(0xe1, b'Exif\0\0' + tiff) + segment(0xfe, META) + data[2:])
# PNG: tEXt
kind, size, depth, pixels = open(page(2, 'pgm'), 'rb').read().split(b'\n', 3)
w, h = map(int, size.split())
chunk = lambda k, d: struct.pack('>I', len(d)) + k + d + struct.pack('>I', zlib.crc32(k + d))
rows = b''.join(b'\0' + pixels[i * w:(i + 1) * w] for i in range(h))
open(f'{t}/fictikorofichier 2.png', 'wb').write(
    b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', w, h, 8, 0, 0, 0, 0))
    + chunk(b'pHYs', struct.pack('>IIB', 7874, 7874, 1))
    + chunk(b'tEXt', b'Title\0' + META) + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))
# PDF: a text layer
text = b'BT /F1 12 Tf 60 400 Td 3 Tr (EXEMPLE FICTIF Tenin FICTIKOROCALQUE) Tj ET'
objects = [b'<</Type/Catalog/Pages 2 0 R>>', b'<</Type/Pages/Kids[3 0 R]/Count 1>>',
    b'<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>',
    b'<</Length %d>>stream\n%s\nendstream' % (len(text), text),
    b'<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>']
out, at = b'%PDF-1.4\n', []
for n, o in enumerate(objects, 1):
    at.append(len(out))
    out += b'%d 0 obj\n%s\nendobj\n' % (n, o)
xref = len(out)
out += b'xref\n0 6\n0000000000 65535 f \n' + b''.join(b'%010d 00000 n \n' % a for a in at)
out += b'trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n' % xref
open(f'{t}/layer.pdf', 'wb').write(out)
# none of ours, and broken
open(f'{t}/fictikorofichier.pdf', 'wb').write(b'%PDF-1.4\nEXEMPLE FICTIF FICTIKOROMETA\n')
open(f'{t}/note FICTIKOROFICHIER.txt', 'wb').write(META)
PY
printf 'EXEMPLE FICTIF FICTIKOROMETA' >"$T/scans/fictikorofichier.note"
qpdf "$T/scans/plain.pdf" --pages . 5 -- --overlay "$T/scans/layer.pdf" -- \
    --add-attachment "$T/scans/fictikorofichier.note" -- --compress-streams=n \
    --object-streams=disable "$T/scans/fictikorofichier 5.pdf"
pdftoppm -q -r 200 -gray -tiff -singlefile -f 3 -l 3 "$T/scans/plain.pdf" "$T/scans/fictikorofichier 3"
tiffset -s ImageDescription "EXEMPLE FICTIF FICTIKOROMETA" "$T/scans/fictikorofichier 3.tif"
python3 - "$T/scans" <<'PY'
import struct, sys, zlib
w, h = 1654, 2339
chunk = lambda k, d: struct.pack('>I', len(d)) + k + d + struct.pack('>I', zlib.crc32(k + d))
rows = b''.join(b'\0' + bytes(255 if (x // 40 + y // 60) % 5 else 20 for x in range(w)) for y in range(h))
open(sys.argv[1] + '/fictikorofichier inconnu.png', 'wb').write(
    b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', w, h, 8, 0, 0, 0, 0))
    + chunk(b'tEXt', b'Author\0FICTIKOROMETA') + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))
PY
for scan in "$T/scans/fictikorofichier "*; do
    cp "$scan" "$T/secrets/pixels-of-$(basename "$scan" | tr ' ' '-').bin"
done
is "$(leaks "$T/scans/fictikorofichier 1.jpg" "$T/scans/fictikorofichier 2.png" \
    "$T/scans/fictikorofichier 3.tif" "$T/scans/fictikorofichier 5.pdf" |
    grep -c ': metadata$\|: text-layer$')" 5 "the scans have names in them"

# --- Everybody does everything. ---
LAKANA_USER=fictikorologin
export LAKANA_USER
as nobody ingest --jobs 2 --json "$T/scans/fictikorofichier 1.jpg" "$T/scans/fictikorofichier 2.png"
unset LAKANA_USER
# What is written while it runs, whatever is removed afterwards.
if strace -f -o "$T/trace" true 2>/dev/null; then
    LOG=$((LOG + 1))
    strace -f -qq -y -xx -s 1000000 -e trace=write,pwrite64,writev,pwritev,openat,creat,sendto,sendmsg \
        -e signal=none -o "$T/trace" "$LAKANA" -C "$O" ingest --jobs 1 "$T/scans/fictikorofichier 5.pdf" \
        >"$T/seen/$LOG.out" 2>"$T/seen/$LOG.err"
    python3 - "$T/trace" "$O" >"$T/found" <<'PY'
import re, sys
text = lambda s: bytes.fromhex(s.replace('\\x', ''))
office = sys.argv[2].encode()
for line in open(sys.argv[1]):
    call = re.search(r'(\w+)\(', line)
    for quoted in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', line):
        data = text(quoted)
        # Between the program's own processes, in memory; on the terminal, which file of
        # the user's own it is about.
        where = re.search(r'\w+\(([0-9]+)<([^>]*)>', line)
        to = text(where.group(2)) if where and '\\x' in where.group(2) else b''
        passing = to.startswith((b'pipe:', b'socket:', b'UNIX', b'/memfd:')) or (
            where and where.group(1) in '12')
        if call and call.group(1) not in ('openat', 'creat') and not passing and b'fictikoro' in data.lower():
            print('written in clear:', line[:80])
        if call and call.group(1) in ('openat', 'creat') and 'O_CREAT' in line and not data.startswith(office):
            print('made outside of the office:', data.decode())
PY
    is "$(cat "$T/found")" "" "ingest writes no name, for no moment, and makes no file elsewhere"
else
    skip "no strace"
fi
as nobody ingest --jobs 1 "$T/scans"
# Whoever names a file on the command line is told its name; nobody else is.
grep -li fictikorofichier "$T/seen"/*.err "$T/seen"/*.out >"$T/told" 2>/dev/null
for file in $(cat "$T/told"); do
    sed -i 's/[Ff][Ii][Cc][Tt][Ii][Kk][Oo][Rr][Oo][Ff][Ii][Cc][Hh][Ii][Ee][Rr]/FILE/g' "$file"
done
[ "$(sql "SELECT count(*) FROM pages WHERE holds = 1")" -ge 4 ]
ok $? "pages of jpeg, png, tiff and pdf are filed"
[ "$(sql "SELECT count(*) FROM pages WHERE status = 'unknown'")" -ge 1 ]
ok $? "one that nobody knows"

cat >"$T/entry" <<'END'
name = Ténin Fictikoroba
sex = f
birth = 2014
place = Fictikoroplace
contact = Fictikorocontact, quartier fictif
guardian = Fictikorotuteur
phone = 665 44 77 88
END
chmod 600 "$T/entry"
as awa vault set "$CODE" --from "$T/entry"
is "$S" 0 "a name in the vault"
printf 'Ténin Fictikorosaisi\n' >"$T/typed"
as awa case decide "$CODE" --form 1.B --field nom --from "$T/typed" --why "dit par Fictikororaison"
is "$S" 0 "a name typed, with a reason"
unknown=$(sql "SELECT min(id) FROM pages WHERE status = 'unknown'")
as awa page dismiss "$unknown" --why "FICTIKORORAISON ne connaît pas"
is "$S" 0 "a page dismissed, with a reason"
as awa vault show "$CODE"
is "$(leaks "$T/out" | wc -l)" 5 "awa sees the name, the contact, the guardian, the phone, the place"
as awa case show "$CODE" --as awa
is "$(leaks "$T/out" | sed 's/.*: //')" typed "and what was typed"
as awa page show "$(sql "SELECT max(id) FROM pages WHERE holds = 1")" -o "$T/right/page.png"
is "$S $(stat -c %a "$T/right/page.png")" "0 600" "and the page, in a file of awa's own"
as awa explain --page "$(sql "SELECT max(id) FROM pages WHERE holds = 1")" -o "$T/right/why.png"
is "$(stat -c %a "$T/right/why.png")" 600 "explained too"
printf 'Tenin Fictikoroba\n' | as awa vault search
printf 'Fictikorocherche\n' | as awa vault search --json
printf 'un fictikorophrase faux\n' >"$T/pass.fictikorologin"
chmod 600 "$T/pass.fictikorologin"
as fictikorologin vault show "$CODE"
is $S 1 "a login that is none"
sed -i 's/fictikorologin/LOGIN/' "$T/seen/$LOG.err" # the person's own word

held=$(sql "SELECT max(id) FROM pages WHERE holds = 1")
for who in issa sup saisie adm nobody; do
    as $who case list
    as $who case list --json
    as $who case show "$CODE"
    as $who case show "$CODE" --json
    as $who case show "$CODE" --as $who
    as $who vault show "$CODE"
    [ "$S" = 0 ] && echo "$who: vault show" >>"$T/opened"
    as $who vault show "$CODE" --json
    printf 'Fictikoroba\n' | as $who vault search
    as $who vault mask "$CODE" --yes
    [ "$S" = 0 ] && echo "$who: vault mask" >>"$T/opened"
    as $who page list --json
    as $who page show "$held" -o "$T/seen/page-$who.png"
    [ "$S" = 0 ] && echo "$who: page show" >>"$T/opened"
    as $who explain --page "$held" -o "$T/seen/why-$who.png"
    [ "$S" = 0 ] && echo "$who: explain" >>"$T/opened"
    as $who export values --json
    as $who journal show
    as $who journal show --json
    as $who journal verify
    as $who user list --json
    as $who layout export "$T/out.d/layouts-$who.json"
done
is "$(cat "$T/opened" 2>/dev/null)" "" "nobody else opens the file"
as nobody case cover "$CODE" -o "$T/out.d/cover.pdf"
as nobody case checklist "$CODE" -o "$T/out.d/checklist.pdf"
as nobody case decide "$CODE" --form 1.B --field nom --value "Ténin Fictikorosaisi"
grep -qi fictikorosaisi "$T/err"
is $? 1 "a message does not repeat what was typed"

# --- Fields given to be typed. ---
as awa parcel give --to saisie --kind recits --case "$CODE"
is "$S" 0 "fields are given to a clerk"
left() { sql "SELECT count(*) FROM crops WHERE sealed IS NOT NULL"; }
[ "$(left)" -ge 3 ]
ok $? "several of them"
crop() { # what the clerk sees, and is there to see: a picture, which nobody else may have
    as saisie parcel next -o "$T/right/crop.png"
    CROP=$(sed -n 's/^crop \([0-9]*\):.*/\1/p' "$T/out")
    cp "$T/right/crop.png" "$T/secrets/crop-$CROP.bin"
}
crop
as saisie parcel type "$CROP" --from "$T/typed"
is "$S" 0 "typed"
crop
printf 'x Fictikorosaisi\377\n' >"$T/no-text"
as saisie parcel type "$CROP" --from "$T/no-text"
is "$S" 1 "what is no text is refused"
as saisie parcel back "$CROP"
is "$S" 0 "handed back"
crop
for who in issa sup nobody; do
    as $who parcel next --json
    is "$(cat "$T/out")" "" "$who gets no crop"
    as $who parcel type "$CROP" --from "$T/typed"
    as $who parcel back "$CROP"
done
as nobody parcel list --json
is "$(sql "SELECT state FROM crops WHERE id = $CROP")" given "and ends none"
as saisie case show "$CODE" --as saisie
as saisie parcel list
none "nothing of a crop, nor of what was typed, lies in the office" "$O"
as awa parcel withdraw 1
is "$S $(left)" "0 0" "withdrawn: no crop is left"
as awa case show "$CODE" --as awa
is "$(grep -ci fictikorosaisi "$T/out")" 2 "awa reads what was typed"

# --- A page whose codes are lost: assigned to a file, and taken back. ---
as nobody print --cases 1 --forms 1.B -o "$T/out.d/second.pdf" --manifest "$T/out.d/second.json"
SECOND=$(python3 -c "import json; print(json.load(open('$T/out.d/second.json'))['pages'][0]['case'])")
"$BUILD/tool-fill" --seed 5 --dpi 200 --profile copier --pages 1-1 -o "$T/lost.pdf" \
    "$T/out.d/second.pdf" "$T/out.d/second.json" || exit 1
pdftoppm -q -r 200 -gray -singlefile "$T/lost.pdf" "$T/lost"
python3 - "$T" <<'PY'
import struct, sys, zlib
t = sys.argv[1]
kind, size, depth, data = open(t + '/lost.pgm', 'rb').read().split(b'\n', 3)
w, h = map(int, size.split())
page, mm = bytearray(data), 200 / 25.4
for x, y, wide, high in ((22, 8, 168, 28), (20, 260, 168, 30)):  # codes and printed code
    for row in range(int(y * mm), int((y + high) * mm)):
        page[row * w + int(x * mm):row * w + int((x + wide) * mm)] = b'\xff' * (int((x + wide) * mm) - int(x * mm))
chunk = lambda k, d: struct.pack('>I', len(d)) + k + d + struct.pack('>I', zlib.crc32(k + d))
rows = b''.join(b'\0' + bytes(page[i * w:(i + 1) * w]) for i in range(h))
open(t + '/fictikorofichier perdu.png', 'wb').write(
    b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', w, h, 8, 0, 0, 0, 0))
    + chunk(b'tEXt', b'Title\0EXEMPLE FICTIF FICTIKOROMETA') + chunk(b'IDAT', zlib.compress(rows))
    + chunk(b'IEND', b''))
PY
cp "$T/fictikorofichier perdu.png" "$T/secrets/pixels-of-lost.bin"
as nobody ingest --jobs 1 "$T/fictikorofichier perdu.png"
sed -i 's/fictikorofichier/FILE/g' "$T/seen/$LOG.out" "$T/seen/$LOG.err" # the person's own word
lost=$(sql "SELECT max(id) FROM pages WHERE status = 'unknown'")
as awa case take "$SECOND"
as awa page assign "$lost" --case "$SECOND" --form 1.B --page 1 --why "dit Fictikororaison"
is "$S $(sql "SELECT known_by, case_code = '$(echo "$SECOND" | tr -d -)' FROM pages WHERE id > $lost")" \
    "0 person|1" "a page without codes is assigned"
for who in issa sup saisie adm nobody; do
    as $who page show "$lost" -o "$T/seen/lost-$who.png"
    [ "$S" = 0 ] && echo "$who: page show" >>"$T/opened"
done
none "nothing of it is read in the office" "$O"
as awa page undo "$lost" --why "Fictikororaison s’est trompé"
is "$S $(sql "SELECT count(*) FROM pages WHERE holds = 1 AND id > $lost")" "0 0" "and taken back"
as awa page list --json
for who in saisie nobody; do
    as $who page show "$lost" -o "$T/seen/undone-$who.png"
    [ "$S" = 0 ] && echo "$who: page show" >>"$T/opened"
done
none "nor then" "$O"
is "$(cat "$T/opened" 2>/dev/null)" "" "and nobody else sees it, before or after"
as awa page assign "$lost" --case "$SECOND" --form 1.B --page 1
is "$S" 0 "who holds the file assigns it again"

# --- What leaves. ---
as nobody backup -o "$T/out.d/office.lkb"
is "$S $(stat -c %a "$T/out.d/office.lkb")" "0 600" "a backup"
"$LAKANA" init "$T/other" --region SEG --office "EXEMPLE FICTIF 2" >"$T/pass.words2" 2>/dev/null
chmod 600 "$T/pass.words2"
LAKANA_PASSPHRASE_FILE=$T/pass.words2 LAKANA_NEW_PASSPHRASE_FILE=$T/pass.issa \
    "$LAKANA" -C "$T/other" user add issa --role gestionnaire 2>/dev/null
there() {
    LAKANA_USER=issa LAKANA_PASSPHRASE_FILE=$T/pass.issa "$LAKANA" -C "$T/other" "$@" 2>"$T/err"
}
there office key -o "$T/out.d/other.pub"
as awa office key -o "$T/out.d/office.pub"
print_of() { sed -n 's/^fingerprint: //p' "$1"; }
as awa office trust "$T/out.d/other.pub" --yes "$(print_of "$T/out.d/other.pub")"
there office trust "$T/out.d/office.pub" --yes "$(print_of "$T/out.d/office.pub")"
as awa case send "$CODE" --to "EXEMPLE FICTIF 2" -o "$T/out.d/file.lkc"
is "$S $(stat -c %a "$T/out.d/file.lkc")" "0 600" "a case file sent"
there case receive "$T/out.d/file.lkc" >"$T/seen/received.out"
[ $? -le 1 ]
ok $? "and received"
cp "$T/err" "$T/seen/received.err"

# --- A program that is killed leaves no picture of its memory. ---
mkdir "$T/core"
mkfifo "$T/fifo"
(
    cd "$T/core" || exit
    ulimit -c unlimited 2>/dev/null
    LAKANA_USER=awa LAKANA_PASSPHRASE_FILE=$T/pass.awa exec "$LAKANA" -C "$O" vault search \
        <"$T/fifo" >/dev/null 2>&1
) &
pid=$!
exec 9>"$T/fifo"
before=$(sql "SELECT count(*) FROM vault_entries")
tries=0
while [ $tries -lt 600 ] && ! grep -q 'Max core file size *0 ' "/proc/$pid/limits" 2>/dev/null; do
    tries=$((tries + 1))
    sleep 0.05
done
grep -q 'Max core file size *0 *0 ' "/proc/$pid/limits"
ok $? "core dumps are off"
kill -ABRT $pid
wait $pid 2>/dev/null
is "$? $(ls "$T/core" | wc -l)" "134 0" "killed by SIGABRT, no dump"
exec 9>&-

# --- Every byte. ---
sql "PRAGMA wal_checkpoint(PASSIVE)" >/dev/null
sqlite3 "$O/lakana.db" .dump >"$T/out.d/dump.sql"
none "no name in the office: database, WAL, archive, pages, their names" "$O"
none "nor in the other office" "$T/other"
none "no name was shown to anybody without the right" "$T/seen"
none "none lies in temporary or home folders" "$T/tmp" "$T/home"
is "$(find "$T/tmp" "$T/home" -type f | wc -l)" 0 "nothing is left there"
for pdf in "$T"/out.d/*.pdf; do
    qpdf --qdf --object-streams=disable "$pdf" "$pdf.qdf"
    pdftotext "$pdf" "$pdf.txt" 2>/dev/null
    pdftoppm -q -r 150 -gray "$pdf" "$pdf-image" 2>/dev/null
done
zbarimg -q --raw "$T"/out.d/*.pgm >"$T/out.d/codes" 2>/dev/null
rm "$T"/out.d/*.pgm
grep -q "^LK1" "$T/out.d/codes"
ok $? "the codes on paper were read"
is "$(grep -cvE '^(LK1[0-9A-Z]{28}|[A-Z]{3}[0-9]{12}|LK[0-9A-Z]+|)$' "$T/out.d/codes")" 0 \
    "and are codes and nothing else"
none "no name leaves: PDF, codes, key files, bundle, backup, layouts" "$T/out.d"
is "$(find "$O" "$T/other" -perm /077 | wc -l)" 0 "only the owner can read any file of the office"
is "$(find "$O" "$T/other" -type d ! -perm 700 | wc -l)" 0 "or enter a folder"
is "$(find "$O" "$T/other" -type f ! -perm 600 ! -perm 400 | wc -l)" 0 "files are 0600, or 0400"

# --- Masked. ---
held=$(sql "SELECT id FROM pages WHERE holds = 1 AND form = '1.B' AND page = 3
    AND case_code = '$(echo "$CODE" | tr -d -)'")
as awa page show "$held" -o "$T/right/before.png"
as awa explain --page "$held" -o "$T/right/before-why.png"
as awa vault mask "$CODE" --yes
is "$S" 0 "masked"
as awa page show "$held" -o "$T/right/after.png"
is "$S" 0 "its pages are shown"
as awa explain --page "$held" -o "$T/right/after-why.png"
is "$S" 0 "explained too"
"$LAKANA" geometry 1.B >"$T/geometry.json"
sql "SELECT json_extract(quality, '$.to_image') FROM pages WHERE id = $held" >"$T/map.json"
for name in before after before-why after-why; do
    convert "$T/right/$name.png" -colorspace gray -depth 8 "$T/right/$name.pgm"
done
cat >"$T/written.py" <<'PY'
# Share of black in the writing areas of the page and in its boxes; share of black in all.
import json, sys
t, name = sys.argv[1:]
kind, size, depth, px = open(f'{t}/right/{name}.pgm', 'rb').read().split(b'\n', 3)
w, h = map(int, size.split())
m, page = json.load(open(t + '/map.json')), json.load(open(t + '/geometry.json'))['pages'][2]
def black(r):
    n = dark = 0
    for i in range(60):
        for k in range(12):
            x, y = r['x'] + r['w'] * (i + .5) / 60, r['y'] + r['h'] * (k + .5) / 12
            z = m[6] * x + m[7] * y + m[8]
            u, v = int((m[0] * x + m[1] * y + m[2]) / z), int((m[3] * x + m[4] * y + m[5]) / z)
            n, dark = n + 1, dark + (px[v * w + u] == 0)
    return dark / n
drawn = name.endswith('-why')  # smaller, with a table beside it that takes a third
areas = [1] if drawn else [black(r) for r in page['writing']]
boxes = [0] if drawn else [black(r) for r in page['boxes']]
print(len(areas) > 5 or drawn, min(areas) == 1, max(boxes) < 1, f'{sum(p < 9 for p in px) / len(px):.9f}')
PY
is "$(python3 "$T/written.py" "$T" before | cut -d' ' -f1-3)" "True False True" "where people write"
is "$(python3 "$T/written.py" "$T" after | cut -d' ' -f1-3)" "True True True" "nothing is left to be seen there"
zbarimg -q --raw "$T/right/after.png" | grep -q '^LK1'
ok $? "whose page it is can be seen"
share() { python3 "$T/written.py" "$T" "$1" | cut -d' ' -f4; }
is "$(echo "$(share after-why) $(share before-why) $(share after) $(share before)" |
    awk '{ print ($1 - $2 > 0.4 * ($3 - $4)) }')" 1 \
    "nor on the picture that explains"
cp -r "$O" "$T/unplaced"
sqlite3 "$T/unplaced/lakana.db" "DROP TRIGGER pages_no_update; UPDATE pages SET quality = NULL"
LAKANA_USER=awa LAKANA_PASSPHRASE_FILE=$T/pass.awa "$LAKANA" -C "$T/unplaced" page show "$held" \
    -o "$T/right/none.png" 2>"$T/err"
is "$? $(ls "$T/right/none.png" 2>/dev/null)" "1 " "where the writing is not known, the page is not shown"
rm -r "$T/unplaced"
as awa parcel give --to saisie --kind recits --case "$CODE"
is "$S $(left)" "1 0" "and no field is given to be typed any more"
as awa vault show "$CODE"
is "$S $(leaks "$T/out" "$T/err" | wc -l)" "1 0" "awa sees nothing any more"
as awa case show "$CODE" --as awa
is "$(leaks "$T/out" "$T/err" | wc -l)" 0 "what was typed neither"
printf 'Fictikoroba\n' >"$T/query"
as awa vault search <"$T/query"
is "$(leaks "$T/out" | wc -l)" 0 "no search finds it"
is "$(sql "SELECT (SELECT count(*) FROM reasons WHERE domain LIKE 'case:%') +
    (SELECT count(*) FROM vault)")" 0 "and nothing sealed is left of it"
end
