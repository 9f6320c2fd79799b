#!/bin/sh
# Syncing: what is new comes from the mirrors, one at a time; one that is behind, gone, forged or somebody
# else's is named, and costs nothing of what is held.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=servers.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/servers.sh"
# shellcheck source-path=SCRIPTDIR source=mirrors.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/mirrors.sh"
need git jq python3

make_publisher press
article 1 | publish press -
who=$(id_of press)
number=1
news() { # one more bundle of one more article
    number=$((number + 1))
    article "$number" | publish press -
}
# only_mirror ADDRESS…: these, and no other
only_mirror() {
    mimeo mirrors --json | jq -r 'select(.added) | .address' >addresses
    while read -r address; do
        mimeo mirrors remove "$who" "$address" >/dev/null 2>&1 || fault "mirrors remove $address"
    done <addresses
    for address; do
        mimeo mirrors add "$who" "$address" >/dev/null 2>&1 || fault "mirrors add $address"
    done
}

# ---- nobody, nothing new, something new ----

status_in 'a sync of an empty library' '0 1' mimeo sync
serve_http .
base=$url first_log=$log
expect 0 '' mimeo clone "$base/press" --expect "$(digits_of press)"
expect 0 'nothing new' mimeo sync
news
news
expect 0 '2 new bundles' mimeo sync
holds_all_of 'a sync' press
is 'list --new' "$(mimeo list --new | cut -f2 | sort | tr '\n' ' ')" 'a-2 a-3 '
is 'list' "$(mimeo list | wc -l)" 3
expect 0 'nothing new' mimeo sync
expect 0 'good: verified' mimeo verify
before=$(grep -c . "$first_log")
expect 0 '' mimeo list
expect 0 '' mimeo read a-1
expect 0 '' mimeo verify
expect 0 '' mimeo status
is 'what reading asked the server' "$(grep -c . "$first_log")" "$before"
news
expect 0 '' mimeo sync --json
jq -es '.[0] | .outcome == "new" and .bundles == 1 and .bytes > 0 and .publisher != "" and .address != ""' out >/dev/null ||
    fault "sync --json: $(cat out)"

# ---- addresses ----

expect 0 "$base/press" mimeo mirrors
expect 0 '' mimeo mirrors add "$who" "$work/press"
expect 0 "$work/press" mimeo mirrors
mimeo mirrors --json | jq -es 'map(select(.added)) | length == 2' >/dev/null || fault 'mirrors --json'
expect 0 '' mimeo mirrors remove "$who" "$work/press"
is 'a mirror that was removed' "$(mimeo mirrors | grep -c "$work/press\$")" 0
status_in 'a mirror of nobody' '1 2 5' mimeo mirrors add nobody "$base/press"
status_in 'a sync of nobody' '1 2 5' mimeo sync nobody

# ---- several publishers ----

make_publisher other 'Another Courier'
article 50 | publish other -
serve_http .
other_log=$log
expect 0 '' mimeo clone "$url/other" --petname Other
is 'articles of both' "$(mimeo list | wc -l)" "$((number + 1))"
: >"$other_log"
news
expect 0 '1 new bundle' mimeo sync "$who"
is 'what the other publisher was asked' "$(grep -c . "$other_log")" 0
article 51 | publish other -
news
expect 0 '' mimeo sync
is 'publishers that brought something' "$(grep -c 'new bundle' out)" 2
is 'list --new of both' "$(mimeo list --new | wc -l)" 2
holds_all_of 'the one' press
holds_all_of 'the other' other
# One that cannot be reached does not keep the other from coming.
stop_server "$server"
news
expect 3 '' mimeo sync
holds_all_of 'the one, where the other is away' press
fresh_library

# ---- failing over ----

