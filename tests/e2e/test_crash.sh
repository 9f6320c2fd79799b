#!/bin/sh
# SIGKILL at 100 random moments of publishing: after each the mirror verifies clean, and the next run
# completes.  The moments are spread over the time that a whole run takes here.
# label: slow
# label: plain
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need git jq

make_publisher press
number=0
batch() { # twelve new articles
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
        number=$((number + 1))
        article "$number"
    done
}
batch >batch.jsonl
before=$(date +%s%N)
publish press batch.jsonl || fault 'the first run'
whole=$((($(date +%s%N) - before) / 1000))

killed=0
round=0
seed=20261124
while [ "$round" -lt 100 ]; do
    round=$((round + 1))
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    batch >batch.jsonl
    "$MIMEO" -q --library press.library publish -C press --key press.key batch.jsonl >out 2>err &
    run=$!
    sleep "$(awk -v us="$whole" -v s="$seed" 'BEGIN { printf "%.6f", us * (s % 10000) / 10000 / 1000000 * 1.2 }')"
    kill -9 "$run" 2>/dev/null
    wait "$run" 2>/dev/null
    [ $? -eq 137 ] && killed=$((killed + 1))
    mimeo --library press.library verify press >out 2>err || {
        fault "round $round: verify is not clean"
        cat out err
    }
    if [ $((round % 5)) -eq 0 ]; then
        publish press batch.jsonl >out 2>err || {
            fault "round $round: the next run does not complete"
            cat out err
        }
    fi
done
publish press batch.jsonl || fault 'the last run'
expect 0 'good: verified' mimeo --library press.library verify --deep press
git -C press fsck --strict >/dev/null 2>&1 || fault 'git fsck'
is 'work tree' "$(git -C press status --porcelain)" ''
ids=$(mimeo --library press.library list press | cut -f2 | sort | uniq -d | wc -l)
is 'articles that are there twice' "$ids" 0
is 'commits' "$(git -C press rev-list --count main)" "$(mimeo --library press.library status press --json | jq .head_seq)"
is 'temporary files left' "$(find press press.key* -name '.mimeo-tmp*')" ''
[ "$killed" -ge 30 ] || fault "only $killed of 100 runs were killed in time"
printf '%d runs were killed\n' "$killed"
done_testing
