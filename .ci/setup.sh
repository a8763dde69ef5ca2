#!/bin/sh
# Installs with apt what is missing: setup.sh build|test|lint|fuzz|train; for tests with npm what
# drives a browser, into build/page-tests. Says what it does; asks nothing of the network if
# everything is there.
set -eu
build="build-essential pkg-config gettext libglib2.0-dev libyaml-dev libfreetype-dev
libjson-glib-dev libhpdf-dev libqrencode-dev libqpdf-dev libjpeg62-turbo-dev libtiff-dev
libpng-dev zlib1g-dev libleptonica-dev libpoppler-glib-dev libzxing-dev libzbar-dev
tesseract-ocr tesseract-ocr-eng libseccomp-dev libsqlite3-dev libsodium-dev libarchive-dev
libmicrohttpd-dev libglib2.0-dev-bin fonts-sil-andika"
test="perl python3 file poppler-utils qpdf zbar-tools sqlite3 libtiff-tools imagemagick curl
ca-certificates chromium nodejs npm"
lint="clang-format clang-tidy"
fuzz="clang libclang-rt-14-dev"
train="python3 python3-numpy python3-torch"
case "${1:-build}" in
build) wanted=$build ;;
test) wanted="$build $test" ;;
lint) wanted="$build $lint" ;;
fuzz) wanted="$build $fuzz" ;;
train) wanted="$build $test $train" ;;
*) echo "usage: setup.sh build|test|lint|fuzz|train" >&2; exit 2 ;;
esac

missing=
for package in $wanted; do
    # Node and npm may come from elsewhere, npm with node.
    case $package in nodejs | npm)
        command -v "${package%js}" >/dev/null && continue ;;
    esac
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
done

# What drives the browser in the tests of the review station's page.
get_page_tests() {
    from=tests/browser to=build/page-tests
    [ "${1:-build}" = test ] || return 0
    cmp -s $from/package-lock.json "$to/node_modules/.as-locked" && return 0
    echo "Installing: playwright-core (npm)"
    mkdir -p "$to"
    cp $from/package.json $from/package-lock.json "$to/"
    (cd "$to" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
    cp $from/package-lock.json "$to/node_modules/.as-locked"
}
cd "$(dirname "$0")/.."
if [ -z "$missing" ]; then
    get_page_tests "$@"
    exit 0
fi

echo "Installing:$missing"
as_root=
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "Run as root: apt-get install --no-install-recommends$missing" >&2
        exit 1
    fi
    as_root=sudo
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { $as_root apt-get update &&
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "apt-get could not install:$missing" >&2
    exit 1
fi
get_page_tests "$@"
