#!/bin/sh
# Makes samples/ again: make-samples.sh [FOLDER [TRUTH.json]]. Needs the tools ($BUILD, default build):
#   make build/tool-simulate && tests/make-samples.sh
# Everything follows from the seeds and the templates; a layout that changes needs new
# samples, since its identity is in the codes of every page.
set -eu
cd "$(dirname "$0")/.."
tool=${BUILD:-build}/tool-simulate
out=${1:-samples}
forms=1.A,1.B,1.C,5.A
mkdir -p "$out"
truth=${2:-tests/samples-truth.json}
rm -rf "$out/tablette" "$out/copieur.pdf" "$out/fax-g4.tif" "$truth"
make_one() { # SEED PROFILE FILE OPTION…
    seed=$1 profile=$2 file=$3
    shift 3
    "$tool" --seed "$seed" --profile "$profile" --forms "$forms" "$@" \
        --truth "$truth" -o "$out/$file"
}
make_one 2 copier copieur.pdf --quality 45 --noise 0.4
make_one 4 g4 fax-g4.tif
make_one 14 photo tablette --quality 45 --noise 0.4
du -sh "$out"
