#!/bin/sh
# Ingest: CPU against decoding the same file and doing nothing, in one run; memory.
. "$(dirname "$0")/section.inc"
runs=5
cases=3
long=2000

"$LAKANA" init "$work/empty" --region MOP --office "EXEMPLE FICTIF" 2>/dev/null
"$LAKANA" -C "$work/empty" print --cases $cases --forms 1.A,1.B,1.C,5.A -o "$work/p.pdf" \
    --manifest "$work/m.json" 2>/dev/null
pages=$(qpdf --show-npages "$work/p.pdf")
"$BUILD/tool-fill" --seed 11 --machine 12 --profile copier -o "$work/scan.pdf" \
    "$work/p.pdf" "$work/m.json"
boxes=$("$LAKANA" geometry 1.A >/dev/null && for form in 1.A 1.B 1.C 5.A; do
    "$LAKANA" geometry $form; done | grep -o '"kind"' | wc -l)

# ingest SCAN: into a fresh copy of the office; prints what it cost. Status 1 only says
# that something waits for a person.
ingest() {
    rm -rf "$work/office"
    cp -r "$work/empty" "$work/office"
    status=0
    "$BUILD/tool-cost" "$LAKANA" -C "$work/office" ingest --jobs 1 --json "$1" \
        >"$work/lines" 2>"$work/messages" || status=$?
    [ $status -le 1 ] || { cat "$work/messages" >&2; exit $status; }
    tail -n 1 "$work/messages"
}
decode() { "$BUILD/tool-cost" "$BUILD/tool-decode" "$1" 2>&1 >/dev/null; }

for run in $(seq $runs); do
    ingest "$work/scan.pdf" >>"$work/ingest"
    decode "$work/scan.pdf" >>"$work/decode"
done
column() { awk -v n="$2" '{ print $n }' "$work/$1" | median; }
read_pages=$(grep -c '"status":"\(read\|review\)"' "$work/lines")

# The long pile: the same sheets again and again, as one file.
qpdf --empty --pages "$work/scan.pdf" 1-20 -- "$work/short.pdf"
set --
n=0
while [ $n -lt $long ]; do
    set -- "$@" "$work/scan.pdf"
    n=$((n + pages))
done
qpdf --empty --pages "$@" -- "$work/all.pdf"
qpdf --empty --pages "$work/all.pdf" 1-$long -- "$work/long.pdf"
rm "$work/all.pdf"
ingest "$work/short.pdf" >"$work/mem-short"
ingest "$work/long.pdf" >"$work/mem-long"
filed=$(sqlite3 "$work/office/lakana.db" "SELECT count(*) FROM pages")

section "Ingest" "tests/bench/30-ingest.sh"
echo "$pages completed pages ($read_pages read) of the forms 1.A, 1.B, 1.C and 5.A, 300 dpi"
echo "grey JPEG in one PDF, $((boxes * cases / pages)) boxes a page; one worker (\`--jobs 1\`);"
echo "CPU of all processes, median of $runs runs. *Decoding alone*: the same file through"
echo "the same confined decoder, pages thrown away. Peak memory: sum of all processes,"
echo "shared pages counted twice; the long pile repeats the same sheets ($filed pages filed)."
echo
echo "| | wanted | measured |"
echo "|---|---|---|"
awk -v pages="$pages" -v ingest="$(column ingest 1)" -v decode="$(column decode 1)" \
    -v wall="$(column ingest 2)" -v short="$(awk '{ print $3 }' "$work/mem-short")" \
    -v long="$(awk '{ print $3 }' "$work/mem-long")" -v n="$long" 'BEGIN {
    printf "| CPU of ingest / CPU of decoding alone | ≤ 2 | %.2f |\n", ingest / decode
    printf "| CPU a page, ms: ingest | | %.1f |\n", 1000 * ingest / pages
    printf "| CPU a page, ms: decoding alone | | %.1f |\n", 1000 * decode / pages
    printf "| pages/s, one worker | | %.1f |\n", pages / wall
    printf "| peak memory, 20 pages, MB | ≤ 120 | %.0f |\n", short / 1e3
    printf "| peak memory, %d pages, MB | the same | %.0f |\n", n, long / 1e3
}'
