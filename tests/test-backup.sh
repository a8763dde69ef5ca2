#!/bin/sh
# lakana backup and restore: consistent while intake runs, killed at any moment, on a full
# disk; nothing half done, nothing lost. Judges: sqlite3, diff, cmp, grep.
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/office.inc"
KILLS=${KILLS:-25}
SEED=${SEED:-20261127}

O=$T/office
new_office "$O" MOP
ok $? "an office with an admin and a manager"
"$LAKANA" -C "$O" print --cases 1 --forms 1.A,1.B -o "$T/p.pdf" --manifest "$T/m.json" \
    2>/dev/null
mkdir "$T/in"
pages=$(qpdf --show-npages "$T/p.pdf")
for n in 1 2 3; do
    "$BUILD/tool-fill" --seed $n --dpi 200 --profile g4 --pages "1-$pages" -o "$T/in/$n.tif" \
        "$T/p.pdf" "$T/m.json" || exit 1
done
"$LAKANA" -C "$O" ingest --jobs 1 "$T/in/1.tif" >/dev/null 2>&1

# Everything in the tables, in an order of its own.
dump() { # OFFICE [TABLE…]
    office=$1
    shift
    for table in "${@:-pages}"; do
        sqlite3 "$office/lakana.db" "SELECT * FROM $table ORDER BY 1, 2"
    done
}
tables="cases copies scans pages readings items decisions people domains grants layouts"
files() { (cd "$1" && find archive pages -type f 2>/dev/null | grep -v incoming | sort); }

# --- The way there and back. ---
run "$LAKANA" -C "$O" backup -o "$T/b.lkb"
is "$S" 0 "backup: done"
says err "written and read again" "backup: says that it was verified"
is "$(stat -c %a "$T/b.lkb")" 600 "backup: only its owner can read it"
run "$LAKANA" restore --check "$T/b.lkb" --as adama
is "$S" 0 "restore --check: an admin finds it whole"
run "$LAKANA" restore "$T/b.lkb" --to "$T/back" --as adama
is "$S" 0 "restore: done"
for table in $tables; do
    dump "$O" $table >"$T/a"
    dump "$T/back" $table >"$T/b"
    cmp -s "$T/a" "$T/b" || echo "$table differs"
done >"$T/out"
is "$(cat "$T/out")" "" "restore: every table is as it was"
(cd "$O" && find archive pages -type f 2>/dev/null | grep -v incoming | xargs b2sum) >"$T/a"
(cd "$T/back" && b2sum -c "$T/a" >/dev/null 2>"$T/err")
ok $? "restore: every file is as it was"
is "$(find "$T/back" -perm /077 | wc -l)" 0 "restore: only the owner can read any of it"
run "$LAKANA" -C "$T/back" case list
is "$S" 0 "the restored office works"
run "$LAKANA" -C "$T/back" ingest --jobs 1 "$T/in/2.tif"
[ "$S" -le 1 ]
ok $? "and files more paper"

with_words "$O.words" "$LAKANA" restore "$T/b.lkb" --to "$T/back2" 2>"$T/err"
is $? 0 "restore: the recovery words open it too"
run "$LAKANA" restore "$T/b.lkb" --to "$T/back3" --as gaoussou
is "$S" 1 "restore: a manager does not hold the key"
echo "une autre phrase longue" >"$T/wrong"
with_words "$T/wrong" "$LAKANA" restore "$T/b.lkb" --to "$T/back3" --as adama 2>"$T/err"
is $? 1 "restore: a wrong passphrase is refused"
[ ! -e "$T/back3" ] && [ ! -e "$T/back3.part" ]
ok $? "and leaves nothing behind"

