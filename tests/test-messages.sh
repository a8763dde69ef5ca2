#!/bin/sh
# What people are told: one language at a time, French unless English is asked for,
# whatever locales and catalogues the machine has; exit statuses; data the same in both.
. "$(dirname "$0")/tap.sh"
unset LANG LANGUAGE
O=$T/office
NO_BREAK=$(printf '\302\240')
SOURCE=$(cd "$(dirname "$0")/.." && pwd)

# --- Which language. ---
language() { # ENVIRONMENT…: the language of the help
    case $(env "$@" "$LAKANA" --help) in
    *COMMANDE*) echo fr ;;
    *COMMAND*) echo en ;;
    esac
}
is "$(language -u LANG)" fr "French without any locale"
is "$(language LANG=C)" fr "French in the C locale"
is "$(language LC_ALL=POSIX LANG=en)" fr "LC_ALL wins over LANG"
is "$(language LANG=fr_FR.UTF-8)" fr "French in French"
is "$(language LANG=de_DE.UTF-8)" fr "French in any other language"
is "$(language LANGUAGE=en LANG=fr_FR.UTF-8)" fr "LANGUAGE does not mix languages"
is "$(language LANG=en)" en "English with LANG=en"
is "$(language LC_ALL=en_US.UTF-8 LANG=fr_FR.UTF-8)" en "English with LC_ALL=en_US.UTF-8"
is "$(language LC_MESSAGES=en_GB LANG=fr_FR)" en "English with LC_MESSAGES"
is "$(language LC_ALL= LANG=en)" en "an empty LC_ALL counts as unset"

