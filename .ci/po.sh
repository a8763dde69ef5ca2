#!/bin/sh
# French messages. po.sh update: takes new messages from the sources into po/fr.po;
# po.sh check: fails if one has no French, or only a guessed one.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
xgettext --from-code=UTF-8 --language=C -k_ -kN_ -kngettext_:1,2 -kprint_count:2,3 --no-location \
    --sort-output -o "$work/lakana.pot" src/*/*.c src/*/*.h
sed -i -e s/charset=CHARSET/charset=UTF-8/ -e /^.POT-Creation-Date/d -e /^.Report-Msgid-Bugs/d \
    "$work/lakana.pot"
msgmerge --quiet --no-fuzzy-matching --sort-output --no-location -o "$work/fr.po" \
    po/fr.po "$work/lakana.pot"
msgattrib --no-obsolete --no-location -o "$work/clean.po" "$work/fr.po"
case ${1:-check} in
update) cp "$work/clean.po" po/fr.po ;;
check)
    msgfmt --check-format -o /dev/null "$work/clean.po"
    msgattrib --untranslated --no-obsolete "$work/clean.po" >"$work/missing"
    msgattrib --only-fuzzy --no-obsolete "$work/clean.po" >>"$work/missing"
    if grep -q '^msgid' "$work/missing"; then
        cat "$work/missing"
        echo "po/fr.po: the messages above have no French; run .ci/po.sh update" >&2
        exit 1
    fi
    echo "po: every message has its French"
    ;;
esac
