#!/bin/sh
# What a new user sees first: an office, a printed pack, the samples filed, one file shown.
# demo.sh FOLDER, with $LAKANA the program.
set -eu
cd "$(dirname "$0")/.."
demo=$1
bold= blue= plain=
if [ -t 1 ]; then
    bold=$(printf '\033[1m') blue=$(printf '\033[36m') plain=$(printf '\033[0m')
fi
step() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain"; }
program=${LAKANA#"$PWD/"}
# Shows a command as it can be typed, then runs it.
run() {
    printf '%s$ %s' "$blue" "$program"
    shift
    for word; do
        case $word in
        *[!A-Za-z0-9/._,-]*) printf ' "%s"' "$word" ;;
        *) printf ' %s' "$word" ;;
        esac
    done
    printf '%s\n' "$plain"
    "$LAKANA" "$@"
}
look() { printf '  %-26s  %s\n' "$@"; }

rm -rf "$demo"
mkdir -p "$demo"
step "1/4 Un bureau (la base de données et l'archive)"
run "$LAKANA" init "$demo/bureau" --region MOP --office "DRPFEF Mopti (EXEMPLE FICTIF)"
step "2/4 Deux dossiers neufs, à imprimer"
run "$LAKANA" -C "$demo/bureau" print --cases 2 -o "$demo/dossiers.pdf" --manifest "$demo/dossiers.json"
step "3/4 Des dossiers remplis et numérisés : copieur, télécopieur, tablette"
run "$LAKANA" -C "$demo/bureau" ingest samples/ || [ $? = 1 ]
step "4/4 Ce que la base en sait"
run "$LAKANA" -C "$demo/bureau" case list
code=$("$LAKANA" -C "$demo/bureau" case list --json |
    sed -n 's/.*"case":"\([^"]*\)".*"pages":[1-9].*/\1/p' | head -n 1)
run "$LAKANA" -C "$demo/bureau" case show "$code"

printf '\nÀ regarder maintenant :\n'
look "$demo/dossiers.pdf" "les formulaires à imprimer, deux dossiers"
look samples/ "les pages remplies que le programme vient de lire"
look "$demo/bureau/lakana.db" "la base de données (SQLite)"
printf '\nÀ essayer :\n'
for try in "case show $code" "export values --json"; do
    printf '  %s -C %s %s\n' "$program" "$demo/bureau" "$try"
done
printf '  %s --help\n' "$program"
