#!/bin/sh
# The page's parts: words in all languages with all plurals, nothing from elsewhere, a policy that fits, small enough.
set -eu

command -v node >/dev/null 2>&1 || { echo 'SKIP: no node'; exit 77; }
node "$MIMEO_SOURCE_DIR/tests/page/check.js"
echo 'ok: the page is whole, small, self-contained and worded in each language'
