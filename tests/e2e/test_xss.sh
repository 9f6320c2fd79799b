#!/bin/sh
# Hundreds of hostile pages (tests/browser/xss_vectors.py) become articles; a real browser opens those, and
# nothing runs, nothing is requested, and nothing is parsed otherwise than it was meant.
# label: browser
# label: plain
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need python3 chromium chromedriver
timeout 900 python3 -B "$MIMEO_SOURCE_DIR/tests/browser/xss_test.py" "$MIMEO" "$work"
