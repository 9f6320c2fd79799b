#!/bin/sh
# reader.html in Chromium, driven as a person would: tests/browser/page_test.py.
# label: browser
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck disable=SC2034 # page.sh reads it
browser=chromium
# shellcheck source=page.sh
. "$(dirname "$0")/page.sh"
