#!/bin/sh
# The words of the review station: each one that the page asks for stands in words.c, and
# none stands there that nobody asks for.
. "$(dirname "$0")/tap.sh"

P=src/web/page
sed -n 's/^ *{"\([^"]*\)",.*/\1/p' src/web/words.c | sort >"$T/there"
grep -oh '\bt("[a-z.]*"' $P/*.js | cut -d'"' -f2 | sort -u >"$T/asked"
grep -oh '\btn("[a-z.]*"' $P/*.js | cut -d'"' -f2 | sort -u |
    sed 's/.*/&.one\n&.many/' >>"$T/asked"
# t(`queue.${id}`): everything that begins so may be asked for.
grep -oh '\bt(`[a-z.]*' $P/*.js | cut -d'`' -f2 | sort -u | grep . >"$T/begins"

lacks=0
while read -r key; do
    grep -qxF -- "$key" "$T/there" || { echo "# no such word: $key"; lacks=1; }
done <"$T/asked"
ok $lacks "every word that the page asks for is there"

begins() {
    while read -r start; do
        case $1 in "$start"*) return 0 ;; esac
    done <"$T/begins"
    return 1
}
idle=0
while read -r key; do
    plain=${key%.one}
    grep -qF -- "\"${plain%.many}\"" $P/*.js || begins "$key" ||
        { echo "# nobody asks for: $key"; idle=1; }
done <"$T/there"
ok $idle "no word stands there that nobody asks for"

end
