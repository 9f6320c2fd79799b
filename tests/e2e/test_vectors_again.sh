#!/bin/sh
# The tool that made the vectors makes the same ones again.
# label: plain
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
tool=$MIMEO_BUILD_DIR/tests/mimeo-vectors
[ -x "$tool" ] || skip 'mimeo-vectors was not built'
mkdir again
expect 0 '' "$tool" again
cp "$MIMEO_SOURCE_DIR/tests/vectors/README.md" again
expect 0 '' diff -r "$MIMEO_SOURCE_DIR/tests/vectors" again
done_testing