serve_http .
base=$url
expect 0 '' mimeo clone press --expect "$(digits_of press)"
serve_bad silent
silent=$url silent_log=$log
serve_dead
only_mirror "$url/press" "$silent/press" "$base/press"
news
begin=$(date +%s)
expect 0 '1 new bundle' mimeo sync --stall-timeout 10 --connect-timeout 10
[ $(($(date +%s) - begin)) -lt 120 ] || fault "failing over took $(($(date +%s) - begin)) s"
holds_all_of 'failing over' press
grep -q "$silent" out || fault 'nothing is said of the mirror that does not answer'
# The one that worked last is asked first now, and alone.
before=$(connections "$silent_log")
news
expect 0 '1 new bundle' mimeo sync
is 'connections to a mirror that was not needed' "$(connections "$silent_log")" "$before"
news
expect 0 '1 new bundle' mimeo sync --stall-timeout 10 --connect-timeout 10 --all-mirrors
[ "$(connections "$silent_log")" -gt "$before" ] || fault '--all-mirrors did not ask each'
only_mirror "$silent/press"
news
expect 3 '' mimeo sync --stall-timeout 2
expect 0 'good: verified' mimeo verify

# ---- behind ----

older_mirror press older 2
only_mirror "$work/press"
expect 0 '' mimeo sync
snapshot
only_mirror "$work/older"
expect 0 'behind' mimeo sync
unchanged 'a mirror that is behind'
expect 0 'good: verified' mimeo verify
news
only_mirror "$work/older" "$work/press"
expect 0 '1 new bundle' mimeo sync
grep -q 'behind' out || fault 'nothing is said of the mirror that is behind'
holds_all_of 'a mirror that is behind and one that is not' press
# For who is further behind it is good enough for what it has.
fresh_library
older_mirror press oldest 4
expect 0 '' mimeo clone oldest --expect "$(digits_of press)"
only_mirror "$work/older"
expect 0 'new bundle' mimeo sync
holds_all_of 'what an older mirror has' older

# ---- addresses that a header names: never a private one ----

serve_bad silent
article 90 | publish press - --mirror "$url/press"
only_mirror "$work/press"
expect 0 '' mimeo sync
expect 0 'never asked' mimeo mirrors
only_mirror
status_in 'a sync with private mirrors alone' '3' mimeo sync --stall-timeout 2
is 'connections to a private address that a header names' "$(connections "$log")" 0
article 91 | publish press - --mirror https://courier.example/press

# ---- somebody else's, a forged one, another history ----

news
older_mirror press before 1
good_library() { # fresh, verified, one bundle behind
    fresh_library
    mimeo clone before --expect "$(digits_of press)" >/dev/null 2>&1 || fault 'clone before'
    snapshot
}
# bad_mirror WHAT "STATUSES" ADDRESS: it is named, nothing of it is taken that is not genuine; a good one helps.
bad_mirror() {
    good_library
    only_mirror "$3"
    status_in "$1" "$2" mimeo sync
    grep -q "$3" out || fault "$1: the mirror is not named"
    nothing_foreign "$1" press
    expect 0 'good: verified' mimeo verify
    mimeo mirrors add "$who" "$work/press" >/dev/null 2>&1 || fault 'mirrors add'
    status_in "$1 and a good one" "0 $2" mimeo sync --all-mirrors
    holds_all_of "$1 and a good one" press
    expect 0 'good: verified' mimeo verify
}
for kind in bundle bundle-header head charter empty readme; do
    damaged_mirror press "damaged-$kind" "$kind"
done
bad_mirror 'another publisher' 4 "$work/other"
mimeo trust | grep -q Another && fault 'another publisher was pinned on the way'
bad_mirror 'a flipped byte in a bundle' 4 "$work/damaged-bundle"
bad_mirror 'a forged bundle' 4 "$work/damaged-bundle-header"
bad_mirror 'a forged head' '0 4' "$work/damaged-head"
bad_mirror 'a forged charter' '0 4' "$work/damaged-charter"
bad_mirror 'an empty bundle' '4 8 10' "$work/damaged-empty"
bad_mirror 'a README with another address' '0 4' "$work/damaged-readme"

# Announced, and not there: what comes of it is incomplete, and said to be.
damaged_mirror press damaged-missing missing
good_library
only_mirror "$work/damaged-missing"
status_in 'a bundle that is announced and not there' '0 4 8' mimeo sync
status_in 'verify' '0 8' mimeo verify
mimeo mirrors add "$who" "$work/press"
expect 0 '' mimeo sync
holds_all_of 'what was missing came from another mirror' press

