#!/bin/sh
# Case files between two offices: sealed for one, signed by the other; altered on the way,
# for somebody else, twice, after more pages, killed. Judges: sqlite3, cmp, grep.
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/office.inc"
KILLS=${KILLS:-20}
SEED=${SEED:-20261127}

M=$T/mopti
S_=$T/segou
new_office "$M" MOP && new_office "$S_" SEG && new_office "$T/gao" GAO
ok $? "three offices"
at() { office=$1; shift; "$LAKANA" -C "$office" "$@"; }

# --- Who is who. ---
run at "$M" office key -o "$T/mopti.pub" --as gaoussou
is "$S" 0 "office key: written"
run at "$S_" office key -o "$T/segou.pub" --as gaoussou
run at "$T/gao" office key -o "$T/gao.pub" --as gaoussou
fingerprint() { sed -n 's/^fingerprint: //p' "$1"; }
run at "$M" office show
says out "$(fingerprint "$T/mopti.pub")" "office show: the same fingerprint as in the file"
run at "$M" office trust "$T/segou.pub" --yes "$(fingerprint "$T/gao.pub")" --as gaoussou
is "$S" 1 "office trust: another fingerprint is refused"
is "$(sqlite3 "$M/lakana.db" 'SELECT count(*) FROM offices')" 0 "and nothing is noted"
trust() { at "$1" office trust "$2" --yes "$(fingerprint "$2" | tr -d ' ' | tr a-f A-F)" \
    --as gaoussou; }
run trust "$M" "$T/segou.pub"
is "$S" 0 "office trust: the fingerprint, however it is written"
run trust "$M" "$T/mopti.pub"
is "$S" 1 "office trust: not oneself"
sed 's/^region: SEG/region: SIK/' "$T/segou.pub" >"$T/forged.pub"
run at "$M" office trust "$T/forged.pub" --yes "$(fingerprint "$T/segou.pub")" --as gaoussou
is "$S" 3 "office trust: an altered key file is refused"
run at "$M" office show
says out "EXEMPLE FICTIF SEG" "office show: who is trusted"

# --- A file in Mopti. ---
O=$M
at "$M" print --cases 1 --forms 1.A,1.B,A.1 -o "$T/p.pdf" --manifest "$T/m.json" 2>/dev/null
CODE=$(sql "SELECT code FROM cases")
PAGES=$(qpdf --show-npages "$T/p.pdf")
fill() { "$BUILD/tool-fill" --dpi 200 --profile g4 "$@" "$T/p.pdf" "$T/m.json"; }
first=$((PAGES - 1))
fill --seed 5 --pages "1-$first" -o "$T/first.tif" || exit 1
fill --seed 5 --pages "$PAGES-$PAGES" -o "$T/last.tif" || exit 1
at "$M" ingest --jobs 1 "$T/first.tif" >/dev/null 2>&1
is "$(sql "SELECT count(*) FROM pages WHERE case_code IS NOT NULL")" "$first" \
    "pages of the file are filed"
send() { # FILE OPTION…
    file=$1
    shift
    run at "$M" case send "$CODE" -o "$file" --as gaoussou "$@"
}
receive() { run at "$1" case receive "$2" --as gaoussou; }
values() {
    sqlite3 "$1/lakana.db" "SELECT case_code, form, copy, page, layout, field, row_no, value,
        options, status, written FROM current_values ORDER BY 1, 2, 3, 4, 6, 7"
}

send "$T/a.lkc" --to segou
is "$S" 1 "send: an office that is not trusted is refused"
send "$T/a.lkc" --to "EXEMPLE FICTIF SEG"
[ "$S" = 0 ] && [ -e "$T/a.lkc" ]
ok $? "send: a transfer, every page with its picture"
is "$(stat -c %a "$T/a.lkc")" 600 "only its owner can read the file"
send "$T/a.lkc" --to "$T/segou.pub"
is "$S" 1 "send: an existing file is refused"
run at "$M" case send "$CODE" -o "$T/b.lkc" --to "$T/segou.pub" --as adama
is "$S" 1 "send: an admin does not hold the file"
[ ! -e "$T/b.lkc" ] && [ ! -e "$T/b.lkc.part" ]
ok $? "and nothing is left"
grep -qa "$CODE" "$T/a.lkc"
is $? 1 "not even the code stands in the file"

