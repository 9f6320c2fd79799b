#!/bin/sh
# libmimeo as the page has it, under Node: every vector gets its verdict, damaged files get answers, and what the
# program exports (parts, encrypted, zip) is read.  In browsers: test_page.sh.
# label: slow
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

worker=$MIMEO_BUILD_DIR/page/worker.js
pages=$MIMEO_SOURCE_DIR/tests/page
[ -f "$worker" ] || skip 'this build has no page (-DMIMEO_PAGE=ON)'
need node jq

checks=$((checks + 1))
timeout 900 node "$pages/vectors.js" "$worker" "$MIMEO_SOURCE_DIR/tests/vectors" || fault 'a vector has another verdict than natively'

make_publisher press
for n in 1 2 3 4 5 6 7 8; do
    article $n
done | publish press - >/dev/null 2>&1 || fault publish
article 9 'The ferry of Žižkov' | publish press - >/dev/null 2>&1 || fault publish
printf 'a passphrase\n' >passphrase
chmod 600 passphrase
expect 0 '' "$MIMEO" export -o plain.mimeo press
expect 0 '' "$MIMEO" export --encrypt --passphrase-file passphrase -o sealed press
expect 0 '' "$MIMEO" export --zip -o packed.zip press

checks=$((checks + 1))
timeout 600 node "$pages/hostile.js" "$worker" plain.mimeo "$MIMEO_SOURCE_DIR/tests/vectors/good-dictionary.mimeo" \
    "$MIMEO_SOURCE_DIR/tests/vectors/good-rotation.mimeo" || fault 'a damaged file has no answer'

"$MIMEO" list --json press 2>/dev/null | jq -r .id | sort >expected.ids
checks=$((checks + 1))
timeout 300 node "$pages/exports.js" "$worker" expected.ids plain.mimeo sealed packed.zip press || fault 'an export is not read as it was written'

done_testing
