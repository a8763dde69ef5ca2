#!/bin/sh
# What is printed, form by form: French spaces and apostrophes, and no case code in clear
# on pages that are kept apart or given away. Judges: qpdf, pdftotext, zbarimg.
. "$(dirname "$0")/tap.sh"
O=$T/office
new_office "$O" --region MOP --office "Bureau de l'Est (EXEMPLE FICTIF)"
all=$("$LAKANA" forms | sed 1d | cut -c1-3 | paste -sd,)
"$LAKANA" -C "$O" print --cases 1 --forms "$all" -o "$T/p.pdf" --manifest "$T/m.json" 2>"$T/err"
ok $? "every form is printed for a file"
"$LAKANA" -C "$O" print --blank --forms "$all" -o "$T/b.pdf" --manifest "$T/b.json" 2>"$T/err"
ok $? "and as a blank copy"
# pdf_page form page case, a line a page
list() { python3 -c "import json
for p in json.load(open('$1'))['pages']: print(p['pdf_page'], p['form'], p['page'], p['case'])"; }
list "$T/m.json" >"$T/pages"
text() { pdftotext -f "$2" -l "$2" "$1" - 2>/dev/null; }
nbsp=$(printf '\302\240')
narrow=$(printf '\342\200\257')

# --- Typography. ---
# Strings as they stand in the file, UTF-16: pdftotext makes one space of all.
for f in p b; do
    qpdf --qdf --object-streams=disable "$T/$f.pdf" "$T/$f.qdf" 2>/dev/null
    python3 -c "import re,sys
for m in re.finditer(rb'<([0-9A-Fa-f]+)>\s*Tj', open('$T/$f.qdf','rb').read()):
    sys.stdout.buffer.write(bytes.fromhex(m[1].decode()).decode('utf-16-be').encode()+b'\n')"
done >"$T/text"
ok "$([ "$(wc -l <"$T/text")" -gt 2000 ]; echo $?)" "the strings of all pages"
grep -nE " (;|:|[?]|!|»|%)" "$T/text" >"$T/out"
is "$(wc -l <"$T/out")" 0 "no plain space before ; : ? ! »"
grep -nE "([[:alnum:])]|é)[;?!]" "$T/text" >"$T/out"
is "$(wc -l <"$T/out")" 0 "no ; ? ! without a space before it"
grep -nE "« |«[[:alnum:]]" "$T/text" >"$T/out"
is "$(wc -l <"$T/out")" 0 "no plain space after «"
grep -n "'\|\.\.\." "$T/text" >"$T/out"
is "$(wc -l <"$T/out")" 0 "no straight apostrophe, no three dots"
grep -nE "[0-9] (h|ans|mois|jours?|semaines?|heures)([^[:alpha:]]|$)" "$T/text" >"$T/out"
is "$(wc -l <"$T/out")" 0 "a number and its unit stay together"
ok "$(grep -q "recueilli$narrow?" "$T/text"; echo $?)" "a thin space stands before ?"
ok "$(grep -q "72${nbsp}h" "$T/text"; echo $?)" "as in 72 h"

# --- Pages without the code. ---
hidden="1.B5 A.32"
is_hidden() { for h in $hidden; do [ "$h" = "$1$2" ] && return 0; done; return 1; }
shown=0
leaked=0
while read -r n form page code; do
    plain=$(text "$T/p.pdf" "$n" | tr -cd '0-9A-Z')
    case $plain in
    *"$(echo "$code" | tr -d -)"*)
        shown=$((shown + 1))
        is_hidden "$form" "$page" && leaked=$((leaked + 1)) ;;
    *) is_hidden "$form" "$page" || echo "page $n: no code" >>"$T/out" ;;
    esac
done <"$T/pages"
is "$shown" "$(($(wc -l <"$T/pages") - 2))" "every other page shows the code of the file"
is "$leaked" 0 "pages kept apart or given away do not"
for h in $hidden; do
    form=${h%?}
    page=${h#"$form"}
    line=$(grep " $form $page " "$T/pages")
    n=${line%% *}
    code=${line##* }
    digits=$(echo "$code" | cut -d- -f2)
    ok "$(text "$T/p.pdf" "$n" | grep -q "$digits"; [ $? = 1 ]; echo $?)" \
        "$form page $page: not even its digits"
    ok "$(text "$T/p.pdf" "$n" | tr '\n' ' ' | grep -q "code dans les codes QR seulement"
        echo $?)" "and says where the code is"
    pdftoppm -r 150 -gray -f "$n" -l "$n" "$T/p.pdf" "$T/h$n" 2>/dev/null
    is "$(zbarimg -q --raw "$T/h$n"-*.pgm 2>/dev/null | sort -u | cut -c12-26)" \
        "$(echo "$code" | tr -d -)" "both its QR codes carry it"
    b=$(list "$T/b.json" | grep " $form $page " | cut -d' ' -f1)
    ok "$(text "$T/b.pdf" "$b" | grep -q "Étiquette"; [ $? = 1 ]; echo $?)" \
        "a blank copy has no place for the label there"
done
ok "$(text "$T/p.pdf" "$(grep " 1.B 5 " "$T/pages" | cut -d' ' -f1)" |
    grep -q "détacher et à classer à part"; echo $?)" "the sheet of names says it is kept apart"
end
