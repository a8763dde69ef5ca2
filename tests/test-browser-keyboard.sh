#!/bin/sh
# The review station in a real browser: all queues of the samples emptied by keys alone.
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/browser/offices.inc"
samples_office "$T/office"
in_browser keyboard "$T/office"
