#!/bin/sh
# Ingest: CPU against decoding the same file and doing nothing, in one run; memory.
. "$(dirname "$0")/section.inc"
runs=5
cases=6
long=2000

"$LAKANA" init "$work/empty" --region MOP --office "EXEMPLE FICTIF" 2>/dev/null
"$LAKANA" -C "$work/empty" print --cases $cases --forms 1.A,1.B,1.C,5.A -o "$work/p.pdf" \
    --manifest "$work/m.json" 2>/dev/null
pages=$(qpdf --show-npages "$work/p.pdf")
"$BUILD/tool-fill" --seed 11 --machine 12 --profile copier -o "$work/scan.pdf" \
    "$work/p.pdf" "$work/m.json"
# The densest pages alone, nearest to the hundred boxes a page of the wanted figure.
dense=60
"$BUILD/tool-fill" --seed 11 --machine 12 --profile copier --min-boxes $dense \
    -o "$work/dense.pdf" "$work/p.pdf" "$work/m.json"

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
    for scan in scan dense; do
        ingest "$work/$scan.pdf" >>"$work/ingest-$scan"
        decode "$work/$scan.pdf" >>"$work/decode-$scan"
        sqlite3 "$work/office/lakana.db" "SELECT count(DISTINCT page), count(*)
            FROM (SELECT page, json_each.key FROM readings, json_each(options)
            WHERE options IS NOT NULL)" >"$work/boxes-$scan"
    done
done
column() { awk -v n="$2" '{ print $n }' "$work/$1" | median; }
per_page() { awk -F '|' '{ printf "%.0f", $2 / $1 }' "$work/boxes-$1"; }

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
echo "$pages completed pages of the forms 1.A, 1.B, 1.C and 5.A, 300 dpi grey JPEG in one"
echo "PDF, and those of them with $dense boxes or more; one worker (\`--jobs 1\`); CPU of all"
echo "processes, median of $runs runs. *Decoding alone*: the same file through the same"
echo "confined decoder, pages thrown away. Peak memory: sum of all processes, shared pages"
echo "counted twice; the long pile repeats the same sheets ($filed pages filed)."
echo
echo "| | wanted | all pages | densest |"
echo "|---|---|---|---|"
row() { # WHAT WANTED FORMAT SCAN-EXPRESSION DENSE-EXPRESSION
    awk -v what="$1" -v wanted="$2" "BEGIN {
        printf \"| %s | %s | $3 | $3 |\\n\", what, wanted, $4, $5 }"
}
dense_pages=$(qpdf --show-npages "$work/dense.pdf")
all_in=$(column ingest-scan 1) all_out=$(column decode-scan 1) all_wall=$(column ingest-scan 2)
few_in=$(column ingest-dense 1) few_out=$(column decode-dense 1) few_wall=$(column ingest-dense 2)
row "boxes a page" "about 100" "%d" "$(per_page scan)" "$(per_page dense)"
row "CPU of ingest / CPU of decoding alone" "≤ 2" "%.2f" "$all_in / $all_out" "$few_in / $few_out"
row "CPU a page, ms: ingest" "" "%.1f" "1000 * $all_in / $pages" "1000 * $few_in / $dense_pages"
row "CPU a page, ms: decoding alone" "" "%.1f" "1000 * $all_out / $pages" "1000 * $few_out / $dense_pages"
row "pages/s, one worker" "" "%.1f" "$pages / $all_wall" "$dense_pages / $few_wall"
echo
echo "| | wanted | 20 pages | $long pages |"
echo "|---|---|---|---|"
row "peak memory, MB" "≤ 120, the same" "%.0f" "$(awk '{ print $3 / 1e3 }' "$work/mem-short")" \
    "$(awk '{ print $3 / 1e3 }' "$work/mem-long")"
