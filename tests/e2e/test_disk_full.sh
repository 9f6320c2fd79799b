#!/bin/sh
# A really full disk: publishing says so, and what was there stays whole; with room again it goes on.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need git
mkdir small
mount -t tmpfs -o size=1500k tmpfs small 2>/dev/null || skip 'a small tmpfs cannot be mounted here (not root?)'
trap 'umount small; rm -rf "$work"' EXIT

make_publisher small/press
article 1 | publish small/press - || fault 'the first article'
cp -R small/press before

big() { # articles that do not compress
    i=0
    while [ "$i" -lt 40 ]; do
        i=$((i + 1))
        printf '{"id":"big-%s","title":"Big %s","text":"%s"}\n' "$i" "$i" "$(head -c 30000 /dev/urandom | base64 -w 0)"
    done
}
big >big.jsonl
expect 1 'disk is full' publish small/press big.jsonl
expect 0 'good: verified' mimeo --library small/press.library verify small/press
expect 0 'Text of article 1' mimeo --library small/press.library read -C small/press a-1
is 'the list' "$(mimeo --library small/press.library list small/press | wc -l)" 1

# Every byte of room: the fault comes at another place each time.
free=$(df --output=avail -k small | tail -1)
step=0
while [ "$step" -lt 12 ]; do
    step=$((step + 1))
    rm -f small/ballast
    head -c "$((free * 1024 - step * 6000))" /dev/zero >small/ballast 2>/dev/null
    article "$((step + 1))" | publish small/press - >out 2>err
    status=$?
    [ "$status" -eq 0 ] || [ "$status" -eq 1 ] || fault "step $step: status $status"
    [ "$status" -eq 0 ] || grep -q 'full' err || {
        fault "step $step: nothing is said of a full disk"
        cat err
    }
    expect 0 'good: verified' mimeo --library small/press.library verify small/press
done

# Room again: the next run completes.
mount -o remount,size=16m small
rm -f small/ballast
article 30 | publish small/press - || fault 'with room again'
expect 0 'Text of article 30' mimeo --library small/press.library read -C small/press a-30
expect 0 'good: verified' mimeo --library small/press.library verify --deep small/press
git -C small/press fsck --strict >/dev/null 2>&1 || fault 'git fsck'
done_testing