# --- What is refused. ---
receive "$S_" "$T/a.lkc"
is "$S" 1 "receive: from an office that is not trusted"
says err "$(fingerprint "$T/mopti.pub")" "says whose it is"
trust "$S_" "$T/mopti.pub" 2>/dev/null
trust "$T/gao" "$T/mopti.pub" 2>/dev/null
receive "$T/gao" "$T/a.lkc"
is "$S" 1 "receive: sealed for another office"
size=$(stat -c %s "$T/a.lkc")
places=$(awk -v seed="$SEED" -v size="$size" 'BEGIN { srand(seed);
    for (i = 0; i < 12; i++) print int(rand() * size); print 0; print 40; print 100; print size - 1 }')
for place in $places; do
    cp "$T/a.lkc" "$T/bad.lkc"
    byte=$(od -An -tu1 -j "$place" -N 1 "$T/bad.lkc" | tr -d ' ')
    printf "\\$(printf %o $((byte ^ 8)))" |
        dd of="$T/bad.lkc" bs=1 seek="$place" conv=notrunc 2>/dev/null
    at "$S_" case receive "$T/bad.lkc" --as gaoussou >/dev/null 2>"$T/err" &&
        echo "changed at $place: taken"
    head -c "$place" "$T/a.lkc" >"$T/bad.lkc"
    at "$S_" case receive "$T/bad.lkc" --as gaoussou >/dev/null 2>"$T/err" &&
        echo "cut at $place: taken"
done >"$T/out"
is "$(cat "$T/out")" "" "receive: a changed byte, or one that was cut short, is refused"
run at "$S_" case receive "$T/a.lkc" --as adama
is "$S" 1 "receive: an admin does not hold the reception"
is "$(sqlite3 "$S_/lakana.db" 'SELECT count(*) FROM cases')" 0 "nothing of all that was taken"

# --- What is taken. ---
cp -r "$S_" "$T/before"
receive "$S_" "$T/a.lkc"
is "$S" 0 "receive: done"
values "$M" >"$T/a"
values "$S_" >"$T/b"
[ -s "$T/a" ] && cmp -s "$T/a" "$T/b"
ok $? "every value is there"
is "$(sqlite3 "$S_/lakana.db" 'SELECT origin FROM cases')" received "the file is a received one"
run at "$S_" case show "$CODE"
is "$S" 0 "and can be shown"
run at "$S_" page show 1 -o "$T/page.png" --as gaoussou
[ "$S" = 0 ] && file "$T/page.png" | grep -q PNG
ok $? "and the pictures of its pages too"
dump() {
    for table in cases copies scans pages readings items decisions layouts; do
        sqlite3 "$1/lakana.db" "SELECT * FROM $table ORDER BY 1, 2"
    done
}
dump "$S_" >"$T/a"
receive "$S_" "$T/a.lkc"
is "$S" 0 "the same again"
says out "taken up before" "says so"
dump "$S_" >"$T/b"
cmp -s "$T/a" "$T/b"
ok $? "and changes nothing"

at "$M" ingest --jobs 1 "$T/last.tif" >/dev/null 2>&1
send "$T/more.lkc" --to "$T/segou.pub"
receive "$S_" "$T/more.lkc"
is "$S" 0 "after more pages"
says out " 1 new, $first here" "only what is new is taken"
values "$M" >"$T/a"
values "$S_" >"$T/b"
cmp -s "$T/a" "$T/b"
ok $? "and every value is there"
for office in "$M" "$S_"; do
    sqlite3 "$office/lakana.db" "SELECT detail FROM journal WHERE what IN ('sent',
        'taken-up')" | tail -n 1
done | grep -c "\"code\":\"$CODE\"" >"$T/n"
is "$(cat "$T/n")" 2 "both journals say so"

