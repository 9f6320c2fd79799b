#!/bin/sh
# Sealed files opened by FORMAT.md and libsodium alone, and the frozen ones of tests/sealed: the format is what the
# document says, and stays it.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need python3 b2sum jq
tool=$MIMEO_BUILD_DIR/tests/seal_tool
[ -x "$tool" ] || skip 'the test programs are not built'
python3 -c 'import ctypes.util, sys; sys.exit(ctypes.util.find_library("sodium") is None)' || skip 'python finds no libsodium'
# shellcheck disable=SC2317 # called by expect
by_hand() { python3 "$MIMEO_SOURCE_DIR/tests/e2e/open_sealed.py" "$@"; }

head -c 1000000 /dev/urandom >noise
for len in 0 13 65536 262145 262160 700000; do
    head -c "$len" noise >plain
    "$tool" seal 'пять выдр' plain sealed || fault "$len bytes cannot be sealed"
    expect 0 "$(b2sum -l 256 <plain | cut -c1-64)" by_hand 'пять выдр' sealed opened
    cmp -s plain opened || fault "$len bytes come out as others"
done
expect 1 '' by_hand 'шесть выдр' sealed opened
head -c 300000 sealed >short
expect 4 '' by_hand 'пять выдр' short opened

# The frozen ones: what the tool ends with, and the hash of what can be had.
count=0
jq -r '[.name, .passphrase, .verdict, .hash // "-"] | @tsv' "$MIMEO_SOURCE_DIR/tests/sealed/expected.jsonl" >list
while IFS='	' read -r name pass verdict hash; do
    count=$((count + 1))
    file=$MIMEO_SOURCE_DIR/tests/sealed/$name.sealed
    case $verdict in good) status=0 ;; damaged) status=4 ;; passphrase) status=1 ;; *) status=10 ;; esac
    expect "$status" '' "$tool" open "$pass" "$file" opened
    [ "$hash" = - ] || is "what $name holds" "$(b2sum -l 256 <opened | cut -c1-64)" "$hash"
    [ "$status" -ne 0 ] || expect 0 "$hash" by_hand "$pass" "$file" opened
done <list
is 'frozen files' "$count" "$(find "$MIMEO_SOURCE_DIR/tests/sealed" -name '*.sealed' | wc -l)"
done_testing