# --- What is there stays. ---
b2sum "$T/b.lkb" >"$T/before"
run "$LAKANA" -C "$O" backup -o "$T/b.lkb"
is "$S" 1 "backup: an existing file is refused"
b2sum -c "$T/before" >/dev/null 2>&1
ok $? "and stays as it is"
run "$LAKANA" restore "$T/b.lkb" --to "$O" --as adama
is "$S" 1 "restore: an existing office is refused"
run "$LAKANA" restore "$T/b.lkb" --to "$T" --check --as adama
is "$S" 2 "restore: --to and --check contradict each other"
printf 'LKB1 but no more' >"$T/no.lkb"
run "$LAKANA" restore --check "$T/no.lkb" --as adama
is "$S" 3 "restore: what is no backup is refused"
head -c 100000 "$T/b.lkb" >"$T/cut.lkb"
run "$LAKANA" restore "$T/cut.lkb" --to "$T/back3" --as adama
[ "$S" = 3 ] && [ ! -e "$T/back3" ] && [ ! -e "$T/back3.part" ]
ok $? "restore: one that was cut short is refused, nothing is left"

# --- While intake runs. ---
cp -r "$O" "$T/busy"
rm "$T/busy"/intake.lock 2>/dev/null
"$LAKANA" -C "$T/busy" ingest --jobs 1 "$T/in" >/dev/null 2>&1 &
intake=$!
n=0
: >"$T/wrong-busy"
while kill -0 $intake 2>/dev/null || [ $n = 0 ]; do
    n=$((n + 1))
    "$LAKANA" -C "$T/busy" backup -o "$T/busy-$n.lkb" 2>"$T/err" || {
        echo "backup $n failed"; cat "$T/err"; } >>"$T/wrong-busy"
    [ $n -lt 12 ] || wait $intake
done
wait $intake 2>/dev/null
for i in $(seq $n); do
    "$LAKANA" restore "$T/busy-$i.lkb" --to "$T/busy-$i" --as adama 2>"$T/err" || {
        echo "restore $i failed"; cat "$T/err"; } >>"$T/wrong-busy"
    rm -rf "$T/busy-$i" "$T/busy-$i.lkb"
done
is "$(cat "$T/wrong-busy")" "" "$n backups while intake ran: each one whole"

# --- Killed. ---
now_us() { echo $(($(date +%s%N) / 1000)); }
from=$(now_us)
"$LAKANA" -C "$O" backup -o "$T/calm.lkb" 2>/dev/null
span=$(($(now_us) - from))
from=$(now_us)
"$LAKANA" restore "$T/calm.lkb" --to "$T/calm" --as adama 2>/dev/null
span_back=$(($(now_us) - from))
moments() { # SPAN: seconds, from the seed, spread over a whole run
    awk -v seed="$SEED" -v span="$1" 'BEGIN { srand(seed);
        for (i = 0; i < 400; i++) printf "%.4f\n", rand() * span / 1e6 }'
}
# kill_at SECONDS COMMAND…: status 137 if the kill hit
kill_at() {
    moment=$1
    shift
    "$@" >/dev/null 2>&1 &
    pid=$!
    sleep "$moment"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
}
: >"$T/wrong-kill"
kills=0
moments $span >"$T/moments"
exec 3<"$T/moments"
while [ $kills -lt "$KILLS" ] && read -r moment <&3; do
    rm -f "$T/k.lkb"
    kill_at "$moment" "$LAKANA" -C "$O" backup -o "$T/k.lkb"
    [ $? = 137 ] || continue
    kills=$((kills + 1))
    if [ -e "$T/k.lkb" ]; then # killed when it was done
        "$LAKANA" restore --check "$T/k.lkb" --as adama 2>/dev/null ||
            echo "a backup that is there is not whole" >>"$T/wrong-kill"
    fi
done
exec 3<&-
rm -f "$T/k.lkb"
"$LAKANA" -C "$O" backup -o "$T/k.lkb" 2>"$T/err" || echo "the last one failed" >>"$T/wrong-kill"
ls "$O" "$T" | grep -E 'snapshot|part' >>"$T/wrong-kill"
[ "$(sqlite3 "$O/lakana.db" 'PRAGMA integrity_check')" = ok ] ||
    echo "the office is damaged" >>"$T/wrong-kill"
