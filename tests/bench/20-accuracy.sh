#!/bin/sh
# Accuracy: the report set, whose seeds and settings tuning never saw.
. "$(dirname "$0")/section.inc"
tool=$BUILD/tool-bench-accuracy

# Status 1 says that there are errors; they stand in the table.
measure() {
    status=0
    "$tool" "$@" || status=$?
    [ $status -le 1 ] || exit $status
}

section "Accuracy" "tests/bench/20-accuracy.sh"
cat <<'EOF'
Simulated case files of the forms 1.A, 1.B, 1.C and 5.A, printed, filled in, scanned and
read; what the pen meant is known (`tests/sim`). Wanted on copier scans (300 dpi, grey,
JPEG, ±1.5° skew, printed at 94–101 %, 60,000 boxes or more): no silent error, no wrong
identity, at most 1 % of boxes to a person. *Silent error*: decided by the machine, and
wrong. *To a person*: not decided by the machine, two marks in a choice and pages set
aside included. *Precision*: of what was taken for a mark, how much is one. *Recall*: of
the marks, how many were taken for one without asking. *Straight through*: questions no
person had to look at.

EOF
measure --profile copier --boxes 60000
echo
echo "Other conditions: 200 and 150 dpi, 1 bit G4, the filled page photocopied once, the"
echo "blank photocopied once, tablet photos; a tired feeder with worn paper (folded,"
echo "punched, torn, stamped, stained; skew to 4.5 degrees, printed at 89-102 %), two and"
echo "three photocopies, 1 bit at 200 dpi and any threshold, photos taken in a hurry of"
echo "worn paper. A box that is hidden and was not decided counts as neither right nor"
echo "to a person."
echo
for profile in copier200 copier150 g4 copied blankcopy photo worn copied2 copied3 \
    g4-200 photo-hard; do
    measure --profile $profile --boxes 5000 >"$work/$profile"
    if [ $profile = copier200 ]; then
        head -n 3 "$work/$profile"
    else
        sed -n 3p "$work/$profile"
    fi
done