# --- Help. ---
french="\b(the|of|and|with|what|which|is|are|each|from|this|file|folder|layout|shows|prints|Usage|Options)\b"
english="\b(le|la|les|des|une|du|est|sont|pour|dans|avec|aide|dossier|fichier)\b"
"$LAKANA" --help >"$T/help"
ENGLISH=$(LANG=en "$LAKANA" --help)
names=$(sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p' "$T/help")
is "$(echo "$names" | sort)" \
    "$(grep -o 'lk_cmd_[a-z]*' "$SOURCE/src/cli/cli.h" | sed 's/lk_cmd_//' | sort -u)" \
    "the help names every command"
is "$(echo "$ENGLISH" | sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p')" "$names" "and so does the English one"
! sed 's/^  [a-z]*//' "$T/help" | grep -E "$french" >"$T/out"
ok $? "no English in the French help"
! echo "$ENGLISH" | grep -iE "$english" >"$T/out"
ok $? "no French in the English help"
widest() { perl -CSD -lne '$w = length if length > $w; END { print $w }' "$1"; }
[ "$(widest "$T/help")" -lt 80 ]
ok $? "the help fits a terminal of 80 columns"
for name in $names; do
    run "$LAKANA" "$name" --help
    is "$S $(cat "$T/err")" "0 " "$name --help: done, on standard output"
    [ "$(widest "$T/out")" -lt 80 ]
    ok $? "$name --help: fits 80 columns"
    # Names of commands and options are English words of their own.
    sed -E "s/--[a-z-]+//g; s/lakana [a-z]+ //; s/\`[^\`]*\`//g" "$T/out" >"$T/text"
    ! grep -E "$french" "$T/text" >"$T/out"
    ok $? "$name --help: no English in French"
    LANG=en run "$LAKANA" "$name" --help
    sed -E "s/--[a-z-]+//g" "$T/out" >"$T/text"
    grep -q '^  -h, --help' "$T/out"
    ok $? "$name --help: names itself"
    ! grep -iE "$english" "$T/text" >"$T/out"
    ok $? "$name --help: no French in English"
done

# --- Mistakes: standard error, nothing on standard output. ---
refused() { # STATUS PATTERN NAME ARGUMENTS…
    status=$1 pattern=$2 name=$3
    shift 3
    run "$LAKANA" "$@"
    is "$S $(wc -c <"$T/out")" "$status 0" "$name: exit status, no data"
    says err "$pattern" "$name: message"
}
refused 2 "pas de commande .*prnit" "unknown command" prnit
refused 2 "^usage" "no command" -C "$T"
refused 2 "répertoire" "-C alone" -C
refused 2 "pas d'option --foo\$" "unknown option" case --foo=a -b list
refused 2 "pas d'option -Z\$" "unknown short option" print -Z
refused 2 "^lakana: -o doit être suivi de sa valeur" "option without value" print -o
refused 2 "^lakana: --cases doit être suivi d'un nombre" "word for a number" print --cases=deux
refused 2 "^lakana: -n doit être suivi d'un nombre" "number too large" print -n 99999999999
refused 2 "avant la commande" "-C behind the command" case list -C "$T"
refused 2 "lakana print --help" "and where to read more" print -n x
LANG=en refused 2 "there is no option --foo" "unknown option, in English" case --foo
LANG=en refused 2 "must be followed by its value" "option without value, in English" print -o
is "$(cat "$T/err" | grep -icE "$english")" 0 "English only"

# --- Exit statuses: 0 done, 1 needs a person or refused, 2 usage, 3 failed. ---
status() { # STATUS NAME ARGUMENTS…
    status=$1 name=$2
    shift 2
    run "$LAKANA" "$@"
    is $S "$status" "$name: $status"
}
status 0 "init" init "$O" --region MOP --office "EXEMPLE FICTIF"
status 2 "init, region that is none" init "$T/x" --region XXX --office X
says err "MOP  Mopti" "and those there are"
status 2 "init, nothing said" init
status 2 "init, a name of two lines" init "$T/x" --region MOP --office "a
b"
status 3 "init, an office already" init "$O" --region MOP --office X
mkdir "$T/empty" "$T/bad"
cp "$SOURCE"/templates/*.yaml "$T/bad/"
printf 'a: "\n' >"$T/bad/5a-suivi.yaml"
status 0 "forms" forms
perl -CSD -ne '$at = index $_, "Pages" if $. == 1; $bad++ if $. > 1 && substr($_, $at - 1, 2) !~ /^ \d/;
    END { exit($bad || $. < 2) }' "$T/out"
ok $? "columns stand below each other, accents or not"
status 2 "forms, an argument" forms x
status 0 "check" check
status 1 "check, a broken template" check "$T/bad"
says out "5a-suivi.yaml:[0-9]+:[0-9]+: ce n'est pas du YAML correct \([a-z ]*.*fin du fichier" \
    "libyaml's complaint in French too"
status 1 "check, an empty folder" check "$T/empty"
LAKANA_DATA=$T/empty status 3 "check, the program's own files missing" check
status 0 "check, a picture" check --preview 1.A -o "$T/a.png"
status 2 "check, a picture of nothing" check --preview 9.Z -o "$T/z.png"
status 2 "check, a page that is not there" check --preview 1.A --page 9 -o "$T/z.png"
status 3 "check, a picture nowhere" check --preview 1.A -o "$T/none/z.png"
status 0 "services, blank" services --blank -o "$T/blank.pdf"
status 2 "services, no list" -C "$T/empty" services
printf 'lieu: "X"\ndate: 2020-01-01\nservices: []\n' >"$T/old.yaml"
status 1 "services, out of date" services "$T/old.yaml"
status 1 "services, no list at all" services "$T/bad/5a-suivi.yaml"
status 0 "geometry" geometry 1.B
status 2 "geometry, unknown form" geometry 9.Z
status 0 "print" -C "$O" print --cases 1 --forms 1.A -o "$T/p.pdf"
says err "^1 pack, 2 pages$NO_BREAK: " "French spacing around names of files"
status 2 "print, nowhere to" -C "$O" print --cases 1
status 3 "print, not an office" -C "$T/empty" print --cases 1 -o "$T/q.pdf"
status 3 "print, folder missing" -C "$O" print --cases 1 -o "$T/none/q.pdf"
status 0 "ingest, pages without a mark" -C "$O" ingest "$T/p.pdf"
says out "^2 pages dans 1 fichier, [0-9]+\.[0-9] s" "numbers in C form"
echo bonjour >"$T/t.txt"
status 1 "ingest, one good file and one bad" -C "$O" ingest "$T/p.pdf" "$T/t.txt"
says out "  1 fichier n'a pas pu être pris" "singular"
status 1 "ingest, an empty folder" -C "$O" ingest "$T/empty"
status 2 "ingest, nothing" -C "$O" ingest
status 3 "ingest, no such file" -C "$O" ingest "$T/none.pdf" "$T/none2.pdf"
says out "pas de fichier ni de répertoire de ce nom" "the system's errors in French"
says out "  2 fichiers n'ont pas pu être pris" "plural"
code=$(sql "SELECT code FROM cases")
status 0 "labels" -C "$O" labels --case "$code" -o "$T/l.pdf"
says err "^1 étiquette sur 1 feuille$NO_BREAK: " "labels on a sheet, in French"
status 2 "labels, nobody named" -C "$O" labels -o "$T/l.pdf"
status 3 "labels, not an office" -C "$T/empty" labels --cases 1 -o "$T/l.pdf"
status 0 "case list" -C "$O" case list
says out "^Dossier +Pages +À relire +À saisir" "head of the list"
status 0 "case show" -C "$O" case show "$code"
! grep -E "$french" "$T/out" >"$T/text"
ok $? "no English in a case file"
status 1 "case show, code of nobody" -C "$O" case show MOP-48219-07366-29
status 2 "case show, wrong check digits" -C "$O" case show MOP-48219-07366-28
status 3 "case show, not an office" -C "$T/empty" case show "$code"
status 0 "case cover" -C "$O" case cover "$code" -o "$T/pc.pdf"
says err "^Page de couverture des dossiers, 1 page$NO_BREAK: " "what was printed, and where"
status 2 "case cover, nowhere to" -C "$O" case cover "$code"
status 0 "case checklist" -C "$O" case checklist "$code" -o "$T/lv.pdf"
status 1 "case checklist, code of nobody" -C "$O" case checklist MOP-48219-07366-29 -o "$T/lv.pdf"
status 3 "case checklist, folder missing" -C "$O" case checklist "$code" -o "$T/none/lv.pdf"
status 1 "case decide, not a value" -C "$O" case decide "$code" --form 1.A --field forme_accord --value x
status 0 "case decide" -C "$O" case decide "$code" --form 1.A --field forme_accord --value ecrit
status 2 "case decide, nothing said" -C "$O" case decide "$code"
status 0 "layout export" -C "$O" layout export "$T/l.json"
status 0 "layout import" -C "$O" layout import "$T/l.json"
status 2 "layout, nothing said" -C "$O" layout
status 3 "layout import, no such file" -C "$O" layout import "$T/none.json"
status 3 "layout import, not JSON" -C "$O" layout import "$T/t.txt"
says err "pas un fichier de mises en page" "said in French"
status 0 "export" -C "$O" export values --json
cp "$T/out" "$T/values"
status 2 "export, nothing said" -C "$O" export
status 3 "export, not an office" -C "$T/empty" export values --json

# --- Data know no language. ---
LC_ALL=en_US.UTF-8 "$LAKANA" -C "$O" export values --json | cmp -s - "$T/values"
ok $? "exported values are the same in English"
"$LAKANA" geometry 1.B >"$T/fr.json"
LANG=en "$LAKANA" geometry 1.B | cmp -s - "$T/fr.json"
ok $? "and so is the geometry"

# --- The catalogue. ---
# A plain space before these would let a line end there.
perl -CSD -0ne 's/"\n"//g; print "$1\n" while /^msgstr.*?"(.*[^ ] [:;?!»](?!-).*|.*«[ ].*)"$/mg' \
    "$SOURCE/po/fr.po" >"$T/out"
is "$(cat "$T/out")" "" "French punctuation has its no-break spaces"
end
