#!/bin/sh
# test-codes.sh - every page of every form carries its two QR codes, both the same, and
# both say what the manifest says. Judges we did not write: poppler, zbarimg.
. tests/tap.sh
O=$T/office

new_office "$O" --region MOP --office "EXEMPLE FICTIF"
forms=$("$LAKANA" forms --json | python3 -c "import json, sys
print(','.join(json.loads(line)['form'] for line in sys.stdin))")
run "$LAKANA" -C "$O" print --cases 1 --forms "$forms" -o "$T/all.pdf" -m "$T/all.json"
is $S 0 "one file of every form"
# form, page, layout, case, copy as in the payload: "LK1" before, one line a page
python3 - "$T/all.json" >"$T/wanted" <<'END'
import json, sys
for page in json.load(open(sys.argv[1]))["pages"]:
    print(page["form"].replace(".", "") + str(page["page"]),
          page["case"].replace("-", "") + page["copy"])
END
is "$(wc -l <"$T/wanted")" "$(qpdf --show-npages "$T/all.pdf")" "each page is in the manifest"

pdftoppm -q -r 110 -gray "$T/all.pdf" "$T/page" 2>/dev/null
for page in "$T"/page-*.pgm; do
    zbarimg -q --raw "$page" 2>/dev/null >"$T/codes"
    # both codes, if they are two and the same
    [ "$(wc -l <"$T/codes")" = 2 ] && uniq "$T/codes" | sed 's/^LK1\(...\).....\(.*\)$/\1 \2/'
done >"$T/got"
is "$(wc -l <"$T/got")" "$(wc -l <"$T/wanted")" "two codes on each page, both the same"
cmp "$T/wanted" "$T/got" >"$T/out" 2>&1
ok $? "and each says form, page, case and copy of the manifest"
end