# The same printed pages with other ink: a person decides.
O=$T/copy
cp -r "$M" "$O"
fill --seed 6 --pages 1-1 -o "$T/other.tif" || exit 1
new_office "$T/third" KAY && at "$T/third" office key -o "$T/third.pub" --as gaoussou 2>/dev/null
at "$M" layout export "$T/layouts.json" 2>/dev/null
at "$T/third" layout import "$T/layouts.json" 2>/dev/null
at "$T/third" ingest --jobs 1 "$T/other.tif" >/dev/null 2>&1
trust "$T/third" "$T/mopti.pub" 2>/dev/null
trust "$M" "$T/third.pub" 2>/dev/null
send "$T/third.lkc" --to "$T/third.pub"
receive "$T/third" "$T/third.lkc"
is "$S" 1 "a page with other ink waits for a person"
is "$(sqlite3 "$T/third/lakana.db" "SELECT kind, count(*) FROM items WHERE kind = 'conflict'
    AND closed_by IS NULL")" "conflict|1" "as a conflict"

# --- A referral. ---
run at "$M" case send "$CODE" --for referral -o "$T/ref.lkc" --to "$T/third.pub" --as gaoussou
is "$S" 0 "send: a referral"
trust "$M" "$T/gao.pub" 2>/dev/null
run at "$M" case send "$CODE" --for referral -o "$T/gao.lkc" --to "$T/gao.pub" --as gaoussou
receive "$T/gao" "$T/gao.lkc"
is "$S" 0 "receive: a referral"
is "$(sqlite3 "$T/gao/lakana.db" "SELECT DISTINCT form FROM pages UNION SELECT form FROM copies
    UNION SELECT form FROM layouts")" "A.1" "nothing but form A.1 has come"

# --- Two at once. ---
cp -r "$T/before" "$T/two"
for n in 1 2 3; do
    "$LAKANA" -C "$T/two" case receive "$T/more.lkc" --as gaoussou >"$T/two.$n" 2>&1 &
done
wait
is "$(sqlite3 "$T/two/lakana.db" "SELECT count(*) FROM pages")" "$PAGES" \
    "three at once: each page once"
is "$(cat "$T"/two.? | grep -c "taken up before\| $PAGES new")" 3 "and each says what it did"

# --- Killed. ---
now_us() { echo $(($(date +%s%N) / 1000)); }
cp -r "$T/before" "$T/calm"
from=$(now_us)
at "$T/calm" case receive "$T/more.lkc" --as gaoussou >/dev/null 2>&1
span=$(($(now_us) - from))
values "$T/calm" >"$T/expected"
awk -v seed="$SEED" -v span=$span 'BEGIN { srand(seed);
    for (i = 0; i < 300; i++) printf "%.4f\n", rand() * span / 1e6 }' >"$T/moments"
kills=0
: >"$T/wrong"
exec 3<"$T/moments"
while [ $kills -lt "$KILLS" ] && read -r moment <&3; do
    rm -rf "$T/victim"
    cp -r "$T/before" "$T/victim"
    "$LAKANA" -C "$T/victim" case receive "$T/more.lkc" --as gaoussou >/dev/null 2>&1 &
    pid=$!
    sleep "$moment"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    [ $? = 137 ] || continue
    kills=$((kills + 1))
    n=$(sqlite3 "$T/victim/lakana.db" "SELECT count(*) FROM pages")
    [ "$n" = 0 ] || [ "$n" = "$PAGES" ] || echo "$n pages" >>"$T/wrong"
    at "$T/victim" case receive "$T/more.lkc" --as gaoussou >/dev/null 2>"$T/err" ||
        { echo "again: failed"; cat "$T/err"; } >>"$T/wrong"
    values "$T/victim" | cmp -s - "$T/expected" || echo "values differ" >>"$T/wrong"
    [ "$(sqlite3 "$T/victim/lakana.db" "SELECT count(*) FROM pages")" = "$PAGES" ] ||
        echo "pages twice, or lost" >>"$T/wrong"
done
exec 3<&-
is "$(cat "$T/wrong")" "" "receive killed $kills times: all or nothing, and it goes on"
end