# Another history of the same publisher: the first that was seen stays, and the proof is kept.
twin press double
article 200 | publish press -
article 201 | publish double -
article 202 | publish double -
fresh_library
expect 0 '' mimeo clone press --expect "$(digits_of press)"
only_mirror "$work/double"
expect 7 '' mimeo sync
is 'the head after another history' "$(mimeo status --json | jq -r .head_hash)" "$(mimeo --library press.library status press --json | jq -r .head_hash)"
is 'conflicts' "$(mimeo trust --json | jq -r '.conflicts > 0')" true
expect 0 'Text of article 200' mimeo read a-200
cat out err | grep -qi conflict || fault 'reading says nothing of the conflict'
expect 7 'conflict' mimeo verify
only_mirror "$work/press"
article 203 | publish press -
status_in 'a sync after a conflict' '0 7' mimeo sync
expect 0 'Text of article 203' mimeo read a-203
rm -rf double double.*

# ---- erased to protect people: the text goes here too ----

word=hydrophone
printf '{"id":"witness","title":"The witness","body":"<p>%s</p>"}\n' "$word" >witness.jsonl
publish press witness.jsonl --sensitive
fresh_library
expect 0 '' mimeo clone press --expect "$(digits_of press)"
expect 0 "$word" mimeo read witness
"$MIMEO" -q --library press.library retract -C press --key press.key --erase --yes witness || fault 'retract'
only_mirror "$work/press"
expect 0 '' mimeo sync
mimeo read witness >out 2>err
grep -q "$word" out && fault 'an erased article can still be read'
expect 0 'Text of article 1' mimeo read a-1
status_in 'verify after an erasure' '0' mimeo verify --deep
# Of what was fetched nothing is left beside the library either: fetch again from what was served before.
is 'mirrors left in work' "$(find "$work/library/work" -type f -size +0 -exec grep -l "$word" {} + 2>/dev/null | wc -l)" 0

# ---- damaged here, and mended ----

fresh_library
serve_http .
expect 0 '' mimeo clone "$url/press" --expect "$(digits_of press)"
printf x | dd of="$(held press)/bundles/00/00/03.mimeo" bs=1 seek=1500 conv=notrunc 2>/dev/null
rm "$(held press)/bundles/00/00/05.mimeo"
expect 4 'bundles/00/00/03.mimeo' mimeo verify
expect 0 '2 new bundles' mimeo sync --repair
expect 0 'good: verified' mimeo verify --deep
holds_all_of 'a library that was mended' press
# What is only missing comes without that, though git was told that we have it.
rm "$(held press)/bundles/00/00/05.mimeo"
expect 0 '1 new bundle' mimeo sync
holds_all_of 'a library that had lost a bundle' press

# ---- cut short, and stopped by hand ----

fresh_library
i=0
while [ "$i" -lt 30 ]; do
    i=$((i + 1))
    printf '{"id":"big-%s","title":"Big %s","text":"%s"}\n' "$i" "$i" "$(head -c 30000 /dev/urandom | base64 -w 0)"
done >big.jsonl
publish press big.jsonl
serve_http .
real=$port
serve_relay "$real" --times 2 close 300000
status_in 'a clone that is cut' '3 8' mimeo clone "$url/press" --expect "$(digits_of press)"
status_in 'and again' '0' mimeo clone "$url/press" --expect "$(digits_of press)"
holds_all_of 'a clone that was cut' press
fresh_library
serve_relay "$real" slow 200000
if timeout -s INT 2 "$MIMEO" clone "$url/press" --expect "$(digits_of press)" >out 2>err; then
    fault 'a clone that is stopped by SIGINT ends with 0'
fi
expect 0 '' mimeo clone "http://127.0.0.1:$real/press" --expect "$(digits_of press)"
holds_all_of 'a clone that was stopped' press
expect 0 'good: verified' mimeo verify
done_testing
