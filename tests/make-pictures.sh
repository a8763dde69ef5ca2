#!/bin/sh
# Makes docs/pictures/review-*.png again: make-pictures.sh [FOLDER]. Needs the tools and the browser:
#   make test TESTS= && tests/make-pictures.sh
# Invented people only: EXEMPLE FICTIF.
cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh
. tests/browser/offices.inc
out=${1:-docs/pictures}
export LANG=fr_FR.UTF-8
samples_office "$T/samples"
# A wall that is worth its name: a thin pen, photocopied.
"$BUILD/tool-simulate" --seed 33 --set tuning --profile copied --pen-width 0.1 --forms 1.A,1.B,1.C,5.A \
    --truth "$T/truth.json" -o "$T/pale.pdf"
"$LAKANA" -C "$T/samples" ingest "$T/pale.pdf" >"$T/out" 2>"$T/err"
pages_office "$T/pages"
in_browser pictures "$T/samples" "$T/pages" "$T"
mkdir -p "$out"
for picture in "$T"/review-*.png; do
    python3 tests/browser/fewer.py "$picture" "$out/${picture##*/}"
done
ls -l "$out"
