#!/bin/sh
# Well-formed feeds, written at random in all the ways that XML allows, give exactly what was written into them.
# shellcheck source=tests/e2e/lib.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/lib.sh"
need python3
[ -x "$MIMEO_BUILD_DIR/tests/dump_feed" ] || skip 'dump_feed is not built'
expect 0 ' 0 read wrongly' python3 "$MIMEO_SOURCE_DIR/tests/e2e/feed_wellformed.py" "$MIMEO_BUILD_DIR/tests/dump_feed" "$work" 150
done_testing
