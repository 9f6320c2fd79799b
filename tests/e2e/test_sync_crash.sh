#!/bin/sh
# SIGKILL at 100 random moments of cloning and syncing: after each what is held verifies clean, nothing is
# lost, and the next run completes.  Then two syncs, a publisher and readers on one library at once.
# label: slow
# label: plain
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=kills.sh
. "$(dirname "$0")/kills.sh"
# shellcheck source-path=SCRIPTDIR source=servers.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/servers.sh"
# shellcheck source-path=SCRIPTDIR source=mirrors.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/mirrors.sh"
need git jq python3 flock

make_publisher press
number=0
# batch COUNT: so many new articles, published.  Never in a pipe: the number would be forgotten.
batch() {
    count=$1
    : >batch.jsonl
    while [ "$count" -gt 0 ]; do
        count=$((count - 1)) number=$((number + 1))
        article "$number" >>batch.jsonl
    done
    publish press batch.jsonl || fault 'publishing'
}
round=0
while [ "$round" -lt 12 ]; do
    round=$((round + 1))
    batch 5
done
digits=$(digits_of press)
serve_http .
address=$url/press

# clean WHAT: good, or said to be incomplete; never forged, malformed or in conflict.
clean() {
    status_in "$1: verify" "0 8" mimeo verify
    mimeo list >out 2>err || fault "$1: list: $(cat err)"
}

# ---- clone ----

whole_run clone mimeo clone "$address" --expect "$digits"
holds_all_of 'a whole clone' press
round=0 status=0
while [ "$round" -lt 50 ]; do
    round=$((round + 1))
    # One that ended leaves nothing to do.
    { [ "$status" -eq 137 ] && [ $((round % 3)) -ne 1 ]; } || fresh_library
    killed_run clone "$MIMEO" clone "$address" --expect "$digits"
    # Before anything is pinned there is nothing to verify.
    [ -z "$(mimeo trust 2>/dev/null)" ] || clean "clone $round"
    if [ $((round % 3)) -eq 0 ]; then
        mimeo clone "$address" --expect "$digits" >out 2>err || fault "clone $round: the next run: $(cat err)"
        holds_all_of "clone $round" press
        expect 0 'good: verified' mimeo verify
    fi
done

# ---- what a kill can leave, one by one ----

id=$(id_of press)
left=.mimeo-tmp-999999-1-abc
fresh_library
mimeo clone "$address" --expect "$digits" >out 2>err || fault "clone: $(cat err)"
cp -R library whole.library
# begun WHAT: nothing is held yet, which is said, and each next run completes.
begun() {
    expect 8 "nothing of 'The Harbour Courier' is held yet: 'mimeo sync' gets it" mimeo verify
    expect 0 "nothing of 'The Harbour Courier' is held yet: 'mimeo sync' gets it" mimeo list
    expect 0 'nothing of' mimeo status
    expect 0 'nothing of' mimeo library
    expect 8 'nothing of' mimeo read a-1
    expect 0 "$url" mimeo mirrors
    cp -R library begun.library
    for next in sync clone; do
        [ "$next" = clone ] || expect 0 '' mimeo sync
        [ "$next" = sync ] || expect 0 '' mimeo clone "$address" --expect "$digits"
        holds_all_of "$1, then $next" press
        expect 0 'good: verified' mimeo verify
        is "$1, then $next: left" "$(find library -name '.mimeo-tmp*' -o -name 'new-*' | head -3)" ''
        rm -rf library && cp -R begun.library library
    done
    rm -rf begun.library
}
rm -rf "library/publishers/$id"
begun 'pinned only'
mkdir -p "library/publishers/$id"
begun 'a directory'
mkdir "library/publishers/$id/charter" && : >"library/publishers/$id/charter/$left"
begun 'a first charter half written'
: >"library/trust/$id/$left" && mkdir -p "library/trust/$id/conflict" && : >"library/trust/$id/conflict/$left" && : >"library/trust/$id/charter/$left"
: >"library/work/$id/$left"
begun 'trust files half written'
# The work of a clone that nobody will come back to; and that of one that is at work.
rm -rf library && mkdir -p library/work/new-0000000000000001/git library/work/new-0000000000000002 library/work/new-0000000000000003
: >library/work/new-0000000000000001/lock && : >library/work/new-0000000000000003/lock
(flock 9 && exec sleep 30) 9>library/work/new-0000000000000003/lock & living=$!
until ! flock -n library/work/new-0000000000000003/lock true; do sleep 0.01; done
expect 0 '' mimeo clone "$address" --expect "$digits"
is 'work that is left' "$(cd library/work && echo new-*)" 'new-0000000000000003'
kill "$living"
wait "$living" 2>/dev/null
# A first charter alone is a mirror of which all else is missing.
rm -rf library && cp -R whole.library library
find "library/publishers/$id" -mindepth 1 -maxdepth 1 ! -name charter -exec rm -rf {} +
clean 'a charter alone'
expect 0 '' mimeo sync
holds_all_of 'a charter alone, then sync' press

