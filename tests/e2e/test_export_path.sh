#!/bin/sh
# What proves that a choice of bundles belongs to the head's history: long histories, gaps, parts, readers who are behind.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq python3
tool=$MIMEO_BUILD_DIR/tests/history_tool
[ -x "$tool" ] || skip 'history_tool is not built'
SOURCE_DATE_EPOCH=1795400000 # between the bundles' dates and their next-by
export SOURCE_DATE_EPOCH

"$tool" <<'EOF' || fault 'the histories cannot be made'
charter c1 1 - 0 - A The_Courier
history h
grow h 399 c1 c1 A
dir whole c1 h/1-399 h/399.head
dir old c1 h/1-10 h/10.head
dir behind c1 h/1-380 h/380.head
dir gap c1 h/1-100 h/399.head h/399
history f h 10
grow f 20 c1 c1 A
dir other c1 f/1-20 f/20.head
EOF
# knows LIBRARY MIRROR: a reader who has verified that.
knows() {
    mimeo --library "$1" trust add --first-use "$2" --petname courier >/dev/null 2>&1 || fault "pinning by $2"
    mimeo --library "$1" verify "$2" >/dev/null 2>&1 || fault "verifying $2"
}
knows library whole
# headers PACK: how many bare headers there are; bytes PACK.
headers() {
    python3 - "$1" <<'END'
import struct
import sys
d, at, n = open(sys.argv[1], 'rb').read(), 0, 0
while at < len(d):
    n += d[at + 8] == 2
    at += struct.unpack('>Q', d[at + 16:at + 24])[0]
print(n)
END
}
unjoined() { mimeo --library "$1" verify --json "$2" | jq -s '.[-1].unjoined'; }

# ---- gaps ----

for list in 3 1,50-51,120-130,399 399 2,4,8,16,32,64,128,256 200-; do
    expect 0 '' mimeo export --bundles "$list" --force -o some.mimeo whole
    is "unjoined of $list" "$(unjoined library some.mimeo)" 0
    is "unjoined of $list, for a stranger" "$(unjoined nobody some.mimeo)" 0
done
expect 0 '' mimeo export --bundles 2,4,8,16,32,64,128,256 --force -o some.mimeo whole
[ "$(headers some.mimeo)" -lt 170 ] || fault "$(headers some.mimeo) headers for eight bundles"
expect 0 '' mimeo export --force -o all.mimeo whole
is 'headers where nothing is left out' "$(headers all.mimeo)" 1

# A pack made of that pack, which has no bundle for most headers, proves as much.
expect 0 '' mimeo export -o again.mimeo some.mimeo
is 'of a pack of a pack' "$(unjoined library again.mimeo)" 0

# ---- parts: each alone ----

mkdir parts
expect 0 '' mimeo export --part-size 64K -o parts/x.mimeo whole
[ -z "$(find parts -size +64000c)" ] || fault 'a part is too large'
[ "$(find parts -type f | wc -l)" -ge 8 ] || fault 'there are few parts'
for part in parts/*; do
    is "unjoined in $part" "$(unjoined library "$part")" 0
done

# ---- a reader who is behind ----

expect 0 '' mimeo export --bundles 395- -o new.mimeo whole
knows reader behind
expect 8 'missing' mimeo --library reader verify new.mimeo
is 'unjoined for a reader who is behind' "$(unjoined reader new.mimeo)" 0
is 'the head that is known now' "$(mimeo --library reader trust show courier --json | jq .head_seq)" 399

# Too far behind: readable, labelled, and the head stays.
knows far old
expect 8 'not those that join them' mimeo --library far verify new.mimeo
is 'unjoined for one who is far behind' "$(unjoined far new.mimeo)" 5

# A fork is a fork, whatever headers go along.
knows forked other
expect 0 '' mimeo export --bundles 1-20,399 --force -o long.mimeo whole
expect 7 '' mimeo --library forked verify long.mimeo

# ---- a source with gaps ----

expect 0 '' mimeo export -o gap.mimeo gap
is 'bundles without a path stay what they are' "$(unjoined library gap.mimeo)" "$(unjoined library gap)"
done_testing