is "$(cat "$T/wrong-kill")" "" "backup killed $kills times: no half file, no leftovers"

: >"$T/wrong-kill"
kills=0
moments $span_back >"$T/moments"
exec 3<"$T/moments"
while [ $kills -lt "$KILLS" ] && read -r moment <&3; do
    rm -rf "$T/killed"
    kill_at "$moment" "$LAKANA" restore "$T/calm.lkb" --to "$T/killed" --as adama
    [ $? = 137 ] || continue
    kills=$((kills + 1))
    if [ -e "$T/killed" ]; then
        dump "$T/killed" pages >"$T/a"
        dump "$T/calm" pages >"$T/b"
        cmp -s "$T/a" "$T/b" || echo "half an office" >>"$T/wrong-kill"
        files "$T/killed" >"$T/a"
        files "$T/calm" >"$T/b"
        cmp -s "$T/a" "$T/b" || echo "half an archive" >>"$T/wrong-kill"
    fi
done
exec 3<&-
rm -rf "$T/killed"
"$LAKANA" restore "$T/calm.lkb" --to "$T/killed" --as adama 2>"$T/err" ||
    echo "the last one failed" >>"$T/wrong-kill"
[ ! -e "$T/killed.part" ] || echo "leftovers" >>"$T/wrong-kill"
is "$(cat "$T/wrong-kill")" "" "restore killed $kills times: whole or not there"

# --- No room. ---
# A file size limit behaves like a full disk for whoever writes; the signal it sends is
# ignored, as on a disk there is none.
limited() { # KILOBYTES COMMAND…
    kb=$1
    shift
    (trap '' XFSZ; ulimit -f $((kb * 2)); exec "$@")
}
size=$(($(stat -c %s "$T/b.lkb") / 1024))
for kb in 40 $((size / 2)) $((size - 8)); do
    limited $kb "$LAKANA" -C "$O" backup -o "$T/full.lkb" >/dev/null 2>"$T/err"
    [ $? = 3 ] && [ ! -e "$T/full.lkb" ] && [ ! -e "$T/full.lkb.part" ] || echo "$kb kB"
done >"$T/out"
is "$(cat "$T/out")" "" "backup without room: says so and leaves nothing"
ls "$O" | grep -q snapshot
is $? 1 "nor in the office"
limited 100 "$LAKANA" restore "$T/b.lkb" --to "$T/full" --as adama >/dev/null 2>"$T/err"
is $? 3 "restore without room: fails"
[ ! -e "$T/full" ] && [ ! -e "$T/full.part" ]
ok $? "and leaves nothing"
if mkdir "$T/tiny" && mount -t tmpfs -o size=100k tmpfs "$T/tiny" 2>/dev/null; then
    run "$LAKANA" -C "$O" backup -o "$T/tiny/b.lkb"
    is "$S" 3 "backup to a full disk: fails"
    says err "disk is full" "and says why"
    is "$(ls -A "$T/tiny")" "" "and leaves nothing"
    umount "$T/tiny"
    # What cannot be swept away stays known for a leftover of ours: a kill may come there.
    mkdir -p "$T/left.part/archive" "$T/left.part/pages" "$T/left.part/a" "$T/left.part/z"
    : >"$T/left.part/restore.lock"
    for name in archive pages a z; do
        mount -t tmpfs -o size=4k tmpfs "$T/left.part/$name"
    done
    run "$LAKANA" restore "$T/b.lkb" --to "$T/left" --as adama
    is "$S $(ls "$T/left.part" | grep -c lock)" "3 1" "leftovers that cannot be removed"
    for name in archive pages a z; do umount "$T/left.part/$name" 2>/dev/null; done
    run "$LAKANA" restore "$T/b.lkb" --to "$T/left" --as adama
    is "$S" 0 "are, as soon as they can"
else
    skip "no rights to mount a small disk"
fi
"$LAKANA" -C "$O" backup -o "$T/last.lkb" 2>"$T/err"
ok $? "with room again, it goes on"
end
