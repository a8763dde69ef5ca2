# tap.sh - what the shell tests share; sourced, not run.
#
# $LAKANA is the program, $BUILD the folder of the test tools. Each test gets an empty
# folder $T, removed at the end, and speaks English.
set -u
: "${LAKANA:=$PWD/build/lakana}" "${BUILD:=$PWD/build}"
export LANG=en
unset LAKANA_HOME LC_ALL LC_MESSAGES
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
N=0

# ok STATUS NAME: 0 passes; what the last command said is shown when it fails.
ok() {
    N=$((N + 1))
    if [ "$1" = 0 ]; then
        echo "ok $N - $2"
    else
        echo "not ok $N - $2"
        for file in "$T/out" "$T/err"; do
            [ -f "$file" ] && sed "s|^|# ${file##*/}: |" "$file" | tail -n 12
        done
    fi
}

# is GOT EXPECTED NAME
is() {
    [ "$1" = "$2" ]
    ok $? "$3"
    [ "$1" = "$2" ] || printf '# got:      %s\n# expected: %s\n' "$1" "$2"
}

# run COMMAND…: output in $T/out, messages in $T/err, status in $S
run() {
    "$@" >"$T/out" 2>"$T/err"
    S=$?
}

# says FILE PATTERN NAME: a line of $T/out or $T/err matches (grep -E)
says() {
    grep -Eq -- "$2" "$T/$1"
    ok $? "$3"
}

# new_office DIR OPTIONS…: a new one; its recovery words, which open everything, are in
# $T/words, and every command finds them there.
new_office() {
    "$LAKANA" init "$@" >"$T/words" 2>/dev/null
    chmod 600 "$T/words"
    export LAKANA_USER=recovery LAKANA_PASSPHRASE_FILE="$T/words"
}
# clear OFFICE FILE: what is sealed in FILE
clear() { "$BUILD/tool-unseal" "$1" "$T/words" "$2"; }

sql() { sqlite3 "$O/lakana.db" "$1"; }

skip() {
    N=$((N + 1))
    echo "ok $N - # SKIP $1"
}

end() { echo "1..$N"; }
