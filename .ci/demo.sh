#!/bin/sh
# What a new user sees first: an office, a printed pack, the samples filed, one file shown.
# demo.sh FOLDER, with $LAKANA the program.
set -eu
cd "$(dirname "$0")/.."
demo=$1
step() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
run() {
    printf '\033[36m$ %s\033[0m\n' "$(echo "$*" | sed "s#$LAKANA#lakana#g")"
    "$@"
}

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
    sed -n 's/.*"case":"\([^"]*\)".*"pages_read":[1-9].*/\1/p' | head -n 1)
run "$LAKANA" -C "$demo/bureau" case show "$code"
cat <<FIN

À regarder maintenant :
  $demo/dossiers.pdf        le jeu de formulaires à imprimer
  samples/                  les pages remplies que le programme vient de lire
  $demo/bureau/lakana.db    la base :  sqlite3 $demo/bureau/lakana.db .tables
  lakana -C $demo/bureau case show $code
  lakana -C $demo/bureau export values --json
FIN
