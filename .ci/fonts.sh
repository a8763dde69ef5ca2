#!/bin/sh
# Copies the pinned fonts from their Debian packages to fonts/, refusing any other.
set -eu
cd "$(dirname "$0")/.."
grep -v '^#' fonts/fonts.lst | while read -r _face file sum package path; do
    if [ ! -r "$path" ]; then
        echo "fonts: $path is missing; install the package $package" >&2
        exit 1
    fi
    if [ "$(sha256sum <"$path" | cut -d' ' -f1)" != "$sum" ]; then
        echo "fonts: $path is not the pinned $file (fonts/fonts.lst): another version" \
            "of $package would move the boxes on paper" >&2
        exit 1
    fi
    cp "$path" "fonts/$file"
done
