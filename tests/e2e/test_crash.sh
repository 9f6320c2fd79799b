#!/bin/sh
# SIGKILL at 100 random moments of publishing: after each the mirror verifies clean, and the next run
# completes.
# label: slow
# label: plain
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=kills.sh
. "$(dirname "$0")/kills.sh"
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
whole_run publish publish press batch.jsonl

round=0
while [ "$round" -lt 100 ]; do
    round=$((round + 1))
    batch >batch.jsonl
    killed_run publish "$MIMEO" -q --library press.library publish -C press --key press.key batch.jsonl
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
killed_often
done_testing
