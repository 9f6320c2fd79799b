#!/bin/sh
# Publishers that ship: known without a pin to a program that was built with them, and to no other.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need git jq b2sum cmake
sample() { timeout 60 "$MIMEO_BUILD_DIR/tests/mimeo-sample" "$@"; }
keyring=$MIMEO_SOURCE_DIR/tests/keys

mkdir made
"$MIMEO_BUILD_DIR/tests/sample_publisher" made || fault 'making the sample publisher'
cmp -s made/charter "$keyring/harbour/000001" || fault 'tests/keys/harbour/000001 is not what sample_publisher makes'
id=$(sed '/^$/,$d' made/charter | b2sum -l 256 | cut -c1-64)

# What ships is listed; the program that is installed has what is below keys/, and the sample is not there.
expect 0 "$id" sample trust keyring
is 'the sample in the keyring' "$(sample --json trust keyring | jq -r .publisher)" "$id"
is 'the keyring of the program' "$(mimeo -q --json trust keyring | jq -r .publisher | sort | tr '\n' ' ')" \
    "$(for f in "$MIMEO_SOURCE_DIR"/keys/*/000001; do [ -f "$f" ] && sed '/^$/,$d' "$f" | b2sum -l 256 | cut -c1-64; done | sort | tr '\n' ' ')"
mimeo -q --json trust keyring | grep -q "$id" && fault 'the sample publisher ships with mimeo'

mimeo --library own init press --charter made/charter --key made/publish.key >/dev/null || fault 'init'
article 1 | mimeo -q --library own publish -C press --key made/publish.key - >/dev/null || fault 'publishing'

# Good to the one, unknown to the other; nothing is written about it.
expect 5 'unknown-publisher' mimeo verify press
expect 0 'good' sample verify press
is 'the pin' "$(sample --json status press | jq -r '[.pin, .petname, .verdict] | join(" ")')" 'shipped The Sample Harbour good'
expect 0 'a-1' sample list press
grep -q 'not pinned' err && fault 'a shipped publisher is called not pinned'
[ ! -e library ] || fault 'a trust file was written for a publisher that is not pinned'

# A charter of another text, and another publisher of the name.
make_publisher forged 'The Sample Harbour'
expect 5 'goes by this name' sample verify forged
expect 5 'nothing vouches' sample trust add forged

# Damage is damage.
cp -R press hurt
printf 'x' | dd of=hurt/bundles/00/00/02.mimeo bs=1 seek=700 conv=notrunc 2>/dev/null
expect 4 'damaged' sample verify hurt

# Pinned: verified, with the shipped name, and from then on a rollback is noticed.
expect 0 'verified' sample trust add press
is 'the petname' "$(sample --json trust show 'The Sample Harbour' | jq -r '[.pin, .publisher] | join(" ")')" "verified $id"
expect 0 'good' sample verify press
cp -R press old
article 2 | mimeo -q --library own publish -C press --key made/publish.key - >/dev/null || fault 'publishing more'
expect 0 'good' sample verify press
expect 7 'rollback' sample verify old
rm -rf library
expect 0 'verified' sample trust add press --first-use
rm -rf library
expect 0 'The Sample Harbour: 3 new bundles' sample clone press
grep -q 'first use' err && fault 'a shipped publisher is called one of first use'
is 'a clone of it' "$(sample --json status --publisher "$id" | jq -r '[.pin, .verdict] | join(" ")')" 'verified good'
rm -rf library
expect 4 '' sample trust add press --expect '00000 00000 00000 00000 00000 00000 00000 00000'

# A pin file that claims to be shipped is damaged: that state is never written.
sample -q trust add press >/dev/null && sed -i 's/^state verified/state shipped/' "library/trust/$id/pin"
expect 10 'damaged' sample verify press

# Labels are labels: another name for the directory gives the same table, byte for byte.
table() { cmake "-DKEYS=$1" "-DOUT=$work/$2" -P "$MIMEO_SOURCE_DIR/tools/cmake/keyring.cmake" || fault "making $2"; }
mkdir -p one two none
cp -R "$keyring/harbour" one/a && cp -R press/charter one/z
cp -R "$keyring/harbour" two/zzz && cp -R press/charter two/b
table "$work/one" one.c && table "$work/two" two.c && table "$work/none" none.c
cmp -s one.c two.c || fault 'labels change the table'
grep -q NULL none.c || fault 'an empty keyring has no end'
done_testing
