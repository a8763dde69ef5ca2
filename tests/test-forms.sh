#!/bin/sh
# lakana forms, check, geometry: what they print and how they end.
set -u
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
n=0
ok() { # description, status of what was tested
    n=$((n + 1))
    if [ "$2" = 0 ]; then echo "ok $n - $1"; else echo "not ok $n - $1"; fi
}
export LANG=en
echo 1..15

"$LAKANA" forms >"$tmp/forms"
ok "forms ends with 0" $?
codes=$(sed -n 's/^code: "\(.*\)"/\1/p' templates/*.yaml | LC_ALL=C sort)
[ "$(sed 1d "$tmp/forms" | cut -d' ' -f1)" = "$codes" ] && [ -n "$codes" ]
ok "forms lists the codes in order, under a head" $?
grep -q '^1\.B .* 233 *[0-9A-Z]\{5\}$' "$tmp/forms"
ok "1.B has 233 boxes and a layout" $?
id=$(sed -n 's/^5\.A.* //p' "$tmp/forms")
"$LAKANA" forms --json | grep -q "^{\"form\":\"5.A\",.*\"boxes\":87,\"layout\":\"$id\""
ok "forms --json says the same" $?

"$LAKANA" geometry 5.a >"$tmp/a.json"
ok "geometry ends with 0" $?
"$LAKANA" geometry 5.A >"$tmp/b.json"
cmp -s "$tmp/a.json" "$tmp/b.json"
ok "geometry prints the same bytes twice" $?
# An independent reader of JSON: SQLite.
[ "$(sqlite3 :memory: "SELECT json_extract(j,'\$.form') || json_extract(j,'\$.layout') ||
    json_extract(j,'\$.unit') || json_array_length(j,'\$.pages') FROM
    (SELECT CAST(readfile('$tmp/a.json') AS TEXT) AS j)")" = "5.A${id}mm2" ]
ok "geometry is JSON, with form, layout, unit, pages" $?
[ "$(sqlite3 :memory: "SELECT group_concat(k) FROM (SELECT DISTINCT key AS k FROM
    json_each((SELECT CAST(readfile('$tmp/a.json') AS TEXT)),'\$.pages[0].boxes[0]'))")" = \
    "field,row,value,kind,x,y,w,h" ]
ok "a box says field, row, value, kind, x, y, w, h" $?
"$LAKANA" geometry 7.Z 2>"$tmp/err"
[ $? = 2 ] && grep -qF "$(echo "$codes" | sed -z 's/\n/, /g; s/, $//')" "$tmp/err"
ok "an unknown form is a mistake of usage, and the known ones are listed" $?

"$LAKANA" check >"$tmp/out" 2>"$tmp/err"
[ $? = 0 ] && [ ! -s "$tmp/out" ] && grep -q "no problem" "$tmp/err"
ok "the program's templates are fine" $?
sed 's/type: check/type: chek/' templates/1a-accord-partage.yaml >"$tmp/1a.yaml"
"$LAKANA" check "$tmp/1a.yaml" >"$tmp/out" 2>/dev/null
status=$?
[ $status = 1 ] && [ "$(wc -l <"$tmp/out")" = "$(grep -c chek "$tmp/1a.yaml")" ]
ok "each unknown type is a line, and check ends with 1" $?
line=$(grep -n chek "$tmp/1a.yaml" | head -n 1 | cut -d: -f1)
grep -q "^$tmp/1a.yaml:$line:15: unknown type 'chek'" "$tmp/out"
ok "the line begins with file:line:column" $?
cp templates/*.yaml "$tmp"
"$LAKANA" check "$tmp" >"$tmp/out" 2>/dev/null
[ $? = 1 ] && grep -q "^$tmp/1a.yaml:.*unknown type" "$tmp/out"
ok "a folder can be checked" $?
"$LAKANA" check "$tmp/none.yaml" >"$tmp/out" 2>/dev/null
[ $? = 1 ] && grep -q "none.yaml: cannot be read" "$tmp/out"
ok "a file that is not there is a problem" $?
LAKANA_DATA="$tmp" "$LAKANA" forms >/dev/null 2>"$tmp/err"
[ $? = 3 ] && grep -q "fonts" "$tmp/err"
ok "without fonts, forms fails and says so" $?
