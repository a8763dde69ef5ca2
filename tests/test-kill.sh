#!/bin/sh
# kill -9 at any moment, then the same command: no page lost, none twice, same values.
#
# One pack is ingested undisturbed; then again and again in fresh copies of the same
# office, killed at moments drawn over the whole run, until at least $KILLS kills have
# hit. Judge: SQL through sqlite3, b2sum over what the archive unseals to.
. "$(dirname "$0")/tap.sh"
KILLS=${KILLS:-60}
SEED=${SEED:-20261123}

O=$T/fresh
new_office "$O" --region MOP --office "EXEMPLE FICTIF"
"$LAKANA" -C "$O" print --cases 1 --forms 1.A,1.B,1.C,5.A -o "$T/p.pdf" \
    --manifest "$T/m.json" 2>/dev/null
PAGES=$(qpdf --show-npages "$T/p.pdf")
mkdir "$T/in"
third=$((PAGES / 3))
fill() { "$BUILD/tool-fill" --seed 5 --dpi 200 "$@" "$T/p.pdf" "$T/m.json"; }
fill --profile g4 --pages "1-$third" -o "$T/in/a.tif" || exit 1
fill --profile clean --pages "$((third + 1))-$((2 * third))" -o "$T/in/b.pdf" || exit 1
fill --profile g4 --pages "$((2 * third + 1))-$PAGES" -o "$T/in/c.tif" || exit 1

ingest() { # OFFICE
    "$LAKANA" -C "$1" ingest --jobs 1 --json "$T/in" >"$T/out" 2>"$T/err"
}
# Everything that follows from the paper, in an order of its own.
values() {
    sqlite3 "$1/lakana.db" "SELECT case_code, form, copy, page, field, row_no, value,
        options, status, written FROM current_values ORDER BY 1, 2, 3, 4, 5, 6"
}
now_us() { echo $(($(date +%s%N) / 1000)); }

cp -r "$T/fresh" "$T/calm"
from=$(now_us)
ingest "$T/calm"
span=$(($(now_us) - from)) # what one run takes, to spread the kills over
O=$T/calm
is "$(sql "SELECT count(*) FROM pages WHERE form IS NOT NULL")" "$PAGES" \
    "undisturbed: every page of the pack is recognised and filed"
values "$T/calm" >"$T/expected"
[ -s "$T/expected" ]
ok $? "undisturbed: there are values"

# A moment for each try, in seconds, from the seed. Half a run at most: each office is
# killed several times on its way, and what was filed moves the next one further.
awk -v seed="$SEED" -v span="$span" 'BEGIN { srand(seed);
    for (i = 0; i < 1000; i++) printf "%.4f\n", rand() * span / 2e6 }' >"$T/moments"

# The whole office, once a run has come to its end.
check_office() { # OFFICE; prints what is wrong
    O=$1
    [ "$(sql "PRAGMA integrity_check")" = ok ] || echo "database broken"
    [ -z "$(sql "PRAGMA foreign_key_check")" ] || echo "foreign keys broken"
    [ "$(sql "SELECT count(*) FROM pages")" = "$PAGES" ] ||
        echo "$(sql "SELECT count(*) FROM pages") pages instead of $PAGES"
    [ "$(sql "SELECT count(*) FROM scans WHERE state = 'done'")" = 3 ] ||
        echo "not every scan is done"
    find "$O/archive" -type f | while read -r file; do
        [ "$(clear "$O" "$file" | b2sum -l 256 | cut -d' ' -f1)" = "$(basename "$file")" ] ||
            echo "$file is not what its name says"
    done
    # Each page has its file, which opens; what a killed filing left is no page's.
    sql "SELECT f.name, f.size FROM pages p JOIN page_files f ON f.scan = p.scan
        AND f.idx = p.idx" | while IFS='|' read -r name size; do
        [ "$(clear "$O" "$(find "$O/pages" -name "$name")" | wc -c)" = "$size" ] ||
            echo "page file $name is not whole"
    done
    [ "$(sql "SELECT count(*) FROM page_files")" = "$PAGES" ] || echo "pages without file"
    [ "$(find "$O/archive" -type f | wc -l)" = 3 ] || echo "archive: not three files"
    values "$O" | cmp -s - "$T/expected" || echo "values differ"
}

kills=0
offices=0
: >"$T/wrong"
exec 3<"$T/moments"
while [ "$kills" -lt "$KILLS" ]; do
    offices=$((offices + 1))
    rm -rf "$T/victim"
    cp -r "$T/fresh" "$T/victim"
    done=no
    while [ $done = no ]; do
        read -r moment <&3 || break 2
        "$LAKANA" -C "$T/victim" ingest --jobs $((1 + kills % 3)) --json "$T/in" \
            >/dev/null 2>"$T/err" &
        pid=$!
        sleep "$moment"
        if kill -9 $pid 2>/dev/null; then
            wait $pid 2>/dev/null
            [ $? = 137 ] && kills=$((kills + 1)) || done=yes
        else
            wait $pid
            done=yes
        fi
    done
    ingest "$T/victim" # pending pages, or nothing left to do
    check_office "$T/victim" >>"$T/wrong"
done
is "$(cat "$T/wrong")" "" "after $kills kills in $offices offices: no page lost, none twice, same values"
[ "$kills" -ge "$KILLS" ]
ok $? "at least $KILLS kills hit"
end
