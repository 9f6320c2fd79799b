#!/bin/sh
# QR codes in reader.html: what the program prints is read from pictures of it, and what the page draws is
# what the program prints.  Under Node, with the page's own worker.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need node
page=$MIMEO_BUILD_DIR/reader.html
[ -f "$page" ] || skip 'the page is not built (MIMEO_PAGE)'

make_publisher press
"$MIMEO" -q head --link press 2>/dev/null >link.txt
"$MIMEO" -q head --link --qr press 2>/dev/null | grep -v '^mimeo:' >code.txt
node "$MIMEO_SOURCE_DIR/tests/page/worker_of.js" "$page" >worker.js || fault 'no worker in the page'
expect 0 ' 0 faults' node "$MIMEO_SOURCE_DIR/tests/page/scan.js" worker.js code.txt "$(cat link.txt)"
cat out
done_testing
