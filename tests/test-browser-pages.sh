#!/bin/sh
# The review station in a real browser: the same page with other ink; a page without identity.
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/browser/offices.inc"
pages_office "$T/one"
for other in two three; do
    cp -r "$T/one" "$T/$other"
    cp "$T/one.words" "$T/$other.words"
done
in_browser pages "$T/one" "$T/two" "$T/three"
