#!/bin/sh
# The arrows between the rooms (docs/architecture.md), read from the includes:
#   cli -> web; cli, web -> pipeline, casework -> form, render, scan, read, store -> base
#   sideways: render -> form, read -> form, read -> scan
# and each outside library is met in its own room only.
set -eu
cd "$(dirname "$0")/.."
low="base form render scan read store"
may() {
    case $1 in
    base) echo base ;;
    form) echo base form ;;
    render) echo base form render ;;
    scan) echo base scan ;;
    read) echo base form scan read ;;
    store) echo base store ;;
    pipeline) echo $low pipeline ;;
    casework) echo $low casework ;;
    web) echo $low pipeline casework web ;;
    cli) echo $low pipeline casework web cli ;;
    esac
}
rooms_of() { # header -> rooms that may include it
    case $1 in
    yaml.h | ft2build.h) echo form ;;
    hpdf* | qrencode.h) echo render ;;
    qpdf/* | jpeglib.h | tiff*.h | png.h | poppler* | cairo* | seccomp.h) echo scan ;;
    leptonica/*) echo scan read ;;
    ZXing/* | zbar.h) echo read ;;
    sqlite3.h | sodium.h | archive.h | archive_entry.h) echo store ;;
    microhttpd.h) echo web ;;
    *) echo any ;;
    esac
}
bad=0
for file in src/*/*.[ch] src/*/*.cc; do
    [ -e "$file" ] || continue
    room=${file#src/}
    room=${room%%/*}
    for header in $(sed -n 's/^ *# *include *["<]\([^">]*\)[">].*/\1/p' "$file"); do
        other=${header%%/*}
        case " $low pipeline casework web cli " in
        *" $other "*)
            case " $(may "$room") " in
            *" $other "*) ;;
            *) echo "$file: the room '$room' may not look into '$other' ($header)"; bad=1 ;;
            esac
            if [ "$other" != "$room" ] && [ "$header" != "$other/$other.h" ]; then
                echo "$file: $header is private to its room; use $other/$other.h"
                bad=1
            fi
            continue ;;
        esac
        case " $(rooms_of "$header") " in
        " any " | *" $room "*) ;;
        *) echo "$file: <$header> is met only in: $(rooms_of "$header")"; bad=1 ;;
        esac
    done
done
[ $bad = 0 ] && echo "arrows: fine"
exit $bad
