#!/bin/sh
# The review station in a real browser: a reload, a browser or a station killed, two clerks at once.
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/browser/offices.inc"
samples_office "$T/office"
in_browser lost "$T/office"
