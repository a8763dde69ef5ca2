#!/bin/sh
# Ingest: CPU against decoding the same file and doing nothing, in one run; a second
# reader against one; memory; instructions by stage, which a busy machine does not change.
. "$(dirname "$0")/section.inc"
runs=5
cases=6
long=2000

"$LAKANA" init "$work/empty" --region MOP --office "EXEMPLE FICTIF" >/dev/null 2>&1
"$LAKANA" -C "$work/empty" print --cases $cases --forms 1.A,1.B,1.C,5.A -o "$work/p.pdf" \
    --manifest "$work/m.json" 2>/dev/null
pages=$(qpdf --show-npages "$work/p.pdf")
"$BUILD/tool-fill" --seed 11 --machine 12 --profile copier -o "$work/scan.pdf" \
    "$work/p.pdf" "$work/m.json"
# The densest pages alone, nearest to the hundred boxes a page of the wanted figure.
dense=60
"$BUILD/tool-fill" --seed 11 --machine 12 --profile copier --min-boxes $dense \
    -o "$work/dense.pdf" "$work/p.pdf" "$work/m.json"

# ingest SCAN [JOBS]: into a fresh copy of the office; prints what it cost. Status 1 only
# says that something waits for a person.
ingest() {
    rm -rf "$work/office"
    cp -r "$work/empty" "$work/office"
    status=0
    "$BUILD/tool-cost" "$LAKANA" -C "$work/office" ingest --jobs "${2:-1}" --json "$1" \
        >"$work/lines" 2>"$work/messages" || status=$?
    [ $status -le 1 ] || { cat "$work/messages" >&2; exit $status; }
    tail -n 1 "$work/messages"
}
# seal SCAN: the same, each page cut out and sealed into a fresh office, as the file is.
seal() {
    rm -rf "$work/sealed"
    cp -r "$work/empty" "$work/sealed"
    "$BUILD/tool-cost" "$BUILD/tool-decode" --seal "$work/sealed" "$1" 2>&1 >/dev/null
}
decode() { "$BUILD/tool-cost" "$BUILD/tool-decode" "$1" 2>&1 >/dev/null; }

for run in $(seq $runs); do
    for scan in scan dense; do
        ingest "$work/$scan.pdf" >>"$work/ingest-$scan"
        ingest "$work/$scan.pdf" 2 >>"$work/two-$scan"
        decode "$work/$scan.pdf" >>"$work/decode-$scan"
        seal "$work/$scan.pdf" >>"$work/seal-$scan"
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
ingest "$work/short.pdf" 2 >"$work/mem-short-2"
ingest "$work/long.pdf" 2 >"$work/mem-long-2"
filed=$(sqlite3 "$work/office/lakana.db" "SELECT count(*) FROM pages")

section "Ingest" "tests/bench/30-ingest.sh"
echo "$pages completed pages of the forms 1.A, 1.B, 1.C and 5.A, 300 dpi grey JPEG in one"
echo "PDF, and those of them with $dense boxes or more; one reader (\`--jobs 1\`); CPU of all"
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
row "CPU of ingest / CPU of decoding alone" "≤ 1.5" "%.2f" "$all_in / $all_out" "$few_in / $few_out"
row "CPU a page, ms: ingest" "" "%.1f" "1000 * $all_in / $pages" "1000 * $few_in / $dense_pages"
row "CPU a page, ms: decoding alone" "" "%.1f" "1000 * $all_out / $pages" "1000 * $few_out / $dense_pages"
seal_all=$(column seal-scan 1) seal_few=$(column seal-dense 1)
row "share of sealing in the CPU of ingest, %" "≤ 5" "%.1f" \
    "100 * ($seal_all - $all_out) / ($all_in - ($seal_all - $all_out))" \
    "100 * ($seal_few - $few_out) / ($few_in - ($seal_few - $few_out))"
row "pages/s, one reader" "" "%.1f" "$pages / $all_wall" "$dense_pages / $few_wall"
row "pages/s, two readers / one" "≥ 1.7 on two free cores" "%.2f" \
    "$all_wall / $(column two-scan 2)" "$few_wall / $(column two-dense 2)"
row "CPU, two readers / one" "" "%.2f" "$(column two-scan 1) / $all_in" "$(column two-dense 1) / $few_in"
echo
echo "Load of the machine at the end of the runs: $(cut -d' ' -f1 /proc/loadavg) on $(nproc) cores. Pages/s"
echo "say nothing of two readers where other work takes the second core."
echo
echo "| | wanted | 20 pages | $long pages |"
echo "|---|---|---|---|"
mb() { awk '{ print $3 / 1e3 }' "$work/$1"; }
row "peak memory, MB, one reader" "≤ 120, the same" "%.0f" "$(mb mem-short)" "$(mb mem-long)"
row "peak memory, MB, two readers" "≤ 200, the same" "%.0f" "$(mb mem-short-2)" "$(mb mem-long-2)"

# Instructions: the same on every run and on every load.
command -v valgrind >/dev/null || exit 0
qpdf --empty --pages "$work/scan.pdf" 1-$((pages / cases)) -- "$work/one.pdf"
read -r n _ <<END
$(valgrind --tool=callgrind --callgrind-out-file="$work/calls" "$BUILD/tool-stages" \
    "$work/one.pdf" 2>/dev/null)
END
callgrind_annotate --inclusive=yes --threshold=100 "$work/calls" >"$work/stages" 2>/dev/null
millions() { # FUNCTION…: with what they call, a page
    for f in "$@"; do
        grep -m 1 -E "[:/]$f( |\$)" "$work/stages" || true
    done | tr -d , | awk -v n="$n" '{ sum += $1 } END { printf "%.1f", sum / n / 1e6 }'
}
echo
echo "| millions of instructions a page ($n pages) | |"
echo "|---|---|"
stage() { what=$1; shift; echo "| $what | $(millions "$@") |"; }
stage "decoding (JPEG in PDF)" page_pdf
stage "reading, all of it" lk_reader_read
stage "– locate: squares and codes" lk_locate
stage "– register: printed outlines" lk_register
stage "– boxes: streaks, ink, strokes" lk_streaks_find lk_marks_measure
stage "– boxes: the network" lk_classifier_judge
stage "– ink in cells and lines" lk_ink_measure
stage "– quality and levels" lk_quality_measure lk_levels_measure lk_toner_measure
