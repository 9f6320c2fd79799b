#!/bin/sh
# reader.html is the same, byte for byte, from another directory, with another HOME, time, umask and language.
# label: slow
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

page=$MIMEO_BUILD_DIR/reader.html
sources=${MIMEO_PAGE_SOURCES:-$MIMEO_SOURCE_DIR/build/page-sources}
[ -f "$page" ] || skip 'this build has no page (-DMIMEO_PAGE=ON)'
[ -d "$sources" ] || skip 'the source packages are not there'
need emcc node dpkg-source cmake xz

mkdir -p elsewhere/deep/down
(cd "$MIMEO_SOURCE_DIR" && tar -cf - CMakeLists.txt include keys mirror tools) | tar -xf - -C elsewhere/deep/down || exit 1
checks=$((checks + 1))
(umask 077 && HOME=$work/another TZ=Asia/Tehran LANG=de_DE.UTF-8 LC_ALL=C CFLAGS=-O1 sh elsewhere/deep/down/tools/build-page \
    -s "$sources" -w "$work/in another place" -o "$work/again.html" >log 2>&1) || fault "the build fails: $(tail -n 3 log)"
cmp "$page" again.html || fault 'another build gives other bytes'
if grep -aq -e "$work" -e "$MIMEO_SOURCE_DIR" again.html; then
    fault 'a path of the builder is in the page'
fi
done_testing
