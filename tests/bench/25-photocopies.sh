#!/bin/sh
# Photocopies: which pages are told to be one. PAGES: of each condition, about (default
# 14: a minute or two on two cores).
. "$(dirname "$0")/section.inc"
pages=${PAGES:-14}
cases=$(((pages + 6) / 7)) # forms 1.A and 1.B have 7 pages
first=2001                 # files that nothing was tuned on

# One row's counts: what the row says | options of the tool. In the order of the table.
cat >"$work/rows" <<'END'
as printed, 300 dpi|--profile copier
as printed, 200 dpi|--profile copier200
as printed, 150 dpi|--profile copier150
as printed, 1 bit|--profile g4
worn paper, a tired feeder|--profile worn
photos|--profile photo
photos in a hurry|--profile photo-hard
the blank was a photocopy|--profile blankcopy
pens nearly as black as the print, 300 dpi|--profile copier --dark
a marker as black and even as toner|--profile copier --even
photocopied once, 300 dpi|--profile copied
photocopied twice, 300 dpi|--profile copied2
three times, 300 dpi|--profile copied3
photocopied once, 200 dpi|--profile copied --dpi 200
photocopied once, 150 dpi|--profile copied --dpi 150
photocopied once, stranger copiers|--profile copied --wider
photocopied twice, stranger copiers|--profile copied2 --wider
END

count() { # ROW: its counts to $work/N
    options=$(sed -n "$1s/.*|//p" "$work/rows")
    # shellcheck disable=SC2086 # options are words
    "$BUILD/tool-copied" --first $first --cases $cases $options >"$work/$1"
}
rows=$(wc -l <"$work/rows")
half() { # FROM: every second row
    for n in $(seq "$1" 2 "$rows"); do
        count "$n" || return 1
    done
}
half 1 &
other=$!
half 2
wait $other

section "Photocopies" "tests/bench/25-photocopies.sh, PAGES=$pages"
cat <<'END'
Pages of which the program says that they look like photocopies (`photocopied`), because
the handwriting is as black and as even as the print. It is advice: no page waits for
it. *Measured*: enough handwriting, in grey. Simulated files of the hard set that
nothing was tuned on; *stranger*: copiers whose tone, grain and dust lie 30 % beyond
that set. The pens are the simulator's, whose ink follows the hand's pressure; *pens
nearly as black*: gel and felt only, of 88 % of the print's black and more; the marker is
what the simulator lacks, the one original that is as even as toner. Wanted: at most one
original in a thousand, the last two rows above the line apart.

| | pages read | measured | told | of those read |
|---|---|---|---|---|
END
n=0
while IFS='|' read -r what _; do
    n=$((n + 1))
    [ "$what" != "photocopied once, 300 dpi" ] || echo "| | | | | |"
    awk -F '\t' -v what="$what" '{
        share = $1 > 0 ? 100 * $3 / $1 : 0
        printf "| %s | %d | %d | %d | %.0f %% |\n", what, $1, $2, $3, share
    }' "$work/$n"
done <"$work/rows"
