#!/bin/sh
# Backup and restore: how fast, against copying the same bytes and hashing them; memory
# of a small and of a large office.
. "$(dirname "$0")/section.inc"
runs=5
scans=400 # of a megabyte each
few=20

echo "une phrase assez longue" >"$work/passphrase"
chmod 600 "$work/passphrase"
new_office() { # DIR: with an admin, adama
    (umask 077; "$LAKANA" init "$1" --region MOP --office "EXEMPLE FICTIF" \
        >"$work/words" 2>/dev/null)
    LAKANA_PASSPHRASE_FILE=$work/words LAKANA_NEW_PASSPHRASE_FILE=$work/passphrase \
        "$LAKANA" -C "$1" user add adama --role admin 2>/dev/null
}
export LAKANA_PASSPHRASE_FILE="$work/passphrase"

# As many scans as asked, put where intake puts them: their content is of no matter here.
office() { # DIR SCANS
    new_office "$1"
    i=0
    : >"$work/rows.sql"
    while [ $i -lt "$2" ]; do
        head -c 1000000 /dev/urandom >"$work/scan"
        hash=$(b2sum -l 256 <"$work/scan" | cut -d' ' -f1)
        folder=$1/archive/$(echo "$hash" | cut -c1-2)/$(echo "$hash" | cut -c3-4)
        mkdir -p "$folder"
        mv "$work/scan" "$folder/$hash"
        echo "INSERT INTO scans (hash, size, received_at, state, n_pages) VALUES
            ('$hash', 1000000, '2026-11-27T10:00:00Z', 'done', 1);" >>"$work/rows.sql"
        i=$((i + 1))
    done
    sqlite3 "$1/lakana.db" ".read $work/rows.sql"
}
cost() { "$BUILD/tool-cost" "$@" 2>&1 >/dev/null | tail -n 1; }

office "$work/large" $scans
office "$work/small" $few
for run in $(seq $runs); do
    rm -f "$work/copy.tar" "$work/large.lkb"
    cost sh -c "tar -C '$work/large' -cf '$work/copy.tar' archive && sync '$work/copy.tar' &&
        b2sum -l 256 '$work/copy.tar'" >>"$work/copy"
    cost "$LAKANA" -C "$work/large" backup -o "$work/large.lkb" >>"$work/backup"
    rm -rf "$work/back"
    cost "$LAKANA" restore "$work/large.lkb" --to "$work/back" --as adama >>"$work/restore"
done
cost "$LAKANA" -C "$work/small" backup -o "$work/small.lkb" >"$work/backup-small"
cost "$LAKANA" restore "$work/small.lkb" --to "$work/back-small" --as adama >"$work/restore-small"
size=$(stat -c %s "$work/large.lkb")
column() { awk -v n="$2" '{ print $n }' "$work/$1" | median; }
rate() { awk "BEGIN { printf \"%.0f\", $size / 1e6 / $(column "$1" "$2") }"; }
mb() { awk '{ printf "%.0f", $3 / 1e3 }' "$work/$1"; }

section "Backup" "tests/bench/50-backup.sh"
echo "An office of $scans scans, $(awk "BEGIN { printf \"%.0f\", $size / 1e6 }") MB. Backup: read,"
echo "packed, sealed, written, synchronised, read again and compared. Restore: an admin's key"
echo "unlocked (Argon2id), opened, written, database and journal checked, synchronised."
echo "*Copy and hash*: \`tar\`, \`sync\` and \`b2sum\` of the same. Median of $runs runs; load of the"
echo "machine at the end $(cut -d' ' -f1 /proc/loadavg) on $(nproc) cores."
echo
echo "| | wanted | MB/s | MB a second of CPU | peak memory, MB: $few scans | $scans scans |"
echo "|---|---|---|---|---|---|"
echo "| backup | ≥ 100 | $(rate backup 2) | $(rate backup 1) | $(mb backup-small) | $(tail -n 1 "$work/backup" >"$work/one"; mb one) |"
echo "| restore | | $(rate restore 2) | $(rate restore 1) | $(mb restore-small) | $(tail -n 1 "$work/restore" >"$work/one"; mb one) |"
echo "| copy and hash | | $(rate copy 2) | $(rate copy 1) | | |"
