#!/bin/sh
# Print: speed, size and memory, against the same pages redrawn in full, in the same run;
# the whole command; laying the templates out.
. "$(dirname "$0")/section.inc"
runs=5
files=100
set=complet
tool=$BUILD/tool-bench-print
out=$work/out.pdf

# measure MODE FILES: the tool's line, seconds being the median of $runs runs. The two
# ways take turns, so that a busy moment of the machine hits both.
one() {
    "$tool" "$1" "$2" "$out" $set >>"$work/$1-$2"
}
line() {
    seconds=$(awk '{ print $3 }' "$work/$1-$2" | median)
    awk -v s="$seconds" 'NR == 1 { print $1, $2, s, $4, $5, $6 }' "$work/$1-$2"
}

one nothing 0
pages_per_file=$(awk '{ print $6 }' "$work/nothing-0")
forms=$(awk '{ print $7 }' "$work/nothing-0")
full=$((1000 / pages_per_file))
one once 1
one once $full
one redrawn 1
one redrawn $full
for run in $(seq $runs); do
    one once $files
    one redrawn $files
done

# The command as a trainer types it, registering included; a fresh office each time.
for run in $(seq $runs); do
    rm -rf "$work/office" "$work"/pack*.pdf
    "$LAKANA" init "$work/office" --region MOP --office "EXEMPLE FICTIF" >/dev/null 2>&1
    "$BUILD/tool-cost" "$LAKANA" -C "$work/office" print --cases $files --set $set \
        -o "$work/pack.pdf" 2>&1 | tail -n 1 >>"$work/command"
    "$tool" layouts >>"$work/layouts"
done
command_pages=$((files * pages_per_file))
command_bytes=$(cat "$work"/pack*.pdf | wc -c)
command_s=$(awk '{ print $2 }' "$work/command" | median)
command_kb=$(awk '{ print $3 }' "$work/command" | median)

section "Print" "tests/bench/10-print.sh"
echo "$files case files of the set \`$set\` ($forms forms, $pages_per_file pages each),"
echo "cut into PDFs of at most 1,000 pages; median of $runs runs. Memory: one PDF of"
echo "$((full * pages_per_file)) pages, whole process, in which forms and fonts alone take" \
    "$(awk '{ printf "%.0f MB", $5 / 1e3 }' "$work/nothing-0")."
echo
echo "| | wanted | static part once | redrawn on each page | ratio |"
echo "|---|---|---|---|---|"
{
    line once $files; line redrawn $files
    line once 1; line once $full
    line redrawn 1; line redrawn $full
} | awk '
    { pages[NR] = $1; s[NR] = $3; bytes[NR] = $4; kb[NR] = $5 }
    function row(what, wanted, form, a, b) {
        printf "| %s | %s | " form " | " form " | %.2f |\n", what, wanted, a, b, a / b
    }
    END {
        row("pages/s", "≥ 800", "%.0f", pages[1] / s[1], pages[2] / s[2])
        row("bytes a page beyond the first case file", "≤ 4,096", "%.0f",
            (bytes[4] - bytes[3]) / (pages[4] - pages[3]),
            (bytes[6] - bytes[5]) / (pages[6] - pages[5]))
        row("kB of the first case file", "", "%.0f", bytes[3] / 1e3, bytes[5] / 1e3)
        row("peak memory, MB", "≤ 60", "%.0f", kb[4] / 1e3, kb[6] / 1e3)
    }'
echo
echo "The same files by the command, \`lakana print --cases $files --set $set\`: start,"
echo "templates, registering in a fresh office, printing, all of it on the disk. Below it"
echo "what laying out takes of every start, median of $runs processes that did nothing before."
echo
echo "| | wanted | |"
echo "|---|---|---|"
awk -v p="$command_pages" -v s="$command_s" -v b="$command_bytes" -v kb="$command_kb" 'BEGIN {
    printf "| pages/s, whole command | ≥ 800 | %.0f |\n", p / s
    printf "| bytes a page, mean of all PDFs | ≤ 5,120 | %.0f |\n", b / p
    printf "| peak memory, MB | | %.0f |\n", kb / 1e3 }'
column() { awk -v n="$1" '{ print 1000 * $n }' "$work/layouts" | median; }
printf '| all %s templates laid out (%s pages), ms | < 300 | %.0f |\n' \
    $(awk 'NR == 1 { print $1, $2 }' "$work/layouts") "$(column 5)"
printf '| reading and checking the templates, ms | | %.0f |\n' "$(column 4)"
printf '| loading and checking the fonts, ms | | %.0f |\n' "$(column 3)"
