#!/bin/sh
# Real feeds, where a corpus of them is at hand ($MIMEO_CORPUS): no entry, title, time or paragraph is lost.
# shellcheck source=tests/e2e/lib.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/lib.sh"
need python3
[ -d "${MIMEO_CORPUS:-}/feeds/made" ] || skip 'MIMEO_CORPUS names no corpus with feeds/'
[ -x "$MIMEO_BUILD_DIR/tests/dump_feed" ] || skip 'dump_feed is not built'
expect 0 '0 faults' python3 "$MIMEO_SOURCE_DIR/tests/e2e/feed_corpus.py" "$MIMEO_BUILD_DIR/tests/dump_feed" "$MIMEO_CORPUS/feeds"
cat out
done_testing