# ---- sync ----

fresh_library
mimeo clone "$address" --expect "$digits" >out 2>err || fault "clone: $(cat err)"
batch 20
whole_run sync mimeo sync
articles=$(mimeo list | wc -l)
round=0 status=0
while [ "$round" -lt 50 ]; do
    round=$((round + 1))
    { [ "$status" -eq 137 ] && [ $((round % 3)) -ne 1 ]; } || batch 7
    killed_run sync "$MIMEO" sync
    clean "sync $round"
    now=$(mimeo list | wc -l)
    [ "$now" -ge "$articles" ] || fault "sync $round: $now articles, and there were $articles"
    articles=$now
    if [ $((round % 3)) -eq 0 ]; then
        mimeo sync >out 2>err || fault "sync $round: the next run: $(cat err)"
        holds_all_of "sync $round" press
        is "sync $round: articles" "$(mimeo list | wc -l)" "$number"
    fi
done
mimeo sync >out 2>err || fault "the last sync: $(cat err)"
holds_all_of 'the last sync' press
expect 0 'good: verified' mimeo verify --deep
is 'articles that are there twice' "$(mimeo list | cut -f2 | sort | uniq -d | wc -l)" 0
is 'temporary files left' "$(find library/publishers library/trust -name '.mimeo-tmp*' | head -3)" ''
is 'what is left of killed fetches' "$(find library -name 'pack_git2_*' -o -name 'new-*' | head -3)" ''
killed_often

# ---- at once: two syncs, a publisher, readers ----

: >complaints
syncing() { # NAME
    times=0
    while [ "$times" -lt 6 ]; do
        times=$((times + 1))
        timeout 120 "$MIMEO" sync >"sync.$1" 2>&1 || printf 'sync %s: status %s: %s\n' "$1" "$?" "$(cat "sync.$1")" >>complaints
    done
}
reading() { # NAME
    while [ ! -e finished ]; do
        timeout 60 "$MIMEO" read a-1 >"read.$1" 2>&1 || printf 'read: %s\n' "$(cat "read.$1")" >>complaints
        grep -q 'Text of article 1' "read.$1" || printf 'read: another text\n' >>complaints
        timeout 60 "$MIMEO" list >"list.$1" 2>&1 || printf 'list: %s\n' "$(cat "list.$1")" >>complaints
        [ "$(wc -l <"list.$1")" -ge "$articles" ] || printf 'list: %s lines\n' "$(wc -l <"list.$1")" >>complaints
        timeout 60 "$MIMEO" verify >"verify.$1" 2>&1
        case $? in 0 | 8) ;; *) printf 'verify: %s\n' "$(cat "verify.$1")" >>complaints ;; esac
    done
}
articles=$(mimeo list | wc -l)
syncing one & first=$!
syncing two & second=$!
reading one & third=$!
reading two & fourth=$!
times=0
while [ "$times" -lt 6 ]; do
    times=$((times + 1))
    batch 3
done
wait "$first" "$second"
: >finished
wait "$third" "$fourth"
[ ! -s complaints ] || fault "at once: $(sort complaints | uniq -c | head -5)"
mimeo sync >out 2>err || fault "sync after all that: $(cat err)"
holds_all_of 'after all that' press
expect 0 'good: verified' mimeo verify --deep
is 'articles after all that' "$(mimeo list | wc -l)" "$number"

# Two clones of one address into one library at once.
fresh_library
timeout 120 "$MIMEO" clone "$address" --expect "$digits" >out1 2>&1 & first=$!
timeout 120 "$MIMEO" clone "$address" --expect "$digits" >out2 2>&1
second=$?
wait "$first" || fault "one of two clones: $(cat out1)"
[ "$second" -eq 0 ] || fault "the other of two clones: $(cat out2)"
holds_all_of 'two clones at once' press
expect 0 'good: verified' mimeo verify
done_testing
