#!/bin/sh
# What is typed at the review station, as the page itself checks it: without a browser.
. "$(dirname "$0")/tap.sh"
if ! command -v node >/dev/null; then
    skip "no node"
    end
    exit 0
fi
mkdir "$T/page"
cp src/web/page/*.js "$T/page/"
echo '{"type":"module"}' >"$T/page/package.json"
node tests/browser/typing.mjs "$T/page"
