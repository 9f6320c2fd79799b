#!/bin/sh
# README's recipe for verifying by hand is complete and true: taken out of README.md as it stands,
# it passes on a mirror that the program made, and fails on each of several tampered copies.
# It must not use the program: it runs with a PATH that does not have it, and without MIMEO.
set -eu

for tool in openssl b2sum basenc git; do
    command -v "$tool" >/dev/null 2>&1 || { echo "$tool is not installed"; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/data
export XDG_CONFIG_HOME XDG_DATA_HOME
fail() { printf 'FAIL: %s\n' "$*"; exit 1; }

awk '/^<!-- test_hand_verification/ { marked = 1 }
     marked && /^```sh$/ { on = 1; next }
     on && /^```$/ { exit }
     on' "$MIMEO_SOURCE_DIR/README.md" >"$work/recipe.sh"
[ -s "$work/recipe.sh" ] || fail 'README.md has no recipe behind its mark'
# shellcheck disable=SC2016 # a pattern
! grep -qE '\$MIMEO|(^|[|(&;]) *mimeo ' "$work/recipe.sh" || fail 'the recipe uses the program'

sample=$MIMEO_SOURCE_DIR/tools/sample
cd "$work"
"$MIMEO" -q init press --name 'By Hand' --root-key root.key --no-passphrase 2>talk.txt || { cat talk.txt; fail init; }
set --
for file in "$sample"/*.jsonl "$sample"/*.md "$sample"/*.html "$sample"/*.txt; do
    [ "$file" = "$sample/README.md" ] || set -- "$@" "$file"
done
"$MIMEO" -q -C press publish "$@" 2>talk.txt || { cat talk.txt; fail publish; }
"$MIMEO" -q -C press publish --heartbeat 2>talk.txt || { cat talk.txt; fail heartbeat; }
link=$("$MIMEO" -C press head --link)
id=$(printf %s "$link" | sed 's/^mimeo:\([0-9a-f]\{64\}\).*/\1/')
digits=$(sed -n 's/^Fingerprint: //p' press/README.md)
git clone -q press clone
git -C clone archive origin/media >media.tar && tar -x -f media.tar -C clone media

verify() { env -u MIMEO sh recipe.sh "$1" "$id" >said 2>&1; }

verify clone || { cat said; fail 'the recipe refuses a good mirror'; }
grep -q '^good: 3 bundles, ' said || { cat said; fail 'the recipe counts otherwise'; }
grep -qF "$digits" said || { cat said; fail "the recipe has other digits than $digits"; }

# tampered NAME COMMAND...: the command changes the copy "bad", and the recipe must notice.
count=0
tampered() {
    name=$1
    shift
    rm -rf bad
    cp -r clone bad
    "$@"
    ! diff -r -q clone bad >/dev/null || fail "$name: nothing was changed"
    ! verify bad || { cat said; fail "the recipe accepts: $name"; }
    count=$((count + 1))
}
bundle=bad/bundles/00/00/02.mimeo
flip() { # FILE OFFSET: another byte there
    byte=$(od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' ')
    # shellcheck disable=SC2059 # the format is the byte
    printf "\\$(printf %03o $(((byte + 1) % 256)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
size=$(wc -c <clone/bundles/00/00/02.mimeo)
header=$(od -An -tu4 --endian=big -j12 -N4 clone/bundles/00/00/02.mimeo | tr -d ' ')
picture=$(cd clone && find media -type f | sort | head -n 1)

tampered 'a byte of the last block' flip "$bundle" $((size - 1))
tampered 'a byte of the catalog table' flip "$bundle" $((24 + header + 3))
tampered 'a byte of the header' flip "$bundle" 60
tampered 'a byte of the signature' flip "$bundle" $((24 + header - 20))
tampered 'the kind in the prefix' flip "$bundle" 8
tampered 'the length in the prefix' flip "$bundle" 23
tampered 'a cut bundle' truncate -s -1 "$bundle"
tampered 'a longer bundle' truncate -s +1 "$bundle"
tampered 'a missing bundle' rm "$bundle"
tampered 'a bundle in the place of another' cp clone/bundles/00/00/01.mimeo "$bundle"
tampered 'another name in the charter' sed -i 's/^name By Hand/name By Hank/' bad/charter/000001
signed_twice() { tail -n 1 clone/charter/000001 >>bad/charter/000001; }
tampered 'a signature twice' signed_twice
no_signature() { sed '/^$/q' clone/charter/000001 >bad/charter/000001; }
tampered 'no signature' no_signature
tampered 'a cut signature' truncate -s -10 bad/charter/000001
tampered 'no charter' rm bad/charter/000001
old_head() { git -C clone show HEAD~1:head >bad/head; }
tampered 'an old head' old_head
tampered 'a picture' flip "bad/$picture" 100

# A whole mirror of another publisher with the same name, every signature of which is good.
"$MIMEO" -q --library "$work/other" init forged --name 'By Hand' --root-key other.key --no-passphrase 2>talk.txt ||
    { cat talk.txt; fail 'init of another publisher'; }
! verify forged || fail 'the recipe accepts another publisher'
grep -q 'another publisher' said || { cat said; fail 'the recipe does not say that it is another publisher'; }

printf 'the recipe holds: 1 good mirror, %d bad ones\n' $((count + 1))
