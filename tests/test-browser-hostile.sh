#!/bin/sh
# The review station in a real browser: a hostile page beside it; a clerk who may see crops only.
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/browser/offices.inc"
pages_office "$T/office"
in_browser hostile "$T/office"
