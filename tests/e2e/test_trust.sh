#!/bin/sh
# Whom a reader trusts, and what is said of copies that are old, forked, forged or nobody's.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need git jq

make_publisher press
article 1 | publish press -
git clone -q press copy

# Nobody vouched for it: told, labelled, readable.
expect 5 'unknown-publisher' mimeo verify copy
expect 0 'calls itself "The Harbour Courier"' mimeo read -C copy a-1
expect 5 'calls itself "The Harbour Courier"' mimeo status copy
is 'a pin that nobody made' "$(mimeo trust | wc -l)" 0

# First use, then digits that fit and digits that do not.
expect 5 '--first-use' mimeo trust add copy
expect 0 'first-use' mimeo trust add copy --first-use --petname courier
expect 0 'first-use' mimeo verify copy
is 'the pin' "$(mimeo trust --json | jq -r .pin)" "$(mimeo trust show courier --json | jq -r .pin)"
expect 4 '' mimeo trust confirm courier --expect '00000 00000 00000 00000 00000 00000 00000 00000'
digits=$(mimeo status copy --json | jq -r .digits)
expect 0 'verified' mimeo trust confirm courier --expect "$digits"
expect 0 'good: verified' mimeo verify copy
expect 0 '' mimeo trust rename courier 'Port paper'
expect 0 'Port paper' mimeo status copy
expect 2 'name --yes' mimeo trust remove 'Port paper' </dev/null
expect 0 '' mimeo trust remove 'Port paper' --yes
expect 5 '' mimeo verify copy
expect 0 'verified' mimeo trust add copy --expect "$digits" --petname courier

# Links: a mistyped one, one of another publisher.
link=$(mimeo head copy --link)
expect 0 'verified' mimeo trust add "$link"
last=$(printf '%s' "$link" | cut -c 70)
expect 10 '' mimeo trust add "$(printf '%s' "$link" | cut -c -69)$([ "$last" = 0 ] && echo 1 || echo 0)$(printf '%s' "$link" | cut -c 71-)"
grep -qi 'mistyped\|check' err || fault 'nothing is said of a mistyped link'
expect 10 '' mimeo trust add 'mimeo:12'

# Another publisher takes the same name.
make_publisher forger
article 1 'A lie' | publish forger -
expect 5 'another publisher that you pinned goes by this name' mimeo verify forger
expect 0 'another publisher that you pinned goes by this name' mimeo list forger
expect 1 '' mimeo trust add forger --first-use --petname courier

# An older copy, once a newer one was seen; not without a pin.
cp -R copy old
article 2 | publish press -
git -C copy pull -q
expect 0 'good' mimeo verify copy
expect 7 'rollback' mimeo verify old
expect 7 'rollback' mimeo status old
expect 0 'rollback' mimeo read -C old a-1
MIMEO_LIBRARY=$work/stranger expect 5 'unknown-publisher' mimeo verify old

# The same key on two machines: each signs a bundle of the same number.  The first seen stays.
cp -R press twin
cp press.key twin.key
cp -R press.library twin.library
cp press.key.journal twin.key.journal
article 3 'One history' | publish press -
article 3 'Another history' | publish twin - || fault 'the twin cannot publish'
expect 0 'good' mimeo verify press
expect 7 'conflicted' mimeo verify twin
expect 7 'conflicted' mimeo status twin
# Reading goes on, and the publisher is conflicted on every screen until a charter settles it.
expect 7 'mimeo trust proofs' mimeo verify press
expect 0 'conflicted' mimeo read -C press a-1
is 'proofs of the conflict' "$(mimeo trust show courier --json | jq '.conflicts > 0')" true

# A fork below what is held, with a newer head: 3 was seen, the other history goes on to 6.
for n in 4 5 6; do article "$n" | publish twin -; done
expect 7 'conflicted' mimeo verify twin
is 'the head that is known' "$(mimeo trust show courier --json | jq .head_seq)" 4
# Even when the bundle of the fork itself is not shown.
rm -f twin/bundles/00/00/04.mimeo
mimeo verify twin >out 2>err && fault 'a fork with a gap passes for good'
is 'the head that is known, after that' "$(mimeo trust show courier --json | jq .head_seq)" 4

# The publisher's own machine refuses to sign past a copy that is ahead, and with a journal that is.
git -C twin checkout -q -- bundles 2>/dev/null
expect 7 '' "$MIMEO" -q --library press.library publish -C press --key press.key --check-mirror twin --heartbeat
cp -R press rolled
article 7 | publish press -
cp press.key rolled.key && cp press.key.journal rolled.key.journal && cp -R press.library rolled.library
expect 7 'journal' publish rolled --heartbeat
rm -f press.key.journal
expect 7 '' publish press --heartbeat
expect 0 '' publish press --heartbeat --check-mirror press

# Late: asked for, and not; by a reader who has seen no conflict.
MIMEO_LIBRARY=$work/calm
pin press
SOURCE_DATE_EPOCH=$(($(date +%s) + 30 * 86400))
export SOURCE_DATE_EPOCH
expect 0 'late' mimeo status press
expect 9 'late' mimeo status press --late
expect 9 'late' mimeo verify press --late
unset SOURCE_DATE_EPOCH
# Pinned by a link alone: the petname is the beginning of the ID, and what came of it says what it calls itself.
MIMEO_LIBRARY=$work/named
make_publisher other 'The Quiet Gazette'
article 1 | publish other -
short=$(printf '%.12s' "$(mimeo --json status other | jq -r .publisher)")
mimeo -q trust add "$(mimeo -q --library other.library head --link other)" >/dev/null || fault 'trust add'
expect 8 "nothing of '$short' is held yet" mimeo verify
make_publisher second 'The Second'
pin second
expect 0 '' mimeo clone second
for command in verify status library; do
    expect 0 "note: nothing of '$short' is held yet" mimeo "$command"
    is "$command: in JSON" "$(mimeo --json "$command" | jq -r 'select(.remark == "nothing is held yet") | .petname')" "$short"
done
expect 0 "Publisher:   $short, calls itself \"The Quiet Gazette\"" mimeo clone other
grep -q "trust rename $short NAME" err || fault 'clone does not say how to name it'
is 'the name in JSON' "$(mimeo --json clone other | jq -r 'select(.pin) | .name')" 'The Quiet Gazette'
expect 0 "$short, calls itself \"The Quiet Gazette\":" mimeo verify
mimeo verify | grep -q 'held yet' && fault 'a note on what is held'
done_testing
