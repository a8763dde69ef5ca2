#!/bin/sh
# The review station in a real browser: keys, focus, contrast, a small laptop, a tablet; in French.
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/browser/offices.inc"
export LANG=fr_FR.UTF-8
samples_office "$T/samples"
pages_office "$T/pages"
in_browser look "$T/samples" "$T/pages"
