#!/bin/sh
# The vault: the names of a large office, unlocked and searched.
. "$(dirname "$0")/section.inc"
n=50000

"$BUILD/tool-bench-vault" $n >"$work/times"
ms() { awk -v what="$1" '$1 == what { print $2 }' "$work/times"; }

section "Names" "tests/bench/40-vault.sh"
echo "$n files of one manager, each with a name; a quarter of the names are nobody else's."
echo "Who writes a name finds it at once; a name that somebody else wrote, or in a file that"
echo "was given, is unsealed once, by the first search after that. Searches: eleven names,"
echo "nine times each, in whatever spelling, each with its line in the journal (which waits"
echo "for the disk)."
echo
echo "| | wanted | ms |"
echo "|---|---|---|"
echo "| unlocking (Argon2id) | ≤ 1500 | $(ms unlock) |"
echo "| names made ready, the first time: one's own | | $(ms open-first) |"
echo "| names made ready, the first time: all of them another's | | $(ms open-given) |"
echo "| names made ready, from then on | | $(ms open-again) |"
echo "| a search, median; worst | < 50 | $(ms search-median); $(ms search-worst) |"
echo "| its processor time, median; worst | | $(ms search-cpu-median); $(ms search-cpu-worst) |"
echo
echo "Load of the machine at the end: $(cut -d' ' -f1 /proc/loadavg) on $(nproc) cores."
